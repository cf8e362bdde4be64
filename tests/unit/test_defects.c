/* tests/case/defects.csv: one damage a row to a copy of the shipped region; each must be told with
 * its code, file and line, and none may go unnoticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "karvan/karvan.h"
#include "table/cell.h"

static const char SHIPPED[] = KARVAN_SOURCEDIR "/regions/caspian";
static char dir[] = "/tmp/karvan-defects-XXXXXX";

static void path_of(char *out, size_t cap, const char *base, const char *name) {
    (void)snprintf(out, cap, "%s/%s", base, name);
}

/* Tables that are long and not damaged in their depth are cut, so that a check is quick. */
static void copy_file(const char *name, size_t keep_lines) {
    char from[512], to[512], *s = NULL;
    size_t n = 0;
    karvan_error e = {0};
    path_of(from, sizeof from, SHIPPED, name), path_of(to, sizeof to, dir, name);
    if (karvan_i_file_read(from, &s, &n, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (size_t i = 0, lines = 0; keep_lines && i < n; i++)
        if (s[i] == '\n' && ++lines == keep_lines) n = i + 1;
    if (karvan_i_file_write(to, s, n, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_free(s);
}

static void copy_one(const char *name) {
    bool long_one = strcmp(name, "trade.csv") == 0 || strcmp(name, "trade_matrix.csv") == 0;
    copy_file(name, long_one ? 80 : strcmp(name, "land.csv") == 0 ? 4 : 0);
}

static int make_copy(void **state) {
    char sub[512];
    (void)state;
    if (!mkdtemp(dir)) return -1;
    path_of(sub, sizeof sub, dir, "scenarios");
    if (mkdir(sub, 0777) != 0) return -1;
    DIR *d = opendir(SHIPPED);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;)
        if (strchr(e->d_name, '.') && e->d_name[0] != '.') copy_one(e->d_name);
    (void)closedir(d);
    copy_file("scenarios/all.csv", 0);
    return 0;
}

static int remove_copy(void **state) {
    char command[600];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static karvan_problems *check(karvan_package **region) {
    karvan_problems *p = NULL;
    karvan_error e = {0};
    *region = NULL;
    assert_int_equal(karvan_problems_create(&p, &e), KARVAN_OK);
    karvan_status st = karvan_package_open(dir, p, region, &e);
    if (st == KARVAN_E_DATA) return p;
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_package_check_sources(*region, p, &e), KARVAN_OK);
    assert_int_equal(karvan_record_check(*region, p, &e), KARVAN_OK);
    assert_int_equal(karvan_trade_check(*region, p, &e), KARVAN_OK);
    assert_int_equal(karvan_network_check(*region, p, &e), KARVAN_OK);
    assert_int_equal(karvan_flow_check(*region, p, &e), KARVAN_OK);
    assert_int_equal(karvan_study_check(*region, p, &e), KARVAN_OK);
    return p;
}

typedef struct damage {
    const char *id, *table, *operation, *key, *column, *value, *code;
    char file[512];
    int64_t line; /* where it must be told, 0: anywhere in the file */
} damage;

/* End of the field that begins at s. */
static size_t field_length(const char *s) {
    if (*s != '"') return strcspn(s, ",\n");
    size_t i = 1;
    while (s[i] && !(s[i] == '"' && s[i + 1] != '"')) i += s[i] == '"' ? 2 : 1;
    return i + 1;
}

/* Offset of a row's field (or of the row) in the file's text. */
static size_t offset_of(const karvan_package *sound, damage *d, const char *text, bool field) {
    const karvan_table *t = karvan_package_table(sound, d->table);
    int64_t row = karvan_package_row(sound, d->table, d->key), line, col;
    if (!t || row < 0) fail_msg("%s: no row %s in %s", d->id, d->key, d->table);
    int c = field ? karvan_table_find(t, d->column) : 0;
    assert_true(c >= 0);
    (void)karvan_table_locate(t, c, row, &line, &col);
    d->line = line;
    const char *s = text;
    for (int64_t n = 1; n < line; n++) s = strchr(s, '\n') + 1;
    return (size_t)(s - text) + (size_t)(field ? col - 1 : 0);
}

static void splice(karvan_i_text *out, const char *text, size_t at, size_t cut, const char *put) {
    karvan_i_text_add(out, text, at);
    karvan_i_text_puts(out, put);
    karvan_i_text_puts(out, text + at + cut);
}

/* The damaged text of the file; nothing for `unlink`. */
static void apply(const karvan_package *sound, damage *d, const char *text, karvan_i_text *out) {
    karvan_i_text cell = {0};
    const char *op = d->operation;
    if (strcmp(op, "append") == 0) {
        karvan_i_text_printf(out, "%s%s\n", text, d->value);
        for (const char *s = out->s; (s = strchr(s, '\n')) != NULL; s++) d->line++;
    } else if (strcmp(op, "rename") == 0 || strcmp(op, "replace") == 0) {
        const char *at = strstr(text, d->column);
        if (!at) fail_msg("%s: %s is not in the file", d->id, d->column);
        splice(out, text, (size_t)(at - text), strlen(d->column), d->value);
    } else if (strcmp(op, "duplicate") == 0 || strcmp(op, "delete") == 0 ||
               strcmp(op, "ragged") == 0) {
        size_t at = offset_of(sound, d, text, false), n = strcspn(text + at, "\n") + 1;
        if (*op == 'r')
            splice(out, text, at + n - 1, 0, ",x");
        else if (op[1] == 'e')
            splice(out, text, at, n, ""), d->line = 0;
        else
            splice(out, text, at, 0, ""), karvan_i_text_add(out, text + at, n), d->line = 0;
    } else {
        size_t at = offset_of(sound, d, text, true), n = field_length(text + at);
        if (strcmp(op, "quote") == 0)
            splice(out, text, at, 0, "\"x\" ");
        else if (strcmp(op, "utf8") == 0)
            splice(out, text, at, 0, "\xFF");
        else
            karvan_i_text_csv(&cell, d->value), splice(out, text, at, n, cell.s ? cell.s : "");
    }
    karvan_i_text_clear(&cell);
}

static int untold;

static void one_defect(const karvan_package *sound, damage *d) {
    char *text = NULL;
    size_t n;
    karvan_i_text broken = {0};
    karvan_package *region = NULL;
    karvan_error e = {0};
    bool descriptor = strcmp(d->table, "datapackage") == 0, told = false;
    (void)snprintf(d->file, sizeof d->file, "%s/%s%s", dir,
                   strcmp(d->table, "scenarios") == 0 ? "scenarios/all" : d->table,
                   descriptor ? ".json" : ".csv");
    assert_int_equal(karvan_i_file_read(d->file, &text, &n, &e), KARVAN_OK);
    if (strcmp(d->operation, "unlink") == 0)
        assert_int_equal(unlink(d->file), 0);
    else
        apply(sound, d, text, &broken),
            assert_int_equal(karvan_i_file_write(d->file, broken.s, broken.n, &e), KARVAN_OK);
    karvan_problems *p = check(&region);
    bool elsewhere = descriptor || strcmp(d->operation, "unlink") == 0; /* told in the descriptor */
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        karvan_problem k = karvan_problems_get(p, i);
        if (strcmp(k.code, d->code) != 0) continue;
        told |= elsewhere ? strstr(k.file, "datapackage.json") != NULL && k.line > 0
                          : d->line == 0 ||
                                (k.line == d->line && strcmp(k.file, d->file) == 0 && k.column > 0);
        /* what follows from a damage may be told in another table, at the row that suffers from it
         */
        told |= strcmp(d->table, "parties") == 0 && strstr(k.file, "claims.csv") != NULL;
        assert_true(*k.message != 0 && *k.hint != 0);
    }
    if (!told)
        for (int64_t i = 0; i < karvan_problems_total(p) && i < 5; i++) {
            karvan_problem k = karvan_problems_get(p, i);
            print_message("%s:%lld:%lld: %s [%s]\n", k.file, (long long)k.line, (long long)k.column,
                          k.message, k.code);
        }
    if (!told) {
        untold++;
        print_message("%s (%s %s %s): no %s in line %lld\n", d->id, d->table, d->operation, d->key,
                      d->code, (long long)d->line);
    }
    karvan_problems_destroy(p);
    karvan_package_destroy(region);
    assert_int_equal(karvan_i_file_write(d->file, text, n, &e), KARVAN_OK);
    karvan_i_text_clear(&broken);
    karvan_i_free(text);
}

static void every_defect_is_told(void **state) {
    (void)state;
    static const char *const names[] = {"id",     "table", "operation", "key",
                                        "column", "value", "code"};
    karvan_column columns[7];
    karvan_table *t = NULL;
    karvan_package *sound = NULL;
    karvan_error e = {0};
    for (int c = 0; c < 7; c++) columns[c] = (karvan_column){names[c], KARVAN_TEXT, NULL};
    karvan_csv_options o = {.n_columns = 7, .columns = columns, .extra_columns = true};
    if (karvan_csv_read(KARVAN_SOURCEDIR "/tests/case/defects.csv", "defects", &o, NULL, &t, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_problems *none = check(&sound);
    assert_int_equal(karvan_problems_total(none), 0);
    assert_true(karvan_table_rows(t) >= 60);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        damage d = {.line = 0};
        const char **const at[] = {&d.id,     &d.table, &d.operation, &d.key,
                                   &d.column, &d.value, &d.code};
        for (int c = 0; c < 7; c++)
            *at[c] = karvan_table_text(t, c, r) ? karvan_table_text(t, c, r) : "";
        one_defect(sound, &d);
    }
    karvan_problems_destroy(none);
    karvan_package_destroy(sound);
    karvan_table_destroy(t);
    assert_int_equal(untold, 0);
    assert_int_equal(karvan_i_alloc_live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_defect_is_told)};
    return cmocka_run_group_tests(tests, make_copy, remove_copy);
}
