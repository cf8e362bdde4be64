#ifndef KARVAN_SRC_TABLE_PACKAGE_H
#define KARVAN_SRC_TABLE_PACKAGE_H
/* A Data Package as its descriptor declares it. */
#include <jansson.h>
#include <regex.h>

#include "table/csv.h"

typedef struct karvan_i_field_spec {
    const char *name, *format, *description, *unit; /* borrowed from the descriptor */
    const char *type_name;                          /* as declared: "string", "year", ... */
    karvan_type type;                               /* of the column */
    const json_t *constraints;                      /* object or NULL */
    karvan_i_cell_style style;                      /* how numbers and truth values are written */
} karvan_i_field_spec;

/* rdfType of a string that is a date in EDTF: the name that the Library of Congress gives it. */
#define KARVAN_I_EDTF "http://id.loc.gov/datatypes/edtf/EDTF"

enum { KARVAN_I_KEY_MAX = 512 }; /* bytes of a key's text */

typedef struct karvan_i_key {
    int n; /* columns, 0: no key */
    int column[8];
} karvan_i_key;

typedef struct karvan_i_slot {
    int32_t row;   /* + 1; 0: free */
    uint32_t mark; /* of the key's hash */
} karvan_i_slot;

/* Rows by the text of a key: the first row of each text. */
typedef struct karvan_i_index {
    const karvan_table *table;
    karvan_i_key key;
    karvan_i_slot *slots; /* [n_slots], a power of two */
    size_t n_slots;
    bool faulty; /* some row has no key, or that of a row before it */
} karvan_i_index;

typedef struct karvan_i_foreign {
    karvan_i_key own;
    const char *resource; /* "" the own one */
    const char *column[8];
} karvan_i_foreign;

typedef struct karvan_i_resource {
    const char *name;
    const json_t *json, *schema;
    int n_fields;
    karvan_i_field_spec *fields; /* [n_fields] */
    karvan_i_key primary;
    int n_foreign;
    karvan_i_foreign *foreign; /* [n_foreign] */
    karvan_table *table;       /* NULL: could not be read */
    karvan_i_index index;      /* by primary key; empty without one */
    bool lent;                 /* table and index are of the package below */
} karvan_i_resource;

struct karvan_package {
    char *dir, *file; /* folder and descriptor */
    char *descriptor; /* its text, for lines */
    json_t *json;
    int n;
    karvan_i_resource *resource; /* [n] */
    const karvan_package *below; /* what this one has not edited is of it; NULL: all is its own */
};

/* package_descriptor.c: resources, fields and keys from p->json. */
karvan_status karvan_i_package_describe(karvan_package *p, karvan_problems *problems,
                                        karvan_error *err);
/* package_values.c: formats and constraints of a table that was read. */
karvan_status karvan_i_package_values(const karvan_package *p, const karvan_i_resource *r,
                                      karvan_problems *problems, karvan_error *err);
/* package_formats.c: the test of a field's texts, with its context, and what would be right; false
 * where every text will do. */
typedef bool (*karvan_i_text_test)(const void *ctx, const char *s);
typedef struct karvan_i_format {
    karvan_i_text_test test;
    const void *ctx;
    const char *hint;
} karvan_i_format;
bool karvan_i_format_of(const karvan_i_field_spec *f, karvan_i_format *out);
/* package_pattern.c: a pattern that the whole text must match; *good false where it cannot be used
 * (then *out needs no regfree). KARVAN_E_NOMEM. */
karvan_status karvan_i_pattern_compile(const char *pattern, regex_t *out, bool *good,
                                       karvan_error *err);
/* package_keys.c: index of the primary key with its duplicates; then foreign keys. */
karvan_status karvan_i_package_primary(karvan_i_resource *r, karvan_problems *problems,
                                       karvan_error *err);
karvan_status karvan_i_package_foreign(const karvan_package *p, const karvan_i_resource *r,
                                       karvan_problems *problems, karvan_error *err);
const karvan_i_resource *karvan_i_package_resource(const karvan_package *p, const char *name);
/* Line of the descriptor on which a text first stands, 1 where it does not. */
int64_t karvan_i_package_line(const karvan_package *p, const char *text);
/* package_index.c. KARVAN_E_NOMEM. */
karvan_status karvan_i_index_init(karvan_i_index *x, const karvan_table *t, const karvan_i_key *key,
                                  karvan_error *err);
void karvan_i_index_clear(karvan_i_index *x);
int64_t karvan_i_index_find(const karvan_i_index *x, const char *key); /* row, -1: none */
/* The first row with the key of this row, -1 where a part of it is missing. */
int64_t karvan_i_index_first(const karvan_i_index *x, int64_t row);
/* Key of a row, parts joined by `|`; false where a part is missing or the buffer too small. */
bool karvan_i_key_text(const karvan_table *t, const karvan_i_key *key, int64_t row, char *out,
                       size_t cap);
#endif
