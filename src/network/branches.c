/* By the clock, a corridor's way that does not come back. What an arc takes depends on when it is
 * reached, so the label search with its backward bounds does not serve; branch and bound does. A
 * walk that passes a place twice, with other groups passed, is split into the walks that do not
 * pass it the first time and those that do not the second. Each branch's best is no later than what
 * lies below it, so the first of them all that does not return is best. */
#include "base/alloc.h"
#include "network/search.h"

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

karvan_status karvan_i_search_no_return(karvan_i_search *s, int32_t *end, bool *gave_up,
                                        karvan_error *err) {
    karvan_i_ban two[2];
    int n = 1;
    branch *all = karvan_i_calloc(BRANCHES_MAX, sizeof *all), *b;
    *end = -1, *gave_up = false;
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the search");
    bound(s, &all[0]);
    while ((b = cheapest(all, n)) != NULL) {
        s->bans = b->bans, s->n_bans = b->n;
        *end = karvan_i_search_run(s);
        if (!karvan_i_search_returns(s, *end, two)) break;
        *end = -1;
        *gave_up = b->n == BANS_MAX || n == BRANCHES_MAX;
        if (*gave_up) break;
        all[n] = *b; /* the second visit forbidden here, the first there */
        all[n].bans[all[n].n++] = two[0];
        b->bans[b->n++] = two[1];
        bound(s, &all[n++]), bound(s, b);
    }
    karvan_i_free(all);
    s->bans = NULL, s->n_bans = 0;
    return KARVAN_OK;
}
