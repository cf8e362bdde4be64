/* Claims as evidence of ties: which of them count, what those of one conflict key say together, and
 * the ties of a kind of claim in a year. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"

int karvan_i_tie_role(const char *role) {
    static const char *const acts[] = {"actor", "sender", "visitor", "exporter"};
    static const char *const acted_on[] = {"target", "receiver", "host", "importer"};
    for (int i = 0; role && i < 4; i++) {
        if (strcmp(role, acts[i]) == 0) return 1;
        if (strcmp(role, acted_on[i]) == 0) return -1;
    }
    return 0;
}

/* ---- which claims ---- */

static bool of_kinds(const karvan_table *t, int64_t claim, const char *const *kinds) {
    for (; *kinds; kinds++)
        if (karvan_i_cell_is(t, "kind", claim, *kinds)) return true;
    return false;
}

/* Keys of which a claim of these kinds is preferred. */
static void find_preferred(const karvan_i_tie_claims *c, const char *const *kinds,
                           uint8_t *preferred) {
    for (int64_t i = 0; i < c->x.n; i++)
        if (c->key[i] >= 0 && of_kinds(c->x.claims, i, kinds) &&
            karvan_i_cell_is(c->x.claims, "rank", i, "preferred"))
            preferred[c->key[i]] = 1;
}

static karvan_status add_parties(karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                                 int64_t claim, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = c->x.first[claim]; i < c->x.first[claim + 1]; i++)
        KARVAN_TRY(
            karvan_i_tied_node(g, karvan_i_cell_text(c->x.parties, "party", c->x.party[i]), err));
done:
    return st;
}

karvan_status karvan_i_claims_init(karvan_i_tie_claims *c, karvan_i_tie_gather *g,
                                   const char *const *kinds, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint8_t *preferred = NULL;
    int column;
    *c = (karvan_i_tie_claims){0};
    KARVAN_TRY(karvan_i_record_init(&c->x, g->region, err));
    const karvan_table *t = c->x.claims;
    column = karvan_table_find(t, "conflict");
    c->n_keys = column < 0 ? 0 : karvan_table_dictionary_size(t, column);
    c->counts = karvan_i_calloc((size_t)c->x.n + 1, sizeof *c->counts);
    c->truth = karvan_i_calloc((size_t)c->x.n + 1, sizeof *c->truth);
    c->key = karvan_i_calloc((size_t)c->x.n + 1, sizeof *c->key);
    preferred = karvan_i_calloc((size_t)c->n_keys + 1, sizeof *preferred);
    KARVAN_REQUIRE(c->counts && c->truth && c->key && preferred, err, KARVAN_E_NOMEM,
                   "no memory for claims");
    for (int64_t i = 0; i < c->x.n; i++)
        c->key[i] = column < 0 ? -1 : karvan_table_code(t, column, i);
    find_preferred(c, kinds, preferred);
    for (int64_t i = 0; i < c->x.n; i++) {
        if (!of_kinds(t, i, kinds)) continue;
        KARVAN_TRY(add_parties(g, c, i, err));
        bool outranked =
            c->key[i] >= 0 && preferred[c->key[i]] && !karvan_i_cell_is(t, "rank", i, "preferred");
        c->counts[i] = !outranked && !karvan_i_cell_is(t, "rank", i, "deprecated");
        c->set_aside += !c->counts[i];
    }
    KARVAN_TRY(karvan_i_tied_nodes(g, g->q->bodies, err));
    g->set_aside = c->set_aside;
done:
    karvan_i_free(preferred);
    if (st != KARVAN_OK) karvan_i_claims_clear(c);
    return st;
}

void karvan_i_claims_clear(karvan_i_tie_claims *c) {
    karvan_i_record_clear(&c->x);
    karvan_i_free(c->counts), karvan_i_free(c->truth), karvan_i_free(c->key);
    *c = (karvan_i_tie_claims){0};
}

karvan_status karvan_i_claims_agree(karvan_i_tie_claims *c, karvan_error *err) {
    enum { NONE = 255 };
    uint8_t *of_key = karvan_i_malloc((size_t)c->n_keys + 1, sizeof *of_key);
    if (!of_key) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for claims");
    memset(of_key, NONE, (size_t)c->n_keys + 1);
    for (int64_t i = 0; i < c->x.n; i++) {
        if (!c->counts[i] || c->key[i] < 0) continue;
        uint8_t *t = &of_key[c->key[i]];
        *t = *t == NONE || *t == c->truth[i] ? c->truth[i] : KARVAN_MAYBE;
    }
    for (int64_t i = 0; i < c->x.n; i++)
        if (c->counts[i] && c->key[i] >= 0) c->truth[i] = of_key[c->key[i]];
    karvan_i_free(of_key);
    return KARVAN_OK;
}

/* ---- the ties of a kind ---- */

/* States of things rather than events: from their date on. */
static bool lasts(const char *kind) {
    return strcmp(kind, "recognition") == 0 || strcmp(kind, "diplomatic_relations") == 0;
}
/* Of which several claims often speak of one: counted by days that cannot be the same. */
static bool is_occasion(const karvan_package *region, const char *kind) {
    const char *class = karvan_record_class(region, kind);
    return strcmp(class, "visit") == 0 || strcmp(class, "meeting") == 0;
}

static int role_of(const karvan_i_tie_claims *c, int64_t i) {
    return karvan_i_tie_role(karvan_i_cell_text(c->x.parties, "role", c->x.party[i]));
}

/* Does a claim say who acts on whom? */
static bool has_direction(const karvan_i_tie_claims *c, int64_t claim) {
    bool from = false, to = false;
    for (int64_t i = c->x.first[claim]; i < c->x.first[claim + 1]; i++)
        from |= role_of(c, i) > 0, to |= role_of(c, i) < 0;
    return from && to;
}

static bool any_direction(const karvan_i_tie_claims *c) {
    for (int64_t i = 0; i < c->x.n; i++)
        if (c->counts[i] && has_direction(c, i)) return true;
    return false;
}

/* Claims that end what others begin. */
typedef struct closings {
    int64_t n;
    int64_t *claim;           /* [n] */
    const karvan_edtf **date; /* room for those of one pair */
} closings;

/* Claims of this kind are closings, and no ties themselves. kind NULL: there are none. */
static karvan_status closings_take(closings *e, karvan_i_tie_claims *c, const char *kind,
                                   karvan_error *err) {
    if (!kind) return KARVAN_OK;
    e->claim = karvan_i_calloc((size_t)c->x.n + 1, sizeof *e->claim);
    e->date = karvan_i_calloc((size_t)c->x.n + 1, sizeof(const karvan_edtf *));
    if (!e->claim || !e->date) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for claims");
    for (int64_t i = 0; i < c->x.n; i++) {
        if (!c->counts[i] || !karvan_i_cell_is(c->x.claims, "kind", i, kind)) continue;
        e->claim[e->n++] = i, c->counts[i] = 0;
    }
    return KARVAN_OK;
}

static void closings_clear(closings *e) { karvan_i_free(e->claim), karvan_i_free(e->date); }

/* What is left of a truth when closings of the same two are heard. */
static karvan_truth unless_closed(const karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                                  const closings *ends, const karvan_i_evidence *e) {
    int64_t n = 0;
    for (int64_t i = 0; i < ends->n && e->a >= 0 && e->b >= 0; i++)
        if (karvan_i_record_has(&c->x, ends->claim[i], g->code[e->a]) &&
            karvan_i_record_has(&c->x, ends->claim[i], g->code[e->b]))
            ends->date[n++] = karvan_i_cell_date(c->x.claims, "date", ends->claim[i]);
    karvan_truth open = karvan_i_open_in(karvan_i_cell_date(c->x.claims, "date", e->row),
                                         ends->date, n, g->first, g->last);
    return n == 0 || e->truth == KARVAN_NO || open == KARVAN_YES ? e->truth : open;
}

/* Every two of a claim's parties, or each that acts with each that is acted on. */
static karvan_status tie_parties(karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                                 int64_t claim, int64_t unit, const closings *ends,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = c->x.claims, *p = c->x.parties;
    karvan_i_evidence e = {.unit = unit,
                           .weight = 1,
                           .what = karvan_i_cell_text(t, "id", claim),
                           .source = karvan_i_cell_text(t, "source", claim),
                           .row = claim};
    int64_t begin = c->x.first[claim], end = c->x.first[claim + 1];
    for (int64_t i = begin; i < end; i++)
        for (int64_t k = g->directed ? begin : i + 1; k < end; k++) {
            if (g->directed && !(role_of(c, i) > 0 && role_of(c, k) < 0)) continue;
            e.a = karvan_i_tied_find(g, karvan_i_cell_text(p, "party", c->x.party[i]));
            e.b = karvan_i_tied_find(g, karvan_i_cell_text(p, "party", c->x.party[k]));
            e.truth = (karvan_truth)c->truth[claim];
            e.truth = unless_closed(g, c, ends, &e);
            KARVAN_TRY(karvan_i_tied_add(g, e, err));
        }
done:
    return st;
}

typedef struct occasion {
    karvan_day earliest, latest;
    int64_t row; /* of evidence */
    bool certain;
} occasion;

static int by_latest(const void *a, const void *b) {
    const occasion *x = a, *y = b;
    if (x->certain != y->certain) return x->certain ? -1 : 1;
    if (x->latest != y->latest) return x->latest < y->latest ? -1 : 1;
    if (x->earliest != y->earliest) return x->earliest < y->earliest ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* As few days as hit every claim's date: each claim goes with the first day that it may lie on,
 * which is the last day of a claim before it. That many occasions there were at least. Claims that
 * are certain come first, so that those that are only possible add to them. */
static void count_occasions(karvan_i_tie_gather *g, occasion *o, int64_t n, karvan_day *day) {
    int64_t days = 0;
    qsort(o, (size_t)n, sizeof *o, by_latest);
    for (int64_t i = 0; i < n; i++) {
        int64_t k = 0;
        while (k < days && (day[k] < o[i].earliest || day[k] > o[i].latest)) k++;
        if (k == days) day[days++] = o[i].latest;
        g->row[o[i].row].unit = k;
    }
}

/* Of each pair's evidence, which stands together. */
static karvan_status find_occasions(karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    occasion *o = karvan_i_malloc((size_t)g->m + 1, sizeof *o);
    karvan_day *day = karvan_i_malloc((size_t)g->m + 1, sizeof *day);
    KARVAN_REQUIRE(o && day, err, KARVAN_E_NOMEM, "no memory for occasions");
    karvan_i_tied_sort(g);
    for (int64_t i = 0, k; i < g->m; i = k) {
        for (k = i; k < g->m && g->row[k].a == g->row[i].a && g->row[k].b == g->row[i].b; k++) {
            const karvan_edtf *d = karvan_i_cell_date(c->x.claims, "date", g->row[k].row);
            o[k - i] = (occasion){d ? d->earliest : KARVAN_DAY_MIN, d ? d->latest : KARVAN_DAY_MAX,
                                  k, g->row[k].truth == KARVAN_YES};
        }
        count_occasions(g, o, k - i, day);
    }
done:
    karvan_i_free(o), karvan_i_free(day);
    return st;
}

/* Is a claim of the kind one of this year? A state of things goes on from its date, and an occasion
 * is one of the year in which it began, so that figures of years add up; of anything else the date
 * touches the year. */
static karvan_truth truth_of(const karvan_i_tie_gather *g, const karvan_edtf *date,
                             const char *kind) {
    const karvan_i_spell s = karvan_i_spell_dated(date);
    if (lasts(kind)) return karvan_i_spell_within(&s, g->first, g->last);
    if (!date) return KARVAN_MAYBE;
    if (is_occasion(g->region, kind) || (!date->is_interval && date->is_set != 2))
        return karvan_i_spell_begins(&s, g->first, g->last);
    bool to_the_last = date->end_earliest >= g->first && date->latest <= g->last;
    return to_the_last ? KARVAN_YES : karvan_i_spell_within(&s, g->first, g->last);
}

karvan_status karvan_i_tie_claims_of(karvan_i_tie_gather *g, const char *kind, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *end = strcmp(kind, "diplomatic_relations") == 0 ? "relations_broken" : NULL;
    const char *const kinds[] = {kind, end, NULL};
    const karvan_table *vocabulary = karvan_package_table(g->region, "kinds");
    bool symmetric =
        karvan_i_cell_bool(vocabulary, "symmetric", karvan_package_row(g->region, "kinds", kind));
    karvan_i_tie_claims c;
    closings ends = {0};
    KARVAN_TRY(karvan_i_claims_init(&c, g, kinds, err));
    KARVAN_TRY(closings_take(&ends, &c, end, err));
    g->directed = !symmetric && any_direction(&c);
    for (int64_t i = 0; i < c.x.n; i++)
        if (c.counts[i])
            c.truth[i] = (uint8_t)truth_of(g, karvan_i_cell_date(c.x.claims, "date", i), kind);
    KARVAN_TRY(karvan_i_claims_agree(&c, err));
    for (int64_t i = 0; i < c.x.n; i++) {
        if (!c.counts[i]) continue;
        g->turned += symmetric && c.truth[i] != KARVAN_NO && has_direction(&c, i);
        KARVAN_TRY(
            tie_parties(g, &c, i, lasts(kind) ? 0 : karvan_i_claims_unit(&c, i), &ends, err));
    }
    if (is_occasion(g->region, kind)) KARVAN_TRY(find_occasions(g, &c, err));
done:
    closings_clear(&ends);
    karvan_i_claims_clear(&c);
    return st;
}
