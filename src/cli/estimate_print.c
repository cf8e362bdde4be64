/* What karvan estimate tells and writes. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/estimate.h"
#include "cli/trips_file.h"
#include "cli/words.h"

static const karvan_trips *prior_of(const estimate_run *run) {
    return run->in->classes[run->o.user_class].trips;
}

static double sum_of(int64_t n, const double *v) {
    double s = 0;
    for (int64_t i = 0; i < n; i++) s += v[i];
    return s;
}

/* Cells that some count sees. */
static int64_t seen(const karvan_estimate *e) {
    int64_t n = 0;
    for (int32_t k = 0; k < e->n_cells; k++) n += e->removed[k] > 0;
    return n;
}

/* The problem's part that the tables of the library ask for. */
static karvan_estimate_problem shape_of(const estimate_run *run) {
    return (karvan_estimate_problem){.n_cells = run->estimate->n_cells,
                                     .n_counts = run->estimate->n_counts,
                                     .count = run->counts->count,
                                     .count_error = run->counts->error};
}

static void print_summary(const estimate_run *run) {
    const karvan_estimate *e = run->estimate;
    (void)printf("\n%s; rounds: %d, the last moves %.2g of prior errors; misfit: %.6g before, %.6g "
                 "after (counts: %d); strain: %.6g\ncells that are counted somewhere: %lld of %d; "
                 "trips: %.6g before, %.6g after; %.3f s\n",
                 karvan_estimate_method_name(run->o.estimate.method), e->iterations, e->residual,
                 e->misfit_before, e->misfit, (int)e->n_counts, e->strain, (long long)seen(e),
                 (int)e->n_cells, sum_of(prior_of(run)->n, prior_of(run)->trips),
                 sum_of(run->trips.n, run->trips.trips), run->seconds);
}

static void print_number(const char *name, double v) {
    char number[40];
    karvan_real_format(v, number, sizeof number);
    (void)printf("\"%s\": %s, ", name, number);
}

static karvan_status print_json(const estimate_run *run, const karvan_table *counts,
                                karvan_error *err) {
    const karvan_estimate *e = run->estimate;
    (void)printf("{\"method\": \"%s\", \"converged\": %s, \"rounds\": %d, ",
                 karvan_estimate_method_name(run->o.estimate.method),
                 e->converged ? "true" : "false", e->iterations);
    print_number("residual", e->residual);
    print_number("misfit_before", e->misfit_before), print_number("misfit", e->misfit);
    print_number("strain", e->strain);
    print_number("trips_before", sum_of(prior_of(run)->n, prior_of(run)->trips));
    print_number("trips", sum_of(run->trips.n, run->trips.trips));
    (void)printf("\"cells\": %d, \"cells_counted\": %lld, ", (int)e->n_cells, (long long)seen(e));
    (void)printf("\"seconds\": %.6f, \"counts\":\n", run->seconds);
    karvan_status st = karvan_table_write(counts, KARVAN_FORMAT_JSON, 0, stdout, err);
    (void)printf("}\n");
    return st;
}

karvan_status cli_estimate_print(const cli *c, const estimate_run *run, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_estimate_problem p = shape_of(run);
    KARVAN_TRY(
        karvan_estimate_counts(&p, run->estimate, (const char *const *)run->counts->name, &t, err));
    if (c->format == KARVAN_FORMAT_JSON) {
        KARVAN_TRY(print_json(run, t, err));
    } else {
        KARVAN_TRY(cli_print(c, t, err));
        if (c->format == KARVAN_FORMAT_TABLE) print_summary(run);
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status put_reals(karvan_builder *b, int first, int n, const double *v,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && i < n; i++)
        st = karvan_builder_real(b, first + i, v[i], err);
    return st;
}

/* origin, destination, prior, prior_error, estimate, error, removed of each cell. */
static karvan_status write_cells(const char *path, const estimate_run *run, karvan_error *err) {
    static const karvan_column column[] = {
        {"origin", KARVAN_INT, NULL},    {"destination", KARVAN_INT, NULL},
        {"prior", KARVAN_REAL, NULL},    {"prior_error", KARVAN_REAL, NULL},
        {"estimate", KARVAN_REAL, NULL}, {"error", KARVAN_REAL, NULL},
        {"removed", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    const karvan_trips *prior = prior_of(run);
    const karvan_estimate *e = run->estimate;
    KARVAN_TRY(karvan_builder_create("cells", 7, column, &b, err));
    for (int32_t o = 0; o < prior->zones; o++) {
        for (int64_t k = prior->first[o]; k < prior->first[o + 1]; k++) {
            double v[] = {prior->trips[k], prior->trips[k] * run->o.prior_error_all, e->demand[k],
                          e->demand_error[k], e->removed[k]};
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(karvan_builder_int(b, 0, o + 1, err));
            KARVAN_TRY(karvan_builder_int(b, 1, prior->destination[k] + 1, err));
            KARVAN_TRY(put_reals(b, 2, 5, v, err));
        }
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

static karvan_status write_flows(const char *path, const estimate_run *run, karvan_error *err) {
    static const karvan_column column[] = {
        {"from", KARVAN_INT, NULL}, {"to", KARVAN_INT, NULL}, {"volume", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    const karvan_tntp *net = &run->in->net;
    KARVAN_TRY(karvan_builder_create("flows", 3, column, &b, err));
    for (int32_t l = 0; l < net->links; l++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, net->from[l] + 1, err));
        KARVAN_TRY(karvan_builder_int(b, 1, net->to[l] + 1, err));
        KARVAN_TRY(karvan_builder_real(b, 2, run->flow[l], err));
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

karvan_status cli_estimate_write(const cli *c, const estimate_run *run, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *out = cli_option(c, "out"), *cells = cli_option(c, "cells"),
               *flows = cli_option(c, "flows");
    if (out) KARVAN_TRY(cli_trips_write(out, &run->trips, err));
    if (cells) KARVAN_TRY(write_cells(cells, run, err));
    if (flows) KARVAN_TRY(write_flows(flows, run, err));
done:
    return st;
}
