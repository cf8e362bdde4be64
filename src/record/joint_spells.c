/* What spells say of a year, of one state and of two. */
#include "record/joint.h"

typedef struct year {
    karvan_day first, last;
} year;

static year days_of(int y) {
    return (year){karvan_day_from_civil(y, 1, 1), karvan_day_from_civil(y, 12, 31)};
}

void karvan_i_memberships_spells_of(const karvan_memberships *m, int32_t state, int32_t body,
                                    int64_t *begin, int64_t *end) {
    int64_t low = m->first_spell[state], high = m->first_spell[state + 1];
    const int64_t stop = high;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (m->spell[mid].body < body)
            low = mid + 1;
        else
            high = mid;
    }
    *begin = *end = low;
    while (*end < stop && m->spell[*end].body == body) ++*end;
}

/* A row holds certainly in a year where it says so, and with it every row that contradicts it: of
 * the same status, and on some day with it whatever the dates mean. */
static karvan_truth holds(const karvan_memberships *m, int64_t k, int64_t begin, int64_t end,
                          year y) {
    const karvan_i_member_spell *s = &m->spell[k];
    karvan_truth t = karvan_i_spell_within(&s->when, y.first, y.last);
    for (int64_t j = begin; t == KARVAN_YES && j < end; j++) {
        const karvan_i_member_spell *other = &m->spell[j];
        if (j != k && other->status == s->status &&
            karvan_i_spells_meet(&s->when, &other->when) == KARVAN_YES &&
            karvan_i_spell_within(&other->when, y.first, y.last) != KARVAN_YES)
            t = KARVAN_MAYBE;
    }
    return t;
}

karvan_truth karvan_i_memberships_spell(const karvan_memberships *m, int32_t state, int y,
                                        int32_t body, unsigned status) {
    karvan_truth some = KARVAN_NO;
    int64_t begin, end;
    karvan_i_memberships_spells_of(m, state, body, &begin, &end);
    for (int64_t k = begin; k < end; k++)
        if (m->spell[k].status & status)
            some = karvan_truth_or(some, holds(m, k, begin, end, days_of(y)));
    return some;
}

/* Two spells and a year share a day where each two of the three do: all are stretches of days. What
 * is possible is so in their widest readings. */
karvan_truth karvan_i_memberships_at_once(const karvan_memberships *m, int32_t a, int32_t b, int y,
                                          int32_t body) {
    karvan_truth some = KARVAN_NO;
    int64_t from_a, to_a, from_b, to_b;
    const year days = days_of(y);
    karvan_i_memberships_spells_of(m, a, body, &from_a, &to_a),
        karvan_i_memberships_spells_of(m, b, body, &from_b, &to_b);
    for (int64_t i = from_a; i < to_a; i++) {
        if (!(m->spell[i].status & m->o.status)) continue;
        karvan_truth one = holds(m, i, from_a, to_a, days);
        for (int64_t j = from_b; one != KARVAN_NO && j < to_b; j++) {
            if (!(m->spell[j].status & m->o.status)) continue;
            karvan_truth both = karvan_truth_and(one, holds(m, j, from_b, to_b, days));
            both =
                karvan_truth_and(both, karvan_i_spells_meet(&m->spell[i].when, &m->spell[j].when));
            some = karvan_truth_or(some, both);
        }
    }
    return some;
}
