/* Selected links. A way is read from its destination back; a state tells which sets it has passed
 * so far. Forward through a bush goes the chance that a way from a node back to the origin passes
 * what a state still lacks; backward go the trips, by state. Method: docs/methods/select.md. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/analysis.h"

enum { MASKS = 1 << KARVAN_SELECT_SETS, STATES = MASKS };

/* A mask has a bit a set that an arc is of. */
typedef struct automaton {
    int n_sets, n_states, final;
    uint8_t next[STATES][MASKS];
    bool sure[MASKS]; /* such an arc leads from every state to the last */
    uint8_t *mask;    /* [m] */
} automaton;

typedef struct work {
    double *chance; /* [n][n_states] */
    double *held;   /* [n][n_states] trips, in equivalents; zeros between bushes */
    double *all;    /* [n] the same of all states */
} work;

typedef struct job {
    const karvan_analysis *a;
    const karvan_select_query *q;
    automaton m;
    int n_workers;
    work *work;
    int64_t chunk;
    double *flow;   /* [parts][n_classes][m] */
    double **share; /* [n_classes][cells] of its trips that are selected */
} job;

/* ---- states -----------------------------------------------------------------------------------
 */

/* In order a state counts the sets passed from the last on; else it is the mask of those passed. */
static int step(const automaton *m, bool in_order, int state, int mask) {
    if (!in_order) return state | mask;
    while (state < m->n_sets && (mask >> (m->n_sets - 1 - state) & 1)) state++;
    return state;
}

static void make_states(automaton *m, const karvan_select_query *q) {
    m->n_sets = q->n_sets;
    m->n_states = q->in_order ? m->n_sets + 1 : 1 << m->n_sets;
    m->final = m->n_states - 1;
    for (int mask = 0; mask < 1 << m->n_sets; mask++) {
        m->sure[mask] = true;
        for (int s = 0; s < m->n_states; s++) {
            int to = step(m, q->in_order, s, mask);
            m->next[s][mask] = (uint8_t)to, m->sure[mask] &= to == m->final;
        }
    }
}

static karvan_status mark_sets(automaton *m, const karvan_i_problem *p,
                               const karvan_select_query *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint8_t *mask = karvan_i_calloc((size_t)p->m + 1, 1); /* by the caller's numbers */
    m->mask = karvan_i_malloc((size_t)p->m + 1, 1);
    KARVAN_REQUIRE(mask && m->mask, err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)p->m);
    for (int k = 0; k < q->n_sets; k++)
        for (int32_t i = q->first[k]; i < q->first[k + 1]; i++) {
            KARVAN_REQUIRE(q->arc[i] >= 0 && q->arc[i] < p->m, err, KARVAN_E_ARG,
                           "set %d has arc %d; arcs are 0..%d", k, (int)q->arc[i], (int)p->m - 1);
            mask[q->arc[i]] = (uint8_t)(mask[q->arc[i]] | 1u << k);
        }
    for (int32_t i = 0; i < p->m; i++) m->mask[i] = mask[p->arc[i]];
done:
    karvan_i_free(mask);
    return st;
}

/* ---- a bush -----------------------------------------------------------------------------------
 */

/* The chance that the ways from a place back to the origin lead a state to the last. */
static double chance_at(const job *j, const double *chance, const karvan_i_entrance *e, int state) {
    const automaton *m = &j->m;
    double sum = 0;
    bool all = true; /* then 1 is 1, whatever the shares add up to */
    for (int32_t k = 0; k < e->n; k++) {
        double share = karvan_i_share(e, k);
        int64_t from = j->a->p.tail[e->arc[k]];
        double c = chance[from * m->n_states + m->next[state][m->mask[e->arc[k]]]];
        if (!(share > 0)) continue;
        sum += share * c, all &= c == 1;
    }
    return all || sum > 1 ? 1 : sum;
}

static void find_chances(const job *j, const work *w, const karvan_i_bush *b) {
    const automaton *m = &j->m;
    for (int s = 0; s < m->n_states; s++)
        w->chance[(int64_t)b->origin * m->n_states + s] = s == m->final;
    for (int32_t i = 0; i < b->n; i++) {
        karvan_i_entrance e = karvan_i_entrance_at(&j->a->p, b, i);
        double *chance = &w->chance[(int64_t)e.node * m->n_states];
        for (int s = 0; s < m->final; s++) chance[s] = chance_at(j, w->chance, &e, s);
        chance[m->final] = 1;
    }
}

/* A class's trips where they end; false: none of them is selected. */
static bool put_trips(const job *j, const work *w, const karvan_i_bush *b, int class) {
    const karvan_i_demand *d = &j->a->p.demand[class];
    bool any = false;
    for (int64_t k = d->first[b->origin]; k < d->first[b->origin + 1]; k++) {
        int32_t v = d->destination[k];
        if (j->q->destination && !j->q->destination[v]) continue;
        double f = d->pce * d->trips[k];
        w->held[(int64_t)v * j->m.n_states] += f, w->all[v] += f;
        j->share[class][k] = w->chance[(int64_t)v * j->m.n_states];
        any |= j->share[class][k] > 0;
    }
    return any;
}

/* Trips at the head of an arc go back by it: the selected flow of the arc. f: all of its head. */
static double go_back(const job *j, const work *w, int32_t arc, double share, double f,
                      const double *held) {
    const automaton *m = &j->m;
    int64_t from = j->a->p.tail[arc];
    const double *chance = &w->chance[from * m->n_states];
    double got = 0, *there = &w->held[from * m->n_states];
    uint8_t mask = m->mask[arc];
    for (int s = 0; s < m->n_states; s++) {
        int to = m->next[s][mask];
        if (!(held[s] > 0) || !(chance[to] > 0)) continue;
        got += held[s] * chance[to], there[to] += held[s] * share;
    }
    w->all[from] += f * share;
    return m->sure[mask] ? f * share : got * share;
}

static void carry(const job *j, const work *w, const karvan_i_bush *b, double *flow) {
    int n_states = j->m.n_states;
    double held[STATES];
    for (int32_t i = b->n - 1; i >= 0; i--) {
        karvan_i_entrance e = karvan_i_entrance_at(&j->a->p, b, i);
        double f = w->all[e.node], *at = &w->held[(int64_t)e.node * n_states];
        if (!(f > 0)) continue;
        memcpy(held, at, (size_t)n_states * sizeof *held);
        memset(at, 0, (size_t)n_states * sizeof *at), w->all[e.node] = 0;
        for (int32_t k = 0; k < e.n; k++) {
            double share = karvan_i_share(&e, k);
            if (share > 0) flow[e.arc[k]] += go_back(j, w, e.arc[k], share, f, held);
        }
    }
    memset(&w->held[(int64_t)b->origin * n_states], 0, (size_t)n_states * sizeof *held);
    w->all[b->origin] = 0;
}

/* What put_trips left where nothing of it is selected. */
static void take_back(const job *j, const work *w, const karvan_i_bush *b, int class) {
    const karvan_i_demand *d = &j->a->p.demand[class];
    for (int64_t k = d->first[b->origin]; k < d->first[b->origin + 1]; k++) {
        int64_t v = d->destination[k];
        w->held[v * j->m.n_states] = 0, w->all[v] = 0;
    }
}

static karvan_status select_some(void *ctx, int64_t begin, int64_t end, int worker,
                                 karvan_error *err) {
    const job *j = ctx;
    const karvan_i_problem *p = &j->a->p;
    const work *w = &j->work[worker];
    (void)err;
    for (int64_t i = begin; i < end; i++) {
        const karvan_i_bush *b = &j->a->bush[i];
        if (j->q->origin && !j->q->origin[b->origin]) continue;
        find_chances(j, w, b);
        for (int c = 0; c < p->n_classes; c++) {
            if (p->group[c] != b->group) continue;
            if (put_trips(j, w, b, c))
                carry(j, w, b, j->flow + (begin / j->chunk * p->n_classes + c) * (int64_t)p->m);
            else
                take_back(j, w, b, c);
        }
    }
    return KARVAN_OK;
}

/* ---- the whole --------------------------------------------------------------------------------
 */

static karvan_status job_init(job *j, int64_t parts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_problem *p = &j->a->p;
    size_t n = (size_t)p->n + 1, states = (size_t)j->m.n_states, classes = (size_t)p->n_classes;
    j->n_workers = j->q->threads > 0 ? j->q->threads : karvan_thread_count();
    j->work = karvan_i_calloc((size_t)j->n_workers, sizeof *j->work);
    j->flow = karvan_i_calloc((size_t)parts * classes * (size_t)p->m + 1, sizeof *j->flow);
    j->share = karvan_i_calloc(classes, sizeof *j->share);
    KARVAN_REQUIRE(j->work && j->flow && j->share, err, KARVAN_E_NOMEM,
                   "no memory for selected flows");
    for (int i = 0; i < j->n_workers; i++) {
        work *w = &j->work[i];
        w->chance = karvan_i_malloc(n * states, sizeof *w->chance);
        w->held = karvan_i_calloc(n * states, sizeof *w->held);
        w->all = karvan_i_calloc(n, sizeof *w->all);
        KARVAN_REQUIRE(w->chance && w->held && w->all, err, KARVAN_E_NOMEM,
                       "no memory for %d states of %d nodes", j->m.n_states, (int)p->n);
    }
    for (int c = 0; c < p->n_classes; c++) {
        size_t cells = (size_t)p->demand[c].first[p->zones];
        j->share[c] = karvan_i_calloc(cells + 1, sizeof *j->share[c]);
        KARVAN_REQUIRE(j->share[c], err, KARVAN_E_NOMEM, "no memory for selected pairs");
    }
done:
    return st;
}

static void job_clear(job *j) {
    for (int i = 0; j->work && i < j->n_workers; i++) {
        work *w = &j->work[i];
        karvan_i_free(w->chance), karvan_i_free(w->held), karvan_i_free(w->all);
    }
    for (int c = 0; j->share && c < j->a->p.n_classes; c++) karvan_i_free(j->share[c]);
    karvan_i_free(j->work), karvan_i_free(j->flow), karvan_i_free(j->share);
    karvan_i_free(j->m.mask);
}

static karvan_status gather_flows(const job *j, int64_t parts, karvan_selection *out,
                                  karvan_error *err) {
    const karvan_i_problem *p = &j->a->p;
    int64_t size = (int64_t)p->n_classes * p->m;
    out->flow = karvan_i_calloc((size_t)size + 1, sizeof *out->flow);
    if (!out->flow) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for selected flows");
    for (int c = 0; c < p->n_classes; c++)
        for (int32_t i = 0; i < p->m; i++) {
            double sum = 0;
            for (int64_t k = 0; k < parts; k++) sum += j->flow[k * size + (int64_t)c * p->m + i];
            out->flow[(int64_t)c * p->m + p->arc[i]] = sum / p->demand[c].pce;
        }
    return KARVAN_OK;
}

static karvan_status gather_pairs(const job *j, karvan_selection *out, karvan_error *err) {
    const karvan_i_problem *p = &j->a->p;
    size_t n = 0;
    for (int c = 0; c < p->n_classes; c++)
        for (int64_t k = 0; k < p->demand[c].first[p->zones]; k++) n += j->share[c][k] > 0;
    out->pair = karvan_i_malloc(n + 1, sizeof *out->pair);
    if (!out->pair) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for selected pairs");
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        for (int32_t o = 0; o < p->zones; o++)
            for (int64_t k = d->first[o]; k < d->first[o + 1]; k++)
                if (j->share[c][k] > 0)
                    out->pair[out->n++] = (karvan_selected_pair){
                        c, o, d->destination[k], d->trips[k], d->trips[k] * j->share[c][k]};
    }
    return KARVAN_OK;
}

static karvan_status check_query(const karvan_select_query *q, karvan_error *err) {
    if (q->n_sets < 0 || q->n_sets > KARVAN_SELECT_SETS || q->threads < 0)
        return karvan_fail(err, KARVAN_E_ARG, "%d sets of links by %d threads; sets are 0 to %d",
                           q->n_sets, q->threads, (int)KARVAN_SELECT_SETS);
    if (q->n_sets > 0 && (!q->first || !q->arc))
        return karvan_fail(err, KARVAN_E_ARG, "first or arc is NULL");
    return KARVAN_OK;
}

karvan_status karvan_select(const karvan_analysis *a, const karvan_select_query *query,
                            karvan_selection *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    job *j = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_selection){.n = 0};
    KARVAN_REQUIRE(a && query, err, KARVAN_E_ARG, "no analysis, or no query");
    KARVAN_TRY(check_query(query, err));
    KARVAN_TRY(karvan_i_need_ways(a, err));
    j = karvan_i_calloc(1, sizeof *j);
    KARVAN_REQUIRE(j, err, KARVAN_E_NOMEM, "no memory for a selection");
    j->a = a, j->q = query, j->chunk = karvan_i_bush_chunk(&a->p, a->n_bushes);
    int64_t parts = (a->n_bushes + j->chunk - 1) / j->chunk;
    make_states(&j->m, query);
    KARVAN_TRY(mark_sets(&j->m, &a->p, query, err));
    KARVAN_TRY(job_init(j, parts, err));
    KARVAN_TRY(karvan_parallel_for(a->n_bushes, j->chunk, query->threads, select_some, j,
                                   query->cancel, err));
    KARVAN_TRY(gather_flows(j, parts, out, err));
    KARVAN_TRY(gather_pairs(j, out, err));
done:
    if (st != KARVAN_OK) karvan_selection_clear(out);
    if (j) job_clear(j);
    karvan_i_free(j);
    return st;
}

void karvan_selection_clear(karvan_selection *s) {
    if (!s) return;
    karvan_i_free(s->flow), karvan_i_free(s->pair);
    *s = (karvan_selection){.n = 0};
}
