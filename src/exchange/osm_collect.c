/* Two passes over a file: ways, which tell what nodes are needed; then the nodes. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/osm_data.h"
#include "network/geodesic.h"

static const char *const families[] = {"railway", "highway", "route"};

void karvan_i_osm_data_clear(karvan_i_osm_data *d) {
    karvan_i_dictionary_clear(&d->words), karvan_i_dictionary_clear(&d->modes);
    karvan_i_dictionary_clear(&d->tally_key);
    karvan_i_free(d->way), karvan_i_free(d->site), karvan_i_free(d->route);
    karvan_i_free(d->member), karvan_i_free(d->ref), karvan_i_free(d->node);
    karvan_i_free(d->node_id), karvan_i_free(d->lon), karvan_i_free(d->lat);
    karvan_i_free(d->found), karvan_i_free(d->tally);
    *d = (karvan_i_osm_data){0};
}

const char *karvan_i_osm_word_text(const karvan_i_osm_data *d, karvan_i_osm_word w) {
    return w < 0 ? NULL : d->words.bytes + d->words.at[w];
}

double karvan_i_osm_km(const karvan_i_osm_data *d, int32_t a, int32_t b) {
    return karvan_i_geodesic_km(d->lon[a], d->lat[a], d->lon[b], d->lat[b]);
}

const char *karvan_i_osm_mode_text(const karvan_i_osm_data *d, karvan_i_osm_mode m) {
    return d->modes.bytes + d->modes.at[m];
}

karvan_status karvan_i_osm_warn(karvan_i_osm_data *d, karvan_error *err, const char *code,
                                const char *fmt, ...) {
    char text[480];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    text[karvan_utf8_valid_prefix(text, strlen(text))] = 0; /* a name may have been cut */
    if (karvan_problems_add(d->problems, KARVAN_WARNING, d->path, 0, 0, code, NULL, "%s", text) ==
        KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a problem");
}

karvan_status karvan_i_osm_tally(karvan_i_osm_data *d, const char *what, karvan_i_osm_tag tag,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text key = {0};
    int32_t code, before = d->tally_key.n;
    karvan_i_text_printf(&key, "%s", what);
    if (tag.key) karvan_i_text_printf(&key, " %s=%s", tag.key, tag.value);
    KARVAN_TRY(karvan_i_text_status(&key, err));
    int64_t *tally = karvan_i_osm_grow(d->tally, &d->cap_tally, (size_t)before + 1, sizeof *tally);
    KARVAN_REQUIRE(tally, err, KARVAN_E_NOMEM, "no memory to count");
    d->tally = tally;
    KARVAN_TRY(karvan_i_dictionary_add(&d->tally_key, key.s, key.n, &code, err));
    if (code == before) tally[code] = 0;
    tally[code]++;
done:
    karvan_i_text_clear(&key);
    return st;
}

static karvan_status word(karvan_i_osm_data *d, const char *s, karvan_i_osm_word *out,
                          karvan_error *err) {
    *out = -1;
    if (!s || !*s) return KARVAN_OK;
    return karvan_i_dictionary_add(&d->words, s, strlen(s), out, err);
}

static karvan_status tag_word(karvan_i_osm_data *d, karvan_i_osm_tag tag, karvan_i_osm_word *out,
                              karvan_error *err) {
    char text[300];
    (void)snprintf(text, sizeof text, "%s=%s", tag.key, tag.value);
    return word(d, text, out, err);
}

/* A name that most readers can read, where there is one. */
static const char *name_of(const karvan_i_osm_element *e) {
    static const char *const keys[] = {"name:en", "int_name", "name", "ref"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *v = karvan_i_osm_value(e, keys[i]);
        if (v && *v) return v;
    }
    return NULL;
}

/* ---- the first pass ---- */

typedef struct pass {
    karvan_i_osm_data *d;
    size_t cursor; /* second pass: where the last node was found */
} pass;

/* Was a family asked for whose lines such a place belongs to? */
static bool asked_for(const karvan_i_osm_data *d, unsigned bits) {
    for (int f = 0; f < KARVAN_I_OSM_FAMILIES; f++)
        if (bits & 1U << f && d->options.rules.takes[f]) return true;
    return false;
}

static karvan_status keep_refs(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                               karvan_error *err) {
    if (e->n_refs > INT32_MAX || d->n_refs + e->n_refs > INT32_MAX || d->n_ways >= INT32_MAX)
        return karvan_fail(err, KARVAN_E_DATA, "%s: more than 2^31 nodes of ways: take an extract",
                           d->path);
    int64_t *ref = karvan_i_osm_grow(d->ref, &d->cap_refs, d->n_refs + e->n_refs, sizeof *d->ref);
    if (!ref) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the nodes of ways");
    d->ref = ref;
    if (e->n_refs) memcpy(ref + d->n_refs, e->refs, e->n_refs * sizeof *ref);
    d->n_refs += e->n_refs;
    return KARVAN_OK;
}

static karvan_status keep_line(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                               karvan_i_osm_family family, const karvan_i_osm_line *l,
                               int64_t first, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_way *way = karvan_i_osm_grow(d->way, &d->cap_ways, d->n_ways + 1, sizeof *d->way);
    KARVAN_REQUIRE(way, err, KARVAN_E_NOMEM, "no memory for ways");
    d->way = way, way += d->n_ways;
    *way = (karvan_i_osm_way){.id = e->id,
                              .first = first,
                              .n = (int32_t)e->n_refs,
                              .family = family,
                              .n_modes = l->n_modes,
                              .direction = l->direction,
                              .speed_assumed = l->speed_assumed,
                              .gauge_assumed = l->gauge_assumed,
                              .speed_kmh = l->speed_kmh,
                              .duration_h = l->duration_h,
                              .interval_h = l->interval_h};
    for (int i = 0; i < l->n_modes; i++)
        KARVAN_TRY(
            karvan_i_dictionary_add(&d->modes, l->mode[i], strlen(l->mode[i]), &way->mode[i], err));
    KARVAN_TRY(tag_word(d, l->class, &way->class, err));
    KARVAN_TRY(word(d, name_of(e), &way->name, err));
    KARVAN_TRY(word(d, karvan_i_osm_value(e, "operator"), &way->operator, err));
    d->n_ways++;
done:
    return st;
}

static karvan_status keep_site(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                               const karvan_i_osm_site *s, karvan_i_osm_tag why,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_site *site =
        karvan_i_osm_grow(d->site, &d->cap_sites, d->n_sites + 1, sizeof *d->site);
    KARVAN_REQUIRE(site, err, KARVAN_E_NOMEM, "no memory for places");
    d->site = site, site += d->n_sites;
    *site = *s;
    KARVAN_TRY(word(d, name_of(e), &site->name, err));
    KARVAN_TRY(tag_word(d, why, &site->class, err));
    d->n_sites++;
done:
    return st;
}

/* The families of lines that a way belongs to; what is left out is counted. */
static karvan_status take_lines(karvan_i_osm_data *d, const karvan_i_osm_element *e, bool quiet,
                                int64_t first, bool *taken, bool *told, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int f = 0; f < KARVAN_I_OSM_FAMILIES; f++) {
        karvan_i_osm_line l;
        karvan_i_osm_family family = (karvan_i_osm_family)f;
        karvan_i_osm_verdict v = karvan_i_osm_line_of(e, family, &d->options.rules, &l);
        if (v == KARVAN_I_OSM_OTHER) continue;
        *told = true;
        if (!d->options.rules.takes[f]) {
            KARVAN_TRY(karvan_i_osm_tally(
                d, "way, of a mode not asked for:", (karvan_i_osm_tag){families[f], "*"}, err));
            continue;
        }
        if (v == KARVAN_I_OSM_LEFT_OUT) {
            if (!quiet) KARVAN_TRY(karvan_i_osm_tally(d, "way", l.why, err));
            continue;
        }
        for (int i = 0; i < l.n_odd; i++)
            KARVAN_TRY(karvan_i_osm_tally(d, "value not read, the class's taken:", l.odd[i], err));
        KARVAN_TRY(keep_line(d, e, family, &l, first, err));
        *taken = true;
    }
done:
    return st;
}

static karvan_status take_way(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_site s = {.id = e->id, .area = true, .node = -1, .first = (int64_t)d->n_refs};
    karvan_i_osm_tag why;
    bool taken = false, told = false;
    karvan_i_osm_verdict v = karvan_i_osm_site_of(e, &s.kind, &s.families, &why);
    bool site = v == KARVAN_I_OSM_TAKEN && asked_for(d, s.families);
    KARVAN_TRY(take_lines(d, e, site, s.first, &taken, &told, err));
    if (site) {
        s.n = (int32_t)e->n_refs;
        KARVAN_TRY(keep_site(d, e, &s, why, err));
    } else if (v != KARVAN_I_OSM_OTHER && !told) {
        KARVAN_TRY(karvan_i_osm_tally(d, "way", why, err));
    }
    if (taken || site) KARVAN_TRY(keep_refs(d, e, err));
    d->ways_taken += taken || site;
    d->ways_other += !taken && !site && !told && v == KARVAN_I_OSM_OTHER;
done:
    return st;
}

static karvan_status keep_route(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                                const char *route, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t *member =
        karvan_i_osm_grow(d->member, &d->cap_members, d->n_members + e->n_members, sizeof *member);
    if (member) d->member = member;
    karvan_i_osm_route *r = karvan_i_osm_grow(d->route, &d->cap_routes, d->n_routes + 1, sizeof *r);
    if (r) d->route = r;
    KARVAN_REQUIRE(member && r && e->n_members <= INT32_MAX, err, KARVAN_E_NOMEM,
                   "no memory for routes");
    r += d->n_routes;
    *r = (karvan_i_osm_route){.id = e->id, .first = (int64_t)d->n_members};
    for (size_t i = 0; i < e->n_members; i++)
        if (e->members[i].kind == KARVAN_I_OSM_WAY)
            member[d->n_members + (size_t)r->n++] = e->members[i].ref;
    d->n_members += (size_t)r->n;
    KARVAN_TRY(word(d, name_of(e), &r->name, err));
    KARVAN_TRY(tag_word(d, (karvan_i_osm_tag){"route", route}, &r->class, err));
    d->n_routes++;
done:
    return st;
}

static karvan_status take_relation(karvan_i_osm_data *d, const karvan_i_osm_element *e,
                                   karvan_error *err) {
    const char *type = karvan_i_osm_value(e, "type"), *route = karvan_i_osm_value(e, "route");
    bool is_route = type && strcmp(type, "route") == 0 && route;
    if (is_route && (strcmp(route, "ferry") == 0 || strcmp(route, "railway") == 0))
        return keep_route(d, e, route, err);
    return karvan_i_osm_tally(d, "relation",
                              is_route ? (karvan_i_osm_tag){"route", route}
                                       : (karvan_i_osm_tag){"type", type ? type : ""},
                              err);
}

static karvan_status first_pass(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    pass *p = ctx;
    return e->kind == KARVAN_I_OSM_WAY ? take_way(p->d, e, err) : take_relation(p->d, e, err);
}

/* ---- between the passes ---- */

/* Number of the node, -1 if no line names it. Files go by id: the search begins where the last one
 * ended. */
static int32_t find_node(const karvan_i_osm_data *d, int64_t id, size_t *cursor) {
    size_t low = 0, high = (size_t)d->n_nodes;
    if (*cursor < high && d->node_id[*cursor] <= id) {
        low = *cursor;
        for (size_t step = 1; low + step < high; step *= 2)
            if (d->node_id[low + step] > id) high = low + step;
    } else if (*cursor < high) {
        high = *cursor;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->node_id[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < (size_t)d->n_nodes) *cursor = low;
    return low < (size_t)d->n_nodes && d->node_id[low] == id ? (int32_t)low : -1;
}

static int by_way(const void *x, const void *y) {
    const karvan_i_osm_way *a = x, *b = y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    if (a->family != b->family) return a->family < b->family ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static int by_site(const void *x, const void *y) {
    const karvan_i_osm_site *a = x, *b = y;
    if (a->area != b->area) return a->area < b->area ? -1 : 1;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static int by_id(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* By id, so that the order of the file does not matter; what stands twice counts once. */
static karvan_status order_ways(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = 0;
    if (d->n_ways) qsort(d->way, d->n_ways, sizeof *d->way, by_way);
    for (size_t i = 0; i < d->n_ways; i++) {
        const karvan_i_osm_way *w = &d->way[i];
        if (n && d->way[n - 1].id == w->id && d->way[n - 1].family == w->family) {
            KARVAN_TRY(karvan_i_osm_warn(
                d, err, "osm-twice", "way %lld stands twice: the first counts", (long long)w->id));
            continue;
        }
        d->way[n++] = *w;
    }
    d->n_ways = n;
done:
    return st;
}

static karvan_status order_sites(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = 0;
    if (d->n_sites) qsort(d->site, d->n_sites, sizeof *d->site, by_site);
    for (size_t i = 0; i < d->n_sites; i++) {
        const karvan_i_osm_site *s = &d->site[i];
        if (n && d->site[n - 1].id == s->id && d->site[n - 1].area == s->area) {
            KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-twice",
                                         "%s %lld stands twice: the first counts",
                                         s->area ? "way" : "node", (long long)s->id));
            continue;
        }
        d->site[n++] = *s;
    }
    d->n_sites = n;
done:
    return st;
}

static karvan_status order_nodes(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = 0;
    d->node_id = karvan_i_malloc(d->n_refs, sizeof *d->node_id);
    KARVAN_REQUIRE(d->node_id, err, KARVAN_E_NOMEM, "no memory for nodes");
    if (d->n_refs) {
        memcpy(d->node_id, d->ref, d->n_refs * sizeof *d->ref);
        qsort(d->node_id, d->n_refs, sizeof *d->node_id, by_id);
    }
    for (size_t i = 0; i < d->n_refs; i++)
        if (n == 0 || d->node_id[n - 1] != d->node_id[i]) d->node_id[n++] = d->node_id[i];
    d->n_nodes = (int32_t)n;
    d->lon = karvan_i_malloc(n, sizeof *d->lon), d->lat = karvan_i_malloc(n, sizeof *d->lat);
    d->found = karvan_i_calloc(n, sizeof *d->found);
    KARVAN_REQUIRE(d->lon && d->lat && d->found, err, KARVAN_E_NOMEM, "no memory for nodes");
done:
    return st;
}

/* Ids of nodes into their numbers, which take half the room. */
static karvan_status number_nodes(karvan_i_osm_data *d, karvan_error *err) {
    size_t cursor = 0;
    d->node = karvan_i_malloc(d->n_refs, sizeof *d->node);
    if (!d->node) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nodes");
    for (size_t i = 0; i < d->n_refs; i++) d->node[i] = find_node(d, d->ref[i], &cursor);
    karvan_i_free(d->ref);
    d->ref = NULL;
    return KARVAN_OK;
}

/* ---- the second pass ---- */

static bool inside(const karvan_i_osm_options *o, double lon, double lat) {
    if (!o->boxed) return true;
    bool between = o->west <= o->east ? lon >= o->west && lon <= o->east
                                      : lon >= o->west || lon <= o->east; /* across 180 */
    return between && lat >= o->south && lat <= o->north;
}

static karvan_status second_pass(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    pass *p = ctx;
    karvan_i_osm_data *d = p->d;
    karvan_i_osm_site s = {.id = e->id, .node = -1};
    karvan_i_osm_tag why;
    int32_t v = find_node(d, e->id, &p->cursor);
    double lon = (double)e->lon_nano / 1e9, lat = (double)e->lat_nano / 1e9;
    bool here = inside(&d->options, lon, lat);
    if (v >= 0 && d->found[v] && (d->lon[v] != lon || d->lat[v] != lat))
        return karvan_i_osm_warn(d, err, "osm-twice", "node %lld stands twice: the first counts",
                                 (long long)e->id);
    if (v >= 0) {
        d->nodes_taken += !d->found[v];
        d->lon[v] = lon, d->lat[v] = lat;
        d->found[v] = here ? KARVAN_I_OSM_HERE : KARVAN_I_OSM_OUTSIDE;
    }
    if (e->n_tags == 0 || !here) return KARVAN_OK;
    switch (karvan_i_osm_site_of(e, &s.kind, &s.families, &why)) {
    case KARVAN_I_OSM_TAKEN:
        if (!asked_for(d, s.families)) return karvan_i_osm_tally(d, "node", why, err);
        s.lon = lon, s.lat = lat, s.first = (int64_t)d->n_sites;
        return keep_site(d, e, &s, why, err);
    case KARVAN_I_OSM_LEFT_OUT:
        return karvan_i_osm_tally(d, "node", why, err);
    case KARVAN_I_OSM_OTHER:
        break;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_osm_collect(const karvan_i_osm_source *source,
                                   const karvan_i_osm_options *options, karvan_problems *problems,
                                   karvan_i_osm_data *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_data *d = out;
    karvan_i_osm_counts counts;
    *d = (karvan_i_osm_data){.path = source->path, .options = *options, .problems = problems};
    pass p = {.d = d};
    karvan_i_osm_sink sink = {&p, KARVAN_I_OSM_WAY | KARVAN_I_OSM_RELATION, first_pass};
    KARVAN_TRY(karvan_i_osm_read(source, &sink, &d->counts, err));
    KARVAN_TRY(order_ways(d, err));
    KARVAN_TRY(order_nodes(d, err));
    KARVAN_TRY(number_nodes(d, err));
    sink = (karvan_i_osm_sink){&p, KARVAN_I_OSM_NODE, second_pass};
    KARVAN_TRY(karvan_i_osm_read(source, &sink, &counts, err));
    d->counts.nodes = counts.nodes, d->counts.deleted += counts.deleted;
    KARVAN_TRY(order_sites(d, err));
done:
    if (st != KARVAN_OK) karvan_i_osm_data_clear(d);
    return st;
}
