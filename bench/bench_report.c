/* Time and memory of the whole report of the shipped region: open, check, route, draw. The claim:
 * under 1 s and 64 MB without the flows' equilibrium (docs/methods/report.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "karvan/karvan.h"
#include "timing.h"

/* Bytes of the page, 0 on failure. */
static size_t once(unsigned *check) {
    karvan_error e = {0};
    karvan_problems *problems = NULL;
    karvan_package *region = NULL;
    karvan_network *net = NULL;
    karvan_network_options o;
    karvan_document d = {0};
    size_t n = 0;
    if (karvan_problems_create(&problems, &e) == KARVAN_OK &&
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &region, &e) ==
            KARVAN_OK &&
        karvan_package_check_sources(region, problems, &e) == KARVAN_OK &&
        karvan_record_check(region, problems, &e) == KARVAN_OK &&
        karvan_trade_check(region, problems, &e) == KARVAN_OK &&
        karvan_network_check(region, problems, &e) == KARVAN_OK &&
        karvan_network_defaults(region, &o, &e) == KARVAN_OK &&
        karvan_network_create(region, &o, &net, &e) == KARVAN_OK &&
        karvan_report_region(net, region, problems, &d, &e) == KARVAN_OK)
        n = d.n;
    if (n == 0) (void)fprintf(stderr, "%s\n", e.msg);
    for (size_t i = 0; i < n; i++) *check = *check * 31u + (unsigned char)d.text[i];
    karvan_document_clear(&d);
    karvan_network_destroy(net);
    karvan_package_destroy(region);
    karvan_problems_destroy(problems);
    return n;
}

int main(void) {
    enum { REPS = 5 };
    double s[REPS];
    unsigned check = 0;
    size_t bytes = 0;
    for (int r = 0; r < REPS; r++) {
        double a = now_s();
        check = 0;
        bytes = once(&check);
        s[r] = now_s() - a;
        if (bytes == 0) return 1;
    }
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    qsort(s, REPS, sizeof *s, by_double);
    printf("{\"bench\":\"report\",\"bytes\":%zu,\"reps\":%d,\"median_s\":%.4f,\"min_s\":%.4f,"
           "\"peak_mb\":%.1f,\"check\":%u}\n",
           bytes, REPS, s[REPS / 2], s[0], (double)use.ru_maxrss / 1024.0, check);
    return 0;
}
