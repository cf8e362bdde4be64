/* Which cases karvan rank has. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/rank.h"
#include "table/cell.h"

void rank_cases_clear(rank_cases *x) {
    for (int i = 0; i < x->n; i++) karvan_i_free(x->name[i]);
    karvan_i_free(x->name), karvan_i_free(x->ranked), karvan_i_free(x->shown);
    *x = (rank_cases){0};
}

static bool is_case(const rank_cases *x, const char *name) {
    for (int i = 0; i < x->n; i++)
        if (strcmp(x->name[i], name) == 0) return true;
    return false;
}

static karvan_status add(rank_cases *x, const char *name, bool ranked, bool shown,
                         karvan_error *err) {
    if (is_case(x, name)) return KARVAN_OK;
    if (x->n == x->cap) {
        int cap = x->cap > 0 ? 2 * x->cap : 64;
        char **names = karvan_i_realloc(x->name, (size_t)cap, sizeof *names);
        if (names) x->name = names;
        bool *flags = karvan_i_realloc(x->ranked, (size_t)cap, sizeof *flags);
        if (flags) x->ranked = flags;
        bool *seen = karvan_i_realloc(x->shown, (size_t)cap, sizeof *seen);
        if (seen) x->shown = seen;
        if (!names || !flags || !seen)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for cases");
        x->cap = cap;
    }
    x->name[x->n] = karvan_i_strndup(name, strlen(name));
    if (!x->name[x->n]) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for cases");
    x->ranked[x->n] = ranked, x->shown[x->n++] = shown;
    return KARVAN_OK;
}

/* An improvement of the region. */
static bool improves(const karvan_package *region, const char *name) {
    return karvan_i_cell_is(karvan_package_table(region, "interventions"), "kind",
                            karvan_package_row(region, "interventions", name), "improvement");
}

static bool has_rows(const karvan_package *region, const char *name) {
    const karvan_table *t = karvan_package_table(region, "scenarios");
    int c = t ? karvan_table_find(t, "intervention") : -1;
    return c >= 0 && karvan_table_lookup(t, c, name) >= 0;
}

karvan_status rank_cases_all(const karvan_package *region, bool disruptions, rank_cases *out,
                             karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, "interventions");
    karvan_status st = KARVAN_OK;
    *out = (rank_cases){0};
    for (int64_t r = 0; st == KARVAN_OK && t && r < karvan_table_rows(t); r++) {
        const char *id = karvan_i_cell_text(t, "id", r);
        bool better = karvan_i_cell_is(t, "kind", r, "improvement"),
             worse = karvan_i_cell_is(t, "kind", r, "disruption");
        if (!id || !has_rows(region, id)) continue;
        if (better || (worse && disruptions)) st = add(out, id, better, true, err);
    }
    if (st != KARVAN_OK) rank_cases_clear(out);
    return st;
}

static karvan_status read_all(const cli *c, rank_cases *x, karvan_error *err) {
    karvan_status st = rank_cases_all(c->region, cli_switch(c, "disruptions"), x, err);
    if (st == KARVAN_OK && x->n == 0)
        st = karvan_fail(err, KARVAN_E_DATA,
                         "region %s has no improvement with rows in table scenarios",
                         karvan_package_name(c->region));
    return st;
}

static karvan_status add_pairs(rank_cases *x, int n, const int *of, karvan_error *err) {
    karvan_i_text name = {0};
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; st == KARVAN_OK && j < n; j++) {
            karvan_i_text_clear(&name);
            karvan_i_text_printf(&name, "%s,%s", x->name[of[j]], x->name[of[i]]);
            st = karvan_i_text_status(&name, err);
            if (st == KARVAN_OK && is_case(x, name.s)) continue; /* named the other way round */
            karvan_i_text_clear(&name);
            karvan_i_text_printf(&name, "%s,%s", x->name[of[i]], x->name[of[j]]);
            if (st == KARVAN_OK) st = karvan_i_text_status(&name, err);
            if (st == KARVAN_OK) st = add(x, name.s, false, false, err);
        }
    karvan_i_text_clear(&name);
    return st;
}

/* Parts of named cases are cases too where pairs are asked for. */
static karvan_status read_named(const cli *c, rank_cases *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < c->n_arguments; i++) {
        char *words = karvan_i_strndup(c->argument[i], strlen(c->argument[i]));
        KARVAN_REQUIRE(words, err, KARVAN_E_NOMEM, "no memory for cases");
        bool several = strchr(words, ',') != NULL;
        if (several && cli_switch(c, "pairs"))
            for (char *at = strtok(words, ","); st == KARVAN_OK && at; at = strtok(NULL, ","))
                st = add(x, at, improves(c->region, at), true, err);
        karvan_i_free(words);
        KARVAN_TRY(st);
        KARVAN_TRY(
            add(x, c->argument[i], !several && improves(c->region, c->argument[i]), true, err));
    }
done:
    return st;
}

karvan_status rank_cases_read(const cli *c, rank_cases *out, karvan_error *err) {
    *out = (rank_cases){0};
    karvan_status st = c->n_arguments > 0 ? read_named(c, out, err) : read_all(c, out, err);
    if (st != KARVAN_OK) rank_cases_clear(out);
    return st;
}

karvan_status rank_cases_pair(const karvan_study *s, rank_cases *x, karvan_error *err) {
    int measure = karvan_study_find(s, "benefit", ""), best[RANK_PAIRED_MOST], n = 0;
    const double *base = karvan_study_settled(s, -1);
    for (int i = 0; i < x->n; i++) {
        if (!x->ranked[i]) continue;
        double v = karvan_study_settled(s, i)[measure] - base[measure];
        int at = n;
        for (; at > 0; at--) { /* equals stay in their order */
            double before = karvan_study_settled(s, best[at - 1])[measure] - base[measure];
            if (before >= v) break;
        }
        if (at == RANK_PAIRED_MOST) continue;
        n += n < RANK_PAIRED_MOST;
        memmove(best + at + 1, best + at, (size_t)(n - 1 - at) * sizeof *best);
        best[at] = i;
    }
    return add_pairs(x, n, best, err);
}
