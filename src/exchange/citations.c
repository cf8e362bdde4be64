/* Sources as references: CSL-JSON and BibTeX. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "karvan/exchange.h"
#include "table/cell.h"

typedef struct reference {
    const char *id, *title, *publisher, *year, *url, *accessed, *kind, *note;
} reference;

static reference read_row(const karvan_table *t, int64_t r) {
    return (reference){karvan_i_cell_text(t, "id", r),        karvan_i_cell_text(t, "title", r),
                       karvan_i_cell_text(t, "publisher", r), karvan_i_cell_text(t, "year", r),
                       karvan_i_cell_text(t, "url", r),       karvan_i_cell_text(t, "accessed", r),
                       karvan_i_cell_text(t, "kind", r),      karvan_i_cell_text(t, "note", r)};
}

static bool is_kind(const reference *r, const char *kind) {
    return r->kind && strcmp(r->kind, kind) == 0;
}

/* ---- CSL-JSON ---- */

static void member(karvan_i_text *t, const char *name, const char *value) {
    if (!value) return;
    karvan_i_text_printf(t, ",\n  \"%s\": \"", name);
    karvan_i_text_json(t, value);
    karvan_i_text_puts(t, "\"");
}

static void date_parts(karvan_i_text *t, karvan_day d, int parts) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    if (year <= 0) year--; /* there is no year 0 in CSL: -1 is 1 BC, which EDTF calls 0000 */
    karvan_i_text_printf(t, "[%lld", (long long)year);
    if (parts > 0) karvan_i_text_printf(t, ",%d", month);
    if (parts > 1) karvan_i_text_printf(t, ",%d", day);
    karvan_i_text_puts(t, "]");
}

/* After the year: 1 the month, 2 the day too. A season is no month. */
static int known_parts(const karvan_edtf *d) {
    bool season = d->precision == 1 && !d->is_interval && d->latest - d->earliest > 30;
    return d->unspecified || season ? 0 : d->precision > 2 ? 2 : d->precision;
}

/* As date-parts where the date has two known ends, else as it is written. */
static void date_member(karvan_i_text *t, const char *name, const char *edtf) {
    karvan_edtf d;
    if (!edtf || karvan_edtf_parse(edtf, strlen(edtf), &d, NULL) != KARVAN_OK) return;
    karvan_i_text_printf(t, ",\n  \"%s\": {", name);
    if (d.earliest == KARVAN_DAY_MIN || d.latest == KARVAN_DAY_MAX || d.unspecified || d.is_set) {
        karvan_i_text_puts(t, "\"literal\": \"");
        karvan_i_text_json(t, edtf);
        karvan_i_text_puts(t, "\"}");
        return;
    }
    int parts = known_parts(&d);
    karvan_i_text_puts(t, "\"date-parts\": [");
    date_parts(t, d.earliest, parts);
    if (d.is_interval) karvan_i_text_puts(t, ","), date_parts(t, d.latest, parts);
    karvan_i_text_puts(t, d.uncertain || d.approximate ? "], \"circa\": true}" : "]}");
}

static const char *csl_type(const reference *r) {
    return is_kind(r, "news")             ? "article-newspaper"
           : is_kind(r, "dataset")        ? "dataset"
           : is_kind(r, "computed")       ? "dataset"
           : is_kind(r, "reference_work") ? "entry-encyclopedia"
                                          : "document";
}

static void csl(karvan_i_text *t, const reference *r, int64_t before) {
    bool within = is_kind(r, "news") || is_kind(r, "reference_work");
    karvan_i_text_puts(t, before ? ",\n {\"id\": \"" : " {\"id\": \"");
    karvan_i_text_json(t, r->id);
    karvan_i_text_printf(t, "\",\n  \"type\": \"%s\"", csl_type(r));
    member(t, "title", r->title);
    member(t, within ? "container-title" : "publisher", r->publisher);
    date_member(t, "issued", r->year);
    date_member(t, "accessed", r->accessed);
    member(t, "URL", r->url);
    member(t, "note", r->note);
    karvan_i_text_puts(t, "}");
}

/* ---- BibTeX ---- */

static const char *escaped(char c) {
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '&':
        return "\\&";
    case '%':
        return "\\%";
    case '$':
        return "\\$";
    case '#':
        return "\\#";
    case '_':
        return "\\_";
    case '{':
        return "\\{";
    case '}':
        return "\\}";
    case '<': /* without T1 fonts TeX prints other signs for the two */
        return "\\textless{}";
    case '>':
        return "\\textgreater{}";
    default:
        return NULL;
    }
}

static void tex(karvan_i_text *t, const char *s) {
    for (; *s; s++) {
        const char *e = escaped(*s);
        if (e)
            karvan_i_text_puts(t, e);
        else if (*s == '-' && s[1] == '-') /* two hyphens, no dash */
            karvan_i_text_puts(t, "-{}");
        else
            karvan_i_text_add(t, (unsigned char)*s < ' ' ? " " : s, 1);
    }
}

/* Does the address need it as %XX? What no address may hold, what ends the field, and a % that
 * begins none: readers take the whole for not yet encoded where one is wrong, and encode it twice.
 */
static bool needs_code(const char *s) {
    static const char hex[] = "0123456789ABCDEFabcdef";
    unsigned char c = (unsigned char)*s;
    if (c == '%') return strspn(s + 1, hex) < 2;
    return c <= ' ' || c >= 0x7f || strchr("{}\\\"<>|^`", c) != NULL;
}

static void tex_url(karvan_i_text *t, const char *s) {
    for (; *s; s++) {
        if (needs_code(s))
            karvan_i_text_printf(t, "%%%02X", (unsigned)(unsigned char)*s);
        else
            karvan_i_text_add(t, s, 1);
    }
}

static void field(karvan_i_text *t, const char *name, const char *open, const char *value,
                  const char *close) {
    if (!value) return;
    karvan_i_text_printf(t, ",\n  %s = {%s", name, open);
    tex(t, value);
    karvan_i_text_printf(t, "%s}", close);
}

/* Keys are ids; what a key may not hold becomes a hyphen. */
static void key(karvan_i_text *t, const char *id) {
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    for (; *id; id++) karvan_i_text_add(t, strchr(good, *id) ? id : "-", 1);
}

/* Two keys that are one once spelled: the later gets its place in table sources. */
static bool key_is_taken(const karvan_table *sources, const bool *used, int64_t row) {
    karvan_i_text own = {0}, other = {0};
    bool taken = false;
    key(&own, karvan_i_cell_text(sources, "id", row));
    for (int64_t r = 0; r < row && !taken && own.s; r++) {
        if (!used[r]) continue;
        other.n = 0;
        key(&other, karvan_i_cell_text(sources, "id", r));
        taken = other.s && own.n == other.n && memcmp(own.s, other.s, own.n) == 0;
    }
    karvan_i_text_clear(&own), karvan_i_text_clear(&other);
    return taken;
}

/* The year, and month and day where they are known. The names of months are macros that every style
 * has. What is more than a day (an interval, a decade) stands as EDTF in the year. */
static void bib_date(karvan_i_text *t, const char *edtf) {
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    karvan_edtf d;
    if (!edtf) return;
    bool plain = karvan_edtf_parse(edtf, strlen(edtf), &d, NULL) == KARVAN_OK && !d.is_interval &&
                 !d.is_set && strspn(edtf, "0123456789") >= 4;
    if (!plain) {
        field(t, "year", "", edtf, "");
        return;
    }
    int64_t year;
    int month, day;
    karvan_day_to_civil(d.earliest, &year, &month, &day);
    int parts = known_parts(&d);
    karvan_i_text_printf(t, ",\n  year = {%04lld}", (long long)year);
    if (parts > 0) karvan_i_text_printf(t, ",\n  month = %s", months[month - 1]);
    if (parts > 1) karvan_i_text_printf(t, ",\n  day = {%d}", day);
}

/* A date, or two, without marks of doubt: readers know no others here. */
static void bib_accessed(karvan_i_text *t, const char *edtf) {
    size_t n = edtf ? strspn(edtf, "0123456789-/") : 0;
    if (n >= 4 && strspn(edtf + n, "~?%") == strlen(edtf + n))
        karvan_i_text_printf(t, ",\n  urldate = {%.*s}", (int)n, edtf);
}

static void bibtex(karvan_i_text *t, const reference *r, const karvan_table *sources,
                   const bool *used, int64_t row) {
    karvan_i_text_puts(t, "@misc{");
    key(t, r->id);
    if (key_is_taken(sources, used, row)) karvan_i_text_printf(t, "-%lld", (long long)row + 1);
    field(t, "author", "{", r->publisher, "}"); /* no style prints a publisher of @misc */
    field(t, "title", "{", r->title, "}");
    bib_date(t, r->year);
    if (r->url) {
        karvan_i_text_puts(t, ",\n  url = {");
        tex_url(t, r->url);
        karvan_i_text_puts(t, "}");
    }
    bib_accessed(t, r->accessed);
    field(t, "annote", "", r->note, "");
    karvan_i_text_puts(t, "\n}\n");
}

/* ---- the call ---- */

static karvan_status use(const karvan_package *region, const char *ids, bool *used,
                         karvan_error *err) {
    char id[128];
    while (ids && *ids) {
        size_t n = strcspn(ids, ";"), keep = n < sizeof id ? n : sizeof id - 1;
        memcpy(id, ids, keep), id[keep] = 0;
        int64_t row = karvan_package_row(region, "sources", id);
        if (row < 0) return karvan_fail(err, KARVAN_E_ARG, "no source is called '%.80s'", id);
        used[row] = true;
        ids += n + (ids[n] == ';');
    }
    return KARVAN_OK;
}

karvan_status karvan_citations_write(const karvan_package *region, int64_t n,
                                     const char *const *ids, karvan_citation_form form,
                                     const char *path, int64_t *written, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    karvan_i_text text = {0};
    bool *used = NULL;
    int64_t told = 0;
    KARVAN_REQUIRE(region && path && (ids || n == 0), err, KARVAN_E_ARG,
                   "references need a region and a file");
    KARVAN_TRY(karvan_i_need_table(region, "sources", &t, err));
    used = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *used);
    KARVAN_REQUIRE(used, err, KARVAN_E_NOMEM, "no memory for references");
    for (int64_t i = 0; i < n; i++) KARVAN_TRY(use(region, ids[i], used, err));
    if (form == KARVAN_CSL_JSON) karvan_i_text_puts(&text, "[\n");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        reference one = read_row(t, r);
        if (!used[r] || is_kind(&one, "assumption")) continue;
        if (form == KARVAN_CSL_JSON)
            csl(&text, &one, told);
        else
            bibtex(&text, &one, t, used, r);
        told++;
    }
    if (form == KARVAN_CSL_JSON) karvan_i_text_puts(&text, told ? "\n]\n" : "]\n");
    KARVAN_TRY(karvan_i_text_status(&text, err));
    KARVAN_TRY(karvan_i_file_write(path, text.s ? text.s : "", text.n, err));
    if (written) *written = told;
done:
    karvan_i_text_clear(&text);
    karvan_i_free(used);
    return st;
}
