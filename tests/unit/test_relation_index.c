/* The index of relations: a region worked out by hand, the same by slow definitions on random
 * regions, what must hold whatever the region, every meaning of its dates, threads, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/order.h"
#include "karvan/relations.h"
#include "region.h"
#include "sweep.h"
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

static const small_table TABLES[] = {
    {"countries", COUNTRIES, "\"iso3\""},
    {"organisations",
     "id:s,kind:s,dimension:s\nO1,organisation,political\nO2,organisation,economic\n", "\"id\""},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d\nO1,AAA,member,2000,..\nO1,BBB,member,2000,..\n"
     "O1,CCC,member,2001,..\nO2,AAA,member,2000,..\nO2,BBB,member,2000,..\n",
     NULL},
    {"claims",
     CLAIMS_HEAD
     "r1,recognition,A and B,2000-02-01,normal,,s\n"
     "v1,visit,One,2002-01-01,normal,,s\nv2,visit,Two,2002-05-05,normal,,s\n"
     "t1,treaty,Of 2000,2000,normal,,s\nt2,treaty,Of 2001 or 2002,[2001..2002],normal,,s\n",
     "\"id\""},
    {"parties",
     PARTIES_HEAD "r1,AAA,party\nr1,BBB,party\nv1,AAA,visitor\nv1,BBB,host\nv2,BBB,visitor\n"
                  "v2,AAA,host\nt1,AAA,party\nt1,BBB,party\nt2,AAA,party\nt2,BBB,party\n",
     NULL},
    {"coverage", COVERAGE, NULL},
    {"relation_index",
     INDEX_HEAD
     "recognition,political,recognition,1,presence,,\nvisits,political,visits,3,linear,4,\n"
     "treaties,political,treaties,2,log,3,1\nbodies,economic,joint_bodies,2,share,,\n"
     "trade,economic,trade,1,log,100,\noff,cultural,culture,0,presence,,\n",
     "\"component\""},
};

static small_region region;

static int set_up(void **state) {
    (void)state;
    return small_open(&region, TABLES, sizeof TABLES / sizeof TABLES[0]) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    small_close(&region);
    return 0;
}

static karvan_table *scores(const karvan_package *package, const karvan_index_query *q) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_relation_index(package, q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static int64_t row_of(const karvan_table *t, int year, const char *a, const char *b,
                      const char *dimension) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_table_int(t, 0, r) == year && karvan_i_cell_is(t, "code1", r, a) &&
            karvan_i_cell_is(t, "code2", r, b) && karvan_i_cell_is(t, "dimension", r, dimension))
            return r;
    fail_msg("no row %d %s %s %s", year, a, b, dimension);
    return -1;
}

static void near(const karvan_table *t, int64_t row, const char *column, double expected) {
    double v = karvan_i_cell_real(t, column, row);
    if (!(fabs(v - expected) < 1.01e-6)) fail_msg("%s is %.9g, not %.9g", column, v, expected);
}

static void by_hand(void **state) {
    (void)state;
    karvan_table *t = scores(region.package, &(karvan_index_query){.draws = 0});
    assert_int_equal(karvan_table_rows(t), 5 * 3 * 3); /* years, pairs; political, economic, all */
    /* 2002: recognised; two visits of four; of the treaties a quarter of the first, and half of the
     * second or all of it */
    double least = log1p(0.25 + 0.5) / log(4), most = log1p(0.25 + 1) / log(4);
    double low = 1 + 3 * 0.5 + 2 * least, high = 1 + 3 * 0.5 + 2 * most;
    int64_t r = row_of(t, 2002, "AAA", "BBB", "political");
    near(t, r, "low", low / 6), near(t, r, "high", high / 6);
    near(t, r, "score", (low + high) / 2 / 6);
    near(t, r, "covered", 1);
    assert_int_equal(karvan_table_int(t, karvan_table_find(t, "rank"), r), 1);
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "weight_low"), r),
                     KARVAN_NOT_COVERED);
    /* the most bodies in common: 2, of A and B; trade is not covered: between nothing and all */
    r = row_of(t, 2002, "AAA", "BBB", "economic");
    near(t, r, "score", 1), near(t, r, "low", 2 / 3.0), near(t, r, "high", 1);
    near(t, r, "covered", 2 / 3.0);
    r = row_of(t, 2002, "AAA", "CCC", "economic"); /* one body of two */
    near(t, r, "score", 0.5), near(t, r, "low", 1 / 3.0), near(t, r, "high", 2 / 3.0);
    assert_int_equal(karvan_table_int(t, karvan_table_find(t, "rank"), r), 2);
    r = row_of(t, 2000, "AAA", "CCC", "economic"); /* C is in no body yet */
    near(t, r, "score", 0), near(t, r, "high", 1 / 3.0);
    r = row_of(t, 2002, "AAA", "BBB", "all");
    near(t, r, "low", (low + 2) / 9), near(t, r, "high", (high + 2 + 1) / 9);
    near(t, r, "score", ((low + high) / 2 + 2) / 8);
    near(t, r, "covered", 8 / 9.0);
    /* 2004: what is left after two years more */
    r = row_of(t, 2004, "AAA", "BBB", "political");
    near(t, r, "low", (1 + 2 * log1p(0.0625 + 0.125) / log(4)) / 6);
    near(t, r, "high", (1 + 2 * log1p(0.0625 + 0.25) / log(4)) / 6);
    karvan_table_destroy(t);
}

static void asked_in_part(void **state) {
    (void)state;
    karvan_table *t = scores(
        region.package,
        &(karvan_index_query){
            .a = "BBB", .b = "AAA", .dimension = "economic", .has_from = true, .from = 2003});
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_i_cell_text(t, "code1", 0), "AAA");
    near(t, 0, "score", 1); /* among all pairs, though one is told */
    karvan_table_destroy(t);
    karvan_index_query q = {.a = "AAA", .b = "CCC", .has_to = true, .to = 2000};
    assert_int_equal(karvan_relation_components(region.package, &q, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 5); /* that without a weight is switched off */
    assert_string_equal(karvan_i_cell_text(t, "component", 4), "trade");
    assert_string_equal(karvan_i_cell_text(t, "state", 4), "not covered");
    assert_false(karvan_i_cell_bool(t, "counts", 4));
    near(t, 4, "low", 0), near(t, 4, "high", 1);
    karvan_table_destroy(t);
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
        TABLES[0],
        TABLES[1],
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
    /* the texts live as long as the region is written: it is read at once */
    assert_true(small_open(one, tables, 7));
    one->tables = TABLES; /* the names that small_close removes are the same */
    one->n = sizeof TABLES / sizeof TABLES[0];
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

static char *csv_of(const karvan_table *t) {
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, NULL), KARVAN_OK);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void same_bytes_for_threads(void **state) {
    (void)state;
    char *first = NULL;
    for (int threads = 1; threads <= 5; threads += 2) {
        karvan_table *t = scores(
            region.package, &(karvan_index_query){.draws = 333, .seed = 9, .threads = threads});
        char *text = csv_of(t);
        if (first) assert_string_equal(first, text);
        if (!first)
            first = text;
        else
            free(text);
        karvan_table_destroy(t);
    }
    free(first);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *row, *why;
    } rows[] = {{"x,politics,visits,1,linear,2,", "a dimension is political"},
                {"x,political,visit,1,linear,2,", "did you mean visits?"},
                {"x,political,visits,-1,linear,2,", "a weight is a number of 0 or more"},
                {"x,political,visits,1,line,2,", "presence, linear, log or share"},
                {"x,political,visits,1,linear,,", "need a parameter above 0"},
                {"x,political,visits,1,log,0,", "need a parameter above 0"},
                {"x,political,visits,1,linear,2,-3", "a half-life is years above 0"},
                {"x,political,visits,1,linear,2,\nx,political,visits,1,linear,2,",
                 "there is a component of this name"},
                {"x,political,visits,0,linear,2,", "declares no component with a weight"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        karvan_table *components = NULL, *t = NULL;
        karvan_error e = {0};
        char csv[400];
        (void)snprintf(
            csv, sizeof csv,
            "component,dimension,measure,weight,transformation,parameter,half_life\n%s\n",
            rows[i].row);
        assert_int_equal(karvan_csv_parse(csv, strlen(csv), "mine.csv", "relation_index",
                                          &(karvan_csv_options){0}, NULL, &components, NULL),
                         KARVAN_OK);
        karvan_index_query q = {.components = components};
        assert_int_equal(karvan_relation_index(region.package, &q, &t, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, rows[i].why)) fail_msg("'%s' does not say '%s'", e.msg, rows[i].why);
        assert_null(t);
        karvan_table_destroy(components);
    }
    static const karvan_index_query asked[] = {{.draws = -1},
                                               {.draws = 1000001},
                                               {.dimension = "cultural"},
                                               {.dimension = "x"},
                                               {.has_from = true, .from = 2010},
                                               {.a = "AAA"},
                                               {.a = "AAA", .b = "ZZZ"}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        karvan_table *t = NULL;
        assert_int_equal(karvan_relation_index(region.package, &asked[i], &t, NULL), KARVAN_E_ARG);
        assert_null(t);
    }
}

static karvan_status all_of_it(karvan_error *err) {
    karvan_table *t = NULL, *parts = NULL;
    karvan_index_query q = {.draws = 10, .threads = 1};
    karvan_status st = karvan_relation_index(region.package, &q, &t, err);
    if (st == KARVAN_OK) st = karvan_relation_components(region.package, &q, &parts, err);
    karvan_table_destroy(t), karvan_table_destroy(parts);
    return st;
}

static void every_allocation(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(asked_in_part),
                                       cmocka_unit_test(slowly_the_same),
                                       cmocka_unit_test(one_more_tie_never_lowers),
                                       cmocka_unit_test(bounds_hold_all_meanings),
                                       cmocka_unit_test(same_bytes_for_threads),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
