#ifndef KARVAN_TESTS_REFERENCE_H
#define KARVAN_TESTS_REFERENCE_H
/* Where the public reference data is, and what to say where it is not. */
#include <stdio.h>
#include <stdlib.h>

/* Path of a file below the reference folder, NULL where it is absent. */
static inline const char *reference_path(const char *name, char *path, size_t cap) {
    const char *root = getenv("KARVAN_REFERENCE");
    (void)snprintf(path, cap, "%s/%s", root ? root : KARVAN_SOURCEDIR "/../shared/reference", name);
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    (void)fclose(f);
    return path;
}

/* The same, said on stdout where it is absent. */
static inline const char *reference_file(const char *name, const char *origin, char *path,
                                         size_t cap) {
    if (reference_path(name, path, cap)) return path;
    printf("skipped: %s not found, get it from %s\n", name, origin);
    return NULL;
}
#endif
