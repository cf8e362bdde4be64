/* Bytes as a saved solution: read or refused with a place; what was read makes a text that reads as
 * the same, and tables; bushes carry any demand of their network. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "flow/saved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void once_more(const karvan_assignment *a) {
    karvan_assignment *b = NULL;
    karvan_i_text text = {0}, again = {0};
    require(karvan_i_saved_print(a, &text, NULL) == KARVAN_OK);
    require(karvan_assignment_parse(text.s, text.n, "g", &b, NULL) == KARVAN_OK);
    require(karvan_i_saved_print(b, &again, NULL) == KARVAN_OK);
    require(text.n == again.n && memcmp(text.s, again.s, text.n) == 0);
    karvan_i_text_clear(&text), karvan_i_text_clear(&again);
    karvan_assignment_destroy(b);
}

/* ---- a start from it --------------------------------------------------------------------------
 */

enum { NODES = 40, ARCS = 120, CLASSES = 4 }; /* bound the work, not the meaning */

typedef struct started {
    karvan_vdf vdf[ARCS];
    double fixed[CLASSES][ARCS], trips[NODES * NODES];
    karvan_trips demand;
    karvan_user_class class[CLASSES];
    karvan_assignment_problem problem;
} started;

/* A trip between any two zones, of classes in the groups that the solution has. */
static void build(started *s, const karvan_assignment *a) {
    const karvan_i_bushes *kept = karvan_i_assignment_kept(a, karvan_i_bushes_destroy);
    for (int32_t i = 0; i < a->m; i++)
        s->vdf[i] = (karvan_vdf){
            .kind = KARVAN_VDF_BPR, .t0 = i % 3, .capacity = 1 + i % 5, .a = 0.5, .b = 1 + i % 4};
    for (int c = 0; c < CLASSES; c++)
        for (int32_t i = 0; i < a->m; i++) s->fixed[c][i] = c * (i % 2);
    for (int32_t k = 0; k < a->zones * a->zones; k++) s->trips[k] = 1;
    require(karvan_trips_of_matrix(a->zones, s->trips, &s->demand, NULL) == KARVAN_OK);
    for (int c = 0; c < a->n_classes; c++)
        s->class[c] = (karvan_user_class){"a", &s->demand, 1, s->fixed[kept->group[c]]};
    s->problem = (karvan_assignment_problem){.n_nodes = a->n,
                                             .n_arcs = a->m,
                                             .tail = a->tail,
                                             .head = a->head,
                                             .zones = a->zones,
                                             .first_through = a->first_through,
                                             .vdf = s->vdf,
                                             .n_classes = a->n_classes,
                                             .classes = s->class};
}

/* A class's flow leaves a zone as its trips do, and enters it so. */
static void carries_the_demand(const started *s, const karvan_assignment *b) {
    double flow[ARCS], left[NODES] = {0};
    for (int c = 0; c < s->problem.n_classes; c++) {
        require(karvan_assignment_class_flow(b, c, flow, NULL) == KARVAN_OK);
        for (int32_t i = 0; i < s->problem.n_arcs; i++) {
            require(flow[i] >= 0 && flow[i] < 1e6);
            left[s->problem.tail[i]] += flow[i], left[s->problem.head[i]] -= flow[i];
        }
    }
    for (int64_t k = 0; k < b->n_unserved; k++) {
        left[b->unserved[k].origin] += 1, left[b->unserved[k].destination] -= 1;
    }
    /* as many leave each zone as come */
    for (int32_t v = 0; v < s->problem.n_nodes; v++) require(left[v] < 1e-6 && left[v] > -1e-6);
}

static void start_from(const karvan_assignment *a) {
    static started s;
    if (a->n > NODES || a->m > ARCS || a->n_classes > CLASSES || a->zones == 0) return;
    if (!karvan_i_assignment_kept(a, karvan_i_bushes_destroy)) return;
    karvan_assignment *b = NULL;
    const karvan_assignment_options o = {.max_iterations = 2, .threads = 1, .start = a};
    build(&s, a);
    karvan_status st = karvan_assignment_solve(&s.problem, &o, &b, NULL);
    require((st == KARVAN_OK || st == KARVAN_E_NOCONV) && b);
    carries_the_demand(&s, b);
    karvan_assignment_destroy(b), karvan_trips_clear(&s.demand);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_assignment *a = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (size > 1 << 14) return 0; /* bound the work, not the meaning */
    karvan_status st = karvan_assignment_parse(size ? (const char *)data : "", size, "f", &a, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && !a && strncmp(e.msg, "f:", 2) == 0));
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    if (a) {
        once_more(a);
        start_from(a);
        require(karvan_assignment_unserved(a, &t, NULL) == KARVAN_OK);
        karvan_table_destroy(t);
        st = karvan_assignment_flows(a, &t, NULL); /* a cost may be beyond what numbers hold */
        require(st == KARVAN_OK || st == KARVAN_E_ARG);
        karvan_table_destroy(t);
    }
    karvan_assignment_destroy(a);
    require(karvan_i_alloc_live == live);
    return 0;
}
