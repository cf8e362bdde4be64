#ifndef KARVAN_SRC_EDTF_H
#define KARVAN_SRC_EDTF_H
/* One EDTF date as its grammar sees it, before it means days. */
#include "karvan/base.h"

enum { KARVAN_I_UNCERTAIN = 1, KARVAN_I_APPROXIMATE = 2 };
enum { KARVAN_I_YEAR = 0, KARVAN_I_MONTH = 1, KARVAN_I_DAY = 2 };

typedef struct karvan_i_edtf_date {
    bool negative;  /* the year carries a minus */
    bool long_year; /* written with Y */
    char year[4];   /* digits or X; not used with Y */
    char month[2];  /* digits or X; a season code too */
    char day[2];
    int parts;          /* 1 year, 2 with month or season, 3 with day */
    int season;         /* 21..41, 0: none */
    int64_t mantissa;   /* Y: digits before E */
    int exponent;       /* Y: after E, -1: none */
    int significant;    /* after S, 0: none */
    uint8_t quality[3]; /* by part, KARVAN_I_UNCERTAIN | KARVAN_I_APPROXIMATE */
    const char *time;   /* from T on, NULL: none */
    size_t n_time;
    int level;
} karvan_i_edtf_date;

typedef struct karvan_i_cursor {
    const char *begin, *at, *end;
} karvan_i_cursor;

/* One date at the cursor. intervals and sets take no times and no Y years: `plain`. */
karvan_status karvan_i_edtf_date_parse(karvan_i_cursor *c, bool plain, karvan_i_edtf_date *out,
                                       karvan_error *err);
/* Days that the date may mean: fills earliest, latest, both fuzzy bounds. KARVAN_E_DATA: no such
 * day. */
karvan_status karvan_i_edtf_date_bounds(const karvan_i_edtf_date *d, karvan_edtf *out,
                                        karvan_error *err);
/* Refuse at the cursor. */
karvan_status karvan_i_edtf_refuse(const karvan_i_cursor *c, const char *expected,
                                   karvan_error *err);
bool karvan_i_leap(int64_t year);
int karvan_i_month_days(int64_t year, int month);
#endif
