#ifndef KARVAN_EXPORT_H
#define KARVAN_EXPORT_H
/* Symbol visibility: the library is built with -fvisibility=hidden; only what
 * carries KARVAN_API leaves the shared object. */
#if defined(__GNUC__)
#define KARVAN_API                     __attribute__((visibility("default")))
#define KARVAN_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
#else
#define KARVAN_API
#define KARVAN_PRINTF(fmt_at, args_at)
#endif
#endif
