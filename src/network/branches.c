/* Ways by a corridor that do not come back, by the clock: what an arc takes hangs on when it is
 * reached, so the label search with its bounds does not serve. */
#include "base/alloc.h"
#include "base/try.h"
#include "network/search.h"

/* A walk by a corridor may go there and come back, which is no way by it. Branch and bound finds
 * the best walk that does not: one that passes a place twice, with different groups passed, is
 * split into the walks that do not pass it the first time and those that do not the second. Each
 * branch's best is no worse than what lies below it, so the first of them all that does not return
 * is best. */
enum { BANS_MAX = 12, BRANCHES_MAX = 300 };
typedef struct branch {
    karvan_i_ban bans[BANS_MAX];
    int n;
    bool open;
    karvan_i_label cost;
} branch;

static void bound(karvan_i_search *s, branch *b) {
    s->bans = b->bans, s->n_bans = b->n;
    int32_t end = karvan_i_search_run(s);
    b->open = end >= 0;
    if (end >= 0) b->cost = s->best[end];
}

static branch *cheapest(branch *all, int n) {
    branch *best = NULL;
    for (int i = 0; i < n; i++)
        if (all[i].open && (!best || karvan_i_label_less(all[i].cost, best->cost))) best = &all[i];
    return best;
}

karvan_status karvan_i_search_without_return(karvan_i_search *s, int32_t *end,
                                             karvan_i_outcome *out, karvan_error *err) {
    karvan_i_ban two[2];
    int n = 1;
    branch *all = karvan_i_calloc(BRANCHES_MAX, sizeof *all), *b;
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the search");
    bound(s, &all[0]);
    for (*out = KARVAN_I_ALL_RETURN;
         *out == KARVAN_I_ALL_RETURN && (b = cheapest(all, n)) != NULL;) {
        s->bans = b->bans, s->n_bans = b->n;
        *end = karvan_i_search_run(s);
        bool returns = karvan_i_search_returns(s, *end, two);
        if (!returns) *out = KARVAN_I_FOUND;
        if (returns && (b->n == BANS_MAX || n == BRANCHES_MAX)) *out = KARVAN_I_GAVE_UP;
        if (*out != KARVAN_I_ALL_RETURN) break;
        all[n] = *b; /* the second visit forbidden here, the first there */
        all[n].bans[all[n].n++] = two[0];
        b->bans[b->n++] = two[1];
        bound(s, &all[n++]), bound(s, b);
    }
    karvan_i_free(all);
    s->bans = NULL, s->n_bans = 0;
    return KARVAN_OK;
}
