/* Fewer flows that stand for many: a country's trade spread over zones is mostly cells of next to
 * nothing. Of each row of demand the small cells give way to a few of about one size, drawn along
 * the row in proportion to what they hold, so that each cell keeps what it has on the mean and the
 * row its sum. The draw is a sequence of low discrepancy: always the same. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "study/study.h"

/* Cells of one row of the table, in the order of the demand. */
typedef struct cell {
    int32_t row, at;
} cell;

static int by_row(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Where in its stretch the k-th cell of a row is drawn: two irrational steps, so that neither the
 * order of zones nor that of rows can beat against it. */
static double within(int32_t row, int32_t k) {
    double u = 0.6180339887498949 * row + 0.7548776662466927 * k;
    return u - floor(u);
}

static void gather(karvan_freight_demand *d, const cell *c, int32_t n, double least) {
    double *teu = d->teu_day, sum = 0, done = 0;
    int32_t largest = 0, small = 0, last = 0;
    for (int32_t i = 0; i < n; i++) {
        if (teu[c[i].at] > teu[c[largest].at]) largest = i;
        if (!(teu[c[i].at] < least)) continue;
        sum += teu[c[i].at], small++, last = i;
    }
    int32_t want = (int32_t)floor(sum / least + 0.5), taken = 0;
    if (small == 0 || !(sum > 0)) return;
    if (want == 0 && small < n) {
        for (int32_t i = 0; i < n; i++)
            if (teu[c[i].at] < least) teu[c[i].at] = 0;
        teu[c[largest].at] += sum;
        return;
    }
    if (want == 0) want = 1;
    double size = sum / want;
    for (int32_t i = 0; i < n; i++) {
        double own = teu[c[i].at];
        if (!(own < least)) continue;
        done += own, teu[c[i].at] = 0;
        while (taken < want && (i == last || (taken + within(c[i].row, taken)) * size < done))
            teu[c[i].at] += size, taken++;
    }
}

/* Cells without demand are dropped. */
static void close_up(karvan_freight_demand *d) {
    int32_t n = 0;
    for (int32_t k = 0; k < d->n; k++) {
        if (!(d->teu_day[k] > 0)) continue;
        d->origin[n] = d->origin[k], d->destination[n] = d->destination[k];
        d->cargo_class[n] = d->cargo_class[k], d->teu_day[n] = d->teu_day[k];
        d->kind[n] = d->kind[k], d->row[n] = d->row[k];
        n++;
    }
    d->n = n;
}

karvan_status karvan_i_thin(karvan_freight_demand *d, double least, karvan_error *err) {
    cell *all = karvan_i_malloc((size_t)d->n + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for demand");
    for (int32_t k = 0; k < d->n; k++) all[k] = (cell){d->row[k], k};
    qsort(all, (size_t)d->n, sizeof *all, by_row);
    for (int32_t i = 0, j; least > 0 && i < d->n; i = j) {
        for (j = i; j < d->n && all[j].row == all[i].row;) j++;
        gather(d, all + i, j - i, least);
    }
    close_up(d);
    karvan_i_free(all);
    return KARVAN_OK;
}
