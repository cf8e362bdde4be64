/* An import's life: settings, what was not understood, counters, reading. Rows are in
 * import_rows.c, writing is in import_write.c. */
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/formats.h"
#include "exchange/import_state.h"
#include "network/geodesic.h"
#include "table/number.h"

static const char *const common[] = {"name", "licence", "accessed", NULL};
/* Of formats that make a region. */
static const char *const of_regions[] = {"country",      "speed",   "usd-per-km", "dwell",
                                         "usd-per-move", "connect", NULL};

/* ---- settings ---- */

const char *karvan_i_import_setting(const karvan_import *imp, const char *name) {
    for (int i = imp->n_settings - 1; i >= 0; i--)
        if (strcmp(imp->settings[i].name, name) == 0) return imp->settings[i].value;
    return NULL;
}

const char *karvan_i_import_setting_at(const karvan_import *imp, const char *name, int i) {
    for (int k = 0; k < imp->n_settings; k++)
        if (strcmp(imp->settings[k].name, name) == 0 && i-- == 0) return imp->settings[k].value;
    return NULL;
}

karvan_status karvan_i_import_number(const karvan_import *imp, const char *name, double otherwise,
                                     double *out, karvan_error *err) {
    const char *s = karvan_i_import_setting(imp, name);
    *out = otherwise;
    if (!s || karvan_i_parse_real(s, strlen(s), '.', out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a number, not '%.40s'", name, s);
}

static bool is_in(const char *const *names, const char *name) {
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

static karvan_status check_settings(const karvan_import *imp, karvan_error *err) {
    for (int i = 0; i < imp->n_settings; i++) {
        const char *name = imp->settings[i].name;
        if (!is_in(common, name) && !is_in(imp->importer->settings, name) &&
            (imp->importer->write || !is_in(of_regions, name)))
            return karvan_fail(err, KARVAN_E_ARG, "--%s says nothing to the format %s", name,
                               imp->importer->name);
    }
    return KARVAN_OK;
}

/* One "NAME=VALUE" or "NAME=VALUE:SECOND" of n bytes. */
static karvan_status take_rate(const char *setting, const char *s, size_t n, bool pair,
                               karvan_i_rates *out, karvan_error *err) {
    const char *equals = memchr(s, '=', n);
    size_t name = equals ? (size_t)(equals - s) : 0;
    karvan_i_rate *r = &out->rate[out->n];
    if (out->n == (int)(sizeof out->rate / sizeof out->rate[0]))
        return karvan_fail(err, KARVAN_E_ARG, "--%s: too many values", setting);
    if (name > 0 && name < sizeof r->name) {
        const char *value = equals + 1, *end = s + n;
        const char *colon = pair ? memchr(value, ':', (size_t)(end - value)) : NULL;
        memcpy(r->name, s, name), r->name[name] = 0;
        bool good =
            karvan_i_parse_real(value, (size_t)((colon ? colon : end) - value), '.', &r->value);
        r->second = NAN;
        if (good && colon)
            good = karvan_i_parse_real(colon + 1, (size_t)(end - colon - 1), '.', &r->second);
        if (good && r->value >= 0 && !(r->second < r->value) && (colon != NULL) == pair)
            return out->n++, KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG, "--%s takes %s, not '%.*s'", setting,
                       pair ? "OPERATION=P50:P90 in hours" : "NAME=NUMBER of 0 or more",
                       n > 60 ? 60 : (int)n, s);
}

static karvan_status take_rates(const karvan_import *imp, const char *setting, bool pair,
                                karvan_i_rates *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *s;
    for (int i = 0; (s = karvan_i_import_setting_at(imp, setting, i)) != NULL; i++)
        for (bool more = true; more;) {
            size_t n = strcspn(s, ",");
            KARVAN_TRY(take_rate(setting, s, n, pair, out, err));
            more = s[n] == ',', s += n + more;
        }
done:
    return st;
}

const karvan_i_rate *karvan_i_rate_of(const karvan_i_rates *r, const char *name) {
    for (int i = r->n - 1; i >= 0; i--)
        if (strcmp(r->rate[i].name, name) == 0) return &r->rate[i];
    return NULL;
}

static karvan_status read_settings(karvan_import *imp, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf date;
    karvan_error why = {0};
    KARVAN_TRY(check_settings(imp, err));
    KARVAN_TRY(take_rates(imp, "speed", false, &imp->speeds, err));
    KARVAN_TRY(take_rates(imp, "usd-per-km", false, &imp->prices, err));
    KARVAN_TRY(take_rates(imp, "usd-per-move", false, &imp->moves, err));
    KARVAN_TRY(take_rates(imp, "dwell", true, &imp->dwells, err));
    const char *country = karvan_i_import_setting(imp, "country");
    imp->country = karvan_i_country_of(country);
    KARVAN_REQUIRE(!country || imp->country, err, KARVAN_E_ARG,
                   "--country is a code of ISO 3166, as KZ or KAZ, not '%.40s'", country);
    const char *accessed = karvan_i_import_setting(imp, "accessed");
    KARVAN_REQUIRE(!accessed ||
                       karvan_edtf_parse(accessed, strlen(accessed), &date, &why) == KARVAN_OK,
                   err, KARVAN_E_ARG, "--accessed: %s", why.msg);
done:
    return st;
}

/* ---- life ---- */

karvan_status karvan_import_create(const char *format, int n_settings,
                                   const karvan_import_setting *settings, karvan_import **out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_import *imp = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(format && n_settings >= 0 && (settings || n_settings == 0), err, KARVAN_E_ARG,
                   "an import needs a format");
    const karvan_i_importer *importer = karvan_i_importer_of(format, err);
    if (!importer) return KARVAN_E_ARG;
    imp = karvan_i_calloc(1, sizeof *imp);
    KARVAN_REQUIRE(imp, err, KARVAN_E_NOMEM, "no memory for an import");
    imp->importer = importer, imp->n_settings = n_settings, imp->settings = settings;
    KARVAN_TRY(read_settings(imp, err));
    KARVAN_TRY(karvan_problems_create(&imp->problems, err));
    for (int t = 0; t < KARVAN_I_TABLES; t++)
        KARVAN_TRY(karvan_i_schema_builder(t, &imp->builder[t], err));
    KARVAN_TRY(karvan_i_import_own_sources(imp, err));
    *out = imp, imp = NULL;
done:
    karvan_import_destroy(imp);
    return st;
}

void karvan_import_destroy(karvan_import *imp) {
    if (!imp) return;
    if (imp->kept && imp->importer->close) imp->importer->close(imp->kept);
    for (int t = 0; t < KARVAN_I_TABLES; t++) {
        karvan_builder_destroy(imp->builder[t]);
        karvan_i_dictionary_clear(&imp->key[t]), karvan_i_dictionary_clear(&imp->id[t]);
    }
    for (int32_t i = 0; i < imp->ignored_key.n; i++) karvan_i_text_clear(&imp->ignored[i].file);
    for (int m = 0; m < imp->n_modes; m++) karvan_i_free(imp->mode[m].text);
    karvan_i_dictionary_clear(&imp->ignored_key), karvan_i_dictionary_clear(&imp->joined);
    karvan_problems_destroy(imp->problems);
    karvan_i_text_clear(&imp->source), karvan_i_text_clear(&imp->scratch);
    karvan_i_free(imp->ignored), karvan_i_free(imp->mode), karvan_i_free(imp->ends);
    karvan_i_free(imp->lon), karvan_i_free(imp->lat);
    karvan_i_free(imp);
}

karvan_status karvan_import_read(karvan_import *imp, int n_paths, const char *const *paths,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(imp && paths && !imp->done, err, KARVAN_E_ARG,
                   "no import, no paths, or read already");
    KARVAN_REQUIRE(n_paths >= imp->importer->least && n_paths <= imp->importer->most, err,
                   KARVAN_E_ARG, "%s takes %s", imp->importer->name, imp->importer->paths);
    imp->done = true;
    /* What makes a region measures lengths. */
    if (!imp->importer->write) KARVAN_TRY(karvan_i_geodesic_ready(err));
    KARVAN_TRY(imp->importer->read(imp, n_paths, paths, err));
    KARVAN_TRY(karvan_i_import_connect(imp, karvan_i_import_setting(imp, "connect") != NULL, err));
    KARVAN_TRY(karvan_i_import_finish(imp, err));
done:
    return st;
}

void karvan_i_import_keep(karvan_import *imp, void *take) { imp->kept = take; }
void *karvan_i_import_kept(const karvan_import *imp) { return imp->kept; }

const karvan_problems *karvan_import_problems(const karvan_import *imp) { return imp->problems; }

/* ---- what was not understood ---- */

karvan_i_at karvan_i_at_cell(const karvan_table *t, int column, int64_t row) {
    karvan_i_at at = {NULL, 0, 0};
    at.file = karvan_table_locate(t, column < 0 ? 0 : column, row, &at.line, &at.column);
    if (column < 0) at.column = 1;
    if (!at.file) at.file = karvan_table_name(t);
    return at;
}

karvan_i_at karvan_i_at_row(const karvan_table *t, int64_t row) {
    return (karvan_i_at){t->path ? t->path : t->name, t->line ? t->line[row] : 0, 1};
}

static karvan_status add_problem(karvan_import *imp, karvan_severity severity, karvan_i_at at,
                                 const char *code, const char *hint, const char *message,
                                 karvan_error *err) {
    if (karvan_problems_add(imp->problems, severity, at.file ? at.file : "", at.line, at.column,
                            code, hint, "%s", message) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

karvan_status karvan_i_import_note(karvan_import *imp, karvan_severity severity, karvan_i_at at,
                                   const char *code, const char *hint, karvan_error *err,
                                   const char *message_fmt, ...) {
    char message[400];
    va_list ap;
    va_start(ap, message_fmt);
    (void)vsnprintf(message, sizeof message, message_fmt, ap);
    va_end(ap);
    return add_problem(imp, severity, at, code, hint, message, err);
}

karvan_status karvan_i_import_ignore(karvan_import *imp, karvan_i_at first, const char *code,
                                     const char *what, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text key = {0};
    int32_t known = imp->ignored_key.n, at = -1;
    karvan_i_text_printf(&key, "%s %s", code, what);
    KARVAN_TRY(karvan_i_text_status(&key, err));
    if (known == imp->cap_ignored) {
        int32_t cap = known ? 2 * known : 32;
        karvan_i_ignored *more = karvan_i_realloc(imp->ignored, (size_t)cap, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for what is ignored");
        imp->ignored = more, imp->cap_ignored = cap;
    }
    KARVAN_TRY(karvan_i_dictionary_add(&imp->ignored_key, key.s, key.n, &at, err));
    if (at == known) {
        imp->ignored[at] = (karvan_i_ignored){.line = first.line, .column = first.column};
        karvan_i_text_puts(&imp->ignored[at].file, first.file ? first.file : "");
        KARVAN_TRY(karvan_i_text_status(&imp->ignored[at].file, err));
    }
    imp->ignored[at].count++;
done:
    karvan_i_text_clear(&key);
    return st;
}

karvan_status karvan_i_import_count(karvan_import *imp, const char *kind, int64_t read,
                                    int64_t taken, karvan_error *err) {
    const int most = (int)(sizeof imp->kind / sizeof imp->kind[0]);
    int k = 0;
    while (k < imp->n_kinds && strcmp(imp->kind[k].name, kind) != 0) k++;
    if (k == most || strlen(kind) >= sizeof imp->kind[0].name)
        return karvan_fail(err, KARVAN_E_ARG, "too many kinds of rows, or too long: %.40s", kind);
    if (k == imp->n_kinds) {
        imp->n_kinds++;
        (void)snprintf(imp->kind[k].name, sizeof imp->kind[k].name, "%s", kind);
    }
    imp->kind[k].read += read, imp->kind[k].taken += taken;
    return KARVAN_OK;
}

karvan_status karvan_import_summary(const karvan_import *imp, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_column columns[] = {{"kind", KARVAN_TEXT, NULL},
                                            {"read", KARVAN_INT, NULL},
                                            {"taken", KARVAN_INT, NULL},
                                            {"left_out", KARVAN_INT, NULL}};
    static const int tables[] = {KARVAN_I_PLACES, KARVAN_I_LINKS, KARVAN_I_TERMINALS,
                                 KARVAN_I_SERVICES};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(imp, err, KARVAN_E_ARG, "no import");
    KARVAN_TRY(karvan_builder_create("import", 4, columns, &b, err));
    for (int k = 0; k < imp->n_kinds; k++) {
        const karvan_i_kind_count *c = &imp->kind[k];
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, c->name, err));
        KARVAN_TRY(karvan_builder_int(b, 1, c->read, err));
        KARVAN_TRY(karvan_builder_int(b, 2, c->taken, err));
        KARVAN_TRY(karvan_builder_int(b, 3, c->read - c->taken, err));
    }
    /* rows of the region: none is read, none left out */
    for (int t = 0; t < 4 && !imp->importer->write; t++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_i_schemas[tables[t]].name, err));
        KARVAN_TRY(karvan_builder_state(b, 1, KARVAN_NOT_COVERED, err));
        KARVAN_TRY(karvan_builder_int(b, 2, imp->rows[tables[t]], err));
        KARVAN_TRY(karvan_builder_state(b, 3, KARVAN_NOT_COVERED, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
