/* karvan events: files of events between countries, summed over directed pairs. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "table/cell.h"
#include "table/known.h"

enum { SHOWN = 5, NAME = 120, FILES_MOST = 20000 };

/* ---- rows that are damaged ---- */

/* The first few go to stderr, all to --damaged FILE: written beside it, then renamed. */
typedef struct listing {
    const char *path;
    karvan_i_text beside;
    FILE *out;
    int shown;
} listing;

static karvan_status begin_listing(const cli *c, listing *l, karvan_error *err) {
    l->path = cli_option(c, "damaged");
    if (!l->path) return KARVAN_OK;
    struct stat s;
    bool plain = stat(l->path, &s) != 0 || S_ISREG(s.st_mode);
    int fd = plain ? karvan_i_file_beside(l->path, &l->beside) : -1;
    l->out = plain ? (fd >= 0 ? fdopen(fd, "w") : NULL) : fopen(l->path, "w");
    if (!l->out)
        return karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", l->path, strerror(errno));
    (void)fputs("file,line,reason,text\n", l->out);
    return KARVAN_OK;
}

static karvan_status end_listing(listing *l, karvan_status st, karvan_error *err) {
    if (!l->out) return st;
    bool good = !ferror(l->out) && fflush(l->out) == 0;
    good = fclose(l->out) == 0 && good;
    if (st == KARVAN_OK && l->beside.s) good = good && rename(l->beside.s, l->path) == 0;
    if (st == KARVAN_OK && !good)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", l->path, strerror(errno));
    if (st != KARVAN_OK && l->beside.s) (void)unlink(l->beside.s);
    karvan_i_text_clear(&l->beside);
    l->out = NULL;
    return st;
}

static karvan_status listed(void *ctx, const karvan_event_row *row, karvan_error *err) {
    listing *l = ctx;
    if (l->out) {
        cli_csv(l->out, row->path);
        (void)fprintf(l->out, ",%lld,%s,", (long long)row->line, karvan_event_fate_name(row->fate));
        cli_csv(l->out, row->text);
        (void)fputc('\n', l->out);
        if (ferror(l->out))
            return karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", l->path, strerror(errno));
    }
    if (row->fate >= KARVAN_EVENT_BAD_COLUMNS && l->shown++ < SHOWN)
        (void)fprintf(stderr, "%s:%lld: damaged row [%s]: %.100s\n", row->path,
                      (long long)row->line, karvan_event_fate_name(row->fate), row->text);
    return KARVAN_OK;
}

/* ---- what was read, told on stderr ---- */

static int64_t damaged(const karvan_events_tally *t) {
    int64_t n = 0;
    for (int f = KARVAN_EVENT_BAD_COLUMNS; f < KARVAN_EVENT_FATES; f++) n += t->count[f];
    return n;
}

static void note(int64_t n, const char *what) {
    if (n > 0) (void)fprintf(stderr, "  %lld %s\n", (long long)n, what);
}

static void tell_notes(const karvan_events_tally *t) {
    note(t->unscored, "taken without a score: they count as events, not in sums and means");
    note(t->unlisted, "taken with a code that the table of scores has not");
    note(t->several, "taken with several countries on a side: they count once for each pair");
    note(t->zeros, "codes had lost their leading zero, which was put back");
    if (t->zeros > 0)
        note(t->doubtful, "codes of 10 to 20 were read as they stand; where zeros were lost they "
                          "may be 010 to 020");
    note(t->uncompared,
         "duplicates could not be held against the first row of their id for lack of "
         "room: the first was kept");
    note(t->forgotten, "ids were forgotten for lack of room: rows that repeat them later count");
}

static void tell_unknown(const karvan_table *unknown) {
    int64_t n = karvan_table_rows(unknown);
    if (n == 0) return;
    (void)fprintf(stderr, "  %lld names have no code of ISO 3166:", (long long)n);
    for (int64_t r = 0; r < n && r < SHOWN; r++)
        (void)fprintf(stderr, "%s %s", r > 0 ? "," : "", karvan_table_text(unknown, 0, r));
    (void)fprintf(stderr, "%s\n", n > SHOWN ? ", ..." : "");
}

static void tell(const karvan_events_options *o, const karvan_events_tally *t,
                 const karvan_table *unknown, const listing *l) {
    int64_t bad = damaged(t), taken = t->count[KARVAN_EVENT_TAKEN];
    (void)fprintf(stderr, "%s, rows: %lld read, %lld taken, %lld left out, %lld damaged\n", t->kind,
                  (long long)t->rows, (long long)taken, (long long)(t->rows - taken - bad),
                  (long long)bad);
    for (int f = KARVAN_EVENT_DUPLICATE; f < KARVAN_EVENT_FATES; f++) {
        karvan_event_fate fate = (karvan_event_fate)f;
        if (t->count[f] > 0)
            (void)fprintf(stderr, "  %lld %s: rows %s\n", (long long)t->count[f],
                          karvan_event_fate_name(fate), karvan_event_fate_told(fate));
    }
    tell_notes(t);
    tell_unknown(unknown);
    const char *asked[2] = {o->a, o->b};
    const char *near[2] = {t->nearest_a, t->nearest_b};
    const bool has[2] = {t->has_a, t->has_b};
    for (int k = 0; k < 2; k++)
        if (asked[k] && !has[k])
            (void)fprintf(stderr, "  no row has a country '%s'%s%s%s\n", asked[k],
                          *near[k] ? "; did you mean " : "", near[k], *near[k] ? "?" : "");
    if (bad > SHOWN && !l->path) (void)fprintf(stderr, "  --damaged FILE lists all damaged rows\n");
}

/* ---- what is asked ---- */

static karvan_status read_dates(const cli *c, karvan_events_options *o, karvan_error *err) {
    static const char *const names[] = {"from", "to"};
    for (int k = 0; k < 2; k++) {
        const char *said = cli_option(c, names[k]);
        karvan_edtf d;
        if (!said) continue;
        if (karvan_edtf_parse(said, strlen(said), &d, NULL) != KARVAN_OK ||
            d.earliest == KARVAN_DAY_MIN || d.latest == KARVAN_DAY_MAX)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--%s is a date as 2018-06-01 or 2018, not '%.40s'", names[k], said);
        if (k == 0)
            o->has_from = true, o->from = d.earliest;
        else
            o->has_to = true, o->to = d.latest;
    }
    if (o->has_from && o->has_to && o->from > o->to)
        return karvan_fail(err, KARVAN_E_ARG, "--from %.40s lies after --to %.40s",
                           cli_option(c, "from"), cli_option(c, "to"));
    return KARVAN_OK;
}

/* Two countries parted by a comma, or by the one hyphen there is. */
static karvan_status read_pair(const cli *c, char name[2][NAME], karvan_events_options *o,
                               karvan_error *err) {
    const char *said = cli_option(c, "pair");
    if (!said) return KARVAN_OK;
    const char *at = strchr(said, ',');
    if (!at && (at = strchr(said, '-')) != NULL && strchr(at + 1, '-'))
        return karvan_fail(err, KARVAN_E_ARG,
                           "--pair: which of the hyphens of '%.60s' parts the two? write a comma "
                           "there",
                           said);
    size_t n = at ? (size_t)(at - said) : 0;
    if (n == 0 || n >= NAME || strlen(at + 1) == 0 || strlen(at + 1) >= NAME)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--pair is two countries, A-B or \"A,B\", not '%.60s'", said);
    memcpy(name[0], said, n), name[0][n] = 0;
    (void)snprintf(name[1], NAME, "%s", at + 1);
    o->a = name[0], o->b = name[1];
    return KARVAN_OK;
}

static karvan_status read_countries(const cli *c, karvan_events_options *o, karvan_error *err) {
    static const char *const words[] = {"written", "iso", "states"};
    const char *said = cli_option(c, "countries");
    for (int k = 0; said && k < 3; k++)
        if (strcmp(said, words[k]) == 0) {
            o->countries = (karvan_events_countries)k;
            return KARVAN_OK;
        }
    return said ? karvan_fail(err, KARVAN_E_ARG,
                              "--countries is written, iso or states, not '%.40s'", said)
                : KARVAN_OK;
}

/* --score file, cameo or plover; a FILE of one's own. */
static karvan_status read_scores(const cli *c, karvan_events_options *o, karvan_event_scores **own,
                                 karvan_error *err) {
    static const karvan_column known[] = {{"code", KARVAN_TEXT, NULL},
                                          {"mode", KARVAN_TEXT, NULL},
                                          {"quad_class", KARVAN_TEXT, NULL},
                                          {"score", KARVAN_REAL, NULL}};
    const char *said = cli_option(c, "score");
    karvan_table *t = NULL;
    if (!said || strcmp(said, "file") == 0) return KARVAN_OK;
    if (strcmp(said, "cameo") == 0 || strcmp(said, "plover") == 0) {
        o->coded_by = said;
        return KARVAN_OK;
    }
    karvan_status st = karvan_i_csv_read_known(said, "scores", 4, known, &t, err);
    if (st == KARVAN_OK) st = karvan_event_scores_of_table(t, own, err);
    karvan_table_destroy(t);
    o->scores = *own;
    return st;
}

static karvan_status read_options(const cli *c, karvan_events_options *o, char pair[2][NAME],
                                  karvan_event_scores **own, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    o->kind = cli_option(c, "kind"), o->domestic = cli_switch(c, "domestic");
    if (cli_option(c, "by")) KARVAN_TRY(karvan_events_by_parse(cli_option(c, "by"), &o->by, err));
    KARVAN_TRY(read_dates(c, o, err));
    KARVAN_TRY(read_pair(c, pair, o, err));
    KARVAN_TRY(read_countries(c, o, err));
    KARVAN_TRY(cli_threads(c, &o->threads, err));
    st = read_scores(c, o, own, err);
done:
    return st;
}

/* ---- files ---- */

typedef struct file_list {
    const char **path;
    int n;
    int64_t bytes; /* of all, 0: not known */
} file_list;

static karvan_status list_files(const cli *c, file_list *f, karvan_error *err) {
    static const char *room[OPTIONS_MAX + FILES_MOST];
    *f = (file_list){.path = room};
    for (int i = 0; i < c->n_options; i++)
        if (strcmp(c->option[i], "import") == 0) room[f->n++] = c->value[i];
    for (int i = 0; i < c->n_arguments; i++) room[f->n++] = c->argument[i];
    if (f->n == 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "events: --import FILE names the events; see karvan help events");
    for (int i = 0; i < f->n; i++) {
        struct stat s;
        if (stat(f->path[i], &s) == 0 && S_ISREG(s.st_mode)) f->bytes += s.st_size;
    }
    return KARVAN_OK;
}

/* A mean of no events is not unknown: there is none. Columns stand as number, sum, mean; of all
 * classes together `unscored` follows. */
static const char *no_mean(const karvan_table *t, int column, int64_t row) {
    const char *name = karvan_table_column(t, column).name;
    size_t n = strlen(name);
    bool mean = n > 5 && strcmp(name + n - 5, "_mean") == 0;
    return mean && karvan_table_int(t, column - 2, row) == 0 ? "-" : NULL;
}

static karvan_status sum_files(cli *c, const file_list *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char pair[2][NAME];
    listing l = {0};
    karvan_event_scores *own = NULL;
    karvan_table *t = NULL, *unknown = NULL;
    karvan_events_tally tally = {0};
    karvan_events_options o = {.listener = listed, .listener_ctx = &l};
    KARVAN_TRY(read_options(c, &o, pair, &own, err));
    KARVAN_TRY(begin_listing(c, &l, err));
    KARVAN_TRY(karvan_progress_create(stderr, false, "bytes", f->bytes, &o.progress, err));
    o.cancel = cli_interrupts();
    st = karvan_events_read(f->n, f->path, &o, &tally, &unknown, &t, err);
    cli_interrupts_end();
    karvan_progress_destroy(o.progress);
    if (st == KARVAN_OK) tell(&o, &tally, unknown, &l);
    if (st == KARVAN_OK && tally.rows > 0 && damaged(&tally) == tally.rows)
        st = karvan_fail(err, KARVAN_E_DATA, "all %lld rows are damaged", (long long)tally.rows);
    if (st == KARVAN_OK) st = karvan_i_table_write(t, c->format, cli_width(), no_mean, stdout, err);
done:
    st = end_listing(&l, st, err);
    karvan_table_destroy(t), karvan_table_destroy(unknown);
    karvan_event_scores_destroy(own);
    return st;
}

static karvan_status print_scores(cli *c, karvan_error *err) {
    static const char *const others[] = {"import",   "kind",      "by",      "score",
                                         "domestic", "from",      "to",      "damaged",
                                         "pair",     "countries", "threads", NULL};
    karvan_table *t = NULL;
    karvan_status st = cli_not_any(c, "scores", others, err);
    if (st == KARVAN_OK && c->n_arguments > 0)
        st = karvan_fail(err, KARVAN_E_ARG, "--scores prints a table; '%.60s' is not read",
                         c->argument[0]);
    if (st == KARVAN_OK) st = karvan_event_scores_table(cli_option(c, "scores"), &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_events(cli *c, karvan_error *err) {
    file_list f;
    if (cli_switch(c, "scores")) return print_scores(c, err);
    karvan_status st = list_files(c, &f, err);
    return st == KARVAN_OK ? sum_files(c, &f, err) : st;
}

static const option_spec options[] = {
    {"import", "FILE",
     "events to sum, tab-separated, plain, .gz or .zip; several: once more, or as words behind"},
    {"kind", "icews|gdelt1|gdelt2|polecat",
     "what the files are (default: found from the first line)"},
    {"by", "dyad-year|dyad-month|dyad", "what is summed (default: dyad-year)"},
    {"score", "file|cameo|plover|FILE",
     "scores as the file states them (default), of a table that ships, or of your own"},
    {"countries", "written|iso|states",
     "as written (default), by ISO 3166-1 where known, or these alone"},
    {"domestic", NULL, "keep events within a country"},
    {"from", "DATE", "events of this day, month or year and later"},
    {"to", "DATE", "and earlier"},
    {"pair", "A-B", "only events from one to the other, both ways"},
    {"damaged", "FILE",
     "write every damaged row, duplicate and id with other content, with line and reason"},
    {"threads", "N", "threads (default: all); the output is the same"},
    {"", NULL, "tables of scores"},
    {"scores", "cameo|plover", "print a table of scores, and read no events"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan events --import events.2018.tab --format csv",
    "karvan events --import 20200702.export.CSV.zip --countries states --by dyad-month",
    "karvan events --import 2019-week1.txt 2019-week2.txt --pair AZE-ARM --damaged damaged.csv",
    "karvan events --scores plover", NULL};
const command command_events = {
    "events",
    "events between countries (ICEWS, GDELT, POLECAT) summed by pair and year",
    "[FILE...]",
    "Sums files of events over directed pairs and years or months: how many there are, sum and "
    "mean "
    "of their\nscores, the same of each of four classes. Every row is taken, left out or damaged, "
    "and counted on stderr.\ndocs/methods/events.md.",
    options,
    examples,
    0,
    FILES_MOST,
    run_events};
