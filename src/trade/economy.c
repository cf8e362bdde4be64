/* Square economies out of arrays: what is refused, sums, groups that trade with one another. */
#include "trade/economy.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/try.h"

/* Prices of countries that do not trade, at however many removes, have no common measure. */
static void find_groups(karvan_economy *e) {
    int32_t n = e->n, *group = e->group;
    for (int32_t i = 0; i < n; i++) group[i] = i;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            if (e->flow[(size_t)i * (size_t)n + (size_t)j] > 0) karvan_i_parts_join(group, i, j);
        }
    /* A root is the least of its group, so its number is known before those who ask for it. */
    for (int32_t i = 0; i < n; i++) group[i] = karvan_i_parts_root(group, i);
    int32_t known = 0;
    for (int32_t i = 0; i < n; i++) group[i] = group[i] == i ? known++ : group[group[i]];
    e->stats.groups = known;
}

static karvan_status sum_up(karvan_economy *e, bool without_domestic, karvan_error *err) {
    size_t n = (size_t)e->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) e->y[i] += e->flow[i * n + j], e->e[j] += e->flow[i * n + j];
    for (size_t i = 0; i < n; i++) {
        const char *name = e->country[i];
        if (!(e->y[i] > 0))
            return karvan_fail(err, KARVAN_E_DATA,
                               "%s sells nothing, neither at home nor abroad: its price has no "
                               "meaning; leave it out, or give what it sells",
                               name);
        if (!(e->e[i] > 0))
            return karvan_fail(err, KARVAN_E_DATA,
                               "%s buys nothing, neither at home nor abroad: its shares have no "
                               "meaning; leave it out, or give what it buys",
                               name);
        if (!(e->flow[i * n + i] > 0) && !without_domestic)
            return karvan_fail(err, KARVAN_E_DATA,
                               "%s has no domestic trade (a row %s, %s above 0): give production "
                               "less exports, or say that there is none",
                               name, name, name);
        double deficit = fabs(e->e[i] - e->y[i]) / e->y[i];
        if (deficit > e->stats.largest_deficit) e->stats.largest_deficit = deficit;
        e->stats.output += e->y[i];
    }
    if (!isfinite(e->stats.output))
        return karvan_fail(err, KARVAN_E_DATA, "flows add up to no finite number");
    return KARVAN_OK;
}

static bool touches(const karvan_economy *e, size_t pair) {
    size_t nn = (size_t)e->n * (size_t)e->n;
    for (size_t k = 0; k < (size_t)e->n_changes; k++)
        if (e->change[k * nn + pair] != 0) return true;
    return false;
}

static karvan_status find_touched(karvan_economy *e, karvan_error *err) {
    size_t n = (size_t)e->n;
    for (int write = 0; write < 2; write++) {
        e->n_touched = 0;
        for (size_t pair = 0; pair < n * n; pair++) {
            if (!touches(e, pair)) continue;
            if (write && !(e->flow[pair] > 0)) e->stats.n_changed_zero++;
            if (!(e->flow[pair] > 0)) continue;
            if (write) e->touched[e->n_touched] = (int64_t)pair;
            if (write && pair % (n + 1) == 0) e->stats.n_domestic++;
            e->n_touched++;
        }
        if (write) break;
        e->touched = karvan_i_malloc((size_t)e->n_touched + 1, sizeof *e->touched);
        if (!e->touched) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for changed pairs");
    }
    e->stats.n_changed = e->n_touched;
    return KARVAN_OK;
}

static karvan_status copy_numbers(karvan_economy *e, const double *flow, const double *change,
                                  karvan_error *err) {
    size_t nn = (size_t)e->n * (size_t)e->n, all = nn * (size_t)e->n_changes;
    for (size_t k = 0; k < nn; k++) {
        if (!(flow[k] >= 0) || !isfinite(flow[k]))
            return karvan_fail(err, KARVAN_E_DATA, "the flow from %s to %s is %g: not 0 or above",
                               e->country[k / (size_t)e->n], e->country[k % (size_t)e->n], flow[k]);
        if (flow[k] == 0) e->stats.n_zero++;
    }
    for (size_t k = 0; k < all; k++)
        if (!(fabs(change[k]) <= KARVAN_I_CHANGE_MOST)) {
            size_t pair = k % nn;
            return karvan_fail(err, KARVAN_E_DATA,
                               "the change from %s to %s is %g: a change of ln trade lies between "
                               "-%g and %g",
                               e->country[pair / (size_t)e->n], e->country[pair % (size_t)e->n],
                               change[k], KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
        }
    memcpy(e->flow, flow, nn * sizeof *flow);
    if (all) memcpy(e->change, change, all * sizeof *change);
    return KARVAN_OK;
}

static karvan_status copy_names(karvan_economy *e, const char *const *country, karvan_error *err) {
    for (int32_t i = 0; i < e->n; i++) {
        e->country[i] = karvan_i_strndup(country[i], strlen(country[i]));
        if (!e->country[i]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
        for (int32_t k = 0; k < i; k++)
            if (strcmp(country[k], country[i]) == 0)
                return karvan_fail(err, KARVAN_E_ARG, "country '%s' is named twice", country[i]);
    }
    return KARVAN_OK;
}

karvan_status karvan_economy_create(int32_t n, const char *const *country, const double *flow,
                                    int n_changes, const double *change, bool without_domestic,
                                    karvan_economy **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_economy *e = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(n >= 1 && n <= 20000 && country && flow, err, KARVAN_E_ARG,
                   "an economy has 1 to 20000 countries, with names and flows; %d here", (int)n);
    KARVAN_REQUIRE(n_changes >= 0 && (n_changes == 0 || change), err, KARVAN_E_ARG,
                   "%d changes without their numbers", n_changes);
    e = karvan_i_calloc(1, sizeof *e);
    KARVAN_REQUIRE(e, err, KARVAN_E_NOMEM, "no memory for an economy");
    size_t nn = (size_t)n * (size_t)n;
    e->n = e->stats.n = n, e->n_changes = n_changes;
    e->country = karvan_i_calloc((size_t)n, sizeof *e->country);
    e->flow = karvan_i_malloc(nn, sizeof *e->flow);
    e->y = karvan_i_calloc((size_t)n, sizeof *e->y),
    e->e = karvan_i_calloc((size_t)n, sizeof *e->e);
    e->group = karvan_i_malloc((size_t)n, sizeof *e->group);
    e->change = karvan_i_malloc((size_t)n_changes * nn, sizeof *e->change);
    KARVAN_REQUIRE(e->country && e->flow && e->y && e->e && e->group && e->change, err,
                   KARVAN_E_NOMEM, "no memory for %d countries", (int)n);
    KARVAN_TRY(copy_names(e, country, err));
    KARVAN_TRY(copy_numbers(e, flow, change, err));
    KARVAN_TRY(sum_up(e, without_domestic, err));
    KARVAN_TRY(find_touched(e, err));
    find_groups(e);
    e->stats.rows = (int64_t)nn;
    *out = e, e = NULL;
done:
    karvan_economy_destroy(e);
    return st;
}

void karvan_economy_destroy(karvan_economy *e) {
    if (!e) return;
    for (int32_t i = 0; e->country && i < e->n; i++) karvan_i_free(e->country[i]);
    karvan_i_free(e->country), karvan_i_free(e->flow), karvan_i_free(e->y), karvan_i_free(e->e);
    karvan_i_free(e->group), karvan_i_free(e->change), karvan_i_free(e->touched);
    karvan_i_free(e->cost), karvan_i_free(e);
}

karvan_economy_stats karvan_economy_statistics(const karvan_economy *e) { return e->stats; }
const char *karvan_economy_country(const karvan_economy *e, int32_t i) { return e->country[i]; }
const double *karvan_economy_flow_view(const karvan_economy *e) { return e->flow; }
const double *karvan_economy_cost_view(const karvan_economy *e) { return e->cost; }

void karvan_i_economy_partial(const karvan_economy *e, const double *beta, double *partial) {
    size_t nn = (size_t)e->n * (size_t)e->n;
    for (int64_t t = 0; t < e->n_touched; t++) {
        double sum = 0;
        for (size_t k = 0; k < (size_t)e->n_changes; k++)
            sum += (beta ? beta[k] : 1.0) * e->change[k * nn + (size_t)e->touched[t]];
        partial[t] = sum;
    }
}
