#include "table/known.h"

#include "base/alloc.h"
#include "base/try.h"

const karvan_missing karvan_i_gaps[KARVAN_I_GAPS] = {{"", KARVAN_UNKNOWN},
                                                     {"..", KARVAN_NOT_COVERED}};

static karvan_status take(const karvan_i_csv_from *from, const char *name,
                          const karvan_csv_options *o, karvan_table **out, karvan_error *err) {
    return from->bytes ? karvan_csv_parse(from->bytes, from->n, from->path, name, o, NULL, out, err)
                       : karvan_csv_read(from->path, name, o, NULL, out, err);
}

karvan_status karvan_i_csv_known(karvan_i_csv_from from, const char *name, int n,
                                 const karvan_column *known, bool na, karvan_table **out,
                                 karvan_error *err) {
    static const char *const gaps[] = {"NA"};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column *there = NULL;
    const karvan_csv_options look = {.no_rows = true};
    karvan_csv_options o = {.extra_columns = true,
                            .n_missing = KARVAN_I_GAPS,
                            .missing = karvan_i_gaps,
                            .n_none = from.n_none,
                            .none = from.none};
    if (na) o.n_gaps = 1, o.gaps = gaps;
    *out = NULL;
    KARVAN_TRY(take(&from, name, &look, &header, err));
    there = karvan_i_calloc((size_t)n, sizeof *there);
    KARVAN_REQUIRE(there, err, KARVAN_E_NOMEM, "no memory for the columns of %s", from.path);
    for (int k = 0; k < n; k++)
        if (karvan_table_find(header, known[k].name) >= 0) there[o.n_columns++] = known[k];
    KARVAN_REQUIRE(o.n_columns > 0, err, KARVAN_E_DATA,
                   "%s:1:1: none of the columns of %s is there, such as %s", from.path, name,
                   known[0].name);
    o.columns = there;
    st = take(&from, name, &o, out, err);
done:
    karvan_table_destroy(header);
    karvan_i_free(there);
    return st;
}

karvan_status karvan_i_csv_read_known(const char *path, const char *name, int n,
                                      const karvan_column *known, karvan_table **out,
                                      karvan_error *err) {
    return karvan_i_csv_known((karvan_i_csv_from){.path = path}, name, n, known, false, out, err);
}
