/* The region's flows of a year, solved once for all parts that tell of them. */
#include "report/flow_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/demand.h"
#include "report/basemap.h"
#include "report/trade_facts.h"
#include "table/cell.h"

/* ---- the equilibrium ---- */

static bool has_tables(const karvan_package *region) {
    static const char *const needed[] = {"zones",     "cargo_classes", "trade_matrix", "links",
                                         "terminals", "services",      "corridors"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!karvan_package_table(region, needed[i])) return false;
    return true;
}

/* As `karvan assign` without options: what is open on the first of July of the year. */
static karvan_status solve(karvan_i_flow_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_demand_options how = {.year = f->year};
    karvan_freight_options o;
    karvan_error why = {0};
    KARVAN_TRY(karvan_freight_defaults(f->region, &o, err));
    o.network.date = karvan_day_from_civil(f->year, 7, 1);
    KARVAN_TRY(karvan_demand_trade(f->region, &how, &f->demand_rows, NULL, err));
    KARVAN_TRY(
        karvan_freight_demand_read(f->region, f->demand_rows, (int)f->year, &f->demand, err));
    if (f->demand.n == 0) goto done;
    st = karvan_freight_solve(f->region, &f->demand, &o, NULL, &f->f, &why);
    if (st == KARVAN_E_NOCONV && f->f) st = KARVAN_OK; /* the statistics tell it */
    if (st != KARVAN_OK) st = karvan_fail(err, st, "%s", why.msg);
done:
    return st;
}

/* ---- bottlenecks ---- */

static const char *place_name(const karvan_package *region, int32_t place) {
    const char *s = karvan_i_cell_text(karvan_package_table(region, "places"), "name", place);
    return s ? s : "?";
}

static const char *name_in(const karvan_package *region, const char *table, const char *id) {
    const karvan_table *t = karvan_package_table(region, table);
    const char *s =
        t && id ? karvan_i_cell_text(t, "name", karvan_package_row(region, table, id)) : NULL;
    return s ? s : id ? id : "?";
}

/* First id of a list. */
static int64_t first_row(const karvan_package *region, const char *table, const char *list) {
    char id[128];
    size_t n = list ? strcspn(list, ";") : 0;
    if (n == 0 || n >= sizeof id || !karvan_package_table(region, table)) return -1;
    memcpy(id, list, n), id[n] = 0;
    return karvan_package_row(region, table, id);
}

/* Where the row of a table is. */
static void locate(const karvan_package *region, const char *table, int64_t row, karvan_i_neck *k) {
    const karvan_table *t = karvan_package_table(region, table);
    bool terminal = strcmp(table, "terminals") == 0;
    if (row < 0) return;
    if (strcmp(table, "services") == 0) {
        locate(region, "links", first_row(region, "links", karvan_i_cell_text(t, "link", row)), k);
    } else if (strcmp(table, "places") == 0) {
        k->from = k->to = (int32_t)row;
    } else {
        k->from = karvan_i_map_place(region, t, terminal ? "place" : "from", row);
        k->to = terminal ? k->from : karvan_i_map_place(region, t, "to", row);
    }
}

/* ", by train"; "": the region does not say. */
static const char *means_of(const karvan_package *region, const char *mode) {
    static const char *const known[][2] = {{"train", ", by train"}, {"truck", ", by truck"},
                                           {"feeder", ", by ship"}, {"liner", ", by ship"},
                                           {"roro", ", by ferry"},  {"rail_ferry", ", by ferry"}};
    const karvan_table *t = karvan_package_table(region, "modes");
    int64_t row = t && mode ? karvan_package_row(region, "modes", mode) : -1;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (karvan_i_cell_is(t, "means", row, known[i][0])) return known[i][1];
    return "";
}

/* "Dostyk to Aktogay, by train", "Change of gauge at Dostyk", a capacity by its own name. */
static void name_neck(const karvan_package *region, const char *kind, const karvan_table *t,
                      int64_t row, bool back, karvan_i_neck *k) {
    const char *from = place_name(region, back ? k->to : k->from),
               *to = place_name(region, back ? k->from : k->to);
    if (strcmp(kind, "link") == 0)
        (void)snprintf(k->name, sizeof k->name, "%.60s to %.60s%.32s", from, to,
                       means_of(region, karvan_i_cell_text(t, "mode", row)));
    else if (strcmp(kind, "service") == 0)
        (void)snprintf(k->name, sizeof k->name, "%.90s, from %.60s",
                       karvan_i_cell_text(t, "name", row) ? karvan_i_cell_text(t, "name", row)
                                                          : "Service",
                       from);
    else if (strcmp(kind, "terminal") == 0)
        (void)snprintf(k->name, sizeof k->name, "%.60s: %.60s%s", place_name(region, k->from),
                       name_in(region, "operations", karvan_i_cell_text(t, "operation", row)),
                       back ? ", back" : "");
    else
        (void)snprintf(k->name, sizeof k->name, "%.120s%s",
                       karvan_i_cell_text(t, "name", row) ? karvan_i_cell_text(t, "name", row)
                                                          : "?",
                       back ? ", back" : "");
}

void karvan_i_neck_describe(const karvan_package *region, const char *kind, const char *id,
                            bool back, karvan_i_neck *k) {
    static const char *const kinds[][2] = {{"link", "links"},
                                           {"terminal", "terminals"},
                                           {"service", "services"},
                                           {"capacity", "capacities"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const karvan_table *t = karvan_package_table(region, kinds[i][1]);
        if (!t || !id || !kind || strcmp(kind, kinds[i][0]) != 0) continue;
        int64_t row = karvan_package_row(region, kinds[i][1], id);
        const char *of = karvan_i_cell_text(t, "items_of", row);
        k->source = karvan_i_cell_text(t, "capacity_source", row);
        if (!k->source) k->source = karvan_i_cell_text(t, "source", row);
        if (of)
            locate(region, of, first_row(region, of, karvan_i_cell_text(t, "items", row)), k);
        else
            locate(region, kinds[i][1], row, k);
        name_neck(region, kinds[i][0], t, row, back, k);
    }
}

static void describe(const karvan_i_flow_facts *f, int64_t r, karvan_i_neck *k) {
    const karvan_table *b = f->bottlenecks;
    const char *name = karvan_i_cell_text(b, "name", r);
    (void)snprintf(k->name, sizeof k->name, "%.150s", name ? name : "?");
    karvan_i_neck_describe(f->region, karvan_i_cell_text(b, "kind", r),
                           karvan_i_cell_text(b, "id", r),
                           karvan_i_cell_is(b, "direction", r, "back"), k);
}

static bool alike(double a, double b) { return fabs(a - b) <= 1e-6 * fmax(fabs(a), fabs(b)); }

/* Those in a row stand together, each with the same load, capacity and price. */
static bool in_a_row(const karvan_i_neck *k, double load, double capacity, double price) {
    return alike(k->load, load) && alike(k->capacity, capacity) &&
           alike(k->price_usd / k->members, price);
}

static void add_neck(karvan_i_flow_facts *f, int64_t r, karvan_i_neck *all, int *n) {
    const karvan_table *b = f->bottlenecks;
    const char *id = karvan_i_cell_text(b, "id", r) ? karvan_i_cell_text(b, "id", r) : "";
    double load = karvan_i_cell_real(b, "load", r), capacity = karvan_i_cell_real(b, "capacity", r),
           price = karvan_i_cell_real(b, "price_usd", r),
           worth = karvan_i_cell_real(b, "usd_day", r), delay = karvan_i_cell_real(b, "delay_h", r);
    for (int i = 0; i < *n; i++)
        if (in_a_row(&all[i], load, capacity, price)) {
            all[i].members++, all[i].price_usd += price, all[i].usd_day += worth;
            all[i].delay_h += delay;
            if (strcmp(id, all[i].id) < 0) all[i].id = id, describe(f, r, &all[i]);
            return;
        }
    karvan_i_neck *k = &all[(*n)++];
    *k = (karvan_i_neck){.id = id,
                         .members = 1,
                         .load = load,
                         .capacity = capacity,
                         .delay_h = delay,
                         .price_usd = price,
                         .usd_day = worth,
                         .unit = karvan_i_cell_text(b, "unit", r),
                         .from = -1,
                         .to = -1};
    describe(f, r, k);
}

static int by_worth(const void *a, const void *b) {
    const karvan_i_neck *x = a, *y = b;
    if (x->usd_day != y->usd_day) return x->usd_day > y->usd_day ? -1 : 1;
    return strcmp(x->name, y->name);
}

static karvan_status find_necks(karvan_i_flow_facts *f, karvan_error *err) {
    static const double LEAST_USD = 0.5; /* a unit: less is told as nothing */
    int64_t rows = karvan_table_rows(f->bottlenecks);
    int n = 0;
    karvan_i_neck *all = karvan_i_calloc((size_t)rows + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for bottlenecks");
    for (int64_t r = 0; r < rows; r++)
        if (karvan_i_cell_real(f->bottlenecks, "price_usd", r) >= LEAST_USD)
            add_neck(f, r, all, &n);
    if (n > 0) qsort(all, (size_t)n, sizeof *all, by_worth);
    f->n_necks = n < KARVAN_I_NECKS_MAX ? n : KARVAN_I_NECKS_MAX;
    memcpy(f->neck, all, (size_t)f->n_necks * sizeof *all);
    karvan_i_free(all);
    return KARVAN_OK;
}

/* ---- tables ---- */

static double five_figures(double v) {
    if (!(fabs(v) > 0) || !isfinite(v)) return v;
    double unit = pow(10, 4 - floor(log10(fabs(v))));
    return fabs(v) < 1e-6 ? 0 : round(v * unit) / unit;
}

karvan_status karvan_i_rounded(const karvan_table *t, karvan_table **out, karvan_error *err) {
    enum { COLUMNS_MAX = 32 };
    karvan_column columns[COLUMNS_MAX];
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int n = karvan_table_columns(t) < COLUMNS_MAX ? karvan_table_columns(t) : COLUMNS_MAX;
    for (int c = 0; c < n; c++) columns[c] = karvan_table_column(t, c);
    KARVAN_TRY(karvan_builder_create(karvan_table_name(t), n, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int c = 0; c < n; c++)
            if (columns[c].type == KARVAN_REAL && karvan_table_state(t, c, r) == KARVAN_VALUE)
                KARVAN_TRY(
                    karvan_builder_real(b, c, five_figures(karvan_table_real(t, c, r)), err));
            else
                KARVAN_TRY(karvan_i_copy_cell(b, c, t, c, r, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_i_flow_details(karvan_i_page *p, const char *summary, const karvan_table *t,
                                    const char *file_name, karvan_error *err) {
    karvan_table *fewer = NULL;
    karvan_status st = karvan_i_rounded(t, &fewer, err);
    if (st == KARVAN_OK) st = karvan_i_details_table(p, summary, fewer, file_name, err);
    karvan_table_destroy(fewer);
    return st;
}

/* ---- the facts ---- */

static karvan_status read_off(karvan_i_flow_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *links = karvan_package_table(f->region, "links"),
                       *corridors = karvan_package_table(f->region, "corridors");
    f->stats = karvan_freight_statistics(f->f);
    f->n_corridors = (int32_t)karvan_table_rows(corridors);
    size_t n = 2 * (size_t)karvan_table_rows(links) * ((size_t)f->n_corridors + 1);
    f->load = karvan_i_calloc(n + 1, sizeof *f->load);
    KARVAN_REQUIRE(f->load, err, KARVAN_E_NOMEM, "no memory for loads");
    KARVAN_TRY(karvan_freight_link_loads(f->f, f->load, err));
    KARVAN_TRY(karvan_freight_table(f->f, KARVAN_FREIGHT_CORRIDORS, &f->corridors, err));
    KARVAN_TRY(karvan_freight_table(f->f, KARVAN_FREIGHT_COUNTRIES, &f->countries, err));
    KARVAN_TRY(karvan_freight_table(f->f, KARVAN_FREIGHT_BOTTLENECKS, &f->bottlenecks, err));
    KARVAN_TRY(karvan_freight_table(f->f, KARVAN_FREIGHT_UNSERVED, &f->unserved, err));
    KARVAN_TRY(find_necks(f, err));
done:
    return st;
}

karvan_status karvan_i_flow_facts_init(karvan_i_flow_facts *f, const karvan_package *region,
                                       karvan_error *err) {
    karvan_error why = {0};
    *f = (karvan_i_flow_facts){.region = region};
    f->year = strtol(karvan_i_setting(region, "flow_year", "0"), NULL, 10);
    if (f->year < 1900 || f->year > 2200 || !has_tables(region)) return KARVAN_OK;
    karvan_status st = karvan_i_leave_out(solve(f, &why), &why, err);
    return st == KARVAN_OK && f->f ? read_off(f, err) : st;
}

void karvan_i_flow_facts_clear(karvan_i_flow_facts *f) {
    karvan_table_destroy(f->corridors), karvan_table_destroy(f->countries);
    karvan_table_destroy(f->bottlenecks), karvan_table_destroy(f->unserved);
    karvan_freight_destroy(f->f);
    karvan_freight_demand_clear(&f->demand);
    karvan_table_destroy(f->demand_rows);
    karvan_i_free(f->load);
    *f = (karvan_i_flow_facts){0};
}

double karvan_i_flow_on(const karvan_i_flow_facts *f, int64_t link, int32_t corridor) {
    size_t groups = (size_t)f->n_corridors + 1, at = 2 * (size_t)link * groups + (size_t)corridor;
    return f->load[at] + f->load[at + groups];
}

double karvan_i_flow_on_all(const karvan_i_flow_facts *f, int64_t link) {
    double sum = 0;
    for (int32_t c = 0; c <= f->n_corridors; c++) sum += karvan_i_flow_on(f, link, c);
    return sum;
}

const char *karvan_i_flow_name(const karvan_i_page *p, const karvan_i_flow_facts *f,
                               int32_t corridor) {
    return corridor < f->n_corridors ? karvan_i_corridor_name(p, corridor) : "Other ways";
}

double karvan_i_flow_carried(const karvan_i_flow_facts *f, const karvan_i_page *p, int32_t corridor,
                             const char *column) {
    const char *id =
        corridor < f->n_corridors ? karvan_i_cell_text(p->corridors, "id", corridor) : "other";
    for (int64_t r = 0; r < karvan_table_rows(f->corridors); r++)
        if (karvan_i_cell_is(f->corridors, "corridor", r, id) &&
            karvan_i_cell_is(f->corridors, "class", r, "all"))
            return karvan_i_cell_real(f->corridors, column, r);
    return NAN;
}
