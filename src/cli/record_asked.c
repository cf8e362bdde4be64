/* Which claims `karvan record` is asked for. */
#include <string.h>

#include "cli/record.h"
#include "cli/words.h"

static karvan_status read_list(const cli *c, const char *option, record_list *l,
                               karvan_error *err) {
    const char *at = cli_option(c, option);
    char *to = l->text;
    l->n = 0;
    for (bool more = at != NULL; more;) {
        karvan_status st =
            cli_next_word(&at, ',', to, sizeof l->text - (size_t)(to - l->text), &more, err);
        if (st != KARVAN_OK) return st;
        if (!more) break;
        if (l->n == RECORD_LIST_MAX)
            return karvan_fail(err, KARVAN_E_ARG, "--%s names more than %d", option,
                               (int)RECORD_LIST_MAX);
        l->word[l->n++] = to, to += strlen(to) + 1;
        if (to == l->text + sizeof l->text) more = false;
    }
    if (cli_option(c, option) && l->n == 0)
        return karvan_fail(err, KARVAN_E_ARG, "--%s names nothing", option);
    return KARVAN_OK;
}

static karvan_status read_parties(const cli *c, record_asked *a, karvan_error *err) {
    karvan_record_query *q = &a->q;
    const char *pair = cli_option(c, "pair"), *party = cli_option(c, "party");
    karvan_status st = KARVAN_OK;
    if (pair) st = cli_not_both(c, "party", "body", err);
    if (st == KARVAN_OK && pair)
        st = karvan_record_pair(c->region, pair, &q->party, &q->other, err);
    if (st == KARVAN_OK && party)
        st = karvan_record_party(c->region, party, pair ? &q->body : &q->party, err);
    if (st == KARVAN_OK) st = read_list(c, "parties", &a->parties, err);
    for (int i = 0; st == KARVAN_OK && i < a->parties.n; i++)
        st = karvan_record_party(c->region, a->parties.word[i], &a->parties.word[i], err);
    q->n_parties = a->parties.n, q->parties = a->parties.word, q->any_party = cli_switch(c, "any");
    return st;
}

/* Bodies and places by any of their names. */
static karvan_status read_named(const cli *c, record_asked *a, karvan_error *err) {
    karvan_record_query *q = &a->q;
    karvan_status st = read_list(c, "body", &a->bodies, err);
    for (int i = 0; st == KARVAN_OK && i < a->bodies.n; i++)
        st = karvan_record_body(c->region, a->bodies.word[i], &a->bodies.word[i], err);
    if (st == KARVAN_OK) st = read_list(c, "place", &a->places, err);
    for (int i = 0; st == KARVAN_OK && i < a->places.n; i++)
        st = karvan_record_place(c->region, a->places.word[i], &a->places.word[i], err);
    q->n_bodies = a->bodies.n, q->bodies = a->bodies.word;
    q->n_places = a->places.n, q->places = a->places.word;
    return st;
}

/* Words that the library judges. */
static karvan_status read_words(const cli *c, record_asked *a, karvan_error *err) {
    karvan_record_query *q = &a->q;
    karvan_status st = read_list(c, "kind", &a->kinds, err);
    if (st == KARVAN_OK) st = read_list(c, "dimension", &a->dimensions, err);
    if (st == KARVAN_OK) st = read_list(c, "source", &a->from_sources, err);
    if (st == KARVAN_OK) st = read_list(c, "rank", &a->ranks, err);
    if (st == KARVAN_OK) st = read_list(c, "source-order", &a->sources, err);
    q->n_kinds = a->kinds.n, q->kinds = a->kinds.word;
    q->n_dimensions = a->dimensions.n, q->dimensions = a->dimensions.word;
    q->n_sources = a->from_sources.n, q->sources = a->from_sources.word;
    q->n_ranks = a->ranks.n, q->ranks = a->ranks.word;
    return st;
}

static karvan_status read_days(const cli *c, karvan_record_query *q, karvan_error *err) {
    karvan_edtf d;
    const char *year = cli_option(c, "year");
    karvan_status st = cli_not_both(c, "year", "from", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "to", err);
    if (st == KARVAN_OK) st = cli_day(c, "from", &q->from, &q->has_from, err);
    if (st == KARVAN_OK) st = cli_day(c, "to", &q->to, &q->has_to, err);
    if (st == KARVAN_OK && q->has_from && q->has_to && q->from > q->to)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %.40s lies after --to %.40s",
                         cli_option(c, "from"), cli_option(c, "to"));
    if (st != KARVAN_OK || !year) return st;
    if (karvan_edtf_parse(year, strlen(year), &d, NULL) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "--year: '%.40s' is no year", year);
    q->has_from = q->has_to = true, q->from = d.earliest, q->to = d.latest;
    return KARVAN_OK;
}

karvan_status cli_record_read(const cli *c, record_asked *a, karvan_error *err) {
    karvan_record_query *q = &a->q;
    *q = (karvan_record_query){.text = cli_option(c, "text"),
                               .only_certain = cli_switch(c, "certain")};
    karvan_status st = read_parties(c, a, err);
    if (st == KARVAN_OK) st = read_named(c, a, err);
    if (st == KARVAN_OK) st = read_words(c, a, err);
    if (st == KARVAN_OK) st = read_days(c, q, err);
    /* a resolved view of contradictions alone */
    q->only_conflicts = cli_switch(c, "conflicts") && cli_switch(c, "resolved");
    return st;
}
