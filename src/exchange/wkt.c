#include "exchange/wkt.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "table/number.h"

static void blanks(karvan_i_wkt *w) {
    while (isspace((unsigned char)*w->s)) w->s++;
}

void karvan_i_wkt_start(karvan_i_wkt *w, const char *text) {
    static const char *const kinds[] = {"MULTILINESTRING", "LINESTRING"};
    *w = (karvan_i_wkt){.s = text, .bad = true};
    blanks(w);
    if (strncasecmp(w->s, "SRID=", 5) == 0) { /* extended well-known text */
        w->s += strcspn(w->s, ";");
        if (*w->s) w->s++;
    }
    for (int k = 0; k < 2 && w->bad; k++) {
        size_t n = strlen(kinds[k]);
        if (strncasecmp(w->s, kinds[k], n) != 0) continue;
        w->s += n, w->bad = false;
    }
    blanks(w);
    while (isalpha((unsigned char)*w->s)) w->s++; /* Z, M, ZM */
}

static bool number(karvan_i_wkt *w, double *out) {
    blanks(w);
    size_t n = strcspn(w->s, " \t\r\n,()");
    if (n == 0 || !karvan_i_parse_real(w->s, n, '.', out)) return false;
    w->s += n;
    return true;
}

bool karvan_i_wkt_next(karvan_i_wkt *w, double *x, double *y) {
    double more;
    if (w->bad) return false;
    for (w->begins = false;; w->s++) { /* brackets and commas before the point */
        blanks(w);
        if (*w->s == '(')
            w->depth++, w->begins = true;
        else if (*w->s == ')')
            w->depth--;
        else if (*w->s != ',' || !w->started)
            break;
    }
    if (!*w->s) return w->bad = w->depth != 0 || !w->started, false;
    w->started = true;
    w->bad = w->depth < 1 || w->depth > 2 || !number(w, x) || !number(w, y);
    while (!w->bad && (blanks(w), *w->s && !strchr(",()", *w->s))) w->bad = !number(w, &more);
    return !w->bad;
}
