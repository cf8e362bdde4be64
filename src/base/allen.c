/* Allen's relations between intervals whose ends are not certain. A relation is a set of bounds on
 * differences between the four ends; it is possible unless they contradict one another. */
#include "karvan/base.h"

const char *karvan_allen_name(karvan_allen r) {
    static const char *const names[KARVAN_ALLEN_END] = {
        "before",      "meets",    "overlaps",   "starts",        "during", "finishes", "equals",
        "finished-by", "contains", "started-by", "overlapped-by", "met-by", "after"};
    return (int)r >= 0 && r < KARVAN_ALLEN_END ? names[r] : "unknown";
}

/* Nodes of a system of differences x_i - x_j <= d[i][j]; ORIGIN is day 0. */
enum { ORIGIN, S1, E1, S2, E2, NODES };
static const int64_t NONE = INT64_MAX; /* no bound */
/* Where open ends lie: half of it is beyond all days that a date can have. A simple path passes
 * ORIGIN once and so sums to less than 2^62: nothing here overflows. */
static const int64_t INFINITE = INT64_C(1) << 60;

typedef struct differences {
    int64_t d[NODES][NODES];
} differences;

static void at_most(differences *g, int i, int j, int64_t c) {
    if (c < g->d[i][j]) g->d[i][j] = c;
}
/* x_i + c <= x_j */
static void less_by(differences *g, int i, int j, int64_t c) { at_most(g, i, j, -c); }
/* x_i + c = x_j */
static void equal_plus(differences *g, int i, int j, int64_t c) {
    at_most(g, i, j, -c), at_most(g, j, i, c);
}

/* An end that is open lies at infinity, an unknown one anywhere up to there. */
static void bounds(differences *g, int i, karvan_day lo, karvan_day hi) {
    at_most(g, i, ORIGIN, hi == KARVAN_DAY_MAX ? INFINITE : hi == KARVAN_DAY_MIN ? -INFINITE : hi);
    at_most(g, ORIGIN, i, lo == KARVAN_DAY_MIN ? INFINITE : lo == KARVAN_DAY_MAX ? -INFINITE : -lo);
}

/* A date that is not an interval is one day, and a day is not at infinity. */
static void interval(differences *g, const karvan_edtf *a, int s, int e) {
    bounds(g, s, a->earliest, a->start_latest);
    bounds(g, e, a->end_earliest, a->latest);
    less_by(g, s, e, 0);
    if (a->is_interval || a->is_set == 2) return;
    equal_plus(g, s, e, 0);
    at_most(g, s, ORIGIN, INFINITE / 2), at_most(g, ORIGIN, s, INFINITE / 2);
}

/* Whole days: a solution exists unless some cycle is negative (Floyd 1962, Warshall 1962). */
static bool feasible(differences *g) {
    for (int k = 0; k < NODES; k++)
        for (int i = 0; i < NODES; i++) {
            for (int j = 0; j < NODES; j++) {
                if (g->d[i][k] == NONE || g->d[k][j] == NONE) continue;
                at_most(g, i, j, g->d[i][k] + g->d[k][j]);
            }
            if (g->d[i][i] < 0) return false;
        }
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
    default: /* equals */
        equal_plus(g, s1, s2, 0), equal_plus(g, e1, e2, 0);
        break;
    }
}

uint32_t karvan_edtf_allen(const karvan_edtf *a, const karvan_edtf *b) {
    differences known;
    uint32_t possible = 0;
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < NODES; j++) known.d[i][j] = i == j ? 0 : NONE;
    interval(&known, a, S1, E1), interval(&known, b, S2, E2);
    for (int r = 0; r < KARVAN_ALLEN_END; r++) {
        differences g = known;
        /* the later relations mirror the first: after is before with a and b changed */
        if (r <= KARVAN_ALLEN_EQUALS)
            relate(&g, (karvan_allen)r, S1, E1, S2, E2);
        else
            relate(&g, (karvan_allen)(KARVAN_ALLEN_AFTER - r), S2, E2, S1, E1);
        if (feasible(&g)) possible |= 1u << r;
    }
    return possible;
}
