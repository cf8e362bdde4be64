#ifndef KARVAN_SRC_TRY_H
#define KARVAN_SRC_TRY_H
/* For functions with `karvan_status st = KARVAN_OK;` and one `done:` label. */
#include "karvan/base.h"
#ifdef __clang_analyzer__
/* clang-tidy follows paths inside one file and would not know that a failure is never KARVAN_OK. */
#define karvan_fail(err, code, ...) ((void)(karvan_fail)((err), (code), __VA_ARGS__), (code))
#endif
#define KARVAN_TRY(expr)                \
    do {                                \
        st = (expr);                    \
        if (st != KARVAN_OK) goto done; \
    } while (0)
#define KARVAN_REQUIRE(cond, err, code, ...)              \
    do {                                                  \
        if (!(cond)) {                                    \
            st = karvan_fail((err), (code), __VA_ARGS__); \
            goto done;                                    \
        }                                                 \
    } while (0)
#endif
