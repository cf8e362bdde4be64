/* Bytes as GeoJSON: a document or a reason, every fault at a place that the bytes have, positions
 * that fit their parts, and rows of a region without a crash. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/geojson.h"
#include "exchange/import_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static int64_t lines_of(const char *s, size_t n) {
    int64_t lines = 1;
    for (size_t i = 0; i < n; i++) lines += s[i] == '\n';
    return lines;
}

static void check_feature(const karvan_i_feature *f, int64_t lines) {
    require(f->line >= 1 && f->line <= lines && f->column >= 1);
    require(f->type != KARVAN_I_POINT || (f->n_parts == 1 && f->part[0] == 1));
    for (int32_t k = 0; k < f->n_parts; k++) {
        require(f->part[k] >= 0);
        require(f->type != KARVAN_I_LINE || f->part[k] >= 2);
    }
}

static void check_document(const char *s, size_t n) {
    karvan_problems *problems = NULL;
    karvan_i_geojson *g = NULL;
    karvan_error e = {0};
    int64_t lines = lines_of(s, n);
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_geojson_open(s, n, "f", problems, &g, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && strncmp(e.msg, "f:", 2) == 0));
    for (int again = 0; again < 2 && st == KARVAN_OK; again++) {
        int64_t before = karvan_problems_total(problems);
        for (size_t i = 0; i < karvan_i_geojson_count(g); i++) {
            karvan_i_feature f;
            bool valid;
            require(karvan_i_geojson_feature(g, i, &f, &valid, &e) == KARVAN_OK);
            if (valid) check_feature(&f, lines);
        }
        require(again == 0 || karvan_problems_total(problems) == before);
    }
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        require(p.line >= 1 && p.line <= lines && p.column >= 1 && p.column <= (int64_t)n + 1);
    }
    karvan_i_geojson_close(g);
    karvan_problems_destroy(problems);
}

static void check_import(const char *s, size_t n) {
    static const karvan_import_setting settings[] = {{"mode", "road"}, {"tolerance", "5"}};
    karvan_import *imp = NULL;
    karvan_error e = {0};
    require(karvan_import_create("geojson", 2, settings, &imp, NULL) == KARVAN_OK);
    require(karvan_i_import_source(imp, "f", NULL, NULL, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_import_geojson_bytes(imp, s, n, "f", &e);
    require(st == KARVAN_OK || st == KARVAN_E_DATA);
    if (st == KARVAN_OK) require(karvan_i_import_finish(imp, NULL) == KARVAN_OK);
    karvan_import_destroy(imp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    const char *s = size ? (const char *)data : "";
    if (size > 1 << 15) return 0; /* bound the work, not the meaning */
    check_document(s, size);
    check_import(s, size);
    require(karvan_i_alloc_live == live);
    return 0;
}
