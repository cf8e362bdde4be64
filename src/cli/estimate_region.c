/* karvan estimate on the region: its base year out of the counts of table counts. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/estimate.h"
#include "cli/freight.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "karvan/demand.h"

static const double TOLERANCE = 0.02, CONSTANT_ERROR_USD = 5000;

static karvan_status read_options(const cli *c, karvan_region_estimate_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *method = cli_option(c, "method"), *tolerance = cli_option(c, "tolerance"),
               *prior = cli_option(c, "prior-error"), *most = cli_option(c, "max-iterations"),
               *constants = cli_option(c, "constants");
    int64_t n = 0;
    KARVAN_TRY(cli_freight_year(c, &o->year, err));
    KARVAN_TRY(karvan_freight_defaults(c->region, &o->freight, err));
    o->freight.network.date = karvan_day_from_civil(o->year, 7, 1);
    KARVAN_TRY(cli_threads(c, &o->freight.threads, err));
    o->estimate.tolerance = TOLERANCE, o->constant_error = CONSTANT_ERROR_USD;
    if (method) KARVAN_TRY(karvan_estimate_method_parse(method, &o->estimate.method, err));
    if (tolerance) KARVAN_TRY(cli_positive("tolerance", tolerance, &o->estimate.tolerance, err));
    if (prior) KARVAN_TRY(cli_positive("prior-error", prior, &o->prior_error, err));
    KARVAN_REQUIRE(!constants ||
                       (cli_real(constants, &o->constant_error) && o->constant_error >= 0),
                   err, KARVAN_E_ARG, "--constants is 0 or more USD a TEU, not '%.40s'", constants);
    KARVAN_REQUIRE(!most || cli_whole(most, 1, INT32_MAX, &n), err, KARVAN_E_ARG,
                   "--max-iterations is 1 to %d, not '%.40s'", (int)INT32_MAX, most);
    o->estimate.max_iterations = (int)n;
    o->hold_demand = cli_switch(c, "hold-demand");
    KARVAN_REQUIRE(!o->hold_demand || o->constant_error > 0, err, KARVAN_E_ARG,
                   "--hold-demand with --constants 0 leaves nothing to estimate");
done:
    return st;
}

static karvan_status read_output(const cli *c, karvan_region_estimate_output *out,
                                 karvan_error *err) {
    static const char *const name[] = {"counts", "demand", "constants"};
    const char *said = cli_option(c, "output");
    for (int k = 0; k < 3; k++) {
        *out = (karvan_region_estimate_output)k;
        if (!said || strcmp(said, name[k]) == 0) return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG, "--output is counts, demand or constants, not '%.40s'",
                       said);
}

static karvan_status read_demand(const cli *c, int64_t year, karvan_table **out,
                                 karvan_error *err) {
    const karvan_demand_options o = {.year = year};
    const char *file = cli_option(c, "demand");
    if (file) return cli_freight_demand(file, out, err);
    return karvan_demand_trade(c->region, &o, out, NULL, err);
}

/* Constants are always told: they are what the model does not know. */
static void tell(const karvan_region_estimate *e, const karvan_table *constants) {
    const karvan_estimate *x = karvan_region_estimate_view(e);
    (void)fprintf(stderr,
                  "%s; rounds: %d, the last moves %.2g of prior errors; misfit: %.6g before, %.6g "
                  "after (counts: %d); strain: %.6g\n",
                  x->iterations ? "estimated" : "nothing estimated", x->iterations, x->residual,
                  x->misfit_before, x->misfit, (int)x->n_counts, x->strain);
    for (int64_t r = 0; r < karvan_table_rows(constants); r++) {
        const char *classes = karvan_table_text(constants, 1, r),
                   *kind = karvan_table_text(constants, 2, r);
        double cost = karvan_table_real(constants, 6, r);
        (void)fprintf(stderr, "unexplained of corridor %s, %s%s%s: %.0f USD a TEU, +- %.0f",
                      karvan_table_text(constants, 0, r), classes ? classes : "all classes",
                      kind ? ", " : "", kind ? kind : "", karvan_table_real(constants, 3, r),
                      karvan_table_real(constants, 4, r));
        if (!isnan(cost)) (void)fprintf(stderr, ", beside a cost of %.0f", cost);
        (void)fprintf(stderr, "\n");
    }
}

static karvan_status hand_out(const cli *c, const karvan_region_estimate *e,
                              karvan_region_estimate_output which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *demand = NULL, *constants = NULL;
    KARVAN_TRY(karvan_region_estimate_table(e, which, &t, err));
    KARVAN_TRY(karvan_region_estimate_table(e, KARVAN_REGION_CONSTANTS, &constants, err));
    KARVAN_TRY(karvan_region_estimate_table(e, KARVAN_REGION_DEMAND, &demand, err));
    if (cli_switch(c, "out")) KARVAN_TRY(karvan_csv_write(demand, cli_option(c, "out"), err));
    KARVAN_TRY(cli_print(c, t, err));
    tell(e, constants);
done:
    karvan_table_destroy(t), karvan_table_destroy(demand), karvan_table_destroy(constants);
    return st;
}

karvan_status cli_estimate_region(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_region_estimate_options o = {.year = 0};
    karvan_region_estimate_output which;
    karvan_region_estimate *e = NULL;
    karvan_table *demand = NULL;
    karvan_error told = {0};
    KARVAN_TRY(read_output(c, &which, err));
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(read_options(c, &o, err));
    KARVAN_TRY(read_demand(c, o.year, &demand, err));
    o.demand = demand;
    KARVAN_TRY(karvan_progress_create(stderr, false, "rounds", 0, &o.estimate.progress, err));
    o.estimate.cancel = o.freight.cancel = cli_interrupts();
    st = karvan_estimate_region(c->region, &o, &e, &told);
    KARVAN_REQUIRE(e, err, st, "%s",
                   st == KARVAN_E_CANCELLED
                       ? "stopped before there was an estimate: nothing is written"
                       : told.msg);
    bool reached = st == KARVAN_OK;
    KARVAN_TRY(hand_out(c, e, which, err));
    if (!reached) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    cli_interrupts_end();
    karvan_progress_destroy(o.estimate.progress);
    karvan_region_estimate_destroy(e);
    karvan_table_destroy(demand);
    return st;
}
