/* Files of `karvan record`: tables, timelines, references, a Data Package. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/record.h"
#include "cli/words.h"

typedef enum form { FORM_CSV, FORM_JSON, FORM_SVG, FORM_VIS, FORM_JS, FORMS } form;
static const char *const NAMES[FORMS] = {"csv", "json", "svg", "vis", "timelinejs"};

static karvan_status read_form(const cli *c, form *out, karvan_error *err) {
    const char *path = cli_option(c, "out"), *as = cli_option(c, "as");
    for (int i = 0; as && i < FORMS; i++)
        if (strcmp(as, NAMES[i]) == 0) return *out = (form)i, KARVAN_OK;
    if (as)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--as is csv, json, svg, vis or timelinejs, not "
                           "'%.40s'",
                           as);
    *out = cli_ends_in(path, ".svg") ? FORM_SVG : cli_ends_in(path, ".json") ? FORM_JSON : FORM_CSV;
    if (*out != FORM_CSV || cli_ends_in(path, ".csv")) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "%.80s tells no format by its end: .csv, .json, .svg, or say --as", path);
}

static karvan_status read_lanes(const cli *c, karvan_lanes *out, karvan_error *err) {
    static const char *const names[] = {"dimension", "party", "kind"};
    const char *said = cli_option(c, "lanes");
    *out = KARVAN_LANES_DIMENSION;
    for (int i = 0; said && i < 3; i++)
        if (strcmp(said, names[i]) == 0) return *out = (karvan_lanes)i, KARVAN_OK;
    if (!said) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--lanes is dimension, party or kind, not '%.40s'", said);
}

static karvan_status read_width(const cli *c, int *out, karvan_error *err) {
    const char *said = cli_option(c, "width");
    int64_t w = 900;
    if (said && !cli_whole(said, 320, 4000, &w))
        return karvan_fail(err, KARVAN_E_ARG, "--width is 320 to 4000 pixels, not '%.40s'", said);
    *out = (int)w;
    return KARVAN_OK;
}

static karvan_status read_citations(const cli *c, karvan_citation_form *out, karvan_error *err) {
    const char *path = cli_option(c, "sources-out");
    *out = cli_ends_in(path, ".bib") ? KARVAN_BIBTEX : KARVAN_CSL_JSON;
    if (!path || *out == KARVAN_BIBTEX || cli_ends_in(path, ".json")) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--sources-out %.80s: .json (CSL-JSON) or .bib (BibTeX)",
                       path);
}

static bool is_timeline(form f) { return f == FORM_SVG || f == FORM_VIS || f == FORM_JS; }

/* Modes whose rows are no claims, or other rows than claims. */
static const char *const OTHER_ROWS[] = {"conflicts",   "resolved", "memberships",
                                         "instruments", "since",    NULL};

karvan_status cli_record_judge_out(const cli *c, karvan_error *err) {
    form f = FORM_CSV;
    karvan_lanes lanes;
    karvan_citation_form citations;
    int width;
    const char *dir = cli_option(c, "package");
    karvan_status st = KARVAN_OK;
    if (cli_option(c, "out")) st = read_form(c, &f, err);
    if (st == KARVAN_OK && cli_switch(c, "as") && !cli_switch(c, "out"))
        st = karvan_fail(err, KARVAN_E_ARG, "--as goes with --out");
    if (st == KARVAN_OK && cli_switch(c, "out")) st = cli_not_both(c, "out", "format", err);
    if (st == KARVAN_OK) st = read_lanes(c, &lanes, err);
    if (st == KARVAN_OK) st = read_width(c, &width, err);
    if (st == KARVAN_OK) st = read_citations(c, &citations, err);
    if (st == KARVAN_OK && cli_switch(c, "lanes") && !is_timeline(f))
        st = karvan_fail(err, KARVAN_E_ARG, "--lanes goes with --out of a timeline");
    if (st == KARVAN_OK && cli_switch(c, "width") && f != FORM_SVG)
        st = karvan_fail(err, KARVAN_E_ARG, "--width goes with --out of an SVG");
    for (int i = 0; st == KARVAN_OK && OTHER_ROWS[i]; i++)
        if (cli_switch(c, OTHER_ROWS[i]) && is_timeline(f))
            st = karvan_fail(err, KARVAN_E_ARG,
                             "a timeline shows claims: --%s gives rows of another kind",
                             OTHER_ROWS[i]);
    if (st == KARVAN_OK && dir) st = cli_not_any(c, "package", OTHER_ROWS, err);
    if (st == KARVAN_OK && dir) st = cli_not_there(dir, err);
    if (st == KARVAN_OK) st = cli_written_apart(c, err);
    return st;
}

/* A table to a file: written whole, then renamed. */
static karvan_status write_json(const karvan_table *t, const char *path, karvan_error *err) {
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %s", path);
    karvan_status st = karvan_table_write(t, KARVAN_FORMAT_JSON, 0, f, err);
    if (fclose(f) != 0 && st == KARVAN_OK)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for %s", path);
    if (st == KARVAN_OK) st = karvan_i_file_write(path, text, n, err);
    free(text);
    return st;
}

static karvan_status write_svg(const cli *c, const karvan_view *v, const karvan_timeline *how,
                               const char *path, karvan_error *err) {
    karvan_document d = {0};
    int width;
    karvan_status st = read_width(c, &width, err);
    if (st == KARVAN_OK) st = karvan_report_timeline_svg(c->region, v, how, width, &d, err);
    if (st == KARVAN_OK) st = karvan_document_write(&d, path, err);
    karvan_document_clear(&d);
    return st;
}

/* Claims that a timeline has no place for are told, not lost. */
static karvan_status tell_left_out(const cli *c, const karvan_view *v, const karvan_timeline *how,
                                   karvan_error *err) {
    karvan_timeline_count n;
    karvan_status st = karvan_timeline_counted(c->region, v, how, &n, err);
    if (st != KARVAN_OK) return st;
    (void)printf("%s: %lld of %lld claims", cli_option(c, "out"), (long long)n.claims,
                 (long long)v->n);
    if (n.undated + n.deprecated > 0)
        (void)printf("; without a place on a timeline: %lld without a year, %lld deprecated",
                     (long long)n.undated, (long long)n.deprecated);
    (void)printf("\n");
    return KARVAN_OK;
}

static karvan_status write_out(const cli *c, const record_asked *a, const karvan_view *v,
                               const karvan_table *t, karvan_error *err) {
    const char *path = cli_option(c, "out");
    karvan_timeline how = {.focus = a->q.party};
    form f = FORM_CSV;
    karvan_status st = read_form(c, &f, err);
    if (st == KARVAN_OK) st = read_lanes(c, &how.lanes, err);
    if (st != KARVAN_OK) return st;
    if (f == FORM_CSV) st = karvan_csv_write(t, path, err);
    if (f == FORM_JSON) st = write_json(t, path, err);
    if (f == FORM_SVG) st = write_svg(c, v, &how, path, err);
    if (f == FORM_VIS || f == FORM_JS)
        st = karvan_timeline_write(c->region, v, &how,
                                   f == FORM_VIS ? KARVAN_TIMELINE_VIS : KARVAN_TIMELINE_JS, path,
                                   err);
    if (st == KARVAN_OK && is_timeline(f)) st = tell_left_out(c, v, &how, err);
    if (st == KARVAN_OK && !is_timeline(f))
        (void)printf("%s: %lld rows\n", path, (long long)karvan_table_rows(t));
    return st;
}

static const char *source_at(const karvan_table *t, const char *column, int64_t row) {
    int c = karvan_table_find(t, column);
    return c >= 0 ? karvan_table_text(t, c, row) : NULL;
}

/* Sources of the rows that are listed, and of what a resolved view sets aside. */
static karvan_status write_sources(const cli *c, const karvan_table *t, karvan_error *err) {
    const char *path = cli_option(c, "sources-out");
    const karvan_table *claims = karvan_package_table(c->region, "claims");
    int64_t n = 0, rows = karvan_table_rows(t), written = 0;
    karvan_citation_form citations;
    karvan_i_text others = {0};
    const char **ids = calloc((size_t)rows + 1, sizeof *ids);
    karvan_status st = read_citations(c, &citations, err);
    if (!ids) st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for references");
    for (int64_t r = 0; st == KARVAN_OK && r < rows; r++) {
        ids[n++] = source_at(t, "source", r);
        static const char *const lists[] = {"agree", "aside"};
        for (int i = 0; i < 2; i++) {
            const char *at = source_at(t, lists[i], r);
            char id[200];
            for (bool more = at != NULL; more && st == KARVAN_OK;) {
                st = cli_next_word(&at, ';', id, sizeof id, &more, err);
                int64_t row = more ? karvan_package_row(c->region, "claims", id) : -1;
                const char *source = row >= 0 ? source_at(claims, "source", row) : NULL;
                if (source) karvan_i_text_printf(&others, "%s%s", others.n ? ";" : "", source);
            }
        }
    }
    if (ids) ids[n++] = others.s;
    if (st == KARVAN_OK) st = karvan_i_text_status(&others, err);
    if (st == KARVAN_OK)
        st = karvan_citations_write(c->region, n, ids, citations, path, &written, err);
    if (st == KARVAN_OK) (void)printf("%s: %lld sources\n", path, (long long)written);
    free(ids);
    karvan_i_text_clear(&others);
    return st;
}

karvan_status cli_record_write(const cli *c, const record_asked *a, const karvan_view *v,
                               const karvan_table *t, bool *printed, karvan_error *err) {
    const char *dir = cli_option(c, "package");
    karvan_status st = KARVAN_OK;
    *printed = cli_option(c, "out") || cli_option(c, "sources-out") || dir;
    if (cli_option(c, "out")) st = write_out(c, a, v, t, err);
    if (st == KARVAN_OK && cli_option(c, "sources-out")) st = write_sources(c, t, err);
    if (st == KARVAN_OK && dir) {
        st = karvan_record_package_write(c->region, v, dir, err);
        if (st == KARVAN_OK) (void)printf("%s: %lld claims\n", dir, (long long)v->n);
    }
    return st;
}
