/* The end of an import: what was counted becomes problems, what was used becomes rows of modes and
 * sources; then the folder. */
#include <string.h>

#include "base/try.h"
#include "exchange/folder.h"
#include "exchange/import_state.h"
#include "table/csv_text.h"

static const karvan_i_at nowhere = {"", 0, 0};

static karvan_status flush_ignored(karvan_import *imp, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < imp->ignored_key.n; i++) {
        const karvan_i_ignored *g = &imp->ignored[i];
        const char *code = imp->ignored_key.bytes + imp->ignored_key.at[i];
        const char *what = strchr(code, ' ') + 1;
        char word[60];
        (void)snprintf(word, sizeof word, "%.*s", (int)(what - code) - 1, code);
        KARVAN_TRY(karvan_i_import_note(
            imp, KARVAN_WARNING, (karvan_i_at){g->file.s, g->line, g->column}, word, NULL, err,
            "%s (%lld time%s%s)", what, (long long)g->count, g->count == 1 ? "" : "s",
            g->count == 1 || g->line == 0 ? "" : ", here first"));
    }
done:
    return st;
}

/* A rate that was asked for of a mode without links: most likely its name is a slip. */
static karvan_status tell_unused(karvan_import *imp, const char *option, const karvan_i_rates *r,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < r->n; i++) {
        bool used = false;
        for (int m = 0; m < imp->n_modes; m++)
            used = used || strcmp(imp->mode[m].mode.id, r->rate[i].name) == 0;
        if (!used)
            KARVAN_TRY(karvan_i_import_note(
                imp, KARVAN_WARNING, nowhere, "import-unused", "the modes are rows of modes.csv",
                err, "--%s names %s, a mode that no link has", option, r->rate[i].name));
    }
done:
    return st;
}

static karvan_status tell_assumptions(karvan_import *imp, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(tell_unused(imp, "speed", &imp->speeds, err));
    KARVAN_TRY(tell_unused(imp, "usd-per-km", &imp->prices, err));
    for (int m = 0; m < imp->n_modes; m++) {
        const karvan_i_mode_used *u = &imp->mode[m];
        const karvan_i_rate *speed = karvan_i_rate_of(&imp->speeds, u->mode.id);
        const karvan_i_rate *price = karvan_i_rate_of(&imp->prices, u->mode.id);
        if (u->assumed_speed > 0)
            KARVAN_TRY(karvan_i_import_note(
                imp, KARVAN_WARNING, nowhere, "import-assumed-speed", "--speed MODE=KMH", err,
                "links of %s without a time in the file: %lld; %g km/h is assumed", u->mode.id,
                (long long)u->assumed_speed, speed ? speed->value : u->mode.speed_kmh));
        if (u->assumed_price > 0)
            KARVAN_TRY(karvan_i_import_note(
                imp, KARVAN_WARNING, nowhere, "import-assumed-cost", "--usd-per-km MODE=USD", err,
                "links of %s without money in the file: %lld; %g USD a TEU-km is assumed",
                u->mode.id, (long long)u->assumed_price,
                price ? price->value : u->mode.usd_per_km));
    }
    if (imp->assumed_dwell > 0 || imp->assumed_move > 0)
        KARVAN_TRY(karvan_i_import_note(
            imp, KARVAN_WARNING, nowhere, "import-assumed-dwell",
            "--dwell OPERATION=P50:P90, --usd-per-move OPERATION=USD", err,
            "assumed by their operation: hours of terminals: %lld, their money: %lld",
            (long long)imp->assumed_dwell, (long long)imp->assumed_move));
done:
    return st;
}

static karvan_status put_mode(karvan_import *imp, const karvan_i_mode_used *u, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_MODES;
    const karvan_i_mode *m = &u->mode;
    int32_t row;
    KARVAN_TRY(karvan_i_begin_row(imp, t, m->id, "", nowhere, &row, err));
    KARVAN_TRY(
        karvan_i_put_text(imp, t, "name", karvan_i_says(m->name) ? m->name : m->id, nowhere, err));
    KARVAN_TRY(
        karvan_i_put_text(imp, t, "mode", karvan_i_says(m->mode) ? m->mode : m->id, nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "means", karvan_i_says(m->means) ? m->means : m->id,
                                 nowhere, err));
    bool rail = m->mode && strcmp(m->mode, "rail") == 0;
    if (m->gauge_mm > 0)
        KARVAN_TRY(karvan_i_put_int(imp, t, "gauge_mm", m->gauge_mm, err));
    else if (!rail) /* there is no track */
        KARVAN_TRY(karvan_i_put_none(imp, t, "gauge_mm", err));
    KARVAN_TRY(karvan_i_put_bool(imp, t, "carries_containers", m->carries_containers, err));
    KARVAN_TRY(karvan_i_put_bool(imp, t, "needs_service", m->needs_service, err));
    double most = m->from_file ? m->max_kmh : fmax(m->max_kmh, u->fastest_kmh);
    KARVAN_TRY(karvan_i_put_real(imp, t, "max_kmh", most, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "source", m->from_file ? imp->source.s : "assumption",
                                 nowhere, err));
    KARVAN_TRY(karvan_i_put_text(
        imp, t, "note",
        m->from_file ? m->note : "as karvan knows the mode; max_kmh not below the fastest link",
        nowhere, err));
done:
    return st;
}

static karvan_status put_setting(karvan_import *imp, const char *key, const char *value,
                                 const char *unit, const char *note, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_SETTINGS;
    int32_t row;
    KARVAN_TRY(karvan_i_begin_row(imp, t, key, "", nowhere, &row, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "value", value, nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "unit", unit, nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "source", "assumption", nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "note", note, nowhere, err));
done:
    return st;
}

/* A source that is no file. Its id is taken before any file's, so that none can have it. */
static karvan_status put_source(karvan_import *imp, const char *id, const char *title,
                                const char *note, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_SOURCES;
    int32_t row;
    KARVAN_TRY(karvan_i_begin_row(imp, t, NULL, id, nowhere, &row, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "title", title, nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "kind", id, nowhere, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "note", note, nowhere, err));
done:
    return st;
}

karvan_status karvan_i_import_own_sources(karvan_import *imp, karvan_error *err) {
    karvan_status st = put_source(imp, "assumption", "Assumption",
                                  "no document; the note of the row says why", err);
    return st == KARVAN_OK ? put_source(imp, "computed", "Calculated on import",
                                        "by karvan from other columns of the same files", err)
                           : st;
}

karvan_status karvan_i_import_reference_date(karvan_import *imp, const char *day,
                                             karvan_error *err) {
    if (strlen(day) >= sizeof imp->reference_date)
        return karvan_fail(err, KARVAN_E_ARG, "'%.60s' is no day", day);
    (void)snprintf(imp->reference_date, sizeof imp->reference_date, "%s", day);
    return KARVAN_OK;
}

karvan_status karvan_i_import_finish(karvan_import *imp, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(flush_ignored(imp, err));
    if (imp->importer->write) goto done; /* no region */
    KARVAN_TRY(tell_assumptions(imp, err));
    for (int m = 0; m < imp->n_modes; m++) KARVAN_TRY(put_mode(imp, &imp->mode[m], err));
    bool told = *imp->reference_date;
    KARVAN_TRY(
        put_setting(imp, "reference_date", told ? imp->reference_date : "2026-01-01", NULL,
                    told ? "a day on which the file's services run; choose another with --date"
                         : "no file says on which day it holds; choose another with --date",
                    err));
    KARVAN_TRY(put_setting(imp, "closure_spell_h", "24", "h",
                           "mean length of a weather closure, as in the region that ships", err));
done:
    return st;
}

const char *karvan_i_import_name(const karvan_import *imp) {
    const char *name = karvan_i_import_setting(imp, "name");
    return name && *name ? name : "imported";
}

static karvan_status write_descriptor(const karvan_import *imp, const karvan_i_folder *f,
                                      karvan_error *err) {
    karvan_i_text text = {0}, title = {0};
    karvan_i_text_printf(&title, "Imported from %s", imp->importer->name);
    karvan_status st = karvan_i_text_status(&title, err);
    if (st == KARVAN_OK) {
        unsigned tables = (1U << KARVAN_I_TABLES) - 1;
        if (imp->rows[KARVAN_I_OPERATIONS] == 0) tables &= ~(1U << KARVAN_I_OPERATIONS);
        karvan_i_schema_package(karvan_i_import_name(imp), title.s,
                                "Made by karvan import. Table sources names the files; what they "
                                "do not say is an assumption and says so.",
                                NULL, tables, &text);
        st = karvan_i_folder_file(f, "datapackage.json", &text, err);
    }
    karvan_i_text_clear(&text), karvan_i_text_clear(&title);
    return st;
}

static karvan_status write_table(karvan_import *imp, int table, const karvan_i_folder *f,
                                 karvan_error *err) {
    karvan_table *t = NULL;
    karvan_i_text text = {0};
    char name[60];
    karvan_status st = karvan_builder_finish(imp->builder[table], &t, err);
    imp->builder[table] = NULL;
    if (st == KARVAN_OK) {
        karvan_i_csv_text(t, &text);
        (void)snprintf(name, sizeof name, "%s.csv", karvan_i_schemas[table].name);
        st = karvan_i_folder_file(f, name, &text, err);
    }
    karvan_i_text_clear(&text);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_i_import_write_sources(karvan_import *imp, const karvan_i_folder *folder,
                                            karvan_error *err) {
    return write_table(imp, KARVAN_I_SOURCES, folder, err);
}

static karvan_status write_region(karvan_import *imp, const karvan_i_folder *f, karvan_error *err) {
    karvan_status st = write_descriptor(imp, f, err);
    for (int t = 0; t < KARVAN_I_TABLES && st == KARVAN_OK; t++)
        if (t != KARVAN_I_OPERATIONS || imp->rows[t] > 0) st = write_table(imp, t, f, err);
    return st;
}

karvan_status karvan_import_write(karvan_import *imp, const char *dir, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_folder f = {0};
    KARVAN_REQUIRE(imp && dir && imp->done && imp->builder[0], err, KARVAN_E_ARG,
                   "nothing was read, or it is written already");
    KARVAN_TRY(karvan_i_folder_begin(&f, dir, err));
    KARVAN_TRY((imp->importer->write ? imp->importer->write : write_region)(imp, &f, err));
    KARVAN_TRY(karvan_i_folder_finish(&f, err));
done:
    karvan_i_folder_clear(&f);
    return st;
}
