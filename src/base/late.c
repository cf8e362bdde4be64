#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

#include "base/try.h"

/* POSIX wants it so, ISO C does not promise it. */
_Static_assert(sizeof(void *) == sizeof(void (*)(void)), "addresses of functions fit in void *");

/* The loader's own words mostly begin with "NAME: ", which has been said. */
static const char *without_name(const char *why, const char *soname) {
    size_t n = strlen(soname);
    return strncmp(why, soname, n) == 0 && strncmp(why + n, ": ", 2) == 0 ? why + n + 2 : why;
}

karvan_status karvan_i_late_load(const char *soname, int n, const karvan_i_late_name *names,
                                 void *pointers, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    /* Its names are for us alone. Lazily: what is never called is never looked for. */
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
    if (!library) {
        const char *why = dlerror();
        return karvan_fail(err, KARVAN_E_IO,
                           "cannot load %.60s: %.120s; install the package that has it", soname,
                           why ? without_name(why, soname) : "no reason given");
    }
    for (int i = 0; i < n; i++) {
        void *address = dlsym(library, names[i].name);
        KARVAN_REQUIRE(address, err, KARVAN_E_IO,
                       "cannot load %.60s: it has no %.60s; install the version that karvan was "
                       "built with",
                       soname, names[i].name);
        memcpy((char *)pointers + names[i].at, &address, sizeof address);
    }
    library = NULL; /* never closed */
done:
    if (library) (void)dlclose(library);
    return st;
}
