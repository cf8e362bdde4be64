/* The published table for terminals, as Markdown and for LaTeX. */
#include <string.h>

#include "cli/gravity_grid.h"

static int cells_of(const char *s) {
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void pad(karvan_i_text *out, int n) {
    for (; n > 0; n--) karvan_i_text_puts(out, " ");
}

static int stars_of(const char *s) {
    size_t n = strlen(s), digits = n;
    while (digits > 0 && s[digits - 1] == '*') digits--;
    return (int)(n - digits);
}

/* Blanks behind a cell, so that digits stand below digits where some have stars behind them. */
static int behind_of(const char *s, int stars) {
    size_t n = strlen(s);
    bool bracket = n > 0 && s[n - 1] == ')';
    return stars - (stars > 0 && bracket ? 1 : stars_of(s));
}

typedef struct widths {
    int label, whole;
    int column[GRAVITY_COLUMNS], stars[GRAVITY_COLUMNS];
} widths;

static widths measure(const grid *g) {
    widths w = {.label = 0};
    for (int i = 0; i < g->n; i++) {
        if (cells_of(g->line[i].label) > w.label) w.label = cells_of(g->line[i].label);
        for (int c = 0; c < g->a->n_columns; c++)
            if (stars_of(g->line[i].cell[c]) > w.stars[c])
                w.stars[c] = stars_of(g->line[i].cell[c]);
    }
    w.whole = w.label;
    for (int c = 0; c < g->a->n_columns; c++) {
        for (int i = 0; i < g->n; i++) {
            const char *s = g->line[i].cell[c];
            int need = cells_of(s) + behind_of(s, w.stars[c]);
            if (need > w.column[c]) w.column[c] = need;
        }
        w.whole += 2 + w.column[c];
    }
    return w;
}

void gravity_text(const grid *g, karvan_i_text *out) {
    widths w = measure(g);
    for (int i = 0; i < g->n; i++) {
        const line *l = &g->line[i];
        if (l->kind == LINE_RULE) {
            for (int k = 0; k < w.whole; k++) karvan_i_text_puts(out, "-");
            karvan_i_text_puts(out, "\n");
            continue;
        }
        karvan_i_text_puts(out, l->label);
        int before = w.label - cells_of(l->label); /* blanks that only what follows would need */
        for (int c = 0; c < g->a->n_columns; c++) {
            int behind = behind_of(l->cell[c], w.stars[c]);
            before += 2 + w.column[c] - behind - cells_of(l->cell[c]);
            if (*l->cell[c]) pad(out, before), before = 0;
            karvan_i_text_puts(out, l->cell[c]);
            before += behind;
        }
        karvan_i_text_puts(out, "\n");
    }
    karvan_i_text_add(out, g->notes.s, g->notes.n);
}

static void markdown_cell(karvan_i_text *out, const char *s) {
    for (; *s; s++) {
        if (strchr("|*_\\`<", *s)) karvan_i_text_puts(out, "\\");
        karvan_i_text_add(out, s, 1);
    }
}

void gravity_markdown(const grid *g, karvan_i_text *out) {
    for (int i = 0; i < g->n; i++) {
        const line *l = &g->line[i];
        if (l->kind == LINE_RULE) continue;
        karvan_i_text_puts(out, "| ");
        markdown_cell(out, l->label);
        for (int c = 0; c < g->a->n_columns; c++) {
            karvan_i_text_puts(out, " | ");
            markdown_cell(out, l->cell[c]);
        }
        karvan_i_text_puts(out, " |\n");
        if (i > 0) continue;
        karvan_i_text_puts(out, "| --- |");
        for (int c = 0; c < g->a->n_columns; c++) karvan_i_text_puts(out, " ---: |");
        karvan_i_text_puts(out, "\n");
    }
    karvan_i_text_puts(out, "\n");
    for (const char *s = g->notes.s, *end; *s; s = end + 1) { /* one paragraph a note */
        end = strchr(s, '\n');
        char note[2000];
        (void)snprintf(note, sizeof note, "%.*s", (int)(end - s), s);
        markdown_cell(out, note);
        karvan_i_text_puts(out, "\n\n");
    }
}

static void latex_cell(karvan_i_text *out, const char *s) {
    for (; *s; s++) {
        if (strchr("&%$#_{}", *s))
            karvan_i_text_printf(out, "\\%c", *s);
        else if (*s == '^')
            karvan_i_text_puts(out, "\\^{}");
        else if (*s == '~')
            karvan_i_text_puts(out, "\\~{}");
        else if (*s == '\\')
            karvan_i_text_puts(out, "\\textbackslash{}");
        else if (*s == '<' || *s == '>')
            karvan_i_text_printf(out, "$%c$", *s);
        else
            karvan_i_text_add(out, s, 1);
    }
}

void gravity_latex(const grid *g, karvan_i_text *out) {
    karvan_i_text_puts(out, "\\begin{tabular}{l");
    for (int c = 0; c < g->a->n_columns; c++) karvan_i_text_puts(out, "r");
    karvan_i_text_puts(out, "}\n\\hline\n");
    for (int i = 0; i < g->n; i++) {
        const line *l = &g->line[i];
        if (l->kind == LINE_RULE) {
            karvan_i_text_puts(out, "\\hline\n");
            continue;
        }
        latex_cell(out, l->label);
        for (int c = 0; c < g->a->n_columns; c++) {
            karvan_i_text_puts(out, " & ");
            latex_cell(out, l->cell[c]);
        }
        karvan_i_text_puts(out, " \\\\\n");
    }
    karvan_i_text_puts(out, "\\hline\n");
    for (const char *s = g->notes.s, *end; *s; s = end + 1) {
        end = strchr(s, '\n');
        char note[2000];
        (void)snprintf(note, sizeof note, "%.*s", (int)(end - s), s);
        karvan_i_text_printf(out, "\\multicolumn{%d}{l}{\\footnotesize ", g->a->n_columns + 1);
        latex_cell(out, note);
        karvan_i_text_puts(out, "} \\\\\n");
    }
    karvan_i_text_puts(out, "\\end{tabular}\n");
}
