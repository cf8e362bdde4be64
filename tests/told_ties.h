#ifndef KARVAN_TESTS_TOLD_TIES_H
#define KARVAN_TESTS_TOLD_TIES_H
/* Ties as one line of text, for tests to compare. Include cmocka before. */
#include <stdio.h>

#include "record/tie_network.h"

/* Ties as "AAA-BBB 2 (X;Y: s1;s2) ...": with ?, if only possible; > for - where directed. */
static inline void told(const karvan_ties *t, bool possible, char *out, size_t cap) {
    size_t n = 0;
    *out = 0;
    for (int64_t i = 0; i < t->m; i++) {
        const karvan_i_tie *tie = &t->tie[i];
        double w = possible ? tie->most : tie->least;
        if (w <= 0) continue;
        n += (size_t)snprintf(out + n, cap - n, "%s%s%c%s %g%s (%s: %s)", n ? " " : "",
                              karvan_i_tie_text(t, t->code[tie->a]), t->directed ? '>' : '-',
                              karvan_i_tie_text(t, t->code[tie->b]), w, tie->least > 0 ? "" : "?",
                              karvan_i_tie_text(t, tie->what), karvan_i_tie_text(t, tie->source));
        assert_true(n < cap);
    }
}
#endif
