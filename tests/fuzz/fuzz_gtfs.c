/* Bytes as a feed: an archive where they begin as one, else a text of files, each under a line
 * "== NAME", which is packed first. Rows of a region or a reason; every timetable names days and
 * times; no allocation is left. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/gtfs.h"
#include "exchange/import_state.h"
#include "zip_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void check_services(karvan_import *imp) {
    karvan_table *t = NULL;
    require(karvan_builder_finish(imp->builder[KARVAN_I_SERVICES], &t, NULL) == KARVAN_OK);
    imp->builder[KARVAN_I_SERVICES] = NULL;
    int timetable = karvan_table_find(t, "timetable"), headway = karvan_table_find(t, "headway_h");
    for (int64_t i = 0; i < karvan_table_rows(t); i++) {
        const char *s = karvan_table_text(t, timetable, i);
        double h = karvan_table_real(t, headway, i);
        require(h > 0 && h <= 168);
        if (s) require(strlen(s) >= 8 && strspn(s, "MoTuWeThFrSa-,;: 0123456789") == strlen(s));
    }
    karvan_table_destroy(t);
}

static void check_feed(const char *bytes, size_t n) {
    static const karvan_import_setting settings[] = {{"merge-stations", ""}};
    karvan_import *imp = NULL;
    karvan_i_feed feed = {0};
    karvan_error e = {0};
    require(karvan_import_create("gtfs", n % 2, settings, &imp, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_feed_open_bytes(bytes, n, "f", &feed, &e);
    if (st == KARVAN_OK) st = karvan_i_import_gtfs_feed(imp, &feed, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && e.msg[0] == 'f'));
    if (st == KARVAN_OK) require(karvan_i_import_finish(imp, NULL) == KARVAN_OK);
    if (st == KARVAN_OK) check_services(imp);
    karvan_import_destroy(imp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    zip_writer z = {0};
    const char *bytes;
    size_t n;
    if (size > 1 << 14) return 0; /* bound the work, not the meaning */
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        check_feed((const char *)data, size);
    } else {
        zip_of_text(&z, size ? (const char *)data : "", size);
        zip_finish(&z, &bytes, &n);
        check_feed(bytes, n);
    }
    karvan_i_text_clear(&z.files), karvan_i_text_clear(&z.directory);
    require(karvan_i_alloc_live == live);
    return 0;
}
