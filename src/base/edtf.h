#ifndef KARVAN_SRC_EDTF_H
#define KARVAN_SRC_EDTF_H
/* One EDTF date as its grammar sees it, before it means days. */
#include "karvan/base.h"

enum { KARVAN_I_UNCERTAIN = 1, KARVAN_I_APPROXIMATE = 2 };
enum { KARVAN_I_YEAR = 0, KARVAN_I_MONTH = 1, KARVAN_I_DAY = 2 };

typedef struct karvan_i_edtf_date {
    int64_t year;        /* signed; not set where pattern_x or exponent speaks */
    const char *year_at; /* the four digits or X of the year; not used with Y */
    const char *time;    /* from T on, NULL: none */
    size_t n_time;
    int month, day;     /* -1: holds an X; 0: not there */
    char month_at[2];   /* digits or X */
    char day_at[2];     /* digits or X */
    int season;         /* 21..41, 0: none */
    int exponent;       /* Y: after E, 0: none */
    int significant;    /* after S, 0: none */
    int level;          /* of the grammar, 0..2 */
    uint8_t parts;      /* 1 year, 2 with month or season, 3 with day */
    uint8_t quality[3]; /* by part, KARVAN_I_UNCERTAIN | KARVAN_I_APPROXIMATE */
    bool negative;      /* the year carries a minus */
    bool long_year;     /* written with Y */
    bool year_x;        /* an X stands in the year */
    bool any_x;         /* an X stands somewhere */
    bool any_quality;   /* a qualifier stands somewhere */
} karvan_i_edtf_date;

typedef struct karvan_i_cursor {
    const char *begin, *at;
    const char *end;  /* of what is read here: one side of an interval, or all */
    const char *last; /* end of the whole string */
} karvan_i_cursor;

/* One date at the cursor. `part`: of an interval or a set, which take no time of day, no Y year and
 * no S. */
karvan_status karvan_i_edtf_date_parse(karvan_i_cursor *c, bool part, karvan_i_edtf_date *out,
                                       karvan_error *err);
/* Days that the date may mean: fills earliest, latest, both fuzzy bounds. Returns NULL, or what was
 * expected instead of a date that the calendar does not have. */
const char *karvan_i_edtf_date_bounds(const karvan_i_edtf_date *d, karvan_edtf *out);
/* Refuse at the cursor. */
karvan_status karvan_i_edtf_refuse(const karvan_i_cursor *c, const char *expected,
                                   karvan_error *err);
bool karvan_i_leap(int64_t year);
int karvan_i_month_days(int64_t year, int month);
#endif
