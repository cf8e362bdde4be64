/* Lines as links between places that are at their ends, or between new junctions. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/feature.h"
#include "network/geodesic.h"

enum { LINKS = KARVAN_I_AS_LINKS };

/* The place at one end of a line, a new junction where none is near. */
static karvan_status place_at(karvan_i_feature_reader *r, const double *lonlat, karvan_i_at at,
                              int32_t *row) {
    karvan_status st = KARVAN_OK;
    char key[40];
    *row = karvan_i_nearby_find(&r->ends, lonlat[0], lonlat[1]);
    if (*row >= 0) return KARVAN_OK;
    do {
        (void)snprintf(key, sizeof key, "junction %lld", (long long)++r->junctions);
    } while (karvan_i_import_place_of(r->imp, key) >= 0);
    karvan_i_place p = KARVAN_I_PLACE;
    p.key = key, p.lon = lonlat[0], p.lat = lonlat[1], p.at = at;
    p.note = "an end of lines, no point of the file";
    KARVAN_TRY(karvan_i_import_place(r->imp, &p, row, r->err));
    KARVAN_TRY(karvan_i_nearby_add(&r->ends, p.lon, p.lat, *row, r->err));
done:
    return st;
}

/* An end that the properties name. */
static karvan_status named_end(karvan_i_feature_reader *r, const char *key, karvan_i_at at,
                               int32_t *row) {
    *row = key ? karvan_i_import_place_of(r->imp, key) : -1;
    if (!key || *row >= 0) return KARVAN_OK;
    return karvan_i_import_note(
        r->imp, KARVAN_WARNING, at, "feature-end", NULL, r->err,
        "no place '%.60s' for an end of a line; the line's own end is taken", key);
}

static karvan_status check_mode(karvan_i_feature_reader *r, karvan_i_link *l, bool *good) {
    karvan_error why = {0};
    char none[80];
    if (!l->mode) l->mode = karvan_i_import_setting(r->imp, "mode");
    karvan_status st = l->mode ? karvan_i_import_any_mode(r->imp, l->mode, &why) : KARVAN_OK;
    *good = l->mode && st == KARVAN_OK;
    if (*good) return KARVAN_OK;
    if (st == KARVAN_E_NOMEM) return karvan_fail(r->err, st, "%s", why.msg);
    (void)snprintf(none, sizeof none, "no %s mode, and --mode was not given", r->format->word);
    return karvan_i_import_note(r->imp, KARVAN_WARNING, l->at, "feature-mode", "--mode MODE",
                                r->err, "a line is left out: %s", l->mode ? why.msg : none);
}

static karvan_status link_values(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                 karvan_i_link *l, const char *ends[2]) {
    karvan_status st = KARVAN_OK;
    const char **const texts[] = {
        &l->key,       &ends[0],    &ends[1],    &l->mode,          NULL,
        &l->open_from, &l->open_to, &l->company, &l->cargo_classes, &l->note};
    double *const reals[] = {&l->length_km,        &l->speed_kmh,          &l->time_h,
                             &l->p90_over_p50,     &l->cost_usd_per_teu,   &l->capacity_teu_day,
                             &l->capacity_kt_year, &l->co2e_kg_per_teu_km, &l->fixed_h,
                             &l->fixed_usd_per_teu};
    l->two_way = true;
    KARVAN_TRY(karvan_i_feature_cells(r, f, LINKS, LENGTH, texts, LINK_COLUMNS - LENGTH, reals));
    KARVAN_TRY(karvan_i_feature_bool(r, f, LINKS, TWO_WAY, &l->two_way));
    if (!l->key) l->key = karvan_i_feature_id(r, f);
done:
    return st;
}

/* Along n positions. */
static double length_km(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i + 1 < n; i++)
        sum += karvan_i_geodesic_km(p[2 * i], p[2 * i + 1], p[2 * i + 2], p[2 * i + 3]);
    return sum;
}

/* A run of parts that meet: n positions of all that the feature has. */
typedef struct run {
    const double *p;
    int64_t n;
    int number;       /* from 1 */
    bool first, last; /* at the feature's ends, which its properties name */
    double km, share; /* of the feature's length */
} run;

/* What the properties say of the whole feature is shared out to its runs by length. */
static void share_out(const run *u, karvan_i_link *l) {
    double *const whole[] = {&l->length_km, &l->time_h, &l->cost_usd_per_teu, &l->fixed_h,
                             &l->fixed_usd_per_teu};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) *whole[i] *= u->share;
}

static karvan_status add_run(karvan_i_feature_reader *r, const karvan_i_link *l,
                             const char *const ends[2], const run *u) {
    karvan_status st = KARVAN_OK;
    karvan_i_text note = {0};
    karvan_i_link one = *l;
    char made[160];
    int32_t row;
    bool whole = u->first && u->last;
    KARVAN_TRY(named_end(r, u->first ? ends[0] : NULL, l->at, &one.from));
    KARVAN_TRY(named_end(r, u->last ? ends[1] : NULL, l->at, &one.to));
    if (one.from < 0) KARVAN_TRY(place_at(r, u->p, l->at, &one.from));
    if (one.to < 0) KARVAN_TRY(place_at(r, u->p + 2 * (u->n - 1), l->at, &one.to));
    if (!whole) share_out(u, &one);
    if (isnan(one.length_km)) {
        one.length_km = u->km, one.length_source = "computed";
        karvan_i_text_printf(&note, "%s%slength: along the line", l->note ? l->note : "",
                             l->note ? "; " : "");
        KARVAN_TRY(karvan_i_text_status(&note, r->err));
        one.note = note.s;
    }
    (void)snprintf(made, sizeof made, "%.140s-%d", l->key ? l->key : "", u->number);
    if (!whole && l->key) one.key = made;
    KARVAN_TRY(karvan_i_import_link(r->imp, &one, &row, r->err));
    if (row >= 0 && u->number == 1) r->taken++;
done:
    karvan_i_text_clear(&note);
    return st;
}

/* How many positions, from the one at `part` on, are of parts each of which begins where the one
 * before ends; *part moves behind them. */
static int64_t run_length(const karvan_i_feature_reader *r, const karvan_i_feature *f,
                          const double *p, int32_t *part) {
    int64_t n = f->part[(*part)++];
    while (*part < f->n_parts) {
        const double *end = p + 2 * (n - 1), *next = p + 2 * n;
        double gap = karvan_i_geodesic_km(end[0], end[1], next[0], next[1]);
        if (gap > fmax(r->tolerance_km, 1e-6)) break;
        n += f->part[(*part)++];
    }
    return n;
}

static bool on_globe(const karvan_i_feature *f) {
    int64_t n = 0;
    for (int32_t k = 0; k < f->n_parts; k++) n += f->part[k];
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(f->lonlat[2 * i]) <= 180 && fabs(f->lonlat[2 * i + 1]) <= 90)) return false;
    return true;
}

/* A link without a line stands between two places that it names. */
static karvan_status add_bare(karvan_i_feature_reader *r, karvan_i_link *l,
                              const char *const ends[2]) {
    karvan_status st = KARVAN_OK;
    int32_t row;
    KARVAN_TRY(named_end(r, ends[0], l->at, &l->from));
    KARVAN_TRY(named_end(r, ends[1], l->at, &l->to));
    if (l->from < 0 || l->to < 0)
        return karvan_i_import_note(r->imp, KARVAN_WARNING, l->at, "feature-end", NULL, r->err,
                                    "a link without a line is left out: it needs both places");
    KARVAN_TRY(karvan_i_import_link(r->imp, l, &row, r->err));
    if (row >= 0) r->taken++;
done:
    return st;
}

static karvan_status add_runs(karvan_i_feature_reader *r, const karvan_i_feature *f,
                              const karvan_i_link *l, const char *const ends[2]) {
    karvan_status st = KARVAN_OK;
    const double *p = f->lonlat;
    double whole_km = 0;
    int runs = 0;
    for (int32_t part = 0; part < f->n_parts; runs++) {
        int64_t n = run_length(r, f, p, &part);
        whole_km += length_km(p, n), p += 2 * n;
    }
    if (runs > 1)
        KARVAN_TRY(karvan_i_import_ignore(r->imp, l->at, "feature-parts",
                                          "parts of a MultiLineString do not meet: a link each, "
                                          "with its share of length, hours and money by length",
                                          r->err));
    p = f->lonlat;
    for (int32_t part = 0, k = 1; part < f->n_parts; k++) {
        run u = {.p = p, .number = k, .first = k == 1, .last = k == runs};
        u.n = run_length(r, f, p, &part);
        u.km = length_km(p, u.n), u.share = whole_km > 0 ? u.km / whole_km : 1.0 / runs;
        KARVAN_TRY(add_run(r, l, ends, &u));
        p += 2 * u.n;
    }
done:
    return st;
}

karvan_status karvan_i_feature_link(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_link l = KARVAN_I_LINK;
    const char *ends[2] = {NULL, NULL};
    bool good;
    l.at = karvan_i_feature_at(r, f);
    KARVAN_TRY(link_values(r, f, &l, ends));
    KARVAN_TRY(karvan_i_feature_others(r, f, LINKS));
    KARVAN_TRY(check_mode(r, &l, &good));
    if (!good) return KARVAN_OK;
    if (f->type == KARVAN_I_NO_GEOMETRY) return add_bare(r, &l, ends);
    if (!on_globe(f))
        return karvan_i_import_note(r->imp, KARVAN_WARNING, l.at, "import-coordinates",
                                    "degrees: longitude -180 to 180, latitude -90 to 90", r->err,
                                    "a line that leaves the globe is left out");
    st = add_runs(r, f, &l, ends);
done:
    return st;
}
