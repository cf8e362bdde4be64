#ifndef KARVAN_SRC_STUDY_KEPT_H
#define KARVAN_SRC_STUDY_KEPT_H
/* The folder in which solved bases are kept between runs: a file each, named by a digest of all
 * that decides it. What goes wrong with files is never an error: then nothing is kept, or taken. */
#include "base/text.h"
#include "study/study.h"

enum { KARVAN_I_KEPT_FORMAT = 1, KARVAN_I_KEPT_HEAD = 56 /* bytes before what is kept */ };

/* Of all tables of the region as it was read, the options that the base's freight follows from, the
 * version and build of the library and the format. 0: nothing tells this build from others, so
 * nothing is to be kept. */
uint64_t karvan_i_kept_key(const karvan_package *region, const karvan_study_options *o);
/* The file of a key in a folder; in `out`, which has room for `cap` bytes. */
void karvan_i_kept_path(const char *dir, uint64_t key, char *out, size_t cap);
/* What stands behind the head of bytes that are a whole file of this key, and how much it is; NULL:
 * they are not. */
const char *karvan_i_kept_check(const char *bytes, size_t n, uint64_t key, size_t *length);
/* A base, whose region and options for freight stand, as bytes behind what the text holds: its
 * demand, what of its cargo the study reads, its freight (kept_bytes.c). KARVAN_E_NOMEM. */
karvan_status karvan_i_kept_pack(const karvan_i_study_side *s, karvan_i_text *out,
                                 karvan_error *err);
/* Back; all of it is checked. KARVAN_E_DATA: they are of no such base, or damaged; KARVAN_E_NOMEM,
 * or what preparing freight says. Then the base has none of it. */
karvan_status karvan_i_kept_unpack(karvan_i_study_side *s, const char *bytes, size_t n,
                                   karvan_error *err);
/* A base becomes what was kept; *taken false: nothing was. KARVAN_E_NOMEM, or what preparing says.
 */
karvan_status karvan_i_kept_take(const char *dir, uint64_t key, karvan_i_study_side *s, bool *taken,
                                 karvan_error *err);
/* Keeps it, and of what was kept before the newest few. KARVAN_E_NOMEM alone. */
karvan_status karvan_i_kept_put(const char *dir, uint64_t key, const karvan_i_study_side *s,
                                karvan_error *err);
#endif
