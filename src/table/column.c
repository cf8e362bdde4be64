#include "table/column.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static size_t width(karvan_type t) {
    switch (t) {
    case KARVAN_INT:
        return sizeof(int64_t);
    case KARVAN_REAL:
        return sizeof(double);
    case KARVAN_BOOL:
        return sizeof(uint8_t);
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    return sizeof(int32_t);
}

karvan_status karvan_i_column_init(karvan_i_column *c, const char *name, karvan_type type,
                                   const char *unit, karvan_error *err) {
    *c = (karvan_i_column){.type = type};
    c->name = karvan_i_strndup(name, strlen(name));
    c->unit = unit ? karvan_i_strndup(unit, strlen(unit)) : NULL;
    if (!c->name || (unit && !c->unit)) {
        karvan_i_column_clear(c);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", name);
    }
    return KARVAN_OK;
}

void karvan_i_column_clear(karvan_i_column *c) {
    karvan_i_free(c->name), karvan_i_free(c->unit), karvan_i_free(c->v.any);
    karvan_i_free(c->state), karvan_i_free(c->dates);
    karvan_i_dictionary_clear(&c->dictionary);
    *c = (karvan_i_column){0};
}

static karvan_status grow(karvan_i_column *c, karvan_error *err) {
    int64_t cap = c->cap ? 2 * c->cap : 64;
    void *v = karvan_i_realloc(c->v.any, (size_t)cap, width(c->type));
    if (!v) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
    c->v.any = v;
    if (c->state) {
        uint8_t *state = karvan_i_realloc(c->state, (size_t)cap, 1);
        if (!state) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
        c->state = state;
    }
    c->cap = cap;
    return KARVAN_OK;
}

static inline karvan_status room(karvan_i_column *c, karvan_error *err) {
    return c->n < c->cap ? KARVAN_OK : grow(c, err);
}

static inline void holds_value(karvan_i_column *c) {
    if (c->state) c->state[c->n] = KARVAN_VALUE;
    c->n++;
}

karvan_status karvan_i_column_missing(karvan_i_column *c, karvan_cell state, karvan_error *err) {
    karvan_status st = room(c, err);
    if (st != KARVAN_OK) return st;
    if (!c->state) { /* the first missing cell: all before it hold values */
        c->state = karvan_i_malloc((size_t)c->cap, 1);
        if (!c->state) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
        memset(c->state, KARVAN_VALUE, (size_t)c->n);
    }
    c->state[c->n] = (uint8_t)state;
    switch (c->type) {
    case KARVAN_INT:
        c->v.i[c->n] = 0;
        break;
    case KARVAN_REAL:
        c->v.r[c->n] = NAN;
        break;
    case KARVAN_BOOL:
        c->v.b[c->n] = 0;
        break;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        c->v.code[c->n] = -1;
        break;
    }
    c->n++;
    return KARVAN_OK;
}

karvan_status karvan_i_column_int(karvan_i_column *c, int64_t v, karvan_error *err) {
    karvan_status st = room(c, err);
    if (st == KARVAN_OK) c->v.i[c->n] = v, holds_value(c);
    return st;
}

karvan_status karvan_i_column_real(karvan_i_column *c, double v, karvan_error *err) {
    karvan_status st = room(c, err);
    if (st == KARVAN_OK) c->v.r[c->n] = v, holds_value(c);
    return st;
}

karvan_status karvan_i_column_bool(karvan_i_column *c, bool v, karvan_error *err) {
    karvan_status st = room(c, err);
    if (st == KARVAN_OK) c->v.b[c->n] = v, holds_value(c);
    return st;
}

/* A new distinct date is parsed once, into dates[code]. */
static karvan_status add_date(karvan_i_column *c, const char *s, size_t n, int32_t *code,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_edtf d;
    *code = karvan_i_dictionary_find(&c->dictionary, s, n);
    if (*code >= 0) return KARVAN_OK;
    KARVAN_TRY(karvan_edtf_parse(s, n, &d, err));
    if (c->dictionary.n >= c->cap_dates) {
        int32_t cap = c->cap_dates ? 2 * c->cap_dates : 16;
        karvan_edtf *dates = karvan_i_realloc(c->dates, (size_t)cap, sizeof *dates);
        KARVAN_REQUIRE(dates, err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
        c->dates = dates, c->cap_dates = cap;
    }
    KARVAN_TRY(karvan_i_dictionary_add(&c->dictionary, s, n, code, err));
    c->dates[*code] = d;
done:
    return st;
}

/* Many columns say the same row after row. */
static bool same_as_last(const karvan_i_column *c, const char *s, size_t n, int32_t *code) {
    const karvan_i_dictionary *d = &c->dictionary;
    if (c->n == 0 || (c->state && c->state[c->n - 1] != KARVAN_VALUE)) return false;
    *code = c->v.code[c->n - 1];
    size_t at = d->at[*code];
    return d->n_bytes - at > n && d->bytes[at + n] == 0 && memcmp(d->bytes + at, s, n) == 0;
}

karvan_status karvan_i_column_text(karvan_i_column *c, const char *s, size_t n, karvan_error *err) {
    karvan_status st = room(c, err);
    int32_t code = -1;
    if (st == KARVAN_OK && c->type == KARVAN_DATE)
        st = add_date(c, s, n, &code, err);
    else if (st == KARVAN_OK && !same_as_last(c, s, n, &code))
        st = karvan_i_dictionary_add(&c->dictionary, s, n, &code, err);
    if (st == KARVAN_OK) c->v.code[c->n] = code, holds_value(c);
    return st;
}

/* Both are eight bytes wide: each number changes in its own place. */
karvan_status karvan_i_column_widen(karvan_i_column *c, karvan_error *err) {
    (void)err;
    for (int64_t k = 0; k < c->n; k++) {
        bool missing = c->state && c->state[k] != KARVAN_VALUE;
        double v = missing ? NAN : (double)c->v.i[k];
        memcpy(&c->v.i[k], &v, sizeof v);
    }
    c->type = KARVAN_REAL;
    return KARVAN_OK;
}

void karvan_i_column_drop_last(karvan_i_column *c) { c->n--; }

void karvan_i_column_restate(karvan_i_column *c, karvan_cell from, karvan_cell to) {
    for (int64_t k = 0; c->state && k < c->n; k++)
        if (c->state[k] == (uint8_t)from) c->state[k] = (uint8_t)to;
}

void karvan_i_column_trim(karvan_i_column *c) {
    int64_t n = c->n ? c->n : 1;
    void *v = karvan_i_realloc(c->v.any, (size_t)n, width(c->type));
    if (v) c->v.any = v, c->cap = n; /* shrinking may fail without harm */
    if (c->state) {
        uint8_t *state = karvan_i_realloc(c->state, (size_t)n, 1);
        if (state)
            c->state = state;
        else
            c->cap = c->n;
    }
    karvan_i_dictionary *d = &c->dictionary;
    if (d->bytes) {
        char *bytes = karvan_i_realloc(d->bytes, d->n_bytes, 1);
        if (bytes) d->bytes = bytes, d->cap_bytes = d->n_bytes;
    }
}

size_t karvan_i_column_bytes(const karvan_i_column *c) {
    size_t n = (size_t)c->n * (width(c->type) + (c->state ? 1 : 0));
    return n + c->dictionary.cap_bytes + (size_t)c->dictionary.cap * sizeof(size_t) +
           c->dictionary.n_slots * sizeof(int32_t) + (size_t)c->cap_dates * sizeof(karvan_edtf);
}
