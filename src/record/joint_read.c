/* Memberships from a file of either form, or from a region. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint_wide.h"
#include "table/cell.h"
#include "table/gzip.h"
#include "table/known.h"

static karvan_status read_table(const char *path, const char *bytes, size_t n,
                                const karvan_csv_options *o, karvan_table **out,
                                karvan_error *err) {
    return bytes ? karvan_csv_parse(bytes, n, path, "memberships", o, NULL, out, err)
                 : karvan_csv_read(path, "memberships", o, NULL, out, err);
}

static karvan_status read_long(karvan_memberships *m, const char *path, const char *bytes, size_t n,
                               karvan_error *err) {
    static const karvan_column columns[] = {{"organisation", KARVAN_TEXT, NULL},
                                            {"country", KARVAN_TEXT, NULL},
                                            {"status", KARVAN_TEXT, NULL},
                                            {"from", KARVAN_DATE, NULL},
                                            {"to", KARVAN_DATE, NULL}};
    const karvan_csv_options o = {.n_columns = sizeof columns / sizeof columns[0],
                                  .columns = columns,
                                  .extra_columns = true,
                                  .n_missing = KARVAN_I_GAPS,
                                  .missing = karvan_i_gaps};
    karvan_table *t = NULL;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(read_table(path, bytes, n, &o, &t, err));
    st = karvan_i_memberships_long(m, t, NULL, err);
done:
    karvan_table_destroy(t);
    return st;
}

void karvan_i_header_line(const karvan_table *header, char *out, size_t cap) {
    size_t n = 0;
    *out = 0;
    for (int c = 0; c < karvan_table_columns(header) && n < cap; c++) {
        int k =
            snprintf(out + n, cap - n, "%s%s", c ? "," : "", karvan_table_column(header, c).name);
        n += k > 0 ? (size_t)k : 0;
    }
    if (n < cap) return;
    n = karvan_utf8_valid_prefix(out, cap - 4); /* room for three points */
    memcpy(out + n, "...", 4);
}

static karvan_status neither(const char *path, const karvan_table *header, karvan_error *err) {
    char line[100];
    karvan_i_header_line(header, line, sizeof line);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s:1:1: neither form of memberships: a row a state and year begins with "
                       "code, year and perhaps state, then a column a body; a row a membership has "
                       "organisation, country, status, from, to; the header is '%s'",
                       path, line);
}

static karvan_status read_form(const char *path, const char *bytes, size_t n,
                               const karvan_memberships_options *o, karvan_memberships **out,
                               karvan_error *err) {
    const karvan_csv_options look = {.no_rows = true};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_memberships *m = NULL;
    KARVAN_TRY(karvan_i_memberships_begin(o, &m, err));
    KARVAN_TRY(read_table(path, bytes, n, &look, &header, err));
    if (karvan_table_find(header, "organisation") >= 0 && karvan_table_find(header, "country") >= 0)
        KARVAN_TRY(read_long(m, path, bytes, n, err));
    else if (karvan_i_wide_bodies(header) < 0)
        KARVAN_TRY(neither(path, header, err));
    else
        KARVAN_TRY(karvan_i_memberships_wide(m, path, bytes, n, header->delimiter, err));
    *out = m, m = NULL;
done:
    karvan_table_destroy(header);
    karvan_memberships_destroy(m);
    return st;
}

karvan_status karvan_memberships_read(const char *path, const karvan_memberships_options *o,
                                      karvan_memberships **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    return karvan_i_gzip_judge(path, read_form(path, NULL, 0, o, out, err), err);
}

karvan_status karvan_memberships_parse(const char *bytes, size_t n, const char *path,
                                       const karvan_memberships_options *o,
                                       karvan_memberships **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    return read_form(path, bytes ? bytes : "", bytes ? n : 0, o, out, err);
}

karvan_status karvan_memberships_of_region(const karvan_package *region,
                                           const karvan_memberships_options *o,
                                           karvan_memberships **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    karvan_memberships *m = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region, err, KARVAN_E_ARG, "region is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "memberships", &t, err));
    KARVAN_TRY(karvan_i_memberships_begin(o, &m, err));
    KARVAN_TRY(karvan_i_memberships_long(m, t, region, err));
    *out = m, m = NULL;
done:
    karvan_memberships_destroy(m);
    return st;
}
