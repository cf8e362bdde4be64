/* Uncertain dates read, spelt and compared a second, on one core. The claim: 2 million read. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/reference.h"
#include "karvan/base.h"
#include "timing.h"

enum { REPS = 7, MOST = 512, DATES = 2000000, PAIRS = 200000 };

typedef struct dates {
    const char *name;
    int n;
    char s[MOST][64];
    size_t length[MOST];
    karvan_edtf d[MOST];
} dates;

/* Work on a set: the number of dates done; what was found goes into *check. */
typedef int64_t work(dates *set, uint64_t *check);

static int64_t read_all(dates *set, uint64_t *check) {
    int64_t done = 0;
    for (; done < DATES; done += set->n)
        for (int i = 0; i < set->n; i++) {
            karvan_edtf d;
            if (karvan_edtf_parse(set->s[i], set->length[i], &d, NULL) != KARVAN_OK) exit(1);
            *check = *check * 31 + (uint64_t)d.earliest + (uint64_t)d.latest_fuzzy;
        }
    return done;
}

static int64_t spell_all(dates *set, uint64_t *check) {
    int64_t done = 0;
    for (; done < DATES / 4; done += set->n)
        for (int i = 0; i < set->n; i++) {
            char out[160];
            if (karvan_edtf_normal(set->s[i], set->length[i], out, sizeof out, NULL) != KARVAN_OK)
                exit(1);
            *check = *check * 31 + (unsigned char)out[strlen(out) - 1];
        }
    return done;
}

static int64_t order_pairs(dates *set, uint64_t *check) {
    for (int i = 0; i < 10 * PAIRS; i++) {
        const karvan_edtf *a = &set->d[i % set->n], *b = &set->d[i * 7 % set->n];
        *check = *check * 31 + (uint64_t)karvan_edtf_before(a, b) +
                 (uint64_t)karvan_edtf_overlaps_days(a, b);
    }
    return 10 * PAIRS;
}

static int64_t relate_pairs(dates *set, uint64_t *check) {
    for (int i = 0; i < PAIRS; i++)
        *check = *check * 31 + karvan_edtf_allen(&set->d[i % set->n], &set->d[i * 7 % set->n]);
    return PAIRS;
}

static void run(const char *bench, work *what, dates *set) {
    double s[REPS];
    uint64_t check = 0;
    int64_t done = 0;
    for (int r = 0; r < REPS; r++) {
        double begin = now_s();
        check = 0, done = what(set, &check);
        s[r] = now_s() - begin;
    }
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"%s\",\"case\":\"%s\",\"n\":%lld,\"reps\":%d,\"median_s\":%.6f,"
           "\"min_s\":%.6f,\"per_s\":%.0f,\"check\":\"%016llx\"}\n",
           bench, set->name, (long long)done, REPS, s[REPS / 2], s[0], (double)done / s[REPS / 2],
           (unsigned long long)check);
}

static void add(dates *set, const char *s) {
    size_t n = strlen(s);
    if (set->n == MOST || n >= sizeof set->s[0]) exit(1);
    memcpy(set->s[set->n], s, n + 1);
    set->length[set->n] = n;
    if (karvan_edtf_parse(s, n, &set->d[set->n], NULL) != KARVAN_OK) exit(1);
    set->n++;
}

/* Plain days of a table, by a fixed seed. */
static void add_days(dates *set) {
    uint64_t x = 42;
    for (int i = 0; i < 500; i++) {
        char s[40];
        x = x * 6364136223846793005u + 1442695040888963407u;
        karvan_day_format((karvan_day)(x >> 33) % 30000, s, sizeof s);
        add(set, s);
    }
}

/* Every form of the three levels. */
static void add_forms(dates *set) {
    static const char *const forms[] = {"1985-04-12",
                                        "1985-04",
                                        "1985",
                                        "0000",
                                        "1985-04-12T23:20:30Z",
                                        "1964/2008",
                                        "2004-02-01/2005",
                                        "Y170000002",
                                        "2001-21",
                                        "1984?",
                                        "2004-06~",
                                        "2004-06-11%",
                                        "201X",
                                        "2004-XX",
                                        "1985-XX-XX",
                                        "-1985-04-12",
                                        "1984~/2004-06",
                                        "1985-04-12/..",
                                        "/1985-04",
                                        "Y-17E7",
                                        "1950S2",
                                        "2001-34",
                                        "[-1667,1668,1670..1672]",
                                        "{1960,-1961-12}",
                                        "[1760-12..]",
                                        "?2004-06-04~",
                                        "2004?-06-~11",
                                        "-1X32-X1-X2",
                                        "XXXX-12-XX",
                                        "156X-12-25",
                                        "2004-06-~01/2004-06-~20",
                                        "20X3-06-25/2004-X1-03"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) add(set, forms[i]);
}

/* All valid strings of the public suite, where it is at hand. */
static bool add_suite(dates *set) {
    static const char *const lists[] = {"Level0", "Level1", "Level2"};
    char path[512];
    if (!reference_path("edtf/unt_lists.json", path, sizeof path)) return false;
    json_t *root = json_load_file(path, 0, NULL);
    for (int level = 0; level < 3; level++) {
        const json_t *list = json_object_get(root, lists[level]);
        for (size_t i = 0; i < json_array_size(list); i++)
            add(set, json_string_value(json_array_get(list, i)));
    }
    json_decref(root);
    return set->n > 0;
}

int main(void) {
    static dates days = {.name = "days"}, forms = {.name = "every form"},
                 suite = {.name = "valid strings of UNT"};
    add_days(&days), add_forms(&forms);
    run("edtf_parse", read_all, &days);
    run("edtf_parse", read_all, &forms);
    if (add_suite(&suite)) run("edtf_parse", read_all, &suite);
    run("edtf_normal", spell_all, &forms);
    run("edtf_before_and_overlaps", order_pairs, &forms);
    run("edtf_allen", relate_pairs, &forms);
    return 0;
}
