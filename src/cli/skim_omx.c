/* The region's matrices as an OMX file: a matrix a measure, ids of places as lookups. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/network.h"
#include "table/cell.h"

static karvan_status add_ids(const cli *c, karvan_omx_writer *w, const char *name, int dimension,
                             const cli_places *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *places = karvan_package_table(c->region, "places");
    const karvan_column column = {name, KARVAN_TEXT, NULL};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create(name, 1, &column, &b, err));
    for (int32_t i = 0; i < p->n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_i_cell_text(places, "id", p->row[i]), err));
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_omx_add_lookup(w, name, dimension, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

/* Infinite where no way leads there: NaN in the file. */
static karvan_status put_matrix(karvan_omx_writer *w, const char *name, int64_t rows,
                                int64_t columns, const double *value, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int matrix;
    double *row = karvan_i_malloc((size_t)columns + 1, sizeof *row);
    KARVAN_REQUIRE(row, err, KARVAN_E_NOMEM, "no memory for a row");
    KARVAN_TRY(karvan_omx_add_matrix(w, name, &matrix, err));
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t k = 0; k < columns; k++) {
            double v = value[r * columns + k];
            row[k] = isfinite(v) ? v : NAN;
        }
        KARVAN_TRY(karvan_omx_put(w, matrix, r, 1, row, err));
    }
done:
    karvan_i_free(row);
    return st;
}

karvan_status cli_skim_omx(const cli *c, const char *path, const cli_places *from,
                           const cli_places *to, int n, const karvan_skim_measure *measures,
                           const double *value, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_omx_writer *w = NULL;
    KARVAN_TRY(karvan_omx_create(path, from->n, to->n, &w, err));
    for (int k = 0; k < n; k++) {
        const char *name = measures[k] == KARVAN_SKIM_LEAST ? "generalised"
                                                            : karvan_skim_measure_name(measures[k]);
        KARVAN_TRY(put_matrix(w, name, from->n, to->n,
                              value + (size_t)k * (size_t)from->n * (size_t)to->n, err));
    }
    KARVAN_TRY(add_ids(c, w, "origin", 0, from, err));
    KARVAN_TRY(add_ids(c, w, "destination", 1, to, err));
    karvan_omx_writer *take = w;
    w = NULL;
    st = karvan_omx_finish(take, err);
done:
    karvan_omx_abandon(w);
    return st;
}
