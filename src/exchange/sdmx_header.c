/* The header of an SDMX-CSV message: which version, which labels, which components. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/sdmx.h"

enum { ID_MAX = 200, COLUMNS_MAX = 1000 };

/* Components that are attributes wherever they stand; what is not known to be one counts as a
 * dimension, so that no two observations are ever taken for one. */
static const char *const attributes[] = {
    "OBS_STATUS",  "OBS_FLAG",     "CONF_STATUS", "OBS_CONF", "OBS_PRE_BREAK", "OBS_COM",
    "COMMENT_OBS", "UNIT_MULT",    "DECIMALS",    "TITLE",    "TITLE_COMPL",   "LAST UPDATE",
    "UPDATED",     "EMBARGO_TIME", "SERIES_KEY",  "OBS_KEY",  "KEY",           "TIME_FORMAT"};

static const char *skip_mark(const char *s, size_t *n) {
    if (*n < 3 || memcmp(s, "\xEF\xBB\xBF", 3) != 0) return s;
    *n -= 3;
    return s + 3;
}

/* The character behind the first term of the header parts its fields. */
static char delimiter_of(const char *s, size_t n) {
    static const char *const terms[] = {"STRUCTURE", "DATAFLOW", "KEY"};
    s = skip_mark(s, &n);
    size_t at = n > 0 && *s == '"';
    for (size_t k = 0; k < 3; k++) {
        size_t m = strlen(terms[k]);
        if (n < at + m || memcmp(s + at, terms[k], m) != 0) continue;
        at += m;
        if (at < n && s[at] == '[')
            while (at < n && s[at] != '\n' && s[at++] != ']') continue;
        if (at < n && s[at] == '"') at++;
        return at < n && s[at] && strchr(",;|\t", s[at]) ? s[at] : ',';
    }
    return ',';
}

static bool is(const karvan_i_field *f, const char *s) {
    return f->n == strlen(s) && memcmp(f->s, s, f->n) == 0;
}

/* A component's id: the header without name (labels=both) and brackets. */
static char *id_of(const karvan_i_field *f, bool *both, bool *several) {
    char room[ID_MAX + 1];
    size_t n = 0;
    *both = *several = false;
    for (size_t i = 0; i < f->n && n < ID_MAX; i++) {
        if (f->s[i] == ':' && i + 1 < f->n && f->s[i + 1] == ' ') {
            *both = true;
            break;
        }
        if (f->s[i] == '[') {
            *several = true;
            while (i < f->n && f->s[i] != ']') i++;
            continue;
        }
        room[n++] = f->s[i];
    }
    return karvan_i_strndup(room, n);
}

static bool is_listed(const char *id, int n, const char *const *list) {
    for (int k = 0; k < n; k++)
        if (strcmp(list[k], id) == 0) return true;
    return false;
}

static karvan_status add_component(karvan_i_sdmx *s, int field) {
    static const char *const fixed[] = {"sdmx_line", "sdmx_structure", "sdmx_structure_id",
                                        "sdmx_action"};
    const karvan_i_field *f = &s->csv.field[field];
    const char *value = s->o->value ? s->o->value : "OBS_VALUE";
    bool both, several;
    karvan_i_sdmx_component *c = &s->component[s->n_components];
    if (karvan_utf8_valid_prefix(f->s, f->n) != f->n || memchr(f->s, 0, f->n))
        return karvan_i_sdmx_fault(s, field, "sdmx-encoding", "save the message as UTF-8",
                                   "the header holds bytes that are no text in UTF-8");
    c->id = id_of(f, &both, &several);
    if (!c->id) return karvan_fail(s->err, KARVAN_E_NOMEM, "no memory for a header");
    s->n_components++;
    s->both |= both;
    c->field = field, c->value = strcmp(c->id, value) == 0;
    c->key = s->o->n_dimensions > 0
                 ? is_listed(c->id, s->o->n_dimensions, s->o->dimensions)
                 : !c->value && !several &&
                       !is_listed(c->id, sizeof attributes / sizeof *attributes, attributes);
    bool twice = is_listed(c->id, 4, fixed);
    for (int k = 0; k + 1 < s->n_components; k++) twice |= strcmp(s->component[k].id, c->id) == 0;
    if (!*c->id || twice)
        return karvan_i_sdmx_fault(s, field, "sdmx-header", "each component once",
                                   *c->id ? "component '%.80s' stands in the header twice, or is "
                                            "a name of our own"
                                          : "a component without a name%s",
                                   c->id);
    return KARVAN_OK;
}

/* The columns before the components; how many. */
static karvan_status fixed_fields(karvan_i_sdmx *s, int *n, bool *names) {
    const karvan_i_field *f = s->csv.field;
    int k = 0, fields = s->csv.n_fields;
    s->structure = s->id = s->action = -1, *names = false;
    if (fields > 0 && f[0].n >= 9 && memcmp(f[0].s, "STRUCTURE", 9) == 0 &&
        (f[0].n == 9 || f[0].s[9] == '[')) {
        s->structure = k++;
        if (k >= fields || !is(&f[k], "STRUCTURE_ID"))
            return karvan_i_sdmx_fault(s, 0, "sdmx-header", "STRUCTURE,STRUCTURE_ID,...",
                                       "the second column is not STRUCTURE_ID");
        s->id = k++;
        if (k < fields && is(&f[k], "STRUCTURE_NAME")) *names = true, k++;
        if (k < fields && is(&f[k], "ACTION")) s->action = k++;
    } else if (fields > 0 && is(&f[0], "DATAFLOW")) {
        s->id = k++;
    } else if (fields == 0 || !is(&f[0], "KEY")) { /* KEY, as the ECB writes: a component */
        return karvan_i_sdmx_fault(
            s, 0, "sdmx-header", "STRUCTURE (SDMX-CSV 2), DATAFLOW (1.0) or KEY",
            "the first column is '%.*s': no SDMX-CSV message",
            fields ? (int)(f[0].n < 40 ? f[0].n : 40) : 0, fields ? f[0].s : "");
    }
    *n = k;
    return KARVAN_OK;
}

karvan_status karvan_i_sdmx_header(karvan_i_sdmx *s) {
    karvan_status st = KARVAN_OK;
    const char *first;
    size_t n;
    bool got, names;
    int k = 0;
    KARVAN_TRY(karvan_i_csv_peek(&s->csv, &first, &n, s->err));
    s->csv.delimiter = delimiter_of(first, n);
    KARVAN_TRY(karvan_i_csv_next(&s->csv, &got, s->err));
    KARVAN_REQUIRE(got, s->err, KARVAN_E_DATA, "%s:1:1: the message is empty", s->path);
    karvan_i_field *f = &s->csv.field[0];
    if (s->csv.n_fields > 0 && skip_mark(f->s, &f->n) != f->s) f->s += 3;
    s->n_fields = s->csv.n_fields;
    KARVAN_REQUIRE(s->n_fields <= COLUMNS_MAX, s->err, KARVAN_E_DATA,
                   "%s:1:1: %d columns; %d are the most", s->path, s->n_fields, (int)COLUMNS_MAX);
    KARVAN_TRY(fixed_fields(s, &k, &names));
    if (s->faults > 0) goto done;
    s->component = karvan_i_calloc((size_t)s->n_fields + 1, sizeof *s->component);
    KARVAN_REQUIRE(s->component, s->err, KARVAN_E_NOMEM, "no memory for a header");
    for (int keys = 0; k < s->n_fields; k++) {
        bool is_key =
            keys < 2 && (is(&s->csv.field[k], "SERIES_KEY") || is(&s->csv.field[k], "OBS_KEY"));
        KARVAN_TRY(add_component(s, k));
        keys += is_key;
        if (names && !is_key && k + 1 < s->n_fields) k++; /* the name of what stands before */
    }
done:
    return st;
}
