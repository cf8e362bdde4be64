/* datapackage.json, Data Package 1.0 and 2.0, as resources with fields and keys. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/package.h"

int64_t karvan_i_package_line(const karvan_package *p, const char *text) {
    char quoted[200];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", text);
    const char *at = strstr(p->descriptor, quoted);
    int64_t line = 1;
    for (const char *s = p->descriptor; at && s < at; s++) line += *s == '\n';
    return line;
}

static karvan_status say_as(karvan_severity severity, const karvan_package *p,
                            karvan_problems *problems, const char *near, const char *code,
                            const char *hint, const char *message, karvan_error *err) {
    if (karvan_problems_add(problems, severity, p->file, near ? karvan_i_package_line(p, near) : 1,
                            1, code, hint, "%s", message) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

static karvan_status say(const karvan_package *p, karvan_problems *problems, const char *near,
                         const char *code, const char *hint, const char *message,
                         karvan_error *err) {
    return say_as(KARVAN_ERROR, p, problems, near, code, hint, message, err);
}

static const struct {
    const char *name;
    karvan_type type;
} types[] = {{"string", KARVAN_TEXT},   {"number", KARVAN_REAL},   {"integer", KARVAN_INT},
             {"boolean", KARVAN_BOOL},  {"object", KARVAN_TEXT},   {"array", KARVAN_TEXT},
             {"list", KARVAN_TEXT},     {"datetime", KARVAN_TEXT}, {"date", KARVAN_TEXT},
             {"time", KARVAN_TEXT},     {"year", KARVAN_INT},      {"yearmonth", KARVAN_TEXT},
             {"duration", KARVAN_TEXT}, {"geopoint", KARVAN_TEXT}, {"geojson", KARVAN_TEXT},
             {"any", KARVAN_TEXT}};

/* The standard has no such format for strings and refuses others; what a string means is rdfType. A
 * format `edtf` is what karvan wrote before. */
static bool is_edtf(const karvan_i_field_spec *f, const json_t *json) {
    const char *meaning = json_string_value(json_object_get(json, "rdfType"));
    return (meaning && strcmp(meaning, KARVAN_I_EDTF) == 0) ||
           (f->format && strcmp(f->format, "edtf") == 0);
}

static karvan_status read_type(const karvan_package *p, const karvan_i_resource *r,
                               karvan_i_field_spec *f, const json_t *json,
                               karvan_problems *problems, karvan_error *err) {
    const char *type = json_string_value(json_object_get(json, "type"));
    f->format = json_string_value(json_object_get(json, "format"));
    f->type_name = type ? type : "string";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, f->type_name) == 0) {
            f->type = types[i].type;
            if (f->type == KARVAN_TEXT && is_edtf(f, json)) f->type = KARVAN_DATE;
            return KARVAN_OK;
        }
    char message[240];
    (void)snprintf(message, sizeof message, "field %.60s of %.60s has the type '%.60s'", f->name,
                   r->name, f->type_name);
    f->type = KARVAN_TEXT;
    return say(p, problems, f->name, "descriptor-type",
               "a type of Table Schema such as string or number", message, err);
}

/* The strings of a list, NULL-ended, as many as there is room for. */
static void read_texts(const json_t *list, const char *out[8]) {
    int n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < 7; i++)
        if (json_is_string(json_array_get(list, i)))
            out[n++] = json_string_value(json_array_get(list, i));
}

static void read_style(karvan_i_field_spec *f, const json_t *json) {
    const char *point = json_string_value(json_object_get(json, "decimalChar"));
    const char *group = json_string_value(json_object_get(json, "groupChar"));
    if (point && *point && strcmp(point, ".") != 0) f->style.decimal = *point;
    if (group && *group) f->style.group = group;
    f->style.affixes = json_is_false(json_object_get(json, "bareNumber"));
    read_texts(json_object_get(json, "trueValues"), f->style.true_texts);
    read_texts(json_object_get(json, "falseValues"), f->style.false_texts);
}

static karvan_status read_fields(const karvan_package *p, karvan_i_resource *r,
                                 karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const json_t *fields = json_object_get(r->schema, "fields");
    if (!json_is_array(fields) || json_array_size(fields) == 0)
        return say(p, problems, r->name, "descriptor-schema",
                   "an array `fields` with name and type", "the schema has no fields", err);
    r->fields = karvan_i_calloc(json_array_size(fields), sizeof *r->fields);
    KARVAN_REQUIRE(r->fields, err, KARVAN_E_NOMEM, "no memory for a schema");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *json = json_array_get(fields, i);
        karvan_i_field_spec *f = &r->fields[r->n_fields];
        f->name = json_string_value(json_object_get(json, "name"));
        bool twice = false;
        for (int k = 0; f->name && k < r->n_fields; k++)
            twice |= strcmp(r->fields[k].name, f->name) == 0;
        if (!f->name || !*f->name || twice) {
            KARVAN_TRY(say(p, problems, r->name, "descriptor-field",
                           "every field has a name of its own",
                           twice ? "two fields have the same name" : "a field has no name", err));
            continue;
        }
        r->n_fields++;
        f->description = json_string_value(json_object_get(json, "description"));
        f->unit = json_string_value(json_object_get(json, "unit"));
        f->constraints = json_object_get(json, "constraints");
        if (!json_is_object(f->constraints)) f->constraints = NULL;
        read_style(f, json);
        KARVAN_TRY(read_type(p, r, f, json, problems, err));
    }
done:
    return st;
}

static int field_index(const karvan_i_resource *r, const char *name) {
    for (int c = 0; name && c < r->n_fields; c++)
        if (strcmp(r->fields[c].name, name) == 0) return c;
    return -1;
}

/* "a" or ["a","b"]: the i-th name, NULL behind the last. */
static const char *nth_name(const json_t *j, size_t i) {
    return json_is_array(j) ? json_string_value(json_array_get(j, i))
           : i == 0         ? json_string_value(j)
                            : NULL;
}

static karvan_status read_key(const karvan_package *p, const karvan_i_resource *r, const json_t *j,
                              const char *what, karvan_i_key *key, karvan_problems *problems,
                              karvan_error *err) {
    char wrong[160];
    bool texts = json_is_string(j) || json_is_array(j);
    *key = (karvan_i_key){0};
    if (!j || json_is_null(j)) return KARVAN_OK;
    for (size_t i = 0; i < json_array_size(j); i++) texts &= json_is_string(json_array_get(j, i));
    if (!texts || (json_is_array(j) && (json_array_size(j) == 0 || json_array_size(j) > 8))) {
        (void)snprintf(wrong, sizeof wrong, "%s of %.60s is no name and no list of names", what,
                       r->name);
        return say(p, problems, r->name, "descriptor-key", "one to eight names from fields", wrong,
                   err);
    }
    for (size_t i = 0; nth_name(j, i) && i < 8; i++) {
        int c = field_index(r, nth_name(j, i));
        if (c < 0) {
            char message[200];
            (void)snprintf(message, sizeof message, "%s of %.60s names '%.60s', which is no field",
                           what, r->name, nth_name(j, i));
            key->n = 0;
            return say(p, problems, r->name, "descriptor-key", "a name from fields", message, err);
        }
        key->column[key->n++] = c;
    }
    return KARVAN_OK;
}

static karvan_status read_foreign(const karvan_package *p, karvan_i_resource *r,
                                  karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const json_t *list = json_object_get(r->schema, "foreignKeys");
    if (json_object_get(r->json, "foreignKeys"))
        KARVAN_TRY(say_as(KARVAN_WARNING, p, problems, r->name, "descriptor-foreign-key",
                          "move foreignKeys into schema; here they are not read",
                          "foreignKeys stand on the resource", err));
    if (!json_is_array(list) || json_array_size(list) == 0) return KARVAN_OK;
    r->foreign = karvan_i_calloc(json_array_size(list), sizeof *r->foreign);
    KARVAN_REQUIRE(r->foreign, err, KARVAN_E_NOMEM, "no memory for a schema");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i), *to = json_object_get(one, "reference");
        karvan_i_foreign *k = &r->foreign[r->n_foreign];
        KARVAN_TRY(read_key(p, r, json_object_get(one, "fields"), "a foreign key", &k->own,
                            problems, err));
        k->resource = json_string_value(json_object_get(to, "resource"));
        if (!k->resource) k->resource = "";
        int n = 0;
        while (n < 8 && nth_name(json_object_get(to, "fields"), (size_t)n)) {
            k->column[n] = nth_name(json_object_get(to, "fields"), (size_t)n);
            n++;
        }
        if (!json_object_get(one, "fields") || !json_is_object(to)) {
            KARVAN_TRY(say(p, problems, r->name, "descriptor-foreign-key",
                           "{\"fields\": ..., \"reference\": {\"resource\": ..., \"fields\": ...}}",
                           "a foreign key has no fields or no reference", err));
            continue;
        }
        if (k->own.n == 0) continue;
        if (n != k->own.n) {
            KARVAN_TRY(say(p, problems, r->name, "descriptor-foreign-key",
                           "as many fields in reference as in the key",
                           "a foreign key and its reference differ in length", err));
            continue;
        }
        r->n_foreign++;
    }
done:
    return st;
}

/* The schema is an object in place; a path to another file is not followed. */
static karvan_status read_resource(const karvan_package *p, karvan_i_resource *r,
                                   karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    r->schema = json_object_get(r->json, "schema");
    if (json_is_string(r->schema))
        return say(p, problems, r->name, "descriptor-schema",
                   "write the schema into the descriptor",
                   "a schema in a file of its own is not read", err);
    if (!r->schema) return KARVAN_OK; /* types will be inferred */
    if (!json_is_object(r->schema))
        return say(p, problems, r->name, "descriptor-schema", "an object with an array `fields`",
                   "the schema is no object", err);
    KARVAN_TRY(read_fields(p, r, problems, err));
    KARVAN_TRY(read_key(p, r, json_object_get(r->schema, "primaryKey"), "the primary key",
                        &r->primary, problems, err));
    KARVAN_TRY(read_foreign(p, r, problems, err));
done:
    return st;
}

karvan_status karvan_i_package_describe(karvan_package *p, karvan_problems *problems,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const json_t *list = json_object_get(p->json, "resources");
    if (!json_is_object(p->json) || !json_is_array(list) || json_array_size(list) == 0) {
        KARVAN_TRY(say(p, problems, NULL, "descriptor-resources",
                       "an object with an array `resources` that is not empty",
                       "the descriptor names no resources", err));
        return karvan_fail(err, KARVAN_E_DATA, "%s names no resources", p->file);
    }
    p->resource = karvan_i_calloc(json_array_size(list), sizeof *p->resource);
    KARVAN_REQUIRE(p->resource, err, KARVAN_E_NOMEM, "no memory for a package");
    for (size_t i = 0; i < json_array_size(list); i++) {
        karvan_i_resource *r = &p->resource[p->n];
        r->json = json_array_get(list, i);
        r->name = json_string_value(json_object_get(r->json, "name"));
        bool twice = r->name && karvan_i_package_resource(p, r->name) != NULL;
        if (!r->name || !*r->name || twice) {
            KARVAN_TRY(say(
                p, problems, r->name, "descriptor-resource", "every resource has a name of its own",
                twice ? "two resources have the same name" : "a resource has no name", err));
            continue;
        }
        p->n++;
        KARVAN_TRY(read_resource(p, r, problems, err));
    }
done:
    return st;
}
