/* Small questions to the tables of demand: settings, zones, what moves on the network. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "table/cell.h"
#include "table/number.h"

const char *karvan_i_demand_setting(const karvan_package *region, const char *key) {
    const karvan_table *t = karvan_package_table(region, "settings");
    return karvan_i_cell_text(t, "value", t ? karvan_package_row(region, "settings", key) : -1);
}

karvan_status karvan_i_demand_number(const karvan_package *region, const char *key,
                                     double otherwise, double *out, karvan_error *err) {
    const char *said = karvan_i_demand_setting(region, key);
    char what[120];
    *out = otherwise;
    if (!said) return KARVAN_OK;
    if (karvan_i_parse_real(said, strlen(said), '.', out) && isfinite(*out)) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "setting %s is a number", key);
    return karvan_i_cell_refuse(karvan_package_table(region, "settings"), "value",
                                karvan_package_row(region, "settings", key), what, err);
}

bool karvan_i_in_list(const char *list, const char *word) {
    size_t n = strlen(word);
    for (const char *s = list; s; s = strchr(s, ';') ? strchr(s, ';') + 1 : NULL)
        if (strcspn(s, ";") == n && strncmp(s, word, n) == 0) return true;
    return false;
}

bool karvan_i_has_zone(const karvan_table *zones, const char *country) {
    int c = zones ? karvan_table_find(zones, "country") : -1;
    return c >= 0 && country && karvan_table_lookup(zones, c, country) >= 0;
}

karvan_status karvan_i_rules_read(const karvan_table *carried, karvan_i_carried_rule **out,
                                  int64_t *n, karvan_error *err) {
    int64_t rows = carried ? karvan_table_rows(carried) : 0;
    *n = 0;
    *out = karvan_i_calloc((size_t)rows + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for demand");
    for (int64_t r = 0; r < rows; r++) {
        karvan_i_carried_rule *q = &(*out)[r];
        *q = (karvan_i_carried_rule){
            karvan_i_cell_text(carried, "exporter", r), karvan_i_cell_text(carried, "importer", r),
            karvan_i_cell_text(carried, "cargo_class", r),
            karvan_i_cell_text(carried, "moved_by", r), karvan_i_cell_real(carried, "share", r)};
        if (!(q->share >= 0 && q->share <= 1))
            return karvan_i_cell_refuse(carried, "share", r, "a share is from 0 to 1", err);
    }
    *n = rows;
    return KARVAN_OK;
}

static bool speaks_of(const char *said, const char *word) {
    return !said || strcmp(said, word) == 0;
}

double karvan_i_carried(const karvan_i_carried_rule *rule, int64_t n, const char *exporter,
                        const char *importer, const char *cargo_class, const char **moved_by) {
    const karvan_i_carried_rule *best = NULL;
    int nearest = -1;
    for (const karvan_i_carried_rule *q = rule; q < rule + n; q++) {
        int near = (q->exporter ? 4 : 0) + (q->importer ? 2 : 0) + (q->cargo_class ? 1 : 0);
        if (near <= nearest || !speaks_of(q->exporter, exporter) ||
            !speaks_of(q->importer, importer) || !speaks_of(q->cargo_class, cargo_class))
            continue;
        nearest = near, best = q;
    }
    *moved_by = best ? best->moved_by : NULL;
    return best ? best->share : 1;
}
