#include "cli/dyads.h"

karvan_status cli_dyads_region(cli *c, karvan_error *err) {
    (void)c;
    return karvan_fail(err, KARVAN_E_ARG, "not yet");
}
