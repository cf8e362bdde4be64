/* Bushes go out as text: of each a word with a character a node, that says by which of its arcs the
 * node is entered. The order of nodes is not written, since it hangs on the arcs
 * (karvan_i_bush_settle). */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/saved.h"

const char karvan_i_saved_digits[65] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void karvan_i_saved_into_clear(karvan_i_saved_into *in) {
    karvan_i_free(in->first), karvan_i_free(in->arc), karvan_i_free(in->place);
    karvan_i_free(in->tail), karvan_i_free(in->head);
}

karvan_status karvan_i_saved_into_init(karvan_i_saved_into *in, const karvan_assignment *a,
                                       karvan_error *err) {
    size_t n = (size_t)a->n + 2, m = (size_t)a->m + 1;
    *in = (karvan_i_saved_into){.first = karvan_i_calloc(n, sizeof *in->first)};
    in->arc = karvan_i_malloc(m, sizeof *in->arc);
    in->place = karvan_i_malloc(m, sizeof *in->place);
    in->tail = karvan_i_malloc(m, sizeof *in->tail);
    in->head = karvan_i_malloc(m, sizeof *in->head);
    if (!in->first || !in->arc || !in->place || !in->tail || !in->head)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d links", (int)a->m);
    for (int32_t i = 0; i < a->m; i++) {
        in->tail[i] = a->tail[a->arc[i]], in->head[i] = a->head[a->arc[i]];
        in->first[in->head[i] + 2]++;
    }
    for (int32_t v = 1; v <= a->n; v++) in->first[v + 1] += in->first[v];
    int32_t *end =
        in->first + 1; /* of what is there of a node so far; in the end, the next one's */
    for (int32_t i = 0; i < a->m; i++) in->arc[end[in->head[i]]++] = i;
    for (int32_t i = 0; i < a->m; i++) {
        int32_t arc = in->arc[i];
        in->place[arc] = i - in->first[in->head[arc]];
    }
    return KARVAN_OK;
}

static void put_arc(const karvan_i_saved_into *in, int32_t arc, karvan_i_text *out) {
    int32_t k = in->place[arc];
    if (k < KARVAN_I_SAVED_RADIX)
        karvan_i_text_add(out, &karvan_i_saved_digits[k], 1);
    else
        karvan_i_text_printf(out, "%c%d%c", KARVAN_I_SAVED_MANY, (int)k, KARVAN_I_SAVED_MANY_END);
}

/* The 64 bits of a flow; of none a point. */
static void put_flow(double flow, karvan_i_text *out) {
    char word[KARVAN_I_SAVED_DOUBLE] = {KARVAN_I_SAVED_NONE};
    uint64_t bits;
    if (flow > 0) {
        memcpy(&bits, &flow, sizeof bits);
        for (int i = 0; i < KARVAN_I_SAVED_DOUBLE; i++)
            word[i] = karvan_i_saved_digits[bits >> (6 * (KARVAN_I_SAVED_DOUBLE - 1 - i)) & 63];
    }
    karvan_i_text_add(out, word, flow > 0 ? KARVAN_I_SAVED_DOUBLE : 1);
}

static void put_merge(const karvan_i_saved_into *in, const karvan_i_bush *b, int32_t k,
                      karvan_i_text *out) {
    const char marks[] = {KARVAN_I_SAVED_OPEN, KARVAN_I_SAVED_CLOSE};
    karvan_i_text_add(out, &marks[0], 1);
    for (int32_t e = b->merge[k].first; e < b->merge[k + 1].first; e++)
        put_arc(in, b->arc[e], out), put_flow(b->flow[e], out);
    karvan_i_text_add(out, &marks[1], 1);
}

/* by[]: what enters each node. */
static void put_bush(const karvan_i_saved_into *in, const karvan_i_bush *b, int32_t nodes,
                     int32_t *by, karvan_i_text *out) {
    const char none = KARVAN_I_SAVED_NONE;
    for (int32_t v = 0; v < nodes; v++) by[v] = KARVAN_I_NOWHERE;
    for (int32_t i = 0; i < b->n; i++)
        by[b->seq[i] >= 0 ? in->head[b->seq[i]] : b->merge[~b->seq[i]].node] = b->seq[i];
    karvan_i_text_printf(out, "bush %d %d ", b->group + 1, (int)b->origin + 1);
    for (int32_t v = 0; v < nodes; v++)
        if (by[v] == KARVAN_I_NOWHERE)
            karvan_i_text_add(out, &none, 1);
        else if (by[v] >= 0)
            put_arc(in, by[v], out);
        else
            put_merge(in, b, ~by[v], out);
    karvan_i_text_puts(out, "\n");
}

karvan_status karvan_i_saved_put_bushes(const karvan_assignment *a, karvan_i_text *out,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_bushes *all = karvan_i_assignment_kept(a, karvan_i_bushes_destroy);
    karvan_i_saved_into in = {0};
    int32_t *by = NULL;
    if (!all) return KARVAN_OK;
    KARVAN_TRY(karvan_i_saved_into_init(&in, a, err));
    by = karvan_i_malloc((size_t)a->n + 1, sizeof *by);
    KARVAN_REQUIRE(by, err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)a->n);
    karvan_i_text_printf(out, "~ bushes: how many, and the group of each class\nbushes %d",
                         (int)all->n);
    for (int c = 0; c < all->n_classes; c++) karvan_i_text_printf(out, " %d", all->group[c] + 1);
    karvan_i_text_puts(out, "\n~ bush group origin, and of each node the link that enters it (A is "
                            "the first), [several with their flows], or . for none\n");
    for (int32_t i = 0; i < all->n; i++) put_bush(&in, &all->bush[i], a->n, by, out);
done:
    karvan_i_saved_into_clear(&in), karvan_i_free(by);
    return st;
}
