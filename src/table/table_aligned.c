/* Tables for reading: columns aligned, numbers rounded. Each cell is looked at twice, for the width
 * of its column and to be written, so that what is the same in many is made once: the width of a
 * text for each word of its dictionary, a number for the rows that repeat it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "table/csv_text.h"

/* Terminal cells of a UTF-8 text: code points; wide scripts are not told apart. */
static int cells_of(const char *s) {
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

/* A word of a dictionary, once it was looked at. */
typedef struct word_size {
    uint32_t n;    /* bytes */
    int32_t cells; /* -1: not looked at */
} word_size;

/* A column as it is shown: decimals, and what its last value looks like. */
typedef struct shown {
    const karvan_i_column *k;
    int decimals, wide; /* wide: cells of all of it */
    bool right, text;
    word_size *words; /* [words of the dictionary] text */
    bool there;       /* numbers: a value was shown */
    int64_t key;      /* its bits */
    char number[64];
    const char *s;
    size_t n; /* bytes of s */
    int cells;
} shown;

/* ---- numbers ---- */

static const double TENS[] = {1, 1e1, 1e2, 1e3, 1e4};

static bool is_whole(double v) { return fabs(v) < 1e15 && v == (double)(int64_t)v; }

/* Decimals that a column of numbers is shown with: as many as its values need, two at the most,
 * three significant digits for small ones. */
static int decimals_of(const karvan_i_column *k) {
    int need = 0;
    double largest = 0, before = NAN;
    for (int64_t r = 0; r < k->n; r++) {
        double v = k->v.r[r]; /* NaN where there is none */
        if (isnan(v) || v == before) continue;
        before = v, largest = fmax(largest, fabs(v));
        if (is_whole(v)) continue;
        for (int d = need; d <= 4; d++)
            if (fabs(v * TENS[d] - round(v * TENS[d])) > 1e-6) need = d + 1;
    }
    int most = largest >= 1000 ? 1 : largest >= 1 ? 2 : 4;
    return need < most ? need : most;
}

/* |v| in units of the last decimal, where it is sure how printf would round: not near the middle of
 * two. */
static bool quick_units(double v, int decimals, int64_t *out) {
    double scaled = fabs(v) * TENS[decimals];
    if (!(scaled < 1e9))
        return is_whole(v) && decimals == 0 ? (*out = (int64_t)fabs(v), true) : false;
    int64_t below = (int64_t)scaled;
    double rest = scaled - (double)below;
    if (fabs(rest - 0.5) < 1e-6) return false;
    *out = below + (rest > 0.5);
    return true;
}

static void show_real(shown *k, double v) {
    int64_t units;
    if (quick_units(v, k->decimals, &units)) {
        char *end = k->number + sizeof k->number - 1, *at = end;
        *at = 0;
        for (int d = 0; d < k->decimals; d++, units /= 10) *--at = (char)('0' + units % 10);
        if (k->decimals > 0) *--at = '.';
        bool nothing = units == 0 && !at[strspn(at, ".0")];
        do *--at = (char)('0' + units % 10);
        while ((units /= 10) > 0);
        if (v < 0 && !nothing) *--at = '-';
        k->s = at, k->n = (size_t)(end - at);
        return;
    }
    (void)snprintf(k->number, sizeof k->number, "%.*f", k->decimals, v);
    for (char *p = k->number; *p; p++)
        if (*p == ',') *p = '.';
    /* what is less than nothing by less than is shown is nothing */
    bool nothing = *k->number == '-' && !k->number[strspn(k->number, "-0.")];
    k->s = nothing ? k->number + 1 : k->number, k->n = strlen(k->s);
}

/* ---- cells ---- */

static void show_gap(const karvan_table *t, int c, int64_t r, karvan_i_gap_word word, shown *k) {
    const char *own = word ? word(t, c, r) : NULL;
    k->there = false;
    k->s = own ? own : karvan_cell_name((karvan_cell)k->k->state[r]);
    k->n = strlen(k->s), k->cells = cells_of(k->s);
}

static void show_text(int32_t code, shown *k) {
    word_size *size = &k->words[code];
    k->s = k->k->dictionary.bytes + k->k->dictionary.at[code];
    if (size->cells < 0) *size = (word_size){(uint32_t)strlen(k->s), cells_of(k->s)};
    k->n = size->n, k->cells = size->cells;
}

/* k->s, k->n and k->cells of a row; a number that stands in the row before is not spelt again. */
static inline void show(const karvan_table *t, int c, int64_t r, karvan_i_gap_word word, shown *k) {
    if (k->k->state && k->k->state[r] != KARVAN_VALUE) {
        show_gap(t, c, r, word, k);
        return;
    }
    if (k->text) {
        show_text(k->k->v.code[r], k);
        return;
    }
    int64_t key = karvan_i_cell_bits(k->k, r);
    if (k->there && k->key == key) return;
    k->there = true, k->key = key;
    if (k->k->type == KARVAN_REAL && fabs(k->k->v.r[r]) < 1e15) {
        show_real(k, k->k->v.r[r]);
    } else {
        karvan_i_spell(t, c, r, k->number, sizeof k->number, &k->s);
        k->n = strlen(k->s);
    }
    k->cells = (int)k->n; /* digits and words of one byte a cell */
}

/* How a column is shown, and how wide it gets. false: no memory. */
static bool measure(const karvan_table *t, int c, karvan_i_gap_word word, shown *out) {
    const karvan_i_column *k = out->k = &t->column[c];
    out->text = k->type == KARVAN_TEXT || k->type == KARVAN_DATE;
    out->right = k->type == KARVAN_INT || k->type == KARVAN_REAL;
    out->decimals = k->type == KARVAN_REAL ? decimals_of(k) : 0;
    out->wide = cells_of(k->name);
    if (k->unit && cells_of(k->unit) > out->wide) out->wide = cells_of(k->unit);
    size_t words = out->text ? (size_t)k->dictionary.n : 0;
    if (out->text) out->words = karvan_i_malloc(words + 1, sizeof *out->words);
    if (out->text && !out->words) return false;
    for (size_t i = 0; i < words; i++) out->words[i].cells = -1;
    for (int64_t r = 0; r < t->n_rows; r++) {
        show(t, c, r, word, out);
        if (out->cells > out->wide) out->wide = out->cells;
    }
    return true;
}

/* ---- lines ---- */

/* n bytes that take `cells`, padded to the width of their column; the last column ends its line. */
static void put(karvan_i_text *out, const char *s, size_t n, int cells, const shown *k, bool first,
                bool last) {
    size_t gap = cells < k->wide && (k->right || !last) ? (size_t)(k->wide - cells) : 0;
    size_t apart = first ? 0 : 2;
    char *to = karvan_i_text_room(out, apart + gap + n);
    if (!to) return;
    memset(to, ' ', apart), to += apart;
    if (k->right) memset(to, ' ', gap), to += gap;
    memcpy(to, s, n), to += n;
    if (!k->right) memset(to, ' ', gap), to += gap;
    *to = 0, out->n = (size_t)(to - out->s);
}

/* Take blanks off the end of the line that begins at `from`, and cut it to the terminal. */
static void end_line(karvan_i_text *out, size_t from, int width) {
    if (out->failed || !out->s) return;
    size_t n = out->n;
    while (n > from && out->s[n - 1] == ' ') n--;
    out->s[n] = 0, out->n = n;
    if (width > 1 && cells_of(out->s + from) > width) {
        int seen = 0;
        size_t at = from;
        for (; seen < width - 1; at++) seen += ((unsigned char)out->s[at + 1] & 0xC0) != 0x80;
        out->s[at] = 0, out->n = at;
        karvan_i_text_puts(out, "\xE2\x80\xA6");
    }
    karvan_i_text_add(out, "\n", 1);
}

static void put_heads(const karvan_table *t, int width, bool units, const shown *columns,
                      karvan_i_text *out) {
    size_t from = out->n;
    for (int c = 0; c < t->n_columns; c++) {
        const karvan_i_column *k = &t->column[c];
        const char *s = !units ? k->name : k->unit ? k->unit : "";
        put(out, s, strlen(s), cells_of(s), &columns[c], c == 0, c + 1 == t->n_columns);
    }
    end_line(out, from, width);
}

void karvan_i_aligned_text(const karvan_table *t, int width, karvan_i_gap_word word,
                           karvan_i_text *out) {
    bool units = false;
    shown *columns = karvan_i_calloc((size_t)t->n_columns, sizeof *columns);
    if (!columns) out->failed = true;
    for (int c = 0; c < t->n_columns && !out->failed; c++) {
        if (!measure(t, c, word, &columns[c])) out->failed = true;
        if (t->column[c].unit) units = true;
    }
    if (!out->failed) put_heads(t, width, false, columns, out);
    if (!out->failed && units) put_heads(t, width, true, columns, out);
    for (int64_t r = 0; r < t->n_rows && !out->failed; r++) {
        size_t from = out->n;
        for (int c = 0; c < t->n_columns; c++) {
            shown *k = &columns[c];
            show(t, c, r, word, k);
            put(out, k->s, k->n, k->cells, k, c == 0, c + 1 == t->n_columns);
        }
        end_line(out, from, width);
    }
    for (int c = 0; c < t->n_columns && columns; c++) karvan_i_free(columns[c].words);
    karvan_i_free(columns);
}
