/* Bytes as an SDMX-CSV message, as Eurostat's wide text or as a download of WITS, whichever their
 * header makes them: a table or a place with a reason; the same flows each time, which can be
 * checked, reconciled and made square; no allocation is left. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/sdmx.h"
#include "exchange/wits.h"
#include "karvan/flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void has_reason(karvan_status st, const karvan_error *e) {
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e->msg));
    require(karvan_utf8_valid_prefix(e->msg, strlen(e->msg)) == strlen(e->msg));
}

/* What a reader gives is a flows table without twins, of amounts. */
static void use(const karvan_table *flows, const karvan_table *audit) {
    karvan_problems *p = NULL;
    karvan_table *out = NULL, *square = NULL, *more = NULL;
    karvan_error e = {0}, f = {0};
    const karvan_mirror_options o = {.rule = KARVAN_MIRROR_MEAN};
    require(karvan_problems_create(&p, NULL) == KARVAN_OK);
    require(karvan_flows_check(flows, p, &e) == KARVAN_OK);
    require(karvan_problems_total(p) == 0);
    require(karvan_table_columns(audit) == 6);
    karvan_status st = karvan_flows_reconcile(flows, &o, &out, &more, NULL, &e);
    has_reason(st, &e); /* another currency */
    if (st == KARVAN_OK) {
        for (int64_t r = 0; r < karvan_table_rows(out); r++)
            require(!(karvan_table_real(out, KARVAN_FLOW_VALUE, r) < 0));
        st = karvan_table_rows(out) < 12 ? karvan_flows_square(out, &square, NULL, &f) : KARVAN_OK;
        has_reason(st, &f);
    }
    karvan_table_destroy(out), karvan_table_destroy(more), karvan_table_destroy(square);
    karvan_problems_destroy(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    const char *s = size ? (const char *)data : "";
    karvan_sdmx_options o = {.value_unit = "USD"};
    if (size > 1 << 13) return 0; /* bound the work, not the meaning */
    const char *format = karvan_i_recognise(s, size);
    require(!format || strcmp(format, "sdmx") == 0 || strcmp(format, "wits") == 0);
    for (int wits = 0; wits < 2; wits++) {
        karvan_problems *p = NULL;
        karvan_table *audit = NULL, *flows = NULL;
        karvan_error e = {0};
        require(karvan_problems_create(&p, NULL) == KARVAN_OK);
        karvan_status st = wits ? karvan_i_wits_flows("f", s, size, p, &audit, &flows, &e)
                                : karvan_i_sdmx_flows("f", s, size, &o, p, &audit, &flows, &e);
        has_reason(st, &e);
        for (int64_t i = 0; i < karvan_problems_total(p); i++) {
            karvan_problem x = karvan_problems_get(p, i);
            require(*x.code && *x.message && x.line >= 0 && x.column >= 0);
            require(karvan_utf8_valid_prefix(x.message, strlen(x.message)) == strlen(x.message));
        }
        if (st == KARVAN_OK) use(flows, audit);
        karvan_table_destroy(audit), karvan_table_destroy(flows), karvan_problems_destroy(p);
    }
    require(karvan_i_alloc_live == live);
    return 0;
}
