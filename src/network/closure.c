/* One closure, pair by pair: least hours and dollars before and after. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/mass.h"
#include "network/reach.h"
#include "table/cell.h"

enum { METRICS = 2 };
enum { C_FROM, C_TO, C_HOURS, C_HOURS_AFTER, C_DELTA_H, C_USD, C_USD_AFTER, C_DELTA_USD, C_END };

typedef struct job {
    const karvan_i_pack *pack;
    const karvan_i_masses *m;
    double *out; /* [n_ends][n_ends] */
} job;

static karvan_status some_origins(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    const job *j = ctx;
    karvan_i_reach r;
    (void)worker;
    karvan_status st = karvan_i_reach_init(&r, j->pack, err);
    if (st != KARVAN_OK) return st;
    for (int64_t o = begin; o < end; o++) {
        karvan_i_reach_run(&r, j->m->ends[o]);
        for (int32_t d = 0; d < j->m->n_ends; d++)
            j->out[o * j->m->n_ends + d] = karvan_i_reach_cost(&r, j->m->ends[d]);
    }
    karvan_i_reach_clear(&r);
    return KARVAN_OK;
}

/* Least sums between ends, before the closure and after. */
static karvan_status both(const karvan_network *net, const karvan_i_masses *m, karvan_item item,
                          const karvan_skim_weights *w, int threads, double *before, double *after,
                          karvan_error *err) {
    karvan_i_pack pack = {0};
    karvan_status st = karvan_i_pack_init(&pack, net, w, err);
    job j = {&pack, m, before};
    if (st == KARVAN_OK)
        st = karvan_parallel_for(m->n_ends, 8, threads, some_origins, &j, NULL, err);
    if (st == KARVAN_OK) {
        karvan_i_pack_close(&pack, item);
        j.out = after;
        st = karvan_parallel_for(m->n_ends, 8, threads, some_origins, &j, NULL, err);
    }
    karvan_i_pack_clear(&pack);
    return st;
}

/* NaN, which is no value, where no way is left. */
static double finite(double v) { return v < INFINITY ? v : NAN; }

static karvan_status add_pair(const karvan_network *net, const karvan_i_masses *m, int32_t o,
                              int32_t d, double *const before[METRICS],
                              double *const after[METRICS], karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t i = (size_t)o * (size_t)m->n_ends + (size_t)d;
    bool hurt = false;
    for (int k = 0; k < METRICS; k++) hurt |= after[k][i] > before[k][i];
    if (o == d || !hurt) return KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(
        karvan_builder_text(b, C_FROM, karvan_i_cell_text(net->places, "id", m->ends[o]), err));
    KARVAN_TRY(
        karvan_builder_text(b, C_TO, karvan_i_cell_text(net->places, "id", m->ends[d]), err));
    for (int k = 0; k < METRICS; k++) {
        int c = k == 0 ? C_HOURS : C_USD;
        KARVAN_TRY(karvan_builder_real(b, c, before[k][i], err));
        KARVAN_TRY(karvan_builder_real(b, c + 1, finite(after[k][i]), err));
        KARVAN_TRY(karvan_builder_real(b, c + 2, finite(after[k][i] - before[k][i]), err));
    }
done:
    return st;
}

static bool is_cut(void *ctx, const karvan_table *t, int64_t row) {
    return (karvan_table_state(t, C_HOURS_AFTER, row) != KARVAN_VALUE) == *(bool *)ctx;
}

/* Those cut first, in the order of the places; then the most hours. */
static karvan_status ranked(const karvan_table *t, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_view cut = {0}, hurt = {0};
    bool yes = true, no = false;
    KARVAN_TRY(karvan_view_init(&cut, t, is_cut, &yes, err));
    KARVAN_TRY(karvan_view_init(&hurt, t, is_cut, &no, err));
    KARVAN_TRY(karvan_view_sort(&hurt, C_DELTA_USD, true, err));
    KARVAN_TRY(karvan_view_sort(&hurt, C_DELTA_H, true, err));
    for (int64_t i = 0; i < hurt.n; i++) cut.row[cut.n++] = hurt.row[i]; /* it has room for all */
    KARVAN_TRY(karvan_view_copy(&cut, 0, NULL, out, err));
done:
    karvan_view_clear(&cut), karvan_view_clear(&hurt);
    return st;
}

karvan_status karvan_network_closure(const karvan_network *net, karvan_item item, int threads,
                                     karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"from", KARVAN_TEXT, NULL},           {"to", KARVAN_TEXT, NULL},
        {"hours", KARVAN_REAL, "h"},           {"hours_after", KARVAN_REAL, "h"},
        {"delta_hours", KARVAN_REAL, "h"},     {"usd", KARVAN_REAL, "USD/TEU"},
        {"usd_after", KARVAN_REAL, "USD/TEU"}, {"delta_usd", KARVAN_REAL, "USD/TEU"}};
    static const karvan_skim_weights by[METRICS] = {{.hours = 1}, {.usd = 1}};
    karvan_status st = KARVAN_OK;
    karvan_i_masses m = {0};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    double *before[METRICS] = {NULL}, *after[METRICS] = {NULL};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "net is NULL");
    KARVAN_TRY(karvan_i_check_item(net, item, err));
    KARVAN_TRY(karvan_i_masses_init(&m, net, KARVAN_MASS_EQUAL, err));
    size_t pairs = (size_t)m.n_ends * (size_t)m.n_ends + 1;
    for (int k = 0; k < METRICS; k++) {
        before[k] = karvan_i_malloc(pairs, sizeof *before[k]);
        after[k] = karvan_i_malloc(pairs, sizeof *after[k]);
        KARVAN_REQUIRE(before[k] && after[k], err, KARVAN_E_NOMEM, "no memory for pairs");
        KARVAN_TRY(both(net, &m, item, &by[k], threads, before[k], after[k], err));
    }
    KARVAN_TRY(karvan_builder_create("closure", C_END, columns, &b, err));
    for (int32_t o = 0; o < m.n_ends; o++)
        for (int32_t d = 0; d < m.n_ends; d++)
            KARVAN_TRY(add_pair(net, &m, o, d, before, after, b, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = ranked(t, out, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_masses_clear(&m);
    for (int k = 0; k < METRICS; k++) karvan_i_free(before[k]), karvan_i_free(after[k]);
    return st;
}
