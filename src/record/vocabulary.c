/* What kinds of claims are: by table kinds, so that a new kind is a row; names that the table says
 * nothing of by the vocabulary of docs/methods/record.md. */
#include <string.h>

#include "karvan/record.h"
#include "table/cell.h"

static const struct {
    const char *kind, *class, *shown; /* shown NULL: as its class is */
} VOCABULARY[] = {{"recognition", "tie", NULL},
                  {"diplomatic_relations", "tie", "milestone"},
                  {"relations_broken", "tie", NULL},
                  {"mission_opened", "mission", "milestone"},
                  {"mission_closed", "mission", NULL},
                  {"mission_level", "mission", NULL},
                  {"consulate_opened", "mission", NULL},
                  {"consulate_closed", "mission", NULL},
                  {"envoy", "mission", NULL},
                  {"visit", "visit", NULL},
                  {"summit", "meeting", NULL},
                  {"treaty", "instrument", "milestone"},
                  {"agreement", "instrument", NULL},
                  {"signature", "step", NULL},
                  {"ratification", "step", NULL},
                  {"accession", "step", NULL},
                  {"entry_into_force", "step", NULL},
                  {"withdrawal", "step", NULL},
                  {"termination", "step", NULL},
                  {"declaration", "document", "milestone"},
                  {"documents_signed", "document", NULL},
                  {"commission", "body", NULL},
                  {"forum", "body", NULL},
                  {"membership", "body", "list"},
                  {"body_event", "body", NULL},
                  {"dispute", "dispute", NULL},
                  {"dispute_position", "dispute", NULL},
                  {"vote", "vote", NULL},
                  {"war", "dispute", "milestone"},
                  {"cooperation", "cooperation", "list"},
                  {"energy", "cooperation", "list"},
                  {"transport", "cooperation", NULL},
                  {"culture", "cooperation", NULL},
                  {"security", "cooperation", NULL},
                  {"project", "work", NULL},
                  {"joint_venture", "work", "milestone"},
                  {"pipeline", "work", NULL},
                  {"railway", "work", NULL},
                  {"port", "work", NULL},
                  {"corridor", "work", "list"},
                  {"transit_time", "figure", NULL},
                  {"capacity", "figure", NULL},
                  {"traded_good", "figure", NULL},
                  {"trade_total", "figure", NULL},
                  {"statement", "statement", NULL}};
enum { WORDS = sizeof VOCABULARY / sizeof VOCABULARY[0] };

static const char *cell(const karvan_package *region, const char *kind, const char *column) {
    const karvan_table *t = karvan_package_table(region, "kinds");
    return karvan_i_cell_text(t, column,
                              t && kind ? karvan_package_row(region, "kinds", kind) : -1);
}

static int known(const char *kind) {
    for (int i = 0; kind && i < WORDS; i++)
        if (strcmp(VOCABULARY[i].kind, kind) == 0) return i;
    return -1;
}

const char *karvan_record_class(const karvan_package *region, const char *kind) {
    const char *said = cell(region, kind, "class");
    int i = known(kind);
    return said ? said : i >= 0 ? VOCABULARY[i].class : "event";
}

const char *karvan_record_shown(const karvan_package *region, const char *kind) {
    const char *said = cell(region, kind, "shown"), *class = karvan_record_class(region, kind);
    int i = known(kind);
    if (said) return said;
    if (i >= 0 && VOCABULARY[i].shown) return VOCABULARY[i].shown;
    return strcmp(class, "figure") == 0 || strcmp(class, "statement") == 0 ? "list" : "event";
}
