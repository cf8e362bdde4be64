/* Claims about pairs, put together into occasions: claims that speak of one fact count once. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/index.h"
#include "record/pairs.h"
#include "table/cell.h"
#include "table/match.h"

/* Who takes part in a claim: by name, or as a member of a body that does. */
typedef struct taker {
    int32_t country, row; /* row of parties, -1: by a body */
    const char *role;
} taker;

typedef struct builder {
    karvan_pairs *p;
    karvan_i_record x;
    int c_kind, c_conflict, c_date, c_title;
    int64_t room;
    int n, n_room;
    taker *who; /* [n_room] */
} builder;

static bool in_list(const char *list, const char *word) {
    char one[64];
    for (const char *at = list; at && karvan_i_next_name(&at, one, sizeof one);)
        if (strcmp(one, word) == 0) return true;
    return false;
}

static karvan_status take(builder *b, int32_t country, int32_t row, const char *role,
                          karvan_error *err) {
    if (country < 0) return KARVAN_OK;
    for (int i = 0; row < 0 && i < b->n; i++)
        if (b->who[i].country == country) return KARVAN_OK; /* it is there by name */
    if (b->n == b->n_room) {
        int room = b->n_room ? 2 * b->n_room : 64;
        void *more = karvan_i_realloc(b->who, (size_t)room, sizeof *b->who);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "parties of a claim");
        b->who = more, b->n_room = room;
    }
    b->who[b->n++] = (taker){country, row, role};
    return KARVAN_OK;
}

/* Countries that may belong to a body when the claim's date may be. */
static karvan_status take_members(builder *b, const char *code, const karvan_i_spell *spell,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_pairs *p = b->p;
    int64_t body = code && p->bodies ? karvan_package_row(p->region, "organisations", code) : -1;
    for (int32_t c = 0; body >= 0 && c < p->n_countries; c++)
        if (karvan_i_may_belong(p, c, (int32_t)body, spell->begin_least, spell->begin_most))
            KARVAN_TRY(take(b, c, -1, NULL, err));
done:
    return st;
}

static karvan_status list_takers(builder *b, int64_t claim, const karvan_i_spell *spell,
                                 bool by_body, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_record *x = &b->x;
    b->n = 0;
    for (int pass = 0; pass < 1 + by_body; pass++) /* by name first */
        for (int64_t i = x->first[claim]; i < x->first[claim + 1]; i++) {
            const char *code = karvan_i_cell_text(x->parties, "party", x->party[i]);
            if (pass == 0)
                KARVAN_TRY(take(b, karvan_i_pairs_country(b->p, code), (int32_t)x->party[i],
                                karvan_i_cell_text(x->parties, "role", x->party[i]), err));
            else
                KARVAN_TRY(take_members(b, code, spell, err));
        }
done:
    return st;
}

/* Does the first go to the second? Certain where both roles say so; one role, or two parties
 * without roles of their own, leave it open. */
static karvan_truth goes(const karvan_i_measure *m, const taker *a, const taker *b) {
    if (!a->role || !b->role) return KARVAN_NO;
    bool from = strcmp(a->role, m->from) == 0, to = strcmp(b->role, m->to) == 0;
    if (from && to) return KARVAN_YES;
    bool parties = strcmp(a->role, "party") == 0 && strcmp(b->role, "party") == 0;
    return from || to || parties ? KARVAN_MAYBE : KARVAN_NO;
}

static karvan_status push(builder *b, const karvan_i_statement *s, karvan_error *err) {
    karvan_pairs *p = b->p;
    if (p->n_statements == b->room) {
        int64_t room = b->room ? b->room * 2 : 1024;
        void *more = karvan_i_realloc(p->statement, (size_t)room, sizeof *p->statement);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "statements");
        p->statement = more, b->room = room;
    }
    p->statement[p->n_statements++] = *s;
    return KARVAN_OK;
}

/* The claim as it speaks of two of those who take part; a is the first of the pair. */
static karvan_status add_two(builder *b, const karvan_i_measure *m, karvan_i_statement s,
                             const taker *one, const taker *other, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    s.party[0] = one->row, s.party[1] = other->row;
    s.certain = one->row >= 0 && other->row >= 0;
    if (!m->is.directed) return push(b, &s, err);
    for (int way = KARVAN_WAY_THERE; way <= KARVAN_WAY_BACK; way++) {
        karvan_truth t = way == KARVAN_WAY_THERE ? goes(m, one, other) : goes(m, other, one);
        s.way = (int8_t)way;
        s.certain = t == KARVAN_YES;
        if (t != KARVAN_NO) KARVAN_TRY(push(b, &s, err));
    }
done:
    return st;
}

static karvan_status add_claim(builder *b, int64_t claim, int measure, bool closing,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = b->x.claims;
    const karvan_i_measure *m = &karvan_i_measures[measure];
    const char *rank = karvan_i_cell_text(t, "rank", claim);
    karvan_i_statement s = {.measure = (int8_t)measure, .closing = closing, .occasion = -1};
    s.claim = (int32_t)claim, s.rank = 1;
    if (rank && strcmp(rank, "preferred") == 0) s.rank = 0;
    if (rank && strcmp(rank, "deprecated") == 0) s.rank = 2;
    s.spell = karvan_i_spell_dated(karvan_i_cell_date(t, "date", claim));
    s.conflict = b->c_conflict < 0 ? -1 : karvan_table_code(t, b->c_conflict, claim);
    s.date = karvan_table_code(t, b->c_date, claim);
    /* undated claims are one where they say the same */
    s.title =
        (m->titled || s.date < 0) && b->c_title >= 0 ? karvan_table_code(t, b->c_title, claim) : -1;
    KARVAN_TRY(list_takers(b, claim, &s.spell, m->by_body, err));
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < b->n; k++) {
            const taker *one = &b->who[i], *other = &b->who[k];
            if (one->country >= other->country) continue;
            s.pair = b->p->pair_of[one->country * b->p->n_countries + other->country];
            if (s.pair >= 0) KARVAN_TRY(add_two(b, m, s, one, other, err));
        }
done:
    return st;
}

/* ---- occasions ---- */

static int by_number(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* By pair and measure, and then so that those of one occasion stand together. */
static int same_first(const karvan_i_statement *x, const karvan_i_statement *y) {
    int c = by_number(x->pair, y->pair);
    if (c == 0) c = by_number(x->measure, y->measure);
    if (c == 0) c = by_number(x->closing, y->closing);
    if (c == 0) c = by_number(x->way, y->way);
    if (c == 0) c = by_number(x->conflict, y->conflict);
    if (c == 0 && x->conflict < 0) c = by_number(x->date, y->date);
    if (c == 0 && x->conflict < 0) c = by_number(x->title, y->title);
    return c;
}

static int by_occasion(const void *a, const void *b) {
    const karvan_i_statement *x = a, *y = b;
    int c = same_first(x, y);
    if (c == 0) c = by_number(x->claim, y->claim);
    if (c == 0) c = by_number(x->party[0], y->party[0]);
    return c ? c : by_number(x->party[1], y->party[1]);
}

/* Those that end sooner at the latest come first: what piercing needs. */
static int by_end(const void *a, const void *b) {
    const karvan_i_occasion *x = a, *y = b;
    int c = by_number(x->pair, y->pair);
    if (c == 0) c = by_number(x->measure, y->measure);
    if (c == 0) c = by_number(x->closing, y->closing);
    if (c == 0) c = by_number(x->spell.begin_most, y->spell.begin_most);
    if (c == 0) c = by_number(x->spell.begin_least, y->spell.begin_least);
    return c ? c : by_number(x->first, y->first);
}

static void widen(karvan_i_spell *s, const karvan_i_spell *more) {
    if (more->begin_least < s->begin_least) s->begin_least = more->begin_least;
    if (more->begin_most > s->begin_most) s->begin_most = more->begin_most;
    if (more->end_least < s->end_least) s->end_least = more->end_least;
    if (more->end_most > s->end_most) s->end_most = more->end_most;
}

/* Statements first..first+n-1 speak of one occasion: of the best rank, all that they may mean. */
static void make_occasion(karvan_pairs *p, int32_t first, int32_t n) {
    karvan_i_statement *s = p->statement + first;
    int best = 2;
    for (int32_t i = 0; i < n; i++)
        if (s[i].rank < best) best = s[i].rank;
    karvan_i_occasion o = {.pair = s->pair, .measure = s->measure, .way = s->way, .first = first};
    o.closing = s->closing, o.n = n;
    bool any = false;
    for (int32_t i = 0; i < n; i++) {
        s[i].outranked = s[i].rank > best || s[i].rank == 2;
        if (s[i].outranked) continue;
        if (any)
            widen(&o.spell, &s[i].spell);
        else
            o.spell = s[i].spell;
        any = true, o.certain |= s[i].certain;
    }
    if (any) p->occasion[p->n_occasions++] = o;
}

static karvan_status make_occasions(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t cells = p->n * KARVAN_I_MEASURES;
    p->occasion = karvan_i_calloc((size_t)p->n_statements + 1, sizeof *p->occasion);
    p->statement_first = karvan_i_calloc((size_t)cells + 2, sizeof *p->statement_first);
    p->occasion_first = karvan_i_calloc((size_t)cells + 2, sizeof *p->occasion_first);
    KARVAN_REQUIRE(p->occasion && p->statement_first && p->occasion_first, err, KARVAN_E_NOMEM,
                   "occasions");
    if (p->n_statements > 1)
        qsort(p->statement, (size_t)p->n_statements, sizeof *p->statement, by_occasion);
    for (int32_t i = 0, n; i < p->n_statements; i += n) {
        for (n = 1; i + n < p->n_statements; n++)
            if (same_first(&p->statement[i], &p->statement[i + n]) != 0) break;
        make_occasion(p, i, n);
    }
    if (p->n_occasions > 1) qsort(p->occasion, (size_t)p->n_occasions, sizeof *p->occasion, by_end);
    for (int32_t i = 0; i < p->n_statements; i++)
        p->statement_first[p->statement[i].pair * KARVAN_I_MEASURES + p->statement[i].measure +
                           1]++;
    for (int32_t i = 0; i < p->n_occasions; i++)
        p->occasion_first[p->occasion[i].pair * KARVAN_I_MEASURES + p->occasion[i].measure + 1]++;
    for (int32_t i = 0; i < cells; i++)
        p->statement_first[i + 1] += p->statement_first[i],
            p->occasion_first[i + 1] += p->occasion_first[i];
done:
    return st;
}

/* Does a measure speak of claims of this kind? Of what is in force, by its class: a user's own
 * kinds of instruments are some too. */
static bool speaks_of(const karvan_package *region, const karvan_i_measure *m, const char *kind) {
    if (m->how == KARVAN_I_INSTRUMENTS)
        return strcmp(karvan_record_class(region, kind), "instrument") == 0;
    return in_list(m->kinds, kind);
}

static karvan_status add_kind(builder *b, int64_t claim, const char *kind, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int m = 0; m < KARVAN_I_MEASURES; m++) {
        const karvan_i_measure *one = &karvan_i_measures[m];
        if (strcmp(one->table, "claims") != 0) continue;
        if (speaks_of(b->p->region, one, kind)) KARVAN_TRY(add_claim(b, claim, m, false, err));
        if (in_list(one->closing, kind)) KARVAN_TRY(add_claim(b, claim, m, true, err));
    }
done:
    return st;
}

karvan_status karvan_i_pairs_claims(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    builder b = {.p = p};
    if (karvan_package_table(p->region, "claims") && karvan_package_table(p->region, "parties")) {
        KARVAN_TRY(karvan_i_record_init(&b.x, p->region, err));
        p->claims = b.x.claims, p->parties = b.x.parties;
        KARVAN_TRY(karvan_i_need_column(p->claims, "kind", &b.c_kind, err));
        KARVAN_TRY(karvan_i_need_column(p->claims, "date", &b.c_date, err));
        b.c_conflict = karvan_table_find(p->claims, "conflict");
        b.c_title = karvan_table_find(p->claims, "title");
        for (int64_t c = 0; c < b.x.n; c++) {
            const char *kind = karvan_table_text(p->claims, b.c_kind, c);
            if (kind) KARVAN_TRY(add_kind(&b, c, kind, err));
        }
    }
    KARVAN_TRY(make_occasions(p, err));
done:
    karvan_i_free(b.who);
    karvan_i_record_clear(&b.x);
    return st;
}
