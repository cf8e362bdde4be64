/* karvan assign: skims and ways of its solution as files. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/read_off.h"
#include "cli/words.h"

enum { WHATS = 4, MOST_WAYS = 100 };
static const char *const WHAT[WHATS] = {"cost", "time", "length", "toll"};

/* ---- what is asked ----------------------------------------------------------------------------
 */

static karvan_status read_whats(const cli *c, int *n, int *what, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "skim-what");
    char word[80];
    bool more = true;
    if (!at) at = "cost,time,length";
    for (*n = 0;;) {
        int k = 0;
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        while (k < WHATS && strcmp(WHAT[k], word) != 0) k++;
        KARVAN_REQUIRE(k < WHATS, err, KARVAN_E_ARG,
                       "--skim-what is made of cost, time, length and toll, not '%.40s'", word);
        for (int i = 0; i < *n; i++)
            KARVAN_REQUIRE(what[i] != k, err, KARVAN_E_ARG, "--skim-what names %s twice", word);
        what[(*n)++] = k;
    }
    KARVAN_REQUIRE(*n > 0, err, KARVAN_E_ARG, "--skim-what is empty");
done:
    return st;
}

static bool used_ways(const cli *c) {
    const char *said = cli_option(c, "skim-ways");
    return said && strcmp(said, "used") == 0;
}

static karvan_status goes_with(const cli *c, const char *option, const char *with,
                               karvan_error *err) {
    if (!cli_switch(c, option) || cli_switch(c, with)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --%s", option, with);
}

karvan_status cli_read_off_none(const cli *c, const char *what, karvan_error *err) {
    static const char *const files[] = {"skim", "ways", "compare"};
    karvan_status st = cli_read_off_check(c, err); /* the others go with these */
    for (int i = 0; i < 3 && st == KARVAN_OK; i++)
        if (cli_switch(c, files[i]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s does not go with %s", files[i], what);
    return st;
}

karvan_status cli_read_off_check(const cli *c, karvan_error *err) {
    static const char *const with[][2] = {
        {"skim-what", "skim"},        {"skim-ways", "skim"},
        {"most-ways", "ways"},        {"compare-network", "compare"},
        {"compare-trips", "compare"}, {"compare-classes", "compare"},
        {"compare-links", "compare"}, {"compare-pairs", "compare"},
        {"compare-totals", "compare"}};
    karvan_status st = KARVAN_OK;
    const char *said = cli_option(c, "skim-ways"), *method = cli_option(c, "method");
    int n, what[WHATS];
    int64_t most;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        KARVAN_TRY(goes_with(c, with[i][0], with[i][1], err));
    KARVAN_TRY(read_whats(c, &n, what, err));
    KARVAN_REQUIRE(!said || used_ways(c) || strcmp(said, "least") == 0, err, KARVAN_E_ARG,
                   "--skim-ways is least or used, not '%.40s'", said);
    KARVAN_TRY(cli_count(c, "most-ways", &most, err));
    KARVAN_REQUIRE(most <= INT32_MAX, err, KARVAN_E_ARG, "--most-ways is 1 to %d", INT32_MAX);
    KARVAN_REQUIRE((!cli_switch(c, "ways") && !used_ways(c)) || !method ||
                       strcmp(method, "bush") == 0,
                   err, KARVAN_E_ARG,
                   "--%s needs the ways that are used, which --method %.20s does not keep; bush "
                   "does",
                   cli_switch(c, "ways") ? "ways" : "skim-ways", method);
    KARVAN_TRY(cli_not_both(c, "compare-trips", "compare-classes", err));
    KARVAN_REQUIRE(!cli_switch(c, "compare") || cli_switch(c, "compare-links") ||
                       cli_switch(c, "compare-pairs") || cli_switch(c, "compare-totals"),
                   err, KARVAN_E_ARG,
                   "--compare needs a file to write: --compare-links, --compare-pairs or "
                   "--compare-totals");
done:
    return st;
}

/* ---- skims ------------------------------------------------------------------------------------
 */

/* value[class][what][zones][zones] */
typedef struct skims {
    int n, what[WHATS], n_classes;
    int64_t zones;
    double *value;
} skims;

static karvan_status find_skims(const cli *c, const assign_input *in, const assign_run *run,
                                const karvan_analysis *a, skims *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double *of[WHATS] = {NULL, karvan_assignment_time_view(run->solution),
                               in->net.column[KARVAN_TNTP_LENGTH],
                               in->net.column[KARVAN_TNTP_TOLL]};
    const double *column[WHATS];
    KARVAN_TRY(read_whats(c, &s->n, s->what, err));
    s->zones = in->net.zones, s->n_classes = in->n_classes;
    size_t size = (size_t)s->n * (size_t)s->zones * (size_t)s->zones;
    s->value = karvan_i_malloc((size_t)s->n_classes * size + 1, sizeof *s->value);
    KARVAN_REQUIRE(s->value, err, KARVAN_E_NOMEM, "no memory for matrices of %lld zones",
                   (long long)s->zones);
    for (int i = 0; i < s->n; i++) column[i] = of[s->what[i]];
    for (int k = 0; k < s->n_classes; k++)
        KARVAN_TRY(karvan_analysis_skim(a, k, used_ways(c) ? KARVAN_USED_WAYS : KARVAN_LEAST_WAYS,
                                        s->n, column, run->o.threads, NULL,
                                        s->value + (size_t)k * size, err));
done:
    return st;
}

/* Pairs without trips have no used way, and no row; those that no way joins have empty cells. */
static karvan_status put_rows(const skims *s, const assign_input *in, int class, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t zones = s->zones, size = zones * zones;
    const double *value = s->value + (int64_t) class * s->n * size;
    for (int64_t i = 0; i < size; i++) {
        if (isnan(value[i])) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, in->classes[class].name, err));
        KARVAN_TRY(karvan_builder_int(b, 1, i / zones + 1, err));
        KARVAN_TRY(karvan_builder_int(b, 2, i % zones + 1, err));
        for (int k = 0; k < s->n; k++) {
            double v = value[k * size + i];
            KARVAN_TRY(isfinite(v) ? karvan_builder_real(b, 3 + k, v, err)
                                   : karvan_builder_state(b, 3 + k, KARVAN_NOT_COVERED, err));
        }
    }
done:
    return st;
}

static karvan_status skims_csv(const char *path, const skims *s, const assign_input *in,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[3 + WHATS] = {{"class", KARVAN_TEXT, NULL},
                                        {"origin", KARVAN_INT, NULL},
                                        {"destination", KARVAN_INT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    for (int k = 0; k < s->n; k++)
        columns[3 + k] = (karvan_column){WHAT[s->what[k]], KARVAN_REAL, NULL};
    KARVAN_TRY(karvan_builder_create("skim", 3 + s->n, columns, &b, err));
    for (int k = 0; k < s->n_classes; k++) KARVAN_TRY(put_rows(s, in, k, b, err));
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

/* A matrix a class and measure: cost, or cost_cars; NaN where there is no figure. */
static karvan_status skims_omx(const char *path, const skims *s, const assign_input *in,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t size = s->zones * s->zones;
    karvan_omx_writer *w = NULL;
    KARVAN_TRY(karvan_omx_create(path, s->zones, s->zones, &w, err));
    for (int64_t i = 0; i < (int64_t)s->n_classes * s->n * size; i++)
        if (isinf(s->value[i])) s->value[i] = NAN;
    for (int c = 0; c < s->n_classes; c++)
        for (int k = 0; k < s->n; k++) {
            char name[300];
            int matrix;
            (void)snprintf(name, sizeof name, s->n_classes > 1 ? "%s_%.280s" : "%s",
                           WHAT[s->what[k]], in->classes[c].name);
            KARVAN_TRY(karvan_omx_add_matrix(w, name, &matrix, err));
            KARVAN_TRY(karvan_omx_put(w, matrix, 0, s->zones,
                                      s->value + ((int64_t)c * s->n + k) * size, err));
        }
    karvan_omx_writer *take = w;
    w = NULL;
    st = karvan_omx_finish(take, err);
done:
    karvan_omx_abandon(w);
    return st;
}

static karvan_status write_skims(const cli *c, const assign_input *in, const assign_run *run,
                                 const karvan_analysis *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "skim");
    skims s = {.n = 0};
    KARVAN_TRY(find_skims(c, in, run, a, &s, err));
    st = cli_ends_in(path, ".omx") ? skims_omx(path, &s, in, err) : skims_csv(path, &s, in, err);
done:
    karvan_i_free(s.value);
    return st;
}

/* ---- ways -------------------------------------------------------------------------------------
 */

static karvan_status write_ways(const cli *c, const karvan_analysis *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    int64_t most;
    double rest = 0;
    char trips[40];
    KARVAN_TRY(cli_count(c, "most-ways", &most, err));
    KARVAN_TRY(
        karvan_analysis_ways_table(a, most ? (int32_t)most : MOST_WAYS, NULL, &t, &rest, err));
    KARVAN_TRY(karvan_csv_write(t, cli_option(c, "ways"), err));
    karvan_real_format(rest, trips, sizeof trips);
    if (rest > 0)
        (void)fprintf(stderr,
                      "karvan: note: %s trips go by ways that are not listed; a larger --most-ways "
                      "lists more\n",
                      trips);
done:
    karvan_table_destroy(t);
    return st;
}

karvan_status cli_read_off(const cli *c, const assign_input *in, const assign_run *run,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_analysis *a = NULL;
    if (!cli_switch(c, "skim") && !cli_switch(c, "ways") && !cli_switch(c, "compare"))
        return KARVAN_OK;
    KARVAN_TRY(karvan_analysis_create(&in->problem, run->solution, &a, err));
    if (cli_switch(c, "skim")) KARVAN_TRY(write_skims(c, in, run, a, err));
    if (cli_switch(c, "ways")) KARVAN_TRY(write_ways(c, a, err));
    if (cli_switch(c, "compare")) KARVAN_TRY(cli_read_off_compare(c, a, run, err));
done:
    karvan_analysis_destroy(a);
    return st;
}
