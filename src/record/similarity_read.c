/* Profiles from a file: votes, memberships or a matrix, told by its header. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint_wide.h"
#include "record/similarity.h"
#include "table/csv.h"
#include "table/gzip.h"

karvan_status karvan_i_profiles_csv(const karvan_i_profiles_file *f, const karvan_csv_options *o,
                                    karvan_table **out, karvan_error *err) {
    return f->bytes ? karvan_csv_parse(f->bytes, f->n, f->path, "profiles", o, NULL, out, err)
                    : karvan_csv_read(f->path, "profiles", o, NULL, out, err);
}

karvan_status karvan_i_no_shape(const karvan_i_profiles_file *f, const char *why,
                                karvan_error *err) {
    char header[80];
    karvan_i_header_line(f->header, header, sizeof header);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s:1:1: %s; the header is '%s'. Read are votes (rcid, country_code, vote, "
                       "year), alliances (ccode1, ccode2, year, defense, ...), memberships (code, "
                       "year, then a column a body; or organisation, country, status, from, to), a "
                       "matrix of ties (names of entries, then a column a state)",
                       f->path, why, header);
}

static bool is_memberships(const karvan_table *header) {
    bool is_long =
        karvan_table_find(header, "organisation") >= 0 && karvan_table_find(header, "country") >= 0;
    return is_long || karvan_i_wide_bodies(header) > 0;
}

static karvan_status read_memberships(karvan_profiles *p, const karvan_i_profiles_file *f,
                                      karvan_error *err) {
    const karvan_memberships_options o = {.status = f->o->status,
                                          .extend = f->o->extend,
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

/* Options that only one of the shapes has a use for. */
static karvan_status no_idle(const karvan_i_profiles_file *f, karvan_error *err) {
    const karvan_profiles_options *o = f->o;
    if (o->pledges == KARVAN_PLEDGES_STRONGEST && o->unlisted == KARVAN_UNLISTED_TOLD &&
        !o->without_self && !o->states)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "pledges, unlisted pairs, a state's tie to itself and a table of states are "
                       "of alliances, which %s is not",
                       f->path);
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
    if (karvan_table_columns(header) < 2) {
        st = karvan_i_no_shape(f, "a table of two columns and more is expected", err);
        goto done;
    }
    bool votes = karvan_i_is_votes(f), alliances = !votes && karvan_i_is_alliances(f);
    if (!alliances) KARVAN_TRY(no_idle(f, err));
    KARVAN_REQUIRE(!f->o->extend || (!votes && !alliances && is_memberships(header)), err,
                   KARVAN_E_ARG, "extend is of memberships, which %s is not", f->path);
    if (votes)
        KARVAN_TRY(karvan_i_profiles_votes(p, f, err));
    else if (alliances)
        KARVAN_TRY(karvan_i_profiles_alliances(p, f, err));
    else if (is_memberships(header))
        KARVAN_TRY(read_memberships(p, f, err));
    else if (karvan_table_find(header, "year") >= 0)
        KARVAN_TRY(karvan_i_no_shape(f, "its rows have years, and no shape that is known", err));
    else if (karvan_i_has_pairs(header))
        KARVAN_TRY(
            karvan_i_no_shape(f, "its rows are of pairs, and are no alliances in years", err));
    else
        KARVAN_TRY(karvan_i_profiles_matrix(p, f, err));
    if (!p->m) {
        p->path = karvan_i_strndup(f->path, strlen(f->path));
        KARVAN_REQUIRE(p->path, err, KARVAN_E_NOMEM, "no memory for profiles");
    }
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
