/* What the tables name: modes, customs statuses, operations, and what changes with the cargo. A new
 * one of any is a row. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/build.h"
#include "table/cell.h"
#include "table/number.h"

/* ---- modes and customs statuses ---- */

/* In which every load begins and ends; the first of the statuses. */
static const char FREE[] = "free";

bool karvan_i_mode_carries(const karvan_package *region, const char *mode) {
    const karvan_table *t = karvan_package_table(region, "modes");
    int64_t row = t ? karvan_package_row(region, "modes", mode) : -1;
    int c = t ? karvan_table_find(t, "carries_containers") : -1;
    if (row >= 0 && c >= 0 && karvan_table_state(t, c, row) == KARVAN_VALUE)
        return karvan_table_bool(t, c, row);
    return strncmp(mode, "pipeline", 8) != 0; /* containers do not travel by pipe */
}

int32_t karvan_i_mode_index(const karvan_network *net, const char *mode) {
    for (int32_t m = 0; m < net->n_modes; m++)
        if (strcmp(net->modes[m], mode) == 0) return m;
    return -1;
}

static karvan_status add_mode(karvan_network *net, const char *mode, karvan_error *err) {
    if (!mode || !karvan_i_mode_carries(net->region, mode) || karvan_i_mode_index(net, mode) >= 0)
        return KARVAN_OK;
    char **modes = karvan_i_realloc(net->modes, (size_t)net->n_modes + 1, sizeof *modes);
    if (!modes) return karvan_fail(err, KARVAN_E_NOMEM, "modes");
    net->modes = modes;
    net->modes[net->n_modes] = karvan_i_strndup(mode, strlen(mode));
    if (!net->modes[net->n_modes]) return karvan_fail(err, KARVAN_E_NOMEM, "modes");
    net->n_modes++;
    return KARVAN_OK;
}

int32_t karvan_i_status_index(const karvan_network *net, const char *status) {
    for (int32_t s = 0; s < net->n_statuses; s++)
        if (strcmp(net->statuses[s], status ? status : FREE) == 0) return s;
    return -1;
}

static karvan_status add_status(karvan_network *net, const char *status, karvan_error *err) {
    if (karvan_i_status_index(net, status) >= 0) return KARVAN_OK;
    const char **all = karvan_i_realloc(net->statuses, (size_t)net->n_statuses + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "customs statuses");
    net->statuses = all;
    net->statuses[net->n_statuses++] = status ? status : FREE;
    return KARVAN_OK;
}

/* Modes are numbered before states are, in the order in which the tables name them. */
karvan_status karvan_i_build_modes(karvan_network *net, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c_mode, c_from, c_to;
    KARVAN_TRY(karvan_i_need_column(net->links, "mode", &c_mode, err));
    KARVAN_TRY(karvan_i_need_column(net->terminals, "from_mode", &c_from, err));
    KARVAN_TRY(karvan_i_need_column(net->terminals, "to_mode", &c_to, err));
    for (int64_t r = 0; r < karvan_table_rows(net->links); r++)
        KARVAN_TRY(add_mode(net, karvan_table_text(net->links, c_mode, r), err));
    KARVAN_TRY(add_status(net, NULL, err));
    for (int64_t r = 0; r < karvan_table_rows(net->terminals); r++) {
        KARVAN_TRY(add_mode(net, karvan_table_text(net->terminals, c_from, r), err));
        KARVAN_TRY(add_mode(net, karvan_table_text(net->terminals, c_to, r), err));
        KARVAN_TRY(add_status(net, karvan_i_cell_text(net->terminals, "from_status", r), err));
        KARVAN_TRY(add_status(net, karvan_i_cell_text(net->terminals, "to_status", r), err));
    }
    net->n_layers = net->n_modes * net->n_statuses;
done:
    return st;
}

/* ---- operations ---- */

/* For regions without the table; the last stands for every other word. */
static const karvan_i_operation built_in[] = {
    {"border", "border and customs", -1, KARVAN_BORDER, true, false, NAN, NAN, NAN},
    {"gauge_change", "change of gauge", -1, KARVAN_GAUGE_CHANGE, false, true, NAN, NAN, NAN},
    {"port", "port", -1, KARVAN_PORT, false, true, NAN, NAN, NAN},
    {"load", "loading", -1, KARVAN_HANDLING, false, false, 0, 0, 0},
    {"unload", "unloading", -1, KARVAN_HANDLING, false, false, 0, 0, 0},
    {"tranship", "transhipment", -1, KARVAN_TRANSHIP, false, true, NAN, NAN, NAN}};
enum { N_BUILT_IN = sizeof built_in / sizeof built_in[0] };

int32_t karvan_i_operation_find(const karvan_i_operation *all, int32_t n, const char *id) {
    for (int32_t o = 0; id && o < n; o++)
        if (strcmp(all[o].id, id) == 0) return o;
    return n - 1;
}

int32_t karvan_i_operation_index(const karvan_network *net, const char *id) {
    return karvan_i_operation_find(net->operations, net->n_operations, id);
}

static karvan_operation cause_of(const char *s) {
    for (int o = KARVAN_BORDER; s && o <= KARVAN_OTHER; o++)
        if (strcmp(karvan_operation_name((karvan_operation)o), s) == 0) return (karvan_operation)o;
    return KARVAN_OTHER;
}

static karvan_i_operation read_operation(const karvan_table *t, int64_t r) {
    karvan_i_operation o = {.row = (int32_t)r, .id = karvan_i_cell_text(t, "id", r)};
    o.name = karvan_i_cell_text(t, "name", r);
    if (!o.name) o.name = o.id;
    o.cause = cause_of(karvan_i_cell_text(t, "cause", r));
    o.mandatory = karvan_i_cell_bool(t, "mandatory", r);
    o.tranships = karvan_i_cell_is(t, "counts_as", r, "transhipment");
    o.p50_h = karvan_i_cell_real(t, "default_p50_h", r);
    o.p90_h = karvan_i_cell_real(t, "default_p90_h", r);
    o.usd = karvan_i_cell_real(t, "default_usd_per_teu", r);
    return o;
}

karvan_status karvan_i_operations(const karvan_package *region, karvan_i_operation **out,
                                  int32_t *n, karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, "operations");
    int64_t rows = t ? karvan_table_rows(t) : 0;
    karvan_i_operation *all = karvan_i_malloc((size_t)rows + N_BUILT_IN, sizeof *all);
    *out = all, *n = 0;
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "operations");
    for (int64_t r = 0; r < rows; r++) {
        karvan_i_operation o = read_operation(t, r);
        if (o.id) all[(*n)++] = o;
    }
    for (int i = 0; i < N_BUILT_IN; i++) {
        bool said = false;
        for (int32_t o = 0; o < *n; o++) said |= strcmp(all[o].id, built_in[i].id) == 0;
        if (!said || i == N_BUILT_IN - 1) all[(*n)++] = built_in[i];
    }
    return KARVAN_OK;
}

karvan_status karvan_i_build_operations(karvan_network *net, karvan_error *err) {
    return karvan_i_operations(net->region, &net->operations, &net->n_operations, err);
}

/* ---- cargo ---- */

bool karvan_i_row_takes_class(const karvan_network *net, const karvan_table *t, int64_t row) {
    const char *list = karvan_i_cell_text(t, "cargo_classes", row);
    const karvan_table *classes = karvan_package_table(net->region, "cargo_classes");
    if (!list || !*list) return true;
    const char *id = karvan_i_cell_text(classes, "id", net->cargo_class);
    size_t n = id ? strlen(id) : 0;
    for (const char *at = list; id && *at;) {
        size_t len = strcspn(at, ";");
        if (len == n && memcmp(at, id, n) == 0) return true;
        at += len + (at[len] == ';');
    }
    return false;
}

static karvan_status amount(const karvan_table *t, const char *column, int64_t r, double otherwise,
                            double *out, karvan_error *err) {
    int c = karvan_table_find(t, column);
    *out = karvan_i_value_or(t, c, r, otherwise);
    if (karvan_i_is_amount(*out)) return KARVAN_OK;
    return karvan_i_refuse(t, c, r, "a factor of class_factors is a number of 0 or more", err);
}

/* Is the text of a cell, of a column that may not be there, this one? */
static bool is(const karvan_table *t, int c, int64_t r, const char *text) {
    const char *s = c < 0 ? NULL : karvan_table_text(t, c, r);
    return s && strcmp(s, text) == 0;
}

karvan_status karvan_i_factor_apply(const karvan_network *net, const char *applies_to,
                                    const char *key, karvan_i_factor *io, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(net->region, "class_factors");
    const karvan_table *classes = karvan_package_table(net->region, "cargo_classes");
    const char *cargo = karvan_i_cell_text(classes, "id", net->cargo_class);
    if (!t || !cargo || !key) return KARVAN_OK;
    int c_class = karvan_table_find(t, "cargo_class"), c_key = karvan_table_find(t, "key"),
        c_to = karvan_table_find(t, "applies_to");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double usd, hours, co2e, add_usd, add_hours;
        if (!is(t, c_class, r, cargo) || !is(t, c_to, r, applies_to) || !is(t, c_key, r, key))
            continue;
        KARVAN_TRY(amount(t, "usd_factor", r, 1, &usd, err));
        KARVAN_TRY(amount(t, "hours_factor", r, 1, &hours, err));
        KARVAN_TRY(amount(t, "co2e_factor", r, 1, &co2e, err));
        KARVAN_TRY(amount(t, "usd_add", r, 0, &add_usd, err));
        KARVAN_TRY(amount(t, "hours_add", r, 0, &add_hours, err));
        io->usd *= usd, io->hours *= hours, io->co2e *= co2e;
        io->add_usd += add_usd, io->add_hours += add_hours;
    }
done:
    return st;
}
