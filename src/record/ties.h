#ifndef KARVAN_SRC_RECORD_TIES_H
#define KARVAN_SRC_RECORD_TIES_H
/* How ties come to be: rows of tables are evidence of units (a body that both belong to, a claim,
 * an agreement); the units between the same two are one tie. */
#include "base/text.h"
#include "karvan/ties.h"
#include "record/index.h"
#include "record/spell.h"

/* Texts stand in karvan_ties.text, by offset. */
typedef struct karvan_i_tie {
    int32_t a, b;        /* undirected: a < b */
    double least, most;  /* weight of the units that are certain; of all that are possible */
    size_t what, source; /* "" where there is none */
} karvan_i_tie;

struct karvan_ties {
    bool directed, has_year, extended; /* extended: the year lies after what the region knows */
    int64_t year;
    size_t kind, unit; /* of text */
    int32_t n;
    size_t *code, *name; /* [n] by code, bytewise */
    int64_t m;
    karvan_i_tie *tie; /* [m] by a, then b */
    int64_t set_aside, turned;
    int32_t absent;
    karvan_i_text text;
};

/* What one row says of one unit. Strings are borrowed. */
typedef struct karvan_i_evidence {
    int32_t a, b;
    int64_t unit; /* rows of one unit between the same two count once */
    karvan_truth truth;
    double weight;
    const char *what, *source; /* NULL: nothing to name */
    int64_t row;
} karvan_i_evidence;

typedef struct karvan_i_tie_gather {
    const karvan_package *region; /* NULL: a table alone */
    const karvan_ties_query *q;   /* NULL with it */
    bool has_year;
    int64_t year;
    karvan_day first, last; /* of the year */
    bool directed, extended;
    int32_t n, cap_n;
    const char **code; /* [n] */
    int64_t m, cap_m;
    karvan_i_evidence *row;
    int64_t set_aside, turned;
    int32_t absent;
} karvan_i_tie_gather;

/* KARVAN_E_ARG: a year outside 1..9999. */
karvan_status karvan_i_tied_year(karvan_i_tie_gather *g, int64_t year, karvan_error *err);
void karvan_i_tied_clear(karvan_i_tie_gather *g);
/* A code that may become a node; NULL is passed over. */
karvan_status karvan_i_tied_node(karvan_i_tie_gather *g, const char *code, karvan_error *err);
/* Nodes in order, each once. With a region: its countries (`bodies`: and organisations) alone,
 * without countries whose independence lies certainly after the year. */
karvan_status karvan_i_tied_nodes(karvan_i_tie_gather *g, bool bodies, karvan_error *err);
int32_t karvan_i_tied_find(const karvan_i_tie_gather *g, const char *code); /* -1: no node */
/* Evidence; that of NO, of an end below 0 or of a node with itself is passed over. */
karvan_status karvan_i_tied_add(karvan_i_tie_gather *g, karvan_i_evidence e, karvan_error *err);
/* By ends, unit and row. */
void karvan_i_tied_sort(karvan_i_tie_gather *g);
karvan_status karvan_i_tied_close(karvan_i_tie_gather *g, const char *kind, const char *unit,
                                  karvan_ties **out, karvan_error *err);

/* Claims of some kinds, with what resolves contradictions: those that count, and whether the claims
 * of one conflict key agree. */
typedef struct karvan_i_tie_claims {
    karvan_i_record x;
    uint8_t *counts; /* [claims] of a kind asked for, and neither deprecated nor outranked */
    uint8_t *truth;  /* [claims] karvan_truth in the year; of a key: that of all its claims */
    int32_t *key;    /* [claims] code of the conflict key, -1: none */
    int32_t n_keys;
    int64_t set_aside;
} karvan_i_tie_claims;
/* kinds: NULL-ended. Nodes are their parties. */
karvan_status karvan_i_claims_init(karvan_i_tie_claims *c, karvan_i_tie_gather *g,
                                   const char *const *kinds, karvan_error *err);
void karvan_i_claims_clear(karvan_i_tie_claims *c);
/* Truths of claims of one key that differ become MAYBE, which are then one truth. */
karvan_status karvan_i_claims_agree(karvan_i_tie_claims *c, karvan_error *err);
/* The unit that a claim speaks of: its key's, or its own. */
static inline int64_t karvan_i_claims_unit(const karvan_i_tie_claims *c, int64_t claim) {
    return c->key[claim] < 0 ? claim : c->x.n + c->key[claim];
}
/* Something that claims open and close: a mission, relations. The days of the closing that counts
 * are those of the first that does not certainly come before the opening; one that may come before
 * it may not count. dates: [n] of closings of the same two, NULL: not known. */
karvan_truth karvan_i_open_in(const karvan_edtf *opened, const karvan_edtf *const *dates, int64_t n,
                              karvan_day first, karvan_day last);
/* Does a role act (1), is it acted on (-1), or neither (0)? */
int karvan_i_tie_role(const char *role);

/* The sources of ties: nodes and evidence. */
karvan_status karvan_i_tie_memberships(karvan_i_tie_gather *g, const char *body_kind,
                                       const char *body, karvan_error *err);
karvan_status karvan_i_tie_claims_of(karvan_i_tie_gather *g, const char *kind, karvan_error *err);
karvan_status karvan_i_tie_missions(karvan_i_tie_gather *g, const char *opened, const char *closed,
                                    karvan_error *err);
karvan_status karvan_i_tie_instruments(karvan_i_tie_gather *g, karvan_error *err);
karvan_status karvan_i_tie_agreements(karvan_i_tie_gather *g, karvan_error *err);
#endif
