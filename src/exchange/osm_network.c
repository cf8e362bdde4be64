/* Lines cut where they meet: from ways over nodes to links between places. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/osm_data.h"

/* How a mode's lines meet in a node. Counts stop at 255, which is as good as more. */
typedef struct meeting {
    uint8_t degree, in, out; /* segments; of these, one-way ones that reach it and that leave it */
} meeting;

typedef struct maker {
    karvan_i_osm_data *d;
    karvan_i_osm_network *out;
    uint8_t *keep;            /* [n_nodes] bits of the families whose lines are cut there */
    uint8_t *used;            /* [n_nodes] bits of the families whose lines pass there */
    meeting *meet;            /* [n_nodes] of the mode at hand */
    int32_t *scratch;         /* [longest way] */
    karvan_i_osm_mode *modes; /* in the order in which they are made */
    karvan_i_osm_pieces pieces;
    karvan_error *err;
} maker;

enum { ALL = (1 << KARVAN_I_OSM_FAMILIES) - 1 };

void karvan_i_osm_network_clear(karvan_i_osm_network *n) {
    karvan_i_free(n->place), karvan_i_free(n->link);
    *n = (karvan_i_osm_network){0};
}

int32_t karvan_i_osm_stretch(const karvan_i_osm_data *d, const karvan_i_osm_way *w, int32_t *at,
                             int32_t *out) {
    int32_t n = 0;
    while (*at < w->n) {
        int32_t v = d->node[w->first + (*at)++];
        if (d->found[v] == KARVAN_I_OSM_HERE) {
            if (n == 0 || out[n - 1] != v) out[n++] = v;
        } else if (n > 1) {
            return n;
        } else {
            n = 0;
        }
    }
    return n > 1 ? n : 0;
}

static bool has_mode(const karvan_i_osm_way *w, karvan_i_osm_mode mode) {
    for (int i = 0; i < w->n_modes; i++)
        if (w->mode[i] == mode) return true;
    return false;
}

static void more(uint8_t *n) { *n = (uint8_t)(*n + (*n < UINT8_MAX)); }

/* ---- where lines are cut ---- */

static void meet_way(maker *m, const karvan_i_osm_way *w) {
    int32_t at = 0, n;
    while ((n = karvan_i_osm_stretch(m->d, w, &at, m->scratch)) > 0)
        for (int32_t i = 0; i + 1 < n; i++) {
            int32_t a = m->scratch[i], b = m->scratch[i + 1];
            more(&m->meet[a].degree), more(&m->meet[b].degree);
            if (w->direction == 0) continue;
            more(w->direction > 0 ? &m->meet[a].out : &m->meet[a].in);
            more(w->direction > 0 ? &m->meet[b].in : &m->meet[b].out);
        }
}

/* Two segments, both two-way or one after the other: nothing happens there. */
static bool passes_through(meeting t) {
    return t.degree == 2 && ((t.in == 0 && t.out == 0) || (t.in == 1 && t.out == 1));
}

static void mark_mode(maker *m, karvan_i_osm_mode mode) {
    karvan_i_osm_family family = KARVAN_I_OSM_RAIL;
    memset(m->meet, 0, (size_t)m->d->n_nodes * sizeof *m->meet);
    for (size_t i = 0; i < m->d->n_ways; i++) {
        if (!has_mode(&m->d->way[i], mode)) continue;
        family = m->d->way[i].family;
        meet_way(m, &m->d->way[i]);
    }
    /* a landing is a place for all; a junction of roads means nothing to rails that cross there */
    unsigned bit = 1U << family, bits = family == KARVAN_I_OSM_FERRY ? ALL : bit;
    for (int32_t v = 0; v < m->d->n_nodes; v++) {
        if (m->meet[v].degree == 0) continue;
        m->used[v] = (uint8_t)(m->used[v] | bit);
        if (!passes_through(m->meet[v])) m->keep[v] = (uint8_t)(m->keep[v] | bits);
    }
}

/* ---- pieces ---- */

static double segment_km(const maker *m, int32_t i) {
    return karvan_i_osm_km(m->d, m->scratch[i], m->scratch[i + 1]);
}

static karvan_status add_piece(maker *m, int32_t way, int32_t from, int32_t to, double km) {
    karvan_i_osm_pieces *p = &m->pieces;
    const karvan_i_osm_way *w = &m->d->way[way];
    if (p->n >= INT32_MAX)
        return karvan_fail(m->err, KARVAN_E_DATA,
                           "%s: more than 2^31 pieces of ways: take an extract", m->d->path);
    karvan_i_osm_piece *v = karvan_i_osm_grow(p->v, &p->cap, p->n + 1, sizeof *v);
    if (!v) return karvan_fail(m->err, KARVAN_E_NOMEM, "no memory for pieces of ways");
    p->v = v;
    bool turn = w->direction < 0;
    v[p->n++] = (karvan_i_osm_piece){
        .a = m->scratch[turn ? to : from],
        .b = m->scratch[turn ? from : to],
        .way = way,
        .one_way = w->direction != 0,
        .km = km,
        .h = !isnan(w->duration_h) && w->km > 0 ? w->duration_h * (km / w->km) : km / w->speed_kmh,
    };
    return KARVAN_OK;
}

/* Nodes from..to of the stretch, which come back to their beginning: two pieces. */
static karvan_status add_ring(maker *m, int32_t way, int32_t from, int32_t to, uint8_t bit) {
    double km = 0, half = segment_km(m, from);
    int32_t middle = from + 1;
    for (int32_t i = from; i < to; i++) km += segment_km(m, i);
    for (; middle + 1 < to && half < km / 2; middle++) half += segment_km(m, middle);
    m->keep[m->scratch[from]] |= bit, m->keep[m->scratch[middle]] |= bit;
    karvan_status st = add_piece(m, way, from, middle, half);
    if (st != KARVAN_OK) return st;
    double rest = 0;
    for (int32_t i = middle; i < to; i++) rest += segment_km(m, i);
    return add_piece(m, way, middle, to, rest);
}

static karvan_status cut_way(maker *m, int32_t way, uint8_t bit) {
    karvan_status st = KARVAN_OK;
    const karvan_i_osm_way *w = &m->d->way[way];
    int32_t at = 0, n;
    while ((n = karvan_i_osm_stretch(m->d, w, &at, m->scratch)) > 0) {
        int32_t from = 0;
        double km = 0;
        for (int32_t i = 1; i < n; i++) {
            km += segment_km(m, i - 1);
            if (i + 1 < n && !(m->keep[m->scratch[i]] & bit)) continue;
            if (m->scratch[from] == m->scratch[i])
                KARVAN_TRY(add_ring(m, way, from, i, bit));
            else
                KARVAN_TRY(add_piece(m, way, from, i, km));
            from = i, km = 0;
        }
    }
done:
    return st;
}

static karvan_status make_mode(maker *m, karvan_i_osm_mode mode) {
    karvan_status st = KARVAN_OK;
    uint8_t bit = 0;
    m->pieces.n = 0;
    for (size_t i = 0; i < m->d->n_ways; i++) {
        if (!has_mode(&m->d->way[i], mode)) continue;
        bit = (uint8_t)(1U << m->d->way[i].family);
        KARVAN_TRY(cut_way(m, (int32_t)i, bit));
    }
    KARVAN_TRY(karvan_i_osm_join(m->d, &m->pieces, mode, m->keep, bit, m->out, m->err));
done:
    return st;
}

/* ---- lengths of ways, over which a duration is spread ---- */

static void measure(maker *m) {
    for (size_t i = 0; i < m->d->n_ways; i++) {
        karvan_i_osm_way *w = &m->d->way[i];
        int32_t at = 0, n;
        if (isnan(w->duration_h)) continue; /* nobody asks */
        while ((n = karvan_i_osm_stretch(m->d, w, &at, m->scratch)) > 0)
            for (int32_t k = 0; k + 1 < n; k++) w->km += segment_km(m, k);
    }
}

/* ---- places ---- */

/* Is site a more telling than b? A frontier before a port before a station; then a node before an
 * area, then by id, which is their order. */
static bool better(const karvan_i_osm_data *d, int32_t a, int32_t b) {
    return b < 0 || d->site[a].kind > d->site[b].kind;
}

static karvan_status number_places(maker *m, int32_t *place_of) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_network *out = m->out;
    for (int32_t v = 0; v < m->d->n_nodes; v++) place_of[v] = -1;
    for (int32_t i = 0; i < out->n_links; i++)
        place_of[out->link[i].from] = place_of[out->link[i].to] = 0;
    for (int32_t v = 0; v < m->d->n_nodes; v++) {
        if (place_of[v] < 0) continue;
        karvan_i_osm_place *p =
            karvan_i_osm_grow(out->place, &out->cap_places, (size_t)out->n_places + 1, sizeof *p);
        KARVAN_REQUIRE(p, m->err, KARVAN_E_NOMEM, "no memory for places");
        out->place = p;
        place_of[v] = out->n_places;
        p[out->n_places++] = (karvan_i_osm_place){.node = v, .site = -1};
    }
    for (size_t i = 0; i < m->d->n_sites; i++) {
        int32_t v = m->d->site[i].node, at = v < 0 ? -1 : place_of[v];
        if (at < 0) continue;
        karvan_i_osm_place *p = &out->place[at];
        if (better(m->d, (int32_t)i, p->site)) p->site = (int32_t)i, p->kind = m->d->site[i].kind;
    }
    for (int32_t i = 0; i < out->n_links; i++) {
        karvan_i_osm_link *l = &out->link[i];
        l->from = place_of[l->from], l->to = place_of[l->to];
    }
done:
    return st;
}

/* Of each place: does a way of ferries begin or end there as it was drawn, and how many of their
 * links do. */
static void note_landings(const maker *m, const int32_t *place_of, uint8_t *tips, uint8_t *ends) {
    for (size_t i = 0; i < m->d->n_ways; i++) {
        const karvan_i_osm_way *w = &m->d->way[i];
        if (w->family != KARVAN_I_OSM_FERRY || w->n < 1) continue;
        int32_t a = place_of[m->d->node[w->first]], b = place_of[m->d->node[w->first + w->n - 1]];
        if (a >= 0) tips[a] = 1;
        if (b >= 0) tips[b] = 1;
    }
    for (int32_t i = 0; i < m->out->n_links; i++) {
        const karvan_i_osm_link *l = &m->out->link[i];
        if (m->d->way[l->way].family != KARVAN_I_OSM_FERRY) continue;
        more(&ends[l->from]), more(&ends[l->to]);
    }
}

/* Where a ferry's line reaches a shore that nobody called a terminal there is a port all the same;
 * not where it was merely cut for want of nodes. */
static karvan_status name_landings(maker *m, const int32_t *place_of) {
    karvan_i_osm_network *out = m->out;
    uint8_t *tips = karvan_i_calloc((size_t)out->n_places, 1);
    uint8_t *ends = karvan_i_calloc((size_t)out->n_places, 1);
    if (tips && ends) note_landings(m, place_of, tips, ends);
    for (int32_t i = 0; tips && ends && i < out->n_places; i++) {
        karvan_i_osm_place *p = &out->place[i];
        bool land = m->used[p->node] & ((1U << KARVAN_I_OSM_RAIL) | (1U << KARVAN_I_OSM_ROAD));
        bool shore = tips[i] && ends[i] == 1;
        if ((shore || (ends[i] && land)) && p->kind < KARVAN_I_OSM_PORT)
            p->kind = KARVAN_I_OSM_PORT;
    }
    bool good = tips && ends;
    karvan_i_free(tips), karvan_i_free(ends);
    return good ? KARVAN_OK : karvan_fail(m->err, KARVAN_E_NOMEM, "no memory for places");
}

/* Links of one way are counted in the order in which they were made. */
static karvan_status number_parts(maker *m) {
    int32_t *parts = karvan_i_calloc(m->d->n_ways, sizeof *parts);
    if (!parts) return karvan_fail(m->err, KARVAN_E_NOMEM, "no memory for links");
    int32_t first = 0; /* a way of two families stands in two rows */
    for (int32_t i = 0; i < m->out->n_links; i++) {
        karvan_i_osm_link *l = &m->out->link[i];
        first = l->way;
        while (first > 0 && m->d->way[first - 1].id == m->d->way[l->way].id) first--;
        l->part = ++parts[first];
    }
    karvan_i_free(parts);
    return KARVAN_OK;
}

/* ---- all of it ---- */

static karvan_status begin(maker *m) {
    size_t n = (size_t)m->d->n_nodes;
    int32_t longest = 0;
    for (size_t i = 0; i < m->d->n_ways; i++)
        if (m->d->way[i].n > longest) longest = m->d->way[i].n;
    m->keep = karvan_i_calloc(n, 1), m->used = karvan_i_calloc(n, 1);
    m->meet = karvan_i_malloc(n, sizeof *m->meet);
    m->scratch = karvan_i_malloc((size_t)longest, sizeof *m->scratch);
    m->modes = karvan_i_malloc((size_t)m->d->modes.n, sizeof *m->modes);
    return m->keep && m->used && m->meet && m->scratch && m->modes
               ? KARVAN_OK
               : karvan_fail(m->err, KARVAN_E_NOMEM, "no memory for %zu nodes", n);
}

/* Modes in the order of the ways that have them, which the order of the file does not change. */
static int32_t order_modes(maker *m) {
    int32_t n = 0;
    for (size_t i = 0; i < m->d->n_ways; i++)
        for (int k = 0; k < m->d->way[i].n_modes; k++) {
            int32_t at = 0;
            while (at < n && m->modes[at] != m->d->way[i].mode[k]) at++;
            if (at == n) m->modes[n++] = m->d->way[i].mode[k];
        }
    return n;
}

karvan_status karvan_i_osm_network_make(karvan_i_osm_data *d, karvan_i_osm_network *out,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *place_of = NULL;
    maker m = {.d = d, .out = out, .err = err};
    *out = (karvan_i_osm_network){0};
    KARVAN_TRY(begin(&m));
    measure(&m);
    int32_t n_modes = order_modes(&m);
    for (int32_t i = 0; i < n_modes; i++) mark_mode(&m, m.modes[i]);
    KARVAN_TRY(karvan_i_osm_tie_sites(d, m.used, err));
    for (size_t i = 0; i < d->n_sites; i++)
        if (d->site[i].node >= 0) m.keep[d->site[i].node] = ALL;
    for (int32_t i = 0; i < n_modes; i++) KARVAN_TRY(make_mode(&m, m.modes[i]));
    place_of = karvan_i_malloc((size_t)d->n_nodes, sizeof *place_of);
    KARVAN_REQUIRE(place_of, err, KARVAN_E_NOMEM, "no memory for places");
    KARVAN_TRY(number_parts(&m));
    KARVAN_TRY(number_places(&m, place_of));
    KARVAN_TRY(name_landings(&m, place_of));
done:
    karvan_i_free(m.keep), karvan_i_free(m.used), karvan_i_free(m.meet), karvan_i_free(m.scratch);
    karvan_i_free(m.pieces.v), karvan_i_free(m.modes), karvan_i_free(place_of);
    if (st != KARVAN_OK) karvan_i_osm_network_clear(out);
    return st;
}
