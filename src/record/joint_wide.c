/* The wide form: a row a state and year, a column a body, in each cell a code. */
#include <string.h>

#include "base/try.h"
#include "record/joint_wide.h"
#include "table/number.h"

static inline int meaning(const karvan_i_field *f) {
    const char *s = f->s;
    if (f->n == 2) {
        if (s[0] == '-')
            return s[1] == '1'   ? KARVAN_I_NO_BODY
                   : s[1] == '9' ? KARVAN_I_NOT_KNOWN
                                 : KARVAN_I_WRONG;
        if (s[0] == '.' && s[1] == '.') return KARVAN_I_NO_BODY;
        return s[0] == 'N' && s[1] == 'A' ? KARVAN_I_NOT_KNOWN : KARVAN_I_WRONG;
    }
    if (f->n == 0) return KARVAN_I_NOT_KNOWN;
    unsigned digit = (unsigned)(unsigned char)s[0] - '0';
    return f->n == 1 && digit <= 3 ? (int)digit : KARVAN_I_WRONG;
}

static bool named(const karvan_i_field *f, const char *const *names) {
    char said[64], folded[64];
    (void)snprintf(said, sizeof said, "%.*s", (int)(f->n < sizeof said ? f->n : 0), f->s);
    (void)karvan_text_fold(said, folded, sizeof folded);
    for (; *names; names++)
        if (strcmp(folded, *names) == 0) return true;
    return false;
}

/* Code and year stand in front, the state's name may: in the third place, or where the year stands
 * in the third, in one of the first two. */
static bool find_places(karvan_i_wide *w) {
    static const char *const years[] = {"year", NULL}, *const codes[] = {"ccode",  "cowcode",
                                                                         "gwcode", "code",
                                                                         "iso3",   "iso2",
                                                                         "iso3c",  NULL},
                             *const names[] = {"state",   "stateabb",    "statename", "statenme",
                                               "country", "countryname", "name",      NULL};
    const karvan_i_field *f = w->csv.field;
    w->year = -1, w->n_fields = w->csv.n_fields;
    for (int c = 0; c < 3 && c < w->n_fields && w->year < 0; c++)
        if (named(&f[c], years)) w->year = c;
    if (w->year < 0 || w->n_fields < 2) return false;
    w->code = w->year == 0, w->first = 2;
    if (w->year == 2) {
        w->code = named(&f[1], codes) || named(&f[0], names), w->first = 3;
        return named(&f[1 - w->code], names);
    }
    if (w->n_fields == 2) return true;
    if (named(&f[2], codes)) w->code = 2;
    if (w->code == 2 || named(&f[2], names)) w->first = 3;
    return true;
}

int karvan_i_wide_bodies(const karvan_table *header) {
    char name[3][64];
    karvan_i_field field[3];
    int n = karvan_table_columns(header);
    karvan_i_wide w = {.csv = {.field = field, .n_fields = n}};
    for (int c = 0; c < 3 && c < n; c++) {
        (void)snprintf(name[c], sizeof name[c], "%s", karvan_table_column(header, c).name);
        field[c] = (karvan_i_field){.s = name[c], .n = strlen(name[c])};
    }
    return find_places(&w) ? n - w.first : -1;
}

static karvan_status take_bodies(karvan_i_wide *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = w->first; c < w->n_fields; c++) {
        const karvan_i_field *f = &w->csv.field[c];
        int32_t code; /* in order: the header was looked at, and has none twice */
        KARVAN_REQUIRE(
            f->n > 0 && karvan_utf8_valid_prefix(f->s, f->n) == f->n && !memchr(f->s, 0, f->n), err,
            KARVAN_E_DATA, "%s:1:%u: a column without a name that is UTF-8", w->path, f->column);
        KARVAN_TRY(karvan_i_dictionary_add(&w->m->bodies, f->s, f->n, &code, err));
    }
    KARVAN_REQUIRE(w->m->bodies.n > 0, err, KARVAN_E_DATA, "%s:1:1: there is no column of a body",
                   w->path);
    w->m->words = (w->m->bodies.n + 63) / 64;
done:
    return st;
}

static karvan_status read_header(karvan_i_wide *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *s;
    size_t n;
    bool got;
    KARVAN_TRY(karvan_i_csv_peek(&w->csv, &s, &n, err));
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) w->csv.begin += 3;
    KARVAN_TRY(karvan_i_csv_next(&w->csv, &got, err));
    KARVAN_REQUIRE(got && find_places(w), err, KARVAN_E_DATA, "%s:1:1: no header of memberships",
                   w->path);
    st = take_bodies(w, err);
done:
    return st;
}

static karvan_status wrong_cell(const karvan_i_wide *w, const karvan_i_field *f, const char *what,
                                karvan_error *err) {
    int n = (int)karvan_utf8_valid_prefix(f->s, f->n < 40 ? f->n : 40);
    return karvan_fail(err, KARVAN_E_DATA, "%s:%lld:%u: '%.*s' is no %s", w->path,
                       (long long)(w->csv.line + f->line), f->column, n, f->s, what);
}

/* The cells of the newest row, 64 bodies at a time. */
static karvan_status take_cells(karvan_i_wide *w, const karvan_i_field *field, karvan_error *err) {
    karvan_memberships *m = w->m;
    const int32_t n = m->bodies.n;
    const uint64_t counts = m->o.status & (KARVAN_MEMBER | KARVAN_ASSOCIATE | KARVAN_OBSERVER);
    int64_t at = (m->n_rows - 1) * m->words;
    for (int32_t b = 0; b < n; at++) {
        uint64_t certain = 0, unknown = 0, none = 0;
        for (int32_t k = 0; k < 64 && b < n; k++, b++) {
            int v = meaning(&field[b]);
            if (v == KARVAN_I_WRONG)
                return wrong_cell(w, &field[b],
                                  "code of a membership: 0 none, 1 member, 2 associate, 3 "
                                  "observer, -1 no such body, -9 not known",
                                  err);
            if (m->cell) m->cell[(m->n_rows - 1) * n + b] = (uint8_t)v;
            certain |= (counts >> v & 1) << k;
            none |= (uint64_t)(v == KARVAN_I_NO_BODY) << k;
            unknown |= (uint64_t)(v == KARVAN_I_NOT_KNOWN) << k;
        }
        m->certain[at] = certain, m->perhaps[at] = certain | unknown, m->none[at] = none;
        m->unknown += __builtin_popcountll(unknown);
    }
    return KARVAN_OK;
}

static karvan_status take_row(karvan_i_wide *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_field *f = w->csv.field, *code = &f[w->code];
    int64_t year;
    int32_t state;
    if (w->csv.n_fields == 1 && f[0].n == 0) return KARVAN_OK; /* an empty line */
    KARVAN_REQUIRE(w->csv.n_fields == w->n_fields, err, KARVAN_E_DATA,
                   "%s:%lld:1: the row has %d cells, the header %d", w->path,
                   (long long)w->csv.line, w->csv.n_fields, w->n_fields);
    if (!karvan_i_parse_int(f[w->year].s, f[w->year].n, &year) || year < -9999 || year > 9999)
        return wrong_cell(w, &f[w->year], "year", err);
    if (code->n == 0 || memchr(code->s, 0, code->n) ||
        karvan_utf8_valid_prefix(code->s, code->n) != code->n)
        return wrong_cell(w, code, "code of a state", err);
    const karvan_memberships_options *o = &w->m->o;
    karvan_i_memberships_of_year(w->m, (int)year);
    /* states of all years: one without rows in those asked for is still known by its code */
    KARVAN_TRY(karvan_i_dictionary_add(&w->m->states, code->s, code->n, &state, err));
    if ((o->has_from && year < o->from) || (o->has_to && year > o->to)) return KARVAN_OK;
    KARVAN_TRY(karvan_i_memberships_add(w->m, state, (int)year, w->csv.line, err));
    st = take_cells(w, f + w->first, err);
done:
    return st;
}

karvan_status karvan_i_memberships_wide(karvan_memberships *m, const char *path, const char *bytes,
                                        size_t n, char delimiter, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_wide w = {.m = m, .path = path};
    bool got;
    KARVAN_REQUIRE(!(m->o.status & (KARVAN_CANDIDATE | KARVAN_PARTICIPANT)), err, KARVAN_E_ARG,
                   "%s tells members, associates and observers apart, no others", path);
    KARVAN_REQUIRE(!m->o.extend, err, KARVAN_E_ARG,
                   "%s says of each year who belongs: there is nothing to carry on (extend)", path);
    KARVAN_TRY(karvan_i_memberships_called(m, path, err));
    KARVAN_TRY(karvan_i_csv_open(&w.csv, bytes ? NULL : path, bytes, n, err));
    w.csv.delimiter = delimiter;
    KARVAN_TRY(read_header(&w, err));
    for (;;) {
        if (!m->o.keep_cells) KARVAN_TRY(karvan_i_wide_quick(&w, err));
        KARVAN_TRY(karvan_i_csv_next(&w.csv, &got, err));
        if (!got) break;
        KARVAN_REQUIRE(!w.csv.open_quote && !w.csv.stray_quote, err, KARVAN_E_DATA,
                       "%s:%lld:1: a quoted cell does not end, or text stands behind it", path,
                       (long long)w.csv.line);
        KARVAN_TRY(take_row(&w, err));
    }
    for (int64_t r = 0; r < m->n_rows; r++) karvan_i_memberships_of_year(m, m->row[r].year);
    st = karvan_i_memberships_order(m, path, err);
done:
    karvan_i_csv_close(&w.csv);
    return st;
}
