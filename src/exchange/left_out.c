#include "exchange/left_out.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/utf8.h"

enum { VALUE_MAX = 60 };

static const struct {
    const char *code, *what, *hint;
} reasons[KARVAN_I_OUT_REASONS] = {
    {"flow-fields", "have more or fewer fields than the header",
     "one line a row, no delimiter in a field without quotes"},
    {"flow-quotes", "have a quote that does not end, or text behind one",
     "double a quote that stands inside quotes"},
    {"flow-year", "have a year that is none", "four digits, 1500 to 2499"},
    {"flow-year-missing", "have no year", "a year in every row"},
    {"flow-country", "have a country code that is not known",
     "ISO 3166 or M49 codes; others by a file of country codes"},
    {"flow-product", "have a product code that is none or too short",
     "a code of the classification, as text"},
    {"flow-value-missing", "have no value", "a number, or no row"},
    {"flow-value", "have a value that is no number", "digits with a decimal point"},
    {"flow-value-negative", "have a value below zero", "trade is zero or more"},
    {"flow-value-infinite", "have a value that is NaN or infinite", "a finite number"},
    {"flow-value-large", "have a value of 10^15 or more", "a value in the unit of the format"},
    {"flow-duplicate", "repeat the key of an earlier row", "one row a key; the first stands"},
    {"flow-direction", "have a flow that is neither export nor import", "X or M"},
    {"flow-sub-flow", "are part of exports or imports (re-exports, processing, ...)",
     "they stand in X and M already"},
    {"flow-world", "have the world as partner: they are sums of the others",
     "ask for the world as partner to take them alone"},
    {"flow-not-world", "have a country as partner, where the world was asked for", ""},
    {"flow-own-country", "have the reporter as its own partner (re-imports)",
     "domestic trade is production less exports, not this"},
    {"flow-by-transport", "are one mode of transport of a flow (motCode)", "rows with motCode 0"},
    {"flow-by-customs", "are one customs procedure of a flow (customsCode)",
     "rows with customsCode C00"},
    {"flow-by-second-partner", "are one second partner of a flow (partner2Code)",
     "rows with partner2Code 0"},
    {"flow-by-supply", "are one mode of supply of a flow (mosCode)", "rows with mosCode 0"},
    {"flow-level", "are of another level of products than the one that is summed",
     "levels are never added together"},
    {"flow-month", "are months beside the whole year", "the whole year stands"},
    {"flow-country-absent", "are of a country that did not exist then", ""},
    {"flow-group",
     "have a group of countries or an area as exporter or importer, and a sum over countries was "
     "asked for",
     "group by exporter and importer to keep them"},
    {"flow-period", "are of no whole year", "yearly figures; months are not summed here"},
    {"flow-group", "have a group of countries as partner: they are sums of others", ""},
    {"flow-indicator", "are of an indicator that is no value or quantity of trade",
     "name the column and the code, if it is one"},
    {"flow-quantity-second", "are a second quantity of a flow, or one without a value", ""},
    {"flow-quantity", "have a quantity that is no number or below zero", "zero or more, or empty"},
};

const char *karvan_i_left_out_code(karvan_i_left_out r) { return reasons[r].code; }
bool karvan_i_left_out_is_row(karvan_i_left_out r) { return r != KARVAN_I_OUT_BAD_QUANTITY; }

void karvan_i_audit_clear(karvan_i_audit *a) {
    karvan_i_free(a->drop);
    karvan_i_text_clear(&a->text);
    *a = (karvan_i_audit){.things = a->things, .most = a->most};
}

int64_t karvan_i_audit_dropped(const karvan_i_audit *a) {
    int64_t sum = 0;
    for (int r = 0; r < KARVAN_I_OUT_REASONS; r++)
        if (karvan_i_left_out_is_row((karvan_i_left_out)r)) sum += a->count[r];
    return sum;
}

/* The value as it stands, cut, with `?` for bytes that are no text. */
static void keep_value(karvan_i_text *t, const char *s, size_t n) {
    if (n > VALUE_MAX) n = VALUE_MAX;
    while (n > 0) {
        size_t ok = karvan_utf8_valid_prefix(s, n);
        const char *nul = memchr(s, 0, ok);
        if (nul) ok = (size_t)(nul - s);
        karvan_i_text_add(t, s, ok);
        s += ok, n -= ok;
        if (n > 0) karvan_i_text_add(t, "?", 1), s++, n--;
    }
    karvan_i_text_add(t, "", 1);
}

static karvan_status list_drop(karvan_i_audit *a, karvan_i_left_row d, const char *value, size_t n,
                               karvan_error *err) {
    if (a->n == a->cap) {
        int64_t cap = a->cap ? 2 * a->cap : 64;
        karvan_i_left_row *more = karvan_i_realloc(a->drop, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the audit");
        a->drop = more, a->cap = cap;
    }
    d.value = a->text.n;
    keep_value(&a->text, value, n);
    if (a->text.failed) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the audit");
    a->drop[a->n++] = d;
    return KARVAN_OK;
}

karvan_status karvan_i_audit_add(karvan_i_audit *a, karvan_i_left_out reason, int64_t row,
                                 int64_t line, const char *column, const char *value, size_t n,
                                 karvan_error *err) {
    if (a->count[reason]++ == 0) a->first[reason] = line;
    if (a->most >= 0 && a->count[reason] > a->most) return KARVAN_OK;
    return list_drop(a, (karvan_i_left_row){row, line, 0, column, reason}, value, n, err);
}

karvan_status karvan_i_audit_merge(karvan_i_audit *into, const karvan_i_audit *from, int64_t rows,
                                   int64_t lines, karvan_error *err) {
    int64_t have[KARVAN_I_OUT_REASONS];
    memcpy(have, into->count, sizeof have);
    for (int64_t i = 0; i < from->n; i++) {
        karvan_i_left_row d = from->drop[i];
        const char *value = from->text.s + d.value;
        if (into->most >= 0 && have[d.reason]++ >= into->most) continue;
        d.row += rows, d.line += lines;
        karvan_status st = list_drop(into, d, value, strlen(value), err);
        if (st != KARVAN_OK) return st;
    }
    for (int r = 0; r < KARVAN_I_OUT_REASONS; r++) {
        if (into->count[r] == 0) into->first[r] = from->first[r] + lines;
        into->count[r] += from->count[r];
    }
    return KARVAN_OK;
}

karvan_status karvan_i_audit_table(const karvan_i_audit *a, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"row", KARVAN_INT, NULL},     {"line", KARVAN_INT, NULL},   {"reason", KARVAN_TEXT, NULL},
        {"column", KARVAN_TEXT, NULL}, {"value", KARVAN_TEXT, NULL}, {"effect", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(
        karvan_builder_create("audit", sizeof columns / sizeof columns[0], columns, &b, err));
    for (int64_t i = 0; i < a->n; i++) {
        const karvan_i_left_row *d = &a->drop[i];
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, d->row, err));
        KARVAN_TRY(karvan_builder_int(b, 1, d->line, err));
        KARVAN_TRY(karvan_builder_text(b, 2, reasons[d->reason].code, err));
        KARVAN_TRY(karvan_builder_text(b, 3, d->column, err));
        KARVAN_TRY(karvan_builder_text(b, 4, a->text.s + d->value, err));
        KARVAN_TRY(karvan_builder_text(
            b, 5, karvan_i_left_out_is_row(d->reason) ? "row dropped" : "cell unknown", err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_i_audit_tell(const karvan_i_audit *a, const char *path,
                                  karvan_problems *problems, karvan_error *err) {
    for (int r = 0; problems && r < KARVAN_I_OUT_REASONS; r++) {
        if (a->count[r] == 0) continue;
        karvan_status st = karvan_problems_add(
            problems, KARVAN_WARNING, path, a->first[r], 0, reasons[r].code, reasons[r].hint,
            "%s that %s: %lld, %s", a->things ? a->things : "rows", reasons[r].what,
            (long long)a->count[r],
            karvan_i_left_out_is_row((karvan_i_left_out)r) ? "left out" : "their quantity unknown");
        if (st != KARVAN_OK)
            return karvan_fail(err, st, "no memory for what was left out of %s", path);
    }
    return KARVAN_OK;
}
