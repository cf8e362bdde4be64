#ifndef KARVAN_SRC_FLOW_LABELS_H
#define KARVAN_SRC_FLOW_LABELS_H
/* Names in a stated order, each once: of the rows or columns of a matrix. */
#include "karvan/table.h"

typedef struct karvan_i_labels {
    karvan_builder *builder; /* texts as they are added, until frozen */
    karvan_table *table;
    int32_t n;
    int32_t *place; /* [dictionary] position of a distinct name */
} karvan_i_labels;

karvan_status karvan_i_labels_init(karvan_i_labels *l, karvan_error *err);
karvan_status karvan_i_labels_add(karvan_i_labels *l, const char *name, karvan_error *err);
/* No more names: whole numbers are put in their order, if all are such; else as they came. */
karvan_status karvan_i_labels_freeze(karvan_i_labels *l, karvan_error *err);
/* Position of the name that was added as the i-th. */
int32_t karvan_i_labels_at(const karvan_i_labels *l, int64_t i);
/* Copies of the names in order, [n] and one block each. */
karvan_status karvan_i_labels_copy(const karvan_i_labels *l, char ***out, karvan_error *err);
void karvan_i_labels_clear(karvan_i_labels *l);
#endif
