/* What can be measured of a pair in a year. */
#include <math.h>
#include <string.h>

#include "base/order.h"
#include "record/pairs.h"

#define CLAIMS(how_, kinds_) .how = (how_), .table = "claims", .kinds = kinds_
#define BODIES_OF(number_, dimension_)                                                             \
    {                                                                                              \
        .is = {"bodies_" dimension_, NULL, "those of them that are " dimension_, false, INFINITY}, \
        .how = KARVAN_I_BODIES, .table = "memberships", .dimension = (number_)                     \
    }

const karvan_i_measure karvan_i_measures[KARVAN_I_MEASURES] = {
    {.is = {"recognition", NULL, "one recognises the other as a state", false, 1},
     CLAIMS(KARVAN_I_HELD, "recognition")},
    {.is = {"diplomatic_relations", NULL, "diplomatic relations on a day of the year", false, 1},
     CLAIMS(KARVAN_I_OPENED, "diplomatic_relations"),
     .closing = "relations_broken"},
    {.is = {"missions", NULL, "an embassy of the first is open in the second", true, 1},
     CLAIMS(KARVAN_I_OPENED, "mission_opened"),
     .closing = "mission_closed",
     .from = "sender",
     .to = "receiver"},
    {.is = {"consulates", NULL, "a consulate of the first is open in the second", true, 1},
     CLAIMS(KARVAN_I_OPENED, "consulate_opened"),
     .closing = "consulate_closed",
     .from = "sender",
     .to = "receiver"},
    {.is = {"visits", NULL, "visits of heads of state or government to the second", true, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "visit"),
     .from = "visitor",
     .to = "host"},
    {.is = {"summits", NULL, "meetings of heads of state or government", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "summit"),
     .by_body = true},
    {.is = {"treaties", NULL, "treaties signed in the year", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "treaty"),
     .titled = true},
    {.is = {"agreements", NULL, "agreements and memoranda signed in the year", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "agreement"),
     .titled = true},
    {.is = {"declarations", NULL, "joint declarations of the year", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "declaration"),
     .by_body = true},
    {.is = {"instruments", NULL, "treaties and agreements in force for both", false, INFINITY},
     CLAIMS(KARVAN_I_INSTRUMENTS, "treaty;agreement"),
     .titled = true},
    {.is = {"commissions", NULL, "an intergovernmental commission is in being", false, 1},
     CLAIMS(KARVAN_I_HELD, "commission")},
    {.is = {"forums", NULL, "forums of business, regions or experts in the year", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "forum")},
    {.is = {"votes", NULL, "votes of which the record tells of both", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "vote")},
    {.is = {"dispute_positions", NULL, "what the first says in disputes of the second", true,
            INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "dispute_position"),
     .from = "actor",
     .to = "target"},
    {.is = {"wars", NULL, "wars and clashes in which both take part", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "war")},
    {.is = {"ventures", NULL, "a joint company or fund is known", false, 1},
     CLAIMS(KARVAN_I_HELD, "joint_venture")},
    {.is = {"projects", NULL, "a joint project is known", false, 1},
     CLAIMS(KARVAN_I_HELD, "project")},
    {.is = {"energy", NULL, "a pipeline or cooperation in energy is known", false, 1},
     CLAIMS(KARVAN_I_HELD, "energy;pipeline")},
    {.is = {"transport", NULL, "a railway, port or cooperation in transport is known", false, 1},
     CLAIMS(KARVAN_I_HELD, "transport;railway;port")},
    {.is = {"culture", NULL, "schools, monuments, days of culture in the year", false, INFINITY},
     CLAIMS(KARVAN_I_HAPPENED, "culture")},
    {.is = {"security", NULL, "cooperation in defence, borders and police is known", false, 1},
     CLAIMS(KARVAN_I_HELD, "security")},
    {.is = {"joint_bodies", NULL, "organisations that both belong to, not as observers", false,
            INFINITY},
     .how = KARVAN_I_BODIES,
     .table = "memberships"},
    BODIES_OF(1, "political"),
    BODIES_OF(2, "economic"),
    BODIES_OF(3, "cultural"),
    BODIES_OF(4, "strategic"),
    {.is = {"trade_agreements", NULL, "agreements on trade that bind the two", false, INFINITY},
     .how = KARVAN_I_AGREEMENTS,
     .table = "agreement_parties"},
    {.is = {"exports", "million USD", "exports of the first to the second", true, INFINITY},
     .how = KARVAN_I_EXPORTS,
     .table = "trade",
     .kinds = "export;import"},
    {.is = {"trade", "million USD", "exports of the two to one another", false, INFINITY},
     .how = KARVAN_I_TRADE,
     .table = "trade"},
    {.is = {"trade_share", "% of GDP", "trade of the two by the GDP of the first", true, INFINITY},
     .how = KARVAN_I_SHARE,
     .table = "trade"},
    {.is = {"gdp", "million USD", "gross domestic product of the first", true, INFINITY},
     .how = KARVAN_I_GDP,
     .table = "indicators",
     .kinds = "gdp"},
    {.is = {"distance", "km", "between the capitals, along a great circle", false, INFINITY},
     .how = KARVAN_I_DISTANCE,
     .table = "capitals"},
    {.is = {"border", NULL, "the two have a common border", false, 1},
     .how = KARVAN_I_BORDER,
     .table = "distances"},
};

int karvan_pair_measure_count(void) { return KARVAN_I_MEASURES; }

const karvan_pair_measure *karvan_pair_measure_at(int measure) {
    bool there = measure >= 0 && measure < KARVAN_I_MEASURES;
    return there ? &karvan_i_measures[measure].is : NULL;
}

karvan_status karvan_pair_measure_find(const char *name, int *measure, karvan_error *err) {
    const char *names[KARVAN_I_MEASURES];
    char room[100];
    if (!name || !measure) return karvan_fail(err, KARVAN_E_ARG, "name or measure is NULL");
    *measure = -1;
    for (int i = 0; i < KARVAN_I_MEASURES; i++) {
        names[i] = karvan_i_measures[i].is.name;
        if (strcmp(names[i], name) == 0) return *measure = i, KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG, "no measure is called '%.60s'%s", name,
                       karvan_i_meant(name, names, KARVAN_I_MEASURES, room, sizeof room));
}
