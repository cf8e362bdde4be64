/* What is computed of a network alone, by hand on small ones and by slow obvious ways on random
 * ones: betweenness by listing every shortest way, cuts by taking each node and pair away and
 * looking who is still together, modularity by its definition, the best division by trying all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "record/tie_graph.h"
#include "sweep.h"

enum { N_MOST = 24, M_MOST = N_MOST * N_MOST };

typedef struct plain {
    int32_t n;
    int64_t m;
    bool directed;
    int32_t tail[M_MOST], head[M_MOST];
    double weight[M_MOST];
} plain;

static karvan_i_tie_graph made(const plain *p) {
    karvan_i_tie_graph g;
    assert_int_equal(
        karvan_i_tie_graph_init(&g, p->n, p->m, p->directed, p->tail, p->head, p->weight, NULL),
        KARVAN_OK);
    return g;
}

static void add(plain *p, int32_t a, int32_t b, double w) {
    p->tail[p->m] = a, p->head[p->m] = b, p->weight[p->m++] = w;
}

/* Some of the pairs, in any order and, undirected, either way round. */
static void draw(plain *p, karvan_random *r, int n_most, bool directed, bool whole_weights) {
    p->n = 1 + (int32_t)karvan_random_below(r, (uint64_t)n_most), p->m = 0;
    p->directed = directed;
    double share = karvan_random_uniform(r);
    share *= share;
    for (int32_t a = 0; a < p->n; a++)
        for (int32_t b = directed ? 0 : a + 1; b < p->n; b++) {
            if (a == b || karvan_random_uniform(r) > share) continue;
            double w = whole_weights ? 1 + (double)karvan_random_below(r, 4)
                                     : 0.1 + karvan_random_uniform(r);
            bool turn = !directed && karvan_random_below(r, 2);
            add(p, turn ? b : a, turn ? a : b, w);
        }
    for (int64_t k = p->m - 1; k > 0; k--) {
        int64_t o = (int64_t)karvan_random_below(r, (uint64_t)k + 1);
        int32_t t = p->tail[k], h = p->head[k];
        double w = p->weight[k];
        p->tail[k] = p->tail[o], p->head[k] = p->head[o], p->weight[k] = p->weight[o];
        p->tail[o] = t, p->head[o] = h, p->weight[o] = w;
    }
}

/* ---- graphs ---- */

static void neighbours(void **state) {
    (void)state;
    plain p = {.n = 4, .directed = true};
    add(&p, 2, 0, 3), add(&p, 0, 2, 5), add(&p, 0, 1, 7), add(&p, 3, 0, 1);
    karvan_i_tie_graph g = made(&p);
    assert_int_equal(g.tail[0], 0), assert_int_equal(g.head[0], 1);
    assert_true(g.weight[0] == 7 && g.weight[1] == 5 && g.weight[2] == 3 && g.weight[3] == 1);
    /* node 0 goes to 1 and 2, is come to from 2 and 3, has 1, 2, 3 for neighbours */
    assert_int_equal(g.out.first[1] - g.out.first[0], 2);
    assert_int_equal(g.in.first[1] - g.in.first[0], 2);
    assert_int_equal(g.all.first[1] - g.all.first[0], 3);
    for (int k = 0; k < 3; k++) assert_int_equal(g.all.to[k], k + 1);
    karvan_i_tie_graph_clear(&g);
    p.directed = false, p.m = 1; /* 2-0 alone: the lower end first */
    g = made(&p);
    assert_int_equal(g.tail[0], 0), assert_int_equal(g.head[0], 2);
    assert_int_equal(g.all.first[4], 2);
    karvan_i_tie_graph_clear(&g);
    p.n = 0, p.m = 0;
    g = made(&p);
    double none[1];
    assert_int_equal(karvan_i_tie_between(&g, true, 1, none, none, NULL), KARVAN_OK);
    karvan_i_tie_graph_clear(&g);
}

/* ---- betweenness ---- */

static double between[N_MOST], close_to[N_MOST];

static void measure(const plain *p, bool weighted) {
    karvan_i_tie_graph g = made(p);
    assert_int_equal(karvan_i_tie_between(&g, weighted, 1, between, close_to, NULL), KARVAN_OK);
    karvan_i_tie_graph_clear(&g);
}

static void betweenness_by_hand(void **state) {
    (void)state;
    /* a path 0-1-2-3: 1 stands between 0 and 2, 0 and 3; 2 likewise. Closeness of 0:
     * (1 + 1/2 + 1/3) / 3 = 11/18, of 1: (1 + 1 + 1/2) / 3 = 5/6 */
    plain p = {.n = 4};
    add(&p, 0, 1, 1), add(&p, 2, 1, 1), add(&p, 2, 3, 1);
    measure(&p, false);
    assert_true(between[0] == 0 && between[1] == 2 && between[2] == 2 && between[3] == 0);
    assert_true(fabs(close_to[0] - 11.0 / 18) < 1e-15 && fabs(close_to[1] - 5.0 / 6) < 1e-15);
    /* a square: each stands between the two at its sides on one of two ways */
    add(&p, 3, 0, 1);
    measure(&p, false);
    for (int v = 0; v < 4; v++) assert_true(between[v] == 0.5);
    /* lengths 1, 1/2, 1, 1: from 0 to 2 by 1 takes 3/2, by 3 takes 2; from 1 to 3 by 0 takes 2, by
     * 2 takes 3/2 */
    p.weight[1] = 2;
    measure(&p, true);
    assert_true(between[0] == 0 && between[1] == 1 && between[2] == 1 && between[3] == 0);
    /* round one way: from 0 to 2 by 1, to 3 by 1 and 2; three pairs pass each node */
    plain ring = {.n = 4, .directed = true};
    for (int32_t v = 0; v < 4; v++) add(&ring, v, (v + 1) % 4, 1);
    measure(&ring, false);
    for (int v = 0; v < 4; v++) assert_true(between[v] == 3);
    /* a ring left open: nothing leads back */
    ring.m = 3;
    measure(&ring, false);
    assert_true(between[0] == 0 && between[1] == 2 && between[2] == 2 && between[3] == 0);
    assert_true(close_to[3] == 0);
}

/* Two ways of length 1/3 + 1/6 and 1/2 are one length, though their sums differ in a last digit. */
static void equal_lengths(void **state) {
    (void)state;
    plain p = {.n = 6};
    add(&p, 0, 1, 10), add(&p, 1, 2, 5), add(&p, 2, 5, 1); /* 0.1 + 0.2 + 1 */
    add(&p, 0, 3, 5), add(&p, 3, 4, 10), add(&p, 4, 5, 1); /* 0.2 + 0.1 + 1 */
    measure(&p, true);
    assert_true(fabs(between[1] - between[3]) < 1 && between[1] > 0 && between[3] > 0);
    /* a tie so strong that its length vanishes beside another's is no harm */
    plain q = {.n = 4};
    add(&q, 0, 1, 1), add(&q, 1, 2, 1e300), add(&q, 0, 2, 1), add(&q, 2, 3, 1);
    measure(&q, true);
    for (int v = 0; v < 4; v++) assert_true(isfinite(between[v]) && between[v] <= 3);
}

/* The slow way: every way without a node twice, as far as it is short enough. */
typedef struct ways {
    const plain *p;
    bool weighted;
    double length[N_MOST][N_MOST]; /* of ties, infinite where there is none */
    int32_t stack[N_MOST];
    bool on[N_MOST];
    double least;
    double count, through[N_MOST];
} ways;

static bool same(double a, double b) { return fabs(a - b) <= 1e-9 * (1 + fabs(a)); }

static void extend(ways *w, int depth, int32_t to, double length) {
    int32_t v = w->stack[depth];
    if (length > w->least && !same(length, w->least)) return;
    if (v == to) {
        if (!same(length, w->least)) {
            w->least = length, w->count = 0;
            memset(w->through, 0, sizeof w->through);
        }
        w->count++;
        for (int k = 1; k < depth; k++) w->through[w->stack[k]]++;
        return;
    }
    for (int32_t next = 0; next < w->p->n; next++) {
        if (w->on[next] || !isfinite(w->length[v][next])) continue;
        w->on[next] = true, w->stack[depth + 1] = next;
        extend(w, depth + 1, to, length + w->length[v][next]);
        w->on[next] = false;
    }
}

static void slow_between(const plain *p, bool weighted, double *b, double *c) {
    static ways w;
    w.p = p;
    for (int32_t v = 0; v < p->n; v++) {
        b[v] = c[v] = 0;
        for (int32_t u = 0; u < p->n; u++) w.length[v][u] = INFINITY;
    }
    for (int64_t i = 0; i < p->m; i++) {
        double length = weighted ? 1 / p->weight[i] : 1;
        w.length[p->tail[i]][p->head[i]] = length;
        if (!p->directed) w.length[p->head[i]][p->tail[i]] = length;
    }
    for (int32_t from = 0; from < p->n; from++)
        for (int32_t to = 0; to < p->n; to++) {
            if (from == to) continue;
            w.least = INFINITY, w.count = 0;
            memset(w.through, 0, sizeof w.through), memset(w.on, 0, sizeof w.on);
            w.on[from] = true, w.stack[0] = from;
            extend(&w, 0, to, 0);
            if (w.count > 0) c[from] += 1 / w.least / (p->n - 1);
            for (int32_t v = 0; v < p->n && w.count > 0; v++)
                b[v] += w.through[v] / w.count / (p->directed ? 1 : 2);
        }
}

static void betweenness_like_all_ways(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 1);
    static plain p;
    double b[N_MOST], c[N_MOST];
    for (int k = 0; k < part_of(3000); k++) {
        bool weighted = k & 2;
        draw(&p, &r, 7, k & 1, k & 4);
        measure(&p, weighted);
        slow_between(&p, weighted, b, c);
        for (int32_t v = 0; v < p.n; v++) {
            if (!same(b[v], between[v]) || !same(c[v], close_to[v]))
                fail_msg("case %d node %d: %.15g against %.15g", k, v, between[v], b[v]);
        }
    }
}

/* The same on any number of threads, to the last bit. */
static void threads_do_not_matter(void **state) {
    (void)state;
    enum { N = 300, M = 2000 };
    static int32_t tail[M], head[M];
    static double weight[M], b[4][N], c[N];
    karvan_random r;
    karvan_random_init(&r, 3, 1);
    for (int i = 0; i < M; i++) { /* each pair once: i-th tie of its tail */
        tail[i] = i % N, head[i] = (i + 1 + i / N * 17) % N;
        weight[i] = karvan_random_uniform(&r);
    }
    karvan_i_tie_graph g;
    assert_int_equal(karvan_i_tie_graph_init(&g, N, M, true, tail, head, weight, NULL), KARVAN_OK);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(karvan_i_tie_between(&g, k & 1, k < 2 ? 1 : 5, b[k], c, NULL), KARVAN_OK);
        if (k >= 2) assert_memory_equal(b[k], b[k - 2], sizeof b[k]);
    }
    karvan_i_tie_graph_clear(&g);
}

/* Layers of ten, each tied to all of the next: ways multiply by ten a layer. */
static void too_many_ways(void **state) {
    (void)state;
    enum { LAYERS = 320, WIDE = 10, N = LAYERS * WIDE, M = (LAYERS - 1) * WIDE * WIDE };
    static int32_t tail[M], head[M];
    static double weight[M], b[N], c[N];
    int64_t m = 0;
    for (int32_t l = 0; l + 1 < LAYERS; l++)
        for (int32_t i = 0; i < WIDE * WIDE; i++)
            tail[m] = l * WIDE + i / WIDE, head[m] = (l + 1) * WIDE + i % WIDE, weight[m++] = 1;
    karvan_i_tie_graph g;
    karvan_error e = {0};
    assert_int_equal(karvan_i_tie_graph_init(&g, N, M, true, tail, head, weight, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_tie_between(&g, false, 1, b, c, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "there are more shortest ways than a number holds (1e308)");
    karvan_i_tie_graph_clear(&g);
}

/* ---- parts and cuts ---- */

static void cuts_by_hand(void **state) {
    (void)state;
    /* triangle 0 1 2, path 2-3-4, pair 5-6, node 7 */
    plain p = {.n = 8};
    add(&p, 0, 1, 1), add(&p, 1, 2, 1), add(&p, 2, 0, 1), add(&p, 2, 3, 1), add(&p, 3, 4, 1);
    add(&p, 6, 5, 1);
    karvan_i_tie_graph g = made(&p);
    karvan_i_tie_parts parts;
    assert_int_equal(karvan_i_tie_parts_init(&parts, &g, NULL), KARVAN_OK);
    assert_int_equal(parts.n_parts, 3), assert_int_equal(parts.largest, 0);
    assert_int_equal(parts.size[0], 5), assert_int_equal(parts.size[1], 2);
    assert_int_equal(parts.part[7], 2);
    assert_int_equal(parts.n_points, 2), assert_int_equal(parts.n_cuts, 5);
    /* 2: {0 1} stays, {3 4} go: as large, and 0 is the first; then the tie 2-3 (3 4 go), then what
     * cuts off one: 3, 3-4, 5-6 */
    static const int32_t expected[][2] = {{2, -1}, {2, 3}, {3, -1}, {3, 4}, {5, 6}};
    static const int32_t off[] = {3, 4, 3, 4, 4, 4, 6};
    for (int k = 0; k < 5; k++) {
        assert_int_equal(parts.cut_a[k], expected[k][0]);
        assert_int_equal(parts.cut_b[k], expected[k][1]);
    }
    assert_int_equal(parts.first[5], 7);
    for (int k = 0; k < 7; k++) assert_int_equal(parts.off[k], off[k]);
    karvan_i_tie_parts_clear(&parts), karvan_i_tie_graph_clear(&g);
    /* there and back is one connection, and a bridge */
    plain q = {.n = 2, .directed = true};
    add(&q, 0, 1, 1), add(&q, 1, 0, 1);
    g = made(&q);
    assert_int_equal(karvan_i_tie_parts_init(&parts, &g, NULL), KARVAN_OK);
    assert_int_equal(parts.n_cuts, 1), assert_int_equal(parts.n_points, 0);
    karvan_i_tie_parts_clear(&parts), karvan_i_tie_graph_clear(&g);
}

/* Labels of what hangs together without a node, or a pair (-1: nothing is taken away). */
static void label(const plain *p, int32_t a, int32_t b, int32_t *of) {
    for (int32_t v = 0; v < p->n; v++) of[v] = v;
    if (b < 0 && a >= 0) of[a] = -1;
    for (bool more = true; more;) {
        more = false;
        for (int64_t i = 0; i < p->m; i++) {
            int32_t x = p->tail[i], y = p->head[i];
            bool gone = b >= 0 && ((x == a && y == b) || (x == b && y == a));
            if (gone || of[x] < 0 || of[y] < 0 || of[x] == of[y]) continue;
            int32_t least = of[x] < of[y] ? of[x] : of[y];
            of[x] = of[y] = least, more = true;
        }
    }
}

/* Whom a removal parts from the largest piece of what it hung with; returns how many. */
static int32_t slow_cut(const plain *p, const int32_t *before, int32_t a, int32_t b, bool *off) {
    int32_t after[N_MOST], size[N_MOST] = {0}, best = -1, n = 0;
    label(p, a, b, after);
    for (int32_t v = 0; v < p->n; v++)
        if (v != (b < 0 ? a : -1) && before[v] == before[a]) size[after[v]]++;
    for (int32_t c = 0; c < p->n; c++)
        if (size[c] > 0 && (best < 0 || size[c] > size[best])) best = c;
    for (int32_t v = 0; v < p->n; v++) {
        off[v] = v != (b < 0 ? a : -1) && before[v] == before[a] && after[v] != best;
        n += off[v];
    }
    return n;
}

static void cuts_like_removal(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 2);
    static plain p;
    int64_t points = 0, bridges = 0;
    for (int k = 0; k < part_of(5000); k++) {
        int32_t before[N_MOST];
        bool off[N_MOST];
        draw(&p, &r, 14, k & 1, true);
        karvan_i_tie_graph g = made(&p);
        karvan_i_tie_parts parts;
        assert_int_equal(karvan_i_tie_parts_init(&parts, &g, NULL), KARVAN_OK);
        label(&p, -1, -1, before);
        for (int32_t v = 0; v < p.n; v++)
            for (int32_t u = 0; u < p.n; u++)
                assert_int_equal(before[v] == before[u], parts.part[v] == parts.part[u]);
        int32_t found = 0, last = p.n;
        for (int32_t a = 0; a < p.n; a++)
            for (int32_t b = -1; b < p.n; b++) {
                if (b >= 0 && b <= a) continue;
                int32_t cut = 0;
                while (cut < parts.n_cuts && (parts.cut_a[cut] != a || parts.cut_b[cut] != b))
                    cut++;
                int32_t n = slow_cut(&p, before, a, b, off);
                assert_int_equal(cut<parts.n_cuts, n> 0);
                if (n == 0) continue;
                found++, points += b < 0, bridges += b >= 0;
                assert_int_equal(parts.first[cut + 1] - parts.first[cut], n);
                for (int64_t i = parts.first[cut]; i < parts.first[cut + 1]; i++)
                    assert_true(off[parts.off[i]]);
            }
        assert_int_equal(found, parts.n_cuts);
        for (int32_t c = 0; c < parts.n_cuts; c++) {
            int32_t n = (int32_t)(parts.first[c + 1] - parts.first[c]);
            assert_true(n <= last), last = n;
        }
        karvan_i_tie_parts_clear(&parts), karvan_i_tie_graph_clear(&g);
    }
    if (all_cases()) assert_true(points > 1000 && bridges > 1000);
}

/* ---- communities ---- */

/* By its definition: over all ordered pairs of one community, what there is less what is expected.
 */
static double slow_modularity(const plain *p, const int32_t *c) {
    double a[N_MOST][N_MOST] = {{0}}, out[N_MOST] = {0}, in[N_MOST] = {0}, whole = 0, q = 0;
    for (int64_t i = 0; i < p->m; i++) {
        a[p->tail[i]][p->head[i]] += p->weight[i];
        if (!p->directed) a[p->head[i]][p->tail[i]] += p->weight[i];
    }
    for (int32_t v = 0; v < p->n; v++)
        for (int32_t u = 0; u < p->n; u++) out[v] += a[v][u], in[u] += a[v][u], whole += a[v][u];
    for (int32_t v = 0; v < p->n; v++)
        for (int32_t u = 0; u < p->n; u++)
            if (c[v] == c[u]) q += a[v][u] / whole - out[v] * in[u] / whole / whole;
    return q;
}

/* All divisions, as growth strings: a node goes into a community that there is, or the next. */
static double best_division(const plain *p, int32_t *c, int32_t v, int32_t communities) {
    if (v == p->n) return slow_modularity(p, c);
    double best = -INFINITY;
    for (c[v] = 0; c[v] <= communities; c[v]++)
        best = fmax(best, best_division(p, c, v + 1, communities + (c[v] == communities)));
    return best;
}

static void modularity_by_hand(void **state) {
    (void)state;
    /* two triangles and a tie between them, 7 ties: each has 3 within and a degree of 7:
     * 2 (3/7 - (7/14)^2) = 5/14 */
    plain p = {.n = 6};
    add(&p, 0, 1, 1), add(&p, 1, 2, 1), add(&p, 0, 2, 1), add(&p, 3, 4, 1), add(&p, 4, 5, 1);
    add(&p, 5, 3, 1), add(&p, 0, 3, 1);
    karvan_i_tie_graph g = made(&p);
    karvan_i_tie_division d;
    assert_int_equal(karvan_i_tie_divide(&g, 100000, &d, NULL), KARVAN_OK);
    assert_true(fabs(d.modularity - 5.0 / 14) < 1e-15 && d.proved);
    static const int32_t expected[] = {0, 0, 0, 1, 1, 1};
    assert_int_equal(d.n, 2), assert_memory_equal(d.community, expected, sizeof expected);
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
    /* 0 to 1 and 1 to 0, 2 to 3 and 3 to 2: 2 (2/4 - (2/4)^2) = 1/2; node 4 stands alone */
    plain q = {.n = 5, .directed = true};
    add(&q, 0, 1, 1), add(&q, 1, 0, 1), add(&q, 2, 3, 1), add(&q, 3, 2, 1);
    g = made(&q);
    assert_int_equal(karvan_i_tie_divide(&g, 0, &d, NULL), KARVAN_OK);
    assert_true(d.modularity == 0.5 && !d.proved && d.n == 3 && d.community[4] == 2);
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
    q.m = 0; /* nothing to divide by */
    g = made(&q);
    double m;
    assert_int_equal(karvan_i_tie_divide(&g, 1000, &d, NULL), KARVAN_OK);
    assert_true(isnan(d.modularity) && d.n == 5 && d.starts == 0);
    assert_int_equal(karvan_i_tie_modularity(&g, d.community, &m, NULL), KARVAN_OK);
    assert_true(isnan(m));
    karvan_i_tie_division_clear(&d), karvan_i_tie_graph_clear(&g);
}

static void divisions_like_all(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 3);
    static plain p;
    int short_of = 0, cases = 0;
    for (int k = 0; k < part_of(600); k++) {
        int32_t room[N_MOST];
        karvan_i_tie_division exact, found;
        double q;
        draw(&p, &r, 8, k & 1, k & 2);
        if (p.m == 0) continue;
        karvan_i_tie_graph g = made(&p);
        double best = best_division(&p, room, 0, 0);
        assert_int_equal(karvan_i_tie_divide(&g, 1000000, &exact, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 0, &found, NULL), KARVAN_OK);
        if (!exact.proved || fabs(exact.modularity - best) > 1e-11)
            fail_msg("case %d: %.15g, the best has %.15g", k, exact.modularity, best);
        assert_int_equal(karvan_i_tie_modularity(&g, found.community, &q, NULL), KARVAN_OK);
        assert_true(fabs(q - slow_modularity(&p, found.community)) < 1e-12);
        assert_true(fabs(q - found.modularity) < 1e-12 && q <= best + 1e-11);
        short_of += q < best - 1e-9, cases++;
        karvan_i_tie_division_clear(&exact), karvan_i_tie_division_clear(&found);
        karvan_i_tie_graph_clear(&g);
    }
    print_message("of %d random networks of 8 nodes at most, the search without proof missed the "
                  "best division of %d\n",
                  cases, short_of);
    assert_true(short_of <= 1 + cases / 100);
}

/* Larger ones against the branch and bound, which needs no list of all divisions. */
static void searches_like_proofs(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 4);
    static plain p;
    int proved = 0, missed = 0;
    for (int k = 0; k < part_of(300); k++) {
        karvan_i_tie_division exact, found;
        draw(&p, &r, 16, k & 1, k & 2);
        karvan_i_tie_graph g = made(&p);
        assert_int_equal(karvan_i_tie_divide(&g, 300000, &exact, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 0, &found, NULL), KARVAN_OK);
        proved += exact.proved;
        missed += found.modularity < exact.modularity - 1e-9;
        if (p.m > 0) assert_true(found.modularity <= exact.modularity + 1e-12);
        karvan_i_tie_division_clear(&exact), karvan_i_tie_division_clear(&found);
        karvan_i_tie_graph_clear(&g);
    }
    print_message("of %d proofs among 16 nodes at most, %d found better than the search\n", proved,
                  missed);
    if (all_cases()) assert_true(proved > 200 && missed <= 6);
}

/* Numbers of communities: larger ones first, then by first node; each has somebody. */
static void communities_in_order(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 5);
    static plain p;
    for (int k = 0; k < part_of(500); k++) {
        karvan_i_tie_division d, again;
        int32_t size[N_MOST] = {0}, first[N_MOST];
        draw(&p, &r, N_MOST, k & 1, k & 2);
        karvan_i_tie_graph g = made(&p);
        assert_int_equal(karvan_i_tie_divide(&g, 1000, &d, NULL), KARVAN_OK);
        assert_int_equal(karvan_i_tie_divide(&g, 1000, &again, NULL), KARVAN_OK);
        assert_memory_equal(d.community, again.community, (size_t)p.n * sizeof *d.community);
        for (int32_t v = p.n - 1; v >= 0; v--) {
            assert_in_range(d.community[v], 0, d.n - 1);
            size[d.community[v]]++, first[d.community[v]] = v;
        }
        for (int32_t c = 0; c < d.n; c++) {
            assert_true(size[c] > 0);
            assert_true(c == 0 || size[c] < size[c - 1] ||
                        (size[c] == size[c - 1] && first[c] > first[c - 1]));
        }
        karvan_i_tie_division_clear(&d), karvan_i_tie_division_clear(&again);
        karvan_i_tie_graph_clear(&g);
    }
}

static karvan_status all_of_it(karvan_error *err) {
    plain p = {.n = 6, .directed = true};
    for (int32_t v = 0; v < 6; v++) add(&p, v, (v + 1) % 6, 1 + v);
    p.m = 5;
    karvan_i_tie_graph g;
    karvan_i_tie_parts parts = {0};
    karvan_i_tie_division d = {0};
    double b[6], c[6];
    karvan_status st =
        karvan_i_tie_graph_init(&g, p.n, p.m, p.directed, p.tail, p.head, p.weight, err);
    if (st == KARVAN_OK) st = karvan_i_tie_between(&g, true, 1, b, c, err);
    if (st == KARVAN_OK) st = karvan_i_tie_parts_init(&parts, &g, err);
    if (st == KARVAN_OK) st = karvan_i_tie_divide(&g, 1000, &d, err);
    if (st == KARVAN_OK) st = karvan_i_tie_modularity(&g, d.community, b, err);
    karvan_i_tie_division_clear(&d), karvan_i_tie_parts_clear(&parts);
    karvan_i_tie_graph_clear(&g);
    return st;
}
static void allocations(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbours),
                                       cmocka_unit_test(betweenness_by_hand),
                                       cmocka_unit_test(equal_lengths),
                                       cmocka_unit_test(betweenness_like_all_ways),
                                       cmocka_unit_test(threads_do_not_matter),
                                       cmocka_unit_test(too_many_ways),
                                       cmocka_unit_test(cuts_by_hand),
                                       cmocka_unit_test(cuts_like_removal),
                                       cmocka_unit_test(modularity_by_hand),
                                       cmocka_unit_test(divisions_like_all),
                                       cmocka_unit_test(searches_like_proofs),
                                       cmocka_unit_test(communities_in_order),
                                       cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
