#ifndef KARVAN_SRC_EXCHANGE_FEATURE_H
#define KARVAN_SRC_EXCHANGE_FEATURE_H
/* Features: a geometry with named values, as GeoJSON and GeoPackages have them, and how they become
 * rows of a region. Points are places; lines are links between places at their ends; rows of
 * tables without a line of their own are what the table is. A format says how its values are read;
 * the rest is the same for all. */
#include "exchange/import.h"

/* ---- points that meet (nearby.c) ---- */

/* Points on the globe, found by nearness. */
typedef struct karvan_i_nearby {
    double cell_km, tolerance_km;
    double (*xyz)[3]; /* [n] km from the earth's centre */
    int32_t *value;   /* [n] what the caller said */
    int32_t *next;    /* [n] of the same slot, -1: none */
    int32_t n, cap;
    int32_t *slot; /* [n_slots] first of it, -1: none; a power of two */
    size_t n_slots;
} karvan_i_nearby;
karvan_status karvan_i_nearby_init(karvan_i_nearby *s, double tolerance_km, karvan_error *err);
void karvan_i_nearby_clear(karvan_i_nearby *s);
karvan_status karvan_i_nearby_add(karvan_i_nearby *s, double lon, double lat, int32_t value,
                                  karvan_error *err);
/* Value of the nearest point within the tolerance, the first added of equals; -1: none. */
int32_t karvan_i_nearby_find(const karvan_i_nearby *s, double lon, double lat);

/* ---- what a feature is ---- */

typedef enum karvan_i_geometry_type {
    KARVAN_I_NO_GEOMETRY,
    KARVAN_I_POINT,
    KARVAN_I_MULTIPOINT,
    KARVAN_I_LINE,
    KARVAN_I_MULTILINE,
    KARVAN_I_POLYGON,
    KARVAN_I_MULTIPOLYGON,
    KARVAN_I_COLLECTION,
    KARVAN_I_GEOMETRY_TYPES,
    KARVAN_I_OTHER_GEOMETRY = KARVAN_I_GEOMETRY_TYPES /* curves, solids: their positions not read */
} karvan_i_geometry_type;
extern const char *const karvan_i_geometry_names[KARVAN_I_GEOMETRY_TYPES];

/* A named value of a feature. */
typedef struct karvan_i_value {
    enum {
        KARVAN_I_NO_VALUE,
        KARVAN_I_TEXT_VALUE,
        KARVAN_I_NUMBER_VALUE,
        KARVAN_I_TRUTH_VALUE,
        KARVAN_I_ODD_VALUE /* a list, bytes: of no use in a cell */
    } kind;
    const char *text; /* of a text; of a whole number its digits, NULL: as the double has them */
    double number;
    bool truth;
} karvan_i_value;

typedef struct karvan_i_feature {
    karvan_i_geometry_type type;
    int32_t n_parts;        /* of points, lines: one or more */
    const int32_t *part;    /* [n_parts] positions in each */
    const double *lonlat;   /* pairs */
    const void *properties; /* the format's own */
    karvan_i_value id;      /* a text or a number beside the properties, where there is one */
    const char *made;       /* how a place is called that has neither id nor name */
    int64_t line, column;
} karvan_i_feature;

/* How a format keeps the values of a feature. */
typedef struct karvan_i_feature_format {
    const char *word; /* what it calls a named value: property, attribute */
    karvan_i_value (*get)(const void *properties, const char *name);
    /* Every name that has a value. */
    karvan_status (*each)(const void *properties,
                          karvan_status (*with)(void *ctx, const char *name), void *ctx);
    bool all_tables; /* terminals and services come in it, too */
} karvan_i_feature_format;

/* ---- one import of them ---- */

/* Columns that a property may fill, in the order of the lists in feature_values.c. Numbers stand
 * behind texts; a yes or no has its place among the texts. */
enum { ID, NAME, LOCODE, ALIASES, COUNTRY, KIND, PLACE_NOTE, OFFSET, PLACE_COLUMNS };
enum {
    LINK_ID,
    FROM,
    TO,
    MODE,
    TWO_WAY,
    OPEN_FROM,
    OPEN_TO,
    OPERATOR,
    CARGO,
    LINK_NOTE,
    LENGTH,
    SPEED,
    TIME,
    SPREAD,
    COST,
    CAPACITY,
    TONNES,
    CO2E,
    FIXED_H,
    FIXED_USD,
    LINK_COLUMNS
};
enum {
    TERMINAL_ID,
    PLACE,
    OPERATION,
    FROM_MODE,
    TO_MODE,
    BOTH_WAYS,
    FROM_STATUS,
    TO_STATUS,
    TERMINAL_CARGO,
    HOURS,
    TERMINAL_FROM,
    TERMINAL_TO,
    TERMINAL_NOTE,
    DWELL_P50,
    DWELL_P90,
    MOVE_COST,
    MOVE_CAPACITY,
    MOVE_CO2E,
    STEP,
    TERMINAL_COLUMNS
};
enum {
    SERVICE_ID,
    SERVICE_LINK,
    SERVICE_NAME,
    SERVICE_OPERATOR,
    WHEN_FULL,
    TIMETABLE,
    SEASON,
    SERVICE_FROM,
    SERVICE_TO,
    SERVICE_NOTE,
    HEADWAY,
    HEADWAY_CV,
    SHIP_CAPACITY,
    CLOSED_DAYS,
    SERVICE_COLUMNS
};
enum {
    MODE_ID,
    MODE_NAME,
    MODE_MODE,
    MEANS,
    CARRIES,
    NEEDS_SERVICE,
    MODE_NOTE,
    GAUGE,
    MAX_KMH,
    MODE_COLUMNS
};
enum {
    OPERATION_ID,
    OPERATION_NAME,
    CAUSE,
    COUNTS_AS,
    MANDATORY,
    OPERATION_NOTE,
    DEFAULT_P50,
    DEFAULT_P90,
    DEFAULT_USD,
    OPERATION_COLUMNS
};
enum { MOST_COLUMNS = LINK_COLUMNS };
/* Tables, in the order of the lists in feature_values.c. */
enum {
    KARVAN_I_AS_PLACES,
    KARVAN_I_AS_LINKS,
    KARVAN_I_AS_TERMINALS,
    KARVAN_I_AS_SERVICES,
    KARVAN_I_AS_MODES,
    KARVAN_I_AS_OPERATIONS,
    KARVAN_I_AS_TABLES
};
const char *karvan_i_feature_table(int table); /* its name */

typedef struct karvan_i_feature_reader {
    karvan_import *imp;
    const karvan_i_feature_format *format;
    const char *file; /* that positions are told by */
    karvan_i_nearby ends;
    double tolerance_km;
    int64_t junctions, taken;
    int64_t heights; /* positions with more than a longitude and a latitude */
    /* names of the properties, by table and column; ours unless --property says theirs */
    const char *name[KARVAN_I_AS_TABLES][MOST_COLUMNS];
    char scratch[MOST_COLUMNS][40]; /* numbers as text */
    karvan_error *err;
} karvan_i_feature_reader;

/* With the settings `tolerance` and `property`; clear it in any case. KARVAN_E_ARG: a value that
 * cannot be. */
karvan_status karvan_i_feature_reader_init(karvan_i_feature_reader *r, karvan_import *imp,
                                           const karvan_i_feature_format *format,
                                           karvan_error *err);
void karvan_i_feature_reader_clear(karvan_i_feature_reader *r);

/* ---- values by table and column (feature_values.c) ---- */

karvan_i_at karvan_i_feature_at(const karvan_i_feature_reader *r, const karvan_i_feature *f);
/* Values that fill no column, one line a name for all features. `layer` is our own mark, `lon`
 * and `lat` are what the geometry says. */
karvan_status karvan_i_feature_others(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                      int table);
/* A value that is not of its column's kind is told and left unknown. */
karvan_status karvan_i_feature_odd(karvan_i_feature_reader *r, const karvan_i_feature *f, int table,
                                   int column, const char *hint);
/* Texts, and numbers written as such; NULL: none. */
karvan_status karvan_i_feature_text(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, const char **out);
/* Numbers, and texts that are nothing but a number; NaN: none. */
karvan_status karvan_i_feature_real(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, double *out);
/* true, false, 1, 0; *out stays as it is where there is none. */
karvan_status karvan_i_feature_bool(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                    int table, int column, bool *out);
/* Texts of columns 0, 1, ..., n_texts - 1 (a NULL target is left alone), then numbers of the
 * columns behind them. */
karvan_status karvan_i_feature_cells(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                     int table, int n_texts, const char **const *texts, int n_reals,
                                     double *const *reals);
/* The id beside the properties as text; NULL: none. */
const char *karvan_i_feature_id(karvan_i_feature_reader *r, const karvan_i_feature *f);

/* ---- rows ---- */

/* feature_places.c: a point, or a feature without a geometry, as a place. */
karvan_status karvan_i_feature_place(karvan_i_feature_reader *r, const karvan_i_feature *f);
/* Has it texts for both ends of a link? */
bool karvan_i_feature_names_ends(const karvan_i_feature_reader *r, const karvan_i_feature *f);
/* One that becomes no row; `what` names its geometry where it is none of the list above. */
karvan_status karvan_i_feature_ignore(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                      const char *what);
/* The line on heights, where there were any. */
karvan_status karvan_i_feature_heights(karvan_i_feature_reader *r, karvan_i_at whole);
/* feature_links.c: a line or lines, or what names both its ends, as a link. */
karvan_status karvan_i_feature_link(karvan_i_feature_reader *r, const karvan_i_feature *f);
/* feature_rows.c: a row of terminals, services, modes or operations. */
karvan_status karvan_i_feature_row(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                   int table);
#endif
