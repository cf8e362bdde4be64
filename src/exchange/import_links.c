/* Rows of links and services. What no file gives and routing needs is assumed by the mode, in plain
 * sight: source `assumption`, a note, and a warning with the number of such rows at the end. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/import_state.h"
#include "table/number.h"

enum { LINKS = KARVAN_I_LINKS, SERVICES = KARVAN_I_SERVICES };

/* Parts of a note, joined by "; ". */
static void add_note(karvan_i_text *note, const char *s) {
    if (!s || !*s) return;
    if (note->n > 0) karvan_i_text_puts(note, "; ");
    karvan_i_text_puts(note, s);
}

/* Values of a link with what is assumed of it. */
typedef struct filled {
    karvan_i_link l;
    karvan_i_mode_used *mode;
    const char *length_source, *time_source, *cost_source;
    karvan_i_text note;
} filled;

static void fill_length(karvan_import *imp, filled *f) {
    f->length_source = f->l.length_source ? f->l.length_source : imp->source.s;
    if (!karvan_i_is_amount(f->l.length_km)) {
        f->l.length_km = karvan_i_import_distance_km(imp, f->l.from, f->l.to);
        f->length_source = "computed";
        add_note(&f->note, "length: the geodesic between both ends");
    }
}

static void fill_time(karvan_import *imp, filled *f) {
    const karvan_i_rate *rate = karvan_i_rate_of(&imp->speeds, f->mode->mode.id);
    char text[120];
    f->time_source = f->l.time_source ? f->l.time_source : imp->source.s;
    if (karvan_i_is_amount(f->l.time_h) ||
        (karvan_i_is_amount(f->l.speed_kmh) && f->l.speed_kmh > 0))
        return;
    double speed = rate ? rate->value : f->mode->mode.speed_kmh;
    if (!(speed > 0)) return;
    f->l.speed_kmh = speed, f->l.time_h = NAN;
    f->time_source = "assumption";
    (void)snprintf(text, sizeof text, "no speed in the file: %g km/h %s", speed,
                   rate ? "was asked for" : "is what karvan assumes of the mode");
    add_note(&f->note, text);
    f->mode->assumed_speed++;
}

static void fill_cost(karvan_import *imp, filled *f) {
    const karvan_i_rate *rate = karvan_i_rate_of(&imp->prices, f->mode->mode.id);
    char text[160], toll[60] = "";
    f->cost_source = imp->source.s;
    if (karvan_i_is_amount(f->l.cost_usd_per_teu)) return;
    double price = rate ? rate->value : f->mode->mode.usd_per_km;
    if (!karvan_i_is_amount(price) || !karvan_i_is_amount(f->l.length_km)) return;
    f->l.cost_usd_per_teu = price * f->l.length_km;
    if (karvan_i_is_amount(f->l.toll_usd) && f->l.toll_usd > 0) {
        f->l.cost_usd_per_teu += f->l.toll_usd;
        (void)snprintf(toll, sizeof toll, ", and the toll of %g USD", f->l.toll_usd);
    }
    f->cost_source = "assumption";
    (void)snprintf(text, sizeof text, "no money in the file: %g USD a TEU-km %s%s", price,
                   rate ? "was asked for" : "is what karvan assumes of the mode", toll);
    add_note(&f->note, text);
    f->mode->assumed_price++;
}

static void note_speed(filled *f) {
    const karvan_i_link *l = &f->l;
    double speed =
        karvan_i_is_amount(l->time_h) && l->time_h > 0 ? l->length_km / l->time_h : l->speed_kmh;
    if (speed > f->mode->fastest_kmh && isfinite(speed)) f->mode->fastest_kmh = speed;
}

static karvan_status put_link(karvan_import *imp, const filled *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_link *l = &f->l;
    const struct {
        const char *column, *text;
    } texts[] = {{"from", karvan_i_id_of(imp, KARVAN_I_PLACES, l->from)},
                 {"to", karvan_i_id_of(imp, KARVAN_I_PLACES, l->to)},
                 {"mode", l->mode},
                 {"cargo_classes", l->cargo_classes},
                 {"open_from", l->open_from},
                 {"open_to", l->open_to},
                 {"operator", l->company},
                 {"length_source", f->length_source},
                 {"time_source", f->time_source},
                 {"cost_source", f->cost_source},
                 {"capacity_source", imp->source.s},
                 {"dispersion_source", imp->source.s},
                 {"note", f->note.s}};
    const struct {
        const char *column;
        double v;
    } amounts[] = {{"length_km", l->length_km},
                   {"speed_kmh", l->speed_kmh},
                   {"time_h", l->time_h},
                   {"cost_usd_per_teu", l->cost_usd_per_teu},
                   {"capacity_teu_day", l->capacity_teu_day},
                   {"capacity_kt_year", l->capacity_kt_year},
                   {"co2e_kg_per_teu_km", l->co2e_kg_per_teu_km},
                   {"fixed_h", l->fixed_h},
                   {"fixed_usd_per_teu", l->fixed_usd_per_teu}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        KARVAN_TRY(karvan_i_put_text(imp, LINKS, texts[i].column, texts[i].text, l->at, err));
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        KARVAN_TRY(karvan_i_put_amount(imp, LINKS, amounts[i].column, amounts[i].v, l->at, err));
    KARVAN_TRY(karvan_i_put_bool(imp, LINKS, "two_way", l->two_way, err));
    if (l->p90_over_p50 >= 1 && isfinite(l->p90_over_p50))
        KARVAN_TRY(karvan_i_put_real(imp, LINKS, "time_p90_over_p50", l->p90_over_p50, err));
    else if (!isnan(l->p90_over_p50))
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, l->at, "import-value", "1 or more",
                                        err, "time_p90_over_p50 %g cannot be; left unknown",
                                        l->p90_over_p50));
done:
    return st;
}

static karvan_status room_for_link(karvan_import *imp, karvan_error *err) {
    if (imp->rows[LINKS] < imp->cap_links) return KARVAN_OK;
    int32_t cap = imp->cap_links ? 2 * imp->cap_links : 256;
    karvan_i_ends *more = karvan_i_realloc(imp->ends, (size_t)cap, sizeof *more);
    if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d links", (int)cap);
    imp->ends = more, imp->cap_links = cap;
    return KARVAN_OK;
}

/* The row itself, all that is assumed filled in. */
static karvan_status add_link(karvan_import *imp, filled *f, int32_t mode, int32_t *row,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text made = {0};
    const karvan_i_link *l = &f->l;
    KARVAN_TRY(karvan_i_text_status(&f->note, err));
    if (!karvan_i_is_amount(l->length_km))
        return karvan_i_left_out(imp, l->at, "import-length", "a length, or positions of both ends",
                                 "links", "nothing tells its length", err);
    if (!karvan_i_is_amount(l->time_h) && !(karvan_i_is_amount(l->speed_kmh) && l->speed_kmh > 0))
        return karvan_i_left_out(imp, l->at, "import-time", "give --speed MODE=KMH", "links",
                                 "nothing tells its time", err);
    if (!karvan_i_is_amount(l->cost_usd_per_teu))
        return karvan_i_left_out(imp, l->at, "import-cost", "give --usd-per-km MODE=USD", "links",
                                 "nothing tells its money", err);
    KARVAN_TRY(room_for_link(imp, err));
    karvan_i_text_printf(&made, "%s-%s-%s", karvan_i_id_of(imp, KARVAN_I_PLACES, l->from),
                         karvan_i_id_of(imp, KARVAN_I_PLACES, l->to), l->mode);
    KARVAN_TRY(karvan_i_text_status(&made, err));
    KARVAN_TRY(karvan_i_begin_row(imp, LINKS, l->key, made.s, l->at, row, err));
    if (*row >= 0) {
        imp->ends[*row] = (karvan_i_ends){l->from, l->to, mode};
        note_speed(f);
        f->mode->links++;
        KARVAN_TRY(put_link(imp, f, err));
    }
done:
    karvan_i_text_clear(&made);
    return st;
}

karvan_status karvan_i_import_link(karvan_import *imp, const karvan_i_link *l, int32_t *row,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t mode = -1;
    *row = -1;
    const int32_t places = imp->rows[KARVAN_I_PLACES];
    if (l->from < 0 || l->from >= places || l->to < 0 || l->to >= places || !l->mode)
        return karvan_fail(err, KARVAN_E_ARG, "a link without its ends or its mode");
    if (l->from == l->to)
        return karvan_i_left_out(imp, l->at, "import-loop", "another end", "links",
                                 "it ends where it begins", err);
    KARVAN_TRY(karvan_i_import_mode_index(imp, l->mode, &mode, err));
    filled f = {.l = *l, .mode = &imp->mode[mode]};
    int64_t speeds = f.mode->assumed_speed, prices = f.mode->assumed_price;
    add_note(&f.note, l->note);
    fill_length(imp, &f);
    fill_time(imp, &f);
    fill_cost(imp, &f);
    st = add_link(imp, &f, mode, row, err);
    if (*row < 0) f.mode->assumed_speed = speeds, f.mode->assumed_price = prices;
    karvan_i_text_clear(&f.note);
done:
    return st;
}

karvan_status karvan_i_import_service(karvan_import *imp, const karvan_i_service *s, int32_t *row,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text made = {0};
    *row = -1;
    if (s->link < 0 || s->link >= imp->rows[LINKS])
        return karvan_fail(err, KARVAN_E_ARG, "a service without its link");
    if (!(karvan_i_is_amount(s->headway_h) && s->headway_h > 0) && !(s->timetable && *s->timetable))
        return karvan_i_left_out(imp, s->at, "import-headway", "hours between departures above 0",
                                 "services", "neither headway nor timetable", err);
    const char *link = karvan_i_id_of(imp, LINKS, s->link);
    const struct {
        const char *column, *text;
    } texts[] = {{"link", link},
                 {"name", karvan_i_says(s->name) ? s->name : link},
                 {"operator", s->company},
                 {"timetable", s->timetable},
                 {"season", s->season},
                 {"open_from", s->open_from},
                 {"open_to", s->open_to},
                 {"headway_source", imp->source.s},
                 {"capacity_source", imp->source.s},
                 {"closure_source", imp->source.s},
                 {"note", s->note}};
    karvan_i_text_printf(&made, "s-%s", link);
    KARVAN_TRY(karvan_i_text_status(&made, err));
    KARVAN_TRY(karvan_i_begin_row(imp, SERVICES, s->key, made.s, s->at, row, err));
    if (*row < 0) goto done;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        KARVAN_TRY(karvan_i_put_text(imp, SERVICES, texts[i].column, texts[i].text, s->at, err));
    KARVAN_TRY(karvan_i_put_amount(imp, SERVICES, "headway_h", s->headway_h, s->at, err));
    double cv = isnan(s->headway_cv) && s->timetable ? 0.0 : s->headway_cv;
    KARVAN_TRY(karvan_i_put_amount(imp, SERVICES, "headway_cv", cv, s->at, err));
    KARVAN_TRY(karvan_i_put_amount(imp, SERVICES, "capacity_teu", s->capacity_teu, s->at, err));
    KARVAN_TRY(
        karvan_i_put_amount(imp, SERVICES, "closed_days_year", s->closed_days_year, s->at, err));
    KARVAN_TRY(karvan_i_put_bool(imp, SERVICES, "leaves_when_full", s->leaves_when_full, err));
done:
    karvan_i_text_clear(&made);
    return st;
}
