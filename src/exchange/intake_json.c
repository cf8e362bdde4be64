/* Answers of UN Comtrade's API: an object with an array `data` of objects whose names are those of
 * the columns. */
#include <jansson.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake.h"

enum { ROOM = 40 };

/* A value as the CSV file would have it; numbers go into `room`. */
static karvan_i_intake_cell cell_of(const json_t *v, char *room) {
    if (json_is_string(v))
        return (karvan_i_intake_cell){json_string_value(v), json_string_length(v)};
    *room = 0;
    if (json_is_integer(v))
        (void)snprintf(room, ROOM, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        karvan_real_format(json_real_value(v), room, ROOM);
    else if (json_is_boolean(v))
        (void)snprintf(room, ROOM, "%s", json_is_true(v) ? "true" : "false");
    return (karvan_i_intake_cell){room, strlen(room)};
}

static karvan_i_intake_cell trimmed(karvan_i_intake_cell c) {
    while (c.n > 0 && (*c.s == ' ' || *c.s == '\t')) c.s++, c.n--;
    while (c.n > 0 && (c.s[c.n - 1] == ' ' || c.s[c.n - 1] == '\t')) c.n--;
    return c;
}

static karvan_status one_record(karvan_i_intake *in, const json_t *record, bool looking,
                                karvan_error *err) {
    const karvan_i_intake_format *f = in->format;
    karvan_i_intake_cell cells[KARVAN_I_INTAKE_COLUMNS] = {{0}};
    char room[KARVAN_I_INTAKE_COLUMNS][ROOM];
    in->sink.rows++;
    if (!json_is_object(record))
        return looking ? KARVAN_OK
                       : karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_BAD_FIELDS, "", "", 0, err);
    for (int c = 0; c < f->n_columns; c++)
        cells[c] = trimmed(cell_of(json_object_get(record, f->columns[c].names[0]), room[c]));
    return looking ? f->look(in, cells, err) : f->row(in, cells, err);
}

static karvan_status pass(karvan_i_intake *in, const json_t *data, bool looking,
                          karvan_error *err) {
    in->sink.rows = 0, in->sink.line = 0;
    for (size_t i = 0; i < json_array_size(data); i++) {
        karvan_status st = one_record(in, json_array_get(data, i), looking, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_intake_json(karvan_i_intake *in, bool *is_json, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    json_error_t why;
    json_t *root = NULL;
    char *bytes = NULL;
    size_t n = in->n, i = 0;
    const char *s = in->bytes;
    *is_json = true;
    if (!s) KARVAN_TRY(karvan_i_file_read(in->path, &bytes, &n, err));
    if (!s) s = bytes;
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) i = 3;
    root = json_loadb(s + i, n - i, 0, &why);
    KARVAN_REQUIRE(root, err, KARVAN_E_DATA, "%s:%d:%d: no JSON: %.120s", in->path,
                   why.line > 0 ? why.line : 1, why.column > 0 ? why.column : 1, why.text);
    const json_t *data = json_is_array(root) ? root : json_object_get(root, "data");
    KARVAN_REQUIRE(json_is_array(data), err, KARVAN_E_DATA,
                   "%s:1:1: the JSON of Comtrade has an array `data`; this has none; SDMX "
                   "has a reader of its own: sdmx",
                   in->path);
    KARVAN_TRY(pass(in, data, true, err));
    KARVAN_TRY(pass(in, data, false, err));
done:
    json_decref(root);
    karvan_i_free(bytes);
    return st;
}
