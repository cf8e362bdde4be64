/* A region's links as a network of the TNTP collection: NAME_net.tntp, NAME_node.tntp, and
 * NAME_places.csv, which tells node numbers and places apart. Lengths are km, times minutes, toll
 * is USD a TEU, type numbers the mode; no time depends on load (b 0), and capacity is that of the
 * link in TEU an hour, or a number that no load reaches. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "exchange/export.h"
#include "exchange/folder.h"
#include "table/cell.h"

static const char NO_LIMIT[] = "999999";

static const char *base_name(const char *path, size_t *n) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    *n = end - begin;
    return path + begin;
}

static karvan_status put_file(const karvan_i_folder *f, const char *base, size_t n,
                              const char *ending, const karvan_i_text *text, karvan_error *err) {
    karvan_i_text name = {0};
    karvan_i_text_add(&name, base, n);
    karvan_i_text_puts(&name, ending);
    karvan_status st = karvan_i_text_status(&name, err);
    if (st == KARVAN_OK) st = karvan_i_folder_file(f, name.s, text, err);
    karvan_i_text_clear(&name);
    return st;
}

/* Is the link one that is written: of the mode, open, with both ends, a length and a time. */
static bool is_written(const karvan_i_export *x, int64_t r) {
    const char *mode = karvan_i_cell_text(x->links, "mode", r);
    if (!mode || (x->mode && strcmp(mode, x->mode) != 0)) return false;
    if (!karvan_i_export_open(x, x->links, r)) return false;
    if (karvan_i_export_place(x, "from", r) < 0 || karvan_i_export_place(x, "to", r) < 0)
        return false;
    return !isnan(karvan_i_cell_real(x->links, "length_km", r)) &&
           !isnan(karvan_i_export_hours(x, r));
}

static void put_arc(const karvan_i_export *x, int64_t r, bool back, karvan_i_text *out) {
    const karvan_table *t = x->links;
    long long from = karvan_i_export_place(x, "from", r) + 1;
    long long to = karvan_i_export_place(x, "to", r) + 1;
    double capacity = karvan_i_cell_real(t, "capacity_teu_day", r) / 24;
    double km = karvan_i_cell_real(t, "length_km", r), h = karvan_i_export_hours(x, r);
    double usd = karvan_i_cell_real(t, "cost_usd_per_teu", r);
    karvan_i_text_printf(out, "\t%lld\t%lld\t", back ? to : from, back ? from : to);
    if (isnan(capacity))
        karvan_i_text_puts(out, NO_LIMIT);
    else
        karvan_i_export_number(out, capacity);
    karvan_i_text_puts(out, "\t"), karvan_i_export_number(out, km);
    karvan_i_text_puts(out, "\t"), karvan_i_export_number(out, h * 60);
    karvan_i_text_puts(out, "\t0\t1\t"), karvan_i_export_number(out, h > 0 ? km / h : 0);
    karvan_i_text_puts(out, "\t"), karvan_i_export_number(out, isnan(usd) ? 0 : usd);
    karvan_i_text_printf(out, "\t%d\t;\n",
                         (int)karvan_table_code(t, karvan_table_find(t, "mode"), r) + 1);
}

static void put_head(const karvan_i_export *x, int64_t arcs, karvan_i_text *out) {
    int c = karvan_table_find(x->links, "mode");
    karvan_i_text_printf(out,
                         "<NUMBER OF ZONES> %lld\n<NUMBER OF NODES> %lld\n<FIRST THRU NODE> 1\n"
                         "<NUMBER OF LINKS> %lld\n<END OF METADATA>\n\n",
                         (long long)karvan_table_rows(x->places),
                         (long long)karvan_table_rows(x->places), (long long)arcs);
    for (int32_t k = 0; c >= 0 && k < karvan_table_dictionary_size(x->links, c); k++)
        karvan_i_text_printf(out, "~ type %d is %s\n", (int)k + 1,
                             karvan_table_dictionary_text(x->links, c, k));
    karvan_i_text_puts(out, "~ lengths in km, times in minutes, tolls in USD a TEU, capacities in "
                            "TEU an hour\n");
    karvan_i_text_puts(out, "~ \tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\t"
                            "speed\ttoll\tlink_type\t;\n");
}

static karvan_status write_net(karvan_i_export *x, const karvan_i_folder *f, const char *base,
                               size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text text = {0};
    int64_t arcs = 0, written = 0, free_of = 0, rows = karvan_table_rows(x->links);
    for (int64_t r = 0; r < rows; r++)
        if (is_written(x, r)) arcs += 1 + karvan_i_cell_bool(x->links, "two_way", r);
    put_head(x, arcs, &text);
    for (int64_t r = 0; r < rows; r++) {
        if (!is_written(x, r)) continue;
        put_arc(x, r, false, &text);
        if (karvan_i_cell_bool(x->links, "two_way", r)) put_arc(x, r, true, &text);
        free_of += isnan(karvan_i_cell_real(x->links, "cost_usd_per_teu", r));
        written++;
    }
    KARVAN_TRY(put_file(f, base, n, "_net.tntp", &text, err));
    KARVAN_TRY(karvan_i_export_count(x, "links", rows, written, err));
    if (free_of > 0)
        KARVAN_TRY(karvan_i_export_note(x, "export-no-room", err,
                                        "TNTP has no word for an unknown toll: %lld links have 0",
                                        (long long)free_of));
done:
    karvan_i_text_clear(&text);
    return st;
}

static karvan_status write_nodes(karvan_i_export *x, const karvan_i_folder *f, const char *base,
                                 size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text nodes = {0}, places = {0};
    int64_t without = 0, rows = karvan_table_rows(x->places);
    karvan_i_text_puts(&nodes, "Node\tX\tY\t;\n");
    karvan_i_text_puts(&places, "node,id,name\n");
    for (int64_t r = 0; r < rows; r++) {
        double lon = karvan_i_cell_real(x->places, "lon", r);
        double lat = karvan_i_cell_real(x->places, "lat", r);
        const char *id = karvan_i_cell_text(x->places, "id", r);
        const char *name = karvan_i_cell_text(x->places, "name", r);
        karvan_i_text_printf(&places, "%lld,", (long long)r + 1);
        karvan_i_text_csv(&places, id ? id : ""), karvan_i_text_puts(&places, ",");
        karvan_i_text_csv(&places, name ? name : ""), karvan_i_text_puts(&places, "\n");
        without += isnan(lon) || isnan(lat);
        if (isnan(lon) || isnan(lat)) continue;
        karvan_i_text_printf(&nodes, "%lld\t", (long long)r + 1);
        karvan_i_export_number(&nodes, lon), karvan_i_text_puts(&nodes, "\t");
        karvan_i_export_number(&nodes, lat), karvan_i_text_puts(&nodes, "\t;\n");
    }
    KARVAN_TRY(put_file(f, base, n, "_node.tntp", &nodes, err));
    KARVAN_TRY(put_file(f, base, n, "_places.csv", &places, err));
    KARVAN_TRY(karvan_i_export_count(x, "places", rows, rows, err));
    if (without > 0)
        KARVAN_TRY(karvan_i_export_note(x, "export-no-position", err,
                                        "%lld places have no position and no line of nodes",
                                        (long long)without));
done:
    karvan_i_text_clear(&nodes), karvan_i_text_clear(&places);
    return st;
}

static const char MEET[] = "; links of all modes meet freely at their places";

static karvan_status write_tntp(karvan_i_export *x, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_folder f = {0};
    size_t n;
    const char *base = base_name(path, &n);
    int c = karvan_table_find(x->links, "mode");
    KARVAN_REQUIRE(!x->mode || karvan_table_lookup(x->links, c, x->mode) >= 0, err, KARVAN_E_ARG,
                   "no link of the region has the mode '%.40s'", x->mode);
    KARVAN_TRY(karvan_i_folder_begin(&f, path, err));
    KARVAN_TRY(write_nodes(x, &f, base, n, err));
    KARVAN_TRY(write_net(x, &f, base, n, err));
    KARVAN_TRY(karvan_i_export_left(x, x->terminals, "TNTP", MEET, err));
    KARVAN_TRY(karvan_i_export_left(x, x->services, "TNTP", MEET, err));
    KARVAN_TRY(karvan_i_folder_finish(&f, err));
done:
    karvan_i_folder_clear(&f);
    return st;
}

static const char *const settings[] = {"date", "mode", NULL};
const karvan_i_exporter karvan_i_exporter_tntp = {
    "tntp", "links as a network of the Transportation Networks collection", "a folder", settings,
    write_tntp};
