/* The time-cost-distance diagram: what it draws of two routes by hand, and names that do not
 * collide on the region that ships. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/report.h"
#include "report/profile_parts.h"
#include "small_network.h"
#include "sweep.h"

static small_region region;
static karvan_network *net;
static karvan_route
    way[2]; /* A to D by rail (350 km, 13.4 h, 200 USD) and by road (500 km, 20 h) */

static int set_up(void **state) {
    (void)state;
    karvan_network_options o;
    if (!small_open(&region, TABLES, N_TABLES)) return -1;
    if (karvan_network_defaults(region.package, &o, NULL) != KARVAN_OK) return -1;
    if (karvan_network_create(region.package, &o, &net, NULL) != KARVAN_OK) return -1;
    for (int i = 0; i < 2; i++) way[i] = best(net, A, D, KARVAN_BY_TIME, i);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    karvan_route_clear(&way[0]), karvan_route_clear(&way[1]);
    karvan_network_destroy(net);
    small_close(&region);
    return 0;
}

static int count(const char *text, const char *what) {
    int n = 0;
    for (const char *s = text; (s = strstr(s, what)) != NULL; s += strlen(what)) n++;
    return n;
}

static karvan_document draw(int n, karvan_profile_layout layout, bool cost, int width) {
    karvan_document d = {0};
    karvan_error e = {0};
    if (karvan_report_profile_svg(net, region.package, n, way, layout, cost, width, &d, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_null(strstr(d.text, "nan")), assert_null(strstr(d.text, "inf"));
    assert_null(strstr(d.text, "var("));
    assert_string_equal(d.text + d.n - 7, "</svg>\n");
    return d;
}

static void layouts(void **state) {
    (void)state;
    karvan_document d = draw(2, KARVAN_PROFILE_OVERLAY, false, 900);
    assert_int_equal(count(d.text, "fill-opacity="), 2); /* a band for each */
    assert_int_equal(count(d.text, "class=\"ghost\""), 0);
    assert_non_null(strstr(d.text, ">Rail<")), assert_non_null(strstr(d.text, ">Road<"));
    assert_non_null(strstr(d.text, ">Beta 0.2 d<")); /* 4.63 h at the border */
    assert_non_null(strstr(d.text, ">0.2</text>"));  /* ticks of less than a day are told apart */
    karvan_document_clear(&d);
    d = draw(2, KARVAN_PROFILE_OVERLAY, true, 340);
    assert_int_equal(count(d.text, "fill-opacity="), 0); /* money has no distribution */
    assert_non_null(strstr(d.text, ">USD a TEU<"));
    assert_non_null(strstr(d.text, ">Beta 60<"));
    karvan_document_clear(&d);
    d = draw(2, KARVAN_PROFILE_PANELS, false, 340);
    assert_int_equal(count(d.text, "fill-opacity="), 2);
    assert_int_equal(count(d.text, "class=\"ghost\""), 4); /* the other route, in days and USD */
    assert_int_equal(count(d.text, "translate(8 "), 2);    /* below one another */
    assert_non_null(strstr(d.text, "USD, 350 km<"));
    karvan_document_clear(&d);
    d = draw(2, KARVAN_PROFILE_BOTH, false, 900);
    assert_int_equal(count(d.text, "fill-opacity="), 4);
    assert_int_equal(count(d.text, "translate(8 "), 1); /* beside one another */
    karvan_document_clear(&d);
}

/* 1 px in x is a km, in y an hour: the line's points can be read. */
static void lines_by_hand(void **state) {
    (void)state;
    karvan_time_quantiles q[2][8];
    const karvan_time_quantiles *const quantiles[] = {q[0], q[1]};
    const karvan_route *const routes[] = {&way[0], &way[1]};
    static const int hue[] = {0, 1};
    karvan_i_profile_chart c = {region.package, 2, routes, quantiles, hue, false, 900, 1};
    karvan_i_plot days = {{0, 400, 0, 400, false}, {0, 10.0 / 24, 10, 0, false}, false},
                  usd = {{0, 400, 0, 400, false}, {0, 200, 200, 0, false}, true};
    karvan_i_text t = {0};
    double km, most, dear;
    for (int i = 0; i < 2; i++)
        assert_int_equal(karvan_route_quantiles(net, &way[i], 0.5, q[i], NULL), KARVAN_OK);
    karvan_i_profile_reach(&c, 0, 2, &km, &most, &dear);
    assert_true(km == 500 && dear == 900 && most == 20.0 / 24); /* P90 of what is certain */
    karvan_i_profile_reach(&c, 0, 1, &km, &most, &dear);
    assert_true(km == 350 && dear == 200);
    karvan_i_profile_line(&t, &c, &usd, 0, 2);
    assert_string_equal(t.s, "<path class=\"k0\" stroke-width=\"2.0\" stroke-linejoin=\"round\" "
                             "d=\"M0 200L100 160L100 100L300 20L350 0\"/>\n");
    karvan_i_text_clear(&t);
    /* the road climbs 20 h over 500 km: at 10 h, half of it, it leaves the axes */
    karvan_i_profile_ghost(&t, &c, &days, 1);
    assert_string_equal(t.s, "<path class=\"ghost\" d=\"M0 10L250 0\"/>\n");
    karvan_i_text_clear(&t);
    karvan_i_profile_stop stop[KARVAN_I_STOPS_MAX];
    assert_int_equal(karvan_i_profile_stops(&c, &usd, 0, stop, 0), 1);
    assert_true(stop[0].place == B && stop[0].x == 100 && stop[0].y0 == 160 && stop[0].y1 == 100 &&
                stop[0].size == 60);
    assert_int_equal(karvan_i_profile_stops(&c, &usd, 1, stop, 1), 1); /* the road has none */
}

static void page(void **state) {
    (void)state;
    karvan_document d = {0};
    karvan_error e = {0};
    /* a page names sources and claims, which this region has none of */
    assert_int_equal(karvan_report_profile_page(net, region.package, 2, way, &d, &e),
                     KARVAN_E_DATA);
    assert_null(d.text);
}

static void wrong_asked(void **state) {
    (void)state;
    karvan_document d = {0};
    assert_int_equal(karvan_report_profile_svg(net, region.package, 0, way, KARVAN_PROFILE_BOTH,
                                               false, 900, &d, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_profile_svg(net, region.package, 25, way, KARVAN_PROFILE_BOTH,
                                               false, 900, &d, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_profile_svg(net, region.package, 1, way, KARVAN_PROFILE_BOTH,
                                               false, 2001, &d, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_profile_svg(net, region.package, 1, way, KARVAN_PROFILE_BOTH,
                                               false, 900, NULL, NULL),
                     KARVAN_E_ARG);
    assert_null(d.text);
}

/* ---- the region that ships ---- */

typedef struct box {
    double x0, y0, x1, y1;
    char text[120];
} box;

/* Names (class halo) of a drawing, as wide as the layout takes them to be. */
static int names_of(const char *svg, box *out, int most) {
    int n = 0;
    for (const char *s = svg; (s = strstr(s, "<text x=\"")) != NULL && n < most; s++) {
        const char *end = strchr(s, '>');
        char head[200];
        (void)snprintf(head, sizeof head, "%.*s", (int)(end - s), s);
        if (!strstr(head, "halo")) continue;
        box *b = &out[n++];
        double x = atof(s + 9), y = atof(strstr(s, "y=\"") + 3), w;
        (void)snprintf(b->text, sizeof b->text, "%.*s", (int)(strchr(end, '<') - end - 1), end + 1);
        w = karvan_i_text_width(b->text, 12);
        b->x0 = strstr(head, "\"end\"") ? x - w : x, b->x1 = b->x0 + w;
        b->y0 = y - 10, b->y1 = y + 2;
    }
    return n;
}

static void apart(const char *svg, const char *what) {
    static box b[256];
    int n = names_of(svg, b, 256);
    assert_true(n > 0);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (b[i].x0 < b[k].x1 && b[i].x1 > b[k].x0 && b[i].y0 < b[k].y1 && b[i].y1 > b[k].y0)
                fail_msg("%s: '%s' lies on '%s'", what, b[i].text, b[k].text);
}

static void names_do_not_collide(void **state) {
    (void)state;
    static const char *const ends[][2] = {
        {"CNXIA", "DEDUI"}, {"KZALT", "ROCND"}, {"UZTAS", "TRIST"}};
    karvan_problems *problems = NULL;
    karvan_package *shipped = NULL;
    karvan_network *n = NULL;
    karvan_network_options o;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &shipped, NULL),
        KARVAN_OK);
    assert_int_equal(karvan_network_defaults(shipped, &o, NULL), KARVAN_OK);
    assert_int_equal(karvan_network_create(shipped, &o, &n, NULL), KARVAN_OK);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        karvan_route r[8];
        int m = 0;
        karvan_route_query q = {.objective = KARVAN_BY_TIME};
        q.from = (int32_t)karvan_package_row(shipped, "places", ends[i][0]);
        q.to = (int32_t)karvan_package_row(shipped, "places", ends[i][1]);
        for (q.corridor = 0; q.corridor < 5; q.corridor++)
            m += karvan_route_best(n, &q, &r[m], NULL) == KARVAN_OK;
        assert_true(m > 1);
        for (int k = 0; k < 8; k++) {
            karvan_document d;
            char what[80];
            int first = k < 4 ? 0 : m - 1, many = k < 4 ? m : 1; /* all in one, or one alone */
            (void)snprintf(what, sizeof what, "%s to %s, %d", ends[i][0], ends[i][1], k);
            assert_int_equal(
                karvan_report_profile_svg(n, shipped, many, r + first,
                                          k < 4 ? KARVAN_PROFILE_OVERLAY : KARVAN_PROFILE_PANELS,
                                          k & 1, k & 2 ? 340 : 900, &d, NULL),
                KARVAN_OK);
            if (k < 4 || strstr(d.text, "halo soft")) apart(d.text, what);
            karvan_document_clear(&d);
        }
        while (m > 0) karvan_route_clear(&r[--m]);
    }
    karvan_network_destroy(n);
    karvan_package_destroy(shipped);
    karvan_problems_destroy(problems);
}

static karvan_status everything(karvan_error *e) {
    karvan_document d = {0};
    karvan_status st = karvan_report_profile_svg(net, region.package, 2, way, KARVAN_PROFILE_BOTH,
                                                 false, 700, &d, e);
    karvan_document_clear(&d);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(layouts),
                                       cmocka_unit_test(lines_by_hand),
                                       cmocka_unit_test(page),
                                       cmocka_unit_test(wrong_asked),
                                       cmocka_unit_test(names_do_not_collide),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
