/* Pieces of ways into links: where two pieces meet and nothing else does, they are one. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/osm_data.h"

/* A chain of pieces between two kept nodes, as it is walked. */
typedef struct chain {
    int32_t *piece; /* [n] */
    int32_t *node;  /* [n + 1] */
    size_t n, cap_piece, cap_node;
    bool against; /* one-way pieces are walked from b to a */
} chain;

typedef struct join {
    karvan_i_osm_data *d;
    karvan_i_osm_pieces *p;
    karvan_i_osm_mode mode;
    uint8_t *keep, bit;
    int32_t *end; /* [2 n_nodes] pieces at a node that is not kept, -1 */
    chain c;
    karvan_i_osm_network *out;
    karvan_error *err;
} join;

static bool kept(const join *j, int32_t node) { return j->keep[node] & j->bit; }

static void add_end(join *j, int32_t node, int32_t piece) {
    int32_t *at = j->end + 2 * (size_t)node;
    at[at[0] >= 0] = piece;
}

static karvan_status note_ends(join *j) {
    size_t n = 2 * (size_t)j->d->n_nodes;
    j->end = karvan_i_malloc(n, sizeof *j->end);
    if (!j->end) return karvan_fail(j->err, KARVAN_E_NOMEM, "no memory to join ways");
    for (size_t i = 0; i < n; i++) j->end[i] = -1;
    for (size_t i = 0; i < j->p->n; i++) {
        const karvan_i_osm_piece *p = &j->p->v[i];
        if (!kept(j, p->a)) add_end(j, p->a, (int32_t)i);
        if (!kept(j, p->b)) add_end(j, p->b, (int32_t)i);
    }
    return KARVAN_OK;
}

static karvan_status add_piece(join *j, int32_t piece, int32_t to) {
    chain *c = &j->c;
    int32_t *p = karvan_i_osm_grow(c->piece, &c->cap_piece, c->n + 1, sizeof *p);
    if (p) c->piece = p;
    int32_t *v = karvan_i_osm_grow(c->node, &c->cap_node, c->n + 2, sizeof *v);
    if (v) c->node = v;
    if (!p || !v) return karvan_fail(j->err, KARVAN_E_NOMEM, "no memory to join ways");
    p[c->n++] = piece, v[c->n] = to;
    j->p->v[piece].done = true;
    return KARVAN_OK;
}

/* From a kept end of a piece to the next kept node. */
static karvan_status walk(join *j, int32_t piece, int32_t from) {
    karvan_status st = KARVAN_OK;
    const karvan_i_osm_piece *p = &j->p->v[piece];
    int32_t at = p->a == from ? p->b : p->a;
    j->c.n = 0, j->c.against = p->a != from;
    KARVAN_TRY(add_piece(j, piece, at));
    j->c.node[0] = from;
    while (!kept(j, at)) {
        const int32_t *two = j->end + 2 * (size_t)at;
        piece = two[0] == piece ? two[1] : two[0];
        p = &j->p->v[piece];
        at = p->a == at ? p->b : p->a;
        KARVAN_TRY(add_piece(j, piece, at));
    }
done:
    return st;
}

/* Pieces begin..end-1 of the chain as one link, its ends still nodes. */
static karvan_status add_link(join *j, size_t begin, size_t end) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_network *out = j->out;
    const chain *c = &j->c;
    KARVAN_REQUIRE(out->n_links < INT32_MAX - 1, j->err, KARVAN_E_DATA,
                   "%s: more than 2^31 links: take an extract", j->d->path);
    karvan_i_osm_link *l =
        karvan_i_osm_grow(out->link, &out->cap_links, (size_t)out->n_links + 1, sizeof *l);
    KARVAN_REQUIRE(l, j->err, KARVAN_E_NOMEM, "no memory for links");
    out->link = l, l += out->n_links++;
    bool one_way = j->p->v[c->piece[begin]].one_way, turn = one_way && c->against;
    *l = (karvan_i_osm_link){.from = c->node[turn ? end : begin],
                             .to = c->node[turn ? begin : end],
                             .mode = j->mode,
                             .two_way = !one_way,
                             .way = j->p->v[c->piece[begin]].way};
    int32_t last = -1;
    for (size_t i = begin; i < end; i++) {
        const karvan_i_osm_piece *p = &j->p->v[c->piece[i]];
        l->km += p->km, l->h += p->h;
        const karvan_i_osm_way *w = &j->d->way[p->way];
        l->speed_told = l->speed_told || !w->speed_assumed || !isnan(w->duration_h);
        l->speed_assumed = l->speed_assumed || (w->speed_assumed && isnan(w->duration_h));
        l->gauge_assumed = l->gauge_assumed || w->gauge_assumed;
        if (p->way < l->way) l->way = p->way;
        l->n_ways += p->way != last, last = p->way;
    }
done:
    return st;
}

/* The chain as a link; as two where it comes back to its beginning, since no link is a loop. */
static karvan_status add_chain(join *j) {
    const chain *c = &j->c;
    double km = 0, half = 0;
    size_t cut = 1;
    if (c->node[0] != c->node[c->n]) return add_link(j, 0, c->n);
    for (size_t i = 0; i < c->n; i++) km += j->p->v[c->piece[i]].km;
    for (half = j->p->v[c->piece[0]].km; cut + 1 < c->n && half < km / 2; cut++)
        half += j->p->v[c->piece[cut]].km;
    j->keep[c->node[cut]] |= j->bit;
    karvan_status st = add_link(j, 0, cut);
    return st == KARVAN_OK ? add_link(j, cut, c->n) : st;
}

karvan_status karvan_i_osm_join(karvan_i_osm_data *d, karvan_i_osm_pieces *pieces,
                                karvan_i_osm_mode mode, uint8_t *keep, uint8_t bit,
                                karvan_i_osm_network *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    join j = {.d = d, .p = pieces, .mode = mode, .keep = keep, .bit = bit, .out = out, .err = err};
    KARVAN_TRY(note_ends(&j));
    /* first what begins or ends at a kept node, then rings without one */
    for (int ring = 0; ring < 2; ring++)
        for (size_t i = 0; i < pieces->n; i++) {
            const karvan_i_osm_piece *p = &pieces->v[i];
            if (p->done) continue;
            if (ring) keep[p->a] |= bit;
            if (!kept(&j, p->a) && !kept(&j, p->b)) continue;
            KARVAN_TRY(walk(&j, (int32_t)i, kept(&j, p->a) ? p->a : p->b));
            KARVAN_TRY(add_chain(&j));
        }
done:
    karvan_i_free(j.end), karvan_i_free(j.c.piece), karvan_i_free(j.c.node);
    return st;
}
