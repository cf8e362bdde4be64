/* The measures, of a table of how often the one has this value and the other that. */
#include <math.h>
#include <string.h>

#include "record/similarity.h"

bool karvan_i_similarity_has_distance(karvan_similarity_kind m) {
    return m <= KARVAN_SIMILARITY_PI;
}
bool karvan_i_similarity_has_scale(karvan_similarity_kind m) {
    return m == KARVAN_SIMILARITY_S || m == KARVAN_SIMILARITY_AGREEMENT_HALF;
}

karvan_distance karvan_i_usual_distance(karvan_similarity_kind m, karvan_distance d) {
    if (d != KARVAN_DISTANCE_USUAL) return d;
    return m == KARVAN_SIMILARITY_S ? KARVAN_DISTANCE_ABSOLUTE : KARVAN_DISTANCE_SQUARED;
}

static double apart(karvan_distance d, double x, double y) {
    double by = fabs(x - y);
    return d == KARVAN_DISTANCE_SQUARED ? by * by : by;
}

/* Sums of rows and columns; of all. */
static double add_up(const karvan_i_cross *x) {
    double all = 0;
    memset(x->row, 0, (size_t)x->k * sizeof *x->row);
    memset(x->column, 0, (size_t)x->k * sizeof *x->column);
    for (int i = 0; i < x->k; i++) {
        for (int j = 0; j < x->k; j++) {
            double v = x->cell[(int64_t)i * x->k + j];
            x->row[i] += v, x->column[j] += v;
        }
        all += x->row[i];
    }
    return all;
}

static double observed(const karvan_i_cross *x, karvan_distance d) {
    double s = 0;
    for (int i = 0; i < x->k; i++)
        for (int j = 0; j < x->k; j++)
            s += x->cell[(int64_t)i * x->k + j] * apart(d, x->level[i], x->level[j]);
    return s;
}

/* Disagreement of two draws: one of each profile (kappa), or two of both together (pi). The sum of
 * products of weights, to be over their squared total. */
static double expected(const karvan_i_cross *x, karvan_distance d, bool together) {
    double s = 0;
    for (int i = 0; i < x->k; i++)
        for (int j = 0; j < x->k; j++) {
            double one = together ? (x->row[i] + x->column[i]) / 2 : x->row[i];
            double other = together ? (x->row[j] + x->column[j]) / 2 : x->column[j];
            s += one * other * apart(d, x->level[i], x->level[j]);
        }
    return s;
}

static karvan_similarity without(const karvan_i_cross *x, const char *why) {
    return (karvan_similarity){x->n, KARVAN_UNKNOWN, NAN, why};
}

static karvan_similarity with(const karvan_i_cross *x, double value) {
    if (!isfinite(value)) return without(x, "the values are too great to be squared or added");
    return (karvan_similarity){x->n, KARVAN_VALUE, value, ""};
}

static karvan_similarity of_chance(const karvan_i_cross *x, karvan_distance d, double sum,
                                   bool together) {
    double chance = expected(x, d, together);
    if (chance <= 0) return without(x, "all values are the same"); /* NaN: see with() */
    return with(x, (chance - observed(x, d) * sum) / chance);
}

/* Pairs of entries in the same order in both profiles less those in opposite order: those of the
 * rows below an entry, more columns on the right against more on the left. */
static double order_alike(const karvan_i_cross *x) {
    double s = 0, in_below = 0;
    memset(x->below, 0, (size_t)x->k * sizeof *x->below);
    for (int i = x->k - 1; i >= 0; i--) {
        const double *cell = x->cell + (int64_t)i * x->k;
        double left = 0;
        for (int j = 0; j < x->k; j++) {
            s += cell[j] * (in_below - x->below[j] - 2 * left);
            left += x->below[j];
        }
        for (int j = 0; j < x->k; j++) x->below[j] += cell[j];
        in_below += x->row[i];
    }
    return s;
}

static karvan_similarity tau(const karvan_i_cross *x) {
    double n = (double)x->n, pairs = n * (n - 1) / 2, in_rows = 0, in_columns = 0;
    for (int i = 0; i < x->k; i++) {
        double r = x->row[i], c = x->column[i];
        in_rows += r * (r - 1) / 2, in_columns += c * (c - 1) / 2;
    }
    if (!(pairs - in_rows > 0) || !(pairs - in_columns > 0))
        return without(x, "a profile has one value alone");
    return with(x, order_alike(x) / sqrt((pairs - in_rows) * (pairs - in_columns)));
}

karvan_similarity karvan_i_similarity_cross(karvan_similarity_kind measure,
                                            karvan_distance distance, const karvan_scale *scale,
                                            const karvan_i_cross *x) {
    double sum = add_up(x), same = 0, most;
    karvan_distance d = karvan_i_usual_distance(measure, distance);
    if (x->n == 0) return (karvan_similarity){0, KARVAN_NOT_COVERED, NAN, "no entry in common"};
    if (!(sum > 0)) return without(x, "the weights are all 0");
    switch (measure) {
    case KARVAN_SIMILARITY_S:
        most = sum * apart(d, scale->low, scale->high);
        return with(x, (most - 2 * observed(x, d)) / most);
    case KARVAN_SIMILARITY_KAPPA:
        return of_chance(x, d, sum, false);
    case KARVAN_SIMILARITY_PI:
        return of_chance(x, d, sum, true);
    case KARVAN_SIMILARITY_TAU:
        return tau(x);
    case KARVAN_SIMILARITY_AGREEMENT:
        for (int i = 0; i < x->k; i++) same += x->cell[(int64_t)i * x->k + i];
        return with(x, same / sum);
    default:
        most = sum * (scale->high - scale->low);
        return with(x, (most - observed(x, KARVAN_DISTANCE_ABSOLUTE)) / most);
    }
}
