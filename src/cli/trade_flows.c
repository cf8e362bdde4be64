/* Flows on the command line: where they come from and what is done to them, in this order:
 * reconciled, domestic trade added, made square. */
#include "cli/trade.h"

#include <string.h>

#include "base/try.h"
#include "cli/words.h"
#include "table/cell.h"
#include "table/known.h"

enum { SETS = 32, WORDS = 2000, CODE = 80 };

static const char *const asked[] = {"reconcile",   "cif-fob",    "basis",          "across",
                                    "asymmetries", "production", "output-per-gdp", "square",
                                    "steps",       NULL};

bool cli_flows_asked(const cli *c) {
    for (const char *const *o = asked; *o; o++)
        if (cli_switch(c, *o)) return true;
    return false;
}

/* Words parted by commas into room; the list points into it. */
static karvan_status read_list(const char *option, const char *said, char *room, const char **list,
                               int *n, karvan_error *err) {
    size_t used = 0;
    bool more = true;
    *n = 0;
    while (said) {
        karvan_status st = cli_next_word(&said, ',', room + used, WORDS - used, &more, err);
        if (st != KARVAN_OK || !more) return st;
        if (*n == SETS) return karvan_fail(err, KARVAN_E_ARG, "--%s: too many words", option);
        list[(*n)++] = room + used;
        used += strlen(room + used) + 1;
    }
    return KARVAN_OK;
}

/* ---- steps ---- */

/* Rows of an audit, each with the name of its step. */
static karvan_status add_steps(karvan_builder *b, const char *step, const karvan_table *audit,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; audit && r < karvan_table_rows(audit); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, step, err));
        KARVAN_TRY(karvan_builder_text(b, 1, karvan_i_cell_text(audit, "what", r), err));
        KARVAN_TRY(karvan_builder_int(b, 2, karvan_table_int(audit, 1, r), err));
        KARVAN_TRY(karvan_builder_text(b, 3, karvan_i_cell_text(audit, "detail", r), err));
    }
done:
    return st;
}

static karvan_status begin_steps(karvan_builder **out, karvan_error *err) {
    static const karvan_column columns[] = {{"step", KARVAN_TEXT, NULL},
                                            {"what", KARVAN_TEXT, NULL},
                                            {"rows", KARVAN_INT, NULL},
                                            {"detail", KARVAN_TEXT, NULL}};
    return karvan_builder_create("steps", 4, columns, out, err);
}

static karvan_status write_steps(const cli *c, karvan_builder *take, karvan_error *err) {
    karvan_table *t = NULL;
    const char *path = cli_option(c, "steps");
    karvan_status st = karvan_builder_finish(take, &t, err);
    if (st == KARVAN_OK && path) st = karvan_csv_write(t, path, err);
    karvan_table_destroy(t);
    return st;
}

/* ---- reconciliation ---- */

static karvan_status read_ratio(cli *c, karvan_mirror_options *o, karvan_error *err) {
    const char *said = cli_option(c, "cif-fob");
    if (!said) return KARVAN_OK;
    if (strcmp(said, "distance") != 0) return cli_positive("cif-fob", said, &o->cif_fob, err);
    karvan_status st = c->region ? KARVAN_OK : cli_open_region(c, err);
    if (st == KARVAN_OK) st = karvan_i_need_table(c->region, "distances", &o->distances, err);
    o->estimate = true;
    return st;
}

static karvan_status read_mirrors(cli *c, karvan_mirror_options *o, char *room, const char **list,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *rule = cli_option(c, "reconcile"), *basis = cli_option(c, "basis"),
               *across = cli_option(c, "across"), *apart = cli_option(c, "asymmetries");
    if (rule) KARVAN_TRY(karvan_mirror_rule_parse(rule, &o->rule, err));
    KARVAN_REQUIRE(!basis || strcmp(basis, "fob") == 0 || strcmp(basis, "cif") == 0, err,
                   KARVAN_E_ARG, "--basis is fob or cif, not '%.40s'", basis);
    o->cif = basis && strcmp(basis, "cif") == 0;
    KARVAN_TRY(read_ratio(c, o, err));
    KARVAN_TRY(read_list("across", across, room, list, &o->n_sources, err));
    o->across = across != NULL, o->sources = list;
    if (apart) KARVAN_TRY(cli_positive("asymmetries", apart, &o->apart, err));
done:
    return st;
}

/* Flows, or with --asymmetries those whose figures are apart. */
static karvan_status reconcile(cli *c, karvan_table **flows, karvan_builder *steps,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[WORDS];
    const char *list[SETS];
    karvan_mirror_options o = {0};
    karvan_table *out = NULL, *apart = NULL, *audit = NULL;
    KARVAN_TRY(read_mirrors(c, &o, room, list, err));
    KARVAN_TRY(karvan_flows_reconcile(*flows, &o, &out, &apart, &audit, err));
    KARVAN_TRY(add_steps(steps, "reconcile", audit, err));
    karvan_table **result = cli_switch(c, "asymmetries") ? &apart : &out;
    karvan_table_destroy(*flows);
    *flows = *result, *result = NULL;
done:
    karvan_table_destroy(out), karvan_table_destroy(apart), karvan_table_destroy(audit);
    return st;
}

/* ---- domestic trade ---- */

static karvan_status read_production(const char *path, karvan_table **out, karvan_error *err) {
    static const karvan_column known[] = {
        {"country", KARVAN_TEXT, NULL}, {"year", KARVAN_INT, NULL},
        {"value", KARVAN_REAL, NULL},   {"unit", KARVAN_TEXT, NULL},
        {"product", KARVAN_TEXT, NULL}, {"indicator", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}};
    return karvan_i_csv_read_known(path, "production", sizeof known / sizeof *known, known, out,
                                   err);
}

static karvan_status domestic(cli *c, karvan_table **flows, karvan_builder *steps,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "production"), *ratio = cli_option(c, "output-per-gdp");
    karvan_domestic_options o = {0};
    karvan_problems *problems = NULL;
    karvan_table *own = NULL, *out = NULL;
    const karvan_table *production = NULL;
    if (ratio) KARVAN_TRY(cli_positive("output-per-gdp", ratio, &o.output_per_gdp, err));
    if (strcmp(path, "region") == 0) {
        if (!c->region) KARVAN_TRY(cli_open_region(c, err));
        KARVAN_TRY(karvan_i_need_table(c->region, "indicators", &production, err));
    } else {
        KARVAN_TRY(read_production(path, &own, err));
        production = own;
    }
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(karvan_flows_domestic(*flows, production, &o, problems, &out, err));
    if (own) cli_print_problems(stderr, problems); /* a region's years are many */
    KARVAN_TRY(karvan_builder_row(steps, err));
    KARVAN_TRY(karvan_builder_text(steps, 0, "domestic", err));
    KARVAN_TRY(karvan_builder_text(steps, 1, "derived", err));
    KARVAN_TRY(
        karvan_builder_int(steps, 2, karvan_table_rows(out) - karvan_table_rows(*flows), err));
    KARVAN_TRY(karvan_builder_text(steps, 3, "country years with production less exports", err));
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        KARVAN_TRY(karvan_builder_row(steps, err));
        KARVAN_TRY(karvan_builder_text(steps, 0, "domestic", err));
        KARVAN_TRY(karvan_builder_text(steps, 1, p.code, err));
        KARVAN_TRY(karvan_builder_int(steps, 2, 1, err));
        KARVAN_TRY(karvan_builder_text(steps, 3, p.message, err));
    }
    karvan_table_destroy(*flows);
    *flows = out, out = NULL;
done:
    karvan_table_destroy(own), karvan_table_destroy(out);
    karvan_problems_destroy(problems);
    return st;
}

/* ---- all of it ---- */

static karvan_status square(karvan_table **flows, karvan_builder *steps, karvan_error *err) {
    karvan_table *out = NULL, *audit = NULL;
    karvan_status st = karvan_flows_square(*flows, &out, &audit, err);
    if (st == KARVAN_OK) st = add_steps(steps, "square", audit, err);
    karvan_table_destroy(audit);
    if (st != KARVAN_OK) {
        karvan_table_destroy(out);
        return st;
    }
    karvan_table_destroy(*flows);
    *flows = out;
    return KARVAN_OK;
}

/* Options that mean nothing without another. */
static karvan_status belong(const cli *c, karvan_error *err) {
    karvan_mirror_rule rule;
    static const char *const of_mirrors[] = {"cif-fob", "basis", "across", "asymmetries", NULL};
    static const char *const of_flows[] = {"production", "output-per-gdp", "square", NULL};
    for (const char *const *o = of_mirrors; *o; o++)
        if (cli_switch(c, *o) && !cli_switch(c, "reconcile"))
            return karvan_fail(err, KARVAN_E_ARG, "--%s needs --reconcile", *o);
    if (cli_switch(c, "output-per-gdp") && !cli_switch(c, "production"))
        return karvan_fail(err, KARVAN_E_ARG, "--output-per-gdp needs --production");
    if (cli_switch(c, "reconcile") &&
        karvan_mirror_rule_parse(cli_option(c, "reconcile"), &rule, err) != KARVAN_OK)
        return KARVAN_E_ARG;
    return cli_switch(c, "asymmetries") ? cli_not_any(c, "asymmetries", of_flows, err) : KARVAN_OK;
}

karvan_status cli_flows_apply(cli *c, karvan_table **flows, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *steps = NULL;
    KARVAN_TRY(belong(c, err));
    KARVAN_TRY(begin_steps(&steps, err));
    if (cli_switch(c, "reconcile")) KARVAN_TRY(reconcile(c, flows, steps, err));
    if (cli_switch(c, "production")) KARVAN_TRY(domestic(c, flows, steps, err));
    if (cli_switch(c, "square")) KARVAN_TRY(square(flows, steps, err));
    st = write_steps(c, steps, err), steps = NULL;
done:
    karvan_builder_destroy(steps);
    if (st != KARVAN_OK) karvan_table_destroy(*flows), *flows = NULL;
    return st;
}

karvan_status cli_flows_of_region(cli *c, const karvan_trade_query *q, karvan_table **flows,
                                  karvan_error *err) {
    char room[WORDS];
    const char *list[SETS];
    karvan_flows_query f = {.datasets = list};
    *flows = NULL;
    karvan_status st = c->region ? KARVAN_OK : cli_open_region(c, err);
    if (st == KARVAN_OK)
        st = read_list("dataset", cli_option(c, "dataset"), room, list, &f.n_datasets, err);
    if (q->has_from) f.from_year = q->from_year;
    if (q->has_to) f.to_year = q->to_year;
    return st == KARVAN_OK ? karvan_flows_of_region(c->region, &f, flows, err) : st;
}

/* Of the pair and the years asked for. */
static bool is_asked(void *ctx, const karvan_table *t, int64_t row) {
    const karvan_trade_query *q = ctx;
    double year = karvan_i_cell_real(t, "year", row);
    if ((q->has_from && year < (double)q->from_year) || (q->has_to && year > (double)q->to_year))
        return false;
    if (!q->reporter || !q->partner) return true;
    bool there = karvan_i_cell_is(t, "exporter", row, q->reporter) &&
                 karvan_i_cell_is(t, "importer", row, q->partner);
    return there || (karvan_i_cell_is(t, "exporter", row, q->partner) &&
                     karvan_i_cell_is(t, "importer", row, q->reporter));
}

/* Codes of a file's pair as they stand in its flows, into room, which q points to. */
static karvan_status pair_of_file(const char *said, char room[2][CODE], karvan_trade_query *q,
                                  karvan_error *err) {
    bool more = true;
    const char *at = said;
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < 2 && st == KARVAN_OK && more; k++)
        st = cli_next_word(&at, '-', room[k], CODE, &more, err);
    if (st != KARVAN_OK) return st;
    if (!more || *at)
        return karvan_fail(err, KARVAN_E_ARG,
                           "'%.60s' is not a pair: write two codes with a hyphen, AZE-KAZ", said);
    q->reporter = room[0], q->partner = room[1];
    return KARVAN_OK;
}

/* What rows are chosen by must stand in them. */
static karvan_status has_columns(const cli *c, const karvan_trade_query *q, const karvan_table *t,
                                 karvan_error *err) {
    bool years = q->has_from || q->has_to;
    const char *lacks = years && karvan_table_find(t, "year") < 0 ? "year"
                        : !q->reporter                            ? NULL
                        : karvan_table_find(t, "exporter") < 0    ? "exporter"
                        : karvan_table_find(t, "importer") < 0    ? "importer"
                                                                  : NULL;
    if (!lacks) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s: these flows have no %s%s",
                       strcmp(lacks, "year") != 0 ? "pair"
                       : cli_option(c, "year")    ? "year"
                       : cli_option(c, "from")    ? "from"
                                                  : "to",
                       lacks, cli_option(c, "flows-by") ? "; name it in --flows-by" : "");
}

karvan_status cli_trade_flows(cli *c, const karvan_trade_query *q, karvan_error *err) {
    static const char *const others[] = {"reporter", "flow", "wide", "balance", "mirrors", NULL};
    karvan_status st = KARVAN_OK;
    karvan_trade_query copy = *q;
    char room[2][CODE];
    karvan_view v = {0};
    karvan_table *flows = NULL, *some = NULL;
    for (const char *const *o = asked; *o; o++)
        if (cli_switch(c, *o)) KARVAN_TRY(cli_not_any(c, *o, others, err));
    KARVAN_TRY(belong(c, err)); /* before any file is read */
    if (cli_option(c, "data") && cli_option(c, "pair"))
        KARVAN_TRY(pair_of_file(cli_option(c, "pair"), room, &copy, err));
    st = cli_option(c, "data") ? cli_flows(c, &flows, err) : cli_flows_of_region(c, q, &flows, err);
    if (st == KARVAN_OK) st = cli_flows_apply(c, &flows, err);
    if (st != KARVAN_OK) goto done;
    KARVAN_TRY(has_columns(c, &copy, flows, err));
    KARVAN_TRY(karvan_view_init(&v, flows, is_asked, &copy, err));
    KARVAN_REQUIRE(v.n > 0 || !cli_option(c, "data") || karvan_table_rows(flows) == 0, err,
                   KARVAN_E_DATA,
                   "%s: none of its %lld flows is of the pair and the years asked for",
                   cli_option(c, "data"), (long long)karvan_table_rows(flows));
    KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &some, err));
    KARVAN_TRY(cli_print(c, some, err));
done:
    karvan_view_clear(&v);
    karvan_table_destroy(flows), karvan_table_destroy(some);
    return st;
}
