/* What workers of the quick way share: which resources are watched, patterns, nests. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"

/* Watched: this full on some side. Looked at: so full if all that could come came; draws make less
 * room and more demand. */
static const double WATCHED = 0.5, LOOKED_AT = 0.4;

void karvan_i_frame_clear(karvan_i_frame *f) {
    karvan_i_free(f->scarce), karvan_i_free(f->watched), karvan_i_free(f->queue);
    karvan_i_free(f->hour_usd), karvan_i_free(f->segment_first), karvan_i_free(f->segment);
    karvan_i_free(f->other), karvan_i_free(f->other_first), karvan_i_free(f->other_use);
    karvan_i_free(f->other_amount);
    karvan_i_patterns_clear(&f->patterns);
    *f = (karvan_i_frame){0};
}

/* ---- what is watched ---- */

/* How full a resource comes to be on any side; 2: it has a price. */
static double fullness(int n_sides, const karvan_i_supply *supply, const karvan_i_outcome *settled,
                       int32_t x) {
    double least = INFINITY, load = 0;
    for (int s = 0; s < n_sides; s++) {
        const karvan_i_resource *r = &supply[s].resource[x];
        if (settled[s].loads.price[x] > 0) return 2;
        least = fmin(least, r->capacity), load = fmax(load, settled[s].loads.load[x]);
        if (r->kind == KARVAN_I_QUEUE && load > 0) return 2;
    }
    return least < INFINITY ? load / least : 0;
}

static double least_capacity(int n_sides, const karvan_i_supply *supply, int32_t x) {
    double least = INFINITY;
    for (int s = 0; s < n_sides; s++) least = fmin(least, supply[s].resource[x].capacity);
    return least;
}

static karvan_status pick(karvan_i_frame *f, bool wide, int n_sides, const karvan_i_supply *supply,
                          const karvan_i_outcome *settled, karvan_error *err) {
    const karvan_i_menu *m = f->k->m;
    size_t n = (size_t)m->n_scarce + 1;
    f->scarce = karvan_i_calloc(n, sizeof *f->scarce);
    f->watched = karvan_i_calloc(n, sizeof *f->watched);
    f->queue = karvan_i_calloc(n, sizeof *f->queue);
    f->hour_usd = karvan_i_calloc(n, sizeof *f->hour_usd);
    f->other = karvan_i_calloc(n, sizeof *f->other);
    if (!f->scarce || !f->watched || !f->queue || !f->hour_usd || !f->other)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    double *most = karvan_i_calloc(n, sizeof *most);
    if (!most) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    karvan_status st = karvan_i_menu_most(m, supply[0].demand, most, err);
    for (int32_t x = 0; st == KARVAN_OK && x < m->n_scarce; x++) {
        double full = fullness(n_sides, supply, settled, x);
        f->watched[x] = -1;
        bool could = most[x] > LOOKED_AT * least_capacity(n_sides, supply, x);
        if (full > WATCHED || (wide && could))
            f->watched[x] = f->n, f->scarce[f->n++] = x;
        else if (could)
            f->other[f->n_others++] = x;
        for (int s = 0; f->watched[x] >= 0 && s < n_sides; s++)
            if (supply[s].resource[x].kind == KARVAN_I_QUEUE) f->queue[f->watched[x]] = true;
    }
    karvan_i_free(most);
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
                if (m->use[u] != f->scarce[a]) continue;
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
    KARVAN_REQUIRE(watched, err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t x = 0; x < m->n_scarce; x++) watched[x] = f->watched[x] >= 0;
    KARVAN_TRY(karvan_i_patterns_find(&uses, m->n_routes, watched, &f->patterns, err));
    /* by their number among the watched, which keeps their order */
    for (int64_t u = 0; u < f->patterns.first[f->patterns.n]; u++)
        f->patterns.resource[u] = f->watched[f->patterns.resource[u]];
done:
    karvan_i_free(watched);
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

static karvan_status find_others(karvan_i_frame *f, karvan_error *err) {
    const karvan_i_menu *m = f->k->m;
    int32_t *number = karvan_i_malloc((size_t)m->n_scarce + 1, sizeof *number);
    size_t n = 0;
    if (!number) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t x = 0; x < m->n_scarce; x++) number[x] = -1;
    for (int32_t i = 0; i < f->n_others; i++) number[f->other[i]] = i;
    for (int64_t u = 0; u < m->n_uses; u++) n += number[m->use[u]] >= 0;
    f->other_first = karvan_i_calloc((size_t)m->n_routes + 1, sizeof *f->other_first);
    f->other_use = karvan_i_calloc(n + 1, sizeof *f->other_use);
    f->other_amount = karvan_i_calloc(n + 1, sizeof *f->other_amount);
    bool good = f->other_first && f->other_use && f->other_amount;
    for (int64_t r = 0, at = 0; good && r < m->n_routes; r++) {
        for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++) {
            if (number[m->use[u]] < 0) continue;
            f->other_use[at] = number[m->use[u]], f->other_amount[at++] = m->amount[u];
        }
        f->other_first[r + 1] = at;
    }
    karvan_i_free(number);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}

karvan_status karvan_i_frame_make(const karvan_i_chain *k, bool wide, int n_sides,
                                  const karvan_i_supply *supply, const karvan_i_outcome *settled,
                                  karvan_i_frame *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = (karvan_i_frame){.k = k};
    KARVAN_TRY(pick(out, wide, n_sides, supply, settled, err));
    value_queues(out);
    KARVAN_TRY(find_patterns(out, err));
    KARVAN_TRY(find_segments(out, err));
    KARVAN_TRY(find_others(out, err));
done:
    if (st != KARVAN_OK) karvan_i_frame_clear(out);
    return st;
}
