/* Changes of transport cost as a user writes them: bytes are a CSV file, met with cargo classes and
 * shares that are sound. Either a reason, or pairs whose parts add up to the whole. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/equilibrium.h"
#include "table/cell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char CLASSES[] =
    "id,value_usd_per_t,value_low_usd_per_t,value_high_usd_per_t,delta_percent_day,delta_low,"
    "delta_high,reliability_ratio\nmetals,800,400,1600,0.6,0.3,1,0.37\ngrain,250,,,0.6,,,0\n";
static const char SHARES[] = "exporter,importer,cargo_class,share,shares_from\n"
                             "A,B,metals,0.6,pair\nA,B,grain,0.3,pair\nB,A,grain,1,exporter\n";

static void require(bool promise) {
    if (!promise) abort();
}

static karvan_table *parse(const char *csv, size_t n, const char *name) {
    karvan_table *t = NULL;
    (void)karvan_csv_parse(csv, n, name, name, NULL, NULL, &t, NULL);
    return t;
}

/* Classes of a pair add up to its row `all`, to rounding of the largest of them. */
static void parts_add_up(const karvan_table *t) {
    double sum = 0, most = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double d = karvan_i_cell_real(t, "d_ln_tau", r);
        if (!karvan_i_cell_is(t, "cargo_class", r, "all")) {
            sum += d, most = fmax(most, fabs(d));
            continue;
        }
        require(fabs(sum - d) <= 1e-7 * fmax(most, 1e-300) + 1e-300);
        sum = most = 0;
    }
}

static void use(const karvan_cost *cost) {
    karvan_table *t = NULL;
    if (karvan_cost_parts(cost, &t, NULL) == KARVAN_OK) parts_add_up(t);
    karvan_table_destroy(t);
    if (karvan_cost_changes(cost, 1, &t, NULL) == KARVAN_OK)
        require(karvan_table_rows(t) == karvan_cost_pairs(cost));
    karvan_table_destroy(t);
    if (karvan_cost_intervals(cost, 3, &t, NULL) == KARVAN_OK)
        require(karvan_table_rows(t) == karvan_cost_pairs(cost));
    karvan_table_destroy(t);
    for (int64_t p = 1; p < karvan_cost_pairs(cost); p++) {
        int d = strcmp(karvan_cost_exporter(cost, p - 1), karvan_cost_exporter(cost, p));
        require(d < 0 || (d == 0 && strcmp(karvan_cost_importer(cost, p - 1),
                                           karvan_cost_importer(cost, p)) < 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_cost *cost = NULL;
    karvan_error e = {0};
    if (size < 1 || size > 4000) return 0; /* bound the work */
    karvan_table *classes = parse(CLASSES, sizeof CLASSES - 1, "classes"),
                 *shares = parse(SHARES, sizeof SHARES - 1, "shares"),
                 *changes = parse((const char *)data + 1, size - 1, "changes");
    const karvan_cost_options o = {.classes = classes,
                                   .shares = data[0] & 1 ? shares : NULL,
                                   .base_tau = data[0] & 2 ? 1.5 : 0,
                                   .elasticity = data[0] & 4 ? 7 : 0};
    require(classes && shares);
    if (changes) {
        karvan_status st = karvan_cost_create(changes, &o, &cost, &e);
        require((st == KARVAN_OK) == (cost != NULL));
        require(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
        require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    }
    if (cost) use(cost);
    karvan_cost_destroy(cost);
    karvan_table_destroy(classes), karvan_table_destroy(shares), karvan_table_destroy(changes);
    require(karvan_i_alloc_live == live);
    return 0;
}
