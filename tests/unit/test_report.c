/* Pages of a region of a few rows whose names hold markup: what it says is text, its money keeps
 * its unit, and parts without data are left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "changed_region.h"
#include "karvan/report.h"
#include "report/html.h"
#include "trade/unit.h"

#define MARK "<x>&'"

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,capital:s,customs_area:s,group:s,aliases:s\nAAA,Aland" MARK ",A,,,\n"
     "BBB,Beland" MARK ",B,,central_asia,\nCCC,Celand" MARK ",,,,\n",
     "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\nA,,Alpha" MARK
     ",,AAA,50,40,city\nB,,Beta" MARK ",,BBB,52,41,city\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,time_source:s,cost_source:s,"
     "note:s\nAB,A,B,rail<y>,true,480,,48,1,100,0.1,,,s1,assumption," MARK "\n",
     "\"id\""},
    {"terminals",
     "id:s,place:s,operation:s,from_mode:s,to_mode:s,two_way:b,dwell_p50_h:n,dwell_p90_h:n,"
     "cost_usd_per_teu:n,dwell_source:s,cost_source:s,note:s\n",
     "\"id\""},
    {"services",
     "id:s,link:s,name:s,headway_h:n,headway_cv:n,leaves_when_full:b,closed_days_year:n,"
     "headway_source:s\n",
     "\"id\""},
    {"corridors",
     "id:s,name:s,short_name:s,colour:s,dash:s,must_pass:s,avoid_countries:s,avoid_places:s,"
     "avoid_modes:s,aliases:s\none,One" MARK ",One" MARK ",red;}</style>" MARK ",4 2" MARK
     ",,,,,\n",
     "\"id\""},
    {"settings",
     "key:s,value:s\nreference_date,2026-01-01\nclosure_spell_h,24\nreport_from,A\nreport_to,B\n"
     "report_country,AAA\n",
     "\"key\""},
    {"sources",
     "id:s,title:s,url:s,kind:s\ns1,Source" MARK ",javascript:alert(1),\n"
     "s2,Page" MARK ",https://example.org/?a=1&b=2,\n",
     "\"id\""},
    {"organisations", "id:s,name:s,aliases:s,founded:d\nORG,Body" MARK ",,1990\nTWO,Second,,1990\n",
     "\"id\""},
    {"kinds", "kind:s,label:s,symmetric:b\nvisit,Visit" MARK ",false\n", "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s\n"
     "c1,visit,political,,,First" MARK ",1999,7" MARK ",km" MARK ",,normal,visit:AB" MARK
     ",s1,note" MARK "\nc2,visit,cultural,,,Second" MARK ",2001-05,,,,preferred,visit:AB" MARK
     ",s2,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,in_force:d,withdrawn:d,note:s\n"
     "c1,AAA,guest,,,,,\nc1,BBB,host,,,,,\nc2,AAA,guest,,,,,\nc2,BBB,host,,,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\nORG,AAA,member" MARK
     ",1992,,s1,\nTWO,AAA,member,1995,,s1,\nORG,BBB,member,1993,1999,s2,\n"
     "TWO,BBB,member,1995,,s1,\n",
     NULL},
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,price_basis:s,"
     "estimate:b,source:s,note:s\none,AAA,BBB,export,2021,TOTAL,1500,thousand EUR,,false,s2,\n",
     NULL},
    {"targets",
     "id:s,name:s,measure:s,from:s,to:s,corridor:s,key:s,low:n,high:n,unit:s,end_points:s,"
     "used_to_estimate:b,source:s,note:s\nt1,Days" MARK ",route_days,A,B,one,,2,2,d" MARK
     ",stated,false,s1,note" MARK "\nt2,None,route_days,A,B,one,,,,d,stated,false,s1,\n",
     "\"id\""},
    {"interventions",
     "id:s,name:s,kind:s,proposer:s,status:s,when:s,cost_million:n,currency:s,source:s\n"
     "i1,Canal" MARK ",new" MARK ",He" MARK ",under_way,soon" MARK ",5,USD" MARK ",s1\n",
     "\"id\""}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

typedef struct world {
    small_region region;
    karvan_network *net;
} world;

static world shared;

/* Of the region changed. */
static bool open_world(world *w, const char *table, const char *from, const char *to) {
    karvan_network_options o;
    karvan_error e = {0};
    w->net = NULL;
    changed_open(&w->region, TABLES, N_TABLES, table, from, to);
    return karvan_network_defaults(w->region.package, &o, &e) == KARVAN_OK &&
           karvan_network_create(w->region.package, &o, &w->net, &e) == KARVAN_OK;
}

static void close_world(world *w) {
    karvan_network_destroy(w->net);
    small_close(&w->region);
}

static int set_up(void **state) {
    (void)state;
    return open_world(&shared, NULL, NULL, NULL) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    close_world(&shared);
    return 0;
}

static void escaped(void **state) {
    (void)state;
    karvan_i_text t = {0};
    const char *volatile nothing = NULL;
    karvan_i_html_printf(&t, "<b id=\"%s\">%s</b> %d %lld %.1f %g %% %s| %u %d", "a\"b", "<&'>", 3,
                         40000000000LL, 1.25, 2.5, nothing, 7u, 8);
    /* what it does not know, and all behind it, shows as it stands */
    assert_string_equal(
        t.s, "<b id=\"a&quot;b\">&lt;&amp;&#39;&gt;</b> 3 40000000000 1.2 2.5 % | %u %d");
    karvan_i_text_clear(&t);
}

static void nothing_but_colours_and_dashes(void **state) {
    (void)state;
    static const char *const colours[] = {"#D55E00", "#fff", "teal"}, *const none[] = {
                                                                          "",         "#",
                                                                          "red;}",    "url(x)",
                                                                          "#12g",     "a b",
                                                                          "rgb(0,0)", "<x>",
                                                                          NULL};
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(karvan_i_css_colour(colours[i], "other"), colours[i]);
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(karvan_i_css_colour(none[i], "other"), "other");
    assert_string_equal(karvan_i_css_dash("8 3 2,5.5", "none"), "8 3 2,5.5");
    assert_string_equal(karvan_i_css_dash("8;3", "none"), "none");
    assert_string_equal(karvan_i_css_dash(NULL, "none"), "none");
    assert_true(karvan_i_is_web_address("https://example.org"));
    assert_true(karvan_i_is_web_address("http://example.org"));
    assert_false(karvan_i_is_web_address("javascript:alert(1)"));
    assert_false(karvan_i_is_web_address(NULL));
}

static void units(void **state) {
    (void)state;
    static const struct {
        const char *unit, *currency;
        double of_one;
    } samples[] = {{"USD", "USD", 1},
                   {"thousand EUR", "EUR", 1e3},
                   {"million USD", "USD", 1e6},
                   {"billion manat", "manat", 1e9},
                   {"thousandth", "thousandth", 1}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const char *currency;
        assert_true(karvan_i_trade_unit(samples[i].unit, &currency) == samples[i].of_one);
        assert_string_equal(currency, samples[i].currency);
    }
    assert_true(isnan(karvan_i_trade_unit(NULL, NULL)));
}

static karvan_document page(const world *w, const char *a, const char *b) {
    karvan_document d;
    karvan_error e = {0};
    karvan_status st =
        a ? karvan_report_brief(w->net, w->region.package, a, b, &d, &e)
          : karvan_report_region(w->net, w->region.package, w->region.problems, &d, &e);
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    return d;
}

static void holds(const karvan_document *d, const char *s) {
    if (!strstr(d->text, s)) fail_msg("the page does not hold: %s", s);
}

static void holds_not(const karvan_document *d, const char *s) {
    const char *at = strstr(d->text, s);
    if (at) fail_msg("the page holds: %.80s", at - (at - d->text < 40 ? at - d->text : 40));
}

static void what_a_region_says_is_text(void **state) {
    (void)state;
    for (int brief = 0; brief < 2; brief++) {
        karvan_document d = page(&shared, brief ? "AAA" : NULL, "BBB");
        holds_not(&d, "<x>"), holds_not(&d, "<y>"), holds_not(&d, "red;}");
        holds_not(&d, "javascript:");
        holds(&d, "Aland&lt;x&gt;&amp;&#39;"), holds(&d, "https://example.org/?a=1&amp;b=2");
        holds(&d, ":root{--c0:#777777}"), holds(&d, "stroke-dasharray:none");
        holds(&d, "visit AB&lt;x&gt;");
        karvan_document_clear(&d);
    }
    karvan_document d;
    karvan_route r;
    karvan_error e = {0};
    karvan_route_query q = {0, 1, KARVAN_BY_TIME, 0, 0};
    assert_int_equal(karvan_route_best(shared.net, &q, &r, &e), KARVAN_OK);
    assert_int_equal(karvan_report_profile_svg(shared.net, shared.region.package, 1, &r,
                                               KARVAN_PROFILE_BOTH, true, 320, &d, &e),
                     KARVAN_OK);
    holds_not(&d, "<x>"), holds_not(&d, "red;}"), holds(&d, ".k0{fill:none;stroke:#777777");
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_profile_page(shared.net, shared.region.package, 1, &r, &d, &e),
                     KARVAN_OK);
    holds_not(&d, "<x>"), holds_not(&d, "red;}");
    holds(&d, "<h1>From Alpha&lt;x&gt;&amp;&#39; to Beta&lt;x&gt;&amp;&#39;</h1>");
    holds(&d, "download=\"profile.csv\"");
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_access_svg(shared.net, shared.region.package, 0, 900, &d, &e),
                     KARVAN_OK);
    holds_not(&d, "<x>"), holds(&d, "<title>Beta&lt;x&gt;&amp;&#39;: 2.0 d</title>");
    karvan_document_clear(&d);
    karvan_route_clear(&r);
}

/* 480 km in 48 hours, 100 USD; no trade is stated the other way. */
static void sentences_by_hand(void **state) {
    (void)state;
    karvan_document d = page(&shared, "AAA", "BBB");
    holds(&d, "goods for 1.5 million EUR and bought for an unknown amount.");
    holds(&d, "in 2.0 expected days at best, over 480 km and for about 100 USD.");
    holds(&d, "Million current EUR, 2021, price basis unstated, ");
    holds(&d, "member&lt;x&gt;&amp;&#39; 1992 to an unknown day");
    holds(&d, "<td>1993 to 1999");
    const char *first = strstr(d.text, "<tr><td>Body"); /* once, though its rows stand apart */
    assert_non_null(first);
    assert_null(strstr(first + 1, "<tr><td>Body"));
    karvan_document_clear(&d);
    d = page(&shared, NULL, NULL);
    holds(&d, "The model meets 1 published figures and misses 0");
    holds(&d, "<td class=\"n\">unknown"); /* the one that nobody has published */
    holds(&d, "A week from Alpha&lt;x&gt;&amp;&#39; reaches 1 of 1 cities and ports");
    holds(&d, "Closures that would cut places off: 1"); /* nothing else joins the two */
    holds_not(&d, "<section id=\"indicators\"");        /* neither rail nor road */
    karvan_document_clear(&d);
}

/* A treaty of which no source says that it is in force, and nothing new in five years. */
static void instruments_and_changes(void **state) {
    (void)state;
    world w;
    assert_true(open_world(&w, "claims", "c2,visit,cultural", "c2,treaty,cultural"));
    karvan_document d = page(&w, "AAA", "BBB");
    holds(&d, "On 1 January 2026: 0 in force by their sources. A signature is no entry");
    holds(&d, "no source says whether in force: 1</summary>");
    holds_not(&d, "<section id=\"since\"");
    karvan_document_clear(&d);
    close_world(&w);
    assert_true(open_world(&w, "claims", "2001-05", "2024-05"));
    d = page(&w, "AAA", "BBB");
    holds_not(&d, "<section id=\"instruments\"");
    holds(&d, "What changed since 1 January 2021</h2>");
    holds(&d, "1 event; contradicting claims count once"), holds(&d, "x&gt;&amp;&#39; 1.</p>");
    karvan_document_clear(&d);
    close_world(&w);
}

static void brief_on(const world *w, karvan_report_days days, karvan_document *d) {
    karvan_error e = {0};
    if (karvan_report_brief_on(w->net, w->region.package, "AAA", "BBB", &days, d, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
}

/* What changed since a day and until the page's own; a day after it is refused. */
static void changes_of_days(void **state) {
    (void)state;
    world w;
    karvan_document d;
    karvan_error e = {0};
    assert_true(open_world(&w, "claims", "2001-05", "2024-05"));
    const karvan_day d2023 = karvan_day_from_civil(2023, 1, 1),
                     d2025 = karvan_day_from_civil(2025, 1, 1),
                     d2027 = karvan_day_from_civil(2027, 1, 1);
    brief_on(&w, (karvan_report_days){.has_since = true, .since = d2023}, &d);
    holds(&d, "What changed since 1 January 2023</h2>\n<p class=\"sub\">1 event;");
    holds_not(&d, "years before");
    karvan_document_clear(&d);
    brief_on(&w, (karvan_report_days){.has_since = true, .since = d2025}, &d);
    holds(&d, "What changed since 1 January 2025</h2>\n<p class=\"sub\">0 events;");
    karvan_document_clear(&d);
    brief_on(&w, (karvan_report_days){.has_date = true, .date = d2025}, &d);
    holds(&d, "What changed between 1 January 2020 and 1 January 2025</h2>\n<p class=\"sub\">1 ev");
    holds(&d, "The first day lies 5 years before that of the page.");
    karvan_document_clear(&d);
    brief_on(&w, (karvan_report_days){.has_date = true, .date = d2023}, &d);
    holds_not(&d, "<section id=\"since\""); /* it happened later */
    karvan_document_clear(&d);
    karvan_report_days days = {.has_since = true, .since = d2027};
    assert_int_equal(karvan_report_brief_on(w.net, w.region.package, "AAA", "BBB", &days, &d, &e),
                     KARVAN_E_ARG);
    assert_string_equal(e.msg, "what changed since 2027-01-01 lies after the region's reference "
                               "date, 2026-01-01");
    days.has_date = true, days.date = d2025, e = (karvan_error){0};
    assert_int_equal(karvan_report_region_on(w.net, w.region.package, NULL, NULL, &days, &d, &e),
                     KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "the day of the page, 2025-01-01"));
    assert_null(d.text);
    close_world(&w);
}

static void money_in_other_units(void **state) {
    (void)state;
    static const char *const values[] = {"1.5,million USD", "1500000,USD", "0.0015,billion USD"};
    for (int i = 0; i < 3; i++) {
        world w;
        assert_true(open_world(&w, "trade", "1500,thousand EUR", values[i]));
        karvan_document d = page(&w, "AAA", "BBB");
        holds(&d, "goods for 1.5 million USD and bought");
        holds(&d, "Million current USD"), holds(&d, "2021: 1.5 million USD</title>");
        karvan_document_clear(&d);
        close_world(&w);
    }
}

static void a_country_without_a_capital(void **state) {
    (void)state;
    karvan_document d = page(&shared, "AAA", "CCC");
    holds_not(&d, "<section id=\"corridors\""), holds_not(&d, "A loaded container");
    holds(&d, "<h1>Aland&lt;x&gt;&amp;&#39; and Celand&lt;x&gt;&amp;&#39;</h1>");
    karvan_document_clear(&d);
}

/* Nothing to compare with, no trade, no shared body, nothing in dispute: the parts are left out. */
static void parts_without_data(void **state) {
    (void)state;
    static const struct {
        const char *table, *from, *to, *part;
    } samples[] = {
        {"trade", "export,2021", "export,", "<section id=\"trade\""},
        {"trade", "AAA,BBB", "BBB,AAA", "<section id=\"trade\""},
        {"memberships",
         "TWO,AAA,member,1995,,s1,\nORG,BBB,member,1993,1999,s2,\nTWO,BBB,member,1995,,s1,\n", "",
         "<section id=\"bodies\""},
        {"claims", "preferred,visit:AB" MARK, "preferred,", NULL},
        {"corridors", "4 2" MARK ",,,,,", "4 2,,,,rail<y>,", "<section id=\"corridors\""}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        world w;
        if (!open_world(&w, samples[i].table, samples[i].from, samples[i].to))
            fail_msg("sample %zu", i);
        karvan_document d = page(&w, "AAA", "BBB");
        if (samples[i].part) holds_not(&d, samples[i].part);
        karvan_document_clear(&d);
        close_world(&w);
    }
}

/* A region that lacks tables: what rests on them is left out, the rest stands. */
static void tables_that_are_not_there(void **state) {
    (void)state;
    static const char *const optional[] = {"claims", "parties", "trade",         "organisations",
                                           "kinds",  "targets", "interventions", "memberships"};
    enum { N_OPTIONAL = sizeof optional / sizeof optional[0] };
    for (int k = 0; k <= N_OPTIONAL; k++) { /* each alone, then all at once */
        small_table some[N_TABLES];
        small_region r;
        karvan_network *net = NULL;
        karvan_network_options o;
        karvan_error e = {0};
        karvan_document d;
        int n = 0;
        for (int i = 0; i < N_TABLES; i++) {
            bool left_out = false;
            for (int j = 0; j < N_OPTIONAL; j++)
                if ((j == k || k == N_OPTIONAL) && strcmp(TABLES[i].name, optional[j]) == 0)
                    left_out = true;
            if (!left_out) some[n++] = TABLES[i];
        }
        assert_true(small_open(&r, some, n));
        assert_int_equal(karvan_network_defaults(r.package, &o, &e), KARVAN_OK);
        assert_int_equal(karvan_network_create(r.package, &o, &net, &e), KARVAN_OK);
        if (karvan_report_region(net, r.package, r.problems, &d, &e) != KARVAN_OK)
            fail_msg("without %s: %s", k < N_OPTIONAL ? optional[k] : "all", e.msg);
        holds(&d, "<section id=\"sources\"");
        if (k == N_OPTIONAL || k == 0) holds_not(&d, "<section id=\"relations\"");
        if (k == N_OPTIONAL || k == 2) holds_not(&d, "<section id=\"trade\"");
        karvan_document_clear(&d);
        if (karvan_report_brief(net, r.package, "AAA", "BBB", &d, &e) != KARVAN_OK)
            fail_msg("brief without %s: %s", k < N_OPTIONAL ? optional[k] : "all", e.msg);
        karvan_document_clear(&d);
        karvan_network_destroy(net);
        small_close(&r);
    }
}

/* Without its two settings no ways are compared; with one of them, the other is missed. */
static void ends_that_are_not_said(void **state) {
    (void)state;
    world w;
    karvan_document d;
    karvan_error e = {0};
    assert_true(open_world(&w, "settings", "report_from,A\nreport_to,B\n", ""));
    assert_int_equal(karvan_report_region(w.net, w.region.package, NULL, &d, &e), KARVAN_OK);
    holds(&d, "<h1>What does this network join, and what would closures cost?</h1>");
    holds_not(&d, "<section id=\"map\"");
    karvan_document_clear(&d);
    close_world(&w);
    assert_true(open_world(&w, "settings", "report_to,B\n", ""));
    assert_int_equal(karvan_report_region(w.net, w.region.package, NULL, &d, &e), KARVAN_E_DATA);
    close_world(&w);
}

static void refused(void **state) {
    (void)state;
    karvan_document d;
    karvan_error e = {0};
    karvan_route r = {0};
    assert_int_equal(karvan_report_brief(shared.net, shared.region.package, NULL, "BBB", &d, &e),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_region(NULL, shared.region.package, NULL, &d, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_profile_svg(shared.net, shared.region.package, 0, &r,
                                               KARVAN_PROFILE_BOTH, false, 900, &d, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_report_region(shared.net, shared.region.package, NULL, NULL, NULL),
                     KARVAN_E_ARG);
    assert_null(d.text);
    assert_int_equal(karvan_document_write(&d, "nowhere", NULL), KARVAN_E_ARG);
}

static karvan_status everything(karvan_error *e) {
    karvan_document d = {0}, b = {0};
    karvan_status st =
        karvan_report_region(shared.net, shared.region.package, shared.region.problems, &d, e);
    if (st == KARVAN_OK)
        st = karvan_report_brief(shared.net, shared.region.package, "AAA", "BBB", &b, e);
    karvan_document_clear(&d), karvan_document_clear(&b);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(escaped),
                                       cmocka_unit_test(nothing_but_colours_and_dashes),
                                       cmocka_unit_test(units),
                                       cmocka_unit_test(what_a_region_says_is_text),
                                       cmocka_unit_test(sentences_by_hand),
                                       cmocka_unit_test(instruments_and_changes),
                                       cmocka_unit_test(changes_of_days),
                                       cmocka_unit_test(money_in_other_units),
                                       cmocka_unit_test(a_country_without_a_capital),
                                       cmocka_unit_test(parts_without_data),
                                       cmocka_unit_test(tables_that_are_not_there),
                                       cmocka_unit_test(ends_that_are_not_said),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
