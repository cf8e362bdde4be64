/* What closures cost, as tables: of each item to all, by country, and of one item pair by pair. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/utf8.h"
#include "network/critical.h"
#include "table/cell.h"

enum { C_KIND, C_ID, C_NAME, C_HOURS, C_USD, C_CUT, C_SHARE, C_COUNTRY, C_END };

/* "Aktau - Alat, feeder"; "Dostyk, change of gauge". */
static void name_item(const karvan_i_critical *c, int32_t item, char *out, size_t cap) {
    const karvan_network *net = c->net;
    bool link = item < c->n_links;
    const karvan_table *t = link ? net->links : net->terminals;
    int64_t row = link ? item : item - c->n_links;
    const char *from = karvan_i_cell_text(t, link ? "from" : "place", row),
               *to = link ? karvan_i_cell_text(t, "to", row) : NULL,
               *what = karvan_i_cell_text(t, link ? "mode" : "operation", row);
    int64_t a = from ? karvan_package_row(net->region, "places", from) : -1,
            b = to ? karvan_package_row(net->region, "places", to) : -1;
    const char *from_name = karvan_i_cell_text(net->places, "name", a),
               *to_name = karvan_i_cell_text(net->places, "name", b);
    (void)snprintf(out, cap, "%.60s%s%.60s, %.40s", from_name ? from_name : "?", link ? " - " : "",
                   to_name ? to_name : "", what ? what : "?");
    for (char *s = strrchr(out, ','); s && *s; s++)
        if (*s == '_') *s = ' ';
    karvan_i_utf8_mend(out); /* a name may have been cut */
}

/* In the order of origins, whatever the threads; of one country, or -1: of all. */
static karvan_i_loss sum_of(const karvan_i_critical *c, int32_t item, int32_t country) {
    karvan_i_loss sum = {{0, 0}, 0, 0};
    for (int32_t o = 0; o < c->masses.n_ends; o++) {
        const karvan_i_loss *one = &c->losses[(size_t)o * (size_t)c->n_items + (size_t)item];
        if (country >= 0 && c->masses.country[o] != country) continue;
        for (int m = 0; m < KARVAN_I_METRICS; m++) sum.delta[m] += one->delta[m];
        sum.cut += one->cut, sum.cut_weight += one->cut_weight;
    }
    return sum;
}

typedef struct shape { /* which of the columns a table has */
    bool share, country;
} shape;

static karvan_status add_item(const karvan_i_critical *c, int32_t item, int32_t country,
                              const shape *s, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_loss sum = sum_of(c, item, country);
    char name[200];
    double pairs = (double)c->masses.n_ends * (c->masses.n_ends - 1.0);
    bool link = item < c->n_links;
    if (sum.cut == 0 && sum.delta[0] <= 0 && sum.delta[1] <= 0) return KARVAN_OK;
    name_item(c, item, name, sizeof name);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, C_KIND, link ? "link" : "terminal", err));
    KARVAN_TRY(karvan_builder_text(b, C_ID,
                                   karvan_i_cell_text(link ? c->net->links : c->net->terminals,
                                                      "id", link ? item : item - c->n_links),
                                   err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, name, err));
    KARVAN_TRY(karvan_builder_real(b, C_HOURS, sum.delta[0], err));
    KARVAN_TRY(karvan_builder_real(b, C_USD, sum.delta[1], err));
    KARVAN_TRY(karvan_builder_int(b, C_CUT, sum.cut, err));
    if (s->share) KARVAN_TRY(karvan_builder_real(b, C_SHARE, 100.0 * sum.cut_weight / pairs, err));
    if (s->country)
        KARVAN_TRY(karvan_builder_text(
            b, C_COUNTRY, karvan_i_cell_text(c->net->countries, "iso3", country), err));
done:
    return st;
}

/* By one column, those equal by another; both from the most. */
static karvan_status ranked(const karvan_table *t, int first, int second, karvan_table **out,
                            karvan_error *err) {
    karvan_view v = {0};
    karvan_status st = karvan_view_init(&v, t, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, second, true, err);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, first, true, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, out, err);
    karvan_view_clear(&v);
    return st;
}

static karvan_status table_of(const karvan_network *net, const karvan_critical_query *q, shape s,
                              karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"kind", KARVAN_TEXT, NULL},           {"id", KARVAN_TEXT, NULL},
        {"name", KARVAN_TEXT, NULL},           {"delta_hours", KARVAN_REAL, "h"},
        {"delta_usd", KARVAN_REAL, "USD/TEU"}, {"cut_pairs", KARVAN_INT, NULL},
        {"cut_share", KARVAN_REAL, "%"},       {"country", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_i_critical c = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net && q, err, KARVAN_E_ARG, "net or query is NULL");
    KARVAN_TRY(karvan_i_critical_find(&c, net, q->weights, q->threads, err));
    KARVAN_TRY(karvan_builder_create("critical",
                                     s.country ? C_END
                                     : s.share ? C_COUNTRY
                                               : C_SHARE,
                                     columns, &b, err));
    for (int32_t item = 0; item < c.n_items; item++)
        for (int32_t k = 0; k < (s.country ? c.masses.n_countries : 1); k++)
            KARVAN_TRY(add_item(&c, item, s.country ? k : -1, &s, b, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = ranked(t, C_CUT, C_HOURS, out, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_critical_clear(&c);
    return st;
}

karvan_status karvan_network_critical(const karvan_network *net, int threads, karvan_table **out,
                                      karvan_error *err) {
    const karvan_critical_query q = {.threads = threads};
    return table_of(net, &q, (shape){false, false}, out, err);
}

karvan_status karvan_network_critical_by(const karvan_network *net, const karvan_critical_query *q,
                                         karvan_table **out, karvan_error *err) {
    return table_of(net, q, (shape){true, q && q->by_country}, out, err);
}
