#ifndef KARVAN_SRC_EXCHANGE_SCHEMA_H
#define KARVAN_SRC_EXCHANGE_SCHEMA_H
/* The tables that an import writes: the region's own, as far as routing needs them. */
#include "base/text.h"
#include "karvan/table.h"

enum {
    KARVAN_I_SOURCES,
    KARVAN_I_COUNTRIES,
    KARVAN_I_MODES,
    KARVAN_I_OPERATIONS, /* only where a file tells of them: regions do without */
    KARVAN_I_PLACES,
    KARVAN_I_LINKS,
    KARVAN_I_TERMINALS,
    KARVAN_I_SERVICES,
    KARVAN_I_CORRIDORS,
    KARVAN_I_SETTINGS,
    KARVAN_I_TABLES
};

typedef struct karvan_i_schema_field {
    const char *name;
    karvan_type type;
    const char *unit, *constraints, *description; /* constraints: the inside of a JSON object */
} karvan_i_schema_field;

typedef struct karvan_i_schema {
    const char *name, *title;
    const karvan_i_schema_field *fields;
    int n_fields;
    const char *key;     /* column of the primary key */
    const char *foreign; /* "column>table.column" separated by blanks */
} karvan_i_schema;

extern const karvan_i_schema karvan_i_schemas[KARVAN_I_TABLES];

/* A builder with the columns of a table. */
karvan_status karvan_i_schema_builder(int table, karvan_builder **out, karvan_error *err);
/* datapackage.json of the tables with their bit in `tables` (1 << KARVAN_I_PLACES, ...). `first`: a
 * resource of another table, as JSON, that stands before them; NULL: none. */
void karvan_i_schema_package(const char *name, const char *title, const char *description,
                             const char *first, unsigned tables, karvan_i_text *out);
#endif
