/* Freight on a region of four places, of which one table (the first byte says which: links, zones,
 * capacities, settings, demand) has the rest of the input for its rows; solved with empties where
 * the byte is odd above the tables. Whatever the lists say: an error, or a solution in which
 * nothing is lost and no limit is exceeded. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "freight_region.h"
#include "karvan/freight.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tables that the input may be rows of, and what stands in them where it is not. */
enum { FUZZED = 5 };
static const struct {
    int table;
    const char *csv;
} TABLES[FUZZED] = {{T_LINKS, LINKS_CSV
                     "AB,A,B,rail,true,500,,10,1.4,500,40\nBC,B,C,rail,true,500,,10,1,500,\n"
                     "AC,A,C,road,true,800,,10,1,1300,\n"},
                    {T_ZONES, ZONES "1,AAA,A,1\n2,CCC,C,0.75\n3,CCC,E,0.25\n"},
                    {T_CAPACITIES, CAPACITIES "r,Rail,links,AB;BC,both,500,t/day,,,,,,\n"
                                              "p,Post,places,B,both,80,TEU/day,1,1,1,,,gen\n"},
                    {T_SETTINGS, SETTINGS("5000") "empty_pools,rail;road\n"},
                    {T_DEMAND, "origin:s,destination:s,cargo_class:s,year:i,tonnes:n,teu:n\n"
                               "AAA,CCC,gen,2024,,36500\nC,A,heavy,,36500,\n"}};

static void require(bool promise) {
    if (!promise) abort();
}

/* What goes and what stays is what was asked; a solution that says so keeps every limit. */
static void judge(const karvan_freight *f, const karvan_freight_demand *d) {
    karvan_freight_stats s = karvan_freight_statistics(f);
    const double *served = karvan_freight_served_view(f);
    for (int32_t k = 0; k < d->n; k++)
        require(served[k] >= 0 && served[k] <= d->teu_day[k] * (1 + 1e-9));
    require(fabs(s.served_teu_day + s.unserved_teu_day - s.demand_teu_day) <=
            1e-9 * s.demand_teu_day);
    if (s.converged) require(s.over < 1e-3 && s.slack < 1e-3);
    for (int k = 0; k < KARVAN_FREIGHT_OUTPUTS; k++) {
        karvan_table *t = NULL;
        if (karvan_freight_table(f, (karvan_freight_output)k, &t, NULL) == KARVAN_OK)
            require(t != NULL);
        karvan_table_destroy(t);
    }
}

static void solve(const small_region *r, bool empties) {
    karvan_freight_options o;
    karvan_freight_demand d = {0};
    karvan_freight *f = NULL;
    const karvan_table *t = karvan_package_table(r->package, "demand");
    if (!t || karvan_freight_defaults(r->package, &o, NULL) != KARVAN_OK) return;
    o.threads = 1, o.empties = empties, o.max_iterations = 200;
    if (karvan_freight_demand_read(r->package, t, 2024, &d, NULL) == KARVAN_OK) {
        karvan_status st = karvan_freight_solve(r->package, &d, &o, NULL, &f, NULL);
        require((f != NULL) == (st == KARVAN_OK || st == KARVAN_E_NOCONV));
        if (f) judge(f, &d);
    }
    karvan_freight_destroy(f);
    karvan_freight_demand_clear(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    small_table tables[FREIGHT_TABLES];
    small_region r;
    if (size < 1 || size > 1500 || memchr(data, 0, size)) return 0; /* bound the work */
    freight_tables(tables);
    for (int k = 0; k < FUZZED; k++) tables[TABLES[k].table].csv = TABLES[k].csv;
    int which = data[0] % FUZZED;
    size_t head = strcspn(TABLES[which].csv, "\n") + 1;
    char *csv = malloc(head + size + 1);
    require(csv != NULL);
    memcpy(csv, TABLES[which].csv, head);
    memcpy(csv + head, data + 1, size - 1), csv[head + size - 1] = 0;
    tables[TABLES[which].table].csv = csv;
    (void)small_open_quietly(&r, tables, FREIGHT_TABLES);
    if (r.package) solve(&r, data[0] / FUZZED % 2 == 1);
    small_close(&r);
    free(csv);
    require(karvan_i_alloc_live == live);
    return 0;
}
