#include <string.h>

#include "cli/cli.h"

static karvan_status read_query(const cli *c, karvan_record_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *pair = cli_option(c, "pair"), *party = cli_option(c, "party"),
               *body = cli_option(c, "body");
    if (pair) st = cli_not_both(c, "party", "body", err);
    if (st == KARVAN_OK && pair)
        st = karvan_record_pair(c->region, pair, &q->party, &q->other, err);
    if (st == KARVAN_OK && party)
        st = karvan_record_party(c->region, party, pair ? &q->body : &q->party, err);
    if (st == KARVAN_OK && body) st = karvan_record_party(c->region, body, &q->body, err);
    q->kind = cli_option(c, "kind"), q->dimension = cli_option(c, "dimension");
    q->source = cli_option(c, "source"), q->text = cli_option(c, "text");
    q->only_certain = cli_switch(c, "certain"), q->only_conflicts = false;
    if (st == KARVAN_OK) st = cli_day(c, "from", &q->from, &q->has_from, err);
    if (st == KARVAN_OK) st = cli_day(c, "to", &q->to, &q->has_to, err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "from", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "to", err);
    if (st == KARVAN_OK && q->has_from && q->has_to && q->from > q->to)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %.40s lies after --to %.40s",
                         cli_option(c, "from"), cli_option(c, "to"));
    if (st != KARVAN_OK || !cli_option(c, "year")) return st;
    karvan_edtf d;
    const char *year = cli_option(c, "year");
    if (karvan_edtf_parse(year, strlen(year), &d, NULL) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "--year: '%.40s' is no year", year);
    q->has_from = q->has_to = true, q->from = d.earliest, q->to = d.latest;
    return KARVAN_OK;
}

/* One claim with everything it rests on. */
static karvan_status show(cli *c, const char *id, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "claims");
    int64_t row = t ? karvan_package_row(c->region, "claims", id) : -1;
    if (row < 0)
        return karvan_fail(err, KARVAN_E_ARG, "there is no claim '%.80s'; karvan record lists them",
                           id);
    karvan_view v = {.table = t, .n = 1, .row = &row};
    karvan_table *wide = NULL;
    karvan_status st = karvan_record_table(c->region, &v, true, &wide, err);
    if (st == KARVAN_OK && c->format != KARVAN_FORMAT_TABLE)
        st = cli_print(c, wide, err);
    else if (st == KARVAN_OK)
        for (int k = 0; k < karvan_table_columns(wide); k++) {
            const char *s = karvan_table_text(wide, k, 0);
            (void)printf("%-10s %s\n", karvan_table_column(wide, k).name,
                         s ? s : karvan_cell_name(karvan_table_state(wide, k, 0)));
        }
    if (st == KARVAN_OK && c->format == KARVAN_FORMAT_TABLE) {
        const karvan_table *s = karvan_package_table(c->region, "sources");
        const char *source = karvan_table_text(wide, karvan_table_find(wide, "source"), 0);
        int64_t r = source && s ? karvan_package_row(c->region, "sources", source) : -1;
        for (int k = 1; r >= 0 && k < karvan_table_columns(s); k++) {
            const char *text = karvan_table_text(s, k, r);
            if (text) (void)printf("  %-9s %s\n", karvan_table_column(s, k).name, text);
        }
    }
    karvan_table_destroy(wide);
    return st;
}

static karvan_status members(cli *c, const karvan_record_query *q, karvan_error *err) {
    karvan_table *t = NULL;
    if (!q->party) return karvan_fail(err, KARVAN_E_ARG, "--memberships needs --party or --pair");
    karvan_status st = karvan_record_memberships(c->region, q->party, q->other, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

/* Options that a claim's id, --memberships or --conflicts leave nothing to do. */
static karvan_status refuse_idle(const cli *c, karvan_error *err) {
    static const char *const filters[] = {"kind",   "dimension", "year", "from", "to", "text",
                                          "source", "certain",   "wide", "body", NULL};
    karvan_status st = cli_not_both(c, "conflicts", "memberships", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "conflicts", "wide", err);
    if (st == KARVAN_OK && cli_switch(c, "memberships"))
        st = cli_not_any(c, "memberships", filters, err);
    if (st == KARVAN_OK && c->n_arguments == 1)
        for (const option_spec *o = command_record.options; o->name; o++)
            if (cli_switch(c, o->name))
                return karvan_fail(err, KARVAN_E_ARG, "--%s says nothing of one claim, %.40s",
                                   o->name, c->argument[0]);
    if (st == KARVAN_OK && cli_switch(c, "certain") && !cli_switch(c, "year") &&
        !cli_switch(c, "from") && !cli_switch(c, "to"))
        st = karvan_fail(err, KARVAN_E_ARG, "--certain goes with --year, --from or --to");
    return st;
}

static karvan_status run_record(cli *c, karvan_error *err) {
    karvan_record_query q = {0};
    karvan_view v = {0};
    karvan_table *t = NULL;
    karvan_status st = refuse_idle(c, err);
    if (st == KARVAN_OK) st = cli_open_region(c, err);
    if (st == KARVAN_OK && c->n_arguments == 1) return show(c, c->argument[0], err);
    if (st == KARVAN_OK) st = read_query(c, &q, err);
    if (st == KARVAN_OK && cli_switch(c, "memberships")) return members(c, &q, err);
    if (st == KARVAN_OK) st = karvan_record_select(c->region, &q, &v, err);
    if (st == KARVAN_OK)
        st = cli_switch(c, "conflicts")
                 ? karvan_record_conflicts(c->region, &v, &t, err)
                 : karvan_record_table(c->region, &v, cli_switch(c, "wide"), &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    return st;
}

static const option_spec options[] = {
    {"pair", "A-B", "claims in which both take part"},
    {"party", "NAME", "a country or a body that takes part"},
    {"body", "NAME", "an organisation that takes part"},
    {"kind", "KIND", "one kind of claim, as in table kinds"},
    {"dimension", "NAME", "political, economic, cultural or strategic"},
    {"year", "YEAR", "claims that may lie in a year"},
    {"from", "DATE", "claims that may lie on or after a date"},
    {"to", "DATE", "claims that may lie on or before a date"},
    {"certain", NULL, "only dates that certainly lie within"},
    {"source", "ID", "claims of one source"},
    {"text", "WORDS", "claims whose title holds the words"},
    {"conflicts", NULL, "contradicting claims side by side, the preferred one first"},
    {"memberships", NULL, "bodies that the party, or both of the pair, belong to"},
    {"wide", NULL, "all columns"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan record --pair AZE-KAZ --kind diplomatic_relations",
    "karvan record --pair Azerbaijan-Uzbekistan --year 1996 --format csv",
    "karvan record --pair AZE-KAZ --conflicts", "karvan record b-bf040", NULL};
const command command_record = {
    "record",
    "who agreed what with whom, when, says which source",
    "[CLAIM]",
    "Lists the claims of the region by date, filtered by parties, kind, dimension, dates and "
    "source; with\n"
    "the id of a claim, shows it with its source. Contradicting claims are never merged.",
    options,
    examples,
    0,
    1,
    run_record};
