#ifndef KARVAN_SRC_REPORT_TRADE_FACTS_H
#define KARVAN_SRC_REPORT_TRADE_FACTS_H
/* What the parts on trade have in common: the country, its partners, the region's matrix of trade.
 */
#include "karvan/trade.h"
#include "report/page.h"

enum { KARVAN_I_PARTNERS_MAX = 12 };

typedef struct karvan_i_trade_facts {
    const karvan_package *region;
    const char *country; /* code */
    int n_partners;
    const char *partner[KARVAN_I_PARTNERS_MAX]; /* codes, in the order of table countries */
    const char *group;       /* that the partners make up; NULL: one partner, asked for by name */
    karvan_table *matrix;    /* of karvan_trade_matrix; NULL: the region has none */
    const char *matrix_name; /* its data set */
    karvan_table *products;  /* the matrix by product, so too */
    const char *products_name;
    bool missing_told;   /* the products stand in the page already */
    karvan_table *panel; /* of karvan_i_trade_facts_panel */
} karvan_i_trade_facts;

/**
 * @param only one partner; NULL: the group of table countries that setting report_group names
 * (central_asia without one)
 */
karvan_status karvan_i_trade_facts_init(karvan_i_trade_facts *f, const karvan_package *region,
                                        const char *country, const char *only, karvan_error *err);
/* The panel of all years between countries, made when first asked for; NULL: the region has no
 * matrix, or it cannot be used. */
karvan_status karvan_i_trade_facts_panel(karvan_i_trade_facts *f, const karvan_table **out,
                                         karvan_error *err);
void karvan_i_trade_facts_clear(karvan_i_trade_facts *f);
/* "Kazakhstan", "Central Asia". Lives until the next call. */
const char *karvan_i_partners_name(karvan_i_page *p, const karvan_i_trade_facts *f);
/* Is the country one of the partners? */
bool karvan_i_is_partner(const karvan_i_trade_facts *f, const char *code);
/* What a part cannot be made of, memory apart, leaves the part out: KARVAN_OK then, else st. */
karvan_status karvan_i_leave_out(karvan_status st, const karvan_error *why, karvan_error *err);
/* Text of a row of table settings, or otherwise. */
const char *karvan_i_setting(const karvan_package *region, const char *key, const char *otherwise);
#endif
