#include "cli/asked.h"

#include <string.h>

#include "base/try.h"
#include "cli/words.h"
#include "table/cell.h"

/* ---- numbers ---- */

static karvan_status number(const char *option, const char *said, double *out, karvan_error *err) {
    if (cli_real(said, out) && *out >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s takes numbers of 0 or more, not '%.40s'", option,
                       said);
}

static karvan_status count(const cli *c, const char *option, int least, int *out,
                           karvan_error *err) {
    const char *said = cli_option(c, option);
    int64_t n;
    if (!said) return KARVAN_OK;
    if (!cli_whole(said, least, 1000, &n))
        return karvan_fail(err, KARVAN_E_ARG, "--%s is a number from %d to 1000, not '%.40s'",
                           option, least, said);
    *out = (int)n;
    return KARVAN_OK;
}

karvan_status cli_weights_read(const char *said, karvan_weights *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char word[100];
    static const char *const names[] = {"time", "cost", "co2", "km"};
    double w[4] = {0};
    bool said_so[4] = {false};
    for (bool more = true;;) {
        KARVAN_TRY(cli_next_word(&said, ',', word, sizeof word, &more, err));
        if (!more) break;
        char *value = strchr(word, '=');
        int which = -1;
        if (value) *value++ = 0;
        for (int i = 0; i < 4; i++)
            if (strcmp(names[i], word) == 0) which = i;
        if (which < 0 || !value)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--weights takes time=, cost=, co2= and km=, not '%.40s'", word);
        KARVAN_REQUIRE(!said_so[which], err, KARVAN_E_ARG, "--weights names %s twice", word);
        said_so[which] = true;
        KARVAN_TRY(number("weights", value, &w[which], err));
    }
    *out = (karvan_weights){.hours = w[0], .usd = w[1], .kg = w[2], .km = w[3]};
    KARVAN_REQUIRE(w[0] + w[1] + w[2] + w[3] > 0, err, KARVAN_E_ARG,
                   "--weights needs one that is above 0");
done:
    return st;
}

/* ---- lists ---- */

/* The words of an option, each handed on to be looked up. */
typedef karvan_status (*take)(const cli *c, char *word, cli_asked *a, karvan_error *err);
static karvan_status read_list(const cli *c, const char *option, int list, take f, cli_asked *a,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, option);
    char *word = a->text[list];
    int n = 0;
    if (!at) return KARVAN_OK;
    if (strlen(at) + 2 > CLI_LIST_TEXT)
        return karvan_fail(err, KARVAN_E_ARG, "--%s is too long", option);
    for (bool more = true;; word += strlen(word) + 1) { /* there is room for all, with their ends */
        size_t room = CLI_LIST_TEXT - (size_t)(word - a->text[list]);
        KARVAN_TRY(cli_next_word(&at, ',', word, room, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(n++ < CLI_LIST_MAX, err, KARVAN_E_ARG, "--%s takes %d at the most", option,
                       (int)CLI_LIST_MAX);
        KARVAN_TRY(f(c, word, a, err));
    }
done:
    return st;
}

static karvan_status country(const cli *c, const char *word, int32_t *row, karvan_error *err) {
    const char *code = NULL;
    karvan_status st = karvan_record_party(c->region, word, &code, err);
    if (st != KARVAN_OK) return st;
    *row = (int32_t)karvan_package_row(c->region, "countries", code);
    return *row >= 0 ? KARVAN_OK : karvan_fail(err, KARVAN_E_ARG, "%s is no country", code);
}

static karvan_status take_country(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    return country(c, word, &a->countries[a->q.n_countries++], err);
}

/* --avoid-place and --avoid-border share the list of places. */
static karvan_status add_place(const cli *c, const char *word, cli_asked *a, karvan_error *err) {
    if (a->q.n_places == CLI_LIST_MAX)
        return karvan_fail(err, KARVAN_E_ARG, "%d places can be avoided at the most",
                           (int)CLI_LIST_MAX);
    return karvan_network_place(c->region, word, &a->places[a->q.n_places++], err);
}

static karvan_status take_place(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    return add_place(c, word, a, err);
}

/* Two countries with a hyphen, which may stand in a name too. */
karvan_status cli_border_read(const cli *c, char *word, karvan_border *out, bool *two,
                              karvan_error *err) {
    *two = false;
    for (char *hyphen = strchr(word, '-'); hyphen && !*two; hyphen = strchr(hyphen + 1, '-')) {
        *hyphen = 0;
        *two = country(c, word, &out->a, NULL) == KARVAN_OK &&
               country(c, hyphen + 1, &out->b, NULL) == KARVAN_OK;
        *hyphen = '-';
    }
    if (*two && out->a == out->b)
        return karvan_fail(err, KARVAN_E_ARG, "'%.40s' is one country twice", word);
    return KARVAN_OK;
}

/* Two countries; else a place of kind border. */
static karvan_status take_border(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    const karvan_table *places = karvan_package_table(c->region, "places");
    bool two;
    karvan_status st = cli_border_read(c, word, &a->borders[a->q.n_borders], &two, err);
    if (st != KARVAN_OK) return st;
    if (two) return a->q.n_borders++, KARVAN_OK;
    st = add_place(c, word, a, err);
    if (st != KARVAN_OK) return st;
    int32_t row = a->places[a->q.n_places - 1];
    if (karvan_i_cell_is(places, "kind", row, "border")) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "%s is no border: --avoid-border takes two countries as KAZ-RUS, or a place "
                       "of kind border; see --avoid-place",
                       karvan_i_cell_text(places, "name", row));
}

static karvan_status take_mode(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    (void)c, (void)err;
    a->modes[a->q.n_modes++] = word;
    return KARVAN_OK;
}

static karvan_status take_operator(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    (void)c, (void)err;
    a->operators[a->q.n_operators++] = word;
    return KARVAN_OK;
}

static karvan_status take_via(const cli *c, char *word, cli_asked *a, karvan_error *err) {
    if (a->q.n_via == CLI_VIA_MAX)
        return karvan_fail(err, KARVAN_E_ARG, "--via takes %d groups at the most",
                           (int)CLI_VIA_MAX);
    karvan_via *v = &a->via[a->q.n_via];
    *v = (karvan_via){0, &a->stops[a->n_stops]};
    karvan_status st = KARVAN_OK;
    char one[200];
    const char *at = word;
    for (bool more = true;; v->n++) {
        KARVAN_TRY(cli_next_word(&at, '|', one, sizeof one, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(a->n_stops < CLI_LIST_MAX, err, KARVAN_E_ARG,
                       "--via takes %d places at the most", (int)CLI_LIST_MAX);
        KARVAN_TRY(karvan_network_place(c->region, one, &a->stops[a->n_stops++], err));
    }
    a->q.n_via += v->n > 0;
done:
    return st;
}

/* ---- method ---- */

static karvan_status read_criteria(const cli *c, unsigned *weigh, karvan_error *err) {
    static const struct {
        const char *name;
        unsigned flag;
    } all[] = {{"time", KARVAN_WEIGH_TIME},
               {"cost", KARVAN_WEIGH_COST},
               {"emissions", KARVAN_WEIGH_EMISSIONS},
               {"dispersion", KARVAN_WEIGH_DISPERSION}};
    char word[100];
    const char *at = cli_option(c, "pareto");
    *weigh = 0;
    if (!at) at = "time,cost";
    for (bool more = true;;) {
        karvan_status st = cli_next_word(&at, ',', word, sizeof word, &more, err);
        if (st != KARVAN_OK || !more) return st;
        unsigned flag = 0;
        for (int i = 0; i < 4; i++)
            if (strcmp(all[i].name, word) == 0) flag = all[i].flag;
        if (!flag)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--pareto takes time, cost, emissions and dispersion, not '%.40s'",
                               word);
        *weigh |= flag;
    }
}

static karvan_status read_method(const cli *c, karvan_routes_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *weights = cli_option(c, "weights"), *overlap = cli_option(c, "overlap");
    KARVAN_TRY(cli_not_both(c, "pareto", "k", err));
    KARVAN_TRY(cli_not_both(c, "pareto", "alternatives", err));
    KARVAN_TRY(cli_not_both(c, "pareto", "weights", err));
    KARVAN_TRY(cli_not_both(c, "k", "alternatives", err));
    KARVAN_TRY(cli_not_both(c, "k", "overlap", err));
    if (cli_switch(c, "k") || weights) q->method = KARVAN_ROUTES_K_SHORTEST;
    if (cli_switch(c, "alternatives")) q->method = KARVAN_ROUTES_ALTERNATIVES;
    KARVAN_REQUIRE(!overlap || q->method == KARVAN_ROUTES_ALTERNATIVES, err, KARVAN_E_ARG,
                   "--overlap goes with --alternatives");
    KARVAN_TRY(read_criteria(c, &q->weigh, err));
    KARVAN_TRY(count(c, "k", 1, &q->k, err));
    KARVAN_TRY(count(c, "alternatives", 1, &q->k, err));
    if (weights) KARVAN_TRY(cli_weights_read(weights, &q->weights, err));
    if (overlap) KARVAN_TRY(number("overlap", overlap, &q->max_overlap, err));
    KARVAN_REQUIRE(q->max_overlap < 1, err, KARVAN_E_ARG,
                   "--overlap is from 0 to below 1, not '%.40s'", overlap);
done:
    return st;
}

karvan_status cli_asked_read(const cli *c, cli_asked *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_routes_query *q = &out->q;
    const char *corridor = cli_option(c, "corridor");
    int32_t from, to;
    KARVAN_TRY(karvan_network_place(c->region, c->argument[0], &from, err));
    KARVAN_TRY(karvan_network_place(c->region, c->argument[1], &to, err));
    karvan_routes_query_init(q, from, to);
    out->n_stops = 0;
    q->countries = out->countries, q->places = out->places, q->borders = out->borders;
    q->modes = out->modes, q->operators = out->operators, q->via = out->via;
    KARVAN_TRY(read_method(c, q, err));
    KARVAN_TRY(read_list(c, "avoid-country", 0, take_country, out, err));
    KARVAN_TRY(read_list(c, "avoid-place", 1, take_place, out, err));
    KARVAN_TRY(read_list(c, "avoid-border", 2, take_border, out, err));
    KARVAN_TRY(read_list(c, "avoid-mode", 3, take_mode, out, err));
    KARVAN_TRY(read_list(c, "avoid-operator", 4, take_operator, out, err));
    KARVAN_TRY(read_list(c, "via", 5, take_via, out, err));
    KARVAN_TRY(count(c, "max-transhipments", 0, &q->max_transhipments, err));
    if (corridor) KARVAN_TRY(karvan_network_corridor(c->region, corridor, &q->corridor, err));
done:
    return st;
}
