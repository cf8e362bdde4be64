#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "karvan/table.h"
#include "share.h"
#include "table/gzip.h"
#include "table/known.h"

static karvan_table *read_ok(const char *text, const karvan_csv_options *o) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_csv_parse(text, strlen(text), "t.csv", "t", o, NULL, &t, &e);
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void is_cell(const karvan_table *t, int c, int64_t r, const char *expected) {
    if (!expected) {
        assert_int_equal(karvan_table_state(t, c, r), KARVAN_UNKNOWN);
        return;
    }
    assert_int_equal(karvan_table_state(t, c, r), KARVAN_VALUE);
    assert_string_equal(karvan_table_text(t, c, r), expected);
}

/* One column of text `x`, its cells; "" is missing. */
static void plain_and_quoted(void **state) {
    (void)state;
    karvan_column x[] = {{"x", KARVAN_TEXT, NULL}, {"y", KARVAN_TEXT, NULL}};
    karvan_csv_options o = {.n_columns = 2, .columns = x};
    karvan_table *t = read_ok("y,x\r\n1,\"a,b\"\n\"two\nlines\",\"say \"\"hi\"\"\"\r\n,\"\"\n\n"
                              "last,no end",
                              &o);
    assert_int_equal(karvan_table_rows(t), 4);
    is_cell(t, 0, 0, "a,b"), is_cell(t, 1, 0, "1");
    is_cell(t, 0, 1, "say \"hi\""), is_cell(t, 1, 1, "two\nlines");
    is_cell(t, 0, 2, NULL), is_cell(t, 1, 2, NULL);
    is_cell(t, 0, 3, "no end"), is_cell(t, 1, 3, "last");
    karvan_table_destroy(t);
}

static void types_are_inferred(void **state) {
    (void)state;
    karvan_table *t = read_ok("int,real,text,late,empty,code,wide\n"
                              "1,1.5,x,12,,007,9223372036854775807\n"
                              "-2,2,y,1.50,,012,1\n"
                              ",1e3,,z,,,2.5\n",
                              NULL);
    static const karvan_type types[] = {KARVAN_INT, KARVAN_REAL, KARVAN_TEXT, KARVAN_TEXT,
                                        KARVAN_INT, KARVAN_TEXT, KARVAN_REAL};
    for (int c = 0; c < 7; c++) assert_int_equal(karvan_table_column(t, c).type, types[c]);
    assert_int_equal(karvan_table_int(t, 0, 1), -2);
    assert_int_equal(karvan_table_state(t, 0, 2), KARVAN_UNKNOWN);
    assert_true(karvan_table_real(t, 1, 2) == 1000.0);
    is_cell(t, 3, 0, "12"), is_cell(t, 3, 1, "1.50"), is_cell(t, 3, 2, "z"); /* spelling kept */
    is_cell(t, 5, 0, "007");
    assert_true(karvan_table_real(t, 6, 0) == 9223372036854775807.0);
    karvan_table_destroy(t);
}

static void missing_markers(void **state) {
    (void)state;
    static const karvan_missing missing[] = {
        {"", KARVAN_UNKNOWN}, {"..", KARVAN_NOT_COVERED}, {"n/a", KARVAN_UNKNOWN}};
    karvan_column x[] = {{"x", KARVAN_REAL, "t"}};
    karvan_csv_options o = {.n_columns = 1, .columns = x, .n_missing = 3, .missing = missing};
    karvan_table *t = read_ok("x\n1\n..\nn/a\n\"\"\n", &o);
    assert_int_equal(karvan_table_rows(t), 4);
    assert_int_equal(karvan_table_state(t, 0, 0), KARVAN_VALUE);
    assert_int_equal(karvan_table_state(t, 0, 1), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_state(t, 0, 2), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, 0, 3), KARVAN_UNKNOWN);
    assert_true(isnan(karvan_table_real_view(t, 0)[1]));
    assert_string_equal(karvan_table_column(t, 0).unit, "t");
    karvan_table_destroy(t);
}

static void every_declared_type(void **state) {
    (void)state;
    karvan_column columns[] = {{"i", KARVAN_INT, NULL},
                               {"r", KARVAN_REAL, NULL},
                               {"d", KARVAN_DATE, NULL},
                               {"b", KARVAN_BOOL, NULL},
                               {"s", KARVAN_TEXT, NULL}};
    karvan_csv_options o = {.n_columns = 5, .columns = columns};
    karvan_table *t = read_ok("i,r,d,b,s\n 7 ,2,1992-08-30,true,5\n8,.5,1992~,0,x\n", &o);
    assert_int_equal(karvan_table_int(t, 0, 0), 7);
    assert_true(karvan_table_real(t, 1, 1) == 0.5);
    assert_int_equal(karvan_table_date(t, 2, 0)->earliest, karvan_day_from_civil(1992, 8, 30));
    assert_true(karvan_table_date(t, 2, 1)->approximate);
    assert_true(karvan_table_bool(t, 3, 0));
    assert_false(karvan_table_bool(t, 3, 1));
    is_cell(t, 4, 0, "5");
    karvan_table_destroy(t);
    o.true_text = "ja", o.false_text = "nein";
    t = read_ok("i,r,d,b,s\n1,1,1992,ja,x\n1,1,1992,nein,x\n", &o);
    assert_true(karvan_table_bool(t, 3, 0) && !karvan_table_bool(t, 3, 1));
    karvan_table_destroy(t);
}

static void other_dialects(void **state) {
    (void)state;
    karvan_table *t = read_ok("a;b\n1,5;2\n-0,25;3\n", NULL); /* decimal comma by the semicolon */
    assert_true(karvan_table_real(t, 0, 0) == 1.5 && karvan_table_real(t, 0, 1) == -0.25);
    assert_int_equal(karvan_table_int(t, 1, 1), 3);
    karvan_table_destroy(t);
    t = read_ok("a\tb\n1\tx y\n", NULL);
    is_cell(t, 1, 0, "x y");
    karvan_table_destroy(t);
    t = read_ok("a|b\n1|x\n", NULL);
    is_cell(t, 1, 0, "x");
    karvan_table_destroy(t);
    t = read_ok("\"a;a\";\"b,b,b,b\"\n1;2\n", NULL); /* commas inside quotes do not count */
    assert_string_equal(karvan_table_column(t, 0).name, "a;a");
    karvan_table_destroy(t);
    t = read_ok("\xEF\xBB\xBFx,y\n1,2\n", NULL);
    assert_string_equal(karvan_table_column(t, 0).name, "x");
    karvan_table_destroy(t);
    karvan_csv_options o = {.no_header = true};
    t = read_ok("1,x\n2,y\n", &o);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_table_column(t, 1).name, "c2");
    karvan_table_destroy(t);
    o = (karvan_csv_options){.encoding = "ISO-8859-1"};
    t = read_ok("stra\xDF"
                "e\n\"caf\xE9\"\nna\xEFve\n",
                &o);
    assert_string_equal(karvan_table_column(t, 0).name, "stra\xC3\x9F"
                                                        "e");
    is_cell(t, 0, 0, "caf\xC3\xA9"), is_cell(t, 0, 1, "na\xC3\xAFve");
    karvan_table_destroy(t);
}

static void chosen_columns(void **state) {
    (void)state;
    static const char *const only[] = {"c", "a", "nowhere"};
    karvan_csv_options o = {.n_only = 3, .only = only};
    karvan_table *t = read_ok("a,b,c,b,d\n1,x,2.5,y,\"q\n\"\n2,\"z,\",,w,\n", &o);
    assert_int_equal(karvan_table_columns(t), 2); /* in the order of the file */
    assert_string_equal(karvan_table_column(t, 0).name, "a");
    assert_string_equal(karvan_table_column(t, 1).name, "c");
    assert_int_equal(karvan_table_int(t, 0, 1), 2);
    assert_true(karvan_table_real(t, 1, 0) == 2.5);
    is_cell(t, 1, 1, NULL);
    int64_t line, column;
    (void)karvan_table_locate(t, 1, 1, &line, &column);
    assert_int_equal(line, 4);
    karvan_table_destroy(t);
    o = (karvan_csv_options){.no_rows = true};
    t = read_ok("a,b\n1,2\n", &o);
    assert_int_equal(karvan_table_columns(t), 2);
    assert_int_equal(karvan_table_rows(t), 0);
    karvan_table_destroy(t);
}

static void gaps_among_numbers_and_words(void **state) {
    (void)state;
    static const char *const gaps[] = {"NA", "."};
    karvan_csv_options o = {.n_gaps = 2, .gaps = gaps};
    karvan_table *t = read_ok("i,r,s,w,q\n1,1.5,NA,x,\"NA\"\nNA,.,BE,NA,1\n3,2,NA,1,2\n", &o);
    assert_int_equal(karvan_table_column(t, 0).type, KARVAN_INT);
    is_cell(t, 0, 1, NULL);
    assert_int_equal(karvan_table_int(t, 0, 2), 3);
    assert_int_equal(karvan_table_column(t, 1).type, KARVAN_REAL);
    is_cell(t, 1, 1, NULL);
    is_cell(t, 2, 0, "NA"), is_cell(t, 2, 1, "BE"), is_cell(t, 2, 2, "NA"); /* Namibia, Belgium */
    is_cell(t, 3, 1, "NA");
    is_cell(t, 4, 0, "NA"), is_cell(t, 4, 1, "1"); /* quoted: a word */
    karvan_table_destroy(t);
}

/* ---- faults: each with its place, code and reading that goes on ---- */

typedef struct fault_case {
    const char *text;
    const karvan_csv_options *o;
    const char *code;
    int64_t line, column, rows;
} fault_case;

static void every_fault_is_placed(void **state) {
    (void)state;
    static const karvan_column columns[] = {{"i", KARVAN_INT, NULL},
                                            {"r", KARVAN_REAL, NULL},
                                            {"d", KARVAN_DATE, NULL},
                                            {"b", KARVAN_BOOL, NULL}};
    static const karvan_csv_options four = {.n_columns = 4, .columns = columns},
                                    comma = {.delimiter = ';'},
                                    latin = {
                                        .encoding = "latin1", .n_columns = 4, .columns = columns};
    static const fault_case cases[] = {
        {"i,r,d,b\n1,1,1992,1\nx,1,1992,1\n", &four, "type-integer", 3, 1, 2},
        {"i,r,d,b\n1.5,1,1992,1\n", &four, "type-integer", 2, 1, 1},
        {"i,r,d,b\n1,\"1,234\",1992,1\n", &four, "type-number", 2, 3, 1},
        {"i,r,d,b\n1,12%,1992,1\n", &four, "type-number", 2, 3, 1},
        {"i,r,d,b\n1,1,30.8.1992,1\n", &four, "type-date", 2, 5, 1},
        {"i,r,d,b\n1,1,1992-02-30,1\n", &four, "type-date", 2, 5, 1},
        {"i,r,d,b\n1,1,1992,yes\n", &four, "type-boolean", 2, 10, 1},
        {"i,r,d\n1,1,1992\n", &four, "column-missing", 1, 1, 1},
        {"i,r,d,b,e\n1,1,1992,1,x\n", &four, "column-extra", 1, 9, 1},
        {"i,r,d,b\n1,1,1992\n", &four, "csv-ragged-row", 2, 1, 1},
        {"i,r,d,b\n1,1,1992,1,5,6\n", &four, "csv-ragged-row", 2, 12, 1},
        {"i,r,d,i,b\n1,1,1992,1,1\n", &four, "csv-header-duplicate", 1, 7, 1},
        {"i,r,,d,b\n1,1,,1992,1\n", &four, "csv-header-empty", 1, 5, 1},
        {"a,b\n\"x\ny\"z,1\n", NULL, "csv-quote", 2, 1, 1},
        {"a,b\n1,\"never ends\n2,3\n", NULL, "csv-quote", 2, 3, 1},
        {"a;b\n1,5;1.5\n", &comma, "csv-decimal", 0, 0, 1},
        {"i,r,d,b\n1,1,\xE9\xE9,1\n", &latin, "type-date", 2, 5, 1},
        {"i,r,d,b\n\"1\",1,1992,1\n2,1,1992,\"a\nb\"\n", &four, "type-boolean", 3, 10, 2}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const fault_case *c = &cases[k];
        karvan_problems *problems = NULL;
        karvan_table *t = NULL;
        karvan_error e = {0};
        assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
        assert_int_equal(
            karvan_csv_parse(c->text, strlen(c->text), "f.csv", "t", c->o, problems, &t, &e),
            KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), c->rows);
        int64_t found = -1;
        for (int64_t i = 0; i < karvan_problems_total(problems) && found < 0; i++)
            if (strcmp(karvan_problems_get(problems, i).code, c->code) == 0) found = i;
        if (found < 0) fail_msg("case %zu: no %s", k, c->code);
        karvan_problem p = karvan_problems_get(problems, found);
        assert_string_equal(p.file, "f.csv");
        if (p.line != c->line || p.column != c->column)
            fail_msg("case %zu: %s at %lld:%lld, not %lld:%lld", k, c->code, (long long)p.line,
                     (long long)p.column, (long long)c->line, (long long)c->column);
        assert_true(*p.message && *p.hint);
        karvan_table_destroy(t), karvan_problems_destroy(problems);
        /* nobody collects: the first fault ends the reading and is the message */
        t = NULL;
        assert_int_equal(
            karvan_csv_parse(c->text, strlen(c->text), "f.csv", "t", c->o, NULL, &t, &e),
            KARVAN_E_DATA);
        assert_null(t);
        assert_memory_equal(e.msg, "f.csv:", 6);
    }
}

static void refused(const char *text, size_t n, const karvan_csv_options *o, karvan_status status,
                    const char *says) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_csv_parse(text, n, "f.csv", "t", o, NULL, &t, &e), status);
    assert_null(t);
    if (!strstr(e.msg, says)) fail_msg("'%s' does not say '%s'", e.msg, says);
}

static void no_table_at_all(void **state) {
    (void)state;
    refused("", 0, NULL, KARVAN_E_DATA, "empty");
    refused("a,b\n1,\xE9\n", 8, NULL, KARVAN_E_DATA, "f.csv:2:3: byte 0xE9 is not UTF-8");
    refused("a,b\n1,\xE9\n", 8, NULL, KARVAN_E_DATA, "encoding latin1");
    refused("a,\xE9\n1,2\n", 8, NULL, KARVAN_E_DATA, "f.csv:1:3: byte 0xE9 is not UTF-8");
    refused("a,b\n1,\0x\n", 9, NULL, KARVAN_E_DATA, "f.csv:2:3: byte 0x00");
    refused("\xFF\xFE"
            "a\0",
            4, NULL, KARVAN_E_DATA, "UTF-16");
    karvan_csv_options o = {.encoding = "cp1251"};
    refused("a\n1\n", 4, &o, KARVAN_E_ARG, "cp1251");
    o = (karvan_csv_options){.delimiter = '"'};
    refused("a\n1\n", 4, &o, KARVAN_E_ARG, "delimiter");
    o = (karvan_csv_options){.delimiter = ',', .decimal = ','};
    refused("a\n1\n", 4, &o, KARVAN_E_ARG, "delimiter");
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_csv_read("/nowhere/at/all.csv", "t", NULL, NULL, &t, &e), KARVAN_E_IO);
    assert_non_null(strstr(e.msg, "/nowhere/at/all.csv"));
    assert_int_equal(karvan_csv_read("/", "t", NULL, NULL, &t, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_csv_read(NULL, "t", NULL, NULL, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_csv_read("x", "t", NULL, NULL, NULL, NULL), KARVAN_E_ARG);
}

/* ---- files ---- */

static int make_dir(void **state) {
    static char dir[] = "/tmp/karvan-csv-XXXXXX";
    *state = mkdtemp(dir);
    return *state ? 0 : -1;
}

static int remove_dir(void **state) { return rmdir(*state); }

static void write_file(const char *path, const char *bytes, size_t n) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* Columns that are known have their type, those that are not are inferred; none at all is no such
 * file. */
static void known_columns(void **state) {
    static const karvan_column known[] = {
        {"country", KARVAN_TEXT, NULL}, {"year", KARVAN_INT, NULL}, {"value", KARVAN_REAL, NULL}};
    static const char text[] = "value,country,more\n1,7,2\n", other[] = "a,b\n1,2\n";
    karvan_table *t = NULL;
    karvan_error e = {0};
    char path[64], want[160];
    (void)snprintf(path, sizeof path, "%s/k.csv", (char *)*state);
    write_file(path, text, sizeof text - 1);
    assert_int_equal(karvan_i_csv_read_known(path, "gdp", 3, known, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_columns(t), 3);
    is_cell(t, karvan_table_find(t, "country"), 0, "7");
    assert_int_equal(karvan_table_column(t, karvan_table_find(t, "value")).type, KARVAN_REAL);
    assert_int_equal(karvan_table_column(t, karvan_table_find(t, "more")).type, KARVAN_INT);
    karvan_table_destroy(t);
    write_file(path, other, sizeof other - 1);
    assert_int_equal(karvan_i_csv_read_known(path, "gdp", 3, known, &t, &e), KARVAN_E_DATA);
    assert_null(t);
    (void)snprintf(want, sizeof want,
                   "%s:1:1: none of the columns of gdp is there, such as country", path);
    assert_string_equal(e.msg, want);
    assert_int_equal(remove(path), 0);
    assert_int_equal(karvan_i_csv_read_known(path, "gdp", 3, known, &t, NULL), KARVAN_E_IO);
}

/* A cell is found again in a file of several blocks, plain and gzip, with quoted line ends. */
static void cells_are_found_again(void **state) {
    char path[2][64];
    karvan_i_text text = {0};
    enum { ROWS = 30000 };
    karvan_i_text_puts(&text, "id,note,n\r\n");
    for (int i = 0; i < ROWS; i++)
        karvan_i_text_printf(&text, i % 7 ? "%d,plain,%d\r\n" : "%d,\"two\nlines\",%d\r\n", i,
                             i * i);
    (void)snprintf(path[0], sizeof path[0], "%s/a.csv", (char *)*state);
    (void)snprintf(path[1], sizeof path[1], "%s/a.csv.gz", (char *)*state);
    write_file(path[0], text.s, text.n);
    gzFile gz = gzopen(path[1], "wb");
    assert_int_equal(gzwrite(gz, text.s, (unsigned)text.n), text.n);
    assert_int_equal(gzclose(gz), Z_OK);
    for (int k = 0; k < 2; k++) {
        karvan_table *t = NULL;
        int64_t line, col, expected = 2;
        assert_int_equal(karvan_csv_read(path[k], "t", NULL, NULL, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), ROWS);
        for (int64_t r = 0; r < ROWS; r++) {
            assert_int_equal(karvan_table_int(t, 2, r), (int)(r * r));
            if (r % 1999 < 2) {
                assert_string_equal(karvan_table_locate(t, 2, r, &line, &col), path[k]);
                char id[12];
                int width = snprintf(id, sizeof id, "%d", (int)r);
                assert_int_equal(line, expected + (r % 7 == 0));
                assert_int_equal(col, r % 7 == 0 ? 8 : width + 8);
                (void)karvan_table_locate(t, -1, r, &line, &col);
                assert_int_equal(line, expected);
            }
            expected += 1 + (r % 7 == 0);
        }
        karvan_table_destroy(t);
        assert_int_equal(unlink(path[k]), 0);
    }
    karvan_i_text_clear(&text);
}

static void gone_and_cut_files(void **state) {
    char path[64];
    karvan_table *t = NULL;
    karvan_error e = {0};
    int64_t line, col;
    (void)snprintf(path, sizeof path, "%s/b.csv", (char *)*state);
    write_file(path, "a,b\n1,2\n", 8);
    assert_int_equal(karvan_csv_read(path, "t", NULL, NULL, &t, &e), KARVAN_OK);
    assert_int_equal(unlink(path), 0);
    assert_string_equal(karvan_table_locate(t, 1, 0, &line, &col), path);
    assert_int_equal(line, 2), assert_int_equal(col, 1); /* the line is kept, the column is not */
    karvan_table_destroy(t);
    gzFile gz = gzopen(path, "wb");
    karvan_i_text text = {0};
    for (int i = 0; i < 20000; i++) karvan_i_text_printf(&text, "%d,%d\n", i, i * 7919 % 104729);
    assert_int_equal(gzwrite(gz, text.s, (unsigned)text.n), text.n);
    assert_int_equal(gzclose(gz), Z_OK);
    karvan_i_text_clear(&text);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(truncate(path, s.st_size / 2), 0);
    assert_int_equal(karvan_csv_read(path, "t", NULL, NULL, &t, &e), KARVAN_E_DATA);
    assert_null(t);
    char want[200];
    (void)snprintf(want, sizeof want,
                   "%s: the compressed file is cut: it ends at byte %lld, before its data do", path,
                   (long long)(s.st_size / 2));
    assert_string_equal(e.msg, want);
    assert_int_equal(unlink(path), 0);
}

/* Any bit of a compressed file that is turned is damage of that file, not of a cell; but for those
 * bits of its head that say nothing of the data. */
static void turned_bits(void **state) {
    char path[64];
    karvan_i_text text = {0};
    (void)snprintf(path, sizeof path, "%s/d.csv.gz", (char *)*state);
    karvan_i_text_puts(&text, "a,b\n");
    for (int i = 0; i < 3000; i++) karvan_i_text_printf(&text, "%d,%d\n", i, i * 7919 % 104729);
    gzFile gz = gzopen(path, "wb");
    assert_int_equal(gzwrite(gz, text.s, (unsigned)text.n), text.n);
    assert_int_equal(gzclose(gz), Z_OK);
    size_t n = 0;
    char *bytes = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_i_file_read(path, &bytes, &n, &e), KARVAN_OK);
    enum { HEAD = 10 };
    assert_true(n > 2 * HEAD);
    size_t step = n / (size_t)part_of(200) + 1;
    const karvan_column whole[] = {{"a", KARVAN_INT, NULL}, {"b", KARVAN_INT, NULL}};
    const karvan_csv_options o = {.n_columns = 2, .columns = whole};
    for (size_t at = HEAD; at < n; at += step) {
        karvan_table *t = NULL;
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        write_file(path, bytes, n);
        e = (karvan_error){0};
        assert_int_equal(karvan_csv_read(path, "t", &o, NULL, &t, &e), KARVAN_E_DATA);
        assert_null(t);
        if (!strstr(e.msg, "the compressed file is damaged, at byte ") &&
            !strstr(e.msg, "the compressed file is cut: "))
            fail_msg("byte %zu: %s", at, e.msg);
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
    }
    /* what stands behind the last member is passed over, a member more is read */
    karvan_table *t = NULL;
    FILE *f = fopen(path, "wb");
    assert_true(f && fwrite(bytes, 1, n, f) == n && fputs("behind", f) >= 0 && fclose(f) == 0);
    assert_int_equal(karvan_i_gzip_check(path, &e), KARVAN_OK);
    bytes[n / 2] = (char)(bytes[n / 2] ^ 1);
    gz = gzopen(path, "wb");
    assert_int_equal(gzputs(gz, "a,b\n"), 4);
    assert_int_equal(gzclose(gz), Z_OK);
    f = fopen(path, "ab");
    assert_true(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
    assert_int_equal(karvan_i_gzip_check(path, &e), KARVAN_E_DATA);
    e = (karvan_error){0};
    assert_int_equal(karvan_csv_read(path, "t", &o, NULL, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "the compressed file is damaged"));
    /* what is wrong in a file that is whole is told as such */
    write_file(path, "a,b\n1,x\n", 8);
    e = (karvan_error){0};
    assert_int_equal(karvan_csv_read(path, "t", &o, NULL, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "d.csv.gz:2:3: "));
    assert_int_equal(unlink(path), 0);
    karvan_i_free(bytes), karvan_i_text_clear(&text);
}

static void a_pipe_is_read_once(void **state) {
    char path[64];
    karvan_table *t = NULL;
    karvan_error e = {0};
    (void)snprintf(path, sizeof path, "%s/pipe", (char *)*state);
    static const char *const texts[] = {"a,b\n1,x\n2,y\n", "a,b\n1,x\nz,y\n"};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(mkfifo(path, 0600), 0);
        pid_t child = fork();
        if (child == 0) {
            FILE *f = fopen(path, "w");
            _exit(f && fputs(texts[k], f) >= 0 && fclose(f) == 0 ? 0 : 1);
        }
        /* the second needs its spelling back, which a pipe does not give */
        assert_int_equal(karvan_csv_read(path, "t", NULL, NULL, &t, &e),
                         k == 0 ? KARVAN_OK : KARVAN_E_DATA);
        assert_true((t != NULL) == (k == 0));
        int64_t line, col;
        if (t) (void)karvan_table_locate(t, 1, 1, &line, &col); /* must not wait for the pipe */
        karvan_table_destroy(t), t = NULL;
        assert_int_equal(unlink(path), 0);
    }
    assert_non_null(strstr(e.msg, "read twice"));
}

/* A record longer than the reader's block, and every field of a table at every place of a block. */
static void records_over_block_ends(void **state) {
    (void)state;
    enum { LONG = 700000 };
    karvan_i_text text = {0};
    karvan_i_text_puts(&text, "a,b\n\"");
    for (int i = 0; i < LONG / 10; i++) karvan_i_text_puts(&text, "0123\n\"\"789");
    karvan_i_text_puts(&text, "\",1\nx,2");
    karvan_table *t = read_ok(text.s, NULL);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_int_equal(strlen(karvan_table_text(t, 0, 0)), LONG / 10 * 9);
    assert_int_equal(karvan_table_int(t, 1, 1), 2);
    karvan_table_destroy(t), karvan_i_text_clear(&text);
    for (int shift = 0; shift < 40; shift++) {
        karvan_i_text_puts(&text, "k,v\n");
        for (int i = 0; i < shift; i++) karvan_i_text_puts(&text, i ? "x" : "0,x");
        if (shift) karvan_i_text_puts(&text, "\n");
        int64_t first = shift > 0;
        for (int i = 0; i < 30000; i++) karvan_i_text_printf(&text, "%d,\"q%d\"\n", i, i % 100);
        t = read_ok(text.s, NULL);
        assert_int_equal(karvan_table_rows(t), 30000 + first);
        for (int64_t i = 0; i < 30000; i += 1) {
            assert_int_equal(karvan_table_int(t, 0, i + first), i);
            assert_true(atoi(karvan_table_text(t, 1, i + first) + 1) == (int)(i % 100));
        }
        karvan_table_destroy(t), karvan_i_text_clear(&text);
    }
}

/* ---- against a slow obvious reader ---- */

/* Field f of record r by the letter of RFC 4180, one byte at a time; -1: no such record or field.
 */
static int slow_field(const char *s, size_t n, int r, int f, char *out) {
    int record = 0, field = 0, len = 0;
    bool inside = false;
    for (size_t i = 0; i <= n; i++) {
        char c = i < n ? s[i] : '\n';
        bool mine = record == r && field == f;
        if (inside && i < n) {
            if (c == '"' && i + 1 < n && s[i + 1] == '"') {
                if (mine) out[len++] = '"';
                i++;
            } else if (c == '"') {
                inside = false;
            } else if (mine) {
                out[len++] = c;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ',' || c == '\n') {
            if (mine) return len;
            if (c == ',')
                field++;
            else
                record++, field = 0;
        } else if (mine) {
            out[len++] = c;
        }
    }
    return -1;
}

static void same_as_the_slow_reader(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    static const char *const pieces[] = {
        "a", "bc", "12", "3.5", "\xC3\xA9", " ", "long words here"};
    karvan_csv_options o = {.no_header = true, .delimiter = ','};
    for (int k = 0; k < 3000; k++) {
        char text[4096], expected[256];
        int n = 0, rows = 1 + (int)karvan_random_below(&r, 6),
            columns = 2 + (int)karvan_random_below(&r, 4);
        for (int i = 0; i < rows; i++)
            for (int c = 0; c < columns; c++) {
                bool quote = karvan_random_below(&r, 4) == 0;
                if (quote) text[n++] = '"';
                for (int p = 0; p <= (int)karvan_random_below(&r, 3); p++) {
                    uint64_t what = karvan_random_below(&r, quote ? 10 : 7);
                    n += sprintf(text + n, "%s",
                                 what < 7    ? pieces[what]
                                 : what == 7 ? ","
                                 : what == 8 ? "\"\""
                                             : "\n");
                }
                text[n++] = 'e'; /* text, so that every column is */
                if (quote) text[n++] = '"';
                text[n++] = c + 1 < columns ? ',' : '\n';
            }
        karvan_table *t = NULL;
        assert_int_equal(karvan_csv_parse(text, (size_t)n, "t", "t", &o, NULL, &t, NULL),
                         KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), rows);
        assert_int_equal(karvan_table_columns(t), columns);
        for (int i = 0; i < rows; i++)
            for (int c = 0; c < columns; c++) {
                int len = slow_field(text, (size_t)n, i, c, expected);
                assert_true(len >= 0);
                expected[len] = 0;
                assert_string_equal(karvan_table_text(t, c, i), expected);
            }
        karvan_table_destroy(t);
    }
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    static const char text[] =
        "i,r,s,late,d\n1,1.5,x,5,a\n2,,\"y\n\"\"\",6,b\n,3,z,seven,c\n,,x,8,d\n";
    static const karvan_column columns[] = {{"i", KARVAN_INT, NULL}, {"d", KARVAN_DATE, NULL}};
    for (int mode = 0; mode < 4; mode++) {
        karvan_csv_options o = {.n_columns = mode & 1 ? 2 : 0,
                                .columns = columns,
                                .extra_columns = true,
                                .encoding = mode == 3 ? "latin1" : NULL};
        karvan_status st = KARVAN_E_NOMEM;
        long live = karvan_i_alloc_live;
        for (long k = 0; st == KARVAN_E_NOMEM; k++) {
            karvan_table *t = NULL;
            karvan_problems *problems = NULL;
            karvan_error e = {0};
            karvan_i_alloc_permits = k;
            st = mode ? karvan_problems_create(&problems, &e) : KARVAN_OK;
            if (st == KARVAN_OK)
                st = karvan_csv_parse(text, sizeof text - 1, "t", "t", &o, problems, &t, &e);
            karvan_i_alloc_permits = -1;
            assert_true((t != NULL) == (st == KARVAN_OK));
            if (st != KARVAN_OK) assert_true(*e.msg);
            karvan_table_destroy(t), karvan_problems_destroy(problems);
            assert_int_equal(karvan_i_alloc_live, live);
            assert_in_range(k, 0, 1000);
        }
        assert_int_equal(st, KARVAN_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_and_quoted),
                                       cmocka_unit_test(types_are_inferred),
                                       cmocka_unit_test(missing_markers),
                                       cmocka_unit_test(every_declared_type),
                                       cmocka_unit_test(other_dialects),
                                       cmocka_unit_test(every_fault_is_placed),
                                       cmocka_unit_test(no_table_at_all),
                                       cmocka_unit_test(cells_are_found_again),
                                       cmocka_unit_test(known_columns),
                                       cmocka_unit_test(gone_and_cut_files),
                                       cmocka_unit_test(turned_bits),
                                       cmocka_unit_test(a_pipe_is_read_once),
                                       cmocka_unit_test(records_over_block_ends),
                                       cmocka_unit_test(same_as_the_slow_reader),
                                       cmocka_unit_test(chosen_columns),
                                       cmocka_unit_test(gaps_among_numbers_and_words),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
