/* What does not change between draws: classes of cargo, constants of corridors, the choice, and
 * which parameter moves what. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "study/study.h"
#include "table/cell.h"

void karvan_i_choices_clear(karvan_i_choices *c) {
    karvan_i_free(c->tonnes), karvan_i_free(c->hour_usd), karvan_i_free(c->rho);
    karvan_i_free(c->value), karvan_i_free(c->day), karvan_i_free(c->constant_usd);
    karvan_i_free(c->constant_of), karvan_i_free(c->constant_to), karvan_i_free(c->constant_is);
    karvan_i_free(c->amount), karvan_i_free(c->room), karvan_i_free(c->class_row);
    *c = (karvan_i_choices){0};
}

static karvan_status make_lanes(const karvan_freight *f, const karvan_i_parameters *p,
                                karvan_i_choices *c, karvan_error *err) {
    static const char *const kinds[] = {"any", "trade", "transit"};
    size_t n = (size_t)f->n_lanes + 1;
    c->n_lanes = f->n_lanes;
    c->tonnes = karvan_i_calloc(n, sizeof *c->tonnes);
    c->hour_usd = karvan_i_calloc(n, sizeof *c->hour_usd);
    c->rho = karvan_i_calloc(n, sizeof *c->rho);
    c->value = karvan_i_calloc(n, sizeof *c->value);
    c->day = karvan_i_calloc(n, sizeof *c->day);
    c->class_row = karvan_i_calloc(n, sizeof *c->class_row);
    c->amount = karvan_i_calloc(3 * n, sizeof *c->amount);
    if (!c->tonnes || !c->hour_usd || !c->rho || !c->value || !c->day || !c->class_row ||
        !c->amount)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for classes");
    for (int32_t l = 0; l < f->n_lanes; l++) {
        const karvan_i_lane *lane = &f->lane[l];
        c->class_row[l] = lane->cargo_class;
        c->tonnes[l] = lane->tonnes, c->hour_usd[l] = lane->hour_usd;
        c->rho[l] = lane->hour_usd > 0 ? lane->spread_usd / lane->hour_usd : 0;
        c->value[l] = karvan_i_parameter_row(p, KARVAN_I_VALUE, lane->cargo_class);
        c->day[l] = karvan_i_parameter_row(p, KARVAN_I_DAY, lane->cargo_class);
        for (int k = 0; k < 3; k++)
            c->amount[3 * l + k] =
                karvan_i_parameter_of(p, KARVAN_I_AMOUNT, NULL, NULL, kinds[k], lane->id);
    }
    return KARVAN_OK;
}

static karvan_status make_constants(const karvan_freight *f, const karvan_i_parameters *p,
                                    karvan_i_choices *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = f->constants;
    size_t n = t ? (size_t)karvan_table_rows(t) + 1 : 1;
    c->constant_usd = karvan_i_calloc(n, sizeof *c->constant_usd);
    c->constant_of = karvan_i_calloc(n, sizeof *c->constant_of);
    c->constant_to = karvan_i_calloc(n, sizeof *c->constant_to);
    c->constant_is = karvan_i_calloc(n * 3 * (size_t)f->n_lanes + 1, sizeof *c->constant_is);
    KARVAN_REQUIRE(c->constant_usd && c->constant_of && c->constant_to && c->constant_is, err,
                   KARVAN_E_NOMEM, "no memory for constants");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *corridor = karvan_i_cell_text(t, "corridor", r);
        int64_t to = corridor ? karvan_package_row(f->region, "corridors", corridor) : -1;
        double usd = karvan_i_cell_real(t, "usd_per_teu", r);
        if (to < 0 || isnan(usd)) continue;
        size_t at = (size_t)c->n_constants++;
        c->constant_usd[at] = usd, c->constant_to[at] = (int32_t)to;
        c->constant_of[at] = karvan_i_parameter_row(p, KARVAN_I_CONSTANT, (int32_t)r);
        for (int32_t l = 0; l < f->n_lanes; l++)
            for (uint8_t k = 0; k < 3; k++)
                c->constant_is[(at * (size_t)f->n_lanes + (size_t)l) * 3 + k] =
                    karvan_i_constant_is_of(t, r, f->lane[l].id, k);
    }
done:
    return st;
}

/* Of what a row's capacity is: by its mode or operation, and its id. */
static karvan_status make_room(const karvan_freight *f, const karvan_i_menu *m,
                               const karvan_i_parameters *p, karvan_i_choices *c,
                               karvan_error *err) {
    c->room = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *c->room);
    if (!c->room) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int32_t x = 0; x < m->n_scarce; x++) {
        const karvan_i_scarce *s = &m->scarce[x];
        const karvan_table *t = s->kind == KARVAN_I_OF_LINK       ? f->links
                                : s->kind == KARVAN_I_OF_TERMINAL ? f->terminals
                                : s->kind == KARVAN_I_OF_SERVICE  ? f->services
                                                                  : f->capacities;
        c->room[x] = karvan_i_parameter_of(p, KARVAN_I_ROOM, karvan_i_cell_text(t, "mode", s->row),
                                           karvan_i_cell_text(t, "operation", s->row),
                                           karvan_i_cell_text(t, "id", s->row), NULL);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_choices_make(const karvan_i_study_side *first, const karvan_i_menu *m,
                                    const karvan_i_parameters *p, karvan_i_choices *out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight *f = first->freight;
    *out = (karvan_i_choices){.n_corridors = f->n_corridors,
                              .scale = f->options.scale,
                              .nest_scale = f->options.nest_scale,
                              .reject = f->options.reject_usd_per_teu,
                              .carbon_usd_per_kg = f->options.carbon_usd_per_kg};
    KARVAN_REQUIRE(f->n_corridors + 2 <= KARVAN_I_NESTS_MAX, err, KARVAN_E_DATA,
                   "a study has room for %d corridors, the region has %d",
                   (int)KARVAN_I_NESTS_MAX - 2, (int)f->n_corridors);
    out->taste = karvan_i_parameter_of(p, KARVAN_I_TASTE, NULL, NULL, NULL, NULL);
    out->elasticity = karvan_i_parameter_of(p, KARVAN_I_ELASTICITY, NULL, NULL, NULL, NULL);
    KARVAN_TRY(make_lanes(f, p, out, err));
    KARVAN_TRY(make_constants(f, p, out, err));
    KARVAN_TRY(make_room(f, m, p, out, err));
done:
    if (st != KARVAN_OK) karvan_i_choices_clear(out);
    return st;
}
