/* One measure of two profiles: their values as a table of levels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/similarity.h"

enum { LEVELS_MOST = 2000 };

static const char *const NAMES[KARVAN_SIMILARITY_END] = {"s",   "kappa",     "pi",
                                                         "tau", "agreement", "agreement_half"};

const char *karvan_similarity_name(karvan_similarity_kind m) {
    return (unsigned)m < KARVAN_SIMILARITY_END ? NAMES[m] : "unknown";
}

karvan_status karvan_similarity_parse(const char *name, karvan_similarity_kind *out,
                                      karvan_error *err) {
    char room[96];
    if (!name || !out) return karvan_fail(err, KARVAN_E_ARG, "name or out is NULL");
    *out = KARVAN_SIMILARITY_S;
    for (int k = 0; k < KARVAN_SIMILARITY_END; k++)
        if (strcmp(NAMES[k], name) == 0) {
            *out = (karvan_similarity_kind)k;
            return KARVAN_OK;
        }
    const char *meant = karvan_i_meant(name, NAMES, KARVAN_SIMILARITY_END, room, sizeof room);
    return karvan_fail(err, KARVAN_E_ARG, "'%.40s' is no measure%s", name,
                       *meant ? meant : "; there are s, kappa, pi, tau, agreement, agreement_half");
}

typedef struct crossing {
    double *level, *cell;
    int64_t n; /* entries that count */
    int k;
} crossing;

static bool counts(const double *x, const double *y, const double *w, int64_t i) {
    return !isnan(x[i]) && !isnan(y[i]) && !(w && isnan(w[i]));
}

/* The different values of both, going up. */
static karvan_status find_levels(crossing *c, const double *x, const double *y, const double *w,
                                 int64_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t m = 0;
    c->level = karvan_i_malloc((size_t)n, 2 * sizeof *c->level);
    KARVAN_REQUIRE(c->level, err, KARVAN_E_NOMEM, "no memory for %lld entries", (long long)n);
    for (int64_t i = 0; i < n; i++) {
        if (!counts(x, y, w, i)) continue;
        KARVAN_REQUIRE(!isinf(x[i]) && !isinf(y[i]), err, KARVAN_E_ARG,
                       "a value of a profile is infinite");
        KARVAN_REQUIRE(!w || (w[i] >= 0 && !isinf(w[i])), err, KARVAN_E_ARG,
                       "a weight is 0 or more, and finite");
        c->level[m++] = x[i] + 0.0, c->level[m++] = y[i] + 0.0; /* -0 is 0 */
        c->n++;
    }
    if (m > 0) qsort(c->level, m, sizeof *c->level, karvan_i_by_real);
    size_t k = 0;
    for (size_t i = 0; i < m; i++)
        if (i == 0 || c->level[i] != c->level[i - 1]) c->level[k++] = c->level[i];
    KARVAN_REQUIRE(k <= LEVELS_MOST, err, KARVAN_E_ARG,
                   "the profiles have %zu different values; %d at the most can be compared", k,
                   (int)LEVELS_MOST);
    c->k = (int)k;
done:
    return st;
}

static int level_of(const crossing *c, double v) {
    const double *at = bsearch(&v, c->level, (size_t)c->k, sizeof *c->level, karvan_i_by_real);
    return (int)(at - c->level);
}

static karvan_status in_scale(const crossing *c, const karvan_scale *s, karvan_error *err) {
    if (!s || !isfinite(s->low) || !isfinite(s->high) || !(s->low < s->high))
        return karvan_fail(err, KARVAN_E_ARG, "a scale has a low and a high end");
    if (c->k > 0 && (c->level[0] < s->low || c->level[c->k - 1] > s->high))
        return karvan_fail(err, KARVAN_E_ARG, "the value %g lies outside the scale %g..%g",
                           c->level[0] < s->low ? c->level[0] : c->level[c->k - 1], s->low,
                           s->high);
    return KARVAN_OK;
}

karvan_status karvan_similarity_of(karvan_similarity_kind measure, karvan_distance distance,
                                   const karvan_scale *scale, const double *x, const double *y,
                                   const double *weight, int64_t n, karvan_similarity *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    crossing c = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_similarity){.value = NAN, .state = KARVAN_UNKNOWN, .why = ""};
    KARVAN_REQUIRE((unsigned)measure < KARVAN_SIMILARITY_END && n >= 0 && (n == 0 || (x && y)), err,
                   KARVAN_E_ARG, "no such measure, or no profiles");
    KARVAN_REQUIRE(!weight || measure != KARVAN_SIMILARITY_TAU, err, KARVAN_E_ARG,
                   "tau counts pairs of entries and takes no weights");
    KARVAN_TRY(find_levels(&c, x, y, weight, n, err));
    if (karvan_i_similarity_has_scale(measure)) KARVAN_TRY(in_scale(&c, scale, err));
    c.cell = karvan_i_calloc((size_t)c.k * ((size_t)c.k + 3), sizeof *c.cell);
    KARVAN_REQUIRE(c.cell, err, KARVAN_E_NOMEM, "no memory for %d values", c.k);
    for (int64_t i = 0; i < n; i++)
        if (counts(x, y, weight, i))
            c.cell[(int64_t)level_of(&c, x[i]) * c.k + level_of(&c, y[i])] +=
                weight ? weight[i] : 1;
    double *room = c.cell + (size_t)c.k * (size_t)c.k;
    const karvan_i_cross cross = {
        c.k, c.level, c.cell, c.n, room, room + c.k, room + 2 * (size_t)c.k};
    *out = karvan_i_similarity_cross(measure, distance, scale, &cross);
done:
    karvan_i_free(c.level), karvan_i_free(c.cell);
    return st;
}
