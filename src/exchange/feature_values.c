/* Values of features as cells: by the names of the columns, or by those that --property gives. */
#include "base/try.h"
#include "exchange/feature.h"
#include "table/number.h"

#include <string.h>

static const char *const place_columns[] = {"id",   "name", "locode",       "aliases", "country",
                                            "kind", "note", "utc_offset_h", NULL};
static const char *const link_columns[] = {"id",
                                           "from",
                                           "to",
                                           "mode",
                                           "two_way",
                                           "open_from",
                                           "open_to",
                                           "operator",
                                           "cargo_classes",
                                           "note",
                                           "length_km",
                                           "speed_kmh",
                                           "time_h",
                                           "time_p90_over_p50",
                                           "cost_usd_per_teu",
                                           "capacity_teu_day",
                                           "capacity_kt_year",
                                           "co2e_kg_per_teu_km",
                                           "fixed_h",
                                           "fixed_usd_per_teu",
                                           NULL};
static const char *const terminal_columns[] = {"id",
                                               "place",
                                               "operation",
                                               "from_mode",
                                               "to_mode",
                                               "two_way",
                                               "from_status",
                                               "to_status",
                                               "cargo_classes",
                                               "opening_hours",
                                               "open_from",
                                               "open_to",
                                               "note",
                                               "dwell_p50_h",
                                               "dwell_p90_h",
                                               "cost_usd_per_teu",
                                               "capacity_teu_day",
                                               "co2e_kg_per_teu",
                                               "step",
                                               NULL};
static const char *const service_columns[] = {
    "id",        "link",       "name",         "operator",         "leaves_when_full",
    "timetable", "season",     "open_from",    "open_to",          "note",
    "headway_h", "headway_cv", "capacity_teu", "closed_days_year", NULL};
static const char *const mode_columns[] = {
    "id",   "name",     "mode",    "means", "carries_containers", "needs_service",
    "note", "gauge_mm", "max_kmh", NULL};
static const char *const operation_columns[] = {
    "id",   "name",          "cause",         "counts_as",           "mandatory",
    "note", "default_p50_h", "default_p90_h", "default_usd_per_teu", NULL};

static const struct {
    const char *name;
    const char *const *column; /* NULL-ended */
} tables[KARVAN_I_AS_TABLES] = {{"places", place_columns},       {"links", link_columns},
                                {"terminals", terminal_columns}, {"services", service_columns},
                                {"modes", mode_columns},         {"operations", operation_columns}};

const char *karvan_i_feature_table(int table) { return tables[table].name; }

/* ---- names ---- */

/* Tables whose columns --property may name. */
static int open_tables(const karvan_i_feature_format *format) {
    return format->all_tables ? KARVAN_I_AS_TABLES : KARVAN_I_AS_TERMINALS;
}

static void choose(karvan_i_feature_reader *r, int table) {
    const char *const *ours = tables[table].column;
    const char *pair;
    for (int c = 0; ours[c]; c++) r->name[table][c] = ours[c];
    for (int i = 0; (pair = karvan_i_import_setting_at(r->imp, "property", i)) != NULL; i++)
        for (int c = 0; ours[c]; c++) {
            size_t len = strlen(ours[c]);
            if (strncmp(pair, ours[c], len) == 0 && pair[len] == '=')
                r->name[table][c] = pair + len + 1;
        }
}

static karvan_status check_names(const karvan_i_feature_reader *r) {
    const char *pair;
    for (int i = 0; (pair = karvan_i_import_setting_at(r->imp, "property", i)) != NULL; i++) {
        size_t len = strcspn(pair, "=");
        bool known = false;
        for (int t = 0; t < open_tables(r->format); t++)
            for (const char *const *c = tables[t].column; *c; c++)
                known |= strlen(*c) == len && strncmp(*c, pair, len) == 0;
        if (!known || !pair[len] || !pair[len + 1])
            return karvan_fail(r->err, KARVAN_E_ARG,
                               "--property is COLUMN=%s, a column of places or links, not '%.60s'",
                               r->format->all_tables ? "ATTRIBUTE" : "PROPERTY", pair);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_feature_reader_init(karvan_i_feature_reader *r, karvan_import *imp,
                                           const karvan_i_feature_format *format,
                                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *r = (karvan_i_feature_reader){.imp = imp, .format = format, .err = err};
    KARVAN_TRY(karvan_i_import_number(imp, "tolerance", 0.05, &r->tolerance_km, err));
    KARVAN_REQUIRE(r->tolerance_km >= 0 && r->tolerance_km <= 100, err, KARVAN_E_ARG,
                   "--tolerance is 0 to 100 km, not %g", r->tolerance_km);
    KARVAN_TRY(check_names(r));
    for (int t = 0; t < KARVAN_I_AS_TABLES; t++) choose(r, t);
    KARVAN_TRY(karvan_i_nearby_init(&r->ends, r->tolerance_km, err));
done:
    return st;
}

void karvan_i_feature_reader_clear(karvan_i_feature_reader *r) { karvan_i_nearby_clear(&r->ends); }

/* ---- values ---- */

karvan_i_at karvan_i_feature_at(const karvan_i_feature_reader *r, const karvan_i_feature *f) {
    return (karvan_i_at){r->file, f->line, f->column};
}

typedef struct others {
    karvan_i_feature_reader *r;
    const karvan_i_feature *f;
    int table;
} others;

static karvan_status look_at_name(void *ctx, const char *name) {
    const others *o = ctx;
    const karvan_i_feature_reader *r = o->r;
    const char *const *used = r->name[o->table];
    char what[160];
    if (strcmp(name, "layer") == 0 || strcmp(name, "lon") == 0 || strcmp(name, "lat") == 0)
        return KARVAN_OK;
    for (int c = 0; tables[o->table].column[c]; c++)
        if (strcmp(used[c], name) == 0) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "%s %.80s fills no column of %s", r->format->word, name,
                   tables[o->table].name);
    return karvan_i_import_ignore(r->imp, karvan_i_feature_at(r, o->f), "feature-property", what,
                                  r->err);
}

karvan_status karvan_i_feature_others(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                      int table) {
    others o = {r, f, table};
    return r->format->each(f->properties, look_at_name, &o);
}

karvan_status karvan_i_feature_odd(karvan_i_feature_reader *r, const karvan_i_feature *f, int table,
                                   int column, const char *hint) {
    return karvan_i_import_note(r->imp, KARVAN_WARNING, karvan_i_feature_at(r, f), "feature-value",
                                hint, r->err, "%s %.60s cannot be taken; left unknown",
                                r->format->word, r->name[table][column]);
}

static karvan_i_value value_of(const karvan_i_feature_reader *r, const karvan_i_feature *f,
                               int table, int column) {
    return r->format->get(f->properties, r->name[table][column]);
}

/* A number's text, in the scratch of its column. */
static const char *digits(karvan_i_feature_reader *r, int column, const karvan_i_value *v) {
    if (v->text) return v->text;
    karvan_real_format(v->number, r->scratch[column], sizeof r->scratch[column]);
    return r->scratch[column];
}

karvan_status karvan_i_feature_text(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, const char **out) {
    const karvan_i_value v = value_of(r, f, table, column);
    *out = NULL;
    if (v.kind == KARVAN_I_NO_VALUE) return KARVAN_OK;
    if (v.kind == KARVAN_I_TEXT_VALUE) return *out = v.text, KARVAN_OK;
    if (v.kind != KARVAN_I_NUMBER_VALUE) return karvan_i_feature_odd(r, f, table, column, "a text");
    *out = digits(r, column, &v);
    return KARVAN_OK;
}

karvan_status karvan_i_feature_real(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, double *out) {
    const karvan_i_value v = value_of(r, f, table, column);
    const bool text = v.kind == KARVAN_I_TEXT_VALUE;
    *out = NAN;
    if (v.kind == KARVAN_I_NO_VALUE || (text && !*v.text)) return KARVAN_OK;
    if (v.kind == KARVAN_I_NUMBER_VALUE) return *out = v.number, KARVAN_OK;
    if (text && karvan_i_parse_real(v.text, strlen(v.text), '.', out)) return KARVAN_OK;
    *out = NAN;
    return karvan_i_feature_odd(r, f, table, column, "a number");
}

karvan_status karvan_i_feature_bool(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, bool *out) {
    const karvan_i_value v = value_of(r, f, table, column);
    const char *s = v.kind == KARVAN_I_TEXT_VALUE ? v.text : "";
    if (v.kind == KARVAN_I_NO_VALUE) return KARVAN_OK;
    if (v.kind == KARVAN_I_TRUTH_VALUE) return *out = v.truth, KARVAN_OK;
    if (v.kind == KARVAN_I_NUMBER_VALUE && (v.number == 0 || v.number == 1))
        return *out = v.number != 0, KARVAN_OK;
    if (strcmp(s, "true") == 0) return *out = true, KARVAN_OK;
    if (strcmp(s, "false") == 0) return *out = false, KARVAN_OK;
    return karvan_i_feature_odd(r, f, table, column, "true or false");
}

karvan_status karvan_i_feature_cells(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                     int table, int n_texts, const char **const *texts, int n_reals,
                                     double *const *reals) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < n_texts; c++)
        if (texts[c]) KARVAN_TRY(karvan_i_feature_text(r, f, table, c, texts[c]));
    for (int c = 0; c < n_reals; c++)
        KARVAN_TRY(karvan_i_feature_real(r, f, table, n_texts + c, reals[c]));
done:
    return st;
}

const char *karvan_i_feature_id(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    if (f->id.kind == KARVAN_I_TEXT_VALUE) return f->id.text;
    return f->id.kind == KARVAN_I_NUMBER_VALUE ? digits(r, ID, &f->id) : NULL;
}
