/* What workers of the quick way share: what could be full, patterns of its use, nests. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"

/* Could be full in a draw: so full at medians if all that could come came. Draws make less room and
 * more demand. */
static const double COULD = 0.4;

void karvan_i_frame_clear(karvan_i_frame *f) {
    karvan_i_free(f->member_first), karvan_i_free(f->member), karvan_i_free(f->ratio);
    karvan_i_free(f->queue), karvan_i_free(f->near);
    karvan_i_free(f->hour_usd), karvan_i_free(f->segment_first), karvan_i_free(f->segment);
    karvan_i_free(f->user_first), karvan_i_free(f->user), karvan_i_free(f->user_amount);
    karvan_i_free(f->route_first), karvan_i_free(f->route_place);
    karvan_i_free(f->most), karvan_i_free(f->pattern), karvan_i_free(f->place);
    karvan_i_free(f->group_first), karvan_i_free(f->group_pair), karvan_i_free(f->answer_of);
    karvan_i_free(f->nest_place), karvan_i_free(f->nest_pair);
    karvan_i_rows_clear(&f->nests), karvan_i_rows_clear(&f->pairs);
    karvan_i_patterns_clear(&f->patterns);
    *f = (karvan_i_frame){0};
}

/* ---- what could be full ---- */

static double least_capacity(int n_sides, const karvan_i_supply *supply, int32_t x) {
    double least = INFINITY;
    for (int s = 0; s < n_sides; s++) least = fmin(least, supply[s].resource[x].capacity);
    return least;
}

/* Is it full at medians, or a queue on some side? */
static bool is_near(int n_sides, const karvan_i_supply *supply, const karvan_i_outcome *first,
                    int32_t x) {
    if (first->loads.price[x] > 0) return true;
    for (int s = 0; s < n_sides; s++)
        if (supply[s].resource[x].kind == KARVAN_I_QUEUE) return true;
    return false;
}

/* Everything that could be full, by itself. */
typedef struct candidates {
    int32_t n;
    int32_t *scarce, *group;
    bool *queue, *near;
    double *ratio, *most;
} candidates;

static void candidates_clear(candidates *c) {
    karvan_i_free(c->scarce), karvan_i_free(c->group), karvan_i_free(c->queue);
    karvan_i_free(c->near), karvan_i_free(c->ratio), karvan_i_free(c->most);
}

static karvan_status find_candidates(candidates *c, const karvan_i_menu *m, int n_sides,
                                     const karvan_i_supply *supply, const karvan_i_outcome *first,
                                     karvan_error *err) {
    size_t n = (size_t)m->n_scarce + 1;
    c->scarce = karvan_i_calloc(n, sizeof *c->scarce);
    c->group = karvan_i_calloc(n, sizeof *c->group);
    c->queue = karvan_i_calloc(n, sizeof *c->queue), c->near = karvan_i_calloc(n, sizeof *c->near);
    c->ratio = karvan_i_calloc(n, sizeof *c->ratio), c->most = karvan_i_calloc(n, sizeof *c->most);
    if (!c->scarce || !c->group || !c->queue || !c->near || !c->ratio || !c->most)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    karvan_status st = karvan_i_menu_most(m, supply[0].demand, c->most, err);
    for (int32_t x = 0; st == KARVAN_OK && x < m->n_scarce; x++) {
        bool near = is_near(n_sides, supply, first, x);
        if (!near && !(c->most[x] > COULD * least_capacity(n_sides, supply, x))) continue;
        for (int s = 0; s < n_sides; s++)
            if (supply[s].resource[x].kind == KARVAN_I_QUEUE) c->queue[c->n] = true;
        c->near[c->n] = near, c->scarce[c->n++] = x;
    }
    return st;
}

/* Those that are alike stand as one, at the place of the first. */
static karvan_status unite(karvan_i_frame *f, const candidates *c, karvan_error *err) {
    size_t n = (size_t)c->n + 1;
    int64_t at = 0;
    f->queue = karvan_i_calloc(n, sizeof *f->queue), f->near = karvan_i_calloc(n, sizeof *f->near);
    f->hour_usd = karvan_i_calloc(n, sizeof *f->hour_usd);
    f->member_first = karvan_i_calloc(n, sizeof *f->member_first);
    f->member = karvan_i_calloc(n, sizeof *f->member);
    f->ratio = karvan_i_calloc(n, sizeof *f->ratio);
    if (!f->queue || !f->near || !f->hour_usd || !f->member_first || !f->member || !f->ratio)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t a = 0; a < c->n; a++) {
        if (c->group[a] != a) continue;
        f->queue[f->n] = c->queue[a];
        for (int32_t b = a; b < c->n; b++) {
            if (c->group[b] != a) continue;
            f->near[f->n] = f->near[f->n] || c->near[b];
            f->ratio[at] = c->ratio[b], f->member[at++] = c->scarce[b];
        }
        f->member_first[++f->n] = at;
    }
    return KARVAN_OK;
}

static karvan_status pick(karvan_i_frame *f, int n_sides, const karvan_i_supply *supply,
                          const karvan_i_outcome *first, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_menu *m = f->k->m;
    candidates c = {0};
    KARVAN_TRY(find_candidates(&c, m, n_sides, supply, first, err));
    KARVAN_TRY(karvan_i_alike(m, c.n, c.scarce, c.queue, c.group, c.ratio, err));
    KARVAN_TRY(unite(f, &c, err));
done:
    candidates_clear(&c);
    return st;
}

/* What an hour before a queue is worth to what could come there, at medians. */
static void value_queues(karvan_i_frame *f) {
    const karvan_i_menu *m = f->k->m;
    for (int32_t a = 0; a < f->n; a++) {
        double usd = 0, units = 0;
        f->hour_usd[a] = 1;
        if (!f->queue[a]) continue;
        for (int64_t r = 0; r < m->n_routes; r++)
            for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++) {
                if (m->use[u] != karvan_i_frame_first(f, a)) continue;
                double demand = f->k->first->demand[m->pair[r]];
                usd += demand * f->k->q->hour_usd[m->lane[m->pair[r]]];
                units += demand * m->amount[u];
            }
        if (usd > 0 && units > 0) f->hour_usd[a] = usd / units;
    }
}

/* ---- patterns and nests ---- */

static karvan_status find_patterns(karvan_i_frame *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_menu *m = f->k->m;
    const karvan_i_uses uses = {m->use_first, m->use, m->amount};
    bool *watched = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *watched);
    int32_t *number = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *number);
    KARVAN_REQUIRE(watched && number, err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t a = 0; a < f->n; a++) {
        int32_t x = karvan_i_frame_first(f, a);
        watched[x] = true, number[x] = a;
    }
    KARVAN_TRY(karvan_i_patterns_find(&uses, m->n_routes, watched, &f->patterns, err));
    /* by their number in the frame, which keeps their order */
    for (int64_t u = 0; u < f->patterns.first[f->patterns.n]; u++)
        f->patterns.resource[u] = number[f->patterns.resource[u]];
done:
    karvan_i_free(watched), karvan_i_free(number);
    return st;
}

static karvan_status find_segments(karvan_i_frame *f, karvan_error *err) {
    const karvan_i_menu *m = f->k->m;
    bool nested = f->k->q->nest_scale > f->k->q->scale;
    f->segment_first = karvan_i_calloc((size_t)m->n_pairs + 1, sizeof *f->segment_first);
    f->segment = karvan_i_calloc((size_t)m->n_routes + 1, sizeof *f->segment);
    if (!f->segment_first || !f->segment)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nests");
    for (int32_t k = 0; k < m->n_pairs; k++) {
        for (int64_t r = m->first[k]; r < m->first[k + 1]; r++)
            if (r == m->first[k] || (nested && m->nest[r] != m->nest[r - 1]))
                f->segment[f->n_segments++] = r;
        f->segment_first[k + 1] = (int32_t)f->n_segments;
    }
    f->segment[f->n_segments] = m->n_routes;
    return KARVAN_OK;
}

/* Nests and pairs as loops like them. */
static karvan_status lay_out(karvan_i_frame *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_menu *m = f->k->m;
    size_t nests = (size_t)f->n_segments + 1;
    int64_t *first = karvan_i_calloc((size_t)m->n_pairs + 1, sizeof *first);
    int32_t *at = karvan_i_calloc(nests, sizeof *at); /* [segments] place in nests */
    f->nest_place = karvan_i_calloc(nests, sizeof *f->nest_place);
    f->nest_pair = karvan_i_calloc(nests, sizeof *f->nest_pair);
    KARVAN_REQUIRE(first && at && f->nest_place && f->nest_pair, err, KARVAN_E_NOMEM,
                   "no memory for nests");
    for (int32_t k = 0; k <= m->n_pairs; k++) first[k] = f->segment_first[k];
    KARVAN_TRY(karvan_i_rows_make((int32_t)f->n_segments, f->segment, &f->nests, err));
    KARVAN_TRY(karvan_i_rows_make(m->n_pairs, first, &f->pairs, err));
    for (int32_t q = 0; q < f->n_segments; q++) {
        at[f->nests.row_is[q]] = q;
        f->nest_pair[q] = m->pair[f->segment[f->nests.row_is[q]]];
    }
    for (int32_t p = 0; p < f->n_segments; p++) {
        f->pairs.entry_is[p] = at[f->pairs.entry_is[p]];
        f->nest_place[f->pairs.entry_is[p]] = p;
    }
done:
    karvan_i_free(first), karvan_i_free(at);
    return st;
}

/* ---- who uses what ---- */

/* Counts, moved one on, become where each begins; filling moves them to their ends. */
static void begin_at(int64_t n, int64_t *first) {
    for (int64_t i = 0; i < n; i++) first[i + 1] += first[i];
}

static karvan_status find_users(karvan_i_frame *f, karvan_error *err) {
    const karvan_i_patterns *t = &f->patterns;
    int64_t uses = t->first[t->n], routes = f->k->m->n_routes;
    f->user_first = karvan_i_calloc((size_t)f->n + 2, sizeof *f->user_first);
    f->user = karvan_i_calloc((size_t)uses + 1, sizeof *f->user);
    f->user_amount = karvan_i_calloc((size_t)uses + 1, sizeof *f->user_amount);
    f->route_first = karvan_i_calloc((size_t)t->n + 2, sizeof *f->route_first);
    f->route_place = karvan_i_calloc((size_t)routes + 1, sizeof *f->route_place);
    f->most = karvan_i_calloc((size_t)f->n + 1, sizeof *f->most);
    f->pattern = karvan_i_calloc((size_t)routes + 1, sizeof *f->pattern);
    f->place = karvan_i_calloc((size_t)routes + 1, sizeof *f->place);
    if (!f->user_first || !f->user || !f->user_amount || !f->route_first || !f->route_place ||
        !f->most || !f->pattern || !f->place)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int64_t u = 0; u < uses; u++) f->user_first[t->resource[u] + 2]++;
    for (int64_t r = 0; r < routes; r++) f->route_first[t->of[r] + 2]++;
    begin_at(f->n, f->user_first + 1), begin_at(t->n, f->route_first + 1);
    for (int32_t i = 0; i < t->n; i++)
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int64_t at = f->user_first[t->resource[u] + 1]++;
            f->user[at] = i, f->user_amount[at] = t->amount[u];
            f->most[t->resource[u]] = fmax(f->most[t->resource[u]], t->amount[u]);
        }
    for (int64_t p = 0; p < routes; p++) {
        f->place[f->nests.entry_is[p]] = (int32_t)p;
        f->pattern[p] = t->of[f->nests.entry_is[p]];
        f->route_place[f->route_first[f->pattern[p] + 1]++] = (int32_t)p;
    }
    return KARVAN_OK;
}

static karvan_status find_groups(karvan_i_frame *f, karvan_error *err) {
    const karvan_i_exchange *x = f->k->x;
    int32_t pairs = f->k->m->n_pairs, n = x->n_groups;
    f->group_first = karvan_i_calloc((size_t)n + 2, sizeof *f->group_first);
    f->group_pair = karvan_i_calloc((size_t)pairs + 1, sizeof *f->group_pair);
    f->answer_of = karvan_i_calloc((size_t)pairs + 1, sizeof *f->answer_of);
    if (!f->group_first || !f->group_pair || !f->answer_of)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    for (int32_t k = 0; k < pairs; k++) {
        f->answer_of[k] = x->group[k] < 0 ? n : x->group[k];
        if (x->group[k] >= 0) f->group_first[x->group[k] + 2]++;
    }
    for (int32_t g = 0; g < n; g++) f->group_first[g + 1] += f->group_first[g];
    for (int32_t k = 0; k < pairs; k++)
        if (x->group[k] >= 0) f->group_pair[f->group_first[x->group[k] + 1]++] = k;
    return KARVAN_OK;
}

karvan_status karvan_i_frame_make(const karvan_i_chain *k, int n_sides,
                                  const karvan_i_supply *supply, const karvan_i_outcome *first,
                                  karvan_i_frame *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = (karvan_i_frame){.k = k};
    KARVAN_TRY(pick(out, n_sides, supply, first, err));
    value_queues(out);
    KARVAN_TRY(find_patterns(out, err));
    KARVAN_TRY(find_segments(out, err));
    KARVAN_TRY(lay_out(out, err));
    KARVAN_TRY(find_users(out, err));
    KARVAN_TRY(find_groups(out, err));
done:
    if (st != KARVAN_OK) karvan_i_frame_clear(out);
    return st;
}
