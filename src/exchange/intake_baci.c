/* BACI of CEPII: t,i,j,k,v,q, thousand USD free on board and tonnes. As CEPII writes it, a record
 * is six numbers; those are read by hand, a block at a time, by several threads in parts of the
 * file. A record that is not so goes the usual way. Both ways give the same: sums are exact.
 * Source: Gaulier and Zignago 2010, CEPII working paper 2010-23. */
#include "exchange/intake_baci.h"

#include <string.h>

#include "base/try.h"

static const karvan_i_intake_column columns[KARVAN_I_BACI_COLUMNS] = {{{"t", "year", "Year"}, true},
                                                                      {{"i"}, true},
                                                                      {{"j"}, true},
                                                                      {{"k"}, true},
                                                                      {{"v"}, true},
                                                                      {{"q"}, false}};

static bool whole(karvan_i_intake_cell c, uint32_t *out) {
    *out = 0;
    if (c.n == 0 || c.n > 9) return false;
    for (size_t i = 0; i < c.n; i++) {
        if (c.s[i] < '0' || c.s[i] > '9') return false;
        *out = 10 * *out + (uint32_t)(c.s[i] - '0');
    }
    return true;
}

static karvan_status drop(karvan_i_sink *s, karvan_i_left_out why, const char *column,
                          karvan_i_intake_cell c, karvan_error *err) {
    return karvan_i_sink_drop(s, why, column, c.s, c.n, err);
}

static uint32_t product_of(const karvan_i_by *by, uint32_t k) {
    switch (by->digits) {
    case 0:
        return 0;
    case 2:
        return k / 10000 + 1;
    case 4:
        return k / 100 + 1;
    default:
        return k + 1;
    }
}

karvan_status karvan_i_baci_add(const karvan_i_intake *in, karvan_i_sink *s,
                                const karvan_i_baci_row *r, karvan_error *err) {
    karvan_i_intake_row f = {.year = (int)r->t,
                             .exporter = (uint32_t)in->label_of[r->i] - 1,
                             .importer = (uint32_t)in->label_of[r->j] - 1,
                             .product = product_of(&s->by, r->k),
                             .attributes = in->classes.n > 0 ? 1u << 2 : 0,
                             .order = karvan_i_flow_order((int)r->t, r->i, r->j, r->k),
                             .value = r->v,
                             .quantity = r->q,
                             .unit = r->has_q};
    return karvan_i_sink_add(s, &f, err);
}

karvan_status karvan_i_baci_cells(const karvan_i_intake *in, karvan_i_sink *s,
                                  const karvan_i_intake_cell *cell, karvan_error *err) {
    static const karvan_i_left_out values[] = {
        [KARVAN_I_AMOUNT_MISSING] = KARVAN_I_OUT_NO_VALUE,
        [KARVAN_I_AMOUNT_TEXT] = KARVAN_I_OUT_BAD_VALUE,
        [KARVAN_I_AMOUNT_NEGATIVE] = KARVAN_I_OUT_NEGATIVE_VALUE,
        [KARVAN_I_AMOUNT_INFINITE] = KARVAN_I_OUT_INFINITE_VALUE,
        [KARVAN_I_AMOUNT_LARGE] = KARVAN_I_OUT_LARGE_VALUE};
    karvan_i_baci_row r;
    int year;
    if (!karvan_i_intake_year(cell[0], &year))
        return drop(s, cell[0].n ? KARVAN_I_OUT_BAD_YEAR : KARVAN_I_OUT_NO_YEAR, "t", cell[0], err);
    r.t = (uint32_t)year;
    if (!whole(cell[1], &r.i) || r.i >= KARVAN_I_AREAS || !in->label_of[r.i])
        return drop(s, KARVAN_I_OUT_BAD_COUNTRY, "i", cell[1], err);
    if (!whole(cell[2], &r.j) || r.j >= KARVAN_I_AREAS || !in->label_of[r.j])
        return drop(s, KARVAN_I_OUT_BAD_COUNTRY, "j", cell[2], err);
    if (!whole(cell[3], &r.k) || r.k > 999999)
        return drop(s, KARVAN_I_OUT_BAD_PRODUCT, "k", cell[3], err);
    karvan_i_amount_kind v = karvan_i_amount_parse(cell[4].s, cell[4].n, in->point, &r.v);
    if (v != KARVAN_I_AMOUNT_OK) return drop(s, values[v], "v", cell[4], err);
    karvan_i_amount_kind q = karvan_i_amount_parse(cell[5].s, cell[5].n, in->point, &r.q);
    r.has_q = q == KARVAN_I_AMOUNT_OK;
    if (!r.has_q && q != KARVAN_I_AMOUNT_MISSING) {
        karvan_status st = drop(s, KARVAN_I_OUT_BAD_QUANTITY, "q", cell[5], err);
        if (st != KARVAN_OK) return st;
    }
    return karvan_i_baci_add(in, s, &r, err);
}

static karvan_status row(karvan_i_intake *in, const karvan_i_intake_cell *cell, karvan_error *err) {
    return karvan_i_baci_cells(in, &in->sink, cell, err);
}

const karvan_i_intake_format karvan_i_intake_baci = {.name = "baci",
                                                     .title = "BACI of CEPII, one year or several",
                                                     .unit = "thousand USD",
                                                     .price_basis = "fob",
                                                     .reported_by = "reconciled",
                                                     .quantities = true,
                                                     .n_columns = KARVAN_I_BACI_COLUMNS,
                                                     .columns = columns,
                                                     .row = row,
                                                     .quick = karvan_i_baci_quick};
