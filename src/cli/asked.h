#ifndef KARVAN_SRC_CLI_ASKED_H
#define KARVAN_SRC_CLI_ASKED_H
/* What `routes` is asked on the command line, as a query. */
#include "cli/cli.h"

enum { CLI_LIST_MAX = 64, CLI_VIA_MAX = 8, CLI_LISTS = 6, CLI_LIST_TEXT = 1000 };

typedef struct cli_asked {
    karvan_routes_query q;
    char text[CLI_LISTS][CLI_LIST_TEXT]; /* the options' words, cut up */
    int32_t countries[CLI_LIST_MAX], places[CLI_LIST_MAX], stops[CLI_LIST_MAX];
    karvan_border borders[CLI_LIST_MAX];
    const char *modes[CLI_LIST_MAX], *operators[CLI_LIST_MAX];
    karvan_via via[CLI_VIA_MAX];
    int32_t n_stops; /* places of all groups in via */
} cli_asked;

#define ASKED_OPTIONS                                                                           \
    {"avoid-country", "A,B", "countries that are not entered"},                                 \
        {"avoid-place", "A,B", "places that are not passed: a port, a station"},                \
        {"avoid-border", "A-B,C", "frontiers that are not crossed: two countries, or a place"}, \
        {"avoid-mode", "A,B", "modes that are not used, as in table links"},                    \
        {"avoid-operator", "A,B", "links and services of these operators are not used"},        \
        {"max-transhipments", "N", "transhipments at the most"},                                \
        {"via", "A|B,C", "places that are passed, in any order: A or B, and C"}, {              \
        "corridor", "NAME", "only ways by this corridor"                                        \
    }

/* The region must be open. The query points into *out. */
karvan_status cli_asked_read(const cli *c, cli_asked *out, karvan_error *err);
/* A frontier as "KAZ-RUS"; *two false: these are not two countries. KARVAN_E_ARG: one, twice. The
 * word is as it was afterwards. */
karvan_status cli_border_read(const cli *c, char *word, karvan_border *out, bool *two,
                              karvan_error *err);
/* "time=30,cost=1,co2=0.1,km=0": those that are not named are 0. */
karvan_status cli_weights_read(const char *said, karvan_weights *out, karvan_error *err);
#endif
