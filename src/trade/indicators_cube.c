/* A flows table becomes a cube: its columns, what of it is one data set, its years and countries.
 * Products are read in indicators_codes.c, flows packed in indicators_store.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "trade/indicators.h"
#include "trade/unit.h"

static void free_names(char **names, int n) {
    for (int i = 0; names && i < n; i++) karvan_i_free(names[i]);
    karvan_i_free(names);
}

void karvan_trade_cube_destroy(karvan_trade_cube *c) {
    if (!c) return;
    free_names(c->country, c->n_countries), free_names(c->product, c->n_products);
    karvan_i_flow_store_clear(&c->a), karvan_i_flow_store_clear(&c->b);
    karvan_i_free(c->year), karvan_i_free(c->chapter), karvan_i_free(c->unit);
    karvan_i_free(c);
}

karvan_trade_account karvan_trade_cube_account(const karvan_trade_cube *c) { return c->account; }
int karvan_trade_cube_years(const karvan_trade_cube *c) { return c->n_years; }
int64_t karvan_trade_cube_year(const karvan_trade_cube *c, int i) {
    return i >= 0 && i < c->n_years ? c->year[i] : 0;
}
int karvan_trade_cube_countries(const karvan_trade_cube *c) { return c->n_countries; }
const char *karvan_trade_cube_country(const karvan_trade_cube *c, int i) {
    return i >= 0 && i < c->n_countries ? c->country[i] : NULL;
}
int karvan_trade_cube_products(const karvan_trade_cube *c) { return c->n_products; }
const char *karvan_trade_cube_product(const karvan_trade_cube *c, int i) {
    return i >= 0 && i < c->n_products ? c->product[i] : NULL;
}
const char *karvan_trade_cube_unit(const karvan_trade_cube *c) { return c->unit; }

/* ---- columns ---- */

static int32_t dictionary_size(const karvan_table *t, int column) {
    return column < 0 ? 0 : karvan_table_dictionary_size(t, column);
}

static int32_t code_for(const karvan_table *t, int column, const char *text) {
    return column < 0 || !text
               ? -1
               : karvan_i_dictionary_find(&t->column[column].dictionary, text, strlen(text));
}

static karvan_status of_type(const karvan_table *t, const char *name, int column, karvan_type type,
                             karvan_error *err) {
    karvan_type is = column < 0 ? type : t->column[column].type;
    if (is == type || (type == KARVAN_REAL && is == KARVAN_INT)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "column %s of table %s holds %s, not %s", name,
                       karvan_table_name(t), karvan_type_name(is), karvan_type_name(type));
}

static karvan_status find_columns(karvan_i_flow_rows *in, karvan_error *err) {
    const struct {
        const char *name;
        int *at;
        karvan_type type;
        bool needed;
    } columns[] = {{"year", &in->year, KARVAN_INT, true},
                   {"exporter", &in->exporter, KARVAN_TEXT, true},
                   {"importer", &in->importer, KARVAN_TEXT, true},
                   {"value", &in->value, KARVAN_REAL, true},
                   {"product", &in->product, KARVAN_TEXT, false},
                   {"unit", &in->unit, KARVAN_TEXT, false},
                   {"reported_by", &in->side, KARVAN_TEXT, false},
                   {"source", &in->source, KARVAN_TEXT, false},
                   {"classification", &in->classification, KARVAN_TEXT, false}};
    karvan_status st = KARVAN_OK;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        *columns[i].at = karvan_table_find(in->t, columns[i].name);
        if (columns[i].needed)
            KARVAN_TRY(karvan_i_need_column(in->t, columns[i].name, columns[i].at, err));
        KARVAN_TRY(of_type(in->t, columns[i].name, *columns[i].at, columns[i].type, err));
    }
done:
    return st;
}

/* The code of what was asked for; that it is there. */
static karvan_status choose(const karvan_table *t, int column, const char *what, const char *said,
                            int32_t *code, karvan_error *err) {
    *code = code_for(t, column, said);
    if (!said || *code >= 0) return KARVAN_OK;
    char meant[120];
    return karvan_fail(err, KARVAN_E_ARG, "no flow is of %s '%.60s'%s", what, said,
                       karvan_i_meant_cell(t, column, said, meant, sizeof meant));
}

/* ---- one data set ---- */

/* The rows that are kept must not name two of what was not chosen. */
static karvan_status only_one(const karvan_i_flow_rows *in, int column, int32_t chosen,
                              const char *what, const char *option, karvan_i_voice side,
                              karvan_error *err) {
    int32_t first = -1;
    if (column < 0 || chosen >= 0 || dictionary_size(in->t, column) < 2) return KARVAN_OK;
    for (int64_t r = 0; r < in->t->n_rows; r++) {
        int32_t code = in->t->column[column].v.code[r];
        bool total = in->product < 0 || in->t->column[in->product].v.code[r] == in->total;
        if (code < 0 || code == first || (column == in->classification && total)) continue;
        if (karvan_i_row_fate(in, r, side) != KARVAN_I_FATE_KEPT) continue;
        if (first < 0) {
            first = code;
            continue;
        }
        char text[300];
        (void)snprintf(text, sizeof text,
                       "the flows are of two %s, %.80s and %.80s, which are never added: choose "
                       "one (%s)",
                       what, karvan_table_dictionary_text(in->t, column, first),
                       karvan_table_dictionary_text(in->t, column, code), option);
        return karvan_i_refuse(in->t, column, r, text, err);
    }
    return KARVAN_OK;
}

/* Factors to the unit of the first row that is kept; another currency is refused. */
static karvan_status read_units(karvan_trade_cube *c, karvan_i_flow_rows *in, karvan_i_voice side,
                                karvan_error *err) {
    static const char *const otherwise = "thousand USD";
    karvan_status st = KARVAN_OK;
    const char *unit = NULL, *currency = NULL;
    double one = NAN;
    int32_t n = dictionary_size(in->t, in->unit);
    in->of_unit = karvan_i_calloc((size_t)n, sizeof *in->of_unit);
    KARVAN_REQUIRE(in->of_unit, err, KARVAN_E_NOMEM, "no memory for units");
    for (int64_t r = 0; r < in->t->n_rows; r++) {
        int32_t code = in->unit < 0 ? -1 : in->t->column[in->unit].v.code[r];
        const char *mine, *of;
        if (code >= 0 && in->of_unit[code] > 0) continue;
        if (code < 0 && in->unit_otherwise > 0) continue;
        if (karvan_i_row_fate(in, r, side) != KARVAN_I_FATE_KEPT) continue;
        mine = code < 0 ? otherwise : karvan_table_dictionary_text(in->t, in->unit, code);
        double factor = karvan_i_trade_unit(mine, &of);
        if (!unit) unit = mine, currency = of, one = factor;
        if (strcmp(currency, of) != 0) {
            char text[200];
            (void)snprintf(text, sizeof text, "a flow in %.60s, others are in %.60s", mine, unit);
            return karvan_i_refuse(in->t, in->unit < 0 ? in->value : in->unit, r, text, err);
        }
        *(code < 0 ? &in->unit_otherwise : &in->of_unit[code]) = factor / one;
    }
    c->unit = unit ? karvan_i_strndup(unit, strlen(unit)) : NULL;
    KARVAN_REQUIRE(!unit || c->unit, err, KARVAN_E_NOMEM, "no memory for units");
done:
    return st;
}

/* ---- years and countries ---- */

typedef struct word {
    const char *text;
    int32_t code; /* in the dictionary */
    int column;
} word;

static int by_text(const void *a, const void *b) {
    const word *x = a, *y = b;
    int c = strcmp(x->text, y->text);
    return c != 0 ? c : (x->column > y->column) - (x->column < y->column);
}

/* Both columns' names, those of the world as one: name numbers by code. */
static karvan_status name_countries(karvan_i_flow_rows *in, word **out, int32_t *n,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t ne = dictionary_size(in->t, in->exporter), ni = dictionary_size(in->t, in->importer);
    *out = karvan_i_calloc((size_t)ne + (size_t)ni, sizeof **out);
    in->exporter_id = karvan_i_calloc((size_t)ne, sizeof *in->exporter_id);
    in->importer_id = karvan_i_calloc((size_t)ni, sizeof *in->importer_id);
    KARVAN_REQUIRE(*out && in->exporter_id && in->importer_id, err, KARVAN_E_NOMEM,
                   "no memory for countries");
    for (int32_t i = 0; i < ne + ni; i++) {
        word w = {NULL, i < ne ? i : i - ne, i < ne ? in->exporter : in->importer};
        w.text = karvan_table_dictionary_text(in->t, w.column, w.code);
        if (karvan_i_is_world(w.text)) w.text = "WLD";
        (*out)[i] = w;
    }
    qsort(*out, (size_t)ne + (size_t)ni, sizeof **out, by_text);
    *n = 0, in->world_name = -1;
    for (int32_t i = 0; i < ne + ni; i++) {
        word w = (*out)[i];
        if (*n == 0 || strcmp((*out)[*n - 1].text, w.text) != 0) (*out)[(*n)++] = w;
        (w.column == in->exporter ? in->exporter_id : in->importer_id)[w.code] = *n - 1;
        if (strcmp(w.text, "WLD") == 0) in->world_name = *n - 1;
    }
done:
    return st;
}

/* What is used of years and names; how many rows have which fate. */
static karvan_status mark_used(karvan_trade_cube *c, const karvan_i_flow_rows *in,
                               karvan_i_voice side, uint8_t *used, uint8_t *years,
                               karvan_error *err) {
    int64_t fates[KARVAN_I_FATE_FATES] = {0};
    for (int64_t r = 0; r < in->t->n_rows; r++) {
        karvan_i_fate fate = karvan_i_row_fate(in, r, side);
        fates[fate]++;
        if (fate != KARVAN_I_FATE_KEPT) continue;
        int64_t year = in->t->column[in->year].v.i[r];
        if (year < 1 || year >= KARVAN_I_YEARS)
            return karvan_i_refuse(in->t, in->year, r, "a year is 1 to 9999", err);
        years[year] = 1;
        used[in->exporter_id[in->t->column[in->exporter].v.code[r]]] = 1;
        used[in->importer_id[in->t->column[in->importer].v.code[r]]] = 1;
    }
    c->account = (karvan_trade_account){in->t->n_rows,
                                        fates[KARVAN_I_FATE_KEPT],
                                        fates[KARVAN_I_FATE_OTHER],
                                        fates[KARVAN_I_FATE_OTHER_LEVEL],
                                        fates[KARVAN_I_FATE_DOMESTIC],
                                        fates[KARVAN_I_FATE_UNPLACED],
                                        fates[KARVAN_I_FATE_WORLD_ROW]};
    return KARVAN_OK;
}

/* Names that are used are numbered anew. */
static karvan_status keep_countries(karvan_trade_cube *c, karvan_i_flow_rows *in, const word *words,
                                    int32_t n, const uint8_t *used, int32_t *fresh,
                                    karvan_error *err) {
    c->country = karvan_i_calloc((size_t)n, sizeof *c->country);
    if (!c->country) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for countries");
    for (int32_t i = 0; i < n; i++) {
        fresh[i] = -1;
        if (!used[i]) continue;
        c->country[c->n_countries] = karvan_i_strndup(words[i].text, strlen(words[i].text));
        if (!c->country[c->n_countries])
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for countries");
        fresh[i] = c->n_countries++;
    }
    for (int32_t i = 0; i < dictionary_size(in->t, in->exporter); i++)
        in->exporter_id[i] = fresh[in->exporter_id[i]];
    for (int32_t i = 0; i < dictionary_size(in->t, in->importer); i++)
        in->importer_id[i] = fresh[in->importer_id[i]];
    in->world_name = in->world_name >= 0 ? fresh[in->world_name] : -1;
    c->world = in->world_name;
    return KARVAN_OK;
}

static karvan_status read_dimensions(karvan_trade_cube *c, karvan_i_flow_rows *in,
                                     karvan_i_voice side, const word *words, int32_t n,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint8_t *used = karvan_i_calloc((size_t)n, 1), *years = karvan_i_calloc(KARVAN_I_YEARS, 1);
    int32_t *fresh = karvan_i_calloc((size_t)n, sizeof *fresh);
    c->year = karvan_i_calloc(KARVAN_I_YEARS, sizeof *c->year);
    in->year_at = karvan_i_calloc(KARVAN_I_YEARS, sizeof *in->year_at);
    KARVAN_REQUIRE(used && years && fresh && c->year && in->year_at, err, KARVAN_E_NOMEM,
                   "no memory for years");
    KARVAN_TRY(mark_used(c, in, side, used, years, err));
    KARVAN_REQUIRE(c->account.kept > 0, err, KARVAN_E_DATA,
                   "%s: no flow is left of %lld rows: other %lld, other level %lld, domestic %lld, "
                   "without year, party or product %lld, world %lld",
                   karvan_table_name(in->t), (long long)c->account.rows,
                   (long long)c->account.other, (long long)c->account.other_level,
                   (long long)c->account.domestic, (long long)c->account.unplaced,
                   (long long)c->account.world);
    for (int y = 0; y < KARVAN_I_YEARS; y++) {
        in->year_at[y] = years[y] ? c->n_years : -1;
        if (years[y]) c->year[c->n_years++] = y;
    }
    KARVAN_TRY(keep_countries(c, in, words, n, used, fresh, err));
done:
    karvan_i_free(used), karvan_i_free(years), karvan_i_free(fresh);
    return st;
}

/* Sums of partners, or the world's own rows? */
static karvan_status choose_world(karvan_trade_cube *c, karvan_i_flow_rows *in, karvan_i_voice side,
                                  karvan_error *err) {
    bool partners = false, world = false;
    for (int64_t r = 0; r < in->t->n_rows && !(partners && world); r++) {
        karvan_i_fate fate = karvan_i_row_fate(in, r, side);
        partners = partners || fate == KARVAN_I_FATE_KEPT,
        world = world || fate == KARVAN_I_FATE_WORLD_ROW;
    }
    if (in->o->world == KARVAN_WORLD_ROW && !world)
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s: no row is of the world (WLD, W00, World); sum its partners instead",
                           karvan_table_name(in->t));
    c->by_world_row = in->o->world == KARVAN_WORLD_ROW ||
                      (in->o->world == KARVAN_WORLD_AUTO && !partners && world);
    in->keep_world = c->by_world_row;
    return KARVAN_OK;
}

/* One store where each flow is stated once; one for each side where both state some. */
static karvan_status build_stores(karvan_trade_cube *c, const karvan_i_flow_rows *in,
                                  karvan_i_voice side, karvan_error *err) {
    bool own = in->o->reported_by && strcmp(in->o->reported_by, "own") == 0, twice = false;
    karvan_status st = KARVAN_OK;
    c->x = c->m = &c->a;
    if (!own) {
        karvan_error why = {0};
        st = karvan_i_flow_store_build(c, in, side, &c->a, &twice, &why);
        if (st == KARVAN_OK || !twice || in->o->reported_by)
            return st == KARVAN_OK ? st : karvan_fail(err, st, "%s", why.msg);
    }
    st = karvan_i_flow_store_build(c, in, KARVAN_I_EXPORTERS, &c->a, &twice, err);
    if (st == KARVAN_OK)
        st = karvan_i_flow_store_build(c, in, KARVAN_I_IMPORTERS, &c->b, &twice, err);
    c->m = &c->b;
    return st;
}

static karvan_status read_side(karvan_i_flow_rows *in, karvan_i_voice *side, karvan_error *err) {
    const char *said = in->o->reported_by;
    *side = KARVAN_I_ANY;
    in->by_exporter = code_for(in->t, in->side, "exporter");
    in->by_importer = code_for(in->t, in->side, "importer");
    if (!said || strcmp(said, "own") == 0) return KARVAN_OK;
    if (strcmp(said, "exporter") != 0 && strcmp(said, "importer") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "reported by exporter, importer or own, not '%.40s'",
                           said);
    *side = *said == 'e' ? KARVAN_I_EXPORTERS : KARVAN_I_IMPORTERS;
    return KARVAN_OK;
}

static void clear_rows(karvan_i_flow_rows *in) {
    karvan_i_free(in->exporter_id), karvan_i_free(in->importer_id), karvan_i_free(in->rank);
    karvan_i_free(in->product_of_rank), karvan_i_free(in->of_unit), karvan_i_free(in->year_at);
}

karvan_status karvan_trade_cube_create(const karvan_table *flows,
                                       const karvan_trade_cube_options *o, karvan_trade_cube **out,
                                       karvan_error *err) {
    static const karvan_trade_cube_options defaults = {0};
    karvan_status st = KARVAN_OK;
    karvan_trade_cube *c = NULL;
    karvan_i_flow_rows in = {.t = flows,
                             .o = o ? o : &defaults,
                             .of_source = -1,
                             .of_classification = -1,
                             .total = -1,
                             .world_name = -1,
                             .unit_otherwise = NAN};
    karvan_i_voice side = KARVAN_I_ANY;
    word *words = NULL;
    int32_t n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(flows && in.o->digits >= 0, err, KARVAN_E_ARG,
                   "flows is NULL, or digits below 0");
    c = karvan_i_calloc(1, sizeof *c);
    KARVAN_REQUIRE(c, err, KARVAN_E_NOMEM, "no memory for flows");
    c->complete = in.o->complete, c->world = -1;
    KARVAN_TRY(find_columns(&in, err));
    KARVAN_TRY(read_side(&in, &side, err));
    KARVAN_TRY(choose(flows, in.source, "source", in.o->source, &in.of_source, err));
    KARVAN_TRY(choose(flows, in.classification, "classification", in.o->classification,
                      &in.of_classification, err));
    in.total = code_for(flows, in.product, "TOTAL");
    in.rank = karvan_i_calloc((size_t)dictionary_size(flows, in.product), sizeof *in.rank);
    KARVAN_REQUIRE(in.rank, err, KARVAN_E_NOMEM, "no memory for products");
    KARVAN_TRY(name_countries(&in, &words, &n, err));
    KARVAN_TRY(choose_world(c, &in, side, err));
    KARVAN_TRY(only_one(&in, in.source, in.of_source, "sources", "source", side, err));
    KARVAN_TRY(only_one(&in, in.classification, in.of_classification, "classifications",
                        "classification", side, err));
    KARVAN_TRY(karvan_i_read_codes(c, &in, side, err));
    KARVAN_TRY(read_units(c, &in, side, err));
    KARVAN_TRY(read_dimensions(c, &in, side, words, n, err));
    KARVAN_TRY(build_stores(c, &in, side, err));
    *out = c, c = NULL;
done:
    karvan_i_free(words), clear_rows(&in);
    karvan_trade_cube_destroy(c);
    return st;
}
