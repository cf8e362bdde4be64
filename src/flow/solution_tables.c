/* Tables of a solution: flows of arcs, pairs that were not served. */
#include "base/try.h"
#include "flow/assignment.h"

static const char *why_text(karvan_i_why why) {
    switch (why) {
    case KARVAN_I_NO_EXIT:
        return "no link leaves the origin";
    case KARVAN_I_NO_ENTRANCE:
        return "no link enters the destination";
    default:
        return "no way leads from the one to the other";
    }
}

karvan_status karvan_assignment_unserved(const karvan_assignment *a, karvan_table **out,
                                         karvan_error *err) {
    static const karvan_column columns[] = {{"class", KARVAN_TEXT, NULL},
                                            {"origin", KARVAN_INT, NULL},
                                            {"destination", KARVAN_INT, NULL},
                                            {"trips", KARVAN_REAL, NULL},
                                            {"why", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(a, err, KARVAN_E_ARG, "no solution");
    KARVAN_TRY(karvan_builder_create("unserved", 5, columns, &b, err));
    for (int64_t k = 0; k < a->n_unserved; k++) {
        const karvan_i_unserved *u = &a->unserved[k];
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, a->name[u->class], err));
        KARVAN_TRY(karvan_builder_int(b, 1, u->origin + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_int(b, 2, u->destination + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_real(b, 3, u->trips, err));
        KARVAN_TRY(karvan_builder_text(b, 4, why_text(u->why), err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_assignment_flows(const karvan_assignment *a, karvan_table **out,
                                      karvan_error *err) {
    static const karvan_column columns[] = {{"from", KARVAN_INT, NULL},
                                            {"to", KARVAN_INT, NULL},
                                            {"volume", KARVAN_REAL, NULL},
                                            {"cost", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(a, err, KARVAN_E_ARG, "no solution");
    KARVAN_TRY(karvan_builder_create("flows", 4, columns, &b, err));
    for (int32_t k = 0; k < a->m; k++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, a->tail[k] + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_int(b, 1, a->head[k] + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_real(b, 2, a->flow[k], err));
        KARVAN_TRY(karvan_builder_real(b, 3, a->time[k] + (a->fixed ? a->fixed[k] : 0), err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
