#ifndef KARVAN_SRC_BASE_BUILD_H
#define KARVAN_SRC_BASE_BUILD_H
/* Which build of the library runs: two of one version may differ. */
#include <stdint.h>
/* A digest of the identity that the linker gave to the program, or shared library, that holds this;
 * 0: it gave none. */
uint64_t karvan_i_build(void);
#endif
