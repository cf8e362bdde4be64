#ifndef KARVAN_TESTS_FLOW_CASE_H
#define KARVAN_TESTS_FLOW_CASE_H
/* Small assignment problems written arc by arc. Include cmocka before. */
#include <string.h>

#include "karvan/assignment.h"

enum { CASE_ARCS = 40, CASE_ZONES = 8, CASE_CLASSES = 3 };

typedef struct flow_case {
    int32_t nodes, zones, first_through;
    int32_t tail[CASE_ARCS], head[CASE_ARCS];
    karvan_vdf vdf[CASE_ARCS];
    double preload[CASE_ARCS];
    int32_t arcs;
    int classes;
    double pce[CASE_CLASSES];
    double fixed[CASE_CLASSES][CASE_ARCS]; /* class 0 has none unless `first_pays` */
    bool first_pays;
    double demand[CASE_CLASSES][CASE_ZONES * CASE_ZONES];
    /* made by case_problem */
    karvan_trips trips[CASE_CLASSES];
    karvan_user_class class[CASE_CLASSES];
} flow_case;

static inline flow_case case_of(int32_t nodes, int32_t zones, int32_t first_through) {
    flow_case c = {.nodes = nodes, .zones = zones, .first_through = first_through, .classes = 1};
    for (int k = 0; k < CASE_CLASSES; k++) c.pce[k] = 1;
    return c;
}

/* Time t0 (1 + a (x/k)^b). */
static inline int32_t case_arc(flow_case *c, int32_t tail, int32_t head, double t0, double a,
                               double k, double b) {
    assert_true(c->arcs < CASE_ARCS);
    c->tail[c->arcs] = tail, c->head[c->arcs] = head;
    c->vdf[c->arcs] =
        a > 0 ? (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = t0, .capacity = k, .a = a, .b = b}
              : (karvan_vdf){.kind = KARVAN_VDF_CONSTANT, .t0 = t0};
    return c->arcs++;
}

/* Time t0 + slope x. */
static inline int32_t case_line(flow_case *c, int32_t tail, int32_t head, double t0, double slope) {
    double base = t0 > 0 ? t0 : 1e-9; /* a time that is all slope needs a little to multiply */
    return case_arc(c, tail, head, base, slope / base, 1, 1);
}

static inline void case_trips(flow_case *c, int class, int32_t from, int32_t to, double trips) {
    c->demand[class][from * c->zones + to] = trips;
}

/* Two ways of which one bends, an arc of no time, two classes of which one pays. */
static inline flow_case case_small(void) {
    flow_case c = case_of(5, 3, 3);
    c.classes = 2, c.pce[1] = 2;
    (void)case_arc(&c, 0, 3, 4, 0.5, 6, 4);
    (void)case_arc(&c, 3, 1, 4, 0.5, 6, 2);
    (void)case_arc(&c, 0, 4, 5, 0.5, 8, 1);
    (void)case_arc(&c, 4, 1, 5, 0, 8, 1);
    (void)case_arc(&c, 3, 4, 0, 0, 1, 1);
    (void)case_arc(&c, 2, 3, 1, 1, 3, 1);
    c.fixed[1][0] = 2.5;
    case_trips(&c, 0, 0, 1, 9), case_trips(&c, 0, 2, 1, 4), case_trips(&c, 0, 1, 1, 2);
    case_trips(&c, 1, 0, 1, 3), case_trips(&c, 1, 1, 0, 1);
    return c;
}

/* What the library is given; clear with case_clear. */
static inline karvan_assignment_problem case_problem(flow_case *c) {
    static const char *const name[] = {"cars", "lorries", "buses"};
    for (int k = 0; k < c->classes; k++) {
        assert_int_equal(karvan_trips_of_matrix(c->zones, c->demand[k], &c->trips[k], NULL),
                         KARVAN_OK);
        c->class[k] = (karvan_user_class){name[k], &c->trips[k], c->pce[k],
                                          k > 0 || c->first_pays ? c->fixed[k] : NULL};
    }
    return (karvan_assignment_problem){.n_nodes = c->nodes,
                                       .n_arcs = c->arcs,
                                       .tail = c->tail,
                                       .head = c->head,
                                       .zones = c->zones,
                                       .first_through = c->first_through,
                                       .vdf = c->vdf,
                                       .preload = c->preload,
                                       .n_classes = c->classes,
                                       .classes = c->class};
}
static inline void case_clear(flow_case *c) {
    for (int k = 0; k < c->classes; k++) karvan_trips_clear(&c->trips[k]);
}
#endif
