/* Finding and opening the region. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/words.h"
#include "table/cell.h"
#include "table/match.h"

static bool is_region(const char *dir) {
    char file[4200];
    struct stat s;
    (void)snprintf(file, sizeof file, "%s/datapackage.json", dir);
    return stat(file, &s) == 0;
}

static bool is_file(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* --region (a folder, or its descriptor), KARVAN_REGION, then beside the program (a build tree), in
 * the sources, installed. */
static karvan_status find_region(cli *c, karvan_error *err) {
    const char *said = cli_option(c, "region");
    char self[3000] = "";
    if (!said) said = getenv("KARVAN_REGION");
    if (said && *said) {
        (void)snprintf(c->region_dir, sizeof c->region_dir, "%s", said);
        if (is_region(said) || is_file(said)) return KARVAN_OK;
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s is no region: there is no datapackage.json in it", said);
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = 0;
        char *slash = strrchr(self, '/');
        if (slash) *slash = 0;
        static const char *const beside[] = {"../../regions/caspian",
                                             "../share/karvan/regions/caspian"};
        for (int i = 0; i < 2; i++) {
            (void)snprintf(c->region_dir, sizeof c->region_dir, "%s/%s", self, beside[i]);
            char *real = is_region(c->region_dir) ? realpath(c->region_dir, NULL) : NULL;
            if (!real) continue;
            (void)snprintf(c->region_dir, sizeof c->region_dir, "%s", real);
            free(real);
            return KARVAN_OK;
        }
    }
    static const char *const known[] = {KARVAN_SOURCEDIR "/regions/caspian",
                                        KARVAN_DATADIR "/regions/caspian"};
    for (int i = 0; i < 2; i++) {
        (void)snprintf(c->region_dir, sizeof c->region_dir, "%s", known[i]);
        if (is_region(c->region_dir)) return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_DATA,
                       "the region that ships was not found; say where with --region DIR");
}

/* --scenario A,B: their edits over the region just opened. */
static karvan_status apply_scenarios(cli *c, karvan_error *err) {
    enum { SCENARIOS_MAX = 64 };
    char words[2000], *to = words;
    const char *names[SCENARIOS_MAX], *at = cli_option(c, "scenario");
    int n = 0;
    if (!at) return KARVAN_OK;
    if (strlen(at) + 2 > sizeof words)
        return karvan_fail(err, KARVAN_E_ARG, "--scenario is too long");
    for (bool more = true;; to += strlen(to) + 1) { /* there is room for all, each with its end */
        karvan_status st =
            cli_next_word(&at, ',', to, sizeof words - (size_t)(to - words), &more, err);
        if (st != KARVAN_OK) return st;
        if (!more) break;
        if (n == SCENARIOS_MAX)
            return karvan_fail(err, KARVAN_E_ARG, "more than %d scenarios", (int)SCENARIOS_MAX);
        names[n++] = to;
    }
    return karvan_scenarios_apply(c->region, n, names, c->problems, err);
}

static karvan_status open_package(cli *c, const char *const *only, karvan_error *err) {
    karvan_status st = find_region(c, err);
    if (cli_option(c, "scenario")) only = NULL; /* its edits may be of any table */
    if (st == KARVAN_OK) st = karvan_problems_create(&c->problems, err);
    if (st == KARVAN_OK)
        st = karvan_package_open_some(c->region_dir, only, c->problems, &c->region, err);
    if (st == KARVAN_OK) st = apply_scenarios(c, err);
    return st;
}

karvan_status cli_plain_region(const cli *c, karvan_package **out, karvan_error *err) {
    karvan_problems *problems = NULL; /* told when the region was opened */
    *out = NULL;
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_package_open(c->region_dir, problems, out, err);
    karvan_problems_destroy(problems);
    return st;
}

karvan_status cli_check_region(cli *c, karvan_error *err) {
    karvan_status st = open_package(c, NULL, err);
    /* a descriptor that cannot be used is a problem of the data, and listed */
    if (st == KARVAN_E_DATA && c->problems && karvan_problems_total(c->problems) > 0) {
        *err = (karvan_error){0};
        return KARVAN_OK;
    }
    if (st == KARVAN_OK) st = karvan_package_check_sources(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_scenarios_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_record_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_coverage_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_relation_index_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_trade_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_network_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_flow_check(c->region, c->problems, err);
    if (st == KARVAN_OK) st = karvan_study_check(c->region, c->problems, err);
    if (st == KARVAN_OK) karvan_problems_sort(c->problems);
    return st;
}

karvan_status cli_not_there(const char *path, karvan_error *err) {
    struct stat there;
    if (lstat(path, &there) != 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "%s is there already: choose another folder", path);
}

karvan_status cli_open_region(cli *c, karvan_error *err) { return cli_open_tables(c, NULL, err); }

karvan_status cli_open_tables(cli *c, const char *const *only, karvan_error *err) {
    karvan_status st = open_package(c, only, err);
    int64_t errors = c->problems ? karvan_problems_count(c->problems, KARVAN_ERROR) : 0;
    if (errors == 0) return st;
    *err = (karvan_error){0};
    for (int64_t i = 0, shown = 0; i < karvan_problems_total(c->problems) && shown < 20; i++) {
        karvan_problem p = karvan_problems_get(c->problems, i);
        if (p.severity == KARVAN_ERROR) cli_print_problem(stderr, &p), shown++;
    }
    return karvan_fail(err, KARVAN_E_DATA,
                       "the region has %lld error%s; karvan check lists them all",
                       (long long)errors, errors == 1 ? "" : "s");
}

karvan_status cli_cargo(const cli *c, const char *otherwise, int64_t *row, karvan_error *err) {
    static const char *const columns[] = {"id", "name", NULL};
    const char *said = cli_option(c, "cargo");
    const karvan_table *t = karvan_package_table(c->region, "cargo_classes");
    if (!t) return karvan_fail(err, KARVAN_E_DATA, "the region has no table cargo_classes");
    return karvan_i_match_row(t, "cargo class", columns, said ? said : otherwise, row, err);
}

/* --month, --depart: what the network is to know of time. */
static karvan_status read_time(cli *c, karvan_network_options *o, karvan_error *err) {
    const char *month = cli_option(c, "month"), *depart = cli_option(c, "depart");
    int64_t m;
    karvan_status st = cli_not_both(c, "depart", "month", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "depart", "date", err);
    if (st != KARVAN_OK) return st;
    if (month) {
        if (!cli_whole(month, 1, 12, &m))
            return karvan_fail(err, KARVAN_E_ARG, "--month is 1 to 12, not '%.40s'", month);
        o->month = (int)m;
    }
    if (!depart) return KARVAN_OK;
    karvan_error why = {0};
    if (karvan_moment_parse(depart, &c->depart, &why) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "--depart: %s", why.msg);
    o->date = c->depart.day, o->by_clock = c->by_clock = true;
    return KARVAN_OK;
}

karvan_status cli_open_network(cli *c, karvan_error *err) {
    karvan_network_options o;
    bool given;
    int64_t cargo = -1;
    karvan_status st = karvan_network_defaults(c->region, &o, err);
    if (st == KARVAN_OK) st = cli_day(c, "date", &o.date, &given, err);
    if (st == KARVAN_OK && cli_switch(c, "cargo")) {
        st = cli_cargo(c, NULL, &cargo, err);
        if (st == KARVAN_OK)
            o.cargo_class =
                karvan_i_cell_text(karvan_package_table(c->region, "cargo_classes"), "id", cargo);
    }
    o.handling = cli_switch(c, "handling");
    if (st == KARVAN_OK) st = read_time(c, &o, err);
    return st == KARVAN_OK ? karvan_network_create(c->region, &o, &c->net, err) : st;
}

karvan_status cli_day(const cli *c, const char *option, karvan_day *out, bool *given,
                      karvan_error *err) {
    const char *s = cli_option(c, option);
    karvan_edtf d;
    karvan_error why = {0};
    *given = s != NULL;
    if (!s) return KARVAN_OK;
    if (karvan_edtf_parse(s, strlen(s), &d, &why) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "--%s: %s", option, why.msg);
    *out = strcmp(option, "to") == 0 ? d.latest : d.earliest;
    return KARVAN_OK;
}

/* Does it name days without a doubt: no interval, no set, nothing unspecified or qualified? */
static bool is_plain(const karvan_edtf *d) {
    return !d->is_interval && !d->is_set && !d->uncertain && !d->approximate && !d->unspecified;
}

karvan_status cli_plain_day(const cli *c, const char *option, bool alone, karvan_day *out,
                            bool *given, karvan_error *err) {
    const char *s = cli_option(c, option);
    karvan_edtf d;
    karvan_status st = cli_day(c, option, out, given, err);
    if (st != KARVAN_OK || !s) return st;
    if (karvan_edtf_parse(s, strlen(s), &d, NULL) == KARVAN_OK && is_plain(&d) &&
        (!alone || d.earliest == d.latest))
        return KARVAN_OK;
    if (alone)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--%s: '%.40s' is not one day; say which, as in 2015-06-30", option, s);
    return karvan_fail(err, KARVAN_E_ARG,
                       "--%s: '%.40s' has no first day that is certain; say a day, a month or a "
                       "year, as in 2015-06-30, 2015-06 or 2015",
                       option, s);
}

karvan_status cli_print(const cli *c, const karvan_table *t, karvan_error *err) {
    return karvan_table_write(t, c->format, cli_width(), stdout, err);
}

karvan_status cli_print_states(const cli *c, const karvan_table *t, karvan_error *err) {
    return karvan_table_write_states(t, c->format, cli_width(), stdout, err);
}

void cli_json(FILE *out, const char *s) {
    karvan_i_text t = {0};
    karvan_i_text_json(&t, s);
    (void)fprintf(out, "\"%s\"", t.s ? t.s : "");
    karvan_i_text_clear(&t);
}

void cli_csv(FILE *out, const char *s) {
    karvan_i_text t = {0};
    karvan_i_text_csv(&t, s);
    (void)fputs(t.s ? t.s : "", out);
    karvan_i_text_clear(&t);
}
