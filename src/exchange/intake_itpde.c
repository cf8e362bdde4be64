/* ITPD-E, the International Trade and Production Database for Estimation of the USITC, releases 1
 * to 3: trade and domestic trade by industry, million USD. Source of the columns: the list of
 * variables on usitc.gov/data/gravity. */
#include <string.h>

#include "base/try.h"
#include "exchange/intake.h"

enum { EXPORTER, IMPORTER, YEAR, INDUSTRY, TRADE, MIRROR, ZERO, COLUMNS };

static const karvan_i_intake_column columns[COLUMNS] = {[EXPORTER] = {{"exporter_iso3"}, true},
                                                        [IMPORTER] = {{"importer_iso3"}, true},
                                                        [YEAR] = {{"year"}, true},
                                                        [INDUSTRY] = {{"industry_id"}, true},
                                                        [TRADE] = {{"trade"}, true},
                                                        [MIRROR] = {{"flag_mirror"}, false},
                                                        [ZERO] = {{"flag_zero"}, false}};

static bool is(karvan_i_intake_cell c, const char *s) {
    return c.n == strlen(s) && memcmp(c.s, s, c.n) == 0;
}

static karvan_status country(karvan_i_intake *in, karvan_i_intake_cell c, const char *column,
                             uint32_t *out, bool *ok, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *ok = c.n == 3;
    if (*ok) st = karvan_i_intake_label(in, c.s, c.n, out, ok, err);
    if (st != KARVAN_OK || *ok) return st;
    return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_BAD_COUNTRY, column, c.s, c.n, err);
}

static bool industry_number(karvan_i_intake_cell c, uint32_t *out) {
    *out = 0;
    if (c.n == 0 || c.n > 6) return false;
    for (size_t i = 0; i < c.n; i++) {
        if (c.s[i] < '0' || c.s[i] > '9') return false;
        *out = 10 * *out + (uint32_t)(c.s[i] - '0');
    }
    return true;
}

static karvan_status row(karvan_i_intake *in, const karvan_i_intake_cell *cell, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_intake_row f = {0};
    uint32_t industry;
    int32_t code;
    bool ok;
    if (!karvan_i_intake_year(cell[YEAR], &f.year))
        return karvan_i_sink_drop(&in->sink,
                                  cell[YEAR].n ? KARVAN_I_OUT_BAD_YEAR : KARVAN_I_OUT_NO_YEAR,
                                  "year", cell[YEAR].s, cell[YEAR].n, err);
    KARVAN_TRY(country(in, cell[EXPORTER], "exporter_iso3", &f.exporter, &ok, err));
    if (!ok) goto done;
    KARVAN_TRY(country(in, cell[IMPORTER], "importer_iso3", &f.importer, &ok, err));
    if (!ok) goto done;
    if (!industry_number(cell[INDUSTRY], &industry))
        return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_BAD_PRODUCT, "industry_id",
                                  cell[INDUSTRY].s, cell[INDUSTRY].n, err);
    KARVAN_TRY(karvan_i_intake_value(in, "trade", cell[TRADE], &f.value, &ok, err));
    if (!ok) goto done;
    f.order = karvan_i_flow_order(f.year, f.exporter, f.importer, industry);
    f.attributes = 1u << 2; /* the one classification, which intake.c has set */
    if (in->sink.by.digits) {
        KARVAN_TRY(
            karvan_i_dictionary_add(&in->products, cell[INDUSTRY].s, cell[INDUSTRY].n, &code, err));
        f.product = (uint32_t)code + 1;
    }
    if (is(cell[MIRROR], "1")) f.flags |= KARVAN_I_FLOW_MIRROR;
    if (is(cell[ZERO], "u")) f.flags |= KARVAN_I_FLOW_ASSUMED_ZERO;
    st = karvan_i_sink_add(&in->sink, &f, err);
done:
    return st;
}

const karvan_i_intake_format karvan_i_intake_itpde = {.name = "itpde",
                                                      .title =
                                                          "ITPD-E of the USITC, releases 1 to 3",
                                                      .unit = "million USD",
                                                      .price_basis = "as reported",
                                                      .reported_by = "both",
                                                      .classification = "ITPD",
                                                      .n_columns = COLUMNS,
                                                      .columns = columns,
                                                      .row = row};
