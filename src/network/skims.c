/* Matrices over the state graph: for each origin the tree of best ways, then, in the order in which
 * states were settled, what adds up along it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/reach.h"

const char *karvan_skim_measure_name(karvan_skim_measure m) {
    static const char *const names[KARVAN_SKIM_MEASURES] = {
        "least", "hours", "usd", "kg", "km", "sd_h", "borders", "transhipments"};
    return m >= 0 && m < KARVAN_SKIM_MEASURES ? names[m] : "unknown";
}

const char *karvan_skim_measure_unit(karvan_skim_measure m) {
    static const char *const units[KARVAN_SKIM_MEASURES] = {NULL, "h", "USD/TEU", "kg/TEU",
                                                            "km", "h", NULL,      NULL};
    return m >= 0 && m < KARVAN_SKIM_MEASURES ? units[m] : NULL;
}

typedef struct job {
    const karvan_i_pack *pack;
    const karvan_skim_query *q;
    const int32_t *area; /* [n_places] customs area: the first place in it */
    double *out;
} job;

/* What a way adds up to, in the order of its legs. */
typedef struct along {
    double value[KARVAN_SKIM_MEASURES];
    int32_t area; /* of the last place that was no strait */
} along;

/* Customs areas as numbers: comparing their names at each arc would take longer than the search. */
static void number_areas(const karvan_network *net, int32_t *area) {
    for (int32_t p = 0; p < net->n_places; p++) {
        area[p] = p;
        for (int32_t k = 0; k < p && area[p] == p; k++)
            if (area[k] == k && strcmp(net->customs[k], net->customs[p]) == 0) area[p] = k;
    }
}

static void step_along(const job *j, const karvan_i_arc *a, const along *from, along *to) {
    const karvan_network *net = j->pack->net;
    int32_t place = karvan_i_state_place(net, a->head);
    *to = *from;
    to->value[KARVAN_SKIM_HOURS] += a->hours, to->value[KARVAN_SKIM_USD] += a->usd;
    to->value[KARVAN_SKIM_KG] += a->kg, to->value[KARVAN_SKIM_KM] += a->km;
    to->value[KARVAN_SKIM_SD_H] += a->var_h2; /* its root is taken at the end */
    if (a->operation >= 0)
        to->value[KARVAN_SKIM_TRANSHIPMENTS] += net->operations[a->operation].tranships;
    if (net->strait[place]) return;
    to->value[KARVAN_SKIM_BORDERS] += to->area != j->area[place];
    to->area = j->area[place];
}

static void follow(const job *j, const karvan_i_reach *r, int32_t place, along *at) {
    const karvan_i_pack *p = j->pack;
    at[r->order[0]] = (along){.area = j->area[place]};
    for (int32_t i = 1; i < r->n_order; i++) {
        int32_t v = r->order[i];
        const karvan_i_arc *a = &p->net->arcs[r->by_arc[v]];
        step_along(j, a, &at[p->node[a->tail]], &at[v]);
    }
}

static void write_row(const job *j, const karvan_i_reach *r, int32_t origin, const along *at) {
    const karvan_skim_query *q = j->q;
    size_t matrix = (size_t)q->n_origins * (size_t)q->n_destinations;
    double *row = j->out + (size_t)origin * (size_t)q->n_destinations;
    for (int32_t d = 0; d < q->n_destinations; d++) {
        int32_t node = j->pack->node[karvan_i_destination(j->pack->net, q->destinations[d])];
        bool here = q->destinations[d] == q->origins[origin];
        bool reached = r->best[node].first < INFINITY;
        for (int k = 0; k < q->n_measures; k++) {
            karvan_skim_measure m = q->measures[k];
            double v = here                     ? 0.0
                       : !reached               ? INFINITY
                       : m == KARVAN_SKIM_LEAST ? r->best[node].first
                       : m == KARVAN_SKIM_SD_H  ? sqrt(at[node].value[m])
                                                : at[node].value[m];
            row[(size_t)k * matrix + (size_t)d] = v;
        }
    }
}

static karvan_status some_origins(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const job *j = ctx;
    karvan_i_reach r = {0};
    bool sums = false;
    (void)worker;
    for (int k = 0; k < j->q->n_measures; k++) sums |= j->q->measures[k] != KARVAN_SKIM_LEAST;
    along *at = karvan_i_malloc((size_t)j->pack->n + 1, sizeof *at);
    KARVAN_REQUIRE(at, err, KARVAN_E_NOMEM, "no memory for sums along ways");
    KARVAN_TRY(karvan_i_reach_init(&r, j->pack, err));
    for (int64_t i = begin; i < end; i++) {
        karvan_i_reach_run(&r, j->q->origins[i]);
        if (sums) follow(j, &r, j->q->origins[i], at);
        write_row(j, &r, (int32_t)i, at);
    }
done:
    karvan_i_reach_clear(&r);
    karvan_i_free(at);
    return st;
}

static karvan_status check_query(const karvan_network *net, const karvan_skim_query *q,
                                 const double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(net && q, err, KARVAN_E_ARG, "network or query is NULL");
    KARVAN_TRY(karvan_i_weights_check(&q->weights, err));
    KARVAN_TRY(karvan_i_check_places(net, q->n_origins, q->origins, err));
    KARVAN_TRY(karvan_i_check_places(net, q->n_destinations, q->destinations, err));
    KARVAN_REQUIRE(q->n_measures >= 0 && (q->measures || q->n_measures == 0), err, KARVAN_E_ARG,
                   "no measures");
    for (int k = 0; k < q->n_measures; k++)
        KARVAN_REQUIRE(q->measures[k] >= 0 && q->measures[k] < KARVAN_SKIM_MEASURES, err,
                       KARVAN_E_ARG, "measure %d is none", (int)q->measures[k]);
    KARVAN_REQUIRE(out || q->n_origins == 0 || q->n_destinations == 0 || q->n_measures == 0, err,
                   KARVAN_E_ARG, "out is NULL");
done:
    return st;
}

karvan_status karvan_network_skim(const karvan_network *net, const karvan_skim_query *q,
                                  double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pack pack = {0};
    int32_t *area = NULL;
    KARVAN_TRY(check_query(net, q, out, err));
    if (q->n_origins == 0 || q->n_destinations == 0 || q->n_measures == 0) goto done;
    area = karvan_i_malloc((size_t)net->n_places + 1, sizeof *area);
    KARVAN_REQUIRE(area, err, KARVAN_E_NOMEM, "no memory for customs areas");
    number_areas(net, area);
    KARVAN_TRY(karvan_i_pack_init(&pack, net, &q->weights, err));
    job j = {&pack, q, area, out};
    st = karvan_parallel_for(q->n_origins, 8, q->threads, some_origins, &j, NULL, err);
done:
    karvan_i_pack_clear(&pack);
    karvan_i_free(area);
    return st;
}
