/* Files are whole or not there at all: also on a full disk and when the writer is killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

static char folder[] = "/tmp/karvan-test-XXXXXX";
static char path[sizeof folder + 16];

/* Files in the folder; with `and_remove` they are gone afterwards. */
static int files(int and_remove) {
    int n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char name[512];
        if (e->d_name[0] == '.') continue;
        (void)snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
        if (and_remove) assert_int_equal(unlink(name), 0);
        n++;
    }
    (void)closedir(d);
    return n;
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(path, sizeof path, "%s/out.txt", folder);
    return 0;
}
static int remove_folder(void **state) {
    (void)state;
    (void)files(1);
    return rmdir(folder);
}

static void assert_holds(const char *expected, size_t n) {
    char *s = NULL;
    size_t got = 0;
    karvan_error e = {0};
    if (karvan_i_file_read(path, &s, &got, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(got, n);
    assert_memory_equal(s, expected, n);
    assert_int_equal(s[n], 0);
    karvan_i_free(s);
}

static void what_is_written_is_read(void **state) {
    (void)state;
    enum { N = 300000 }; /* above the first buffer of the reader */
    char *big = malloc(N);
    assert_non_null(big);
    for (int i = 0; i < N; i++) big[i] = (char)(i * 31 % 251);
    assert_int_equal(karvan_i_file_write(path, big, N, NULL), KARVAN_OK);
    assert_holds(big, N);
    assert_int_equal(karvan_i_file_write(path, "", 0, NULL), KARVAN_OK);
    assert_holds("", 0);
    assert_int_equal(karvan_i_file_write(path, "a\0b", 3, NULL), KARVAN_OK);
    assert_holds("a\0b", 3);
    assert_int_equal(files(0), 1);
    free(big);
}

static void permissions_stay(void **state) {
    (void)state;
    struct stat now;
    assert_int_equal(karvan_i_file_write(path, "x", 1, NULL), KARVAN_OK);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(karvan_i_file_write(path, "y", 1, NULL), KARVAN_OK);
    assert_int_equal(stat(path, &now), 0);
    assert_int_equal(now.st_mode & 0777, 0640);
}

static void what_is_not_there_is_named(void **state) {
    (void)state;
    char *s = (char *)state, missing[sizeof folder + 32];
    size_t n = 9;
    karvan_error e = {0}, f = {0};
    (void)snprintf(missing, sizeof missing, "%s/none/such", folder);
    assert_int_equal(karvan_i_file_read(missing, &s, &n, &e), KARVAN_E_IO);
    assert_null(s);
    assert_int_equal(n, 0);
    assert_non_null(strstr(e.msg, missing));
    assert_non_null(strstr(e.msg, "No such file"));
    assert_int_equal(karvan_i_file_write(missing, "x", 1, &f), KARVAN_E_IO);
    assert_non_null(strstr(f.msg, missing));
    f = (karvan_error){0};
    assert_int_equal(karvan_i_file_read(folder, &s, &n, &f), KARVAN_E_IO);
}

static void full_disk_leaves_the_old_file(void **state) {
    (void)state;
    enum { N = 100000 };
    struct rlimit old, little;
    karvan_error e = {0};
    char *big = calloc(1, N);
    assert_non_null(big);
    (void)files(1);
    assert_int_equal(karvan_i_file_write(path, "old", 3, NULL), KARVAN_OK);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    little = old, little.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    karvan_status st = karvan_i_file_write(path, big, N, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(st, KARVAN_E_IO);
    assert_non_null(strstr(e.msg, "cannot write"));
    assert_int_equal(files(0), 1); /* nothing half is left beside it */
    assert_holds("old", 3);
    free(big);
}

static void full_device_is_an_error(void **state) {
    (void)state;
    struct stat st;
    karvan_error e = {0};
    if (stat("/dev/full", &st) != 0) skip();
    assert_int_equal(karvan_i_file_write("/dev/full", "x", 1, &e), KARVAN_E_IO);
    assert_non_null(strstr(e.msg, "No space left"));
    assert_int_equal(karvan_i_file_write("/dev/null", "x", 1, NULL), KARVAN_OK);
}

/* The child writes all of 'a', all of 'b', ... until it is killed. */
static void killed_writer_leaves_a_whole_file(void **state) {
    (void)state;
    enum { N = 2000000, ROUNDS = 12 };
    char *big = malloc(N);
    assert_non_null(big);
    for (int round = 0; round < ROUNDS; round++) {
        memset(big, '-', N);
        assert_int_equal(karvan_i_file_write(path, big, N, NULL), KARVAN_OK);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            for (int i = 0;; i++) {
                memset(big, 'a' + i % 26, N);
                if (karvan_i_file_write(path, big, N, NULL) != KARVAN_OK) _exit(1);
            }
        struct timespec while_it_writes = {0, 1000000L * (1 + 3 * round)};
        (void)nanosleep(&while_it_writes, NULL);
        int how;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        char *s = NULL;
        size_t n;
        assert_int_equal(karvan_i_file_read(path, &s, &n, NULL), KARVAN_OK);
        assert_int_equal(n, N);
        for (size_t i = 1; i < n; i++) assert_true(s[i] == s[0]);
        karvan_i_free(s);
        (void)files(1);
    }
    free(big);
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    long live = karvan_i_alloc_live;
    karvan_status st = KARVAN_E_NOMEM;
    for (long k = 0; st == KARVAN_E_NOMEM; k++) {
        char *s = NULL;
        size_t n = 0;
        karvan_i_alloc_permits = k;
        st = karvan_i_file_write(path, "text", 4, NULL);
        if (st == KARVAN_OK) st = karvan_i_file_read(path, &s, &n, NULL);
        karvan_i_alloc_permits = -1;
        assert_true(st == KARVAN_E_NOMEM || (st == KARVAN_OK && n == 4));
        karvan_i_free(s);
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(k, 0, 20);
    }
    assert_int_equal(st, KARVAN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_is_read),
                                       cmocka_unit_test(permissions_stay),
                                       cmocka_unit_test(what_is_not_there_is_named),
                                       cmocka_unit_test(full_disk_leaves_the_old_file),
                                       cmocka_unit_test(full_device_is_an_error),
                                       cmocka_unit_test(killed_writer_leaves_a_whole_file),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
