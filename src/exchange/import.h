#ifndef KARVAN_SRC_EXCHANGE_IMPORT_H
#define KARVAN_SRC_EXCHANGE_IMPORT_H
/* What an importer is and how it fills the tables of a region. An importer reads files of a format
 * and calls the functions below, row by row, in any order that names places before links and links
 * before services. Rows that cannot be are left out and listed; nothing vanishes silently.
 *
 * A new format: a file import_X.c with a `const karvan_i_importer karvan_i_importer_X`, named below
 * and in the list of formats.c; its options also in src/cli/cmd_import.c. */
#include <math.h>

#include "exchange/folder.h"
#include "karvan/exchange.h"

typedef struct karvan_i_importer {
    const char *name, *title, *paths; /* as in karvan_import_format */
    int least, most;                  /* how many paths */
    const char *const *settings;      /* NULL-ended: names that only this format knows */
    karvan_status (*read)(karvan_import *imp, int n_paths, const char *const *paths,
                          karvan_error *err);
    /* NULL: it fills the tables of a region. Otherwise it makes a Data Package of tables of its
     * own: writes them, with their descriptor, into the open folder, out of what `read` kept. */
    karvan_status (*write)(karvan_import *imp, const karvan_i_folder *folder, karvan_error *err);
    void (*close)(void *kept); /* NULL where nothing is kept */
} karvan_i_importer;

extern const karvan_i_importer karvan_i_importer_gmns, karvan_i_importer_tntp,
    karvan_i_importer_unlocode, karvan_i_importer_geojson, karvan_i_importer_gtfs,
    karvan_i_importer_osm, karvan_i_importer_gpkg, karvan_i_importer_omx;

/* What `read` leaves for `write`; `close` is given it when the import ends. */
void karvan_i_import_keep(karvan_import *imp, void *take);
void *karvan_i_import_kept(const karvan_import *imp);
/* Table sources as a file of the folder, for importers that write. */
karvan_status karvan_i_import_write_sources(karvan_import *imp, const karvan_i_folder *folder,
                                            karvan_error *err);
/* Name of the package: the setting `name`. */
const char *karvan_i_import_name(const karvan_import *imp);

/* Last value of a setting, NULL where it was not given. */
const char *karvan_i_import_setting(const karvan_import *imp, const char *name);
/* The same as a number; `otherwise` where it was not given. KARVAN_E_ARG: no number. */
karvan_status karvan_i_import_number(const karvan_import *imp, const char *name, double otherwise,
                                     double *out, karvan_error *err);
/* All values of a setting in turn: i = 0, 1, ...; NULL past the last. */
const char *karvan_i_import_setting_at(const karvan_import *imp, const char *name, int i);

/* ---- what was not understood ---------------------------------------------------------- */

/* A place in a file: line and column count from 1, 0 where there is none. */
typedef struct karvan_i_at {
    const char *file;
    int64_t line, column;
} karvan_i_at;
/* Of a cell: reads the file again for the column, so for problems that are told one by one. */
karvan_i_at karvan_i_at_cell(const karvan_table *t, int column, int64_t row);
karvan_i_at karvan_i_at_row(const karvan_table *t, int64_t row); /* of a row: costs nothing */

/* One problem. The code is a word of docs/methods/check.md; hint may be NULL. KARVAN_E_NOMEM. */
karvan_status karvan_i_import_note(karvan_import *imp, karvan_severity severity, karvan_i_at at,
                                   const char *code, const char *hint, karvan_error *err,
                                   const char *message_fmt, ...) KARVAN_PRINTF(7, 8);
/* Something that the region has no room for, of which there may be thousands: one warning for all
 * with the same code and text, at the first of them, with their number. */
karvan_status karvan_i_import_ignore(karvan_import *imp, karvan_i_at first, const char *code,
                                     const char *what, karvan_error *err);
/* Rows of a kind of the format ("node", "way", ...): add to how many were read and taken. What was
 * read and not taken has its own problem, or is counted in one. */
karvan_status karvan_i_import_count(karvan_import *imp, const char *kind, int64_t read,
                                    int64_t taken, karvan_error *err);

/* A day on which the file's services run, for the region to be looked at on: EDTF. */
karvan_status karvan_i_import_reference_date(karvan_import *imp, const char *day,
                                             karvan_error *err);

/* ---- rows -------------------------------------------------------------------------------- */

/* The file that the rows from now on come from: a row of table sources, named after the file.
 * `note` may be NULL. */
karvan_status karvan_i_import_source(karvan_import *imp, const char *path, const char *title,
                                     const char *note, karvan_error *err);

/* Texts may be NULL and numbers NaN: unknown. Texts are copied; bytes that are no UTF-8 are
 * replaced and reported. Start from the initialisers below, which say `unknown` everywhere. */
typedef struct karvan_i_place {
    const char *key; /* how the format calls it; distinct. The id is made of it */
    const char *locode, *name, *aliases;
    const char *country; /* ISO 3166 alpha-2 or alpha-3 */
    const char *kind;    /* city, port, border, station, junction, strait; NULL: junction */
    double lon, lat;     /* degrees, WGS 84 */
    double utc_offset_h;
    const char *note;
    const char *source; /* id in table sources of the coordinates; NULL: the current file */
    karvan_i_at at;
} karvan_i_place;
/* Is it one of the kinds? NULL is none. */
bool karvan_i_is_place_kind(const char *s);
#define KARVAN_I_PLACE ((karvan_i_place){.lon = NAN, .lat = NAN, .utc_offset_h = NAN})

typedef struct karvan_i_link {
    const char *key; /* NULL: made of both ends and the mode */
    int32_t from, to;
    const char *mode; /* one that karvan_i_import_mode was told of, or one of its own list */
    bool two_way;
    double length_km; /* NaN: the geodesic between both ends, marked as computed */
    double speed_kmh, time_h, p90_over_p50;
    double cost_usd_per_teu; /* NaN: by the kilometre, marked as assumed */
    double toll_usd;         /* on top of the price by the kilometre */
    double capacity_teu_day, capacity_kt_year, co2e_kg_per_teu_km;
    double fixed_h, fixed_usd_per_teu;
    const char *open_from, *open_to; /* EDTF */
    const char *company, *cargo_classes, *note;
    /* ids in table sources where the file does not say it: "computed" (from a geometry),
     * "assumption" (with a note; a unit that was guessed) */
    const char *length_source, *time_source;
    karvan_i_at at;
} karvan_i_link;
#define KARVAN_I_LINK                           \
    ((karvan_i_link){.from = -1,                \
                     .to = -1,                  \
                     .length_km = NAN,          \
                     .speed_kmh = NAN,          \
                     .time_h = NAN,             \
                     .p90_over_p50 = NAN,       \
                     .cost_usd_per_teu = NAN,   \
                     .toll_usd = NAN,           \
                     .capacity_teu_day = NAN,   \
                     .capacity_kt_year = NAN,   \
                     .co2e_kg_per_teu_km = NAN, \
                     .fixed_h = NAN,            \
                     .fixed_usd_per_teu = NAN})

typedef struct karvan_i_service {
    const char *key; /* NULL: made of the link */
    int32_t link;    /* row that karvan_i_import_link gave */
    const char *name, *company;
    double headway_h, headway_cv; /* headway_cv NaN: 0 with a timetable, else unknown */
    bool leaves_when_full;
    double capacity_teu, closed_days_year;
    const char *timetable, *season;
    const char *open_from, *open_to, *note;
    karvan_i_at at;
} karvan_i_service;
#define KARVAN_I_SERVICE                     \
    ((karvan_i_service){.link = -1,          \
                        .headway_h = NAN,    \
                        .headway_cv = NAN,   \
                        .capacity_teu = NAN, \
                        .closed_days_year = NAN})

typedef struct karvan_i_terminal {
    const char *key; /* NULL: made of the place and the modes */
    int32_t place;
    const char *operation, *from_mode, *to_mode; /* border, gauge_change, port, tranship */
    bool two_way;
    double dwell_p50_h, dwell_p90_h, cost_usd_per_teu; /* NaN: by the operation, assumed */
    double capacity_teu_day, co2e_kg_per_teu;
    int step; /* 0: 1 */
    const char *from_status, *to_status, *cargo_classes, *opening_hours;
    const char *open_from, *open_to, *note;
    karvan_i_at at;
} karvan_i_terminal;
#define KARVAN_I_TERMINAL                         \
    ((karvan_i_terminal){.place = -1,             \
                         .two_way = true,         \
                         .dwell_p50_h = NAN,      \
                         .dwell_p90_h = NAN,      \
                         .cost_usd_per_teu = NAN, \
                         .capacity_teu_day = NAN, \
                         .co2e_kg_per_teu = NAN})

/* What terminals may name beside the operations that every region has. */
typedef struct karvan_i_import_operation_row {
    const char *id, *name, *cause, *counts_as; /* cause and counts_as: words of the schema */
    bool mandatory;
    double p50_h, p90_h, usd_per_teu;
    const char *note;
    karvan_i_at at;
} karvan_i_import_operation_row;
#define KARVAN_I_OPERATION \
    ((karvan_i_import_operation_row){.p50_h = NAN, .p90_h = NAN, .usd_per_teu = NAN})

/* Each adds a row and gives its number; -1 where the row cannot be (a key twice, a loop, a value
 * out of range...) and a problem says so. KARVAN_E_ARG: the importer's mistake. KARVAN_E_NOMEM. */
karvan_status karvan_i_import_place(karvan_import *imp, const karvan_i_place *p, int32_t *row,
                                    karvan_error *err);
karvan_status karvan_i_import_link(karvan_import *imp, const karvan_i_link *l, int32_t *row,
                                   karvan_error *err);
karvan_status karvan_i_import_service(karvan_import *imp, const karvan_i_service *s, int32_t *row,
                                      karvan_error *err);
karvan_status karvan_i_import_terminal(karvan_import *imp, const karvan_i_terminal *t, int32_t *row,
                                       karvan_error *err);
karvan_status karvan_i_import_operation(karvan_import *imp, const karvan_i_import_operation_row *o,
                                        int32_t *row, karvan_error *err);
/* Row of the place with this key, -1: none. */
int32_t karvan_i_import_place_of(const karvan_import *imp, const char *key);
/* Row of the link with this key, -1: none. */
int32_t karvan_i_import_link_of(const karvan_import *imp, const char *key);
/* Coordinates of a place's row, NaN where unknown. */
void karvan_i_import_position(const karvan_import *imp, int32_t place, double *lon, double *lat);
/* Distance between two places' rows on the ellipsoid, km; NaN where a position is unknown. */
double karvan_i_import_distance_km(const karvan_import *imp, int32_t a, int32_t b);
/* A terminal at each place for each pair of modes that meet there and have none: gauge_change,
 * port or tranship, all assumed: the setting `connect`. make false: only told how many there are.
 */
karvan_status karvan_i_import_connect(karvan_import *imp, bool make, karvan_error *err);

/* ---- modes ----------------------------------------------------------------------------- */

/* A mode as table `modes` has it, and what is assumed where a file says nothing. */
typedef struct karvan_i_mode {
    const char *id, *name, *mode, *means;
    int gauge_mm; /* 0: none */
    bool carries_containers, needs_service;
    bool from_file;    /* the current file says what it is, not we */
    double max_kmh;    /* NaN: unknown */
    double speed_kmh;  /* assumed; NaN: none can be */
    double usd_per_km; /* a TEU; assumed */
    const char *note;  /* of the file; NULL: none */
} karvan_i_mode;
/* The modes that karvan knows by itself: NULL past the last. */
const karvan_i_mode *karvan_i_known_mode(int i);
/* A mode that a user named: of that list, or one of which nothing more is known. */
karvan_status karvan_i_import_any_mode(karvan_import *imp, const char *mode, karvan_error *err);
/* Is it small letters, digits and _, as ids of modes are? */
bool karvan_i_import_is_mode(const char *s);
/* Make a mode known that is not on that list, before the first link of it. */
karvan_status karvan_i_import_mode(karvan_import *imp, const karvan_i_mode *mode,
                                   karvan_error *err);

/* ---- countries -------------------------------------------------------------------------- */

typedef struct karvan_i_country {
    char iso2[3], iso3[4];
    int m49; /* ISO 3166-1 numeric, which is the UN's M49 of countries */
    const char *name,
        *customs_area; /* customs_area: EU, EAEU, or NULL: a customs area of its own */
} karvan_i_country;
/* By alpha-2 or alpha-3 code in capitals; NULL: none. */
const karvan_i_country *karvan_i_country_of(const char *code);
/* One after the other from 0; NULL past the last. */
const karvan_i_country *karvan_i_country_at(int i);
#endif
