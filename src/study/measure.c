/* What a side makes of the menu: what its routes cost, in parts by uncertain parameter; what it can
 * carry; what wants to go. */

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"
#include "table/cell.h"

/* Parameters of the rows that arcs are of. */
typedef struct row_parameters {
    int32_t n_links, n_terminals, n_services, n_operations;
    int32_t *money, *hours; /* links, terminals, operations, one behind the other */
    int32_t *wait;          /* [n_services] */
} row_parameters;

/* ---- which parameter moves a row ---- */

static void row_parameters_clear(row_parameters *l) {
    karvan_i_free(l->money), karvan_i_free(l->hours), karvan_i_free(l->wait);
    *l = (row_parameters){0};
}

static void label_links(const karvan_freight *f, const karvan_i_parameters *p, row_parameters *l) {
    for (int32_t r = 0; r < l->n_links; r++) {
        const char *mode = karvan_i_cell_text(f->links, "mode", r),
                   *id = karvan_i_cell_text(f->links, "id", r);
        l->money[r] = karvan_i_parameter_of(p, KARVAN_I_MONEY, mode, NULL, id, NULL);
        l->hours[r] = karvan_i_parameter_of(p, KARVAN_I_HOURS, mode, NULL, id, NULL);
    }
    for (int32_t r = 0; r < l->n_services; r++) {
        const char *id = karvan_i_cell_text(f->services, "id", r),
                   *link = karvan_i_cell_text(f->services, "link", r);
        int64_t row = link ? karvan_package_row(f->region, "links", link) : -1;
        l->wait[r] = karvan_i_parameter_of(
            p, KARVAN_I_WAIT, karvan_i_cell_text(f->links, "mode", row), NULL, id, NULL);
    }
}

/* Stops are told by operation and row, not by mode; those without a row by operation alone. */
static void label_stops(const karvan_freight *f, const karvan_i_parameters *p, row_parameters *l) {
    for (int32_t r = 0; r < l->n_terminals; r++) {
        const char *what = karvan_i_cell_text(f->terminals, "operation", r),
                   *id = karvan_i_cell_text(f->terminals, "id", r);
        int32_t at = l->n_links + r;
        l->money[at] = karvan_i_parameter_of(p, KARVAN_I_MONEY, NULL, what, id, NULL);
        l->hours[at] = karvan_i_parameter_of(p, KARVAN_I_HOURS, NULL, what, id, NULL);
    }
    for (int32_t k = 0; k < l->n_operations; k++) {
        const char *what = f->plain->operations[k].id;
        int32_t at = l->n_links + l->n_terminals + k;
        l->money[at] = karvan_i_parameter_of(p, KARVAN_I_MONEY, NULL, what, NULL, NULL);
        l->hours[at] = karvan_i_parameter_of(p, KARVAN_I_HOURS, NULL, what, NULL, NULL);
    }
}

static karvan_status row_parameters_make(const karvan_freight *f, const karvan_i_parameters *p,
                                         row_parameters *out, karvan_error *err) {
    *out = (row_parameters){.n_links = (int32_t)karvan_table_rows(f->links),
                            .n_terminals = (int32_t)karvan_table_rows(f->terminals),
                            .n_services = (int32_t)karvan_table_rows(f->services),
                            .n_operations = f->plain->n_operations};
    size_t n = (size_t)(out->n_links + out->n_terminals + out->n_operations) + 1;
    out->money = karvan_i_calloc(n, sizeof *out->money);
    out->hours = karvan_i_calloc(n, sizeof *out->hours);
    out->wait = karvan_i_calloc((size_t)out->n_services + 1, sizeof *out->wait);
    if (!out->money || !out->hours || !out->wait) {
        row_parameters_clear(out);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for parameters");
    }
    label_links(f, p, out);
    label_stops(f, p, out);
    return KARVAN_OK;
}

/* Place of an arc's row among the labels; -1: it passes. */
static int32_t label_at(const row_parameters *l, const karvan_i_arc *a) {
    switch (a->kind) {
    case KARVAN_I_ARC_LINK:
        return a->row;
    case KARVAN_I_ARC_TERMINAL:
        return l->n_links + a->row;
    case KARVAN_I_ARC_DEFAULT:
        return a->operation < 0 ? -1 : l->n_links + l->n_terminals + a->operation;
    case KARVAN_I_ARC_PASS:
        break;
    }
    return -1;
}

/* ---- what it costs ---- */

static void add_part(karvan_i_part *out, int32_t *n, int32_t parameter, double usd, double hours,
                     double var_h2) {
    if (usd == 0 && hours == 0 && var_h2 == 0) return;
    int32_t k = 0;
    while (k < *n && out[k].parameter != parameter) k++;
    if (k == *n) out[(*n)++] = (karvan_i_part){parameter, 0, 0, 0};
    out[k].usd += usd, out[k].hours += hours, out[k].var_h2 += var_h2;
}

typedef struct arc_parts { /* of an arc, and the parameters that move them */
    int32_t money, moves, waits;
    double usd, moving_h, moving_var_h2, wait_h, wait_var_h2, kg;
} arc_parts;

typedef struct lane_parts {
    arc_parts *arc; /* [n_arcs] */
} lane_parts;

static arc_parts parts_of(const row_parameters *l, const karvan_i_arc *a) {
    int32_t at = label_at(l, a);
    double moving = a->fixed_h + a->distance_h;
    double spread = a->p90_over_p50 > 1 ? karvan_i_sigma(a->p90_over_p50) : 0;
    double var = moving * moving * expm1(spread * spread);
    if (var > a->var_h2) var = a->var_h2;
    return (arc_parts){.money = at < 0 ? 0 : l->money[at],
                       .moves = at < 0 ? 0 : l->hours[at],
                       .waits = a->service < 0 ? 0 : l->wait[a->service],
                       .usd = a->usd,
                       .moving_h = moving,
                       .moving_var_h2 = var,
                       .wait_h = a->wait_h,
                       .wait_var_h2 = a->var_h2 - var,
                       .kg = a->kg};
}

static int32_t way_parts(const arc_parts *of, int32_t n, const int32_t *arcs, karvan_i_part *out,
                         double *kg) {
    int32_t parts = 0;
    *kg = 0;
    for (int32_t i = 0; i < n; i++) {
        const arc_parts *a = &of[arcs[i]];
        *kg += a->kg;
        add_part(out, &parts, a->money, a->usd, 0, 0);
        add_part(out, &parts, a->moves, 0, a->moving_h, a->moving_var_h2);
        add_part(out, &parts, a->waits, 0, a->wait_h, a->wait_var_h2);
    }
    return parts;
}

/* ---- the side ---- */

typedef struct measuring {
    const karvan_i_menu *m;
    const karvan_freight *f;
    row_parameters rows;
    lane_parts *of;                 /* [n_lanes] */
    uint64_t **keys;                /* [n_lanes][arcs] */
    const karvan_i_measures *first; /* of side 0, NULL: this is it */
    bool **changed;                 /* [n_lanes][arcs] on the networks of side 0; NULL: others */
    int32_t *arc;                   /* [keys] side 0: where each writes those of its routes */
    size_t longest;                 /* arcs of a route */
} measuring;

static karvan_status room_for(karvan_i_measures *x, int32_t parts, karvan_error *err) {
    if (x->n == x->cap) {
        size_t cap = x->cap ? 2 * (size_t)x->cap : 1024;
        int64_t *route = karvan_i_realloc(x->route, cap, sizeof *route);
        if (route) x->route = route;
        bool *open = karvan_i_realloc(x->open, cap, sizeof *open);
        if (open) x->open = open;
        double *kg = karvan_i_realloc(x->kg, cap, sizeof *kg);
        if (kg) x->kg = kg;
        int64_t *first = karvan_i_realloc(x->part_first, cap + 1, sizeof *first);
        if (first) x->part_first = first;
        if (!route || !open || !kg || !first)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
        if (x->cap == 0) x->part_first[0] = 0;
        x->cap = (int64_t)cap;
    }
    if (x->n_parts + parts > x->cap_parts) {
        int64_t cap = 2 * (x->n_parts + parts) + 1024;
        karvan_i_part *part = karvan_i_realloc(x->part, (size_t)cap, sizeof *part);
        if (!part) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
        x->part = part, x->cap_parts = cap;
    }
    return KARVAN_OK;
}

static karvan_status push(karvan_i_measures *x, int64_t route, bool open, double kg, int32_t parts,
                          const karvan_i_part *part, karvan_error *err) {
    karvan_status st = room_for(x, parts, err);
    if (st != KARVAN_OK) return st;
    x->route[x->n] = route, x->open[x->n] = open, x->kg[x->n] = kg;
    if (parts > 0) memcpy(x->part + x->n_parts, part, (size_t)parts * sizeof *part);
    x->n_parts += parts, x->part_first[++x->n] = x->n_parts;
    return KARVAN_OK;
}

static bool as_first(const karvan_i_measures *x, int64_t r, bool open, double kg, int32_t parts,
                     const karvan_i_part *part) {
    if (x->open[r] != open || x->part_first[r + 1] - x->part_first[r] != parts) return false;
    if (!open) return true;
    const karvan_i_part *was = x->part + x->part_first[r];
    for (int32_t i = 0; i < parts; i++)
        if (was[i].parameter != part[i].parameter || was[i].usd != part[i].usd ||
            was[i].hours != part[i].hours || was[i].var_h2 != part[i].var_h2)
            return false;
    return x->kg[r] == kg;
}

/* Parts become their differences to those of side 0, of which an edit leaves most as they are. */
static int32_t less_first(const karvan_i_measures *x, int64_t r, int32_t parts,
                          karvan_i_part *part) {
    int32_t kept = 0;
    for (int64_t i = x->part_first[r]; i < x->part_first[r + 1]; i++) {
        const karvan_i_part *was = &x->part[i];
        add_part(part, &parts, was->parameter, -was->usd, -was->hours, -was->var_h2);
    }
    for (int32_t i = 0; i < parts; i++)
        if (part[i].usd != 0 || part[i].hours != 0 || part[i].var_h2 != 0) part[kept++] = part[i];
    return kept;
}

/* On the networks of side 0: does a route pass nothing that has changed? */
static bool unchanged(const measuring *k, int64_t r) {
    const karvan_i_menu *m = k->m;
    if (!k->changed || m->key_first[r] == m->key_first[r + 1]) return false;
    const bool *changed = k->changed[m->lane[m->pair[r]]];
    if (k->first->arc[m->key_first[r]] < 0) return false;
    for (int64_t i = m->key_first[r]; i < m->key_first[r + 1]; i++)
        if (changed[k->first->arc[i]]) return false;
    return true;
}

/* The arcs of a route: on side 0 kept for the other sides. */
static bool find_arcs(const measuring *k, int64_t r, int32_t *arcs) {
    const karvan_i_menu *m = k->m;
    int32_t n = (int32_t)(m->key_first[r + 1] - m->key_first[r]), p = m->pair[r], l = m->lane[p];
    const uint64_t *key = m->key + m->key_first[r];
    bool open = n == 0 || karvan_i_walk_keys(&k->f->lane[l], k->keys[l], m->from[p], n, key, arcs);
    if (k->arc && n > 0) memcpy(k->arc + m->key_first[r], arcs, (size_t)n * sizeof *arcs);
    if (k->arc && !open) k->arc[m->key_first[r]] = -1;
    return open;
}

static karvan_status measure_route(const measuring *k, int64_t r, int32_t *arcs,
                                   karvan_i_part *part, karvan_i_measures *out, karvan_error *err) {
    const karvan_i_menu *m = k->m;
    double kg = 0;
    int32_t parts = 0, n = (int32_t)(m->key_first[r + 1] - m->key_first[r]);
    if (unchanged(k, r)) return KARVAN_OK;
    bool open = find_arcs(k, r, arcs);
    if (n > 0 && open) parts = way_parts(k->of[m->lane[m->pair[r]]].arc, n, arcs, part, &kg);
    if (k->first && as_first(k->first, r, open, kg, parts, part)) return KARVAN_OK;
    if (k->first && open && k->first->open[r]) parts = less_first(k->first, r, parts, part);
    return push(out, r, open, kg, parts, part, err);
}

/* Routes of some pairs, put together in their order. */
enum { PAIRS_AT_ONCE = 256 };
typedef struct sharing {
    const measuring *k;
    karvan_i_measures *some; /* [chunks] */
} sharing;

static karvan_status measure_some(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const sharing *s = ctx;
    const measuring *k = s->k;
    int32_t *arcs = karvan_i_calloc(k->longest, sizeof *arcs);
    karvan_i_part *part = karvan_i_malloc(6 * k->longest, sizeof *part); /* of two sides */
    (void)worker;
    KARVAN_REQUIRE(arcs && part, err, KARVAN_E_NOMEM, "no memory for routes");
    for (int64_t r = k->m->first[begin]; r < k->m->first[end]; r++)
        KARVAN_TRY(measure_route(k, r, arcs, part, &s->some[begin / PAIRS_AT_ONCE], err));
done:
    karvan_i_free(arcs), karvan_i_free(part);
    return st;
}

static void measures_clear(karvan_i_measures *x) {
    karvan_i_free(x->route), karvan_i_free(x->open), karvan_i_free(x->kg);
    karvan_i_free(x->part_first), karvan_i_free(x->part), karvan_i_free(x->arc);
    *x = (karvan_i_measures){0};
}

static karvan_status put_together(const karvan_i_measures *some, int64_t n, karvan_i_measures *out,
                                  karvan_error *err) {
    size_t routes = 0, parts = 0;
    for (int64_t i = 0; i < n; i++) routes += (size_t)some[i].n, parts += (size_t)some[i].n_parts;
    out->route = karvan_i_malloc(routes + 1, sizeof *out->route);
    out->open = karvan_i_malloc(routes + 1, sizeof *out->open);
    out->kg = karvan_i_malloc(routes + 1, sizeof *out->kg);
    out->part_first = karvan_i_malloc(routes + 1, sizeof *out->part_first);
    out->part = karvan_i_malloc(parts + 1, sizeof *out->part);
    if (!out->route || !out->open || !out->kg || !out->part_first || !out->part)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    out->part_first[0] = 0, out->cap = (int64_t)routes, out->cap_parts = (int64_t)parts;
    for (int64_t i = 0; i < n; i++)
        for (int64_t r = 0; r < some[i].n; r++) {
            int64_t first = some[i].part_first[r], more = some[i].part_first[r + 1] - first;
            out->route[out->n] = some[i].route[r], out->open[out->n] = some[i].open[r];
            out->kg[out->n] = some[i].kg[r];
            if (more > 0)
                memcpy(out->part + out->n_parts, some[i].part + first,
                       (size_t)more * sizeof *out->part);
            out->n_parts += more, out->part_first[++out->n] = out->n_parts;
        }
    return KARVAN_OK;
}

static karvan_status measure(const measuring *k, int threads, karvan_i_measures *out,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t chunks = (k->m->n_pairs + PAIRS_AT_ONCE - 1) / PAIRS_AT_ONCE;
    sharing s = {k, karvan_i_calloc((size_t)chunks + 1, sizeof *s.some)};
    KARVAN_REQUIRE(s.some, err, KARVAN_E_NOMEM, "no memory for routes");
    KARVAN_TRY(
        karvan_parallel_for(k->m->n_pairs, PAIRS_AT_ONCE, threads, measure_some, &s, NULL, err));
    KARVAN_TRY(put_together(s.some, chunks, out, err));
done:
    for (int64_t i = 0; s.some && i < chunks; i++) measures_clear(&s.some[i]);
    karvan_i_free(s.some);
    return st;
}

static karvan_status find_parts(measuring *k, karvan_error *err) {
    const karvan_freight *f = k->f;
    for (int32_t l = 0; l < f->n_lanes; l++) {
        int32_t n = f->lane[l].n_arcs;
        k->of[l].arc = karvan_i_malloc((size_t)n + 1, sizeof *k->of[l].arc);
        if (!k->of[l].arc) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)n);
        for (int32_t a = 0; a < n; a++)
            k->of[l].arc[a] = parts_of(&k->rows, &f->lane[l].net->arcs[a]);
    }
    return KARVAN_OK;
}

/* ---- what has changed ---- */

static bool same_arc(const karvan_i_lane *now, const karvan_i_lane *then, int32_t a) {
    const karvan_i_arc *x = &now->net->arcs[a], *y = &then->net->arcs[a];
    return x->usd == y->usd && x->kg == y->kg && x->fixed_h == y->fixed_h &&
           x->distance_h == y->distance_h && x->wait_h == y->wait_h && x->var_h2 == y->var_h2 &&
           x->p90_over_p50 == y->p90_over_p50 &&
           (now->base[a] < INFINITY) == (then->base[a] < INFINITY);
}

/* Where a side has the arcs of side 0, those that measure otherwise. */
static karvan_status find_changed(measuring *k, const karvan_freight *base, karvan_error *err) {
    const karvan_freight *f = k->f;
    if (!base || !karvan_i_freight_like(f, base)) return KARVAN_OK;
    k->changed = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *k->changed);
    if (!k->changed) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t l = 0; l < f->n_lanes; l++) {
        int32_t n = f->lane[l].n_arcs;
        k->changed[l] = karvan_i_malloc((size_t)n + 1, sizeof **k->changed);
        if (!k->changed[l]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
        for (int32_t a = 0; a < n; a++)
            k->changed[l][a] = !same_arc(&f->lane[l], &base->lane[l], a);
    }
    return KARVAN_OK;
}

/* Closed ones close routes, and need no price; what a side does not know is without limit. */
static karvan_status make_supply(const karvan_i_menu *m, const karvan_i_study_side *side,
                                 karvan_i_supply *out, karvan_error *err) {
    const karvan_freight *f = side->freight;
    out->resource = karvan_i_malloc((size_t)m->n_scarce + 1, sizeof *out->resource);
    out->demand = karvan_i_malloc((size_t)m->n_pairs + 1, sizeof *out->demand);
    if (!out->resource || !out->demand)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    memcpy(out->demand, f->demand, (size_t)m->n_pairs * sizeof *out->demand);
    for (int32_t x = 0; x < m->n_scarce; x++)
        out->resource[x] = (karvan_i_resource){.kind = KARVAN_I_LIMIT, .capacity = INFINITY};
    for (int32_t x = 0; x < f->scarce.n; x++) {
        int32_t at = karvan_i_menu_scarce(m, &f->scarce.all[x], x);
        if (at >= 0 && !f->scarce.all[x].closed) out->resource[at] = f->scarce.all[x].core;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_supply_make(const karvan_i_menu *m, const karvan_i_study_side *side,
                                   const karvan_i_parameters *p, const karvan_i_supply *first,
                                   const karvan_freight *base, karvan_i_supply *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = (karvan_i_supply){0};
    measuring k = {.m = m, .f = side->freight, .first = first ? &first->measures : NULL};
    k.longest = 1;
    for (int64_t r = 0; r < m->n_routes; r++)
        if ((size_t)(m->key_first[r + 1] - m->key_first[r]) > k.longest)
            k.longest = (size_t)(m->key_first[r + 1] - m->key_first[r]);
    k.keys = karvan_i_calloc((size_t)k.f->n_lanes + 1, sizeof *k.keys);
    k.of = karvan_i_calloc((size_t)k.f->n_lanes + 1, sizeof *k.of);
    KARVAN_REQUIRE(k.keys && k.of, err, KARVAN_E_NOMEM, "no memory for routes");
    if (!first) {
        k.arc = karvan_i_malloc((size_t)m->key_first[m->n_routes] + 1, sizeof *k.arc);
        KARVAN_REQUIRE(k.arc, err, KARVAN_E_NOMEM, "no memory for routes");
    }
    for (int32_t l = 0; l < k.f->n_lanes; l++)
        KARVAN_TRY(karvan_i_arc_keys(&k.f->lane[l], &k.keys[l], err));
    if (first) KARVAN_TRY(find_changed(&k, base, err));
    KARVAN_TRY(row_parameters_make(k.f, p, &k.rows, err));
    KARVAN_TRY(find_parts(&k, err));
    KARVAN_TRY(make_supply(m, side, out, err));
    KARVAN_TRY(measure(&k, side->flow.threads, &out->measures, err));
    out->measures.arc = k.arc, k.arc = NULL;
done:
    for (int32_t l = 0; l < k.f->n_lanes; l++) {
        if (k.keys) karvan_i_free(k.keys[l]);
        if (k.of) karvan_i_free(k.of[l].arc);
        if (k.changed) karvan_i_free(k.changed[l]);
    }
    karvan_i_free(k.keys), karvan_i_free(k.of), karvan_i_free(k.changed), karvan_i_free(k.arc);
    row_parameters_clear(&k.rows);
    if (st != KARVAN_OK) karvan_i_supply_clear(out);
    return st;
}

void karvan_i_supply_clear(karvan_i_supply *s) {
    karvan_i_free(s->demand), karvan_i_free(s->resource);
    measures_clear(&s->measures);
    *s = (karvan_i_supply){0};
}
