/* One cell: a measure of a pair in a year, with its state by what the tables cover. */
#include <math.h>

#include "base/alloc.h"
#include "record/pairs.h"

const char *karvan_row_use_name(karvan_row_use use) {
    static const char *const names[] = {"counted", "maybe", "set aside", "coverage"};
    return names[use];
}

void karvan_rows_clear(karvan_rows *rows) {
    karvan_i_free(rows->row);
    *rows = (karvan_rows){0};
}

void karvan_i_row_add(karvan_rows *rows, const karvan_table *t, int64_t row, karvan_row_use use) {
    if (!rows) return;
    for (int64_t i = 0; i < rows->n; i++) {
        karvan_measured_row *r = &rows->row[i];
        if (r->table != t || r->row != row) continue;
        if (use < r->use) r->use = use; /* what it did best */
        return;
    }
    if (rows->n == rows->room) {
        int64_t room = rows->room ? rows->room * 2 : 16;
        void *more = karvan_i_realloc(rows->row, (size_t)room, sizeof *rows->row);
        rows->failed |= !more;
        if (!more) return;
        rows->row = more, rows->room = room;
    }
    rows->row[rows->n++] = (karvan_measured_row){t, row, use};
}

/* level: what coverage says, 0 nothing, 1 some, 2 all. */
static karvan_measured judged(karvan_i_range r, int level, double most) {
    if (r.max > most) r.max = most;
    if (r.min > most) r.min = most;
    if (level == 2) return (karvan_measured){KARVAN_VALUE, r.min, r.max, true};
    /* there can be no more than is shown */
    if (r.min == most) return (karvan_measured){KARVAN_VALUE, r.min, r.max, false};
    return (karvan_measured){level ? KARVAN_UNKNOWN : KARVAN_NOT_COVERED, r.min, most, false};
}

/* A figure is known where a row states it; where none does, its table may still say that there is
 * nothing. */
static karvan_measured judged_figure(karvan_i_range r, int level, double most) {
    return r.any ? (karvan_measured){KARVAN_VALUE, r.min, r.max, true} : judged(r, level, most);
}

static karvan_cell worse(karvan_cell a, karvan_cell b) {
    if (a == KARVAN_NOT_COVERED || b == KARVAN_NOT_COVERED) return KARVAN_NOT_COVERED;
    return a == KARVAN_UNKNOWN || b == KARVAN_UNKNOWN ? KARVAN_UNKNOWN : KARVAN_VALUE;
}

static karvan_measured together(karvan_measured a, karvan_measured b, double factor) {
    return (karvan_measured){worse(a.state, b.state), factor * (a.min + b.min),
                             factor * (a.max + b.max), a.complete && b.complete};
}

static int number_of(karvan_i_how how) {
    int i = 0;
    while (karvan_i_measures[i].how != how) i++;
    return i;
}

typedef struct asked {
    const karvan_pairs *p;
    int32_t pair;
    int64_t year;
    karvan_day first, last; /* days of the year on which both exist */
    karvan_rows *rows;
} asked;

static karvan_measured one_way(const asked *k, int measure, karvan_way way);

static karvan_measured both_ways(const asked *k, int measure, double factor) {
    return together(one_way(k, measure, KARVAN_WAY_THERE), one_way(k, measure, KARVAN_WAY_BACK),
                    factor);
}

/* Trade by GDP, in per cent: the least by the most, and the other way round. */
static karvan_measured share(const asked *k, karvan_way way) {
    karvan_measured t = both_ways(k, number_of(KARVAN_I_EXPORTS), 1);
    karvan_measured g = one_way(k, number_of(KARVAN_I_GDP), way);
    karvan_measured s = {worse(t.state, g.state), 0, INFINITY, t.complete && g.complete};
    if (g.max > 0 && isfinite(g.max)) s.min = 100 * t.min / g.max;
    if (g.min > 0 && isfinite(t.max)) s.max = 100 * t.max / g.min;
    if (s.state == KARVAN_VALUE && !isfinite(s.max)) /* a GDP of 0 */
        s.state = KARVAN_UNKNOWN, s.complete = false;
    return s;
}

/* What rows show, and how far the tables claim to know. */
static karvan_i_range look_up(const asked *k, int measure, karvan_way way, int *level,
                              int32_t *by) {
    const karvan_pairs *p = k->p;
    const karvan_i_measure *m = &karvan_i_measures[measure];
    if (m->how == KARVAN_I_BODIES)
        return karvan_i_measure_bodies(p, k->pair, measure, k->year, k->first, level, by, k->rows);
    *level = karvan_i_covered(p, k->pair, measure, way, -1, k->first, k->last, by);
    if (m->how == KARVAN_I_AGREEMENTS)
        return karvan_i_measure_agreements(p, k->pair, k->year, k->rows);
    if (m->how < KARVAN_I_BODIES)
        return karvan_i_measure_claims(p, k->pair, measure, m->is.directed ? way : KARVAN_WAY_BOTH,
                                       k->year, k->rows);
    return karvan_i_measure_figures(p, k->pair, measure, way, k->year, k->rows);
}

static karvan_measured one_way(const asked *k, int measure, karvan_way way) {
    const karvan_i_measure *m = &karvan_i_measures[measure];
    int level = 0;
    int32_t by = -1;
    if (m->how == KARVAN_I_SHARE) return share(k, way);
    if (m->how == KARVAN_I_TRADE) return both_ways(k, number_of(KARVAN_I_EXPORTS), 1);
    int64_t had = k->rows ? k->rows->n : 0;
    karvan_i_range r = look_up(k, measure, way, &level, &by);
    if (k->rows && k->rows->n == had && by >= 0)
        karvan_i_row_add(k->rows, k->p->coverage, by, KARVAN_ROW_COVERAGE);
    return m->how > KARVAN_I_AGREEMENTS ? judged_figure(r, level, m->is.most)
                                        : judged(r, level, m->is.most);
}

karvan_measured karvan_pairs_measure(const karvan_pairs *p, int64_t pair, int measure,
                                     karvan_way way, int64_t year, karvan_rows *rows) {
    asked k = {.p = p, .pair = (int32_t)pair, .year = year, .rows = rows};
    const karvan_i_measure *m = &karvan_i_measures[measure];
    if (!karvan_pairs_exist(p, pair, year))
        return (karvan_measured){KARVAN_NOT_COVERED, 0, 0, false};
    karvan_i_year_days(year, &k.first, &k.last);
    for (int i = 0; i < 2; i++) {
        karvan_day born = p->born[2 * (int64_t)p->pair[pair][i]];
        if (born > k.first) k.first = born;
    }
    if (!m->is.directed || way != KARVAN_WAY_BOTH)
        return one_way(&k, measure, way == KARVAN_WAY_BOTH ? KARVAN_WAY_THERE : way);
    return both_ways(&k, measure, m->how == KARVAN_I_SHARE ? 0.5 : 1);
}
