#ifndef KARVAN_SRC_CLI_FIGURES_H
#define KARVAN_SRC_CLI_FIGURES_H
/* An answer that is one row of figures: an object in JSON, two lines of CSV, a list for readers. */
#include "cli/cli.h"

enum { FIGURES_MOST = 32 };
typedef enum figure_kind { FIGURE_NUMBER, FIGURE_TRUTH, FIGURE_WORD } figure_kind;
typedef struct figure {
    const char *name;
    figure_kind kind;
    char value[40]; /* "" where it is not known */
} figure;
typedef struct figures {
    int n;
    figure of[FIGURES_MOST];
} figures;

/* Each is put behind those before. NaN and infinite numbers, and the word "", are not known. */
void cli_figure_real(figures *f, const char *name, double v);
void cli_figure_seconds(figures *f, const char *name, double v);
void cli_figure_whole(figures *f, const char *name, int64_t v);
void cli_figure_truth(figures *f, const char *name, const char *true_or_false);
void cli_figure_word(figures *f, const char *name, const char *word);
/* To stdout. For readers: a headline, which says what the words are, and the numbers. */
void cli_figures_print(const cli *c, const char *headline, const figures *f);
#endif
