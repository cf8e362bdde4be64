/* A solution goes out as text, to the last bit. */
#include "flow/saved.h"

#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"

const char *const karvan_i_saved_key[KARVAN_I_SAVED_REALS] = {
    "<ITERATIONS>", "<CONVERGED>",  "<OBJECTIVE>",    "<TOTAL COST>",         "<TOTAL TIME>",
    "<DEMAND>",     "<INTRAZONAL>", "<RELATIVE GAP>", "<AVERAGE EXCESS COST>"};

void karvan_i_saved_put_real(karvan_i_text *out, double v) {
    char number[40];
    karvan_real_format(v, number, sizeof number);
    karvan_i_text_puts(out, " ");
    karvan_i_text_puts(out, number);
}

void karvan_i_saved_put_name(karvan_i_text *out, const char *name) {
    karvan_i_text_puts(out, " ");
    for (const unsigned char *s = (const unsigned char *)name; *s; s++)
        if (*s <= ' ' || *s == '%' || *s == ';' || *s == 127)
            karvan_i_text_printf(out, "%%%02x", *s);
        else
            karvan_i_text_add(out, (const char *)s, 1);
    if (!*name) karvan_i_text_puts(out, "%");
}

static void put_metadata(const karvan_assignment *a, karvan_i_text *out) {
    const karvan_assignment_stats *s = &a->stats;
    const double real[KARVAN_I_SAVED_REALS] = {[KARVAN_I_SAVED_ITERATIONS] = s->iterations,
                                               [KARVAN_I_SAVED_CONVERGED] = s->converged,
                                               [KARVAN_I_SAVED_OBJECTIVE] = s->objective,
                                               [KARVAN_I_SAVED_TOTAL_COST] = s->total_cost,
                                               [KARVAN_I_SAVED_TOTAL_TIME] = s->total_time,
                                               [KARVAN_I_SAVED_DEMAND] = s->demand,
                                               [KARVAN_I_SAVED_INTRAZONAL] = s->intrazonal,
                                               [KARVAN_I_SAVED_GAP] = s->relative_gap,
                                               [KARVAN_I_SAVED_EXCESS] = s->average_excess_cost};
    karvan_i_text_printf(out,
                         "<KARVAN ASSIGNMENT> %d\n<NUMBER OF ZONES> %d\n<NUMBER OF NODES> %d\n"
                         "<FIRST THRU NODE> %d\n<NUMBER OF LINKS> %d\n<NUMBER OF CLASSES> %d\n",
                         (int)KARVAN_I_SAVED_VERSION, (int)a->zones, (int)a->n,
                         (int)a->first_through + 1, (int)a->m, a->n_classes);
    for (int k = 0; k < KARVAN_I_SAVED_REALS; k++) {
        if (!isfinite(real[k])) continue;
        karvan_i_text_puts(out, karvan_i_saved_key[k]);
        karvan_i_saved_put_real(out, real[k]);
        karvan_i_text_puts(out, "\n");
    }
    karvan_i_text_puts(out, "<END OF METADATA>\n");
}

/* place[]: where an arc stands in the star. */
static void put_links(const karvan_assignment *a, const int32_t *place, karvan_i_text *out) {
    karvan_i_text_puts(out,
                       "~ link from to time fixed, and the flow of each class in equivalents\n");
    for (int32_t k = 0; k < a->m; k++) {
        karvan_i_text_printf(out, "link %d %d", (int)a->tail[k] + 1, (int)a->head[k] + 1);
        karvan_i_saved_put_real(out, a->time[k]);
        karvan_i_saved_put_real(out, a->fixed ? a->fixed[k] : 0);
        for (int c = 0; c < a->n_classes; c++)
            karvan_i_saved_put_real(out, a->class_flow[(int64_t)c * a->m + place[k]]);
        karvan_i_text_puts(out, "\n");
    }
}

static void put_rows(const karvan_assignment *a, const int32_t *place, karvan_i_text *out) {
    karvan_i_text_puts(out, "~ class digest-of-demand pce name\n");
    for (int c = 0; c < a->n_classes; c++) {
        karvan_i_text_printf(out, "class %016" PRIx64, a->demand[c]);
        karvan_i_saved_put_real(out, a->pce[c]);
        karvan_i_saved_put_name(out, a->name[c]);
        karvan_i_text_puts(out, "\n");
    }
    put_links(a, place, out);
    if (a->n_unserved > 0)
        karvan_i_text_puts(out, "~ unserved class origin destination trips reason\n");
    for (int64_t k = 0; k < a->n_unserved; k++) {
        const karvan_i_unserved *u = &a->unserved[k];
        karvan_i_text_printf(out, "unserved %d %d %d", u->class + 1, (int)u->origin + 1,
                             (int)u->destination + 1);
        karvan_i_saved_put_real(out, u->trips);
        karvan_i_text_printf(out, " %d\n", (int)u->why);
    }
}

karvan_status karvan_i_saved_print(const karvan_assignment *a, karvan_i_text *out,
                                   karvan_error *err) {
    int32_t *place = karvan_i_malloc((size_t)a->m + 1, sizeof *place);
    if (!place) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d links", (int)a->m);
    for (int32_t i = 0; i < a->m; i++) place[a->arc[i]] = i;
    put_metadata(a, out);
    put_rows(a, place, out);
    karvan_i_free(place);
    karvan_status st = karvan_i_saved_put_bushes(a, out, err);
    return st == KARVAN_OK ? karvan_i_text_status(out, err) : st;
}

karvan_status karvan_assignment_save(const karvan_assignment *a, const char *path,
                                     karvan_error *err) {
    karvan_i_text out = {0};
    if (!a || !path) return karvan_fail(err, KARVAN_E_ARG, "no solution, or no path");
    karvan_status st = karvan_i_saved_print(a, &out, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(path, out.s, out.n, err);
    karvan_i_text_clear(&out);
    return st;
}
