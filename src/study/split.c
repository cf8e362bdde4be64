/* Parts of routes by what they use of a set, refined as the set grows. */
#include "study/split.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static size_t patterns_of(const karvan_i_split *s) { return (size_t)s->f->patterns.n; }
static size_t routes_of(const karvan_i_split *s) { return (size_t)s->f->k->m->n_routes; }

/* ---- room ---- */

static bool grow(void **array, size_t n, size_t size) {
    void *more = karvan_i_realloc(*array, n, size);
    if (more) *array = more;
    return more != NULL;
}

static karvan_status room_for(karvan_i_split *s, int64_t uses, karvan_error *err) {
    bool good = true;
    if (s->n == s->room) {
        size_t n = 2 * (size_t)s->room + 1024;
        good = grow((void **)&s->first, n + 1, sizeof *s->first) &&
               grow((void **)&s->heir, n, sizeof *s->heir) &&
               grow((void **)&s->next, n, sizeof *s->next);
        for (size_t i = (size_t)s->room; good && i < n; i++) s->heir[i] = -1;
        if (good) s->room = (int32_t)n;
    }
    if (good && uses > s->room_uses) {
        size_t n = 2 * (size_t)uses + 1024;
        good = grow((void **)&s->resource, n, sizeof *s->resource) &&
               grow((void **)&s->amount, n, sizeof *s->amount);
        if (good) s->room_uses = (int64_t)n;
    }
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}

karvan_status karvan_i_split_init(karvan_i_split *s, const karvan_i_frame *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *s = (karvan_i_split){.f = f};
    s->of = karvan_i_calloc(patterns_of(s) + 1, sizeof *s->of);
    s->route = karvan_i_calloc(routes_of(s) + 1, sizeof *s->route);
    KARVAN_REQUIRE(s->of && s->route, err, KARVAN_E_NOMEM, "no memory for routes");
    KARVAN_TRY(room_for(s, 1, err));
    karvan_i_split_begin(s);
done:
    return st;
}

void karvan_i_split_clear(karvan_i_split *s) {
    karvan_i_free(s->first), karvan_i_free(s->resource), karvan_i_free(s->amount);
    karvan_i_free(s->of), karvan_i_free(s->route), karvan_i_free(s->heir), karvan_i_free(s->next);
    *s = (karvan_i_split){0};
}

/* ---- marks ---- */

karvan_status karvan_i_split_mark_init(karvan_i_split_mark *m, const karvan_i_split *s,
                                       karvan_error *err) {
    m->of = karvan_i_calloc(patterns_of(s) + 1, sizeof *m->of);
    m->route = karvan_i_calloc(routes_of(s) + 1, sizeof *m->route);
    if (!m->of || !m->route) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    return KARVAN_OK;
}

void karvan_i_split_mark_clear(karvan_i_split_mark *m) {
    karvan_i_free(m->of), karvan_i_free(m->route);
    *m = (karvan_i_split_mark){0};
}

void karvan_i_split_keep(karvan_i_split *s, karvan_i_split_mark *m) {
    m->n = s->n, s->at = m;
    memcpy(m->of, s->of, patterns_of(s) * sizeof *m->of);
    memcpy(m->route, s->route, routes_of(s) * sizeof *m->route);
}

void karvan_i_split_back(karvan_i_split *s, const karvan_i_split_mark *m) {
    if (s->at == m) return;
    s->n = m->n, s->at = m;
    memcpy(s->of, m->of, patterns_of(s) * sizeof *m->of);
    memcpy(s->route, m->route, routes_of(s) * sizeof *m->route);
}

/* ---- parts ---- */

void karvan_i_split_begin(karvan_i_split *s) {
    s->n = 1, s->first[0] = s->first[1] = 0, s->at = NULL;
    memset(s->of, 0, patterns_of(s) * sizeof *s->of);
    memset(s->route, 0, routes_of(s) * sizeof *s->route);
}

/* The part of those of `from` that use so much of what joins; it is made where there is none. */
static karvan_status heir_of(karvan_i_split *s, int32_t from, int32_t as, double amount,
                             int32_t *out, karvan_error *err) {
    for (int32_t i = s->heir[from]; i >= 0; i = s->next[i])
        if (s->amount[s->first[i + 1] - 1] == amount) {
            *out = i;
            return KARVAN_OK;
        }
    int64_t at = s->first[s->n], uses = s->first[from + 1] - s->first[from];
    karvan_status st = room_for(s, at + uses + 1, err);
    if (st != KARVAN_OK) return st;
    memcpy(s->resource + at, s->resource + s->first[from], (size_t)uses * sizeof *s->resource);
    memcpy(s->amount + at, s->amount + s->first[from], (size_t)uses * sizeof *s->amount);
    s->resource[at + uses] = as, s->amount[at + uses] = amount;
    s->next[s->n] = s->heir[from], s->heir[from] = s->n, s->heir[s->n] = -1;
    *out = s->n++;
    s->first[s->n] = at + uses + 1;
    return KARVAN_OK;
}

karvan_status karvan_i_split_join(karvan_i_split *s, int32_t a, int32_t as, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_frame *f = s->f;
    int32_t before = s->n;
    s->at = NULL;
    for (int64_t i = f->user_first[a]; i < f->user_first[a + 1]; i++) {
        int32_t pattern = f->user[i], to = 0;
        KARVAN_TRY(heir_of(s, s->of[pattern], as, f->user_amount[i], &to, err));
        s->of[pattern] = to;
        for (int64_t r = f->route_first[pattern]; r < f->route_first[pattern + 1]; r++)
            s->route[f->route_place[r]] = to;
    }
done:
    /* heirs are of one resource only */
    for (int32_t i = 0; i < before; i++) s->heir[i] = -1;
    return st;
}

void karvan_i_split_pack(karvan_i_split *s, int32_t from) {
    int32_t n = from, *now = s->next;
    int64_t at = s->first[from];
    s->at = NULL;
    for (int32_t i = from; i < s->n; i++) now[i] = -1;
    for (size_t p = 0; p < patterns_of(s); p++)
        if (s->of[p] >= from) now[s->of[p]] = 0;
    for (int32_t i = from; i < s->n; i++) {
        int64_t begin = s->first[i], uses = s->first[i + 1] - begin;
        if (now[i] < 0) continue;
        memmove(s->resource + at, s->resource + begin, (size_t)uses * sizeof *s->resource);
        memmove(s->amount + at, s->amount + begin, (size_t)uses * sizeof *s->amount);
        now[i] = n, s->first[n++] = at, at += uses;
    }
    s->n = n, s->first[n] = at;
    for (size_t p = 0; p < patterns_of(s); p++)
        if (s->of[p] >= from) s->of[p] = now[s->of[p]];
    for (size_t r = 0; r < routes_of(s); r++)
        if (s->route[r] >= from) s->route[r] = now[s->route[r]];
}
