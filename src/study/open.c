/* A study is opened: base and cases, their menu, and everything settled at its median. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "flow/demand.h"
#include "study/rapid.h"
#include "table/cell.h"
#include "trade/economy.h"

enum { NAMES_MAX = 32 }; /* interventions of one case, as it is asked */

/* ---- what is asked ---- */

static karvan_status check_options(const karvan_study_options *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(o->least_teu_day >= 0 && o->least_teu_day < INFINITY, err, KARVAN_E_ARG,
                   "flows are drawn together below 0 TEU a day or more, not %g", o->least_teu_day);
    KARVAN_REQUIRE(o->elasticity > 0 && o->elasticity < INFINITY, err, KARVAN_E_ARG,
                   "the elasticity of trade is above 0, not %g", o->elasticity);
    KARVAN_REQUIRE(o->tolerance > 0 && o->max_rounds > 0, err, KARVAN_E_ARG,
                   "a tolerance of %g in %d rounds", o->tolerance, o->max_rounds);
    KARVAN_REQUIRE(o->start > 0 && o->start < INFINITY, err, KARVAN_E_ARG,
                   "trade begins at a multiple above 0, not %g", o->start);
done:
    return st;
}

/* "A,B" into names, in place; how many, -1: too many. */
static int split(char *s, const char **name) {
    int n = 0;
    for (char *at = s; *at;) {
        size_t length = strcspn(at, ",");
        if (n == NAMES_MAX) return -1;
        name[n++] = at, at += length;
        if (*at == ',') *at++ = '\0';
    }
    return n;
}

static bool has_rows(const karvan_package *region, const char *name) {
    const karvan_table *t = karvan_package_table(region, "scenarios");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "intervention", r, name)) return true;
    return false;
}

/* A name that is an intervention, and has rows. */
static karvan_status check_name(const karvan_package *region, const char *name, karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, "interventions");
    char meant[240];
    if (karvan_package_row(region, "interventions", name) < 0 && !has_rows(region, name))
        return karvan_fail(
            err, KARVAN_E_ARG, "no intervention is called '%.60s'%s", name,
            t ? karvan_i_meant_or_all(t, karvan_table_find(t, "id"), name, meant, sizeof meant)
              : "");
    if (has_rows(region, name)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "intervention %.60s has no rows in table scenarios: nothing says what it "
                       "changes",
                       name);
}

/* ---- sides ---- */

/* Few cases stay at hand between the two times that they are needed; many are opened twice. */
enum { AT_HAND = 4 };

typedef struct opening {
    karvan_study *s;
    const char *dir;
    karvan_study_options o; /* of a side: one thread each where there are several */
    karvan_i_study_side *side;
    karvan_i_traces *traces;
} opening;

static karvan_status open_side(const opening *k, int which, bool routes, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *name[NAMES_MAX], *of = k->s->name[which];
    char *words = karvan_i_strndup(of, strlen(of));
    KARVAN_REQUIRE(words, err, KARVAN_E_NOMEM, "no memory for a name");
    int n = split(words, name);
    KARVAN_REQUIRE(n >= 0, err, KARVAN_E_ARG, "more than %d interventions in one case",
                   (int)NAMES_MAX);
    for (int i = 0; i < n; i++) KARVAN_TRY(check_name(k->side[0].region, name[i], err));
    KARVAN_TRY(karvan_i_study_side_open(k->dir, n, name, &k->o, &k->side[0], routes,
                                        &k->side[which + 1], err));
done:
    karvan_i_free(words);
    return st;
}

static karvan_status find_routes(const opening *k, int which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int at = which + 1;
    KARVAN_TRY(open_side(k, which, true, err));
    KARVAN_TRY(karvan_i_traces_take(&k->side[at], &k->side[0], &k->traces[at], err));
    k->s->brought[at] = k->traces[at].n;
    if (k->s->n_cases > AT_HAND) karvan_i_study_side_clear(&k->side[at]);
    if (k->s->o.progress) karvan_progress_add(k->s->o.progress, 1);
done:
    return st;
}

/* Routes of cases, and beside them what follows from the base alone: that is less. */
enum { OF_BASE = 2 };
static karvan_status begin_some(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const opening *k = ctx;
    karvan_study *s = k->s;
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        if (i < s->n_cases)
            KARVAN_TRY(find_routes(k, (int)i, err));
        else if (i == s->n_cases)
            KARVAN_TRY(karvan_i_traces_take(&k->side[0], NULL, &k->traces[0], err));
        else
            KARVAN_TRY(karvan_i_exchange_begin(k->side[0].region, &s->o, &s->exchange, err));
    }
done:
    return st;
}

static karvan_status find_policy(const opening *k, int which, karvan_error *err) {
    const char *name[NAMES_MAX], *of = k->s->name[which];
    char *words = karvan_i_strndup(of, strlen(of));
    if (!words) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a name");
    int n = split(words, name);
    karvan_status st = karvan_i_policy(&k->side[0], &k->side[which + 1], n, name, &k->s->exchange,
                                       &k->s->policy[which + 1], err);
    karvan_i_free(words);
    return st;
}

static karvan_status measure_side(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const opening *k = ctx;
    karvan_study *s = k->s;
    (void)worker;
    for (int64_t c = begin; c < end; c++) {
        if (!k->side[c + 1].freight) KARVAN_TRY(open_side(k, (int)c, false, err));
        KARVAN_TRY(karvan_i_supply_make(&s->menu, &k->side[c + 1], &s->parameters, &s->supply[0],
                                        k->side[0].freight, &s->supply[c + 1], err));
        KARVAN_TRY(find_policy(k, (int)c, err));
        karvan_i_study_side_clear(&k->side[c + 1]);
    }
done:
    return st;
}

/* Parameters of a case's interventions. */
static karvan_status find_effects(karvan_study *s, int which, const char *of, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *name[NAMES_MAX];
    char *words = karvan_i_strndup(of, strlen(of));
    int32_t *found = karvan_i_malloc(NAMES_MAX + 1, sizeof *found);
    s->effect[which] = found;
    KARVAN_REQUIRE(words && found, err, KARVAN_E_NOMEM, "no memory for a name");
    int n = split(words, name), k = 0;
    for (int i = 0; i < n; i++) {
        int64_t row = karvan_package_row(s->first.region, "interventions", name[i]);
        int32_t p =
            row < 0 ? 0 : karvan_i_parameter_row(&s->parameters, KARVAN_I_EFFECT, (int32_t)row);
        if (p > 0) found[k++] = p;
    }
    found[k] = -1;
done:
    karvan_i_free(words);
    return st;
}

/* Several at once are felt by the mean of their effects. */
double karvan_i_case_effect(const karvan_study *s, int which, const double *value) {
    const int32_t *of = which < 0 ? NULL : s->effect[which];
    double sum = 0;
    int n = 0;
    for (; of && of[n] >= 0; n++) sum += value[of[n]];
    return n > 0 ? sum / n : 1;
}

static karvan_status keep_names(karvan_study *s, const karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *countries = karvan_package_table(f->region, "countries");
    size_t n = (size_t)f->n_corridors;
    s->n_countries = countries ? (int)karvan_table_rows(countries) : 0;
    s->corridor = karvan_i_calloc(n + 2, sizeof *s->corridor);
    s->at_country = karvan_i_malloc((size_t)s->n_countries + 1, sizeof *s->at_country);
    KARVAN_REQUIRE(s->corridor && s->at_country, err, KARVAN_E_NOMEM, "no memory for names");
    for (size_t c = 0; c <= n; c++) {
        const char *id = c < n ? karvan_i_cell_text(f->corridors, "id", (int64_t)c) : "other";
        s->corridor[c] = karvan_i_strndup(id, strlen(id));
        KARVAN_REQUIRE(s->corridor[c], err, KARVAN_E_NOMEM, "no memory for names");
    }
    for (int c = 0; c < s->n_countries; c++)
        s->at_country[c] =
            karvan_i_exchange_country(&s->exchange, karvan_i_cell_text(countries, "iso3", c));
done:
    return st;
}

/* Prices and waits of the base's freight: on the menu, with the routes of cases on it too, they are
 * nearly the same. */
static karvan_status keep_prices(karvan_study *s, const karvan_freight *f, karvan_error *err) {
    size_t n = (size_t)s->menu.n_scarce + 1;
    s->begin_price = karvan_i_calloc(n, sizeof *s->begin_price);
    s->begin_delay_h = karvan_i_calloc(n, sizeof *s->begin_delay_h);
    if (!s->begin_price || !s->begin_delay_h)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t x = 0; x < f->scarce.n; x++) {
        int32_t at = karvan_i_menu_scarce(&s->menu, &f->scarce.all[x], x);
        if (at >= 0) s->begin_price[at] = f->price[x], s->begin_delay_h[at] = f->delay_h[x];
    }
    return KARVAN_OK;
}

static karvan_status open_sides(karvan_study *s, const char *dir, karvan_i_study_side *side,
                                karvan_i_traces *traces, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    opening k = {s, dir, s->o, side, traces};
    int threads = s->o.threads;
    KARVAN_TRY(karvan_i_study_side_open(dir, 0, NULL, &s->o, NULL, true, &side[0], err));
    if (s->o.progress) karvan_progress_add(s->o.progress, 1);
    if (s->n_cases > 1) k.o.threads = 1;
    KARVAN_TRY(
        karvan_parallel_for(s->n_cases + OF_BASE, 1, threads, begin_some, &k, s->o.cancel, err));
    KARVAN_TRY(karvan_i_parameters_read(side[0].region, &s->parameters, err));
    KARVAN_TRY(karvan_i_menu_make(&side[0], s->n_cases + 1, traces, &s->menu, err));
    KARVAN_TRY(karvan_i_choices_make(&side[0], &s->menu, &s->parameters, &s->choices, err));
    KARVAN_TRY(karvan_i_exchange_flows(&side[0], &s->menu, &s->exchange, err));
    KARVAN_TRY(
        karvan_i_supply_make(&s->menu, &side[0], &s->parameters, NULL, NULL, &s->supply[0], err));
    KARVAN_TRY(karvan_parallel_for(s->n_cases, 1, threads, measure_side, &k, s->o.cancel, err));
    KARVAN_TRY(keep_names(s, side[0].freight, err));
    KARVAN_TRY(keep_prices(s, side[0].freight, err));
    s->first = side[0], side[0] = (karvan_i_study_side){0};
    karvan_freight_destroy(s->first.freight), s->first.freight = NULL;
done:
    return st;
}

/* ---- what is told ---- */

static karvan_status tell(karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_measures_make(s, err));
    s->levels =
        karvan_i_calloc((size_t)(s->n_cases + 1) * (size_t)s->n_measures + 1, sizeof *s->levels);
    s->usd_paid = karvan_i_calloc((size_t)s->menu.n_routes + 1, sizeof *s->usd_paid);
    KARVAN_REQUIRE(s->levels && s->usd_paid, err, KARVAN_E_NOMEM, "no memory for measures");
    for (int c = s->n_cases; c >= 0; c--)
        for (int64_t r = 0; r < s->menu.n_routes; r++)
            if (s->settled[c].costs.usd[r] > 0) s->usd_paid[r] = s->settled[c].costs.usd[r];
    KARVAN_TRY(karvan_i_tally_make(s, err));
    for (int c = 0; c <= s->n_cases; c++)
        karvan_i_study_levels(s, &s->settled[0], &s->settled[c],
                              s->levels + (size_t)c * (size_t)s->n_measures);
done:
    return st;
}

/* ---- the whole ---- */

static karvan_status make_room(karvan_study *s, const char *const *cases, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)s->n_cases + 1;
    s->name = karvan_i_calloc(n, sizeof *s->name);
    s->effect = karvan_i_calloc(n, sizeof *s->effect);
    s->policy = karvan_i_calloc(n, sizeof *s->policy);
    s->supply = karvan_i_calloc(n, sizeof *s->supply);
    s->settled = karvan_i_calloc(n, sizeof *s->settled);
    s->brought = karvan_i_calloc(n, sizeof *s->brought);
    KARVAN_REQUIRE(s->name && s->effect && s->policy && s->supply && s->settled && s->brought, err,
                   KARVAN_E_NOMEM, "no memory for %d cases", s->n_cases);
    for (int c = 0; c < s->n_cases; c++) {
        s->name[c] = karvan_i_strndup(cases[c], strlen(cases[c]));
        KARVAN_REQUIRE(s->name[c], err, KARVAN_E_NOMEM, "no memory for names");
    }
done:
    return st;
}

karvan_status karvan_study_open(const char *dir, const karvan_study_options *options, int n_cases,
                                const char *const *cases, karvan_study **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_study *s = NULL;
    karvan_i_study_side *side = NULL;
    karvan_i_traces *traces = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(dir && options && n_cases >= 0 && (cases || n_cases == 0), err, KARVAN_E_ARG,
                   "a study needs a region, options and cases");
    KARVAN_TRY(check_options(options, err));
    s = karvan_i_calloc(1, sizeof *s);
    side = karvan_i_calloc((size_t)n_cases + 1, sizeof *side);
    traces = karvan_i_calloc((size_t)n_cases + 1, sizeof *traces);
    KARVAN_REQUIRE(s && side && traces, err, KARVAN_E_NOMEM, "no memory for a study");
    s->o = *options, s->n_cases = n_cases;
    KARVAN_TRY(make_room(s, cases, err));
    KARVAN_TRY(open_sides(s, dir, side, traces, err));
    for (int c = 0; c < n_cases; c++) KARVAN_TRY(find_effects(s, c, cases[c], err));
    s->median = karvan_i_calloc((size_t)s->parameters.n + 1, sizeof *s->median);
    KARVAN_REQUIRE(s->median, err, KARVAN_E_NOMEM, "no memory for parameters");
    karvan_i_parameters_draw(&s->parameters, 0, 0, s->median);
    KARVAN_TRY(karvan_i_settle(s, err));
    KARVAN_TRY(tell(s, err));
    KARVAN_TRY(karvan_i_moving(s, err));
    s->o.progress = NULL, s->o.cancel = NULL, s->o.cache = NULL; /* borrowed for this call only */
    *out = s, s = NULL;
done:
    for (int c = 0; side && c <= n_cases; c++) karvan_i_study_side_clear(&side[c]);
    for (int c = 0; traces && c <= n_cases; c++) karvan_i_traces_clear(&traces[c]);
    karvan_i_free(side), karvan_i_free(traces);
    karvan_study_close(s);
    return st;
}

void karvan_study_close(karvan_study *s) {
    if (!s) return;
    for (int c = 0; s->settled && c <= s->n_cases; c++) karvan_i_outcome_clear(&s->settled[c]);
    for (int c = 0; s->supply && c <= s->n_cases; c++) karvan_i_supply_clear(&s->supply[c]);
    for (int c = 0; s->policy && c <= s->n_cases; c++) karvan_i_free(s->policy[c]);
    for (int c = 0; c < s->n_cases; c++) {
        if (s->name) karvan_i_free(s->name[c]);
        if (s->effect) karvan_i_free(s->effect[c]);
    }
    for (int c = 0; s->corridor && c <= s->choices.n_corridors; c++) karvan_i_free(s->corridor[c]);
    for (int i = 0; i < s->n_measures; i++) karvan_i_free(s->measure[i].text);
    karvan_i_tally_clear(&s->tally);
    karvan_i_frame_clear(&s->frame), karvan_i_exchange_clear(&s->exchange);
    karvan_i_choices_clear(&s->choices), karvan_i_menu_clear(&s->menu);
    karvan_i_parameters_clear(&s->parameters), karvan_i_study_side_clear(&s->first);
    karvan_i_free(s->name), karvan_i_free(s->effect), karvan_i_free(s->policy);
    karvan_i_free(s->supply), karvan_i_free(s->settled), karvan_i_free(s->brought),
        karvan_i_free(s->corridor);
    karvan_i_free(s->at_country), karvan_i_free(s->measure), karvan_i_free(s->counts);
    karvan_i_free(s->begin_price), karvan_i_free(s->begin_delay_h);
    karvan_i_free(s->levels), karvan_i_free(s->usd_paid), karvan_i_free(s->median);
    karvan_i_free(s->moves), karvan_i_free(s->moving);
    karvan_i_free(s);
}

int karvan_study_cases(const karvan_study *s) { return s->n_cases; }
const char *karvan_study_case(const karvan_study *s, int i) { return s->name[i]; }

karvan_study_stats karvan_study_statistics(const karvan_study *s, int which) {
    const karvan_i_outcome *now = &s->settled[which + 1];
    karvan_study_stats out = {.converged = now->converged,
                              .residual = now->residual,
                              .rounds = now->rounds,
                              .pairs = s->menu.n_pairs,
                              .routes = s->menu.n_routes - s->menu.n_pairs};
    if (which >= 0)
        out.changed = s->supply[which + 1].measures.n, out.brought = s->brought[which + 1];
    for (int32_t x = 0; x < s->menu.n_scarce; x++)
        out.binding += s->menu.scarce[x].core.kind == KARVAN_I_LIMIT && now->loads.price[x] > 0;
    return out;
}
