/* What ways between zones cost: over the least ways a search an origin, over the used ways the mean
 * by the shares in which trips come to a node. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/analysis.h"

typedef struct work {
    karvan_i_tree tree;
    double *sum; /* [n] over the ways to a node */
} work;

typedef struct job {
    const karvan_analysis *a;
    int class, n;
    karvan_skim_ways ways;
    double **column; /* [n][m] by place in the star */
    double *cost;    /* [m] of the class */
    int n_workers;
    work *work;
    double *value; /* [n][zones][zones] */
} job;

static void skim_least(const job *j, work *w, int32_t origin) {
    const karvan_i_problem *p = &j->a->p;
    const karvan_i_tree *t = &w->tree;
    karvan_i_tree_grow(&w->tree, p, j->cost, origin);
    for (int k = 0; k < j->n; k++) {
        double *row = j->value + ((int64_t)k * p->zones + origin) * (int64_t)p->zones;
        for (int32_t v = 0; v < p->n; v++) w->sum[v] = INFINITY;
        w->sum[origin] = 0;
        for (int32_t i = 1; i < t->n_order; i++) {
            int32_t a = t->by[t->order[i]];
            w->sum[t->order[i]] = w->sum[p->tail[a]] + j->column[k][a];
        }
        for (int32_t d = 0; d < p->zones; d++) row[d] = w->sum[d];
    }
}

static void skim_used(const job *j, const work *w, int32_t origin) {
    const karvan_i_problem *p = &j->a->p;
    const karvan_i_demand *d = &p->demand[j->class];
    const karvan_i_bush *b = karvan_i_bush_of(j->a, p->group[j->class], origin);
    for (int k = 0; k < j->n; k++) {
        double *row = j->value + ((int64_t)k * p->zones + origin) * (int64_t)p->zones;
        for (int32_t v = 0; v < p->zones; v++) row[v] = NAN;
        row[origin] = w->sum[origin] = 0;
        for (int32_t i = 0; b && i < b->n; i++) {
            karvan_i_entrance e = karvan_i_entrance_at(p, b, i);
            double sum = 0;
            for (int32_t l = 0; l < e.n; l++) {
                double share = karvan_i_share(&e, l);
                if (share > 0) sum += share * (w->sum[p->tail[e.arc[l]]] + j->column[k][e.arc[l]]);
            }
            w->sum[e.node] = sum;
        }
        for (int64_t i = d->first[origin]; b && i < d->first[origin + 1]; i++)
            row[d->destination[i]] = w->sum[d->destination[i]];
    }
}

static karvan_status skim_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const job *j = ctx;
    (void)err;
    for (int64_t o = begin; o < end; o++)
        if (j->ways == KARVAN_LEAST_WAYS)
            skim_least(j, &j->work[worker], (int32_t)o);
        else
            skim_used(j, &j->work[worker], (int32_t)o);
    return KARVAN_OK;
}

/* Columns by place in the star; what the class pays where none is given. */
static karvan_status lay_columns(job *j, const double *const *column, karvan_error *err) {
    const karvan_i_problem *p = &j->a->p;
    size_t m = (size_t)p->m + 1;
    j->column = karvan_i_calloc((size_t)j->n, sizeof *j->column);
    j->cost = karvan_i_malloc(m, sizeof *j->cost);
    if (!j->column || !j->cost) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for columns");
    karvan_i_user_costs(j->a, p->group[j->class], j->cost);
    for (int k = 0; k < j->n; k++) {
        j->column[k] = karvan_i_malloc(m, sizeof **j->column);
        if (!j->column[k]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for columns");
        for (int32_t i = 0; i < p->m; i++)
            j->column[k][i] = column[k] ? column[k][p->arc[i]] : j->cost[i];
    }
    return KARVAN_OK;
}

static karvan_status make_workers(job *j, int threads, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    j->n_workers = threads > 0 ? threads : karvan_thread_count();
    j->work = karvan_i_calloc((size_t)j->n_workers, sizeof *j->work);
    KARVAN_REQUIRE(j->work, err, KARVAN_E_NOMEM, "no memory for searches");
    for (int i = 0; i < j->n_workers; i++) {
        j->work[i].sum = karvan_i_malloc((size_t)j->a->p.n + 1, sizeof *j->work[i].sum);
        KARVAN_REQUIRE(j->work[i].sum, err, KARVAN_E_NOMEM, "no memory for searches");
        if (j->ways == KARVAN_LEAST_WAYS)
            KARVAN_TRY(karvan_i_tree_init(&j->work[i].tree, &j->a->p, err));
    }
done:
    return st;
}

static void job_clear(job *j) {
    for (int i = 0; j->work && i < j->n_workers; i++) {
        karvan_i_tree_clear(&j->work[i].tree);
        karvan_i_free(j->work[i].sum);
    }
    for (int k = 0; j->column && k < j->n; k++) karvan_i_free(j->column[k]);
    karvan_i_free(j->work), karvan_i_free(j->column), karvan_i_free(j->cost);
}

karvan_status karvan_analysis_skim(const karvan_analysis *a, int class_no, karvan_skim_ways ways,
                                   int n, const double *const *column, int threads,
                                   const karvan_cancel *cancel, double *value, karvan_error *err) {
    enum { HANDED = 4 };
    karvan_status st = KARVAN_OK;
    job j = {.a = a, .class = class_no, .n = n, .ways = ways, .value = value};
    KARVAN_REQUIRE(a && column && value && n > 0 && threads >= 0, err, KARVAN_E_ARG,
                   "no analysis, nothing to add up, nowhere to put it, or threads below 0");
    KARVAN_REQUIRE(class_no >= 0 && class_no < a->p.n_classes, err, KARVAN_E_ARG,
                   "class %d; classes are 0..%d", class_no, a->p.n_classes - 1);
    if (ways != KARVAN_LEAST_WAYS) KARVAN_TRY(karvan_i_need_ways(a, err));
    KARVAN_TRY(lay_columns(&j, column, err));
    KARVAN_TRY(make_workers(&j, threads, err));
    KARVAN_TRY(karvan_parallel_for(a->p.zones, HANDED, threads, skim_some, &j, cancel, err));
done:
    job_clear(&j);
    return st;
}
