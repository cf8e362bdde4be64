#define KARVAN_I_LATE_LOADER
#include "network/proj_late.h"

#include <pthread.h>

#include "base/late.h"
#include "base/try.h"

karvan_i_proj_pointers karvan_i_proj;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static karvan_error failure; /* of the only attempt; code KARVAN_OK: there was none */

static void load(void) {
    static const karvan_i_late_name names[] = {
#define KARVAN_I_NAME(name) {#name, offsetof(karvan_i_proj_pointers, name)},
        KARVAN_I_PROJ_NAMES(KARVAN_I_NAME)
#undef KARVAN_I_NAME
    };
    (void)karvan_i_late_load(KARVAN_PROJ_SONAME, (int)(sizeof names / sizeof names[0]), names,
                             &karvan_i_proj, &failure);
}

karvan_status karvan_i_proj_load(karvan_error *err) {
    (void)pthread_once(&once, load);
    if (failure.code == KARVAN_OK) return KARVAN_OK;
    return karvan_fail(err, failure.code, "%s", failure.msg);
}
