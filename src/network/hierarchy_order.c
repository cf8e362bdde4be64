/* Nested dissection by METIS (Karypis and Kumar 1998, SIAM Journal on Scientific Computing 20(1)):
 * separators are contracted last, so that the hierarchy is low and its supergraph small. */
#include <metis.h>

#include "base/alloc.h"
#include "network/hierarchy.h"

karvan_status karvan_i_dissect(int32_t n, int32_t *first, int32_t *neighbour, int32_t *rank,
                               karvan_error *err) {
    _Static_assert(sizeof(idx_t) == sizeof(int32_t), "METIS of 32 bits");
    idx_t nodes = n, options[METIS_NOPTIONS];
    for (int32_t v = 0; v < n; v++) rank[v] = v;
    if (n < 3 || first[n] == 0) return KARVAN_OK;
    int32_t *order = karvan_i_malloc((size_t)n, sizeof *order);
    if (!order) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the order of %d nodes", n);
    (void)METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1; /* the same order on every run */
    options[METIS_OPTION_NSEPS] = 2, options[METIS_OPTION_UFACTOR] = 50;
    int answer = METIS_NodeND(&nodes, first, neighbour, NULL, options, order, rank);
    karvan_i_free(order);
    return answer == METIS_OK ? KARVAN_OK
                              : karvan_fail(err, KARVAN_E_NOMEM, "no order of %d nodes", (int)n);
}
