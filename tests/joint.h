#ifndef KARVAN_TESTS_JOINT_H
#define KARVAN_TESTS_JOINT_H
/* Memberships from a text, and their joint counts as CSV. Include cmocka before. */
#include <string.h>

#include "base/text.h"
#include "karvan/memberships.h"
#include "table/csv_text.h"

static inline karvan_memberships *joint_read(const char *text,
                                             const karvan_memberships_options *o) {
    karvan_memberships *m = NULL;
    karvan_error e = {0};
    if (karvan_memberships_parse(text, strlen(text), "m.csv", o, &m, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return m;
}

/* pair NULL: all. */
static inline void joint_told(const karvan_memberships *m, const char *pair, unsigned columns,
                              const char *expected) {
    karvan_joint_query q = {.one_pair = pair != NULL};
    karvan_i_text got = {0};
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (pair && karvan_memberships_pair(m, pair, &q.a, &q.b, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    if (karvan_joint_table(m, &q, columns, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_csv_text(t, &got);
    assert_string_equal(got.s, expected);
    karvan_table_destroy(t);
    karvan_i_text_clear(&got);
}

static inline void joint_is(const char *text, const karvan_memberships_options *o, const char *pair,
                            unsigned columns, const char *expected) {
    karvan_memberships *m = joint_read(text, o);
    joint_told(m, pair, columns, expected);
    karvan_memberships_destroy(m);
}

/* `why` begins the message. */
static inline void joint_refused(const char *text, const karvan_memberships_options *o,
                                 karvan_status status, const char *why) {
    karvan_memberships *m = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_memberships_parse(text, strlen(text), "m.csv", o, &m, &e), status);
    assert_null(m);
    if (strncmp(e.msg, why, strlen(why)) != 0) fail_msg("said: %s\nwanted: %s", e.msg, why);
}
#endif
