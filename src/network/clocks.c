#include "network/clocks.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"

double karvan_i_headway_cv(const karvan_table *services, int64_t row) {
    double cv = karvan_i_cell_real(services, "headway_cv", row);
    double teu = karvan_i_cell_real(services, "capacity_teu", row);
    if (!isnan(cv)) return cv;
    if (karvan_i_cell_bool(services, "leaves_when_full", row) && teu >= 1) return 1.0 / sqrt(teu);
    return 0.0;
}

typedef struct day_columns {
    int from, to; /* -1: the table has none */
} day_columns;

static day_columns find_days(const karvan_table *t) {
    return (day_columns){karvan_table_find(t, "open_from"), karvan_table_find(t, "open_to")};
}

static void row_days(const karvan_table *t, day_columns c, int64_t row, karvan_day *first,
                     karvan_day *last) {
    const karvan_edtf *from = c.from < 0 ? NULL : karvan_table_date(t, c.from, row);
    const karvan_edtf *to = c.to < 0 ? NULL : karvan_table_date(t, c.to, row);
    *first = from ? from->latest : KARVAN_DAY_MIN;
    *last = to ? to->latest : KARVAN_DAY_MAX;
}

typedef karvan_status (*parse_week)(const char *s, karvan_i_week *out, karvan_error *err);

/* A cell as a week; none where it is empty. */
static karvan_status read_week(const karvan_table *t, const char *column, int64_t row,
                               parse_week parse, karvan_i_week *out, karvan_error *err) {
    const char *text = karvan_i_cell_text(t, column, row);
    karvan_error why = {0};
    if (!text) return KARVAN_OK;
    karvan_status st = parse(text, out, &why);
    if (st == KARVAN_E_DATA) return karvan_i_cell_refuse(t, column, row, why.msg, err);
    return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
}

static karvan_status read_season(const karvan_table *t, int64_t row, karvan_i_season *out,
                                 karvan_error *err) {
    const char *text = karvan_i_cell_text(t, "season", row);
    karvan_error why = {0};
    *out = karvan_i_whole_year();
    if (!text || karvan_i_season_parse(text, out, &why) == KARVAN_OK) return KARVAN_OK;
    return karvan_i_cell_refuse(t, "season", row, why.msg, err);
}

int32_t karvan_i_regular_gaps(const karvan_i_week *timetable, double headway_h, double cv,
                              double *gap_h) {
    static const double EVEN = 0.05; /* as in the distribution of waits */
    int32_t n = timetable->n;
    for (int32_t i = 0; gap_h && i < n; i++) {
        int32_t next = i + 1 < n ? timetable->span[i + 1].from
                                 : timetable->span[0].from + (int32_t)KARVAN_I_WEEK_MINUTES;
        gap_h[i] = (next - timetable->span[i].from) / 60.0;
    }
    if (n > 0) return n;
    if (!(headway_h > 0 && cv < EVEN)) return 0;
    if (gap_h) *gap_h = headway_h;
    return 1;
}

/* load_teu_day beside capacity_teu: who is left behind. */
static karvan_status read_queue(const karvan_table *t, int64_t row, karvan_i_departures *s,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double load = karvan_i_cell_real(t, "load_teu_day", row), *gaps = NULL;
    double room = karvan_i_cell_real(t, "capacity_teu", row);
    karvan_error why = {0};
    if (isnan(load) || load == 0) return KARVAN_OK;
    int32_t n = karvan_i_regular_gaps(&s->timetable, s->headway_h, s->cv, NULL);
    if (n == 0)
        return karvan_i_cell_refuse(
            t, "load_teu_day", row,
            "a load is for regular departures: a timetable, or headway_cv 0", err);
    if (!(room >= 1 && room < 1e6))
        return karvan_i_cell_refuse(t, "capacity_teu", row,
                                    "a load needs the capacity_teu of a departure", err);
    gaps = karvan_i_calloc((size_t)n, sizeof *gaps);
    KARVAN_REQUIRE(gaps, err, KARVAN_E_NOMEM, "%d departures", (int)n);
    (void)karvan_i_regular_gaps(&s->timetable, s->headway_h, s->cv, gaps);
    st = karvan_i_queue_make(n, gaps, load / 24.0, (int32_t)room, &s->queue, &why);
    if (st == KARVAN_E_ARG)
        st = karvan_i_cell_refuse(t, "load_teu_day", row, why.msg, err);
    else if (st != KARVAN_OK)
        st = karvan_fail(err, st, "%s", why.msg);
done:
    karvan_i_free(gaps);
    return st;
}

static karvan_status read_service(const karvan_table *t, day_columns days, int64_t row,
                                  karvan_i_departures *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(read_week(t, "timetable", row, karvan_i_timetable_parse, &s->timetable, err));
    KARVAN_TRY(read_season(t, row, &s->gate.season, err));
    s->headway_h = karvan_i_cell_real(t, "headway_h", row);
    s->cv = karvan_i_headway_cv(t, row);
    s->closed_days_year = karvan_i_cell_real(t, "closed_days_year", row);
    if (isnan(s->closed_days_year)) s->closed_days_year = 0;
    if (s->timetable.n > 0) {
        s->gate.week = &s->timetable;
    } else if (!karvan_i_is_amount(s->headway_h)) {
        return karvan_i_cell_refuse(t, "headway_h", row,
                                    "a service needs its headway_h or its timetable", err);
    }
    if (!karvan_i_is_amount(s->cv))
        return karvan_i_cell_refuse(t, "headway_cv", row, "headway_cv must not be below 0", err);
    if (!(s->closed_days_year >= 0 && s->closed_days_year <= 365))
        return karvan_i_cell_refuse(t, "closed_days_year", row, "closed_days_year is 0 to 365",
                                    err);
    row_days(t, days, row, &s->gate.first, &s->gate.last);
    KARVAN_TRY(read_queue(t, row, s, err));
done:
    return st;
}

static karvan_status read_terminal(const karvan_table *t, day_columns days, int64_t row,
                                   karvan_i_week *opening, karvan_i_gate *g, karvan_error *err) {
    karvan_status st = read_week(t, "opening_hours", row, karvan_i_opening_parse, opening, err);
    g->season = karvan_i_whole_year();
    if (opening->n > 0 && karvan_i_week_open(opening) < 1) g->week = opening;
    row_days(t, days, row, &g->first, &g->last);
    return st;
}

static karvan_status read_offset(const karvan_table *places, int64_t row, double *out,
                                 karvan_error *err) {
    double h = karvan_i_cell_real(places, "utc_offset_h", row);
    *out = isnan(h) ? 0 : h;
    if (*out >= -12 && *out <= 14) return KARVAN_OK;
    return karvan_i_cell_refuse(places, "utc_offset_h", row, "utc_offset_h is -12 to 14", err);
}

static karvan_status make_room(karvan_i_clocks *c, karvan_error *err) {
    c->service = karvan_i_calloc((size_t)c->n_services + 1, sizeof *c->service);
    c->opening = karvan_i_calloc((size_t)c->n_terminals + 1, sizeof *c->opening);
    c->terminal = karvan_i_calloc((size_t)c->n_terminals + 1, sizeof *c->terminal);
    c->link = karvan_i_calloc(2 * (size_t)c->n_links + 1, sizeof *c->link);
    c->utc_offset_h = karvan_i_calloc((size_t)c->n_places + 1, sizeof *c->utc_offset_h);
    if (c->service && c->opening && c->terminal && c->link && c->utc_offset_h) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "the clocks of %d services", (int)c->n_services);
}

karvan_status karvan_i_clocks_read(const karvan_package *region, double spell_h,
                                   karvan_i_clocks *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *places, *links, *terminals, *services;
    *out = (karvan_i_clocks){.spell_h = spell_h};
    KARVAN_TRY(karvan_i_need_table(region, "places", &places, err));
    KARVAN_TRY(karvan_i_need_table(region, "links", &links, err));
    KARVAN_TRY(karvan_i_need_table(region, "terminals", &terminals, err));
    KARVAN_TRY(karvan_i_need_table(region, "services", &services, err));
    out->n_places = (int32_t)karvan_table_rows(places);
    out->n_links = (int32_t)karvan_table_rows(links);
    out->n_terminals = (int32_t)karvan_table_rows(terminals);
    out->n_services = (int32_t)karvan_table_rows(services);
    KARVAN_TRY(make_room(out, err));
    day_columns of_links = find_days(links), of_terminals = find_days(terminals),
                of_services = find_days(services);
    for (int32_t i = 0; i < out->n_places; i++)
        KARVAN_TRY(read_offset(places, i, &out->utc_offset_h[i], err));
    for (int64_t i = 0; i < out->n_links; i++)
        row_days(links, of_links, i, &out->link[2 * i], &out->link[2 * i + 1]);
    for (int32_t i = 0; i < out->n_terminals; i++)
        KARVAN_TRY(
            read_terminal(terminals, of_terminals, i, &out->opening[i], &out->terminal[i], err));
    for (int32_t i = 0; i < out->n_services; i++)
        KARVAN_TRY(read_service(services, of_services, i, &out->service[i], err));
    KARVAN_TRY(karvan_i_weather_read(region, out->n_places, spell_h, &out->weather, err));
done:
    if (st != KARVAN_OK) karvan_i_clocks_clear(out);
    return st;
}

void karvan_i_clocks_clear(karvan_i_clocks *c) {
    for (int32_t i = 0; c->service && i < c->n_services; i++) {
        karvan_i_week_clear(&c->service[i].timetable);
        karvan_i_queue_clear(&c->service[i].queue);
    }
    for (int32_t i = 0; c->opening && i < c->n_terminals; i++) karvan_i_week_clear(&c->opening[i]);
    karvan_i_free(c->service), karvan_i_free(c->opening), karvan_i_free(c->terminal);
    karvan_i_free(c->link), karvan_i_free(c->utc_offset_h);
    karvan_i_weather_clear(&c->weather);
    *c = (karvan_i_clocks){0};
}

karvan_i_wait karvan_i_service_wait(const karvan_i_clocks *c, int32_t service, int32_t a, int32_t b,
                                    int month) {
    const karvan_i_departures *s = &c->service[service];
    karvan_i_wait w = {.headway_h = s->headway_h, .cv = s->cv, .week = s->gate.week};
    w.queue = karvan_i_service_queue(c, service);
    w.closures =
        karvan_i_weather_closures(&c->weather, a, b, s->closed_days_year, c->spell_h, month);
    return w;
}

const karvan_i_queue *karvan_i_service_queue(const karvan_i_clocks *c, int32_t service) {
    return c->service[service].queue.n > 0 ? &c->service[service].queue : NULL;
}

karvan_i_wait karvan_i_opening_wait(const karvan_i_clocks *c, int32_t terminal) {
    return (karvan_i_wait){.week = c->terminal[terminal].week};
}

bool karvan_i_service_runs(const karvan_i_clocks *c, int32_t service, karvan_day day, int month) {
    const karvan_i_season *s = &c->service[service].gate.season;
    if (!month) return karvan_i_in_season(s, day);
    return 2 * karvan_i_season_days(s, month) >= karvan_i_weather_days(month);
}
