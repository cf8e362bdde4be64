/* Groups as a table of flows, in the order of year, exporter, importer, product. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake.h"

typedef struct sorted {
    uint64_t key;     /* as the group's, with ranks of labels for their numbers */
    uint32_t product; /* rank */
    uint32_t group;
} sorted;

/* ---- order ---- */

typedef struct text_rank {
    const char *s;
    uint32_t i;
} text_rank;

static int by_text(const void *a, const void *b) {
    return strcmp(((const text_rank *)a)->s, ((const text_rank *)b)->s);
}

/* Rank of each text of a dictionary among them all. */
static karvan_status ranks(const karvan_i_dictionary *d, uint32_t **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)d->n;
    text_rank *text = karvan_i_malloc(n, sizeof *text);
    uint32_t *rank = karvan_i_malloc(n, sizeof *rank);
    KARVAN_REQUIRE(text && rank, err, KARVAN_E_NOMEM, "no memory to sort labels");
    for (size_t i = 0; i < n; i++) text[i] = (text_rank){d->bytes + d->at[i], (uint32_t)i};
    if (n > 1) qsort(text, n, sizeof *text, by_text);
    for (size_t i = 0; i < n; i++) rank[text[i].i] = (uint32_t)i;
    *out = rank, rank = NULL;
done:
    karvan_i_free(text), karvan_i_free(rank);
    return st;
}

/* Byte k of what is sorted by, the least first: attributes, product, importer, exporter, year. */
static inline unsigned digit(const sorted *e, int k) {
    uint64_t v = k < 2   ? e->key >> (8 * k)
                 : k < 6 ? e->product >> (8 * (k - 2))
                         : e->key >> (8 * (k - 4));
    return v & 0xFF;
}

static void radix_sort(sorted *a, sorted *spare, uint32_t n) {
    enum { BYTES = 12 };
    sorted *from = a, *to = spare;
    for (int k = 0; k < BYTES; k++) {
        uint32_t count[256] = {0}, at = 0;
        for (uint32_t i = 0; i < n; i++) count[digit(&from[i], k)]++;
        if (count[digit(&from[0], k)] == n) continue; /* all the same */
        for (int b = 0; b < 256; b++) {
            uint32_t c = count[b];
            count[b] = at, at += c;
        }
        for (uint32_t i = 0; i < n; i++) to[count[digit(&from[i], k)]++] = from[i];
        sorted *t = from;
        from = to, to = t;
    }
    if (from != a) memcpy(a, from, n * sizeof *a);
}

static karvan_status order_groups(const karvan_i_intake *in, sorted **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flow_groups *g = &in->sink.groups;
    uint32_t *label = NULL, *product = NULL, *class = NULL;
    sorted *a = karvan_i_malloc(g->n, sizeof *a), *spare = karvan_i_malloc(g->n, sizeof *spare);
    KARVAN_REQUIRE(a && spare, err, KARVAN_E_NOMEM, "no memory to sort %u groups", g->n);
    KARVAN_TRY(ranks(&in->labels, &label, err));
    KARVAN_TRY(ranks(&in->classes, &class, err));
    if (in->products.n > 0) KARVAN_TRY(ranks(&in->products, &product, err));
    for (uint32_t i = 0; i < g->n; i++) {
        uint64_t k = g->group[i].key, attributes = k & 0xFFFF;
        uint64_t exporter = in->sink.by.exporter ? label[k >> 32 & 0xFFFF] : 0;
        uint64_t importer = in->sink.by.importer ? label[k >> 16 & 0xFFFF] : 0;
        if (attributes >> 2)
            attributes = ((uint64_t) class[(attributes >> 2) - 1] + 1) << 2 | (attributes & 3);
        uint32_t p = g->group[i].product;
        a[i] = (sorted){k >> 48 << 48 | exporter << 32 | importer << 16 | attributes,
                        product && p ? product[p - 1] + 1 : p, i};
    }
    if (g->n > 1) radix_sort(a, spare, g->n);
    *out = a, a = NULL;
done:
    karvan_i_free(a), karvan_i_free(spare);
    karvan_i_free(label), karvan_i_free(product), karvan_i_free(class);
    return st;
}

/* ---- cells ---- */

typedef enum what {
    YEAR,
    EXPORTER,
    IMPORTER,
    PRODUCT,
    CLASSIFICATION,
    VALUE,
    UNIT,
    QUANTITY,
    QUANTITY_UNIT,
    PRICE_BASIS,
    REPORTED_BY,
    FLAG,
    SOURCE,
    ROWS,
    COLUMNS
} what;

static const karvan_column columns[COLUMNS] = {{"year", KARVAN_INT, NULL},
                                               {"exporter", KARVAN_TEXT, NULL},
                                               {"importer", KARVAN_TEXT, NULL},
                                               {"product", KARVAN_TEXT, NULL},
                                               {"classification", KARVAN_TEXT, NULL},
                                               {"value", KARVAN_REAL, NULL},
                                               {"unit", KARVAN_TEXT, NULL},
                                               {"quantity", KARVAN_REAL, NULL},
                                               {"quantity_unit", KARVAN_TEXT, NULL},
                                               {"price_basis", KARVAN_TEXT, NULL},
                                               {"reported_by", KARVAN_TEXT, NULL},
                                               {"flag", KARVAN_TEXT, NULL},
                                               {"source", KARVAN_TEXT, NULL},
                                               {"rows", KARVAN_INT, NULL}};

/* The number of a group's text in a column; equal numbers, equal texts. */
static uint32_t number_of(const karvan_i_intake *in, const karvan_i_flow_group *g, what w) {
    uint32_t flags = g->flags & (KARVAN_I_FLOW_CIF - 1u);
    switch (w) {
    case EXPORTER:
        return (uint32_t)(g->key >> 32 & 0xFFFF);
    case IMPORTER:
        return (uint32_t)(g->key >> 16 & 0xFFFF);
    case PRODUCT:
        return g->product;
    case CLASSIFICATION:
        return (uint32_t)(g->key & 0xFFFF) >> 2;
    case REPORTED_BY:
        return g->key & 3;
    case QUANTITY_UNIT:
        return g->flags & KARVAN_I_FLOW_UNITS ? 0 : g->unit;
    case PRICE_BASIS:
        return (g->flags & (KARVAN_I_FLOW_CIF | KARVAN_I_FLOW_FOB)) / KARVAN_I_FLOW_CIF;
    case FLAG:
        if (!in->format->quantities) flags &= ~(uint32_t)KARVAN_I_FLOW_NO_QUANTITY;
        return flags | (uint32_t)(g->months >> 1) << 7;
    default:
        return 0;
    }
}

static void add_words(char *room, size_t cap, const char *words) {
    size_t n = strlen(room);
    (void)snprintf(room + n, cap - n, "%s%s", n ? "; " : "", words);
}

static const char *flag_words(uint32_t flags, char *room, size_t cap) {
    static const char *const words[] = {"quantity missing in some rows",
                                        "quantities in several units",
                                        "quantity estimated by the source",
                                        "value computed by the source from detail",
                                        "partner's figure",
                                        "zero assumed by the source",
                                        "sum of the products in the file"};
    char months[32];
    int n = __builtin_popcount(flags >> 7);
    *room = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (flags >> i & 1) add_words(room, cap, words[i]);
    if (n == 0) return room;
    (void)snprintf(months, sizeof months, "months %d of 12", n);
    add_words(room, cap, months);
    return room;
}

static const char *dictionary_text(const karvan_i_dictionary *d, uint32_t i) {
    return d->bytes + d->at[i];
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The text that a number stands for; NULL: none. */
static const char *text_of(const karvan_i_intake *in, what w, uint32_t i, char *room, size_t cap) {
    static const char *const basis[] = {"as reported", "cif", "fob", "as reported"};
    static const char *const sides[] = {NULL, "exporter", "importer"};
    const karvan_i_intake_format *f = in->format;
    switch (w) {
    case EXPORTER:
    case IMPORTER:
        return dictionary_text(&in->labels, i);
    case PRODUCT:
        if (i == 0) return "TOTAL";
        if (in->products.n > 0) return dictionary_text(&in->products, i - 1);
        (void)snprintf(room, cap,
                       in->sink.by.digits == 2   ? "%02u"
                       : in->sink.by.digits == 4 ? "%04u"
                                                 : "%06u",
                       i - 1);
        return room;
    case CLASSIFICATION:
        return i ? dictionary_text(&in->classes, i - 1) : NULL;
    case UNIT:
        return f->unit;
    case QUANTITY_UNIT:
        return i ? dictionary_text(&in->units, i - 1) : NULL;
    case PRICE_BASIS:
        return f->price_basis ? f->price_basis : basis[i & 3];
    case REPORTED_BY:
        return f->reported_by ? f->reported_by : sides[i % 3];
    case FLAG:
        return flag_words(i, room, cap);
    case SOURCE:
        return base_name(in->path);
    default:
        return NULL;
    }
}

static karvan_status set_state(karvan_i_column *c, int64_t row, karvan_error *err) {
    if (!c->state) c->state = karvan_i_calloc((size_t)c->cap, 1);
    if (!c->state) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
    c->state[row] = KARVAN_UNKNOWN;
    return KARVAN_OK;
}

static karvan_status fill_text(const karvan_i_intake *in, what w, const sorted *order,
                               karvan_i_column *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flow_groups *g = &in->sink.groups;
    uint32_t most = 0;
    int32_t *code = NULL;
    char room[320];
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t k = number_of(in, &g->group[i], w);
        if (k > most) most = k;
    }
    code = karvan_i_calloc((size_t)most + 1, sizeof *code); /* + 1; 0: not yet */
    KARVAN_REQUIRE(code, err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t k = number_of(in, &g->group[order[i].group], w);
        if (code[k] == 0) {
            const char *s = text_of(in, w, k, room, sizeof room);
            if (s) KARVAN_TRY(karvan_i_dictionary_add(&c->dictionary, s, strlen(s), &code[k], err));
            code[k] += s ? 1 : -1; /* -1: it has none */
        }
        c->v.code[i] = code[k] > 0 ? code[k] - 1 : -1;
        if (code[k] < 0) KARVAN_TRY(set_state(c, i, err));
    }
done:
    karvan_i_free(code);
    return st;
}

static bool has_quantity(const karvan_i_flow_group *g) {
    return g->unit && !(g->flags & (KARVAN_I_FLOW_NO_QUANTITY | KARVAN_I_FLOW_UNITS));
}

static karvan_status fill(const karvan_i_intake *in, what w, const sorted *order,
                          karvan_i_column *c, karvan_error *err) {
    const karvan_i_flow_groups *g = &in->sink.groups;
    size_t size = c->type == KARVAN_TEXT ? sizeof *c->v.code : sizeof *c->v.i;
    void *cells = karvan_i_realloc(c->v.any, g->n, size);
    if (!cells) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", c->name);
    c->v.any = cells, c->n = c->cap = g->n;
    if (c->type == KARVAN_TEXT) return fill_text(in, w, order, c, err);
    for (uint32_t i = 0; i < g->n; i++) {
        const karvan_i_flow_group *one = &g->group[order[i].group];
        if (w == YEAR) {
            c->v.i[i] = (int64_t)(one->key >> 48);
        } else if (w == ROWS) {
            c->v.i[i] = one->rows;
        } else if (w == VALUE) {
            c->v.r[i] = karvan_i_amount_value(one->value);
        } else if (has_quantity(one)) {
            c->v.r[i] = karvan_i_amount_value(one->quantity);
        } else {
            karvan_status st = set_state(c, i, err);
            if (st != KARVAN_OK) return st;
            c->v.r[i] = __builtin_nan("");
        }
    }
    return KARVAN_OK;
}

static bool has_column(const karvan_i_intake *in, what w) {
    const karvan_i_by *by = &in->sink.by;
    if (w == EXPORTER) return by->exporter;
    if (w == IMPORTER) return by->importer;
    if (w == YEAR) return by->year;
    if (w == CLASSIFICATION) return in->classes.n > 0;
    if (w == QUANTITY || w == QUANTITY_UNIT) return in->format->quantities;
    return true;
}

karvan_status karvan_i_intake_table(karvan_i_intake *in, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column list[COLUMNS];
    what of[COLUMNS];
    int n = 0;
    sorted *order = NULL;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    for (int w = 0; w < COLUMNS; w++)
        if (has_column(in, (what)w)) of[n] = (what)w, list[n++] = columns[w];
    KARVAN_TRY(order_groups(in, &order, err));
    KARVAN_TRY(karvan_builder_create("flows", n, list, &b, err));
    st = karvan_builder_finish(b, &t, err), b = NULL;
    KARVAN_TRY(st);
    for (int c = 0; c < n; c++) KARVAN_TRY(fill(in, of[c], order, &t->column[c], err));
    t->n_rows = in->sink.groups.n;
    *out = t, t = NULL;
done:
    karvan_table_destroy(t);
    karvan_builder_destroy(b);
    karvan_i_free(order);
    return st;
}
