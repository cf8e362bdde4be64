/* Terms, interactions and effects of formulas; arithmetic is read by formula_read.c. */
#include "trade/formula.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/formula_read.h"

void karvan_i_formula_destroy(karvan_i_formula *f) {
    if (!f) return;
    for (int i = 0; i < f->n_variables; i++) karvan_i_free(f->variable[i].name);
    for (int i = 0; i < f->n_strings; i++) karvan_i_free(f->string[i]);
    for (int i = 0; i < f->n_atoms; i++)
        karvan_i_free(f->atom[i].label), karvan_i_free(f->atom[i].ref);
    for (int i = 0; i < f->n_effects; i++) karvan_i_free(f->effect[i].name);
    karvan_i_free(f->variable), karvan_i_free(f->string), karvan_i_free(f->step);
    karvan_i_free(f->atom), karvan_i_free(f->term), karvan_i_free(f->effect);
    karvan_i_free(f->y_label);
    karvan_i_free(f);
}

/* ---- atoms ---- */

/* The atom of this label, or a new one that takes it. */
static karvan_status atom_add(karvan_i_reading *r, karvan_i_atom take, int *out) {
    karvan_i_formula *f = r->f;
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(take.label, r->err, KARVAN_E_NOMEM, "no memory for a formula");
    for (*out = 0; *out < f->n_atoms; ++*out)
        if (strcmp(f->atom[*out].label, take.label) == 0) goto done;
    KARVAN_TRY(karvan_i_read_room(r, &f->atom, f->n_atoms, &f->cap_atoms, sizeof *f->atom));
    f->atom[f->n_atoms++] = take;
    return KARVAN_OK;
done:
    karvan_i_free(take.label), karvan_i_free(take.ref);
    return st;
}

/* factor(z), i(z), i(z, x), i(z, x, ref = V): what stands in the brackets. */
static karvan_status factor_of(karvan_i_reading *r, karvan_i_atom *a, int *by) {
    karvan_status st = KARVAN_OK;
    *by = -1;
    KARVAN_TRY(karvan_i_read_next(r));
    KARVAN_TRY(karvan_i_read_sign(r, '(', "'('"));
    KARVAN_TRY(karvan_i_read_variable(r, &a->variable));
    while (karvan_i_read_is(r, ',')) {
        KARVAN_TRY(karvan_i_read_next(r));
        size_t behind = r->at;
        while (r->s[behind] == ' ') behind++;
        bool ref = r->token == KARVAN_I_NAME && strcmp(r->text, "ref") == 0 && r->s[behind] == '=';
        if (ref && !a->ref) {
            KARVAN_TRY(karvan_i_read_next(r));
            KARVAN_TRY(karvan_i_read_next(r));
            bool negative = karvan_i_read_is(r, '-');
            if (negative) KARVAN_TRY(karvan_i_read_next(r));
            bool value = r->token == KARVAN_I_DIGITS ||
                         (!negative && (r->token == KARVAN_I_NAME || r->token == KARVAN_I_QUOTED));
            if (!value) return karvan_i_read_expected(r, "a level");
            char level[sizeof r->text + 1];
            (void)snprintf(level, sizeof level, "%s%s", negative ? "-" : "", r->text);
            a->ref = karvan_i_strndup(level, strlen(level));
            KARVAN_REQUIRE(a->ref, r->err, KARVAN_E_NOMEM, "no memory for a formula");
            KARVAN_TRY(karvan_i_read_next(r));
        } else if (!ref && *by < 0) {
            KARVAN_TRY(karvan_i_read_variable(r, by));
        } else {
            return karvan_i_read_expected(r, "')'");
        }
    }
    KARVAN_TRY(karvan_i_read_sign(r, ')', "',' or ')'"));
done:
    return st;
}

/* Label of a factor: its column, and the level left out where one is named. */
static char *factor_label(const karvan_i_formula *f, const karvan_i_atom *a) {
    char label[700];
    (void)snprintf(label, sizeof label, "i(%s%s%s)", f->variable[a->variable].name,
                   a->ref ? ",ref=" : "", a->ref ? a->ref : "");
    return karvan_i_strndup(label, strlen(label));
}

/* A bare column: numbers, or a factor if it turns out to hold text. */
static karvan_status column_atom(karvan_i_reading *r, int variable, size_t byte, int *out) {
    karvan_i_formula *f = r->f;
    karvan_status st = karvan_i_read_room(r, &f->step, f->n_steps, &f->cap_steps, sizeof *f->step);
    if (st != KARVAN_OK) return st;
    const char *name = f->variable[variable].name;
    f->step[f->n_steps] = (karvan_i_step){KARVAN_I_COLUMN, variable, 0};
    karvan_i_atom a = {.label = karvan_i_strndup(name, strlen(name)),
                       .e = {f->n_steps++, 1, 1},
                       .variable = variable,
                       .byte = (int)byte + 1};
    return atom_add(r, a, out);
}

static karvan_status term_add_atom(karvan_i_reading *r, karvan_i_term *t, int atom) {
    int k = t->n;
    for (int i = 0; i < t->n; i++)
        if (t->atom[i] == atom) return KARVAN_OK; /* a:a is a */
    if (t->n == KARVAN_I_PARTS)
        return karvan_i_read_wrong(r, r->begin, "an interaction of more than six");
    for (; k > 0 && t->atom[k - 1] > atom; k--) t->atom[k] = t->atom[k - 1];
    t->atom[k] = atom, t->n++;
    return KARVAN_OK;
}

/* One thing that stands between the signs of a term. */
static karvan_status part(karvan_i_reading *r, karvan_i_term *t) {
    karvan_status st = KARVAN_OK;
    size_t begin = r->begin;
    int atom, by = -1;
    karvan_i_atom a = {.variable = -1, .byte = (int)begin + 1};
    if (karvan_i_read_is(r, '('))
        return karvan_i_read_wrong(r, begin,
                                   "brackets stand inside I( ), log( ) and the like only");
    bool call = karvan_i_read_is_call(r);
    if (call && (strcmp(r->text, "factor") == 0 || strcmp(r->text, "i") == 0)) {
        a.factor = true;
        KARVAN_TRY(factor_of(r, &a, &by));
        a.label = factor_label(r->f, &a);
        st = atom_add(r, a, &atom), a = (karvan_i_atom){0};
    } else if (call) {
        KARVAN_TRY(karvan_i_read_operand(r, &a.e));
        size_t end = r->token == KARVAN_I_END ? strlen(r->s) : r->begin;
        a.label = karvan_i_read_label(r, begin, end);
        st = atom_add(r, a, &atom), a = (karvan_i_atom){0};
    } else {
        KARVAN_TRY(karvan_i_read_variable(r, &a.variable));
        st = column_atom(r, a.variable, begin, &atom);
    }
    if (st == KARVAN_OK) st = term_add_atom(r, t, atom);
    if (st == KARVAN_OK && by >= 0) st = column_atom(r, by, begin, &atom);
    if (st == KARVAN_OK && by >= 0) st = term_add_atom(r, t, atom);
done:
    karvan_i_free(a.ref);
    return st;
}

/* ---- terms ---- */

static karvan_status term_add(karvan_i_reading *r, const karvan_i_term *t) {
    karvan_i_formula *f = r->f;
    for (int i = 0; i < f->n_terms; i++)
        if (f->term[i].n == t->n &&
            memcmp(f->term[i].atom, t->atom, (size_t)t->n * sizeof *t->atom) == 0)
            return KARVAN_OK;
    karvan_status st = karvan_i_read_room(r, &f->term, f->n_terms, &f->cap_terms, sizeof *f->term);
    if (st == KARVAN_OK) f->term[f->n_terms++] = *t;
    return st;
}

static karvan_status interaction(karvan_i_reading *r, karvan_i_term *t) {
    karvan_status st = KARVAN_OK;
    *t = (karvan_i_term){0};
    KARVAN_TRY(part(r, t));
    while (karvan_i_read_is(r, ':')) {
        KARVAN_TRY(karvan_i_read_next(r));
        KARVAN_TRY(part(r, t));
    }
done:
    return st;
}

/* a*b*c: every interaction of some of them, fewest first. */
static karvan_status crossed(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    karvan_i_term of[KARVAN_I_PARTS];
    int n = 0;
    KARVAN_TRY(interaction(r, &of[n++]));
    while (karvan_i_read_is(r, '*')) {
        if (n == KARVAN_I_PARTS)
            return karvan_i_read_wrong(r, r->begin, "an interaction of more than six");
        KARVAN_TRY(karvan_i_read_next(r));
        KARVAN_TRY(interaction(r, &of[n++]));
    }
    for (int size = 1; size <= n; size++)
        for (int set = 1; set < 1 << n; set++) {
            if (__builtin_popcount((unsigned)set) != size) continue;
            karvan_i_term t = {0};
            for (int i = 0; i < n; i++)
                for (int k = 0; set >> i & 1 && k < of[i].n; k++)
                    KARVAN_TRY(term_add_atom(r, &t, of[i].atom[k]));
            KARVAN_TRY(term_add(r, &t));
        }
    if (karvan_i_read_is(r, '^') || karvan_i_read_is(r, '/') ||
        (r->token == KARVAN_I_SIGN && strchr("<>LGEN", r->sign)))
        return karvan_i_read_wrong(r, r->begin, "arithmetic stands inside I( ): write I(x^2)");
done:
    return st;
}

static karvan_status right_side(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    bool minus = karvan_i_read_is(r, '-');
    r->f->intercept = true;
    if (minus || karvan_i_read_is(r, '+')) KARVAN_TRY(karvan_i_read_next(r));
    for (;;) {
        if (r->token == KARVAN_I_DIGITS) {
            if (r->number != 0 && r->number != 1)
                return karvan_i_read_expected(r, "a column, 0 or 1");
            r->f->intercept = (r->number == 1) != minus;
            KARVAN_TRY(karvan_i_read_next(r));
        } else if (minus) {
            return karvan_i_read_wrong(r, r->begin,
                                       "only the intercept can be taken away: write -1; "
                                       "arithmetic stands inside I( )");
        } else {
            KARVAN_TRY(crossed(r));
        }
        minus = karvan_i_read_is(r, '-');
        if (!minus && !karvan_i_read_is(r, '+')) break;
        KARVAN_TRY(karvan_i_read_next(r));
    }
done:
    return st;
}

/* ---- effects ---- */

static karvan_status combination(karvan_i_reading *r, karvan_i_combination *c) {
    karvan_status st = KARVAN_OK;
    char name[4 * 260] = "";
    size_t n = 0;
    *c = (karvan_i_combination){.what = r->what, .byte = (int)r->begin + 1};
    for (;;) {
        int v;
        if (karvan_i_read_is_call(r))
            return karvan_i_read_wrong(r, r->begin,
                                       "effects are columns joined by ^, without functions");
        if (c->n == KARVAN_I_EFFECT_COLUMNS)
            return karvan_i_read_wrong(r, r->begin, "an effect of more than four columns");
        size_t byte = r->begin;
        KARVAN_TRY(karvan_i_read_variable(r, &v));
        for (int i = 0; i < c->n; i++)
            if (c->variable[i] == v)
                return karvan_i_read_wrong(r, byte, "a column that the effect names already");
        c->variable[c->n++] = v;
        n += (size_t)snprintf(name + n, sizeof name - n, "%s%s", n ? "^" : "",
                              r->f->variable[v].name);
        if (!karvan_i_read_is(r, '^')) break;
        KARVAN_TRY(karvan_i_read_next(r));
    }
    if (karvan_i_read_is(r, '*') || karvan_i_read_is(r, ':'))
        return karvan_i_read_wrong(r, r->begin,
                                   "effects are not crossed by * or :, write a^b for one level "
                                   "each pair of values");
    c->name = karvan_i_strndup(name, n);
    KARVAN_REQUIRE(c->name, r->err, KARVAN_E_NOMEM, "no memory for a formula");
done:
    return st;
}

bool karvan_i_combination_same(const karvan_i_combination *a, const karvan_i_combination *b) {
    int found = 0;
    for (int i = 0; i < a->n; i++)
        for (int k = 0; k < b->n; k++) found += a->variable[i] == b->variable[k];
    return a->n == b->n && found == a->n;
}

static karvan_status effects(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    karvan_i_formula *f = r->f;
    for (;;) {
        KARVAN_TRY(
            karvan_i_read_room(r, &f->effect, f->n_effects, &f->cap_effects, sizeof *f->effect));
        KARVAN_TRY(combination(r, &f->effect[f->n_effects]));
        f->n_effects++;
        for (int e = 0; e + 1 < f->n_effects; e++)
            if (karvan_i_combination_same(&f->effect[e], &f->effect[f->n_effects - 1]))
                return karvan_i_read_wrong(r, (size_t)f->effect[f->n_effects - 1].byte - 1,
                                           "an effect that stands here already");
        if (!karvan_i_read_is(r, '+')) break;
        KARVAN_TRY(karvan_i_read_next(r));
    }
    if (karvan_i_read_is(r, '|'))
        return karvan_i_read_wrong(r, r->begin,
                                   "a second '|': there are no instruments, and effects are joined "
                                   "by +");
    if (r->token != KARVAN_I_END) return karvan_i_read_expected(r, "'+', '^' or the end");
done:
    return st;
}

/* ---- the whole ---- */

static karvan_status left_side(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    karvan_i_formula *f = r->f;
    KARVAN_TRY(karvan_i_read_next(r));
    f->y_byte = (int)r->begin + 1;
    size_t begin = r->begin;
    KARVAN_TRY(karvan_i_read_expression(r, &f->y));
    f->y_label = karvan_i_read_label(r, begin, r->token == KARVAN_I_END ? r->at : r->begin);
    KARVAN_REQUIRE(f->y_label, r->err, KARVAN_E_NOMEM, "no memory for a formula");
    f->y_log = f->step[f->y.first + f->y.n - 1].op == KARVAN_I_LOG;
    KARVAN_TRY(karvan_i_read_sign(r, '~', "'~' behind what is explained"));
done:
    return st;
}

karvan_status karvan_i_formula_empty(karvan_i_formula **out, karvan_error *err) {
    *out = karvan_i_calloc(1, sizeof **out);
    return *out ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a formula");
}

karvan_status karvan_i_formula_parse(const char *text, karvan_i_formula **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_reading r = {.s = text, .what = "formula", .err = err};
    *out = NULL;
    KARVAN_REQUIRE(text && *text, err, KARVAN_E_ARG,
                   "formula: there is none; write 'y ~ x1 + log(x2) | a^t + b^t'");
    KARVAN_TRY(karvan_i_formula_empty(&r.f, err));
    KARVAN_TRY(left_side(&r));
    KARVAN_TRY(right_side(&r));
    if (karvan_i_read_is(&r, '|')) {
        KARVAN_TRY(karvan_i_read_next(&r));
        KARVAN_TRY(effects(&r));
    }
    if (r.token != KARVAN_I_END)
        KARVAN_TRY(karvan_i_read_expected(&r, "'+', ':', '*', '|' or the end"));
    *out = r.f, r.f = NULL;
done:
    karvan_i_formula_destroy(r.f);
    return st;
}

karvan_status karvan_i_formula_expression(karvan_i_formula *f, const char *what, const char *text,
                                          karvan_i_expression *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_reading r = {.s = text, .what = what, .f = f, .err = err};
    KARVAN_TRY(karvan_i_read_next(&r));
    KARVAN_TRY(karvan_i_read_expression(&r, out));
    if (r.token != KARVAN_I_END) KARVAN_TRY(karvan_i_read_expected(&r, "the end"));
done:
    return st;
}

karvan_status karvan_i_formula_combination(karvan_i_formula *f, const char *what, const char *text,
                                           karvan_i_combination *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_reading r = {.s = text, .what = what, .f = f, .err = err};
    *out = (karvan_i_combination){0};
    KARVAN_TRY(karvan_i_read_next(&r));
    KARVAN_TRY(combination(&r, out));
    if (r.token != KARVAN_I_END) {
        KARVAN_TRY(karvan_i_read_expected(&r, "'^' or the end"));
    }
done:
    if (st != KARVAN_OK) karvan_i_free(out->name), out->name = NULL;
    return st;
}
