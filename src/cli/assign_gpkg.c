/* A region's loads as a GeoPackage: links, terminals and services with what they carry, can carry
 * and what is full; places with what begins and ends there; tables of corridors, bottlenecks and
 * countries beside them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/assign.h"
#include "table/cell.h"

/* Figures of a row of a layer: by direction, then by class and by corridor. */
enum { LOAD, CAPACITY, DELAY, PRICE, FIGURES };
enum { FIXED = 5, TWO_WAYS = 2, SUMS = 2 /* teu_day, use_percent */, COLUMNS_MAX = 96 };

typedef struct loads {
    const cli *c;
    const karvan_table *t;       /* links, terminals or services */
    const karvan_table *classes; /* cargo_classes */
    const char *kind;
    int64_t rows;
    int32_t n_classes; /* the last: empty moves */
    double *figure;    /* [rows][2][FIGURES] NaN: none */
    double *by_class;  /* [rows][n_classes] both directions */
    double *corridor;  /* [rows][n_corridors + 1] both directions; NULL: not told of this table */
    int32_t n_corridors;
} loads;

static void loads_clear(loads *l) {
    karvan_i_free(l->figure), karvan_i_free(l->by_class), karvan_i_free(l->corridor);
}

static double *figure(const loads *l, int64_t row, bool back, int which) {
    return &l->figure[((size_t)row * TWO_WAYS + (back ? 1 : 0)) * FIGURES + (size_t)which];
}

/* A row of KARVAN_FREIGHT_LINKS into the figures of its row. */
static void take(loads *l, const karvan_table *t, int64_t r) {
    const char *id = karvan_i_cell_text(t, "link", r), *class = karvan_i_cell_text(t, "class", r);
    int64_t row = karvan_package_row(l->c->region, karvan_table_name(l->t), id);
    bool back = karvan_i_cell_is(t, "direction", r, "back");
    double load = karvan_i_cell_real(t, "load", r);
    if (row < 0 || !karvan_i_cell_is(t, "kind", r, l->kind)) return;
    if (strcmp(class, "all") == 0) {
        *figure(l, row, back, LOAD) = load;
        *figure(l, row, back, CAPACITY) = karvan_i_cell_real(t, "capacity", r);
        *figure(l, row, back, DELAY) = karvan_i_cell_real(t, "delay_h", r);
        *figure(l, row, back, PRICE) = karvan_i_cell_real(t, "price_usd", r);
        return;
    }
    int64_t k = karvan_package_row(l->c->region, "cargo_classes", class);
    if (k < 0) k = l->n_classes - 1;
    l->by_class[(size_t)row * (size_t)l->n_classes + (size_t)k] += load;
}

static karvan_status add_corridors(loads *l, const karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t groups = (size_t)l->n_corridors + 1, n = (size_t)l->rows;
    double *each = karvan_i_calloc(n * TWO_WAYS * groups + 1, sizeof *each);
    l->corridor = karvan_i_calloc(n * groups + 1, sizeof *l->corridor);
    KARVAN_REQUIRE(each && l->corridor, err, KARVAN_E_NOMEM, "no memory for loads");
    KARVAN_TRY(karvan_freight_link_loads(f, each, err));
    for (size_t r = 0; r < n; r++)
        for (size_t k = 0; k < groups; k++)
            l->corridor[r * groups + k] =
                each[(r * TWO_WAYS) * groups + k] + each[(r * TWO_WAYS + 1) * groups + k];
done:
    karvan_i_free(each);
    return st;
}

static karvan_status loads_init(loads *l, const cli *c, const char *table, const char *kind,
                                const karvan_table *solved, karvan_error *err) {
    const karvan_table *corridors = karvan_package_table(c->region, "corridors");
    *l = (loads){.c = c, .kind = kind, .t = karvan_package_table(c->region, table)};
    l->classes = karvan_package_table(c->region, "cargo_classes");
    l->rows = karvan_table_rows(l->t), l->n_classes = (int32_t)karvan_table_rows(l->classes) + 1;
    l->n_corridors = (int32_t)karvan_table_rows(corridors);
    size_t n = (size_t)l->rows;
    l->figure = karvan_i_malloc(n * TWO_WAYS * FIGURES + 1, sizeof *l->figure);
    l->by_class = karvan_i_calloc(n * (size_t)l->n_classes + 1, sizeof *l->by_class);
    if (!l->figure || !l->by_class) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for loads");
    for (size_t i = 0; i < n * TWO_WAYS; i++) {
        double *v = l->figure + i * FIGURES;
        v[LOAD] = v[DELAY] = v[PRICE] = 0, v[CAPACITY] = NAN;
    }
    for (int64_t r = 0; r < karvan_table_rows(solved); r++) take(l, solved, r);
    return KARVAN_OK;
}

/* ---- columns ---- */

static const char *const figure_columns[TWO_WAYS][FIGURES] = {
    {"load_forth", "capacity_forth", "delay_h_forth", "price_usd_forth"},
    {"load_back", "capacity_back", "delay_h_back", "price_usd_back"}};

typedef struct schema {
    int n, first_figure, first_class, first_corridor;
    karvan_column column[COLUMNS_MAX];
    char name[COLUMNS_MAX][100];
} schema;

static void add_column(schema *s, const char *prefix, const char *name, karvan_type type) {
    if (s->n == COLUMNS_MAX) return;
    (void)snprintf(s->name[s->n], sizeof s->name[0], "%s%.80s", prefix, name);
    s->column[s->n] = (karvan_column){s->name[s->n], type, NULL};
    s->n++;
}

static karvan_status schema_init(schema *s, const loads *l, const char *const *own,
                                 karvan_error *err) {
    const karvan_table *corridors = karvan_package_table(l->c->region, "corridors");
    int needed = FIXED + SUMS + TWO_WAYS * FIGURES + l->n_classes + l->n_corridors + 1;
    s->n = 0;
    if (needed > COLUMNS_MAX)
        return karvan_fail(err, KARVAN_E_DATA,
                           "a layer would have %d columns: at most %d are written", needed,
                           (int)COLUMNS_MAX);
    for (int i = 0; own[i]; i++) add_column(s, "", own[i], KARVAN_TEXT);
    s->first_figure = s->n;
    add_column(s, "", "load", KARVAN_REAL), add_column(s, "", "use_percent", KARVAN_REAL);
    for (int way = 0; way < TWO_WAYS; way++)
        for (int k = 0; k < FIGURES; k++) add_column(s, "", figure_columns[way][k], KARVAN_REAL);
    s->first_class = s->n;
    for (int32_t k = 0; k + 1 < l->n_classes; k++)
        add_column(s, "load_", karvan_i_cell_text(l->classes, "id", k), KARVAN_REAL);
    add_column(s, "load_", "empty", KARVAN_REAL);
    s->first_corridor = s->n;
    for (int32_t k = 0; l->corridor && k < l->n_corridors; k++)
        add_column(s, "corridor_", karvan_i_cell_text(corridors, "id", k), KARVAN_REAL);
    if (l->corridor) add_column(s, "corridor_", "other", KARVAN_REAL);
    return KARVAN_OK;
}

static karvan_status put_row(const loads *l, const schema *s, int64_t r, const char *const *own,
                             karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double sum = 0, use = NAN;
    KARVAN_TRY(karvan_builder_row(b, err));
    for (int i = 0; own[i]; i++)
        KARVAN_TRY(karvan_builder_text(b, i, karvan_i_cell_text(l->t, own[i], r), err));
    for (int way = 0; way < TWO_WAYS; way++) {
        const double *v = figure(l, r, way == 1, 0);
        sum += v[LOAD];
        if (v[CAPACITY] > 0) use = fmax(isnan(use) ? 0 : use, 100 * v[LOAD] / v[CAPACITY]);
        for (int k = 0; k < FIGURES; k++)
            KARVAN_TRY(
                karvan_builder_real(b, s->first_figure + SUMS + way * FIGURES + k, v[k], err));
    }
    KARVAN_TRY(karvan_builder_real(b, s->first_figure, sum, err));
    KARVAN_TRY(karvan_builder_real(b, s->first_figure + 1, use, err));
    for (int32_t k = 0; k < l->n_classes; k++)
        KARVAN_TRY(karvan_builder_real(
            b, s->first_class + k, l->by_class[(size_t)r * (size_t)l->n_classes + (size_t)k], err));
    for (int32_t k = 0; l->corridor && k <= l->n_corridors; k++)
        KARVAN_TRY(karvan_builder_real(
            b, s->first_corridor + k,
            l->corridor[(size_t)r * ((size_t)l->n_corridors + 1) + (size_t)k], err));
done:
    return st;
}

static karvan_status to_table(const loads *l, const char *const *own, karvan_table **out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    schema *s = karvan_i_calloc(1, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for a layer");
    KARVAN_TRY(schema_init(s, l, own, err));
    KARVAN_TRY(karvan_builder_create(karvan_table_name(l->t), s->n, s->column, &b, err));
    for (int64_t r = 0; r < l->rows; r++) KARVAN_TRY(put_row(l, s, r, own, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(s);
    return st;
}

/* ---- layers ---- */

static int64_t row_of(const cli *c, const char *table, const karvan_table *t, const char *column,
                      int64_t r) {
    const char *id = karvan_i_cell_text(t, column, r);
    return id ? karvan_package_row(c->region, table, id) : -1;
}

/* Positions of the places of row r, one for a point, two for a line; 0 where one is not known. */
static int32_t shape(const cli *c, const karvan_table *t, int64_t r, double *at) {
    const karvan_table *places = karvan_package_table(c->region, "places"),
                       *links = karvan_package_table(c->region, "links");
    const char *name = karvan_table_name(t);
    int64_t end[2] = {r, -1};
    int32_t n = 1;
    if (strcmp(name, "terminals") == 0) end[0] = row_of(c, "places", t, "place", r);
    if (strcmp(name, "links") == 0 || strcmp(name, "services") == 0) {
        int64_t link = t == links ? r : row_of(c, "links", t, "link", r);
        end[0] = row_of(c, "places", links, "from", link);
        end[1] = row_of(c, "places", links, "to", link), n = 2;
    }
    for (int32_t i = 0; i < n; i++, at += 2) {
        at[0] = karvan_i_cell_real(places, "lon", end[i]);
        at[1] = karvan_i_cell_real(places, "lat", end[i]);
        if (!isfinite(at[0]) || !isfinite(at[1])) return 0;
    }
    return n;
}

/* `of`: the region's table whose rows the layer has, in their order. */
static karvan_status write_shapes(const cli *c, karvan_gpkg *g, const karvan_table *of,
                                  const karvan_table *t, karvan_geometry kind, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = karvan_table_rows(of), at = 0;
    double *coords = karvan_i_calloc((size_t)n * 4 + 4, sizeof *coords);
    int32_t *size = karvan_i_calloc((size_t)n + 1, sizeof *size);
    KARVAN_REQUIRE(coords && size, err, KARVAN_E_NOMEM, "no memory for a layer");
    for (int64_t r = 0; r < n; r++) {
        size[r] = shape(c, of, r, coords + 2 * at);
        at += size[r];
    }
    st = karvan_gpkg_layer(g, karvan_table_name(of), t, kind, coords, size, err);
done:
    karvan_i_free(coords), karvan_i_free(size);
    return st;
}

static karvan_status write_loads(const cli *c, const cli_freight *s, const karvan_table *solved,
                                 karvan_gpkg *g, const char *table, const char *kind,
                                 const char *const *own, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool point = strcmp(kind, "terminal") == 0;
    karvan_table *t = NULL;
    loads l;
    KARVAN_TRY(loads_init(&l, c, table, kind, solved, err));
    if (strcmp(kind, "link") == 0) KARVAN_TRY(add_corridors(&l, s->f, err));
    KARVAN_TRY(to_table(&l, own, &t, err));
    st = write_shapes(c, g, l.t, t, point ? KARVAN_POINT : KARVAN_LINESTRING, err);
done:
    karvan_table_destroy(t);
    loads_clear(&l);
    return st;
}

/* Places with what begins and ends there. */
static karvan_status write_places(const cli *c, const cli_freight *s, karvan_gpkg *g,
                                  karvan_error *err) {
    static const karvan_column columns[] = {
        {"id", KARVAN_TEXT, NULL},      {"name", KARVAN_TEXT, NULL},
        {"country", KARVAN_TEXT, NULL}, {"kind", KARVAN_TEXT, NULL},
        {"loaded", KARVAN_REAL, NULL},  {"unloaded", KARVAN_REAL, NULL},
        {"unserved", KARVAN_REAL, NULL}};
    enum { TEXTS = 4, SUMS_OF_PLACE = 3 };
    karvan_status st = KARVAN_OK;
    const karvan_table *places = karvan_package_table(c->region, "places");
    const double *served = karvan_freight_served_view(s->f);
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    int64_t n = karvan_table_rows(places);
    double *sum = karvan_i_calloc((size_t)n * SUMS_OF_PLACE + 1, sizeof *sum);
    KARVAN_REQUIRE(sum, err, KARVAN_E_NOMEM, "no memory for places");
    for (int32_t k = 0; k < s->demand.n; k++) {
        double *from = sum + SUMS_OF_PLACE * (size_t)s->demand.origin[k],
               *to = sum + SUMS_OF_PLACE * (size_t)s->demand.destination[k];
        from[0] += served[k], to[1] += served[k], from[2] += s->demand.teu_day[k] - served[k];
    }
    KARVAN_TRY(karvan_builder_create("places", TEXTS + SUMS_OF_PLACE, columns, &b, err));
    for (int64_t r = 0; r < n; r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int i = 0; i < TEXTS; i++)
            KARVAN_TRY(
                karvan_builder_text(b, i, karvan_i_cell_text(places, columns[i].name, r), err));
        for (int i = 0; i < SUMS_OF_PLACE; i++)
            KARVAN_TRY(
                karvan_builder_real(b, TEXTS + i, sum[SUMS_OF_PLACE * (size_t)r + (size_t)i], err));
    }
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = write_shapes(c, g, places, t, KARVAN_POINT, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_free(sum);
    return st;
}

static karvan_status write_beside(const cli_freight *s, karvan_gpkg *g, karvan_error *err) {
    static const karvan_freight_output beside[] = {
        KARVAN_FREIGHT_BOTTLENECKS, KARVAN_FREIGHT_CORRIDORS, KARVAN_FREIGHT_COUNTRIES,
        KARVAN_FREIGHT_UNSERVED};
    karvan_status st = KARVAN_OK;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0] && st == KARVAN_OK; i++) {
        karvan_table *t = NULL;
        st = karvan_freight_table(s->f, beside[i], &t, err);
        if (st == KARVAN_OK)
            st = karvan_gpkg_layer(g, karvan_freight_output_name(beside[i]), t,
                                   KARVAN_GEOMETRY_NONE, NULL, NULL, err);
        karvan_table_destroy(t);
    }
    return st;
}

karvan_status cli_freight_gpkg(const cli *c, const cli_freight *s, const char *path,
                               karvan_error *err) {
    static const char *const of_links[] = {"id", "from", "to", "mode", NULL};
    static const char *const of_terminals[] = {"id",        "place",   "operation",
                                               "from_mode", "to_mode", NULL};
    static const char *const of_services[] = {"id", "link", "name", "operator", NULL};
    karvan_status st = KARVAN_OK;
    karvan_gpkg *g = NULL;
    karvan_table *solved = NULL;
    KARVAN_TRY(karvan_freight_table(s->f, KARVAN_FREIGHT_LINKS, &solved, err));
    KARVAN_TRY(karvan_gpkg_create(path, &g, err));
    KARVAN_TRY(write_places(c, s, g, err));
    KARVAN_TRY(write_loads(c, s, solved, g, "links", "link", of_links, err));
    KARVAN_TRY(write_loads(c, s, solved, g, "terminals", "terminal", of_terminals, err));
    KARVAN_TRY(write_loads(c, s, solved, g, "services", "service", of_services, err));
    KARVAN_TRY(write_beside(s, g, err));
    KARVAN_TRY(cli_freight_styles(g, solved, err));
    st = karvan_gpkg_finish(g, err), g = NULL;
    if (st == KARVAN_OK && !cli_switch(c, "output")) (void)printf("%s\n", path);
done:
    karvan_gpkg_destroy(g);
    karvan_table_destroy(solved);
    return st;
}
