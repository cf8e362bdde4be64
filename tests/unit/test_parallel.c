#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/base.h"

enum { N = 10007, CHUNK = 64, CHUNKS = (N + CHUNK - 1) / CHUNK };

typedef struct sums {
    double item[N];
    double chunk[CHUNKS]; /* folded in order by the caller */
    atomic_int visits[N];
    atomic_int bad_worker;
    int threads;
} sums;

/* Random numbers by item, a sum by chunk: both must not depend on who does it. */
static karvan_status fill(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    sums *s = ctx;
    double total = 0;
    (void)err;
    if (worker < 0 || worker >= s->threads) s->bad_worker++;
    if (begin % CHUNK != 0 || end <= begin || end > N || (end - begin != CHUNK && end != N))
        s->bad_worker++;
    for (int64_t i = begin; i < end; i++) {
        karvan_random r;
        karvan_random_init(&r, 42, (uint64_t)i);
        s->item[i] = karvan_random_normal(&r);
        s->visits[i]++;
        total += s->item[i];
    }
    s->chunk[begin / CHUNK] = total;
    return KARVAN_OK;
}

static void same_bytes_for_any_number_of_threads(void **state) {
    (void)state;
    static sums first, again;
    double folded = 0;
    for (int threads = 1; threads <= 8; threads++) {
        sums *s = threads == 1 ? &first : &again;
        memset(s, 0, sizeof *s);
        s->threads = threads;
        assert_int_equal(karvan_parallel_for(N, CHUNK, threads, fill, s, NULL, NULL), KARVAN_OK);
        assert_int_equal(s->bad_worker, 0);
        for (int i = 0; i < N; i++) assert_int_equal(s->visits[i], 1);
        double sum = 0;
        for (int i = 0; i < CHUNKS; i++) sum += s->chunk[i];
        if (threads == 1) folded = sum;
        assert_memory_equal(s->item, first.item, sizeof first.item);
        assert_memory_equal(&sum, &folded, sizeof sum);
    }
}

static karvan_status count(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    (void)worker, (void)err;
    atomic_fetch_add((atomic_llong *)ctx, end - begin);
    return KARVAN_OK;
}

static void odd_sizes(void **state) {
    (void)state;
    for (int64_t n = 0; n < 20; n++)
        for (int64_t chunk = 1; chunk < 22; chunk += 3)
            for (int threads = 0; threads < 5; threads++) {
                atomic_llong seen = 0;
                assert_int_equal(karvan_parallel_for(n, chunk, threads, count, &seen, NULL, NULL),
                                 KARVAN_OK);
                assert_int_equal(seen, n);
            }
    atomic_llong seen = 0;
    assert_int_equal(karvan_parallel_for(INT64_MAX, INT64_MAX - 5, 3, count, &seen, NULL, NULL),
                     KARVAN_OK);
    assert_true(seen == INT64_MAX);
    assert_int_equal(karvan_parallel_for(9, 1, 100000, count, &seen, NULL, NULL), KARVAN_OK);
}

static void bad_arguments(void **state) {
    (void)state;
    karvan_error e = {0};
    assert_int_equal(karvan_parallel_for(-1, 1, 1, count, NULL, NULL, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "a loop over -1 items in chunks of 1 by 1 threads");
    assert_int_equal(karvan_parallel_for(1, 0, 1, count, NULL, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_parallel_for(1, 1, -1, count, NULL, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_parallel_for(1, 1, 1, NULL, NULL, NULL, NULL), KARVAN_E_ARG);
}

/* Chunks 700, 300 and 500 fail; 300 must be the one that is told, whoever comes first. */
static karvan_status some_fail(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    (void)ctx, (void)end, (void)worker;
    if (begin == 300 || begin == 500) return karvan_fail(err, KARVAN_E_DATA, "item %d", (int)begin);
    return begin == 700 ? KARVAN_E_IO : KARVAN_OK;
}
static karvan_status last_fails(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    (void)ctx, (void)end, (void)worker, (void)err;
    return begin == 700 ? KARVAN_E_IO : KARVAN_OK;
}

static void lowest_failing_chunk_wins(void **state) {
    (void)state;
    for (int round = 0; round < 50; round++)
        for (int threads = 1; threads <= 8; threads++) {
            karvan_error e = {0}, f = {0};
            assert_int_equal(karvan_parallel_for(1000, 1, threads, some_fail, NULL, NULL, &e),
                             KARVAN_E_DATA);
            assert_string_equal(e.msg, "item 300");
            assert_int_equal(karvan_parallel_for(1000, 1, threads, last_fails, NULL, NULL, &f),
                             KARVAN_E_IO);
            assert_string_equal(f.msg, "machine failed"); /* a chunk that said nothing */
        }
}

typedef struct stopping {
    karvan_cancel cancel;
    atomic_int begun;
} stopping;

/* The fifth chunk that begins asks for the end; a long chunk looks at the flag itself. */
static karvan_status stop(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    stopping *s = ctx;
    (void)begin, (void)end, (void)worker;
    if (atomic_fetch_add(&s->begun, 1) == 4) karvan_cancel_request(&s->cancel);
    return karvan_cancelled(&s->cancel) ? karvan_fail(err, KARVAN_E_CANCELLED, "stopped")
                                        : KARVAN_OK;
}

static void cancelled_within_a_chunk(void **state) {
    (void)state;
    for (int threads = 1; threads <= 8; threads++) {
        stopping s = {.cancel = {0}};
        karvan_error e = {0};
        assert_int_equal(karvan_parallel_for(100000, 1, threads, stop, &s, &s.cancel, &e),
                         KARVAN_E_CANCELLED);
        assert_int_equal(e.code, KARVAN_E_CANCELLED);
        assert_in_range(s.begun, 5, 5 + threads); /* each thread is within one chunk at most */
    }
    stopping before = {.cancel = {1}};
    assert_int_equal(karvan_parallel_for(10, 1, 2, stop, &before, &before.cancel, NULL),
                     KARVAN_E_CANCELLED);
    assert_int_equal(before.begun, 0);
    assert_false(karvan_cancelled(NULL));
}

static karvan_cancel on_signal;
static void handler(int number) {
    (void)number;
    karvan_cancel_request(&on_signal);
}
static pthread_t caller;
static karvan_status interrupt(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    (void)ctx, (void)end, (void)err;
    if (worker != 0) { /* the library's own threads leave signals alone */
        sigset_t mask;
        (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
        if (!sigismember(&mask, SIGINT)) return KARVAN_E_ARG;
    }
    return begin == 50 && pthread_kill(caller, SIGUSR1) != 0 ? KARVAN_E_ARG : KARVAN_OK;
}

static void a_signal_cancels(void **state) {
    (void)state;
    struct sigaction act = {.sa_handler = handler}, old;
    caller = pthread_self();
    assert_int_equal(sigaction(SIGUSR1, &act, &old), 0);
    assert_int_equal(karvan_parallel_for(100000000, 1, 2, interrupt, NULL, &on_signal, NULL),
                     KARVAN_E_CANCELLED);
    assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
}

static void count_of_threads(void **state) {
    (void)state;
    static const struct {
        const char *said;
        int n;
    } known[] = {{"3", 3}, {"0", 1}, {"-2", 1}, {"100000", 256}, {"many", 1}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(setenv("KARVAN_THREADS", known[i].said, 1), 0);
        assert_int_equal(karvan_thread_count(), known[i].n);
    }
    assert_int_equal(setenv("KARVAN_THREADS", "", 1), 0);
    assert_in_range(karvan_thread_count(), 1, 256);
    assert_int_equal(unsetenv("KARVAN_THREADS"), 0);
    assert_in_range(karvan_thread_count(), 1, 256);
}

static void no_memory_is_said(void **state) {
    (void)state;
    long live = karvan_i_alloc_live;
    karvan_status st = KARVAN_E_NOMEM;
    for (long k = 0; st == KARVAN_E_NOMEM; k++) {
        atomic_llong seen = 0;
        karvan_error e = {0};
        karvan_i_alloc_permits = k;
        st = karvan_parallel_for(100, 1, 4, count, &seen, NULL, &e);
        karvan_i_alloc_permits = -1;
        assert_int_equal(seen, st == KARVAN_OK ? 100 : 0);
        assert_true(st == KARVAN_OK || strstr(e.msg, "4 threads"));
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(k, 0, 10);
    }
    assert_int_equal(st, KARVAN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bytes_for_any_number_of_threads),
                                       cmocka_unit_test(odd_sizes),
                                       cmocka_unit_test(bad_arguments),
                                       cmocka_unit_test(lowest_failing_chunk_wins),
                                       cmocka_unit_test(cancelled_within_a_chunk),
                                       cmocka_unit_test(a_signal_cancels),
                                       cmocka_unit_test(count_of_threads),
                                       cmocka_unit_test(no_memory_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
