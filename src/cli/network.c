#include "cli/network.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

/* ---- objectives ---- */

static const struct {
    const char *name;
    karvan_skim_measure measure;
    karvan_weights weights;
} OBJECTIVES[] = {
    {"time", KARVAN_SKIM_HOURS, {.hours = 1}}, {"cost", KARVAN_SKIM_USD, {.usd = 1}},
    {"emissions", KARVAN_SKIM_KG, {.kg = 1}},  {"generalised", KARVAN_SKIM_LEAST, {.usd = 1}},
    {"length", KARVAN_SKIM_KM, {.km = 1}},     {"dispersion", KARVAN_SKIM_SD_H, {.var_h2 = 1}}};
enum { N_OBJECTIVES = sizeof OBJECTIVES / sizeof OBJECTIVES[0] };

static int objective(const cli *c) {
    const char *said = cli_option(c, "by") ? cli_option(c, "by") : "time";
    int i = 0;
    while (i < N_OBJECTIVES && strcmp(OBJECTIVES[i].name, said) != 0) i++;
    return i;
}

karvan_status cli_weights(const cli *c, karvan_weights *out, karvan_error *err) {
    int i = objective(c);
    if (i == N_OBJECTIVES)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--by is time, cost, emissions, generalised, length or dispersion, not "
                           "'%.40s'",
                           cli_option(c, "by"));
    *out = OBJECTIVES[i].weights;
    return OBJECTIVES[i].measure == KARVAN_SKIM_LEAST ? cli_value_of_time(c, &out->hours, err)
                                                      : KARVAN_OK;
}

karvan_skim_measure cli_minimised(const cli *c) {
    int i = objective(c);
    return i < N_OBJECTIVES ? OBJECTIVES[i].measure : KARVAN_SKIM_LEAST;
}

/* ---- output ---- */

karvan_status cli_print_top(const cli *c, const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *top = NULL;
    karvan_view v = {0};
    int64_t n;
    KARVAN_TRY(cli_count(c, "top", &n, err));
    KARVAN_TRY(karvan_view_init(&v, t, NULL, NULL, err));
    if (n > 0 && n < v.n) v.n = n;
    KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &top, err));
    st = cli_print(c, top, err);
done:
    karvan_view_clear(&v);
    karvan_table_destroy(top);
    return st;
}

/* ---- places ---- */

static void add_once(cli_places *p, int64_t row) {
    for (int32_t i = 0; i < p->n; i++)
        if (p->row[i] == row) return;
    p->row[p->n++] = (int32_t)row;
}

/* all, cities, ports, countries; false: it is none of these. */
static bool add_group(const cli *c, const char *word, cli_places *p) {
    const karvan_table *places = karvan_package_table(c->region, "places"),
                       *countries = karvan_package_table(c->region, "countries");
    bool all = strcmp(word, "all") == 0, ports = strcmp(word, "ports") == 0;
    if (strcmp(word, "countries") == 0) {
        for (int64_t r = 0; r < karvan_table_rows(countries); r++) {
            const char *capital = karvan_i_cell_text(countries, "capital", r);
            int64_t row = capital ? karvan_package_row(c->region, "places", capital) : -1;
            if (row >= 0) add_once(p, row);
        }
        return true;
    }
    if (!all && !ports && strcmp(word, "cities") != 0) return false;
    for (int64_t r = 0; r < karvan_table_rows(places); r++)
        if (all || karvan_i_cell_is(places, "kind", r, ports ? "port" : "city")) add_once(p, r);
    return true;
}

karvan_status cli_places_read(const cli *c, const char *option, const char *otherwise,
                              cli_places *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, option);
    char word[200];
    bool more;
    *out = (cli_places){0};
    if (!at) at = otherwise;
    out->row = karvan_i_malloc((size_t)karvan_network_places(c->net) + 1, sizeof *out->row);
    KARVAN_REQUIRE(out->row, err, KARVAN_E_NOMEM, "no memory for places");
    for (;;) {
        int32_t row;
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        if (add_group(c, word, out)) continue;
        KARVAN_TRY(karvan_network_place(c->region, word, &row, err));
        add_once(out, row);
    }
    KARVAN_REQUIRE(out->n > 0, err, KARVAN_E_ARG, "--%s names no place of the region", option);
done:
    return st;
}

void cli_places_clear(cli_places *p) {
    karvan_i_free(p->row);
    *p = (cli_places){0};
}

/* ---- the region under other scenarios ---- */

karvan_status cli_variant_open(const cli *c, const char *scenarios, cli *out, karvan_error *err) {
    *out = *c;
    out->region = NULL, out->net = NULL, out->problems = NULL;
    if (out->n_options == OPTIONS_MAX) return karvan_fail(err, KARVAN_E_ARG, "too many options");
    out->option[out->n_options] = "scenario"; /* the last one counts */
    out->value[out->n_options++] = scenarios;
    karvan_status st = cli_open_region(out, err);
    return st == KARVAN_OK ? cli_open_network(out, err) : st;
}

void cli_variant_close(cli *v) {
    karvan_network_destroy(v->net);
    karvan_package_destroy(v->region);
    karvan_problems_destroy(v->problems);
    v->net = NULL, v->region = NULL, v->problems = NULL;
}
