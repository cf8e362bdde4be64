/* One line on a terminal: bar, per cent, rate, time left. */
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

static const double REDRAW_S = 0.1;

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

karvan_status karvan_progress_create(FILE *out, bool force, const char *label, int64_t total,
                                     karvan_progress **p, karvan_error *err) {
    if (!p) return karvan_fail(err, KARVAN_E_ARG, "p is NULL");
    *p = NULL;
    if (total < 0) return karvan_fail(err, KARVAN_E_ARG, "a total of %lld", (long long)total);
    karvan_progress *made = karvan_i_calloc(1, sizeof *made);
    if (!made || pthread_mutex_init(&made->lock, NULL) != 0) {
        karvan_i_free(made);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for progress");
    }
    made->out = out && (force || isatty(fileno(out))) ? out : NULL;
    made->label = label ? label : "", made->total = total;
    made->began_s = now_s(), made->drawn_s = made->began_s - REDRAW_S;
    *p = made;
    return KARVAN_OK;
}

/* A rate with three figures and a thousands' letter: 7.25, 812, 1.20k, 31.0M. In whole numbers, so
 * that no locale has a say. */
static void rate_text(double per_s, char *out, size_t cap) {
    static const char unit[] = " kMGTPE";
    int k = 0;
    for (; per_s >= 999.5 && k < 6; k++) per_s /= 1000.0;
    int decimals = per_s < 9.995 ? 2 : per_s < 99.95 ? 1 : 0;
    int scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
    int v = (int)(per_s * scale + 0.5);
    char letter[2] = {k > 0 ? unit[k] : 0, 0};
    if (decimals > 0)
        (void)snprintf(out, cap, "%d.%0*d%s", v / scale, decimals, v % scale, letter);
    else
        (void)snprintf(out, cap, "%d%s", v, letter);
}

static void time_text(double seconds, char *out, size_t cap) {
    long s = seconds < 3.6e8 ? (long)(seconds + 0.5) : 360000000;
    if (s < 60)
        (void)snprintf(out, cap, "%ld s", s);
    else if (s < 3600)
        (void)snprintf(out, cap, "%ld min %02ld s", s / 60, s % 60);
    else
        (void)snprintf(out, cap, "%ld h %02ld min", s / 3600, s / 60 % 60);
}

static void draw(const karvan_progress *p, double now) {
    enum { WIDTH = 24 };
    char bar[WIDTH + 1], rate[32], left[48] = "";
    double took = now - p->began_s, per_s = took > 0 ? (double)p->done / took : 0.0;
    rate_text(per_s, rate, sizeof rate);
    if (p->total == 0) {
        (void)fprintf(p->out, "\r%s %lld, %s/s\033[K", p->label, (long long)p->done, rate);
    } else {
        int64_t done = p->done < p->total ? p->done : p->total;
        double part = (double)done / (double)p->total;
        memset(bar, '.', WIDTH), bar[WIDTH] = 0;
        memset(bar, '#', (size_t)(part * WIDTH));
        if (per_s > 0) time_text((double)(p->total - done) / per_s, left, sizeof left);
        (void)fprintf(p->out, "\r%s [%s] %3d %%, %s/s%s%s%s\033[K", p->label, bar,
                      (int)(100.0 * part), rate, *left ? ", " : "", left, *left ? " left" : "");
    }
    (void)fflush(p->out);
}

void karvan_progress_add(karvan_progress *p, int64_t done) {
    if (!p) return;
    (void)pthread_mutex_lock(&p->lock);
    p->done += done;
    double now = p->out ? now_s() : 0.0;
    if (p->out && now - p->drawn_s >= REDRAW_S) draw(p, now), p->drawn_s = now;
    (void)pthread_mutex_unlock(&p->lock);
}

void karvan_progress_destroy(karvan_progress *p) {
    if (!p) return;
    if (p->out) {
        draw(p, now_s());
        (void)fputc('\n', p->out);
        (void)fflush(p->out);
    }
    (void)pthread_mutex_destroy(&p->lock);
    karvan_i_free(p);
}
