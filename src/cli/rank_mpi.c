/* Draws of karvan rank on several machines: ranks of MPI take draws in turn and send what comes to
 * the first, which does its own, stores and tells. Which rank made an answer leaves no trace in it.
 * Built without MPI there is one process. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/rank.h"

static karvan_status run_here(ranking *k, int64_t n, const int64_t *draws, karvan_study_take take,
                              void *ctx, karvan_error *err) {
    const karvan_study_how how = {k->seed, k->threads, k->cancel};
    return karvan_study_run(k->study, &how, n, draws, take, ctx, err);
}

#ifndef KARVAN_MPI

/* Processes that do not know of one another would each do and tell everything. */
karvan_status rank_mpi_begin(bool *first, karvan_error *err) {
    const char *ranks = getenv("OMPI_COMM_WORLD_SIZE");
    *first = true;
    if (!ranks || strcmp(ranks, "1") == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "this karvan is built without MPI: configure with -DKARVAN_MPI=ON to run it "
                       "by mpirun");
}
karvan_status rank_mpi_run(ranking *k, int64_t n, const int64_t *draws, karvan_error *err) {
    return n < 0 ? KARVAN_OK : run_here(k, n, draws, rank_take, k, err);
}
void rank_mpi_end(void) {}

#else
#include <mpi.h>

#include "study/results.h"

enum { TAG_ANSWER = 1, TAG_END = 2 };

typedef struct mpi_head { /* before the levels of an answer, and alone at the end */
    int64_t draw, failed, status;
    char why[sizeof((karvan_error *)0)->msg];
} mpi_head;

typedef struct mpi_side {
    ranking *k;
    int rank, ranks, ended; /* others that have no more */
    size_t n;               /* bytes of levels */
    char *in, *out;         /* a message: head and levels */
    MPI_Request sent;       /* of `out` */
    karvan_status st;       /* of another rank */
    karvan_error why;
} mpi_side;

static bool started_by_mpirun(void) {
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK");
}

karvan_status rank_mpi_begin(bool *first, karvan_error *err) {
    int given = 0, rank = 0;
    *first = true;
    if (!started_by_mpirun()) return KARVAN_OK;
    /* answers are handed over one at a time, by whichever thread has one */
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given) != MPI_SUCCESS)
        return karvan_fail(err, KARVAN_E_IO, "MPI does not start");
    if (given < MPI_THREAD_SERIALIZED)
        return karvan_fail(err, KARVAN_E_IO, "this MPI is not made for threads");
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    *first = rank == 0;
    /* what all find wrong is told once */
    if (rank > 0 && (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)))
        return karvan_fail(err, KARVAN_E_IO, "cannot be silent");
    return KARVAN_OK;
}

void rank_mpi_end(void) {
    int on = 0;
    (void)MPI_Initialized(&on);
    if (on) (void)MPI_Finalize();
}

/* ---- the others ---- */

/* NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker): what one call sends, the next waits for. */
static karvan_status send_answer(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    mpi_side *m = ctx;
    (void)err;
    (void)MPI_Wait(&m->sent, MPI_STATUS_IGNORE); /* the one before has left */
    mpi_head head = {.draw = a->draw, .failed = a->failed};
    size_t one = (size_t)karvan_study_measures(m->k->study) * sizeof(double);
    memcpy(m->out, &head, sizeof head);
    memcpy(m->out + sizeof head, a->base, one);
    if (m->n > one) memcpy(m->out + sizeof head + one, a->levels, m->n - one);
    (void)MPI_Isend(m->out, (int)(sizeof head + m->n), MPI_BYTE, 0, TAG_ANSWER, MPI_COMM_WORLD,
                    &m->sent);
    return KARVAN_OK;
}

static void send_end(mpi_side *m, karvan_status st, const karvan_error *why) {
    mpi_head head = {.status = (int64_t)st};
    (void)MPI_Wait(&m->sent, MPI_STATUS_IGNORE);
    memcpy(head.why, why->msg, sizeof head.why);
    (void)MPI_Send(&head, (int)sizeof head, MPI_BYTE, 0, TAG_END, MPI_COMM_WORLD);
}

/* NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker) */

/* ---- the first ---- */

/* One message that has come, of whatever rank. */
static karvan_status receive(mpi_side *m, const MPI_Status *s, karvan_error *err) {
    mpi_head head;
    size_t one = (size_t)karvan_study_measures(m->k->study);
    (void)MPI_Recv(m->in, (int)(sizeof head + m->n), MPI_BYTE, s->MPI_SOURCE, s->MPI_TAG,
                   MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    memcpy(&head, m->in, sizeof head);
    if (s->MPI_TAG == TAG_END) {
        m->ended++;
        if (head.status != KARVAN_OK && m->st == KARVAN_OK) {
            m->st = (karvan_status)head.status;
            memcpy(m->why.msg, head.why, sizeof head.why);
        }
        return KARVAN_OK;
    }
    const double *levels = (const double *)(const void *)(m->in + sizeof head);
    const karvan_study_answer a = {head.draw, levels, levels + one, (int)head.failed};
    return rank_take(m->k, &a, err);
}

static karvan_status receive_waiting(mpi_side *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    MPI_Status s;
    for (int some = 1; st == KARVAN_OK && some;) {
        (void)MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &some, &s);
        if (some) st = receive(m, &s, err);
    }
    return st;
}

static karvan_status take_own(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    mpi_side *m = ctx;
    karvan_status st = rank_take(m->k, a, err);
    return st == KARVAN_OK ? receive_waiting(m, err) : st;
}

/* Nobody can keep what others still draw: they need not end it. */
static void give_up(karvan_status st, const karvan_error *err) {
    if (st == KARVAN_OK || st == KARVAN_E_CANCELLED) return;
    (void)fprintf(stderr, "karvan: %s\n", err->msg);
    (void)MPI_Abort(MPI_COMM_WORLD, 4);
}

/* Until all others have ended. */
static karvan_status receive_rest(mpi_side *m, karvan_status st, karvan_error *err) {
    MPI_Status s;
    while (m->ended < m->ranks - 1) {
        (void)MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &s);
        karvan_error why = {0};
        karvan_status now = receive(m, &s, st == KARVAN_OK ? err : &why);
        if (st == KARVAN_OK) st = now;
        give_up(st, err);
    }
    if (st == KARVAN_OK && m->st != KARVAN_OK) st = karvan_fail(err, m->st, "%s", m->why.msg);
    return st;
}

/* ---- all ---- */

/* What decides answers, in one number: all must see the same region. */
static uint64_t digest_of(const ranking *k) {
    karvan_i_facts facts;
    uint64_t h = 0xcbf29ce484222325u;
    if (karvan_i_facts_of(k->study, k->seed, &facts, NULL) != KARVAN_OK) return 0;
    for (int i = 0; i < facts.n; i++)
        for (const char *s = facts.all[i].value; *s; s++)
            h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    karvan_i_facts_clear(&facts);
    return h;
}

/* All come here once, whatever went before: is each ready, with the same study? */
static karvan_status meet(const mpi_side *m, bool ready, karvan_error *err) {
    uint64_t mine = ready ? digest_of(m->k) : 0, least = 0, most = 0;
    (void)MPI_Allreduce(&mine, &least, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
    (void)MPI_Allreduce(&mine, &most, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
    if (least == most && least != 0) return KARVAN_OK;
    if (!ready) return KARVAN_E_IO; /* it has said why */
    return karvan_fail(err, KARVAN_E_IO,
                       least == 0 ? "another process of mpirun is not ready to draw"
                                  : "processes of mpirun see different regions");
}

/* Draws in turn. */
static karvan_status share_draws(const mpi_side *m, int64_t n, const int64_t *draws, int64_t **own,
                                 int64_t *n_own, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t *all = NULL;
    (void)MPI_Bcast(&n, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    *own = karvan_i_malloc((size_t)n + 1, sizeof **own);
    all = karvan_i_malloc((size_t)n + 1, sizeof *all);
    /* a process that has no memory for numbers has none for draws: all end */
    if (!*own || !all) (void)MPI_Abort(MPI_COMM_WORLD, 4);
    KARVAN_REQUIRE(*own && all, err, KARVAN_E_NOMEM, "no memory for draws");
    if (m->rank == 0) memcpy(all, draws, (size_t)n * sizeof *all);
    for (int64_t at = 0; at < n; at += 1 << 24)
        (void)MPI_Bcast(all + at, (int)(n - at < 1 << 24 ? n - at : 1 << 24), MPI_INT64_T, 0,
                        MPI_COMM_WORLD);
    *n_own = 0;
    for (int64_t i = m->rank; i < n; i += m->ranks) (*own)[(*n_own)++] = all[i];
done:
    karvan_i_free(all);
    return st;
}

static karvan_status make_room(mpi_side *m, karvan_error *err) {
    m->n = (size_t)(karvan_study_cases(m->k->study) + 1) *
           (size_t)karvan_study_measures(m->k->study) * sizeof(double);
    m->in = karvan_i_malloc(sizeof(mpi_head) + m->n, 1);
    m->out = karvan_i_malloc(sizeof(mpi_head) + m->n, 1);
    if (m->in && m->out) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for messages");
}

karvan_status rank_mpi_run(ranking *k, int64_t n, const int64_t *draws, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    mpi_side m = {.k = k, .sent = MPI_REQUEST_NULL};
    int64_t *own = NULL, n_own = 0;
    int on = 0;
    (void)MPI_Initialized(&on);
    if (!on) return n < 0 ? KARVAN_OK : run_here(k, n, draws, rank_take, k, err);
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &m.rank), (void)MPI_Comm_size(MPI_COMM_WORLD, &m.ranks);
    bool ready = n >= 0 && make_room(&m, err) == KARVAN_OK;
    KARVAN_TRY(meet(&m, ready, err));
    KARVAN_TRY(share_draws(&m, n, draws, &own, &n_own, err));
    if (m.rank == 0) {
        st = run_here(k, n_own, own, take_own, &m, err);
        give_up(st, err);
        st = receive_rest(&m, st, err);
    } else {
        karvan_error why = {0};
        st = run_here(k, n_own, own, send_answer, &m, &why);
        send_end(&m, st, &why);
    }
done:
    karvan_i_free(own), karvan_i_free(m.in), karvan_i_free(m.out);
    return st;
}
#endif
