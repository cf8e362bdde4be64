/* Public road networks: skims by both methods agree, and with igraph's where that is installed.
 * igraph serves as an oracle here and is part of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#ifdef KARVAN_IGRAPH
#include <igraph/igraph.h>
#endif

#include "conformance/reference.h"
#include "karvan/network.h"

static const char *const TNTP =
    "the Transportation Networks collection (github.com/bstabler/TransportationNetworks)";
/* Nodes, links and zones as the collection's own pages give them. */
static const struct {
    const char *name;
    int32_t zones, nodes, links;
    int32_t origins; /* that are compared */
} nets[] = {{"SiouxFalls", 24, 24, 76, 24},
            {"Anaheim", 38, 416, 914, 38},
            {"ChicagoSketch", 387, 933, 2950, 387},
            {"ChicagoRegional", 1790, 12982, 39018, 20}};
enum { NETS = sizeof nets / sizeof nets[0] };

static bool same(double a, double b) {
    return a == b || fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

static bool read_net(int i, karvan_tntp *t, karvan_graph **g) {
    char path[600], name[100];
    karvan_error e = {0};
    (void)snprintf(name, sizeof name, "tntp/%s_net.tntp", nets[i].name);
    if (!reference_file(name, TNTP, path, sizeof path)) return false;
    if (karvan_tntp_read(path, t, &e) != KARVAN_OK ||
        karvan_graph_create(t->nodes, t->links, t->from, t->to, t->first_through, g, &e) !=
            KARVAN_OK)
        fail_msg("%s", e.msg);
    return true;
}

/* Rows of the first origins, by Dijkstra and over a hierarchy. */
static double *skim(int i, const karvan_tntp *t, const karvan_graph *g, bool over) {
    int32_t *origins = malloc((size_t)nets[i].origins * sizeof *origins);
    double *dist = malloc((size_t)nets[i].origins * (size_t)t->nodes * sizeof *dist);
    const double *w = t->column[KARVAN_TNTP_TIME];
    karvan_hierarchy *h = NULL;
    assert_non_null(origins), assert_non_null(dist);
    for (int32_t k = 0; k < nets[i].origins; k++) origins[k] = k;
    if (over) {
        assert_int_equal(karvan_hierarchy_create(g, &h, NULL), KARVAN_OK);
        assert_int_equal(karvan_hierarchy_customise(h, w, NULL), KARVAN_OK);
        assert_int_equal(karvan_hierarchy_skim(h, nets[i].origins, origins, 0, dist, NULL),
                         KARVAN_OK);
    } else {
        assert_int_equal(karvan_graph_skim(g, w, nets[i].origins, origins, 0, dist, NULL),
                         KARVAN_OK);
    }
    karvan_hierarchy_destroy(h);
    free(origins);
    return dist;
}

static void both_methods_agree(void **state) {
    (void)state;
    for (int i = 0; i < NETS; i++) {
        karvan_tntp t;
        karvan_graph *g = NULL;
        if (!read_net(i, &t, &g)) skip();
        assert_int_equal(t.zones, nets[i].zones);
        assert_int_equal(t.nodes, nets[i].nodes);
        assert_int_equal(t.links, nets[i].links);
        double *a = skim(i, &t, g, false), *b = skim(i, &t, g, true);
        for (int64_t k = 0; k < (int64_t)nets[i].origins * t.nodes; k++)
            assert_true(same(a[k], b[k]));
        free(a), free(b);
        karvan_graph_destroy(g), karvan_tntp_clear(&t);
    }
}

#ifdef KARVAN_IGRAPH
/* Zones twice: with the arcs that leave them as v, with those that reach them as nodes + v. */
static void by_igraph(const karvan_tntp *t, int32_t n, igraph_matrix_t *out) {
    igraph_vector_int_t edges;
    igraph_vector_t weights;
    igraph_t g;
    (void)igraph_vector_int_init(&edges, 2 * t->links);
    (void)igraph_vector_init(&weights, t->links);
    for (int32_t a = 0; a < t->links; a++) {
        VECTOR(edges)[2 * a] = t->from[a];
        VECTOR(edges)[2 * a + 1] = t->to[a] < t->first_through ? t->nodes + t->to[a] : t->to[a];
        VECTOR(weights)[a] = t->column[KARVAN_TNTP_TIME][a];
    }
    (void)igraph_create(&g, &edges, 2 * t->nodes, IGRAPH_DIRECTED);
    (void)igraph_matrix_init(out, 0, 0);
    assert_int_equal(igraph_distances_dijkstra(&g, out, igraph_vss_range(0, n), igraph_vss_all(),
                                               &weights, IGRAPH_OUT),
                     IGRAPH_SUCCESS);
    igraph_destroy(&g);
    igraph_vector_int_destroy(&edges), igraph_vector_destroy(&weights);
}
#endif

static void igraph_agrees(void **state) {
    (void)state;
#ifdef KARVAN_IGRAPH
    for (int i = 0; i < NETS; i++) {
        karvan_tntp t;
        karvan_graph *g = NULL;
        igraph_matrix_t other;
        if (!read_net(i, &t, &g)) skip();
        double *dist = skim(i, &t, g, false);
        by_igraph(&t, nets[i].origins, &other);
        for (int32_t k = 0; k < nets[i].origins; k++)
            for (int32_t v = 0; v < t.nodes; v++) {
                if (v == k) continue; /* the way from a zone back to itself */
                double theirs = MATRIX(other, k, v < t.first_through ? t.nodes + v : v);
                double ours = dist[(int64_t)k * t.nodes + v];
                if (!same(theirs, ours))
                    fail_msg("%s, %d to %d: %.17g, igraph %.17g", nets[i].name, (int)k + 1,
                             (int)v + 1, ours, theirs);
            }
        igraph_matrix_destroy(&other);
        free(dist);
        karvan_graph_destroy(g), karvan_tntp_clear(&t);
    }
#else
    printf("skipped: igraph is not installed (Debian package libigraph-dev)\n");
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_methods_agree),
                                       cmocka_unit_test(igraph_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
