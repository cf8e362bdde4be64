/* Demand from trade: rows of table demand, then what pairs trade as cargo of its classes; and what
 * of that trade is not cargo here, so that both add up to all of it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "karvan/trade.h"
#include "table/cell.h"

static const double ERROR_OF_TRADE = 0.5;
static const double ROUNDING = 1e-9; /* by which shares may pass 1 */
static const double DUST = 1e-12; /* of a pair's trade: what rounding leaves of a sum of shares */

enum { D_ID, D_FROM, D_TO, D_CLASS, D_KIND, D_YEAR, D_USD, D_T, D_TEU, D_ERROR, D_BASIS, D_END };
static const karvan_column DEMAND[D_END] = {
    {"id", KARVAN_TEXT, NULL},          {"origin", KARVAN_TEXT, NULL},
    {"destination", KARVAN_TEXT, NULL}, {"cargo_class", KARVAN_TEXT, NULL},
    {"kind", KARVAN_TEXT, NULL},        {"year", KARVAN_INT, NULL},
    {"value_usd", KARVAN_REAL, "USD"},  {"tonnes", KARVAN_REAL, "t"},
    {"teu", KARVAN_REAL, "TEU"},        {"error", KARVAN_REAL, NULL},
    {"basis", KARVAN_TEXT, NULL}};

enum { L_FROM, L_TO, L_CLASS, L_USD, L_T, L_REASON, L_WHAT, L_END };
static const karvan_column LEFT[L_END] = {
    {"exporter", KARVAN_TEXT, NULL},    {"importer", KARVAN_TEXT, NULL},
    {"cargo_class", KARVAN_TEXT, NULL}, {"value_usd", KARVAN_REAL, "USD"},
    {"tonnes", KARVAN_REAL, "t"},       {"reason", KARVAN_TEXT, NULL},
    {"what", KARVAN_TEXT, NULL}};

/* A row of table demand that stands for what a pair trades: transit for all, trade for a class. */
typedef struct standing {
    const char *id, *from, *to, *cls;
    bool transit;
} standing;

typedef struct making {
    const karvan_package *region;
    karvan_demand_options o;
    const karvan_table *zones, *classes, *stated; /* stated: may be NULL */
    int64_t n_rules, n_standing;
    karvan_i_carried_rule *rule; /* what moves on the network */
    standing *standing;          /* what stands for trade, of the year */
    const char *wanted;          /* list of countries of which a pair needs one; NULL: any pair */
    double error;                /* of what trade says */
    karvan_table *own_shares;    /* NULL: the caller's */
    const karvan_table *shares;
    int64_t next; /* first row of shares not yet passed: they and the pairs have one order */
    karvan_i_sales sales;
    karvan_builder *demand, *left;
} making;

/* One pair's trade on its way to both tables. */
typedef struct selling {
    const char *exporter, *importer;
    const karvan_i_sold *sold;
} selling;

/* ---- the tables that come out ---- */

static karvan_status leave(making *m, const selling *p, const char *cls, double usd, double tonnes,
                           const char *reason, const char *what, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(m->left, err));
    KARVAN_TRY(karvan_builder_text(m->left, L_FROM, p->exporter, err));
    KARVAN_TRY(karvan_builder_text(m->left, L_TO, p->importer, err));
    KARVAN_TRY(karvan_builder_text(m->left, L_CLASS, cls, err));
    KARVAN_TRY(karvan_builder_real(m->left, L_USD, usd, err));
    KARVAN_TRY(karvan_builder_real(m->left, L_T, tonnes, err));
    KARVAN_TRY(karvan_builder_text(m->left, L_REASON, reason, err));
    KARVAN_TRY(karvan_builder_text(m->left, L_WHAT, what, err));
done:
    return st;
}

typedef struct cargo {
    const char *id, *from, *to, *cls, *kind, *basis;
    double usd, tonnes, teu, error; /* usd NaN: not covered; error NaN: unknown */
} cargo;

static karvan_status put(making *m, const cargo *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = m->demand;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, D_ID, c->id, err));
    KARVAN_TRY(karvan_builder_text(b, D_FROM, c->from, err));
    KARVAN_TRY(karvan_builder_text(b, D_TO, c->to, err));
    KARVAN_TRY(karvan_builder_text(b, D_CLASS, c->cls, err));
    KARVAN_TRY(karvan_builder_text(b, D_KIND, c->kind, err));
    KARVAN_TRY(karvan_builder_int(b, D_YEAR, m->o.year, err));
    KARVAN_TRY(karvan_builder_real(b, D_USD, c->usd, err));
    if (isnan(c->usd)) KARVAN_TRY(karvan_builder_state(b, D_USD, KARVAN_NOT_COVERED, err));
    KARVAN_TRY(karvan_builder_real(b, D_T, c->tonnes, err));
    KARVAN_TRY(karvan_builder_real(b, D_TEU, c->teu, err));
    KARVAN_TRY(karvan_builder_real(b, D_ERROR, c->error, err));
    KARVAN_TRY(karvan_builder_text(b, D_BASIS, c->basis, err));
done:
    return st;
}

/* ---- cargo classes ---- */

static karvan_status class_number(const making *m, const char *cls, const char *column, double *out,
                                  karvan_error *err) {
    int64_t r = karvan_package_row(m->region, "cargo_classes", cls);
    char what[160];
    if (r < 0)
        return karvan_fail(err, KARVAN_E_DATA, "cargo class %.60s is not in table cargo_classes",
                           cls);
    *out = karvan_i_cell_real(m->classes, column, r);
    if (*out > 0 && isfinite(*out)) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "cargo of class %.60s needs a number above 0 here", cls);
    return karvan_i_cell_refuse(m->classes, column, r, what, err);
}

/* ---- rows of table demand ---- */

static bool is_of_year(const making *m, int64_t r) {
    return karvan_i_cell_real(m->stated, "year", r) == (double)m->o.year;
}

/* A country with zones, or a place. */
static karvan_status stated_end(const making *m, const char *column, int64_t r, const char **out,
                                karvan_error *err) {
    *out = karvan_i_cell_text(m->stated, column, r);
    if (*out &&
        (karvan_i_has_zone(m->zones, *out) || karvan_package_row(m->region, "places", *out) >= 0))
        return KARVAN_OK;
    return karvan_i_cell_refuse(m->stated, column, r,
                                "an end of demand is a country of table zones or a place", err);
}

static karvan_status stated_amount(const making *m, int64_t r, cargo *c, karvan_error *err) {
    double load = NAN;
    c->tonnes = karvan_i_cell_real(m->stated, "tonnes", r);
    c->teu = karvan_i_cell_real(m->stated, "teu", r);
    karvan_status st = class_number(m, c->cls, "tonnes_per_teu", &load, err);
    if (st != KARVAN_OK) return st;
    if (isnan(c->tonnes)) c->tonnes = c->teu * load;
    if (isnan(c->teu)) c->teu = c->tonnes / load;
    if (c->tonnes >= 0 && c->teu >= 0 && isfinite(c->tonnes) && isfinite(c->teu)) return KARVAN_OK;
    return karvan_i_cell_refuse(m->stated, "tonnes", r,
                                "demand is an amount from 0 in tonnes, in teu or in both", err);
}

static karvan_status put_stated(making *m, int64_t r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    cargo c = {.basis = "demand",
               .usd = NAN,
               .id = karvan_i_cell_text(m->stated, "id", r),
               .cls = karvan_i_cell_text(m->stated, "cargo_class", r),
               .kind = karvan_i_cell_text(m->stated, "kind", r),
               .error = karvan_i_cell_real(m->stated, "error", r)};
    if (!c.cls || !c.kind || !c.id)
        return karvan_i_cell_refuse(
            m->stated,
            !c.id    ? "id"
            : !c.cls ? "cargo_class"
                     : "kind",
            r, "a row of demand has an id, a cargo class and a kind: transit or trade", err);
    if (karvan_package_row(m->region, "cargo_classes", c.cls) < 0)
        return karvan_i_cell_refuse(m->stated, "cargo_class", r,
                                    "no such class in table cargo_classes", err);
    if (strcmp(c.kind, "transit") != 0 && strcmp(c.kind, "trade") != 0)
        return karvan_i_cell_refuse(m->stated, "kind", r, "the kind of demand is trade or transit",
                                    err);
    KARVAN_TRY(stated_end(m, "origin", r, &c.from, err));
    KARVAN_TRY(stated_end(m, "destination", r, &c.to, err));
    KARVAN_TRY(stated_amount(m, r, &c, err));
    KARVAN_TRY(put(m, &c, err));
    m->standing[m->n_standing++] =
        (standing){c.id, c.from, c.to, c.cls, strcmp(c.kind, "transit") == 0};
done:
    return st;
}

static karvan_status put_all_stated(making *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = 0, rows = m->stated ? karvan_table_rows(m->stated) : 0;
    double first = NAN, last = NAN;
    m->standing = karvan_i_calloc((size_t)rows + 1, sizeof *m->standing);
    KARVAN_REQUIRE(m->standing, err, KARVAN_E_NOMEM, "no memory for demand");
    for (int64_t r = 0; r < rows; r++) {
        double year = karvan_i_cell_real(m->stated, "year", r);
        first = fmin(first, year), last = fmax(last, year);
        if (!is_of_year(m, r)) continue;
        KARVAN_TRY(put_stated(m, r, err));
        n++;
    }
    KARVAN_REQUIRE(rows == 0 || n > 0, err, KARVAN_E_DATA,
                   "table demand has no row of %lld; there are years from %.0f to %.0f",
                   (long long)m->o.year, first, last);
done:
    return st;
}

/* Id of the row that stands for the pair's trade of a class (NULL: for all of it), NULL: none. */
static const char *stands_for(const making *m, const selling *p, const char *cls) {
    for (const standing *q = m->standing; q < m->standing + m->n_standing; q++)
        if (q->transit == !cls && strcmp(q->from, p->exporter) == 0 &&
            strcmp(q->to, p->importer) == 0 && (!cls || strcmp(q->cls, cls) == 0))
            return q->id;
    return NULL;
}

/* ---- a pair's trade ---- */

/* NULL: it becomes cargo; else why not, in a word and in words. */
static const char *why_not(const making *m, const selling *p, char *what, size_t cap) {
    bool from = karvan_i_has_zone(m->zones, p->exporter),
         to = karvan_i_has_zone(m->zones, p->importer);
    if (m->wanted && !karvan_i_in_list(m->wanted, p->exporter) &&
        !karvan_i_in_list(m->wanted, p->importer)) {
        (void)snprintf(what, cap, "neither end is in setting flow_countries");
        return "outside";
    }
    if (!from || !to) {
        (void)snprintf(what, cap, "no row of table zones for %.20s%s%.20s",
                       from ? p->importer : p->exporter, from || to ? "" : " and ",
                       from || to ? "" : p->importer);
        return "no-zone";
    }
    const char *id = stands_for(m, p, NULL);
    if (id) (void)snprintf(what, cap, "row %.80s of table demand is a total of the pair", id);
    return id ? "transit-total" : NULL;
}

/* One class of a pair's trade, worth usd. */
static karvan_status sell_class(making *m, const selling *p, const char *cls, double usd,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *moved_by = NULL, *row = stands_for(m, p, cls);
    double density = NAN, load = NAN;
    char id[120], basis[120], what[160];
    KARVAN_TRY(class_number(m, cls, "value_usd_per_t", &density, err));
    KARVAN_TRY(class_number(m, cls, "tonnes_per_teu", &load, err));
    if (row) {
        (void)snprintf(what, sizeof what, "row %.80s of table demand stands for it", row);
        return leave(m, p, cls, usd, usd / density, "stated", what, err);
    }
    double here =
        usd * karvan_i_carried(m->rule, m->n_rules, p->exporter, p->importer, cls, &moved_by);
    if (here < usd)
        KARVAN_TRY(leave(m, p, cls, usd - here, (usd - here) / density, "moved-otherwise",
                         moved_by ? moved_by : "table carried", err));
    if (!(here > 0)) return KARVAN_OK;
    (void)snprintf(id, sizeof id, "trade-%.20s-%.20s-%.60s", p->exporter, p->importer, cls);
    (void)snprintf(basis, sizeof basis, "%.60s %lld x %.3f", p->sold->from,
                   (long long)p->sold->year, p->sold->growth);
    const cargo c = {.id = id,
                     .from = p->exporter,
                     .to = p->importer,
                     .cls = cls,
                     .kind = "trade",
                     .basis = basis,
                     .usd = here,
                     .tonnes = here / density,
                     .teu = here / density / load,
                     .error = m->error};
    KARVAN_TRY(put(m, &c, err));
done:
    return st;
}

/* First row of shares of the pair, -1: none. Both orders are by exporter, then importer. */
static int64_t shares_of(making *m, const selling *p) {
    for (int64_t r = m->next; r < karvan_table_rows(m->shares); r++) {
        int c = strcmp(karvan_i_cell_text(m->shares, "exporter", r), p->exporter);
        if (c == 0) c = strcmp(karvan_i_cell_text(m->shares, "importer", r), p->importer);
        if (c > 0) break;
        m->next = r; /* of an earlier pair, or the first of this one */
        if (c == 0) return r;
    }
    return -1;
}

static bool is_of_pair(const making *m, const selling *p, int64_t r) {
    return r < karvan_table_rows(m->shares) &&
           karvan_i_cell_is(m->shares, "exporter", r, p->exporter) &&
           karvan_i_cell_is(m->shares, "importer", r, p->importer);
}

static karvan_status sell(making *m, const selling *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char what[160] = "";
    double usd = p->sold->usd, rest = usd;
    const char *reason = why_not(m, p, what, sizeof what);
    if (reason) return leave(m, p, NULL, usd, NAN, reason, what, err);
    int64_t r = shares_of(m, p);
    if (r < 0)
        return leave(m, p, NULL, usd, NAN, "no-shares",
                     "no product of the exporter is known, so no cargo class", err);
    for (; is_of_pair(m, p, r); r++) {
        double part = usd * karvan_i_cell_real(m->shares, "share", r);
        const char *cls = karvan_i_cell_text(m->shares, "cargo_class", r);
        rest -= part;
        if (part > 0) KARVAN_TRY(sell_class(m, p, cls, part, err));
    }
    if (rest > DUST * usd)
        KARVAN_TRY(leave(m, p, NULL, rest, NAN, "not-carried",
                         "products that table class_shares gives to no class: pipelines, aircraft",
                         err));
done:
    return st;
}

static karvan_status sell_all(making *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_sales *s = &m->sales;
    for (int i = 0; i < s->n; i++)
        for (int j = 0; j < s->n; j++) {
            const selling p = {s->country[i], s->country[j],
                               &s->sold[(size_t)i * (size_t)s->n + (size_t)j]};
            if (p.sold->usd > 0) KARVAN_TRY(sell(m, &p, err));
        }
done:
    return st;
}

/* ---- all of it ---- */

/* Negative, 0, positive: row r of shares stands before, with, after row q, by exporter, importer.
 */
static int order_of(const karvan_table *t, int64_t r, int64_t q) {
    int c = strcmp(karvan_i_cell_text(t, "exporter", r), karvan_i_cell_text(t, "exporter", q));
    return c != 0
               ? c
               : strcmp(karvan_i_cell_text(t, "importer", r), karvan_i_cell_text(t, "importer", q));
}

/* Shares of the caller's: every cell there, in the order in which pairs are gone through. */
static karvan_status check_shares(const karvan_table *t, karvan_error *err) {
    static const char *const columns[] = {"exporter", "importer", "cargo_class", "share"};
    karvan_status st = KARVAN_OK;
    int c = -1;
    double sum = 0;
    for (int k = 0; k < 4; k++) KARVAN_TRY(karvan_i_need_column(t, columns[k], &c, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        for (int k = 0; k < 3; k++)
            if (!karvan_i_cell_text(t, columns[k], r))
                return karvan_i_cell_refuse(t, columns[k], r, "a share is of a pair and class",
                                            err);
        double share = karvan_i_cell_real(t, "share", r);
        if (!(share >= 0 && share <= 1 + ROUNDING))
            return karvan_i_cell_refuse(t, "share", r, "a share is from 0 to 1", err);
        int order = r > 0 ? order_of(t, r - 1, r) : -1;
        if (order > 0)
            return karvan_i_cell_refuse(t, "exporter", r,
                                        "shares are in the order of exporter and importer", err);
        sum = order < 0 ? share : sum + share;
        if (sum > 1 + ROUNDING) {
            char what[120];
            (void)snprintf(what, sizeof what,
                           "the shares of a pair sum to %.6g; they sum to 1 at most", sum);
            return karvan_i_cell_refuse(t, "share", r, what, err);
        }
    }
done:
    return st;
}

static karvan_status prepare(making *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double year = 0;
    KARVAN_TRY(karvan_i_need_table(m->region, "zones", &m->zones, err));
    KARVAN_TRY(karvan_i_need_table(m->region, "cargo_classes", &m->classes, err));
    m->stated = karvan_package_table(m->region, "demand");
    KARVAN_TRY(karvan_i_rules_read(karvan_package_table(m->region, "carried"), &m->rule,
                                   &m->n_rules, err));
    m->wanted = karvan_i_demand_setting(m->region, "flow_countries");
    if (m->o.year == 0) {
        KARVAN_TRY(karvan_i_demand_number(m->region, "flow_year", 0, &year, err));
        KARVAN_REQUIRE(year != 0, err, KARVAN_E_DATA,
                       "of which year demand is wanted: no setting flow_year, and none was given");
        if (!(year > 0 && year < 1e4 && year == floor(year)))
            return karvan_i_cell_refuse(karvan_package_table(m->region, "settings"), "value",
                                        karvan_package_row(m->region, "settings", "flow_year"),
                                        "setting flow_year is a year, as 2024", err);
        m->o.year = (int64_t)year;
    }
    KARVAN_TRY(
        karvan_i_demand_number(m->region, "flow_trade_error", ERROR_OF_TRADE, &m->error, err));
    if (m->o.shares)
        KARVAN_TRY(check_shares(m->o.shares, err));
    else
        KARVAN_TRY(karvan_trade_class_shares(m->region, m->o.products, &m->own_shares, err));
    m->shares = m->o.shares ? m->o.shares : m->own_shares;
    KARVAN_TRY(karvan_i_sales_create(m->region, &m->o, &m->sales, err));
done:
    return st;
}

karvan_status karvan_demand_trade(const karvan_package *region, const karvan_demand_options *o,
                                  karvan_table **demand, karvan_table **left_out,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    making m = {.region = region};
    if (demand) *demand = NULL;
    if (left_out) *left_out = NULL;
    if (!region || !demand) return karvan_fail(err, KARVAN_E_ARG, "region or demand is NULL");
    if (o) m.o = *o;
    KARVAN_TRY(prepare(&m, err));
    KARVAN_TRY(karvan_builder_create("demand", D_END, DEMAND, &m.demand, err));
    KARVAN_TRY(karvan_builder_create("left_out", L_END, LEFT, &m.left, err));
    KARVAN_TRY(put_all_stated(&m, err));
    KARVAN_TRY(sell_all(&m, err));
    if (left_out) {
        st = karvan_builder_finish(m.left, left_out, err);
        m.left = NULL;
        if (st != KARVAN_OK) goto done;
    }
    st = karvan_builder_finish(m.demand, demand, err);
    m.demand = NULL;
done:
    karvan_builder_destroy(m.demand), karvan_builder_destroy(m.left);
    karvan_table_destroy(m.own_shares);
    karvan_i_free(m.rule), karvan_i_free(m.standing);
    karvan_i_sales_clear(&m.sales);
    if (st != KARVAN_OK && left_out) karvan_table_destroy(*left_out), *left_out = NULL;
    return st;
}
