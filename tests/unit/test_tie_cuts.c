/* Parts, cut points and bridges of a network: by hand, and on random ones by taking each node and
 * pair away and looking who is still together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "share.h"
#include "tie_plain.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_by_hand),
                                       cmocka_unit_test(cuts_like_removal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
