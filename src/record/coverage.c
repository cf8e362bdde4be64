/* What the region's tables claim to know: only there does a missing row mean that there is
 * nothing. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/pairs.h"
#include "table/cell.h"
#include "table/match.h"

enum { WORD = 64 };

/* Does a list parted by `;` hold the word, or everything (`*`)? */
static bool lists(const char *list, const char *word) {
    char one[WORD];
    for (const char *at = list; at && karvan_i_next_name(&at, one, sizeof one);)
        if (strcmp(one, "*") == 0 || strcmp(one, word) == 0) return true;
    return false;
}

/* All kinds that a measure rests on. */
static bool lists_all(const char *list, const char *kinds) {
    char one[WORD];
    for (const char *at = kinds; at && karvan_i_next_name(&at, one, sizeof one);)
        if (!lists(list, one)) return false;
    return true;
}

static uint64_t measures_of(const char *table, const char *subset) {
    uint64_t bits = 0;
    for (int i = 0; i < KARVAN_I_MEASURES; i++) {
        const karvan_i_measure *m = &karvan_i_measures[i];
        bool any_part =
            m->how == KARVAN_I_EXPORTS || m->how == KARVAN_I_BODIES; /* told apart later */
        if (strcmp(m->table, table) == 0 &&
            (!subset || any_part || (lists_all(subset, m->kinds) && lists_all(subset, m->closing))))
            bits |= (uint64_t)1 << i;
    }
    return bits;
}

int32_t karvan_i_pairs_country(const karvan_pairs *p, const char *code) {
    return code ? (int32_t)karvan_package_row(p->region, "countries", code) : -1;
}

static karvan_status mark(const karvan_pairs *p, const karvan_table *t, const char *column,
                          int64_t row, bool bodies, uint8_t **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char one[WORD], what[120];
    const char *at = karvan_i_cell_text(t, column, row);
    size_t n = (size_t)(bodies ? p->n_bodies : p->n_countries);
    if (!at) {
        if (!bodies) return KARVAN_OK;
        at = "*";
    }
    *out = karvan_i_calloc(n + 1, 1);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "coverage");
    while (karvan_i_next_name(&at, one, sizeof one)) {
        int64_t k = karvan_package_row(p->region, bodies ? "organisations" : "countries", one);
        (void)snprintf(what, sizeof what, "'%s' is no %s", one,
                       bodies ? "organisation" : "country");
        if (strcmp(one, "*") == 0)
            memset(*out, 1, n);
        else if (k >= 0)
            (*out)[k] = 1;
        else
            return karvan_i_cell_refuse(t, column, row, what, err);
    }
done:
    return st;
}

static karvan_status read_cover(karvan_pairs *p, const karvan_table *t, int64_t row,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_cover *c = &p->cover[p->n_covers++];
    const char *table = karvan_i_cell_text(t, "table", row),
               *subset = karvan_i_cell_text(t, "subset", row);
    const karvan_edtf *from = karvan_i_cell_date(t, "from", row),
                      *to = karvan_i_cell_date(t, "to", row);
    if (!table) return karvan_i_cell_refuse(t, "table", row, "which table?", err);
    c->from = from ? from->earliest : KARVAN_DAY_MIN, c->to = to ? to->latest : KARVAN_DAY_MAX;
    c->complete = karvan_i_cell_bool(t, "complete", row);
    c->by_reporter = strcmp(table, "trade") == 0;
    c->of_imports = subset && strcmp(subset, "import") == 0;
    c->measures = measures_of(table, subset);
    KARVAN_TRY(mark(p, t, "country", row, false, &c->country, err));
    KARVAN_TRY(mark(p, t, "partner", row, false, &c->partner, err));
    if (!c->country) return karvan_i_cell_refuse(t, "country", row, "which countries?", err);
    if (strcmp(table, "memberships") == 0)
        KARVAN_TRY(mark(p, t, "subset", row, true, &c->body, err));
    if (strcmp(table, "countries") != 0) return KARVAN_OK;
    p->has_years = from && to;
    for (int32_t i = 0; i < p->n_countries; i++) p->listed[i] |= c->country[i];
    int month, day;
    if (from) karvan_day_to_civil(c->from, &p->year_from, &month, &day);
    if (to) karvan_day_to_civil(c->to, &p->year_to, &month, &day);
done:
    return st;
}

karvan_status karvan_i_pairs_coverage(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = p->coverage = karvan_package_table(p->region, "coverage");
    int64_t n = t ? karvan_table_rows(t) : 0;
    p->cover = karvan_i_calloc((size_t)n + 1, sizeof *p->cover);
    p->listed = karvan_i_calloc((size_t)p->n_countries + 1, 1);
    KARVAN_REQUIRE(p->cover && p->listed, err, KARVAN_E_NOMEM, "coverage");
    for (int64_t r = 0; r < n; r++) KARVAN_TRY(read_cover(p, t, r, err));
done:
    return st;
}

/* Do the two of a pair stand in a row, in one order or the other? */
static bool covers_pair(const karvan_i_cover *c, int32_t a, int32_t b) {
    const uint8_t *partner = c->partner ? c->partner : c->country;
    if (c->by_reporter) return c->country[a] && partner[b];
    return (c->country[a] && partner[b]) || (c->country[b] && partner[a]);
}

int karvan_i_covered(const karvan_pairs *p, int32_t pair, int measure, karvan_way way, int32_t body,
                     karvan_day first, karvan_day last, int32_t *by) {
    int level = 0;
    int32_t a = p->pair[pair][way == KARVAN_WAY_BACK], b = p->pair[pair][way != KARVAN_WAY_BACK];
    bool of_one = karvan_i_measures[measure].how == KARVAN_I_GDP;
    for (int32_t i = 0; i < p->n_covers; i++) {
        const karvan_i_cover *c = &p->cover[i];
        if (!(c->measures >> measure & 1) || c->from > first || c->to < last) continue;
        if (body >= 0 && c->body && !c->body[body]) continue;
        bool here = of_one          ? c->country[a]
                    : c->of_imports ? covers_pair(c, b, a)
                                    : covers_pair(c, a, b);
        int found = here ? 1 + c->complete : 0;
        if (found > level) level = found, *by = i; /* covers are rows */
    }
    return level;
}

/* ---- the check ---- */

typedef struct check {
    const karvan_package *region;
    const karvan_table *t;
    karvan_problems *problems;
} check;

static karvan_status said(const check *k, int64_t row, const char *column, const char *code,
                          const char *hint, const char *word, const char *why) {
    return karvan_problems_add_cell(k->problems, KARVAN_ERROR, k->t,
                                    karvan_table_find(k->t, column), row, code, hint, "'%.60s' %s",
                                    word, why);
}

/* Each word of a list stands in a table, by its key. */
static karvan_status check_list(const check *k, int64_t row, const char *column, const char *table,
                                const char *code) {
    char one[WORD];
    for (const char *at = karvan_i_cell_text(k->t, column, row);
         at && karvan_i_next_name(&at, one, sizeof one);) {
        if (strcmp(one, "*") == 0 || karvan_package_row(k->region, table, one) >= 0) continue;
        karvan_status st =
            said(k, row, column, code, "words of the table's key, parted by `;`, or *", one,
                 "is not there");
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status check_subset(const check *k, int64_t row, const char *table) {
    static const char *const words[][2] = {{"trade", "export;import"},
                                           {"indicators", "gdp;population"}};
    char one[WORD];
    if (strcmp(table, "claims") == 0)
        return check_list(k, row, "subset", "kinds", "coverage-subset");
    if (strcmp(table, "memberships") == 0)
        return check_list(k, row, "subset", "organisations", "coverage-subset");
    for (const char *at = karvan_i_cell_text(k->t, "subset", row);
         at && karvan_i_next_name(&at, one, sizeof one);)
        for (size_t i = 0; i < 2; i++)
            if (strcmp(words[i][0], table) == 0 && !lists(words[i][1], one) &&
                strcmp(one, "*") != 0)
                return said(k, row, "subset", "coverage-subset", words[i][1], one,
                            "is no part of the table");
    return KARVAN_OK;
}

static karvan_status check_row(const check *k, int64_t row) {
    karvan_status st = KARVAN_OK;
    const char *table = karvan_i_cell_text(k->t, "table", row);
    const karvan_edtf *from = karvan_i_cell_date(k->t, "from", row),
                      *to = karvan_i_cell_date(k->t, "to", row);
    if (!table) return KARVAN_OK; /* the schema has said so */
    if (!karvan_package_table(k->region, table))
        return said(k, row, "table", "coverage-table", "a table of the region", table,
                    "is no table of the region");
    KARVAN_TRY(check_subset(k, row, table));
    KARVAN_TRY(check_list(k, row, "country", "countries", "coverage-country"));
    KARVAN_TRY(check_list(k, row, "partner", "countries", "coverage-country"));
    if (from && to && from->earliest > to->latest)
        KARVAN_TRY(said(k, row, "to", "coverage-dates", "to not before from",
                        karvan_i_cell_text(k->t, "to", row), "lies before `from`"));
done:
    return st;
}

karvan_status karvan_coverage_check(const karvan_package *region, karvan_problems *problems,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    check k = {.region = region, .problems = problems};
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    k.t = karvan_package_table(region, "coverage");
    for (int64_t r = 0; k.t && r < karvan_table_rows(k.t); r++) KARVAN_TRY(check_row(&k, r));
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
