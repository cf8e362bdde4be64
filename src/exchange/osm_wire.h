#ifndef KARVAN_SRC_EXCHANGE_OSM_WIRE_H
#define KARVAN_SRC_EXCHANGE_OSM_WIRE_H
/* The wire format of Protocol Buffers, as much as OpenStreetMap's PBF needs: numbers of variable
 * length, fields, fields within fields. Nothing is copied and nothing allocated. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct karvan_i_wire {
    const uint8_t *at, *end;
} karvan_i_wire;

enum {
    KARVAN_I_WIRE_NUMBER = 0,
    KARVAN_I_WIRE_FIXED64 = 1,
    KARVAN_I_WIRE_BYTES = 2,
    KARVAN_I_WIRE_FIXED32 = 5
};

typedef struct karvan_i_wire_field {
    uint64_t number;
    int type;
    uint64_t value;      /* KARVAN_I_WIRE_NUMBER */
    karvan_i_wire bytes; /* KARVAN_I_WIRE_BYTES */
} karvan_i_wire_field;

/* false: cut, or longer than the ten bytes of a 64-bit number; w->at then stays. */
static inline bool karvan_i_wire_varint(karvan_i_wire *w, uint64_t *out) {
    if (w->at < w->end && *w->at < 0x80) {
        *out = *w->at++;
        return true;
    }
    uint64_t v = 0;
    const uint8_t *p = w->at;
    for (unsigned shift = 0; shift < 70 && p < w->end; shift += 7) {
        uint8_t b = *p++;
        v |= (uint64_t)(b & 0x7F) << shift;
        if (b < 0x80) {
            if (shift == 63 && b > 1) return false;
            w->at = p, *out = v;
            return true;
        }
    }
    return false;
}

/* Of a number whose sign stands in its lowest bit. */
static inline int64_t karvan_i_wire_zigzag(uint64_t v) {
    return (int64_t)((v >> 1) ^ (0 - (v & 1)));
}

static inline bool karvan_i_wire_skip(karvan_i_wire *w, uint64_t n) {
    if (n > (uint64_t)(w->end - w->at)) return false;
    w->at += n;
    return true;
}

/* The next field. false: w->at == w->end, or what stands at w->at is no field. */
static inline bool karvan_i_wire_next(karvan_i_wire *w, karvan_i_wire_field *f) {
    const uint8_t *begin = w->at;
    uint64_t key, n = 0;
    if (w->at == w->end || !karvan_i_wire_varint(w, &key)) return false;
    f->number = key >> 3, f->type = (int)(key & 7), f->value = 0;
    bool good = f->number != 0;
    if (f->type == KARVAN_I_WIRE_NUMBER)
        good = good && karvan_i_wire_varint(w, &f->value);
    else if (f->type == KARVAN_I_WIRE_FIXED64)
        good = good && karvan_i_wire_skip(w, 8);
    else if (f->type == KARVAN_I_WIRE_FIXED32)
        good = good && karvan_i_wire_skip(w, 4);
    else if (f->type == KARVAN_I_WIRE_BYTES) {
        good = good && karvan_i_wire_varint(w, &n);
        f->bytes.at = w->at;
        good = good && karvan_i_wire_skip(w, n);
        f->bytes.end = w->at;
    } else {
        good = false; /* groups, which the format never had */
    }
    if (!good) w->at = begin;
    return good;
}
#endif
