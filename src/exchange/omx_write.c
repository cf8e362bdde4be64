#include "exchange/omx.h"
#ifdef KARVAN_HDF5
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"

enum { CHUNK_CELLS = 16384 };

struct karvan_omx_writer {
    hid_t file, data, lookup;
    char *path, *part;
    int64_t rows, columns;
    hid_t *set; /* [n_sets], open, so that a chunk is packed once */
    int n_sets;
};

static void close_sets(karvan_omx_writer *w) {
    for (int i = 0; i < w->n_sets; i++) (void)H5Dclose(w->set[i]);
    w->n_sets = 0;
}

/* False where HDF5 could not write all that it still held. */
static bool close_file(karvan_omx_writer *w) {
    close_sets(w);
    if (w->data >= 0) (void)H5Gclose(w->data);
    if (w->lookup >= 0) (void)H5Gclose(w->lookup);
    bool closed = w->file < 0 || H5Fclose(w->file) >= 0;
    w->file = w->data = w->lookup = -1;
    return closed;
}

static void release(karvan_omx_writer *w) {
    if (!w) return;
    (void)close_file(w);
    if (w->part) (void)unlink(w->part);
    karvan_i_free(w->set), karvan_i_free(w->path), karvan_i_free(w->part);
    karvan_i_free(w);
}

void karvan_omx_abandon(karvan_omx_writer *w) {
    if (!w) return;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    release(w);
    karvan_i_hdf5_loud(was);
}

static karvan_status broken(const karvan_omx_writer *w, const char *what, karvan_error *err) {
    return karvan_i_hdf5_fail(err, KARVAN_E_IO, w->path, what);
}

static bool put_attribute(hid_t object, const char *name, hid_t type, hid_t memory_type, int n,
                          const void *value) {
    hsize_t size = (hsize_t)n;
    hid_t space = n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, NULL);
    hid_t a = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool put = a >= 0 && H5Awrite(a, memory_type, value) >= 0;
    if (a >= 0) (void)H5Aclose(a);
    (void)H5Sclose(space);
    return put;
}

static bool put_head(karvan_omx_writer *w) {
    const long long shape[2] = {w->rows, w->columns};
    hid_t text = H5Tcopy(H5T_C_S1);
    bool put = H5Tset_size(text, 4) >= 0 &&
               put_attribute(w->file, "OMX_VERSION", text, text, 0, "0.2") &&
               put_attribute(w->file, "SHAPE", H5T_STD_I32LE, H5T_NATIVE_LLONG, 2, shape);
    (void)H5Tclose(text);
    w->data = H5Gcreate2(w->file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    w->lookup = H5Gcreate2(w->file, "lookup", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    return put && w->data >= 0 && w->lookup >= 0;
}

/* A name beside the path that nobody has. HDF5 makes the file anew over the one that keeps it. */
static karvan_status reserve(karvan_omx_writer *w, karvan_error *err) {
    karvan_i_text name = {0};
    struct stat old;
    karvan_status st = KARVAN_OK;
    bool exists = stat(w->path, &old) == 0;
    KARVAN_REQUIRE(!exists || S_ISREG(old.st_mode), err, KARVAN_E_IO,
                   "cannot write %s: it is no file", w->path);
    int fd = karvan_i_file_beside(w->path, &name);
    KARVAN_TRY(karvan_i_text_status(&name, err));
    KARVAN_REQUIRE(fd >= 0, err, KARVAN_E_IO, "cannot write %s: %s", w->path, strerror(errno));
    if (exists) (void)fchmod(fd, old.st_mode & 0777);
    (void)close(fd);
    w->part = name.s, name.s = NULL;
done:
    karvan_i_free(name.s);
    return st;
}

karvan_status karvan_omx_create(const char *path, int64_t rows, int64_t columns,
                                karvan_omx_writer **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_omx_writer *w = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(path && rows >= 1 && rows <= INT32_MAX && columns >= 1 && columns <= INT32_MAX,
                   err, KARVAN_E_ARG, "no matrices of %lld x %lld", (long long)rows,
                   (long long)columns);
    KARVAN_TRY(karvan_i_hdf5_load(err));
    w = karvan_i_calloc(1, sizeof *w);
    KARVAN_REQUIRE(w, err, KARVAN_E_NOMEM, "no memory for %s", path);
    w->file = w->data = w->lookup = -1, w->rows = rows, w->columns = columns;
    w->path = karvan_i_strndup(path, strlen(path));
    KARVAN_REQUIRE(w->path, err, KARVAN_E_NOMEM, "no memory for %s", path);
    KARVAN_TRY(reserve(w, err));
    w->file = H5Fcreate(w->part, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (w->file < 0 || !put_head(w)) {
        st = broken(w, "cannot be written", err);
        goto done;
    }
    *out = w, w = NULL;
done:
    release(w);
    karvan_i_hdf5_loud(was);
    return st;
}

static karvan_status check_name(const karvan_omx_writer *w, hid_t group, const char *name,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(w && name && *name && !strchr(name, '/') && strcmp(name, ".") != 0 &&
                       karvan_utf8_valid_prefix(name, strlen(name)) == strlen(name),
                   err, KARVAN_E_ARG, "'%.100s' is no name in an OMX file", name ? name : "");
    KARVAN_REQUIRE(H5Lexists(group, name, H5P_DEFAULT) == 0, err, KARVAN_E_ARG,
                   "%s: '%.100s' is there already", w->path, name);
done:
    return st;
}

/* Chunks of whole rows where a row is short; nothing that tells the hour of writing. */
static hid_t matrix_properties(const karvan_omx_writer *w) {
    const double missing = NAN;
    int64_t across = w->columns < CHUNK_CELLS ? w->columns : CHUNK_CELLS;
    int64_t down = CHUNK_CELLS / across < w->rows ? CHUNK_CELLS / across : w->rows;
    hsize_t chunk[2] = {(hsize_t)down, (hsize_t)across};
    hid_t p = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(p, false);
    (void)H5Pset_chunk(p, 2, chunk);
    (void)H5Pset_fill_value(p, H5T_NATIVE_DOUBLE, &missing);
    (void)H5Pset_shuffle(p);
    (void)H5Pset_deflate(p, 1);
    return p;
}

karvan_status karvan_omx_add_matrix(karvan_omx_writer *w, const char *name, int *matrix,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(w && matrix, err, KARVAN_E_ARG, "writer or matrix is NULL");
    KARVAN_TRY(check_name(w, w->data, name, err));
    hid_t *more = karvan_i_realloc(w->set, (size_t)w->n_sets + 1, sizeof *more);
    KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for matrix %d", w->n_sets);
    w->set = more;
    hsize_t size[2] = {(hsize_t)w->rows, (hsize_t)w->columns};
    hid_t p = matrix_properties(w), space = H5Screate_simple(2, size, NULL);
    hid_t set = H5Dcreate2(w->data, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, p, H5P_DEFAULT);
    if (set < 0) st = broken(w, name, err);
    (void)H5Pclose(p), (void)H5Sclose(space);
    if (set >= 0) *matrix = w->n_sets, w->set[w->n_sets++] = set;
done:
    karvan_i_hdf5_loud(was);
    return st;
}

karvan_status karvan_omx_put(karvan_omx_writer *w, int matrix, int64_t first_row, int64_t n_rows,
                             const double *values, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    hid_t file = -1, memory = -1;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(w && values && matrix >= 0 && matrix < w->n_sets, err, KARVAN_E_ARG,
                   "no matrix %d", matrix);
    KARVAN_REQUIRE(first_row >= 0 && n_rows >= 0 && first_row <= w->rows - n_rows, err,
                   KARVAN_E_ARG, "%s: no rows %lld to %lld", w->path, (long long)first_row,
                   (long long)(first_row + n_rows) - 1);
    if (n_rows == 0) goto done;
    hsize_t at[2] = {(hsize_t)first_row, 0}, size[2] = {(hsize_t)n_rows, (hsize_t)w->columns};
    file = H5Dget_space(w->set[matrix]), memory = H5Screate_simple(2, size, NULL);
    if (file < 0 || memory < 0 ||
        H5Sselect_hyperslab(file, H5S_SELECT_SET, at, NULL, size, NULL) < 0 ||
        H5Dwrite(w->set[matrix], H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, values) < 0)
        st = broken(w, "cannot be written", err);
done:
    if (file >= 0) (void)H5Sclose(file);
    if (memory >= 0) (void)H5Sclose(memory);
    karvan_i_hdf5_loud(was);
    return st;
}

/* Cells of the lookup as HDF5 takes them: long long, or texts padded to `width`. */
static karvan_status gather(const karvan_table *t, size_t width, void **out, karvan_error *err) {
    int64_t n = karvan_table_rows(t);
    bool text = karvan_table_column(t, 0).type == KARVAN_TEXT;
    char *cells = karvan_i_calloc((size_t)n, width);
    if (!cells) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld labels", (long long)n);
    for (int64_t i = 0; i < n; i++) {
        char *cell = cells + (size_t)i * width;
        const char *s = text ? karvan_table_text(t, 0, i) : NULL;
        long long v = text ? 0 : karvan_table_int(t, 0, i);
        memcpy(cell, text ? s : (const char *)&v, text ? strlen(s) : sizeof v);
    }
    *out = cells;
    return KARVAN_OK;
}

static size_t longest(const karvan_table *t) {
    size_t most = 1; /* HDF5 has no text of length 0 */
    for (int32_t k = 0; k < karvan_table_dictionary_size(t, 0); k++) {
        size_t n = strlen(karvan_table_dictionary_text(t, 0, k)) + 1;
        if (n > most) most = n;
    }
    return most;
}

static karvan_status write_lookup(karvan_omx_writer *w, const char *name, int dimension,
                                  const karvan_table *t, karvan_error *err) {
    bool text = karvan_table_column(t, 0).type == KARVAN_TEXT;
    hsize_t n = (hsize_t)karvan_table_rows(t);
    size_t width = text ? longest(t) : sizeof(long long);
    void *cells = NULL;
    karvan_status st = gather(t, width, &cells, err);
    if (st != KARVAN_OK) return st;
    hid_t type = H5Tcopy(text ? H5T_C_S1 : H5T_NATIVE_LLONG), space = H5Screate_simple(1, &n, NULL);
    hid_t p = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(p, false);
    if (text) (void)H5Tset_size(type, width), (void)H5Tset_cset(type, H5T_CSET_UTF8);
    hid_t set = H5Dcreate2(w->lookup, name, text ? type : H5T_STD_I64LE, space, H5P_DEFAULT, p,
                           H5P_DEFAULT);
    long long dim = dimension;
    if (set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) < 0 ||
        (dimension >= 0 && !put_attribute(set, "DIM", H5T_STD_I32LE, H5T_NATIVE_LLONG, 0, &dim)))
        st = broken(w, name, err);
    if (set >= 0) (void)H5Dclose(set);
    (void)H5Pclose(p), (void)H5Sclose(space), (void)H5Tclose(type);
    karvan_i_free(cells);
    return st;
}

karvan_status karvan_omx_add_lookup(karvan_omx_writer *w, const char *name, int dimension,
                                    const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(w && t && dimension >= -1 && dimension <= 1, err, KARVAN_E_ARG,
                   "a lookup needs a table and a dimension");
    KARVAN_TRY(check_name(w, w->lookup, name, err));
    int64_t n = dimension == 1 ? w->columns : w->rows;
    KARVAN_REQUIRE(karvan_table_rows(t) == n && (dimension >= 0 || w->rows == w->columns), err,
                   KARVAN_E_ARG, "%s: lookup %.100s has %lld labels for %lld x %lld", w->path, name,
                   (long long)karvan_table_rows(t), (long long)w->rows, (long long)w->columns);
    karvan_type type = karvan_table_column(t, 0).type;
    KARVAN_REQUIRE(type == KARVAN_INT || type == KARVAN_TEXT, err, KARVAN_E_ARG,
                   "lookup %.100s holds %s, neither int nor text", name, karvan_type_name(type));
    for (int64_t i = 0; i < n; i++)
        KARVAN_REQUIRE(karvan_table_state(t, 0, i) == KARVAN_VALUE, err, KARVAN_E_ARG,
                       "lookup %.100s: label %lld is missing", name, (long long)i);
    KARVAN_TRY(write_lookup(w, name, dimension, t, err));
done:
    karvan_i_hdf5_loud(was);
    return st;
}

/* Onto the disk before the rename, so that a crash leaves the old file or the new one. */
static bool sync_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) (void)close(fd);
    return synced;
}

karvan_status karvan_omx_finish(karvan_omx_writer *take, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(take, err, KARVAN_E_ARG, "writer is NULL");
    if (!close_file(take))
        st = broken(take, "cannot be written", err);
    else if (!sync_file(take->part) || rename(take->part, take->path) != 0)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", take->path, strerror(errno));
done:
    release(take);
    karvan_i_hdf5_loud(was);
    return st;
}
#endif
