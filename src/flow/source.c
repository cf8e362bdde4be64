#include "flow/source.h"

#include <sys/stat.h>

#include "base/text.h"

karvan_status karvan_i_source_read(const char *path, char **room, karvan_i_source_text *out,
                                   karvan_error *err) {
    struct stat s;
    size_t n = 0;
    *out = (karvan_i_source_text){0};
    karvan_status st = karvan_i_file_read(path, room, &n, err);
    if (st == KARVAN_OK)
        *out = (karvan_i_source_text){*room, n, path, stat(path, &s) == 0 && S_ISREG(s.st_mode)};
    return st;
}

karvan_status karvan_i_source_csv(const karvan_i_source_text *text, const char *table,
                                  const karvan_csv_options *options, karvan_table **out,
                                  karvan_error *err) {
    if (text->file) return karvan_csv_read(text->name, table, options, NULL, out, err);
    return karvan_csv_parse(text->bytes, text->n, text->name, table, options, NULL, out, err);
}
