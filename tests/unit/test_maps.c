/* Isochrone and criticality maps: what they are drawn from, by hand, and what they draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/report.h"
#include "report/map_access.h"
#include "report/map_critical.h"
#include "small_network.h"
#include "sweep.h"
#include "table/cell.h"

static small_region region;
static karvan_network *net;
static const karvan_table *places;

static int set_up(void **state) {
    (void)state;
    karvan_network_options o;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, NULL) != KARVAN_OK) return -1;
    if (karvan_network_create(region.package, &o, &net, NULL) != KARVAN_OK) return -1;
    places = karvan_package_table(region.package, "places");
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

static int count(const char *text, const char *what) {
    int n = 0;
    for (const char *s = text; (s = strstr(s, what)) != NULL; s += strlen(what)) n++;
    return n;
}

/* Twentieths of a degree from point to point, y down; a ring smaller than that is nothing. */
static void outlines(void **state) {
    (void)state;
    static const small_table land[] = {
        {"land",
         "layer:s,detail:s,part:i,points:s\n"
         "land,50m,1,\"0 0,1 0,1.05 1,0 0\"\nland,50m,2,\"5 5,5.01 5,5 5.01,5 5\"\n"
         "land,110m,1,\"9 9,8 9,9 8,9 9\"\nborder,50m,1,\"-1 -2.5,-1.5 -2\"\n",
         NULL}};
    small_region r;
    karvan_i_text t = {0};
    assert_true(small_open(&r, land, 1));
    karvan_i_map_define(&t, r.package, "50m");
    assert_string_equal(t.s, "<defs>\n<path id=\"land-50m\" d=\"M0 0l20 0 1-20 -21 20 z\"/>\n"
                             "<path id=\"border-50m\" d=\"M-20 50l-10-10 \"/>\n</defs>\n");
    karvan_i_text_clear(&t);
    /* 1 px is 0.1 degree at the equator, where the land lies from 0 to 5.01 */
    karvan_i_window w = karvan_i_window_fit(-4, 6, -5, 5, 100);
    assert_true(fabs(karvan_i_map_x(&w, 1) - 50) < 1e-12 && w.height == 100);
    karvan_i_map_ground(&t, &w, "50m", true);
    assert_non_null(strstr(t.s, "<use href=\"#land-50m\" class=\"land\" "
                                "transform=\"matrix(0.50000 0 0 0.50000 40.00 50.00)\"/>"));
    assert_non_null(strstr(t.s, "#border-50m"));
    karvan_i_text_clear(&t);
    /* onto the land: from -1.5 (the border's end) to 5 (the least twentieth) */
    karvan_i_window_onto_land(&w, r.package, "50m");
    assert_true(fabs(w.lon0 + 1.5) < 1e-9 && fabs(w.lon1 - 5) < 1e-9);
    assert_true(fabs(w.lat0 + 2.5) < 1e-9 && fabs(w.lat1 - 5) < 1e-9 && w.width == 100);
    small_close(&r);
}

static void windows(void **state) {
    (void)state;
    const bool all[] = {true, true, true, true, true}, none[5] = {false};
    karvan_i_window w;
    karvan_error e = {0};
    /* 50 to 57 east, 40 north: a margin of 3 degrees and 8 at the least; then the shape */
    assert_int_equal(karvan_i_window_around(places, all, 0, 400, 1.25, &w, &e), KARVAN_OK);
    assert_true(w.lon0 == 46.5 && w.lon1 == 60.5 && w.width == 400);
    assert_true(fabs(w.height - 500) <= 10); /* the squeeze is that of the middle parallel */
    assert_true(fabs((w.lat0 + w.lat1) / 2 - 40) < 1e-9);
    /* without the farthest: 51 to 53.5 */
    assert_int_equal(karvan_i_window_around(places, all, 0.2, 400, 0.5, &w, &e), KARVAN_OK);
    assert_true(fabs((w.lon0 + w.lon1) / 2 - 52.25) < 1e-9);
    assert_int_equal(karvan_i_window_around(places, none, 0, 400, 0.5, &w, &e), KARVAN_OK);
    assert_true(w.lon1 > w.lon0 && w.height > 0);
    /* flat: more is shown beside */
    assert_int_equal(karvan_i_window_around(places, all, 0, 400, 0.1, &w, &e), KARVAN_OK);
    assert_true(w.lon0 < 46 && w.lon1 > 61 && fabs(w.height - 40) <= 1);
}

static void names_find_room(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_window w = karvan_i_window_fit(0, 10, -5, 5, 200);
    int beside = 0;
    while (karvan_i_map_label(&t, &w, &boxes, 100, 100, 4, "Name", "halo")) beside++;
    assert_in_range(beside, 3, 8);
    assert_null(strstr(t.s, "lead"));
    assert_true(karvan_i_map_label_far(&t, &w, &boxes, 100, 100, 4, "Name", "halo"));
    assert_int_equal(count(t.s, "class=\"lead\""), 1);
    for (int i = 0; i < boxes.n; i++)
        for (int k = 0; k < i; k++)
            assert_true(boxes.x0[i] >= boxes.x1[k] || boxes.x1[i] <= boxes.x0[k] ||
                        boxes.y0[i] >= boxes.y1[k] || boxes.y1[i] <= boxes.y0[k]);
    karvan_i_text_clear(&t);
}

/* Names keep a distance from one another, but may stand next to a sign: its box stays as it is. */
static void names_apart(void **state) {
    (void)state;
    enum { APART = 6 };
    karvan_i_text t = {0};
    karvan_i_boxes boxes = {.n = 0, .apart = APART};
    karvan_i_window w = karvan_i_window_fit(0, 10, -5, 5, 200);
    double width = karvan_i_text_width("Name", 12);
    assert_true(karvan_i_take_box(&boxes, 96, 96, 104, 104, w.width, w.height));
    assert_true(karvan_i_map_label(&t, &w, &boxes, 100, 100, 4, "Name", "halo"));
    assert_int_equal(boxes.n, 2);
    near(boxes.x0[0], 96), near(boxes.x1[0], 104);
    near(boxes.x0[1], 107 - APART), near(boxes.x1[1], 107 + width + APART);
    near(boxes.y0[1], 94 - APART), near(boxes.y1[1], 106 + APART);
    /* a sign at its end: every side of it is nearer than that, so its name is left out */
    double x = 107 + width - 4;
    assert_false(karvan_i_map_label(&t, &w, &boxes, x, 100, 4, "x", "halo"));
    assert_int_equal(boxes.n, 2);
    boxes.n = 0, boxes.apart = 0; /* without a distance there is room on the right */
    assert_true(karvan_i_map_label(&t, &w, &boxes, 100, 100, 4, "Name", "halo"));
    assert_true(karvan_i_map_label(&t, &w, &boxes, x, 100, 4, "x", "halo"));
    near(boxes.x0[1], x + 7);
    karvan_i_text_clear(&t);
}

/* From A by hand: the border and the second link are lognormal with P90 twice the P50. */
static void how_far(void **state) {
    (void)state;
    karvan_i_spread r = {0};
    karvan_error e = {0};
    double more = exp(pow(log(2) / 1.2815515655446004, 2) / 2), c = 2 + 4 * more + 5 * more;
    assert_int_equal(karvan_i_spread_init(&r, net, A, &e), KARVAN_OK);
    near(r.hours[B], 2), near(r.hours[C], c), near(r.hours[D], c + 1);
    near(r.hours[E], c + 1 + 10 + 24 + 0.2 * 24 + 20);
    assert_true(r.hours[A] == 0);
    assert_int_equal(r.n_hops, 4); /* A-B, B-C, C-D, D-E, each once */
    karvan_i_spread_clear(&r);
    /* from E nothing leads on but the way back to the road */
    assert_int_equal(karvan_i_spread_init(&r, net, E, &e), KARVAN_OK);
    assert_true(isinf(r.hours[B]) == isinf(r.hours[C]));
    karvan_i_spread_clear(&r);
    assert_int_equal(karvan_i_spread_init(&r, net, 5, &e), KARVAN_E_ARG);
    karvan_i_spread_clear(&r);
}

/* The same hours as the network's own isochrones. */
static void as_the_network_says(void **state) {
    (void)state;
    const double all[] = {1e6};
    for (int32_t from = A; from <= E; from++) {
        karvan_isochrone_query q = {
            .from = from, .weights = {.hours = 1}, .n_bands = 1, .bands = all};
        karvan_i_spread s = {0};
        karvan_table *t = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_i_spread_init(&s, net, from, &e), KARVAN_OK);
        if (karvan_network_isochrones(net, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        int64_t reached = 0;
        for (int32_t p = A; p <= E; p++) reached += isfinite(s.hours[p]);
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            int64_t p =
                karvan_package_row(region.package, "places", karvan_i_cell_text(t, "place", r));
            assert_in_range(p, A, E);
            near(s.hours[p], karvan_i_cell_real(t, "cost", r));
        }
        assert_int_equal(karvan_table_rows(t), reached);
        karvan_table_destroy(t);
        karvan_i_spread_clear(&s);
    }
}

static void bands(void **state) {
    (void)state;
    double hours[] = {0, 2, 11, 13, 30, 50, 75, 100, 130, 160, 400, 500, INFINITY}, bound[5];
    const karvan_i_spread r = {.origin = 0, .n_places = 13, .hours = hours};
    int n;
    assert_int_equal(karvan_i_spread_bands(&r, bound, &n, NULL), KARVAN_OK);
    /* eleven are reached: the 2nd, 4th, 6th, 8th and 10th, as one says them */
    static const double said[] = {12, 36, 72, 120, 336};
    assert_int_equal(n, 5);
    for (int i = 0; i < 5; i++)
        if (bound[i] != said[i]) fail_msg("bound %d is %g, not %g", i, bound[i], said[i]);
    double one[] = {0, 5};
    assert_int_equal(
        karvan_i_spread_bands(&(karvan_i_spread){.n_places = 2, .hours = one}, bound, &n, NULL),
        KARVAN_OK);
    assert_true(n == 1 && bound[0] == 6); /* all the same: one bound */
    double none[] = {0, INFINITY};
    assert_int_equal(
        karvan_i_spread_bands(&(karvan_i_spread){.n_places = 2, .hours = none}, bound, &n, NULL),
        KARVAN_OK);
    assert_int_equal(n, 0);
    char s[24];
    karvan_i_hours_words(13.6, s, sizeof s), assert_string_equal(s, "14 h");
    karvan_i_hours_words(48, s, sizeof s), assert_string_equal(s, "2.0 d");
    karvan_i_hours_words(240, s, sizeof s), assert_string_equal(s, "10 d");
}

static void access_map(void **state) {
    (void)state;
    karvan_document d = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_report_access_svg(net, region.package, A, 900, &d, &e), KARVAN_OK);
    assert_int_equal(strncmp(d.text, "<?xml", 5), 0);
    assert_string_equal(d.text + d.n - 7, "</svg>\n");
    /* three places that are cities or ports, B is none; the origin is a star */
    assert_int_equal(count(d.text, "</title></circle>"), 3);
    assert_int_equal(count(d.text, "class=\"origin\""), 1);
    assert_non_null(strstr(d.text, "<title>Gamma: 12 h</title>"));
    assert_non_null(strstr(d.text, "<title>Epsilon: 3.0 d</title>"));
    assert_int_equal(count(d.text, "class=\"t"), 4); /* a path a band */
    assert_int_equal(count(d.text, "class=\"grid\""), 0);
    assert_null(strstr(d.text, "var(")); /* not every viewer of SVG knows variables */
    assert_null(strstr(d.text, "nan")), assert_null(strstr(d.text, "inf"));
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_access_svg(net, region.package, A, 319, &d, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_report_access_svg(net, region.package, -1, 900, &d, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_report_access_svg(NULL, region.package, A, 900, &d, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_report_access_svg(net, region.package, A, 900, NULL, &e), KARVAN_E_ARG);
    assert_null(d.text);
}

/* Closures as a test needs them: id, hours, cut pairs; "b" and "d" are the terminals. */
typedef struct closure {
    const char *kind, *id;
    double hours;
    int cut;
} closure;

static karvan_table *closures(const closure *list, int n) {
    static const karvan_column columns[] = {
        {"kind", KARVAN_TEXT, NULL},           {"id", KARVAN_TEXT, NULL},
        {"name", KARVAN_TEXT, NULL},           {"delta_hours", KARVAN_REAL, "h"},
        {"delta_usd", KARVAN_REAL, "USD/TEU"}, {"cut_pairs", KARVAN_INT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("critical", 6, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < n; i++) {
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_text(b, 0, list[i].kind, NULL);
        (void)karvan_builder_text(b, 1, list[i].id, NULL);
        (void)karvan_builder_text(b, 2, list[i].id, NULL);
        (void)karvan_builder_real(b, 3, list[i].hours, NULL);
        (void)karvan_builder_real(b, 4, 1, NULL);
        (void)karvan_builder_int(b, 5, list[i].cut, NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static void the_most_hours_first(void **state) {
    (void)state;
    closure list[14];
    for (int i = 0; i < 14; i++)
        list[i] = (closure){"link", "AB", i == 3 ? 0 : (i * 5) % 14, i == 3 ? 8 : 0};
    karvan_table *t = closures(list, 14);
    karvan_i_critical_map m = karvan_i_critical_init(region.package, t);
    assert_int_equal(m.n_top, KARVAN_I_TOP);
    assert_true(m.most_h == 13);
    for (int k = 0; k < m.n_top; k++) assert_true(list[m.top[k]].hours == 13 - k);
    karvan_table_destroy(t);
    t = closures(list + 3, 1); /* cuts pairs off and delays nobody */
    m = karvan_i_critical_init(region.package, t);
    assert_int_equal(m.n_top, 0);
    karvan_table_destroy(t);
}

static void critical_map(void **state) {
    (void)state;
    static const closure list[] = {{"link", "DE", 0, 4},      {"terminal", "d", 0, 4},
                                   {"link", "AB", 100000, 0}, {"terminal", "b", 25000, 0},
                                   {"link", "CD", 400, 0},    {"link", "nowhere", 9, 0}};
    karvan_table *t = closures(list, 6);
    karvan_document d = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_report_critical_svg(region.package, t, 900, &d, &e), KARVAN_OK);
    assert_string_equal(d.text + d.n - 7, "</svg>\n");
    assert_int_equal(count(d.text, "class=\"cut\""), 2);
    assert_int_equal(count(d.text, "class=\"badge\""), 3); /* what lies nowhere has no number */
    /* square roots of the share: 1, a half and 0.063; five classes; 0.8 to 6 px */
    assert_non_null(strstr(d.text, "<path class=\"q4\" stroke-width=\"6.0\""));
    assert_non_null(strstr(d.text, "<circle class=\"z2\""));
    assert_non_null(strstr(d.text, "<path class=\"q0\" stroke-width=\"1.1\""));
    assert_non_null(strstr(d.text, ">1  AB: 100000 h<"));
    assert_non_null(strstr(d.text, ">&gt; 64<")); /* the costliest class, in thousands */
    assert_null(strstr(d.text, "var("));
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_critical_svg(region.package, NULL, 900, &d, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_report_critical_svg(region.package, t, 5000, &d, &e), KARVAN_E_ARG);
    karvan_table_destroy(t);
}

static karvan_status everything(karvan_error *e) {
    karvan_document d = {0}, c = {0};
    karvan_table *t = NULL;
    karvan_status st = karvan_report_access_svg(net, region.package, A, 900, &d, e);
    if (st == KARVAN_OK) st = karvan_network_critical(net, 1, &t, e);
    if (st == KARVAN_OK) st = karvan_report_critical_svg(region.package, t, 340, &c, e);
    karvan_table_destroy(t);
    karvan_document_clear(&d), karvan_document_clear(&c);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(outlines),
                                       cmocka_unit_test(windows),
                                       cmocka_unit_test(names_find_room),
                                       cmocka_unit_test(names_apart),
                                       cmocka_unit_test(how_far),
                                       cmocka_unit_test(as_the_network_says),
                                       cmocka_unit_test(bands),
                                       cmocka_unit_test(access_map),
                                       cmocka_unit_test(the_most_hours_first),
                                       cmocka_unit_test(critical_map),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
