/* Bottlenecks as bars: load against capacity, price, delay; the dearest first. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/flow_facts.h"
#include "report/html.h"
#include "report/svg.h"
#include "table/cell.h"

typedef struct layout {
    bool narrow;
    double width, row, top;
    double load_x, load_px, price_x, price_px; /* both bars */
} layout;

static const double LEAST_DELAY_H = 0.05;

static layout layout_of(bool narrow) {
    return narrow ? (layout){true, 340, 46, 22, 0, 84, 186, 60}
                  : (layout){false, 900, 26, 26, 330, 130, 590, 130};
}

static void number_at(karvan_i_page *p, double x, double y, const char *anchor, double v,
                      int digits, const char *unit) {
    karvan_i_text s = {0};
    karvan_i_number(&s, v, digits);
    karvan_i_text_puts(&s, unit);
    if (s.s) karvan_i_svg_text(&p->out, x, y, anchor, "", s.s);
    karvan_i_text_clear(&s);
}

/* "1 640 of 1 640" */
static void load_text(karvan_i_page *p, const karvan_i_neck *k, double x, double y) {
    karvan_i_text s = {0};
    karvan_i_number(&s, k->load, 3);
    karvan_i_text_puts(&s, " of ");
    karvan_i_number(&s, k->capacity, 3);
    if (k->unit && strncmp(k->unit, "TEU", 3) != 0) karvan_i_text_puts(&s, " t");
    if (s.s) karvan_i_svg_text(&p->out, x, y, "start", "", s.s);
    karvan_i_text_clear(&s);
}

/* As much of a name as there is room for, with the rank before it. */
static void name_text(karvan_i_page *p, const karvan_i_neck *k, int rank, double room, double y) {
    char s[KARVAN_I_NECK_NAME + 60], more[40] = "";
    if (k->members > 1) (void)snprintf(more, sizeof more, " and %d more in a row", k->members - 1);
    (void)snprintf(s, sizeof s, "%d  %s", rank, k->name);
    size_t n = strlen(s);
    bool cut = false;
    while (n > 8 && karvan_i_text_width(s, 12) + karvan_i_text_width(more, 12) > room) {
        do n--;
        while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80);
        s[n] = 0, cut = true;
    }
    while (cut && n > 0 && (s[n - 1] == ' ' || s[n - 1] == ',')) s[--n] = 0;
    (void)snprintf(s + n, sizeof s - n, "%s%s", cut ? "\xE2\x80\xA6" : "", more);
    karvan_i_svg_text(&p->out, 0, y, "start", "", s);
}

static void bar(karvan_i_page *p, const layout *l, const karvan_i_neck *k, double dearest, int rank,
                double top) {
    double y = l->narrow ? top + 22 : top + 6, text = y + 10,
           used = fmin(k->load / k->capacity, 1) * l->load_px;
    name_text(p, k, rank, l->narrow ? l->width : l->load_x - 10, l->narrow ? top + 14 : text);
    karvan_i_html_printf(&p->out,
                         "<rect class=\"room\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                         "height=\"12\"/>\n<rect class=\"full\" x=\"%.1f\" y=\"%.1f\" "
                         "width=\"%.1f\" height=\"12\"/>\n",
                         l->load_x, y, l->load_px, l->load_x, y, used);
    load_text(p, k, l->load_x + l->load_px + 6, text);
    double px = fmax(k->price_usd / dearest * l->price_px, 1);
    karvan_i_html_printf(
        &p->out, "<rect class=\"price\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\"/>\n",
        l->price_x, y, px);
    number_at(p, l->price_x + px + 6, text, "start", k->price_usd, 3, "");
    if (k->delay_h >= LEAST_DELAY_H) number_at(p, l->width, text, "end", k->delay_h, 2, " h");
}

/* Hard limits have no queue: a column of delays is told where one of the bars has one. */
static bool any_delay(const karvan_i_flow_facts *f) {
    for (int i = 0; i < f->n_necks; i++)
        if (f->neck[i].delay_h >= LEAST_DELAY_H) return true;
    return false;
}

static void heads(karvan_i_page *p, const layout *l, bool delay) {
    karvan_i_svg_text(&p->out, l->load_x, 12, "start", "soft",
                      l->narrow ? "load of capacity" : "load of capacity, TEU (or t) a day");
    karvan_i_svg_text(&p->out, l->price_x, 12, "start", "soft",
                      l->narrow ? "USD a TEU" : "price, USD a TEU (or t)");
    if (delay) karvan_i_svg_text(&p->out, l->width, 12, "end", "soft", "delay");
}

static void chart(karvan_i_page *p, const karvan_i_flow_facts *f, bool narrow) {
    layout l = layout_of(narrow);
    double dearest = 0;
    for (int i = 0; i < f->n_necks; i++) dearest = fmax(dearest, f->neck[i].price_usd);
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
    karvan_i_svg_open(&p->out, l.width, l.top + l.row * f->n_necks + 6, p->next_id++,
                      "Bottlenecks by what they cost",
                      "Bars: load against capacity, and price; delay as a number. The table below "
                      "holds the figures.");
    heads(p, &l, any_delay(f));
    for (int i = 0; i < f->n_necks; i++) bar(p, &l, &f->neck[i], dearest, i + 1, l.top + l.row * i);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* Nearly full, or at a price. */
static bool matters(void *ctx, const karvan_table *t, int64_t row) {
    (void)ctx;
    return karvan_i_cell_real(t, "use_percent", row) >= 90 ||
           karvan_i_cell_real(t, "price_usd", row) >= 0.5;
}

static karvan_status table(karvan_i_page *p, const karvan_i_flow_facts *f, karvan_error *err) {
    static const char *const columns[] = {"name",        "kind",    "load",      "capacity", "unit",
                                          "use_percent", "delay_h", "price_usd", "usd_day"};
    karvan_status st = KARVAN_OK;
    karvan_view v = {0};
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_view_init(&v, f->bottlenecks, matters, NULL, err));
    if (v.n == 0) goto done;
    KARVAN_TRY(karvan_view_copy(&v, sizeof columns / sizeof columns[0], columns, &t, err));
    st = karvan_i_flow_details(p,
                               "Every capacity of which nine tenths are used, or that has a price",
                               t, "bottlenecks.csv", err);
done:
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    return st;
}

karvan_status karvan_i_flow_necks(karvan_i_page *p, const karvan_i_flow_facts *f,
                                  karvan_error *err) {
    if (f->n_necks > 0) {
        karvan_i_html_printf(&p->out,
                             "<figure><figcaption>What is full, by what it costs: %s first"
                             "</figcaption><p class=\"sub\">Sorted by price times capacity, the "
                             "%d largest. A price is what one more unit a day would be worth, one "
                             "way; of several in a row that bind as one, their sum. Full bars: "
                             "hard limits; where a queue forms, load stays below.</p>\n",
                             f->neck[0].name, f->n_necks);
        chart(p, f, false), chart(p, f, true);
    } else {
        karvan_i_text_puts(&p->out, "<figure><figcaption>Nothing is full</figcaption>\n");
    }
    karvan_status st = table(p, f, err);
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Method: docs/methods/freight.md, Capacities. "
                                "Capacities");
    for (int i = 0; i < f->n_necks; i++) {
        bool told = !f->neck[i].source;
        for (int k = 0; k < i && !told; k++)
            told = f->neck[k].source && strcmp(f->neck[k].source, f->neck[i].source) == 0;
        if (!told) karvan_i_cite(p, f->neck[i].source);
    }
    karvan_i_text_puts(&p->out, ".</p></figure>\n");
    return st;
}
