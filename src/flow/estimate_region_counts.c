/* Counts of corridors, links and places: rows, and what the ways of freight make of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "flow/estimate_region.h"
#include "table/cell.h"

static const double DAYS = 365;

/* Row of a table that a cell names; -1: the cell is empty. */
static karvan_status row_of(const karvan_region_estimate *e, const char *column, const char *table,
                            int64_t row, int32_t *out, karvan_error *err) {
    const char *id = karvan_i_cell_text(e->counts, column, row);
    char what[120];
    *out = id && *id ? (int32_t)karvan_package_row(e->region, table, id) : -1;
    if (!id || !*id || *out >= 0) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "'%.60s' is not in table %s", id, table);
    return karvan_i_cell_refuse(e->counts, column, row, what, err);
}

/* What of a count the ways cannot tell; NULL: nothing. */
static const char *cannot(const karvan_i_region_count *c, const char *unit) {
    int where = (c->corridor >= 0) + (c->place >= 0) + (c->link >= 0);
    if (where != 1) return "a count is of one corridor, place or link";
    if (!unit || (strcmp(unit, "kt") != 0 && strcmp(unit, "TEU") != 0))
        return "only kt and TEU are modelled";
    if (c->direction != 0 && c->link < 0)
        return "a direction is told apart on links only, not on a corridor or at a place";
    if (c->mode && c->place >= 0)
        return "a mode is told apart on corridors and links only, not at a place";
    return NULL;
}

static karvan_status read_row(const karvan_region_estimate *e, int64_t row,
                              karvan_i_region_count *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = e->counts;
    const char *unit = karvan_i_cell_text(t, "unit", row);
    *c = (karvan_i_region_count){.row = row, .before = NAN, .after = NAN};
    c->used = karvan_i_cell_bool(t, "used_to_estimate", row);
    KARVAN_TRY(row_of(e, "corridor", "corridors", row, &c->corridor, err));
    KARVAN_TRY(row_of(e, "place", "places", row, &c->place, err));
    KARVAN_TRY(row_of(e, "link", "links", row, &c->link, err));
    c->direction = karvan_i_cell_is(t, "direction", row, "forth")  ? 1
                   : karvan_i_cell_is(t, "direction", row, "back") ? -1
                                                                   : 0;
    c->by_weight = unit && strcmp(unit, "kt") == 0;
    c->mode = karvan_i_cell_text(t, "mode", row);
    c->classes = karvan_i_cell_text(t, "cargo_classes", row);
    c->kind = karvan_i_cell_text(t, "kind", row);
    c->observed = karvan_i_cell_real(t, "value", row);
    c->error = karvan_i_cell_real(t, "error", row) * c->observed;
    const char *what = cannot(c, unit);
    c->possible = what == NULL;
    if (!c->used) goto done;
    if (what) st = karvan_i_cell_refuse(t, "used_to_estimate", row, what, err);
    if (st == KARVAN_OK && !(c->error > 0))
        st = karvan_i_cell_refuse(t, "error", row,
                                  "a count that demand is fitted to needs a value and an error "
                                  "above 0",
                                  err);
done:
    return st;
}

static int used_first(const void *a, const void *b) {
    const karvan_i_region_count *x = a, *y = b;
    if (x->used != y->used) return x->used ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

karvan_status karvan_i_region_counts_read(karvan_region_estimate *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char year[24];
    KARVAN_TRY(karvan_i_need_table(e->region, "counts", &e->counts, err));
    int64_t rows = karvan_table_rows(e->counts);
    e->count = karvan_i_calloc((size_t)rows + 1, sizeof *e->count);
    KARVAN_REQUIRE(e->count, err, KARVAN_E_NOMEM, "no memory for counts");
    (void)snprintf(year, sizeof year, "%lld", (long long)e->o.year);
    for (int64_t r = 0; r < rows; r++) {
        if (!karvan_i_cell_is(e->counts, "period", r, year)) continue;
        KARVAN_TRY(read_row(e, r, &e->count[e->n_counts], err));
        e->n_used += e->count[e->n_counts++].used;
    }
    KARVAN_REQUIRE(e->n_used > 0, err, KARVAN_E_DATA,
                   "table counts has no row of %s that is used_to_estimate", year);
    qsort(e->count, (size_t)e->n_counts, sizeof *e->count, used_first);
done:
    return st;
}

/* ---- modelled ---- */

static bool of_mode(const karvan_freight *f, const karvan_i_region_count *c,
                    const karvan_i_arc *arc) {
    return !c->mode || karvan_i_cell_is(f->links, "mode", arc->row, c->mode);
}

/* How often a way is counted. */
static int times(const karvan_freight *f, const karvan_i_region_count *c, const karvan_i_way *way) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[way->pair]];
    int n = 0;
    bool moved = false;
    if (c->corridor >= 0 && way->corridor != c->corridor) return 0;
    for (int32_t i = 0; i < way->n; i++) {
        const karvan_i_arc *arc = &lane->net->arcs[f->ways.arc[way->first + i]];
        bool link = arc->kind == KARVAN_I_ARC_LINK;
        moved = moved || (link && of_mode(f, c, arc));
        if (link && c->link >= 0 && arc->row == c->link && of_mode(f, c, arc) &&
            (c->direction == 0 || (c->direction < 0) == arc->reversed))
            n++;
        if (c->place >= 0 && arc->kind == KARVAN_I_ARC_TERMINAL &&
            lane->net->state_place[arc->tail] == c->place)
            n = 1; /* handled, once or more: one tonne is one tonne */
    }
    if (c->corridor >= 0) return moved;
    return n;
}

bool karvan_i_region_count_sees(const karvan_i_region_count *c, const char *class,
                                const char *kind) {
    if (c->classes && !karvan_i_in_list(c->classes, class)) return false;
    return !c->kind || (kind && strcmp(c->kind, kind) == 0);
}

static bool is_counted(const karvan_region_estimate *e, const karvan_i_region_count *c,
                       const karvan_freight *f, int32_t pair) {
    int64_t row = e->cell_row[e->cell_of[pair]];
    return karvan_i_region_count_sees(c, f->lane[f->pair_lane[pair]].id,
                                      karvan_i_cell_text(e->o.demand, "kind", row));
}

double karvan_i_region_count_model(const karvan_region_estimate *e, const karvan_i_region_count *c,
                                   const karvan_freight *f, double *slope) {
    double sum = 0;
    if (slope) memset(slope, 0, (size_t)e->n_cells * sizeof *slope);
    if (!c->possible) return NAN;
    for (int32_t pair = 0; pair < f->n_pairs; pair++) {
        if (!is_counted(e, c, f, pair)) continue;
        const karvan_i_lane *lane = &f->lane[f->pair_lane[pair]];
        double unit = DAYS * (c->by_weight ? lane->tonnes / 1000 : 1), counted = 0;
        for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++)
            if (f->flow[w] > 0) counted += f->flow[w] * times(f, c, &f->ways.way[w]);
        sum += counted * unit;
        int32_t cell = e->cell_of[pair];
        if (slope && e->now.teu_day[pair] > 0) /* all pairs of a cell grow alike */
            slope[cell] +=
                counted * unit / e->now.teu_day[pair] * (e->demand.teu_day[pair] / e->prior[cell]);
    }
    return sum;
}
