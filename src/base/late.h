#ifndef KARVAN_SRC_LATE_H
#define KARVAN_SRC_LATE_H
/* Libraries that are loaded when first needed and stay for the life of the process: their addresses
 * go into a struct of pointers, whose members are described by a list. docs/adr/0011. */
#include <stddef.h>

#include "karvan/base.h"

typedef struct karvan_i_late_name {
    const char *name; /* a function or a variable of the library */
    size_t at;        /* where in the struct its address goes */
} karvan_i_late_name;

/* Load `soname` and fill in *pointers, n addresses. KARVAN_E_IO: it cannot be loaded, or lacks a
 * name; *pointers is then not to be used. For pthread_once: callers see to that. */
karvan_status karvan_i_late_load(const char *soname, int n, const karvan_i_late_name *names,
                                 void *pointers, karvan_error *err);
#endif
