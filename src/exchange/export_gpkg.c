/* A region's network as a GeoPackage: places and terminals as points, links and services as the
 * straight lines between their ends, and the tables that these refer to. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/export.h"
#include "table/cell.h"

typedef struct layer {
    karvan_view view;
    karvan_table *rows; /* those that are written */
    double *coords;
    int32_t *size;
    int64_t n; /* pairs of coordinates */
} layer;

static void layer_clear(layer *l) {
    karvan_view_clear(&l->view);
    karvan_table_destroy(l->rows);
    karvan_i_free(l->coords), karvan_i_free(l->size);
    *l = (layer){0};
}

/* In service, with the link that it runs on. */
static bool row_open(void *ctx, const karvan_table *t, int64_t row) {
    const karvan_i_export *x = *(const karvan_i_export *const *)ctx;
    if (t != x->links && t != x->terminals && t != x->services) return true;
    if (!karvan_i_export_open(x, t, row)) return false;
    const char *id = t == x->services ? karvan_i_cell_text(t, "link", row) : NULL;
    int64_t link = id ? karvan_package_row(x->region, "links", id) : -1;
    return link < 0 || karvan_i_export_open(x, x->links, link);
}

static karvan_status layer_init(layer *l, const karvan_i_export *x, const karvan_table *t,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *l = (layer){0};
    KARVAN_TRY(karvan_view_init(&l->view, t, row_open, &x, err));
    KARVAN_TRY(karvan_view_copy(&l->view, 0, NULL, &l->rows, err));
    l->coords = karvan_i_calloc((size_t)l->view.n * 4 + 1, sizeof *l->coords);
    l->size = karvan_i_calloc((size_t)l->view.n + 1, sizeof *l->size);
    KARVAN_REQUIRE(l->coords && l->size, err, KARVAN_E_NOMEM, "no memory for a layer");
done:
    return st;
}

/* Row r of the layer gets the positions of these places, or no geometry where one is not known. */
static void put_points(layer *l, const karvan_i_export *x, int64_t r, int n, const int64_t *place) {
    double at[2][2];
    for (int i = 0; i < n; i++) {
        at[i][0] = karvan_i_cell_real(x->places, "lon", place[i]);
        at[i][1] = karvan_i_cell_real(x->places, "lat", place[i]);
        if (isnan(at[i][0]) || isnan(at[i][1])) return;
    }
    for (int i = 0; i < n; i++, l->n++)
        l->coords[2 * l->n] = at[i][0], l->coords[2 * l->n + 1] = at[i][1];
    l->size[r] = n;
}

static void geometry(layer *l, const karvan_i_export *x, const karvan_table *t) {
    for (int64_t r = 0; r < l->view.n; r++) {
        int64_t row = l->view.row[r], ends[2] = {row, -1};
        if (t == x->places) {
            put_points(l, x, r, 1, ends);
        } else if (t == x->terminals) {
            const char *id = karvan_i_cell_text(t, "place", row);
            ends[0] = id ? karvan_package_row(x->region, "places", id) : -1;
            put_points(l, x, r, 1, ends);
        } else {
            const char *id = t == x->services ? karvan_i_cell_text(t, "link", row) : NULL;
            int64_t link = t == x->links ? row
                           : id          ? karvan_package_row(x->region, "links", id)
                                         : -1;
            if (link < 0) continue;
            ends[0] = karvan_i_export_place(x, "from", link);
            ends[1] = karvan_i_export_place(x, "to", link);
            put_points(l, x, r, 2, ends);
        }
    }
}

static karvan_status write_layer(karvan_i_export *x, karvan_gpkg *g, const karvan_table *t,
                                 karvan_geometry kind, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    layer l = {0};
    int64_t without = 0;
    if (!t) return KARVAN_OK;
    KARVAN_TRY(layer_init(&l, x, t, err));
    if (kind != KARVAN_GEOMETRY_NONE) {
        geometry(&l, x, t);
        for (int64_t r = 0; r < l.view.n; r++) without += l.size[r] == 0;
    }
    KARVAN_TRY(karvan_gpkg_layer(g, karvan_table_name(t), l.rows, kind, l.coords, l.size, err));
    KARVAN_TRY(karvan_i_export_count(x, karvan_table_name(t), karvan_table_rows(t), l.view.n, err));
    if (without > 0)
        KARVAN_TRY(karvan_i_export_note(x, "export-no-position", err,
                                        "%lld rows of %s have no geometry: a position is unknown",
                                        (long long)without, karvan_table_name(t)));
done:
    layer_clear(&l);
    return st;
}

static karvan_status write_gpkg(karvan_i_export *x, const char *path, karvan_error *err) {
    static const char *const beside[] = {"sources", "countries", "corridors", "modes",
                                         "operations"};
    karvan_status st = KARVAN_OK;
    karvan_gpkg *g = NULL;
    KARVAN_TRY(karvan_gpkg_create(path, &g, err));
    KARVAN_TRY(write_layer(x, g, x->places, KARVAN_POINT, err));
    KARVAN_TRY(write_layer(x, g, x->links, KARVAN_LINESTRING, err));
    KARVAN_TRY(write_layer(x, g, x->terminals, KARVAN_POINT, err));
    KARVAN_TRY(write_layer(x, g, x->services, KARVAN_LINESTRING, err));
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        KARVAN_TRY(write_layer(x, g, karvan_package_table(x->region, beside[i]),
                               KARVAN_GEOMETRY_NONE, err));
    st = karvan_gpkg_finish(g, err), g = NULL;
done:
    karvan_gpkg_destroy(g);
    return st;
}

static const char *const settings[] = {"date", NULL};
const karvan_i_exporter karvan_i_exporter_gpkg = {
    "gpkg", "the network as a GeoPackage, for QGIS and the like", "a file", settings, write_gpkg};
