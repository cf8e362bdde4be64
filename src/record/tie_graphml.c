/* GraphML 1.0: keys with names and types, nodes and edges with all that was measured of them.
 * Source: Brandes, Eiglsperger, Herman, Himsolt and Marshall, GraphML progress report, Graph
 * Drawing 2001, and the format's primer. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "record/tie_network.h"

/* Characters that XML 1.0 cannot hold, not even as references: controls, U+FFFE and U+FFFF. */
static size_t forbidden(const char *s) {
    unsigned char c = (unsigned char)*s;
    if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
    return strncmp(s, "\xEF\xBF\xBE", 3) == 0 || strncmp(s, "\xEF\xBF\xBF", 3) == 0 ? 3 : 0;
}

/* A text of any characters. Forbidden ones become the replacement character; a carriage return a
 * reference, for readers turn it into a new line. */
static void put_text(karvan_i_text *out, const char *s) {
    static const char odd[] = "\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0B\x0C\r\x0E\x0F\x10\x11\x12"
                              "\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\xEF";
    karvan_i_text clean = {0};
    for (;;) {
        size_t plain = strcspn(s, odd);
        karvan_i_text_add(&clean, s, plain);
        s += plain;
        if (!*s || *s == '\r') {
            if (clean.n > 0) karvan_i_text_xml(out, clean.s);
            if (!*s) break;
            karvan_i_text_puts(out, "&#13;");
            clean.n = 0, s++;
            continue;
        }
        size_t n = forbidden(s);
        karvan_i_text_add(&clean, n > 0 ? "\xEF\xBF\xBD" : s, n > 0 ? 3 : 1);
        s += n > 0 ? n : 1;
    }
    if (clean.failed) out->failed = true;
    karvan_i_text_clear(&clean);
}

/* ---- keys ---- */

typedef struct key {
    const char *name, *of, *type;
    char when; /* d directed alone, u undirected alone, 0 always */
} key;
static const key KEYS[] = {{"tie", "graph", "string", 0},
                           {"weight_counts", "graph", "string", 0},
                           {"year", "graph", "int", 0},
                           {"modularity", "graph", "double", 0},
                           {"density", "graph", "double", 0},
                           {"label", "node", "string", 0},
                           {"code", "node", "string", 0},
                           {"degree", "node", "int", 0},
                           {"in_degree", "node", "int", 'd'},
                           {"out_degree", "node", "int", 'd'},
                           {"in_strength", "node", "double", 'd'},
                           {"out_strength", "node", "double", 'd'},
                           {"strength", "node", "double", 'u'},
                           {"betweenness", "node", "double", 0},
                           {"betweenness_share", "node", "double", 0},
                           {"closeness", "node", "double", 0},
                           {"community", "node", "int", 0},
                           {"component", "node", "int", 0},
                           {"cut_off", "node", "int", 0},
                           {"weight", "edge", "double", 0},
                           {"weight_certain", "edge", "double", 0},
                           {"weight_possible", "edge", "double", 0},
                           {"certain", "edge", "string", 0},
                           {"bridge", "edge", "boolean", 0},
                           {"what", "edge", "string", 0},
                           {"sources", "edge", "string", 0}};

static void put_keys(const karvan_tie_network *net, karvan_i_text *out) {
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
        if (KEYS[k].when && (KEYS[k].when == 'd') != net->g.directed) continue;
        karvan_i_text_printf(out,
                             "  <key id=\"%s.%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
                             KEYS[k].of, KEYS[k].name, KEYS[k].of, KEYS[k].name, KEYS[k].type);
    }
}

/* ---- data ---- */

static void data_text(karvan_i_text *out, const char *of, const char *s) {
    if (!*s) return;
    karvan_i_text_printf(out, "      <data key=\"%s\">", of);
    put_text(out, s);
    karvan_i_text_puts(out, "</data>\n");
}

static void data_real(karvan_i_text *out, const char *of, double v) {
    char digits[40];
    if (!isfinite(v)) return; /* undefined is left out: readers have no word for it */
    karvan_real_format(v, digits, sizeof digits);
    karvan_i_text_printf(out, "      <data key=\"%s\">%s</data>\n", of, digits);
}

static void data_int(karvan_i_text *out, const char *of, int64_t v) {
    karvan_i_text_printf(out, "      <data key=\"%s\">%lld</data>\n", of, (long long)v);
}

/* May a code be the id of a node (an XML name token)? Then so are all; else they are n0, n1, ... */
static bool is_token(const char *s) {
    static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    return *s && s[strspn(s, ok)] == 0;
}

static bool codes_are_ids(const karvan_tie_network *net) {
    for (int32_t v = 0; v < net->g.n; v++)
        if (!is_token(karvan_i_tie_code(net, v))) return false;
    return true;
}

static void put_id(const karvan_tie_network *net, bool codes, int32_t v, karvan_i_text *out) {
    if (codes)
        karvan_i_text_puts(out, karvan_i_tie_code(net, v));
    else
        karvan_i_text_printf(out, "n%d", (int)v);
}

static void put_node(const karvan_tie_network *net, bool codes, int32_t v, karvan_i_text *out) {
    const karvan_i_tie_graph *g = &net->g;
    karvan_i_text_puts(out, "    <node id=\"");
    put_id(net, codes, v, out);
    karvan_i_text_puts(out, "\">\n");
    data_text(out, "node.label", karvan_i_tie_name(net, v));
    data_text(out, "node.code", karvan_i_tie_code(net, v));
    data_int(out, "node.degree", net->degree[v]);
    if (g->directed) {
        data_int(out, "node.in_degree", g->in.first[v + 1] - g->in.first[v]);
        data_int(out, "node.out_degree", g->out.first[v + 1] - g->out.first[v]);
        data_real(out, "node.in_strength", net->in_strength[v]);
        data_real(out, "node.out_strength", net->out_strength[v]);
    } else {
        data_real(out, "node.strength", net->out_strength[v]);
    }
    data_real(out, "node.betweenness", net->betweenness[v]);
    data_real(out, "node.betweenness_share", karvan_i_tie_share(net, v));
    data_real(out, "node.closeness", net->closeness[v]);
    data_int(out, "node.community", net->division.community[v] + 1);
    data_int(out, "node.component", net->parts.part[v] + 1);
    data_int(out, "node.cut_off", net->cut_off[v]);
    karvan_i_text_puts(out, "    </node>\n");
}

static void put_edge(const karvan_tie_network *net, bool codes, int64_t i, karvan_i_text *out) {
    const karvan_i_tie *t = &net->ties->tie[net->tie[i]];
    karvan_i_text_printf(out, "    <edge id=\"e%lld\" source=\"", (long long)i);
    put_id(net, codes, t->a, out);
    karvan_i_text_puts(out, "\" target=\"");
    put_id(net, codes, t->b, out);
    karvan_i_text_puts(out, "\">\n");
    data_real(out, "edge.weight", net->g.weight[i]);
    data_real(out, "edge.weight_certain", t->least);
    data_real(out, "edge.weight_possible", t->most);
    data_text(out, "edge.certain", t->least > 0 ? "yes" : "maybe");
    data_text(out, "edge.bridge", net->bridge[i] ? "true" : "false");
    data_text(out, "edge.what", karvan_i_tie_text(net->ties, t->what));
    data_text(out, "edge.sources", karvan_i_tie_text(net->ties, t->source));
    karvan_i_text_puts(out, "    </edge>\n");
}

void karvan_i_tie_graphml(const karvan_tie_network *net, karvan_i_text *out) {
    const karvan_tie_summary s = karvan_tie_network_summary(net);
    bool codes = codes_are_ids(net);
    karvan_i_text_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\"\n"
                            "    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
                            "    xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns "
                            "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n");
    put_keys(net, out);
    karvan_i_text_printf(out, "  <graph id=\"ties\" edgedefault=\"%sdirected\">\n",
                         s.directed ? "" : "un");
    data_text(out, "graph.tie", s.tie);
    data_text(out, "graph.weight_counts", s.unit);
    if (s.has_year) data_int(out, "graph.year", s.year);
    data_real(out, "graph.modularity", s.modularity);
    data_real(out, "graph.density", s.density);
    for (int32_t v = 0; v < net->g.n; v++) put_node(net, codes, v, out);
    for (int64_t i = 0; i < net->g.m; i++) put_edge(net, codes, i, out);
    karvan_i_text_puts(out, "  </graph>\n</graphml>\n");
}

karvan_status karvan_tie_network_graphml(const karvan_tie_network *net, const char *path,
                                         karvan_error *err) {
    karvan_i_text t = {0};
    if (!net || !path) return karvan_fail(err, KARVAN_E_ARG, "network or path is NULL");
    karvan_i_tie_graphml(net, &t);
    karvan_status st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(path, t.s, t.n, err);
    karvan_i_text_clear(&t);
    return st;
}
