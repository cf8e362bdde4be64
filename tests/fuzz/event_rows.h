#ifndef KARVAN_TESTS_FUZZ_EVENT_ROWS_H
#define KARVAN_TESTS_FUZZ_EVENT_ROWS_H
/* What every reader of events promises, whatever the bytes: the same in any chunks and threads,
 * every row one fate, words in UTF-8, no allocation left. */
#include "base/alloc.h"
#include "events.h"

static inline void require(bool promise) {
    if (!promise) abort();
}

static inline void are_words(const char *s) {
    require(s && karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s));
}

static inline karvan_status fuzz_listen(void *ctx, const karvan_event_row *row, karvan_error *err) {
    (void)err;
    are_words(row->text);
    require(row->line > 0);
    karvan_i_text_printf(ctx, "%lld %s %s\n", (long long)row->line,
                         karvan_event_fate_name(row->fate), row->text);
    return KARVAN_OK;
}

static inline karvan_status fuzz_once(const char *bytes, size_t n, size_t chunk,
                                      karvan_events_options *o, karvan_i_text *out) {
    o->listener = fuzz_listen, o->listener_ctx = out;
    events_result r = events_bytes(bytes, n, chunk, o);
    require(r.st == KARVAN_OK || r.st == KARVAN_E_DATA);
    require(events_promises(&r));
    if (r.st == KARVAN_OK) {
        for (int c = 0; c < 2; c++)
            for (int32_t i = 0; i < karvan_table_dictionary_size(r.sums, c); i++)
                are_words(karvan_table_dictionary_text(r.sums, c, i));
        karvan_i_csv_text(r.sums, out);
    }
    karvan_status st = r.st;
    events_clear(&r);
    return st;
}

/* The first byte says what is asked; the rest are rows behind a header, or a whole file. */
static inline int fuzz_events(const char *kind, const char *header, const uint8_t *data,
                              size_t size) {
    long live = karvan_i_alloc_live;
    karvan_i_text text = {0}, one = {0}, three = {0};
    if (size < 1 || size > 1 << 14) return 0; /* bound the work, not the meaning */
    karvan_events_options o = {.by = (karvan_events_by)(data[0] % 3),
                               .countries = (karvan_events_countries)(data[0] / 3 % 3),
                               .domestic = data[0] & 16,
                               .threads = 1};
    if (data[0] & 32) o.coded_by = strcmp(kind, "polecat") == 0 ? "plover" : "cameo";
    if (!(data[0] & 64)) o.kind = kind, karvan_i_text_puts(&text, header);
    if (data[0] & 64) o.coded_by = NULL; /* the file may be of any kind */
    karvan_i_text_add(&text, (const char *)data + 1, size - 1);
    /* the longest line is no longer than the smallest batch, or what is too long would differ */
    karvan_status st = fuzz_once(text.s ? text.s : "", text.n, 1 << 15, &o, &one);
    o.threads = 3;
    require(fuzz_once(text.s ? text.s : "", text.n, (1 << 12) + data[0], &o, &three) == st);
    require(one.n == three.n && (one.n == 0 || memcmp(one.s, three.s, one.n) == 0));
    karvan_i_text_clear(&three);
    o.threads = 1; /* lines too long for a batch */
    (void)fuzz_once(text.s ? text.s : "", text.n, 16 + data[0], &o, &three);
    karvan_i_text_clear(&text), karvan_i_text_clear(&one), karvan_i_text_clear(&three);
    require(karvan_i_alloc_live == live);
    return 0;
}
#endif
