/* Random flows: every indicator beside the plainest reading of its formula over a dense array, and
 * what must hold of any flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "trade_flows.h"

enum { YEARS = 2, N = 5, K = 7, ALL = -1, ROUNDS = 150 };
static const char *const COUNTRY[N] = {"AAA", "BBB", "CCC", "DDD", "EEE"};
static const char *const PRODUCT[K] = {"0101", "0102", "0203", "0204", "0205", "2701", "8703"};

typedef struct world {
    double v[YEARS][N][N][K]; /* NaN: not stated */
    bool complete;
} world;

static void draw(world *w, karvan_random *r) {
    uint64_t density = 1 + karvan_random_below(r, 4);
    w->complete = karvan_random_below(r, 2);
    for (int y = 0; y < YEARS; y++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                for (int k = 0; k < K; k++)
                    w->v[y][i][j][k] = i != j && karvan_random_below(r, 4) < density
                                           ? (double)karvan_random_below(r, 8)
                                           : NAN;
}

/* The rows in an order that means nothing. */
static karvan_trade_cube *packed(const world *w, karvan_random *r) {
    int row[YEARS * N * N * K], n = 0;
    karvan_i_text t = {0};
    for (int i = 0; i < YEARS * N * N * K; i++)
        if (!isnan((&w->v[0][0][0][0])[i])) row[n++] = i;
    for (int i = n - 1; i > 0; i--) {
        int j = (int)karvan_random_below(r, (uint64_t)i + 1), swap = row[i];
        row[i] = row[j], row[j] = swap;
    }
    karvan_i_text_puts(&t, "year,exporter,importer,product,value\n");
    for (int i = 0; i < n; i++) {
        int at = row[i];
        karvan_i_text_printf(&t, "%d,%s,%s,%s,%g\n", 2020 + at / (N * N * K),
                             COUNTRY[at / (N * K) % N], COUNTRY[at / K % N], PRODUCT[at % K],
                             (&w->v[0][0][0][0])[at]);
    }
    karvan_trade_cube *c =
        n == 0 ? NULL : cube_of(t.s, &(karvan_trade_cube_options){.complete = w->complete});
    karvan_i_text_clear(&t);
    return c;
}

/* ---- sums: of i to j of k, each of which may be ALL; NaN: nothing is stated ---- */

static bool any_of(const world *w, int y, int i, int j) {
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++)
            for (int k = 0; k < K; k++)
                if ((i == ALL || a == i) && (j == ALL || b == j) && !isnan(w->v[y][a][b][k]))
                    return true;
    return false;
}

static double sum(const world *w, int y, int i, int j, int k, bool of_exporter) {
    double s = 0;
    bool any = false;
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++)
            for (int p = 0; p < K; p++) {
                if ((i != ALL && a != i) || (j != ALL && b != j) || (k != ALL && p != k)) continue;
                if (isnan(w->v[y][a][b][p])) continue;
                any = true, s += w->v[y][a][b][p];
            }
    if (any) return s;
    return w->complete && (of_exporter ? any_of(w, y, i, ALL) : any_of(w, y, ALL, j)) ? 0 : NAN;
}
static double X(const world *w, int y, int i, int j, int k) { return sum(w, y, i, j, k, true); }
static double M(const world *w, int y, int i, int j, int k) { return sum(w, y, j, i, k, false); }
static double or_0(double v) { return isnan(v) ? 0 : v; }
static double over(double a, double b) { return b == 0 ? NAN : a / b; }

/* Is anything stated that i has no part in? */
static bool others(const world *w, int y, int i) {
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++)
            if (a != i && b != i && any_of(w, y, a, b)) return true;
    return false;
}
static double if_others(const world *w, int y, int i, double v) {
    return others(w, y, i) ? v : NAN;
}

/* ---- formulas ---- */

typedef double (*formula)(const world *w, int y, int i, int j, int k);

static double f_exports(const world *w, int y, int i, int j, int k) { return X(w, y, i, j, k); }
static double f_imports(const world *w, int y, int i, int j, int k) { return M(w, y, i, j, k); }
static double f_balance(const world *w, int y, int i, int j, int k) {
    return X(w, y, i, j, k) - M(w, y, i, j, k);
}
static double f_growth(const world *w, int y, int i, int j, int k) {
    return y == 0 ? NAN : over(100 * (X(w, 1, i, j, k) - X(w, 0, i, j, k)), X(w, 0, i, j, k));
}
static double f_share(const world *w, int y, int i, int j, int k) {
    return 100 * (k == ALL ? over(X(w, y, i, j, ALL), X(w, y, i, ALL, ALL))
                           : over(X(w, y, i, j, k), X(w, y, i, j, ALL)));
}
static double f_market_share(const world *w, int y, int i, int j, int k) {
    return if_others(w, y, i, 100 * over(X(w, y, i, j, k), X(w, y, ALL, j, k)));
}
static double f_intensity(const world *w, int y, int i, int j, int k) {
    (void)k;
    double to = over(X(w, y, i, j, ALL), X(w, y, i, ALL, ALL));
    return if_others(w, y, i, over(to, over(X(w, y, ALL, j, ALL), X(w, y, ALL, ALL, ALL))));
}
static double f_rca(const world *w, int y, int i, int j, int k) {
    double of_i = over(X(w, y, i, j, k), X(w, y, i, j, ALL));
    return if_others(w, y, i, over(of_i, over(X(w, y, ALL, j, k), X(w, y, ALL, j, ALL))));
}
static double f_nrca(const world *w, int y, int i, int j, int k) {
    double all = X(w, y, ALL, j, ALL), of_i = X(w, y, i, j, ALL);
    if (of_i == 0) return NAN;
    return if_others(w, y, i,
                     over(X(w, y, i, j, k), all) - over(of_i * X(w, y, ALL, j, k), all * all));
}
static double f_orientation(const world *w, int y, int i, int j, int k) {
    double here = over(X(w, y, i, j, k), X(w, y, i, j, ALL));
    double there =
        over(X(w, y, i, ALL, k) - X(w, y, i, j, k), X(w, y, i, ALL, ALL) - X(w, y, i, j, ALL));
    return over(here, there);
}
static double f_gl(const world *w, int y, int i, int j, int k) {
    double x = X(w, y, i, j, k), m = M(w, y, i, j, k), apart = 0;
    if (k != ALL) return 1 - over(fabs(x - m), x + m);
    for (int p = 0; p < K; p++) apart += fabs(or_0(X(w, y, i, j, p)) - or_0(M(w, y, i, j, p)));
    return 1 - over(apart, x + m);
}
static double f_gl_adjusted(const world *w, int y, int i, int j, int k) {
    double x = X(w, y, i, j, ALL), m = M(w, y, i, j, ALL);
    (void)k;
    return over(f_gl(w, y, i, j, ALL) * (x + m), x + m - fabs(x - m));
}
static double f_miit(const world *w, int y, int i, int j, int k) {
    double apart = 0, moved = 0;
    bool any = false;
    for (int p = 0; p < K && y == 1; p++) {
        double dx = X(w, 1, i, j, p) - X(w, 0, i, j, p), dm = M(w, 1, i, j, p) - M(w, 0, i, j, p);
        if ((k != ALL && p != k) || isnan(dx) || isnan(dm)) continue;
        any = true, apart += fabs(dx - dm), moved += fabs(dx) + fabs(dm);
    }
    return any ? 1 - over(apart, moved) : NAN;
}
static double f_complementarity(const world *w, int y, int i, int j, int k) {
    double x = X(w, y, i, ALL, ALL), m = M(w, y, j, ALL, ALL), apart = 0;
    (void)k;
    for (int p = 0; p < K; p++)
        apart += fabs(over(or_0(X(w, y, i, ALL, p)), x) - over(or_0(M(w, y, j, ALL, p)), m));
    return 1 - apart / 2;
}
static double f_similarity(const world *w, int y, int i, int j, int k) {
    double x = X(w, y, i, ALL, ALL), z = X(w, y, j, ALL, ALL), apart = 0;
    (void)k;
    for (int p = 0; p < K; p++)
        apart += fabs(over(or_0(X(w, y, i, ALL, p)), x) - over(or_0(X(w, y, j, ALL, p)), z));
    return 1 - apart / 2;
}
static double f_extensive(const world *w, int y, int i, int j, int k) {
    double mine = 0, all = 0;
    (void)k;
    for (int p = 0; p < K; p++) {
        double x = or_0(X(w, y, i, j, p)), rest = or_0(X(w, y, ALL, j, p)) - x;
        all += rest, mine += x > 0 ? rest : 0;
    }
    return X(w, y, i, j, ALL) > 0 ? if_others(w, y, i, over(mine, all)) : NAN;
}
static double f_margins(const world *w, int y, int i, int j, int k) { /* their product */
    double x = X(w, y, i, j, ALL), rest = X(w, y, ALL, j, ALL) - x;
    (void)k;
    return f_extensive(w, y, i, j, ALL) > 0 ? over(x, rest) : NAN;
}
static double f_cms(const world *w, int y, int i, int j, int k) {
    (void)k;
    if (y == 0 || !(X(w, 1, i, j, ALL) >= 0) || !any_of(w, 1, i, j) || !any_of(w, 0, i, j))
        return NAN;
    return if_others(w, y, i,
                     100 * (over(X(w, 1, i, j, ALL), X(w, 1, ALL, j, ALL)) -
                            over(X(w, 0, i, j, ALL), X(w, 0, ALL, j, ALL))));
}
static double f_hhi(const world *w, int y, int i, int j, int k) {
    double s = 0, all = X(w, y, i, j, ALL);
    (void)k;
    if (!any_of(w, y, i, j)) return NAN;
    for (int p = 0; p < K; p++) s += pow(over(or_0(X(w, y, i, j, p)), all), 2);
    return s;
}
static double f_theil(const world *w, int y, int i, int j, int k) {
    double s = 0, n = 0, all = X(w, y, i, j, ALL);
    (void)k;
    if (!any_of(w, y, i, j) || all == 0) return NAN;
    for (int p = 0; p < K; p++) n += !isnan(sum(w, y, ALL, ALL, p, true)) && any_of(w, y, ALL, ALL);
    if (w->complete) { /* sum says 0 of what none trades */
        n = 0;
        for (int p = 0; p < K; p++) {
            bool traded = false;
            for (int a = 0; a < N * N; a++) traded = traded || !isnan(w->v[y][a / N][a % N][p]);
            n += traded;
        }
    }
    for (int p = 0; p < K; p++) {
        double share = or_0(X(w, y, i, j, p)) / all;
        if (share > 0) s += share * log(share * n);
    }
    return s;
}
static double f_hhi_partners(const world *w, int y, int i, int j, int k) {
    double s = 0, all = X(w, y, i, ALL, ALL);
    (void)j, (void)k;
    if (!any_of(w, y, i, ALL)) return NAN;
    for (int p = 0; p < N; p++) s += pow(over(or_0(X(w, y, i, p, ALL)), all), 2);
    return s;
}

/* ---- both, side by side ---- */

typedef struct checked {
    const char *name;
    formula of;
    bool country, pair, total, product; /* asked of what */
} checked;
static const checked CHECKED[] = {{"exports", f_exports, true, true, true, true},
                                  {"imports", f_imports, true, true, true, true},
                                  {"balance", f_balance, true, true, true, true},
                                  {"growth", f_growth, true, true, true, true},
                                  {"share", f_share, true, true, true, true},
                                  {"market_share", f_market_share, true, true, true, true},
                                  {"intensity", f_intensity, false, true, true, false},
                                  {"rca", f_rca, true, true, false, true},
                                  {"nrca", f_nrca, true, true, false, true},
                                  {"orientation", f_orientation, false, true, false, true},
                                  {"grubel_lloyd", f_gl, true, true, true, true},
                                  {"grubel_lloyd_adjusted", f_gl_adjusted, true, true, true, false},
                                  {"miit_a", f_miit, true, true, true, true},
                                  {"complementarity", f_complementarity, false, true, true, false},
                                  {"similarity", f_similarity, false, true, true, false},
                                  {"extensive_margin", f_extensive, true, true, true, false},
                                  {"cms_change", f_cms, true, true, true, false},
                                  {"hhi_products", f_hhi, true, true, true, false},
                                  {"theil_products", f_theil, true, true, true, false},
                                  {"hhi_partners", f_hhi_partners, true, false, true, false}};

static int position(const char *const *names, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (name && strcmp(names[i], name) == 0) return i;
    return ALL;
}

static int64_t compare(const world *w, const karvan_table *t, const checked *of) {
    int64_t known = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int y = (int)karvan_i_cell_real(t, "year", r) - 2020;
        int i = position(COUNTRY, N, karvan_i_cell_text(t, "country", r));
        int j = position(COUNTRY, N, karvan_i_cell_text(t, "partner", r));
        int k = position(PRODUCT, K, karvan_i_cell_text(t, "product", r));
        double v = karvan_i_cell_real(t, "value", r), slow = of->of(w, y, i, j, k);
        const char *why = karvan_i_cell_text(t, "why", r);
        if (isnan(v) != (*why != 0)) fail_msg("%s: a value and a reason '%s'", of->name, why);
        if (isnan(v) ? !isnan(slow) : !(fabs(v - slow) < 1e-12 * (1 + fabs(slow))))
            fail_msg("%s %d %d-%d product %d, %s: %.17g (%s), slowly %.17g", of->name, 2020 + y, i,
                     j, k, w->complete ? "complete" : "as stated", v, why, slow);
        known += !isnan(v);
    }
    return known;
}

static void formulas_read_plainly(void **state) {
    (void)state;
    karvan_random r;
    int64_t known[sizeof CHECKED / sizeof CHECKED[0]] = {0};
    karvan_random_init(&r, 20261126, 1);
    for (int round = 0; round < ROUNDS; round++) {
        world w;
        draw(&w, &r);
        karvan_trade_cube *c = packed(&w, &r);
        for (size_t k = 0; c && k < sizeof CHECKED / sizeof CHECKED[0]; k++)
            for (int what = 0; what < 4; what++) {
                const checked *of = &CHECKED[k];
                bool pair = what & 1, product = what & 2;
                if (!(pair ? of->pair : of->country) || !(product ? of->product : of->total))
                    continue;
                karvan_table *t = indicator_of(
                    c, of->name,
                    (karvan_indicator_query){.by_partner = pair, .by_product = product});
                known[k] += compare(&w, t, of);
                karvan_table_destroy(t);
            }
        karvan_trade_cube_destroy(c);
    }
    for (size_t k = 0; k < sizeof CHECKED / sizeof CHECKED[0]; k++)
        if (known[k] < 100) fail_msg("%s: only %lld values", CHECKED[k].name, (long long)known[k]);
}

/* ---- what must hold ---- */

/* Sum of a column of figures by country, NaN where one is missing. */
static void sums_to(const karvan_trade_cube *c, const char *name, karvan_indicator_query q,
                    double total, int64_t *seen) {
    for (int i = 0; i < karvan_trade_cube_countries(c); i++) {
        q.country = karvan_trade_cube_country(c, i), q.has_from = q.has_to = true;
        q.from_year = q.to_year = 2020;
        karvan_table *t = indicator_of(c, name, q);
        double s = 0;
        for (int64_t r = 0; r < karvan_table_rows(t); r++) s += karvan_i_cell_real(t, "value", r);
        bool any = karvan_table_rows(t) > 0;
        karvan_table_destroy(t);
        if (!any || isnan(s)) continue;
        equals(s, total, 1e-9), ++*seen;
    }
}

static void within(const karvan_trade_cube *c, const char *name, bool pair, bool product,
                   double least, double most) {
    karvan_table *t =
        indicator_of(c, name, (karvan_indicator_query){.by_partner = pair, .by_product = product});
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, "value", r);
        if (v < least - 1e-12 || v > most + 1e-12) fail_msg("%s: %.17g", name, v);
    }
    karvan_table_destroy(t);
}

static void same_both_ways(const karvan_trade_cube *c, const char *name) {
    for (int i = 0; i < karvan_trade_cube_countries(c); i++)
        for (int j = 0; j < i; j++) {
            karvan_indicator_query q = {.country = karvan_trade_cube_country(c, i),
                                        .partner = karvan_trade_cube_country(c, j),
                                        .has_from = true,
                                        .has_to = true,
                                        .from_year = 2020,
                                        .to_year = 2020};
            double a = value_of(c, name, q, NULL, NULL);
            const char *swap = q.country;
            q.country = q.partner, q.partner = swap;
            double b = value_of(c, name, q, NULL, NULL);
            if (isnan(a) != isnan(b)) fail_msg("%s: %g and %g", name, a, b);
            if (!isnan(a)) equals(a, b, 1e-12);
        }
}

static void parts_make_the_whole(const karvan_trade_cube *c, const char *whole,
                                 const char *const *parts, bool times, int64_t *seen) {
    karvan_indicator_query q = {0};
    karvan_table *t = indicator_of(c, whole, q), *p[3] = {NULL};
    int n = 0;
    for (; parts[n]; n++) p[n] = indicator_of(c, parts[n], q);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, "value", r), made = times ? 1 : 0;
        for (int i = 0; i < n; i++) {
            double part = karvan_i_cell_real(p[i], "value", r);
            made = times ? made * part : made + part;
        }
        if (!isnan(v)) equals(made, v, 1e-10), ++*seen;
    }
    karvan_table_destroy(t);
    for (int i = 0; i < n; i++) karvan_table_destroy(p[i]);
}

static void what_must_hold(void **state) {
    (void)state;
    static const char *const cms[] = {"cms_performance", "cms_structure", "cms_interaction", NULL},
                             *const margins[] = {"theil_products_extensive",
                                                 "theil_products_intensive", NULL},
                             *const chapters[] = {"theil_products_between", "theil_products_within",
                                                  NULL},
                             *const partners[] = {"theil_partners_extensive",
                                                  "theil_partners_intensive", NULL};
    karvan_random r;
    int64_t seen[6] = {0};
    karvan_random_init(&r, 20261126, 2);
    for (int round = 0; round < ROUNDS; round++) {
        world w;
        draw(&w, &r);
        w.complete = false; /* each product and partner that is stated has a row */
        karvan_trade_cube *c = packed(&w, &r);
        if (!c || karvan_trade_cube_year(c, 0) != 2020) {
            karvan_trade_cube_destroy(c);
            continue;
        }
        karvan_indicator_query by_product = {.by_product = true}, by_partner = {.by_partner = true};
        sums_to(c, "share", by_product, 100, &seen[0]);
        sums_to(c, "share", by_partner, 100, &seen[1]);
        parts_make_the_whole(c, "cms_change", cms, false, &seen[2]);
        parts_make_the_whole(c, "theil_products", margins, false, &seen[3]);
        parts_make_the_whole(c, "theil_products", chapters, false, &seen[4]);
        parts_make_the_whole(c, "theil_partners", partners, false, &seen[5]);
        same_both_ways(c, "similarity"), same_both_ways(c, "grubel_lloyd");
        within(c, "similarity", true, false, 0, 1), within(c, "complementarity", true, false, 0, 1);
        within(c, "grubel_lloyd", true, true, 0, 1), within(c, "miit_a", true, true, 0, 1);
        within(c, "grubel_lloyd_adjusted", false, false, 0, 1);
        within(c, "miit_b", false, true, -1, 1), within(c, "rca_symmetric", false, true, -1, 1);
        within(c, "nrca", false, true, -0.25, 0.25);
        within(c, "hhi_products_normalised", false, false, 0, 1);
        within(c, "hhi_partners_normalised", false, false, 0, 1);
        within(c, "extensive_margin", true, false, 0, 1);
        within(c, "theil_products", false, false, 0, log(K));
        karvan_trade_cube_destroy(c);
    }
    for (int i = 0; i < 6; i++) assert_true(seen[i] > 100);
}

/* NRCA sums to 0 over the products of a country, where all of them are listed. */
static void normalised_advantage_sums_to_zero(void **state) {
    (void)state;
    karvan_random r;
    int64_t seen = 0;
    karvan_random_init(&r, 20261126, 3);
    for (int round = 0; round < ROUNDS; round++) {
        world w;
        draw(&w, &r);
        w.complete = true;
        karvan_trade_cube *c = packed(&w, &r);
        karvan_indicator_query q = {.by_product = true};
        if (c && karvan_trade_cube_year(c, 0) == 2020) sums_to(c, "nrca", q, 0, &seen);
        if (c && karvan_trade_cube_year(c, 0) == 2020) sums_to(c, "rca_additive", q, 0, &seen);
        karvan_trade_cube_destroy(c);
    }
    assert_true(seen > 500);
}

/* The margins' product is the country's exports over all others'. */
static void margins_multiply(void **state) {
    (void)state;
    karvan_random r;
    int64_t seen = 0;
    karvan_random_init(&r, 20261126, 4);
    for (int round = 0; round < ROUNDS; round++) {
        world w;
        draw(&w, &r);
        karvan_trade_cube *c = packed(&w, &r);
        karvan_table *e =
            c ? indicator_of(c, "extensive_margin", (karvan_indicator_query){0}) : NULL;
        karvan_table *m =
            c ? indicator_of(c, "intensive_margin", (karvan_indicator_query){0}) : NULL;
        for (int64_t k = 0; c && k < karvan_table_rows(e); k++) {
            int i = position(COUNTRY, N, karvan_i_cell_text(e, "country", k));
            int y = (int)karvan_i_cell_real(e, "year", k) - 2020;
            double v = karvan_i_cell_real(e, "value", k) * karvan_i_cell_real(m, "value", k);
            double slow = f_margins(&w, y, i, ALL, ALL);
            if (!isnan(slow)) equals(v, slow, 1e-12), seen++;
        }
        karvan_table_destroy(e), karvan_table_destroy(m), karvan_trade_cube_destroy(c);
    }
    assert_true(seen > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_read_plainly), cmocka_unit_test(what_must_hold),
        cmocka_unit_test(normalised_advantage_sums_to_zero), cmocka_unit_test(margins_multiply)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
