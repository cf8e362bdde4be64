/* Ties of a user's own, read or refused with their place; networks of them as tables, worked out by
 * hand, and as GraphML, which an XML parser reads whatever the names are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <expat.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sweep.h"
#include "told_ties.h"

static karvan_ties *parsed(const char *csv, karvan_ties_reading how) {
    karvan_ties *t = NULL;
    karvan_error e = {0};
    if (karvan_ties_parse(csv, strlen(csv), "f.csv", &how, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void own_ties(void **state) {
    (void)state;
    char got[500];
    karvan_ties *t = parsed("code2;code1;weight;certain;source;x\nBBB;002;1,5;yes;s1;9\n002;CCC;2;"
                            "maybe;;\n",
                            (karvan_ties_reading){0});
    told(t, true, got, sizeof got);
    assert_string_equal(got, "002-BBB 1.5 (: s1) 002-CCC 2? (: )");
    karvan_ties_destroy(t);
    /* there and back are two ties, of the year asked for; nodes are of any year */
    t = parsed("code1,code2,year\nA,B,2000\nB,A,2000\nC,A,2001\n",
               (karvan_ties_reading){.directed = true, .has_year = true, .year = 2000});
    told(t, false, got, sizeof got);
    assert_string_equal(got, "A>B 1 (: ) B>A 1 (: )");
    assert_int_equal(t->n, 3);
    karvan_ties_destroy(t);
}

static void refused_file(const char *csv, karvan_ties_reading how, karvan_status status,
                         const char *why) {
    karvan_ties *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_ties_parse(csv, strlen(csv), "f.csv", &how, &t, &e), status);
    assert_null(t);
    assert_string_equal(e.msg, why);
}

static void own_faults(void **state) {
    (void)state;
    const karvan_ties_reading how = {0}, directed = {.directed = true};
    const karvan_ties_reading year = {.has_year = true, .year = 1999};
    refused_file("code1,code,weight\nA,B,1\n", how, KARVAN_E_DATA,
                 "f.csv has no column code2; did you mean code1?");
    refused_file("code1,code2\nA,B\nC,D\n\nB,A\nD,C\n", how, KARVAN_E_DATA,
                 "f.csv:5:1: B and A are tied a second time; first in line 2");
    refused_file("code1,code2\nA,B\nB,A\nA,B\n", directed, KARVAN_E_DATA,
                 "f.csv:4:1: A and B are tied a second time; first in line 2");
    refused_file("code1,code2,weight\nA,B,1\nC,C,1\n", how, KARVAN_E_DATA,
                 "f.csv:3:1: a code tied to itself");
    refused_file("code1,code2,weight\nA,B,0\n", how, KARVAN_E_DATA,
                 "f.csv:2:1: a weight is above 0; leave the row out where there is no tie");
    refused_file("code1,code2,weight\nA,B,1e200\n", how, KARVAN_E_DATA,
                 "f.csv:2:1: a weight lies within 1e-100 and 1e100");
    refused_file("code1,code2,weight\nA,B,\n", how, KARVAN_E_DATA,
                 "f.csv:2:1: a tie without its weight");
    refused_file("code1,code2\nA,\n", how, KARVAN_E_DATA, "f.csv:2:1: a tie needs both codes");
    refused_file("code1,code2,certain\nA,B,perhaps\n", how, KARVAN_E_DATA,
                 "f.csv:2:1: a tie is certain (yes) or possible (maybe)");
    refused_file("code1,code2,year\nA,B,2000\nA,B,2001\n", how, KARVAN_E_ARG,
                 "f.csv holds ties of 2000 to 2001: say which year");
    refused_file("code1,code2,year\nA,B,2000\n", year, KARVAN_E_ARG,
                 "f.csv has no ties of 1999, but of 2000 to 2000");
    refused_file("code1,code2\nA,B\n", year, KARVAN_E_ARG,
                 "f.csv has no column year, so that its ties are of no year");
    refused_file("code1,code2\n", how, KARVAN_E_DATA, "there is nobody to be tied to anybody");
}

/* ---- networks ---- */

static karvan_tie_network *network(const karvan_ties *t, karvan_ties_options o) {
    karvan_tie_network *net = NULL;
    karvan_error e = {0};
    o.threads = 1;
    if (karvan_tie_network_create(t, &o, &net, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return net;
}

/* A table as the program prints it in CSV. */
static void csv_is(karvan_status (*make)(const karvan_tie_network *, karvan_table **,
                                         karvan_error *),
                   const karvan_tie_network *net, const char *expected) {
    char got[2000] = "";
    karvan_table *t = NULL;
    assert_int_equal(make(net, &t, NULL), KARVAN_OK);
    FILE *f = fmemopen(got, sizeof got, "w");
    assert_non_null(f);
    assert_int_equal(karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, NULL), KARVAN_OK);
    (void)fclose(f);
    karvan_table_destroy(t);
    assert_string_equal(got, expected);
}

static const char TRIANGLE_AND_TAIL[] = "code1,code2,weight,certain\nA,B,1,yes\nB,C,2,yes\n"
                                        "C,A,3,yes\nC,D,4,yes\nD,E,1,maybe\n";

static void tables(void **state) {
    (void)state;
    karvan_ties *t = parsed(TRIANGLE_AND_TAIL, (karvan_ties_reading){0});
    karvan_tie_network *net = network(t, (karvan_ties_options){0});
    /* C stands between D and two others: 2 of 6 pairs. Without it A and B stay, D goes */
    csv_is(karvan_tie_network_nodes, net,
           "code,name,degree,strength,betweenness,betweenness_share,closeness,community,component,"
           "cut_off\n"
           "C,C,3,9,2,0.333333,0.75,1,1,1\nA,A,2,4,0,0,0.625,1,1,0\nB,B,2,3,0,0,0.625,1,1,0\n"
           "D,D,1,4,0,0,0.5,1,1,0\nE,E,0,0,0,0,0,2,2,0\n");
    csv_is(karvan_tie_network_cuts, net,
           "removed,kind,cut_off,who,from\nC,node,1,D,2\nC-D,tie,1,D,3\n");
    csv_is(karvan_tie_network_communities, net,
           "community,nodes,ties,weight,who\n1,4,4,10,A;B;C;D\n2,1,0,0,E\n");
    csv_is(karvan_tie_network_ties, net,
           "code1,code2,weight,weight_certain,weight_possible,certain,bridge,what,sources\n"
           "A,B,1,1,1,yes,false,,\nA,C,3,3,3,yes,false,,\nB,C,2,2,2,yes,false,,\n"
           "C,D,4,4,4,yes,true,,\n");
    karvan_tie_summary s = karvan_tie_network_summary(net);
    assert_true(s.nodes == 5 && s.ties == 4 && s.left_out == 1 && s.possible == 0);
    assert_true(s.components == 2 && s.largest == 4 && s.points == 1 && s.bridges == 1);
    assert_true(fabs(s.density - 0.4) < 1e-15 && s.proved && s.communities == 2);
    karvan_tie_network_destroy(net);
    net = network(t, (karvan_ties_options){.possible = true, .least_weight = 2});
    s = karvan_tie_network_summary(net);
    assert_true(s.ties == 3 && s.light == 2 && s.left_out == 0);
    karvan_tie_network_destroy(net);
    net = network(t, (karvan_ties_options){.possible = true});
    s = karvan_tie_network_summary(net);
    assert_true(s.ties == 5 && s.possible == 1);
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
}

static void directed_tables(void **state) {
    (void)state;
    karvan_ties *t = parsed("code1,code2,weight\nA,B,1\nB,A,2\nB,C,4\n",
                            (karvan_ties_reading){.directed = true});
    karvan_tie_network *net = network(t, (karvan_ties_options){.weighted = true});
    /* closeness of A: lengths 1 and 5/4: (1 + 4/5) / 2; of B: 1/2 and 1/4: (2 + 4) / 2 */
    csv_is(karvan_tie_network_nodes, net,
           "code,name,degree,in_degree,out_degree,in_strength,out_strength,betweenness,"
           "betweenness_share,closeness,community,component,cut_off\n"
           "B,B,2,1,2,1,6,1,0.5,3,1,1,1\nC,C,1,1,0,4,0,0,0,0,2,1,0\nA,A,1,1,1,2,1,0,0,0.9,1,1,0\n");
    csv_is(karvan_tie_network_ties, net,
           "code1,code2,weight,weight_certain,weight_possible,certain,bridge,what,sources\n"
           "A,B,1,1,1,yes,true,,\nB,A,2,2,2,yes,true,,\nB,C,4,4,4,yes,true,,\n");
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
    karvan_error e = {0};
    t = parsed("code1,code2\nA,B\n", (karvan_ties_reading){0});
    const karvan_ties_options odd = {.least_weight = NAN};
    assert_int_equal(karvan_tie_network_create(t, &odd, &net, &e), KARVAN_E_ARG);
    assert_null(net);
    karvan_ties_destroy(t);
}

/* ---- GraphML ---- */

typedef struct seen {
    int nodes, edges, keys, data;
    char label[4][64];
    bool in_label;
} seen;

static void XMLCALL starts(void *ctx, const XML_Char *name, const XML_Char **a) {
    seen *s = ctx;
    s->nodes += strcmp(name, "node") == 0, s->edges += strcmp(name, "edge") == 0;
    s->keys += strcmp(name, "key") == 0, s->data += strcmp(name, "data") == 0;
    s->in_label = strcmp(name, "data") == 0 && strcmp(a[1], "node.label") == 0 && s->nodes <= 4;
}
static void XMLCALL ends(void *ctx, const XML_Char *name) {
    (void)name;
    ((seen *)ctx)->in_label = false;
}
static void XMLCALL words(void *ctx, const XML_Char *text, int n) {
    seen *s = ctx;
    if (!s->in_label) return;
    char *to = s->label[s->nodes - 1];
    size_t at = strlen(to);
    (void)snprintf(to + at, sizeof s->label[0] - at, "%.*s", n, text);
}

static void well_formed(const karvan_tie_network *net, seen *s) {
    karvan_i_text t = {0};
    *s = (seen){0};
    karvan_i_tie_graphml(net, &t);
    assert_int_equal(karvan_i_text_status(&t, NULL), KARVAN_OK);
    XML_Parser p = XML_ParserCreate(NULL);
    XML_SetUserData(p, s);
    XML_SetElementHandler(p, starts, ends), XML_SetCharacterDataHandler(p, words);
    if (XML_Parse(p, t.s, (int)t.n, 1) != XML_STATUS_OK)
        fail_msg("line %lu: %s", XML_GetCurrentLineNumber(p), XML_ErrorString(XML_GetErrorCode(p)));
    XML_ParserFree(p);
    karvan_i_text_clear(&t);
}

static void graphml(void **state) {
    (void)state;
    seen s;
    karvan_ties *t = parsed(TRIANGLE_AND_TAIL, (karvan_ties_reading){0});
    karvan_tie_network *net = network(t, (karvan_ties_options){0});
    well_formed(net, &s);
    assert_int_equal(s.nodes, 5), assert_int_equal(s.edges, 4), assert_int_equal(s.keys, 22);
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
    /* names that XML has to be careful with, and characters that it cannot hold */
    t = parsed(
        "code1,code2\n\"<a> & \"\"b\"\"\",x\x01y\n\xC4\xB0zmir \xEF\xBF\xBF,\"two\r\nlines\"\n",
        (karvan_ties_reading){0});
    net = network(t, (karvan_ties_options){0});
    well_formed(net, &s);
    assert_string_equal(s.label[0], "<a> & \"b\"");
    assert_string_equal(s.label[1], "two\r\nlines");
    assert_string_equal(s.label[2], "x\xEF\xBF\xBDy");
    assert_string_equal(s.label[3], "\xC4\xB0zmir \xEF\xBF\xBD");
    char path[120];
    karvan_error e = {0};
    (void)snprintf(path, sizeof path, "/tmp/karvan-ties-%ld.graphml", (long)getpid());
    assert_int_equal(karvan_tie_network_graphml(net, path, &e), KARVAN_OK);
    assert_int_equal(remove(path), 0);
    assert_int_equal(karvan_tie_network_graphml(net, "/no/such/folder/x", &e), KARVAN_E_IO);
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
}

/* ---- failing allocations ---- */

static karvan_status file_to_graphml(karvan_error *err) {
    karvan_ties *t = NULL;
    karvan_tie_network *net = NULL;
    karvan_table *table[4] = {0};
    karvan_i_text text = {0};
    const karvan_ties_options o = {.threads = 1, .possible = true};
    karvan_status st =
        karvan_ties_parse(TRIANGLE_AND_TAIL, sizeof TRIANGLE_AND_TAIL - 1, "f.csv", NULL, &t, err);
    if (st == KARVAN_OK) st = karvan_tie_network_create(t, &o, &net, err);
    if (st == KARVAN_OK) st = karvan_tie_network_nodes(net, &table[0], err);
    if (st == KARVAN_OK) st = karvan_tie_network_ties(net, &table[1], err);
    if (st == KARVAN_OK) st = karvan_tie_network_cuts(net, &table[2], err);
    if (st == KARVAN_OK) st = karvan_tie_network_communities(net, &table[3], err);
    if (st == KARVAN_OK) karvan_i_tie_graphml(net, &text), st = karvan_i_text_status(&text, err);
    for (int k = 0; k < 4; k++) karvan_table_destroy(table[k]);
    karvan_i_text_clear(&text);
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
    return st;
}

static void allocations(void **state) {
    (void)state;
    every_allocation_fails(file_to_graphml, 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_ties), cmocka_unit_test(own_faults),
        cmocka_unit_test(tables),   cmocka_unit_test(directed_tables),
        cmocka_unit_test(graphml),  cmocka_unit_test(allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
