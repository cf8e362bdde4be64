#ifndef KARVAN_SRC_FLOW_VDF_READ_H
#define KARVAN_SRC_FLOW_VDF_READ_H
/* Between the rows of functions (vdf_read.c) and the curves that they name (vdf_read_curves.c). */
#include "flow/source.h"
#include "karvan/assignment.h"

/* Curves of a set by the name, or by the formula, that made them. */
typedef struct karvan_i_vdf_curves {
    karvan_vdf_set *set; /* owns them */
    int cap;
    int n_named;
    char **named; /* [n_named] names of the set's first curves */
    int *newest;  /* [codes] of the column of formulas: the newest curve of it, -1: none */
    int *older;   /* [cap] the curve of the same formula before, -1: none */
    double *most; /* [cap] that its formula was made with */
} karvan_i_vdf_curves;

/* Read the points of all curves. */
karvan_status karvan_i_vdf_curves_read(karvan_i_vdf_curves *c, const karvan_i_source_text *text,
                                       karvan_error *err);
void karvan_i_vdf_curves_clear(karvan_i_vdf_curves *c);
/* The curve that a cell names, or that its formula makes; KARVAN_E_DATA at the cell. */
karvan_status karvan_i_vdf_curve_named(const karvan_i_vdf_curves *c, const karvan_table *t,
                                       int column, int64_t row, const karvan_vdf_curve **out,
                                       karvan_error *err);
karvan_status karvan_i_vdf_curve_made(karvan_i_vdf_curves *c, const karvan_table *t, int column,
                                      int64_t row, double most, const karvan_vdf_curve **out,
                                      karvan_error *err);
/* A CSV file of which all columns are known, and only those needed must be there: a table of those
 * that are. */
karvan_status karvan_i_vdf_table(const karvan_i_source_text *text, int n_known,
                                 const karvan_column *known, int n_needed, karvan_table **out,
                                 karvan_error *err);
#endif
