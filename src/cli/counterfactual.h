#ifndef KARVAN_SRC_CLI_COUNTERFACTUAL_H
#define KARVAN_SRC_CLI_COUNTERFACTUAL_H
/* What `karvan counterfactual` is asked, and what it found. */
#include "cli/cli.h"

enum { COUNTERFACTUAL_CHANGES_MOST = 64, COUNTERFACTUAL_NOTES_MOST = 16 };

typedef struct counterfactual {
    karvan_table *data;
    const char *baseline;                       /* "observed", "fitted" */
    const char *fitted_by;                      /* column or formula that gave fitted flows; NULL */
    double *fitted;                             /* [rows] of a formula; NULL */
    double *trade_cost;                         /* [rows] ln t^(1 - sigma) by a formula; NULL */
    char **change;                              /* [n_changes] columns */
    char **term;                                /* [n_changes] coefficients that multiply them */
    bool named[COUNTERFACTUAL_CHANGES_MOST];    /* [n_changes] TERM=COLUMN named the coefficient */
    double *value[COUNTERFACTUAL_CHANGES_MOST]; /* [rows] of a change that is no column; NULL */
    int n_changes;
    double *beta, *covariance; /* [n_changes], [n_changes][n_changes]; NULL: 1 each, none */
    char covariance_of[256];   /* how a fit's covariance was made; "" */
    bool of_scenario;          /* changes are those of --scenario */
    bool of_region;            /* data are the region's panel */
    bool one_year;
    int64_t year;
    karvan_cost *cost; /* of --cost: the last change is its change of ln trade cost */
    char note[COUNTERFACTUAL_NOTES_MOST][400]; /* what the numbers stand on, a sentence each */
    int n_notes;
    karvan_economy *economy;
    karvan_equilibrium *equilibrium;
    karvan_draws *draws;
    karvan_resistance *resistance; /* of --resistance; NULL */
    karvan_equilibrium_options how;
    karvan_draw_options drawing;
} counterfactual;

/* Columns of changes and what multiplies them: --change, --coefficients, --covariance, --beta, --se
 * (counterfactual_changes.c). */
karvan_status cli_read_changes(const cli *c, counterfactual *k, karvan_error *err);
/* Flows by --formula, and its coefficients where nothing else gives them (counterfactual_fit.c). */
karvan_status cli_fit_flows(const cli *c, counterfactual *k, karvan_error *err);
/* Coefficients of a fit for the changes that name one. */
karvan_status cli_take_coefficients(counterfactual *k, const karvan_gravity *g, karvan_error *err);
/* Of changes found in a scenario, those that are known stay; the others are noted. KARVAN_E_ARG:
 * none is. */
karvan_status cli_keep_known(counterfactual *k, bool (*known)(const void *from, const char *term),
                             const void *from, const char *what, karvan_error *err);
karvan_status cli_add_change(counterfactual *k, const char *term, const char *column,
                             karvan_error *err);
/* The table of --data, or the region's panel; the region is opened where anything needs it
 * (counterfactual_region.c). */
karvan_status cli_counterfactual_data(cli *c, counterfactual *k, karvan_error *err);
/* --scenario: agreements that its edits bring or end, a change a flag, and their coefficients. */
karvan_status cli_scenario_changes(cli *c, counterfactual *k, karvan_error *err);
/* Those of --coefficients, --beta and --se for it; k->beta NULL: none are given. */
karvan_status cli_scenario_coefficients(const cli *c, counterfactual *k, karvan_error *err);
/* --cost: one change more, of ln trade cost (counterfactual_cost.c). */
karvan_status cli_cost_change(cli *c, counterfactual *k, karvan_error *err);
/* Options of --resistance go with it; trade costs by a fit, where its effects leave them; then
 * resistances, their file, and what they stand on (counterfactual_resistance.c). */
karvan_status cli_resistance_asked(const cli *c, karvan_error *err);
karvan_status cli_fit_trade_costs(const cli *c, counterfactual *k, const karvan_gravity *g,
                                  karvan_error *err);
karvan_status cli_resistance(const cli *c, counterfactual *k, karvan_error *err);
/* One sentence more of what the numbers stand on. */
__attribute__((format(printf, 2, 3))) void cli_note(counterfactual *k, const char *format, ...);
/* All that was found, in the format asked for (counterfactual_print.c). */
karvan_status cli_print_counterfactual(const cli *c, const counterfactual *k, karvan_error *err);
#endif
