/* The region as data of a counterfactual: its panel, and what a scenario changes of it. */
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/trade.h"
#include "cli/words.h"
#include "table/known.h"

enum { FORMULA_MOST = 4000 };

void cli_note(counterfactual *k, const char *format, ...) {
    va_list a;
    if (k->n_notes == COUNTERFACTUAL_NOTES_MOST) return;
    va_start(a, format);
    (void)vsnprintf(k->note[k->n_notes], sizeof k->note[0], format, a);
    va_end(a);
    k->n_notes++;
}

static karvan_status read_year(const cli *c, counterfactual *k, karvan_error *err) {
    const char *year = cli_option(c, "year");
    k->one_year = year != NULL;
    if (year && !cli_whole(year, -100000, 100000, &k->year))
        return karvan_fail(err, KARVAN_E_ARG, "--year is a whole number, not '%.40s'", year);
    return KARVAN_OK;
}

/* Where trade within countries comes from, in the words of the panel. */
static void note_domestic(counterfactual *k) {
    const karvan_table *t = k->data;
    int year = karvan_table_find(t, "year"), domestic = karvan_table_find(t, "domestic"),
        trade = karvan_table_find(t, "trade"), flag = karvan_table_find(t, "flag");
    int64_t n = 0, first = -1;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (karvan_table_int(t, year, r) != k->year || !karvan_table_int(t, domestic, r)) continue;
        if (karvan_table_state(t, trade, r) == KARVAN_VALUE && n++ == 0) first = r;
    }
    if (first >= 0)
        cli_note(k, "trade within countries of %lld countries: %s (setting goods_output_per_gdp)",
                 (long long)n, karvan_table_text(t, flag, first));
}

static karvan_status read_region(cli *c, counterfactual *k, karvan_error *err) {
    static const char *const of_data[] = {"exporter", "importer", "trade", "fitted-column"};
    karvan_status st = KARVAN_OK;
    karvan_package *plain = NULL;
    for (int i = 0; i < 4; i++)
        KARVAN_REQUIRE(!cli_switch(c, of_data[i]), err, KARVAN_E_ARG, "--%s goes with --data FILE",
                       of_data[i]);
    KARVAN_TRY(cli_plain_region(c, &plain, err));
    KARVAN_TRY(cli_region_panel(c, plain, true, &k->data, err));
    k->of_region = true;
    if (!k->one_year)
        KARVAN_REQUIRE(cli_last_year(k->data, &k->year), err, KARVAN_E_DATA,
                       "the region's matrix has no years");
    k->one_year = true;
    cli_note(k, "data: trade of region %s in %lld (karvan trade --panel --domestic)",
             karvan_package_name(plain), (long long)k->year);
    note_domestic(k);
done:
    karvan_package_destroy(plain);
    return st;
}

karvan_status cli_counterfactual_data(cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "data");
    KARVAN_TRY(read_year(c, k, err));
    if (!path) return read_region(c, k, err);
    KARVAN_REQUIRE(!cli_switch(c, "dataset"), err, KARVAN_E_ARG,
                   "--dataset is of the region; --data FILE is one");
    const karvan_csv_options o = {.n_missing = KARVAN_I_GAPS, .missing = karvan_i_gaps};
    st = karvan_csv_read(path, "data", &o, NULL, &k->data, err);
done:
    return st;
}

/* ---- --scenario ---- */

/* Rows of both panels stand for the same pairs and years, or the scenario changed more than
 * agreements. */
static karvan_status same_rows(const karvan_table *a, const karvan_table *b, karvan_error *err) {
    static const char *const keys[] = {"year", "exporter", "importer"};
    bool same = karvan_table_rows(a) == karvan_table_rows(b);
    for (int k = 0; same && k < 3; k++) {
        int ca = karvan_table_find(a, keys[k]), cb = karvan_table_find(b, keys[k]);
        for (int64_t r = 0; same && r < karvan_table_rows(a); r++)
            same = k == 0 ? karvan_table_int(a, ca, r) == karvan_table_int(b, cb, r)
                          : strcmp(karvan_table_text(a, ca, r), karvan_table_text(b, cb, r)) == 0;
    }
    return same ? KARVAN_OK
                : karvan_fail(err, KARVAN_E_DATA,
                              "the scenario changes which countries or years trade: a "
                              "counterfactual is of the same ones");
}

/* One flag: with the scenario less without, in the year of the counterfactual. */
static karvan_status add_flag(counterfactual *k, const karvan_table *with, int column,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *name = karvan_table_column(k->data, column).name;
    int other = karvan_table_find(with, name), year = karvan_table_find(k->data, "year");
    bool any = false;
    double *v = karvan_i_calloc((size_t)karvan_table_rows(k->data) + 1, sizeof *v);
    KARVAN_REQUIRE(v, err, KARVAN_E_NOMEM, "no memory for changes");
    for (int64_t r = 0; other >= 0 && r < karvan_table_rows(k->data); r++) {
        if (karvan_table_int(k->data, year, r) != k->year) continue;
        v[r] = (double)(karvan_table_int(with, other, r) - karvan_table_int(k->data, column, r));
        any = any || v[r] != 0;
    }
    if (!any) goto done;
    KARVAN_TRY(cli_add_change(k, name, name, err));
    k->named[k->n_changes - 1] = true;
    k->value[k->n_changes - 1] = v, v = NULL;
done:
    karvan_i_free(v);
    return st;
}

/* `agreement`, which tells of all kinds together, only where coefficients may be of it. */
static karvan_status find_changes(const cli *c, counterfactual *k, const karvan_table *with,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool all = cli_switch(c, "coefficients") || cli_switch(c, "formula");
    for (int i = 0; i < karvan_table_columns(k->data); i++) {
        bool together = strcmp(karvan_table_column(k->data, i).name, "agreement") == 0;
        if (cli_is_flag(k->data, i) || (together && all)) KARVAN_TRY(add_flag(k, with, i, err));
    }
    KARVAN_REQUIRE(k->n_changes > 0 || cli_switch(c, "cost"), err, KARVAN_E_DATA,
                   "scenario %s changes no agreement of %lld; changes of the network come as "
                   "--cost FILE",
                   cli_option(c, "scenario"), (long long)k->year);
done:
    return st;
}

/* What `karvan gravity` estimates on the region's panel. */
static karvan_status estimate(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_package *plain = NULL;
    karvan_table *panel = NULL;
    karvan_gravity *g = NULL;
    char formula[FORMULA_MOST];
    karvan_gravity_options o = {.formula = formula,
                                .threads = k->drawing.threads,
                                .n_clusters = 1,
                                .cluster = {"exporter^importer"}};
    KARVAN_TRY(cli_plain_region(c, &plain, err));
    KARVAN_TRY(cli_region_panel(c, plain, false, &panel, err));
    KARVAN_TRY(cli_region_formula(panel, formula, sizeof formula, err));
    KARVAN_TRY(karvan_gravity_fit(panel, &o, &g, err));
    KARVAN_TRY(cli_take_coefficients(k, g, err));
    cli_note(k,
             "coefficients: karvan gravity on the region's trade between countries, %lld rows: %s",
             (long long)karvan_gravity_statistics(g).n, formula);
done:
    karvan_gravity_destroy(g);
    karvan_table_destroy(panel);
    karvan_package_destroy(plain);
    return st;
}

karvan_status cli_scenario_changes(cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *with = NULL;
    KARVAN_TRY(cli_region_panel(c, c->region, true, &with, err));
    KARVAN_TRY(same_rows(k->data, with, err));
    KARVAN_TRY(find_changes(c, k, with, err));
    if (k->n_changes == 0) goto done;
    KARVAN_TRY(cli_scenario_coefficients(c, k, err));
    if (!k->beta && !cli_switch(c, "formula")) KARVAN_TRY(estimate(c, k, err));
done:
    karvan_table_destroy(with);
    return st;
}
