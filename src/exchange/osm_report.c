/* What a reader should know of an extract: what it lacks, what was counted, what hangs together. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parts.h"
#include "base/try.h"
#include "exchange/osm_data.h"

/* ---- references ---- */

static karvan_status report_way(karvan_i_osm_data *d, const karvan_i_osm_way *w, int64_t *outside,
                                karvan_error *err) {
    int32_t absent = 0, beyond = 0, there = 0, first = -1;
    for (int32_t i = 0; i < w->n; i++) {
        int32_t v = d->node[w->first + i];
        there += d->found[v] == KARVAN_I_OSM_HERE;
        beyond += d->found[v] == KARVAN_I_OSM_OUTSIDE;
        if (d->found[v] != KARVAN_I_OSM_ABSENT) continue;
        if (absent++ == 0) first = v;
    }
    *outside += beyond > 0;
    if (absent)
        return karvan_i_osm_warn(
            d, err, "osm-reference",
            "way %lld names node %lld, which is not in the file (%d of its %d are not): %s",
            (long long)w->id, (long long)d->node_id[first], (int)absent, (int)w->n,
            there > 1 ? "it is cut there" : "nothing is left of it");
    if (w->n < 2)
        return karvan_i_osm_warn(d, err, "osm-reference",
                                 "way %lld has %d nodes: nothing to go along", (long long)w->id,
                                 (int)w->n);
    return KARVAN_OK;
}

static karvan_status report_references(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t outside = 0;
    for (size_t i = 0; i < d->n_ways; i++)
        if (i == 0 || d->way[i - 1].id != d->way[i].id)
            KARVAN_TRY(report_way(d, &d->way[i], &outside, err));
    if (outside)
        KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-box",
                                     "%lld ways reach out of the box: they are cut at its edge, "
                                     "the parts outside left out",
                                     (long long)outside));
done:
    return st;
}

/* ---- routes ---- */

static int by_id(const void *key, const void *item) {
    int64_t a = *(const int64_t *)key, b = ((const karvan_i_osm_way *)item)->id;
    return (a > b) - (a < b);
}

static karvan_status report_routes(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (size_t i = 0; i < d->n_routes; i++) {
        const karvan_i_osm_route *r = &d->route[i];
        const char *name = karvan_i_osm_word_text(d, r->name);
        int here = 0;
        for (int32_t k = 0; k < r->n && d->n_ways; k++)
            here +=
                bsearch(&d->member[r->first + k], d->way, d->n_ways, sizeof *d->way, by_id) != NULL;
        KARVAN_TRY(karvan_i_osm_warn(
            d, err, "osm-route",
            "relation %lld (%s, %s) is not kept as such; %d of its %d ways are lines here",
            (long long)r->id, karvan_i_osm_word_text(d, r->class), name ? name : "without a name",
            here, (int)r->n));
    }
done:
    return st;
}

/* ---- parts that hang together ---- */

/* Places that stay get their new numbers in `up`, others -1. */
static void drop(karvan_i_osm_network *n, int32_t *up, int32_t keep) {
    int32_t places = 0, links = 0;
    for (int32_t i = 0; i < n->n_places; i++)
        (void)karvan_i_parts_root(up, i), up[i] = karvan_i_parts_root(up, i);
    for (int32_t i = 0; i < n->n_places; i++) {
        bool stays = up[i] == keep;
        up[i] = stays ? places : -1;
        if (stays) n->place[places++] = n->place[i];
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        karvan_i_osm_link l = n->link[i];
        l.from = up[l.from], l.to = up[l.to];
        if (l.from >= 0) n->link[links++] = l;
    }
    n->n_places = places, n->n_links = links;
}

static karvan_status report_parts(karvan_i_osm_data *d, karvan_i_osm_network *n,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t parts = 0, largest = 0, places = n->n_places, links = n->n_links;
    int32_t *up = karvan_i_malloc((size_t)places, sizeof *up);
    int32_t *size = karvan_i_calloc((size_t)places, sizeof *size);
    KARVAN_REQUIRE(up && size, err, KARVAN_E_NOMEM, "no memory for parts of the network");
    for (int32_t i = 0; i < places; i++) up[i] = i;
    for (int32_t i = 0; i < links; i++) karvan_i_parts_join(up, n->link[i].from, n->link[i].to);
    for (int32_t i = 0; i < places; i++) parts += size[karvan_i_parts_root(up, i)]++ == 0;
    for (int32_t i = 0; i < places; i++)
        if (size[i] > size[largest]) largest = i;
    if (parts < 2) goto done;
    int32_t most = size[largest];
    if (d->options.largest) {
        drop(n, up, largest);
        KARVAN_TRY(karvan_i_osm_warn(
            d, err, "osm-parts",
            "%d parts that hang together; all but the largest are left out: %d of %d places, %d of "
            "%d links",
            (int)parts, (int)(places - n->n_places), (int)places, (int)(links - n->n_links),
            (int)links));
    } else {
        KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-parts",
                                     "%d parts that do not hang together; the largest has %d of "
                                     "the %d places (--largest keeps it alone)",
                                     (int)parts, (int)most, (int)places));
    }
done:
    karvan_i_free(up), karvan_i_free(size);
    return st;
}

/* ---- assumptions ---- */

static karvan_status report_assumed(karvan_i_osm_data *d, const karvan_i_osm_network *n,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t speeds = 0, gauges = 0;
    for (int32_t i = 0; i < n->n_links; i++)
        speeds += n->link[i].speed_assumed, gauges += n->link[i].gauge_assumed;
    if (speeds)
        KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-assumed",
                                     "%lld of %d links have a speed assumed by the class of their "
                                     "ways, wholly or in part (--speed MODE=KMH)",
                                     (long long)speeds, (int)n->n_links));
    if (gauges)
        KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-assumed",
                                     "%lld of %d links follow rails without a gauge: rail is taken "
                                     "to be of %d mm (--gauge MM)",
                                     (long long)gauges, (int)n->n_links,
                                     d->options.rules.gauge_mm));
done:
    return st;
}

/* ---- counts ---- */

typedef struct line {
    int64_t count;
    const char *text;
} line;

static int by_count(const void *x, const void *y) {
    const line *a = x, *b = y;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return strcmp(a->text, b->text);
}

static karvan_status report_tally(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)d->tally_key.n;
    line *lines = karvan_i_malloc(n, sizeof *lines);
    KARVAN_REQUIRE(lines, err, KARVAN_E_NOMEM, "no memory for counts");
    for (size_t i = 0; i < n; i++)
        lines[i] = (line){d->tally[i], d->tally_key.bytes + d->tally_key.at[i]};
    if (n) qsort(lines, n, sizeof *lines, by_count);
    for (size_t i = 0; i < n; i++) {
        bool value = strncmp(lines[i].text, "value ", 6) == 0;
        KARVAN_TRY(karvan_i_osm_warn(d, err, value ? "osm-value" : "osm-left-out", "%s%s: %lld",
                                     value ? "" : "left out: ", lines[i].text,
                                     (long long)lines[i].count));
    }
done:
    karvan_i_free(lines);
    return st;
}

static karvan_status report_others(karvan_i_osm_data *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const struct {
        int64_t count;
        const char *what;
    } others[] = {{d->ways_other, "way, neither railway nor highway nor ferry"},
                  {d->counts.deleted, "element marked as deleted"},
                  {d->counts.other_elements, "changeset, note or remark"},
                  {d->counts.other_blobs, "blob of a type that is not known"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].count)
            KARVAN_TRY(karvan_i_osm_warn(d, err, "osm-left-out", "left out: %s: %lld",
                                         others[i].what, (long long)others[i].count));
done:
    return st;
}

karvan_status karvan_i_osm_report(karvan_i_osm_data *d, karvan_i_osm_network *n,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(report_parts(d, n, err));
    KARVAN_TRY(report_assumed(d, n, err));
    KARVAN_TRY(report_tally(d, err));
    KARVAN_TRY(report_others(d, err));
    KARVAN_TRY(report_routes(d, err));
    KARVAN_TRY(report_references(d, err));
done:
    return st;
}
