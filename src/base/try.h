#ifndef KARVAN_SRC_TRY_H
#define KARVAN_SRC_TRY_H
/* For functions with `karvan_status st = KARVAN_OK;` and one `done:` label. */
#include "karvan/base.h"
#define KARVAN_TRY(expr)                \
    do {                                \
        st = (expr);                    \
        if (st != KARVAN_OK) goto done; \
    } while (0)
#define KARVAN_REQUIRE(cond, err, code, ...)            \
    do {                                                \
        if (!(cond)) {                                  \
            st = karvan_fail((err), (code), __VA_ARGS__); \
            goto done;                                  \
        }                                               \
    } while (0)
#endif
