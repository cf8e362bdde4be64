/* Dyad-years of the region: measures of each pair, and the rows that they rest on. */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/dyads.h"
#include "cli/words.h"

/* Tables that each group of measures needs; a region need not have them. */
static const char *const tables[] = {
    "countries",  "organisations",     "kinds",    "claims", "parties",    "memberships",
    "agreements", "agreement_parties", "coverage", "trade",  "indicators", "places",
    "capitals",   "distances",         NULL};

/* --from, --to: years here. */
static karvan_status read_year(const cli *c, const char *option, int64_t *year, bool *given,
                               karvan_error *err) {
    const char *said = cli_option(c, option);
    *given = said != NULL;
    if (!said || cli_whole(said, -9999, 9999, year)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a year, not '%.40s'", option, said);
}

static karvan_status read_measures(const cli *c, karvan_dyads_query *q, int *measures, int most,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char word[64];
    const char *at = cli_option(c, "measure");
    if (!at) return KARVAN_OK;
    for (bool more = true; more;) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(q->n_measures < most, err, KARVAN_E_ARG, "--measure names more than %d",
                       most);
        KARVAN_TRY(karvan_pair_measure_find(word, &measures[q->n_measures++], err));
    }
    KARVAN_REQUIRE(q->n_measures > 0, err, KARVAN_E_ARG, "--measure names none");
    q->measures = measures;
done:
    return st;
}

/* Options of the other modes say nothing here. */
static karvan_status refuse_idle(const cli *c, karvan_error *err) {
    static const char *const idle[] = {"system",  "no-microstates", "extend", "months", "count",
                                       "by-year", "joint",          "status", "sum",    NULL};
    for (int i = 0; idle[i]; i++)
        if (cli_switch(c, idle[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s needs --%s", idle[i],
                               i < 6 ? "states" : "memberships");
    return KARVAN_OK;
}

/* A table without a row is not left without a word. Of a trace, only where no pair has the years:
 * cells that rest on nothing have no rows to tell. */
static karvan_status tell_empty(const cli *c, const karvan_dyads_query *q, const karvan_table *t,
                                karvan_error *err) {
    cli_years y = {
        .asked_from = q->has_from, .asked_to = q->has_to, .least = q->from, .most = q->to};
    karvan_pairs *p = NULL;
    if (karvan_table_rows(t) > 0) return KARVAN_OK;
    karvan_status st = karvan_pairs_create(c->region, q->a, q->b, &p, err);
    y.has = st == KARVAN_OK && karvan_pairs_years(p, &y.from, &y.to);
    karvan_pairs_destroy(p);
    bool apart = (y.asked_to && y.most < y.from) || (y.asked_from && y.least > y.to);
    if (st == KARVAN_OK && (apart || !cli_switch(c, "trace")))
        cli_note_no_rows(q->a ? cli_option(c, "pair") : "the region's pairs", &y);
    return st;
}

karvan_status cli_dyads_region(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_dyads_query q = {.undirected = cli_switch(c, "undirected")};
    karvan_table *t = NULL;
    const int most = 64;
    int measures[64];
    const char *pair = cli_option(c, "pair");
    KARVAN_TRY(refuse_idle(c, err));
    KARVAN_TRY(read_year(c, "from", &q.from, &q.has_from, err));
    KARVAN_TRY(read_year(c, "to", &q.to, &q.has_to, err));
    KARVAN_TRY(read_measures(c, &q, measures, most, err));
    KARVAN_TRY(cli_open_tables(c, tables, err));
    if (pair) KARVAN_TRY(karvan_record_pair(c->region, pair, &q.a, &q.b, err));
    if (cli_switch(c, "trace"))
        KARVAN_TRY(karvan_dyads_trace(c->region, &q, &t, err));
    else
        KARVAN_TRY(karvan_dyads_table(c->region, &q, &t, err));
    KARVAN_TRY(tell_empty(c, &q, t, err));
    KARVAN_TRY(cli_print_states(c, t, err));
done:
    karvan_table_destroy(t);
    return st;
}
