/* The formats of trade files: a new one adds its line. */
#include <string.h>

#include "exchange/formats.h"
#include "exchange/intake.h"

/* The most telling headers first. */
static const karvan_i_intake_format *const formats[] = {
    &karvan_i_intake_comtrade, &karvan_i_intake_itpde, &karvan_i_intake_gravity,
    &karvan_i_intake_dist,     &karvan_i_intake_geo,   &karvan_i_intake_baci,
    &karvan_i_intake_plain};
enum { FORMATS = sizeof formats / sizeof formats[0] };

const karvan_i_intake_format *karvan_i_intake_format_at(int i) {
    return i >= 0 && i < FORMATS ? formats[i] : NULL;
}

int karvan_flows_formats(void) { return FORMATS; }

karvan_import_format karvan_flows_format_at(int i) {
    return (karvan_import_format){formats[i]->name, formats[i]->title, "FILE", false};
}

int karvan_i_intake_find(int n, const karvan_i_intake_cell *names,
                         const karvan_i_intake_column *column) {
    for (int k = 0; k < KARVAN_I_SPELLINGS && column->names[k]; k++)
        for (int i = 0; i < n; i++)
            if (strlen(column->names[k]) == names[i].n &&
                memcmp(column->names[k], names[i].s, names[i].n) == 0)
                return i;
    return -1;
}

const karvan_i_intake_format *karvan_i_intake_recognise(int n, const karvan_i_intake_cell *names) {
    for (int f = 0; f < FORMATS; f++) {
        bool all = true;
        for (int c = 0; c < formats[f]->n_columns && all; c++)
            all = !formats[f]->columns[c].needed ||
                  karvan_i_intake_find(n, names, &formats[f]->columns[c]) >= 0;
        if (all) return formats[f];
    }
    return NULL;
}

karvan_status karvan_i_intake_format_named(const char *name, const karvan_i_intake_format **out,
                                           karvan_error *err) {
    const char *names[FORMATS + 2];
    for (int i = 0; i < FORMATS; i++) {
        names[i] = formats[i]->name;
        if (strcmp(names[i], name) == 0) {
            *out = formats[i];
            return KARVAN_OK;
        }
    }
    names[FORMATS] = "sdmx", names[FORMATS + 1] = "wits"; /* by readers of their own */
    karvan_i_no_format(name, "read", FORMATS + 2, names, err);
    return KARVAN_E_ARG;
}
