/* Shares of routes in sets. Logit and path size are one nest whose scale is that of all. */
#include "flow/choice.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"

const char *karvan_choice_kind_name(karvan_choice_kind k) {
    static const char *const name[] = {"logit", "path-size", "nested"};
    return name[k];
}

/* ---- what is asked ---- */

static karvan_status check_model(const karvan_choice_model *k, karvan_error *err) {
    if (!k || k->kind < KARVAN_CHOICE_LOGIT || k->kind > KARVAN_CHOICE_NESTED)
        return karvan_fail(err, KARVAN_E_ARG, "no model of choice");
    if (!(k->scale > 0 && isfinite(k->scale)))
        return karvan_fail(err, KARVAN_E_ARG, "scale %g: it must be above 0 and finite", k->scale);
    if (k->kind == KARVAN_CHOICE_NESTED && !(k->nest_scale >= k->scale && isfinite(k->nest_scale)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "nest scale %g: it must be finite and not below the scale, %g",
                           k->nest_scale, k->scale);
    if (k->kind != KARVAN_CHOICE_LOGIT && !(k->size_exponent >= 0 && isfinite(k->size_exponent)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "exponent %g of the path size: it must be 0 or more and finite",
                           k->size_exponent);
    return KARVAN_OK;
}

static karvan_status check_pairs(const karvan_choice_sets *s, karvan_error *err) {
    if (!s || s->n_pairs < 0 || !s->first || s->first[0] != 0)
        return karvan_fail(err, KARVAN_E_ARG, "no route sets, or their routes do not begin at 0");
    for (int32_t p = 0; p < s->n_pairs; p++)
        if (s->first[p + 1] < s->first[p])
            return karvan_fail(err, KARVAN_E_ARG, "pair %d ends before it begins", (int)p);
    return KARVAN_OK;
}

static karvan_status check_sizes(const karvan_choice_sets *s, karvan_error *err) {
    if (!s->log_size)
        return karvan_fail(err, KARVAN_E_ARG, "path size logit needs the sizes of its routes");
    for (int64_t r = 0; r < s->first[s->n_pairs]; r++)
        if (!(s->log_size[r] <= 0 && isfinite(s->log_size[r])))
            return karvan_fail(err, KARVAN_E_ARG,
                               "route %lld: %g is no logarithm of a path size (0 or less)",
                               (long long)r, s->log_size[r]);
    return KARVAN_OK;
}

static karvan_status check_nests(const karvan_choice_sets *s, karvan_error *err) {
    if (!s->nest || s->n_nests < 1)
        return karvan_fail(err, KARVAN_E_ARG, "nested logit needs the nests of its routes");
    for (int64_t r = 0; r < s->first[s->n_pairs]; r++)
        if (s->nest[r] < 0 || s->nest[r] >= s->n_nests)
            return karvan_fail(err, KARVAN_E_ARG, "route %lld: nest %d outside 0..%d", (long long)r,
                               (int)s->nest[r], (int)s->n_nests - 1);
    return KARVAN_OK;
}

karvan_status karvan_i_choice_check(const karvan_choice_sets *sets,
                                    const karvan_choice_model *model, karvan_error *err) {
    karvan_status st = check_model(model, err);
    if (st == KARVAN_OK) st = check_pairs(sets, err);
    if (st != KARVAN_OK || model->kind == KARVAN_CHOICE_LOGIT) return st;
    if (model->kind == KARVAN_CHOICE_PATH_SIZE || sets->log_size) st = check_sizes(sets, err);
    if (st == KARVAN_OK && model->kind == KARVAN_CHOICE_NESTED) st = check_nests(sets, err);
    return st;
}

/* ---- one pair ---- */

static int32_t nest_of(const karvan_choice_sets *s, const karvan_choice_model *k, int64_t r) {
    return k->kind == KARVAN_CHOICE_NESTED ? s->nest[r] : 0;
}
static double inner_scale(const karvan_choice_model *k) {
    return k->kind == KARVAN_CHOICE_NESTED ? k->nest_scale : k->scale;
}
int32_t karvan_i_choice_nests(const karvan_choice_sets *sets, const karvan_choice_model *model) {
    return model->kind == KARVAN_CHOICE_NESTED ? sets->n_nests : 1;
}

/* Exponent of a route beside the cheapest of its nest: differences first, so that costs of any
 * size keep their digits and nothing overflows. */
static double exponent(const karvan_choice_sets *s, const karvan_choice_model *k, int64_t r,
                       double cost, double least) {
    double size = s->log_size && k->kind != KARVAN_CHOICE_LOGIT ? s->log_size[r] : 0;
    return -inner_scale(k) * (cost - least) + k->size_exponent * size;
}

/* The best of each nest is at 0 and a nest of one sums to 1: most calls need no function. */
static double power(double x) { return x == 0 ? 1 : exp(x); }
static double logarithm(double x) { return x == 1 ? 0 : log(x); }

/* Cost of each nest; how many have an open route. */
static int32_t nest_costs(const karvan_choice_sets *s, const karvan_choice_model *k, int32_t pair,
                          const double *cost, double *share, karvan_i_nest *nest) {
    int32_t n = karvan_i_choice_nests(s, k), open = 0;
    int64_t begin = s->first[pair], end = s->first[pair + 1];
    for (int32_t m = 0; m < n; m++) nest[m] = (karvan_i_nest){INFINITY, -INFINITY, 0, INFINITY};
    for (int64_t r = begin; r < end; r++) {
        karvan_i_nest *m = &nest[nest_of(s, k, r)];
        if (cost[r] < m->least) m->least = cost[r];
    }
    for (int64_t r = begin; r < end; r++) {
        karvan_i_nest *m = &nest[nest_of(s, k, r)];
        if (!(cost[r] < INFINITY)) continue;
        double e = exponent(s, k, r, cost[r], m->least);
        if (e > m->most) m->most = e;
    }
    for (int64_t r = begin; r < end; r++) {
        karvan_i_nest *m = &nest[nest_of(s, k, r)];
        double w = 0;
        if (cost[r] < INFINITY) w = power(exponent(s, k, r, cost[r], m->least) - m->most);
        m->sum += w;
        if (share) share[r] = w;
    }
    for (int32_t m = 0; m < n; m++)
        if (nest[m].least < INFINITY)
            nest[m].value =
                nest[m].least - (nest[m].most + logarithm(nest[m].sum)) / inner_scale(k),
            open++;
    return open;
}

double karvan_i_choice_pair(const karvan_choice_sets *sets, const karvan_choice_model *model,
                            int32_t pair, const double *cost, double *share, karvan_i_nest *room) {
    if (nest_costs(sets, model, pair, cost, share, room) == 0) return INFINITY;
    int32_t n = karvan_i_choice_nests(sets, model);
    double least = INFINITY, sum = 0;
    for (int32_t m = 0; m < n; m++)
        if (room[m].value < least) least = room[m].value;
    for (int32_t m = 0; m < n; m++)
        if (room[m].value < INFINITY)
            room[m].value = power(-model->scale * (room[m].value - least)), sum += room[m].value;
    for (int64_t r = sets->first[pair]; share && r < sets->first[pair + 1]; r++) {
        const karvan_i_nest *m = &room[nest_of(sets, model, r)];
        if (share[r] > 0) share[r] *= m->value / (m->sum * sum);
    }
    return least - logarithm(sum) / model->scale;
}

static void respond_pair(const karvan_choice_sets *sets, const karvan_choice_model *model,
                         int32_t pair, const double *share, const double *d_cost, double *d_share,
                         karvan_i_nest *room) {
    int32_t n = karvan_i_choice_nests(sets, model);
    int64_t begin = sets->first[pair], end = sets->first[pair + 1];
    double inner = inner_scale(model), mean = 0;
    for (int32_t m = 0; m < n; m++) room[m] = (karvan_i_nest){0};
    for (int64_t r = begin; r < end; r++) {
        karvan_i_nest *m = &room[nest_of(sets, model, r)];
        if (share[r] > 0) m->sum += share[r], m->value += share[r] * d_cost[r];
    }
    for (int32_t m = 0; m < n; m++) {
        mean += room[m].value;
        if (room[m].sum > 0) room[m].value /= room[m].sum;
    }
    for (int64_t r = begin; r < end; r++) {
        double in_nest = room[nest_of(sets, model, r)].value;
        d_share[r] =
            share[r] > 0
                ? -share[r] * (inner * (d_cost[r] - in_nest) + model->scale * (in_nest - mean))
                : 0;
    }
}

/* ---- all pairs ---- */

karvan_status karvan_choice_shares(const karvan_choice_sets *sets, const karvan_choice_model *model,
                                   const double *cost, double *share, double *logsum,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_nest *room = NULL;
    KARVAN_TRY(karvan_i_choice_check(sets, model, err));
    int64_t n = sets->first[sets->n_pairs];
    KARVAN_REQUIRE(cost || n == 0, err, KARVAN_E_ARG, "cost is NULL");
    for (int64_t r = 0; r < n; r++)
        KARVAN_REQUIRE(cost[r] > -INFINITY, err, KARVAN_E_ARG, "route %lld costs %g", (long long)r,
                       cost[r]);
    room = karvan_i_malloc((size_t)karvan_i_choice_nests(sets, model), sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for nests");
    for (int32_t p = 0; p < sets->n_pairs; p++) {
        double g = karvan_i_choice_pair(sets, model, p, cost, share, room);
        if (logsum) logsum[p] = g;
    }
done:
    karvan_i_free(room);
    return st;
}

karvan_status karvan_choice_respond(const karvan_choice_sets *sets,
                                    const karvan_choice_model *model, const double *share,
                                    const double *d_cost, double *d_share, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_nest *room = NULL;
    KARVAN_TRY(karvan_i_choice_check(sets, model, err));
    KARVAN_REQUIRE((share && d_cost && d_share) || sets->first[sets->n_pairs] == 0, err,
                   KARVAN_E_ARG, "shares or a direction are NULL");
    room = karvan_i_malloc((size_t)karvan_i_choice_nests(sets, model), sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for nests");
    for (int32_t p = 0; p < sets->n_pairs; p++)
        respond_pair(sets, model, p, share, d_cost, d_share, room);
done:
    karvan_i_free(room);
    return st;
}
