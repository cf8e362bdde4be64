/* Bushes come back out of text, and none is taken that is no bush of the network: every node that
 * the origin reaches is entered, by arcs that lead there, along ways that may be passed, and none
 * in a circle. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/saved.h"

typedef struct reading {
    karvan_i_tntp_reader *r;
    const karvan_assignment *a;
    karvan_i_saved_into into;
    karvan_i_bush read; /* a bush as it stands: merges by node, no seq */
    int32_t *in;        /* [n] what enters a node */
    const char **at;    /* [n] where that is told */
    uint8_t *taken;     /* [m] by the merge that is read; zeros between merges */
    karvan_i_ordering order;
} reading;

static karvan_status reading_init(reading *d, karvan_error *err) {
    size_t n = (size_t)d->a->n + 1, m = (size_t)d->a->m + 1;
    karvan_i_ordering *o = &d->order;
    d->in = karvan_i_malloc(n, sizeof *d->in), d->at = karvan_i_malloc(n, sizeof *d->at);
    d->taken = karvan_i_calloc(m, 1);
    d->read.merge = karvan_i_malloc(n, sizeof *d->read.merge);
    d->read.arc = karvan_i_malloc(m, sizeof *d->read.arc);
    d->read.flow = karvan_i_malloc(m, sizeof *d->read.flow);
    o->stack = karvan_i_malloc(n + m, sizeof *o->stack), o->mark = karvan_i_calloc(n, 1);
    o->seq = karvan_i_malloc(n, sizeof *o->seq), o->merge = karvan_i_malloc(n, sizeof *o->merge);
    o->arc = karvan_i_malloc(m, sizeof *o->arc), o->flow = karvan_i_malloc(m, sizeof *o->flow);
    if (!d->in || !d->at || !d->taken || !d->read.merge || !d->read.arc || !d->read.flow ||
        !o->stack || !o->mark || !o->seq || !o->merge || !o->arc || !o->flow)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for bushes of %d nodes", (int)d->a->n);
    karvan_status st = karvan_i_saved_into_init(&d->into, d->a, err);
    o->tail = d->into.tail, o->in = d->in, o->b = &d->read;
    return st;
}

static void reading_clear(reading *d) {
    karvan_i_ordering *o = &d->order;
    karvan_i_free(d->in), karvan_i_free(d->at), karvan_i_free(d->taken);
    karvan_i_free(d->read.merge), karvan_i_free(d->read.arc), karvan_i_free(d->read.flow);
    karvan_i_free(o->stack), karvan_i_free(o->mark), karvan_i_free(o->seq);
    karvan_i_free(o->merge), karvan_i_free(o->arc), karvan_i_free(o->flow);
    karvan_i_saved_into_clear(&d->into);
}

/* ---- what enters a node -----------------------------------------------------------------------
 */

static int digit(char c) {
    const char *at = c ? strchr(karvan_i_saved_digits, c) : NULL;
    return at ? (int)(at - karvan_i_saved_digits) : -1;
}

/* A number in parentheses, -1: there is none. */
static int64_t many(const char **at, const char *end) {
    int64_t k = 0;
    const char *s = *at + 1, *first = s;
    for (; s < end && *s >= '0' && *s <= '9' && k < INT32_MAX; s++) k = 10 * k + (*s - '0');
    if (s == first || s == end || *s != KARVAN_I_SAVED_MANY_END) return -1;
    *at = s + 1;
    return k;
}

static karvan_status take_arc(reading *d, const char **at, const char *end, int32_t v,
                              int32_t *out) {
    const char *begin = *at;
    int32_t count = d->into.first[v + 1] - d->into.first[v];
    int64_t k = -1;
    if (begin < end) k = *begin == KARVAN_I_SAVED_MANY ? many(at, end) : digit(*(*at)++);
    if (k < 0 || k >= count)
        return karvan_i_tntp_fault(d->r, begin,
                                   "one of the %d links that enter node %d belongs here",
                                   (int)count, (int)v + 1);
    *out = d->into.arc[d->into.first[v] + (int32_t)k];
    int32_t tail = d->into.tail[*out];
    if (tail >= d->a->first_through || tail == d->read.origin) return KARVAN_OK;
    return karvan_i_tntp_fault(d->r, begin, "a way through zone %d, which is not passed",
                               (int)tail + 1);
}

static karvan_status take_flow(const reading *d, const char **at, const char *end, double *out) {
    const char *begin = *at;
    uint64_t bits = 0;
    int n = 0;
    *out = 0;
    if (begin < end && *begin == KARVAN_I_SAVED_NONE) {
        ++*at;
        return KARVAN_OK;
    }
    for (; n < KARVAN_I_SAVED_DOUBLE && begin + n < end; n++) {
        int k = digit(begin[n]);
        if (k < 0 || (n == 0 && k > 15)) break;
        bits = bits << 6 | (uint64_t)k;
    }
    memcpy(out, &bits, sizeof bits);
    if (n < KARVAN_I_SAVED_DOUBLE || !isfinite(*out) || signbit(*out))
        return karvan_i_tntp_fault(d->r, begin,
                                   "%d characters of a flow that is finite and not below 0 belong "
                                   "here, or a point for none",
                                   (int)KARVAN_I_SAVED_DOUBLE);
    *at = begin + n;
    return KARVAN_OK;
}

/* Entries up to the bracket; each arc once. */
static karvan_status take_merge(reading *d, const char **at, const char *end, int32_t v) {
    karvan_status st = KARVAN_OK;
    karvan_i_bush *b = &d->read;
    const char *begin = *at;
    int32_t first = b->merge[b->n_merges].first, e = first;
    double sum = 0;
    b->merge[b->n_merges++].node = v;
    for (++*at; *at == end || **at != KARVAN_I_SAVED_CLOSE; e++) {
        const char *entry = *at;
        int32_t arc = 0;
        KARVAN_TRY(take_arc(d, at, end, v, &arc));
        if (d->taken[arc]) {
            st = karvan_i_tntp_fault(d->r, entry, "a link of this node for the second time");
            goto done;
        }
        KARVAN_TRY(take_flow(d, at, end, &b->flow[e]));
        b->arc[e] = arc, d->taken[arc] = 1, sum += b->flow[e];
    }
    ++*at;
    b->merge[b->n_merges].first = e;
    if (e - first < 2)
        st = karvan_i_tntp_fault(d->r, begin, "brackets around fewer than two links");
    else if (!isfinite(sum))
        st = karvan_i_tntp_fault(d->r, begin, "flows that add up to no finite number");
done:
    for (int32_t i = d->into.first[v]; i < d->into.first[v + 1]; i++) d->taken[d->into.arc[i]] = 0;
    return st;
}

static karvan_status take_node(reading *d, const char **at, const char *end, int32_t v) {
    d->at[v] = *at, d->in[v] = KARVAN_I_NOWHERE;
    if (*at < end && **at == KARVAN_I_SAVED_NONE) {
        ++*at;
        return KARVAN_OK;
    }
    if (v == d->read.origin)
        return karvan_i_tntp_fault(d->r, *at, "the origin is entered; a point belongs here");
    if (*at == end || **at != KARVAN_I_SAVED_OPEN) return take_arc(d, at, end, v, &d->in[v]);
    d->in[v] = ~d->read.n_merges;
    return take_merge(d, at, end, v);
}

/* ---- a bush -----------------------------------------------------------------------------------
 */

static bool passed(const reading *d, int32_t v) {
    return v == d->read.origin || (d->in[v] != KARVAN_I_NOWHERE && v >= d->a->first_through);
}

/* All that the origin reaches is entered, and by nothing else. */
static karvan_status check_reach(const reading *d) {
    for (int32_t a = 0; a < d->a->m; a++) {
        int32_t u = d->into.tail[a], v = d->into.head[a];
        if (passed(d, u) && v != d->read.origin && d->in[v] == KARVAN_I_NOWHERE)
            return karvan_i_tntp_fault(d->r, d->at[v],
                                       "node %d is not entered, though a link leads there from "
                                       "node %d, which is",
                                       (int)v + 1, (int)u + 1);
    }
    for (int32_t v = 0; v < d->a->n; v++) {
        int32_t a = d->in[v], first = a, last = a;
        if (a == KARVAN_I_NOWHERE) continue;
        if (a < 0) first = d->read.merge[~a].first, last = d->read.merge[~a + 1].first - 1;
        for (int32_t e = first; e <= last; e++) {
            int32_t u = d->into.tail[a < 0 ? d->read.arc[e] : e];
            if (!passed(d, u))
                return karvan_i_tntp_fault(d->r, d->at[v],
                                           "node %d is entered from node %d, which is not",
                                           (int)v + 1, (int)u + 1);
        }
    }
    return KARVAN_OK;
}

static karvan_status put_in_order(reading *d) {
    karvan_i_ordering *o = &d->order;
    karvan_status st = KARVAN_OK;
    o->n = o->n_merges = o->entries = 0, o->mark[d->read.origin] = 2;
    for (int32_t v = 0; st == KARVAN_OK && v < d->a->n; v++)
        if (d->in[v] != KARVAN_I_NOWHERE && !karvan_i_order_to(o, v))
            st = karvan_i_tntp_fault(d->r, d->at[v], "links that enter node %d lead in a circle",
                                     (int)v + 1);
    karvan_i_order_end(o, d->a->n);
    return st;
}

static karvan_status keep(const reading *d, karvan_i_bush *b, karvan_error *err) {
    const karvan_i_ordering *o = &d->order;
    size_t n = (size_t)o->n, merges = (size_t)o->n_merges + 1, entries = (size_t)o->entries;
    b->n = o->n, b->n_merges = o->n_merges, b->settled = true;
    b->room = o->n_merges + 1, b->entries = o->entries;
    b->seq = karvan_i_malloc(n + 1, sizeof *b->seq);
    b->merge = karvan_i_malloc(merges, sizeof *b->merge);
    b->arc = karvan_i_malloc(entries + 1, sizeof *b->arc);
    b->flow = karvan_i_malloc(entries + 1, sizeof *b->flow);
    if (!b->seq || !b->merge || !b->arc || !b->flow)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a bush");
    memcpy(b->seq, o->seq, n * sizeof *b->seq);
    memcpy(b->merge, o->merge, merges * sizeof *b->merge);
    memcpy(b->arc, o->arc, entries * sizeof *b->arc);
    memcpy(b->flow, o->flow, entries * sizeof *b->flow);
    return KARVAN_OK;
}

/* A row: group, origin, nodes. */
static karvan_status read_bush(reading *d, int n_groups, const karvan_i_bush *before,
                               karvan_i_bush *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_saved_row l;
    int64_t group, origin;
    const char *word;
    size_t length;
    KARVAN_TRY(karvan_i_saved_expect(d->r, "bush", &l));
    const char *begin = l.at;
    KARVAN_TRY(karvan_i_saved_whole(&l, 1, n_groups, &group));
    KARVAN_TRY(karvan_i_saved_whole(&l, 1, d->a->zones, &origin));
    out->group = (int)group - 1, out->origin = (int32_t)origin - 1;
    if (before && (before->group > out->group ||
                   (before->group == out->group && before->origin >= out->origin)))
        return karvan_i_tntp_fault(d->r, begin, "bushes go by group, then origin, each once");
    KARVAN_TRY(karvan_i_saved_word(&l, &word, &length));
    d->read.origin = out->origin, d->read.n_merges = 0, d->read.merge[0].first = 0;
    const char *at = word, *end = word + length;
    for (int32_t v = 0; v < d->a->n; v++) KARVAN_TRY(take_node(d, &at, end, v));
    if (at < end) return karvan_i_tntp_fault(d->r, at, "more than %d nodes", (int)d->a->n);
    KARVAN_TRY(check_reach(d));
    KARVAN_TRY(put_in_order(d));
    KARVAN_TRY(keep(d, out, err));
    KARVAN_TRY(karvan_i_saved_end(&l));
done:
    return st;
}

/* How many, and the group of each class: one that was there before, or the next. */
static karvan_status read_shapes(karvan_i_saved_row *l, const karvan_assignment *a,
                                 karvan_i_bushes *all, int64_t *n, int *n_groups,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t bytes = (size_t)(l->r->end - l->r->begin), nodes = (size_t)a->n;
    const char *at = l->at;
    int64_t group;
    *n_groups = 0, all->n_classes = a->n_classes;
    KARVAN_TRY(karvan_i_saved_whole(l, 0, (int64_t)a->zones * a->n_classes, n));
    /* each has a character a node */
    if (nodes > bytes || (size_t)*n > bytes / (nodes + 1))
        return karvan_i_tntp_fault(l->r, at, "more bushes told than the file has room for");
    all->group = karvan_i_malloc((size_t)a->n_classes, sizeof *all->group);
    all->bush = karvan_i_calloc((size_t)*n + 1, sizeof *all->bush);
    KARVAN_REQUIRE(all->group && all->bush, err, KARVAN_E_NOMEM, "no memory for bushes");
    for (int c = 0; c < a->n_classes; c++) {
        KARVAN_TRY(karvan_i_saved_whole(l, 1, *n_groups + 1, &group));
        all->group[c] = (int)group - 1;
        if (group > *n_groups) *n_groups = (int)group;
    }
    KARVAN_TRY(karvan_i_saved_end(l));
done:
    return st;
}

karvan_status karvan_i_saved_read_bushes(karvan_i_tntp_reader *r, karvan_i_saved_row *l,
                                         const karvan_assignment *a, karvan_i_bushes **out,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reading d = {.r = r, .a = a};
    karvan_i_saved_row rest;
    int64_t n = 0;
    int n_groups;
    *out = NULL;
    karvan_i_bushes *all = karvan_i_calloc(1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for bushes");
    KARVAN_TRY(read_shapes(l, a, all, &n, &n_groups, err));
    KARVAN_TRY(reading_init(&d, err));
    for (; all->n < n; all->n++) {
        karvan_i_bush *b = &all->bush[all->n];
        st = read_bush(&d, n_groups, all->n > 0 ? b - 1 : NULL, b, err);
        if (st != KARVAN_OK) {
            all->n++; /* what there is of it is cleared with the others */
            goto done;
        }
    }
    (void)karvan_i_saved_begins(r, "", &rest);
    if (rest.at < rest.end) {
        st = karvan_i_tntp_fault(r, rest.at, "the end belongs here");
        goto done;
    }
    *out = all, all = NULL;
done:
    karvan_i_bushes_destroy(all), reading_clear(&d);
    return st;
}
