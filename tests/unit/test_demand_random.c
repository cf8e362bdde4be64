/* Demand from trade: drawn regions beside a slow checker, and the sums of the shipped region. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "karvan/demand.h"
#include "region.h"
#include "table/cell.h"

typedef struct made {
    karvan_table *demand, *left;
} made;

static made make(const karvan_package *p, const karvan_demand_options *o) {
    made m = {0};
    karvan_error e = {0};
    if (karvan_demand_trade(p, o, &m.demand, &m.left, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return m;
}

static void let_go(made *m) { karvan_table_destroy(m->demand), karvan_table_destroy(m->left); }

static void near(double got, double want) {
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want)))) fail_msg("%.12g, not %.12g", got, want);
}

static karvan_table *csv(const char *text) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(text, strlen(text), "given.csv", "given", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void cargo(const karvan_table *t, const char *id, double usd, double tonnes, double teu) {
    int64_t r = karvan_table_lookup(t, karvan_table_find(t, "id"), id);
    if (r < 0) fail_msg("no row %s", id);
    near(karvan_i_cell_real(t, "value_usd", r), usd);
    near(karvan_i_cell_real(t, "tonnes", r), tonnes);
    near(karvan_i_cell_real(t, "teu", r), teu);
    assert_string_equal(karvan_i_cell_text(t, "basis", r), "given 2014 x 1.000");
}

/* ---- random regions beside a slow checker ---- */

enum { COUNTRIES = 5, CLASSES = 3, RULES = 6, ANY = -1 };

/* A drawn world: everything that the rules look at, in arrays. */
typedef struct world {
    double usd[COUNTRIES][COUNTRIES], share[COUNTRIES][CLASSES]; /* share: of the exporter */
    bool zone[COUNTRIES], wanted[COUNTRIES], transit[COUNTRIES][COUNTRIES];
    struct {
        int exporter, importer, cls;
        double share;
    } rule[RULES];
} world;

static double draw(karvan_random *r) { return karvan_random_uniform(r); }
static int below(karvan_random *r, int n) { return (int)karvan_random_below(r, (uint64_t)n); }

static world draw_world(karvan_random *r) {
    world w = {0};
    for (int i = 0; i < COUNTRIES; i++) {
        w.zone[i] = draw(r) < 0.8, w.wanted[i] = draw(r) < 0.5;
        for (int k = 0; k < CLASSES; k++) w.share[i][k] = draw(r) / CLASSES;
        for (int j = 0; j < COUNTRIES; j++) {
            w.usd[i][j] = i == j || draw(r) < 0.2 ? 0 : ceil(draw(r) * 1e6);
            w.transit[i][j] = i != j && draw(r) < 0.1;
        }
    }
    for (int k = 0; k < RULES; k++) {
        w.rule[k].exporter = draw(r) < 0.5 ? ANY : below(r, COUNTRIES);
        w.rule[k].importer = draw(r) < 0.5 ? ANY : below(r, COUNTRIES);
        w.rule[k].cls = draw(r) < 0.5 ? ANY : below(r, CLASSES);
        w.rule[k].share = draw(r);
    }
    return w;
}

/* Where is it: the first rule of each kind is tried, from the one that says most. */
static double part_of(const world *w, int i, int j, int cls) {
    for (int kind = 7; kind >= 0; kind--)
        for (int k = 0; k < RULES; k++) {
            int x = kind & 4 ? i : ANY, m = kind & 2 ? j : ANY, c = kind & 1 ? cls : ANY;
            if (w->rule[k].exporter == x && w->rule[k].importer == m && w->rule[k].cls == c)
                return w->rule[k].share;
        }
    return 1;
}

static bool is_sold(const world *w, int i, int j) {
    return w->usd[i][j] > 0 && w->zone[i] && w->zone[j] && (w->wanted[i] || w->wanted[j]) &&
           !w->transit[i][j];
}

static void print(char *out, size_t cap, const char *format, ...) {
    size_t n = strlen(out);
    va_list a;
    va_start(a, format);
    int more = vsnprintf(out + n, cap - n, format, a);
    va_end(a);
    if (more < 0 || (size_t)more >= cap - n) fail_msg("a longer text is needed");
}

enum { CAP = 4000 };
typedef struct texts {
    char zones[CAP], demand[CAP], carried[CAP], shares[CAP], matrix[CAP], settings[CAP];
    char trade[CAP];
} texts;

static void tell(const world *w, texts *t) {
    *t = (texts){
        .zones = "id:s,country:s,place:s,weight:n\n",
        .demand = "id:s,origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n,kind:s\n",
        .carried = "id:s,exporter:s,importer:s,cargo_class:s,share:n,moved_by:s\n",
        .shares = "id:s,product:s,exporter:s,importer:s,cargo_class:s,share:n\n",
        .matrix = "dataset:s,year:i,exporter:s,importer:s,product:s,value:n\n",
        .settings = "key:s,value:s\nmatrix_products,u\nflow_year,2014\nflow_countries,none",
        .trade = "exporter,importer,value_usd\n"};
    /* a row for each end in any case, so that a table is never without rows */
    print(t->demand, CAP, "old,P,Q,k0,2014,1,,trade\n");
    for (int i = 0; i < COUNTRIES; i++) {
        if (w->zone[i]) print(t->zones, CAP, "z%d,C%d,P,1\n", i, i);
        if (w->wanted[i]) print(t->settings, CAP, ";C%d", i);
        for (int k = 0; k < CLASSES; k++)
            print(t->shares, CAP, "s%d%d,0,C%d,,k%d,%.17g\n", i, k, i, k, w->share[i][k]);
        for (int j = 0; j < COUNTRIES; j++) {
            if (w->usd[i][j] > 0) print(t->trade, CAP, "C%d,C%d,%.17g\n", i, j, w->usd[i][j]);
            if (i != j) print(t->matrix, CAP, "u,2014,C%d,C%d,0,1\n", i, j);
            if (w->transit[i][j] && w->zone[i] && w->zone[j])
                print(t->demand, CAP, "t%d%d,C%d,C%d,k0,2014,1,,transit\n", i, j, i, j);
        }
    }
    print(t->settings, CAP, "\n");
    for (int k = 0; k < RULES; k++) {
        print(t->carried, CAP, "r%d,", k);
        print(t->carried, CAP, w->rule[k].exporter < 0 ? "," : "C%d,", w->rule[k].exporter);
        print(t->carried, CAP, w->rule[k].importer < 0 ? "," : "C%d,", w->rule[k].importer);
        print(t->carried, CAP, w->rule[k].cls < 0 ? "," : "k%d,", w->rule[k].cls);
        print(t->carried, CAP, "%.17g,by\n", w->rule[k].share);
    }
}

static const double DENSITY[CLASSES] = {100, 250, 4000}, LOAD[CLASSES] = {20, 10, 8};

static void compare(const world *w, const made *m) {
    double all = 0, told = 0;
    int64_t rows = 0;
    for (int i = 0; i < COUNTRIES; i++)
        for (int j = 0; j < COUNTRIES; j++) {
            all += w->usd[i][j];
            for (int k = 0; is_sold(w, i, j) && k < CLASSES; k++) {
                double usd = w->usd[i][j] * w->share[i][k] * part_of(w, i, j, k);
                char id[64];
                if (!(usd > 0)) continue;
                (void)snprintf(id, sizeof id, "trade-C%d-C%d-k%d", i, j, k);
                cargo(m->demand, id, usd, usd / DENSITY[k], usd / DENSITY[k] / LOAD[k]);
                rows++;
            }
        }
    for (int64_t r = 0; r < karvan_table_rows(m->demand); r++) {
        double usd = karvan_i_cell_real(m->demand, "value_usd", r);
        rows -= karvan_i_cell_is(m->demand, "basis", r, "demand") ? 0 : 1;
        told += isnan(usd) ? 0 : usd;
    }
    for (int64_t r = 0; r < karvan_table_rows(m->left); r++)
        told += karvan_i_cell_real(m->left, "value_usd", r);
    assert_int_equal(rows, 0);
    near(told, all);
}

static void drawn_regions(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        static texts t;
        karvan_random r;
        karvan_random_init(&r, 5, seed);
        world w = draw_world(&r);
        small_region place;
        tell(&w, &t);
        const small_table tables[] = {
            {"places", "id:s,name:s\nP,p\nQ,q\n", "\"id\""},
            {"settings", t.settings, "\"key\""},
            {"cargo_classes",
             "id:s,value_usd_per_t:n,tonnes_per_teu:n\nk0,100,20\nk1,250,10\nk2,4000,8\n",
             "\"id\""},
            {"zones", t.zones, "\"id\""},
            {"class_shares", t.shares, "\"id\""},
            {"trade_matrix", t.matrix, NULL},
            {"carried", t.carried, "\"id\""},
            {"demand", t.demand, "\"id\""}};
        if (!small_open(&place, tables, sizeof tables / sizeof tables[0])) fail_msg("no region");
        karvan_table *trade = csv(t.trade);
        const karvan_demand_options o = {.trade = trade};
        made m = make(place.package, &o);
        compare(&w, &m);
        let_go(&m), karvan_table_destroy(trade), small_close(&place);
    }
}

/* ---- the region that ships ---- */

/* Every dollar of every pair is cargo or left out for a reason; nothing of it is negative, and the
 * flows of each year from 2019 to 2025 can be made. */
static void shipped(void **state) {
    (void)state;
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    if (karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    for (int64_t year = 2019; year <= 2025; year++) {
        const karvan_demand_options o = {.year = year};
        double usd[3] = {0}; /* as cargo, transit of China and the EU in TEU, left out */
        made m = make(p, &o);
        for (int64_t r = 0; r < karvan_table_rows(m.demand); r++) {
            double v = karvan_i_cell_real(m.demand, "value_usd", r);
            assert_true(karvan_i_cell_real(m.demand, "teu", r) > 0);
            assert_true(karvan_i_cell_real(m.demand, "error", r) > 0);
            usd[0] += isnan(v) ? 0 : v;
            if (karvan_i_cell_is(m.demand, "kind", r, "transit") &&
                (karvan_i_cell_is(m.demand, "origin", r, "EUU") ||
                 karvan_i_cell_is(m.demand, "destination", r, "EUU")))
                usd[1] += karvan_i_cell_real(m.demand, "teu", r);
        }
        for (int64_t r = 0; r < karvan_table_rows(m.left); r++) {
            assert_true(karvan_i_cell_real(m.left, "value_usd", r) > 0);
            usd[2] += karvan_i_cell_real(m.left, "value_usd", r);
        }
        /* 25 countries sold one another 2.9 to 4.3 million million USD, and some 100 thousand
         * million of it moves here */
        assert_true(usd[0] > 50e9 && usd[0] < 200e9);
        assert_true(usd[2] > 10 * usd[0]);
        if (year == 2024) near(usd[1], 380000 + 35600);
        let_go(&m);
    }
    karvan_package_destroy(p), karvan_problems_destroy(problems);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(drawn_regions), cmocka_unit_test(shipped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
