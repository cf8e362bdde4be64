/* What karvan rank tells: one table for scripts, all of them for readers and in JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/rank.h"

typedef karvan_status (*make)(const ranking *k, karvan_table **out, karvan_error *err);
typedef struct section {
    const char *name, *title;
    make table;
    bool (*asked)(const ranking *k);
} section;

static karvan_status make_rank(const ranking *k, karvan_table **out, karvan_error *err) {
    const karvan_rank_options o = {k->n_measures, k->measure, k->cases.ranked, k->cases.shown};
    return karvan_results_rank(k->results, &o, out, err);
}
static karvan_status make_pairs(const ranking *k, karvan_table **out, karvan_error *err) {
    return karvan_results_pairs(k->results, k->n_measures, k->measure, out, err);
}
static karvan_status make_gains(const ranking *k, karvan_table **out, karvan_error *err) {
    return karvan_results_gains(k->results, -1, out, err);
}
static karvan_status make_worth(const ranking *k, karvan_table **out, karvan_error *err) {
    return karvan_results_worth(k->results, k->c->region, out, err);
}
static karvan_status make_package(const ranking *k, karvan_table **out, karvan_error *err) {
    return karvan_results_package(k->results, k->c->region, k->budget_musd, k->cases.ranked, out,
                                  err);
}

static bool always(const ranking *k) { return k != NULL; }
static bool with_pairs(const ranking *k) { return cli_switch(k->c, "pairs"); }
static bool with_budget(const ranking *k) { return k->budget_musd > 0; }

static const section sections[] = {
    {"rank", NULL, make_rank, always},
    {"pairs", "Pairs: together, less the sum of both", make_pairs, with_pairs},
    {"gains", "Who gains and who loses", make_gains, always},
    {"worth", NULL, make_worth, always},
    {"package", "Best package under the budget", make_package, with_budget}};
enum { SECTIONS = sizeof sections / sizeof *sections };

static karvan_status put_section(const ranking *k, const section *s, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = s->table(k, &t, err);
    if (st == KARVAN_OK) st = cli_print(k->c, t, err);
    karvan_table_destroy(t);
    return st;
}

static int64_t unknown(const ranking *k) {
    int64_t n = 0;
    for (int i = 0; i < k->cases.n; i++) n += karvan_results_unknown(k->results, i);
    return n;
}

static karvan_status print_json(const ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)printf("{\"draws\": %lld, \"asked\": %lld, \"seed\": %llu, \"unsettled\": %lld",
                 (long long)karvan_results_draws(k->results), (long long)k->n_draws,
                 (unsigned long long)k->seed, (long long)unknown(k));
    for (int i = 0; i < SECTIONS; i++) {
        if (!sections[i].asked(k)) continue;
        (void)printf(",\n\"%s\": ", sections[i].name);
        KARVAN_TRY(put_section(k, &sections[i], err));
    }
    (void)printf("}\n");
done:
    return st;
}

static bool has_cost(void *ctx, const karvan_table *t, int64_t row) {
    return karvan_table_state(t, *(const int *)ctx, row) == KARVAN_VALUE;
}

/* Beside costs stand those that have one; most have none. */
static karvan_status print_worth(const ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *all = NULL, *t = NULL;
    karvan_view v = {0};
    KARVAN_TRY(make_worth(k, &all, err));
    int cost = karvan_table_find(all, "cost_musd");
    KARVAN_TRY(karvan_view_init(&v, all, has_cost, &cost, err));
    if (v.n > 0) {
        (void)printf("\nBenefit beside cost, million USD\n");
        KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &t, err));
        KARVAN_TRY(cli_print(k->c, t, err));
    }
    if (v.n < karvan_table_rows(all))
        (void)printf("\nOf %lld no cost is known (--output worth says why).\n",
                     (long long)(karvan_table_rows(all) - v.n));
done:
    karvan_view_clear(&v);
    karvan_table_destroy(t), karvan_table_destroy(all);
    return st;
}

/* Readers get all but the countries, of which there are as many rows as cases times countries. */
static karvan_status print_table(const ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)printf("%lld draws, seed %llu; differences to the region as it is; p5 to p95: 90 %% of "
                 "the draws\n\n",
                 (long long)karvan_results_draws(k->results), (unsigned long long)k->seed);
    for (int i = 0; i < SECTIONS; i++) {
        if (!sections[i].asked(k) || strcmp(sections[i].name, "gains") == 0) continue;
        if (sections[i].table == make_worth) {
            KARVAN_TRY(print_worth(k, err));
            continue;
        }
        if (sections[i].title) (void)printf("\n%s\n", sections[i].title);
        KARVAN_TRY(put_section(k, &sections[i], err));
    }
    for (int i = 0; i < k->cases.n; i++) {
        int64_t n = karvan_results_unknown(k->results, i);
        if (n > 0)
            (void)printf("\n%s does not settle in %lld of the draws; they are left out",
                         k->cases.name[i], (long long)n);
    }
    if (unknown(k) > 0) (void)printf("\n");
done:
    return st;
}

karvan_status rank_print(const ranking *k, karvan_error *err) {
    const char *said = cli_option(k->c, "output");
    for (int i = 0; said && i < SECTIONS; i++)
        if (strcmp(sections[i].name, said) == 0) return put_section(k, &sections[i], err);
    if (k->c->format == KARVAN_FORMAT_JSON) return print_json(k, err);
    if (k->c->format == KARVAN_FORMAT_TABLE) return print_table(k, err);
    return put_section(k, &sections[0], err);
}
