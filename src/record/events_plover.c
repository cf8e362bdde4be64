/* Types and modes of PLOVER with their scores in tenths: PLOVER manual, draft 2.0 (Open Event Data
 * Alliance, February 2024), section on numeric conflict/cooperation scores. The manual prints 3 for
 * ACCUSE as such, between modes of -2 and -3.5: a sign that was lost, so it is -3 here. */
#include <string.h>
#include <strings.h>

#include "record/events.h"

/* clang-format off: a table */
static const karvan_i_plover_code codes[] = {
    {"ACCUSE", "", -30},
    {"ACCUSE", "allege", -35},
    {"ACCUSE", "disapprove", -20},
    {"ACCUSE", "investigate", -35},
    {"AGREE", "", 25},
    {"AID", "", 100},
    {"ASSAULT", "", -90},
    {"ASSAULT", "abduct", -85},
    {"ASSAULT", "aerial", -95},
    {"ASSAULT", "beat", -75},
    {"ASSAULT", "crowd-control", -75},
    {"ASSAULT", "destroy", -85},
    {"ASSAULT", "drone", -95},
    {"ASSAULT", "explosives", -90},
    {"ASSAULT", "firearms", -90},
    {"ASSAULT", "heavy-weapons", -95},
    {"ASSAULT", "primitive", -80},
    {"ASSAULT", "sexual", -85},
    {"ASSAULT", "suicide-attack", -95},
    {"ASSAULT", "targeted", -95},
    {"ASSAULT", "torture", -85},
    {"ASSAULT", "unconventional", -100},
    {"COERCE", "", -70},
    {"COERCE", "arrest", -70},
    {"COERCE", "censor", -65},
    {"COERCE", "curfew", -65},
    {"COERCE", "cyber", -70},
    {"COERCE", "deport", -70},
    {"COERCE", "martial-law", -75},
    {"COERCE", "misinformation", -65},
    {"COERCE", "restrict", -70},
    {"COERCE", "seize", -70},
    {"COERCE", "withhold", -70},
    {"CONCEDE", "", 45},
    {"CONSULT", "", 25},
    {"CONSULT", "multilateral", 40},
    {"CONSULT", "phone", 15},
    {"CONSULT", "third-party", 10},
    {"CONSULT", "visit", 40},
    {"COOPERATE", "", 95},
    {"MOBILIZE", "", -55},
    {"MOBILIZE", "militia", -60},
    {"MOBILIZE", "police", -55},
    {"MOBILIZE", "troops", -65},
    {"MOBILIZE", "weapons", -65},
    {"PROTEST", "", -50},
    {"PROTEST", "boycott", -45},
    {"PROTEST", "demo", -50},
    {"PROTEST", "hunger", -45},
    {"PROTEST", "obstruct", -45},
    {"PROTEST", "riot", -70},
    {"PROTEST", "strike", -50},
    {"REJECT", "", -20},
    {"REJECT", "assist", -15},
    {"REJECT", "change", -20},
    {"REJECT", "meet", -20},
    {"REJECT", "yield", -20},
    {"REQUEST", "", 0},
    {"REQUEST", "assist", 5},
    {"REQUEST", "change", -10},
    {"REQUEST", "meet", 0},
    {"REQUEST", "yield", -10},
    {"RETREAT", "", 65},
    {"RETREAT", "access", 65},
    {"RETREAT", "ceasefire", 75},
    {"RETREAT", "disarm", 100},
    {"RETREAT", "release", 65},
    {"RETREAT", "resign", 45},
    {"RETREAT", "withdraw", 80},
    {"SANCTION", "", -60},
    {"SANCTION", "convict", -60},
    {"SANCTION", "discontinue", -60},
    {"SANCTION", "expel", -55},
    {"SANCTION", "withdraw", -60},
    {"SUPPORT", "", 50},
    {"THREATEN", "", -35},
    {"THREATEN", "arrest", -35},
    {"THREATEN", "expel", -35},
    {"THREATEN", "relations", -35},
    {"THREATEN", "restrict", -30},
    {"THREATEN", "territory", -40},
    {"THREATEN", "violence", -35},
};
/* clang-format on */

/* As the manual has them in its chapter on categories; its summary puts SANCTION with words. */
static const struct {
    const char *type;
    karvan_quad quad;
} types[] = {
    {"AGREE", KARVAN_QUAD_VERBAL_COOPERATION},       {"CONSULT", KARVAN_QUAD_VERBAL_COOPERATION},
    {"SUPPORT", KARVAN_QUAD_VERBAL_COOPERATION},     {"CONCEDE", KARVAN_QUAD_VERBAL_COOPERATION},
    {"COOPERATE", KARVAN_QUAD_MATERIAL_COOPERATION}, {"AID", KARVAN_QUAD_MATERIAL_COOPERATION},
    {"RETREAT", KARVAN_QUAD_MATERIAL_COOPERATION},   {"REQUEST", KARVAN_QUAD_VERBAL_CONFLICT},
    {"ACCUSE", KARVAN_QUAD_VERBAL_CONFLICT},         {"REJECT", KARVAN_QUAD_VERBAL_CONFLICT},
    {"THREATEN", KARVAN_QUAD_VERBAL_CONFLICT},       {"PROTEST", KARVAN_QUAD_MATERIAL_CONFLICT},
    {"SANCTION", KARVAN_QUAD_MATERIAL_CONFLICT},     {"MOBILIZE", KARVAN_QUAD_MATERIAL_CONFLICT},
    {"COERCE", KARVAN_QUAD_MATERIAL_CONFLICT},       {"ASSAULT", KARVAN_QUAD_MATERIAL_CONFLICT}};

const karvan_i_plover_code *karvan_i_plover_at(size_t i) {
    return i < sizeof codes / sizeof *codes ? &codes[i] : NULL;
}

karvan_quad karvan_i_plover_quad(const char *type, size_t n) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].type) == n && strncasecmp(types[i].type, type, n) == 0)
            return types[i].quad;
    return KARVAN_QUAD_NONE;
}
