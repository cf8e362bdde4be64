#ifndef KARVAN_SRC_TEXT_H
#define KARVAN_SRC_TEXT_H
/* A growing text for building output. Errors stick: after the first failed
 * allocation every call is a no-op and karvan_i_text_status says KARVAN_E_NOMEM. */
#include <stdarg.h>

#include "karvan/base.h"
typedef struct karvan_i_text {
    char *s; /* NUL-terminated once anything was added; NULL before */
    size_t n, cap;
    bool failed;
} karvan_i_text;
void karvan_i_text_clear(karvan_i_text *t); /* frees; t can be used again */
void karvan_i_text_add(karvan_i_text *t, const char *s, size_t n);
void karvan_i_text_puts(karvan_i_text *t, const char *s);
/* Room for n bytes at the end, and for the NUL that whoever fills it puts behind them; t->n is
 * theirs to set. NULL: failed. */
char *karvan_i_text_room(karvan_i_text *t, size_t n);
/* Once more what stands at s[at..at+n). */
void karvan_i_text_again(karvan_i_text *t, size_t at, size_t n);
void karvan_i_text_printf(karvan_i_text *t, const char *fmt, ...) KARVAN_PRINTF(2, 3);
/* With &, <, >, " and ' as HTML/XML entities, and odd bytes as the replacement character. */
void karvan_i_text_xml(karvan_i_text *t, const char *s);
/* As the inside of a JSON string (control characters escaped, UTF-8 kept). */
void karvan_i_text_json(karvan_i_text *t, const char *s);
/* As a CSV field: quoted only where RFC 4180 needs it. */
void karvan_i_text_csv(karvan_i_text *t, const char *s);
karvan_status karvan_i_text_status(const karvan_i_text *t, karvan_error *err);
/* Write to `path` by a temporary file beside it, fsync and rename: a full disk, a kill or Ctrl-C
 * leaves the old file or the new one, never a half. KARVAN_E_IO with the reason. */
karvan_status karvan_i_file_write(const char *path, const char *s, size_t n, karvan_error *err);
/* A file beside `path` that did not exist before, by whatever process or thread, open for writing;
 * its name. -1: none could be made (errno), or no memory for the name (name->failed). */
int karvan_i_file_beside(const char *path, karvan_i_text *name);
/* Whole file into *s (NUL added, karvan_i_free it). KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status karvan_i_file_read(const char *path, char **s, size_t *n, karvan_error *err);
#endif
