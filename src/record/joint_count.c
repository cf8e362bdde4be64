/* Pairs of states, year by year, and the bodies that both belong to. */
#include <string.h>

#include "base/clones.h"
#include "base/text.h"
#include "base/try.h"
#include "record/joint.h"

KARVAN_I_CLONES
static int32_t both(const uint64_t *a, const uint64_t *b, int64_t words) {
    int32_t n = 0;
    for (int64_t w = 0; w < words; w++) n += __builtin_popcountll(a[w] & b[w]);
    return n;
}

/* Of the long form: on one day? Where a membership is not covered, perhaps. */
static karvan_truth at_once(const karvan_memberships *m, const karvan_i_member_row *p,
                            const karvan_i_member_row *q, int32_t body) {
    karvan_truth t = karvan_i_memberships_at_once(m, p->state, q->state, p->year, body);
    bool open = karvan_i_bit(m->uncovered + p->at * m->words, body) ||
                karvan_i_bit(m->uncovered + q->at * m->words, body);
    if (karvan_i_memberships_beyond(m, p->year)) return KARVAN_MAYBE;
    return open ? karvan_truth_or(t, KARVAN_MAYBE) : t;
}

karvan_cell karvan_i_joint_state(const karvan_memberships *m, const karvan_i_member_row *a,
                                 const karvan_i_member_row *b) {
    if (karvan_i_memberships_beyond(m, a->year)) return KARVAN_NOT_COVERED;
    for (int64_t w = 0; m->whole && w < m->words; w++)
        if (m->whole[a->at * m->words + w] & m->whole[b->at * m->words + w]) return KARVAN_VALUE;
    return m->whole ? KARVAN_NOT_COVERED : KARVAN_VALUE;
}

/* The same by spells: belonging on one day. */
static void by_spells(const karvan_memberships *m, const karvan_i_member_row *p,
                      const karvan_i_member_row *q, karvan_joint *j) {
    const uint64_t *a = m->perhaps + p->at * m->words, *b = m->perhaps + q->at * m->words;
    for (int32_t body = 0; body < m->bodies.n; body++) {
        if (!karvan_i_bit(a, body) || !karvan_i_bit(b, body)) continue;
        karvan_truth t = at_once(m, p, q, body);
        j->joint += t == KARVAN_YES, j->most += t != KARVAN_NO;
    }
}

static karvan_joint count(const karvan_memberships *m, const karvan_i_member_row *p,
                          const karvan_i_member_row *q) {
    karvan_joint j = {
        .a = p->state, .b = q->state, .year = p->year, .state = karvan_i_joint_state(m, p, q)};
    int64_t a = p->at * m->words, b = q->at * m->words;
    if (m->spell) {
        by_spells(m, p, q, &j);
    } else {
        j.joint = both(m->certain + a, m->certain + b, m->words);
        j.most = both(m->perhaps + a, m->perhaps + b, m->words);
    }
    return j;
}

/* The years of two states side by side. */
static karvan_status of_pair(const karvan_memberships *m, int32_t a, int32_t b, karvan_joint_fn fn,
                             void *ctx, karvan_error *err) {
    const karvan_i_member_row *p = m->row + m->first[a], *p_end = m->row + m->first[a + 1];
    const karvan_i_member_row *q = m->row + m->first[b], *q_end = m->row + m->first[b + 1];
    while (p < p_end && q < q_end) {
        if (p->year != q->year) {
            if (p->year < q->year)
                p++;
            else
                q++;
            continue;
        }
        const karvan_joint j = count(m, p++, q++);
        karvan_status st = fn(ctx, &j, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

karvan_status karvan_joint_each(const karvan_memberships *m, const karvan_joint_query *q,
                                karvan_joint_fn fn, void *ctx, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(m && fn, err, KARVAN_E_ARG, "memberships or fn is NULL");
    int32_t n = m->states.n;
    if (q && q->one_pair) {
        KARVAN_REQUIRE(q->a >= 0 && q->b >= 0 && q->a < n && q->b < n && q->a != q->b, err,
                       KARVAN_E_ARG, "a pair is of two states, 0 to %d", n - 1);
        bool turned = q->a > q->b;
        return of_pair(m, turned ? q->b : q->a, turned ? q->a : q->b, fn, ctx, err);
    }
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = a + 1; b < n; b++) KARVAN_TRY(of_pair(m, a, b, fn, ctx, err));
done:
    return st;
}

static karvan_status add_up(void *ctx, const karvan_joint *row, karvan_error *err) {
    karvan_joint_totals *t = ctx;
    (void)err;
    t->rows++;
    if (row->state != KARVAN_VALUE) {
        t->not_covered++;
        return KARVAN_OK;
    }
    t->joint += row->joint, t->most += row->most, t->open += row->most > row->joint;
    return KARVAN_OK;
}

karvan_status karvan_joint_sum(const karvan_memberships *m, const karvan_joint_query *q,
                               karvan_joint_totals *out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_joint_totals){0};
    return karvan_joint_each(m, q, add_up, out, err);
}

/* ---- a table ---- */

typedef struct making {
    const karvan_memberships *m;
    karvan_builder *b;
    unsigned columns;
    bool least_alone; /* the first count is the least, and never without a value */
    karvan_i_text text;
} making;

karvan_truth karvan_i_joint_shared(const karvan_memberships *m, const karvan_joint *j,
                                   int32_t body) {
    const karvan_i_member_row *p = &m->row[karvan_i_memberships_row(m, j->a, j->year)],
                              *q = &m->row[karvan_i_memberships_row(m, j->b, j->year)];
    int64_t a = p->at * m->words, b = q->at * m->words;
    if (!karvan_i_bit(m->perhaps + a, body) || !karvan_i_bit(m->perhaps + b, body))
        return KARVAN_NO;
    if (m->spell) return at_once(m, p, q, body);
    return karvan_i_bit(m->certain + a, body) && karvan_i_bit(m->certain + b, body) ? KARVAN_YES
                                                                                    : KARVAN_MAYBE;
}

static karvan_status list_bodies(making *k, const karvan_joint *j, karvan_error *err) {
    karvan_i_text_clear(&k->text);
    karvan_i_text_puts(&k->text, "");
    for (int32_t body = 0; body < k->m->bodies.n; body++) {
        karvan_truth t = karvan_i_joint_shared(k->m, j, body);
        if (t == KARVAN_NO) continue;
        if (k->text.n > 0) karvan_i_text_puts(&k->text, ";");
        karvan_i_text_puts(&k->text, karvan_memberships_body(k->m, body));
        if (t != KARVAN_YES) karvan_i_text_puts(&k->text, "?");
    }
    return karvan_i_text_status(&k->text, err);
}

static karvan_status add_row(void *ctx, const karvan_joint *j, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    making *k = ctx;
    int c = 4;
    KARVAN_TRY(karvan_builder_row(k->b, err));
    KARVAN_TRY(karvan_builder_text(k->b, 0, karvan_memberships_state(k->m, j->a), err));
    KARVAN_TRY(karvan_builder_text(k->b, 1, karvan_memberships_state(k->m, j->b), err));
    KARVAN_TRY(karvan_builder_int(k->b, 2, j->year, err));
    KARVAN_TRY(j->state == KARVAN_VALUE || k->least_alone
                   ? karvan_builder_int(k->b, 3, j->joint, err)
                   : karvan_builder_state(k->b, 3, j->state, err));
    if (k->columns & KARVAN_JOINT_LEAST) KARVAN_TRY(karvan_builder_int(k->b, c++, j->joint, err));
    if (k->columns & KARVAN_JOINT_MOST) KARVAN_TRY(karvan_builder_int(k->b, c++, j->most, err));
    if (!(k->columns & KARVAN_JOINT_BODIES)) goto done;
    KARVAN_TRY(list_bodies(k, j, err));
    st = karvan_builder_text(k->b, c, k->text.n > 0 ? k->text.s : "none", err);
done:
    return st;
}

static karvan_status make_table(const karvan_memberships *m, const karvan_joint_query *q,
                                unsigned columns, const char *least, karvan_table **out,
                                karvan_error *err) {
    karvan_column c[7] = {{"code1", KARVAN_TEXT, NULL},
                          {"code2", KARVAN_TEXT, NULL},
                          {"year", KARVAN_INT, NULL},
                          {least ? least : "joint", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    making k = {.m = m, .columns = columns, .least_alone = least != NULL};
    int n = 4;
    if (columns & KARVAN_JOINT_LEAST) c[n++] = (karvan_column){"joint_min", KARVAN_INT, NULL};
    if (columns & KARVAN_JOINT_MOST) c[n++] = (karvan_column){"joint_max", KARVAN_INT, NULL};
    if (columns & KARVAN_JOINT_BODIES) c[n++] = (karvan_column){"bodies", KARVAN_TEXT, NULL};
    KARVAN_TRY(karvan_builder_create("joint", n, c, &k.b, err));
    KARVAN_TRY(karvan_joint_each(m, q, add_row, &k, err));
    st = karvan_builder_finish(k.b, out, err);
    k.b = NULL;
done:
    karvan_builder_destroy(k.b);
    karvan_i_text_clear(&k.text);
    return st;
}

karvan_status karvan_joint_table(const karvan_memberships *m, const karvan_joint_query *q,
                                 unsigned columns, karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    return make_table(m, q, columns, NULL, out, err);
}

karvan_status karvan_memberships_joint(const karvan_package *region,
                                       const karvan_memberships_options *o, karvan_table **out,
                                       karvan_error *err) {
    karvan_memberships *m = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    karvan_status st = karvan_memberships_of_region(region, o, &m, err);
    if (st == KARVAN_OK)
        st = make_table(m, NULL, KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES, "joint_min", out, err);
    karvan_memberships_destroy(m);
    return st;
}
