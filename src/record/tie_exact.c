/* The division of highest gain among few nodes, by branch and bound: node after node goes into each
 * community that there is, or one of its own; a branch is left when the most that the nodes to come
 * can add does not reach the best division known. That most: for each of them its best community as
 * it stands, and all gains above 0 among those to come. */
#include <string.h>

#include "record/tie_graph.h"

enum { MOST = KARVAN_I_TIE_EXACT };

typedef struct search {
    int n;
    const double *b;
    double ahead[MOST + 1]; /* gains above 0 among nodes k and later */
    int32_t of[MOST], best[MOST];
    double to[MOST + 1][MOST][MOST]; /* [depth][community][node] gain of joining it */
    double most;
    int64_t steps;
} search;

static void take(search *s, double value) {
    if (value <= s->most + 1e-12) return;
    s->most = value;
    memcpy(s->best, s->of, sizeof s->best);
}

static double bound(const search *s, int k, int communities) {
    double sum = s->ahead[k];
    for (int j = k; j < s->n; j++) {
        double most = 0;
        for (int c = 0; c < communities; c++)
            if (s->to[k][c][j] > most) most = s->to[k][c][j];
        sum += most;
    }
    return sum;
}

static void branch(search *s, int k, int communities, double value) {
    if (s->steps <= 0) return;
    s->steps--;
    if (k == s->n) {
        take(s, value);
        return;
    }
    if (value + bound(s, k, communities) <= s->most + 1e-12) return;
    for (int c = 0; c <= communities; c++) {
        int more = communities + (c == communities);
        memcpy(s->to[k + 1], s->to[k], (size_t)communities * sizeof s->to[k][0]);
        if (c == communities) memset(s->to[k + 1][c], 0, sizeof s->to[k][0]);
        for (int j = k + 1; j < s->n; j++) s->to[k + 1][c][j] += s->b[k * s->n + j];
        s->of[k] = c;
        branch(s, k + 1, more, value + (c < communities ? s->to[k][c][k] : 0));
    }
}

void karvan_i_tie_exact(int n, const double *b, int32_t *best, int64_t *steps, bool *proved) {
    search s = {.n = n, .b = b, .steps = *steps};
    *proved = false;
    for (int k = n - 1; k >= 0; k--) {
        s.ahead[k] = s.ahead[k + 1];
        for (int j = k + 1; j < n; j++)
            if (b[k * n + j] > 0) s.ahead[k] += b[k * n + j];
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (best[i] == best[j]) s.most += b[i * n + j];
    memcpy(s.best, best, (size_t)n * sizeof *best);
    branch(&s, 0, 0, 0);
    *steps = s.steps;
    *proved = s.steps > 0;
    memcpy(best, s.best, (size_t)n * sizeof *best);
}
