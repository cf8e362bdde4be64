/* The store of draws: what is taken comes back, killed at any moment; and what it refuses. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "results_shape.h"
#include "share.h"
#include "sweep.h"

enum { CASES = 3, MEASURES = 5, LEVELS = (CASES + 1) * MEASURES };

static char folder[] = "/tmp/karvan-store-XXXXXX";
static char path[100];

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(path, sizeof path, "%s/draws", folder);
    return 0;
}
static void forget(void) {
    char beside[120];
    (void)unlink(path);
    (void)snprintf(beside, sizeof beside, "%s-wal", path), (void)unlink(beside);
    (void)snprintf(beside, sizeof beside, "%s-shm", path), (void)unlink(beside);
}
static int remove_folder(void **state) {
    (void)state;
    forget();
    return rmdir(folder);
}

/* A few facts of a study. */
static karvan_status facts_of(const char *seed, karvan_i_facts *out, karvan_error *err) {
    *out = (karvan_i_facts){0};
    karvan_status st = karvan_i_fact_add(out, "seed", seed, err);
    if (st == KARVAN_OK) st = karvan_i_fact_add(out, "table links", "0123456789abcdef", err);
    return st;
}
static karvan_status open_as(const char *seed, bool resume, karvan_store **out, karvan_error *err) {
    karvan_i_facts facts;
    *out = NULL;
    karvan_status st = facts_of(seed, &facts, err);
    if (st == KARVAN_OK) st = karvan_i_store_open(path, &facts, CASES, MEASURES, resume, out, err);
    karvan_i_facts_clear(&facts);
    return st;
}
static karvan_store *opened(bool resume) {
    karvan_store *t;
    karvan_error e = {0};
    if (open_as("1", resume, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

/* Levels of a draw; some are not known. */
static void levels_of(int64_t draw, double *out) {
    for (int i = 0; i < LEVELS; i++) out[i] = shape_uniform(9, draw + 1000, i) * 1e9;
    if (draw % 7 == 0) out[LEVELS - 1] = NAN;
}
static karvan_status put(karvan_store *t, int64_t draw, karvan_error *err) {
    double v[LEVELS];
    levels_of(draw, v);
    const karvan_study_answer a = {draw, v, v + MEASURES, draw % 7 == 0};
    return karvan_store_take(t, &a, err);
}

/* Every draw that comes back is as it went in, and they rise. */
typedef struct seen {
    int64_t n, last;
    bool same;
} seen;
static karvan_status look(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    seen *s = ctx;
    double v[LEVELS];
    (void)err;
    levels_of(a->draw, v);
    s->same = s->same && (s->n == 0 || a->draw > s->last) && a->failed == (a->draw % 7 == 0) &&
              memcmp(v, a->base, MEASURES * sizeof *v) == 0 &&
              memcmp(v + MEASURES, a->levels, (LEVELS - MEASURES) * sizeof *v) == 0;
    s->n++, s->last = a->draw;
    return KARVAN_OK;
}
static int64_t check_all(karvan_store *t) {
    seen s = {.same = true};
    karvan_error e = {0};
    if (karvan_store_read(t, look, &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(s.same);
    return s.n;
}

static void test_kept(void **state) {
    (void)state;
    static const int64_t order[] = {5, -3, 1, 7, 0, 2, 5};
    int64_t missing[4], n;
    forget();
    karvan_store *t = opened(false);
    for (int i = 0; i < 7; i++) assert_int_equal(put(t, order[i], NULL), KARVAN_OK);
    assert_int_equal(check_all(t), 6);
    karvan_store_close(t);
    t = opened(true);
    assert_int_equal(check_all(t), 6);
    const int64_t wanted[] = {1, 2, 3, 4};
    assert_int_equal(karvan_store_missing(t, 4, wanted, missing, &n, NULL), KARVAN_OK);
    assert_int_equal(n, 2);
    assert_true(missing[0] == 3 && missing[1] == 4);
    karvan_store_close(t);
}

/* ---- killed ---- */

enum { DRAWS = 150 };

/* What a process does until it is killed: the draws that are missing, one a tenth of a millisecond
 * or so. */
static void work(void) {
    int64_t all[DRAWS], missing[DRAWS], n;
    karvan_store *t;
    for (int i = 0; i < DRAWS; i++) all[i] = i + 1;
    if (open_as("1", true, &t, NULL) != KARVAN_OK) _exit(1);
    if (karvan_store_missing(t, DRAWS, all, missing, &n, NULL) != KARVAN_OK) _exit(2);
    for (int64_t i = 0; i < n; i++) {
        const struct timespec pause = {0, 100000};
        if (put(t, missing[i], NULL) != KARVAN_OK) _exit(3);
        (void)nanosleep(&pause, NULL);
    }
    karvan_store_close(t);
    _exit(0);
}

/* Killed at random moments until it is done; nothing that was in is lost, and in the end all is as
 * if it had never been killed. */
static void test_killed(void **state) {
    (void)state;
    karvan_random random;
    karvan_random_init(&random, 21, 1);
    int kills = 0, cut = 0, wanted = part_of(50);
    while (kills < wanted) {
        int64_t had = 0;
        forget();
        for (bool done = false; !done;) {
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) work();
            const struct timespec pause = {0, (long)karvan_random_below(&random, 30000000)};
            (void)nanosleep(&pause, NULL);
            int status;
            (void)kill(child, SIGKILL), kills++;
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
            karvan_store *t = opened(true);
            int64_t have = check_all(t);
            karvan_store_close(t);
            assert_true(have >= had);
            cut += have > had && have < DRAWS, had = have, done = have == DRAWS;
        }
    }
    if (all_cases()) assert_in_range(cut, 5, 1000); /* moments amid the draws */
}

/* ---- refused ---- */

static void refused(const char *seed, bool resume, karvan_status want, const char *word) {
    karvan_store *t;
    karvan_error e = {0};
    assert_int_equal(open_as(seed, resume, &t, &e), want);
    assert_null(t);
    if (!strstr(e.msg, word)) fail_msg("'%s' says nothing of '%s'", e.msg, word);
}

static void test_another_study(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_store *t;
    forget();
    karvan_store_close(opened(false));
    refused("1", false, KARVAN_E_ARG, "--resume");
    refused("2", true, KARVAN_E_ARG, "seed is 2, there 1");
    /* one fact more, one less, and one that is too long to be told whole */
    karvan_i_facts f;
    assert_int_equal(facts_of("1", &f, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_fact_add(&f, "table places", "x", NULL), KARVAN_OK);
    assert_int_equal(karvan_i_store_open(path, &f, CASES, MEASURES, true, &t, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "table places"));
    f.n--, karvan_i_free(f.all[f.n].key), karvan_i_free(f.all[f.n].value);
    f.all[1].value[0] = 'z', e = (karvan_error){0};
    assert_int_equal(karvan_i_store_open(path, &f, CASES, MEASURES, true, &t, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "not the same: table links"));
    f.n--, karvan_i_free(f.all[f.n].key), karvan_i_free(f.all[f.n].value), e = (karvan_error){0};
    assert_int_equal(karvan_i_store_open(path, &f, CASES, MEASURES, true, &t, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "there no more"));
    karvan_i_facts_clear(&f);
}

static void write_file(const char *text, size_t n) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void change(const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_no_store(void **state) {
    (void)state;
    static const char text[] = "id,name\n1,this is a table of something else altogether, and long\n"
                               "2,long enough for the header of a file\n3,of SQLite\n4,\n";
    forget(), write_file(text, sizeof text - 1);
    refused("1", true, KARVAN_E_DATA, "no SQLite file");
    forget(), change("CREATE TABLE x(y);");
    refused("1", true, KARVAN_E_DATA, "another program made it");
    forget(), karvan_store_close(opened(false)), change("PRAGMA user_version=9;");
    refused("1", true, KARVAN_E_DATA, "format 9");
    /* an empty file is what is left of a process that was killed as it began */
    forget(), write_file("", 0);
    karvan_store_close(opened(true));
    forget(), assert_int_equal(mkdir(path, 0700), 0);
    refused("1", true, KARVAN_E_IO, "cannot open");
    assert_int_equal(rmdir(path), 0);
    (void)snprintf(path, sizeof path, "%s/none/draws", folder);
    refused("1", true, KARVAN_E_IO, "cannot open");
    (void)snprintf(path, sizeof path, "%s/draws", folder);
}

static void fill(int n) {
    forget();
    karvan_store *t = opened(false);
    for (int i = 1; i <= n; i++) assert_int_equal(put(t, i, NULL), KARVAN_OK);
    karvan_store_close(t);
}

static void read_fails(const char *word) {
    karvan_store *t = opened(true);
    seen s = {.same = true};
    karvan_error e = {0};
    assert_int_equal(karvan_store_read(t, look, &s, &e), KARVAN_E_DATA);
    if (!strstr(e.msg, word)) fail_msg("'%s' says nothing of '%s'", e.msg, word);
    karvan_store_close(t);
}

static void test_damaged(void **state) {
    (void)state;
    fill(20), change("UPDATE draws SET levels=zeroblob(160) WHERE draw=7;");
    read_fails("draw 7 is not as it was written");
    fill(20), change("UPDATE draws SET levels=x'00' WHERE draw=3;");
    read_fails("draw 3 has 1 bytes");
    fill(20), change("UPDATE draws SET draw=99 WHERE draw=3;");
    read_fails("draw 99 is not as it was written");
    /* bytes overwritten anywhere: told, or without effect; never other numbers */
    karvan_random random;
    karvan_random_init(&random, 4, 1);
    int told = 0;
    for (int round = 0; round < part_of(60); round++) {
        struct stat s;
        fill(60), assert_int_equal(stat(path, &s), 0);
        FILE *f = fopen(path, "r+");
        assert_int_equal(
            fseek(f, (long)karvan_random_below(&random, (uint64_t)s.st_size - 8), SEEK_SET), 0);
        assert_int_equal(fwrite("\xa5\x5a\xff\x01\x00\x80\x7f", 1, 7, f), 7);
        assert_int_equal(fclose(f), 0);
        karvan_store *t = NULL;
        seen all = {.same = true};
        karvan_error e = {0};
        karvan_status st = open_as("1", true, &t, &e);
        if (st == KARVAN_OK) st = karvan_store_read(t, look, &all, &e);
        told += st != KARVAN_OK;
        assert_true(all.same && (st == KARVAN_OK || *e.msg));
        karvan_store_close(t);
    }
    if (all_cases()) assert_in_range(told, 20, 60);
}

/* ---- the machine fails ---- */

/* A child with fewer rights or less room; its exit status says what came of it. */
static void in_child(int (*what)(void)) {
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit(what());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int on_full_disk(void) {
    const struct rlimit room = {200000, 200000};
    karvan_error e = {0};
    karvan_store *t;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &room) != 0) return 1;
    karvan_status st = open_as("1", true, &t, &e);
    for (int i = 1; st == KARVAN_OK && i < 5000; i++) st = put(t, i, &e);
    karvan_store_close(t);
    return st == KARVAN_E_IO && strstr(e.msg, "cannot write") ? 0 : 2;
}
static int read_only(void) {
    karvan_error e = {0};
    karvan_store *t;
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 1;
    return open_as("1", true, &t, &e) == KARVAN_E_IO && strstr(e.msg, "only be read") ? 0 : 2;
}
static int second(void) {
    karvan_error e = {0};
    karvan_store *t;
    return open_as("1", true, &t, &e) == KARVAN_E_IO && strstr(e.msg, "another program") ? 0 : 2;
}

static void test_machine(void **state) {
    (void)state;
    fill(5);
    in_child(on_full_disk);
    karvan_store *t = opened(true); /* what was in stays */
    assert_true(check_all(t) > 5);
    in_child(second);
    karvan_store_close(t);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(path, 0444), 0);
    in_child(read_only);
    assert_int_equal(chmod(path, 0600), 0);
}

static karvan_status all_of_it(karvan_error *err) {
    karvan_store *t = NULL;
    seen s = {.same = true};
    int64_t draw = 4, missing, n;
    forget();
    karvan_status st = open_as("1", true, &t, err);
    if (st == KARVAN_OK) st = put(t, 3, err);
    if (st == KARVAN_OK) st = karvan_store_missing(t, 1, &draw, &missing, &n, err);
    if (st == KARVAN_OK) st = karvan_store_read(t, look, &s, err);
    karvan_store_close(t);
    return st;
}
static void test_no_memory(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),     cmocka_unit_test(test_killed),
        cmocka_unit_test(test_no_store), cmocka_unit_test(test_another_study),
        cmocka_unit_test(test_damaged),  cmocka_unit_test(test_machine),
        cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
