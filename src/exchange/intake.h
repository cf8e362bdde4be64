#ifndef KARVAN_SRC_EXCHANGE_INTAKE_H
#define KARVAN_SRC_EXCHANGE_INTAKE_H
/* Trade files into flows: rows stream into groups, and what is not taken into an audit. A format is
 * a file of its own, which gives a karvan_i_intake_format. */
#include "exchange/amount.h"
#include "exchange/left_out.h"
#include "karvan/exchange.h"
#include "table/column.h"
#include "table/csv.h"

/* ---- groups: what rows are summed into ---- */

/* Flags of a group: what is to be known of the rows behind it. */
enum {
    KARVAN_I_FLOW_NO_QUANTITY = 1,   /* a row has none */
    KARVAN_I_FLOW_UNITS = 2,         /* their quantities are in several units */
    KARVAN_I_FLOW_ESTIMATED = 4,     /* a quantity was estimated by the source */
    KARVAN_I_FLOW_COMPUTED = 8,      /* a value was computed by the source from detail */
    KARVAN_I_FLOW_MIRROR = 16,       /* a value is the partner's */
    KARVAN_I_FLOW_ASSUMED_ZERO = 32, /* a zero was filled in by the source */
    KARVAN_I_FLOW_SUMMED = 64,       /* a total was summed from products of the file */
    KARVAN_I_FLOW_CIF = 128,
    KARVAN_I_FLOW_FOB = 256
};

typedef struct karvan_i_flow_group {
    uint64_t key;         /* year, exporter, importer, attributes: 16 bits each */
    uint64_t first, last; /* order of its first and last row (karvan_i_intake_row.order) */
    karvan_i_amount value, quantity;
    uint32_t product; /* 0: all */
    uint32_t rows;
    uint16_t flags, months, unit; /* months: bit a month; unit: of the quantity, 0: none yet */
} karvan_i_flow_group;

typedef struct karvan_i_flow_groups {
    karvan_i_flow_group *group; /* [n] in order of appearance */
    uint32_t n, cap;
    uint32_t *slot; /* [n_slots] group + 1, 0: free */
    uint64_t n_slots;
} karvan_i_flow_groups;

/* The group of a key, made where it is new (rows == 0). Valid until the next call. */
karvan_status karvan_i_flow_groups_at(karvan_i_flow_groups *g, uint64_t key, uint32_t product,
                                      karvan_i_flow_group **out, karvan_error *err);
void karvan_i_flow_groups_clear(karvan_i_flow_groups *g);
/* The groups of a later part of a file into those of the earlier. *order is made false where a
 * group's rows do not go up from one to the other. */
karvan_status karvan_i_flow_groups_merge(karvan_i_flow_groups *into,
                                         const karvan_i_flow_groups *from, bool *order,
                                         karvan_error *err);

/* ---- sink: rows into groups and audit ---- */

typedef struct karvan_i_by {
    bool exporter, importer, year;
    int digits; /* of products: 2, 4, 6; 0: summed over all; -1: as in the file */
} karvan_i_by;
karvan_status karvan_i_by_parse(const char *list, karvan_i_by *out, karvan_error *err);

/* A set of distinct numbers, none of them 0. */
typedef struct karvan_i_number_set {
    uint64_t *slot;
    uint64_t n, n_slots;
} karvan_i_number_set;
karvan_status karvan_i_number_set_add(karvan_i_number_set *s, uint64_t v, bool *was_there,
                                      karvan_error *err);

enum { KARVAN_I_YEAR_FIRST = 1500, KARVAN_I_YEAR_LAST = 2499 };

/* One row that has passed its format. */
typedef struct karvan_i_intake_row {
    int year, month;             /* month 0: the whole year */
    uint32_t exporter, importer; /* numbers of labels, below 2^16 */
    uint32_t product, attributes;
    uint64_t order; /* identity of the row (karvan_i_flow_order), 0: its format has judged that */
    karvan_i_amount value, quantity;
    uint16_t unit; /* of the quantity, from 1; 0: the row has none */
    uint16_t flags;
} karvan_i_intake_row;

typedef struct karvan_i_sink {
    karvan_i_by by;
    karvan_i_flow_groups groups;
    karvan_i_audit audit;
    int64_t rows, line; /* read so far; line of the row in hand */
    bool exact;         /* identities are kept in `seen` */
    bool disorder;      /* rows do not go up within groups: duplicates need `exact` */
    karvan_i_number_set seen;
} karvan_i_sink;
void karvan_i_sink_clear(karvan_i_sink *s);
karvan_status karvan_i_sink_add(karvan_i_sink *s, const karvan_i_intake_row *f, karvan_error *err);
/* Leave out the row in hand. */
karvan_status karvan_i_sink_drop(karvan_i_sink *s, karvan_i_left_out reason, const char *column,
                                 const char *value, size_t n, karvan_error *err);
/* What identifies a row of a format with whole numbers for codes: it goes up in a sorted file. */
static inline uint64_t karvan_i_flow_order(int year, uint32_t exporter, uint32_t importer,
                                           uint32_t product) {
    return (uint64_t)(year - KARVAN_I_YEAR_FIRST + 1) << 52 | (uint64_t)exporter << 36 |
           (uint64_t)importer << 20 | product;
}

/* ---- intake: a file, its format, the labels of its numbers ---- */

typedef struct karvan_i_intake_cell {
    const char *s;
    size_t n; /* blanks around taken off */
} karvan_i_intake_cell;

enum { KARVAN_I_SPELLINGS = 4, KARVAN_I_INTAKE_COLUMNS = 32 };
typedef struct karvan_i_intake_column {
    const char *names[KARVAN_I_SPELLINGS]; /* spellings in headers */
    bool needed;
} karvan_i_intake_column;

typedef struct karvan_i_intake karvan_i_intake;
typedef struct karvan_i_intake_format {
    const char *name, *title;
    const char *unit, *price_basis, *reported_by; /* NULL: by row */
    const char *classification;                   /* NULL: by row, or of the file's name */
    bool quantities;
    int n_columns;
    const karvan_i_intake_column *columns; /* [n_columns] */
    /* Called for each row before any is taken, where not NULL. */
    karvan_status (*look)(karvan_i_intake *in, const karvan_i_intake_cell *cells,
                          karvan_error *err);
    karvan_status (*row)(karvan_i_intake *in, const karvan_i_intake_cell *cells, karvan_error *err);
    karvan_status (*end)(karvan_i_intake *in, karvan_error *err);
    /* A quicker way for files as the source writes them; *done false: the usual way is to do it. */
    karvan_status (*quick)(karvan_i_intake *in, bool *done, karvan_error *err);
    /* Formats that are no flows: the whole table at once. */
    karvan_status (*table)(karvan_i_intake *in, karvan_table **out, karvan_error *err);
} karvan_i_intake_format;
extern const karvan_i_intake_format karvan_i_intake_baci, karvan_i_intake_comtrade,
    karvan_i_intake_itpde, karvan_i_intake_gravity, karvan_i_intake_dist, karvan_i_intake_geo,
    karvan_i_intake_plain;

enum { KARVAN_I_AREAS = 1000, KARVAN_I_CLASSES = 64 };

struct karvan_i_intake {
    const char *path, *bytes; /* bytes NULL: the file */
    size_t n;
    const karvan_flows_options *o;
    const karvan_i_intake_format *format;
    karvan_problems *problems; /* may be NULL */
    bool no_quick;             /* tests compare the two ways */
    karvan_i_sink sink;
    char delimiter, point;
    int field_of[KARVAN_I_INTAKE_COLUMNS]; /* of each column; -1: not in the file */
    int n_fields;                          /* of the header */
    karvan_i_dictionary labels, products, classes, units;
    uint16_t label_of[KARVAN_I_AREAS]; /* numbers of areas to labels + 1; 0: no such area */
    bool group_of[KARVAN_I_AREAS];     /* is it no country? */
    /* of Comtrade */
    karvan_i_dictionary seen, detail;
    karvan_i_dictionary goods;         /* products below the total; no more than two are kept */
    uint32_t levels[KARVAN_I_CLASSES]; /* bit a level that the file has, by classification */
    bool annual;
};

/* intake_codes.c: numbers of labels; texts that are new get the next number. Text that is no UTF-8
 * or too many of them: false in *ok. */
karvan_status karvan_i_intake_label(karvan_i_intake *in, const char *s, size_t n, uint32_t *out,
                                    bool *ok, karvan_error *err);
karvan_status karvan_i_intake_areas(karvan_i_intake *in, karvan_error *err);
karvan_status karvan_i_intake_class(karvan_i_intake *in, const char *name, uint32_t *out,
                                    karvan_error *err);
/* A year as four digits. */
bool karvan_i_intake_year(karvan_i_intake_cell c, int *out);
/* The first `digits` characters of a product's code (by.digits); false: it has fewer. */
bool karvan_i_intake_product(const karvan_i_by *by, karvan_i_intake_cell *code);
/* Judge a value: true, or the row is left out. */
karvan_status karvan_i_intake_value(karvan_i_intake *in, const char *column, karvan_i_intake_cell c,
                                    karvan_i_amount *out, bool *ok, karvan_error *err);
/* A quantity: *has false where there is none, or where it is no quantity (which is told). */
karvan_status karvan_i_intake_quantity(karvan_i_intake *in, const char *column,
                                       karvan_i_intake_cell c, karvan_i_amount *out, bool *has,
                                       karvan_error *err);
/* intake_csv.c: every record to look and row. intake_json.c: the same of the API's answers. */
karvan_status karvan_i_intake_csv(karvan_i_intake *in, karvan_error *err);
karvan_status karvan_i_intake_json(karvan_i_intake *in, bool *is_json, karvan_error *err);
/* intake_formats.c: of a header's names, or of a name. */
const karvan_i_intake_format *karvan_i_intake_format_at(int i); /* NULL past the last */
const karvan_i_intake_format *karvan_i_intake_recognise(int n, const karvan_i_intake_cell *names);
karvan_status karvan_i_intake_format_named(const char *name, const karvan_i_intake_format **out,
                                           karvan_error *err);
/* Position of a spelling in a header, -1. */
int karvan_i_intake_find(int n, const karvan_i_intake_cell *names,
                         const karvan_i_intake_column *column);
/* intake_table.c: the groups as a table. */
karvan_status karvan_i_intake_table(karvan_i_intake *in, karvan_table **out, karvan_error *err);
/* intake.c: as karvan_flows_parse; no_quick for tests. path serves for messages where bytes are
 * given. */
karvan_status karvan_i_flows_read(const char *path, const char *bytes, size_t n,
                                  const karvan_flows_options *o, bool no_quick,
                                  karvan_problems *problems, karvan_flows_tally *tally,
                                  karvan_table **audit, karvan_table **flows, karvan_error *err);
#endif
