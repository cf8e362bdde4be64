/* A solution of freight goes out as text, all by names: what is met is numbered in that order, and
 * the rows of names stand before those that use the numbers. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_saved.h"
#include "table/cell.h"

const char *const karvan_i_kept_count[KARVAN_I_KEPT_COUNTS] = {
    "<NUMBER OF PLACES>", "<NUMBER OF LAYERS>", "<NUMBER OF CORRIDORS>", "<NUMBER OF CLASSES>",
    "<NUMBER OF PRICES>", "<NUMBER OF MOVES>",  "<NUMBER OF STEPS>",     "<NUMBER OF NODES>",
    "<NUMBER OF PAIRS>",  "<NUMBER OF WAYS>"};
const char *const karvan_i_kept_flag[KARVAN_I_KEPT_FLAGS] = {"<ROUNDS>", "<ITERATIONS>", "<REPEAT>",
                                                             "<ENDED>",  "<ROUGH>",      "<NEW>",
                                                             "<WARM>",   "<BEST FIRST>"};
const char *const karvan_i_step_word[KARVAN_I_STEP_KINDS] = {"link", "terminal", "operation",
                                                             "pass", "from"};
const char *const karvan_i_side_word[KARVAN_I_SIDES] = {"arrived", "departing", "origin",
                                                        "destination", "between"};
const char *const karvan_i_scarce_word[KARVAN_I_SCARCE_KINDS] = {"link", "terminal", "service",
                                                                 "capacity", "balance"};
const char *const karvan_i_direction_word[3] = {"forth", "back", "both"};

/* ---- numbers by key ---- */

typedef struct numbering { /* of pairs of whole numbers, from 0 in the order met */
    int32_t n, cap;        /* cap: a power of two */
    uint64_t *key;         /* [cap] */
    int32_t *number;       /* [cap] -1: free */
} numbering;

static void numbering_clear(numbering *x) { karvan_i_free(x->key), karvan_i_free(x->number); }

static size_t spot(const numbering *x, uint64_t key) {
    uint64_t h = key * 0x9e3779b97f4a7c15u;
    size_t i = (size_t)(h >> 20) & (size_t)(x->cap - 1);
    while (x->number[i] >= 0 && x->key[i] != key) i = (i + 1) & (size_t)(x->cap - 1);
    return i;
}

static karvan_status grow(numbering *x, karvan_error *err) {
    numbering more = {.n = x->n, .cap = x->cap ? 2 * x->cap : 1024};
    more.key = karvan_i_malloc((size_t)more.cap, sizeof *more.key);
    more.number = karvan_i_malloc((size_t)more.cap, sizeof *more.number);
    if (!more.key || !more.number) {
        numbering_clear(&more);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    }
    for (int32_t i = 0; i < more.cap; i++) more.number[i] = -1;
    for (int32_t i = 0; i < x->cap; i++) {
        if (x->number[i] < 0) continue;
        size_t at = spot(&more, x->key[i]);
        more.key[at] = x->key[i], more.number[at] = x->number[i];
    }
    numbering_clear(x);
    *x = more;
    return KARVAN_OK;
}

/* *added: it was not met before. */
static karvan_status number_of(numbering *x, int32_t a, int32_t b, int32_t *out, bool *added,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint64_t key = (uint64_t)(uint32_t)a << 32 | (uint32_t)b;
    if (2 * (x->n + 1) > x->cap) KARVAN_TRY(grow(x, err));
    size_t i = spot(x, key);
    *added = x->number[i] < 0;
    if (*added) x->key[i] = key, x->number[i] = x->n++;
    *out = x->number[i];
done:
    return st;
}

/* ---- names ---- */

typedef struct saving {
    const karvan_freight *f;
    karvan_i_text places, layers, steps, nodes, pairs, prices, moves;
    numbering place, row, kind, step, node; /* see step_of */
    int32_t n_layers, n_prices, n_moves, cap_layers;
    const char *(*layer)[2]; /* [n_layers] mode, status */
    int32_t **layer_of;      /* [lanes][layers of its network] number, -1: not met yet */
    int32_t **step_of;       /* [lanes][arcs] the same */
} saving;

static void saving_clear(saving *s) {
    karvan_i_text *const text[] = {&s->places, &s->layers, &s->steps, &s->nodes,
                                   &s->pairs,  &s->prices, &s->moves};
    numbering *const all[] = {&s->place, &s->row, &s->kind, &s->step, &s->node};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) karvan_i_text_clear(text[i]);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) numbering_clear(all[i]);
    for (int32_t l = 0; l < s->f->n_lanes; l++) {
        if (s->layer_of) karvan_i_free(s->layer_of[l]);
        if (s->step_of) karvan_i_free(s->step_of[l]);
    }
    karvan_i_free(s->layer), karvan_i_free(s->layer_of), karvan_i_free(s->step_of);
}

static karvan_status saving_init(saving *s, const karvan_freight *f, karvan_error *err) {
    bool good = true;
    *s = (saving){.f = f};
    s->layer_of = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *s->layer_of);
    s->step_of = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *s->step_of);
    for (int32_t l = 0; s->layer_of && s->step_of && l < f->n_lanes; l++) {
        const karvan_network *net = f->lane[l].net;
        s->layer_of[l] = karvan_i_malloc((size_t)net->n_layers + 1, sizeof **s->layer_of);
        s->step_of[l] = karvan_i_malloc((size_t)net->n_arcs + 1, sizeof **s->step_of);
        good = good && s->layer_of[l] && s->step_of[l];
        for (int32_t i = 0; good && i < net->n_layers; i++) s->layer_of[l][i] = -1;
        for (int32_t i = 0; good && i < net->n_arcs; i++) s->step_of[l][i] = -1;
    }
    if (good && s->layer_of && s->step_of) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
}

/* A blank and a whole number: printf would take most of the time. */
static void put_number(karvan_i_text *out, int64_t v) {
    char s[24], *at = s + sizeof s;
    do *--at = (char)('0' + v % 10), v /= 10;
    while (v > 0);
    *--at = ' ';
    karvan_i_text_add(out, at, (size_t)(s + sizeof s - at));
}

static void put_row(karvan_i_text *out, const char *word, const char *name) {
    karvan_i_text_puts(out, word);
    karvan_i_saved_put_name(out, name ? name : "");
}

static const char *id_of(const karvan_table *t, int32_t row) {
    const char *id = karvan_i_cell_text(t, "id", row);
    return id ? id : "";
}

static karvan_status place_number(saving *s, int32_t place, int32_t *out, karvan_error *err) {
    bool added;
    karvan_status st = number_of(&s->place, place, 0, out, &added, err);
    if (st != KARVAN_OK || !added) return st;
    put_row(&s->places, "place", id_of(s->f->places, place));
    karvan_i_text_puts(&s->places, "\n");
    return KARVAN_OK;
}

/* Networks of classes may number their layers each in its own way. */
static karvan_status layer_number(saving *s, int32_t l, int32_t layer, int32_t *out,
                                  karvan_error *err) {
    const karvan_network *net = s->f->lane[l].net;
    *out = -1;
    if (layer < 0) return KARVAN_OK;
    int32_t *known = &s->layer_of[l][layer];
    const char *mode = net->modes[layer / net->n_statuses],
               *status = net->statuses[layer % net->n_statuses];
    for (int32_t k = 0; *known < 0 && k < s->n_layers; k++)
        if (strcmp(s->layer[k][0], mode) == 0 && strcmp(s->layer[k][1], status) == 0) *known = k;
    if (*known < 0) {
        if (s->n_layers == s->cap_layers) {
            int32_t cap = s->cap_layers ? 2 * s->cap_layers : 16;
            const char *(*more)[2] = karvan_i_realloc(s->layer, (size_t)cap, sizeof *more);
            if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
            s->layer = more, s->cap_layers = cap;
        }
        s->layer[s->n_layers][0] = mode, s->layer[s->n_layers][1] = status;
        put_row(&s->layers, "layer", mode);
        karvan_i_saved_put_name(&s->layers, status);
        karvan_i_text_puts(&s->layers, "\n");
        *known = s->n_layers++;
    }
    *out = *known;
    return KARVAN_OK;
}

/* ---- steps ---- */

typedef struct step { /* by rows and numbers */
    int32_t kind, row, service, reversed, place, layer, side;
} step;

static const char *step_id(const saving *s, const karvan_network *net, const karvan_i_arc *a) {
    switch (a->kind) {
    case KARVAN_I_ARC_LINK:
        return id_of(s->f->links, a->row);
    case KARVAN_I_ARC_TERMINAL:
        return id_of(s->f->terminals, a->row);
    case KARVAN_I_ARC_DEFAULT:
        return net->operations[a->operation].id;
    case KARVAN_I_ARC_PASS:
        break;
    }
    return "";
}

/* The number of a step; its row is written when it is first met. */
static karvan_status step_number(saving *s, const step *x, const char *id, int32_t *out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool added;
    KARVAN_TRY(number_of(&s->row, x->row, x->service, out, &added, err));
    KARVAN_TRY(number_of(&s->kind, *out,
                         ((x->layer + 1) * KARVAN_I_SIDES + x->side) * 2 * KARVAN_I_STEP_KINDS +
                             x->kind * 2 + x->reversed,
                         out, &added, err));
    KARVAN_TRY(number_of(&s->step, *out, x->place, out, &added, err));
    if (!added) return KARVAN_OK;
    karvan_i_text *t = &s->steps;
    put_row(t, "step", karvan_i_step_word[x->kind]);
    karvan_i_saved_put_name(t, id);
    karvan_i_saved_put_name(t, x->service < 0 ? "" : id_of(s->f->services, x->service));
    karvan_i_saved_put_name(t, karvan_i_direction_word[x->reversed]);
    put_number(t, x->place + 1), put_number(t, x->layer + 1);
    karvan_i_saved_put_name(t, karvan_i_side_word[x->side]);
    karvan_i_text_puts(t, "\n");
done:
    return st;
}

static karvan_status step_of_arc(saving *s, int32_t l, int32_t arc, int32_t *out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *known = &s->step_of[l][arc];
    if (*known < 0) {
        const karvan_network *net = s->f->lane[l].net;
        const karvan_i_arc *a = &net->arcs[arc];
        step x = {.kind = (int32_t)a->kind, .row = a->row, .service = a->service};
        x.reversed = a->reversed, x.side = (int32_t)karvan_i_state_side(net, a->head);
        KARVAN_TRY(place_number(s, karvan_i_state_place(net, a->head), &x.place, err));
        KARVAN_TRY(layer_number(s, l, net->state_layer[a->head], &x.layer, err));
        KARVAN_TRY(step_number(s, &x, step_id(s, net, a), known, err));
    }
    *out = *known;
done:
    return st;
}

/* ---- ways ---- */

/* Nodes of a way that are new become a row "on": the node they grow on, then their steps. */
static karvan_status put_way(saving *s, const karvan_i_way *way, int32_t *node, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = s->f;
    int32_t l = f->pair_lane[way->pair], number;
    step from = {.kind = KARVAN_I_STEP_FROM, .service = -1, .layer = -1, .side = KARVAN_I_ORIGIN};
    bool added, open;
    KARVAN_TRY(place_number(s, f->pair_from[way->pair], &from.place, err));
    from.row = from.place;
    KARVAN_TRY(step_number(s, &from, "", &number, err));
    KARVAN_TRY(number_of(&s->node, -1, number, node, &open, err));
    if (open) karvan_i_text_puts(&s->nodes, "on 0"), put_number(&s->nodes, number + 1);
    for (int64_t i = way->first; i < way->first + way->n; i++) {
        int32_t parent = *node;
        KARVAN_TRY(step_of_arc(s, l, f->ways.arc[i], &number, err));
        KARVAN_TRY(number_of(&s->node, parent, number, node, &added, err));
        if (added && !open) karvan_i_text_puts(&s->nodes, "on"), put_number(&s->nodes, parent + 1);
        if (added) put_number(&s->nodes, number + 1);
        open = open || added;
    }
    if (open) karvan_i_text_puts(&s->nodes, "\n");
done:
    return st;
}

/* Pairs and the ways of each, a number of a node and one of a corridor. */
static karvan_status put_pairs(saving *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = s->f;
    for (int32_t k = 0; k < f->n_pairs; k++) {
        int32_t from, to, node;
        KARVAN_TRY(place_number(s, f->pair_from[k], &from, err));
        KARVAN_TRY(place_number(s, f->pair_to[k], &to, err));
        karvan_i_text_puts(&s->pairs, "pair");
        put_number(&s->pairs, from + 1), put_number(&s->pairs, to + 1);
        put_number(&s->pairs, f->pair_lane[k] + 1), put_number(&s->pairs, f->pair_kind[k]);
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
            KARVAN_TRY(put_way(s, &f->ways.way[w], &node, err));
            put_number(&s->pairs, node + 1);
            put_number(&s->pairs, f->ways.way[w].corridor + 1);
        }
        karvan_i_text_puts(&s->pairs, "\n");
    }
done:
    return st;
}

/* ---- prices and empty moves ---- */

void karvan_i_pool_name(const karvan_freight *f, int32_t pool, karvan_i_text *out) {
    const karvan_network *net = f->plain;
    for (int32_t m = 0; m < net->n_modes; m++) {
        if (f->empties.pool_of_mode[m] != pool) continue;
        if (out->n > 0) karvan_i_text_puts(out, ",");
        karvan_i_text_puts(out, net->modes[m]);
    }
}

/* Of a solve that was stopped, what its last round had found counts for nothing. */
static double at_end(const karvan_freight *f, const double *now, const double *before, int32_t i) {
    return f->held.stopped ? before[i] : now[i];
}

static karvan_status put_price(saving *s, int32_t i, karvan_error *err) {
    const karvan_freight *f = s->f;
    const karvan_i_held *h = &f->held;
    const karvan_i_scarce *x = &f->scarce.all[i];
    const double v[] = {at_end(f, f->price, h->price, i), at_end(f, f->delay_h, h->delay_h, i),
                        h->price[i], h->delay_h[i]};
    if (v[0] == 0 && v[1] == 0 && v[2] == 0 && v[3] == 0) return KARVAN_OK;
    const karvan_table *const of[] = {f->links, f->terminals, f->services, f->capacities,
                                      f->places};
    karvan_i_text pool = {0}, *t = &s->prices;
    if (x->kind == KARVAN_I_OF_BALANCE) karvan_i_pool_name(f, x->pool, &pool);
    put_row(t, "price", karvan_i_scarce_word[x->kind]);
    karvan_i_saved_put_name(t, id_of(of[x->kind], x->row));
    karvan_i_saved_put_name(t, pool.s ? pool.s : "");
    karvan_i_saved_put_name(t, karvan_i_direction_word[x->both ? 2 : x->reversed]);
    for (int k = 0; k < 4; k++) karvan_i_saved_put_real(t, v[k]);
    karvan_i_text_puts(t, "\n");
    s->n_prices++;
    karvan_status st = karvan_i_text_status(&pool, err);
    karvan_i_text_clear(&pool);
    return st;
}

static karvan_status put_state(saving *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = s->f;
    for (int32_t x = 0; x < f->scarce.n; x++) KARVAN_TRY(put_price(s, x, err));
    for (int32_t j = 0; j < f->empties.n; j++) { /* all: their order tells two of a link apart */
        put_row(&s->moves, "move", id_of(f->links, f->empties.item[j] / 2));
        karvan_i_saved_put_name(&s->moves, karvan_i_direction_word[f->empties.item[j] % 2]);
        karvan_i_saved_put_real(&s->moves, at_end(f, f->empty, f->held.empty, j));
        karvan_i_saved_put_real(&s->moves, f->held.empty[j]);
        karvan_i_text_puts(&s->moves, "\n");
        s->n_moves++;
    }
done:
    return st;
}

/* ---- the whole ---- */

/* The last round of a solve that has settled, if it is quick: the same bytes again are worth it. */
static bool may_repeat(const karvan_freight *f) {
    enum { QUICK = 30 };
    return f->stats.converged && !f->held.stopped && !f->held.rough &&
           f->stats.iterations - f->held.iterations <= QUICK;
}

static void put_metadata(const saving *s, karvan_i_text *out) {
    const karvan_freight *f = s->f;
    const karvan_i_held *h = &f->held;
    const int64_t n[KARVAN_I_KEPT_COUNTS] = {s->place.n,  s->n_layers, f->n_corridors, f->n_lanes,
                                             s->n_prices, s->n_moves,  s->step.n,      s->node.n,
                                             f->n_pairs,  f->ways.n};
    bool ended = may_repeat(f), repeat = ended || h->stopped;
    const int64_t flag[KARVAN_I_KEPT_FLAGS] = {repeat ? h->rounds : 0,
                                               repeat ? h->iterations : 0,
                                               repeat,
                                               ended,
                                               !repeat || h->rough,
                                               repeat && h->any_new,
                                               !repeat || h->warm,
                                               f->best_first};
    karvan_i_text_printf(out, "<KARVAN FREIGHT> %d\n", (int)KARVAN_I_FREIGHT_SAVED_VERSION);
    for (int k = 0; k < KARVAN_I_KEPT_FLAGS; k++)
        karvan_i_text_printf(out, "%s %lld\n", karvan_i_kept_flag[k], (long long)flag[k]);
    for (int k = 0; k < KARVAN_I_KEPT_COUNTS; k++)
        karvan_i_text_printf(out, "%s %lld\n", karvan_i_kept_count[k], (long long)n[k]);
    karvan_i_text_puts(out, "<END OF METADATA>\n");
}

static karvan_status put_classes(const karvan_freight *f, karvan_i_text *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint64_t *arcs = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *arcs),
             *weights = karvan_i_calloc((size_t)f->n_lanes + 1, sizeof *weights);
    KARVAN_REQUIRE(arcs && weights, err, KARVAN_E_NOMEM, "no memory for classes");
    KARVAN_TRY(karvan_i_digest_arcs(f, arcs, weights, err));
    for (int32_t l = 0; l < f->n_lanes; l++) {
        put_row(out, "class", f->lane[l].id);
        karvan_i_text_printf(out, " %016llx %016llx", (unsigned long long)arcs[l],
                             (unsigned long long)weights[l]);
        karvan_i_saved_put_real(out, f->lane[l].var_usd);
        karvan_i_text_puts(out, "\n");
    }
done:
    karvan_i_free(arcs), karvan_i_free(weights);
    return st;
}

karvan_status karvan_i_freight_print(const karvan_freight *f, karvan_i_text *out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    saving s;
    KARVAN_TRY(saving_init(&s, f, err));
    KARVAN_TRY(put_pairs(&s, err));
    KARVAN_TRY(put_state(&s, err));
    put_metadata(&s, out);
    karvan_i_text_printf(out, "problem %016llx\n", (unsigned long long)karvan_i_digest_problem(f));
    const karvan_i_text *const part[] = {&s.places, &s.layers, NULL,     &s.prices,
                                         &s.moves,  &s.steps,  &s.nodes, &s.pairs};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        if (part[i]) {
            KARVAN_TRY(karvan_i_text_status(part[i], err));
            karvan_i_text_puts(out, part[i]->s);
            continue;
        }
        for (int32_t k = 0; k < f->n_corridors; k++) {
            put_row(out, "corridor", id_of(f->corridors, k));
            karvan_i_text_puts(out, "\n");
        }
        KARVAN_TRY(put_classes(f, out, err));
    }
    KARVAN_TRY(karvan_i_text_status(out, err));
    karvan_i_text_printf(out, "end %016llx\n",
                         (unsigned long long)karvan_i_digest_bytes(out->s, out->n));
    st = karvan_i_text_status(out, err);
done:
    saving_clear(&s);
    return st;
}

karvan_status karvan_freight_save(const karvan_freight *f, const char *path, karvan_error *err) {
    karvan_i_text out = {0};
    if (!f || !path) return karvan_fail(err, KARVAN_E_ARG, "no solution, or no path");
    karvan_status st = karvan_i_freight_print(f, &out, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(path, out.s, out.n, err);
    karvan_i_text_clear(&out);
    return st;
}
