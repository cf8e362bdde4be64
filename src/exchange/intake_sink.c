/* Rows into groups, duplicates out of them; what the groups are to be. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake.h"

void karvan_i_sink_clear(karvan_i_sink *s) {
    karvan_i_by by = s->by;
    int64_t most = s->audit.most;
    karvan_i_flow_groups_clear(&s->groups);
    karvan_i_audit_clear(&s->audit);
    karvan_i_free(s->seen.slot);
    *s = (karvan_i_sink){.by = by, .audit.most = most};
}

karvan_status karvan_i_sink_drop(karvan_i_sink *s, karvan_i_left_out reason, const char *column,
                                 const char *value, size_t n, karvan_error *err) {
    return karvan_i_audit_add(&s->audit, reason, s->rows, s->line, column, value, n, err);
}

/* Has its identity been there before? In a file that goes up, the group's last row tells. */
static karvan_status is_duplicate(karvan_i_sink *s, const karvan_i_flow_group *g,
                                  const karvan_i_intake_row *f, bool *yes, karvan_error *err) {
    *yes = false;
    if (f->order == 0) return KARVAN_OK;
    if (s->exact) return karvan_i_number_set_add(&s->seen, f->order, yes, err);
    if (g->rows == 0) return KARVAN_OK;
    *yes = f->order == g->last;
    if (f->order < g->last) s->disorder = true;
    return KARVAN_OK;
}

karvan_status karvan_i_sink_add(karvan_i_sink *s, const karvan_i_intake_row *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_flow_group *g;
    bool duplicate;
    uint64_t key = (s->by.year ? (uint64_t)(unsigned)f->year << 48 : 0) |
                   (s->by.exporter ? (uint64_t)f->exporter << 32 : 0) |
                   (s->by.importer ? (uint64_t)f->importer << 16 : 0) | f->attributes;
    KARVAN_TRY(karvan_i_flow_groups_at(&s->groups, key, f->product, &g, err));
    KARVAN_TRY(is_duplicate(s, g, f, &duplicate, err));
    if (duplicate) return karvan_i_sink_drop(s, KARVAN_I_OUT_DUPLICATE, "", "", 0, err);
    KARVAN_REQUIRE(karvan_i_amount_add(&g->value, f->value) &&
                       (!f->unit || karvan_i_amount_add(&g->quantity, f->quantity)),
                   err, KARVAN_E_DATA, "a sum is too large, at line %lld", (long long)s->line);
    if (f->unit && g->unit && f->unit != g->unit) g->flags |= KARVAN_I_FLOW_UNITS;
    if (!f->unit) g->flags |= KARVAN_I_FLOW_NO_QUANTITY;
    if (!g->unit) g->unit = f->unit;
    if (g->rows == 0) g->first = f->order;
    g->last = f->order, g->rows++;
    g->flags |= f->flags;
    if (f->month) g->months |= (uint16_t)(1 << f->month);
done:
    return st;
}

static bool take_word(const char *s, size_t n, karvan_i_by *by, bool *product) {
    static const struct {
        const char *name;
        int digits;
    } products[] = {{"product", -1}, {"product2", 2}, {"product4", 4}, {"product6", 6}};
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
        if (strlen(products[i].name) == n && memcmp(products[i].name, s, n) == 0) {
            if (*product) return false;
            by->digits = products[i].digits, *product = true;
            return true;
        }
    bool *what = n == 8 && memcmp(s, "exporter", n) == 0   ? &by->exporter
                 : n == 8 && memcmp(s, "importer", n) == 0 ? &by->importer
                 : n == 4 && memcmp(s, "year", n) == 0     ? &by->year
                                                           : NULL;
    if (!what || *what) return false;
    return *what = true;
}

karvan_status karvan_i_by_parse(const char *list, karvan_i_by *out, karvan_error *err) {
    bool product = false;
    *out = (karvan_i_by){0};
    for (const char *s = list;;) {
        size_t n = strcspn(s, ",");
        if (!take_word(s, n, out, &product))
            return karvan_fail(err, KARVAN_E_ARG,
                               "'%.*s' in '%.60s': groups are made by exporter, importer, year and "
                               "one of product, product2, product4, product6, each once",
                               (int)(n < 40 ? n : 40), s, list);
        if (!s[n]) return KARVAN_OK;
        s += n + 1;
    }
}
