/* A trade file from its first byte to the table of flows and the audit. */
#include "exchange/intake.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/codes.h"
#include "table/gzip.h"

enum { LISTED = 1000, HEADER_COLUMNS = 256 };

static char find_delimiter(const char *s, size_t n) {
    static const char candidates[] = {',', ';', '\t', '|'};
    int count[4] = {0}, best = 0;
    for (size_t i = 0; i < n && s[i] != '\n'; i++)
        for (int k = 0; k < 4; k++) count[k] += s[i] == candidates[k];
    for (int k = 1; k < 4; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

static karvan_status use_columns(karvan_i_intake *in, int n, const karvan_i_intake_cell *names,
                                 karvan_error *err) {
    const karvan_i_intake_format *f = in->format;
    in->n_fields = n;
    for (int c = 0; c < f->n_columns; c++) {
        in->field_of[c] = karvan_i_intake_find(n, names, &f->columns[c]);
        if (in->field_of[c] < 0 && f->columns[c].needed)
            return karvan_fail(err, KARVAN_E_DATA, "%s:1:1: format %s needs a column %s", in->path,
                               f->name, f->columns[c].names[0]);
    }
    return KARVAN_OK;
}

static karvan_status no_such_header(const karvan_i_intake *in, karvan_error *err) {
    char list[200] = "";
    for (int i = 0; karvan_i_intake_format_at(i); i++) {
        size_t at = strlen(list);
        (void)snprintf(list + at, sizeof list - at, "%s%s", i ? ", " : "",
                       karvan_i_intake_format_at(i)->name);
    }
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s:1:1: no format of trade files has such a header; these are read: %s, "
                       "sdmx, wits",
                       in->path, list);
}

/* The format, where it was not named; where its columns stand. */
static karvan_status read_header(karvan_i_intake *in, bool *is_json, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_csv csv = {0};
    karvan_i_intake_cell names[HEADER_COLUMNS];
    const char *s;
    size_t n, i = 0;
    bool got;
    *is_json = false;
    KARVAN_TRY(karvan_i_csv_open(&csv, in->bytes ? NULL : in->path, in->bytes, in->n, err));
    KARVAN_TRY(karvan_i_csv_peek(&csv, &s, &n, err));
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_DATA, "%s:1:1: the file is empty", in->path);
    KARVAN_REQUIRE(n < 2 || (memcmp(s, "\xFF\xFE", 2) != 0 && memcmp(s, "\xFE\xFF", 2) != 0), err,
                   KARVAN_E_DATA, "%s:1:1: the file is UTF-16; save it as UTF-8", in->path);
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) csv.begin += 3, s += 3, n -= 3;
    while (i < n && strchr(" \t\r\n", s[i]) && s[i]) i++;
    if (i < n && (s[i] == '{' || s[i] == '[')) {
        *is_json = true;
        goto done;
    }
    csv.delimiter = in->delimiter = find_delimiter(s, n);
    in->point = in->o->decimal ? in->o->decimal : in->delimiter == ';' ? ',' : '.';
    KARVAN_TRY(karvan_i_csv_next(&csv, &got, err));
    KARVAN_REQUIRE(got && csv.n_fields <= HEADER_COLUMNS, err, KARVAN_E_DATA,
                   "%s:1:1: a header of 1 to %d columns is expected", in->path, HEADER_COLUMNS);
    for (int f = 0; f < csv.n_fields; f++)
        names[f] = (karvan_i_intake_cell){csv.field[f].s, csv.field[f].n};
    if (!in->format) in->format = karvan_i_intake_recognise(csv.n_fields, names);
    if (!in->format) {
        st = no_such_header(in, err);
        goto done;
    }
    st = use_columns(in, csv.n_fields, names, err);
done:
    karvan_i_csv_close(&csv);
    return st;
}

/* "HS92" in BACI_HS92_Y2021_V202301.csv. */
static bool revision_in_name(const char *path, char out[3]) {
    const char *slash = strrchr(path, '/'), *s = slash ? slash + 1 : path;
    while ((s = strstr(s, "HS")) != NULL) {
        s += 2;
        if (s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' &&
            !(s[2] >= '0' && s[2] <= '9')) {
            out[0] = s[0], out[1] = s[1], out[2] = 0;
            return true;
        }
    }
    return false;
}

static karvan_status begin(karvan_i_intake *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_intake_format *f = in->format;
    char revision[3];
    uint32_t class;
    int32_t unit;
    if (f == &karvan_i_intake_baci || f == &karvan_i_intake_comtrade)
        KARVAN_TRY(karvan_i_intake_areas(in, err));
    if (f == &karvan_i_intake_baci)
        KARVAN_TRY(karvan_i_dictionary_add(&in->units, "t", 1, &unit, err));
    KARVAN_REQUIRE(f != &karvan_i_intake_itpde || in->sink.by.digits <= 0, err, KARVAN_E_ARG,
                   "industries of ITPD-E have no digits to group by: product, or none");
    KARVAN_REQUIRE(f == &karvan_i_intake_comtrade || !(in->o->world || in->o->supplementary), err,
                   KARVAN_E_ARG,
                   "%s has neither the world as partner nor quantities in other units", f->name);
    if (in->o->classification)
        st = karvan_i_intake_class(in, in->o->classification, &class, err);
    else if (f->classification)
        st = karvan_i_intake_class(in, f->classification, &class, err);
    else if (f == &karvan_i_intake_baci && revision_in_name(in->path, revision))
        st = karvan_i_intake_class(in, karvan_i_classification_of(revision), &class, err);
done:
    return st;
}

static karvan_status read_rows(karvan_i_intake *in, bool is_json, karvan_error *err) {
    const karvan_i_intake_format *f = in->format;
    karvan_status st = KARVAN_OK;
    bool done = false;
    karvan_i_sink_clear(&in->sink);
    for (int round = 0; round < 2; round++) {
        in->sink.exact = round == 1;
        if (is_json) return karvan_i_intake_json(in, &done, err);
        if (f->quick && !in->no_quick) st = f->quick(in, &done, err);
        if (st == KARVAN_OK && !done) st = karvan_i_intake_csv(in, err);
        if (st != KARVAN_OK || !in->sink.disorder) return st;
        karvan_i_sink_clear(&in->sink); /* duplicates are found by their identities then */
    }
    return st;
}

static karvan_status read_all(karvan_i_intake *in, karvan_table **flows, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool is_json;
    KARVAN_TRY(read_header(in, &is_json, err));
    if (is_json && !in->format) in->format = &karvan_i_intake_comtrade;
    KARVAN_REQUIRE(!is_json || in->format == &karvan_i_intake_comtrade, err, KARVAN_E_DATA,
                   "%s:1:1: the file is JSON, and %s is CSV", in->path, in->format->name);
    if (is_json) in->point = '.';
    if (in->format->table) {
        KARVAN_REQUIRE(!in->o->by, err, KARVAN_E_ARG, "format %s has no flows to group",
                       in->format->name);
        return in->format->table(in, flows, err);
    }
    KARVAN_TRY(begin(in, err));
    KARVAN_TRY(read_rows(in, is_json, err));
    if (in->format->end) KARVAN_TRY(in->format->end(in, err));
    st = karvan_i_intake_table(in, flows, err);
done:
    return st;
}

static void clear(karvan_i_intake *in) {
    karvan_i_sink_clear(&in->sink);
    karvan_i_dictionary_clear(&in->labels), karvan_i_dictionary_clear(&in->products);
    karvan_i_dictionary_clear(&in->classes), karvan_i_dictionary_clear(&in->units);
    karvan_i_dictionary_clear(&in->seen), karvan_i_dictionary_clear(&in->detail);
    karvan_i_dictionary_clear(&in->goods);
    karvan_i_free(in);
}

karvan_status karvan_i_flows_read(const char *path, const char *bytes, size_t n,
                                  const karvan_flows_options *o, bool no_quick,
                                  karvan_problems *problems, karvan_flows_tally *tally,
                                  karvan_table **audit, karvan_table **flows, karvan_error *err) {
    static const karvan_flows_options defaults = {0};
    karvan_status st = KARVAN_OK;
    karvan_i_intake *in = NULL;
    karvan_table *t = NULL;
    if (!flows || !path) return karvan_fail(err, KARVAN_E_ARG, "path or flows is NULL");
    *flows = NULL;
    if (audit) *audit = NULL;
    if (tally) *tally = (karvan_flows_tally){0};
    if (!o) o = &defaults;
    in = karvan_i_calloc(1, sizeof *in);
    KARVAN_REQUIRE(in, err, KARVAN_E_NOMEM, "no memory to read %s", path);
    in->path = path, in->bytes = bytes, in->n = n, in->o = o, in->no_quick = no_quick;
    in->problems = problems;
    in->sink.audit.most = o->list == 0 ? LISTED : o->list;
    KARVAN_REQUIRE(!o->decimal || o->decimal == '.' || o->decimal == ',', err, KARVAN_E_ARG,
                   "decimals are written with a point or a comma");
    KARVAN_TRY(karvan_i_by_parse(o->by             ? o->by
                                 : o->by_otherwise ? o->by_otherwise
                                                   : "exporter,importer,year",
                                 &in->sink.by, err));
    if (o->format) KARVAN_TRY(karvan_i_intake_format_named(o->format, &in->format, err));
    KARVAN_TRY(read_all(in, &t, err));
    KARVAN_TRY(karvan_i_audit_tell(&in->sink.audit, path, problems, err));
    if (audit) KARVAN_TRY(karvan_i_audit_table(&in->sink.audit, audit, err));
    int64_t dropped = karvan_i_audit_dropped(&in->sink.audit);
    if (tally)
        *tally =
            (karvan_flows_tally){in->format->name, in->sink.rows, in->sink.rows - dropped, dropped};
    *flows = t, t = NULL;
done:
    karvan_table_destroy(t);
    if (in) clear(in);
    return st;
}

karvan_status karvan_flows_read(const char *path, const karvan_flows_options *options,
                                karvan_problems *problems, karvan_flows_tally *tally,
                                karvan_table **audit, karvan_table **flows, karvan_error *err) {
    karvan_status st =
        karvan_i_flows_read(path, NULL, 0, options, false, problems, tally, audit, flows, err);
    return path ? karvan_i_gzip_judge(path, st, err) : st;
}

karvan_status karvan_flows_parse(const char *bytes, size_t n, const char *path,
                                 const karvan_flows_options *options, karvan_problems *problems,
                                 karvan_flows_tally *tally, karvan_table **audit,
                                 karvan_table **flows, karvan_error *err) {
    return karvan_i_flows_read(path, bytes ? bytes : "", n, options, false, problems, tally, audit,
                               flows, err);
}
