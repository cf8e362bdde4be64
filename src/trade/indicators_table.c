/* What is asked of a cube, row by row: years, countries, partners, products, indicators. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "trade/indicators.h"

enum {
    C_YEAR,
    C_COUNTRY,
    C_PARTNER,
    C_PRODUCT,
    C_FLOW,
    C_NAME,
    C_VALUE,
    C_UNIT,
    C_WHY,
    C_WORLD,
    C_END
};

typedef struct asked {
    const karvan_trade_cube *c;
    const karvan_indicator_query *q;
    karvan_i_scene scene;
    karvan_i_party *parties; /* [countries], then a, b, market */
    karvan_i_party *a, *b, *market;
    int product; /* -1: all */
    bool any_product, any_base;
    char world[80];
    double *gdp;
    uint8_t *here; /* [products] to be told of */
    karvan_builder *build;
} asked;

/* ---- who is asked for ---- */

static int find_name(char *const *names, int n, const char *name) {
    return karvan_i_position((const char *const *)names, n, name);
}

static karvan_status no_such(const asked *k, const char *what, char *const *names, int n,
                             const char *said, karvan_error *err) {
    char meant[120];
    const char **all = karvan_i_calloc((size_t)n + (size_t)k->q->n_groups, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
    bool country = names == k->c->country;
    for (int i = 0; i < n; i++) all[i] = names[i];
    for (int i = 0; country && i < k->q->n_groups; i++) all[n + i] = k->q->groups[i].name;
    size_t most = (size_t)n + (country ? (size_t)k->q->n_groups : 0);
    (void)karvan_i_meant(said, all, most, meant, sizeof meant);
    karvan_i_free(all);
    return karvan_fail(err, KARVAN_E_ARG, "no flow is of the %s '%.60s'%s", what, said, meant);
}

/* Members that the flows know, once each. */
static karvan_status fill_group(const asked *k, const karvan_trade_group *g, karvan_i_party *p,
                                karvan_error *err) {
    int32_t *list = karvan_i_calloc((size_t)g->n, sizeof *list);
    *p = (karvan_i_party){.name = g->name, .self = -1, .list = list};
    p->member = karvan_i_calloc((size_t)k->c->n_countries, 1);
    if (!list || !p->member) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for countries");
    for (int i = 0; i < g->n; i++) {
        int at = find_name(k->c->country, k->c->n_countries, g->country[i]);
        if (at >= 0 && at != k->c->world) p->member[at] = 1;
    }
    for (int32_t i = 0; i < k->c->n_countries; i++)
        if (p->member[i]) list[p->n++] = i;
    if (p->n > 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no flow is of a country of the group %.60s", g->name);
}

static karvan_status find_party(const asked *k, const char *said, karvan_i_party *p,
                                karvan_i_party **out, karvan_error *err) {
    if (!said) return KARVAN_OK;
    *out = p;
    for (int i = 0; i < k->q->n_groups; i++)
        if (strcmp(k->q->groups[i].name, said) == 0) return fill_group(k, &k->q->groups[i], p, err);
    int at = find_name(k->c->country, k->c->n_countries, said);
    if (at < 0 || at == k->c->world)
        return no_such(k, "country", k->c->country, k->c->n_countries, said, err);
    karvan_i_party_one(p, k->c->country[at], at);
    return KARVAN_OK;
}

/* ---- can it be answered ---- */

static karvan_status suits(const asked *k, const karvan_i_indicator *i, karvan_error *err) {
    bool pair = k->q->partner || k->q->by_partner;
    if (i->partner == KARVAN_I_MUST && !pair)
        return karvan_fail(err, KARVAN_E_ARG, "%s is of a pair: name a partner, or ask for each",
                           i->name);
    if (i->partner == KARVAN_I_NO && pair)
        return karvan_fail(err, KARVAN_E_ARG, "%s is of a country, not of a pair", i->name);
    if (k->q->market && strcmp(i->name, "similarity") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "%s has no market; similarity has", i->name);
    return KARVAN_OK;
}

static karvan_status check_query(asked *k, karvan_error *err) {
    const karvan_indicator_query *q = k->q;
    karvan_status st = KARVAN_OK;
    bool gdp = false;
    KARVAN_REQUIRE(q->n_indicators > 0 && q->indicator, err, KARVAN_E_ARG, "no indicator is asked");
    KARVAN_REQUIRE(!(q->partner && q->by_partner), err, KARVAN_E_ARG,
                   "a partner is named, and each is asked for: choose one");
    KARVAN_REQUIRE(!(q->without_intra && k->c->by_world_row), err, KARVAN_E_ARG,
                   "the world's row does not tell a group's trade with itself apart");
    for (int i = 0; i < q->n_indicators; i++) {
        KARVAN_REQUIRE(q->indicator[i] >= 0 && q->indicator[i] < karvan_i_n_indicators, err,
                       KARVAN_E_ARG, "no indicator has the number %d", q->indicator[i]);
        const karvan_i_indicator *of = &karvan_i_indicators[q->indicator[i]];
        KARVAN_TRY(suits(k, of, err));
        gdp = gdp || of->gdp, k->any_base = k->any_base || of->base;
        k->any_product = k->any_product || of->product == KARVAN_I_MUST ||
                         (of->product == KARVAN_I_MAY && (q->by_product || q->product));
    }
    KARVAN_REQUIRE(k->any_product || !(q->by_product || q->product), err, KARVAN_E_ARG,
                   "%s is not told by product", karvan_i_indicators[q->indicator[0]].name);
    KARVAN_REQUIRE(!k->any_product || k->c->n_products > 0, err, KARVAN_E_ARG,
                   "the flows are not stated by product");
    if (gdp && q->gdp) KARVAN_TRY(karvan_i_read_gdp(k->c, q->gdp, &k->gdp, err));
    k->scene.gdp = k->gdp, k->product = -1;
    if (q->product) k->product = find_name(k->c->product, k->c->n_products, q->product);
    if (q->product && k->product < 0)
        st = no_such(k, "product", k->c->product, k->c->n_products, q->product, err);
done:
    return st;
}

/* ---- rows ---- */

static karvan_status add_row(asked *k, const karvan_i_indicator *i, int product,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = k->build;
    const char *unit = i->unit ? i->unit : k->c->unit;
    karvan_i_figure f = i->of(&k->scene, product);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, C_YEAR, k->c->year[k->scene.year], err));
    KARVAN_TRY(karvan_builder_text(b, C_COUNTRY, k->scene.a->name, err));
    KARVAN_TRY(karvan_builder_text(b, C_PARTNER, k->scene.b ? k->scene.b->name : "all", err));
    KARVAN_TRY(
        karvan_builder_text(b, C_PRODUCT, product < 0 ? "TOTAL" : k->c->product[product], err));
    KARVAN_TRY(karvan_builder_text(b, C_FLOW,
                                   !i->flow        ? ""
                                   : k->q->imports ? "import"
                                                   : "export",
                                   err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, i->name, err));
    KARVAN_TRY(f.state == KARVAN_VALUE ? karvan_builder_real(b, C_VALUE, f.v, err)
                                       : karvan_builder_state(b, C_VALUE, f.state, err));
    KARVAN_TRY(karvan_builder_text(b, C_UNIT, unit, err));
    KARVAN_TRY(karvan_builder_text(b, C_WHY, f.why, err));
    KARVAN_TRY(karvan_builder_text(b, C_WORLD, k->world, err));
done:
    return st;
}

static void mark(asked *k, karvan_i_slot slot) {
    const karvan_i_basket *p = karvan_i_scene_slot(&k->scene, slot);
    for (int i = 0; i < p->n; i++) k->here[p->touched[i]] = 1;
}

/* The products that a and b trade, in one of the years compared; all of the world's where what is
 * not listed is 0. */
static void mark_products(asked *k) {
    memset(k->here, 0, (size_t)k->c->n_products);
    if (k->product >= 0) {
        k->here[k->product] = 1;
        return;
    }
    mark(k, KARVAN_I_X_AB), mark(k, KARVAN_I_M_AB);
    if (k->any_base) mark(k, KARVAN_I_X_AB0), mark(k, KARVAN_I_M_AB0);
    if (k->c->complete) mark(k, KARVAN_I_X_W), mark(k, KARVAN_I_M_W);
}

static bool by_product(const asked *k, const karvan_i_indicator *i) {
    return i->product == KARVAN_I_MUST ||
           (i->product == KARVAN_I_MAY && (k->q->by_product || k->q->product));
}

static karvan_status add_rows(asked *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_indicator_query *q = k->q;
    for (int i = 0; i < q->n_indicators; i++) {
        const karvan_i_indicator *of = &karvan_i_indicators[q->indicator[i]];
        if (!by_product(k, of)) KARVAN_TRY(add_row(k, of, -1, err));
    }
    if (!k->any_product) return st;
    mark_products(k);
    for (int p = 0; p < k->c->n_products; p++)
        for (int i = 0; k->here[p] && i < q->n_indicators; i++) {
            const karvan_i_indicator *of = &karvan_i_indicators[q->indicator[i]];
            if (by_product(k, of)) KARVAN_TRY(add_row(k, of, p, err));
        }
done:
    return st;
}

/* Does a trade with this partner, in either direction? */
static bool trades_with(const karvan_trade_cube *c, int year, const karvan_i_party *a,
                        int32_t partner) {
    const karvan_i_flow_store *stores[] = {c->x, c->m};
    for (int32_t i = 0; i < a->n; i++) {
        int64_t at = (int64_t)year * c->n_countries + a->list[i];
        for (int k = 0; k < 2; k++) {
            const karvan_i_flow_store *s = stores[k];
            for (int64_t p = s->of_exporter[at]; p < s->of_exporter[at + 1]; p++)
                if (s->importer[p] == partner) return true;
            for (int64_t p = s->of_importer[at]; p < s->of_importer[at + 1]; p++)
                if (s->exporter[s->in_pair[p]] == partner) return true;
        }
    }
    return false;
}

static karvan_status add_country(asked *k, int year, int base, const karvan_i_party *a,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!k->q->by_partner) {
        karvan_i_scene_move(&k->scene, year, base, a, k->b);
        return add_rows(k, err);
    }
    for (int32_t j = 0; j < k->c->n_countries; j++) {
        if (j == k->c->world || (a->n == 1 && karvan_i_party_has(a, j))) continue;
        if (!k->c->complete && !trades_with(k->c, year, a, j)) continue;
        karvan_i_scene_move(&k->scene, year, base, a, &k->parties[j]);
        if (k->scene.present[j]) KARVAN_TRY(add_rows(k, err));
    }
done:
    return st;
}

static int position_of(const karvan_trade_cube *c, int64_t year) {
    for (int y = 0; y < c->n_years; y++)
        if (c->year[y] == year) return y;
    return -1;
}

/* What all partners together are, in words. */
static void name_world(asked *k, int year) {
    karvan_i_scene_move(&k->scene, year, -1, k->a, k->b);
    if (k->c->by_world_row)
        (void)snprintf(k->world, sizeof k->world, "the source's row for the world");
    else
        (void)snprintf(k->world, sizeof k->world, "sum of the %d countries stated",
                       k->scene.n_present);
}

static karvan_status add_years(asked *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_indicator_query *q = k->q;
    int n = 0;
    for (int y = 0; y < k->c->n_years; y++) {
        int64_t year = k->c->year[y];
        if ((q->has_from && year < q->from_year) || (q->has_to && year > q->to_year)) continue;
        int base = position_of(k->c, q->has_base ? q->base_year : year - 1);
        if (base >= y) base = -1;
        n++, name_world(k, y);
        if (k->a) KARVAN_TRY(add_country(k, y, base, k->a, err));
        for (int32_t i = 0; !k->a && i < k->c->n_countries; i++)
            if (k->scene.present[i] && !(k->b && k->b->n == 1 && karvan_i_party_has(k->b, i)))
                KARVAN_TRY(add_country(k, y, base, &k->parties[i], err));
    }
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_ARG, "the flows are of %lld to %lld: no year asked for",
                   (long long)k->c->year[0], (long long)k->c->year[k->c->n_years - 1]);
done:
    return st;
}

static void clear_asked(asked *k) {
    for (int i = 0; k->parties && i < 3; i++) { /* groups have lists of their own */
        karvan_i_party *p = &k->parties[k->c->n_countries + i];
        if (p->list != &p->self) karvan_i_free((void *)p->list);
        karvan_i_free(p->member);
    }
    karvan_i_free(k->parties), karvan_i_free(k->gdp), karvan_i_free(k->here);
    karvan_i_scene_clear(&k->scene);
    karvan_builder_destroy(k->build);
}

karvan_status karvan_trade_indicators(const karvan_trade_cube *c, const karvan_indicator_query *q,
                                      karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"year", KARVAN_INT, NULL},     {"country", KARVAN_TEXT, NULL},
        {"partner", KARVAN_TEXT, NULL}, {"product", KARVAN_TEXT, NULL},
        {"flow", KARVAN_TEXT, NULL},    {"indicator", KARVAN_TEXT, NULL},
        {"value", KARVAN_REAL, NULL},   {"unit", KARVAN_TEXT, NULL},
        {"why", KARVAN_TEXT, NULL},     {"world", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    asked k = {.c = c, .q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!c || !q) return karvan_fail(err, KARVAN_E_ARG, "flows or query is NULL");
    int n = c->n_countries;
    k.parties = karvan_i_calloc((size_t)n + 3, sizeof *k.parties);
    k.here = karvan_i_calloc((size_t)c->n_products, 1);
    KARVAN_REQUIRE(k.parties && k.here, err, KARVAN_E_NOMEM, "no memory for countries");
    KARVAN_TRY(karvan_i_scene_init(&k.scene, c, q, err));
    KARVAN_TRY(check_query(&k, err));
    for (int i = 0; i < n; i++) karvan_i_party_one(&k.parties[i], c->country[i], i);
    KARVAN_TRY(find_party(&k, q->country, &k.parties[n], &k.a, err));
    KARVAN_TRY(find_party(&k, q->partner, &k.parties[n + 1], &k.b, err));
    KARVAN_TRY(find_party(&k, q->market, &k.parties[n + 2], &k.market, err));
    k.scene.market = k.market;
    KARVAN_TRY(karvan_builder_create("indicators", C_END, columns, &k.build, err));
    KARVAN_TRY(add_years(&k, err));
    st = karvan_builder_finish(k.build, out, err);
    k.build = NULL;
done:
    clear_asked(&k);
    return st;
}
