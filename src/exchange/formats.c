/* The formats that are read: a new one adds its line. */
#include "exchange/formats.h"

#include <string.h>

static const karvan_i_importer *const importers[] = {
    &karvan_i_importer_gmns,    &karvan_i_importer_tntp, &karvan_i_importer_unlocode,
    &karvan_i_importer_geojson, &karvan_i_importer_gtfs, &karvan_i_importer_osm,
    &karvan_i_importer_gpkg,    &karvan_i_importer_omx,
};
enum { N_IMPORTERS = sizeof importers / sizeof importers[0] };

int karvan_import_formats(void) { return N_IMPORTERS; }

karvan_import_format karvan_import_format_at(int i) {
    const karvan_i_importer *f = importers[i];
    return (karvan_import_format){f->name, f->title, f->paths, !f->write};
}

void karvan_i_no_format(const char *format, const char *what, int n, const char *const *names,
                        karvan_error *err) {
    char list[200] = "";
    int64_t near = karvan_text_nearest(format, names, (size_t)n);
    for (int i = 0; i < n; i++) {
        size_t at = strlen(list);
        (void)snprintf(list + at, sizeof list - at, "%s%s", i ? ", " : "", names[i]);
    }
    if (near >= 0)
        (void)karvan_fail(err, KARVAN_E_ARG, "no format '%.40s' is %s; did you mean %s?", format,
                          what, names[near]);
    else
        (void)karvan_fail(err, KARVAN_E_ARG, "no format '%.40s' is %s; these are: %s", format, what,
                          list);
}

const karvan_i_importer *karvan_i_importer_of(const char *format, karvan_error *err) {
    const char *names[N_IMPORTERS];
    for (int i = 0; i < N_IMPORTERS; i++) {
        names[i] = importers[i]->name;
        if (strcmp(names[i], format) == 0) return importers[i];
    }
    karvan_i_no_format(format, "read", N_IMPORTERS, names, err);
    return NULL;
}
