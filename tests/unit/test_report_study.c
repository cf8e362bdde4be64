/* The report that begins with a study: what it says of two countries, two ways and four cases is
 * what the study's results say, whatever the number of threads; names are text; a study of nothing;
 * every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/report.h"
#include "study_region.h"
#include "sweep.h"
#include "table/cell.h"

enum { TABLES = STUDY_TABLES + 1, CASES = 4, DRAWS = 50, SEED = 7 };
static const char *const NAMES[CASES] = {"wide", "quick", "slow", "same"};
static const bool RANKED[CASES] = {true, true, false, true};

typedef struct world {
    small_table tables[TABLES];
    small_region region;
    karvan_network *net;
    karvan_study *study;
    karvan_results *results;
} world;
static world shared;

/* Names that would be markup, a cost, and a case that nobody proposes. */
static void tables_of(small_table *t) {
    study_tables(t);
    t[S_INTERVENTIONS].csv =
        "id:s,name:s,kind:s,status:s,cost_million:n,currency:s,cost_source:s\n"
        "wide,Wider<x>,improvement,proposed,40,USD,x\nquick,Quicker<x>,improvement,,,,\n"
        "slow,Slower<x>,disruption,hypothetical,,,\nsame,The same,improvement,proposed,,,\n";
    t[S_SETTINGS].csv =
        "key:s,value:s\nreference_date,2024-01-01\nclosure_spell_h,24\nchoice_scale,0.01\n"
        "reject_usd_per_teu,5000\nmatrix_trade,w\nmatrix_products,u\nflow_year,2024\n"
        "flow_countries,AAA;CCC\nflow_trade_error,0.25\ngoods_output_per_gdp,1\n"
        "trade_elasticity,4\ntrade_elasticity_low,3\ntrade_elasticity_high,5\neffect_low,0.5\n"
        "effect_high,1.2\nstudy_least_teu_day,0\ndiscount_rate,0.05\nlife_years,20\n";
    t[STUDY_TABLES] = (small_table){"sources", "id:s,title:s\nx,A source<x>\n", "\"id\""};
}

static karvan_results *drawn(const karvan_study *s, int64_t n, int threads) {
    karvan_results *r = NULL;
    karvan_error e = {0};
    const karvan_study_how how = {.seed = SEED, .threads = threads};
    int64_t draws[DRAWS + 2];
    for (int64_t i = 0; i < n; i++) draws[i] = i + 1;
    if (n > 0) draws[n++] = -1, draws[n++] = -2;
    if (karvan_results_create(s, SEED, &r, &e) != KARVAN_OK ||
        karvan_study_run(s, &how, n, draws, karvan_results_take, r, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return r;
}

static int set_up(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_network_options o;
    karvan_study_options how;
    tables_of(shared.tables);
    if (!small_open(&shared.region, shared.tables, TABLES)) return -1;
    if (karvan_network_defaults(shared.region.package, &o, &e) != KARVAN_OK ||
        karvan_network_create(shared.region.package, &o, &shared.net, &e) != KARVAN_OK ||
        karvan_study_defaults(shared.region.package, &how, &e) != KARVAN_OK ||
        karvan_study_open(shared.region.folder, &how, CASES, NAMES, &shared.study, &e) != KARVAN_OK)
        return (void)fprintf(stderr, "%s\n", e.msg), -1;
    shared.results = drawn(shared.study, DRAWS, 1);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    karvan_results_destroy(shared.results);
    karvan_study_close(shared.study);
    karvan_network_destroy(shared.net);
    small_close(&shared.region);
    return 0;
}

static karvan_document page(const karvan_results *r, const bool *ranked) {
    karvan_document d;
    karvan_error e = {0};
    const karvan_report_study s = {shared.study, r, ranked, SEED};
    if (karvan_report_region_study(shared.net, shared.region.package, NULL, r ? &s : NULL, &d,
                                   &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return d;
}

static void holds(const karvan_document *d, const char *s) {
    if (!strstr(d->text, s)) fail_msg("the page does not hold: %s", s);
}
static void holds_not(const karvan_document *d, const char *s) {
    const char *at = strstr(d->text, s);
    if (at) fail_msg("the page holds: %.80s", at);
}

static int count(const karvan_document *d, const char *s) {
    int n = 0;
    for (const char *at = d->text; (at = strstr(at, s)) != NULL; at += strlen(s)) n++;
    return n;
}

static karvan_difference benefit(const karvan_results *r, int which) {
    karvan_difference d;
    int m = karvan_study_find(shared.study, "benefit", "");
    assert_int_equal(karvan_results_difference(r, which, m, &d, NULL), KARVAN_OK);
    return d;
}

/* A number as the page has it, to two figures; those here are between 1 and 99 million. */
static const char *two(double v, char out[24]) {
    (void)snprintf(out, 24, v < 10 ? "%.1f" : "%.0f", v);
    size_t n = strlen(out);
    if (n > 2 && strcmp(out + n - 2, ".0") == 0) out[n - 2] = '\0';
    return out;
}

static void what_the_results_say(void **state) {
    (void)state;
    static const char *const parts[] = {"help", "gains", "moves", "drivers", "hurt"};
    karvan_document d = page(shared.results, RANKED);
    karvan_table *t = NULL;
    char text[300], m[24], first[24];
    const karvan_rank_options o = {.ranked = RANKED};
    assert_int_equal(karvan_results_rank(shared.results, &o, &t, NULL), KARVAN_OK);
    const char *best = karvan_i_cell_text(t, "intervention", 0);
    int which = strcmp(best, "wide") == 0 ? 0 : 1;
    double chance = karvan_i_cell_real(t, "probability_first", 0);
    karvan_difference b = benefit(shared.results, which);
    assert_true(b.median > 1e6 && b.median < 99e6);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        (void)snprintf(text, sizeof text, "<section id=\"%s\"", parts[i]);
        holds(&d, text);
        (void)snprintf(text, sizeof text, "href=\"#%s\"", parts[i]);
        holds(&d, text);
    }
    holds(&d, "<h1>Which improvement of the Iron way helps most, whom, and how sure is that?");
    (void)snprintf(text, sizeof text, "<strong>%s&lt;x&gt;</strong>: %s million USD a year (",
                   which == 0 ? "Wider" : "Quicker", two(b.median / 1e6, m));
    holds(&d, text);
    (void)snprintf(first, sizeof first, "%.0f", 100 * chance);
    (void)snprintf(text, sizeof text, "the best of 3 in %s of 100 draws", first);
    holds(&d, text);
    holds(&d, "of 50 draws of everything uncertain (seed 7)");
    assert_int_equal(count(&d, "<ul class=\"five\">"), 1);
    assert_int_equal(count(&d, "<small>gains") + count(&d, "<small>loses") +
                         count(&d, "<small>unclear") + count(&d, "<small>nothing"),
                     3 * 2); /* improvements, countries */
    holds_not(&d, "<x>");
    holds(&d, "download=\"ranking.csv\""), holds(&d, "download=\"influence.csv\"");
    karvan_table_destroy(t);
    karvan_document_clear(&d);
}

/* The railway takes 60 where it took 40: the map's line from A to B gains the 20, and what the
 * study says of corridors stands below. */
static void what_moves(void **state) {
    (void)state;
    static const bool only[CASES] = {true, false, false, false};
    karvan_document d = page(shared.results, only);
    holds(&d, "What Wider&lt;x&gt; moves: most between ");
    holds(&d, "download=\"moves.csv\""), holds(&d, "<g class=\"more\">");
    holds(&d, "Alpha,Beta,80,120,40"); /* both directions */
    holds(&d, "200 TEU a day want to go before");
    holds(&d, "<td>Iron way");
    karvan_document_clear(&d);
}

static void the_same_bytes(void **state) {
    (void)state;
    karvan_results *r = drawn(shared.study, DRAWS, 3);
    karvan_document a = page(shared.results, RANKED), b = page(r, RANKED);
    assert_string_equal(a.text, b.text);
    karvan_document_clear(&a), karvan_document_clear(&b);
    karvan_results_destroy(r);
}

/* Nothing is said of how sure it is. */
static void medians_alone(void **state) {
    (void)state;
    karvan_results *r = drawn(shared.study, 0, 1);
    karvan_document d = page(r, RANKED);
    holds(&d, "with everything at its median"), holds(&d, "<section id=\"help\"");
    holds_not(&d, "<section id=\"drivers\""), holds_not(&d, "of 100 draws");
    holds_not(&d, "nan");
    karvan_document_clear(&d);
    karvan_results_destroy(r);
}

/* Without a study, or with none ranked, the page is what it was. */
static void nothing_ranked(void **state) {
    (void)state;
    static const bool none[CASES] = {false};
    karvan_document a = page(NULL, NULL), b = page(shared.results, none), c;
    assert_int_equal(karvan_report_region(shared.net, shared.region.package, NULL, &c, NULL),
                     KARVAN_OK);
    assert_string_equal(a.text, b.text), assert_string_equal(a.text, c.text);
    holds_not(&a, "<section id=\"help\""), holds(&a, "What does this network join");
    karvan_document_clear(&a), karvan_document_clear(&b), karvan_document_clear(&c);
}

static karvan_status everything(karvan_error *e) {
    karvan_document d = {0};
    const karvan_report_study s = {shared.study, shared.results, RANKED, SEED};
    karvan_status st =
        karvan_report_region_study(shared.net, shared.region.package, NULL, &s, &d, e);
    karvan_document_clear(&d);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_results_say), cmocka_unit_test(what_moves),
        cmocka_unit_test(the_same_bytes),       cmocka_unit_test(medians_alone),
        cmocka_unit_test(nothing_ranked),       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
