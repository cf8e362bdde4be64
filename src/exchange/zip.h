#ifndef KARVAN_SRC_EXCHANGE_ZIP_H
#define KARVAN_SRC_EXCHANGE_ZIP_H
/* Files out of a zip archive in memory (APPNOTE 6.3): stored or deflated, which is what feeds of
 * timetables are. zlib, which is linked anyway, does the hard part; a library of archives would add
 * a dependency for the directory alone. Neither encryption, nor several disks, nor Zip64. */
#include "karvan/base.h"

typedef struct karvan_i_zip_entry {
    char *name;
    size_t offset; /* of the local header */
    uint32_t packed, size, crc;
    uint16_t method, flags;
} karvan_i_zip_entry;

typedef struct karvan_i_zip {
    const unsigned char *bytes; /* borrowed */
    size_t n;
    const char *path; /* for messages; borrowed */
    int n_entries;
    karvan_i_zip_entry *entry; /* [n_entries] as the directory lists them, folders left out */
} karvan_i_zip;

/* Does it begin as an archive does? */
bool karvan_i_is_zip(const char *bytes, size_t n);
/* Read the directory. KARVAN_E_DATA: damaged, or of a kind that is not read. */
karvan_status karvan_i_zip_open(const char *bytes, size_t n, const char *path, karvan_i_zip *out,
                                karvan_error *err);
void karvan_i_zip_close(karvan_i_zip *z);
/* Where an entry's packed bytes begin, once all is seen to fit; for what unpacks them itself. */
karvan_status karvan_i_zip_packed(const karvan_i_zip *z, int entry, const unsigned char **packed,
                                  karvan_error *err);
/* An entry's bytes, NUL added, checked against its CRC; karvan_i_free them. */
karvan_status karvan_i_zip_read(const karvan_i_zip *z, int entry, char **out, size_t *n,
                                karvan_error *err);
#endif
