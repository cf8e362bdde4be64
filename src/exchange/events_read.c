/* Files of events from their first byte to sums: batches of a few chunks are read, parted into rows
 * in parallel, and taken in their order. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/events.h"
#include "table/gzip.h"

enum {
    CHUNK = 256 << 10, /* unless a test asks for smaller ones */
    CHUNKS = 8,
    BEHIND = 64, /* bytes behind the last that may be looked at */
    LONGEST = 1 << 20
};

typedef struct batch {
    size_t size, chunk_size;
    char *s;       /* [size + BEHIND] */
    size_t n;      /* bytes there */
    bool last;     /* no more come of this file */
    bool skipping; /* in a line that was too long */
    karvan_i_event_chunk chunk[CHUNKS];
    int n_chunks;
    const karvan_i_event_reader *reader;
} batch;

/* ---- batches ---- */

static karvan_status fill(karvan_i_event_reading *g, karvan_i_event_input *in, batch *b,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t before = karvan_i_event_offset(in);
    while (b->n < b->size - 1 && !b->last) { /* a byte is left for a line end that is missing */
        size_t k = 0;
        if (karvan_cancelled(g->o->cancel))
            return karvan_fail(err, KARVAN_E_CANCELLED, "cancelled");
        KARVAN_TRY(karvan_i_event_bytes(in, b->s + b->n, b->size - 1 - b->n, &k, err));
        b->n += k, b->last = k == 0;
    }
    if (b->last && b->n > 0 && b->s[b->n - 1] != '\n') b->s[b->n++] = '\n';
    memset(b->s + b->n, 0, BEHIND);
    if (g->o->progress) karvan_progress_add(g->o->progress, karvan_i_event_offset(in) - before);
done:
    return st;
}

/* The end of the last whole line in s[0..n), 0: there is none. */
static size_t whole_lines(const char *s, size_t n) {
    while (n > 0 && s[n - 1] != '\n') n--;
    return n;
}

/* Chunks of whole lines out of s[from..to). */
static void part(batch *b, size_t from, size_t to) {
    b->n_chunks = 0;
    while (from < to) {
        size_t n = to - from;
        if (n > b->chunk_size && b->n_chunks < CHUNKS - 1) {
            size_t whole = whole_lines(b->s + from, b->chunk_size);
            if (whole == 0) { /* one long line */
                const char *end = memchr(b->s + from, '\n', n);
                whole = (size_t)(end - (b->s + from)) + 1;
            }
            n = whole;
        }
        b->chunk[b->n_chunks].s = b->s + from, b->chunk[b->n_chunks].n = n;
        b->n_chunks++, from += n;
    }
}

static karvan_status lines_of_chunk(void *ctx, int64_t begin, int64_t end, int worker,
                                    karvan_error *err) {
    batch *b = ctx;
    (void)worker;
    karvan_status st = KARVAN_OK;
    for (int64_t i = begin; st == KARVAN_OK && i < end; i++)
        st = karvan_i_event_lines(b->reader, &b->chunk[i], err);
    return st;
}

/* Rows of the whole lines in s[from..to). */
static karvan_status read_lines(karvan_i_event_reading *g, batch *b, size_t from, size_t to,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    part(b, from, to);
    b->reader = &g->reader;
    KARVAN_TRY(
        karvan_parallel_for(b->n_chunks, 1, g->o->threads, lines_of_chunk, b, g->o->cancel, err));
    for (int i = 0; i < b->n_chunks; i++) {
        if (karvan_cancelled(g->o->cancel))
            return karvan_fail(err, KARVAN_E_CANCELLED, "cancelled");
        KARVAN_TRY(karvan_i_event_take(g, &b->chunk[i], err));
    }
done:
    return st;
}

/* ---- a file ---- */

/* Scores that ship for the kind of the files. */
static karvan_status use_table(karvan_i_event_reading *g, karvan_i_event_kind kind,
                               karvan_error *err) {
    static const char *const sets[KARVAN_I_EVENT_KINDS] = {"cameo-icews", "cameo-gdelt",
                                                           "cameo-gdelt", "plover"};
    const char *by = g->o->coded_by;
    g->reader.scores = g->o->scores;
    g->reader.file_score = !by && !g->o->scores;
    if (!by) return KARVAN_OK;
    if (strncmp(sets[kind], by, strlen(by)) != 0)
        return karvan_fail(
            err, KARVAN_E_ARG, "%s: %s is not coded by %s: its scores are those of %s", g->path,
            karvan_i_event_kind_name(kind), by, kind == KARVAN_I_POLECAT ? "plover" : "cameo");
    if (!g->table_scores) {
        karvan_status st = karvan_event_scores_create(sets[kind], &g->table_scores, err);
        if (st != KARVAN_OK) return st;
    }
    g->reader.scores = g->table_scores;
    return KARVAN_OK;
}

/* The first line says what the file is; *skip: bytes of it that are no row. All files of one
 * reading are of one kind, for their countries and scores are. */
static karvan_status begin_file(karvan_i_event_reading *g, const batch *b, size_t *skip,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *end = memchr(b->s, '\n', b->n);
    karvan_i_event_kind asked = g->kind;
    bool has_bom = b->n >= 3 && memcmp(b->s, "\xEF\xBB\xBF", 3) == 0;
    *skip = has_bom ? 3 : 0;
    KARVAN_REQUIRE(b->n > 0, err, KARVAN_E_DATA, "%s:1:1: the file is empty", g->path);
    KARVAN_TRY(karvan_i_event_layout_of(g->path, b->s, end ? (size_t)(end - b->s) : b->n,
                                        g->has_kind ? &asked : NULL, &g->reader.layout, err));
    g->kind = g->reader.layout.kind, g->has_kind = true;
    g->tally.kind = karvan_i_event_kind_name(g->kind);
    g->names.kind = g->kind;
    g->seen.dated = g->kind == KARVAN_I_ICEWS;
    g->line = 1;
    if (g->reader.layout.header) *skip = end ? (size_t)(end - b->s) + 1 : b->n, g->line = 2;
    st = use_table(g, g->kind, err);
done:
    return st;
}

/* A line that fills the batch without an end: its beginning is told, the rest passed over. */
static karvan_status pass_over(karvan_i_event_reading *g, batch *b, karvan_error *err) {
    karvan_status st = karvan_i_event_too_long(g, b->s, b->n, err);
    b->skipping = true, b->n = 0;
    return st;
}

/* The rest of a line that was passed over. */
static size_t skip_rest(karvan_i_event_reading *g, batch *b) {
    const char *end = memchr(b->s, '\n', b->n);
    if (!end) return b->n;
    b->skipping = false, g->line++;
    return (size_t)(end - b->s) + 1;
}

static karvan_status read_file(karvan_i_event_reading *g, karvan_i_event_input *in, batch *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool begun = false;
    b->n = 0, b->last = b->skipping = false;
    do {
        size_t from = 0;
        KARVAN_TRY(fill(g, in, b, err));
        if (!begun) KARVAN_TRY(begin_file(g, b, &from, err));
        begun = true;
        if (b->skipping) from = skip_rest(g, b);
        size_t to = whole_lines(b->s, b->n);
        if (to == 0 && from == 0 && !b->last) {
            KARVAN_TRY(pass_over(g, b, err));
            continue;
        }
        if (to > from) KARVAN_TRY(read_lines(g, b, from, to, err));
        size_t done_to = to > from ? to : from;
        memmove(b->s, b->s + done_to, b->n - done_to);
        b->n -= done_to;
    } while (!b->last);
done:
    return st;
}

static karvan_status read_path(karvan_i_event_reading *g, const char *path, const char *bytes,
                               size_t n, batch *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_event_input in = {0};
    char name[1024];
    bool got;
    g->path = path;
    KARVAN_TRY(karvan_i_event_open(&in, path, bytes, n, err));
    KARVAN_TRY(karvan_i_event_next_file(&in, &got, err));
    KARVAN_REQUIRE(got, err, KARVAN_E_DATA, "%s: an archive without a file", path);
    for (; got; st = karvan_i_event_next_file(&in, &got, err)) {
        if (st == KARVAN_OK && in.zip.entry) { /* lines are those of a file in the archive */
            (void)snprintf(name, sizeof name, "%s/%s", path, in.zip.entry[in.entry].name);
            g->path = name;
        }
        if (st == KARVAN_OK) st = read_file(g, &in, b, err);
        if (st != KARVAN_OK) break;
    }
done:
    karvan_i_event_close(&in);
    g->path = path;
    return bytes ? st : karvan_i_gzip_judge(path, st, err);
}

/* ---- all files ---- */

static karvan_status tables(karvan_i_event_reading *g, karvan_table **unknown, karvan_table **out,
                            karvan_error *err) {
    static const karvan_column column = {"country", KARVAN_TEXT, NULL};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int32_t n = g->names.actors.n;
    const char **names = karvan_i_calloc((size_t)n + 1, sizeof *names);
    KARVAN_REQUIRE(names, err, KARVAN_E_NOMEM, "no memory for %d names", n);
    for (int32_t i = 0; i < n; i++) names[i] = g->names.actors.bytes + g->names.actors.at[i];
    if (g->o->a && !g->tally.has_a)
        karvan_i_event_names_nearest(&g->names, names, g->o->a, g->tally.nearest_a);
    if (g->o->b && !g->tally.has_b)
        karvan_i_event_names_nearest(&g->names, names, g->o->b, g->tally.nearest_b);
    karvan_i_event_seen_clear(&g->seen); /* its memory is needed */
    KARVAN_TRY(karvan_builder_create("unknown", 1, &column, &b, err));
    for (int32_t i = 0; unknown && i < g->names.unknown.n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, g->names.unknown.bytes + g->names.unknown.at[i], err));
    }
    KARVAN_TRY(karvan_events_table(g->sums, n, names, out, err));
    if (unknown) st = karvan_builder_finish(b, unknown, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(names);
    return st;
}

static karvan_status begin(karvan_i_event_reading *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_events_options *o = g->o;
    KARVAN_REQUIRE(!o->a == !o->b, err, KARVAN_E_ARG, "a pair has two countries");
    KARVAN_REQUIRE(!(o->coded_by && o->scores), err, KARVAN_E_ARG,
                   "scores are those of a table that ships or one's own, not both");
    KARVAN_REQUIRE(!o->coded_by || strcmp(o->coded_by, "cameo") == 0 ||
                       strcmp(o->coded_by, "plover") == 0,
                   err, KARVAN_E_ARG, "tables of scores that ship are cameo and plover");
    if (o->kind) {
        KARVAN_TRY(karvan_i_event_kind_parse(o->kind, &g->kind, err));
        g->has_kind = true;
    }
    g->names.countries = o->countries, g->names.a = o->a, g->names.b = o->b;
    g->names.of_a = g->names.of_b = -1;
    g->reader.written = &g->names.written;
    st = karvan_events_create(o->by, &g->sums, err);
done:
    return st;
}

static void clear(karvan_i_event_reading *g, batch *b) {
    for (int i = 0; b && i < CHUNKS; i++) karvan_i_free(b->chunk[i].row);
    if (b) karvan_i_free(b->s);
    karvan_i_free(b);
    karvan_i_event_names_clear(&g->names), karvan_i_event_seen_clear(&g->seen);
    karvan_events_destroy(g->sums), karvan_event_scores_destroy(g->table_scores);
}

karvan_status karvan_i_events_read(int n_paths, const char *const *paths, const char *bytes,
                                   size_t n, size_t chunk, const karvan_events_options *o,
                                   karvan_events_tally *tally, karvan_table **unknown,
                                   karvan_table **out, karvan_error *err) {
    static const karvan_events_options defaults = {0};
    karvan_status st = KARVAN_OK;
    karvan_i_event_reading g = {.o = o ? o : &defaults};
    batch *b = NULL;
    if (!out || n_paths < 1 || !paths)
        return karvan_fail(err, KARVAN_E_ARG, "paths or out are NULL, or there is no file");
    *out = NULL;
    if (unknown) *unknown = NULL;
    if (tally) *tally = g.tally;
    KARVAN_TRY(begin(&g, err));
    b = karvan_i_calloc(1, sizeof *b);
    if (b) b->chunk_size = chunk, b->size = chunk * CHUNKS;
    if (b) b->s = karvan_i_malloc(b->size + BEHIND, 1);
    KARVAN_REQUIRE(b && b->s, err, KARVAN_E_NOMEM, "no memory to read %s", paths[0]);
    for (int i = 0; i < n_paths; i++) KARVAN_TRY(read_path(&g, paths[i], bytes, n, b, err));
    g.tally.forgotten = g.seen.forgotten;
    g.tally.as_written = g.names.unknown.n;
    g.tally.has_a = g.names.of_a >= 0, g.tally.has_b = g.names.of_b >= 0;
    st = tables(&g, unknown, out, err);
done:
    if (tally) *tally = g.tally;
    clear(&g, b);
    if (st != KARVAN_OK && unknown) karvan_table_destroy(*unknown), *unknown = NULL;
    if (st != KARVAN_OK) karvan_table_destroy(*out), *out = NULL;
    return st;
}

karvan_status karvan_events_read(int n_paths, const char *const *paths,
                                 const karvan_events_options *options, karvan_events_tally *tally,
                                 karvan_table **unknown, karvan_table **out, karvan_error *err) {
    return karvan_i_events_read(n_paths, paths, NULL, 0, CHUNK, options, tally, unknown, out, err);
}

karvan_status karvan_events_parse(const char *bytes, size_t n, const char *path,
                                  const karvan_events_options *options, karvan_events_tally *tally,
                                  karvan_table **unknown, karvan_table **out, karvan_error *err) {
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "path is NULL");
    return karvan_i_events_read(1, &path, bytes ? bytes : "", n, CHUNK, options, tally, unknown,
                                out, err);
}
