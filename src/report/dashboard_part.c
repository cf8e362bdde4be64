/* Indicators of the countries and of each pair, each with its formula, its data set and year. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "karvan/flows.h"
#include "report/html.h"
#include "report/trade_facts.h"
#include "table/cell.h"
#include "trade/unit.h"

/* Where a row's figures come from. */
enum { OWN, TOTALS, PRODUCTS, KINDS };

typedef struct indicator_row {
    const char *indicator, *flow; /* flow "": it has no direction */
    const char *words;
    int kind;
    bool minor; /* left out of a brief on paper */
} indicator_row;

static const indicator_row COUNTRY[] = {
    {"exports", "", "exports", TOTALS, false},
    {"imports", "", "imports", TOTALS, false},
    {"balance", "", "balance", TOTALS, false},
    {"openness", "", "openness", TOTALS, false},
    {"market_share", "", "share of all exports", TOTALS, true},
    {"hhi_partners", "export", "concentration of buyers", TOTALS, false},
    {"hhi_partners", "import", "concentration of suppliers", TOTALS, false},
    {"hhi_products", "export", "concentration of products", PRODUCTS, false},
    {"theil_products", "export", "the same by Theil", PRODUCTS, true},
    {"grubel_lloyd", "", "intra-industry trade", PRODUCTS, false}};
static const indicator_row PAIR[] = {
    {"exports", "", "exports", OWN, true},
    {"imports", "", "imports", OWN, true},
    {"balance", "", "balance", OWN, false},
    {"normalised_balance", "", "balance over turnover", OWN, false},
    {"growth", "export", "growth of exports", OWN, false},
    {"growth", "import", "growth of imports", OWN, false},
    {"share", "export", "share of exports", OWN, false},
    {"share", "import", "share of imports", OWN, false},
    {"market_share", "", "share of the partner's market", TOTALS, true},
    {"intensity", "", "intensity", TOTALS, false},
    {"complementarity", "", "complementarity", PRODUCTS, false},
    {"similarity", "", "similarity of exports", PRODUCTS, true},
    {"grubel_lloyd", "", "intra-industry trade", PRODUCTS, false}};
enum { COUNTRY_ROWS = sizeof COUNTRY / sizeof *COUNTRY, PAIR_ROWS = sizeof PAIR / sizeof *PAIR };

/* Tables of karvan_trade_indicators of one data set and year. */
enum { TABLES_MAX = KARVAN_I_PARTNERS_MAX + 4 };
typedef struct answers {
    const char *data, *source;
    int64_t year;
    int n;
    karvan_table *t[TABLES_MAX];
} answers;

typedef struct board {
    karvan_i_page *p;
    karvan_i_trade_facts *f;
    answers of[KINDS];
} board;

/* ---- what is asked ---- */

/* Indicators of a kind among rows, of one direction; n of them. */
static karvan_status list(const indicator_row *rows, int n_rows, int kind, bool imports, int *out,
                          int *n, karvan_error *err) {
    for (int i = 0; i < n_rows; i++) {
        if (rows[i].kind != kind || (strcmp(rows[i].flow, "import") == 0) != imports) continue;
        karvan_status st = karvan_trade_indicator_find(rows[i].indicator, &out[*n], err);
        if (st != KARVAN_OK) return st;
        ++*n;
    }
    return KARVAN_OK;
}

static karvan_status ask(answers *a, const karvan_trade_cube *c, const karvan_indicator_query *base,
                         const indicator_row *rows, int n_rows, int kind, karvan_error *err) {
    for (int imports = 0; imports < 2; imports++) {
        int which[32], n = 0;
        karvan_indicator_query q = *base;
        karvan_error why = {0};
        karvan_status st = list(rows, n_rows, kind, imports, which, &n, err);
        if (st != KARVAN_OK) return st;
        if (n == 0) continue;
        q.indicator = which, q.n_indicators = n, q.imports = imports;
        st = karvan_trade_indicators(c, &q, &a->t[a->n], &why);
        if (st == KARVAN_OK) a->n++;
        st = karvan_i_leave_out(st, &why, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

/* Of a matrix: every country, and every pair of the country's. */
static karvan_status of_matrix(board *b, int kind, const karvan_table *flows, const char *name,
                               const char *source, karvan_error *err) {
    answers *a = &b->of[kind];
    karvan_status st = KARVAN_OK;
    karvan_trade_cube *c = NULL;
    karvan_error why = {0};
    st = karvan_trade_cube_create(flows, NULL, &c, &why);
    if (st != KARVAN_OK) return karvan_i_leave_out(st, &why, err);
    if (karvan_trade_cube_years(c) == 0) goto done;
    a->data = name, a->source = source;
    a->year = karvan_trade_cube_year(c, karvan_trade_cube_years(c) - 1);
    karvan_indicator_query q = {.has_from = true,
                                .has_to = true,
                                .from_year = a->year,
                                .to_year = a->year,
                                .gdp = karvan_package_table(b->f->region, "indicators")};
    KARVAN_TRY(ask(a, c, &q, COUNTRY, COUNTRY_ROWS, kind, err));
    q.country = b->f->country, q.by_partner = true;
    KARVAN_TRY(ask(a, c, &q, PAIR, PAIR_ROWS, kind, err));
done:
    karvan_trade_cube_destroy(c);
    return st;
}

/* What the country itself states of each partner, in the data set and year of the first. */
static karvan_status of_itself(board *b, karvan_error *err) {
    answers *a = &b->of[OWN];
    for (int i = 0; i < b->f->n_partners; i++) {
        const char *partner = b->f->partner[i];
        karvan_error why = {0};
        if (!a->data) {
            const char *dataset =
                karvan_trade_default_dataset(b->f->region, b->f->country, partner);
            if (!dataset) continue;
            a->data = dataset;
        }
        karvan_status st = karvan_trade_dashboard(b->f->region, a->data, b->f->country, partner,
                                                  a->year, &a->t[a->n], &why);
        if (st == KARVAN_OK) {
            a->year = (int64_t)karvan_i_cell_real(a->t[a->n], "year", 0);
            a->n++;
        }
        st = karvan_i_leave_out(st, &why, err);
        if (st != KARVAN_OK) return st;
    }
    const karvan_table *trade = karvan_package_table(b->f->region, "trade");
    for (int64_t r = 0; a->n > 0 && r < karvan_table_rows(trade) && !a->source; r++)
        if (karvan_i_cell_is(trade, "dataset", r, a->data) &&
            karvan_i_cell_is(trade, "reporter", r, b->f->country))
            a->source = karvan_i_cell_text(trade, "source", r);
    return KARVAN_OK;
}

static karvan_status gather(board *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *one = NULL;
    karvan_error why = {0};
    KARVAN_TRY(of_itself(b, err));
    if (b->f->matrix) {
        const karvan_mirror_options o = {0};
        st = karvan_flows_reconcile(b->f->matrix, &o, &one, NULL, NULL, &why);
        if (st == KARVAN_OK)
            st = of_matrix(b, TOTALS, one, b->f->matrix_name,
                           karvan_i_cell_text(b->f->matrix, "source", 0), &why);
        st = karvan_i_leave_out(st, &why, err);
        if (st != KARVAN_OK) goto done;
    }
    if (b->f->products)
        KARVAN_TRY(of_matrix(b, PRODUCTS, b->f->products, b->f->products_name,
                             karvan_i_cell_text(b->f->products, "source", 0), err));
done:
    karvan_table_destroy(one);
    return st;
}

/* ---- what is shown ---- */

/* A cell: table and row of the answers, false where none is of it. */
static bool find(const answers *a, const indicator_row *row, const char *country,
                 const char *partner, const karvan_table **t, int64_t *at) {
    for (int k = 0; k < a->n; k++)
        for (int64_t r = 0; r < karvan_table_rows(a->t[k]); r++) {
            const char *flow = karvan_i_cell_text(a->t[k], "flow", r);
            if (!karvan_i_cell_is(a->t[k], "country", r, country) ||
                !karvan_i_cell_is(a->t[k], "indicator", r, row->indicator) ||
                !karvan_i_cell_is(a->t[k], "partner", r, partner) ||
                (row->flow[0] && (!flow || strcmp(flow, row->flow) != 0)))
                continue;
            *t = a->t[k], *at = r;
            return true;
        }
    return false;
}

static double value_of(const board *b, const indicator_row *row, const char *country,
                       const char *partner) {
    const karvan_table *t;
    int64_t r;
    return find(&b->of[row->kind], row, country, partner, &t, &r)
               ? karvan_i_cell_real(t, "value", r)
               : NAN;
}

/* Money by the million, as the row says. */
static void cell(const board *b, const indicator_row *row, const char *country,
                 const char *partner) {
    const karvan_table *t = NULL;
    int64_t r = -1;
    if (!find(&b->of[row->kind], row, country, partner, &t, &r)) {
        karvan_i_text_puts(&b->p->out, "<td class=\"n miss\">not covered</td>");
        return;
    }
    const char *unit = karvan_i_cell_text(t, "unit", r), *currency = NULL;
    double v = karvan_i_cell_real(t, "value", r);
    if (unit && *unit && strcmp(unit, "%") != 0 && strcmp(unit, "points") != 0)
        v *= karvan_i_trade_unit(unit, &currency) / 1e6;
    karvan_i_td_number(b->p, v, 3, karvan_table_state(t, karvan_table_find(t, "value"), r));
}

/* "balance, million USD", "growth of imports, %". */
static void name_of(const board *b, const indicator_row *row, int n, const char *const *country,
                    const char *const *partner) {
    karvan_i_text *out = &b->p->out;
    const karvan_table *t = NULL;
    int64_t r = -1;
    const char *unit = NULL, *currency = NULL;
    karvan_i_html_printf(out, "<td><a href=\"#f-%s\">", row->indicator);
    karvan_i_html_printf(out, "%s</a>", row->words);
    for (int k = 0; k < n && !unit; k++)
        if (find(&b->of[row->kind], row, country[k], partner[k], &t, &r))
            unit = karvan_i_cell_text(t, "unit", r);
    if (unit && *unit) {
        (void)karvan_i_trade_unit(unit, &currency);
        karvan_i_html_printf(out, strcmp(unit, "%") == 0 ? ", %s" : ", million %s", currency);
    }
    karvan_i_text_puts(out, "</td>");
}

static void data_of(const board *b, int kind) {
    const answers *a = &b->of[kind];
    karvan_i_html_printf(&b->p->out, "<td>%s %lld", a->data, (long long)a->year);
    karvan_i_cite(b->p, a->source);
    karvan_i_text_puts(&b->p->out, "</td>");
}

/* heads: names of columns; country and partner of column k, one of which is the same in all. */
static void table(const board *b, const char *caption, const indicator_row *rows, int n_rows, int n,
                  const char *const *country, const char *const *partner,
                  const char *const *names) {
    karvan_i_text heads = {0};
    karvan_i_text_puts(&heads, "indicator|data, year");
    for (int k = 0; k < n; k++) karvan_i_text_printf(&heads, "|%s#", names[k]);
    karvan_i_table_open(b->p, caption, heads.s, false);
    for (int i = 0; i < n_rows; i++) {
        if (b->of[rows[i].kind].n == 0) continue;
        karvan_i_text_puts(&b->p->out, rows[i].minor ? "<tr class=\"minor\">" : "<tr>");
        name_of(b, &rows[i], n, country, partner);
        data_of(b, rows[i].kind);
        for (int k = 0; k < n; k++) cell(b, &rows[i], country[k], partner[k]);
        karvan_i_text_puts(&b->p->out, "</tr>\n");
    }
    karvan_i_table_close(b->p);
    karvan_i_text_clear(&heads);
}

enum { COLUMNS_MAX = KARVAN_I_PARTNERS_MAX + 1 };

/* Country of the largest value of an indicator, -1: none. */
static int largest(const board *b, const indicator_row *row, const char *const *country, int n) {
    int best = -1;
    double most = -INFINITY;
    for (int k = 0; k < n; k++) {
        double v = value_of(b, row, country[k], "all");
        if (v > most) most = v, best = k;
    }
    return best;
}

static void heading(const board *b, const char *const *country, const char *const *names, int n) {
    static const indicator_row open = {"openness", "", "", TOTALS, false},
                               few = {"hhi_partners", "export", "", TOTALS, false};
    int o = largest(b, &open, country, n), h = largest(b, &few, country, n);
    karvan_i_text_puts(&b->p->out, "<section id=\"figures\"><h2>");
    if (o >= 0 && h >= 0 && o != h)
        karvan_i_html_printf(&b->p->out,
                             "%s trades most for its size, %s depends most on few buyers", names[o],
                             names[h]);
    else
        karvan_i_text_puts(&b->p->out, "Trade in indicators");
    karvan_i_text_puts(&b->p->out, "</h2>\n");
}

/* The formula of each indicator that stands in the tables. */
static void formulas(const board *b) {
    karvan_i_text *out = &b->p->out;
    karvan_i_text_puts(out, "<details><summary>Formulas of the indicators</summary><dl>\n");
    for (int i = 0; karvan_trade_indicator_name(i); i++) {
        const char *name = karvan_trade_indicator_name(i);
        bool used = false;
        for (int k = 0; k < COUNTRY_ROWS; k++)
            used = used || strcmp(COUNTRY[k].indicator, name) == 0;
        for (int k = 0; k < PAIR_ROWS; k++) used = used || strcmp(PAIR[k].indicator, name) == 0;
        if (used)
            karvan_i_html_printf(out, "<dt id=\"f-%s\">%s</dt><dd>%s</dd>\n", name, name,
                                 karvan_trade_indicator_formula(i));
    }
    karvan_i_text_puts(out, "</dl></details>\n");
}

enum { X_INDICATOR, X_FLOW, X_COUNTRY, X_PARTNER, X_DATA, X_YEAR, X_VALUE, X_UNIT, X_WHY, X_END };

static karvan_status csv_row(const board *b, karvan_builder *t, const indicator_row *row,
                             const char *country, const char *partner, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const answers *a = &b->of[row->kind];
    const karvan_table *from = NULL;
    int64_t r = -1;
    if (!find(a, row, country, partner, &from, &r)) return KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(t, err));
    KARVAN_TRY(karvan_builder_text(t, X_INDICATOR, row->indicator, err));
    KARVAN_TRY(karvan_builder_text(t, X_FLOW, row->flow, err));
    KARVAN_TRY(karvan_builder_text(t, X_COUNTRY, country, err));
    KARVAN_TRY(karvan_builder_text(t, X_PARTNER, partner, err));
    KARVAN_TRY(karvan_builder_text(t, X_DATA, a->data, err));
    KARVAN_TRY(karvan_builder_int(t, X_YEAR, a->year, err));
    karvan_cell state = karvan_table_state(from, karvan_table_find(from, "value"), r);
    KARVAN_TRY(state == KARVAN_VALUE
                   ? karvan_builder_real(t, X_VALUE, karvan_i_cell_real(from, "value", r), err)
                   : karvan_builder_state(t, X_VALUE, state, err));
    KARVAN_TRY(karvan_builder_text(t, X_UNIT, karvan_i_cell_text(from, "unit", r), err));
    KARVAN_TRY(karvan_builder_text(t, X_WHY, karvan_i_cell_text(from, "why", r), err));
done:
    return st;
}

/* All that the tables show, in the units of the data, a row a figure. country: [n], the first is
 * the country. */
static karvan_status as_csv(const board *b, int n, const char *const *country, karvan_error *err) {
    static const karvan_column columns[X_END] = {
        {"indicator", KARVAN_TEXT, NULL}, {"flow", KARVAN_TEXT, NULL},
        {"country", KARVAN_TEXT, NULL},   {"partner", KARVAN_TEXT, NULL},
        {"data", KARVAN_TEXT, NULL},      {"year", KARVAN_INT, NULL},
        {"value", KARVAN_REAL, NULL},     {"unit", KARVAN_TEXT, NULL},
        {"why", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *t = NULL;
    karvan_table *all = NULL;
    KARVAN_TRY(karvan_builder_create("indicators", X_END, columns, &t, err));
    for (int i = 0; i < COUNTRY_ROWS; i++)
        for (int k = 0; k < n; k++) KARVAN_TRY(csv_row(b, t, &COUNTRY[i], country[k], "all", err));
    for (int i = 0; i < PAIR_ROWS; i++)
        for (int k = 1; k < n; k++)
            KARVAN_TRY(csv_row(b, t, &PAIR[i], country[0], country[k], err));
    st = karvan_builder_finish(t, &all, err);
    t = NULL;
    if (st == KARVAN_OK) st = karvan_i_csv_link(b->p, all, "trade-indicators.csv", err);
done:
    karvan_builder_destroy(t);
    karvan_table_destroy(all);
    return st;
}

static bool any_of(const board *b, int kind) { return b->of[kind].n > 0; }

static karvan_status boards(const board *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *country[COLUMNS_MAX] = {NULL}, *all[COLUMNS_MAX] = {NULL},
               *own[COLUMNS_MAX] = {NULL}, *names[COLUMNS_MAX] = {NULL};
    int n = 0;
    for (int k = 0; k <= b->f->n_partners; k++) {
        country[n] = k ? b->f->partner[k - 1] : b->f->country;
        names[n] = karvan_i_party_name(b->p, country[n]);
        all[n] = "all", own[n] = b->f->country, n++;
    }
    heading(b, country, names, n);
    karvan_i_text_puts(&b->p->out,
                       "<p class=\"sub\">Each name leads to its formula; data sets are never "
                       "added. Where a data set does not tell, the cell says so.</p>\n");
    karvan_i_text_puts(&b->p->out, "<div class=\"boards\">\n");
    if (any_of(b, TOTALS) || any_of(b, PRODUCTS))
        table(b, "Countries, with all partners in the data set", COUNTRY, COUNTRY_ROWS, n, country,
              all, names);
    if (n > 1) {
        char caption[160];
        (void)snprintf(caption, sizeof caption, "%.80s, with each partner", names[0]);
        table(b, caption, PAIR, PAIR_ROWS, n - 1, own + 1, country + 1, names + 1);
    }
    karvan_i_text_puts(&b->p->out, "</div>\n");
    KARVAN_TRY(as_csv(b, n, country, err));
    formulas(b);
    karvan_i_text_puts(&b->p->out,
                       "<p class=\"srcline\">Methods: docs/methods/indicators.md; where "
                       "both sides state a flow: docs/methods/flows.md.</p>"
                       "</section>\n");
done:
    return st;
}

karvan_status karvan_i_part_dashboard(karvan_i_page *p, karvan_i_trade_facts *f,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    board b = {.p = p, .f = f};
    KARVAN_TRY(gather(&b, err));
    if (any_of(&b, OWN) || any_of(&b, TOTALS) || any_of(&b, PRODUCTS)) KARVAN_TRY(boards(&b, err));
done:
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < b.of[k].n; i++) karvan_table_destroy(b.of[k].t[i]);
    return st;
}
