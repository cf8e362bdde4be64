/* Who goes by a link, stop, sailing, frontier: by hand on a region of three places; on the region
 * that ships, rows beside the loads of karvan_freight_table, which are added up another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "freight_region.h"
#include "karvan/freight.h"
#include "sweep.h"

/* From A to C by rail over B for 1200, hours in it, or by road for 1400; 40 a day fit between A and
 * B, so that of 100 that leave A 40 go by rail. From B to A 10 go by rail. */
#define DEMAND                                                                \
    "origin:s,destination:s,cargo_class:s,year:i,teu:n\nA,C,gen,2024,36500\n" \
    "B,A,gen,2024,3650\n"

static const karvan_freight_selection ANY = {.corridor = -1, .cargo_class = -1};

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static karvan_freight *solve(const karvan_package *region, const karvan_table *demand,
                             bool empties) {
    karvan_freight_demand d;
    karvan_freight_options o;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    if (karvan_freight_demand_read(region, demand, 0, &d, &e) ||
        karvan_freight_defaults(region, &o, &e))
        fail_msg("%s", e.msg);
    o.network.date = karvan_day_from_civil(2024, 7, 1), o.threads = 1, o.empties = empties;
    if (karvan_freight_solve(region, &d, &o, NULL, &f, &e)) fail_msg("%s", e.msg);
    karvan_freight_demand_clear(&d);
    return f;
}

static karvan_table *ask(const karvan_freight *f, karvan_freight_selection s,
                         karvan_freight_by by) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_freight_select_table(f, &s, by, &t, &e)) fail_msg("%s", e.msg);
    return t;
}

static double sum_of(const karvan_freight *f, karvan_freight_selection s, karvan_freight_by by) {
    karvan_table *t = ask(f, s, by);
    double sum = 0;
    int column = karvan_table_find(t, "selected_teu_day");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) sum += karvan_table_real(t, column, r);
    karvan_table_destroy(t);
    return sum;
}

/* ---- by hand ---- */

static small_region small;
static karvan_freight *solved;

static int set_up(void **s) {
    (void)s;
    small_table tables[FREIGHT_TABLES];
    freight_tables(tables);
    tables[T_DEMAND].csv = DEMAND;
    if (!small_open(&small, tables, FREIGHT_TABLES)) return -1;
    small.tables = FREIGHT_REGION; /* for the names, when it is closed */
    solved = solve(small.package, karvan_package_table(small.package, "demand"), false);
    return 0;
}
static int tear_down(void **s) {
    (void)s;
    karvan_freight_destroy(solved);
    small_close(&small);
    return 0;
}

/* Rows as text: names and whole numbers. */
static void rows_are(karvan_freight_selection s, karvan_freight_by by, const char *want) {
    karvan_table *t = ask(solved, s, by);
    char got[400] = "";
    size_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        for (int c = 0; c < karvan_table_columns(t); c++) {
            const char *end = c + 1 < karvan_table_columns(t) ? " " : "\n";
            n += (size_t)(karvan_table_column(t, c).type == KARVAN_TEXT
                              ? snprintf(got + n, sizeof got - n, "%s%s",
                                         karvan_table_text(t, c, r), end)
                              : snprintf(got + n, sizeof got - n, "%.4f%s",
                                         karvan_table_real(t, c, r), end));
            assert_true(n < sizeof got);
        }
    assert_string_equal(got, want);
    karvan_table_destroy(t);
}

static void a_link_by_everything(void **state) {
    (void)state;
    karvan_freight_selection s = ANY;
    s.by_item = true, s.item = (karvan_item){KARVAN_ITEM_LINK, 0};
    rows_are(
        s, KARVAN_FREIGHT_BY_PAIR,
        "A C gen 100.0000 40.0000 40.0000 80.0000\nB A gen 10.0000 10.0000 100.0000 20.0000\n");
    rows_are(s, KARVAN_FREIGHT_BY_ORIGIN,
             "A 100.0000 40.0000 40.0000 80.0000\nB 10.0000 10.0000 100.0000 20.0000\n");
    rows_are(s, KARVAN_FREIGHT_BY_DESTINATION,
             "C 100.0000 40.0000 40.0000 80.0000\nA 10.0000 10.0000 100.0000 20.0000\n");
    rows_are(s, KARVAN_FREIGHT_BY_CLASS, "gen 110.0000 50.0000 45.4545 100.0000\n");
    s.direction = 1;
    rows_are(s, KARVAN_FREIGHT_BY_CORRIDOR, "iron 40.0000 100.0000\n");
    s.direction = 2;
    rows_are(s, KARVAN_FREIGHT_BY_PAIR, "B A gen 10.0000 10.0000 100.0000 100.0000\n");
    s.cargo_class = 1;
    rows_are(s, KARVAN_FREIGHT_BY_PAIR, "");
}

/* Rows of countries: 0 AAA, 1 BBB, 2 CCC. */
static void frontiers(void **state) {
    (void)state;
    static const struct {
        int a, b, direction;
        const char *mode;
        double want;
    } asked[] = {{0, 1, 0, NULL, 50},  {0, 1, 1, NULL, 40},  {0, 1, 2, NULL, 10},
                 {1, 0, 1, NULL, 10},  {1, 2, 1, NULL, 40},  {2, 1, 1, NULL, 0},
                 {0, 2, 0, NULL, 60},  {2, 0, 2, NULL, 60},  {0, 2, 2, NULL, 0},
                 {0, 2, 0, "rail", 0}, {0, 2, 0, "road", 60}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        karvan_freight_selection s = ANY;
        double share[2], sum;
        s.by_border = true, s.border = (karvan_border){asked[i].a, asked[i].b};
        s.direction = asked[i].direction, s.mode = asked[i].mode;
        near(sum_of(solved, s, KARVAN_FREIGHT_BY_PAIR), asked[i].want, 1e-8);
        assert_int_equal(karvan_freight_select(solved, &s, share, &sum, NULL), KARVAN_OK);
        near(sum, asked[i].want, 1e-8);
        near(100 * share[0] + 10 * share[1], asked[i].want, 1e-8);
    }
    karvan_freight_selection both = ANY; /* a place and a frontier: who passes one and the other */
    both.by_item = true, both.item = (karvan_item){KARVAN_ITEM_PLACE, 2};
    both.by_border = true, both.border = (karvan_border){0, 1};
    rows_are(both, KARVAN_FREIGHT_BY_ORIGIN, "A 100.0000 40.0000 40.0000 100.0000\n");
}

static void corridors(void **state) {
    (void)state;
    karvan_freight_selection s = ANY;
    s.by_border = true, s.border = (karvan_border){0, 2};
    rows_are(s, KARVAN_FREIGHT_BY_CORRIDOR, "other 60.0000 100.0000\n");
    s = ANY, s.corridor = 0, s.by_item = true, s.item = (karvan_item){KARVAN_ITEM_LINK, 1};
    rows_are(s, KARVAN_FREIGHT_BY_PAIR, "A C gen 100.0000 40.0000 40.0000 100.0000\n");
    s.item.row = 2;
    rows_are(s, KARVAN_FREIGHT_BY_PAIR, "");
}

static void refused(const karvan_freight_selection *s, int by, const char *part) {
    karvan_table *t = (karvan_table *)1;
    karvan_error e = {0};
    assert_int_equal(karvan_freight_select_table(solved, s, (karvan_freight_by)by, &t, &e),
                     KARVAN_E_ARG);
    assert_null(t);
    if (!strstr(e.msg, part)) fail_msg("'%s' lacks '%s'", e.msg, part);
}
static void what_cannot_be_asked(void **state) {
    (void)state;
    karvan_freight_selection s = ANY;
    karvan_table *t = NULL;
    refused(&s, 5, "no rows of number 5");
    refused(&s, -1, "no rows of number -1");
    refused(NULL, 0, "nothing to select");
    s.by_border = true, s.border = (karvan_border){1, 1};
    refused(&s, 0, "between two countries");
    s.border.b = 3;
    refused(&s, 0, "not rows 2 and 4");
    s.border = (karvan_border){-1, 0};
    refused(&s, 0, "not rows 0 and 1");
    s = ANY, s.direction = 3;
    refused(&s, 0, "a direction is");
    s = ANY, s.corridor = 1;
    refused(&s, 0, "no row 2 in table corridors");
    assert_int_equal(karvan_freight_select_table(NULL, &ANY, 0, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_freight_select_table(solved, &ANY, 0, NULL, NULL), KARVAN_E_ARG);
}

static karvan_status swept(karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight_selection s = ANY;
    s.by_border = true, s.border = (karvan_border){0, 1};
    for (int by = 0; st == KARVAN_OK && by <= KARVAN_FREIGHT_BY_CORRIDOR; by++) {
        karvan_table *t = NULL;
        st = karvan_freight_select_table(solved, &s, (karvan_freight_by)by, &t, err);
        karvan_table_destroy(t);
    }
    return st;
}
static void allocations(void **state) {
    (void)state;
    every_allocation_fails(swept, 500);
}

/* ---- the region that ships ---- */

typedef struct loaded { /* a solution and its table of links */
    const karvan_package *region;
    const karvan_freight *f;
    karvan_table *links;
    const char *class; /* of cargo_classes */
    int checked;
} loaded;

static double load_at(const loaded *l, int64_t row) {
    return karvan_table_real(l->links, karvan_table_find(l->links, "load"), row);
}
static const char *text_at(const loaded *l, const char *column, int64_t row) {
    return karvan_table_text(l->links, karvan_table_find(l->links, column), row);
}

/* Rows of the table that are of an item, in one direction and of all classes: the load, less what
 * goes empty. Of a terminal in both directions the first row is forth: *skip what goes before. */
static double load_of(const loaded *l, const char *kind, const char *id, const char *from,
                      const char *class, int skip) {
    double load = 0;
    for (int64_t r = 0; r < karvan_table_rows(l->links); r++) {
        if (strcmp(text_at(l, "link", r), id) != 0 || strcmp(text_at(l, "kind", r), kind) != 0 ||
            (from && strcmp(text_at(l, "from", r), from) != 0))
            continue;
        if (!from && strcmp(text_at(l, "class", r), "all") == 0) skip--;
        if (!from && skip != -1) continue;
        if (strcmp(text_at(l, "class", r), class) == 0) load += load_at(l, r);
        if (strcmp(class, "all") == 0 && strcmp(text_at(l, "class", r), "empty") == 0)
            load -= load_at(l, r);
    }
    return load;
}

/* Selected by each of the five, and of one class, beside the load. */
static void same(loaded *l, karvan_freight_selection s, const char *kind, const char *id,
                 const char *from, int skip) {
    double want = load_of(l, kind, id, from, "all", skip);
    for (int by = 0; by <= KARVAN_FREIGHT_BY_CORRIDOR; by++)
        near(sum_of(l->f, s, (karvan_freight_by)by) / (want > 0 ? want : 1), want > 0, 1e-12);
    s.cargo_class = (int32_t)karvan_package_row(l->region, "cargo_classes", l->class);
    near(sum_of(l->f, s, KARVAN_FREIGHT_BY_PAIR), load_of(l, kind, id, from, l->class, skip),
         1e-12);
    l->checked++;
}

/* A row that was used, one direction and then the other. Rows of terminals say no direction: forth
 * stands before back, and alone where nothing goes back. */
static void check_item(loaded *l, const char *table, karvan_item_kind kind, int64_t row) {
    static const char *const name[] = {"link", "terminal", "service"};
    const karvan_table *t = karvan_package_table(l->region, table),
                       *links = karvan_package_table(l->region, "links");
    const char *id = karvan_table_text(t, karvan_table_find(t, "id"), row);
    karvan_freight_selection s = ANY;
    int before = 0;
    s.by_item = true, s.item = (karvan_item){kind, (int32_t)row};
    for (s.direction = 1; s.direction <= 2; s.direction++) {
        if (kind == KARVAN_ITEM_TERMINAL) {
            if (!(sum_of(l->f, s, KARVAN_FREIGHT_BY_PAIR) > 0)) continue;
            same(l, s, name[kind], id, NULL, before++);
            continue;
        }
        int64_t link =
            kind == KARVAN_ITEM_LINK
                ? row
                : karvan_package_row(l->region, "links",
                                     karvan_table_text(t, karvan_table_find(t, "link"), row));
        same(l, s, name[kind], id,
             karvan_table_text(links, karvan_table_find(links, s.direction == 1 ? "from" : "to"),
                               link),
             0);
    }
}

/* All loaded rows of links, terminals and services. */
static void check_all(loaded *l) {
    static const char *const tables[] = {"links", "terminals", "services"};
    int64_t rows = 0;
    for (int k = 0; k < 3; k++) {
        const karvan_table *t = karvan_package_table(l->region, tables[k]);
        for (int64_t r = 0; r < karvan_table_rows(t); r++)
            check_item(l, tables[k], (karvan_item_kind)k, r);
    }
    for (int64_t r = 0; r < karvan_table_rows(l->links); r++)
        rows += strcmp(text_at(l, "class", r), "all") == 0 &&
                strcmp(text_at(l, "kind", r), "capacity") != 0 && load_at(l, r) > 0;
    assert_true(rows > 100 && l->checked >= rows);
}

/* A frontier's cargo is that of the links over it. */
static void check_border(loaded *l, const char *a, const char *b) {
    const karvan_table *places = karvan_package_table(l->region, "places");
    const int country = karvan_table_find(places, "country");
    karvan_freight_selection s = ANY;
    double want = 0;
    for (int64_t r = 0; r < karvan_table_rows(l->links); r++) {
        if (strcmp(text_at(l, "kind", r), "link") != 0 ||
            strcmp(text_at(l, "class", r), "all") != 0)
            continue;
        int64_t from = karvan_package_row(l->region, "places", text_at(l, "from", r)),
                to = karvan_package_row(l->region, "places", text_at(l, "to", r));
        if (strcmp(karvan_table_text(places, country, from), a) == 0 &&
            strcmp(karvan_table_text(places, country, to), b) == 0)
            want += load_at(l, r);
    }
    s.by_border = true, s.direction = 1;
    s.border.a = (int32_t)karvan_package_row(l->region, "countries", a);
    s.border.b = (int32_t)karvan_package_row(l->region, "countries", b);
    assert_true(want > 1);
    near(sum_of(l->f, s, KARVAN_FREIGHT_BY_PAIR) / want, 1, 1e-12);
}

static void rows_add_up_to_loads(void **state) {
    (void)state;
    static const char text[] =
        "origin,destination,cargo_class,teu\nCHN,EUU,general,300000\nKAZ,TUR,metals,90000\n"
        "EUU,CHN,manufactures,90000\nKZAAU,AZBAK,general,90000\nAZBAK,KZALA,general,20000\n";
    karvan_problems *p = NULL;
    karvan_package *region = NULL;
    karvan_table *demand = NULL;
    karvan_error e = {0};
    if (karvan_problems_create(&p, &e) ||
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", p, &region, &e) ||
        karvan_csv_parse(text, strlen(text), "demand.csv", "demand", NULL, NULL, &demand, &e))
        fail_msg("%s", e.msg);
    karvan_freight *f = solve(region, demand, false);
    loaded l = {.region = region, .f = f, .class = "general"};
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_LINKS, &l.links, NULL), KARVAN_OK);
    check_all(&l);
    check_border(&l, "KAZ", "AZE"), check_border(&l, "AZE", "KAZ"), check_border(&l, "CHN", "KAZ");
    karvan_table_destroy(l.links);
    karvan_freight_destroy(f);
    karvan_table_destroy(demand);
    karvan_package_destroy(region), karvan_problems_destroy(p);
}

/* Units that go back empty load links too, but are nobody's cargo. */
static void empty_units_are_not_selected(void **state) {
    (void)state;
    karvan_freight *f = solve(small.package, karvan_package_table(small.package, "demand"), true);
    loaded l = {.region = small.package, .f = f, .class = "gen"};
    double empty = 0;
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_LINKS, &l.links, NULL), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(l.links); r++)
        if (strcmp(text_at(&l, "class", r), "empty") == 0) empty += load_at(&l, r);
    assert_true(empty > 10);
    for (int64_t r = 0; r < 3; r++) check_item(&l, "links", KARVAN_ITEM_LINK, r);
    assert_int_equal(l.checked, 6);
    karvan_table_destroy(l.links);
    karvan_freight_destroy(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_by_everything),
        cmocka_unit_test(frontiers),
        cmocka_unit_test(corridors),
        cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(allocations),
        cmocka_unit_test(empty_units_are_not_selected),
        cmocka_unit_test(rows_add_up_to_loads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
