#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"

void karvan_cancel_request(karvan_cancel *c) { c->requested = 1; }
bool karvan_cancelled(const karvan_cancel *c) { return c && c->requested; }

int karvan_thread_count(void) {
    const char *said = getenv("KARVAN_THREADS");
    long n = said ? strtol(said, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 256 ? 256 : (int)n;
}

typedef struct crew {
    int64_t n, chunk, chunks;
    karvan_chunk_fn fn;
    void *ctx;
    const karvan_cancel *cancel;
    atomic_llong next;    /* next chunk to hand out */
    atomic_llong failed;  /* lowest failing chunk so far; chunks: none */
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

/* Chunks after a failed one need not run; chunks before it must, one of them may fail too. */
static void *work(void *arg) {
    hand *h = arg;
    crew *c = h->c;
    for (;;) {
        int64_t chunk = atomic_fetch_add(&c->next, 1);
        if (chunk >= c->chunks || chunk > atomic_load(&c->failed)) return NULL;
        karvan_error e = {0};
        karvan_status st = KARVAN_E_CANCELLED;
        if (karvan_cancelled(c->cancel)) {
            (void)karvan_fail(&e, st, "cancelled");
        } else {
            int64_t begin = chunk * c->chunk,
                    end = begin + c->chunk < c->n ? begin + c->chunk : c->n;
            st = c->fn(c->ctx, begin, end, h->worker, &e);
        }
        if (st != KARVAN_OK) record(c, chunk, st, &e);
    }
}

karvan_status karvan_parallel_for(int64_t n, int64_t chunk, int threads, karvan_chunk_fn fn,
                                  void *ctx, const karvan_cancel *cancel, karvan_error *err) {
    if (n < 0 || chunk < 1 || threads < 0 || !fn)
        return karvan_fail(err, KARVAN_E_ARG, "a loop of %lld in chunks of %lld", (long long)n,
                           (long long)chunk);
    crew c = {.n = n,
              .chunk = chunk,
              .chunks = n / chunk + (n % chunk != 0),
              .fn = fn,
              .ctx = ctx,
              .cancel = cancel,
              .status = KARVAN_OK};
    int hands = threads ? threads : karvan_thread_count();
    if (hands > c.chunks) hands = c.chunks > 0 ? (int)c.chunks : 1;
    atomic_init(&c.next, 0), atomic_init(&c.failed, c.chunks);
    hand *crewed = karvan_i_calloc((size_t)hands, sizeof *crewed);
    if (!crewed) return karvan_fail(err, KARVAN_E_NOMEM, "%d threads", hands);
    if (pthread_mutex_init(&c.lock, NULL) != 0) {
        karvan_i_free(crewed);
        return karvan_fail(err, KARVAN_E_NOMEM, "lock");
    }
    int started =
        1; /* the caller is worker 0; a thread that cannot start leaves its work to the others */
    for (int i = 0; i < hands; i++) crewed[i] = (hand){.c = &c, .worker = i};
    for (; started < hands; started++)
        if (pthread_create(&crewed[started].thread, NULL, work, &crewed[started]) != 0) break;
    (void)work(&crewed[0]);
    for (int i = 1; i < started; i++) (void)pthread_join(crewed[i].thread, NULL);
    (void)pthread_mutex_destroy(&c.lock);
    karvan_i_free(crewed);
    return c.status == KARVAN_OK ? KARVAN_OK : karvan_fail(err, c.status, "%s", c.error.msg);
}
