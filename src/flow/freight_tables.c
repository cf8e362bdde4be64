/* Tables by link, capacity, corridor and country. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_tables.h"
#include "table/cell.h"

/* ---- loads by class ---- */

typedef struct loads {
    const karvan_freight *f;
    int32_t n_items, stride; /* lanes, then empties */
    double *item;            /* [n_items][stride] TEU a day */
    double *scarce;          /* [scarce][stride] units of the capacity a day */
    int32_t *of_item;        /* [n_items] its own capacity, -1 */
} loads;

static void loads_clear(loads *l) {
    karvan_i_free(l->item), karvan_i_free(l->scarce), karvan_i_free(l->of_item);
}

static size_t spot(const loads *l, int32_t row, int32_t lane) {
    return (size_t)row * (size_t)l->stride + (size_t)lane;
}

static void add_way(loads *l, int64_t w) {
    const karvan_freight *f = l->f;
    const karvan_i_way *way = &f->ways.way[w];
    int32_t k = f->pair_lane[way->pair];
    const karvan_i_lane *lane = &f->lane[k];
    for (int64_t i = way->first; i < way->first + way->n; i++) {
        int32_t a = f->ways.arc[i];
        if (lane->item[a] >= 0) l->item[spot(l, lane->item[a], k)] += f->flow[w];
        if (lane->service_item[a] >= 0) l->item[spot(l, lane->service_item[a], k)] += f->flow[w];
        for (int64_t u = lane->use_first[a]; u < lane->use_first[a + 1]; u++)
            l->scarce[spot(l, lane->use[u], k)] += f->flow[w] * lane->amount[u];
    }
}

static karvan_status loads_init(loads *l, const karvan_freight *f, karvan_error *err) {
    *l = (loads){.f = f, .n_items = karvan_i_item_count(f), .stride = f->n_lanes + 1};
    size_t stride = (size_t)l->stride;
    l->item = karvan_i_calloc((size_t)l->n_items * stride + 1, sizeof *l->item);
    l->scarce = karvan_i_calloc((size_t)f->scarce.n * stride + 1, sizeof *l->scarce);
    l->of_item = karvan_i_malloc((size_t)l->n_items + 1, sizeof *l->of_item);
    if (!l->item || !l->scarce || !l->of_item)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for loads");
    for (int32_t i = 0; i < l->n_items; i++) l->of_item[i] = -1;
    for (int32_t x = 0; x < f->scarce.n; x++) {
        const karvan_i_scarce *s = &f->scarce.all[x];
        if (s->kind == KARVAN_I_OF_LINK || s->kind == KARVAN_I_OF_TERMINAL ||
            s->kind == KARVAN_I_OF_SERVICE)
            l->of_item[karvan_i_item_of(f, s->kind, s->row, s->reversed)] = x;
    }
    for (int64_t w = 0; w < f->ways.n; w++)
        if (f->flow[w] > 0) add_way(l, w);
    for (int32_t j = 0; j < f->empties.n; j++) {
        if (!(f->empty[j] > 0)) continue;
        int32_t ship = f->empties.service_item[j];
        l->item[spot(l, f->empties.item[j], f->n_lanes)] += f->empty[j];
        if (ship >= 0) l->item[spot(l, ship, f->n_lanes)] += f->empty[j];
        for (int64_t u = f->empties.use_first[j]; u < f->empties.use_first[j + 1]; u++)
            l->scarce[spot(l, f->empties.use[u], f->n_lanes)] += f->empty[j] * f->empties.amount[u];
    }
    return KARVAN_OK;
}

/* ---- links ---- */

enum {
    L_LINK,
    L_CLASS,
    L_LOAD,
    L_CAPACITY,
    L_DELAY,
    L_PRICE,
    L_UNIT,
    L_KIND,
    L_FROM,
    L_TO,
    L_WAY,
    L_END
};

typedef struct link_row {
    const char *id, *kind, *from, *to, *way;
    const double *load; /* [stride] */
    int32_t scarce;     /* -1 */
} link_row;

static karvan_status add_link_row(const loads *l, const link_row *r, const char *class, double load,
                                  karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = l->f;
    const karvan_i_scarce *s = r->scarce < 0 ? NULL : &f->scarce.all[r->scarce];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, L_LINK, r->id, err));
    KARVAN_TRY(karvan_builder_text(b, L_CLASS, class, err));
    KARVAN_TRY(karvan_builder_real(b, L_LOAD, load, err));
    KARVAN_TRY(karvan_builder_real(b, L_CAPACITY, s ? s->core.capacity : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, L_DELAY, s ? f->delay_h[r->scarce] : 0, err));
    KARVAN_TRY(karvan_builder_real(b, L_PRICE, s ? f->price[r->scarce] : 0, err));
    KARVAN_TRY(karvan_builder_text(b, L_UNIT, s ? karvan_i_scarce_unit(s) : "TEU/day", err));
    KARVAN_TRY(karvan_builder_text(b, L_KIND, r->kind, err));
    KARVAN_TRY(karvan_builder_text(b, L_FROM, r->from, err));
    KARVAN_TRY(karvan_builder_text(b, L_TO, r->to, err));
    KARVAN_TRY(karvan_builder_text(b, L_WAY, r->way, err));
done:
    return st;
}

/* A row for each class that loads it, and one for all. */
static karvan_status add_link(const loads *l, const link_row *r, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double sum = 0;
    for (int32_t k = 0; k < l->stride; k++) sum += r->load[k];
    bool priced = r->scarce >= 0 && (l->f->price[r->scarce] > 0 || l->f->delay_h[r->scarce] > 0);
    if (!(sum > 0) && !priced) return KARVAN_OK;
    KARVAN_TRY(add_link_row(l, r, "all", sum, b, err));
    for (int32_t k = 0; k < l->stride; k++)
        if (r->load[k] > 0)
            KARVAN_TRY(add_link_row(l, r, k < l->f->n_lanes ? l->f->lane[k].id : "empty",
                                    r->load[k], b, err));
done:
    return st;
}

static karvan_status add_items(const loads *l, const karvan_table *t, karvan_i_scarce_kind kind,
                               karvan_builder *b, karvan_error *err) {
    static const char *const kinds[] = {"link", "terminal", "service"};
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = l->f;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        for (int way = 0; way < 2; way++) {
            int32_t item = karvan_i_item_of(f, kind, (int32_t)r, way == 1);
            const karvan_table *ends = kind == KARVAN_I_OF_TERMINAL ? t : f->links;
            int64_t row = r;
            if (kind == KARVAN_I_OF_SERVICE)
                row = karvan_package_row(f->region, "links", karvan_i_cell_text(t, "link", r));
            const char *from = kind == KARVAN_I_OF_TERMINAL ? "place"
                               : way                        ? "to"
                                                            : "from",
                       *to = kind == KARVAN_I_OF_TERMINAL ? "place"
                             : way                        ? "from"
                                                          : "to";
            link_row x = {karvan_i_cell_text(t, "id", r),
                          kinds[kind],
                          karvan_i_cell_text(ends, from, row),
                          karvan_i_cell_text(ends, to, row),
                          way ? "back" : "forth",
                          l->item + spot(l, item, 0),
                          l->of_item[item]};
            KARVAN_TRY(add_link(l, &x, b, err));
        }
done:
    return st;
}

static karvan_status links(const loads *l, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[L_END] = {
        {"link", KARVAN_TEXT, NULL},     {"class", KARVAN_TEXT, NULL},
        {"load", KARVAN_REAL, NULL},     {"capacity", KARVAN_REAL, NULL},
        {"delay_h", KARVAN_REAL, "h"},   {"price_usd", KARVAN_REAL, "USD"},
        {"unit", KARVAN_TEXT, NULL},     {"kind", KARVAN_TEXT, NULL},
        {"from", KARVAN_TEXT, NULL},     {"to", KARVAN_TEXT, NULL},
        {"direction", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = l->f;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("links", L_END, columns, &b, err));
    KARVAN_TRY(add_items(l, f->links, KARVAN_I_OF_LINK, b, err));
    KARVAN_TRY(add_items(l, f->terminals, KARVAN_I_OF_TERMINAL, b, err));
    KARVAN_TRY(add_items(l, f->services, KARVAN_I_OF_SERVICE, b, err));
    for (int32_t x = 0; x < f->scarce.n; x++) {
        const karvan_i_scarce *s = &f->scarce.all[x];
        if (s->kind != KARVAN_I_OF_TABLE) continue;
        link_row r = {karvan_i_cell_text(f->capacities, "id", s->row),
                      "capacity",
                      NULL,
                      NULL,
                      s->both       ? "both"
                      : s->reversed ? "back"
                                    : "forth",
                      l->scarce + spot(l, x, 0),
                      x};
        KARVAN_TRY(add_link(l, &r, b, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- bottlenecks ---- */

enum {
    B_NAME,
    B_KIND,
    B_LOAD,
    B_CAPACITY,
    B_UNIT,
    B_USE,
    B_DELAY,
    B_PRICE,
    B_WORTH,
    B_ID,
    B_WAY,
    B_END
};

typedef struct neck {
    double worth, use;
    int32_t scarce;
} neck;

static int by_worth(const void *a, const void *b) {
    const neck *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    if (x->use != y->use) return x->use > y->use ? -1 : 1;
    return (x->scarce > y->scarce) - (x->scarce < y->scarce);
}

static karvan_status add_neck(const karvan_freight *f, const neck *n, karvan_builder *b,
                              karvan_error *err) {
    static const char *const kinds[] = {"link", "terminal", "service", "capacity", "balance"};
    karvan_status st = KARVAN_OK;
    const karvan_i_scarce *s = &f->scarce.all[n->scarce];
    const karvan_table *const of[] = {f->links, f->terminals, f->services, f->capacities, NULL};
    char name[240];
    (void)snprintf(name, sizeof name, "%.200s%s", karvan_i_scarce_name(f, s),
                   s->reversed ? " (back)" : "");
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, B_NAME, name, err));
    KARVAN_TRY(karvan_builder_text(b, B_KIND, kinds[s->kind], err));
    KARVAN_TRY(karvan_builder_real(b, B_LOAD, f->load[n->scarce], err));
    KARVAN_TRY(karvan_builder_real(b, B_CAPACITY, s->core.capacity, err));
    KARVAN_TRY(karvan_builder_text(b, B_UNIT, karvan_i_scarce_unit(s), err));
    KARVAN_TRY(karvan_builder_real(b, B_USE, n->use, err));
    KARVAN_TRY(karvan_builder_real(b, B_DELAY, f->delay_h[n->scarce], err));
    KARVAN_TRY(karvan_builder_real(b, B_PRICE, f->price[n->scarce], err));
    KARVAN_TRY(karvan_builder_real(b, B_WORTH, n->worth, err));
    KARVAN_TRY(karvan_builder_text(b, B_ID, karvan_i_cell_text(of[s->kind], "id", s->row), err));
    KARVAN_TRY(karvan_builder_text(b, B_WAY,
                                   s->both       ? "both"
                                   : s->reversed ? "back"
                                                 : "forth",
                                   err));
done:
    return st;
}

static karvan_status bottlenecks(const karvan_freight *f, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[B_END] = {
        {"name", KARVAN_TEXT, NULL},     {"kind", KARVAN_TEXT, NULL},
        {"load", KARVAN_REAL, NULL},     {"capacity", KARVAN_REAL, NULL},
        {"unit", KARVAN_TEXT, NULL},     {"use_percent", KARVAN_REAL, "%"},
        {"delay_h", KARVAN_REAL, "h"},   {"price_usd", KARVAN_REAL, "USD"},
        {"usd_day", KARVAN_REAL, "USD"}, {"id", KARVAN_TEXT, NULL},
        {"direction", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int32_t n = 0;
    neck *all = karvan_i_calloc((size_t)f->scarce.n + 1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for bottlenecks");
    for (int32_t x = 0; x < f->scarce.n; x++) {
        const karvan_i_scarce *s = &f->scarce.all[x];
        if (s->kind == KARVAN_I_OF_BALANCE || !(f->load[x] > 0)) continue;
        bool queue = s->core.kind == KARVAN_I_QUEUE;
        all[n++] = (neck){f->price[x] * (queue ? f->load[x] : s->core.capacity),
                          100 * f->load[x] / s->core.capacity, x};
    }
    if (n > 0) qsort(all, (size_t)n, sizeof *all, by_worth);
    KARVAN_TRY(karvan_builder_create("bottlenecks", B_END, columns, &b, err));
    for (int32_t i = 0; i < n; i++) KARVAN_TRY(add_neck(f, &all[i], b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(all);
    return st;
}

/* ---- which ---- */

karvan_status karvan_freight_table(const karvan_freight *f, karvan_freight_output which,
                                   karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    loads l = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(f, err, KARVAN_E_ARG, "no solution");
    switch (which) {
    case KARVAN_FREIGHT_LINKS:
        KARVAN_TRY(loads_init(&l, f, err));
        KARVAN_TRY(links(&l, out, err));
        break;
    case KARVAN_FREIGHT_PAIRS:
        KARVAN_TRY(karvan_i_freight_pairs(f, out, err));
        break;
    case KARVAN_FREIGHT_ROUTES:
        KARVAN_TRY(karvan_i_freight_route_list(f, out, err));
        break;
    case KARVAN_FREIGHT_BOTTLENECKS:
        KARVAN_TRY(bottlenecks(f, out, err));
        break;
    case KARVAN_FREIGHT_CORRIDORS:
        KARVAN_TRY(karvan_i_freight_by_corridor(f, out, err));
        break;
    case KARVAN_FREIGHT_COUNTRIES:
        KARVAN_TRY(karvan_i_freight_by_country(f, out, err));
        break;
    case KARVAN_FREIGHT_UNSERVED:
        KARVAN_TRY(karvan_i_freight_left(f, out, err));
        break;
    case KARVAN_FREIGHT_OUTPUTS:
    default:
        st = karvan_fail(err, KARVAN_E_ARG, "no table of number %d", (int)which);
    }
done:
    loads_clear(&l);
    return st;
}
