/* Parallel loops by POSIX threads (docs/adr/0002-threads-by-pthreads.md). Chunks are handed out in
 * order; what a chunk covers depends on n and its size alone. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"

enum { MOST_THREADS = 256 };

int karvan_thread_count(void) {
    const char *said = getenv("KARVAN_THREADS");
    long n = said && *said ? strtol(said, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (int)n;
}

typedef struct crew {
    int64_t n, chunk, chunks;
    karvan_chunk_fn fn;
    void *ctx;
    const karvan_cancel *cancel;
    atomic_llong next;    /* next chunk to hand out */
    atomic_llong failed;  /* lowest failing chunk so far; `chunks`: none */
    pthread_mutex_t lock; /* guards status and error */
    karvan_status status;
    karvan_error error;
} crew;

typedef struct hand {
    crew *c;
    int worker;
    pthread_t thread;
} hand;

static void record(crew *c, int64_t chunk, karvan_status st, const karvan_error *e) {
    (void)pthread_mutex_lock(&c->lock);
    if (chunk < atomic_load(&c->failed)) {
        atomic_store(&c->failed, chunk);
        c->status = st, c->error = *e;
    }
    (void)pthread_mutex_unlock(&c->lock);
}

static karvan_status run_chunk(const crew *c, int64_t chunk, int worker, karvan_error *e) {
    if (karvan_cancelled(c->cancel)) return karvan_fail(e, KARVAN_E_CANCELLED, "cancelled");
    int64_t begin = chunk * c->chunk;
    int64_t end = c->n - begin > c->chunk ? begin + c->chunk : c->n;
    return c->fn(c->ctx, begin, end, worker, e);
}

/* Chunks after a failed one need not run; those before it must, for one of them may fail too. */
static void *work(void *arg) {
    const hand *h = arg;
    crew *c = h->c;
    for (;;) {
        int64_t chunk = atomic_fetch_add(&c->next, 1);
        if (chunk >= atomic_load(&c->failed)) return NULL;
        karvan_error e = {0};
        karvan_status st = run_chunk(c, chunk, h->worker, &e);
        if (st != KARVAN_OK) record(c, chunk, st, &e);
    }
}

/* Starts hands 1..n-1 and returns how many stand, hand 0 being the caller. A thread that cannot be
 * started leaves its work to the others. Signals stay with the caller's threads, so that a handler
 * runs where the program expects it. */
static int start(hand *hands, int n) {
    sigset_t all, old;
    int started = 1;
    if (n == 1) return 1; /* loops of one hand may be many and short */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    while (started < n && pthread_create(&hands[started].thread, NULL, work, &hands[started]) == 0)
        started++;
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return started;
}

static karvan_status run(crew *c, int threads, karvan_error *err) {
    hand *hands = karvan_i_calloc((size_t)threads, sizeof *hands);
    if (!hands || pthread_mutex_init(&c->lock, NULL) != 0) {
        karvan_i_free(hands);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d threads", threads);
    }
    for (int i = 0; i < threads; i++) hands[i] = (hand){.c = c, .worker = i};
    int started = start(hands, threads);
    (void)work(&hands[0]);
    for (int i = 1; i < started; i++) (void)pthread_join(hands[i].thread, NULL);
    (void)pthread_mutex_destroy(&c->lock);
    karvan_i_free(hands);
    if (c->status == KARVAN_OK) return KARVAN_OK;
    const char *why = c->error.code != KARVAN_OK ? c->error.msg : karvan_status_name(c->status);
    return karvan_fail(err, c->status, "%s", why);
}

karvan_status karvan_parallel_for(int64_t n, int64_t chunk, int threads, karvan_chunk_fn fn,
                                  void *ctx, const karvan_cancel *cancel, karvan_error *err) {
    if (n < 0 || chunk < 1 || threads < 0 || !fn)
        return karvan_fail(err, KARVAN_E_ARG,
                           "a loop over %lld items in chunks of %lld by %d threads", (long long)n,
                           (long long)chunk, threads);
    crew c = {.n = n,
              .chunk = chunk,
              .chunks = n / chunk + (n % chunk != 0),
              .fn = fn,
              .ctx = ctx,
              .cancel = cancel,
              .status = KARVAN_OK};
    atomic_init(&c.next, 0);
    atomic_init(&c.failed, c.chunks);
    if (c.chunks == 0) return KARVAN_OK;
    int hands = threads == 0 ? karvan_thread_count() : threads;
    if (hands > MOST_THREADS) hands = MOST_THREADS;
    return run(&c, hands < c.chunks ? hands : (int)c.chunks, err);
}
