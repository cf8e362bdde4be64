/* UN Comtrade as it is downloaded: the 47 columns of the present site and of its API, the 35 of the
 * former site, the 11 of its bulk files. One level is taken of everything that Comtrade gives as a
 * sum and again by part: partners without the world, transport, customs procedure, second partner
 * and mode of supply only in total, one level of products, months or years. The rest is left out
 * and told. Columns that are not named here are descriptions of codes, other quantities (altQty,
 * grossWgt) and marks that change no sum (isLeaf, isAggregate, isOriginalClassification). */
#include <string.h>

#include "base/try.h"
#include "exchange/codes.h"
#include "exchange/intake.h"

enum {
    TYPE,
    FREQUENCY,
    YEAR,
    MONTH,
    PERIOD,
    REPORTER,
    REPORTER_ISO,
    FLOW,
    FLOW_TEXT,
    PARTNER,
    PARTNER_ISO,
    PARTNER2,
    CLASS,
    PRODUCT,
    LEVEL,
    CUSTOMS,
    SUPPLY,
    TRANSPORT,
    UNIT,
    UNIT_CODE,
    QUANTITY,
    QUANTITY_ESTIMATED,
    WEIGHT,
    WEIGHT_ESTIMATED,
    CIF,
    FOB,
    VALUE,
    ESTIMATION,
    REPORTED,
    COLUMNS
};

static const karvan_i_intake_column columns[COLUMNS] = {
    [TYPE] = {{"typeCode"}, false},
    [FREQUENCY] = {{"freqCode"}, false},
    [YEAR] = {{"refYear", "Year"}, true},
    [MONTH] = {{"refMonth"}, false},
    [PERIOD] = {{"period", "Period"}, false},
    [REPORTER] = {{"reporterCode", "Reporter Code"}, true},
    [REPORTER_ISO] = {{"reporterISO", "Reporter ISO"}, false},
    [FLOW] = {{"flowCode", "Trade Flow Code"}, true},
    [FLOW_TEXT] = {{"flowDesc", "Trade Flow"}, false},
    [PARTNER] = {{"partnerCode", "Partner Code"}, true},
    [PARTNER_ISO] = {{"partnerISO", "Partner ISO"}, false},
    [PARTNER2] = {{"partner2Code", "2nd Partner Code"}, false},
    [CLASS] = {{"classificationCode", "Classification"}, false},
    [PRODUCT] = {{"cmdCode", "Commodity Code"}, true},
    [LEVEL] = {{"aggrLevel", "Aggregate Level"}, false},
    [CUSTOMS] = {{"customsCode", "Customs Proc. Code"}, false},
    [SUPPLY] = {{"mosCode"}, false},
    [TRANSPORT] = {{"motCode", "Mode of Transport Code"}, false},
    [UNIT] = {{"qtyUnitAbbr", "Qty Unit"}, false},
    [UNIT_CODE] = {{"qtyUnitCode", "Qty Unit Code", "Quantity Unit Code"}, false},
    [QUANTITY] = {{"qty", "Qty", "Supplementary Quantity"}, false},
    [QUANTITY_ESTIMATED] = {{"isQtyEstimated"}, false},
    [WEIGHT] = {{"netWgt", "Netweight (kg)"}, false},
    [WEIGHT_ESTIMATED] = {{"isNetWgtEstimated"}, false},
    [CIF] = {{"cifvalue", "CIF Trade Value (US$)"}, false},
    [FOB] = {{"fobvalue", "FOB Trade Value (US$)"}, false},
    [VALUE] = {{"primaryValue", "Trade Value (US$)", "Value"}, true},
    [ESTIMATION] = {{"legacyEstimationFlag", "Flag", "Estimation Code"}, false},
    [REPORTED] = {{"isReported"}, false}};

enum { NOT_DIGITS = -1, CODE_MAX = 32, KEY_MAX = 256 };

/* What a row is, before it is taken. */
typedef struct meaning {
    int year, month, level;
    karvan_i_direction flow;
    uint32_t reporter, partner, class;
    karvan_i_left_out why; /* where it is not to be taken */
    int at;                /* the column that says so */
} meaning;

static bool is(karvan_i_intake_cell c, const char *s) {
    return c.n == strlen(s) && memcmp(c.s, s, c.n) == 0;
}

static bool is_any(karvan_i_intake_cell c, const char *const *words) {
    for (; *words; words++)
        if (is(c, *words)) return true;
    return false;
}

static int number(karvan_i_intake_cell c) {
    int v = 0;
    if (c.n == 0 || c.n > 6) return NOT_DIGITS;
    for (size_t i = 0; i < c.n; i++) {
        if (c.s[i] < '0' || c.s[i] > '9') return NOT_DIGITS;
        v = 10 * v + (c.s[i] - '0');
    }
    return v;
}

static karvan_i_direction direction(karvan_i_intake_cell code, karvan_i_intake_cell text) {
    if (code.n == 0 || is(code, "0")) code = text;
    return karvan_i_direction_of(code.s, code.n);
}

/* A reporter or partner by its number, else by its letters. */
static karvan_status country(karvan_i_intake *in, karvan_i_intake_cell code,
                             karvan_i_intake_cell iso, uint32_t *out, bool *ok, karvan_error *err) {
    int n = number(code);
    *ok = true;
    if (n >= 0 && n < KARVAN_I_AREAS && in->label_of[n]) {
        *out = (uint32_t)in->label_of[n] - 1;
        return KARVAN_OK;
    }
    *ok = iso.n >= 2 && iso.n <= 5 && !is(iso, "N/A");
    return *ok ? karvan_i_intake_label(in, iso.s, iso.n, out, ok, err) : KARVAN_OK;
}

static bool is_world(karvan_i_intake_cell code, karvan_i_intake_cell iso) {
    return is(code, "0") || is(iso, "W00") || is(iso, "WLD");
}

static bool is_total(karvan_i_intake_cell c) {
    static const char *const totals[] = {"", "0", "C00", "W00", NULL};
    return is_any(c, totals);
}

/* Year and month. */
static bool when(const karvan_i_intake_cell *cell, meaning *m) {
    int period = number(cell[PERIOD]), month = number(cell[MONTH]);
    m->at = YEAR, m->why = cell[YEAR].n ? KARVAN_I_OUT_BAD_YEAR : KARVAN_I_OUT_NO_YEAR;
    if (!karvan_i_intake_year(cell[YEAR], &m->year)) return false;
    bool monthly = cell[FREQUENCY].n ? is(cell[FREQUENCY], "M") : cell[PERIOD].n == 6;
    if (!monthly) return true;
    m->month = cell[PERIOD].n == 6 && period > 0 ? period % 100 : month;
    m->at = PERIOD, m->why = KARVAN_I_OUT_BAD_YEAR;
    return m->month >= 1 && m->month <= 12;
}

static int level_of(const karvan_i_intake_cell *cell) {
    int level = number(cell[LEVEL]);
    if (level >= 0 && level < 32) return level;
    return is(cell[PRODUCT], "TOTAL") ? 0
           : cell[PRODUCT].n < 32     ? (int)cell[PRODUCT].n
                                      : NOT_DIGITS;
}

/* The parts of which the file, or another row, has the sum. */
static bool is_whole_flow(const karvan_i_intake_cell *cell, meaning *m) {
    static const struct {
        int column;
        karvan_i_left_out why;
    } parts[] = {{TRANSPORT, KARVAN_I_OUT_BY_TRANSPORT},
                 {CUSTOMS, KARVAN_I_OUT_BY_CUSTOMS},
                 {PARTNER2, KARVAN_I_OUT_BY_SECOND_PARTNER},
                 {SUPPLY, KARVAN_I_OUT_BY_SUPPLY}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!is_total(cell[parts[i].column])) {
            m->at = parts[i].column, m->why = parts[i].why;
            return false;
        }
    return true;
}

static karvan_status class_of(karvan_i_intake *in, karvan_i_intake_cell c, uint32_t *out,
                              karvan_error *err) {
    char code[16];
    if (c.n == 0 || c.n >= sizeof code || karvan_utf8_valid_prefix(c.s, c.n) != c.n ||
        memchr(c.s, 0, c.n)) {
        (void)snprintf(code, sizeof code, "HS");
    } else {
        memcpy(code, c.s, c.n);
        code[c.n] = 0;
    }
    return karvan_i_intake_class(in, karvan_i_classification_of(code), out, err);
}

/* *ok false: m->why says for what reason the row is left out. */
static karvan_status judge(karvan_i_intake *in, const karvan_i_intake_cell *cell, meaning *m,
                           bool *ok, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_by *by = &in->sink.by;
    *m = (meaning){0}, *ok = false;
    if (!when(cell, m)) return st;
    m->flow = direction(cell[FLOW], cell[FLOW_TEXT]);
    m->at = FLOW,
    m->why = m->flow == KARVAN_I_PART_OF_FLOW ? KARVAN_I_OUT_SUB_FLOW : KARVAN_I_OUT_BAD_FLOW;
    if (m->flow != KARVAN_I_IMPORT && m->flow != KARVAN_I_EXPORT) return st;
    bool world = is_world(cell[PARTNER], cell[PARTNER_ISO]);
    m->at = PARTNER, m->why = world ? KARVAN_I_OUT_WORLD : KARVAN_I_OUT_NOT_WORLD;
    if (world != in->o->world) return st;
    m->why = KARVAN_I_OUT_BAD_COUNTRY;
    KARVAN_TRY(country(in, cell[PARTNER], cell[PARTNER_ISO], &m->partner, ok, err));
    if (!*ok) return st;
    m->at = REPORTER;
    KARVAN_TRY(country(in, cell[REPORTER], cell[REPORTER_ISO], &m->reporter, ok, err));
    if (!*ok) return st;
    *ok = false, m->why = KARVAN_I_OUT_OWN_COUNTRY;
    if (m->reporter == m->partner) return st;
    int reporter = number(cell[REPORTER]), partner = number(cell[PARTNER]);
    bool group = (reporter >= 0 && reporter < KARVAN_I_AREAS && in->group_of[reporter]) ||
                 (!world && partner >= 0 && partner < KARVAN_I_AREAS && in->group_of[partner]);
    m->why = KARVAN_I_OUT_GROUP_OF_COUNTRIES;
    if (group && !(by->exporter && by->importer)) return st;
    if (!is_whole_flow(cell, m)) return st;
    m->level = level_of(cell), m->at = PRODUCT, m->why = KARVAN_I_OUT_BAD_PRODUCT;
    if (m->level < 0 || cell[PRODUCT].n == 0 || cell[PRODUCT].n > CODE_MAX) return st;
    KARVAN_TRY(class_of(in, cell[CLASS], &m->class, err));
    *ok = true;
done:
    return st;
}

/* First pass: which levels of products, which frequencies; is there one product only? */
static karvan_status look(karvan_i_intake *in, const karvan_i_intake_cell *cell,
                          karvan_error *err) {
    meaning m;
    bool ok;
    karvan_status st = judge(in, cell, &m, &ok, err);
    if (st != KARVAN_OK || !ok) return st;
    in->levels[m.class - 1] |= 1u << m.level;
    in->annual |= m.month == 0;
    if (m.level == 0 || in->goods.n > 1) return KARVAN_OK;
    int32_t code;
    return karvan_i_dictionary_add(&in->goods, cell[PRODUCT].s, cell[PRODUCT].n, &code, err);
}

/* The level that is taken: the coarsest that is fine enough, or the finest. */
static int chosen_level(const karvan_i_intake *in, uint32_t class) {
    uint32_t has = in->levels[class - 1];
    int digits = in->sink.by.digits;
    if (digits < 0) return has ? 31 - __builtin_clz(has) : NOT_DIGITS;
    has &= ~((1u << digits) - 1);
    return has ? __builtin_ctz(has) : NOT_DIGITS;
}

/* What makes a flow one: its text, for the set of those that were there. */
static void key_of(const karvan_i_intake_cell *cell, const meaning *m, char *key, size_t cap) {
    static const int codes[] = {TYPE, REPORTER, REPORTER_ISO, PARTNER, PARTNER_ISO, PRODUCT};
    int n = snprintf(key, cap, "%d.%d.%u.%d", m->year, m->month, m->class, (int)m->flow);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        karvan_i_intake_cell c = cell[codes[i]];
        n += snprintf(key + n, cap - (size_t)n, ".%.*s", (int)(c.n < CODE_MAX ? c.n : CODE_MAX),
                      c.s);
    }
}

static karvan_status is_new(karvan_i_dictionary *d, const char *key, bool *yes, karvan_error *err) {
    int32_t before = d->n, code;
    karvan_status st = karvan_i_dictionary_add(d, key, strlen(key), &code, err);
    *yes = d->n > before;
    return st;
}

static karvan_status unit_number(karvan_i_intake *in, karvan_i_intake_cell c, uint16_t *out,
                                 karvan_error *err) {
    int32_t code = 0;
    if (karvan_utf8_valid_prefix(c.s, c.n) != c.n || memchr(c.s, 0, c.n) || c.n > 40)
        c = (karvan_i_intake_cell){"?", 1};
    karvan_status st = karvan_i_dictionary_add(&in->units, c.s, c.n, &code, err);
    *out = code < UINT16_MAX ? (uint16_t)(code + 1) : 0;
    return st;
}

/* Net weight, or the quantity in its own unit. A weight of 0 beside a value stands for none. */
static karvan_status quantity(karvan_i_intake *in, const karvan_i_intake_cell *cell,
                              karvan_i_intake_row *f, karvan_error *err) {
    static const char *const none[] = {"", "-1", "N/A", "No Quantity", NULL};
    karvan_status st = KARVAN_OK;
    bool own = in->o->supplementary, has = false;
    int estimation = number(cell[ESTIMATION]);
    karvan_i_intake_cell unit =
        own ? cell[UNIT].n ? cell[UNIT] : cell[UNIT_CODE] : (karvan_i_intake_cell){"kg", 2};
    if (own &&
        (is_any(unit, none) || is_any(cell[UNIT_CODE], (const char *const[]){"-1", "1", NULL})))
        return KARVAN_OK;
    KARVAN_TRY(karvan_i_intake_quantity(in, own ? "qty" : "netWgt", cell[own ? QUANTITY : WEIGHT],
                                        &f->quantity, &has, err));
    if (!has || (f->quantity.hi | f->quantity.lo) == 0) {
        f->quantity = (karvan_i_amount){0, 0};
        return KARVAN_OK;
    }
    KARVAN_TRY(unit_number(in, unit, &f->unit, err));
    if (is(cell[own ? QUANTITY_ESTIMATED : WEIGHT_ESTIMATED], "true") || estimation == 6 ||
        estimation == (own ? 2 : 4))
        f->flags |= KARVAN_I_FLOW_ESTIMATED;
done:
    return st;
}

static bool same(karvan_i_intake_cell c, char point, karvan_i_amount value) {
    karvan_i_amount a;
    return karvan_i_amount_parse(c.s, c.n, point, &a) == KARVAN_I_AMOUNT_OK && a.hi == value.hi &&
           a.lo == value.lo;
}

/* The value stands in one of the two columns again: that is its basis. */
static uint16_t basis(const karvan_i_intake *in, const karvan_i_intake_cell *cell,
                      karvan_i_direction flow, karvan_i_amount value) {
    bool cif = same(cell[CIF], in->point, value), fob = same(cell[FOB], in->point, value);
    if (cif && fob) return flow == KARVAN_I_IMPORT ? KARVAN_I_FLOW_CIF : KARVAN_I_FLOW_FOB;
    return cif ? KARVAN_I_FLOW_CIF : fob ? KARVAN_I_FLOW_FOB : 0;
}

/* The total has none; nor has a sum over products, unless there is one only. */
static karvan_status product_number(karvan_i_intake *in, karvan_i_intake_cell c, int level,
                                    uint32_t *out, bool *ok, karvan_error *err) {
    int32_t code = 0;
    *ok = true;
    if (level == 0 || (in->sink.by.digits == 0 && in->goods.n > 1)) return KARVAN_OK;
    *ok = karvan_i_intake_product(&in->sink.by, &c) && karvan_utf8_valid_prefix(c.s, c.n) == c.n &&
          !memchr(c.s, 0, c.n);
    if (!*ok) return KARVAN_OK;
    karvan_status st = karvan_i_dictionary_add(&in->products, c.s, c.n, &code, err);
    *out = (uint32_t)code + 1;
    return st;
}

/* A row that is left out for what judge found; one that is a part of a flow is remembered. */
static karvan_status leave_out(karvan_i_intake *in, const karvan_i_intake_cell *cell, meaning *m,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[KEY_MAX];
    bool fresh;
    if (m->why >= KARVAN_I_OUT_BY_TRANSPORT && m->why <= KARVAN_I_OUT_BY_SUPPLY) {
        KARVAN_TRY(class_of(in, cell[CLASS], &m->class, err));
        key_of(cell, m, key, sizeof key);
        KARVAN_TRY(is_new(&in->detail, key, &fresh, err));
    }
    st = karvan_i_sink_drop(&in->sink, m->why, columns[m->at].names[0], cell[m->at].s,
                            cell[m->at].n, err);
done:
    return st;
}

static karvan_status row(karvan_i_intake *in, const karvan_i_intake_cell *cell, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    meaning m;
    karvan_i_intake_row f = {0};
    char key[KEY_MAX];
    bool ok, fresh;
    KARVAN_TRY(judge(in, cell, &m, &ok, err));
    if (!ok) return leave_out(in, cell, &m, err);
    if (in->annual && m.month)
        return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_MONTH_BESIDE_YEAR, "period",
                                  cell[PERIOD].s, cell[PERIOD].n, err);
    if (m.level != chosen_level(in, m.class))
        return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_OTHER_LEVEL, "cmdCode", cell[PRODUCT].s,
                                  cell[PRODUCT].n, err);
    KARVAN_TRY(product_number(in, cell[PRODUCT], m.level, &f.product, &ok, err));
    if (!ok)
        return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_BAD_PRODUCT, "cmdCode", cell[PRODUCT].s,
                                  cell[PRODUCT].n, err);
    KARVAN_TRY(karvan_i_intake_value(in, "primaryValue", cell[VALUE], &f.value, &ok, err));
    if (!ok) goto done;
    key_of(cell, &m, key, sizeof key);
    KARVAN_TRY(is_new(&in->seen, key, &fresh, err));
    if (!fresh)
        return karvan_i_sink_drop(&in->sink, KARVAN_I_OUT_DUPLICATE, "cmdCode", cell[PRODUCT].s,
                                  cell[PRODUCT].n, err);
    bool import = m.flow == KARVAN_I_IMPORT;
    f.year = m.year, f.month = m.month;
    f.exporter = import ? m.partner : m.reporter, f.importer = import ? m.reporter : m.partner;
    f.attributes = m.class << 2 | (import ? 2 : 1);
    f.flags = basis(in, cell, m.flow, f.value);
    if (is(cell[REPORTED], "false")) f.flags |= KARVAN_I_FLOW_COMPUTED;
    if (in->sink.by.digits == 0 && f.product == 0 && m.level > 0) f.flags |= KARVAN_I_FLOW_SUMMED;
    KARVAN_TRY(quantity(in, cell, &f, err));
    st = karvan_i_sink_add(&in->sink, &f, err);
done:
    return st;
}

/* Flows that the file has only by part: none of them was taken. */
static karvan_status end(karvan_i_intake *in, karvan_error *err) {
    int64_t lost = 0;
    for (int32_t i = 0; i < in->detail.n; i++) {
        const char *key = in->detail.bytes + in->detail.at[i];
        lost += karvan_i_dictionary_find(&in->seen, key, strlen(key)) < 0;
    }
    if (lost == 0 || !in->problems) return KARVAN_OK;
    karvan_status st = karvan_problems_add(
        in->problems, KARVAN_WARNING, in->path, 0, 0, "flow-parts-only",
        "download them with motCode 0, customsCode C00, partner2Code 0",
        "flows that stand in the file by transport, customs procedure, second partner or mode of "
        "supply only: %lld, none of their rows is taken",
        (long long)lost);
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for a problem");
}

const karvan_i_intake_format karvan_i_intake_comtrade = {
    .name = "comtrade",
    .title = "UN Comtrade: downloads of the present and the former site, JSON of its API",
    .unit = "USD",
    .quantities = true,
    .n_columns = COLUMNS,
    .columns = columns,
    .look = look,
    .row = row,
    .end = end};
