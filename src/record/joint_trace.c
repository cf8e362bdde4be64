/* The rows behind joint counts. */
#include <string.h>

#include "base/try.h"
#include "record/joint_wide.h"

enum {
    T_CODE1,
    T_CODE2,
    T_YEAR,
    T_JOINT,
    T_MOST,
    T_BODY,
    T_BELONG,
    T_STATUS, /* and T_FROM; of the second state two further */
    T_FROM,
    T_END = T_STATUS + 4
};

typedef struct tracing {
    const karvan_memberships *m;
    karvan_builder *b;
    karvan_i_text text;
} tracing;

unsigned karvan_i_memberships_lines(const karvan_memberships *m, int32_t state, int year,
                                    int32_t body, unsigned status, karvan_i_text *out) {
    int64_t k, end;
    unsigned found = 0;
    karvan_day first = karvan_day_from_civil(year, 1, 1),
               last = karvan_day_from_civil(year, 12, 31);
    karvan_i_memberships_spells_of(m, state, body, &k, &end);
    for (; k < end; k++) {
        const karvan_i_member_spell *s = &m->spell[k];
        if (!(s->status & status) || karvan_i_spell_within(&s->when, first, last) == KARVAN_NO)
            continue;
        karvan_i_text_printf(out, "%s%s:%lld", found ? ";" : "", m->path, (long long)s->line);
        found |= s->status;
    }
    return found;
}

static const char *const STATUS[] = {NULL,       "member",    "associate",
                                     "observer", "candidate", "participant"};

/* Statuses by `;`, as they count. */
static karvan_status put_statuses(tracing *t, int column, unsigned status, karvan_error *err) {
    char text[80] = "";
    size_t n = 0;
    for (size_t k = 1; k < sizeof STATUS / sizeof STATUS[0]; k++)
        if (status >> k & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? ";" : "", STATUS[k]);
    return n ? karvan_builder_text(t->b, column, text, err)
             : karvan_builder_state(t->b, column, KARVAN_UNKNOWN, err);
}

/* A state's part: its status and where that stands. body -1: of none, the row alone. */
static karvan_status put_side(tracing *t, int column, int32_t state, int year, int32_t body,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_memberships *m = t->m;
    unsigned status = 0;
    t->text.n = 0;
    if (m->spell) {
        if (body >= 0)
            status = karvan_i_memberships_lines(m, state, year, body, m->o.status, &t->text);
    } else {
        const karvan_i_member_row *r = &m->row[karvan_i_memberships_row(m, state, year)];
        int v = body < 0 ? KARVAN_I_NOT_KNOWN : m->cell[r->at * m->bodies.n + body];
        if (v >= 1 && v <= 3) status = 1u << v;
        karvan_i_text_printf(&t->text, "%s:%lld", m->path, (long long)r->line);
    }
    KARVAN_TRY(karvan_i_text_status(&t->text, err));
    KARVAN_TRY(put_statuses(t, column, status, err));
    if (t->text.n > 0) st = karvan_builder_text(t->b, column + 1, t->text.s, err);
done:
    return st;
}

static karvan_status put_body(tracing *t, const karvan_joint *j, int32_t body, karvan_truth belong,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = t->b;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, T_CODE1, karvan_memberships_state(t->m, j->a), err));
    KARVAN_TRY(karvan_builder_text(b, T_CODE2, karvan_memberships_state(t->m, j->b), err));
    KARVAN_TRY(karvan_builder_int(b, T_YEAR, j->year, err));
    KARVAN_TRY(j->state == KARVAN_VALUE ? karvan_builder_int(b, T_JOINT, j->joint, err)
                                        : karvan_builder_state(b, T_JOINT, j->state, err));
    KARVAN_TRY(karvan_builder_int(b, T_MOST, j->most, err));
    KARVAN_TRY(karvan_builder_text(b, T_BODY,
                                   body < 0 ? "none" : karvan_memberships_body(t->m, body), err));
    if (body >= 0)
        KARVAN_TRY(karvan_builder_text(b, T_BELONG, belong == KARVAN_YES ? "yes" : "maybe", err));
    KARVAN_TRY(put_side(t, T_STATUS, j->a, j->year, body, err));
    st = put_side(t, T_STATUS + 2, j->b, j->year, body, err);
done:
    return st;
}

static karvan_status trace_pair(void *ctx, const karvan_joint *j, karvan_error *err) {
    tracing *t = ctx;
    for (int32_t body = 0; j->most > 0 && body < t->m->bodies.n; body++) {
        karvan_truth belong = karvan_i_joint_shared(t->m, j, body);
        karvan_status st = belong == KARVAN_NO ? KARVAN_OK : put_body(t, j, body, belong, err);
        if (st != KARVAN_OK) return st;
    }
    return j->most > 0 ? KARVAN_OK : put_body(t, j, -1, KARVAN_NO, err);
}

karvan_status karvan_joint_trace(const karvan_memberships *m, const karvan_joint_query *q,
                                 karvan_table **out, karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"code1", KARVAN_TEXT, NULL},        {"code2", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},          {"joint", KARVAN_INT, NULL},
        {"joint_max", KARVAN_INT, NULL},     {"body", KARVAN_TEXT, NULL},
        {"belong", KARVAN_TEXT, NULL},       {"status1", KARVAN_TEXT, NULL},
        {"status1_from", KARVAN_TEXT, NULL}, {"status2", KARVAN_TEXT, NULL},
        {"status2_from", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    tracing t = {.m = m};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(m, err, KARVAN_E_ARG, "memberships are NULL");
    KARVAN_REQUIRE(m->spell || m->o.keep_cells, err, KARVAN_E_ARG,
                   "the cells of %s were not kept to be traced", m->path);
    KARVAN_TRY(karvan_builder_create("trace", T_END, columns, &t.b, err));
    KARVAN_TRY(karvan_joint_each(m, q, trace_pair, &t, err));
    st = karvan_builder_finish(t.b, out, err);
    t.b = NULL;
done:
    karvan_builder_destroy(t.b);
    karvan_i_text_clear(&t.text);
    return st;
}
