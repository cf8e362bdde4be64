#ifndef KARVAN_SRC_NETWORK_QUEUE_H
#define KARVAN_SRC_NETWORK_QUEUE_H
/* Ships of a capacity that keep their times: loads come at random, and those that find no room wait
 * for the next. Source: Bailey 1954, "On queueing processes with bulk service", Journal of the
 * Royal Statistical Society B 16(1), for departures of equal gaps; here the gaps of a cycle may
 * differ. */
#include "network/time.h"

enum { KARVAN_I_MISSED_MAX = 64 }; /* ships that leave full before a load is aboard */

typedef struct karvan_i_queue {
    int32_t n;             /* departures of a cycle */
    double *gap_h;         /* [n] from departure i to the next */
    double cycle_h;        /* their sum */
    double load_h;         /* TEU an hour, a Poisson stream */
    int32_t room;          /* TEU of a ship */
    int32_t most;          /* left behind are 0 to most */
    double *left;          /* [n][most + 1] chance of each number, behind departure i */
    double *delay_h;       /* [n][KARVAN_I_AGES + 1] expected hours lost to full ships, by age */
    double mean_h, var_h2; /* of the wait of a load that comes at any moment */
} karvan_i_queue;
enum { KARVAN_I_AGES = 64 };

/* KARVAN_E_ARG: room below 1, no departure, or more load than 99 parts in 100 of the room, which is
 * no queue that settles. */
karvan_status karvan_i_queue_make(int32_t n, const double *gap_h, double load_teu_h, int32_t room,
                                  karvan_i_queue *out, karvan_error *err);
void karvan_i_queue_clear(karvan_i_queue *q);
/* Mean number left behind by departure i. */
double karvan_i_queue_left(const karvan_i_queue *q, int32_t i);
/* Chance that j = 0 .. *n - 1 ships leave full before a load is aboard that comes age_h after
 * departure i. KARVAN_E_NOMEM. */
karvan_status karvan_i_queue_missed(const karvan_i_queue *q, int32_t i, double age_h,
                                    double chance[KARVAN_I_MISSED_MAX], int *n, karvan_error *err);
/* Expected hours from the next departure to the one that such a load takes. */
double karvan_i_queue_delay_h(const karvan_i_queue *q, int32_t i, double age_h);
/* The wait of a load that comes at any moment. */
karvan_status karvan_i_queue_pmf(const karvan_i_queue *q, double step_h, karvan_i_pmf *out,
                                 karvan_error *err);
#endif
