#include "network/weather.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

double karvan_i_weather_days(int month) {
    static const double days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1];
}

void karvan_i_weather_clear(karvan_i_weather *w) {
    karvan_i_free(w->p), karvan_i_free(w->spell_h);
    *w = (karvan_i_weather){0};
}

static karvan_status read_row(const karvan_package *region, const karvan_table *t, int64_t row,
                              double spell_h, karvan_i_weather *out, karvan_error *err) {
    const char *id = karvan_i_cell_text(t, "place", row);
    int64_t place = id ? karvan_package_row(region, "places", id) : -1;
    double month = karvan_i_cell_real(t, "month", row);
    double days = karvan_i_cell_real(t, "closed_days", row);
    double spell = karvan_i_cell_real(t, "spell_h", row);
    if (isnan(spell)) spell = spell_h;
    if (place < 0 || place >= out->n_places)
        return karvan_i_cell_refuse(t, "place", row, "no such place in table places", err);
    if (!(month >= 1 && month <= 12 && month == floor(month)))
        return karvan_i_cell_refuse(t, "month", row, "a month is 1 to 12", err);
    int m = (int)month;
    if (!(days >= 0 && days <= karvan_i_weather_days(m)))
        return karvan_i_cell_refuse(t, "closed_days", row,
                                    "closed_days is 0 to the days of the month", err);
    if (!(spell > 0 && isfinite(spell)))
        return karvan_i_cell_refuse(t, "spell_h", row, "spell_h must be above 0", err);
    int64_t k = place * 12 + m - 1;
    if (!isnan(out->p[k]))
        return karvan_i_cell_refuse(t, "month", row, "the place has a row for this month already",
                                    err);
    out->p[k] = days / karvan_i_weather_days(m), out->spell_h[k] = spell;
    return KARVAN_OK;
}

karvan_status karvan_i_weather_read(const karvan_package *region, int32_t n_places, double spell_h,
                                    karvan_i_weather *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "availability");
    size_t n = 12 * (size_t)n_places;
    *out = (karvan_i_weather){.n_places = n_places};
    out->p = karvan_i_malloc(n + 1, sizeof *out->p);
    out->spell_h = karvan_i_malloc(n + 1, sizeof *out->spell_h);
    KARVAN_REQUIRE(out->p && out->spell_h, err, KARVAN_E_NOMEM, "the weather of %d places",
                   (int)n_places);
    for (size_t i = 0; i < n; i++) out->p[i] = NAN, out->spell_h[i] = spell_h;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        KARVAN_TRY(read_row(region, t, r, spell_h, out, err));
done:
    if (st != KARVAN_OK) karvan_i_weather_clear(out);
    return st;
}

/* Of one month, into *p and *spell. */
static void of_month(const karvan_i_weather *w, int32_t a, int32_t b, int month, double *p,
                     double *spell) {
    const int32_t ends[] = {a, b};
    bool said = false;
    for (int i = 0; i < 2; i++) {
        int64_t k = (int64_t)ends[i] * 12 + month - 1;
        if (isnan(w->p[k]) || (said && w->p[k] <= *p)) continue;
        *p = w->p[k], *spell = w->spell_h[k], said = true;
    }
}

karvan_i_closures karvan_i_weather_closures(const karvan_i_weather *w, int32_t a, int32_t b,
                                            double closed_days_year, double spell_h, int month) {
    karvan_i_closures c = {0};
    int first = month ? month : 1, last = month ? month : 12;
    for (int m = first; m <= last; m++) {
        double p = closed_days_year / 365.0, spell = spell_h;
        of_month(w, a, b, m, &p, &spell);
        if (!month) p *= karvan_i_weather_days(m) / 365.0;
        if (!(p > 0)) continue;
        int i = 0; /* spells of one length are one kind */
        while (i < c.n && c.spell_h[i] != spell) i++;
        if (i == c.n) c.spell_h[c.n++] = spell;
        c.p[i] += p;
    }
    return c;
}
