/* Votes: a row a roll call and state. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/similarity.h"
#include "table/cell.h"
#include "table/known.h"

enum { C_RCID, C_COUNTRY, C_VOTE, C_YEAR, C_END };

static const char *const USUAL[C_END][6] = {
    {"rcid", "resid", "rollcall", "roll_call", NULL},
    {"country_code", "country", "ccode", "iso3", "iso3c", NULL},
    {"vote", NULL},
    {"year", NULL}};

typedef struct votes {
    karvan_profiles *p;
    const karvan_profiles_options *o;
    karvan_table *t;
    const char *name[C_END]; /* NULL: not there */
    int column[C_END];
    int32_t *year_of; /* [roll calls of the table's dictionary] */
    int64_t *row_of;  /* where that was said */
} votes;

/* Names of the columns, as the options or custom have them; *missing: the first needed that is not
 * there. */
static bool find_names(const karvan_i_profiles_file *f, const char *name[C_END],
                       const char **missing) {
    const char *const asked[C_END] = {f->o->rcid, f->o->country, f->o->vote, f->o->year};
    *missing = NULL;
    for (int c = 0; c < C_END; c++) {
        name[c] = asked[c];
        for (int k = 0; !name[c] && USUAL[c][k]; k++)
            if (karvan_table_find(f->header, USUAL[c][k]) >= 0) name[c] = USUAL[c][k];
        bool there = name[c] && karvan_table_find(f->header, name[c]) >= 0;
        if (!there && !*missing && (asked[c] || c != C_YEAR))
            *missing = asked[c] ? asked[c] : USUAL[c][0];
    }
    return !*missing;
}

bool karvan_i_is_votes(const karvan_i_profiles_file *f) {
    const char *name[C_END], *missing;
    return f->o->rcid || f->o->vote || f->o->country || f->o->year || find_names(f, name, &missing);
}

static karvan_status read_table(votes *v, const karvan_i_profiles_file *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *missing;
    char room[96];
    karvan_column columns[C_END];
    karvan_csv_options o = {
        .columns = columns, .n_missing = KARVAN_I_GAPS, .missing = karvan_i_gaps, .only = v->name};
    if (!find_names(f, v->name, &missing))
        return karvan_fail(err, KARVAN_E_ARG, "%s has no column %.60s%s", f->path, missing,
                           karvan_i_meant_column(f->header, missing, room, sizeof room));
    for (int c = 0; c < C_END && v->name[c]; c++)
        for (int k = 0; k < c; k++)
            KARVAN_REQUIRE(strcmp(v->name[k], v->name[c]) != 0, err, KARVAN_E_ARG,
                           "column %.60s of %s cannot be two things", v->name[c], f->path);
    for (int c = 0; c < C_END && v->name[c]; c++)
        columns[o.n_columns++] =
            (karvan_column){v->name[c], c == C_YEAR ? KARVAN_INT : KARVAN_TEXT, NULL};
    o.n_only = o.n_columns;
    KARVAN_TRY(karvan_i_profiles_csv(f, &o, &v->t, err));
    for (int c = 0; c < C_END; c++)
        v->column[c] = v->name[c] ? karvan_table_find(v->t, v->name[c]) : -1;
done:
    return st;
}

/* 1, 2, 3 of a vote; 0: there was none; -1: no word of a vote. */
static int meaning(const char *s) {
    static const struct {
        const char *word;
        int vote;
    } words[] = {{"yes", 1}, {"abstain", 2},    {"abstention", 2}, {"no", 3},    {"1", 1},
                 {"2", 2},   {"3", 3},          {"8", 0},          {"9", 0},     {"absent", 0},
                 {"na", 0},  {"notamember", 0}, {"nonmember", 0},  {"novote", 0}};
    char folded[32];
    if (!s) return 0;
    (void)karvan_text_fold(s, folded, sizeof folded);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (strcmp(words[k].word, folded) == 0) return words[k].vote;
    return -1;
}

/* The year of a roll call, which is one in all its rows. */
static karvan_status take_year(votes *v, int64_t row, int32_t rcid, int32_t *out,
                               karvan_error *err) {
    *out = KARVAN_I_NO_YEAR;
    if (v->column[C_YEAR] < 0) return KARVAN_OK;
    int64_t year = karvan_table_int(v->t, v->column[C_YEAR], row);
    if (karvan_table_state(v->t, v->column[C_YEAR], row) != KARVAN_VALUE || year < -9999 ||
        year > 9999)
        return karvan_i_refuse(v->t, v->column[C_YEAR], row, "a vote without its year", err);
    if (v->row_of[rcid] >= 0 && v->year_of[rcid] != year) {
        char what[200];
        int64_t line, column;
        (void)karvan_table_locate(v->t, v->column[C_YEAR], v->row_of[rcid], &line, &column);
        (void)snprintf(what, sizeof what, "roll call %.60s is of %lld here and of %d on line %lld",
                       karvan_table_text(v->t, v->column[C_RCID], row), (long long)year,
                       v->year_of[rcid], (long long)line);
        return karvan_i_refuse(v->t, v->column[C_YEAR], row, what, err);
    }
    if (v->row_of[rcid] < 0) v->row_of[rcid] = row;
    *out = v->year_of[rcid] = (int32_t)year;
    return KARVAN_OK;
}

static karvan_status take_row(votes *v, int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_profiles *p = v->p;
    const char *country = karvan_table_text(v->t, v->column[C_COUNTRY], row),
               *vote = karvan_table_text(v->t, v->column[C_VOTE], row);
    karvan_i_entry e = {.row = row, .entry = karvan_table_code(v->t, v->column[C_RCID], row)};
    if (e.entry < 0)
        return karvan_i_refuse(v->t, v->column[C_RCID], row, "a vote without its roll call", err);
    if (!country)
        return karvan_i_refuse(v->t, v->column[C_COUNTRY], row, "a vote without its state", err);
    int said = meaning(vote);
    if (said < 0)
        return karvan_i_refuse(v->t, v->column[C_VOTE], row,
                               "this is no vote: yes, abstain or no is expected (or 1, 2, 3; "
                               "absent, 8, 9 or nothing where there was none)",
                               err);
    KARVAN_TRY(take_year(v, row, e.entry, &e.year, err));
    if (e.year != KARVAN_I_NO_YEAR) karvan_i_profiles_of_year(p, e.year);
    /* states of all years: one without votes in those asked for is still known by its code */
    KARVAN_TRY(karvan_i_dictionary_add(&p->states, country, strlen(country), &e.state, err));
    if (e.year != KARVAN_I_NO_YEAR &&
        ((v->o->has_from && e.year < v->o->from) || (v->o->has_to && e.year > v->o->to)))
        return KARVAN_OK;
    e.value = said > 0 ? (double)said : (double)NAN;
    p->entry[p->n++] = e;
done:
    return st;
}

static karvan_status none_twice(const votes *v, karvan_error *err) {
    const karvan_profiles *p = v->p;
    for (int64_t i = 1; i < p->n; i++) {
        const karvan_i_entry *a = &p->entry[i - 1], *b = &p->entry[i];
        char what[200];
        int64_t line, column;
        if (a->state != b->state || a->entry != b->entry) continue;
        bool same = a->value == b->value || (isnan(a->value) && isnan(b->value));
        (void)karvan_table_locate(v->t, v->column[C_VOTE], a->row, &line, &column);
        (void)snprintf(what, sizeof what,
                       "%.40s has two votes on roll call %.40s, here and on line "
                       "%lld%s",
                       karvan_i_profiles_state(p, b->state),
                       karvan_table_text(v->t, v->column[C_RCID], b->row), (long long)line,
                       same ? ", both the same; take one of them out"
                            : ", and they contradict one another");
        return karvan_i_refuse(v->t, v->column[C_VOTE], b->row, what, err);
    }
    return KARVAN_OK;
}

static karvan_status make_room(votes *v, karvan_error *err) {
    int32_t calls = karvan_table_dictionary_size(v->t, v->column[C_RCID]);
    v->p->entry = karvan_i_calloc((size_t)karvan_table_rows(v->t), sizeof *v->p->entry);
    v->year_of = karvan_i_calloc((size_t)calls, sizeof *v->year_of);
    v->row_of = karvan_i_malloc((size_t)calls, sizeof *v->row_of);
    if (!v->p->entry || !v->year_of || !v->row_of)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for votes");
    for (int32_t k = 0; k < calls; k++) v->row_of[k] = -1;
    return KARVAN_OK;
}

/* The roll calls are those of the table's dictionary: entries are numbers of it. */
static karvan_status name_entries(const votes *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t k = 0; k < karvan_table_dictionary_size(v->t, v->column[C_RCID]); k++) {
        const char *s = karvan_table_dictionary_text(v->t, v->column[C_RCID], k);
        int32_t code;
        KARVAN_TRY(karvan_i_dictionary_add(&v->p->entries, s, strlen(s), &code, err));
    }
done:
    return st;
}

karvan_status karvan_i_profiles_votes(karvan_profiles *p, const karvan_i_profiles_file *f,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    votes v = {.p = p, .o = f->o};
    KARVAN_REQUIRE(!f->o->weights, err, KARVAN_E_ARG,
                   "weights are a column of a matrix; %s is a table of votes", f->path);
    KARVAN_TRY(read_table(&v, f, err));
    KARVAN_REQUIRE(v.column[C_YEAR] >= 0 || !(f->o->has_from || f->o->has_to), err, KARVAN_E_ARG,
                   "%s has no column year", f->path);
    KARVAN_TRY(make_room(&v, err));
    KARVAN_TRY(name_entries(&v, err));
    for (int64_t r = 0; r < karvan_table_rows(v.t); r++) KARVAN_TRY(take_row(&v, r, err));
    KARVAN_TRY(karvan_i_profiles_order(p, err));
    KARVAN_TRY(none_twice(&v, err));
    karvan_i_profiles_lines(p, v.t);
    p->scale = f->o->has_scale ? f->o->scale : (karvan_scale){1, 3};
done:
    karvan_table_destroy(v.t);
    karvan_i_free(v.year_of), karvan_i_free(v.row_of);
    return st;
}
