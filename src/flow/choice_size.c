/* Path sizes (Ben-Akiva and Bierlaire 1999): how much of a route is its own. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/choice.h"

typedef struct sizing {
    const int64_t *route_first;
    const int32_t *route_arc;
    const double *length; /* [n_arcs] */
    int64_t *last;        /* [n_arcs] the last route that was seen on an arc, -1 */
    int32_t *users;       /* [n_arcs] routes of the pair that use it */
} sizing;

/* Is it the first time that this mark meets the arc? A route has a mark for counting and one for
 * summing, so that neither hides the other's. */
static bool first_time(sizing *s, int32_t arc, int64_t mark) {
    if (s->last[arc] == mark) return false;
    s->last[arc] = mark;
    return true;
}

static void count_users(sizing *s, int64_t begin, int64_t end) {
    for (int64_t i = s->route_first[begin]; i < s->route_first[end]; i++)
        s->users[s->route_arc[i]] = 0;
    for (int64_t r = begin; r < end; r++)
        for (int64_t i = s->route_first[r]; i < s->route_first[r + 1]; i++)
            if (first_time(s, s->route_arc[i], 2 * r)) s->users[s->route_arc[i]]++;
}

static double log_size(sizing *s, int64_t r) {
    double own = 0, length = 0, own_arcs = 0, arcs = 0;
    for (int64_t i = s->route_first[r]; i < s->route_first[r + 1]; i++) {
        int32_t a = s->route_arc[i];
        if (!first_time(s, a, 2 * r + 1)) continue;
        length += s->length[a], own += s->length[a] / s->users[a];
        arcs += 1, own_arcs += 1.0 / s->users[a];
    }
    if (arcs == 0) return 0;
    double size = length > 0 ? own / length : own_arcs / arcs;
    return size < 1 ? log(size) : 0;
}

static karvan_status check(const karvan_choice_sets *sets, const int64_t *route_first,
                           const int32_t *route_arc, int32_t n_arcs, const double *arc_length,
                           karvan_error *err) {
    if (!sets || sets->n_pairs < 0 || !sets->first || sets->first[0] != 0 || !route_first ||
        n_arcs < 0 || (n_arcs > 0 && !arc_length))
        return karvan_fail(err, KARVAN_E_ARG, "no route sets, or no arcs of their routes");
    for (int32_t p = 0; p < sets->n_pairs; p++)
        if (sets->first[p + 1] < sets->first[p])
            return karvan_fail(err, KARVAN_E_ARG, "pair %d ends before it begins", (int)p);
    for (int32_t a = 0; a < n_arcs; a++)
        if (!(arc_length[a] >= 0 && isfinite(arc_length[a])))
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d is %g long: lengths are finite, 0 or more", (int)a,
                               arc_length[a]);
    for (int64_t r = 0; r < sets->first[sets->n_pairs]; r++) {
        if (route_first[r] < 0 || route_first[r + 1] < route_first[r])
            return karvan_fail(err, KARVAN_E_ARG, "route %lld ends before it begins", (long long)r);
        for (int64_t i = route_first[r]; i < route_first[r + 1]; i++)
            if (route_arc[i] < 0 || route_arc[i] >= n_arcs)
                return karvan_fail(err, KARVAN_E_ARG, "route %lld: arc %d outside 0..%d",
                                   (long long)r, (int)route_arc[i], (int)n_arcs - 1);
    }
    return KARVAN_OK;
}

karvan_status karvan_choice_path_sizes(const karvan_choice_sets *sets, const int64_t *route_first,
                                       const int32_t *route_arc, int32_t n_arcs,
                                       const double *arc_length, double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sizing s = {route_first, route_arc, arc_length, NULL, NULL};
    KARVAN_TRY(check(sets, route_first, route_arc, n_arcs, arc_length, err));
    s.last = karvan_i_malloc((size_t)n_arcs + 1, sizeof *s.last);
    s.users = karvan_i_malloc((size_t)n_arcs + 1, sizeof *s.users);
    KARVAN_REQUIRE(s.last && s.users, err, KARVAN_E_NOMEM, "no memory for path sizes");
    for (int32_t a = 0; a < n_arcs; a++) s.last[a] = -1;
    for (int32_t p = 0; p < sets->n_pairs; p++) {
        count_users(&s, sets->first[p], sets->first[p + 1]);
        for (int64_t r = sets->first[p]; r < sets->first[p + 1]; r++) out[r] = log_size(&s, r);
    }
done:
    karvan_i_free(s.last), karvan_i_free(s.users);
    return st;
}
