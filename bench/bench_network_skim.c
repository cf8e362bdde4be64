/* Matrices between all places of the shipped region: each of five measures minimised, with all
 * seven read along the best ways, by search; the five least sums over the hierarchy; what one
 * what-if costs: another metric, a closure, a scenario's network, and the table after it. One JSON
 * line a case; the checks of the two methods must agree but for rounding. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "karvan/karvan.h"
#include "timing.h"

enum { REPS = 7, METRICS = 5, WHAT_IFS = 500 };

static const karvan_weights METRIC[METRICS] = {
    {.hours = 1}, {.usd = 1}, {.kg = 1}, {.km = 1}, {.var_h2 = 1}};
static const karvan_skim_measure MEASURE[] = {
    KARVAN_SKIM_HOURS, KARVAN_SKIM_USD,     KARVAN_SKIM_KG,           KARVAN_SKIM_KM,
    KARVAN_SKIM_SD_H,  KARVAN_SKIM_BORDERS, KARVAN_SKIM_TRANSHIPMENTS};
enum { MEASURES = sizeof MEASURE / sizeof MEASURE[0] };

typedef struct bench {
    karvan_package *region;
    karvan_network *net;
    karvan_network_options options;
    karvan_skimmer *skimmer;
    int32_t n, links, *places;
    double *out;
    int threads;
} bench;

typedef bool (*work)(bench *b, double *check);

static double sum(const double *v, size_t n) {
    double s = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(v[i])) s += v[i];
    return s;
}

static bool search(bench *b, int metrics, const karvan_skim_measure *m, int n_m, double *check) {
    size_t cells = (size_t)b->n * (size_t)b->n;
    *check = 0;
    for (int k = 0; k < metrics; k++) {
        karvan_skim_query q = {.n_origins = b->n, .origins = b->places, .n_destinations = b->n};
        q.destinations = b->places, q.weights = METRIC[k], q.threads = b->threads;
        q.measures = m, q.n_measures = n_m;
        if (karvan_network_skim(b->net, &q, b->out, NULL) != KARVAN_OK) return false;
        *check += sum(b->out, cells * (size_t)n_m);
    }
    return true;
}
static bool least_by_search(bench *b, double *check) {
    static const karvan_skim_measure least[] = {KARVAN_SKIM_LEAST};
    return search(b, METRICS, least, 1, check);
}
static bool one_with_all(bench *b, double *check) { return search(b, 1, MEASURE, MEASURES, check); }
static bool five_with_all(bench *b, double *check) {
    return search(b, METRICS, MEASURE, MEASURES, check);
}

static bool make(bench *b, double *check) {
    const karvan_network *nets[] = {b->net};
    karvan_skimmer_destroy(b->skimmer);
    if (karvan_skimmer_create(1, nets, &b->skimmer, NULL) != KARVAN_OK) return false;
    *check = (double)karvan_skimmer_arcs(b->skimmer);
    return true;
}

static bool table(bench *b, double *check) {
    if (karvan_skimmer_table(b->skimmer, b->n, b->places, b->n, b->places, b->threads, b->out,
                             NULL) != KARVAN_OK)
        return false;
    *check += sum(b->out, (size_t)b->n * (size_t)b->n);
    return true;
}

static bool customise(bench *b, double *check) {
    *check = 0;
    for (int i = 0; i < WHAT_IFS; i++)
        if (karvan_skimmer_customise(b->skimmer, b->net, &METRIC[i % METRICS], 0, NULL, NULL) !=
            KARVAN_OK)
            return false;
    return true;
}

static bool one_table(bench *b, double *check) {
    *check = 0;
    for (int i = 0; i < WHAT_IFS; i++)
        if (!table(b, check)) return false;
    return true;
}

static bool one_pair(bench *b, double *check) {
    *check = 0;
    for (int i = 0; i < WHAT_IFS; i++) {
        if (karvan_skimmer_table(b->skimmer, 1, b->places + i % b->n, 1, b->places, 1, b->out,
                                 NULL) != KARVAN_OK)
            return false;
        *check += sum(b->out, 1);
    }
    return true;
}

static bool least_over_hierarchy(bench *b, double *check) {
    *check = 0;
    for (int k = 0; k < METRICS; k++)
        if (karvan_skimmer_customise(b->skimmer, b->net, &METRIC[k], 0, NULL, NULL) != KARVAN_OK ||
            !table(b, check))
            return false;
    return true;
}

/* A closure each: customised without it, then all pairs. */
static bool closures(bench *b, double *check) {
    *check = 0;
    for (int i = 0; i < WHAT_IFS; i++) {
        karvan_item closed = {KARVAN_ITEM_LINK, i % b->links};
        if (karvan_skimmer_customise(b->skimmer, b->net, METRIC, 1, &closed, NULL) != KARVAN_OK ||
            !table(b, check))
            return false;
    }
    return true;
}

/* Other tables or another date: the state graph anew, then all pairs over the same hierarchy. */
static bool networks(bench *b, double *check) {
    *check = 0;
    for (int i = 0; i < WHAT_IFS; i++) {
        karvan_network *net = NULL;
        bool good = karvan_network_create(b->region, &b->options, &net, NULL) == KARVAN_OK &&
                    karvan_skimmer_customise(b->skimmer, net, METRIC, 0, NULL, NULL) == KARVAN_OK &&
                    table(b, check);
        karvan_network_destroy(net);
        if (!good) return false;
    }
    return true;
}

static bool measure(bench *b, const char *name, work f, int times, double *check) {
    double s[REPS];
    for (int r = 0; r < REPS; r++) {
        double begin = now_s();
        if (!f(b, check)) return false;
        s[r] = now_s() - begin;
    }
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"places\":%d,\"threads\":%d,\"reps\":%d,\"median_ms\":%.4f,"
           "\"min_ms\":%.4f,\"check\":%.12g}\n",
           name, (int)b->n, b->threads, REPS, 1e3 * s[REPS / 2] / times, 1e3 * s[0] / times,
           *check);
    return true;
}

static bool run(bench *b) {
    double by_search, over, check, one, two;
    b->threads = 1;
    bool good = measure(b, "least_of_five_by_search", least_by_search, 1, &by_search) &&
                measure(b, "one_metric_all_measures_by_search", one_with_all, 1, &check) &&
                measure(b, "five_metrics_all_measures_by_search", five_with_all, 1, &one) &&
                measure(b, "skimmer_create", make, 1, &check) &&
                measure(b, "skimmer_customise", customise, WHAT_IFS, &check) &&
                measure(b, "skimmer_table_all_pairs", one_table, WHAT_IFS, &check) &&
                measure(b, "skimmer_table_one_pair", one_pair, WHAT_IFS, &check) &&
                measure(b, "least_of_five_over_hierarchy", least_over_hierarchy, 1, &over) &&
                measure(b, "what_if_closure_all_pairs", closures, WHAT_IFS, &check) &&
                measure(b, "what_if_network_all_pairs", networks, WHAT_IFS, &check);
    b->threads = 2;
    good = good && measure(b, "five_metrics_all_measures_by_search", five_with_all, 1, &two);
    if (good && (one != two || !(fabs(by_search - over) <= 1e-9 * by_search))) {
        (void)fprintf(stderr, "answers differ: %.17g, %.17g; %.17g, %.17g\n", one, two, by_search,
                      over);
        return false;
    }
    return good;
}

int main(void) {
    bench b = {.region = NULL};
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    bool good = karvan_problems_create(&problems, &e) == KARVAN_OK &&
                karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &b.region, &e) ==
                    KARVAN_OK &&
                karvan_network_defaults(b.region, &b.options, &e) == KARVAN_OK &&
                karvan_network_create(b.region, &b.options, &b.net, &e) == KARVAN_OK;
    if (good) {
        b.n = karvan_network_places(b.net);
        b.links = (int32_t)karvan_table_rows(karvan_package_table(b.region, "links"));
        b.places = malloc((size_t)b.n * sizeof *b.places);
        b.out = malloc((size_t)b.n * (size_t)b.n * MEASURES * sizeof *b.out);
        good = b.places && b.out;
    }
    for (int32_t p = 0; good && p < b.n; p++) b.places[p] = p;
    good = good && run(&b);
    if (!good && *e.msg) (void)fprintf(stderr, "%s\n", e.msg);
    free(b.places), free(b.out);
    karvan_skimmer_destroy(b.skimmer);
    karvan_network_destroy(b.net);
    karvan_package_destroy(b.region);
    karvan_problems_destroy(problems);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
