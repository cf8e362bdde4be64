#include "report/svg.h"

#include <math.h>
#include <string.h>

double karvan_i_at(const karvan_i_scale *s, double v) {
    double a = s->log ? log(s->d0) : s->d0, b = s->log ? log(s->d1) : s->d1,
           x = s->log ? log(v) : v;
    return b > a ? s->p0 + (x - a) / (b - a) * (s->p1 - s->p0) : s->p0;
}

double karvan_i_tick(double span, int n) {
    double raw = span / (n > 0 ? n : 1), power = pow(10.0, floor(log10(raw > 0 ? raw : 1.0)));
    double lead = raw / power;
    return (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0) * power;
}

int karvan_i_ticks(double span, double step) { return (int)floor(span / step * 1.0001) + 1; }

void karvan_i_px(karvan_i_text *t, double v) {
    double tenths = round(v * 10.0);
    if (fmod(tenths, 10.0) == 0.0)
        karvan_i_text_printf(t, "%.0f", tenths / 10.0 + 0.0);
    else
        karvan_i_text_printf(t, "%s%lld.%lld", tenths < 0 ? "-" : "", (long long)fabs(tenths) / 10,
                             (long long)fabs(tenths) % 10);
}

void karvan_i_svg_open(karvan_i_text *t, double width, double height, int id, const char *title,
                       const char *description) {
    karvan_i_text_printf(t,
                         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                         "width=\"%.0f\" height=\"%.0f\" role=\"img\" "
                         "aria-labelledby=\"t%d d%d\"><title id=\"t%d\">",
                         width, height, width, height, id, id, id);
    karvan_i_text_xml(t, title);
    karvan_i_text_printf(t, "</title><desc id=\"d%d\">", id);
    karvan_i_text_xml(t, description);
    karvan_i_text_puts(t, "</desc>\n");
}

void karvan_i_svg_close(karvan_i_text *t) { karvan_i_text_puts(t, "</svg>\n"); }

void karvan_i_svg_line(karvan_i_text *t, double x1, double y1, double x2, double y2,
                       const char *cls) {
    karvan_i_text_printf(t, "<path class=\"%s\" d=\"M", cls);
    karvan_i_px(t, x1), karvan_i_text_puts(t, " "), karvan_i_px(t, y1), karvan_i_text_puts(t, "L");
    karvan_i_px(t, x2), karvan_i_text_puts(t, " "), karvan_i_px(t, y2);
    karvan_i_text_puts(t, "\"/>\n");
}

void karvan_i_svg_text(karvan_i_text *t, double x, double y, const char *anchor, const char *cls,
                       const char *s) {
    karvan_i_text_puts(t, "<text x=\"");
    karvan_i_px(t, x), karvan_i_text_puts(t, "\" y=\""), karvan_i_px(t, y);
    karvan_i_text_puts(t, "\"");
    if (strcmp(anchor, "start") != 0) karvan_i_text_printf(t, " text-anchor=\"%s\"", anchor);
    if (*cls) karvan_i_text_printf(t, " class=\"%s\"", cls);
    karvan_i_text_puts(t, ">");
    karvan_i_text_xml(t, s);
    karvan_i_text_puts(t, "</text>\n");
}

bool karvan_i_box_free(const karvan_i_boxes *b, double x0, double y0, double x1, double y1) {
    for (int i = 0; i < b->n; i++)
        if (x0 < b->x1[i] && x1 > b->x0[i] && y0 < b->y1[i] && y1 > b->y0[i]) return false;
    return true;
}

void karvan_i_force_box(karvan_i_boxes *b, double x0, double y0, double x1, double y1) {
    if (b->n == KARVAN_I_BOXES_MAX) return;
    b->x0[b->n] = x0, b->y0[b->n] = y0, b->x1[b->n] = x1, b->y1[b->n] = y1;
    b->n++;
}

bool karvan_i_take_box(karvan_i_boxes *b, double x0, double y0, double x1, double y1, double w,
                       double h) {
    if (x0 < 0 || y0 < 0 || x1 > w || y1 > h || b->n == KARVAN_I_BOXES_MAX) return false;
    if (!karvan_i_box_free(b, x0, y0, x1, y1)) return false;
    karvan_i_force_box(b, x0, y0, x1, y1);
    return true;
}

double karvan_i_text_width(const char *s, double px) {
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return 0.56 * px * n;
}
