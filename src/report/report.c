/* The report of a region and the brief of a pair: which parts, in which order. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/study_facts.h"
#include "report/trade_facts.h"
#include "table/cell.h"
#include "trade/unit.h"

static const char *setting(const karvan_package *region, const char *key) {
    const karvan_table *t = karvan_package_table(region, "settings");
    return karvan_i_cell_text(t, "value", t ? karvan_package_row(region, "settings", key) : -1);
}

/* Links to the parts that were written. */
static void navigation(const karvan_i_page *p, karvan_i_text *nav) {
    static const char *const parts[][2] = {{"help", "What would help"},
                                           {"gains", "Who gains"},
                                           {"moves", "What moves"},
                                           {"drivers", "What makes it uncertain"},
                                           {"hurt", "What would hurt"},
                                           {"ways", "The ways today"},
                                           {"map", "Map"},
                                           {"flows", "Who goes which way"},
                                           {"corridors", "Corridors"},
                                           {"profile", "Time, cost, distance"},
                                           {"time", "Where time goes"},
                                           {"indicators", "Borders, costs, speeds"},
                                           {"access", "How far in how long"},
                                           {"critical", "What closures cost"},
                                           {"trade", "Trade"},
                                           {"figures", "Trade in indicators"},
                                           {"potential", "Potential"},
                                           {"what-if", "What if"},
                                           {"relations", "Relations"},
                                           {"index", "How close"},
                                           {"standing", "Bodies, treaties, changes"},
                                           {"bodies", "Bodies"},
                                           {"instruments", "Treaties in force"},
                                           {"since", "What changed"},
                                           {"proposed", "Proposed"},
                                           {"targets", "Model and figures"},
                                           {"conflicts", "Contradictions"},
                                           {"assumptions", "Assumptions"},
                                           {"sources", "Sources"}};
    char id[64];
    karvan_i_text_puts(nav, "<nav aria-label=\"Parts\"><ul>\n");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        (void)snprintf(id, sizeof id, "<section id=\"%s\"", parts[i][0]);
        if (p->out.s && strstr(p->out.s, id))
            karvan_i_html_printf(nav, "<li><a href=\"#%s\">%s</a></li>\n", parts[i][0],
                                 parts[i][1]);
    }
    karvan_i_text_puts(nav, "</ul></nav>\n");
}

static karvan_status trade_parts(karvan_i_page *p, const char *country, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_trade_facts f = {0};
    KARVAN_TRY(karvan_i_trade_facts_init(&f, p->region, country, NULL, err));
    KARVAN_TRY(karvan_i_part_trade(p, &f, err));
    KARVAN_TRY(karvan_i_part_dashboard(p, &f, err));
    KARVAN_TRY(karvan_i_part_potential(p, &f, err));
    KARVAN_TRY(karvan_i_part_what_if(p, &f, err));
done:
    karvan_i_trade_facts_clear(&f);
    return st;
}

/* What a reader finds first: the answer of the study, or how the ways compare. */
static karvan_status answer(karvan_i_page *p, const karvan_i_study_facts *f,
                            const karvan_i_flow_facts *flows, karvan_i_text *lead,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!f->of) return karvan_i_part_answer(p, lead, err);
    KARVAN_TRY(karvan_i_study_answer(p, f, lead, err));
    KARVAN_TRY(karvan_i_part_help(p, f, err));
    KARVAN_TRY(karvan_i_part_gains(p, f, err));
    KARVAN_TRY(karvan_i_part_moves(p, f, flows, err));
    KARVAN_TRY(karvan_i_part_drivers(p, f, err));
    KARVAN_TRY(karvan_i_part_hurt(p, f, err));
    if (p->from < 0) goto done;
    karvan_i_text_puts(&p->out, "<section id=\"ways\"><h2>How the ways compare today</h2>\n");
    KARVAN_TRY(karvan_i_part_answer(p, &p->out, err));
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    return st;
}

static karvan_status other_parts(karvan_i_page *p, const karvan_i_flow_facts *flows,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *country = setting(p->region, "report_country");
    KARVAN_TRY(karvan_i_part_map(p, err));
    KARVAN_TRY(karvan_i_part_flows(p, flows, err));
    KARVAN_TRY(karvan_i_part_corridors(p, err));
    KARVAN_TRY(karvan_i_part_profile(p, err));
    KARVAN_TRY(karvan_i_part_where_time_goes(p, err));
    KARVAN_TRY(karvan_i_part_page_indicators(p, err));
    KARVAN_TRY(karvan_i_part_access(p, err));
    KARVAN_TRY(karvan_i_part_critical(p, err));
    if (country) KARVAN_TRY(trade_parts(p, country, err));
    if (country) KARVAN_TRY(karvan_i_part_timeline(p, country, NULL, err));
    if (country) KARVAN_TRY(karvan_i_part_index(p, country, NULL, err));
    if (country) KARVAN_TRY(karvan_i_part_relations(p, country, NULL, err));
    KARVAN_TRY(karvan_i_part_interventions(p, err));
    KARVAN_TRY(karvan_i_part_targets(p, err));
    KARVAN_TRY(karvan_i_part_conflicts(p, NULL, NULL, err));
    KARVAN_TRY(karvan_i_part_assumptions(p, err));
    st = karvan_i_part_sources(p, err);
done:
    return st;
}

/* The question that the first screen answers. */
static karvan_status question(const karvan_i_page *p, const karvan_i_study_facts *f,
                              karvan_i_text *out, karvan_error *err) {
    const char *corridor = karvan_i_cell_text(p->corridors, "short_name", 0);
    if (!corridor) corridor = karvan_i_cell_text(p->corridors, "name", 0);
    if (f->of && corridor)
        karvan_i_text_printf(
            out, "Which improvement of the %s helps most, whom, and how sure is that?", corridor);
    else if (f->of)
        karvan_i_text_puts(out, "Which improvement helps most, whom, and how sure is that?");
    else if (p->from >= 0)
        karvan_i_text_printf(out,
                             "How do the ways from %s to %s compare, and what ties the countries "
                             "along them?",
                             karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to));
    else
        karvan_i_text_puts(out, "What does this network join, and what would closures cost?");
    return karvan_i_text_status(out, err);
}

karvan_status karvan_report_region_on(const karvan_network *net, const karvan_package *region,
                                      const karvan_problems *problems, const karvan_report_study *s,
                                      const karvan_report_days *days, karvan_document *out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_page p = {0};
    karvan_i_study_facts f = {0};
    karvan_i_flow_facts flows = {0};
    karvan_i_text lead = {0}, nav = {0}, heading = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_TRY(karvan_i_page_init(&p, net, region, "report_from", "report_to", err));
    p.problems = problems;
    KARVAN_TRY(karvan_i_page_on(&p, days, err));
    KARVAN_TRY(karvan_i_study_facts_init(&f, region, s, err));
    KARVAN_TRY(karvan_i_flow_facts_init(&flows, region, err));
    KARVAN_TRY(answer(&p, &f, &flows, &lead, err));
    KARVAN_TRY(other_parts(&p, &flows, err));
    navigation(&p, &nav);
    KARVAN_TRY(karvan_i_text_status(&nav, err));
    KARVAN_TRY(question(&p, &f, &heading, err));
    KARVAN_TRY(karvan_i_page_finish(&p, "region", karvan_package_title(region),
                                    karvan_package_title(region), heading.s, lead.s ? lead.s : "",
                                    nav.s, out, err));
done:
    karvan_i_study_facts_clear(&f), karvan_i_flow_facts_clear(&flows);
    karvan_i_page_clear(&p);
    karvan_i_text_clear(&lead), karvan_i_text_clear(&nav), karvan_i_text_clear(&heading);
    return st;
}

karvan_status karvan_report_region_study(const karvan_network *net, const karvan_package *region,
                                         const karvan_problems *problems,
                                         const karvan_report_study *s, karvan_document *out,
                                         karvan_error *err) {
    return karvan_report_region_on(net, region, problems, s, NULL, out, err);
}

karvan_status karvan_report_region(const karvan_network *net, const karvan_package *region,
                                   const karvan_problems *problems, karvan_document *out,
                                   karvan_error *err) {
    return karvan_report_region_study(net, region, problems, NULL, out, err);
}

/* ---- a pair ---- */

/* Is a kind told in the list of what is said? Goods first; works, cooperation, bodies, statements;
 * what reports list and nothing else, but figures. */
static bool is_stated(const karvan_package *region, const char *kind) {
    static const char *const classes[] = {"work", "cooperation", "statement"};
    const char *class = karvan_record_class(region, kind);
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strcmp(class, classes[i]) == 0) return true;
    return strcmp(kind, "commission") == 0;
}

/* What is said without a date, or of no later day than the page's. */
static bool by_the_day(void *ctx, const karvan_table *t, int64_t row) {
    return !karvan_i_page_later(ctx, karvan_i_cell_date(t, "date", row));
}

/* Claims of one kind between the two, the first kind open. */
static karvan_status stated_kind(karvan_i_page *p, const char *a, const char *b, const char *kind,
                                 const char *label, bool open, karvan_error *err) {
    karvan_record_query q = {.party = a, .other = b, .kind = kind};
    karvan_view v = {0};
    karvan_status st = karvan_record_select(p->region, &q, &v, err);
    if (st == KARVAN_OK) karvan_view_filter(&v, by_the_day, p);
    if (st == KARVAN_OK && v.n > 0) {
        karvan_i_html_printf(&p->out,
                             open ? "<h3>%s</h3><ul class=\"cols\">\n"
                                  : "<details><summary>%s</summary><ul>\n",
                             label);
        for (int64_t i = 0; i < v.n; i++) {
            const char *date = karvan_i_cell_text(p->claims, "date", v.row[i]),
                       *value = karvan_i_cell_text(p->claims, "value", v.row[i]),
                       *unit = karvan_i_cell_text(p->claims, "unit", v.row[i]);
            karvan_i_text_puts(&p->out, "<li>");
            karvan_i_text_xml(&p->out, karvan_i_cell_text(p->claims, "title", v.row[i]));
            if (value)
                karvan_i_text_puts(&p->out, ": "), karvan_i_text_xml(&p->out, value),
                    karvan_i_text_puts(&p->out, unit ? " " : ""), karvan_i_text_xml(&p->out, unit);
            if (date)
                karvan_i_text_puts(&p->out, " ("), karvan_i_text_xml(&p->out, date),
                    karvan_i_text_puts(&p->out, ")");
            karvan_i_cite(p, karvan_i_cell_text(p->claims, "source", v.row[i]));
            karvan_i_text_puts(&p->out, "</li>\n");
        }
        karvan_i_text_puts(&p->out, open ? "</ul>\n" : "</ul></details>\n");
    }
    karvan_view_clear(&v);
    return st;
}

/* What each side has said without a date: goods, works, fields of cooperation, by table kinds. */
static karvan_status stated(karvan_i_page *p, const char *a, const char *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *kinds = karvan_package_table(p->region, "kinds");
    if (!p->claims) return KARVAN_OK;
    karvan_i_text_puts(
        &p->out, "<section id=\"stated\"><h2>What is said of their economy and transport</h2>\n");
    if (kinds && karvan_package_row(p->region, "kinds", "traded_good") >= 0)
        KARVAN_TRY(stated_kind(p, a, b, "traded_good", "Goods that go between them", true, err));
    for (int64_t r = 0; kinds && r < karvan_table_rows(kinds); r++) {
        const char *kind = karvan_i_cell_text(kinds, "kind", r),
                   *label = karvan_i_cell_text(kinds, "label", r);
        if (kind && is_stated(p->region, kind))
            KARVAN_TRY(stated_kind(p, a, b, kind, label ? label : kind, false, err));
    }
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    return st;
}

static void money(karvan_i_text *t, double million, const char *currency) {
    if (isnan(million)) {
        karvan_i_text_puts(t, "an unknown amount");
        return;
    }
    karvan_i_number(t, million, 3);
    karvan_i_html_printf(t, " million %s", currency);
}

/* Row of the last year of a balance that was over by the page's day; -1: none. */
static int64_t last_year(const karvan_i_page *p, const karvan_table *t) {
    int64_t r = karvan_table_rows(t) - 1, year = INT64_MAX;
    int month, day;
    if (p->days.has_date) karvan_day_to_civil(p->days.date + 1, &year, &month, &day);
    while (r >= 0 && karvan_i_cell_real(t, "year", r) >= (double)year) r--;
    return r;
}

/* What of the page is of its day, and what is not. */
static void tell_day(const karvan_i_page *p, karvan_i_text *lead) {
    char day[48];
    karvan_day_format(p->days.date, day, sizeof day);
    karvan_i_html_printf(lead,
                         "Relations are told as they stood on %s, and ways as they are open on it; "
                         "the tables of trade are whole. ",
                         day);
}

/* The sentence on top: turnover of the last year, and the way between the capitals. */
static karvan_status pair_answer(karvan_i_page *p, const char *a, const char *b,
                                 karvan_i_text *lead, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    const char *dataset = karvan_trade_default_dataset(p->region, a, b);
    karvan_i_text_puts(lead, "<p class=\"answer\">");
    if (dataset) {
        KARVAN_TRY(karvan_trade_balance(p->region, dataset, a, b, &t, err));
        int64_t r = last_year(p, t);
        const char *currency = NULL;
        double million = karvan_i_trade_unit(karvan_i_cell_text(t, "unit", r), &currency) / 1e6;
        if (r >= 0) {
            karvan_i_html_printf(lead, "In %.0f %s sold %s goods for ",
                                 karvan_i_cell_real(t, "year", r), karvan_i_party_name(p, a),
                                 karvan_i_party_name(p, b));
            money(lead, karvan_i_cell_real(t, "exports", r) * million, currency);
            karvan_i_text_puts(lead, " and bought for ");
            money(lead, karvan_i_cell_real(t, "imports", r) * million, currency);
            karvan_i_text_puts(lead, ". ");
        }
    }
    if (p->n_corridors > 0) {
        karvan_route_query q = {
            .from = p->from, .to = p->to, .objective = KARVAN_BY_TIME, .corridor = -1};
        karvan_route r;
        karvan_error why = {0};
        st = karvan_route_best(p->net, &q, &r, &why);
        if (st == KARVAN_OK) {
            karvan_i_html_printf(
                lead, "A loaded container goes from %s to %s in %.1f expected days at best, over ",
                karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to), r.hours / 24);
            karvan_i_number(lead, r.km, 3);
            karvan_i_text_puts(lead, " km and for about ");
            karvan_i_number(lead, r.usd_per_teu, 2);
            karvan_i_text_puts(lead, " USD. ");
            karvan_route_clear(&r);
        }
        if (st != KARVAN_OK && st != KARVAN_E_NOCONV)
            st = karvan_fail(err, st, "%s", why.msg);
        else
            st = KARVAN_OK;
    }
    if (p->days.has_date) tell_day(p, lead);
    karvan_i_text_puts(lead, "</p>\n");
done:
    karvan_table_destroy(t);
    return st;
}

/* Series and potential stand side by side on paper. */
static karvan_status pair_trade(karvan_i_page *p, const char *a, const char *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_trade_facts f = {0};
    KARVAN_TRY(karvan_i_trade_facts_init(&f, p->region, a, b, err));
    karvan_i_text_puts(&p->out, "<div class=\"side\">\n");
    KARVAN_TRY(karvan_i_part_trade(p, &f, err));
    KARVAN_TRY(karvan_i_part_potential(p, &f, err));
    karvan_i_text_puts(&p->out, "</div>\n");
    KARVAN_TRY(karvan_i_part_dashboard(p, &f, err));
done:
    karvan_i_trade_facts_clear(&f);
    return st;
}

static karvan_status pair_page(karvan_i_page *p, const char *a, const char *b, karvan_i_text *lead,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(pair_answer(p, a, b, lead, err));
    KARVAN_TRY(karvan_i_part_timeline(p, a, b, err));
    KARVAN_TRY(karvan_i_part_index(p, a, b, err));
    KARVAN_TRY(karvan_i_part_relations(p, a, b, err));
    KARVAN_TRY(pair_trade(p, a, b, err));
    KARVAN_TRY(stated(p, a, b, err));
    KARVAN_TRY(karvan_i_part_corridors(p, err));
    KARVAN_TRY(karvan_i_part_pair_flows(p, a, b, err));
    KARVAN_TRY(karvan_i_part_conflicts(p, a, b, err));
    KARVAN_TRY(karvan_i_part_sources(p, err));
done:
    return st;
}

/* Row of places of a country's capital, -1: none. */
static int32_t capital(const karvan_i_page *p, const char *code) {
    const char *id = karvan_i_cell_text(p->countries, "capital",
                                        karvan_package_row(p->region, "countries", code));
    return id ? (int32_t)karvan_package_row(p->region, "places", id) : -1;
}

/* Ways between the capitals of the pair instead of the report's ends; none where one has none. */
static karvan_status pair_init(karvan_i_page *p, const karvan_network *net,
                               const karvan_package *region, const char *a, const char *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_page_open(p, net, region, err));
    p->from = capital(p, a), p->to = capital(p, b);
    if (p->from >= 0 && p->to >= 0 && p->from != p->to) KARVAN_TRY(karvan_i_page_find_ways(p, err));
done:
    return st;
}

karvan_status karvan_report_brief_on(const karvan_network *net, const karvan_package *region,
                                     const char *a, const char *b, const karvan_report_days *days,
                                     karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_page p = {0};
    karvan_i_text lead = {0}, nav = {0}, heading = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(a && b, err, KARVAN_E_ARG, "a brief needs two countries");
    KARVAN_TRY(pair_init(&p, net, region, a, b, err));
    KARVAN_TRY(karvan_i_page_on(&p, days, err));
    KARVAN_TRY(pair_page(&p, a, b, &lead, err));
    navigation(&p, &nav);
    karvan_i_text_printf(&heading, "%s and %s", karvan_i_party_name(&p, a),
                         karvan_i_party_name(&p, b));
    KARVAN_TRY(karvan_i_text_status(&nav, err));
    KARVAN_TRY(karvan_i_text_status(&heading, err));
    KARVAN_TRY(karvan_i_text_status(&lead, err));
    KARVAN_TRY(karvan_i_page_finish(&p, "brief", heading.s, "a brief", heading.s, lead.s, nav.s,
                                    out, err));
done:
    karvan_i_page_clear(&p);
    karvan_i_text_clear(&lead), karvan_i_text_clear(&nav), karvan_i_text_clear(&heading);
    return st;
}

karvan_status karvan_report_brief(const karvan_network *net, const karvan_package *region,
                                  const char *a, const char *b, karvan_document *out,
                                  karvan_error *err) {
    return karvan_report_brief_on(net, region, a, b, NULL, out, err);
}
