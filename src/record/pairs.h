#ifndef KARVAN_SRC_RECORD_PAIRS_H
#define KARVAN_SRC_RECORD_PAIRS_H
/* A region's record made ready for measuring pairs of countries year by year. Countries are rows of
 * table countries, bodies rows of table organisations. */
#include "karvan/relations.h"
#include "record/spell.h"

/* How a measure comes about. */
typedef enum karvan_i_how {
    KARVAN_I_HELD,        /* a tie that holds from its claim on */
    KARVAN_I_OPENED,      /* a tie that claims open and close */
    KARVAN_I_HAPPENED,    /* what happened in the year */
    KARVAN_I_INSTRUMENTS, /* what is in force for both */
    KARVAN_I_BODIES,
    KARVAN_I_AGREEMENTS,
    KARVAN_I_EXPORTS,
    KARVAN_I_TRADE,
    KARVAN_I_SHARE, /* trade by the GDP of one */
    KARVAN_I_GDP,
    KARVAN_I_DISTANCE,
    KARVAN_I_BORDER
} karvan_i_how;

typedef struct karvan_i_measure {
    karvan_pair_measure is;
    karvan_i_how how;
    const char *table;     /* that coverage must speak of */
    const char *kinds;     /* of claims, or other parts of the table, parted by `;` */
    const char *closing;   /* kinds that end what the others begin */
    const char *from, *to; /* roles of a directed measure */
    int dimension;         /* of bodies: 1 to 4, 0: any */
    bool titled;           /* two claims of one day are two, unless their titles are one */
    bool by_body;          /* who belongs to a body may have taken part in what it did */
} karvan_i_measure;

enum { KARVAN_I_MEASURES = 33 }; /* as many as coverage rows have bits for, at the most 64 */
extern const karvan_i_measure karvan_i_measures[KARVAN_I_MEASURES];

/* One claim about a pair, as a measure takes it. */
typedef struct karvan_i_statement {
    int32_t pair, occasion; /* -1: set aside */
    int8_t measure, way;    /* 0, or karvan_way of a directed measure */
    bool closing, certain, outranked;
    int8_t rank;                   /* 0 preferred, 1 normal, 2 deprecated */
    int32_t conflict, date, title; /* codes: what makes two claims speak of one occasion */
    int32_t claim, party[2];       /* rows; parties in the order of the pair, -1: by a body */
    karvan_i_spell spell;
} karvan_i_statement;

/* What one or more claims say happened once. */
typedef struct karvan_i_occasion {
    int32_t pair;
    int8_t measure, way;
    bool closing, certain;
    karvan_i_spell spell; /* all that its claims may mean */
    int32_t first, n;     /* statements */
} karvan_i_occasion;

typedef struct karvan_i_cover {
    uint64_t measures;            /* bits that the row speaks of */
    uint8_t *country, *partner;   /* [n_countries]; partner NULL: both ends stand in country */
    uint8_t *body;                /* [n_bodies], for memberships */
    bool by_reporter, of_imports; /* table trade */
    bool complete;
    karvan_day from, to;
} karvan_i_cover;

typedef struct karvan_i_membership {
    int32_t country, body, row;
    karvan_i_spell spell;
} karvan_i_membership;

typedef struct karvan_i_binding { /* a party of an agreement */
    int32_t agreement, country, row;
    int8_t side; /* 0, 'a', 'b' */
    karvan_i_spell spell;
} karvan_i_binding;

typedef struct karvan_i_traded { /* what one side states of a flow */
    int32_t pair, row, year;
    int8_t way, standing; /* standing: the less the better; 9: no figure in USD */
    double million_usd;
} karvan_i_traded;

typedef struct karvan_i_seat { /* a capital and its days */
    int32_t country, row;
    karvan_i_spell spell;
    double lon, lat;
} karvan_i_seat;

struct karvan_pairs {
    const karvan_package *region;
    const karvan_table *coverage, *countries, *bodies, *claims, *parties, *memberships, *bindings,
        *trade, *indicators, *distances, *seats;
    int32_t n_countries, n_bodies, n;
    int32_t (*pair)[2];      /* [n] */
    int32_t *pair_of;        /* [n_countries * n_countries] -1: none */
    const char **code;       /* [n_countries] */
    uint8_t *body_dimension; /* [n_bodies] 1 + its place among the four, 0: none */
    karvan_day *born;        /* [n_countries][2]: independence, least and most */
    uint8_t *listed;         /* [n_countries] of the pairs by default */
    bool has_years;
    int64_t year_from, year_to;
    int32_t n_covers;
    karvan_i_cover *cover;
    int32_t n_statements, n_occasions;
    karvan_i_statement *statement;
    karvan_i_occasion *occasion;
    int32_t *statement_first, *occasion_first; /* [n * KARVAN_I_MEASURES + 1] */
    int32_t *membership_first, *binding_first; /* [n_countries + 1] */
    karvan_i_membership *membership;           /* by country, body */
    karvan_i_binding *binding;                 /* by country, agreement */
    int32_t *traded_first;                     /* [n + 1] */
    karvan_i_traded *traded;
    int64_t gdp_from, gdp_years;
    int32_t *gdp; /* [n_countries * gdp_years] row, -1: none */
    int32_t n_seats;
    karvan_i_seat *seat; /* by country */
};

/* Row of table countries, -1: none. */
int32_t karvan_i_pairs_country(const karvan_pairs *p, const char *code);

/* Parts of karvan_pairs_create. KARVAN_E_NOMEM, KARVAN_E_DATA. */
karvan_status karvan_i_pairs_coverage(karvan_pairs *p, karvan_error *err);
karvan_status karvan_i_pairs_bodies(karvan_pairs *p, karvan_error *err); /* before claims */
karvan_status karvan_i_pairs_claims(karvan_pairs *p, karvan_error *err);
karvan_status karvan_i_pairs_figures(karvan_pairs *p, karvan_error *err);

/* What coverage says of a measure of a pair from first to last: 0 nothing, 1 that the table has
 * some, 2 that it has all. way: THERE or BACK, of trade. body -1: not asked. *by: the row of
 * coverage that says so, left as it is where none does. */
int karvan_i_covered(const karvan_pairs *p, int32_t pair, int measure, karvan_way way, int32_t body,
                     karvan_day first, karvan_day last, int32_t *by);

/* The least and the most that rows show. */
typedef struct karvan_i_range {
    double min, max;
    bool any; /* of figures: there is a row */
} karvan_i_range;
void karvan_i_row_add(karvan_rows *rows, const karvan_table *t, int64_t row, karvan_row_use use);
karvan_i_range karvan_i_measure_claims(const karvan_pairs *p, int32_t pair, int measure,
                                       karvan_way way, int64_t year, karvan_rows *rows);
/* Of a measure of what happened, both ways: every occasion from first_year to year by `kept` for
 * each year since. */
karvan_i_range karvan_i_measure_left(const karvan_pairs *p, int32_t pair, int measure,
                                     int64_t first_year, int64_t year, double kept);
/* Bodies judge their coverage themselves, one by one: *level is what they found. */
karvan_i_range karvan_i_measure_bodies(const karvan_pairs *p, int32_t pair, int measure,
                                       int64_t year, karvan_day first, int *level, int32_t *by,
                                       karvan_rows *rows);
karvan_i_range karvan_i_measure_agreements(const karvan_pairs *p, int32_t pair, int64_t year,
                                           karvan_rows *rows);
karvan_i_range karvan_i_measure_figures(const karvan_pairs *p, int32_t pair, int measure,
                                        karvan_way way, int64_t year, karvan_rows *rows);
/* May the country belong to the body on one of the days? */
bool karvan_i_may_belong(const karvan_pairs *p, int32_t country, int32_t body, karvan_day first,
                         karvan_day last);
#endif
