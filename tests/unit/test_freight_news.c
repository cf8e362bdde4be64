/* What a case makes cheaper: searches by the arcs that cost less find the ways that searches of all
 * pairs find, as far as they pass one; ways of a start are what they are when measured anew. On
 * drawn changes of a grid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_grid.h"
#include "share.h"
#include "sweep.h"

enum { DRAWS = 60 };
static karvan_random rng;
static double between(double a, double b) { return a + (b - a) * karvan_random_uniform(&rng); }
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

/* Another time for one of the rails. */
static void change_link(texts *t, double time_h) {
    char id[8], from[80], to[120];
    int i = pick(PLACES), j = i % COLUMNS < COLUMNS - 1 ? i + 1 : i + COLUMNS;
    if (j >= PLACES) i = 0, j = 1;
    (void)snprintf(id, sizeof id, "\n%c%c,", PLACE(i), PLACE(j));
    const char *at = strstr(t->links, id), *end = at ? strstr(at, ",,") : NULL;
    if (!end) return;
    (void)snprintf(from, sizeof from, "%.*s", (int)(strcspn(end + 2, ",") + (size_t)(end + 2 - at)),
                   at);
    (void)snprintf(to, sizeof to, "%.*s%.3f", (int)(end + 2 - at), at, time_h);
    swap(t->links, from, to);
}

/* What is unexplained of corridors: `inland` is dearer than it looks. */
static karvan_table *constants(double usd) {
    static const karvan_column columns[] = {{"corridor", KARVAN_TEXT, NULL},
                                            {"cargo_classes", KARVAN_TEXT, NULL},
                                            {"kind", KARVAN_TEXT, NULL},
                                            {"usd_per_teu", KARVAN_REAL, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("constants", 4, columns, &b, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_text(b, 0, "inland", NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_real(b, 3, usd, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

typedef struct pair_of_beds { /* before, after */
    bed a, b;
    karvan_table *constants;
    karvan_freight *start;
} pair_of_beds;

static void beds_open(pair_of_beds *x, int changes, bool only_dearer) {
    *x = (pair_of_beds){.constants = constants(between(-300, 600))};
    write_texts(&x->a.t), write_texts(&x->b.t);
    for (int i = 0; i < changes; i++)
        change_link(&x->b.t, only_dearer ? between(10.5, 30) : between(1, 14));
    bed_open(&x->a), bed_open(&x->b);
    x->a.o.constants = x->b.o.constants = x->constants;
    x->start = solve(&x->a, NULL, NULL);
}
static void beds_close(pair_of_beds *x) {
    karvan_freight_destroy(x->start), karvan_table_destroy(x->constants);
    bed_close(&x->a), bed_close(&x->b);
}

/* With the ways of the start; keeps: in the quick way. */
static karvan_freight *begun(const pair_of_beds *x, bool keeps) {
    karvan_freight *f = NULL;
    karvan_error e = {0};
    const bed *b = &x->b;
    if (karvan_i_freight_prepare(b->region.package, &b->demand, &b->o, &f, &e))
        fail_msg("%s", e.msg);
    assert_true(karvan_i_freight_like(f, x->start) && !karvan_i_freight_shuts(f, x->start));
    f->keeps_all = keeps;
    assert_int_equal(karvan_i_freight_start_ways(f, x->start, NULL), KARVAN_OK);
    return f;
}

/* Prices that someone might have found, and what ways cost at them. */
static void set_prices(karvan_freight *f, const double *price) {
    f->way_cost = karvan_i_realloc(f->way_cost, (size_t)f->ways.n + 1, sizeof *f->way_cost);
    assert_non_null(f->way_cost);
    for (int32_t s = 0; s < f->scarce.n; s++) f->price[s] = price[s];
    for (int64_t w = 0; w < f->ways.n; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        f->way_cost[w] = way->cost;
        for (int32_t i = 0; i < way->n; i++)
            f->way_cost[w] += karvan_i_arc_price(f, &f->lane[f->pair_lane[way->pair]],
                                                 f->ways.arc[way->first + i], f->price, f->delay_h);
    }
}

static bool passes_news(const karvan_freight *f, const karvan_freight *start,
                        const karvan_i_way *way) {
    int32_t l = f->pair_lane[way->pair];
    for (int32_t i = 0; i < way->n; i++) {
        int32_t a = f->ways.arc[way->first + i];
        if (karvan_i_arc_is_news(&f->lane[l], a, &start->lane[l], a)) return true;
    }
    return false;
}

static bool has(const karvan_freight *f, const karvan_freight *g, const karvan_i_way *way) {
    const int32_t *arcs = g->ways.arc + way->first;
    for (int64_t w = f->first_way[way->pair]; w < f->first_way[way->pair + 1]; w++)
        if (f->ways.way[w].n == way->n &&
            memcmp(f->ways.arc + f->ways.way[w].first, arcs, (size_t)way->n * sizeof *arcs) == 0)
            return true;
    return false;
}

static void same_ways_are_found(void **state) {
    (void)state;
    int found = 0, others = 0;
    karvan_random_init(&rng, 11, 0);
    for (int d = 0; d < part_of(DRAWS); d++) {
        pair_of_beds x;
        karvan_i_news news;
        int64_t added, fewer;
        beds_open(&x, 1 + pick(3), false);
        karvan_freight *f = begun(&x, true), *g = begun(&x, true);
        double *price = karvan_i_calloc((size_t)f->scarce.n + 1, sizeof *price);
        assert_non_null(price);
        for (int32_t s = 0; s < f->scarce.n; s++)
            price[s] = fmax(0, f->price[s] + (pick(2) ? between(-200, 900) : 0));
        set_prices(f, price), set_prices(g, price);
        assert_int_equal(karvan_i_freight_news_find(f, x.start, &news, NULL), KARVAN_OK);
        f->options.threads = 1 + d % 3;
        assert_int_equal(karvan_i_freight_better(g, &added, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_freight_better_by(f, &news, &fewer, NULL), KARVAN_OK);
        assert_true(fewer <= added);
        for (int64_t w = 0; w < f->ways.n; w++) assert_true(has(g, f, &f->ways.way[w]));
        for (int64_t w = 0; w < g->ways.n; w++) {
            bool is_news = passes_news(g, x.start, &g->ways.way[w]);
            if (is_news && !has(f, g, &g->ways.way[w])) fail_msg("draw %d lacks a way", d);
            others += !is_news;
        }
        found += (int)fewer;
        karvan_i_freight_news_clear(&news), karvan_i_free(price);
        karvan_freight_destroy(f), karvan_freight_destroy(g), beds_close(&x);
    }
    if (all_cases()) assert_true(found > 50 && others > 50);
}

/* All that is kept of a way is what it would be. */
static void ways_of_a_start(void **state) {
    (void)state;
    karvan_random_init(&rng, 12, 0);
    for (int d = 0; d < part_of(DRAWS); d++) {
        pair_of_beds x;
        beds_open(&x, pick(4), pick(2) == 0);
        karvan_freight *f = begun(&x, true), *g = begun(&x, false);
        assert_int_equal(f->ways.n, g->ways.n);
        assert_int_equal(f->best_first, g->best_first);
        for (int64_t w = 0; w < f->ways.n; w++) {
            const karvan_i_way *a = &f->ways.way[w], *b = &g->ways.way[w];
            assert_true(a->pair == b->pair && a->corridor == b->corridor && has(f, g, b));
            assert_true(a->usd == b->usd && a->hours == b->hours && a->var_h2 == b->var_h2);
            assert_true(a->kg == b->kg && a->spread_h == b->spread_h && a->cost == b->cost);
            assert_true(a->log_size == b->log_size && a->n_uses == b->n_uses);
            for (int32_t u = 0; u < a->n_uses; u++)
                assert_true(f->ways.use[a->first_use + u] == g->ways.use[b->first_use + u] &&
                            f->ways.amount[a->first_use + u] == g->ways.amount[b->first_use + u]);
        }
        for (int32_t s = 0; s < f->scarce.n; s++)
            assert_true(fabs(f->most[s] - g->most[s]) <= 1e-9 * (1 + g->most[s]));
        karvan_freight_destroy(f), karvan_freight_destroy(g), beds_close(&x);
    }
}

/* A case that makes nothing cheaper and shuts nothing has no ways of its own. */
static void nothing_is_cheaper(void **state) {
    (void)state;
    pair_of_beds x;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    karvan_random_init(&rng, 13, 0);
    beds_open(&x, 3, true);
    if (karvan_i_freight_rounds(x.b.region.package, &x.b.demand, &x.b.o, x.start, 1, &f, &e))
        fail_msg("%s", e.msg);
    assert_int_equal(f->ways.n, 0);
    assert_true(f->keeps_all);
    karvan_freight_destroy(f);
    beds_close(&x);
}

/* ---- allocations ---- */

static pair_of_beds swept_beds;
static karvan_status swept(karvan_error *err) {
    karvan_freight *f = NULL;
    const bed *b = &swept_beds.b;
    karvan_status st =
        karvan_i_freight_rounds(b->region.package, &b->demand, &b->o, swept_beds.start, 1, &f, err);
    karvan_freight_destroy(f);
    return st;
}
static void allocations(void **state) {
    (void)state;
    karvan_random_init(&rng, 14, 0);
    beds_open(&swept_beds, 2, false);
    every_allocation_fails(swept, 20000);
    beds_close(&swept_beds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_ways_are_found), cmocka_unit_test(ways_of_a_start),
        cmocka_unit_test(nothing_is_cheaper), cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
