#include "cli/relations.h"

karvan_status cli_relations_index(cli *c, karvan_error *err) {
    (void)c;
    return karvan_fail(err, KARVAN_E_ARG, "not yet");
}
