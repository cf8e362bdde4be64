/* Trips out of text: files NAME_trips.tntp of the Transportation Networks collection (metadata,
 * then "Origin 1" and "2 : 34.5;" for each destination), and CSV. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/trips.h"
#include "network/tntp.h"
#include "table/cell.h"
#include "table/number.h"

typedef struct scanner {
    karvan_i_tntp_reader r;
    const char *at;
    int32_t zones, origin; /* origin: -1 before the first */
    karvan_i_trip_cells cells;
    int64_t wanted; /* the cell to be told as standing twice, -1: none */
} scanner;

static inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static inline bool is_digit(char c) { return (unsigned)(c - '0') < 10; }

/* Blanks, ends of lines, and comments from ~ to the end of theirs. */
static inline const char *pass_blanks(const char *s, const char *end) {
    for (;;) {
        while (s < end && is_blank(*s)) s++;
        if (s == end || *s != '~') return s;
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        s = stop ? stop : end;
    }
}

/* The number of a zone at p->at, less one. */
static inline karvan_status read_zone(scanner *p, int32_t *out) {
    const char *s = p->at, *end = p->r.end;
    int64_t v = 0;
    for (; s < end && is_digit(*s); s++)
        if (v <= p->zones) v = v * 10 + (*s - '0');
    if (s == p->at)
        return karvan_i_tntp_fault(&p->r, s, "no number of a zone; a whole number is right");
    if (v < 1 || v > p->zones)
        return karvan_i_tntp_fault(&p->r, p->at, "no zone of the network, whose zones are 1 to %d",
                                   (int)p->zones);
    p->at = s, *out = (int32_t)v - 1;
    return KARVAN_OK;
}

/* The number of trips at p->at, as far as the next blank or semicolon. */
static inline karvan_status read_trips(scanner *p, double *out) {
    const char *s = p->at, *end = p->r.end;
    while (s < end && !is_blank(*s) && *s != ';') s++;
    size_t n = (size_t)(s - p->at);
    bool quick = end - s >= KARVAN_I_NUMBER_PAD && karvan_i_parse_real_fast(p->at, n, '.', out);
    if (!quick && !karvan_i_parse_real(p->at, n, '.', out))
        return karvan_i_tntp_fault(&p->r, p->at, "no number of trips; a finite number is right");
    if (*out < 0) return karvan_i_tntp_fault(&p->r, p->at, "trips below 0; 0 or more is right");
    p->at = s;
    return KARVAN_OK;
}

/* "2 : 34.5;", or without the semicolon at the end of a line. */
static inline karvan_status read_cell(scanner *p) {
    karvan_status st = KARVAN_OK;
    const char *from = p->at, *end = p->r.end;
    karvan_i_trip_cells *c = &p->cells;
    int64_t i = c->n;
    if (p->origin < 0) return karvan_i_tntp_fault(&p->r, from, "trips before the first Origin");
    if (i == p->wanted)
        return karvan_i_tntp_fault(&p->r, from,
                                   "trips from this origin to this destination stand "
                                   "twice");
    KARVAN_TRY(read_zone(p, &c->destination[i]));
    p->at = pass_blanks(p->at, end);
    if (p->at == end || *p->at != ':')
        return karvan_i_tntp_fault(&p->r, p->at, "a colon belongs behind a destination");
    p->at = pass_blanks(p->at + 1, end);
    KARVAN_TRY(read_trips(p, &c->trips[i]));
    while (p->at < end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\r')) p->at++;
    if (p->at < end && *p->at != ';' && *p->at != '\n' && *p->at != '~')
        return karvan_i_tntp_fault(&p->r, p->at, "a semicolon belongs behind trips");
    if (p->at < end && *p->at == ';') p->at++;
    c->origin[i] = p->origin, c->n++;
done:
    return st;
}

static bool is_origin(const char *s, const char *end) {
    static const char word[] = "origin";
    for (int i = 0; i < 6; i++)
        if (end - s <= i || (s[i] | 0x20) != word[i]) return false;
    return end - s > 6 && is_blank(s[6]);
}

/* All behind the metadata, from p->at. */
static karvan_status read_body(scanner *p) {
    karvan_status st = KARVAN_OK;
    const char *end = p->r.end;
    p->origin = -1, p->cells.n = 0;
    for (;;) {
        p->at = pass_blanks(p->at, end);
        if (p->at == end) break;
        if (is_digit(*p->at)) {
            KARVAN_TRY(read_cell(p));
        } else if (is_origin(p->at, end)) {
            p->at = pass_blanks(p->at + 6, end);
            KARVAN_TRY(read_zone(p, &p->origin));
        } else {
            return karvan_i_tntp_fault(&p->r, p->at,
                                       "neither Origin nor the number of a destination");
        }
    }
done:
    return st;
}

typedef struct metadata {
    int64_t zones;  /* -1: not told */
    double total;   /* NaN: not told */
    int digit;      /* where its last digit stands, a power of ten */
    const char *at; /* where it is told */
} metadata;

static karvan_status read_metadata(scanner *p, metadata *m) {
    karvan_status st = KARVAN_OK;
    *m = (metadata){-1, NAN, 0, NULL};
    const karvan_i_tntp_key keys[] = {
        {.name = "<NUMBER OF ZONES>", .whole = &m->zones},
        {.name = "<TOTAL OD FLOW>", .real = &m->total, .digit = &m->digit, .at = &m->at}};
    KARVAN_TRY(karvan_i_tntp_metadata(&p->r, keys, sizeof keys / sizeof keys[0]));
    if (m->zones < 0)
        return karvan_i_tntp_fault(&p->r, p->r.line, "the metadata do not tell <NUMBER OF ZONES>");
    if (m->zones != p->zones)
        return karvan_i_tntp_fault(&p->r, p->r.line,
                                   "<NUMBER OF ZONES> says %lld where the network has %d zones",
                                   (long long)m->zones, (int)p->zones);
done:
    return st;
}

/* The files of the collection tell the sum of their cells to the last digit that they print, of
 * which some print six. What differs by more lacks cells, or is the total of another file. */
static karvan_status check_total(const scanner *p, const metadata *m) {
    double sum = 0;
    for (int64_t i = 0; i < p->cells.n; i++) sum += p->cells.trips[i];
    if (isnan(m->total) || fabs(sum - m->total) <= pow(10, m->digit) + 1e-5 * fabs(m->total))
        return KARVAN_OK;
    return karvan_i_tntp_fault(&p->r, m->at,
                               "<TOTAL OD FLOW> says %.15g where the trips of the file add up to "
                               "%.15g; cells are missing, or the total is not of this file",
                               m->total, sum);
}

static karvan_status parse_tntp(const karvan_i_source_text *text, int32_t zones, karvan_trips *out,
                                karvan_error *err) {
    const char *bytes = text->bytes;
    karvan_status st = KARVAN_OK;
    metadata m;
    int64_t most = 0;
    scanner p = {
        .r = {text->name, bytes, bytes, bytes + text->n, bytes, err}, .zones = zones, .wanted = -1};
    KARVAN_TRY(read_metadata(&p, &m));
    for (const char *s = p.r.at; s < p.r.end; s++) most += *s == ':';
    KARVAN_TRY(karvan_i_trip_cells_init(&p.cells, most + 1, err));
    p.at = p.r.at;
    KARVAN_TRY(read_body(&p));
    KARVAN_TRY(check_total(&p, &m));
    KARVAN_TRY(karvan_i_trips_order(&p.cells, zones, out, &p.wanted, err));
    if (p.wanted >= 0) { /* read again to say where */
        KARVAN_TRY(karvan_i_trip_cells_init(&p.cells, most + 1, err));
        p.at = p.r.at;
        KARVAN_TRY(read_body(&p));
    }
done:
    karvan_i_trip_cells_clear(&p.cells);
    return st;
}

/* ---- CSV ---- */

enum { ORIGIN, DESTINATION, TRIPS, COLUMNS };

static karvan_status cell_zone(const karvan_table *t, int column, int64_t row, int32_t zones,
                               int32_t *out, karvan_error *err) {
    char what[120];
    int64_t v = karvan_table_int(t, column, row);
    if (karvan_table_state(t, column, row) != KARVAN_VALUE)
        return karvan_i_refuse(t, column, row, "no number of a zone; a whole number is right", err);
    (void)snprintf(what, sizeof what, "no zone of the network, whose zones are 1 to %d",
                   (int)zones);
    if (v < 1 || v > zones) return karvan_i_refuse(t, column, row, what, err);
    *out = (int32_t)v - 1;
    return KARVAN_OK;
}

static karvan_status csv_row(const karvan_table *t, const int column[COLUMNS], int64_t row,
                             int32_t zones, karvan_i_trip_cells *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double v = karvan_table_real(t, column[TRIPS], row);
    KARVAN_TRY(cell_zone(t, column[ORIGIN], row, zones, &c->origin[row], err));
    KARVAN_TRY(cell_zone(t, column[DESTINATION], row, zones, &c->destination[row], err));
    if (karvan_table_state(t, column[TRIPS], row) != KARVAN_VALUE || !isfinite(v))
        return karvan_i_refuse(t, column[TRIPS], row,
                               "no number of trips; a finite number is right", err);
    if (v < 0)
        return karvan_i_refuse(t, column[TRIPS], row, "trips below 0; 0 or more is right", err);
    c->trips[row] = v;
done:
    return st;
}

static karvan_status parse_csv(const karvan_i_source_text *text, int32_t zones, karvan_trips *out,
                               karvan_error *err) {
    static const karvan_column known[COLUMNS] = {{.name = "origin", .type = KARVAN_INT},
                                                 {.name = "destination", .type = KARVAN_INT},
                                                 {.name = "trips", .type = KARVAN_REAL}};
    const karvan_csv_options options = {.n_columns = COLUMNS, .columns = known};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_i_trip_cells cells = {0};
    int column[COLUMNS];
    int64_t twice;
    KARVAN_TRY(karvan_i_source_csv(text, "trips", &options, &t, err));
    for (int c = 0; c < COLUMNS; c++)
        KARVAN_TRY(karvan_i_need_column(t, known[c].name, &column[c], err));
    KARVAN_TRY(karvan_i_trip_cells_init(&cells, karvan_table_rows(t), err));
    for (int64_t row = 0; row < karvan_table_rows(t); row++)
        KARVAN_TRY(csv_row(t, column, row, zones, &cells, err));
    KARVAN_TRY(karvan_i_trips_order(&cells, zones, out, &twice, err));
    if (twice >= 0)
        st = karvan_i_refuse(t, column[DESTINATION], twice,
                             "trips from this origin to this destination stand twice", err);
done:
    karvan_i_trip_cells_clear(&cells);
    karvan_table_destroy(t);
    return st;
}

/* TNTP begins with metadata, or at least with Origin and a number; a header has commas. */
static bool looks_tntp(const char *s, const char *end) {
    s = pass_blanks(s, end);
    if (s == end || *s == '<') return true;
    const char *stop = memchr(s, '\n', (size_t)(end - s));
    return is_origin(s, end) && !memchr(s, ',', (size_t)((stop ? stop : end) - s));
}

karvan_status karvan_i_trips_parse(const karvan_i_source_text *text, int32_t zones,
                                   karvan_trips *out, karvan_error *err) {
    if (zones < 1)
        return karvan_fail(err, KARVAN_E_ARG, "%d zones; 1 or more are right", (int)zones);
    return looks_tntp(text->bytes, text->bytes + text->n) ? parse_tntp(text, zones, out, err)
                                                          : parse_csv(text, zones, out, err);
}
