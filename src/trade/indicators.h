#ifndef KARVAN_SRC_TRADE_INDICATORS_H
#define KARVAN_SRC_TRADE_INDICATORS_H
/* What the files of the indicators share: the cube of flows, sums over it, and figures that are
 * missing for a reason. */
#include "karvan/trade.h"

/* ---- the cube ---- */

/* Pairs of exporter and importer by year, exporter, importer, and their products. */
typedef struct karvan_i_flow_store {
    int64_t n_pairs, n_cells;
    int32_t *exporter, *importer; /* [n_pairs] */
    double *total;        /* [n_pairs] NaN: unknown; where no total is stated, see `stated` */
    uint8_t *stated;      /* [n_pairs] is a total known or known to be unknown? */
    int64_t *first;       /* [n_pairs + 1] into product, value */
    int32_t *product;     /* [n_cells] ascending within a pair */
    double *value;        /* [n_cells] NaN: unknown */
    int64_t *of_exporter; /* [years * countries + 1] into pairs */
    int64_t *of_importer; /* [years * countries + 1] into in_pair */
    int64_t *in_pair;     /* [n_pairs] by year, importer, exporter */
} karvan_i_flow_store;
void karvan_i_flow_store_clear(karvan_i_flow_store *s);

struct karvan_trade_cube {
    int n_years, n_countries, n_products, n_chapters;
    int64_t *year;     /* [n_years] ascending */
    char **country;    /* [n_countries] ascending */
    char **product;    /* [n_products] ascending */
    int32_t *chapter;  /* [n_products] of the first two signs of its code */
    int32_t world;     /* the source's own row for the world among countries, -1: none */
    bool by_world_row; /* all partners together are that row */
    bool complete;
    bool has_totals; /* rows TOTAL are there */
    karvan_i_flow_store a, b;
    const karvan_i_flow_store *x,
        *m; /* what exports and imports are taken from: a and a, or a and b */
    char *unit;
    karvan_trade_account account;
};

enum { KARVAN_I_YEARS = 10000 };
/* Which rows go into a store. */
typedef struct karvan_i_flow_rows {
    const karvan_table *t;
    const karvan_trade_cube_options *o;
    int year, exporter, importer, product, value, unit, side, source, classification; /* columns */
    int32_t total;                        /* code of TOTAL, -1 */
    int32_t of_source, of_classification; /* codes that stay, -1: all */
    int32_t by_exporter, by_importer;     /* codes of reported_by, -1: none */
    int32_t *exporter_id, *importer_id;   /* [dictionary] country */
    int32_t *rank;                        /* [product dictionary] order by code, -1: other level */
    int32_t *product_of_rank;             /* [product dictionary] */
    double *of_unit;                      /* [unit dictionary] factor to the cube's unit */
    double unit_otherwise;
    int32_t *year_at; /* [KARVAN_I_YEARS] position, -1 */
    bool keep_world;
    int32_t world_name; /* the world among countries, -1 */
} karvan_i_flow_rows;
typedef enum karvan_i_voice { KARVAN_I_ANY, KARVAN_I_EXPORTERS, KARVAN_I_IMPORTERS } karvan_i_voice;

/* Rows of that side into a store. *twice: a flow stands in two rows, one of each side (then the
 * status is KARVAN_E_DATA, too). */
karvan_status karvan_i_flow_store_build(const karvan_trade_cube *c, const karvan_i_flow_rows *in,
                                        karvan_i_voice side, karvan_i_flow_store *s, bool *twice,
                                        karvan_error *err);
/* Products of the rows that would be kept, in the order of their codes; their ranks, chapters and
 * whether totals are stated. */
karvan_status karvan_i_read_codes(karvan_trade_cube *c, karvan_i_flow_rows *in, karvan_i_voice side,
                                  karvan_error *err);
/* Would the row be taken, year and parties being there? What it lacks is counted. */
typedef enum karvan_i_fate {
    KARVAN_I_FATE_KEPT,
    KARVAN_I_FATE_OTHER,
    KARVAN_I_FATE_OTHER_LEVEL,
    KARVAN_I_FATE_DOMESTIC,
    KARVAN_I_FATE_UNPLACED,
    KARVAN_I_FATE_WORLD_ROW,
    KARVAN_I_FATE_FATES
} karvan_i_fate;
karvan_i_fate karvan_i_row_fate(const karvan_i_flow_rows *in, int64_t row, karvan_i_voice side);
bool karvan_i_is_world(const char *code);

/* ---- figures ---- */

/* A number, or why there is none. */
typedef struct karvan_i_figure {
    double v;
    karvan_cell state;
    const char *why; /* "" where there is a number; not owned */
} karvan_i_figure;
karvan_i_figure karvan_i_figure_of(double v); /* unknown where it is not finite */
karvan_i_figure karvan_i_figure_lacking(karvan_cell state, const char *why);
/* The first of the two that lacks a number, or a number: 0. */
karvan_i_figure karvan_i_figure_both(karvan_i_figure a, karvan_i_figure b);
karvan_i_figure karvan_i_figure_ratio(karvan_i_figure a, karvan_i_figure b, double times);

/* A country or a group. */
typedef struct karvan_i_party {
    const char *name;
    int n;
    int32_t self;        /* the country, where it is one: list is &self, member NULL */
    const int32_t *list; /* [n] ascending */
    uint8_t *member;     /* [countries] */
} karvan_i_party;
static inline bool karvan_i_party_has(const karvan_i_party *p, int32_t country) {
    return p->member ? p->member[country] : p->self == country;
}
static inline void karvan_i_party_one(karvan_i_party *p, const char *name, int32_t country) {
    *p = (karvan_i_party){name, 1, country, &p->self, NULL};
}

/* Flows by product. */
typedef struct karvan_i_basket {
    bool ready;
    bool any;         /* a flow was found */
    bool covered;     /* the country states something that year */
    double *v;        /* [products] 0 where nothing is stated, NaN where it is unknown */
    uint8_t *state;   /* [products] karvan_cell */
    int32_t *touched; /* [n] products with a value or unknown, in no order */
    int n;
    double total; /* NaN: unknown */
} karvan_i_basket;

typedef enum karvan_i_flow { KARVAN_I_EXPORTS, KARVAN_I_IMPORTS } karvan_i_flow;

/* By product and in total, of a country (NULL: all) with a partner (NULL: all). */
typedef enum karvan_i_slot {
    KARVAN_I_X_AB, /* exports of a to b */
    KARVAN_I_M_AB, /* imports of a from b */
    KARVAN_I_X_A,  /* of a to all */
    KARVAN_I_M_A,
    KARVAN_I_X_B, /* of b to all */
    KARVAN_I_M_B,
    KARVAN_I_X_AB0, /* X_AB in the base year */
    KARVAN_I_M_AB0,
    KARVAN_I_X_W, /* of all to all */
    KARVAN_I_M_W,
    KARVAN_I_X_WB, /* of all to b */
    KARVAN_I_X_WB0,
    KARVAN_I_X_AM, /* of a to the market */
    KARVAN_I_X_BM,
    KARVAN_I_SLOTS
} karvan_i_slot;

/* Flows by product of every country with all, in one year: made at once where many are asked for.
 */
typedef struct karvan_i_year_sums {
    int year;         /* position, -1: none yet */
    int64_t *first;   /* [countries + 1] into product, value */
    int32_t *product; /* NULL: not asked for */
    double *value;
} karvan_i_year_sums;
enum { KARVAN_I_SUMS = 3 }; /* exports by exporter, imports by importer, exports by importer */

/* What indicators are computed of: one year, country and partner at a time. */
typedef struct karvan_i_scene {
    const karvan_trade_cube *c;
    const karvan_indicator_query *q;
    int year, base;              /* positions; base -1: none */
    const karvan_i_party *a, *b; /* b NULL: all */
    const karvan_i_party *market;
    karvan_i_basket slot[KARVAN_I_SLOTS];
    karvan_i_year_sums sums[KARVAN_I_SUMS];
    double *partner;        /* [countries] scratch */
    uint8_t *partner_state; /* [countries] */
    uint8_t *present;       /* [countries] with a flow in that year */
    int n_present;
    karvan_i_figure world_total[2]; /* [flow] in that year */
    bool world_ready[2];
    karvan_i_figure others; /* see karvan_i_scene_others */
    bool others_ready;
    const double *gdp; /* [years * countries] in the unit of the flows, NaN: none; NULL: no table */
} karvan_i_scene;

/* Ready at first use; slots that no longer hold are forgotten by karvan_i_scene_move. */
const karvan_i_basket *karvan_i_scene_slot(karvan_i_scene *s, karvan_i_slot slot);
/* Total of a slot, of all products. */
karvan_i_figure karvan_i_scene_total(karvan_i_scene *s, karvan_i_slot slot);
/* Of one product; of all, by total, where product is -1. */
karvan_i_figure karvan_i_scene_at(karvan_i_scene *s, karvan_i_slot slot, int product);
/* Are exports stated that a has no part in? Without any, a's share in the world is not covered. */
karvan_i_figure karvan_i_scene_others(karvan_i_scene *s);
/* Totals by partner of a's flow into s->partner, s->partner_state; how many are stated. */
int karvan_i_scene_partners(karvan_i_scene *s, karvan_i_flow flow);
karvan_status karvan_i_scene_init(karvan_i_scene *s, const karvan_trade_cube *c,
                                  const karvan_indicator_query *q, karvan_error *err);
/* To another year, country, partner. */
void karvan_i_scene_move(karvan_i_scene *s, int year, int base, const karvan_i_party *a,
                         const karvan_i_party *b);
void karvan_i_scene_clear(karvan_i_scene *s);

/* ---- the list ---- */

typedef enum karvan_i_need { KARVAN_I_NO, KARVAN_I_MAY, KARVAN_I_MUST } karvan_i_need;
typedef struct karvan_i_indicator {
    const char *name, *formula, *unit; /* unit NULL: that of the flows */
    karvan_i_need partner, product;
    bool flow; /* of exports or imports */
    bool base; /* compares with another year */
    bool gdp;  /* needs GDP */
    karvan_i_figure (*of)(karvan_i_scene *s, int product);
} karvan_i_indicator;
extern const karvan_i_indicator karvan_i_indicators[];
extern const int karvan_i_n_indicators;
/* GDP by year and country of the cube, of rows in its currency. KARVAN_E_DATA: a column is missing,
 * a figure below 0 or twice. */
karvan_status karvan_i_read_gdp(const karvan_trade_cube *c, const karvan_table *t, double **out,
                                karvan_error *err);

#define KARVAN_I_FORMULA(name) karvan_i_figure karvan_i_trade_##name(karvan_i_scene *s, int product)
KARVAN_I_FORMULA(exports);
KARVAN_I_FORMULA(imports);
KARVAN_I_FORMULA(turnover);
KARVAN_I_FORMULA(balance);
KARVAN_I_FORMULA(normalised_balance);
KARVAN_I_FORMULA(growth);
KARVAN_I_FORMULA(share);
KARVAN_I_FORMULA(market_share);
KARVAN_I_FORMULA(openness);
KARVAN_I_FORMULA(export_openness);
KARVAN_I_FORMULA(import_openness);
KARVAN_I_FORMULA(import_penetration);
KARVAN_I_FORMULA(intensity);
KARVAN_I_FORMULA(complementarity);
KARVAN_I_FORMULA(similarity);
KARVAN_I_FORMULA(orientation);
KARVAN_I_FORMULA(rca);
KARVAN_I_FORMULA(rca_symmetric);
KARVAN_I_FORMULA(rca_additive);
KARVAN_I_FORMULA(nrca);
KARVAN_I_FORMULA(grubel_lloyd);
KARVAN_I_FORMULA(grubel_lloyd_adjusted);
KARVAN_I_FORMULA(miit_a);
KARVAN_I_FORMULA(miit_b);
KARVAN_I_FORMULA(miit_c);
KARVAN_I_FORMULA(extensive_margin);
KARVAN_I_FORMULA(intensive_margin);
KARVAN_I_FORMULA(cms_change);
KARVAN_I_FORMULA(cms_performance);
KARVAN_I_FORMULA(cms_structure);
KARVAN_I_FORMULA(cms_interaction);
KARVAN_I_FORMULA(count_products);
KARVAN_I_FORMULA(hhi_products);
KARVAN_I_FORMULA(hhi_products_normalised);
KARVAN_I_FORMULA(theil_products);
KARVAN_I_FORMULA(theil_products_extensive);
KARVAN_I_FORMULA(theil_products_intensive);
KARVAN_I_FORMULA(theil_products_between);
KARVAN_I_FORMULA(theil_products_within);
KARVAN_I_FORMULA(count_partners);
KARVAN_I_FORMULA(hhi_partners);
KARVAN_I_FORMULA(hhi_partners_normalised);
KARVAN_I_FORMULA(theil_partners);
KARVAN_I_FORMULA(theil_partners_extensive);
KARVAN_I_FORMULA(theil_partners_intensive);
#endif
