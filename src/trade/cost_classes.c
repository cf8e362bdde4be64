/* Cargo classes as the bridge from cost to trade reads them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/cost.h"

int32_t karvan_i_class_find(const karvan_cost *c, const char *id) {
    for (int32_t k = 0; k < c->n_classes; k++)
        if (strcmp(c->cls[k].id, id) == 0) return k;
    return -1;
}

void karvan_i_classes_clear(karvan_cost *c) {
    for (int32_t k = 0; k < c->n_classes; k++) karvan_i_free(c->cls[k].id);
    karvan_i_free(c->cls);
    c->cls = NULL, c->n_classes = 0;
}

/* Two quantiles belong together, above 0, with the stated value between them. */
static karvan_status read_range(const karvan_table *t, int64_t row, const char *low_column,
                                const char *high_column, double scale, double stated, double *low,
                                double *high, karvan_error *err) {
    double a = karvan_i_cell_real(t, low_column, row), b = karvan_i_cell_real(t, high_column, row);
    *low = *high = NAN;
    if (isnan(a) && isnan(b)) return KARVAN_OK;
    if (isnan(a) || isnan(b))
        return karvan_i_cell_refuse(t, isnan(a) ? low_column : high_column, row,
                                    "one end of the range is missing; give both or none", err);
    a *= scale, b *= scale;
    if (!(a > 0) || !(a <= stated) || !(stated <= b))
        return karvan_i_cell_refuse(t, low_column, row,
                                    "a range is above 0 and holds the value stated beside it", err);
    *low = a, *high = b;
    return KARVAN_OK;
}

static karvan_status read_class(const karvan_table *t, int64_t row, karvan_i_class *k,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double v = karvan_i_cell_real(t, "value_usd_per_t", row),
           day = karvan_i_cell_real(t, "delta_percent_day", row),
           rho = karvan_i_cell_real(t, "reliability_ratio", row);
    k->row = row;
    if (!(v > 0))
        return karvan_i_cell_refuse(t, "value_usd_per_t", row,
                                    "a class needs its value of a tonne, above 0", err);
    if (!(day >= 0))
        return karvan_i_cell_refuse(t, "delta_percent_day", row,
                                    "a class needs the worth of a day in transit, from 0", err);
    if (!(rho >= 0))
        return karvan_i_cell_refuse(t, "reliability_ratio", row,
                                    "a class needs its reliability ratio, from 0", err);
    k->at = (karvan_i_worth){v, day / 100, rho};
    KARVAN_TRY(read_range(t, row, "value_low_usd_per_t", "value_high_usd_per_t", 1, v,
                          &k->usd_t_low, &k->usd_t_high, err));
    KARVAN_TRY(read_range(t, row, "delta_low", "delta_high", 0.01, day / 100, &k->per_day_low,
                          &k->per_day_high, err));
done:
    return st;
}

karvan_status karvan_i_classes_read(const karvan_table *t, karvan_cost *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int id_column = -1, ignored;
    static const char *const needed[] = {"value_usd_per_t", "delta_percent_day",
                                         "reliability_ratio"};
    KARVAN_TRY(karvan_i_need_column(t, "id", &id_column, err));
    for (int k = 0; k < 3; k++) KARVAN_TRY(karvan_i_need_column(t, needed[k], &ignored, err));
    int64_t rows = karvan_table_rows(t);
    KARVAN_REQUIRE(rows > 0 && rows < INT32_MAX, err, KARVAN_E_DATA,
                   "table %s has no cargo classes", karvan_table_name(t));
    c->cls = karvan_i_calloc((size_t)rows, sizeof *c->cls);
    KARVAN_REQUIRE(c->cls, err, KARVAN_E_NOMEM, "no memory for cargo classes");
    for (int64_t r = 0; r < rows; r++) {
        const char *id = karvan_table_text(t, id_column, r);
        if (!id) {
            st = karvan_i_refuse(t, id_column, r, "a class without an id", err);
            goto done;
        }
        if (karvan_i_class_find(c, id) >= 0) {
            st = karvan_i_refuse(t, id_column, r, "this class stands in an earlier row", err);
            goto done;
        }
        karvan_i_class *k = &c->cls[c->n_classes];
        k->id = karvan_i_strndup(id, strlen(id));
        KARVAN_REQUIRE(k->id, err, KARVAN_E_NOMEM, "no memory for cargo classes");
        c->n_classes++;
        KARVAN_TRY(read_class(t, r, k, err));
    }
done:
    return st;
}
