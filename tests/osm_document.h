#ifndef KARVAN_TESTS_OSM_DOCUMENT_H
#define KARVAN_TESTS_OSM_DOCUMENT_H
/* A few elements of OpenStreetMap, written as XML and as PBF: the tests' own encoder. Tags are
 * "key=value|key=value", nodes of ways "1 2 3", members of relations "n1 w2:role r3". */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"

typedef struct osm_node {
    int64_t id;
    double lon, lat; /* of seven decimals */
    const char *tags;
} osm_node;
typedef struct osm_way {
    int64_t id;
    const char *nodes, *tags;
} osm_way;
typedef struct osm_relation {
    int64_t id;
    const char *members, *tags;
} osm_relation;
typedef struct osm_document {
    const osm_node *nodes;
    int n_nodes;
    const osm_way *ways;
    int n_ways;
    const osm_relation *relations;
    int n_relations;
} osm_document;
#define OSM_COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* ---- XML ---- */

static inline void osm_xml_tags(karvan_i_text *t, const char *tags) {
    char text[2000];
    (void)snprintf(text, sizeof text, "%s", tags ? tags : "");
    for (char *k = text; *k;) {
        char *end = k + strcspn(k, "|"), *v = strchr(k, '=');
        char next = *end;
        *end = 0, *v++ = 0;
        karvan_i_text_puts(t, "  <tag k=\"");
        karvan_i_text_xml(t, k);
        karvan_i_text_puts(t, "\" v=\"");
        karvan_i_text_xml(t, v);
        karvan_i_text_puts(t, "\"/>\n");
        k = end + (next == '|');
    }
}

static inline void osm_xml_member(karvan_i_text *t, char *m) {
    char *role = strchr(m, ':');
    if (role) *role++ = 0;
    karvan_i_text_printf(t, "  <member type=\"%s\" ref=\"%s\" role=\"%s\"/>\n",
                         *m == 'n'   ? "node"
                         : *m == 'w' ? "way"
                                     : "relation",
                         m + 1, role ? role : "");
}

static inline void osm_xml(const osm_document *d, karvan_i_text *t) {
    char list[2000];
    karvan_i_text_puts(t, "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n");
    for (int i = 0; i < d->n_nodes; i++) {
        const osm_node *n = &d->nodes[i];
        karvan_i_text_printf(t, " <node id=\"%lld\" lat=\"%.7f\" lon=\"%.7f\">\n", (long long)n->id,
                             n->lat, n->lon);
        osm_xml_tags(t, n->tags);
        karvan_i_text_puts(t, " </node>\n");
    }
    for (int i = 0; i < d->n_ways; i++) {
        karvan_i_text_printf(t, " <way id=\"%lld\">\n", (long long)d->ways[i].id);
        (void)snprintf(list, sizeof list, "%s", d->ways[i].nodes);
        for (char *s = strtok(list, " "); s; s = strtok(NULL, " "))
            karvan_i_text_printf(t, "  <nd ref=\"%s\"/>\n", s);
        osm_xml_tags(t, d->ways[i].tags);
        karvan_i_text_puts(t, " </way>\n");
    }
    for (int i = 0; i < d->n_relations; i++) {
        karvan_i_text_printf(t, " <relation id=\"%lld\">\n", (long long)d->relations[i].id);
        (void)snprintf(list, sizeof list, "%s", d->relations[i].members);
        for (char *s = strtok(list, " "); s; s = strtok(NULL, " ")) osm_xml_member(t, s);
        osm_xml_tags(t, d->relations[i].tags);
        karvan_i_text_puts(t, " </relation>\n");
    }
    karvan_i_text_puts(t, "</osm>\n");
}

/* ---- PBF ---- */

typedef struct osm_pbf_options {
    bool plain;          /* not deflated */
    bool single;         /* nodes one by one, not dense */
    bool unpacked;       /* repeated numbers as fields of their own */
    int granularity;     /* 0: 100 */
    int64_t offset;      /* of both coordinates, 1e-9 degrees */
    const char *feature; /* one more that is required */
    int per_block;       /* elements a block; 0: all of a kind */
} osm_pbf_options;

static inline void osm_varint(karvan_i_text *t, uint64_t v) {
    for (; v >= 0x80; v >>= 7) karvan_i_text_add(t, &(char){(char)(v | 0x80)}, 1);
    karvan_i_text_add(t, &(char){(char)v}, 1);
}
static inline uint64_t osm_zigzag(int64_t v) {
    return v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v << 1;
}
static inline void osm_number(karvan_i_text *t, unsigned field, uint64_t v) {
    osm_varint(t, (uint64_t)field << 3), osm_varint(t, v);
}
static inline void osm_bytes(karvan_i_text *t, unsigned field, const char *s, size_t n) {
    osm_varint(t, (uint64_t)field << 3 | 2), osm_varint(t, n);
    if (n) karvan_i_text_add(t, s, n);
}

typedef struct osm_list {
    uint64_t v[4096];
    int n;
} osm_list;
static inline void osm_push(osm_list *l, uint64_t v) { l->v[l->n++] = v; }
static inline void osm_numbers(karvan_i_text *t, unsigned field, const osm_list *l, bool unpacked) {
    karvan_i_text packed = {0};
    for (int i = 0; i < l->n; i++)
        if (unpacked)
            osm_number(t, field, l->v[i]);
        else
            osm_varint(&packed, l->v[i]);
    if (packed.n) osm_bytes(t, field, packed.s, packed.n);
    karvan_i_text_clear(&packed);
}

/* The strings of a block: added once each; number 0 is the empty one. */
typedef struct osm_strings {
    char *s[2000];
    int n;
} osm_strings;
static inline uint64_t osm_string(osm_strings *strings, const char *s) {
    for (int i = 0; i < strings->n; i++)
        if (strcmp(strings->s[i], s) == 0) return (uint64_t)i;
    strings->s[strings->n] = strdup(s);
    return (uint64_t)strings->n++;
}
static inline void osm_tags(osm_strings *strings, const char *tags, osm_list *keys,
                            osm_list *values) {
    char text[2000];
    (void)snprintf(text, sizeof text, "%s", tags ? tags : "");
    for (char *k = text; *k;) {
        char *end = k + strcspn(k, "|"), *v = strchr(k, '=');
        char next = *end;
        *end = 0, *v++ = 0;
        osm_push(keys, osm_string(strings, k));
        osm_push(values, osm_string(strings, v));
        k = end + (next == '|');
    }
}

static inline void osm_blob(karvan_i_text *t, const char *type, const karvan_i_text *block,
                            bool plain) {
    karvan_i_text blob = {0}, header = {0};
    if (plain) {
        osm_bytes(&blob, 1, block->s, block->n);
    } else {
        uLongf n = compressBound(block->n);
        char *z = malloc(n);
        (void)compress((Bytef *)z, &n, (const Bytef *)block->s, block->n);
        osm_number(&blob, 2, block->n), osm_bytes(&blob, 3, z, n);
        free(z);
    }
    osm_bytes(&header, 1, type, strlen(type)), osm_number(&header, 3, blob.n);
    char four[4] = {0, 0, (char)(header.n >> 8), (char)header.n};
    karvan_i_text_add(t, four, 4), karvan_i_text_add(t, header.s, header.n);
    karvan_i_text_add(t, blob.s, blob.n);
    karvan_i_text_clear(&blob), karvan_i_text_clear(&header);
}

static inline int64_t osm_degrees(const osm_pbf_options *o, double v) {
    int64_t nano = (int64_t)(v * 1e7 + (v < 0 ? -0.5 : 0.5)) * 100;
    return (nano - o->offset) / (o->granularity ? o->granularity : 100);
}

static inline void osm_pbf_nodes(const osm_node *n, int count, const osm_pbf_options *o,
                                 osm_strings *strings, karvan_i_text *group) {
    static osm_list ids, lats, lons, kv;
    int64_t id = 0, lat = 0, lon = 0;
    ids.n = lats.n = lons.n = kv.n = 0;
    for (int i = 0; i < count; i++) {
        static osm_list keys, values;
        int64_t y = osm_degrees(o, n[i].lat), x = osm_degrees(o, n[i].lon);
        keys.n = values.n = 0;
        osm_tags(strings, n[i].tags, &keys, &values);
        if (o->single) {
            karvan_i_text node = {0};
            osm_number(&node, 1, osm_zigzag(n[i].id));
            osm_numbers(&node, 2, &keys, o->unpacked), osm_numbers(&node, 3, &values, o->unpacked);
            osm_number(&node, 8, osm_zigzag(y)), osm_number(&node, 9, osm_zigzag(x));
            osm_bytes(group, 1, node.s, node.n);
            karvan_i_text_clear(&node);
            continue;
        }
        osm_push(&ids, osm_zigzag(n[i].id - id)), id = n[i].id;
        osm_push(&lats, osm_zigzag(y - lat)), lat = y;
        osm_push(&lons, osm_zigzag(x - lon)), lon = x;
        for (int k = 0; k < keys.n; k++) osm_push(&kv, keys.v[k]), osm_push(&kv, values.v[k]);
        osm_push(&kv, 0);
    }
    if (o->single) return;
    karvan_i_text dense = {0};
    osm_numbers(&dense, 1, &ids, o->unpacked), osm_numbers(&dense, 8, &lats, o->unpacked);
    osm_numbers(&dense, 9, &lons, o->unpacked);
    if (kv.n > count)
        osm_numbers(&dense, 10, &kv, o->unpacked); /* left away where no node has tags */
    osm_bytes(group, 2, dense.s, dense.n);
    karvan_i_text_clear(&dense);
}

static inline void osm_pbf_way(const osm_way *w, const osm_pbf_options *o, osm_strings *strings,
                               karvan_i_text *group) {
    static osm_list keys, values, refs;
    karvan_i_text way = {0};
    char list[2000];
    int64_t last = 0;
    keys.n = values.n = refs.n = 0;
    osm_tags(strings, w->tags, &keys, &values);
    (void)snprintf(list, sizeof list, "%s", w->nodes);
    for (char *s = strtok(list, " "); s; s = strtok(NULL, " ")) {
        int64_t ref = strtoll(s, NULL, 10);
        osm_push(&refs, osm_zigzag(ref - last)), last = ref;
    }
    osm_number(&way, 1, (uint64_t)w->id);
    osm_numbers(&way, 2, &keys, o->unpacked), osm_numbers(&way, 3, &values, o->unpacked);
    osm_numbers(&way, 8, &refs, o->unpacked);
    osm_bytes(group, 3, way.s, way.n);
    karvan_i_text_clear(&way);
}

static inline void osm_pbf_relation(const osm_relation *r, const osm_pbf_options *o,
                                    osm_strings *strings, karvan_i_text *group) {
    static osm_list keys, values, roles, refs, kinds;
    karvan_i_text relation = {0};
    char list[2000];
    int64_t last = 0;
    keys.n = values.n = roles.n = refs.n = kinds.n = 0;
    osm_tags(strings, r->tags, &keys, &values);
    (void)snprintf(list, sizeof list, "%s", r->members);
    for (char *s = strtok(list, " "); s; s = strtok(NULL, " ")) {
        char *role = strchr(s, ':');
        if (role) *role++ = 0;
        int64_t ref = strtoll(s + 1, NULL, 10);
        osm_push(&roles, osm_string(strings, role ? role : ""));
        osm_push(&refs, osm_zigzag(ref - last)), last = ref;
        osm_push(&kinds, *s == 'n' ? 0 : *s == 'w' ? 1 : 2);
    }
    osm_number(&relation, 1, (uint64_t)r->id);
    osm_numbers(&relation, 2, &keys, o->unpacked), osm_numbers(&relation, 3, &values, o->unpacked);
    osm_numbers(&relation, 8, &roles, o->unpacked), osm_numbers(&relation, 9, &refs, o->unpacked);
    osm_numbers(&relation, 10, &kinds, o->unpacked);
    osm_bytes(group, 4, relation.s, relation.n);
    karvan_i_text_clear(&relation);
}

/* A block of one group; the strings are cleared. */
static inline void osm_pbf_block(karvan_i_text *t, const karvan_i_text *group, osm_strings *strings,
                                 const osm_pbf_options *o) {
    karvan_i_text table = {0}, block = {0};
    for (int i = 0; i < strings->n; i++) {
        osm_bytes(&table, 1, strings->s[i], strlen(strings->s[i]));
        free(strings->s[i]);
    }
    strings->n = 0;
    osm_bytes(&block, 1, table.s, table.n), osm_bytes(&block, 2, group->s, group->n);
    if (o->granularity) osm_number(&block, 17, (uint64_t)o->granularity);
    if (o->offset) {
        osm_number(&block, 19, (uint64_t)o->offset), osm_number(&block, 20, (uint64_t)o->offset);
    }
    osm_blob(t, "OSMData", &block, o->plain);
    karvan_i_text_clear(&table), karvan_i_text_clear(&block);
}

static inline void osm_pbf(const osm_document *d, const osm_pbf_options *options,
                           karvan_i_text *t) {
    static const osm_pbf_options usual;
    static osm_strings strings;
    const osm_pbf_options *o = options ? options : &usual;
    const int n[3] = {d->n_nodes, d->n_ways, d->n_relations};
    karvan_i_text header = {0};
    osm_bytes(&header, 4, "OsmSchema-V0.6", 14), osm_bytes(&header, 4, "DenseNodes", 10);
    if (o->feature) osm_bytes(&header, 4, o->feature, strlen(o->feature));
    osm_blob(t, "OSMHeader", &header, o->plain);
    karvan_i_text_clear(&header);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < n[kind];) {
            int left = n[kind] - i, k = o->per_block && o->per_block < left ? o->per_block : left;
            karvan_i_text group = {0};
            (void)osm_string(&strings, "");
            if (kind == 0) osm_pbf_nodes(d->nodes + i, k, o, &strings, &group);
            for (int j = i; j < i + k; j++) {
                if (kind == 1) osm_pbf_way(&d->ways[j], o, &strings, &group);
                if (kind == 2) osm_pbf_relation(&d->relations[j], o, &strings, &group);
            }
            osm_pbf_block(t, &group, &strings, o);
            karvan_i_text_clear(&group);
            i += k;
        }
}
#endif
