#ifndef KARVAN_TESTS_REGION_YEAR_H
#define KARVAN_TESTS_REGION_YEAR_H
/* A region loaded with the demand of a year, and what passes where. Include cmocka before. */
#include <math.h>
#include <string.h>

#include "karvan/demand.h"
#include "table/cell.h"

static const char *const YEAR_BOXES[] = {"manufactures", "textiles", "general", "perishables",
                                         "copper"};

/* What to load. */
typedef struct year_asked {
    const char *dir;
    int year, date; /* of demand; the first of July of `date` is what is open, 0: `year` */
    const karvan_table *edits;     /* of one's own; NULL: none */
    const char *scenario;          /* of the region or of `edits`; NULL: none */
    double growth, transit_growth; /* demand times these, of trade and transit; 0: 1 */
} year_asked;

typedef struct year_world {
    karvan_package *region;
    karvan_freight_options options;
    karvan_table *demand;
    karvan_freight_demand flows;
} year_world;

static inline void year_open(year_world *w, const year_asked *a) {
    karvan_problems *p = NULL;
    karvan_error e = {0};
    *w = (year_world){0};
    if (karvan_problems_create(&p, &e) || karvan_package_open(a->dir, p, &w->region, &e) ||
        (a->edits && karvan_scenarios_add(w->region, a->edits, "edits", p, &e)) ||
        (a->scenario && karvan_scenarios_apply(w->region, 1, &a->scenario, p, &e)) ||
        karvan_freight_defaults(w->region, &w->options, &e) ||
        karvan_demand_trade(w->region, &(karvan_demand_options){.year = a->year}, &w->demand, NULL,
                            &e) ||
        karvan_freight_demand_read(w->region, w->demand, a->year, &w->flows, &e))
        fail_msg("%s", e.msg);
    karvan_problems_destroy(p);
    for (int32_t k = 0; k < w->flows.n; k++) {
        bool transit = w->flows.kind[k] == KARVAN_FREIGHT_TRANSIT;
        double growth = transit ? a->transit_growth : a->growth;
        if (growth > 0) w->flows.teu_day[k] *= growth;
    }
    w->options.network.date = karvan_day_from_civil(a->date ? a->date : a->year, 7, 1);
    w->options.threads = 0;
}

static inline void year_close(year_world *w) {
    karvan_freight_demand_clear(&w->flows);
    karvan_table_destroy(w->demand);
    karvan_package_destroy(w->region);
}

static inline karvan_freight *year_solve(year_world *w, const karvan_freight *start) {
    karvan_freight *f = NULL;
    karvan_error e = {0};
    if (karvan_freight_solve(w->region, &w->flows, &w->options, start, &f, &e))
        fail_msg("%s", e.msg);
    return f;
}

/* A cell of a table of loads, in the row whose first two columns are these. */
static inline double year_cell(const karvan_freight *f, karvan_freight_output which,
                               const char *first, const char *second, const char *column) {
    karvan_table *t = NULL;
    double v = NAN;
    assert_int_equal(karvan_freight_table(f, which, &t, NULL), KARVAN_OK);
    for (int64_t r = karvan_table_rows(t); r-- > 0;)
        if (strcmp(karvan_table_text(t, 0, r), first) == 0 &&
            strcmp(karvan_table_text(t, 1, r), second) == 0)
            v = karvan_table_real(t, karvan_table_find(t, column), r);
    karvan_table_destroy(t);
    return v;
}

static inline bool year_in_boxes(const char *class) {
    bool found = false;
    for (int k = 0; k < 5; k++) found = found || strcmp(class, YEAR_BOXES[k]) == 0;
    return found;
}

/* TEU a year by a corridor in classes of boxes; of a kind of demand, KARVAN_FREIGHT_ANY: all. */
static inline double year_boxes(const year_world *w, const karvan_freight *f, const char *corridor,
                                karvan_freight_kind kind) {
    static double share[200000];
    const karvan_table *classes = karvan_package_table(w->region, "cargo_classes");
    double sum = 0;
    assert_true(w->flows.n < 200000);
    karvan_freight_selection s = {.corridor =
                                      (int32_t)karvan_package_row(w->region, "corridors", corridor),
                                  .cargo_class = -1};
    assert_int_equal(karvan_freight_select(f, &s, share, NULL, NULL), KARVAN_OK);
    for (int32_t k = 0; k < w->flows.n; k++)
        if ((kind == KARVAN_FREIGHT_ANY || w->flows.kind[k] == kind) &&
            year_in_boxes(karvan_i_cell_text(classes, "id", w->flows.cargo_class[k])))
            sum += 365 * share[k] * w->flows.teu_day[k];
    return sum;
}
#endif
