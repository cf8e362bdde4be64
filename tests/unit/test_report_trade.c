/* Trade in the report: breaks and jumps of series, what a change would do, and that the page's
 * figures are the library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "karvan/gravity.h"
#include "karvan/report.h"
#include "region.h"
#include "report/series.h"
#include "report/what_if.h"
#include "sweep.h"
#include "table/cell.h"

/* ---- a region of five countries ---- */

enum { COUNTRIES = 5, FIRST = 2010, LAST = 2014 };
static const char CODES[COUNTRIES][4] = {"AAA", "BBB", "CCC", "DDD", "EEE"};
static char matrix[20000], gdp[2000], distances[2000];

static const small_table FIXED[] = {
    {"countries",
     "iso3:s,name:s,capital:s,group:s,customs_area:s\nAAA,Aland,A,,\nBBB,Beland,B,near,\nCCC,"
     "Celand,,near,\n"
     "DDD,Deland,,,\nEEE,Eland,,,\n",
     "\"iso3\""},
    {"places",
     "id:s,locode:s,name:s,aliases:s,country:s,lon:n,lat:n,kind:s\nA,,Alpha,,AAA,50,40,city\n"
     "X,,Gate,,AAA,51,40,city\nB,,Beta,,BBB,52,41,city\n",
     "\"id\""},
    {"links",
     "id:s,from:s,to:s,mode:s,two_way:b,length_km:n,speed_kmh:n,time_h:n,time_p90_over_p50:n,"
     "cost_usd_per_teu:n,co2e_kg_per_teu_km:n,open_from:d,open_to:d,time_source:s,cost_source:s,"
     "note:s\nAX,A,X,rail,true,100,,10,1,10,0.1,,,s1,s1,\nXB,X,B,rail,true,100,,10,1,10,0.1,,,s1,"
     "s1,\nAB,A,B,rail,true,100,,5,1,100,0.1,,,s1,s1,\n",
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
     "avoid_modes:s,aliases:s\none,One,Gateway,red,,X,,,,\n",
     "\"id\""},
    {"settings",
     "key:s,value:s,note:s\nreference_date,2026-01-01,\nclosure_spell_h,24,\n"
     "report_country,AAA,\nreport_group,near,\nmatrix_trade,w,\nmatrix_products,u,\n"
     "goods_output_per_gdp,1,\ntrade_elasticity,4,said <so>\ntrade_elasticity_low,3,\n"
     "trade_elasticity_high,6,\n",
     "\"key\""},
    {"sources", "id:s,title:s,url:s,kind:s\ns1,Source,,\ns2,Other,,\n", "\"id\""},
    {"trade",
     "dataset:s,reporter:s,partner:s,flow:s,year:i,commodity:s,value:n,unit:s,price_basis:s,"
     "estimate:b,source:s,note:s\n"
     "own,AAA,BBB,export,2014,TOTAL,20,million USD,fob,false,s2,\n"
     "own,AAA,BBB,import,2014,TOTAL,10,million USD,cif,false,s2,\n"
     "own,AAA,BBB,export,2016,TOTAL,30,million USD,fob,false,s2,\n"
     "own,AAA,BBB,import,2016,TOTAL,40,million USD,fob,false,s2,\n",
     NULL},
    {"agreements", "id:s,name:s,kind:s,flag:s\nFTA,Free,fta,fta\nOLD,Old,fta,fta\n", "\"id\""},
    {"agreement_parties",
     "agreement:s,party:s,side:s,from:d,to:d\nFTA,AAA,,2012,\nFTA,BBB,,2012,\n"
     "OLD,DDD,,2013,\nOLD,EEE,,2013,\n",
     "[\"agreement\",\"party\"]"},
    {"cargo_classes",
     "id:s,value_usd_per_t:n,value_low_usd_per_t:n,value_high_usd_per_t:n,delta_percent_day:n,"
     "delta_low:n,delta_high:n,reliability_ratio:n,time_source:s\n"
     "food,1000,500,2000,1,0.5,2,0.4,s2\n",
     "\"id\""},
    {"class_shares",
     "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\na,0,,,food,0.5\nb,1,,,food,1\n",
     "\"id\""}};
enum { N_FIXED = sizeof FIXED / sizeof FIXED[0], N_TABLES = N_FIXED + 3 };

typedef struct world {
    small_table tables[N_TABLES];
    small_region region;
    karvan_network *net;
} world;
static world shared;

/* Thousand USD: sizes, nearness, an agreement that adds a fifth, and a little that no effect tells.
 */
static double flow_of(int i, int j, int year) {
    static const double size[COUNTRIES] = {5, 3, 2, 8, 6};
    bool bound = (i + j == 1 && year >= 2012) || (i + j == 7 && year >= 2013);
    return round(1e4 * size[i] * size[j] / (1 + abs(i - j)) * (bound ? 1.2 : 1) *
                 (1 + 0.05 * ((i * 7 + j * 3 + year * 5) % 11 - 5)));
}

/* All sides state all, but AAA, which states nothing of CCC, and CCC, silent in 2014. */
static void write_matrix(void) {
    int n = snprintf(matrix, sizeof matrix,
                     "dataset:s,year:i,exporter:s,importer:s,classification:s,product:s,value:n,"
                     "reported_by:s,source:s\n");
    for (int y = FIRST; y <= LAST; y++)
        for (int i = 0; i < COUNTRIES; i++)
            for (int j = 0; j < COUNTRIES; j++)
                for (int side = 0; side < 2 && i != j; side++) {
                    int by = side ? j : i, other = side ? i : j;
                    if ((by == 0 && other == 2) || (by == 2 && y == LAST)) continue;
                    n += snprintf(matrix + n, sizeof matrix - (size_t)n,
                                  "w,%d,%s,%s,,TOTAL,%.0f,%s,s1\n", y, CODES[i], CODES[j],
                                  flow_of(i, j, y) * (side ? 1.06 : 1),
                                  side ? "importer" : "exporter");
                }
    for (int i = 0; i < COUNTRIES; i++)
        for (int j = 0; j < COUNTRIES; j++)
            for (int k = 0; k < 2 && i != j; k++)
                n += snprintf(matrix + n, sizeof matrix - (size_t)n,
                              "u,2013,%s,%s,S,%d,%d,estimate,s1\n", CODES[i], CODES[j], k,
                              100 + 40 * i * k + 13 * j);
    assert_in_range(n, 0, sizeof matrix - 1);
}

static void write_rest(void) {
    int n = snprintf(gdp, sizeof gdp, "country:s,year:i,indicator:s,value:n,unit:s\n"),
        m = snprintf(distances, sizeof distances,
                     "origin:s,destination:s,dist_km:n,distcap_km:n,distw_km:n,contiguous:b,"
                     "common_language:b,common_coloniser:b,colony:b\n");
    for (int i = 0; i < COUNTRIES; i++) {
        for (int y = FIRST; y <= LAST; y++)
            n += snprintf(gdp + n, sizeof gdp - (size_t)n, "%s,%d,gdp,%.0f,current USD\n", CODES[i],
                          y, 2e10 + 1e9 * i);
        for (int j = 0; j < COUNTRIES; j++)
            m += snprintf(distances + m, sizeof distances - (size_t)m,
                          "%s,%s,1,1,%d,%s,false,%s,false\n", CODES[i], CODES[j],
                          100 + 300 * abs(i - j) + 17 * ((i + j) % 3),
                          abs(i - j) == 1 ? "true" : "false", (i + j) % 4 == 1 ? "true" : "false");
    }
}

static int set_up(void **state) {
    (void)state;
    karvan_network_options o;
    karvan_error e = {0};
    write_matrix(), write_rest();
    memcpy(shared.tables, FIXED, sizeof FIXED);
    shared.tables[N_FIXED] = (small_table){"trade_matrix", matrix, NULL};
    shared.tables[N_FIXED + 1] =
        (small_table){"indicators", gdp, "[\"country\",\"year\",\"indicator\"]"};
    shared.tables[N_FIXED + 2] =
        (small_table){"distances", distances, "[\"origin\",\"destination\"]"};
    if (small_open(&shared.region, shared.tables, N_TABLES) &&
        karvan_network_defaults(shared.region.package, &o, &e) == KARVAN_OK &&
        karvan_network_create(shared.region.package, &o, &shared.net, &e) == KARVAN_OK)
        return 0;
    print_error("%s\n", e.msg);
    return -1;
}

static int tear_down(void **state) {
    (void)state;
    karvan_network_destroy(shared.net);
    small_close(&shared.region);
    return 0;
}

static void holds(const karvan_document *d, const char *s) {
    if (!strstr(d->text, s)) fail_msg("the page does not hold: %s", s);
}

/* ---- series ---- */

static void jumps(void **state) {
    (void)state;
    /* changes 1.1, 1.1, 1.1, 10, 1.1: the fourth; without it there is none */
    const double far[] = {1, 1.1, 1.21, 1.331, 13.31, 14.641}, few[] = {1, 1.1, 1.2, 9, 9.9},
                 even[] = {1, 3, 9, 27, 81, 243, 729};
    for (int k = 1; k < 6; k++) assert_int_equal(karvan_i_is_jump(far, 6, k), k == 4);
    for (int k = 1; k < 5; k++) assert_false(karvan_i_is_jump(few, 5, k)); /* too few to say */
    for (int k = 1; k < 7; k++) assert_false(karvan_i_is_jump(even, 7, k));
    assert_false(karvan_i_is_jump(far, 6, 0)), assert_false(karvan_i_is_jump(far, 6, 6));
}

static karvan_table *series(const char *b) {
    karvan_i_trade_facts f;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_i_trade_facts_init(&f, shared.region.package, "AAA", NULL, &e) != KARVAN_OK ||
        karvan_i_series(shared.region.package, f.matrix, f.matrix_name, "AAA", b, &t, &e) !=
            KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(f.n_partners, 2);
    karvan_i_trade_facts_clear(&f);
    return t;
}

static void row(const karvan_table *t, int64_t r, int year, double exports, double imports,
                const char *data, const char *by, const char *breaks) {
    assert_int_equal(karvan_i_cell_real(t, "year", r), year);
    assert_true(fabs(karvan_i_cell_real(t, "exports", r) - exports) < 1e-9);
    assert_true(fabs(karvan_i_cell_real(t, "imports", r) - imports) < 1e-9);
    assert_string_equal(karvan_i_cell_text(t, "data", r), data);
    assert_string_equal(karvan_i_cell_text(t, "reported_by", r), by);
    assert_string_equal(karvan_i_cell_text(t, "breaks", r), breaks);
}

/* Data sets one behind the other; the table trade has the last word; what AAA does not state, its
 * partner does. */
static void breaks_are_told(void **state) {
    (void)state;
    karvan_table *t = series("BBB");
    assert_int_equal(karvan_table_rows(t), 6);
    for (int r = 0; r < 4; r++)
        row(t, r, FIRST + r, flow_of(0, 1, FIRST + r) / 1e3,
            round(flow_of(1, 0, FIRST + r)) * 1.06 / 1e3, "w", "AAA", "");
    row(t, 4, 2014, 20, 10, "own", "AAA",
        "data set: own, before w; exports fob, before as reported; imports cif, before as "
        "reported");
    row(t, 5, 2016, 30, 40, "own", "AAA", "no figures for 2015; imports fob, before cif");
    assert_string_equal(karvan_i_cell_text(t, "price_basis", 4), "exports fob, imports cif");
    karvan_table_destroy(t);
    t = series("CCC");
    assert_int_equal(karvan_table_rows(t), 4); /* CCC is silent in 2014 */
    for (int r = 0; r < 4; r++) assert_string_equal(karvan_i_cell_text(t, "reported_by", r), "CCC");
    karvan_table_destroy(t);
}

/* ---- changes ---- */

static const char *const TWO[] = {"A", "B"};

/* Two alike, 80 at home and 20 abroad: as docs/methods/equilibrium.md works it out. */
static void two_alike(void **state) {
    (void)state;
    double flow[] = {80, 20, 20, 80}, none[4] = {0}, dummy[] = {0, 1, 1, 0};
    const char *names[] = {"A", "B"};
    const karvan_i_baseline b = {.n = 2, .country = names, .flow = flow, .agreement = none};
    const karvan_i_trade_facts f = {.country = "A", .n_partners = 1, .partner = {"B"}};
    const karvan_i_elasticity e = {.theta = 4};
    karvan_i_change change = {.dummy = dummy, .beta = 0.3};
    karvan_i_what_if w;
    karvan_error err = {0};
    /* own share 0.8 / (0.8 + 0.2 e^0.3) = 0.7476724, real income (0.7476724 / 0.8)^(-1/4) */
    double own = 0.8 / (0.8 + 0.2 * exp(0.3)), income = 100 * (pow(own / 0.8, -0.25) - 1),
           trade = 100 * ((1 - own) / 0.2 - 1);
    assert_int_equal(karvan_i_what_if_solve(&b, &f, &change, &e, 8, &w, &err), KARVAN_OK);
    for (int x = 0; x < KARVAN_I_FIGURES; x++) { /* nothing is drawn: all are the central one */
        assert_true(fabs(w.effect[KARVAN_I_REAL_INCOME][x][0] - income) < 1e-8);
        assert_true(fabs(w.effect[KARVAN_I_EXPORTS][x][1] - trade) < 1e-8);
        assert_true(fabs(w.effect[KARVAN_I_IMPORTS][x][0] - trade) < 1e-8);
        assert_true(fabs(w.between[x] - trade) < 1e-8);
    }
    karvan_i_what_if_clear(&w);
    /* the same by the bridge: 0.3 = 4 x 0.075, 7.5 days at a per cent a day */
    karvan_table *days = NULL;
    karvan_builder *table = NULL;
    karvan_cost *cost = NULL;
    const karvan_column columns[] = {{"exporter", KARVAN_TEXT, NULL},
                                     {"importer", KARVAN_TEXT, NULL},
                                     {"share", KARVAN_REAL, NULL},
                                     {"d_hours", KARVAN_REAL, NULL},
                                     {"cargo_class", KARVAN_TEXT, NULL}};
    assert_int_equal(karvan_builder_create("days", 5, columns, &table, &err), KARVAN_OK);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(karvan_builder_row(table, &err), KARVAN_OK);
        assert_int_equal(karvan_builder_text(table, 0, TWO[k], &err), KARVAN_OK);
        assert_int_equal(karvan_builder_text(table, 1, TWO[1 - k], &err), KARVAN_OK);
        assert_int_equal(karvan_builder_real(table, 2, 1, &err), KARVAN_OK);
        assert_int_equal(karvan_builder_real(table, 3, -7.5 * 24, &err), KARVAN_OK);
        assert_int_equal(karvan_builder_text(table, 4, "food", &err), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(table, &days, &err), KARVAN_OK);
    const karvan_cost_options o = {
        .classes = karvan_package_table(shared.region.package, "cargo_classes"), .seed = 1};
    if (karvan_cost_create(days, &o, &cost, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    change = (karvan_i_change){.cost = cost};
    assert_int_equal(karvan_i_what_if_solve(&b, &f, &change, &e, 400, &w, &err), KARVAN_OK);
    assert_true(fabs(w.effect[KARVAN_I_REAL_INCOME][KARVAN_I_POINT][0] - income) < 1e-8);
    assert_true(fabs(w.between[KARVAN_I_POINT] - trade) < 1e-8);
    /* a day is worth half to twice as much, 5 % to 95 %: so the change 0.15 to 0.6 */
    for (int k = 0; k < 2; k++) {
        double d = k ? 0.6 : 0.15, share = 0.8 / (0.8 + 0.2 * exp(d)),
               want = 100 * ((1 - share) / 0.2 - 1),
               got = w.between[k ? KARVAN_I_P95 : KARVAN_I_P5];
        if (fabs(got / want - 1) > 0.15) fail_msg("quantile of %g: %g", want, got);
    }
    karvan_i_what_if_clear(&w);
    karvan_cost_destroy(cost), karvan_table_destroy(days);
}

/* Draws of an agreement are those of karvan_draws_solve. */
static void draws_of_the_library(void **state) {
    (void)state;
    enum { N = 64 };
    karvan_i_trade_facts f;
    karvan_i_baseline b;
    karvan_i_elasticity e;
    karvan_i_what_if w;
    karvan_economy *economy = NULL;
    karvan_equilibrium *q = NULL;
    karvan_draws *d = NULL;
    karvan_error err = {0};
    double dummy[COUNTRIES * COUNTRIES] = {0}, beta = -0.2, v = 0.01;
    assert_int_equal(karvan_i_trade_facts_init(&f, shared.region.package, "AAA", NULL, &err),
                     KARVAN_OK);
    assert_int_equal(karvan_i_baseline_init(&b, &f, &err), KARVAN_OK);
    assert_int_equal(b.n, COUNTRIES), assert_int_equal(b.year, LAST);
    assert_int_equal(karvan_i_elasticity_read(shared.region.package, &e, &err), KARVAN_OK);
    assert_true(e.theta == 4 && e.low == 3 && e.high == 6);
    dummy[1] = dummy[COUNTRIES] = 1;
    const karvan_i_change change = {.dummy = dummy, .beta = beta, .se = sqrt(v)};
    assert_int_equal(karvan_i_what_if_solve(&b, &f, &change, &e, N, &w, &err), KARVAN_OK);
    const karvan_equilibrium_options o = {.theta = 4, .beta = &beta};
    const karvan_draw_options how = {.n = N,
                                     .seed = 1,
                                     .covariance = &v,
                                     .theta_law = KARVAN_THETA_LOGNORMAL,
                                     .theta_a = 3,
                                     .theta_b = 6};
    assert_int_equal(karvan_economy_create(b.n, b.country, b.flow, 1, dummy, false, &economy, &err),
                     KARVAN_OK);
    assert_int_equal(karvan_equilibrium_solve(economy, &o, &q, &err), KARVAN_OK);
    assert_int_equal(karvan_draws_solve(economy, &o, &how, &d, &err), KARVAN_OK);
    static const double P[] = {0, 0.05, 0.5, 0.95};
    static const karvan_result R[] = {KARVAN_RESULT_REAL_INCOME, KARVAN_RESULT_EXPORTS,
                                      KARVAN_RESULT_IMPORTS};
    for (int k = 0; k < KARVAN_I_EFFECTS; k++)
        for (int i = 0; i < b.n; i++)
            for (int x = 0; x < KARVAN_I_FIGURES; x++) {
                double ratio = x ? karvan_draws_quantile(d, R[k], i, P[x])
                                 : karvan_equilibrium_view(q, R[k])[i];
                assert_true(fabs(w.effect[k][x][i] - 100 * (ratio - 1)) < 1e-7);
            }
    karvan_draws_destroy(d), karvan_equilibrium_destroy(q), karvan_economy_destroy(economy);
    karvan_i_what_if_clear(&w), karvan_i_baseline_clear(&b), karvan_i_trade_facts_clear(&f);
}

/* ---- the page ---- */

static bool within(const char *begin, const char *end, const char *what) {
    const char *at = begin ? strstr(begin, what) : NULL;
    return at && at < end;
}

/* The number stands in the part as it is, in full: in a cell, or in the CSV of a table whose cells
 * are sorted by seven figures of it. */
static void shows(const karvan_document *d, const char *part, double v) {
    char head[64], exact[40], cell[64], seven[64];
    (void)snprintf(head, sizeof head, "<section id=\"%s\"", part);
    karvan_real_format(v, exact, sizeof exact);
    (void)snprintf(cell, sizeof cell, "data-v=\"%s\"", exact);
    (void)snprintf(seven, sizeof seven, "data-v=\"%.7g\"", v);
    const char *begin = strstr(d->text, head), *end = begin ? strstr(begin, "</section>") : NULL,
               *csv = begin ? strstr(begin, "data:text/csv") : NULL;
    if (!within(begin, end, cell) && !(within(begin, end, seven) && within(csv, end, exact)))
        fail_msg("part %s does not show %s", part, exact);
}

static void figures_of_the_library(const karvan_package *region, const karvan_network *net,
                                   const char *a, const char *b, const char *effects) {
    karvan_document d = {0};
    karvan_error e = {0};
    karvan_table *panel = NULL, *potential = NULL, *board = NULL;
    karvan_gravity *g = NULL;
    double v[36];
    if (karvan_report_region(net, region, NULL, &d, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    const karvan_gravity_options o = {
        .formula = effects, .n_clusters = 1, .cluster = {"exporter^importer"}};
    const karvan_potential_options how = {0};
    assert_int_equal(karvan_trade_panel(region, NULL, &panel, &e), KARVAN_OK);
    assert_int_equal(karvan_gravity_fit(panel, &o, &g, &e), KARVAN_OK);
    assert_int_equal(
        karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, v, NULL, 0, &e),
        KARVAN_OK);
    assert_int_equal(karvan_gravity_potential(g, v, NULL, &how, &potential, &e), KARVAN_OK);
    double newest = 0;
    for (int64_t r = 0; r < karvan_table_rows(potential); r++)
        newest = fmax(newest, karvan_i_cell_real(potential, "year", r));
    for (int64_t r = 0; r < karvan_table_rows(potential); r++)
        if (karvan_i_cell_real(potential, "year", r) == newest &&
            karvan_i_cell_is(potential, "exporter", r, a) &&
            karvan_i_cell_is(potential, "importer", r, b)) {
            shows(&d, "potential", karvan_i_cell_real(potential, "predicted", r));
            shows(&d, "potential", karvan_i_cell_real(potential, "gap", r));
            shows(&d, "potential", karvan_i_cell_real(potential, "high", r));
        }
    assert_int_equal(karvan_trade_dashboard(region, NULL, a, b, 0, &board, &e), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(board); r++)
        if (karvan_i_cell_is(board, "indicator", r, "normalised_balance") ||
            karvan_i_cell_is(board, "indicator", r, "growth"))
            if (!isnan(karvan_i_cell_real(board, "value", r)))
                shows(&d, "figures", karvan_i_cell_real(board, "value", r));
    karvan_table_destroy(panel), karvan_table_destroy(potential), karvan_table_destroy(board);
    karvan_gravity_destroy(g);
    karvan_document_clear(&d);
}

static void the_small_region(void **state) {
    (void)state;
    figures_of_the_library(shared.region.package, shared.net, "AAA", "BBB",
                           "trade ~ ln_dist + contig + language + coloniser + colony + agreement | "
                           "exporter^year + importer^year");
}

static void the_shipped_region(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_problems *problems = NULL;
    karvan_package *region = NULL;
    karvan_network_options o;
    karvan_network *net = NULL;
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    if (karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &region, &e) !=
            KARVAN_OK ||
        karvan_network_defaults(region, &o, &e) != KARVAN_OK ||
        karvan_network_create(region, &o, &net, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    figures_of_the_library(region, net, "AZE", "KAZ",
                           "trade ~ ln_dist + contig + language + coloniser + colony + agreement | "
                           "exporter^year + importer^year");
    karvan_network_destroy(net), karvan_package_destroy(region), karvan_problems_destroy(problems);
}

/* What the page says of the small region. */
static void sentences(void **state) {
    (void)state;
    karvan_document d = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_report_region(shared.net, shared.region.package, NULL, &d, &e),
                     KARVAN_OK);
    holds(&d, "<h2>What Aland trades with Near</h2>");
    holds(&d, "price basis of several kinds (in the tables)");
    holds(&d, "Where it states nothing, its partner's figures stand.");
    holds(&d, "Without the free-trade agreements that bind them, Aland and Near would trade");
    holds(&d, "2 flows change by the coefficient of an agreement");
    holds(&d, "With a day saved on the Gateway, Aland and Near would trade");
    /* the cheapest way from A to B goes by X, both ways; CCC has no capital */
    holds(&d, "A day less on the 2 flows whose cheapest way between capitals goes by the Gateway");
    holds(&d, "Elasticity: said &lt;so&gt;.");
    holds(&d, "<dt id=\"f-intensity\">intensity</dt>");
    karvan_document_clear(&d);
    assert_int_equal(karvan_report_brief(shared.net, shared.region.package, "AAA", "BBB", &d, &e),
                     KARVAN_OK);
    holds(&d, "<section id=\"potential\"><h2>What Aland could trade with Beland</h2>");
    holds(&d, "Products that they could trade and hardly do");
    assert_null(strstr(d.text, "<section id=\"what-if\""));
    karvan_document_clear(&d);
}

/* Parts that a table or a setting lacks for are left out, the others stand. */
static void left_out(void **state) {
    (void)state;
    static const struct {
        const char *table, *gone, *stays;
    } samples[] = {{"trade_matrix", "potential", "trade"},
                   {"distances", "potential", "what-if"},
                   {"cargo_classes", NULL, "what-if"},
                   {"trade", NULL, "potential"},
                   {"indicators", "what-if", "potential"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        small_table some[N_TABLES];
        small_region r;
        karvan_network *net = NULL;
        karvan_network_options o;
        karvan_document d = {0};
        karvan_error e = {0};
        char part[64];
        int n = 0;
        for (int k = 0; k < N_TABLES; k++)
            if (strcmp(shared.tables[k].name, samples[i].table) != 0) some[n++] = shared.tables[k];
        assert_true(small_open(&r, some, n));
        assert_int_equal(karvan_network_defaults(r.package, &o, &e), KARVAN_OK);
        assert_int_equal(karvan_network_create(r.package, &o, &net, &e), KARVAN_OK);
        if (karvan_report_region(net, r.package, NULL, &d, &e) != KARVAN_OK)
            fail_msg("without %s: %s", samples[i].table, e.msg);
        (void)snprintf(part, sizeof part, "<section id=\"%s\"", samples[i].stays);
        holds(&d, part);
        (void)snprintf(part, sizeof part, "<section id=\"%s\"",
                       samples[i].gone ? samples[i].gone : "none");
        if (strstr(d.text, part)) fail_msg("without %s there is %s", samples[i].table, part);
        karvan_document_clear(&d);
        karvan_network_destroy(net);
        small_close(&r);
    }
}

/* ---- memory ---- */

static karvan_status whole(karvan_error *e) {
    karvan_document d = {0};
    karvan_status st = karvan_report_region(shared.net, shared.region.package, NULL, &d, e);
    karvan_document_clear(&d);
    return st;
}

/* As every_allocation_fails, but of so many allocations only some: each of the first, then ever
 * fewer. */
static void memory_may_run_out(void **state) {
    (void)state;
    long live = karvan_i_alloc_live;
    const long step = test_divisor("KARVAN_TEST_SWEEP");
    karvan_status st = KARVAN_E_NOMEM;
    for (long permits = 0; st == KARVAN_E_NOMEM; permits += step + step * permits / 60) {
        karvan_error e = {0};
        karvan_i_alloc_permits = permits;
        st = whole(&e);
        karvan_i_alloc_permits = -1;
        if (st != KARVAN_OK && st != KARVAN_E_NOMEM) fail_msg("%ld permits: %s", permits, e.msg);
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(permits, 0, 2000000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(jumps),
                                       cmocka_unit_test(breaks_are_told),
                                       cmocka_unit_test(two_alike),
                                       cmocka_unit_test(draws_of_the_library),
                                       cmocka_unit_test(sentences),
                                       cmocka_unit_test(the_small_region),
                                       cmocka_unit_test(the_shipped_region),
                                       cmocka_unit_test(left_out),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
