#ifndef KARVAN_SRC_FLOW_SOURCE_H
#define KARVAN_SRC_FLOW_SOURCE_H
/* Text that was read once, to see what it is, and may then be read as CSV. */
#include "karvan/table.h"

typedef struct karvan_i_source_text {
    const char *bytes; /* NULL: none */
    size_t n;
    const char *name; /* the path, or what stands for it in messages */
    bool file;        /* `name` is a file that can be read again, to say where a cell stands */
} karvan_i_source_text;

/* A whole file; *room holds its bytes, to be freed. KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status karvan_i_source_read(const char *path, char **room, karvan_i_source_text *out,
                                   karvan_error *err);
/* As karvan_csv_read without problems. */
karvan_status karvan_i_source_csv(const karvan_i_source_text *text, const char *table,
                                  const karvan_csv_options *options, karvan_table **out,
                                  karvan_error *err);
#endif
