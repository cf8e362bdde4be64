/* What the rows of an attached table speak of: states or pairs of them, years or months. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/attach.h"
#include "table/cell.h"

static const struct {
    const char *one, *two;
    unsigned systems; /* bits of karvan_system */
} PAIRS[] = {{"ccode1", "ccode2", 1u << KARVAN_SYSTEM_COW},
             {"gwcode1", "gwcode2", 1u << KARVAN_SYSTEM_GW},
             {"iso3_1", "iso3_2", 1u << KARVAN_SYSTEM_ISO},
             {"code1", "code2", ~0u},
             {"state1", "state2", ~0u},
             {"exporter", "importer", ~0u},
             {"reporter", "partner", 1u << KARVAN_SYSTEM_ISO},
             {"iso_o", "iso_d", 1u << KARVAN_SYSTEM_ISO}};

static bool pair_of(const karvan_table *t, karvan_system system, karvan_i_key *k) {
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        if (!(PAIRS[i].systems & 1u << system)) continue;
        k->code[0] = karvan_table_find(t, PAIRS[i].one);
        k->code[1] = karvan_table_find(t, PAIRS[i].two);
        if (k->code[0] >= 0 && k->code[1] >= 0) return true;
    }
    k->code[0] = k->code[1] = -1;
    return false;
}

/* As sums of events have them. Not among PAIRS: a table of states may say its source in words. */
static void source_and_target(const karvan_table *t, karvan_i_key *k) {
    int source = karvan_table_find(t, "source"), target = karvan_table_find(t, "target");
    if (source >= 0 && target >= 0) k->code[0] = source, k->code[1] = target;
}

karvan_status karvan_i_key_find(const karvan_dyad_years *d, const karvan_table *t, karvan_i_key *k,
                                karvan_error *err) {
    char what[300];
    bool two;
    karvan_system system = k->system;
    if (!pair_of(t, system, k)) {
        k->code[0] = karvan_i_code_column(t, &system, &two);
        if (k->code[0] < 0 && system == KARVAN_SYSTEM_ISO)
            k->code[0] = karvan_table_find(t, "country");
        if (k->code[0] < 0) source_and_target(t, k);
    }
    k->year = karvan_table_find(t, "year"), k->month = karvan_table_find(t, "month");
    if (k->code[0] < 0) {
        (void)snprintf(what, sizeof what,
                       "no column of states of the system %s: %s, or two such as %s; code1 and "
                       "code2, source and target, exporter and importer do in any system",
                       karvan_system_name(system), karvan_i_code_name(system),
                       system == KARVAN_SYSTEM_COW  ? "ccode1 and ccode2"
                       : system == KARVAN_SYSTEM_GW ? "gwcode1 and gwcode2"
                                                    : "iso3_1 and iso3_2");
        return karvan_i_refuse_header(t, what, err);
    }
    if (k->year < 0) return karvan_i_refuse_header(t, "no column year", err);
    if (k->month >= 0 && !d->q.months)
        return karvan_i_refuse_header(
            t,
            "its rows are months: attach them to dyad-months, or make years of "
            "them first",
            err);
    return KARVAN_OK;
}

/* ---- codes ---- */

static karvan_status unknown_code(const karvan_table *t, int column, int64_t row, const char *code,
                                  karvan_problems *problems, karvan_i_dictionary *told,
                                  karvan_error *err) {
    int32_t before = told->n, place;
    if (!problems) return KARVAN_OK;
    karvan_status st = karvan_i_dictionary_add(told, code, strlen(code), &place, err);
    if (st != KARVAN_OK || place < before) return st;
    st = karvan_problems_add_cell(problems, KARVAN_WARNING, t, column, row, "code-not-a-state",
                                  "its rows are attached to nothing",
                                  "%.40s is the code of no state of the table of states", code);
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for the list of problems");
}

karvan_status karvan_i_row_states(const karvan_dyad_years *d, const karvan_table *t, int column,
                                  const uint8_t *leave, karvan_problems *problems,
                                  karvan_i_dictionary *told, int32_t *state, karvan_error *err) {
    enum { NOT_ASKED = -2 };
    karvan_status st = KARVAN_OK;
    char room[KARVAN_I_CODE_ROOM], before[KARVAN_I_CODE_ROOM] = "";
    karvan_type type = karvan_table_column(t, column).type;
    bool coded = type == KARVAN_TEXT || type == KARVAN_DATE;
    int32_t n = coded ? karvan_table_dictionary_size(t, column) : 0, *known = NULL, last = -1;
    if (coded) known = karvan_i_malloc((size_t)n + 1, sizeof *known);
    KARVAN_REQUIRE(known || !coded, err, KARVAN_E_NOMEM, "no memory for codes");
    for (int32_t i = 0; i < n; i++) known[i] = NOT_ASKED;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (leave && leave[r]) {
            state[r] = -1;
            continue;
        }
        int32_t k = coded ? karvan_table_code(t, column, r) : -1;
        if (k >= 0 && known[k] != NOT_ASKED) {
            state[r] = known[k];
            continue;
        }
        const char *code = karvan_i_code_of(t, column, r, room);
        if (!code) {
            st = karvan_i_refuse(t, column, r, "the row says of no state what it says", err);
            goto done;
        }
        if (coded || strcmp(code, before) != 0) { /* rows of one state mostly stand together */
            last = karvan_states_find(d->states, code);
            if (last < 0) KARVAN_TRY(unknown_code(t, column, r, code, problems, told, err));
            if (!coded) (void)snprintf(before, sizeof before, "%s", code);
        }
        state[r] = last;
        if (k >= 0) known[k] = last;
    }
done:
    karvan_i_free(known);
    return st;
}

/* ---- codes of another system ---- */

/* Codes that were told already: of no state; without a counterpart. */
typedef struct told_codes {
    karvan_i_dictionary unknown, lost;
} told_codes;

/* The code has no counterpart in the states' system. */
static karvan_status lost_code(told_codes *told, const karvan_dyad_years *d, const karvan_i_key *k,
                               int column, const karvan_table *t, int64_t row, const char *code,
                               karvan_problems *problems, karvan_error *err) {
    int32_t before = told->lost.n, place;
    if (!problems) return KARVAN_OK;
    karvan_status st = karvan_i_dictionary_add(&told->lost, code, strlen(code), &place, err);
    if (st != KARVAN_OK || place < before) return st;
    st = karvan_problems_add_cell(
        problems, KARVAN_WARNING, t, column, row, "code-without-counterpart",
        "its rows are attached to nothing", "%.40s of %s has no code in %s in %lld", code,
        karvan_system_name(k->system), karvan_system_name(d->states->system),
        (long long)karvan_table_int(t, k->year, row));
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for the list of problems");
}

/* States of rows whose codes are another system's. What a code means may change with the year; rows
 * of one code and year mostly stand together. */
static karvan_status turned_states(const karvan_dyad_years *d, const karvan_table *t,
                                   const karvan_i_key *k, int column, karvan_problems *problems,
                                   told_codes *told, int32_t *state, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[KARVAN_I_CODE_ROOM], before[KARVAN_I_CODE_ROOM] = "";
    int64_t year_before = INT64_MIN;
    int32_t last = -1;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (k->leave && k->leave[r]) {
            state[r] = -1;
            continue;
        }
        const char *code = karvan_i_code_of(t, column, r, room);
        int64_t year = karvan_table_int(t, k->year, r);
        if (!code) {
            st = karvan_i_refuse(t, column, r, "the row says of no state what it says", err);
            goto done;
        }
        if (year != year_before || strcmp(code, before) != 0) {
            const char *own = karvan_code_in(k->system, code, year, d->states->system);
            last = own ? karvan_states_find(d->states, own) : -1;
            if (!own) KARVAN_TRY(lost_code(told, d, k, column, t, r, code, problems, err));
            if (own && last < 0)
                KARVAN_TRY(unknown_code(t, column, r, own, problems, &told->unknown, err));
            (void)snprintf(before, sizeof before, "%s", code), year_before = year;
        }
        state[r] = last;
    }
done:
    return st;
}

static karvan_status find_states(const karvan_dyad_years *d, const karvan_table *t,
                                 const karvan_i_key *k, int column, karvan_problems *problems,
                                 told_codes *told, int32_t *state, karvan_error *err) {
    if (k->system == d->states->system)
        return karvan_i_row_states(d, t, column, k->leave, problems, &told->unknown, state, err);
    return turned_states(d, t, k, column, problems, told, state, err);
}

/* ---- keys ---- */

static karvan_status period_of_row(const karvan_i_source *s, const karvan_i_key *k, int64_t row,
                                   int64_t *out, karvan_error *err) {
    if (karvan_table_state(s->t, k->year, row) != KARVAN_VALUE ||
        karvan_table_column(s->t, k->year).type != KARVAN_INT)
        return karvan_i_refuse(s->t, k->year, row, "the row needs its year, a whole number", err);
    int64_t year = karvan_table_int(s->t, k->year, row);
    if (year < -KARVAN_I_YEAR_MOST || year > KARVAN_I_YEAR_MOST)
        return karvan_i_refuse(s->t, k->year, row, "a year lies within -9999 and 9999", err);
    *out = year;
    if (k->month < 0) return KARVAN_OK;
    int64_t month = karvan_table_int(s->t, k->month, row); /* 0: none */
    if (month < 1 || month > 12)
        return karvan_i_refuse(s->t, k->month, row, "the row needs its month, 1 to 12", err);
    *out = year * 12 + month - 1;
    return KARVAN_OK;
}

/* The first and the number of the table's periods. */
static karvan_status find_span(karvan_i_source *s, const karvan_i_key *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t p = 0, least = INT64_MAX, most = INT64_MIN;
    for (int64_t r = 0; r < karvan_table_rows(s->t); r++) {
        if (k->leave && k->leave[r]) continue;
        KARVAN_TRY(period_of_row(s, k, r, &p, err));
        if (p < least) least = p;
        if (p > most) most = p;
    }
    s->begin = least > most ? 0 : least, s->span = least > most ? 1 : most - least + 1;
done:
    return st;
}

uint64_t karvan_i_key_of(const karvan_dyad_years *d, const karvan_i_source *s, int32_t a,
                         int32_t b) {
    uint64_t entity = (uint64_t)a;
    if (s->kind == KARVAN_I_OF_DYADS) {
        int32_t one = s->both_ways && a > b ? b : a, two = s->both_ways && a > b ? a : b;
        entity = (uint64_t)one * (uint64_t)d->states->n + (uint64_t)two;
    }
    return entity * (uint64_t)s->span;
}

static int by_key(const void *a, const void *b) {
    const karvan_i_keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

karvan_status karvan_i_keys_make(const karvan_dyad_years *d, karvan_i_source *s,
                                 const karvan_i_key *k, karvan_problems *problems,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(s->t), period = 0;
    bool dyadic = s->kind == KARVAN_I_OF_DYADS, sorted = true;
    told_codes told = {0};
    int32_t *a = karvan_i_malloc((size_t)rows + 1, sizeof *a), *b = NULL;
    if (dyadic) b = karvan_i_malloc((size_t)rows + 1, sizeof *b);
    s->keyed = karvan_i_malloc((size_t)rows + 1, sizeof *s->keyed);
    KARVAN_REQUIRE(a && (b || !dyadic) && s->keyed, err, KARVAN_E_NOMEM, "no memory for %lld rows",
                   (long long)rows);
    KARVAN_TRY(find_span(s, k, err));
    KARVAN_TRY(find_states(d, s->t, k, k->code[0], problems, &told, a, err));
    if (dyadic) KARVAN_TRY(find_states(d, s->t, k, k->code[1], problems, &told, b, err));
    for (int64_t r = 0; r < rows; r++) {
        if (a[r] < 0 || (dyadic && (b[r] < 0 || a[r] == b[r]))) continue;
        KARVAN_TRY(period_of_row(s, k, r, &period, err));
        uint64_t key =
            karvan_i_key_of(d, s, a[r], dyadic ? b[r] : -1) + (uint64_t)(period - s->begin);
        if (s->n > 0 && key <= s->keyed[s->n - 1].key) sorted = false;
        s->keyed[s->n++] = (karvan_i_keyed){key, r};
    }
    if (!sorted) qsort(s->keyed, (size_t)s->n, sizeof *s->keyed, by_key);
done:
    karvan_i_dictionary_clear(&told.unknown), karvan_i_dictionary_clear(&told.lost);
    karvan_i_free(a), karvan_i_free(b);
    return st;
}
