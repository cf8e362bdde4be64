/* The menu: for each pair the ways that any side found, once each, by corridor. Path sizes and what
 * is used are the same for all sides. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"
#include "table/cell.h"

typedef struct found { /* a way that some side has; side -1: stays at home */
    int32_t side;
    int64_t trace;
} found;

typedef struct making {
    int n_sides;
    const karvan_i_traces *traces;
    karvan_i_menu *m;
    int64_t **at;               /* [n_sides] where each pair's traces begin: they are by pair */
    found *of;                  /* [n_routes] */
    int32_t **scarce;           /* [n_sides] the menu's number of a side's scarce things */
    int32_t *more, *more_sails; /* [items] */
} making;

static const karvan_i_trace *trace_of(const making *k, const found *x) {
    return &k->traces[x->side].trace[x->trace];
}

/* ---- ways of all sides ---- */

static bool same_way(const making *k, const found *a, const found *b) {
    const karvan_i_trace *x = trace_of(k, a), *y = trace_of(k, b);
    return x->hash == y->hash && x->n_keys == y->n_keys &&
           memcmp(k->traces[a->side].key + x->key, k->traces[b->side].key + y->key,
                  (size_t)x->n_keys * sizeof(uint64_t)) == 0;
}

/* Those of one corridor behind one another, else in the order found. */
static void by_corridor(making *k, int64_t from, int64_t to) {
    for (int64_t i = from + 1; i < to; i++) {
        found x = k->of[i];
        int64_t j = i;
        for (; j > from && trace_of(k, &k->of[j - 1])->corridor > trace_of(k, &x)->corridor; j--)
            k->of[j] = k->of[j - 1];
        k->of[j] = x;
    }
}

/* The ways of a pair from all sides, and to stay at home; at: where they begin. */
static int64_t take_pair(making *k, int32_t pair, int64_t at) {
    int64_t n = at;
    for (int32_t s = 0; s < k->n_sides; s++)
        for (int64_t w = k->at[s][pair]; w < k->at[s][pair + 1]; w++) {
            found x = {s, w};
            bool known = false;
            for (int64_t i = at; i < n && !known; i++) known = same_way(k, &k->of[i], &x);
            if (!known) k->of[n++] = x;
        }
    by_corridor(k, at, n);
    k->of[n] = (found){-1, -1};
    return n + 1;
}

static karvan_status take_ways(making *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_menu *m = k->m;
    size_t most = (size_t)m->n_pairs + 1, pairs = (size_t)m->n_pairs + 2;
    for (int32_t s = 0; s < k->n_sides; s++) {
        const karvan_i_traces *t = &k->traces[s];
        most += (size_t)t->n;
        k->at[s] = karvan_i_calloc(pairs, sizeof *k->at[s]);
        KARVAN_REQUIRE(k->at[s], err, KARVAN_E_NOMEM, "no memory for routes");
        for (int64_t w = 0; w < t->n; w++) k->at[s][t->trace[w].pair + 1]++;
        for (int32_t p = 0; p < m->n_pairs; p++) k->at[s][p + 1] += k->at[s][p];
    }
    k->of = karvan_i_malloc(most, sizeof *k->of);
    m->first = karvan_i_calloc(pairs, sizeof *m->first);
    KARVAN_REQUIRE(k->of && m->first, err, KARVAN_E_NOMEM, "no memory for routes");
    for (int32_t i = 0; i < m->n_pairs; i++) m->first[i + 1] = take_pair(k, i, m->first[i]);
    m->n_routes = m->first[m->n_pairs];
done:
    return st;
}

/* ---- pairs and routes ---- */

static karvan_status make_pairs(making *k, const karvan_i_study_side *first, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = first->freight;
    karvan_i_menu *m = k->m;
    size_t n = (size_t)f->n_pairs + 1;
    m->n_pairs = f->n_pairs;
    m->row = karvan_i_calloc(n, sizeof *m->row), m->lane = karvan_i_calloc(n, sizeof *m->lane);
    m->from = karvan_i_calloc(n, sizeof *m->from), m->to = karvan_i_calloc(n, sizeof *m->to);
    m->kind = karvan_i_calloc(n, sizeof *m->kind);
    KARVAN_REQUIRE(m->row && m->lane && m->from && m->to && m->kind, err, KARVAN_E_NOMEM,
                   "no memory for pairs");
    for (int32_t i = 0; i < m->n_pairs; i++) {
        m->row[i] = first->demand.row[i], m->from[i] = f->pair_from[i], m->to[i] = f->pair_to[i];
        m->lane[i] = f->pair_lane[i], m->kind[i] = f->pair_kind[i];
    }
done:
    return st;
}

static karvan_status make_routes(making *k, int32_t corridors, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_menu *m = k->m;
    size_t n = (size_t)m->n_routes + 1, keys = 1;
    for (int64_t r = 0; r < m->n_routes; r++)
        if (k->of[r].side >= 0) keys += (size_t)trace_of(k, &k->of[r])->n_keys;
    m->pair = karvan_i_calloc(n, sizeof *m->pair);
    m->corridor = karvan_i_calloc(n, sizeof *m->corridor);
    m->nest = karvan_i_calloc(n, sizeof *m->nest);
    m->key_first = karvan_i_calloc(n, sizeof *m->key_first);
    m->key = karvan_i_malloc(keys, sizeof *m->key);
    KARVAN_REQUIRE(m->pair && m->corridor && m->nest && m->key_first && m->key, err, KARVAN_E_NOMEM,
                   "no memory for routes");
    for (int32_t i = 0; i < m->n_pairs; i++)
        for (int64_t r = m->first[i]; r < m->first[i + 1]; r++) {
            const found *x = &k->of[r];
            const karvan_i_trace *w = x->side < 0 ? NULL : trace_of(k, x);
            int64_t at = m->key_first[r];
            m->pair[r] = i, m->corridor[r] = w ? w->corridor : -2;
            m->nest[r] = w ? w->corridor + 1 : corridors + 1;
            if (w && w->n_keys > 0)
                memcpy(m->key + at, k->traces[x->side].key + w->key,
                       (size_t)w->n_keys * sizeof *m->key);
            m->key_first[r + 1] = at + (w ? w->n_keys : 0);
        }
done:
    return st;
}

/* ---- overlap ---- */

/* Lengths of links and stops: what they cost on the first side that has them. */
static karvan_status make_sizes(making *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_menu *m = k->m;
    size_t n = (size_t)m->n_routes + 1, all = 0;
    int32_t items = k->traces[0].n_all_items, *item = NULL;
    int64_t *first = karvan_i_calloc(n, sizeof *first);
    double *length = karvan_i_calloc((size_t)items + 1, sizeof *length);
    for (int64_t r = 0; r < m->n_routes; r++)
        all += k->of[r].side < 0 ? 0 : (size_t)trace_of(k, &k->of[r])->n_items;
    item = karvan_i_malloc(all + 1, sizeof *item);
    m->log_size = karvan_i_calloc(n, sizeof *m->log_size);
    KARVAN_REQUIRE(first && length && item && m->log_size, err, KARVAN_E_NOMEM,
                   "no memory for overlaps");
    for (int32_t s = k->n_sides; s-- > 0;)
        for (int32_t i = 0; i < items; i++)
            if (k->traces[s].length[i] > 0) length[i] = k->traces[s].length[i];
    for (int64_t r = 0; r < m->n_routes; r++) {
        const found *x = &k->of[r];
        const karvan_i_trace *w = x->side < 0 ? NULL : trace_of(k, x);
        first[r + 1] = first[r] + (w ? w->n_items : 0);
        if (w && w->n_items > 0)
            memcpy(item + first[r], k->traces[x->side].item + w->item,
                   (size_t)w->n_items * sizeof *item);
    }
    const karvan_choice_sets sets = {.n_pairs = m->n_pairs, .first = m->first};
    KARVAN_TRY(karvan_choice_path_sizes(&sets, first, item, items, length, m->log_size, err));
    for (int64_t r = 0; r < m->n_routes; r++)
        if (k->of[r].side < 0) m->log_size[r] = 0;
done:
    karvan_i_free(first), karvan_i_free(length), karvan_i_free(item);
    return st;
}

/* ---- what is scarce ---- */

static bool same_scarce(const karvan_i_scarce *a, const karvan_i_scarce *b) {
    return a->kind == b->kind && a->row == b->row && a->reversed == b->reversed &&
           a->both == b->both && a->by_weight == b->by_weight;
}

int32_t karvan_i_menu_scarce(const karvan_i_menu *m, const karvan_i_scarce *x, int32_t near) {
    if (near < m->n_scarce && same_scarce(&m->scarce[near], x)) return near;
    int32_t at = 0;
    while (at < m->n_scarce && !same_scarce(&m->scarce[at], x)) at++;
    return at < m->n_scarce ? at : -1;
}

static karvan_status number_scarce(making *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_menu *m = k->m;
    size_t most = 1;
    for (int32_t s = 0; s < k->n_sides; s++) most += (size_t)k->traces[s].n_scarce;
    m->scarce = karvan_i_calloc(most, sizeof *m->scarce);
    m->scarce_name = karvan_i_calloc(most, sizeof *m->scarce_name);
    m->scarce_unit = karvan_i_calloc(most, sizeof *m->scarce_unit);
    KARVAN_REQUIRE(m->scarce && m->scarce_name && m->scarce_unit, err, KARVAN_E_NOMEM,
                   "no memory for capacities");
    for (int32_t s = 0; s < k->n_sides; s++) {
        const karvan_i_traces *t = &k->traces[s];
        k->scarce[s] = karvan_i_calloc((size_t)t->n_scarce + 1, sizeof *k->scarce[s]);
        KARVAN_REQUIRE(k->scarce[s], err, KARVAN_E_NOMEM, "no memory for capacities");
        for (int32_t x = 0; x < t->n_scarce; x++) {
            int32_t at = s == 0 ? -1 : karvan_i_menu_scarce(m, &t->scarce[x], x);
            if (at < 0) {
                at = m->n_scarce;
                m->scarce[at] = t->scarce[x], m->scarce_unit[at] = t->scarce_unit[x];
                m->scarce_name[at] = karvan_i_strndup(t->scarce_name[x], strlen(t->scarce_name[x]));
                m->n_scarce++;
                KARVAN_REQUIRE(m->scarce_name[at], err, KARVAN_E_NOMEM, "no memory for a name");
            }
            k->scarce[s][x] = at;
        }
    }
done:
    return st;
}

/* ---- what routes use, and pay where ---- */

/* The link of a service, if no other sails there; -1. */
static int32_t only_link_of(const karvan_freight *f, int32_t service) {
    const char *link = karvan_i_cell_text(f->services, "link", service);
    for (int64_t r = 0; link && r < karvan_table_rows(f->services); r++)
        if (r != service && karvan_i_cell_is(f->services, "link", r, link)) return -1;
    return link ? (int32_t)karvan_package_row(f->region, "links", link) : -1;
}

/* By link or stop: what is scarce there on some side, and not on the first; -1. Ways of the first
 * do not know it. (A service's departures count where they carry less than its link.) */
static karvan_status find_more(making *k, const karvan_freight *f, karvan_error *err) {
    const karvan_i_menu *m = k->m;
    size_t n = (size_t)k->traces[0].n_all_items + 1;
    k->more = karvan_i_malloc(n, sizeof *k->more);
    k->more_sails = karvan_i_malloc(n, sizeof *k->more_sails);
    if (!k->more || !k->more_sails)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (size_t i = 0; i < n; i++) k->more[i] = k->more_sails[i] = -1;
    for (int32_t x = k->traces[0].n_scarce; x < m->n_scarce; x++) {
        const karvan_i_scarce *s = &m->scarce[x];
        if (s->kind == KARVAN_I_OF_LINK || s->kind == KARVAN_I_OF_TERMINAL)
            k->more[karvan_i_item_of(f, s->kind, s->row, s->reversed)] = x;
        if (s->kind != KARVAN_I_OF_SERVICE) continue;
        int32_t link = only_link_of(f, s->row);
        if (link < 0)
            return karvan_fail(err, KARVAN_E_DATA,
                               "%.80s: its departures come to carry less than its link, where "
                               "several services sail: give it a capacity of its own in the base",
                               m->scarce_name[x]);
        k->more_sails[karvan_i_item_of(f, KARVAN_I_OF_LINK, link, s->reversed)] = x;
    }
    return KARVAN_OK;
}

static void add_use(karvan_i_menu *m, int64_t from, int32_t x, double amount) {
    int64_t j = from;
    while (j < m->n_uses && m->use[j] != x) j++;
    if (j == m->n_uses) m->use[j] = x, m->amount[j] = amount, m->n_uses++;
}

static void add_more(const making *k, int64_t from, int32_t item) {
    if (k->more[item] >= 0) add_use(k->m, from, k->more[item], 1);
    if (k->more_sails[item] >= 0) add_use(k->m, from, k->more_sails[item], 1);
}

static karvan_status make_uses(making *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_menu *m = k->m;
    size_t n = (size_t)m->n_routes + 1, uses = 1, spent = 1;
    bool more = m->n_scarce > k->traces[0].n_scarce;
    for (int64_t r = 0; r < m->n_routes; r++) {
        if (k->of[r].side < 0) continue;
        uses += (size_t)trace_of(k, &k->of[r])->n_uses;
        if (more) uses += 2 * (size_t)trace_of(k, &k->of[r])->n_items;
        spent += (size_t)trace_of(k, &k->of[r])->n_spent;
    }
    m->use_first = karvan_i_calloc(n, sizeof *m->use_first);
    m->use = karvan_i_malloc(uses, sizeof *m->use);
    m->amount = karvan_i_malloc(uses, sizeof *m->amount);
    m->spent_first = karvan_i_calloc(n, sizeof *m->spent_first);
    m->spent_country = karvan_i_malloc(spent, sizeof *m->spent_country);
    m->spent_usd = karvan_i_malloc(spent, sizeof *m->spent_usd);
    KARVAN_REQUIRE(m->use_first && m->use && m->amount && m->spent_first && m->spent_country &&
                       m->spent_usd,
                   err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int64_t r = 0; r < m->n_routes; r++) {
        const found *x = &k->of[r];
        const karvan_i_trace *w = x->side < 0 ? NULL : trace_of(k, x);
        const karvan_i_traces *t = x->side < 0 ? NULL : &k->traces[x->side];
        for (int32_t i = 0; w && i < w->n_uses; i++) {
            m->use[m->n_uses] = k->scarce[x->side][t->use[w->use + i]];
            m->amount[m->n_uses++] = t->amount[w->use + i];
        }
        for (int32_t i = 0; more && w && i < w->n_items; i++)
            add_more(k, m->use_first[r], t->item[w->item + i]);
        for (int32_t i = 0; w && i < w->n_spent; i++) {
            m->spent_country[m->n_spent] = t->spent_country[w->spent + i];
            m->spent_usd[m->n_spent++] = t->spent_usd[w->spent + i];
        }
        m->use_first[r + 1] = m->n_uses, m->spent_first[r + 1] = m->n_spent;
    }
done:
    return st;
}

/* ---- the whole ---- */

karvan_status karvan_i_menu_make(const karvan_i_study_side *first, int n_sides,
                                 const karvan_i_traces *traces, karvan_i_menu *menu,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    making k = {.n_sides = n_sides, .traces = traces, .m = menu};
    *menu = (karvan_i_menu){0};
    k.at = karvan_i_calloc((size_t)n_sides, sizeof *k.at);
    k.scarce = karvan_i_calloc((size_t)n_sides, sizeof *k.scarce);
    KARVAN_REQUIRE(k.at && k.scarce, err, KARVAN_E_NOMEM, "no memory for sides");
    KARVAN_TRY(make_pairs(&k, first, err));
    KARVAN_TRY(take_ways(&k, err));
    KARVAN_TRY(make_routes(&k, first->freight->n_corridors, err));
    KARVAN_TRY(make_sizes(&k, err));
    KARVAN_TRY(number_scarce(&k, err));
    KARVAN_TRY(find_more(&k, first->freight, err));
    KARVAN_TRY(make_uses(&k, err));
done:
    for (int s = 0; s < n_sides; s++) {
        if (k.at) karvan_i_free(k.at[s]);
        if (k.scarce) karvan_i_free(k.scarce[s]);
    }
    karvan_i_free(k.at), karvan_i_free(k.scarce), karvan_i_free(k.of), karvan_i_free(k.more);
    karvan_i_free(k.more_sails);
    if (st != KARVAN_OK) karvan_i_menu_clear(menu);
    return st;
}

void karvan_i_menu_clear(karvan_i_menu *m) {
    for (int32_t x = 0; m->scarce_name && x < m->n_scarce; x++) karvan_i_free(m->scarce_name[x]);
    karvan_i_free(m->row), karvan_i_free(m->lane), karvan_i_free(m->kind);
    karvan_i_free(m->from), karvan_i_free(m->to), karvan_i_free(m->key_first);
    karvan_i_free(m->key), karvan_i_free(m->first), karvan_i_free(m->pair);
    karvan_i_free(m->corridor), karvan_i_free(m->nest), karvan_i_free(m->log_size);
    karvan_i_free(m->use_first), karvan_i_free(m->use), karvan_i_free(m->amount);
    karvan_i_free(m->spent_first), karvan_i_free(m->spent_country), karvan_i_free(m->spent_usd);
    karvan_i_free(m->scarce), karvan_i_free(m->scarce_name), karvan_i_free(m->scarce_unit);
    *m = (karvan_i_menu){0};
}

/* ---- what of it could be full ---- */

karvan_status karvan_i_menu_most(const karvan_i_menu *m, const double *demand, double *most,
                                 karvan_error *err) {
    size_t n = (size_t)m->n_scarce + 1;
    double *of = karvan_i_calloc(n, sizeof *of);
    int32_t *seen = karvan_i_calloc(n, sizeof *seen);
    bool good = of && seen;
    for (int32_t k = 0; good && k < m->n_pairs; k++) {
        int32_t met = 0;
        for (int64_t u = m->use_first[m->first[k]]; u < m->use_first[m->first[k + 1]]; u++) {
            int32_t x = m->use[u];
            if (of[x] == 0) seen[met++] = x;
            of[x] = fmax(of[x], m->amount[u]);
        }
        for (int32_t i = 0; i < met; i++) most[seen[i]] += demand[k] * of[seen[i]], of[seen[i]] = 0;
    }
    karvan_i_free(of), karvan_i_free(seen);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}
