/* karvan whatif for readers: several cases side by side. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/whatif.h"
#include "table/cell.h"

enum { LABEL = 30, WIDTH = 18 };

/* Names that are too long for a column stand above, by number. */
static void head(const whatif *w) {
    bool numbers = false;
    for (int i = 0; i < w->n; i++) numbers |= strlen(w->name[i]) > WIDTH - 1;
    for (int i = 0; numbers && i < w->n; i++) (void)printf("case %d: %s\n", i + 1, w->name[i]);
    (void)printf("%-*s%*s", LABEL, "Change against the base", WIDTH, "base");
    for (int i = 0; i < w->n; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "case %d", i + 1);
        (void)printf(" %*s", WIDTH - 1, numbers ? number : w->name[i]);
    }
    (void)printf("\n");
}

/* Cells of a row: medians where there are draws. */
static karvan_status row(const whatif *w, const char *label, int measure, bool money,
                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char a[WHATIF_WORD];
    double base = karvan_study_settled(w->s, -1)[measure];
    if (money) (void)snprintf(a, sizeof a, "%.4g", base);
    (void)printf("  %-*.*s%*s", LABEL - 2, LABEL - 3, label, WIDTH,
                 money ? a : cli_whatif_whole(base, false, a));
    for (int i = 0; i < w->n; i++) {
        karvan_difference x;
        KARVAN_TRY(karvan_results_difference(w->results, i, measure, &x, err));
        (void)printf(" %*s", WIDTH - 1,
                     money ? cli_whatif_money(x.median, a) : cli_whatif_whole(x.median, true, a));
    }
    (void)printf("\n");
done:
    return st;
}

static karvan_status corridors(const cli *c, const whatif *w, karvan_error *err) {
    static const struct {
        const char *measure, *title;
    } OF[] = {{"teu", "TEU a year"}, {"hours", "Hours from door to door"}, {"usd", "USD a TEU"}};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_study_stage(w->s, -1, KARVAN_STAGE_CORRIDORS, &t, err));
    for (int k = 0; k < 3; k++) {
        (void)printf("%s\n", OF[k].title);
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            const char *id = karvan_table_text(t, 0, r);
            char name[200];
            (void)snprintf(name, sizeof name, "%s_%.150s", OF[k].measure, id);
            if (strcmp(id, "all") == 0) (void)snprintf(name, sizeof name, "%s", OF[k].measure);
            if (strcmp(id, "unserved") == 0) (void)snprintf(name, sizeof name, "%s", id);
            int m = k > 0 && strcmp(id, "unserved") == 0 ? -1 : karvan_study_find(w->s, name, "");
            if (m >= 0) KARVAN_TRY(row(w, cli_whatif_corridor(c, id), m, false, err));
        }
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status countries(const cli *c, const whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_study_stage(w->s, -1, KARVAN_STAGE_COUNTRIES, &t, err));
    (void)printf("Real income, USD a year\n");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *code = karvan_table_text(t, 0, r);
        if (!karvan_i_cell_bool(t, "own", r) || isnan(karvan_i_cell_real(t, "gdp_usd", r)))
            continue;
        KARVAN_TRY(row(w, cli_whatif_country(c, code), karvan_study_find(w->s, "real_income", code),
                       true, err));
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status benefits(const whatif *w, karvan_error *err) {
    static const char *const line[] = {"  5 %", "  95 %", "  above 0, % of draws"};
    karvan_status st = KARVAN_OK;
    (void)printf("All in all\n");
    KARVAN_TRY(
        row(w, "emissions, kt CO2e a year", karvan_study_find(w->s, "co2e", ""), false, err));
    KARVAN_TRY(
        row(w, "shippers of transit, USD", karvan_study_find(w->s, "transit_gain", ""), true, err));
    KARVAN_TRY(row(w, "benefit, USD a year", w->benefit, true, err));
    for (int k = 0; w->draws > 0 && k < 3; k++) {
        (void)printf("  %-*s%*s", LABEL - 2, line[k], WIDTH, "");
        for (int i = 0; i < w->n; i++) {
            char a[WHATIF_WORD];
            karvan_difference x;
            KARVAN_TRY(karvan_results_difference(w->results, i, w->benefit, &x, err));
            if (k == 2)
                (void)printf(" %*.0f", WIDTH - 1, 100 * x.gains);
            else
                (void)printf(" %*s", WIDTH - 1, cli_whatif_money(k == 0 ? x.p5 : x.p95, a));
        }
        (void)printf("\n");
    }
done:
    return st;
}

static karvan_status next(const cli *c, const whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    whatif_told told = {0};
    (void)printf("Next bottleneck\n");
    for (int i = 0; i < w->n; i++) {
        char a[WHATIF_WORD];
        KARVAN_TRY(cli_whatif_tell(c, w, i, &told, err));
        int64_t r = cli_whatif_next(&told);
        if (r < 0)
            (void)printf("  %s: none, nothing is full", w->name[i]);
        else
            (void)printf("  %s: %s, worth USD %s a year", w->name[i],
                         karvan_i_cell_text(told.necks, "name", r),
                         cli_whatif_worth(karvan_i_cell_real(told.necks, "after_value_usd", r), a));
        if (told.shut > 0)
            (void)printf("; no way any more for %lld flows, from %s to %s the largest",
                         (long long)told.shut, told.shut_from, told.shut_to);
        (void)printf("\n");
        cli_whatif_told_clear(&told);
    }
done:
    cli_whatif_told_clear(&told);
    return st;
}

karvan_status cli_whatif_beside(const cli *c, const whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    head(w);
    KARVAN_TRY(corridors(c, w, err));
    KARVAN_TRY(countries(c, w, err));
    KARVAN_TRY(benefits(w, err));
    KARVAN_TRY(next(c, w, err));
done:
    return st;
}
