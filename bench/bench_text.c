/* UTF-8 checked and names folded a second, one core. The claim: several GB/s of ASCII. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/base.h"
#include "timing.h"

enum { REPS = 7, BYTES = 64 << 20 };

static size_t valid(const char *s, size_t n) { return karvan_utf8_valid_prefix(s, n); }

/* Names of 32 bytes each. */
static size_t fold(const char *s, size_t n) {
    size_t letters = 0;
    for (size_t i = 0; i + 32 <= n; i += 32) {
        char name[33], out[64];
        memcpy(name, s + i, 32), name[32] = 0;
        letters += karvan_text_fold(name, out, sizeof out);
    }
    return letters;
}

int main(void) {
    static const struct {
        const char *bench, *name, *unit; /* unit: 32 bytes, over and over */
        size_t (*run)(const char *s, size_t n);
    } cases[] = {{"utf8_valid", "ascii", "1992-08-30,AZE,KAZ,treaty,12.50\n", valid},
                 {"utf8_valid", "names", "Türkmenbaşy,Ələt,Bakı,Gəncə\n", valid},
                 {"utf8_valid", "cyrillic", "Қазақстан,Ақтау\n", valid},
                 {"text_fold", "ascii", "Turkmenbashi International Port\n", fold},
                 {"text_fold", "names", "Türkmenbaşy,Ələt,Bakı,Gəncə\n", fold}};
    char *s = malloc(BYTES);
    if (!s) return 1;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        size_t unit = strlen(cases[k].unit), check = 0, n = BYTES / unit * unit;
        double took[REPS];
        for (size_t i = 0; i < n; i += unit) memcpy(s + i, cases[k].unit, unit);
        for (int r = 0; r < REPS; r++) {
            double begin = now_s();
            check = cases[k].run(s, n);
            took[r] = now_s() - begin;
        }
        qsort(took, REPS, sizeof *took, by_double);
        printf("{\"bench\":\"%s\",\"case\":\"%s\",\"bytes\":%zu,\"reps\":%d,\"median_s\":%.6f,"
               "\"min_s\":%.6f,\"gb_per_s\":%.3f,\"check\":%zu}\n",
               cases[k].bench, cases[k].name, n, REPS, took[REPS / 2], took[0],
               (double)n / took[REPS / 2] / 1e9, check);
    }
    free(s);
    return 0;
}
