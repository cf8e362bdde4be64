/* Bytes as a formula, weights, an offset and a cluster over a small table: a design that keeps its
 * promises, or a reason that names the byte. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "trade/design.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static const char TABLE[] = "y,x,z,a,b,t,flag,w,odd name\n"
                            "1,2,-1,AZE,KAZ,2010,true,1,3\n"
                            "0,0,0.5,KAZ,AZE,2010,false,2,\n"
                            "4,1e9,,AZE,AZE,2011,true,1,4\n"
                            "2.5,3,1e-300,UZB,KAZ,2012,false,0.5,5\n"
                            "7,,2,KAZ,UZB,2011,true,1,6\n"
                            "3,8,4,UZB,AZE,2010,true,1,7\n";

static void effect(const karvan_i_design *d, const karvan_i_effect *e) {
    bool seen[16] = {false};
    char label[64];
    require(e->n_levels > 0 && e->n_levels <= d->n && e->n_columns >= 1 && e->n_columns <= 4);
    for (int64_t i = 0; i < d->n; i++) {
        require(e->level[i] >= 0 && e->level[i] < e->n_levels);
        seen[e->level[i]] = true;
    }
    for (int32_t l = 0; l < e->n_levels; l++) {
        require(seen[l] && e->first_row[l] >= 0 && e->first_row[l] < 6);
        karvan_i_effect_label(d, e, l, label, sizeof label);
        require(*label != 0);
    }
}

static void promises(const karvan_i_design *d) {
    char why[100];
    require(d->n > 0 && d->n + d->drops.n == 6);
    for (int64_t i = 0; i < d->n; i++) {
        require(d->row[i] >= 0 && d->row[i] < 6 && (i == 0 || d->row[i] > d->row[i - 1]));
        require(isfinite(d->y[i]) && (!d->weight || d->weight[i] > 0));
        require(!d->offset || isfinite(d->offset[i]));
        for (int j = 0; j < d->k; j++) require(isfinite(d->x[j][i]));
    }
    for (int j = 0; j < d->k; j++) require(d->name[j] && *d->name[j]);
    for (int e = 0; e < d->n_effects; e++) effect(d, &d->effect[e]);
    for (int c = 0; c < d->n_clusters; c++) effect(d, &d->cluster[c]);
    for (int64_t i = 0; i < d->drops.n; i++) {
        karvan_i_drop_detail(d, &d->drops.at[i], why, sizeof why);
        require(*why && (i == 0 || d->drops.at[i].row > d->drops.at[i - 1].row));
    }
}

/* The same columns are named with and without a header. */
static void columns(const karvan_gravity_options *o, const karvan_table *t) {
    karvan_table *plain = NULL, *met = NULL;
    karvan_error e = {0};
    karvan_status a = karvan_gravity_columns(o, NULL, &plain, &e);
    karvan_status b = karvan_gravity_columns(o, t, &met, &e);
    require(a == KARVAN_OK || b != KARVAN_OK);
    if (b == KARVAN_OK) require(karvan_table_rows(plain) == karvan_table_rows(met));
    karvan_table_destroy(plain), karvan_table_destroy(met);
}

/* First byte: which parts the rest has, parted by line ends: formula, weights, offset, cluster. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 2 || size > 600) return 0; /* bound the work, not the meaning */
    char *s = malloc(size), *part[4] = {NULL};
    require(s != NULL);
    memcpy(s, data + 1, size - 1), s[size - 1] = 0;
    int n = 0;
    for (char *at = s; at && n < 4; n++) {
        part[n] = at, at = strchr(at, '\n');
        if (at) *at++ = 0;
    }
    karvan_gravity_options o = {.formula = part[0],
                                .estimator = data[0] & 1 ? KARVAN_OLS : KARVAN_PPML,
                                .weights = data[0] & 2 ? part[1] : NULL,
                                .offset = data[0] & 4 ? part[2] : NULL,
                                .n_clusters = data[0] & 8 && part[3],
                                .cluster = {part[3]}};
    karvan_table *t = NULL;
    karvan_error e = {0};
    require(karvan_csv_parse(TABLE, sizeof TABLE - 1, "t.csv", "t", NULL, NULL, &t, NULL) ==
            KARVAN_OK);
    karvan_i_design d;
    karvan_status st = karvan_i_design_create(t, &o, &d, &e);
    require(st == KARVAN_OK || ((st == KARVAN_E_ARG || st == KARVAN_E_DATA) && *e.msg));
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
    if (st == KARVAN_OK) {
        promises(&d);
        bool keep[6];
        for (int i = 0; i < 6; i++) keep[i] = i == 0 || data[0] >> (i + 2) & 1;
        require(karvan_i_design_keep(&d, keep, &e) == KARVAN_OK);
        for (int k = 0; k < d.n_effects; k++) effect(&d, &d.effect[k]);
        for (int c = 0; c < d.n_clusters; c++) effect(&d, &d.cluster[c]);
        karvan_i_design_clear(&d);
    }
    columns(&o, t);
    karvan_table_destroy(t);
    free(s);
    require(karvan_i_alloc_live == live);
    return 0;
}
