/* `karvan dyads --joint`: bodies that both of a pair belong to, of a file or of the region. */
#include <string.h>

#include "cli/dyads.h"
#include "cli/words.h"

enum { BLOCK = 1 << 16, LINE_MOST = 400 };

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
    static const char *const others[] = {
        "states", "system",  "no-microstates", "extend", "undirected", "months",
        "count",  "by-year", "measure",        "trace",  NULL};
    const char *status = cli_option(c, "status");
    karvan_status st =
        cli_not_any(c, cli_option(c, "memberships") ? "memberships" : "joint", others, err);
    if (st == KARVAN_OK && !cli_switch(c, "joint"))
        st = karvan_fail(err, KARVAN_E_ARG, "--memberships goes with --joint");
    if (st == KARVAN_OK && cli_switch(c, "sum")) st = cli_not_both(c, "sum", "bodies", err);
    if (st == KARVAN_OK && status) st = karvan_memberships_status(status, &o->status, err);
    if (st == KARVAN_OK) st = year_option(c, "from", &o->has_from, &o->from, err);
    if (st == KARVAN_OK) st = year_option(c, "to", &o->has_to, &o->to, err);
    if (st == KARVAN_OK && o->has_from && o->has_to && o->from > o->to)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %d lies after --to %d", o->from, o->to);
    return st;
}

/* ---- rows as CSV, as fast as they are counted ---- */

typedef struct writing {
    const karvan_memberships *m;
    bool bounds;
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
    put_number(w, j->joint);
    if (w->bounds) w->block[w->n++] = ',', put_number(w, j->most);
    w->block[w->n++] = '\n';
    return KARVAN_OK;
}

/* Codes that stand in CSV as they are, and are not long. */
static bool plain_codes(const karvan_memberships *m) {
    for (int32_t s = 0; s < karvan_memberships_states(m); s++) {
        const char *code = karvan_memberships_state(m, s);
        if (strlen(code) > 100 || strpbrk(code, ",\"\r\n") || strcmp(code, "..") == 0 ||
            *code == ' ')
            return false;
    }
    return true;
}

static karvan_status write_csv(const karvan_memberships *m, const karvan_joint_query *q,
                               bool bounds, karvan_error *err) {
    static writing w;
    w = (writing){.m = m, .bounds = bounds};
    put_text(&w, bounds ? "code1,code2,year,joint,joint_max\n" : "code1,code2,year,joint\n");
    karvan_status st = karvan_joint_each(m, q, write_row, &w, err);
    flush(&w);
    return st;
}

/* ---- what was asked for ---- */

static karvan_status print_sum(const cli *c, const karvan_memberships *m,
                               const karvan_joint_query *q, karvan_error *err) {
    karvan_joint_totals t;
    karvan_status st = karvan_joint_sum(m, q, &t, err);
    if (st != KARVAN_OK) return st;
    if (cli_switch(c, "bounds"))
        (void)printf("%lld %lld\n", (long long)t.joint, (long long)t.most);
    else
        (void)printf("%lld\n", (long long)t.joint);
    return KARVAN_OK;
}

static karvan_status print_table(const cli *c, const karvan_memberships *m,
                                 const karvan_joint_query *q, unsigned columns, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_joint_table(m, q, columns, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static void tell_unknown(const karvan_memberships *m) {
    long long n = (long long)karvan_memberships_unknown(m);
    if (n > 0)
        (void)fprintf(stderr,
                      "karvan: note: %lld cell%s not known; joint counts what is certain, --bounds "
                      "adds what is possible\n",
                      n, n == 1 ? " is" : "s are");
}

static karvan_status print(const cli *c, const karvan_memberships *m, const karvan_joint_query *q,
                           karvan_error *err) {
    bool bounds = cli_switch(c, "bounds");
    unsigned columns =
        (bounds ? KARVAN_JOINT_MOST : 0) | (cli_switch(c, "bodies") ? KARVAN_JOINT_BODIES : 0);
    if (!bounds) tell_unknown(m);
    if (cli_switch(c, "sum")) return print_sum(c, m, q, err);
    if (c->format == KARVAN_FORMAT_CSV && !(columns & KARVAN_JOINT_BODIES) && plain_codes(m))
        return write_csv(m, q, bounds, err);
    return print_table(c, m, q, columns, err);
}

static karvan_status open(cli *c, const karvan_memberships_options *o, karvan_memberships **m,
                          karvan_joint_query *q, karvan_error *err) {
    const char *file = cli_option(c, "memberships"), *pair = cli_option(c, "pair");
    const char *a, *b;
    char codes[100];
    karvan_status st = file ? cli_no_pipe(c, "memberships", err) : cli_open_region(c, err);
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
    if (st == KARVAN_OK) st = open(c, &o, &m, &q, err);
    if (st == KARVAN_OK) st = print(c, m, &q, err);
    karvan_memberships_destroy(m);
    return st;
}
