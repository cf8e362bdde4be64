/* Points as places, and features that become no row. */
#include <string.h>

#include "base/try.h"
#include "exchange/feature.h"

enum { PLACES = KARVAN_I_AS_PLACES, LINKS = KARVAN_I_AS_LINKS };

static karvan_status place_values(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                  karvan_i_place *p) {
    karvan_status st = KARVAN_OK;
    const char **const texts[] = {&p->key,     &p->name, &p->locode, &p->aliases,
                                  &p->country, &p->kind, &p->note};
    double *const reals[] = {&p->utc_offset_h};
    KARVAN_TRY(karvan_i_feature_cells(r, f, PLACES, OFFSET, texts, 1, reals));
    if (p->kind && !karvan_i_is_place_kind(p->kind)) {
        KARVAN_TRY(karvan_i_feature_odd(r, f, PLACES, KIND,
                                        "city, port, border, station, junction or strait"));
        p->kind = NULL;
    }
    if (!p->key) p->key = karvan_i_feature_id(r, f);
    if (!p->key && p->name && karvan_i_import_place_of(r->imp, p->name) < 0) p->key = p->name;
    if (!p->key || !*p->key) p->key = f->made;
done:
    return st;
}

karvan_status karvan_i_feature_place(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_place p = KARVAN_I_PLACE;
    int32_t row;
    double lon, lat;
    KARVAN_TRY(place_values(r, f, &p));
    p.at = karvan_i_feature_at(r, f);
    if (f->type == KARVAN_I_POINT) p.lon = f->lonlat[0], p.lat = f->lonlat[1];
    KARVAN_TRY(karvan_i_import_place(r->imp, &p, &row, r->err));
    KARVAN_TRY(karvan_i_feature_others(r, f, PLACES));
    if (row < 0) goto done;
    r->taken++;
    karvan_i_import_position(r->imp, row, &lon, &lat);
    if (isfinite(lon)) KARVAN_TRY(karvan_i_nearby_add(&r->ends, lon, lat, row, r->err));
done:
    return st;
}

static bool has(const karvan_i_feature_reader *r, const karvan_i_feature *f, int column) {
    const karvan_i_value v = r->format->get(f->properties, r->name[LINKS][column]);
    return v.kind == KARVAN_I_TEXT_VALUE || v.kind == KARVAN_I_NUMBER_VALUE;
}

bool karvan_i_feature_names_ends(const karvan_i_feature_reader *r, const karvan_i_feature *f) {
    return has(r, f, FROM) && has(r, f, TO);
}

karvan_status karvan_i_feature_ignore(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                      const char *what) {
    char text[120];
    if (f->type == KARVAN_I_NO_GEOMETRY)
        (void)snprintf(text, sizeof text, "a feature without a geometry is left out");
    else
        (void)snprintf(text, sizeof text, "a %.40s is neither a place nor a link and is left out",
                       f->type < KARVAN_I_GEOMETRY_TYPES ? karvan_i_geometry_names[f->type] : what);
    return karvan_i_import_ignore(r->imp, karvan_i_feature_at(r, f), "feature-geometry", text,
                                  r->err);
}

karvan_status karvan_i_feature_heights(karvan_i_feature_reader *r, karvan_i_at whole) {
    if (r->heights == 0) return KARVAN_OK;
    return karvan_i_import_note(r->imp, KARVAN_WARNING, whole, "feature-height", NULL, r->err,
                                "heights of %lld positions are not kept", (long long)r->heights);
}
