/* OpenStreetMap files in both forms: the same elements, and each fault told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "exchange/osm.h"
#include "osm_document.h"
#include "sweep.h"

static const osm_node nodes[] = {{1, 50.1234567, 40.7654321, NULL},
                                 {-7, -179.9999999, -89.5, "name=\xC9\x99&<\">'|a=b"},
                                 {9000000000, 180, 90, "railway=station"},
                                 {4, 0, 0, NULL}};
static const osm_way ways[] = {
    {21, "1 -7 9000000000 1", "highway=primary|name=Way"}, {22, "", "note=none"}, {-23, "4", NULL}};
static const osm_relation relations[] = {{31, "n1:stop w21 r31:x", "type=route|route=ferry"},
                                         {32, "", NULL}};
static const osm_document document = {nodes,           OSM_COUNT(nodes), ways,
                                      OSM_COUNT(ways), relations,        OSM_COUNT(relations)};

/* Elements as a text that can be compared. */
static karvan_status print(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    karvan_i_text *t = ctx;
    (void)err;
    karvan_i_text_printf(t, "%d %lld", (int)e->kind, (long long)e->id);
    if (e->kind == KARVAN_I_OSM_NODE)
        karvan_i_text_printf(t, " @%lld,%lld", (long long)e->lon_nano, (long long)e->lat_nano);
    for (size_t i = 0; i < e->n_refs; i++) karvan_i_text_printf(t, " %lld", (long long)e->refs[i]);
    for (size_t i = 0; i < e->n_members; i++)
        karvan_i_text_printf(t, " %d:%lld:%s", (int)e->members[i].kind,
                             (long long)e->members[i].ref, e->members[i].role);
    for (size_t i = 0; i < e->n_tags; i++)
        karvan_i_text_printf(t, " %s=%s", e->tags[i].key, e->tags[i].value);
    karvan_i_text_puts(t, "\n");
    return KARVAN_OK;
}

static karvan_status read_text(const karvan_i_text *file, unsigned wants, karvan_i_text *out,
                               karvan_i_osm_counts *counts, karvan_error *err) {
    karvan_i_osm_source source = {"f", file->s ? file->s : "", file->n};
    karvan_i_osm_sink sink = {out, wants, print};
    return karvan_i_osm_read(&source, &sink, counts, err);
}

enum { ALL = KARVAN_I_OSM_NODE | KARVAN_I_OSM_WAY | KARVAN_I_OSM_RELATION };

static const char *const wanted = "1 1 @50123456700,40765432100\n"
                                  "1 -7 @-179999999900,-89500000000 name=\xC9\x99&<\">' a=b\n"
                                  "1 9000000000 @180000000000,90000000000 railway=station\n"
                                  "1 4 @0,0\n"
                                  "2 21 1 -7 9000000000 1 highway=primary name=Way\n"
                                  "2 22 note=none\n"
                                  "2 -23 4\n"
                                  "4 31 1:1:stop 2:21: 4:31:x type=route route=ferry\n"
                                  "4 32\n";

static void expect_document(const karvan_i_text *file) {
    karvan_i_text got = {0};
    karvan_i_osm_counts c = {0};
    karvan_error e = {0};
    if (read_text(file, ALL, &got, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_string_equal(got.s, wanted);
    assert_int_equal(c.nodes, 4), assert_int_equal(c.ways, 3), assert_int_equal(c.relations, 2);
    assert_int_equal(c.refs, 5), assert_int_equal(c.members, 3);
    assert_int_equal(c.deleted + c.other_blobs + c.other_elements, 0);
    karvan_i_text_clear(&got);
}

static void both_forms_hold_the_same(void **state) {
    (void)state;
    static const osm_pbf_options options[] = {{0},
                                              {.plain = true},
                                              {.single = true},
                                              {.unpacked = true, .single = true},
                                              {.unpacked = true},
                                              {.per_block = 1, .plain = true},
                                              {.granularity = 10, .offset = 50},
                                              {.granularity = 1, .offset = -1234567890123 / 10}};
    karvan_i_text file = {0};
    osm_xml(&document, &file);
    expect_document(&file);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        file.n = 0;
        osm_pbf(&document, &options[i], &file);
        expect_document(&file);
    }
    karvan_i_text_clear(&file);
}

static void only_what_is_wanted_comes(void **state) {
    (void)state;
    for (int form = 0; form < 2; form++) {
        karvan_i_text file = {0}, got = {0};
        karvan_i_osm_counts c;
        if (form)
            osm_pbf(&document, NULL, &file);
        else
            osm_xml(&document, &file);
        assert_int_equal(read_text(&file, KARVAN_I_OSM_WAY, &got, &c, NULL), KARVAN_OK);
        assert_string_equal(got.s, "2 21 1 -7 9000000000 1 highway=primary name=Way\n"
                                   "2 22 note=none\n2 -23 4\n");
        assert_int_equal(c.nodes, 0), assert_int_equal(c.ways, 3);
        karvan_i_text_clear(&got), karvan_i_text_clear(&file);
    }
}

/* ---- gzip ---- */

static void deflate_gzip(const karvan_i_text *in, karvan_i_text *out) {
    unsigned char room[65536];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)in->s, z.avail_in = (uInt)in->n;
    z.next_out = room, z.avail_out = sizeof room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    karvan_i_text_add(out, (const char *)room, sizeof room - z.avail_out);
    (void)deflateEnd(&z);
}

static void gzip_and_its_cuts(void **state) {
    (void)state;
    karvan_i_text xml = {0}, file = {0}, none = {0}, halves[2] = {{0}, {0}}, two = {0};
    osm_xml(&document, &xml);
    deflate_gzip(&xml, &file);
    expect_document(&file);
    for (size_t n = 2; n < file.n; n++) {
        karvan_i_text cut = {file.s, n, 0, false};
        karvan_error e = {0};
        assert_int_equal(read_text(&cut, 0, &none, NULL, &e), KARVAN_E_DATA);
        assert_string_equal(e.msg, "f: the gzip file is cut: it ends before its data do");
    }
    /* two members, one behind the other, are one file */
    karvan_i_text_add(&halves[0], xml.s, 100),
        karvan_i_text_add(&halves[1], xml.s + 100, xml.n - 100);
    deflate_gzip(&halves[0], &two), deflate_gzip(&halves[1], &two);
    expect_document(&two);
    karvan_error e = {0};
    karvan_i_text_puts(&two, "rubbish");
    assert_int_equal(read_text(&two, 0, &none, NULL, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "damaged"));
    karvan_i_text_clear(&xml), karvan_i_text_clear(&file), karvan_i_text_clear(&two);
    karvan_i_text_clear(&halves[0]), karvan_i_text_clear(&halves[1]);
}

/* Text that inflates to far more than one reading of the file: what zlib holds back comes too. */
static void gzip_that_swells(void **state) {
    (void)state;
    karvan_i_text xml = {0}, file = {0}, none = {0};
    karvan_i_osm_counts c;
    karvan_i_text_puts(&xml, "<osm version='0.6'>");
    for (int i = 0; i < 20000; i++) karvan_i_text_puts(&xml, "<way id='1'></way>");
    karvan_i_text_puts(&xml, "</osm>");
    deflate_gzip(&xml, &file);
    assert_true(file.n < 5000);
    assert_int_equal(read_text(&file, KARVAN_I_OSM_RELATION, &none, &c, NULL), KARVAN_OK);
    karvan_i_text got = {0};
    assert_int_equal(read_text(&file, KARVAN_I_OSM_WAY, &got, &c, NULL), KARVAN_OK);
    assert_int_equal(c.ways, 20000);
    karvan_i_text_clear(&xml), karvan_i_text_clear(&file), karvan_i_text_clear(&got);
}

/* ---- faults ---- */

static void expect_fault(const char *bytes, size_t n, const char *told) {
    karvan_i_text file = {(char *)bytes, n, 0, false}, got = {0};
    karvan_error e = {0};
    assert_int_equal(read_text(&file, ALL, &got, NULL, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, told);
    karvan_i_text_clear(&got);
}

#define OSM "<osm version='0.6'>\n"
static void faults_of_xml(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
    } samples[] = {
        {"", "f: the file is empty"},
        {"nothing", "f: byte 0: neither OSM XML (.osm, .osm.gz) nor PBF"},
        {"BZh91AY", "f: packed by bzip2: unpack it first (bunzip2)"},
        {"<osm/>", "f:1:1: the root has no attribute 'version'"},
        {"<osm version='0.5'/>", "f:1:1: only version 0.6 is read, not '0.5'"},
        {" \n <gpx/>", "f:2:2: the root must be osm, not 'gpx'"},
        {"<osmChange version='0.6'/>",
         "f:1:1: a file of changes is no extract: apply it to one first, root 'osmChange'"},
        {OSM "<node id='1' lat='1' lon='2'/>", "f:2:31: no XML: no element found"},
        {OSM "<nod id='1'/></osm>", "f:2:1: the format has no element 'nod'"},
        {OSM "<node lat='1' lon='2'/></osm>", "f:2:1: an element without the attribute 'id'"},
        {OSM "<node id='1x' lat='1' lon='2'/></osm>", "f:2:1: this is no whole number: '1x'"},
        {OSM "<node id='1' lon='2'/></osm>", "f:2:1: a node without the attribute 'lat'"},
        {OSM "<node id='1' lat='90.1' lon='2'/></osm>",
         "f:2:1: a node that lies on no globe, at '90.1'"},
        {OSM "<node id='1' lat='9' lon='-181'/></osm>",
         "f:2:1: a node that lies on no globe, at '-181'"},
        {OSM "<way id='1'>\n <nd/></way></osm>", "f:3:2: an element without the attribute 'ref'"},
        {OSM "<way id='1'><member type='way' ref='1'/></way></osm>",
         "f:2:13: what stands here cannot hold the element 'member'"},
        {OSM "<node id='1' lat='1' lon='1'><nd ref='1'/></node></osm>",
         "f:2:30: what stands here cannot hold the element 'nd'"},
        {OSM "<way id='1'><tag k='a'/></way></osm>", "f:2:13: a tag without the attribute 'v'"},
        {OSM "<way id='1'><tag v='a'/></way></osm>", "f:2:13: a tag without the attribute 'k'"},
        {OSM "<relation id='1'><member ref='1'/></relation></osm>",
         "f:2:18: a member without the attribute 'type'"},
        {OSM "<relation id='1'><member type='area' ref='1'/></relation></osm>",
         "f:2:18: a member is a node, way or relation, not a 'area'"},
        {"<!DOCTYPE osm [<!ENTITY e 'x'>]>" OSM "</osm>",
         "f:1:27: declarations of entities are not taken: 'e'"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect_fault(samples[i].text, strlen(samples[i].text), samples[i].told);
}

static void what_xml_has_besides(void **state) {
    (void)state;
    static const char text[] =
        OSM "<note>any <b>words</b></note><meta osm_base='now'/><bounds minlat='1'/>"
            "<node id='1' visible='false'/><way id='2' action='delete'><nd ref='1'/></way>"
            "<changeset id='3'><tag k='a' v='b'/></changeset>"
            "<way id='4'><bounds minlat='0'/><nd ref='1' lat='1' lon='2'/></way></osm>";
    karvan_i_text file = {(char *)text, sizeof text - 1, 0, false}, got = {0};
    karvan_i_osm_counts c;
    karvan_error e = {0};
    if (read_text(&file, ALL, &got, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_string_equal(got.s, "2 4 1\n");
    assert_int_equal(c.deleted, 2), assert_int_equal(c.other_elements, 3);
    karvan_i_text_clear(&got);
}

/* The outer layer: one byte changed. */
static void faults_of_pbf(void **state) {
    (void)state;
    static const osm_pbf_options plain = {.plain = true};
    karvan_i_text file = {0}, bad = {0};
    osm_pbf(&document, &plain, &file);
    static const struct {
        size_t at;
        const char *bytes;
        const char *told;
    } samples[] = {
        {0, "\0\1\0\1\012", "f: byte 0: a blob's header of more than the 64 KiB allowed"},
        {0, "\0\0\0\0\012", "f: byte 0: a blob's header without a byte"},
        {4, "\013", "f: byte 0: neither OSM XML (.osm, .osm.gz) nor PBF"},
        {5, "\100", "f: byte 4: no field of a blob's header"},
        {15, "\040", "f: byte 4: a blob's header without a size of its data"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        bad.n = 0;
        karvan_i_text_add(&bad, file.s, file.n);
        size_t n = i == 0 || i == 1 ? 5 : 1;
        memcpy(bad.s + samples[i].at, samples[i].bytes, n);
        expect_fault(bad.s, bad.n, samples[i].told);
    }
    karvan_i_text_clear(&file), karvan_i_text_clear(&bad);
}

/* A file of one block whose bytes are given, unpacked. */
static void with_block(const char *block, size_t n, karvan_i_text *file) {
    karvan_i_text header = {0}, data = {(char *)block, n, 0, false};
    osm_bytes(&header, 4, "DenseNodes", 10);
    file->n = 0;
    osm_blob(file, "OSMHeader", &header, true);
    osm_blob(file, "OSMData", &data, true);
    karvan_i_text_clear(&header);
}

static void faults_within_a_block(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *told;
    } samples[] = {
#define BLOCK(s) s, sizeof(s) - 1
        {BLOCK("\x07"), "no field of a block"},
        {BLOCK("\x12\x05\x0A"), "no field of a block"},
        {BLOCK("\x88\x01\x00"), "a granularity or an offset of coordinates that cannot be"},
        {BLOCK("\x0A\x03\x0A\x01\xFF"), "the table of strings here holds one that is not UTF-8"},
        {BLOCK("\x0A\x04\x0A\x02"
               "a\0"),
         "a string that holds a NUL"},
        {BLOCK("\x0A\x02\x0A\x05"), "no field of the table of strings"},
        {BLOCK("\x12\x01\x07"), "no field of a group"},
        {BLOCK("\x12\x03\x1A\x01\x07"), "no field of a way"},
        {BLOCK("\x12\x02\x1A\x00"), "an element without an id"},
        {BLOCK("\x12\x06\x1A\x04\x08\x01\x12\x00"), NULL},
        {BLOCK("\x12\x07\x1A\x05\x08\x01\x12\x01\x00"),
         "an element with more keys than values, or fewer"},
        {BLOCK("\x12\x0A\x1A\x08\x08\x01\x12\x01\x00\x1A\x01\x00"),
         "a tag that names no string of the block"},
        {BLOCK("\x12\x07\x1A\x05\x08\x01\x42\x01\x80"), "no number of a packed run"},
        {BLOCK("\x12\x04\x0A\x02\x08\x02"), "a node without coordinates"},
        {BLOCK("\x12\x0D\x0A\x0B\x08\x02\x40\x00\x48\x80\xC0\xDB\xC0\xEB\x0A"),
         "a node that lies on no globe"},
        {BLOCK("\x12\x05\x12\x03\x0A\x01\x02"),
         "a dense group with other numbers of ids and coordinates"},
        {BLOCK("\x12\x0E\x12\x0C\x0A\x01\x02\x42\x01\x00\x4A\x01\x00\x52\x01\x01"),
         "tags of nodes that end before the nodes"},
        {BLOCK("\x12\x0F\x12\x0D\x0A\x01\x02\x42\x01\x00\x4A\x01\x00\x52\x02\x01\x00"),
         "a key without a value among tags of nodes"},
        {BLOCK("\x12\x0F\x12\x0D\x0A\x01\x02\x42\x01\x00\x4A\x01\x00\x52\x02\x00\x00"),
         "tags for more nodes than there are"},
        {BLOCK("\x12\x07\x22\x05\x08\x01\x4A\x01\x02"),
         "a relation with other numbers of members, roles and kinds"},
        {BLOCK("\x0A\x02\x0A\x00\x12\x0D\x22\x0B\x08\x01\x42\x01\x00\x4A\x01\x02\x52\x01\x03"),
         "a member of no known kind"},
        {BLOCK("\x12\x0D\x22\x0B\x08\x01\x42\x01\x00\x4A\x01\x02\x52\x01\x01"),
         "a role that names no string of the block"}};
    karvan_i_text file = {0};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_i_text got = {0};
        karvan_error e = {0};
        with_block(samples[i].bytes, samples[i].n, &file);
        karvan_status st = read_text(&file, ALL, &got, NULL, &e);
        const char *colon = strstr(e.msg, ": ") ? strstr(strstr(e.msg, ": ") + 2, ": ") : NULL;
        if (!samples[i].told) assert_int_equal(st, KARVAN_OK);
        if (samples[i].told &&
            (st != KARVAN_E_DATA || !colon || strcmp(colon + 2, samples[i].told) != 0))
            fail_msg("sample %d: status %d, %s", (int)i, (int)st, e.msg);
        karvan_i_text_clear(&got);
    }
    karvan_i_text_clear(&file);
}

/* Where the fault stands, in bytes: of the file where the block is as it is there, and of what was
 * inflated otherwise. */
static void faults_have_their_byte(void **state) {
    (void)state;
    karvan_i_text file = {0}, header = {0}, block = {0};
    with_block("\x12\x03\x1A\x01\x07", 5, &file);
    size_t at = file.n - 1; /* the last byte is the way's, and no field */
    char told[100];
    (void)snprintf(told, sizeof told, "f: byte %zu: no field of a way", at);
    expect_fault(file.s, file.n, told);
    osm_bytes(&header, 4, "DenseNodes", 10);
    karvan_i_text_add(&block, "\x12\x03\x1A\x01\x07", 5);
    file.n = 0;
    osm_blob(&file, "OSMHeader", &header, true);
    size_t begin = file.n;
    osm_blob(&file, "OSMData", &block, false);
    /* 4 bytes of length, 11 of header, then raw_size (2) and the key and length of the data (2) */
    (void)snprintf(told, sizeof told,
                   "f: byte 4 of those inflated from byte %zu: no field of a way",
                   begin + 4 + 11 + 2 + 2);
    expect_fault(file.s, file.n, told);
    karvan_i_text_clear(&file), karvan_i_text_clear(&header), karvan_i_text_clear(&block);
}

static void features_are_named(void **state) {
    (void)state;
    osm_pbf_options o = {.plain = true, .feature = "HistoricalInformation"};
    karvan_i_text file = {0}, got = {0};
    karvan_error e = {0};
    osm_pbf(&document, &o, &file);
    assert_int_equal(read_text(&file, ALL, &got, NULL, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "requires a reader that knows the feature "
                                  "\"HistoricalInformation\", which this one does not"));
    assert_int_equal(got.n, 0);
    karvan_i_text_clear(&file);
}

static void limits_and_packings(void **state) {
    (void)state;
    karvan_i_text file = {0}, header = {0}, block = {0};
    osm_bytes(&header, 4, "DenseNodes", 10);
    osm_blob(&file, "OSMHeader", &header, true);
    size_t n = file.n;
    /* a blob said to be of 32 MiB and a byte */
    karvan_i_text_add(&file, "\0\0\0\x0E\x0A\x07OSMData\x18\x81\x80\x80\x10", 18);
    expect_fault(file.s, file.n, "f: byte 35: a blob of more than the 32 MiB allowed");
    /* a packing that is not read */
    file.n = n;
    karvan_i_text_add(&file, "\0\0\0\x0B\x0A\x07OSMData\x18\x03\x3A\x01x", 18);
    expect_fault(file.s, file.n,
                 "f: byte 46: a blob packed by Zstandard; only zlib and unpacked "
                 "ones are read");
    /* deflated data, told longer and shorter than they are, and without a length */
    for (int told = 4; told <= 6; told += 2) {
        file.n = n, block.n = 0;
        karvan_i_text_add(&block, "\x12\x00\x12\x00\x00", 5);
        osm_blob(&file, "OSMData", &block, false);
        file.s[n + 4 + 11 + 1] = (char)told;
        expect_fault(file.s, file.n,
                     "f: byte 50: the blob's data do not inflate to the length that it tells");
    }
    file.s[n + 4 + 11] = 0x40; /* another field than raw_size */
    expect_fault(file.s, file.n,
                 "f: byte 46: a blob that does not tell its length when inflated, "
                 "or more than the 32 MiB allowed");
    karvan_i_text_clear(&file), karvan_i_text_clear(&header), karvan_i_text_clear(&block);
}

static void cut_anywhere(void **state) {
    (void)state;
    static const osm_pbf_options o = {.per_block = 2};
    karvan_i_text file = {0};
    osm_pbf(&document, &o, &file);
    int whole = 0;
    for (size_t n = 1; n < file.n; n++) {
        karvan_i_text cut = {file.s, n, 0, false}, got = {0};
        karvan_error e = {0};
        karvan_status st = read_text(&cut, ALL, &got, NULL, &e);
        assert_true(st == KARVAN_OK || (st == KARVAN_E_DATA && strncmp(e.msg, "f: ", 3) == 0));
        whole += st == KARVAN_OK;
        karvan_i_text_clear(&got);
    }
    assert_int_equal(whole, 5); /* behind the header, and behind all blocks but the last */
    karvan_i_text_clear(&file);
}

static void order_of_blobs(void **state) {
    (void)state;
    karvan_i_text file = {0}, block = {0}, got = {0};
    karvan_i_osm_counts c;
    karvan_i_text_add(&block, "\x12\x00", 2);
    osm_blob(&file, "OSMData", &block, true);
    expect_fault(file.s, file.n, "f: byte 17: data before the header (OSMHeader)");
    file.n = 0;
    osm_blob(&file, "Something", &block, true);
    expect_fault(file.s, file.n, "f: byte 0: no header (OSMHeader)");
    osm_pbf(&document, NULL, &file);
    assert_int_equal(read_text(&file, ALL, &got, &c, NULL), KARVAN_OK);
    assert_int_equal(c.other_blobs, 1);
    karvan_i_text_clear(&file), karvan_i_text_clear(&block), karvan_i_text_clear(&got);
}

/* Info of a way, and DenseInfo of nodes, that tell them deleted. */
static void deleted_in_pbf(void **state) {
    (void)state;
    static const char block[] = "\x12\x08\x1A\x06\x08\x01\x22\x02\x30\x00"
                                "\x12\x06\x1A\x04\x08\x02\x22\x00"
                                "\x12\x14\x12\x12\x0A\x02\x02\x02\x2A\x04\x32\x02\x01\x00"
                                "\x42\x02\x00\x00\x4A\x02\x00\x00";
    karvan_i_text file = {0}, got = {0};
    karvan_i_osm_counts c;
    karvan_error e = {0};
    with_block(block, sizeof block - 1, &file);
    if (read_text(&file, ALL, &got, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_string_equal(got.s, "2 2\n1 1 @0,0\n");
    assert_int_equal(c.deleted, 2);
    karvan_i_text_clear(&file), karvan_i_text_clear(&got);
}

static void files_that_cannot_be_read(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_i_osm_sink sink = {NULL, 0, print};
    karvan_i_osm_source absent = {"/nowhere/x.osm", NULL, 0}, folder = {"/tmp", NULL, 0};
    assert_int_equal(karvan_i_osm_read(&absent, &sink, NULL, &e), KARVAN_E_IO);
    assert_string_equal(e.msg, "cannot read /nowhere/x.osm: No such file or directory");
    e = (karvan_error){0};
    assert_int_equal(karvan_i_osm_read(&folder, &sink, NULL, &e), KARVAN_E_IO);
    assert_string_equal(e.msg, "cannot read /tmp: it must be a file, since it is read twice");
}

/* ---- failing allocations, and a sink that gives up ---- */

static karvan_i_text swept;
static karvan_status nothing(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    (void)ctx, (void)e, (void)err;
    return KARVAN_OK;
}
static karvan_status read_swept(karvan_error *err) {
    karvan_i_osm_source source = {"f", swept.s, swept.n};
    karvan_i_osm_sink sink = {NULL, ALL, nothing};
    return karvan_i_osm_read(&source, &sink, NULL, err);
}
static void every_allocation_can_fail(void **state) {
    (void)state;
    static const osm_pbf_options single = {.single = true, .per_block = 1};
    karvan_i_text xml = {0};
    osm_pbf(&document, NULL, &swept);
    every_allocation_fails(read_swept, 1000);
    swept.n = 0, osm_pbf(&document, &single, &swept);
    every_allocation_fails(read_swept, 1000);
    swept.n = 0, osm_xml(&document, &swept);
    every_allocation_fails(read_swept, 1000);
    osm_xml(&document, &xml);
    swept.n = 0, deflate_gzip(&xml, &swept);
    every_allocation_fails(read_swept, 1000);
    karvan_i_text_clear(&xml), karvan_i_text_clear(&swept);
}

static karvan_status give_up(void *ctx, const karvan_i_osm_element *e, karvan_error *err) {
    (void)ctx;
    return karvan_fail(err, KARVAN_E_CANCELLED, "enough at %lld", (long long)e->id);
}
static void a_sink_may_give_up(void **state) {
    (void)state;
    for (int form = 0; form < 2; form++) {
        karvan_i_text file = {0};
        karvan_error e = {0};
        if (form)
            osm_pbf(&document, NULL, &file);
        else
            osm_xml(&document, &file);
        karvan_i_osm_source source = {"f", file.s, file.n};
        karvan_i_osm_sink sink = {NULL, KARVAN_I_OSM_WAY, give_up};
        assert_int_equal(karvan_i_osm_read(&source, &sink, NULL, &e), KARVAN_E_CANCELLED);
        assert_string_equal(e.msg, "enough at 21");
        karvan_i_text_clear(&file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_forms_hold_the_same),
                                       cmocka_unit_test(only_what_is_wanted_comes),
                                       cmocka_unit_test(gzip_and_its_cuts),
                                       cmocka_unit_test(gzip_that_swells),
                                       cmocka_unit_test(faults_of_xml),
                                       cmocka_unit_test(what_xml_has_besides),
                                       cmocka_unit_test(faults_of_pbf),
                                       cmocka_unit_test(faults_within_a_block),
                                       cmocka_unit_test(faults_have_their_byte),
                                       cmocka_unit_test(features_are_named),
                                       cmocka_unit_test(limits_and_packings),
                                       cmocka_unit_test(cut_anywhere),
                                       cmocka_unit_test(order_of_blobs),
                                       cmocka_unit_test(deleted_in_pbf),
                                       cmocka_unit_test(files_that_cannot_be_read),
                                       cmocka_unit_test(every_allocation_can_fail),
                                       cmocka_unit_test(a_sink_may_give_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
