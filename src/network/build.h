#ifndef KARVAN_SRC_NETWORK_BUILD_H
#define KARVAN_SRC_NETWORK_BUILD_H
/* A state graph under construction: what the files that read its tables share. */
#include "network/graph.h"

/* Multiplies and adds, for the cargo class of the network. */
typedef struct karvan_i_factor {
    double usd, hours, co2e, add_usd, add_hours;
} karvan_i_factor;

typedef struct karvan_i_build {
    karvan_network *net;
    karvan_i_arc *arcs;
    int32_t n, cap;
    int32_t n_states, cap_states; /* states made so far, with those between two steps */
} karvan_i_build;

/* Modes and customs statuses of the tables, then operations; all before any state is numbered. */
karvan_status karvan_i_build_modes(karvan_network *net, karvan_error *err);
karvan_status karvan_i_build_operations(karvan_network *net, karvan_error *err);
/* Rows of table operations, then those built in that it does not name; the last stands for every
 * other word. The caller frees. KARVAN_E_NOMEM. */
karvan_status karvan_i_operations(const karvan_package *region, karvan_i_operation **out,
                                  int32_t *n, karvan_error *err);
int32_t karvan_i_operation_find(const karvan_i_operation *all, int32_t n, const char *id);
/* Does a mode carry containers? Table modes says it; without one, pipelines do not. */
bool karvan_i_mode_carries(const karvan_package *region, const char *mode);
/* Index of a mode that karvan_i_build_modes has found, -1. */
int32_t karvan_i_mode_index(const karvan_network *net, const char *mode);
/* Index of a customs status; of free circulation where the text is NULL; -1. */
int32_t karvan_i_status_index(const karvan_network *net, const char *status);
/* Index into net->operations, of the last (another change of mode) where none has the id. */
int32_t karvan_i_operation_index(const karvan_network *net, const char *id);

/* Arcs of links and their services; of terminals and their steps, of passing, loading, unloading.
 */
karvan_status karvan_i_build_links(karvan_i_build *b, karvan_error *err);
karvan_status karvan_i_build_terminals(karvan_i_build *b, karvan_error *err);
karvan_status karvan_i_build_push(karvan_i_build *b, const karvan_i_arc *arc, karvan_error *err);
/* A further state. KARVAN_E_NOMEM. */
karvan_status karvan_i_build_state(karvan_i_build *b, int32_t place, int32_t layer,
                                   karvan_i_side side, int32_t *out, karvan_error *err);

/* What class_factors says of a row for the network's cargo class, on top of what is in *io.
 * KARVAN_E_DATA: a factor below 0 or not finite (file:line:column). */
karvan_status karvan_i_factor_apply(const karvan_network *net, const char *applies_to,
                                    const char *key, karvan_i_factor *io, karvan_error *err);
/* Does a row hold for the network's cargo class? Column cargo_classes, blank: for all. */
bool karvan_i_row_takes_class(const karvan_network *net, const karvan_table *t, int64_t row);

/* Row of places that a cell names. */
karvan_status karvan_i_place_of(const karvan_network *net, const karvan_table *t, int column,
                                int64_t row, int32_t *out, karvan_error *err);
bool karvan_i_row_open(const karvan_network *net, const karvan_table *t, int64_t row);
/* Mean and variance of a lognormal dwell or run, and its fixed and distance parts. */
void karvan_i_set_hours(karvan_i_arc *arc, double fixed_p50_h, double moving_p50_h,
                        double p90_over_p50, const karvan_i_factor *f);
#endif
