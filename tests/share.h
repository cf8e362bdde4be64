#ifndef KARVAN_TESTS_SHARE_H
#define KARVAN_TESTS_SHARE_H
/* Long tests in part, where a build is slow by nature (valgrind, sanitizers, counters) and the
 * release build does them whole. $KARVAN_TEST_SHARE=N: of cases drawn at random the first Nth part,
 * or of a list every Nth; $KARVAN_TEST_SWEEP=N: of failing allocations every Nth. Unset: all.
 * Include cmocka before. */
#include <stdbool.h>
#include <stdlib.h>

static inline long test_divisor(const char *name) {
    const char *text = getenv(name);
    char *end = NULL;
    if (!text || !*text) return 1;
    long n = strtol(text, &end, 10);
    if (*end || n < 1 || n > 1000) fail_msg("%s=%s: a whole number from 1 to 1000", name, text);
    return n;
}

/* Is this a run of all cases? Only then can "so many were of this kind" be asked. */
static inline bool all_cases(void) { return test_divisor("KARVAN_TEST_SHARE") == 1; }
/* How many of n cases to do: at least one. */
static inline int part_of(int n) {
    int share = (int)test_divisor("KARVAN_TEST_SHARE");
    return n / share + (n % share > 0);
}
/* Is case i of a list to be done? The first always is. */
static inline bool in_part(int i) { return i % test_divisor("KARVAN_TEST_SHARE") == 0; }
#endif
