/* Files in OSM XML, by expat. Strict where a fault would lose data: an element that the format does
 * not have, a reference without a number, a root of another name. */
#include <expat.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/osm_pbf.h"
#include "table/number.h"

typedef enum level { TOP, OSM, NODE, WAY, RELATION } level;

typedef struct reader {
    const char *path;
    XML_Parser parser;
    const karvan_i_osm_sink *sink;
    karvan_i_osm_counts *counts;
    karvan_error *err;
    karvan_status st; /* what stopped the reading */
    level level;
    int passed_over; /* depth within an element whose content is not looked at */
    bool deleted, wanted;
    karvan_i_osm_element e;
    karvan_i_text text; /* keys, values and roles of the element, each ended by NUL */
    karvan_i_osm_tag *tags;
    karvan_i_osm_member *members;
    int64_t *refs;
    /* where they begin in text, which moves while it grows: keys and values in turn; roles */
    size_t *tag_at, *role_at;
    size_t cap_tags, cap_members, cap_refs, cap_tag_at, cap_role_at;
} reader;

static void stop(reader *r, karvan_status st) {
    if (r->st == KARVAN_OK) r->st = st;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/* A fault at the tag at hand. */
static void fault(reader *r, const char *what, const char *name) {
    char shown[100];
    if (r->st != KARVAN_OK) return;
    (void)snprintf(shown, sizeof shown, "%s", name ? name : "");
    shown[karvan_utf8_valid_prefix(shown, strlen(shown))] = 0; /* it may have been cut */
    stop(r, karvan_fail(r->err, KARVAN_E_DATA, "%s:%llu:%llu: %s%s%s%s", r->path,
                        (unsigned long long)XML_GetCurrentLineNumber(r->parser),
                        (unsigned long long)XML_GetCurrentColumnNumber(r->parser) + 1, what,
                        name ? " '" : "", shown, name ? "'" : ""));
}

static void no_memory(reader *r) {
    if (r->st == KARVAN_OK)
        stop(r, karvan_fail(r->err, KARVAN_E_NOMEM, "no memory to read %s", r->path));
}

static const char *attribute(const char **atts, const char *name) {
    for (; *atts; atts += 2)
        if (strcmp(atts[0], name) == 0) return atts[1];
    return NULL;
}

static bool whole(reader *r, const char **atts, const char *name, int64_t *out) {
    const char *s = attribute(atts, name);
    if (s && karvan_i_parse_int(s, strlen(s), out)) return true;
    fault(r, s ? "this is no whole number:" : "an element without the attribute", s ? s : name);
    return false;
}

static bool degrees(reader *r, const char **atts, const char *name, double most, int64_t *out) {
    const char *s = attribute(atts, name);
    double v;
    if (!s || !karvan_i_parse_real(s, strlen(s), '.', &v) || fabs(v) > most) {
        fault(r, s ? "a node that lies on no globe, at" : "a node without the attribute",
              s ? s : name);
        return false;
    }
    *out = llround(v * 1e9);
    return true;
}

/* ---- the parts of an element ---- */

/* A text of the element; (*at)[n] tells where it begins. */
static bool keep_text(reader *r, const char *s, size_t **at, size_t *cap, size_t n) {
    size_t *more = karvan_i_osm_grow(*at, cap, n + 1, sizeof **at);
    if (more) *at = more, more[n] = r->text.n;
    karvan_i_text_add(&r->text, s, strlen(s) + 1);
    if (!more || r->text.failed) no_memory(r);
    return more && !r->text.failed;
}

static void take_tag(reader *r, const char **atts) {
    const char *k = attribute(atts, "k"), *v = attribute(atts, "v");
    if (!k || !v) {
        fault(r, "a tag without the attribute", k ? "v" : "k");
        return;
    }
    size_t n = 2 * r->e.n_tags;
    if (keep_text(r, k, &r->tag_at, &r->cap_tag_at, n) &&
        keep_text(r, v, &r->tag_at, &r->cap_tag_at, n + 1))
        r->e.n_tags++;
}

static void take_ref(reader *r, const char **atts) {
    int64_t ref;
    if (!whole(r, atts, "ref", &ref)) return;
    int64_t *refs = karvan_i_osm_grow(r->refs, &r->cap_refs, r->e.n_refs + 1, sizeof *refs);
    if (!refs) {
        no_memory(r);
        return;
    }
    r->refs = refs;
    refs[r->e.n_refs++] = ref;
}

static void take_member(reader *r, const char **atts) {
    static const struct {
        const char *name;
        karvan_i_osm_kind kind;
    } kinds[] = {{"node", KARVAN_I_OSM_NODE},
                 {"way", KARVAN_I_OSM_WAY},
                 {"relation", KARVAN_I_OSM_RELATION}};
    const char *type = attribute(atts, "type"), *role = attribute(atts, "role");
    karvan_i_osm_member m = {0};
    if (!type) {
        fault(r, "a member without the attribute", "type");
        return;
    }
    for (size_t i = 0; i < 3; i++)
        if (strcmp(type, kinds[i].name) == 0) m.kind = kinds[i].kind;
    if (!m.kind) {
        fault(r, "a member is a node, way or relation, not a", type);
        return;
    }
    if (!whole(r, atts, "ref", &m.ref)) return;
    karvan_i_osm_member *members =
        karvan_i_osm_grow(r->members, &r->cap_members, r->e.n_members + 1, sizeof *members);
    if (!members) {
        no_memory(r);
        return;
    }
    r->members = members;
    if (keep_text(r, role ? role : "", &r->role_at, &r->cap_role_at, r->e.n_members))
        members[r->e.n_members++] = m;
}

/* ---- elements ---- */

static const struct {
    const char *name;
    level level;
    karvan_i_osm_kind kind;
} data[] = {{"node", NODE, KARVAN_I_OSM_NODE},
            {"way", WAY, KARVAN_I_OSM_WAY},
            {"relation", RELATION, KARVAN_I_OSM_RELATION}};

/* What may stand beside the data, and is not looked into. */
static bool other(const char *name) {
    static const char *const names[] = {"bounds", "bound", "note", "meta", "remark", "changeset"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static void begin_element(reader *r, size_t which, const char **atts) {
    const char *visible = attribute(atts, "visible"), *action = attribute(atts, "action");
    r->level = data[which].level;
    r->e = (karvan_i_osm_element){.kind = data[which].kind};
    r->text.n = 0;
    r->deleted =
        (visible && strcmp(visible, "false") == 0) || (action && strcmp(action, "delete") == 0);
    r->wanted = (r->sink->wants & (unsigned)r->e.kind) != 0;
    if (!r->wanted) return;
    if (!whole(r, atts, "id", &r->e.id)) return;
    /* a deleted node may have lost its place */
    if (r->e.kind == KARVAN_I_OSM_NODE && !r->deleted &&
        degrees(r, atts, "lat", 90, &r->e.lat_nano))
        (void)degrees(r, atts, "lon", 180, &r->e.lon_nano);
}

static void begin_top(reader *r, const char *name, const char **atts) {
    const char *version = attribute(atts, "version");
    if (strcmp(name, "osmChange") == 0)
        fault(r, "a file of changes is no extract: apply it to one first, root", name);
    else if (strcmp(name, "osm") != 0)
        fault(r, "the root must be osm, not", name);
    else if (!version || strcmp(version, "0.6") != 0)
        fault(r, version ? "only version 0.6 is read, not" : "the root has no attribute",
              version ? version : "version");
    r->level = OSM;
}

static void begin_data(reader *r, const char *name, const char **atts) {
    for (size_t i = 0; i < 3; i++)
        if (strcmp(name, data[i].name) == 0) {
            begin_element(r, i, atts);
            return;
        }
    if (!other(name)) {
        fault(r, "the format has no element", name);
        return;
    }
    if (strncmp(name, "bound", 5) != 0) r->counts->other_elements++;
    r->passed_over = 1;
}

static void begin_part(reader *r, const char *name, const char **atts) {
    r->passed_over = 1; /* no part holds another that counts */
    if (!r->wanted) return;
    if (strcmp(name, "tag") == 0)
        take_tag(r, atts);
    else if (r->level == WAY && strcmp(name, "nd") == 0)
        take_ref(r, atts);
    else if (r->level == RELATION && strcmp(name, "member") == 0)
        take_member(r, atts);
    else if (r->level == NODE || (strcmp(name, "bounds") != 0 && strcmp(name, "center") != 0))
        fault(r, "what stands here cannot hold the element", name);
}

static void XMLCALL on_begin(void *ctx, const char *name, const char **atts) {
    reader *r = ctx;
    if (r->st != KARVAN_OK) return;
    if (r->passed_over) {
        r->passed_over++;
        return;
    }
    if (r->level == TOP)
        begin_top(r, name, atts);
    else if (r->level == OSM)
        begin_data(r, name, atts);
    else
        begin_part(r, name, atts);
}

static void count(reader *r) {
    karvan_i_osm_counts *c = r->counts;
    const karvan_i_osm_element *e = &r->e;
    c->nodes += e->kind == KARVAN_I_OSM_NODE;
    c->ways += e->kind == KARVAN_I_OSM_WAY;
    c->relations += e->kind == KARVAN_I_OSM_RELATION;
    c->refs += (int64_t)e->n_refs, c->members += (int64_t)e->n_members;
}

/* The element is whole and its texts move no more. */
static bool settle(reader *r) {
    karvan_i_osm_element *e = &r->e;
    karvan_i_osm_tag *tags = karvan_i_osm_grow(r->tags, &r->cap_tags, e->n_tags, sizeof *tags);
    if (!tags) {
        no_memory(r);
        return false;
    }
    for (size_t i = 0; i < e->n_tags; i++)
        tags[i] =
            (karvan_i_osm_tag){r->text.s + r->tag_at[2 * i], r->text.s + r->tag_at[2 * i + 1]};
    for (size_t i = 0; i < e->n_members; i++) r->members[i].role = r->text.s + r->role_at[i];
    r->tags = tags;
    e->tags = tags, e->refs = r->refs, e->members = r->members;
    return true;
}

static void end_element(reader *r) {
    r->level = OSM;
    if (!r->wanted) return;
    if (r->deleted) {
        r->counts->deleted++;
        return;
    }
    if (!settle(r)) return;
    count(r);
    karvan_status st = r->sink->element(r->sink->ctx, &r->e, r->err);
    if (st != KARVAN_OK) stop(r, st);
}

static void XMLCALL on_end(void *ctx, const char *name) {
    reader *r = ctx;
    (void)name;
    if (r->st != KARVAN_OK) return;
    if (r->passed_over)
        r->passed_over--;
    else if (r->level > OSM)
        end_element(r);
    else
        r->level = TOP;
}

static void XMLCALL on_entity(void *ctx, const char *name, int parameter, const char *value, int n,
                              const char *base, const char *system, const char *public,
                              const char *notation) {
    (void)parameter, (void)value, (void)n, (void)base, (void)system, (void)public, (void)notation;
    fault(ctx, "declarations of entities are not taken:", name);
}

/* ---- the file ---- */

static void *expat_malloc(size_t n) { return karvan_i_malloc(n, 1); }
static void *expat_realloc(void *p, size_t n) { return karvan_i_realloc(p, n, 1); }

static karvan_status refused(reader *r) {
    enum XML_Error code = XML_GetErrorCode(r->parser);
    if (r->st != KARVAN_OK) return r->st;
    if (code == XML_ERROR_NO_MEMORY) return no_memory(r), r->st;
    return karvan_fail(r->err, KARVAN_E_DATA, "%s:%llu:%llu: no XML: %s", r->path,
                       (unsigned long long)XML_GetCurrentLineNumber(r->parser),
                       (unsigned long long)XML_GetCurrentColumnNumber(r->parser) + 1,
                       XML_ErrorString(code));
}

static karvan_status parse(reader *r, karvan_i_osm_stream *s) {
    karvan_status st = KARVAN_OK;
    size_t got = KARVAN_I_OSM_BLOCK;
    while (got == KARVAN_I_OSM_BLOCK) {
        void *room = XML_GetBuffer(r->parser, KARVAN_I_OSM_BLOCK);
        KARVAN_REQUIRE(room, r->err, KARVAN_E_NOMEM, "no memory to read %s", r->path);
        KARVAN_TRY(karvan_i_osm_stream_read(s, room, KARVAN_I_OSM_BLOCK, &got, r->err));
        if (XML_ParseBuffer(r->parser, (int)got, got < KARVAN_I_OSM_BLOCK) != XML_STATUS_OK)
            KARVAN_TRY(refused(r));
    }
done:
    return st;
}

karvan_status karvan_i_osm_read_xml(karvan_i_osm_stream *s, const karvan_i_osm_sink *sink,
                                    karvan_i_osm_counts *counts, karvan_error *err) {
    static const XML_Memory_Handling_Suite heap = {expat_malloc, expat_realloc, karvan_i_free};
    karvan_status st = KARVAN_OK;
    reader r = {.path = s->path, .sink = sink, .counts = counts, .err = err};
    r.parser = XML_ParserCreate_MM(NULL, &heap, NULL);
    KARVAN_REQUIRE(r.parser, err, KARVAN_E_NOMEM, "no memory to read %s", s->path);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_begin, on_end);
    XML_SetEntityDeclHandler(r.parser, on_entity);
    KARVAN_TRY(parse(&r, s));
done:
    if (r.parser) XML_ParserFree(r.parser);
    karvan_i_text_clear(&r.text);
    karvan_i_free(r.tags), karvan_i_free(r.members), karvan_i_free(r.refs);
    karvan_i_free(r.tag_at), karvan_i_free(r.role_at);
    return st;
}
