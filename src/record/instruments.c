/* Instruments between countries, and whether they are in force on a day: claims with the dates of
 * their parties, and agreements with theirs. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/facts.h"
#include "record/spell.h"
#include "table/cell.h"

enum {
    I_ID,
    I_TITLE,
    I_DATE,
    I_KIND,
    I_SIGNED,
    I_RATIFIED,
    I_IN_FORCE,
    I_ENDS,
    I_STATUS,
    I_WHY,
    I_SOURCE,
    I_END
};

/* What is known of one party's life with an instrument; NULL: no source says. */
typedef struct life {
    const karvan_edtf *signed_, *ratified, *in_force, *ends;
    const char *signed_text, *ratified_text, *in_force_text, *ends_text;
} life;

static void either(const karvan_table *t, const char *column, int64_t row, bool earlier,
                   const karvan_edtf **date, const char **said) {
    const karvan_edtf *d = karvan_i_cell_date(t, column, row);
    if (!d ||
        (*date && (earlier ? d->latest >= (*date)->latest : d->earliest <= (*date)->earliest)))
        return;
    *date = d, *said = karvan_i_cell_text(t, column, row);
}

/* An accession is the ratification of one who did not sign; the earlier end is the end. */
static life life_of(const karvan_table *t, int64_t row) {
    life l = {0};
    either(t, "signed", row, false, &l.signed_, &l.signed_text);
    either(t, "ratified", row, false, &l.ratified, &l.ratified_text);
    either(t, "acceded", row, false, &l.ratified, &l.ratified_text);
    either(t, "in_force", row, false, &l.in_force, &l.in_force_text);
    either(t, "withdrawn", row, true, &l.ends, &l.ends_text);
    either(t, "terminated", row, true, &l.ends, &l.ends_text);
    return l;
}

static bool told(const life *l) { return l->signed_ || l->ratified || l->in_force || l->ends; }

/* The later of two dates; nothing where one is not known. */
static void later(const karvan_edtf *a, const char *at, const karvan_edtf *b, const char *bt,
                  const karvan_edtf **date, const char **said) {
    bool first = a && b && a->earliest > b->earliest;
    *date = a && b ? (first ? a : b) : NULL;
    *said = a && b ? (first ? at : bt) : NULL;
}

static life both(const life *a, const life *b) {
    life l = {0};
    later(a->signed_, a->signed_text, b->signed_, b->signed_text, &l.signed_, &l.signed_text);
    later(a->ratified, a->ratified_text, b->ratified, b->ratified_text, &l.ratified,
          &l.ratified_text);
    later(a->in_force, a->in_force_text, b->in_force, b->in_force_text, &l.in_force,
          &l.in_force_text);
    bool second = b->ends && (!a->ends || b->ends->latest < a->ends->latest);
    l.ends = second ? b->ends : a->ends, l.ends_text = second ? b->ends_text : a->ends_text;
    return l;
}

/* Is it in force for one party on a day? `made`: when the instrument was made, may be NULL. */
static karvan_truth holds(const life *l, const karvan_edtf *made, karvan_day day) {
    if (l->in_force) return karvan_i_spell_in(l->in_force, l->ends, !l->ends, day, day);
    const karvan_edtf *before[] = {l->ratified, l->signed_, made};
    for (int i = 0; i < 3; i++)
        if (before[i] && before[i]->earliest > day) return KARVAN_NO;
    if (l->ends && l->ends->latest < day) return KARVAN_NO;
    return KARVAN_NOT_KNOWN;
}

static const char *why(const life *l, karvan_truth status, const karvan_edtf *made,
                       karvan_day day) {
    if (l->in_force && status == KARVAN_YES) return "in force, and no source ends it before";
    if (l->in_force && status == KARVAN_MAYBE) return "the bounds of its dates leave it open";
    if (l->ends && l->ends->latest < day) return "withdrawn or terminated before";
    if (l->in_force) return "not in force yet";
    if (status == KARVAN_NO)
        return made && made->earliest > day ? "made later" : "signed or ratified later";
    if (l->ratified) return "ratified; no source gives its entry into force";
    if (l->signed_) return "signed; no source gives its entry into force";
    return "no source gives its entry into force";
}

typedef struct found {
    const char *id, *title, *date, *kind, *source;
    life life;
    karvan_truth status;
    const char *why;
} found;

static karvan_status put_date(karvan_builder *b, int column, const char *said, karvan_error *err) {
    return said ? karvan_builder_date(b, column, said, err) : KARVAN_OK;
}

static karvan_status add(karvan_builder *b, const found *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, I_ID, x->id, err));
    KARVAN_TRY(karvan_builder_text(b, I_TITLE, x->title, err));
    KARVAN_TRY(put_date(b, I_DATE, x->date, err));
    KARVAN_TRY(karvan_builder_text(b, I_KIND, x->kind, err));
    KARVAN_TRY(put_date(b, I_SIGNED, x->life.signed_text, err));
    KARVAN_TRY(put_date(b, I_RATIFIED, x->life.ratified_text, err));
    KARVAN_TRY(put_date(b, I_IN_FORCE, x->life.in_force_text, err));
    KARVAN_TRY(put_date(b, I_ENDS, x->life.ends_text, err));
    KARVAN_TRY(karvan_builder_text(b, I_STATUS, karvan_truth_name(x->status), err));
    KARVAN_TRY(karvan_builder_text(b, I_WHY, x->why, err));
    KARVAN_TRY(karvan_builder_text(b, I_SOURCE, x->source, err));
done:
    return st;
}

/* ---- claims ---- */

/* Row of parties of a country in a claim, the one with dates where there are several; -1: none. */
static int64_t party_row(const karvan_i_record *x, int64_t claim, const char *code) {
    int64_t row = -1;
    for (int64_t i = x->first[claim]; i < x->first[claim + 1]; i++) {
        if (!karvan_i_cell_is(x->parties, "party", x->party[i], code)) continue;
        life l = life_of(x->parties, x->party[i]);
        if (row < 0 || told(&l)) row = x->party[i];
    }
    return row;
}

static void fill(const karvan_edtf **date, const char **said, const karvan_edtf *other,
                 const char *other_said) {
    if (!*date) *date = other, *said = other_said;
}

/* A party's life by the claim that is shown; what that one leaves open, by the others of the fact.
 */
static life party_life(const karvan_i_record_facts *f, const karvan_i_record_fact *fact,
                       int64_t shown, const char *code) {
    const karvan_i_record *x = &f->x;
    life l = life_of(x->parties, party_row(x, shown, code));
    for (int64_t i = 0; i < fact->n; i++) {
        int64_t c = f->claim[fact->first + i];
        if (c == shown || karvan_i_deprecated(x->claims, c)) continue;
        life o = life_of(x->parties, party_row(x, c, code));
        fill(&l.signed_, &l.signed_text, o.signed_, o.signed_text);
        fill(&l.ratified, &l.ratified_text, o.ratified, o.ratified_text);
        fill(&l.in_force, &l.in_force_text, o.in_force, o.in_force_text);
        fill(&l.ends, &l.ends_text, o.ends, o.ends_text);
    }
    return l;
}

static bool is_instrument(const karvan_i_record *x, int64_t claim) {
    const char *kind = karvan_i_cell_text(x->claims, "kind", claim);
    return strcmp(karvan_record_class(x->region, kind), "instrument") == 0 &&
           !karvan_i_deprecated(x->claims, claim);
}

/* The claim that is taken, where it is one of the instrument and of the parties; else `first`. */
static int64_t told_by(const karvan_i_record_facts *f, const karvan_i_record_fact *fact,
                       int64_t first, const char *a, const char *b) {
    int64_t c = fact->taken;
    bool fits = c >= 0 && is_instrument(&f->x, c) && karvan_i_record_has(&f->x, c, a) &&
                (!b || karvan_i_record_has(&f->x, c, b));
    return fits ? c : first;
}

static karvan_status add_claim(const karvan_i_record_facts *facts, int64_t first_claim,
                               const char *a, const char *b, karvan_day day, karvan_builder *out,
                               karvan_error *err) {
    const karvan_i_record_fact *fact = &facts->fact[facts->of[first_claim]];
    const karvan_table *t = facts->x.claims;
    int64_t c = told_by(facts, fact, first_claim, a, b);
    const karvan_edtf *made = karvan_i_cell_date(t, "date", c);
    found f = {.id = karvan_i_cell_text(t, "id", c),
               .title = karvan_i_cell_text(t, "title", c),
               .date = karvan_i_cell_text(t, "date", c),
               .kind = karvan_i_cell_text(t, "kind", c),
               .source = karvan_i_cell_text(t, "source", c)};
    life first = party_life(facts, fact, c, a), second = first;
    if (b) second = party_life(facts, fact, c, b);
    f.life = both(&first, &second);
    f.status = karvan_truth_and(holds(&first, made, day), holds(&second, made, day));
    f.why = why(&f.life, f.status, made, day);
    return add(out, &f, err);
}

/* An instrument that several claims speak of is one. */
static karvan_status add_claims(const karvan_package *region, const char *a, const char *b,
                                karvan_day day, karvan_builder *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_record_facts f = {0};
    karvan_view v = {0};
    bool *told_already = NULL;
    KARVAN_TRY(karvan_i_record_facts_init(&f, region, NULL, err));
    told_already = karvan_i_calloc((size_t)f.n + 1, sizeof *told_already);
    KARVAN_REQUIRE(told_already, err, KARVAN_E_NOMEM, "no memory for instruments");
    KARVAN_TRY(
        karvan_record_select(region, &(karvan_record_query){.party = a, .other = b}, &v, err));
    for (int64_t i = 0; i < v.n; i++) {
        if (told_already[f.of[v.row[i]]] || !is_instrument(&f.x, v.row[i])) continue;
        told_already[f.of[v.row[i]]] = true;
        KARVAN_TRY(add_claim(&f, v.row[i], a, b, day, out, err));
    }
done:
    karvan_view_clear(&v);
    karvan_i_free(told_already);
    karvan_i_record_facts_clear(&f);
    return st;
}

/* ---- agreements ---- */

/* Rows of a country's spells in an agreement, one after another: `last` -1 begins. */
static int64_t next_spell(const karvan_table *t, const char *agreement, const char *country,
                          int64_t last) {
    for (int64_t r = last + 1; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "agreement", r, agreement) &&
            karvan_i_cell_is(t, "party", r, country))
            return r;
    return -1;
}

static bool bound(const karvan_table *t, int64_t x, int64_t y) {
    const char *a = karvan_i_cell_text(t, "side", x), *b = karvan_i_cell_text(t, "side", y);
    return x == y || !a || !b || strcmp(a, b) != 0; /* two of one side are not bound */
}

static life spell_of(const karvan_table *t, int64_t row) {
    life l = {0};
    either(t, "from", row, false, &l.in_force, &l.in_force_text);
    either(t, "to", row, true, &l.ends, &l.ends_text);
    return l;
}

static karvan_status add_agreement(const karvan_table *agreements, int64_t row,
                                   const karvan_table *parties, int64_t x, int64_t y,
                                   karvan_day day, karvan_builder *out, karvan_error *err) {
    life first = spell_of(parties, x), second = spell_of(parties, y);
    if (!first.in_force || !second.in_force) return KARVAN_OK; /* rows for scenarios to fill in */
    const char *source = karvan_i_cell_text(parties, "source", y);
    found f = {.id = karvan_i_cell_text(agreements, "id", row),
               .title = karvan_i_cell_text(agreements, "name", row),
               .kind = karvan_i_cell_text(agreements, "kind", row),
               .source = source ? source : karvan_i_cell_text(agreements, "source", row)};
    f.life = both(&first, &second);
    f.status = karvan_truth_and(holds(&first, NULL, day), holds(&second, NULL, day));
    f.why = why(&f.life, f.status, NULL, day);
    return add(out, &f, err);
}

static karvan_status add_agreements(const karvan_package *region, const char *a, const char *b,
                                    karvan_day day, karvan_builder *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "agreements"),
                       *parties = karvan_package_table(region, "agreement_parties");
    for (int64_t r = 0; t && parties && r < karvan_table_rows(t); r++) {
        const char *id = karvan_i_cell_text(t, "id", r);
        for (int64_t x = -1; id && (x = next_spell(parties, id, a, x)) >= 0;) {
            if (!b) KARVAN_TRY(add_agreement(t, r, parties, x, x, day, out, err));
            for (int64_t y = -1; b && (y = next_spell(parties, id, b, y)) >= 0;)
                if (bound(parties, x, y))
                    KARVAN_TRY(add_agreement(t, r, parties, x, y, day, out, err));
        }
    }
done:
    return st;
}

karvan_status karvan_record_instruments(const karvan_package *region, const char *a, const char *b,
                                        karvan_day day, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[I_END] = {
        {"id", KARVAN_TEXT, NULL},       {"title", KARVAN_TEXT, NULL},
        {"date", KARVAN_DATE, NULL},     {"kind", KARVAN_TEXT, NULL},
        {"signed", KARVAN_DATE, NULL},   {"ratified", KARVAN_DATE, NULL},
        {"in_force", KARVAN_DATE, NULL}, {"ends", KARVAN_DATE, NULL},
        {"status", KARVAN_TEXT, NULL},   {"why", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *build = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && a, err, KARVAN_E_ARG, "instruments are those of a country");
    KARVAN_TRY(karvan_builder_create("instruments", I_END, columns, &build, err));
    KARVAN_TRY(add_claims(region, a, b, day, build, err));
    KARVAN_TRY(add_agreements(region, a, b, day, build, err));
    st = karvan_builder_finish(build, out, err);
    build = NULL;
done:
    karvan_builder_destroy(build);
    return st;
}
