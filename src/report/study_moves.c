/* What moves under the first improvement: links by a freight equilibrium found anew, corridors as
 * the study has them. */
#include "report/study_moves.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/demand.h"
#include "report/basemap.h"
#include "report/html.h"
#include "report/study_under.h"
#include "report/trade_facts.h"
#include "table/cell.h"

typedef struct side { /* the region under the improvement */
    karvan_package *region;
    karvan_table *rows;
    karvan_freight_demand demand;
    karvan_freight *freight;
    double *load; /* [links][2][corridors + 1] */
} side;

static void side_clear(side *s) {
    karvan_freight_destroy(s->freight);
    karvan_freight_demand_clear(&s->demand);
    karvan_table_destroy(s->rows);
    karvan_package_destroy(s->region);
    karvan_i_free(s->load);
}

/* ---- what wants to go ---- */

/* Trade of a pair after over before, as the study leaves it; 1 where it is not told. */
static double grown(const karvan_table *pairs, const char *from, const char *to) {
    for (int64_t r = 0; from && to && r < karvan_table_rows(pairs); r++) {
        if (!karvan_i_cell_is(pairs, "exporter", r, from) ||
            !karvan_i_cell_is(pairs, "importer", r, to))
            continue;
        double before = karvan_i_cell_real(pairs, "before_trade_usd", r),
               after = karvan_i_cell_real(pairs, "after_trade_usd", r);
        return before > 0 && isfinite(after) ? after / before : 1;
    }
    return 1;
}

/* A row of demand is of one pair: its factor is looked up once. */
static karvan_status follow_trade(side *s, const karvan_table *pairs, karvan_error *err) {
    int64_t rows = karvan_table_rows(s->rows);
    double *factor = karvan_i_malloc((size_t)rows + 1, sizeof *factor);
    if (!factor) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    for (int64_t r = 0; r < rows; r++)
        factor[r] = karvan_i_cell_is(s->rows, "kind", r, "trade")
                        ? grown(pairs, karvan_i_cell_text(s->rows, "origin", r),
                                karvan_i_cell_text(s->rows, "destination", r))
                        : 1;
    for (int32_t k = 0; k < s->demand.n; k++)
        if (s->demand.row[k] >= 0) s->demand.teu_day[k] *= factor[s->demand.row[k]];
    karvan_i_free(factor);
    return KARVAN_OK;
}

static karvan_status solve(side *s, const karvan_table *pairs, const karvan_i_flow_facts *flows,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_demand_options how = {.year = flows->year};
    karvan_freight_options o;
    size_t n;
    KARVAN_TRY(karvan_freight_defaults(s->region, &o, err));
    o.network.date = karvan_day_from_civil(flows->year, 7, 1);
    KARVAN_TRY(karvan_demand_trade(s->region, &how, &s->rows, NULL, err));
    KARVAN_TRY(karvan_freight_demand_read(s->region, s->rows, (int)flows->year, &s->demand, err));
    KARVAN_TRY(follow_trade(s, pairs, err));
    KARVAN_TRY(karvan_freight_solve(s->region, &s->demand, &o, flows->f, &s->freight, err));
    n = 2 * (size_t)karvan_table_rows(karvan_package_table(s->region, "links")) *
        ((size_t)flows->n_corridors + 1);
    s->load = karvan_i_calloc(n + 1, sizeof *s->load);
    KARVAN_REQUIRE(s->load, err, KARVAN_E_NOMEM, "no memory for loads");
    st = karvan_freight_link_loads(s->freight, s->load, err);
done:
    return st;
}

/* ---- lines ---- */

static karvan_i_moved *line_of(karvan_i_moves *m, int32_t a, int32_t b) {
    int32_t from = a < b ? a : b, to = a < b ? b : a;
    for (int i = 0; i < m->n; i++)
        if (m->line[i].from == from && m->line[i].to == to) return &m->line[i];
    m->line[m->n] = (karvan_i_moved){.from = from, .to = to};
    return &m->line[m->n++];
}

static karvan_status find_lines(karvan_i_moves *m, const side *s, const karvan_i_flow_facts *flows,
                                karvan_error *err) {
    const karvan_table *links = karvan_package_table(flows->region, "links");
    int64_t rows = karvan_table_rows(links);
    size_t groups = (size_t)flows->n_corridors + 1;
    m->line = karvan_i_calloc((size_t)rows + 1, sizeof *m->line);
    if (!m->line) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for lines");
    for (int64_t r = 0; r < rows; r++) {
        int32_t a = karvan_i_map_place(flows->region, links, "from", r),
                b = karvan_i_map_place(flows->region, links, "to", r);
        double after = 0, before = karvan_i_flow_on_all(flows, r);
        for (size_t c = 0; c < 2 * groups; c++) after += s->load[2 * (size_t)r * groups + c];
        if (a < 0 || b < 0 || a == b || !(before + after > 0)) continue;
        karvan_i_moved *l = line_of(m, a, b);
        l->before += before, l->after += after;
    }
    for (int32_t k = 0; k < flows->demand.n; k++) m->demand_before += flows->demand.teu_day[k];
    for (int32_t k = 0; k < s->demand.n; k++) m->demand_after += s->demand.teu_day[k];
    return KARVAN_OK;
}

karvan_status karvan_i_moves_init(karvan_i_moves *m, const karvan_i_study_facts *f, int which,
                                  const karvan_i_flow_facts *flows, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error why = {0};
    karvan_table *pairs = NULL;
    side s = {0};
    *m = (karvan_i_moves){0};
    if (!flows->f) return KARVAN_OK;
    KARVAN_TRY(karvan_study_stage(f->of->study, which, KARVAN_STAGE_PAIRS, &pairs, err));
    st = karvan_i_region_under(f->region, karvan_study_case(f->of->study, which),
                               karvan_day_from_civil(flows->year, 7, 1), &s.region, &why);
    if (st == KARVAN_OK) st = solve(&s, pairs, flows, &why);
    if (st != KARVAN_OK) {
        st = karvan_i_leave_out(st, &why, err);
        goto done;
    }
    st = find_lines(m, &s, flows, err);
done:
    karvan_table_destroy(pairs);
    side_clear(&s);
    return st;
}

void karvan_i_moves_clear(karvan_i_moves *m) {
    karvan_i_free(m->line);
    *m = (karvan_i_moves){0};
}

/* ---- corridors ---- */

static const char *corridor_name(const karvan_i_page *p, const char *id) {
    int64_t row = id ? karvan_package_row(p->region, "corridors", id) : -1;
    return row >= 0                            ? karvan_i_corridor_name(p, (int32_t)row)
           : id && strcmp(id, "other") == 0    ? "Other ways"
           : id && strcmp(id, "unserved") == 0 ? "Stays at home"
                                               : "All";
}

static void corridor_row(karvan_i_page *p, const karvan_table *t, int64_t r) {
    static const char *const told[] = {"teu", "hours", "usd"};
    karvan_i_text_puts(&p->out, "<tr>");
    karvan_i_td_text(p, corridor_name(p, karvan_i_cell_text(t, "corridor", r)));
    for (size_t k = 0; k < sizeof told / sizeof *told; k++) {
        char before[24], after[24];
        (void)snprintf(before, sizeof before, "before_%s", told[k]);
        (void)snprintf(after, sizeof after, "after_%s", told[k]);
        double was = karvan_i_cell_real(t, before, r), is = karvan_i_cell_real(t, after, r);
        karvan_i_td_number(p, was, 3, KARVAN_NOT_COVERED);
        if (isnan(is - was)) {
            karvan_i_td_number(p, NAN, 3, KARVAN_NOT_COVERED);
            continue;
        }
        karvan_i_text_printf(&p->out, "<td class=\"n\" data-v=\"%.6g\">", is - was);
        karvan_i_signed(&p->out, fabs(is - was) < 0.05 ? 0 : is - was, 2);
        karvan_i_text_puts(&p->out, "</td>");
    }
    karvan_i_text_puts(&p->out, "</tr>\n");
}

static karvan_status corridor_table(karvan_i_page *p, const karvan_i_study_facts *f,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *fewer = NULL;
    KARVAN_TRY(karvan_study_stage(f->of->study, f->row[0].which, KARVAN_STAGE_CORRIDORS, &t, err));
    karvan_i_table_open(p, "Corridors, everything at its median, and the change",
                        "corridor|TEU a year#|change#|hours a TEU#|change#|USD a TEU#|change#",
                        true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) corridor_row(p, t, r);
    karvan_i_table_close(p);
    KARVAN_TRY(karvan_i_rounded(t, &fewer, err));
    KARVAN_TRY(karvan_i_csv_link(p, fewer, "corridors-moved.csv", err));
done:
    karvan_table_destroy(t), karvan_table_destroy(fewer);
    return st;
}

/* ---- the part ---- */

/* The line whose load changes most is the message. */
static void caption(karvan_i_page *p, const karvan_i_study_facts *f, const karvan_i_moves *m) {
    const karvan_i_moved *most = NULL;
    for (const karvan_i_moved *l = m->line; l && l < m->line + m->n; l++)
        if (!most || fabs(l->after - l->before) > fabs(most->after - most->before)) most = l;
    karvan_i_html_printf(&p->out, "<figure><figcaption>What %s moves", f->row[0].name);
    if (most) {
        karvan_i_html_printf(&p->out, ": most between %s and %s, ",
                             karvan_i_place_name(p, most->from), karvan_i_place_name(p, most->to));
        karvan_i_signed(&p->out, most->after - most->before, 2);
        karvan_i_text_puts(&p->out, " TEU a day");
    }
    karvan_i_text_puts(&p->out, "</figcaption>\n");
}

karvan_status karvan_i_part_moves(karvan_i_page *p, const karvan_i_study_facts *f,
                                  const karvan_i_flow_facts *flows, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_moves m = {0};
    if (!f->of) return KARVAN_OK;
    KARVAN_TRY(karvan_i_moves_init(&m, f, f->row[0].which, flows, err));
    karvan_i_text_puts(&p->out, "<section id=\"moves\"><h2>What moves</h2>\n");
    caption(p, f, &m);
    if (m.n > 0) KARVAN_TRY(karvan_i_moves_map(p, f, &m, err));
    KARVAN_TRY(corridor_table(p, f, err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Corridors: the study\xE2\x80\x99s, where "
                                "small flows are drawn together and routes are those of all cases "
                                "(docs/methods/study.md).");
    if (m.n > 0)
        karvan_i_html_printf(&p->out,
                             " Map: every flow, loaded anew by docs/methods/freight.md on the "
                             "region with the edits laid over it, each pair\xE2\x80\x99s cargo as "
                             "its trade is left by the study: "
                             "%.0f TEU a day want to go before, %.0f after.",
                             m.demand_before, m.demand_after);
    karvan_i_text_puts(&p->out, "</p></figure></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    karvan_i_moves_clear(&m);
    return st;
}
