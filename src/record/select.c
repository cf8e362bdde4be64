#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/index.h"
#include "table/cell.h"

enum { WORDS_MOST = 64 };

typedef struct filter {
    const karvan_i_record *x;
    const karvan_record_query *q;
    int n_words;
    const char *word[WORDS_MOST]; /* of the text of the query, folded */
    char folded[1024];
} filter;

karvan_truth karvan_record_within(const karvan_record_query *q, const karvan_edtf *d) {
    if (!q->has_from && !q->has_to) return KARVAN_YES;
    if (!d) return KARVAN_NOT_KNOWN; /* undated: nothing says that it lies within */
    karvan_day from = q->has_from ? q->from : KARVAN_DAY_MIN;
    karvan_day to = q->has_to ? q->to : KARVAN_DAY_MAX;
    if (d->latest < from || d->earliest > to) return KARVAN_NO;
    return d->earliest >= from && d->latest <= to ? KARVAN_YES : KARVAN_MAYBE;
}

static bool date_stays(const karvan_record_query *q, const karvan_edtf *d) {
    karvan_truth within = karvan_record_within(q, d);
    return within == KARVAN_YES || (within == KARVAN_MAYBE && !q->only_certain);
}

/* A cell is the one word that is asked for, and one of a set. */
static bool word_stays(const karvan_table *t, const char *column, int64_t row, const char *one,
                       int n, const char *const *set) {
    if (one && !karvan_i_cell_is(t, column, row, one)) return false;
    for (int i = 0; i < n; i++)
        if (karvan_i_cell_is(t, column, row, set[i])) return true;
    return n == 0;
}

static bool words_stay(const karvan_record_query *q, const karvan_table *t, int64_t row) {
    return word_stays(t, "kind", row, q->kind, q->n_kinds, q->kinds) &&
           word_stays(t, "dimension", row, q->dimension, q->n_dimensions, q->dimensions) &&
           word_stays(t, "source", row, q->source, q->n_sources, q->sources) &&
           word_stays(t, "rank", row, NULL, q->n_ranks, q->ranks) &&
           word_stays(t, "place", row, NULL, q->n_places, q->places);
}

static bool body_stays(const filter *f, int64_t row) {
    const karvan_record_query *q = f->q;
    if (q->body && !karvan_i_record_has(f->x, row, q->body)) return false;
    for (int i = 0; i < q->n_bodies; i++)
        if (karvan_i_record_has(f->x, row, q->bodies[i])) return true;
    return q->n_bodies == 0;
}

static bool parties_stay(const filter *f, int64_t row) {
    const karvan_record_query *q = f->q;
    int n = 0;
    if (q->party && !karvan_i_record_has(f->x, row, q->party)) return false;
    if (q->other && !karvan_i_record_has(f->x, row, q->other)) return false;
    for (int i = 0; i < q->n_parties; i++) n += karvan_i_record_has(f->x, row, q->parties[i]);
    return q->any_party ? n > 0 || q->n_parties == 0 : n == q->n_parties;
}

static bool title_stays(const filter *f, int64_t row) {
    char folded[1024];
    const char *title = karvan_i_cell_text(f->x->claims, "title", row);
    if (f->n_words == 0) return true;
    if (!title) return false;
    karvan_text_fold(title, folded, sizeof folded);
    for (int i = 0; i < f->n_words; i++)
        if (strstr(folded, f->word[i])) return true;
    return false;
}

/* Words or phrases with commas between them, each folded. */
static karvan_status read_text(filter *f, const char *text, karvan_error *err) {
    size_t used = 0;
    for (const char *at = text; at && *at;) {
        size_t n = strcspn(at, ",");
        char one[512], *to = f->folded + used;
        if (n >= sizeof one || used + n + 1 > sizeof f->folded || f->n_words == WORDS_MOST)
            return karvan_fail(err, KARVAN_E_ARG,
                               "the text of a query has %d words of %zu bytes in "
                               "all at most",
                               (int)WORDS_MOST, sizeof f->folded);
        memcpy(one, at, n), one[n] = 0;
        karvan_text_fold(one, to, sizeof f->folded - used);
        if (*to) f->word[f->n_words++] = to, used += strlen(to) + 1;
        at += n + (at[n] == ',');
    }
    if (text && *text && f->n_words == 0)
        return karvan_fail(err, KARVAN_E_ARG, "the text '%.40s' holds no word", text);
    return KARVAN_OK;
}

static bool stays(void *ctx, const karvan_table *t, int64_t row) {
    const filter *f = ctx;
    const karvan_record_query *q = f->q;
    if (!words_stay(q, t, row)) return false;
    if (q->only_conflicts && !karvan_i_cell_text(t, "conflict", row)) return false;
    if (!date_stays(q, karvan_i_cell_date(t, "date", row))) return false;
    return parties_stay(f, row) && body_stays(f, row) && title_stays(f, row);
}

karvan_status karvan_i_record_known(const karvan_package *region, const char *table,
                                    const char *key, const char *what, karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, table);
    if (!key || !t || karvan_package_row(region, table, key) >= 0) return KARVAN_OK;
    const char *names[512];
    size_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t) && n < 512; r++)
        names[n++] = karvan_table_text(t, 0, r);
    int64_t near = karvan_text_nearest(key, names, n);
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'; did you mean %s?", what,
                           key, names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'; table %s lists them", what, key,
                       table);
}

/* One of a few words that no table lists. `all`: how messages list them. */
static karvan_status known_word(const char *word, const char *what, const char *const *words,
                                const char *all, karvan_error *err) {
    for (; word && *words; words++)
        if (strcmp(*words, word) == 0) return KARVAN_OK;
    if (!word) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s': %s", what, word, all);
}

static karvan_status known_dimension(const char *word, karvan_error *err) {
    static const char *const words[] = {"political", "economic", "cultural", "strategic", NULL};
    return known_word(word, "dimension", words, "political, economic, cultural or strategic", err);
}

static karvan_status known_rank(const char *word, karvan_error *err) {
    static const char *const words[] = {"preferred", "normal", "deprecated", NULL};
    return known_word(word, "rank", words, "preferred, normal or deprecated", err);
}

karvan_status karvan_i_record_known_words(const karvan_package *region,
                                          const karvan_record_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE((q->n_parties == 0 || q->parties) && (q->n_kinds == 0 || q->kinds) &&
                       (q->n_dimensions == 0 || q->dimensions) && (q->n_bodies == 0 || q->bodies) &&
                       (q->n_sources == 0 || q->sources) && (q->n_ranks == 0 || q->ranks) &&
                       (q->n_places == 0 || q->places),
                   err, KARVAN_E_ARG, "a set of the query is NULL");
    KARVAN_TRY(karvan_i_record_known(region, "kinds", q->kind, "kind", err));
    for (int i = 0; i < q->n_kinds; i++)
        KARVAN_TRY(karvan_i_record_known(region, "kinds", q->kinds[i], "kind", err));
    KARVAN_TRY(known_dimension(q->dimension, err));
    for (int i = 0; i < q->n_dimensions; i++) KARVAN_TRY(known_dimension(q->dimensions[i], err));
    KARVAN_TRY(karvan_i_record_known(region, "sources", q->source, "source", err));
    for (int i = 0; i < q->n_sources; i++)
        KARVAN_TRY(karvan_i_record_known(region, "sources", q->sources[i], "source", err));
    for (int i = 0; i < q->n_ranks; i++) KARVAN_TRY(known_rank(q->ranks[i], err));
    for (int i = 0; i < q->n_places; i++)
        KARVAN_TRY(karvan_i_record_known(region, "places", q->places[i], "place", err));
done:
    return st;
}

karvan_status karvan_record_select(const karvan_package *region, const karvan_record_query *q,
                                   karvan_view *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_record x = {0};
    filter f = {.x = &x, .q = q};
    int c_id, c_date;
    *v = (karvan_view){0};
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(karvan_i_record_init(&x, region, err));
    KARVAN_TRY(karvan_i_need_column(x.claims, "id", &c_id, err));
    KARVAN_TRY(karvan_i_need_column(x.claims, "date", &c_date, err));
    KARVAN_TRY(karvan_i_record_known_words(region, q, err));
    KARVAN_TRY(read_text(&f, q->text, err));
    KARVAN_TRY(karvan_view_init(v, x.claims, stays, &f, err));
    KARVAN_TRY(karvan_view_sort(v, c_id, false, err));
    KARVAN_TRY(karvan_view_sort(v, c_date, false, err));
done:
    karvan_i_record_clear(&x);
    if (st != KARVAN_OK) karvan_view_clear(v);
    return st;
}
