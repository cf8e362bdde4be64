/* One row of figures, printed in the format that was asked for. */
#include "cli/figures.h"

#include <math.h>

static figure *next(figures *f, const char *name, figure_kind kind) {
    figure *to = &f->of[f->n++];
    *to = (figure){.name = name, .kind = kind};
    return to;
}

void cli_figure_real(figures *f, const char *name, double v) {
    figure *to = next(f, name, FIGURE_NUMBER);
    if (isfinite(v)) karvan_real_format(v, to->value, sizeof to->value);
}

void cli_figure_seconds(figures *f, const char *name, double v) {
    figure *to = next(f, name, FIGURE_NUMBER);
    (void)snprintf(to->value, sizeof to->value, "%.6f", v);
}

void cli_figure_whole(figures *f, const char *name, int64_t v) {
    figure *to = next(f, name, FIGURE_NUMBER);
    (void)snprintf(to->value, sizeof to->value, "%lld", (long long)v);
}

void cli_figure_truth(figures *f, const char *name, const char *true_or_false) {
    figure *to = next(f, name, FIGURE_TRUTH);
    (void)snprintf(to->value, sizeof to->value, "%s", true_or_false);
}

void cli_figure_word(figures *f, const char *name, const char *word) {
    figure *to = next(f, name, FIGURE_WORD);
    (void)snprintf(to->value, sizeof to->value, "%s", word);
}

static void print_json(const figures *f) {
    for (int i = 0; i < f->n; i++) {
        const figure *k = &f->of[i];
        const char *quote = k->kind == FIGURE_WORD && *k->value ? "\"" : "";
        (void)printf("%s\"%s\": %s%s%s", i ? ", " : "{", k->name, quote,
                     *k->value ? k->value : "null", quote);
    }
    (void)printf("}\n");
}

static void print_csv(const figures *f) {
    for (int i = 0; i < f->n; i++) (void)printf("%s%s", i ? "," : "", f->of[i].name);
    (void)printf("\n");
    for (int i = 0; i < f->n; i++) (void)printf("%s%s", i ? "," : "", f->of[i].value);
    (void)printf("\n");
}

static void print_text(const char *headline, const figures *f) {
    (void)printf("%s\n", headline);
    for (int i = 0; i < f->n; i++)
        if (f->of[i].kind == FIGURE_NUMBER)
            (void)printf("%-20s %s\n", f->of[i].name, *f->of[i].value ? f->of[i].value : "unknown");
}

void cli_figures_print(const cli *c, const char *headline, const figures *f) {
    if (c->format == KARVAN_FORMAT_JSON)
        print_json(f);
    else if (c->format == KARVAN_FORMAT_CSV)
        print_csv(f);
    else
        print_text(headline, f);
}
