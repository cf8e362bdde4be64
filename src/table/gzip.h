#ifndef KARVAN_SRC_TABLE_GZIP_H
#define KARVAN_SRC_TABLE_GZIP_H
/* Compressed files that are damaged: told as that and with the place, whatever the damage made of
 * what they hold. */
#include "karvan/base.h"

/* Read a file through. KARVAN_E_DATA: it is gzip, and cut or damaged; KARVAN_OK: it is whole, no
 * gzip, or no file that can be read again. KARVAN_E_NOMEM. */
karvan_status karvan_i_gzip_check(const char *path, karvan_error *err);
/* The status of a reader of a file, and its message: where that found fault with the data and the
 * file is damaged, the damage is told instead. */
karvan_status karvan_i_gzip_judge(const char *path, karvan_status st, karvan_error *err);
#endif
