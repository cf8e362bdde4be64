#ifndef KARVAN_SRC_EXCHANGE_IMPORT_OSM_H
#define KARVAN_SRC_EXCHANGE_IMPORT_OSM_H
#include "exchange/import.h"
#include "exchange/osm.h"
/* From a file or from memory: what the importer of format osm does. */
karvan_status karvan_i_import_osm_source(karvan_import *imp, const karvan_i_osm_source *source,
                                         karvan_error *err);
#endif
