/* From ways to links: small maps by hand, and random ones against every segment on its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exchange/osm_data.h"
#include "network/geodesic.h"
#include "osm_document.h"
#include "sweep.h"

typedef struct made {
    karvan_i_osm_data d;
    karvan_i_osm_network n;
    karvan_problems *problems;
} made;

static const karvan_i_osm_options usual = {.rules = {{true, true, true}, false, 1435}};

static karvan_status make_of(const karvan_i_text *file, const karvan_i_osm_options *o, made *m,
                             karvan_error *err) {
    karvan_i_osm_source source = {"f", file->s, file->n};
    *m = (made){.problems = NULL};
    karvan_status st = karvan_problems_create(&m->problems, err);
    if (st == KARVAN_OK) st = karvan_i_osm_collect(&source, o, m->problems, &m->d, err);
    if (st == KARVAN_OK) st = karvan_i_osm_network_make(&m->d, &m->n, err);
    if (st == KARVAN_OK) st = karvan_i_osm_report(&m->d, &m->n, err);
    return st;
}

static void unmake(made *m) {
    karvan_i_osm_network_clear(&m->n), karvan_i_osm_data_clear(&m->d);
    karvan_problems_destroy(m->problems);
}

static void make(const osm_document *doc, const karvan_i_osm_options *o, made *m) {
    karvan_i_text file = {0};
    karvan_error e = {0};
    osm_xml(doc, &file);
    if (make_of(&file, o ? o : &usual, m, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_text_clear(&file);
}

/* The links as a text, "mode from-to" or "mode from>to", in their order. */
static const char *links_of(const made *m, char *out, size_t cap) {
    size_t n = 0;
    *out = 0;
    for (int32_t i = 0; i < m->n.n_links; i++) {
        const karvan_i_osm_link *l = &m->n.link[i];
        n += (size_t)snprintf(out + n, cap - n, "%s%s %lld%c%lld", i ? ", " : "",
                              karvan_i_osm_mode_text(&m->d, l->mode),
                              (long long)m->d.node_id[m->n.place[l->from].node],
                              l->two_way ? '-' : '>',
                              (long long)m->d.node_id[m->n.place[l->to].node]);
    }
    return out;
}

static void expect_links(const osm_document *doc, const karvan_i_osm_options *o,
                         const char *wanted) {
    made m;
    char got[2000];
    make(doc, o, &m);
    assert_string_equal(links_of(&m, got, sizeof got), wanted);
    unmake(&m);
}

static bool told(const made *m, const char *code, const char *words) {
    for (int64_t i = 0; i < karvan_problems_total(m->problems); i++) {
        karvan_problem p = karvan_problems_get(m->problems, i);
        if (strcmp(p.code, code) == 0 && strstr(p.message, words)) return true;
    }
    return false;
}

static void expect_told(const made *m, const char *code, const char *words) {
    if (told(m, code, words)) return;
    for (int64_t i = 0; i < karvan_problems_total(m->problems); i++)
        printf("%s\n", karvan_problems_get(m->problems, i).message);
    fail_msg("nothing says %s: %s", code, words);
}

/* Nodes on a grid: number xy (x, y digits) stands at longitude 50 + x/10, latitude 40 + y/10. */
static osm_node grid[100];
static const osm_document *map(const osm_way *ways, int n) {
    static osm_document d;
    for (int i = 0; i < 100; i++)
        grid[i] = (osm_node){i, 50 + i / 10 / 10.0, 40 + i % 10 / 10.0, NULL};
    d = (osm_document){grid, 100, ways, n, NULL, 0};
    return &d;
}
static double km(int a, int b) {
    return karvan_i_geodesic_km(grid[a].lon, grid[a].lat, grid[b].lon, grid[b].lat);
}
#define NEAR(a, b) assert_true(fabs((a) - (b)) <= 1e-9 * fmax(1, fabs(b)))

static void ways_between_junctions_are_one_link(void **state) {
    (void)state;
    /* 0 - 10 - 20 - 30 in three ways, 20 - 21 branches off */
    static const osm_way ways[] = {{5, "0 10", "highway=primary|maxspeed=50"},
                                   {3, "20 10", "highway=primary|maxspeed=90"},
                                   {4, "20 30", "highway=primary"},
                                   {9, "21 20", "highway=tertiary"}};
    made m;
    char got[200];
    make(map(ways, 4), NULL, &m);
    assert_string_equal(links_of(&m, got, sizeof got), "road 20-0, road 20-30, road 21-20");
    const karvan_i_osm_link *l = &m.n.link[0];
    NEAR(l->km, km(0, 10) + km(10, 20));
    NEAR(l->h, km(0, 10) / 50 + km(10, 20) / 90);
    assert_true(l->speed_told && !l->speed_assumed);
    assert_int_equal(l->n_ways, 2), assert_int_equal(l->part, 1);
    assert_int_equal(m.d.way[l->way].id, 3);
    NEAR(m.n.link[1].h, km(20, 30) / 60);
    assert_true(m.n.link[1].speed_assumed && !m.n.link[1].speed_told);
    expect_told(&m, "osm-assumed", "2 of 3 links have a speed assumed");
    unmake(&m);
}

static void a_way_is_cut_where_others_meet_it(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 30 40", "highway=primary"},
                                   {2, "10 11", "highway=primary"},
                                   {3, "31 30 39", "highway=primary"},
                                   /* a railway over the road's nodes cuts nothing */
                                   {4, "19 20 21", "railway=rail"}};
    expect_links(map(ways, 4), NULL,
                 "road 0-10, road 10-30, road 30-40, road 10-11, road 31-30, road 30-39, "
                 "rail_1435 19-21");
}

static void one_way_streets(void **state) {
    (void)state;
    static const osm_way through[] = {{1, "0 10", "highway=primary|oneway=yes"},
                                      {2, "20 10", "highway=primary|oneway=-1"}};
    expect_links(map(through, 2), NULL, "road 0>20");
    static const osm_way against[] = {{1, "10 0", "highway=primary|oneway=-1"},
                                      {2, "20 10", "highway=primary|oneway=yes"}};
    /* both end in 10: 0 -> 10 <- 20 */
    expect_links(map(against, 2), NULL, "road 0>10, road 20>10");
    static const osm_way mixed[] = {{1, "0 10", "highway=primary"},
                                    {2, "10 20", "highway=primary|oneway=yes"}};
    expect_links(map(mixed, 2), NULL, "road 0-10, road 10>20");
    /* begun from the end of a chain of one-way pieces */
    static const osm_way back[] = {{1, "10 20", "highway=primary|oneway=yes"},
                                   {2, "0 10", "highway=primary|oneway=yes"},
                                   {3, "20 21", "highway=primary"},
                                   {4, "20 29", "highway=primary"}};
    expect_links(map(back, 4), NULL, "road 0>20, road 20-21, road 20-29");
}

static void roundabouts_and_rings(void **state) {
    (void)state;
    static const osm_way round[] = {{1, "11 12 22 21 11", "highway=primary|junction=roundabout"},
                                    {2, "0 11", "highway=primary"},
                                    {3, "33 22", "highway=primary"}};
    expect_links(map(round, 3), NULL, "road 11>22, road 22>11, road 0-11, road 33-22");
    /* a ring that nothing meets: two links, since none may end where it begins */
    static const osm_way ring[] = {{1, "11 12 22 21 11", "highway=primary"}};
    expect_links(map(ring, 1), NULL, "road 11-21, road 21-11");
    static const osm_way two_ways[] = {{1, "11 12 22", "highway=primary|oneway=yes"},
                                       {2, "22 21 11", "highway=primary|oneway=yes"}};
    expect_links(map(two_ways, 2), NULL, "road 11>22, road 22>11");
    /* a loop at the end of a road, of one way and of three */
    static const osm_way loop[] = {{1, "0 11 12 22 21 11", "highway=primary"}};
    expect_links(map(loop, 1), NULL, "road 0-11, road 11-21, road 21-11");
    static const osm_way loops[] = {{1, "0 11", "highway=primary"},
                                    {2, "11 12", "highway=primary"},
                                    {3, "12 22 21", "highway=primary"},
                                    {4, "21 11", "highway=primary"}};
    expect_links(map(loops, 4), NULL, "road 0-11, road 11-21, road 21-11");
    /* there and back over the same nodes */
    static const osm_way back[] = {{1, "1 2 1", "highway=primary"}};
    expect_links(map(back, 1), NULL, "road 1-2, road 2-1");
}

static void a_way_across_itself(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 21 11 10 19", "highway=primary"}};
    expect_links(map(ways, 1), NULL, "road 0-10, road 10-21, road 21-10, road 10-19");
}

static void gauges(void **state) {
    (void)state;
    /* 1520 comes in at 20, both go on to 40, 1435 leaves at 30 */
    static const osm_way ways[] = {{1, "0 10 20", "railway=rail|gauge=1435"},
                                   {2, "20 30 40", "railway=rail|gauge=1435;1520"},
                                   {3, "21 20", "railway=rail|gauge=1524"},
                                   {4, "30 31", "railway=rail|gauge=1435"}};
    /* each gauge passes through 20; what 1435 does in 30 cuts both, as trains may change there */
    expect_links(map(ways, 4), NULL,
                 "rail_1435 0-30, rail_1435 30-40, rail_1435 30-31, rail_1520 30-21, "
                 "rail_1520 30-40");
}

static void absent_nodes_cut(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 500 20 30 501", "highway=primary"},
                                   {2, "600 601", "highway=primary"},
                                   {3, "7", "highway=primary"},
                                   {4, "", "highway=primary"},
                                   {5, "40 40 50", "highway=primary"},
                                   {6, "60 60", "highway=primary"}};
    made m;
    char got[200];
    make(map(ways, 6), NULL, &m);
    assert_string_equal(links_of(&m, got, sizeof got), "road 0-10, road 20-30, road 40-50");
    expect_told(&m, "osm-reference",
                "way 1 names node 500, which is not in the file (2 of its 6 are not): it is cut");
    expect_told(&m, "osm-reference",
                "way 2 names node 600, which is not in the file (2 of its 2 are not): nothing is");
    expect_told(&m, "osm-reference", "way 3 has 1 nodes");
    expect_told(&m, "osm-reference", "way 4 has 0 nodes");
    expect_told(&m, "osm-parts", "3 parts that do not hang together");
    assert_int_equal(m.n.link[0].part, 1), assert_int_equal(m.n.link[1].part, 2);
    unmake(&m);
}

static void a_box_cuts(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 30", "highway=primary"},
                                   {2, "80 90", "highway=primary"}};
    karvan_i_osm_options o = usual;
    o.boxed = true, o.west = 50.05, o.east = 50.75, o.south = 39, o.north = 41;
    made m;
    char got[200];
    make(map(ways, 2), &o, &m);
    assert_string_equal(links_of(&m, got, sizeof got), "road 10-30");
    expect_told(&m, "osm-box", "2 ways reach out of the box");
    unmake(&m);
    /* a box across 180 degrees: all of the map lies outside */
    o.west = 170, o.east = -170;
    expect_links(map(ways, 2), &o, "");
}

static void only_the_largest_part(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10", "highway=primary"},
                                   {2, "50 60", "highway=primary"},
                                   {3, "60 70", "railway=rail"},
                                   {4, "60 61", "highway=primary"},
                                   {5, "60 59", "highway=primary"}};
    karvan_i_osm_options o = usual;
    o.largest = true;
    made m;
    char got[200];
    make(map(ways, 5), &o, &m);
    assert_string_equal(links_of(&m, got, sizeof got),
                        "road 50-60, road 60-61, road 60-59, rail_1435 60-70");
    expect_told(&m, "osm-parts",
                "2 parts that hang together; all but the largest are left out: 2 "
                "of 7 places, 1 of 5 links");
    unmake(&m);
}

static void a_duration_is_spread(void **state) {
    (void)state;
    static const osm_way ways[] = {
        {1, "0 10 20 40", "route=ferry|duration=12:00|name=Line|interval=24:00"},
        {2, "20 21", "route=ferry"}};
    made m;
    char got[200];
    make(map(ways, 2), NULL, &m);
    assert_string_equal(links_of(&m, got, sizeof got),
                        "ferry_roro 0-20, ferry_roro 20-40, ferry_roro 20-21");
    double first = km(0, 10) + km(10, 20), all = first + km(20, 40);
    NEAR(m.n.link[0].h, 12 * first / all);
    NEAR(m.n.link[1].h, 12 * km(20, 40) / all);
    NEAR(m.n.link[2].h, km(20, 21) / 25);
    for (int32_t i = 0; i < m.n.n_places; i++) /* 20 lies at sea */
        assert_int_equal(m.n.place[i].kind, m.d.node_id[m.n.place[i].node] == 20
                                                ? KARVAN_I_OSM_JUNCTION
                                                : KARVAN_I_OSM_PORT);
    unmake(&m);
}

static void a_ferry_cut_at_sea_has_no_port_there(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 999", "route=ferry"}};
    made m;
    make(map(ways, 1), NULL, &m);
    assert_int_equal(m.n.n_places, 2);
    assert_int_equal(m.n.place[0].kind, KARVAN_I_OSM_PORT);
    assert_int_equal(m.n.place[1].kind, KARVAN_I_OSM_JUNCTION);
    unmake(&m);
}

static void sites_become_places(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 30 40", "railway=rail"},
                                   {2, "110 111 112 113 110", "industrial=port|name=Harbour"},
                                   {3, "20 21 22", "highway=primary"},
                                   {4, "200 201", "railway=station|name=Lost"}};
    osm_node nodes[130];
    int n = 0;
    (void)map(ways, 0);
    for (; n < 100; n++) nodes[n] = grid[n];
    nodes[10].tags = "railway=station|name=On the line|name:en=Line";
    nodes[20].tags = "railway=halt|name=Halt";
    nodes[n++] = (osm_node){101, 50.3004, 40.0002, "railway=station|name=Beside"}; /* by 30 */
    nodes[n++] = (osm_node){102, 50.2, 40.05, "railway=station|name=Far"};
    nodes[n++] = (osm_node){103, 50.2002, 40.1002, "barrier=border_control|name=Gate"}; /* by 21 */
    nodes[n++] = (osm_node){104, 50.2001, 40, "railway=station|name=Halt too"};         /* by 20 */
    nodes[n++] = (osm_node){105, 50.5, 40.5, "railway=level_crossing"};
    /* an area whose middle is near 40: the closing node counts once */
    nodes[n++] = (osm_node){110, 50.395, 39.995, NULL};
    nodes[n++] = (osm_node){111, 50.405, 39.995, NULL};
    nodes[n++] = (osm_node){112, 50.405, 40.005, NULL};
    nodes[n++] = (osm_node){113, 50.395, 40.005, NULL};
    const osm_document doc = {nodes, n, ways, OSM_COUNT(ways), NULL, 0};
    made m;
    char got[400];
    make(&doc, NULL, &m);
    /* the gate's place cuts the road, the halt's the road and the rail */
    assert_string_equal(links_of(&m, got, sizeof got),
                        "rail_1435 0-10, rail_1435 10-20, rail_1435 20-30, rail_1435 30-40, "
                        "road 20-21, road 21-22");
    static const struct {
        int64_t node;
        karvan_i_osm_site_kind kind;
        const char *name;
    } wanted[] = {{0, KARVAN_I_OSM_JUNCTION, NULL},   {10, KARVAN_I_OSM_STATION, "Line"},
                  {20, KARVAN_I_OSM_STATION, "Halt"}, {21, KARVAN_I_OSM_BORDER, "Gate"},
                  {22, KARVAN_I_OSM_JUNCTION, NULL},  {30, KARVAN_I_OSM_STATION, "Beside"},
                  {40, KARVAN_I_OSM_PORT, "Harbour"}};
    assert_int_equal(m.n.n_places, OSM_COUNT(wanted));
    for (int i = 0; i < OSM_COUNT(wanted); i++) {
        const karvan_i_osm_place *p = &m.n.place[i];
        assert_int_equal(m.d.node_id[p->node], wanted[i].node);
        assert_int_equal(p->kind, wanted[i].kind);
        assert_int_equal(p->site < 0, wanted[i].name == NULL);
        if (wanted[i].name)
            assert_string_equal(karvan_i_osm_word_text(&m.d, m.d.site[p->site].name),
                                wanted[i].name);
    }
    expect_told(&m, "osm-site", "node 102 (railway=station, Far) is left out: no line of its kind");
    expect_told(&m, "osm-site", "way 4 (railway=station, Lost) is left out: none of its nodes");
    expect_told(&m, "osm-left-out", "node railway=level_crossing: 1");
    unmake(&m);
}

static void what_is_left_out_is_counted(void **state) {
    (void)state;
    static const osm_way ways[] = {
        {1, "0 10", "highway=primary"}, {2, "0 10", "highway=footway"},
        {3, "0 10", "highway=footway"}, {4, "0 10", "railway=tram"},
        {5, "0 10", "building=yes"},    {6, "10 20", "highway=primary|maxspeed=DE:rural"},
        {1, "0 30", "highway=primary"}};
    static const osm_relation relations[] = {{1, "w1 w9 n3", "type=route|route=ferry|name=Line"},
                                             {2, "", "type=multipolygon"},
                                             {3, "", "type=route|route=bus"},
                                             {4, "", NULL}};
    osm_document doc = *map(ways, OSM_COUNT(ways));
    doc.relations = relations, doc.n_relations = OSM_COUNT(relations);
    made m;
    make(&doc, NULL, &m);
    expect_told(&m, "osm-left-out", "left out: way highway=footway: 2");
    expect_told(&m, "osm-left-out", "left out: way railway=tram: 1");
    expect_told(&m, "osm-left-out", "left out: way, neither railway nor highway nor ferry: 1");
    expect_told(&m, "osm-left-out", "left out: relation type=multipolygon: 1");
    expect_told(&m, "osm-left-out", "left out: relation route=bus: 1");
    expect_told(&m, "osm-left-out", "left out: relation type=: 1");
    expect_told(&m, "osm-value", "value not read, the class's taken: maxspeed=DE:rural: 1");
    expect_told(&m, "osm-twice", "way 1 stands twice");
    expect_told(&m, "osm-route",
                "relation 1 (route=ferry, Line) is not kept as such; 1 of its 2 "
                "ways are lines here");
    unmake(&m);
    karvan_i_osm_options o = usual;
    o.rules.takes[KARVAN_I_OSM_ROAD] = false;
    make(&doc, &o, &m);
    assert_int_equal(m.n.n_links, 0);
    expect_told(&m, "osm-left-out", "way, of a mode not asked for: highway=*: 5");
    unmake(&m);
}

static void nodes_in_any_order(void **state) {
    (void)state;
    static const osm_way ways[] = {{2, "0 10 20", "highway=primary"},
                                   {1, "20 21", "highway=primary"}};
    osm_document doc = *map(ways, 2);
    osm_node turned[101];
    for (int i = 0; i < 100; i++) turned[i] = grid[99 - i];
    turned[100] = (osm_node){10, 1, 1, NULL}; /* 10 again, elsewhere */
    doc.nodes = turned, doc.n_nodes = 101;
    made m;
    char got[100];
    make(&doc, NULL, &m);
    assert_string_equal(links_of(&m, got, sizeof got), "road 21-0");
    NEAR(m.n.link[0].km, km(0, 10) + km(10, 20) + km(20, 21));
    expect_told(&m, "osm-twice", "node 10 stands twice: the first counts");
    unmake(&m);
}

/* ---- random maps ---- */

enum { SIDE = 5, NODES = SIDE * SIDE, WAYS = 14 };

typedef struct random_map {
    osm_node nodes[NODES];
    osm_way ways[WAYS];
    char list[WAYS][80], tags[WAYS][80];
    int n_ways;
} random_map;

static void draw(random_map *r, karvan_random *x) {
    static const char *const tags[] = {"highway=primary",
                                       "highway=primary|maxspeed=70",
                                       "highway=secondary|oneway=yes",
                                       "highway=tertiary|oneway=-1",
                                       "railway=rail|gauge=1435",
                                       "railway=rail|gauge=1435;1520",
                                       "route=ferry"};
    for (int i = 0; i < NODES; i++)
        r->nodes[i] = (osm_node){i + 1, 50 + i % SIDE / 100.0, 40 + i / SIDE / 100.0,
                                 karvan_random_below(x, 12) ? NULL : "railway=station"};
    r->n_ways = 1 + (int)karvan_random_below(x, WAYS);
    for (int w = 0; w < r->n_ways; w++) {
        int length = 1 + (int)karvan_random_below(x, 7), n = 0;
        int at = (int)karvan_random_below(x, NODES);
        for (int i = 0; i < length; i++) {
            /* mostly to a neighbour; now and then to a node that is not there */
            bool absent = karvan_random_below(x, 40) == 0;
            n += snprintf(r->list[w] + n, sizeof r->list[w] - (size_t)n, "%s%d", i ? " " : "",
                          absent ? 1000 : at + 1);
            int step = (int)karvan_random_below(x, 4), column = at % SIDE, line = at / SIDE;
            if (step == 0 && column + 1 < SIDE) at++;
            if (step == 1 && column > 0) at--;
            if (step == 2 && line + 1 < SIDE) at += SIDE;
            if (step == 3 && line > 0) at -= SIDE;
        }
        r->ways[w] = (osm_way){w + 1, r->list[w],
                               tags[karvan_random_below(x, sizeof tags / sizeof tags[0])]};
    }
}

/* Least hours between all nodes over some arcs; Floyd and Warshall. */
typedef struct hours {
    double h[NODES + 1][NODES + 1];
} hours;
static void no_arcs(hours *t) {
    for (int i = 0; i <= NODES; i++)
        for (int j = 0; j <= NODES; j++) t->h[i][j] = i == j ? 0 : INFINITY;
}
static void add_arc(hours *t, int64_t a, int64_t b, double h) { t->h[a][b] = fmin(t->h[a][b], h); }
static void close_arcs(hours *t) {
    for (int k = 0; k <= NODES; k++)
        for (int i = 0; i <= NODES; i++)
            for (int j = 0; j <= NODES; j++) t->h[i][j] = fmin(t->h[i][j], t->h[i][k] + t->h[k][j]);
}

/* Every segment of every way of a mode on its own; the sum of their lengths. */
static double by_segments(const random_map *r, const char *mode, hours *t) {
    double sum_km = 0;
    no_arcs(t);
    for (int w = 0; w < r->n_ways; w++) {
        const char *tags = r->ways[w].tags;
        bool road = strstr(tags, "highway"), ferry = strstr(tags, "ferry");
        bool mine = strcmp(mode, "road") == 0         ? road
                    : strcmp(mode, "ferry_roro") == 0 ? ferry
                    : strcmp(mode, "rail_1435") == 0  ? !road && !ferry
                                                      : strstr(tags, "1520") != NULL;
        if (!mine) continue;
        double kmh = strstr(tags, "maxspeed=70") ? 70
                     : strstr(tags, "secondary") ? 50
                     : strstr(tags, "primary")   ? 60
                     : ferry                     ? 25
                                                 : 40;
        char list[80];
        int64_t last = 1000;
        (void)snprintf(list, sizeof list, "%s", r->ways[w].nodes);
        for (char *s = strtok(list, " "); s; s = strtok(NULL, " ")) {
            int64_t now = strtoll(s, NULL, 10);
            if (now != 1000 && last != 1000 && now != last) {
                const osm_node *a = &r->nodes[last - 1], *b = &r->nodes[now - 1];
                double d = karvan_i_geodesic_km(a->lon, a->lat, b->lon, b->lat);
                sum_km += d;
                if (!strstr(tags, "oneway=-1")) add_arc(t, last, now, d / kmh);
                if (!strstr(tags, "oneway=yes")) add_arc(t, now, last, d / kmh);
            }
            last = now;
        }
    }
    close_arcs(t);
    return sum_km;
}

static bool ends_here(const made *m, const char *mode, int32_t place) {
    for (int32_t i = 0; i < m->n.n_links; i++) {
        const karvan_i_osm_link *l = &m->n.link[i];
        if ((l->from == place || l->to == place) &&
            strcmp(karvan_i_osm_mode_text(&m->d, l->mode), mode) == 0)
            return true;
    }
    return false;
}

static void check_mode(const random_map *r, const made *m, const char *mode) {
    static hours all, ours;
    double sum_km = by_segments(r, mode, &all), km_ours = 0;
    no_arcs(&ours);
    for (int32_t i = 0; i < m->n.n_links; i++) {
        const karvan_i_osm_link *l = &m->n.link[i];
        if (strcmp(karvan_i_osm_mode_text(&m->d, l->mode), mode) != 0) continue;
        int64_t a = m->d.node_id[m->n.place[l->from].node],
                b = m->d.node_id[m->n.place[l->to].node];
        assert_true(l->from != l->to);
        km_ours += l->km;
        add_arc(&ours, a, b, l->h);
        if (l->two_way) add_arc(&ours, b, a, l->h);
    }
    close_arcs(&ours);
    NEAR(km_ours, sum_km); /* nothing is lost and nothing counted twice */
    /* between the ends of the mode's links: at junctions of others it may pass uncut */
    for (int32_t i = 0; i < m->n.n_places; i++)
        for (int32_t k = 0; k < m->n.n_places; k++) {
            if (!ends_here(m, mode, i) || !ends_here(m, mode, k)) continue;
            int64_t a = m->d.node_id[m->n.place[i].node], b = m->d.node_id[m->n.place[k].node];
            double x = ours.h[a][b], y = all.h[a][b];
            if (isinf(x) && isinf(y)) continue;
            if (!(fabs(x - y) <= 1e-12 + 1e-9 * y))
                fail_msg("%s from %lld to %lld: %.17g h, by segments %.17g", mode, (long long)a,
                         (long long)b, x, y);
        }
}

/* No place stands where a mode merely passes, but for sites and where another mode is cut. */
static void check_places(const made *m) {
    for (int32_t i = 0; i < m->n.n_places; i++) {
        int ends = 0, modes = 0, out = 0, in = 0;
        karvan_i_osm_mode last = -1;
        for (int32_t k = 0; k < m->n.n_links; k++) {
            const karvan_i_osm_link *l = &m->n.link[k];
            if (l->from != i && l->to != i) continue;
            ends++, modes += l->mode != last, last = l->mode;
            out += !l->two_way && l->from == i, in += !l->two_way && l->to == i;
        }
        assert_true(ends > 0);
        bool passes = ends == 2 && modes == 1 && ((in == 0 && out == 0) || (in == 1 && out == 1));
        if (!passes || m->n.place[i].site >= 0) continue;
        /* such a place is one that a ring needs: both links lead to the same other place */
        int32_t other[2], n = 0;
        for (int32_t k = 0; k < m->n.n_links; k++) {
            const karvan_i_osm_link *l = &m->n.link[k];
            if (l->from == i || l->to == i) other[n++] = l->from == i ? l->to : l->from;
        }
        assert_int_equal(other[0], other[1]);
    }
}

static void random_maps(void **state) {
    (void)state;
    static const char *const modes[] = {"road", "rail_1435", "rail_1520", "ferry_roro"};
    karvan_random x;
    karvan_random_init(&x, 2026, 3);
    for (int i = 0; i < 1500; i++) {
        static random_map r;
        made m;
        draw(&r, &x);
        const osm_document doc = {r.nodes, NODES, r.ways, r.n_ways, NULL, 0};
        make(&doc, NULL, &m);
        for (size_t k = 0; k < 4; k++) check_mode(&r, &m, modes[k]);
        check_places(&m);
        unmake(&m);
    }
}

/* The same from XML and from PBF, link by link and word by word. */
static void both_forms_make_the_same(void **state) {
    (void)state;
    karvan_random x;
    karvan_random_init(&x, 2026, 4);
    for (int i = 0; i < 200; i++) {
        static random_map r;
        const osm_pbf_options o = {.single = i % 3 == 0, .per_block = i % 4};
        made a, b;
        karvan_i_text pbf = {0};
        karvan_error e = {0};
        draw(&r, &x);
        const osm_document doc = {r.nodes, NODES, r.ways, r.n_ways, NULL, 0};
        osm_pbf(&doc, &o, &pbf);
        make(&doc, NULL, &a);
        if (make_of(&pbf, &usual, &b, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        assert_int_equal(a.n.n_links, b.n.n_links), assert_int_equal(a.n.n_places, b.n.n_places);
        for (int32_t k = 0; k < a.n.n_places; k++) {
            int32_t va = a.n.place[k].node, vb = b.n.place[k].node;
            assert_int_equal(a.d.node_id[va], b.d.node_id[vb]);
            assert_true(a.d.lon[va] == b.d.lon[vb] && a.d.lat[va] == b.d.lat[vb]);
            assert_int_equal(a.n.place[k].kind, b.n.place[k].kind);
        }
        for (int32_t k = 0; k < a.n.n_links; k++) {
            const karvan_i_osm_link *p = &a.n.link[k], *q = &b.n.link[k];
            assert_int_equal(p->from, q->from), assert_int_equal(p->to, q->to);
            assert_true(p->km == q->km && p->h == q->h && p->two_way == q->two_way);
            assert_int_equal(p->mode, q->mode), assert_int_equal(p->part, q->part);
        }
        assert_int_equal(karvan_problems_total(a.problems), karvan_problems_total(b.problems));
        for (int64_t k = 0; k < karvan_problems_total(a.problems); k++)
            assert_string_equal(karvan_problems_get(a.problems, k).message,
                                karvan_problems_get(b.problems, k).message);
        unmake(&a), unmake(&b), karvan_i_text_clear(&pbf);
    }
}

/* ---- failing allocations ---- */

static karvan_i_text swept;
static karvan_status make_swept(karvan_error *err) {
    made m;
    karvan_i_osm_options o = usual;
    o.largest = true;
    karvan_status st = make_of(&swept, &o, &m, err);
    unmake(&m);
    return st;
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    static const osm_way ways[] = {{1, "0 10 20 30 10", "highway=primary|maxspeed=x"},
                                   {2, "40 50 60 40", "railway=rail|gauge=1435;1520"},
                                   {3, "70 71 999", "route=ferry|duration=1:00|name=F"},
                                   {4, "70 71", "railway=station"},
                                   {5, "1 2", "highway=path"}};
    static const osm_relation relations[] = {{1, "w1 w3", "type=route|route=ferry"}};
    osm_document doc = *map(ways, OSM_COUNT(ways));
    doc.relations = relations, doc.n_relations = 1;
    grid[50].tags = "railway=station|name=S", grid[51].tags = "railway=switch";
    osm_pbf(&doc, NULL, &swept);
    every_allocation_fails(make_swept, 2000);
    karvan_i_text_clear(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ways_between_junctions_are_one_link),
                                       cmocka_unit_test(a_way_is_cut_where_others_meet_it),
                                       cmocka_unit_test(one_way_streets),
                                       cmocka_unit_test(roundabouts_and_rings),
                                       cmocka_unit_test(a_way_across_itself),
                                       cmocka_unit_test(gauges),
                                       cmocka_unit_test(absent_nodes_cut),
                                       cmocka_unit_test(a_box_cuts),
                                       cmocka_unit_test(only_the_largest_part),
                                       cmocka_unit_test(a_duration_is_spread),
                                       cmocka_unit_test(a_ferry_cut_at_sea_has_no_port_there),
                                       cmocka_unit_test(sites_become_places),
                                       cmocka_unit_test(what_is_left_out_is_counted),
                                       cmocka_unit_test(nodes_in_any_order),
                                       cmocka_unit_test(random_maps),
                                       cmocka_unit_test(both_forms_make_the_same),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
