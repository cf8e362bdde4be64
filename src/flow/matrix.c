/* Matrices with names: made, written as tables, cleared. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/demand.h"

static karvan_status copy_names(int32_t n, const char *const *name, char ***out,
                                karvan_error *err) {
    char number[16];
    char **copy = *out = karvan_i_calloc((size_t)n + 1, sizeof *copy);
    for (int32_t i = 0; copy && i < n; i++) {
        (void)snprintf(number, sizeof number, "%d", (int)i + 1);
        const char *s = name ? name[i] : number;
        copy[i] = karvan_i_strndup(s, strlen(s));
        if (!copy[i]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d names", (int)n);
    }
    return copy ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d names", (int)n);
}

karvan_status karvan_od_create(int32_t n_origins, int32_t n_destinations, const char *const *origin,
                               const char *const *destination, const double *value, karvan_od *out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    memset(out, 0, sizeof *out);
    if (n_origins < 0 || n_destinations < 0 || (!value && n_origins > 0 && n_destinations > 0))
        return karvan_fail(err, KARVAN_E_ARG, "a matrix of %d x %d without values", (int)n_origins,
                           (int)n_destinations);
    size_t n = (size_t)n_origins * (size_t)n_destinations;
    out->n_origins = n_origins, out->n_destinations = n_destinations;
    out->value = karvan_i_malloc(n + 1, sizeof *out->value);
    KARVAN_REQUIRE(out->value, err, KARVAN_E_NOMEM, "no memory for %d x %d cells", (int)n_origins,
                   (int)n_destinations);
    if (n > 0) memcpy(out->value, value, n * sizeof *value);
    KARVAN_TRY(copy_names(n_origins, origin, &out->origin, err));
    KARVAN_TRY(copy_names(n_destinations, destination, &out->destination, err));
done:
    if (st != KARVAN_OK) karvan_od_clear(out);
    return st;
}

void karvan_od_clear(karvan_od *od) {
    if (!od) return;
    for (int32_t i = 0; od->origin && i < od->n_origins; i++) karvan_i_free(od->origin[i]);
    for (int32_t i = 0; od->destination && i < od->n_destinations; i++)
        karvan_i_free(od->destination[i]);
    karvan_i_free(od->origin), karvan_i_free(od->destination), karvan_i_free(od->value);
    memset(od, 0, sizeof *od);
}

static karvan_status set_value(karvan_builder *b, int column, double v, karvan_error *err) {
    if (isnan(v)) return KARVAN_OK; /* cells are unknown until set */
    return karvan_builder_real(b, column, v, err);
}

static karvan_status write_long(const karvan_od *od, karvan_builder *b, bool skip_zeros,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < od->n_origins; i++) {
        const double *row = od->value + (size_t)i * (size_t)od->n_destinations;
        for (int32_t j = 0; j < od->n_destinations; j++) {
            if (skip_zeros && row[j] == 0) continue;
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(karvan_builder_text(b, 0, od->origin[i], err));
            KARVAN_TRY(karvan_builder_text(b, 1, od->destination[j], err));
            KARVAN_TRY(set_value(b, 2, row[j], err));
        }
    }
done:
    return st;
}

static karvan_status write_wide(const karvan_od *od, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < od->n_origins; i++) {
        const double *row = od->value + (size_t)i * (size_t)od->n_destinations;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, od->origin[i], err));
        for (int32_t j = 0; j < od->n_destinations; j++)
            KARVAN_TRY(set_value(b, (int)j + 1, row[j], err));
    }
done:
    return st;
}

karvan_status karvan_od_table(const karvan_od *od, karvan_od_shape shape, const char *value,
                              bool skip_zeros, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_column *column = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!od) return karvan_fail(err, KARVAN_E_ARG, "no matrix");
    bool wide = shape == KARVAN_OD_WIDE;
    for (int32_t j = 0; wide && j < od->n_destinations; j++)
        if (strcmp(od->destination[j], "origin") == 0 ||
            strcmp(od->destination[j], "destination") == 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "a destination is called %s: in wide form it would be taken for a "
                               "column of the long form",
                               od->destination[j]);
    int n = wide ? (int)od->n_destinations + 1 : 3;
    column = karvan_i_calloc((size_t)n, sizeof *column);
    KARVAN_REQUIRE(column, err, KARVAN_E_NOMEM, "no memory for %d columns", n);
    column[0] = (karvan_column){.name = "origin", .type = KARVAN_TEXT};
    for (int j = 1; wide && j < n; j++)
        column[j] = (karvan_column){.name = od->destination[j - 1], .type = KARVAN_REAL};
    if (!wide) {
        column[1] = (karvan_column){.name = "destination", .type = KARVAN_TEXT};
        column[2] = (karvan_column){.name = value ? value : "trips", .type = KARVAN_REAL};
    }
    KARVAN_TRY(karvan_builder_create("matrix", n, column, &b, err));
    KARVAN_TRY(wide ? write_wide(od, b, err) : write_long(od, b, skip_zeros, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(column);
    return st;
}
