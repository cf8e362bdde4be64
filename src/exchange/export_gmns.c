/* A region's network as GMNS 0.96: node.csv, link.csv, config.csv, use_definition.csv. What the
 * specification has no column for goes to columns of our own, whose names begin with u_, so that an
 * import gives the same network again. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "exchange/export.h"
#include "exchange/folder.h"
#include "table/cell.h"

static void field(karvan_i_text *out, const char *s) {
    karvan_i_text_puts(out, ",");
    if (s) karvan_i_text_csv(out, s);
}

static void number(karvan_i_text *out, double v) {
    karvan_i_text_puts(out, ",");
    karvan_i_export_number(out, v);
}

static karvan_status write_config(karvan_i_export *x, const karvan_i_folder *f, karvan_error *err) {
    karvan_i_text text = {0};
    karvan_i_text_puts(&text,
                       "dataset_name,short_length,long_length,speed,crs,geometry_field_format,"
                       "currency,version_number,id_type\n");
    karvan_i_text_csv(&text, karvan_package_name(x->region));
    karvan_i_text_puts(&text, ",m,km,km/h,EPSG:4326,wkt,USD,0.96,string\n");
    karvan_status st = karvan_i_folder_file(f, "config.csv", &text, err);
    karvan_i_text_clear(&text);
    return st;
}

static karvan_status write_nodes(karvan_i_export *x, const karvan_i_folder *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = x->places;
    karvan_i_text text = {0};
    int64_t without = 0;
    karvan_i_text_puts(&text, "node_id,name,x_coord,y_coord,z_coord,node_type,ctrl_type,zone_id,"
                              "parent_node_id,u_country,u_locode,u_aliases,u_kind\n");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double lon = karvan_i_cell_real(t, "lon", r), lat = karvan_i_cell_real(t, "lat", r);
        const char *id = karvan_i_cell_text(t, "id", r);
        without += isnan(lon) || isnan(lat);
        karvan_i_text_csv(&text, id ? id : "");
        field(&text, karvan_i_cell_text(t, "name", r));
        number(&text, lon), number(&text, lat);
        karvan_i_text_puts(&text, ",");
        field(&text, karvan_i_cell_text(t, "kind", r));
        karvan_i_text_puts(&text, ",,,");
        field(&text, karvan_i_cell_text(t, "country", r));
        field(&text, karvan_i_cell_text(t, "locode", r));
        field(&text, karvan_i_cell_text(t, "aliases", r));
        field(&text, karvan_i_cell_text(t, "kind", r));
        karvan_i_text_puts(&text, "\n");
    }
    KARVAN_TRY(karvan_i_folder_file(f, "node.csv", &text, err));
    KARVAN_TRY(karvan_i_export_count(x, "places", karvan_table_rows(t), karvan_table_rows(t), err));
    if (without > 0)
        KARVAN_TRY(karvan_i_export_note(
            x, "export-no-position", err,
            "%lld nodes have no position, which the specification requires", (long long)without));
done:
    karvan_i_text_clear(&text);
    return st;
}

/* Columns of links that GMNS lacks. */
static const struct {
    const char *column;
    bool text;
} own[] = {{"speed_kmh", false},          {"time_h", false},           {"time_p90_over_p50", false},
           {"cost_usd_per_teu", false},   {"capacity_teu_day", false}, {"capacity_kt_year", false},
           {"co2e_kg_per_teu_km", false}, {"fixed_h", false},          {"fixed_usd_per_teu", false},
           {"cargo_classes", true},       {"open_from", true},         {"open_to", true}};
enum { N_OWN = sizeof own / sizeof own[0] };

static void put_link(const karvan_i_export *x, int64_t r, karvan_i_text *out) {
    const karvan_table *t = x->links;
    const char *id = karvan_i_cell_text(t, "id", r), *mode = karvan_i_cell_text(t, "mode", r);
    double km = karvan_i_cell_real(t, "length_km", r);
    double speed = km / karvan_i_export_hours(x, r);
    karvan_i_text_csv(out, id ? id : "");
    karvan_i_text_puts(out, ",");
    field(out, karvan_i_cell_text(t, "from", r)), field(out, karvan_i_cell_text(t, "to", r));
    field(out, karvan_i_cell_bool(t, "two_way", r) ? "false" : "true");
    karvan_i_text_puts(out, ",,,,0");
    number(out, km);
    karvan_i_text_puts(out, ",");
    field(out, mode);
    karvan_i_text_puts(out, ",");
    number(out, speed >= 0 && speed <= 200 ? speed : NAN); /* what the specification allows */
    karvan_i_text_puts(out, ",,,,");
    field(out, mode);
    karvan_i_text_puts(out, ",");
    field(out, karvan_i_cell_text(t, "operator", r));
    karvan_i_text_puts(out, ",");
    field(out, mode);
    for (int k = 0; k < N_OWN; k++) {
        if (own[k].text)
            field(out, karvan_i_cell_text(t, own[k].column, r));
        else
            number(out, karvan_i_cell_real(t, own[k].column, r));
    }
    karvan_i_text_puts(out, "\n");
}

static karvan_status write_links(karvan_i_export *x, const karvan_i_folder *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text text = {0};
    int64_t written = 0, rows = karvan_table_rows(x->links);
    karvan_i_text_puts(&text, "link_id,name,from_node_id,to_node_id,directed,geometry_id,geometry,"
                              "parent_link_id,dir_flag,length,grade,facility_type,capacity,"
                              "free_speed,lanes,bike_facility,ped_facility,parking,allowed_uses,"
                              "toll,jurisdiction,row_width,u_mode");
    for (int k = 0; k < N_OWN; k++) karvan_i_text_printf(&text, ",u_%s", own[k].column);
    karvan_i_text_puts(&text, "\n");
    for (int64_t r = 0; r < rows; r++) {
        if (!karvan_i_export_open(x, x->links, r)) continue;
        put_link(x, r, &text);
        written++;
    }
    KARVAN_TRY(karvan_i_folder_file(f, "link.csv", &text, err));
    KARVAN_TRY(karvan_i_export_count(x, "links", rows, written, err));
done:
    karvan_i_text_clear(&text);
    return st;
}

/* Every mode that a link has, once. Cars and persons are not what a link of freight carries. */
static karvan_status write_uses(const karvan_i_export *x, const karvan_i_folder *f,
                                karvan_error *err) {
    karvan_i_text text = {0};
    int c = karvan_table_find(x->links, "mode");
    karvan_i_text_puts(&text, "use,persons_per_vehicle,pce,special_conditions,description\n");
    for (int32_t k = 0; c >= 0 && k < karvan_table_dictionary_size(x->links, c); k++) {
        karvan_i_text_csv(&text, karvan_table_dictionary_text(x->links, c, k));
        karvan_i_text_puts(&text, ",0,0,,cargo in containers\n");
    }
    karvan_status st = karvan_i_folder_file(f, "use_definition.csv", &text, err);
    karvan_i_text_clear(&text);
    return st;
}

static karvan_status write_gmns(karvan_i_export *x, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_folder f = {0};
    KARVAN_TRY(karvan_i_folder_begin(&f, path, err));
    KARVAN_TRY(write_config(x, &f, err));
    KARVAN_TRY(write_nodes(x, &f, err));
    KARVAN_TRY(write_links(x, &f, err));
    KARVAN_TRY(write_uses(x, &f, err));
    KARVAN_TRY(karvan_i_export_left(x, x->terminals, "GMNS", "", err));
    KARVAN_TRY(karvan_i_export_left(x, x->services, "GMNS", "", err));
    KARVAN_TRY(karvan_i_folder_finish(&f, err));
done:
    karvan_i_folder_clear(&f);
    return st;
}

static const char *const settings[] = {"date", NULL};
const karvan_i_exporter karvan_i_exporter_gmns = {
    "gmns", "nodes and links of the General Modeling Network Specification", "a folder", settings,
    write_gmns};
