/* Accessibility: market potential of places and countries; what lies within bands of a place. */
#include <string.h>

#include "base/try.h"
#include "cli/network.h"

enum { BANDS_MAX = 16 };

/* One of two or three words; the first where nothing was said. */
static karvan_status choose(const cli *c, const char *option, const char *const *words, int *out,
                            karvan_error *err) {
    const char *said = cli_option(c, option);
    for (*out = 0; said && words[*out]; ++*out)
        if (strcmp(words[*out], said) == 0) return KARVAN_OK;
    if (!said) return KARVAN_OK;
    return words[2] ? karvan_fail(err, KARVAN_E_ARG, "--%s is %s, %s or %s, not '%.40s'", option,
                                  words[0], words[1], words[2], said)
                    : karvan_fail(err, KARVAN_E_ARG, "--%s is %s or %s, not '%.40s'", option,
                                  words[0], words[1], said);
}

static karvan_status is_per_country(const cli *c, bool *out, karvan_error *err) {
    static const char *const per[] = {"place", "country", NULL};
    int k;
    karvan_status st = choose(c, "per", per, &k, err);
    *out = k == 1;
    return st;
}

/* ---- market potential ---- */

static karvan_status read_access(const cli *c, karvan_access_query *q, karvan_error *err) {
    static const char *const masses[] = {"gdp", "population", "equal", NULL};
    static const karvan_mass mass[] = {KARVAN_MASS_GDP, KARVAN_MASS_POPULATION, KARVAN_MASS_EQUAL};
    static const char *const owns[] = {"none", "others", "all", NULL};
    static const karvan_own own[] = {KARVAN_OWN_NONE, KARVAN_OWN_OTHERS, KARVAN_OWN_ALL};
    karvan_status st = KARVAN_OK;
    const char *theta = cli_option(c, "theta"), *beta = cli_option(c, "beta");
    int k;
    KARVAN_TRY(cli_weights(c, &q->weights, err));
    KARVAN_TRY(choose(c, "mass", masses, &k, err));
    q->mass = mass[k];
    KARVAN_TRY(choose(c, "own", owns, &k, err));
    q->own = own[k];
    KARVAN_TRY(is_per_country(c, &q->by_country, err));
    KARVAN_TRY(cli_not_both(c, "theta", "beta", err));
    q->decay = beta ? KARVAN_DECAY_EXPONENTIAL : KARVAN_DECAY_POWER, q->parameter = 1.0;
    if (theta) KARVAN_TRY(cli_positive("theta", theta, &q->parameter, err));
    if (beta) KARVAN_TRY(cli_positive("beta", beta, &q->parameter, err));
    KARVAN_REQUIRE(
        beta || q->own != KARVAN_OWN_ALL, err, KARVAN_E_ARG,
        "--own all needs --beta: a place costs nothing to itself, and no power weighs 0");
done:
    return st;
}

/* ---- isochrones ---- */

/* "24,3d": numbers, those of hours also as days. */
static karvan_status read_bands(const cli *c, double *bands, int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool time = cli_minimised(c) == KARVAN_SKIM_HOURS, more = true;
    const char *at = cli_option(c, "within");
    char word[40];
    if (!at) at = time ? "1d,3d,7d,14d" : "";
    for (;;) {
        double unit = 1;
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(*n < BANDS_MAX, err, KARVAN_E_ARG, "--within takes %d bands at the most",
                       (int)BANDS_MAX);
        size_t len = strlen(word);
        if (time && len > 1 && (word[len - 1] == 'd' || word[len - 1] == 'h'))
            unit = word[len - 1] == 'd' ? 24 : 1, word[len - 1] = 0;
        KARVAN_TRY(cli_positive("within", word, &bands[*n], err));
        bands[(*n)++] *= unit;
        KARVAN_REQUIRE(*n < 2 || bands[*n - 1] > bands[*n - 2], err, KARVAN_E_ARG,
                       "--within ascends: %.40s stands before a band that is no longer", word);
    }
    KARVAN_REQUIRE(
        *n > 0, err, KARVAN_E_ARG,
        "say how far: --within A,B,... in the unit of --by; hours and days (3d) by time");
done:
    return st;
}

static karvan_status read_isochrones(const cli *c, karvan_isochrone_query *q, double *bands,
                                     karvan_error *err) {
    static const char *const potential[] = {"mass", "theta", "beta", "own", NULL};
    karvan_status st = KARVAN_OK;
    for (int i = 0; potential[i]; i++) KARVAN_TRY(cli_not_both(c, "from", potential[i], err));
    KARVAN_TRY(cli_weights(c, &q->weights, err));
    KARVAN_TRY(karvan_network_place(c->region, cli_option(c, "from"), &q->from, err));
    KARVAN_TRY(is_per_country(c, &q->by_country, err));
    KARVAN_TRY(read_bands(c, bands, &q->n_bands, err));
    q->bands = bands;
done:
    return st;
}

/* ---- both ---- */

static karvan_status find(const cli *c, const karvan_network *base, karvan_table **out,
                          karvan_error *err) {
    karvan_access_query access = {.base = base};
    karvan_isochrone_query isochrones = {.base = base};
    double bands[BANDS_MAX];
    karvan_status st;
    if (cli_switch(c, "from")) {
        st = read_isochrones(c, &isochrones, bands, err);
        return st == KARVAN_OK ? karvan_network_isochrones(c->net, &isochrones, out, err) : st;
    }
    if (cli_switch(c, "within"))
        return karvan_fail(err, KARVAN_E_ARG, "--within goes with --from PLACE");
    st = read_access(c, &access, err);
    return st == KARVAN_OK ? karvan_network_access(c->net, &access, out, err) : st;
}

static karvan_status run_access(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    cli base = {.net = NULL};
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_open_network(c, err));
    if (cli_switch(c, "scenario")) KARVAN_TRY(cli_variant_open(c, "", &base, err));
    KARVAN_TRY(find(c, base.net, &t, err));
    st = cli_print_top(c, t, err);
done:
    karvan_table_destroy(t);
    cli_variant_close(&base);
    return st;
}

static const option_spec options[] = {
    {"by", "OBJECTIVE",
     "what reaching costs: time, cost, emissions, generalised, length, dispersion (default: time)"},
    {"per", "place|country", "a row a city or port, or a country (default: place)"},
    {"mass", "gdp|population|equal", "what a market weighs (default: gdp)"},
    {"theta", "T", "weight falls with the power -T of the cost (default: 1)"},
    {"beta", "B", "weight falls with exp(-B cost) instead"},
    {"own", "none|others|all",
     "markets of the own country: none, the other places, the place itself too (default: none)"},
    {"from", "PLACE", "instead, what lies within bands of a place"},
    {"within", "A,B",
     "the bands, in the unit of --by; by time hours or days (default: "
     "1d,3d,7d,14d)"},
    {"top", "N", "the first N rows alone"},
    NETWORK_OPTIONS,
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan access --top 10",
                                       "karvan access --per country --by cost --own others",
                                       "karvan access --from Aktau --within 1d,3d,7d",
                                       "karvan access --from Tashkent --per country",
                                       "karvan access --scenario zangezur --per country",
                                       NULL};
const command command_access = {
    "access",
    "market potential of places and countries; what lies within days of a place",
    "",
    "Adds up, for each city and port, the GDP of all markets over the cost of the best way to "
    "each; with --from\n"
    "lists what lies within bands of time or money, by country with its GDP and people. A "
    "country's figure, the latest\n"
    "of table indicators, is spread evenly over its cities and ports. With --scenario each row "
    "stands beside the region's own.",
    options,
    examples,
    0,
    0,
    run_access};
