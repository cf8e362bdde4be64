#ifndef KARVAN_SRC_EXCHANGE_GTFS_H
#define KARVAN_SRC_EXCHANGE_GTFS_H
/* Inside the reader of GTFS (gtfs.org/documentation/schedule/reference): the feed as files, its
 * tables as arrays, trips as hops from stop to stop, hops as links and services. */
#include "base/text.h"
#include "exchange/import.h"
#include "exchange/zip.h"
#include "table/column.h"
#include "table/csv.h"

/* ---- the feed as files (gtfs_feed.c) ---- */

/* The files that are read, in the order in which they are. */
enum {
    KARVAN_I_FEED_INFO,
    KARVAN_I_AGENCY,
    KARVAN_I_STOPS,
    KARVAN_I_ROUTES,
    KARVAN_I_CALENDAR,
    KARVAN_I_CALENDAR_DATES,
    KARVAN_I_SHAPES,
    KARVAN_I_TRIPS,
    KARVAN_I_STOP_TIMES,
    KARVAN_I_FREQUENCIES,
    KARVAN_I_GTFS_FILES
};
extern const char *const karvan_i_gtfs_names[KARVAN_I_GTFS_FILES]; /* without .txt */

typedef struct karvan_i_feed {
    const char *path; /* borrowed */
    char *bytes;      /* of the archive; NULL: a folder, or borrowed */
    karvan_i_zip zip;
    bool packed;
    int n_files;
    char **file; /* [n_files] names, sorted; inside the archive's one folder without it */
    int *entry;  /* [n_files] of the archive */
    char *label[KARVAN_I_GTFS_FILES]; /* for messages: "feed.zip/stops.txt" */
} karvan_i_feed;
/* A folder or an archive. */
karvan_status karvan_i_feed_open(const char *path, karvan_i_feed *out, karvan_error *err);
/* An archive in memory, borrowed. */
karvan_status karvan_i_feed_open_bytes(const char *bytes, size_t n, const char *path,
                                       karvan_i_feed *out, karvan_error *err);
void karvan_i_feed_close(karvan_i_feed *f);
/* Files that are not read, with their rows: a problem each. */
karvan_status karvan_i_feed_report(const karvan_i_feed *f, karvan_import *imp, karvan_error *err);

/* ---- rows of one file (gtfs_rows.c) ---- */

enum { KARVAN_I_GTFS_COLUMNS = 16 };

/* A column of the file that nobody asked for. */
typedef struct karvan_i_gtfs_other {
    char *name; /* NULL: one that was asked for */
    int64_t cells, line, column;
} karvan_i_gtfs_other;

typedef struct karvan_i_gtfs_rows {
    karvan_import *imp;
    const char *label, *name;
    char *bytes;
    karvan_i_csv csv;
    bool open;
    int n_columns;
    int field[KARVAN_I_GTFS_COLUMNS];         /* of a column in the file, -1: not there */
    const char *value[KARVAN_I_GTFS_COLUMNS]; /* of the row, without blanks around; "" where none */
    karvan_i_gtfs_other *other;               /* [n_header] */
    int n_header;
    int64_t read, taken; /* `taken` is the caller's to raise */
    karvan_error *err;
} karvan_i_gtfs_rows;
/* columns[0..n): wanted; the first `needed` of them must be in the header. *found false where the
 * feed has no such file; KARVAN_E_DATA where it should. Close in any case. */
karvan_status karvan_i_gtfs_open(const karvan_i_feed *f, int file, bool required, int n, int needed,
                                 const char *const *columns, karvan_import *imp,
                                 karvan_i_gtfs_rows *out, bool *found, karvan_error *err);
karvan_status karvan_i_gtfs_next(karvan_i_gtfs_rows *r, bool *got);
/* Where a column's cell stands in the row; -1: the row. */
karvan_i_at karvan_i_gtfs_at(const karvan_i_gtfs_rows *r, int column);
/* The row is left out, or something of it: a problem at a cell. */
karvan_status karvan_i_gtfs_note(const karvan_i_gtfs_rows *r, int column, const char *code,
                                 const char *hint, const char *fmt, ...) KARVAN_PRINTF(5, 6);
/* Counts rows, tells columns that were not asked for. `st` is passed through. */
karvan_status karvan_i_gtfs_close(karvan_i_gtfs_rows *r, karvan_status st);

/* ---- tables (gtfs_tables.c, gtfs_calendar.c, gtfs_times.c, gtfs_shapes.c) ---- */

typedef struct karvan_i_gtfs_stop {
    size_t name;          /* in texts */
    double lon, lat;      /* NaN: not told */
    int32_t parent;       /* stop; -1: none */
    size_t parent_id;     /* in texts; 0: none */
    int location_type;    /* 0 a stop, 1 a station, others are neither */
    int32_t place;        /* row of places; -1: none yet */
    bool visited, by_sea; /* by a trip; by one over water */
    int64_t line;
} karvan_i_gtfs_stop;

enum { KARVAN_I_GTFS_MODE = 24 };
typedef struct karvan_i_gtfs_route {
    size_t name;
    int32_t agency;                /* -1: not told */
    char mode[KARVAN_I_GTFS_MODE]; /* "": none that cargo takes */
    bool by_sea;
} karvan_i_gtfs_route;

typedef struct karvan_i_gtfs_service { /* days of service */
    uint8_t days;                      /* bit 0 Monday ... bit 6 Sunday */
    karvan_day first, last;
    bool weekly;  /* calendar.txt has it, with a day at least */
    int64_t line; /* first of calendar_dates.txt */
} karvan_i_gtfs_service;

typedef struct karvan_i_gtfs_date {
    int32_t service;
    karvan_day day;
} karvan_i_gtfs_date;

typedef struct karvan_i_gtfs_trip {
    int32_t route, service, shape; /* shape -1: none */
    int32_t first, n;              /* of stop_times */
    int32_t first_frequency, n_frequencies;
    int64_t line;
} karvan_i_gtfs_trip;

typedef struct karvan_i_gtfs_time { /* a stop of a trip; seconds from noon minus 12 h, -1: blank */
    int32_t trip, stop, arrive, depart;
    int64_t sequence, line;
    double along; /* shape_dist_traveled, NaN: not told */
} karvan_i_gtfs_time;

typedef struct karvan_i_gtfs_frequency {
    int32_t trip, start, end, headway;
    bool exact;
} karvan_i_gtfs_frequency;

typedef struct karvan_i_gtfs_point {
    int32_t shape;
    int64_t sequence;
    double lon, lat, along; /* along: shape_dist_traveled, NaN: not told */
    double km;              /* from the shape's beginning */
} karvan_i_gtfs_point;

typedef struct karvan_i_gtfs {
    karvan_import *imp;
    karvan_i_feed feed;
    bool merge;          /* stops of a station are its one place */
    karvan_i_text texts; /* strings, each ended by NUL; offset 0 is "" */
    karvan_i_dictionary agency_id, stop_id, route_id, service_id, trip_id, shape_id;
    size_t *agency; /* [n_agencies] names in texts */
    karvan_i_gtfs_stop *stop;
    karvan_i_gtfs_route *route;
    karvan_i_gtfs_service *service;
    karvan_i_gtfs_date *date; /* [n_dates] by service, day */
    karvan_i_gtfs_trip *trip;
    karvan_i_gtfs_time *time;           /* [n_times] by trip, sequence */
    karvan_i_gtfs_frequency *frequency; /* [n_frequencies] by trip, start */
    karvan_i_gtfs_point *point;         /* [n_points] by shape, sequence */
    int32_t *shape_at;                  /* [shapes + 1] of points */
    int64_t n_agencies, n_stops, n_routes, n_services, n_dates, n_trips, n_times, n_frequencies,
        n_points;
    int64_t cap_agencies, cap_stops, cap_routes, cap_services, cap_dates, cap_trips, cap_times,
        cap_frequencies, cap_points;
    karvan_error *err;
} karvan_i_gtfs;

/* Room for one more; NULL, with the error told, where there is none. */
void *karvan_i_gtfs_room(karvan_i_gtfs *g, void *array, int64_t n, int64_t *cap, size_t size);
/* A text kept for good: its offset. "" is 0. */
karvan_status karvan_i_gtfs_keep(karvan_i_gtfs *g, const char *s, size_t *at);
const char *karvan_i_gtfs_text(const karvan_i_gtfs *g, size_t at);

karvan_status karvan_i_gtfs_read_agencies(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_stops(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_routes(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_trips(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_calendar(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_shapes(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_times(karvan_i_gtfs *g);
karvan_status karvan_i_gtfs_read_frequencies(karvan_i_gtfs *g);
/* "20260131" */
bool karvan_i_gtfs_day(const char *s, karvan_day *out);
/* "8:05:00" as seconds, beyond 24 h too; "" is -1. False: neither. */
bool karvan_i_gtfs_seconds(const char *s, int32_t *out);
/* Kilometres from stop to stop of a trip along its shape, [n - 1]; NaN where no shape serves. */
karvan_status karvan_i_gtfs_lengths(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t,
                                    double *km);

/* ---- a week of departures (gtfs_week.c) ---- */

/* Departures of a week: minutes from Monday 00:00, sorted, distinct. */
typedef struct karvan_i_gtfs_week {
    int32_t *minute;
    int64_t n, cap;
} karvan_i_gtfs_week;
/* A departure `seconds` after the midnight with which each of the days begins. */
karvan_status karvan_i_gtfs_week_add(karvan_i_gtfs_week *w, uint8_t days, int32_t seconds,
                                     karvan_error *err);
/* Sorts, drops what is there twice. */
void karvan_i_gtfs_week_sort(karvan_i_gtfs_week *w);
/* Mean gap between departures, hours, and its coefficient of variation; n > 0. */
void karvan_i_gtfs_week_gaps(const karvan_i_gtfs_week *w, double *mean_h, double *cv);
/* "Mo-Fr 08:00,17:30; Sa 10:00": days of the same hours together. */
void karvan_i_gtfs_week_text(const karvan_i_gtfs_week *w, karvan_i_text *out);

/* ---- trips as links and services (gtfs_services.c) ---- */
karvan_status karvan_i_gtfs_services(karvan_i_gtfs *g);

/* A whole feed, open, as rows of an import (import_gtfs.c); takes it. */
karvan_status karvan_i_import_gtfs_feed(karvan_import *imp, karvan_i_feed *take, karvan_error *err);
#endif
