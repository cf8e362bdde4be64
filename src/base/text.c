#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

void karvan_i_text_clear(karvan_i_text *t) {
    karvan_i_free(t->s);
    *t = (karvan_i_text){0};
}

/* Room for n more bytes and the final NUL. */
static bool reserve(karvan_i_text *t, size_t n) {
    if (t->failed) return false;
    if (t->cap - t->n > n) return true;
    size_t cap = t->cap ? t->cap : 64;
    while (cap - t->n <= n) cap += cap / 2 + 64;
    char *s = karvan_i_realloc(t->s, cap, 1);
    if (!s) return t->failed = true, false;
    t->s = s, t->cap = cap;
    return true;
}

void karvan_i_text_add(karvan_i_text *t, const char *s, size_t n) {
    if (!reserve(t, n)) return;
    memcpy(t->s + t->n, s, n);
    t->n += n, t->s[t->n] = 0;
}

char *karvan_i_text_room(karvan_i_text *t, size_t n) { return reserve(t, n) ? t->s + t->n : NULL; }

void karvan_i_text_again(karvan_i_text *t, size_t at, size_t n) {
    if (reserve(t, n)) karvan_i_text_add(t, t->s + at, n); /* there is room: it does not move */
}

void karvan_i_text_puts(karvan_i_text *t, const char *s) {
    if (s) karvan_i_text_add(t, s, strlen(s));
}

void karvan_i_text_printf(karvan_i_text *t, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n >= 0 && reserve(t, (size_t)n)) {
        (void)vsnprintf(t->s + t->n, (size_t)n + 1, fmt, again);
        t->n += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

/* For a byte that is no UTF-8: a name that was cut within a character. */
static const char REPLACEMENT[] = "\xEF\xBF\xBD";

void karvan_i_text_xml(karvan_i_text *t, const char *s) {
    for (; s && *s; s++) {
        size_t plain = strcspn(s, "&<>\"'");
        while (plain > 0) {
            size_t good = karvan_utf8_valid_prefix(s, plain);
            karvan_i_text_add(t, s, good);
            s += good, plain -= good;
            if (plain > 0) karvan_i_text_puts(t, REPLACEMENT), s++, plain--;
        }
        switch (*s) {
        case '&':
            karvan_i_text_puts(t, "&amp;");
            break;
        case '<':
            karvan_i_text_puts(t, "&lt;");
            break;
        case '>':
            karvan_i_text_puts(t, "&gt;");
            break;
        case '"':
            karvan_i_text_puts(t, "&quot;");
            break;
        case '\'':
            karvan_i_text_puts(t, "&#39;");
            break;
        default:
            return;
        }
    }
}

/* Bytes that JSON has as they are, and that are ASCII. */
static size_t plain_json(const char *s, size_t n) {
    size_t i = 0;
    while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x80 && s[i] != '"' &&
           s[i] != '\\')
        i++;
    return i;
}

void karvan_i_text_json(karvan_i_text *t, const char *s) {
    for (size_t left = s ? strlen(s) : 0, n; left > 0; s += n, left -= n) {
        unsigned char c = (unsigned char)*s;
        n = plain_json(s, left);
        if (n > 0) {
            karvan_i_text_add(t, s, n);
            continue;
        }
        n = karvan_i_utf8_character(s, left);
        if (c == '"' || c == '\\') {
            char two[2] = {'\\', *s};
            karvan_i_text_add(t, two, 2);
        } else if (c == '\n') {
            karvan_i_text_puts(t, "\\n");
        } else if (c < 0x20) {
            karvan_i_text_printf(t, "\\u%04x", c);
        } else if (n == 0) {
            karvan_i_text_puts(t, REPLACEMENT);
            n = 1;
        } else {
            karvan_i_text_add(t, s, n);
        }
    }
}

void karvan_i_text_csv(karvan_i_text *t, const char *s) {
    size_t n = 0;
    bool quote = false;
    if (!s) return;
    for (; s[n]; n++) quote |= s[n] == ',' || s[n] == '"' || s[n] == '\r' || s[n] == '\n';
    if (!quote && (n == 0 || (s[0] != ' ' && s[n - 1] != ' '))) {
        karvan_i_text_add(t, s, n);
        return;
    }
    karvan_i_text_puts(t, "\"");
    for (; *s; s++) karvan_i_text_add(t, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    karvan_i_text_puts(t, "\"");
}

karvan_status karvan_i_text_status(const karvan_i_text *t, karvan_error *err) {
    return t->failed ? karvan_fail(err, KARVAN_E_NOMEM, "no memory for a text of %zu bytes", t->n)
                     : KARVAN_OK;
}
