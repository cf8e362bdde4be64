/* Tables of scores: those that ship, those of a user, and their look-up. */
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/events.h"
#include "table/cell.h"
#include "table/column.h"

enum { KEY = 64, LONGEST = 30 };

struct karvan_event_scores {
    karvan_i_dictionary keys; /* CODE or CODE and mode, parted by a blank */
    int32_t cap;
    int32_t *score; /* [keys] */
    uint8_t *quad;  /* [keys] */
};

const char *karvan_quad_name(karvan_quad q) {
    static const char *const names[] = {"verbal_cooperation", "material_cooperation",
                                        "verbal_conflict", "material_conflict", "none"};
    return names[q >= 0 && q < KARVAN_QUADS ? q : KARVAN_QUADS];
}

karvan_quad karvan_event_quad(const char *code, size_t n) {
    const karvan_i_cameo_root *root = karvan_i_cameo_root_of(code, n);
    return root ? root->quad : karvan_i_plover_quad(code, n);
}

/* ---- look-up ---- */

/* Length of the key, 0: code or mode are longer than any key. */
static size_t make_key(char key[KEY], const char *code, size_t n, const char *mode, size_t m) {
    if (n > LONGEST || m > LONGEST) return 0;
    for (size_t i = 0; i < n; i++) key[i] = (char)toupper((unsigned char)code[i]);
    if (m == 0) return n;
    key[n] = ' ';
    for (size_t i = 0; i < m; i++) key[n + 1 + i] = (char)tolower((unsigned char)mode[i]);
    return n + 1 + m;
}

static int32_t find(const karvan_event_scores *s, const char *code, size_t n, const char *mode,
                    size_t m) {
    char key[KEY];
    size_t length = make_key(key, code, n, mode, m);
    return length > 0 ? karvan_i_dictionary_find(&s->keys, key, length) : -1;
}

bool karvan_event_scores_find(const karvan_event_scores *s, const char *code, size_t n,
                              const char *mode, size_t m, karvan_quad *quad, int32_t *score) {
    int32_t at = find(s, code, n, mode, m);
    if (at < 0 && m > 0) at = find(s, code, n, NULL, 0);
    *quad = at < 0 ? KARVAN_QUAD_NONE : (karvan_quad)s->quad[at];
    *score = at < 0 ? KARVAN_SCORE_NONE : s->score[at];
    return at >= 0;
}

/* *twice: the code is there already, and nothing is added. */
static karvan_status add(karvan_event_scores *s, const char *code, const char *mode,
                         karvan_quad quad, int32_t score, bool *twice, karvan_error *err) {
    char key[KEY];
    int32_t at = 0;
    size_t length = make_key(key, code, strlen(code), mode, strlen(mode));
    int32_t before = s->keys.n;
    karvan_status st = karvan_i_dictionary_add(&s->keys, key, length, &at, err);
    if (st != KARVAN_OK) return st;
    *twice = s->keys.n == before;
    if (*twice) return KARVAN_OK;
    if (at >= s->cap) {
        int32_t cap = s->cap ? 2 * s->cap : 512;
        int32_t *scores = karvan_i_realloc(s->score, (size_t)cap, sizeof *scores);
        if (scores) s->score = scores;
        uint8_t *quads = scores ? karvan_i_realloc(s->quad, (size_t)cap, sizeof *quads) : NULL;
        if (!quads) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for scores");
        s->quad = quads, s->cap = cap;
    }
    s->score[at] = score, s->quad[at] = (uint8_t)quad;
    return KARVAN_OK;
}

void karvan_event_scores_destroy(karvan_event_scores *s) {
    if (!s) return;
    karvan_i_dictionary_clear(&s->keys);
    karvan_i_free(s->score), karvan_i_free(s->quad), karvan_i_free(s);
}

/* ---- what ships ---- */

static const char *const sets[] = {"cameo-icews", "cameo-gdelt", "plover"};
static const char *const tables[] = {"cameo", "plover"};

static int32_t of_tenths(int8_t v) { return (int32_t)v * (KARVAN_SCORE_ONE / 10); }

static karvan_status fill_cameo(karvan_event_scores *s, bool gdelt, karvan_error *err) {
    bool twice;
    const karvan_i_cameo_code *c;
    for (size_t i = 0; (c = karvan_i_cameo_at(i)) != NULL; i++) {
        int8_t v = gdelt ? c->gdelt : c->icews;
        if (v == KARVAN_I_CAMEO_NO) continue;
        karvan_status st =
            add(s, c->code, "", karvan_event_quad(c->code, 2), of_tenths(v), &twice, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status fill_plover(karvan_event_scores *s, karvan_error *err) {
    bool twice;
    const karvan_i_plover_code *c;
    for (size_t i = 0; (c = karvan_i_plover_at(i)) != NULL; i++) {
        karvan_status st = add(s, c->type, c->mode, karvan_i_plover_quad(c->type, strlen(c->type)),
                               of_tenths(c->score), &twice, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

karvan_status karvan_event_scores_create(const char *name, karvan_event_scores **out,
                                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[80];
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(name, err, KARVAN_E_ARG, "scores have a name");
    karvan_event_scores *s = karvan_i_calloc(1, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for scores");
    if (strcmp(name, sets[2]) == 0)
        st = fill_plover(s, err);
    else if (strcmp(name, sets[0]) == 0 || strcmp(name, sets[1]) == 0)
        st = fill_cameo(s, strcmp(name, sets[1]) == 0, err);
    else
        st = karvan_fail(err, KARVAN_E_ARG, "there are no scores '%.40s'%s", name,
                         karvan_i_meant(name, sets, 3, room, sizeof room));
    if (st == KARVAN_OK)
        *out = s;
    else
        karvan_event_scores_destroy(s);
done:
    return st;
}

/* ---- the tables as tables ---- */

static const char cameo_source[] =
    "CAMEO 1.1b3; Goldstein 1992 as ICEWS (2015-2023) and GDELT (1.0, 2.0) score it";
static const char plover_source[] = "PLOVER manual, draft 2.0, February 2024";

static karvan_status tenths(karvan_builder *b, int column, int8_t v, karvan_error *err) {
    if (v == KARVAN_I_CAMEO_NO) return karvan_builder_state(b, column, KARVAN_NOT_COVERED, err);
    return karvan_builder_real(b, column, (double)v / 10, err);
}

static karvan_status cameo_rows(karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_cameo_code *c;
    for (size_t i = 0; (c = karvan_i_cameo_at(i)) != NULL; i++) {
        const karvan_i_cameo_root *root = karvan_i_cameo_root_of(c->code, 2);
        char digits[3] = {c->code[0], c->code[1], 0};
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, c->code, err));
        KARVAN_TRY(karvan_builder_text(b, 1, digits, err));
        KARVAN_TRY(karvan_builder_text(b, 2, root->name, err));
        KARVAN_TRY(karvan_builder_text(b, 3, karvan_quad_name(root->quad), err));
        KARVAN_TRY(tenths(b, 4, c->icews, err));
        KARVAN_TRY(tenths(b, 5, c->gdelt, err));
        KARVAN_TRY(karvan_builder_text(b, 6, "cameo-1", err));
        KARVAN_TRY(karvan_builder_text(b, 7, cameo_source, err));
    }
done:
    return st;
}

static karvan_status plover_rows(karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_plover_code *c;
    for (size_t i = 0; (c = karvan_i_plover_at(i)) != NULL; i++) {
        karvan_quad quad = karvan_i_plover_quad(c->type, strlen(c->type));
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, c->type, err));
        KARVAN_TRY(karvan_builder_text(b, 1, c->mode, err));
        KARVAN_TRY(karvan_builder_text(b, 2, karvan_quad_name(quad), err));
        KARVAN_TRY(tenths(b, 3, c->score, err));
        KARVAN_TRY(karvan_builder_text(b, 4, "plover-1", err));
        KARVAN_TRY(karvan_builder_text(b, 5, plover_source, err));
    }
done:
    return st;
}

karvan_status karvan_event_scores_table(const char *name, karvan_table **out, karvan_error *err) {
    static const karvan_column cameo[] = {
        {"code", KARVAN_TEXT, NULL},        {"root", KARVAN_TEXT, NULL},
        {"root_name", KARVAN_TEXT, NULL},   {"quad_class", KARVAN_TEXT, NULL},
        {"score_icews", KARVAN_REAL, NULL}, {"score_gdelt", KARVAN_REAL, NULL},
        {"version", KARVAN_TEXT, NULL},     {"source", KARVAN_TEXT, NULL}};
    static const karvan_column plover[] = {
        {"code", KARVAN_TEXT, NULL},       {"mode", KARVAN_TEXT, NULL},
        {"quad_class", KARVAN_TEXT, NULL}, {"score", KARVAN_REAL, NULL},
        {"version", KARVAN_TEXT, NULL},    {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    char room[80];
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    bool is_cameo = name && strcmp(name, tables[0]) == 0;
    KARVAN_REQUIRE(is_cameo || (name && strcmp(name, tables[1]) == 0), err, KARVAN_E_ARG,
                   "there is no table of scores '%.40s'%s; there are cameo and plover",
                   name ? name : "",
                   karvan_i_meant(name ? name : "", tables, 2, room, sizeof room));
    KARVAN_TRY(karvan_builder_create(name, is_cameo ? 8 : 6, is_cameo ? cameo : plover, &b, err));
    KARVAN_TRY(is_cameo ? cameo_rows(b, err) : plover_rows(b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- a user's ---- */

typedef struct own_columns {
    int code, mode, quad, score;
} own_columns;

static karvan_status own_quad(const karvan_table *t, int column, int64_t row, const char *code,
                              karvan_quad *out, karvan_error *err) {
    *out = karvan_event_quad(code, strlen(code));
    if (column < 0 || karvan_table_state(t, column, row) != KARVAN_VALUE) return KARVAN_OK;
    const char *said = karvan_table_text(t, column, row);
    int64_t number =
        said ? (said[0] && !said[1] ? said[0] - '0' : 0) : karvan_table_int(t, column, row);
    for (int q = 0; q < KARVAN_QUADS; q++)
        if (number == q + 1 || (said && strcasecmp(said, karvan_quad_name((karvan_quad)q)) == 0)) {
            *out = (karvan_quad)q;
            return KARVAN_OK;
        }
    return karvan_i_refuse(
        t, column, row,
        "no class of events; there are verbal_cooperation, material_cooperation, "
        "verbal_conflict, material_conflict, or 1 to 4",
        err);
}

static karvan_status own_score(const karvan_table *t, int column, int64_t row, int32_t *out,
                               karvan_error *err) {
    *out = KARVAN_SCORE_NONE;
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return KARVAN_OK;
    double v = karvan_table_real(t, column, row), units = round(v * KARVAN_SCORE_ONE);
    if (!(fabs(units) <= KARVAN_SCORE_MOST))
        return karvan_i_refuse(t, column, row, "a score lies between -1000 and 1000", err);
    if (fabs(v * KARVAN_SCORE_ONE - units) > 1e-3)
        return karvan_i_refuse(t, column, row, "a score has six decimals at most", err);
    *out = (int32_t)units;
    return KARVAN_OK;
}

static karvan_status own_row(karvan_event_scores *s, const karvan_table *t, const own_columns *k,
                             int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char number[24];
    karvan_quad quad;
    int32_t score;
    bool twice;
    const char *code = karvan_table_text(t, k->code, row),
               *mode = k->mode >= 0 ? karvan_table_text(t, k->mode, row) : NULL;
    if (karvan_table_state(t, k->code, row) != KARVAN_VALUE)
        return karvan_i_refuse(t, k->code, row, "a score belongs to a code", err);
    if (!code) { /* a column of whole numbers: CAMEO without its leading zero */
        int64_t v = karvan_table_int(t, k->code, row);
        (void)snprintf(number, sizeof number, "%lld", (long long)v);
        code = number;
    }
    if (!*code || strlen(code) > LONGEST || (mode && strlen(mode) > LONGEST))
        return karvan_i_refuse(t, k->code, row, "codes and modes have 1 to 30 bytes", err);
    KARVAN_TRY(own_quad(t, k->quad, row, code, &quad, err));
    KARVAN_TRY(own_score(t, k->score, row, &score, err));
    KARVAN_TRY(add(s, code, mode ? mode : "", quad, score, &twice, err));
    if (twice) st = karvan_i_refuse(t, k->code, row, "the code has a score already", err);
done:
    return st;
}

karvan_status karvan_event_scores_of_table(const karvan_table *table, karvan_event_scores **out,
                                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    own_columns k = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(table, err, KARVAN_E_ARG, "no table of scores");
    KARVAN_TRY(karvan_i_need_column(table, "code", &k.code, err));
    KARVAN_TRY(karvan_i_need_column(table, "score", &k.score, err));
    k.mode = karvan_table_find(table, "mode"), k.quad = karvan_table_find(table, "quad_class");
    karvan_event_scores *s = karvan_i_calloc(1, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for scores");
    for (int64_t r = 0; st == KARVAN_OK && r < karvan_table_rows(table); r++)
        st = own_row(s, table, &k, r, err);
    if (st == KARVAN_OK)
        *out = s;
    else
        karvan_event_scores_destroy(s);
done:
    return st;
}
