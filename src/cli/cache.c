/* Where solved bases are kept between runs: a cache of the user's, as the XDG Base Directory
 * Specification (0.8) has it. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char *in_folder(const char *dir, const char *below, char *out, size_t cap) {
    int n = snprintf(out, cap, "%s%s", dir, below);
    return n > 0 && (size_t)n < cap ? out : NULL;
}

const char *cli_cache(const cli *c, char *out, size_t cap) {
    const char *said = cli_option(c, "cache"), *xdg = getenv("XDG_CACHE_HOME"),
               *home = getenv("HOME");
    if (!said) said = getenv("KARVAN_CACHE");
    if (said && *said) return strcmp(said, "none") == 0 ? NULL : in_folder(said, "", out, cap);
    if (xdg && *xdg == '/')
        return in_folder(xdg, "/karvan", out, cap); /* relative: to be ignored */
    return home && *home == '/' ? in_folder(home, "/.cache/karvan", out, cap) : NULL;
}
