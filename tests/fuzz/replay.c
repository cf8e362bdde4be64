/* Stands in for libFuzzer where it is not linked: gives a target every seed below the files and
 * folders named on the command line, whole and cut short at eight places, and answers in TAP. */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly n bytes, so that a sanitizer sees a read past the end. */
static int feed(const char *bytes, size_t n) {
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact) return -1;
    memcpy(exact, bytes, n);
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 0;
}

static int feed_prefixes(const char *bytes, size_t n) {
    for (size_t eighths = 0; eighths <= 8; eighths++)
        if (feed(bytes, n * eighths / 8) != 0) return -1;
    return 0;
}

static int replay_file(const char *path) {
    int result = -1;
    char *bytes = NULL;
    FILE *f = fopen(path, "rb");
    if (!f) return -1;
    if (fseek(f, 0, SEEK_END) != 0) goto done;
    long n = ftell(f);
    if (n < 0 || fseek(f, 0, SEEK_SET) != 0) goto done;
    bytes = malloc((size_t)n + 1);
    if (!bytes || fread(bytes, 1, (size_t)n, f) != (size_t)n) goto done;
    result = feed_prefixes(bytes, (size_t)n);
done:
    free(bytes);
    (void)fclose(f);
    return result;
}

/* Seeds replayed below path, -1 if one could not be read. */
static long replay(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return replay_file(path) == 0 ? 1 : -1;
    long seeds = 0;
    for (struct dirent *e; seeds >= 0 && (e = readdir(dir));) {
        char below[4096];
        if (e->d_name[0] == '.') continue;
        int n = snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        long found = n > 0 && (size_t)n < sizeof below ? replay(below) : -1;
        seeds = found < 0 ? -1 : seeds + found;
    }
    (void)closedir(dir);
    return seeds;
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    long seeds = 0;
    for (int i = 1; i < argc && seeds >= 0; i++) {
        long found = replay(argv[i]);
        seeds = found < 0 ? -1 : seeds + found;
    }
    printf("1..1\n%s 1 - %s: %ld seeds replayed\n", seeds > 0 ? "ok" : "not ok",
           slash ? slash + 1 : argv[0], seeds > 0 ? seeds : 0);
    return seeds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
