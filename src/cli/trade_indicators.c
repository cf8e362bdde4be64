#include "cli/trade_indicators.h"

#include "cli/trade.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/words.h"
#include "table/cell.h"
#include "table/known.h"

enum { NAMES_MAX = 64, GROUPS_MAX = 16, MEMBERS_MAX = 256, TEXT_MAX = 8192 };

const char *const cli_indicator_options[] = {
    "country",        "group",  "by",          "base",  "product",  "market",        "gdp",
    "classification", "digits", "reported-by", "world", "complete", "without-intra", NULL};

/* What the words of the options become; all text is in one place. */
typedef struct request {
    karvan_indicator_query q;
    int indicator[NAMES_MAX];
    karvan_trade_group group[GROUPS_MAX];
    const char *member[GROUPS_MAX][MEMBERS_MAX];
    char text[TEXT_MAX], *to;
    karvan_table *flows, *gdp;
    karvan_trade_cube *cube;
} request;

static karvan_status read_gdp(const char *path, karvan_table **out, karvan_error *err) {
    static const karvan_column known[] = {{"country", KARVAN_TEXT, NULL},
                                          {"year", KARVAN_INT, NULL},
                                          {"value", KARVAN_REAL, NULL},
                                          {"unit", KARVAN_TEXT, NULL},
                                          {"indicator", KARVAN_TEXT, NULL}};
    return karvan_i_csv_read_known(path, "gdp", sizeof known / sizeof known[0], known, out, err);
}

/* ---- words ---- */

/* The next word of a list, kept in the request's text. */
static karvan_status keep_word(request *r, const char **at, char sign, const char **word,
                               bool *more, karvan_error *err) {
    size_t room = sizeof r->text - (size_t)(r->to - r->text);
    karvan_status st = cli_next_word(at, sign, r->to, room, more, err);
    *word = r->to;
    if (st == KARVAN_OK && *more) r->to += strlen(r->to) + 1;
    return st;
}

static karvan_status read_indicators(const cli *c, request *r, karvan_error *err) {
    const char *at = cli_option(c, "indicator"), *name;
    bool more;
    for (;;) {
        karvan_status st = keep_word(r, &at, ',', &name, &more, err);
        if (st != KARVAN_OK || !more) return st;
        if (r->q.n_indicators == NAMES_MAX)
            return karvan_fail(err, KARVAN_E_ARG, "more than %d indicators", (int)NAMES_MAX);
        st = karvan_trade_indicator_find(name, &r->indicator[r->q.n_indicators++], err);
        if (st != KARVAN_OK) return st;
    }
}

/* A code of the flows, or what the region calls so; groups first. */
static karvan_status read_country(cli *c, request *r, const char *said, const char **out,
                                  karvan_error *err) {
    *out = said;
    for (int i = 0; i < r->q.n_groups; i++)
        if (strcmp(r->group[i].name, said) == 0) return KARVAN_OK;
    for (int i = 0; i < karvan_trade_cube_countries(r->cube); i++)
        if (strcmp(karvan_trade_cube_country(r->cube, i), said) == 0) return KARVAN_OK;
    return c->region ? karvan_record_party(c->region, said, out, err) : KARVAN_OK;
}

/* The countries of the region that are of this group. */
static karvan_status group_of_region(cli *c, karvan_trade_group *g, const char **member,
                                     karvan_error *err) {
    karvan_status st = c->region ? KARVAN_OK : cli_open_region(c, err);
    if (st != KARVAN_OK) return st;
    const karvan_table *t = karvan_package_table(c->region, "countries");
    int column = t ? karvan_table_find(t, "group") : -1;
    for (int64_t row = 0; column >= 0 && row < karvan_table_rows(t); row++)
        if (karvan_i_cell_is(t, "group", row, g->name) && g->n < MEMBERS_MAX)
            member[g->n++] = karvan_i_cell_text(t, "iso3", row);
    if (g->n > 0) return KARVAN_OK;
    char meant[120];
    return karvan_fail(err, KARVAN_E_ARG,
                       "the region has no group %.60s%s; of your own: --group NAME=A,B,C", g->name,
                       karvan_i_meant_cell(t, column, g->name, meant, sizeof meant));
}

/* "EAEU=KAZ,KGZ;central_asia": the first of them is the country where none is named. */
static karvan_status read_groups(cli *c, request *r, karvan_error *err) {
    const char *at = cli_option(c, "group"), *text, *list;
    bool more = at != NULL;
    while (at) {
        karvan_status st = keep_word(r, &at, ';', &text, &more, err);
        if (st != KARVAN_OK || !more) return st;
        if (r->q.n_groups == GROUPS_MAX)
            return karvan_fail(err, KARVAN_E_ARG, "more than %d groups", (int)GROUPS_MAX);
        karvan_trade_group *g = &r->group[r->q.n_groups];
        const char **member = r->member[r->q.n_groups++];
        list = strchr(text, '=');
        *g = (karvan_trade_group){.country = member};
        if (!list) {
            g->name = text;
            st = group_of_region(c, g, member, err);
            if (st != KARVAN_OK) return st;
            continue;
        }
        st = keep_word(r, &text, '=', &g->name, &more, err);
        for (list++; st == KARVAN_OK && more;) {
            if (g->n == MEMBERS_MAX)
                return karvan_fail(err, KARVAN_E_ARG, "more than %d countries in a group",
                                   (int)MEMBERS_MAX);
            st = keep_word(r, &list, ',', &member[g->n], &more, err);
            g->n += more;
        }
        if (st != KARVAN_OK) return st;
        if (g->n == 0)
            return karvan_fail(err, KARVAN_E_ARG, "the group %.60s has no countries", g->name);
    }
    return KARVAN_OK;
}

/* A-B, where each may be a group. */
static karvan_status read_pair(cli *c, request *r, const char *said, karvan_error *err) {
    const char *at = said, *a, *b, *rest;
    bool more = true, none = true;
    karvan_status st = keep_word(r, &at, '-', &a, &more, err);
    if (st == KARVAN_OK) st = keep_word(r, &at, '-', &b, &more, err);
    if (st == KARVAN_OK) st = keep_word(r, &at, '-', &rest, &none, err);
    if (st != KARVAN_OK) return st;
    if (!more || none) {
        if (c->region)
            return karvan_record_pair(c->region, said, &r->q.country, &r->q.partner, err);
        return karvan_fail(err, KARVAN_E_ARG,
                           "'%.60s' is not a pair: write two codes with a hyphen, AZE-KAZ", said);
    }
    st = read_country(c, r, a, &r->q.country, err);
    return st == KARVAN_OK ? read_country(c, r, b, &r->q.partner, err) : st;
}

static karvan_status read_parties(cli *c, request *r, karvan_error *err) {
    const char *pair = cli_option(c, "pair"), *country = cli_option(c, "country"),
               *market = cli_option(c, "market");
    karvan_status st = cli_not_both(c, "pair", "country", err);
    if (st == KARVAN_OK && pair) st = read_pair(c, r, pair, err);
    if (st == KARVAN_OK && country) st = read_country(c, r, country, &r->q.country, err);
    if (st == KARVAN_OK && market) st = read_country(c, r, market, &r->q.market, err);
    if (!pair && !country && r->q.n_groups > 0) r->q.country = r->group[0].name;
    return st;
}

static karvan_status read_by(const cli *c, request *r, karvan_error *err) {
    static const char *const words[] = {"partner", "product", "pair", "country", "year"};
    const char *at = cli_option(c, "by"), *word;
    bool more = at != NULL;
    while (at) {
        karvan_status st = keep_word(r, &at, ',', &word, &more, err);
        if (st != KARVAN_OK || !more) return st;
        int k = 0;
        while (k < 5 && strcmp(words[k], word) != 0) k++;
        if (k == 5)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--by is partner, product, pair, country or year, not '%.40s'",
                               word);
        if ((k == 2 || k == 3) && (cli_switch(c, "country") || cli_switch(c, "pair")))
            return karvan_fail(err, KARVAN_E_ARG, "--by %s is of every country: leave out --%s",
                               word, cli_switch(c, "pair") ? "pair" : "country");
        r->q.by_partner = r->q.by_partner || k == 0 || k == 2;
        r->q.by_product = r->q.by_product || k == 1;
    }
    return KARVAN_OK;
}

static karvan_status read_years(const cli *c, request *r, const karvan_trade_query *years,
                                karvan_error *err) {
    const char *base = cli_option(c, "base");
    r->q.has_from = years->has_from, r->q.from_year = years->from_year;
    r->q.has_to = years->has_to, r->q.to_year = years->to_year;
    r->q.has_base = base != NULL;
    if (base && !cli_whole(base, 1, 9999, &r->q.base_year))
        return karvan_fail(err, KARVAN_E_ARG, "--base is a year, not '%.40s'", base);
    return KARVAN_OK;
}

/* ---- flows ---- */

static karvan_status cube_options(const cli *c, karvan_trade_cube_options *o, karvan_error *err) {
    const char *digits = cli_option(c, "digits"), *world = cli_option(c, "world");
    int64_t n = 0;
    *o = (karvan_trade_cube_options){.source = cli_option(c, "dataset"),
                                     .classification = cli_option(c, "classification"),
                                     .reported_by = cli_option(c, "reported-by"),
                                     .complete = cli_switch(c, "complete")};
    if (digits && !cli_whole(digits, 1, 12, &n))
        return karvan_fail(err, KARVAN_E_ARG, "--digits is 1 to 12, not '%.40s'", digits);
    o->digits = (int)n;
    if (!world) return KARVAN_OK;
    o->world = *world == 's' ? KARVAN_WORLD_SUM : KARVAN_WORLD_ROW;
    if (strcmp(world, "sum") == 0 || strcmp(world, "row") == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--world is sum or row, not '%.40s'", world);
}

/* Is it a matrix of many countries (table trade_matrix), rather than what offices state (table
 * trade)? */
static bool is_matrix(const karvan_package *region, const char *dataset) {
    const karvan_table *t = karvan_package_table(region, "trade_matrix");
    int c = t ? karvan_table_find(t, "dataset") : -1;
    for (int32_t k = 0; c >= 0 && k < karvan_table_dictionary_size(t, c); k++)
        if (strcmp(karvan_table_dictionary_text(t, c, k), dataset) == 0) return true;
    return false;
}

/* Of the region: the data set asked for, or the one that speaks for who is asked for. */
static karvan_status region_flows(cli *c, request *r, karvan_trade_cube_options *o,
                                  karvan_error *err) {
    const char *pair = cli_option(c, "pair"), *country = cli_option(c, "country"), *a, *b;
    const char *said = o->source;
    karvan_error quiet = {0};
    if (!o->source && pair && karvan_record_pair(c->region, pair, &a, &b, &quiet) == KARVAN_OK)
        o->source = karvan_trade_default_dataset(c->region, a, b);
    if (!o->source && country && karvan_record_party(c->region, country, &a, &quiet) == KARVAN_OK)
        o->source = karvan_trade_country_dataset(c->region, a);
    if (!o->source)
        return karvan_fail(err, KARVAN_E_ARG,
                           "which data set of the region? --dataset ID, of table trade or "
                           "trade_matrix; they are never added together");
    if (said && is_matrix(c->region, said)) {
        o->source = NULL; /* its rows name documents; all are of this one data set */
        return karvan_trade_matrix(c->region, said, &r->flows, err);
    }
    const karvan_flows_query all = {.n_datasets = 1, .datasets = &o->source, .as_stated = true};
    return karvan_flows_of_region(c->region, &all, &r->flows, err);
}

/* What was left out of a file, on stderr: nothing is lost in silence. */
static void tell_account(const karvan_trade_cube *cube) {
    karvan_trade_account n = karvan_trade_cube_account(cube);
    if (n.kept == n.rows) return;
    (void)fprintf(stderr,
                  "karvan: %lld of %lld rows are used; left out: %lld not asked for, %lld of "
                  "another level, %lld domestic, %lld without year, party or product, %lld of the "
                  "world\n",
                  (long long)n.kept, (long long)n.rows, (long long)n.other,
                  (long long)n.other_level, (long long)n.domestic, (long long)n.unplaced,
                  (long long)n.world);
}

static karvan_status open_flows(cli *c, request *r, karvan_error *err) {
    karvan_trade_cube_options o;
    const char *data = cli_option(c, "data"), *gdp = cli_option(c, "gdp");
    karvan_status st = cube_options(c, &o, err);
    if (st == KARVAN_OK && (!data || cli_switch(c, "region") || cli_switch(c, "scenario")))
        st = cli_open_region(c, err);
    if (st == KARVAN_OK && data)
        st = cli_flows_by(c, "exporter,importer,year,product", &r->flows, err);
    if (st == KARVAN_OK && !data) st = region_flows(c, r, &o, err);
    if (st == KARVAN_OK) st = karvan_trade_cube_create(r->flows, &o, &r->cube, err);
    if (st == KARVAN_OK && gdp) st = read_gdp(gdp, &r->gdp, err);
    if (st == KARVAN_OK && data) tell_account(r->cube);
    karvan_table_destroy(r->flows);
    r->flows = NULL;
    return st;
}

/* GDP is the file's, else the region's where there is one. */
static karvan_status find_gdp(cli *c, request *r, karvan_error *err) {
    bool needed = false;
    for (int i = 0; i < r->q.n_indicators; i++) {
        const char *name = karvan_trade_indicator_name(r->indicator[i]);
        needed = needed || strstr(name, "openness") || strstr(name, "penetration");
    }
    r->q.gdp = r->gdp;
    if (r->gdp || !needed) return KARVAN_OK;
    karvan_status st = c->region ? KARVAN_OK : cli_open_region(c, err);
    if (st == KARVAN_OK) r->q.gdp = karvan_package_table(c->region, "indicators");
    return st;
}

/* ---- answers ---- */

static karvan_status print_list(const cli *c, karvan_error *err) {
    static const karvan_column columns[] = {{"indicator", KARVAN_TEXT, NULL},
                                            {"unit", KARVAN_TEXT, NULL},
                                            {"formula", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_builder_create("indicators", 3, columns, &b, err);
    for (int i = 0; st == KARVAN_OK && karvan_trade_indicator_name(i); i++) {
        const char *unit = karvan_trade_indicator_unit(i);
        st = karvan_builder_row(b, err);
        if (st == KARVAN_OK) st = karvan_builder_text(b, 0, karvan_trade_indicator_name(i), err);
        if (st == KARVAN_OK) st = karvan_builder_text(b, 1, unit ? unit : "of the flows", err);
        if (st == KARVAN_OK) st = karvan_builder_text(b, 2, karvan_trade_indicator_formula(i), err);
    }
    if (st == KARVAN_OK) st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

/* Indicators of all sizes stand in one column: four decimals, one from a thousand on, four digits
 * of what is nearly 0. */
static void for_readers(double v, char *out, size_t cap) {
    double size = v < 0 ? -v : v;
    (void)snprintf(out, cap,
                   size >= 1000                 ? "%.1f"
                   : size == 0 || size >= 0.001 ? "%.4f"
                                                : "%.4g",
                   v);
}

/* The table with the values as text, for the eye. */
static karvan_status print_values(const cli *c, const karvan_table *t, karvan_error *err) {
    karvan_column columns[16];
    karvan_builder *b = NULL;
    karvan_table *shown = NULL;
    int n = karvan_table_columns(t), value = karvan_table_find(t, "value");
    if (c->format != KARVAN_FORMAT_TABLE) return cli_print(c, t, err);
    for (int k = 0; k < n; k++) columns[k] = karvan_table_column(t, k);
    columns[value].type = KARVAN_TEXT;
    karvan_status st = karvan_builder_create("indicators", n, columns, &b, err);
    for (int64_t row = 0; st == KARVAN_OK && row < karvan_table_rows(t); row++) {
        st = karvan_builder_row(b, err);
        for (int k = 0; st == KARVAN_OK && k < n; k++) {
            char text[64];
            if (k != value || karvan_table_state(t, k, row) != KARVAN_VALUE) {
                st = karvan_i_copy_cell(b, k, t, k, row, err);
            } else {
                for_readers(karvan_table_real(t, k, row), text, sizeof text);
                st = karvan_builder_text(b, k, text, err);
            }
        }
    }
    if (st == KARVAN_OK) st = karvan_builder_finish(b, &shown, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, shown, err);
    karvan_builder_destroy(b), karvan_table_destroy(shown);
    return st;
}

static karvan_status answer(cli *c, request *r, const karvan_trade_query *years,
                            karvan_error *err) {
    karvan_table *t = NULL;
    r->q.indicator = r->indicator, r->q.groups = r->group, r->to = r->text;
    r->q.product = cli_option(c, "product");
    r->q.without_intra = cli_switch(c, "without-intra");
    r->q.imports = years->flow && strcmp(years->flow, "import") == 0;
    karvan_status st = read_indicators(c, r, err);
    if (st == KARVAN_OK) st = read_by(c, r, err);
    if (st == KARVAN_OK) st = read_years(c, r, years, err);
    if (st == KARVAN_OK) st = open_flows(c, r, err);
    if (st == KARVAN_OK) st = read_groups(c, r, err);
    if (st == KARVAN_OK) st = read_parties(c, r, err);
    if (st == KARVAN_OK) st = find_gdp(c, r, err);
    if (st == KARVAN_OK) st = karvan_trade_indicators(r->cube, &r->q, &t, err);
    if (st == KARVAN_OK) st = print_values(c, t, err);
    karvan_table_destroy(t);
    return st;
}

karvan_status cli_trade_indicators(cli *c, const karvan_trade_query *years, karvan_error *err) {
    static const char *const others[] = {"balance", "mirrors", "wide", "reporter", NULL};
    karvan_status st = cli_not_any(c, "indicator", others, err);
    if (st != KARVAN_OK) return st;
    if (strcmp(cli_option(c, "indicator"), "list") == 0) return print_list(c, err);
    request *r = calloc(1, sizeof *r);
    if (!r) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for indicators");
    st = answer(c, r, years, err);
    karvan_table_destroy(r->gdp), karvan_table_destroy(r->flows);
    karvan_trade_cube_destroy(r->cube);
    free(r);
    return st;
}
