#ifndef KARVAN_CONFORMANCE_TOLD_H
#define KARVAN_CONFORMANCE_TOLD_H
/* Tables of a page of docs/ beside what is computed: a row is found by the caption of its table and
 * its first cell, and its numbers must be those computed, to the digits that the page has. What was
 * computed is printed, so that the page can be written from it. Include cmocka before. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *told_text; /* the page */
static int told_faults; /* rows that it has otherwise, or not at all */

static inline int told_open(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) return -1;
    long size = fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;
    rewind(in);
    told_text = size < 0 ? NULL : malloc((size_t)size + 1);
    bool whole = told_text && fread(told_text, 1, (size_t)size, in) == (size_t)size;
    if (whole) told_text[size] = 0;
    (void)fclose(in);
    return whole ? 0 : -1;
}

/* The row of a table, behind its first cell; NULL: the page does not have it. */
static inline const char *told_row(const char *caption, const char *row) {
    char begin[160];
    const char *at = strstr(told_text, caption);
    (void)snprintf(begin, sizeof begin, "\n| %s |", row);
    at = at ? strstr(at, begin) : NULL;
    return at ? at + strlen(begin) : NULL;
}

/* A number as pages write them: 1,234.5; +12; -3 %. */
static inline bool told_number(const char *cell, double *value, double *digit) {
    char plain[64];
    int n = 0, behind = -1;
    for (; *cell && *cell != '|' && *cell != '\n' && n < 63; cell++) {
        if (*cell == ',' || *cell == ' ' || *cell == '+' || *cell == '*') continue;
        if (!isdigit((unsigned char)*cell) && *cell != '.' && *cell != '-') break;
        if (behind >= 0) behind++;
        if (*cell == '.') behind = 0;
        plain[n++] = *cell;
    }
    plain[n] = 0;
    *digit = pow(10, behind > 0 ? -behind : 0);
    *value = n > 0 ? strtod(plain, NULL) : NAN;
    return n > 0;
}

/* n cells behind the first; NaN: words, not looked at. Half a digit, and half a per cent of the
 * value for what compilers differ in. */
static inline void told(const char *caption, const char *row, int n, const double *value) {
    const char *at = told_row(caption, row);
    (void)fprintf(stderr, "%s | %s |", caption, row);
    for (int i = 0; i < n; i++) (void)fprintf(stderr, " %.2f |", value[i]);
    (void)fputc('\n', stderr);
    if (!at) (void)fprintf(stderr, "%s: the page has no row %s\n", caption, row);
    told_faults += !at;
    for (int i = 0; at && i < n; i++) {
        double page, digit;
        bool number = told_number(at, &page, &digit);
        if (!isnan(value[i]) &&
            (!number || !(fabs(page - value[i]) <= 0.51 * digit + 0.005 * fabs(value[i])))) {
            (void)fprintf(stderr, "%s, row %s, cell %d: the page says %.*s\n", caption, row, i + 2,
                          (int)strcspn(at, "|\n"), at);
            told_faults++;
        }
        at += strcspn(at, "|\n");
        if (*at == '|') at++;
    }
}

/* At the end of a test: all rows of it are as the page has them. All are printed before. */
static inline void told_settle(void) {
    int faults = told_faults;
    told_faults = 0;
    if (faults > 0) fail_msg("%d figures are not those of the page", faults);
}
#endif
