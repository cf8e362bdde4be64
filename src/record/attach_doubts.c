/* Markers of missing values that were taken for values: words among numbers, and -9 among what is
 * nowhere else below 0. They are told, never guessed. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/attach.h"
#include "table/number.h"

enum { SHOWN = 4, CELL_ROOM = 24, LIST_ROOM = SHOWN * (CELL_ROOM + 4) };
enum { FEW = 20 }; /* one cell in so many may be another word than the markers below */

/* ---- words among numbers ---- */

/* What people write for no value, without regard to capitals. */
static bool is_marker(const char *s) {
    static const char *const markers[] = {
        ".",    "...",  "-",   "--",  "\xE2\x80\x93", "na",   "n/a", "n.a.", "#n/a", "\xE2\x80\x94",
        "null", "none", "nan", "nil", "''",           "\"\"", "?",   "nd",   "n.d.", "missing"};
    char lower[12];
    size_t n = strlen(s);
    if (n >= sizeof lower) return false;
    for (size_t i = 0; i <= n; i++)
        lower[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] - 'A' + 'a' : s[i]);
    for (size_t k = 0; k < sizeof markers / sizeof markers[0]; k++)
        if (strcmp(lower, markers[k]) == 0) return true;
    return false;
}

/* A number that is written as one: 007 and +1 are words. */
static bool is_number(const char *s) {
    double v;
    size_t sign = *s == '-';
    if (s[sign] == '+' || (s[sign] == '0' && s[sign + 1] >= '0' && s[sign + 1] <= '9'))
        return false;
    return karvan_i_parse_real(s, strlen(s), '.', &v);
}

/* Words of a column of text, by how often each stands there. */
typedef struct words {
    int64_t numbers, others; /* cells */
    int64_t first;           /* row of the first that is no number */
    bool all_markers;
    int n; /* different ones that are shown, SHOWN at the most */
    bool more;
    const char *word[SHOWN];
} words;

static void add_word(words *w, const char *s) {
    for (int k = 0; k < w->n; k++)
        if (strcmp(w->word[k], s) == 0) return;
    if (w->n == SHOWN)
        w->more = true;
    else
        w->word[w->n++] = s;
}

static karvan_status count_words(const karvan_table *t, int column, const uint8_t *leave, words *w,
                                 karvan_error *err) {
    int32_t size = karvan_table_dictionary_size(t, column);
    bool *number = karvan_i_calloc((size_t)size + 1, sizeof *number);
    if (!number) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for words");
    *w = (words){.first = -1, .all_markers = true};
    for (int32_t k = 0; k < size; k++)
        number[k] = is_number(karvan_table_dictionary_text(t, column, k));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int32_t code = karvan_table_code(t, column, r);
        if (code < 0 || (leave && leave[r])) continue;
        if (number[code]) {
            w->numbers++;
            continue;
        }
        const char *s = karvan_table_dictionary_text(t, column, code);
        if (w->others++ == 0) w->first = r;
        if (w->n < SHOWN || !w->more) add_word(w, s);
        w->all_markers = w->all_markers && is_marker(s);
    }
    karvan_i_free(number);
    return KARVAN_OK;
}

/* 'a', 'b' as a sentence has them; or a,b as an option does, without NA, which needs none. */
static void list_words(const words *w, bool option, char *room) {
    size_t n = 0;
    *room = 0;
    for (int k = 0; k < w->n; k++) {
        const char *s = w->word[k];
        if (option && strcmp(s, "NA") == 0) continue;
        size_t length = strlen(s);
        int cut = (int)karvan_utf8_valid_prefix(s, length < CELL_ROOM ? length : CELL_ROOM);
        n += (size_t)snprintf(room + n, LIST_ROOM - n, option ? "%s%.*s" : "%s'%.*s'",
                              n == 0   ? ""
                              : option ? ","
                                       : ", ",
                              cut, s);
    }
}

static karvan_status doubt_text(const karvan_table *t, int column, const uint8_t *leave,
                                karvan_problems *problems, karvan_error *err) {
    words w = {0};
    char said[LIST_ROOM], option[LIST_ROOM], hint[LIST_ROOM + 100];
    karvan_status st = count_words(t, column, leave, &w, err);
    if (st != KARVAN_OK || w.numbers == 0 || w.others == 0) return st;
    if (!w.all_markers && w.others * FEW > w.numbers) return KARVAN_OK;
    list_words(&w, false, said), list_words(&w, true, option);
    if (w.all_markers && !w.more && *option)
        (void)snprintf(hint, sizeof hint, "--missing %s reads %s as unknown", option,
                       strchr(option, ',') ? "them" : "it");
    else if (w.all_markers && !w.more)
        (void)snprintf(hint, sizeof hint, "write NA without quotation marks, or say --missing NA");
    else
        (void)snprintf(hint, sizeof hint,
                       "mend the cells, or name them after --missing to read them as unknown");
    st = karvan_problems_add_cell(
        problems, KARVAN_WARNING, t, column, w.first, "text-among-numbers", hint,
        "%.80s is text for the sake of %lld of its %lld cells: %s%s; the others are numbers",
        karvan_table_column(t, column).name, (long long)w.others,
        (long long)w.others + (long long)w.numbers, said, w.more ? ", ..." : "");
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for the list of problems");
}

/* ---- -9 among numbers ---- */

static karvan_status doubt_number(const karvan_table *t, int column, const uint8_t *leave,
                                  karvan_problems *problems, karvan_error *err) {
    static const double markers[] = {-9, -99, -999, -9999};
    int64_t n = 0, values = 0, first = -1;
    double marker = 0;
    bool real = karvan_table_column(t, column).type == KARVAN_REAL;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if ((leave && leave[r]) || karvan_table_state(t, column, r) != KARVAN_VALUE) continue;
        double v = real ? karvan_table_real(t, column, r) : (double)karvan_table_int(t, column, r);
        values++;
        if (v >= 0) continue;
        bool is = false;
        for (size_t k = 0; k < sizeof markers / sizeof markers[0]; k++) is |= v == markers[k];
        if (!is) return KARVAN_OK; /* numbers that may be below 0 */
        if (n++ == 0) first = r, marker = v;
    }
    if (n == 0 || n == values) return KARVAN_OK;
    char hint[80];
    (void)snprintf(hint, sizeof hint, "--missing %.0f reads it as unknown, if that is meant",
                   marker);
    karvan_status st = karvan_problems_add_cell(
        problems, KARVAN_WARNING, t, column, first, "marker-among-numbers", hint,
        "%.80s is nowhere below 0 but in %lld of its %lld cells, such as this %.0f, which counts "
        "as a value",
        karvan_table_column(t, column).name, (long long)n, (long long)values, marker);
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for the list of problems");
}

/* ---- both ---- */

karvan_status karvan_i_attach_doubts(const karvan_dyad_years *d, const uint8_t *leave,
                                     karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int source = d->n_sources - 1, before = -1;
    const karvan_table *t = d->source[source].t;
    for (int k = 0; k < d->n_columns; k++) {
        int column = d->column[k].column;
        /* both sides of one column stand together */
        if (d->column[k].source != source || column == before) continue;
        before = column;
        if (d->column[k].type == KARVAN_TEXT)
            KARVAN_TRY(doubt_text(t, column, leave, problems, err));
        if (d->column[k].type == KARVAN_INT || d->column[k].type == KARVAN_REAL)
            KARVAN_TRY(doubt_number(t, column, leave, problems, err));
    }
done:
    return st;
}
