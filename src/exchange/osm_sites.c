/* Stations, ports and frontiers tied to the lines that pass them. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/osm_data.h"
#include "network/geodesic.h"

/* How far a building or a gate may stand from its line, and the middle of a port's area from the
 * lines that end in it, km. */
static const double NEAR_KM = 0.5, PORT_KM = 2.0;
static const double KM_A_DEGREE = 110.0; /* of latitude: a little less than any is */

/* A node of a line, in the order of latitude. */
typedef struct spot {
    double lat;
    int32_t node;
} spot;

static int by_latitude(const void *x, const void *y) {
    const spot *a = x, *b = y;
    if (a->lat != b->lat) return a->lat < b->lat ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static size_t first_at(const spot *s, size_t n, double lat) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s[middle].lat < lat)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The middle of what is there of an area; false: nothing is. */
static bool middle_of(const karvan_i_osm_data *d, karvan_i_osm_site *s) {
    double lon = 0, lat = 0;
    int32_t n = 0, end = s->n;
    /* the first node of a ring is also its last */
    if (end > 1 && d->node[s->first] == d->node[s->first + end - 1]) end--;
    double base = NAN; /* longitudes near one another, also where 180 meets -180 */
    for (int32_t i = 0; i < end; i++) {
        int32_t v = d->node[s->first + i];
        if (d->found[v] != KARVAN_I_OSM_HERE) continue;
        if (n == 0) base = d->lon[v];
        lon += remainder(d->lon[v] - base, 360), lat += d->lat[v], n++;
    }
    if (n == 0) return false;
    s->lon = remainder(base + lon / n, 360), s->lat = lat / n;
    return true;
}

/* The nearest of the spots that has one of the bits, within reach, the first of equals; -1: none.
 */
static int32_t nearest(const karvan_i_osm_data *d, const spot *spots, size_t n, const uint8_t *used,
                       unsigned bits, double lon, double lat, double reach_km) {
    const double band = reach_km / KM_A_DEGREE;
    const double widest = fmax(cos((fabs(lat) + band) * (acos(-1.0) / 180)), 1e-6);
    double best = reach_km;
    int32_t at = -1;
    for (size_t i = first_at(spots, n, lat - band); i < n && spots[i].lat <= lat + band; i++) {
        int32_t v = spots[i].node;
        if (!(used[v] & bits)) continue;
        if (fabs(remainder(d->lon[v] - lon, 360)) > band / widest) continue;
        double km = karvan_i_geodesic_km(lon, lat, d->lon[v], d->lat[v]);
        if (km < best || (at < 0 && km <= best)) best = km, at = v;
    }
    return at;
}

static karvan_status gather(const karvan_i_osm_data *d, const uint8_t *used, spot **out, size_t *n,
                            karvan_error *err) {
    spot *s = karvan_i_malloc((size_t)d->n_nodes, sizeof *s);
    *out = s, *n = 0;
    if (!s) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the nodes of lines");
    for (int32_t v = 0; v < d->n_nodes; v++)
        if (used[v]) s[(*n)++] = (spot){d->lat[v], v};
    if (*n) qsort(s, *n, sizeof *s, by_latitude);
    return KARVAN_OK;
}

karvan_status karvan_i_osm_tie_sites(karvan_i_osm_data *d, const uint8_t *used, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    spot *spots = NULL;
    size_t n;
    if (d->n_sites == 0) return KARVAN_OK;
    KARVAN_TRY(gather(d, used, &spots, &n, err));
    for (size_t i = 0; i < d->n_sites; i++) {
        karvan_i_osm_site *s = &d->site[i];
        const char *name = karvan_i_osm_word_text(d, s->name);
        bool placed = !s->area || middle_of(d, s);
        double reach_km = s->kind == KARVAN_I_OSM_PORT ? PORT_KM : NEAR_KM;
        s->node = placed ? nearest(d, spots, n, used, s->families, s->lon, s->lat, reach_km) : -1;
        if (s->node >= 0) continue;
        KARVAN_TRY(karvan_i_osm_warn(
            d, err, "osm-site", "%s %lld (%s, %s) is left out: %s", s->area ? "way" : "node",
            (long long)s->id, karvan_i_osm_word_text(d, s->class), name ? name : "without a name",
            !placed                        ? "none of its nodes is there"
            : s->kind == KARVAN_I_OSM_PORT ? "no line that could end in it passes within 2 km"
                                           : "no line of its kind passes within 0.5 km"));
    }
done:
    karvan_i_free(spots);
    return st;
}

/* ---- access by road ---- */

enum { ROAD = 1U << KARVAN_I_OSM_ROAD };

/* Bits of the nodes at which links of roads end; the places that stand there, -1 elsewhere. */
static void note_roads(const karvan_i_osm_data *d, const karvan_i_osm_network *net, uint8_t *used,
                       int32_t *place_of) {
    for (int32_t v = 0; v < d->n_nodes; v++) place_of[v] = -1;
    for (int32_t i = 0; i < net->n_places; i++) place_of[net->place[i].node] = i;
    for (int32_t i = 0; i < net->n_links; i++) {
        const karvan_i_osm_link *l = &net->link[i];
        if (d->way[l->way].family != KARVAN_I_OSM_ROAD) continue;
        used[net->place[l->from].node] = used[net->place[l->to].node] = ROAD;
    }
}

karvan_status karvan_i_osm_access(const karvan_i_osm_data *d, const karvan_i_osm_network *net,
                                  double reach_km, int32_t *to, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    spot *spots = NULL;
    size_t n;
    uint8_t *used = karvan_i_calloc((size_t)d->n_nodes, sizeof *used);
    int32_t *place_of = karvan_i_malloc((size_t)d->n_nodes, sizeof *place_of);
    KARVAN_REQUIRE(used && place_of, err, KARVAN_E_NOMEM, "no memory for access by road");
    note_roads(d, net, used, place_of);
    KARVAN_TRY(gather(d, used, &spots, &n, err));
    for (int32_t i = 0; i < net->n_places; i++) {
        const karvan_i_osm_place *p = &net->place[i];
        to[i] = -1;
        if (p->kind != KARVAN_I_OSM_STATION && p->kind != KARVAN_I_OSM_PORT) continue;
        int32_t v = used[p->node] ? p->node
                                  : nearest(d, spots, n, used, ROAD, d->lon[p->node],
                                            d->lat[p->node], reach_km);
        if (v >= 0) to[i] = place_of[v];
    }
done:
    karvan_i_free(used), karvan_i_free(place_of), karvan_i_free(spots);
    return st;
}
