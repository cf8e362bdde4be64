/* A solution comes back out of text: every number checked, nothing taken on trust that a later run
 * would compute with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/saved.h"
#include "network/tntp.h"
#include "table/number.h"

/* Shapes as the metadata tell them; -1, NaN: not told. */
typedef struct metadata {
    int64_t version, zones, nodes, through, links, classes;
    double real[KARVAN_I_SAVED_REALS];
} metadata;

/* ---- parts ---- */

static karvan_status read_metadata(karvan_i_tntp_reader *r, metadata *m) {
    karvan_status st = KARVAN_OK;
    karvan_i_tntp_key keys[6 + KARVAN_I_SAVED_REALS] = {
        {.name = "<KARVAN ASSIGNMENT>", .whole = &m->version},
        {.name = "<NUMBER OF ZONES>", .whole = &m->zones},
        {.name = "<NUMBER OF NODES>", .whole = &m->nodes},
        {.name = "<FIRST THRU NODE>", .whole = &m->through},
        {.name = "<NUMBER OF LINKS>", .whole = &m->links},
        {.name = "<NUMBER OF CLASSES>", .whole = &m->classes}};
    *m = (metadata){-1, -1, -1, -1, -1, -1, {0}};
    for (int k = 0; k < KARVAN_I_SAVED_REALS; k++) {
        m->real[k] = NAN;
        keys[6 + k] = (karvan_i_tntp_key){.name = karvan_i_saved_key[k], .real = &m->real[k]};
    }
    KARVAN_TRY(karvan_i_tntp_metadata(r, keys, 6 + KARVAN_I_SAVED_REALS));
    for (int k = 0; k < 6; k++)
        if (*keys[k].whole < 0)
            return karvan_i_tntp_fault(r, r->line,
                                       "the metadata do not tell %s; is this a solution that was "
                                       "saved?",
                                       keys[k].name);
    for (int k = 0; k < KARVAN_I_SAVED_GAP; k++)
        if (isnan(m->real[k]))
            return karvan_i_tntp_fault(r, r->line, "the metadata do not tell %s",
                                       karvan_i_saved_key[k]);
    if (m->version != KARVAN_I_SAVED_VERSION)
        return karvan_i_tntp_fault(r, r->line, "version %lld of the format; %d can be read",
                                   (long long)m->version, (int)KARVAN_I_SAVED_VERSION);
    if (m->zones > m->nodes || m->through > m->nodes + 1 || m->through < 1 || m->classes < 1)
        return karvan_i_tntp_fault(r, r->line,
                                   "zones beyond nodes, a first through node beyond them, or no "
                                   "class of users");
    if (!(m->real[KARVAN_I_SAVED_ITERATIONS] >= 0 &&
          m->real[KARVAN_I_SAVED_ITERATIONS] <= INT32_MAX))
        return karvan_i_tntp_fault(r, r->line, "iterations are 0 to %d", INT32_MAX);
done:
    return st;
}

static karvan_status make_room(karvan_assignment *a, const metadata *m,
                               const karvan_i_tntp_reader *r, karvan_error *err) {
    size_t bytes = (size_t)(r->end - r->begin), links = (size_t)m->links,
           classes = (size_t)m->classes;
    /* a row of a link has a word, four numbers and one a class; a class 24 bytes */
    if (links > bytes / 10 || classes > bytes / 24 || links * classes > bytes)
        return karvan_i_tntp_fault(r, r->line, "more rows told than the file has room for");
    a->n = (int32_t)m->nodes, a->m = (int32_t)m->links, a->zones = (int32_t)m->zones;
    a->first_through = (int32_t)m->through - 1, a->n_classes = (int)m->classes;
    a->demand = karvan_i_calloc(classes, sizeof *a->demand);
    a->name = karvan_i_calloc(classes, sizeof *a->name);
    a->pce = karvan_i_calloc(classes, sizeof *a->pce);
    a->class_flow = karvan_i_calloc(classes * links + 1, sizeof *a->class_flow);
    a->arc = karvan_i_calloc(links + 1, sizeof *a->arc);
    a->tail = karvan_i_calloc(links + 1, sizeof *a->tail);
    a->head = karvan_i_calloc(links + 1, sizeof *a->head);
    a->flow = karvan_i_calloc(links + 1, sizeof *a->flow);
    a->time = karvan_i_calloc(links + 1, sizeof *a->time);
    a->fixed = karvan_i_calloc(links + 1, sizeof *a->fixed);
    bool good = a->demand && a->name && a->pce && a->class_flow && a->arc && a->tail && a->head &&
                a->flow && a->time && a->fixed;
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a solution");
}

static karvan_status read_classes(karvan_i_tntp_reader *r, karvan_assignment *a,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_saved_row l;
    for (int c = 0; c < a->n_classes; c++) {
        KARVAN_TRY(karvan_i_saved_expect(r, "class", &l));
        KARVAN_TRY(karvan_i_saved_digest(&l, &a->demand[c]));
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &a->pce[c]));
        if (!(a->pce[c] > 0)) return karvan_i_tntp_fault(r, l.at, "a pce of 0; it is above 0");
        KARVAN_TRY(karvan_i_saved_name(&l, &a->name[c], err));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
done:
    return st;
}

/* flow[class][links] as the rows stand. */
static karvan_status read_links(karvan_i_tntp_reader *r, karvan_assignment *a, double *flow) {
    karvan_status st = KARVAN_OK;
    int64_t from, to;
    karvan_i_saved_row l;
    for (int32_t k = 0; k < a->m; k++) {
        KARVAN_TRY(karvan_i_saved_expect(r, "link", &l));
        KARVAN_TRY(karvan_i_saved_whole(&l, 1, a->n, &from));
        KARVAN_TRY(karvan_i_saved_whole(&l, 1, a->n, &to));
        a->tail[k] = (int32_t)from - 1, a->head[k] = (int32_t)to - 1;
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &a->time[k]));
        KARVAN_TRY(karvan_i_saved_real(&l, -INFINITY, &a->fixed[k]));
        for (int c = 0; c < a->n_classes; c++) {
            double *v = &flow[(int64_t)c * a->m + k];
            KARVAN_TRY(karvan_i_saved_real(&l, 0, v));
            a->flow[k] += *v;
        }
        if (!isfinite(a->flow[k]))
            return karvan_i_tntp_fault(r, l.at, "flows that add up to no finite number");
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
done:
    return st;
}

static int by_key(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Places in the star, as a problem lays its arcs: by tail, in the file's order within a tail. By
 * sorting, since nodes that no link touches cost a file nothing. */
static karvan_status lay(karvan_assignment *a, const double *flow, karvan_error *err) {
    int64_t *key = karvan_i_malloc((size_t)a->m + 1, sizeof *key);
    if (!key) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d links", (int)a->m);
    for (int32_t k = 0; k < a->m; k++) key[k] = (int64_t)a->tail[k] << 32 | k;
    qsort(key, (size_t)a->m, sizeof *key, by_key);
    for (int32_t i = 0; i < a->m; i++) {
        int32_t k = a->arc[i] = (int32_t)(key[i] & INT32_MAX);
        for (int c = 0; c < a->n_classes; c++)
            a->class_flow[(int64_t)c * a->m + i] = flow[(int64_t)c * a->m + k];
    }
    karvan_i_free(key);
    return KARVAN_OK;
}

/* *rest: the row behind them, or the end. */
static karvan_status read_unserved(karvan_i_tntp_reader *r, karvan_assignment *a,
                                   karvan_i_saved_row *rest, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t room = 0, class, origin, destination, why;
    karvan_i_saved_row l;
    for (; karvan_i_saved_begins(r, "unserved", &l); a->n_unserved++) {
        if (a->n_unserved == room) {
            room = room ? 2 * room : 16;
            karvan_i_unserved *more =
                karvan_i_realloc(a->unserved, (size_t)room, sizeof *a->unserved);
            KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for pairs not served");
            a->unserved = more;
        }
        karvan_i_unserved *u = &a->unserved[a->n_unserved];
        KARVAN_TRY(karvan_i_saved_whole(&l, 1, a->n_classes, &class));
        KARVAN_TRY(karvan_i_saved_whole(&l, 1, a->zones, &origin));
        KARVAN_TRY(karvan_i_saved_whole(&l, 1, a->zones, &destination));
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &u->trips));
        KARVAN_TRY(karvan_i_saved_whole(&l, KARVAN_I_NO_EXIT, KARVAN_I_NO_WAY, &why));
        KARVAN_TRY(karvan_i_saved_end(&l));
        u->class = (int)class - 1, u->why = (karvan_i_why)why;
        u->origin = (int32_t)origin - 1, u->destination = (int32_t)destination - 1;
        a->stats.unserved += u->trips;
    }
    a->stats.unserved_pairs = a->n_unserved;
    *rest = l;
done:
    return st;
}

static karvan_status read_kept(karvan_i_tntp_reader *r, karvan_i_saved_row *l, karvan_assignment *a,
                               karvan_error *err) {
    karvan_i_bushes *bushes = NULL;
    if (!karvan_i_saved_is(l, "bushes")) {
        if (l->at < l->end)
            return karvan_i_tntp_fault(r, l->at, "a row 'unserved' or 'bushes', or the end");
        return KARVAN_OK;
    }
    karvan_status st = karvan_i_saved_read_bushes(r, l, a, &bushes, err);
    a->kept = bushes, a->destroy_kept = karvan_i_bushes_destroy;
    return st;
}

static void take_stats(karvan_assignment *a, const double *real) {
    a->stats = (karvan_assignment_stats){.converged = real[KARVAN_I_SAVED_CONVERGED] != 0,
                                         .iterations = (int)real[KARVAN_I_SAVED_ITERATIONS],
                                         .objective = real[KARVAN_I_SAVED_OBJECTIVE],
                                         .relative_gap = real[KARVAN_I_SAVED_GAP],
                                         .average_excess_cost = real[KARVAN_I_SAVED_EXCESS],
                                         .total_cost = real[KARVAN_I_SAVED_TOTAL_COST],
                                         .total_time = real[KARVAN_I_SAVED_TOTAL_TIME],
                                         .demand = real[KARVAN_I_SAVED_DEMAND],
                                         .intrazonal = real[KARVAN_I_SAVED_INTRAZONAL]};
}

/* The digest is of what was read, so that a file which was changed is of another network. */
static void digest(karvan_assignment *a) {
    const karvan_assignment_problem given = {.tail = a->tail, .head = a->head};
    const karvan_i_problem p = {.given = &given,
                                .n = a->n,
                                .m = a->m,
                                .zones = a->zones,
                                .first_through = a->first_through};
    a->network = karvan_i_digest_network(&p);
}

karvan_status karvan_assignment_parse(const char *bytes, size_t n, const char *path,
                                      karvan_assignment **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_assignment *a = NULL;
    double *flow = NULL;
    karvan_i_saved_row rest;
    metadata m;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(bytes && path, err, KARVAN_E_ARG, "bytes or path is NULL");
    karvan_i_tntp_reader r = {path, bytes, bytes, bytes + n, bytes, err};
    KARVAN_TRY(read_metadata(&r, &m));
    a = karvan_i_calloc(1, sizeof *a);
    KARVAN_REQUIRE(a, err, KARVAN_E_NOMEM, "no memory for a solution");
    KARVAN_TRY(make_room(a, &m, &r, err));
    flow = karvan_i_calloc((size_t)a->n_classes * (size_t)a->m + 1, sizeof *flow);
    KARVAN_REQUIRE(flow, err, KARVAN_E_NOMEM, "no memory for flows");
    take_stats(a, m.real);
    KARVAN_TRY(read_classes(&r, a, err));
    KARVAN_TRY(read_links(&r, a, flow));
    KARVAN_TRY(lay(a, flow, err));
    KARVAN_TRY(read_unserved(&r, a, &rest, err));
    KARVAN_TRY(read_kept(&r, &rest, a, err));
    digest(a);
    *out = a, a = NULL;
done:
    karvan_assignment_destroy(a);
    karvan_i_free(flow);
    return st;
}

karvan_status karvan_assignment_load(const char *path, karvan_assignment **out, karvan_error *err) {
    char *text = NULL;
    size_t n;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    karvan_status st = karvan_i_file_read(path, &text, &n, err);
    if (st == KARVAN_OK) st = karvan_assignment_parse(text, n, path, out, err);
    karvan_i_free(text);
    return st;
}
