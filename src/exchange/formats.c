/* The formats that are read: a new one adds its line. */
#include "exchange/formats.h"

#include <string.h>

static const karvan_i_importer *const importers[] = {
    &karvan_i_importer_gmns,    &karvan_i_importer_tntp, &karvan_i_importer_unlocode,
    &karvan_i_importer_geojson, &karvan_i_importer_gtfs,
};
enum { N_IMPORTERS = sizeof importers / sizeof importers[0] };

int karvan_import_formats(void) { return N_IMPORTERS; }

karvan_import_format karvan_import_format_at(int i) {
    const karvan_i_importer *f = importers[i];
    return (karvan_import_format){f->name, f->title, f->paths};
}

const karvan_i_importer *karvan_i_importer_of(const char *format, karvan_error *err) {
    const char *names[N_IMPORTERS];
    for (int i = 0; i < N_IMPORTERS; i++) {
        names[i] = importers[i]->name;
        if (strcmp(names[i], format) == 0) return importers[i];
    }
    int64_t near = karvan_text_nearest(format, names, N_IMPORTERS);
    if (near >= 0)
        (void)karvan_fail(err, KARVAN_E_ARG, "no format '%.40s' is read; did you mean %s?", format,
                          names[near]);
    else
        (void)karvan_fail(err, KARVAN_E_ARG,
                          "no format '%.40s' is read; karvan help import lists them", format);
    return NULL;
}
