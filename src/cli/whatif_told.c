/* What is told of a case in a few numbers, for scripts and for readers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "cli/whatif.h"
#include "table/cell.h"

bool cli_whatif_edits(const char *name, const karvan_table *scenarios, int64_t row) {
    const char *of = karvan_i_cell_text(scenarios, "intervention", row);
    size_t n = of ? strlen(of) : 0;
    for (const char *at = name; n > 0 && at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == n && strncmp(at, of, n) == 0) return true;
    return false;
}

void cli_whatif_told_clear(whatif_told *t) {
    karvan_table_destroy(t->corridors), karvan_table_destroy(t->necks);
    karvan_table_destroy(t->pairs), karvan_table_destroy(t->countries);
    *t = (whatif_told){0};
}

static bool is_own(const karvan_table *countries, const char *code) {
    int64_t r = karvan_table_lookup(countries, 0, code);
    return r >= 0 && karvan_i_cell_bool(countries, "own", r);
}

static void tell_trade(whatif_told *t) {
    double most = 0;
    t->dearest = -1;
    for (int64_t r = 0; r < karvan_table_rows(t->pairs); r++) {
        double d = fabs(karvan_i_cell_real(t->pairs, "d_ln_tau", r));
        if (d > most) most = d, t->dearest = r;
        if (!is_own(t->countries, karvan_table_text(t->pairs, 0, r)) &&
            !is_own(t->countries, karvan_table_text(t->pairs, 1, r)))
            continue;
        t->trade_before += karvan_i_cell_real(t->pairs, "before_trade_usd", r);
        t->trade_after += karvan_i_cell_real(t->pairs, "after_trade_usd", r);
    }
}

/* Waits are lost; prices of what is full are what its owner could take. */
static void tell_rents(whatif_told *t) {
    for (int64_t r = 0; r < karvan_table_rows(t->necks); r++) {
        if (!(karvan_i_cell_real(t->necks, "before_delay_h", r) > 0))
            t->rents_before += karvan_i_cell_real(t->necks, "before_value_usd", r);
        if (!(karvan_i_cell_real(t->necks, "after_delay_h", r) > 0))
            t->rents_after += karvan_i_cell_real(t->necks, "after_value_usd", r);
    }
}

static karvan_status tell_shut(const whatif *w, int which, whatif_told *t, karvan_error *err) {
    karvan_table *costs = NULL;
    double most = -1;
    karvan_status st = karvan_study_stage(w->s, which, KARVAN_STAGE_COSTS, &costs, err);
    for (int64_t r = 0; st == KARVAN_OK && r < karvan_table_rows(costs); r++) {
        double teu = karvan_i_cell_real(costs, "before_teu_day", r);
        if (!(karvan_i_cell_real(costs, "before_routes", r) > 0) ||
            karvan_i_cell_real(costs, "after_routes", r) > 0)
            continue;
        t->shut++;
        if (!(teu > most)) continue;
        most = teu;
        (void)snprintf(t->shut_from, sizeof t->shut_from, "%s", karvan_table_text(costs, 0, r));
        (void)snprintf(t->shut_to, sizeof t->shut_to, "%s", karvan_table_text(costs, 1, r));
    }
    karvan_table_destroy(costs);
    return st;
}

karvan_status cli_whatif_tell(const cli *c, const whatif *w, int which, whatif_told *out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *scenarios = karvan_package_table(c->region, "scenarios");
    *out = (whatif_told){.before = karvan_study_statistics(w->s, -1),
                         .after = karvan_study_statistics(w->s, which)};
    for (int64_t r = 0; scenarios && r < karvan_table_rows(scenarios); r++)
        out->rows += cli_whatif_edits(w->name[which], scenarios, r);
    KARVAN_TRY(karvan_study_stage(w->s, which, KARVAN_STAGE_CORRIDORS, &out->corridors, err));
    KARVAN_TRY(karvan_study_stage(w->s, which, KARVAN_STAGE_NECKS, &out->necks, err));
    KARVAN_TRY(karvan_study_stage(w->s, which, KARVAN_STAGE_PAIRS, &out->pairs, err));
    KARVAN_TRY(karvan_study_stage(w->s, which, KARVAN_STAGE_COUNTRIES, &out->countries, err));
    tell_trade(out);
    tell_rents(out);
    KARVAN_TRY(tell_shut(w, which, out, err));
done:
    if (st != KARVAN_OK) cli_whatif_told_clear(out);
    return st;
}

int64_t cli_whatif_next(const whatif_told *t) {
    return karvan_table_rows(t->necks) > 0 && karvan_i_cell_real(t->necks, "after_value_usd", 0) > 0
               ? 0
               : -1;
}
