/* OMX over HDF5: what reading and writing share, and what is said where HDF5 is not built in.
 * Format: github.com/osPlanning/omx, specification 0.2. */
#include "exchange/omx.h"

#include "base/try.h"
#include "karvan/exchange.h"

#ifdef KARVAN_HDF5

bool karvan_omx_available(void) { return true; }

karvan_i_quiet karvan_i_hdf5_quiet(void) {
    karvan_i_quiet was = {0};
    if (karvan_i_hdf5_load(NULL) != KARVAN_OK) return was;
    (void)H5open();
    (void)H5Eget_auto2(H5E_DEFAULT, &was.print, &was.data);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return was;
}

void karvan_i_hdf5_loud(karvan_i_quiet was) {
    if (karvan_i_hdf5_load(NULL) != KARVAN_OK) return;
    (void)H5Eset_auto2(H5E_DEFAULT, was.print, was.data);
}

/* The innermost reason, which stands first on the way upward. */
static herr_t keep_first(unsigned n, const H5E_error2_t *e, void *reason) {
    if (n == 0 && e->desc) (void)snprintf(reason, 200, "%.190s", e->desc);
    return 0;
}

karvan_status karvan_i_hdf5_fail(karvan_error *err, karvan_status code, const char *path,
                                 const char *what) {
    char reason[200] = "";
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, reason);
    return karvan_fail(err, code, "%s: %s%s%s", path, what, *reason ? ": " : "", reason);
}

#else

static const char NOT_BUILT_IN[] =
    "this karvan was built without HDF5, which OMX files need (Debian package libhdf5-dev)";

bool karvan_omx_available(void) { return false; }

karvan_status karvan_omx_open(const char *path, karvan_omx **out, karvan_error *err) {
    (void)path;
    if (out) *out = NULL;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
void karvan_omx_close(karvan_omx *m) { (void)m; }
int64_t karvan_omx_rows(const karvan_omx *m) { return (void)m, 0; }
int64_t karvan_omx_columns(const karvan_omx *m) { return (void)m, 0; }
const char *karvan_omx_version(const karvan_omx *m) { return (void)m, ""; }
int karvan_omx_matrices(const karvan_omx *m) { return (void)m, 0; }
const char *karvan_omx_matrix_name(const karvan_omx *m, int i) { return (void)m, (void)i, ""; }
int karvan_omx_find(const karvan_omx *m, const char *name) { return (void)m, (void)name, -1; }
karvan_status karvan_omx_read(const karvan_omx *m, int matrix, int64_t first_row, int64_t n_rows,
                              double *out, karvan_error *err) {
    (void)m, (void)matrix, (void)first_row, (void)n_rows, (void)out;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
int karvan_omx_lookups(const karvan_omx *m) { return (void)m, 0; }
const char *karvan_omx_lookup_name(const karvan_omx *m, int i) { return (void)m, (void)i, ""; }
int karvan_omx_lookup_dimension(const karvan_omx *m, int i) { return (void)m, (void)i, -1; }
karvan_status karvan_omx_lookup(const karvan_omx *m, int i, karvan_table **out, karvan_error *err) {
    (void)m, (void)i;
    if (out) *out = NULL;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
karvan_status karvan_omx_create(const char *path, int64_t rows, int64_t columns,
                                karvan_omx_writer **out, karvan_error *err) {
    (void)path, (void)rows, (void)columns;
    if (out) *out = NULL;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
karvan_status karvan_omx_add_matrix(karvan_omx_writer *w, const char *name, int *matrix,
                                    karvan_error *err) {
    (void)w, (void)name, (void)matrix;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
karvan_status karvan_omx_put(karvan_omx_writer *w, int matrix, int64_t first_row, int64_t n_rows,
                             const double *values, karvan_error *err) {
    (void)w, (void)matrix, (void)first_row, (void)n_rows, (void)values;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
karvan_status karvan_omx_add_lookup(karvan_omx_writer *w, const char *name, int dimension,
                                    const karvan_table *t, karvan_error *err) {
    (void)w, (void)name, (void)dimension, (void)t;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
karvan_status karvan_omx_finish(karvan_omx_writer *take, karvan_error *err) {
    (void)take;
    return karvan_fail(err, KARVAN_E_ARG, NOT_BUILT_IN);
}
void karvan_omx_abandon(karvan_omx_writer *w) { (void)w; }

#endif
