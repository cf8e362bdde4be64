/* One effect or cluster by itself, and the names of levels. */
#include "base/alloc.h"
#include "base/try.h"
#include "trade/expression.h"
#include "trade/levels.h"

karvan_status karvan_i_effect_create(const karvan_table *data, const char *text, int64_t n,
                                     const int32_t *row, karvan_i_effect *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_formula *f = NULL;
    karvan_i_bound b = {0};
    karvan_i_combination c = {0};
    karvan_i_ranks ranks[KARVAN_I_EFFECT_COLUMNS] = {{0}};
    const karvan_i_ranks *all[KARVAN_I_EFFECT_COLUMNS];
    *e = (karvan_i_effect){0};
    KARVAN_TRY(karvan_i_formula_empty(&f, err));
    KARVAN_TRY(karvan_i_formula_combination(f, "cluster", text, &c, err));
    KARVAN_TRY(karvan_i_bind(f, data, &b, err));
    for (int i = 0; i < c.n; i++) {
        KARVAN_TRY(karvan_i_bound_need(&b, c.variable[i], err));
        e->column[i] = b.column[c.variable[i]];
        KARVAN_TRY(karvan_i_ranks_create(data, e->column[i], n, row, &ranks[i], err));
        all[i] = &ranks[i];
    }
    e->n_columns = c.n;
    e->name = c.name, c.name = NULL;
    KARVAN_TRY(karvan_i_levels(all, n, row, e, err));
done:
    for (int i = 0; i < KARVAN_I_EFFECT_COLUMNS; i++) karvan_i_ranks_clear(&ranks[i]);
    karvan_i_free(c.name);
    karvan_i_bound_clear(&b);
    karvan_i_formula_destroy(f);
    if (st != KARVAN_OK) karvan_i_effect_clear(e);
    return st;
}

void karvan_i_effect_label(const karvan_i_design *d, const karvan_i_effect *e, int32_t level,
                           char *out, size_t cap) {
    size_t n = 0;
    for (int i = 0; i < e->n_columns && n < cap; i++) {
        char part[300];
        karvan_i_cell_label(d->data, e->column[i], e->first_row[level], part, sizeof part);
        int added = snprintf(out + n, cap - n, "%s%s", i ? "^" : "", part);
        n += (size_t)added;
    }
}
