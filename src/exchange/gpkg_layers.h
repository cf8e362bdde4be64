#ifndef KARVAN_SRC_EXCHANGE_GPKG_LAYERS_H
#define KARVAN_SRC_EXCHANGE_GPKG_LAYERS_H
/* Inside `import gpkg`: which layer becomes which table, and what of the file is not read. */
#include "exchange/crs.h"
#include "exchange/gpkg.h"

/* What a layer is beside one of the tables of feature.h. */
enum {
    KARVAN_I_BY_GEOMETRY = KARVAN_I_AS_TABLES, /* points are places, lines are links */
    KARVAN_I_NOT_READ
};

/* The role of each layer: by the setting `layer`, else by its name and columns, else by its
 * geometries. What is not read has its line in the report. `role` is [n_layers], the caller's.
 * KARVAN_E_ARG: the setting names no table or layer. */
karvan_status karvan_i_gpkg_roles(const karvan_i_gpkg_file *g, karvan_i_feature_reader *r,
                                  int *role);
/* Tables that no list of contents names, and extensions: a line each. */
karvan_status karvan_i_gpkg_report_rest(const karvan_i_gpkg_file *g, karvan_i_feature_reader *r);
/* The layer's positions as degrees. *known false, and told where `tell` says so: nothing tells what
 * they are. *crs NULL: they are degrees already. */
karvan_status karvan_i_gpkg_crs(const karvan_i_gpkg_file *g, const karvan_i_gpkg_layer *l,
                                karvan_i_feature_reader *r, bool tell, karvan_i_crs **crs,
                                bool *known);
#endif
