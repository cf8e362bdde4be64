/* Bytes as a network in TNTP: read or refused with a place; and what was read is a graph whose
 * skims by both methods agree. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static bool same(double a, double b) {
    return a == b || fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static void skim(const karvan_tntp *t) {
    enum { MOST = 40 };
    static double dist[MOST * MOST], over[MOST * MOST];
    int32_t origins[MOST];
    karvan_graph *g = NULL;
    karvan_hierarchy *h = NULL;
    if (t->nodes > MOST) return;
    for (int32_t v = 0; v < t->nodes; v++) origins[v] = v;
    require(karvan_graph_create(t->nodes, t->links, t->from, t->to, t->first_through, &g, NULL) ==
            KARVAN_OK);
    require(karvan_hierarchy_create(g, &h, NULL) == KARVAN_OK);
    const double *w = t->column[KARVAN_TNTP_TIME];
    karvan_status st = karvan_graph_skim(g, w, t->nodes, origins, 1, dist, NULL);
    require(karvan_hierarchy_customise(h, w, NULL) == st);
    if (st == KARVAN_OK) {
        require(karvan_hierarchy_skim(h, t->nodes, origins, 1, over, NULL) == KARVAN_OK);
        for (int32_t i = 0; i < t->nodes * t->nodes; i++) require(same(dist[i], over[i]));
    }
    karvan_hierarchy_destroy(h), karvan_graph_destroy(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_tntp t;
    karvan_error e = {0};
    if (size > 1 << 16) return 0; /* bound the work, not the meaning */
    karvan_status st = karvan_tntp_parse(size ? (const char *)data : "", size, "f", &t, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && strncmp(e.msg, "f:", 2) == 0));
    if (st == KARVAN_OK) skim(&t);
    karvan_tntp_clear(&t);
    require(karvan_i_alloc_live == live);
    return 0;
}
