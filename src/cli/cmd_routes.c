/* Sets of routes: which ways none beats in all that counts. */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/routes.h"

enum { LIST_MAX = 64 };

typedef struct lists {
    char text[3][1000];
    int32_t countries[LIST_MAX], places[LIST_MAX];
    const char *modes[LIST_MAX];
} lists;

/* The next of the words parted by commas; the text is cut up on the way. */
static char *next_word(char **at) {
    while (**at == ',') ++*at;
    if (!**at) return NULL;
    char *word = *at;
    *at += strcspn(*at, ",");
    if (**at) *(*at)++ = 0;
    return word;
}

static karvan_status read_weights(const cli *c, unsigned *weigh, karvan_error *err) {
    static const struct {
        const char *name;
        unsigned flag;
    } all[] = {{"time", KARVAN_WEIGH_TIME},
               {"cost", KARVAN_WEIGH_COST},
               {"emissions", KARVAN_WEIGH_EMISSIONS},
               {"dispersion", KARVAN_WEIGH_DISPERSION}};
    char said[200];
    (void)snprintf(said, sizeof said, "%s",
                   cli_option(c, "pareto") ? cli_option(c, "pareto") : "time,cost");
    for (char *at = said, *word; (word = next_word(&at)) != NULL;) {
        unsigned flag = 0;
        for (int i = 0; i < 4; i++)
            if (strcmp(all[i].name, word) == 0) flag = all[i].flag;
        if (!flag)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--pareto takes time, cost, emissions and dispersion, not '%.40s'",
                               word);
        *weigh |= flag;
    }
    return KARVAN_OK;
}

/* The words of an option, each handed on to be looked up. */
typedef karvan_status (*take)(const cli *c, const char *word, int n, lists *l, karvan_error *err);
static karvan_status read_list(const cli *c, const char *option, char *text, size_t cap, take f,
                               lists *l, int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)snprintf(text, cap, "%s", cli_option(c, option) ? cli_option(c, option) : "");
    for (char *at = text, *word; (word = next_word(&at)) != NULL;) {
        KARVAN_REQUIRE(*n < LIST_MAX, err, KARVAN_E_ARG, "--%s takes %d at the most", option,
                       (int)LIST_MAX);
        KARVAN_TRY(f(c, word, *n, l, err));
        ++*n;
    }
done:
    return st;
}

static karvan_status take_country(const cli *c, const char *word, int n, lists *l,
                                  karvan_error *err) {
    const char *code = NULL;
    karvan_status st = karvan_record_party(c->region, word, &code, err);
    if (st == KARVAN_OK)
        l->countries[n] = (int32_t)karvan_package_row(c->region, "countries", code);
    if (st == KARVAN_OK && l->countries[n] < 0)
        st = karvan_fail(err, KARVAN_E_ARG, "%s is no country", code);
    return st;
}

static karvan_status take_place(const cli *c, const char *word, int n, lists *l,
                                karvan_error *err) {
    return karvan_network_place(c->region, word, &l->places[n], err);
}

static karvan_status take_mode(const cli *c, const char *word, int n, lists *l, karvan_error *err) {
    (void)c, (void)err;
    l->modes[n] = word;
    return KARVAN_OK;
}

static karvan_status read_query(cli *c, lists *l, karvan_pareto_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *most = cli_option(c, "max-transhipments");
    *q = (karvan_pareto_query){.max_transhipments = -1, .countries = l->countries};
    q->places = l->places, q->modes = l->modes;
    KARVAN_TRY(read_weights(c, &q->weigh, err));
    KARVAN_TRY(karvan_network_place(c->region, c->argument[0], &q->from, err));
    KARVAN_TRY(karvan_network_place(c->region, c->argument[1], &q->to, err));
    KARVAN_TRY(read_list(c, "avoid-country", l->text[0], sizeof l->text[0], take_country, l,
                         &q->n_countries, err));
    KARVAN_TRY(read_list(c, "avoid-place", l->text[1], sizeof l->text[1], take_place, l,
                         &q->n_places, err));
    KARVAN_TRY(
        read_list(c, "avoid-mode", l->text[2], sizeof l->text[2], take_mode, l, &q->n_modes, err));
    if (most) {
        char *end;
        long n = strtol(most, &end, 10);
        KARVAN_REQUIRE(*most && !*end && n >= 0 && n < 1000, err, KARVAN_E_ARG,
                       "--max-transhipments is a number from 0, not '%.40s'", most);
        q->max_transhipments = (int)n;
    }
done:
    return st;
}

static karvan_status print(const cli *c, const karvan_routes *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    if (c->format == KARVAN_FORMAT_JSON) return cli_routes_json(c, r->n, r->route, err);
    if (c->format == KARVAN_FORMAT_CSV) {
        KARVAN_TRY(karvan_route_table(c->region, r->n, r->route, &t, err));
        st = cli_print(c, t, err);
        goto done;
    }
    KARVAN_TRY(cli_routes_summary(c, r->n, r->route, err));
    for (int32_t i = 0; i < r->n && cli_switch(c, "legs"); i++) {
        (void)printf("\nroute %d, leg by leg:\n", (int)i + 1);
        KARVAN_TRY(cli_route_legs(c, &r->route[i], err));
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_routes(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_pareto_query q;
    karvan_routes r = {0};
    lists l;
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    KARVAN_TRY(read_query(c, &l, &q, err));
    KARVAN_TRY(karvan_routes_pareto(c->net, &q, &r, err));
    if (r.capped)
        (void)fprintf(stderr, "karvan: the set is incomplete: it has more labels than are kept\n");
    KARVAN_TRY(print(c, &r, err));
done:
    karvan_routes_clear(&r);
    return st;
}

static const option_spec options[] = {
    {"pareto", "A,B", "what is weighed: time, cost, emissions, dispersion (default: time,cost)"},
    {"avoid-country", "A,B", "countries that are not passed"},
    {"avoid-place", "A,B", "places that are not passed: a frontier, a port"},
    {"avoid-mode", "A,B", "modes that are not used, as in table links"},
    {"max-transhipments", "N", "changes of mode or gauge at the most"},
    NETWORK_OPTIONS,
    {"legs", NULL, "each route leg by leg"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan routes \"Xi'an\" Duisburg",
    "karvan routes Aktau Constanta --pareto time,cost,dispersion",
    "karvan routes \"Xi'an\" Duisburg --avoid-country RUS,IRN --avoid-mode road",
    "karvan routes Tashkent Istanbul --max-transhipments 2 --format json", NULL};
const command command_routes = {
    "routes",
    "the ways that no other beats in time, cost, emissions and dispersion",
    "FROM TO",
    "Finds the Pareto set: routes of which none is as good as another in all that is weighed and "
    "better in some.\n"
    "One route stands for each vector of values, the best by the first on top. The ends may lie in "
    "what is avoided.",
    options,
    examples,
    2,
    2,
    run_routes};
