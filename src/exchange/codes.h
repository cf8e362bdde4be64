#ifndef KARVAN_SRC_EXCHANGE_CODES_H
#define KARVAN_SRC_EXCHANGE_CODES_H
/* What trade statistics call areas, flows and classifications; by number: exchange/areas.h. */
#include "karvan/base.h"

/* What a code or a name of a partner is. */
typedef enum karvan_i_area_kind {
    KARVAN_I_AREA_COUNTRY, /* *iso3 is its code */
    KARVAN_I_AREA_WORLD,
    KARVAN_I_AREA_GROUP, /* the European Union, its rest, ... */
    KARVAN_I_AREA_OTHER  /* not known: as the source has it */
} karvan_i_area_kind;
karvan_i_area_kind karvan_i_area_of_code(const char *code, const char **iso3);
karvan_i_area_kind karvan_i_area_of_name(const char *name, const char **iso3);
/* "import" and "export" in the codes and words of statistics. */
typedef enum karvan_i_direction {
    KARVAN_I_EXPORT,
    KARVAN_I_IMPORT,
    KARVAN_I_PART_OF_FLOW, /* re-exports, re-imports, processing */
    KARVAN_I_NO_DIRECTION
} karvan_i_direction;
karvan_i_direction karvan_i_direction_of(const char *code, size_t n);
/* "HS1992" of "92", "H0"...; the code itself where it is none of those that are known. */
const char *karvan_i_classification_of(const char *code);
#endif
