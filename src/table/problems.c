#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/utf8.h"
#include "karvan/table.h"

typedef struct entry {
    karvan_problem p;
    char *text; /* file, code, message, hint in one block */
    int64_t order;
} entry;

struct karvan_problems {
    entry *e;
    int64_t n, cap;
    int64_t count[2]; /* by severity */
};

karvan_status karvan_problems_create(karvan_problems **out, karvan_error *err) {
    *out = karvan_i_calloc(1, sizeof **out);
    return *out ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

void karvan_problems_destroy(karvan_problems *p) {
    if (!p) return;
    for (int64_t i = 0; i < p->n; i++) karvan_i_free(p->e[i].text);
    karvan_i_free(p->e);
    karvan_i_free(p);
}

static const char *keep(char **at, const char *s) {
    const char *begin = *at;
    size_t n = strlen(s) + 1;
    memcpy(*at, s, n);
    karvan_i_utf8_mend(*at);
    *at += n;
    return begin;
}

static karvan_status add(karvan_problems *p, karvan_severity severity, const char *file,
                         int64_t line, int64_t column, const char *code, const char *hint,
                         const char *message) {
    if (p->n == p->cap) {
        int64_t cap = p->cap ? 2 * p->cap : 16;
        entry *e = karvan_i_realloc(p->e, (size_t)cap, sizeof *e);
        if (!e) return KARVAN_E_NOMEM;
        p->e = e, p->cap = cap;
    }
    if (!file) file = "";
    if (!hint) hint = "";
    char *text =
        karvan_i_malloc(strlen(file) + strlen(code) + strlen(hint) + strlen(message) + 4, 1);
    if (!text) return KARVAN_E_NOMEM;
    entry *e = &p->e[p->n];
    char *at = text;
    *e = (entry){.text = text, .order = p->n};
    e->p = (karvan_problem){.severity = severity, .line = line, .column = column};
    e->p.file = keep(&at, file), e->p.code = keep(&at, code);
    e->p.message = keep(&at, message), e->p.hint = keep(&at, hint);
    p->n++, p->count[severity]++;
    return KARVAN_OK;
}

karvan_status karvan_problems_add(karvan_problems *p, karvan_severity severity, const char *file,
                                  int64_t line, int64_t column, const char *code, const char *hint,
                                  const char *message_fmt, ...) {
    char message[512];
    va_list ap;
    va_start(ap, message_fmt);
    (void)vsnprintf(message, sizeof message, message_fmt, ap);
    va_end(ap);
    return add(p, severity, file, line, column, code, hint, message);
}

karvan_status karvan_problems_add_cell(karvan_problems *p, karvan_severity severity,
                                       const karvan_table *t, int column, int64_t row,
                                       const char *code, const char *hint, const char *message_fmt,
                                       ...) {
    char message[512];
    int64_t line = 0, col = 0;
    const char *file = karvan_table_locate(t, column, row, &line, &col);
    va_list ap;
    va_start(ap, message_fmt);
    (void)vsnprintf(message, sizeof message, message_fmt, ap);
    va_end(ap);
    return add(p, severity, file ? file : karvan_table_name(t), line, column < 0 ? 0 : col, code,
               hint, message);
}

int64_t karvan_problems_count(const karvan_problems *p, karvan_severity severity) {
    return p->count[severity == KARVAN_ERROR ? 0 : 1];
}
int64_t karvan_problems_total(const karvan_problems *p) { return p->n; }
karvan_problem karvan_problems_get(const karvan_problems *p, int64_t i) { return p->e[i].p; }

static int by_place(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int c = strcmp(x->p.file, y->p.file);
    if (c) return c;
    if (x->p.line != y->p.line) return x->p.line < y->p.line ? -1 : 1;
    if (x->p.column != y->p.column) return x->p.column < y->p.column ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void karvan_problems_sort(karvan_problems *p) {
    if (p->n > 1) qsort(p->e, (size_t)p->n, sizeof *p->e, by_place);
}
