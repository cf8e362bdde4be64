#ifndef KARVAN_TESTS_SWEEP_H
#define KARVAN_TESTS_SWEEP_H
/* Every allocation of a piece of work fails once: with 0, 1, 2, ... of them permitted it gives
 * KARVAN_E_NOMEM and leaves nothing behind, until there are enough. Include cmocka before. */
#include "base/alloc.h"
#include "karvan/base.h"
#include "share.h"

/* The permits to try after these: one more, or as many as a run in part leaves out (share.h), but
 * `most` itself is not left out. */
static inline long sweep_next(long permits, long most) {
    long next = permits + test_divisor("KARVAN_TEST_SWEEP");
    return permits < most && next > most ? most : next;
}

static inline void every_allocation_fails(karvan_status (*work)(karvan_error *), long most) {
    karvan_status st = KARVAN_E_NOMEM;
    long live = karvan_i_alloc_live;
    for (long permits = 0; st == KARVAN_E_NOMEM; permits = sweep_next(permits, most)) {
        karvan_error e = {0};
        karvan_i_alloc_permits = permits;
        st = work(&e);
        karvan_i_alloc_permits = -1;
        if (st != KARVAN_OK && st != KARVAN_E_NOMEM) fail_msg("%ld permits: %s", permits, e.msg);
        assert_true(st == KARVAN_OK || *e.msg);
        assert_int_equal(karvan_i_alloc_live, live);
        assert_in_range(permits, 0, most);
    }
}
#endif
