#include "exchange/crs.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "network/proj_late.h"

struct karvan_i_crs {
    PJ_CONTEXT *context;
    PJ *transform;
};

static bool is_wgs84(const char *name) {
    static const char *const same[] = {"4326",   "EPSG:4326", "epsg:4326", "WGS84",
                                       "WGS 84", "OGC:CRS84", NULL};
    for (const char *const *s = same; *s; s++)
        if (strcmp(*s, name) == 0) return true;
    return false;
}

/* PROJ writes nowhere; what it says comes back as our error. */
static void quiet(void *app, int level, const char *message) {
    (void)app, (void)level, (void)message;
}

karvan_status karvan_i_crs_open(const char *name, karvan_i_crs **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_crs *c = NULL;
    karvan_i_text full = {0};
    PJ *raw = NULL;
    *out = NULL;
    if (!name || is_wgs84(name)) return KARVAN_OK;
    if ((st = karvan_i_proj_load(err)) != KARVAN_OK) return st;
    bool number = *name && strspn(name, "0123456789") == strlen(name);
    karvan_i_text_printf(&full, "%s%s", number ? "EPSG:" : "", name);
    KARVAN_TRY(karvan_i_text_status(&full, err));
    c = karvan_i_calloc(1, sizeof *c);
    KARVAN_REQUIRE(c, err, KARVAN_E_NOMEM, "no memory for a coordinate system");
    c->context = proj_context_create();
    KARVAN_REQUIRE(c->context, err, KARVAN_E_NOMEM, "no memory for PROJ");
    proj_log_func(c->context, NULL, quiet);
    raw = proj_create_crs_to_crs(c->context, full.s, "EPSG:4326", NULL);
    KARVAN_REQUIRE(raw, err, KARVAN_E_ARG, "PROJ knows no coordinate system '%.60s'", name);
    c->transform = proj_normalize_for_visualization(c->context, raw);
    KARVAN_REQUIRE(c->transform, err, KARVAN_E_ARG, "coordinates of '%.60s' cannot be turned",
                   name);
    *out = c, c = NULL;
done:
    proj_destroy(raw);
    karvan_i_crs_close(c);
    karvan_i_text_clear(&full);
    return st;
}

void karvan_i_crs_close(karvan_i_crs *c) {
    if (!c) return;
    proj_destroy(c->transform);
    proj_context_destroy(c->context);
    karvan_i_free(c);
}

void karvan_i_crs_to_degrees(const karvan_i_crs *c, double *x, double *y) {
    if (!c || isnan(*x) || isnan(*y)) return;
    PJ_COORD p = proj_trans(c->transform, PJ_FWD, proj_coord(*x, *y, 0, 0));
    bool good = isfinite(p.xy.x) && isfinite(p.xy.y);
    *x = good ? p.xy.x : NAN, *y = good ? p.xy.y : NAN;
}
