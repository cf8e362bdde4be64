#ifndef KARVAN_SRC_EXCHANGE_FOLDER_H
#define KARVAN_SRC_EXCHANGE_FOLDER_H
/* A folder of files that appears whole or not at all: filled beside its place, then renamed. */
#include <stdio.h>

#include "base/text.h"
typedef struct karvan_i_folder {
    karvan_i_text dir, part; /* where it shall be, where it is filled */
    bool made;
} karvan_i_folder;
/* KARVAN_E_ARG: something is there already; KARVAN_E_IO. Clear it in any case. */
karvan_status karvan_i_folder_begin(karvan_i_folder *f, const char *dir, karvan_error *err);
karvan_status karvan_i_folder_file(const karvan_i_folder *f, const char *name,
                                   const karvan_i_text *text, karvan_error *err);
/* A file of the folder that is written piece by piece. Close it in any case: only that tells
 * whether all of it is on the disk. */
typedef struct karvan_i_folder_stream {
    FILE *f;
    karvan_i_text path;
    bool failed;
    int reason; /* errno */
} karvan_i_folder_stream;
karvan_status karvan_i_folder_open(const karvan_i_folder *f, const char *name,
                                   karvan_i_folder_stream *out, karvan_error *err);
void karvan_i_folder_add(karvan_i_folder_stream *s, const karvan_i_text *text);
karvan_status karvan_i_folder_close(karvan_i_folder_stream *s, karvan_error *err);
karvan_status karvan_i_folder_finish(karvan_i_folder *f, karvan_error *err);
/* What was not finished goes, with all files in it. */
void karvan_i_folder_clear(karvan_i_folder *f);
#endif
