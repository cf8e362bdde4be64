#ifndef KARVAN_SRC_RECORD_STATES_H
#define KARVAN_SRC_RECORD_STATES_H
/* States as they are kept, and what tables of states, capitals and state-years have in common:
 * codes, and spells from one date to another. */
#include "karvan/dyads.h"

/* A spell within its bounds: it began between the first two days and ended between the others, on
 * a day that still belongs to it. It cannot end before it began: start_most <= end_most and
 * start_least <= end_least. */
typedef struct karvan_i_life {
    karvan_day start_least, start_most, end_least, end_most;
    int64_t row, line; /* of the table that it was read from */
} karvan_i_life;

struct karvan_states {
    karvan_system system;
    bool numbers; /* all codes are whole numbers, written as such */
    bool uncertain, open;
    karvan_day last;
    int32_t n;
    char *text;        /* the codes, each ended by NUL */
    const char **code; /* [n] */
    int32_t *by_text;  /* [n] states in the order of their codes' bytes */
    int32_t *first;    /* [n + 1] spells of each state, by their beginning */
    karvan_i_life *life;
};

/* Column of the code, -1: none. *two: another system's code stands there too, and none was asked
 * for. The system that is asked for, or the one that was found. */
int karvan_i_code_column(const karvan_table *t, karvan_system *system, bool *two);
/* "ccode", "gwcode", "iso3 or code": for messages. */
const char *karvan_i_code_name(karvan_system system);

/* Columns of a spell: one of dates (the others -1), or of year, month, day. */
typedef struct karvan_i_span_columns {
    int from[3], to[3]; /* to[0] < 0: no last days */
} karvan_i_span_columns;
karvan_status karvan_i_span_columns_find(const karvan_table *t, karvan_i_span_columns *out,
                                         karvan_error *err);
/* A row's spell. KARVAN_E_DATA: a date is none, or it ends before it begins. */
karvan_status karvan_i_span_read(const karvan_table *t, const karvan_i_span_columns *c, int64_t row,
                                 karvan_i_life *out, karvan_error *err);
/* Do two spells certainly share a day? */
bool karvan_i_lives_meet(const karvan_i_life *a, const karvan_i_life *b);

/* What a table is called in messages: its file, where it has one. */
const char *karvan_i_called(const karvan_table *t);
/* KARVAN_E_DATA of its header. */
karvan_status karvan_i_refuse_header(const karvan_table *t, const char *what, karvan_error *err);

/* The code of a cell as text, into room where it is a number; NULL: no value. */
enum { KARVAN_I_CODE_ROOM = 32 };
const char *karvan_i_code_of(const karvan_table *t, int column, int64_t row, char *room);
/* Type of columns that are known in tables of states, capitals, state-years and dyad-years. */
extern const karvan_column karvan_i_state_columns[];
extern const int karvan_i_n_state_columns;
#endif
