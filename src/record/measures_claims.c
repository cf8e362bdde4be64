/* Measures that rest on claims. */
#include <math.h>

#include "record/pairs.h"
#include "table/cell.h"

typedef struct seen {
    const karvan_pairs *p;
    int32_t pair;
    int measure;
    karvan_way way;
    karvan_day first, last;
    karvan_rows *rows;
} seen;

static karvan_truth weaken(const karvan_i_occasion *o, karvan_truth t) {
    return t == KARVAN_YES && !o->certain ? KARVAN_MAYBE : t;
}

static void add_rows(const seen *k, const karvan_i_occasion *o, karvan_truth t) {
    for (int32_t i = 0; k->rows && i < o->n; i++) {
        const karvan_i_statement *s = &k->p->statement[o->first + i];
        if (s->outranked) continue;
        karvan_i_row_add(k->rows, k->p->claims, s->claim,
                         t == KARVAN_YES ? KARVAN_ROW_COUNTED : KARVAN_ROW_MAYBE);
    }
}

/* Claims that a better one stands before, where their own dates would have them count. */
static void add_outranked(const seen *k) {
    const int32_t *first =
        k->p->statement_first + (int64_t)k->pair * KARVAN_I_MEASURES + k->measure;
    for (int32_t i = first[0]; k->rows && i < first[1]; i++) {
        const karvan_i_statement *s = &k->p->statement[i];
        if (!s->outranked || (k->way && s->way != (int8_t)k->way)) continue;
        bool then = karvan_i_measures[k->measure].how == KARVAN_I_HAPPENED
                        ? karvan_i_spell_begins(&s->spell, k->first, k->last) != KARVAN_NO
                        : s->spell.begin_least <= k->last;
        if (then) karvan_i_row_add(k->rows, k->p->claims, s->claim, KARVAN_ROW_SET_ASIDE);
    }
}

/* Two claims of overlapping dates may speak of one occasion: at the least there are as many as
 * days are needed to meet all their dates, which is as many as are apart from one another (greedy
 * by their ends); at the most as many as there are claims. */
typedef struct counted {
    double min, max;
    karvan_day met; /* by the last day that was needed */
} counted;

static void count(counted *c, const karvan_i_occasion *o, karvan_truth t) {
    if (t == KARVAN_NO) return;
    c->max++;
    if (t != KARVAN_YES || (c->min > 0 && o->spell.begin_least <= c->met)) return;
    c->min++, c->met = o->spell.begin_most;
}

static karvan_i_range happened(const seen *k, const karvan_i_occasion *o, int32_t n) {
    counted c = {0};
    for (int32_t i = 0; i < n; i++) {
        if (k->way && o[i].way != (int8_t)k->way) continue;
        karvan_truth t = weaken(&o[i], karvan_i_spell_begins(&o[i].spell, k->first, k->last));
        count(&c, &o[i], t);
        if (t != KARVAN_NO) add_rows(k, &o[i], t);
    }
    return (karvan_i_range){c.min, c.max, n > 0};
}

static karvan_i_range held(const seen *k, const karvan_i_occasion *o, int32_t n) {
    karvan_i_range r = {0};
    for (int32_t i = 0; i < n; i++) {
        if (k->way && o[i].way != (int8_t)k->way) continue;
        karvan_truth t = weaken(&o[i], karvan_i_spell_within(&o[i].spell, k->first, k->last));
        if (t == KARVAN_NO) continue;
        r.max = 1;
        if (t == KARVAN_YES) r.min = 1;
        add_rows(k, &o[i], t);
    }
    return r;
}

/* May, and must, a closing lie on or after the opening and before the year? One on the year's first
 * day leaves that day. */
static karvan_truth closed(const karvan_i_occasion *open, const karvan_i_occasion *shut,
                           karvan_day first) {
    if (shut->spell.begin_most < open->spell.begin_least || shut->spell.begin_least >= first)
        return KARVAN_NO;
    bool after = shut->spell.begin_least >= open->spell.begin_most;
    return weaken(shut, after && shut->spell.begin_most < first ? KARVAN_YES : KARVAN_MAYBE);
}

static karvan_i_range opened(const seen *k, const karvan_i_occasion *o, int32_t n) {
    karvan_i_range r = {0};
    for (int32_t i = 0; i < n; i++) {
        if (o[i].closing || (k->way && o[i].way != (int8_t)k->way)) continue;
        karvan_truth t = weaken(&o[i], karvan_i_spell_within(&o[i].spell, k->first, k->last));
        /* it is open on the day that it opens */
        bool within = karvan_i_spell_begins(&o[i].spell, k->first, k->last) == KARVAN_YES;
        for (int32_t c = 0; c < n && t != KARVAN_NO; c++) {
            if (!o[c].closing || o[c].way != o[i].way) continue;
            karvan_truth shut = within ? KARVAN_NO : closed(&o[i], &o[c], k->first);
            if (shut == KARVAN_YES) t = KARVAN_NO;
            if (shut == KARVAN_MAYBE) t = KARVAN_MAYBE;
            if (shut == KARVAN_NO) /* one in the year is told, though it changes nothing */
                shut = weaken(&o[c], karvan_i_spell_begins(&o[c].spell, k->first, k->last));
            if (shut != KARVAN_NO) add_rows(k, &o[c], shut);
        }
        if (t == KARVAN_NO) continue;
        r.max = 1;
        if (t == KARVAN_YES) r.min = 1;
        add_rows(k, &o[i], t);
    }
    return r;
}

/* From when to when an instrument is in force for one party; false: that it came into force is not
 * known. */
static bool in_force(const karvan_table *t, int32_t row, karvan_i_spell *out) {
    const karvan_edtf *from = karvan_i_cell_date(t, "in_force", row);
    const karvan_edtf *left = karvan_i_cell_date(t, "withdrawn", row),
                      *ended = karvan_i_cell_date(t, "terminated", row);
    *out = karvan_i_spell_of(from, left, !left);
    if (ended) *out = karvan_i_spell_ended(*out, ended);
    return from != NULL;
}

/* *known: that it came into force for both is. */
static karvan_truth binds(const seen *k, const karvan_i_statement *s, bool *known) {
    karvan_i_spell one, other;
    bool known_one = in_force(k->p->parties, s->party[0], &one),
         known_other = in_force(k->p->parties, s->party[1], &other);
    karvan_truth both = karvan_i_spells_joint(&one, &other, k->first, k->last);
    *known = known_one && known_other;
    if (*known) return both;
    /* not before it was made, nor after one has left it */
    return both != KARVAN_NO && s->spell.begin_least <= k->last ? KARVAN_MAYBE : KARVAN_NO;
}

/* Claims that know when it came into force stand before those that do not. */
static karvan_truth binds_by_any(const seen *k, const karvan_i_occasion *o) {
    karvan_truth best = KARVAN_NO;
    bool any = false, known;
    for (int32_t i = o->first; i < o->first + o->n; i++) {
        if (k->p->statement[i].outranked) continue;
        karvan_truth t = binds(k, &k->p->statement[i], &known);
        if (known && !any) any = true, best = KARVAN_NO;
        if (any && !known) continue;
        if (t == KARVAN_YES || best == KARVAN_NO) best = t;
    }
    return weaken(o, best);
}

static karvan_i_range instruments(const seen *k, const karvan_i_occasion *o, int32_t n) {
    counted c = {0};
    for (int32_t i = 0; i < n; i++) {
        karvan_truth t = binds_by_any(k, &o[i]);
        count(&c, &o[i], t);
        if (t != KARVAN_NO) add_rows(k, &o[i], t);
    }
    return (karvan_i_range){c.min, c.max, n > 0};
}

karvan_i_range karvan_i_measure_claims(const karvan_pairs *p, int32_t pair, int measure,
                                       karvan_way way, int64_t year, karvan_rows *rows) {
    seen k = {.p = p, .pair = pair, .measure = measure, .way = way, .rows = rows};
    const int32_t *first = p->occasion_first + (int64_t)pair * KARVAN_I_MEASURES + measure;
    const karvan_i_occasion *o = p->occasion + first[0];
    int32_t n = first[1] - first[0];
    karvan_i_range r;
    karvan_i_year_days(year, &k.first, &k.last);
    switch (karvan_i_measures[measure].how) {
    case KARVAN_I_HELD:
        r = held(&k, o, n);
        break;
    case KARVAN_I_OPENED:
        r = opened(&k, o, n);
        break;
    case KARVAN_I_INSTRUMENTS:
        r = instruments(&k, o, n);
        break;
    default:
        r = happened(&k, o, n);
    }
    add_outranked(&k);
    return r;
}

/* ---- what is left of what happened ---- */

static int64_t year_of(karvan_day d) {
    int64_t year;
    int month, day;
    if (d == KARVAN_DAY_MIN || d == KARVAN_DAY_MAX) return d;
    karvan_day_to_civil(d, &year, &month, &day);
    return year;
}

/* One occasion: it counts less the longer ago it is, and not at all after the year. */
static void left_of(const karvan_i_occasion *o, int64_t first_year, int64_t year, double kept,
                    double *least, double *most) {
    int64_t soonest = year_of(o->spell.begin_least), latest = year_of(o->spell.begin_most);
    *least = *most = 0;
    if (soonest > year || latest < first_year) return;
    *most = pow(kept, (double)(latest < year ? year - latest : 0));
    if (o->certain && latest <= year && soonest >= first_year)
        *least = pow(kept, (double)(year - soonest));
}

static karvan_i_range left_one_way(const karvan_i_occasion *o, int32_t n, karvan_way way,
                                   int64_t first_year, int64_t year, double kept) {
    karvan_i_range r = {0};
    karvan_day met = KARVAN_DAY_MIN;
    for (int32_t i = 0; i < n; i++) {
        double least, most;
        if (way && o[i].way != (int8_t)way) continue;
        left_of(&o[i], first_year, year, kept, &least, &most);
        r.max += most;
        /* those that cannot be one another's: as in `count` */
        if (least == 0 || o[i].spell.begin_least <= met) continue;
        r.min += least, met = o[i].spell.begin_most;
    }
    return r;
}

karvan_i_range karvan_i_measure_left(const karvan_pairs *p, int32_t pair, int measure,
                                     int64_t first_year, int64_t year, double kept) {
    const int32_t *first = p->occasion_first + (int64_t)pair * KARVAN_I_MEASURES + measure;
    const karvan_i_occasion *o = p->occasion + first[0];
    int32_t n = first[1] - first[0];
    if (!karvan_i_measures[measure].is.directed)
        return left_one_way(o, n, KARVAN_WAY_BOTH, first_year, year, kept);
    karvan_i_range r = left_one_way(o, n, KARVAN_WAY_THERE, first_year, year, kept),
                   back = left_one_way(o, n, KARVAN_WAY_BACK, first_year, year, kept);
    return (karvan_i_range){r.min + back.min, r.max + back.max, false};
}
