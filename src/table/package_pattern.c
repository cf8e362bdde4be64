/* Patterns of Table Schema (regular expressions as XML Schema and JavaScript write them) as POSIX
 * extended ones. */
#include <string.h>

#include "base/text.h"
#include "table/package.h"

/* What a class of characters stands for inside brackets; NULL: not one that POSIX lacks. */
static const char *class_of(char c) {
    switch (c) {
    case 'd':
        return "0-9";
    case 'w':
        return "A-Za-z0-9_";
    case 's':
        return " \t\r\n";
    default:
        return NULL;
    }
}

/* A backslash and c, outside of brackets; false where POSIX has no such thing (\p, \u, ...). */
static bool escape(karvan_i_text *out, char c) {
    char low = c == 'D' ? 'd' : c == 'W' ? 'w' : c == 'S' ? 's' : c;
    const char *set = class_of(low);
    if (set) {
        karvan_i_text_printf(out, "[%s%s]", low == c ? "" : "^", set);
    } else if (c == 'n' || c == 't' || c == 'r') {
        karvan_i_text_puts(out, c == 'n' ? "\n" : c == 't' ? "\t" : "\r");
    } else if (strchr("-/ \"'#@%&~`!<>=:;,_", c)) {
        karvan_i_text_add(out, &c, 1);
    } else {
        const char two[2] = {'\\', c};
        karvan_i_text_add(out, two, 2);
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) || c == 'b' || c == 'B';
    }
    return true;
}

/* A bracket expression from its `[`; returns behind its `]`, NULL where POSIX has no such thing.
 * A backslash is plain in POSIX brackets: what it protects goes to the places where it is plain. */
static const char *brackets(const char *p, karvan_i_text *out) {
    bool hat = false, close = false, dash = false, any = false;
    karvan_i_text_puts(out, "[");
    if (*++p == '^') hat = true, p++;
    karvan_i_text inner = {0};
    for (; *p && *p != ']'; p++) {
        if (*p == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '=')) {
            const char *end = strchr(p + 2, ']');
            if (!end) break;
            karvan_i_text_add(&inner, p, (size_t)(end - p) + 1);
            p = end, any = true;
        } else if (*p == '\\' && p[1]) {
            const char *set = class_of(*++p);
            if (strchr("DWSpPu", *p)) break;
            if (set)
                karvan_i_text_puts(&inner, set), any = true;
            else if (*p == ']')
                close = true;
            else if (*p == '-')
                dash = true;
            else
                karvan_i_text_add(&inner, *p == 'n' ? "\n" : *p == 't' ? "\t" : p, 1), any = true;
        } else {
            karvan_i_text_add(&inner, p, 1), any = true;
        }
    }
    if (hat) karvan_i_text_puts(out, "^");
    if (close) karvan_i_text_puts(out, "]");
    karvan_i_text_add(out, inner.s ? inner.s : "", inner.n);
    if (dash) karvan_i_text_puts(out, "-");
    out->failed |= inner.failed;
    karvan_i_text_clear(&inner);
    karvan_i_text_puts(out, "]");
    return *p == ']' && (any || close || dash) ? p + 1 : NULL;
}

karvan_status karvan_i_pattern_compile(const char *pattern, regex_t *out, bool *good,
                                       karvan_error *err) {
    karvan_i_text t = {0};
    *good = true;
    karvan_i_text_puts(&t, "^(");
    for (const char *p = pattern; *good && *p;) {
        if (*p == '[') {
            p = brackets(p, &t);
            *good = p != NULL;
            if (!p) break;
        } else if (*p == '\\' && p[1]) {
            *good = escape(&t, p[1]);
            p += 2;
        } else if (*p == '(' && p[1] == '?') {
            *good = p[2] == ':'; /* a group without a number; no looking ahead or behind */
            karvan_i_text_puts(&t, "(");
            p += 3;
        } else {
            karvan_i_text_add(&t, p++, 1);
        }
    }
    karvan_i_text_puts(&t, ")$");
    karvan_status st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK && *good) {
        int why = regcomp(out, t.s, REG_EXTENDED | REG_NOSUB);
        *good = why == 0;
        if (why == REG_ESPACE) st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for a pattern");
    }
    karvan_i_text_clear(&t);
    return st;
}
