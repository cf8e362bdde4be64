/* karvan assign --network: files become a problem. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/assign.h"

int64_t cli_assign_line(const char *path, int32_t link) {
    char *text = NULL;
    size_t n;
    int64_t line = 0, found = 0;
    int32_t row = -1;
    bool body = false;
    if (karvan_i_file_read(path, &text, &n, NULL) != KARVAN_OK) return 0;
    for (const char *s = text, *end; !found && *s; s = *end ? end + 1 : end) {
        line++;
        end = s + strcspn(s, "\n");
        const char *word = s + strspn(s, " \t\r");
        if (!body)
            body = strncmp(word, "<END OF METADATA>", 17) == 0;
        else if (word < end && *word != '~' && ++row == link)
            found = line;
    }
    karvan_i_free(text);
    return found;
}

/* "FILE:line:1: link 3 to 5: what is wrong", nodes as the file counts them; of a pipe, which cannot
 * be read again, without the line. */
static karvan_status bad_link(const cli *c, const karvan_tntp *net, int32_t l, const char *what,
                              karvan_error *err) {
    const char *path = cli_option(c, "network");
    int64_t line = cli_assign_line(path, l);
    char place[40] = "";
    if (line > 0) (void)snprintf(place, sizeof place, ":%lld:1", (long long)line);
    return karvan_fail(err, KARVAN_E_DATA, "%.120s%s: link %d to %d: %s", path, place,
                       (int)net->from[l] + 1, (int)net->to[l] + 1, what);
}

karvan_status cli_assign_refuse(const cli *c, const assign_input *in, karvan_status st,
                                const karvan_error *told, karvan_error *err) {
    static const char arc[] = "arc ";
    if (st == KARVAN_E_ARG && strncmp(told->msg, arc, strlen(arc)) == 0) {
        char *end;
        long l = strtol(told->msg + strlen(arc), &end, 10);
        if (*end == ' ' && l >= 0 && l < in->net.links)
            return bad_link(c, &in->net, (int32_t)l, end + 1, err);
    }
    if (st == KARVAN_E_CANCELLED)
        return karvan_fail(err, st, "stopped before all trips were loaded: there is no answer yet");
    return karvan_fail(err, st == KARVAN_E_ARG ? KARVAN_E_DATA : st, "%s", told->msg);
}

/* The link's row as a function of its flow: a constant where nothing makes it rise. */
static const char *link_function(const karvan_tntp *net, int32_t l, karvan_vdf *out) {
    double t0 = net->column[KARVAN_TNTP_TIME][l], b = net->column[KARVAN_TNTP_B][l],
           power = net->column[KARVAN_TNTP_POWER][l],
           capacity = net->column[KARVAN_TNTP_CAPACITY][l];
    /* the capacity stands for another kind, that --vdf may give */
    *out = (karvan_vdf){.kind = KARVAN_VDF_CONSTANT, .t0 = t0, .capacity = capacity};
    if (!(t0 >= 0)) return "free-flow time below 0; it is 0 or more";
    if (b == 0 || power == 0) return b == 0 ? NULL : (out->t0 = t0 * (1 + b), NULL);
    if (!(b > 0) || !(power > 0)) return "b or power below 0: the time would fall as flow rises";
    if (!(capacity > 0))
        return "no capacity, and a time that depends on it; it is above 0 (a link that is closed "
               "is left out)";
    *out = (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = t0, .capacity = capacity, .a = b, .b = power};
    return NULL;
}

static karvan_status build_functions(const cli *c, assign_input *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    in->vdf = karvan_i_calloc((size_t)in->net.links + 1, sizeof *in->vdf);
    KARVAN_REQUIRE(in->vdf, err, KARVAN_E_NOMEM, "no memory for %d links", (int)in->net.links);
    for (int32_t l = 0; l < in->net.links; l++) {
        const char *what = link_function(&in->net, l, &in->vdf[l]);
        if (what) KARVAN_TRY(bad_link(c, &in->net, l, what, err));
    }
done:
    return st;
}

/* --vdf: a user's functions in the place of the network's. */
static karvan_status read_functions(const cli *c, assign_input *in, karvan_error *err) {
    const char *path = cli_option(c, "vdf");
    if (!path) return KARVAN_OK;
    return karvan_vdf_read(path, cli_option(c, "curves"), in->net.links, in->net.from, in->net.to,
                           in->vdf, &in->functions, err);
}

static const karvan_vdf *function_of(const assign_input *in) {
    return in->functions.vdf ? in->functions.vdf : in->vdf;
}

/* What rows of the network leave out of range; those of --vdf were looked at as they were read. */
static karvan_status check_functions(const cli *c, const assign_input *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t l = 0; l < in->net.links; l++) {
        karvan_error why = {0};
        if (karvan_vdf_check(&function_of(in)[l], &why) != KARVAN_OK)
            KARVAN_TRY(bad_link(c, &in->net, l, why.msg, err));
    }
done:
    return st;
}

/* Costs besides time that would make a way shorter the oftener it is used, or are no numbers. */
static karvan_status check_fixed(const cli *c, const assign_input *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < in->n_classes; k++)
        for (int32_t l = 0; in->fixed[k] && l < in->net.links; l++) {
            char what[160];
            double fixed = in->fixed[k][l];
            if (isfinite(fixed) && karvan_vdf_time(&function_of(in)[l], 0) + fixed >= 0) continue;
            (void)snprintf(what, sizeof what, "toll and length cost class '%.40s' %.6g, which %s",
                           in->classes[k].name, fixed,
                           isfinite(fixed) ? "takes its cost below 0" : "is no number to add");
            KARVAN_TRY(bad_link(c, &in->net, l, what, err));
        }
done:
    return st;
}

karvan_status cli_assign_read(const cli *c, assign_input *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "network");
    KARVAN_TRY(karvan_tntp_read(path, &in->net, err));
    KARVAN_REQUIRE(in->net.zones > 0, err, KARVAN_E_DATA,
                   "%s: <NUMBER OF ZONES> is 0; trips begin and end at zones", path);
    KARVAN_TRY(build_functions(c, in, err));
    KARVAN_TRY(read_functions(c, in, err));
    KARVAN_TRY(check_functions(c, in, err));
    KARVAN_TRY(cli_assign_classes(c, in, err));
    KARVAN_TRY(check_fixed(c, in, err));
    in->problem = (karvan_assignment_problem){.n_nodes = in->net.nodes,
                                              .n_arcs = in->net.links,
                                              .tail = in->net.from,
                                              .head = in->net.to,
                                              .zones = in->net.zones,
                                              .first_through = in->net.first_through,
                                              .vdf = function_of(in),
                                              .n_classes = in->n_classes,
                                              .classes = in->classes};
done:
    return st;
}

void cli_assign_clear(assign_input *in) {
    for (int k = 0; k < in->n_classes; k++) {
        if (in->trips) karvan_trips_clear(&in->trips[k]);
        if (in->fixed) karvan_i_free(in->fixed[k]);
    }
    karvan_i_free(in->trips), karvan_i_free(in->fixed), karvan_i_free(in->classes);
    karvan_table_destroy(in->table);
    karvan_vdf_set_clear(&in->functions);
    karvan_i_free(in->vdf);
    karvan_tntp_clear(&in->net);
    *in = (assign_input){.n_classes = 0};
}
