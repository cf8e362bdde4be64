/* Freight of the region at equilibrium: what is asked, solved and told on stderr. */
#include "cli/freight.h"

#include <math.h>
#include <string.h>

#include "base/order.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "karvan/demand.h"
#include "table/cell.h"

/* ---- what is asked ---- */

karvan_status cli_freight_refuse(const cli *c, const char *const *of_files, karvan_error *err) {
    for (; *of_files; of_files++)
        if (cli_switch(c, *of_files))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --network FILE", *of_files);
    return KARVAN_OK;
}

static karvan_status read_number(const cli *c, const char *option, double *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    return said ? cli_positive(option, said, out, err) : KARVAN_OK;
}

karvan_status cli_freight_year(const cli *c, int64_t *year, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "settings");
    const char *said = cli_option(c, "year"), *own = NULL;
    if (t)
        own =
            karvan_i_cell_text(t, "value", karvan_package_row(c->region, "settings", "flow_year"));
    const char *s = said ? said : own;
    if (!s) return karvan_fail(err, KARVAN_E_ARG, "which year? say --year");
    if (cli_whole(s, 1900, 2200, year)) return KARVAN_OK;
    return karvan_fail(err, said ? KARVAN_E_ARG : KARVAN_E_DATA,
                       "%s is a year from 1900 to 2200, not '%.40s'",
                       said ? "--year" : "table settings: flow_year", s);
}

/* What is open in the middle of the year. */
static karvan_status read_options(const cli *c, int64_t year, karvan_freight_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool given;
    KARVAN_TRY(karvan_freight_defaults(c->region, o, err));
    o->network.date = karvan_day_from_civil(year, 7, 1);
    KARVAN_TRY(cli_day(c, "date", &o->network.date, &given, err));
    KARVAN_TRY(cli_not_both(c, "scale", "deterministic", err));
    KARVAN_TRY(cli_not_both(c, "nest-scale", "deterministic", err));
    o->deterministic = cli_switch(c, "deterministic"), o->empties = cli_switch(c, "empties");
    KARVAN_TRY(read_number(c, "scale", &o->scale, err));
    KARVAN_TRY(read_number(c, "nest-scale", &o->nest_scale, err));
    KARVAN_TRY(read_number(c, "reject", &o->reject_usd_per_teu, err));
    KARVAN_TRY(cli_threads(c, &o->threads, err));
    /* a scale of one's own may pass that within the region's nests: then there are none */
    if (cli_switch(c, "scale") && !cli_switch(c, "nest-scale") && o->nest_scale < o->scale)
        o->nest_scale = 0;
done:
    return st;
}

/* A file has a name to tell, which the table that is made of it has not. */
static karvan_status check_columns(const karvan_table *t, const char *file, karvan_error *err) {
    static const char *const needed[] = {"origin", "destination", "cargo_class"};
    const char *missing = NULL;
    if (karvan_table_find(t, "teu") < 0 && karvan_table_find(t, "tonnes") < 0) missing = "teu";
    for (int i = 3; i-- > 0;)
        if (karvan_table_find(t, needed[i]) < 0) missing = needed[i];
    return missing
               ? karvan_fail(err, KARVAN_E_DATA,
                             "%s:1:1: no column %s; origin, destination, cargo_class and teu or "
                             "tonnes are needed",
                             file, missing)
               : KARVAN_OK;
}

/* A misspelt column would be left unheard. */
static void tell_unknown_columns(const karvan_table *t, const char *file) {
    /* those that are read, then those that karvan demand and karvan estimate --out write beside */
    static const char *const known[] = {"origin", "destination", "cargo_class", "teu", "tonnes",
                                        "year",   "kind",        "error",       "id",  "value_usd",
                                        "basis",  "prior_teu",   "removed"};
    enum { READ = 8, KNOWN = sizeof known / sizeof known[0], TOLD_MAX = 8 };
    int unknown = 0;
    for (int c = 0; c < karvan_table_columns(t); c++) {
        const char *name = karvan_table_column(t, c).name;
        char room[200];
        bool is_known = false;
        for (int k = 0; k < KNOWN; k++) is_known |= strcmp(name, known[k]) == 0;
        if (!is_known && unknown++ < TOLD_MAX)
            (void)fprintf(stderr, "karvan: %s: column '%.60s' is not read%s\n", file, name,
                          karvan_i_meant(name, known, READ, room, sizeof room));
    }
    if (unknown > TOLD_MAX)
        (void)fprintf(stderr, "karvan: %s: %d columns more are not read\n", file,
                      unknown - TOLD_MAX);
}

karvan_status cli_freight_demand(const char *file, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    *out = NULL;
    KARVAN_TRY(karvan_csv_read(file, "demand", NULL, NULL, &t, err));
    tell_unknown_columns(t, file); /* first: one of them may be what is missing */
    KARVAN_TRY(check_columns(t, file, err));
    *out = t, t = NULL;
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status read_demand(const cli *c, int64_t year, karvan_freight_demand *out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    const char *file = cli_option(c, "demand");
    const karvan_demand_options o = {.year = year};
    KARVAN_TRY(file ? cli_freight_demand(file, &t, err)
                    : karvan_demand_trade(c->region, &o, &t, NULL, err));
    KARVAN_TRY(karvan_freight_demand_read(c->region, t, (int)year, out, err));
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- what is made ---- */

karvan_status cli_freight_solve(const cli *c, cli_freight *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight_options o;
    karvan_freight_saved *saved = NULL;
    int64_t year;
    *out = (cli_freight){.f = NULL};
    KARVAN_TRY(cli_freight_year(c, &year, err));
    KARVAN_TRY(read_options(c, year, &o, err));
    KARVAN_TRY(read_demand(c, year, &out->demand, err));
    if (cli_switch(c, "start"))
        KARVAN_TRY(karvan_freight_load(cli_option(c, "start"), &saved, err));
    o.saved = saved;
    o.cancel = cli_interrupts();
    st = karvan_freight_solve(c->region, &out->demand, &o, NULL, &out->f, &out->told);
    KARVAN_REQUIRE(out->f, err, st, "%s",
                   st == KARVAN_E_CANCELLED
                       ? "stopped before there was an answer: nothing is written"
                       : out->told.msg);
    st = KARVAN_OK;
    out->stats = karvan_freight_statistics(out->f);
done:
    karvan_freight_saved_destroy(saved);
    return st;
}

void cli_freight_clear(cli_freight *x) {
    karvan_freight_destroy(x->f);
    karvan_freight_demand_clear(&x->demand);
    *x = (cli_freight){.f = NULL};
}

/* ---- what is told ---- */

/* What a start was good for. */
static void tell_start(const cli *c, const karvan_freight_stats *s) {
    (void)fprintf(stderr, "%s: %lld routes and %d prices taken", cli_option(c, "start"),
                  (long long)s->routes_taken, (int)s->prices_taken);
    if (s->routes_left + s->prices_left > 0)
        (void)fprintf(stderr, ", %lld and %d left of what is no longer there",
                      (long long)s->routes_left, (int)s->prices_left);
    if (s->pairs_searched > 0)
        (void)fprintf(stderr, "; routes of %d pairs searched anew", (int)s->pairs_searched);
    (void)fprintf(stderr, "; rounds: %d\n", s->rounds - s->rounds_before);
}

void cli_freight_tell(cli *c, const cli_freight *x) {
    const karvan_freight_stats *s = &x->stats;
    if (cli_switch(c, "start")) tell_start(c, s);
    (void)fprintf(stderr, "%.1f TEU a day want to go, %.1f go", s->demand_teu_day,
                  s->served_teu_day);
    if (s->unserved_teu_day > 1e-6 * s->demand_teu_day)
        (void)fprintf(stderr, ", %.1f stay at home (assign --output unserved says why)",
                      s->unserved_teu_day);
    if (x->demand.intrazonal_teu_day > 0)
        (void)fprintf(stderr, "; %.1f do not leave their zone", x->demand.intrazonal_teu_day);
    if (x->untold_by_weight > 0)
        (void)fprintf(stderr, "; rows in tonnes a day: %lld (--wide has units)",
                      (long long)x->untold_by_weight);
    if (x->demand.other_years > 0)
        (void)fprintf(stderr, "; rows of other years left out: %lld",
                      (long long)x->demand.other_years);
    (void)fprintf(stderr, "\n");
    if (s->converged) return;
    (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", x->told.msg);
    c->exit_status = 3;
}
