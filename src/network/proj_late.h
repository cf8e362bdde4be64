#ifndef KARVAN_SRC_NETWORK_PROJ_LATE_H
#define KARVAN_SRC_NETWORK_PROJ_LATE_H
/* PROJ, loaded when first used: include this instead of its headers, call karvan_i_proj_load, then
 * its functions by their own names. A name that is not listed here does not link. */
#include <geodesic.h>
#include <proj.h>

#include "karvan/base.h"

#define KARVAN_I_PROJ_NAMES(X)          \
    X(geod_init)                        \
    X(geod_inverse)                     \
    X(proj_context_create)              \
    X(proj_context_destroy)             \
    X(proj_coord)                       \
    X(proj_create_crs_to_crs)           \
    X(proj_destroy)                     \
    X(proj_log_func)                    \
    X(proj_normalize_for_visualization) \
    X(proj_trans)

typedef struct karvan_i_proj_pointers {
#define KARVAN_I_POINTER(name) __typeof__(name) *(name);
    KARVAN_I_PROJ_NAMES(KARVAN_I_POINTER)
#undef KARVAN_I_POINTER
} karvan_i_proj_pointers;

/* Constant once karvan_i_proj_load has succeeded. */
extern karvan_i_proj_pointers karvan_i_proj;
/* By any thread, any number of times; the first loads, and what came of it stands.
 * KARVAN_E_IO: the library is not there, or another. */
karvan_status karvan_i_proj_load(karvan_error *err);

#ifndef KARVAN_I_LATE_LOADER /* which needs the names as such */
#define geod_init                        (*karvan_i_proj.geod_init)
#define geod_inverse                     (*karvan_i_proj.geod_inverse)
#define proj_context_create              (*karvan_i_proj.proj_context_create)
#define proj_context_destroy             (*karvan_i_proj.proj_context_destroy)
#define proj_coord                       (*karvan_i_proj.proj_coord)
#define proj_create_crs_to_crs           (*karvan_i_proj.proj_create_crs_to_crs)
#define proj_destroy                     (*karvan_i_proj.proj_destroy)
#define proj_log_func                    (*karvan_i_proj.proj_log_func)
#define proj_normalize_for_visualization (*karvan_i_proj.proj_normalize_for_visualization)
#define proj_trans                       (*karvan_i_proj.proj_trans)
#endif
#endif
