/* Allowed uses of a GMNS link as one mode. Cargo decides: what a truck may use is road, whoever
 * else may. Groups of uses are looked up in table use_group. */
#include <string.h>
#include <strings.h>

#include "exchange/gmns.h"
#include "table/cell.h"

static const struct {
    const char *use;
    const char *mode;
} uses_known[] = {
    {"truck", "road"},       {"freight", "road"},       {"auto", "road"},       {"car", "road"},
    {"sov", "road"},         {"all", "road"},           {"bus", "road"},        {"taxi", "road"},
    {"motorcycle", "road"},  {"emergency", "road"},     {"rail", "rail"},       {"train", "rail"},
    {"ferry", "ferry_roro"}, {"barge", "inland_water"}, {"bike", "bike"},       {"bicycle", "bike"},
    {"cycle", "bike"},       {"walk", "walk"},          {"pedestrian", "walk"}, {"ped", "walk"}};
/* Which mode wins where uses of several are allowed. */
static const char *const order[] = {"road", "rail", "ferry_roro", "inland_water", "bike", "walk"};
enum { N_ORDER = sizeof order / sizeof order[0], MOST_USES = 500 };

static int rank_of(const char *mode) {
    for (int i = 0; i < N_ORDER; i++)
        if (strcmp(order[i], mode) == 0) return i;
    return N_ORDER;
}

static int rank_of_use(const char *s, size_t n) {
    if (n >= 3 && strncasecmp(s, "hov", 3) == 0) return rank_of("road"); /* hov2, hov3+, ... */
    for (size_t i = 0; i < sizeof uses_known / sizeof uses_known[0]; i++)
        if (strlen(uses_known[i].use) == n && strncasecmp(uses_known[i].use, s, n) == 0)
            return rank_of(uses_known[i].mode);
    return N_ORDER;
}

static const char *group_of(const karvan_table *groups, const char *s, size_t n) {
    int64_t rows = groups ? karvan_table_rows(groups) : 0;
    for (int64_t r = 0; r < rows; r++) {
        const char *name = karvan_i_cell_text(groups, "use_group", r);
        if (name && strlen(name) == n && strncasecmp(name, s, n) == 0)
            return karvan_i_cell_text(groups, "uses", r);
    }
    return NULL;
}

typedef struct search {
    const karvan_table *groups;
    const char *unknown;
    int n_unknown, left; /* left: uses still looked at, for groups may hold one another */
} search;

static int best_rank(search *x, const char *uses) {
    int best = N_ORDER;
    for (const char *s = uses; *s && x->left > 0; x->left--) {
        s += strspn(s, " ,;|");
        size_t n = strcspn(s, ",;| ");
        if (n == 0) continue;
        const char *group = group_of(x->groups, s, n);
        int rank = group ? (x->left--, best_rank(x, group)) : rank_of_use(s, n);
        if (rank == N_ORDER && !group && !x->unknown)
            x->unknown = s, x->n_unknown = n > 40 ? 40 : (int)n;
        if (rank < best) best = rank;
        s += n;
    }
    return best;
}

const char *karvan_i_gmns_mode(const karvan_table *groups, const char *uses, const char **unknown,
                               int *n) {
    search x = {groups, NULL, 0, MOST_USES};
    int rank = uses ? best_rank(&x, uses) : N_ORDER;
    *unknown = x.unknown, *n = x.n_unknown;
    return rank < N_ORDER ? order[rank] : NULL;
}
