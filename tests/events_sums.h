#ifndef KARVAN_TESTS_EVENTS_SUMS_H
#define KARVAN_TESTS_EVENTS_SUMS_H
/* Rows of events, what is told of them, and what is asked of their sums; cmocka.h stands before. */
#include "columns_are.h"
#include "events.h"

#define ICEWS(id, date, source, code, score, target)                         \
    id "\t" date "\tA\tx\t" source "\tt\t" code "\t" score "\tB\tx\t" target \
       "\t1\t2\tP\tC\tD\tE\tF\t0\t0\n"

/* Fields by position, all others empty. */
static inline void gdelt_row(karvan_i_text *t, int fields, const char *id, const char *date,
                             const char *a, const char *b, const char *code, const char *quad,
                             const char *score) {
    for (int f = 0; f < fields; f++)
        karvan_i_text_printf(t, "%s%s", f > 0 ? "\t" : "",
                             f == 0    ? id
                             : f == 1  ? date
                             : f == 7  ? a
                             : f == 17 ? b
                             : f == 26 ? code
                             : f == 29 ? quad
                             : f == 30 ? score
                                       : "");
    karvan_i_text_puts(t, "\n");
}

/* The sums as CSV without header; the first seven or so columns tell enough. */
static inline void sums_are(const events_result *r, const char *columns, const char *want) {
    if (r->st != KARVAN_OK) fail_msg("%s", r->err.msg);
    assert_true(events_promises(r));
    columns_are(r->sums, columns, want);
}

static inline void refused(const char *text, const karvan_events_options *o, karvan_status st,
                           const char *says) {
    events_result r = events_text(text, o);
    if (r.st != st || !strstr(r.err.msg, says)) fail_msg("%d: %s", (int)r.st, r.err.msg);
    assert_true(events_promises(&r));
    events_clear(&r);
}

/* A listener: place, fate and the beginning of each row it is told of, into a text. */
static inline karvan_status tell(void *ctx, const karvan_event_row *row, karvan_error *err) {
    (void)err;
    karvan_i_text_printf(ctx, "%s:%lld %s %.12s\n", row->path, (long long)row->line,
                         karvan_event_fate_name(row->fate), row->text);
    return KARVAN_OK;
}
#endif
