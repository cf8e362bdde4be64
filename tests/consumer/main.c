/* A program of somebody else's: it knows karvan only as installed. Reads a date and the region
 * named on the command line, prints what it found. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <karvan/karvan.h>

static int fail(const karvan_error *err) {
    fprintf(stderr, "consumer: %s: %s\n", karvan_status_name(err->code), err->msg);
    return 1;
}

int main(int argc, char **argv) {
    karvan_error err = {0};
    karvan_edtf date;
    const char *written = "2004-06~";
    if (argc != 2) return 2;
    if (karvan_edtf_parse(written, strlen(written), &date, &err) != KARVAN_OK) return fail(&err);
    char earliest[40];
    karvan_day_format(date.earliest, earliest, sizeof earliest);
    printf("karvan %s: %s begins on %s or later\n", karvan_version(), written, earliest);

    karvan_problems *problems = NULL;
    karvan_package *region = NULL;
    int status = 1;
    if (karvan_problems_create(&problems, &err) != KARVAN_OK ||
        karvan_package_open(argv[1], problems, &region, &err) != KARVAN_OK) {
        status = fail(&err);
    } else {
        printf("region %s: %d tables, %" PRId64 " errors\n", karvan_package_name(region),
               karvan_package_count(region), karvan_problems_count(problems, KARVAN_ERROR));
        status = 0;
    }
    karvan_package_destroy(region);
    karvan_problems_destroy(problems);
    return status;
}
