/* A region as a folder of CSV files with its descriptor. */
#include "base/alloc.h"
#include "base/try.h"
#include "exchange/export.h"
#include "exchange/packing.h"

static karvan_status write_csv(karvan_i_export *x, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n = karvan_package_count(x->region);
    const karvan_table **tables = karvan_i_calloc((size_t)n + 1, sizeof(const karvan_table *));
    KARVAN_REQUIRE(tables, err, KARVAN_E_NOMEM, "no memory for an export");
    for (int i = 0; i < n; i++) {
        const karvan_table *t = tables[i] = karvan_package_at(x->region, i);
        if (!t) continue;
        KARVAN_TRY(karvan_i_export_count(x, karvan_table_name(t), karvan_table_rows(t),
                                         karvan_table_rows(t), err));
    }
    st = karvan_i_packing_write(&(karvan_i_packing){.region = x->region, .tables = tables}, path,
                                err);
done:
    karvan_i_free(tables);
    return st;
}

static const char *const settings[] = {NULL};
const karvan_i_exporter karvan_i_exporter_csv = {"csv", "all tables as a Data Package of CSV files",
                                                 "a folder", settings, write_csv};
