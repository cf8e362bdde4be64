#include "network/check.h"

#include <math.h>

#include "base/try.h"
#include "table/cell.h"

static const char *const HOURS_HINT = "as in 24/7 or Mo-Fr 08:00-18:00; Sa 09:00-13:00";
static const char *const TIMETABLE_HINT = "as in Mo,We,Fr 08:00; Sa 14:30,18:00";
static const char *const SEASON_HINT = "as in Apr-Oct or Apr 15-Oct 31";

typedef karvan_status (*parse_week)(const char *s, karvan_i_week *out, karvan_error *err);

static karvan_status check_week(karvan_problems *p, const karvan_table *t, const char *column,
                                int64_t row, parse_week parse, const char *code, const char *hint) {
    const char *text = karvan_i_cell_text(t, column, row);
    karvan_i_week w = {0};
    karvan_error why = {0};
    if (!text) return KARVAN_OK;
    karvan_status st = parse(text, &w, &why);
    karvan_i_week_clear(&w);
    if (st != KARVAN_E_DATA) return st;
    return karvan_problems_add_cell(p, KARVAN_ERROR, t, karvan_table_find(t, column), row, code,
                                    hint, "%s", why.msg);
}

/* A load is for ships that leave regularly and can carry it. */
static karvan_status check_load(karvan_problems *p, const karvan_table *t, int64_t r) {
    double load = karvan_i_cell_real(t, "load_teu_day", r),
           room = karvan_i_cell_real(t, "capacity_teu", r),
           headway = karvan_i_cell_real(t, "headway_h", r);
    const char *timetable = karvan_i_cell_text(t, "timetable", r);
    karvan_i_week w = {0};
    if (isnan(load) || load == 0) return KARVAN_OK;
    karvan_status st = timetable ? karvan_i_timetable_parse(timetable, &w, NULL) : KARVAN_OK;
    if (st != KARVAN_OK) return st == KARVAN_E_DATA ? KARVAN_OK : st; /* told already */
    int32_t n = karvan_i_regular_gaps(&w, headway, karvan_i_headway_cv(t, r), NULL);
    double mean_h = w.n > 0 ? KARVAN_I_WEEK_H / n : headway;
    karvan_i_week_clear(&w);
    if (n > 0 && load > 0 && room >= 1 && load / 24 * mean_h <= 0.99 * floor(room))
        return KARVAN_OK;
    return karvan_problems_add_cell(
        p, KARVAN_ERROR, t, karvan_table_find(t, "load_teu_day"), r, "service-load",
        "regular departures (a timetable, or headway_cv 0) with room for it and a hundredth more",
        "%g TEU a day for ships of %g TEU", load, room);
}

static karvan_status check_service(karvan_problems *p, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    karvan_i_season season;
    karvan_error why = {0};
    const char *timetable = karvan_i_cell_text(t, "timetable", r),
               *when = karvan_i_cell_text(t, "season", r);
    KARVAN_TRY(check_week(p, t, "timetable", r, karvan_i_timetable_parse, "service-timetable",
                          TIMETABLE_HINT));
    if (when && karvan_i_season_parse(when, &season, &why) != KARVAN_OK)
        KARVAN_TRY(karvan_problems_add_cell(p, KARVAN_ERROR, t, karvan_table_find(t, "season"), r,
                                            "service-season", SEASON_HINT, "%s", why.msg));
    if (timetable && karvan_i_cell_bool(t, "leaves_when_full", r))
        KARVAN_TRY(karvan_problems_add_cell(
            p, KARVAN_ERROR, t, karvan_table_find(t, "leaves_when_full"), r, "service-timetable",
            "give a timetable, or say that it leaves when full",
            "a ship that leaves when full keeps no timetable"));
    KARVAN_TRY(check_load(p, t, r));
    if (!timetable && !(karvan_i_cell_real(t, "headway_h", r) > 0))
        KARVAN_TRY(karvan_problems_add_cell(
            p, KARVAN_ERROR, t, karvan_table_find(t, "headway_h"), r, "service-headway",
            "hours between departures, above 0, or a timetable", "a service without a headway"));
done:
    return st;
}

karvan_status karvan_i_check_time(const karvan_package *region, karvan_problems *problems) {
    karvan_status st = KARVAN_OK;
    const karvan_table *terminals = karvan_package_table(region, "terminals"),
                       *services = karvan_package_table(region, "services");
    for (int64_t r = 0; r < karvan_table_rows(terminals); r++)
        KARVAN_TRY(check_week(problems, terminals, "opening_hours", r, karvan_i_opening_parse,
                              "opening-hours", HOURS_HINT));
    for (int64_t r = 0; r < karvan_table_rows(services); r++)
        KARVAN_TRY(check_service(problems, services, r));
done:
    return st;
}
