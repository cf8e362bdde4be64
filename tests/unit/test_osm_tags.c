/* What OpenStreetMap's tags mean: values and mappings by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/osm_tags.h"

enum { TAGS = 12 };

/* An element of tags "k=v|k=v". */
typedef struct sample {
    char text[400];
    karvan_i_osm_tag tags[TAGS];
    karvan_i_osm_element e;
} sample;

static void make(sample *s, karvan_i_osm_kind kind, const char *tags) {
    (void)snprintf(s->text, sizeof s->text, "%s", tags);
    s->e = (karvan_i_osm_element){.kind = kind, .tags = s->tags};
    for (char *k = strtok(s->text, "|"); k; k = strtok(NULL, "|")) {
        char *v = strchr(k, '=');
        *v++ = 0;
        s->tags[s->e.n_tags++] = (karvan_i_osm_tag){k, v};
    }
}

static void speeds(void **state) {
    (void)state;
    static const struct {
        const char *s;
        double kmh;
    } samples[] = {{"50", 50},           {"50 km/h", 50},     {" 7.5 ", 7.5},      {"50kmh", 50},
                   {"55 mph", 88.51392}, {"30mph", 48.28032}, {"10 knots", 18.52}, {"walk", 5},
                   {"60;80", 60},        {"80|60 mph", 80},   {"none;70", 70}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        assert_true(fabs(karvan_i_osm_speed_kmh(samples[i].s) - samples[i].kmh) < 1e-9);
    assert_true(isinf(karvan_i_osm_speed_kmh("none")));
    static const char *const none[] = {"",         "fast", "0",   "-5", "50 ft",
                                       "RU:urban", "60;",  "mph", "0.9"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_true(isnan(karvan_i_osm_speed_kmh(none[i])));
}

static void durations(void **state) {
    (void)state;
    static const struct {
        const char *s;
        double h;
    } samples[] = {{"90", 1.5},         {"1:30", 1.5},   {"01:30:36", 1.51},
                   {"00:05", 5.0 / 60}, {"26:00", 26},   {"PT1H30M", 1.5},
                   {"P1DT12H", 36},     {"PT45M", 0.75}, {"PT36S", 0.01},
                   {"P2D", 48},         {"0", 0}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        assert_true(fabs(karvan_i_osm_duration_h(samples[i].s) - samples[i].h) < 1e-12);
    static const char *const none[] = {"",    "1:60", "1:30:", ":30",  "1:2:3:4", "90 min",
                                       "P",   "PT",   "P1H",   "PT1D", "PT1M1H",  "P1D1",
                                       "1.5", "-5",   "PTT1H", "P1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (!isnan(karvan_i_osm_duration_h(none[i]))) fail_msg("%s", none[i]);
}

static const karvan_i_osm_rules usual = {{true, true, true}, false, 1520};

/* The line of a family: "mode,mode direction speed", '?' behind an assumed speed; or the tag for
 * which it was left out; "" where the way is not of the family. */
static void expect_line(karvan_i_osm_family family, const char *tags, const char *wanted) {
    sample s;
    karvan_i_osm_line l;
    char got[200] = "";
    size_t n = 0;
    make(&s, KARVAN_I_OSM_WAY, tags);
    switch (karvan_i_osm_line_of(&s.e, family, &usual, &l)) {
    case KARVAN_I_OSM_OTHER:
        break;
    case KARVAN_I_OSM_LEFT_OUT:
        (void)snprintf(got, sizeof got, "left out: %s=%s", l.why.key, l.why.value);
        break;
    case KARVAN_I_OSM_TAKEN:
        for (int i = 0; i < l.n_modes; i++)
            n += (size_t)snprintf(got + n, sizeof got - n, "%s%s", i ? "," : "", l.mode[i]);
        n += (size_t)snprintf(got + n, sizeof got - n, " %d %g%s", l.direction, l.speed_kmh,
                              l.speed_assumed ? "?" : "");
        for (int i = 0; i < l.n_odd; i++)
            n += (size_t)snprintf(got + n, sizeof got - n, " odd %s=%s", l.odd[i].key,
                                  l.odd[i].value);
    }
    if (strcmp(got, wanted) != 0) fail_msg("%s: %s, not %s", tags, got, wanted);
}

static void rails(void **state) {
    (void)state;
    static const struct {
        const char *tags, *wanted;
    } samples[] = {{"railway=rail", "rail_1520 0 40?"},
                   {"railway=rail|gauge=1435|usage=main", "rail_1435 0 60?"},
                   {"railway=rail|gauge=1524|maxspeed=80", "rail_1520 0 80"},
                   {"railway=rail|gauge=1435;1520", "rail_1435,rail_1520 0 40?"},
                   {"railway=rail|gauge=1520;1524", "rail_1520 0 40?"},
                   {"railway=rail|gauge=wide", "rail_1520 0 40? odd gauge=wide"},
                   {"railway=rail|gauge=1000|maxspeed=160", "rail_1000 0 90"},
                   {"railway=rail|maxspeed=signals", "rail_1520 0 40? odd maxspeed=signals"},
                   {"railway=rail|oneway=yes", "rail_1520 0 40?"},
                   {"railway=narrow_gauge", "rail_narrow 0 30?"},
                   {"railway=narrow_gauge|gauge=750", "rail_750 0 30?"},
                   {"railway=rail|service=yard", "left out: service=yard"},
                   {"railway=rail|service=siding", "left out: service=siding"},
                   {"railway=rail|service=crossover", "rail_1520 0 40?"},
                   {"railway=rail|usage=tourism", "left out: usage=tourism"},
                   {"railway=rail|disused=yes", "left out: disused=yes"},
                   {"railway=abandoned|gauge=1520", "left out: railway=abandoned"},
                   {"railway=tram", "left out: railway=tram"},
                   {"railway=ferry|route=ferry", ""},
                   {"highway=primary", ""}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect_line(KARVAN_I_OSM_RAIL, samples[i].tags, samples[i].wanted);
}

static void roads(void **state) {
    (void)state;
    static const struct {
        const char *tags, *wanted;
    } samples[] = {{"highway=motorway", "road 1 80?"},
                   {"highway=motorway|oneway=no", "road 0 80?"},
                   {"highway=motorway_link", "road 0 40?"},
                   {"highway=trunk|maxspeed=110", "road 0 90"},
                   {"highway=trunk|maxspeed=none", "road 0 90"},
                   {"highway=primary|maxspeed=100|maxspeed:hgv=70", "road 0 70"},
                   {"highway=secondary|oneway=yes", "road 1 50?"},
                   {"highway=secondary|oneway=-1|maxspeed=30 mph", "road -1 48.2803"},
                   {"highway=tertiary|oneway=reversible", "road 0 40? odd oneway=reversible"},
                   {"highway=tertiary|junction=roundabout", "road 1 40?"},
                   {"highway=tertiary|junction=circular|oneway=no", "road 0 40?"},
                   {"highway=tertiary_link", "road 0 25?"},
                   {"highway=residential", "left out: highway=residential"},
                   {"highway=primary|area=yes", "left out: area=yes"},
                   {"highway=primary|construction=yes", "left out: construction=yes"},
                   {"highway=primary|access=private", "left out: access=private"},
                   {"highway=primary|access=no|hgv=yes", "road 0 60?"},
                   {"highway=primary|access=no|motor_vehicle=destination", "road 0 60?"},
                   {"highway=primary|hgv=no", "left out: hgv=no"},
                   {"highway=primary|vehicle=agricultural", "left out: vehicle=agricultural"},
                   {"railway=rail", ""}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect_line(KARVAN_I_OSM_ROAD, samples[i].tags, samples[i].wanted);
}

static void ferries(void **state) {
    (void)state;
    static const struct {
        const char *tags, *wanted;
    } samples[] = {{"route=ferry", "ferry_roro 0 25?"},
                   {"route=ferry|train=yes|maxspeed=12 knots", "ferry_rail 0 22.224"},
                   {"railway=ferry", "ferry_rail 0 25?"},
                   {"railway=ferry|route=ferry|hgv=no", "ferry_rail 0 25?"},
                   {"route=ferry|motor_vehicle=no", "left out: motor_vehicle=no"},
                   {"route=ferry|abandoned=yes", "left out: abandoned=yes"},
                   {"route=ferry|maxspeed=200|oneway=yes", "ferry_roro 1 45"},
                   {"route=ferry|duration=soon", "ferry_roro 0 25? odd duration=soon"},
                   {"route=ferry|interval=0", "ferry_roro 0 25? odd interval=0"},
                   {"route=bus", ""}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect_line(KARVAN_I_OSM_FERRY, samples[i].tags, samples[i].wanted);
    sample s;
    karvan_i_osm_line l;
    make(&s, KARVAN_I_OSM_WAY, "route=ferry|duration=18:00|interval=P2D");
    assert_int_equal(karvan_i_osm_line_of(&s.e, KARVAN_I_OSM_FERRY, &usual, &l),
                     KARVAN_I_OSM_TAKEN);
    assert_true(l.duration_h == 18 && l.interval_h == 48);
}

static void rules(void **state) {
    (void)state;
    sample s;
    karvan_i_osm_line l;
    karvan_i_osm_rules r = usual;
    r.service_tracks = true, r.gauge_mm = 1435;
    make(&s, KARVAN_I_OSM_WAY, "railway=rail|service=spur");
    assert_int_equal(karvan_i_osm_line_of(&s.e, KARVAN_I_OSM_RAIL, &r, &l), KARVAN_I_OSM_TAKEN);
    assert_string_equal(l.mode[0], "rail_1435");
    assert_true(l.gauge_assumed);
}

static void places(void **state) {
    (void)state;
    enum { RAIL = 1, ROAD = 2, FERRY = 4 };
    static const struct {
        const char *tags;
        karvan_i_osm_verdict verdict;
        karvan_i_osm_site_kind kind;
        unsigned families;
        const char *why;
    } samples[] = {
        {"railway=station|name=X", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_STATION, RAIL,
         "railway=station"},
        {"railway=halt", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_STATION, RAIL, "railway=halt"},
        {"railway=station|station=subway", KARVAN_I_OSM_LEFT_OUT, 0, 0, "station=subway"},
        {"railway=station|subway=yes", KARVAN_I_OSM_LEFT_OUT, 0, 0, "subway=yes"},
        {"railway=station|subway=yes|train=yes", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_STATION, RAIL,
         "railway=station"},
        {"railway=station|disused=yes", KARVAN_I_OSM_LEFT_OUT, 0, 0, "disused=yes"},
        {"barrier=border_control|highway=x", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_BORDER, ROAD,
         "barrier=border_control"},
        {"railway=border", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_BORDER, RAIL, "railway=border"},
        {"amenity=ferry_terminal", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_PORT, FERRY,
         "amenity=ferry_terminal"},
        {"industrial=port", KARVAN_I_OSM_TAKEN, KARVAN_I_OSM_PORT, RAIL | ROAD | FERRY,
         "industrial=port"},
        {"railway=level_crossing", KARVAN_I_OSM_LEFT_OUT, 0, 0, "railway=level_crossing"},
        {"barrier=gate", KARVAN_I_OSM_LEFT_OUT, 0, 0, "barrier=gate"},
        {"name=Nowhere", KARVAN_I_OSM_OTHER, 0, 0, NULL}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        sample s;
        karvan_i_osm_site_kind kind = KARVAN_I_OSM_JUNCTION;
        unsigned families = 0;
        karvan_i_osm_tag why = {NULL, NULL};
        char told[100];
        make(&s, KARVAN_I_OSM_NODE, samples[i].tags);
        assert_int_equal(karvan_i_osm_site_of(&s.e, &kind, &families, &why), samples[i].verdict);
        if (samples[i].verdict == KARVAN_I_OSM_TAKEN) {
            assert_int_equal(kind, samples[i].kind);
            assert_int_equal(families, samples[i].families);
        }
        if (!samples[i].why) continue;
        (void)snprintf(told, sizeof told, "%s=%s", why.key, why.value);
        assert_string_equal(told, samples[i].why);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(speeds),  cmocka_unit_test(durations),
                                       cmocka_unit_test(rails),   cmocka_unit_test(roads),
                                       cmocka_unit_test(ferries), cmocka_unit_test(rules),
                                       cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
