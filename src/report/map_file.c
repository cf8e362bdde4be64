/* Isochrone and criticality maps as SVG files of their own. */
#include "base/try.h"
#include "report/map_access.h"
#include "report/map_critical.h"

/* The style that a page would give, for light paper. */
static const char STYLE[] =
    "<style>text{font:12px sans-serif;fill:#1b1f24}.soft{fill:#555c66}.strong{font-weight:600}"
    ".halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
    ".water{fill:#d9e8f3}.land{fill:#e8e3d8;fill-rule:evenodd}"
    ".mapborder{fill:none;stroke:#b9b4a8;stroke-width:.7;vector-effect:non-scaling-stroke}"
    ".quiet{fill:none;stroke:#555c66;stroke-opacity:.35;stroke-width:.8}.paper{fill:#fff}"
    ".lead{stroke:#8a9098;stroke-width:.8}.origin{fill:#1b1f24;stroke:#fff}"
    ".cut{fill:none;stroke:#1b1f24;stroke-width:2.4}.badge{fill:#fff;stroke:#1b1f24}"
    ".rankno{font-weight:600;font-size:11px}\n";

static void style(karvan_i_text *t) {
    static const char *const band[KARVAN_I_BANDS] = {"#440154", "#3b528b", "#21808d",
                                                     "#2fa86b", "#8fd744", "#f6e626"},
                             *const cost[] = {"#a6bccd", "#d3933a", "#d4741d", "#c2451e",
                                              "#86102b"};
    karvan_i_text_puts(t, STYLE);
    for (int i = 0; i < KARVAN_I_BANDS; i++)
        karvan_i_text_printf(t,
                             ".b%d{fill:%s;stroke:#fff}.t%d{fill:none;stroke:%s;stroke-width:1.8}",
                             i, band[i], i, band[i]);
    for (int i = 0; i < 5; i++)
        karvan_i_text_printf(t,
                             ".q%d{fill:none;stroke:%s;stroke-linecap:round}.z%d{fill:%s;stroke:"
                             "#fff;stroke-width:.8}",
                             i, cost[i], i, cost[i]);
    karvan_i_text_puts(t, "</style>\n");
}

/* Head of a file: style and ground, in a drawing around the map. */
static void open_file(karvan_i_text *t, const karvan_package *region, double width, double height) {
    karvan_i_text_puts(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    karvan_i_text_printf(t,
                         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                         "width=\"%.0f\" height=\"%.0f\">\n",
                         width, height, width, height);
    style(t);
    karvan_i_map_define(t, region, "50m");
    karvan_i_text_puts(t, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

static karvan_status close_file(karvan_i_text *t, karvan_document *out, karvan_error *err) {
    karvan_i_svg_close(t);
    karvan_status st = karvan_i_text_status(t, err);
    if (st == KARVAN_OK) out->text = t->s, out->n = t->n, *t = (karvan_i_text){0};
    return st;
}

static karvan_status width_is_good(int width_px, karvan_error *err) {
    if (width_px >= 320 && width_px <= 2000) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "a map is 320 to 2000 pixels wide, not %d", width_px);
}

static double aspect(int width_px) { return width_px < 600 ? 0.9 : 0.5; }

karvan_status karvan_report_access_svg(const karvan_network *net, const karvan_package *region,
                                       int32_t origin, int width_px, karvan_document *out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    karvan_i_spread reach = {0};
    karvan_i_access_map m;
    karvan_i_window w;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(net && region, err, KARVAN_E_ARG, "net or region is NULL");
    KARVAN_TRY(width_is_good(width_px, err));
    KARVAN_TRY(karvan_i_spread_init(&reach, net, origin, err));
    KARVAN_TRY(karvan_i_access_init(&m, region, &reach, err));
    KARVAN_TRY(karvan_i_access_window(&m, width_px < 600 ? 0.2 : 0.06, width_px, aspect(width_px),
                                      &w, err));
    open_file(&t, region, w.width, w.height + KARVAN_I_ACCESS_BELOW);
    karvan_i_access_draw(&t, &m, &w, 1);
    KARVAN_TRY(close_file(&t, out, err));
done:
    karvan_i_spread_clear(&reach);
    karvan_i_text_clear(&t);
    return st;
}

karvan_status karvan_report_critical_svg(const karvan_package *region, const karvan_table *critical,
                                         int width_px, karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    karvan_i_window w;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(region && critical && karvan_package_table(region, "places"), err, KARVAN_E_ARG,
                   "a map needs a region with places and a table of closures");
    KARVAN_TRY(width_is_good(width_px, err));
    karvan_i_critical_map m = karvan_i_critical_init(region, critical);
    KARVAN_TRY(karvan_i_critical_window(&m, width_px < 600 ? 0.1 : 0.05, width_px, aspect(width_px),
                                        &w, err));
    open_file(&t, region, w.width, w.height + karvan_i_critical_below(&m, &w, true));
    karvan_i_critical_draw(&t, &m, &w, true, 1);
    KARVAN_TRY(close_file(&t, out, err));
done:
    karvan_i_text_clear(&t);
    return st;
}
