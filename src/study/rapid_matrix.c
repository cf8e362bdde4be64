/* How loads answer to prices: minus the second derivative of what all pairs pay. Two routes of a
 * pair bend the loads of what they use by the same rule, whatever pair it is, so that what they
 * bend is added up by their parts first, and parts by what they use only at the end. */
#include <string.h>

#include "base/digest.h"
#include "study/rapid.h"

/* Limits this near to being full are in the matrix, as are those with a price. */
static const double NEAR = 0.05;
/* Routes with less of their pair do not bend anything. */
static const double LEAST_SHARE = 1e-5;

/* What of each part is in the matrix: most parts have little, many nothing. */
static void find_active(karvan_i_rapid *w) {
    const karvan_i_split *t = &w->split;
    int64_t n = 0;
    for (int32_t a = 0; a < w->n; a++)
        w->active[a] = w->queue[a] || w->price[a] > 0 || w->gap[a] > -NEAR * w->capacity[a];
    for (int32_t i = 0; i < t->n; i++) {
        w->active_first[i] = n;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++)
            if (w->active[t->resource[u]])
                w->active_use[n] = t->resource[u], w->active_amount[n++] = t->amount[u];
    }
    w->active_first[t->n] = n;
}

/* ---- by parts ---- */

/* What is felt of a dollar on a price: a class waits at its own hours, and for as long with many
 * tonnes as with few. */
static double felt(const karvan_i_rapid *w, const karvan_i_cross *c, int64_t use) {
    const karvan_i_frame *f = w->f;
    int32_t a = w->active_use[use];
    double amount = w->active_amount[use];
    if (!w->queue[a]) return amount * c->bend;
    bool by_weight = f->k->m->scarce[karvan_i_frame_first(f, w->set[a])].by_weight;
    return c->hour / f->hour_usd[w->set[a]] * (by_weight ? 1 : amount);
}

/* Added to what two parts bend together; hour: what an hour is worth to who bends. */
static void add_cross(karvan_i_rapid *w, int32_t p, int32_t q, double bend, double hour) {
    karvan_i_cross_table *c = &w->crosses;
    uint64_t least = (uint32_t)(p < q ? p : q), most = (uint32_t)(p < q ? q : p),
             key = (most << 32 | least) + 1, at = karvan_i_mix(0, key) & (c->room - 1);
    while (c->cross[at].key != key) {
        if (c->cross[at].key == 0) {
            c->cross[at] = (karvan_i_cross){key, 0, 0};
            c->used[c->n++] = (int32_t)at;
            break;
        }
        at = (at + 1) & (c->room - 1);
    }
    c->cross[at].bend += bend, c->cross[at].hour += hour * bend;
}

/* Routes of a pair that take something and use what is in the matrix, into w->bends; how many. */
static int32_t gather(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair) {
    const karvan_i_frame *f = w->f;
    int32_t n = 0;
    for (int32_t k = f->segment_first[pair]; k < f->segment_first[pair + 1]; k++) {
        double sum = 0;
        int32_t first = n;
        for (int64_t r = f->segment[k]; r < f->segment[k + 1]; r++) {
            double share = s->loads.share[r];
            int32_t p = w->split.of[f->patterns.of[r]];
            if (!(share > LEAST_SHARE)) continue;
            sum += share;
            if (w->active_first[p] < w->active_first[p + 1])
                w->bends[n++] = (karvan_i_bends){p, k, share, 0};
        }
        for (int32_t i = first; i < n; i++)
            w->bends[i].inner = (w->asked.inner - w->asked.outer) / sum;
    }
    return n;
}

/* What routes of a pair bend, alone and two by two; what its group pays. */
static void add_pair(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair) {
    double demand = s->loads.demand[pair], outer = w->asked.outer, inner = w->asked.inner,
           hour = w->asked.hour[w->f->k->m->lane[pair]];
    int32_t n = gather(w, s, pair), group = w->f->k->x->group[pair];
    size_t at = (size_t)(group < 0 ? 0 : group) * (size_t)w->n;
    for (int32_t i = 0; i < n; i++) {
        const karvan_i_bends *a = &w->bends[i];
        double by = demand * a->share;
        add_cross(w, a->part, a->part, by * (inner - (outer + a->inner) * a->share), hour);
        for (int32_t j = 0; j < i; j++) {
            const karvan_i_bends *b = &w->bends[j];
            double both = -by * b->share * (a->nest == b->nest ? outer + a->inner : outer);
            /* the matrix has both orders of two parts, and one of a part with itself */
            add_cross(w, a->part, b->part, a->part == b->part ? 2 * both : both, hour);
        }
        const karvan_i_cross of_group = {0, by, by * hour};
        for (int64_t u = w->active_first[a->part]; group >= 0 && u < w->active_first[a->part + 1];
             u++) {
            w->carries[at + (size_t)w->active_use[u]] += by * w->active_amount[u];
            w->pays[at + (size_t)w->active_use[u]] += felt(w, &of_group, u);
        }
    }
}

/* ---- by what parts use ---- */

static void add_block(karvan_i_rapid *w, const karvan_i_cross *c, int32_t p, int32_t q) {
    size_t n = (size_t)w->n;
    for (int64_t v = w->active_first[q]; v < w->active_first[q + 1]; v++) {
        double *column = w->matrix + w->active_use[v], by = felt(w, c, v);
        for (int64_t u = w->active_first[p]; u < w->active_first[p + 1]; u++)
            column[(size_t)w->active_use[u] * n] += by * w->active_amount[u];
    }
}

static void add_crosses(karvan_i_rapid *w) {
    for (int32_t i = 0; i < w->crosses.n; i++) {
        karvan_i_cross *c = &w->crosses.cross[w->crosses.used[i]];
        int32_t p = (int32_t)((c->key - 1) & UINT32_MAX), q = (int32_t)((c->key - 1) >> 32);
        add_block(w, c, p, q);
        if (p != q) add_block(w, c, q, p);
        c->key = 0;
    }
    w->crosses.n = 0;
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
    add_crosses(w);
    if (elastic) add_groups(w, s);
    w->known = true, w->matrices++;
}
