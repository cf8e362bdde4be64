#ifndef KARVAN_SRC_FLOW_FREIGHT_TABLES_H
#define KARVAN_SRC_FLOW_FREIGHT_TABLES_H
/* The tables of karvan_freight_table that have files of their own; who goes by a selection. */
#include "flow/freight.h"

karvan_status karvan_i_freight_pairs(const karvan_freight *f, karvan_table **out,
                                     karvan_error *err);
karvan_status karvan_i_freight_route_list(const karvan_freight *f, karvan_table **out,
                                          karvan_error *err);
karvan_status karvan_i_freight_left(const karvan_freight *f, karvan_table **out, karvan_error *err);
karvan_status karvan_i_freight_by_corridor(const karvan_freight *f, karvan_table **out,
                                           karvan_error *err);
karvan_status karvan_i_freight_by_country(const karvan_freight *f, karvan_table **out,
                                          karvan_error *err);
/* Hours of a way, waits at full capacities in them. */
double karvan_i_way_hours(const karvan_freight *f, const karvan_i_way *way);

/* A selection that has been checked. */
typedef struct karvan_i_sought {
    const karvan_freight *f;
    const karvan_freight_selection *s;
    const char *side[2]; /* countries of a frontier */
} karvan_i_sought;
/* KARVAN_E_ARG: a row out of range, a mode that there is not. */
karvan_status karvan_i_freight_seek(const karvan_freight *f, const karvan_freight_selection *s,
                                    karvan_i_sought *out, karvan_error *err);
/* Is it one of its routes? The class of cargo is not looked at. */
bool karvan_i_freight_found(const karvan_i_sought *q, const karvan_i_way *way);
#endif
