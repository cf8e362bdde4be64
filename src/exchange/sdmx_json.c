/* SDMX-JSON 1.0 data messages, as WITS and others answer: series and observations keyed by the
 * places of their values in the dimensions' lists. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/sdmx.h"

enum { DIMENSIONS_MAX = 60 };

typedef struct message {
    karvan_i_sdmx *s;
    const json_t *data; /* what holds dataSets and structure */
    int n, n_series;    /* dimensions: of series, then of observations */
    const char *id[DIMENSIONS_MAX];
    const json_t *values[DIMENSIONS_MAX];
} message;

bool karvan_i_sdmx_is_json(const char *first, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n\xEF\xBB\xBF", first[i])) return first[i] == '{';
    return false;
}

static karvan_status refuse(const message *m, const char *what) {
    return karvan_fail(m->s->err, KARVAN_E_DATA, "%s:1:1: no SDMX-JSON data message: %s",
                       m->s->path, what);
}

/* Dimensions of one kind, in the order in which keys name them. */
static karvan_status read_dimensions(message *m, const json_t *structure, const char *kind) {
    const json_t *list = json_object_get(json_object_get(structure, "dimensions"), kind), *one;
    size_t i;
    json_array_foreach(list, i, one) {
        const char *id = json_string_value(json_object_get(one, "id"));
        const json_t *values = json_object_get(one, "values");
        if (m->n == DIMENSIONS_MAX) return refuse(m, "too many dimensions");
        if (!id || !*id || !json_is_array(values)) return refuse(m, "a dimension without values");
        for (int k = 0; k < m->n; k++)
            if (strcmp(m->id[k], id) == 0) return refuse(m, "a dimension stands there twice");
        if (strncmp(id, "sdmx_", 5) == 0 || strcmp(id, "OBS_VALUE") == 0)
            return refuse(m, "a dimension has a name of our own");
        m->id[m->n] = id, m->values[m->n++] = values;
    }
    return KARVAN_OK;
}

static karvan_status begin(message *m) {
    karvan_column columns[DIMENSIONS_MAX + 4] = {{"sdmx_line", KARVAN_INT, NULL},
                                                 {"sdmx_structure", KARVAN_TEXT, NULL},
                                                 {"sdmx_structure_id", KARVAN_TEXT, NULL}};
    for (int k = 0; k < m->n; k++) columns[3 + k] = (karvan_column){m->id[k], KARVAN_TEXT, NULL};
    columns[3 + m->n] = (karvan_column){"OBS_VALUE", KARVAN_REAL, NULL};
    return karvan_builder_create("sdmx", 4 + m->n, columns, &m->s->b, m->s->err);
}

/* "0:0:3" into ids of values from dimension `first`; false: it does not fit the dimensions. */
static bool resolve(const message *m, const char *key, int first, int last, const char **id) {
    for (int k = first; k < last; k++) {
        char *end;
        if (*key < '0' || *key > '9') return false;
        unsigned long place = strtoul(key, &end, 10);
        id[k] =
            json_string_value(json_object_get(json_array_get(m->values[k], (size_t)place), "id"));
        if (!id[k] || *end != (k + 1 < last ? ':' : 0)) return false;
        key = end + 1;
    }
    return first < last || !*key;
}

/* The first number of an observation is its value; null: omitted. */
static karvan_status put_observation(message *m, const char *const *id, const json_t *observation) {
    karvan_i_sdmx *s = m->s;
    karvan_status st = KARVAN_OK;
    const json_t *value = json_array_get(observation, 0);
    KARVAN_TRY(karvan_builder_row(s->b, s->err));
    KARVAN_TRY(karvan_builder_int(s->b, 0, 1, s->err)); /* of JSON no line is known */
    KARVAN_TRY(karvan_builder_text(s->b, 1, "dataflow", s->err));
    KARVAN_TRY(karvan_builder_text(
        s->b, 2, json_string_value(json_object_get(json_object_get(m->data, "header"), "id")),
        s->err));
    for (int k = 0; k < m->n; k++) KARVAN_TRY(karvan_builder_text(s->b, 3 + k, id[k], s->err));
    if (json_is_number(value))
        st = karvan_builder_real(s->b, 3 + m->n, json_number_value(value), s->err);
    else
        st = karvan_builder_state(
            s->b, 3 + m->n, json_is_null(value) ? KARVAN_NOT_COVERED : KARVAN_UNKNOWN, s->err);
done:
    return st;
}

static karvan_status read_observations(message *m, const json_t *observations, const char **id) {
    const char *key;
    json_t *one;
    if (!json_is_object(observations)) return refuse(m, "a series without observations");
    json_object_foreach((json_t *)(uintptr_t)observations, key, one) {
        if (!resolve(m, key, m->n_series, m->n, id) || !json_is_array(one))
            return refuse(m, "the key of an observation does not fit the dimensions");
        karvan_status st = put_observation(m, id, one);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status read_data_set(message *m, const json_t *set) {
    const char *id[DIMENSIONS_MAX] = {NULL}, *key,
               *action = json_string_value(json_object_get(set, "action"));
    json_t *one, *series = json_object_get(set, "series");
    if (action && strcmp(action, "Delete") == 0)
        return refuse(m, "it deletes, and holds nothing to delete from");
    if (!series) return read_observations(m, json_object_get(set, "observations"), id);
    json_object_foreach(series, key, one) {
        if (!resolve(m, key, 0, m->n_series, id))
            return refuse(m, "the key of a series does not fit the dimensions");
        karvan_status st = read_observations(m, json_object_get(one, "observations"), id);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status read_message(message *m, const json_t *root) {
    karvan_status st = KARVAN_OK;
    size_t i;
    const json_t *set;
    m->data = json_object_get(root, "structure") ? root : json_object_get(root, "data");
    const json_t *structure = json_object_get(m->data, "structure"),
                 *sets = json_object_get(m->data, "dataSets");
    if (!json_is_object(structure) || !json_is_array(sets))
        return refuse(m, "it has not both structure and dataSets");
    KARVAN_TRY(read_dimensions(m, structure, "series"));
    m->n_series = m->n;
    KARVAN_TRY(read_dimensions(m, structure, "observation"));
    if (m->n == 0) return refuse(m, "it has no dimensions");
    KARVAN_TRY(begin(m));
    json_array_foreach(sets, i, set) KARVAN_TRY(read_data_set(m, set));
done:
    return st;
}

karvan_status karvan_i_sdmx_json(karvan_i_sdmx *s, const char *bytes, size_t n,
                                 karvan_table **out) {
    karvan_status st = KARVAN_OK;
    message m = {.s = s};
    json_error_t why;
    char *own = NULL;
    json_t *root = NULL;
    if (!bytes) KARVAN_TRY(karvan_i_file_read(s->path, &own, &n, s->err));
    root = json_loadb(bytes ? bytes : own, n, JSON_REJECT_DUPLICATES, &why);
    KARVAN_REQUIRE(root, s->err, KARVAN_E_DATA, "%s:%d:%d: no JSON: %.120s", s->path, why.line,
                   why.column, why.text);
    KARVAN_TRY(read_message(&m, root));
    st = karvan_builder_finish(s->b, out, s->err), s->b = NULL;
done:
    json_decref(root);
    karvan_i_free(own);
    return st;
}
