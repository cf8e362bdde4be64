/* Public extracts of OpenStreetMap and the collections of files that its readers are tested with:
 * counts as osmium gives them, verdicts as the collections do, lengths as a plain sum does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/reference.h"
#include "exchange/osm_data.h"
#include "network/geodesic.h"

static const char *const ORIGINS =
    "the repositories of OSM-binary, osm2pgsql, valhalla, graphhopper, osm-testdata and libosmium";
enum { ALL = KARVAN_I_OSM_NODE | KARVAN_I_OSM_WAY | KARVAN_I_OSM_RELATION };

/* What is counted besides elements. */
typedef struct numbers {
    int64_t highways, rails, disused, abandoned, platforms, funiculars, ferry_ways, ferry_relations;
} numbers;

static bool says(const karvan_i_osm_element *e, const char *key, const char *value) {
    const char *v = karvan_i_osm_value(e, key);
    return v && strcmp(v, value) == 0;
}

static karvan_status count(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    numbers *n = ctx;
    (void)err;
    if (e->kind == KARVAN_I_OSM_RELATION) n->ferry_relations += says(e, "route", "ferry");
    if (e->kind != KARVAN_I_OSM_WAY) return KARVAN_OK;
    n->highways += karvan_i_osm_value(e, "highway") != NULL;
    n->rails += says(e, "railway", "rail");
    n->disused += says(e, "railway", "disused");
    n->abandoned += says(e, "railway", "abandoned");
    n->platforms += says(e, "railway", "platform");
    n->funiculars += says(e, "railway", "funicular");
    n->ferry_ways += says(e, "route", "ferry");
    return KARVAN_OK;
}

static karvan_status read_file(const char *path, karvan_i_osm_counts *c, numbers *n,
                               karvan_error *e) {
    karvan_i_osm_source source = {path, NULL, 0};
    karvan_i_osm_sink sink = {n, ALL, count};
    *n = (numbers){0};
    return karvan_i_osm_read(&source, &sink, c, e);
}

enum { ANY = -1 };
static const struct {
    const char *name;
    int64_t nodes, ways, relations, refs;
    numbers n; /* ANY: not known from elsewhere */
} extracts[] = {
    {"osm-binary/sample.pbf", 290, 44, 5, 347, {36, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"osm-binary/SimpleFileBlock1-none.osm.pbf",
     12,
     4,
     2,
     ANY,
     {ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"osm-binary/SimpleFileBlock1-deflate.osm.pbf",
     12,
     4,
     2,
     ANY,
     {ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"liechtenstein-2013-08-03.osm.pbf",
     65733,
     7121,
     113,
     74163,
     {2753, 34, ANY, ANY, 3, ANY, ANY, ANY}},
    {"valhalla_baltimore.osm.pbf", 51385, 7230, 167, ANY, {ANY, 603, 127, 41, ANY, ANY, 13, ANY}},
    {"valhalla_bus_heidelberg.osm.pbf", 14508, 2336, 123, ANY, {ANY, ANY, ANY, ANY, ANY, 15, 2, 1}},
    {"valhalla_amsterdam.osm.pbf", 1429, 184, 12, ANY, {ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"valhalla_rome.osm.pbf", 1283, 258, 187, ANY, {ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"graphhopper_monaco.osm.gz", 13739, 1944, 77, ANY, {866, ANY, ANY, ANY, ANY, ANY, ANY, 1}},
    {"graphhopper_one_way_dead_end.osm.pbf",
     1154,
     89,
     3,
     ANY,
     {ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"libosmium-io/data-n0w1r3.osm", 0, 1, 3, ANY, {1, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"libosmium-io/data-n5w0r3.osm", 5, 0, 3, 0, {0, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"libosmium-io/data-n5w1r0.osm", 5, 1, 0, ANY, {1, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"libosmium-io/data-n5w1r3.osm", 5, 1, 3, ANY, {1, ANY, ANY, ANY, ANY, ANY, ANY, ANY}},
    {"libosmium-io/data.osm", 1, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"libosmium-io/data.osm.gz", 1, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"libosmium-io/data_pbf_version-1.osm.pbf", 1, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"libosmium-io/data_pbf_version-1-densenodes.osm.pbf", 1, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}},
    /* changesets out of the usual range, at which libosmium stops, do not matter here */
    {"osm-binary/GranFileBlock1-none.osm.pbf", 6, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}},
    {"osm-binary/GranFileBlock1-deflate.osm.pbf", 6, 0, 0, 0, {0, 0, 0, 0, 0, 0, 0, 0}}};
enum { EXTRACTS = sizeof extracts / sizeof extracts[0] };

static const char *path_of(const char *name, char *path, size_t cap) {
    char full[300];
    (void)snprintf(full, sizeof full, "formats/osm/%s", name);
    return reference_file(full, ORIGINS, path, cap);
}

static void same(const char *name, const char *what, int64_t got, int64_t known) {
    if (known != ANY && got != known)
        fail_msg("%s: %s: %lld, not %lld", name, what, (long long)got, (long long)known);
}

static void counts_are_osmiums(void **state) {
    (void)state;
    int compared = 0;
    for (int i = 0; i < EXTRACTS; i++) {
        char path[700];
        karvan_i_osm_counts c;
        karvan_error e = {0};
        numbers n;
        const char *name = extracts[i].name;
        if (!path_of(name, path, sizeof path)) continue;
        if (read_file(path, &c, &n, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        same(name, "nodes", c.nodes, extracts[i].nodes);
        same(name, "ways", c.ways, extracts[i].ways);
        same(name, "relations", c.relations, extracts[i].relations);
        same(name, "references", c.refs, extracts[i].refs);
        const numbers *k = &extracts[i].n;
        same(name, "highways", n.highways, k->highways);
        same(name, "rails", n.rails, k->rails);
        same(name, "disused", n.disused, k->disused);
        same(name, "abandoned", n.abandoned, k->abandoned);
        same(name, "platforms", n.platforms, k->platforms);
        same(name, "funiculars", n.funiculars, k->funiculars);
        same(name, "ferry ways", n.ferry_ways, k->ferry_ways);
        same(name, "ferry relations", n.ferry_relations, k->ferry_relations);
        compared++;
    }
    if (compared == 0) skip();
}

/* ---- osm-testdata: which files are valid ---- */

static const struct {
    const char *name;
    bool valid;
} verdicts[] = {{"100-correct_but_no_data/data.osm", true},
                {"101-missing_version/data.osm", false},
                {"102-wrong_version/data.osm", false},
                {"103-old_version/data.osm", false}, /* the collection says nothing of it */
                {"104-empty_file/data.osm", false},
                {"105-incomplete_xml_file/data.osm", false},
                {"106-invalid_xml_file/data.osm", false},
                {"107-wrongly_nested_xml_file/data.osm", false},
                {"108-unknown_top_level/data.osm", false},
                {"109-unknown_data_level/data.osm", false},
                {"110-entity_declaration/data.osm", false},
                {"120-correct_gzip_file_without_data/data.osm.gz", true},
                {"121-truncated_gzip_file/data.osm.gz", false},
                {"122-no_osm_element/data.osm", false},
                {"123-unknown_element_in_node/data.osm", false},
                {"124-unknown_element_in_way/data.osm", false},
                {"125-unknown_element_in_relation/data.osm", false},
                {"126-wrong_member_type/data.osm", false},
                {"127-missing_member_type/data.osm", false},
                {"128-missing_member_ref/data.osm", false},
                {"140-unicode/data.osm", true},
                {"141-entities/data.osm", true},
                {"142-whitespace/data.osm", true},
                {"200-nodes/data.osm", true},
                /* valid there; refused here, since a file of changes is no map */
                {"300-change-file/data.osc", false}};
enum { VERDICTS = sizeof verdicts / sizeof verdicts[0] };

static void verdicts_are_the_collections(void **state) {
    (void)state;
    int compared = 0;
    for (int i = 0; i < VERDICTS; i++) {
        char path[700], name[200];
        karvan_i_osm_counts c;
        karvan_error e = {0};
        numbers n;
        (void)snprintf(name, sizeof name, "osm-testdata-xml/%s", verdicts[i].name);
        if (!path_of(name, path, sizeof path)) continue;
        karvan_status st = read_file(path, &c, &n, &e);
        if (st != (verdicts[i].valid ? KARVAN_OK : KARVAN_E_DATA))
            fail_msg("%s: %d %s", name, (int)st, e.msg);
        if (st != KARVAN_OK) assert_true(strncmp(e.msg, path, strlen(path)) == 0);
        compared++;
    }
    if (compared == 0) skip();
}

/* Each node of 140-unicode tells its character in a tag as it is, and as an entity. */
static karvan_status same_twice(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    int *n = ctx;
    (void)err;
    if (e->kind != KARVAN_I_OSM_NODE) return KARVAN_OK;
    const char *plain = karvan_i_osm_value(e, "unicode_char");
    const char *entity = karvan_i_osm_value(e, "unicode_xml");
    const char *length = karvan_i_osm_value(e, "unicode_utf8_length");
    assert_non_null(plain), assert_non_null(entity), assert_non_null(length);
    assert_string_equal(plain, entity);
    assert_int_equal((int)strlen(plain), (int)strtol(length, NULL, 10));
    ++*n;
    return KARVAN_OK;
}

static void characters(void **state) {
    (void)state;
    char path[700];
    int n = 0;
    if (!path_of("osm-testdata-xml/140-unicode/data.osm", path, sizeof path)) skip();
    karvan_i_osm_source source = {path, NULL, 0};
    karvan_i_osm_sink sink = {&n, ALL, same_twice};
    assert_int_equal(karvan_i_osm_read(&source, &sink, NULL, NULL), KARVAN_OK);
    assert_int_equal(n, 5);
}

static void damaged_files(void **state) {
    (void)state;
    static const struct {
        const char *name, *told;
    } samples[] = {{"libosmium-io/corrupt_data_gzip.txt.gz", "the gzip file is cut"},
                   {"libosmium-io/data.osm.bz2", "packed by bzip2"},
                   {"libosmium-io/data_gzip.txt.gz", "no XML"},
                   {"libosmium-io/data.opl", "neither OSM XML (.osm, .osm.gz) nor PBF"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char path[700];
        karvan_i_osm_counts c;
        karvan_error e = {0};
        numbers n;
        if (!path_of(samples[i].name, path, sizeof path)) skip();
        assert_int_equal(read_file(path, &c, &n, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, samples[i].told)) fail_msg("%s", e.msg);
    }
}

/* ---- networks ---- */

typedef struct node {
    int64_t id;
    double lon, lat;
} node;
typedef struct sum {
    node *nodes;
    size_t n, cap;
    double km[KARVAN_I_OSM_FAMILIES]; /* of each track once a gauge */
    karvan_i_osm_rules rules;
} sum;

static const node *find(const sum *s, int64_t id) {
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->nodes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n && s->nodes[low].id == id ? &s->nodes[low] : NULL;
}

/* Files go by id, nodes first: each way's segments are added as they come. */
static karvan_status add_up(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    sum *s = ctx;
    (void)err;
    if (e->kind == KARVAN_I_OSM_NODE) {
        if (s->n == s->cap) {
            s->cap = 2 * s->cap + 1000;
            s->nodes = realloc(s->nodes, s->cap * sizeof *s->nodes);
            assert_non_null(s->nodes);
        }
        assert_true(s->n == 0 || s->nodes[s->n - 1].id < e->id);
        s->nodes[s->n++] = (node){e->id, (double)e->lon_nano / 1e9, (double)e->lat_nano / 1e9};
    }
    for (int f = 0; e->kind == KARVAN_I_OSM_WAY && f < KARVAN_I_OSM_FAMILIES; f++) {
        karvan_i_osm_line l;
        if (karvan_i_osm_line_of(e, (karvan_i_osm_family)f, &s->rules, &l) != KARVAN_I_OSM_TAKEN)
            continue;
        for (size_t i = 1; i < e->n_refs; i++) {
            const node *a = find(s, e->refs[i - 1]), *b = find(s, e->refs[i]);
            if (a && b)
                s->km[f] += l.n_modes * karvan_i_geodesic_km(a->lon, a->lat, b->lon, b->lat);
        }
    }
    return KARVAN_OK;
}

static const struct {
    const char *name;
    int links[KARVAN_I_OSM_FAMILIES]; /* rail, road, ferry: as they were when lengths first agreed
                                       */
} networks[] = {{"liechtenstein-2013-08-03.osm.pbf", {7, 104, 0}},
                {"valhalla_baltimore.osm.pbf", {57, 924, 13}},
                {"valhalla_bus_heidelberg.osm.pbf", {0, 26, 0}},
                {"graphhopper_monaco.osm.gz", {2, 178, 0}}};

static void lengths_are_a_plain_sum(void **state) {
    (void)state;
    int compared = 0;
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        char path[700];
        karvan_i_osm_options o = {.rules = {{true, true, true}, false, 1435}};
        sum s = {.rules = o.rules};
        karvan_i_osm_data d;
        karvan_i_osm_network n;
        karvan_problems *problems = NULL;
        karvan_error e = {0};
        double km[KARVAN_I_OSM_FAMILIES] = {0};
        int links[KARVAN_I_OSM_FAMILIES] = {0};
        if (!path_of(networks[i].name, path, sizeof path)) continue;
        karvan_i_osm_source source = {path, NULL, 0};
        karvan_i_osm_sink sink = {&s, ALL, add_up};
        assert_int_equal(karvan_i_osm_read(&source, &sink, NULL, NULL), KARVAN_OK);
        assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
        if (karvan_i_osm_collect(&source, &o, problems, &d, &e) != KARVAN_OK ||
            karvan_i_osm_network_make(&d, &n, &e) != KARVAN_OK)
            fail_msg("%s", e.msg);
        for (int32_t k = 0; k < n.n_links; k++) {
            karvan_i_osm_family f = d.way[n.link[k].way].family;
            km[f] += n.link[k].km, links[f]++;
            assert_true(n.link[k].h > 0 && n.link[k].from != n.link[k].to);
        }
        for (int f = 0; f < KARVAN_I_OSM_FAMILIES; f++)
            if (!(fabs(km[f] - s.km[f]) <= 1e-9 * s.km[f]))
                fail_msg("%s: family %d: %.12g km, a plain sum %.12g", networks[i].name, f, km[f],
                         s.km[f]);
        for (int f = 0; f < KARVAN_I_OSM_FAMILIES; f++)
            same(networks[i].name, "links", links[f], networks[i].links[f]);
        free(s.nodes);
        karvan_i_osm_network_clear(&n), karvan_i_osm_data_clear(&d);
        karvan_problems_destroy(problems);
        compared++;
    }
    if (compared == 0) skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_osmiums), cmocka_unit_test(verdicts_are_the_collections),
        cmocka_unit_test(characters), cmocka_unit_test(damaged_files),
        cmocka_unit_test(lengths_are_a_plain_sum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
