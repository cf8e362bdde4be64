/* Plausibility of the record: what no schema can say. */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "record/index.h"
#include "table/cell.h"

typedef struct ctx {
    const karvan_i_record *x;
    const karvan_package *region;
    const karvan_table *kinds, *bodies, *countries, *memberships;
    karvan_problems *problems;
} ctx;

static bool is_party(const ctx *k, const char *code) {
    return karvan_package_row(k->region, "countries", code) >= 0 ||
           karvan_package_row(k->region, "organisations", code) >= 0;
}

static karvan_status check_party(const ctx *k, int64_t r) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->x->parties;
    const char *code = karvan_i_cell_text(t, "party", r);
    if (code && !is_party(k, code))
        KARVAN_TRY(karvan_problems_add_cell(k->problems, KARVAN_ERROR, t,
                                            karvan_table_find(t, "party"), r, "party-unknown",
                                            "a code of table countries or organisations",
                                            "'%.60s' is neither a country nor a body", code));
    static const char *const life[] = {"signed",   "ratified",  "acceded",
                                       "in_force", "withdrawn", "terminated"};
    const karvan_edtf *before = NULL;
    for (size_t i = 0; i < sizeof life / sizeof life[0]; i++) {
        const karvan_edtf *d = karvan_i_cell_date(t, life[i], r);
        if (d && before && karvan_edtf_before(d, before) == KARVAN_YES)
            KARVAN_TRY(karvan_problems_add_cell(
                k->problems, KARVAN_ERROR, t, karvan_table_find(t, life[i]), r, "party-dates-order",
                "signed, ratified or acceded, in force, withdrawn, terminated, in this order",
                "'%s' lies before the step before it", life[i]));
        if (d) before = d;
    }
done:
    return st;
}

static karvan_status check_tie(const ctx *k, int64_t c) {
    const karvan_table *t = k->x->claims;
    const char *kind = karvan_i_cell_text(t, "kind", c);
    int64_t n = k->x->first[c + 1] - k->x->first[c], odd = 0;
    int64_t row = kind ? karvan_package_row(k->region, "kinds", kind) : -1;
    if (n == 0)
        return karvan_problems_add_cell(k->problems, KARVAN_ERROR, t, karvan_table_find(t, "id"), c,
                                        "claim-without-parties", "add its parties to table parties",
                                        "nobody takes part in the claim");
    if (!karvan_i_cell_bool(k->kinds, "symmetric", row)) return KARVAN_OK;
    for (int64_t i = k->x->first[c]; i < k->x->first[c + 1]; i++)
        odd += !karvan_i_cell_is(k->x->parties, "role", k->x->party[i], "party");
    if (n >= 2 && odd == 0) return KARVAN_OK;
    return karvan_problems_add_cell(k->problems, KARVAN_ERROR, t, karvan_table_find(t, "kind"), c,
                                    "tie-one-way",
                                    "two or more rows in table parties, all with the role party",
                                    "%s is an undirected tie and is stored one way", kind);
}

static karvan_status check_names(const ctx *k, int64_t c) {
    karvan_status st = KARVAN_OK;
    static const char *const ends[] = {"subject", "object"};
    for (int i = 0; i < 2; i++) {
        const char *code = karvan_i_cell_text(k->x->claims, ends[i], c);
        if (!code || is_party(k, code) || karvan_package_row(k->region, "places", code) >= 0)
            continue;
        KARVAN_TRY(karvan_problems_add_cell(
            k->problems, KARVAN_ERROR, k->x->claims, karvan_table_find(k->x->claims, ends[i]), c,
            "party-unknown", "a code of table countries, organisations or places",
            "'%.60s' is no country, body or place", code));
    }
    if (karvan_i_cell_text(k->x->claims, "original", c) &&
        karvan_i_cell_is(k->x->claims, "value", c, karvan_i_cell_text(k->x->claims, "original", c)))
        KARVAN_TRY(karvan_problems_add_cell(
            k->problems, KARVAN_WARNING, k->x->claims, karvan_table_find(k->x->claims, "original"),
            c, "original-same", "leave it empty where nothing was changed",
            "the original value is the value itself"));
    if (karvan_i_cell_is(k->x->claims, "rank", c, "deprecated") &&
        !karvan_i_cell_text(k->x->claims, "note", c))
        KARVAN_TRY(karvan_problems_add_cell(
            k->problems, KARVAN_WARNING, k->x->claims, karvan_table_find(k->x->claims, "rank"), c,
            "deprecated-without-reason", "say in note why", "a deprecated claim without a reason"));
done:
    return st;
}

static bool takes_part(const ctx *k, int64_t c, const char *code) {
    for (int64_t i = k->x->first[c]; i < k->x->first[c + 1]; i++)
        if (karvan_i_cell_is(k->x->parties, "party", k->x->party[i], code)) return true;
    return false;
}

/* Recognition or relations between two states that do not certainly come after the mission: one is
 * enough. */
static bool recognised(const ctx *k, const char *a, const char *b, const karvan_edtf *mission,
                       bool *any) {
    *any = false;
    for (int64_t c = 0; c < k->x->n; c++) {
        const karvan_table *t = k->x->claims;
        bool tie = karvan_i_cell_is(t, "kind", c, "recognition") ||
                   karvan_i_cell_is(t, "kind", c, "diplomatic_relations");
        const karvan_edtf *d = tie ? karvan_i_cell_date(t, "date", c) : NULL;
        if (!d || !takes_part(k, c, a) || !takes_part(k, c, b)) continue;
        *any = true;
        if (karvan_edtf_before(mission, d) != KARVAN_YES) return true;
    }
    return false;
}

static karvan_status check_mission(const ctx *k, int64_t c) {
    const karvan_table *t = k->x->claims;
    const char *sender = NULL, *receiver = NULL;
    bool any;
    if (!karvan_i_cell_is(t, "kind", c, "mission_opened")) return KARVAN_OK;
    for (int64_t i = k->x->first[c]; i < k->x->first[c + 1]; i++) {
        const char *code = karvan_i_cell_text(k->x->parties, "party", k->x->party[i]);
        if (karvan_i_cell_is(k->x->parties, "role", k->x->party[i], "sender")) sender = code;
        if (karvan_i_cell_is(k->x->parties, "role", k->x->party[i], "receiver")) receiver = code;
    }
    if (!sender || !receiver)
        return karvan_problems_add_cell(k->problems, KARVAN_ERROR, t, karvan_table_find(t, "kind"),
                                        c, "mission-without-host",
                                        "parties with the roles sender and receiver",
                                        "a mission needs who sends it and who receives it");
    const karvan_edtf *d = karvan_i_cell_date(t, "date", c);
    if (!d || karvan_i_cell_is(t, "rank", c, "deprecated")) return KARVAN_OK;
    if (recognised(k, sender, receiver, d, &any) || !any) return KARVAN_OK;
    return karvan_problems_add_cell(
        k->problems, KARVAN_ERROR, t, karvan_table_find(t, "date"), c, "mission-before-recognition",
        "check the date, or deprecate the claim with a reason",
        "the mission of %s in %s opens before the two recognised each other", sender, receiver);
}

/* Keys with one claim, or with two that are preferred. */
static karvan_status check_conflict(const ctx *k, int64_t c) {
    const karvan_table *t = k->x->claims;
    const char *key = karvan_i_cell_text(t, "conflict", c);
    int64_t n = 0, preferred = 0, first = c;
    if (!key) return KARVAN_OK;
    for (int64_t r = 0; r < k->x->n; r++) {
        if (!karvan_i_cell_is(t, "conflict", r, key)) continue;
        n++, preferred += karvan_i_cell_is(t, "rank", r, "preferred");
        if (r < first) first = r;
    }
    if (first != c || (n > 1 && preferred < 2)) return KARVAN_OK; /* said once a key */
    return karvan_problems_add_cell(
        k->problems, n == 1 ? KARVAN_WARNING : KARVAN_ERROR, t, karvan_table_find(t, "conflict"), c,
        "conflict-key",
        n == 1 ? "remove the key, or add the other claim" : "prefer one claim at the most",
        n == 1 ? "'%.80s' has one claim only" : "'%.80s' has two preferred claims", key);
}

static karvan_status check_membership(const ctx *k, int64_t r) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->memberships;
    const karvan_edtf *from = karvan_i_cell_date(t, "from", r),
                      *to = karvan_i_cell_date(t, "to", r);
    const char *body = karvan_i_cell_text(t, "organisation", r),
               *country = karvan_i_cell_text(t, "country", r);
    if (!from || !body || !country) return KARVAN_OK;
    int64_t b = karvan_package_row(k->region, "organisations", body);
    int64_t c = karvan_package_row(k->region, "countries", country);
    const karvan_edtf *founded = karvan_i_cell_date(k->bodies, "founded", b);
    const karvan_edtf *independent = karvan_i_cell_date(k->countries, "independence", c);
    int column = karvan_table_find(t, "from");
    if (founded && karvan_edtf_before(from, founded) == KARVAN_YES)
        KARVAN_TRY(karvan_problems_add_cell(k->problems, KARVAN_ERROR, t, column, r,
                                            "membership-before-founding", "check both dates",
                                            "%s joins %s before it was founded", country, body));
    if (independent && karvan_edtf_before(from, independent) == KARVAN_YES)
        KARVAN_TRY(karvan_problems_add_cell(k->problems, KARVAN_WARNING, t, column, r,
                                            "membership-before-independence",
                                            "check both dates, or say why in note",
                                            "%s joins %s before its independence", country, body));
    if (to && karvan_edtf_before(to, from) == KARVAN_YES)
        KARVAN_TRY(karvan_problems_add_cell(
            k->problems, KARVAN_ERROR, t, karvan_table_find(t, "to"), r, "membership-backwards",
            "to not before from", "%s leaves %s before it joins", country, body));
done:
    return st;
}

karvan_status karvan_record_check(const karvan_package *region, karvan_problems *problems,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_record x = {0};
    ctx k = {.x = &x, .region = region, .problems = problems};
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    k.kinds = karvan_package_table(region, "kinds");
    k.bodies = karvan_package_table(region, "organisations");
    k.countries = karvan_package_table(region, "countries");
    k.memberships = karvan_package_table(region, "memberships");
    for (int64_t r = 0; k.memberships && r < karvan_table_rows(k.memberships); r++)
        KARVAN_TRY(check_membership(&k, r));
    if (!karvan_package_table(region, "claims") || !karvan_package_table(region, "parties"))
        return KARVAN_OK; /* that they are missing has been said */
    KARVAN_TRY(karvan_i_record_init(&x, region, err));
    for (int64_t r = 0; r < karvan_table_rows(x.parties); r++) KARVAN_TRY(check_party(&k, r));
    for (int64_t c = 0; c < x.n; c++) {
        KARVAN_TRY(check_tie(&k, c));
        KARVAN_TRY(check_names(&k, c));
        KARVAN_TRY(check_mission(&k, c));
        KARVAN_TRY(check_conflict(&k, c));
    }
done:
    karvan_i_record_clear(&x);
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
