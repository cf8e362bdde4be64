#ifndef KARVAN_TESTS_FUZZ_OSM_H
#define KARVAN_TESTS_FUZZ_OSM_H
/* What must hold of any bytes that are read as OpenStreetMap's. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/osm_data.h"
#include "osm_document.h"

static inline void require(bool promise) {
    if (!promise) abort();
}

/* Every kilometre of the ways is in the links once a mode, and nothing else is. */
static inline void fuzz_osm_network(const karvan_i_osm_data *d, const karvan_i_osm_network *n) {
    double ways_km = 0, links_km = 0;
    for (size_t i = 0; i < d->n_ways; i++) {
        const karvan_i_osm_way *w = &d->way[i];
        int32_t at = 0, k, *nodes = malloc(((size_t)w->n + 1) * sizeof *nodes);
        require(nodes != NULL);
        while ((k = karvan_i_osm_stretch(d, w, &at, nodes)) > 0)
            for (int32_t j = 1; j < k; j++)
                ways_km += w->n_modes * karvan_i_osm_km(d, nodes[j - 1], nodes[j]);
        free(nodes);
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const karvan_i_osm_link *l = &n->link[i];
        require(l->from >= 0 && l->from < n->n_places && l->to >= 0 && l->to < n->n_places);
        require(l->from != l->to && l->km >= 0 && l->h >= 0 && l->part > 0);
        links_km += l->km;
    }
    require(fabs(ways_km - links_km) <= 1e-9 * fmax(1, ways_km));
    for (int32_t i = 0; i < n->n_places; i++)
        require(fabs(d->lon[n->place[i].node]) <= 180 && fabs(d->lat[n->place[i].node]) <= 90);
}

static inline void fuzz_osm_access(const karvan_i_osm_data *d, const karvan_i_osm_network *n) {
    int32_t *to = malloc(((size_t)n->n_places + 1) * sizeof *to);
    require(to != NULL);
    require(karvan_i_osm_access(d, n, 50, to, NULL) == KARVAN_OK);
    for (int32_t i = 0; i < n->n_places; i++)
        require(to[i] == -1 || to[i] == i ||
                (to[i] >= 0 && to[i] < n->n_places &&
                 karvan_i_osm_km(d, n->place[i].node, n->place[to[i]].node) <= 50));
    free(to);
}

static inline void fuzz_osm(const char *bytes, size_t size) {
    static const karvan_i_osm_options options = {.rules = {{true, true, true}, true, 1435}};
    long live = karvan_i_alloc_live;
    karvan_i_osm_source source = {"f", bytes, size};
    karvan_i_osm_data d = {0};
    karvan_i_osm_network n = {0};
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_osm_collect(&source, &options, problems, &d, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && strncmp(e.msg, "f:", 2) == 0));
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    if (st == KARVAN_OK) {
        require(karvan_i_osm_network_make(&d, &n, &e) == KARVAN_OK);
        fuzz_osm_network(&d, &n);
        fuzz_osm_access(&d, &n);
        require(karvan_i_osm_report(&d, &n, &e) == KARVAN_OK);
    }
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        const char *s = karvan_problems_get(problems, i).message;
        require(karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s));
    }
    karvan_i_osm_network_clear(&n), karvan_i_osm_data_clear(&d);
    karvan_problems_destroy(problems);
    require(karvan_i_alloc_live == live);
}
#endif
