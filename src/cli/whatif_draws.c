/* Draws of a what-if, and what each uncertain parameter does by itself. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/whatif.h"

enum { MOST_BYTES = 2000000000 };

typedef struct taking {
    whatif *w;
    karvan_progress *progress;
} taking;

static karvan_status take(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    taking *t = ctx;
    karvan_status st = karvan_results_take(t->w->results, a, err);
    karvan_progress_add(t->progress, st == KARVAN_OK ? 1 : 0);
    return st;
}

karvan_status cli_whatif_draw(whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    taking t = {.w = w};
    int64_t *draw = NULL;
    KARVAN_TRY(karvan_results_create(w->s, w->how.seed, &w->results, err));
    if (w->draws == 0) return KARVAN_OK;
    size_t each = (size_t)w->n * (size_t)w->measures, n = (size_t)w->draws * each;
    KARVAN_REQUIRE(n <= MOST_BYTES / sizeof(double), err, KARVAN_E_ARG,
                   "%lld draws of %d cases with %d measures are too many to keep: at most %lld "
                   "draws, or fewer cases",
                   (long long)w->draws, w->n, w->measures,
                   (long long)(MOST_BYTES / sizeof(double) / each));
    draw = karvan_i_malloc((size_t)w->draws, sizeof *draw);
    KARVAN_REQUIRE(draw, err, KARVAN_E_NOMEM, "no memory for %lld draws", (long long)w->draws);
    for (int64_t i = 0; i < w->draws; i++) draw[i] = i + 1;
    KARVAN_TRY(karvan_progress_create(stderr, false, "draws", w->draws, &t.progress, err));
    st = karvan_study_run(w->s, &w->how, w->draws, draw, take, &t, err);
    w->stopped = st == KARVAN_E_CANCELLED && karvan_results_draws(w->results) > 0;
    if (w->stopped) st = KARVAN_OK;
done:
    karvan_progress_destroy(t.progress);
    karvan_i_free(draw);
    return st;
}

/* ---- one parameter at a time ---- */

static double *swing_at(const whatif *w, int parameter, bool high) {
    return w->swing + ((size_t)parameter * 2 + high) * (size_t)w->n;
}

static karvan_status take_swing(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    whatif *w = ctx;
    int64_t k = -1 - a->draw; /* 2 p, 2 p + 1 */
    (void)err;
    for (int c = 0; c < w->n; c++)
        swing_at(w, (int)(k / 2), k % 2 == 1)[c] = a->levels[c * w->measures + w->benefit];
    return KARVAN_OK;
}

karvan_status cli_whatif_vary(whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = 2 * (size_t)w->parameters;
    int64_t *draw = karvan_i_malloc(n + 1, sizeof *draw);
    w->swing = karvan_i_malloc(n * (size_t)w->n + 1, sizeof *w->swing);
    KARVAN_REQUIRE(draw && w->swing, err, KARVAN_E_NOMEM, "no memory for %d parameters",
                   w->parameters);
    for (size_t i = 0; i < n * (size_t)w->n; i++) w->swing[i] = NAN;
    for (size_t i = 0; i < n; i++) draw[i] = -1 - (int64_t)i;
    KARVAN_TRY(karvan_study_run(w->s, &w->how, (int64_t)n, draw, take_swing, w, err));
done:
    karvan_i_free(draw);
    return st;
}

double cli_whatif_swing(const whatif *w, int which, int parameter, bool high) {
    return swing_at(w, parameter, high)[which];
}

typedef struct width {
    double v;
    int parameter;
} width;

static int by_width(const void *a, const void *b) {
    const width *x = a, *y = b;
    if (x->v != y->v) return x->v > y->v ? -1 : 1;
    return (x->parameter > y->parameter) - (x->parameter < y->parameter);
}

karvan_status cli_whatif_order(const whatif *w, int which, int *order, karvan_error *err) {
    size_t n = (size_t)w->parameters;
    width *all = karvan_i_calloc(n + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d parameters", w->parameters);
    for (size_t i = 0; i < n; i++) {
        double v = fabs(cli_whatif_swing(w, which, (int)i, true) -
                        cli_whatif_swing(w, which, (int)i, false));
        all[i] = (width){isnan(v) ? -1 : v, (int)i};
    }
    if (n > 0) qsort(all, n, sizeof *all, by_width);
    for (size_t i = 0; i < n; i++) order[i] = all[i].parameter;
    karvan_i_free(all);
    return KARVAN_OK;
}
