/* The panel that gravity is estimated on, made of a region's tables. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"
#include "trade/matrix.h"

enum {
    C_YEAR,
    C_EXPORTER,
    C_IMPORTER,
    C_TRADE,
    C_DOMESTIC,
    C_DIST,
    C_LN_DIST,
    C_CONTIG,
    C_LANGUAGE,
    C_COLONISER,
    C_COLONY,
    C_AGREEMENT,
    C_FLAGS, /* one for each flag; what follows stands behind them */
    C_GDP_EXPORTER = C_FLAGS,
    C_GDP_IMPORTER,
    C_BY,
    C_FLAG,
    C_SOURCE,
    C_END
};
static const karvan_column COLUMNS[C_END] = {{"year", KARVAN_INT, NULL},
                                             {"exporter", KARVAN_TEXT, NULL},
                                             {"importer", KARVAN_TEXT, NULL},
                                             {"trade", KARVAN_REAL, "thousand USD"},
                                             {"domestic", KARVAN_INT, NULL},
                                             {"dist_km", KARVAN_REAL, "km"},
                                             {"ln_dist", KARVAN_REAL, NULL},
                                             {"contig", KARVAN_INT, NULL},
                                             {"language", KARVAN_INT, NULL},
                                             {"coloniser", KARVAN_INT, NULL},
                                             {"colony", KARVAN_INT, NULL},
                                             {"agreement", KARVAN_INT, NULL},
                                             {"gdp_exporter", KARVAN_REAL, "current USD"},
                                             {"gdp_importer", KARVAN_REAL, "current USD"},
                                             {"reported_by", KARVAN_TEXT, NULL},
                                             {"flag", KARVAN_TEXT, NULL},
                                             {"source", KARVAN_TEXT, NULL}};

/* What a pair has whatever the year; NaN and -1: the region has no row. */
typedef struct pair {
    double dist_km;
    int tie[4]; /* contiguous, language, coloniser, colony; -1: unknown */
} pair;

typedef struct panel {
    const karvan_package *region;
    karvan_panel_options o;
    double output_per_gdp;
    karvan_i_matrix m;
    karvan_i_ties ties;
    pair *pair;         /* [n][n] */
    double *gdp;        /* [n_years][n] USD */
    uint8_t *reported;  /* [n_years][n]: 1 its exports of the year, 2 its imports */
    uint8_t *estimated; /* [n_years] */
    uint8_t *flag;      /* [n_flags] scratch */
    karvan_builder *b;
} panel;

/* ---- what the rows need, gathered once ---- */

static const char *const TIES[4] = {"contiguous", "common_language", "common_coloniser", "colony"};

static void read_pair(const panel *p, int i, int j, pair *out) {
    char key[160];
    const karvan_table *t = karvan_package_table(p->region, "distances");
    (void)snprintf(key, sizeof key, "%.70s|%.70s", p->m.country[i], p->m.country[j]);
    int64_t row = t ? karvan_package_row(p->region, "distances", key) : -1;
    out->dist_km = karvan_i_cell_real(t, "distw_km", row);
    for (int k = 0; k < 4; k++) {
        int c = t ? karvan_table_find(t, TIES[k]) : -1;
        out->tie[k] = -1;
        if (i == j)
            out->tie[k] = 0;
        else if (c >= 0 && row >= 0 && karvan_table_state(t, c, row) == KARVAN_VALUE)
            out->tie[k] = karvan_table_bool(t, c, row);
    }
}

static double read_gdp(const panel *p, const char *country, int64_t year) {
    char key[160];
    const karvan_table *t = karvan_package_table(p->region, "indicators");
    (void)snprintf(key, sizeof key, "%.70s|%lld|gdp", country, (long long)year);
    return karvan_i_cell_real(t, "value",
                              t ? karvan_package_row(p->region, "indicators", key) : -1);
}

/* Has the country told its exports, its imports, of the year? Then what it leaves out is 0. */
static uint8_t has_reported(const panel *p, int y, int i) {
    double least = (p->o.complete > 0 ? p->o.complete : 0.5) * (p->m.n - 1);
    int exports = 0, imports = 0;
    for (int j = 0; j < p->m.n; j++) {
        exports += !isnan(p->m.value[KARVAN_I_BY_EXPORTER][karvan_i_matrix_at(&p->m, y, i, j)]);
        imports += !isnan(p->m.value[KARVAN_I_BY_IMPORTER][karvan_i_matrix_at(&p->m, y, j, i)]);
    }
    return (uint8_t)((exports > 0 && exports >= least ? 1 : 0) |
                     (imports > 0 && imports >= least ? 2 : 0));
}

static karvan_status gather(panel *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n = p->m.n;
    size_t years = (size_t)p->m.n_years, pairs = (size_t)n * (size_t)n;
    p->pair = karvan_i_calloc(pairs, sizeof *p->pair);
    p->gdp = karvan_i_calloc(years * (size_t)n, sizeof *p->gdp);
    p->reported = karvan_i_calloc(years * (size_t)n, sizeof *p->reported);
    p->estimated = karvan_i_calloc(years, sizeof *p->estimated);
    p->flag = karvan_i_calloc((size_t)p->ties.n_flags + 1, sizeof *p->flag);
    KARVAN_REQUIRE(p->pair && p->gdp && p->reported && p->estimated && p->flag, err, KARVAN_E_NOMEM,
                   "no memory for the panel");
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) read_pair(p, i, j, &p->pair[(size_t)i * (size_t)n + (size_t)j]);
    for (int y = 0; y < p->m.n_years; y++) {
        for (int i = 0; i < n; i++) {
            size_t at = (size_t)y * (size_t)n + (size_t)i;
            p->gdp[at] = read_gdp(p, p->m.country[i], p->m.year[y]);
            p->reported[at] = has_reported(p, y, i);
        }
        for (size_t k = 0; k < pairs; k++)
            if (p->o.flows ? p->o.flows_complete
                           : !isnan(p->m.value[KARVAN_I_BY_ESTIMATE][(size_t)y * pairs + k]))
                p->estimated[y] = 1;
    }
done:
    return st;
}

/* ---- what is traded ---- */

typedef struct traded {
    double value; /* NaN: unknown */
    const char *by;
    char flag[120];
} traded;

static traded between(const panel *p, int y, int i, int j) {
    const char *const who[] = {"exporter", "importer", p->m.third};
    size_t at = karvan_i_matrix_at(&p->m, y, i, j), n = (size_t)p->m.n;
    int first = p->o.exporter_first ? KARVAN_I_BY_EXPORTER : KARVAN_I_BY_IMPORTER;
    const int order[] = {first, 1 - first, KARVAN_I_BY_ESTIMATE};
    for (int k = 0; k < 3; k++) {
        if (isnan(p->m.value[order[k]][at])) continue;
        traded t = {.value = p->m.value[order[k]][at], .by = who[order[k]]};
        if (k == 1) (void)snprintf(t.flag, sizeof t.flag, "mirror");
        if (k == 2 && !p->o.flows) (void)snprintf(t.flag, sizeof t.flag, "estimate");
        return t;
    }
    bool exports = p->reported[(size_t)y * n + (size_t)i] & 1,
         imports = p->reported[(size_t)y * n + (size_t)j] & 2;
    traded none = {.value = NAN, .flag = "missing: no report of either"};
    if (!exports && !imports && !p->estimated[y]) return none;
    traded zero = {.value = 0, .flag = "zero: no row where others have one"};
    bool by_exporter = exports && (p->o.exporter_first || !imports);
    zero.by = by_exporter ? "exporter" : imports ? "importer" : p->m.third;
    return zero;
}

static traded within(const panel *p, int y, int i) {
    traded t = {.value = NAN, .by = "estimate"};
    double stated = p->m.value[KARVAN_I_BY_ESTIMATE][karvan_i_matrix_at(&p->m, y, i, i)];
    if (!isnan(stated)) return (traded){.value = stated, .by = "derived"};
    double exports = 0, gdp = p->gdp[(size_t)y * (size_t)p->m.n + (size_t)i];
    for (int j = 0; j < p->m.n; j++) {
        double v = i == j ? 0 : between(p, y, i, j).value;
        exports += isnan(v) ? 0 : v;
    }
    double v = p->output_per_gdp * gdp / 1000 - exports;
    if (isnan(gdp))
        (void)snprintf(t.flag, sizeof t.flag, "missing: no GDP");
    else if (!(v > 0))
        (void)snprintf(t.flag, sizeof t.flag, "missing: exports above the output of goods");
    else
        (void)snprintf(t.flag, sizeof t.flag, "estimate: %.4g of GDP less exports",
                       p->output_per_gdp);
    if (v > 0) t.value = v;
    return t;
}

/* ---- rows ---- */

static karvan_status put_pair(panel *p, int i, int j, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const pair *q = &p->pair[(size_t)i * (size_t)p->m.n + (size_t)j];
    KARVAN_TRY(karvan_builder_real(p->b, C_DIST, q->dist_km, err));
    KARVAN_TRY(karvan_builder_real(p->b, C_LN_DIST, q->dist_km > 0 ? log(q->dist_km) : NAN, err));
    for (int k = 0; k < 4; k++)
        if (q->tie[k] >= 0) KARVAN_TRY(karvan_builder_int(p->b, C_CONTIG + k, q->tie[k], err));
done:
    return st;
}

static karvan_status put_row(panel *p, int y, int i, int j, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n_flags = p->ties.n_flags;
    size_t n = (size_t)p->m.n;
    traded t = i == j ? within(p, y, i) : between(p, y, i, j);
    KARVAN_TRY(karvan_builder_row(p->b, err));
    KARVAN_TRY(karvan_builder_int(p->b, C_YEAR, p->m.year[y], err));
    KARVAN_TRY(karvan_builder_text(p->b, C_EXPORTER, p->m.country[i], err));
    KARVAN_TRY(karvan_builder_text(p->b, C_IMPORTER, p->m.country[j], err));
    KARVAN_TRY(karvan_builder_real(p->b, C_TRADE, t.value, err));
    KARVAN_TRY(karvan_builder_int(p->b, C_DOMESTIC, i == j, err));
    KARVAN_TRY(put_pair(p, i, j, err));
    if (p->ties.member) {
        bool any = karvan_i_ties_between(&p->ties, i, j, p->flag);
        KARVAN_TRY(karvan_builder_int(p->b, C_AGREEMENT, any, err));
        for (int k = 0; k < n_flags; k++)
            KARVAN_TRY(karvan_builder_int(p->b, C_FLAGS + k, p->flag[k], err));
    }
    const double *gdp = p->gdp + (size_t)y * n;
    KARVAN_TRY(karvan_builder_real(p->b, C_GDP_EXPORTER + n_flags, gdp[i], err));
    KARVAN_TRY(karvan_builder_real(p->b, C_GDP_IMPORTER + n_flags, gdp[j], err));
    KARVAN_TRY(karvan_builder_text(p->b, C_BY + n_flags, t.by, err));
    KARVAN_TRY(karvan_builder_text(p->b, C_FLAG + n_flags, t.flag, err));
    KARVAN_TRY(karvan_builder_text(
        p->b, C_SOURCE + n_flags,
        i == j && strncmp(t.flag, "estimate", 8) == 0 ? "assumption" : p->m.source, err));
done:
    return st;
}

static karvan_status put_rows(panel *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int y = 0; y < p->m.n_years; y++) {
        int64_t year = p->m.year[y];
        if ((p->o.has_from && year < p->o.from_year) || (p->o.has_to && year > p->o.to_year))
            continue;
        karvan_i_ties_set_day(&p->ties, karvan_day_from_civil(year, 7, 1));
        for (int i = 0; i < p->m.n; i++)
            for (int j = 0; j < p->m.n; j++)
                if (i != j || p->o.domestic) KARVAN_TRY(put_row(p, y, i, j, err));
    }
done:
    return st;
}

/* The fixed columns with those of the flags between them. */
static karvan_status open_table(panel *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n_flags = p->ties.n_flags, n = 0;
    karvan_column *c = karvan_i_calloc((size_t)C_END + (size_t)n_flags, sizeof *c);
    KARVAN_REQUIRE(c, err, KARVAN_E_NOMEM, "no memory for the panel");
    for (; n < C_FLAGS; n++) c[n] = COLUMNS[n];
    for (int k = 0; k < n_flags; k++) {
        for (int i = 0; i < C_END; i++)
            KARVAN_REQUIRE(strcmp(COLUMNS[i].name, p->ties.flag[k]) != 0, err, KARVAN_E_DATA,
                           "flag %s of table agreements is the name of a column of the panel; "
                           "choose another",
                           p->ties.flag[k]);
        c[n++] = (karvan_column){p->ties.flag[k], KARVAN_INT, NULL};
    }
    for (int i = C_FLAGS; i < C_END; i++) c[n++] = COLUMNS[i];
    st = karvan_builder_create("panel", n, c, &p->b, err);
done:
    karvan_i_free(c);
    return st;
}

static karvan_status output_ratio(panel *p, karvan_error *err) {
    const char *said = karvan_i_trade_setting(p->region, "goods_output_per_gdp");
    p->output_per_gdp = p->o.goods_output_per_gdp;
    if (!p->o.domestic || p->output_per_gdp > 0) return KARVAN_OK;
    if (!said)
        return karvan_fail(err, KARVAN_E_DATA,
                           "table settings of the region has no row goods_output_per_gdp, which "
                           "trade within countries rests on");
    if (karvan_i_parse_real(said, strlen(said), '.', &p->output_per_gdp) && p->output_per_gdp > 0)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA,
                       "setting goods_output_per_gdp is a number above 0, not '%.40s'", said);
}

karvan_status karvan_trade_panel(const karvan_package *region, const karvan_panel_options *options,
                                 karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    panel p = {.region = region};
    const karvan_table *t = NULL;
    const char *dataset = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (options) p.o = *options;
    KARVAN_REQUIRE(!p.o.has_from || !p.o.has_to || p.o.from_year <= p.o.to_year, err, KARVAN_E_ARG,
                   "the first year lies after the last");
    KARVAN_REQUIRE(p.o.goods_output_per_gdp >= 0 && p.o.complete >= 0 && p.o.complete <= 1, err,
                   KARVAN_E_ARG, "a ratio of output is from 0, a share of partners from 0 to 1");
    if (!p.o.flows)
        KARVAN_TRY(karvan_i_matrix_dataset(region, p.o.dataset, "matrix_trade", &t, &dataset, err));
    KARVAN_TRY(output_ratio(&p, err));
    if (p.o.flows)
        KARVAN_TRY(karvan_i_matrix_of_flows(region, p.o.flows, &p.m, p.o.outside, err));
    else
        KARVAN_TRY(karvan_i_matrix_create(t, dataset, &p.m, err));
    KARVAN_TRY(karvan_i_ties_create(region, p.m.n, p.m.country, &p.ties, err));
    KARVAN_TRY(gather(&p, err));
    KARVAN_TRY(open_table(&p, err));
    KARVAN_TRY(put_rows(&p, err));
    st = karvan_builder_finish(p.b, out, err);
    p.b = NULL;
done:
    karvan_builder_destroy(p.b);
    karvan_i_free(p.pair), karvan_i_free(p.gdp), karvan_i_free(p.reported);
    karvan_i_free(p.estimated), karvan_i_free(p.flag);
    karvan_i_ties_clear(&p.ties);
    karvan_i_matrix_clear(&p.m);
    return st;
}
