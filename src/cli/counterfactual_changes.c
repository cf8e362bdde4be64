/* What changes: columns of the data, and the coefficients that multiply them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/words.h"

enum { NAME_MOST = 256, CHANGES_MOST = COUNTERFACTUAL_CHANGES_MOST };

karvan_status cli_add_change(counterfactual *k, const char *term, const char *column,
                             karvan_error *err) {
    if (k->n_changes == CHANGES_MOST)
        return karvan_fail(err, KARVAN_E_ARG, "more than %d changes", CHANGES_MOST);
    for (int i = 0; i < k->n_changes; i++)
        if (strcmp(k->change[i], column) == 0)
            return karvan_fail(err, KARVAN_E_ARG, "--change names %s twice", column);
    k->term[k->n_changes] = karvan_i_strndup(term, strlen(term));
    k->change[k->n_changes] = karvan_i_strndup(column, strlen(column));
    bool good = k->term[k->n_changes] && k->change[k->n_changes];
    k->n_changes++;
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
}

/* COLUMN, or TERM=COLUMN where the coefficient has another name. */
static karvan_status read_list(const char *said, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char word[NAME_MOST];
    for (bool more = true; st == KARVAN_OK;) {
        st = cli_next_word(&said, ',', word, sizeof word, &more, err);
        if (st != KARVAN_OK || !more) break;
        char *column = strchr(word, '=');
        if (column) *column++ = 0;
        if (st == KARVAN_OK) st = cli_add_change(k, word, column ? column : word, err);
        if (st == KARVAN_OK) k->named[k->n_changes - 1] = column != NULL;
    }
    return st;
}

static int find_term(const karvan_coefficients *from, const char *name) {
    for (int i = 0; i < from->n; i++)
        if (strcmp(from->name[i], name) == 0) return i;
    return -1;
}

static bool in_file(const void *from, const char *name) { return find_term(from, name) >= 0; }

karvan_status cli_keep_known(counterfactual *k, bool (*known)(const void *from, const char *term),
                             const void *from, const char *what, karvan_error *err) {
    int kept = 0;
    for (int i = 0; i < k->n_changes; i++) {
        if (known(from, k->term[i])) {
            k->term[kept] = k->term[i], k->change[kept] = k->change[i];
            k->value[kept] = k->value[i], k->named[kept++] = k->named[i];
            continue;
        }
        /* `agreement` tells of all the others together: missing it beside them loses nothing */
        if (strcmp(k->term[i], "agreement") != 0)
            cli_note(k, "%s changes too, and counts for nothing: %s has no coefficient of it",
                     k->term[i], what);
        karvan_i_free(k->term[i]), karvan_i_free(k->change[i]), karvan_i_free(k->value[i]);
    }
    for (int i = kept; i < k->n_changes; i++)
        k->term[i] = k->change[i] = NULL, k->value[i] = NULL, k->named[i] = false;
    k->n_changes = kept;
    return kept > 0 ? KARVAN_OK
                    : karvan_fail(err, KARVAN_E_ARG, "%s has no coefficient of what changes", what);
}

/* The part of a list of coefficients that the changes name. */
static karvan_status take_terms(counterfactual *k, const karvan_coefficients *from,
                                karvan_error *err) {
    size_t n = (size_t)k->n_changes;
    int at[CHANGES_MOST];
    k->beta = karvan_i_calloc(n, sizeof *k->beta);
    k->covariance = karvan_i_calloc(n * n, sizeof *k->covariance);
    if (!k->beta || !k->covariance)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for coefficients");
    for (int i = 0; i < k->n_changes; i++) {
        at[i] = find_term(from, k->term[i]);
        int64_t near =
            karvan_text_nearest(k->term[i], (const char *const *)from->name, (size_t)from->n);
        if (at[i] < 0 && near >= 0)
            return karvan_fail(err, KARVAN_E_ARG, "there is no coefficient %s; did you mean %s?",
                               k->term[i], from->name[near]);
        if (at[i] < 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "there is no coefficient %s; --change COEFFICIENT=COLUMN says which "
                               "column it multiplies",
                               k->term[i]);
        k->beta[i] = from->estimate[at[i]];
    }
    for (int i = 0; i < k->n_changes; i++)
        for (int j = 0; j < k->n_changes; j++)
            k->covariance[i * k->n_changes + j] = from->covariance[at[i] * from->n + at[j]];
    return KARVAN_OK;
}

static karvan_status from_file(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_coefficients all = {0};
    karvan_status st = karvan_coefficients_read(cli_option(c, "coefficients"),
                                                cli_option(c, "covariance"), &all, err);
    if (st == KARVAN_OK && k->of_scenario)
        st = cli_keep_known(k, in_file, &all, "--coefficients", err);
    for (int i = 0; st == KARVAN_OK && !cli_switch(c, "change") && !k->of_scenario && i < all.n;
         i++)
        st = cli_add_change(k, all.name[i], all.name[i], err);
    if (st == KARVAN_OK) st = take_terms(k, &all, err);
    karvan_coefficients_clear(&all);
    return st;
}

/* --beta and --se: of one change. */
static karvan_status from_words(const cli *c, counterfactual *k, karvan_error *err) {
    const char *beta = cli_option(c, "beta"), *se = cli_option(c, "se");
    double b = 1, s = 0;
    if (!beta && !se) return KARVAN_OK;
    if (k->n_changes != 1)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--beta and --se are of one change; --coefficients FILE holds several");
    if (beta && !cli_real(beta, &b))
        return karvan_fail(err, KARVAN_E_ARG, "--beta is a number, not '%.40s'", beta);
    if (se && (!cli_real(se, &s) || s < 0))
        return karvan_fail(err, KARVAN_E_ARG, "--se is a number, 0 or above, not '%.40s'", se);
    k->beta = karvan_i_calloc(1, sizeof *k->beta);
    k->covariance = karvan_i_calloc(1, sizeof *k->covariance);
    if (!k->beta || !k->covariance)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a coefficient");
    k->beta[0] = b, k->covariance[0] = s * s;
    return KARVAN_OK;
}

karvan_status cli_scenario_coefficients(const cli *c, counterfactual *k, karvan_error *err) {
    if (cli_switch(c, "coefficients")) return from_file(c, k, err);
    return from_words(c, k, err);
}

karvan_status cli_read_changes(const cli *c, counterfactual *k, karvan_error *err) {
    static const char *const words[] = {"beta", "se", NULL};
    karvan_status st = KARVAN_OK;
    k->change = karvan_i_calloc(CHANGES_MOST, sizeof *k->change);
    k->term = karvan_i_calloc(CHANGES_MOST, sizeof *k->term);
    KARVAN_REQUIRE(k->change && k->term, err, KARVAN_E_NOMEM, "no memory for changes");
    KARVAN_REQUIRE(cli_switch(c, "change") || cli_switch(c, "coefficients") ||
                       cli_switch(c, "cost") || cli_switch(c, "scenario"),
                   err, KARVAN_E_ARG,
                   "counterfactual needs --change COLUMN: what changes, in logs of trade at given "
                   "prices; or --cost FILE, or --scenario NAME");
    KARVAN_REQUIRE(!cli_switch(c, "covariance") || cli_switch(c, "coefficients"), err, KARVAN_E_ARG,
                   "--covariance needs --coefficients");
    KARVAN_TRY(cli_not_any(c, "coefficients", words, err));
    if (k->of_scenario) goto done; /* what changes is known once its edits are laid over the data */
    if (cli_switch(c, "change")) KARVAN_TRY(read_list(cli_option(c, "change"), k, err));
    if (cli_switch(c, "coefficients")) return from_file(c, k, err);
    for (int i = 0; i < k->n_changes; i++)
        KARVAN_REQUIRE(!k->named[i] || cli_switch(c, "formula"), err, KARVAN_E_ARG,
                       "%s=%s names a coefficient; --coefficients FILE holds them, or --formula",
                       k->term[i], k->change[i]);
    st = from_words(c, k, err);
done:
    return st;
}
