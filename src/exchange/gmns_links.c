/* Links of GMNS. */
#include <string.h>

#include "base/try.h"
#include "exchange/gmns.h"
#include "exchange/import_state.h"
#include "exchange/wkt.h"
#include "network/geodesic.h"
#include "table/cell.h"

enum { LINK = KARVAN_I_GMNS_LINK, GEOMETRY = KARVAN_I_GMNS_GEOMETRY };

static const double TOO_LONG = 50; /* times the distance between the ends: a wrong unit */

static karvan_i_at link_at(const karvan_i_gmns *g, const char *column, int64_t r) {
    const karvan_table *t = g->table[LINK];
    return karvan_i_at_cell(t, karvan_table_find(t, column), r);
}

/* ---- geometry ---- */

static karvan_status index_geometry(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[GEOMETRY];
    int64_t rows = t ? karvan_table_rows(t) : 0, taken = 0;
    for (int64_t r = 0; r < rows; r++) {
        const char *id = karvan_i_cell_text(t, "geometry_id", r);
        char none[24]; /* keeps codes and rows in step */
        int32_t code = -1, before = g->geometry.n;
        (void)snprintf(none, sizeof none, "\1%lld", (long long)r);
        KARVAN_TRY(karvan_i_dictionary_add(&g->geometry, id ? id : none, strlen(id ? id : none),
                                           &code, err));
        taken += id && code == before;
        if (code == before) continue;
        KARVAN_TRY(karvan_i_dictionary_add(&g->geometry, none, strlen(none), &code, err));
        KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, karvan_i_at_cell(t, 0, r),
                                        "import-duplicate", "keys of a file are distinct", err,
                                        "a second geometry '%.60s' is left out", id));
    }
    if (t) KARVAN_TRY(karvan_i_import_count(g->imp, "geometry", rows, taken, err));
done:
    return st;
}

/* The line of a link: its own, or that of table geometry; NULL: none. */
static karvan_status shape_of(karvan_i_gmns *g, int64_t r, const char **out, karvan_error *err) {
    const char *id = karvan_i_cell_text(g->table[LINK], "geometry_id", r);
    *out = karvan_i_cell_text(g->table[LINK], "geometry", r);
    if (*out || !id) return KARVAN_OK;
    int32_t row = karvan_i_dictionary_find(&g->geometry, id, strlen(id));
    if (row >= 0) return *out = karvan_i_cell_text(g->table[GEOMETRY], "geometry", row), KARVAN_OK;
    return karvan_i_import_note(g->imp, KARVAN_WARNING, link_at(g, "geometry_id", r),
                                "import-reference", NULL, err, "there is no geometry '%.60s'", id);
}

/* Length of a line on the ellipsoid, km; NaN where it cannot be told. */
static double length_of(const karvan_i_gmns *g, const char *shape) {
    karvan_i_wkt w;
    double x, y, px = NAN, py = NAN, km = 0;
    karvan_i_wkt_start(&w, shape);
    while (karvan_i_wkt_next(&w, &x, &y)) {
        karvan_i_crs_to_degrees(g->crs, &x, &y);
        if (!(x >= -180 && x <= 180 && y >= -90 && y <= 90)) return NAN;
        if (!w.begins) km += karvan_i_geodesic_km(px, py, x, y);
        px = x, py = y;
    }
    return w.bad || g->no_position ? NAN : km;
}

/* ---- one link ---- */

static karvan_status end_of(karvan_i_gmns *g, const char *column, int64_t r, int32_t *place,
                            karvan_error *err) {
    const char *id = karvan_i_cell_text(g->table[LINK], column, r);
    *place = id ? karvan_i_import_place_of(g->imp, id) : -1;
    if (*place >= 0) return KARVAN_OK;
    return karvan_i_import_note(g->imp, KARVAN_WARNING, link_at(g, column, r), "import-reference",
                                "a node_id of node.csv", err,
                                id ? "the link is left out: there is no node '%.60s'"
                                   : "the link is left out: it has no %s",
                                id ? id : column);
}

static karvan_status mode_of(karvan_i_gmns *g, int64_t r, const char **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *uses = karvan_i_cell_text(g->table[LINK], "allowed_uses", r), *unknown;
    const char *setting = karvan_i_import_setting(g->imp, "mode");
    char what[100];
    int n;
    *out = karvan_i_cell_text(g->table[LINK], "u_mode", r);
    if (*out) return karvan_i_import_any_mode(g->imp, *out, err);
    *out = karvan_i_gmns_mode(g->table[KARVAN_I_GMNS_USE_GROUP], uses, &unknown, &n);
    if (unknown) {
        (void)snprintf(what, sizeof what, "the use '%.*s' is none that has a mode", n, unknown);
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_at_row(g->table[LINK], r), "gmns-use",
                                          what, err));
    }
    if (!*out) *out = setting ? setting : "road";
done:
    return st;
}

static karvan_status lengths(karvan_i_gmns *g, int64_t r, karvan_i_link *l, karvan_i_text *note,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *shape;
    char what[160];
    KARVAN_TRY(shape_of(g, r, &shape, err));
    l->length_km = karvan_i_cell_real(g->table[LINK], "length", r) * g->km;
    if (g->guessed_length && !isnan(l->length_km)) {
        l->length_source = "assumption";
        karvan_i_text_puts(note, "; length: its unit is taken for km");
    }
    if (isnan(l->length_km) && shape) {
        l->length_km = length_of(g, shape), l->length_source = "computed";
        if (!isnan(l->length_km)) karvan_i_text_puts(note, "; length: of its geometry");
    }
    if (shape)
        KARVAN_TRY(karvan_i_import_ignore(
            g->imp, karvan_i_at_row(g->table[LINK], r), "gmns-column",
            "the shape of a line is not kept: links of a region are drawn straight", err));
    double line = karvan_i_import_distance_km(g->imp, l->from, l->to);
    if (l->length_km > TOO_LONG * line && l->length_km > line + 1 && l->from != l->to) {
        (void)snprintf(what, sizeof what,
                       "length in %.20s is more than %g times the distance of its ends; "
                       "--length-unit says another unit",
                       g->km_name, TOO_LONG);
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_at_row(g->table[LINK], r), "gmns-length",
                                          what, err));
    }
done:
    return st;
}

/* Speed, time and money: karvan's own columns where it wrote them, else the specification's. */
static void amounts(karvan_i_gmns *g, int64_t r, karvan_i_link *l, karvan_i_text *note) {
    const karvan_table *t = g->table[LINK];
    l->time_h = karvan_i_cell_real(t, "u_time_h", r);
    l->speed_kmh = karvan_i_cell_real(t, "u_speed_kmh", r);
    if (isnan(l->time_h) && isnan(l->speed_kmh)) {
        l->speed_kmh = karvan_i_cell_real(t, "free_speed", r) * g->kmh;
        if (g->guessed_speed && l->speed_kmh > 0) {
            l->time_source = "assumption";
            karvan_i_text_puts(note, "; speed: its unit is taken for km/h");
        }
    }
    l->cost_usd_per_teu = karvan_i_cell_real(t, "u_cost_usd_per_teu", r);
    l->toll_usd = karvan_i_cell_real(t, "toll", r) * g->usd;
    l->p90_over_p50 = karvan_i_cell_real(t, "u_time_p90_over_p50", r);
    l->capacity_teu_day = karvan_i_cell_real(t, "u_capacity_teu_day", r);
    l->co2e_kg_per_teu_km = karvan_i_cell_real(t, "u_co2e_kg_per_teu_km", r);
    l->capacity_kt_year = karvan_i_cell_real(t, "u_capacity_kt_year", r);
    l->fixed_h = karvan_i_cell_real(t, "u_fixed_h", r);
    l->fixed_usd_per_teu = karvan_i_cell_real(t, "u_fixed_usd_per_teu", r);
    l->cargo_classes = karvan_i_cell_text(t, "u_cargo_classes", r);
    l->open_from = karvan_i_cell_text(t, "u_open_from", r);
    l->open_to = karvan_i_cell_text(t, "u_open_to", r);
    l->company = karvan_i_cell_text(t, "jurisdiction", r);
}

/* What stands in columns that need a word more than "left". */
static karvan_status odd_cells(karvan_i_gmns *g, int64_t r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[LINK];
    int directed = karvan_table_find(t, "directed");
    double toll = karvan_i_cell_real(t, "toll", r);
    if (directed < 0 || karvan_table_state(t, directed, r) != KARVAN_VALUE)
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_at_row(g->table[LINK], r),
                                          "gmns-directed",
                                          "directed is empty; the link is taken as one-way", err));
    if (toll > 0 && isnan(g->usd))
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_at_row(g->table[LINK], r), "gmns-unit",
                                          "a toll in a currency that is not USD is left", err));
done:
    return st;
}

static void begin_note(const karvan_i_gmns *g, int64_t r, karvan_i_text *note) {
    static const char *const columns[] = {"name", "facility_type", "allowed_uses"};
    for (int i = 0; i < 3; i++) {
        const char *v = karvan_i_cell_text(g->table[LINK], columns[i], r);
        if (v && *v)
            karvan_i_text_printf(note, "%s%s%s", note->n ? "; " : "", i == 2 ? "uses: " : "", v);
    }
}

static karvan_status take_link(karvan_i_gmns *g, int64_t r, int32_t *row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[LINK];
    karvan_i_text note = {0};
    karvan_i_link l = KARVAN_I_LINK;
    *row = -1;
    l.at = karvan_i_at_row(t, r), l.key = karvan_i_cell_text(t, "link_id", r);
    KARVAN_TRY(end_of(g, "from_node_id", r, &l.from, err));
    KARVAN_TRY(end_of(g, "to_node_id", r, &l.to, err));
    if (l.from < 0 || l.to < 0) goto done;
    if (!l.key) {
        st = karvan_i_left_out(g->imp, l.at, "import-key", "an id of its own", "links",
                               "it has no link_id", err);
        goto done;
    }
    int directed = karvan_table_find(t, "directed");
    l.two_way = directed >= 0 && karvan_table_state(t, directed, r) == KARVAN_VALUE &&
                !karvan_table_bool(t, directed, r);
    KARVAN_TRY(mode_of(g, r, &l.mode, err));
    begin_note(g, r, &note);
    KARVAN_TRY(lengths(g, r, &l, &note, err));
    amounts(g, r, &l, &note);
    KARVAN_TRY(odd_cells(g, r, err));
    KARVAN_TRY(karvan_i_text_status(&note, err));
    l.note = note.s && strncmp(note.s, "; ", 2) == 0 ? note.s + 2 : note.s;
    KARVAN_TRY(karvan_i_import_link(g->imp, &l, row, err));
done:
    karvan_i_text_clear(&note);
    return st;
}

/* Columns that are read and have no place in a region: how many cells they fill. */
static karvan_status tell_columns(karvan_i_gmns *g, karvan_error *err) {
    static const struct {
        int table;
        const char *column, *why;
    } lost[] = {{KARVAN_I_GMNS_NODE, "z_coord", "height"},
                {LINK, "parent_link_id", "which link another belongs to"},
                {LINK, "grade", "grade"},
                {LINK, "capacity", "capacity in cars, not in containers"},
                {LINK, "lanes", "lanes"},
                {LINK, "bike_facility", "room for bicycles"},
                {LINK, "ped_facility", "room for pedestrians"},
                {LINK, "parking", "parking"},
                {LINK, "row_width", "width"}};
    karvan_status st = KARVAN_OK;
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        const karvan_table *t = g->table[lost[i].table];
        int c = karvan_table_find(t, lost[i].column);
        int64_t filled = 0, first = -1;
        for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++)
            if (karvan_table_state(t, c, r) == KARVAN_VALUE) {
                if (first < 0) first = r;
                filled++;
            }
        if (filled > 0)
            KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, karvan_i_at_cell(t, c, first),
                                            "gmns-column", NULL, err,
                                            "%s (%s) is not kept (cells: %lld)", lost[i].column,
                                            lost[i].why, (long long)filled));
    }
done:
    return st;
}

karvan_status karvan_i_gmns_links(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[LINK];
    int64_t taken = 0;
    int32_t row;
    KARVAN_TRY(index_geometry(g, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(take_link(g, r, &row, err));
        taken += row >= 0;
    }
    KARVAN_TRY(karvan_i_import_count(g->imp, "link", karvan_table_rows(t), taken, err));
    KARVAN_TRY(tell_columns(g, err));
done:
    return st;
}
