/* Saved solutions of freight at fault: every fault has its place, every damage is found; no memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_grid.h"
#include "sweep.h"

/* ---- files at fault ---- */

static void with_digest(karvan_i_text *t) {
    char *end = strstr(t->s, "\nend ");
    assert_non_null(end);
    t->n = (size_t)(end + 1 - t->s), t->s[t->n] = 0;
    karvan_i_text_printf(t, "end %016llx\n", (unsigned long long)karvan_i_digest_bytes(t->s, t->n));
}

static void refused(const char *text, size_t n, const char *part) {
    karvan_freight_saved *s = NULL;
    karvan_error e = {0};
    unsigned line, column;
    assert_int_equal(karvan_freight_parse(text, n, "f", &s, &e), KARVAN_E_DATA);
    assert_null(s);
    if (sscanf(e.msg, "f:%u:%u: ", &line, &column) != 2) fail_msg("no place: %s", e.msg);
    if (part && !strstr(e.msg, part)) fail_msg("'%s' lacks '%s'", e.msg, part);
}

static void files_at_fault(void **state) {
    (void)state;
    static const char *const bad[][3] = {
        {"<KARVAN FREIGHT> 1", "<KARVAN ASSIGNMENT> 1", "f:1:1: no saved solution of freight"},
        {"<KARVAN FREIGHT> 1", "<KARVAN FREIGHT> 2", "f:1:18: version 2"},
        {"<ROUNDS> ", "<ROUNDS> x", "f:2:9: a whole number"},
        {"<WARM> 0", "<WARM> 2", "<WARM> is 0 or 1"},
        {"<WARM> 0\n", "", "do not tell <WARM>"},
        {"<NUMBER OF WAYS> ", "<NUMBER OF WAYS> 99", "more told than the file has room for"},
        {"<NUMBER OF PLACES> 12", "<NUMBER OF PLACES> 13", "a row 'place' belongs here"},
        {"<NUMBER OF PLACES> 12", "<NUMBER OF PLACES> 11", "a row 'layer' belongs here"},
        {"\nproblem ", "\nproblem x", "16 hexadecimal digits"},
        {"\nplace A", "\nplace %", "the id of a row belongs here"},
        {"\nplace A", "\nplace A B", "more than belongs in the row"},
        {"\nplace A", "\nplace %zz", "two hexadecimal digits"},
        {"\nlayer rail", "\nlayer", "the row ends too early"},
        {"\ncorridor inland", "\ncorridor", "the row ends too early"},
        {"\nclass heavy%20one ", "\nclass heavy%20one 0", "16 hexadecimal digits"},
        {"\nprice link ", "\nprice road ", "one like 'link' or 'terminal'"},
        {"\nprice link AB % forth ", "\nprice link AB % forth -", "a number below 0"},
        {"\nstep from % % forth 1 0 origin", "\nstep from % % forth 0 0 origin",
         "a whole number from 1 to 12"},
        {"\nstep from % % forth 1 0 origin", "\nstep from % % both 1 0 origin",
         "'forth' or 'back'"},
        {"\nstep from % % forth 1 0 origin", "\nstep from % % forth 1 9 origin", "from 0 to"},
        {"\nstep from % % forth 1 0 origin", "\nstep from % % forth 1 0 arrived",
         "a step 'from' leads to an origin"},
        {"\nstep link ", "\nstep link % ", "the id of a row belongs here"},
        {"\non 0 1 ", "\non 1 1 ", "a whole number from 0 to 0"},
        {"\non 0 1 ", "\non 0 2 ", "a step 'from' begins a way"},
        {"\non 0 1 ", "\non 0 1 1 ", "a step 'from' begins a way"},
        {"\npair 1 2 1 ", "\npair 1 3 1 ", "a way that does not lead"},
        {"\npair 1 2 1 ", "\npair 2 2 1 ", "a way that does not lead"},
        {"\npair 1 2 1 ", "\npair 1 2 7 ", "a whole number from 1 to 2"},
        {"\npair 1 2 1 ", "\npair 1 2 1 3 ", "a whole number from 0 to 2"},
        {"\npair 1 2 1 ", "\npair 1 2 ", NULL},
        {"\nend ", "\nend\n", "the row ends too early"},
    };
    bed b;
    bed_init(&b);
    karvan_freight *f = solve(&b, NULL, NULL);
    karvan_i_text good = text_of(f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        karvan_i_text t = {0};
        const char *at = strstr(good.s, bad[i][0]);
        if (!at) fail_msg("no '%s' in\n%.3000s", bad[i][0], good.s);
        karvan_i_text_add(&t, good.s, (size_t)(at - good.s));
        karvan_i_text_puts(&t, bad[i][1]);
        karvan_i_text_puts(&t, at + strlen(bad[i][0]));
        if (strstr(t.s, "\nend ")) with_digest(&t);
        refused(t.s, t.n, bad[i][2]);
        karvan_i_text_clear(&t);
    }
    /* cut anywhere; any byte another; more behind the end */
    for (size_t n = 0; n + 1 < good.n; n += 1 + good.n / 700) refused(good.s, n, NULL);
    for (size_t i = 0; i + 1 < good.n; i += 1 + good.n / 1500) { /* the last one ends no row */
        char kept = good.s[i];
        good.s[i] = (char)(kept ^ (1 + (int)(i % 7)));
        /* blanks and line ends may be of two kinds: the digest is of the bytes all the same */
        refused(good.s, good.n, NULL);
        good.s[i] = kept;
    }
    karvan_i_text_puts(&good, "end\n");
    refused(good.s, good.n, "more behind the row 'end'");
    karvan_i_text_clear(&good);
    karvan_freight_destroy(f);
    bed_close(&b);
}

static void what_cannot_be_asked(void **state) {
    (void)state;
    bed b;
    bed_init(&b);
    karvan_freight_saved *s = NULL;
    karvan_freight *f = solve(&b, NULL, NULL), *g = NULL;
    assert_int_equal(karvan_freight_load("/nowhere/at all", &s, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_freight_load(NULL, &s, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_freight_load("f", NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_freight_parse(NULL, 0, "f", &s, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_freight_save(f, "/nowhere/at all", NULL), KARVAN_E_IO);
    assert_int_equal(karvan_freight_save(NULL, "f", NULL), KARVAN_E_ARG);
    s = saved_of(f), b.o.saved = s;
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, f, &g, NULL),
                     KARVAN_E_ARG);
    assert_null(g);
    karvan_freight_saved_destroy(s), karvan_freight_saved_destroy(NULL);
    karvan_freight_destroy(f);
    bed_close(&b);
}

/* ---- allocations ---- */

static bed swept_bed;
static const karvan_freight *swept_start; /* of this region, or of one like it */
static karvan_status swept(karvan_error *err) {
    karvan_i_text t = {0};
    karvan_freight_saved *s = NULL;
    karvan_freight *f = NULL;
    karvan_freight_options o = swept_bed.o;
    karvan_status st = karvan_i_freight_print(swept_start, &t, err);
    if (st == KARVAN_OK) st = karvan_freight_parse(t.s, t.n, "f", &s, err);
    o.saved = s;
    if (st == KARVAN_OK)
        st = karvan_freight_solve(swept_bed.region.package, &swept_bed.demand, &o, NULL, &f, err);
    karvan_freight_destroy(f), karvan_freight_saved_destroy(s), karvan_i_text_clear(&t);
    return st;
}

/* With few pairs, from the place of these words on none. */
static void open_few(bed *b, const char *stop_at) {
    char *end = strstr(b->t.demand, stop_at);
    assert_non_null(end);
    *end = 0;
    bed_open(b);
}

static void allocations(void **state) {
    (void)state;
    write_texts(&swept_bed.t);
    open_few(&swept_bed, "C,B,");
    karvan_freight *f = solve(&swept_bed, NULL, NULL);
    swept_start = f;
    every_allocation_fails(swept, 20000);
    bed first = swept_bed; /* lives as long as its solution */
    write_texts(&swept_bed.t);
    swap(swept_bed.t.demand, "A,B,gen,2000,\n", "");
    open_few(&swept_bed, "C,D,");
    every_allocation_fails(swept, 20000);
    bed_close(&swept_bed);
    karvan_freight_destroy(f);
    bed_close(&first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_at_fault),
        cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
