/* Exports: the list of formats, and what they share. */
#include "exchange/export.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/try.h"
#include "exchange/formats.h"
#include "network/graph.h"
#include "table/cell.h"

static const karvan_i_exporter *const exporters[] = {
    &karvan_i_exporter_csv,  &karvan_i_exporter_gpkg, &karvan_i_exporter_geojson,
    &karvan_i_exporter_gmns, &karvan_i_exporter_tntp,
};
enum { N_EXPORTERS = sizeof exporters / sizeof exporters[0] };

int karvan_export_formats(void) { return N_EXPORTERS; }

karvan_import_format karvan_export_format_at(int i) {
    const karvan_i_exporter *f = exporters[i];
    return (karvan_import_format){f->name, f->title, f->paths, true};
}

static const karvan_i_exporter *exporter_of(const char *format, karvan_error *err) {
    const char *names[N_EXPORTERS];
    for (int i = 0; i < N_EXPORTERS; i++) {
        names[i] = exporters[i]->name;
        if (strcmp(names[i], format) == 0) return exporters[i];
    }
    karvan_i_no_format(format, "written", N_EXPORTERS, names, err);
    return NULL;
}

/* ---- what exporters share ---- */

bool karvan_i_export_open(const karvan_i_export *x, const karvan_table *t, int64_t row) {
    return !x->has_date || karvan_i_open_on(karvan_i_cell_date(t, "open_from", row),
                                            karvan_i_cell_date(t, "open_to", row), x->date);
}

karvan_status karvan_i_export_count(karvan_i_export *x, const char *table, int64_t rows,
                                    int64_t written, karvan_error *err) {
    if (x->n_counts == (int)(sizeof x->count / sizeof x->count[0]))
        return karvan_fail(err, KARVAN_E_DATA, "the region has more tables than can be counted");
    x->count[x->n_counts].table = table;
    x->count[x->n_counts].rows = rows, x->count[x->n_counts++].written = written;
    return KARVAN_OK;
}

karvan_status karvan_i_export_note(karvan_i_export *x, const char *code, karvan_error *err,
                                   const char *message_fmt, ...) {
    char message[400];
    va_list ap;
    va_start(ap, message_fmt);
    (void)vsnprintf(message, sizeof message, message_fmt, ap);
    va_end(ap);
    if (karvan_problems_add(x->problems, KARVAN_WARNING, "", 0, 0, code, NULL, "%s", message) ==
        KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

karvan_status karvan_i_export_left(karvan_i_export *x, const karvan_table *t, const char *format,
                                   const char *so, karvan_error *err) {
    int64_t rows = t ? karvan_table_rows(t) : 0;
    if (rows == 0) return KARVAN_OK;
    karvan_status st = karvan_i_export_count(x, karvan_table_name(t), rows, 0, err);
    if (st != KARVAN_OK) return st;
    return karvan_i_export_note(x, "export-no-room", err, "%s has no table for %s: %lld rows%s",
                                format, karvan_table_name(t), (long long)rows, so);
}

int64_t karvan_i_export_place(const karvan_i_export *x, const char *column, int64_t link) {
    const char *id = karvan_i_cell_text(x->links, column, link);
    return id ? karvan_package_row(x->region, "places", id) : -1;
}

double karvan_i_export_hours(const karvan_i_export *x, int64_t link) {
    double h = karvan_i_cell_real(x->links, "time_h", link);
    if (!isnan(h)) return h;
    h = karvan_i_cell_real(x->links, "length_km", link) /
        karvan_i_cell_real(x->links, "speed_kmh", link);
    return isfinite(h) ? h : NAN;
}

void karvan_i_export_number(karvan_i_text *out, double v) {
    char number[40];
    if (!isfinite(v)) return;
    karvan_real_format(v, number, sizeof number);
    karvan_i_text_puts(out, number);
}

/* ---- the call ---- */

static karvan_status read_setting(karvan_i_export *x, const karvan_i_exporter *f,
                                  const karvan_import_setting *s, karvan_error *err) {
    karvan_edtf date;
    karvan_error why = {0};
    bool known = false;
    for (const char *const *k = f->settings; *k; k++) known = known || strcmp(*k, s->name) == 0;
    if (!known)
        return karvan_fail(err, KARVAN_E_ARG, "--%s says nothing to the format %s", s->name,
                           f->name);
    if (strcmp(s->name, "mode") == 0) x->mode = s->value;
    if (strcmp(s->name, "date") != 0) return KARVAN_OK;
    if (karvan_edtf_parse(s->value, strlen(s->value), &date, &why) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_ARG, "--date: %s", why.msg);
    x->has_date = true, x->date = date.earliest;
    return KARVAN_OK;
}

static karvan_status summarise(const karvan_i_export *x, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"table", KARVAN_TEXT, NULL},
                                            {"rows", KARVAN_INT, NULL},
                                            {"written", KARVAN_INT, NULL},
                                            {"left_out", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("export", 4, columns, &b, err));
    for (int i = 0; i < x->n_counts; i++) {
        int64_t rows = x->count[i].rows, written = x->count[i].written;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, x->count[i].table, err));
        KARVAN_TRY(karvan_builder_int(b, 1, rows, err));
        KARVAN_TRY(karvan_builder_int(b, 2, written, err));
        KARVAN_TRY(karvan_builder_int(b, 3, rows - written, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_export(const karvan_package *region, const char *format, const char *path,
                            int n_settings, const karvan_import_setting *settings,
                            karvan_problems *problems, karvan_table **summary, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!summary) return karvan_fail(err, KARVAN_E_ARG, "summary is NULL");
    *summary = NULL;
    KARVAN_REQUIRE(region && format && path && problems && (settings || n_settings == 0), err,
                   KARVAN_E_ARG, "an export needs a region, a format and a path");
    karvan_i_export x = {.region = region, .problems = problems};
    const karvan_i_exporter *f = exporter_of(format, err);
    if (!f) return KARVAN_E_ARG;
    for (int i = 0; i < n_settings; i++) KARVAN_TRY(read_setting(&x, f, &settings[i], err));
    KARVAN_TRY(karvan_i_need_table(region, "places", &x.places, err));
    KARVAN_TRY(karvan_i_need_table(region, "links", &x.links, err));
    x.terminals = karvan_package_table(region, "terminals");
    x.services = karvan_package_table(region, "services");
    KARVAN_TRY(f->write(&x, path, err));
    KARVAN_TRY(summarise(&x, summary, err));
done:
    return st;
}
