/* Solved bases kept between runs: the same bits with one, without, and where none is to be trusted;
 * what decides one; which files stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "study/kept.h"
#include "study_region.h"
#include "sweep.h"

/* A region and a folder to keep its base in. */
typedef struct bench {
    small_region region;
    karvan_study_options o;
    char folder[64], path[160];
    uint64_t key;
} bench;

static void bench_open(bench *b) {
    karvan_error e = {0};
    *b = (bench){.folder = "/tmp/karvan-kept-XXXXXX"};
    assert_true(small_open(&b->region, STUDY_REGION, STUDY_TABLES));
    assert_non_null(mkdtemp(b->folder));
    if (karvan_study_defaults(b->region.package, &b->o, &e)) fail_msg("%s", e.msg);
    b->o.threads = 1, b->o.cache = b->folder;
    b->key = karvan_i_kept_key(b->region.package, &b->o);
    karvan_i_kept_path(b->folder, b->key, b->path, sizeof b->path);
}

static int files_in(const char *folder, bool remove) {
    char path[512];
    int n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        n++;
        if (remove && unlink(path) != 0) (void)rmdir(path);
    }
    (void)closedir(d);
    return n;
}

static void bench_close(bench *b) {
    (void)files_in(b->folder, true);
    assert_int_equal(rmdir(b->folder), 0);
    small_close(&b->region);
}

/* The base; *taken: it was not solved. */
static karvan_i_study_side base_of(const bench *b, bool *taken) {
    karvan_i_study_side s;
    karvan_error e = {0};
    if (karvan_i_study_side_open(b->region.folder, 0, NULL, &b->o, NULL, true, &s, &e))
        fail_msg("%s", e.msg);
    *taken = s.freight->stats.seconds_solve == 0;
    return s;
}

static karvan_i_text packed(const karvan_i_study_side *s) {
    karvan_i_text t = {0};
    assert_int_equal(karvan_i_kept_pack(s, &t, NULL), KARVAN_OK);
    return t;
}

/* Solved, or taken, as is expected; of the same bytes. */
static void base_is(const bench *b, bool expected, const karvan_i_text *want) {
    bool taken;
    karvan_i_study_side s = base_of(b, &taken);
    karvan_i_text t = packed(&s);
    assert_int_equal(taken, expected);
    if (want->n != t.n || memcmp(want->s, t.s, t.n) != 0) fail_msg("other bytes than without");
    karvan_i_text_clear(&t), karvan_i_study_side_clear(&s);
}

static karvan_i_text solved(const bench *b) {
    bool taken;
    karvan_i_study_side s = base_of(b, &taken);
    karvan_i_text t = packed(&s);
    assert_false(taken);
    karvan_i_study_side_clear(&s);
    return t;
}

/* ---- the same with one and without ---- */

enum { CASES = 2 };

static void levels_of(const bench *b, int threads, const char *cache, double *out, int *n) {
    static const char *const names[CASES] = {"wide", "quick"};
    karvan_study *s = NULL;
    karvan_error e = {0};
    karvan_study_options o = b->o;
    o.cache = cache, o.threads = threads;
    if (karvan_study_open(b->region.folder, &o, CASES, names, &s, &e)) fail_msg("%s", e.msg);
    int m = karvan_study_measures(s);
    *n = m * (CASES + 1);
    assert_in_range(*n, 1, 1000);
    for (int c = -1; c < CASES; c++)
        memcpy(out + (c + 1) * m, karvan_study_settled(s, c), (size_t)m * sizeof *out);
    karvan_study_close(s);
}

static void studies_are_the_same(void **state) {
    (void)state;
    bench b;
    double want[1000], got[1000];
    int n, m;
    bench_open(&b);
    levels_of(&b, 1, NULL, want, &n);
    assert_int_equal(files_in(b.folder, false), 0);
    for (int run = 0; run < 4; run++) {
        levels_of(&b, run < 2 ? 1 : 3, b.folder, got, &m);
        assert_int_equal(m, n);
        assert_memory_equal(got, want, (size_t)n * sizeof *want);
        assert_int_equal(files_in(b.folder, false), 1);
    }
    bench_close(&b);
}

/* What is not of the base leaves it as it was kept. */
static void base_comes_back(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    karvan_i_text want = solved(&b);
    struct stat s;
    assert_int_equal(stat(b.path, &s), 0);
    base_is(&b, true, &want);
    b.o.hold = KARVAN_HOLD_TRADE, b.o.elasticity = 7, b.o.threads = 2;
    base_is(&b, true, &want);
    karvan_i_text_clear(&want);
    bench_close(&b);
}

/* ---- what is not to be trusted ---- */

static void write_bytes(const char *path, const char *s, size_t n) {
    (void)unlink(path), (void)rmdir(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Where a head of version 1 has its fields. */
enum { AT_FORMAT = 16, AT_BUILD = 24, AT_KEY = 32, AT_LENGTH = 40, AT_DIGEST = 48 };

static void damaged_files_are_replaced(void **state) {
    (void)state;
    static const size_t at[] = {0, 8, AT_FORMAT, AT_BUILD, AT_KEY, AT_LENGTH, AT_DIGEST};
    bench b;
    char *good = NULL, beside[200];
    size_t n;
    bench_open(&b);
    karvan_i_text want = solved(&b);
    assert_int_equal(karvan_i_file_read(b.path, &good, &n, NULL), KARVAN_OK);
    for (size_t i = 0; i < sizeof at / sizeof *at + 4; i++) {
        size_t to = i < sizeof at / sizeof *at ? at[i] : KARVAN_I_KEPT_HEAD + i * (n / 16);
        good[to] = (char)(good[to] ^ 3);
        write_bytes(b.path, good, n);
        good[to] = (char)(good[to] ^ 3);
        base_is(&b, false, &want);
        base_is(&b, true, &want);
    }
    const size_t cut[] = {0, 1, KARVAN_I_KEPT_HEAD - 1, KARVAN_I_KEPT_HEAD, n / 2, n - 1};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        write_bytes(b.path, good, cut[i]);
        base_is(&b, false, &want);
        base_is(&b, true, &want);
    }
    /* one behind a link may be anybody's; a folder cannot be replaced */
    (void)snprintf(beside, sizeof beside, "%s/beside", b.folder);
    write_bytes(beside, good, n);
    assert_int_equal(unlink(b.path), 0);
    assert_int_equal(symlink(beside, b.path), 0);
    base_is(&b, false, &want);
    assert_int_equal(unlink(b.path), 0);
    assert_int_equal(mkdir(b.path, 0700), 0);
    for (int i = 0; i < 2; i++) base_is(&b, false, &want);
    karvan_i_free(good), karvan_i_text_clear(&want);
    bench_close(&b);
}

/* A folder that cannot be made: as without. */
static void no_folder_is_no_error(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    karvan_i_text want = solved(&b);
    b.o.cache = "/dev/null/karvan";
    for (int i = 0; i < 2; i++) base_is(&b, false, &want);
    char deep[160];
    (void)snprintf(deep, sizeof deep, "%s/a/b", b.folder);
    b.o.cache = deep;
    base_is(&b, false, &want);
    base_is(&b, true, &want);
    assert_int_equal(files_in(deep, true), 1);
    assert_int_equal(rmdir(deep), 0);
    karvan_i_text_clear(&want);
    bench_close(&b);
}

/* Without a head that tells, bytes of any kind are refused or make a solution. */
static void any_bytes_are_checked(void **state) {
    (void)state;
    bench b;
    bool taken;
    bench_open(&b);
    karvan_i_study_side s = base_of(&b, &taken);
    karvan_i_text good = packed(&s);
    long live = karvan_i_alloc_live, refused = 0;
    for (size_t i = 0; i < 2 * good.n; i++) {
        karvan_i_study_side t = {.region = s.region, .flow = s.flow};
        karvan_error e = {0};
        size_t at = i % good.n, n = i < good.n ? good.n : at;
        good.s[at] = (char)(good.s[at] ^ (1 << i % 8));
        karvan_status st = karvan_i_kept_unpack(&t, good.s, n, &e);
        good.s[at] = (char)(good.s[at] ^ (1 << i % 8));
        assert_true(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg && !t.freight && !t.cargo));
        assert_true(st == KARVAN_E_DATA || n == good.n);
        refused += st != KARVAN_OK;
        t.region = NULL, karvan_i_study_side_clear(&t);
    }
    assert_true(refused > (long)good.n);
    assert_int_equal(karvan_i_alloc_live, live);
    karvan_i_text_clear(&good), karvan_i_study_side_clear(&s);
    bench_close(&b);
}

/* ---- what decides a base ---- */

static void options_decide(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    karvan_study_options o[] = {b.o, b.o, b.o, b.o, b.o, b.o};
    enum { SAME = 2, ALL = sizeof o / sizeof *o };
    o[0].threads = 5, o[0].hold = 3, o[0].date = 7; /* no date is told */
    o[1].tolerance = 1, o[1].start = 2;
    o[2].year++, o[3].has_date = true, o[4].least_teu_day = 5;
    o[5].has_date = true, o[5].date = 1;
    for (int i = 0; i < ALL; i++) {
        uint64_t key = karvan_i_kept_key(b.region.package, &o[i]);
        assert_true((key == b.key) == (i < SAME) && key != 0);
        for (int k = SAME; k < i; k++)
            assert_true(key != karvan_i_kept_key(b.region.package, &o[k]));
    }
    bench_close(&b);
}

/* Another character where a cell begins. */
static char other(char c) {
    if (c >= '0' && c <= '9') return c == '9' ? '8' : (char)(c + 1);
    return c == 'q' ? 'r' : 'q';
}

static void every_cell_decides(void **state) {
    (void)state;
    bench b;
    int cells = 0;
    bench_open(&b);
    for (int t = 0; t < STUDY_TABLES; t++) {
        const char *csv = STUDY_REGION[t].csv;
        for (size_t i = strcspn(csv, "\n"); csv[i] != '\0'; i++) {
            char text[4000];
            small_table tables[STUDY_TABLES];
            small_region r;
            bool begins = (csv[i] == ',' || csv[i] == '\n') && csv[i + 1] != '\0' &&
                          csv[i + 1] != ',' && csv[i + 1] != '\n';
            if (!begins || cells++ % test_divisor("KARVAN_TEST_SWEEP") != 0) continue;
            study_tables(tables);
            (void)snprintf(text, sizeof text, "%s", csv);
            text[i + 1] = other(csv[i + 1]), tables[t].csv = text;
            (void)small_open_quietly(&r, tables, STUDY_TABLES);
            if (r.package && karvan_i_kept_key(r.package, &b.o) == b.key)
                fail_msg("table %s, byte %zu", STUDY_REGION[t].name, i);
            r.tables = STUDY_REGION, small_close(&r);
        }
    }
    assert_true(cells > 200);
    bench_close(&b);
}

/* ---- which files stay ---- */

static void make_old(const char *folder, const char *name, time_t age_s) {
    char path[200];
    struct timespec at[2] = {{.tv_sec = time(NULL) - age_s}, {.tv_sec = time(NULL) - age_s}};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    write_bytes(path, "x", 1);
    assert_int_equal(utimensat(AT_FDCWD, path, at, 0), 0);
}

static bool is_there(const char *folder, const char *name) {
    char path[200];
    struct stat s;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &s) == 0;
}

static void newest_stay(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    for (int i = 0; i < 12; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "base-%016d", i);
        make_old(b.folder, name, 100 + i);
    }
    make_old(b.folder, "of another", 100000);
    make_old(b.folder, "base-0.1-0.part", 100000), make_old(b.folder, "base-0.2-0.part", 10);
    karvan_i_text want = solved(&b);
    assert_true(is_there(b.folder, "of another") && is_there(b.folder, "base-0.2-0.part"));
    assert_false(is_there(b.folder, "base-0.1-0.part"));
    assert_int_equal(files_in(b.folder, false), 8 + 2);
    assert_true(is_there(b.folder, "base-0000000000000006"));
    assert_false(is_there(b.folder, "base-0000000000000007"));
    base_is(&b, true, &want);
    karvan_i_text_clear(&want);
    bench_close(&b);
}

/* ---- allocations ---- */

static bench swept_bench;
static karvan_i_study_side swept_side;

static karvan_status swept(karvan_error *err) {
    bool taken = false;
    karvan_i_study_side s = swept_side;
    s.freight = NULL, s.cargo = NULL, s.demand = (karvan_freight_demand){0};
    karvan_status st = karvan_i_kept_put(swept_bench.folder, swept_bench.key, &swept_side, err);
    if (st == KARVAN_OK)
        st = karvan_i_kept_take(swept_bench.folder, swept_bench.key, &s, &taken, err);
    assert_true(st == KARVAN_OK || !taken);
    karvan_freight_destroy(s.freight), karvan_table_destroy(s.cargo);
    karvan_freight_demand_clear(&s.demand);
    return st;
}

static void allocations(void **state) {
    (void)state;
    bool taken;
    bench_open(&swept_bench);
    swept_side = base_of(&swept_bench, &taken);
    every_allocation_fails(swept, 4000);
    karvan_i_study_side_clear(&swept_side);
    bench_close(&swept_bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(studies_are_the_same),
        cmocka_unit_test(base_comes_back),
        cmocka_unit_test(damaged_files_are_replaced),
        cmocka_unit_test(no_folder_is_no_error),
        cmocka_unit_test(any_bytes_are_checked),
        cmocka_unit_test(options_decide),
        cmocka_unit_test(every_cell_decides),
        cmocka_unit_test(newest_stay),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
