#include <stdarg.h>

#include "base/utf8.h"
#include "karvan/base.h"

const char *karvan_status_name(karvan_status s) {
    static const char *const names[KARVAN_STATUS_END] = {
        "ok",       "bad argument", "bad data", "out of memory", "no convergence", "machine failed",
        "cancelled"};
    return s >= KARVAN_OK && s < KARVAN_STATUS_END ? names[s] : "unknown";
}

karvan_status karvan_fail(karvan_error *err, karvan_status code, const char *fmt, ...) {
    if (err && err->code == KARVAN_OK) {
        va_list ap;
        va_start(ap, fmt);
        err->code = code;
        (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
        karvan_i_utf8_mend(err->msg);
    }
    return code;
}

const char *karvan_version(void) { return KARVAN_VERSION; }
