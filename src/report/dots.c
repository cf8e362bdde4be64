#include "report/dots.h"

#include <math.h>
#include <string.h>

#include "report/html.h"

/* Columns of a row on a wide screen; on a narrow one the name stands above. px. */
typedef struct layout {
    bool narrow;
    double width, row, head;
    double axis0, axis1; /* ends of the axis */
    double figures;      /* where they end; a narrow screen has them right */
} layout;

enum { GAP = 14, NAMES = 372, ASIDE = 60 };

static bool any_below(const karvan_i_dots *c) {
    for (int i = 0; i < c->n; i++)
        if (c->row[i].below) return true;
    return false;
}

static layout layout_of(const karvan_i_dots *c, bool narrow) {
    double figures = c->figures_head ? karvan_i_text_width(c->figures_head, 12) : 0,
           width = narrow ? KARVAN_I_DOTS_NARROW : KARVAN_I_DOTS_WIDE;
    for (int i = 0; i < c->n; i++)
        if (c->row[i].figures) figures = fmax(figures, karvan_i_text_width(c->row[i].figures, 12));
    double right = width - (c->aside_head && !narrow ? ASIDE : 0);
    return (layout){narrow,
                    width,
                    narrow         ? 40
                    : any_below(c) ? 36
                                   : 22,
                    narrow ? 18 : 34,
                    narrow ? 4 : NAMES,
                    fmax(right - figures - GAP, (narrow ? 4 : NAMES) + 60),
                    right};
}

void karvan_i_svg_fitted(karvan_i_text *t, double x, double y, const char *anchor, const char *cls,
                         const char *s, double room_px) {
    enum { TEXT_MAX = 240, ELLIPSIS = 4 };
    char cut[TEXT_MAX];
    (void)snprintf(cut, sizeof cut - ELLIPSIS, "%s", s ? s : "");
    size_t n = strlen(cut);
    if (karvan_i_text_width(cut, 12) <= room_px && n == strlen(s ? s : "")) {
        karvan_i_svg_text(t, x, y, anchor, cls, cut);
        return;
    }
    while (n > 0 && karvan_i_text_width(cut, 12) > room_px - 8) {
        do n--;
        while (n > 0 && ((unsigned char)cut[n] & 0xC0) == 0x80);
        cut[n] = 0;
    }
    while (n > 0 && (cut[n - 1] == ' ' || cut[n - 1] == ',')) cut[--n] = 0;
    (void)snprintf(cut + n, sizeof cut - n, "\xE2\x80\xA6");
    karvan_i_svg_text(t, x, y, anchor, cls, cut);
}

void karvan_i_dots_bounds(const karvan_i_dots *c, double *low, double *high) {
    *low = 0, *high = 0;
    for (int i = 0; i < c->n; i++) {
        const double v[] = {c->row[i].dot, c->row[i].low, c->row[i].high};
        for (size_t k = 0; k < sizeof v / sizeof v[0]; k++)
            if (isfinite(v[k])) *low = fmin(*low, v[k]), *high = fmax(*high, v[k]);
    }
    if (!(*high > *low)) *high = *low + 1;
}

void karvan_i_dot_mark(karvan_i_text *t, const karvan_i_dot *r, const karvan_i_scale *x, double y,
                       bool bar) {
    double zero = karvan_i_at(x, 0), at = karvan_i_at(x, r->dot);
    if (bar && isfinite(r->dot)) {
        karvan_i_text_puts(t, "<rect class=\"full\" x=\"");
        karvan_i_px(t, fmin(zero, at)), karvan_i_text_puts(t, "\" y=\""), karvan_i_px(t, y - 5);
        karvan_i_text_puts(t, "\" width=\""), karvan_i_px(t, fmax(fabs(at - zero), 1));
        karvan_i_text_puts(t, "\" height=\"10\"/>");
    }
    if (isfinite(r->low) && isfinite(r->high)) {
        double a = karvan_i_at(x, r->low), b = karvan_i_at(x, r->high);
        karvan_i_text_printf(t, "<path class=\"%s\" d=\"M", bar ? "whisker" : "reach");
        karvan_i_px(t, a), karvan_i_text_puts(t, " "), karvan_i_px(t, y);
        karvan_i_text_puts(t, "h"), karvan_i_px(t, fmax(b - a, 1)), karvan_i_text_puts(t, "\"/>");
    }
    if (!bar && isfinite(r->dot)) {
        karvan_i_text_puts(t, "<circle class=\"now\" cx=\"");
        karvan_i_px(t, at), karvan_i_text_puts(t, "\" cy=\""), karvan_i_px(t, y);
        karvan_i_text_puts(t, "\" r=\"4\"/>");
    }
    karvan_i_text_puts(t, "\n");
}

/* Steps of the axis, 0 stronger. */
static void axis(karvan_i_page *p, const layout *l, const karvan_i_scale *x, double bottom) {
    double step = karvan_i_tick(x->d1 - x->d0, l->narrow ? 2 : 4);
    for (int k = (int)ceil(x->d0 / step - 1e-9); k <= (int)floor(x->d1 / step + 1e-9); k++) {
        double at = karvan_i_at(x, k * step);
        karvan_i_text s = {0};
        karvan_i_svg_line(&p->out, at, l->head, at, bottom, k == 0 ? "axis" : "grid");
        karvan_i_number(&s, k * step, 3);
        if (s.s) karvan_i_svg_text(&p->out, at, bottom + 14, "middle", "soft", s.s);
        karvan_i_text_clear(&s);
    }
}

static void heads(karvan_i_page *p, const karvan_i_dots *c, const layout *l) {
    if (c->axis_head)
        karvan_i_svg_text(&p->out, l->narrow ? 0 : l->axis0, 12, "start", "soft", c->axis_head);
    if (l->narrow) return;
    if (c->figures_head) karvan_i_svg_text(&p->out, l->figures, 26, "end", "soft", c->figures_head);
    if (c->aside_head) karvan_i_svg_text(&p->out, l->width, 26, "end", "soft", c->aside_head);
}

static void row(karvan_i_page *p, const karvan_i_dots *c, const layout *l, const karvan_i_scale *x,
                int i, double top) {
    const karvan_i_dot *r = &c->row[i];
    const char *cls = r->strong ? "strong" : r->pale ? "soft" : "";
    double y = l->narrow ? top + 28 : top + (r->below ? 13 : l->row / 2);
    char name[200];
    if (c->numbered)
        (void)snprintf(name, sizeof name, "%d\xC2\xA0\xC2\xA0%.180s", i + 1, r->name);
    else
        (void)snprintf(name, sizeof name, "%.190s", r->name);
    if (l->narrow)
        karvan_i_svg_fitted(&p->out, 0, top + 15, "start", cls, name, l->width);
    else
        karvan_i_svg_fitted(&p->out, 0, y + 4, "start", cls, name, NAMES - GAP);
    karvan_i_dot_mark(&p->out, r, x, y, c->bars);
    if (r->figures) karvan_i_svg_text(&p->out, l->figures, y + 4, "end", cls, r->figures);
    if (l->narrow) return;
    if (r->aside) karvan_i_svg_text(&p->out, l->width, y + 4, "end", cls, r->aside);
    if (r->below)
        karvan_i_svg_fitted(&p->out, c->numbered ? 16 : 0, y + 18, "start", "soft", r->below,
                            NAMES - GAP - 16);
}

static void draw(karvan_i_page *p, const karvan_i_dots *c, bool narrow) {
    const layout l = layout_of(c, narrow);
    double low, high, bottom = l.head + l.row * c->n;
    karvan_i_dots_bounds(c, &low, &high);
    const karvan_i_scale x = {low, high, l.axis0, l.axis1, false};
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
    karvan_i_svg_open(&p->out, l.width, bottom + 20, p->next_id++, c->title, c->description);
    heads(p, c, &l);
    axis(p, &l, &x, bottom);
    for (int i = 0; i < c->n; i++) row(p, c, &l, &x, i, l.head + l.row * i);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

void karvan_i_dots_draw(karvan_i_page *p, const karvan_i_dots *c) {
    draw(p, c, false), draw(p, c, true);
}
