#ifndef KARVAN_SRC_TABLE_SCENARIO_H
#define KARVAN_SRC_TABLE_SCENARIO_H
/* A row of table scenarios as an edit: shared by those of the region and those that are added. */
#include "table/package.h"

typedef enum karvan_i_operation {
    KARVAN_I_EDIT_SET,
    KARVAN_I_EDIT_SCALE,
    KARVAN_I_EDIT_ADD,
    KARVAN_I_EDIT_REMOVE,
    KARVAN_I_EDIT_OPERATIONS
} karvan_i_operation;

typedef struct karvan_i_edit {
    const char *scenario;
    karvan_i_resource *to; /* NULL: the row is at fault, which has been said */
    int64_t row;
    int column; /* -1: the whole row, removed */
    karvan_i_operation op;
    double number;
    const char *text; /* NULL: set to unknown */
} karvan_i_edit;

typedef struct karvan_i_resolver {
    const karvan_package *p;
    const karvan_table *t; /* scenarios, or edits to be added */
    karvan_problems *problems;
    karvan_error *err;
} karvan_i_resolver;

/* Faults of the row are added to the problems. `scenario` is of column intervention. */
karvan_status karvan_i_edit_resolve(const karvan_i_resolver *k, int64_t row, karvan_i_edit *e);
karvan_status karvan_i_edit_fault(const karvan_i_resolver *k, const char *column, int64_t row,
                                  const char *code, const char *hint, const char *what);
#endif
