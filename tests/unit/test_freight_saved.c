/* Solutions of freight that are saved and gone on from: to the same bytes, in another process as in
 * the same, wherever the solve was stopped; after the region has changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <sys/time.h>

#include "freight_grid.h"

/* Every number of every table. */
static void same_answers(const karvan_freight *f, const karvan_freight *g) {
    for (int k = 0; k < KARVAN_FREIGHT_OUTPUTS; k++) {
        const karvan_freight *of[] = {f, g};
        char *text[2] = {NULL, NULL};
        size_t n[2];
        for (int i = 0; i < 2; i++) {
            karvan_table *t = NULL;
            FILE *out = open_memstream(&text[i], &n[i]);
            assert_non_null(out);
            assert_int_equal(karvan_freight_table(of[i], (karvan_freight_output)k, &t, NULL),
                             KARVAN_OK);
            assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, out, NULL), KARVAN_OK);
            assert_int_equal(fclose(out), 0);
            karvan_table_destroy(t);
        }
        assert_string_equal(text[0], text[1]);
        free(text[0]), free(text[1]);
    }
}

static double objective(const karvan_freight *f) { return karvan_freight_statistics(f).objective; }
static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* ---- the same region ---- */

static void starts_like_the_one_in_memory(void **state) {
    (void)state;
    for (int nested = 0; nested < 2; nested++) {
        bed b;
        bed_init(&b);
        b.o.nest_scale = nested ? 0.02 : 0;
        karvan_freight *cold = solve(&b, NULL, NULL);
        karvan_freight_stats c = karvan_freight_statistics(cold);
        assert_true(c.rounds > 2 && c.binding > 2);
        karvan_freight_saved *s = saved_of(cold);
        /* the very same: its last round again, and nothing else */
        karvan_freight *again = solve(&b, NULL, s);
        same_answers(cold, again);
        karvan_freight_stats t = karvan_freight_statistics(again);
        assert_true(t.rounds_before == t.rounds - 1 && t.rounds == c.rounds);
        assert_int_equal(t.iterations, c.iterations);
        karvan_freight_destroy(again);
        b.o.max_iterations++; /* another problem, though the answer is the same */
        karvan_freight *memory = solve(&b, cold, NULL), *file = solve(&b, NULL, s);
        same_answers(memory, file);
        t = karvan_freight_statistics(file);
        assert_true(t.rounds == 2 && t.rounds_before == 0 && t.iterations <= 2);
        assert_true(t.routes_taken == c.routes && t.routes == c.routes && t.prices_taken > 2);
        assert_true(t.routes_left == 0 && t.prices_left == 0 && t.pairs_searched == 0);
        near(objective(file), objective(cold), 1e-9);
        karvan_freight_destroy(cold), karvan_freight_destroy(memory), karvan_freight_destroy(file);
        karvan_freight_saved_destroy(s);
        bed_close(&b);
    }
}

/* A file that was read makes a solve whose own file knows the same. */
static void the_file_is_the_same_for_any_threads(void **state) {
    (void)state;
    bed b;
    bed_init(&b);
    karvan_i_text t[3];
    for (int i = 0; i < 3; i++) {
        b.o.threads = i + 1;
        karvan_freight *f = solve(&b, NULL, NULL);
        t[i] = text_of(f);
        karvan_freight_destroy(f);
    }
    assert_string_equal(t[0].s, t[1].s);
    assert_string_equal(t[0].s, t[2].s);
    for (int i = 0; i < 3; i++) karvan_i_text_clear(&t[i]);
    bed_close(&b);
}

static void with_empties_and_by_least_cost(void **state) {
    (void)state;
    for (int kind = 1; kind < 4; kind++) {
        bed b;
        bed_init(&b);
        b.o.empties = kind & 1, b.o.deterministic = kind & 2;
        karvan_freight *cold = solve(&b, NULL, NULL);
        karvan_freight_saved *s = saved_of(cold);
        karvan_freight *warm = solve(&b, NULL, s);
        karvan_freight_stats c = karvan_freight_statistics(cold),
                             w = karvan_freight_statistics(warm);
        assert_true(w.rounds <= c.rounds && w.iterations <= c.iterations);
        assert_true(w.prices_left == 0 && w.prices_taken > 0 && w.routes_taken == c.routes);
        near(w.objective, c.objective, 1e-6);
        near(w.served_teu_day, c.served_teu_day, 1e-4);
        karvan_freight_destroy(cold), karvan_freight_destroy(warm);
        karvan_freight_saved_destroy(s);
        bed_close(&b);
    }
}

/* ---- stopped ---- */

static karvan_cancel stop;
static void ring(int signal) {
    (void)signal;
    karvan_cancel_request(&stop);
}
static void ring_in(int microseconds) {
    const struct itimerval t = {.it_value = {microseconds / 1000000, microseconds % 1000000}};
    stop = (karvan_cancel){0};
    assert_int_equal(setitimer(ITIMER_REAL, &t, NULL), 0);
}

/* Wherever a solve is stopped, and however often: what is gone on from ends with the bytes of one
 * that never was. */
static void stopped_anywhere(void **state) {
    (void)state;
    bed b;
    bed_init(&b);
    struct sigaction a, old;
    memset(&a, 0, sizeof a);
    a.sa_handler = ring;
    assert_int_equal(sigaction(SIGALRM, &a, &old), 0);
    karvan_freight *want = solve(&b, NULL, NULL);
    int stops = 0, later = 0;
    b.o.cancel = &stop;
    for (int t = 50; t < 60000; t += t / 6) {
        karvan_freight_saved *s = NULL;
        karvan_freight *f = NULL;
        karvan_status st = KARVAN_E_CANCELLED;
        for (int wait = t; st == KARVAN_E_CANCELLED; wait += wait / 2) {
            karvan_error e = {0};
            karvan_freight_options o = b.o;
            o.saved = s;
            ring_in(wait);
            st = karvan_freight_solve(b.region.package, &b.demand, &o, NULL, &f, &e);
            ring_in(0);
            if (st != KARVAN_E_CANCELLED || !f) continue;
            karvan_freight_saved_destroy(s);
            s = saved_of(f), stops++, later += s->flag[KARVAN_I_KEPT_ROUNDS] > 0;
            karvan_freight_destroy(f), f = NULL;
        }
        assert_int_equal(st, KARVAN_OK);
        same_answers(want, f);
        assert_int_equal(karvan_freight_statistics(f).iterations,
                         karvan_freight_statistics(want).iterations);
        karvan_freight_destroy(f), karvan_freight_saved_destroy(s);
    }
    assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
    print_message("stopped %d times, %d of them behind the first round\n", stops, later);
    karvan_freight_destroy(want);
    bed_close(&b);
}

/* ---- another region ---- */

/* As a linear programme, whose value is one, whatever routes are at hand. */
static karvan_freight_stats after(const char *what, const char *from, const char *to) {
    bed b = {.linear = true};
    write_texts(&b.t);
    bed_open(&b);
    b.o.deterministic = true;
    karvan_freight *f = solve(&b, NULL, NULL);
    karvan_freight_saved *s = saved_of(f);
    karvan_freight_destroy(f), bed_close(&b);
    write_texts(&b.t);
    swap(*what == 'l' ? b.t.links : *what == 'd' ? b.t.demand : b.t.places, from, to);
    bed_open(&b);
    b.o.deterministic = true;
    karvan_freight *cold = solve(&b, NULL, NULL), *warm = solve(&b, NULL, s);
    near(objective(warm), objective(cold), 1e-6);
    karvan_freight_stats t = karvan_freight_statistics(warm);
    assert_true(t.routes_taken + t.routes_left == s->n[KARVAN_I_KEPT_WAYS]);
    karvan_freight_destroy(cold), karvan_freight_destroy(warm);
    karvan_freight_saved_destroy(s), bed_close(&b);
    return t;
}

static void the_region_has_changed(void **state) {
    (void)state;
    /* a link is gone; it has another name; it is shut: its routes are left, others searched */
    karvan_freight_stats t = after("links", "FG,F,G,rail", "FG,F,G,sea");
    assert_true(t.routes_left > 0 && t.routes_taken > 0 && t.pairs_searched == 36);
    t = after("links", "FG,F,G,rail", "new,F,G,rail");
    assert_true(t.routes_left > 0 && t.routes_taken > 0 && t.pairs_searched == 36);
    t = after("links", "FG,F,G,rail,true,435,,10,1.2,657,34", "FG,F,G,rail,true,435,,10,1.2,657,0");
    assert_true(t.routes_left > 0 && t.routes_taken > 0);
    /* another row beside it: all of its class are searched, nothing is left */
    t = after("links", "DL,D,L,sea", "AL,A,L,rail,true,900,,9,1.2,500,50\nDL,D,L,sea");
    assert_true(t.routes_left == 0 && t.pairs_searched == 36);
    /* other costs, other amounts: all is taken */
    t = after("links", "1.2,657,34", "1.2,957,34");
    assert_true(t.routes_left == 0 && t.prices_left == 0 && t.pairs_searched == 0);
    t = after("demand", "A,B,gen,2000", "A,B,gen,9000");
    assert_true(t.routes_left == 0 && t.prices_left == 0 && t.pairs_searched == 0);
    /* a pair more, a pair less */
    t = after("demand", "A,B,gen,2000", "B,A,gen,500,\nA,B,gen,2000");
    assert_true(t.routes_left == 0 && t.pairs_searched == 1);
    t = after("demand", "A,B,gen,2000,\n", "");
    assert_true(t.routes_left > 0 && t.pairs_searched == 0);
    /* places that stand in another order are the same places */
    t = after("places", "A,A,AAA,50,40,city\nB,B,AAA,51,40,city\n",
              "B,B,AAA,51,40,city\nA,A,AAA,50,40,city\n");
    assert_true(t.routes_left == 0 && t.prices_left == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_like_the_one_in_memory),
        cmocka_unit_test(the_file_is_the_same_for_any_threads),
        cmocka_unit_test(with_empties_and_by_least_cost),
        cmocka_unit_test(stopped_anywhere),
        cmocka_unit_test(the_region_has_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
