#ifndef KARVAN_TESTS_EVENTS_H
#define KARVAN_TESTS_EVENTS_H
/* Texts of events read into sums, and another way through the same rows, slow and obvious. */
#include <stdlib.h>
#include <string.h>

#include "exchange/events.h"
#include "table/csv_text.h"

#define ICEWS_HEADER                                                                              \
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\t" \
    "Intensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\t"         \
    "Publisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
#define POLECAT_HEADER                                                                            \
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\t"  \
    "Actor Country\tActor COW\tPrimary Actor Sector\tActor Sectors\tActor Title\t"                \
    "Actor Name Raw\tWikipedia Actor ID\tRecipient Name\tRecipient Country\tRecipient COW\t"      \
    "Primary Recipient Sector\tRecipient Sectors\tRecipient Title\tRecipient Name Raw\t"          \
    "Wikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\t" \
    "GeoNames ID\tRaw Placename\tFeature Type\tSource\tPublication Date\tStory People\t"          \
    "Story Organizations\tStory Locations\tLanguage\tVersion\n"

typedef struct events_result {
    karvan_table *sums, *unknown;
    karvan_events_tally tally;
    karvan_error err;
    karvan_status st;
} events_result;

static inline void events_clear(events_result *r) {
    karvan_table_destroy(r->sums), karvan_table_destroy(r->unknown);
    *r = (events_result){0};
}

/* Whatever comes: every row has one fate, and what was taken stands in the sums. */
static inline bool events_promises(const events_result *r) {
    int64_t rows = 0, events = 0;
    for (int f = 0; f < KARVAN_EVENT_FATES; f++) rows += r->tally.count[f];
    if (rows != r->tally.rows) return false;
    if (r->st != KARVAN_OK) return !r->sums && !r->unknown && *r->err.msg;
    int column = karvan_table_find(r->sums, "events"),
        unscored = karvan_table_find(r->sums, "unscored");
    for (int64_t i = 0; i < karvan_table_rows(r->sums); i++) {
        int64_t n = karvan_table_int(r->sums, column, i), classes = 0;
        for (int q = 0; q < KARVAN_QUADS; q++)
            classes += karvan_table_int(r->sums, unscored + 1 + 3 * q, i);
        if (n <= 0 || n != classes || karvan_table_int(r->sums, unscored, i) > n) return false;
        events += n;
    }
    return r->tally.several > 0 ? events > r->tally.count[KARVAN_EVENT_TAKEN]
                                : events == r->tally.count[KARVAN_EVENT_TAKEN];
}

static inline events_result events_bytes(const char *bytes, size_t n, size_t chunk,
                                         const karvan_events_options *o) {
    events_result r = {0};
    const char *path = "e.tab";
    r.st =
        karvan_i_events_read(1, &path, bytes, n, chunk, o, &r.tally, &r.unknown, &r.sums, &r.err);
    return r;
}

static inline events_result events_text(const char *text, const karvan_events_options *o) {
    return events_bytes(text, strlen(text), 1 << 18, o);
}
#endif
