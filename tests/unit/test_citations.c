/* References: what sources are in CSL-JSON and BibTeX, as small readers of both find it; and what
 * other programs showed (tests/readers): odd dates, signs of TeX, addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>

#include "json_find.h"
#include "karvan/exchange.h"
#include "region.h"

static const small_table TABLES[] = {
    {"sources",
     "id:s,title:s,publisher:s,year:d,url:s,accessed:d,kind:s,note:s\n"
     "guess,Nothing,,,,,assumption,\n"
     "a.b_c,\"50 % of {all} & \\more, #1_2 ~ ^ $\",\"Smith \"\"&\"\" Sons\",2019~,"
     "https://x.example/a_b%20c?d={1}&e=~f,2020-03,document,\n"
     "news-1,Plain,The Times,2018-05-04,,2020-03-01,news,read in part\n"
     "span,Works,Uni,1998/2001,,,dataset,\n"
     "open,Open,,1998/..,,,reference_work,\n"
     "unused,Unused,,2000,,,document,\n"
     "old,Old,Herodotus,-0440,,,document,\n"
     "zero,Zero,Nobody,0000,,,document,\n"
     "season,Spring,Uni,1996-21,,,document,\n"
     "decade,Decade,Uni,199X,,,document,\n"
     "month,a < b | c -- d `e,Uni,2001-02~,"
     "https://x.example/%d0%BE?q=50%&r=\xc9\x99<>,2020-03~,document,\n"
     "read,Read,Uni,2001,,202X,document,\n",
     "\"id\""}};
SMALL_REGION_OF(TABLES, 1)

static const char *in_folder(const char *name) {
    static char path[200];
    small_path(&region, name, "", path, sizeof path);
    return path;
}

static const char *const IDS[] = {"news-1;a.b_c", NULL, "span", "open", "guess", "news-1"};

static void csl(void **state) {
    (void)state;
    karvan_error e = {0};
    json_error_t why;
    int64_t n = 0;
    if (karvan_citations_write(region.package, 6, IDS, KARVAN_CSL_JSON, in_folder("s.json"), &n,
                               &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    json_t *j = json_load_file(in_folder("s.json"), JSON_REJECT_DUPLICATES, &why);
    if (!j) fail_msg("%d: %s", why.line, why.text);
    assert_int_equal(unlink(in_folder("s.json")), 0);
    assert_int_equal(n, 4); /* exactly those asked for, each once; an assumption is no source */
    assert_int_equal(json_array_size(j), 4);
    static const char *const types[] = {"document", "article-newspaper", "dataset",
                                        "entry-encyclopedia"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(member(json_array_get(j, i), "type"), types[i]);
    const json_t *o = find(j, "id", "a.b_c"), *issued = json_object_get(o, "issued");
    assert_string_equal(member(o, "title"), "50 % of {all} & \\more, #1_2 ~ ^ $");
    assert_string_equal(member(o, "publisher"), "Smith \"&\" Sons");
    assert_string_equal(member(o, "URL"), "https://x.example/a_b%20c?d={1}&e=~f");
    assert_true(json_is_true(json_object_get(issued, "circa")));
    char *dates =
        json_dumps(json_object_get(json_object_get(find(j, "id", "span"), "issued"), "date-parts"),
                   JSON_COMPACT);
    assert_string_equal(dates, "[[1998],[2001]]");
    free(dates);
    dates = json_dumps(
        json_object_get(json_object_get(find(j, "id", "news-1"), "issued"), "date-parts"),
        JSON_COMPACT);
    assert_string_equal(dates, "[[2018,5,4]]");
    free(dates);
    assert_string_equal(member(json_object_get(find(j, "id", "open"), "issued"), "literal"),
                        "1998/..");
    assert_string_equal(member(find(j, "id", "news-1"), "container-title"), "The Times");
    json_decref(j);
    assert_int_equal(karvan_citations_write(region.package, 1, (const char *const[]){"nobody"},
                                            KARVAN_CSL_JSON, in_folder("x"), NULL, &e),
                     KARVAN_E_ARG);
}

/* A small reader of BibTeX: an entry is @type{key, name = {value}, ...}; braces are counted, a
 * backslash takes its sign with it. Values come out as TeX prints them. */
typedef struct bib {
    const char *at;
    char key[100], name[20][20], value[20][300];
    int n;
} bib;

static void pass(bib *b, const char *signs) {
    while (*b->at && strchr(signs, *b->at)) b->at++;
}

static void expect(bib *b, char c) {
    if (*b->at != c) fail_msg("not '%c' at: %.40s", c, b->at);
    b->at++;
}

static void word(bib *b, char *out, size_t cap, const char *ends) {
    size_t n = strcspn(b->at, ends);
    assert_true(n > 0 && n < cap);
    memcpy(out, b->at, n), out[n] = 0, b->at += n;
}

/* A control word or sign as what it prints. */
static char control(bib *b) {
    static const struct {
        const char *name;
        char c;
    } words[] = {{"textbackslash{}", '\\'}, {"textasciitilde{}", '~'}, {"textasciicircum{}", '^'}};
    for (int i = 0; i < 3; i++)
        if (strncmp(b->at, words[i].name, strlen(words[i].name)) == 0)
            return b->at += strlen(words[i].name), words[i].c;
    assert_true(strchr("&%$#_{}", *b->at) != NULL);
    return *b->at++;
}

static void braced(bib *b, char *out, bool url) {
    int depth = 1, n = 0;
    expect(b, '{');
    while (depth > 0 && *b->at) {
        char c = *b->at++;
        if (!url && strchr("&%$#_~^", c)) fail_msg("'%c' is not escaped: %.40s", c, b->at);
        if (c == '{') depth++;
        if (c == '}') depth--;
        if (!url && c == '\\')
            out[n++] = control(b);
        else if (c != '{' && c != '}')
            out[n++] = c;
    }
    out[n] = 0;
}

static bool entry(bib *b) {
    pass(b, " \n");
    if (!*b->at) return false;
    b->n = 0;
    expect(b, '@');
    b->at += strcspn(b->at, "{");
    expect(b, '{');
    word(b, b->key, sizeof b->key, ",");
    for (;;) {
        pass(b, " \n");
        if (*b->at == '}') return b->at++, true;
        expect(b, ',');
        pass(b, " \n");
        word(b, b->name[b->n], sizeof b->name[0], " =");
        pass(b, " =");
        char *out = b->value[b->n];
        if (*b->at == '{') /* what stands in an address is as it is */
            braced(b, out, strcmp(b->name[b->n], "url") == 0);
        else /* a macro: the name of a month */
            word(b, out, sizeof b->value[0], ",\n}");
        b->n++;
    }
}

static const char *value(const bib *b, const char *name) {
    for (int i = 0; i < b->n; i++)
        if (strcmp(b->name[i], name) == 0) return b->value[i];
    return "";
}

static void bibtex(void **state) {
    (void)state;
    karvan_error e = {0};
    char text[4000];
    static bib b;
    if (karvan_citations_write(region.package, 6, IDS, KARVAN_BIBTEX, in_folder("s.bib"), NULL,
                               &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    FILE *f = fopen(in_folder("s.bib"), "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    (void)fclose(f);
    assert_int_equal(unlink(in_folder("s.bib")), 0);
    b.at = text;
    assert_true(entry(&b));
    assert_string_equal(b.key, "a.b_c");
    assert_string_equal(value(&b, "title"), "50 % of {all} & \\more, #1_2 ~ ^ $");
    assert_string_equal(value(&b, "author"), "Smith \"&\" Sons");
    assert_string_equal(value(&b, "year"), "2019");
    assert_string_equal(value(&b, "url"), "https://x.example/a_b%20c?d=%7B1%7D&e=~f");
    assert_string_equal(value(&b, "urldate"), "2020-03");
    assert_true(entry(&b));
    assert_string_equal(b.key, "news-1");
    assert_string_equal(value(&b, "annote"), "read in part");
    assert_string_equal(value(&b, "month"), "may");
    assert_string_equal(value(&b, "day"), "4");
    assert_true(entry(&b));
    assert_string_equal(value(&b, "year"), "1998/2001");
    assert_true(entry(&b));
    assert_string_equal(b.key, "open");
    assert_false(entry(&b));
}

static const char *const ODD[] = {"old;zero;season;decade;month;read"};

static void issued_is(const json_t *sources, const char *id, const char *wanted) {
    char *s = json_dumps(json_object_get(find(sources, "id", id), "issued"),
                         JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(s, wanted);
    free(s);
}

static void csl_of_odd_dates(void **state) {
    (void)state;
    char path[200];
    small_path(&region, "out", "", path, sizeof path);
    assert_int_equal(
        karvan_citations_write(region.package, 1, ODD, KARVAN_CSL_JSON, path, NULL, NULL),
        KARVAN_OK);
    json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    issued_is(j, "old", "{\"date-parts\":[[-441]]}");
    issued_is(j, "zero", "{\"date-parts\":[[-1]]}");
    issued_is(j, "season", "{\"date-parts\":[[1996]]}"); /* not March */
    issued_is(j, "decade", "{\"literal\":\"199X\"}");
    issued_is(j, "month", "{\"circa\":true,\"date-parts\":[[2001,2]]}");
    json_decref(j);
    assert_int_equal(unlink(path), 0);
}

static void bibtex_of_odd_signs(void **state) {
    (void)state;
    static const char *const parts[] = {
        "@misc{old,\n  author = {{Herodotus}},\n  title = {{Old}},\n  year = {-0440}\n}",
        "  year = {1996}\n}", "  year = {199X}\n}",
        "  title = {{a \\textless{} b | c -{}- d `e}},\n  year = {2001},\n"
        "  month = feb,\n  url = {https://x.example/%d0%BE?q=50%25&r=%C9%99%3C%3E},\n"
        "  urldate = {2020-03}\n}",
        "  title = {{Read}},\n  year = {2001}\n}"}; /* a day of the 2020s is no day for readers */
    char path[200], text[4000];
    small_path(&region, "out", "", path, sizeof path);
    assert_int_equal(
        karvan_citations_write(region.package, 1, ODD, KARVAN_BIBTEX, path, NULL, NULL), KARVAN_OK);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    (void)fclose(f);
    const char *at = text;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *found = strstr(at, parts[i]);
        if (!found) fail_msg("no '%s' in: %s", parts[i], at);
        at = found;
    }
    assert_int_equal(unlink(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(csl), cmocka_unit_test(bibtex),
                                       cmocka_unit_test(csl_of_odd_dates),
                                       cmocka_unit_test(bibtex_of_odd_signs)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
