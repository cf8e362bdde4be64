#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { WORDS = 400 };

static void bound(const char *name, karvan_day d, uint8_t kind) {
    char s[48];
    karvan_day_format(d, s, sizeof s);
    if (kind == KARVAN_BOUND_UNKNOWN)
        (void)printf(", \"%s\": null", name);
    else
        (void)printf(", \"%s\": \"%s\"", name, s);
}

/* What it means in words; NULL: they are longer than any reader's patience. */
static const char *words_of(const char *s, char *room, size_t cap) {
    return karvan_edtf_words(s, strlen(s), room, cap, NULL) == KARVAN_OK ? room : NULL;
}

static bool print_json(const char *s) {
    karvan_edtf d;
    karvan_error why = {0};
    bool valid = karvan_edtf_parse(s, strlen(s), &d, &why) == KARVAN_OK;
    (void)printf("{\"edtf\": ");
    cli_json(stdout, s);
    if (!valid) {
        (void)printf(", \"valid\": false, \"level\": null, \"earliest\": null, \"latest\": null, "
                     "\"earliest_fuzzy\": null, "
                     "\"latest_fuzzy\": null, \"words\": null, \"message\": ");
        cli_json(stdout, why.msg);
        (void)printf("}\n");
        return false;
    }
    (void)printf(", \"valid\": true, \"level\": %d", d.level);
    bound("earliest", d.earliest, d.start_kind), bound("latest", d.latest, d.end_kind);
    bound("earliest_fuzzy", d.earliest_fuzzy, d.start_kind),
        bound("latest_fuzzy", d.latest_fuzzy, d.end_kind);
    char room[WORDS];
    const char *words = words_of(s, room, sizeof room);
    (void)printf(", \"words\": ");
    if (words)
        cli_json(stdout, words);
    else
        (void)printf("null");
    (void)printf("}\n");
    return true;
}

static const char *day_text(karvan_day d, uint8_t kind, char *s, size_t cap) {
    karvan_day_format(d, s, cap);
    return kind == KARVAN_BOUND_UNKNOWN ? "unknown" : s;
}

static bool print_line(const cli *c, const char *s) {
    karvan_edtf d;
    karvan_error why = {0};
    char a[4][48];
    if (c->format == KARVAN_FORMAT_JSON) return print_json(s);
    bool csv = c->format == KARVAN_FORMAT_CSV;
    bool valid = karvan_edtf_parse(s, strlen(s), &d, &why) == KARVAN_OK;
    if (csv) cli_csv(stdout, s);
    if (!valid) {
        (void)printf("%s\n", csv ? ",false,,,,,," : why.msg);
        return false;
    }
    const char *days[4] = {day_text(d.earliest, d.start_kind, a[0], 48),
                           day_text(d.latest, d.end_kind, a[1], 48),
                           day_text(d.earliest_fuzzy, d.start_kind, a[2], 48),
                           day_text(d.latest_fuzzy, d.end_kind, a[3], 48)};
    char room[WORDS];
    const char *words = words_of(s, room, sizeof room);
    if (csv) {
        (void)printf(",true,%d,%s,%s,%s,%s,", d.level, days[0], days[1], days[2], days[3]);
        if (words) cli_csv(stdout, words);
        (void)printf("\n");
        return true;
    }
    (void)printf("%s: EDTF level %d, %s to %s", s, d.level, days[0], days[1]);
    if (strcmp(days[0], days[2]) != 0 || strcmp(days[1], days[3]) != 0)
        (void)printf("; with doubt %s to %s", days[2], days[3]);
    (void)printf("\n");
    if (words) (void)printf("  %s\n", words);
    return true;
}

/* One string a line, however long; a NUL byte is no end of it. */
static karvan_status read_lines(const cli *c, bool *all, karvan_error *err) {
    enum { SUBSTITUTE = 0x1a };
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) >= 0;) {
        for (char *nul; (nul = memchr(line, 0, (size_t)n)) != NULL;) *nul = SUBSTITUTE;
        line[strcspn(line, "\r\n")] = 0;
        *all &= print_line(c, line);
    }
    int why = errno;
    free(line);
    if (!ferror(stdin)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_IO, "cannot read standard input: %s", strerror(why));
}

static karvan_status run_date(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool all = true;
    if (c->format == KARVAN_FORMAT_CSV)
        (void)printf("edtf,valid,level,earliest,latest,earliest_fuzzy,latest_fuzzy,words\n");
    for (int i = 0; i < c->n_arguments; i++) all &= print_line(c, c->argument[i]);
    if (c->n_arguments == 0) st = read_lines(c, &all, err);
    c->exit_status = all ? 0 : 1;
    return st;
}

static const char *const examples[] = {"karvan date 1992-08-30",
                                       "karvan date '1984~/2004-06' --format json",
                                       "printf '1992\\n199X\\n' | karvan date --format csv", NULL};
const command command_date = {
    "date",
    "what an uncertain date (EDTF, ISO 8601-2) means",
    "[STRING...]",
    "Parses EDTF of levels 0, 1 and 2 and prints the earliest and latest day, strictly and with "
    "the\n"
    "padding of its qualifiers, and what the string means in words. Without arguments, one string "
    "a\n"
    "line is read from standard input; JSON then is one object a line. Exit status 1 where a "
    "string is\n"
    "not EDTF. docs/methods/dates.md.",
    NULL,
    examples,
    0,
    INT_MAX,
    run_date};
