#ifndef KARVAN_BENCH_PEER_H
#define KARVAN_BENCH_PEER_H
/* What a peer says of itself: a command is run, and where it is not there or fails there is no peer
 * in this run. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* The first line that a command prints. */
static inline bool peer_says(const char *command, char *line, int cap) {
    FILE *f = popen(command, "r");
    if (!f) return false;
    bool got = fgets(line, cap, f) != NULL;
    return pclose(f) == 0 && got;
}

/* Seconds of n repetitions: the numbers that lines of the command begin with. */
static inline bool peer_times(const char *command, double *s, int n) {
    char line[200];
    int told = 0;
    FILE *f = popen(command, "r");
    if (!f) return false;
    while (told < n && fgets(line, sizeof line, f)) {
        char *end;
        s[told] = strtod(line, &end);
        told += end > line;
    }
    return pclose(f) == 0 && told == n;
}
#endif
