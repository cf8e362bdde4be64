/* Trips: files read by hand, each fault told with its place, any order against a plain matrix, and
 * the collection's own files where they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/assignment.h"
#include "sweep.h"

#define HEAD "<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> 60.75\n<END OF METADATA>\n"
#define OPEN "<NUMBER OF ZONES> 3\n<END OF METADATA>\n"

static karvan_trips parsed(const char *text, int32_t zones) {
    karvan_trips t;
    karvan_error e = {0};
    if (karvan_trips_parse(text, strlen(text), "t", zones, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void is(karvan_trips t, int n, const int *origin, const int *destination,
               const double *trips) {
    assert_int_equal(t.n, n);
    assert_int_equal(t.first[0], 0), assert_int_equal(t.first[t.zones], n);
    int at = 0;
    for (int32_t o = 0; o < t.zones; o++)
        for (int64_t k = t.first[o]; k < t.first[o + 1]; k++, at++) {
            assert_int_equal(o + 1, origin[at]);
            assert_int_equal(t.destination[k] + 1, destination[at]);
            assert_true(t.trips[k] == trips[at]);
        }
    karvan_trips_clear(&t);
    assert_null(t.first);
}

/* Zeros go, a zone's own trips stay, comments are passed over, blanks and ends of lines count
 * alike. */
static void files_by_hand(void **state) {
    (void)state;
    static const int origin[] = {1, 1, 3}, destination[] = {1, 3, 2};
    static const double trips[] = {10, 0.75, 50};
    is(parsed(HEAD "~ a comment\n\nOrigin 1\n 1 : 10.0; 2 : 0.0; 3 : .75;\n\nOrigin \t3 \n2:5e1;\n",
              3),
       3, origin, destination, trips);
    is(parsed(HEAD "origin 3\r\n 2 :\r\n 50 ~ half\r\nORIGIN 1 3 : 0.75;1:10", 3), 3, origin,
       destination, trips);
    is(parsed("origin,destination,trips\n3,2,50\n1,1,10\n2,2,0\n1,3,0.75\n", 3), 3, origin,
       destination, trips);
    is(parsed("trips;origin;destination\n50;3;2\n0,75;1;3\n10;1;1\n", 3), 3, origin, destination,
       trips);
    static const double matrix[] = {10, 0, 0.75, 0, 0, 0, 0, 50, -0.0};
    karvan_trips t;
    assert_int_equal(karvan_trips_of_matrix(3, matrix, &t, NULL), KARVAN_OK);
    is(t, 3, origin, destination, trips);
    is(parsed(OPEN, 3), 0, NULL, NULL, NULL);
    is(parsed(OPEN "Origin 2\n 1 : 0;\n", 3), 0, NULL, NULL, NULL);
}

/* Files that round their total to six digits are right; those that lack a cell are not. */
static void totals(void **state) {
    (void)state;
    static const char *const good[] = {"60.75", "60.8", "61", "6.1e1", "60.7501", "6E+001"};
    static const char *const bad[] = {"10.75", "60.5", "62.1", "60.76", "0", "-60.75"};
    char text[300];
    karvan_trips t;
    for (int i = 0; i < 6; i++) {
        karvan_error e = {0};
        (void)snprintf(text, sizeof text,
                       "<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> %s \n"
                       "<END OF METADATA>\nOrigin 1\n 2 : 10.75; 3 : 50;\n",
                       good[i]);
        if (karvan_trips_parse(text, strlen(text), "t", 3, &t, &e) != KARVAN_OK)
            fail_msg("%s: %s", good[i], e.msg);
        karvan_trips_clear(&t);
        (void)snprintf(text, sizeof text,
                       "<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> %s\n"
                       "<END OF METADATA>\nOrigin 1\n 2 : 10.75; 3 : 50;\n",
                       bad[i]);
        karvan_status st = karvan_trips_parse(text, strlen(text), "t", 3, &t, &e);
        if (strcmp(bad[i], "60.76") == 0) { /* within its own last digit */
            assert_int_equal(st, KARVAN_OK);
            karvan_trips_clear(&t);
            continue;
        }
        assert_int_equal(st, KARVAN_E_DATA);
        assert_non_null(strstr(e.msg, "t:2:17: <TOTAL OD FLOW> says "));
        assert_null(t.first);
    }
}

static void faults_have_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {"", "t:1:1: <END OF METADATA> is missing"},
        {"Origin 1\n 2 : 3;\n", "t:2:1: <END OF METADATA> is missing"},
        {"<END OF METADATA>\n", "t:1:1: the metadata do not tell <NUMBER OF ZONES>"},
        {"<NUMBER OF ZONES> 4\n<END OF METADATA>\n",
         "t:2:1: <NUMBER OF ZONES> says 4 where the network has 3 zones"},
        {"<NUMBER OF ZONES> x\n", "t:1:18: a whole number belongs behind the key"},
        {"<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> many\n", "t:2:16: a number belongs behind the key"},
        {OPEN " 2 : 3;\n", "t:3:2: trips before the first Origin"},
        {OPEN "Origin x\n", "t:3:8: no number of a zone; a whole number is right"},
        {OPEN "Origin 4\n", "t:3:8: no zone of the network, whose zones are 1 to 3"},
        {OPEN "Origin 1\n 0 : 1;\n", "t:4:2: no zone of the network, whose zones are 1 to 3"},
        {OPEN "Origin 1\n 99999999999999999999 : 1;\n",
         "t:4:2: no zone of the network, whose zones are 1 to 3"},
        {OPEN "Origin 1\n 2 1;\n", "t:4:4: a colon belongs behind a destination"},
        {OPEN "Origin 1\n 2 : one;\n", "t:4:6: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 : nan;\n", "t:4:6: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 : inf;\n", "t:4:6: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 : 1e999;\n", "t:4:6: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 : ;\n", "t:4:6: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 :", "t:4:5: no number of trips; a finite number is right"},
        {OPEN "Origin 1\n 2 : -0.5;\n", "t:4:6: trips below 0; 0 or more is right"},
        {OPEN "Origin 1\n 2 : 1 3 : 4;\n", "t:4:8: a semicolon belongs behind trips"},
        {OPEN "Origin 1\n 2 : 1;\n what\n",
         "t:5:2: neither Origin nor the number of a destination"},
        {OPEN "Origin 1\n 2 : 1; 3 : 0; 2 : 2;\n",
         "t:4:16: trips from this origin to this destination stand twice"},
        {OPEN "Origin 3\n 2 : 1;\nOrigin 1\n 2 : 4;\nOrigin 3\n 1 : 1;\n 2 : 0;\n 2 : 0;\n",
         "t:9:2: trips from this origin to this destination stand twice"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_trips t;
        karvan_error e = {0};
        assert_int_equal(
            karvan_trips_parse(samples[i].text, strlen(samples[i].text), "t", 3, &t, &e),
            KARVAN_E_DATA);
        assert_string_equal(e.msg, samples[i].told);
        assert_null(t.first);
    }
    karvan_trips t;
    karvan_error e = {0};
    assert_int_equal(karvan_trips_parse("", 0, "t", 0, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "0 zones; 1 or more are right");
    assert_int_equal(karvan_trips_read("/nowhere/at_all.tntp", 3, &t, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_trips_parse(NULL, 0, "t", 3, &t, NULL), KARVAN_E_ARG);
    static const double matrix[] = {1, -2, 3, 4};
    e = (karvan_error){0};
    assert_int_equal(karvan_trips_of_matrix(2, matrix, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "trips from zone 1 to zone 2 are -2; 0 or more and finite is right");
}

static void faults_of_csv(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {"origin,destination,trips\n1,4,2\n",
         ":2:3: no zone of the network, whose zones are 1 to 3"},
        {"origin,destination,trips\n,2,2\n", ":2:1: no number of a zone; a whole number is right"},
        {"origin,destination,trips\n1,2,-2\n", ":2:5: trips below 0; 0 or more is right"},
        {"origin,destination,trips\n1,2,\n", ":2:5: no number of trips; a finite number is right"},
        {"origin,destination,trips\n1,2,5\n2,1,0\n1,2,0\n",
         ":4:3: trips from this origin to this destination stand twice"}};
    char path[] = "test_trips_XXXXXX", told[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_trips t;
        karvan_error e = {0};
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(samples[i].text, f) >= 0 && fclose(f) == 0);
        assert_int_equal(karvan_trips_read(path, 3, &t, &e), KARVAN_E_DATA);
        (void)snprintf(told, sizeof told, "%s%s", path, samples[i].told);
        assert_string_equal(e.msg, told);
    }
    (void)remove(path);
    karvan_trips t;
    assert_int_equal(karvan_trips_parse("origin,destination\n1,2\n", 23, "t", 3, &t, NULL),
                     KARVAN_E_DATA);
}

/* ---- any order ---- */

enum { ZONES = 23 };

static uint64_t seed = 3;
static int one_of(int n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)n);
}

/* Cells in an order of chance, as TNTP and as CSV, against the matrix that they were taken from. */
static void any_order(void **state) {
    (void)state;
    static char tntp[40000], csv[40000];
    for (int round = 0; round < 200; round++) {
        double matrix[ZONES * ZONES] = {0};
        int cell[ZONES * ZONES], n = one_of(ZONES * ZONES);
        karvan_trips t[3];
        for (int i = 0; i < ZONES * ZONES; i++) cell[i] = i;
        for (int i = 0; i < n; i++) {
            int k = i + one_of(ZONES * ZONES - i), c = cell[k];
            cell[k] = cell[i], cell[i] = c;
            matrix[c] = one_of(5) ? one_of(100000) / 64.0 : 0;
        }
        int a = snprintf(tntp, sizeof tntp, "<NUMBER OF ZONES> %d\n<END OF METADATA>\n", ZONES);
        int b = snprintf(csv, sizeof csv, "origin,destination,trips\n");
        for (int i = 0; i < n; i++) {
            int from = cell[i] / ZONES + 1, to = cell[i] % ZONES + 1;
            a += snprintf(tntp + a, sizeof tntp - (size_t)a, "Origin %d\n%d : %.17g;\n", from, to,
                          matrix[cell[i]]);
            b += snprintf(csv + b, sizeof csv - (size_t)b, "%d,%d,%.17g\n", from, to,
                          matrix[cell[i]]);
        }
        t[0] = parsed(tntp, ZONES), t[1] = parsed(csv, ZONES);
        assert_int_equal(karvan_trips_of_matrix(ZONES, matrix, &t[2], NULL), KARVAN_OK);
        for (int k = 0; k < 3; k++) {
            double again[ZONES * ZONES] = {0};
            for (int32_t o = 0; o < ZONES; o++)
                for (int64_t i = t[k].first[o]; i < t[k].first[o + 1]; i++) {
                    assert_true(i == t[k].first[o] ||
                                t[k].destination[i] > t[k].destination[i - 1]);
                    assert_true(t[k].trips[i] > 0);
                    again[o * ZONES + t[k].destination[i]] = t[k].trips[i];
                }
            assert_memory_equal(again, matrix, sizeof matrix);
            karvan_trips_clear(&t[k]);
        }
    }
}

static karvan_status everything(karvan_error *e) {
    static const char *const texts[] = {OPEN "Origin 1\n 2 : 3;\n",
                                        OPEN "Origin 2\n 2 : 3;\nOrigin 1\n 1 : 3;\n",
                                        "origin,destination,trips\n2,2,0\n1,3,0.75\n"};
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < 3 && st == KARVAN_OK; i++) {
        karvan_trips t;
        st = karvan_trips_parse(texts[i], strlen(texts[i]), "t", 3, &t, e);
        karvan_trips_clear(&t);
    }
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_by_hand),
                                       cmocka_unit_test(totals),
                                       cmocka_unit_test(faults_have_their_place),
                                       cmocka_unit_test(faults_of_csv),
                                       cmocka_unit_test(any_order),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
