/* Indicators over a year of trade in the shape of BACI: 230 countries, 5,000 products, 11 million
 * rows, in the order of exporter, importer, product and in that of product, exporter, importer. One
 * JSON line a case.
 *
 *   bench_indicators [MILLIONS OF ROWS]      (default 11)
 *
 * A peer that is installed (Debian's r-cran-data.table) groups as many rows and computes Balassa's
 * index of every country and product in the same run, on one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/trade.h"
#include "peer.h"
#include "timing.h"

enum { COUNTRIES = 230, PRODUCTS = 5000, REPS = 5 };

static double cpu_s(void) { return (double)clock() / CLOCKS_PER_SEC; }

static uint64_t mix(uint64_t x) { /* splitmix64 */
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* The flow of a cell, 0: none. A share of all cells has one, more of them between low numbers. */
static double flow_in(int i, int j, int k, double share) {
    uint64_t h = mix((uint64_t)(i * COUNTRIES + j) * PRODUCTS + (uint64_t)k);
    double chance = 4 * share * (1 - (double)i / COUNTRIES) * (1 - (double)j / COUNTRIES);
    if (i == j || (double)(h >> 11) * 0x1p-53 >= chance) return 0;
    return (double)(mix(h) % 100000) / 1000 + 0.001;
}

static karvan_status add_flow(karvan_builder *b, int i, int j, int k, double v) {
    char name[16];
    karvan_status st = karvan_builder_row(b, NULL);
    if (st == KARVAN_OK) st = karvan_builder_int(b, 0, 2022, NULL);
    (void)snprintf(name, sizeof name, "C%02d", i);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 1, name, NULL);
    (void)snprintf(name, sizeof name, "C%02d", j);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 2, name, NULL);
    (void)snprintf(name, sizeof name, "%06d", k * 17);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 3, name, NULL);
    return st == KARVAN_OK ? karvan_builder_real(b, 4, v, NULL) : st;
}

static karvan_table *flows(double share, bool by_product) {
    static const karvan_column columns[] = {{"year", KARVAN_INT, NULL},
                                            {"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"product", KARVAN_TEXT, NULL},
                                            {"value", KARVAN_REAL, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    const int outer = by_product ? PRODUCTS : COUNTRIES, inner = by_product ? COUNTRIES : PRODUCTS;
    karvan_status st = karvan_builder_create("flows", 5, columns, &b, NULL);
    for (int x = 0; st == KARVAN_OK && x < outer; x++)
        for (int y = 0; st == KARVAN_OK && y < COUNTRIES; y++)
            for (int z = 0; st == KARVAN_OK && z < inner; z++) {
                int i = by_product ? y : x, j = by_product ? z : y, k = by_product ? x : z;
                double v = flow_in(i, j, k, share);
                if (v > 0) st = add_flow(b, i, j, k, v);
            }
    if (st == KARVAN_OK) return karvan_builder_finish(b, &t, NULL) == KARVAN_OK ? t : NULL;
    karvan_builder_destroy(b);
    return NULL;
}

/* cpu: processor seconds of all repetitions, which a busy machine stretches less; 0: not known. */
static void report(const char *name, int64_t rows, double *s, double cpu, double check) {
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"rows\":%lld,\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
           "\"mean_cpu_s\":%.4f,\"check\":%.10g}\n",
           name, (long long)rows, REPS, s[REPS / 2], s[0], cpu / REPS, check);
    (void)fflush(stdout);
}

/* The cube of the flows, made REPS times. */
static karvan_trade_cube *pack(const char *name, const karvan_table *t) {
    karvan_trade_cube *c = NULL;
    double s[REPS], cpu = cpu_s();
    for (int r = 0; r < REPS; r++) {
        karvan_error e = {0};
        karvan_trade_cube_destroy(c);
        double begin = now_s();
        if (karvan_trade_cube_create(t, &(karvan_trade_cube_options){.complete = false}, &c, &e) !=
            KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return NULL;
        }
        s[r] = now_s() - begin;
    }
    report(name, karvan_table_rows(t), s, cpu_s() - cpu, (double)karvan_trade_cube_account(c).kept);
    return c;
}

static int ask(const karvan_trade_cube *c, const char *indicator, bool pair, bool product) {
    int which;
    double s[REPS], check = 0, cpu = 0;
    int64_t rows = 0;
    char name[80];
    karvan_error e = {0};
    karvan_indicator_query q = {
        .indicator = &which, .n_indicators = 1, .by_partner = pair, .by_product = product};
    if (karvan_trade_indicator_find(indicator, &which, &e) != KARVAN_OK) return EXIT_FAILURE;
    for (int r = 0; r < REPS; r++) {
        karvan_table *t = NULL;
        double begin = now_s(), cpu_begin = cpu_s();
        if (karvan_trade_indicators(c, &q, &t, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return EXIT_FAILURE;
        }
        s[r] = now_s() - begin, cpu += cpu_s() - cpu_begin;
        rows = karvan_table_rows(t), check = 0;
        int column = karvan_table_find(t, "value");
        for (int64_t i = 0; i < rows; i++)
            if (karvan_table_state(t, column, i) == KARVAN_VALUE)
                check += karvan_table_real(t, column, i);
        karvan_table_destroy(t);
    }
    (void)snprintf(name, sizeof name, "indicator_%s%s%s", indicator, pair ? "_by_pair" : "",
                   product ? "_by_product" : "");
    report(name, rows, s, cpu, check);
    return EXIT_SUCCESS;
}

/* Balassa's index of the same number of random rows: the rows are not read but made, as ours. */
static void peer(int64_t rows) {
    char line[1200];
    double s[REPS];
    (void)snprintf(
        line, sizeof line,
        "Rscript -e 'suppressMessages(library(data.table)); setDTthreads(1); set.seed(1); "
        "n <- %lld; d <- data.table(i = sample(230L, n, TRUE), j = sample(230L, n, TRUE), "
        "k = sample(5000L, n, TRUE), v = runif(n)); for (r in 1:%d) cat(system.time({"
        "x <- d[, .(v = sum(v)), by = .(i, k)]; x[, xi := sum(v), by = i]; "
        "x[, wk := sum(v), by = k]; x[, rca := (v / xi) / (wk / sum(v))]})[[3]], \"\\n\")' "
        "2>/dev/null",
        (long long)rows, REPS);
    if (peer_times(line, s, REPS)) report("data_table_rca_one_thread", rows, s, 0, 0);
}

int main(int argc, char **argv) {
    double millions = argc > 1 ? strtod(argv[1], NULL) : 11;
    double share = millions * 1e6 / ((double)COUNTRIES * COUNTRIES * PRODUCTS);
    if (!(share > 0 && share <= 0.25)) return EXIT_FAILURE;
    karvan_table *t = flows(share, true);
    karvan_trade_cube *c = t ? pack("cube_of_flows_by_product", t) : NULL;
    karvan_trade_cube_destroy(c), karvan_table_destroy(t);
    t = flows(share, false), c = t ? pack("cube_of_flows_by_pair", t) : NULL;
    int64_t rows = t ? karvan_table_rows(t) : 0;
    karvan_table_destroy(t);
    if (!c) return EXIT_FAILURE;
    static const struct {
        const char *name;
        bool pair, product;
    } cases[] = {{"exports", true, false},
                 {"market_share", true, false},
                 {"intensity", true, false},
                 {"rca", false, true},
                 {"nrca", false, true},
                 {"grubel_lloyd", false, false},
                 {"grubel_lloyd", true, false},
                 {"hhi_products", false, false},
                 {"theil_products", false, false},
                 {"hhi_partners", false, false},
                 {"complementarity", true, false},
                 {"similarity", true, false},
                 {"extensive_margin", true, false}};
    int status = EXIT_SUCCESS;
    for (size_t i = 0; status == EXIT_SUCCESS && i < sizeof cases / sizeof cases[0]; i++)
        status = ask(c, cases[i].name, cases[i].pair, cases[i].product);
    karvan_trade_cube_destroy(c);
    if (status == EXIT_SUCCESS) peer(rows);
    return status;
}
