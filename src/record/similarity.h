#ifndef KARVAN_SRC_RECORD_SIMILARITY_H
#define KARVAN_SRC_RECORD_SIMILARITY_H
/* Inside similarity: measures of a table of two profiles' values, and profiles in order. */
#include "karvan/similarity.h"
#include "record/joint.h"
#include "table/column.h"

/* How often (or with what weight) the one has level i and the other level j. */
typedef struct karvan_i_cross {
    int k;
    const double *level;          /* [k] going up */
    const double *cell;           /* [k * k], row i: the first profile's */
    int64_t n;                    /* entries */
    double *row, *column, *below; /* [k] room to work in */
} karvan_i_cross;

/* scale: of s and agreement_half. Levels lie within it. */
karvan_similarity karvan_i_similarity_cross(karvan_similarity_kind measure,
                                            karvan_distance distance, const karvan_scale *scale,
                                            const karvan_i_cross *x);
bool karvan_i_similarity_has_distance(karvan_similarity_kind m);
bool karvan_i_similarity_has_scale(karvan_similarity_kind m);
/* What KARVAN_DISTANCE_USUAL is of a measure. */
karvan_distance karvan_i_usual_distance(karvan_similarity_kind m, karvan_distance d);

/* ---- profiles ---- */

enum { KARVAN_I_NO_YEAR = INT32_MIN, KARVAN_I_FEW_LEVELS = 32 };

typedef struct karvan_i_entry {
    int32_t state; /* while reading: code of the dictionary; then in order */
    int32_t year;  /* KARVAN_I_NO_YEAR: there are none */
    int32_t entry;
    int32_t level; /* of the value, where there are few; -1: it is missing */
    int64_t row;   /* of the table read, -1: none; later its line in the file, 0 */
    double value;  /* NaN: none */
} karvan_i_entry;

struct karvan_profiles {
    karvan_memberships *m; /* all of it; or NULL, and what follows */
    karvan_i_dictionary states, entries;
    int32_t *state_at;     /* [states.n] code in the dictionary, by order */
    karvan_i_entry *entry; /* [n] by state, year, entry */
    int64_t n, *first;     /* [states.n + 1] */
    double *weight;        /* [entries.n], NULL: all the same */
    char *weights;         /* name of the column, NULL: none */
    char *path;            /* of the file; NULL: memberships have their own */
    karvan_scale scale;
    double level[KARVAN_I_FEW_LEVELS]; /* [n_levels] all values, going up */
    int n_levels;                      /* 0: there are none, or more than a few */
    double low, high;                  /* of all values; NaN: there are none */
    int64_t one_way;
    bool is_alliances;
    karvan_alliances alliances;
    bool has_years; /* of all that was read, within the limits or not: */
    int first_year, last_year;
};

static inline void karvan_i_profiles_of_year(karvan_profiles *p, int year) {
    if (!p->has_years || year < p->first_year) p->first_year = year;
    if (!p->has_years || year > p->last_year) p->last_year = year;
    p->has_years = true;
}

/* similarity_levels.c: all values of profiles in order, and the level of each entry. */
void karvan_i_profiles_levels(karvan_profiles *p);
/* KARVAN_E_ARG: a value lies outside the scale. */
karvan_status karvan_i_profiles_in_scale(const karvan_profiles *p, karvan_error *err);
/* similarity_profiles.c: states in order of their codes, entries sorted. */
karvan_status karvan_i_profiles_order(karvan_profiles *p, karvan_error *err);
/* Every pair of the query (NULL: all) with the years that both have: rows of members, or entries of
 * the one from i to i_end and of the other from j to j_end. Pairs by code, then years. */
typedef struct karvan_i_pair_year {
    const karvan_i_member_row *a, *b; /* of memberships; else NULL */
    int64_t i, i_end, j, j_end;
} karvan_i_pair_year;
typedef karvan_status (*karvan_i_pair_year_fn)(void *ctx, const karvan_i_pair_year *at,
                                               karvan_error *err);
karvan_status karvan_i_profiles_each(const karvan_profiles *p, const char *pair,
                                     karvan_i_pair_year_fn fn, void *ctx, karvan_error *err);
/* Bodies of one word of bits of which it is known of both whether they belong. */
static inline uint64_t karvan_i_known_bodies(const karvan_memberships *m,
                                             const karvan_i_member_row *a,
                                             const karvan_i_member_row *b, int64_t word) {
    int64_t i = a->at * m->words + word, j = b->at * m->words + word;
    uint64_t no = m->none[i] | (m->perhaps[i] & ~m->certain[i]) | m->none[j] |
                  (m->perhaps[j] & ~m->certain[j]);
    uint64_t known = ~no;
    /* of others rows tell who belongs, and not who does not: all that they show is alike */
    if (m->whole) known &= m->whole[i] & m->whole[j];
    if (word == m->words - 1 && m->bodies.n % 64) known &= ((uint64_t)1 << m->bodies.n % 64) - 1;
    return known;
}
/* Lines of the file for rows of the table that was read. */
void karvan_i_profiles_lines(karvan_profiles *p, const karvan_table *t);
const char *karvan_i_profiles_state(const karvan_profiles *p, int32_t state);
/* similarity_votes.c, similarity_matrix.c */
typedef struct karvan_i_profiles_file {
    const char *path, *bytes; /* bytes NULL: the file */
    size_t n;
    const karvan_table *header;
    const karvan_profiles_options *o;
} karvan_i_profiles_file;
karvan_status karvan_i_profiles_csv(const karvan_i_profiles_file *f, const karvan_csv_options *o,
                                    karvan_table **out, karvan_error *err);
/* KARVAN_E_DATA: the file is none that can be read; its header is told, and what can be. */
karvan_status karvan_i_no_shape(const karvan_i_profiles_file *f, const char *why,
                                karvan_error *err);
/* Has it the columns of votes? */
bool karvan_i_is_votes(const karvan_i_profiles_file *f);
karvan_status karvan_i_profiles_votes(karvan_profiles *p, const karvan_i_profiles_file *f,
                                      karvan_error *err);
/* Has it the columns of alliances? similarity_alliances.c */
bool karvan_i_is_alliances(const karvan_i_profiles_file *f);
/* Are its rows of pairs of states: do they begin with them, or have pledges too? */
bool karvan_i_has_pairs(const karvan_table *header);
karvan_status karvan_i_profiles_alliances(karvan_profiles *p, const karvan_i_profiles_file *f,
                                          karvan_error *err);
karvan_status karvan_i_profiles_matrix(karvan_profiles *p, const karvan_i_profiles_file *f,
                                       karvan_error *err);
#endif
