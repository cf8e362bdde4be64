/* Jansson tells the place of a fault in JSON, but not where a value of good JSON stands: it is
 * found again in the bytes, which are known to be valid. */
#include <string.h>

#include "exchange/geojson.h"

enum { DEEPEST = 24 }; /* ways are short; a longer one ends at this depth */

static size_t skip_blank(const karvan_i_json_text *t, size_t at) {
    while (at < t->n && strchr(" \t\r\n", t->bytes[at])) at++;
    return at;
}

/* Behind the string that begins at `at`. */
static size_t skip_string(const karvan_i_json_text *t, size_t at) {
    for (at++; at < t->n && t->bytes[at] != '"'; at++)
        if (t->bytes[at] == '\\') at++;
    return at + 1;
}

/* Behind the value that begins at `at`. */
static size_t skip_value(const karvan_i_json_text *t, size_t at) {
    size_t depth = 0;
    while (at < t->n) {
        char c = t->bytes[at];
        if (c == '"') {
            at = skip_string(t, at);
            if (depth == 0) return at;
            continue;
        }
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') {
            if (depth == 0) return at; /* behind a bare number */
            if (--depth == 0) return at + 1;
        }
        if (depth == 0 && (c == ',' || strchr(" \t\r\n", c))) return at;
        at++;
    }
    return at;
}

/* Where the value of a key begins, 0 where the object at `at` has none such. Keys that are written
 * with escapes are not found. */
static size_t find_key(const karvan_i_json_text *t, size_t at, const char *key) {
    size_t n = strlen(key);
    if (at >= t->n || t->bytes[at] != '{') return 0;
    for (at = skip_blank(t, at + 1); at < t->n && t->bytes[at] == '"';) {
        size_t end = skip_string(t, at);
        bool same = end - at == n + 2 && memcmp(t->bytes + at + 1, key, n) == 0;
        at = skip_blank(t, end);
        if (at < t->n && t->bytes[at] == ':') at++;
        at = skip_blank(t, at);
        if (same) return at;
        at = skip_blank(t, skip_value(t, at));
        if (at < t->n && t->bytes[at] == ',') at++;
        at = skip_blank(t, at);
    }
    return 0;
}

/* From element `from`, which begins at `at`, on to element `index`; 0 where the array ends before.
 */
static size_t find_element(const karvan_i_json_text *t, size_t at, size_t from, size_t index) {
    for (; from < index; from++) {
        at = skip_blank(t, skip_value(t, at));
        if (at >= t->n || t->bytes[at] != ',') return 0;
        at = skip_blank(t, at + 1);
    }
    return at;
}

static size_t step_down(karvan_i_json_text *t, size_t at, const karvan_i_step *s) {
    if (s->key) return find_key(t, at, s->key);
    if (at >= t->n || t->bytes[at] != '[') return 0;
    bool feature = s->up && s->up->key && !s->up->up && strcmp(s->up->key, "features") == 0;
    size_t first = skip_blank(t, at + 1), from = 0;
    if (feature && t->element_at && t->element <= s->index)
        first = t->element_at, from = t->element;
    size_t found = find_element(t, first, from, s->index);
    if (feature && found) t->element = s->index, t->element_at = found;
    return found;
}

void karvan_i_json_place(karvan_i_json_text *t, const karvan_i_step *step, int64_t *line,
                         int64_t *column) {
    const karvan_i_step *way[DEEPEST];
    size_t depth = 0, at = skip_blank(t, 0);
    for (const karvan_i_step *s = step; s; s = s->up) depth++;
    size_t n = depth < DEEPEST ? depth : DEEPEST;
    for (const karvan_i_step *s = step; s; s = s->up)
        if (--depth < n) way[depth] = s;
    for (size_t i = 0; i < n; i++) {
        size_t next = step_down(t, at, way[i]);
        if (next == 0) break;
        at = next;
    }
    if (at < t->counted) t->counted = 0, t->line = 0, t->line_start = 0;
    for (; t->counted < at && t->counted < t->n; t->counted++)
        if (t->bytes[t->counted] == '\n') t->line++, t->line_start = t->counted + 1;
    *line = (int64_t)t->line + 1, *column = (int64_t)(at - t->line_start) + 1;
}

void karvan_i_json_path(const karvan_i_step *step, char *out, size_t cap) {
    char tail[256] = "", whole[256];
    for (const karvan_i_step *s = step; s; s = s->up) {
        int n = s->key
                    ? snprintf(whole, sizeof whole, "%s%.60s%.190s", s->up ? "." : "", s->key, tail)
                    : snprintf(whole, sizeof whole, "[%zu]%.220s", s->index, tail);
        if (n > 0) memcpy(tail, whole, sizeof tail);
    }
    (void)snprintf(out, cap, "%s", tail);
}
