/* A package laid over another: what it does not edit, it has of that. */
#include "table/package_over.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/package.h"

karvan_status karvan_i_package_over(const karvan_package *below, karvan_package **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = NULL;
    karvan_package *p = karvan_i_calloc(1, sizeof *p);
    KARVAN_REQUIRE(p, err, KARVAN_E_NOMEM, "no memory for a package");
    *p = *below, p->below = below;
    p->resource = karvan_i_calloc((size_t)below->n + 1, sizeof *p->resource);
    KARVAN_REQUIRE(p->resource, err, KARVAN_E_NOMEM, "no memory for a package");
    memcpy(p->resource, below->resource, (size_t)below->n * sizeof *p->resource);
    for (int i = 0; i < p->n; i++) p->resource[i].lent = true;
    *out = p, p = NULL;
done:
    karvan_i_free(p);
    return st;
}
