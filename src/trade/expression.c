#include "trade/expression.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "table/number.h"

/* A comparison of text: this sign in the place of its first operand, the other two follow. */
#define TEXT_EQUALS ((karvan_i_op)100)

bool karvan_i_column_is_text(const karvan_table *t, int column) {
    karvan_type type = t->column[column].type;
    return type == KARVAN_TEXT || type == KARVAN_DATE;
}

karvan_status karvan_i_bind(const karvan_i_formula *f, const karvan_table *data,
                            karvan_i_bound *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)f->n_steps;
    *out = (karvan_i_bound){.f = f, .data = data, .n_steps = f->n_steps};
    out->column = karvan_i_malloc((size_t)f->n_variables, sizeof *out->column);
    out->step = karvan_i_malloc(n, sizeof *out->step);
    out->same = karvan_i_calloc(n, sizeof *out->same);
    out->scratch = karvan_i_malloc((size_t)KARVAN_I_DEPTH * KARVAN_I_BLOCK, sizeof(double));
    KARVAN_REQUIRE(out->column && out->step && out->same && out->scratch, err, KARVAN_E_NOMEM,
                   "no memory for a formula");
    if (n > 0) memcpy(out->step, f->step, n * sizeof *out->step);
    for (int v = 0; v < f->n_variables; v++)
        out->column[v] = karvan_table_find(data, f->variable[v].name);
done:
    if (st != KARVAN_OK) karvan_i_bound_clear(out);
    return st;
}

void karvan_i_bound_clear(karvan_i_bound *b) {
    for (int s = 0; b->same && s < b->n_steps; s++) karvan_i_free(b->same[s]);
    karvan_i_free(b->column), karvan_i_free(b->step), karvan_i_free(b->same);
    karvan_i_free(b->scratch);
    *b = (karvan_i_bound){0};
}

karvan_status karvan_i_bound_need(const karvan_i_bound *b, int variable, karvan_error *err) {
    const karvan_i_variable *v = &b->f->variable[variable];
    const char *names[512];
    size_t n = 0;
    if (b->column[variable] >= 0) return KARVAN_OK;
    for (int c = 0; c < b->data->n_columns && n < 512; c++) names[n++] = b->data->column[c].name;
    int64_t near = karvan_text_nearest(v->name, names, n);
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s: byte %d: no column '%.80s'; did you mean '%.80s'?", v->what,
                           v->byte, v->name, names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "%s: byte %d: no column '%.80s' in %.200s", v->what,
                       v->byte, v->name, b->data->path ? b->data->path : b->data->name);
}

/* Does a step hold text? */
static bool is_text(const karvan_i_bound *b, const karvan_i_step *s) {
    if (s->op == KARVAN_I_STRING) return true;
    return s->op == KARVAN_I_COLUMN && karvan_i_column_is_text(b->data, b->column[s->a]);
}

/* Codes of one text column in terms of another's. */
static int32_t *codes_of(const karvan_i_column *from, const karvan_i_column *to) {
    int32_t *code = karvan_i_malloc((size_t)from->dictionary.n, sizeof *code);
    for (int32_t k = 0; code && k < from->dictionary.n; k++) {
        const char *s = from->dictionary.bytes + from->dictionary.at[k];
        code[k] = karvan_i_dictionary_find(&to->dictionary, s, strlen(s));
    }
    return code;
}

/* Text beside == or !=: column with column, or column with 'text'. */
static karvan_status prepare_text(karvan_i_bound *b, int at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_step *s = &b->step[at];
    if (s[0].op == KARVAN_I_STRING) { /* the column comes first */
        karvan_i_step first = s[0];
        s[0] = s[1], s[1] = first;
    }
    const karvan_i_column *c = &b->data->column[b->column[s[0].a]];
    if (s[1].op == KARVAN_I_STRING) {
        const char *text = b->f->string[s[1].a];
        s[1].number = karvan_i_dictionary_find(&c->dictionary, text, strlen(text));
    } else {
        b->same[at] = codes_of(c, &b->data->column[b->column[s[1].a]]);
        KARVAN_REQUIRE(b->same[at], err, KARVAN_E_NOMEM, "no memory for a formula");
    }
    s[0].op = TEXT_EQUALS;
done:
    return st;
}

static bool is_number(const char *s) {
    double v;
    return karvan_i_parse_real(s, strlen(s), '.', &v);
}

static bool mostly_numbers(const karvan_i_dictionary *d) {
    int64_t numbers = 0;
    for (int32_t k = 0; k < d->n; k++) numbers += is_number(d->bytes + d->at[k]);
    return 2 * numbers > d->n;
}

/* Text where numbers are needed. One stray cell among numbers is a fault of the data; a column of
 * words is one of the formula. The first cell that is no number is the one to look at. */
static karvan_status text_refused(const karvan_i_bound *b, int variable, karvan_error *err) {
    const karvan_i_variable *v = &b->f->variable[variable];
    int column = b->column[variable];
    int64_t line = 0, col = 0, row = 0;
    const char *s = NULL;
    char what[300];
    for (int64_t i = 0; i < b->data->n_rows && !s; i++) {
        const char *cell = karvan_table_text(b->data, column, i);
        if (cell && !is_number(cell)) s = cell, row = i;
    }
    if (mostly_numbers(&b->data->column[column].dictionary)) {
        (void)snprintf(what, sizeof what,
                       "'%.40s' is no number, as others of column '%.80s' are (%s, byte %d); mend "
                       "the cell or leave it empty, or write factor( ) if the column holds names",
                       s ? s : "", v->name, v->what, v->byte);
        return karvan_i_refuse(b->data, column, row, what, err);
    }
    const char *file = karvan_table_locate(b->data, column, row, &line, &col);
    return karvan_fail(err, KARVAN_E_ARG,
                       "%s: byte %d: column '%.80s' holds text where numbers are needed "
                       "(%.120s:%lld:%lld: '%.40s'); text is compared with == and !=, or stands "
                       "alone as a factor",
                       v->what, v->byte, v->name, file ? file : b->data->name, (long long)line,
                       (long long)col, s ? s : "");
}

karvan_status karvan_i_bound_words(const karvan_i_bound *b, int variable, karvan_error *err) {
    bool numbers = mostly_numbers(&b->data->column[b->column[variable]].dictionary);
    return numbers ? text_refused(b, variable, err) : KARVAN_OK;
}

karvan_status karvan_i_bound_prepare(karvan_i_bound *b, const karvan_i_expression *e,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = e->first; i < e->first + e->n; i++)
        if (b->step[i].op == KARVAN_I_COLUMN) KARVAN_TRY(karvan_i_bound_need(b, b->step[i].a, err));
    for (int i = e->first; i < e->first + e->n; i++) {
        karvan_i_step *s = &b->step[i];
        if (s->op == TEXT_EQUALS) {
            i += 2; /* prepared before */
            continue;
        }
        if (!is_text(b, s)) continue;
        bool pair = i + 2 < e->first + e->n && is_text(b, &s[1]) &&
                    (s[2].op == KARVAN_I_EQ || s[2].op == KARVAN_I_NE) &&
                    (s[0].op == KARVAN_I_COLUMN || s[1].op == KARVAN_I_COLUMN);
        if (!pair && s->op == KARVAN_I_STRING)
            return karvan_fail(err, KARVAN_E_ARG,
                               "formula: '%.80s' is compared with no column of text",
                               b->f->string[s->a]);
        if (!pair) KARVAN_TRY(text_refused(b, s->a, err));
        KARVAN_TRY(prepare_text(b, i, err));
        i += 2;
    }
done:
    return st;
}

static void column_values(const karvan_i_column *c, int64_t n, const int32_t *row, double *out) {
    if (c->type == KARVAN_REAL)
        for (int64_t i = 0; i < n; i++) out[i] = c->v.r[row[i]];
    else if (c->type == KARVAN_INT)
        for (int64_t i = 0; i < n; i++) out[i] = (double)c->v.i[row[i]];
    else
        for (int64_t i = 0; i < n; i++) out[i] = c->v.b[row[i]];
}

static void text_equals(const karvan_i_bound *b, int at, int64_t n, const int32_t *row,
                        double *out) {
    const karvan_i_step *s = &b->step[at];
    const int32_t *code = b->data->column[b->column[s[0].a]].v.code, *same = b->same[at];
    bool equal = s[2].op == KARVAN_I_EQ;
    if (!same) {
        for (int64_t i = 0; i < n; i++)
            out[i] = (code[row[i]] == (int32_t)s[1].number) == equal ? 1 : 0;
        return;
    }
    const int32_t *other = b->data->column[b->column[s[1].a]].v.code;
    for (int64_t i = 0; i < n; i++) {
        int32_t k = code[row[i]];
        out[i] = (k >= 0 && same[k] == other[row[i]]) == equal ? 1 : 0;
    }
}

static void unary(karvan_i_op op, int64_t n, double *x) {
    switch ((int)op) {
    case KARVAN_I_NEGATE:
        for (int64_t i = 0; i < n; i++) x[i] = -x[i];
        break;
    case KARVAN_I_LOG:
        for (int64_t i = 0; i < n; i++) x[i] = x[i] > 0 ? log(x[i]) : NAN;
        break;
    case KARVAN_I_EXP:
        for (int64_t i = 0; i < n; i++) x[i] = exp(x[i]);
        break;
    case KARVAN_I_SQRT:
        for (int64_t i = 0; i < n; i++) x[i] = x[i] >= 0 ? sqrt(x[i]) : NAN;
        break;
    default: /* KARVAN_I_ABS */
        for (int64_t i = 0; i < n; i++) x[i] = fabs(x[i]);
    }
}

/* A comparison with a number that is none is none. */
static inline double truth(bool yes, double x, double y) {
    return x != x || y != y ? NAN : yes ? 1 : 0;
}

static void binary(karvan_i_op op, int64_t n, double *x, const double *y) {
    switch ((int)op) {
    case KARVAN_I_ADD:
        for (int64_t i = 0; i < n; i++) x[i] += y[i];
        break;
    case KARVAN_I_SUB:
        for (int64_t i = 0; i < n; i++) x[i] -= y[i];
        break;
    case KARVAN_I_MUL:
        for (int64_t i = 0; i < n; i++) x[i] *= y[i];
        break;
    case KARVAN_I_DIV:
        for (int64_t i = 0; i < n; i++) x[i] /= y[i];
        break;
    case KARVAN_I_POW:
        for (int64_t i = 0; i < n; i++) x[i] = y[i] == 2 ? x[i] * x[i] : pow(x[i], y[i]);
        break;
    case KARVAN_I_LT:
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] < y[i], x[i], y[i]);
        break;
    case KARVAN_I_LE:
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] <= y[i], x[i], y[i]);
        break;
    case KARVAN_I_GT:
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] > y[i], x[i], y[i]);
        break;
    case KARVAN_I_GE:
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] >= y[i], x[i], y[i]);
        break;
    case KARVAN_I_EQ:
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] == y[i], x[i], y[i]);
        break;
    default: /* KARVAN_I_NE */
        for (int64_t i = 0; i < n; i++) x[i] = truth(x[i] != y[i], x[i], y[i]);
    }
}

void karvan_i_evaluate(karvan_i_bound *b, const karvan_i_expression *e, int64_t n,
                       const int32_t *row, double *out) {
    double *top = b->scratch; /* behind the numbers on the stack */
    if (e->n == 1 && b->step[e->first].op == KARVAN_I_COLUMN) {
        column_values(&b->data->column[b->column[b->step[e->first].a]], n, row, out);
        return;
    }
    for (int i = e->first; i < e->first + e->n; i++) {
        const karvan_i_step *s = &b->step[i];
        if (s->op == KARVAN_I_NUMBER) {
            for (int64_t k = 0; k < n; k++) top[k] = s->number;
            top += KARVAN_I_BLOCK;
        } else if (s->op == KARVAN_I_COLUMN) {
            column_values(&b->data->column[b->column[s->a]], n, row, top);
            top += KARVAN_I_BLOCK;
        } else if (s->op == TEXT_EQUALS) {
            text_equals(b, i, n, row, top);
            top += KARVAN_I_BLOCK, i += 2;
        } else if (s->op == KARVAN_I_NEGATE || s->op >= KARVAN_I_LOG) {
            unary(s->op, n, top - KARVAN_I_BLOCK);
        } else {
            top -= KARVAN_I_BLOCK;
            binary(s->op, n, top - KARVAN_I_BLOCK, top);
        }
    }
    memcpy(out, b->scratch, (size_t)n * sizeof *out);
}
