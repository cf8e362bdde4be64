/* Who is tied to whom by trade agreements on a day: tables agreements and agreement_parties. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/matrix.h"

enum { PLAIN = 1, SIDE_A = 2, SIDE_B = 4 };

static int agreement_of(const karvan_i_ties *t, const char *id) {
    for (int a = 0; id && a < t->n_agreements; a++)
        if (strcmp(t->agreement[a].id, id) == 0) return a;
    return -1;
}

static karvan_status read_agreements(const karvan_table *t, karvan_i_ties *ties,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t rows = (size_t)karvan_table_rows(t);
    ties->agreement = karvan_i_calloc(rows + 1, sizeof *ties->agreement);
    ties->flag = karvan_i_calloc(rows + 1, sizeof *ties->flag);
    KARVAN_REQUIRE(ties->agreement && ties->flag, err, KARVAN_E_NOMEM, "no memory for agreements");
    for (int64_t r = 0; r < (int64_t)rows; r++) {
        const char *id = karvan_i_cell_text(t, "id", r), *flag = karvan_i_cell_text(t, "flag", r);
        if (!id || !flag) {
            st = karvan_i_cell_refuse(t, id ? "flag" : "id", r, "an agreement needs both", err);
            goto done;
        }
        karvan_i_agreement *a = &ties->agreement[ties->n_agreements++];
        a->id = id;
        a->counts = !karvan_i_cell_is(t, "kind", r, "preferential") &&
                    !karvan_i_cell_is(t, "kind", r, "multilateral");
        while (a->flag < ties->n_flags && strcmp(ties->flag[a->flag], flag) != 0) a->flag++;
        if (a->flag == ties->n_flags) ties->flag[ties->n_flags++] = flag;
    }
done:
    return st;
}

/* From the last day that `from` may mean to the last that `to` may mean; without a `from` nothing
 * is in force, without a `to` it stays so. */
static bool read_days(const karvan_table *t, int64_t row, karvan_i_bound_party *p) {
    const karvan_edtf *from = karvan_i_cell_date(t, "from", row),
                      *to = karvan_i_cell_date(t, "to", row);
    p->from = from ? from->latest : KARVAN_DAY_MAX;
    p->to = to ? to->latest : KARVAN_DAY_MAX;
    return from != NULL;
}

static karvan_status read_parties(const karvan_table *t, const char *const *country,
                                  karvan_i_ties *ties, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    ties->party = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *ties->party);
    KARVAN_REQUIRE(ties->party, err, KARVAN_E_NOMEM, "no memory for parties of agreements");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *who = karvan_i_cell_text(t, "party", r);
        karvan_i_bound_party p = {.country = -1};
        p.agreement = agreement_of(ties, karvan_i_cell_text(t, "agreement", r));
        if (p.agreement < 0 || !who) {
            st = karvan_i_cell_refuse(t, who ? "agreement" : "party", r,
                                      who ? "no such agreement" : "no party", err);
            goto done;
        }
        p.nested = agreement_of(ties, who);
        for (int i = 0; p.nested < 0 && i < ties->n_countries; i++)
            if (strcmp(country[i], who) == 0) p.country = i;
        p.side = karvan_i_cell_is(t, "side", r, "a")   ? SIDE_A
                 : karvan_i_cell_is(t, "side", r, "b") ? SIDE_B
                                                       : PLAIN;
        if (read_days(t, r, &p) && (p.nested >= 0 || p.country >= 0))
            ties->party[ties->n_parties++] = p;
    }
done:
    return st;
}

karvan_status karvan_i_ties_create(const karvan_package *region, int n, const char *const *country,
                                   karvan_i_ties *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *agreements = karvan_package_table(region, "agreements"),
                       *parties = karvan_package_table(region, "agreement_parties");
    *t = (karvan_i_ties){.n_countries = n};
    if (!agreements || !parties) return KARVAN_OK;
    KARVAN_TRY(read_agreements(agreements, t, err));
    KARVAN_TRY(read_parties(parties, country, t, err));
    t->member = karvan_i_calloc((size_t)t->n_agreements * (size_t)n + 1, sizeof *t->member);
    KARVAN_REQUIRE(t->member, err, KARVAN_E_NOMEM, "no memory for parties of agreements");
done:
    if (st != KARVAN_OK) karvan_i_ties_clear(t);
    return st;
}

void karvan_i_ties_clear(karvan_i_ties *t) {
    karvan_i_free(t->flag), karvan_i_free(t->agreement);
    karvan_i_free(t->party), karvan_i_free(t->member);
    *t = (karvan_i_ties){0};
}

/* Of agreements that are parties themselves, however deep, in whatever order rows stand; true while
 * there is more to add. */
static bool add_members_of_members(karvan_i_ties *t, karvan_day day) {
    size_t n = (size_t)t->n_countries;
    bool more = false;
    for (int k = 0; k < t->n_parties; k++) {
        const karvan_i_bound_party *p = &t->party[k];
        if (p->nested < 0 || day < p->from || day > p->to) continue;
        uint8_t *to = t->member + (size_t)p->agreement * n;
        for (size_t i = 0; i < n; i++) {
            if (!t->member[(size_t)p->nested * n + i] || (to[i] & p->side)) continue;
            to[i] |= p->side, more = true;
        }
    }
    return more;
}

void karvan_i_ties_set_day(karvan_i_ties *t, karvan_day day) {
    size_t n = (size_t)t->n_countries;
    if (!t->member) return;
    memset(t->member, 0, (size_t)t->n_agreements * n);
    for (int k = 0; k < t->n_parties; k++) {
        const karvan_i_bound_party *p = &t->party[k];
        if (p->country >= 0 && p->from <= day && day <= p->to)
            t->member[(size_t)p->agreement * n + (size_t)p->country] |= p->side;
    }
    while (add_members_of_members(t, day)) continue;
}

bool karvan_i_ties_between(const karvan_i_ties *t, int i, int j, uint8_t *flag) {
    bool any = false;
    memset(flag, 0, (size_t)t->n_flags);
    for (int a = 0; i != j && a < t->n_agreements; a++) {
        const uint8_t *m = t->member + (size_t)a * (size_t)t->n_countries;
        bool bound = (m[i] & PLAIN && m[j]) || (m[j] & PLAIN && m[i]) ||
                     (m[i] & SIDE_A && m[j] & SIDE_B) || (m[i] & SIDE_B && m[j] & SIDE_A);
        if (!bound) continue;
        flag[t->agreement[a].flag] = 1, any |= t->agreement[a].counts;
    }
    return any;
}
