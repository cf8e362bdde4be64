/* One figure of a flow out of what its exporter and its importer state. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/flows_mirrors.h"
#include "trade/unit.h"

static const double CIF_FOB = 1.06, APART = 2.0;

enum { R_BY_EXPORTER = KARVAN_FLOW_COLUMNS, R_BY_IMPORTER, R_RATIO, R_CIF_FOB, R_WEIGHT };

karvan_status karvan_mirror_rule_parse(const char *s, karvan_mirror_rule *out, karvan_error *err) {
    static const char *const names[] = {"importer", "exporter", "mean"};
    for (int k = 0; k < 3; k++)
        if (s && strcmp(s, names[k]) == 0) {
            *out = (karvan_mirror_rule)k;
            return KARVAN_OK;
        }
    return karvan_fail(err, KARVAN_E_ARG,
                       "mirrors are reconciled by importer, exporter or mean, not '%.40s'",
                       s ? s : "");
}

static bool stated(double v) { return !isnan(v); }

/* ---- what each side states ---- */

static int preference(const karvan_mirror_options *o, const char *source) {
    for (int k = 0; k < o->n_sources; k++)
        if (source && strcmp(o->sources[k], source) == 0) return k;
    return o->n_sources;
}

/* Of two rows of one side, the one of the data set that is named first and states a value. */
static karvan_status prefer(const karvan_i_mirrors *w, int64_t a, int64_t b, int64_t *out,
                            karvan_error *err) {
    static const char what[] = "another figure of the same side";
    karvan_i_flow_row x = karvan_i_flow_at(&w->f, a), y = karvan_i_flow_at(&w->f, b);
    bool one_source = x.source == y.source || (x.source && y.source && !strcmp(x.source, y.source));
    int p = preference(w->o, x.source), q = preference(w->o, y.source);
    if (!w->o->across || one_source) return karvan_i_flow_twice(&w->f, a, b, what, err);
    if (p == q) {
        char sets[160];
        (void)snprintf(sets, sizeof sets, "a figure of %.40s beside %.40s, which has no order,",
                       y.source ? y.source : "no data set", x.source ? x.source : "no data set");
        return karvan_i_flow_twice(&w->f, a, b, sets, err);
    }
    bool first = stated(x.value) == stated(y.value) ? p < q : stated(x.value);
    *out = first ? a : b;
    return KARVAN_OK;
}

static karvan_status take_row(karvan_i_mirrors *w, karvan_i_both *x, const karvan_i_flow_key *k,
                              karvan_error *err) {
    int64_t *at = k->side == KARVAN_I_SIDE_OTHER ? &x->other : &x->at[k->side];
    if (k->side == KARVAN_I_SIDE_OTHER && *at >= 0)
        return karvan_i_flow_twice(&w->f, *at, k->row, "another figure", err);
    if (*at >= 0) return prefer(w, *at, k->row, at, err);
    *at = k->row;
    return KARVAN_OK;
}

/* Values in one unit and on one basis; the basis is assumed where none is stated: exports fob,
 * imports cif. */
static karvan_status value_sides(karvan_i_mirrors *w, karvan_i_both *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int s = 0; s < 2; s++) {
        if (x->at[s] < 0) continue;
        karvan_i_flow_row f = karvan_i_flow_at(&w->f, x->at[s]);
        if (!stated(f.value)) continue;
        if (f.value < 0) {
            char place[256];
            karvan_i_flow_place(w->f.t, x->at[s], place, sizeof place);
            st = karvan_fail(err, KARVAN_E_DATA, "%s: a flow of %g; 0 or more would be one", place,
                             f.value);
            goto done;
        }
        bool fob = f.price_basis && strcmp(f.price_basis, "fob") == 0;
        bool cif = f.price_basis && strcmp(f.price_basis, "cif") == 0;
        x->v[s] = f.value;
        KARVAN_TRY(karvan_i_flow_convert(w->f.t, x->at[s], f.unit, w->unit, &x->v[s], err));
        x->assumed[s] = !fob && !cif;
        x->moved[s] = cif || (s == KARVAN_I_SIDE_IMPORTER && !fob);
    }
done:
    return st;
}

static karvan_status collect(karvan_i_mirrors *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    w->flow = karvan_i_malloc((size_t)w->f.n + 1, sizeof *w->flow);
    KARVAN_REQUIRE(w->flow, err, KARVAN_E_NOMEM, "no memory to reconcile flows");
    for (int64_t a = 0, b; a < w->f.n; a = b) {
        const karvan_i_flow_key *k = &w->f.key[a];
        karvan_i_both x = {{-1, -1}, -1,         k->exporter, k->importer, {NAN, NAN},
                           NAN,      {NAN, NAN}, {0},         {0}};
        for (b = a; b < w->f.n && karvan_i_flow_same(k, &w->f.key[b], !w->o->across); b++)
            KARVAN_TRY(take_row(w, &x, &w->f.key[b], err));
        if (x.other >= 0 && (x.at[0] >= 0 || x.at[1] >= 0)) {
            st = karvan_i_flow_twice(&w->f, x.other, x.at[0] >= 0 ? x.at[0] : x.at[1],
                                     "a figure of another kind", err);
            goto done;
        }
        KARVAN_TRY(value_sides(w, &x, err));
        w->flow[w->n++] = x;
    }
done:
    return st;
}

/* ---- the result ---- */

/* Whose figure stands: 0 exporter's, 1 importer's, 2 the mean, 3 none. */
static int whose(const karvan_i_mirrors *w, const karvan_i_both *x) {
    if (!stated(x->v[0]) || !stated(x->v[1])) return stated(x->v[0]) ? 0 : stated(x->v[1]) ? 1 : 3;
    return w->o->rule == KARVAN_MIRROR_MEAN ? 2 : w->o->rule == KARVAN_MIRROR_EXPORTER ? 0 : 1;
}

/* Inverse variances: the exporter's figure counts by how far the importer is off. */
static double exporter_weight(const karvan_i_mirrors *w, const karvan_i_both *x) {
    double a = w->e[x->from] * w->e[x->from], b = w->e[x->to] * w->e[x->to];
    return b / (a + b);
}

static void add_word(karvan_i_text *flag, const char *word) {
    if (flag->n > 0) karvan_i_text_puts(flag, "; ");
    karvan_i_text_puts(flag, word);
}

/* What was done to the figure, in words. */
static void flag_of(const karvan_i_mirrors *w, const karvan_i_both *x, int who, const char *own,
                    karvan_i_text *flag) {
    static const char *const only[] = {"only the exporter's", "only the importer's"};
    bool used[2] = {who == 0 || who == 2, who == 1 || who == 2};
    if (flag->s) flag->s[0] = 0, flag->n = 0;
    if (own && *own) add_word(flag, own);
    if (who < 2 && !stated(x->v[1 - who])) add_word(flag, only[who]);
    if (who == 2) add_word(flag, "mean of both");
    if ((used[0] && x->assumed[0]) || (used[1] && x->assumed[1])) add_word(flag, "basis assumed");
    for (int s = 0; s < 2; s++)
        if (used[s] && x->ratio > 1 && x->moved[s] != w->o->cif)
            add_word(flag, who != 2 ? w->o->cif ? "fob to cif" : "cif to fob"
                           : s == 0 ? w->o->cif ? "exporter's fob to cif" : "exporter's cif to fob"
                           : w->o->cif ? "importer's fob to cif"
                                       : "importer's cif to fob");
    if (who == 3) add_word(flag, "no figure is known");
}

static karvan_status put_flow(const karvan_i_mirrors *w, const karvan_i_both *x,
                              karvan_i_text *flag, karvan_builder *b, karvan_error *err) {
    static const char *const by[] = {"exporter", "importer", "reconciled", "exporter"};
    karvan_status st = KARVAN_OK;
    int who = whose(w, x);
    double weight = who == 2 ? exporter_weight(w, x) : NAN, step = w->o->cif ? x->ratio : 1.0;
    int main = who == 2 ? (weight >= 0.5 ? 0 : 1) : who == 3 ? (x->at[0] >= 0 ? 0 : 1) : who;
    karvan_i_flow_row f = karvan_i_flow_at(&w->f, x->at[main]);
    flag_of(w, x, who, f.flag, flag);
    KARVAN_TRY(karvan_i_text_status(flag, err));
    f.value = who == 3   ? NAN
              : who == 2 ? step * (weight * x->fob[0] + (1 - weight) * x->fob[1])
                         : step * x->fob[who];
    if (who < 2 && x->moved[who] == w->o->cif)
        f.value = x->v[who]; /* as stated, to the last digit */
    f.unit = w->unit, f.price_basis = w->o->cif ? "cif" : "fob", f.flag = flag->s ? flag->s : "";
    f.reported_by = who == 3 ? by[main] : by[who];
    if (w->o->across && who == 2) f.source = NULL;
    KARVAN_TRY(karvan_i_flow_put(b, &f, err));
    bool applied = who == 2 ? x->moved[0] != w->o->cif || x->moved[1] != w->o->cif
                            : who < 2 && x->moved[who] != w->o->cif;
    KARVAN_TRY(karvan_i_flow_number(b, R_BY_EXPORTER, x->v[0], err));
    KARVAN_TRY(karvan_i_flow_number(b, R_BY_IMPORTER, x->v[1], err));
    KARVAN_TRY(karvan_i_flow_number(b, R_RATIO, x->v[0] > 0 ? x->v[1] / x->v[0] : NAN, err));
    KARVAN_TRY(karvan_i_flow_number(b, R_CIF_FOB, applied ? x->ratio : NAN, err));
    KARVAN_TRY(karvan_i_flow_number(b, R_WEIGHT, weight, err));
done:
    return st;
}

/* A figure that neither side alone reported stays as it is, in the result's unit. */
static karvan_status put_other(const karvan_i_mirrors *w, const karvan_i_both *x, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_flow_row f = karvan_i_flow_at(&w->f, x->other);
    if (stated(f.value))
        KARVAN_TRY(karvan_i_flow_convert(w->f.t, x->other, f.unit, w->unit, &f.value, err));
    f.unit = w->unit;
    KARVAN_TRY(karvan_i_flow_put(b, &f, err));
    for (int c = R_BY_EXPORTER; c <= R_WEIGHT; c++)
        KARVAN_TRY(karvan_builder_state(b, c, KARVAN_NOT_COVERED, err));
done:
    return st;
}

static karvan_status result(const karvan_i_mirrors *w, karvan_table **out, karvan_error *err) {
    static const karvan_column more[] = {{"value_exporter", KARVAN_REAL, NULL},
                                         {"value_importer", KARVAN_REAL, NULL},
                                         {"ratio", KARVAN_REAL, NULL},
                                         {"cif_fob", KARVAN_REAL, NULL},
                                         {"weight_exporter", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_text flag = {0};
    KARVAN_TRY(karvan_i_flow_builder("flows", 5, more, &b, err));
    for (int64_t k = 0; k < w->n; k++) {
        const karvan_i_both *x = &w->flow[k];
        st = x->other >= 0 ? put_other(w, x, b, err) : put_flow(w, x, &flag, b, err);
        if (st != KARVAN_OK) goto done;
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_i_text_clear(&flag);
    karvan_builder_destroy(b);
    return st;
}

static karvan_status options_of(karvan_i_mirrors *w, karvan_error *err) {
    const karvan_mirror_options *o = w->o;
    w->unit = o->unit;
    w->flat = o->cif_fob > 0 ? o->cif_fob : CIF_FOB, w->apart = o->apart > 0 ? o->apart : APART;
    if (!(o->cif_fob == 0 || (o->cif_fob >= 1 && o->cif_fob <= 10)))
        return karvan_fail(err, KARVAN_E_ARG, "cif over fob is 1 to 10, not %g", o->cif_fob);
    if (!(w->apart > 1) || !isfinite(w->apart))
        return karvan_fail(err, KARVAN_E_ARG, "mirrors are apart by more than 1, not %g", o->apart);
    if (o->estimate && !o->distances)
        return karvan_fail(err, KARVAN_E_ARG, "cif over fob is estimated on distances: none given");
    karvan_status st = karvan_i_flow_unit(&w->unit, err);
    if (st == KARVAN_OK) w->of_one = karvan_i_trade_unit(w->unit, NULL);
    return st;
}

karvan_status karvan_flows_reconcile(const karvan_table *flows, const karvan_mirror_options *o,
                                     karvan_table **out, karvan_table **asymmetries,
                                     karvan_table **audit, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_mirrors w = {.o = o};
    int64_t n_apart = 0;
    if (asymmetries) *asymmetries = NULL;
    if (audit) *audit = NULL;
    if (!out || !o) return karvan_fail(err, KARVAN_E_ARG, "out or options are NULL");
    *out = NULL;
    KARVAN_TRY(options_of(&w, err));
    KARVAN_TRY(karvan_i_flows_open(&w.f, flows, err));
    KARVAN_TRY(collect(&w, err));
    if (o->estimate) KARVAN_TRY(karvan_i_mirrors_line(&w, err));
    karvan_i_mirrors_move(&w);
    if (o->rule == KARVAN_MIRROR_MEAN) KARVAN_TRY(karvan_i_mirrors_reliability(&w, err));
    KARVAN_TRY(result(&w, out, err));
    KARVAN_TRY(karvan_i_mirrors_apart(&w, asymmetries, &n_apart, err));
    if (audit) KARVAN_TRY(karvan_i_mirrors_audit(&w, n_apart, audit, err));
done:
    if (st != KARVAN_OK && out) {
        karvan_table_destroy(*out), *out = NULL;
        if (asymmetries) karvan_table_destroy(*asymmetries), *asymmetries = NULL;
    }
    karvan_i_free(w.flow), karvan_i_free(w.e), karvan_i_free(w.mirrors), karvan_i_free(w.km_of);
    karvan_i_flows_clear(&w.f);
    return st;
}
