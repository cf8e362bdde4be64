/* Directed dyad-years of a state system: passed through, made a table, and written as CSV to
 * /dev/null; with capitals' distances and a column of state-years beside. The system is drawn with
 * a fixed seed in the manner of the Correlates of War (217 states of which a few come back, 1816 to
 * 2016), or read from a file. Each case runs in a process of its own; seconds of the clock, the
 * most memory, and a checksum that all cases of one set share (of codes and years). One JSON line a
 * case.
 *
 *   bench_dyads [STATES.csv [CAPITALS.csv]]
 *
 * The peer, where it is installed: create_dyadyears(system = "cow", subset_years = 1816:2016) of
 * the R package peacesciencer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "karvan/dyads.h"
#include "peer.h"
#include "timing.h"

enum { REPS = 9, STATES = 217, FROM = 1816, TO = 2016, TEXT = 1 << 20 };

typedef struct set {
    const char *states_file, *capitals_file;
    char *states, *capitals, *gdp; /* texts where there is no file */
    karvan_table *capital_table, *gdp_table;
} set;

/* ---- what is drawn ---- */

static void draw(set *s) {
    karvan_random r;
    int n = 0, m = 0, k = 0;
    karvan_random_init(&r, 20261127, 0);
    n += sprintf(s->states, "ccode,start,end\n");
    m += sprintf(s->capitals, "ccode,stdate,enddate,lat,lng\n");
    k += sprintf(s->gdp, "ccode,year,gdp\n");
    for (int i = 0; i < STATES; i++) {
        int code = 2 + 4 * i, first = i < 23 ? FROM
                                      : karvan_random_below(&r, 4)
                                          ? 1945 + (int)karvan_random_below(&r, 50)
                                          : 1820 + (int)karvan_random_below(&r, 125);
        int last = karvan_random_below(&r, 8) ? TO : first + 1 + (int)karvan_random_below(&r, 20);
        if (last > TO) last = TO;
        bool back = last < TO && last < 1990 && karvan_random_below(&r, 2);
        n += sprintf(s->states + n, "%d,%d-%02d-01,%d-12-31\n", code, first, 1 + i % 12, last);
        if (back) n += sprintf(s->states + n, "%d,%d-07-01,%d-12-31\n", code, last + 5, TO);
        m += sprintf(s->capitals + m, "%d,%d,%d,%.4f,%.4f\n", code, FROM, TO,
                     120 * karvan_random_uniform(&r) - 60, 360 * karvan_random_uniform(&r) - 180);
        for (int y = first; y <= last; y++)
            k += sprintf(s->gdp + k, "%d,%d,%.2f\n", code, y, 1e4 * karvan_random_uniform(&r));
    }
}

static karvan_status states_of(const set *s, karvan_states **out, karvan_error *err) {
    if (s->states_file) return karvan_states_read(s->states_file, NULL, NULL, out, err);
    return karvan_states_parse(s->states, strlen(s->states), "states", NULL, NULL, out, err);
}

/* ---- cases ---- */

typedef enum what { COUNT, PASS, TABLE, CSV, JSON, CSV_DISTANCE, CSV_GDP } what;
static const struct {
    const char *name;
    what what;
} CASES[] = {{"dyads_count", COUNT},
             {"dyads_pass", PASS},
             {"dyads_table", TABLE},
             {"dyads_csv", CSV},
             {"dyads_json", JSON},
             {"dyads_csv_distance", CSV_DISTANCE},
             {"dyads_csv_two_columns", CSV_GDP}};

typedef struct sum {
    const karvan_states *states;
    int64_t n, check;
} sum;
static karvan_status add(void *ctx, const karvan_dyad *is, karvan_error *err) {
    sum *s = ctx;
    (void)err;
    s->n++, s->check += (int64_t)is->state1 * 7 + (int64_t)is->state2 * 3 + is->year;
    return KARVAN_OK;
}

/* From the text (or file) of states to the result. */
static karvan_status once(const set *s, what w, FILE *null, int64_t *n, karvan_error *err) {
    karvan_states *states = NULL;
    karvan_dyad_years *d = NULL;
    karvan_table *t = NULL;
    sum total = {0};
    const karvan_dyad_years_query q = {.from = FROM, .to = TO};
    karvan_status st = states_of(s, &states, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_create(states, &q, &d, err);
    if (st == KARVAN_OK && w == CSV_DISTANCE)
        st = karvan_dyad_years_distance(d, s->capital_table, NULL, NULL, err);
    if (st == KARVAN_OK && w == CSV_GDP)
        st = karvan_dyad_years_attach(d, s->gdp_table, NULL, NULL, err);
    if (st == KARVAN_OK && w == COUNT) st = karvan_dyad_years_count(d, n, NULL, err);
    if (st == KARVAN_OK && w == PASS)
        st = karvan_dyad_years_each(d, add, &total, err), *n = total.n;
    if (st == KARVAN_OK && w == TABLE) st = karvan_dyad_years_table(d, false, &t, err);
    if (t) *n = karvan_table_rows(t);
    if (st == KARVAN_OK && w >= CSV)
        st = karvan_dyad_years_write(d, false, w == JSON ? KARVAN_FORMAT_JSON : KARVAN_FORMAT_CSV,
                                     0, null, err);
    karvan_table_destroy(t);
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(states);
    return st;
}

static int64_t checksum(const set *s, int64_t *n) {
    karvan_states *states = NULL;
    karvan_dyad_years *d = NULL;
    sum total = {0};
    const karvan_dyad_years_query q = {.from = FROM, .to = TO};
    if (states_of(s, &states, NULL) == KARVAN_OK &&
        karvan_dyad_years_create(states, &q, &d, NULL) == KARVAN_OK)
        (void)karvan_dyad_years_each(d, add, &total, NULL);
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(states);
    *n = total.n;
    return total.check;
}

static int run(const set *s, size_t k) {
    double seconds[REPS];
    int64_t n = 0, all = 0;
    karvan_error e = {0};
    struct rusage u;
    FILE *null = fopen("/dev/null", "w");
    if (!null) return EXIT_FAILURE;
    for (int i = 0; i < REPS; i++) {
        double begin = now_s();
        if (once(s, CASES[k].what, null, &n, &e) != KARVAN_OK) {
            (void)fprintf(stderr, "%s\n", e.msg);
            return EXIT_FAILURE;
        }
        seconds[i] = now_s() - begin;
    }
    (void)fclose(null);
    (void)getrusage(RUSAGE_SELF, &u);
    int64_t check = checksum(s, &all);
    if (CASES[k].what < CSV && n != all) return EXIT_FAILURE;
    qsort(seconds, REPS, sizeof *seconds, by_double);
    printf("{\"bench\":\"%s\",\"dyad_years\":%lld,\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
           "\"peak_mib\":%ld,\"check\":%lld}\n",
           CASES[k].name, (long long)all, REPS, seconds[REPS / 2], seconds[0], u.ru_maxrss / 1024,
           (long long)check);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void peer(void) {
    char line[200];
    static const char command[] =
        "Rscript -e 'suppressMessages(library(peacesciencer)); s <- sapply(1:5, "
        "function(i) system.time(d <<- create_dyadyears(system = \"cow\", subset_years "
        "= 1816:2016))[[3]]); cat(median(s), min(s), nrow(d))' 2>/dev/null";
    if (!peer_says(command, line, sizeof line)) {
        (void)fprintf(stderr, "peacesciencer is not installed: no peer in this run\n");
        return;
    }
    char *at;
    double median = strtod(line, &at), least = strtod(at, &at);
    printf("{\"bench\":\"peacesciencer_create_dyadyears\",\"dyad_years\":%ld,\"reps\":5,"
           "\"median_s\":%.4f,\"min_s\":%.4f}\n",
           strtol(at, NULL, 10), median, least);
}

static bool open_set(set *s, int argc, char **argv) {
    s->states = calloc(TEXT, 1), s->capitals = calloc(TEXT, 1), s->gdp = calloc(TEXT, 1);
    if (!s->states || !s->capitals || !s->gdp) return false;
    draw(s);
    s->states_file = argc > 1 ? argv[1] : NULL, s->capitals_file = argc > 2 ? argv[2] : NULL;
    karvan_status st = s->capitals_file
                           ? karvan_attach_read(s->capitals_file, &s->capital_table, NULL)
                           : karvan_csv_parse(s->capitals, strlen(s->capitals), "capitals",
                                              "capitals", NULL, NULL, &s->capital_table, NULL);
    return st == KARVAN_OK && karvan_csv_parse(s->gdp, strlen(s->gdp), "gdp", "gdp", NULL, NULL,
                                               &s->gdp_table, NULL) == KARVAN_OK;
}

int main(int argc, char **argv) {
    set s = {0};
    int status = open_set(&s, argc, argv) ? EXIT_SUCCESS : EXIT_FAILURE;
    for (size_t k = 0; status == EXIT_SUCCESS && k < sizeof CASES / sizeof CASES[0]; k++) {
        int how = 0;
        (void)fflush(stdout);
        pid_t child = fork();
        if (child == 0) _exit(run(&s, k));
        if (child < 0 || waitpid(child, &how, 0) != child || how != 0) status = EXIT_FAILURE;
    }
    if (status == EXIT_SUCCESS) peer();
    karvan_table_destroy(s.capital_table), karvan_table_destroy(s.gdp_table);
    free(s.states), free(s.capitals), free(s.gdp);
    return status;
}
