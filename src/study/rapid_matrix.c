/* How loads answer to prices: minus the second derivative of what all pairs pay. By routes it is a
 * sum of what each bends alone, less what those of a nest share, less what those of a pair share:
 * each a product of two vectors over what is in the matrix, of which a pair has few. What routes
 * bend alone is added up by parts, which use the same; so is what a nest or a pair shares where one
 * part alone uses anything, which is most of them.
 *
 * Vectors have a column for each resource of the matrix, and behind them one for the hours at each
 * queue: what a limit carries is what a dollar on its price costs; a dollar on a queue is felt at
 * the hours of a class. Bits tell which rows are not 0. */
#include <string.h>

#include "base/digest.h"
#include "study/rapid.h"

/* Limits this near to being full are in the matrix, as are those with a price. */
static const double NEAR = 0.05;
/* Routes with less of their pair do not bend anything. */
static const double LEAST_SHARE = 1e-5;
enum { WORD = KARVAN_I_WORD };

/* ---- columns ---- */

/* Rows and columns of what is in the matrix, those of hours behind. */
static void find_columns(karvan_i_rapid *w) {
    karvan_i_bent *b = &w->bent;
    int32_t queues = 0;
    b->rows = 0;
    for (int32_t a = 0; a < w->n; a++) {
        w->active[a] = w->queue[a] || w->price[a] > 0 || w->gap[a] > -NEAR * w->capacity[a];
        b->row[a] = w->active[a] ? b->rows++ : -1;
    }
    for (int32_t a = 0; a < w->n; a++)
        if (b->row[a] >= 0) b->pays[b->row[a]] = w->queue[a] ? b->rows + queues++ : b->row[a];
    b->width = b->rows + queues;
    b->words = (b->rows + WORD - 1) / WORD;
}

/* Hours at a queue of a unit there, for a dollar on its price: as long with many tonnes as with
 * few. */
static double hours_of(const karvan_i_rapid *w, int32_t a, double amount) {
    const karvan_i_frame *f = w->f;
    bool by_weight = f->k->m->scarce[karvan_i_frame_first(f, w->set[a])].by_weight;
    return (by_weight ? 1 : amount) / f->hour_usd[w->set[a]];
}

static bool same_uses(const karvan_i_bent *b, int32_t p, int32_t q) {
    int64_t n = b->use_first[p + 1] - b->use_first[p];
    if (b->use_first[q + 1] - b->use_first[q] != n) return false;
    const karvan_i_bent_use *x = b->use + b->use_first[p], *y = b->use + b->use_first[q];
    for (int64_t u = 0; u < n; u++)
        if (x[u].at != y[u].at || x[u].amount != y[u].amount) return false;
    return true;
}

/* The first part that uses the same: of those with its number, kept in a table of chains. */
static int32_t first_alike(karvan_i_bent *b, int32_t part, uint64_t number) {
    int32_t *head = &b->chain[number % KARVAN_I_CHAINS];
    for (int32_t p = *head; p >= 0; p = b->behind[p])
        if (same_uses(b, p, part)) return p;
    b->behind[part] = *head, *head = part;
    return part;
}

/* What parts use of it: most have little, many nothing. */
static void find_uses(karvan_i_rapid *w) {
    const karvan_i_split *t = &w->split;
    karvan_i_bent *b = &w->bent;
    int64_t n = 0;
    for (int i = 0; i < KARVAN_I_CHAINS; i++) b->chain[i] = -1;
    memset(b->use_rows, 0, (size_t)t->n * (size_t)b->words * sizeof *b->use_rows);
    for (int32_t i = 0; i < t->n; i++) {
        uint64_t *rows = b->use_rows + (size_t)i * (size_t)b->words, number = 0;
        b->use_first[i] = n;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int32_t a = t->resource[u], row = b->row[a];
            if (row < 0) continue;
            rows[row / WORD] |= UINT64_C(1) << (row % WORD);
            number = karvan_i_mix_real(karvan_i_mix(number, (uint64_t)row), t->amount[u]);
            b->use[n++] = (karvan_i_bent_use){row, t->amount[u]};
            if (w->queue[a])
                b->use[n++] = (karvan_i_bent_use){b->pays[row], hours_of(w, a, t->amount[u])};
        }
        b->use_first[i + 1] = n;
        b->alike[i] = n > b->use_first[i] ? first_alike(b, i, number) : -1;
    }
}

/* ---- vectors ---- */

/* Rows whose bits are set. */
static int32_t list_rows(const karvan_i_bent *b, const uint64_t *rows, int32_t *at) {
    int32_t n = 0;
    for (int32_t i = 0; i < b->words; i++)
        for (uint64_t left = rows[i]; left != 0; left &= left - 1)
            at[n++] = i * WORD + __builtin_ctzll(left);
    return n;
}

static void join_rows(const karvan_i_bent *b, const uint64_t *from, uint64_t *to) {
    for (int32_t i = 0; i < b->words; i++) to[i] |= from[i];
}

static void add_part(const karvan_i_bent *b, int32_t part, double by, karvan_i_bent_sum *to) {
    for (int64_t u = b->use_first[part]; u < b->use_first[part + 1]; u++)
        to->x[b->use[u].at] += by * b->use[u].amount;
    join_rows(b, b->use_rows + (size_t)part * (size_t)b->words, to->rows);
}

/* An hour at that worth. */
static void add_sum(const karvan_i_bent *b, const karvan_i_bent_sum *from, double hour,
                    karvan_i_bent_sum *to) {
    int32_t n = list_rows(b, from->rows, b->at);
    for (int32_t i = 0; i < n; i++) {
        int32_t a = b->at[i], p = b->pays[a];
        to->x[a] += from->x[a];
        if (p != a) to->x[p] += hour * from->x[p];
    }
    join_rows(b, from->rows, to->rows);
}

static void empty(const karvan_i_bent *b, karvan_i_bent_sum *s) {
    int32_t n = list_rows(b, s->rows, b->at);
    for (int32_t i = 0; i < n; i++) s->x[b->at[i]] = s->x[b->pays[b->at[i]]] = 0;
    memset(s->rows, 0, (size_t)b->words * sizeof *s->rows);
}

/* To the table: by times what x carries times what it pays, an hour at that worth. */
static void add_product(const karvan_i_bent *b, double by, double hour, const uint64_t *rows,
                        const double *x) {
    int32_t n = list_rows(b, rows, b->at), *restrict column = b->column;
    double *restrict paid = b->paid;
    for (int32_t i = 0; i < n; i++) {
        int32_t a = b->at[i];
        column[i] = b->pays[a];
        paid[i] = (column[i] == a ? 1 : hour) * x[column[i]];
    }
    for (int32_t i = 0; i < n; i++) {
        double *restrict row = b->table + (size_t)b->at[i] * (size_t)b->width,
                         of = by * x[b->at[i]];
        for (int32_t j = 0; j < n; j++) row[column[j]] += of * paid[j];
    }
}

/* ---- a pair ---- */

/* What bends as one part does. */
static void bend(karvan_i_bent *b, int32_t part, double by, double hour) {
    b->alone[part] += by, b->alone_hour[part] += by * hour;
}

/* Parts of a nest's routes, and their shares: how many use something. */
static int32_t parts_of(karvan_i_rapid *w, const double *share, int32_t nest, double *all) {
    const karvan_i_frame *f = w->f;
    karvan_i_bent *b = &w->bent;
    int32_t n = 0;
    *all = 0;
    for (int64_t r = f->segment[nest]; r < f->segment[nest + 1]; r++) {
        if (!(share[r] > LEAST_SHARE)) continue;
        int32_t p = b->alike[w->split.of[f->patterns.of[r]]], i = 0;
        *all += share[r];
        if (p < 0) continue;
        while (i < n && b->part[i] != p) i++;
        if (i == n) b->part[n] = p, b->share[n++] = 0;
        b->share[i] += share[r];
    }
    return n;
}

static karvan_i_bent_sum of_group(const karvan_i_bent *b, int32_t g) {
    return (karvan_i_bent_sum){b->group + (size_t)g * (size_t)b->width,
                               b->group_rows + (size_t)g * (size_t)b->words};
}

/* A pair: the routes of its nests alone, those of a nest together, and nests together. */
static void add_pair(karvan_i_rapid *w, const karvan_i_loads *l, int32_t pair) {
    const karvan_i_frame *f = w->f;
    karvan_i_bent *b = &w->bent;
    double demand = l->demand[pair], hour = w->asked.hour[f->k->m->lane[pair]],
           inner = w->asked.inner, outer = w->asked.outer, all, single = 0;
    int32_t group = f->k->x->group[pair], one = -1;
    bool several = false;
    for (int32_t k = f->segment_first[pair]; k < f->segment_first[pair + 1]; k++) {
        int32_t n = parts_of(w, l->share, k, &all);
        karvan_i_bent_sum *to = n > 1 ? &b->nest : &b->pair;
        for (int32_t i = 0; i < n; i++) {
            double by = demand * b->share[i], together = n > 1 ? 0 : b->share[i] / all;
            bend(b, b->part[i], by * (inner - (inner - outer) * together), hour);
            add_part(b, b->part[i], by, to);
            several = several || (one >= 0 && one != b->part[i]);
            one = b->part[i], single += by;
        }
        if (n < 2) continue;
        add_product(b, -(inner - outer) / (demand * all), hour, to->rows, to->x);
        add_sum(b, to, 1, &b->pair), empty(b, to);
    }
    if (one < 0) return;
    if (several)
        add_product(b, -outer / demand, hour, b->pair.rows, b->pair.x);
    else
        bend(b, one, -outer * single * single / demand, hour);
    if (group >= 0) {
        karvan_i_bent_sum of = of_group(b, group);
        add_sum(b, &b->pair, hour, &of);
    }
    empty(b, &b->pair);
}

static void add_pairs(karvan_i_rapid *w, const karvan_i_loads *l) {
    karvan_i_bent *b = &w->bent;
    size_t width = (size_t)b->width, parts = (size_t)w->split.n,
           groups = (size_t)w->f->k->x->n_groups;
    memset(b->table, 0, (size_t)b->rows * width * sizeof *b->table);
    memset(b->group, 0, groups * width * sizeof *b->group);
    memset(b->group_rows, 0, groups * (size_t)b->words * sizeof *b->group_rows);
    memset(b->alone, 0, parts * sizeof *b->alone);
    memset(b->alone_hour, 0, parts * sizeof *b->alone_hour);
    for (int32_t k = 0; k < w->f->k->m->n_pairs; k++)
        if (l->demand[k] > 0) add_pair(w, l, k);
}

/* ---- all ---- */

/* What routes bend alone. */
static void add_parts(const karvan_i_rapid *w) {
    const karvan_i_bent *b = &w->bent;
    for (int32_t p = 0; p < w->split.n; p++) {
        double usd = b->alone[p], hours = b->alone_hour[p];
        if (usd == 0) continue;
        for (int64_t u = b->use_first[p]; u < b->use_first[p + 1]; u++) {
            if (b->use[u].at >= b->rows) continue; /* hours are not carried */
            double *row = b->table + (size_t)b->use[u].at * (size_t)b->width;
            for (int64_t v = b->use_first[p]; v < b->use_first[p + 1]; v++)
                row[b->use[v].at] +=
                    (b->use[v].at < b->rows ? usd : hours) * b->use[u].amount * b->use[v].amount;
        }
    }
}

/* What ln of a group's demand falls by for a dollar a day more of what its flows pay. What is paid
 * is of demand as it is now: once over it gives it for demand as given. */
static double falls(const karvan_i_rapid *w, const karvan_i_outcome *s, int32_t g) {
    return s->factor[g] > 0 ? w->slope[g] / w->answer[g] : 0;
}

/* Demand of a group falls with what it pays; and, world: with what all pay. */
static void add_groups(karvan_i_rapid *w, const karvan_i_outcome *s, bool world) {
    karvan_i_bent *b = &w->bent;
    const karvan_i_exchange *x = w->f->k->x;
    if (world) karvan_i_world_begin(&w->world, b->rows, b->width);
    for (int32_t g = 0; g < x->n_groups; g++) {
        karvan_i_bent_sum of = of_group(b, g);
        double by = falls(w, s, g);
        add_product(b, by, 1, of.rows, of.x);
        if (world) karvan_i_world_take(&w->world, x->of[g], -by, of.x);
    }
    if (world) karvan_i_world_add(&w->world, b->table);
}

/* The table, by what is in the matrix. */
static void set_matrix(karvan_i_rapid *w) {
    const karvan_i_bent *b = &w->bent;
    size_t n = (size_t)w->n;
    memset(w->matrix, 0, n * n * sizeof *w->matrix);
    for (size_t a = 0; a < n; a++) {
        if (!w->active[a]) continue;
        const double *row = b->table + (size_t)b->row[a] * (size_t)b->width;
        for (size_t c = 0; c < n; c++)
            if (w->active[c]) w->matrix[a * n + c] = row[b->pays[b->row[c]]];
    }
}

void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s,
                           karvan_i_elasticity demand) {
    find_columns(w), find_uses(w);
    add_pairs(w, &s->loads);
    add_parts(w);
    if (demand != KARVAN_I_FIXED) add_groups(w, s, demand == KARVAN_I_OF_WORLD);
    set_matrix(w);
    w->known = true, w->matrices++;
}
