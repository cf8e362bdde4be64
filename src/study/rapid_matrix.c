/* How loads answer to prices: minus the second derivative of what all pairs pay. By routes it is a
 * sum of what each bends alone, less what those of a nest share, less what those of a pair share:
 * each a product of two vectors over what is in the matrix, of which a pair has few. What routes
 * bend alone is added up by parts, which use the same. */
#include <string.h>

#include "study/rapid.h"

/* Limits this near to being full are in the matrix, as are those with a price. */
static const double NEAR = 0.05;
/* Routes with less of their pair do not bend anything. */
static const double LEAST_SHARE = 1e-5;

/* What of each part is in the matrix: most parts have little, many nothing. A dollar on a queue is
 * felt at the hours of a class, for as long with many tonnes as with few. */
static void find_active(karvan_i_rapid *w) {
    const karvan_i_split *t = &w->split;
    const karvan_i_frame *f = w->f;
    int32_t n = 0;
    for (int32_t a = 0; a < w->n; a++)
        w->active[a] = w->queue[a] || w->price[a] > 0 || w->gap[a] > -NEAR * w->capacity[a];
    for (int32_t i = 0; i < t->n; i++) {
        w->active_first[i] = n;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int32_t a = t->resource[u];
            if (!w->active[a]) continue;
            bool by_weight = f->k->m->scarce[karvan_i_frame_first(f, w->set[a])].by_weight;
            double usd = w->queue[a] ? 0 : t->amount[u],
                   hours =
                       w->queue[a] ? (by_weight ? 1 : t->amount[u]) / f->hour_usd[w->set[a]] : 0;
            w->active_use[n++] = (karvan_i_active){a, t->amount[u], usd, hours};
        }
        w->bend[i] = w->bend_hour[i] = 0;
    }
    w->active_first[t->n] = n;
}

/* ---- a pair ---- */

static void add(karvan_i_bent *b, int32_t a, double carries, double pays) {
    if (!b->in[a]) b->in[a] = true, b->at[b->n++] = a;
    b->carries[a] += carries, b->pays[a] += pays;
}

/* To another, and empty. */
static void move(karvan_i_bent *from, karvan_i_bent *to) {
    for (int32_t i = 0; i < from->n; i++) {
        int32_t a = from->at[i];
        if (to) add(to, a, from->carries[a], from->pays[a]);
        from->in[a] = false, from->carries[a] = from->pays[a] = 0;
    }
    from->n = 0;
}

/* Less what they bend together. */
static void take(karvan_i_rapid *w, const karvan_i_bent *b, double by) {
    size_t n = (size_t)w->n;
    for (int32_t i = 0; i < b->n; i++) w->row[i] = b->pays[b->at[i]];
    for (int32_t i = 0; i < b->n; i++) {
        double *row = w->matrix + (size_t)b->at[i] * n, of = by * b->carries[b->at[i]];
        for (int32_t j = 0; j < b->n; j++) row[b->at[j]] -= of * w->row[j];
    }
}

/* A nest: its routes alone, and together. Where only one takes something, it bends as its pair
 * does. */
static void add_nest(karvan_i_rapid *w, const double *share, int32_t nest, double demand,
                     double hour) {
    const karvan_i_frame *f = w->f;
    double sum = 0, inner = w->asked.inner, outer = w->asked.outer;
    int32_t taken = 0;
    for (int64_t r = f->segment[nest]; r < f->segment[nest + 1]; r++)
        if (share[r] > LEAST_SHARE) sum += share[r], taken++;
    if (taken == 0) return;
    karvan_i_bent *to = taken > 1 ? &w->nest_bent : &w->pair_bent;
    for (int64_t r = f->segment[nest]; r < f->segment[nest + 1]; r++) {
        if (!(share[r] > LEAST_SHARE)) continue;
        int32_t p = w->split.of[f->patterns.of[r]], end = w->active_first[p + 1];
        double by = demand * share[r], bend = by * (taken > 1 ? inner : outer);
        w->bend[p] += bend, w->bend_hour[p] += hour * bend;
        for (int32_t u = w->active_first[p]; u < end; u++) {
            const karvan_i_active *x = &w->active_use[u];
            add(to, x->of, by * x->amount, by * (x->usd + hour * x->hours));
        }
    }
    if (taken < 2) return;
    take(w, to, (inner - outer) / (demand * sum));
    move(to, &w->pair_bent);
}

static void add_pair(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair) {
    const karvan_i_frame *f = w->f;
    karvan_i_bent *b = &w->pair_bent;
    double demand = s->loads.demand[pair], hour = w->asked.hour[f->k->m->lane[pair]];
    int32_t group = f->k->x->group[pair];
    for (int32_t k = f->segment_first[pair]; k < f->segment_first[pair + 1]; k++)
        add_nest(w, s->loads.share, k, demand, hour);
    take(w, b, w->asked.outer / demand);
    double *carries = w->carries + (size_t)(group < 0 ? 0 : group) * (size_t)w->n,
           *pays = w->pays + (size_t)(group < 0 ? 0 : group) * (size_t)w->n;
    for (int32_t i = 0; group >= 0 && i < b->n; i++) {
        int32_t a = b->at[i];
        carries[a] += b->carries[a], pays[a] += b->pays[a];
    }
    move(b, NULL);
}

/* ---- all ---- */

/* What routes bend alone. */
static void add_parts(karvan_i_rapid *w) {
    for (int32_t p = 0; p < w->split.n; p++) {
        if (w->bend[p] == 0) continue;
        for (int32_t u = w->active_first[p]; u < w->active_first[p + 1]; u++) {
            double *row = w->matrix + (size_t)w->active_use[u].of * (size_t)w->n,
                   usd = w->bend[p] * w->active_use[u].amount,
                   hours = w->bend_hour[p] * w->active_use[u].amount;
            for (int32_t v = w->active_first[p]; v < w->active_first[p + 1]; v++) {
                const karvan_i_active *x = &w->active_use[v];
                row[x->of] += usd * x->usd + hours * x->hours;
            }
        }
    }
}

/* Demand of a group falls with what it pays. */
static void add_groups(karvan_i_rapid *w, const karvan_i_outcome *s) {
    size_t n = (size_t)w->n;
    for (int32_t g = 0; g < w->f->k->x->n_groups; g++) {
        const double *carries = w->carries + (size_t)g * n, *pays = w->pays + (size_t)g * n;
        int32_t m = 0;
        for (int32_t a = 0; a < w->n; a++)
            if (carries[a] != 0) w->seen[m++] = a;
        /* what is paid is of demand as it is now: once over it gives it for demand as given */
        double factor = s->factor[g] > 0 ? w->slope[g] / w->answer[g] : 0;
        for (int32_t i = 0; i < m; i++) {
            double *row = w->matrix + (size_t)w->seen[i] * n, by = factor * carries[w->seen[i]];
            for (int32_t j = 0; j < m; j++) row[w->seen[j]] += by * pays[w->seen[j]];
        }
    }
}

void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s, bool elastic) {
    size_t n = (size_t)w->n;
    memset(w->matrix, 0, n * n * sizeof *w->matrix);
    memset(w->pays, 0, (size_t)w->f->k->x->n_groups * n * sizeof *w->pays);
    memset(w->carries, 0, (size_t)w->f->k->x->n_groups * n * sizeof *w->carries);
    find_active(w);
    for (int32_t k = 0; k < w->f->k->m->n_pairs; k++)
        if (s->loads.demand[k] > 0) add_pair(w, s, k);
    add_parts(w);
    if (elastic) add_groups(w, s);
    w->known = true, w->matrices++;
}
