/* Bytes as a kept base, its demand, cargo and freight: raw ones, or those of a good solution with
 * bytes of it put otherwise. Refused, or a base that packs to as many bytes and that a case can
 * begin with. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "freight_region.h"
#include "study/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

typedef struct bed { /* opened once */
    small_region region;
    karvan_freight_options o;
    karvan_i_text good;
} bed;

static const bed *the_bed(void) {
    static const char demand[] = "origin:s,destination:s,cargo_class:s,teu:n,kind:s\n"
                                 "A,C,gen,36500,\nC,A,gen,18250,\nA,B,gen,3650,\n";
    static bed b;
    small_table tables[FREIGHT_TABLES];
    karvan_i_study_side s = {0};
    if (b.region.package) return &b;
    memcpy(tables, FREIGHT_REGION, sizeof tables);
    tables[T_DEMAND].csv = demand, tables[T_DEMAND].key = NULL;
    require(small_open_quietly(&b.region, tables, FREIGHT_TABLES) && b.region.package);
    b.region.tables = FREIGHT_REGION;
    const karvan_table *t = karvan_package_table(b.region.package, "demand");
    require(karvan_freight_defaults(b.region.package, &b.o, NULL) == KARVAN_OK);
    b.o.threads = 1, b.o.max_iterations = 200;
    s.cargo = (karvan_table *)t; /* it has the columns that are kept */
    require(karvan_i_freight_demand_by_row(b.region.package, t, 0, NULL, &s.demand, NULL) ==
            KARVAN_OK);
    require(karvan_freight_solve(b.region.package, &s.demand, &b.o, NULL, &s.freight, NULL) ==
            KARVAN_OK);
    require(karvan_i_kept_pack(&s, &b.good, NULL) == KARVAN_OK);
    karvan_freight_destroy(s.freight), karvan_freight_demand_clear(&s.demand);
    return &b;
}

/* Two bytes say where, one what is put there; one that is left at the end, where it is cut. */
static void change(karvan_i_text *t, const uint8_t *data, size_t size) {
    for (; size >= 3; data += 3, size -= 3)
        t->s[((size_t)data[0] << 8 | data[1]) % t->n] = (char)data[2];
    if (size > 0) t->n = t->n * data[0] / 255;
}

static void judge(const karvan_i_study_side *s, size_t n) {
    const bed *b = the_bed();
    karvan_freight *g = NULL;
    karvan_i_text again = {0};
    require(karvan_i_kept_pack(s, &again, NULL) == KARVAN_OK && again.n == n);
    karvan_i_text_clear(&again);
    karvan_status st =
        karvan_i_freight_rounds(b->region.package, &s->demand, &b->o, s->freight, 1, &g, NULL);
    require((g != NULL) == (st == KARVAN_OK || st == KARVAN_E_NOCONV));
    karvan_freight_destroy(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const bed *b = the_bed();
    long live = karvan_i_alloc_live;
    karvan_i_study_side s = {.region = b->region.package, .flow = b->o};
    karvan_error e = {0};
    karvan_i_text t = {0};
    if (size > 1 << 13) return 0; /* bound the work, not the meaning */
    bool raw = size > 0 && data[0] % 2 == 0;
    karvan_i_text_add(&t, raw ? (const char *)data + 1 : b->good.s, raw ? size - 1 : b->good.n);
    if (!raw && size > 0) change(&t, data + 1, size - 1);
    karvan_status st = karvan_i_kept_unpack(&s, t.s ? t.s : "", t.n, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
    require(size > 0 || st == KARVAN_OK);
    if (st == KARVAN_OK) judge(&s, t.n);
    s.region = NULL;
    karvan_i_study_side_clear(&s), karvan_i_text_clear(&t);
    require(karvan_i_alloc_live == live);
    return 0;
}
