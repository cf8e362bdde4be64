/* Alliances: a row a pair and year, with the pledges of the one to the other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/similarity.h"
#include "table/cell.h"
#include "table/known.h"

enum { C_ONE, C_TWO, C_YEAR, C_PLEDGE, PLEDGES = 6, C_END = C_PLEDGE + PLEDGES };

/* Names as they are folded: ccode1, stateA, iso3_1. */
static const char *const PAIRS[][2] = {{"ccode1", "ccode2"},       {"gwcode1", "gwcode2"},
                                       {"statea", "stateb"},       {"mem1", "mem2"},
                                       {"stateabb1", "stateabb2"}, {"iso31", "iso32"},
                                       {"iso3c1", "iso3c2"},       {"code1", "code2"},
                                       {"state1", "state2"},       {"statename1", "statename2"},
                                       {"country1", "country2"}};
static const struct {
    const char *name[4]; /* behind atop or cow, or alone */
    int strength;
} KINDS[PLEDGES] = {{{"defense", "defence", NULL}, 3},     {{"offense", "offence", NULL}, 3},
                    {{"neutral", "neutrality", NULL}, 2},  {{"nonagg", "nonaggression", NULL}, 2},
                    {{"consul", "consultation", NULL}, 1}, {{"entente", NULL}, 1}};
/* With one of them a row is an alliance, and a pair may have several in a year. */
static const char *const IDS[] = {"atopid", "version4id", "version3id", "allianceid", "alliance"};

typedef struct row {
    int32_t year, one, two; /* states by the dictionary */
    int least, most;        /* strength: for certain, and possibly */
    int64_t row;
} row;

enum { NO_ROW = -1 };
typedef struct tie {
    int least, most;
    int64_t row; /* of the table, that says so; NO_ROW */
} tie;

typedef struct alliances {
    karvan_profiles *p;
    const karvan_profiles_options *o;
    karvan_table *t;
    int column[C_END]; /* -1: not there */
    bool several;      /* rows are alliances */
    int top;           /* of the scale of pledges: 3, or 1 */
    row *row;
    int64_t n;
    /* of one year: */
    int32_t *place, *state; /* [states] place of a state in the year, -1; states by place */
    int32_t n_states;
    tie *tie; /* [n_states * n_states], row: whose tie */
    size_t cap_ties, cap_entries;
} alliances;

static int find_folded(const karvan_table *t, const char *name) {
    char folded[64];
    for (int c = 0; c < karvan_table_columns(t); c++) {
        (void)karvan_text_fold(karvan_table_column(t, c).name, folded, sizeof folded);
        if (strcmp(folded, name) == 0) return c;
    }
    return -1;
}

static int find_pledge(const karvan_table *t, int k) {
    static const char *const before[] = {"", "atop", "cow"};
    char name[40];
    for (int i = 0; KINDS[k].name[i]; i++)
        for (size_t b = 0; b < sizeof before / sizeof before[0]; b++) {
            (void)snprintf(name, sizeof name, "%s%s", before[b], KINDS[k].name[i]);
            int c = find_folded(t, name);
            if (c >= 0) return c;
        }
    return -1;
}

static bool find_pair(const karvan_table *t, int *one, int *two) {
    for (size_t k = 0; k < sizeof PAIRS / sizeof PAIRS[0]; k++) {
        *one = find_folded(t, PAIRS[k][0]), *two = find_folded(t, PAIRS[k][1]);
        if (*one >= 0 && *two >= 0) return true;
    }
    return false;
}

bool karvan_i_has_pairs(const karvan_table *header) {
    static const char *const others[][2] = {{"exporter", "importer"},  {"reporter", "partner"},
                                            {"source", "target"},      {"isoo", "isod"},
                                            {"origin", "destination"}, {"from", "to"}};
    int one, two;
    bool pair = find_pair(header, &one, &two);
    if (pair && (one == 0 || two == 0)) return true;
    for (int k = 0; pair && k < PLEDGES; k++)
        if (find_pledge(header, k) >= 0) return true; /* alliances without a year */
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        one = find_folded(header, others[k][0]), two = find_folded(header, others[k][1]);
        if (one >= 0 && two >= 0 && (one == 0 || two == 0)) return true;
    }
    return false;
}

static bool find_columns(const karvan_table *t, int column[C_END]) {
    bool some = false, pair = find_pair(t, &column[C_ONE], &column[C_TWO]);
    column[C_YEAR] = find_folded(t, "year");
    for (int k = 0; k < PLEDGES; k++) {
        column[C_PLEDGE + k] = find_pledge(t, k);
        some = some || column[C_PLEDGE + k] >= 0;
    }
    return some && pair && column[C_YEAR] >= 0;
}

bool karvan_i_is_alliances(const karvan_i_profiles_file *f) {
    int column[C_END];
    return find_columns(f->header, column);
}

/* ---- rows ---- */

static karvan_status read_table(alliances *a, const karvan_i_profiles_file *f, karvan_error *err) {
    karvan_column columns[C_END];
    const char *only[C_END];
    karvan_csv_options o = {
        .columns = columns, .only = only, .n_missing = KARVAN_I_GAPS, .missing = karvan_i_gaps};
    int column[C_END];
    (void)find_columns(f->header, column);
    for (int c = 0; c < C_END; c++) {
        if (column[c] < 0) continue;
        only[o.n_only++] = karvan_table_column(f->header, column[c]).name;
        columns[o.n_columns] =
            (karvan_column){only[o.n_columns], c == C_YEAR ? KARVAN_INT : KARVAN_TEXT, NULL};
        o.n_columns++;
    }
    for (size_t k = 0; k < sizeof IDS / sizeof IDS[0]; k++)
        a->several = a->several || find_folded(f->header, IDS[k]) >= 0;
    karvan_status st = karvan_i_profiles_csv(f, &o, &a->t, err);
    if (st == KARVAN_OK) (void)find_columns(a->t, a->column);
    return st;
}

/* 1, 0; -1: it is not known; -2: no word of a pledge. */
static int meaning(const char *s) {
    static const struct {
        const char *word;
        int pledge;
    } words[] = {{"1", 1}, {"0", 0}, {"1.0", 1}, {"0.0", 0}, {"NA", -1}, {"-9", -1}, {".", -1}};
    if (!s) return -1;
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (strcmp(words[k].word, s) == 0) return words[k].pledge;
    return -2;
}

static karvan_status take_pledges(const alliances *a, row *r, karvan_error *err) {
    for (int k = 0; k < PLEDGES; k++) {
        int c = a->column[C_PLEDGE + k], strength = a->top == 1 ? 1 : KINDS[k].strength;
        if (c < 0) continue;
        int said = meaning(karvan_table_text(a->t, c, r->row));
        if (said == -2)
            return karvan_i_refuse(a->t, c, r->row,
                                   "this is no pledge: 1 where it was given and 0 where not are "
                                   "expected (-9, NA or nothing where it is not known)",
                                   err);
        if (said == 1 && strength > r->least) r->least = strength;
        if (said != 0 && strength > r->most) r->most = strength;
    }
    if (r->most < r->least) r->most = r->least;
    return KARVAN_OK;
}

static karvan_status code_of(alliances *a, int c, int64_t at, int32_t *out, karvan_error *err) {
    const char *s = karvan_table_text(a->t, a->column[c], at);
    return s ? karvan_i_dictionary_add(&a->p->states, s, strlen(s), out, err)
             : karvan_i_refuse(a->t, a->column[c], at, "a pair without one of its states", err);
}

static karvan_status take_row(alliances *a, int64_t at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    row r = {.row = at};
    int64_t year = karvan_table_int(a->t, a->column[C_YEAR], at);
    if (karvan_table_state(a->t, a->column[C_YEAR], at) != KARVAN_VALUE || year < -9999 ||
        year > 9999)
        return karvan_i_refuse(a->t, a->column[C_YEAR], at, "a pair without its year", err);
    r.year = (int32_t)year;
    karvan_i_profiles_of_year(a->p, r.year);
    KARVAN_TRY(code_of(a, C_ONE, at, &r.one, err));
    KARVAN_TRY(code_of(a, C_TWO, at, &r.two, err));
    KARVAN_TRY(take_pledges(a, &r, err));
    a->row[a->n++] = r;
done:
    return st;
}

static int by_row(const void *x, const void *y) {
    const row *a = x, *b = y;
    if (a->year != b->year) return (a->year > b->year) - (a->year < b->year);
    if (a->one != b->one) return (a->one > b->one) - (a->one < b->one);
    if (a->two != b->two) return (a->two > b->two) - (a->two < b->two);
    return (a->row > b->row) - (a->row < b->row);
}

static karvan_status none_twice(const alliances *a, karvan_error *err) {
    for (int64_t k = 1; k < a->n && !a->several; k++) {
        const row *x = &a->row[k - 1], *y = &a->row[k];
        char what[300];
        int64_t line, column;
        if (x->year != y->year || x->one != y->one || x->two != y->two) continue;
        (void)karvan_table_locate(a->t, -1, x->row, &line, &column);
        (void)snprintf(what, sizeof what,
                       "%.40s and %.40s have the year %d twice, here and on line %lld%s",
                       karvan_table_text(a->t, a->column[C_ONE], y->row),
                       karvan_table_text(a->t, a->column[C_TWO], y->row), y->year, (long long)line,
                       x->least == y->least && x->most == y->most
                           ? ", both the same; take one of them out"
                           : ", and they contradict one another (rows that are alliances have "
                             "their id, in a column atopid, version4id or alliance)");
        return karvan_i_refuse(a->t, a->column[C_ONE], y->row, what, err);
    }
    return KARVAN_OK;
}

/* ---- what rows do not say ---- */

/* Has the one pledged anything to the other in a year? Rows are in order. */
static bool pledged(const alliances *a, int32_t year, int32_t one, int32_t two) {
    const row key = {.year = year, .one = one, .two = two, .row = -1};
    int64_t low = 0, high = a->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (by_row(&a->row[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < a->n; low++) {
        const row *r = &a->row[low];
        if (r->year != year || r->one != one || r->two != two) return false;
        if (r->most > 0) return true;
    }
    return false;
}

/* A file in which some pair has nothing from either side lists pairs whether they are allied or
 * not; then it is not known of a pair that it leaves out. By all its years, so that the answer does
 * not hang on those asked for. */
static bool lists_all(const alliances *a) {
    for (int64_t k = 0; k < a->n; k++) {
        const row *r = &a->row[k];
        if (r->most == 0 && r->one != r->two && !pledged(a, r->year, r->one, r->two) &&
            !pledged(a, r->year, r->two, r->one))
            return true;
    }
    return false;
}

/* ---- a year as a matrix ---- */

static void add_state(alliances *a, int32_t code) {
    if (a->place[code] >= 0) return;
    a->place[code] = a->n_states;
    a->state[a->n_states++] = code;
}

/* States of the table of states that exist in a year, or else those that its rows name. */
static void find_states(alliances *a, int year, int64_t begin, int64_t end) {
    const karvan_states *s = a->o->states;
    karvan_day first = karvan_day_from_civil(year, 1, 1),
               last = karvan_day_from_civil(year, 12, 31);
    for (int32_t i = 0; i < a->n_states; i++) a->place[a->state[i]] = -1;
    a->n_states = 0;
    for (int32_t i = 0; s && i < karvan_states_count(s); i++) {
        const char *code = karvan_states_code(s, i);
        if (karvan_states_exists(s, i, first, last) != KARVAN_NO)
            add_state(a, karvan_i_dictionary_find(&a->p->states, code, strlen(code)));
    }
    for (int64_t k = begin; !s && k < end; k++)
        add_state(a, a->row[k].one), add_state(a, a->row[k].two);
}

static karvan_status grow(alliances *a, karvan_error *err) {
    size_t m = (size_t)a->n_states * (size_t)a->n_states, n = (size_t)a->p->n + m;
    if (m > a->cap_ties) {
        tie *more = karvan_i_realloc(a->tie, m, sizeof *more);
        if (more) a->tie = more, a->cap_ties = m;
    }
    if (n > a->cap_entries) {
        size_t cap = n > 2 * a->cap_entries ? n : 2 * a->cap_entries;
        karvan_i_entry *more = karvan_i_realloc(a->p->entry, cap, sizeof *more);
        if (more) a->p->entry = more, a->cap_entries = cap;
    }
    if (m > a->cap_ties || n > a->cap_entries)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for alliances");
    for (size_t k = 0; k < m; k++) a->tie[k] = (tie){.row = NO_ROW};
    return KARVAN_OK;
}

/* The strongest of a pair's rows counts; one is not known where a stronger one may be. */
static void take_tie(alliances *a, const row *r) {
    int32_t one = a->place[r->one], two = a->place[r->two];
    if (one < 0 || two < 0) {
        a->p->alliances.outside++;
        return;
    }
    tie *t = &a->tie[(size_t)one * (size_t)a->n_states + (size_t)two];
    if (t->row == NO_ROW || r->least > t->least) t->row = r->row, t->least = r->least;
    if (r->most > t->most) t->most = r->most;
}

/* What no row says: a row of a pair one way alone speaks of both. */
static void fill_ties(alliances *a) {
    const size_t n = (size_t)a->n_states;
    karvan_alliances *told = &a->p->alliances;
    for (size_t i = 0; i < n; i++) {
        tie *own = &a->tie[i * n + i];
        if (own->row == NO_ROW && !a->o->without_self) own->least = own->most = a->top;
        if (own->row == NO_ROW && a->o->without_self) own->most = a->top;
        for (size_t j = i + 1; j < n; j++) {
            tie *there = &a->tie[i * n + j], *back = &a->tie[j * n + i];
            bool known = there->least == there->most && back->least == back->most;
            if (there->row == NO_ROW && back->row == NO_ROW) {
                told->unlisted++;
                there->most = back->most = told->unlisted_unknown ? a->top : 0;
            } else if (there->row == NO_ROW) {
                *there = *back;
            } else if (back->row == NO_ROW) {
                *back = *there;
            } else {
                a->p->one_way += known && there->least != back->least;
            }
        }
    }
}

static karvan_status one_year(alliances *a, int year, int64_t begin, int64_t end,
                              karvan_error *err) {
    karvan_profiles *p = a->p;
    find_states(a, year, begin, end);
    karvan_status st = grow(a, err);
    if (st != KARVAN_OK) return st;
    for (int64_t k = begin; k < end; k++) take_tie(a, &a->row[k]);
    fill_ties(a);
    const tie *t = a->tie;
    for (int32_t i = 0; i < a->n_states; i++)
        for (int32_t j = 0; j < a->n_states; j++, t++)
            p->entry[p->n++] =
                (karvan_i_entry){.state = a->state[i],
                                 .year = year,
                                 .entry = a->state[j],
                                 .row = t->row,
                                 .value = t->least == t->most ? t->least : (double)NAN};
    return KARVAN_OK;
}

/* Years that rows have; with a table of states all from the first of them to the last. */
static karvan_status every_year(alliances *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_profiles_options *o = a->o;
    int64_t begin = 0, end;
    for (int year = a->p->first_year; a->n > 0 && year <= a->p->last_year; year++, begin = end) {
        for (end = begin; end < a->n && a->row[end].year == year;) end++;
        if ((begin == end && !o->states) || (o->has_from && year < o->from) ||
            (o->has_to && year > o->to))
            continue;
        KARVAN_TRY(one_year(a, year, begin, end, err));
    }
done:
    return st;
}

/* ---- all ---- */

/* Every code is a state and an entry, by the same number. */
static karvan_status name_states(alliances *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_states *s = a->o->states;
    karvan_i_dictionary *d = &a->p->states;
    int32_t code;
    for (int32_t i = 0; s && i < karvan_states_count(s); i++) {
        const char *text = karvan_states_code(s, i);
        KARVAN_TRY(karvan_i_dictionary_add(d, text, strlen(text), &code, err));
    }
    for (int32_t i = 0; i < d->n; i++) {
        const char *text = d->bytes + d->at[i];
        KARVAN_TRY(karvan_i_dictionary_add(&a->p->entries, text, strlen(text), &code, err));
    }
    a->place = karvan_i_malloc((size_t)d->n, sizeof *a->place);
    a->state = karvan_i_malloc((size_t)d->n, sizeof *a->state);
    KARVAN_REQUIRE(a->place && a->state, err, KARVAN_E_NOMEM, "no memory for alliances");
    for (int32_t i = 0; i < d->n; i++) a->place[i] = -1;
done:
    return st;
}

karvan_status karvan_i_profiles_alliances(karvan_profiles *p, const karvan_i_profiles_file *f,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    alliances a = {.p = p, .o = f->o, .top = f->o->pledges == KARVAN_PLEDGES_ANY ? 1 : 3};
    KARVAN_REQUIRE(!f->o->weights, err, KARVAN_E_ARG,
                   "weights are a column of a matrix; %s is a table of alliances", f->path);
    KARVAN_TRY(read_table(&a, f, err));
    a.row = karvan_i_calloc((size_t)karvan_table_rows(a.t), sizeof *a.row);
    KARVAN_REQUIRE(a.row, err, KARVAN_E_NOMEM, "no memory for alliances");
    for (int64_t r = 0; r < karvan_table_rows(a.t); r++) KARVAN_TRY(take_row(&a, r, err));
    if (a.n > 0) qsort(a.row, (size_t)a.n, sizeof *a.row, by_row);
    KARVAN_TRY(none_twice(&a, err));
    p->is_alliances = true;
    p->alliances.unlisted_unknown = f->o->unlisted == KARVAN_UNLISTED_UNKNOWN ||
                                    (f->o->unlisted == KARVAN_UNLISTED_TOLD && lists_all(&a));
    KARVAN_TRY(name_states(&a, err));
    KARVAN_TRY(every_year(&a, err));
    p->scale = f->o->has_scale ? f->o->scale : (karvan_scale){0, a.top};
    KARVAN_TRY(karvan_i_profiles_order(p, err));
    karvan_i_profiles_lines(p, a.t);
done:
    karvan_table_destroy(a.t);
    karvan_i_free(a.row), karvan_i_free(a.place), karvan_i_free(a.state), karvan_i_free(a.tie);
    return st;
}
