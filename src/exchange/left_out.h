#ifndef KARVAN_SRC_EXCHANGE_LEFT_OUT_H
#define KARVAN_SRC_EXCHANGE_LEFT_OUT_H
/* What of a trade file was not taken: counted by reason, and listed with row, line, column, value.
 * The reasons of all formats are here, so that one code means one thing. */
#include "base/text.h"
#include "karvan/table.h"

typedef enum karvan_i_left_out {
    KARVAN_I_OUT_BAD_FIELDS,
    KARVAN_I_OUT_BAD_QUOTES,
    KARVAN_I_OUT_BAD_YEAR,
    KARVAN_I_OUT_NO_YEAR,
    KARVAN_I_OUT_BAD_COUNTRY,
    KARVAN_I_OUT_BAD_PRODUCT,
    KARVAN_I_OUT_NO_VALUE,
    KARVAN_I_OUT_BAD_VALUE,
    KARVAN_I_OUT_NEGATIVE_VALUE,
    KARVAN_I_OUT_INFINITE_VALUE,
    KARVAN_I_OUT_LARGE_VALUE,
    KARVAN_I_OUT_DUPLICATE,
    KARVAN_I_OUT_BAD_FLOW,
    KARVAN_I_OUT_SUB_FLOW,
    KARVAN_I_OUT_WORLD,
    KARVAN_I_OUT_NOT_WORLD,
    KARVAN_I_OUT_OWN_COUNTRY,
    KARVAN_I_OUT_BY_TRANSPORT,
    KARVAN_I_OUT_BY_CUSTOMS,
    KARVAN_I_OUT_BY_SECOND_PARTNER,
    KARVAN_I_OUT_BY_SUPPLY,
    KARVAN_I_OUT_OTHER_LEVEL,
    KARVAN_I_OUT_MONTH_BESIDE_YEAR,
    KARVAN_I_OUT_NO_COUNTRY_THEN,
    KARVAN_I_OUT_GROUP_OF_COUNTRIES,
    KARVAN_I_OUT_NO_WHOLE_YEAR,
    KARVAN_I_OUT_GROUP_PARTNER,
    KARVAN_I_OUT_INDICATOR,
    KARVAN_I_OUT_SECOND_QUANTITY, /* or one without a value */
    KARVAN_I_OUT_BAD_QUANTITY,    /* the row stays */
    KARVAN_I_OUT_REASONS
} karvan_i_left_out;
const char *karvan_i_left_out_code(karvan_i_left_out r);
bool karvan_i_left_out_is_row(karvan_i_left_out r);

typedef struct karvan_i_left_row {
    int64_t row, line;
    size_t value;       /* where its text begins in the audit's */
    const char *column; /* outlives the audit */
    karvan_i_left_out reason;
} karvan_i_left_row;

typedef struct karvan_i_audit {
    const char *things; /* what messages call them; NULL: rows */
    int64_t count[KARVAN_I_OUT_REASONS], first[KARVAN_I_OUT_REASONS]; /* first: line */
    int64_t most; /* listed a reason; negative: all */
    karvan_i_left_row *drop;
    int64_t n, cap;
    karvan_i_text text; /* values, each ended by NUL */
} karvan_i_audit;
karvan_status karvan_i_audit_add(karvan_i_audit *a, karvan_i_left_out reason, int64_t row,
                                 int64_t line, const char *column, const char *value, size_t n,
                                 karvan_error *err);
/* A later part's into the earlier's, its rows and lines moved on. */
karvan_status karvan_i_audit_merge(karvan_i_audit *into, const karvan_i_audit *from, int64_t rows,
                                   int64_t lines, karvan_error *err);
void karvan_i_audit_clear(karvan_i_audit *a);
int64_t karvan_i_audit_dropped(const karvan_i_audit *a);
/* row, line, reason, column, value, effect. */
karvan_status karvan_i_audit_table(const karvan_i_audit *a, karvan_table **out, karvan_error *err);
/* A problem a reason. */
karvan_status karvan_i_audit_tell(const karvan_i_audit *a, const char *path,
                                  karvan_problems *problems, karvan_error *err);
#endif
