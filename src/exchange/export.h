#ifndef KARVAN_SRC_EXCHANGE_EXPORT_H
#define KARVAN_SRC_EXCHANGE_EXPORT_H
/* What an exporter is: a function from the tables of a region to a file or folder. It counts what
 * it writes and tells what the format has no room for. A new one: a file export_X.c with a `const
 * karvan_i_exporter karvan_i_exporter_X`, named below and in the list of export.c. */
#include "base/text.h"
#include "karvan/exchange.h"

typedef struct karvan_i_export {
    const karvan_package *region;
    const karvan_table *places, *links, *terminals, *services; /* the first two are always there */
    bool has_date;
    karvan_day date;
    const char *mode; /* NULL: all */
    karvan_problems *problems;
    int n_counts;
    struct {
        const char *table; /* borrowed from the region */
        int64_t rows, written;
    } count[48];
} karvan_i_export;

typedef struct karvan_i_exporter {
    const char *name, *title, *paths;
    const char *const *settings; /* NULL-ended */
    karvan_status (*write)(karvan_i_export *x, const char *path, karvan_error *err);
} karvan_i_exporter;

extern const karvan_i_exporter karvan_i_exporter_csv, karvan_i_exporter_gmns,
    karvan_i_exporter_gpkg, karvan_i_exporter_tntp, karvan_i_exporter_geojson;

/* Is the row of links, terminals or services in service on the day asked for? */
bool karvan_i_export_open(const karvan_i_export *x, const karvan_table *t, int64_t row);
/* How many rows of a table were written. */
karvan_status karvan_i_export_count(karvan_i_export *x, const char *table, int64_t rows,
                                    int64_t written, karvan_error *err);
karvan_status karvan_i_export_note(karvan_i_export *x, const char *code, karvan_error *err,
                                   const char *message_fmt, ...) KARVAN_PRINTF(4, 5);
/* None of a table's rows were written: the format has no table for them. `so`: what comes of it. */
karvan_status karvan_i_export_left(karvan_i_export *x, const karvan_table *t, const char *format,
                                   const char *so, karvan_error *err);
/* Row of table places of a link's end, -1: none. */
int64_t karvan_i_export_place(const karvan_i_export *x, const char *column, int64_t link);
/* Median hours of a link: time_h, or its length over its speed; NaN. */
double karvan_i_export_hours(const karvan_i_export *x, int64_t link);
/* A number with the fewest digits, nothing where it is NaN. */
void karvan_i_export_number(karvan_i_text *out, double v);
#endif
