/* What a region's table memberships claims to know whole: table coverage. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint.h"
#include "table/cell.h"
#include "table/match.h"

enum { WORD = 64 };

/* Marks the places that a list parted by `;` names, or all (`*`, or an empty list). */
static void mark(const karvan_i_dictionary *d, const int32_t *at, const char *list, uint8_t *out) {
    char word[WORD];
    if (!list) memset(out, 1, (size_t)d->n);
    while (list && karvan_i_next_name(&list, word, sizeof word)) {
        int32_t place =
            at ? karvan_i_find_code(d, at, word) : karvan_i_dictionary_find(d, word, strlen(word));
        if (strcmp(word, "*") == 0)
            memset(out, 1, (size_t)d->n);
        else if (place >= 0)
            out[place] = 1;
    }
}

static karvan_status read_cover(const karvan_memberships *m, const karvan_table *t, int64_t row,
                                karvan_i_member_cover *c, karvan_error *err) {
    const karvan_edtf *from = karvan_i_cell_date(t, "from", row),
                      *to = karvan_i_cell_date(t, "to", row);
    *c = (karvan_i_member_cover){.first = from ? from->earliest : KARVAN_DAY_MIN,
                                 .last = to ? to->latest : KARVAN_DAY_MAX,
                                 .state = karvan_i_calloc((size_t)m->states.n, 1),
                                 .body = karvan_i_calloc((size_t)m->bodies.n, 1)};
    if (!c->state || !c->body) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for coverage");
    mark(&m->states, m->state_at, karvan_i_cell_text(t, "country", row), c->state);
    mark(&m->bodies, NULL, karvan_i_cell_text(t, "subset", row), c->body);
    return KARVAN_OK;
}

karvan_status karvan_i_member_covers_init(karvan_i_member_covers *c, const karvan_memberships *m,
                                          const karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = region ? karvan_package_table(region, "coverage") : NULL;
    *c = (karvan_i_member_covers){.said = t != NULL};
    if (!t) return KARVAN_OK;
    c->cover = karvan_i_calloc((size_t)karvan_table_rows(t), sizeof *c->cover);
    KARVAN_REQUIRE(c->cover, err, KARVAN_E_NOMEM, "no memory for coverage");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "table", r, "memberships") ||
            !karvan_i_cell_bool(t, "complete", r))
            continue;
        KARVAN_TRY(read_cover(m, t, r, &c->cover[c->n++], err));
    }
done:
    return st;
}

void karvan_i_member_covers_clear(karvan_i_member_covers *c) {
    for (int64_t k = 0; k < c->n; k++)
        karvan_i_free(c->cover[k].state), karvan_i_free(c->cover[k].body);
    karvan_i_free(c->cover);
    *c = (karvan_i_member_covers){0};
}

karvan_day karvan_i_region_known_to(const karvan_package *region, const char *table) {
    int64_t row = karvan_package_row(region, "settings", "reference_date");
    const char *s = karvan_i_cell_text(karvan_package_table(region, "settings"), "value", row);
    const karvan_table *t = table ? karvan_package_table(region, "coverage") : NULL;
    karvan_day known = KARVAN_DAY_MAX, last = KARVAN_DAY_MIN;
    karvan_edtf d;
    if (s && karvan_edtf_parse(s, strlen(s), &d, NULL) == KARVAN_OK &&
        d.earliest != KARVAN_DAY_MIN && d.earliest != KARVAN_DAY_MAX)
        known = d.earliest - 1;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "table", r, table) || !karvan_i_cell_bool(t, "complete", r))
            continue;
        const karvan_edtf *to = karvan_i_cell_date(t, "to", r);
        karvan_day end = to ? to->latest : KARVAN_DAY_MAX;
        if (end > last) last = end;
    }
    return last != KARVAN_DAY_MIN && last < known ? last : known;
}

bool karvan_i_member_covered(const karvan_i_member_covers *c, int32_t state, int year,
                             int32_t body) {
    karvan_day first = karvan_day_from_civil(year, 1, 1),
               last = karvan_day_from_civil(year, 12, 31);
    for (int64_t k = 0; k < c->n; k++) {
        const karvan_i_member_cover *one = &c->cover[k];
        if (one->state[state] && one->body[body] && one->first <= first && one->last >= last)
            return true;
    }
    return !c->said;
}
