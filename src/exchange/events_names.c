/* Countries as files of events write them: ICEWS in words, GDELT by the actor codes of CAMEO,
 * POLECAT by ISO 3166, several in one field parted by semicolons or bars. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/codes.h"
#include "exchange/events.h"

enum {
    LONGEST = 400,      /* bytes of a field */
    LONGEST_NAME = 120, /* of one country */
    MOST_WRITTEN = 1000000,
    MOST_BYTES = 32 << 20
};

void karvan_i_event_names_clear(karvan_i_event_names *m) {
    karvan_i_dictionary_clear(&m->written), karvan_i_dictionary_clear(&m->actors);
    karvan_i_dictionary_clear(&m->unknown);
    karvan_i_free(m->first), karvan_i_free(m->n), karvan_i_free(m->list);
    *m = (karvan_i_event_names){0};
}

/* ---- ISO 3166 ---- */

/* Names of ICEWS, folded, that neither we nor the World Bank use. "Congo" is that of Brazzaville,
 * the other being "Democratic Republic of Congo". */
static const struct {
    const char *name, *iso3;
} icews[] = {{"bruneidarussalam", "BRN"},
             {"congo", "COG"},
             {"cookislands", "COK"},
             {"democraticrepublicofcongo", "COD"},
             {"federatedstatesofmicronesia", "FSM"},
             {"guineabissau", "GNB"},
             {"holysee", "VAT"},
             {"holyseevaticancitystate", "VAT"},
             {"moldovarepublicof", "MDA"},
             {"northmacedonia", "MKD"},
             {"occupiedpalestinianterritory", "PSE"},
             {"palestinianterritoryoccupied", "PSE"},
             {"republicofcongo", "COG"},
             {"saintvincentandthegrenadines", "VCT"},
             {"stvincentandthegrenadines", "VCT"},
             {"tanzaniaunitedrepublicof", "TZA"},
             {"theformeryugoslavrepublicofmacedonia", "MKD"},
             {"macedoniatheformeryugoslavrepublicof", "MKD"},
             {"unitedstatesofamerica", "USA"},
             {"virginislandsus", "VIR"},
             {"virginislandsbritish", "VGB"},
             {"macao", "MAC"}};

/* Actor codes of CAMEO that are other than ISO's. */
static const struct {
    const char *code, *iso3;
} cameo[] = {{"GZS", "PSE"}, {"WSB", "PSE"}, {"PAL", "PSE"}};

const char *karvan_i_event_iso(karvan_i_event_kind kind, const char *written) {
    const char *iso3 = NULL;
    char folded[LONGEST_NAME];
    if (kind != KARVAN_I_ICEWS) {
        for (size_t i = 0; i < sizeof cameo / sizeof *cameo; i++)
            if (strcmp(cameo[i].code, written) == 0) return cameo[i].iso3;
        if (strlen(written) == 3 && karvan_i_area_of_code(written, &iso3) == KARVAN_I_AREA_COUNTRY)
            return iso3;
        if (kind != KARVAN_I_POLECAT) return NULL;
    }
    (void)karvan_text_fold(written, folded, sizeof folded);
    for (size_t i = 0; i < sizeof icews / sizeof *icews; i++)
        if (strcmp(icews[i].name, folded) == 0) return icews[i].iso3;
    return karvan_i_area_of_name(written, &iso3) == KARVAN_I_AREA_COUNTRY ? iso3 : NULL;
}

/* ---- fields ---- */

static bool is_missing(const char *s, size_t n) {
    static const char *const words[] = {"", "NA", "None", "NULL", "nan", "NaN", NULL};
    for (const char *const *w = words; *w; w++)
        if (strlen(*w) == n && memcmp(*w, s, n) == 0) return true;
    return false;
}

/* s[0..n) with a NUL, and as UTF-8 where it is ISO-8859-1. */
static void to_text(const char *s, size_t n, char out[2 * LONGEST_NAME + 1]) {
    size_t k = 0;
    bool utf8 = karvan_utf8_valid_prefix(s, n) == n;
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b == 0) b = ' ';
        if (utf8 || b < 0x80) {
            out[k++] = (char)b;
        } else {
            out[k++] = (char)(0xC0 | b >> 6);
            out[k++] = (char)(0x80 | (b & 0x3F));
        }
    }
    out[k] = 0;
}

/* Is it the country that was asked for, as it is called or as it is written? */
static bool is_asked(const char *asked, const char *name, const char *written) {
    char a[LONGEST_NAME], b[LONGEST_NAME], c[LONGEST_NAME];
    if (!asked) return false;
    (void)karvan_text_fold(asked, a, sizeof a);
    (void)karvan_text_fold(name, b, sizeof b);
    (void)karvan_text_fold(written, c, sizeof c);
    return strcmp(a, b) == 0 || strcmp(a, c) == 0;
}

/* The actor of one country, added to the list unless it is there from `from` on. */
static karvan_status add_actor(karvan_i_event_names *m, const char *path, const char *s, size_t n,
                               uint32_t from, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char written[2 * LONGEST_NAME + 1];
    int32_t actor = 0, none;
    to_text(s, n, written);
    const char *name = written;
    if (m->countries != KARVAN_EVENTS_AS_WRITTEN) {
        const char *iso3 = karvan_i_event_iso(m->kind, written);
        if (!iso3)
            KARVAN_TRY(karvan_i_dictionary_add(&m->unknown, written, strlen(written), &none, err));
        if (!iso3 && m->countries == KARVAN_EVENTS_STATES) return KARVAN_OK;
        if (iso3) name = iso3;
    }
    KARVAN_TRY(karvan_i_dictionary_add(&m->actors, name, strlen(name), &actor, err));
    KARVAN_REQUIRE(actor < KARVAN_I_EVENT_ACTORS, err, KARVAN_E_DATA,
                   "%s: more than %d countries: '%.60s' looks like none", path,
                   KARVAN_I_EVENT_ACTORS - 1, written);
    if (is_asked(m->a, name, written)) m->of_a = actor;
    if (is_asked(m->b, name, written)) m->of_b = actor;
    for (uint32_t i = from; i < m->n_list; i++)
        if (m->list[i] == actor) return KARVAN_OK;
    if (m->n_list == m->cap_list) {
        uint32_t cap = m->cap_list ? 2 * m->cap_list : 256;
        uint16_t *more = karvan_i_realloc(m->list, cap, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for countries");
        m->list = more, m->cap_list = cap;
    }
    m->list[m->n_list++] = (uint16_t)actor;
done:
    return st;
}

/* Countries of a field; *ok false: one is too long, or there are too many. */
static karvan_status split(karvan_i_event_names *m, const char *path, const char *s, size_t n,
                           bool *ok, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint32_t from = m->n_list;
    bool many = m->kind == KARVAN_I_POLECAT;
    for (size_t i = 0; st == KARVAN_OK && *ok && i <= n;) {
        size_t end = i;
        while (end < n && !(many && (s[end] == ';' || s[end] == '|'))) end++;
        size_t a = i, b = end;
        while (a < b && s[a] == ' ') a++;
        while (b > a && s[b - 1] == ' ') b--;
        *ok = b - a < LONGEST_NAME;
        if (*ok && !is_missing(s + a, b - a)) st = add_actor(m, path, s + a, b - a, from, err);
        if (m->n_list - from > KARVAN_I_EVENT_SIDE) *ok = false;
        i = end + 1;
    }
    if (!*ok) m->n_list = from;
    return st;
}

static karvan_status room_for(karvan_i_event_names *m, int32_t code, karvan_error *err) {
    if (code < m->cap) return KARVAN_OK;
    int32_t cap = m->cap ? 2 * m->cap : 256;
    uint32_t *first = karvan_i_realloc(m->first, (size_t)cap, sizeof *first);
    if (first) m->first = first;
    uint8_t *n = first ? karvan_i_realloc(m->n, (size_t)cap, sizeof *n) : NULL;
    if (!n) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for countries");
    m->n = n, m->cap = cap;
    return KARVAN_OK;
}

karvan_status karvan_i_event_names_add(karvan_i_event_names *m, const char *path, const char *s,
                                       size_t n, bool *ok, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t code = 0, before = m->written.n;
    uint32_t from = m->n_list;
    *ok = n <= LONGEST && !memchr(s, 0, n);
    if (!*ok) return KARVAN_OK;
    if (karvan_i_dictionary_find(&m->written, s, n) >= 0) return KARVAN_OK;
    KARVAN_TRY(split(m, path, s, n, ok, err));
    if (!*ok) return KARVAN_OK;
    KARVAN_REQUIRE(before < MOST_WRITTEN && m->written.n_bytes < MOST_BYTES, err, KARVAN_E_DATA,
                   "%s: more than %d spellings of countries: a column of them is none", path,
                   before);
    KARVAN_TRY(room_for(m, before, err));
    KARVAN_TRY(karvan_i_dictionary_add(&m->written, s, n, &code, err));
    m->first[code] = from, m->n[code] = (uint8_t)(m->n_list - from);
done:
    return st;
}

void karvan_i_event_names_nearest(const karvan_i_event_names *m, const char *const *actors,
                                  const char *asked, char out[KARVAN_EVENTS_NAME]) {
    const char *code = karvan_i_event_iso(m->kind, asked);
    int64_t near = -1;
    for (int32_t i = 0; near < 0 && i < m->actors.n; i++) {
        const char *iso3 = karvan_i_event_iso(m->kind, actors[i]);
        const char *called = iso3 ? iso3 : actors[i];
        if (strcasecmp(called, asked) == 0 || (code && strcmp(called, code) == 0)) near = i;
    }
    if (near < 0) near = karvan_text_nearest(asked, actors, (size_t)m->actors.n);
    const char *found = near < 0 ? "" : actors[near];
    size_t n = strlen(found) < KARVAN_EVENTS_NAME ? strlen(found) : KARVAN_EVENTS_NAME - 1;
    n = karvan_utf8_valid_prefix(found, n);
    memcpy(out, found, n), out[n] = 0;
}
