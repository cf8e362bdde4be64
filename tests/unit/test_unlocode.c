/* UN/LOCODE lists: every shape and fault that lists in the wild have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "exchange.h"
#include "exchange/import_unlocode.h"
#include "sweep.h"

static karvan_import *list(const char *text, int n, const karvan_import_setting *s) {
    const char *const paths[] = {write_file("list.csv", text)};
    return import("unlocode", n, s, 1, paths);
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, not %.17g", got, expected);
}

/* Minutes are sixtieths: 5155N is 51 + 55/60. */
static void positions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double lon, lat;
    } good[] = {{"5155N 00430E", 4.5, 51 + 55 / 60.0},
                {"0000S 00000W", -0.0, -0.0},
                {"2222S 16652W", -(166 + 52 / 60.0), -(22 + 22 / 60.0)},
                {"9000N 18000E", 180, 90}};
    static const char *const bad[] = {"",
                                      "5155N00430E",
                                      "5160N 00430E",
                                      "5155N 00460E",
                                      "9001N 00430E",
                                      "5155N 18001E",
                                      "5155E 00430N",
                                      "515 N 00430E",
                                      "5155N 00430E ",
                                      "5155n 00430e",
                                      "51.5N 00430E"};
    double lon, lat;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(karvan_i_unlocode_position(good[i].text, &lon, &lat));
        near(lon, good[i].lon), near(lat, good[i].lat);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (karvan_i_unlocode_position(bad[i], &lon, &lat)) fail_msg("%s is a position", bad[i]);
    for (int d = 0; d <= 90;
         d++) /* every whole degree and minute of one quadrant, there and back */
        for (int m = 0; m < 60 && (d < 90 || m == 0); m++) {
            char text[40];
            (void)snprintf(text, sizeof text, "%02d%02dS %03d%02dE", d, m, 2 * d, m);
            bool in = 2 * d < 180 || m == 0;
            assert_int_equal(karvan_i_unlocode_position(text, &lon, &lat), in);
            if (in) near(-lat * 60, 60 * d + m), near(lon * 60, 120 * d + m);
        }
}

static const char NATIVE[] =
    "ISO 3166-1,Country Name,Ch,LOCODE,Name,NameWoDiacritics,SubDiv,Function,Status,Date,IATA,"
    "Coordinates,Remarks\n"
    "DE,Germany,  ,DE  ZWZ  ,Zw\xC3\xB6nitz  ,Zwonitz  ,SN  ,-23-----  ,RL  ,501,  ,5038N 01248E  "
    ", \n"
    "NL,Netherlands,+,NL RTM,Rotterdam,Rotterdam,,12345---,AF,0501,RTM,5155N 00430E,Use XYZ\n"
    "CN,China,=  ,CN    ,Amoy = Xiamen  ,Amoy = Xiamen  ,  ,  ,  ,  ,  ,  , \n"
    "GE,Georgia,X,GE PTI,Poti,Poti,,1-------,RQ,9601,,4261N 04140E,\n"
    "GE,Georgia,,GE VZL,Vale,Vale,,-------B,RL,0901,,,GH,Ghana,,GH "
    "ABK,Abeka,Abeka,AA,--3-----,RL,1101,,"
    "0536N 00014W,\n"
    "NL,Netherlands,,NL RTM,Twice,Twice,,1-------,AF,0501,,,\n"
    "NL,Netherlands,,NL,No code,No code,,1-------,AF,0501,,,\n"
    "NL,too,few\n";

static void a_list_with_all_its_dirt(void **state) {
    (void)state;
    karvan_import *imp = list(NATIVE, 0, NULL);
    const karvan_problems *all = karvan_import_problems(imp);
    counted(imp, "record", 9, 5);
    assert_int_equal(problem(all, "unlocode-lost-newline").line, 6);
    assert_int_equal(problem(all, "import-duplicate").line, 7);
    assert_int_equal(problem(all, "import-key").line, 8);
    assert_int_equal(problem(all, "unlocode-fields").line, 9);
    assert_int_equal(problem(all, "import-coordinates").line, 5);
    assert_non_null(strstr(problem(all, "unlocode-row").message, "another name of a place"));
    karvan_package *p = region_of(imp, "r");
    assert_string_equal(text_of(p, "places", "DEZWZ", "name"), "Zw\xC3\xB6nitz");
    assert_string_equal(text_of(p, "places", "DEZWZ", "aliases"), "Zwonitz");
    assert_string_equal(text_of(p, "places", "DEZWZ", "kind"), "station");
    assert_string_equal(text_of(p, "places", "DEZWZ", "note"),
                        "function -23-----; status RL; subdivision SN; date 0501");
    assert_string_equal(text_of(p, "places", "NLRTM", "kind"), "port");
    assert_string_equal(text_of(p, "places", "NLRTM", "locode"), "NLRTM");
    assert_string_equal(text_of(p, "places", "NLRTM", "country"), "NLD");
    near(real_of(p, "places", "NLRTM", "lon"), 4.5);
    assert_non_null(strstr(text_of(p, "places", "NLRTM", "note"), "remarks: Use XYZ"));
    assert_non_null(strstr(text_of(p, "places", "GEPTI", "note"), "marked for removal"));
    assert_true(isnan(real_of(p, "places", "GEPTI", "lon")));
    assert_string_equal(text_of(p, "places", "GEVZL", "kind"), "border");
    near(real_of(p, "places", "GHABK", "lat"), 5.6);
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

/* The UNECE's files: no header, ISO 8859-1, a heading a country; and the older shape. */
static void lists_without_a_header(void **state) {
    (void)state;
    karvan_import *imp =
        list(",\"SE\",,\".SWEDEN\",,,,,,,,\n"
             "\"|\",\"SE\",\"AAL\",\"\xC5hus, old\",\"Ahus, old\",\"M\",\"1-------\","
             "\"AF\",\"0401\",,\"5555N 01418E\",\n",
             0, NULL);
    counted(imp, "record", 2, 1);
    assert_int_equal(told(karvan_import_problems(imp), "import-encoding"), 1);
    karvan_package *p = region_of(imp, "r");
    assert_string_equal(text_of(p, "places", "SEAAL", "name"), "\xC3\x85hus, old");
    karvan_package_destroy(p), karvan_import_destroy(imp);
    /* eleven columns, and status before function as some editions have it */
    imp = list("\xEF\xBB\xBF,SE GOT,Goteborg,Goteborg,O,AF,12345---,0401,GOT,5743N 01158E,\r\n", 0,
               NULL);
    counted(imp, "record", 1, 1);
    p = region_of(imp, "r11");
    assert_string_equal(text_of(p, "places", "SEGOT", "kind"), "port");
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static const char DECIMAL[] =
    "country,location,name,nameWoDiacritics,subdivision,status,function,iata,lat,lon,geocoded\n"
    "KZ,AAU,Aktau,Aktau,47,AI,12-4----,,43.65,51.15,\n"
    "KZ,KUR,Kuryk,Kuryk,,RQ,1-------,,43.2,51.65,true\n"
    "KZ,ALA,Almaty,Almaty,,AI,-2345---,,x,76.9,\nAZ,BAK,Baku,Baku,,AI,12345---,,40.4,49.9,\n";

static void decimal_degrees(void **state) {
    (void)state;
    karvan_import *imp = list(DECIMAL, 0, NULL);
    counted(imp, "record", 4, 4);
    assert_int_equal(problem(karvan_import_problems(imp), "import-coordinates").line, 4);
    karvan_package *p = region_of(imp, "r");
    near(real_of(p, "places", "KZAAU", "lon"), 51.15),
        near(real_of(p, "places", "KZAAU", "lat"), 43.65);
    assert_null(strstr(text_of(p, "places", "KZAAU", "note"), "geocoder"));
    assert_non_null(strstr(text_of(p, "places", "KZKUR", "note"), "geocoder"));
    karvan_package_destroy(p), karvan_import_destroy(imp);
}

static void only_what_is_asked_for(void **state) {
    (void)state;
    const karvan_import_setting s[] = {{"country", "KAZ"}, {"function", "port,B"}};
    karvan_import *imp = list(DECIMAL, 2, s);
    counted(imp, "record", 4, 2);
    assert_int_equal(told(karvan_import_problems(imp), "unlocode-row"), 2); /* a line a reason */
    karvan_import_destroy(imp);
    const karvan_import_setting rail = {"function", "rail"};
    imp = list(DECIMAL, 1, &rail);
    counted(imp, "record", 4, 3);
    karvan_import_destroy(imp);
}

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"a,b,c\n1,2,3\n", "name,city\nx,y\n", "locode\nx\n"};
    for (int i = 0; i < 3; i++) {
        karvan_import *imp = NULL;
        karvan_error e = {0};
        const char *const paths[] = {write_file("list.csv", bad[i])};
        assert_int_equal(karvan_import_create("unlocode", 0, NULL, &imp, &e), KARVAN_OK);
        assert_int_equal(karvan_import_read(imp, 1, paths, &e), KARVAN_E_DATA);
        assert_non_null(strstr(e.msg, "no list of UN/LOCODE"));
        karvan_import_destroy(imp);
    }
    karvan_import *imp = NULL;
    const karvan_import_setting s = {"function", "spaceport"};
    const char *const paths[] = {write_file("list.csv", NATIVE)};
    karvan_error e = {0};
    assert_int_equal(karvan_import_create("unlocode", 1, &s, &imp, &e), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, paths, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "not 'spaceport'"));
    karvan_import_destroy(imp);
    imp = list("", 0, NULL); /* an empty list lists nothing */
    counted(imp, "record", 0, 0);
    karvan_import_destroy(imp);
}

/* A field longer than any is cut between characters. */
static void a_long_field(void **state) {
    (void)state;
    char text[1200] = "country,location,name\nKZ,AAU,";
    for (int i = 0; i < 400; i++) strcat(text, "\xC3\xA4");
    karvan_import *imp = list(text, 0, NULL);
    counted(imp, "record", 1, 1);
    assert_int_equal(told(karvan_import_problems(imp), "import-encoding"), 0);
    karvan_import_destroy(imp);
}

static karvan_status whole(karvan_error *e) {
    karvan_import *imp = NULL;
    const char *const paths[] = {in_folder("list.csv")};
    karvan_status st = karvan_import_create("unlocode", 0, NULL, &imp, e);
    if (st == KARVAN_OK) st = karvan_import_read(imp, 1, paths, e);
    karvan_import_destroy(imp);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    (void)write_file("list.csv", NATIVE);
    every_allocation_fails(whole, 5000);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup(f, empty_folder)
    const struct CMUnitTest tests[] = {
        TEST(positions),       TEST(a_list_with_all_its_dirt), TEST(lists_without_a_header),
        TEST(decimal_degrees), TEST(only_what_is_asked_for),   TEST(what_is_no_list_is_refused),
        TEST(a_long_field),    TEST(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
