/* Trade with oneself: what is produced less what is exported. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/flows.h"

/* A figure of production by the key of the flow that it gives. */
typedef struct made {
    int64_t row, year;
    int32_t country; /* in the flows, -1: not there */
    bool gdp;
    const char *name, *product;
    double value;
} made;

typedef struct domestic {
    karvan_i_flows f;
    const karvan_table *production;
    const karvan_domestic_options *o;
    const char *unit;
    karvan_problems *problems;
    int64_t n;
    made *made; /* [n] */
} domestic;

static int by_made(const void *x, const void *y) {
    const made *a = x, *b = y;
    if (a->year != b->year) return a->year < b->year ? -1 : 1;
    int c = strcmp(a->name, b->name);
    if (c == 0) c = strcmp(a->product, b->product);
    if (c != 0) return c;
    if (a->gdp != b->gdp) return a->gdp ? 1 : -1;
    return (a->row > b->row) - (a->row < b->row);
}

static bool same_made(const made *a, const made *b) {
    return a->year == b->year && strcmp(a->name, b->name) == 0 &&
           strcmp(a->product, b->product) == 0;
}

/* "current USD" is what the World Bank calls a dollar of that year. */
static const char *unit_of(const karvan_table *t, int64_t row) {
    const char *unit = karvan_i_cell_text(t, "unit", row);
    return unit && strncmp(unit, "current ", 8) == 0 ? unit + 8 : unit;
}

static bool is_made(const domestic *d, int64_t row, bool *gdp) {
    const karvan_table *t = d->production;
    *gdp = karvan_i_cell_is(t, "indicator", row, "gdp");
    return karvan_table_find(t, "indicator") < 0 || *gdp ||
           karvan_i_cell_is(t, "indicator", row, "output");
}

static karvan_status read_made(domestic *d, karvan_error *err) {
    static const char *const needed[] = {"country", "year", "value"};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = d->production;
    int unused;
    for (int k = 0; k < 3; k++) KARVAN_TRY(karvan_i_need_column(t, needed[k], &unused, err));
    d->made = karvan_i_malloc((size_t)karvan_table_rows(t) + 1, sizeof *d->made);
    KARVAN_REQUIRE(d->made, err, KARVAN_E_NOMEM, "no memory for production");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *name = karvan_i_cell_text(t, "country", r),
                   *product = karvan_i_cell_text(t, "product", r);
        made m = {.row = r, .name = name, .product = product ? product : "TOTAL"};
        double year = karvan_i_cell_real(t, "year", r);
        m.value = karvan_i_cell_real(t, "value", r);
        if (!name || isnan(year) || isnan(m.value) || !is_made(d, r, &m.gdp)) continue;
        KARVAN_TRY(karvan_i_flow_year(t, r, year, &m.year, err));
        m.country = karvan_i_flow_country(&d->f, name);
        KARVAN_TRY(karvan_i_flow_convert(t, r, unit_of(t, r), d->unit, &m.value, err));
        d->made[d->n++] = m;
    }
    qsort(d->made, (size_t)d->n, sizeof *d->made, by_made);
    for (int64_t k = 1; k < d->n; k++)
        if (same_made(&d->made[k - 1], &d->made[k]) && d->made[k - 1].gdp == d->made[k].gdp) {
            char one[160], two[160];
            karvan_i_flow_place(t, d->made[k - 1].row, one, sizeof one);
            karvan_i_flow_place(t, d->made[k].row, two, sizeof two);
            st = karvan_fail(err, KARVAN_E_DATA,
                             "%s: production of %.20s in %lld stands at %s already", two,
                             d->made[k].name, (long long)d->made[k].year, one);
            goto done;
        }
done:
    return st;
}

/* One figure a flow: what is exported is their sum. */
static karvan_status one_figure(const domestic *d, karvan_error *err) {
    const karvan_i_flow_key *key = d->f.key;
    for (int64_t k = 1; k < d->f.n; k++)
        if (karvan_i_flow_same(&key[k - 1], &key[k], false))
            return karvan_i_flow_twice(&d->f, key[k - 1].row, key[k].row,
                                       "another figure (reconcile first)", err);
    return KARVAN_OK;
}

/* First row of a year and exporter. */
static int64_t first_of(const karvan_i_flows *f, int64_t year, int32_t exporter) {
    int64_t low = 0, high = f->n;
    while (low < high) {
        int64_t at = low + (high - low) / 2;
        const karvan_i_flow_key *k = &f->key[at];
        if (k->year < year || (k->year == year && k->exporter < exporter))
            low = at + 1;
        else
            high = at;
    }
    return low;
}

typedef struct exports {
    double sum;
    int64_t n, domestic; /* rows abroad; row at home, -1: none */
    int64_t other;       /* a row of another product, -1: none */
    bool own;            /* the exporter reports some of it, or nobody says who does */
    const char *classification;
} exports;

/* Is the exporter among those who report a row? Who does is told by value_exporter after
 * reconciliation, else by reported_by; where no column tells, it is taken for granted. */
static bool is_own(const karvan_i_flows *f, int64_t row, const char *by) {
    int both = karvan_table_find(f->t, "value_exporter");
    if (both >= 0 && karvan_table_state(f->t, both, row) == KARVAN_VALUE) return true;
    return !by || strcmp(by, "exporter") == 0 || strcmp(by, "both") == 0 ||
           strcmp(by, "reconciled") == 0;
}

static karvan_status exports_of(const domestic *d, const made *m, exports *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *x = (exports){.domestic = -1, .other = -1};
    for (int64_t k = first_of(&d->f, m->year, m->country); m->country >= 0 && k < d->f.n; k++) {
        const karvan_i_flow_key *key = &d->f.key[k];
        if (key->year != m->year || key->exporter != m->country) break;
        karvan_i_flow_row f = karvan_i_flow_at(&d->f, key->row);
        if (strcmp(f.product ? f.product : "TOTAL", m->product) != 0) {
            x->other = key->row;
            continue;
        }
        x->classification = f.classification;
        if (key->importer == key->exporter) x->domestic = key->row;
        if (key->importer == key->exporter || isnan(f.value)) continue;
        double v = f.value;
        KARVAN_TRY(karvan_i_flow_convert(d->f.t, key->row, f.unit, d->unit, &v, err));
        x->sum += v, x->n++;
        x->own |= is_own(&d->f, key->row, f.reported_by);
    }
done:
    return st;
}

static karvan_status warn(const domestic *d, const made *m, const char *code, const char *hint,
                          const char *what, double v) {
    if (!d->problems) return KARVAN_OK;
    return karvan_problems_add_cell(d->problems, KARVAN_WARNING, d->production,
                                    karvan_table_find(d->production, "value"), m->row, code, hint,
                                    what, m->name, (long long)m->year, v);
}

/* Why no domestic trade follows, told; *good true where it does. */
static karvan_status judge(const domestic *d, const made *m, const exports *x, double output,
                           bool *good) {
    const struct {
        bool holds;
        const char *code, *hint, *what;
    } reasons[] = {
        {x->domestic >= 0, "flows-domestic-exists", "the row that is there stays",
         "domestic trade of %.20s in %lld is in the flows (output %g)"},
        {x->n == 0, "flows-domestic-no-exports", "output alone is no domestic trade",
         "no exports of %.20s in %lld are in the flows (output %g)"},
        {!x->own && !d->o->partners_suffice, "flows-domestic-partners",
         "exports that only some partners report are too few",
         "exports of %.20s in %lld are reported by partners alone (output %g)"},
        {!(output - x->sum > 0), "flows-domestic-not-positive",
         "exports may hold re-exports, which are not made there, or output leave sectors out",
         "exports of %.20s in %lld are all of its output or more (output %g)"}};
    *good = true;
    for (int k = 0; k < 4; k++) {
        if (!reasons[k].holds) continue;
        *good = false;
        return warn(d, m, reasons[k].code, reasons[k].hint, reasons[k].what, output);
    }
    return KARVAN_OK;
}

/* Flows of that country and year are all of other products than its production. */
static karvan_status other_products(const domestic *d, const made *m, int64_t row,
                                    karvan_error *err) {
    char place[200];
    karvan_i_flow_place(d->f.t, row, place, sizeof place);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s: a flow by product, where production of %.20s in %lld is of %.20s; sum "
                       "flows over products, or give production by product",
                       place, m->name, (long long)m->year, m->product);
}

/* One figure of production (the better of output and GDP) as a domestic flow, or why it is none. */
static karvan_status derive(const domestic *d, const made *m, karvan_builder *b,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    exports x;
    bool good;
    char flag[80] = "gross output less exports";
    double output = m->gdp ? m->value * d->o->output_per_gdp : m->value;
    if (m->gdp && !(d->o->output_per_gdp > 0))
        return warn(d, m, "flows-domestic-gdp", "give output, or ask for a ratio of output to GDP",
                    "of %.20s in %lld there is GDP, not gross output (%g)", m->value);
    KARVAN_TRY(exports_of(d, m, &x, err));
    if (x.n == 0 && x.other >= 0) return other_products(d, m, x.other, err);
    KARVAN_TRY(judge(d, m, &x, output, &good));
    if (!good) goto done;
    if (m->gdp) (void)snprintf(flag, sizeof flag, "GDP x %g less exports", d->o->output_per_gdp);
    const karvan_i_flow_row f = {.year = m->year,
                                 .exporter = m->name,
                                 .importer = m->name,
                                 .product = m->product,
                                 .classification = x.classification,
                                 .value = output - x.sum,
                                 .unit = d->unit,
                                 .quantity = NAN,
                                 .reported_by = m->gdp ? "estimate" : "derived",
                                 .flag = flag,
                                 .source = karvan_i_cell_text(d->production, "source", m->row)};
    KARVAN_TRY(karvan_i_flow_put(b, &f, err));
    KARVAN_TRY(karvan_i_flow_put_rest(b, &d->f, -1, err));
done:
    return st;
}

static karvan_status copy_flows(const domestic *d, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < d->f.n; r++) {
        karvan_i_flow_row f = karvan_i_flow_at(&d->f, r);
        KARVAN_TRY(karvan_i_flow_convert(d->f.t, r, f.unit, d->unit, &f.value, err));
        f.unit = d->unit;
        KARVAN_TRY(karvan_i_flow_put(b, &f, err));
        KARVAN_TRY(karvan_i_flow_put_rest(b, &d->f, r, err));
    }
done:
    return st;
}

karvan_status karvan_flows_domestic(const karvan_table *flows, const karvan_table *production,
                                    const karvan_domestic_options *o, karvan_problems *problems,
                                    karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    domestic d = {.production = production, .o = o, .problems = problems};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(production && o, err, KARVAN_E_ARG, "production or options are NULL");
    KARVAN_REQUIRE(o->output_per_gdp >= 0 && isfinite(o->output_per_gdp), err, KARVAN_E_ARG,
                   "output over GDP is above 0, not %g", o->output_per_gdp);
    d.unit = o->unit;
    KARVAN_TRY(karvan_i_flow_unit(&d.unit, err));
    KARVAN_TRY(karvan_i_flows_open(&d.f, flows, err));
    KARVAN_TRY(one_figure(&d, err));
    KARVAN_TRY(read_made(&d, err));
    KARVAN_TRY(karvan_i_flow_builder_like(&d.f, &b, err));
    KARVAN_TRY(copy_flows(&d, b, err));
    for (int64_t k = 0; k < d.n; k++) /* GDP counts where output does not stand before it */
        if (k == 0 || !same_made(&d.made[k - 1], &d.made[k]))
            KARVAN_TRY(derive(&d, &d.made[k], b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for domestic trade");
    karvan_builder_destroy(b);
    karvan_i_free(d.made);
    karvan_i_flows_clear(&d.f);
    return st;
}
