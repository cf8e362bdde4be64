/* A base as bytes: its demand, the ends of rows of its cargo, its freight. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_kept.h"
#include "study/kept.h"
#include "table/cell.h"

/* ---- cargo ---- */

enum { ENDS = 2 };
static const char *const END[ENDS] = {"origin", "destination"};

static void put_cargo(karvan_i_passing *p, const karvan_table *t) {
    int64_t rows = karvan_table_rows(t);
    karvan_i_pass(p, &rows, 1, sizeof rows);
    for (int64_t r = 0; r < rows; r++)
        for (int c = 0; c < ENDS; c++) {
            const char *s = karvan_i_cell_text(t, END[c], r);
            char known = s != NULL;
            karvan_i_pass(p, &known, 1, 1);
            if (s) karvan_i_text_add(p->to, s, strlen(s) + 1);
        }
}

/* The next text, where it stands; NULL: it is not known, or ends too late. */
static const char *next_text(karvan_i_passing *p) {
    char known = 0;
    karvan_i_pass(p, &known, 1, 1);
    const char *s = p->from, *end = p->good && known ? memchr(s, 0, p->left) : NULL;
    p->good =
        p->good &&
        (!known || (end && karvan_utf8_valid_prefix(s, (size_t)(end - s)) == (size_t)(end - s)));
    if (!end || !p->good) return NULL;
    p->left -= (size_t)(end + 1 - s), p->from = end + 1;
    return s;
}

static karvan_status get_cargo(karvan_i_passing *p, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[ENDS] = {{"origin", KARVAN_TEXT, NULL},
                                                {"destination", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int64_t rows = 0;
    karvan_i_pass(p, &rows, 1, sizeof rows);
    KARVAN_TRY(karvan_builder_create("cargo", ENDS, columns, &b, err));
    for (int64_t r = 0; p->good && r < rows; r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int c = 0; c < ENDS; c++) {
            const char *s = next_text(p);
            if (s) KARVAN_TRY(karvan_builder_text(b, c, s, err));
        }
    }
    KARVAN_REQUIRE(p->good && rows >= 0, err, KARVAN_E_DATA, "kept cargo ends too early");
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- demand ---- */

static void pass_demand(karvan_i_passing *p, karvan_freight_demand *d) {
    size_t n = (size_t)d->n;
    karvan_i_pass(p, d->origin, n, sizeof *d->origin);
    karvan_i_pass(p, d->destination, n, sizeof *d->destination);
    karvan_i_pass(p, d->cargo_class, n, sizeof *d->cargo_class);
    karvan_i_pass(p, d->teu_day, n, sizeof *d->teu_day);
    karvan_i_pass(p, d->row, n, sizeof *d->row);
    karvan_i_pass(p, d->kind, n, sizeof *d->kind);
    karvan_i_pass(p, &d->intrazonal_teu_day, 1, sizeof d->intrazonal_teu_day);
    karvan_i_pass(p, &d->other_years, 1, sizeof d->other_years);
}

static bool check_demand(const karvan_i_study_side *s) {
    const karvan_freight_demand *d = &s->demand;
    const karvan_table *places = karvan_package_table(s->region, "places"),
                       *classes = karvan_package_table(s->region, "cargo_classes");
    int64_t n_places = places ? karvan_table_rows(places) : 0,
            n_classes = classes ? karvan_table_rows(classes) : 0;
    for (int32_t k = 0; k < d->n; k++)
        if (d->origin[k] < 0 || d->origin[k] >= n_places || d->destination[k] < 0 ||
            d->destination[k] >= n_places || d->origin[k] == d->destination[k] ||
            d->cargo_class[k] < 0 || d->cargo_class[k] >= n_classes ||
            d->kind[k] > KARVAN_FREIGHT_TRANSIT || d->row[k] < 0 ||
            d->row[k] >= karvan_table_rows(s->cargo) ||
            !(d->teu_day[k] >= 0 && d->teu_day[k] < INFINITY))
            return false;
    return true;
}

static karvan_status get_demand(karvan_i_passing *p, karvan_freight_demand *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t pairs = 0;
    karvan_i_pass(p, &pairs, 1, sizeof pairs);
    KARVAN_REQUIRE(p->good && pairs >= 0 && (size_t)pairs <= p->left, err, KARVAN_E_DATA,
                   "more demand is told than there are bytes");
    size_t n = (size_t)pairs + 1;
    d->origin = karvan_i_malloc(n, sizeof *d->origin);
    d->destination = karvan_i_malloc(n, sizeof *d->destination);
    d->cargo_class = karvan_i_malloc(n, sizeof *d->cargo_class);
    d->teu_day = karvan_i_malloc(n, sizeof *d->teu_day);
    d->row = karvan_i_malloc(n, sizeof *d->row), d->kind = karvan_i_malloc(n, sizeof *d->kind);
    KARVAN_REQUIRE(d->origin && d->destination && d->cargo_class && d->teu_day && d->row && d->kind,
                   err, KARVAN_E_NOMEM, "no memory for %d pairs", (int)pairs);
    d->n = pairs;
    pass_demand(p, d);
    KARVAN_REQUIRE(p->good, err, KARVAN_E_DATA, "kept demand ends too early");
done:
    return st;
}

/* ---- the whole ---- */

karvan_status karvan_i_kept_pack(const karvan_i_study_side *s, karvan_i_text *out,
                                 karvan_error *err) {
    karvan_i_passing p = {.to = out, .good = true};
    karvan_freight_demand d = s->demand; /* what is passed is written only when it is read */
    karvan_i_pass(&p, &d.n, 1, sizeof d.n);
    pass_demand(&p, &d);
    put_cargo(&p, s->cargo);
    return karvan_i_freight_pack(s->freight, out, err);
}

karvan_status karvan_i_kept_unpack(karvan_i_study_side *s, const char *bytes, size_t n,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_passing p = {.from = bytes, .left = n, .good = true};
    KARVAN_TRY(get_demand(&p, &s->demand, err));
    KARVAN_TRY(get_cargo(&p, &s->cargo, err));
    KARVAN_REQUIRE(check_demand(s), err, KARVAN_E_DATA, "kept demand names what there is not");
    KARVAN_TRY(karvan_i_freight_prepare(s->region, &s->demand, &s->flow, &s->freight, err));
    KARVAN_TRY(karvan_i_freight_unpack(s->freight, p.from, p.left, err));
done:
    if (st == KARVAN_OK) return st;
    karvan_freight_destroy(s->freight), s->freight = NULL;
    karvan_table_destroy(s->cargo), s->cargo = NULL;
    karvan_freight_demand_clear(&s->demand);
    return st;
}
