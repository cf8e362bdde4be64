/* Where a route's hours, dollars and spread come from, in one sentence. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"
#include "network/graph.h"
#include "table/cell.h"

enum { NAMED_MOST = 3 };

double karvan_i_variance_share(const karvan_route *r, int32_t leg) {
    double all = 0;
    for (int32_t k = 0; k < r->n_legs; k++) all += r->legs[k].var_h2;
    return all > 0 ? r->legs[leg].var_h2 / all : 0;
}

typedef enum measure { HOURS, DOLLARS, SPREAD } measure;

static double of_leg(const karvan_leg *l, measure m) {
    return m == HOURS ? l->hours : m == DOLLARS ? l->usd_per_teu : l->var_h2;
}

typedef struct sentence {
    char *s;
    size_t n, cap;
} sentence;

static void KARVAN_PRINTF(2, 3) say(sentence *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = t->n < t->cap ? vsnprintf(t->s + t->n, t->cap - t->n, format, args) : 0;
    va_end(args);
    if (n > 0) t->n += (size_t)n;
}

static const char *name_of(const karvan_package *region, int32_t place) {
    const char *s = karvan_i_cell_text(karvan_package_table(region, "places"), "name", place);
    return s ? s : "?";
}

/* "wait at Aktau", "Aktau to Alat", "border at Khorgos" */
static void say_leg(const karvan_package *region, const karvan_leg *l, sentence *t) {
    if (l->operation == KARVAN_MOVE) {
        say(t, "%.40s to %.40s", name_of(region, l->from), name_of(region, l->to));
        return;
    }
    const karvan_table *operations = karvan_package_table(region, "operations");
    int64_t row = karvan_package_row(region, "operations", l->operation_id);
    const char *what = karvan_i_cell_text(operations, "name", row);
    if (!what) what = l->operation == KARVAN_GAUGE_CHANGE ? "change of gauge" : l->operation_id;
    say(t, "%.40s at %.40s", what, name_of(region, l->from));
}

/* The largest legs that together pass half, three at the most. */
static void say_measure(const karvan_package *region, const karvan_route *r, measure m,
                        const char *what, sentence *t) {
    double all = 0, named = 0, last = INFINITY;
    int32_t last_leg = -1;
    for (int32_t k = 0; k < r->n_legs; k++) all += of_leg(&r->legs[k], m);
    if (!(all > 0)) return;
    say(t, "%s of the %s:", t->n > 0 ? ";" : "Largest parts", what);
    for (int i = 0; i < NAMED_MOST && i < r->n_legs && named < 0.5 * all; i++) {
        int32_t best = -1; /* next below the last, by size and then order */
        for (int32_t k = 0; k < r->n_legs; k++) {
            double v = of_leg(&r->legs[k], m);
            if (v > last || (v == last && k <= last_leg)) continue;
            if (best < 0 || v > of_leg(&r->legs[best], m)) best = k;
        }
        if (best < 0) break;
        last = of_leg(&r->legs[best], m), last_leg = best, named += last;
        say(t, "%s", i ? ", " : " ");
        say_leg(region, &r->legs[best], t);
        say(t, " (%.0f %%)", 100 * last / all);
    }
}

void karvan_route_explain(const karvan_package *region, const karvan_route *r, char *out,
                          size_t cap) {
    sentence t = {out, 0, cap};
    if (cap == 0) return;
    *out = 0;
    if (!region || !r) return;
    say_measure(region, r, HOURS, "hours", &t);
    say_measure(region, r, DOLLARS, "dollars", &t);
    say_measure(region, r, SPREAD, "spread", &t);
    if (t.n > 0) say(&t, ".");
    karvan_i_utf8_mend(out); /* a name may have been cut */
}
