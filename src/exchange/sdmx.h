#ifndef KARVAN_SRC_EXCHANGE_SDMX_H
#define KARVAN_SRC_EXCHANGE_SDMX_H
/* SDMX-CSV messages: records into a table as they stand, its actions carried out, then flows. */
#include "karvan/exchange.h"
#include "table/csv.h"

/* Columns of the table that a message is read into; its components follow. */
enum {
    KARVAN_I_SDMX_LINE,      /* sdmx_line, INT: where the record begins */
    KARVAN_I_SDMX_STRUCTURE, /* sdmx_structure: dataflow, datastructure, dataprovision */
    KARVAN_I_SDMX_ID,        /* sdmx_structure_id: AGENCY:ID(VERSION) */
    KARVAN_I_SDMX_ACTION,    /* sdmx_action: I, A, M, R, D; only before they are carried out */
    KARVAN_I_SDMX_FIXED
};

typedef struct karvan_i_sdmx_component {
    char *id;
    int field;  /* of a record */
    bool value; /* the measure that is read as numbers */
    bool key;   /* tells observations apart: a dimension, or what cannot be told from one */
} karvan_i_sdmx_component;

typedef struct karvan_i_sdmx {
    const char *path;
    const karvan_sdmx_options *o;
    karvan_problems *problems; /* NULL: the first fault ends the reading */
    karvan_error *err;
    karvan_i_csv csv;
    bool both;                           /* labels=both: "ID: name" in every field */
    int n_fields, structure, id, action; /* fields of a record, -1: none */
    int n_components;
    karvan_i_sdmx_component *component; /* [n_components] */
    bool point_seen, comma_seen;
    int64_t faults;
    char first[512]; /* the first of them */
    karvan_builder *b;
} karvan_i_sdmx;

/* sdmx_read.c: path NULL in karvan_i_csv_open's sense where bytes are given. */
karvan_status karvan_i_sdmx_read(const char *path, const char *bytes, size_t n,
                                 const karvan_sdmx_options *o, karvan_problems *problems,
                                 karvan_table **out, karvan_error *err);
/* A fault of the message at a field of the record (-1: the record). */
karvan_status karvan_i_sdmx_fault(karvan_i_sdmx *s, int field, const char *code, const char *hint,
                                  const char *what, ...) KARVAN_PRINTF(5, 6);
/* sdmx_header.c: delimiter, version, components. */
karvan_status karvan_i_sdmx_header(karvan_i_sdmx *s);
/* sdmx_actions.c: records in order into what they leave. component: of the columns behind the fixed
 * ones. */
karvan_status karvan_i_sdmx_act(const karvan_i_sdmx *s, const karvan_table *records,
                                karvan_table **out, karvan_error *err);
/* sdmx_tsv.c: Eurostat's wide text into the same table; is it such a file? */
bool karvan_i_sdmx_is_tsv(const char *first, size_t n);
karvan_status karvan_i_sdmx_tsv(karvan_i_sdmx *s, karvan_table **out);
/* sdmx_json.c: SDMX-JSON 1.0 into the same table; bytes NULL: the file. */
bool karvan_i_sdmx_is_json(const char *first, size_t n);
karvan_status karvan_i_sdmx_json(karvan_i_sdmx *s, const char *bytes, size_t n, karvan_table **out);
/* recognise.c: of a file's first bytes, as karvan_flows_recognise. */
const char *karvan_i_recognise(const char *s, size_t n);
/* sdmx_flows.c: of bytes, as karvan_sdmx_flows. */
karvan_status karvan_i_sdmx_flows(const char *path, const char *bytes, size_t n,
                                  const karvan_sdmx_options *o, karvan_problems *problems,
                                  karvan_table **audit, karvan_table **flows, karvan_error *err);
#endif
