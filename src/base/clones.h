#ifndef KARVAN_SRC_BASE_CLONES_H
#define KARVAN_SRC_BASE_CLONES_H
/* Functions that are worth the vector units of newer machines are compiled for those too, and the
 * loader picks. No sum is reordered and none is contracted: the bytes are the same on all. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KARVAN_I_CLONES \
    __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KARVAN_I_CLONES
#endif
#endif
