#ifndef KARVAN_SRC_EXCHANGE_IMPORT_STATE_H
#define KARVAN_SRC_EXCHANGE_IMPORT_STATE_H
/* Behind karvan_import: for the files of the framework alone. */
#include "base/text.h"
#include "exchange/import.h"
#include "exchange/schema.h"
#include "table/column.h"

typedef struct karvan_i_rate { /* MODE=KMH, OPERATION=P50:P90 */
    char name[40];
    double value, second; /* second: NaN where there is none */
} karvan_i_rate;

typedef struct karvan_i_rates {
    int n;
    karvan_i_rate rate[32];
} karvan_i_rates;

typedef struct karvan_i_mode_used {
    char *text; /* owns the strings of a mode that an importer made known; NULL: of our own list */
    karvan_i_mode mode;
    int64_t links, assumed_speed, assumed_price;
    double fastest_kmh;
} karvan_i_mode_used;

typedef struct karvan_i_kind_count {
    char name[40];
    int64_t read, taken;
} karvan_i_kind_count;

typedef struct karvan_i_ignored {
    int64_t count, line, column;
    karvan_i_text file;
} karvan_i_ignored;

typedef struct karvan_i_ends {
    int32_t from, to, mode;
} karvan_i_ends;

struct karvan_import {
    const karvan_i_importer *importer;
    int n_settings;
    const karvan_import_setting *settings; /* borrowed */
    karvan_i_rates speeds, prices, dwells, moves;
    const karvan_i_country *country; /* of places whose file says none; NULL: not known */
    char reference_date[40];         /* a day that the file speaks of; "": none */
    karvan_problems *problems;
    int n_kinds;
    karvan_i_kind_count kind[24];
    karvan_i_dictionary ignored_key; /* "code text" */
    karvan_i_ignored *ignored;       /* [by code of ignored_key] */
    int32_t cap_ignored;
    karvan_builder *builder[KARVAN_I_TABLES];
    karvan_i_dictionary key[KARVAN_I_TABLES]; /* the format's; code is the row */
    karvan_i_dictionary id[KARVAN_I_TABLES];  /* the region's */
    int32_t rows[KARVAN_I_TABLES];
    karvan_i_text source; /* id of the current file's row of sources */
    double *lon, *lat;    /* [rows of places] */
    int32_t cap_places;
    karvan_i_ends *ends; /* [rows of links] */
    int32_t cap_links;
    int n_modes, cap_modes;
    karvan_i_mode_used *mode;   /* [n_modes] */
    karvan_i_dictionary joined; /* "place from to" of each terminal */
    int64_t assumed_dwell, assumed_move;
    void *kept; /* the importer's own, for its `write` */
    bool done;  /* read already */
    karvan_i_text scratch;
};

/* import_rows.c */
/* An id that the schema allows and that no row of the table has, out of any text. */
karvan_status karvan_i_import_id(karvan_import *imp, int table, const char *wanted,
                                 karvan_i_text *out, karvan_error *err);
/* Begin a row with its id; -1, with a problem, where its key stands already. `made`: of what an id
 * is made where the format has no key. */
karvan_status karvan_i_begin_row(karvan_import *imp, int table, const char *key, const char *made,
                                 karvan_i_at at, int32_t *row, karvan_error *err);
/* Id of a row. */
const char *karvan_i_id_of(const karvan_import *imp, int table, int32_t row);
/* The problem of a row that cannot be. */
karvan_status karvan_i_left_out(karvan_import *imp, karvan_i_at at, const char *code,
                                const char *hint, const char *table, const char *why,
                                karvan_error *err);
/* Not NULL, empty, or the `..` that means `not covered` in a region's files. */
bool karvan_i_says(const char *s);
/* A cell of the newest row of a table, by its column's name; NULL and NaN stay unknown. */
karvan_status karvan_i_put_text(karvan_import *imp, int table, const char *column, const char *s,
                                karvan_i_at at, karvan_error *err);
karvan_status karvan_i_put_real(karvan_import *imp, int table, const char *column, double v,
                                karvan_error *err);
karvan_status karvan_i_put_int(karvan_import *imp, int table, const char *column, int64_t v,
                               karvan_error *err);
/* Not covered. */
karvan_status karvan_i_put_none(karvan_import *imp, int table, const char *column,
                                karvan_error *err);
/* An amount that must be finite and 0 or more: else it is left unknown, and said so. */
karvan_status karvan_i_put_amount(karvan_import *imp, int table, const char *column, double v,
                                  karvan_i_at at, karvan_error *err);
karvan_status karvan_i_put_bool(karvan_import *imp, int table, const char *column, bool v,
                                karvan_error *err);
/* import_modes.c: index into imp->mode of a mode, made known where it is not. */
karvan_status karvan_i_import_mode_index(karvan_import *imp, const char *mode, int32_t *out,
                                         karvan_error *err);
/* Rate by name; NULL: none. */
const karvan_i_rate *karvan_i_rate_of(const karvan_i_rates *r, const char *name);
/* Sources `assumption` and `computed`, as first rows. */
karvan_status karvan_i_import_own_sources(karvan_import *imp, karvan_error *err);
/* Counted things and assumptions as problems, rows of modes, countries, sources: before writing. */
karvan_status karvan_i_import_finish(karvan_import *imp, karvan_error *err);
#endif
