/* OpenStreetMap extracts as a region: the network of osm_network.c into rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/import.h"
#include "exchange/import_osm.h"
#include "exchange/osm_data.h"
#include "table/number.h"

/* A site by the node that it is tied to. */
typedef struct tied {
    int32_t node, site;
} tied;

typedef struct context {
    karvan_import *imp;
    karvan_i_osm_data d;
    karvan_i_osm_network net;
    int32_t *row;                /* [n_places] rows of places */
    karvan_i_osm_mode *bordered; /* [n_places] the newest mode with a frontier there; -1 */
    tied *by_node;               /* [n_sites] those tied to nothing first */
    karvan_i_at at;
    karvan_error *err;
} context;

/* ---- settings ---- */

static karvan_status take_modes(const karvan_import *imp, bool takes[KARVAN_I_OSM_FAMILIES],
                                karvan_error *err) {
    static const char *const names[] = {"rail", "road", "ferry"};
    const char *s = karvan_i_import_setting(imp, "modes");
    for (int f = 0; f < KARVAN_I_OSM_FAMILIES; f++) takes[f] = s == NULL;
    while (s) {
        size_t n = strcspn(s, ",");
        int f = 0;
        while (f < KARVAN_I_OSM_FAMILIES && (strlen(names[f]) != n || memcmp(names[f], s, n) != 0))
            f++;
        if (f == KARVAN_I_OSM_FAMILIES)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--modes is a list of rail, road and ferry; '%.*s' is none of them",
                               n > 40 ? 40 : (int)n, s);
        takes[f] = true;
        s = s[n] ? s + n + 1 : NULL;
    }
    return KARVAN_OK;
}

static karvan_status take_box(const karvan_import *imp, karvan_i_osm_options *o,
                              karvan_error *err) {
    double *const edge[] = {&o->west, &o->south, &o->east, &o->north};
    const char *s = karvan_i_import_setting(imp, "bbox"), *all = s;
    if (!s) return KARVAN_OK;
    bool good = true;
    for (int i = 0; i < 4 && good; i++) {
        size_t n = strcspn(s, ",");
        good = karvan_i_parse_real(s, n, '.', edge[i]) && (s[n] == ',') == (i < 3);
        s += n + (s[n] == ',');
    }
    o->boxed = true;
    if (good && fabs(o->west) <= 180 && fabs(o->east) <= 180 && o->south >= -90 && o->north <= 90 &&
        o->south <= o->north)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--bbox is WEST,SOUTH,EAST,NORTH in degrees, not '%.60s'",
                       all);
}

static karvan_status take_options(const karvan_import *imp, karvan_i_osm_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double gauge_mm;
    *o = (karvan_i_osm_options){0};
    KARVAN_TRY(take_modes(imp, o->rules.takes, err));
    KARVAN_TRY(take_box(imp, o, err));
    KARVAN_TRY(karvan_i_import_number(imp, "gauge", 1435, &gauge_mm, err));
    KARVAN_REQUIRE(gauge_mm >= 100 && gauge_mm <= 3000 && gauge_mm == floor(gauge_mm), err,
                   KARVAN_E_ARG, "--gauge is whole millimetres from 100 to 3000, not %g", gauge_mm);
    o->rules.gauge_mm = (int)gauge_mm;
    o->rules.service_tracks = karvan_i_import_setting(imp, "service-tracks") != NULL;
    o->largest = karvan_i_import_setting(imp, "largest") != NULL;
    KARVAN_TRY(karvan_i_import_number(imp, "access", 0, &o->access_km, err));
    KARVAN_REQUIRE(o->access_km >= 0 && o->access_km <= 50, err, KARVAN_E_ARG,
                   "--access is kilometres from 0 to 50, not %g", o->access_km);
done:
    return st;
}

/* ---- rows ---- */

static karvan_status add_mode(context *x, const char *id) {
    const karvan_i_mode *known;
    for (int i = 0; (known = karvan_i_known_mode(i)) != NULL; i++)
        if (strcmp(known->id, id) == 0) return KARVAN_OK;
    char name[60];
    int gauge_mm = (int)strtol(id + strlen("rail_"), NULL, 10); /* rail_narrow: 0 */
    (void)snprintf(name, sizeof name, gauge_mm ? "Rail, %d mm" : "Rail, narrow, gauge not told",
                   gauge_mm);
    karvan_i_mode mode = {.id = id,
                          .name = name,
                          .mode = "rail",
                          .means = "wagon",
                          .gauge_mm = gauge_mm,
                          .carries_containers = true,
                          .max_kmh = 90,
                          .speed_kmh = 30,
                          .usd_per_km = 0.6};
    return karvan_i_import_mode(x->imp, &mode, x->err);
}

static karvan_status add_modes(context *x) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_mode last = -1;
    for (int32_t i = 0; i < x->net.n_links; i++) { /* links stand mode by mode */
        if (x->net.link[i].mode == last) continue;
        last = x->net.link[i].mode;
        KARVAN_TRY(add_mode(x, karvan_i_osm_mode_text(&x->d, last)));
    }
done:
    return st;
}

static int by_node(const void *x, const void *y) {
    const tied *a = x, *b = y;
    if (a->node != b->node) return a->node < b->node ? -1 : 1;
    return (a->site > b->site) - (a->site < b->site);
}

/* What a place is called besides: names of the other sites there. `at` moves through the sites by
 * node, as the places do. */
static void other_names(const context *x, const karvan_i_osm_place *p, size_t *at,
                        karvan_i_text *out) {
    const karvan_i_osm_word own = p->site < 0 ? -1 : x->d.site[p->site].name;
    out->n = 0;
    while (*at < x->d.n_sites && x->by_node[*at].node < p->node) ++*at;
    for (; *at < x->d.n_sites && x->by_node[*at].node == p->node; ++*at) {
        karvan_i_osm_word w = x->d.site[x->by_node[*at].site].name;
        if (w < 0 || w == own) continue;
        if (out->n) karvan_i_text_puts(out, ";");
        karvan_i_text_puts(out, karvan_i_osm_word_text(&x->d, w));
    }
}

static karvan_status add_place(context *x, int32_t i, const char *aliases) {
    static const char *const kinds[] = {"junction", "station", "port", "border"};
    const karvan_i_osm_place *p = &x->net.place[i];
    const karvan_i_osm_site *s = p->site < 0 ? NULL : &x->d.site[p->site];
    karvan_i_place row = KARVAN_I_PLACE;
    char key[32], note[400];
    (void)snprintf(key, sizeof key, "n%lld", (long long)x->d.node_id[p->node]);
    row.key = key, row.kind = kinds[p->kind], row.at = x->at;
    row.lon = x->d.lon[p->node], row.lat = x->d.lat[p->node];
    if (s) {
        (void)snprintf(note, sizeof note, "%s of %s %lld", karvan_i_osm_word_text(&x->d, s->class),
                       s->area ? "way" : "node", (long long)s->id);
        row.name = karvan_i_osm_word_text(&x->d, s->name), row.note = note;
        row.aliases = aliases;
    }
    return karvan_i_import_place(x->imp, &row, &x->row[i], x->err);
}

static karvan_status add_places(context *x) {
    karvan_status st = KARVAN_OK;
    karvan_i_text names = {0};
    size_t at = 0;
    for (size_t i = 0; i < x->d.n_sites; i++) x->by_node[i] = (tied){x->d.site[i].node, (int32_t)i};
    if (x->d.n_sites) qsort(x->by_node, x->d.n_sites, sizeof *x->by_node, by_node);
    for (int32_t i = 0; i < x->net.n_places; i++) {
        other_names(x, &x->net.place[i], &at, &names);
        KARVAN_TRY(karvan_i_text_status(&names, x->err));
        KARVAN_TRY(add_place(x, i, names.n ? names.s : NULL));
    }
done:
    karvan_i_text_clear(&names);
    return st;
}

/* Millimetres and their like: what lies below is noise of sums. */
static double rounded(double v) { return round(v * 1e6) / 1e6; }

/* Did the user say a speed for the mode? */
static bool speed_asked(const karvan_import *imp, const char *mode) {
    const char *s;
    size_t n = strlen(mode);
    for (int i = 0; (s = karvan_i_import_setting_at(imp, "speed", i)) != NULL; i++)
        for (; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL)
            if (strncmp(s, mode, n) == 0 && s[n] == '=') return true;
    return false;
}

/* Time, where it comes from, and the note that says so. */
static void put_time(const context *x, const karvan_i_osm_link *l, karvan_i_link *row, char *note,
                     size_t cap) {
    const karvan_i_osm_way *w = &x->d.way[l->way];
    const char *how = !l->speed_assumed ? "" : l->speed_told ? ", in part" : ", of the class";
    (void)snprintf(note, cap, "%s of way %lld%s; %s%s", karvan_i_osm_word_text(&x->d, w->class),
                   (long long)w->id, l->n_ways > 1 ? " and those that follow it" : "",
                   !isnan(w->duration_h) ? "time: duration"
                   : l->speed_assumed    ? "speed: an assumption"
                                         : "speed: maxspeed, at most what freight of the mode goes",
                   isnan(w->duration_h) ? how : "");
    row->note = note;
    if (l->speed_assumed && !l->speed_told && speed_asked(x->imp, row->mode)) return;
    if (l->speed_assumed) row->time_source = "assumption";
    if (!isnan(w->duration_h) || !(l->km > 0))
        row->time_h = l->h;
    else
        row->speed_kmh = rounded(l->km / l->h);
}

static karvan_status add_service(context *x, const karvan_i_osm_way *w, int32_t link) {
    karvan_i_service row = KARVAN_I_SERVICE;
    int32_t at;
    row.link = link, row.at = x->at, row.headway_h = w->interval_h, row.headway_cv = 0;
    row.name = karvan_i_osm_word_text(&x->d, w->name);
    row.company = karvan_i_osm_word_text(&x->d, w->operator);
    row.note = "headway: interval; kept to, as an assumption";
    return karvan_i_import_service(x->imp, &row, &at, x->err);
}

static karvan_status add_link(context *x, const karvan_i_osm_link *l) {
    const karvan_i_osm_way *w = &x->d.way[l->way];
    karvan_i_link row = KARVAN_I_LINK;
    char key[48], note[500];
    int32_t at;
    row.from = x->row[l->from], row.to = x->row[l->to];
    if (row.from < 0 || row.to < 0) return KARVAN_OK; /* its place has a problem of its own */
    (void)snprintf(key, sizeof key, "w%lld-%d", (long long)w->id, (int)l->part);
    row.key = key, row.mode = karvan_i_osm_mode_text(&x->d, l->mode), row.two_way = l->two_way;
    row.length_km = rounded(l->km), row.length_source = "computed", row.at = x->at;
    row.company = karvan_i_osm_word_text(&x->d, w->operator);
    put_time(x, l, &row, note, sizeof note);
    karvan_status st = karvan_i_import_link(x->imp, &row, &at, x->err);
    if (st != KARVAN_OK || at < 0 || isnan(w->interval_h)) return st;
    return add_service(x, w, at);
}

static karvan_status add_links(context *x) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < x->net.n_links; i++) KARVAN_TRY(add_link(x, &x->net.link[i]));
done:
    return st;
}

/* ---- access by road ---- */

static karvan_status add_access(context *x, int32_t from, int32_t to) {
    static const double KMH = 25; /* streets that the map's classes of roads leave out */
    char key[32], note[120];
    karvan_i_link row = KARVAN_I_LINK;
    int32_t at;
    if (x->row[from] < 0 || x->row[to] < 0) return KARVAN_OK;
    (void)snprintf(key, sizeof key, "a%lld", (long long)x->d.node_id[x->net.place[from].node]);
    (void)snprintf(note, sizeof note,
                   "no way of the map: straight to the nearest place of a road, as --access asks");
    row.key = key, row.from = x->row[from], row.to = x->row[to];
    row.mode = "road", row.two_way = true, row.note = note, row.at = x->at;
    row.length_km = rounded(karvan_i_osm_km(&x->d, x->net.place[from].node, x->net.place[to].node));
    row.length_source = "computed", row.time_source = "assumption";
    if (!(row.length_km > 0))
        row.time_h = 0;
    else if (!speed_asked(x->imp, "road"))
        row.speed_kmh = KMH;
    return karvan_i_import_link(x->imp, &row, &at, x->err);
}

static karvan_status add_accesses(context *x) {
    karvan_status st = KARVAN_OK;
    int joined = 0, without = 0;
    double reach_km = x->d.options.access_km;
    int32_t *to = NULL;
    if (!(reach_km > 0)) return KARVAN_OK;
    to = karvan_i_malloc((size_t)x->net.n_places, sizeof *to);
    KARVAN_REQUIRE(to, x->err, KARVAN_E_NOMEM, "no memory for access by road");
    KARVAN_TRY(karvan_i_osm_access(&x->d, &x->net, reach_km, to, x->err));
    for (int32_t i = 0; i < x->net.n_places; i++) {
        karvan_i_osm_site_kind kind = x->net.place[i].kind;
        without += to[i] < 0 && (kind == KARVAN_I_OSM_STATION || kind == KARVAN_I_OSM_PORT);
        if (to[i] < 0 || to[i] == i) continue;
        KARVAN_TRY(add_access(x, i, to[i]));
        joined++;
    }
    if (joined || without)
        KARVAN_TRY(karvan_i_osm_warn(&x->d, x->err, "osm-assumed",
                                     "%d stations and ports are joined to the nearest place of a "
                                     "road by a straight line; %d have none within %g km",
                                     joined, without, reach_km));
done:
    karvan_i_free(to);
    return st;
}

/* ---- frontiers ---- */

static karvan_status add_border(context *x, int32_t place, const karvan_i_osm_link *l) {
    const karvan_i_osm_place *p = &x->net.place[place];
    const char *mode = karvan_i_osm_mode_text(&x->d, l->mode);
    unsigned bit = 1U << x->d.way[l->way].family;
    karvan_i_terminal row = KARVAN_I_TERMINAL;
    int32_t at;
    if (p->kind != KARVAN_I_OSM_BORDER || !(x->d.site[p->site].families & bit) ||
        x->row[place] < 0 || x->bordered[place] == l->mode)
        return KARVAN_OK;
    x->bordered[place] = l->mode;
    row.place = x->row[place], row.operation = "border", row.at = x->at;
    row.from_mode = row.to_mode = mode;
    row.note = karvan_i_osm_word_text(&x->d, x->d.site[p->site].class);
    return karvan_i_import_terminal(x->imp, &row, &at, x->err);
}

/* Who comes to a frontier stops there: a row a mode. Links stand mode by mode, so that the last
 * mode of a place tells whether it has one already. */
static karvan_status add_borders(context *x) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < x->net.n_places; i++) x->bordered[i] = -1;
    for (int32_t i = 0; i < x->net.n_links; i++) {
        const karvan_i_osm_link *l = &x->net.link[i];
        KARVAN_TRY(add_border(x, l->from, l));
        KARVAN_TRY(add_border(x, l->to, l));
    }
done:
    return st;
}

/* ---- the file ---- */

static karvan_status add_counts(context *x) {
    karvan_status st = KARVAN_OK;
    const karvan_i_osm_counts *c = &x->d.counts;
    KARVAN_TRY(karvan_i_import_count(x->imp, "node", c->nodes, x->d.nodes_taken, x->err));
    KARVAN_TRY(karvan_i_import_count(x->imp, "way", c->ways, x->d.ways_taken, x->err));
    KARVAN_TRY(karvan_i_import_count(x->imp, "relation", c->relations, 0, x->err));
done:
    return st;
}

static karvan_status add_problems(context *x, const karvan_problems *problems) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        KARVAN_TRY(karvan_i_import_note(x->imp, p.severity, x->at, p.code, p.hint, x->err, "%s",
                                        p.message));
    }
done:
    return st;
}

static karvan_status fill(context *x) {
    karvan_status st = KARVAN_OK;
    x->row = karvan_i_malloc((size_t)x->net.n_places, sizeof *x->row);
    x->bordered = karvan_i_malloc((size_t)x->net.n_places, sizeof *x->bordered);
    x->by_node = karvan_i_malloc(x->d.n_sites, sizeof *x->by_node);
    KARVAN_REQUIRE(x->row && x->bordered && x->by_node, x->err, KARVAN_E_NOMEM,
                   "no memory for places");
    KARVAN_TRY(karvan_i_import_source(x->imp, x->d.path, NULL,
                                      "(c) OpenStreetMap contributors, ODbL 1.0, where the file is "
                                      "an extract of it",
                                      x->err));
    KARVAN_TRY(add_counts(x));
    KARVAN_TRY(add_modes(x));
    KARVAN_TRY(add_places(x));
    KARVAN_TRY(add_links(x));
    KARVAN_TRY(add_accesses(x));
    KARVAN_TRY(add_borders(x));
done:
    return st;
}

karvan_status karvan_i_import_osm_source(karvan_import *imp, const karvan_i_osm_source *source,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_options options;
    karvan_problems *problems = NULL;
    context x = {.imp = imp, .err = err, .at = {source->path, 0, 0}};
    KARVAN_TRY(take_options(imp, &options, err));
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(karvan_i_osm_collect(source, &options, problems, &x.d, err));
    KARVAN_TRY(karvan_i_osm_network_make(&x.d, &x.net, err));
    KARVAN_TRY(karvan_i_osm_report(&x.d, &x.net, err));
    if (x.net.n_links > 0) KARVAN_TRY(fill(&x));
    KARVAN_TRY(add_problems(&x, problems));
    KARVAN_REQUIRE(x.net.n_links > 0, err, KARVAN_E_DATA,
                   "%s: no line of the modes asked for: %lld ways, of which none can be used",
                   source->path, (long long)x.d.counts.ways);
done:
    karvan_i_free(x.row), karvan_i_free(x.bordered), karvan_i_free(x.by_node);
    karvan_i_osm_network_clear(&x.net), karvan_i_osm_data_clear(&x.d);
    karvan_problems_destroy(problems);
    return st;
}

static karvan_status read_osm(karvan_import *imp, int n_paths, const char *const *paths,
                              karvan_error *err) {
    (void)n_paths;
    return karvan_i_import_osm_source(imp, &(karvan_i_osm_source){paths[0], NULL, 0}, err);
}

static const char *const settings[] = {"modes",   "bbox",   "gauge", "service-tracks",
                                       "largest", "access", NULL};

const karvan_i_importer karvan_i_importer_osm = {
    "osm",
    "OpenStreetMap: railways, roads and ferries of an extract",
    "FILE.osm.pbf, .osm or .osm.gz",
    1,
    1,
    settings,
    read_osm,
    NULL,
    NULL};
