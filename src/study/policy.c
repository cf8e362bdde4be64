/* What agreements change: covariates of gravity that a case's region has and the base has not,
 * times their coefficients (table policy_effects). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"
#include "table/cell.h"
#include "trade/economy.h"

/* One flag: 1 where the side has it and the base has not, -1 the other way. */
static void add_flag(const karvan_table *was, const karvan_table *now, const char *flag,
                     const karvan_i_exchange *x, double *out) {
    int a = karvan_table_find(was, flag), b = karvan_table_find(now, flag),
        from = karvan_table_find(was, "exporter"), to = karvan_table_find(was, "importer");
    for (int64_t r = 0; a >= 0 && b >= 0 && r < karvan_table_rows(was); r++) {
        int64_t change = karvan_table_int(now, b, r) - karvan_table_int(was, a, r);
        if (change == 0) continue;
        int32_t i = karvan_i_exchange_country(x, karvan_table_text(was, from, r)),
                j = karvan_i_exchange_country(x, karvan_table_text(was, to, r));
        int64_t t = i < 0 || j < 0 ? -1 : x->at[(size_t)i * (size_t)x->n + (size_t)j];
        if (t >= 0) out[t] += (double)change;
    }
}

karvan_status karvan_i_policy(const karvan_i_study_side *first, const karvan_i_study_side *side,
                              int n_names, const char *const *names, const karvan_i_exchange *x,
                              double **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *effects = karvan_package_table(first->region, "policy_effects");
    karvan_table *was = NULL, *now = NULL;
    *out = NULL;
    if (!karvan_i_ties_edited(first->region, n_names, names)) return KARVAN_OK;
    KARVAN_REQUIRE(effects, err, KARVAN_E_DATA,
                   "%s changes agreements, and the region has no table policy_effects that says "
                   "what they do to trade",
                   side->name);
    KARVAN_TRY(karvan_i_exchange_panel(first->region, &was, err));
    KARVAN_TRY(karvan_i_exchange_panel(side->region, &now, err));
    KARVAN_REQUIRE(karvan_table_rows(was) == karvan_table_rows(now), err, KARVAN_E_DATA,
                   "%s changes which countries trade", side->name);
    size_t touched = (size_t)x->economy->n_touched, rows = (size_t)karvan_table_rows(effects);
    *out = karvan_i_calloc(touched * rows + 1, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for trade");
    for (size_t r = 0; r < rows; r++) {
        const char *flag = karvan_i_cell_text(effects, "flag", (int64_t)r);
        if (flag) add_flag(was, now, flag, x, *out + r * touched);
    }
done:
    karvan_table_destroy(was), karvan_table_destroy(now);
    return st;
}

bool karvan_i_policy_at(const karvan_study *s, int which, const double *value, double *out) {
    size_t touched = (size_t)s->exchange.economy->n_touched;
    const double *flags = which < 0 ? NULL : s->policy[which + 1];
    if (!flags) return false;
    memset(out, 0, touched * sizeof *out);
    for (int32_t p = 0; p < s->parameters.n; p++) {
        if (s->parameters.all[p].kind != KARVAN_I_POLICY) continue;
        const double *of = flags + (size_t)s->parameters.all[p].row * touched;
        for (size_t t = 0; t < touched; t++) out[t] += of[t] * value[p];
    }
    return true;
}
