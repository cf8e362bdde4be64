/* Labels, years, products, values: what every format asks of a cell. */
#include <string.h>

#include "base/try.h"
#include "exchange/areas.h"
#include "exchange/intake.h"

karvan_status karvan_i_intake_label(karvan_i_intake *in, const char *s, size_t n, uint32_t *out,
                                    bool *ok, karvan_error *err) {
    int32_t code = 0;
    *ok = n > 0 && karvan_utf8_valid_prefix(s, n) == n && !memchr(s, 0, n);
    if (!*ok) return KARVAN_OK;
    karvan_status st = karvan_i_dictionary_add(&in->labels, s, n, &code, err);
    if (st != KARVAN_OK) return st;
    *out = (uint32_t)code, *ok = code < UINT16_MAX;
    return KARVAN_OK;
}

/* A number of a file of country codes, by the names that its editions give to the columns. */
static int own_column(const karvan_table *t, const char *const *names) {
    for (; *names; names++) {
        int c = karvan_table_find(t, *names);
        if (c >= 0) return c;
    }
    return -1;
}

static karvan_status put_area(karvan_i_intake *in, int code, const char *label, bool group,
                              karvan_error *err) {
    uint32_t number = 0;
    bool ok;
    karvan_status st = karvan_i_intake_label(in, label, strlen(label), &number, &ok, err);
    if (st != KARVAN_OK || !ok) return st;
    in->label_of[code] = (uint16_t)(number + 1), in->group_of[code] = group;
    return KARVAN_OK;
}

/* Codes and ISO letters of a file, in place of ours where it has them. */
static karvan_status read_countries(karvan_i_intake *in, const char *path, karvan_error *err) {
    static const char *const codes[] = {"country_code", "code", NULL};
    static const char *const letters[] = {"iso_3digit_alpha", "country_iso3", "iso3", NULL};
    static const karvan_missing missing[] = {{"", KARVAN_UNKNOWN}, {"N/A", KARVAN_UNKNOWN}};
    const karvan_csv_options o = {.n_missing = 2, .missing = missing, .encoding = "latin1"};
    karvan_table *t = NULL;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_csv_read(path, "country_codes", &o, NULL, &t, err));
    int code = own_column(t, codes), letter = own_column(t, letters);
    KARVAN_REQUIRE(code >= 0 && letter >= 0 && karvan_table_int_view(t, code), err, KARVAN_E_DATA,
                   "%s:1:1: no file of country codes; it needs columns country_code (a number) and "
                   "country_iso3 or iso_3digit_alpha",
                   path);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int64_t number = karvan_table_int(t, code, r);
        const char *iso3 = karvan_table_text(t, letter, r);
        if (iso3 && number > 0 && number < KARVAN_I_AREAS)
            KARVAN_TRY(put_area(in, (int)number, iso3, in->group_of[number], err));
    }
done:
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_i_intake_areas(karvan_i_intake *in, karvan_error *err) {
    karvan_i_area area;
    karvan_status st = KARVAN_OK;
    for (int code = 0; st == KARVAN_OK && code < KARVAN_I_AREAS; code++)
        if (karvan_i_area_of(code, &area)) st = put_area(in, code, area.label, area.group, err);
    if (st == KARVAN_OK && in->o->countries) st = read_countries(in, in->o->countries, err);
    return st;
}

karvan_status karvan_i_intake_class(karvan_i_intake *in, const char *name, uint32_t *out,
                                    karvan_error *err) {
    int32_t code = 0;
    karvan_status st = karvan_i_dictionary_add(&in->classes, name, strlen(name), &code, err);
    if (st == KARVAN_OK && code >= KARVAN_I_CLASSES)
        return karvan_fail(err, KARVAN_E_DATA, "%s: more than %d classifications", in->path,
                           KARVAN_I_CLASSES);
    *out = (uint32_t)code + 1;
    return st;
}

bool karvan_i_intake_year(karvan_i_intake_cell c, int *out) {
    int year = 0;
    if (c.n != 4) return false;
    for (size_t i = 0; i < c.n; i++) {
        if (c.s[i] < '0' || c.s[i] > '9') return false;
        year = 10 * year + (c.s[i] - '0');
    }
    *out = year;
    return year >= KARVAN_I_YEAR_FIRST && year <= KARVAN_I_YEAR_LAST;
}

bool karvan_i_intake_product(const karvan_i_by *by, karvan_i_intake_cell *code) {
    if (by->digits <= 0) return code->n > 0;
    if (code->n < (size_t)by->digits) return false;
    code->n = (size_t)by->digits;
    return true;
}

karvan_status karvan_i_intake_value(karvan_i_intake *in, const char *column, karvan_i_intake_cell c,
                                    karvan_i_amount *out, bool *ok, karvan_error *err) {
    static const karvan_i_left_out reasons[] = {
        [KARVAN_I_AMOUNT_MISSING] = KARVAN_I_OUT_NO_VALUE,
        [KARVAN_I_AMOUNT_TEXT] = KARVAN_I_OUT_BAD_VALUE,
        [KARVAN_I_AMOUNT_NEGATIVE] = KARVAN_I_OUT_NEGATIVE_VALUE,
        [KARVAN_I_AMOUNT_INFINITE] = KARVAN_I_OUT_INFINITE_VALUE,
        [KARVAN_I_AMOUNT_LARGE] = KARVAN_I_OUT_LARGE_VALUE,
    };
    karvan_i_amount_kind kind = karvan_i_amount_parse(c.s, c.n, in->point, out);
    *ok = kind == KARVAN_I_AMOUNT_OK;
    if (*ok) return KARVAN_OK;
    return karvan_i_sink_drop(&in->sink, reasons[kind], column, c.s, c.n, err);
}

karvan_status karvan_i_intake_quantity(karvan_i_intake *in, const char *column,
                                       karvan_i_intake_cell c, karvan_i_amount *out, bool *has,
                                       karvan_error *err) {
    karvan_i_amount_kind kind = karvan_i_amount_parse(c.s, c.n, in->point, out);
    *has = kind == KARVAN_I_AMOUNT_OK;
    if (*has || kind == KARVAN_I_AMOUNT_MISSING) return KARVAN_OK;
    return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_BAD_QUANTITY, column, c.s, c.n, err);
}
