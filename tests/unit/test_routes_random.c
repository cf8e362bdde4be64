/* Sets of routes on random networks against the enumeration of all walks: Pareto sets, k shortest,
 * alternatives, with every constraint, and the reasons where there is no way. The walks are those
 * of the state graph; what is asked of them is read from the tables anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "all_walks.h"
#include "share.h"

enum { ROUNDS = 1000, QUERIES = 8 };

static walk *room;
static random_region r;

static bool any_way(const karvan_network *net, const karvan_routes_query *q) {
    static slow s;
    s.walks = room;
    (void)enumerate(&s, net, q);
    return s.n > 0;
}

static double cost_of(const karvan_weights *w, const double v[5]) {
    return w->hours * v[0] + w->usd * v[1] + w->kg * v[2] + w->km * v[4];
}

/* ---- comparisons ---- */

static bool about(double a, double b) { return fabs(a - b) <= 1e-9 * fmax(1, fabs(b)); }

static void value_of(const karvan_route *x, double v[5]) {
    v[0] = x->hours, v[1] = x->usd_per_teu, v[2] = x->co2e_kg_per_teu, v[3] = x->sd_h * x->sd_h;
    v[4] = x->km;
}

/* Is a as good as b in all that is weighed? Better in one? */
static bool matches(const double *a, const double *b, unsigned weigh, bool *better) {
    *better = false;
    for (int c = 0; c < 4; c++) {
        if (!(weigh & (1u << c))) continue;
        if (!about(a[c], b[c]) && a[c] > b[c]) return false;
        *better |= !about(a[c], b[c]);
    }
    return true;
}

static void check_pareto(const slow *s, const karvan_routes *set) {
    unsigned weigh = s->q->weigh;
    bool better;
    for (int i = 0; i < set->n; i++) { /* no walk beats a route, and no route is there twice */
        double v[5], u[5];
        value_of(&set->route[i], v);
        bool there = false;
        for (int k = 0; k < s->n; k++) {
            if (matches(s->walks[k].v, v, weigh, &better) && better) fail_msg("%d is beaten", i);
            there |= matches(s->walks[k].v, v, weigh, &better);
        }
        assert_true(there);
        for (int k = 0; k < i; k++) {
            value_of(&set->route[k], u);
            assert_false(matches(u, v, weigh, &better));
        }
    }
    for (int k = 0; k < s->n; k++) { /* and some route matches or beats every walk */
        bool covered = false;
        for (int i = 0; i < set->n && !covered; i++) {
            double v[5];
            value_of(&set->route[i], v);
            covered = matches(v, s->walks[k].v, weigh, &better);
        }
        if (!covered) fail_msg("%g h, %g USD is missing", s->walks[k].v[0], s->walks[k].v[1]);
    }
}

static const karvan_weights *order;
static int by_cost(const void *a, const void *b) {
    const walk *x = a, *y = b;
    double p = cost_of(order, x->v), q = cost_of(order, y->v);
    if (p != q) return p < q ? -1 : 1;
    return (x->v[0] > y->v[0]) - (x->v[0] < y->v[0]);
}

static bool same_legs(const karvan_route *a, const karvan_route *b) {
    if (a->n_legs != b->n_legs) return false;
    for (int32_t k = 0; k < a->n_legs; k++)
        if (a->legs[k].table != b->legs[k].table || a->legs[k].row != b->legs[k].row ||
            a->legs[k].from != b->legs[k].from || a->legs[k].to != b->legs[k].to)
            return false;
    return true;
}

static void check_k_shortest(slow *s, const karvan_routes *set) {
    order = &s->q->weights;
    qsort(s->walks, (size_t)s->n, sizeof *s->walks, by_cost);
    assert_int_equal(set->n, s->n < s->q->k ? s->n : s->q->k);
    for (int i = 0; i < set->n; i++) {
        const karvan_route *x = &set->route[i];
        double cost = cost_of(order, s->walks[i].v);
        if (x->generalised != cost || x->hours != s->walks[i].v[0])
            fail_msg("%d: cost %g and %g h, not %g and %g", i, x->generalised, x->hours, cost,
                     s->walks[i].v[0]);
        for (int k = 0; k < i; k++) assert_false(same_legs(x, &set->route[k]));
    }
}

/* What a route pays on each link (with its wait) and terminal. */
typedef struct paid {
    double link[100], terminal[100], all;
} paid;
static paid paid_by(const slow *s, const karvan_route *x) {
    paid p = {.all = 0};
    double wait = 0;
    for (int32_t k = 0; k < x->n_legs; k++) {
        const karvan_leg *l = &x->legs[k];
        const double v[5] = {l->hours, l->usd_per_teu, l->co2e_kg_per_teu, 0, l->km};
        double cost = cost_of(&s->q->weights, v) + wait;
        wait = 0;
        if (strcmp(l->table, "services") == 0) wait = cost;
        if (strcmp(l->table, "links") == 0) p.link[l->row] += cost, p.all += cost;
        if (strcmp(l->table, "terminals") == 0) p.terminal[l->row] += cost, p.all += cost;
    }
    return p;
}

static double shared(const slow *s, const walk *w, const paid *p) {
    double sum = 0;
    for (int i = 0; i < w->n; i++) {
        const karvan_i_arc *a = &s->net->arcs[w->arcs[i]];
        if (a->kind == KARVAN_I_ARC_LINK) sum += p->link[a->row];
        if (a->kind == KARVAN_I_ARC_TERMINAL) sum += p->terminal[a->row];
    }
    return sum;
}

/* Each is the best that shares little with those before it, and after the last there is none. */
static void check_alternatives(const slow *s, const karvan_routes *set) {
    static paid p[16];
    for (int i = 0; i <= set->n && i < s->q->k; i++) {
        double best = INFINITY;
        for (int k = 0; k < s->n; k++) {
            bool differs = true;
            for (int e = 0; e < i; e++)
                differs &= shared(s, &s->walks[k], &p[e]) <= s->q->max_overlap * p[e].all + 1e-9;
            if (differs) best = fmin(best, cost_of(&s->q->weights, s->walks[k].v));
        }
        if (i == set->n) {
            if (i > 0 && p[i - 1].all <= 0) return; /* it shares nothing, whatever comes */
            if (isfinite(best)) fail_msg("a route of %g is missing after %d", best, i);
            return;
        }
        if (!about(set->route[i].generalised, best))
            fail_msg("%d costs %g, not %g", i, set->route[i].generalised, best);
        p[i] = paid_by(s, &set->route[i]);
    }
}

/* ---- reasons ---- */

static int count_of(const char *s, const char *what) {
    int n = 0;
    for (; (s = strstr(s, what)) != NULL; s += strlen(what)) n++;
    return n;
}

static int closed_rows(const karvan_network *net, const walk *w) {
    int n = 0;
    for (int i = 0; i < w->n; i++) {
        const karvan_i_arc *a = &net->arcs[w->arcs[i]];
        const struct {
            const char *table;
            int32_t row;
        } rows[2] = {
            {a->kind == KARVAN_I_ARC_LINK ? "links" : "terminals",
             a->kind == KARVAN_I_ARC_PASS || a->kind == KARVAN_I_ARC_DEFAULT ? -1 : a->row},
            {"services", a->service}};
        for (int k = 0; k < 2; k++) {
            const karvan_table *t = karvan_package_table(net->region, rows[k].table);
            n +=
                rows[k].row >= 0 &&
                !karvan_i_open_on(karvan_i_cell_date(t, "open_from", rows[k].row),
                                  karvan_i_cell_date(t, "open_to", rows[k].row), net->options.date);
        }
    }
    return n;
}

/* The fewest closed rows on a way of the open network; -1: there is none. */
static int fewest_closed(const karvan_network *open, const karvan_routes_query *q) {
    static slow s;
    s.walks = room;
    int fewest = -1;
    if (!enumerate(&s, open, q)) return -2;
    for (int i = 0; i < s.n; i++) {
        int n = closed_rows(open, &s.walks[i]);
        if (fewest < 0 || n < fewest) fewest = n;
    }
    return fewest;
}

/* Without one of the countries, or of the modes, and so on: does that leave a way? */
static int single_cuts(const karvan_network *net, const karvan_routes_query *q) {
    int n = 0;
    for (int i = 0; i < q->n_countries; i++) {
        karvan_routes_query less = *q;
        const int32_t one = q->countries[1 - i];
        less.countries = &one, less.n_countries = q->n_countries - 1;
        n += any_way(net, &less);
    }
    karvan_routes_query less = *q;
    if (q->n_places) less.n_places = 0, n += any_way(net, &less), less = *q;
    if (q->n_modes) less.n_modes = 0, n += any_way(net, &less), less = *q;
    if (q->n_operators) less.n_operators = 0, n += any_way(net, &less), less = *q;
    if (q->n_borders) less.n_borders = 0, n += any_way(net, &less), less = *q;
    if (q->n_via) less.n_via = 0, n += any_way(net, &less), less = *q;
    if (q->corridor >= 0) less.corridor = -1, n += any_way(net, &less), less = *q;
    if (q->max_transhipments >= 0) less.max_transhipments = -1, n += any_way(net, &less);
    return n;
}

static int reasons[4];
static void check_reason(const karvan_network *net, const karvan_network *open,
                         const karvan_routes_query *q, const char *said) {
    int fewest = fewest_closed(open, q), cuts = single_cuts(net, q);
    if (fewest == -2) return;
    bool dates = strstr(said, "; not in service that day: ") != NULL;
    bool one = strstr(said, " cuts it: without that there is one") != NULL;
    bool each = strstr(said, "; each of these cuts it") != NULL;
    if (dates != (fewest > 0) || one != (cuts == 1) || each != (cuts > 1))
        fail_msg("%d closed, %d cut: %s", fewest, cuts, said);
    if (dates && fewest <= 3) assert_int_equal(count_of(said, "(in service "), fewest);
    reasons[0] += dates, reasons[1] += one || each;
    if (dates || one || each) return;
    karvan_routes_query free_way;
    karvan_routes_query_init(&free_way, q->from, q->to);
    bool several = strstr(said, "; there is one without ") != NULL;
    bool never = strstr(said, "; on no other day either") != NULL;
    if (several != any_way(open, &free_way) || never == several) fail_msg("%s", said);
    reasons[2] += several, reasons[3] += never;
}

/* ---- queries ---- */

typedef struct asked {
    karvan_routes_query q;
    int32_t countries[2], places[1], stops[2];
    karvan_border borders[1];
    const char *modes[1], *operators[1];
    karvan_via via[1];
} asked;

static void ask(asked *a, int from, int to) {
    static const char *const operators[] = {"Red Rail", "Blue Line"};
    karvan_routes_query *q = &a->q;
    karvan_routes_query_init(q, from, to);
    q->method = (karvan_routes_method)random_pick(&r, 3);
    q->weigh = 1 + (unsigned)random_pick(&r, 15);
    q->weights = (karvan_weights){random_pick(&r, 3), random_pick(&r, 3), random_pick(&r, 2),
                                  random_pick(&r, 2), 0};
    if (q->weights.hours + q->weights.usd == 0) q->weights.hours = 1;
    q->k = 1 + random_pick(&r, 8);
    q->max_overlap = 0.1 * random_pick(&r, 10);
    if (random_chance(&r, 25)) q->max_transhipments = random_pick(&r, 3);
    if (random_chance(&r, 20)) {
        a->countries[0] = random_pick(&r, RANDOM_COUNTRIES);
        a->countries[1] = (a->countries[0] + 1) % RANDOM_COUNTRIES;
        q->n_countries = 1 + random_pick(&r, 2), q->countries = a->countries;
    }
    a->places[0] = random_pick(&r, r.size.places);
    if (random_chance(&r, 20)) q->n_places = 1, q->places = a->places;
    a->borders[0] = (karvan_border){random_pick(&r, 2), 2 + random_pick(&r, 2)};
    if (random_chance(&r, 20)) q->n_borders = 1, q->borders = a->borders;
    a->modes[0] = random_mode(&r);
    if (random_chance(&r, 20)) q->n_modes = 1, q->modes = a->modes;
    a->operators[0] = operators[random_pick(&r, 2)];
    if (random_chance(&r, 20)) q->n_operators = 1, q->operators = a->operators;
    a->stops[0] = random_pick(&r, r.size.places), a->stops[1] = random_pick(&r, r.size.places);
    a->via[0] = (karvan_via){1 + random_pick(&r, 2), a->stops};
    if (random_chance(&r, 30)) q->n_via = 1, q->via = a->via;
    if (random_chance(&r, 30)) q->corridor = 0;
}

static int sets[3], constrained, none;
static void compare(const karvan_network *net, const karvan_network *open) {
    static slow s;
    s.walks = room;
    asked a;
    karvan_routes set;
    karvan_error e = {0};
    int from = random_pick(&r, r.size.places);
    ask(&a, from, (from + 1 + random_pick(&r, r.size.places - 1)) % r.size.places);
    if (!enumerate(&s, net, &a.q)) return;
    karvan_status st = karvan_routes_find(net, &a.q, &set, &e);
    if (st == KARVAN_E_ARG) { /* a mode or operator that this region does not have */
        assert_true(a.q.n_modes + a.q.n_operators > 0);
        return;
    }
    if (st != (s.n > 0 ? KARVAN_OK : KARVAN_E_NOCONV)) fail_msg("%d walks: %s", s.n, e.msg);
    assert_false(set.capped);
    none += s.n == 0;
    if (s.n > 0) {
        sets[a.q.method] += set.n > 1;
        constrained += set.n > 1 && (a.q.corridor >= 0 || a.q.n_via > 0);
        if (a.q.method == KARVAN_ROUTES_PARETO) check_pareto(&s, &set);
        if (a.q.method == KARVAN_ROUTES_K_SHORTEST) check_k_shortest(&s, &set);
        if (a.q.method == KARVAN_ROUTES_ALTERNATIVES) check_alternatives(&s, &set);
    } else {
        check_reason(net, open, &a.q, e.msg);
    }
    karvan_routes_clear(&set);
}

static void same_as_all_walks(void **state) {
    (void)state;
    room = malloc(WALKS_MAX * sizeof *room);
    assert_non_null(room);
    karvan_random_init(&r.rng, 20261126, 3);
    for (int round = 0; round < part_of(ROUNDS); round++) {
        karvan_network *net = NULL, *open = NULL;
        karvan_network_options o;
        karvan_error e = {0};
        const random_size size = {4 + round % 3, 10 + round % 6, 8,
                                  2 + round % 2, round % 2,      false};
        random_region_make(&r, size);
        assert_int_equal(karvan_network_defaults(r.region.package, &o, &e), KARVAN_OK);
        o.handling = round % 3 == 0;
        if (karvan_network_create(r.region.package, &o, &net, &e) != KARVAN_OK ||
            karvan_i_network_create(r.region.package, &o, true, &open, &e) != KARVAN_OK)
            fail_msg("%s", e.msg);
        for (int k = 0; k < QUERIES; k++) compare(net, open);
        karvan_network_destroy(net), karvan_network_destroy(open);
        small_close(&r.region);
    }
    free(room);
    print_message("sets of more than one: %d Pareto, %d k shortest, %d alternatives, %d that pass "
                  "places; %d without a way: %d by date, %d by one constraint, %d by several, %d "
                  "never\n",
                  sets[0], sets[1], sets[2], constrained, none, reasons[0], reasons[1], reasons[2],
                  reasons[3]);
    if (!all_cases()) return;
    assert_true(sets[0] > 30 && sets[1] > 100 && sets[2] > 100 && constrained > 30 && none > 300);
    assert_true(reasons[0] > 20 && reasons[1] > 50 && reasons[2] > 5 && reasons[3] > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_all_walks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
