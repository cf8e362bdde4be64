/* The index of relations on random regions: the same by slow definitions; one tie more never lowers
 * a score; bounds hold every meaning of the dates. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/order.h"
#include "karvan/relations.h"
#include "region.h"
#include "share.h"
#include "table/cell.h"

#define COUNTRIES \
    "iso3:s,name:s,independence:d\nAAA,Aland,2000-01-01\nBBB,Beland,1999\nCCC,Celand,2000-01-01\n"
#define INDEX_HEAD \
    "component:s,dimension:s,measure:s,weight:n,transformation:s,parameter:n,half_life:n\n"
#define CLAIMS_HEAD  "id:s,kind:s,title:s,date:d,rank:s,conflict:s,source:s\n"
#define PARTIES_HEAD "claim:s,party:s,role:s\n"
#define COVERAGE                                                                                  \
    "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\ncountries,,*,,2000,2004,true\n" \
    "claims,*,*,,2000,2004,true\nmemberships,*,*,,2000,2004,true\n"

enum { N_TABLES = 7 };
static const small_table NAMES[N_TABLES] = {
    {"countries", NULL, NULL}, {"organisations", NULL, NULL}, {"memberships", NULL, NULL},
    {"claims", NULL, NULL},    {"parties", NULL, NULL},       {"relation_index", NULL, NULL},
    {"coverage", NULL, NULL}};

static karvan_table *scores(const karvan_package *package, const karvan_index_query *q) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_relation_index(package, q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

/* ---- random regions ---- */

enum { MEASURES = 6, COMPONENTS = 7, DRAWS = 101, TEXT = 6000 };
static const char *const MEASURE[MEASURES] = {"recognition",  "missions", "visits",
                                              "joint_bodies", "treaties", "security"};
static const char *const DIMENSION[] = {"political", "economic", "cultural", "strategic", "all"};
static const char *const TRANSFORMATION[] = {"presence", "linear", "log", "share"};

typedef struct written {
    char claims[TEXT], parties[TEXT], memberships[TEXT], index[TEXT];
    int n;
    karvan_day from[40], to[40];
} written;

static void add(char *text, const char *fmt, ...) KARVAN_PRINTF(2, 3);
static void add(char *text, const char *fmt, ...) {
    size_t n = strlen(text);
    va_list ap;
    va_start(ap, fmt);
    assert_true(vsnprintf(text + n, TEXT - n, fmt, ap) < (int)(TEXT - n));
    va_end(ap);
}

static int below(karvan_random *r, int n) { return (int)karvan_random_below(r, (uint64_t)n); }

static void add_date(char *text, karvan_day from, karvan_day to) {
    char a[40], b[40];
    karvan_day_format(from, a, sizeof a), karvan_day_format(to, b, sizeof b);
    from == to ? add(text, "%s", a) : add(text, "\"[%s..%s]\"", a, b);
}

/* A claim of a kind, its parties two of three with the roles of the kind. */
static void add_claim(written *w, int i, int kind, int a, int b) {
    static const char *const kinds[] = {"recognition", "mission_opened", "visit",
                                        "security",    "treaty",         "mission_closed"};
    static const char *const roles[][2] = {{"party", "party"},  {"sender", "receiver"},
                                           {"visitor", "host"}, {"party", "party"},
                                           {"party", "party"},  {"sender", "receiver"}};
    add(w->claims, "c%d,%s,title %d,", i, kinds[kind], i % 3);
    add_date(w->claims, w->from[i], w->to[i]);
    add(w->claims, ",normal,,s\n");
    add(w->parties, "c%d,%c%c%c,%s\nc%d,%c%c%c,%s\n", i, 'A' + a, 'A' + a, 'A' + a, roles[kind][0],
        i, 'A' + b, 'A' + b, 'A' + b, roles[kind][1]);
}

static void write_index(karvan_random *r, written *w) {
    (void)snprintf(w->index, TEXT, "%s", INDEX_HEAD);
    for (int c = 0; c < COMPONENTS; c++) {
        int m = below(r, MEASURES), tr = below(r, 4);
        bool happened = m == 2 || m == 4;
        add(w->index, "k%d,%s,%s,%d,%s,%d,", c, DIMENSION[below(r, 3)], MEASURE[m], 1 + below(r, 4),
            TRANSFORMATION[tr], 1 + below(r, 4));
        add(w->index, happened && below(r, 2) ? "%d\n" : "\n", 1 + below(r, 3));
    }
}

/* certain: each claim on a day that its date may mean, drawn by r2. */
static void write_claims(karvan_random *r, written *w, int n, karvan_random *certain) {
    karvan_day zero = karvan_day_from_civil(1999, 6, 1);
    (void)snprintf(w->claims, TEXT, "%s", CLAIMS_HEAD);
    (void)snprintf(w->parties, TEXT, "%s", PARTIES_HEAD);
    w->n = n;
    for (int i = 0; i < n; i++) {
        int kind = below(r, 6), a = below(r, 3), b = (a + 1 + below(r, 2)) % 3;
        w->from[i] = zero + below(r, 1800);
        w->to[i] = w->from[i] + (below(r, 2) ? below(r, 700) : 0);
        if (certain)
            w->from[i] = w->to[i] = w->from[i] + below(certain, (int)(w->to[i] - w->from[i]) + 1);
        add_claim(w, i, kind, a, b);
    }
}

static void write_memberships(karvan_random *r, written *w) {
    (void)snprintf(w->memberships, TEXT, "organisation:s,country:s,status:s,from:d,to:d\n");
    for (int c = 0; c < 3; c++)
        for (int o = 1; o <= 2; o++)
            if (below(r, 3))
                add(w->memberships, "O%d,%c%c%c,member,%d,%s\n", o, 'A' + c, 'A' + c, 'A' + c,
                    2000 + below(r, 3), below(r, 2) ? ".." : "2003");
}

static void open_written(small_region *one, const written *w, bool all) {
    const small_table tables[] = {
        {"countries", COUNTRIES, "\"iso3\""},
        {"organisations",
         "id:s,kind:s,dimension:s\nO1,organisation,political\nO2,organisation,economic\n",
         "\"id\""},
        {"memberships", w->memberships, NULL},
        {"claims", w->claims, "\"id\""},
        {"parties", w->parties, NULL},
        {"relation_index", w->index, "\"component\""},
        {"coverage",
         all ? COVERAGE
             : "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\n"
               "countries,,*,,2000,2004,true\nclaims,recognition;treaty,AAA,*,2000,2004,true\n"
               "claims,recognition,AAA,*,2000,2004,true\nclaims,treaty,*,,2000,2004,true\n"
               "claims,visit,AAA,*,2001,2004,true\nclaims,visit,BBB,CCC,2000,2004,false\n"
               "memberships,*,*,,2000,2003,true\n",
         NULL}};
    assert_true(small_open(one, tables, N_TABLES));
    one->tables = NAMES; /* what small_close removes; the texts have been read */
}

/* ---- the same, slowly ---- */

typedef struct slow {
    karvan_table *parts;
    int64_t n;
    double weight[3][COMPONENTS], low[3][COMPONENTS], high[3][COMPONENTS]; /* [pair] */
    bool counts[3][COMPONENTS], of[COMPONENTS][5];
} slow;

/* Components of one year as the table of components tells them. */
static void read_year(slow *s, int year) {
    int64_t first = -1;
    for (int64_t r = 0; r < karvan_table_rows(s->parts); r++)
        if (karvan_table_int(s->parts, 0, r) == year && first < 0) first = r;
    for (int p = 0; p < 3; p++)
        for (int c = 0; c < COMPONENTS; c++) {
            int64_t r = first + p * COMPONENTS + c;
            s->weight[p][c] = karvan_i_cell_real(s->parts, "weight", r);
            s->low[p][c] = karvan_i_cell_real(s->parts, "low", r);
            s->high[p][c] = karvan_i_cell_real(s->parts, "high", r);
            s->counts[p][c] = karvan_i_cell_bool(s->parts, "counts", r);
            for (int d = 0; d < 5; d++)
                s->of[c][d] = d == 4 || karvan_i_cell_is(s->parts, "dimension", r, DIMENSION[d]);
        }
}

/* NaN: nothing of it is covered. */
static double slow_score(const slow *s, int p, int d, const double *w) {
    double sum = 0, all = 0, mean = 0, covered = 0;
    for (int c = 0; c < COMPONENTS; c++)
        if (s->of[c][d] && s->counts[p][c])
            mean += w[c] * (s->low[p][c] + s->high[p][c]) / 2, covered += w[c];
    if (covered == 0) return NAN;
    for (int c = 0; c < COMPONENTS; c++) {
        double v = s->counts[p][c] ? (s->low[p][c] + s->high[p][c]) / 2
                                   : fmin(fmax(mean / covered, s->low[p][c]), s->high[p][c]);
        if (s->of[c][d]) sum += w[c] * v, all += w[c];
    }
    return sum / all;
}

static void weights_of(int draw, uint64_t seed, double *w) {
    for (int c = 0; c < COMPONENTS; c++) {
        karvan_random r;
        karvan_random_init(&r, seed, (uint64_t)c);
        karvan_random_seek(&r, (uint64_t)draw);
        w[c] = -log(karvan_random_uniform(&r));
    }
}

static void agrees(double v, double expected, double within, const char *what) {
    if (!(fabs(v - expected) <= within)) fail_msg("%s: %.9g, not %.9g", what, v, expected);
}

static void compare_year(slow *s, const karvan_table *t, int year) {
    read_year(s, year);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (karvan_table_int(t, 0, r) != year) continue;
        int d = 0, p = karvan_i_cell_is(t, "code1", r, "BBB")   ? 2
                       : karvan_i_cell_is(t, "code2", r, "BBB") ? 0
                                                                : 1;
        while (!karvan_i_cell_is(t, "dimension", r, DIMENSION[d])) d++;
        double mine[DRAWS], low = 0, high = 0, all = 0, above = 1, score;
        int held = 0, order = 0, others = 0;
        for (int c = 0; c < COMPONENTS; c++)
            if (s->of[c][d])
                low += s->weight[p][c] * s->low[p][c], high += s->weight[p][c] * s->high[p][c],
                    all += s->weight[p][c];
        agrees(karvan_i_cell_real(t, "low", r), low / all, 3e-6, "low");
        agrees(karvan_i_cell_real(t, "high", r), high / all, 3e-6, "high");
        score = slow_score(s, p, d, s->weight[p]);
        if (isnan(score)) {
            assert_int_equal(karvan_table_state(t, karvan_table_find(t, "score"), r),
                             KARVAN_NOT_COVERED);
            continue;
        }
        agrees(karvan_i_cell_real(t, "score", r), score, 3e-6, "score");
        assert_true(score >= low / all - 1e-9 && score <= high / all + 1e-9);
        for (int k = 0; k < 3; k++) {
            double other = k == p ? NAN : slow_score(s, k, d, s->weight[k]);
            above += other > score + 1e-6, others += !isnan(other);
        }
        bool tied = false; /* digits of the parts decide: not asked */
        for (int k = 0; k < DRAWS; k++) {
            double w[COMPONENTS], rank = 1;
            weights_of(k, 5, w);
            mine[k] = slow_score(s, p, d, w);
            for (int q = 0; q < 3; q++) {
                double other = q == p ? NAN : slow_score(s, q, d, w);
                double declared = q == p ? NAN : slow_score(s, q, d, s->weight[q]);
                if (isnan(other)) continue;
                tied |= fabs(other - mine[k]) < 1e-5 || fabs(declared - score) < 1e-5;
                rank += other > mine[k];
                order += (other > mine[k]) == (declared > score);
            }
            held += rank == above;
        }
        qsort(mine, DRAWS, sizeof *mine, karvan_i_by_real);
        agrees(karvan_i_cell_real(t, "weight_low", r), karvan_i_quantile(mine, DRAWS, 0.05), 5e-6,
               "weight_low");
        agrees(karvan_i_cell_real(t, "weight_high", r), karvan_i_quantile(mine, DRAWS, 0.95), 5e-6,
               "weight_high");
        if (tied) continue;
        agrees((double)karvan_table_int(t, karvan_table_find(t, "rank"), r), above, 0, "rank");
        agrees(karvan_i_cell_real(t, "rank_held", r), (double)held / DRAWS, 1e-6, "rank_held");
        agrees(karvan_i_cell_real(t, "order_held", r),
               others ? (double)order / (others * DRAWS) : 1, 1e-6, "order_held");
    }
}

static void slowly_the_same(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int i = 0; i < part_of(60); i++) {
        static written w;
        small_region one;
        slow s = {0};
        karvan_index_query q = {.draws = DRAWS, .seed = 5};
        write_index(&r, &w), write_claims(&r, &w, 1 + below(&r, 25), NULL);
        write_memberships(&r, &w);
        open_written(&one, &w, i % 2);
        karvan_table *t = scores(one.package, &q);
        assert_int_equal(karvan_relation_components(one.package, &q, &s.parts, NULL), KARVAN_OK);
        for (int year = 2000; year <= 2004; year++) compare_year(&s, t, year);
        karvan_table_destroy(t), karvan_table_destroy(s.parts);
        small_close(&one);
    }
}

/* ---- what must hold ---- */

/* Rows of two answers in the same order: no cell of the column falls. */
static void never_falls(const karvan_table *before, const karvan_table *after, const char *column,
                        const char *a, const char *b) {
    assert_int_equal(karvan_table_rows(before), karvan_table_rows(after));
    for (int64_t r = 0; r < karvan_table_rows(before); r++) {
        double was = karvan_i_cell_real(before, column, r),
               is = karvan_i_cell_real(after, column, r);
        if (!karvan_i_cell_is(before, "code1", r, a) || !karvan_i_cell_is(before, "code2", r, b))
            continue;
        if (isnan(was) && isnan(is)) continue;
        if (!(is >= was - 1e-6))
            fail_msg("%s of %s-%s falls from %.9g to %.9g", column, a, b, was, is);
    }
}

static void one_more_tie_never_lowers(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 13, 0);
    for (int i = 0; i < part_of(80); i++) {
        static written w;
        small_region one;
        karvan_index_query q = {0};
        write_index(&r, &w), write_claims(&r, &w, 1 + below(&r, 20), NULL);
        write_memberships(&r, &w);
        open_written(&one, &w, i % 2);
        karvan_table *before = scores(one.package, &q), *after;
        small_close(&one);
        int more = w.n;
        w.from[more] = karvan_day_from_civil(1999, 6, 1) + below(&r, 1800);
        w.to[more] = w.from[more] + (below(&r, 2) ? below(&r, 500) : 0);
        add_claim(&w, more, below(&r, 5), 0, 1); /* of any kind but a closing */
        open_written(&one, &w, i % 2);
        after = scores(one.package, &q);
        never_falls(before, after, "low", "AAA", "BBB");
        never_falls(before, after, "score", "AAA", "BBB");
        never_falls(before, after, "high", "AAA", "BBB");
        karvan_table_destroy(before), karvan_table_destroy(after);
        small_close(&one);
    }
}

static void bounds_hold_all_meanings(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 17, 0);
    for (int i = 0; i < part_of(40); i++) {
        static written w;
        small_region one;
        karvan_index_query q = {0};
        write_index(&r, &w), write_memberships(&r, &w);
        karvan_random here = r;
        int n = 1 + below(&here, 15);
        write_claims(&here, &w, n, NULL);
        open_written(&one, &w, i % 2);
        karvan_table *bounds = scores(one.package, &q);
        small_close(&one);
        for (int reading = 0; reading < 6; reading++) {
            karvan_random again = r, days;
            karvan_random_init(&days, 19, (uint64_t)(i * 100 + reading));
            (void)below(&again, 15);
            write_claims(&again, &w, n, &days);
            open_written(&one, &w, i % 2);
            karvan_table *t = scores(one.package, &q);
            for (int64_t k = 0; k < karvan_table_rows(t); k++) {
                double low = karvan_i_cell_real(t, "low", k),
                       high = karvan_i_cell_real(t, "high", k);
                if (low < karvan_i_cell_real(bounds, "low", k) - 2e-6 ||
                    high > karvan_i_cell_real(bounds, "high", k) + 2e-6)
                    fail_msg("case %d: %g..%g lies outside %g..%g", i, low, high,
                             karvan_i_cell_real(bounds, "low", k),
                             karvan_i_cell_real(bounds, "high", k));
            }
            karvan_table_destroy(t);
            small_close(&one);
        }
        r = here;
        karvan_table_destroy(bounds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(slowly_the_same),
                                       cmocka_unit_test(one_more_tie_never_lowers),
                                       cmocka_unit_test(bounds_hold_all_meanings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
