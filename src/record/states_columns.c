/* What the columns of tables about states mean: codes, first and last days. */
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "record/states.h"
#include "table/cell.h"

#define OF(name, type) \
    { name, type, NULL }
/* Codes are text: 002 is none of 2, NA is Namibia. */
const karvan_column karvan_i_state_columns[] = {
    OF("ccode", KARVAN_TEXT),     OF("gwcode", KARVAN_TEXT),   OF("iso3", KARVAN_TEXT),
    OF("iso3c", KARVAN_TEXT),     OF("iso2", KARVAN_TEXT),     OF("iso2c", KARVAN_TEXT),
    OF("code", KARVAN_TEXT),      OF("cown", KARVAN_TEXT),     OF("gwn", KARVAN_TEXT),
    OF("country", KARVAN_TEXT),   OF("ccode1", KARVAN_TEXT),   OF("ccode2", KARVAN_TEXT),
    OF("gwcode1", KARVAN_TEXT),   OF("gwcode2", KARVAN_TEXT),  OF("iso3_1", KARVAN_TEXT),
    OF("iso3_2", KARVAN_TEXT),    OF("code1", KARVAN_TEXT),    OF("code2", KARVAN_TEXT),
    OF("state1", KARVAN_TEXT),    OF("state2", KARVAN_TEXT),   OF("exporter", KARVAN_TEXT),
    OF("importer", KARVAN_TEXT),  OF("reporter", KARVAN_TEXT), OF("partner", KARVAN_TEXT),
    OF("iso_o", KARVAN_TEXT),     OF("iso_d", KARVAN_TEXT),    OF("year", KARVAN_INT),
    OF("month", KARVAN_INT),      OF("start", KARVAN_DATE),    OF("startdate", KARVAN_DATE),
    OF("stdate", KARVAN_DATE),    OF("from", KARVAN_DATE),     OF("independence", KARVAN_DATE),
    OF("end", KARVAN_DATE),       OF("enddate", KARVAN_DATE),  OF("to", KARVAN_DATE),
    OF("styear", KARVAN_INT),     OF("stmonth", KARVAN_INT),   OF("stday", KARVAN_INT),
    OF("endyear", KARVAN_INT),    OF("endmonth", KARVAN_INT),  OF("endday", KARVAN_INT),
    OF("microstate", KARVAN_BOOL)};
const int karvan_i_n_state_columns = sizeof karvan_i_state_columns / sizeof *karvan_i_state_columns;
#undef OF

/* By system, the likeliest first. */
static const char *const CODES[][6] = {[KARVAN_SYSTEM_COW] = {"ccode", "cown"},
                                       [KARVAN_SYSTEM_GW] = {"gwcode", "gwn"},
                                       [KARVAN_SYSTEM_ISO] = {"iso3", "iso3c", "iso2", "iso2c"}};

const char *karvan_i_code_name(karvan_system system) {
    return system == KARVAN_SYSTEM_COW   ? "ccode"
           : system == KARVAN_SYSTEM_GW  ? "gwcode"
           : system == KARVAN_SYSTEM_ISO ? "iso3, iso2 or code"
                                         : "ccode, gwcode, iso3, iso2 or code";
}

static int column_of(const karvan_table *t, karvan_system system) {
    for (int k = 0; CODES[system][k]; k++) {
        int c = karvan_table_find(t, CODES[system][k]);
        if (c >= 0) return c;
    }
    return -1;
}

int karvan_i_code_column(const karvan_table *t, karvan_system *system, bool *two) {
    int found = -1;
    karvan_system asked = *system;
    *two = false;
    for (karvan_system s = KARVAN_SYSTEM_COW; s <= KARVAN_SYSTEM_ISO; s++) {
        int c = asked == KARVAN_SYSTEM_AUTO || asked == s ? column_of(t, s) : -1;
        if (c < 0) continue;
        *two = found >= 0;
        if (found < 0) found = c, *system = s;
        if (*two) return found;
    }
    if (found >= 0) return found;
    found = karvan_table_find(t, "code");
    if (found >= 0 && asked == KARVAN_SYSTEM_AUTO) *system = KARVAN_SYSTEM_ISO;
    return found;
}

const char *karvan_i_called(const karvan_table *t) {
    int64_t line, col;
    const char *file = karvan_table_locate(t, -1, -1, &line, &col);
    return file ? file : karvan_table_name(t);
}

karvan_status karvan_i_refuse_header(const karvan_table *t, const char *what, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA, "%s:1:1: %s", karvan_i_called(t), what);
}

const char *karvan_i_code_of(const karvan_table *t, int column, int64_t row, char *room) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    const char *s = karvan_table_text(t, column, row);
    if (s) return *s ? s : NULL;
    if (karvan_table_column(t, column).type != KARVAN_INT) return NULL;
    (void)snprintf(room, KARVAN_I_CODE_ROOM, "%lld", (long long)karvan_table_int(t, column, row));
    return room;
}

/* ---- spells ---- */

static bool find_one(const karvan_table *t, const char *const *names, int out[3]) {
    out[0] = out[1] = out[2] = -1;
    for (int k = 0; names[k] && out[0] < 0; k++) out[0] = karvan_table_find(t, names[k]);
    return out[0] >= 0;
}

static void find_parts(const karvan_table *t, const char *const names[3], int out[3]) {
    for (int k = 0; k < 3; k++) out[k] = karvan_table_find(t, names[k]);
}

karvan_status karvan_i_span_columns_find(const karvan_table *t, karvan_i_span_columns *out,
                                         karvan_error *err) {
    static const char *const from[] = {"start", "startdate",    "stdate",
                                       "from",  "independence", NULL};
    static const char *const to[] = {"end", "enddate", "to", NULL};
    static const char *const from_parts[] = {"styear", "stmonth", "stday"};
    static const char *const to_parts[] = {"endyear", "endmonth", "endday"};
    if (!find_one(t, from, out->from)) find_parts(t, from_parts, out->from);
    if (!find_one(t, to, out->to)) find_parts(t, to_parts, out->to);
    if (out->from[0] >= 0) return KARVAN_OK;
    return karvan_i_refuse_header(
        t,
        "no first day of each spell: there is no column start, startdate, "
        "stdate, from, independence or styear",
        err);
}

static int days_in(int64_t year, int month) {
    return (int)(karvan_day_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1) -
                 karvan_day_from_civil(year, month, 1));
}

/* A whole number of a cell within limits; 0 where there is none. */
static karvan_status part(const karvan_table *t, int column, int64_t row, int64_t least,
                          int64_t most, int64_t *out, karvan_error *err) {
    char what[80];
    *out = 0;
    if (column < 0 || karvan_table_state(t, column, row) != KARVAN_VALUE) return KARVAN_OK;
    *out = karvan_table_int(t, column, row);
    if (karvan_table_column(t, column).type == KARVAN_INT && *out >= least && *out <= most)
        return KARVAN_OK;
    (void)snprintf(what, sizeof what, "%s is a whole number, %lld to %lld",
                   karvan_table_column(t, column).name, (long long)least, (long long)most);
    return karvan_i_refuse(t, column, row, what, err);
}

/* What year, month and day mean; a part that is missing leaves all its days open. */
static karvan_status of_parts(const karvan_table *t, const int column[3], int64_t row,
                              karvan_day *least, karvan_day *most, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t year, month, day = 0;
    KARVAN_TRY(part(t, column[0], row, -9999, 9999, &year, err));
    KARVAN_TRY(part(t, column[1], row, 1, 12, &month, err));
    if (month) KARVAN_TRY(part(t, column[2], row, 1, days_in(year, (int)month), &day, err));
    int m = month ? (int)month : 1, n = month ? (int)month : 12;
    *least = karvan_day_from_civil(year, m, day ? (int)day : 1);
    *most = karvan_day_from_civil(year, n, day ? (int)day : days_in(year, n));
done:
    return st;
}

/* One end of a spell: false where it is not known, or open (*open). */
static karvan_status of_cells(const karvan_table *t, const int column[3], int64_t row,
                              karvan_day *least, karvan_day *most, bool *open, karvan_error *err) {
    karvan_edtf own;
    const char *text = karvan_table_text(t, column[0], row);
    const karvan_edtf *date = karvan_table_date(t, column[0], row);
    *least = KARVAN_DAY_MIN, *most = KARVAN_DAY_MAX;
    *open = karvan_table_state(t, column[0], row) == KARVAN_NOT_COVERED;
    if (karvan_table_state(t, column[0], row) != KARVAN_VALUE) return KARVAN_OK;
    if (!text) return of_parts(t, column, row, least, most, err);
    if (!date && karvan_edtf_parse(text, strlen(text), &own, NULL) == KARVAN_OK) date = &own;
    if (!date) return karvan_i_refuse(t, column[0], row, "no EDTF date, such as 1991-08-30", err);
    *least = date->earliest, *most = date->latest;
    return KARVAN_OK;
}

karvan_status karvan_i_span_read(const karvan_table *t, const karvan_i_span_columns *c, int64_t row,
                                 karvan_i_life *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t col;
    bool open;
    out->row = row;
    (void)karvan_table_locate(t, -1, row, &out->line, &col);
    KARVAN_TRY(of_cells(t, c->from, row, &out->start_least, &out->start_most, &open, err));
    if (open) out->start_most = KARVAN_DAY_MIN;
    out->end_least = out->end_most = KARVAN_DAY_MAX;
    if (c->to[0] >= 0) {
        KARVAN_TRY(of_cells(t, c->to, row, &out->end_least, &out->end_most, &open, err));
        if (open) out->end_least = KARVAN_DAY_MAX;
    }
    if (out->end_most < out->start_least) {
        st = karvan_i_refuse(t, c->to[0], row, "it ends before it begins", err);
        goto done;
    }
    if (out->start_most > out->end_most) out->start_most = out->end_most;
    if (out->end_least < out->start_least) out->end_least = out->start_least;
done:
    return st;
}

bool karvan_i_lives_meet(const karvan_i_life *a, const karvan_i_life *b) {
    return a->start_most <= b->end_least && b->start_most <= a->end_least;
}
