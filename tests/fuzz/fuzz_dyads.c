/* Bytes as a table of states and, after a line of dashes, a table attached to its dyad-years: made
 * or refused with a reason; counts are what is passed through, both ways of a pair exist alike,
 * what is certain is part of what may be. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/dyads.h"
#include "record/states.h"
#include "table/known.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

typedef struct sum {
    int64_t n, maybe, balance;
    int columns;
} sum;

static karvan_status add(void *ctx, const karvan_dyad *is, karvan_error *err) {
    sum *s = ctx;
    (void)err;
    require(is->state1 != is->state2);
    s->n++, s->maybe += is->exists == KARVAN_MAYBE;
    s->balance += is->state1 < is->state2 ? is->state2 : -is->state1;
    for (int k = 0; k < s->columns; k++)
        require(is->cell[k].state != KARVAN_VALUE || is->cell[k].row >= 0);
    return KARVAN_OK;
}

static void attach(karvan_dyad_years *d, const karvan_table *t, int how) {
    karvan_error e = {0};
    const karvan_cover cover = {.first = 0, .last = 12000};
    const karvan_attach_options o = {.both_ways = how & 1, .n_covers = how & 1, .covers = &cover};
    const karvan_distance_options far = {.rule = (karvan_capital_rule)(how & 1)};
    karvan_status st = how & 2 ? karvan_dyad_years_distance(d, t, &far, NULL, &e)
                               : karvan_dyad_years_attach(d, t, &o, NULL, &e);
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e.msg));
    require(st == KARVAN_OK || karvan_dyad_years_columns(d) == 0);
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
}

static void pass(const karvan_states *s, karvan_dyad_years_query q, const karvan_table *t,
                 int how) {
    karvan_dyad_years *d = NULL;
    int64_t n, maybe, sure = 0;
    require(karvan_dyad_years_create(s, &q, &d, NULL) == KARVAN_OK);
    if (t) attach(d, t, how);
    sum total = {.columns = karvan_dyad_years_columns(d)};
    require(karvan_dyad_years_count(d, &n, &maybe, NULL) == KARVAN_OK);
    require(karvan_dyad_years_each(d, add, &total, NULL) == KARVAN_OK);
    require(n == total.n && maybe == total.maybe && maybe <= n);
    require(q.undirected || total.balance == 0);
    FILE *null = fopen("/dev/null", "w");
    require(null &&
            karvan_dyad_years_write(d, how & 4, KARVAN_FORMAT_JSON, 0, null, NULL) == KARVAN_OK);
    (void)fclose(null);
    karvan_dyad_years_destroy(d);
    q.certain = true;
    require(karvan_dyad_years_create(s, &q, &d, NULL) == KARVAN_OK);
    require(karvan_dyad_years_count(d, &sure, NULL, NULL) == KARVAN_OK);
    require(sure == n - maybe);
    karvan_dyad_years_destroy(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char line[] = "\n---\n";
    long live = karvan_i_alloc_live;
    karvan_states *s = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (size < 1 || size > 1 << 12) return 0; /* bound the work, not the meaning */
    char *text = malloc(size);
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    char *other = strstr(text, line);
    size_t n = other ? (size_t)(other - text) + 1 : size - 1;
    if (other) other += sizeof line - 1;
    const karvan_states_options o = {.system = (karvan_system)(data[0] >> 6),
                                     .no_microstates = data[0] & 32};
    karvan_status st = karvan_states_parse(text, n, "f", &o, NULL, &s, &e);
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e.msg));
    if (other) {
        const karvan_i_csv_from from = {
            .path = "g", .bytes = other, .n = size - 1 - (size_t)(other - text)};
        (void)karvan_i_csv_known(from, "g", karvan_i_n_state_columns, karvan_i_state_columns, true,
                                 &t, NULL);
    }
    const karvan_dyad_years_query q = {.from = 1989,
                                       .to = 2001,
                                       .months = data[0] & 8,
                                       .undirected = data[0] & 16,
                                       .extend = data[0] & 1};
    if (st == KARVAN_OK && karvan_states_count(s) < 64) pass(s, q, t, data[0] & 7);
    karvan_states_destroy(s);
    karvan_table_destroy(t);
    free(text);
    require(karvan_i_alloc_live == live);
    return 0;
}
