/* Missions that are open in a year: from a claim that one was opened to the next that it was
 * closed, sender by sender and host by host. */
#include "base/alloc.h"
#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"

typedef struct mission {
    int32_t sender, host;
    const karvan_edtf *date; /* NULL: not known */
    int64_t claim;
} mission;

typedef struct missions {
    int64_t n, n_closed;
    mission *opened, *closed;
    const karvan_edtf **date; /* room for closings of the same two */
} missions;

static mission ends_of(const karvan_i_tie_gather *g, const karvan_i_tie_claims *c, int64_t claim) {
    mission m = {-1, -1, karvan_i_cell_date(c->x.claims, "date", claim), claim};
    for (int64_t i = c->x.first[claim]; i < c->x.first[claim + 1]; i++) {
        int64_t row = c->x.party[i];
        int role = karvan_i_tie_role(karvan_i_cell_text(c->x.parties, "role", row));
        int32_t node = karvan_i_tied_find(g, karvan_i_cell_text(c->x.parties, "party", row));
        if (role > 0) m.sender = node;
        if (role < 0) m.host = node;
    }
    return m;
}

static karvan_status find(const karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                          const char *closed, missions *out, karvan_error *err) {
    out->opened = karvan_i_calloc((size_t)c->x.n + 1, sizeof *out->opened);
    out->closed = karvan_i_calloc((size_t)c->x.n + 1, sizeof *out->closed);
    out->date = karvan_i_calloc((size_t)c->x.n + 1, sizeof(const karvan_edtf *));
    if (!out->opened || !out->closed || !out->date)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for missions");
    for (int64_t i = 0; i < c->x.n; i++) {
        if (!c->counts[i]) continue;
        if (karvan_i_cell_is(c->x.claims, "kind", i, closed))
            out->closed[out->n_closed++] = ends_of(g, c, i);
        else
            out->opened[out->n++] = ends_of(g, c, i);
    }
    return KARVAN_OK;
}

/* Is it open in the year, as this claim has it? */
static karvan_truth open_in(const karvan_i_tie_gather *g, const missions *all, const mission *m) {
    int64_t n = 0;
    for (int64_t i = 0; i < all->n_closed; i++)
        if (all->closed[i].sender == m->sender && all->closed[i].host == m->host)
            all->date[n++] = all->closed[i].date;
    return karvan_i_open_in(m->date, all->date, n, g->first, g->last);
}

karvan_status karvan_i_tie_missions(karvan_i_tie_gather *g, const char *opened, const char *closed,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *const kinds[] = {opened, closed, NULL};
    karvan_i_tie_claims c;
    missions all = {0};
    KARVAN_TRY(karvan_i_claims_init(&c, g, kinds, err));
    KARVAN_TRY(find(g, &c, closed, &all, err));
    g->directed = true;
    for (int64_t i = 0; i < all.n; i++)
        c.truth[all.opened[i].claim] = (uint8_t)open_in(g, &all, &all.opened[i]);
    for (int64_t i = 0; i < all.n_closed; i++) c.counts[all.closed[i].claim] = 0;
    KARVAN_TRY(karvan_i_claims_agree(&c, err));
    for (int64_t i = 0; i < all.n; i++) {
        const mission *m = &all.opened[i];
        karvan_i_evidence e = {m->sender,
                               m->host,
                               0, /* however many claims, it is one mission */
                               (karvan_truth)c.truth[m->claim],
                               1,
                               karvan_i_cell_text(c.x.claims, "id", m->claim),
                               karvan_i_cell_text(c.x.claims, "source", m->claim),
                               m->claim};
        KARVAN_TRY(karvan_i_tied_add(g, e, err));
    }
done:
    karvan_i_free(all.opened), karvan_i_free(all.closed), karvan_i_free(all.date);
    karvan_i_claims_clear(&c);
    return st;
}
