/* karvan select: links, nodes and zones as they are written on the command line. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/select.h"
#include "cli/words.h"

enum { WORD = 400, ENDS = 80 };

static karvan_status add_arc(select_asked *a, int32_t arc, karvan_error *err) {
    if (a->n_arcs == a->room) {
        int32_t room = a->room ? 2 * a->room : 16;
        int32_t *more = karvan_i_realloc(a->arc, (size_t)room, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for links");
        a->arc = more, a->room = room;
    }
    a->arc[a->n_arcs++] = arc;
    return KARVAN_OK;
}

static karvan_status begin_set(select_asked *a, karvan_error *err) {
    if (a->query.n_sets == KARVAN_SELECT_SETS)
        return karvan_fail(err, KARVAN_E_ARG,
                           "more than %d places that must all be passed; parallel ones make one "
                           "place with a slash: 1-2/3-4",
                           (int)KARVAN_SELECT_SETS);
    a->first[a->query.n_sets++] = a->n_arcs;
    return KARVAN_OK;
}

/* "3-5": all links from node 3 to node 5; "12": the twelfth of the network. */
static karvan_status take_link(const karvan_tntp *net, const char *word, select_asked *a,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *dash = strchr(word, '-');
    char from[ENDS] = "";
    int64_t tail, head, number;
    int32_t before = a->n_arcs;
    if (!dash) {
        KARVAN_REQUIRE(
            cli_whole(word, 1, net->links, &number), err, KARVAN_E_ARG,
            "--link names links as FROM-TO, or by their number from 1 to %d, not '%.40s'",
            (int)net->links, word);
        return add_arc(a, (int32_t)number - 1, err);
    }
    (void)snprintf(from, sizeof from, "%.*s", (int)(dash - word), word);
    KARVAN_REQUIRE(cli_whole(from, 1, net->nodes, &tail) &&
                       cli_whole(dash + 1, 1, net->nodes, &head),
                   err, KARVAN_E_ARG,
                   "--link names links as FROM-TO, nodes from 1 to %d, or by their number, not "
                   "'%.40s'",
                   (int)net->nodes, word);
    for (int32_t l = 0; l < net->links; l++)
        if (net->from[l] == tail - 1 && net->to[l] == head - 1) KARVAN_TRY(add_arc(a, l, err));
    KARVAN_REQUIRE(a->n_arcs > before, err, KARVAN_E_ARG, "--link %.40s: no link leads so", word);
done:
    return st;
}

/* All links of a node: a way that passes it, begins or ends there takes one. */
static karvan_status take_node(const karvan_tntp *net, const char *word, select_asked *a,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t node;
    int32_t before = a->n_arcs;
    KARVAN_REQUIRE(cli_whole(word, 1, net->nodes, &node), err, KARVAN_E_ARG,
                   "--node is a number from 1 to %d, not '%.40s'", (int)net->nodes, word);
    for (int32_t l = 0; l < net->links; l++)
        if (net->from[l] == node - 1 || net->to[l] == node - 1) KARVAN_TRY(add_arc(a, l, err));
    KARVAN_REQUIRE(a->n_arcs > before, err, KARVAN_E_ARG, "--node %.40s: no link touches it", word);
done:
    return st;
}

/* Places parted by commas, each of parts parted by slashes; `apart`: every place a set. */
static karvan_status take_places(const cli *c, const char *option, bool apart,
                                 const karvan_tntp *net, select_asked *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, option);
    char place[WORD], part[WORD];
    bool more = at != NULL, parts;
    while (more) {
        KARVAN_TRY(cli_next_word(&at, ',', place, sizeof place, &more, err));
        if (!more) break;
        if (apart || a->query.n_sets == 0) KARVAN_TRY(begin_set(a, err));
        for (const char *in = place;;) {
            KARVAN_TRY(cli_next_word(&in, '/', part, sizeof part, &parts, err));
            if (!parts) break;
            KARVAN_TRY(strcmp(option, "link") == 0 ? take_link(net, part, a, err)
                                                   : take_node(net, part, a, err));
        }
    }
done:
    return st;
}

static karvan_status take_zones(const cli *c, const char *option, int32_t zones, bool **out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, option);
    char word[WORD];
    int64_t zone;
    bool more = true;
    if (!at) return KARVAN_OK;
    *out = karvan_i_calloc((size_t)zones + 1, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for %d zones", (int)zones);
    for (;;) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(cli_whole(word, 1, zones, &zone), err, KARVAN_E_ARG,
                       "--%s names zones from 1 to %d, not '%.40s'", option, (int)zones, word);
        (*out)[zone - 1] = true;
    }
done:
    return st;
}

karvan_status cli_select_read(const cli *c, const karvan_tntp *net, select_asked *out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool apart = cli_switch(c, "all") || cli_switch(c, "in-order");
    *out = (select_asked){.query.in_order = cli_switch(c, "in-order")};
    out->first = karvan_i_calloc(KARVAN_SELECT_SETS + 1, sizeof *out->first);
    KARVAN_REQUIRE(out->first, err, KARVAN_E_NOMEM, "no memory for links");
    KARVAN_TRY(take_places(c, "link", apart, net, out, err));
    KARVAN_TRY(take_places(c, "node", apart, net, out, err));
    out->first[out->query.n_sets] = out->n_arcs;
    KARVAN_TRY(take_zones(c, "from", net->zones, &out->origin, err));
    KARVAN_TRY(take_zones(c, "to", net->zones, &out->destination, err));
    out->query.first = out->first, out->query.arc = out->arc;
    out->query.origin = out->origin, out->query.destination = out->destination;
done:
    return st;
}

void cli_select_clear(select_asked *a) {
    karvan_i_free(a->first), karvan_i_free(a->arc);
    karvan_i_free(a->origin), karvan_i_free(a->destination);
    *a = (select_asked){.n_arcs = 0};
}
