/* Who goes which way: the year's cargo at equilibrium, by corridor, beside what was counted, and by
 * country; the map and the bottlenecks are in files of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/flow_facts.h"
#include "report/html.h"
#include "table/cell.h"

/* ---- the sentence ---- */

static void teu(karvan_i_text *t, double v) { karvan_i_number(t, v, 3); }

/* ", the largest parts between China and Russia (3 100) and within Kazakhstan (440)" */
static void say_others(karvan_i_page *p, const karvan_i_flow_pair *pair, int n) {
    for (int i = 0; i < n; i++) {
        const char *a = karvan_i_cell_text(p->countries, "name", pair[i].a),
                   *b = karvan_i_cell_text(p->countries, "name", pair[i].b);
        karvan_i_text_puts(&p->out, i == 0      ? n > 1 ? ", the largest parts " : ", mostly "
                                    : i < n - 1 ? ", "
                                                : " and ");
        if (pair[i].a == pair[i].b)
            karvan_i_html_printf(&p->out, "within %s (", a ? a : "?");
        else
            karvan_i_html_printf(&p->out, "between %s and %s (", a ? a : "?", b ? b : "?");
        teu(&p->out, pair[i].teu_day);
        karvan_i_text_puts(&p->out, ")");
    }
    karvan_i_text_puts(&p->out, ".");
}

/* "Northern Corridor 1 800, Southern route 441", the largest first. */
static karvan_status say_corridors(karvan_i_page *p, const karvan_i_flow_facts *f,
                                   karvan_error *err) {
    enum { TOLD_MAX = 64, PAIRS = 3 };
    karvan_i_flow_pair pair[PAIRS];
    static const double LEAST_TEU = 1;
    bool told[TOLD_MAX] = {false};
    int n = 0, pairs = 0;
    karvan_status st = karvan_i_flow_others(f, pair, PAIRS, &pairs, err);
    if (st != KARVAN_OK) return st;
    for (;;) {
        int32_t best = -1;
        double most = LEAST_TEU;
        for (int32_t c = 0; c < f->n_corridors && c < TOLD_MAX; c++) {
            double v = karvan_i_flow_carried(f, p, c, "teu_day");
            if (!told[c] && v >= most) most = v, best = c;
        }
        if (best < 0) break;
        told[best] = true;
        karvan_i_html_printf(&p->out, n++ ? ", %s " : " corridors take: %s ",
                             karvan_i_corridor_name(p, best));
        teu(&p->out, most);
    }
    karvan_i_text_puts(&p->out, n ? "; " : " ");
    teu(&p->out, karvan_i_flow_carried(f, p, f->n_corridors, "teu_day"));
    karvan_i_text_puts(&p->out,
                       n ? " go by other ways, which are of none of these" : " go by no corridor");
    say_others(p, pair, pairs);
    return KARVAN_OK;
}

static void say_neck(karvan_i_page *p, const karvan_i_neck *k) {
    const char *unit = k->unit && strncmp(k->unit, "TEU", 3) == 0 ? "TEU" : "tonne";
    bool full = k->load > 0.999 * k->capacity;
    karvan_i_html_printf(&p->out, "<b>%s</b>", k->name);
    if (k->members > 1) karvan_i_html_printf(&p->out, " and %d more in a row", k->members - 1);
    if (full)
        karvan_i_html_printf(&p->out, ": one more %s a day there would be worth ", unit);
    else
        karvan_i_html_printf(&p->out, ": %.0f %% used, a %s in its queue loses ",
                             100 * k->load / k->capacity, unit);
    karvan_i_number(&p->out, k->price_usd, 3);
    karvan_i_text_puts(&p->out, " USD");
}

static void say_unserved(karvan_i_page *p, const karvan_i_flow_facts *f) {
    if (f->stats.unserved_teu_day > 1e-6 * f->stats.demand_teu_day) {
        karvan_i_text_puts(&p->out, " ");
        teu(&p->out, f->stats.unserved_teu_day);
        karvan_i_text_puts(&p->out, " TEU a day stay at home; the table below says what stops "
                                    "them.");
    } else {
        karvan_i_text_puts(&p->out, " Nothing stays at home.");
    }
    if (!f->stats.converged)
        karvan_i_text_puts(&p->out, " <b>Prices did not settle: these are the best found.</b>");
}

static karvan_status answer(karvan_i_page *p, const karvan_i_flow_facts *f, karvan_error *err) {
    karvan_i_html_printf(&p->out, "<p>Of ");
    teu(&p->out, f->stats.demand_teu_day);
    karvan_i_html_printf(&p->out, " TEU a day that wanted to move in %lld,", (long long)f->year);
    karvan_status st = say_corridors(p, f, err);
    if (st != KARVAN_OK) return st;
    if (f->n_necks > 0) {
        karvan_i_text_puts(&p->out, " What binds most is ");
        say_neck(p, &f->neck[0]);
        if (f->n_necks > 1) karvan_i_text_puts(&p->out, "; next is "), say_neck(p, &f->neck[1]);
        karvan_i_text_puts(&p->out, ".");
    } else {
        karvan_i_text_puts(&p->out, " Nothing is full.");
    }
    say_unserved(p, f);
    karvan_i_text_puts(&p->out, "</p>\n");
    return KARVAN_OK;
}

/* ---- corridors, beside what was counted ---- */

static void corridor_table(karvan_i_page *p, const karvan_i_flow_facts *f) {
    karvan_i_table_open(p, "Corridors: what they carry and what it costs, without prices of limits",
                        "corridor|TEU a day#|kt a year#|USD a TEU#|days#", true);
    for (int32_t c = 0; c <= f->n_corridors; c++) {
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_flow_name(p, f, c));
        karvan_i_td_number(p, karvan_i_flow_carried(f, p, c, "teu_day"), 3, KARVAN_UNKNOWN);
        karvan_i_td_number(p, karvan_i_flow_carried(f, p, c, "kt_year"), 3, KARVAN_UNKNOWN);
        karvan_i_td_number(p, karvan_i_flow_carried(f, p, c, "usd"), 3, KARVAN_NOT_COVERED);
        karvan_i_td_number(p, karvan_i_flow_carried(f, p, c, "hours") / 24, 2, KARVAN_NOT_COVERED);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
}

/* Is a word one of a `;`-separated list? An absent list has all. */
static bool in_list(const char *list, const char *word) {
    if (!list) return true;
    size_t n = word ? strlen(word) : 0;
    for (const char *at = list; *at; at += strcspn(at, ";"), at += *at == ';')
        if (n > 0 && strcspn(at, ";") == n && strncmp(at, word, n) == 0) return true;
    return false;
}

static bool is_of_year(const karvan_table *t, int64_t r, int64_t year) {
    char s[24];
    (void)snprintf(s, sizeof s, "%lld", (long long)year);
    return karvan_i_cell_is(t, "period", r, s) && karvan_i_cell_text(t, "corridor", r) &&
           (karvan_i_cell_is(t, "unit", r, "kt") || karvan_i_cell_is(t, "unit", r, "TEU"));
}

/* What the model has of it, in the count's unit; NaN: it tells no directions of corridors apart. */
static karvan_status modelled(const karvan_i_flow_facts *f, const karvan_table *t, int64_t r,
                              double *share, double *out, karvan_error *err) {
    const karvan_table *classes = karvan_package_table(f->region, "cargo_classes");
    const char *direction = karvan_i_cell_text(t, "direction", r),
               *list = karvan_i_cell_text(t, "cargo_classes", r),
               *kind = karvan_i_cell_text(t, "kind", r);
    karvan_freight_selection s = {.cargo_class = -1, .mode = karvan_i_cell_text(t, "mode", r)};
    bool weight = karvan_i_cell_is(t, "unit", r, "kt");
    s.corridor =
        (int32_t)karvan_package_row(f->region, "corridors", karvan_i_cell_text(t, "corridor", r));
    *out = NAN;
    if ((direction && strcmp(direction, "both") != 0) || s.corridor < 0) return KARVAN_OK;
    karvan_status st = karvan_freight_select(f->f, &s, share, NULL, err);
    if (st != KARVAN_OK) return st;
    *out = 0;
    for (int32_t k = 0; k < f->demand.n; k++) {
        int32_t class = f->demand.cargo_class[k];
        if (!in_list(list, karvan_i_cell_text(classes, "id", class)) ||
            (kind && !karvan_i_cell_is(f->demand_rows, "kind", f->demand.row[k], kind)))
            continue;
        *out += share[k] * f->demand.teu_day[k] * 365 *
                (weight ? karvan_i_cell_real(classes, "tonnes_per_teu", class) / 1000 : 1);
    }
    return KARVAN_OK;
}

static void count_row(karvan_i_page *p, const karvan_table *t, int64_t r, double model) {
    double error = karvan_i_cell_real(t, "error", r);
    karvan_i_text_puts(&p->out, "<tr><td>");
    karvan_i_text_xml(&p->out, karvan_i_cell_text(t, "name", r));
    karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    karvan_i_text_puts(&p->out, "</td>");
    karvan_i_td_text(p, karvan_i_cell_text(t, "unit", r));
    karvan_i_td_number(p, karvan_i_cell_real(t, "value", r), 3, KARVAN_UNKNOWN);
    karvan_i_td_number(p, 100 * error, 2, KARVAN_UNKNOWN);
    if (isnan(model))
        karvan_i_text_puts(&p->out, "<td class=\"n miss\">not told apart</td>");
    else
        karvan_i_td_number(p, model, 3, KARVAN_UNKNOWN);
    karvan_i_td_text(p, karvan_i_cell_bool(t, "used_to_estimate", r) ? "yes" : "no");
    karvan_i_text_puts(&p->out, "</tr>\n");
}

static karvan_status count_table(karvan_i_page *p, const karvan_i_flow_facts *f,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(p->region, "counts"),
                       *fitted = karvan_package_table(p->region, "corridor_constants");
    double *share = NULL;
    bool any = false;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) any |= is_of_year(t, r, f->year);
    if (!any) goto done;
    share = karvan_i_calloc((size_t)f->demand.n + 1, sizeof *share);
    KARVAN_REQUIRE(share, err, KARVAN_E_NOMEM, "no memory for counts");
    karvan_i_table_open(p,
                        "What was counted on corridors in the year, and what the model has of it",
                        "what|unit|counted#|error, %#|model#|used to estimate", true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double model = NAN;
        if (!is_of_year(t, r, f->year)) continue;
        KARVAN_TRY(modelled(f, t, r, share, &model, err));
        count_row(p, t, r, model);
    }
    karvan_i_table_close(p);
    if (!fitted || karvan_table_rows(fitted) == 0)
        karvan_i_text_puts(
            &p->out, "<p class=\"srcline\">The region's tables hold no constants of corridors "
                     "that were estimated from these counts: what the model has is its own "
                     "guess, and is to be read beside them.</p>\n");
done:
    karvan_i_free(share);
    return st;
}

/* ---- countries ---- */

static int by_all(const void *a, const void *b) {
    const double *x = a, *y = b;
    if (x[0] != y[0]) return x[0] > y[0] ? -1 : 1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

static double tenths(double v, bool thousands) {
    return round(v / (thousands ? 1000 : 1) * 10) / 10;
}

static karvan_status country_table(karvan_i_page *p, const karvan_i_flow_facts *f,
                                   karvan_error *err) {
    enum { SHOWN = 12, COLUMNS = 4 };
    static const char *const columns[COLUMNS] = {"loaded_teu_day", "unloaded_teu_day",
                                                 "transited_teu_day", "usd_day"};
    const karvan_table *t = f->countries;
    int64_t n = karvan_table_rows(t);
    double(*order)[2] = karvan_i_calloc((size_t)n + 1, sizeof *order);
    if (!order) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for countries");
    for (int64_t r = 0; r < n; r++) {
        for (int c = 0; c < 3; c++) order[r][0] += karvan_i_cell_real(t, columns[c], r);
        order[r][1] = (double)r;
    }
    if (n > 0) qsort(order, (size_t)n, sizeof *order, by_all);
    karvan_i_table_open(p, "Countries by what they load, unload and see pass, the largest twelve",
                        "country|loaded, TEU a day#|unloaded#|in transit#|spent there, thousand "
                        "USD a day#",
                        true);
    for (int64_t i = 0; i < n && i < SHOWN; i++) {
        int64_t r = (int64_t)order[i][1];
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_party_name(p, karvan_i_cell_text(t, "country", r)));
        for (int c = 0; c < COLUMNS; c++)
            karvan_i_td_number(p, tenths(karvan_i_cell_real(t, columns[c], r), c == 3), 3,
                               KARVAN_UNKNOWN);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_free(order);
    return karvan_i_flow_details(p, "Every country", t, "countries.csv", err);
}

/* ---- the part ---- */

karvan_status karvan_i_part_flows(karvan_i_page *p, const karvan_i_flow_facts *f,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!f->f) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"flows\"><h2>Who goes which way</h2>\n");
    KARVAN_TRY(answer(p, f, err));
    karvan_i_html_printf(&p->out,
                         "<figure><figcaption>Loads at equilibrium, %lld, TEU a day, both "
                         "directions</figcaption>\n",
                         (long long)f->year);
    karvan_i_page_ground(p, "50m");
    KARVAN_TRY(karvan_i_flow_maps(p, f, err));
    corridor_table(p, f);
    KARVAN_TRY(count_table(p, f, err));
    KARVAN_TRY(karvan_i_flow_details(p, "Every corridor by class of cargo", f->corridors,
                                     "corridor-loads.csv", err));
    karvan_i_text_puts(
        &p->out, "<p class=\"srcline\">Demand: docs/methods/demand.md; equilibrium: "
                 "docs/methods/freight.md. A way is of the first corridor whose conditions it "
                 "meets. Straight lines join the places; they are not the tracks.</p></figure>\n");
    KARVAN_TRY(karvan_i_flow_necks(p, f, err));
    KARVAN_TRY(country_table(p, f, err));
    if (karvan_table_rows(f->unserved) > 0)
        KARVAN_TRY(karvan_i_flow_details(p, "What stays at home, and why", f->unserved,
                                         "unserved.csv", err));
    karvan_i_text_puts(&p->out,
                       "<p class=\"srcline\">Money spent: of the rows of links and terminals, half "
                       "of a link at each end. Method: docs/methods/freight.md, "
                       "Tables.</p></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    return st;
}
