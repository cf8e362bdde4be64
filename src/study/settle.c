/* Base and cases at their medians, the quick way where it leads to an end. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/rapid.h"
#include "trade/economy.h"

typedef struct worker {
    bool made, quick; /* quick: side 0 was found in the quick way */
    karvan_i_rapid rapid;
    karvan_i_outcome first; /* side 0, but of the first worker */
    karvan_i_solver solver;
    double *policy; /* [n_touched] */
} worker;

typedef struct settling {
    karvan_study *s;
    worker *workers;
} settling;

static void start_at(const karvan_study *s, const karvan_i_loads *from, karvan_i_loads *to) {
    size_t n = (size_t)s->menu.n_scarce * sizeof(double);
    memcpy(to->price, from->price, n), memcpy(to->delay_h, from->delay_h, n);
}

/* Side 0 once more: what the quick way of cases begins with. */
static karvan_status find_home(const karvan_study *s, worker *w, karvan_i_outcome *out,
                               karvan_error *err) {
    const karvan_i_task task = {&s->supply[0], s->median, 1, NULL, NULL, true};
    karvan_error why = {0};
    karvan_status st = karvan_i_rapid_solve(&w->rapid, &task, out, &why);
    w->quick = st == KARVAN_OK;
    return st == KARVAN_OK || st == KARVAN_E_NOCONV ? KARVAN_OK
                                                    : karvan_fail(err, st, "%s", why.msg);
}

/* All begin at one point, so that none of them is unlike the others: at prices of the base's
 * freight. *first: side 0. */
static karvan_status make(const karvan_study *s, worker *w, karvan_i_outcome *first,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)s->menu.n_scarce * sizeof(double);
    w->made = true;
    KARVAN_TRY(karvan_i_rapid_init(&w->rapid, &s->frame, err));
    KARVAN_TRY(karvan_i_solver_init(&w->solver, s->exchange.economy, err));
    w->policy = karvan_i_calloc((size_t)s->exchange.economy->n_touched + 1, sizeof *w->policy);
    KARVAN_REQUIRE(w->policy, err, KARVAN_E_NOMEM, "no memory for trade");
    memcpy(first->loads.price, s->begin_price, n);
    memcpy(first->loads.delay_h, s->begin_delay_h, n);
    KARVAN_TRY(find_home(s, w, first, err));
done:
    return st;
}

static void clear(worker *w) {
    karvan_i_rapid_clear(&w->rapid), karvan_i_outcome_clear(&w->first);
    karvan_i_solver_clear(&w->solver), karvan_i_free(w->policy);
}

static karvan_status settle_case(karvan_study *s, worker *w, int which, karvan_error *err) {
    const double *policy = karvan_i_policy_at(s, which, s->median, w->policy) ? w->policy : NULL;
    const karvan_i_task task = {&s->supply[which + 1], s->median, 1, policy, &s->settled[0], true};
    karvan_i_outcome *out = &s->settled[which + 1];
    karvan_error why = {0};
    karvan_status st = karvan_i_outcome_init(out, &s->menu, &s->exchange, err);
    if (st != KARVAN_OK) return st;
    start_at(s, &s->settled[0].loads, &out->loads);
    st = w->quick ? karvan_i_rapid_solve(&w->rapid, &task, out, &why) : KARVAN_E_NOCONV;
    if (st == KARVAN_E_NOCONV || st == KARVAN_E_ARG) {
        why = (karvan_error){0};
        st = karvan_i_chain_other(&s->chain, task.side, s->median, 1, policy, &s->settled[0],
                                  &w->solver, out, &why);
    }
    if (st == KARVAN_E_ARG) st = KARVAN_E_NOCONV; /* costs that no trade is solved at */
    return st == KARVAN_OK ? st : karvan_fail(err, st, "%.100s: %.150s", s->name[which], why.msg);
}

static karvan_status settle_some(void *ctx, int64_t begin, int64_t end, int which,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const settling *k = ctx;
    worker *w = &k->workers[which];
    if (!w->made) {
        KARVAN_TRY(karvan_i_outcome_init(&w->first, &k->s->menu, &k->s->exchange, err));
        KARVAN_TRY(make(k->s, w, &w->first, err));
    }
    for (int64_t c = begin; c < end; c++) KARVAN_TRY(settle_case(k->s, w, (int)c, err));
done:
    return st;
}

/* The quick way, from prices of the base's freight on: they are nearly those of the menu. Where it
 * does not come to an end, the careful one. */
static karvan_status settle_first(karvan_study *s, worker *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_outcome *first = &s->settled[0];
    size_t n = (size_t)s->menu.n_scarce * sizeof(double);
    KARVAN_TRY(karvan_i_outcome_init(first, &s->menu, &s->exchange, err));
    memcpy(first->loads.price, s->begin_price, n);
    KARVAN_TRY(karvan_i_frame_make(&s->chain, s->n_cases + 1, s->supply, first, &s->frame, err));
    for (int32_t x = 0; x < s->menu.n_scarce; x++)
        first->loads.capacity[x] =
            karvan_i_capacity_of(&s->choices, &s->supply[0], &s->supply[0], x, s->median, 1)
                .capacity;
    KARVAN_TRY(make(s, w, first, err));
    if (!w->quick) KARVAN_TRY(karvan_i_chain_first(&s->chain, s->median, first, err));
done:
    return st;
}

/* Draws watch from the beginning what some case fills. */
static void watch_full(karvan_study *s) {
    karvan_i_frame *f = &s->frame;
    for (int32_t a = 0; a < f->n; a++)
        for (int c = 0; c <= s->n_cases; c++)
            for (int64_t i = f->member_first[a]; i < f->member_first[a + 1]; i++)
                if (s->settled[c].loads.price[f->member[i]] > 0) f->near[a] = true;
}

karvan_status karvan_i_settle(karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int threads = s->o.threads > 0 ? s->o.threads : karvan_thread_count();
    settling k = {s, karvan_i_calloc((size_t)threads, sizeof *k.workers)};
    KARVAN_REQUIRE(k.workers, err, KARVAN_E_NOMEM, "no memory to settle cases");
    s->chain = (karvan_i_chain){&s->o, &s->menu, &s->choices, &s->exchange, &s->supply[0]};
    KARVAN_TRY(settle_first(s, &k.workers[0], err));
    KARVAN_TRY(karvan_parallel_for(s->n_cases, 1, threads, settle_some, &k, s->o.cancel, err));
    watch_full(s);
done:
    for (int i = 0; k.workers && i < threads; i++) clear(&k.workers[i]);
    karvan_i_free(k.workers);
    return st;
}
