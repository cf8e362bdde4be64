/* How QGIS shows loads: lines as wide and points as large as what they carry beside the busiest
 * link, coloured by how full they are; places as small dots. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/assign.h"
#include "table/cell.h"

/* Upper edges of use in percent. Rows without a capacity have no use and are told as -1; full ones
 * may lie above 100 by rounding. Colours run from light to dark and are told apart without red and
 * green. */
static const struct {
    double lower, upper;
    const char *label, *colour;
} shades[] = {{-1, -0.5, "no capacity told", "150,150,150"},
              {0, 50, "below 50 % used", "127,183,217"},
              {50, 80, "50 to 80 %", "253,191,99"},
              {80, 99, "80 to 99 %", "230,110,40"},
              {99, 1000000, "99 % and more: full", "150,15,40"}};
enum { SHADES = sizeof shades / sizeof shades[0] };

/* What a layer's symbols are: the class of the symbol's layer, what its size and colour are called,
 * and by which number QGIS knows the property that follows the load. */
typedef struct look {
    const char *type, *class, *colour, *size;
    const char *property;
    int number;
    double least, most; /* mm */
} look;

static const look line = {"line", "SimpleLine", "line_color", "line_width", "outlineWidth", 3, 0.15,
                          5};
static const look point = {"marker", "SimpleMarker", "color", "size", "size", 0, 0.6, 6};

static void put_option(karvan_i_text *t, const char *name, const char *value) {
    karvan_i_text_printf(t, "<Option name=\"%s\" type=\"QString\" value=\"%s\"/>", name, value);
}

/* The size is by load, the largest at `most`; 0: it is fixed. */
static void put_symbol(karvan_i_text *t, const look *k, int name, const char *colour, double mm,
                       double most) {
    char size[24], rgba[24];
    (void)snprintf(size, sizeof size, "%.3g", mm);
    (void)snprintf(rgba, sizeof rgba, "%s,255", colour);
    karvan_i_text_printf(t,
                         "<symbol name=\"%d\" type=\"%s\" alpha=\"1\" clip_to_extent=\"1\">"
                         "<layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\">"
                         "<Option type=\"Map\">",
                         name, k->type, k->class);
    put_option(t, k->colour, rgba);
    put_option(t, k->size, size);
    if (k == &line)
        put_option(t, "line_width_unit", "MM"), put_option(t, "capstyle", "round");
    else
        put_option(t, "size_unit", "MM"), put_option(t, "outline_color", "60,60,60,255");
    karvan_i_text_puts(t, "</Option>");
    if (most > 0)
        karvan_i_text_printf(
            t,
            "<data_defined_properties><Option type=\"Map\"><Option name=\"name\" type=\"QString\" "
            "value=\"\"/><Option name=\"properties\" type=\"Map\"><Option name=\"%s\" "
            "type=\"Map\"><Option name=\"active\" type=\"bool\" value=\"true\"/><Option "
            "name=\"expression\" type=\"QString\" value=\"coalesce(%.3g + %.3g * &quot;load&quot; "
            "/ %.9g, %.3g)\"/><Option name=\"type\" type=\"int\" value=\"3\"/>"
            "</Option></Option><Option name=\"type\" type=\"QString\" value=\"collection\"/>"
            "</Option></data_defined_properties>",
            k->property, k->least, k->most - k->least, most, k->least);
    karvan_i_text_puts(t, "</layer></symbol>");
}

static const char HEAD[] = "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">";

static void by_use(karvan_i_text *t, const look *k, double most) {
    karvan_i_text_printf(t,
                         "%s<renderer-v2 type=\"graduatedSymbol\" attr=\"coalesce(&quot;"
                         "use_percent&quot;, -1)\" graduatedMethod=\"GraduatedColor\" "
                         "symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\"><ranges>",
                         HEAD);
    for (int i = 0; i < SHADES; i++)
        karvan_i_text_printf(t,
                             "<range symbol=\"%d\" lower=\"%.6f\" upper=\"%.6f\" label=\"%s\" "
                             "render=\"true\"/>",
                             i, shades[i].lower, shades[i].upper, shades[i].label);
    karvan_i_text_puts(t, "</ranges><symbols>");
    for (int i = 0; i < SHADES; i++) put_symbol(t, k, i, shades[i].colour, 1, most);
    karvan_i_text_puts(t, "</symbols></renderer-v2></qgis>");
}

static void as_dots(karvan_i_text *t) {
    karvan_i_text_printf(t,
                         "%s<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" "
                         "enableorderby=\"0\" forceraster=\"0\"><symbols>",
                         HEAD);
    put_symbol(t, &point, 0, "255,255,255", 1.2, 0);
    karvan_i_text_puts(t, "</symbols></renderer-v2></qgis>");
}

/* What the busiest link carries, both ways; rows of a link stand together. At least 1, so that a
 * day on which nothing moves has a scale too. */
static double busiest(const karvan_table *links) {
    const char *last = NULL;
    double sum = 0, most = 1;
    for (int64_t r = 0; r < karvan_table_rows(links); r++) {
        const char *id = karvan_i_cell_text(links, "link", r);
        if (!karvan_i_cell_is(links, "kind", r, "link") ||
            !karvan_i_cell_is(links, "class", r, "all"))
            continue;
        if (!last || strcmp(id, last) != 0) sum = 0;
        sum += karvan_i_cell_real(links, "load", r), last = id;
        if (sum > most) most = sum;
    }
    return most;
}

karvan_status cli_freight_styles(karvan_gpkg *g, const karvan_table *solved, karvan_error *err) {
    static const struct {
        const char *layer;
        const look *look; /* NULL: dots */
    } styles[] = {{"places", NULL}, {"links", &line}, {"terminals", &point}, {"services", &line}};
    karvan_status st = KARVAN_OK;
    double most = busiest(solved);
    for (size_t i = 0; i < sizeof styles / sizeof styles[0] && st == KARVAN_OK; i++) {
        karvan_i_text t = {0};
        if (styles[i].look)
            by_use(&t, styles[i].look, most);
        else
            as_dots(&t);
        st = karvan_i_text_status(&t, err);
        if (st == KARVAN_OK)
            st = karvan_gpkg_style(g, styles[i].layer, styles[i].look ? "loads" : "dots", t.s, err);
        karvan_i_text_clear(&t);
    }
    return st;
}
