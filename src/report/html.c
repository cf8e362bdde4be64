#include "report/html.h"

#include <string.h>

/* false: not one of ours, and what follows it in the list is not known either */
static bool conversion(karvan_i_text *t, const char *spec, va_list *ap) {
    switch (spec[strlen(spec) - 1]) {
    case 's':
        karvan_i_text_xml(t, va_arg(*ap, const char *));
        break;
    case 'd':
        if (strstr(spec, "ll"))
            karvan_i_text_printf(t, "%lld", va_arg(*ap, long long));
        else
            karvan_i_text_printf(t, "%d", va_arg(*ap, int));
        break;
    case '%':
        karvan_i_text_puts(t, "%");
        break;
    case 'f':
    case 'g': {
        char s[400];
        (void)snprintf(s, sizeof s, spec, va_arg(*ap, double));
        karvan_i_text_puts(t, s);
        break;
    }
    default:
        return false;
    }
    return true;
}

void karvan_i_html_printf(karvan_i_text *t, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    while (*fmt) {
        char spec[16];
        size_t n = strcspn(fmt, "%");
        karvan_i_text_add(t, fmt, n);
        fmt += n;
        if (!*fmt) break;
        n = 2 + strspn(fmt + 1, "0123456789.l");
        (void)snprintf(spec, sizeof spec, "%.*s", (int)n, fmt);
        if (!conversion(t, spec, &ap)) {
            karvan_i_text_puts(t, fmt); /* seen by whoever tries it */
            break;
        }
        fmt += n;
    }
    va_end(ap);
}

static bool all_of(const char *s, const char *set) { return s && *s && s[strspn(s, set)] == 0; }

const char *karvan_i_css_colour(const char *s, const char *otherwise) {
    bool hex = s && *s == '#' && all_of(s + 1, "0123456789abcdefABCDEF");
    bool word = all_of(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return hex || word ? s : otherwise;
}

const char *karvan_i_css_dash(const char *s, const char *otherwise) {
    return all_of(s, "0123456789., ") ? s : otherwise;
}

bool karvan_i_is_web_address(const char *s) {
    return s && (strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0);
}
