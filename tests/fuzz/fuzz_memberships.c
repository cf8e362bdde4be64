/* The first byte says how to read, the rest is a file of memberships, or of profiles. Reading twice
 * gives the same; counts are in order and no more than there are bodies; a list has as many as were
 * counted; measures are numbers within their bounds. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/similarity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    PROFILES = 1,
    OBSERVERS = 2,
    YEARS = 4,
    WEIGHTS = 8,
    SCALE = 16,
    ANY_PLEDGE = 32,
    UNLISTED = 64,
    WITHOUT_SELF = 128
};

static void require(bool promise) {
    if (!promise) abort();
}

static bool valid(const char *s) {
    return s && karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s);
}

static karvan_status sane(void *ctx, const karvan_joint *j, karvan_error *err) {
    const karvan_memberships *m = ctx;
    (void)err;
    require(0 <= j->joint && j->joint <= j->most && j->most <= karvan_memberships_bodies(m));
    require(0 <= j->a && j->a < j->b && j->b < karvan_memberships_states(m));
    return KARVAN_OK;
}

static int64_t listed(const char *bodies, bool certain) {
    int64_t n = 0, all = 1;
    if (strcmp(bodies, "none") == 0) return 0;
    for (const char *s = bodies; *s; s++) all += *s == ';', n += *s == '?';
    return certain ? all - n : all;
}

static void memberships(uint8_t how, const char *s, size_t n) {
    karvan_memberships_options o = {.status = how & OBSERVERS ? KARVAN_OBSERVER : 0};
    if (how & YEARS) o.has_from = o.has_to = true, o.from = 1990, o.to = 1995;
    karvan_memberships *m = NULL, *again = NULL;
    karvan_joint_totals a, b;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_memberships_parse(s, n, "f", &o, &m, &e);
    require((st == KARVAN_OK) == (m != NULL) && (m || valid(e.msg)));
    if (!m) return;
    require(karvan_memberships_parse(s, n, "f", &o, &again, &e) == KARVAN_OK);
    require(karvan_joint_each(m, NULL, sane, m, &e) == KARVAN_OK);
    require(karvan_joint_sum(m, NULL, &a, &e) == KARVAN_OK);
    require(karvan_joint_sum(again, NULL, &b, &e) == KARVAN_OK);
    require(a.rows == b.rows && a.joint == b.joint && a.most == b.most);
    require(karvan_memberships_unknown(m) == karvan_memberships_unknown(again));
    if (a.rows < 2000 && karvan_memberships_bodies(m) < 200) {
        require(karvan_joint_table(m, NULL, KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES, &t, &e) ==
                KARVAN_OK);
        require(karvan_table_rows(t) == a.rows);
        for (int64_t r = 0; r < a.rows; r++) {
            const char *bodies = karvan_table_text(t, 5, r);
            if (memchr(s, ';', n) || memchr(s, '?', n) || memchr(s, '"', n)) break;
            require(listed(bodies, true) == karvan_table_int(t, 3, r) &&
                    listed(bodies, false) == karvan_table_int(t, 4, r));
        }
        karvan_table_destroy(t);
    }
    karvan_memberships_destroy(m), karvan_memberships_destroy(again);
}

static void bounded(const karvan_table *t) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        bool has = karvan_table_state(t, 8, r) == KARVAN_VALUE;
        double v = karvan_table_real(t, 8, r);
        require(karvan_table_int(t, 7, r) >= 0);
        require(!has || (isfinite(v) && v <= 1 + 1e-9));
        require(has == (strcmp(karvan_table_text(t, 9, r), "yes") == 0));
    }
}

static void profiles(uint8_t how, const char *s, size_t n) {
    static const karvan_similarity_kind kinds[] = {
        KARVAN_SIMILARITY_S,         KARVAN_SIMILARITY_KAPPA,          KARVAN_SIMILARITY_PI,
        KARVAN_SIMILARITY_AGREEMENT, KARVAN_SIMILARITY_AGREEMENT_HALF, KARVAN_SIMILARITY_TAU};
    const karvan_profiles_options o = {
        .weights = how & WEIGHTS ? "w" : NULL,
        .pledges = how & ANY_PLEDGE ? KARVAN_PLEDGES_ANY : KARVAN_PLEDGES_STRONGEST,
        .unlisted = how & UNLISTED ? KARVAN_UNLISTED_NONE : KARVAN_UNLISTED_TOLD,
        .without_self = how & WITHOUT_SELF,
        .has_scale = how & SCALE,
        .scale = {0, 3}};
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_profiles_parse(s, n, "f", &o, &p, &e);
    require((st == KARVAN_OK) == (p != NULL) && (p || valid(e.msg)));
    if (!p) return;
    const karvan_similarity_query q = {.measure = kinds, .n_measures = how & WEIGHTS ? 5 : 6};
    st = karvan_similarity_table(p, &q, &t, &e);
    require((st == KARVAN_OK) == (t != NULL) && (t || valid(e.msg)));
    require(karvan_profiles_one_way(p) >= 0);
    karvan_alliances of;
    int from, to;
    if (karvan_profiles_alliances(p, &of)) require(of.unlisted >= 0 && of.outside == 0);
    if (karvan_profiles_years(p, &from, &to)) require(from <= to);
    if (t) bounded(t);
    karvan_table_destroy(t), karvan_profiles_destroy(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 1 || size > 1 << 12) return 0; /* bound the work, not the meaning */
    if (data[0] & PROFILES)
        profiles(data[0], (const char *)data + 1, size - 1);
    else
        memberships(data[0], (const char *)data + 1, size - 1);
    require(karvan_i_alloc_live == live);
    return 0;
}
