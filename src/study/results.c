/* Answers of draws, kept in the order of their numbers; differences and their quantiles. */
#include "study/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "study/study.h"

/* ---- made and ended ---- */

static void *copy(const void *from, size_t n, size_t size) {
    void *to = karvan_i_calloc(n + 1, size);
    if (to && n > 0) memcpy(to, from, n * size);
    return to;
}

karvan_status karvan_i_results_create(const karvan_i_shape *shape, karvan_results **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t cases = (size_t)shape->n_cases, measures = (size_t)shape->n_measures;
    *out = NULL;
    karvan_results *r = karvan_i_calloc(1, sizeof *r);
    KARVAN_REQUIRE(r, err, KARVAN_E_NOMEM, "no memory for results");
    r->shape = *shape;
    r->shape.name = copy(shape->name, cases, sizeof *shape->name);
    r->shape.measure = copy(shape->measure, measures, sizeof *shape->measure);
    r->shape.parameter =
        copy(shape->parameter, (size_t)shape->n_parameters, sizeof *shape->parameter);
    r->shape.settled = copy(shape->settled, (cases + 1) * measures, sizeof *shape->settled);
    r->kept = karvan_i_malloc(measures + 1, sizeof *r->kept);
    r->slot = karvan_i_malloc(measures + 1, sizeof *r->slot);
    KARVAN_REQUIRE(r->shape.name && r->shape.measure && r->shape.parameter && r->shape.settled &&
                       r->kept && r->slot,
                   err, KARVAN_E_NOMEM, "no memory for results");
    r->n_kept = shape->n_measures;
    for (int i = 0; i < r->n_kept; i++) r->kept[i] = r->slot[i] = i;
    *out = r, r = NULL;
done:
    karvan_results_destroy(r);
    return st;
}

static void values_of_study(const void *of, uint64_t seed, int64_t draw, double *value) {
    karvan_study_values(of, seed, draw, value);
}

static bool matters_in_study(const void *of, int which, int parameter) {
    return karvan_i_matters(of, which, parameter);
}

karvan_status karvan_results_create(const karvan_study *s, uint64_t seed, karvan_results **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_shape x = {
        .of = s, .values = values_of_study, .seed = seed, .matters = matters_in_study};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(s, err, KARVAN_E_ARG, "results are of a study");
    x.n_cases = karvan_study_cases(s), x.n_measures = karvan_study_measures(s);
    x.n_parameters = karvan_study_parameters(s);
    x.name = karvan_i_calloc((size_t)x.n_cases + 1, sizeof *x.name);
    x.measure = karvan_i_calloc((size_t)x.n_measures + 1, sizeof *x.measure);
    x.parameter = karvan_i_calloc((size_t)x.n_parameters + 1, sizeof *x.parameter);
    KARVAN_REQUIRE(x.name && x.measure && x.parameter, err, KARVAN_E_NOMEM,
                   "no memory for results");
    for (int i = 0; i < x.n_cases; i++) x.name[i] = karvan_study_case(s, i);
    for (int i = 0; i < x.n_measures; i++) x.measure[i] = karvan_study_measure(s, i);
    for (int i = 0; i < x.n_parameters; i++) x.parameter[i] = karvan_study_parameter_at(s, i);
    /* settled levels of base and cases stand one behind the other */
    x.settled = copy(karvan_study_settled(s, -1), (size_t)(x.n_cases + 1) * (size_t)x.n_measures,
                     sizeof *x.settled);
    KARVAN_REQUIRE(x.settled, err, KARVAN_E_NOMEM, "no memory for results");
    st = karvan_i_results_create(&x, out, err);
done:
    karvan_i_free(x.name), karvan_i_free(x.measure), karvan_i_free(x.parameter);
    karvan_i_free(x.settled);
    return st;
}

void karvan_results_destroy(karvan_results *r) {
    if (!r) return;
    for (int64_t i = 0; i < r->n; i++) karvan_i_free(r->row[i].levels);
    karvan_i_free(r->row), karvan_i_free(r->kept), karvan_i_free(r->slot);
    karvan_i_free(r->shape.name), karvan_i_free(r->shape.measure);
    karvan_i_free(r->shape.parameter), karvan_i_free(r->shape.settled);
    karvan_i_free(r);
}

karvan_status karvan_results_keep(karvan_results *r, int n, const int *measures,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(r && r->n == 0, err, KARVAN_E_ARG, "what is kept is said before draws come");
    for (int i = 0; i < n; i++)
        KARVAN_REQUIRE(measures[i] >= 0 && measures[i] < r->shape.n_measures, err, KARVAN_E_ARG,
                       "there is no measure %d", measures[i]);
    for (int i = 0; i < r->shape.n_measures; i++) r->slot[i] = -1;
    r->n_kept = 0;
    for (int i = 0; i < n; i++) {
        if (r->slot[measures[i]] >= 0) continue;
        r->kept[r->n_kept] = measures[i], r->slot[measures[i]] = r->n_kept++;
    }
done:
    return st;
}

/* ---- answers ---- */

/* Where a draw stands, or would stand; draws come nearly in order, so the end is tried first. */
static int64_t place_of(const karvan_results *r, int64_t draw) {
    int64_t low = 0, high = r->n;
    if (high > 0 && r->row[high - 1].draw < draw) return high;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (r->row[mid].draw < draw)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

karvan_status karvan_results_take(void *results, const karvan_study_answer *a, karvan_error *err) {
    karvan_results *r = results;
    size_t n = (size_t)r->shape.n_measures, cases = (size_t)r->shape.n_cases,
           kept = (size_t)r->n_kept;
    int64_t at = place_of(r, a->draw);
    if (at < r->n && r->row[at].draw == a->draw) return KARVAN_OK;
    if (r->n == r->cap) {
        int64_t cap = r->cap > 0 ? 2 * r->cap : 64;
        karvan_i_draw *row = karvan_i_realloc(r->row, (size_t)cap, sizeof *row);
        if (!row)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld draws", (long long)cap);
        r->row = row, r->cap = cap;
    }
    double *levels = karvan_i_malloc((cases + 1) * kept + 1, sizeof *levels);
    if (!levels) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a draw");
    for (size_t c = 0; c <= cases; c++)
        for (size_t i = 0; i < kept; i++)
            levels[c * kept + i] =
                c == 0 ? a->base[r->kept[i]] : a->levels[(c - 1) * n + (size_t)r->kept[i]];
    memmove(r->row + at + 1, r->row + at, (size_t)(r->n - at) * sizeof *r->row);
    r->row[at] = (karvan_i_draw){a->draw, levels};
    r->n++;
    return KARVAN_OK;
}

int64_t karvan_i_first_draw(const karvan_results *r) { return place_of(r, 1); }
int64_t karvan_results_draws(const karvan_results *r) { return r->n - place_of(r, 1); }

const karvan_i_draw *karvan_i_row_of(const karvan_results *r, int64_t draw) {
    int64_t at = place_of(r, draw);
    return at < r->n && r->row[at].draw == draw ? &r->row[at] : NULL;
}

/* ---- differences ---- */

double karvan_i_of_row(const karvan_results *r, const karvan_i_draw *row, int which, int measure) {
    int slot = r->slot[measure];
    if (slot < 0) return NAN;
    return row->levels[(which + 1) * (ptrdiff_t)r->n_kept + slot] - row->levels[slot];
}

double karvan_i_of_settled(const karvan_results *r, int which, int measure) {
    size_t n = (size_t)r->shape.n_measures;
    return r->shape.settled[(size_t)(which + 1) * n + (size_t)measure] - r->shape.settled[measure];
}

void karvan_i_differences(const karvan_results *r, int which, int measure, double *out) {
    int64_t first = karvan_i_first_draw(r);
    for (int64_t i = first; i < r->n; i++)
        out[i - first] = karvan_i_of_row(r, &r->row[i], which, measure);
}

karvan_difference karvan_i_quantiles(double *v, int64_t n, double settled) {
    karvan_difference d = {settled, NAN, NAN, 0, 0, NAN};
    int64_t gains = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(v[i])) gains += v[i] > 0, v[d.known++] = v[i];
    d.unknown = n - d.known;
    if (d.known > 0) d.gains = (double)gains / (double)d.known;
    if (n == 0) return d;
    qsort(v, (size_t)d.known, sizeof *v, karvan_i_by_real);
    d.median = karvan_i_quantile(v, d.known, 0.5);
    d.p5 = karvan_i_quantile(v, d.known, 0.05), d.p95 = karvan_i_quantile(v, d.known, 0.95);
    return d;
}

karvan_status karvan_i_values_room(const karvan_results *r, size_t times, double **out,
                                   karvan_error *err) {
    *out = karvan_i_malloc(times * (size_t)karvan_results_draws(r) + 1, sizeof **out);
    return *out ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws");
}

static karvan_status in_range(const karvan_results *r, int which, int measure, karvan_error *err) {
    if (r && which >= 0 && which < r->shape.n_cases && measure >= 0 &&
        measure < r->shape.n_measures)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "there is no case %d, or no measure %d", which, measure);
}

karvan_status karvan_results_difference(const karvan_results *r, int which, int measure,
                                        karvan_difference *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *v = NULL;
    *out = (karvan_difference){NAN, NAN, NAN, 0, 0, NAN};
    KARVAN_TRY(in_range(r, which, measure, err));
    KARVAN_TRY(karvan_i_values_room(r, 1, &v, err));
    karvan_i_differences(r, which, measure, v);
    *out = karvan_i_quantiles(v, karvan_results_draws(r), karvan_i_of_settled(r, which, measure));
done:
    karvan_i_free(v);
    return st;
}

/* Hours and dollars of a corridor without cargo are not known either, and no fault: benefit is what
 * every settled draw has. */
int64_t karvan_results_unknown(const karvan_results *r, int which) {
    int measure = karvan_i_results_find(r, "benefit", "");
    int64_t n = 0;
    if (measure < 0) measure = 0;
    for (int64_t i = karvan_i_first_draw(r); i < r->n; i++)
        if (isnan(karvan_i_of_row(r, &r->row[i], which, measure))) n++;
    return n;
}

/* ---- names ---- */

double karvan_i_sense(const char *measure) {
    static const char *const less[] = {"hours", "usd", "unserved", "co2e"};
    for (size_t i = 0; i < sizeof less / sizeof *less; i++) {
        size_t n = strlen(less[i]);
        if (strncmp(measure, less[i], n) == 0 && (measure[n] == '\0' || measure[n] == '_'))
            return -1;
    }
    return 1;
}

void karvan_i_measure_label(const karvan_measure *m, char *out, size_t cap) {
    (void)snprintf(out, cap, "%s%s%s", m->measure, *m->country ? ":" : "", m->country);
}

int karvan_i_results_find(const karvan_results *r, const char *measure, const char *country) {
    for (int i = 0; i < r->shape.n_measures; i++)
        if (strcmp(r->shape.measure[i].measure, measure) == 0 &&
            strcmp(r->shape.measure[i].country, country) == 0)
            return i;
    return -1;
}

int karvan_i_case_named(const karvan_results *r, const char *name, size_t n) {
    for (int i = 0; i < r->shape.n_cases; i++)
        if (strlen(r->shape.name[i]) == n && memcmp(r->shape.name[i], name, n) == 0) return i;
    return -1;
}

bool karvan_i_one_part(const char *name) { return !strchr(name, ','); }

bool karvan_i_excess(const karvan_results *r, int which, int measure, double *sum, double *together,
                     double *excess, double *settled) {
    const char *name = r->shape.name[which];
    int part[64], n = 0;
    for (const char *at = name; *at && n < 64; n++) {
        size_t length = strcspn(at, ",");
        part[n] = karvan_i_case_named(r, at, length);
        if (part[n] < 0) return false;
        at += length;
        if (*at == ',') at++;
    }
    if (n < 2) return false;
    int64_t first = karvan_i_first_draw(r);
    settled[0] = 0, settled[1] = karvan_i_of_settled(r, which, measure);
    for (int p = 0; p < n; p++) settled[0] += karvan_i_of_settled(r, part[p], measure);
    settled[2] = settled[1] - settled[0];
    for (int64_t i = first; i < r->n; i++) {
        double s = 0, t = karvan_i_of_row(r, &r->row[i], which, measure);
        for (int p = 0; p < n; p++) s += karvan_i_of_row(r, &r->row[i], part[p], measure);
        if (sum) sum[i - first] = s;
        if (together) together[i - first] = t;
        excess[i - first] = t - s;
    }
    return true;
}
