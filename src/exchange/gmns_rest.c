/* The tables of GMNS that a region has no room for: references that lead nowhere, each with its
 * place, and what is lost by leaving them. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/gmns.h"
#include "exchange/import_state.h"
#include "table/cell.h"

/* ---- references ---- */

static const struct {
    const char *column;
    int table;
    bool node; /* to node.csv, else to link.csv */
} references[] = {
    {"link_id", KARVAN_I_GMNS_SEGMENT, false},     {"ref_node_id", KARVAN_I_GMNS_SEGMENT, true},
    {"link_id", KARVAN_I_GMNS_LANE, false},        {"node_id", KARVAN_I_GMNS_MOVEMENT, true},
    {"ib_link_id", KARVAN_I_GMNS_MOVEMENT, false}, {"ob_link_id", KARVAN_I_GMNS_MOVEMENT, false}};

static karvan_status check_references(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        const karvan_table *t = g->table[references[i].table];
        int c = t ? karvan_table_find(t, references[i].column) : -1;
        for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++) {
            const char *id = karvan_table_text(t, c, r);
            if (!id) continue;
            int32_t row = references[i].node ? karvan_i_import_place_of(g->imp, id)
                                             : karvan_i_import_link_of(g->imp, id);
            if (row >= 0) continue;
            KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, karvan_i_at_cell(t, c, r),
                                            "import-reference", NULL, err,
                                            "there is no %s '%.60s', or it was left out",
                                            references[i].node ? "node" : "link", id));
        }
    }
done:
    return st;
}

/* ---- turns ---- */

/* At a node that has rows of movement, a turn that no row names is not allowed. How many such turns
 * there are: pairs of a link in and a link out, less the pairs named. */
typedef struct turns {
    int32_t *in, *out; /* [places] links */
    int64_t *listed;   /* [places] distinct pairs that rows name; 0: no rows */
    karvan_i_dictionary pair;
} turns;

static void count_ends(const karvan_import *imp, const karvan_table *links, turns *t) {
    int two_way = karvan_table_find(links, "directed");
    for (int64_t r = 0; r < karvan_table_rows(links); r++) {
        const char *id = karvan_i_cell_text(links, "link_id", r);
        int32_t link = id ? karvan_i_import_link_of(imp, id) : -1;
        if (link < 0) continue;
        const karvan_i_ends e = imp->ends[link];
        t->out[e.from]++, t->in[e.to]++;
        if (two_way >= 0 && karvan_table_state(links, two_way, r) == KARVAN_VALUE &&
            !karvan_table_bool(links, two_way, r))
            t->out[e.to]++, t->in[e.from]++;
    }
}

static karvan_status count_pairs(karvan_i_gmns *g, turns *t, int64_t *penalties,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *m = g->table[KARVAN_I_GMNS_MOVEMENT];
    karvan_i_text key = {0};
    for (int64_t r = 0; r < karvan_table_rows(m); r++) {
        const char *node = karvan_i_cell_text(m, "node_id", r),
                   *in = karvan_i_cell_text(m, "ib_link_id", r),
                   *out = karvan_i_cell_text(m, "ob_link_id", r);
        int32_t place = node ? karvan_i_import_place_of(g->imp, node) : -1, code;
        *penalties +=
            karvan_i_cell_real(m, "penalty", r) != 0 && !isnan(karvan_i_cell_real(m, "penalty", r));
        if (place < 0 || !in || !out) continue;
        int32_t before = t->pair.n;
        key.n = 0;
        karvan_i_text_printf(&key, "%d\1%s\1%s", (int)place, in, out);
        KARVAN_TRY(karvan_i_text_status(&key, err));
        KARVAN_TRY(karvan_i_dictionary_add(&t->pair, key.s, key.n, &code, err));
        t->listed[place] += code == before;
    }
done:
    karvan_i_text_clear(&key);
    return st;
}

static karvan_status tell_turns(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *m = g->table[KARVAN_I_GMNS_MOVEMENT];
    const size_t places = (size_t)g->imp->rows[KARVAN_I_PLACES];
    turns t = {0};
    int64_t forbidden = 0, penalties = 0;
    if (!m || karvan_table_rows(m) == 0) return KARVAN_OK;
    t.in = karvan_i_calloc(places + 1, sizeof *t.in);
    t.out = karvan_i_calloc(places + 1, sizeof *t.out);
    t.listed = karvan_i_calloc(places + 1, sizeof *t.listed);
    KARVAN_REQUIRE(t.in && t.out && t.listed, err, KARVAN_E_NOMEM, "no memory for turns");
    count_ends(g->imp, g->table[KARVAN_I_GMNS_LINK], &t);
    KARVAN_TRY(count_pairs(g, &t, &penalties, err));
    for (size_t p = 0; p < places; p++) {
        int64_t all = (int64_t)t.in[p] * t.out[p];
        if (t.listed[p] > 0 && all > t.listed[p]) forbidden += all - t.listed[p];
    }
    const karvan_i_at at = karvan_i_at_cell(m, 0, 0);
    KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, at, "gmns-movement", NULL, err,
                                    "turns are not kept: %lld are named, %lld with a penalty; "
                                    "%lld that are not named would be forbidden at their nodes",
                                    (long long)t.pair.n, (long long)penalties,
                                    (long long)forbidden));
done:
    karvan_i_dictionary_clear(&t.pair);
    karvan_i_free(t.in), karvan_i_free(t.out), karvan_i_free(t.listed);
    return st;
}

/* ---- the others ---- */

static int64_t filled(const karvan_table *t, const char *column) {
    int c = karvan_table_find(t, column);
    int64_t n = 0;
    for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++)
        n += karvan_table_state(t, c, r) == KARVAN_VALUE;
    return n;
}

static karvan_status tell_table(karvan_i_gmns *g, int table, const char *kind, const char *what,
                                const char *column, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = g->table[table];
    char with[80] = "";
    if (!t || karvan_table_rows(t) == 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_import_count(g->imp, kind, karvan_table_rows(t), 0, err));
    if (!what) return KARVAN_OK;
    int64_t n = column ? filled(t, column) : 0;
    if (n > 0) (void)snprintf(with, sizeof with, ", with a %s: %lld", column, (long long)n);
    KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, karvan_i_at_cell(t, 0, 0), "gmns-table",
                                    NULL, err, "%s are not kept (rows: %lld%s)", what,
                                    (long long)karvan_table_rows(t), with));
done:
    return st;
}

karvan_status karvan_i_gmns_rest(karvan_i_gmns *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(check_references(g, err));
    KARVAN_TRY(
        tell_table(g, KARVAN_I_GMNS_ZONE, "zone", "zones and their bounds", "boundary", err));
    KARVAN_TRY(
        tell_table(g, KARVAN_I_GMNS_SEGMENT, "segment", "changes along a link", "free_speed", err));
    KARVAN_TRY(tell_table(g, KARVAN_I_GMNS_LANE, "lane", "single lanes", NULL, err));
    KARVAN_TRY(tell_table(g, KARVAN_I_GMNS_MOVEMENT, "movement", NULL, NULL, err));
    KARVAN_TRY(tell_turns(g, err));
done:
    return st;
}
