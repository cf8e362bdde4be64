#ifndef KARVAN_SRC_RECORD_DYAD_YEARS_H
#define KARVAN_SRC_RECORD_DYAD_YEARS_H
/* Dyad-years while they are passed through: periods (years or months, counted from the first of the
 * first year asked for), the marks of one pair, what is attached to them. */
#include "karvan/dyads.h"
#include "record/states.h"
#include "table/column.h"

enum { KARVAN_I_YEAR_MOST = 9999 };

/* A spell in periods: which may be its first and last ones. */
typedef struct karvan_i_reach {
    int32_t start_least, start_most; /* 0..periods; periods: none of those asked for */
    int32_t end_least, end_most;     /* -1..periods - 1; -1: none */
} karvan_i_reach;

/* A row by its key: period within entity (a state, or a pair of them). */
typedef struct karvan_i_keyed {
    uint64_t key;
    int64_t row;
} karvan_i_keyed;

/* What is declared covered, in periods; columns as bits of `column`, states as those of `state`. */
typedef struct karvan_i_cover {
    int32_t first, last; /* first > last: nothing */
    uint8_t *column;     /* [columns of the table] NULL: all */
    uint8_t *state;      /* [states] NULL: all */
} karvan_i_cover;

typedef enum karvan_i_kind {
    KARVAN_I_OF_STATES,
    KARVAN_I_OF_DYADS,
    KARVAN_I_CAPITALS
} karvan_i_kind;

/* A table attached. */
typedef struct karvan_i_source {
    const karvan_table *t;
    karvan_i_kind kind;
    bool both_ways;
    int unit;      /* periods of the query in one of the table's: 12 where it is of years and
                      months are asked for, else 1 */
    int64_t span;  /* the table's periods */
    int64_t begin; /* its first one, counted from year 0 */
    karvan_i_keyed *keyed; /* [n] by key */
    int64_t n;
    int n_covers;
    karvan_i_cover *cover;
    /* capitals */
    bool sphere;
    double *lat, *lon; /* [rows of t] */
    int32_t *capital;  /* [states * periods] row of t, -1: none */
} karvan_i_source;

/* A column of the output: column of a source, on one side. */
typedef struct karvan_i_attached {
    char *name;
    int source;
    int column; /* of the table; -1: distance */
    int side;   /* 0: of the first state, or of the dyad as it stands; 1: of the second, or of the
                   dyad the other way round */
    karvan_type type;
    const char *unit;
} karvan_i_attached;

struct karvan_dyad_years {
    const karvan_states *states;
    karvan_dyad_years_query q;
    int per_year; /* periods: 1 or 12 */
    int32_t periods;
    int32_t first_beyond;  /* first period that lies after the table's last day */
    bool may_be;           /* some dyad-year may be listed that only may exist */
    karvan_i_life *life;   /* [spells] extended where that was asked for */
    karvan_i_reach *reach; /* [spells] */
    int n_sources, n_columns;
    karvan_i_source *source;
    karvan_i_attached *column;
};

karvan_day karvan_i_period_first(const karvan_dyad_years *d, int32_t period);
/* Period in which a day lies: below 0 before all, `periods` after them. */
int32_t karvan_i_period_of(const karvan_dyad_years *d, karvan_day day);

/* Marks of a pair: [periods] 0: no dyad-year, else karvan_truth. low..high - 1 hold all that are
 * not 0. false: there is none. Marks outside of the last low..high must be 0. */
typedef struct karvan_i_marks {
    uint8_t *mark;
    int32_t low, high;
} karvan_i_marks;
bool karvan_i_mark_pair(const karvan_dyad_years *d, int32_t a, int32_t b, karvan_i_marks *m);

/* Every pair that has dyad-years, in order; marks are valid during the call. */
typedef karvan_status (*karvan_i_pair_fn)(void *ctx, int32_t a, int32_t b, const karvan_i_marks *m,
                                          karvan_error *err);
karvan_status karvan_i_each_pair(const karvan_dyad_years *d, bool once, karvan_i_pair_fn fn,
                                 void *ctx, karvan_error *err);

/* ---- what is attached, for one pair after another ---- */

typedef struct karvan_i_cursor {
    int64_t at, end; /* rows of a pair or state in `keyed` that are still ahead */
    uint64_t base;   /* key of its first period */
    int64_t row;
} karvan_i_cursor;
typedef struct karvan_i_cells {
    karvan_i_cursor *cursor; /* [2 n_sources] */
    karvan_dyad_cell *cell;  /* [n_columns] */
    int32_t a, b;
    int64_t from, to; /* capitals of the last distance, and it */
    double km;
} karvan_i_cells;
karvan_status karvan_i_cells_init(const karvan_dyad_years *d, karvan_i_cells *c, karvan_error *err);
void karvan_i_cells_clear(karvan_i_cells *c);
void karvan_i_cells_pair(const karvan_dyad_years *d, karvan_i_cells *c, int32_t a, int32_t b);
/* Cells of a period; periods of a pair must come in order. */
void karvan_i_cells_at(const karvan_dyad_years *d, karvan_i_cells *c, int32_t period);

/* Room for another source, zeroed, and for a column of it. */
karvan_status karvan_i_add_source(karvan_dyad_years *d, karvan_i_source **out, karvan_error *err);
karvan_status karvan_i_add_column(karvan_dyad_years *d, const char *name, const char *suffix,
                                  karvan_i_attached what, karvan_error *err);
/* Take back the last source and its columns. */
void karvan_i_drop_source(karvan_dyad_years *d, int n_columns);
karvan_status karvan_i_add_covers(karvan_dyad_years *d, karvan_i_source *s, int n,
                                  const karvan_cover *covers, karvan_error *err);
/* State of each row of a column of codes, -1: none such, told once a code: `told` are those that
 * were, by this column or one before it. KARVAN_E_DATA: a row without a code. */
karvan_status karvan_i_row_states(const karvan_dyad_years *d, const karvan_table *t, int column,
                                  const uint8_t *leave, karvan_problems *problems,
                                  karvan_i_dictionary *told, int32_t *state, karvan_error *err);
/* Where a cell comes from: "file:line", added to room. */
void karvan_i_trace(const karvan_dyad_cell *c, char *room, size_t cap);
#endif
