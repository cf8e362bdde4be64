/* The region under scenarios: opened anew, edits laid over it, its freight at equilibrium. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "study/kept.h"
#include "table/cell.h"
#include "table/package_over.h"

static karvan_status join(int n, const char *const *names, char **out, karvan_error *err) {
    size_t room = 1;
    for (int i = 0; i < n; i++) room += strlen(names[i]) + 1;
    char *s = karvan_i_calloc(room, 1);
    if (!s) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a name");
    for (int i = 0, at = 0; i < n; i++)
        at += snprintf(s + at, room - (size_t)at, "%s%s", i > 0 ? "," : "", names[i]);
    *out = s;
    return KARVAN_OK;
}

/* The first problem speaks for all: the region was checked when it was first opened. */
static karvan_status with_problem(karvan_status st, const karvan_problems *problems,
                                  karvan_error *err) {
    int64_t i = 0, n = karvan_problems_total(problems);
    while (i < n && karvan_problems_get(problems, i).severity != KARVAN_ERROR) i++;
    if (st != KARVAN_E_DATA || i == n) return st;
    karvan_problem p = karvan_problems_get(problems, i);
    if (err) *err = (karvan_error){0};
    return karvan_fail(err, st, "%s:%lld:%lld: %s%s%s", p.file, (long long)p.line,
                       (long long)p.column, p.message, *p.hint ? "; " : "", p.hint);
}

/* The first side reads the region; cases lie over what it has read. *key: of what was read, before
 * edits of the user's own, which are of no base; NULL: not wanted. */
static karvan_status open_region(const char *dir, const karvan_study_options *o,
                                 const karvan_i_study_side *first, int n_names,
                                 const char *const *names, karvan_package **out, uint64_t *key,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_problems *problems = NULL;
    KARVAN_TRY(karvan_problems_create(&problems, err));
    if (first)
        KARVAN_TRY(karvan_i_package_over(first->region, out, err));
    else if (o->region)
        KARVAN_TRY(karvan_i_package_over(o->region, out, err));
    else
        KARVAN_TRY(karvan_package_open(dir, problems, out, err));
    if (!first && key && o->cache) *key = karvan_i_kept_key(*out, o);
    if (!first && o->edits)
        KARVAN_TRY(with_problem(karvan_scenarios_add(*out, o->edits,
                                                     o->edits_name ? o->edits_name : "edits",
                                                     problems, err),
                                problems, err));
    if (n_names == 0) goto done;
    st = with_problem(karvan_scenarios_apply(*out, n_names, names, problems, err), problems, err);
done:
    karvan_problems_destroy(problems);
    return st;
}

/* The base finds routes until there are none to find. A case starts from its prices and routes and
 * seeks those that it opens: what is found late carries little, and the case is settled on the
 * menu anyway. */
static karvan_status solve(karvan_i_study_side *s, const karvan_freight *start, karvan_error *err) {
    const int ROUNDS = 1;
    karvan_status st = karvan_i_freight_rounds(s->region, &s->demand, &s->flow, start,
                                               start ? ROUNDS : 0, &s->freight, err);
    if (st != KARVAN_E_NOCONV) return st;
    karvan_error why = *err;
    *err = (karvan_error){0};
    return karvan_fail(err, st, "%s%sfreight does not settle: %.160s", s->name,
                       *s->name ? ": " : "", why.msg);
}

/* A table's figure that is at fault may be what an edit left: say under which. */
static void tell_scenario(const karvan_i_study_side *s, karvan_error *err) {
    karvan_error why = *err;
    *err = (karvan_error){0};
    (void)karvan_fail(err, why.code, "%.400s (under scenario %.80s)", why.msg, s->name);
}

/* Do scenarios edit a table that demand is made of? */
static bool moves_demand(const karvan_package *region, int n_names, const char *const *names) {
    static const char tables[] = "demand;trade;trade_matrix;zones;carried;class_shares;"
                                 "cargo_classes;settings;indicators;places;countries";
    const karvan_table *t = karvan_package_table(region, "scenarios");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        for (int i = 0; i < n_names; i++)
            if (karvan_i_cell_is(t, "intervention", r, names[i]) &&
                karvan_i_in_list(tables, karvan_i_cell_text(t, "table", r)))
                return true;
    return false;
}

static karvan_status find_demand(karvan_i_study_side *s, const karvan_study_options *o,
                                 const karvan_i_study_side *first, int n_names,
                                 const char *const *names, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_demand_options of_year = {.year = o->year};
    if (first && !moves_demand(s->region, n_names, names))
        return karvan_i_freight_demand_copy(&first->demand, &s->demand, err);
    KARVAN_TRY(karvan_demand_trade(s->region, &of_year, &s->cargo, NULL, err));
    KARVAN_TRY(karvan_i_freight_demand_by_row(s->region, s->cargo, 0, NULL, &s->demand, err));
    KARVAN_TRY(karvan_i_thin(&s->demand, o->least_teu_day, err));
done:
    return st;
}

/* The base, as it was kept by an earlier run; else it is solved, and kept. */
static karvan_status solve_first(karvan_i_study_side *s, const karvan_study_options *o,
                                 uint64_t key, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool taken = false;
    if (key != 0) KARVAN_TRY(karvan_i_kept_take(o->cache, key, s, &taken, err));
    if (taken) goto done;
    KARVAN_TRY(find_demand(s, o, NULL, 0, NULL, err));
    KARVAN_TRY(solve(s, NULL, err));
    if (key != 0) KARVAN_TRY(karvan_i_kept_put(o->cache, key, s, err));
done:
    return st;
}

static karvan_day day_of(const karvan_study_options *o) {
    return o->has_date ? o->date : karvan_day_from_civil(o->year, 7, 1);
}

/* Opened once more, with what follows from ties that have come to hold. */
static karvan_status follow(const char *dir, int n_names, const char *const *names,
                            const karvan_study_options *o, const karvan_i_study_side *first,
                            karvan_i_study_side *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *all[KARVAN_I_NAMES_MAX];
    int n = n_names;
    KARVAN_REQUIRE(n <= KARVAN_I_NAMES_MAX, err, KARVAN_E_ARG,
                   "more than %d interventions in one case", (int)KARVAN_I_NAMES_MAX);
    for (int i = 0; i < n; i++) all[i] = names[i];
    KARVAN_TRY(karvan_i_ties_follow(first->region, out->region, day_of(o), KARVAN_I_NAMES_MAX, &n,
                                    all, err));
    if (n == n_names) goto done;
    karvan_package_destroy(out->region), out->region = NULL;
    KARVAN_TRY(open_region(dir, o, first, n, all, &out->region, NULL, err));
done:
    return st;
}

karvan_status karvan_i_study_side_open(const char *dir, int n_names, const char *const *names,
                                       const karvan_study_options *o,
                                       const karvan_i_study_side *first, bool routes,
                                       karvan_i_study_side *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint64_t key = 0;
    *out = (karvan_i_study_side){0};
    KARVAN_TRY(join(n_names, names, &out->name, err));
    KARVAN_TRY(open_region(dir, o, first, n_names, names, &out->region, &key, err));
    if (first && karvan_i_ties_edited(first->region, n_names, names))
        KARVAN_TRY(follow(dir, n_names, names, o, first, out, err));
    KARVAN_TRY(karvan_freight_defaults(out->region, &out->flow, err));
    out->flow.network.date = day_of(o);
    out->flow.threads = o->threads, out->flow.cancel = o->cancel;
    if (!first) {
        KARVAN_TRY(solve_first(out, o, key, err));
        goto done;
    }
    KARVAN_TRY(find_demand(out, o, first, n_names, names, err));
    if (routes)
        KARVAN_TRY(solve(out, first->freight, err));
    else
        KARVAN_TRY(
            karvan_i_freight_prepare(out->region, &out->demand, &out->flow, &out->freight, err));
done:
    if (st == KARVAN_E_DATA && err && n_names > 0) tell_scenario(out, err);
    if (st != KARVAN_OK) karvan_i_study_side_clear(out);
    return st;
}

void karvan_i_study_side_clear(karvan_i_study_side *s) {
    karvan_freight_destroy(s->freight);
    karvan_freight_demand_clear(&s->demand);
    karvan_table_destroy(s->cargo);
    karvan_package_destroy(s->region);
    karvan_i_free(s->name);
    *s = (karvan_i_study_side){0};
}
