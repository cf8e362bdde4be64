/* GTFS Schedule (gtfs.org): stops as places, hops between them as links, departures as services.
 * Trips of people tell where trains and ferries run, how long they take and when they leave; what a
 * container costs on them they do not tell. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gtfs.h"

/* Publisher and version, for table sources. */
static karvan_status read_feed_info(karvan_i_gtfs *g, karvan_i_text *title) {
    static const char *const columns[] = {"feed_publisher_name", "feed_version"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got = false, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_FEED_INFO, false, 2, 0, columns, g->imp, &r,
                                  &found, g->err));
    if (found) KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
    if (got) {
        r.taken++;
        karvan_i_text_puts(title, r.value[0]);
        if (*r.value[1]) karvan_i_text_printf(title, ", version %s", r.value[1]);
    }
    while (got) KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
done:
    return karvan_i_gtfs_close(&r, st);
}

static karvan_status name_source(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    karvan_i_text title = {0};
    KARVAN_TRY(read_feed_info(g, &title));
    KARVAN_TRY(karvan_i_gtfs_read_agencies(g));
    for (int64_t i = 0; i < g->n_agencies && i < 3 && title.n == 0; i++)
        karvan_i_text_printf(&title, "%s%s", i ? ", " : "", karvan_i_gtfs_text(g, g->agency[i]));
    KARVAN_TRY(karvan_i_text_status(&title, g->err));
    KARVAN_TRY(
        karvan_i_import_source(g->imp, g->feed.path, title.n ? title.s : NULL, NULL, g->err));
done:
    karvan_i_text_clear(&title);
    return st;
}

static karvan_status check_settings(const karvan_i_gtfs *g) {
    const char *how = karvan_i_import_setting(g->imp, "calendar"), *s;
    if (how && strcmp(how, "dates") != 0 && strcmp(how, "yearly") != 0 &&
        strcmp(how, "always") != 0)
        return karvan_fail(g->err, KARVAN_E_ARG,
                           "--calendar is dates, yearly or always, not '%.40s'", how);
    for (int i = 0; (s = karvan_i_import_setting_at(g->imp, "mode", i)) != NULL; i++) {
        for (bool more = true; more;) {
            size_t n = strcspn(s, ","), digits = strspn(s, "0123456789");
            char mode[KARVAN_I_GTFS_MODE];
            if (digits == 0 || s[digits] != '=' || n - digits - 1 >= sizeof mode || n == digits + 1)
                return karvan_fail(g->err, KARVAN_E_ARG,
                                   "--mode is TYPE=MODE, as 2=rail_1520, not '%.60s'", s);
            (void)snprintf(mode, sizeof mode, "%.*s", (int)(n - digits - 1), s + digits + 1);
            karvan_status st = karvan_i_import_any_mode(g->imp, mode, g->err);
            if (st != KARVAN_OK) return st;
            more = s[n] == ',', s += n + more;
        }
    }
    return KARVAN_OK;
}

static karvan_status read_feed(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(check_settings(g));
    KARVAN_TRY(name_source(g));
    KARVAN_TRY(karvan_i_gtfs_read_stops(g));
    KARVAN_TRY(karvan_i_gtfs_read_routes(g));
    KARVAN_TRY(karvan_i_gtfs_read_calendar(g));
    KARVAN_REQUIRE(g->n_services > 0, g->err, KARVAN_E_DATA,
                   "%s: no days of service, neither in calendar.txt nor in calendar_dates.txt",
                   g->feed.path);
    KARVAN_TRY(karvan_i_gtfs_read_shapes(g));
    KARVAN_TRY(karvan_i_gtfs_read_trips(g));
    KARVAN_TRY(karvan_i_gtfs_read_times(g));
    KARVAN_TRY(karvan_i_gtfs_read_frequencies(g));
    KARVAN_TRY(karvan_i_gtfs_services(g));
    KARVAN_TRY(karvan_i_feed_report(&g->feed, g->imp, g->err));
done:
    return st;
}

karvan_status karvan_i_import_gtfs_feed(karvan_import *imp, karvan_i_feed *take,
                                        karvan_error *err) {
    karvan_i_gtfs g = {.imp = imp, .feed = *take, .err = err};
    g.merge = karvan_i_import_setting(imp, "merge-stations") != NULL;
    *take = (karvan_i_feed){0};
    karvan_status st = read_feed(&g);
    karvan_i_dictionary *const ids[] = {&g.agency_id,  &g.stop_id, &g.route_id,
                                        &g.service_id, &g.trip_id, &g.shape_id};
    for (int i = 0; i < 6; i++) karvan_i_dictionary_clear(ids[i]);
    karvan_i_free(g.agency), karvan_i_free(g.stop), karvan_i_free(g.route);
    karvan_i_free(g.service), karvan_i_free(g.date), karvan_i_free(g.trip);
    karvan_i_free(g.time), karvan_i_free(g.frequency), karvan_i_free(g.point);
    karvan_i_free(g.shape_at);
    karvan_i_text_clear(&g.texts);
    karvan_i_feed_close(&g.feed);
    return st;
}

static karvan_status read_gtfs(karvan_import *imp, int n_paths, const char *const *paths,
                               karvan_error *err) {
    karvan_i_feed feed;
    (void)n_paths;
    karvan_status st = karvan_i_feed_open(paths[0], &feed, err);
    return st == KARVAN_OK ? karvan_i_import_gtfs_feed(imp, &feed, err) : st;
}

static const char *const settings[] = {"mode", "calendar", "merge-stations", NULL};
const karvan_i_importer karvan_i_importer_gtfs = {"gtfs",
                                                  "GTFS: timetables of public transport",
                                                  "FEED.zip or a folder",
                                                  1,
                                                  1,
                                                  settings,
                                                  read_gtfs,
                                                  NULL,
                                                  NULL};
