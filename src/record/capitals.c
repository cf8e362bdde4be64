/* Capitals, which move, and the way from one to another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/attach.h"
#include "table/cell.h"

karvan_status karvan_capital_rule_parse(const char *s, karvan_capital_rule *out,
                                        karvan_error *err) {
    static const char *const names[] = {"last", "first", "most"};
    char room[64];
    for (int k = 0; s && k < 3; k++)
        if (strcmp(s, names[k]) == 0) return *out = (karvan_capital_rule)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "'%.40s' is no rule for capitals: last, first or most%s",
                       s ? s : "", s ? karvan_i_meant(s, names, 3, room, sizeof room) : "");
}

/* One capital of one state. */
typedef struct seat {
    int32_t state;
    karvan_day first, last; /* earliest and latest that it may have been the capital */
    karvan_i_life life;
} seat;

static int by_state_and_day(const void *a, const void *b) {
    const seat *x = a, *y = b;
    if (x->state != y->state) return x->state < y->state ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return (x->life.row > y->life.row) - (x->life.row < y->life.row);
}

/* ---- reading ---- */

static int find_any(const karvan_table *t, const char *const *names) {
    int c = -1;
    for (; *names && c < 0; names++) c = karvan_table_find(t, *names);
    return c;
}

static karvan_status position(const karvan_table *t, int column, int64_t row, double most,
                              double *out, karvan_error *err) {
    char what[80];
    *out = karvan_table_real(t, column, row);
    if (fabs(*out) <= most) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "a capital needs its %s, -%g to %g degrees",
                   karvan_table_column(t, column).name, most, most);
    return karvan_i_refuse(t, column, row, what, err);
}

static karvan_status find_columns(const karvan_dyad_years *d, const karvan_table *t, int *code,
                                  int *lat, int *lon, karvan_i_span_columns *span,
                                  karvan_error *err) {
    static const char *const lats[] = {"lat", "latitude", NULL};
    static const char *const lons[] = {"lng", "lon", "long", "longitude", NULL};
    bool two;
    char what[160];
    karvan_system system = d->states->system;
    *code = karvan_i_code_column(t, &system, &two);
    *lat = find_any(t, lats), *lon = find_any(t, lons);
    if (*code >= 0 && *lat >= 0 && *lon >= 0) return karvan_i_span_columns_find(t, span, err);
    (void)snprintf(what, sizeof what, "no column %s",
                   *lat < 0   ? "lat or latitude"
                   : *lon < 0 ? "lng, lon, long or longitude"
                              : karvan_i_code_name(system));
    return karvan_i_refuse_header(t, what, err);
}

static karvan_status read_seats(const karvan_dyad_years *d, karvan_i_source *s, seat *seats,
                                int64_t *n, karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int code, lat, lon;
    karvan_i_span_columns span;
    karvan_i_dictionary told = {0};
    int64_t rows = karvan_table_rows(s->t);
    int32_t *state = karvan_i_malloc((size_t)rows + 1, sizeof *state);
    s->lat = karvan_i_malloc((size_t)rows + 1, sizeof *s->lat);
    s->lon = karvan_i_malloc((size_t)rows + 1, sizeof *s->lon);
    KARVAN_REQUIRE(state && s->lat && s->lon, err, KARVAN_E_NOMEM, "no memory for capitals");
    KARVAN_TRY(find_columns(d, s->t, &code, &lat, &lon, &span, err));
    KARVAN_TRY(karvan_i_row_states(d, s->t, code, NULL, problems, &told, state, err));
    for (int64_t r = 0; r < rows; r++) {
        seat *x = &seats[*n];
        KARVAN_TRY(position(s->t, lat, r, 90, &s->lat[r], err));
        KARVAN_TRY(position(s->t, lon, r, 180, &s->lon[r], err));
        KARVAN_TRY(karvan_i_span_read(s->t, &span, r, &x->life, err));
        x->state = state[r], x->first = x->life.start_least, x->last = x->life.end_most;
        if (x->state >= 0) (*n)++;
    }
done:
    karvan_i_dictionary_clear(&told);
    karvan_i_free(state);
    return st;
}

/* Capitals of one state at one time are told: on days that both have, the one that began later
 * counts. */
static karvan_status judge(const karvan_dyad_years *d, const karvan_table *t, seat *seats,
                           int64_t n, karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 1; i < n && problems; i++) {
        if (seats[i].state != seats[i - 1].state ||
            !karvan_i_lives_meet(&seats[i].life, &seats[i - 1].life))
            continue;
        KARVAN_TRY(karvan_problems_add_cell(problems, KARVAN_WARNING, t, -1, seats[i].life.row,
                                            "capital-twice", "end the one before the other begins",
                                            "state %.40s has a capital by line %lld at the same "
                                            "time; the one that began later counts",
                                            d->states->code[seats[i].state],
                                            (long long)seats[i - 1].life.line));
    }
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}

/* ---- which of them counts ---- */

static karvan_day days_within(const seat *x, karvan_day first, karvan_day last) {
    karvan_day a = x->first > first ? x->first : first, b = x->last < last ? x->last : last;
    return b - a + 1;
}

/* Is it x, of two seats of a period of which x began later? */
static bool outranks(karvan_capital_rule rule, const seat *x, const seat *other, karvan_day begin,
                     karvan_day end) {
    if (rule == KARVAN_CAPITAL_FIRST) return false;
    if (rule == KARVAN_CAPITAL_MOST)
        return days_within(x, begin, end) >= days_within(other, begin, end);
    return x->last >= end || x->last >= other->last;
}

/* Seats of one state stand by their beginning: a later one takes what an earlier one had. */
static void choose(const karvan_dyad_years *d, karvan_i_source *s, const seat *seats, int64_t n,
                   karvan_capital_rule rule) {
    for (int64_t i = 0; i < n; i++) {
        const seat *x = &seats[i];
        int32_t p = karvan_i_period_of(d, x->first), last = karvan_i_period_of(d, x->last);
        for (p = p < 0 ? 0 : p; p <= last && p < d->periods; p++) {
            int32_t *has = &s->capital[(int64_t)x->state * d->periods + p];
            karvan_day begin = karvan_i_period_first(d, p),
                       end = karvan_i_period_first(d, p + 1) - 1;
            const seat *other = x;
            while (*has >= 0 && other->life.row != *has) other--; /* of the same state, before */
            if (*has < 0 || outranks(rule, x, other, begin, end)) *has = (int32_t)x->life.row;
        }
    }
}

static karvan_status attach(karvan_dyad_years *d, karvan_i_source *s,
                            const karvan_distance_options *o, karvan_problems *problems,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(s->t), n = 0;
    size_t cells = (size_t)d->states->n * (size_t)d->periods;
    const karvan_i_attached what = {
        .source = d->n_sources - 1, .column = -1, .type = KARVAN_REAL, .unit = "km"};
    seat *seats = karvan_i_calloc((size_t)rows + 1, sizeof *seats);
    s->kind = KARVAN_I_CAPITALS, s->sphere = o->sphere;
    s->capital = karvan_i_malloc(cells + 1, sizeof *s->capital);
    KARVAN_REQUIRE(seats && s->capital, err, KARVAN_E_NOMEM, "no memory for capitals");
    KARVAN_REQUIRE(rows < INT32_MAX, err, KARVAN_E_ARG, "%s has too many rows",
                   karvan_i_called(s->t));
    for (size_t i = 0; i < cells; i++) s->capital[i] = -1;
    KARVAN_TRY(read_seats(d, s, seats, &n, problems, err));
    qsort(seats, (size_t)n, sizeof *seats, by_state_and_day);
    KARVAN_TRY(judge(d, s->t, seats, n, problems, err));
    choose(d, s, seats, n, o->rule);
    KARVAN_TRY(karvan_i_add_covers(d, s, o->n_covers, o->covers, err));
    KARVAN_TRY(karvan_i_add_column(d, "distance_km", "", what, err));
done:
    karvan_i_free(seats);
    return st;
}

karvan_status karvan_dyad_years_distance(karvan_dyad_years *d, const karvan_table *capitals,
                                         const karvan_distance_options *options,
                                         karvan_problems *problems, karvan_error *err) {
    const karvan_distance_options defaults = {0};
    karvan_i_source *s = NULL;
    if (!d || !capitals) return karvan_fail(err, KARVAN_E_ARG, "dyads or capitals is NULL");
    int before = d->n_columns;
    karvan_status st = karvan_i_add_source(d, &s, err);
    if (st != KARVAN_OK) return st;
    s->t = capitals;
    st = attach(d, s, options ? options : &defaults, problems, err);
    if (st != KARVAN_OK) karvan_i_drop_source(d, before);
    return st;
}
