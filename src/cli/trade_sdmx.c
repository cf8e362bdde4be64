/* Files of SDMX and WITS on the command line. */
#include <string.h>

#include "base/order.h"
#include "cli/trade.h"
#include "cli/words.h"

enum { WORDS = 4000 };

/* "reporter=REF_AREA,value=V" into the options, which point into room. */
static karvan_status read_components(const char *said, char *room, karvan_sdmx_options *o,
                                     karvan_error *err) {
    const struct {
        const char *role;
        const char **id;
    } roles[] = {{"reporter", &o->reporter},
                 {"partner", &o->partner},
                 {"exporter", &o->exporter},
                 {"importer", &o->importer},
                 {"flow", &o->flow},
                 {"product", &o->product},
                 {"time", &o->time},
                 {"value", &o->value},
                 {"indicator", &o->indicator},
                 {"unit", &o->unit},
                 {"multiplier", &o->multiplier}};
    enum { ROLES = sizeof roles / sizeof *roles };
    const char *names[ROLES];
    size_t used = 0;
    bool more = true;
    for (int k = 0; k < ROLES; k++) names[k] = roles[k].role;
    while (said) {
        char *word = room + used, *sign;
        karvan_status st = cli_next_word(&said, ',', word, WORDS - used, &more, err);
        if (st != KARVAN_OK || !more) return st;
        used += strlen(word) + 1;
        sign = strchr(word, '=');
        if (!sign || !sign[1])
            return karvan_fail(err, KARVAN_E_ARG, "--components is ROLE=ID,..., not '%.60s'", word);
        *sign = 0;
        int k = 0;
        while (k < ROLES && strcmp(roles[k].role, word) != 0) k++;
        if (k == ROLES) {
            char meant[60];
            return karvan_fail(err, KARVAN_E_ARG, "a component is no '%.40s'%s", word,
                               karvan_i_meant(word, names, ROLES, meant, sizeof meant));
        }
        *roles[k].id = sign + 1;
    }
    return KARVAN_OK;
}

karvan_status cli_flows_sdmx(cli *c, const char *path, const char *format, karvan_table **flows,
                             karvan_error *err) {
    char room[WORDS];
    karvan_sdmx_options o = {.value_unit = cli_option(c, "value-unit")};
    karvan_problems *problems = NULL;
    karvan_table *audit = NULL;
    *flows = NULL;
    karvan_status st = read_components(cli_option(c, "components"), room, &o, err);
    if (st == KARVAN_OK) st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK)
        st = strcmp(format, "wits") == 0
                 ? karvan_wits_flows(path, problems, &audit, flows, err)
                 : karvan_sdmx_flows(path, &o, problems, &audit, flows, err);
    if (problems) cli_print_problems(stderr, problems);
    if (st == KARVAN_OK && cli_option(c, "audit"))
        st = karvan_csv_write(audit, cli_option(c, "audit"), err);
    if (st != KARVAN_OK) karvan_table_destroy(*flows), *flows = NULL;
    karvan_table_destroy(audit);
    karvan_problems_destroy(problems);
    return st;
}
