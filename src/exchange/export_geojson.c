/* A region's network as GeoJSON: places as points, links as the straight lines between theirs. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/export.h"
#include "table/cell.h"

typedef struct network {
    karvan_view view;    /* links in service */
    karvan_table *links; /* the same as a table */
    double *points, *ends;
    int32_t *point_size, *end_size;
    int64_t without_point, without_line;
} network;

static void network_clear(network *n) {
    karvan_view_clear(&n->view);
    karvan_table_destroy(n->links);
    karvan_i_free(n->points), karvan_i_free(n->ends);
    karvan_i_free(n->point_size), karvan_i_free(n->end_size);
}

static bool row_open(void *ctx, const karvan_table *t, int64_t row) {
    return karvan_i_export_open(ctx, t, row);
}

/* False where the position is not known. */
static bool position(const karvan_i_export *x, int64_t place, double out[2]) {
    if (place < 0) return false;
    out[0] = karvan_i_cell_real(x->places, "lon", place);
    out[1] = karvan_i_cell_real(x->places, "lat", place);
    return fabs(out[0]) <= 180 && fabs(out[1]) <= 90; /* not so of NaN */
}

static karvan_status locate(const karvan_i_export *x, network *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t places = karvan_table_rows(x->places);
    n->points = karvan_i_calloc(2 * (size_t)places + 1, sizeof *n->points);
    n->point_size = karvan_i_calloc((size_t)places + 1, sizeof *n->point_size);
    n->ends = karvan_i_calloc(4 * (size_t)n->view.n + 1, sizeof *n->ends);
    n->end_size = karvan_i_calloc((size_t)n->view.n + 1, sizeof *n->end_size);
    KARVAN_REQUIRE(n->points && n->point_size && n->ends && n->end_size, err, KARVAN_E_NOMEM,
                   "no memory for %lld places and %lld links", (long long)places,
                   (long long)n->view.n);
    double *p = n->points;
    for (int64_t i = 0; i < places; i++) {
        n->point_size[i] = position(x, i, p);
        if (n->point_size[i])
            p += 2;
        else
            n->without_point++;
    }
    p = n->ends;
    for (int64_t i = 0; i < n->view.n; i++) {
        int64_t row = n->view.row[i];
        bool known = position(x, karvan_i_export_place(x, "from", row), p) &&
                     position(x, karvan_i_export_place(x, "to", row), p + 2);
        n->end_size[i] = known ? 2 : 0;
        if (known)
            p += 4;
        else
            n->without_line++;
    }
done:
    return st;
}

/* What is written, what of it has no geometry, and the tables that are left. */
static karvan_status tell(karvan_i_export *x, const network *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_export_count(x, "places", karvan_table_rows(x->places),
                                     karvan_table_rows(x->places), err));
    KARVAN_TRY(karvan_i_export_count(x, "links", karvan_table_rows(x->links), n->view.n, err));
    if (n->without_point + n->without_line > 0)
        KARVAN_TRY(
            karvan_i_export_note(x, "export-no-position", err,
                                 "%lld places and %lld links are written without a geometry: "
                                 "their positions are not known",
                                 (long long)n->without_point, (long long)n->without_line));
    for (int i = 0; i < karvan_package_count(x->region); i++) {
        const karvan_table *t = karvan_package_at(x->region, i);
        if (!t || t == x->places || t == x->links) continue;
        KARVAN_TRY(karvan_i_export_count(x, karvan_table_name(t), karvan_table_rows(t), 0, err));
    }
    KARVAN_TRY(karvan_i_export_note(x, "export-no-room", err,
                                    "geojson holds places and links; other tables are left out"));
done:
    return st;
}

static karvan_status write_geojson(karvan_i_export *x, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    network n = {0};
    KARVAN_TRY(karvan_view_init(&n.view, x->links, row_open, x, err));
    KARVAN_TRY(karvan_view_copy(&n.view, 0, NULL, &n.links, err));
    KARVAN_TRY(locate(x, &n, err));
    const karvan_geojson_layer layers[] = {
        {"places", x->places, KARVAN_POINT, n.points, n.point_size},
        {"links", n.links, KARVAN_LINESTRING, n.ends, n.end_size}};
    KARVAN_TRY(karvan_geojson_write(path, 2, layers, err));
    KARVAN_TRY(tell(x, &n, err));
done:
    network_clear(&n);
    return st;
}

static const char *const settings[] = {"date", NULL};
const karvan_i_exporter karvan_i_exporter_geojson = {
    "geojson", "GeoJSON (RFC 7946): places as points, links as lines", "FILE.geojson", settings,
    write_geojson};
