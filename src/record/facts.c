#include "record/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

bool karvan_i_deprecated(const karvan_table *claims, int64_t claim) {
    return karvan_i_cell_is(claims, "rank", claim, "deprecated");
}

static bool same_cell(const karvan_table *t, const char *column, int64_t a, int64_t b) {
    const char *s = karvan_i_cell_text(t, column, a);
    return s ? karvan_i_cell_is(t, column, b, s) : !karvan_i_cell_text(t, column, b);
}

bool karvan_i_same_value(const karvan_table *t, int64_t a, int64_t b) {
    return same_cell(t, "value", a, b) && same_cell(t, "unit", a, b);
}

bool karvan_i_same_words(const karvan_table *t, int64_t a, int64_t b) {
    return same_cell(t, "date", a, b) && karvan_i_same_value(t, a, b);
}

/* ---- who is believed before whom ---- */

static karvan_status rank_sources(karvan_i_record_facts *f, const karvan_record_rules *rules,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_package *region = f->x.region;
    const karvan_table *t = NULL;
    KARVAN_TRY(karvan_i_need_table(region, "sources", &t, err));
    int64_t n = karvan_table_rows(t), named = rules ? rules->n_sources : 0;
    f->trust = karvan_i_malloc((size_t)n + 1, sizeof *f->trust);
    KARVAN_REQUIRE(f->trust, err, KARVAN_E_NOMEM, "no memory for the order of sources");
    for (int64_t r = 0; r < n; r++)
        f->trust[r] = named + r + (karvan_i_cell_is(t, "kind", r, "assumption") ? n : 0);
    for (int64_t i = 0; i < named; i++) {
        const char *id = rules->sources[i];
        KARVAN_TRY(karvan_i_record_known(region, "sources", id, "source", err));
        int64_t r = id ? karvan_package_row(region, "sources", id) : -1;
        KARVAN_REQUIRE(r >= 0, err, KARVAN_E_ARG, "the order of sources names none at place %lld",
                       (long long)i + 1);
        KARVAN_REQUIRE(f->trust[r] >= named, err, KARVAN_E_ARG,
                       "source '%.80s' stands twice in the order of sources", id);
        f->trust[r] = i;
    }
done:
    return st;
}

static int64_t trust_of(const karvan_i_record_facts *f, int64_t claim) {
    const char *id = karvan_i_cell_text(f->x.claims, "source", claim);
    int64_t r = id ? karvan_package_row(f->x.region, "sources", id) : -1;
    return r >= 0 ? f->trust[r] : INT64_MAX;
}

/* ---- claims of one fact ---- */

typedef struct keyed {
    size_t at; /* in keys */
    const char *key;
    int64_t row;
} keyed;

static int by_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int c = strcmp(x->key, y->key);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

static int by_first(const void *a, const void *b) {
    const karvan_i_record_fact *x = a, *y = b;
    return (x->taken > y->taken) - (x->taken < y->taken);
}

/* What a claim has to have in common with another to be of one fact: the conflict key, else all of
 * its words. Parts end in a byte that no cell of a CSV file holds by chance. */
static void spell(karvan_i_record_facts *f, int64_t row) {
    static const char *const words[] = {"kind",  "subject", "object", "date",
                                        "value", "unit",    "title"};
    karvan_i_text *t = &f->keys;
    const char *conflict = karvan_i_cell_text(f->x.claims, "conflict", row);
    if (conflict) {
        karvan_i_text_puts(t, "k");
        karvan_i_text_puts(t, conflict);
    } else {
        karvan_i_text_puts(t, "w");
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            const char *s = karvan_i_cell_text(f->x.claims, words[i], row);
            karvan_i_text_puts(t, s ? "\x1f=" : "\x1f");
            karvan_i_text_puts(t, s ? s : "");
        }
        for (int64_t i = f->x.first[row]; i < f->x.first[row + 1]; i++) {
            const char *party = karvan_i_cell_text(f->x.parties, "party", f->x.party[i]),
                       *role = karvan_i_cell_text(f->x.parties, "role", f->x.party[i]);
            karvan_i_text_printf(t, "\x1f%s:%s", party ? party : "", role ? role : "");
        }
    }
    karvan_i_text_add(t, "", 1);
}

static karvan_status group(karvan_i_record_facts *f, keyed *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < f->x.n; r++) k[r].row = r, k[r].at = f->keys.n, spell(f, r);
    KARVAN_TRY(karvan_i_text_status(&f->keys, err));
    for (int64_t r = 0; r < f->x.n; r++) k[r].key = f->keys.s + k[r].at;
    qsort(k, (size_t)f->x.n, sizeof *k, by_key);
    for (int64_t i = 0; i < f->x.n; i++) {
        if (i == 0 || strcmp(k[i].key, k[i - 1].key) != 0)
            f->fact[f->n++] = (karvan_i_record_fact){.first = i, .taken = k[i].row};
        f->claim[i] = k[i].row;
        f->fact[f->n - 1].n++;
    }
    qsort(f->fact, (size_t)f->n, sizeof *f->fact, by_first); /* by their first claims */
    for (int64_t i = 0; i < f->n; i++)
        for (int64_t j = 0; j < f->fact[i].n; j++) f->of[f->claim[f->fact[i].first + j]] = i;
done:
    return st;
}

/* ---- which is taken ---- */

static int rank_of(const karvan_i_record_facts *f, int64_t claim) {
    return karvan_i_cell_is(f->x.claims, "rank", claim, "preferred") ? 0
           : karvan_i_deprecated(f->x.claims, claim)                 ? 2
                                                                     : 1;
}

/* Those of the best rank; *first: the one whose source goes before the others', of equals the first
 * of the table. */
typedef struct standing {
    int rank;
    int64_t n, first, trust;
} standing;

static standing stand(const karvan_i_record_facts *f, const karvan_i_record_fact *a) {
    standing s = {.rank = 2, .first = -1};
    for (int64_t i = 0; i < a->n; i++) {
        int64_t c = f->claim[a->first + i], trust = trust_of(f, c);
        int rank = rank_of(f, c);
        if (rank == 2 || rank > s.rank) continue;
        if (rank < s.rank) s = (standing){.rank = rank, .first = c, .trust = trust};
        if (trust < s.trust) s.first = c, s.trust = trust;
        s.n++;
    }
    return s;
}

static void decide(const karvan_i_record_facts *f, karvan_i_record_fact *a) {
    standing s = stand(f, a);
    bool agree = true, decided = true;
    a->taken = s.first;
    for (int64_t i = 0; i < a->n; i++) {
        int64_t c = f->claim[a->first + i];
        if (s.n == 0 || rank_of(f, c) != s.rank || karvan_i_same_words(f->x.claims, c, s.first))
            continue;
        agree = false;
        decided = decided && trust_of(f, c) != s.trust;
    }
    a->rule = s.n == 0    ? KARVAN_I_NONE
              : a->n == 1 ? KARVAN_I_ALONE
              : s.n == 1  ? KARVAN_I_RANK
              : agree     ? KARVAN_I_AGREE
              : decided   ? KARVAN_I_SOURCE
                          : KARVAN_I_UNDECIDED;
    if (a->rule == KARVAN_I_UNDECIDED) a->taken = -1;
}

karvan_status karvan_i_record_facts_init(karvan_i_record_facts *f, const karvan_package *region,
                                         const karvan_record_rules *rules, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    keyed *k = NULL;
    *f = (karvan_i_record_facts){0};
    KARVAN_TRY(karvan_i_record_init(&f->x, region, err));
    size_t room = (size_t)f->x.n + 1;
    f->fact = karvan_i_calloc(room, sizeof *f->fact);
    f->claim = karvan_i_calloc(room, sizeof *f->claim);
    f->of = karvan_i_calloc(room, sizeof *f->of);
    k = karvan_i_calloc(room, sizeof *k);
    KARVAN_REQUIRE(f->fact && f->claim && f->of && k, err, KARVAN_E_NOMEM, "no memory for facts");
    KARVAN_TRY(rank_sources(f, rules, err));
    KARVAN_TRY(group(f, k, err));
    for (int64_t i = 0; i < f->n; i++) decide(f, &f->fact[i]);
done:
    karvan_i_free(k);
    if (st != KARVAN_OK) karvan_i_record_facts_clear(f);
    return st;
}

void karvan_i_record_facts_clear(karvan_i_record_facts *f) {
    karvan_i_record_clear(&f->x);
    karvan_i_free(f->fact), karvan_i_free(f->claim), karvan_i_free(f->of), karvan_i_free(f->trust);
    karvan_i_text_clear(&f->keys);
    *f = (karvan_i_record_facts){0};
}
