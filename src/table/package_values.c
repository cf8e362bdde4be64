/* What the schema asks of values beyond their type: formats and constraints. */
#include <math.h>
#include <regex.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

typedef struct checker {
    const karvan_package *p;
    const karvan_i_resource *r;
    const karvan_i_field_spec *f;
    int c;
    karvan_problems *problems;
    karvan_error *err;
} checker;

static karvan_status at(const checker *k, int64_t row, const char *code, const char *hint,
                        const char *message) {
    if (karvan_problems_add_cell(k->problems, KARVAN_ERROR, k->r->table, k->c, row, code, hint,
                                 "%s", message) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(k->err, KARVAN_E_NOMEM, "no memory for problems");
}

static bool holds(const checker *k, int64_t row) {
    return karvan_table_state(k->r->table, k->c, row) == KARVAN_VALUE;
}

static bool is_text(const checker *k) {
    karvan_type t = k->r->table->column[k->c].type;
    return t == KARVAN_TEXT || t == KARVAN_DATE;
}

static karvan_status check_required(const checker *k) {
    karvan_status st = KARVAN_OK;
    if (!json_is_true(json_object_get(k->f->constraints, "required"))) return KARVAN_OK;
    for (int64_t row = 0; row < karvan_table_rows(k->r->table); row++) {
        if (holds(k, row)) continue;
        char message[160];
        (void)snprintf(message, sizeof message, "%.80s is required and empty", k->f->name);
        KARVAN_TRY(at(k, row, "required", "give a value", message));
    }
done:
    return st;
}

static karvan_status check_range(const checker *k) {
    karvan_status st = KARVAN_OK;
    const json_t *lo = json_object_get(k->f->constraints, "minimum");
    const json_t *hi = json_object_get(k->f->constraints, "maximum");
    if (is_text(k) || k->r->table->column[k->c].type == KARVAN_BOOL) return KARVAN_OK;
    if (!json_is_number(lo) && !json_is_number(hi)) return KARVAN_OK;
    for (int64_t row = 0; row < karvan_table_rows(k->r->table); row++) {
        double v = karvan_table_real(k->r->table, k->c, row);
        char message[120], hint[80];
        if (!holds(k, row)) continue;
        if (json_is_number(lo) && v < json_number_value(lo)) {
            (void)snprintf(message, sizeof message, "%g is below the minimum", v);
            (void)snprintf(hint, sizeof hint, "%g or more", json_number_value(lo));
            KARVAN_TRY(at(k, row, "minimum", hint, message));
        }
        if (json_is_number(hi) && v > json_number_value(hi)) {
            (void)snprintf(message, sizeof message, "%g is above the maximum", v);
            (void)snprintf(hint, sizeof hint, "%g or less", json_number_value(hi));
            KARVAN_TRY(at(k, row, "maximum", hint, message));
        }
    }
done:
    return st;
}

/* One verdict a distinct text, then every row that has it. */
typedef bool (*text_test)(const void *ctx, const char *s);
static karvan_status check_texts(const checker *k, text_test good, const void *ctx,
                                 const char *code, const char *hint, const char *what) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->r->table;
    int32_t n = karvan_table_dictionary_size(t, k->c);
    bool *bad = karvan_i_calloc((size_t)n + 1, sizeof *bad);
    KARVAN_REQUIRE(bad, k->err, KARVAN_E_NOMEM, "no memory to check a column");
    for (int32_t i = 0; i < n; i++) bad[i] = !good(ctx, karvan_table_dictionary_text(t, k->c, i));
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        int32_t code_of = karvan_table_code(t, k->c, row);
        char message[240];
        if (code_of < 0 || !bad[code_of]) continue;
        (void)snprintf(message, sizeof message, "'%.120s' %s", karvan_table_text(t, k->c, row),
                       what);
        KARVAN_TRY(at(k, row, code, hint, message));
    }
done:
    karvan_i_free(bad);
    return st;
}

static bool in_enum(const void *ctx, const char *s) {
    const json_t *list = ctx;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one && strcmp(one, s) == 0) return true;
    }
    return false;
}

static karvan_status check_enum(const checker *k) {
    karvan_status st = KARVAN_OK;
    const json_t *list = json_object_get(k->f->constraints, "enum");
    char hint[300] = "one of:";
    if (!json_is_array(list)) return KARVAN_OK;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        size_t n = strlen(hint);
        if (one) (void)snprintf(hint + n, sizeof hint - n, "%s %s", i ? "," : "", one);
    }
    if (is_text(k)) return check_texts(k, in_enum, list, "enum", hint, "is not allowed here");
    for (int64_t row = 0; row < karvan_table_rows(k->r->table); row++) {
        bool found = false;
        if (!holds(k, row) || k->r->table->column[k->c].type == KARVAN_BOOL) continue;
        double v = karvan_table_real(k->r->table, k->c, row);
        for (size_t i = 0; i < json_array_size(list); i++)
            found |= json_number_value(json_array_get(list, i)) == v;
        char message[80];
        (void)snprintf(message, sizeof message, "%g is not allowed here", v);
        if (!found) KARVAN_TRY(at(k, row, "enum", "a value of the enum in the schema", message));
    }
done:
    return st;
}

static bool matches(const void *ctx, const char *s) {
    return regexec((const regex_t *)ctx, s, 0, NULL, 0) == 0;
}

static karvan_status check_pattern(const checker *k) {
    const char *pattern = json_string_value(json_object_get(k->f->constraints, "pattern"));
    char anchored[512], hint[300];
    regex_t regex;
    if (!pattern || !is_text(k)) return KARVAN_OK;
    (void)snprintf(anchored, sizeof anchored, "^(%s)$", pattern);
    if (strlen(pattern) > 500 || regcomp(&regex, anchored, REG_EXTENDED | REG_NOSUB) != 0) {
        (void)karvan_problems_add(k->problems, KARVAN_ERROR, k->p->file,
                                  karvan_i_package_line(k->p, k->f->name), 1, "descriptor-pattern",
                                  "an extended regular expression",
                                  "pattern '%.200s' cannot be used", pattern);
        return KARVAN_OK;
    }
    (void)snprintf(hint, sizeof hint, "the pattern is %.200s", pattern);
    karvan_status st = check_texts(k, matches, &regex, "pattern", hint, "does not fit the pattern");
    regfree(&regex);
    return st;
}

typedef struct length_limits {
    double lo, hi;
} length_limits;

static bool length_fits(const void *ctx, const char *s) {
    const length_limits *l = ctx;
    double n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n >= l->lo && n <= l->hi;
}

static karvan_status check_length(const checker *k) {
    const json_t *lo = json_object_get(k->f->constraints, "minLength");
    const json_t *hi = json_object_get(k->f->constraints, "maxLength");
    length_limits l = {json_is_number(lo) ? json_number_value(lo) : 0,
                       json_is_number(hi) ? json_number_value(hi) : INFINITY};
    char hint[80];
    if (!is_text(k) || (!json_is_number(lo) && !json_is_number(hi))) return KARVAN_OK;
    (void)snprintf(hint, sizeof hint, "%g to %g characters", l.lo, l.hi);
    return check_texts(k, length_fits, &l, "length", hint, "has a wrong length");
}

/* Formats of the types that are kept as text. */
static bool shaped(const char *s, const char *shape) {
    for (; *shape; shape++, s++)
        if (*shape == '9' ? *s < '0' || *s > '9' : *s != *shape) return false;
    return *s == 0;
}
static bool is_date(const void *ctx, const char *s) {
    karvan_edtf d;
    (void)ctx;
    return shaped(s, "9999-99-99") && karvan_edtf_parse(s, 10, &d, NULL) == KARVAN_OK;
}
static bool is_time(const void *ctx, const char *s) {
    (void)ctx;
    return shaped(s, "99:99:99") && strncmp(s, "24", 2) < 0 && s[3] < '6' && s[6] < '6';
}
static bool is_datetime(const void *ctx, const char *s) {
    char plain[40];
    size_t n = strlen(s);
    karvan_edtf d;
    (void)ctx;
    if (n >= sizeof plain) return false;
    memcpy(plain, s, n + 1);
    if (n > 10 && plain[10] == ' ') plain[10] = 'T';
    return karvan_edtf_parse(plain, n, &d, NULL) == KARVAN_OK && d.precision == 3;
}
static bool is_yearmonth(const void *ctx, const char *s) {
    karvan_edtf d;
    (void)ctx;
    return shaped(s, "9999-99") && karvan_edtf_parse(s, 7, &d, NULL) == KARVAN_OK;
}
static bool is_json(const void *ctx, const char *s) {
    json_t *j = json_loads(s, 0, NULL);
    const char *type = ctx;
    bool good = j && (strcmp(type, "array") == 0 ? json_is_array(j) : json_is_object(j));
    json_decref(j);
    return good;
}

static karvan_status check_format(const checker *k) {
    static const struct {
        const char *type;
        text_test test;
        const char *hint;
    } formats[] = {{"date", is_date, "YYYY-MM-DD"},
                   {"time", is_time, "hh:mm:ss"},
                   {"datetime", is_datetime, "YYYY-MM-DDThh:mm:ss, with Z or an offset"},
                   {"yearmonth", is_yearmonth, "YYYY-MM"},
                   {"object", is_json, "a JSON object"},
                   {"geojson", is_json, "a GeoJSON object"},
                   {"array", is_json, "a JSON array"}};
    bool free_format = k->f->format && strcmp(k->f->format, "default") != 0;
    if (k->r->table->column[k->c].type != KARVAN_TEXT || free_format) return KARVAN_OK;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].type, k->f->type_name) == 0) {
            char code[40];
            (void)snprintf(code, sizeof code, "type-%s", k->f->type_name);
            return check_texts(k, formats[i].test, k->f->type_name, code, formats[i].hint,
                               "is not of the field's type");
        }
    return KARVAN_OK;
}

static karvan_status check_unique(const checker *k) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->r->table;
    int64_t *seen = NULL;
    if (!json_is_true(json_object_get(k->f->constraints, "unique")) || !is_text(k))
        return KARVAN_OK;
    seen = karvan_i_calloc((size_t)karvan_table_dictionary_size(t, k->c) + 1, sizeof *seen);
    KARVAN_REQUIRE(seen, k->err, KARVAN_E_NOMEM, "no memory to check a column");
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        int32_t code = karvan_table_code(t, k->c, row);
        char message[200];
        if (code < 0 || seen[code]++ == 0) continue;
        (void)snprintf(message, sizeof message, "'%.120s' stands more than once",
                       karvan_table_text(t, k->c, row));
        KARVAN_TRY(at(k, row, "unique", "give every row a value of its own", message));
    }
done:
    karvan_i_free(seen);
    return st;
}

karvan_status karvan_i_package_values(const karvan_package *p, const karvan_i_resource *r,
                                      karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < r->n_fields; c++) {
        checker k = {p, r, &r->fields[c], c, problems, err};
        KARVAN_TRY(check_format(&k));
        if (!k.f->constraints) continue;
        KARVAN_TRY(check_required(&k));
        KARVAN_TRY(check_unique(&k));
        KARVAN_TRY(check_range(&k));
        KARVAN_TRY(check_enum(&k));
        KARVAN_TRY(check_pattern(&k));
        KARVAN_TRY(check_length(&k));
    }
done:
    return st;
}
