/* Matrices of the region: what adds up along the best ways between places, and what scenarios would
 * change of it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/network.h"
#include "table/cell.h"

enum { SCENARIOS_MAX = 64 };

typedef struct region_skim {
    cli_places from, to;
    karvan_weights weights;
    karvan_skim_measure measure[KARVAN_SKIM_MEASURES];
    int n_measures;
    double *value; /* [n_measures][from.n][to.n] */
} region_skim;

static size_t pairs(const region_skim *s) { return (size_t)s->from.n * (size_t)s->to.n; }

/* ---- options ---- */

static karvan_status refuse_what_does_not_go(const cli *c, karvan_error *err) {
    static const char *const plain[] = {"measure", "method", NULL};
    for (int i = 0; plain[i]; i++)
        if (cli_switch(c, plain[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --network FILE; %s", plain[i],
                               i == 0 ? "for the region say --by or --measures"
                                      : "the region's ways are found by search");
    if (cli_switch(c, "compare") && cli_ends_in(cli_option(c, "out"), ".omx"))
        return karvan_fail(err, KARVAN_E_ARG,
                           "what --compare finds is a table, not a matrix: --out FILE.csv");
    return cli_not_both(c, "compare", "measures", err);
}

static karvan_status add_measure(region_skim *s, const char *word, karvan_error *err) {
    for (int m = KARVAN_SKIM_HOURS; m < KARVAN_SKIM_MEASURES; m++) {
        if (strcmp(karvan_skim_measure_name((karvan_skim_measure)m), word) != 0) continue;
        for (int k = 0; k < s->n_measures; k++)
            if ((int)s->measure[k] == m)
                return karvan_fail(err, KARVAN_E_ARG, "--measures names %s twice", word);
        s->measure[s->n_measures++] = (karvan_skim_measure)m;
        return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG,
                       "--measures takes hours, usd, kg, km, sd_h, borders and transhipments, not "
                       "'%.40s'",
                       word);
}

/* Those asked for, or all; generalised cost stands before them where ways are best by it. */
static karvan_status read_measures(const cli *c, region_skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "measures");
    char word[40];
    bool more = true;
    if (cli_minimised(c) == KARVAN_SKIM_LEAST) s->measure[s->n_measures++] = KARVAN_SKIM_LEAST;
    for (int m = KARVAN_SKIM_HOURS; !at && m < KARVAN_SKIM_MEASURES; m++)
        s->measure[s->n_measures++] = (karvan_skim_measure)m;
    while (at && more) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (more) KARVAN_TRY(add_measure(s, word, err));
    }
    KARVAN_REQUIRE(s->n_measures > 0, err, KARVAN_E_ARG, "--measures names none");
done:
    return st;
}

static karvan_status read_query(const cli *c, region_skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *from = cli_option(c, "from");
    KARVAN_TRY(cli_weights(c, &s->weights, err));
    KARVAN_TRY(read_measures(c, s, err));
    KARVAN_TRY(cli_places_read(c, "from", "countries", &s->from, err));
    KARVAN_TRY(cli_places_read(c, "to", from ? from : "countries", &s->to, err));
done:
    return st;
}

/* ---- output ---- */

/* To be read: names; for scripts: ids. */
static karvan_status add_ends(const cli *c, const region_skim *s, int32_t o, int32_t d, int column,
                              karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(c->region, "places");
    const char *what = c->format == KARVAN_FORMAT_TABLE && !cli_switch(c, "out") ? "name" : "id";
    KARVAN_TRY(karvan_builder_text(b, column, karvan_i_cell_text(t, what, s->from.row[o]), err));
    KARVAN_TRY(karvan_builder_text(b, column + 1, karvan_i_cell_text(t, what, s->to.row[d]), err));
done:
    return st;
}

static bool is_count(karvan_skim_measure m) {
    return m == KARVAN_SKIM_BORDERS || m == KARVAN_SKIM_TRANSHIPMENTS;
}

static karvan_status add_value(karvan_builder *b, int column, karvan_skim_measure m, double v,
                               karvan_error *err) {
    if (!(v < INFINITY)) return KARVAN_OK; /* no way: no value */
    return is_count(m) ? karvan_builder_int(b, column, (int64_t)v, err)
                       : karvan_builder_real(b, column, v, err);
}

static karvan_status to_table(const cli *c, const region_skim *s, karvan_table **out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[2 + KARVAN_SKIM_MEASURES] = {{"origin", KARVAN_TEXT, NULL},
                                                       {"destination", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    for (int k = 0; k < s->n_measures; k++) {
        karvan_skim_measure m = s->measure[k];
        bool least = m == KARVAN_SKIM_LEAST;
        columns[2 + k] = (karvan_column){least ? "generalised" : karvan_skim_measure_name(m),
                                         is_count(m) ? KARVAN_INT : KARVAN_REAL,
                                         least ? "USD/TEU" : karvan_skim_measure_unit(m)};
    }
    KARVAN_TRY(karvan_builder_create("skim", 2 + s->n_measures, columns, &b, err));
    for (int32_t o = 0; o < s->from.n; o++)
        for (int32_t d = 0; d < s->to.n; d++) {
            size_t at = (size_t)o * (size_t)s->to.n + (size_t)d;
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(add_ends(c, s, o, d, 0, b, err));
            for (int k = 0; k < s->n_measures; k++)
                KARVAN_TRY(
                    add_value(b, 2 + k, s->measure[k], s->value[(size_t)k * pairs(s) + at], err));
        }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

static karvan_status put(const cli *c, const karvan_table *t, karvan_error *err) {
    const char *out = cli_option(c, "out");
    if (!out) return cli_print(c, t, err);
    karvan_status st = karvan_csv_write(t, out, err);
    if (st == KARVAN_OK) (void)printf("%s\n", out);
    return st;
}

static karvan_status skim(const cli *c, region_skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_skim_query q = {.n_origins = s->from.n, .origins = s->from.row};
    q.n_destinations = s->to.n, q.destinations = s->to.row, q.weights = s->weights;
    q.measures = s->measure, q.n_measures = s->n_measures;
    s->value = karvan_i_malloc(pairs(s) * (size_t)s->n_measures, sizeof *s->value);
    KARVAN_REQUIRE(s->value, err, KARVAN_E_NOMEM, "no memory for the matrices");
    KARVAN_TRY(karvan_network_skim(c->net, &q, s->value, err));
    if (cli_ends_in(cli_option(c, "out"), ".omx")) {
        st = cli_skim_omx(c, cli_option(c, "out"), &s->from, &s->to, s->n_measures, s->measure,
                          s->value, err);
        if (st == KARVAN_OK) (void)printf("%s\n", cli_option(c, "out"));
        goto done;
    }
    KARVAN_TRY(to_table(c, s, &t, err));
    st = put(c, t, err);
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- scenarios beside the region ---- */

typedef struct comparison {
    char name[SCENARIOS_MAX][80];
    cli variant[SCENARIOS_MAX];
    const karvan_network *net[SCENARIOS_MAX + 1]; /* the region's own first */
    int n;
} comparison;

/* Each scenario alone, over those of --scenario. */
static karvan_status open_variants(const cli *c, comparison *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "compare"), *under = cli_option(c, "scenario");
    k->net[0] = c->net;
    for (bool more = true;;) {
        char word[80], all[2100];
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(k->n < SCENARIOS_MAX, err, KARVAN_E_ARG, "more than %d scenarios",
                       (int)SCENARIOS_MAX);
        int i = k->n++;
        memcpy(k->name[i], word, sizeof word);
        (void)snprintf(all, sizeof all, "%s,%s", under ? under : "", word);
        KARVAN_TRY(cli_variant_open(c, all, &k->variant[i], err));
        k->net[i + 1] = k->variant[i].net;
    }
    KARVAN_REQUIRE(k->n > 0, err, KARVAN_E_ARG, "--compare names no scenario");
done:
    return st;
}

enum { C_SCENARIO, C_ORIGIN, C_DESTINATION, C_BASE, C_AFTER, C_DELTA, C_END };

/* Dispersion is told as a standard deviation. */
static double told(karvan_skim_measure m, double v) { return m == KARVAN_SKIM_SD_H ? sqrt(v) : v; }

/* Pairs that change by more than sums round. */
static karvan_status add_changes(const cli *c, const region_skim *s, const char *scenario,
                                 const double *base, const double *after, karvan_builder *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_skim_measure m = cli_minimised(c);
    for (size_t i = 0; i < pairs(s); i++) {
        double x = told(m, base[i]), y = told(m, after[i]);
        if (x == y || (isfinite(x) && isfinite(y) && fabs(x - y) <= 1e-9 * fmax(x, y))) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, C_SCENARIO, scenario, err));
        KARVAN_TRY(add_ends(c, s, (int32_t)(i / (size_t)s->to.n), (int32_t)(i % (size_t)s->to.n),
                            C_ORIGIN, b, err));
        KARVAN_TRY(add_value(b, C_BASE, m, x, err));
        KARVAN_TRY(add_value(b, C_AFTER, m, y, err));
        if (x < INFINITY && y < INFINITY) KARVAN_TRY(karvan_builder_real(b, C_DELTA, y - x, err));
    }
done:
    return st;
}

static karvan_status compare_tables(const cli *c, const region_skim *s, const comparison *k,
                                    karvan_skimmer *skimmer, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *base = karvan_i_malloc(pairs(s), sizeof *base);
    double *after = karvan_i_malloc(pairs(s), sizeof *after);
    KARVAN_REQUIRE(base && after, err, KARVAN_E_NOMEM, "no memory for the matrices");
    for (int i = 0; i <= k->n; i++) {
        KARVAN_TRY(karvan_skimmer_customise(skimmer, k->net[i], &s->weights, 0, NULL, err));
        KARVAN_TRY(karvan_skimmer_table(skimmer, s->from.n, s->from.row, s->to.n, s->to.row, 0,
                                        i == 0 ? base : after, err));
        if (i > 0) KARVAN_TRY(add_changes(c, s, k->name[i - 1], base, after, b, err));
    }
done:
    karvan_i_free(base), karvan_i_free(after);
    return st;
}

static karvan_status compare(const cli *c, const region_skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_skim_measure m = cli_minimised(c);
    const char *unit = m == KARVAN_SKIM_LEAST ? "USD/TEU" : karvan_skim_measure_unit(m);
    const karvan_column columns[C_END] = {
        {"scenario", KARVAN_TEXT, NULL},    {"origin", KARVAN_TEXT, NULL},
        {"destination", KARVAN_TEXT, NULL}, {"base", KARVAN_REAL, unit},
        {"after", KARVAN_REAL, unit},       {"delta", KARVAN_REAL, unit}};
    karvan_skimmer *skimmer = NULL;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    comparison *k = karvan_i_calloc(1, sizeof *k);
    KARVAN_REQUIRE(k, err, KARVAN_E_NOMEM, "no memory for scenarios");
    KARVAN_TRY(open_variants(c, k, err));
    KARVAN_TRY(karvan_skimmer_create(k->n + 1, k->net, &skimmer, err));
    KARVAN_TRY(karvan_builder_create("compare", C_END, columns, &b, err));
    KARVAN_TRY(compare_tables(c, s, k, skimmer, b, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK && c->format == KARVAN_FORMAT_TABLE && karvan_table_rows(t) == 0)
        (void)fprintf(stderr, "karvan: no pair changes under %s\n", cli_option(c, "compare"));
    if (st == KARVAN_OK) st = put(c, t, err);
done:
    for (int i = 0; k && i < k->n; i++) cli_variant_close(&k->variant[i]);
    karvan_i_free(k);
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_skimmer_destroy(skimmer);
    return st;
}

karvan_status cli_skim_region(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    region_skim s = {.n_measures = 0};
    KARVAN_TRY(refuse_what_does_not_go(c, err));
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    KARVAN_TRY(read_query(c, &s, err));
    st = cli_switch(c, "compare") ? compare(c, &s, err) : skim(c, &s, err);
done:
    cli_places_clear(&s.from), cli_places_clear(&s.to);
    karvan_i_free(s.value);
    return st;
}
