#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/record.h"

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

/* ---- what else the record can be asked ---- */

/* The day of --date, else setting reference_date of the region. */
static karvan_status day_of(const cli *c, karvan_day *out, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "settings");
    int64_t r = t ? karvan_package_row(c->region, "settings", "reference_date") : -1;
    const char *said = r >= 0 ? karvan_table_text(t, karvan_table_find(t, "value"), r) : NULL;
    karvan_edtf d;
    bool given;
    karvan_status st = cli_plain_day(c, "date", true, out, &given, err);
    if (st != KARVAN_OK || given) return st;
    if (!said || karvan_edtf_parse(said, strlen(said), &d, NULL) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG,
                           "the region has no reference_date: say a day with --date");
    *out = d.earliest;
    return KARVAN_OK;
}

static karvan_status needs_party(const karvan_record_query *q, const char *option,
                                 karvan_error *err) {
    if (q->party) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s needs --party or --pair", option);
}

static karvan_status members(cli *c, const karvan_record_query *q, karvan_table **t,
                             karvan_error *err) {
    karvan_status st = needs_party(q, "memberships", err);
    return st == KARVAN_OK ? karvan_record_memberships(c->region, q->party, q->other, t, err) : st;
}

static karvan_status instruments(cli *c, const karvan_record_query *q, karvan_table **t,
                                 karvan_error *err) {
    karvan_day day;
    karvan_status st = needs_party(q, "instruments", err);
    if (st == KARVAN_OK) st = day_of(c, &day, err);
    return st == KARVAN_OK ? karvan_record_instruments(c->region, q->party, q->other, day, t, err)
                           : st;
}

static karvan_status since(cli *c, const karvan_record_query *q, karvan_table **t,
                           karvan_error *err) {
    karvan_record_query changes = *q;
    karvan_status st = needs_party(q, "since", err);
    if (st == KARVAN_OK)
        st = cli_plain_day(c, "since", false, &changes.from, &changes.has_from, err);
    return st == KARVAN_OK ? karvan_record_changed(c->region, &changes, t, err) : st;
}

/* Claims, or what is made of claims. */
static karvan_status listed(cli *c, const record_asked *a, const karvan_view *v, karvan_table **t,
                            karvan_error *err) {
    const karvan_record_rules rules = {a->sources.n, a->sources.word};
    if (cli_switch(c, "resolved")) return karvan_record_resolve(c->region, v, &rules, t, err);
    if (cli_switch(c, "conflicts")) return karvan_record_conflicts(c->region, v, t, err);
    return karvan_record_list(c->region, v, &a->q, cli_switch(c, "wide"), t, err);
}

/* ---- what does not go together ---- */

/* Options that say which claims; --since takes the last three too. */
static const char *const FILTERS[] = {"parties", "any",  "year",      "from",    "to",
                                      "text",    "body", "source",    "rank",    "place",
                                      "wide",    "kind", "dimension", "certain", NULL};
static const char *const NOT_OF_SINCE[] = {"parties", "any",    "year", "from",  "to",   "text",
                                           "body",    "source", "rank", "place", "wide", NULL};
/* Modes of which one can be chosen; --conflicts goes with --resolved too. */
static const char *const MODES[] = {"memberships", "instruments", "since", NULL};

static karvan_status refuse_modes(const cli *c, karvan_error *err) {
    static const char *const others[] = {"memberships", "instruments", "since",
                                         "conflicts",   "resolved",    NULL};
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && MODES[i]; i++) {
        if (!cli_switch(c, MODES[i])) continue;
        for (int k = 0; st == KARVAN_OK && others[k]; k++)
            if (strcmp(others[k], MODES[i]) != 0) st = cli_not_both(c, others[k], MODES[i], err);
        if (st == KARVAN_OK)
            st = cli_not_any(c, MODES[i], strcmp(MODES[i], "since") == 0 ? NOT_OF_SINCE : FILTERS,
                             err);
    }
    if (st == KARVAN_OK) st = cli_not_both(c, "conflicts", "wide", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "resolved", "wide", err);
    return st;
}

/* Options that a claim's id, or another option that is not there, leave nothing to do. */
static karvan_status refuse_idle(const cli *c, karvan_error *err) {
    static const char *const needs[][2] = {
        {"any", "parties"}, {"source-order", "resolved"}, {"date", "instruments"}};
    karvan_status st = refuse_modes(c, err);
    if (st == KARVAN_OK && c->n_arguments == 1)
        for (const option_spec *o = command_record.options; o->name; o++)
            if (*o->name && cli_switch(c, o->name))
                return karvan_fail(err, KARVAN_E_ARG, "--%s says nothing of one claim, %.40s",
                                   o->name, c->argument[0]);
    if (st == KARVAN_OK && cli_switch(c, "certain") && !cli_switch(c, "year") &&
        !cli_switch(c, "from") && !cli_switch(c, "to") && !cli_switch(c, "since"))
        st = karvan_fail(err, KARVAN_E_ARG, "--certain goes with --year, --from, --to or --since");
    for (size_t i = 0; st == KARVAN_OK && i < sizeof needs / sizeof needs[0]; i++)
        if (cli_switch(c, needs[i][0]) && !cli_switch(c, needs[i][1]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s goes with --%s", needs[i][0], needs[i][1]);
    return st == KARVAN_OK ? cli_record_judge_out(c, err) : st;
}

/* Does no claim at all say where it was? */
static bool is_placeless(const cli *c) {
    const karvan_table *t = karvan_package_table(c->region, "claims");
    int column = t ? karvan_table_find(t, "place") : -1;
    return cli_switch(c, "place") && (column < 0 || karvan_table_dictionary_size(t, column) == 0);
}

/* A body stands where claims and memberships have its countries: who asks for it is told. */
static void tell_body(const cli *c, const char *code) {
    const karvan_table *t = code ? karvan_package_table(c->region, "organisations") : NULL;
    if (t && karvan_package_row(c->region, "organisations", code) >= 0)
        (void)fprintf(stderr, "karvan: %s is a body, not a country%s\n", code,
                      cli_switch(c, "memberships") ? ": --memberships are those of a country" : "");
}

/* An empty answer is told apart from a command that did nothing. */
static void tell_empty(const cli *c, const karvan_record_query *q, const karvan_table *t) {
    if (karvan_table_rows(t) > 0) return;
    if (is_placeless(c))
        (void)fprintf(stderr, "karvan: no claim of this region says where it was (column place of "
                              "table claims)\n");
    else
        (void)fprintf(stderr, "karvan: nothing in the record matches\n");
    tell_body(c, q->party), tell_body(c, q->other);
}

static karvan_status answer(cli *c, const record_asked *a, karvan_view *v, karvan_table **t,
                            karvan_error *err) {
    if (cli_switch(c, "memberships")) return members(c, &a->q, t, err);
    if (cli_switch(c, "instruments")) return instruments(c, &a->q, t, err);
    if (cli_switch(c, "since")) return since(c, &a->q, t, err);
    karvan_status st = karvan_record_select(c->region, &a->q, v, err);
    return st == KARVAN_OK ? listed(c, a, v, t, err) : st;
}

static karvan_status run_record(cli *c, karvan_error *err) {
    record_asked *a = calloc(1, sizeof *a);
    karvan_view v = {0};
    karvan_table *t = NULL;
    bool printed = false;
    karvan_status st =
        a ? refuse_idle(c, err) : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a query");
    if (st == KARVAN_OK) st = cli_open_region(c, err);
    if (st == KARVAN_OK && c->n_arguments == 1) {
        st = show(c, c->argument[0], err);
    } else {
        if (st == KARVAN_OK) st = cli_record_read(c, a, err);
        if (st == KARVAN_OK) st = answer(c, a, &v, &t, err);
        if (st == KARVAN_OK) tell_empty(c, &a->q, t);
        if (st == KARVAN_OK) st = cli_record_write(c, a, &v, t, &printed, err);
        if (st == KARVAN_OK && !printed) st = cli_print(c, t, err);
        if (st == KARVAN_OK && cli_switch(c, "resolved") && !printed &&
            c->format == KARVAN_FORMAT_TABLE)
            (void)printf("\n%s", karvan_record_rules_text());
    }
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    free(a);
    return st;
}

static const option_spec options[] = {
    {"", NULL, "which claims"},
    {"pair", "A-B", "claims in which both take part"},
    {"party", "NAME", "a country or a body that takes part"},
    {"parties", "A,B,C", "all of these take part"},
    {"any", NULL, "at least one of --parties does"},
    {"body", "A,B", "one of these organisations takes part"},
    {"kind", "A,B", "kinds of claims, as in table kinds"},
    {"dimension", "A,B", "of political, economic, cultural, strategic"},
    {"year", "YEAR", "claims that may lie in a year; column `within` says yes or maybe"},
    {"from", "DATE", "claims that may lie on or after a date"},
    {"to", "DATE", "claims that may lie on or before a date"},
    {"certain", NULL, "only dates that certainly lie within"},
    {"source", "A,B", "claims of these sources"},
    {"rank", "A,B", "of preferred, normal, deprecated"},
    {"place", "A,B", "claims that say that it was there: id, UN/LOCODE or name of a place"},
    {"text", "A,B", "claims whose title holds one of these words or phrases"},
    {"", NULL, "what of them"},
    {"wide", NULL, "all columns"},
    {"conflicts", NULL, "contradicting claims side by side, the preferred one first"},
    {"resolved", NULL, "one row a fact: what is taken, by which rule, and what it sets aside"},
    {"source-order", "A,B", "of --resolved: sources to be believed first, in this order"},
    {"memberships", NULL, "bodies that the party, or both of the pair, belong to"},
    {"instruments", NULL, "treaties and agreements of the party or the pair: are they in force?"},
    {"date", "DAY", "of --instruments: on this day (default: the region's reference date)"},
    {"since", "DATE",
     "what changed for the party or the pair from a day to the region's reference date"},
    {"", NULL, "files instead of the terminal"},
    {"out", "FILE", "the list: .csv, .json, or a timeline .svg"},
    {"as", "FORM", "of --out, whatever its end: csv, json, svg, vis or timelinejs"},
    {"lanes", "WHAT", "of a timeline: dimension (default), party or kind"},
    {"width", "PIXELS", "of an SVG (default: 900)"},
    {"sources-out", "FILE", "the sources of what is listed: .json (CSL-JSON) or .bib (BibTeX)"},
    {"package", "DIR", "the claims with their parties, kinds and sources as a Data Package"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan record --pair AZE-KAZ --kind diplomatic_relations",
    "karvan record --parties AZE,KAZ,TKM --any --year 1996 --format csv",
    "karvan record --pair AZE-KAZ --conflicts",
    "karvan record --pair AZE-KAZ --resolved --source-order brief",
    "karvan record --party AZE --kind visit,summit --out visits.svg --lanes party",
    "karvan record --pair AZE-KAZ --sources-out sources.bib",
    "karvan record b-bf040",
    NULL};
const command command_record = {
    "record",
    "who agreed what with whom, when, says which source",
    "[CLAIM]",
    "Lists the claims of the region by date, filtered by parties, kind, dimension, dates and "
    "source; with\n"
    "the id of a claim, shows it with its source. Contradicting claims are never merged: "
    "--resolved says\n"
    "which one its rules take.",
    options,
    examples,
    0,
    1,
    run_record};
