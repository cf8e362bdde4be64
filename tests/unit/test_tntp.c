/* Networks in TNTP: read by hand, and each fault told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "karvan/network.h"
#include "sweep.h"

#define HEAD(links)                                                                               \
    "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 3\t\n<FIRST THRU NODE> 3\r\n<NUMBER OF LINKS> " links \
    "\n<ORIGINAL HEADER>~ any\n<END OF METADATA>\n\n~ \tinit_node\tterm_node ;\n"

static void a_network(void **state) {
    (void)state;
    static const char text[] = HEAD("2") "\t1\t3\t25900.5\t6\t0.5\t0.15\t4\t25\t0\t1\t;\r\n"
                                         " 3 2 1e3 1 2 3 4 5 6 -7";
    karvan_tntp t;
    karvan_error e = {0};
    if (karvan_tntp_parse(text, sizeof text - 1, "t", &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(t.zones, 2), assert_int_equal(t.nodes, 3), assert_int_equal(t.links, 2);
    assert_int_equal(t.first_through, 2);
    assert_int_equal(t.from[0], 0), assert_int_equal(t.to[0], 2);
    assert_int_equal(t.from[1], 2), assert_int_equal(t.to[1], 1);
    static const double second[7] = {1000, 1, 2, 3, 4, 5, 6};
    assert_true(t.column[KARVAN_TNTP_CAPACITY][0] == 25900.5);
    assert_true(t.column[KARVAN_TNTP_TIME][0] == 0.5);
    for (int c = 0; c < 7; c++) assert_true(t.column[c][1] == second[c]);
    assert_int_equal(t.type[0], 1), assert_int_equal(t.type[1], -7);
    karvan_tntp_clear(&t);
}

static void faults_have_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {"", "t:1:1: <END OF METADATA> is missing"},
        {"<NUMBER OF ZONES> two\n", "t:1:18: a whole number belongs behind the key"},
        {"<NUMBER OF NODES> -3\n", "t:1:18: a whole number belongs behind the key"},
        {"<NUMBER OF NODES> 3\n<END OF METADATA>\n",
         "t:2:1: the metadata do not tell zones, nodes and links; is this a network, "
         "NAME_net.tntp?"},
        {"<NUMBER OF ZONES> 4\n<NUMBER OF NODES> 3\n<NUMBER OF LINKS> 0\n<END OF METADATA>\n",
         "t:4:1: more zones than nodes"},
        {HEAD("1000000"), "t:6:1: more links told than the file has room for"},
        {HEAD("1") "1 3 1 1 1 1 1 1 1 ;\n", "t:9:19: a link has ten numbers"},
        {HEAD("1") "1 3 1 1 1 1 1 1 1 1 1;\n", "t:9:21: more than ten numbers"},
        {HEAD("1") "1 4 1 1 1 1 1 1 1 1;\n", "t:9:3: a node beyond <NUMBER OF NODES>"},
        {HEAD("1") "1 x 1 1 1 1 1 1 1 1;\n", "t:9:3: no number of a node; a whole number is right"},
        {HEAD("1") "1 3 1 1,5 1 1 1 1 1 1;\n", "t:9:7: no number; a finite number is right"},
        {HEAD("2") "1 3 1 1 1 1 1 1 1 1;\n", "t:9:1: 1 links where <NUMBER OF LINKS> says 2"},
        {HEAD("0") "1 3 1 1 1 1 1 1 1 1;\n", "t:9:1: a link more than <NUMBER OF LINKS> says"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_tntp t;
        karvan_error e = {0};
        assert_int_equal(karvan_tntp_parse(samples[i].text, strlen(samples[i].text), "t", &t, &e),
                         KARVAN_E_DATA);
        assert_string_equal(e.msg, samples[i].told);
        assert_null(t.from);
    }
    karvan_tntp t;
    karvan_error e = {0};
    assert_int_equal(karvan_tntp_read("/nowhere/at_all.tntp", &t, &e), KARVAN_E_IO);
    assert_int_equal(karvan_tntp_parse(NULL, 0, "t", &t, NULL), KARVAN_E_ARG);
}

static karvan_status everything(karvan_error *e) {
    static const char text[] = HEAD("1") "1 3 1 1 1 1 1 1 1 1;\n";
    karvan_tntp t;
    karvan_status st = karvan_tntp_parse(text, sizeof text - 1, "t", &t, e);
    karvan_tntp_clear(&t);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_network),
                                       cmocka_unit_test(faults_have_their_place),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
