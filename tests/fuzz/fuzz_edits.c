/* The input is a file of edits, laid over a region of two rows. Added or refused: a refusal leaves
 * the table of scenarios as it was and says why; what was added can be laid over the region, or the
 * schema forbids it; no allocation is left. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "karvan/table.h"
#include "table/cell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void require(bool promise) {
    if (!promise) abort();
}

static void write_file(const char *name, const char *text) {
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    require(f && fputs(text, f) >= 0 && fclose(f) == 0);
}
static void remove_region(void) {
    static const char *const names[] = {"t.csv", "interventions.csv", "scenarios.csv",
                                        "datapackage.json"};
    char path[160];
    for (int i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}
static void write_region(void) {
    if (*folder) return;
    (void)snprintf(folder, sizeof folder, "/tmp/karvan-edits-XXXXXX");
    require(mkdtemp(folder) != NULL && atexit(remove_region) == 0);
    write_file("t.csv", "id,x,n,open,when,name\na,2,5,true,1999,A\nb,3,,false,,B\n");
    write_file("interventions.csv", "id\nfast\n");
    write_file("scenarios.csv", "intervention,table,key,column,operation,value\n"
                                "fast,t,a,x,scale,2\n");
    write_file(
        "datapackage.json",
        "{\"name\":\"r\",\"resources\":[{\"name\":\"t\",\"path\":\"t.csv\",\"schema\":{\"fields\":["
        "{\"name\":\"id\",\"type\":\"string\"},"
        "{\"name\":\"x\",\"type\":\"number\",\"constraints\":{\"minimum\":0}},"
        "{\"name\":\"n\",\"type\":\"integer\"},{\"name\":\"open\",\"type\":\"boolean\"},"
        "{\"name\":\"when\",\"type\":\"string\",\"format\":\"edtf\"},"
        "{\"name\":\"name\",\"type\":\"string\"}],\"primaryKey\":\"id\"}},"
        "{\"name\":\"interventions\",\"path\":\"interventions.csv\",\"schema\":{\"fields\":["
        "{\"name\":\"id\",\"type\":\"string\"}],\"primaryKey\":\"id\"}},"
        "{\"name\":\"scenarios\",\"path\":\"scenarios.csv\",\"schema\":{\"fields\":["
        "{\"name\":\"intervention\",\"type\":\"string\"},{\"name\":\"table\",\"type\":\"string\"},"
        "{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"column\",\"type\":\"string\"},"
        "{\"name\":\"operation\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\"}]}}]}"
        "\n");
}

/* Those added, one name after another, each over a region of its own would be slow: the first. */
static void lay_over(karvan_package *region, int64_t first, karvan_problems *problems) {
    const karvan_table *t = karvan_package_table(region, "scenarios");
    char name[200];
    const char *const names[] = {name};
    karvan_error e = {0};
    if (karvan_table_rows(t) == first) return;
    (void)snprintf(name, sizeof name, "%s", karvan_i_cell_text(t, "intervention", first));
    if (!karvan_i_cell_is(t, "intervention", first, name)) return; /* too long for here */
    karvan_status st = karvan_scenarios_apply(region, 1, names, problems, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && *e.msg));
}

static void add(karvan_package *region, const karvan_table *edits, karvan_problems *problems) {
    karvan_error e = {0};
    karvan_status st = karvan_scenarios_add(region, edits, "mine", problems, &e);
    int64_t rows = karvan_table_rows(karvan_package_table(region, "scenarios"));
    require(st == KARVAN_OK || st == KARVAN_E_ARG || st == KARVAN_E_DATA);
    require(rows == 1 + (st == KARVAN_OK ? karvan_table_rows(edits) : 0));
    require(st == KARVAN_OK || *e.msg);
    require((st == KARVAN_E_DATA) == (karvan_problems_count(problems, KARVAN_ERROR) > 0));
    if (st == KARVAN_OK) lay_over(region, 1, problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"table", "key",  "column", "operation",
                                        "value", "name", "source", "note"};
    karvan_column columns[8];
    write_region();
    long live = karvan_i_alloc_live;
    karvan_problems *quiet = NULL, *problems = NULL;
    karvan_package *region = NULL;
    karvan_table *edits = NULL;
    for (int i = 0; i < 8; i++) columns[i] = (karvan_column){names[i], KARVAN_TEXT, NULL};
    const karvan_csv_options o = {.n_columns = 8, .columns = columns};
    require(karvan_problems_create(&quiet, NULL) == KARVAN_OK);
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    require(karvan_package_open(folder, quiet, &region, NULL) == KARVAN_OK);
    require(karvan_problems_total(quiet) == 0);
    (void)karvan_csv_parse((const char *)data, size, "mine.csv", "edits", &o, quiet, &edits, NULL);
    if (edits) add(region, edits, problems);
    karvan_table_destroy(edits), karvan_package_destroy(region);
    karvan_problems_destroy(quiet), karvan_problems_destroy(problems);
    require(karvan_i_alloc_live == live);
    return 0;
}
