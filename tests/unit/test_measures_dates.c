/* Bounds of measures hold every meaning that uncertain dates can have: random records of one pair,
 * all their meanings tried one by one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/relations.h"
#include "region.h"
#include "share.h"

#define CLAIMS_HEAD                                                                               \
    "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,rank:s,conflict:s,source:s,note:s" \
    "\n"
#define PARTIES_HEAD "claim:s,party:s,role:s,in_force:d,withdrawn:d,terminated:d\n"

static int named(const char *name) {
    int m;
    assert_int_equal(karvan_pair_measure_find(name, &m, NULL), KARVAN_OK);
    return m;
}

/* ---- every meaning, one by one ---- */

enum { CLAIMS = 4, POINTS = 8 };

typedef struct drawn {
    int n;
    bool closing[CLAIMS];
    karvan_day from[CLAIMS], to[CLAIMS];
} drawn;

/* One reading: a day for each claim. Happened: the fewest and the most visits of the year; open: is
 * there a day of the year on which the mission is open? */
static void read_one(const drawn *d, const karvan_day *day, karvan_day first, karvan_day last,
                     int *fewest, int *most, bool *open) {
    *fewest = *most = 0, *open = false;
    for (int i = 0; i < d->n; i++) {
        bool again = false, within = day[i] >= first && day[i] <= last;
        for (int k = 0; k < i; k++) again |= day[k] == day[i];
        *most += within, *fewest += within && !again;
    }
    for (karvan_day t = first - 800; t <= last; t++) { /* walk the days: is it open? */
        static bool is_open;
        bool opens = false, closes = false;
        if (t == first - 800) is_open = false;
        for (int i = 0; i < d->n; i++)
            if (day[i] == t) d->closing[i] ? (closes = true) : (opens = true);
        if (opens) is_open = true;
        if (is_open && t >= first) *open = true;
        if (closes) is_open = false;
    }
}

static void put_date(char *out, size_t cap, karvan_day from, karvan_day to) {
    char a[40], b[40];
    karvan_day_format(from, a, sizeof a), karvan_day_format(to, b, sizeof b);
    if (from == to)
        (void)snprintf(out, cap, "%s", a);
    else
        (void)snprintf(out, cap, "\"[%s..%s]\"", a, b);
}

static void draw(karvan_random *r, drawn *d, char *claims, char *parties, size_t cap, bool visit) {
    karvan_day zero = karvan_day_from_civil(1999, 1, 1);
    d->n = 1 + (int)karvan_random_below(r, CLAIMS);
    (void)snprintf(claims, cap, "%s", CLAIMS_HEAD);
    (void)snprintf(parties, cap, "%s", PARTIES_HEAD);
    for (int i = 0; i < d->n; i++) {
        char date[100];
        size_t n = strlen(claims), m = strlen(parties);
        d->closing[i] = !visit && karvan_random_below(r, 3) == 0;
        d->from[i] = zero + (karvan_day)karvan_random_below(r, 730);
        d->to[i] =
            d->from[i] + (karvan_random_below(r, 3) ? (karvan_day)karvan_random_below(r, 300) : 0);
        put_date(date, sizeof date, d->from[i], d->to[i]);
        (void)snprintf(claims + n, cap - n, "c%d,%s,political,,,title %d,%s,normal,,s1,\n", i,
                       visit           ? "visit"
                       : d->closing[i] ? "mission_closed"
                                       : "mission_opened",
                       i, date);
        (void)snprintf(parties + m, cap - m, "c%d,AAA,%s,,,\nc%d,CCC,%s,,,\n", i,
                       visit ? "visitor" : "sender", i, visit ? "host" : "receiver");
    }
}

/* Days at which a claim's meaning can change an answer: its ends, the ends of the others, and the
 * year's, with their neighbours. */
static int points_of(const drawn *d, int i, karvan_day first, karvan_day last, karvan_day *out) {
    karvan_day all[6 * CLAIMS + 6];
    int n = 0, m = 0;
    for (int k = 0; k < d->n; k++) all[n++] = d->from[k], all[n++] = d->to[k];
    all[n++] = first, all[n++] = last, all[n++] = first - 1, all[n++] = last + 1;
    all[n++] = d->to[i] - 1, all[n++] = d->from[i] + 1;
    for (int k = 0; k < n && m < POINTS; k++) {
        bool there = all[k] < d->from[i] || all[k] > d->to[i];
        for (int j = 0; j < m; j++) there |= out[j] == all[k];
        if (!there) out[m++] = all[k];
    }
    return m;
}

static void compare(const drawn *d, bool visit, const karvan_pairs *p, int year, int *exact) {
    karvan_day first = karvan_day_from_civil(year, 1, 1),
               last = karvan_day_from_civil(year, 12, 31);
    karvan_day point[CLAIMS][POINTS] = {{0}}, day[CLAIMS];
    int n[CLAIMS] = {1, 1, 1, 1}, at[CLAIMS] = {0};
    double least = INFINITY, most = -INFINITY;
    for (int i = 0; i < d->n; i++) n[i] = points_of(d, i, first, last, point[i]);
    for (at[0] = 0; at[0] < n[0]; at[0]++)
        for (at[1] = 0; at[1] < n[1]; at[1]++)
            for (at[2] = 0; at[2] < n[2]; at[2]++)
                for (at[3] = 0; at[3] < n[3]; at[3]++) {
                    int fewest, largest;
                    bool open;
                    for (int i = 0; i < d->n; i++) day[i] = point[i][at[i]];
                    read_one(d, day, first, last, &fewest, &largest, &open);
                    double low = visit ? fewest : open, high = visit ? largest : open;
                    if (low < least) least = low;
                    if (high > most) most = high;
                }
    karvan_measured m = karvan_pairs_measure(p, 0, named(visit ? "visits" : "missions"),
                                             KARVAN_WAY_THERE, year, NULL);
    if (m.min > least || m.max < most)
        fail_msg("%d: %g..%g, but its dates mean %g..%g", year, m.min, m.max, least, most);
    *exact += m.min == least && m.max == most;
}

static void bounds_hold_all_meanings(void **state) {
    (void)state;
    karvan_random r;
    int cases = part_of(200), done = 0, exact = 0;
    karvan_random_init(&r, 7, 0);
    for (int i = 0; i < cases; i++) {
        char claims[2000], parties[2000];
        drawn d = {0};
        bool visit = i % 2;
        draw(&r, &d, claims, parties, sizeof claims, visit);
        const small_table tables[] = {
            {"countries", "iso3:s,name:s\nAAA,Aland\nCCC,Celand\n", "\"iso3\""},
            {"claims", claims, "\"id\""},
            {"parties", parties, NULL},
            {"coverage",
             "table:s,subset:s,country:s,partner:s,from:d,to:d,complete:b\nclaims,*,*,,,,true\n",
             NULL}};
        small_region one;
        karvan_pairs *p = NULL;
        assert_true(small_open(&one, tables, 4));
        assert_int_equal(karvan_pairs_create(one.package, "CCC", "AAA", &p, NULL), KARVAN_OK);
        for (int year = 1999; year <= 2001; year++, done++) compare(&d, visit, p, year, &exact);
        karvan_pairs_destroy(p);
        small_close(&one);
    }
    /* bounds are allowed to be wider, but rarely are */
    assert_true(exact >= done * 9 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_hold_all_meanings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
