/* What the columns of a file of events are, by its first line. ICEWS and POLECAT name them; GDELT
 * does not, and is known by how many there are. */
#include <string.h>

#include "base/order.h"
#include "base/try.h"
#include "exchange/events.h"

enum {
    ID = KARVAN_I_EVENT_ID,
    DATE = KARVAN_I_EVENT_DATE,
    SOURCE = KARVAN_I_EVENT_SOURCE,
    TARGET = KARVAN_I_EVENT_TARGET,
    CODE = KARVAN_I_EVENT_CODE,
    MODE = KARVAN_I_EVENT_MODE,
    QUAD = KARVAN_I_EVENT_QUAD,
    SCORE = KARVAN_I_EVENT_SCORE,
    COLUMNS = KARVAN_I_EVENT_COLUMNS,
    FOLDED = 64,
    GDELT1 = 58,
    GDELT1_BEFORE_2013 = 57, /* without the address of its source */
    GDELT2 = 61,
    POLECAT = 40
};

static const char *const kinds[] = {"icews", "gdelt1", "gdelt2", "polecat"};

const char *karvan_i_event_kind_name(karvan_i_event_kind k) { return kinds[k]; }

karvan_status karvan_i_event_kind_parse(const char *name, karvan_i_event_kind *out,
                                        karvan_error *err) {
    char room[80];
    for (int k = 0; k < KARVAN_I_EVENT_KINDS; k++)
        if (strcmp(name, kinds[k]) == 0) {
            *out = (karvan_i_event_kind)k;
            return KARVAN_OK;
        }
    return karvan_fail(err, KARVAN_E_ARG,
                       "events are of kind icews, gdelt1, gdelt2 or polecat, not '%.40s'%s", name,
                       karvan_i_meant(name, kinds, KARVAN_I_EVENT_KINDS, room, sizeof room));
}

/* Names of columns, folded; those that have to be there first. */
typedef struct named_column {
    const char *name[2];
    bool needed;
} named_column;

static const named_column of_icews[COLUMNS] = {
    [ID] = {{"eventid", NULL}, false},          [DATE] = {{"eventdate", NULL}, true},
    [SOURCE] = {{"sourcecountry", NULL}, true}, [TARGET] = {{"targetcountry", NULL}, true},
    [CODE] = {{"cameocode", NULL}, true},       [SCORE] = {{"intensity", NULL}, false}};
static const named_column of_polecat[COLUMNS] = {
    [ID] = {{"eventid", NULL}, false},         [DATE] = {{"eventdate", NULL}, true},
    [SOURCE] = {{"actorcountry", NULL}, true}, [TARGET] = {{"recipientcountry", NULL}, true},
    [CODE] = {{"eventtype", NULL}, true},      [MODE] = {{"eventmode", NULL}, false},
    [QUAD] = {{"quadcode", NULL}, false},      [SCORE] = {{"intensity", "eventintensity"}, false}};
/* As BigQuery and others write them out with names. */
static const named_column of_gdelt[COLUMNS] = {[ID] = {{"globaleventid", NULL}, true},
                                               [DATE] = {{"sqldate", "day"}, true},
                                               [SOURCE] = {{"actor1countrycode", NULL}, true},
                                               [TARGET] = {{"actor2countrycode", NULL}, true},
                                               [CODE] = {{"eventcode", NULL}, true},
                                               [QUAD] = {{"quadclass", NULL}, false},
                                               [SCORE] = {{"goldsteinscale", "goldstein"}, false}};

static const named_column *names_of(karvan_i_event_kind k) {
    return k == KARVAN_I_ICEWS ? of_icews : k == KARVAN_I_POLECAT ? of_polecat : of_gdelt;
}

/* A field of the header, folded. */
static void fold(const char *s, size_t n, char out[FOLDED]) {
    char plain[FOLDED] = "";
    if (n >= sizeof plain) n = sizeof plain - 1;
    memcpy(plain, s, n);
    (void)karvan_text_fold(plain, out, FOLDED);
}

/* Columns that some headers of POLECAT name though their rows have them not. */
static bool is_ghost(const char *folded) {
    static const char *const ghosts[] = {"headline", "eventtext", "feed", "storyid", NULL};
    for (const char *const *g = ghosts; *g; g++)
        if (strcmp(*g, folded) == 0) return true;
    return false;
}

/* Where the columns of a kind stand in a header; false: one that is needed does not, in *lacks. */
static bool find_columns(const char *line, size_t n, karvan_i_event_kind kind,
                         karvan_i_event_layout *out, const char **lacks) {
    const named_column *names = names_of(kind);
    char folded[FOLDED];
    int ghosts = 0;
    *out = (karvan_i_event_layout){.kind = kind, .header = true};
    for (int c = 0; c < COLUMNS; c++) out->at[c] = out->short_at[c] = -1;
    for (const char *s = line, *end = line + n;; s++) {
        const char *tab = memchr(s, '\t', (size_t)(end - s)), *stop = tab ? tab : end;
        fold(s, (size_t)(stop - s), folded);
        bool last = !tab && !*folded; /* a tab too many at the end */
        for (int c = 0; c < COLUMNS; c++)
            for (int i = 0; i < 2 && names[c].name[i]; i++)
                if (out->at[c] < 0 && strcmp(folded, names[c].name[i]) == 0)
                    out->at[c] = out->n, out->short_at[c] = out->n - ghosts;
        ghosts += kind == KARVAN_I_POLECAT && is_ghost(folded);
        if (!last) out->n++;
        if (!tab) break;
        s = tab;
    }
    if (ghosts > 0) out->short_n = out->n - ghosts;
    out->or_n = out->n;
    for (int c = 0; c < COLUMNS; c++)
        if (names[c].needed && out->at[c] < 0) {
            *lacks = names[c].name[0];
            return false;
        }
    return true;
}

/* GDELT by position. */
static void by_position(karvan_i_event_kind kind, karvan_i_event_layout *out) {
    static const int at[COLUMNS] = {[ID] = 0,    [DATE] = 1,  [SOURCE] = 7, [TARGET] = 17,
                                    [CODE] = 26, [MODE] = -1, [QUAD] = 29,  [SCORE] = 30};
    *out = (karvan_i_event_layout){.kind = kind};
    memcpy(out->at, at, sizeof at);
    out->n = kind == KARVAN_I_GDELT1 ? GDELT1 : GDELT2;
    out->or_n = kind == KARVAN_I_GDELT1 ? GDELT1_BEFORE_2013 : GDELT2;
}

static bool is_number(const char *s, size_t n) {
    size_t i = 0;
    while (i < n && s[i] >= '0' && s[i] <= '9') i++;
    return i > 0 && i == n;
}

/* The kind of a line; -1: none that is read. */
static int recognise(const char *line, size_t n, karvan_i_event_layout *out) {
    static const karvan_i_event_kind named[] = {KARVAN_I_ICEWS, KARVAN_I_POLECAT, KARVAN_I_GDELT2};
    const char *lacks, *tab = memchr(line, '\t', n);
    for (size_t k = 0; k < sizeof named / sizeof *named; k++)
        if (find_columns(line, n, named[k], out, &lacks)) {
            if (out->kind == KARVAN_I_GDELT2 && out->n <= GDELT1) out->kind = KARVAN_I_GDELT1;
            return (int)out->kind;
        }
    int fields = karvan_i_event_fields(line, n);
    if (!tab || !is_number(line, (size_t)(tab - line))) return -1;
    if (fields != GDELT1 && fields != GDELT1_BEFORE_2013 && fields != GDELT2) return -1;
    by_position(fields == GDELT2 ? KARVAN_I_GDELT2 : KARVAN_I_GDELT1, out);
    return (int)out->kind;
}

/* What else a line may be. */
static const char *looks_like(const char *line, size_t n) {
    int fields = karvan_i_event_fields(line, n);
    if (n >= 2 && (memcmp(line, "\xFF\xFE", 2) == 0 || memcmp(line, "\xFE\xFF", 2) == 0))
        return "the file is UTF-16; save it as UTF-8";
    if (fields == 1 && (memchr(line, ',', n) || memchr(line, ';', n)))
        return "its fields are parted by commas or semicolons, and files of events by tabs";
    const char *tab = memchr(line, '\t', n);
    if (fields == 16 && is_number(line, (size_t)(tab - line)))
        return "it looks like the mentions of GDELT 2, which are no events";
    if (fields == 27 || fields == 11)
        return "it looks like GDELT's knowledge graph, which is no list of events";
    if (fields == 17) return "it looks like GDELT's reduced file, which has no ids of events";
    return NULL;
}

static karvan_status refuse(const char *path, const char *line, size_t n, const char *asked,
                            karvan_error *err) {
    const char *looks = looks_like(line, n);
    char what[160] = "";
    if (looks) (void)snprintf(what, sizeof what, "; %s", looks);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s:1:1: no file of %s: %d columns%s; read are icews and polecat (a header "
                       "with Event Date), gdelt1 (57 or 58 columns), gdelt2 (61), parted by tabs",
                       path, asked ? asked : "events", karvan_i_event_fields(line, n), what);
}

static karvan_status read_as(const char *path, const char *line, size_t n,
                             karvan_i_event_kind asked, karvan_i_event_layout *out,
                             karvan_error *err) {
    const char *lacks = "";
    if (asked == KARVAN_I_ICEWS || asked == KARVAN_I_POLECAT) {
        if (find_columns(line, n, asked, out, &lacks)) return KARVAN_OK;
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s:1:1: %s needs a column %s, which the header lacks", path,
                           kinds[asked], lacks);
    }
    return refuse(path, line, n, kinds[asked], err);
}

karvan_status karvan_i_event_layout_of(const char *path, const char *line, size_t n,
                                       const karvan_i_event_kind *asked, karvan_i_event_layout *out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (n >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) line += 3, n -= 3;
    if (n > 0 && line[n - 1] == '\r') n--;
    int kind = recognise(line, n, out);
    bool is_gdelt = kind == KARVAN_I_GDELT1 || kind == KARVAN_I_GDELT2;
    if (is_gdelt && out->header && asked &&
        (*asked == KARVAN_I_GDELT1 || *asked == KARVAN_I_GDELT2))
        kind = (int)(out->kind = *asked); /* by their names both are one */
    if (kind < 0)
        st = asked ? read_as(path, line, n, *asked, out, err) : refuse(path, line, n, NULL, err);
    else if (asked && (int)*asked != kind)
        st = karvan_fail(err, KARVAN_E_DATA, "%s:1:1: no file of %s: it looks like %s", path,
                         kinds[*asked], kinds[kind]);
    if (st == KARVAN_OK && out->n > KARVAN_I_EVENT_FIELDS)
        st = karvan_fail(err, KARVAN_E_DATA,
                         "%s:1:1: %d columns are more than any file of events "
                         "has",
                         path, out->n);
    return st;
}
