/* Whether a matrix with given sums and zeros can be: what is asked, and why there is none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "flow/balance.h"

const char *karvan_i_balance_name(const char *const *names, int32_t n_origins, int32_t i,
                                  char *room, size_t cap) {
    if (names) return names[i];
    (void)snprintf(room, cap, "%d", (int)(i < n_origins ? i : i - n_origins) + 1);
    return room;
}

static karvan_status check_side(const karvan_i_balance *b, bool columns, double *total,
                                karvan_error *err) {
    char room[24];
    const double *v = columns ? b->column : b->row;
    int32_t n = columns ? b->n_destinations : b->n_origins;
    *total = 0;
    for (int32_t i = 0; v && i < n; i++) {
        if (!(v[i] >= 0) || isinf(v[i]))
            return karvan_fail(err, KARVAN_E_ARG, "the sum of %s %.60s is %g; it must be 0 or more",
                               columns ? "destination" : "origin",
                               karvan_i_balance_name(b->names, b->n_origins,
                                                     columns ? b->n_origins + i : i, room,
                                                     sizeof room),
                               v[i]);
        *total += v[i];
    }
    return KARVAN_OK;
}

/* A row or column that wants something, with nothing but zeros where others want too. */
static karvan_status check_alone(const karvan_i_balance *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[24];
    size_t width = (size_t)b->n_destinations;
    bool *reached = karvan_i_calloc(width + 1, sizeof *reached);
    KARVAN_REQUIRE(reached, err, KARVAN_E_NOMEM, "no memory for %d columns", (int)width);
    for (int32_t i = 0; i < b->n_origins; i++) {
        const double *m = b->matrix + (size_t)i * width;
        bool wants = !b->row || b->row[i] > 0, any = false;
        for (size_t j = 0; wants && j < width; j++) {
            if (!(m[j] > 0) || (b->column && !(b->column[j] > 0))) continue;
            any = reached[j] = true;
        }
        KARVAN_REQUIRE(
            any || !b->row || !wants, err, KARVAN_E_DATA,
            "origin %.60s sends %g, but no destination that takes anything is open to it",
            karvan_i_balance_name(b->names, b->n_origins, i, room, sizeof room),
            b->row ? b->row[i] : 0);
    }
    for (size_t j = 0; b->column && j < width; j++)
        KARVAN_REQUIRE(reached[j] || !(b->column[j] > 0), err, KARVAN_E_DATA,
                       "destination %.60s takes %g, but no origin that sends anything reaches it",
                       karvan_i_balance_name(b->names, b->n_origins, b->n_origins + (int32_t)j,
                                             room, sizeof room),
                       b->column[j]);
done:
    karvan_i_free(reached);
    return st;
}

karvan_status karvan_i_balance_check(const karvan_i_balance *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double rows, columns;
    KARVAN_TRY(check_side(b, false, &rows, err));
    KARVAN_TRY(check_side(b, true, &columns, err));
    KARVAN_REQUIRE(!b->row || !b->column || fabs(rows - columns) <= 1e-9 * fmax(rows, columns), err,
                   KARVAN_E_ARG, "origins send %.10g in all and destinations take %.10g", rows,
                   columns);
    KARVAN_TRY(check_alone(b, err));
done:
    return st;
}

typedef struct ranked {
    double ratio;
    int32_t row;
} ranked;
static int by_ratio(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->ratio != y->ratio) return x->ratio < y->ratio ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* "3, 5, 8 and 4 more" of the first n. */
static void tell_rows(const karvan_i_balance *b, const ranked *first, int32_t n, char *out,
                      size_t cap) {
    char room[24];
    size_t used = 0;
    for (int32_t i = 0; i < n && i < 3 && used < cap; i++)
        used += (size_t)snprintf(
            out + used, cap - used, "%s%.60s", i ? ", " : "",
            karvan_i_balance_name(b->names, b->n_origins, first[i].row, room, sizeof room));
    if (n > 3 && used < cap) (void)snprintf(out + used, cap - used, " and %d more", (int)n - 3);
}

/* Rows that fall short stay short however long one balances; the shortest first, each set of them
 * is held to what the columns that it reaches take (Hall 1935, of sums). */
karvan_status karvan_i_balance_why(const karvan_i_balance *b, const double *ratio,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t width = (size_t)b->n_destinations;
    int32_t n = 0;
    double wanted = 0, taken = 0;
    char told[240];
    if (!b->row || !b->column) return KARVAN_OK;
    ranked *rank = karvan_i_malloc((size_t)b->n_origins + 1, sizeof *rank);
    bool *seen = karvan_i_calloc(width + 1, sizeof *seen);
    KARVAN_REQUIRE(rank && seen, err, KARVAN_E_NOMEM, "no memory for %d rows", (int)b->n_origins);
    for (int32_t i = 0; i < b->n_origins; i++)
        if (b->row[i] > 0) rank[n++] = (ranked){isfinite(ratio[i]) ? ratio[i] : 0, i};
    qsort(rank, (size_t)n, sizeof *rank, by_ratio);
    for (int32_t k = 0; k < n; k++) {
        const double *m = b->matrix + (size_t)rank[k].row * width;
        wanted += b->row[rank[k].row];
        for (size_t j = 0; j < width; j++)
            if (m[j] > 0 && !seen[j]) seen[j] = true, taken += b->column[j];
        if (wanted <= taken * (1 + 1e-9)) continue;
        tell_rows(b, rank, k + 1, told, sizeof told);
        st = karvan_fail(err, KARVAN_E_DATA,
                         "no such matrix: origin%s %s send%s %.10g, and all destinations open to "
                         "%s take %.10g",
                         k ? "s" : "", told, k ? "" : "s", wanted, k ? "them" : "it", taken);
        goto done;
    }
done:
    karvan_i_free(rank), karvan_i_free(seen);
    return st;
}
