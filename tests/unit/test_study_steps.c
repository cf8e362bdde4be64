/* What steps of prices are made of, each beside a slow and obvious one: parts of routes, resources
 * that stand as one, the step itself, and the matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "study/split.h"
#include "study_region.h"
#include "sweep.h"

enum { RESOURCES = 7, PATTERNS = 40, ROUTES = 90 };

/* ---- parts ---- */

/* Patterns that use random resources, and routes of random patterns. */
typedef struct parts_bed {
    karvan_i_menu m;
    karvan_i_chain k;
    karvan_i_frame f;
    double uses[PATTERNS][RESOURCES];
    int32_t of[ROUTES];
    int64_t user_first[RESOURCES + 1], route_first[PATTERNS + 1];
    int32_t user[PATTERNS * RESOURCES], route_place[ROUTES];
    double amount[PATTERNS * RESOURCES];
} parts_bed;

static void parts_begin(parts_bed *b, uint64_t seed) {
    karvan_random g;
    karvan_random_init(&g, seed, 1);
    *b = (parts_bed){.m.n_routes = ROUTES, .f = {.n = RESOURCES, .patterns.n = PATTERNS}};
    b->k.m = &b->m, b->f.k = &b->k;
    for (int p = 0; p < PATTERNS; p++)
        for (int a = 0; a < RESOURCES; a++)
            if (karvan_random_uniform(&g) < 0.4)
                b->uses[p][a] = 1 + floor(2 * karvan_random_uniform(&g));
    for (int r = 0; r < ROUTES; r++) b->of[r] = (int32_t)(PATTERNS * karvan_random_uniform(&g));
    int64_t n = 0;
    for (int a = 0; a < RESOURCES; a++) {
        for (int32_t p = 0; p < PATTERNS; p++)
            if (b->uses[p][a] > 0) b->user[n] = p, b->amount[n++] = b->uses[p][a];
        b->user_first[a + 1] = n;
    }
    n = 0;
    for (int p = 0; p < PATTERNS; p++) {
        for (int32_t r = 0; r < ROUTES; r++)
            if (b->of[r] == p) b->route_place[n++] = r;
        b->route_first[p + 1] = n;
    }
    b->f.user_first = b->user_first, b->f.user = b->user, b->f.user_amount = b->amount;
    b->f.route_first = b->route_first, b->f.route_place = b->route_place;
}

/* Each route's part has what its pattern uses of the first n of `set`, and nothing else. */
static void check_parts(const parts_bed *b, const karvan_i_split *s, int n, const int32_t *set) {
    for (int r = 0; r < ROUTES; r++) {
        double of[RESOURCES] = {0};
        int32_t part = s->route[r];
        assert_in_range(part, 0, s->n - 1);
        assert_int_equal(part, s->of[b->of[r]]);
        for (int64_t u = s->first[part]; u < s->first[part + 1]; u++) {
            assert_in_range(s->resource[u], 0, n - 1);
            of[s->resource[u]] += s->amount[u];
        }
        for (int i = 0; i < n; i++) assert_true(of[i] == b->uses[b->of[r]][set[i]]);
        for (int q = 0; q < r; q++) { /* none is parted without need */
            bool alike = true;
            for (int i = 0; i < n; i++)
                alike = alike && b->uses[b->of[r]][set[i]] == b->uses[b->of[q]][set[i]];
            assert_int_equal(alike, s->route[q] == part);
        }
    }
}

static void parts(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        static const int32_t set[RESOURCES] = {3, 0, 5, 1, 6, 2, 4};
        parts_bed b;
        karvan_i_split s;
        karvan_i_split_mark mark = {0};
        karvan_error e = {0};
        parts_begin(&b, seed);
        assert_int_equal(karvan_i_split_init(&s, &b.f, &e), KARVAN_OK);
        assert_int_equal(karvan_i_split_mark_init(&mark, &s, &e), KARVAN_OK);
        check_parts(&b, &s, 0, set);
        for (int32_t i = 0; i < 3; i++)
            assert_int_equal(karvan_i_split_join(&s, set[i], i, &e), KARVAN_OK);
        check_parts(&b, &s, 3, set);
        karvan_i_split_keep(&s, &mark);
        for (int turn = 0; turn < 2; turn++) { /* the same again from the mark */
            for (int32_t i = 3; i < RESOURCES; i++) {
                assert_int_equal(karvan_i_split_join(&s, set[i], i, &e), KARVAN_OK);
                if (i % 2 == turn) karvan_i_split_pack(&s, mark.n);
                check_parts(&b, &s, i + 1, set);
            }
            karvan_i_split_back(&s, &mark);
            check_parts(&b, &s, 3, set);
        }
        karvan_i_split_clear(&s), karvan_i_split_mark_clear(&mark);
    }
}

static karvan_status some_parts(karvan_error *err) {
    static parts_bed b;
    karvan_i_split s;
    karvan_i_split_mark mark = {0};
    parts_begin(&b, 1);
    karvan_status st = karvan_i_split_init(&s, &b.f, err);
    if (st == KARVAN_OK) st = karvan_i_split_mark_init(&mark, &s, err);
    for (int32_t i = 0; st == KARVAN_OK && i < RESOURCES; i++)
        st = karvan_i_split_join(&s, i, i, err);
    karvan_i_split_clear(&s), karvan_i_split_mark_clear(&mark);
    return st;
}
static void memory_for_parts(void **state) {
    (void)state;
    every_allocation_fails(some_parts, 50);
}

/* ---- resources that stand as one ---- */

/* Five resources on four routes: 1 is twice 0 on all of them; 2 is of the same routes at another
 * rate on one; 3 is as 0, but apart; 4 is of fewer routes. */
static void alike_by_hand(void **state) {
    (void)state;
    int64_t first[] = {0, 5, 10, 14, 15};
    int32_t use[] = {0, 1, 2, 3, 4, 3, 1, 0, 2, 4, 0, 1, 2, 3, 4}, group[5],
            scarce[] = {0, 1, 2, 3, 4};
    double amount[] = {1, 2, 1, 1, 1, 3, 6, 3, 3, 1, 2, 4, 5, 2, 1}, ratio[5];
    bool apart[] = {false, false, false, true, false};
    karvan_i_menu m = {.n_routes = 4,
                       .use_first = first,
                       .use = use,
                       .amount = amount,
                       .n_uses = 15,
                       .n_scarce = 5};
    karvan_error e = {0};
    assert_int_equal(karvan_i_alike(&m, 5, scarce, apart, group, ratio, &e), KARVAN_OK);
    assert_true(group[0] == 0 && group[1] == 0 && group[2] == 2 && group[3] == 3 && group[4] == 4);
    assert_true(ratio[0] == 1 && ratio[1] == 2 && ratio[2] == 1 && ratio[3] == 1);
    scarce[0] = 1, scarce[1] = 0; /* the first is the one that comes first */
    assert_int_equal(karvan_i_alike(&m, 2, scarce, apart, group, ratio, &e), KARVAN_OK);
    assert_true(group[0] == 0 && group[1] == 0 && ratio[1] == 0.5);
}

/* ---- a step ---- */

enum { N = 5 };

typedef struct step_bed {
    double matrix[N * N], square[N * N], price[N], trial[N], load[N], capacity[N], gap[N], step[N],
        row[N], least[N], error[N];
    int32_t at[N], seen[N];
    bool queue[N], active[N], held[N], changes[N];
    karvan_i_rapid w;
} step_bed;

static void step_begin(step_bed *b, karvan_random *g) {
    double x[N][N + 2];
    *b = (step_bed){0};
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N + 2; j++) x[i][j] = 2 * karvan_random_uniform(g) - 1;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++)
            for (int k = 0; k < N + 2; k++) b->matrix[i * N + j] += x[i][k] * x[j][k];
        b->capacity[i] = 1 + karvan_random_uniform(g);
        b->load[i] = b->capacity[i] * (0.5 + karvan_random_uniform(g));
        b->gap[i] = b->load[i] - b->capacity[i];
        b->price[i] = fmax(0, karvan_random_uniform(g) - 0.5), b->active[i] = true;
    }
    b->w = (karvan_i_rapid){.n = N,
                            .matrix = b->matrix,
                            .square = b->square,
                            .price = b->price,
                            .trial = b->trial,
                            .load = b->load,
                            .capacity = b->capacity,
                            .gap = b->gap,
                            .step = b->step,
                            .row = b->row,
                            .least = b->least,
                            .error = b->error,
                            .at = b->at,
                            .seen = b->seen,
                            .queue = b->queue,
                            .active = b->active,
                            .held = b->held,
                            .changes = b->changes};
}

/* After the step, loads as the matrix has them are within capacities, in logarithms, and a price
 * stands only where they reach them. */
static void steps(void **state) {
    (void)state;
    karvan_random g;
    int found = 0;
    karvan_random_init(&g, 5, 1);
    for (int round = 0; round < 500; round++) {
        step_bed b;
        bool good = true;
        step_begin(&b, &g);
        assert_true(karvan_i_rapid_step(&b.w, 0));
        for (int i = 0; i < N; i++) {
            double left = b.load[i] * log(b.load[i] / b.capacity[i]),
                   price = b.price[i] + b.step[i];
            for (int j = 0; j < N; j++) left -= b.matrix[i * N + j] * b.step[j];
            good = good && price > -1e-9 && left < 1e-8 && fabs(price * left) < 1e-7;
        }
        found += good;
    }
    assert_in_range(found, 490, 500); /* rounds of prices held and released may end before */
}

/* A price never falls below 0; that of a wait no further than to a fifth. */
static void how_far(void **state) {
    (void)state;
    karvan_random g;
    step_bed b;
    karvan_random_init(&g, 6, 1);
    step_begin(&b, &g);
    b.price[0] = 1, b.step[0] = -3, b.price[1] = 10, b.step[1] = -30, b.least[1] = 1e-6;
    b.price[2] = 4, b.step[2] = 2;
    karvan_i_rapid_go(&b.w, 0.5);
    assert_true(b.trial[0] == 0 && b.trial[1] == 2 && b.trial[2] == 5);
}

/* ---- the matrix ---- */

/* Loads at prices, as demand answers to what groups pay to the first order. */
static void loads_at(study_bed *b, karvan_i_rapid *w, const karvan_i_outcome *s,
                     const double *price, const double *paid, double *logsum, double *load) {
    double *demand = karvan_i_calloc((size_t)b->m.n_pairs + 1, sizeof *demand);
    double *bill = karvan_i_calloc((size_t)b->x.n_groups + 1, sizeof *bill);
    assert_non_null(demand), assert_non_null(bill);
    karvan_i_rapid_price(w, price), karvan_i_rapid_choose(w, logsum);
    for (int32_t k = 0; k < b->m.n_pairs; k++)
        if (b->x.group[k] >= 0) bill[b->x.group[k]] += w->given[k] * logsum[k];
    for (int32_t k = 0; k < b->m.n_pairs; k++) {
        int32_t g = b->x.group[k];
        demand[k] = s->loads.demand[k];
        if (g >= 0 && paid) demand[k] *= 1 - w->slope[g] * (bill[g] - paid[g]);
    }
    karvan_i_rapid_load(w, demand);
    memcpy(load, w->load, (size_t)w->n * sizeof *load);
    karvan_i_free(demand), karvan_i_free(bill);
}

static void check_columns(study_bed *b, karvan_i_rapid *w, karvan_i_outcome *s, bool elastic) {
    size_t n = (size_t)w->n;
    const double STEP = 1e-4;
    double *price = karvan_i_calloc(n, sizeof *price), *up = karvan_i_calloc(n, sizeof *up),
           *down = karvan_i_calloc(n, sizeof *down), *paid = NULL,
           *logsum = karvan_i_calloc((size_t)b->m.n_pairs + 1, sizeof *logsum);
    assert_true(price && up && down && logsum);
    if (elastic) paid = s->bill;
    loads_at(b, w, s, w->price, paid, logsum, up);
    karvan_i_rapid_shares(w, s->loads.share);
    karvan_i_rapid_matrix(w, s, elastic ? KARVAN_I_OF_OWN : KARVAN_I_FIXED);
    int checked = 0;
    for (size_t c = 0; c < n; c++) {
        if (!w->active[c] || !(w->capacity[c] < INFINITY)) continue;
        memcpy(price, w->price, n * sizeof *price);
        price[c] += STEP, loads_at(b, w, s, price, paid, logsum, up);
        price[c] -= 2 * STEP, loads_at(b, w, s, price, paid, logsum, down);
        double size = 0;
        for (size_t a = 0; a < n; a++) size = fmax(size, fabs(w->matrix[a * n + c]));
        for (size_t a = 0; a < n; a++) {
            double got = -w->matrix[a * n + c], want = (up[a] - down[a]) / (2 * STEP);
            if (!w->active[a]) continue;
            if (!(fabs(got - want) <= 1e-5 * size + 1e-9))
                fail_msg("%s by %s: %g, %g by differences",
                         b->m.scarce_name[karvan_i_frame_first(w->f, w->set[a])],
                         b->m.scarce_name[karvan_i_frame_first(w->f, w->set[c])], got, want);
            checked++;
        }
    }
    assert_true(checked > 0);
    karvan_i_free(price), karvan_i_free(up), karvan_i_free(down), karvan_i_free(logsum);
}

/* With waits that some feel at other hours than others, and limits by weight. */
static void matrices(void **state) {
    (void)state;
    static const char *const names[] = {"wide"};
    small_table tables[STUDY_TABLES];
    study_bed b = {0};
    karvan_i_frame f;
    karvan_i_rapid w = {0};
    karvan_error e = {0};
    study_tables(tables);
    tables[S_CAPACITIES].csv =
        "id:s,name:s,items_of:s,items:s,direction:s,capacity:n,unit:s,servers:n,scv_arrivals:n,"
        "scv_service:n,open_from:d,open_to:d,cargo_classes:s\n"
        "post,Post,links,AB;BC,both,140,TEU/day,1,1,1,,,\n"
        "gate,Gate,links,AC,both,1700,t/day,1,1,1,,,\n"
        "rail,Rail,links,AB,both,100,TEU/day,,,,,,\n";
    bed_open(&b, tables, 1, names);
    karvan_i_outcome *s = &b.s[0];
    if (karvan_i_chain_first(&b.k, b.value, s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_i_frame_make(&b.k, b.n, b.supply, s, &f, &e), KARVAN_OK);
    assert_int_equal(karvan_i_rapid_init(&w, &f, &e), KARVAN_OK);
    const karvan_i_task task = {&b.supply[0], b.value, 1, NULL, NULL, true};
    if (karvan_i_rapid_solve(&w, &task, s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    bool queues = false;
    for (int32_t a = 0; a < w.n; a++) queues = queues || w.queue[a];
    assert_true(queues);
    check_columns(&b, &w, s, false);
    check_columns(&b, &w, s, true);
    karvan_i_rapid_clear(&w), karvan_i_frame_clear(&f);
    bed_clear(&b);
}

/* ---- what the world makes of it ---- */

/* ln of trade of each group, beyond what its own cost does, for freight of one that is a little
 * dearer. */
static void beyond(const study_bed *b, karvan_i_solver *w, double theta, int32_t dearer,
                   double step, double *out) {
    const karvan_i_exchange *x = &b->x;
    const karvan_equilibrium_options o = {.theta = theta, .tolerance = 1e-14};
    double *partial = karvan_i_calloc((size_t)x->economy->n_touched + 1, sizeof *partial);
    karvan_error e = {0};
    assert_non_null(partial);
    partial[x->at[x->of[dearer]]] = -step;
    w->given = partial;
    if (karvan_i_solver_run(w, &o, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int32_t g = 0; g < x->n_groups; g++) {
        size_t i = (size_t)(x->of[g] / x->n), j = (size_t)(x->of[g] % x->n);
        out[g] = log(karvan_i_solver_ratio(w, i, j)) + (g == dearer ? step : 0);
    }
    w->given = NULL;
    karvan_i_free(partial);
}

/* Beside whole equilibria, a little dearer and a little cheaper; of what is told nine tenths are in
 * the matrix. */
static void world(void **state) {
    (void)state;
    static const char *const names[] = {"wide"};
    const double STEP = 1e-5, PART = 0.9, thetas[] = {4, 7.5};
    study_bed b = {0};
    karvan_i_world w = {0};
    karvan_i_solver solver = {0};
    karvan_error e = {0};
    bed_open(&b, NULL, 1, names);
    const karvan_i_exchange *x = &b.x;
    size_t n = (size_t)x->n_groups;
    double *up = karvan_i_calloc(n, sizeof *up), *down = karvan_i_calloc(n, sizeof *down),
           *one = karvan_i_calloc(n, sizeof *one), *table = karvan_i_calloc(n * n, sizeof *table),
           largest = 0;
    assert_true(n > 1 && up && down && one && table);
    assert_int_equal(karvan_i_world_init(&w, x->economy, n, &e), KARVAN_OK);
    assert_int_equal(karvan_i_solver_init(&solver, x->economy, &e), KARVAN_OK);
    for (int k = 0; k < 2; k++) {
        karvan_i_world_at(&w, thetas[k]);
        karvan_i_world_begin(&w, (int32_t)n, (int32_t)n);
        for (size_t g = 0; g < n; g++) { /* each is of a resource of its own */
            one[g] = 1;
            karvan_i_world_take(&w, x->of[g], -1, one);
            one[g] = 0;
        }
        memset(table, 0, n * n * sizeof *table);
        karvan_i_world_add(&w, table);
        for (int32_t c = 0; c < x->n_groups; c++) {
            beyond(&b, &solver, thetas[k], c, STEP, up);
            beyond(&b, &solver, thetas[k], c, -STEP, down);
            for (size_t a = 0; a < n; a++) {
                double want = (up[a] - down[a]) / (2 * STEP), got = -table[a * n + (size_t)c];
                if (!(fabs(got - PART * want) <= 1e-6))
                    fail_msg("%g, %g by differences", got, want);
                largest = fmax(largest, fabs(want));
            }
        }
    }
    assert_true(largest > 0.01);
    karvan_i_free(up), karvan_i_free(down), karvan_i_free(one), karvan_i_free(table);
    karvan_i_world_clear(&w), karvan_i_solver_clear(&solver);
    bed_clear(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),         cmocka_unit_test(memory_for_parts),
        cmocka_unit_test(alike_by_hand), cmocka_unit_test(steps),
        cmocka_unit_test(how_far),       cmocka_unit_test(matrices),
        cmocka_unit_test(world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
