/* Observations of an SDMX message as flows: which component is what, units, directions, areas. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/codes.h"
#include "exchange/gather.h"
#include "exchange/sdmx.h"
#include "trade/unit.h"

enum {
    C_REPORTER,
    C_PARTNER,
    C_FLOW,
    C_PRODUCT,
    C_TIME,
    C_VALUE,
    C_INDICATOR,
    C_UNIT,
    C_MULT,
    C_STATUS,
    C_FREQ,
    COMPONENTS
};

/* The names that structures in use give them: UN Comtrade and IMTS, Eurostat's Comext, the IMF's
 * Direction of Trade, the ECB's and the OECD's. Case does not matter. */
static const char *const usual[COMPONENTS][8] = {
    {"REPORTER", "REF_AREA", "DECLARANT", "REPORTING_COUNTRY", NULL},
    {"PARTNER", "COUNTERPART_AREA", "COUNTERPART_REFERENCE_AREA", "COUNT_AREA", "VIS_AREA",
     "PARTNER_COUNTRY", NULL},
    {"FLOW", "TRADE_FLOW", "TRD_FLOW", "STK_FLOW", "TRADEFLOW", NULL},
    {"PRODUCT", "COMMODITY", "COMMODITY_1", "TRD_PRODUCT", "PRODUCTCODE", "CMD", "SITC06", NULL},
    {"TIME_PERIOD", "TIME", NULL},
    {"OBS_VALUE", NULL},
    {"INDICATORS", "INDICATOR", "MEASURE", NULL},
    {"UNIT_MEASURE", "UNIT", "CURRENCY", NULL},
    {"UNIT_MULT", "UNIT_MULTIPLIER", NULL},
    {"OBS_STATUS", "OBS_FLAG", NULL},
    {"FREQ", NULL}};

/* Indicators that are values or quantities of trade. */
static const struct {
    const char *code, *currency, *quantity, *basis;
    int direction; /* karvan_i_direction */
    double of_one; /* dollars (or what it is of) in one of the values; 0: 1 */
} indicators[] = {
    {"VALUE_IN_EUROS", "EUR", NULL, NULL, KARVAN_I_NO_DIRECTION, 0},
    {"VALUE_EUR", "EUR", NULL, NULL, KARVAN_I_NO_DIRECTION, 0},
    {"VALUE_USD", "USD", NULL, NULL, KARVAN_I_NO_DIRECTION, 0},
    {"QUANTITY_IN_100KG", NULL, "100 kg", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"QUANTITY_KG", NULL, "kg", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"NET_WEIGHT", NULL, "kg", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"QUANTITY_SUP", NULL, "supplementary unit", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"SUPPLEMENTARY_QUANTITY", NULL, "supplementary unit", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"SUP_QUANTITY", NULL, "supplementary unit", NULL, KARVAN_I_NO_DIRECTION, 0},
    {"TXG_FOB_USD", "USD", NULL, "fob", KARVAN_I_EXPORT, 0},
    {"TMG_CIF_USD", "USD", NULL, "cif", KARVAN_I_IMPORT, 0},
    {"TMG_FOB_USD", "USD", NULL, "fob", KARVAN_I_IMPORT, 0},
    {"XPRT-TRD-VL", "USD", NULL, NULL, KARVAN_I_EXPORT, 1e3}, /* WITS */
    {"MPRT-TRD-VL", "USD", NULL, NULL, KARVAN_I_IMPORT, 1e3}};

typedef struct known_area {
    karvan_i_area_kind kind;
    const char *code;
} known_area;

typedef struct reading {
    const karvan_table *t;
    const karvan_sdmx_options *o;
    const char *path;
    int c[COMPONENTS];   /* columns, -1: none */
    bool sided;          /* exporter and importer are named, no reporter */
    known_area *area[2]; /* by code of reporter, of partner */
    char **units;        /* [n_units] "thousand EUR", ours */
    int n_units;
    karvan_i_gather gather;
} reading;

static int find(const karvan_table *t, const char *const *names) {
    for (; *names; names++)
        for (int c = 3; c < karvan_table_columns(t); c++)
            if (strcasecmp(karvan_table_column(t, c).name, *names) == 0) return c;
    return -1;
}

/* A component that was named must be there. */
static karvan_status component(reading *r, int k, const char *named, karvan_error *err) {
    r->c[k] = named ? karvan_table_find(r->t, named) : find(r->t, usual[k]);
    if (r->c[k] >= 0 || !named) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "%s: the message has no component '%.60s'", r->path,
                       named);
}

/* Structures call their dimensions what they like: the reader of the message must say. */
static karvan_status unknown_component(const reading *r, const char *what, karvan_error *err) {
    char list[200] = "";
    size_t used = 0;
    for (int c = 3; c < karvan_table_columns(r->t) && used < sizeof list; c++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", c > 3 ? ", " : "",
                                 karvan_table_column(r->t, c).name);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s:1:1: no component is known to be the %s; name it (components "
                       "%s=ID), of %s",
                       r->path, what, what, list);
}

static karvan_status components(reading *r, karvan_error *err) {
    static const struct {
        int k;
        const char *what;
    } needed[] = {
        {C_REPORTER, "reporter"}, {C_PARTNER, "partner"}, {C_TIME, "time"}, {C_VALUE, "value"}};
    karvan_status st = KARVAN_OK;
    const karvan_sdmx_options *o = r->o;
    r->sided = o->exporter && o->importer;
    const char *named[COMPONENTS] = {r->sided ? o->exporter : o->reporter,
                                     r->sided ? o->importer : o->partner,
                                     o->flow,
                                     o->product,
                                     o->time,
                                     o->value,
                                     o->indicator,
                                     o->unit,
                                     o->multiplier,
                                     NULL,
                                     NULL};
    KARVAN_REQUIRE(!o->exporter == !o->importer, err, KARVAN_E_ARG,
                   "exporter and importer are named together");
    for (int k = 0; k < COMPONENTS; k++) KARVAN_TRY(component(r, k, named[k], err));
    for (int k = 0; k < 4; k++)
        if (r->c[needed[k].k] < 0) return unknown_component(r, needed[k].what, err);
    KARVAN_REQUIRE(karvan_table_column(r->t, r->c[C_VALUE]).type == KARVAN_REAL, err, KARVAN_E_ARG,
                   "%s: component %s was not read as a number", r->path,
                   karvan_table_column(r->t, r->c[C_VALUE]).name);
done:
    return st;
}

static const char *text_at(const reading *r, int k, int64_t row) {
    return r->c[k] < 0 ? NULL : karvan_table_text(r->t, r->c[k], row);
}

static karvan_status drop(reading *r, karvan_i_left_out why, int64_t row, int k,
                          karvan_error *err) {
    int64_t line = karvan_table_int(r->t, 0, row);
    const char *column = r->c[k] < 0 ? "" : karvan_table_column(r->t, r->c[k]).name;
    return karvan_i_gather_drop(&r->gather, why, row + 1, line, column, text_at(r, k, row), err);
}

/* ---- parts of an observation ---- */

/* A whole year: 2020, or a day of it where the frequency says that it stands for the year. */
static bool year_of(const reading *r, int64_t row, int64_t *year) {
    const char *s = text_at(r, C_TIME, row), *freq = text_at(r, C_FREQ, row);
    *year = 0;
    for (int i = 0; i < 4; i++) {
        if (!s || !isdigit((unsigned char)s[i])) return false;
        *year = *year * 10 + (s[i] - '0');
    }
    bool annual = freq && strcmp(freq, "A") == 0;
    if (freq && !annual) return false;
    return s[4] == 0 || strcmp(s + 4, "-A1") == 0 || (annual && s[4] == '-');
}

/* The currency in "EUR", "THS_EUR", "MIO_USD", and how much of it; NULL: none. */
static const char *currency_of(const char *s, double *of_one) {
    *of_one = 1;
    if (s && strncmp(s, "THS_", 4) == 0) *of_one = 1e3, s += 4;
    if (s && strncmp(s, "MIO_", 4) == 0) *of_one = 1e6, s += 4;
    if (s && strlen(s) == 3 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3) return s;
    return NULL;
}

/* "thousand CUR", kept once. */
static karvan_status unit_name(reading *r, const char *currency, const char **out,
                               karvan_error *err) {
    char name[16];
    (void)snprintf(name, sizeof name, "thousand %.3s", currency);
    for (int k = 0; k < r->n_units; k++)
        if (strcmp(r->units[k], name) == 0) {
            *out = r->units[k];
            return KARVAN_OK;
        }
    char **more = karvan_i_realloc(r->units, (size_t)r->n_units + 1, sizeof *more);
    if (more) r->units = more;
    char *own = more ? karvan_i_strndup(name, strlen(name)) : NULL;
    if (!own) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a unit");
    r->units[r->n_units++] = own;
    *out = own;
    return KARVAN_OK;
}

/* Power of ten of the row; NaN where it is none. */
static double multiplier(const reading *r, int64_t row) {
    const char *s = text_at(r, C_MULT, row);
    char *end;
    if (!s) return 1;
    long power = strtol(s, &end, 10);
    return *end || end == s || power < -12 || power > 15 ? NAN : pow(10, (double)power);
}

/* Value into thousands of its currency. KARVAN_E_DATA where none is stated anywhere. */
static karvan_status set_unit(reading *r, int64_t row, const char *currency, double in_one,
                              karvan_i_gathered *f, karvan_error *err) {
    double of_one = 1, ten = multiplier(r, row);
    const char *stated = currency ? currency : currency_of(text_at(r, C_UNIT, row), &of_one);
    if (!stated && r->o->value_unit) {
        of_one = karvan_i_trade_unit(r->o->value_unit, &stated);
        double ignored;
        if (!currency_of(stated, &ignored))
            return karvan_fail(err, KARVAN_E_ARG,
                               "'%.40s' is no unit of trade; USD or thousand USD would be",
                               r->o->value_unit);
    }
    if (!stated || isnan(ten))
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s:%lld: %s is stated for the value; say the unit of values", r->path,
                           (long long)f->line, stated ? "no power of ten" : "no currency");
    f->number = f->number * (of_one * ten * in_one) / 1e3;
    return unit_name(r, stated, &f->unit, err);
}

/* Which side states it, as a karvan_i_direction. */
static int direction(const reading *r, int64_t row, int of_indicator) {
    const char *flow = text_at(r, C_FLOW, row);
    if (of_indicator != KARVAN_I_NO_DIRECTION) return of_indicator;
    if (r->sided) return KARVAN_I_EXPORT;
    return flow ? (int)karvan_i_direction_of(flow, strlen(flow)) : KARVAN_I_NO_DIRECTION;
}

static int indicator_of(const char *s) {
    for (size_t k = 0; s && k < sizeof indicators / sizeof *indicators; k++)
        if (strcasecmp(indicators[k].code, s) == 0) return (int)k;
    return -1;
}

/* What every code of a column of areas is, once a distinct code. */
static karvan_status know_areas(reading *r, karvan_error *err) {
    for (int k = 0; k < 2; k++) {
        int32_t n = karvan_table_dictionary_size(r->t, r->c[C_REPORTER + k]);
        r->area[k] = karvan_i_calloc((size_t)n + 1, sizeof *r->area[k]);
        if (!r->area[k]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for areas");
        for (int32_t i = 0; i < n; i++) {
            const char *s = karvan_table_dictionary_text(r->t, r->c[C_REPORTER + k], i),
                       *iso3 = NULL;
            r->area[k][i].kind = karvan_i_area_of_code(s, &iso3);
            r->area[k][i].code = iso3 ? iso3 : s; /* as it is where it is no country's */
        }
    }
    return KARVAN_OK;
}

static karvan_status areas(reading *r, int64_t row, const char *code[2], bool *good,
                           karvan_error *err) {
    *good = false;
    for (int k = 0; k < 2; k++) {
        int32_t i = karvan_table_code(r->t, r->c[C_REPORTER + k], row);
        karvan_i_area_kind kind = i < 0 ? KARVAN_I_AREA_OTHER : r->area[k][i].kind;
        code[k] = i < 0 ? NULL : r->area[k][i].code;
        if (!code[k]) return drop(r, KARVAN_I_OUT_BAD_COUNTRY, row, C_REPORTER + k, err);
        if (kind == KARVAN_I_AREA_WORLD)
            return drop(r, KARVAN_I_OUT_WORLD, row, C_REPORTER + k, err);
        if (kind == KARVAN_I_AREA_GROUP)
            return drop(r, KARVAN_I_OUT_GROUP_PARTNER, row, C_REPORTER + k, err);
    }
    if (!r->sided && strcmp(code[0], code[1]) == 0)
        return drop(r, KARVAN_I_OUT_OWN_COUNTRY, row, C_PARTNER, err);
    *good = true;
    return KARVAN_OK;
}

static karvan_status take_row(reading *r, int64_t row, karvan_error *err) {
    karvan_i_gathered f = {.row = row + 1, .line = karvan_table_int(r->t, 0, row)};
    const char *code[2], *indicator = text_at(r, C_INDICATOR, row), *currency = NULL;
    bool good;
    double in_one = 1;
    karvan_cell state = karvan_table_state(r->t, r->c[C_VALUE], row);
    f.number = karvan_table_real(r->t, r->c[C_VALUE], row);
    if (state == KARVAN_NOT_COVERED) return drop(r, KARVAN_I_OUT_NO_VALUE, row, C_VALUE, err);
    if (state == KARVAN_UNKNOWN) return drop(r, KARVAN_I_OUT_BAD_VALUE, row, C_VALUE, err);
    if (f.number < 0) return drop(r, KARVAN_I_OUT_NEGATIVE_VALUE, row, C_VALUE, err);
    if (!year_of(r, row, &f.year)) return drop(r, KARVAN_I_OUT_NO_WHOLE_YEAR, row, C_TIME, err);
    karvan_status st = areas(r, row, code, &good, err);
    if (st != KARVAN_OK || !good) return st;
    int k = indicator_of(indicator);
    if (indicator && k < 0) { /* a measure may be the currency itself */
        currency = currency_of(indicator, &in_one);
        if (!currency) return drop(r, KARVAN_I_OUT_INDICATOR, row, C_INDICATOR, err);
    }
    int d = direction(r, row, k < 0 ? KARVAN_I_NO_DIRECTION : indicators[k].direction);
    if (d == KARVAN_I_PART_OF_FLOW) return drop(r, KARVAN_I_OUT_SUB_FLOW, row, C_FLOW, err);
    if (d == KARVAN_I_NO_DIRECTION) return drop(r, KARVAN_I_OUT_BAD_FLOW, row, C_FLOW, err);
    f.by_importer = d == KARVAN_I_IMPORT, f.by_both = r->sided;
    f.exporter = code[f.by_importer], f.importer = code[!f.by_importer];
    f.product = text_at(r, C_PRODUCT, row), f.flag = text_at(r, C_STATUS, row);
    if (f.flag && strcmp(f.flag, "A") == 0) f.flag = NULL; /* a normal value */
    f.classification = r->o->classification;
    f.source = karvan_table_text(r->t, KARVAN_I_SDMX_ID, row);
    f.price_basis = k >= 0 && indicators[k].basis ? indicators[k].basis : "as reported";
    if (k >= 0 && indicators[k].of_one > 0) in_one = indicators[k].of_one;
    if (k >= 0 && indicators[k].quantity)
        f.quantity_unit = indicators[k].quantity;
    else
        st = set_unit(r, row, k >= 0 ? indicators[k].currency : currency, in_one, &f, err);
    if (st == KARVAN_OK && !isfinite(f.number))
        return drop(r, KARVAN_I_OUT_BAD_VALUE, row, C_VALUE, err);
    return st == KARVAN_OK ? karvan_i_gather_add(&r->gather, &f, err) : st;
}

karvan_status karvan_i_sdmx_flows(const char *path, const char *bytes, size_t n,
                                  const karvan_sdmx_options *o, karvan_problems *problems,
                                  karvan_table **audit, karvan_table **flows, karvan_error *err) {
    static const karvan_sdmx_options plain = {0};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    reading r = {.o = o ? o : &plain, .path = path};
    if (audit) *audit = NULL;
    *flows = NULL;
    KARVAN_TRY(karvan_i_sdmx_read(path, bytes, n, o, problems, &t, err));
    r.t = t;
    karvan_i_gather_init(&r.gather, path, problems);
    KARVAN_TRY(components(&r, err));
    KARVAN_TRY(know_areas(&r, err));
    for (int64_t row = 0; row < karvan_table_rows(t); row++) KARVAN_TRY(take_row(&r, row, err));
    KARVAN_TRY(karvan_i_gather_finish(&r.gather, audit, flows, err));
done:
    karvan_i_gather_clear(&r.gather);
    for (int k = 0; k < r.n_units; k++) karvan_i_free(r.units[k]);
    karvan_i_free(r.units), karvan_i_free(r.area[0]), karvan_i_free(r.area[1]);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_sdmx_flows(const char *path, const karvan_sdmx_options *o,
                                karvan_problems *problems, karvan_table **audit,
                                karvan_table **flows, karvan_error *err) {
    if (audit) *audit = NULL;
    if (!flows) return karvan_fail(err, KARVAN_E_ARG, "flows are NULL");
    *flows = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "a message needs a path");
    return karvan_i_sdmx_flows(path, NULL, 0, o, problems, audit, flows, err);
}
