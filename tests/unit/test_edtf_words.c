/* What dates mean in words: every form of docs/methods/dates.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "karvan/base.h"

static const struct {
    const char *edtf, *words;
} SAMPLES[] = {{"1992-08-30", "on 30 August 1992"},
               {"1992-08", "some day in August 1992"},
               {"1992", "some day in 1992"},
               {"1992~", "some day in 1992, about"},
               {"1992-08-30?", "on 30 August 1992, not certain"},
               {"1992-08%", "some day in August 1992, about and not certain"},
               {"1985-04-12T23:20:30Z", "on 12 April 1985"},
               {"-0999", "some day in the year -999 (1000 BCE)"},
               {"0000", "some day in the year 0 (1 BCE)"},
               {"0001", "some day in 1"},
               {"2001-21", "some day from 1 March 2001 to 31 May 2001"},
               {"199X", "some day from 1 January 1990 to 31 December 1999"},
               {"2004-XX", "some day in 2004"},
               {"1985-04-XX", "some day in April 1985"},
               {"XXXX-04-10", "on 10 April of a year that is not known"},
               {"XXXX-04", "some day in April of a year that is not known"},
               {"XXXX-04-XX?", "some day in April of a year that is not known, not certain"},
               {"19XX-04-10", "on 10 April of a year from 1900 to 1999"},
               {"199X-12", "some day in December of a year from 1990 to 1999"},
               {"199X-22", "some day in summer of a year from 1990 to 1999"},
               {"199X-28", "some day in winter (of the north) of a year from 1990 to 1999"},
               {"XXXX-31", "some day in autumn (of the south) of a year that is not known"},
               {"XXXX-36", "some day in quarter 4 of a year that is not known"},
               {"XXXX-37", "some day in third 1 of a year that is not known"},
               {"XXXX-41", "some day in half 2 of a year that is not known"},
               {"2004-XX-10", "on day 10 of some month of 2004"},
               {"XXXX-XX-10", "on day 10 of some month of a year that is not known"},
               {"XXXX", "in a year that is not known"},
               {"1XXX", "some day from 1 January 1000 to 31 December 1999"},
               {"2004-04-1X", "some day from 10 April 2004 to 19 April 2004"},
               {"XXXX-12-21/1990", "from 21 December of a year that is not known to 1990"},
               {"2004-06/2006-08", "from June 2004 to August 2006"},
               {"2004-06-01/2006-08-03~", "from 1 June 2004 to 3 August 2006, about"},
               {"1985/..", "from 1985 on, without an end"},
               {"1985/", "from 1985 to a day that is not known"},
               {"../1985-04-12", "to 12 April 1985, without a beginning"},
               {"/1985", "to 1985, from a day that is not known"},
               {"[1667,1668]", "one of several dates from 1 January 1667 to 31 December 1668"},
               {"{1667-05-01..1667-05-03}", "all of several dates from 1 May 1667 to 3 May 1667"},
               {"[..1760-12]", "one of the days until 31 December 1760"},
               {"[1667..]", "one of the days from 1667 on"},
               {"[1667-05..]", "one of the days from May 1667 on"},
               {"[1667-05-02..]", "one of the days from 2 May 1667 on"},
               {"{1667,1669..}", "all of the days from 1667 on"},
               {"[1669-03,1667..]", "one of the days from January 1667 on"},
               {"[..1667,1669..]", "one of several dates, without a beginning and without an end"},
               {"../..", "without a beginning and without an end"},
               {"../", "without a beginning, to a day that is not known"},
               {"/..", "from a day that is not known on, without an end"}};

static void in_words(void **state) {
    (void)state;
    char words[320];
    for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
        karvan_error e = {0};
        if (karvan_edtf_words(SAMPLES[i].edtf, strlen(SAMPLES[i].edtf), words, sizeof words, &e) !=
            KARVAN_OK)
            fail_msg("%s: %s", SAMPLES[i].edtf, e.msg);
        assert_string_equal(words, SAMPLES[i].words);
    }
}

static void no_date_no_room(void **state) {
    (void)state;
    char words[20] = "x";
    karvan_error e = {0};
    assert_int_equal(karvan_edtf_words("soon", 4, words, sizeof words, &e), KARVAN_E_DATA);
    assert_string_equal(words, "");
    e = (karvan_error){0};
    assert_int_equal(karvan_edtf_words("1992", 4, words, 16, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "the words take 17 bytes");
    assert_string_equal(words, "");
    assert_int_equal(karvan_edtf_words("1992", 4, words, 17, NULL), KARVAN_OK);
    assert_int_equal(karvan_edtf_words("1992", 4, NULL, 17, NULL), KARVAN_E_ARG);
}

/* Whatever can be read has words, in whatever room. */
static void every_room(void **state) {
    (void)state;
    char words[400], whole[400];
    for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
        size_t n = strlen(SAMPLES[i].edtf), need = strlen(SAMPLES[i].words) + 1;
        for (size_t cap = 1; cap <= need; cap++) {
            memset(words, 'x', sizeof words);
            karvan_status st = karvan_edtf_words(SAMPLES[i].edtf, n, words, cap, NULL);
            assert_int_equal(st, cap < need ? KARVAN_E_ARG : KARVAN_OK);
            assert_int_equal(words[cap], 'x');
        }
        assert_int_equal(karvan_edtf_words(SAMPLES[i].edtf, n, whole, sizeof whole, NULL),
                         KARVAN_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_words),
                                       cmocka_unit_test(no_date_no_room),
                                       cmocka_unit_test(every_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
