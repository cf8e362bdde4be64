#ifndef KARVAN_TESTS_TAKEN_FLOWS_H
#define KARVAN_TESTS_TAKEN_FLOWS_H
/* What a file gave: flows, what became of each row, and what was told. */
#include "karvan/table.h"

typedef struct taken {
    karvan_table *flows, *audit;
    karvan_problems *problems;
} taken;

static inline void taken_clear(taken *x) {
    karvan_table_destroy(x->flows), karvan_table_destroy(x->audit);
    karvan_problems_destroy(x->problems);
}
#endif
