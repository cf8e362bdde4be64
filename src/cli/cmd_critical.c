#include <string.h>

#include "base/try.h"
#include "cli/network.h"

static karvan_status read_query(const cli *c, karvan_critical_query *q, karvan_error *err) {
    static const char *const weights[] = {"equal", "gdp", "population"}; /* as in karvan_mass */
    const char *said = cli_option(c, "weights"), *by = cli_option(c, "by");
    int k = KARVAN_MASS_EQUAL;
    while (said && k <= KARVAN_MASS_POPULATION && strcmp(weights[k], said) != 0) k++;
    if (k > KARVAN_MASS_POPULATION)
        return karvan_fail(err, KARVAN_E_ARG, "--weights is equal, gdp or population, not '%.40s'",
                           said);
    if (by && strcmp(by, "country") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--by is country, not '%.40s'", by);
    q->weights = (karvan_mass)k, q->by_country = by != NULL;
    return KARVAN_OK;
}

/* A link, terminal or service by its id; else a place by what it is called. */
static karvan_status find_item(const cli *c, const char *said, karvan_item *out,
                               karvan_error *err) {
    static const char *const tables[] = {"links", "terminals", "services"};
    karvan_error why = {0};
    for (int k = KARVAN_ITEM_LINK; k <= KARVAN_ITEM_SERVICE; k++) {
        int64_t row = karvan_package_row(c->region, tables[k], said);
        if (row < 0) continue;
        *out = (karvan_item){(karvan_item_kind)k, (int32_t)row};
        return KARVAN_OK;
    }
    out->kind = KARVAN_ITEM_PLACE;
    if (karvan_network_place(c->region, said, &out->row, &why) == KARVAN_OK) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--close: no link, terminal or service is '%.60s'; %s",
                       said, why.msg);
}

static karvan_status find(const cli *c, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_critical_query q = {.threads = 0};
    karvan_item item;
    const char *closed = cli_option(c, "close");
    KARVAN_TRY(cli_not_both(c, "close", "weights", err));
    KARVAN_TRY(cli_not_both(c, "close", "by", err));
    KARVAN_TRY(read_query(c, &q, err));
    if (closed) {
        KARVAN_TRY(find_item(c, closed, &item, err));
        st = karvan_network_closure(c->net, item, 0, out, err);
    } else if (cli_switch(c, "weights") || cli_switch(c, "by")) {
        st = karvan_network_critical_by(c->net, &q, out, err);
    } else {
        st = karvan_network_critical(c->net, 0, out, err);
    }
done:
    return st;
}

enum { MAP_PX = 900 };

static karvan_status run_critical(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_document d = {0};
    const char *map = cli_option(c, "map");
    KARVAN_TRY(cli_not_both(c, "map", "top", err));
    KARVAN_TRY(cli_not_both(c, "map", "by", err));
    KARVAN_TRY(cli_not_both(c, "map", "close", err));
    KARVAN_TRY(cli_not_both(c, "map", "format", err));
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    KARVAN_TRY(find(c, &t, err));
    if (!map) {
        st = cli_print_top(c, t, err);
        goto done;
    }
    KARVAN_TRY(karvan_report_critical_svg(c->region, t, MAP_PX, &d, err));
    KARVAN_TRY(karvan_document_write(&d, map, err));
    (void)printf("%s\n", map);
done:
    karvan_document_clear(&d);
    karvan_table_destroy(t);
    return st;
}

static const option_spec options[] = {
    {"top", "N", "the first N rows alone"},
    {"map", "FILE", "a map as SVG instead: width and colour by hours, the top ten by name"},
    {"weights", "equal|gdp|population",
     "what a pair weighs: the product of its ends' shares (default: equal)"},
    {"by", "country", "a row an item and country: what those lose that begin there"},
    {"close", "ITEM", "one link, terminal, service or place: the pairs that its closure hurts"},
    NETWORK_OPTIONS,
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan critical --top 10",
                                       "karvan critical --weights gdp --top 10",
                                       "karvan critical --by country --format csv > losses.csv",
                                       "karvan critical --close Alat --top 20",
                                       "karvan critical --map critical.svg",
                                       "karvan critical --scenario northern-closed --top 5",
                                       NULL};
const command command_critical = {
    "critical",
    "what each closure of a link or terminal would cost everyone",
    "",
    "Closes every link and terminal, one by one and in both directions, and adds up over all\n"
    "ordered pairs of cities and ports by how much the least hours and the least dollars\n"
    "grow, and how many pairs are cut. With weights, the sums are of weighted pairs, which "
    "together "
    "weigh as many\n"
    "as they are.",
    options,
    examples,
    0,
    0,
    run_critical};
