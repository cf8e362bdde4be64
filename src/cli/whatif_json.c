/* karvan whatif --format json: an object a case, an array of them where there are several. */
#include <math.h>
#include <stdio.h>

#include "base/try.h"
#include "cli/whatif.h"
#include "table/cell.h"

static void number(const char *name, double v) {
    char word[40] = "null";
    if (isfinite(v)) karvan_real_format(v, word, sizeof word);
    (void)printf(", \"%s\": %s", name, word);
}

static void word(const char *before, const char *name, const char *s) {
    (void)printf("%s\"%s\": ", before, name);
    if (s)
        cli_json(stdout, s);
    else
        (void)printf("null");
}

static void next_neck(const whatif_told *t) {
    int64_t r = cli_whatif_next(t);
    (void)printf(", \"next_bottleneck\": ");
    if (r < 0) {
        (void)printf("null");
        return;
    }
    word("{", "id", karvan_i_cell_text(t->necks, "id", r));
    word(", ", "name", karvan_i_cell_text(t->necks, "name", r));
    number("price_usd", karvan_i_cell_real(t->necks, "after_price_usd", r));
    number("value_usd", karvan_i_cell_real(t->necks, "after_value_usd", r));
    (void)printf("}");
}

static void loads(const whatif_told *t) {
    int64_t home = karvan_table_lookup(t->corridors, 0, "unserved");
    (void)printf("    \"loads\": {\"binding_before\": %d, \"binding_after\": %d", t->before.binding,
                 t->after.binding);
    number("unserved_teu_before", karvan_i_cell_real(t->corridors, "before_teu", home));
    number("unserved_teu_after", karvan_i_cell_real(t->corridors, "after_teu", home));
    number("rents_before_usd", t->rents_before), number("rents_after_usd", t->rents_after);
    (void)printf(", \"flows_without_a_way\": %lld", (long long)t->shut);
    next_neck(t);
    (void)printf("},\n");
}

static void pairs(const whatif_told *t) {
    int64_t r = t->dearest;
    (void)printf("    \"pairs\": {\"pairs\": %lld", (long long)karvan_table_rows(t->pairs));
    number("largest_d_ln_tau", r < 0 ? 0 : karvan_i_cell_real(t->pairs, "d_ln_tau", r));
    word(", ", "exporter", r < 0 ? NULL : karvan_table_text(t->pairs, 0, r));
    word(", ", "importer", r < 0 ? NULL : karvan_table_text(t->pairs, 1, r));
    (void)printf("},\n");
}

static karvan_status stages(const whatif_told *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)printf("  \"stages\": {\n    \"edits\": {\"rows\": %lld},\n", (long long)t->rows);
    (void)printf("    \"costs\": {\"flows\": %d, \"routes\": %lld, \"routes_changed\": %lld},\n",
                 t->after.pairs, (long long)t->after.routes, (long long)t->after.changed);
    (void)printf("    \"corridors\": ");
    KARVAN_TRY(karvan_table_write(t->corridors, KARVAN_FORMAT_JSON, 0, stdout, err));
    (void)printf("    ,\n");
    loads(t), pairs(t);
    (void)printf("    \"trade\": {\"of\": \"the region's countries\"");
    number("before_usd", t->trade_before), number("after_usd", t->trade_after);
    (void)printf("},\n    \"fixed_point\": {\"rounds\": %d", t->after.rounds);
    number("residual", t->after.residual);
    (void)printf("}\n  },\n");
done:
    return st;
}

static karvan_status results(const whatif *w, int which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)printf("  \"results\": [\n");
    for (int m = 0; m < w->measures; m++) {
        karvan_measure of = karvan_study_measure(w->s, m);
        karvan_difference x;
        KARVAN_TRY(karvan_results_difference(w->results, which, m, &x, err));
        word("    {", "measure", of.measure), word(", ", "country", of.country);
        word(", ", "unit", of.unit);
        number("base", karvan_study_settled(w->s, -1)[m]), number("median", x.median);
        number("p5", x.p5), number("p95", x.p95);
        (void)printf("}%s\n", m + 1 < w->measures ? "," : "");
    }
    (void)printf("  ]");
done:
    return st;
}

static karvan_status one(const cli *c, const whatif *w, int which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    whatif_told t;
    karvan_difference x;
    KARVAN_TRY(cli_whatif_tell(c, w, which, &t, err));
    KARVAN_TRY(karvan_results_difference(w->results, which, w->benefit, &x, err));
    (void)printf("{\n");
    word("  ", "scenario", w->name[which]);
    (void)printf(",\n  \"converged\": %s", t.after.converged ? "true" : "false");
    number("residual", t.after.residual);
    if (w->draws > 0)
        (void)printf(", \"draws\": %lld, \"draws_not_settled\": %lld",
                     (long long)x.known + x.unknown, (long long)x.unknown);
    (void)printf(",\n");
    KARVAN_TRY(stages(&t, err));
    KARVAN_TRY(results(w, which, err));
    (void)printf("\n}");
done:
    cli_whatif_told_clear(&t);
    return st;
}

karvan_status cli_whatif_json(const cli *c, const whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (w->n > 1) (void)printf("[");
    for (int i = 0; i < w->n; i++) {
        if (i > 0) (void)printf(",\n");
        KARVAN_TRY(one(c, w, i, err));
    }
    (void)printf(w->n > 1 ? "]\n" : "\n");
done:
    return st;
}

void cli_whatif_json_failed(const char *name, const char *why) {
    word("{", "scenario", name);
    (void)printf(", \"converged\": false, \"residual\": null, \"stages\": {}");
    word(", ", "why", why);
    (void)printf(", \"results\": []}\n");
}
