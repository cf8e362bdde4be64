/* Uncertain parameters, read: rows of table parameters, and what other tables say of themselves. */
#include "study/parameters.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/uncertain.h"
#include "flow/demand.h"
#include "table/cell.h"

static const char *const KINDS[KARVAN_I_KINDS] = {"money",    "hours",      "wait",   "capacity",
                                                  "demand",   "choice",     "value",  "day",
                                                  "constant", "elasticity", "effect", "policy"};
/* Kinds that a row of table parameters may be of; the others are read from their own tables. */
enum { OF_TABLE = KARVAN_I_TASTE + 1 };

const char *karvan_i_parameter_kind_name(karvan_i_parameter_kind k) {
    return k >= 0 && k < KARVAN_I_KINDS ? KINDS[k] : "?";
}

static void clear_one(karvan_i_parameter *p) {
    karvan_i_free(p->id), karvan_i_free(p->name), karvan_i_free(p->source);
    karvan_i_free(p->modes), karvan_i_free(p->operations);
    karvan_i_free(p->items), karvan_i_free(p->classes);
}

void karvan_i_parameters_clear(karvan_i_parameters *p) {
    for (int32_t i = 0; i < p->n; i++) clear_one(&p->all[i]);
    karvan_i_free(p->all);
    *p = (karvan_i_parameters){0};
}

static karvan_status copy(const char *s, char **out, karvan_error *err) {
    *out = NULL;
    if (!s || !*s) return KARVAN_OK;
    *out = karvan_i_strndup(s, strlen(s));
    return *out ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a text");
}

/* One more; x has numbers, the texts are copied. */
static karvan_status push(karvan_i_parameters *p, const karvan_i_parameter *x, const char *id,
                          const char *name, const char *source, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (p->n == p->cap) {
        int32_t cap = p->cap ? 2 * p->cap : 32;
        karvan_i_parameter *more = karvan_i_realloc(p->all, (size_t)cap, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for parameters");
        p->all = more, p->cap = cap;
    }
    karvan_i_parameter *to = &p->all[p->n++];
    *to = *x;
    to->stream = karvan_i_stream_of(id, 1000 + (unsigned)x->kind);
    to->id = to->name = to->source = to->modes = to->operations = to->items = to->classes = NULL;
    KARVAN_TRY(copy(id, &to->id, err));
    KARVAN_TRY(copy(name, &to->name, err));
    KARVAN_TRY(copy(source, &to->source, err));
done:
    return st;
}

/* ---- table parameters ---- */

static karvan_status kind_of(const karvan_table *t, int64_t r, karvan_i_parameter_kind *out,
                             karvan_error *err) {
    for (int k = 0; k < OF_TABLE; k++)
        if (karvan_i_cell_is(t, "kind", r, KINDS[k]))
            return *out = (karvan_i_parameter_kind)k, KARVAN_OK;
    return karvan_i_cell_refuse(
        t, "kind", r, "a parameter is of money, hours, wait, capacity, demand or choice", err);
}

/* Factors: the table's own figure is their median. */
static karvan_status read_row(const karvan_table *t, int64_t r, karvan_i_parameters *p,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_parameter x = {.median = 1, .row = -1};
    x.low = karvan_i_cell_real(t, "low", r), x.high = karvan_i_cell_real(t, "high", r);
    KARVAN_TRY(kind_of(t, r, &x.kind, err));
    if (!(x.low > 0 && x.low <= 1))
        return karvan_i_cell_refuse(t, "low", r, "the 5 % quantile of a factor is above 0, to 1",
                                    err);
    if (!(x.high >= 1 && x.high < INFINITY))
        return karvan_i_cell_refuse(t, "high", r, "the 95 % quantile of a factor is 1 or more",
                                    err);
    KARVAN_TRY(push(p, &x, karvan_i_cell_text(t, "id", r), karvan_i_cell_text(t, "name", r),
                    karvan_i_cell_text(t, "source", r), err));
    karvan_i_parameter *to = &p->all[p->n - 1];
    KARVAN_TRY(copy(karvan_i_cell_text(t, "modes", r), &to->modes, err));
    KARVAN_TRY(copy(karvan_i_cell_text(t, "operations", r), &to->operations, err));
    KARVAN_TRY(copy(karvan_i_cell_text(t, "items", r), &to->items, err));
    KARVAN_TRY(copy(karvan_i_cell_text(t, "cargo_classes", r), &to->classes, err));
done:
    return st;
}

static karvan_status read_table(const karvan_package *region, karvan_i_parameters *p,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "parameters");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) KARVAN_TRY(read_row(t, r, p, err));
done:
    return st;
}

/* ---- other tables ---- */

/* A range of a class, as factors of its own figure. */
static karvan_status class_range(const karvan_table *t, int64_t r, karvan_i_parameter_kind kind,
                                 const char *at, const char *low, const char *high, const char *of,
                                 karvan_i_parameters *p, karvan_error *err) {
    double median = karvan_i_cell_real(t, at, r);
    karvan_i_parameter x = {.kind = kind, .median = 1, .row = (int32_t)r};
    x.low = karvan_i_cell_real(t, low, r) / median,
    x.high = karvan_i_cell_real(t, high, r) / median;
    if (!(median > 0) || isnan(x.low) || isnan(x.high)) return KARVAN_OK; /* no range, no spread */
    if (!(x.low > 0 && x.low <= 1 && x.high >= 1 && x.high < INFINITY)) {
        char what[200];
        (void)snprintf(what, sizeof what, "%s lies between 0 and %s; %s above it", low, at, high);
        return karvan_i_cell_refuse(t, low, r, what, err);
    }
    char id[120], name[200];
    const char *class = karvan_i_cell_text(t, "id", r);
    (void)snprintf(id, sizeof id, "%s-%.80s", KINDS[kind], class);
    (void)snprintf(name, sizeof name, "%s, %.100s", of, class);
    return push(p, &x, id, name, "cargo_classes", err);
}

static karvan_status read_classes(const karvan_package *region, karvan_i_parameters *p,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "cargo_classes");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        KARVAN_TRY(class_range(t, r, KARVAN_I_VALUE, "value_usd_per_t", "value_low_usd_per_t",
                               "value_high_usd_per_t", "value of a tonne", p, err));
        KARVAN_TRY(class_range(t, r, KARVAN_I_DAY, "delta_percent_day", "delta_low", "delta_high",
                               "worth of a day", p, err));
    }
done:
    return st;
}

/* Normal: an estimate and its standard error; what is drawn is added to the estimate. */
static karvan_status read_constants(const karvan_package *region, karvan_i_parameters *p,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "corridor_constants");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        double error = karvan_i_cell_real(t, "error", r);
        char id[120], name[200];
        if (!(error > 0)) continue;
        karvan_i_parameter x = {.kind = KARVAN_I_CONSTANT, .row = (int32_t)r, .normal = true};
        x.high = error * karvan_normal_quantile(0.95), x.low = -x.high;
        (void)snprintf(id, sizeof id, "constant-%.80s", karvan_i_cell_text(t, "id", r));
        (void)snprintf(name, sizeof name, "what is unexplained of %.100s",
                       karvan_i_cell_text(t, "id", r));
        KARVAN_TRY(push(p, &x, id, name, "corridor_constants", err));
    }
done:
    return st;
}

static karvan_status read_policies(const karvan_package *region, karvan_i_parameters *p,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "policy_effects");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        double at = karvan_i_cell_real(t, "ln_trade", r), error = karvan_i_cell_real(t, "error", r);
        char id[120], name[200];
        if (isnan(at)) continue;
        karvan_i_parameter x = {.kind = KARVAN_I_POLICY, .row = (int32_t)r, .normal = true};
        double reach = error > 0 ? error * karvan_normal_quantile(0.95) : 0;
        x.median = at, x.low = at - reach, x.high = at + reach;
        (void)snprintf(id, sizeof id, "policy-%.80s", karvan_i_cell_text(t, "flag", r));
        const char *said = karvan_i_cell_text(t, "name", r);
        (void)snprintf(name, sizeof name, "what %.160s does to trade",
                       said ? said : karvan_i_cell_text(t, "flag", r));
        KARVAN_TRY(push(p, &x, id, name, "policy_effects", err));
    }
done:
    return st;
}

static karvan_status read_elasticity(const karvan_package *region, karvan_i_parameters *p,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double at, low, high;
    KARVAN_TRY(karvan_i_demand_number(region, "trade_elasticity", NAN, &at, err));
    KARVAN_TRY(karvan_i_demand_number(region, "trade_elasticity_low", NAN, &low, err));
    KARVAN_TRY(karvan_i_demand_number(region, "trade_elasticity_high", NAN, &high, err));
    if (isnan(at) || isnan(low) || isnan(high)) return KARVAN_OK;
    KARVAN_REQUIRE(low > 0 && low <= at && at <= high && high < INFINITY, err, KARVAN_E_DATA,
                   "table settings: trade_elasticity_low, trade_elasticity and "
                   "trade_elasticity_high rise, above 0; they are %g, %g, %g",
                   low, at, high);
    karvan_i_parameter x = {KARVAN_I_ELASTICITY,
                            NULL,
                            NULL,
                            NULL,
                            1,
                            low / at,
                            high / at,
                            false,
                            -1,
                            0,
                            NULL,
                            NULL,
                            NULL,
                            NULL};
    KARVAN_TRY(push(p, &x, "trade-elasticity", "elasticity of trade", "settings", err));
done:
    return st;
}

/* What an intervention does is what its rows say, less or more. */
static karvan_status read_effects(const karvan_package *region, karvan_i_parameters *p,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "interventions");
    double low, high;
    KARVAN_TRY(karvan_i_demand_number(region, "effect_low", 1, &low, err));
    KARVAN_TRY(karvan_i_demand_number(region, "effect_high", 1, &high, err));
    KARVAN_REQUIRE(low > 0 && low <= 1 && high >= 1 && high < INFINITY, err, KARVAN_E_DATA,
                   "table settings: effect_low is above 0, to 1; effect_high 1 or more; they are "
                   "%g, %g",
                   low, high);
    for (int64_t r = 0; t && low < high && r < karvan_table_rows(t); r++) {
        char id[120], name[200];
        karvan_i_parameter x = {.kind = KARVAN_I_EFFECT, .median = 1, .row = (int32_t)r};
        x.low = low, x.high = high;
        (void)snprintf(id, sizeof id, "effect-%.80s", karvan_i_cell_text(t, "id", r));
        (void)snprintf(name, sizeof name, "how far it works: %.100s",
                       karvan_i_cell_text(t, "name", r));
        KARVAN_TRY(push(p, &x, id, name, "settings", err));
    }
done:
    return st;
}

karvan_status karvan_i_parameters_read(const karvan_package *region, karvan_i_parameters *out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_parameter certain = {KARVAN_I_KINDS, NULL, NULL, NULL, 1,    1,    1,
                                        false,          -1,   0,    NULL, NULL, NULL, NULL};
    *out = (karvan_i_parameters){0};
    KARVAN_TRY(push(out, &certain, "certain", NULL, NULL, err));
    KARVAN_TRY(read_table(region, out, err));
    KARVAN_TRY(read_classes(region, out, err));
    KARVAN_TRY(read_constants(region, out, err));
    KARVAN_TRY(read_elasticity(region, out, err));
    KARVAN_TRY(read_effects(region, out, err));
    KARVAN_TRY(read_policies(region, out, err));
done:
    if (st != KARVAN_OK) karvan_i_parameters_clear(out);
    return st;
}

/* ---- which, and how much ---- */

/* A list that is empty speaks of all; one that is not, of none that has no word. */
static bool speaks(const char *list, const char *word) {
    return !list || (word && karvan_i_in_list(list, word));
}

int32_t karvan_i_parameter_of(const karvan_i_parameters *p, karvan_i_parameter_kind kind,
                              const char *mode, const char *operation, const char *item,
                              const char *class) {
    for (int32_t i = 1; i < p->n; i++) {
        const karvan_i_parameter *x = &p->all[i];
        if (x->kind == kind && speaks(x->modes, mode) && speaks(x->operations, operation) &&
            speaks(x->items, item) && speaks(x->classes, class))
            return i;
    }
    return 0;
}

int32_t karvan_i_parameter_row(const karvan_i_parameters *p, karvan_i_parameter_kind kind,
                               int32_t row) {
    for (int32_t i = 1; i < p->n; i++)
        if (p->all[i].kind == kind && p->all[i].row == row) return i;
    return 0;
}

static double at_z(const karvan_i_parameter *p, double z) {
    if (p->normal) return p->median + z * (p->high - p->median) / karvan_normal_quantile(0.95);
    return karvan_i_two_pieces(p->median, p->low, p->high, z);
}

double karvan_i_parameter_at(const karvan_i_parameter *p, double quantile) {
    return at_z(p, karvan_normal_quantile(quantile));
}

double karvan_i_parameter_draw(const karvan_i_parameter *p, uint64_t seed, int64_t draw) {
    return draw == 0 || p->low == p->high ? p->median
                                          : at_z(p, karvan_i_normal_draw(seed, p->stream, draw));
}

void karvan_i_parameters_draw(const karvan_i_parameters *p, uint64_t seed, int64_t draw,
                              double *value) {
    for (int32_t i = 0; i < p->n; i++) value[i] = karvan_i_parameter_draw(&p->all[i], seed, draw);
}
