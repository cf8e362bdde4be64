/* Ways apart from the networks on which they were found, so that one network at a time is at hand.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/try.h"
#include "study/study.h"
#include "table/cell.h"

void karvan_i_traces_clear(karvan_i_traces *t) {
    for (int32_t x = 0; t->scarce_name && x < t->n_scarce; x++) karvan_i_free(t->scarce_name[x]);
    karvan_i_free(t->trace), karvan_i_free(t->key), karvan_i_free(t->item);
    karvan_i_free(t->use), karvan_i_free(t->amount), karvan_i_free(t->spent_country);
    karvan_i_free(t->spent_usd), karvan_i_free(t->scarce), karvan_i_free(t->scarce_name);
    karvan_i_free(t->scarce_unit), karvan_i_free(t->length);
    *t = (karvan_i_traces){0};
}

/* ---- may sides stand beside one another? ---- */

static karvan_status same_tables(const karvan_i_study_side *first, const karvan_i_study_side *side,
                                 karvan_error *err) {
    static const char *const tables[] = {"places",     "modes",    "operations", "links",
                                         "terminals",  "services", "corridors",  "cargo_classes",
                                         "capacities", "countries"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const karvan_table *a = karvan_package_table(first->region, tables[i]),
                           *b = karvan_package_table(side->region, tables[i]);
        if ((a ? karvan_table_rows(a) : 0) != (b ? karvan_table_rows(b) : 0))
            return karvan_fail(
                err, KARVAN_E_DATA,
                "scenario %.80s removes rows of table %s: before and after cannot be set "
                "beside one another; close them (open_to) instead",
                side->name, tables[i]);
    }
    return KARVAN_OK;
}

/* Read once for base and cases: an edit of theirs would be passed over in silence. */
static karvan_status same_study(const karvan_i_study_side *first, const karvan_i_study_side *side,
                                karvan_error *err) {
    static const char *const tables[] = {"corridor_constants", "cargo_classes", "parameters",
                                         "policy_effects", "settings"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const karvan_table *a = karvan_package_table(first->region, tables[i]),
                           *b = karvan_package_table(side->region, tables[i]);
        if (a && b && a != b && karvan_i_table_digest(a) != karvan_i_table_digest(b))
            return karvan_fail(err, KARVAN_E_DATA,
                               "scenario %.80s edits table %s, which is of the whole study, the "
                               "base too: edit a copy of the region instead (karvan new)",
                               side->name, tables[i]);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_sides_alike(const karvan_i_study_side *first,
                                   const karvan_i_study_side *side, karvan_error *err) {
    karvan_status st = same_tables(first, side, err);
    if (st == KARVAN_OK) st = same_study(first, side, err);
    if (st != KARVAN_OK) return st;
    const karvan_freight *a = first->freight, *b = side->freight;
    bool same = a->n_pairs == b->n_pairs && a->n_lanes == b->n_lanes;
    for (int32_t i = 0; same && i < a->n_pairs; i++)
        same = a->pair_from[i] == b->pair_from[i] && a->pair_to[i] == b->pair_to[i] &&
               a->pair_lane[i] == b->pair_lane[i] && a->pair_kind[i] == b->pair_kind[i];
    if (same) return KARVAN_OK;
    return karvan_fail(
        err, KARVAN_E_DATA,
        "scenario %.80s changes which flows there are: before and after cannot be set beside "
        "one another",
        side->name);
}

/* ---- memory ---- */

static karvan_status grow(void **p, int64_t n, int64_t *cap, size_t size, karvan_error *err) {
    if (n <= *cap) return KARVAN_OK;
    void *more = karvan_i_realloc(*p, (size_t)(2 * n + 64), size);
    if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    *p = more, *cap = 2 * n + 64;
    return KARVAN_OK;
}

static karvan_status room_for(karvan_i_traces *t, int32_t steps, int32_t uses, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t cap;
    KARVAN_TRY(grow((void **)&t->trace, t->n + 1, &t->cap, sizeof *t->trace, err));
    KARVAN_TRY(grow((void **)&t->key, t->n_keys + steps, &t->cap_keys, sizeof *t->key, err));
    KARVAN_TRY(grow((void **)&t->item, t->n_items + steps, &t->cap_items, sizeof *t->item, err));
    cap = t->cap_uses;
    KARVAN_TRY(grow((void **)&t->use, t->n_uses + uses, &cap, sizeof *t->use, err));
    KARVAN_TRY(grow((void **)&t->amount, t->n_uses + uses, &t->cap_uses, sizeof *t->amount, err));
    cap = t->cap_spent;
    KARVAN_TRY(grow((void **)&t->spent_country, t->n_spent + 2 * (int64_t)steps, &cap,
                    sizeof *t->spent_country, err));
    KARVAN_TRY(grow((void **)&t->spent_usd, t->n_spent + 2 * (int64_t)steps, &t->cap_spent,
                    sizeof *t->spent_usd, err));
done:
    return st;
}

/* ---- one way ---- */

typedef struct taking {
    const karvan_i_study_side *side, *first;
    const karvan_freight *f;
    karvan_i_traces *t;
    int32_t *country;            /* [places] row of table countries, -1 */
    uint64_t **keys, **was_keys; /* [n_lanes]; of side 0, NULL */
    int32_t *arcs;               /* room for a way */
} taking;

/* Half of an arc's money at each of its ends, in countries where the pair neither begins nor ends.
 */
static void spend(const taking *k, karvan_i_trace *x, const karvan_i_way *w) {
    karvan_i_traces *t = k->t;
    const karvan_freight *f = k->f;
    const karvan_network *net = f->lane[f->pair_lane[w->pair]].net;
    for (int32_t i = 0; i < w->n; i++) {
        const karvan_i_arc *a = &net->arcs[f->ways.arc[w->first + i]];
        for (int e = 0; e < 2; e++) {
            int32_t c = k->country[karvan_i_state_place(net, e == 0 ? a->tail : a->head)];
            if (c < 0 || a->usd == 0 || c == k->country[f->pair_from[w->pair]] ||
                c == k->country[f->pair_to[w->pair]])
                continue;
            int64_t j = x->spent;
            while (j < t->n_spent && t->spent_country[j] != c) j++;
            if (j == t->n_spent) t->spent_country[j] = c, t->spent_usd[j] = 0, t->n_spent++;
            t->spent_usd[j] += a->usd / 2;
        }
    }
    x->n_spent = (int32_t)(t->n_spent - x->spent);
}

static karvan_status take_way(taking *k, int64_t way, karvan_error *err) {
    karvan_i_traces *t = k->t;
    const karvan_freight *f = k->f;
    const karvan_i_way *w = &f->ways.way[way];
    int32_t l = f->pair_lane[w->pair];
    karvan_status st = room_for(t, w->n, w->n_uses, err);
    if (st != KARVAN_OK) return st;
    karvan_i_trace x = {.pair = w->pair,
                        .corridor = w->corridor,
                        .hash = 1,
                        .key = t->n_keys,
                        .item = t->n_items,
                        .use = t->n_uses,
                        .spent = t->n_spent,
                        .n_keys = w->n,
                        .n_uses = w->n_uses};
    for (int32_t i = 0; i < w->n; i++) {
        int32_t a = f->ways.arc[w->first + i];
        t->key[t->n_keys++] = k->keys[l][a], x.hash = karvan_i_mix(x.hash, k->keys[l][a]);
        if (f->lane[l].item[a] >= 0) t->item[t->n_items++] = f->lane[l].item[a];
    }
    x.n_items = (int32_t)(t->n_items - x.item);
    for (int32_t i = 0; i < w->n_uses; i++) {
        t->use[t->n_uses] = f->ways.use[w->first_use + i];
        t->amount[t->n_uses++] = f->ways.amount[w->first_use + i];
    }
    spend(k, &x, w);
    t->trace[t->n++] = x;
    return KARVAN_OK;
}

/* ---- for a reason ---- */

/* Does the way pass what is not there on side 0, or is cheaper or quicker here? */
static bool passes_news(const taking *k, const karvan_i_way *w) {
    const karvan_freight *f = k->f, *was = k->first->freight;
    int32_t l = f->pair_lane[w->pair];
    const karvan_i_lane *now = &f->lane[l], *then = &was->lane[l];
    int32_t at = karvan_i_origin(then->net, f->pair_from[w->pair]);
    for (int32_t i = 0; i < w->n; i++) {
        int32_t a = f->ways.arc[w->first + i], b = then->net->first[at],
                end = then->net->first[at + 1];
        while (b < end && k->was_keys[l][b] != k->keys[l][a]) b++;
        if (b == end || karvan_i_arc_is_news(now, a, then, b)) return true;
        at = then->net->arcs[b].head;
    }
    return false;
}

/* Is a way of side 0 shut here? */
static bool loses(const taking *k, int32_t pair) {
    const karvan_freight *f = k->f, *was = k->first->freight;
    int32_t l = f->pair_lane[pair];
    uint64_t key[4096];
    for (int64_t v = was->first_way[pair]; v < was->first_way[pair + 1]; v++) {
        const karvan_i_way *w = &was->ways.way[v];
        if (w->n > 4096) return true;
        for (int32_t i = 0; i < w->n; i++) key[i] = k->was_keys[l][was->ways.arc[w->first + i]];
        if (!karvan_i_walk_keys(&f->lane[l], k->keys[l], f->pair_from[pair], w->n, key, k->arcs))
            return true;
    }
    return false;
}

static karvan_status take_pair(taking *k, int32_t pair, karvan_error *err) {
    const double LEAST_SHARE = 1e-3;
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = k->f;
    bool lost = k->first && !f->keeps_all && loses(k, pair);
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++) {
        bool wanted = !k->first ||
                      (f->way_share[w] > LEAST_SHARE && (lost || passes_news(k, &f->ways.way[w])));
        if (wanted) KARVAN_TRY(take_way(k, w, err));
    }
done:
    return st;
}

/* ---- the side ---- */

static karvan_status take_scarce(taking *k, karvan_error *err) {
    karvan_i_traces *t = k->t;
    const karvan_freight *f = k->f;
    size_t n = (size_t)f->scarce.n + 1;
    t->n_all_items = karvan_i_item_count(f);
    t->scarce = karvan_i_calloc(n, sizeof *t->scarce);
    t->scarce_name = karvan_i_calloc(n, sizeof *t->scarce_name);
    t->scarce_unit = karvan_i_calloc(n, sizeof *t->scarce_unit);
    t->length = karvan_i_calloc((size_t)t->n_all_items + 1, sizeof *t->length);
    if (!t->scarce || !t->scarce_name || !t->scarce_unit || !t->length)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    t->n_scarce = f->scarce.n;
    for (int32_t x = 0; x < t->n_scarce; x++) {
        const char *name = karvan_i_scarce_name(f, &f->scarce.all[x]);
        t->scarce[x] = f->scarce.all[x], t->scarce_unit[x] = karvan_i_scarce_unit(&t->scarce[x]);
        t->scarce_name[x] = karvan_i_strndup(name, strlen(name));
        if (!t->scarce_name[x]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a name");
    }
    for (int32_t l = f->n_lanes; l-- > 0;)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++)
            if (f->lane[l].item[a] >= 0 && f->lane[l].base[a] < INFINITY)
                t->length[f->lane[l].item[a]] = f->lane[l].base[a];
    return KARVAN_OK;
}

static karvan_status taking_init(taking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = k->f;
    const karvan_network *net = f->plain;
    int32_t most = 0;
    k->country = karvan_i_malloc((size_t)net->n_places + 1, sizeof *k->country);
    k->keys = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *k->keys);
    k->was_keys = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *k->was_keys);
    KARVAN_REQUIRE(k->country && k->keys && k->was_keys, err, KARVAN_E_NOMEM,
                   "no memory for routes");
    for (int32_t p = 0; p < net->n_places; p++)
        k->country[p] = (int32_t)karvan_package_row(k->side->region, "countries", net->country[p]);
    for (int32_t l = 0; l < f->n_lanes; l++) {
        KARVAN_TRY(karvan_i_arc_keys(&f->lane[l], &k->keys[l], err));
        if (k->first)
            KARVAN_TRY(karvan_i_arc_keys(&k->first->freight->lane[l], &k->was_keys[l], err));
    }
    for (int64_t w = 0; k->first && w < k->first->freight->ways.n; w++)
        if (k->first->freight->ways.way[w].n > most) most = k->first->freight->ways.way[w].n;
    k->arcs = karvan_i_malloc((size_t)most + 1, sizeof *k->arcs);
    KARVAN_REQUIRE(k->arcs, err, KARVAN_E_NOMEM, "no memory for routes");
done:
    return st;
}

static void taking_clear(taking *k) {
    for (int32_t l = 0; k->keys && l < k->f->n_lanes; l++) karvan_i_free(k->keys[l]);
    for (int32_t l = 0; k->was_keys && l < k->f->n_lanes; l++) karvan_i_free(k->was_keys[l]);
    karvan_i_free(k->keys), karvan_i_free(k->was_keys);
    karvan_i_free(k->country), karvan_i_free(k->arcs);
}

karvan_status karvan_i_traces_take(const karvan_i_study_side *side,
                                   const karvan_i_study_side *first, karvan_i_traces *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    taking k = {.side = side, .first = first, .f = side->freight, .t = out};
    *out = (karvan_i_traces){0};
    if (first) KARVAN_TRY(karvan_i_sides_alike(first, side, err));
    KARVAN_TRY(taking_init(&k, err));
    KARVAN_TRY(take_scarce(&k, err));
    for (int32_t p = 0; p < k.f->n_pairs; p++) KARVAN_TRY(take_pair(&k, p, err));
done:
    taking_clear(&k);
    if (st != KARVAN_OK) karvan_i_traces_clear(out);
    return st;
}
