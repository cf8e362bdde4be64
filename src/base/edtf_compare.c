/* Four-valued comparisons and Allen's relations between dates that are not certain. */
#include "karvan/base.h"

const char *karvan_truth_name(karvan_truth t) {
    static const char *const names[] = {"no", "yes", "maybe", "unknown"};
    return t >= KARVAN_NO && t <= KARVAN_NOT_KNOWN ? names[t] : "unknown";
}

karvan_truth karvan_truth_and(karvan_truth a, karvan_truth b) {
    if (a == KARVAN_NO || b == KARVAN_NO) return KARVAN_NO;
    if (a == KARVAN_NOT_KNOWN || b == KARVAN_NOT_KNOWN) return KARVAN_NOT_KNOWN;
    return a == KARVAN_MAYBE || b == KARVAN_MAYBE ? KARVAN_MAYBE : KARVAN_YES;
}

karvan_truth karvan_truth_not(karvan_truth a) {
    return a == KARVAN_YES ? KARVAN_NO : a == KARVAN_NO ? KARVAN_YES : a;
}

karvan_truth karvan_truth_or(karvan_truth a, karvan_truth b) {
    return karvan_truth_not(karvan_truth_and(karvan_truth_not(a), karvan_truth_not(b)));
}

/* A day between lo and hi; `unknown` where the string gives no bound for it. */
typedef struct when {
    karvan_day lo, hi;
    bool unknown;
} when;

static when start_of(const karvan_edtf *a) {
    return (when){a->earliest, a->start_latest, a->start_kind == KARVAN_BOUND_UNKNOWN};
}
static when end_of(const karvan_edtf *a) {
    return (when){a->end_earliest, a->latest, a->end_kind == KARVAN_BOUND_UNKNOWN};
}

static karvan_truth open_question(when x, when y) {
    return x.unknown || y.unknown ? KARVAN_NOT_KNOWN : KARVAN_MAYBE;
}

static karvan_truth less(when x, when y) {
    if (x.hi < y.lo) return KARVAN_YES;
    if (x.lo >= y.hi) return KARVAN_NO;
    return open_question(x, y);
}

static karvan_truth same(when x, when y) {
    if (x.hi < y.lo || y.hi < x.lo) return KARVAN_NO;
    if (x.lo == x.hi && y.lo == y.hi) return KARVAN_YES;
    return open_question(x, y);
}

karvan_truth karvan_edtf_before(const karvan_edtf *a, const karvan_edtf *b) {
    return less(end_of(a), start_of(b));
}

karvan_truth karvan_edtf_equal(const karvan_edtf *a, const karvan_edtf *b) {
    return karvan_truth_and(same(start_of(a), start_of(b)), same(end_of(a), end_of(b)));
}

karvan_truth karvan_edtf_contains(const karvan_edtf *a, karvan_day d) {
    when day = {d, d, false};
    return karvan_truth_and(karvan_truth_not(less(day, start_of(a))),
                            karvan_truth_not(less(end_of(a), day)));
}

karvan_truth karvan_edtf_overlaps_days(const karvan_edtf *a, const karvan_edtf *b) {
    return karvan_truth_and(karvan_truth_not(less(end_of(b), start_of(a))),
                            karvan_truth_not(less(end_of(a), start_of(b))));
}

const char *karvan_allen_name(karvan_allen r) {
    static const char *const names[KARVAN_ALLEN_END] = {
        "before",      "meets",    "overlaps",   "starts",        "during", "finishes", "equals",
        "finished-by", "contains", "started-by", "overlapped-by", "met-by", "after"};
    return r >= 0 && r < KARVAN_ALLEN_END ? names[r] : "unknown";
}

/* Nodes of a system of differences x_i - x_j <= d[i][j]; ORIGIN is day 0. */
enum { ORIGIN, S1, E1, S2, E2, NODES };
static const int64_t FAR = INT64_C(1) << 60;

typedef struct differences {
    int64_t d[NODES][NODES];
} differences;

static void at_most(differences *g, int i, int j, int64_t c) {
    if (c < g->d[i][j]) g->d[i][j] = c;
}
static void less_by(differences *g, int i, int j, int64_t c) {
    at_most(g, i, j, -c);
} /* x_i + c <= x_j */
static void equal_plus(differences *g, int i, int j, int64_t c) { /* x_i + c = x_j */
    at_most(g, i, j, -c), at_most(g, j, i, c);
}

static void bounds(differences *g, int i, when w) {
    if (w.hi != KARVAN_DAY_MAX) at_most(g, i, ORIGIN, w.hi == KARVAN_DAY_MIN ? -FAR / 4 : w.hi);
    if (w.lo != KARVAN_DAY_MIN) at_most(g, ORIGIN, i, w.lo == KARVAN_DAY_MAX ? -FAR / 4 : -w.lo);
}

/* Integer days: a solution exists unless some cycle is negative (Floyd-Warshall). */
static bool feasible(differences *g) {
    for (int k = 0; k < NODES; k++)
        for (int i = 0; i < NODES; i++)
            for (int j = 0; j < NODES; j++) {
                if (g->d[i][k] >= FAR || g->d[k][j] >= FAR) continue;
                at_most(g, i, j, g->d[i][k] + g->d[k][j]);
            }
    for (int i = 0; i < NODES; i++)
        if (g->d[i][i] < 0) return false;
    return true;
}

/* The relation as differences between the two intervals given in order. */
static void relate(differences *g, karvan_allen r, int s1, int e1, int s2, int e2) {
    switch (r) {
    case KARVAN_ALLEN_BEFORE:
        less_by(g, e1, s2, 2);
        break;
    case KARVAN_ALLEN_MEETS:
        equal_plus(g, e1, s2, 1);
        break;
    case KARVAN_ALLEN_OVERLAPS:
        less_by(g, s1, s2, 1), less_by(g, s2, e1, 0), less_by(g, e1, e2, 1);
        break;
    case KARVAN_ALLEN_STARTS:
        equal_plus(g, s1, s2, 0), less_by(g, e1, e2, 1);
        break;
    case KARVAN_ALLEN_DURING:
        less_by(g, s2, s1, 1), less_by(g, e1, e2, 1);
        break;
    case KARVAN_ALLEN_FINISHES:
        less_by(g, s2, s1, 1), equal_plus(g, e1, e2, 0);
        break;
    default:
        equal_plus(g, s1, s2, 0), equal_plus(g, e1, e2, 0);
        break;
    }
}

uint32_t karvan_edtf_allen(const karvan_edtf *a, const karvan_edtf *b) {
    uint32_t possible = 0;
    for (int r = 0; r < KARVAN_ALLEN_END; r++) {
        differences g;
        for (int i = 0; i < NODES; i++)
            for (int j = 0; j < NODES; j++) g.d[i][j] = i == j ? 0 : FAR;
        bounds(&g, S1, start_of(a)), bounds(&g, E1, end_of(a));
        bounds(&g, S2, start_of(b)), bounds(&g, E2, end_of(b));
        less_by(&g, S1, E1, 0), less_by(&g, S2, E2, 0);
        if (!a->is_interval) equal_plus(&g, S1, E1, 0);
        if (!b->is_interval) equal_plus(&g, S2, E2, 0);
        /* the inverse relations mirror the first six: after is before with a and b changed */
        if (r <= KARVAN_ALLEN_EQUALS)
            relate(&g, (karvan_allen)r, S1, E1, S2, E2);
        else
            relate(&g, (karvan_allen)(KARVAN_ALLEN_AFTER - r), S2, E2, S1, E1);
        if (feasible(&g)) possible |= 1u << r;
    }
    return possible;
}
