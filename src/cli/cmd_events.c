#include "cli/cli.h"

static karvan_status run_events(cli *c, karvan_error *err) {
    (void)c;
    return karvan_fail(err, KARVAN_E_ARG, "not yet");
}

static const option_spec options[] = {{NULL, NULL, NULL}};
static const char *const examples[] = {NULL};
const command command_events = {"events", "", "", "", options, examples, 0, 0, run_events};
