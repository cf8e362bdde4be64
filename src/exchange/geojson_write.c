/* GeoJSON out: tables with a geometry a row, RFC 7946. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "karvan/exchange.h"

static void put_number(karvan_i_text *t, double v) {
    char s[40];
    karvan_real_format(v, s, sizeof s);
    karvan_i_text_puts(t, s);
}

static void put_position(karvan_i_text *t, double lon, double lat) {
    karvan_i_text_puts(t, "[");
    put_number(t, lon);
    karvan_i_text_puts(t, ",");
    put_number(t, lat);
    karvan_i_text_puts(t, "]");
}

static bool crosses(const double *p, ptrdiff_t i) { return fabs(p[2 * i + 2] - p[2 * i]) > 180; }

/* A line; cut in two wherever the short way between two positions passes the 180th meridian (RFC
 * 7946, 3.1.9). */
static void put_line(karvan_i_text *t, const double *p, ptrdiff_t n) {
    bool cut = false;
    for (ptrdiff_t i = 0; i + 1 < n; i++) cut |= crosses(p, i);
    karvan_i_text_puts(t, cut ? "{\"type\":\"MultiLineString\",\"coordinates\":[["
                              : "{\"type\":\"LineString\",\"coordinates\":[");
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i > 0) karvan_i_text_puts(t, ",");
        put_position(t, p[2 * i], p[2 * i + 1]);
        if (i + 1 == n || !crosses(p, i)) continue;
        double side = p[2 * i] > 0 ? 180 : -180;
        double to = p[2 * i + 2] + 2 * side, share = (side - p[2 * i]) / (to - p[2 * i]);
        double lat = p[2 * i + 1] + share * (p[2 * i + 3] - p[2 * i + 1]);
        karvan_i_text_puts(t, ",");
        put_position(t, side, lat);
        karvan_i_text_puts(t, "],[");
        put_position(t, -side, lat);
    }
    karvan_i_text_puts(t, cut ? "]]}" : "]}");
}

/* A ring, counterclockwise whichever way it was given. */
static void put_ring(karvan_i_text *t, const double *p, ptrdiff_t n) {
    double turn = 0;
    for (ptrdiff_t i = 0; i + 1 < n; i++)
        turn += (p[2 * i] - p[0]) * (p[2 * i + 3] - p[1]) -
                (p[2 * i + 2] - p[0]) * (p[2 * i + 1] - p[1]);
    karvan_i_text_puts(t, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t k = turn < 0 ? n - 1 - i : i;
        if (i > 0) karvan_i_text_puts(t, ",");
        put_position(t, p[2 * k], p[2 * k + 1]);
    }
    karvan_i_text_puts(t, "]]}");
}

static karvan_status put_geometry(karvan_i_text *t, const karvan_geojson_layer *l, int64_t row,
                                  const double *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    ptrdiff_t n = l->geometry == KARVAN_GEOMETRY_NONE ? 0 : l->size[row];
    static const int32_t least[] = {0, 1, 2, 4};
    KARVAN_REQUIRE(n == 0 || (n >= least[l->geometry] && (l->geometry != KARVAN_POINT || n == 1)),
                   err, KARVAN_E_ARG, "layer %s, row %lld: %d positions", l->name, (long long)row,
                   (int)n);
    for (ptrdiff_t i = 0; i < n; i++)
        KARVAN_REQUIRE(fabs(p[2 * i]) <= 180 && fabs(p[2 * i + 1]) <= 90, err, KARVAN_E_ARG,
                       "layer %s, row %lld: (%g, %g) is no longitude and latitude", l->name,
                       (long long)row, p[2 * i], p[2 * i + 1]);
    if (n == 0) {
        karvan_i_text_puts(t, "null");
    } else if (l->geometry == KARVAN_POINT) {
        karvan_i_text_puts(t, "{\"type\":\"Point\",\"coordinates\":");
        put_position(t, p[0], p[1]);
        karvan_i_text_puts(t, "}");
    } else if (l->geometry == KARVAN_LINESTRING) {
        put_line(t, p, n);
    } else {
        for (ptrdiff_t i = 0; i + 1 < n; i++)
            KARVAN_REQUIRE(!crosses(p, i), err, KARVAN_E_ARG,
                           "layer %s, row %lld: a ring over the 180th meridian; cut it in two",
                           l->name, (long long)row);
        KARVAN_REQUIRE(p[0] == p[2 * n - 2] && p[1] == p[2 * n - 1], err, KARVAN_E_ARG,
                       "layer %s, row %lld: a ring that does not end where it begins", l->name,
                       (long long)row);
        put_ring(t, p, n);
    }
done:
    return st;
}

static void put_string(karvan_i_text *t, const char *s) {
    karvan_i_text_puts(t, "\"");
    karvan_i_text_json(t, s);
    karvan_i_text_puts(t, "\"");
}

static void put_cell(karvan_i_text *t, const karvan_table *table, int c, int64_t row) {
    switch (karvan_table_column(table, c).type) {
    case KARVAN_INT:
        karvan_i_text_printf(t, "%lld", (long long)karvan_table_int(table, c, row));
        break;
    case KARVAN_REAL:
        put_number(t, karvan_table_real(table, c, row));
        break;
    case KARVAN_BOOL:
        karvan_i_text_puts(t, karvan_table_bool(table, c, row) ? "true" : "false");
        break;
    default:
        put_string(t, karvan_table_text(table, c, row));
    }
}

/* The three states of a cell: its value, null where it is unknown, no member where not covered. */
static void put_properties(karvan_i_text *t, const karvan_geojson_layer *l, int64_t row) {
    const char *comma = "";
    karvan_i_text_puts(t, "{");
    if (l->name) {
        karvan_i_text_puts(t, "\"layer\":");
        put_string(t, l->name);
        comma = ",";
    }
    for (int c = 0; c < karvan_table_columns(l->table); c++) {
        const char *name = karvan_table_column(l->table, c).name;
        karvan_cell state = karvan_table_state(l->table, c, row);
        if (state == KARVAN_NOT_COVERED || (l->name && strcmp(name, "layer") == 0)) continue;
        karvan_i_text_puts(t, comma);
        put_string(t, name);
        karvan_i_text_puts(t, ":");
        if (state == KARVAN_VALUE)
            put_cell(t, l->table, c, row);
        else
            karvan_i_text_puts(t, "null");
        comma = ",";
    }
    karvan_i_text_puts(t, "}");
}

static karvan_status put_layer(karvan_i_text *t, const karvan_geojson_layer *l, bool *first,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double *p = l->coords;
    KARVAN_REQUIRE(l->table && l->geometry >= KARVAN_GEOMETRY_NONE &&
                       l->geometry <= KARVAN_POLYGON && (!l->geometry || (l->coords && l->size)),
                   err, KARVAN_E_ARG, "a layer needs a table and its coordinates");
    for (int64_t row = 0; row < karvan_table_rows(l->table); row++) {
        karvan_i_text_puts(t, *first ? "\n{\"type\":\"Feature\",\"geometry\":"
                                     : ",\n{\"type\":\"Feature\",\"geometry\":");
        *first = false;
        KARVAN_TRY(put_geometry(t, l, row, p, err));
        karvan_i_text_puts(t, ",\"properties\":");
        put_properties(t, l, row);
        karvan_i_text_puts(t, "}");
        if (l->geometry) p += 2 * (ptrdiff_t)l->size[row];
    }
done:
    return st;
}

karvan_status karvan_geojson_write(const char *path, int n_layers,
                                   const karvan_geojson_layer *layers, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    bool first = true;
    KARVAN_REQUIRE(path && n_layers >= 0 && (layers || n_layers == 0), err, KARVAN_E_ARG,
                   "path or layers is NULL");
    karvan_i_text_puts(&t, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (int i = 0; i < n_layers; i++) KARVAN_TRY(put_layer(&t, &layers[i], &first, err));
    karvan_i_text_puts(&t, "\n]}\n");
    KARVAN_TRY(karvan_i_text_status(&t, err));
    KARVAN_TRY(karvan_i_file_write(path, t.s, t.n, err));
done:
    karvan_i_text_clear(&t);
    return st;
}
