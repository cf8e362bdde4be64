#include "base/late.h"
#ifdef KARVAN_HDF5
#define KARVAN_I_LATE_LOADER
#include <dlfcn.h>
#include <pthread.h>

#include "base/try.h"
#include "exchange/hdf5_late.h"

karvan_i_hdf5_pointers karvan_i_hdf5;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static karvan_error failure; /* of the only attempt; code KARVAN_OK: there was none */

/* What a program that is linked to HDF5 itself reads of its variables, the linker has put into the
 * program, and HDF5 uses those: its own stay as they were built, which is invalid. */
static karvan_status variable(const char *name, hid_t **at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    void *program = NULL;
    if (**at < 0) {
        program = dlopen(NULL, RTLD_LAZY);
        hid_t *other = program ? dlsym(program, name) : NULL;
        KARVAN_REQUIRE(other && *other >= 0, err, KARVAN_E_IO,
                       "cannot load %s: its %s is not set; install the package that has it",
                       KARVAN_HDF5_SONAME, name);
        *at = other;
    }
done:
    if (program) (void)dlclose(program); /* only its count of users falls */
    return st;
}

static karvan_status load_all(karvan_error *err) {
    static const karvan_i_late_name names[] = {
#define KARVAN_I_NAME(name) {#name, offsetof(karvan_i_hdf5_pointers, name)},
        KARVAN_I_HDF5_FUNCTIONS(KARVAN_I_NAME) KARVAN_I_HDF5_VARIABLES(KARVAN_I_NAME)
#undef KARVAN_I_NAME
    };
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_late_load(KARVAN_HDF5_SONAME, (int)(sizeof names / sizeof names[0]), names,
                                  &karvan_i_hdf5, err));
    KARVAN_REQUIRE(karvan_i_hdf5.H5open() >= 0, err, KARVAN_E_IO,
                   "cannot load %s: it does not start", KARVAN_HDF5_SONAME);
#define KARVAN_I_SET(name) KARVAN_TRY(variable(#name, &karvan_i_hdf5.name, err));
    KARVAN_I_HDF5_VARIABLES(KARVAN_I_SET)
#undef KARVAN_I_SET
done:
    return st;
}

static void load(void) { (void)load_all(&failure); }

karvan_status karvan_i_hdf5_load(karvan_error *err) {
    (void)pthread_once(&once, load);
    if (failure.code == KARVAN_OK) return KARVAN_OK;
    return karvan_fail(err, failure.code, "%s", failure.msg);
}
#endif
