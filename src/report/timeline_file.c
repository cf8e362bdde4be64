/* A timeline of claims as an SVG file of its own. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/report.h"
#include "record/lanes.h"
#include "report/lanes.h"

/* The style that a page would give, for light paper. */
static const char STYLE[] =
    "<style>text{font:12px sans-serif;fill:#1b1f24}.soft{fill:#555c66}"
    ".grid{fill:none;stroke:#d5d8dc;stroke-width:1}svg{color:#1b1f24}"
    ".political{fill:#0072b2}.economic{fill:#a64b00}.cultural{fill:#8f3f71}.strategic{fill:"
    "#00695c}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";

/* Marks of the lanes as a list a lane. */
static karvan_status split(const karvan_i_lanes *l, karvan_i_drawn_lane **lane, int64_t **rows,
                           karvan_error *err) {
    *lane = karvan_i_calloc((size_t)l->n + 1, sizeof **lane);
    *rows = karvan_i_calloc((size_t)l->n_marks + 1, sizeof **rows);
    if (!*lane || !*rows) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a timeline");
    int64_t *to = *rows;
    for (int32_t i = 0; i < l->n; i++) {
        (*lane)[i] = (karvan_i_drawn_lane){.label = l->lane[i].label, .row = to};
        for (int64_t m = 0; m < l->n_marks; m++)
            if (l->mark[m].lane == i) *to++ = l->mark[m].claim, (*lane)[i].n++;
    }
    return KARVAN_OK;
}

/* The drawing stands inside an outer one, which holds its style. */
static karvan_status draw(karvan_i_text *t, const karvan_i_lane_chart *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text inner = {0};
    KARVAN_TRY(karvan_i_lanes_draw(&inner, c, err));
    KARVAN_TRY(karvan_i_text_status(&inner, err));
    size_t head = strcspn(inner.s, ">") + 1; /* <svg ...>, then what it holds */
    karvan_i_text_puts(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    karvan_i_text_add(t, inner.s, head);
    karvan_i_text_puts(t, STYLE);
    karvan_i_text_add(t, inner.s + head, inner.n - head);
done:
    karvan_i_text_clear(&inner);
    return st;
}

karvan_status karvan_report_timeline_svg(const karvan_package *region, const karvan_view *v,
                                         const karvan_timeline *how, int width_px,
                                         karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    karvan_i_lanes l = {0};
    karvan_i_drawn_lane *lane = NULL;
    int64_t *rows = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(width_px >= 320 && width_px <= 4000, err, KARVAN_E_ARG,
                   "a timeline is 320 to 4000 pixels wide, not %d", width_px);
    KARVAN_TRY(karvan_i_lanes_init(&l, region, v, how, err));
    KARVAN_TRY(split(&l, &lane, &rows, err));
    double first = floor(karvan_i_year_of(l.first)), last = ceil(karvan_i_year_of(l.last));
    karvan_i_lane_chart c = {l.claims, l.n,   lane,
                             width_px, first, last > first ? last : first + 1,
                             true,     1,     "Timeline of relations"};
    KARVAN_TRY(draw(&t, &c, err));
    KARVAN_TRY(karvan_i_text_status(&t, err));
    out->text = t.s, out->n = t.n, t = (karvan_i_text){0};
done:
    karvan_i_lanes_clear(&l);
    karvan_i_free(lane), karvan_i_free(rows);
    karvan_i_text_clear(&t);
    return st;
}
