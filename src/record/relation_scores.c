/* Components of every pair and year on a scale of 0 to 1, and scores by the declared weights. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/relation.h"

const karvan_i_part *karvan_i_grid_at(const karvan_i_grid *g, int64_t year, int64_t pair) {
    return g->part + ((year - g->from) * g->p->n + pair) * g->x->n;
}

/* What is left of the past is added up from the first year in which the pair exists and tables
 * cover anything, whatever year is asked for first. */
static int64_t first_year(const karvan_i_grid *g, int64_t pair, const karvan_i_component *c) {
    int64_t first = g->from, covered_from, covered_to;
    if (c->half_life <= 0) return first;
    if (karvan_pairs_years(g->p, &covered_from, &covered_to) && covered_from < first)
        first = covered_from;
    while (first < g->from + g->years && !karvan_pairs_exist(g->p, pair, first)) first++;
    return first;
}

/* With a half-life a year holds what is left of those before: of a figure or a state the sum of the
 * years, each by what is left of it; of what happened each occasion by its own years, so that an
 * uncertain date counts once. A year that is not known stays so for those after it. */
static void add_past(const karvan_i_grid *g, int64_t pair, const karvan_i_component *c,
                     int64_t first, int64_t year, karvan_measured *sum, karvan_measured *m) {
    double kept = exp2(-1 / c->half_life);
    if (m->state == KARVAN_VALUE) m->state = sum->state;
    m->complete &= sum->complete;
    m->min += kept * sum->min, m->max += kept * sum->max;
    *sum = *m;
    if (karvan_i_measures[c->measure].how != KARVAN_I_HAPPENED) return;
    karvan_i_range r = karvan_i_measure_left(g->p, (int32_t)pair, c->measure, first, year, kept);
    m->min = r.min;
    if (isfinite(m->max)) m->max = r.max;
}

static void measure_pair(const karvan_i_grid *g, int64_t pair, int component) {
    const karvan_i_component *c = &g->x->c[component];
    karvan_measured sum = {KARVAN_VALUE, 0, 0, true};
    int64_t first = first_year(g, pair, c);
    for (int64_t y = first; y < g->from + g->years; y++) {
        karvan_measured m = karvan_pairs_measure(g->p, pair, c->measure, KARVAN_WAY_BOTH, y, NULL);
        if (c->half_life > 0) add_past(g, pair, c, first, y, &sum, &m);
        if (y >= g->from) g->part[((y - g->from) * g->p->n + pair) * g->x->n + component].is = m;
    }
}

static double scaled(const karvan_i_component *c, double v) {
    if (c->transformation == KARVAN_I_PRESENCE) return v > 0;
    if (isinf(v) || v >= c->parameter) return 1;
    return c->transformation == KARVAN_I_LINEAR ? v / c->parameter : log1p(v) / log1p(c->parameter);
}

/* v beside the most of all: itself, or another. */
static double share_of(double v, double others) {
    double most = v > others ? v : others;
    if (isinf(most)) return isinf(v);
    return most > 0 ? v / most : 0;
}

/* The least share is that beside others at their most, the most that beside others at their
 * least. */
static void share_year(const karvan_i_grid *g, int64_t year, int component) {
    karvan_i_part *part = g->part + (year - g->from) * g->p->n * g->x->n + component;
    int n = g->x->n;
    for (int64_t i = 0; i < g->p->n; i++) {
        double least = 0, most = 0;
        if (!karvan_pairs_exist(g->p, i, year)) continue;
        for (int64_t k = 0; k < g->p->n; k++) {
            const karvan_measured *m = &part[k * n].is;
            if (k == i || !karvan_pairs_exist(g->p, k, year)) continue;
            if (m->min > least) least = m->min;
            if (m->max > most) most = m->max;
        }
        const karvan_measured *m = &part[i * n].is;
        part[i * n].low = isinf(most) ? 0 : share_of(m->min, most);
        part[i * n].high = share_of(m->max, least);
    }
}

static void scale_year(const karvan_i_grid *g, int64_t year) {
    for (int c = 0; c < g->x->n; c++) {
        const karvan_i_component *one = &g->x->c[c];
        if (one->transformation == KARVAN_I_SHARE_OF_MOST) {
            share_year(g, year, c);
            continue;
        }
        for (int64_t i = 0; i < g->p->n; i++) {
            karvan_i_part *part = g->part + ((year - g->from) * g->p->n + i) * g->x->n + c;
            part->low = scaled(one, part->is.min), part->high = scaled(one, part->is.max);
        }
    }
}

static karvan_status measure_pairs(void *ctx, int64_t begin, int64_t end, int worker,
                                   karvan_error *err) {
    const karvan_i_grid *g = ctx;
    (void)worker, (void)err;
    for (int64_t i = begin; i < end; i++)
        for (int c = 0; c < g->x->n; c++) measure_pair(g, i, c);
    return KARVAN_OK;
}

karvan_status karvan_i_grid_init(karvan_i_grid *g, const karvan_pairs *p,
                                 const karvan_i_components *x, int64_t from, int64_t to,
                                 int threads, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *g = (karvan_i_grid){.p = p, .x = x, .from = from, .years = to - from + 1};
    g->part = karvan_i_calloc((size_t)(g->years * p->n) * (size_t)x->n + 1, sizeof *g->part);
    KARVAN_REQUIRE(g->part, err, KARVAN_E_NOMEM, "components of %d pairs", (int)p->n);
    KARVAN_TRY(karvan_parallel_for(p->n, 1, threads, measure_pairs, g, NULL, err));
    for (int64_t y = from; y <= to; y++) scale_year(g, y);
done:
    if (st != KARVAN_OK) karvan_i_grid_clear(g);
    return st;
}

void karvan_i_grid_clear(karvan_i_grid *g) {
    karvan_i_free(g->part);
    *g = (karvan_i_grid){0};
}

bool karvan_i_part_of(const karvan_i_component *c, int dimension) {
    return dimension == KARVAN_I_ALL || c->dimension == dimension;
}

double karvan_i_within(double v, double low, double high) {
    return v < low ? low : v > high ? high : v;
}

/* A component that is not covered is taken to be as those that are, within what is known of it. */
static void score_one(const karvan_i_grid *g, const karvan_i_part *part, int dimension,
                      karvan_i_score *s) {
    const karvan_i_components *x = g->x;
    double all = 0, covered = 0, mean = 0;
    *s = (karvan_i_score){0};
    for (int c = 0; c < x->n; c++) {
        double w = karvan_i_part_of(&x->c[c], dimension) ? x->c[c].weight : 0;
        all += w, s->low += w * part[c].low, s->high += w * part[c].high;
        if (!part[c].is.complete) continue;
        covered += w, mean += w * (part[c].low + part[c].high) / 2;
    }
    if (all == 0) return;
    s->low /= all, s->high /= all, s->covered = covered / all;
    s->there = covered > 0;
    if (!s->there) return;
    s->score = mean, mean /= covered;
    for (int c = 0; c < x->n; c++)
        if (!part[c].is.complete && karvan_i_part_of(&x->c[c], dimension))
            s->score += x->c[c].weight * karvan_i_within(mean, part[c].low, part[c].high);
    s->score /= all;
}

void karvan_i_scores(const karvan_i_grid *g, int64_t year, karvan_i_score *out) {
    for (int d = 0; d < KARVAN_I_SCORES; d++) {
        karvan_i_score *s = out + (int64_t)d * g->p->n;
        for (int64_t i = 0; i < g->p->n; i++) {
            s[i] = (karvan_i_score){0};
            if (karvan_pairs_exist(g->p, i, year))
                score_one(g, karvan_i_grid_at(g, year, i), d, &s[i]);
        }
        for (int64_t i = 0; i < g->p->n; i++) {
            s[i].rank = 1;
            for (int64_t k = 0; k < g->p->n; k++)
                s[i].rank += s[k].there && s[k].score > s[i].score;
        }
    }
}
