/* What pairs pay and what of them wants to go, at each point. */
#include <string.h>

#include "base/clones.h"
#include "study/rapid.h"

KARVAN_I_CLONES static void add_bills(const karvan_i_rapid *w, const double *restrict logsum,
                                      double *restrict bill) {
    const karvan_i_frame *f = w->f;
    const double *restrict given = w->given;
    for (int32_t g = 0; g < f->k->x->n_groups; g++) {
        const int32_t *restrict pair = f->group_pair + f->group_first[g];
        int32_t n = f->group_first[g + 1] - f->group_first[g], i = 0;
        double s[4] = {0};
        for (; i + 4 <= n; i += 4)
            for (int32_t k = 0; k < 4; k++) s[k] += given[pair[i + k]] * logsum[pair[i + k]];
        for (; i < n; i++) s[i % 4] += given[pair[i]] * logsum[pair[i]];
        bill[g] = (s[0] + s[1]) + (s[2] + s[3]);
    }
}

void karvan_i_rapid_bill(const karvan_i_rapid *w, const double *logsum, double *bill) {
    add_bills(w, logsum, bill);
}

KARVAN_I_CLONES static void answer(const karvan_i_rapid *w, double *restrict demand) {
    const double *restrict given = w->given, *restrict by = w->answer;
    const int32_t *restrict of = w->f->answer_of;
    int32_t n = w->f->k->m->n_pairs;
    for (int32_t i = 0; i < n; i++) demand[i] = given[i] * by[of[i]];
}

void karvan_i_rapid_demand(karvan_i_rapid *w, bool feels, double *demand) {
    if (!feels) {
        memcpy(demand, w->given, (size_t)w->f->k->m->n_pairs * sizeof *demand);
        return;
    }
    w->answer[w->f->k->x->n_groups] = 1;
    answer(w, demand);
}
