#include "exchange/omx.h"
#ifdef KARVAN_HDF5
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

typedef struct names {
    int n;
    char **name; /* [n] */
} names;

struct karvan_omx {
    hid_t file;
    char *path, version[16];
    int64_t rows, columns; /* -1: not known yet */
    names matrices, lookups;
};

static void free_names(names *list) {
    for (int i = 0; i < list->n; i++) karvan_i_free(list->name[i]);
    karvan_i_free(list->name);
}

void karvan_omx_close(karvan_omx *m) {
    if (!m) return;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    if (m->file >= 0) (void)H5Fclose(m->file);
    karvan_i_hdf5_loud(was);
    free_names(&m->matrices), free_names(&m->lookups);
    karvan_i_free(m->path);
    karvan_i_free(m);
}

static karvan_status damaged(const karvan_omx *m, const char *what, karvan_error *err) {
    return karvan_i_hdf5_fail(err, KARVAN_E_DATA, m->path, what);
}

/* Names of what a group holds, in the order of the names. */
static karvan_status list_group(karvan_omx *m, const char *group, names *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    H5G_info_t info;
    hid_t g = H5Gopen2(m->file, group, H5P_DEFAULT);
    if (g < 0 || H5Gget_info(g, &info) < 0 || info.nlinks > INT32_MAX / 2) {
        st = damaged(m, group, err);
        goto done;
    }
    out->name = karvan_i_calloc((size_t)info.nlinks + 1, sizeof *out->name);
    KARVAN_REQUIRE(out->name, err, KARVAN_E_NOMEM, "no memory for the names in %s", m->path);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        ssize_t n = H5Lget_name_by_idx(g, ".", H5_INDEX_NAME, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
        if (n < 0) {
            st = damaged(m, group, err);
            goto done;
        }
        char *name = karvan_i_calloc((size_t)n + 1, 1);
        KARVAN_REQUIRE(name, err, KARVAN_E_NOMEM, "no memory for the names in %s", m->path);
        out->name[out->n++] = name;
        (void)H5Lget_name_by_idx(g, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, (size_t)n + 1,
                                 H5P_DEFAULT);
    }
done:
    if (g >= 0) (void)H5Gclose(g);
    return st;
}

static hid_t open_dataset(const karvan_omx *m, const char *group, const char *name) {
    hid_t set = -1, g = H5Gopen2(m->file, group, H5P_DEFAULT);
    if (g >= 0) set = H5Dopen2(g, name, H5P_DEFAULT);
    if (g >= 0) (void)H5Gclose(g);
    return set;
}

/* Extents of a data set; the number of dimensions, which is never above 2; -1 otherwise. */
static int extents(hid_t set, hsize_t size[2]) {
    hid_t space = H5Dget_space(set);
    int n = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    if (n < 1 || n > 2 || H5Sget_simple_extent_dims(space, size, NULL) < 0) n = -1;
    if (space >= 0) (void)H5Sclose(space);
    return n;
}

/* The two numbers of the attribute SHAPE, where it stands. */
static void read_shape(karvan_omx *m) {
    long long shape[2];
    m->rows = m->columns = -1;
    if (H5Aexists(m->file, "SHAPE") <= 0) return;
    hid_t a = H5Aopen(m->file, "SHAPE", H5P_DEFAULT), space = a < 0 ? -1 : H5Aget_space(a);
    if (space >= 0 && H5Sget_simple_extent_npoints(space) == 2 &&
        H5Aread(a, H5T_NATIVE_LLONG, shape) >= 0)
        m->rows = shape[0], m->columns = shape[1];
    if (space >= 0) (void)H5Sclose(space);
    if (a >= 0) (void)H5Aclose(a);
}

/* A short text in an attribute, of fixed or variable length. */
static void read_version(karvan_omx *m) {
    if (H5Aexists(m->file, "OMX_VERSION") <= 0) return;
    hid_t a = H5Aopen(m->file, "OMX_VERSION", H5P_DEFAULT), type = a < 0 ? -1 : H5Aget_type(a);
    if (type >= 0 && H5Tget_class(type) == H5T_STRING) {
        hid_t text = H5Tcopy(H5T_C_S1);
        if (H5Tis_variable_str(type) > 0) {
            char *s = NULL;
            (void)H5Tset_size(text, H5T_VARIABLE);
            if (H5Tset_cset(text, H5Tget_cset(type)) >= 0 && H5Aread(a, text, (void *)&s) >= 0 && s)
                (void)snprintf(m->version, sizeof m->version, "%.15s", s);
            if (s) (void)H5free_memory(s);
        } else {
            (void)H5Tset_size(text, sizeof m->version);
            (void)H5Tset_cset(text, H5Tget_cset(type));
            if (H5Aread(a, text, m->version) < 0) m->version[0] = 0;
            m->version[sizeof m->version - 1] = 0;
        }
        (void)H5Tclose(text);
    }
    if (type >= 0) (void)H5Tclose(type);
    if (a >= 0) (void)H5Aclose(a);
}

static karvan_status check_shapes(karvan_omx *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < m->matrices.n; i++) {
        const char *name = m->matrices.name[i];
        hsize_t size[2] = {0, 0};
        hid_t set = open_dataset(m, "/data", name);
        int n = set < 0 ? -1 : extents(set, size);
        if (set >= 0) (void)H5Dclose(set);
        KARVAN_REQUIRE(n == 2, err, KARVAN_E_DATA, "%s: /data/%.100s is no matrix", m->path, name);
        if (m->rows < 0) m->rows = (int64_t)size[0], m->columns = (int64_t)size[1];
        KARVAN_REQUIRE(size[0] == (hsize_t)m->rows && size[1] == (hsize_t)m->columns, err,
                       KARVAN_E_DATA, "%s: /data/%.100s is %llu x %llu, not %lld x %lld", m->path,
                       name, (unsigned long long)size[0], (unsigned long long)size[1],
                       (long long)m->rows, (long long)m->columns);
    }
    KARVAN_REQUIRE(
        m->rows >= 1 && m->rows <= INT32_MAX && m->columns >= 1 && m->columns <= INT32_MAX, err,
        KARVAN_E_DATA, "%s: no shape: neither SHAPE nor a matrix tells it", m->path);
done:
    return st;
}

static karvan_status open_file(karvan_omx *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    FILE *f = fopen(m->path, "rb"); /* HDF5 does not say why it cannot */
    KARVAN_REQUIRE(f, err, KARVAN_E_IO, "cannot read %s: %s", m->path, strerror(errno));
    (void)fclose(f);
    KARVAN_REQUIRE(H5Fis_hdf5(m->path) > 0, err, KARVAN_E_DATA,
                   "%s: not HDF5, which every OMX file is", m->path);
    m->file = H5Fopen(m->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (m->file < 0) st = damaged(m, "damaged", err);
done:
    return st;
}

karvan_status karvan_omx_open(const char *path, karvan_omx **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_omx *m = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "path is NULL");
    KARVAN_TRY(karvan_i_hdf5_load(err));
    m = karvan_i_calloc(1, sizeof *m);
    KARVAN_REQUIRE(m, err, KARVAN_E_NOMEM, "no memory for %s", path);
    m->file = -1;
    m->path = karvan_i_strndup(path, strlen(path));
    KARVAN_REQUIRE(m->path, err, KARVAN_E_NOMEM, "no memory for %s", path);
    KARVAN_TRY(open_file(m, err));
    read_shape(m);
    read_version(m);
    KARVAN_REQUIRE(H5Lexists(m->file, "data", H5P_DEFAULT) > 0, err, KARVAN_E_DATA,
                   "%s: no group /data: HDF5, but not OMX", path);
    KARVAN_TRY(list_group(m, "/data", &m->matrices, err));
    if (H5Lexists(m->file, "lookup", H5P_DEFAULT) > 0)
        KARVAN_TRY(list_group(m, "/lookup", &m->lookups, err));
    KARVAN_TRY(check_shapes(m, err));
    *out = m, m = NULL;
done:
    karvan_omx_close(m);
    karvan_i_hdf5_loud(was);
    return st;
}

int64_t karvan_omx_rows(const karvan_omx *m) { return m->rows; }
int64_t karvan_omx_columns(const karvan_omx *m) { return m->columns; }
const char *karvan_omx_version(const karvan_omx *m) { return m->version; }
int karvan_omx_matrices(const karvan_omx *m) { return m->matrices.n; }
int karvan_omx_lookups(const karvan_omx *m) { return m->lookups.n; }
static const char *nth(const names *list, int i) {
    return i >= 0 && i < list->n ? list->name[i] : "";
}
const char *karvan_omx_matrix_name(const karvan_omx *m, int i) { return nth(&m->matrices, i); }
const char *karvan_omx_lookup_name(const karvan_omx *m, int i) { return nth(&m->lookups, i); }
int karvan_omx_find(const karvan_omx *m, const char *name) {
    for (int i = 0; i < m->matrices.n; i++)
        if (strcmp(m->matrices.name[i], name) == 0) return i;
    return -1;
}

/* The value that stands for a missing cell; false where the matrix names none. */
static bool missing_value(hid_t set, double *na) {
    if (H5Aexists(set, "NA") <= 0) return false;
    hid_t a = H5Aopen(set, "NA", H5P_DEFAULT), space = a < 0 ? -1 : H5Aget_space(a);
    bool read = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
                H5Aread(a, H5T_NATIVE_DOUBLE, na) >= 0;
    if (space >= 0) (void)H5Sclose(space);
    if (a >= 0) (void)H5Aclose(a);
    return read;
}

int karvan_omx_lookup_dimension(const karvan_omx *m, int i) {
    long long dimension = -1;
    if (i < 0 || i >= m->lookups.n) return -1;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    hid_t set = open_dataset(m, "/lookup", m->lookups.name[i]);
    hid_t a = set >= 0 && H5Aexists(set, "DIM") > 0 ? H5Aopen(set, "DIM", H5P_DEFAULT) : -1;
    hid_t space = a < 0 ? -1 : H5Aget_space(a);
    if (space < 0 || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(a, H5T_NATIVE_LLONG, &dimension) < 0)
        dimension = -1;
    if (space >= 0) (void)H5Sclose(space);
    if (a >= 0) (void)H5Aclose(a);
    if (set >= 0) (void)H5Dclose(set);
    karvan_i_hdf5_loud(was);
    return dimension == 0 || dimension == 1 ? (int)dimension : -1;
}

static H5T_class_t class_of(hid_t set) {
    hid_t type = H5Dget_type(set);
    H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    if (type >= 0) (void)H5Tclose(type);
    return class;
}

/* Selected rows of an open data set. */
static bool read_rows(hid_t set, int64_t first_row, int64_t n_rows, int64_t columns, double *out) {
    hsize_t at[2] = {(hsize_t)first_row, 0}, size[2] = {(hsize_t)n_rows, (hsize_t)columns};
    hid_t file = H5Dget_space(set), memory = H5Screate_simple(2, size, NULL);
    bool read = file >= 0 && memory >= 0 &&
                H5Sselect_hyperslab(file, H5S_SELECT_SET, at, NULL, size, NULL) >= 0 &&
                H5Dread(set, H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, out) >= 0;
    if (file >= 0) (void)H5Sclose(file);
    if (memory >= 0) (void)H5Sclose(memory);
    return read;
}

karvan_status karvan_omx_read(const karvan_omx *m, int matrix, int64_t first_row, int64_t n_rows,
                              double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double na;
    hid_t set = -1;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(m && out && matrix >= 0 && matrix < m->matrices.n, err, KARVAN_E_ARG,
                   "no matrix %d", matrix);
    KARVAN_REQUIRE(first_row >= 0 && n_rows >= 0 && first_row <= m->rows - n_rows, err,
                   KARVAN_E_ARG, "%s: no rows %lld to %lld", m->path, (long long)first_row,
                   (long long)(first_row + n_rows) - 1);
    if (n_rows == 0) goto done;
    const char *name = m->matrices.name[matrix];
    set = open_dataset(m, "/data", name);
    H5T_class_t class = set < 0 ? H5T_NO_CLASS : class_of(set);
    KARVAN_REQUIRE(class == H5T_INTEGER || class == H5T_FLOAT, err, KARVAN_E_DATA,
                   "%s: /data/%.100s holds no numbers", m->path, name);
    if (!read_rows(set, first_row, n_rows, m->columns, out)) {
        st = damaged(m, name, err);
        goto done;
    }
    if (missing_value(set, &na))
        for (int64_t k = 0; k < n_rows * m->columns; k++)
            if (out[k] == na) out[k] = NAN;
done:
    if (set >= 0) (void)H5Dclose(set);
    karvan_i_hdf5_loud(was);
    return st;
}

/* ---- lookups ---- */

static karvan_status lookup_ints(const karvan_omx *m, hid_t set, int64_t n, karvan_builder *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    long long *v = karvan_i_calloc((size_t)n, sizeof *v);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for a lookup of %lld", (long long)n);
    if (H5Dread(set, H5T_NATIVE_LLONG, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) < 0)
        st = damaged(m, "lookup", err);
    for (int64_t i = 0; i < n && st == KARVAN_OK; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, v[i], err));
    }
done:
    karvan_i_free(v);
    return st;
}

static karvan_status lookup_reals(const karvan_omx *m, hid_t set, int64_t n, karvan_builder *b,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *v = karvan_i_calloc((size_t)n, sizeof *v);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for a lookup of %lld", (long long)n);
    if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) < 0)
        st = damaged(m, "lookup", err);
    for (int64_t i = 0; i < n && st == KARVAN_OK; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_REQUIRE(!isinf(v[i]), err, KARVAN_E_DATA, "%s: a lookup holds infinity", m->path);
        KARVAN_TRY(karvan_builder_real(b, 0, v[i], err));
    }
done:
    karvan_i_free(v);
    return st;
}

static karvan_status put_text(const karvan_omx *m, karvan_builder *b, const char *s,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = s ? strlen(s) : 0;
    KARVAN_REQUIRE(!s || karvan_utf8_valid_prefix(s, n) == n, err, KARVAN_E_DATA,
                   "%s: a lookup's text is not UTF-8", m->path);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, s, err));
done:
    return st;
}

/* Texts of variable length: HDF5 gives a pointer each and takes them back. */
static karvan_status lookup_loose(const karvan_omx *m, hid_t set, hid_t text, int64_t n,
                                  karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    hid_t space = H5Dget_space(set);
    char **v = karvan_i_calloc((size_t)n, sizeof *v);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for a lookup of %lld", (long long)n);
    (void)H5Tset_size(text, H5T_VARIABLE);
    if (H5Dread(set, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, (void *)v) < 0)
        st = damaged(m, "lookup", err);
    for (int64_t i = 0; i < n && st == KARVAN_OK; i++) st = put_text(m, b, v[i], err);
    (void)H5Dvlen_reclaim(text, space, H5P_DEFAULT, (void *)v);
done:
    karvan_i_free(v);
    if (space >= 0) (void)H5Sclose(space);
    return st;
}

static karvan_status lookup_fixed(const karvan_omx *m, hid_t set, hid_t text, size_t width,
                                  int64_t n, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *v = karvan_i_calloc((size_t)n, width + 1);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for a lookup of %lld", (long long)n);
    (void)H5Tset_size(text, width + 1); /* one more than the file's, so that each ends in NUL */
    if (H5Dread(set, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) < 0) st = damaged(m, "lookup", err);
    for (int64_t i = 0; i < n && st == KARVAN_OK; i++)
        st = put_text(m, b, v + (size_t)i * (width + 1), err);
done:
    karvan_i_free(v);
    return st;
}

static karvan_status lookup_texts(const karvan_omx *m, hid_t set, int64_t n, karvan_builder *b,
                                  karvan_error *err) {
    hid_t type = H5Dget_type(set), text = H5Tcopy(H5T_C_S1);
    size_t width = H5Tget_size(type);
    (void)H5Tset_cset(text, H5Tget_cset(type));
    karvan_status st = H5Tis_variable_str(type) > 0 ? lookup_loose(m, set, text, n, b, err)
                                                    : lookup_fixed(m, set, text, width, n, b, err);
    (void)H5Tclose(text), (void)H5Tclose(type);
    return st;
}

karvan_status karvan_omx_lookup(const karvan_omx *m, int i, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    hsize_t size[2] = {0, 0};
    hid_t set = -1;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    karvan_i_quiet was = karvan_i_hdf5_quiet();
    KARVAN_REQUIRE(m && i >= 0 && i < m->lookups.n, err, KARVAN_E_ARG, "no lookup %d", i);
    const char *name = m->lookups.name[i];
    set = open_dataset(m, "/lookup", name);
    KARVAN_REQUIRE(set >= 0 && extents(set, size) == 1 && size[0] <= INT32_MAX, err, KARVAN_E_DATA,
                   "%s: /lookup/%.100s is no list", m->path, name);
    H5T_class_t class = class_of(set);
    KARVAN_REQUIRE(class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_STRING, err,
                   KARVAN_E_DATA, "%s: /lookup/%.100s holds neither numbers nor text", m->path,
                   name);
    karvan_column column = {.name = name,
                            .type = class == H5T_INTEGER ? KARVAN_INT
                                    : class == H5T_FLOAT ? KARVAN_REAL
                                                         : KARVAN_TEXT};
    KARVAN_TRY(karvan_builder_create(name, 1, &column, &b, err));
    KARVAN_TRY((class == H5T_INTEGER ? lookup_ints
                : class == H5T_FLOAT ? lookup_reals
                                     : lookup_texts)(m, set, (int64_t)size[0], b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    if (set >= 0) (void)H5Dclose(set);
    karvan_i_hdf5_loud(was);
    return st;
}
#endif
