#include "cli/routes.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/asked.h"
#include "cli/words.h"
#include "table/cell.h"

static const double TOO_LONG = 4.0;

static karvan_status objective(const char *s, karvan_objective *out, karvan_error *err) {
    for (int k = KARVAN_BY_TIME; k <= KARVAN_BY_GENERALISED; k++)
        if (strcmp(karvan_objective_name((karvan_objective)k), s) == 0)
            return *out = (karvan_objective)k, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "--by is time, cost, emissions or generalised, not '%.40s'", s);
}

/* w = delta v / 24 per tonne-hour (docs/methods/routes.md), times the tonnes of a TEU. */
karvan_status cli_value_of_time(const cli *c, double *usd_h, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "cargo_classes");
    int64_t row;
    karvan_status st = cli_cargo(c, "general", &row, err);
    if (st != KARVAN_OK) return st;
    *usd_h = karvan_i_cell_real(t, "delta_percent_day", row) / 100.0 *
             karvan_i_cell_real(t, "value_usd_per_t", row) *
             karvan_i_cell_real(t, "tonnes_per_teu", row) / 24.0;
    if (*usd_h >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "cargo class %s has no value of time",
                       karvan_i_cell_text(t, "id", row));
}

static karvan_status add(cli *c, cli_routes *r, const karvan_route_query *q, bool must,
                         karvan_error *err) {
    karvan_error why = {0};
    karvan_route *to = &r->route[r->n];
    karvan_status st = c->by_clock ? karvan_route_depart(c->net, q, &c->depart, to, &why)
                                   : karvan_route_best(c->net, q, to, &why);
    if (st == KARVAN_OK) r->n++;
    if (st == KARVAN_E_NOCONV && !must) return KARVAN_OK; /* a corridor that does not lead there */
    return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
}

/* The best by weights; with no corridor, or one. */
static karvan_status add_weighted(cli *c, cli_routes *r, const karvan_route_query *q,
                                  const char *weights, karvan_error *err) {
    karvan_routes_query all;
    karvan_routes found;
    karvan_routes_query_init(&all, q->from, q->to);
    all.method = KARVAN_ROUTES_K_SHORTEST, all.k = 1, all.corridor = q->corridor;
    karvan_status st = cli_weights_read(weights, &all.weights, err);
    if (st == KARVAN_OK) st = karvan_routes_find(c->net, &all, &found, err);
    if (st != KARVAN_OK) return st;
    r->route[r->n++] = found.route[0];
    found.route[0] = (karvan_route){0}; /* moved */
    karvan_routes_clear(&found);
    return KARVAN_OK;
}

/* Each corridor that leads there in less than some hours. */
static karvan_status add_corridors(cli *c, cli_routes *r, karvan_route_query q, double below_h,
                                   karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "corridors");
    for (int64_t k = 0; t && k < karvan_table_rows(t); k++) {
        q.corridor = (int32_t)k;
        int before = r->n;
        karvan_status st = add(c, r, &q, false, err);
        if (st != KARVAN_OK) return st;
        if (r->n > before && !(r->route[before].hours <= below_h))
            karvan_route_clear(&r->route[--r->n]);
    }
    return KARVAN_OK;
}

/* Room for what a list of objectives and a list of corridors can ask for. */
static karvan_status make_room(const cli *c, int n_by, int n_corridors, cli_routes *out,
                               karvan_error *err) {
    int64_t rows = karvan_table_rows(karvan_package_table(c->region, "corridors"));
    size_t n = (size_t)n_by * (size_t)(rows + n_corridors + 1) + 1;
    out->route = karvan_i_calloc(n, sizeof *out->route);
    return out->route ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu routes", n);
}

static int words(const char *list) {
    int n = list != NULL;
    for (; list && *list; list++) n += *list == ',';
    return n;
}

/* Objectives of --by, each once. */
enum { BY_MAX = 4 };
static karvan_status objectives(const char *list, karvan_objective by[BY_MAX], int *n,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char word[100];
    *n = 0;
    if (!list) by[(*n)++] = KARVAN_BY_TIME;
    for (bool more = list != NULL; more;) {
        karvan_objective one = KARVAN_BY_TIME;
        KARVAN_TRY(cli_next_word(&list, ',', word, sizeof word, &more, err));
        if (!more && *n > 0) break;
        KARVAN_TRY(objective(word, &one, err)); /* of an empty list the word is empty */
        for (int i = 0; i < *n; i++)
            KARVAN_REQUIRE(by[i] != one, err, KARVAN_E_ARG, "--by names %s twice", word);
        by[(*n)++] = one;
    }
done:
    return st;
}

/* The corridors of a list, each of which must lead there. */
static karvan_status add_named(cli *c, cli_routes *r, karvan_route_query q, const char *list,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char word[200];
    for (bool more = true, first = true;; first = false) {
        KARVAN_TRY(cli_next_word(&list, ',', word, sizeof word, &more, err));
        if (!more && !first) break;
        KARVAN_TRY(karvan_network_corridor(c->region, word, &q.corridor, err));
        for (int i = 0; i < r->n; i++)
            KARVAN_REQUIRE(r->route[i].corridor != q.corridor ||
                               r->route[i].objective != q.objective,
                           err, KARVAN_E_ARG, "--corridor names %s twice", word);
        KARVAN_TRY(add(c, r, &q, true, err));
    }
done:
    return st;
}

/* What --by and --corridor ask for, objective by objective. */
static karvan_status add_asked(cli *c, cli_routes *out, karvan_route_query q,
                               const karvan_objective *by, int n_by, const char *corridor,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool all = corridor && strcmp(corridor, "all") == 0;
    for (int i = 0; i < n_by && st == KARVAN_OK; i++) {
        q.objective = by[i];
        if (all)
            st = add_corridors(c, out, q, INFINITY, err);
        else
            st = corridor ? add_named(c, out, q, corridor, err) : add(c, out, &q, true, err);
    }
    if (st == KARVAN_OK && all && out->n == 0)
        st = karvan_fail(err, KARVAN_E_NOCONV, "no corridor leads from %s to %s", c->argument[0],
                         c->argument[1]);
    return st;
}

karvan_status cli_routes_find(cli *c, cli_routes *out, karvan_error *err) {
    karvan_route_query q = {.corridor = -1};
    karvan_objective by[BY_MAX];
    int n_by = 1;
    bool weighs = cli_switch(c, "cargo");
    const char *weights = cli_option(c, "weights");
    const char *said = cli_option(c, "by"), *corridor = cli_option(c, "corridor");
    karvan_status st = cli_open_region(c, err);
    if (st == KARVAN_OK) st = cli_open_network(c, err);
    if (st == KARVAN_OK) st = karvan_network_place(c->region, c->argument[0], &q.from, err);
    if (st == KARVAN_OK) st = karvan_network_place(c->region, c->argument[1], &q.to, err);
    if (st == KARVAN_OK) st = objectives(said, by, &n_by, err);
    for (int i = 0; st == KARVAN_OK && i < n_by; i++)
        weighs = weighs || by[i] == KARVAN_BY_GENERALISED;
    for (int i = 0; st == KARVAN_OK && c->by_clock && i < n_by; i++)
        if (by[i] != KARVAN_BY_TIME)
            st = karvan_fail(err, KARVAN_E_ARG, "--depart finds the best route by time, not by %s",
                             karvan_objective_name(by[i]));
    if (st == KARVAN_OK && weighs) st = cli_value_of_time(c, &q.value_of_time_usd_h, err);
    bool several = corridor && (strchr(corridor, ',') || strcmp(corridor, "all") == 0);
    if (st == KARVAN_OK && weights && c->by_clock)
        st = karvan_fail(err, KARVAN_E_ARG, "--weights does not go with --depart: choose one");
    if (st == KARVAN_OK && weights && (said || several))
        st = karvan_fail(err, KARVAN_E_ARG,
                         "--weights goes neither with --by nor with several corridors");
    if (st == KARVAN_OK) st = make_room(c, n_by, words(corridor), out, err);
    if (st == KARVAN_OK && weights && corridor)
        st = karvan_network_corridor(c->region, corridor, &q.corridor, err);
    if (st == KARVAN_OK && weights) return add_weighted(c, out, &q, weights, err);
    if (st == KARVAN_OK) st = add_asked(c, out, q, by, n_by, corridor, err);
    if (st != KARVAN_OK || said || corridor) return st;
    q.objective = KARVAN_BY_COST; /* nothing said: by time, by cost, and each corridor by time */
    if (!c->by_clock) st = add(c, out, &q, true, err);
    q.objective = KARVAN_BY_TIME;
    /* a corridor that is three times round the world is no answer unless it was asked for */
    return st == KARVAN_OK ? add_corridors(c, out, q, TOO_LONG * out->route[0].hours, err) : st;
}

void cli_routes_clear(cli_routes *r) {
    for (int i = 0; i < r->n; i++) karvan_route_clear(&r->route[i]);
    karvan_i_free(r->route);
    *r = (cli_routes){.n = 0};
}
