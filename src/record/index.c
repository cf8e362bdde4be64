#include "record/index.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

karvan_status karvan_i_record_init(karvan_i_record *x, const karvan_package *region,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t *claim_of = NULL, *at = NULL;
    *x = (karvan_i_record){.region = region};
    KARVAN_REQUIRE(region, err, KARVAN_E_ARG, "region is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "claims", &x->claims, err));
    KARVAN_TRY(karvan_i_need_table(region, "parties", &x->parties, err));
    x->n = karvan_table_rows(x->claims);
    int64_t m = karvan_table_rows(x->parties);
    x->first = karvan_i_calloc((size_t)x->n + 1, sizeof *x->first);
    x->party = karvan_i_calloc((size_t)m + 1, sizeof *x->party);
    claim_of = karvan_i_calloc((size_t)m + 1, sizeof *claim_of);
    at = karvan_i_calloc((size_t)x->n + 1, sizeof *at);
    KARVAN_REQUIRE(x->first && x->party && claim_of && at, err, KARVAN_E_NOMEM, "record");
    for (int64_t r = 0; r < m; r++) {
        const char *id = karvan_i_cell_text(x->parties, "claim", r);
        claim_of[r] = id ? karvan_package_row(region, "claims", id) : -1;
        if (claim_of[r] >= 0) x->first[claim_of[r] + 1]++;
    }
    for (int64_t c = 0; c < x->n; c++) x->first[c + 1] += x->first[c];
    memcpy(at, x->first, ((size_t)x->n + 1) * sizeof *at);
    for (int64_t r = 0; r < m; r++)
        if (claim_of[r] >= 0) x->party[at[claim_of[r]]++] = r;
done:
    karvan_i_free(claim_of), karvan_i_free(at);
    if (st != KARVAN_OK) karvan_i_record_clear(x);
    return st;
}

void karvan_i_record_clear(karvan_i_record *x) {
    karvan_i_free(x->first), karvan_i_free(x->party);
    *x = (karvan_i_record){0};
}

bool karvan_i_record_has(const karvan_i_record *x, int64_t claim, const char *code) {
    for (int64_t i = x->first[claim]; i < x->first[claim + 1]; i++)
        if (karvan_i_cell_is(x->parties, "party", x->party[i], code)) return true;
    return karvan_i_cell_is(x->claims, "subject", claim, code) ||
           karvan_i_cell_is(x->claims, "object", claim, code);
}
