/* karvan select on the region: whose cargo passes a link, stop, service, place, frontier or
 * corridor. */
#include <string.h>

#include "base/try.h"
#include "cli/asked.h"
#include "cli/freight.h"
#include "cli/interrupt.h"
#include "cli/select.h"
#include "table/cell.h"
#include "table/match.h"

enum { WORD = 400 };

/* ---- what is asked ---- */

static karvan_status read_by(const cli *c, karvan_freight_by *out, karvan_error *err) {
    static const char *const name[] = {"od", "origin", "destination", "class", "corridor"};
    const char *said = cli_option(c, "by");
    for (int k = 0; k < 5; k++) {
        *out = (karvan_freight_by)k;
        if (!said || strcmp(said, name[k]) == 0) return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG,
                       "--by is od, origin, destination, class or corridor of the region, not "
                       "'%.40s'",
                       said);
}

static karvan_status read_direction(const cli *c, int *out, karvan_error *err) {
    const char *said = cli_option(c, "direction");
    karvan_status st = KARVAN_OK;
    *out = 0;
    if (!said) return KARVAN_OK;
    *out = strcmp(said, "forth") == 0 ? 1 : strcmp(said, "back") == 0 ? 2 : 0;
    KARVAN_REQUIRE(*out, err, KARVAN_E_ARG, "--direction is forth or back, not '%.40s'", said);
    KARVAN_REQUIRE(cli_switch(c, "link") || cli_switch(c, "terminal") || cli_switch(c, "service") ||
                       cli_switch(c, "border"),
                   err, KARVAN_E_ARG,
                   "--direction is of a --link, --terminal, --service or --border");
done:
    return st;
}

/* What is passed, one of them; a corridor may come with it. */
static karvan_status check_asked(const cli *c, karvan_error *err) {
    static const char *const passed[] = {"link", "terminal", "service", "place", "border", NULL};
    karvan_status st = KARVAN_OK;
    bool any = cli_switch(c, "corridor");
    for (int i = 0; passed[i]; i++) {
        any = any || cli_switch(c, passed[i]);
        if (cli_switch(c, passed[i])) KARVAN_TRY(cli_not_any(c, passed[i], passed + i + 1, err));
    }
    KARVAN_REQUIRE(any, err, KARVAN_E_ARG,
                   "select needs what cargo must pass: --link, --terminal, --service, --place, "
                   "--border or --corridor; or a network: --network FILE");
done:
    return st;
}

/* A link, terminal or service of the region by its id; services have names too. */
static karvan_status find_item(const cli *c, karvan_freight_selection *s, karvan_error *err) {
    static const struct {
        const char *option, *table, *column[3];
        karvan_item_kind kind;
    } kinds[] = {{"link", "links", {"id"}, KARVAN_ITEM_LINK},
                 {"terminal", "terminals", {"id"}, KARVAN_ITEM_TERMINAL},
                 {"service", "services", {"id", "name"}, KARVAN_ITEM_SERVICE}};
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < 3; i++) {
        const char *said = cli_option(c, kinds[i].option);
        const karvan_table *t = karvan_package_table(c->region, kinds[i].table);
        int64_t row;
        if (!said) continue;
        KARVAN_REQUIRE(t, err, KARVAN_E_DATA, "the region has no table %s", kinds[i].table);
        KARVAN_TRY(karvan_i_match_row(t, kinds[i].option, kinds[i].column, said, &row, err));
        s->by_item = true, s->item = (karvan_item){kinds[i].kind, (int32_t)row};
    }
done:
    return st;
}

/* Two countries; where one is none, that is told. */
static karvan_status find_border(const cli *c, karvan_freight_selection *s, karvan_error *err) {
    static const char *const names[] = {"iso3", "iso2", "name", "aliases", NULL};
    karvan_status st = KARVAN_OK;
    const char *said = cli_option(c, "border");
    char word[WORD], *hyphen;
    int64_t row;
    if (!said) return KARVAN_OK;
    KARVAN_REQUIRE(strlen(said) < sizeof word, err, KARVAN_E_ARG, "--border is too long");
    (void)snprintf(word, sizeof word, "%s", said);
    KARVAN_TRY(cli_border_read(c, word, &s->border, &s->by_border, err));
    if (s->by_border) goto done;
    hyphen = strchr(word, '-');
    if (hyphen) {
        const karvan_table *countries = karvan_package_table(c->region, "countries");
        KARVAN_REQUIRE(countries, err, KARVAN_E_DATA, "the region has no table countries");
        *hyphen = 0; /* of countries alone: no other party has a frontier */
        KARVAN_TRY(karvan_i_match_row(countries, "country", names, word, &row, err));
        KARVAN_TRY(karvan_i_match_row(countries, "country", names, hyphen + 1, &row, err));
    }
    st = karvan_fail(err, KARVAN_E_ARG,
                     "--border is two countries as KAZ-RUS, not '%.40s'; a border station is a "
                     "--place",
                     said);
done:
    return st;
}

static karvan_status read_asked(const cli *c, karvan_freight_selection *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *place = cli_option(c, "place"), *corridor = cli_option(c, "corridor");
    int64_t class;
    KARVAN_TRY(find_item(c, s, err));
    KARVAN_TRY(find_border(c, s, err));
    if (place) {
        s->by_item = true, s->item.kind = KARVAN_ITEM_PLACE;
        KARVAN_TRY(karvan_network_place(c->region, place, &s->item.row, err));
    }
    if (corridor) KARVAN_TRY(karvan_network_corridor(c->region, corridor, &s->corridor, err));
    if (cli_switch(c, "cargo")) {
        KARVAN_TRY(cli_cargo(c, NULL, &class, err));
        s->cargo_class = (int32_t) class;
    }
done:
    return st;
}

/* ---- what is told ---- */

/* Column selected_teu_day of all rows. */
static void tell(const karvan_table *t) {
    double sum = 0;
    int column = karvan_table_find(t, "selected_teu_day");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) sum += karvan_table_real(t, column, r);
    (void)fprintf(stderr, "%.1f TEU a day are selected\n", sum);
}

karvan_status cli_select_region(cli *c, karvan_error *err) {
    static const char *const of_files[] = {"node",
                                           "any",
                                           "all",
                                           "in-order",
                                           "from",
                                           "to",
                                           "flows",
                                           "trips",
                                           "classes",
                                           "vdf",
                                           "curves",
                                           "toll-factor",
                                           "distance-factor",
                                           "start",
                                           "principle",
                                           "gap",
                                           "max-iterations",
                                           NULL};
    karvan_status st = KARVAN_OK;
    karvan_freight_selection asked = {.corridor = -1, .cargo_class = -1};
    karvan_freight_by by;
    cli_freight x = {.f = NULL};
    karvan_table *t = NULL;
    KARVAN_TRY(cli_freight_refuse(c, of_files, err));
    KARVAN_TRY(check_asked(c, err));
    KARVAN_TRY(read_by(c, &by, err));
    KARVAN_TRY(read_direction(c, &asked.direction, err));
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(read_asked(c, &asked, err));
    KARVAN_TRY(cli_freight_solve(c, &x, err));
    KARVAN_TRY(karvan_freight_select_table(x.f, &asked, by, &t, err));
    KARVAN_TRY(cli_print(c, t, err));
    tell(t);
    cli_freight_tell(c, &x);
done:
    cli_interrupts_end(); /* not before: what there is, is written */
    karvan_table_destroy(t);
    cli_freight_clear(&x);
    return st;
}
