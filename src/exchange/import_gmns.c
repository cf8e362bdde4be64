/* GMNS: a folder of CSV files. Nodes become places and links links; the rest is read for what it
 * says of them, and what a region cannot hold is counted. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/csv_columns.h"
#include "exchange/gmns.h"
#include "exchange/import_state.h"
#include "exchange/units.h"
#include "table/cell.h"

#define TEXT(name) \
    { name, KARVAN_TEXT, false }
#define REAL(name) \
    { name, KARVAN_REAL, false }
#define ID(name) \
    { name, KARVAN_TEXT, true }

static const karvan_i_csv_column config[] = {TEXT("dataset_name"), TEXT("short_length"),
                                             TEXT("long_length"),  TEXT("speed"),
                                             TEXT("crs"),          TEXT("geometry_field_format"),
                                             TEXT("currency"),     TEXT("version_number"),
                                             TEXT("id_type")};
static const karvan_i_csv_column node[] = {ID("node_id"),
                                           TEXT("name"),
                                           {"x_coord", KARVAN_REAL, true},
                                           {"y_coord", KARVAN_REAL, true},
                                           REAL("z_coord"),
                                           TEXT("node_type"),
                                           TEXT("ctrl_type"),
                                           TEXT("zone_id"),
                                           TEXT("parent_node_id"),
                                           TEXT("u_country"),
                                           TEXT("u_locode"),
                                           TEXT("u_aliases"),
                                           TEXT("u_kind")};
static const karvan_i_csv_column link_columns[] = {ID("link_id"),
                                                   TEXT("name"),
                                                   ID("from_node_id"),
                                                   ID("to_node_id"),
                                                   {"directed", KARVAN_BOOL, true},
                                                   TEXT("geometry_id"),
                                                   TEXT("geometry"),
                                                   TEXT("parent_link_id"),
                                                   TEXT("dir_flag"),
                                                   REAL("length"),
                                                   REAL("grade"),
                                                   TEXT("facility_type"),
                                                   REAL("capacity"),
                                                   REAL("free_speed"),
                                                   REAL("lanes"),
                                                   TEXT("bike_facility"),
                                                   TEXT("ped_facility"),
                                                   TEXT("parking"),
                                                   TEXT("allowed_uses"),
                                                   REAL("toll"),
                                                   TEXT("jurisdiction"),
                                                   REAL("row_width"),
                                                   TEXT("u_mode"),
                                                   REAL("u_speed_kmh"),
                                                   REAL("u_time_h"),
                                                   REAL("u_time_p90_over_p50"),
                                                   REAL("u_capacity_kt_year"),
                                                   REAL("u_fixed_h"),
                                                   REAL("u_fixed_usd_per_teu"),
                                                   TEXT("u_cargo_classes"),
                                                   REAL("u_cost_usd_per_teu"),
                                                   REAL("u_capacity_teu_day"),
                                                   REAL("u_co2e_kg_per_teu_km"),
                                                   TEXT("u_open_from"),
                                                   TEXT("u_open_to")};
static const karvan_i_csv_column geometry[] = {ID("geometry_id"), TEXT("geometry")};
static const karvan_i_csv_column zone[] = {ID("zone_id"), TEXT("name"), TEXT("boundary"),
                                           TEXT("super_zone")};
static const karvan_i_csv_column segment[] = {
    ID("segment_id"),     ID("link_id"),         TEXT("ref_node_id"),   REAL("start_lr"),
    REAL("end_lr"),       REAL("grade"),         REAL("capacity"),      REAL("free_speed"),
    REAL("lanes"),        REAL("l_lanes_added"), REAL("r_lanes_added"), TEXT("bike_facility"),
    TEXT("ped_facility"), TEXT("parking"),       TEXT("allowed_uses"),  REAL("toll"),
    TEXT("jurisdiction"), REAL("row_width")};
static const karvan_i_csv_column lane[] = {
    ID("lane_id"),     ID("link_id"),     REAL("lane_num"), TEXT("allowed_uses"),
    TEXT("r_barrier"), TEXT("l_barrier"), REAL("width")};
static const karvan_i_csv_column movement[] = {
    ID("mvmt_id"),         ID("node_id"),       TEXT("name"),         ID("ib_link_id"),
    TEXT("start_ib_lane"), TEXT("end_ib_lane"), ID("ob_link_id"),     TEXT("start_ob_lane"),
    TEXT("end_ob_lane"),   TEXT("type"),        REAL("penalty"),      REAL("capacity"),
    TEXT("ctrl_type"),     TEXT("mvmt_code"),   TEXT("allowed_uses"), TEXT("geometry")};
static const karvan_i_csv_column use_group[] = {ID("use_group"), ID("uses"), TEXT("description")};
static const karvan_i_csv_column use_definition[] = {ID("use"), REAL("persons_per_vehicle"),
                                                     REAL("pce"), TEXT("special_conditions"),
                                                     TEXT("description")};

#define TABLE(name, columns) \
    { name, columns, (int)(sizeof(columns) / sizeof(columns)[0]) }
static const struct {
    const char *name;
    const karvan_i_csv_column *columns;
    int n;
} tables[KARVAN_I_GMNS_TABLES] = {
    TABLE("config", config),       TABLE("node", node),
    TABLE("link", link_columns),   TABLE("geometry", geometry),
    TABLE("zone", zone),           TABLE("segment", segment),
    TABLE("lane", lane),           TABLE("movement", movement),
    TABLE("use_group", use_group), TABLE("use_definition", use_definition)};

/* Files of the specification that say nothing of the network that a region holds. */
static const char *const left[] = {"segment_lane",
                                   "location",
                                   "curb_seg",
                                   "lane_tod",
                                   "link_tod",
                                   "movement_tod",
                                   "segment_lane_tod",
                                   "segment_tod",
                                   "signal_controller",
                                   "signal_coordination",
                                   "signal_detector",
                                   "signal_phase_mvmt",
                                   "signal_timing_phase",
                                   "signal_timing_plan",
                                   "time_set_definitions"};

/* ---- files ---- */

static bool needed(int table) { return table == KARVAN_I_GMNS_NODE || table == KARVAN_I_GMNS_LINK; }

karvan_status karvan_i_gmns_table(karvan_i_gmns *g, int table, const char *bytes, size_t n,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text path = {0};
    karvan_error why = {0};
    struct stat there;
    karvan_i_text_printf(&path, "%s/%s.csv", g->dir, tables[table].name);
    KARVAN_TRY(karvan_i_text_status(&path, err));
    if (!bytes && !needed(table) && stat(path.s, &there) != 0 && errno == ENOENT) goto done;
    st = karvan_i_read_columns(g->imp, path.s, bytes, n, tables[table].name, tables[table].n,
                               tables[table].columns, &g->table[table], &why);
    if (st == KARVAN_E_DATA && !needed(table)) /* the network stands without it */
        st = karvan_i_import_note(g->imp, KARVAN_ERROR, (karvan_i_at){path.s, 0, 0}, "import-file",
                                  NULL, err, "the file is left out");
    else if (st != KARVAN_OK)
        (void)karvan_fail(err, st, "%s", why.msg);
done:
    karvan_i_text_clear(&path);
    return st;
}

static karvan_status tell_left(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text path = {0};
    struct stat there;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        karvan_i_text_clear(&path);
        karvan_i_text_printf(&path, "%s/%s.csv", g->dir, left[i]);
        KARVAN_TRY(karvan_i_text_status(&path, err));
        if (stat(path.s, &there) != 0) continue;
        KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, (karvan_i_at){path.s, 0, 0},
                                        "import-file", NULL, err,
                                        "not read: it has no table in a region"));
    }
done:
    karvan_i_text_clear(&path);
    return st;
}

/* ---- config ---- */

static karvan_i_at config_at(const karvan_i_gmns *g, const char *column) {
    const karvan_table *t = g->table[KARVAN_I_GMNS_CONFIG];
    if (!t || karvan_table_rows(t) == 0) return (karvan_i_at){g->dir, 0, 0};
    return karvan_i_at_cell(t, karvan_table_find(t, column), 0);
}

static const char *configured(const karvan_i_gmns *g, const char *column) {
    const karvan_table *t = g->table[KARVAN_I_GMNS_CONFIG];
    return t && karvan_table_rows(t) > 0 ? karvan_i_cell_text(t, column, 0) : NULL;
}

static karvan_status unit_unknown(karvan_i_gmns *g, const char *column, const char *said,
                                  const char *taken, karvan_error *err) {
    return karvan_i_import_note(g->imp, KARVAN_WARNING, config_at(g, column), "gmns-unit",
                                "km, m, mile, foot; km/h, mph; say it in config.csv", err,
                                "the unit %s is %s%.40s%s; %s taken", column, said ? "'" : "",
                                said ? said : "not told", said ? "', which is not known" : "",
                                taken);
}

static karvan_status choose_units(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *setting = karvan_i_import_setting(g->imp, "length-unit");
    const char *length = setting ? setting : configured(g, "long_length");
    const char *speed = configured(g, "speed"), *currency = configured(g, "currency");
    g->km = karvan_i_km_per(length), g->km_name = length, g->kmh = karvan_i_kmh_per(speed);
    g->usd = karvan_i_usd_per(currency);
    if (isnan(g->km)) {
        if (setting)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--length-unit is km, m, mile or foot, not '%.40s'", setting);
        KARVAN_TRY(unit_unknown(g, "long_length", length, "km is", err));
        g->km = 1, g->km_name = "km", g->guessed_length = true;
    }
    if (isnan(g->kmh)) {
        KARVAN_TRY(unit_unknown(g, "speed", speed, "km/h is", err));
        g->kmh = 1, g->guessed_speed = true;
    }
done:
    return st;
}

static karvan_status choose_crs(karvan_i_gmns *g, karvan_error *err) {
    const char *setting = karvan_i_import_setting(g->imp, "crs");
    karvan_error why = {0};
    if (setting) return karvan_i_crs_open(setting, &g->crs, err);
    karvan_status st = karvan_i_crs_open(configured(g, "crs"), &g->crs, &why);
    if (st != KARVAN_E_ARG) return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
    g->no_position = true;
    return karvan_i_import_note(g->imp, KARVAN_WARNING, config_at(g, "crs"), "import-crs",
                                "--crs EPSG:N", err, "%s; positions are left unknown", why.msg);
}

/* ---- nodes ---- */

static karvan_status count_zones(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[KARVAN_I_GMNS_NODE];
    int64_t rows = karvan_table_rows(t);
    g->zone_nodes = karvan_i_calloc((size_t)rows + 1, sizeof *g->zone_nodes);
    KARVAN_REQUIRE(g->zone_nodes, err, KARVAN_E_NOMEM, "no memory for zones");
    for (int64_t r = 0; r < rows; r++) {
        const char *id = karvan_i_cell_text(t, "zone_id", r);
        int32_t code;
        if (!id) continue;
        KARVAN_TRY(karvan_i_dictionary_add(&g->zone, id, strlen(id), &code, err));
        g->zone_nodes[code]++;
    }
done:
    return st;
}

/* A node that alone stands for its zone is where trips begin and end. */
static const char *kind_of(const karvan_i_gmns *g, int64_t r) {
    const karvan_table *t = g->table[KARVAN_I_GMNS_NODE];
    const char *kind = karvan_i_cell_text(t, "u_kind", r);
    const char *type = karvan_i_cell_text(t, "node_type", r);
    const char *id = karvan_i_cell_text(t, "zone_id", r);
    if (karvan_i_is_place_kind(kind)) return kind;
    if (karvan_i_is_place_kind(type)) return type;
    int32_t code = id ? karvan_i_dictionary_find(&g->zone, id, strlen(id)) : -1;
    return code >= 0 && g->zone_nodes[code] == 1 ? "city" : "junction";
}

static void note_of(const karvan_i_gmns *g, int64_t r, karvan_i_text *out) {
    static const char *const columns[] = {"node_type", "ctrl_type", "zone_id", "parent_node_id"};
    for (int i = 0; i < 4; i++) {
        const char *v = karvan_i_cell_text(g->table[KARVAN_I_GMNS_NODE], columns[i], r);
        if (v && !(i == 0 && karvan_i_is_place_kind(v)))
            karvan_i_text_printf(out, "%s%s %s", out->n ? "; " : "", columns[i], v);
    }
}

static karvan_status position_of(karvan_i_gmns *g, int64_t r, karvan_i_place *p,
                                 karvan_error *err) {
    const karvan_table *t = g->table[KARVAN_I_GMNS_NODE];
    double x = karvan_i_cell_real(t, "x_coord", r), y = karvan_i_cell_real(t, "y_coord", r);
    if (isnan(x) || isnan(y))
        return karvan_i_import_note(g->imp, KARVAN_WARNING, p->at, "import-coordinates",
                                    "x_coord and y_coord are required", err,
                                    "node %.60s has no position", p->key ? p->key : "");
    if (g->no_position) return KARVAN_OK;
    karvan_i_crs_to_degrees(g->crs, &x, &y);
    if (x >= -180 && x <= 180 && y >= -90 && y <= 90) return p->lon = x, p->lat = y, KARVAN_OK;
    return karvan_i_import_ignore(
        g->imp, p->at, "import-crs",
        "a position that is not in degrees is left unknown; --crs EPSG:N turns it", err);
}

static karvan_status take_node(karvan_i_gmns *g, int64_t r, int32_t *row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[KARVAN_I_GMNS_NODE];
    karvan_i_text note = {0};
    karvan_i_place p = KARVAN_I_PLACE;
    p.at = karvan_i_at_row(t, r);
    p.key = karvan_i_cell_text(t, "node_id", r), p.name = karvan_i_cell_text(t, "name", r);
    p.country = karvan_i_cell_text(t, "u_country", r);
    p.locode = karvan_i_cell_text(t, "u_locode", r);
    p.aliases = karvan_i_cell_text(t, "u_aliases", r);
    p.kind = kind_of(g, r);
    note_of(g, r, &note);
    KARVAN_TRY(karvan_i_text_status(&note, err));
    p.note = note.s;
    KARVAN_TRY(position_of(g, r, &p, err));
    KARVAN_TRY(karvan_i_import_place(g->imp, &p, row, err));
done:
    karvan_i_text_clear(&note);
    return st;
}

static karvan_status take_nodes(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[KARVAN_I_GMNS_NODE];
    int64_t taken = 0;
    int32_t row;
    KARVAN_TRY(count_zones(g, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(take_node(g, r, &row, err));
        taken += row >= 0;
    }
    KARVAN_TRY(karvan_i_import_count(g->imp, "node", karvan_table_rows(t), taken, err));
done:
    return st;
}

/* ---- all ---- */

karvan_status karvan_i_gmns_take(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *mode = karvan_i_import_setting(g->imp, "mode");
    if (mode) KARVAN_TRY(karvan_i_import_any_mode(g->imp, mode, err));
    KARVAN_TRY(karvan_i_import_source(g->imp, g->dir, configured(g, "dataset_name"), NULL, err));
    KARVAN_TRY(choose_units(g, err));
    KARVAN_TRY(choose_crs(g, err));
    KARVAN_TRY(take_nodes(g, err));
    KARVAN_TRY(karvan_i_gmns_links(g, err));
    KARVAN_TRY(karvan_i_gmns_rest(g, err));
done:
    return st;
}

void karvan_i_gmns_clear(karvan_i_gmns *g) {
    for (int t = 0; t < KARVAN_I_GMNS_TABLES; t++) karvan_table_destroy(g->table[t]);
    karvan_i_crs_close(g->crs);
    karvan_i_dictionary_clear(&g->geometry), karvan_i_dictionary_clear(&g->zone);
    karvan_i_free(g->zone_nodes);
    *g = (karvan_i_gmns){0};
}

static karvan_status read_gmns(karvan_import *imp, int n_paths, const char *const *paths,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK, worst = KARVAN_OK;
    karvan_i_gmns g = {.imp = imp, .dir = paths[0]};
    (void)n_paths;
    for (int t = 0; t < KARVAN_I_GMNS_TABLES; t++) { /* all that lacks columns is told at once */
        st = karvan_i_gmns_table(&g, t, NULL, 0, err);
        if (st == KARVAN_E_DATA) worst = st, st = KARVAN_OK;
        KARVAN_TRY(st);
    }
    KARVAN_TRY(worst);
    KARVAN_TRY(tell_left(&g, err));
    KARVAN_TRY(karvan_i_gmns_take(&g, err));
done:
    karvan_i_gmns_clear(&g);
    return st;
}

static const char *const settings[] = {"mode", "crs", "length-unit", NULL};
const karvan_i_importer karvan_i_importer_gmns = {
    "gmns",
    "a network of the General Modeling Network Specification",
    "DIR (with node.csv and link.csv)",
    1,
    1,
    settings,
    read_gmns,
    NULL,
    NULL};
