/* Bytes as a kept solution of freight: raw ones, or those of a good solution with bytes of it put
 * otherwise. Refused, or a solution that packs to the same bytes and that a case can begin with. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "flow/freight_kept.h"
#include "freight_region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

typedef struct bed { /* opened once */
    small_region region;
    karvan_freight_demand demand;
    karvan_freight_options o;
    karvan_i_text good;
} bed;

static const bed *the_bed(void) {
    static const char demand[] = "origin:s,destination:s,cargo_class:s,teu:n,kind:s\n"
                                 "A,C,gen,36500,\nC,A,gen,18250,\nA,B,gen,3650,\n";
    static bed b;
    small_table tables[FREIGHT_TABLES];
    karvan_freight *f = NULL;
    if (b.region.package) return &b;
    memcpy(tables, FREIGHT_REGION, sizeof tables);
    tables[T_DEMAND].csv = demand, tables[T_DEMAND].key = NULL;
    require(small_open_quietly(&b.region, tables, FREIGHT_TABLES) && b.region.package);
    b.region.tables = FREIGHT_REGION;
    const karvan_table *t = karvan_package_table(b.region.package, "demand");
    require(karvan_freight_defaults(b.region.package, &b.o, NULL) == KARVAN_OK);
    require(karvan_freight_demand_read(b.region.package, t, 0, &b.demand, NULL) == KARVAN_OK);
    b.o.threads = 1, b.o.max_iterations = 200;
    require(karvan_freight_solve(b.region.package, &b.demand, &b.o, NULL, &f, NULL) == KARVAN_OK);
    require(karvan_i_freight_pack(f, &b.good, NULL) == KARVAN_OK);
    karvan_freight_destroy(f);
    return &b;
}

/* Two bytes say where, one what is put there; one that is left at the end, where it is cut. */
static void change(karvan_i_text *t, const uint8_t *data, size_t size) {
    for (; size >= 3; data += 3, size -= 3)
        t->s[((size_t)data[0] << 8 | data[1]) % t->n] = (char)data[2];
    if (size > 0) t->n = t->n * data[0] / 255;
}

static void judge(const karvan_freight *f, const char *bytes, size_t n) {
    const bed *b = the_bed();
    karvan_freight *g = NULL;
    karvan_i_text again = {0};
    require(karvan_i_freight_pack(f, &again, NULL) == KARVAN_OK && again.n == n);
    (void)bytes; /* flags of any number above 0 come back as 1 */
    karvan_i_text_clear(&again);
    karvan_status st =
        karvan_i_freight_rounds(b->region.package, &b->demand, &b->o, f, 1, &g, NULL);
    require((g != NULL) == (st == KARVAN_OK || st == KARVAN_E_NOCONV));
    karvan_freight_destroy(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const bed *b = the_bed();
    long live = karvan_i_alloc_live;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    karvan_i_text t = {0};
    if (size > 1 << 13) return 0; /* bound the work, not the meaning */
    bool raw = size > 0 && data[0] % 2 == 0;
    karvan_i_text_add(&t, raw ? (const char *)data + 1 : b->good.s, raw ? size - 1 : b->good.n);
    if (!raw && size > 0) change(&t, data + 1, size - 1);
    require(karvan_i_freight_prepare(b->region.package, &b->demand, &b->o, &f, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_freight_unpack(f, t.s ? t.s : "", t.n, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
    require(size > 0 || st == KARVAN_OK);
    if (st == KARVAN_OK) judge(f, t.s, t.n);
    karvan_freight_destroy(f), karvan_i_text_clear(&t);
    require(karvan_i_alloc_live == live);
    return 0;
}
