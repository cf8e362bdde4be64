/* What follows from ties between countries: where a side binds two that the base does not bind, the
 * interventions that table ties names are laid over it too, once each. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"
#include "table/cell.h"

typedef struct tying {
    const karvan_package *before, *after;
    karvan_table *was, *now; /* panels: flags of pairs; NULL until one is needed */
    karvan_day date;
} tying;

bool karvan_i_ties_edited(const karvan_package *region, int n_names, const char *const *names) {
    static const char *const tables[] = {"agreements", "agreement_parties", "memberships"};
    const karvan_table *t = karvan_package_table(region, "scenarios");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        for (int i = 0; i < n_names; i++)
            for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
                if (karvan_i_cell_is(t, "intervention", r, names[i]) &&
                    karvan_i_cell_is(t, "table", r, tables[k]))
                    return true;
    return false;
}

/* ---- agreements ---- */

/* Is a flag of the panel set for a pair? partner NULL: with anybody but itself. */
static bool flagged(const karvan_table *panel, const char *flag, const char *country,
                    const char *partner) {
    int c = karvan_table_find(panel, flag), from = karvan_table_find(panel, "exporter"),
        to = karvan_table_find(panel, "importer");
    for (int64_t r = 0; c >= 0 && r < karvan_table_rows(panel); r++) {
        const char *a = karvan_table_text(panel, from, r), *b = karvan_table_text(panel, to, r);
        if (strcmp(a, country) == 0 && strcmp(a, b) != 0 && (!partner || strcmp(b, partner) == 0) &&
            karvan_table_int(panel, c, r) != 0)
            return true;
    }
    return false;
}

/* ---- memberships ---- */

static bool member(const tying *k, const karvan_package *region, const char *organisation,
                   const char *country) {
    const karvan_table *t = karvan_package_table(region, "memberships");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const karvan_edtf *from = karvan_i_cell_date(t, "from", r);
        if (karvan_i_cell_is(t, "organisation", r, organisation) &&
            karvan_i_cell_is(t, "country", r, country) &&
            karvan_i_cell_is(t, "status", r, "member") && from &&
            karvan_i_open_on(from, karvan_i_cell_date(t, "to", r), k->date))
            return true;
    }
    return false;
}

static bool both_members(const tying *k, const karvan_package *region, const char *organisation,
                         const char *country, const char *partner) {
    return member(k, region, organisation, country) &&
           (!partner || member(k, region, organisation, partner));
}

/* ---- the whole ---- */

static karvan_status comes_to_hold(tying *k, const karvan_table *t, int64_t r, bool *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *what = karvan_i_cell_text(t, "what", r),
               *country = karvan_i_cell_text(t, "country", r),
               *partner = karvan_i_cell_text(t, "partner", r);
    *out = false;
    if (!what || !country) return KARVAN_OK;
    if (partner && !*partner) partner = NULL;
    if (karvan_i_cell_is(t, "kind", r, "membership")) {
        *out = !both_members(k, k->before, what, country, partner) &&
               both_members(k, k->after, what, country, partner);
        return KARVAN_OK;
    }
    if (!k->was) KARVAN_TRY(karvan_i_exchange_panel(k->before, &k->was, err));
    if (!k->now) KARVAN_TRY(karvan_i_exchange_panel(k->after, &k->now, err));
    *out = !flagged(k->was, what, country, partner) && flagged(k->now, what, country, partner);
done:
    return st;
}

karvan_status karvan_i_ties_follow(const karvan_package *before, const karvan_package *after,
                                   karvan_day date, int most, int *n, const char **names,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(before, "ties");
    tying k = {.before = before, .after = after, .date = date};
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *name = karvan_i_cell_text(t, "intervention", r);
        bool holds, known = false;
        KARVAN_TRY(comes_to_hold(&k, t, r, &holds, err));
        for (int i = 0; i < *n; i++) known = known || strcmp(names[i], name) == 0;
        if (!holds || known) continue;
        KARVAN_REQUIRE(*n < most, err, KARVAN_E_ARG, "more than %d interventions in one case",
                       most);
        names[(*n)++] = name;
    }
done:
    karvan_table_destroy(k.was), karvan_table_destroy(k.now);
    return st;
}
