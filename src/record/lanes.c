#include "record/lanes.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/index.h"
#include "table/cell.h"

/* ---- lanes that there could be, in their order ---- */

typedef struct candidates {
    int32_t n;
    karvan_i_lane *lane;
    int32_t *at; /* [n] lane of those that got a mark, -1 */
} candidates;

static karvan_status room(candidates *k, int64_t n, karvan_error *err) {
    k->lane = karvan_i_calloc((size_t)n + 1, sizeof *k->lane);
    k->at = karvan_i_calloc((size_t)n + 1, sizeof *k->at);
    return k->lane && k->at ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for lanes");
}

static void add_rows(candidates *k, const karvan_table *t, const char *id, const char *label) {
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *code = karvan_i_cell_text(t, id, r), *name = karvan_i_cell_text(t, label, r);
        if (code) k->lane[k->n++] = (karvan_i_lane){code, name ? name : code};
    }
}

static karvan_status find_candidates(candidates *k, const karvan_package *region, karvan_lanes by,
                                     karvan_error *err) {
    static const karvan_i_lane dimensions[] = {{"political", "political"},
                                               {"economic", "economic"},
                                               {"cultural", "cultural"},
                                               {"strategic", "strategic"}};
    const karvan_table *countries = karvan_package_table(region, "countries"),
                       *bodies = karvan_package_table(region, "organisations"),
                       *kinds = karvan_package_table(region, "kinds");
    int64_t n = 4 + (countries ? karvan_table_rows(countries) : 0) +
                (bodies ? karvan_table_rows(bodies) : 0) + (kinds ? karvan_table_rows(kinds) : 0);
    karvan_status st = room(k, n, err);
    if (st != KARVAN_OK) return st;
    if (by == KARVAN_LANES_DIMENSION)
        memcpy(k->lane, dimensions, sizeof dimensions), k->n = 4;
    else if (by == KARVAN_LANES_KIND)
        add_rows(k, kinds, "kind", "label");
    else
        add_rows(k, countries, "iso3", "name"), add_rows(k, bodies, "id", "name");
    for (int32_t i = 0; i < k->n; i++) k->at[i] = -1;
    return KARVAN_OK;
}

static int32_t candidate(const candidates *k, const char *id) {
    for (int32_t i = 0; id && i < k->n; i++)
        if (strcmp(k->lane[i].id, id) == 0) return i;
    return -1;
}

/* ---- marks ---- */

typedef struct setting {
    karvan_i_lanes *l;
    candidates k;
    karvan_i_record x;
    const karvan_timeline *how;
    int64_t cap;
} setting;

static karvan_status mark(setting *s, int64_t claim, int32_t where, karvan_error *err) {
    karvan_i_lanes *l = s->l;
    if (where < 0) return KARVAN_OK;
    for (int64_t i = l->n_marks - 1; i >= 0 && l->mark[i].claim == claim; i--)
        if (l->mark[i].lane == where) return KARVAN_OK; /* a party with two roles */
    if (l->n_marks == s->cap) {
        int64_t cap = s->cap ? 2 * s->cap : 64;
        karvan_i_mark *more = karvan_i_realloc(l->mark, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a timeline");
        l->mark = more, s->cap = cap;
    }
    l->mark[l->n_marks++] = (karvan_i_mark){claim, where};
    s->k.at[where] = 0;
    return KARVAN_OK;
}

/* On the lane of every party but the one that the timeline is about; on its own where it is alone.
 */
static karvan_status mark_parties(setting *s, int64_t claim, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t before = s->l->n_marks;
    for (int64_t i = s->x.first[claim]; i < s->x.first[claim + 1]; i++) {
        const char *code = karvan_i_cell_text(s->x.parties, "party", s->x.party[i]);
        if (!code || (s->how->focus && strcmp(code, s->how->focus) == 0)) continue;
        KARVAN_TRY(mark(s, claim, candidate(&s->k, code), err));
    }
    if (s->l->n_marks == before)
        st = mark(s, claim,
                  candidate(&s->k, s->how->focus
                                       ? s->how->focus
                                       : karvan_i_cell_text(s->x.claims, "subject", claim)),
                  err);
done:
    return st;
}

static karvan_status mark_claim(setting *s, int64_t claim, karvan_error *err) {
    const karvan_edtf *d = karvan_i_cell_date(s->x.claims, "date", claim);
    if (!d || (d->earliest == KARVAN_DAY_MIN && d->latest == KARVAN_DAY_MAX))
        return s->l->undated++, KARVAN_OK;
    if (karvan_i_cell_is(s->x.claims, "rank", claim, "deprecated"))
        return s->l->deprecated++, KARVAN_OK;
    if (s->how->lanes == KARVAN_LANES_PARTY) return mark_parties(s, claim, err);
    const char *column = s->how->lanes == KARVAN_LANES_KIND ? "kind" : "dimension";
    return mark(s, claim, candidate(&s->k, karvan_i_cell_text(s->x.claims, column, claim)), err);
}

/* ---- days ---- */

static void stretch(karvan_i_lanes *l, karvan_day d) {
    if (d == KARVAN_DAY_MIN || d == KARVAN_DAY_MAX) return;
    if (d < l->first) l->first = d;
    if (d > l->last) l->last = d;
}

/* From the first day that a mark may mean to the last, and to the region's reference date. */
static void find_days(karvan_i_lanes *l, const karvan_package *region) {
    const karvan_table *t = karvan_package_table(region, "settings");
    int64_t r = t ? karvan_package_row(region, "settings", "reference_date") : -1;
    const char *today = karvan_i_cell_text(t, "value", r);
    karvan_edtf d;
    l->first = KARVAN_DAY_MAX, l->last = KARVAN_DAY_MIN;
    for (int64_t i = 0; i < l->n_marks; i++) {
        const karvan_edtf *of = karvan_i_cell_date(l->claims, "date", l->mark[i].claim);
        stretch(l, of->earliest), stretch(l, of->latest);
    }
    if (today && karvan_edtf_parse(today, strlen(today), &d, NULL) == KARVAN_OK)
        stretch(l, d.earliest);
    if (l->first > l->last) l->first = l->last = 0;
}

void karvan_i_lanes_reach(const karvan_i_lanes *l, const karvan_edtf *d, karvan_day *first,
                          karvan_day *last) {
    *first = d->earliest == KARVAN_DAY_MIN ? l->first : d->earliest;
    *last = d->latest == KARVAN_DAY_MAX ? l->last : d->latest;
    if (*last < *first) *last = *first;
}

/* Lanes without a mark go. */
static void close_up(setting *s) {
    karvan_i_lanes *l = s->l;
    for (int32_t i = 0; i < s->k.n; i++)
        if (s->k.at[i] >= 0) s->k.at[i] = l->n, s->k.lane[l->n++] = s->k.lane[i];
    for (int64_t i = 0; i < l->n_marks; i++) l->mark[i].lane = s->k.at[l->mark[i].lane];
    l->lane = s->k.lane, s->k.lane = NULL;
}

karvan_status karvan_i_lanes_init(karvan_i_lanes *l, const karvan_package *region,
                                  const karvan_view *v, const karvan_timeline *how,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    setting s = {.l = l, .how = how};
    *l = (karvan_i_lanes){0};
    KARVAN_REQUIRE(region && v && how, err, KARVAN_E_ARG, "a timeline needs a region and a view");
    KARVAN_TRY(karvan_i_record_init(&s.x, region, err));
    KARVAN_REQUIRE(v->table == s.x.claims, err, KARVAN_E_ARG, "a timeline shows rows of claims");
    l->claims = s.x.claims;
    KARVAN_TRY(find_candidates(&s.k, region, how->lanes, err));
    for (int64_t i = 0; i < v->n; i++) KARVAN_TRY(mark_claim(&s, v->row[i], err));
    find_days(l, region);
    close_up(&s);
done:
    karvan_i_free(s.k.lane), karvan_i_free(s.k.at);
    karvan_i_record_clear(&s.x);
    if (st != KARVAN_OK) karvan_i_lanes_clear(l);
    return st;
}

void karvan_i_lanes_clear(karvan_i_lanes *l) {
    karvan_i_free(l->lane), karvan_i_free(l->mark);
    *l = (karvan_i_lanes){0};
}
