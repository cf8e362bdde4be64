#ifndef KARVAN_SRC_TRADE_FLOWS_H
#define KARVAN_SRC_TRADE_FLOWS_H
/* Flows tables inside: columns by their place, rows in order of their key, rows that are written.
 */
#include "karvan/flows.h"

/* One row. Text NULL: not covered. */
typedef struct karvan_i_flow_row {
    int64_t year;
    const char *exporter, *importer, *product, *classification;
    double value; /* NaN: `state` */
    karvan_cell state;
    const char *unit;
    double quantity; /* NaN: not covered */
    const char *quantity_unit, *price_basis, *reported_by, *flag, *source;
} karvan_i_flow_row;

/* The key of a row as numbers: sorted, they are in the order of their texts. */
typedef struct karvan_i_flow_key {
    int64_t row, year;
    int32_t exporter, importer;              /* in `country` */
    int32_t product, classification, source; /* ranks of their texts; 0: none */
    int32_t side;                            /* KARVAN_I_SIDE_... */
} karvan_i_flow_key;
/* Who states a row; other: both, nobody, or it is an estimate. */
enum { KARVAN_I_SIDE_EXPORTER, KARVAN_I_SIDE_IMPORTER, KARVAN_I_SIDE_OTHER };

typedef struct karvan_i_flows {
    const karvan_table *t;
    int column[KARVAN_FLOW_COLUMNS]; /* -1: absent */
    int32_t n_countries;
    const char **country; /* [n_countries] exporters and importers, sorted */
    int64_t n;
    karvan_i_flow_key *key; /* [n] rows in the order of their keys: year, exporter, importer,
                               product, classification, then source, then side, then row */
} karvan_i_flows;

/* Rows that lack year, exporter or importer are KARVAN_E_DATA, with their place. */
karvan_status karvan_i_flows_open(karvan_i_flows *f, const karvan_table *t, karvan_error *err);
void karvan_i_flows_clear(karvan_i_flows *f);
/* Only the columns. */
karvan_status karvan_i_flows_columns(karvan_i_flows *f, const karvan_table *t, karvan_error *err);
karvan_i_flow_row karvan_i_flow_at(const karvan_i_flows *f, int64_t row);
/* Do two keys mean the same flow; `source`: in the same data set? */
bool karvan_i_flow_same(const karvan_i_flow_key *a, const karvan_i_flow_key *b, bool source);
/* KARVAN_E_DATA: two rows that should be one, with both places. */
karvan_status karvan_i_flow_twice(const karvan_i_flows *f, int64_t a, int64_t b, const char *what,
                                  karvan_error *err);
/* "file:line", or "row 12" of a table that is in no file. */
void karvan_i_flow_place(const karvan_table *t, int64_t row, char *out, size_t cap);
/* A year 0 to 9999 out of a cell; KARVAN_E_DATA with the place of the row. */
karvan_status karvan_i_flow_year(const karvan_table *t, int64_t row, double year, int64_t *out,
                                 karvan_error *err);
/* Position of a country, -1: none. */
int32_t karvan_i_flow_country(const karvan_i_flows *f, const char *code);

/* Of an amount in `from`, how many of `to`; KARVAN_E_DATA where the currencies differ, with the
 * place of the row. from NULL: thousand USD. */
karvan_status karvan_i_flow_convert(const karvan_table *t, int64_t row, const char *from,
                                    const char *to, double *value, karvan_error *err);
/* A unit of a currency: "thousand USD". KARVAN_E_ARG otherwise. *unit NULL becomes the default. */
karvan_status karvan_i_flow_unit(const char **unit, karvan_error *err);

/* A builder of flows with more REAL columns behind. */
karvan_status karvan_i_flow_builder(const char *name, int n_more, const karvan_column *more,
                                    karvan_builder **out, karvan_error *err);
karvan_status karvan_i_flow_put(karvan_builder *b, const karvan_i_flow_row *f, karvan_error *err);
/* A builder of flows with the columns that stand beside those of f; the rest of a row that was put:
 * what stands beside `row`, or not covered (row -1). */
karvan_status karvan_i_flow_builder_like(const karvan_i_flows *f, karvan_builder **out,
                                         karvan_error *err);
karvan_status karvan_i_flow_put_rest(karvan_builder *b, const karvan_i_flows *f, int64_t row,
                                     karvan_error *err);
/* A number, or not covered where it is NaN. */
karvan_status karvan_i_flow_number(karvan_builder *b, int column, double v, karvan_error *err);

/* Audits: what, rows, detail. */
karvan_status karvan_i_flows_audit_begin(karvan_builder **out, karvan_error *err);
karvan_status karvan_i_flows_audit_add(karvan_builder *b, const char *what, int64_t rows,
                                       karvan_error *err, const char *detail, ...)
    KARVAN_PRINTF(5, 6);

/* flows_mirror.c: mirrors between two reporters, for what is estimated on them. */
typedef struct karvan_i_mirror {
    int32_t exporter, importer;
    double by_exporter, by_importer; /* both above 0, importer's as stated (cif) */
    double weight;
} karvan_i_mirror;
/* ln(cif/fob) = a + b ln km by least squares over mirrors that are apart by a factor of 3 at most.
 * km: [n], NaN where not known. KARVAN_E_DATA: fewer than 10. */
typedef struct karvan_i_cif_line {
    double a, b, r2;
    int64_t n;
} karvan_i_cif_line;
karvan_status karvan_i_cif_fit(int64_t n, const karvan_i_mirror *m, const double *km,
                               karvan_i_cif_line *out, karvan_error *err);
double karvan_i_cif_at(const karvan_i_cif_line *line, double km); /* 1 or more */
/* How far each reporter is off, in logarithms: |distance[k]| = e[exporter] + e[importer] by
 * weighted least squares, none below `least`, each drawn to the common mean by the weight of three
 * average mirrors. */
karvan_status karvan_i_reliability(int64_t n, const karvan_i_mirror *m, const double *distance,
                                   int32_t n_countries, double *e, int64_t *mirrors,
                                   karvan_error *err);
#endif
