/* What the schema asks of values beyond their type: formats and constraints. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/number.h"
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
        if (holds(k, row) || karvan_table_state(k->r->table, k->c, row) == KARVAN_I_FAULT) continue;
        char message[160];
        (void)snprintf(message, sizeof message, "%.80s is required and empty", k->f->name);
        KARVAN_TRY(at(k, row, "required", "give a value", message));
    }
done:
    return st;
}

/* One verdict a distinct text, then every row that has it. */
static karvan_status check_texts(const checker *k, karvan_i_text_test good, const void *ctx,
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

/* A number in the schema: as one, or spelled in a string. */
static bool json_number(const json_t *j, double *out) {
    const char *s = json_string_value(j);
    if (s) return karvan_i_parse_real(s, strlen(s), '.', out);
    if (json_is_number(j)) *out = json_number_value(j);
    return json_is_number(j);
}

/* The bounds of Table Schema, in the order in which they are checked. */
static const struct {
    const char *name, *code;
    int sign; /* -1: a minimum, 1: a maximum */
    bool exclusive;
} bounds[] = {{"minimum", "minimum", -1, false},
              {"exclusiveMinimum", "exclusive-minimum", -1, true},
              {"maximum", "maximum", 1, false},
              {"exclusiveMaximum", "exclusive-maximum", 1, true}};
enum { BOUNDS = sizeof bounds / sizeof bounds[0] };

/* Order of a value against bound i: does it keep it? */
static bool keeps(int i, double order) {
    return order * bounds[i].sign < 0 || (order == 0 && !bounds[i].exclusive);
}

static karvan_status check_bound(const checker *k, int i) {
    karvan_status st = KARVAN_OK;
    double bound;
    char number[40], least[40], message[120], hint[80];
    if (!json_number(json_object_get(k->f->constraints, bounds[i].name), &bound)) return KARVAN_OK;
    karvan_real_format(bound, least, sizeof least);
    if (bounds[i].exclusive)
        (void)snprintf(hint, sizeof hint, "%s than %s", bounds[i].sign < 0 ? "more" : "less",
                       least);
    else
        (void)snprintf(hint, sizeof hint, "%s or %s", least, bounds[i].sign < 0 ? "more" : "less");
    for (int64_t row = 0; row < karvan_table_rows(k->r->table); row++) {
        if (!holds(k, row)) continue;
        double v = karvan_table_real(k->r->table, k->c, row);
        if (keeps(i, v - bound)) continue;
        karvan_real_format(v, number, sizeof number);
        (void)snprintf(message, sizeof message, "%s is %s the %s", number,
                       bounds[i].sign < 0 ? "below" : "above", bounds[i].name);
        if (v == bound) (void)snprintf(message, sizeof message, "%s is the bound itself", number);
        KARVAN_TRY(at(k, row, bounds[i].code, hint, message));
    }
done:
    return st;
}

/* Dates and times in the order of their spelling, EDTF by the days that are certain. */
typedef struct text_bound {
    const char *text;
    int which; /* of bounds */
    bool edtf;
    karvan_edtf date;
} text_bound;

static bool within_bound(const void *ctx, const char *s) {
    const text_bound *b = ctx;
    karvan_edtf d;
    if (!b->edtf) return keeps(b->which, (double)strcmp(s, b->text));
    if (karvan_edtf_parse(s, strlen(s), &d, NULL) != KARVAN_OK) return true; /* said elsewhere */
    karvan_day own = bounds[b->which].sign < 0 ? d.latest : d.earliest;
    karvan_day bound = bounds[b->which].sign < 0 ? b->date.earliest : b->date.latest;
    return keeps(b->which, (own > bound) - (own < bound));
}

static karvan_status check_text_bound(const checker *k, int i) {
    text_bound b = {.which = i};
    char hint[120], what[60];
    b.text = json_string_value(json_object_get(k->f->constraints, bounds[i].name));
    b.edtf = k->r->table->column[k->c].type == KARVAN_DATE;
    bool ordered = b.edtf || (!k->f->format && (strcmp(k->f->type_name, "date") == 0 ||
                                                strcmp(k->f->type_name, "time") == 0 ||
                                                strcmp(k->f->type_name, "datetime") == 0 ||
                                                strcmp(k->f->type_name, "yearmonth") == 0));
    if (!b.text || !ordered) return KARVAN_OK;
    if (b.edtf && karvan_edtf_parse(b.text, strlen(b.text), &b.date, NULL) != KARVAN_OK)
        return KARVAN_OK;
    const char *side = bounds[i].sign < 0 ? "later" : "earlier";
    if (bounds[i].exclusive)
        (void)snprintf(hint, sizeof hint, "%s than %.80s", side, b.text);
    else
        (void)snprintf(hint, sizeof hint, "%.80s or %s", b.text, side);
    (void)snprintf(what, sizeof what, "is outside the %s", bounds[i].name);
    return check_texts(k, within_bound, &b, bounds[i].code, hint, what);
}

static karvan_status check_range(const checker *k) {
    karvan_status st = KARVAN_OK;
    bool number = !is_text(k) && k->r->table->column[k->c].type != KARVAN_BOOL;
    for (int i = 0; i < BOUNDS; i++)
        KARVAN_TRY(number ? check_bound(k, i) : is_text(k) ? check_text_bound(k, i) : KARVAN_OK);
done:
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

enum { ENUM_MAX = 256 }; /* values of an enum that a hint can choose from */

/* The allowed values, the nearest to a text first. */
static void enum_hint(const json_t *list, const char *text, char *hint, size_t cap) {
    const char *names[ENUM_MAX];
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < ENUM_MAX; i++)
        if (json_is_string(json_array_get(list, i)))
            names[n++] = json_string_value(json_array_get(list, i));
    int64_t near = text ? karvan_text_nearest(text, names, n) : -1;
    size_t at = 0;
    if (near >= 0) at = (size_t)snprintf(hint, cap, "did you mean %.100s? ", names[near]);
    for (size_t i = 0; i < n && at + 1 < cap; i++)
        at += (size_t)snprintf(hint + at, cap - at, "%s%s", i ? ", " : "one of: ", names[i]);
    if (n == 0) (void)snprintf(hint, cap, "a value of the enum in the schema");
}

static karvan_status check_text_enum(const checker *k, const json_t *list) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->r->table;
    int32_t n = karvan_table_dictionary_size(t, k->c);
    bool *bad = karvan_i_calloc((size_t)n + 1, sizeof *bad);
    KARVAN_REQUIRE(bad, k->err, KARVAN_E_NOMEM, "no memory to check a column");
    for (int32_t i = 0; i < n; i++)
        bad[i] = !in_enum(list, karvan_table_dictionary_text(t, k->c, i));
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        int32_t code = karvan_table_code(t, k->c, row);
        char message[240], hint[300];
        if (code < 0 || !bad[code]) continue;
        const char *text = karvan_table_text(t, k->c, row);
        enum_hint(list, text, hint, sizeof hint);
        (void)snprintf(message, sizeof message, "'%.120s' is not allowed here", text);
        KARVAN_TRY(at(k, row, "enum", hint, message));
    }
done:
    karvan_i_free(bad);
    return st;
}

static karvan_status check_enum(const checker *k) {
    karvan_status st = KARVAN_OK;
    const json_t *list = json_object_get(k->f->constraints, "enum");
    char hint[300];
    if (!json_is_array(list)) return KARVAN_OK;
    if (is_text(k)) return check_text_enum(k, list);
    if (k->r->table->column[k->c].type == KARVAN_BOOL) return KARVAN_OK;
    enum_hint(list, NULL, hint, sizeof hint);
    for (int64_t row = 0; row < karvan_table_rows(k->r->table); row++) {
        bool found = false;
        double one;
        if (!holds(k, row)) continue;
        double v = karvan_table_real(k->r->table, k->c, row);
        for (size_t i = 0; i < json_array_size(list); i++)
            found |= json_number(json_array_get(list, i), &one) && one == v;
        if (found) continue;
        char message[80], number[40];
        karvan_real_format(v, number, sizeof number);
        (void)snprintf(message, sizeof message, "%s is not allowed here", number);
        KARVAN_TRY(at(k, row, "enum", hint, message));
    }
done:
    return st;
}

static bool matches(const void *ctx, const char *s) {
    return regexec((const regex_t *)ctx, s, 0, NULL, 0) == 0;
}

static karvan_status check_pattern(const checker *k) {
    karvan_status st = KARVAN_OK;
    const char *pattern = json_string_value(json_object_get(k->f->constraints, "pattern"));
    char hint[300];
    regex_t regex;
    bool good;
    if (!pattern || !is_text(k)) return KARVAN_OK;
    KARVAN_TRY(karvan_i_pattern_compile(pattern, &regex, &good, k->err));
    if (!good) {
        st = karvan_problems_add(k->problems, KARVAN_ERROR, k->p->file,
                                 karvan_i_package_line(k->p, k->f->name), 1, "descriptor-pattern",
                                 "an extended regular expression of POSIX",
                                 "pattern '%.200s' cannot be used", pattern);
        return st == KARVAN_OK ? st : karvan_fail(k->err, st, "no memory for problems");
    }
    (void)snprintf(hint, sizeof hint, "the pattern is %.200s", pattern);
    st = check_texts(k, matches, &regex, "pattern", hint, "does not fit the pattern");
    regfree(&regex);
done:
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
    if (json_is_number(hi))
        (void)snprintf(hint, sizeof hint, "%.0f to %.0f characters", l.lo, l.hi);
    else
        (void)snprintf(hint, sizeof hint, "%.0f characters or more", l.lo);
    return check_texts(k, length_fits, &l, "length", hint, "has a wrong length");
}

static karvan_status check_format(const checker *k) {
    karvan_i_format format;
    char code[40];
    if (k->r->table->column[k->c].type != KARVAN_TEXT || !karvan_i_format_of(k->f, &format))
        return KARVAN_OK;
    bool string = strcmp(k->f->type_name, "string") == 0;
    (void)snprintf(code, sizeof code, "%s%s", string ? "format" : "type-",
                   string ? "" : k->f->type_name);
    return check_texts(k, format.test, format.ctx, code, format.hint,
                       string ? "does not have the field's format" : "is not of the field's type");
}

static karvan_status check_unique(const checker *k) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->r->table;
    karvan_i_index index = {0};
    karvan_i_key key = {1, {k->c}};
    char text[240];
    if (!json_is_true(json_object_get(k->f->constraints, "unique"))) return KARVAN_OK;
    KARVAN_TRY(karvan_i_index_init(&index, t, &key, k->err));
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        int64_t first = karvan_i_index_first(&index, row);
        int64_t line, col;
        char message[320];
        if (first == row || first < 0) continue;
        (void)karvan_table_locate(t, -1, first, &line, &col);
        if (!karvan_i_key_text(t, &key, row, text, sizeof text))
            (void)snprintf(text, sizeof text, "%s", "a long text");
        (void)snprintf(message, sizeof message, "'%.120s' stands already in line %lld", text,
                       (long long)line);
        KARVAN_TRY(at(k, row, "unique", "give every row a value of its own", message));
    }
done:
    karvan_i_index_clear(&index);
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
