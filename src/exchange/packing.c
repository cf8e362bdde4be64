/* Tables of a region as a folder of CSV files with its descriptor: what karvan itself reads. Cells
 * are written in one way, so the descriptor says that way, whatever the region's own files did. */
#include "exchange/packing.h"

#include <jansson.h>
#include <string.h>

#include "base/try.h"
#include "exchange/folder.h"
#include "table/csv_text.h"
#include "table/package.h"

/* The field's spelling of cells goes: numbers have points, truth values are true and false, and a
 * date in EDTF is told in the standard's way. 0, or -1 where there is no memory. */
static int plain_fields(json_t *schema) {
    static const char *const own[] = {"decimalChar", "groupChar",   "bareNumber",
                                      "trueValues",  "falseValues", NULL};
    size_t i;
    json_t *field;
    json_array_foreach(json_object_get(schema, "fields"), i, field) {
        const char *format = json_string_value(json_object_get(field, "format"));
        for (const char *const *k = own; *k; k++) (void)json_object_del(field, *k);
        if (!format || strcmp(format, "edtf") != 0) continue;
        (void)json_object_del(field, "format");
        if (json_object_set_new(field, "rdfType", json_string(KARVAN_I_EDTF)) != 0) return -1;
    }
    return 0;
}

/* 0, or -1 where there is no memory. */
static int plain_resource(json_t *resource, const char *name) {
    static const char *const own[] = {"dialect", "bytes", "hash", "profile", NULL};
    json_t *schema = json_object_get(resource, "schema");
    char path[300];
    (void)snprintf(path, sizeof path, "%.250s.csv", name);
    for (const char *const *k = own; *k; k++) (void)json_object_del(resource, *k);
    int bad = plain_fields(schema);
    bad |= json_object_set_new(resource, "path", json_string(path));
    bad |= json_object_set_new(resource, "format", json_string("csv"));
    bad |= json_object_set_new(resource, "mediatype", json_string("text/csv"));
    bad |= json_object_set_new(resource, "encoding", json_string("utf-8"));
    bad |= json_object_set_new(schema, "missingValues",
                               json_pack("[{ssss},{ssss}]", "value", "", "label", "unknown",
                                         "value", "..", "label", "not covered"));
    return bad;
}

static int add_text(const char *s, size_t n, void *out) {
    karvan_i_text_add(out, s, n);
    return 0;
}

static bool is_among(const karvan_table *const *tables, int n, const char *name) {
    for (int i = 0; name && i < n; i++)
        if (tables[i] && strcmp(karvan_table_name(tables[i]), name) == 0) return true;
    return false;
}

/* 0, or -1 where there is no memory. A part of a package is not its version. */
static int rename_package(json_t *copy, const char *name, const char *title,
                          const char *description) {
    if (!name) return 0;
    (void)json_object_del(copy, "version");
    return json_object_set_new(copy, "name", json_string(name)) |
           json_object_set_new(copy, "title", json_string(title)) |
           json_object_set_new(copy, "description", json_string(description));
}

/* Resources without a table are left out of the copy. */
static karvan_status descriptor(const karvan_i_packing *p, karvan_i_text *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    json_t *copy = json_deep_copy(p->region->json), *list = json_object_get(copy, "resources");
    KARVAN_REQUIRE(list && rename_package(copy, p->name, p->title, p->description) == 0, err,
                   KARVAN_E_NOMEM, "no memory for a descriptor");
    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *resource = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(resource, "name"));
        if (!is_among(p->tables, p->region->n, name))
            (void)json_array_remove(list, i);
        else
            KARVAN_REQUIRE(plain_resource(resource, name) == 0, err, KARVAN_E_NOMEM,
                           "no memory for a descriptor");
    }
    KARVAN_REQUIRE(json_dump_callback(copy, add_text, out, JSON_INDENT(1)) == 0, err,
                   KARVAN_E_NOMEM, "no memory for a descriptor");
    karvan_i_text_puts(out, "\n");
    KARVAN_TRY(karvan_i_text_status(out, err));
done:
    json_decref(copy);
    return st;
}

static karvan_status write_table(const karvan_i_folder *f, const karvan_table *t,
                                 karvan_error *err) {
    karvan_i_text text = {0};
    char name[300];
    (void)snprintf(name, sizeof name, "%.250s.csv", karvan_table_name(t));
    karvan_i_csv_text(t, &text);
    karvan_status st = karvan_i_folder_file(f, name, &text, err);
    karvan_i_text_clear(&text);
    return st;
}

karvan_status karvan_i_packing_write(const karvan_i_packing *p, const char *dir,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_folder f = {0};
    karvan_i_text text = {0};
    KARVAN_TRY(karvan_i_folder_begin(&f, dir, err));
    KARVAN_TRY(descriptor(p, &text, err));
    KARVAN_TRY(karvan_i_folder_file(&f, "datapackage.json", &text, err));
    for (int i = 0; i < karvan_package_count(p->region); i++)
        if (p->tables[i]) KARVAN_TRY(write_table(&f, p->tables[i], err));
    KARVAN_TRY(karvan_i_folder_finish(&f, err));
done:
    karvan_i_folder_clear(&f);
    karvan_i_text_clear(&text);
    return st;
}
