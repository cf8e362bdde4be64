#ifndef KARVAN_SRC_STUDY_SPLIT_H
#define KARVAN_SRC_STUDY_SPLIT_H
/* Routes in parts: those of a part use the same of a set that grows by one resource at a time. A
 * resource that joins parts those that use it from those that do not, and touches no other; what
 * was before it can be gone back to. */
#include "study/study.h"

struct karvan_i_split_mark;
typedef struct karvan_i_split {
    const karvan_i_frame *f;
    int32_t n, room; /* parts, some of which have lost all of theirs */
    int64_t room_uses;
    int64_t *first;    /* [room + 1] uses of parts */
    int32_t *resource; /* [room_uses] place in the set */
    double *amount;
    int32_t *of;    /* [frame's patterns] their part */
    int32_t *route; /* [routes] by place in the frame's nests: the same */
    int32_t *heir;  /* [room] of what is parted now: its first new part, -1 */
    int32_t *next;  /* [room] another heir of the same part, which uses another amount, -1; room */
    const struct karvan_i_split_mark *at; /* it is as this mark has it; NULL: as none */
} karvan_i_split;

/* A state to go back to. */
typedef struct karvan_i_split_mark {
    int32_t n;
    int32_t *of, *route;
} karvan_i_split_mark;

karvan_status karvan_i_split_init(karvan_i_split *s, const karvan_i_frame *f, karvan_error *err);
void karvan_i_split_clear(karvan_i_split *s);
/* All in one part that uses nothing. */
void karvan_i_split_begin(karvan_i_split *s);
/* Resource a of the frame joins as number `as` of the set. Cost: of the patterns that use it.
 * KARVAN_E_NOMEM. */
karvan_status karvan_i_split_join(karvan_i_split *s, int32_t a, int32_t as, karvan_error *err);
/* Parts from `from` on that have lost all of theirs are forgotten; none of them may be marked. */
void karvan_i_split_pack(karvan_i_split *s, int32_t from);
karvan_status karvan_i_split_mark_init(karvan_i_split_mark *m, const karvan_i_split *s,
                                       karvan_error *err);
void karvan_i_split_mark_clear(karvan_i_split_mark *m);
void karvan_i_split_keep(karvan_i_split *s, karvan_i_split_mark *m);
/* To a mark of this split that was kept when it had no more parts than now. */
void karvan_i_split_back(karvan_i_split *s, const karvan_i_split_mark *m);
#endif
