#include "report/dots.h"

#include <math.h>
#include <string.h>

#include "report/html.h"

/* Columns of one line (wide) or two (narrow); px. */
typedef struct layout {
    bool narrow;
    double width, row, head;
    double axis0, axis1, figures; /* figures end there */
    double aside[2], end;         /* asides begin, the last ends */
} layout;

static layout layout_of(const karvan_i_dots *c, bool narrow) {
    double from = c->from_px > 0 ? c->from_px : 300;
    bool aside = c->aside_head[0] != NULL;
    if (narrow) return (layout){true, KARVAN_I_DOTS_NARROW, 40, 18, 4, 190, 340, {0, 0}, 340};
    return (layout){false,
                    KARVAN_I_DOTS_WIDE,
                    21,
                    34,
                    from,
                    aside ? from + 210 : from + 360,
                    aside ? from + 360 : 900,
                    {690, 736},
                    900};
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
    if (l->narrow) {
        if (c->axis_head) karvan_i_svg_text(&p->out, 0, 12, "start", "soft", c->axis_head);
        return;
    }
    if (c->name_head) karvan_i_svg_text(&p->out, 0, 24, "start", "soft", c->name_head);
    if (c->axis_head) karvan_i_svg_text(&p->out, l->axis0, 10, "start", "soft", c->axis_head);
    if (c->figures_head) karvan_i_svg_text(&p->out, l->figures, 24, "end", "soft", c->figures_head);
    for (int k = 0; k < 2; k++)
        if (c->aside_head[k])
            karvan_i_svg_text(&p->out, k == 0 ? l->aside[1] - 12 : l->aside[1], 24,
                              k == 0 ? "end" : "start", "soft", c->aside_head[k]);
}

static void row(karvan_i_page *p, const karvan_i_dots *c, const layout *l, const karvan_i_scale *x,
                int i, double top) {
    const karvan_i_dot *r = &c->row[i];
    const char *cls = r->strong ? "strong" : "";
    double y = l->narrow ? top + 28 : top + l->row / 2;
    char name[200];
    (void)snprintf(name, sizeof name, "%d  %.180s", i + 1, r->name);
    if (l->narrow)
        karvan_i_svg_fitted(&p->out, 0, top + 15, "start", cls, name, l->width);
    else
        karvan_i_svg_fitted(&p->out, 0, y + 4, "start", cls, name, l->axis0 - 14);
    karvan_i_dot_mark(&p->out, r, x, y, c->bars);
    if (r->figures) karvan_i_svg_text(&p->out, l->figures, y + 4, "end", "", r->figures);
    if (l->narrow) return;
    if (r->aside[0]) karvan_i_svg_text(&p->out, l->aside[1] - 12, y + 4, "end", "", r->aside[0]);
    if (r->aside[1])
        karvan_i_svg_fitted(&p->out, l->aside[1], y + 4, "start", "soft", r->aside[1],
                            l->end - l->aside[1]);
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
