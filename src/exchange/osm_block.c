/* A block of PBF data: its strings, then groups of nodes (dense or one by one), ways, relations.
 * Source of the fields: OpenStreetMap wiki, "PBF Format". */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/osm_pbf.h"

enum { BLOCK_STRINGS = 1, BLOCK_GROUP = 2, BLOCK_GRANULARITY = 17, BLOCK_LAT = 19, BLOCK_LON = 20 };
enum { GROUP_NODE = 1, GROUP_DENSE = 2, GROUP_WAY = 3, GROUP_RELATION = 4, GROUP_CHANGESET = 5 };
/* Nodes, ways and relations have their first four fields in common. */
enum { ID = 1, KEYS = 2, VALUES = 3, INFO = 4, FIRST = 8, SECOND = 9, THIRD = 10 };
enum { DENSE_INFO = 5, INFO_VISIBLE = 6 };
enum { NUMBER = KARVAN_I_WIRE_NUMBER, BYTES = KARVAN_I_WIRE_BYTES };

/* A field of an element of its own. */
static const struct {
    karvan_i_osm_kind kind;
    bool signed_id;
    const char *name;
} plain[] = {{KARVAN_I_OSM_NODE, true, "node"},
             {KARVAN_I_OSM_WAY, false, "way"},
             {KARVAN_I_OSM_RELATION, false, "relation"}};

static karvan_status fault(karvan_i_osm_pbf *p, const uint8_t *at, const char *what) {
    return karvan_i_osm_blobs_fault(&p->blobs, at, p->err, "%s", what);
}

static karvan_status no_memory(karvan_i_osm_pbf *p) {
    return karvan_fail(p->err, KARVAN_E_NOMEM, "no memory for a block of %s",
                       p->blobs.stream->path);
}

/* A number, or a packed run of them, behind those that are there. */
static karvan_status add_numbers(karvan_i_osm_pbf *p, karvan_i_osm_numbers *list,
                                 const karvan_i_wire_field *f, bool zigzag) {
    size_t most = f->type == BYTES ? (size_t)(f->bytes.end - f->bytes.at) : 1;
    int64_t *v = karvan_i_osm_grow(list->v, &list->cap, list->n + most, sizeof *v);
    uint64_t x;
    if (!v) return no_memory(p);
    list->v = v;
    if (f->type == NUMBER) {
        v[list->n++] = zigzag ? karvan_i_wire_zigzag(f->value) : (int64_t)f->value;
        return KARVAN_OK;
    }
    if (f->type != BYTES) return KARVAN_OK; /* a type that the field never has: passed over */
    karvan_i_wire w = f->bytes;
    size_t n = list->n;
    while (w.at < w.end) {
        if (!karvan_i_wire_varint(&w, &x)) return fault(p, w.at, "no number of a packed run");
        v[n++] = zigzag ? karvan_i_wire_zigzag(x) : (int64_t)x;
    }
    list->n = n;
    return KARVAN_OK;
}

/* Differences into sums; they wrap as the encoder's did. */
static void sum_up(karvan_i_osm_numbers *list) {
    uint64_t sum = 0;
    for (size_t i = 0; i < list->n; i++) list->v[i] = (int64_t)(sum += (uint64_t)list->v[i]);
}

static karvan_status read_strings(karvan_i_osm_pbf *p, karvan_i_wire w) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    size_t room = (size_t)(w.end - w.at), n = 0; /* key and length are the room of the NUL */
    char *text = karvan_i_osm_grow(p->text, &p->cap_text, room, 1);
    size_t *string = karvan_i_osm_grow(p->string, &p->cap_strings, room / 2, sizeof *string);
    if (text) p->text = text;
    if (string) p->string = string;
    if (!text || !string) return no_memory(p);
    p->n_strings = 0;
    const uint8_t *begin = w.at;
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number != 1 || f.type != BYTES) continue;
        size_t length = (size_t)(f.bytes.end - f.bytes.at);
        if (length && memchr(f.bytes.at, 0, length))
            return fault(p, f.bytes.at, "a string that holds a NUL");
        if (length) memcpy(text + n, f.bytes.at, length);
        text[n + length] = 0;
        string[p->n_strings++] = n;
        n += length + 1;
    }
    if (w.at != w.end) return fault(p, w.at, "no field of the table of strings");
    size_t valid = karvan_utf8_valid_prefix(text, n);
    if (valid < n) return fault(p, begin, "the table of strings here holds one that is not UTF-8");
    return st;
}

static const char *string_at(const karvan_i_osm_pbf *p, int64_t i) {
    return i >= 0 && (uint64_t)i < p->n_strings ? p->text + p->string[i] : NULL;
}

static karvan_status room_for_tags(karvan_i_osm_pbf *p, size_t n) {
    karvan_i_osm_tag *tags = karvan_i_osm_grow(p->tags, &p->cap_tags, n, sizeof *tags);
    if (!tags) return no_memory(p);
    p->tags = tags;
    return KARVAN_OK;
}

/* Tags of an element of its own: keys in p->a, values in p->b. */
static karvan_status take_tags(karvan_i_osm_pbf *p, karvan_i_osm_element *e, const uint8_t *at) {
    if (p->a.n != p->b.n) return fault(p, at, "an element with more keys than values, or fewer");
    karvan_status st = room_for_tags(p, p->a.n);
    for (size_t i = 0; i < p->a.n && st == KARVAN_OK; i++) {
        p->tags[i].key = string_at(p, p->a.v[i]), p->tags[i].value = string_at(p, p->b.v[i]);
        if (!p->tags[i].key || !p->tags[i].value)
            return fault(p, at, "a tag that names no string of the block");
    }
    e->tags = p->tags, e->n_tags = p->a.n;
    return st;
}

/* Coordinates in 1e-9 degrees; false where they lie on no globe. */
static bool place(const karvan_i_osm_pbf *p, int64_t lat, int64_t lon, karvan_i_osm_element *e) {
    static const double NANO = 1e9, LARGE = 1e15;
    double g = (double)p->granularity, by = g * (double)lat, bx = g * (double)lon;
    if (fabs(by) > LARGE || fabs(bx) > LARGE) return false;
    e->lat_nano = p->lat_offset + p->granularity * lat;
    e->lon_nano = p->lon_offset + p->granularity * lon;
    return fabs((double)e->lat_nano) <= 90 * NANO && fabs((double)e->lon_nano) <= 180 * NANO;
}

static karvan_status bring(karvan_i_osm_pbf *p, const karvan_i_osm_element *e) {
    return p->sink->element(p->sink->ctx, e, p->err);
}

/* The flag of an Info, or the flags of a DenseInfo, that tell deleted elements. */
static karvan_status read_visible(karvan_i_osm_pbf *p, karvan_i_wire w, karvan_i_osm_numbers *out) {
    karvan_i_wire_field f;
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number != INFO_VISIBLE) continue;
        karvan_status st = add_numbers(p, out, &f, false);
        if (st != KARVAN_OK) return st;
    }
    return w.at == w.end ? KARVAN_OK : fault(p, w.at, "no field of an element's info");
}

/* ---- nodes, packed together ---- */

/* Tags of the next node of a dense group: pairs of strings up to a 0, from p->d at *at. */
static karvan_status dense_tags(karvan_i_osm_pbf *p, size_t *at, karvan_i_osm_element *e,
                                const uint8_t *where) {
    size_t begin = *at, end = begin;
    while (end < p->d.n && p->d.v[end] != 0) end++;
    if (p->d.n && end == p->d.n) return fault(p, where, "tags of nodes that end before the nodes");
    if ((end - begin) % 2) return fault(p, where, "a key without a value among tags of nodes");
    e->n_tags = (end - begin) / 2;
    karvan_status st = room_for_tags(p, e->n_tags);
    for (size_t i = 0; i < e->n_tags && st == KARVAN_OK; i++) {
        p->tags[i].key = string_at(p, p->d.v[begin + 2 * i]);
        p->tags[i].value = string_at(p, p->d.v[begin + 2 * i + 1]);
        if (!p->tags[i].key || !p->tags[i].value)
            return fault(p, where, "a tag that names no string of the block");
    }
    e->tags = p->tags;
    *at = end + (p->d.n > 0);
    return st;
}

static karvan_status bring_dense(karvan_i_osm_pbf *p, const karvan_i_osm_numbers *visible,
                                 const uint8_t *where) {
    karvan_status st = KARVAN_OK;
    size_t tag = 0;
    for (size_t i = 0; i < p->a.n; i++) {
        karvan_i_osm_element e = {.kind = KARVAN_I_OSM_NODE, .id = p->a.v[i]};
        KARVAN_TRY(dense_tags(p, &tag, &e, where));
        if (i < visible->n && !visible->v[i]) {
            p->counts->deleted++;
            continue;
        }
        if (!place(p, p->b.v[i], p->c.v[i], &e))
            KARVAN_TRY(karvan_i_osm_blobs_fault(&p->blobs, where, p->err,
                                                "node %lld of the group here lies on no globe",
                                                (long long)e.id));
        p->counts->nodes++;
        KARVAN_TRY(bring(p, &e));
    }
    if (tag != p->d.n) st = fault(p, where, "tags for more nodes than there are");
done:
    return st;
}

static karvan_status read_dense(karvan_i_osm_pbf *p, karvan_i_wire w) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    karvan_i_osm_numbers visible = {0};
    const uint8_t *where = w.at;
    p->a.n = p->b.n = p->c.n = p->d.n = 0;
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number == ID) KARVAN_TRY(add_numbers(p, &p->a, &f, true));
        if (f.number == FIRST) KARVAN_TRY(add_numbers(p, &p->b, &f, true));
        if (f.number == SECOND) KARVAN_TRY(add_numbers(p, &p->c, &f, true));
        if (f.number == THIRD) KARVAN_TRY(add_numbers(p, &p->d, &f, false));
        if (f.number == DENSE_INFO && f.type == BYTES)
            KARVAN_TRY(read_visible(p, f.bytes, &visible));
    }
    if (w.at != w.end) KARVAN_TRY(fault(p, w.at, "no field of a dense group"));
    if (p->a.n != p->b.n || p->a.n != p->c.n)
        KARVAN_TRY(fault(p, where, "a dense group with other numbers of ids and coordinates"));
    sum_up(&p->a), sum_up(&p->b), sum_up(&p->c);
    KARVAN_TRY(bring_dense(p, &visible, where));
done:
    karvan_i_free(visible.v);
    return st;
}

/* ---- elements of their own ---- */

/* What a way or relation names: nodes in p->c; or members, with roles in p->d and kinds in
 * `kinds`. */
static karvan_status take_members(karvan_i_osm_pbf *p, karvan_i_osm_element *e,
                                  const karvan_i_osm_numbers *kinds, const uint8_t *at) {
    static const karvan_i_osm_kind kind[] = {KARVAN_I_OSM_NODE, KARVAN_I_OSM_WAY,
                                             KARVAN_I_OSM_RELATION};
    size_t n = p->c.n;
    if (p->d.n != n || kinds->n != n)
        return fault(p, at, "a relation with other numbers of members, roles and kinds");
    karvan_i_osm_member *m = karvan_i_osm_grow(p->members, &p->cap_members, n, sizeof *m);
    if (!m) return no_memory(p);
    p->members = m;
    for (size_t i = 0; i < n; i++) {
        m[i].role = string_at(p, p->d.v[i]), m[i].ref = p->c.v[i];
        if (!m[i].role) return fault(p, at, "a role that names no string of the block");
        if (kinds->v[i] < 0 || kinds->v[i] > 2) return fault(p, at, "a member of no known kind");
        m[i].kind = kind[kinds->v[i]];
    }
    e->members = m, e->n_members = n;
    return KARVAN_OK;
}

typedef struct own {
    int64_t id, lat, lon;
    bool has_id, has_lat, has_lon;
    karvan_i_osm_numbers kinds, visible;
} own;

static karvan_status own_field(karvan_i_osm_pbf *p, int which, const karvan_i_wire_field *f,
                               own *o) {
    bool node = which == 0, way = which == 1, number = f->type == NUMBER;
    switch (f->number) {
    case ID:
        if (!number) return KARVAN_OK;
        o->id = plain[which].signed_id ? karvan_i_wire_zigzag(f->value) : (int64_t)f->value;
        o->has_id = true;
        return KARVAN_OK;
    case KEYS:
        return add_numbers(p, &p->a, f, false);
    case VALUES:
        return add_numbers(p, &p->b, f, false);
    case INFO:
        return f->type == BYTES ? read_visible(p, f->bytes, &o->visible) : KARVAN_OK;
    case FIRST:
        if (node && number) o->lat = karvan_i_wire_zigzag(f->value), o->has_lat = true;
        if (node) return KARVAN_OK;
        return add_numbers(p, way ? &p->c : &p->d, f, way);
    case SECOND:
        if (node && number) o->lon = karvan_i_wire_zigzag(f->value), o->has_lon = true;
        /* a way's ninth and tenth fields repeat its nodes' coordinates */
        return node || way ? KARVAN_OK : add_numbers(p, &p->c, f, true);
    case THIRD:
        return node || way ? KARVAN_OK : add_numbers(p, &o->kinds, f, false);
    default:
        return KARVAN_OK;
    }
}

/* The element that the fields of `o` and the lists of p make. */
static karvan_status bring_own(karvan_i_osm_pbf *p, int which, const own *o, const uint8_t *at) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_element e = {.kind = plain[which].kind, .id = o->id};
    if (!o->has_id) return fault(p, at, "an element without an id");
    if (o->visible.n && !o->visible.v[o->visible.n - 1]) {
        p->counts->deleted++;
        return KARVAN_OK;
    }
    KARVAN_TRY(take_tags(p, &e, at));
    if (e.kind == KARVAN_I_OSM_NODE) {
        if (!o->has_lat || !o->has_lon) KARVAN_TRY(fault(p, at, "a node without coordinates"));
        if (!place(p, o->lat, o->lon, &e)) KARVAN_TRY(fault(p, at, "a node that lies on no globe"));
        p->counts->nodes++;
    } else if (e.kind == KARVAN_I_OSM_WAY) {
        sum_up(&p->c);
        e.refs = p->c.v, e.n_refs = p->c.n;
        p->counts->ways++, p->counts->refs += (int64_t)e.n_refs;
    } else {
        sum_up(&p->c);
        KARVAN_TRY(take_members(p, &e, &o->kinds, at));
        p->counts->relations++, p->counts->members += (int64_t)e.n_members;
    }
    KARVAN_TRY(bring(p, &e));
done:
    return st;
}

static karvan_status read_own(karvan_i_osm_pbf *p, int which, karvan_i_wire w) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    own o = {0};
    const uint8_t *at = w.at;
    p->a.n = p->b.n = p->c.n = p->d.n = 0;
    while (karvan_i_wire_next(&w, &f)) KARVAN_TRY(own_field(p, which, &f, &o));
    if (w.at != w.end)
        KARVAN_TRY(karvan_i_osm_blobs_fault(&p->blobs, w.at, p->err, "no field of a %s",
                                            plain[which].name));
    KARVAN_TRY(bring_own(p, which, &o, at));
done:
    karvan_i_free(o.kinds.v), karvan_i_free(o.visible.v);
    return st;
}

static karvan_status read_group(karvan_i_osm_pbf *p, karvan_i_wire w) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    unsigned wants = p->sink->wants;
    while (karvan_i_wire_next(&w, &f)) {
        if (f.type != BYTES) continue;
        if (f.number == GROUP_DENSE && wants & KARVAN_I_OSM_NODE)
            KARVAN_TRY(read_dense(p, f.bytes));
        if (f.number == GROUP_NODE && wants & KARVAN_I_OSM_NODE)
            KARVAN_TRY(read_own(p, 0, f.bytes));
        if (f.number == GROUP_WAY && wants & KARVAN_I_OSM_WAY) KARVAN_TRY(read_own(p, 1, f.bytes));
        if (f.number == GROUP_RELATION && wants & KARVAN_I_OSM_RELATION)
            KARVAN_TRY(read_own(p, 2, f.bytes));
        if (f.number == GROUP_CHANGESET) p->counts->other_elements++;
    }
    if (w.at != w.end) st = fault(p, w.at, "no field of a group");
done:
    return st;
}

/* What holds for all groups may stand behind them: it is read first. */
static karvan_status read_terms(karvan_i_osm_pbf *p) {
    karvan_i_wire w = p->blobs.block, strings = {0};
    karvan_i_wire_field f;
    const uint8_t *at = w.at;
    p->granularity = 100, p->lat_offset = 0, p->lon_offset = 0, p->n_strings = 0;
    for (; karvan_i_wire_next(&w, &f); at = w.at) {
        if (f.number == BLOCK_STRINGS && f.type == BYTES) strings = f.bytes;
        if (f.type != NUMBER) continue;
        if (f.number == BLOCK_GRANULARITY) p->granularity = (int64_t)f.value;
        if (f.number == BLOCK_LAT) p->lat_offset = (int64_t)f.value;
        if (f.number == BLOCK_LON) p->lon_offset = (int64_t)f.value;
        static const int64_t TURN = 360000000000;
        if (p->granularity < 1 || p->granularity > INT32_MAX || p->lat_offset < -TURN ||
            p->lat_offset > TURN || p->lon_offset < -TURN || p->lon_offset > TURN)
            return fault(p, at, "a granularity or an offset of coordinates that cannot be");
    }
    if (w.at != w.end) return fault(p, w.at, "no field of a block");
    return strings.at ? read_strings(p, strings) : KARVAN_OK;
}

karvan_status karvan_i_osm_block(karvan_i_osm_pbf *p) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    KARVAN_TRY(read_terms(p));
    karvan_i_wire w = p->blobs.block;
    while (karvan_i_wire_next(&w, &f))
        if (f.number == BLOCK_GROUP && f.type == BYTES) KARVAN_TRY(read_group(p, f.bytes));
done:
    return st;
}
