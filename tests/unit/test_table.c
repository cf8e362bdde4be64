/* Tables without a file: built, viewed, sorted, copied, written, searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "karvan/table.h"
#include "sweep.h"
#include "table/cell.h"
#include "table/match.h"

enum { ID, NAME, ALIASES, KM, TEU, OPEN, SINCE, COLUMNS };
static const karvan_column columns[COLUMNS] = {
    {"id", KARVAN_TEXT, NULL},   {"name", KARVAN_TEXT, NULL}, {"aliases", KARVAN_TEXT, NULL},
    {"km", KARVAN_REAL, "km"},   {"teu", KARVAN_INT, NULL},   {"open", KARVAN_BOOL, NULL},
    {"since", KARVAN_DATE, NULL}};

/* Four ports; the second has no kilometres, the last nothing but its id. */
static const struct {
    const char *id, *name, *aliases;
    double km;
    int64_t teu;
    bool open;
    const char *since;
} ports[] = {{"KZAAU", "Aktau", "Shevchenko; Port Aktau", 2.5, 140000, true, "1963"},
             {"AZALA", "Alat", "Al\xC9\x99t;Port of Baku", NAN, 100000, true, "2018-05"},
             {"TMKRW", "Turkmenbashi", NULL, 1000.125, -7, false, "1896~"}};

static karvan_status build(karvan_table **out, karvan_error *e) {
    karvan_builder *b = NULL;
    karvan_status st = karvan_builder_create("ports", COLUMNS, columns, &b, e);
    for (int r = 0; st == KARVAN_OK && r < 3; r++) {
        st = karvan_builder_row(b, e);
        if (st == KARVAN_OK) st = karvan_builder_text(b, ID, ports[r].id, e);
        if (st == KARVAN_OK) st = karvan_builder_text(b, NAME, ports[r].name, e);
        if (st == KARVAN_OK) st = karvan_builder_text(b, ALIASES, ports[r].aliases, e);
        if (st == KARVAN_OK) st = karvan_builder_real(b, KM, ports[r].km, e);
        if (st == KARVAN_OK) st = karvan_builder_int(b, TEU, ports[r].teu, e);
        if (st == KARVAN_OK) st = karvan_builder_bool(b, OPEN, ports[r].open, e);
        if (st == KARVAN_OK) st = karvan_builder_date(b, SINCE, ports[r].since, e);
    }
    if (st == KARVAN_OK) st = karvan_builder_row(b, e);
    if (st == KARVAN_OK) st = karvan_builder_text(b, ID, "GEPTI", e);
    if (st == KARVAN_OK) st = karvan_builder_state(b, TEU, KARVAN_NOT_COVERED, e);
    if (st == KARVAN_OK) return karvan_builder_finish(b, out, e);
    karvan_builder_destroy(b);
    return st;
}

static karvan_table *table(void) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (build(&t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}

static void cells(void **state) {
    (void)state;
    karvan_table *t = table();
    assert_string_equal(karvan_table_name(t), "ports");
    assert_int_equal(karvan_table_rows(t), 4);
    assert_int_equal(karvan_table_find(t, "teu"), TEU);
    assert_int_equal(karvan_table_find(t, "TEU"), -1);
    assert_int_equal(karvan_table_state(t, KM, 1), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, TEU, 3), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_int(t, TEU, 2), -7);
    assert_true(karvan_table_real(t, TEU, 2) == -7.0);
    assert_true(isnan(karvan_table_real(t, KM, 1)) && isnan(karvan_table_real_view(t, KM)[1]));
    assert_int_equal(karvan_table_int_view(t, TEU)[3], 0);
    assert_null(karvan_table_int_view(t, KM));
    assert_null(karvan_table_real_view(t, TEU));
    assert_null(karvan_table_text(t, NAME, 3));
    assert_null(karvan_table_date(t, SINCE, 3));
    assert_true(karvan_table_date(t, SINCE, 2)->approximate);
    assert_false(karvan_table_bool(t, OPEN, 3));
    assert_true(isnan(karvan_table_real(t, NAME, 0)) && !karvan_table_bool(t, KM, 0)); /* others */
    assert_int_equal(karvan_table_int(t, KM, 0), 0);
    assert_int_equal(karvan_table_code(t, TEU, 0), -1);
    assert_null(karvan_table_date(t, ID, 0));
    assert_int_equal(karvan_table_code(t, ID, 2), 2);
    assert_int_equal(karvan_table_code(t, NAME, 3), -1);
    assert_int_equal(karvan_table_dictionary_size(t, NAME), 3);
    assert_string_equal(karvan_table_dictionary_text(t, NAME, 1), "Alat");
    assert_int_equal(karvan_table_lookup(t, ID, "TMKRW"), 2);
    assert_int_equal(karvan_table_lookup(t, ID, "XXXXX"), -1);
    assert_true(karvan_table_bytes(t) > 4 * COLUMNS);
    int64_t line = -1, col = -1;
    assert_null(karvan_table_locate(t, 0, 0, &line, &col));
    assert_int_equal(line, 0);
    karvan_table_destroy(t);
}

static void builders_refuse(void **state) {
    (void)state;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    static const karvan_column twice[] = {{"a", KARVAN_INT, NULL}, {"a", KARVAN_INT, NULL}};
    static const karvan_column nameless[] = {{"", KARVAN_INT, NULL}};
    assert_int_equal(karvan_builder_create("t", 2, twice, &b, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_create("t", 1, nameless, &b, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_create("t", COLUMNS, columns, &b, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_int(b, TEU, 1, NULL), KARVAN_E_ARG); /* no row yet */
    assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
    assert_int_equal(karvan_builder_int(b, KM, 1, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_int(b, COLUMNS, 1, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_real(b, KM, INFINITY, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_text(b, NAME, "\xFF", NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_text(b, SINCE, "1999", NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_date(b, SINCE, "1999-13", NULL), KARVAN_E_DATA);
    assert_int_equal(karvan_builder_bool(b, KM, true, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_state(b, KM, KARVAN_VALUE, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_state(b, -1, KARVAN_UNKNOWN, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_builder_int(b, TEU, 1, NULL), KARVAN_OK); /* none of it did harm */
    assert_int_equal(karvan_builder_int(b, TEU, 2, NULL), KARVAN_OK); /* the last one counts */
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_int(t, TEU, 0), 2);
    assert_int_equal(karvan_table_state(t, SINCE, 0), KARVAN_UNKNOWN);
    assert_int_equal(karvan_builder_finish(NULL, &t, NULL), KARVAN_E_ARG);
    karvan_table_destroy(t);
}

static bool is_open(void *ctx, const karvan_table *t, int64_t row) {
    ++*(int *)ctx;
    return karvan_table_bool(t, OPEN, row);
}

static void order_is(const karvan_view *v, const char *expected) {
    char got[40] = "";
    for (int64_t i = 0; i < v->n; i++) (void)snprintf(got + i, 2, "%d", (int)v->row[i]);
    assert_string_equal(got, expected);
}

static void views(void **state) {
    (void)state;
    static const char *const
        by[] = {[ID] = "1302",   [NAME] = "0123",  [KM] = "0213",     [TEU] = "2103",
                [OPEN] = "2013", [SINCE] = "2013", [ALIASES] = "1023"},
        *const down[] = {[ID] = "2031",   [NAME] = "2103",  [KM] = "2013",     [TEU] = "0123",
                         [OPEN] = "0123", [SINCE] = "1023", [ALIASES] = "0123"};
    karvan_table *t = table();
    karvan_view v = {0};
    karvan_error e = {0};
    int asked = 0;
    for (int c = 0; c < COLUMNS; c++) {
        assert_int_equal(karvan_view_init(&v, t, NULL, NULL, &e), KARVAN_OK);
        assert_int_equal(karvan_view_sort(&v, c, false, &e), KARVAN_OK);
        order_is(&v, by[c]);
        assert_int_equal(karvan_view_init(&v, t, NULL, NULL, (karvan_view_clear(&v), &e)),
                         KARVAN_OK);
        assert_int_equal(karvan_view_sort(&v, c, true, &e), KARVAN_OK);
        order_is(&v, down[c]); /* missing cells come last both ways */
        karvan_view_clear(&v);
    }
    assert_int_equal(karvan_view_init(&v, t, is_open, &asked, &e), KARVAN_OK);
    order_is(&v, "01");
    assert_int_equal(asked, 4);
    assert_int_equal(karvan_view_sort(&v, COLUMNS, false, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_view_sort(&v, TEU, false, &e), KARVAN_OK);
    order_is(&v, "10");
    karvan_view_clear(&v);
    assert_int_equal(karvan_view_init(&v, t, NULL, NULL, &e), KARVAN_OK);
    karvan_view_filter(&v, is_open, &asked);
    order_is(&v, "01");
    karvan_view_clear(&v);
    assert_int_equal(karvan_view_init(NULL, t, NULL, NULL, &e), KARVAN_E_ARG);
    karvan_table_destroy(t);
}

static void copies(void **state) {
    (void)state;
    static const char *const two[] = {"teu", "name"}, *const none[] = {"nothing"};
    karvan_table *t = table(), *few = NULL, *all = NULL;
    karvan_view v = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_view_init(&v, t, NULL, NULL, &e), KARVAN_OK);
    assert_int_equal(karvan_view_sort(&v, TEU, false, &e), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&v, 2, two, &few, &e), KARVAN_OK);
    assert_int_equal(karvan_table_columns(few), 2);
    assert_int_equal(karvan_table_int(few, 0, 0), -7);
    assert_string_equal(karvan_table_text(few, 1, 0), "Turkmenbashi");
    assert_int_equal(karvan_table_state(few, 0, 3), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_view_copy(&v, 0, NULL, &all, &e), KARVAN_OK);
    assert_int_equal(karvan_table_columns(all), COLUMNS);
    assert_string_equal(karvan_table_text(all, SINCE, 1), "2018-05");
    assert_string_equal(karvan_table_column(all, KM).unit, "km");
    karvan_table *nothing = NULL;
    assert_int_equal(karvan_view_copy(&v, 1, none, &nothing, &e), KARVAN_E_ARG);
    assert_null(nothing);
    karvan_view_clear(&v);
    karvan_table_destroy(few), karvan_table_destroy(all), karvan_table_destroy(t);
}

static void writes(const karvan_table *t, karvan_format f, int width, const char *expected) {
    char *s = NULL;
    size_t n = 0;
    karvan_error e = {0};
    FILE *out = open_memstream(&s, &n);
    assert_non_null(out);
    assert_int_equal(karvan_table_write(t, f, width, out, &e), KARVAN_OK);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(s, expected);
    free(s);
}

static void written(void **state) {
    (void)state;
    karvan_table *t = table();
    writes(t, KARVAN_FORMAT_CSV, 0,
           "id,name,aliases,km,teu,open,since\n"
           "KZAAU,Aktau,Shevchenko; Port Aktau,2.5,140000,true,1963\n"
           "AZALA,Alat,Al\xC9\x99t;Port of Baku,,100000,true,2018-05\n"
           "TMKRW,Turkmenbashi,,1000.125,-7,false,1896~\n"
           "GEPTI,,,,..,,\n");
    writes(t, KARVAN_FORMAT_JSON, 0,
           "[\n {\"id\": \"KZAAU\", \"name\": \"Aktau\", \"aliases\": \"Shevchenko; Port Aktau\", "
           "\"km\": 2.5, \"teu\": 140000, \"open\": true, \"since\": \"1963\"},\n"
           " {\"id\": \"AZALA\", \"name\": \"Alat\", \"aliases\": \"Al\xC9\x99t;Port of Baku\", "
           "\"km\": null, \"teu\": 100000, \"open\": true, \"since\": \"2018-05\"},\n"
           " {\"id\": \"TMKRW\", \"name\": \"Turkmenbashi\", \"aliases\": null, "
           "\"km\": 1000.125, \"teu\": -7, \"open\": false, \"since\": \"1896~\"},\n"
           " {\"id\": \"GEPTI\", \"name\": null, \"aliases\": null, \"km\": null, "
           "\"teu\": null, \"open\": null, \"since\": null}\n]\n");
    writes(t, KARVAN_FORMAT_TABLE, 0,
           "id     name          aliases                      km          teu  open     since\n"
           "                                                  km\n"
           "KZAAU  Aktau         Shevchenko; Port Aktau      2.5       140000  true     1963\n"
           "AZALA  Alat          Al\xC9\x99t;Port of Baku       unknown       100000  true     "
           "2018-05\n"
           "TMKRW  Turkmenbashi  unknown                  1000.1           -7  false    1896~\n"
           "GEPTI  unknown       unknown                 unknown  not covered  unknown  unknown\n");
    writes(
        t, KARVAN_FORMAT_TABLE, 16,
        "id     name    \xE2\x80\xA6\n               \xE2\x80\xA6\nKZAAU  Aktau   \xE2\x80\xA6\n"
        "AZALA  Alat    \xE2\x80\xA6\nTMKRW  Turkmenb\xE2\x80\xA6\nGEPTI  unknown \xE2\x80\xA6\n");
    karvan_table_destroy(t);
}

static void numbers_for_reading(void **state) {
    (void)state;
    static const karvan_column one[] = {{"v", KARVAN_REAL, NULL}};
    static const double values[] = {0.00012345, 1e300, -2, -0.00001, -1e-300};
    static const char *const expected[] = {"     v\n0.0001\n", "     v\n1e+300\n", " v\n-2\n",
                                           "     v\n0.0000\n", "v\n0\n"};
    for (int i = 0; i < 5; i++) {
        karvan_builder *b = NULL;
        karvan_table *t = NULL;
        assert_int_equal(karvan_builder_create("t", 1, one, &b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_real(b, 0, values[i], NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
        writes(t, KARVAN_FORMAT_TABLE, 0, expected[i]);
        karvan_table_destroy(t);
    }
}

/* A column of one, with texts that need quotes and a missing cell: the file reads back. */
static void written_and_read(void **state) {
    (void)state;
    static const karvan_column one[] = {{"say", KARVAN_TEXT, NULL}};
    static const char *const said[] = {"a,b", "\"q\"", "two\nlines", " blank ", NULL, "z"};
    char path[] = "/tmp/karvan-csv-XXXXXX";
    karvan_builder *b = NULL;
    karvan_table *t = NULL, *back = NULL;
    karvan_error e = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(karvan_builder_create("t", 1, one, &b, NULL), KARVAN_OK);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_text(b, 0, said[i], NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_csv_write(t, path, &e), KARVAN_OK);
    assert_int_equal(karvan_csv_read(path, "t", NULL, NULL, &back, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(back), 6);
    for (int i = 0; i < 6; i++) {
        const char *s = karvan_table_text(back, 0, i);
        assert_true(said[i] ? s && strcmp(s, said[i]) == 0 : !s);
    }
    assert_int_equal(karvan_csv_write(t, "/nowhere/at/all.csv", &e), KARVAN_E_IO);
    assert_int_equal(karvan_csv_write(NULL, path, NULL), KARVAN_E_ARG);
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, full, NULL), KARVAN_E_IO);
        (void)fclose(full);
    }
    (void)unlink(path);
    karvan_table_destroy(t), karvan_table_destroy(back);
}

static void format_names(void **state) {
    (void)state;
    karvan_format f;
    karvan_error e = {0};
    assert_int_equal(karvan_format_parse("json", &f, &e), KARVAN_OK);
    assert_int_equal(f, KARVAN_FORMAT_JSON);
    assert_int_equal(karvan_format_parse("xml", &f, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "format 'xml' is none of table, csv, json");
}

static void matches(const karvan_table *t, const char *typed, int64_t row, const char *why) {
    static const char *const by[] = {"id", "name", "aliases", NULL};
    karvan_error e = {0};
    int64_t got;
    karvan_status st = karvan_i_match_row(t, "port", by, typed, &got, &e);
    assert_int_equal(got, row);
    assert_int_equal(st, row < 0 ? KARVAN_E_ARG : KARVAN_OK);
    if (why) assert_string_equal(e.msg, why);
}

static void names_are_forgiving(void **state) {
    (void)state;
    karvan_table *t = table();
    matches(t, "KZAAU", 0, NULL), matches(t, "aktau", 0, NULL), matches(t, "SHEVCHENKO", 0, NULL);
    matches(t, "AL\xC6\x8FT", 1, NULL), matches(t, "port-of baku", 1, NULL);
    matches(t, "turk", 2, NULL);
    matches(t, "port", -1, "'port' fits more than one port: KZAAU (Aktau), AZALA (Alat)");
    matches(t, "aktua", -1, "no port is called 'aktua'; did you mean Aktau?");
    matches(t, "Rotterdam", -1,
            "no port is called 'Rotterdam'; there are: KZAAU, AZALA, TMKRW, GEPTI");
    matches(t, "", -1, NULL), matches(t, NULL, -1, NULL);
    karvan_table_destroy(t);
}

static void cells_by_name(void **state) {
    (void)state;
    karvan_table *t = table();
    int c;
    karvan_error e = {0};
    assert_string_equal(karvan_i_cell_text(t, "name", 0), "Aktau");
    assert_null(karvan_i_cell_text(t, "name", -1));
    assert_null(karvan_i_cell_text(t, "nothing", 0));
    assert_null(karvan_i_cell_text(NULL, "name", 0));
    assert_true(karvan_i_cell_real(t, "km", 0) == 2.5);
    assert_true(isnan(karvan_i_cell_real(t, "km", 1)));
    assert_true(karvan_i_cell_bool(t, "open", 0) && !karvan_i_cell_bool(t, "open", 9));
    assert_non_null(karvan_i_cell_date(t, "since", 0));
    assert_true(karvan_i_cell_is(t, "id", 0, "KZAAU") && !karvan_i_cell_is(t, "id", 1, "KZAAU"));
    assert_int_equal(karvan_i_need_column(t, "km", &c, &e), KARVAN_OK);
    assert_int_equal(c, KM);
    assert_int_equal(karvan_i_need_column(t, "miles", &c, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "table ports has no column miles");
    karvan_table_destroy(t);
}

static void problems(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    static const struct {
        const char *file;
        int64_t line, column;
    } places[] = {{"b", 2, 1}, {"a", 9, 1}, {"b", 1, 7}, {"b", 1, 3}, {"b", 1, 3}};
    for (int i = 0; i < 5; i++)
        assert_int_equal(karvan_problems_add(p, i ? KARVAN_ERROR : KARVAN_WARNING, places[i].file,
                                             places[i].line, places[i].column, "c", NULL,
                                             "number %d", i),
                         KARVAN_OK);
    karvan_problems_sort(p);
    static const char *const order[] = {"number 1", "number 3", "number 4", "number 2", "number 0"};
    for (int i = 0; i < 5; i++) assert_string_equal(karvan_problems_get(p, i).message, order[i]);
    assert_int_equal(karvan_problems_count(p, KARVAN_ERROR), 4);
    assert_int_equal(karvan_problems_count(p, KARVAN_WARNING), 1);
    assert_int_equal(karvan_problems_total(p), 5);
    assert_string_equal(karvan_problems_get(p, 0).hint, "");
    karvan_problems_destroy(p);
}

/* What a file holds may be anything; what is said of it is one line of UTF-8. */
static void words_are_utf8(void **state) {
    (void)state;
    karvan_problems *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&p, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_add(p, KARVAN_ERROR, "f", 1, 1, "c", "\x1B[2J", "'%.3s' %s",
                                         "ab\xC3\xA4", "x\ny"),
                     KARVAN_OK);
    assert_string_equal(karvan_problems_get(p, 0).message, "'ab?' x?y");
    assert_string_equal(karvan_problems_get(p, 0).hint, "?[2J");
    (void)karvan_fail(&e, KARVAN_E_DATA, "%s", "\xFF-\xC9\x99");
    assert_string_equal(e.msg, "?-\xC9\x99");
    karvan_problems_destroy(p);
}

static karvan_status everything(karvan_error *e) {
    karvan_table *t = NULL, *copy = NULL;
    karvan_view v = {0};
    FILE *out = fopen("/dev/null", "w");
    karvan_status st = out ? build(&t, e) : KARVAN_E_IO;
    if (st == KARVAN_OK) st = karvan_view_init(&v, t, NULL, NULL, e);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, SINCE, true, e);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, &copy, e);
    for (int f = KARVAN_FORMAT_TABLE; st == KARVAN_OK && f <= KARVAN_FORMAT_JSON; f++)
        st = karvan_table_write(copy, (karvan_format)f, 40, out, e);
    karvan_view_clear(&v);
    karvan_table_destroy(t), karvan_table_destroy(copy);
    if (out) (void)fclose(out);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 2000);
}

/* A column shown to so many decimals, as printf rounds it; what is less than nothing by less than
 * is shown is nothing. */
static void as_printf_shows(const double *v, int n, int decimals) {
    static const karvan_column only_v[] = {{"v", KARVAN_REAL, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    char *s = NULL;
    size_t size = 0;
    assert_int_equal(karvan_builder_create("t", 1, only_v, &b, NULL), KARVAN_OK);
    for (int i = 0; i < n; i++) {
        assert_int_equal(karvan_builder_row(b, NULL), KARVAN_OK);
        assert_int_equal(karvan_builder_real(b, 0, v[i], NULL), KARVAN_OK);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    FILE *f = open_memstream(&s, &size);
    assert_non_null(f);
    assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_TABLE, 0, f, NULL), KARVAN_OK);
    assert_int_equal(fclose(f), 0);
    const char *line = strchr(s, '\n') + 1;
    for (int i = 0; i < n; i++) {
        char expected[400];
        (void)snprintf(expected, sizeof expected, "%.*f", decimals, v[i]);
        char *from = expected;
        if (*from == '-' && !from[1 + strspn(from + 1, "0.")]) from++;
        line += strspn(line, " ");
        size_t m = strcspn(line, "\n");
        if (m != strlen(from) || memcmp(line, from, m) != 0)
            fail_msg("%.17g is shown as %.*s, not %s", v[i], (int)m, line, from);
        line += m + 1;
    }
    assert_int_equal(*line, 0);
    karvan_table_destroy(t);
    free(s);
}

/* Numbers are spelt by hand where it is sure how they round: ties, what is nearly one, both signs,
 * whole ones and large ones against printf. */
static void numbers_are_shown_as_printf_rounds_them(void **state) {
    (void)state;
    enum { N = 4000 };
    static double small[N], middle[N], large[N];
    uint64_t x = 42;
    for (int i = 0; i < N; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        double u = (double)(int64_t)x / 9.3e18, step = (double)((int)(x >> 40) % 2001 - 1000);
        small[i] = i % 3 ? u : step / 200000; /* ends in 5 behind the fourth decimal */
        middle[i] = i % 3 == 0 ? step / 8 : i % 3 == 1 ? u * 900 : step / 1000;
        large[i] = i % 4 == 0 ? u * 1e12 : i % 4 == 1 ? step / 4 : i % 4 == 2 ? step * 1e9 : u;
    }
    small[0] = 0.12345678, middle[0] = 999.995, middle[1] = -0.004, large[0] = 1234567.891;
    small[1] = -0.00004, large[1] = -0.04, large[2] = 999999999.95, large[3] = 99999999.95;
    as_printf_shows(small, N, 4);
    as_printf_shows(middle, N, 2);
    as_printf_shows(large, N, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_shown_as_printf_rounds_them),
                                       cmocka_unit_test(cells),
                                       cmocka_unit_test(builders_refuse),
                                       cmocka_unit_test(views),
                                       cmocka_unit_test(copies),
                                       cmocka_unit_test(written),
                                       cmocka_unit_test(numbers_for_reading),
                                       cmocka_unit_test(written_and_read),
                                       cmocka_unit_test(format_names),
                                       cmocka_unit_test(names_are_forgiving),
                                       cmocka_unit_test(cells_by_name),
                                       cmocka_unit_test(problems),
                                       cmocka_unit_test(words_are_utf8),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
