/* Time, cost and distance of the corridors: one diagram, and a panel each. */
#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/profile.h"

void karvan_i_profile_figures(karvan_i_page *p, const karvan_i_profile_chart *c) {
    for (int cost = 0; cost < 2; cost++) {
        karvan_i_html_printf(
            &p->out,
            "<figure><figcaption>%s against distance</figcaption><p class=\"sub\">%s</p>\n",
            cost ? "Dollars" : "Days",
            cost ? "USD a TEU, cumulative, after the time-cost-distance method of UN ESCAP"
                 : "Expected days, cumulative; pale bands: P10 to P90; after the "
                   "time-cost-distance method of UN ESCAP");
        for (int narrow = 0; narrow < 2; narrow++) {
            karvan_i_profile_chart one = *c;
            one.cost = cost != 0, one.width = narrow ? 340 : 900, one.id = p->next_id++;
            karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
            karvan_i_profile_draw(&p->out, &one);
            karvan_i_text_puts(&p->out, "</div>\n");
        }
        karvan_i_text_puts(&p->out, "</figure>\n");
    }
    if (c->n < 2) return;
    karvan_i_text_puts(
        &p->out,
        "<figure><figcaption>Each way by itself</figcaption><p class=\"sub\">Days "
        "with their band P10 to P90 above, dollars below, each on scales of "
        "its own; the other ways grey. Named: the longest stops.</p>\n<div class=\"panels\">\n");
    for (int i = 0; i < c->n; i++) {
        karvan_i_profile_chart one = *c;
        one.id = p->next_id++;
        karvan_i_profile_panel(&p->out, &one, i);
    }
    karvan_i_text_puts(&p->out, "</div></figure>\n");
}

karvan_status karvan_i_part_profile(karvan_i_page *p, karvan_error *err) {
    const karvan_route *routes[KARVAN_I_CORRIDORS_MAX];
    const karvan_time_quantiles *q[KARVAN_I_CORRIDORS_MAX];
    int hue[KARVAN_I_CORRIDORS_MAX], n = 0;
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists) routes[n] = &p->way[c].route, q[n] = p->way[c].q, hue[n++] = c;
    if (n == 0) return KARVAN_OK;
    double standing = 0;
    for (int32_t k = 0; k < routes[0]->n_legs; k++)
        if (routes[0]->legs[k].operation != KARVAN_MOVE) standing += routes[0]->legs[k].hours;
    karvan_i_html_printf(
        &p->out,
        "<section id=\"profile\"><h2>%.0f %% of the time by the %s is spent "
        "standing</h2>\n<p>Each line climbs with the kilometres while a load moves, "
        "and straight up where it stands: at frontiers, in ports, waiting for a ship. "
        "The longer the step, the more is to be won there.</p>\n",
        100 * standing / routes[0]->hours, karvan_i_corridor_name(p, hue[0]));
    karvan_i_profile_chart chart = {p->region, n, routes, q, hue, false, 900, 0};
    karvan_i_profile_figures(p, &chart);
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Numbers and sources: the leg tables above. "
                                "Method: docs/methods/profile.md.</p></section>\n");
    return karvan_i_text_status(&p->out, err);
}
