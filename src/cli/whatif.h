#ifndef KARVAN_SRC_CLI_WHATIF_H
#define KARVAN_SRC_CLI_WHATIF_H
/* What `karvan whatif` is asked, and what it found. */
#include "cli/cli.h"
#include "karvan/study.h"

typedef struct whatif {
    karvan_study_options o;
    karvan_study_how how;
    int64_t draws;       /* 0: none */
    karvan_table *edits; /* of --edits; NULL */
    char edits_name[200];
    char cache[CACHE_CAP]; /* that o.cache points into */
    int n;                 /* cases */
    const char **name;
    karvan_study *s;
    int measures, parameters, benefit; /* how many; which measure that is */
    karvan_results *results;           /* of the draws that are done */
    bool stopped;                      /* by Ctrl-C, with some of the draws done */
    double *swing; /* [parameters][2][n] benefit at the 5 and 95 % point of one; NULL */
} whatif;

/* ---- whatif_draws.c ---- */
/* w->results: of no draws, and of all that are asked for. */
karvan_status cli_whatif_draw(whatif *w, karvan_error *err);
/* Benefit with one parameter at a time off its median: w->swing. */
karvan_status cli_whatif_vary(whatif *w, karvan_error *err);
/* Parameters by how much the benefit of a case moves with them, the most first, [parameters];
 * those of which it is not known are last. */
karvan_status cli_whatif_order(const whatif *w, int which, int *order, karvan_error *err);
double cli_whatif_swing(const whatif *w, int which, int parameter, bool high);

/* ---- whatif_tables.c ---- */
enum { WHATIF_RESULTS = KARVAN_STAGES, WHATIF_INFLUENCE, WHATIF_OUTPUTS };
const char *cli_whatif_output_name(int output);
/* All cases, with a column `case` where there are several. */
karvan_status cli_whatif_table(const whatif *w, int output, karvan_table **out, karvan_error *err);

/* ---- whatif_told.c: what is told of a case in a few numbers ---- */
typedef struct whatif_told {
    int64_t rows; /* of table scenarios */
    karvan_study_stats before, after;
    karvan_table *corridors, *necks, *pairs, *countries;
    double trade_before, trade_after; /* what the region's countries buy and sell, USD a year */
    double rents_before, rents_after; /* prices of what is full times its capacity, USD a year */
    int64_t dearest;                  /* row of pairs that moves most, -1: none */
    int64_t shut;                     /* flows that have no way any more */
    char shut_from[64], shut_to[64];  /* the largest of them */
} whatif_told;
karvan_status cli_whatif_tell(const cli *c, const whatif *w, int which, whatif_told *out,
                              karvan_error *err);
void cli_whatif_told_clear(whatif_told *t);
/* Is a row of table scenarios one of a case "A,B"? */
bool cli_whatif_edits(const char *name, const karvan_table *scenarios, int64_t row);
/* Row of bottlenecks that is next, -1: nothing is full. */
int64_t cli_whatif_next(const whatif_told *t);

/* ---- whatif_json.c, whatif_print.c, whatif_beside.c ---- */
karvan_status cli_whatif_json(const cli *c, const whatif *w, karvan_error *err);
/* A case that did not settle: what is known. */
void cli_whatif_json_failed(const char *name, const char *why);
karvan_status cli_whatif_print(const cli *c, const whatif *w, karvan_error *err);
karvan_status cli_whatif_beside(const cli *c, const whatif *w, karvan_error *err);
/* A drawing of who gains, written to an SVG file (whatif_chart.c). */
karvan_status cli_whatif_chart(const cli *c, const whatif *w, const char *path, karvan_error *err);
/* "+12.3 M": a sum of money with its sign, of about three digits. */
enum { WHATIF_WORD = 32 };
const char *cli_whatif_money(double usd, char *out);
/* The same of what is no change: without a plus. */
const char *cli_whatif_worth(double usd, char *out);
/* "63,120"; with a sign where it is a change. "-" where it is not known. */
const char *cli_whatif_whole(double v, bool change, char *out);
/* What countries, corridors are called in the region. */
const char *cli_whatif_country(const cli *c, const char *code);
const char *cli_whatif_corridor(const cli *c, const char *id);
#endif
