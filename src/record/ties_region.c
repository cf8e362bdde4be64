/* What kinds of ties a region has, and those of one kind in a year. */
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/joint.h"
#include "record/ties.h"
#include "table/cell.h"
#include "table/match.h"

typedef enum basis { MEMBERSHIPS, MISSIONS, INSTRUMENTS, AGREEMENTS, FLOWS, CLAIMS } basis;

/* Ties with rules of their own. */
typedef struct rule {
    const char *name, *label, *unit;
    basis basis;
    const char *key, *other; /* kind of body; kinds of claims that begin and end it */
    const char *told;
} rule;
static const rule RULES[] = {
    {"memberships", "Joint memberships", "bodies that both belong to", MEMBERSHIPS, NULL, NULL,
     "undirected; weight: bodies that both belong to on one day of the year, neither commissions "
     "nor companies"},
    {"commissions", "Joint commissions", "commissions of both", MEMBERSHIPS, "commission", NULL,
     "undirected; the same of bodies of kind commission"},
    {"missions", "Missions", "1 where a mission is open", MISSIONS, "mission_opened",
     "mission_closed",
     "from sender to host; open from a claim that it opened to one that it closed"},
    {"consulates", "Consulates", "1 where a consulate is open", MISSIONS, "consulate_opened",
     "consulate_closed", "from sender to host; the same of consulates"},
    {"instruments", "Instruments in force", "treaties and agreements", INSTRUMENTS, NULL, NULL,
     "undirected; weight: claims of class instrument in force for both; only possible "
     "where no entry into force is stated"},
    {"trade_agreements", "Trade agreements in force", "agreements", AGREEMENTS, NULL, NULL,
     "undirected; weight: agreements of table agreements that bind both"},
    {"trade", "Trade", "USD", FLOWS, NULL, NULL, "from exporter to importer; weight: USD"}};
enum { N_RULES = sizeof RULES / sizeof RULES[0] };
static const char OF_KIND[] = "claims of the kind whose date touches the year";
static const char OF_STATE[] = "claims of the kind; from their date on, relations until broken";
static const char OF_OCCASION[] =
    "claims of the kind whose date touches the year; weight: occasions on days that differ";
static const char OF_BODY[] = "undirected; both belong to the body on one day of the year";

/* ---- what there is ---- */

static karvan_status add_row(karvan_builder *b, const char *tie, const char *label,
                             const char *told, karvan_error *err) {
    karvan_status st = karvan_builder_row(b, err);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 0, tie, err);
    if (st == KARVAN_OK) st = karvan_builder_text(b, 1, label, err);
    return st == KARVAN_OK ? karvan_builder_text(b, 2, told, err) : st;
}

static bool has_tables(const karvan_package *region, const rule *r) {
    static const char *const needed[][3] = {[MEMBERSHIPS] = {"memberships", "organisations"},
                                            [MISSIONS] = {"claims", "parties"},
                                            [INSTRUMENTS] = {"claims", "parties"},
                                            [CLAIMS] = {"claims", "parties"},
                                            [AGREEMENTS] = {"agreements", "agreement_parties"}};
    if (r->basis == FLOWS)
        return karvan_package_table(region, "trade_matrix") ||
               karvan_package_table(region, "trade");
    for (const char *const *t = needed[r->basis]; *t; t++)
        if (!karvan_package_table(region, *t)) return false;
    return true;
}

static bool in_column(const karvan_table *t, const char *column, const char *word) {
    int c = karvan_table_find(t, column);
    return c >= 0 && word && karvan_table_lookup(t, c, word) >= 0;
}

static const char *told_of(const char *kind) {
    if (strcmp(kind, "recognition") == 0 || strcmp(kind, "diplomatic_relations") == 0)
        return OF_STATE;
    return strcmp(kind, "visit") == 0 || strcmp(kind, "summit") == 0 ? OF_OCCASION : OF_KIND;
}

/* Rows of a vocabulary that another table's column uses. */
static karvan_status add_used(karvan_builder *b, const karvan_package *region, const char *table,
                              const char *id, const char *label, const char *user,
                              const char *column, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, table),
                       *used = karvan_package_table(region, user);
    for (int64_t r = 0; t && used && r < karvan_table_rows(t); r++) {
        const char *word = karvan_i_cell_text(t, id, r);
        if (!in_column(used, column, word)) continue;
        KARVAN_TRY(add_row(b, word, karvan_i_cell_text(t, label, r),
                           strcmp(table, "kinds") == 0 ? told_of(word) : OF_BODY, err));
    }
done:
    return st;
}

karvan_status karvan_ties_kinds(const karvan_package *region, karvan_table **out,
                                karvan_error *err) {
    static const karvan_column columns[] = {
        {"tie", KARVAN_TEXT, NULL}, {"label", KARVAN_TEXT, NULL}, {"rule", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region, err, KARVAN_E_ARG, "region is NULL");
    KARVAN_TRY(karvan_builder_create("ties", 3, columns, &b, err));
    for (int i = 0; i < N_RULES; i++)
        if (has_tables(region, &RULES[i]))
            KARVAN_TRY(add_row(b, RULES[i].name, RULES[i].label, RULES[i].told, err));
    KARVAN_TRY(add_used(b, region, "kinds", "kind", "label", "claims", "kind", err));
    KARVAN_TRY(
        add_used(b, region, "organisations", "id", "name", "memberships", "organisation", err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- which is asked for ---- */

typedef struct asked {
    rule rule;
    const char *body; /* id, NULL: not one body */
} asked;

/* KARVAN_E_ARG with what may have been meant. */
static karvan_status unknown(const karvan_package *region, const char *said, karvan_error *err) {
    karvan_table *t = NULL;
    char meant[160];
    karvan_status st = karvan_ties_kinds(region, &t, err);
    if (st == KARVAN_OK)
        st = karvan_fail(err, KARVAN_E_ARG,
                         "no kind of tie is called '%.60s'%s; there are memberships, commissions, "
                         "missions, consulates, instruments, trade_agreements, trade, kinds of "
                         "table kinds and bodies of table organisations",
                         said, karvan_i_meant_cell(t, 0, said, meant, sizeof meant));
    karvan_table_destroy(t);
    return st;
}

static karvan_status find_tie(const karvan_package *region, const char *said, asked *out,
                              karvan_error *err) {
    static const char *const columns[] = {"id", "name", "aliases", NULL};
    const karvan_table *kinds = karvan_package_table(region, "kinds"),
                       *bodies = karvan_package_table(region, "organisations");
    int64_t row = -1;
    karvan_error none = {0};
    *out = (asked){0};
    for (int i = 0; i < N_RULES; i++)
        if (strcmp(RULES[i].name, said) == 0) {
            out->rule = RULES[i];
            return KARVAN_OK;
        }
    if (kinds && (row = karvan_package_row(region, "kinds", said)) >= 0) {
        const char *kind = karvan_i_cell_text(kinds, "kind", row);
        out->rule = (rule){
            kind, karvan_i_cell_text(kinds, "label", row), "claims", CLAIMS, kind, NULL, NULL};
        if (told_of(kind) == OF_STATE) out->rule.unit = "1 where it holds";
        if (told_of(kind) == OF_OCCASION) out->rule.unit = "occasions on days that differ";
        return KARVAN_OK;
    }
    if (bodies && karvan_i_match_row(bodies, "body", columns, said, &row, &none) == KARVAN_OK) {
        out->body = karvan_i_cell_text(bodies, "id", row);
        out->rule = (rule){out->body,
                           karvan_i_cell_text(bodies, "name", row),
                           "1 where both belong",
                           MEMBERSHIPS,
                           NULL,
                           NULL,
                           NULL};
        return KARVAN_OK;
    }
    return unknown(region, said, err);
}

static karvan_status suits(const karvan_ties_query *q, const asked *a, karvan_error *err) {
    if (a->rule.basis == FLOWS)
        return karvan_fail(err, KARVAN_E_ARG, "trade is made of flows: karvan_ties_of_flows");
    if (q->n_status > 0 && a->rule.basis != MEMBERSHIPS)
        return karvan_fail(err, KARVAN_E_ARG, "only memberships have a status, and not %s",
                           a->rule.name);
    if (q->bodies && a->rule.basis != MEMBERSHIPS && a->rule.basis != CLAIMS)
        return karvan_fail(err, KARVAN_E_ARG, "bodies have no part in %s", a->rule.name);
    return KARVAN_OK;
}

/* Of a year that the region does not reach nothing is known: what went on before may have ended. */
static karvan_status is_reached(karvan_i_tie_gather *g, const asked *a, karvan_error *err) {
    const char *table = a->rule.basis == MEMBERSHIPS  ? "memberships"
                        : a->rule.basis == AGREEMENTS ? "agreements"
                                                      : "claims";
    karvan_day last = karvan_i_region_known_to(g->region, table);
    int64_t year;
    int month, day;
    g->extended = last < g->first;
    if (g->q->extend || !g->extended) return KARVAN_OK;
    karvan_day_to_civil(last, &year, &month, &day);
    return karvan_fail(err, KARVAN_E_ARG,
                       "%s in %lld are not covered: the region knows of them until %lld (--extend "
                       "carries on what goes on then)",
                       a->rule.name, (long long)g->year, (long long)year);
}

static karvan_status gather(karvan_i_tie_gather *g, const asked *a, karvan_error *err) {
    switch (a->rule.basis) {
    case MEMBERSHIPS:
        return karvan_i_tie_memberships(g, a->rule.key, a->body, err);
    case MISSIONS:
        return karvan_i_tie_missions(g, a->rule.key, a->rule.other, err);
    case INSTRUMENTS:
        return karvan_i_tie_instruments(g, err);
    case AGREEMENTS:
        return karvan_i_tie_agreements(g, err);
    default:
        return karvan_i_tie_claims_of(g, a->rule.key, err);
    }
}

karvan_status karvan_ties_region(const karvan_package *region, const karvan_ties_query *q,
                                 karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_tie_gather g = {.region = region, .q = q};
    asked a;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q && q->tie && (q->n_status == 0 || q->status), err, KARVAN_E_ARG,
                   "region, query, its tie or its statuses are NULL");
    KARVAN_TRY(karvan_i_tied_year(&g, q->year, err));
    KARVAN_TRY(find_tie(region, q->tie, &a, err));
    KARVAN_TRY(suits(q, &a, err));
    KARVAN_TRY(is_reached(&g, &a, err));
    KARVAN_TRY(gather(&g, &a, err));
    st = karvan_i_tied_close(
        &g, a.rule.name,
        q->bodies && a.rule.basis == MEMBERSHIPS ? "1 where it belongs" : a.rule.unit, out, err);
done:
    karvan_i_tied_clear(&g);
    return st;
}
