/* State systems: a table of spells becomes states in the order of their codes. */
#include "record/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/known.h"
#include "table/number.h"

/* Pairs of so many states, times all months, still have keys of 64 bits. */
enum { SPELLS_MOST = 1000000 };
static const char *const SYSTEMS[] = {"auto", "cow", "gw", "iso"};

const char *karvan_system_name(karvan_system s) {
    return s >= KARVAN_SYSTEM_AUTO && s <= KARVAN_SYSTEM_ISO ? SYSTEMS[s] : "unknown";
}

karvan_status karvan_system_parse(const char *s, karvan_system *out, karvan_error *err) {
    char room[64];
    for (int k = KARVAN_SYSTEM_COW; s && k <= KARVAN_SYSTEM_ISO; k++)
        if (strcmp(s, SYSTEMS[k]) == 0) return *out = (karvan_system)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "'%.40s' is no state system: cow, gw or iso%s",
                       s ? s : "", s ? karvan_i_meant(s, SYSTEMS + 1, 3, room, sizeof room) : "");
}

/* ---- from rows ---- */

typedef struct row_state {
    const char *code;
    size_t at;      /* where it begins in the text of all codes */
    int64_t number; /* where codes are numbers */
    bool by_number;
    karvan_i_life life;
} row_state;

static int by_code(const row_state *x, const row_state *y) {
    if (!x->by_number) return strcmp(x->code, y->code);
    return (x->number > y->number) - (x->number < y->number);
}

static int by_code_and_day(const void *a, const void *b) {
    const row_state *x = a, *y = b;
    int order = by_code(x, y);
    if (order == 0)
        order = (x->life.start_least > y->life.start_least) -
                (x->life.start_least < y->life.start_least);
    if (order == 0)
        order =
            (x->life.start_most > y->life.start_most) - (x->life.start_most < y->life.start_most);
    if (order == 0) order = (x->life.row > y->life.row) - (x->life.row < y->life.row);
    return order;
}

/* A whole number as it is printed: not 002. */
static bool is_number(const char *s, int64_t *out) {
    char again[KARVAN_I_CODE_ROOM];
    if (!karvan_i_parse_int(s, strlen(s), out)) return false;
    (void)snprintf(again, sizeof again, "%lld", (long long)*out);
    return strcmp(again, s) == 0;
}

static karvan_status find_code(const karvan_table *t, const karvan_states_options *o,
                               karvan_states *s, int *column, karvan_error *err) {
    bool two;
    s->system = o->system;
    *column = karvan_i_code_column(t, &s->system, &two);
    if (two)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s has the codes of two systems; say which: cow, gw or iso",
                           karvan_i_called(t));
    if (*column >= 0) return KARVAN_OK;
    return karvan_fail(err, o->system ? KARVAN_E_ARG : KARVAN_E_DATA,
                       "%s:1:1: no codes%s%s: there is no column %s", karvan_i_called(t),
                       o->system ? " of the system " : "", o->system ? SYSTEMS[o->system] : "",
                       karvan_i_code_name(o->system));
}

/* Rows that count, their codes in s->text (with room for all of them). */
static karvan_status read_rows(const karvan_table *t, const karvan_states_options *o,
                               karvan_states *s, row_state *rows, int64_t *n, karvan_i_text *text,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[KARVAN_I_CODE_ROOM];
    int code, micro = karvan_table_find(t, "microstate");
    karvan_i_span_columns c;
    KARVAN_TRY(find_code(t, o, s, &code, err));
    KARVAN_TRY(karvan_i_span_columns_find(t, &c, err));
    KARVAN_REQUIRE(!o->no_microstates || micro >= 0, err, KARVAN_E_ARG,
                   "%s marks no microstates: it has no column microstate", karvan_i_called(t));
    s->numbers = true;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (o->no_microstates && (karvan_table_bool(t, micro, r) || karvan_table_int(t, micro, r)))
            continue;
        const char *said = karvan_i_code_of(t, code, r, room);
        if (!said) {
            st = karvan_i_refuse(t, code, r, "a state needs its code", err);
            goto done;
        }
        row_state *x = &rows[*n];
        KARVAN_TRY(karvan_i_span_read(t, &c, r, &x->life, err));
        x->at = text->n; /* which may still move */
        karvan_i_text_add(text, said, strlen(said) + 1);
        if (!is_number(said, &x->number)) s->numbers = false;
        (*n)++;
    }
    KARVAN_TRY(karvan_i_text_status(text, err));
    for (int64_t i = 0; i < *n; i++)
        rows[i].code = text->s + rows[i].at, rows[i].by_number = s->numbers;
done:
    return st;
}

static bool same_days(const karvan_i_life *a, const karvan_i_life *b) {
    return a->start_least == b->start_least && a->start_most == b->start_most &&
           a->end_least == b->end_least && a->end_most == b->end_most;
}

/* Rows are in order: those that say the same count once, those that overlap are refused. */
static karvan_status judge(const karvan_table *t, row_state *rows, int64_t *n,
                           karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char what[200];
    int64_t kept = 0;
    for (int64_t i = 0; i < *n; i++) {
        bool twice = false;
        for (int64_t k = kept - 1; k >= 0 && by_code(&rows[k], &rows[i]) == 0 && !twice; k--) {
            twice = same_days(&rows[k].life, &rows[i].life);
            if (twice || !karvan_i_lives_meet(&rows[k].life, &rows[i].life)) continue;
            (void)snprintf(what, sizeof what,
                           "state %.40s exists twice at a time: this spell and that of line %lld "
                           "share a day",
                           rows[i].code, (long long)rows[k].life.line);
            st = karvan_i_refuse(t, -1, rows[i].life.row, what, err);
            goto done;
        }
        if (!twice)
            rows[kept++] = rows[i];
        else if (problems)
            KARVAN_TRY(karvan_problems_add_cell(problems, KARVAN_WARNING, t, -1, rows[i].life.row,
                                                "row-twice", "leave one of them out",
                                                "state %.40s: a spell said before; it counts once",
                                                rows[i].code));
    }
    *n = kept;
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}

static bool has_any(const karvan_table *t, const char *const *names) {
    for (; *names; names++)
        if (karvan_table_find(t, *names) >= 0) return true;
    return false;
}

/* A table of capitals has codes and days, too; its rows are spells of cities. A state's capital may
 * stand in a table of states, with its position or with last days it hardly does. */
static karvan_status judge_kind(const karvan_table *t, karvan_problems *problems,
                                karvan_error *err) {
    static const char *const lats[] = {"lat", "latitude", NULL};
    static const char *const lons[] = {"lng", "lon", "long", "longitude", NULL};
    static const char *const ends[] = {"end", "enddate", "to", "endyear", NULL};
    bool place = has_any(t, lats) && has_any(t, lons);
    bool city = karvan_table_find(t, "capital") >= 0 && has_any(t, ends);
    if (!problems || !(place || city)) return KARVAN_OK;
    karvan_status st = karvan_problems_add(
        problems, KARVAN_WARNING, karvan_i_called(t), 1, 1, "capitals-as-states",
        "a table of capitals goes with --distance, and --states takes one of states",
        "by its header this is a table of capitals (%s): its rows count as spells of states",
        place ? "it has latitude and longitude" : "it has a column capital, from day to day");
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for the list of problems");
}

typedef struct named {
    const char *code;
    int32_t state;
} named;

static int by_text(const void *a, const void *b) {
    return strcmp(((const named *)a)->code, ((const named *)b)->code);
}

static karvan_status index_text(karvan_states *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    named *order = karvan_i_calloc((size_t)s->n + 1, sizeof *order);
    s->by_text = karvan_i_calloc((size_t)s->n + 1, sizeof *s->by_text);
    KARVAN_REQUIRE(order && s->by_text, err, KARVAN_E_NOMEM, "no memory for %d states", (int)s->n);
    for (int32_t i = 0; i < s->n; i++) order[i] = (named){s->code[i], i};
    qsort(order, (size_t)s->n, sizeof *order, by_text);
    for (int32_t i = 0; i < s->n; i++) s->by_text[i] = order[i].state;
done:
    karvan_i_free(order);
    return st;
}

static void note_days(karvan_states *s, const karvan_i_life *x) {
    if (x->end_most == KARVAN_DAY_MAX)
        s->open = true;
    else if (x->end_most > s->last)
        s->last = x->end_most;
    if (x->start_least != x->start_most || x->end_least != x->end_most) s->uncertain = true;
}

static karvan_status fill(karvan_states *s, const row_state *rows, int64_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    s->code = karvan_i_calloc((size_t)n + 1, sizeof *s->code);
    s->first = karvan_i_calloc((size_t)n + 2, sizeof *s->first);
    s->life = karvan_i_calloc((size_t)n + 1, sizeof *s->life);
    KARVAN_REQUIRE(s->code && s->first && s->life, err, KARVAN_E_NOMEM, "no memory for %lld spells",
                   (long long)n);
    s->last = KARVAN_DAY_MIN;
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || by_code(&rows[i - 1], &rows[i]) != 0)
            s->first[s->n] = (int32_t)i, s->code[s->n++] = rows[i].code;
        s->life[i] = rows[i].life;
        note_days(s, &rows[i].life);
    }
    s->first[s->n] = (int32_t)n;
    KARVAN_TRY(index_text(s, err));
done:
    return st;
}

karvan_status karvan_states_create(const karvan_table *t, const karvan_states_options *options,
                                   karvan_problems *problems, karvan_states **out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_states_options defaults = {0}, *o = options ? options : &defaults;
    karvan_states *s = NULL;
    row_state *rows = NULL;
    karvan_i_text text = {0};
    int64_t n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(t, err, KARVAN_E_ARG, "the table is NULL");
    KARVAN_REQUIRE(o->system >= KARVAN_SYSTEM_AUTO && o->system <= KARVAN_SYSTEM_ISO, err,
                   KARVAN_E_ARG, "%d is no state system", (int)o->system);
    KARVAN_REQUIRE(karvan_table_rows(t) <= SPELLS_MOST, err, KARVAN_E_ARG,
                   "%s has more than %d rows", karvan_i_called(t), (int)SPELLS_MOST);
    s = karvan_i_calloc(1, sizeof *s);
    rows = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *rows);
    KARVAN_REQUIRE(s && rows, err, KARVAN_E_NOMEM, "no memory for states");
    KARVAN_TRY(read_rows(t, o, s, rows, &n, &text, err));
    qsort(rows, (size_t)n, sizeof *rows, by_code_and_day);
    KARVAN_TRY(judge_kind(t, problems, err));
    KARVAN_TRY(judge(t, rows, &n, problems, err));
    KARVAN_TRY(fill(s, rows, n, err));
    s->text = text.s, text = (karvan_i_text){0};
    *out = s, s = NULL;
done:
    karvan_states_destroy(s);
    karvan_i_free(rows);
    karvan_i_text_clear(&text);
    return st;
}

void karvan_states_destroy(karvan_states *s) {
    if (!s) return;
    karvan_i_free(s->text), karvan_i_free((void *)s->code), karvan_i_free(s->by_text);
    karvan_i_free(s->first), karvan_i_free(s->life);
    karvan_i_free(s);
}

static karvan_status make(karvan_i_csv_from from, const karvan_states_options *options,
                          karvan_problems *problems, karvan_states **out, karvan_error *err) {
    karvan_table *t = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!from.path) return karvan_fail(err, KARVAN_E_ARG, "the path is NULL");
    karvan_status st = karvan_i_csv_known(from, "states", karvan_i_n_state_columns,
                                          karvan_i_state_columns, true, &t, err);
    if (st == KARVAN_OK) st = karvan_states_create(t, options, problems, out, err);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_states_read(const char *path, const karvan_states_options *options,
                                 karvan_problems *problems, karvan_states **out,
                                 karvan_error *err) {
    return make((karvan_i_csv_from){.path = path}, options, problems, out, err);
}

karvan_status karvan_states_parse(const char *bytes, size_t n, const char *path,
                                  const karvan_states_options *options, karvan_problems *problems,
                                  karvan_states **out, karvan_error *err) {
    return make((karvan_i_csv_from){.path = path, .bytes = bytes ? bytes : "", .n = bytes ? n : 0},
                options, problems, out, err);
}

/* ---- what is asked of them ---- */

int32_t karvan_states_count(const karvan_states *s) { return s->n; }
karvan_system karvan_states_system(const karvan_states *s) { return s->system; }
const char *karvan_states_code(const karvan_states *s, int32_t i) { return s->code[i]; }
karvan_day karvan_states_last_day(const karvan_states *s) { return s->last; }
bool karvan_states_open(const karvan_states *s) { return s->open; }
bool karvan_states_uncertain(const karvan_states *s) { return s->uncertain; }

karvan_day karvan_states_first_day(const karvan_states *s) {
    karvan_day least = KARVAN_DAY_MAX;
    for (int32_t i = 0; i < s->first[s->n]; i++)
        if (s->life[i].start_least < least) least = s->life[i].start_least;
    return least;
}

bool karvan_states_first_year(const karvan_states *s, int64_t *year) {
    karvan_day least = KARVAN_DAY_MAX;
    int month, day;
    for (int32_t i = 0; i < s->first[s->n]; i++)
        if (s->life[i].start_least != KARVAN_DAY_MIN && s->life[i].start_least < least)
            least = s->life[i].start_least;
    if (least == KARVAN_DAY_MAX) return false;
    karvan_day_to_civil(least, year, &month, &day);
    return true;
}

int32_t karvan_states_find(const karvan_states *s, const char *code) {
    int32_t low = 0, high = s->n;
    while (code && low < high) {
        int32_t middle = low + (high - low) / 2, i = s->by_text[middle];
        int order = strcmp(code, s->code[i]);
        if (order == 0) return i;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

karvan_truth karvan_states_exists(const karvan_states *s, int32_t i, karvan_day first,
                                  karvan_day last) {
    const karvan_i_life days = {first, first, last, last, -1, 0};
    karvan_truth truth = KARVAN_NO;
    for (int32_t k = s->first[i]; k < s->first[i + 1]; k++) {
        const karvan_i_life *x = &s->life[k];
        if (karvan_i_lives_meet(x, &days)) return KARVAN_YES;
        if (x->start_least <= last && x->end_most >= first) truth = KARVAN_MAYBE;
    }
    return truth;
}
