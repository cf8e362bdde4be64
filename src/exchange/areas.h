#ifndef KARVAN_SRC_EXCHANGE_AREAS_H
#define KARVAN_SRC_EXCHANGE_AREAS_H
/* Countries and areas as trade statistics number them. */
#include <stdbool.h>

typedef struct karvan_i_area {
    const char
        *label; /* ISO 3166-1 alpha-3 (3166-3 of states that are no more), or the UN's code */
    int code;   /* of UN Comtrade and BACI: M49 but for some */
    bool group; /* holds countries that stand beside it: the world, the European Union */
} karvan_i_area;
/* false: the number is none of theirs. */
bool karvan_i_area_of(int code, karvan_i_area *out);
#endif
