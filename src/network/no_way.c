/* Why no way leads there: which rows are not in service that day, and what of that which was asked
 * cuts it. Found by giving in: the same question on a network whose rows are open on every day,
 * with the fewest closed rows on the way; then without what was asked, one thing at a time, and
 * where that is not enough, without the fewest that none of them can be asked again. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "network/sets.h"
#include "table/cell.h"

enum { ITEMS_MAX = 64, NAMED_MOST = 3 };

const char *karvan_i_row_name(const karvan_table *t, int64_t row) {
    const char *s = karvan_i_cell_text(t, "name", row);
    return s ? s : "?";
}

static void say_asked(const karvan_network *net, const karvan_routes_query *q, bool returned,
                      karvan_i_text *t) {
    char day[48];
    const char *by =
        q->corridor < 0 ? "what is asked" : karvan_i_row_name(net->corridors, q->corridor);
    karvan_day_format(net->options.date, day, sizeof day);
    const char *from = karvan_i_row_name(net->places, q->from),
               *to = karvan_i_row_name(net->places, q->to);
    if (returned)
        karvan_i_text_printf(t,
                             "%.80s does not lie between %.60s and %.60s on %s: every way by it "
                             "comes back to a place that it has passed",
                             by, from, to, day);
    else
        karvan_i_text_printf(t, "no way leads from %.60s to %.60s%s%.80s on %s", from, to,
                             q->corridor < 0 ? "" : " by the ", q->corridor < 0 ? "" : by, day);
}

/* ---- a way that is asked less of ---- */

/* The way with the fewest closed rows, then hours; n of -1: there is none. */
static karvan_status way(const karvan_network *net, const karvan_routes_query *q,
                         karvan_i_walk *out, karvan_error *err) {
    static const karvan_i_sum criteria[] = {KARVAN_I_SUM_CLOSED, KARVAN_I_SUM_HOURS};
    karvan_status st = KARVAN_OK;
    karvan_i_question a = {0};
    karvan_i_labels *labels = NULL;
    *out = (karvan_i_walk){.n = -1};
    KARVAN_TRY(karvan_i_question_init(net, q, false, 2, criteria, &a, err));
    KARVAN_TRY(karvan_i_labels_create(&a.task, &labels, err));
    KARVAN_TRY(karvan_i_labels_solve(labels, NULL, err));
    if (karvan_i_labels_found(labels) > 0) KARVAN_TRY(karvan_i_labels_walk(labels, 0, out, err));
done:
    karvan_i_labels_destroy(labels);
    karvan_i_question_clear(&a);
    return st;
}

static karvan_status leads(const karvan_network *net, const karvan_routes_query *q, bool *out,
                           karvan_error *err) {
    karvan_i_walk w;
    karvan_status st = way(net, q, &w, err);
    *out = w.n >= 0;
    karvan_i_walk_clear(&w);
    return st;
}

/* ---- rows that are not in service ---- */

/* " (in service from 2017-10-30)" */
static void say_service(const karvan_network *net, const karvan_table *t, int32_t row,
                        karvan_i_text *out) {
    const karvan_edtf *from = karvan_i_cell_date(t, "open_from", row);
    bool early = from && from->latest > net->options.date;
    const char *day = karvan_i_cell_text(t, early ? "open_from" : "open_to", row);
    karvan_i_text_printf(out, " (in service %s %.30s)", early ? "from" : "until", day ? day : "?");
}

static void say_row(const karvan_network *net, const karvan_table *t, int32_t row,
                    const karvan_i_arc *a, karvan_i_text *out) {
    const char *id = karvan_i_cell_text(t, "id", row);
    const char *what = t == net->links ? "link" : t == net->services ? "service" : "terminal";
    int32_t from = karvan_i_state_place(net, a->tail), to = karvan_i_state_place(net, a->head);
    karvan_i_text_printf(out, "%s %.60s", what, id ? id : "?");
    if (t == net->links)
        karvan_i_text_printf(out, " from %.40s to %.40s", karvan_i_row_name(net->places, from),
                             karvan_i_row_name(net->places, to));
    if (t == net->terminals)
        karvan_i_text_printf(out, " at %.40s", karvan_i_row_name(net->places, from));
    say_service(net, t, row, out);
}

typedef struct rows {
    const karvan_network *net;
    karvan_i_text *out;
    int n;
} rows;

static void take_row(rows *r, const karvan_table *t, int32_t row, const karvan_i_arc *a) {
    if (row < 0 || karvan_i_row_in_service(r->net, t, row)) return;
    if (r->n++ >= NAMED_MOST) return;
    if (r->n > 1) karvan_i_text_puts(r->out, ", ");
    say_row(r->net, t, row, a, r->out);
}

/* "link X (in service from 2017), terminal Y (in service until 2020)"; how many there are. */
static int say_closed(const karvan_network *net, const karvan_i_walk *w, karvan_i_text *out) {
    rows r = {net, out, 0};
    for (int32_t i = 0; i < w->n; i++) {
        const karvan_i_arc *a = &net->arcs[w->arcs[i]];
        if (a->kind == KARVAN_I_ARC_LINK) {
            take_row(&r, net->links, a->row, a);
            take_row(&r, net->services, a->service, a);
        }
        if (a->kind == KARVAN_I_ARC_TERMINAL) take_row(&r, net->terminals, a->row, a);
    }
    if (r.n > NAMED_MOST) karvan_i_text_printf(out, " and %d more", r.n - NAMED_MOST);
    return r.n;
}

/* ---- what was asked, without some of it ---- */

typedef struct wishes {
    const karvan_network *net;
    const karvan_routes_query *q;
    int n; /* things asked: each country, place, border, mode, operator, group, corridor, limit */
    bool dropped[ITEMS_MAX];
    void *kept[6]; /* the lists without what is dropped */
} wishes;

static int items_of(const karvan_routes_query *q) {
    return q->n_countries + q->n_places + q->n_borders + q->n_modes + q->n_operators + q->n_via +
           (q->corridor >= 0) + (q->max_transhipments >= 0);
}

static karvan_status wishes_init(wishes *a, karvan_error *err) {
    const karvan_routes_query *q = a->q;
    const size_t size[6][2] = {
        {(size_t)q->n_countries, sizeof *q->countries}, {(size_t)q->n_places, sizeof *q->places},
        {(size_t)q->n_borders, sizeof *q->borders},     {(size_t)q->n_modes, sizeof *q->modes},
        {(size_t)q->n_operators, sizeof *q->operators}, {(size_t)q->n_via, sizeof *q->via}};
    a->n = items_of(q);
    for (int i = 0; i < 6; i++) {
        a->kept[i] = karvan_i_malloc(size[i][0] + 1, size[i][1]);
        if (!a->kept[i]) return karvan_fail(err, KARVAN_E_NOMEM, "what was asked");
    }
    return KARVAN_OK;
}

static void wishes_clear(wishes *a) {
    for (int i = 0; i < 6; i++) karvan_i_free(a->kept[i]);
}

/* One list without what is dropped; how many are kept. *item: the number of its first. */
static int keep(const wishes *a, int *item, const void *list, int n, size_t size, void *out) {
    int kept = 0;
    for (int i = 0; i < n; i++, ++*item)
        if (!a->dropped[*item])
            memcpy((char *)out + (size_t)kept++ * size, (const char *)list + (size_t)i * size,
                   size);
    return kept;
}

static karvan_routes_query less(wishes *a) {
    const karvan_routes_query *q = a->q;
    karvan_routes_query out = *q;
    int i = 0;
    out.n_countries = keep(a, &i, q->countries, q->n_countries, sizeof *q->countries, a->kept[0]);
    out.n_places = keep(a, &i, q->places, q->n_places, sizeof *q->places, a->kept[1]);
    out.n_borders = keep(a, &i, q->borders, q->n_borders, sizeof *q->borders, a->kept[2]);
    out.n_modes = keep(a, &i, q->modes, q->n_modes, sizeof *q->modes, a->kept[3]);
    out.n_operators = keep(a, &i, q->operators, q->n_operators, sizeof *q->operators, a->kept[4]);
    out.n_via = keep(a, &i, q->via, q->n_via, sizeof *q->via, a->kept[5]);
    out.countries = a->kept[0], out.places = a->kept[1], out.borders = a->kept[2];
    out.modes = a->kept[3], out.operators = a->kept[4], out.via = a->kept[5];
    if (q->corridor >= 0 && a->dropped[i++]) out.corridor = -1;
    if (q->max_transhipments >= 0 && a->dropped[i]) out.max_transhipments = -1;
    return out;
}

static void say_via(const wishes *a, const karvan_via *v, karvan_i_text *t) {
    karvan_i_text_puts(t, "passing ");
    for (int32_t i = 0; i < v->n; i++)
        karvan_i_text_printf(t, "%s%.40s", i ? " or " : "",
                             karvan_i_row_name(a->net->places, v->places[i]));
}

/* "avoiding Russia", "at most 2 transhipments" */
static void say_item(const wishes *a, int i, karvan_i_text *t) {
    const karvan_routes_query *q = a->q;
    const karvan_network *net = a->net;
    if (i < q->n_countries) {
        karvan_i_text_printf(t, "avoiding %.60s",
                             karvan_i_row_name(net->countries, q->countries[i]));
        return;
    }
    if ((i -= q->n_countries) < q->n_places) {
        karvan_i_text_printf(t, "avoiding %.60s", karvan_i_row_name(net->places, q->places[i]));
        return;
    }
    if ((i -= q->n_places) < q->n_borders) {
        karvan_i_text_printf(t, "avoiding the border of %.60s and %.60s",
                             karvan_i_row_name(net->countries, q->borders[i].a),
                             karvan_i_row_name(net->countries, q->borders[i].b));
        return;
    }
    if ((i -= q->n_borders) < q->n_modes) {
        karvan_i_text_printf(t, "avoiding %.40s", q->modes[i]);
        return;
    }
    if ((i -= q->n_modes) < q->n_operators) {
        karvan_i_text_printf(t, "avoiding %.60s", q->operators[i]);
        return;
    }
    if ((i -= q->n_operators) < q->n_via) {
        say_via(a, &q->via[i], t);
        return;
    }
    if (i - q->n_via == 0 && q->corridor >= 0)
        karvan_i_text_printf(t, "the %.80s", karvan_i_row_name(net->corridors, q->corridor));
    else
        karvan_i_text_printf(t, "at most %d transhipment%s", q->max_transhipments,
                             q->max_transhipments == 1 ? "" : "s");
}

/* ---- the parts of the answer: true where one was given ---- */

static karvan_status say_dates(const karvan_network *open, const karvan_routes_query *q,
                               karvan_i_text *t, bool *said, karvan_error *err) {
    karvan_i_walk w;
    karvan_status st = way(open, q, &w, err);
    *said = st == KARVAN_OK && w.n >= 0 && w.cost > 0;
    if (*said) {
        karvan_i_text_puts(t, "; not in service that day: ");
        (void)say_closed(open, &w, t);
        karvan_i_text_puts(t, "; with that there is one");
    }
    karvan_i_walk_clear(&w);
    return st;
}

/* Things of which each alone, when it is not asked, leaves a way. */
static karvan_status say_single(wishes *a, karvan_i_text *t, bool *said, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text list = {0};
    int n = 0;
    *said = false;
    for (int i = 0; i < a->n; i++) {
        bool there_is;
        a->dropped[i] = true;
        karvan_routes_query q = less(a);
        a->dropped[i] = false;
        KARVAN_TRY(leads(a->net, &q, &there_is, err));
        if (!there_is) continue;
        if (n++ > 0) karvan_i_text_puts(&list, ", ");
        say_item(a, i, &list);
    }
    KARVAN_TRY(karvan_i_text_status(&list, err));
    *said = n > 0;
    if (n == 1) karvan_i_text_printf(t, "; %s cuts it: without that there is one", list.s);
    if (n > 1)
        karvan_i_text_printf(t, "; each of these cuts it, and without that one there is a way: %s",
                             list.s);
done:
    karvan_i_text_clear(&list);
    return st;
}

/* As little as may be dropped of what was asked so that a way leads: with any of it asked again,
 * none does. On the open network also the rows that it needs. */
static karvan_status say_several(wishes *a, karvan_i_text *t, bool *said, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_walk w = {.n = -1};
    karvan_routes_query q;
    int n = 0;
    for (int i = 0; i < a->n; i++) a->dropped[i] = true;
    q = less(a);
    KARVAN_TRY(leads(a->net, &q, said, err));
    if (!*said) goto done;
    for (int i = 0; i < a->n; i++) {
        bool there_is;
        a->dropped[i] = false;
        q = less(a);
        KARVAN_TRY(leads(a->net, &q, &there_is, err));
        a->dropped[i] = !there_is;
    }
    q = less(a);
    KARVAN_TRY(way(a->net, &q, &w, err));
    karvan_i_text_puts(t, "; there is one without ");
    for (int i = 0; i < a->n; i++) {
        if (!a->dropped[i]) continue;
        if (n++ > 0) karvan_i_text_puts(t, " and ");
        say_item(a, i, t);
    }
    if (w.cost > 0) {
        karvan_i_text_puts(t, ", once these are in service: ");
        (void)say_closed(a->net, &w, t);
    }
done:
    for (int i = 0; i < a->n; i++) a->dropped[i] = false;
    karvan_i_walk_clear(&w);
    return st;
}

/* The same network on every day; NULL where a row that is not in service yet lacks what routing
 * needs. */
static karvan_status open_network(const karvan_network *net, karvan_network **out,
                                  karvan_error *err) {
    karvan_network_options o = net->options;
    karvan_error why = {0};
    o.cargo_class = karvan_i_cell_text(karvan_package_table(net->region, "cargo_classes"), "id",
                                       net->cargo_class);
    karvan_status st = karvan_i_network_create(net->region, &o, true, out, &why);
    if (st == KARVAN_E_NOMEM) return karvan_fail(err, st, "%s", why.msg);
    return KARVAN_OK;
}

static karvan_status say_why(const karvan_network *net, const karvan_routes_query *q,
                             karvan_i_text *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_network *open = NULL;
    wishes a = {.net = net, .q = q};
    bool dates = false, things = false;
    if (net->options.by_clock) {
        bool there_is;
        KARVAN_TRY(leads(net, q, &there_is, err));
        if (there_is)
            karvan_i_text_puts(t, "; by the clock from that moment, what leads there does not run");
        if (there_is) goto done;
    }
    KARVAN_TRY(wishes_init(&a, err));
    KARVAN_TRY(open_network(net, &open, err));
    if (open) KARVAN_TRY(say_dates(open, q, t, &dates, err));
    if (a.n > ITEMS_MAX) goto done;
    if (a.n > 0) KARVAN_TRY(say_single(&a, t, &things, err));
    if (dates || things) goto done;
    if (a.n > 1) KARVAN_TRY(say_several(&a, t, &things, err));
    if (things) goto done;
    a.net = open;
    if (open && a.n > 0) KARVAN_TRY(say_several(&a, t, &things, err));
    if (open && !things)
        karvan_i_text_puts(t, "; on no other day either: no rows of the tables join them that way");
done:
    wishes_clear(&a);
    karvan_network_destroy(open);
    return st;
}

karvan_status karvan_i_no_way(const karvan_network *net, const karvan_routes_query *q,
                              bool returned, karvan_error *err) {
    karvan_i_text t = {0};
    if (!err) return KARVAN_E_NOCONV; /* nobody asks why */
    say_asked(net, q, returned, &t);
    karvan_status st = say_why(net, q, &t, err);
    if (st == KARVAN_OK) st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK) st = karvan_fail(err, KARVAN_E_NOCONV, "%s", t.s);
    karvan_i_text_clear(&t);
    return st;
}

karvan_status karvan_i_gave_up(const karvan_network *net, const karvan_routes_query *q,
                               karvan_error *err) {
    return karvan_fail(err, KARVAN_E_NOCONV,
                       "no way from %.60s to %.60s was found with as many labels as are kept; try "
                       "with less that is asked for",
                       karvan_i_row_name(net->places, q->from),
                       karvan_i_row_name(net->places, q->to));
}
