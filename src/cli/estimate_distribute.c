/* karvan estimate --distribute: zones and costs of files become trips. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "cli/estimate.h"
#include "cli/interrupt.h"
#include "cli/trips_file.h"
#include "cli/words.h"

enum { BINS_MAX = 200 };

typedef struct distribute {
    karvan_od costs;
    size_t cells;
    double *production, *attraction; /* by the names of costs; NULL: not given */
    double *observed;                /* [cells] NULL: none */
    double *trips;                   /* [cells] */
    const char **names;              /* origins, then destinations */
    double edge[BINS_MAX], factor[BINS_MAX];
    karvan_deterrence deterrence;
    karvan_distribution d;
    karvan_balance_options o;
    double mean_cost; /* asked for; 0: none */
    karvan_calibration_stats stats;
} distribute;

/* ---- names of two files --------------------------------------------------------------------- */

typedef struct named {
    const char *name;
    int32_t at;
} named;
static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* Places of names in another list; -1: not there. */
static karvan_status match(int32_t n, char *const *list, int32_t m, char *const *asked,
                           int32_t *out, karvan_error *err) {
    named *sorted = karvan_i_malloc((size_t)n + 1, sizeof *sorted);
    if (!sorted) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d names", (int)n);
    for (int32_t i = 0; i < n; i++) sorted[i] = (named){list[i], i};
    qsort(sorted, (size_t)n, sizeof *sorted, by_name);
    for (int32_t i = 0; i < m; i++) {
        named key = {asked[i], 0};
        const named *found = bsearch(&key, sorted, (size_t)n, sizeof *sorted, by_name);
        out[i] = found ? found->at : -1;
    }
    karvan_i_free(sorted);
    return KARVAN_OK;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static karvan_status read_costs(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(cli_od_read(cli_option(c, "costs"), NULL, NAN, &x->costs, err));
    x->cells = (size_t)x->costs.n_origins * (size_t)x->costs.n_destinations;
    for (size_t i = 0; i < x->cells; i++)
        if (isnan(x->costs.value[i])) x->costs.value[i] = INFINITY; /* no value: no trips */
    size_t n = (size_t)x->costs.n_origins, m = (size_t)x->costs.n_destinations;
    x->names = karvan_i_malloc(n + m + 1, sizeof *x->names);
    x->trips = karvan_i_malloc(x->cells + 1, sizeof *x->trips);
    KARVAN_REQUIRE(x->names && x->trips, err, KARVAN_E_NOMEM, "no memory for trips");
    for (size_t i = 0; i < n; i++) x->names[i] = x->costs.origin[i];
    for (size_t j = 0; j < m; j++) x->names[n + j] = x->costs.destination[j];
done:
    return st;
}

/* The table of ends, names as text. */
static karvan_status open_ends(const char *path, karvan_table **out, karvan_error *err) {
    static const karvan_column known[] = {{"zone", KARVAN_TEXT, NULL},
                                          {"production", KARVAN_REAL, NULL},
                                          {"attraction", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column column[3];
    karvan_csv_options o = {.no_rows = true};
    KARVAN_TRY(karvan_csv_read(path, "ends", &o, NULL, &header, err));
    o = (karvan_csv_options){.columns = column, .extra_columns = true};
    for (int k = 0; k < 3; k++)
        if (karvan_table_find(header, known[k].name) >= 0) column[o.n_columns++] = known[k];
    KARVAN_REQUIRE(karvan_table_find(header, "zone") >= 0 && o.n_columns > 1, err, KARVAN_E_DATA,
                   "%s:1:1: ends have zone, and production or attraction or both", path);
    KARVAN_TRY(karvan_csv_read(path, "ends", &o, NULL, out, err));
done:
    karvan_table_destroy(header);
    return st;
}

static karvan_status fault(const karvan_table *t, int column, int64_t row, karvan_error *err,
                           const char *what, const char *name) {
    int64_t line, at;
    const char *path = karvan_table_locate(t, column, row, &line, &at);
    return karvan_fail(err, KARVAN_E_DATA, "%s:%lld:%lld: %s%.60s", path ? path : "",
                       (long long)line, (long long)at, what, name);
}

/* One column of ends by the names of a side of the costs. */
static karvan_status take_side(const cli *c, const karvan_table *t, const char *column, int32_t n,
                               char *const *side, double **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int zone = karvan_table_find(t, "zone"), value = karvan_table_find(t, column);
    int64_t rows = karvan_table_rows(t);
    char **name = karvan_i_calloc((size_t)rows + 1, sizeof *name); /* borrowed of the table */
    int32_t *at = karvan_i_malloc((size_t)rows + 1, sizeof *at);
    bool *given = karvan_i_calloc((size_t)n + 1, sizeof *given);
    double *v = karvan_i_calloc((size_t)n + 1, sizeof *v);
    char empty[] = "";
    KARVAN_REQUIRE(name && at && given && v, err, KARVAN_E_NOMEM, "no memory for zones");
    for (int64_t r = 0; r < rows; r++) {
        const char *text = karvan_table_text(t, zone, r);
        name[r] = text ? (char *)(uintptr_t)text : empty;
    }
    KARVAN_TRY(match(n, side, (int32_t)rows, name, at, err));
    for (int64_t r = 0; r < rows; r++) {
        bool has = karvan_table_state(t, value, r) == KARVAN_VALUE;
        double said = has ? karvan_table_real(t, value, r) : 0;
        if (at[r] < 0 && said == 0) continue;
        if (at[r] >= 0 && !has) {
            st = fault(t, value, r, err, "no number stands here; 0 is right for a zone without ",
                       column);
            goto done;
        }
        if (at[r] < 0) {
            st = fault(t, zone, r, err, "the costs have no zone ", name[r]);
            goto done;
        }
        if (given[at[r]]) {
            st = fault(t, zone, r, err, "this zone stands twice: ", name[r]);
            goto done;
        }
        given[at[r]] = true, v[at[r]] = said;
    }
    for (int32_t i = 0; i < n; i++)
        KARVAN_REQUIRE(given[i], err, KARVAN_E_DATA, "%s has no zone %.60s, which the costs have",
                       cli_option(c, "ends"), side[i]);
    *out = v, v = NULL;
done:
    karvan_i_free(name), karvan_i_free(at), karvan_i_free(given), karvan_i_free(v);
    return st;
}

static karvan_status all_ones(int32_t n, double **out, karvan_error *err) {
    *out = karvan_i_malloc((size_t)n + 1, sizeof **out);
    for (int32_t i = 0; *out && i < n; i++) (*out)[i] = 1;
    return *out ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for zones");
}

/* Sums of both ends, or of one, with the other's as weights (1 where it has no column). */
static karvan_status read_ends(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    const karvan_od *k = &x->costs;
    const char *said = cli_option(c, "constraint");
    KARVAN_TRY(open_ends(cli_option(c, "ends"), &t, err));
    bool from = karvan_table_find(t, "production") >= 0,
         to = karvan_table_find(t, "attraction") >= 0;
    if (!said) x->d.constraint = !to ? KARVAN_ORIGIN_ENDS : !from ? KARVAN_DESTINATION_ENDS : 0;
    KARVAN_REQUIRE(from || x->d.constraint == KARVAN_DESTINATION_ENDS, err, KARVAN_E_DATA,
                   "%s:1:1: no column production", cli_option(c, "ends"));
    KARVAN_REQUIRE(to || x->d.constraint == KARVAN_ORIGIN_ENDS, err, KARVAN_E_DATA,
                   "%s:1:1: no column attraction", cli_option(c, "ends"));
    KARVAN_TRY(from ? take_side(c, t, "production", k->n_origins, k->origin, &x->production, err)
                    : all_ones(k->n_origins, &x->production, err));
    KARVAN_TRY(
        to ? take_side(c, t, "attraction", k->n_destinations, k->destination, &x->attraction, err)
           : all_ones(k->n_destinations, &x->attraction, err));
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status read_observed(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_od seen = {0};
    int32_t *from = NULL, *to = NULL;
    const char *path = cli_option(c, "observed");
    const karvan_od *k = &x->costs;
    KARVAN_TRY(cli_od_read(path, NULL, 0, &seen, err));
    from = karvan_i_malloc((size_t)seen.n_origins + 1, sizeof *from);
    to = karvan_i_malloc((size_t)seen.n_destinations + 1, sizeof *to);
    x->observed = karvan_i_calloc(x->cells + 1, sizeof *x->observed);
    KARVAN_REQUIRE(from && to && x->observed, err, KARVAN_E_NOMEM, "no memory for trips");
    KARVAN_TRY(match(k->n_origins, k->origin, seen.n_origins, seen.origin, from, err));
    KARVAN_TRY(
        match(k->n_destinations, k->destination, seen.n_destinations, seen.destination, to, err));
    for (int32_t i = 0; i < seen.n_origins; i++) {
        for (int32_t j = 0; j < seen.n_destinations; j++) {
            double v = seen.value[(size_t)i * (size_t)seen.n_destinations + (size_t)j];
            if (v == 0 || isnan(v)) continue;
            KARVAN_REQUIRE(from[i] >= 0 && to[j] >= 0, err, KARVAN_E_DATA,
                           "%s: %g trips from %.60s to %.60s, a pair that the costs do not have",
                           path, v, seen.origin[i], seen.destination[j]);
            x->observed[(size_t)from[i] * (size_t)k->n_destinations + (size_t)to[j]] = v;
        }
    }
done:
    karvan_od_clear(&seen);
    karvan_i_free(from), karvan_i_free(to);
    return st;
}

static karvan_status read_bins(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "bins");
    char word[40];
    bool more = true;
    KARVAN_REQUIRE(at, err, KARVAN_E_ARG, "--deterrence bins needs --bins, their upper edges");
    x->deterrence.edge = x->edge, x->deterrence.factor = x->factor;
    for (;;) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        int n = x->deterrence.n_bins;
        KARVAN_REQUIRE(n < BINS_MAX, err, KARVAN_E_ARG, "--bins takes %d edges at most",
                       (int)BINS_MAX);
        KARVAN_REQUIRE(cli_real(word, &x->edge[n]) && (n == 0 || x->edge[n] > x->edge[n - 1]), err,
                       KARVAN_E_ARG, "--bins are numbers that rise, not '%.40s'", word);
        x->factor[n] = 1, x->deterrence.n_bins++;
    }
    KARVAN_REQUIRE(x->deterrence.n_bins > 0, err, KARVAN_E_ARG, "--bins names no edge");
done:
    return st;
}

static karvan_status read_number(const cli *c, const char *option, double *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    if (said && !cli_real(said, out))
        return karvan_fail(err, KARVAN_E_ARG, "--%s is a number, not '%.40s'", option, said);
    return KARVAN_OK;
}

/* What the deterrence is, and its parameters as far as they are told. */
static karvan_status read_deterrence(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *kind = cli_option(c, "deterrence"), *mean = cli_option(c, "mean-cost");
    if (kind) KARVAN_TRY(karvan_deterrence_parse(kind, &x->deterrence.kind, err));
    bool bins = x->deterrence.kind == KARVAN_DETER_BINS,
         tanner = x->deterrence.kind == KARVAN_DETER_TANNER;
    KARVAN_REQUIRE(!bins || cli_switch(c, "observed"), err, KARVAN_E_ARG,
                   "factors of bins are found from --observed");
    KARVAN_REQUIRE(bins || !cli_switch(c, "bins"), err, KARVAN_E_ARG,
                   "--bins goes with --deterrence bins");
    KARVAN_REQUIRE(!cli_switch(c, "power") || (tanner && !cli_switch(c, "observed")), err,
                   KARVAN_E_ARG,
                   "--power goes with --deterrence tanner and --beta or --mean-cost; --observed "
                   "finds it");
    if (bins) KARVAN_TRY(read_bins(c, x, err));
    KARVAN_TRY(read_number(c, "beta", &x->deterrence.beta, err));
    KARVAN_TRY(read_number(c, "power", &x->deterrence.power, err));
    if (mean) KARVAN_TRY(cli_positive("mean-cost", mean, &x->mean_cost, err));
done:
    return st;
}

static karvan_status read_options(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const char *const ends[] = {"both", "origins", "destinations"};
    const char *most = cli_option(c, "max-iterations"), *constraint = cli_option(c, "constraint");
    int k = 0;
    int64_t n = 0;
    int told = cli_switch(c, "beta") + cli_switch(c, "mean-cost") + cli_switch(c, "observed");
    KARVAN_REQUIRE(cli_switch(c, "costs"), err, KARVAN_E_ARG, "--distribute needs --costs FILE");
    KARVAN_REQUIRE(cli_switch(c, "ends") || cli_switch(c, "observed"), err, KARVAN_E_ARG,
                   "--distribute needs --ends FILE, or --observed FILE");
    KARVAN_REQUIRE(told == 1, err, KARVAN_E_ARG,
                   "the deterrence is told by one of --beta, --mean-cost and --observed");
    KARVAN_TRY(read_deterrence(c, x, err));
    while (constraint && k < 3 && strcmp(ends[k], constraint) != 0) k++;
    KARVAN_REQUIRE(k < 3, err, KARVAN_E_ARG,
                   "--constraint is both, origins or destinations, not '%.40s'",
                   constraint ? constraint : "");
    x->d.constraint = (karvan_constraint)k;
    KARVAN_REQUIRE(!most || cli_whole(most, 1, INT32_MAX, &n), err, KARVAN_E_ARG,
                   "--max-iterations is 1 to %d, not '%.40s'", (int)INT32_MAX, most);
    x->o.max_iterations = (int)n;
    KARVAN_TRY(cli_threads(c, &x->o.threads, err));
done:
    return st;
}

/* ---- the model ---------------------------------------------------------------------------------
 */

static karvan_status ones_for(distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!x->production) KARVAN_TRY(all_ones(x->costs.n_origins, &x->production, err));
    if (!x->attraction) KARVAN_TRY(all_ones(x->costs.n_destinations, &x->attraction, err));
done:
    return st;
}

/* The trips of the ends under parameters that are found; of a search that did not end (`found`)
 * too, so that what is handed out has their sums. */
static karvan_status distribute_ends(distribute *x, karvan_status found, karvan_error *err) {
    karvan_error why = {0};
    karvan_status st =
        karvan_distribute(&x->d, &x->deterrence, &x->o, x->trips, &x->stats.balance, &why);
    if (st == KARVAN_OK) return found;
    *err = why;
    return st;
}

static karvan_status make(const cli *c, distribute *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(ones_for(x, err));
    x->d.n_origins = x->costs.n_origins, x->d.n_destinations = x->costs.n_destinations;
    x->d.cost = x->costs.value, x->d.names = x->names;
    x->d.production = x->production, x->d.attraction = x->attraction;
    x->stats = (karvan_calibration_stats){
        .beta_error = NAN, .power_error = NAN, .deviance = NAN, .observed_cost = NAN};
    if (x->observed)
        st = karvan_calibrate_trips(&x->d, x->observed, &x->o, &x->deterrence, x->trips, &x->stats,
                                    err);
    if (st != KARVAN_OK && st != KARVAN_E_NOCONV) goto done;
    if (x->mean_cost > 0)
        st = karvan_calibrate_mean(&x->d, x->mean_cost, &x->o, &x->deterrence, x->trips, &x->stats,
                                   err);
    else if (cli_switch(c, "ends"))
        st = distribute_ends(x, st, err);
done:
    return st;
}

static double mean_cost(const distribute *x) {
    double sum = 0, total = 0;
    for (size_t i = 0; i < x->cells; i++)
        if (x->trips[i] > 0) sum += x->trips[i] * x->costs.value[i], total += x->trips[i];
    return total > 0 ? sum / total : NAN;
}

static karvan_status print_bins(const cli *c, const distribute *x, karvan_error *err) {
    static const karvan_column column[] = {{"up_to", KARVAN_REAL, NULL},
                                           {"factor", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create("bins", 2, column, &b, err));
    for (int k = 0; k < x->deterrence.n_bins; k++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_real(b, 0, x->edge[k], err));
        KARVAN_TRY(karvan_builder_real(b, 1, x->factor[k], err));
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

static karvan_status print(const cli *c, const distribute *x, karvan_error *err) {
    static const karvan_column column[] = {
        {"deterrence", KARVAN_TEXT, NULL},    {"beta", KARVAN_REAL, NULL},
        {"beta_error", KARVAN_REAL, NULL},    {"power", KARVAN_REAL, NULL},
        {"power_error", KARVAN_REAL, NULL},   {"mean_cost", KARVAN_REAL, NULL},
        {"observed_cost", KARVAN_REAL, NULL}, {"deviance", KARVAN_REAL, NULL},
        {"trips", KARVAN_REAL, NULL},         {"balance_error", KARVAN_REAL, NULL},
        {"vanished", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    if (x->deterrence.kind == KARVAN_DETER_BINS) return print_bins(c, x, err);
    const double v[] = {x->deterrence.beta,
                        x->stats.beta_error,
                        x->deterrence.kind == KARVAN_DETER_TANNER ? x->deterrence.power : NAN,
                        x->stats.power_error,
                        mean_cost(x),
                        x->stats.observed_cost,
                        x->stats.deviance,
                        x->stats.balance.total,
                        x->stats.balance.error};
    KARVAN_TRY(karvan_builder_create("distribution", 11, column, &b, err));
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, karvan_deterrence_name(x->deterrence.kind), err));
    for (int k = 0; k < 9; k++)
        KARVAN_TRY(isnan(v[k]) ? karvan_builder_state(b, k + 1, KARVAN_NOT_COVERED, err)
                               : karvan_builder_real(b, k + 1, v[k], err));
    KARVAN_TRY(karvan_builder_int(b, 10, x->stats.balance.vanished, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

karvan_status cli_distribute(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    distribute x = {.cells = 0};
    karvan_error told = {0};
    KARVAN_TRY(read_options(c, &x, err));
    KARVAN_TRY(read_costs(c, &x, err));
    if (cli_switch(c, "ends")) KARVAN_TRY(read_ends(c, &x, err));
    if (cli_switch(c, "observed")) KARVAN_TRY(read_observed(c, &x, err));
    x.o.cancel = cli_interrupts();
    st = make(c, &x, &told);
    /* what the library would not take is in the files */
    KARVAN_REQUIRE(st == KARVAN_OK || st == KARVAN_E_NOCONV, err,
                   st == KARVAN_E_ARG ? KARVAN_E_DATA : st, "%s", told.msg);
    bool reached = st == KARVAN_OK;
    const karvan_od od = {x.costs.n_origins, x.costs.n_destinations, x.costs.origin,
                          x.costs.destination, x.trips};
    if (cli_switch(c, "out")) KARVAN_TRY(cli_od_write(cli_option(c, "out"), &od, "trips", err));
    KARVAN_TRY(print(c, &x, err));
    if (!reached) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    cli_interrupts_end();
    karvan_od_clear(&x.costs);
    karvan_i_free(x.production), karvan_i_free(x.attraction), karvan_i_free(x.observed);
    karvan_i_free(x.trips), karvan_i_free(x.names);
    return st;
}
