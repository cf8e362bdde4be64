/* karvan whatif for readers: one case on one screen. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/whatif.h"
#include "table/cell.h"

/* ---- words ---- */

const char *cli_whatif_money(double usd, char *out) {
    static const struct {
        double of;
        const char *unit;
    } UNITS[] = {{1e9, " bn"}, {1e6, " M"}, {1e3, " k"}, {1, ""}};
    int k = 0;
    double size = fabs(usd);
    if (isnan(usd)) return "-";
    while (k < 3 && size < 0.9995 * UNITS[k].of) k++;
    double v = usd / UNITS[k].of, shown = fabs(v);
    int digits = k == 3 || shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2;
    if (fabs(v) < 0.5 && k == 3)
        (void)snprintf(out, WHATIF_WORD, "0");
    else
        (void)snprintf(out, WHATIF_WORD, "%+.*f%s", digits, v, UNITS[k].unit);
    return out;
}

const char *cli_whatif_worth(double usd, char *out) {
    const char *s = cli_whatif_money(usd, out);
    return *s == '+' ? s + 1 : s;
}

const char *cli_whatif_whole(double v, bool change, char *out) {
    char plain[WHATIF_WORD];
    if (!isfinite(v) || fabs(v) > 1e15) return "-";
    (void)snprintf(plain, sizeof plain, "%.0f", fabs(v));
    size_t n = strlen(plain), at = 0;
    bool zero = strcmp(plain, "0") == 0;
    if (!zero && (v < 0 || change)) out[at++] = v < 0 ? '-' : '+';
    for (size_t i = 0; i < n; i++) {
        out[at++] = plain[i];
        if ((n - i) % 3 == 1 && i + 1 < n) out[at++] = ',';
    }
    out[at] = '\0';
    return out;
}

const char *cli_whatif_country(const cli *c, const char *code) {
    const karvan_table *t = karvan_package_table(c->region, "countries");
    const char *name =
        karvan_i_cell_text(t, "name", karvan_package_row(c->region, "countries", code));
    return name ? name : code;
}

const char *cli_whatif_corridor(const cli *c, const char *id) {
    const karvan_table *t = karvan_package_table(c->region, "corridors");
    int64_t r = karvan_package_row(c->region, "corridors", id);
    const char *name = karvan_i_cell_text(t, "short_name", r);
    if (!name) name = karvan_i_cell_text(t, "name", r);
    return name                          ? name
           : strcmp(id, "other") == 0    ? "other ways"
           : strcmp(id, "all") == 0      ? "all"
           : strcmp(id, "unserved") == 0 ? "stays at home"
                                         : id;
}

/* ---- what it changes ---- */

static void print_name(const cli *c, const char *case_name) {
    const karvan_table *t = karvan_package_table(c->region, "interventions");
    char one[200];
    (void)printf("%s\n", case_name);
    for (const char *at = case_name; at && *at;) {
        size_t n = strcspn(at, ",");
        (void)snprintf(one, sizeof one, "%.*s", (int)n, at);
        int64_t r = karvan_package_row(c->region, "interventions", one);
        const char *name = karvan_i_cell_text(t, "name", r),
                   *who = karvan_i_cell_text(t, "proposer", r),
                   *how = karvan_i_cell_text(t, "status", r);
        if (name)
            (void)printf("  %s%s%s%s%s%s\n", name, who || how ? " (" : "", who ? who : "",
                         who && how ? ", " : "", how ? how : "", who || how ? ")" : "");
        at = at[n] ? at + n + 1 : NULL;
    }
}

static void print_edit(const karvan_table *t, int64_t r) {
    const char *op = karvan_i_cell_text(t, "operation", r),
               *column = karvan_i_cell_text(t, "column", r),
               *value = karvan_i_cell_text(t, "value", r),
               *source = karvan_i_cell_text(t, "source", r),
               *note = karvan_i_cell_text(t, "note", r);
    char what[200];
    if (!op || strcmp(op, "remove") == 0)
        (void)snprintf(what, sizeof what, "removed");
    else
        (void)snprintf(what, sizeof what, "%s %s %s", column ? column : "",
                       strcmp(op, "scale") == 0 ? "times"
                       : strcmp(op, "add") == 0 ? "plus"
                                                : "is",
                       value ? value : "not known");
    (void)printf("  %s %s: %s (%s%s%s)\n", karvan_i_cell_text(t, "table", r),
                 karvan_i_cell_text(t, "key", r), what, source ? source : "no source",
                 note ? ": " : "", note ? note : "");
}

static void print_edits(const cli *c, const char *case_name, const whatif_told *told) {
    enum { SHOWN = 4 };
    const karvan_table *t = karvan_package_table(c->region, "scenarios");
    int64_t n = 0;
    (void)printf("\nWhat it changes\n");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        if (cli_whatif_edits(case_name, t, r) && (n < SHOWN || told->rows == SHOWN + 1))
            print_edit(t, r), n++;
    if (told->rows > n)
        (void)printf("  and %lld rows more of table scenarios\n", (long long)(told->rows - n));
}

/* ---- corridors ---- */

static void print_corridors(const cli *c, const whatif_told *told) {
    const karvan_table *t = told->corridors;
    (void)printf("\n%-20s%32s%18s%18s\n%-20s%11s%11s%10s%9s%9s%9s%9s\n", "Corridors", "TEU a year",
                 "hours", "USD a TEU", "", "before", "after", "change", "before", "after", "before",
                 "after");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        char w[7][WHATIF_WORD];
        double was = karvan_table_real(t, 1, r), now = karvan_table_real(t, 2, r);
        if (!(was >= 0.5) && !(now >= 0.5)) continue;
        (void)printf("  %-18.18s%11s%11s%10s%9s%9s%9s%9s\n",
                     cli_whatif_corridor(c, karvan_table_text(t, 0, r)),
                     cli_whatif_whole(was, false, w[0]), cli_whatif_whole(now, false, w[1]),
                     cli_whatif_whole(now - was, true, w[2]),
                     cli_whatif_whole(karvan_table_real(t, 5, r), false, w[3]),
                     cli_whatif_whole(karvan_table_real(t, 6, r), false, w[4]),
                     cli_whatif_whole(karvan_table_real(t, 7, r), false, w[5]),
                     cli_whatif_whole(karvan_table_real(t, 8, r), false, w[6]));
    }
    if (told->shut > 0)
        (void)printf("  No way leads any more for %lld flow%s between places, the largest from %s "
                     "to %s: what they carry stays at home.\n",
                     (long long)told->shut, told->shut == 1 ? "" : "s", told->shut_from,
                     told->shut_to);
}

/* ---- who gains ---- */

static double change_of(const karvan_table *t, const char *before, const char *after, int64_t r) {
    return karvan_i_cell_real(t, after, r) - karvan_i_cell_real(t, before, r);
}

/* Four decimals; nothing is no small loss. */
static const char *percent(double v, char *out) {
    if (isnan(v)) return "-";
    if (fabs(v) < 0.00005) return "0";
    (void)snprintf(out, WHATIF_WORD, "%+.4f", v);
    return out;
}

static karvan_status print_country(const cli *c, const whatif *w, int which, const karvan_table *t,
                                   int64_t r, karvan_error *err) {
    const char *code = karvan_table_text(t, 0, r);
    double trade = change_of(t, "before_exports_usd", "after_exports_usd", r) +
                   change_of(t, "before_imports_usd", "after_imports_usd", r);
    char word[6][WHATIF_WORD];
    karvan_difference x;
    karvan_status st = karvan_results_difference(
        w->results, which, karvan_study_find(w->s, "real_income", code), &x, err);
    if (st != KARVAN_OK) return st;
    (void)printf(
        "  %-18.18s%11s%10s%13s%13s", cli_whatif_country(c, code),
        cli_whatif_money(karvan_i_cell_real(t, "real_income_usd", r), word[0]),
        percent(karvan_i_cell_real(t, "real_income_percent", r), word[5]),
        cli_whatif_money(trade, word[1]),
        cli_whatif_money(change_of(t, "before_transit_income_usd", "after_transit_income_usd", r),
                         word[2]));
    if (w->draws > 0)
        (void)printf("%12s to %s", cli_whatif_money(x.p5, word[3]),
                     cli_whatif_money(x.p95, word[4]));
    (void)printf("\n");
    return KARVAN_OK;
}

/* Of those that are not the region's own: who gains, who loses most. */
static void print_abroad(const cli *c, const karvan_table *t) {
    int64_t most = -1, least = -1;
    char a[WHATIF_WORD], b[WHATIF_WORD];
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, "real_income_usd", r);
        if (karvan_i_cell_bool(t, "own", r) || isnan(v)) continue;
        if (v > 0.5 && (most < 0 || v > karvan_i_cell_real(t, "real_income_usd", most))) most = r;
        if (v < -0.5 && (least < 0 || v < karvan_i_cell_real(t, "real_income_usd", least)))
            least = r;
    }
    if (most < 0 && least < 0) return;
    (void)printf("  Abroad:");
    if (most >= 0)
        (void)printf(" %s gains most, %s", cli_whatif_country(c, karvan_table_text(t, 0, most)),
                     cli_whatif_money(karvan_i_cell_real(t, "real_income_usd", most), a));
    if (least >= 0)
        (void)printf("%s %s loses most, %s", most >= 0 ? ";" : "",
                     cli_whatif_country(c, karvan_table_text(t, 0, least)),
                     cli_whatif_money(karvan_i_cell_real(t, "real_income_usd", least), b));
    (void)printf("\n");
}

static karvan_status print_countries(const cli *c, const whatif *w, int which,
                                     const whatif_told *told, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = told->countries;
    (void)printf("\n%-20s%11s%10s%13s%13s%s\n%-20s%11s%10s%13s%13s\n", "Who gains", "real income",
                 "", "trade", "transit fees", w->draws > 0 ? "   real income, 5 to 95 %" : "", "",
                 "USD a year", "%", "USD a year", "USD a year");
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_bool(t, "own", r) && !isnan(karvan_i_cell_real(t, "gdp_usd", r)))
            KARVAN_TRY(print_country(c, w, which, t, r, err));
    print_abroad(c, t);
done:
    return st;
}

/* ---- all in all ---- */

static karvan_status print_sums(const whatif *w, int which, const whatif_told *told,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_difference gain;
    char a[WHATIF_WORD], b[WHATIF_WORD];
    int64_t next = cli_whatif_next(told);
    double benefit = karvan_study_settled(w->s, which)[w->benefit],
           shippers =
               karvan_study_settled(w->s, which)[karvan_study_find(w->s, "transit_gain", "")];
    int co2e = karvan_study_find(w->s, "co2e", "");
    KARVAN_TRY(karvan_results_difference(w->results, which, w->benefit, &gain, err));
    double kt_before = karvan_study_settled(w->s, -1)[co2e],
           kt = karvan_study_settled(w->s, which)[co2e] - kt_before;
    double rents = told->rents_after - told->rents_before,
           region = karvan_study_settled(w->s, which)[karvan_study_find(w->s, "region_income", "")];
    (void)printf("\nBenefit          USD %s a year", cli_whatif_money(benefit, a));
    (void)printf(": real income %s", cli_whatif_money(benefit - shippers - rents, a));
    (void)printf(" (the region's countries %s)", cli_whatif_money(region, b));
    if (fabs(shippers) >= 0.5)
        (void)printf(", shippers of transit %s", cli_whatif_money(shippers, a));
    if (fabs(rents) >= 0.5) (void)printf(", who owns what is full %s", cli_whatif_money(rents, b));
    (void)printf("\n");
    (void)printf("Emissions        %+.3g kt CO2e a year (%+.2g %%)\n", kt,
                 kt_before > 0 ? 100 * kt / kt_before : 0);
    if (next < 0)
        (void)printf("Next bottleneck  none: nothing is full\n");
    else
        (void)printf(
            "Next bottleneck  %s: full at %s %s, worth USD %s a year\n",
            karvan_i_cell_text(told->necks, "name", next),
            cli_whatif_whole(karvan_i_cell_real(told->necks, "after_load", next), false, a),
            karvan_i_cell_text(told->necks, "unit", next),
            cli_whatif_worth(karvan_i_cell_real(told->necks, "after_value_usd", next), b));
    if (w->draws == 0) goto done;
    (void)printf("How sure         benefit USD %s", cli_whatif_money(gain.median, a));
    (void)printf(" (%s", cli_whatif_money(gain.p5, a));
    (void)printf(" to %s, 5 to 95 %% of %lld draws), above 0 in %.0f %% of them\n",
                 cli_whatif_money(gain.p95, a), (long long)gain.known, 100 * gain.gains);
    if (gain.unknown > 0)
        (void)printf("                 %lld draws did not settle and are not in this\n",
                     (long long)gain.unknown);
done:
    return st;
}

static karvan_status print_influence(const whatif *w, int which, karvan_error *err) {
    enum { SHOWN = 3 };
    karvan_status st = KARVAN_OK;
    int *order = NULL;
    if (!w->swing || w->parameters == 0) return KARVAN_OK;
    order = karvan_i_malloc((size_t)w->parameters, sizeof *order);
    KARVAN_REQUIRE(order, err, KARVAN_E_NOMEM, "no memory for %d parameters", w->parameters);
    KARVAN_TRY(cli_whatif_order(w, which, order, err));
    for (int i = 0; i < SHOWN && i < w->parameters; i++) {
        karvan_study_parameter p = karvan_study_parameter_at(w->s, order[i]);
        char a[WHATIF_WORD], b[WHATIF_WORD];
        (void)printf("%-17s%s: benefit %s at %.4g, %s at %.4g\n", i == 0 ? "What drives it" : "",
                     p.name ? p.name : p.id,
                     cli_whatif_money(cli_whatif_swing(w, which, order[i], false), a), p.low,
                     cli_whatif_money(cli_whatif_swing(w, which, order[i], true), b), p.high);
    }
done:
    karvan_i_free(order);
    return st;
}

karvan_status cli_whatif_print(const cli *c, const whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    whatif_told told;
    KARVAN_TRY(cli_whatif_tell(c, w, 0, &told, err));
    print_name(c, w->name[0]);
    print_edits(c, w->name[0], &told);
    print_corridors(c, &told);
    KARVAN_TRY(print_countries(c, w, 0, &told, err));
    KARVAN_TRY(print_sums(w, 0, &told, err));
    KARVAN_TRY(print_influence(w, 0, err));
done:
    cli_whatif_told_clear(&told);
    return st;
}
