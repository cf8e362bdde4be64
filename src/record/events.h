#ifndef KARVAN_SRC_RECORD_EVENTS_H
#define KARVAN_SRC_RECORD_EVENTS_H
/* What the tables of scores are made of. */
#include "karvan/events.h"

enum { KARVAN_I_CAMEO_ROOTS = 20, KARVAN_I_CAMEO_NO = INT8_MIN };
typedef struct karvan_i_cameo_code {
    const char *code;
    int8_t icews, gdelt; /* tenths; KARVAN_I_CAMEO_NO: the data set has no such code */
} karvan_i_cameo_code;
typedef struct karvan_i_cameo_root {
    const char *name;
    karvan_quad quad;
} karvan_i_cameo_root;
const karvan_i_cameo_code *karvan_i_cameo_at(size_t i);                        /* NULL: no more */
const karvan_i_cameo_root *karvan_i_cameo_root_of(const char *code, size_t n); /* NULL */

typedef struct karvan_i_plover_code {
    const char *type, *mode; /* mode "": the type as such */
    int8_t score;            /* tenths */
} karvan_i_plover_code;
const karvan_i_plover_code *karvan_i_plover_at(size_t i); /* NULL: no more */
karvan_quad karvan_i_plover_quad(const char *type, size_t n);
#endif
