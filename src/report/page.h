#ifndef KARVAN_SRC_REPORT_PAGE_H
#define KARVAN_SRC_REPORT_PAGE_H
/* What the parts of a page share: the text under construction, the region, the routes, and which
 * sources have been named so far. */
#include "base/text.h"
#include "karvan/report.h"

enum { KARVAN_I_CORRIDORS_MAX = 12 };

typedef struct karvan_i_way { /* a corridor between the page's two ends, or no way */
    bool exists;
    karvan_route route;
    karvan_time_quantiles *q; /* [n_legs + 1] */
} karvan_i_way;

typedef struct karvan_i_page karvan_i_page;
struct karvan_i_page {
    karvan_i_text out;
    const karvan_package *region;
    const karvan_network *net;
    const karvan_problems *problems; /* may be NULL */
    const karvan_table *sources, *places, *corridors, *countries;
    const karvan_table *claims; /* NULL: the region has none */
    int32_t from, to;           /* rows of places, -1: no ways are shown */
    int n_corridors;
    karvan_i_way way[KARVAN_I_CORRIDORS_MAX]; /* by row of corridors, best by time */
    bool *cited;                              /* [rows of sources] */
    int next_id;                              /* of charts: every id in the page is its own */
    bool ground[2];                           /* 50m, 110m: defined in the page */
    karvan_report_days days;
    char group_name[64]; /* of karvan_i_partners_name */
    karvan_i_text hues;  /* colours of the ways, where they are not the corridors' */
};

/* Tables only; then the ends are set and the ways found. karvan_i_page_init does all of it from two
 * rows of table settings; without both there are no ways. On failure too: karvan_i_page_clear. */
karvan_status karvan_i_page_open(karvan_i_page *p, const karvan_network *net,
                                 const karvan_package *region, karvan_error *err);
karvan_status karvan_i_page_find_ways(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_page_init(karvan_i_page *p, const karvan_network *net,
                                 const karvan_package *region, const char *from_setting,
                                 const char *to_setting, karvan_error *err);
void karvan_i_page_clear(karvan_i_page *p);

/* Land and borders of a detail for the maps that follow, once a page. */
void karvan_i_page_ground(karvan_i_page *p, const char *detail);

/* Small figures that lead to the sources of a `;`-separated list, each marked as cited. */
void karvan_i_cite(karvan_i_page *p, const char *ids);
/* Name of a place, country code or organisation for readers; the code itself where none is known.
 */
const char *karvan_i_place_name(const karvan_i_page *p, int32_t row);
const char *karvan_i_party_name(const karvan_i_page *p, const char *code);
/* Setting reference_date; false: the region has none. */
bool karvan_i_reference_day(const karvan_i_page *p, karvan_day *out);
/* The day that is asked for, else that one. */
bool karvan_i_page_day(const karvan_i_page *p, karvan_day *out);
/* Is it certain that a date lies after the day that is asked for? Never where none is, or d is
 * NULL.
 */
bool karvan_i_page_later(const karvan_i_page *p, const karvan_edtf *d);
/* The page's days, NULL: none is asked for. KARVAN_E_ARG: `since` lies after the day. */
karvan_status karvan_i_page_on(karvan_i_page *p, const karvan_report_days *days, karvan_error *err);
const char *karvan_i_corridor_name(const karvan_i_page *p, int32_t row);
/* "best by time" */
const char *karvan_i_objective_words(karvan_objective o);
/* A number rounded to `digits` significant ones, thousands parted by thin spaces, minus as a minus.
 */
void karvan_i_number(karvan_i_text *t, double v, int digits);
/* A cell of an HTML table: numbers right-aligned, missing ones as words. */
void karvan_i_td_number(karvan_i_page *p, double v, int digits, karvan_cell missing);
void karvan_i_td_text(karvan_i_page *p, const char *s);
/* <table> with head from names separated by `|`; a name ending in # is a column of numbers. */
void karvan_i_table_open(karvan_i_page *p, const char *caption, const char *heads, bool sortable);
void karvan_i_table_close(karvan_i_page *p);
/* Any table behind <details>, with a link that saves it as CSV. */
karvan_status karvan_i_details_table(karvan_i_page *p, const char *summary, const karvan_table *t,
                                     const char *file_name, karvan_error *err);
/* The link alone. */
karvan_status karvan_i_csv_link(karvan_i_page *p, const karvan_table *t, const char *file_name,
                                karvan_error *err);
/* Put the parts into the skeleton web/report/page.html. kind: class of the body; lead, nav: HTML;
 * the others: plain text. */
karvan_status karvan_i_page_finish(karvan_i_page *p, const char *kind, const char *title,
                                   const char *kicker, const char *heading, const char *lead,
                                   const char *nav, karvan_document *out, karvan_error *err);

/* Parts, one file each. Those without data write nothing. */
karvan_status karvan_i_part_answer(karvan_i_page *p, karvan_i_text *lead, karvan_error *err);
karvan_status karvan_i_part_map(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_corridors(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_profile(karvan_i_page *p, karvan_error *err);
/* Of a table of karvan_route_indicators. */
karvan_status karvan_i_part_indicators(karvan_i_page *p, const karvan_table *t, karvan_error *err);
/* The table of all ways of the page. */
karvan_status karvan_i_part_page_indicators(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_access(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_critical(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_where_time_goes(karvan_i_page *p, karvan_error *err);
/* The equilibrium of setting flow_year, where the region has flows (f->f). */
struct karvan_i_flow_facts;
karvan_status karvan_i_part_flows(karvan_i_page *p, const struct karvan_i_flow_facts *f,
                                  karvan_error *err);
/* What of it goes between two countries. */
karvan_status karvan_i_part_pair_flows(karvan_i_page *p, const char *a, const char *b,
                                       karvan_error *err);
/* On trade: series, indicators, potential, what a change would do. */
struct karvan_i_trade_facts;
karvan_status karvan_i_part_trade(karvan_i_page *p, struct karvan_i_trade_facts *f,
                                  karvan_error *err);
karvan_status karvan_i_part_dashboard(karvan_i_page *p, struct karvan_i_trade_facts *f,
                                      karvan_error *err);
karvan_status karvan_i_part_potential(karvan_i_page *p, struct karvan_i_trade_facts *f,
                                      karvan_error *err);
karvan_status karvan_i_part_missing(karvan_i_page *p, struct karvan_i_trade_facts *f,
                                    karvan_error *err);
karvan_status karvan_i_part_what_if(karvan_i_page *p, struct karvan_i_trade_facts *f,
                                    karvan_error *err);
/* Codes of `only`, or of the countries of setting report_group but a; how many, at most `most`. */
int karvan_i_relation_partners(const karvan_i_page *p, const char *a, const char *only,
                               const char **codes, int most);
karvan_status karvan_i_part_timeline(karvan_i_page *p, const char *a, const char *only,
                                     karvan_error *err);
/* What stands beside the timeline: joint bodies, instruments in force, what changed; of a pair, or
 * (only NULL) of the country and each of its group. */
karvan_status karvan_i_part_relations(karvan_i_page *p, const char *a, const char *only,
                                      karvan_error *err);
karvan_status karvan_i_part_interventions(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_targets(karvan_i_page *p, karvan_error *err);
/* How close a country is to its partners by the region's index, or one pair by dimension; nothing
 * where the region declares none. */
karvan_status karvan_i_part_index(karvan_i_page *p, const char *country, const char *only,
                                  karvan_error *err);
karvan_status karvan_i_part_conflicts(karvan_i_page *p, const char *a, const char *b,
                                      karvan_error *err);
karvan_status karvan_i_part_assumptions(karvan_i_page *p, karvan_error *err);
karvan_status karvan_i_part_sources(karvan_i_page *p, karvan_error *err);
#endif
