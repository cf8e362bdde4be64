/* Bytes as a file of ties: read or refused with a reason; what was read is measured, its tables can
 * be made, and its GraphML is read by an XML parser, whatever its names are. */
#include <expat.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "record/tie_network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void well_formed(const karvan_tie_network *net) {
    karvan_i_text t = {0};
    karvan_i_tie_graphml(net, &t);
    require(karvan_i_text_status(&t, NULL) == KARVAN_OK);
    XML_Parser p = XML_ParserCreate(NULL);
    require(p && XML_Parse(p, t.s, (int)t.n, 1) == XML_STATUS_OK);
    XML_ParserFree(p);
    karvan_i_text_clear(&t);
}

static void in_step(const karvan_tie_network *net) {
    karvan_tie_summary s = karvan_tie_network_summary(net);
    require(s.nodes == net->g.n && s.ties == net->g.m && s.largest <= s.nodes);
    require(s.components <= s.nodes && s.communities <= s.nodes);
    require(isnan(s.modularity) == (s.ties == 0) && !(s.modularity > 1));
    for (int32_t v = 0; v < s.nodes; v++) {
        require(net->betweenness[v] >= 0 && net->closeness[v] >= 0);
        require(net->degree[v] < s.nodes && net->cut_off[v] < s.nodes);
        require(v == 0 || strcmp(karvan_i_tie_code(net, v - 1), karvan_i_tie_code(net, v)) < 0);
    }
}

static void tables(const karvan_tie_network *net) {
    static karvan_status (*const make[])(const karvan_tie_network *, karvan_table **,
                                         karvan_error *) = {
        karvan_tie_network_nodes, karvan_tie_network_ties, karvan_tie_network_cuts,
        karvan_tie_network_communities};
    for (int k = 0; k < 4; k++) {
        karvan_table *t = NULL;
        require(make[k](net, &t, NULL) == KARVAN_OK && t);
        karvan_table_destroy(t);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 1 || size > 4096) return 0; /* bound the work, not the meaning */
    const karvan_ties_reading how = {
        .directed = data[0] & 1, .has_year = data[0] & 2, .year = 2000};
    const karvan_ties_options o = {.possible = data[0] & 4, .weighted = data[0] & 8, .threads = 1};
    karvan_ties *t = NULL;
    karvan_tie_network *net = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_ties_parse((const char *)data + 1, size - 1, "f", &how, &t, &e);
    require((st == KARVAN_OK) == (t != NULL));
    require(st == KARVAN_OK || (*e.msg && (st == KARVAN_E_DATA || st == KARVAN_E_ARG)));
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    if (t) require(karvan_tie_network_create(t, &o, &net, &e) == KARVAN_OK);
    if (net) in_step(net), tables(net), well_formed(net);
    karvan_tie_network_destroy(net), karvan_ties_destroy(t);
    require(karvan_i_alloc_live == live);
    return 0;
}
