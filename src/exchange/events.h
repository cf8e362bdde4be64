#ifndef KARVAN_SRC_EXCHANGE_EVENTS_H
#define KARVAN_SRC_EXCHANGE_EVENTS_H
/* Files of events into sums: bytes (events_input.c) in batches (events_read.c) become rows in
 * parallel (events_lines.c, by the columns of events_layout.c), which are taken one after the other
 * (events_take.c): duplicates (events_seen.c), countries (events_names.c), sums (karvan_events). */
#include <zlib.h>

#include "exchange/zip.h"
#include "karvan/exchange.h"
#include "table/column.h"

/* ---- layouts: what a file's columns are ---- */

typedef enum karvan_i_event_kind {
    KARVAN_I_ICEWS,
    KARVAN_I_GDELT1,
    KARVAN_I_GDELT2,
    KARVAN_I_POLECAT,
    KARVAN_I_EVENT_KINDS
} karvan_i_event_kind;
const char *karvan_i_event_kind_name(karvan_i_event_kind k);
karvan_status karvan_i_event_kind_parse(const char *name, karvan_i_event_kind *out,
                                        karvan_error *err);

typedef enum karvan_i_event_column {
    KARVAN_I_EVENT_ID,
    KARVAN_I_EVENT_DATE,
    KARVAN_I_EVENT_SOURCE,
    KARVAN_I_EVENT_TARGET,
    KARVAN_I_EVENT_CODE,
    KARVAN_I_EVENT_MODE, /* of PLOVER */
    KARVAN_I_EVENT_QUAD,
    KARVAN_I_EVENT_SCORE,
    KARVAN_I_EVENT_COLUMNS
} karvan_i_event_column;

enum { KARVAN_I_EVENT_FIELDS = 128 }; /* more in a line are counted, not kept */

typedef struct karvan_i_event_layout {
    karvan_i_event_kind kind;
    bool header;                    /* the first line names the columns */
    int at[KARVAN_I_EVENT_COLUMNS]; /* -1: not in the file */
    int n, or_n;                    /* fields of a row; of GDELT 1 two numbers are right */
    /* Some files of POLECAT name columns in the header that their rows have not: where rows are
     * then found. short_n 0: no such columns */
    int short_n, short_at[KARVAN_I_EVENT_COLUMNS];
} karvan_i_event_layout;
/* Of the first line, without its end. asked NULL: found from it. */
karvan_status karvan_i_event_layout_of(const char *path, const char *line, size_t n,
                                       const karvan_i_event_kind *asked, karvan_i_event_layout *out,
                                       karvan_error *err);

/* ---- names of countries, as written, and what they stand for ---- */

enum { KARVAN_I_EVENT_ACTORS = 65535, KARVAN_I_EVENT_SIDE = 16 };
typedef struct karvan_i_event_names {
    karvan_i_event_kind kind;
    karvan_events_countries countries;
    karvan_i_dictionary written; /* what fields hold */
    uint32_t *first;             /* [written] into list */
    uint8_t *n;                  /* [written] countries there, 0: none */
    uint16_t *list;              /* numbers of actors */
    int32_t cap;
    uint32_t n_list, cap_list;
    karvan_i_dictionary actors; /* what sums are made by */
    karvan_i_dictionary unknown;
    const char *a, *b;  /* may be NULL */
    int32_t of_a, of_b; /* their actors, -1: not come up */
} karvan_i_event_names;
void karvan_i_event_names_clear(karvan_i_event_names *m);
/* *ok false: too long, or too many countries in one field. KARVAN_E_DATA: too many names. */
karvan_status karvan_i_event_names_add(karvan_i_event_names *m, const char *path, const char *s,
                                       size_t n, bool *ok, karvan_error *err);
/* The country that came up and is likest to the one asked for, by its code or by its letters;
 * "": none. */
void karvan_i_event_names_nearest(const karvan_i_event_names *m, const char *const *actors,
                                  const char *asked, char out[KARVAN_EVENTS_NAME]);
/* ISO 3166-1 alpha-3 of what a kind writes, NULL: not known. */
const char *karvan_i_event_iso(karvan_i_event_kind kind, const char *written);

/* ---- rows ---- */

enum { KARVAN_I_EVENT_AGAIN = KARVAN_EVENT_FATES }; /* a name that is new */
typedef struct karvan_i_event_row {
    uint64_t id;            /* a number, or a hash of the text */
    uint32_t at, length;    /* of the line in its chunk */
    uint32_t line;          /* from 0, in the chunk */
    int32_t source, target; /* of karvan_i_event_names.written */
    int32_t score;          /* millionths or KARVAN_SCORE_NONE */
    uint16_t code;          /* a hash of code and mode */
    uint16_t day;           /* from 1900-01-01, which is 1 */
    uint8_t year, month;    /* year from 1900; month 1..12 */
    uint8_t fate;           /* karvan_event_fate, or KARVAN_I_EVENT_AGAIN */
    uint8_t quad : 3, listed : 1, zero : 1, doubtful : 1, numbered : 1;
} karvan_i_event_row;

typedef struct karvan_i_event_reader {
    karvan_i_event_layout layout;
    const karvan_event_scores *scores; /* NULL: the file's */
    bool file_score;                   /* heed the file's score and class */
    const karvan_i_dictionary *written;
} karvan_i_event_reader;

/* Rows of a chunk, whose last byte is a line end, with 64 bytes behind it that may be read. */
typedef struct karvan_i_event_chunk {
    const char *s;
    size_t n;
    karvan_i_event_row *row; /* [n_rows] */
    size_t n_rows, cap;
    uint32_t lines; /* empty ones too */
} karvan_i_event_chunk;
karvan_status karvan_i_event_lines(const karvan_i_event_reader *r, karvan_i_event_chunk *c,
                                   karvan_error *err);
/* Where source and target of a row with the right number of columns stand: for names that are new.
 */
void karvan_i_event_sides(const karvan_i_event_layout *l, const char *line, size_t n,
                          const char *side[2], size_t side_n[2]);
/* Number of fields of a line. */
int karvan_i_event_fields(const char *line, size_t n);

/* ---- ids that were seen ---- */

/* What an id was before: never, in a row of the same content, in one of another, or in one whose
 * content is no longer kept. */
typedef enum karvan_i_event_before {
    KARVAN_I_EVENT_NEW,
    KARVAN_I_EVENT_SAME,
    KARVAN_I_EVENT_OTHER,
    KARVAN_I_EVENT_SAID
} karvan_i_event_before;
typedef struct karvan_i_event_seen {
    bool dated;  /* ids are those of a day */
    void **page; /* [KARVAN_I_EVENT_PAGES] of 8 KiB each, NULL: none of its ids was seen */
    /* Contents of 4096 ids each, 0: none is kept; pages of ids come first where room is short */
    uint16_t **content;
    uint64_t given_up; /* the page of contents below which none is left */
    int64_t pages, contents;
    uint64_t *young, *old; /* [n_slots] hashes, 0: free */
    uint16_t *young_content, *old_content;
    uint64_t n_slots, n_young, n_old;
    int64_t forgotten;
} karvan_i_event_seen;
void karvan_i_event_seen_clear(karvan_i_event_seen *s);
/* content: a hash of what the row says, not 0. */
karvan_status karvan_i_event_seen_add(karvan_i_event_seen *s, uint64_t id, bool numbered,
                                      uint16_t day, uint16_t content, karvan_i_event_before *before,
                                      karvan_error *err);

/* ---- bytes ---- */

typedef struct karvan_i_event_input {
    const char *path;
    gzFile gz;         /* reads plain files as they are */
    const char *bytes; /* or memory */
    size_t n, at;
    char *archive; /* or a zip archive, as packed */
    karvan_i_zip zip;
    int entry; /* being read, -1: none yet */
    bool inflating;
    z_stream z;
    uint32_t crc;
    bool ended; /* the entry: a last line without its end is one all the same */
} karvan_i_event_input;
karvan_status karvan_i_event_open(karvan_i_event_input *in, const char *path, const char *bytes,
                                  size_t n, karvan_error *err);
void karvan_i_event_close(karvan_i_event_input *in);
/* The next file of an archive; a file by itself is one. false in *got: no more. */
karvan_status karvan_i_event_next_file(karvan_i_event_input *in, bool *got, karvan_error *err);
/* Up to `room` bytes; none at the end of the file. */
karvan_status karvan_i_event_bytes(karvan_i_event_input *in, char *out, size_t room, size_t *n,
                                   karvan_error *err);
/* Of the file on disk, for progress. */
int64_t karvan_i_event_offset(const karvan_i_event_input *in);

/* ---- one reading ---- */

typedef struct karvan_i_event_reading {
    const karvan_events_options *o;
    karvan_i_event_reader reader;
    karvan_i_event_kind kind; /* of all files, where has_kind */
    bool has_kind;
    karvan_event_scores *table_scores; /* that ship, where they are asked for */
    karvan_i_event_names names;
    karvan_i_event_seen seen;
    karvan_events *sums;
    karvan_events_tally tally;
    int64_t line;
    const char *path;
} karvan_i_event_reading;
/* As karvan_events_read, in chunks of so many bytes; bytes not NULL: of memory, as one path. */
karvan_status karvan_i_events_read(int n_paths, const char *const *paths, const char *bytes,
                                   size_t n, size_t chunk, const karvan_events_options *o,
                                   karvan_events_tally *tally, karvan_table **unknown,
                                   karvan_table **out, karvan_error *err);
/* The rows of a chunk in their order (events_take.c). */
karvan_status karvan_i_event_take(karvan_i_event_reading *g, karvan_i_event_chunk *c,
                                  karvan_error *err);
/* One row that was too long to keep; its line is the reading's. */
karvan_status karvan_i_event_too_long(karvan_i_event_reading *g, const char *s, size_t n,
                                      karvan_error *err);
#endif
