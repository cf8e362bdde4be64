/* karvan assign: its answer, its files, and whom it could not serve. */
#include <math.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/assign.h"
#include "cli/figures.h"

/* By a method that goes for a gap? */
static bool has_gap(const assign_run *run) {
    return run->o.method != KARVAN_AON && run->o.method != KARVAN_INCREMENTAL;
}

/* "": by a method that has no gap to reach. */
static const char *converged(const assign_run *run) {
    if (karvan_assignment_statistics(run->solution).converged) return "true";
    return has_gap(run) ? "false" : "";
}

/* The eight of the contract first. */
static figures gather(const assign_run *run) {
    karvan_assignment_stats s = karvan_assignment_statistics(run->solution);
    figures f = {0};
    cli_figure_real(&f, "objective", s.objective);
    cli_figure_real(&f, "relative_gap", s.relative_gap);
    cli_figure_whole(&f, "iterations", s.iterations);
    cli_figure_real(&f, "total_cost", s.total_cost);
    cli_figure_real(&f, "unserved", s.unserved);
    cli_figure_seconds(&f, "seconds_read", run->seconds_read);
    cli_figure_seconds(&f, "seconds_solve", run->seconds_solve);
    cli_figure_whole(&f, "threads", run->o.threads ? run->o.threads : karvan_thread_count());
    cli_figure_real(&f, "total_time", s.total_time);
    cli_figure_real(&f, "average_excess_cost", s.average_excess_cost);
    cli_figure_real(&f, "demand", s.demand);
    cli_figure_real(&f, "intrazonal", s.intrazonal);
    cli_figure_whole(&f, "unserved_pairs", s.unserved_pairs);
    cli_figure_real(&f, "gap", has_gap(run) ? run->o.gap : NAN);
    cli_figure_truth(&f, "converged", converged(run));
    cli_figure_word(&f, "principle", karvan_principle_name(run->o.principle));
    cli_figure_word(&f, "method", karvan_assignment_method_name(run->o.method));
    return f;
}

void cli_assign_print(const cli *c, const assign_run *run) {
    char headline[100];
    figures f = gather(run);
    (void)snprintf(headline, sizeof headline, "%s by %s%s",
                   run->o.principle == KARVAN_SYSTEM_OPTIMUM ? "system optimum"
                                                             : "user equilibrium",
                   karvan_assignment_method_name(run->o.method),
                   *converged(run) == 'f' ? ": the gap was not reached" : "");
    cli_figures_print(c, headline, &f);
}

/* ---- demand that is not served ---- */

karvan_status cli_assign_tell_unserved(const cli *c, const assign_run *run, karvan_error *err) {
    enum { SHOWN = 10 };
    karvan_assignment_stats s = karvan_assignment_statistics(run->solution);
    karvan_table *t = NULL;
    char trips[40];
    if (s.unserved_pairs == 0 && !cli_switch(c, "unserved")) return KARVAN_OK;
    karvan_status st = karvan_assignment_unserved(run->solution, &t, err);
    if (st == KARVAN_OK && cli_switch(c, "unserved"))
        st = karvan_csv_write(t, cli_option(c, "unserved"), err);
    if (st != KARVAN_OK || s.unserved_pairs == 0) goto done;
    karvan_real_format(s.unserved, trips, sizeof trips);
    (void)fprintf(stderr, "karvan: note: %s trips of %lld pair%s are not served\n", trips,
                  (long long)s.unserved_pairs, s.unserved_pairs == 1 ? "" : "s");
    for (int64_t r = 0; r < karvan_table_rows(t) && r < SHOWN; r++) {
        karvan_real_format(karvan_table_real(t, 3, r), trips, sizeof trips);
        (void)fprintf(stderr, "  class %s, zone %lld to %lld: %s trips: %s\n",
                      karvan_table_text(t, 0, r), (long long)karvan_table_int(t, 1, r),
                      (long long)karvan_table_int(t, 2, r), trips, karvan_table_text(t, 4, r));
    }
    if (s.unserved_pairs > SHOWN)
        (void)fprintf(stderr, "  and %lld more%s\n", (long long)s.unserved_pairs - SHOWN,
                      cli_switch(c, "unserved") ? "" : "; --unserved FILE lists them all");
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- flows ---- */

/* The columns of one class, and a volume a class behind them where there are more. */
static karvan_status add_classes(const assign_input *in, const assign_run *run,
                                 const karvan_table *flows, karvan_table **out, karvan_error *err) {
    enum { FIRST = 4, NAME = 300 };
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)in->n_classes, m = (size_t)in->net.links;
    karvan_builder *b = NULL;
    karvan_column *column = karvan_i_calloc(FIRST + n, sizeof *column);
    char *names = karvan_i_calloc(n, NAME);
    double *volume = karvan_i_calloc(n * m + 1, sizeof *volume);
    KARVAN_REQUIRE(column && names && volume, err, KARVAN_E_NOMEM, "no memory for flows");
    for (int i = 0; i < FIRST; i++) column[i] = karvan_table_column(flows, i);
    for (size_t k = 0; k < n; k++) {
        (void)snprintf(names + k * NAME, NAME, "volume_%.280s", in->classes[k].name);
        column[FIRST + k] = (karvan_column){names + k * NAME, KARVAN_REAL, NULL};
        KARVAN_TRY(karvan_assignment_class_flow(run->solution, (int)k, volume + k * m, err));
    }
    KARVAN_TRY(karvan_builder_create("flows", FIRST + (int)n, column, &b, err));
    for (size_t l = 0; l < m; l++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int i = 0; i < 2; i++)
            KARVAN_TRY(karvan_builder_int(b, i, karvan_table_int(flows, i, (int64_t)l), err));
        for (int i = 2; i < FIRST; i++)
            KARVAN_TRY(karvan_builder_real(b, i, karvan_table_real(flows, i, (int64_t)l), err));
        for (size_t k = 0; k < n; k++)
            KARVAN_TRY(karvan_builder_real(b, FIRST + (int)k, volume[k * m + l], err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(column), karvan_i_free(names), karvan_i_free(volume);
    return st;
}

karvan_status cli_assign_flows(const char *path, const assign_input *in, const assign_run *run,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *wide = NULL;
    KARVAN_TRY(karvan_assignment_flows(run->solution, &t, err));
    if (in->n_classes > 1) KARVAN_TRY(add_classes(in, run, t, &wide, err));
    KARVAN_TRY(karvan_csv_write(wide ? wide : t, path, err));
done:
    karvan_table_destroy(wide), karvan_table_destroy(t);
    return st;
}
