/* What a store belongs to: everything that decides an answer, a line each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/try.h"
#include "study/results.h"
#include "study/study.h"

/* Texts are kept once each, and gone through once each where there is memory to note it. */
static uint64_t mix_texts(uint64_t h, const karvan_table *t, int c) {
    int32_t n = karvan_table_dictionary_size(t, c);
    uint64_t *known = karvan_i_calloc((size_t)n + 1, sizeof *known);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int32_t code = karvan_table_code(t, c, r);
        uint64_t of = known && code >= 0 ? known[code] : 0;
        if (of == 0) of = karvan_i_mix_text(1, karvan_table_text(t, c, r));
        if (known && code >= 0) known[code] = of;
        h = karvan_i_mix(karvan_i_mix(h, (uint64_t)karvan_table_state(t, c, r)), of);
    }
    karvan_i_free(known);
    return h;
}

uint64_t karvan_i_table_digest(const karvan_table *t) {
    uint64_t h = 1;
    for (int c = 0; c < karvan_table_columns(t); c++) {
        karvan_column k = karvan_table_column(t, c);
        h = karvan_i_mix(karvan_i_mix_text(h, k.name), (uint64_t)k.type);
        bool texts = k.type == KARVAN_TEXT || k.type == KARVAN_DATE;
        if (texts) h = mix_texts(h, t, c);
        for (int64_t r = 0; !texts && r < karvan_table_rows(t); r++) {
            h = karvan_i_mix(h, (uint64_t)karvan_table_state(t, c, r));
            if (k.type == KARVAN_INT)
                h = karvan_i_mix(h, (uint64_t)karvan_table_int(t, c, r));
            else if (k.type == KARVAN_REAL)
                h = karvan_i_mix_real(h, karvan_table_real(t, c, r));
            else if (k.type == KARVAN_BOOL)
                h = karvan_i_mix(h, karvan_table_bool(t, c, r));
        }
    }
    return h;
}

karvan_status karvan_i_fact_add(karvan_i_facts *f, const char *key, const char *value,
                                karvan_error *err) {
    if (f->n == f->cap) {
        int cap = f->cap > 0 ? 2 * f->cap : 32;
        karvan_i_fact *all = karvan_i_realloc(f->all, (size_t)cap, sizeof *all);
        if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a store");
        f->all = all, f->cap = cap;
    }
    karvan_i_fact *x = &f->all[f->n++];
    x->key = karvan_i_strndup(key, strlen(key));
    x->value = karvan_i_strndup(value, strlen(value));
    return x->key && x->value ? KARVAN_OK
                              : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a store");
}

static karvan_status add_real(karvan_i_facts *f, const char *key, double v, karvan_error *err) {
    char text[40];
    karvan_real_format(v, text, sizeof text);
    return karvan_i_fact_add(f, key, text, err);
}
static karvan_status add_whole(karvan_i_facts *f, const char *key, int64_t v, karvan_error *err) {
    char text[40];
    (void)snprintf(text, sizeof text, "%" PRId64, v);
    return karvan_i_fact_add(f, key, text, err);
}
static karvan_status add_digest(karvan_i_facts *f, const char *key, uint64_t v, karvan_error *err) {
    char text[40];
    (void)snprintf(text, sizeof text, "%016" PRIx64, v);
    return karvan_i_fact_add(f, key, text, err);
}

static karvan_status add_options(karvan_i_facts *f, const karvan_study_options *o,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char day[60] = "1 July";
    if (o->has_date) karvan_day_format(o->date, day, sizeof day);
    KARVAN_TRY(add_whole(f, "year", o->year, err));
    KARVAN_TRY(karvan_i_fact_add(f, "date", day, err));
    KARVAN_TRY(add_real(f, "least TEU a day", o->least_teu_day, err));
    KARVAN_TRY(add_real(f, "elasticity", o->elasticity, err));
    KARVAN_TRY(add_whole(f, "held links of the chain", o->hold, err));
    KARVAN_TRY(add_real(f, "tolerance", o->tolerance, err));
    KARVAN_TRY(add_whole(f, "rounds", o->max_rounds, err));
    KARVAN_TRY(add_real(f, "start", o->start, err));
done:
    return st;
}

static karvan_status add_names(karvan_i_facts *f, const karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text cases = {0};
    uint64_t measures = 1, parameters = 1;
    for (int i = 0; i < s->n_cases; i++)
        karvan_i_text_printf(&cases, "%s%s", i > 0 ? " " : "", s->name[i]);
    for (int i = 0; i < s->n_measures; i++) {
        const karvan_measure *m = &s->measure[i].m;
        measures = karvan_i_mix_text(
            karvan_i_mix_text(karvan_i_mix_text(measures, m->measure), m->country), m->unit);
    }
    for (int i = 0; i < s->n_moving; i++) {
        const karvan_i_parameter *p = &s->parameters.all[s->moving[i]];
        parameters = karvan_i_mix_real(
            karvan_i_mix_real(karvan_i_mix_text(parameters, p->id), p->low), p->high);
    }
    KARVAN_TRY(karvan_i_text_status(&cases, err));
    KARVAN_TRY(karvan_i_fact_add(f, "cases", cases.s ? cases.s : "", err));
    KARVAN_TRY(add_digest(f, "measures", measures, err));
    KARVAN_TRY(add_digest(f, "parameters", parameters, err));
done:
    karvan_i_text_clear(&cases);
    return st;
}

karvan_status karvan_i_facts_of(const karvan_study *s, uint64_t seed, karvan_i_facts *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_package *region = s->first.region;
    char key[200];
    *out = (karvan_i_facts){0};
    (void)snprintf(key, sizeof key, "%" PRIu64, seed);
    KARVAN_TRY(karvan_i_fact_add(out, "seed", key, err));
    KARVAN_TRY(add_names(out, s, err));
    KARVAN_TRY(add_options(out, &s->o, err));
    KARVAN_TRY(karvan_i_fact_add(out, "version of karvan", karvan_version(), err));
    for (int i = 0; i < karvan_package_count(region); i++) {
        const karvan_table *t = karvan_package_at(region, i);
        if (!t) continue;
        (void)snprintf(key, sizeof key, "table %.150s", karvan_table_name(t));
        KARVAN_TRY(add_digest(out, key, karvan_i_table_digest(t), err));
    }
done:
    if (st != KARVAN_OK) karvan_i_facts_clear(out);
    return st;
}

void karvan_i_facts_clear(karvan_i_facts *f) {
    for (int i = 0; i < f->n; i++) karvan_i_free(f->all[i].key), karvan_i_free(f->all[i].value);
    karvan_i_free(f->all);
    *f = (karvan_i_facts){0};
}
