/* Memberships as rows of bits: how they are held, put in order and asked for. */
#include "record/joint.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/state_codes.h"

static const struct {
    const char *word;
    unsigned bit;
} STATUS[] = {{"member", KARVAN_MEMBER},
              {"associate", KARVAN_ASSOCIATE},
              {"observer", KARVAN_OBSERVER},
              {"candidate", KARVAN_CANDIDATE},
              {"participant", KARVAN_PARTICIPANT}};
enum { STATUSES = sizeof STATUS / sizeof STATUS[0] };

static karvan_status status_bit(const char *s, size_t n, unsigned *out, karvan_error *err) {
    const char *names[STATUSES];
    char said[64], room[96];
    for (int k = 0; k < STATUSES; k++) {
        names[k] = STATUS[k].word;
        if (strlen(names[k]) != n || memcmp(names[k], s, n) != 0) continue;
        *out |= STATUS[k].bit;
        return KARVAN_OK;
    }
    n = karvan_utf8_valid_prefix(s, n < sizeof said ? n : sizeof said - 1);
    (void)snprintf(said, sizeof said, "%.*s", (int)n, s);
    const char *meant = karvan_i_meant(said, names, STATUSES, room, sizeof room);
    return karvan_fail(err, KARVAN_E_ARG, "'%s' is no status of a member%s", said,
                       *meant ? meant
                              : "; there are member, associate, observer, candidate, participant");
}

karvan_status karvan_memberships_status(const char *list, unsigned *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    unsigned bits = 0;
    KARVAN_REQUIRE(list && out, err, KARVAN_E_ARG, "list or out is NULL");
    *out = 0;
    for (;; list++) {
        size_t n = strcspn(list, ","), keep = n;
        const char *s = list;
        while (keep > 0 && *s == ' ') s++, keep--;
        while (keep > 0 && s[keep - 1] == ' ') keep--;
        KARVAN_TRY(status_bit(s, keep, &bits, err));
        list += n;
        if (!*list) break;
    }
    *out = bits;
done:
    return st;
}

static bool is_year(int y) { return y >= -9999 && y <= 9999; }

karvan_status karvan_i_memberships_begin(const karvan_memberships_options *o,
                                         karvan_memberships **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_memberships *m = NULL;
    KARVAN_REQUIRE(!o || ((!o->has_from || is_year(o->from)) && (!o->has_to || is_year(o->to))),
                   err, KARVAN_E_ARG, "a year is from -9999 to 9999");
    KARVAN_REQUIRE(!o || !o->has_from || !o->has_to || o->from <= o->to, err, KARVAN_E_ARG,
                   "the years from %d to %d: the first lies after the last", o->from, o->to);
    m = karvan_i_calloc(1, sizeof *m);
    KARVAN_REQUIRE(m, err, KARVAN_E_NOMEM, "no memory for memberships");
    if (o) m->o = *o;
    if (m->o.status == 0) m->o.status = KARVAN_MEMBER | KARVAN_ASSOCIATE;
    *out = m;
done:
    return st;
}

void karvan_memberships_destroy(karvan_memberships *m) {
    if (!m) return;
    karvan_i_dictionary_clear(&m->states), karvan_i_dictionary_clear(&m->bodies);
    karvan_i_free(m->state_at), karvan_i_free(m->row), karvan_i_free(m->first);
    karvan_i_free(m->certain), karvan_i_free(m->perhaps), karvan_i_free(m->none);
    karvan_i_free(m->uncovered), karvan_i_free(m->whole);
    karvan_i_free(m->spell), karvan_i_free(m->first_spell);
    karvan_i_free(m->cell), karvan_i_free(m->path);
    karvan_i_free(m);
}

static bool grow(uint64_t **bits, int64_t cap, int64_t words) {
    uint64_t *more = karvan_i_realloc(*bits, (size_t)cap, (size_t)words * sizeof **bits);
    if (more) *bits = more;
    return more != NULL;
}

static karvan_status make_room(karvan_memberships *m, karvan_error *err) {
    int64_t cap = m->cap_rows ? 2 * m->cap_rows : 256;
    karvan_i_member_row *more = karvan_i_realloc(m->row, (size_t)cap, sizeof *more);
    if (more) m->row = more;
    if (!more || !grow(&m->certain, cap, m->words) || !grow(&m->perhaps, cap, m->words) ||
        !grow(&m->none, cap, m->words) || (m->spell && !grow(&m->uncovered, cap, m->words)))
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for memberships");
    if (m->o.keep_cells && !m->spell) {
        uint8_t *cells = karvan_i_realloc(m->cell, (size_t)cap, (size_t)m->bodies.n);
        if (!cells) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for memberships");
        m->cell = cells;
    }
    m->cap_rows = cap;
    return KARVAN_OK;
}

karvan_status karvan_i_memberships_add(karvan_memberships *m, int32_t state, int year, int64_t line,
                                       karvan_error *err) {
    if (m->n_rows == m->cap_rows) {
        karvan_status st = make_room(m, err);
        if (st != KARVAN_OK) return st;
    }
    size_t at = (size_t)(m->n_rows * m->words), size = (size_t)m->words * sizeof *m->certain;
    memset(m->certain + at, 0, size), memset(m->perhaps + at, 0, size);
    memset(m->none + at, 0, size);
    if (m->uncovered) memset(m->uncovered + at, 0, size);
    m->row[m->n_rows] = (karvan_i_member_row){state, year, m->n_rows, line};
    m->n_rows++;
    return KARVAN_OK;
}

karvan_status karvan_i_memberships_called(karvan_memberships *m, const char *path,
                                          karvan_error *err) {
    m->path = karvan_i_strndup(path, strlen(path));
    return m->path ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for memberships");
}

/* ---- order ---- */

static int by_row(const void *a, const void *b) {
    const karvan_i_member_row *x = a, *y = b;
    if (x->state != y->state) return (x->state > y->state) - (x->state < y->state);
    if (x->year != y->year) return (x->year > y->year) - (x->year < y->year);
    return (x->at > y->at) - (x->at < y->at);
}

static karvan_status none_twice(const karvan_memberships *m, const char *path, karvan_error *err) {
    for (int64_t r = 1; r < m->n_rows; r++) {
        const karvan_i_member_row *a = &m->row[r - 1], *b = &m->row[r];
        if (a->state != b->state || a->year != b->year) continue;
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s:%lld:1: state %.40s has the year %d twice: here and on line %lld; "
                           "one row a state and year is expected",
                           path, (long long)b->line, karvan_memberships_state(m, b->state), b->year,
                           (long long)a->line);
    }
    return KARVAN_OK;
}

void karvan_i_memberships_offsets(karvan_memberships *m) {
    int64_t r = 0;
    for (int32_t s = 0; s <= m->states.n; s++) {
        while (r < m->n_rows && m->row[r].state < s) r++;
        m->first[s] = r;
    }
}

karvan_status karvan_i_memberships_order(karvan_memberships *m, const char *path,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)m->states.n;
    int32_t *rank = karvan_i_calloc(n, sizeof *rank);
    m->first = karvan_i_calloc(n + 1, sizeof *m->first);
    KARVAN_REQUIRE(rank && m->first, err, KARVAN_E_NOMEM, "no memory for the order of states");
    KARVAN_TRY(karvan_i_order_codes(&m->states, &m->state_at, rank, err));
    for (int64_t r = 0; r < m->n_rows; r++) m->row[r].state = rank[m->row[r].state];
    for (int64_t r = 0; r < m->n_spells; r++) m->spell[r].state = rank[m->spell[r].state];
    if (m->n_rows > 0) qsort(m->row, (size_t)m->n_rows, sizeof *m->row, by_row);
    KARVAN_TRY(none_twice(m, path, err));
    karvan_i_memberships_offsets(m);
done:
    karvan_i_free(rank);
    return st;
}

/* ---- asked for ---- */

int32_t karvan_memberships_states(const karvan_memberships *m) { return m->states.n; }
int32_t karvan_memberships_bodies(const karvan_memberships *m) { return m->bodies.n; }
bool karvan_memberships_years(const karvan_memberships *m, int *from, int *to) {
    *from = m->first_year, *to = m->last_year;
    return m->has_years;
}
int64_t karvan_memberships_unknown(const karvan_memberships *m) { return m->unknown; }
const char *karvan_memberships_state(const karvan_memberships *m, int32_t state) {
    return karvan_i_code_at(&m->states, m->state_at, state);
}
const char *karvan_memberships_body(const karvan_memberships *m, int32_t body) {
    return m->bodies.bytes + m->bodies.at[body];
}

int32_t karvan_memberships_find(const karvan_memberships *m, const char *code) {
    return karvan_i_find_code(&m->states, m->state_at, code);
}

karvan_status karvan_memberships_pair(const karvan_memberships *m, const char *typed, int32_t *a,
                                      int32_t *b, karvan_error *err) {
    if (!m || !typed || !a || !b) return karvan_fail(err, KARVAN_E_ARG, "an argument is NULL");
    return karvan_i_pair_of_codes(&m->states, m->state_at, typed, a, b, err);
}

int64_t karvan_i_memberships_row(const karvan_memberships *m, int32_t state, int year) {
    int64_t low = m->first[state], high = m->first[state + 1];
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (m->row[mid].year < year)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->first[state + 1] && m->row[low].year == year ? low : -1;
}

karvan_cell karvan_memberships_at(const karvan_memberships *m, int32_t state, int year,
                                  int32_t body, bool *belongs) {
    int64_t r = karvan_i_memberships_row(m, state, year);
    *belongs = false;
    if (r < 0) return KARVAN_NOT_COVERED;
    int64_t at = m->row[r].at * m->words;
    if (karvan_i_bit(m->none + at, body)) return KARVAN_NOT_COVERED;
    *belongs = karvan_i_bit(m->certain + at, body);
    return *belongs || !karvan_i_bit(m->perhaps + at, body) ? KARVAN_VALUE : KARVAN_UNKNOWN;
}
