/* Rows of demand to flows between places: countries by their zones, pairs and classes added up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"
#include "table/cell.h"

typedef struct cell {
    int32_t cargo_class, origin, destination, row;
    uint8_t kind;
    double teu_day;
} cell;

typedef struct reading {
    const karvan_package *region;
    const karvan_table *table, *zones, *classes;
    int c_origin, c_destination, c_class, c_teu, c_tonnes, c_year, c_kind;
    cell *cells;
    int64_t n, cap;
    double intrazonal;
    int64_t others; /* rows of other years */
    double first_year, last_year;
    bool by_row;
    double *row_teu; /* [rows] TEU a year, or NULL */
} reading;

/* ---- ends ---- */

/* One place with weight 1, or the zones of a country with theirs. */
typedef struct ends {
    int64_t n, cap;
    int32_t *place;
    double *weight;
} ends;

static void ends_clear(ends *e) { karvan_i_free(e->place), karvan_i_free(e->weight); }

static karvan_status push_end(ends *e, int32_t place, double weight, karvan_error *err) {
    if (e->n == e->cap) {
        int64_t cap = e->cap ? 2 * e->cap : 8;
        int32_t *p = karvan_i_realloc(e->place, (size_t)cap, sizeof *p);
        if (p) e->place = p;
        double *w = karvan_i_realloc(e->weight, (size_t)cap, sizeof *w);
        if (w) e->weight = w;
        if (!p || !w) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for zones");
        e->cap = cap;
    }
    e->place[e->n] = place, e->weight[e->n++] = weight;
    return KARVAN_OK;
}

static karvan_status zones_of(const reading *r, const char *country, ends *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *z = r->zones;
    double sum = 0;
    int64_t last = -1;
    for (int64_t i = 0; z && i < karvan_table_rows(z); i++) {
        if (!karvan_i_cell_is(z, "country", i, country)) continue;
        const char *id = karvan_i_cell_text(z, "place", i);
        int64_t place = id ? karvan_package_row(r->region, "places", id) : -1;
        double weight = karvan_i_cell_real(z, "weight", i);
        if (place < 0)
            return karvan_i_cell_refuse(z, "place", i, "no such place in table places", err);
        if (!(weight >= 0))
            return karvan_i_cell_refuse(z, "weight", i, "a zone needs a weight of 0 or more", err);
        KARVAN_TRY(push_end(e, (int32_t)place, weight, err));
        sum += weight, last = i;
    }
    if (last >= 0 && fabs(sum - 1) > 1e-6) {
        char what[120];
        (void)snprintf(what, sizeof what, "the weights of %.20s sum to %.9g; they sum to 1",
                       country, sum);
        return karvan_i_cell_refuse(z, "weight", last, what, err);
    }
done:
    return st;
}

static karvan_status refuse_end(const karvan_table *t, int column, int64_t row, const char *id,
                                karvan_error *err) {
    char what[160];
    (void)snprintf(what, sizeof what,
                   "'%.40s' is neither a country (or group) of table zones nor a place of table "
                   "places",
                   id);
    return karvan_i_refuse(t, column, row, what, err);
}

static karvan_status find_ends(const reading *r, int column, int64_t row, ends *e,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *id = karvan_table_text(r->table, column, row);
    e->n = 0;
    if (!id) return karvan_i_refuse(r->table, column, row, "demand needs both ends", err);
    KARVAN_TRY(zones_of(r, id, e, err));
    if (e->n > 0) return KARVAN_OK;
    int64_t place = karvan_package_row(r->region, "places", id);
    if (place < 0) return refuse_end(r->table, column, row, id, err);
    KARVAN_TRY(push_end(e, (int32_t)place, 1, err));
done:
    return st;
}

/* ---- rows ---- */

static karvan_status find_columns(reading *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(r->table, "origin", &r->c_origin, err));
    KARVAN_TRY(karvan_i_need_column(r->table, "destination", &r->c_destination, err));
    KARVAN_TRY(karvan_i_need_column(r->table, "cargo_class", &r->c_class, err));
    KARVAN_TRY(karvan_i_need_table(r->region, "cargo_classes", &r->classes, err));
    r->zones = karvan_package_table(r->region, "zones");
    r->c_teu = karvan_table_find(r->table, "teu"),
    r->c_tonnes = karvan_table_find(r->table, "tonnes");
    r->c_year = karvan_table_find(r->table, "year");
    r->c_kind = karvan_table_find(r->table, "kind");
    KARVAN_REQUIRE(r->c_teu >= 0 || r->c_tonnes >= 0, err, KARVAN_E_DATA,
                   "table %s has neither a column teu nor a column tonnes",
                   karvan_table_name(r->table));
done:
    return st;
}

static karvan_status amount(const reading *r, int64_t row, int64_t class, double *teu,
                            karvan_error *err) {
    int column = r->c_teu;
    double per_teu = 1;
    if (column < 0 || karvan_table_state(r->table, column, row) != KARVAN_VALUE) {
        column = r->c_tonnes;
        per_teu = karvan_i_cell_real(r->classes, "tonnes_per_teu", class);
        if (!(per_teu > 0))
            return karvan_i_cell_refuse(r->classes, "tonnes_per_teu", class,
                                        "demand in tonnes needs tonnes_per_teu above 0", err);
    }
    *teu = column >= 0 ? karvan_table_real(r->table, column, row) / per_teu : NAN;
    if (*teu >= 0 && *teu < INFINITY) return KARVAN_OK;
    return karvan_i_refuse(r->table, column >= 0 ? column : r->c_teu, row,
                           "demand needs teu or tonnes of 0 or more a year", err);
}

/* A word that is neither would lose its constants of corridors. */
static karvan_status kind_of(const reading *r, int64_t row, uint8_t *out, karvan_error *err) {
    *out = KARVAN_FREIGHT_ANY;
    if (r->c_kind < 0 || karvan_table_state(r->table, r->c_kind, row) != KARVAN_VALUE)
        return KARVAN_OK;
    const char *s = karvan_table_text(r->table, r->c_kind, row);
    if (s && strcmp(s, "transit") == 0) return *out = KARVAN_FREIGHT_TRANSIT, KARVAN_OK;
    if (s && strcmp(s, "trade") == 0) return *out = KARVAN_FREIGHT_TRADE, KARVAN_OK;
    char what[120];
    (void)snprintf(what, sizeof what, "no kind '%.40s'; transit, trade or nothing is right",
                   s ? s : "");
    return karvan_i_refuse(r->table, r->c_kind, row, what, err);
}

static karvan_status push_cell(reading *r, const cell *c, karvan_error *err) {
    if (c->origin == c->destination) {
        r->intrazonal += c->teu_day;
        return KARVAN_OK;
    }
    if (r->n == r->cap) {
        int64_t cap = r->cap ? 2 * r->cap : 64;
        cell *more = karvan_i_realloc(r->cells, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for demand");
        r->cells = more, r->cap = cap;
    }
    r->cells[r->n++] = *c;
    return KARVAN_OK;
}

static karvan_status refuse_class(const reading *r, int64_t row, const char *id,
                                  karvan_error *err) {
    char what[120];
    (void)snprintf(what, sizeof what, "no such class in table cargo_classes: '%.40s'",
                   id ? id : "");
    return karvan_i_refuse(r->table, r->c_class, row, what, err);
}

static karvan_status read_row(reading *r, int64_t row, ends *from, ends *to, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *id = karvan_table_text(r->table, r->c_class, row);
    int64_t class = id ? karvan_package_row(r->region, "cargo_classes", id) : -1;
    double teu = 0;
    uint8_t kind;
    if (class < 0) return refuse_class(r, row, id, err);
    KARVAN_TRY(amount(r, row, class, &teu, err));
    if (r->row_teu) r->row_teu[row] = teu;
    KARVAN_TRY(kind_of(r, row, &kind, err));
    KARVAN_TRY(find_ends(r, r->c_origin, row, from, err));
    KARVAN_TRY(find_ends(r, r->c_destination, row, to, err));
    for (int64_t o = 0; o < from->n; o++)
        for (int64_t d = 0; d < to->n; d++) {
            cell c = {
                (int32_t) class, from->place[o], to->place[d],
                (int32_t)row,    kind,           teu / 365.0 * from->weight[o] * to->weight[d]};
            KARVAN_TRY(push_cell(r, &c, err));
        }
done:
    return st;
}

/* Rows without a year are of any. */
static karvan_status of_year(reading *r, int64_t row, int year, bool *out, karvan_error *err) {
    *out = true;
    if (year == 0 || r->c_year < 0) return KARVAN_OK;
    if (karvan_table_state(r->table, r->c_year, row) != KARVAN_VALUE) return KARVAN_OK;
    double y = karvan_table_real(r->table, r->c_year, row);
    if (!(y == floor(y)) || fabs(y) > 1e6)
        return karvan_i_refuse(r->table, r->c_year, row, "a year is a whole number, as 2024", err);
    *out = y == year;
    if (!*out)
        r->others++, r->first_year = fmin(y, r->first_year), r->last_year = fmax(y, r->last_year);
    return KARVAN_OK;
}

static karvan_status read_rows(reading *r, int year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(r->table);
    ends from = {0}, to = {0};
    r->first_year = INFINITY, r->last_year = -INFINITY;
    for (int64_t row = 0; row < rows; row++) {
        bool wanted;
        KARVAN_TRY(of_year(r, row, year, &wanted, err));
        if (wanted) KARVAN_TRY(read_row(r, row, &from, &to, err));
    }
    if (rows > 0 && r->others == rows) {
        char what[120];
        (void)snprintf(what, sizeof what, "no row is of %d; there are years from %.0f to %.0f",
                       year, r->first_year, r->last_year);
        st = karvan_i_refuse(r->table, r->c_year, 0, what, err);
    }
done:
    ends_clear(&from), ends_clear(&to);
    return st;
}

/* ---- the whole ---- */

static int by_pair(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->cargo_class != y->cargo_class) return x->cargo_class < y->cargo_class ? -1 : 1;
    if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
    if (x->destination != y->destination) return x->destination < y->destination ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static karvan_status hand_out(reading *r, karvan_freight_demand *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)r->n + 1;
    if (r->n > 0) qsort(r->cells, (size_t)r->n, sizeof *r->cells, by_pair);
    out->origin = karvan_i_calloc(n, sizeof *out->origin);
    out->destination = karvan_i_calloc(n, sizeof *out->destination);
    out->cargo_class = karvan_i_calloc(n, sizeof *out->cargo_class);
    out->teu_day = karvan_i_calloc(n, sizeof *out->teu_day);
    out->row = karvan_i_calloc(n, sizeof *out->row);
    out->kind = karvan_i_calloc(n, sizeof *out->kind);
    KARVAN_REQUIRE(out->origin && out->destination && out->cargo_class && out->teu_day &&
                       out->row && out->kind,
                   err, KARVAN_E_NOMEM, "no memory for demand");
    for (int64_t i = 0; i < r->n; i++) {
        const cell *c = &r->cells[i], *before = c - 1;
        int32_t k = out->n;
        if (i > 0 && c->cargo_class == before->cargo_class && c->origin == before->origin &&
            c->destination == before->destination && c->kind == before->kind &&
            (!r->by_row || c->row == before->row)) {
            out->teu_day[k - 1] += c->teu_day;
            continue;
        }
        out->cargo_class[k] = c->cargo_class, out->origin[k] = c->origin;
        out->destination[k] = c->destination, out->row[k] = c->row, out->teu_day[k] = c->teu_day;
        out->kind[k] = c->kind, out->n++;
    }
    out->intrazonal_teu_day = r->intrazonal, out->other_years = r->others;
done:
    return st;
}

void karvan_freight_demand_clear(karvan_freight_demand *d) {
    karvan_i_free(d->origin), karvan_i_free(d->destination), karvan_i_free(d->cargo_class);
    karvan_i_free(d->teu_day), karvan_i_free(d->row), karvan_i_free(d->kind);
    *d = (karvan_freight_demand){0};
}

static void *copy(const void *of, size_t n, size_t size) {
    void *to = of ? karvan_i_malloc(n + 1, size) : NULL;
    if (to) memcpy(to, of, n * size);
    return to;
}

karvan_status karvan_i_freight_demand_copy(const karvan_freight_demand *d,
                                           karvan_freight_demand *out, karvan_error *err) {
    size_t n = (size_t)d->n;
    *out = *d;
    out->origin = copy(d->origin, n, sizeof *d->origin);
    out->destination = copy(d->destination, n, sizeof *d->destination);
    out->cargo_class = copy(d->cargo_class, n, sizeof *d->cargo_class);
    out->teu_day = copy(d->teu_day, n, sizeof *d->teu_day);
    out->kind = copy(d->kind, n, sizeof *d->kind), out->row = copy(d->row, n, sizeof *d->row);
    if (!out->origin == !d->origin && !out->destination == !d->destination &&
        !out->cargo_class == !d->cargo_class && !out->teu_day == !d->teu_day &&
        !out->kind == !d->kind && !out->row == !d->row)
        return KARVAN_OK;
    karvan_freight_demand_clear(out);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d pairs", (int)d->n);
}

static karvan_status read_table(reading *r, int year, karvan_freight_demand *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(find_columns(r, err));
    KARVAN_TRY(read_rows(r, year, err));
    KARVAN_REQUIRE(r->n < INT32_MAX, err, KARVAN_E_DATA, "more pairs than can be numbered");
    KARVAN_TRY(hand_out(r, out, err));
done:
    karvan_i_free(r->cells);
    if (st != KARVAN_OK) karvan_freight_demand_clear(out);
    return st;
}

karvan_status karvan_freight_demand_read(const karvan_package *region, const karvan_table *table,
                                         int year, karvan_freight_demand *out, karvan_error *err) {
    reading r = {.region = region, .table = table};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_freight_demand){0};
    if (!region || !table)
        return karvan_fail(err, KARVAN_E_ARG, "demand needs a region and a table");
    return read_table(&r, year, out, err);
}

karvan_status karvan_i_freight_demand_by_row(const karvan_package *region,
                                             const karvan_table *table, int year, double *row_teu,
                                             karvan_freight_demand *out, karvan_error *err) {
    reading r = {.region = region, .table = table, .by_row = true, .row_teu = row_teu};
    *out = (karvan_freight_demand){0};
    for (int64_t row = 0; row_teu && row < karvan_table_rows(table); row++) row_teu[row] = NAN;
    return read_table(&r, year, out, err);
}
