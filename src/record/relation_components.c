/* What an index of relations is made of, as a table declares it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/relation.h"
#include "table/cell.h"

const char *const karvan_i_dimension_names[KARVAN_I_SCORES] = {"political", "economic", "cultural",
                                                               "strategic", "all"};
static const char *const transformations[] = {"presence", "linear", "log", "share"};

static int position(const char *const *names, int n, const char *word) {
    for (int i = 0; word && i < n; i++)
        if (strcmp(names[i], word) == 0) return i;
    return -1;
}

/* What is wrong with a row, NULL: nothing. column: of which; out may be half made. */
static const char *read_row(const karvan_table *t, int64_t row, karvan_i_component *out,
                            const char **column, char *room, size_t cap) {
    const char *dimension = karvan_i_cell_text(t, "dimension", row),
               *measure = karvan_i_cell_text(t, "measure", row),
               *transformation = karvan_i_cell_text(t, "transformation", row);
    karvan_error why = {0};
    double half_life = karvan_i_cell_real(t, "half_life", row);
    *out = (karvan_i_component){.id = karvan_i_cell_text(t, "component", row)};
    out->weight = karvan_i_cell_real(t, "weight", row);
    out->parameter = karvan_i_cell_real(t, "parameter", row);
    out->half_life = isnan(half_life) ? 0 : half_life;
    if (*column = "component", !out->id) return "a component needs a name";
    out->dimension = position(karvan_i_dimension_names, KARVAN_I_DIMENSIONS, dimension);
    if (*column = "dimension", out->dimension < 0)
        return "a dimension is political, economic, cultural or strategic";
    *column = "measure";
    if (!measure) return "a component needs a measure";
    if (karvan_pair_measure_find(measure, &out->measure, &why) != KARVAN_OK) {
        (void)snprintf(room, cap, "%.180s", why.msg);
        return room;
    }
    if (*column = "weight", !(out->weight >= 0 && isfinite(out->weight)))
        return "a weight is a number of 0 or more";
    int k = position(transformations, 4, transformation);
    if (*column = "transformation", k < 0)
        return "a transformation is presence, linear, log or share";
    out->transformation = (karvan_i_transformation)k;
    bool needs = k == KARVAN_I_LINEAR || k == KARVAN_I_LOG;
    if (*column = "parameter", needs && !(out->parameter > 0))
        return "linear and log need a parameter above 0: the value that gives 1";
    if (*column = "half_life", half_life < 0) return "a half-life is years above 0";
    return NULL;
}

static karvan_status twice(const karvan_i_components *x, const karvan_table *t, int64_t row,
                           karvan_error *err) {
    for (int i = 0; i + 1 < x->n; i++)
        if (strcmp(x->c[i].id, x->c[x->n - 1].id) == 0)
            return karvan_i_cell_refuse(t, "component", row, "there is a component of this name",
                                        err);
    return KARVAN_OK;
}

karvan_status karvan_i_components_read(karvan_i_components *out, const karvan_table *t,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[200];
    const char *column;
    static const char *const needed[] = {"component", "dimension", "measure", "weight",
                                         "transformation"};
    int at;
    *out = (karvan_i_components){0};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        KARVAN_TRY(karvan_i_need_column(t, needed[i], &at, err));
    out->c = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *out->c);
    KARVAN_REQUIRE(out->c, err, KARVAN_E_NOMEM, "components");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *wrong = read_row(t, r, &out->c[out->n], &column, room, sizeof room);
        if (wrong) KARVAN_TRY(karvan_i_cell_refuse(t, column, r, wrong, err));
        if (out->c[out->n].weight == 0) continue; /* switched off */
        out->n++;
        KARVAN_TRY(twice(out, t, r, err));
    }
    KARVAN_REQUIRE(out->n > 0, err, KARVAN_E_DATA, "%s declares no component with a weight",
                   karvan_table_name(t));
done:
    if (st != KARVAN_OK) karvan_i_components_clear(out);
    return st;
}

void karvan_i_components_clear(karvan_i_components *x) {
    karvan_i_free(x->c);
    *x = (karvan_i_components){0};
}

karvan_status karvan_relation_index_check(const karvan_package *region, karvan_problems *problems,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    const karvan_table *t = karvan_package_table(region, "relation_index");
    char room[200];
    const char *column;
    karvan_i_component one;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *wrong = read_row(t, r, &one, &column, room, sizeof room);
        if (!wrong) continue;
        KARVAN_TRY(karvan_problems_add_cell(problems, KARVAN_ERROR, t, karvan_table_find(t, column),
                                            r, "relation-index", "docs/methods/relations.md", "%s",
                                            wrong));
    }
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
