/* Profiles from a file: votes, memberships or a matrix, told by its header. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/similarity.h"
#include "table/csv.h"
#include "table/gzip.h"

karvan_status karvan_i_profiles_csv(const karvan_i_profiles_file *f, const karvan_csv_options *o,
                                    karvan_table **out, karvan_error *err) {
    return f->bytes ? karvan_csv_parse(f->bytes, f->n, f->path, "profiles", o, NULL, out, err)
                    : karvan_csv_read(f->path, "profiles", o, NULL, out, err);
}

static bool is_memberships(const karvan_table *header) {
    if (karvan_table_find(header, "organisation") >= 0 && karvan_table_find(header, "country") >= 0)
        return true;
    int year = karvan_table_find(header, "year");
    return year >= 0 && year < 3;
}

static karvan_status read_memberships(karvan_profiles *p, const karvan_i_profiles_file *f,
                                      karvan_error *err) {
    const karvan_memberships_options o = {.status = f->o->status,
                                          .has_from = f->o->has_from,
                                          .has_to = f->o->has_to,
                                          .from = f->o->from,
                                          .to = f->o->to};
    if (f->o->weights || f->o->has_scale)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s is a table of memberships, which have no weights and the scale 0..1",
                           f->path);
    p->scale = (karvan_scale){0, 1};
    return f->bytes ? karvan_memberships_parse(f->bytes, f->n, f->path, &o, &p->m, err)
                    : karvan_memberships_read(f->path, &o, &p->m, err);
}

static karvan_status read_form(karvan_i_profiles_file *f, karvan_profiles **out,
                               karvan_error *err) {
    static const karvan_profiles_options defaults = {0};
    const karvan_csv_options look = {.no_rows = true};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_profiles *p = karvan_i_calloc(1, sizeof *p);
    KARVAN_REQUIRE(p, err, KARVAN_E_NOMEM, "no memory for profiles");
    if (!f->o) f->o = &defaults;
    KARVAN_REQUIRE(!f->o->has_scale || (isfinite(f->o->scale.low) && isfinite(f->o->scale.high) &&
                                        f->o->scale.low < f->o->scale.high),
                   err, KARVAN_E_ARG, "a scale has a low and a high end");
    KARVAN_TRY(karvan_i_profiles_csv(f, &look, &header, err));
    f->header = header;
    KARVAN_REQUIRE(karvan_table_columns(header) > 1, err, KARVAN_E_DATA,
                   "%s:1:1: a table of two columns and more is expected", f->path);
    if (karvan_i_is_votes(f))
        KARVAN_TRY(karvan_i_profiles_votes(p, f, err));
    else if (is_memberships(header))
        KARVAN_TRY(read_memberships(p, f, err));
    else
        KARVAN_TRY(karvan_i_profiles_matrix(p, f, err));
    *out = p, p = NULL;
done:
    karvan_table_destroy(header);
    karvan_profiles_destroy(p);
    return st;
}

karvan_status karvan_profiles_read(const char *path, const karvan_profiles_options *o,
                                   karvan_profiles **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    karvan_i_profiles_file f = {.path = path, .o = o};
    return karvan_i_gzip_judge(path, read_form(&f, out, err), err);
}

karvan_status karvan_profiles_parse(const char *bytes, size_t n, const char *path,
                                    const karvan_profiles_options *o, karvan_profiles **out,
                                    karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    karvan_i_profiles_file f = {
        .path = path, .bytes = bytes ? bytes : "", .n = bytes ? n : 0, .o = o};
    return read_form(&f, out, err);
}
