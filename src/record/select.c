#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/index.h"
#include "table/cell.h"

typedef struct filter {
    const karvan_i_record *x;
    const karvan_record_query *q;
    char words[160]; /* folded text of the query */
} filter;

static bool date_stays(const karvan_record_query *q, const karvan_edtf *d) {
    if (!q->has_from && !q->has_to) return true;
    if (!d) return false; /* undated: nothing says that it lies within */
    karvan_day from = q->has_from ? q->from : KARVAN_DAY_MIN;
    karvan_day to = q->has_to ? q->to : KARVAN_DAY_MAX;
    if (q->only_certain) return d->earliest >= from && d->latest <= to;
    return d->latest >= from && d->earliest <= to;
}

static bool title_stays(const filter *f, int64_t row) {
    char folded[1024];
    const char *title = karvan_i_cell_text(f->x->claims, "title", row);
    if (!f->words[0]) return true;
    if (!title) return false;
    karvan_text_fold(title, folded, sizeof folded);
    return strstr(folded, f->words) != NULL;
}

static bool stays(void *ctx, const karvan_table *t, int64_t row) {
    const filter *f = ctx;
    const karvan_record_query *q = f->q;
    if (q->kind && !karvan_i_cell_is(t, "kind", row, q->kind)) return false;
    if (q->dimension && !karvan_i_cell_is(t, "dimension", row, q->dimension)) return false;
    if (q->source && !karvan_i_cell_is(t, "source", row, q->source)) return false;
    if (q->only_conflicts && !karvan_i_cell_text(t, "conflict", row)) return false;
    if (!date_stays(q, karvan_i_cell_date(t, "date", row))) return false;
    if (q->party && !karvan_i_record_has(f->x, row, q->party)) return false;
    if (q->other && !karvan_i_record_has(f->x, row, q->other)) return false;
    if (q->body && !karvan_i_record_has(f->x, row, q->body)) return false;
    return title_stays(f, row);
}

/* A word that stands in no row of its vocabulary is a slip, not an empty answer. */
static karvan_status known(const karvan_package *region, const char *table, const char *key,
                           const char *what, karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, table);
    if (!key || !t || karvan_package_row(region, table, key) >= 0) return KARVAN_OK;
    const char *names[512];
    size_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t) && n < 512; r++)
        names[n++] = karvan_table_text(t, 0, r);
    int64_t near = karvan_text_nearest(key, names, n);
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'; did you mean %s?", what,
                           key, names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'", what, key);
}

static karvan_status known_dimension(const char *dimension, karvan_error *err) {
    static const char *const all[] = {"political", "economic", "cultural", "strategic"};
    if (!dimension) return KARVAN_OK;
    for (size_t i = 0; i < 4; i++)
        if (strcmp(all[i], dimension) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "no dimension is called '%.60s': political, economic, cultural or strategic",
                       dimension);
}

karvan_status karvan_record_select(const karvan_package *region, const karvan_record_query *q,
                                   karvan_view *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_record x = {0};
    filter f = {.x = &x, .q = q};
    int c_id, c_date;
    *v = (karvan_view){0};
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(karvan_i_record_init(&x, region, err));
    KARVAN_TRY(karvan_i_need_column(x.claims, "id", &c_id, err));
    KARVAN_TRY(karvan_i_need_column(x.claims, "date", &c_date, err));
    KARVAN_TRY(known(region, "kinds", q->kind, "kind", err));
    KARVAN_TRY(known(region, "sources", q->source, "source", err));
    KARVAN_TRY(known_dimension(q->dimension, err));
    if (q->text) karvan_text_fold(q->text, f.words, sizeof f.words);
    KARVAN_TRY(karvan_view_init(v, x.claims, stays, &f, err));
    KARVAN_TRY(karvan_view_sort(v, c_id, false, err));
    KARVAN_TRY(karvan_view_sort(v, c_date, false, err));
done:
    karvan_i_record_clear(&x);
    if (st != KARVAN_OK) karvan_view_clear(v);
    return st;
}
