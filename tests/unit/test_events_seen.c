/* Ids of events that were seen before: beside a list of all, where room is short, and what is
 * forgotten first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange/events.h"
#include "share.h"

/* Numbers that are small, large, beyond all pages, and hashes: against a list of all. */
static void what_was_seen_is_known(void **state) {
    (void)state;
    enum { N = 3000 };
    static uint64_t ids[N];
    static uint16_t days[N];
    static bool numbered[N];
    karvan_random r;
    karvan_random_init(&r, 3, 0);
    for (int dated = 0; dated < 2; dated++) {
        karvan_i_event_seen s = {.dated = dated == 1};
        for (int i = 0; i < N; i++) {
            static const uint64_t below[] = {100, 70000, UINT64_C(1) << 32, UINT64_C(1) << 60};
            bool before = false;
            karvan_i_event_before again;
            ids[i] = karvan_random_below(&r, 3) == 0 && i > 0
                         ? ids[karvan_random_below(&r, (uint64_t)i)]
                         : karvan_random_below(&r, below[karvan_random_below(&r, 4)]);
            days[i] = (uint16_t)(1 + karvan_random_below(&r, 2)), numbered[i] = true;
            for (int k = 0; k < i; k++)
                before |= ids[k] == ids[i] && (dated == 0 || days[k] == days[i]);
            assert_int_equal(
                karvan_i_event_seen_add(&s, ids[i], numbered[i], days[i], 1, &again, NULL),
                KARVAN_OK);
            assert_int_equal(again, before ? KARVAN_I_EVENT_SAME : KARVAN_I_EVENT_NEW);
        }
        assert_int_equal(s.forgotten, 0);
        karvan_i_event_seen_clear(&s);
    }
}

/* Hashes in two generations: the last three million are known for certain. */
static void the_longest_not_seen_are_forgotten(void **state) {
    (void)state;
    enum { FULL = (1 << 22) / 4 * 3, N = 2 * FULL + 10 };
    karvan_i_event_seen s = {0};
    karvan_i_event_before before;
    if (!all_cases()) return;
    for (uint64_t i = 0; i < N; i++) {
        assert_int_equal(karvan_i_event_seen_add(&s, i, false, 1, 1, &before, NULL), KARVAN_OK);
        assert_int_equal(before, KARVAN_I_EVENT_NEW);
    }
    assert_int_equal(s.forgotten, FULL);
    assert_int_equal(karvan_i_event_seen_add(&s, N - 1, false, 1, 1, &before, NULL), KARVAN_OK);
    assert_int_equal(before, KARVAN_I_EVENT_SAME);
    assert_int_equal(karvan_i_event_seen_add(&s, N - FULL, false, 1, 1, &before, NULL), KARVAN_OK);
    assert_int_equal(before, KARVAN_I_EVENT_SAME);
    for (uint64_t i = N; i < N + FULL; i++)
        assert_int_equal(karvan_i_event_seen_add(&s, i, false, 1, 1, &before, NULL), KARVAN_OK);
    assert_int_equal(s.forgotten, 2 * FULL);
    assert_int_equal(karvan_i_event_seen_add(&s, 0, false, 1, 1, &before, NULL), KARVAN_OK);
    assert_int_equal(before, KARVAN_I_EVENT_NEW);
    karvan_i_event_seen_clear(&s);
}

/* Ids keep their pages when room is short, and contents give way, the lowest first. */
static void contents_give_way_to_ids(void **state) {
    (void)state;
    enum { BITS = 65536, MOST = 20000 };
    karvan_i_event_seen s = {0};
    karvan_i_event_before before;
    for (uint64_t i = 0; i < MOST; i++) {
        assert_int_equal(karvan_i_event_seen_add(&s, i * BITS, true, 1, 7, &before, NULL),
                         KARVAN_OK);
        assert_int_equal(before, KARVAN_I_EVENT_NEW);
        assert_true(s.pages + s.contents <= MOST);
        if (i != MOST / 2 - 1) continue;
        assert_int_equal(karvan_i_event_seen_add(&s, 0, true, 1, 8, &before, NULL), KARVAN_OK);
        assert_int_equal(before, KARVAN_I_EVENT_OTHER);
    }
    assert_int_equal(s.pages, MOST);
    assert_int_equal(karvan_i_event_seen_add(&s, 0, true, 1, 8, &before, NULL), KARVAN_OK);
    assert_int_equal(before, KARVAN_I_EVENT_SAID);
    karvan_i_event_seen_clear(&s);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(what_was_seen_is_known),
        cmocka_unit_test(the_longest_not_seen_are_forgotten),
        cmocka_unit_test(contents_give_way_to_ids),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
