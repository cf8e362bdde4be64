#include "report/trade_facts.h"

#include <string.h>

#include "base/try.h"
#include "table/cell.h"
#include "trade/matrix.h"

const char *karvan_i_setting(const karvan_package *region, const char *key, const char *otherwise) {
    const karvan_table *t = karvan_package_table(region, "settings");
    const char *s =
        karvan_i_cell_text(t, "value", t ? karvan_package_row(region, "settings", key) : -1);
    return s ? s : otherwise;
}

static bool is_asked(const karvan_table *countries, int64_t r, const char *country,
                     const char *only, const char *group) {
    if (karvan_i_cell_is(countries, "iso3", r, country)) return false;
    return only ? karvan_i_cell_is(countries, "iso3", r, only)
                : karvan_i_cell_is(countries, "group", r, group);
}

karvan_status karvan_i_leave_out(karvan_status st, const karvan_error *why, karvan_error *err) {
    if (st == KARVAN_OK || st == KARVAN_E_ARG || st == KARVAN_E_DATA || st == KARVAN_E_NOCONV)
        return KARVAN_OK;
    return karvan_fail(err, st, "%s", why->msg);
}

/* The data set that a setting names; none where several could be meant. */
static karvan_status read_matrix(const karvan_package *region, const char *setting,
                                 karvan_table **out, const char **name, karvan_error *err) {
    const karvan_table *t = NULL;
    karvan_error why = {0};
    karvan_status st = karvan_i_matrix_dataset(region, NULL, setting, &t, name, &why);
    if (st != KARVAN_OK) return karvan_i_leave_out(st, &why, err);
    return karvan_trade_matrix(region, *name, out, err);
}

karvan_status karvan_i_trade_facts_init(karvan_i_trade_facts *f, const karvan_package *region,
                                        const char *country, const char *only, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *countries = NULL;
    *f = (karvan_i_trade_facts){.region = region, .country = country};
    KARVAN_TRY(karvan_i_need_table(region, "countries", &countries, err));
    if (!only) f->group = karvan_i_setting(region, "report_group", "central_asia");
    for (int64_t r = 0; r < karvan_table_rows(countries) && f->n_partners < KARVAN_I_PARTNERS_MAX;
         r++)
        if (karvan_i_cell_text(countries, "iso3", r) &&
            is_asked(countries, r, country, only, f->group))
            f->partner[f->n_partners++] = karvan_i_cell_text(countries, "iso3", r);
    if (!karvan_package_table(region, "trade_matrix")) goto done;
    KARVAN_TRY(read_matrix(region, "matrix_trade", &f->matrix, &f->matrix_name, err));
    KARVAN_TRY(read_matrix(region, "matrix_products", &f->products, &f->products_name, err));
done:
    return st;
}

karvan_status karvan_i_trade_facts_panel(karvan_i_trade_facts *f, const karvan_table **out,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error why = {0};
    if (f->matrix && !f->panel)
        st = karvan_i_leave_out(karvan_trade_panel(f->region, NULL, &f->panel, &why), &why, err);
    *out = f->panel;
    return st;
}

void karvan_i_trade_facts_clear(karvan_i_trade_facts *f) {
    karvan_table_destroy(f->panel), karvan_table_destroy(f->products);
    karvan_table_destroy(f->matrix);
    *f = (karvan_i_trade_facts){0};
}

bool karvan_i_is_partner(const karvan_i_trade_facts *f, const char *code) {
    for (int i = 0; code && i < f->n_partners; i++)
        if (strcmp(f->partner[i], code) == 0) return true;
    return false;
}

/* "central_asia" is told as "Central Asia". */
const char *karvan_i_partners_name(karvan_i_page *p, const karvan_i_trade_facts *f) {
    bool begins = true;
    size_t n = 0;
    if (!f->group) return f->n_partners ? karvan_i_party_name(p, f->partner[0]) : "nobody";
    for (const char *s = f->group; *s && n + 1 < sizeof p->group_name; s++) {
        char c = *s == '_' ? ' ' : *s;
        if (begins && c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        begins = c == ' ';
        p->group_name[n++] = c;
    }
    p->group_name[n] = 0;
    return p->group_name;
}
