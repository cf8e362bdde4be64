#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "karvan/base.h"

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What was written so far. */
static const char *written(FILE *f) {
    static char text[65536];
    rewind(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    return text;
}

static int redraws(const char *s) {
    int n = 0;
    for (; *s; s++) n += *s == '\r';
    return n;
}

static void silent_unless_a_terminal(void **state) {
    (void)state;
    FILE *f = tmpfile();
    karvan_progress *p = NULL;
    assert_non_null(f);
    assert_int_equal(karvan_progress_create(f, false, "reading", 10, &p, NULL), KARVAN_OK);
    karvan_progress_add(p, 10);
    karvan_progress_destroy(p);
    assert_string_equal(written(f), "");
    assert_int_equal(karvan_progress_create(NULL, true, "reading", 10, &p, NULL), KARVAN_OK);
    karvan_progress_add(p, 10);
    karvan_progress_destroy(p);
    karvan_progress_add(NULL, 1);
    karvan_progress_destroy(NULL);
    (void)fclose(f);
}

static void bar_rate_and_time_left(void **state) {
    (void)state;
    FILE *f = tmpfile();
    karvan_progress *p = NULL;
    struct timespec a_moment = {0, 120000000};
    assert_non_null(f);
    assert_int_equal(karvan_progress_create(f, true, "drawing", 4000000, &p, NULL), KARVAN_OK);
    (void)nanosleep(&a_moment, NULL);
    karvan_progress_add(p, 1000000);
    const char *s = written(f);
    assert_non_null(strstr(s, "\rdrawing [######..................]  25 %, "));
    assert_true(strstr(s, "M/s, ") ||
                strstr(s, "k/s, ")); /* a million in 0.12 s, or in some more */
    assert_non_null(strstr(s, " s left\033[K"));
    karvan_progress_add(p, 3000000);
    karvan_progress_destroy(p);
    s = written(f);
    assert_non_null(strstr(s, "[########################] 100 %, "));
    assert_int_equal(s[strlen(s) - 1], '\n');
    (void)fclose(f);
}

static void more_than_promised(void **state) {
    (void)state;
    FILE *f = tmpfile();
    karvan_progress *p = NULL;
    assert_non_null(f);
    assert_int_equal(karvan_progress_create(f, true, NULL, 2, &p, NULL), KARVAN_OK);
    karvan_progress_add(p, 5);
    karvan_progress_destroy(p);
    assert_non_null(strstr(written(f), "[########################] 100 %"));
    (void)fclose(f);
}

static void without_a_total(void **state) {
    (void)state;
    FILE *f = tmpfile();
    karvan_progress *p = NULL;
    assert_non_null(f);
    assert_int_equal(karvan_progress_create(f, true, "counting", 0, &p, NULL), KARVAN_OK);
    karvan_progress_add(p, 17);
    karvan_progress_destroy(p);
    const char *s = written(f);
    assert_non_null(strstr(s, "\rcounting 17, "));
    assert_null(strstr(s, "left"));
    assert_null(strchr(s, '%'));
    (void)fclose(f);
}

static void at_most_ten_redraws_a_second(void **state) {
    (void)state;
    FILE *f = tmpfile();
    karvan_progress *p = NULL;
    assert_non_null(f);
    double began = now_s();
    assert_int_equal(karvan_progress_create(f, true, "busy", 1000000000, &p, NULL), KARVAN_OK);
    while (now_s() - began < 0.45) karvan_progress_add(p, 1);
    int drawn = redraws(written(f));
    double took = now_s() - began;
    assert_in_range(drawn, 2, (int)(took * 10) + 1);
    karvan_progress_destroy(p);
    (void)fclose(f);
}

typedef struct shared {
    karvan_progress *p;
} shared;
static karvan_status tick(void *ctx, int64_t begin, int64_t end, int worker, karvan_error *err) {
    (void)worker, (void)err;
    for (int64_t i = begin; i < end; i++) karvan_progress_add(((shared *)ctx)->p, 1);
    return KARVAN_OK;
}

static void threads_add_together(void **state) {
    (void)state;
    FILE *f = tmpfile();
    shared s = {NULL};
    assert_non_null(f);
    assert_int_equal(karvan_progress_create(f, true, "together", 0, &s.p, NULL), KARVAN_OK);
    assert_int_equal(karvan_parallel_for(40000, 100, 4, tick, &s, NULL, NULL), KARVAN_OK);
    karvan_progress_destroy(s.p);
    assert_non_null(strstr(written(f), "\rtogether 40000, "));
    (void)fclose(f);
}

static void bad_arguments_and_no_memory(void **state) {
    (void)state;
    karvan_progress *p = (karvan_progress *)state;
    karvan_error e = {0};
    long live = karvan_i_alloc_live;
    assert_int_equal(karvan_progress_create(NULL, false, "", -1, &p, NULL), KARVAN_E_ARG);
    assert_null(p);
    assert_int_equal(karvan_progress_create(NULL, false, "", 1, NULL, NULL), KARVAN_E_ARG);
    karvan_i_alloc_permits = 0;
    karvan_status st = karvan_progress_create(NULL, false, "", 1, &p, &e);
    karvan_i_alloc_permits = -1;
    assert_int_equal(st, KARVAN_E_NOMEM);
    assert_null(p);
    assert_int_equal(karvan_i_alloc_live, live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_unless_a_terminal),     cmocka_unit_test(bar_rate_and_time_left),
        cmocka_unit_test(more_than_promised),           cmocka_unit_test(without_a_total),
        cmocka_unit_test(at_most_ten_redraws_a_second), cmocka_unit_test(threads_add_together),
        cmocka_unit_test(bad_arguments_and_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
