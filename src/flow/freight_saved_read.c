/* A saved solution of freight comes back out of text: every word checked, every number within what
 * it counts; whether the region still has what is named is asked later. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_saved.h"
#include "table/number.h"

void karvan_freight_saved_destroy(karvan_freight_saved *s) {
    if (!s) return;
    for (int64_t i = 0; i < s->n_names; i++) karvan_i_free(s->name[i]);
    karvan_i_free(s->name), karvan_i_free(s->place), karvan_i_free(s->mode);
    karvan_i_free(s->status), karvan_i_free(s->corridor), karvan_i_free(s->class);
    karvan_i_free(s->price), karvan_i_free(s->move), karvan_i_free(s->step);
    karvan_i_free(s->parent), karvan_i_free(s->step_of), karvan_i_free(s->depth);
    karvan_i_free(s->origin), karvan_i_free(s->pair), karvan_i_free(s->way_node);
    karvan_i_free(s->way_corridor), karvan_i_free(s);
}

typedef struct reading {
    karvan_i_tntp_reader r;
    karvan_freight_saved *s;
    karvan_error *err;
} reading;

/* ---- metadata ---- */

static karvan_status read_metadata(reading *x) {
    enum { KEYS = 1 + KARVAN_I_KEPT_FLAGS + KARVAN_I_KEPT_COUNTS };
    karvan_status st = KARVAN_OK;
    karvan_i_tntp_key keys[KEYS];
    const char *at[KEYS] = {NULL};
    int64_t version = -1;
    keys[0] = (karvan_i_tntp_key){.name = "<KARVAN FREIGHT>", .whole = &version};
    for (int k = 0; k < KARVAN_I_KEPT_FLAGS; k++)
        keys[1 + k] = (karvan_i_tntp_key){.name = karvan_i_kept_flag[k], .whole = &x->s->flag[k]};
    for (int k = 0; k < KARVAN_I_KEPT_COUNTS; k++)
        keys[1 + KARVAN_I_KEPT_FLAGS + k] =
            (karvan_i_tntp_key){.name = karvan_i_kept_count[k], .whole = &x->s->n[k]};
    for (int k = 0; k < KEYS; k++) keys[k].at = &at[k];
    KARVAN_TRY(karvan_i_tntp_metadata(&x->r, keys, KEYS));
    if (!at[0])
        return karvan_i_tntp_fault(&x->r, x->r.begin,
                                   "no saved solution of freight: <KARVAN FREIGHT> is missing");
    if (version != KARVAN_I_FREIGHT_SAVED_VERSION)
        return karvan_i_tntp_fault(&x->r, at[0], "version %lld of the format; %d can be read",
                                   (long long)version, (int)KARVAN_I_FREIGHT_SAVED_VERSION);
    for (int k = 1; k < KEYS; k++) {
        if (!at[k])
            return karvan_i_tntp_fault(&x->r, x->r.line, "the metadata do not tell %s",
                                       keys[k].name);
        if (k > KARVAN_I_KEPT_ITERATIONS + 1 && k <= KARVAN_I_KEPT_FLAGS && *keys[k].whole > 1)
            return karvan_i_tntp_fault(&x->r, at[k], "%s is 0 or 1", keys[k].name);
        /* the shortest row or entry of any kind has two bytes */
        if (k > KARVAN_I_KEPT_FLAGS && *keys[k].whole > (x->r.end - x->r.begin) / 2)
            return karvan_i_tntp_fault(&x->r, at[k], "more told than the file has room for");
    }
done:
    return st;
}

static karvan_status make_room(reading *x) {
    karvan_freight_saved *s = x->s;
    size_t n[KARVAN_I_KEPT_COUNTS];
    for (int k = 0; k < KARVAN_I_KEPT_COUNTS; k++) n[k] = (size_t)s->n[k] + 1;
    size_t names = n[KARVAN_I_KEPT_PLACES] + 2 * n[KARVAN_I_KEPT_LAYERS] +
                   n[KARVAN_I_KEPT_CORRIDORS] + n[KARVAN_I_KEPT_CLASSES] +
                   2 * n[KARVAN_I_KEPT_PRICES] + n[KARVAN_I_KEPT_MOVES] +
                   2 * n[KARVAN_I_KEPT_STEPS];
    s->name = karvan_i_malloc(names, sizeof *s->name);
    s->place = karvan_i_calloc(n[KARVAN_I_KEPT_PLACES], sizeof *s->place);
    s->mode = karvan_i_calloc(n[KARVAN_I_KEPT_LAYERS], sizeof *s->mode);
    s->status = karvan_i_calloc(n[KARVAN_I_KEPT_LAYERS], sizeof *s->status);
    s->corridor = karvan_i_calloc(n[KARVAN_I_KEPT_CORRIDORS], sizeof *s->corridor);
    s->class = karvan_i_calloc(n[KARVAN_I_KEPT_CLASSES], sizeof *s->class);
    s->price = karvan_i_calloc(n[KARVAN_I_KEPT_PRICES], sizeof *s->price);
    s->move = karvan_i_calloc(n[KARVAN_I_KEPT_MOVES], sizeof *s->move);
    s->step = karvan_i_calloc(n[KARVAN_I_KEPT_STEPS], sizeof *s->step);
    s->parent = karvan_i_malloc(n[KARVAN_I_KEPT_NODES], sizeof *s->parent);
    s->step_of = karvan_i_malloc(n[KARVAN_I_KEPT_NODES], sizeof *s->step_of);
    s->depth = karvan_i_malloc(n[KARVAN_I_KEPT_NODES], sizeof *s->depth);
    s->origin = karvan_i_malloc(n[KARVAN_I_KEPT_NODES], sizeof *s->origin);
    s->pair = karvan_i_calloc(n[KARVAN_I_KEPT_PAIRS], sizeof *s->pair);
    s->way_node = karvan_i_malloc(n[KARVAN_I_KEPT_WAYS], sizeof *s->way_node);
    s->way_corridor = karvan_i_malloc(n[KARVAN_I_KEPT_WAYS], sizeof *s->way_corridor);
    if (s->name && s->place && s->mode && s->status && s->corridor && s->class && s->price &&
        s->move && s->step && s->parent && s->step_of && s->depth && s->origin && s->pair &&
        s->way_node && s->way_corridor)
        return KARVAN_OK;
    return karvan_fail(x->err, KARVAN_E_NOMEM, "no memory for a saved solution");
}

/* ---- words ---- */

static karvan_status read_name(reading *x, karvan_i_saved_row *l, const char **out) {
    char *name = NULL;
    karvan_status st = karvan_i_saved_name(l, &name, x->err);
    /* of a name that is at fault there may be some already */
    if (name) x->s->name[x->s->n_names++] = name;
    *out = name;
    return st;
}

/* A name that no row may lack. */
static karvan_status read_id(reading *x, karvan_i_saved_row *l, const char **out) {
    const char *at = l->at;
    karvan_status st = read_name(x, l, out);
    if (st != KARVAN_OK || !*out || **out) return st;
    return karvan_i_tntp_fault(l->r, at, "an empty name; the id of a row belongs here");
}

/* One of n words, by its number. */
static karvan_status read_word(karvan_i_saved_row *l, const char *const *words, int n, int *out) {
    const char *word;
    size_t bytes;
    karvan_status st = karvan_i_saved_word(l, &word, &bytes);
    if (st != KARVAN_OK) return st;
    for (*out = 0; *out < n; ++*out)
        if (strlen(words[*out]) == bytes && memcmp(words[*out], word, bytes) == 0) return st;
    return karvan_i_tntp_fault(l->r, word, "no such word; one like '%s' or '%s' belongs here",
                               words[0], words[1]);
}

/* A number that counts rows, from `least` on; *out begins at 0, and of least 0 at -1. Most words
 * of a file are such. */
static karvan_status read_number(karvan_i_saved_row *l, int64_t least, int64_t most, int32_t *out) {
    const char *at = l->at;
    int64_t v = 0;
    while (at < l->end && *at == ' ') at++;
    const char *digits = at;
    for (; at < l->end && *at >= '0' && *at <= '9' && at < digits + 10; at++)
        v = 10 * v + (*at - '0');
    if (at > digits && (at == l->end || *at == ' ') && v >= least && v <= most) {
        l->at = at, *out = (int32_t)v - 1;
        return KARVAN_OK;
    }
    karvan_status st = karvan_i_saved_whole(l, least, most, &v);
    *out = (int32_t)v - 1;
    return st;
}

/* ---- rows of names ---- */

static karvan_status read_names(reading *x) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    karvan_i_saved_row l;
    KARVAN_TRY(karvan_i_saved_expect(&x->r, "problem", &l));
    KARVAN_TRY(karvan_i_saved_digest(&l, &s->problem));
    KARVAN_TRY(karvan_i_saved_end(&l));
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_PLACES]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "place", &l));
        KARVAN_TRY(read_id(x, &l, &s->place[i]));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_LAYERS]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "layer", &l));
        KARVAN_TRY(read_name(x, &l, &s->mode[i]));
        KARVAN_TRY(read_name(x, &l, &s->status[i]));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_CORRIDORS]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "corridor", &l));
        KARVAN_TRY(read_id(x, &l, &s->corridor[i]));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_CLASSES]; i++) {
        karvan_i_kept_class *c = &s->class[i];
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "class", &l));
        KARVAN_TRY(read_id(x, &l, &c->id));
        KARVAN_TRY(karvan_i_saved_digest(&l, &c->arcs));
        KARVAN_TRY(karvan_i_saved_digest(&l, &c->weights));
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &c->var_usd));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
done:
    return st;
}

/* ---- prices and moves ---- */

static karvan_status read_price(reading *x, karvan_i_saved_row *l, karvan_i_kept_price *p) {
    karvan_status st = KARVAN_OK;
    int kind;
    KARVAN_TRY(read_word(l, karvan_i_scarce_word, KARVAN_I_SCARCE_KINDS, &kind));
    p->kind = (karvan_i_scarce_kind)kind;
    KARVAN_TRY(read_id(x, l, &p->id));
    KARVAN_TRY(read_name(x, l, &p->pool));
    KARVAN_TRY(read_word(l, karvan_i_direction_word, 3, &p->direction));
    /* only the value of an empty unit has a sign */
    double least = kind == KARVAN_I_OF_BALANCE ? -INFINITY : 0;
    KARVAN_TRY(karvan_i_saved_real(l, least, &p->price));
    KARVAN_TRY(karvan_i_saved_real(l, 0, &p->delay_h));
    KARVAN_TRY(karvan_i_saved_real(l, least, &p->price_before));
    KARVAN_TRY(karvan_i_saved_real(l, 0, &p->delay_h_before));
    KARVAN_TRY(karvan_i_saved_end(l));
done:
    return st;
}

static karvan_status read_state(reading *x) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    karvan_i_saved_row l;
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_PRICES]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "price", &l));
        KARVAN_TRY(read_price(x, &l, &s->price[i]));
    }
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_MOVES]; i++) {
        karvan_i_kept_move *m = &s->move[i];
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "move", &l));
        KARVAN_TRY(read_id(x, &l, &m->link));
        KARVAN_TRY(read_word(&l, karvan_i_direction_word, 2, &m->direction));
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &m->teu_day));
        KARVAN_TRY(karvan_i_saved_real(&l, 0, &m->before));
        KARVAN_TRY(karvan_i_saved_end(&l));
    }
done:
    return st;
}

/* ---- steps and nodes ---- */

static karvan_status read_step(reading *x, karvan_i_saved_row *l, karvan_i_kept_step *p) {
    karvan_status st = KARVAN_OK;
    int kind, side;
    KARVAN_TRY(read_word(l, karvan_i_step_word, KARVAN_I_STEP_KINDS, &kind));
    p->kind = (karvan_i_step_kind)kind;
    bool named = kind <= KARVAN_I_STEP_OPERATION;
    KARVAN_TRY(named ? read_id(x, l, &p->id) : read_name(x, l, &p->id));
    KARVAN_TRY(read_name(x, l, &p->service));
    KARVAN_TRY(read_word(l, karvan_i_direction_word, 2, &p->direction));
    KARVAN_TRY(read_number(l, 1, x->s->n[KARVAN_I_KEPT_PLACES], &p->place));
    KARVAN_TRY(read_number(l, 0, x->s->n[KARVAN_I_KEPT_LAYERS], &p->layer));
    const char *at = l->at;
    KARVAN_TRY(read_word(l, karvan_i_side_word, KARVAN_I_SIDES, &side));
    p->side = (karvan_i_side)side;
    if ((side == KARVAN_I_ORIGIN) != (kind == KARVAN_I_STEP_FROM))
        return karvan_i_tntp_fault(l->r, at, "a step 'from' leads to an origin, and no other does");
    KARVAN_TRY(karvan_i_saved_end(l));
done:
    return st;
}

static bool at_end(const karvan_i_saved_row *l) {
    const char *at = l->at;
    while (at < l->end && (*at == ' ' || *at == '\t')) at++;
    return at == l->end;
}

/* A row "on": the node that its steps grow on, 0 for none, and the steps. */
static karvan_status read_nodes(reading *x, karvan_i_saved_row *l, int32_t *n) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    int32_t parent;
    KARVAN_TRY(read_number(l, 0, *n, &parent));
    do {
        const char *at = l->at;
        if (*n == s->n[KARVAN_I_KEPT_NODES])
            return karvan_i_tntp_fault(l->r, at, "a node more than <NUMBER OF NODES> says");
        KARVAN_TRY(read_number(l, 1, s->n[KARVAN_I_KEPT_STEPS], &s->step_of[*n]));
        const karvan_i_kept_step *p = &s->step[s->step_of[*n]];
        if ((p->kind == KARVAN_I_STEP_FROM) != (parent < 0))
            return karvan_i_tntp_fault(l->r, at, "a step 'from' begins a way, and no other does");
        s->parent[*n] = parent;
        s->depth[*n] = parent < 0 ? 0 : s->depth[parent] + 1;
        s->origin[*n] = parent < 0 ? p->place : s->origin[parent];
        parent = (*n)++;
    } while (!at_end(l));
done:
    return st;
}

static karvan_status read_ways(reading *x, karvan_i_saved_row *l, const karvan_i_kept_pair *p,
                               int64_t *n) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    for (; !at_end(l); ++*n) {
        const char *at = l->at;
        if (*n == s->n[KARVAN_I_KEPT_WAYS])
            return karvan_i_tntp_fault(l->r, at, "a way more than <NUMBER OF WAYS> says");
        int32_t *node = &s->way_node[*n];
        KARVAN_TRY(read_number(l, 1, s->n[KARVAN_I_KEPT_NODES], node));
        const karvan_i_kept_step *last = &s->step[s->step_of[*node]];
        if (s->origin[*node] != p->from || last->side != KARVAN_I_DESTINATION ||
            last->place != p->to)
            return karvan_i_tntp_fault(l->r, at,
                                       "a way that does not lead from the one place of the pair to "
                                       "the destination at the other");
        KARVAN_TRY(read_number(l, 0, s->n[KARVAN_I_KEPT_CORRIDORS], &s->way_corridor[*n]));
    }
done:
    return st;
}

static karvan_status read_pair(reading *x, karvan_i_saved_row *l, karvan_i_kept_pair *p,
                               int64_t *ways) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    int32_t kind;
    p->first = *ways;
    KARVAN_TRY(read_number(l, 1, s->n[KARVAN_I_KEPT_PLACES], &p->from));
    KARVAN_TRY(read_number(l, 1, s->n[KARVAN_I_KEPT_PLACES], &p->to));
    KARVAN_TRY(read_number(l, 1, s->n[KARVAN_I_KEPT_CLASSES], &p->class));
    KARVAN_TRY(read_number(l, 0, KARVAN_FREIGHT_TRANSIT, &kind));
    p->kind = kind + 1;
    KARVAN_TRY(read_ways(x, l, p, ways));
done:
    return st;
}

/* What was changed by hand or by a bad disk, and can be read all the same, is told here. */
static karvan_status read_end(reading *x, karvan_i_saved_row *l) {
    karvan_status st = KARVAN_OK;
    const char *line = x->r.line, *at = l->at;
    uint64_t told;
    KARVAN_TRY(karvan_i_saved_digest(l, &told));
    KARVAN_TRY(karvan_i_saved_end(l));
    (void)karvan_i_saved_begins(&x->r, "", l); /* no row begins so: it is not passed */
    if (l->at < x->r.end) return karvan_i_tntp_fault(&x->r, l->at, "more behind the row 'end'");
    if (told != karvan_i_digest_bytes(x->r.begin, (size_t)(line - x->r.begin)))
        return karvan_i_tntp_fault(&x->r, at,
                                   "the digest is not that of the rows above: the file was changed "
                                   "since it was written");
done:
    return st;
}

static karvan_status read_sets(reading *x) {
    karvan_status st = KARVAN_OK;
    karvan_freight_saved *s = x->s;
    karvan_i_saved_row l;
    int32_t nodes = 0;
    int64_t ways = 0;
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_STEPS]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "step", &l));
        KARVAN_TRY(read_step(x, &l, &s->step[i]));
    }
    while (nodes < s->n[KARVAN_I_KEPT_NODES]) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "on", &l));
        KARVAN_TRY(read_nodes(x, &l, &nodes));
    }
    for (int64_t i = 0; i < s->n[KARVAN_I_KEPT_PAIRS]; i++) {
        KARVAN_TRY(karvan_i_saved_expect(&x->r, "pair", &l));
        KARVAN_TRY(read_pair(x, &l, &s->pair[i], &ways));
    }
    s->pair[s->n[KARVAN_I_KEPT_PAIRS]].first = ways;
    KARVAN_TRY(karvan_i_saved_expect(&x->r, "end", &l));
    if (ways < s->n[KARVAN_I_KEPT_WAYS])
        return karvan_i_tntp_fault(&x->r, x->r.line, "%lld ways where <NUMBER OF WAYS> says %lld",
                                   (long long)ways, (long long)s->n[KARVAN_I_KEPT_WAYS]);
    st = read_end(x, &l);
done:
    return st;
}

karvan_status karvan_freight_parse(const char *bytes, size_t n, const char *path,
                                   karvan_freight_saved **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reading x = {.err = err};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(bytes && path, err, KARVAN_E_ARG, "bytes or path is NULL");
    x.r = (karvan_i_tntp_reader){path, bytes, bytes, bytes + n, bytes, err};
    x.s = karvan_i_calloc(1, sizeof *x.s);
    KARVAN_REQUIRE(x.s, err, KARVAN_E_NOMEM, "no memory for a saved solution");
    KARVAN_TRY(read_metadata(&x));
    KARVAN_TRY(make_room(&x));
    KARVAN_TRY(read_names(&x));
    KARVAN_TRY(read_state(&x));
    KARVAN_TRY(read_sets(&x));
    *out = x.s, x.s = NULL;
done:
    karvan_freight_saved_destroy(x.s);
    return st;
}

karvan_status karvan_freight_load(const char *path, karvan_freight_saved **out, karvan_error *err) {
    char *text = NULL;
    size_t n;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    karvan_status st = karvan_i_file_read(path, &text, &n, err);
    if (st == KARVAN_OK) st = karvan_freight_parse(text, n, path, out, err);
    karvan_i_free(text);
    return st;
}
