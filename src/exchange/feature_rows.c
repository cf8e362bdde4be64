/* Rows without a line of their own: terminals, services, and what modes and operations are. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "exchange/feature.h"

enum {
    TERMINALS = KARVAN_I_AS_TERMINALS,
    SERVICES = KARVAN_I_AS_SERVICES,
    MODES = KARVAN_I_AS_MODES,
    OPERATIONS = KARVAN_I_AS_OPERATIONS
};

static karvan_status left_out(karvan_i_feature_reader *r, const karvan_i_feature *f, int table,
                              const char *why, const char *what) {
    return karvan_i_import_note(r->imp, KARVAN_WARNING, karvan_i_feature_at(r, f), "feature-row",
                                NULL, r->err, "a row of %s is left out: %s '%.60s'",
                                karvan_i_feature_table(table), why, what ? what : "");
}

/* A mode that a row names; *good false, and told, where it can be none. */
static karvan_status known_mode(karvan_i_feature_reader *r, const karvan_i_feature *f, int table,
                                const char *mode, bool *good) {
    karvan_error why = {0};
    karvan_status st = mode && *mode ? karvan_i_import_any_mode(r->imp, mode, &why) : KARVAN_E_ARG;
    *good = st == KARVAN_OK;
    if (st == KARVAN_E_NOMEM) return karvan_fail(r->err, st, "%s", why.msg);
    return *good ? KARVAN_OK : left_out(r, f, table, "no mode", mode);
}

static karvan_status terminal(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_terminal t = KARVAN_I_TERMINAL;
    const char *place = NULL;
    double step = NAN;
    int32_t row;
    bool good;
    const char **const texts[] = {
        &t.key,       &place,         &t.operation, &t.from_mode,     &t.to_mode,
        NULL,         &t.from_status, &t.to_status, &t.cargo_classes, &t.opening_hours,
        &t.open_from, &t.open_to,     &t.note};
    double *const reals[] = {&t.dwell_p50_h,      &t.dwell_p90_h,     &t.cost_usd_per_teu,
                             &t.capacity_teu_day, &t.co2e_kg_per_teu, &step};
    KARVAN_TRY(karvan_i_feature_cells(r, f, TERMINALS, DWELL_P50, texts,
                                      TERMINAL_COLUMNS - DWELL_P50, reals));
    KARVAN_TRY(karvan_i_feature_bool(r, f, TERMINALS, BOTH_WAYS, &t.two_way));
    KARVAN_TRY(karvan_i_feature_others(r, f, TERMINALS));
    if (step >= 1 && step <= 1000 && step == floor(step))
        t.step = (int)step;
    else if (!isnan(step))
        KARVAN_TRY(karvan_i_feature_odd(r, f, TERMINALS, STEP, "a whole number from 1"));
    t.at = karvan_i_feature_at(r, f);
    t.place = place ? karvan_i_import_place_of(r->imp, place) : -1;
    if (t.place < 0) return left_out(r, f, TERMINALS, "no place", place);
    if (!t.operation || !*t.operation) return left_out(r, f, TERMINALS, "no operation", NULL);
    KARVAN_TRY(known_mode(r, f, TERMINALS, t.from_mode, &good));
    if (good) KARVAN_TRY(known_mode(r, f, TERMINALS, t.to_mode, &good));
    if (!good) return KARVAN_OK;
    KARVAN_TRY(karvan_i_import_terminal(r->imp, &t, &row, r->err));
    r->taken += row >= 0;
done:
    return st;
}

static karvan_status service(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_service s = KARVAN_I_SERVICE;
    const char *link = NULL;
    int32_t row;
    const char **const texts[] = {&s.key,       &link,     &s.name,      &s.company, NULL,
                                  &s.timetable, &s.season, &s.open_from, &s.open_to, &s.note};
    double *const reals[] = {&s.headway_h, &s.headway_cv, &s.capacity_teu, &s.closed_days_year};
    KARVAN_TRY(
        karvan_i_feature_cells(r, f, SERVICES, HEADWAY, texts, SERVICE_COLUMNS - HEADWAY, reals));
    KARVAN_TRY(karvan_i_feature_bool(r, f, SERVICES, WHEN_FULL, &s.leaves_when_full));
    KARVAN_TRY(karvan_i_feature_others(r, f, SERVICES));
    s.at = karvan_i_feature_at(r, f);
    s.link = link ? karvan_i_import_link_of(r->imp, link) : -1;
    if (s.link < 0) return left_out(r, f, SERVICES, "no link", link);
    KARVAN_TRY(karvan_i_import_service(r->imp, &s, &row, r->err));
    r->taken += row >= 0;
done:
    return st;
}

/* Speed and price that are assumed of a mode stay those that karvan knows of its name. */
static void known_rates(karvan_i_mode *m) {
    const karvan_i_mode *k;
    m->speed_kmh = m->usd_per_km = NAN;
    for (int i = 0; (k = karvan_i_known_mode(i)) != NULL; i++)
        if (strcmp(k->id, m->id) == 0) m->speed_kmh = k->speed_kmh, m->usd_per_km = k->usd_per_km;
}

static karvan_status mode(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_mode m = {.carries_containers = true, .from_file = true};
    double gauge = NAN;
    const char **const texts[] = {&m.id, &m.name, &m.mode, &m.means, NULL, NULL, &m.note};
    double *const reals[] = {&gauge, &m.max_kmh};
    KARVAN_TRY(karvan_i_feature_cells(r, f, MODES, GAUGE, texts, MODE_COLUMNS - GAUGE, reals));
    KARVAN_TRY(karvan_i_feature_bool(r, f, MODES, CARRIES, &m.carries_containers));
    KARVAN_TRY(karvan_i_feature_bool(r, f, MODES, NEEDS_SERVICE, &m.needs_service));
    KARVAN_TRY(karvan_i_feature_others(r, f, MODES));
    if (gauge >= 1 && gauge <= 10000 && gauge == floor(gauge))
        m.gauge_mm = (int)gauge;
    else if (!isnan(gauge))
        KARVAN_TRY(karvan_i_feature_odd(r, f, MODES, GAUGE, "whole millimetres"));
    if (!(m.max_kmh >= 0 && isfinite(m.max_kmh))) m.max_kmh = NAN;
    if (!karvan_i_import_is_mode(m.id)) return left_out(r, f, MODES, "no id of a mode", m.id);
    known_rates(&m);
    KARVAN_TRY(karvan_i_import_mode(r->imp, &m, r->err));
    r->taken++;
done:
    return st;
}

static karvan_status operation(karvan_i_feature_reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_import_operation_row o = KARVAN_I_OPERATION;
    int32_t row;
    const char **const texts[] = {&o.id, &o.name, &o.cause, &o.counts_as, NULL, &o.note};
    double *const reals[] = {&o.p50_h, &o.p90_h, &o.usd_per_teu};
    KARVAN_TRY(karvan_i_feature_cells(r, f, OPERATIONS, DEFAULT_P50, texts,
                                      OPERATION_COLUMNS - DEFAULT_P50, reals));
    KARVAN_TRY(karvan_i_feature_bool(r, f, OPERATIONS, MANDATORY, &o.mandatory));
    KARVAN_TRY(karvan_i_feature_others(r, f, OPERATIONS));
    o.at = karvan_i_feature_at(r, f);
    KARVAN_TRY(karvan_i_import_operation(r->imp, &o, &row, r->err));
    r->taken += row >= 0;
done:
    return st;
}

karvan_status karvan_i_feature_row(karvan_i_feature_reader *r, const karvan_i_feature *f,
                                   int table) {
    switch (table) {
    case TERMINALS:
        return terminal(r, f);
    case SERVICES:
        return service(r, f);
    case MODES:
        return mode(r, f);
    default:
        return operation(r, f);
    }
}
