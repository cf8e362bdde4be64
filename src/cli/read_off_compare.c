/* karvan assign --compare: a solution of before beside that of now. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/read_off.h"

/* The command line of before: what --compare-NAME says takes the place of --NAME. */
static void options_of_before(const cli *c, cli *out) {
    static const char *const same[] = {"toll-factor", "distance-factor", NULL};
    const char *trips = cli_option(c, "compare-trips"), *classes = cli_option(c, "compare-classes");
    if (!trips && !classes) trips = cli_option(c, "trips"), classes = cli_option(c, "classes");
    const char *network = cli_option(c, "compare-network");
    const char *const given[][2] = {{"network", network ? network : cli_option(c, "network")},
                                    {"trips", trips},
                                    {"classes", classes}};
    *out = (cli){.command = c->command};
    for (int i = 0; i < 3; i++)
        if (given[i][1])
            out->option[out->n_options] = given[i][0], out->value[out->n_options++] = given[i][1];
    for (int i = 0; same[i]; i++)
        if (cli_switch(c, same[i]))
            out->option[out->n_options] = same[i],
            out->value[out->n_options++] = cli_option(c, same[i]);
}

static karvan_status open_before(const cli *c, assign_input *in, karvan_assignment **solution,
                                 karvan_analysis **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error told = {0};
    const char *path = cli_option(c, "compare");
    cli before;
    options_of_before(c, &before);
    /* what is not told anew is read once more */
    for (int i = 0; i < before.n_options; i++)
        if (before.value[i] == cli_option(c, before.option[i]))
            KARVAN_TRY(cli_no_pipe(c, before.option[i], err));
    KARVAN_TRY(karvan_assignment_load(path, solution, err));
    KARVAN_TRY(cli_assign_read(&before, in, err));
    st = karvan_analysis_create(&in->problem, *solution, out, &told);
    KARVAN_REQUIRE(st == KARVAN_OK, err, st == KARVAN_E_ARG ? KARVAN_E_DATA : st,
                   "%.100s: %s; --compare-network and --compare-trips (or --compare-classes) name "
                   "the files of before",
                   path, told.msg);
done:
    return st;
}

static karvan_status write_table(const char *path, karvan_table *t, karvan_error *err) {
    return path ? karvan_csv_write(t, path, err) : KARVAN_OK;
}

/* NAN: not known. */
static karvan_status put(karvan_builder *b, const char *figure, double before, double after,
                         double change, karvan_error *err) {
    const double value[] = {before, after, change};
    karvan_status st = karvan_builder_row(b, err);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 0, figure, err);
    for (int i = 0; i < 3 && st == KARVAN_OK; i++)
        st = karvan_builder_real(b, 1 + i, value[i], err);
    return st;
}

/* Surplus in all, and of each class where there are more. */
static karvan_status put_surplus(karvan_builder *b, const karvan_surplus *s,
                                 const karvan_table *classes, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char name[300];
    KARVAN_TRY(put(b, "consumer_surplus", NAN, NAN, s->total, err));
    for (int64_t r = 0; karvan_table_rows(classes) > 1 && r < karvan_table_rows(classes); r++) {
        (void)snprintf(name, sizeof name, "consumer_surplus_%.270s",
                       karvan_table_text(classes, 0, r));
        KARVAN_TRY(put(b, name, NAN, NAN, karvan_table_real(classes, 3, r), err));
    }
done:
    return st;
}

static karvan_status write_totals(const char *path, const karvan_assignment *before,
                                  const karvan_assignment *after, const karvan_surplus *s,
                                  const karvan_table *classes, karvan_error *err) {
    static const karvan_column columns[] = {{"figure", KARVAN_TEXT, NULL},
                                            {"before", KARVAN_REAL, NULL},
                                            {"after", KARVAN_REAL, NULL},
                                            {"change", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_assignment_stats x = karvan_assignment_statistics(before),
                            y = karvan_assignment_statistics(after);
    const struct {
        const char *name;
        double before, after;
    } figure[] = {{"demand", x.demand, y.demand},
                  {"unserved", x.unserved, y.unserved},
                  {"total_cost", x.total_cost, y.total_cost},
                  {"total_time", x.total_time, y.total_time},
                  {"relative_gap", x.relative_gap, y.relative_gap}};
    if (!path) return KARVAN_OK;
    KARVAN_TRY(karvan_builder_create("totals", 4, columns, &b, err));
    for (size_t i = 0; i < sizeof figure / sizeof figure[0]; i++)
        KARVAN_TRY(put(b, figure[i].name, figure[i].before, figure[i].after,
                       figure[i].after - figure[i].before, err));
    KARVAN_TRY(put_surplus(b, s, classes, err));
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

static void note_uncosted(const karvan_surplus *s) {
    char trips[40];
    if (s->uncosted_pairs == 0) return;
    karvan_real_format(s->uncosted, trips, sizeof trips);
    (void)fprintf(stderr,
                  "karvan: note: %s trips of %lld pair%s have no way before or after, so no cost, "
                  "and are not in the surplus\n",
                  trips, (long long)s->uncosted_pairs, s->uncosted_pairs == 1 ? "" : "s");
}

karvan_status cli_read_off_compare(const cli *c, const karvan_analysis *after,
                                   const assign_run *run, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    assign_input in = {.n_classes = 0};
    karvan_assignment *was = NULL;
    karvan_analysis *before = NULL;
    karvan_table *links = NULL, *pairs = NULL, *classes = NULL;
    karvan_surplus s;
    KARVAN_TRY(open_before(c, &in, &was, &before, err));
    KARVAN_TRY(karvan_assignment_compare(was, run->solution, &links, err));
    KARVAN_TRY(write_table(cli_option(c, "compare-links"), links, err));
    st = karvan_analysis_surplus(before, after, run->o.threads, NULL, &s, &pairs, &classes, err);
    if (st != KARVAN_OK) {
        st = st == KARVAN_E_ARG ? KARVAN_E_DATA : st; /* zones and classes are of files */
        goto done;
    }
    KARVAN_TRY(write_table(cli_option(c, "compare-pairs"), pairs, err));
    KARVAN_TRY(write_totals(cli_option(c, "compare-totals"), was, run->solution, &s, classes, err));
    note_uncosted(&s);
done:
    karvan_table_destroy(links), karvan_table_destroy(pairs), karvan_table_destroy(classes);
    karvan_analysis_destroy(before);
    karvan_assignment_destroy(was);
    cli_assign_clear(&in);
    return st;
}
