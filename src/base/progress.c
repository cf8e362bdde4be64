#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"

struct karvan_progress {
    FILE *out; /* NULL: silent */
    const char *label;
    int64_t total, done;
    double began_s, drawn_s;
    pthread_mutex_t lock;
};

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

karvan_status karvan_progress_create(FILE *out, bool force, const char *label, int64_t total,
                                     karvan_progress **p, karvan_error *err) {
    if (!p) return karvan_fail(err, KARVAN_E_ARG, "p is NULL");
    *p = NULL;
    karvan_progress *made = karvan_i_calloc(1, sizeof *made);
    if (!made || pthread_mutex_init(&made->lock, NULL) != 0) {
        karvan_i_free(made);
        return karvan_fail(err, KARVAN_E_NOMEM, "progress");
    }
    made->out = out && (force || isatty(fileno(out))) ? out : NULL;
    made->label = label ? label : "", made->total = total;
    made->began_s = now_s(), made->drawn_s = made->began_s - 1.0;
    *p = made;
    return KARVAN_OK;
}

static void draw(const karvan_progress *p, double now) {
    enum { WIDTH = 24 };
    char bar[WIDTH + 1];
    double took = now - p->began_s, rate = took > 0 ? (double)p->done / took : 0.0;
    if (p->total <= 0) {
        (void)fprintf(p->out, "\r%s: %lld, %.3g a second ", p->label, (long long)p->done, rate);
        return;
    }
    double part = (double)p->done / (double)p->total;
    for (int i = 0; i < WIDTH; i++) bar[i] = i < (int)(part * WIDTH) ? '#' : '.';
    bar[WIDTH] = 0;
    (void)fprintf(p->out, "\r%s [%s] %3.0f %%, %.3g a second", p->label, bar, 100.0 * part, rate);
    if (rate > 0) (void)fprintf(p->out, ", %.0f s left ", (double)(p->total - p->done) / rate);
    (void)fflush(p->out);
}

void karvan_progress_add(karvan_progress *p, int64_t done) {
    if (!p) return;
    (void)pthread_mutex_lock(&p->lock);
    p->done += done;
    double now = p->out ? now_s() : 0.0;
    if (p->out && now - p->drawn_s >= 0.1) draw(p, now), p->drawn_s = now;
    (void)pthread_mutex_unlock(&p->lock);
}

void karvan_progress_destroy(karvan_progress *p) {
    if (!p) return;
    if (p->out) {
        draw(p, now_s());
        (void)fputc('\n', p->out);
    }
    (void)pthread_mutex_destroy(&p->lock);
    karvan_i_free(p);
}
