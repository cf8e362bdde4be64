/* Page one: the question, the answer in a sentence, five numbers, what drives the uncertainty. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "table/cell.h"

static void days(karvan_i_text *t, const karvan_i_way *w) {
    const karvan_time_quantiles *q = &w->q[w->route.n_legs];
    karvan_i_html_printf(t, "%.0f days (%.0f to %.0f)", q->p50_h / 24, q->p10_h / 24,
                         q->p90_h / 24);
}

static void five(const karvan_i_page *p, karvan_i_text *t) {
    int told = 0;
    karvan_i_text_puts(t, "<ul class=\"five\">\n");
    for (int c = 0; c < p->n_corridors && told < 5; c++) {
        const karvan_i_way *w = &p->way[c];
        if (!w->exists) continue;
        const karvan_time_quantiles *q = &w->q[w->route.n_legs];
        karvan_i_html_printf(t,
                             "<li><b><a href=\"#corridors\">%.0f days</a></b><span>%s<br>eight of "
                             "ten within %.0f to %.0f; ",
                             q->p50_h / 24, karvan_i_corridor_name(p, c), q->p10_h / 24,
                             q->p90_h / 24);
        karvan_i_number(t, w->route.usd_per_teu, 2);
        karvan_i_text_puts(t, " USD a TEU</span></li>\n");
        told++;
    }
    karvan_i_text_puts(t, "</ul>\n");
}

/* Legs by their share of the spread, where a leg's spread squared stands for its variance. */
static void drivers(const karvan_i_page *p, int c, karvan_i_text *t) {
    const karvan_route *r = &p->way[c].route;
    double all = 0;
    bool told[512] = {false};
    for (int32_t k = 0; k < r->n_legs; k++) all += pow(r->legs[k].p90_h - r->legs[k].p50_h, 2);
    karvan_i_html_printf(
        t, "<p>What makes the days of the %s uncertain: ", karvan_i_corridor_name(p, c));
    for (int n = 0; n < 3; n++) {
        int32_t best = -1;
        for (int32_t k = 0; k < r->n_legs && k < 512; k++)
            if (!told[k] && (best < 0 || r->legs[k].p90_h - r->legs[k].p50_h >
                                             r->legs[best].p90_h - r->legs[best].p50_h))
                best = k;
        if (best < 0 || !(all > 0)) break;
        const karvan_leg *l = &r->legs[best];
        const char *wait =
            strcmp(l->table, "terminals") == 0 ? "the wait for an opening" : "the wait for a ship";
        told[best] = true;
        karvan_i_html_printf(t, "%s%s at %s (%.0f %%%s)",
                             n == 0   ? ""
                             : n == 1 ? ", "
                                      : " and ",
                             l->operation == KARVAN_WAIT   ? wait
                             : l->operation == KARVAN_PORT ? "the port"
                             : l->operation == KARVAN_MOVE ? "the way from"
                                                           : "the frontier",
                             karvan_i_place_name(p, l->from),
                             100 * pow(l->p90_h - l->p50_h, 2) / all,
                             l->assumed ? ", an assumption" : "");
    }
    karvan_i_text_puts(t, ". The shares are of the squared spread of the legs.</p>\n");
}

karvan_status karvan_i_part_answer(karvan_i_page *p, karvan_i_text *lead, karvan_error *err) {
    int fast = -1, slow = -1;
    const karvan_i_way *own = &p->way[0]; /* the first corridor of the table is the region's own */
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists && (fast < 0 || p->way[c].route.hours < p->way[fast].route.hours))
            fast = c;
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists && (slow < 0 || p->way[c].route.hours > p->way[slow].route.hours))
            slow = c;
    if (fast < 0) return KARVAN_OK;
    karvan_i_text_puts(lead, "<p class=\"answer\">");
    if (own->exists) {
        karvan_i_html_printf(lead, "From %s to %s a loaded container takes ",
                             karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to));
        days(lead, own);
        karvan_i_html_printf(lead, " by the %s", karvan_i_corridor_name(p, 0));
        for (int c = 1; c < p->n_corridors; c++) {
            if (!p->way[c].exists || (c != fast && c != slow)) continue;
            karvan_i_html_printf(lead, "; %s: ", karvan_i_corridor_name(p, c));
            days(lead, &p->way[c]);
        }
        karvan_i_text_puts(lead, ".");
        double standing = 0;
        for (int32_t k = 0; k < own->route.n_legs; k++)
            if (own->route.legs[k].operation != KARVAN_MOVE) standing += own->route.legs[k].hours;
        karvan_i_html_printf(lead,
                             " By the %s %.0f %% of the expected days are spent standing, at "
                             "frontiers, in ports and waiting for ships.",
                             karvan_i_corridor_name(p, 0), 100 * standing / own->route.hours);
    }
    karvan_i_text_puts(lead, "</p>\n");
    five(p, lead);
    if (own->exists) drivers(p, 0, lead);
    return karvan_i_text_status(lead, err);
}
