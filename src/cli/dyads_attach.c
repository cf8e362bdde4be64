#include "cli/dyads_attach.h"

#include <string.h>
#include <sys/stat.h>

#include "base/order.h"
#include "cli/words.h"

/* ---- words ---- */

static karvan_status keep(dyads_words *w, const char *s, size_t n, karvan_error *err) {
    if (w->n == DYADS_WORDS || n + 1 > sizeof w->text - w->used)
        return karvan_fail(err, KARVAN_E_ARG, "--attach and --covers name more than fits");
    char *to = w->text + w->used;
    memcpy(to, s, n);
    to[n] = 0;
    w->word[w->n++] = to, w->used += n + 1;
    return KARVAN_OK;
}

/* A list parted by commas, to its end. */
static karvan_status keep_list(dyads_words *w, const char *s, const char *end, karvan_error *err) {
    for (const char *comma; s < end; s = comma + 1) {
        comma = memchr(s, ',', (size_t)(end - s));
        if (!comma) comma = end;
        if (comma > s) {
            karvan_status st = keep(w, s, (size_t)(comma - s), err);
            if (st != KARVAN_OK) return st;
        }
        if (comma == end) break;
    }
    return KARVAN_OK;
}

static bool is_file(const char *path) {
    struct stat s;
    return stat(path, &s) == 0;
}

/* FILE, or FILE:COLUMN,...: the file is what stands before the last colon, unless all of it is one.
 * *columns NULL: none are named. */
static karvan_status cut_file(dyads_words *w, const char *said, size_t n, const char **path,
                              const char **columns, karvan_error *err) {
    karvan_status st = keep(w, said, n, err);
    if (st != KARVAN_OK) return st;
    char *whole = w->text + (w->word[w->n - 1] - w->text), *colon = strrchr(whole, ':');
    *path = whole, *columns = NULL;
    if (!colon || is_file(whole)) return KARVAN_OK;
    *colon = 0, *columns = colon + 1;
    if (**columns && **path) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "'%.200s': write FILE:COLUMN,...", said);
}

/* ---- what is asked ---- */

/* COLUMN or COLUMN=NAME: columns first, then as many names. */
static karvan_status take_columns(dyads_words *w, dyads_file *f, const char *columns,
                                  karvan_error *err) {
    f->first = w->n;
    karvan_status st = keep_list(w, columns, columns + strlen(columns), err);
    f->n = w->n - f->first;
    for (int k = 0; st == KARVAN_OK && k < f->n; k++) {
        char *word = w->text + (w->word[f->first + k] - w->text), *sign = strchr(word, '=');
        if (sign) *sign++ = 0, f->renamed = true;
        if (!*word || (sign && !*sign))
            return karvan_fail(err, KARVAN_E_ARG, "--attach %s: write COLUMN=NAME", f->path);
        st = keep(w, sign ? sign : word, strlen(sign ? sign : word), err);
    }
    if (st == KARVAN_OK && f->n == 0)
        return karvan_fail(err, KARVAN_E_ARG, "--attach %s: names no column", f->path);
    return st;
}

static karvan_status ask_file(dyads_attachments *a, const char *said, karvan_error *err) {
    const char *columns;
    if (a->n == DYADS_FILES)
        return karvan_fail(err, KARVAN_E_ARG, "--attach takes %d files at most", DYADS_FILES);
    dyads_file *f = &a->file[a->n++];
    karvan_status st = cut_file(&a->words, said, strlen(said), &f->path, &columns, err);
    for (int k = 0; st == KARVAN_OK && k < a->n - 1; k++)
        if (strcmp(a->file[k].path, f->path) == 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--attach %s is given twice; name all its columns in one", f->path);
    return st == KARVAN_OK && columns ? take_columns(&a->words, f, columns, err) : st;
}

/* The name of a file that is attached, by what another option calls it. */
static karvan_status attached(const cli *c, const dyads_attachments *a, const char *option,
                              const char *path, bool capitals, karvan_error *err) {
    char room[300];
    const char *names[DYADS_FILES + 1], *distance = capitals ? cli_option(c, "distance") : NULL;
    int n = 0;
    for (int k = 0; k < a->n; k++) names[n++] = a->file[k].path;
    if (distance) names[n++] = distance;
    for (int k = 0; k < n; k++)
        if (strcmp(names[k], path) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s %.200s: no such file is attached%s", option, path,
                       karvan_i_meant(path, names, (size_t)n, room, sizeof room));
}

/* FROM/TO: years, or whatever EDTF has. */
static karvan_status take_days(karvan_cover *cover, const char *said, const char *days, size_t n,
                               karvan_error *err) {
    karvan_edtf d;
    if (karvan_edtf_parse(days, n, &d, NULL) != KARVAN_OK || !d.is_interval ||
        d.start_kind == KARVAN_BOUND_UNKNOWN || d.end_kind == KARVAN_BOUND_UNKNOWN)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--covers %.200s: '%.*s' is no FROM/TO, such as 1990/2014", said, (int)n,
                           days);
    cover->first = d.earliest, cover->last = d.latest;
    return KARVAN_OK;
}

static karvan_status take_list(dyads_words *w, const char *list, int *n, const char *const **out,
                               karvan_error *err) {
    int first = w->n;
    if (!list) return KARVAN_OK;
    karvan_status st = keep_list(w, list, list + strlen(list), err);
    *n = w->n - first, *out = w->word + first;
    if (st == KARVAN_OK && *n == 0)
        return karvan_fail(err, KARVAN_E_ARG, "--covers: an empty list");
    return st;
}

static karvan_status ask_cover(const cli *c, dyads_attachments *a, const char *said,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *columns, *sign = strrchr(said, '=');
    int k = a->n_covers;
    if (k == (int)(sizeof a->cover / sizeof a->cover[0]))
        return karvan_fail(err, KARVAN_E_ARG, "--covers is given too often");
    if (!sign) return karvan_fail(err, KARVAN_E_ARG, "--covers %.200s: write FILE=FROM/TO", said);
    const char *at = strchr(sign, '@');
    size_t n = at ? (size_t)(at - sign - 1) : strlen(sign + 1);
    karvan_cover *cover = &a->cover[a->n_covers++];
    st = cut_file(&a->words, said, (size_t)(sign - said), &a->cover_path[k], &columns, err);
    if (st == KARVAN_OK) st = attached(c, a, "covers", a->cover_path[k], true, err);
    if (st == KARVAN_OK)
        st = take_list(&a->words, columns, &cover->n_columns, &cover->columns, err);
    if (st == KARVAN_OK) st = take_days(cover, said, sign + 1, n, err);
    if (st == KARVAN_OK)
        st = take_list(&a->words, at ? at + 1 : NULL, &cover->n_codes, &cover->codes, err);
    return st;
}

/* FILE=SYSTEM, or SYSTEM for all. */
static karvan_status ask_codes(const cli *c, dyads_attachments *a, const char *said,
                               karvan_error *err) {
    const char *sign = strrchr(said, '=');
    karvan_system system;
    karvan_status st = karvan_system_parse(sign ? sign + 1 : said, &system, err);
    if (st != KARVAN_OK) return st;
    if (sign) st = keep(&a->words, said, (size_t)(sign - said), err);
    const char *path = sign ? a->words.word[a->words.n - 1] : NULL;
    if (st == KARVAN_OK && path) st = attached(c, a, "codes", path, false, err);
    for (int k = 0; st == KARVAN_OK && k < a->n; k++)
        if (!path || strcmp(a->file[k].path, path) == 0) a->file[k].codes = system;
    return st;
}

/* FILE=A,B, or A,B for all. */
static karvan_status ask_missing(const cli *c, dyads_attachments *a, const char *said,
                                 karvan_error *err) {
    const char *sign = strrchr(said, '='), *list = sign ? sign + 1 : said;
    karvan_status st = KARVAN_OK;
    if (a->n_missing == DYADS_FILES)
        return karvan_fail(err, KARVAN_E_ARG, "--missing is given too often");
    dyads_missing *m = &a->missing[a->n_missing++];
    if (sign) st = keep(&a->words, said, (size_t)(sign - said), err);
    if (st == KARVAN_OK && sign) m->path = a->words.word[a->words.n - 1];
    if (st == KARVAN_OK && sign) st = attached(c, a, "missing", m->path, false, err);
    m->first = a->words.n;
    if (st == KARVAN_OK) st = keep_list(&a->words, list, list + strlen(list), err);
    m->n = a->words.n - m->first;
    if (st == KARVAN_OK && m->n == 0)
        st = karvan_fail(err, KARVAN_E_ARG, "--missing names nothing: write --missing .,-9");
    return st;
}

/* FILE:COLUMN=VALUE, or COLUMN=VALUE for all. */
static karvan_status ask_where(const cli *c, dyads_attachments *a, const char *said,
                               karvan_error *err) {
    const char *sign = strchr(said, '='), *columns;
    if (a->n_where == DYADS_FILES)
        return karvan_fail(err, KARVAN_E_ARG, "--where is given too often");
    if (!sign || sign == said || !sign[1])
        return karvan_fail(err, KARVAN_E_ARG, "--where %.200s: write COLUMN=VALUE", said);
    dyads_where *w = &a->where[a->n_where++];
    karvan_status st = cut_file(&a->words, said, (size_t)(sign - said), &w->path, &columns, err);
    if (st != KARVAN_OK) return st;
    if (columns)
        st = attached(c, a, "where", w->path, false, err);
    else
        columns = w->path, w->path = NULL;
    w->column = columns, w->value = sign + 1;
    return st;
}

karvan_status cli_attach_asked(const cli *c, dyads_attachments *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && i < c->n_options; i++)
        if (strcmp(c->option[i], "attach") == 0) st = ask_file(a, c->value[i], err);
    for (int i = 0; st == KARVAN_OK && i < c->n_options; i++) {
        if (strcmp(c->option[i], "both-ways") == 0)
            st = attached(c, a, "both-ways", c->value[i], false, err);
        else if (strcmp(c->option[i], "covers") == 0)
            st = ask_cover(c, a, c->value[i], err);
        else if (strcmp(c->option[i], "codes") == 0)
            st = ask_codes(c, a, c->value[i], err);
        else if (strcmp(c->option[i], "missing") == 0)
            st = ask_missing(c, a, c->value[i], err);
        else if (strcmp(c->option[i], "where") == 0)
            st = ask_where(c, a, c->value[i], err);
    }
    return st;
}

/* ---- doing it ---- */

static int covers_of(const dyads_attachments *a, const char *path, karvan_cover *out) {
    int n = 0;
    for (int k = 0; k < a->n_covers; k++)
        if (strcmp(a->cover_path[k], path) == 0) out[n++] = a->cover[k];
    return n;
}

static bool goes_both_ways(const cli *c, const char *path) {
    for (int i = 0; i < c->n_options; i++)
        if (strcmp(c->option[i], "both-ways") == 0 && strcmp(c->value[i], path) == 0) return true;
    return false;
}

/* What stands for no value in a file; of the words of all, room for as many. */
static int none_of(const dyads_attachments *a, const char *path, const char **out) {
    int n = 0;
    for (int k = 0; k < a->n_missing; k++) {
        const dyads_missing *m = &a->missing[k];
        if (m->path && strcmp(m->path, path) != 0) continue;
        for (int i = 0; i < m->n; i++) out[n++] = a->words.word[m->first + i];
    }
    return n;
}

static karvan_status attach_file(const cli *c, dyads_attachments *a, dyads_file *f,
                                 karvan_dyad_years *d, karvan_problems *problems,
                                 karvan_error *err) {
    karvan_cover covers[sizeof a->cover / sizeof a->cover[0]];
    karvan_attach_options o = {.n_columns = f->n, .columns = a->words.word + f->first};
    if (f->renamed) o.names = a->words.word + f->first + f->n;
    o.both_ways = goes_both_ways(c, f->path), o.codes = f->codes;
    o.n_covers = covers_of(a, f->path, covers), o.covers = covers;
    const char *none[DYADS_WORDS], *columns[DYADS_FILES], *values[DYADS_FILES];
    for (int k = 0; k < a->n_where; k++) {
        const dyads_where *w = &a->where[k];
        if (w->path && strcmp(w->path, f->path) != 0) continue;
        columns[o.n_where] = w->column, values[o.n_where++] = w->value;
    }
    o.where_columns = columns, o.where_values = values;
    int n_none = none_of(a, f->path, none);
    karvan_status st = karvan_attach_read_without(f->path, n_none, none, &f->table, err);
    return st == KARVAN_OK ? karvan_dyad_years_attach(d, f->table, &o, problems, err) : st;
}

static karvan_status attach_distance(const cli *c, dyads_attachments *a, const char *path,
                                     karvan_dyad_years *d, karvan_problems *problems,
                                     karvan_error *err) {
    karvan_cover covers[sizeof a->cover / sizeof a->cover[0]];
    karvan_distance_options o = {.sphere = cli_switch(c, "sphere"), .covers = covers};
    karvan_status st = KARVAN_OK;
    if (cli_option(c, "capital-of"))
        st = karvan_capital_rule_parse(cli_option(c, "capital-of"), &o.rule, err);
    o.n_covers = covers_of(a, path, covers);
    if (st == KARVAN_OK) st = karvan_attach_read(path, &a->capitals, err);
    return st == KARVAN_OK ? karvan_dyad_years_distance(d, a->capitals, &o, problems, err) : st;
}

karvan_status cli_attach_all(const cli *c, dyads_attachments *a, karvan_dyad_years *d,
                             karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *distance = cli_option(c, "distance");
    for (int k = 0; st == KARVAN_OK && k < a->n; k++)
        st = attach_file(c, a, &a->file[k], d, problems, err);
    return st == KARVAN_OK && distance ? attach_distance(c, a, distance, d, problems, err) : st;
}

void cli_attach_clear(dyads_attachments *a) {
    for (int k = 0; k < a->n; k++) karvan_table_destroy(a->file[k].table);
    karvan_table_destroy(a->capitals);
}
