/* A network as tables: its nodes, ties, cuts and communities. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/tie_network.h"

/* Six decimals: those behind them are rounding, and would part what is equal. */
static double six(double v) { return isfinite(v) ? round(v * 1e6) / 1e6 : v; }

/* ---- nodes ---- */

enum { N_CODE, N_NAME, N_DEGREE, N_DIRECTED }; /* then columns that differ */

typedef struct ranked {
    double betweenness, strength;
    int32_t degree, node;
} ranked;

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->betweenness != y->betweenness) return x->betweenness > y->betweenness ? -1 : 1;
    if (x->degree != y->degree) return x->degree > y->degree ? -1 : 1;
    if (x->strength != y->strength) return x->strength > y->strength ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static karvan_status rank(const karvan_tie_network *net, ranked **out, karvan_error *err) {
    ranked *r = karvan_i_malloc((size_t)net->g.n + 1, sizeof *r);
    if (!r) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nodes");
    for (int32_t v = 0; v < net->g.n; v++)
        r[v] = (ranked){six(net->betweenness[v]),
                        net->out_strength[v] + (net->g.directed ? net->in_strength[v] : 0),
                        net->degree[v], v};
    qsort(r, (size_t)net->g.n, sizeof *r, by_rank);
    *out = r;
    return KARVAN_OK;
}

static karvan_status put_ways(const karvan_tie_network *net, int32_t v, int *c, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_tie_graph *g = &net->g;
    if (g->directed) {
        KARVAN_TRY(karvan_builder_int(b, (*c)++, g->in.first[v + 1] - g->in.first[v], err));
        KARVAN_TRY(karvan_builder_int(b, (*c)++, g->out.first[v + 1] - g->out.first[v], err));
        KARVAN_TRY(karvan_builder_real(b, (*c)++, net->in_strength[v], err));
    }
    KARVAN_TRY(karvan_builder_real(b, (*c)++, net->out_strength[v], err));
done:
    return st;
}

static karvan_status put_node(const karvan_tie_network *net, int32_t v, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c = N_DIRECTED;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, N_CODE, karvan_i_tie_code(net, v), err));
    KARVAN_TRY(karvan_builder_text(b, N_NAME, karvan_i_tie_name(net, v), err));
    KARVAN_TRY(karvan_builder_int(b, N_DEGREE, net->degree[v], err));
    KARVAN_TRY(put_ways(net, v, &c, b, err));
    KARVAN_TRY(karvan_builder_real(b, c++, six(net->betweenness[v]), err));
    KARVAN_TRY(karvan_builder_real(b, c++, six(karvan_i_tie_share(net, v)), err));
    KARVAN_TRY(karvan_builder_real(b, c++, six(net->closeness[v]), err));
    KARVAN_TRY(karvan_builder_int(b, c++, net->division.community[v] + 1, err));
    KARVAN_TRY(karvan_builder_int(b, c++, net->parts.part[v] + 1, err));
    KARVAN_TRY(karvan_builder_int(b, c++, net->cut_off[v], err));
done:
    return st;
}

karvan_status karvan_tie_network_nodes(const karvan_tie_network *net, karvan_table **out,
                                       karvan_error *err) {
    static const karvan_column begin[] = {
        {"code", KARVAN_TEXT, NULL}, {"name", KARVAN_TEXT, NULL}, {"degree", KARVAN_INT, NULL}};
    static const karvan_column directed[] = {{"in_degree", KARVAN_INT, NULL},
                                             {"out_degree", KARVAN_INT, NULL},
                                             {"in_strength", KARVAN_REAL, NULL},
                                             {"out_strength", KARVAN_REAL, NULL}};
    static const karvan_column undirected[] = {{"strength", KARVAN_REAL, NULL}};
    static const karvan_column end[] = {
        {"betweenness", KARVAN_REAL, NULL}, {"betweenness_share", KARVAN_REAL, NULL},
        {"closeness", KARVAN_REAL, NULL},   {"community", KARVAN_INT, NULL},
        {"component", KARVAN_INT, NULL},    {"cut_off", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    ranked *r = NULL;
    karvan_column columns[16];
    int n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "network is NULL");
    for (size_t k = 0; k < sizeof begin / sizeof *begin; k++) columns[n++] = begin[k];
    for (size_t k = 0; k < sizeof directed / sizeof *directed && net->g.directed; k++)
        columns[n++] = directed[k];
    if (!net->g.directed) columns[n++] = undirected[0];
    for (size_t k = 0; k < sizeof end / sizeof *end; k++) columns[n++] = end[k];
    KARVAN_TRY(karvan_builder_create("nodes", n, columns, &b, err));
    KARVAN_TRY(rank(net, &r, err));
    for (int32_t k = 0; k < net->g.n; k++) KARVAN_TRY(put_node(net, r[k].node, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(r);
    return st;
}

/* ---- ties ---- */

enum { T_A, T_B, T_WEIGHT, T_LEAST, T_MOST, T_CERTAIN, T_BRIDGE, T_WHAT, T_SOURCES, T_END };

static karvan_status put_tie(const karvan_tie_network *net, int64_t i, karvan_builder *b,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_tie *t = &net->ties->tie[net->tie[i]];
    const char *what = karvan_i_tie_text(net->ties, t->what),
               *source = karvan_i_tie_text(net->ties, t->source);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, T_A, karvan_i_tie_code(net, t->a), err));
    KARVAN_TRY(karvan_builder_text(b, T_B, karvan_i_tie_code(net, t->b), err));
    KARVAN_TRY(karvan_builder_real(b, T_WEIGHT, net->g.weight[i], err));
    KARVAN_TRY(karvan_builder_real(b, T_LEAST, t->least, err));
    KARVAN_TRY(karvan_builder_real(b, T_MOST, t->most, err));
    KARVAN_TRY(karvan_builder_text(b, T_CERTAIN, t->least > 0 ? "yes" : "maybe", err));
    KARVAN_TRY(karvan_builder_bool(b, T_BRIDGE, net->bridge[i], err));
    KARVAN_TRY(karvan_builder_text(b, T_WHAT, *what ? what : NULL, err));
    KARVAN_TRY(karvan_builder_text(b, T_SOURCES, *source ? source : NULL, err));
done:
    return st;
}

karvan_status karvan_tie_network_ties(const karvan_tie_network *net, karvan_table **out,
                                      karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"code1", KARVAN_TEXT, NULL},           {"code2", KARVAN_TEXT, NULL},
        {"weight", KARVAN_REAL, NULL},          {"weight_certain", KARVAN_REAL, NULL},
        {"weight_possible", KARVAN_REAL, NULL}, {"certain", KARVAN_TEXT, NULL},
        {"bridge", KARVAN_BOOL, NULL},          {"what", KARVAN_TEXT, NULL},
        {"sources", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "network is NULL");
    KARVAN_TRY(karvan_builder_create("ties", T_END, columns, &b, err));
    for (int64_t i = 0; i < net->g.m; i++) KARVAN_TRY(put_tie(net, i, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- who would be cut off ---- */

/* Codes of some nodes joined by `;`. */
static karvan_status put_codes(const karvan_tie_network *net, const int32_t *node, int64_t n,
                               int column, karvan_builder *b, karvan_error *err) {
    karvan_i_text t = {0};
    for (int64_t k = 0; k < n; k++) {
        if (k > 0) karvan_i_text_puts(&t, ";");
        karvan_i_text_puts(&t, karvan_i_tie_code(net, node[k]));
    }
    karvan_status st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK) st = karvan_builder_text(b, column, t.s, err);
    karvan_i_text_clear(&t);
    return st;
}

static karvan_status put_removed(const karvan_tie_network *net, int32_t a, int32_t b,
                                 karvan_builder *build, karvan_error *err) {
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, karvan_i_tie_code(net, a));
    if (b >= 0) karvan_i_text_printf(&t, "-%s", karvan_i_tie_code(net, b));
    karvan_status st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK) st = karvan_builder_text(build, 0, t.s, err);
    karvan_i_text_clear(&t);
    return st;
}

/* Nodes of the largest piece: those of the part that are neither removed nor cut off, of whom
 * the pieces that fall off are no part. */
static karvan_status put_cut(const karvan_tie_network *net, int32_t k, karvan_builder *b,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_tie_parts *p = &net->parts;
    bool node = p->cut_b[k] < 0;
    int64_t n = p->first[k + 1] - p->first[k];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(put_removed(net, p->cut_a[k], p->cut_b[k], b, err));
    KARVAN_TRY(karvan_builder_text(b, 1, node ? "node" : "tie", err));
    KARVAN_TRY(karvan_builder_int(b, 2, n, err));
    KARVAN_TRY(put_codes(net, p->off + p->first[k], n, 3, b, err));
    KARVAN_TRY(karvan_builder_int(b, 4, p->size[p->part[p->cut_a[k]]] - n - node, err));
done:
    return st;
}

karvan_status karvan_tie_network_cuts(const karvan_tie_network *net, karvan_table **out,
                                      karvan_error *err) {
    static const karvan_column columns[] = {{"removed", KARVAN_TEXT, NULL},
                                            {"kind", KARVAN_TEXT, NULL},
                                            {"cut_off", KARVAN_INT, NULL},
                                            {"who", KARVAN_TEXT, NULL},
                                            {"from", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "network is NULL");
    KARVAN_TRY(karvan_builder_create("cuts", 5, columns, &b, err));
    for (int32_t k = 0; k < net->parts.n_cuts; k++) KARVAN_TRY(put_cut(net, k, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- communities ---- */

typedef struct inside {
    int64_t ties;
    double weight;
} inside;

static karvan_status put_community(const karvan_tie_network *net, int32_t c, const inside *in,
                                   int32_t *room, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = 0;
    for (int32_t v = 0; v < net->g.n; v++)
        if (net->division.community[v] == c) room[n++] = v;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, c + 1, err));
    KARVAN_TRY(karvan_builder_int(b, 1, n, err));
    KARVAN_TRY(karvan_builder_int(b, 2, in[c].ties, err));
    KARVAN_TRY(karvan_builder_real(b, 3, in[c].weight, err));
    KARVAN_TRY(put_codes(net, room, n, 4, b, err));
done:
    return st;
}

karvan_status karvan_tie_network_communities(const karvan_tie_network *net, karvan_table **out,
                                             karvan_error *err) {
    static const karvan_column columns[] = {{"community", KARVAN_INT, NULL},
                                            {"nodes", KARVAN_INT, NULL},
                                            {"ties", KARVAN_INT, NULL},
                                            {"weight", KARVAN_REAL, NULL},
                                            {"who", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    inside *in = NULL;
    int32_t *room = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "network is NULL");
    KARVAN_TRY(karvan_builder_create("communities", 5, columns, &b, err));
    in = karvan_i_calloc((size_t)net->division.n + 1, sizeof *in);
    room = karvan_i_malloc((size_t)net->g.n + 1, sizeof *room);
    KARVAN_REQUIRE(in && room, err, KARVAN_E_NOMEM, "no memory for communities");
    for (int64_t i = 0; i < net->g.m; i++) {
        int32_t c = net->division.community[net->g.tail[i]];
        if (c != net->division.community[net->g.head[i]]) continue;
        in[c].ties++, in[c].weight += net->g.weight[i];
    }
    for (int32_t c = 0; c < net->division.n; c++)
        KARVAN_TRY(put_community(net, c, in, room, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(in), karvan_i_free(room);
    return st;
}
