/* Eurostat's wide text: a series a line, its dimensions in the first field, a period a column. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/sdmx.h"
#include "table/number.h"

enum { DIMENSIONS_MAX = 60, KEY_BYTES = 400, CELL_BYTES = 64 };

/* "freq,unit,geo\TIME_PERIOD", then a tab. */
bool karvan_i_sdmx_is_tsv(const char *first, size_t n) {
    const char *tab = memchr(first, '\t', n), *back = memchr(first, '\\', n);
    const char *end = memchr(first, '\n', n);
    return tab && back && back < tab && (!end || tab < end);
}

/* Text without the blanks around it, with an end. */
static const char *trimmed(const karvan_i_field *f, char *room, size_t cap) {
    size_t a = 0, b = f->n;
    while (a < b && f->s[a] == ' ') a++;
    while (b > a && (f->s[b - 1] == ' ' || f->s[b - 1] == '\r')) b--;
    size_t n = b - a < cap - 1 ? b - a : cap - 1;
    memcpy(room, f->s + a, n), room[n] = 0;
    return room;
}

/* Cuts a list at its commas, in place; how many. */
static int cut(char *list, char **part, int most) {
    int n = 0;
    for (char *p = list; n < most; p++) {
        part[n++] = p;
        p = strchr(p, ',');
        if (!p) break;
        *p = 0;
    }
    return n;
}

/* A field that has no room would be cut, and mean something else. */
static karvan_status too_long(karvan_i_sdmx *s, bool *yes) {
    *yes = false;
    for (int f = 0; f < s->csv.n_fields; f++) {
        size_t most = f == 0 ? KEY_BYTES : CELL_BYTES;
        if (s->csv.field[f].n < most) continue;
        *yes = true;
        return karvan_i_sdmx_fault(s, f, "sdmx-fields", "one tab between fields",
                                   "a field of %zu bytes; %zu are the most", s->csv.field[f].n,
                                   most - 1);
    }
    return KARVAN_OK;
}

typedef struct wide {
    karvan_i_sdmx *s;
    int n_dimensions, n_periods;
    char **period; /* [n_periods] */
} wide;

static karvan_status read_periods(wide *w) {
    karvan_i_sdmx *s = w->s;
    w->n_periods = s->csv.n_fields - 1;
    w->period = karvan_i_calloc((size_t)w->n_periods + 1, sizeof *w->period);
    if (!w->period) return karvan_fail(s->err, KARVAN_E_NOMEM, "no memory for periods");
    for (int k = 0; k < w->n_periods; k++) {
        char room[CELL_BYTES];
        const char *text = trimmed(&s->csv.field[k + 1], room, sizeof room);
        if (karvan_utf8_valid_prefix(text, strlen(text)) != strlen(text)) text = "?";
        w->period[k] = karvan_i_strndup(text, strlen(text));
        if (!w->period[k]) return karvan_fail(s->err, KARVAN_E_NOMEM, "no memory for periods");
    }
    return KARVAN_OK;
}

static karvan_status begin(wide *w) {
    karvan_i_sdmx *s = w->s;
    karvan_column columns[DIMENSIONS_MAX + 6] = {{"sdmx_line", KARVAN_INT, NULL},
                                                 {"sdmx_structure", KARVAN_TEXT, NULL},
                                                 {"sdmx_structure_id", KARVAN_TEXT, NULL}};
    char room[KEY_BYTES], *part[DIMENSIONS_MAX];
    (void)trimmed(&s->csv.field[0], room, sizeof room);
    char *back = strchr(room, '\\');
    if (karvan_utf8_valid_prefix(room, strlen(room)) != strlen(room) || !back)
        return karvan_i_sdmx_fault(s, 0, "sdmx-header", "DIM,DIM\\TIME_PERIOD",
                                   "the first column names no dimensions");
    *back = 0;
    w->n_dimensions = cut(room, part, DIMENSIONS_MAX);
    int n = 3;
    for (int k = 0; k < w->n_dimensions; k++) {
        bool twice = !*part[k];
        for (int c = 0; c < n; c++) twice |= strcmp(columns[c].name, part[k]) == 0;
        for (const char *const *p =
                 (const char *const[]){"TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", NULL};
             *p; p++)
            twice |= strcmp(*p, part[k]) == 0;
        if (twice)
            return karvan_i_sdmx_fault(s, 0, "sdmx-header", "each dimension once",
                                       "dimension '%.80s' cannot stand there", part[k]);
        columns[n++] = (karvan_column){part[k], KARVAN_TEXT, NULL};
    }
    columns[n++] = (karvan_column){"TIME_PERIOD", KARVAN_TEXT, NULL};
    columns[n++] = (karvan_column){"OBS_VALUE", KARVAN_REAL, NULL};
    columns[n++] = (karvan_column){"OBS_FLAG", KARVAN_TEXT, NULL};
    return karvan_builder_create("sdmx", n, columns, &s->b, s->err);
}

/* "4600 p": a number and its flags; ":" is not available, ": c" is confidential. */
static karvan_status put_cell(wide *w, const char *text, int column, int field) {
    karvan_i_sdmx *s = w->s;
    karvan_status st = KARVAN_OK;
    size_t n = strcspn(text, " ");
    const char *flag = text + n + strspn(text + n, " ");
    double v = 0;
    if (n == 1 && *text == ':')
        KARVAN_TRY(karvan_builder_state(s->b, column, *flag ? KARVAN_UNKNOWN : KARVAN_NOT_COVERED,
                                        s->err));
    else if (karvan_i_parse_real(text, n, '.', &v))
        KARVAN_TRY(karvan_builder_real(s->b, column, v, s->err));
    else
        KARVAN_TRY(karvan_i_sdmx_fault(s, field, "sdmx-value", "a number or a colon, then flags",
                                       "'%.40s' is no figure", text));
    st = *flag ? karvan_builder_text(s->b, column + 1, flag, s->err)
               : karvan_builder_state(s->b, column + 1, KARVAN_NOT_COVERED, s->err);
done:
    return st;
}

static karvan_status put_series(wide *w) {
    karvan_i_sdmx *s = w->s;
    karvan_status st = KARVAN_OK;
    bool cut_off;
    char room[KEY_BYTES], cell[CELL_BYTES], *part[DIMENSIONS_MAX];
    KARVAN_TRY(too_long(s, &cut_off));
    if (cut_off) goto done;
    (void)trimmed(&s->csv.field[0], room, sizeof room);
    int n = cut(room, part, DIMENSIONS_MAX);
    if (n != w->n_dimensions || s->csv.n_fields != w->n_periods + 1)
        return karvan_i_sdmx_fault(s, -1, "sdmx-fields", "as many as the header",
                                   "%d dimensions and %d periods, where the header has %d and %d",
                                   n, s->csv.n_fields - 1, w->n_dimensions, w->n_periods);
    for (int f = 0; f < s->csv.n_fields; f++)
        if (karvan_utf8_valid_prefix(s->csv.field[f].s, s->csv.field[f].n) != s->csv.field[f].n ||
            memchr(s->csv.field[f].s, 0, s->csv.field[f].n))
            return karvan_i_sdmx_fault(s, f, "sdmx-encoding", "save the file as UTF-8",
                                       "bytes that are no text in UTF-8");
    for (int k = 0; k < w->n_periods; k++) {
        KARVAN_TRY(karvan_builder_row(s->b, s->err));
        KARVAN_TRY(karvan_builder_int(s->b, 0, s->csv.line, s->err));
        KARVAN_TRY(karvan_builder_state(s->b, 1, KARVAN_NOT_COVERED, s->err));
        KARVAN_TRY(karvan_builder_state(s->b, 2, KARVAN_NOT_COVERED, s->err));
        for (int d = 0; d < n; d++) {
            part[d][karvan_utf8_valid_prefix(part[d], strlen(part[d]))] = 0;
            KARVAN_TRY(karvan_builder_text(s->b, 3 + d, part[d], s->err));
        }
        KARVAN_TRY(karvan_builder_text(s->b, 3 + n, w->period[k], s->err));
        (void)trimmed(&s->csv.field[k + 1], cell, sizeof cell);
        cell[karvan_utf8_valid_prefix(cell, strlen(cell))] = 0;
        KARVAN_TRY(put_cell(w, cell, 4 + n, k + 1));
    }
done:
    return st;
}

karvan_status karvan_i_sdmx_tsv(karvan_i_sdmx *s, karvan_table **out) {
    karvan_status st = KARVAN_OK;
    wide w = {.s = s};
    bool got, cut_off;
    s->csv.delimiter = '\t';
    KARVAN_TRY(karvan_i_csv_next(&s->csv, &got, s->err));
    KARVAN_REQUIRE(got, s->err, KARVAN_E_DATA, "%s:1:1: the file is empty", s->path);
    KARVAN_TRY(too_long(s, &cut_off));
    if (cut_off) goto done;
    KARVAN_TRY(read_periods(&w));
    KARVAN_TRY(begin(&w));
    while (s->faults == 0 || s->problems) {
        KARVAN_TRY(karvan_i_csv_next(&s->csv, &got, s->err));
        if (!got || !s->b) break;
        if (s->csv.n_fields > 1 || s->csv.field[0].n > 0) KARVAN_TRY(put_series(&w));
    }
    if (s->faults == 0) st = karvan_builder_finish(s->b, out, s->err), s->b = NULL;
done:
    for (int k = 0; k < w.n_periods && w.period; k++) karvan_i_free(w.period[k]);
    karvan_i_free(w.period);
    return st;
}
