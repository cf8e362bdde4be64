/* Rows of table parameters: what no schema can say of them. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/demand.h"
#include "study/check.h"
#include "table/cell.h"

typedef karvan_i_flow_ctx ctx;

/* Lists of a row, and the tables whose ids stand in them. */
enum { MODES, OPERATIONS, ITEMS, CLASSES, LISTS };
static const char *const LIST[LISTS] = {"modes", "operations", "items", "cargo_classes"};

/* Which lists a kind can have, a bit each, and where its items stand. */
typedef struct kind {
    const char *name;
    unsigned lists;
    const char *items[4]; /* tables */
} kind;
static const kind KINDS[] = {
    {"money", 1U << MODES | 1U << OPERATIONS | 1U << ITEMS, {"links", "terminals"}},
    {"hours", 1U << MODES | 1U << OPERATIONS | 1U << ITEMS, {"links", "terminals"}},
    {"wait", 1U << MODES | 1U << ITEMS, {"services"}},
    {"capacity",
     1U << MODES | 1U << OPERATIONS | 1U << ITEMS,
     {"links", "terminals", "services", "capacities"}},
    {"demand", 1U << ITEMS | 1U << CLASSES, {NULL}},
    {"choice", 0, {NULL}}};

static const kind *kind_of(const karvan_table *t, int64_t r) {
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++)
        if (karvan_i_cell_is(t, "kind", r, KINDS[k].name)) return &KINDS[k];
    return NULL;
}

/* ---- words of lists ---- */

static bool item_known(const ctx *x, const kind *k, const char *id, size_t n) {
    if (strcmp(k->name, "demand") == 0)
        return (n == 5 && memcmp(id, "trade", n) == 0) || (n == 7 && memcmp(id, "transit", n) == 0);
    for (int i = 0; i < 4 && k->items[i]; i++)
        if (karvan_i_flow_has(x, k->items[i], id, n)) return true;
    return false;
}

static bool word_known(const ctx *x, const kind *k, int list, const char *id, size_t n) {
    static const char *const table[LISTS] = {"modes", "operations", NULL, "cargo_classes"};
    return list == ITEMS ? item_known(x, k, id, n) : karvan_i_flow_has(x, table[list], id, n);
}

static karvan_status check_words(const ctx *x, const karvan_table *t, int64_t r, const kind *k,
                                 int list) {
    static const char *const hint[LISTS] = {
        "ids of table modes, separated by ;", "ids of table operations, separated by ;",
        "links and terminals, services, capacities or kinds of demand, separated by ;",
        "ids of table cargo_classes, separated by ;"};
    for (const char *s = karvan_i_cell_text(t, LIST[list], r); s;
         s = strchr(s, ';') ? strchr(s, ';') + 1 : NULL) {
        size_t n = strcspn(s, ";");
        if (!word_known(x, k, list, s, n))
            return karvan_problems_add_cell(
                x->problems, KARVAN_ERROR, t, karvan_table_find(t, LIST[list]), r, "parameter-word",
                hint[list], "a parameter of %s knows no %.*s", k->name, (int)(n < 80 ? n : 80), s);
    }
    return KARVAN_OK;
}

/* ---- rows that move nothing ---- */

/* Every word of one list is in the other; an empty list is of all. */
static bool within(const char *inner, const char *outer) {
    if (!outer) return true;
    for (const char *s = inner; s; s = strchr(s, ';') ? strchr(s, ';') + 1 : NULL) {
        char word[200];
        size_t n = strcspn(s, ";");
        if (n >= sizeof word) return false;
        memcpy(word, s, n), word[n] = 0;
        if (!karvan_i_in_list(outer, word)) return false;
    }
    return inner != NULL;
}

static bool covered(const karvan_table *t, int64_t by, int64_t r) {
    if (!karvan_i_cell_is(t, "kind", r, kind_of(t, by) ? kind_of(t, by)->name : "")) return false;
    for (int l = 0; l < LISTS; l++)
        if (!within(karvan_i_cell_text(t, LIST[l], r), karvan_i_cell_text(t, LIST[l], by)))
            return false;
    return true;
}

static karvan_status check_reach(const ctx *x, const karvan_table *t, int64_t r, const kind *k) {
    bool modes = karvan_i_cell_text(t, "modes", r) != NULL,
         operations = karvan_i_cell_text(t, "operations", r) != NULL;
    for (int l = 0; l < LISTS; l++)
        if (karvan_i_cell_text(t, LIST[l], r) && !(k->lists & 1U << l))
            return karvan_problems_add_cell(x->problems, KARVAN_ERROR, t,
                                            karvan_table_find(t, LIST[l]), r, "parameter-list",
                                            "leave it empty: only lists that tell its things apart",
                                            "a parameter of %s has no %s", k->name, LIST[l]);
    if (modes && operations)
        return karvan_i_flow_add(x, t, "operations", r, "parameter-list",
                                 "modes are of links, operations of stops: a row for each",
                                 "nothing has both a mode and an operation");
    for (int64_t q = 0; q < r; q++)
        if (covered(t, q, r))
            return karvan_problems_add_cell(
                x->problems, KARVAN_ERROR, t, karvan_table_find(t, "id"), r, "parameter-covered",
                "the first row that speaks of a thing moves it: rows go "
                "from what is particular to what is general",
                "row %s speaks of all of it already", karvan_i_cell_text(t, "id", q));
    return KARVAN_OK;
}

static karvan_status check_range(const ctx *x, const karvan_table *t, int64_t r) {
    double low = karvan_i_cell_real(t, "low", r), high = karvan_i_cell_real(t, "high", r);
    if (!(low > 0 && low <= 1))
        return karvan_i_flow_add(x, t, "low", r, "parameter-range",
                                 "the 5 % quantile of a factor whose median is 1",
                                 "low is not above 0, to 1");
    if (!(high >= 1 && high < INFINITY))
        return karvan_i_flow_add(x, t, "high", r, "parameter-range",
                                 "the 95 % quantile of a factor whose median is 1",
                                 "high is not 1 or more");
    if (low < 1 || high > 1) return KARVAN_OK;
    return karvan_i_flow_add(x, t, "high", r, "parameter-range",
                             "what is certain needs no row, unless it shields from a later one by "
                             "a narrow range",
                             "low and high are both 1: nothing is uncertain");
}

karvan_status karvan_i_check_parameter(const ctx *x, const karvan_table *t, int64_t r) {
    karvan_status st = KARVAN_OK;
    const kind *k = kind_of(t, r);
    if (!k)
        return karvan_i_flow_add(x, t, "kind", r, "parameter-kind",
                                 "money, hours, wait, capacity, demand or choice",
                                 "nothing is moved by a parameter of this kind");
    for (int l = 0; l < LISTS; l++)
        if (k->lists & 1U << l) KARVAN_TRY(check_words(x, t, r, k, l));
    KARVAN_TRY(check_reach(x, t, r, k));
    KARVAN_TRY(check_range(x, t, r));
done:
    return st;
}
