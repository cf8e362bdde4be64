/* One row a fact: what is taken, by which rule, and what it sets aside. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/facts.h"
#include "table/cell.h"

enum {
    F_FACT,
    F_ID,
    F_DATE,
    F_KIND,
    F_PARTIES,
    F_TITLE,
    F_VALUE,
    F_UNIT,
    F_RANK,
    F_SOURCE,
    F_RULE,
    F_AGREE,
    F_ASIDE,
    F_SAYS,
    F_END
};

const char *karvan_record_rules_text(void) {
    return "Rules, in this order:\n"
           "1. A deprecated claim is never taken.\n"
           "2. Rank: a preferred claim goes before normal ones.\n"
           "3. Agreement: where all that are left give the same date, value and unit, that is "
           "taken.\n"
           "4. Source order: the claim of the source that stands first in --source-order, then in "
           "table sources;\n"
           "   sources of kind assumption come last.\n"
           "5. Where that source contradicts itself, the fact is undecided: nothing is taken.\n"
           "Set aside are the claims that say something else; a less exact date that holds the one "
           "taken agrees.\n"
           "None is removed from the record.\n";
}

static const char *text(const karvan_i_record_facts *f, const char *column, int64_t claim) {
    return karvan_i_cell_text(f->x.claims, column, claim);
}

/* A source that a claim of the same rank has, other than that of the claim taken. */
static const char *passed_over(const karvan_i_record_facts *f, const karvan_i_record_fact *a) {
    const char *own = text(f, "source", a->taken), *rank = text(f, "rank", a->taken);
    for (int64_t i = 0; i < a->n; i++) {
        int64_t c = f->claim[a->first + i];
        const char *source = text(f, "source", c);
        if (source && own && strcmp(source, own) != 0 &&
            karvan_i_cell_is(f->x.claims, "rank", c, rank) &&
            !karvan_i_same_words(f->x.claims, c, a->taken))
            return source;
    }
    return "others";
}

static void say_rule(const karvan_i_record_facts *f, const karvan_i_record_fact *a,
                     karvan_i_text *t) {
    bool preferred = a->taken >= 0 && karvan_i_cell_is(f->x.claims, "rank", a->taken, "preferred");
    switch (a->rule) {
    case KARVAN_I_ALONE:
        karvan_i_text_puts(t, "only claim");
        break;
    case KARVAN_I_RANK:
        karvan_i_text_puts(t, preferred ? "rank: preferred" : "rank: the others are deprecated");
        break;
    case KARVAN_I_AGREE:
        karvan_i_text_puts(t, "agreement: all say the same");
        break;
    case KARVAN_I_SOURCE:
        karvan_i_text_printf(t, "source order: %s before %s", text(f, "source", a->taken),
                             passed_over(f, a));
        break;
    case KARVAN_I_UNDECIDED:
        karvan_i_text_puts(t, "undecided: the first source contradicts itself");
        break;
    case KARVAN_I_NONE:
        karvan_i_text_puts(t, "undecided: every claim is deprecated");
    }
}

/* "1992 (brief)", "15 states (un, deprecated)". */
static void say_claim(const karvan_i_record_facts *f, int64_t c, karvan_i_text *t) {
    const char *date = text(f, "date", c), *value = text(f, "value", c), *unit = text(f, "unit", c),
               *source = text(f, "source", c);
    karvan_i_text_puts(t, t->n > 0 ? "; " : "");
    karvan_i_text_puts(t, date ? date : "no date");
    if (value) karvan_i_text_printf(t, ": %s", value);
    if (value && unit) karvan_i_text_printf(t, " %s", unit);
    karvan_i_text_printf(t, " (%s%s)", source ? source : "no source",
                         karvan_i_deprecated(f->x.claims, c) ? ", deprecated" : "");
}

/* The same value, of a date that is the other's or leaves more days open: "2008" says nothing
 * against "2008-09-06". What lasts from one day to another is no less exact day. */
static bool agrees_with(const karvan_table *claims, int64_t c, int64_t taken) {
    const karvan_edtf *d = karvan_i_cell_date(claims, "date", c),
                      *t = karvan_i_cell_date(claims, "date", taken);
    if (karvan_i_same_words(claims, c, taken)) return true;
    return d && t && karvan_i_same_value(claims, c, taken) && !d->is_interval && !d->is_set &&
           d->earliest <= t->earliest && d->latest >= t->latest;
}

/* Claims other than the one taken: those that say the same, or those that do not with their words.
 * A deprecated one is set aside whatever it says. */
static void list_others(const karvan_i_record_facts *f, const karvan_i_record_fact *a, bool same,
                        karvan_i_text *ids, karvan_i_text *says) {
    for (int64_t i = 0; i < a->n; i++) {
        int64_t c = f->claim[a->first + i];
        bool agrees = a->taken >= 0 && !karvan_i_deprecated(f->x.claims, c) &&
                      agrees_with(f->x.claims, c, a->taken);
        const char *id = text(f, "id", c);
        if (c == a->taken || agrees != same) continue;
        karvan_i_text_puts(ids, ids->n > 0 ? ";" : "");
        karvan_i_text_puts(ids, id ? id : "");
        if (says) say_claim(f, c, says);
    }
}

static karvan_status put(karvan_builder *b, int column, const karvan_i_text *t, karvan_error *err) {
    karvan_status st = karvan_i_text_status(t, err);
    return st == KARVAN_OK ? karvan_builder_text(b, column, t->s, err) : st;
}

static karvan_status add_words(const karvan_i_record_facts *f, const karvan_i_record_fact *a,
                               karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text rule = {0}, agree = {0}, aside = {0}, says = {0};
    say_rule(f, a, &rule);
    list_others(f, a, true, &agree, NULL);
    list_others(f, a, false, &aside, &says);
    KARVAN_TRY(put(b, F_RULE, &rule, err));
    karvan_i_text_puts(&agree, ""), karvan_i_text_puts(&aside, ""), karvan_i_text_puts(&says, "");
    KARVAN_TRY(put(b, F_AGREE, &agree, err)); /* an empty list is known to be empty */
    KARVAN_TRY(put(b, F_ASIDE, &aside, err));
    KARVAN_TRY(put(b, F_SAYS, &says, err));
done:
    karvan_i_text_clear(&rule), karvan_i_text_clear(&agree);
    karvan_i_text_clear(&aside), karvan_i_text_clear(&says);
    return st;
}

static karvan_status add_fact(const karvan_i_record_facts *f, const karvan_i_record_fact *a,
                              karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t shown = a->taken >= 0 ? a->taken : f->claim[a->first];
    const char *key = text(f, "conflict", shown), *date = text(f, "date", a->taken);
    karvan_i_text parties = {0};
    karvan_i_record_parties(&f->x, shown, &parties);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, F_FACT, key ? key : text(f, "id", f->claim[a->first]), err));
    KARVAN_TRY(karvan_builder_text(b, F_ID, text(f, "id", a->taken), err));
    if (date) KARVAN_TRY(karvan_builder_date(b, F_DATE, date, err));
    KARVAN_TRY(karvan_builder_text(b, F_KIND, text(f, "kind", shown), err));
    KARVAN_TRY(put(b, F_PARTIES, &parties, err));
    KARVAN_TRY(karvan_builder_text(b, F_TITLE, text(f, "title", shown), err));
    KARVAN_TRY(karvan_builder_text(b, F_VALUE, text(f, "value", a->taken), err));
    KARVAN_TRY(karvan_builder_text(b, F_UNIT, text(f, "unit", a->taken), err));
    KARVAN_TRY(karvan_builder_text(b, F_RANK, text(f, "rank", a->taken), err));
    KARVAN_TRY(karvan_builder_text(b, F_SOURCE, text(f, "source", a->taken), err));
    KARVAN_TRY(add_words(f, a, b, err));
done:
    karvan_i_text_clear(&parties);
    return st;
}

karvan_status karvan_record_resolve(const karvan_package *region, const karvan_view *v,
                                    const karvan_record_rules *rules, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_column columns[F_END] = {
        {"fact", KARVAN_TEXT, NULL},    {"id", KARVAN_TEXT, NULL},
        {"date", KARVAN_DATE, NULL},    {"kind", KARVAN_TEXT, NULL},
        {"parties", KARVAN_TEXT, NULL}, {"title", KARVAN_TEXT, NULL},
        {"value", KARVAN_TEXT, NULL},   {"unit", KARVAN_TEXT, NULL},
        {"rank", KARVAN_TEXT, NULL},    {"source", KARVAN_TEXT, NULL},
        {"rule", KARVAN_TEXT, NULL},    {"agree", KARVAN_TEXT, NULL},
        {"aside", KARVAN_TEXT, NULL},   {"aside_says", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_record_facts f = {0};
    karvan_view all = {0};
    bool *told = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!v) KARVAN_TRY(karvan_record_select(region, &(karvan_record_query){0}, &all, err));
    if (!v) v = &all;
    KARVAN_TRY(karvan_i_record_facts_init(&f, region, rules, err));
    told = karvan_i_calloc((size_t)f.n + 1, sizeof *told);
    KARVAN_REQUIRE(told, err, KARVAN_E_NOMEM, "no memory for facts");
    KARVAN_TRY(karvan_builder_create("resolved", F_END, columns, &b, err));
    for (int64_t i = 0; i < v->n; i++) {
        int64_t fact = f.of[v->row[i]];
        if (told[fact]) continue;
        told[fact] = true;
        KARVAN_TRY(add_fact(&f, &f.fact[fact], b, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(told);
    karvan_i_record_facts_clear(&f);
    karvan_view_clear(&all);
    return st;
}
