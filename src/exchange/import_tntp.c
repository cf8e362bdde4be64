/* TNTP (github.com/bstabler/TransportationNetworks): NAME_net.tntp, and NAME_node.tntp for
 * positions. Files of flows and trips are left, and said so. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/crs.h"
#include "exchange/import_tntp.h"
#include "exchange/units.h"
#include "karvan/network.h"
#include "table/number.h"

/* ---- positions ---- */

typedef struct position {
    double x, y; /* NaN: the file does not say */
    int64_t line;
} position;

typedef struct node_file {
    karvan_import *imp;
    const char *path;
    int32_t nodes;
    position *at; /* [nodes] */
    int64_t read, taken;
} node_file;

enum { WORDS = 4 };

/* Words of a line, parted by blanks; `;` ends it. How many there are, WORDS at the most. */
static int split(const char *s, const char *end, const char *word[WORDS], size_t n[WORDS]) {
    int k = 0;
    while (s < end && k < WORDS) {
        while (s < end && strchr(" \t\r,", *s) && *s) s++;
        if (s >= end || *s == ';' || !*s) break;
        word[k] = s;
        while (s < end && *s && !strchr(" \t\r,;", *s)) s++;
        n[k] = (size_t)(s - word[k]), k++;
    }
    return k;
}

/* One line "node x y ;": a header and blank lines are passed over. */
static karvan_status read_node(node_file *f, const char *s, const char *end, int64_t line,
                               karvan_error *err) {
    const char *word[WORDS];
    size_t n[WORDS];
    int64_t node = 0;
    double x = 0, y = 0;
    int words = split(s, end, word, n);
    if (words == 0 || word[0][0] == '~' || word[0][0] == '<') return KARVAN_OK;
    bool number = karvan_i_parse_int(word[0], n[0], &node);
    if (!number && f->read == 0 && words >= 3 && !karvan_i_parse_real(word[1], n[1], '.', &x))
        return KARVAN_OK; /* the header */
    f->read++;
    const char *why = NULL;
    if (words < 3 || !number || !karvan_i_parse_real(word[1], n[1], '.', &x) ||
        !karvan_i_parse_real(word[2], n[2], '.', &y))
        why = "a line is a node, its X and its Y";
    else if (node < 1 || node > f->nodes)
        why = "a node beyond those of the network";
    else if (!isnan(f->at[node - 1].x))
        why = "a second position of the node";
    const karvan_i_at at = {f->path, line, (int64_t)(word[0] - s) + 1};
    if (why)
        return karvan_i_import_note(f->imp, KARVAN_WARNING, at, "tntp-node", NULL, err,
                                    "the position is left out: %s", why);
    f->at[node - 1] = (position){x, y, line};
    f->taken++;
    return KARVAN_OK;
}

static karvan_status parse_nodes(node_file *f, const char *s, size_t size, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *end = s + size;
    for (int64_t line = 1; s < end; line++) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        KARVAN_TRY(read_node(f, s, stop ? stop : end, line, err));
        s = stop ? stop + 1 : end;
    }
    KARVAN_TRY(karvan_i_import_count(f->imp, "position", f->read, f->taken, err));
done:
    return st;
}

/* Positions in degrees; what is none is left unknown and counted. */
static karvan_status turn(karvan_import *imp, node_file *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_crs *crs = NULL;
    KARVAN_TRY(karvan_i_crs_open(karvan_i_import_setting(imp, "crs"), &crs, err));
    for (int32_t i = 0; i < f->nodes; i++) {
        position *p = &f->at[i];
        if (isnan(p->x)) continue;
        karvan_i_crs_to_degrees(crs, &p->x, &p->y);
        if (p->x >= -180 && p->x <= 180 && p->y >= -90 && p->y <= 90) continue;
        p->x = p->y = NAN;
        KARVAN_TRY(karvan_i_import_ignore(
            imp, (karvan_i_at){f->path, p->line, 1}, "import-crs",
            "a position that is not in degrees is left unknown; --crs EPSG:N turns it", err));
    }
done:
    karvan_i_crs_close(crs);
    return st;
}

/* ---- the network ---- */

typedef struct factors {
    double km, h;
    bool guessed_km, guessed_h;
} factors;

static karvan_status choose_units(const karvan_import *imp, factors *f, karvan_error *err) {
    const char *length = karvan_i_import_setting(imp, "length-unit");
    const char *time = karvan_i_import_setting(imp, "time-unit");
    f->guessed_km = !length, f->guessed_h = !time;
    f->km = karvan_i_km_per(length ? length : "km"), f->h = karvan_i_h_per(time ? time : "min");
    if (isnan(f->km))
        return karvan_fail(err, KARVAN_E_ARG, "--length-unit is km, m, mile or foot, not '%.40s'",
                           length);
    if (isnan(f->h))
        return karvan_fail(err, KARVAN_E_ARG, "--time-unit is h, min or s, not '%.40s'", time);
    return KARVAN_OK;
}

static karvan_status add_places(karvan_import *imp, const karvan_tntp *net, const node_file *f,
                                karvan_i_at at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t row;
    for (int32_t i = 0; i < net->nodes; i++) {
        karvan_i_place p = KARVAN_I_PLACE;
        char key[16], name[24];
        (void)snprintf(key, sizeof key, "%d", (int)i + 1);
        (void)snprintf(name, sizeof name, "%s %d", i < net->zones ? "Zone" : "Node", (int)i + 1);
        p.key = key, p.name = name, p.kind = i < net->zones ? "city" : "junction";
        p.lon = f->at[i].x, p.lat = f->at[i].y, p.at = at;
        KARVAN_TRY(karvan_i_import_place(imp, &p, &row, err));
    }
    KARVAN_TRY(karvan_i_import_count(imp, "node", net->nodes, net->nodes, err));
done:
    return st;
}

/* Columns that a region has no room for, where they hold something. */
static karvan_status leave_columns(karvan_import *imp, const karvan_tntp *net, int32_t i,
                                   karvan_i_at at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const struct {
        int column;
        const char *what;
    } left[] = {{KARVAN_TNTP_CAPACITY, "capacity is in vehicles, not in containers: left"},
                {KARVAN_TNTP_B, "b and power of the delay by load are left: times are free-flow"},
                {KARVAN_TNTP_TOLL, "toll is in a unit that the file does not say: left"}};
    for (size_t k = 0; k < sizeof left / sizeof left[0]; k++)
        if (net->column[left[k].column][i] != 0)
            KARVAN_TRY(karvan_i_import_ignore(imp, at, "tntp-column", left[k].what, err));
done:
    return st;
}

static karvan_status add_links(karvan_import *imp, const karvan_tntp *net, const factors *f,
                               karvan_i_at at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *mode = karvan_i_import_setting(imp, "mode");
    int64_t taken = 0;
    int32_t row;
    for (int32_t i = 0; i < net->links; i++) {
        karvan_i_link l = KARVAN_I_LINK;
        char key[16], note[60];
        (void)snprintf(key, sizeof key, "%d", (int)i + 1);
        (void)snprintf(note, sizeof note, "type %d", (int)net->type[i]);
        l.key = key, l.from = net->from[i], l.to = net->to[i], l.mode = mode ? mode : "road";
        l.length_km = net->column[KARVAN_TNTP_LENGTH][i] * f->km;
        l.time_h = net->column[KARVAN_TNTP_TIME][i] * f->h;
        l.length_source = f->guessed_km ? "assumption" : NULL;
        l.time_source = f->guessed_h ? "assumption" : NULL;
        karvan_i_text text = {0};
        karvan_i_text_puts(&text, note);
        if (f->guessed_km) karvan_i_text_puts(&text, "; length: its unit is taken for km");
        if (f->guessed_h) karvan_i_text_puts(&text, "; time: its unit is taken for minutes");
        l.note = text.s, l.at = at;
        st = karvan_i_text_status(&text, err);
        if (st == KARVAN_OK) st = karvan_i_import_link(imp, &l, &row, err);
        karvan_i_text_clear(&text);
        if (st != KARVAN_OK) goto done;
        taken += row >= 0;
        KARVAN_TRY(leave_columns(imp, net, i, at, err));
    }
    KARVAN_TRY(karvan_i_import_count(imp, "link", net->links, taken, err));
done:
    return st;
}

static karvan_status tell_units(karvan_import *imp, const factors *f, karvan_i_at at,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (f->guessed_km)
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, at, "tntp-unit", "--length-unit UNIT",
                                        err,
                                        "the file does not say its unit of length; km is taken"));
    if (f->guessed_h)
        KARVAN_TRY(
            karvan_i_import_note(imp, KARVAN_WARNING, at, "tntp-unit", "--time-unit UNIT", err,
                                 "the file does not say its unit of time; minutes are taken"));
done:
    return st;
}

karvan_status karvan_i_import_tntp_bytes(karvan_import *imp, const char *net_path, const char *net,
                                         size_t n_net, const char *node_path, const char *nodes,
                                         size_t n_nodes, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_tntp t = {0};
    factors units;
    const karvan_i_at at = {net_path, 0, 0};
    node_file f = {.imp = imp, .path = node_path};
    const char *mode = karvan_i_import_setting(imp, "mode");
    KARVAN_TRY(choose_units(imp, &units, err));
    KARVAN_TRY(karvan_tntp_parse(net, n_net, net_path, &t, err));
    f.nodes = t.nodes;
    f.at = karvan_i_malloc((size_t)t.nodes + 1, sizeof *f.at);
    KARVAN_REQUIRE(f.at, err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)t.nodes);
    for (int32_t i = 0; i < t.nodes; i++) f.at[i] = (position){NAN, NAN, 0};
    if (mode) KARVAN_TRY(karvan_i_import_any_mode(imp, mode, err));
    if (nodes) {
        KARVAN_TRY(karvan_i_import_source(imp, node_path, NULL, NULL, err));
        KARVAN_TRY(parse_nodes(&f, nodes, n_nodes, err));
        KARVAN_TRY(turn(imp, &f, err));
    }
    KARVAN_TRY(karvan_i_import_source(imp, net_path, NULL, NULL, err));
    KARVAN_TRY(tell_units(imp, &units, at, err));
    KARVAN_TRY(add_places(imp, &t, &f, at, err));
    if (t.first_through > 0)
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, at, "tntp-first-through", NULL, err,
                                        "nodes below %d end paths in this format; in a region "
                                        "routes may pass through them",
                                        (int)t.first_through + 1));
    KARVAN_TRY(add_links(imp, &t, &units, at, err));
done:
    karvan_tntp_clear(&t);
    karvan_i_free(f.at);
    return st;
}

static bool ends(const char *s, const char *end) {
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

static karvan_status read_tntp(karvan_import *imp, int n_paths, const char *const *paths,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *net = NULL, *nodes = NULL;
    size_t n_net = 0, n_nodes = 0;
    const char *node_path = NULL;
    for (int i = 1; i < n_paths; i++) {
        if (ends(paths[i], "_flow.tntp") || ends(paths[i], "_trips.tntp"))
            KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, (karvan_i_at){paths[i], 0, 0},
                                            "import-file", NULL, err,
                                            "flows and trips have no table here: not read"));
        else if (!node_path)
            node_path = paths[i];
        else
            return karvan_fail(err, KARVAN_E_ARG, "%s: a second file of nodes", paths[i]);
    }
    KARVAN_TRY(karvan_i_file_read(paths[0], &net, &n_net, err));
    if (node_path) KARVAN_TRY(karvan_i_file_read(node_path, &nodes, &n_nodes, err));
    KARVAN_TRY(
        karvan_i_import_tntp_bytes(imp, paths[0], net, n_net, node_path, nodes, n_nodes, err));
done:
    karvan_i_free(net), karvan_i_free(nodes);
    return st;
}

static const char *const settings[] = {"mode", "crs", "length-unit", "time-unit", NULL};
const karvan_i_importer karvan_i_importer_tntp = {
    "tntp",
    "a network of the Transportation Networks collection",
    "NAME_net.tntp [NAME_node.tntp]",
    1,
    4,
    settings,
    read_tntp,
    NULL,
    NULL};
