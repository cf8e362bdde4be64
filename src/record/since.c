/* What changed between two countries from a day on, or between two days. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "record/facts.h"
#include "record/lanes.h"
#include "table/cell.h"

enum { S_DATE, S_WHAT, S_KIND, S_CERTAIN, S_SOURCE, S_ID, S_END };

typedef struct change {
    const char *date, *what, *kind, *source, *id;
    karvan_truth within;
} change;

static karvan_status add(karvan_builder *b, const change *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_date(b, S_DATE, c->date, err));
    KARVAN_TRY(karvan_builder_text(b, S_WHAT, c->what, err));
    KARVAN_TRY(karvan_builder_text(b, S_KIND, c->kind, err));
    KARVAN_TRY(karvan_builder_text(b, S_CERTAIN, karvan_truth_name(c->within), err));
    KARVAN_TRY(karvan_builder_text(b, S_SOURCE, c->source, err));
    KARVAN_TRY(karvan_builder_text(b, S_ID, c->id, err));
done:
    return st;
}

/* The claim that stands for a fact: the one taken; where none is, the first that is not deprecated;
 * -1 where all are. */
static int64_t shown(const karvan_i_record_facts *f, const karvan_i_record_fact *a) {
    if (a->taken >= 0) return a->taken;
    for (int64_t i = 0; i < a->n; i++)
        if (!karvan_i_deprecated(f->x.claims, f->claim[a->first + i]))
            return f->claim[a->first + i];
    return -1;
}

/* Is a change of a kind and a dimension that are asked for? */
static bool asked(const karvan_record_query *q, const char *kind, const char *dimension) {
    bool kinds = q->n_kinds == 0, dimensions = q->n_dimensions == 0;
    for (int i = 0; i < q->n_kinds && !kinds; i++) kinds = strcmp(q->kinds[i], kind) == 0;
    for (int i = 0; i < q->n_dimensions && !dimensions; i++)
        dimensions = dimension && strcmp(q->dimensions[i], dimension) == 0;
    return kinds && dimensions;
}

static bool stays(const karvan_record_query *q, karvan_truth within) {
    return within == KARVAN_YES || (within == KARVAN_MAYBE && !q->only_certain);
}

static karvan_status add_fact(const karvan_i_record_facts *f, const karvan_i_record_fact *a,
                              const karvan_record_query *q, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text what = {0};
    int64_t c = shown(f, a);
    change x = {.date = karvan_i_cell_text(f->x.claims, "date", c),
                .kind = karvan_i_cell_text(f->x.claims, "kind", c),
                .source = karvan_i_cell_text(f->x.claims, "source", c),
                .id = karvan_i_cell_text(f->x.claims, "id", c)};
    if (!x.kind || karvan_i_no_year(karvan_i_cell_date(f->x.claims, "date", c))) return KARVAN_OK;
    if (strcmp(karvan_record_shown(f->x.region, x.kind), "list") == 0) return KARVAN_OK;
    x.within = karvan_record_within(q, karvan_i_cell_date(f->x.claims, "date", c));
    if (!stays(q, x.within) || !asked(q, x.kind, karvan_i_cell_text(f->x.claims, "dimension", c)))
        return KARVAN_OK;
    const char *title = karvan_i_cell_text(f->x.claims, "title", c),
               *value = karvan_i_cell_text(f->x.claims, "value", c),
               *unit = karvan_i_cell_text(f->x.claims, "unit", c);
    karvan_i_text_puts(&what, title ? title : "?");
    if (value) karvan_i_text_printf(&what, ": %s%s%s", value, unit ? " " : "", unit ? unit : "");
    if (a->taken < 0) karvan_i_text_puts(&what, " (undecided: its sources differ)");
    KARVAN_TRY(karvan_i_text_status(&what, err));
    x.what = what.s;
    st = add(b, &x, err);
done:
    karvan_i_text_clear(&what);
    return st;
}

/* Is a fact about those who are asked for? One of its claims is enough: another may name fewer. */
static bool is_about(const karvan_i_record_facts *f, const karvan_i_record_fact *fact,
                     const karvan_record_query *q) {
    for (int64_t i = 0; i < fact->n; i++) {
        int64_t c = f->claim[fact->first + i];
        if (karvan_i_record_has(&f->x, c, q->party) &&
            (!q->other || karvan_i_record_has(&f->x, c, q->other)))
            return true;
    }
    return false;
}

static karvan_status add_facts(const karvan_package *region, const karvan_record_query *q,
                               karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_record_facts f = {0};
    if (!karvan_package_table(region, "claims")) return KARVAN_OK;
    KARVAN_TRY(karvan_i_record_facts_init(&f, region, NULL, err));
    for (int64_t i = 0; i < f.n; i++)
        if (is_about(&f, &f.fact[i], q)) KARVAN_TRY(add_fact(&f, &f.fact[i], q, b, err));
done:
    karvan_i_record_facts_clear(&f);
    return st;
}

/* A row of memberships by one of its ends, where that lies within the days. */
static karvan_status add_end(const karvan_package *region, const karvan_table *t, int64_t row,
                             bool joins, const karvan_record_query *q, karvan_builder *b,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text what = {0};
    const char *end = joins ? "from" : "to", *country = karvan_i_cell_text(t, "country", row),
               *status = karvan_i_cell_text(t, "status", row),
               *body = karvan_i_cell_text(t, "name", row);
    change x = {.date = karvan_i_cell_text(t, end, row),
                .kind = "membership",
                .source = karvan_i_cell_text(t, "source", row)};
    if (!x.date || !country) return KARVAN_OK;
    x.within = karvan_record_within(q, karvan_i_cell_date(t, end, row));
    if (!stays(q, x.within)) return KARVAN_OK;
    const karvan_table *countries = karvan_package_table(region, "countries");
    int64_t r = countries ? karvan_package_row(region, "countries", country) : -1;
    const char *name = karvan_i_cell_text(countries, "name", r);
    karvan_i_text_printf(&what, "%s %s %s", name ? name : country, joins ? "joins" : "leaves",
                         body ? body : karvan_i_cell_text(t, "organisation", row));
    if (status && strcmp(status, "member") != 0) karvan_i_text_printf(&what, " as %s", status);
    KARVAN_TRY(karvan_i_text_status(&what, err));
    x.what = what.s;
    st = add(b, &x, err);
done:
    karvan_i_text_clear(&what);
    return st;
}

/* Dimension of what table kinds says of memberships; where it says nothing, political. */
static const char *of_memberships(const karvan_package *region) {
    const karvan_table *t = karvan_package_table(region, "kinds");
    int64_t r = t ? karvan_package_row(region, "kinds", "membership") : -1;
    const char *said = r >= 0 ? karvan_i_cell_text(t, "dimension", r) : NULL;
    return said ? said : "political";
}

static karvan_status add_memberships(const karvan_package *region, const karvan_record_query *q,
                                     karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    if (!karvan_package_table(region, "memberships") ||
        !asked(q, "membership", of_memberships(region)))
        return KARVAN_OK;
    KARVAN_TRY(karvan_record_memberships(region, q->party, q->other, &t, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(add_end(region, t, r, true, q, b, err));
        KARVAN_TRY(add_end(region, t, r, false, q, b, err));
    }
done:
    karvan_table_destroy(t);
    return st;
}

/* Until when: as is asked, else the region's reference date, else without an end. */
static karvan_record_query ended(const karvan_package *region, const karvan_record_query *given) {
    karvan_record_query q = *given;
    const karvan_table *t = karvan_package_table(region, "settings");
    int64_t r = t ? karvan_package_row(region, "settings", "reference_date") : -1;
    const char *said = r >= 0 ? karvan_i_cell_text(t, "value", r) : NULL;
    karvan_edtf d;
    if (q.has_to || !said || karvan_edtf_parse(said, strlen(said), &d, NULL) != KARVAN_OK) return q;
    q.has_to = true, q.to = d.latest;
    return q;
}

static karvan_status judge(const karvan_package *region, const karvan_record_query *q,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char last[48];
    KARVAN_TRY(karvan_i_record_known_words(region, q, err));
    if (!q->has_to || q->from <= q->to) goto done;
    karvan_day_format(q->to, last, sizeof last);
    st = karvan_fail(err, KARVAN_E_ARG,
                     "changes are told until %s, which lies before their first "
                     "day",
                     last);
done:
    return st;
}

karvan_status karvan_record_changed(const karvan_package *region, const karvan_record_query *given,
                                    karvan_table **out, karvan_error *err) {
    static const karvan_column columns[S_END] = {
        {"date", KARVAN_DATE, NULL},    {"what", KARVAN_TEXT, NULL},   {"kind", KARVAN_TEXT, NULL},
        {"certain", KARVAN_TEXT, NULL}, {"source", KARVAN_TEXT, NULL}, {"id", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_record_query q;
    karvan_builder *build = NULL;
    karvan_table *t = NULL;
    karvan_view v = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && given && given->party && given->has_from, err, KARVAN_E_ARG,
                   "changes are those of a country from a day on");
    q = ended(region, given);
    KARVAN_TRY(judge(region, &q, err));
    KARVAN_TRY(karvan_builder_create("since", S_END, columns, &build, err));
    KARVAN_TRY(add_facts(region, &q, build, err));
    KARVAN_TRY(add_memberships(region, &q, build, err));
    st = karvan_builder_finish(build, &t, err);
    build = NULL;
    if (st != KARVAN_OK) goto done;
    KARVAN_TRY(karvan_view_init(&v, t, NULL, NULL, err));
    KARVAN_TRY(karvan_view_sort(&v, S_DATE, false, err));
    st = karvan_view_copy(&v, 0, NULL, out, err);
done:
    karvan_builder_destroy(build);
    karvan_view_clear(&v);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_record_changes(const karvan_package *region, const char *a, const char *b,
                                    karvan_day first, karvan_day last, karvan_table **out,
                                    karvan_error *err) {
    const karvan_record_query q = {
        .party = a, .other = b, .has_from = true, .from = first, .has_to = true, .to = last};
    return karvan_record_changed(region, &q, out, err);
}

karvan_status karvan_record_since(const karvan_package *region, const char *a, const char *b,
                                  karvan_day day, karvan_table **out, karvan_error *err) {
    const karvan_record_query q = {.party = a, .other = b, .has_from = true, .from = day};
    return karvan_record_changed(region, &q, out, err);
}
