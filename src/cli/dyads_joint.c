/* `karvan dyads --joint`: bodies that both of a pair belong to, of a file or of the region. */
#include <string.h>

#include "cli/dyads.h"
#include "cli/words.h"

enum { BLOCK = 1 << 16, CODE_MOST = 100, LINE_MOST = 2 * CODE_MOST + 200 };

static karvan_status year_option(const cli *c, const char *name, bool *has, int *out,
                                 karvan_error *err) {
    const char *said = cli_option(c, name);
    int64_t year = 0;
    if (said && !cli_whole(said, -9999, 9999, &year))
        return karvan_fail(err, KARVAN_E_ARG, "--%s is a year, not '%.40s'", name, said);
    *has = said != NULL, *out = (int)year;
    return KARVAN_OK;
}

static karvan_status read_options(const cli *c, karvan_memberships_options *o, karvan_error *err) {
    static const char *const others[] = {"states",     "system",  "no-microstates",
                                         "undirected", "months",  "count",
                                         "by-year",    "measure", NULL};
    static const char *const of_counts[] = {"sum", "bounds", "bodies", NULL};
    const char *status = cli_option(c, "status");
    karvan_status st =
        cli_not_any(c, cli_option(c, "memberships") ? "memberships" : "joint", others, err);
    if (st == KARVAN_OK && !cli_switch(c, "joint"))
        st = karvan_fail(err, KARVAN_E_ARG, "--memberships goes with --joint");
    if (st == KARVAN_OK && cli_switch(c, "trace")) st = cli_not_any(c, "trace", of_counts, err);
    o->keep_cells = cli_switch(c, "trace"), o->extend = cli_switch(c, "extend");
    if (st == KARVAN_OK && cli_switch(c, "sum")) st = cli_not_both(c, "sum", "bodies", err);
    if (st == KARVAN_OK && status) st = karvan_memberships_status(status, &o->status, err);
    if (st == KARVAN_OK) st = year_option(c, "from", &o->has_from, &o->from, err);
    if (st == KARVAN_OK) st = year_option(c, "to", &o->has_to, &o->to, err);
    if (st == KARVAN_OK && o->has_from && o->has_to && o->from > o->to)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %d lies after --to %d", o->from, o->to);
    return st;
}

static void tell_years(const cli *c, const karvan_memberships *m) {
    const char *file = cli_option(c, "memberships");
    cli_years y = {.asked_from = cli_switch(c, "from"), .asked_to = cli_switch(c, "to")};
    int from = 0, to = 0;
    y.has = karvan_memberships_years(m, &from, &to);
    y.from = from, y.to = to;
    if (y.asked_from) (void)cli_whole(cli_option(c, "from"), -9999, 9999, &y.least);
    if (y.asked_to) (void)cli_whole(cli_option(c, "to"), -9999, 9999, &y.most);
    cli_note_no_rows(file ? file : "the region's memberships", &y);
}

/* Standard error says where there is no row at all, and where more is possible than what is
 * counted, unless it is printed beside. */
static void tell_open(const cli *c, const karvan_memberships *m, const karvan_joint_totals *t) {
    const char *file = cli_option(c, "memberships");
    int64_t to;
    int first, last;
    if (t->rows == 0) tell_years(c, m);
    if (cli_switch(c, "extend") && cli_switch(c, "to") &&
        cli_whole(cli_option(c, "to"), -9999, 9999, &to) &&
        karvan_memberships_years(m, &first, &last))
        cli_note_extended(file ? file : "the region's memberships", last, (int)to);
    if (t->not_covered > 0)
        (void)fprintf(stderr, "karvan: note: %lld of %lld dyad-years %s not covered: %s\n",
                      (long long)t->not_covered, (long long)t->rows,
                      t->not_covered == 1 ? "is" : "are",
                      cli_option(c, "memberships")
                          ? "the file speaks of no year so late (--extend carries on what goes on "
                            "in its last)"
                          : "table coverage has no body whole for both, or the year comes after "
                            "the last that the region knows");
    if (t->open > 0 && !cli_switch(c, "bounds") && !cli_switch(c, "trace"))
        (void)fprintf(stderr,
                      "karvan: note: joint counts what is certain; in %lld of %lld dyad-years more "
                      "is possible, which --bounds adds\n",
                      (long long)t->open, (long long)t->rows);
}

/* Of a region a count may be not covered, and rows still show a part of it. */
static bool has_least(const cli *c) {
    return cli_switch(c, "bounds") && !cli_option(c, "memberships");
}

/* ---- rows as CSV, as fast as they are counted ---- */

typedef struct writing {
    const karvan_memberships *m;
    karvan_joint_totals t;
    bool bounds, least; /* joint_max; joint_min */
    size_t n;
    char block[BLOCK];
} writing;

static void flush(writing *w) {
    (void)fwrite(w->block, 1, w->n, stdout);
    w->n = 0;
}

static void put_text(writing *w, const char *s) {
    size_t n = strlen(s);
    memcpy(w->block + w->n, s, n);
    w->n += n;
}

static void put_number(writing *w, int64_t v) {
    char digits[24];
    int n = 0;
    if (v < 0) w->block[w->n++] = '-', v = -v;
    do digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    while (n > 0) w->block[w->n++] = digits[--n];
}

static karvan_status write_row(void *ctx, const karvan_joint *j, karvan_error *err) {
    writing *w = ctx;
    (void)err;
    if (w->n > BLOCK - LINE_MOST) flush(w);
    put_text(w, karvan_memberships_state(w->m, j->a)), w->block[w->n++] = ',';
    put_text(w, karvan_memberships_state(w->m, j->b)), w->block[w->n++] = ',';
    put_number(w, j->year), w->block[w->n++] = ',';
    if (j->state == KARVAN_VALUE)
        put_number(w, j->joint);
    else
        put_text(w, "..");
    if (w->least) w->block[w->n++] = ',', put_number(w, j->joint);
    if (w->bounds) w->block[w->n++] = ',', put_number(w, j->most);
    w->block[w->n++] = '\n';
    bool value = j->state == KARVAN_VALUE;
    w->t.rows++, w->t.open += value && j->most > j->joint, w->t.not_covered += !value;
    return KARVAN_OK;
}

/* Codes that stand in CSV as they are, and are not long. */
static bool plain_codes(const karvan_memberships *m) {
    for (int32_t s = 0; s < karvan_memberships_states(m); s++) {
        const char *code = karvan_memberships_state(m, s);
        if (strlen(code) > CODE_MOST || strpbrk(code, ",\"\r\n ") || strcmp(code, "..") == 0)
            return false;
    }
    return true;
}

static karvan_status write_csv(const cli *c, const karvan_memberships *m,
                               const karvan_joint_query *q, karvan_error *err) {
    writing w = {.m = m, .bounds = cli_switch(c, "bounds"), .least = has_least(c)};
    put_text(&w, "code1,code2,year,joint");
    put_text(&w, w.least ? ",joint_min" : "");
    put_text(&w, w.bounds ? ",joint_max\n" : "\n");
    karvan_status st = karvan_joint_each(m, q, write_row, &w, err);
    flush(&w);
    if (st == KARVAN_OK) tell_open(c, m, &w.t);
    return st;
}

/* ---- what was asked for ---- */

static void print_sum(const cli *c, const karvan_joint_totals *t) {
    if (cli_switch(c, "bounds"))
        (void)printf("%lld %lld\n", (long long)t->joint, (long long)t->most);
    else
        (void)printf("%lld\n", (long long)t->joint);
}

static karvan_status print_table(const cli *c, const karvan_memberships *m,
                                 const karvan_joint_query *q, karvan_error *err) {
    unsigned columns = (cli_switch(c, "bounds") ? KARVAN_JOINT_MOST : 0) |
                       (has_least(c) ? KARVAN_JOINT_LEAST : 0) |
                       (cli_switch(c, "bodies") ? KARVAN_JOINT_BODIES : 0);
    karvan_table *t = NULL;
    karvan_status st = cli_switch(c, "trace") ? karvan_joint_trace(m, q, &t, err)
                                              : karvan_joint_table(m, q, columns, &t, err);
    if (st == KARVAN_OK) st = cli_print_states(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status print(const cli *c, const karvan_memberships *m, const karvan_joint_query *q,
                           karvan_error *err) {
    bool sum = cli_switch(c, "sum"), trace = cli_switch(c, "trace");
    karvan_joint_totals t;
    if (!sum && !trace && c->format == KARVAN_FORMAT_CSV && !cli_switch(c, "bodies") &&
        plain_codes(m))
        return write_csv(c, m, q, err);
    karvan_status st = karvan_joint_sum(m, q, &t, err);
    if (st == KARVAN_OK && sum) print_sum(c, &t);
    if (st == KARVAN_OK && !sum) st = print_table(c, m, q, err);
    if (st == KARVAN_OK) tell_open(c, m, &t);
    return st;
}

/* Tables that memberships rest on; a region need not have them all. */
static const char *const tables[] = {"countries", "organisations", "memberships",
                                     "coverage",  "settings",      NULL};

static karvan_status open_memberships(cli *c, const karvan_memberships_options *o,
                                      karvan_memberships **m, karvan_joint_query *q,
                                      karvan_error *err) {
    const char *file = cli_option(c, "memberships"), *pair = cli_option(c, "pair");
    const char *a, *b;
    char codes[100];
    karvan_status st = file ? cli_no_pipe(c, "memberships", err) : cli_open_tables(c, tables, err);
    if (st == KARVAN_OK)
        st = file ? karvan_memberships_read(file, o, m, err)
                  : karvan_memberships_of_region(c->region, o, m, err);
    if (st == KARVAN_OK && pair && !file) {
        st = karvan_record_pair(c->region, pair, &a, &b, err);
        if (st == KARVAN_OK) (void)snprintf(codes, sizeof codes, "%s-%s", a, b);
        pair = codes;
    }
    if (st == KARVAN_OK && pair) {
        q->one_pair = true;
        st = karvan_memberships_pair(*m, pair, &q->a, &q->b, err);
    }
    return st;
}

karvan_status cli_dyads_joint(cli *c, karvan_error *err) {
    karvan_memberships_options o = {0};
    karvan_memberships *m = NULL;
    karvan_joint_query q = {0};
    karvan_status st = read_options(c, &o, err);
    if (st == KARVAN_OK) st = open_memberships(c, &o, &m, &q, err);
    if (st == KARVAN_OK) st = print(c, m, &q, err);
    karvan_memberships_destroy(m);
    return st;
}
