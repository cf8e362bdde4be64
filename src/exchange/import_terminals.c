/* Rows of terminals, and the changes of mode where modes meet. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/import_state.h"
#include "table/number.h"

enum { TERMINALS = KARVAN_I_TERMINALS };

/* Medians of the terminals of the region that ships, rounded. */
static const struct {
    const char *operation;
    double p50_h, p90_h, usd;
} typical[] = {{"border", 6, 12, 75},
               {"gauge_change", 18, 48, 200},
               {"port", 96, 192, 150},
               {"tranship", 12, 36, 60}};

typedef struct filled {
    double p50_h, p90_h, usd;
    const char *dwell_source, *cost_source;
    char note[200];
} filled;

static void fill(karvan_import *imp, const karvan_i_terminal *t, filled *f) {
    const karvan_i_rate *dwell = karvan_i_rate_of(&imp->dwells, t->operation);
    const karvan_i_rate *move = karvan_i_rate_of(&imp->moves, t->operation);
    size_t k = 0;
    while (k + 1 < sizeof typical / sizeof typical[0] &&
           strcmp(typical[k].operation, t->operation) != 0)
        k++; /* an operation of the importer's own: as a transhipment */
    *f = (filled){t->dwell_p50_h, t->dwell_p90_h, t->cost_usd_per_teu,
                  imp->source.s,  imp->source.s,  ""};
    if (!karvan_i_is_amount(f->p50_h) || !(f->p90_h >= f->p50_h) || !isfinite(f->p90_h)) {
        f->p50_h = dwell ? dwell->value : typical[k].p50_h;
        f->p90_h = dwell ? dwell->second : typical[k].p90_h;
        f->dwell_source = "assumption", imp->assumed_dwell++;
    }
    if (!karvan_i_is_amount(f->usd)) {
        f->usd = move ? move->value : typical[k].usd;
        f->cost_source = "assumption", imp->assumed_move++;
    }
    bool time = f->dwell_source != imp->source.s, money = f->cost_source != imp->source.s;
    if (!time && !money) return;
    (void)snprintf(f->note, sizeof f->note, "no %s%s%s in the file: %s", time ? "dwell" : "",
                   time && money ? " and no " : "", money ? "money" : "",
                   (!time || dwell) && (!money || move) ? "as was asked for"
                                                        : "as karvan assumes of the operation");
}

static karvan_status put_terminal(karvan_import *imp, const karvan_i_terminal *t, const filled *f,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text note = {0};
    if (t->note) karvan_i_text_puts(&note, t->note);
    if (*f->note) karvan_i_text_printf(&note, "%s%s", note.n ? "; " : "", f->note);
    KARVAN_TRY(karvan_i_text_status(&note, err));
    const struct {
        const char *column, *text;
    } texts[] = {{"place", karvan_i_id_of(imp, KARVAN_I_PLACES, t->place)},
                 {"operation", t->operation},
                 {"from_mode", t->from_mode},
                 {"to_mode", t->to_mode},
                 {"from_status", t->from_status},
                 {"to_status", t->to_status},
                 {"cargo_classes", t->cargo_classes},
                 {"opening_hours", t->opening_hours},
                 {"open_from", t->open_from},
                 {"open_to", t->open_to},
                 {"hours_source", t->opening_hours ? imp->source.s : NULL},
                 {"dwell_source", f->dwell_source},
                 {"cost_source", f->cost_source},
                 {"capacity_source", imp->source.s},
                 {"note", note.s}};
    const struct {
        const char *column;
        double v;
    } amounts[] = {{"dwell_p50_h", f->p50_h},
                   {"dwell_p90_h", f->p90_h},
                   {"cost_usd_per_teu", f->usd},
                   {"capacity_teu_day", t->capacity_teu_day},
                   {"co2e_kg_per_teu", t->co2e_kg_per_teu}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        KARVAN_TRY(karvan_i_put_text(imp, TERMINALS, texts[i].column, texts[i].text, t->at, err));
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        KARVAN_TRY(
            karvan_i_put_amount(imp, TERMINALS, amounts[i].column, amounts[i].v, t->at, err));
    KARVAN_TRY(karvan_i_put_bool(imp, TERMINALS, "two_way", t->two_way, err));
    KARVAN_TRY(karvan_i_put_int(imp, TERMINALS, "step", t->step > 0 ? t->step : 1, err));
done:
    karvan_i_text_clear(&note);
    return st;
}

/* Terminals by place and modes, for whoever looks whether there is one. */
static karvan_status join_key(karvan_i_text *key, int32_t place, const char *a, const char *b,
                              karvan_error *err) {
    karvan_i_text_printf(key, "%d %s %s", (int)place, a, b);
    return karvan_i_text_status(key, err);
}

static karvan_status joined(const karvan_import *imp, int32_t place, const char *a, const char *b,
                            bool *out, karvan_error *err) {
    karvan_i_text key = {0};
    karvan_status st = join_key(&key, place, a, b, err);
    *out = st == KARVAN_OK && karvan_i_dictionary_find(&imp->joined, key.s, key.n) >= 0;
    karvan_i_text_clear(&key);
    return st;
}

static karvan_status join(karvan_import *imp, const karvan_i_terminal *t, karvan_error *err) {
    karvan_i_text key = {0};
    int32_t code;
    karvan_status st = join_key(&key, t->place, t->from_mode, t->to_mode, err);
    if (st == KARVAN_OK) st = karvan_i_dictionary_add(&imp->joined, key.s, key.n, &code, err);
    karvan_i_text_clear(&key);
    return st;
}

karvan_status karvan_i_import_terminal(karvan_import *imp, const karvan_i_terminal *t, int32_t *row,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text made = {0};
    int32_t mode;
    filled f;
    *row = -1;
    if (t->place < 0 || t->place >= imp->rows[KARVAN_I_PLACES] || !t->operation || !t->from_mode ||
        !t->to_mode)
        return karvan_fail(err, KARVAN_E_ARG, "a terminal without place, operation or modes");
    KARVAN_TRY(karvan_i_import_mode_index(imp, t->from_mode, &mode, err));
    KARVAN_TRY(karvan_i_import_mode_index(imp, t->to_mode, &mode, err));
    karvan_i_text_printf(&made, "%s-%s-%s", karvan_i_id_of(imp, KARVAN_I_PLACES, t->place),
                         t->from_mode, t->to_mode);
    KARVAN_TRY(karvan_i_text_status(&made, err));
    KARVAN_TRY(karvan_i_begin_row(imp, TERMINALS, t->key, made.s, t->at, row, err));
    if (*row >= 0) {
        fill(imp, t, &f);
        KARVAN_TRY(join(imp, t, err));
        KARVAN_TRY(put_terminal(imp, t, &f, err));
    }
done:
    karvan_i_text_clear(&made);
    return st;
}

/* ---- operations ---- */

static bool one_of(const char *s, const char *const *words) {
    for (; s && *words; words++)
        if (strcmp(s, *words) == 0) return true;
    return false;
}

karvan_status karvan_i_import_operation(karvan_import *imp, const karvan_i_import_operation_row *o,
                                        int32_t *row, karvan_error *err) {
    static const char *const causes[] = {"handling", "border", "gauge_change", "port", "tranship",
                                         "other",    NULL};
    static const char *const counts[] = {"border", "transhipment", "none", NULL};
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_OPERATIONS;
    const char *why = !karvan_i_import_is_mode(o->id) ? "its id is not of small letters, digits, _"
                      : !one_of(o->cause, causes)     ? "its cause is none that karvan knows"
                      : !one_of(o->counts_as, counts)
                          ? "counts_as is not border, transhipment, none"
                      : !karvan_i_is_amount(o->p50_h) || !karvan_i_is_amount(o->p90_h) ||
                              !karvan_i_is_amount(o->usd_per_teu)
                          ? "hours or money that is not 0 or more"
                          : NULL;
    *row = -1;
    if (why) return karvan_i_left_out(imp, o->at, "import-operation", NULL, "operations", why, err);
    KARVAN_TRY(karvan_i_begin_row(imp, t, o->id, "", o->at, row, err));
    if (*row < 0) return KARVAN_OK;
    const struct {
        const char *column, *text;
    } texts[] = {{"name", karvan_i_says(o->name) ? o->name : o->id},
                 {"cause", o->cause},
                 {"counts_as", o->counts_as},
                 {"source", imp->source.s},
                 {"note", o->note}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        KARVAN_TRY(karvan_i_put_text(imp, t, texts[i].column, texts[i].text, o->at, err));
    KARVAN_TRY(karvan_i_put_bool(imp, t, "mandatory", o->mandatory, err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "default_p50_h", o->p50_h, err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "default_p90_h", o->p90_h, err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "default_usd_per_teu", o->usd_per_teu, err));
done:
    return st;
}

/* ---- where modes meet ---- */

/* What passing from one mode to another is. */
static const char *change_of(const karvan_i_mode *a, const karvan_i_mode *b) {
    bool sea_a = a->mode && strcmp(a->mode, "sea") == 0;
    bool sea_b = b->mode && strcmp(b->mode, "sea") == 0;
    bool rail = a->mode && b->mode && strcmp(a->mode, "rail") == 0 && strcmp(b->mode, "rail") == 0;
    return rail ? "gauge_change" : sea_a != sea_b ? "port" : "tranship";
}

typedef struct at_place {
    int32_t place, mode;
} at_place;

static int by_place(const void *a, const void *b) {
    const at_place *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return (x->mode > y->mode) - (x->mode < y->mode);
}

/* Where two modes meet without a terminal: one is made, or the pair counted. */
static karvan_status connect_pair(karvan_import *imp, int32_t place, int32_t ma, int32_t mb,
                                  bool make, int64_t *apart, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_mode a = imp->mode[ma].mode, b = imp->mode[mb].mode;
    karvan_i_terminal t = KARVAN_I_TERMINAL;
    int32_t row;
    bool there, back;
    KARVAN_TRY(joined(imp, place, a.id, b.id, &there, err));
    KARVAN_TRY(joined(imp, place, b.id, a.id, &back, err));
    if (there || back) return KARVAN_OK;
    ++*apart;
    if (!make) return KARVAN_OK;
    t.place = place, t.operation = change_of(&a, &b);
    t.from_mode = a.id, t.to_mode = b.id;
    t.note = "both modes have links here; whether cargo can change, no file says";
    KARVAN_TRY(karvan_i_import_terminal(imp, &t, &row, err));
done:
    return st;
}

/* Modes that meet and stay apart are the commonest reason why no way leads anywhere. */
static karvan_status tell_apart(karvan_import *imp, int64_t apart, int32_t first,
                                karvan_error *err) {
    if (apart == 0) return KARVAN_OK;
    return karvan_i_import_note(
        imp, KARVAN_WARNING, (karvan_i_at){NULL, 0, 0}, "import-apart", "--connect joins them", err,
        "modes meet and no terminal joins them: %lld time%s, as at place %s", (long long)apart,
        apart == 1 ? "" : "s", karvan_i_id_of(imp, KARVAN_I_PLACES, first));
}

karvan_status karvan_i_import_connect(karvan_import *imp, bool make, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t apart = 0;
    int32_t first = -1;
    const int32_t links = imp->rows[KARVAN_I_LINKS];
    size_t n = 0, kept = 0;
    at_place *at = karvan_i_malloc(2 * (size_t)links + 1, sizeof *at);
    KARVAN_REQUIRE(at, err, KARVAN_E_NOMEM, "no memory for where modes meet");
    for (int32_t l = 0; l < links; l++) {
        if (!imp->mode[imp->ends[l].mode].mode.carries_containers) continue;
        at[n++] = (at_place){imp->ends[l].from, imp->ends[l].mode};
        at[n++] = (at_place){imp->ends[l].to, imp->ends[l].mode};
    }
    qsort(at, n, sizeof *at, by_place);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_place(&at[kept - 1], &at[i]) != 0) at[kept++] = at[i];
    for (size_t i = 0; i < kept; i++)
        for (size_t k = i + 1; k < kept && at[k].place == at[i].place; k++) {
            KARVAN_TRY(connect_pair(imp, at[i].place, at[i].mode, at[k].mode, make, &apart, err));
            if (apart > 0 && first < 0) first = at[i].place;
        }
    if (!make) st = tell_apart(imp, apart, first, err);
done:
    karvan_i_free(at);
    return st;
}
