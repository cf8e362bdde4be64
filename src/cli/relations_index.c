/* The index of relations. */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/relations.h"
#include "cli/words.h"
#include "table/known.h"

static const char *const tables[] = {
    "countries",  "organisations",     "kinds",    "claims", "parties",    "memberships",
    "agreements", "agreement_parties", "coverage", "trade",  "indicators", "places",
    "capitals",   "relation_index",    NULL};

static karvan_status year_of(const char *said, size_t n, int64_t *out, karvan_error *err) {
    char word[16];
    if (n < sizeof word) {
        memcpy(word, said, n), word[n] = 0;
        if (cli_whole(word, -9999, 9999, out)) return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG, "--years is a year or two, 1991/2025, not '%.40s'", said);
}

/* --years A/B, or A alone. */
static karvan_status read_years(const cli *c, karvan_index_query *q, karvan_error *err) {
    const char *said = cli_option(c, "years");
    if (!said) return KARVAN_OK;
    const char *slash = strchr(said, '/');
    size_t n = slash ? (size_t)(slash - said) : strlen(said);
    q->has_from = q->has_to = true;
    karvan_status st = year_of(said, n, &q->from, err);
    q->to = q->from;
    if (st == KARVAN_OK && slash) st = year_of(slash + 1, strlen(slash + 1), &q->to, err);
    if (st == KARVAN_OK && q->from > q->to)
        st = karvan_fail(err, KARVAN_E_ARG, "--years: %lld lies after %lld", (long long)q->from,
                         (long long)q->to);
    return st;
}

/* The years that the region covers. */
static karvan_status years_there(const cli *c, const karvan_index_query *q, cli_years *y,
                                 karvan_error *err) {
    karvan_pairs *p = NULL;
    karvan_status st = karvan_pairs_create(c->region, q->a, q->b, &p, err);
    y->has = st == KARVAN_OK && karvan_pairs_years(p, &y->from, &y->to);
    karvan_pairs_destroy(p);
    return st;
}

/* Without --years the last of them. */
static karvan_status last_year(const cli *c, karvan_index_query *q, karvan_error *err) {
    cli_years y = {0};
    if (q->has_from) return KARVAN_OK;
    karvan_status st = years_there(c, q, &y, err);
    if (st == KARVAN_OK && y.has) q->from = q->to = y.to, q->has_from = q->has_to = true;
    return st;
}

/* A table without a row is not left without a word. */
static karvan_status tell_empty(const cli *c, const karvan_index_query *q, const karvan_table *t,
                                karvan_error *err) {
    cli_years y = {.asked_from = q->has_from, .asked_to = q->has_to};
    if (karvan_table_rows(t) > 0) return KARVAN_OK;
    y.least = q->from, y.most = q->to;
    karvan_status st = years_there(c, q, &y, err);
    if (st == KARVAN_OK) cli_note_no_rows(q->a ? cli_option(c, "pair") : "the region's pairs", &y);
    return st;
}

static karvan_status read_components(const cli *c, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"component", KARVAN_TEXT, NULL},      {"dimension", KARVAN_TEXT, NULL},
        {"measure", KARVAN_TEXT, NULL},        {"weight", KARVAN_REAL, NULL},
        {"transformation", KARVAN_TEXT, NULL}, {"parameter", KARVAN_REAL, NULL},
        {"half_life", KARVAN_REAL, NULL}};
    const char *path = cli_option(c, "components");
    if (!path) return KARVAN_OK;
    return karvan_i_csv_read_known(path, "relation_index",
                                   (int)(sizeof columns / sizeof columns[0]), columns, out, err);
}

static karvan_status read_draws(const cli *c, karvan_index_query *q, karvan_error *err) {
    const char *draws = cli_option(c, "draws"), *seed = cli_option(c, "seed");
    int64_t n = 1000, s = 1;
    if (draws && !cli_whole(draws, 0, 1000000, &n))
        return karvan_fail(err, KARVAN_E_ARG, "--draws is 0 to 1000000, not '%.40s'", draws);
    if (seed && !cli_whole(seed, 0, INT64_MAX, &s))
        return karvan_fail(err, KARVAN_E_ARG, "--seed is a whole number of 0 or more, not '%.40s'",
                           seed);
    q->draws = (int)n, q->seed = (uint64_t)s;
    return cli_threads(c, &q->threads, err);
}

enum { WORDS = 200, DIMENSIONS_MOST = 16 };

/* --dimension A,B into the caller's room. */
static karvan_status read_dimensions(const cli *c, char *words, const char **dimension,
                                     karvan_index_query *q, karvan_error *err) {
    const char *at = cli_option(c, "dimension");
    char *to = words;
    q->dimensions = dimension;
    for (bool more = at != NULL; more;) {
        size_t room = (size_t)(words + WORDS - to);
        karvan_status st = cli_next_word(&at, ',', to, room, &more, err);
        if (st != KARVAN_OK) return st;
        if (!more) break;
        if (q->n_dimensions == DIMENSIONS_MOST)
            return karvan_fail(err, KARVAN_E_ARG, "--dimension names more than %d",
                               (int)DIMENSIONS_MOST);
        dimension[q->n_dimensions++] = to, to += strlen(to) + 1;
        if (to == words + WORDS) more = false;
    }
    if (cli_option(c, "dimension") && q->n_dimensions == 0)
        return karvan_fail(err, KARVAN_E_ARG, "--dimension names nothing");
    return KARVAN_OK;
}

karvan_status cli_relations_index(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_index_query q = {0};
    char words[WORDS];
    const char *dimension[DIMENSIONS_MOST];
    karvan_table *t = NULL, *components = NULL;
    const char *pair = cli_option(c, "pair");
    if (cli_switch(c, "parts")) KARVAN_TRY(cli_not_both(c, "parts", "draws", err));
    KARVAN_TRY(read_dimensions(c, words, dimension, &q, err));
    KARVAN_TRY(read_years(c, &q, err));
    KARVAN_TRY(read_draws(c, &q, err));
    KARVAN_TRY(read_components(c, &components, err));
    KARVAN_TRY(cli_open_tables(c, tables, err));
    q.components = components;
    if (pair) KARVAN_TRY(karvan_record_pair(c->region, pair, &q.a, &q.b, err));
    KARVAN_TRY(last_year(c, &q, err));
    if (cli_switch(c, "parts"))
        KARVAN_TRY(karvan_relation_components(c->region, &q, &t, err));
    else
        KARVAN_TRY(karvan_relation_index(c->region, &q, &t, err));
    KARVAN_TRY(tell_empty(c, &q, t, err));
    KARVAN_TRY(cli_print_states(c, t, err));
done:
    karvan_table_destroy(t), karvan_table_destroy(components);
    return st;
}
