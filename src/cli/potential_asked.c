#include <string.h>

#include "base/order.h"
#include "base/try.h"
#include "cli/potential.h"
#include "cli/words.h"
#include "table/cell.h"

static karvan_status year_option(const cli *c, const char *name, int64_t *out, bool *given,
                                 karvan_error *err) {
    const char *said = cli_option(c, name);
    if (!said) return KARVAN_OK;
    *given = true;
    if (cli_whole(said, 1, 9999, out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a year, not '%.40s'", name, said);
}

static karvan_status read_years(const cli *c, karvan_potential_query *q, karvan_error *err) {
    static const char *const range[] = {"from", "to", NULL};
    karvan_status st = KARVAN_OK;
    if (cli_option(c, "year")) KARVAN_TRY(cli_not_any(c, "year", range, err));
    KARVAN_TRY(year_option(c, "from", &q->from_year, &q->has_from, err));
    KARVAN_TRY(year_option(c, "to", &q->to_year, &q->has_to, err));
    KARVAN_REQUIRE(!q->has_from || !q->has_to || q->from_year <= q->to_year, err, KARVAN_E_ARG,
                   "--from %lld lies after --to %lld", (long long)q->from_year,
                   (long long)q->to_year);
    KARVAN_TRY(year_option(c, "year", &q->from_year, &q->has_from, err));
    if (cli_option(c, "year")) q->has_to = true, q->to_year = q->from_year;
done:
    return st;
}

/* ---- groups ---- */

static karvan_status add_member(potential_asked *a, int g, const char *code, karvan_error *err) {
    karvan_trade_group *group = &a->group[g];
    if (group->n == POTENTIAL_MEMBERS)
        return karvan_fail(err, KARVAN_E_ARG, "more than %d countries in a group",
                           (int)POTENTIAL_MEMBERS);
    char *name = a->member_name[g][group->n];
    (void)snprintf(name, POTENTIAL_NAME, "%s", code);
    a->member[g][group->n++] = name;
    return KARVAN_OK;
}

/* The countries of the region that are of this group. */
static karvan_status group_of_region(const cli *c, potential_asked *a, int g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = c->region ? karvan_package_table(c->region, "countries") : NULL;
    char meant[120];
    int column = t ? karvan_table_find(t, "group") : -1;
    for (int64_t row = 0; column >= 0 && row < karvan_table_rows(t); row++)
        if (karvan_i_cell_is(t, "group", row, a->group_name[g]))
            KARVAN_TRY(add_member(a, g, karvan_i_cell_text(t, "iso3", row), err));
    if (a->group[g].n > 0) goto done;
    st = karvan_fail(err, KARVAN_E_ARG, "%s%.60s%s; of your own: --group NAME=A,B,C",
                     c->region ? "the region has no group " : "no countries for group ",
                     a->group_name[g],
                     karvan_i_meant_cell(t, column, a->group_name[g], meant, sizeof meant));
done:
    return st;
}

/* "EAEU=KAZ,KGZ;central_asia" */
static karvan_status read_groups(const cli *c, potential_asked *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "group");
    char text[2000], code[POTENTIAL_NAME];
    bool more = at != NULL;
    while (more) {
        int g = a->q.n_groups;
        KARVAN_TRY(cli_next_word(&at, ';', text, sizeof text, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(g < POTENTIAL_GROUPS, err, KARVAN_E_ARG, "more than %d groups",
                       (int)POTENTIAL_GROUPS);
        const char *name = text, *list = strchr(text, '=');
        KARVAN_TRY(cli_next_word(&name, '=', a->group_name[g], POTENTIAL_NAME, &more, err));
        KARVAN_REQUIRE(more, err, KARVAN_E_ARG, "--group '%.40s' has no name", text);
        a->group[g] = (karvan_trade_group){.name = a->group_name[g], .country = a->member[g]};
        a->q.groups = a->group, a->q.n_groups++;
        if (!list) {
            KARVAN_TRY(group_of_region(c, a, g, err));
            continue;
        }
        for (list++;;) {
            KARVAN_TRY(cli_next_word(&list, ',', code, sizeof code, &more, err));
            if (!more) break;
            KARVAN_TRY(add_member(a, g, code, err));
        }
        KARVAN_REQUIRE(a->group[g].n > 0, err, KARVAN_E_ARG, "the group %.60s has no countries",
                       a->group_name[g]);
        more = true;
    }
done:
    return st;
}

/* ---- countries ---- */

/* A group's name, a code as it stands, or what the region calls so. */
static karvan_status read_country(const cli *c, const potential_asked *a, const char *said,
                                  char *out, karvan_error *err) {
    const char *code = said;
    for (int g = 0; g < a->q.n_groups; g++)
        if (strcmp(a->group_name[g], said) == 0) goto found;
    if (c->region) {
        karvan_status st = karvan_record_party(c->region, said, &code, err);
        if (st != KARVAN_OK) return st;
        if (karvan_package_row(c->region, "countries", code) < 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "'%.40s' is no country; a group is named by --group first, as "
                               "NAME=A,B or one of the region's",
                               said);
    }
found:
    if (strlen(code) >= POTENTIAL_NAME)
        return karvan_fail(err, KARVAN_E_ARG, "'%.40s...' is too long a name", code);
    (void)snprintf(out, POTENTIAL_NAME, "%s", code);
    return KARVAN_OK;
}

static karvan_status read_pair(const cli *c, potential_asked *a, const char *said,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *dash = strchr(said, '-'), *x = said, *m = dash ? dash + 1 : "";
    char first[POTENTIAL_NAME], second[POTENTIAL_NAME];
    bool two = dash && !strchr(m, '-'), more = two;
    if (two) KARVAN_TRY(cli_next_word(&x, '-', first, sizeof first, &more, err));
    if (two && more) KARVAN_TRY(cli_next_word(&m, '-', second, sizeof second, &more, err));
    if (two && more) {
        KARVAN_TRY(read_country(c, a, first, a->exporter, err));
        KARVAN_TRY(read_country(c, a, second, a->importer, err));
    } else { /* names with hyphens of their own */
        KARVAN_REQUIRE(c->region, err, KARVAN_E_ARG,
                       "'%.60s' is not a pair: write two codes with a hyphen, AZE-KAZ", said);
        KARVAN_TRY(karvan_record_pair(c->region, said, &x, &m, err));
        (void)snprintf(a->exporter, POTENTIAL_NAME, "%s", x);
        (void)snprintf(a->importer, POTENTIAL_NAME, "%s", m);
    }
    KARVAN_REQUIRE(strcmp(a->exporter, a->importer) != 0 || a->q.n_groups > 0, err, KARVAN_E_ARG,
                   "%.60s is both sides of the pair", a->exporter);
    a->q.exporter = a->exporter, a->q.importer = a->importer, a->q.either_way = true;
done:
    return st;
}

static karvan_status read_parties(const cli *c, potential_asked *a, karvan_error *err) {
    static const char *const one_way[] = {"exporter", "importer", "country", NULL};
    static const char *const sides[] = {"exporter", "importer", NULL};
    const char *pair = cli_option(c, "pair"), *country = cli_option(c, "country"),
               *exporter = cli_option(c, "exporter"), *importer = cli_option(c, "importer");
    karvan_status st = KARVAN_OK;
    if (pair) KARVAN_TRY(cli_not_any(c, "pair", one_way, err));
    if (country) KARVAN_TRY(cli_not_any(c, "country", sides, err));
    if (pair) KARVAN_TRY(read_pair(c, a, pair, err));
    if (country) exporter = country, a->q.either_way = true;
    if (exporter) {
        KARVAN_TRY(read_country(c, a, exporter, a->exporter, err));
        a->q.exporter = a->exporter;
    }
    if (importer) {
        KARVAN_TRY(read_country(c, a, importer, a->importer, err));
        a->q.importer = a->importer;
    }
done:
    return st;
}

static karvan_status read_by(const cli *c, potential_asked *a, karvan_error *err) {
    static const char *const words[] = {"pair", "exporter", "importer", "year", "flow"};
    const char *by = cli_option(c, "by");
    int k = 0;
    a->flows = cli_option(c, "pair") && a->q.n_groups == 0;
    if (!by) return KARVAN_OK;
    while (k < 5 && strcmp(words[k], by) != 0) k++;
    if (k == 5)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--by is flow, pair, exporter, importer or year, not '%.40s'", by);
    a->flows = k == 4;
    if (k < 4) a->q.by = (karvan_potential_by)k;
    return KARVAN_OK;
}

karvan_status potential_read(const cli *c, potential_asked *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(read_years(c, &a->q, err));
    KARVAN_TRY(read_groups(c, a, err));
    KARVAN_TRY(read_parties(c, a, err));
    KARVAN_TRY(read_by(c, a, err));
done:
    return st;
}

/* ---- rows ---- */

static bool stands_for(const potential_asked *a, const char *asked, const char *code) {
    if (!asked || strcmp(asked, code) == 0) return true;
    for (int g = 0; g < a->q.n_groups; g++)
        for (int k = 0; strcmp(a->group_name[g], asked) == 0 && k < a->group[g].n; k++)
            if (strcmp(a->member[g][k], code) == 0) return true;
    return false;
}

bool potential_wanted(void *ctx, const karvan_table *t, int64_t row) {
    const potential_asked *a = ctx;
    const karvan_potential_query *q = &a->q;
    const char *x = karvan_i_cell_text(t, "exporter", row),
               *m = karvan_i_cell_text(t, "importer", row);
    double year = karvan_i_cell_real(t, "year", row);
    if ((q->has_from && !(year >= (double)q->from_year)) ||
        (q->has_to && !(year <= (double)q->to_year)))
        return false;
    if (!q->exporter && !q->importer) return true;
    if (!x || !m) return false;
    return (stands_for(a, q->exporter, x) && stands_for(a, q->importer, m)) ||
           (q->either_way && stands_for(a, q->exporter, m) && stands_for(a, q->importer, x));
}
