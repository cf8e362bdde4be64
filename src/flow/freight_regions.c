/* Tables by corridor and by country. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_tables.h"
#include "table/cell.h"

/* ---- corridors ---- */

typedef struct carried {
    double teu, tonnes, usd, hours;
} carried;

static void add(carried *to, const carried *c) {
    to->teu += c->teu, to->tonnes += c->tonnes, to->usd += c->usd, to->hours += c->hours;
}

static karvan_status add_corridor(const karvan_freight *f, int32_t corridor, const char *class,
                                  const carried *c, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *id =
        corridor < f->n_corridors ? karvan_i_cell_text(f->corridors, "id", corridor) : "other";
    double v[] = {c->teu, c->teu * 365, c->tonnes * 365 / 1000, c->teu > 0 ? c->usd / c->teu : NAN,
                  c->teu > 0 ? c->hours / c->teu : NAN};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, id, err));
    KARVAN_TRY(karvan_builder_text(b, 1, class, err));
    for (int i = 0; i < 5; i++) KARVAN_TRY(karvan_builder_real(b, 2 + i, v[i], err));
done:
    return st;
}

/* By corridor (the last: none) and lane (the last: all). */
static void sum_corridors(const karvan_freight *f, carried *sum) {
    size_t lanes = (size_t)f->n_lanes + 1;
    for (int64_t w = 0; w < f->ways.n; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        int32_t k = f->pair_lane[way->pair];
        size_t row = (size_t)(way->corridor < 0 ? f->n_corridors : way->corridor) * lanes;
        carried c = {f->flow[w], f->flow[w] * f->lane[k].tonnes, f->flow[w] * way->usd,
                     f->flow[w] * karvan_i_way_hours(f, way)};
        add(&sum[row + (size_t)k], &c), add(&sum[row + lanes - 1], &c);
    }
}

karvan_status karvan_i_freight_by_corridor(const karvan_freight *f, karvan_table **out,
                                           karvan_error *err) {
    static const karvan_column columns[] = {
        {"corridor", KARVAN_TEXT, NULL}, {"class", KARVAN_TEXT, NULL},
        {"teu_day", KARVAN_REAL, "TEU"}, {"teu_year", KARVAN_REAL, "TEU"},
        {"kt_year", KARVAN_REAL, "kt"},  {"usd", KARVAN_REAL, "USD/TEU"},
        {"hours", KARVAN_REAL, "h"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    size_t lanes = (size_t)f->n_lanes + 1;
    carried *sum = karvan_i_calloc(((size_t)f->n_corridors + 1) * lanes, sizeof *sum);
    KARVAN_REQUIRE(sum, err, KARVAN_E_NOMEM, "no memory for corridors");
    sum_corridors(f, sum);
    KARVAN_TRY(karvan_builder_create("corridors", 7, columns, &b, err));
    for (int32_t k = 0; k <= f->n_corridors; k++) {
        const carried *row = sum + (size_t)k * lanes;
        KARVAN_TRY(add_corridor(f, k, "all", &row[lanes - 1], b, err));
        for (int32_t l = 0; l < f->n_lanes; l++)
            if (row[l].teu > 0) KARVAN_TRY(add_corridor(f, k, f->lane[l].id, &row[l], b, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(sum);
    return st;
}

/* ---- countries ---- */

typedef struct country_sums {
    const karvan_table *countries;
    int32_t n;
    int32_t *of_place;                           /* [places] row of countries, -1 */
    double *loaded, *unloaded, *transited, *usd; /* [n] */
    int64_t *seen;                               /* [n] last way that was there, from 1 */
} country_sums;

static void sums_clear(country_sums *s) {
    karvan_i_free(s->of_place), karvan_i_free(s->loaded), karvan_i_free(s->unloaded);
    karvan_i_free(s->transited), karvan_i_free(s->usd), karvan_i_free(s->seen);
}

static karvan_status sums_init(country_sums *s, const karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *s = (country_sums){0};
    KARVAN_TRY(karvan_i_need_table(f->region, "countries", &s->countries, err));
    s->n = (int32_t)karvan_table_rows(s->countries);
    size_t n = (size_t)s->n + 1, places = (size_t)f->plain->n_places;
    s->of_place = karvan_i_malloc(places + 1, sizeof *s->of_place);
    s->loaded = karvan_i_calloc(n, sizeof *s->loaded);
    s->unloaded = karvan_i_calloc(n, sizeof *s->unloaded);
    s->transited = karvan_i_calloc(n, sizeof *s->transited);
    s->usd = karvan_i_calloc(n, sizeof *s->usd), s->seen = karvan_i_calloc(n, sizeof *s->seen);
    KARVAN_REQUIRE(s->of_place && s->loaded && s->unloaded && s->transited && s->usd && s->seen,
                   err, KARVAN_E_NOMEM, "no memory for countries");
    for (int32_t p = 0; p < f->plain->n_places; p++)
        s->of_place[p] = (int32_t)karvan_package_row(f->region, "countries", f->plain->country[p]);
done:
    return st;
}

/* Straits are in nobody's country: who sails through one does not transit it. */
static void visit(country_sums *s, const karvan_freight *f, int64_t w, int32_t place) {
    const karvan_i_way *way = &f->ways.way[w];
    int32_t c = s->of_place[place];
    if (c < 0 || f->plain->strait[place] || s->seen[c] == w + 1) return;
    s->seen[c] = w + 1;
    if (c == s->of_place[f->pair_from[way->pair]]) s->loaded[c] += f->flow[w];
    if (c == s->of_place[f->pair_to[way->pair]]) s->unloaded[c] += f->flow[w];
    if (c != s->of_place[f->pair_from[way->pair]] && c != s->of_place[f->pair_to[way->pair]])
        s->transited[c] += f->flow[w];
}

/* Money is spent where an arc is; half at each end of one between two countries. */
static void sum_way(country_sums *s, const karvan_freight *f, int64_t w) {
    const karvan_i_way *way = &f->ways.way[w];
    const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
    for (int64_t i = way->first; i < way->first + way->n; i++) {
        const karvan_i_arc *a = &net->arcs[f->ways.arc[i]];
        int32_t ends[2] = {karvan_i_state_place(net, a->tail), karvan_i_state_place(net, a->head)};
        for (int e = 0; e < 2; e++) {
            visit(s, f, w, ends[e]);
            if (s->of_place[ends[e]] >= 0) s->usd[s->of_place[ends[e]]] += f->flow[w] * a->usd / 2;
        }
    }
}

karvan_status karvan_i_freight_by_country(const karvan_freight *f, karvan_table **out,
                                          karvan_error *err) {
    static const karvan_column columns[] = {{"country", KARVAN_TEXT, NULL},
                                            {"loaded_teu_day", KARVAN_REAL, "TEU"},
                                            {"unloaded_teu_day", KARVAN_REAL, "TEU"},
                                            {"transited_teu_day", KARVAN_REAL, "TEU"},
                                            {"usd_day", KARVAN_REAL, "USD"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    country_sums s;
    KARVAN_TRY(sums_init(&s, f, err));
    for (int64_t w = 0; w < f->ways.n; w++)
        if (f->flow[w] > 0) sum_way(&s, f, w);
    KARVAN_TRY(karvan_builder_create("countries", 5, columns, &b, err));
    for (int32_t c = 0; c < s.n; c++) {
        double v[] = {s.loaded[c], s.unloaded[c], s.transited[c], s.usd[c]};
        if (!(v[0] + v[1] + v[2] + v[3] > 0)) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_i_cell_text(s.countries, "iso3", c), err));
        for (int i = 0; i < 4; i++) KARVAN_TRY(karvan_builder_real(b, 1 + i, v[i], err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    sums_clear(&s);
    return st;
}
