/* Claims as the JSON of programs that draw timelines. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "karvan/exchange.h"
#include "record/index.h"
#include "record/lanes.h"
#include "table/cell.h"

typedef struct writer {
    karvan_i_text t;
    const karvan_package *region;
    karvan_i_lanes l;
    karvan_i_record x;
    int64_t told; /* items or events so far */
} writer;

static const char *cell(const writer *w, const char *column, int64_t claim) {
    return karvan_i_cell_text(w->l.claims, column, claim);
}

/* Text that a program takes for HTML, inside a JSON string. */
static void html(writer *w, const char *s) {
    karvan_i_text escaped = {0};
    karvan_i_text_xml(&escaped, s ? s : "");
    karvan_i_text_json(&w->t, escaped.s ? escaped.s : "");
    w->t.failed = w->t.failed || escaped.failed;
    karvan_i_text_clear(&escaped);
}

/* "c1", and where the claim stands on several lanes "c1@KAZ". */
static void put_id(writer *w, int64_t mark) {
    const karvan_i_mark *m = &w->l.mark[mark];
    bool several = (mark > 0 && m[-1].claim == m->claim) ||
                   (mark + 1 < w->l.n_marks && m[1].claim == m->claim);
    const char *id = cell(w, "id", m->claim);
    karvan_i_text_json(&w->t, id ? id : "");
    if (!several) return;
    karvan_i_text_puts(&w->t, "@");
    karvan_i_text_json(&w->t, w->l.lane[m->lane].id);
}

/* When, for a reader. */
static void put_words(writer *w, int64_t claim) {
    char words[400];
    const char *date = cell(w, "date", claim);
    if (karvan_edtf_words(date, strlen(date), words, sizeof words, NULL) == KARVAN_OK)
        html(w, words);
    else
        html(w, date);
}

static void put_source(writer *w, int64_t claim) {
    const karvan_table *sources = karvan_package_table(w->region, "sources");
    const char *id = cell(w, "source", claim);
    int64_t r = id && sources ? karvan_package_row(w->region, "sources", id) : -1;
    const char *title = karvan_i_cell_text(sources, "title", r),
               *publisher = karvan_i_cell_text(sources, "publisher", r);
    html(w, title ? title : id);
    if (publisher)
        karvan_i_text_puts(&w->t, " ("), html(w, publisher), karvan_i_text_puts(&w->t, ")");
}

/* Both programs keep a day as JavaScript does, to the years -271821 and 275760, and need room
 * beside the first and the last: to show the whole, vis-timeline takes a tenth more, TimelineJS on
 * its scale of days five times as much. */
enum { VIS_YEAR_MAX = 200000, JS_YEAR_MAX = 9999 };

/* The day itself, or the bound that it lies beyond. */
static karvan_day held(karvan_day d, int64_t year) {
    karvan_day first = karvan_day_from_civil(-year, 1, 1),
               last = karvan_day_from_civil(year, 12, 31);
    return d < first ? first : d > last ? last : d;
}

/* ---- vis-timeline ---- */

/* As JavaScript reads a day: years of more than four digits have six and a sign. */
static void put_day(karvan_i_text *t, karvan_day d) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    if (year >= 0 && year <= 9999)
        karvan_i_text_printf(t, "%04lld-%02d-%02d", (long long)year, month, day);
    else
        karvan_i_text_printf(t, "%c%06lld-%02d-%02d", year < 0 ? '-' : '+',
                             (long long)(year < 0 ? -year : year), month, day);
}

/* A stretch of days: an end is the first moment after it. */
static void put_range(writer *w, karvan_day first, karvan_day last) {
    karvan_i_text_puts(&w->t, ", \"start\": \"");
    put_day(&w->t, first);
    karvan_i_text_puts(&w->t, "\", \"end\": \"");
    put_day(&w->t, last + 1);
    karvan_i_text_puts(&w->t, "\"");
}

/* Words for a style sheet: dimension, rank, and how far the date is known and can be drawn. */
static void put_class(writer *w, int64_t claim, const karvan_edtf *d, bool beyond) {
    const char *dimension = cell(w, "dimension", claim), *rank = cell(w, "rank", claim);
    static const char *const start[] = {"", " open-start", " unknown-start"}, *const end[] = {
                                                                                  "", " open-end",
                                                                                  " unknown-end"};
    karvan_i_text_puts(&w->t, ", \"className\": \"");
    html(w, dimension);
    karvan_i_text_puts(&w->t, " ");
    html(w, rank);
    if (cell(w, "conflict", claim)) karvan_i_text_puts(&w->t, " contested");
    if (!d->is_interval && d->earliest < d->latest) karvan_i_text_puts(&w->t, " uncertain");
    if (d->is_interval && d->start_kind == KARVAN_BOUND_KNOWN && d->earliest < d->start_latest)
        karvan_i_text_puts(&w->t, " uncertain-start");
    if (d->is_interval && d->end_kind == KARVAN_BOUND_KNOWN && d->end_earliest < d->latest)
        karvan_i_text_puts(&w->t, " uncertain-end");
    if (d->uncertain || d->approximate) karvan_i_text_puts(&w->t, " doubtful");
    karvan_i_text_puts(&w->t, start[d->start_kind]), karvan_i_text_puts(&w->t, end[d->end_kind]);
    karvan_i_text_puts(&w->t, beyond ? " beyond\"" : "\"");
}

static void vis_begin(writer *w, int64_t mark, const char *suffix) {
    karvan_i_text_puts(&w->t, w->told++ ? ",\n  {\"id\": \"" : "\n  {\"id\": \"");
    put_id(w, mark);
    karvan_i_text_printf(&w->t, "%s\", \"group\": \"", suffix);
    karvan_i_text_json(&w->t, w->l.lane[w->l.mark[mark].lane].id);
    karvan_i_text_puts(&w->t, "\"");
}

/* Days on which it certainly went on, where there are any. */
static bool core(const karvan_edtf *d, karvan_day first, karvan_day last, karvan_day *from,
                 karvan_day *to) {
    *from = d->start_kind == KARVAN_BOUND_UNKNOWN ? last
            : d->start_latest < first             ? first
                                                  : d->start_latest;
    *to = d->end_kind == KARVAN_BOUND_UNKNOWN ? *from
          : d->end_earliest > last            ? last
                                              : d->end_earliest;
    return d->is_interval && *from <= *to && (*from > first || *to < last);
}

/* A day that is known is a box; all that a date may mean is a range; where an interval has days
 * that are certain, they are the range and all that it may mean lies behind. */
static void vis_item(writer *w, int64_t mark) {
    int64_t claim = w->l.mark[mark].claim;
    const karvan_edtf *d = karvan_i_cell_date(w->l.claims, "date", claim);
    karvan_day first, last, from, to;
    karvan_i_lanes_reach(&w->l, d, &first, &last);
    bool beyond = first != held(first, VIS_YEAR_MAX) || last != held(last, VIS_YEAR_MAX);
    first = held(first, VIS_YEAR_MAX), last = held(last, VIS_YEAR_MAX);
    bool sure = core(d, first, last, &from, &to);
    if (sure) {
        vis_begin(w, mark, "~");
        put_range(w, first, last);
        karvan_i_text_puts(&w->t, ", \"content\": \"\", \"type\": \"background\"");
        put_class(w, claim, d, beyond);
        karvan_i_text_puts(&w->t, "}");
    }
    vis_begin(w, mark, "");
    if (first == last)
        karvan_i_text_puts(&w->t, ", \"start\": \""), put_day(&w->t, first),
            karvan_i_text_puts(&w->t, "\"");
    else
        put_range(w, sure ? from : first, sure ? to : last);
    karvan_i_text_puts(&w->t, ", \"content\": \"");
    html(w, cell(w, "title", claim));
    karvan_i_text_puts(&w->t, "\", \"title\": \"");
    put_words(w, claim);
    karvan_i_text_puts(&w->t, "; ");
    put_source(w, claim);
    karvan_i_text_printf(&w->t, "\", \"type\": \"%s\"", first == last ? "box" : "range");
    put_class(w, claim, d, beyond);
    karvan_i_text_puts(&w->t, "}");
}

static void vis(writer *w) {
    karvan_i_text_puts(&w->t, "{\n \"groups\": [");
    for (int32_t i = 0; i < w->l.n; i++) {
        karvan_i_text_puts(&w->t, i ? ",\n  {\"id\": \"" : "\n  {\"id\": \"");
        karvan_i_text_json(&w->t, w->l.lane[i].id);
        karvan_i_text_puts(&w->t, "\", \"content\": \"");
        html(w, w->l.lane[i].label);
        karvan_i_text_printf(&w->t, "\", \"order\": %d}", (int)i);
    }
    karvan_i_text_puts(&w->t, w->l.n ? "\n ],\n \"items\": [" : "],\n \"items\": [");
    for (int64_t i = 0; i < w->l.n_marks; i++) vis_item(w, i);
    karvan_i_text_puts(&w->t, w->told ? "\n ]\n}\n" : "]\n}\n");
}

/* ---- TimelineJS ---- */

/* Year alone, with month, with day: as far as the date is known. EDTF counts years through 0, the
 * program's readers and its axis do not: it calls -44 what EDTF calls -0043, "44 BCE". */
static void js_date(writer *w, const char *name, karvan_day d, int parts) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    if (year <= 0) year--;
    karvan_i_text_printf(&w->t, ",\n   \"%s\": {\"year\": %lld", name, (long long)year);
    if (parts > 0) karvan_i_text_printf(&w->t, ", \"month\": %d", month);
    if (parts > 1) karvan_i_text_printf(&w->t, ", \"day\": %d", day);
    karvan_i_text_puts(&w->t, "}");
}

/* Do the bounds say just one year, one month or one day? */
static int parts_of(const karvan_edtf *d) {
    int64_t year, last_year;
    int month, day, last_month, last_day;
    karvan_day_to_civil(d->earliest, &year, &month, &day);
    karvan_day_to_civil(d->latest + 1, &last_year, &last_month, &last_day);
    if (d->earliest == d->latest) return 2;
    if (month == 1 && day == 1 && last_year == year + 1 && last_month == 1 && last_day == 1)
        return 0;
    bool next = last_day == 1 && day == 1 && last_year * 12 + last_month == year * 12 + month + 1;
    return next ? 1 : -1;
}

static void js_dates(writer *w, const karvan_edtf *d) {
    karvan_day first, last;
    karvan_i_lanes_reach(&w->l, d, &first, &last);
    bool open = d->earliest == KARVAN_DAY_MIN || d->latest == KARVAN_DAY_MAX;
    int parts = open || d->is_interval ? -1 : parts_of(d);
    js_date(w, "start_date", first, parts < 0 ? 2 : parts);
    if (parts < 0) js_date(w, "end_date", last, 2);
}

/* The program takes the marks of HTML off a group's name, then sets what is left as HTML: it needs
 * to be escaped for both. */
static void js_group(writer *w, const char *label) {
    karvan_i_text once = {0};
    karvan_i_text_xml(&once, label);
    html(w, once.s);
    w->t.failed = w->t.failed || once.failed;
    karvan_i_text_clear(&once);
}

static void js_event(writer *w, int64_t mark) {
    int64_t claim = w->l.mark[mark].claim;
    karvan_i_text parties = {0};
    karvan_i_text_puts(&w->t, w->told++ ? ",\n  {\"unique_id\": \"" : "\n  {\"unique_id\": \"");
    put_id(w, mark);
    karvan_i_text_puts(&w->t, "\"");
    js_dates(w, karvan_i_cell_date(w->l.claims, "date", claim));
    karvan_i_text_puts(&w->t, ",\n   \"display_date\": \"");
    put_words(w, claim);
    karvan_i_text_puts(&w->t, "\",\n   \"text\": {\"headline\": \"");
    html(w, cell(w, "title", claim));
    karvan_i_text_puts(&w->t, "\", \"text\": \"");
    karvan_i_record_parties(&w->x, claim, &parties);
    html(w, parties.s);
    karvan_i_text_puts(&w->t, "; ");
    html(w, cell(w, "rank", claim));
    if (cell(w, "conflict", claim)) karvan_i_text_puts(&w->t, "; contested");
    karvan_i_text_puts(&w->t, "; source: ");
    put_source(w, claim);
    karvan_i_text_puts(&w->t, "\"},\n   \"group\": \"");
    js_group(w, w->l.lane[w->l.mark[mark].lane].label);
    karvan_i_text_puts(&w->t, "\"}");
    w->t.failed = w->t.failed || parties.failed;
    karvan_i_text_clear(&parties);
}

/* Days too far for the scale of days need the one that has years alone, of any size. */
static const char *js_scale(const writer *w) {
    for (int64_t i = 0; i < w->l.n_marks; i++) {
        const karvan_edtf *d = karvan_i_cell_date(w->l.claims, "date", w->l.mark[i].claim);
        karvan_day first, last;
        karvan_i_lanes_reach(&w->l, d, &first, &last);
        if (first != held(first, JS_YEAR_MAX) || last != held(last, JS_YEAR_MAX))
            return "cosmological";
    }
    return "human";
}

static void knight(writer *w) {
    karvan_i_text_puts(&w->t, "{\n \"title\": {\"text\": {\"headline\": \"");
    html(w, karvan_package_title(w->region));
    karvan_i_text_puts(&w->t, "\"}},\n \"scale\": \"");
    karvan_i_text_puts(&w->t, js_scale(w));
    karvan_i_text_puts(&w->t, "\",\n \"events\": [");
    for (int64_t i = 0; i < w->l.n_marks; i++) js_event(w, i);
    karvan_i_text_puts(&w->t, w->told ? "\n ]\n}\n" : "]\n}\n");
}

karvan_status karvan_timeline_write(const karvan_package *region, const karvan_view *v,
                                    const karvan_timeline *how, karvan_timeline_form form,
                                    const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    writer w = {.region = region};
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "a timeline needs a file");
    KARVAN_TRY(karvan_i_lanes_init(&w.l, region, v, how, err));
    KARVAN_TRY(karvan_i_record_init(&w.x, region, err));
    if (form == KARVAN_TIMELINE_VIS)
        vis(&w);
    else
        knight(&w);
    KARVAN_TRY(karvan_i_text_status(&w.t, err));
    KARVAN_TRY(karvan_i_file_write(path, w.t.s, w.t.n, err));
done:
    karvan_i_lanes_clear(&w.l);
    karvan_i_record_clear(&w.x);
    karvan_i_text_clear(&w.t);
    return st;
}
