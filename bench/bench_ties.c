/* Networks of ties with a fixed seed: 200 nodes of which half of all pairs are tied, and 2,000
 * nodes with 10,000 ties. Betweenness, unweighted and by length, on one thread; cuts; communities
 * with their modularity. One JSON line a case, with a checksum.
 *
 *   bench_ties [FOLDER]      also writes the networks there, as code1,code2,weight
 *
 * The peers: igraph in the same program, in turn with ours, where its library is installed;
 * networkx on the files that are written, by bench/peers/ties.py FOLDER. Their checksums are ours.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef KARVAN_IGRAPH
#include <igraph/igraph.h>
#endif

#include "record/tie_graph.h"
#include "timing.h"

enum { REPS = 5, TIES_MOST = 20000, NODES_MOST = 2000 };

typedef struct net {
    const char *name;
    int32_t n;
    int64_t m;
    int32_t tail[TIES_MOST], head[TIES_MOST];
    double weight[TIES_MOST];
    karvan_i_tie_graph g;
#ifdef KARVAN_IGRAPH
    igraph_t other;
    igraph_vector_t weights, lengths;
#endif
} net;

static net dense = {.name = "dense", .n = 200}, sparse = {.name = "sparse", .n = NODES_MOST};
static double betweenness[NODES_MOST], closeness[NODES_MOST];

static void add(net *x, int32_t a, int32_t b, karvan_random *r) {
    x->tail[x->m] = a, x->head[x->m] = b;
    x->weight[x->m++] = 1 + (double)karvan_random_below(r, 9);
}

/* Pairs that are drawn twice stand once. */
static void draw(void) {
    static bool tied[NODES_MOST][NODES_MOST];
    karvan_random r;
    karvan_random_init(&r, 42, 1);
    for (int32_t a = 0; a < dense.n; a++)
        for (int32_t b = a + 1; b < dense.n; b++)
            if (karvan_random_below(&r, 2)) add(&dense, a, b, &r);
    while (sparse.m < 10000) {
        int32_t a = (int32_t)karvan_random_below(&r, NODES_MOST),
                b = (int32_t)karvan_random_below(&r, NODES_MOST);
        if (a >= b || tied[a][b]) continue;
        tied[a][b] = true;
        add(&sparse, a, b, &r);
    }
}

static bool write(const net *x, const char *folder) {
    char path[600];
    (void)snprintf(path, sizeof path, "%s/%s.csv", folder, x->name);
    FILE *f = fopen(path, "w");
    if (!f) return false;
    (void)fprintf(f, "code1,code2,weight\n");
    for (int64_t i = 0; i < x->m; i++)
        (void)fprintf(f, "%d,%d,%g\n", (int)x->tail[i], (int)x->head[i], x->weight[i]);
    return fclose(f) == 0;
}

static double sum_of(const double *v, int32_t n) {
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += v[i];
    return sum;
}

/* ---- ours ---- */

static double plain(net *x) {
    if (karvan_i_tie_between(&x->g, false, 1, betweenness, closeness, NULL) != KARVAN_OK) exit(1);
    return sum_of(betweenness, x->n);
}
static double weighted(net *x) {
    if (karvan_i_tie_between(&x->g, true, 1, betweenness, closeness, NULL) != KARVAN_OK) exit(1);
    return sum_of(betweenness, x->n);
}
static double cuts(net *x) {
    karvan_i_tie_parts p;
    if (karvan_i_tie_parts_init(&p, &x->g, NULL) != KARVAN_OK) exit(1);
    double n = p.n_cuts;
    karvan_i_tie_parts_clear(&p);
    return n;
}
static double communities(net *x) {
    karvan_i_tie_division d;
    if (karvan_i_tie_divide(&x->g, 0, &d, NULL) != KARVAN_OK) exit(1);
    double q = d.modularity;
    karvan_i_tie_division_clear(&d);
    return q;
}

/* ---- igraph ---- */

#ifdef KARVAN_IGRAPH
static void as_igraph(net *x) {
    igraph_vector_int_t edges;
    (void)igraph_vector_int_init(&edges, 2 * x->m);
    (void)igraph_vector_init(&x->weights, x->m), (void)igraph_vector_init(&x->lengths, x->m);
    for (int64_t i = 0; i < x->m; i++) {
        VECTOR(edges)[2 * i] = x->g.tail[i], VECTOR(edges)[2 * i + 1] = x->g.head[i];
        VECTOR(x->weights)[i] = x->g.weight[i], VECTOR(x->lengths)[i] = 1 / x->g.weight[i];
    }
    (void)igraph_create(&x->other, &edges, x->n, IGRAPH_UNDIRECTED);
    igraph_vector_int_destroy(&edges);
}
static double igraph_between(net *x, const igraph_vector_t *lengths) {
    igraph_vector_t v;
    (void)igraph_vector_init(&v, 0);
    (void)igraph_betweenness(&x->other, &v, igraph_vss_all(), false, lengths);
    double sum = igraph_vector_sum(&v);
    igraph_vector_destroy(&v);
    return sum;
}
static double igraph_plain(net *x) { return igraph_between(x, NULL); }
static double igraph_weighted(net *x) { return igraph_between(x, &x->lengths); }
static double igraph_cuts(net *x) {
    igraph_vector_int_t points, bridges;
    (void)igraph_vector_int_init(&points, 0), (void)igraph_vector_int_init(&bridges, 0);
    (void)igraph_articulation_points(&x->other, &points);
    (void)igraph_bridges(&x->other, &bridges);
    double n = (double)(igraph_vector_int_size(&points) + igraph_vector_int_size(&bridges));
    igraph_vector_int_destroy(&points), igraph_vector_int_destroy(&bridges);
    return n;
}
static double igraph_communities(net *x) {
    igraph_vector_int_t member;
    igraph_real_t q = NAN;
    (void)igraph_vector_int_init(&member, 0);
    (void)igraph_community_multilevel(&x->other, &x->weights, 1, &member, NULL, NULL);
    (void)igraph_modularity(&x->other, &member, &x->weights, 1, false, &q);
    igraph_vector_int_destroy(&member);
    return q;
}
#define PEER(f) f
#else
static void as_igraph(net *x) { (void)x; }
#define PEER(f) NULL
#endif

static const struct {
    const char *name;
    double (*ours)(net *), (*theirs)(net *);
} CASES[] = {{"betweenness", plain, PEER(igraph_plain)},
             {"betweenness_weighted", weighted, PEER(igraph_weighted)},
             {"cuts", cuts, PEER(igraph_cuts)},
             {"communities", communities, PEER(igraph_communities)}};

static double cpu_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct times {
    double wall[REPS], cpu[REPS], check;
} times;

static void time_one(double (*run)(net *), net *x, int r, times *t) {
    double wall = now_s(), cpu = cpu_s();
    t->check = run(x);
    t->cpu[r] = cpu_s() - cpu, t->wall[r] = now_s() - wall;
}

static void print(const char *name, const char *by, const net *x, times *t) {
    qsort(t->wall, REPS, sizeof *t->wall, by_double),
        qsort(t->cpu, REPS, sizeof *t->cpu, by_double);
    printf("{\"bench\":\"ties_%s\",\"network\":\"%s\",\"by\":\"%s\",\"nodes\":%d,\"ties\":%lld,"
           "\"reps\":%d,\"median_s\":%.6f,\"min_s\":%.6f,\"cpu_median_s\":%.6f,"
           "\"cpu_min_s\":%.6f,\"check\":%.6f}\n",
           name, x->name, by, (int)x->n, (long long)x->m, REPS, t->wall[REPS / 2], t->wall[0],
           t->cpu[REPS / 2], t->cpu[0], t->check);
}

int main(int argc, char **argv) {
    net *const nets[] = {&dense, &sparse};
    draw();
    for (int k = 0; k < 2; k++) {
        net *x = nets[k];
        if (argc > 1 && !write(x, argv[1])) return 1;
        if (karvan_i_tie_graph_init(&x->g, x->n, x->m, false, x->tail, x->head, x->weight, NULL) !=
            KARVAN_OK)
            return 1;
        as_igraph(x);
        for (size_t c = 0; c < sizeof CASES / sizeof CASES[0]; c++) {
            times ours, theirs;
            for (int r = 0; r < REPS; r++) {
                time_one(CASES[c].ours, x, r, &ours);
                if (CASES[c].theirs) time_one(CASES[c].theirs, x, r, &theirs);
            }
            print(CASES[c].name, "karvan", x, &ours);
            if (CASES[c].theirs) print(CASES[c].name, "igraph", x, &theirs);
        }
    }
    return 0;
}
