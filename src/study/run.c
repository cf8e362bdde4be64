/* Draws: which parameters there are to draw, and everything solved at each draw, on all threads. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"
#include "trade/economy.h"

/* ---- which parameters move something ---- */

static void mark(karvan_study *s, int32_t parameter) {
    if (parameter > 0) s->moves[parameter] = true;
}

static void mark_all(karvan_study *s) {
    const karvan_i_choices *q = &s->choices;
    for (int c = 0; c <= s->n_cases; c++) {
        const karvan_i_measures *x = &s->supply[c].measures;
        for (int64_t i = 0; i < x->n_parts; i++) mark(s, x->part[i].parameter);
    }
    for (int32_t l = 0; l < q->n_lanes; l++) {
        mark(s, q->value[l]), mark(s, q->day[l]);
        for (int k = 0; k < 3; k++) mark(s, q->amount[3 * l + k]);
    }
    for (int32_t c = 0; c < q->n_constants; c++) mark(s, q->constant_of[c]);
    for (int32_t x = 0; x < s->menu.n_scarce; x++) mark(s, q->room[x]);
    mark(s, q->taste), mark(s, q->elasticity);
    for (int c = 0; c < s->n_cases; c++)
        for (const int32_t *e = s->effect[c]; *e >= 0; e++) mark(s, *e);
    for (int32_t p = 0; p < s->parameters.n; p++) {
        if (s->parameters.all[p].kind != KARVAN_I_POLICY) continue;
        size_t n = (size_t)s->exchange.economy->n_touched, row = (size_t)s->parameters.all[p].row;
        for (int c = 0; c < s->n_cases; c++)
            for (size_t t = 0; s->policy[c + 1] && t < n; t++)
                if (s->policy[c + 1][row * n + t] != 0) mark(s, p);
    }
}

karvan_status karvan_i_moving(karvan_study *s, karvan_error *err) {
    size_t n = (size_t)s->parameters.n + 1;
    s->moves = karvan_i_calloc(n, sizeof *s->moves);
    s->moving = karvan_i_calloc(n, sizeof *s->moving);
    if (!s->moves || !s->moving) return karvan_fail(err, KARVAN_E_NOMEM, "no memory to draw");
    mark_all(s);
    for (int32_t p = 1; p < s->parameters.n; p++) {
        const karvan_i_parameter *x = &s->parameters.all[p];
        if (s->moves[p] && x->low < x->high) s->moving[s->n_moving++] = p;
    }
    return KARVAN_OK;
}

/* What other interventions do, or other agreements, is drawn for all and moves no case but its own.
 */
bool karvan_i_matters(const karvan_study *s, int which, int parameter) {
    int32_t p = s->moving[parameter];
    const karvan_i_parameter *x = &s->parameters.all[p];
    size_t n = (size_t)s->exchange.economy->n_touched;
    if (x->kind == KARVAN_I_EFFECT) {
        const int32_t *of = s->effect[which];
        while (*of >= 0 && *of != p) of++;
        return *of == p;
    }
    if (x->kind != KARVAN_I_POLICY) return true;
    const double *flags = s->policy[which + 1];
    for (size_t t = 0; flags && t < n; t++)
        if (flags[(size_t)x->row * n + t] != 0) return true;
    return false;
}

int karvan_study_parameters(const karvan_study *s) { return s->n_moving; }

karvan_study_parameter karvan_study_parameter_at(const karvan_study *s, int i) {
    const karvan_i_parameter *p = &s->parameters.all[s->moving[i]];
    return (karvan_study_parameter){p->id,
                                    p->name ? p->name : p->id,
                                    karvan_i_parameter_kind_name(p->kind),
                                    p->source,
                                    p->median,
                                    p->low,
                                    p->high};
}

void karvan_study_values(const karvan_study *s, uint64_t seed, int64_t draw, double *value) {
    for (int i = 0; i < s->n_moving; i++) {
        const karvan_i_parameter *p = &s->parameters.all[s->moving[i]];
        value[i] = karvan_i_parameter_draw(p, seed, draw < 0 ? 0 : draw);
        if (draw < 0 && (-1 - draw) / 2 == i)
            value[i] = karvan_i_parameter_at(p, (-1 - draw) % 2 == 0 ? 0.05 : 0.95);
    }
}

/* ---- one worker ---- */

typedef struct worker {
    bool made;
    bool quick; /* side 0 of this draw was found quickly: cases may be */
    karvan_i_rapid rapid;
    karvan_i_solver solver; /* of the careful way */
    karvan_i_outcome first, other;
    double *moving, *value; /* [n_moving]; [parameters.n] */
    double *policy;         /* [n_touched] */
    double *levels;         /* [n_cases + 1][n_measures] */
} worker;

static void worker_clear(worker *w) {
    karvan_i_rapid_clear(&w->rapid);
    karvan_i_solver_clear(&w->solver);
    karvan_i_outcome_clear(&w->first), karvan_i_outcome_clear(&w->other);
    karvan_i_free(w->moving), karvan_i_free(w->value);
    karvan_i_free(w->policy), karvan_i_free(w->levels);
}

static karvan_status worker_init(worker *w, const karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    w->made = true;
    w->moving = karvan_i_calloc((size_t)s->n_moving + 1, sizeof *w->moving);
    w->value = karvan_i_calloc((size_t)s->parameters.n + 1, sizeof *w->value);
    w->policy = karvan_i_calloc((size_t)s->exchange.economy->n_touched + 1, sizeof *w->policy);
    w->levels =
        karvan_i_calloc((size_t)(s->n_cases + 1) * (size_t)s->n_measures + 1, sizeof *w->levels);
    KARVAN_REQUIRE(w->moving && w->value && w->policy && w->levels, err, KARVAN_E_NOMEM,
                   "no memory to draw");
    KARVAN_TRY(karvan_i_rapid_init(&w->rapid, &s->frame, err));
    KARVAN_TRY(karvan_i_solver_init(&w->solver, s->exchange.economy, err));
    KARVAN_TRY(karvan_i_outcome_init(&w->first, &s->menu, &s->exchange, err));
    KARVAN_TRY(karvan_i_outcome_init(&w->other, &s->menu, &s->exchange, err));
done:
    return st;
}

/* ---- one draw ---- */

typedef struct drawing {
    const karvan_study *s;
    uint64_t seed;
    const int64_t *draws;
    worker *workers;
    karvan_study_take take;
    void *ctx;
    karvan_study_options o; /* of the careful way: what does not settle soon is not known */
    karvan_i_chain chain;
    pthread_mutex_t lock;
} drawing;

static void begin_at(const karvan_study *s, const karvan_i_loads *near, int which,
                     karvan_i_loads *to) {
    const karvan_i_loads *a = &s->settled[0].loads, *b = &s->settled[which + 1].loads;
    for (int32_t x = 0; x < s->menu.n_scarce; x++) {
        to->price[x] = fmax(0, near->price[x] + b->price[x] - a->price[x]);
        to->delay_h[x] = fmax(0, near->delay_h[x] + b->delay_h[x] - a->delay_h[x]);
    }
}

/* Not settled is an answer too: the numbers are not known. */
static bool unsettled(karvan_status st) {
    return st == KARVAN_E_NOCONV || st == KARVAN_E_DATA || st == KARVAN_E_ARG;
}

/* A case begins with the prices of side 0 of its draw; if it does not settle, with as much more as
 * it has at medians; then with those that it has there. NOCONV: it gives up. */
static karvan_status quickly(const drawing *d, worker *w, const karvan_i_task *task, int which,
                             karvan_i_outcome *out, karvan_error *err) {
    const karvan_i_loads *medians = &d->s->settled[0].loads, *here = &w->first.loads;
    const struct {
        const karvan_i_loads *near;
        int which;
    } from[] = {{which < 0 ? medians : here, -1}, {here, which}, {medians, which}};
    karvan_status st = KARVAN_E_NOCONV;
    for (int i = 0; st == KARVAN_E_NOCONV && i < (which < 0 ? 1 : 3); i++) {
        *err = (karvan_error){0};
        begin_at(d->s, from[i].near, from[i].which, &out->loads);
        st = karvan_i_rapid_solve(&w->rapid, task, out, err);
    }
    return st;
}

/* Where the quick way fails, the careful one; its prices are a start from which the quick way finds
 * what cases begin with. */
static karvan_status solve_first(const drawing *d, worker *w, karvan_error *err) {
    const karvan_study *s = d->s;
    const karvan_i_task task = {&s->supply[0], w->value, 1, NULL, NULL, false};
    karvan_error why = {0};
    karvan_status st = quickly(d, w, &task, -1, &w->first, &why);
    w->quick = st == KARVAN_OK;
    if (st != KARVAN_E_NOCONV) return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
    begin_at(s, &s->settled[0].loads, -1, &w->first.loads);
    st = karvan_i_chain_first(&d->chain, w->value, &w->first, err);
    if (st != KARVAN_OK) return st;
    st = karvan_i_rapid_solve(&w->rapid, &task, &w->first, &why);
    w->quick = st == KARVAN_OK;
    if (st != KARVAN_E_NOCONV) return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
    begin_at(s, &s->settled[0].loads, -1, &w->first.loads);
    return karvan_i_chain_first(&d->chain, w->value, &w->first, err);
}

static karvan_status solve_case(const drawing *d, worker *w, int which, karvan_error *err) {
    const karvan_study *s = d->s;
    bool policy = karvan_i_policy_at(s, which, w->value, w->policy);
    const karvan_i_task task = {
        &s->supply[which + 1],     w->value,  karvan_i_case_effect(s, which, w->value),
        policy ? w->policy : NULL, &w->first, false};
    karvan_error why = {0};
    karvan_status st = w->quick ? quickly(d, w, &task, which, &w->other, &why) : KARVAN_E_NOCONV;
    if (st != KARVAN_E_NOCONV) return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
    return karvan_i_chain_other(&d->chain, task.side, w->value, task.effect, task.policy, &w->first,
                                &w->solver, &w->other, err);
}

static void not_known(const karvan_study *s, double *levels) {
    for (int i = 0; i < s->n_measures; i++) levels[i] = NAN;
}

static karvan_status solve_draw(const drawing *d, worker *w, int64_t draw, karvan_study_answer *out,
                                karvan_error *err) {
    const karvan_study *s = d->s;
    size_t n = (size_t)s->n_measures;
    karvan_error why = {0};
    memcpy(w->value, s->median, (size_t)s->parameters.n * sizeof *w->value);
    karvan_study_values(s, d->seed, draw, w->moving);
    for (int i = 0; i < s->n_moving; i++) w->value[s->moving[i]] = w->moving[i];
    *out = (karvan_study_answer){draw, w->levels, w->levels + n, 0};
    karvan_status st = solve_first(d, w, &why);
    bool base = st == KARVAN_OK;
    if (!base && !unsettled(st)) return karvan_fail(err, st, "%s", why.msg);
    if (base)
        karvan_i_study_levels(s, &w->first, &w->first, w->levels);
    else
        not_known(s, w->levels);
    for (int c = 0; c < s->n_cases; c++) {
        double *levels = w->levels + (size_t)(c + 1) * n;
        why = (karvan_error){0};
        st = base ? solve_case(d, w, c, &why) : KARVAN_E_NOCONV;
        if (st != KARVAN_OK && !unsettled(st)) return karvan_fail(err, st, "%s", why.msg);
        if (st == KARVAN_OK)
            karvan_i_study_levels(s, &w->first, &w->other, levels);
        else
            not_known(s, levels), out->failed++;
    }
    return KARVAN_OK;
}

static karvan_status some_draws(void *ctx, int64_t begin, int64_t end, int which,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    drawing *d = ctx;
    worker *w = &d->workers[which];
    if (!w->made) st = worker_init(w, d->s, err);
    for (int64_t i = begin; st == KARVAN_OK && i < end; i++) {
        karvan_study_answer answer;
        st = solve_draw(d, w, d->draws[i], &answer, err);
        if (st != KARVAN_OK) break;
        (void)pthread_mutex_lock(&d->lock);
        st = d->take(d->ctx, &answer, err);
        (void)pthread_mutex_unlock(&d->lock);
    }
    return st;
}

karvan_status karvan_study_run(const karvan_study *s, const karvan_study_how *how, int64_t n,
                               const int64_t *draws, karvan_study_take take, void *ctx,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int threads = how->threads > 0 ? how->threads : karvan_thread_count();
    drawing d = {.s = s, .seed = how->seed, .draws = draws, .take = take, .ctx = ctx};
    bool locked = false;
    const int ROUNDS = 20;
    const double TOLERANCE = 1e-6; /* as near as the quick way */
    KARVAN_REQUIRE(s && how && take && n >= 0 && (draws || n == 0), err, KARVAN_E_ARG,
                   "draws need a study, their numbers and someone who takes them");
    for (int64_t i = 0; i < n; i++)
        KARVAN_REQUIRE(draws[i] >= -2 * (int64_t)s->n_moving, err, KARVAN_E_ARG,
                       "draw %lld is of parameter %lld, of %d", (long long)draws[i],
                       (long long)((-1 - draws[i]) / 2), (int)s->n_moving);
    d.o = s->o, d.o.cancel = how->cancel, d.chain = s->chain, d.chain.o = &d.o;
    d.o.max_rounds = d.o.max_rounds < ROUNDS ? d.o.max_rounds : ROUNDS;
    d.o.tolerance = fmax(d.o.tolerance, TOLERANCE);
    d.workers = karvan_i_calloc((size_t)threads, sizeof *d.workers);
    KARVAN_REQUIRE(d.workers, err, KARVAN_E_NOMEM, "no memory to draw");
    locked = pthread_mutex_init(&d.lock, NULL) == 0;
    KARVAN_REQUIRE(locked, err, KARVAN_E_NOMEM, "no lock to be had");
    KARVAN_TRY(karvan_parallel_for(n, 1, threads, some_draws, &d, how->cancel, err));
done:
    for (int i = 0; d.workers && i < threads; i++) worker_clear(&d.workers[i]);
    karvan_i_free(d.workers);
    if (locked) (void)pthread_mutex_destroy(&d.lock);
    return st;
}
