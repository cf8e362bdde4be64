/* Columns of the tables that an import writes. The region that ships says the same and more; a test
 * holds the two together. Ids are looser here: other formats number their places. */
#include "exchange/schema.h"

#include <string.h>

#include "base/try.h"
#include "table/package.h"

#define TEXT       KARVAN_TEXT, NULL
#define DATE       KARVAN_DATE, NULL
#define BOOL       KARVAN_BOOL, NULL
#define REAL(unit) KARVAN_REAL, unit
#define NEEDED     "\"required\": true"
#define ID         NEEDED ", \"pattern\": \"[A-Za-z0-9][A-Za-z0-9_.-]*\""
#define FROM_0     "\"minimum\": 0"
#define SOURCE    \
    TEXT, NEEDED, \
        "the document that the row rests on; 'assumption' with a note where no document says it"
#define NOTE \
    { "note", TEXT, NULL, "what a reader should know: reasoning of an assumption, doubts" }
#define OPEN                                             \
    {"open_from", DATE, NULL, "first day of service"}, { \
        "open_to", DATE, NULL, "last day of service"     \
    }

static const karvan_i_schema_field sources[] = {
    {"id", TEXT, ID, NULL},
    {"title", TEXT, NEEDED, NULL},
    {"publisher", TEXT, NULL, NULL},
    {"year", DATE, NULL, "year of publication"},
    {"url", TEXT, NULL, NULL},
    {"licence", TEXT, NULL, NULL},
    {"accessed", DATE, NULL, "day on which the file was taken from its publisher"},
    {"kind", TEXT,
     NEEDED ", \"enum\": [\"document\", \"dataset\", \"news\", \"reference_work\", \"computed\", "
            "\"assumption\"]",
     NULL},
    NOTE,
};

static const karvan_i_schema_field countries[] = {
    {"iso3", TEXT, NEEDED ", \"pattern\": \"[A-Z]{3}\"", NULL},
    {"iso2", TEXT, "\"pattern\": \"[A-Z]{2}\"", NULL},
    {"name", TEXT, NEEDED, NULL},
    {"group", TEXT, NEEDED, "how reports group countries"},
    {"capital", TEXT, NULL, "place id"},
    {"currency", TEXT, "\"pattern\": \"[A-Z]{3}\"", "ISO 4217"},
    {"independence", DATE, NULL, NULL},
    {"customs_area", TEXT, NEEDED,
     "countries with the same value have no customs border between them"},
    {"aliases", TEXT, NULL, "other names, separated by ;"},
    {"source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field modes[] = {
    {"id", TEXT, ID, "what links and terminals call it"},
    {"name", TEXT, NEEDED, NULL},
    {"mode", TEXT, NEEDED, NULL},
    {"means", TEXT, NEEDED, NULL},
    {"gauge_mm", KARVAN_INT, "mm", FROM_0, "rail"},
    {"carries_containers", BOOL, NEEDED, NULL},
    {"needs_service", BOOL, NEEDED, "a link of it is used only where a service sails or runs"},
    {"max_kmh", REAL("km/h"), FROM_0, "a leg that is faster is a mistake"},
    {"source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field operations[] = {
    {"id", TEXT, NEEDED ", \"pattern\": \"[a-z][a-z0-9_]*\"", "what terminals call it"},
    {"name", TEXT, NEEDED, NULL},
    {"cause", TEXT,
     NEEDED ", \"enum\": [\"handling\", \"border\", \"gauge_change\", \"port\", \"tranship\", "
            "\"other\"]",
     "the part of a route's hours and money that it is booked under"},
    {"counts_as", TEXT, NEEDED ", \"enum\": [\"border\", \"transhipment\", \"none\"]",
     "what a route counts it as"},
    {"mandatory", BOOL, NEEDED, "nothing passes a place that has it without it"},
    {"default_p50_h", REAL("h"), NEEDED ", " FROM_0, "median where no terminal says otherwise"},
    {"default_p90_h", REAL("h"), NEEDED ", " FROM_0, NULL},
    {"default_usd_per_teu", REAL("USD/TEU"), NEEDED ", " FROM_0, NULL},
    {"source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field places[] = {
    {"id", TEXT, ID, "made of the file's own"},
    {"locode", TEXT, "\"pattern\": \"[A-Z]{2}[A-Z2-9]{3}\"", "UN/LOCODE"},
    {"name", TEXT, NEEDED, NULL},
    {"aliases", TEXT, NULL, "other names and spellings, separated by ;"},
    {"country", TEXT, NEEDED, NULL},
    {"lon", REAL("degree east"), "\"minimum\": -180, \"maximum\": 180", NULL},
    {"lat", REAL("degree north"), "\"minimum\": -90, \"maximum\": 90", NULL},
    {"kind", TEXT,
     NEEDED ", \"enum\": [\"city\", \"port\", \"border\", \"station\", \"junction\", \"strait\"]",
     NULL},
    {"utc_offset_h", REAL("h"), "\"minimum\": -12, \"maximum\": 14", "local time less UTC"},
    {"source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field links[] = {
    {"id", TEXT, ID, NULL},
    {"from", TEXT, NEEDED, NULL},
    {"to", TEXT, NEEDED, NULL},
    {"mode", TEXT, NEEDED, NULL},
    {"two_way", BOOL, NEEDED, NULL},
    {"length_km", REAL("km"), FROM_0, NULL},
    {"speed_kmh", REAL("km/h"), FROM_0, "while moving; this or time_h is given"},
    {"time_h", REAL("h"), FROM_0, "median time while moving where it is known directly"},
    {"time_p90_over_p50", KARVAN_REAL, NULL, "\"minimum\": 1",
     "dispersion of the time while moving: its 90th over its 50th percentile"},
    {"cost_usd_per_teu", REAL("USD/TEU"), FROM_0,
     "tariff or freight of the whole link, a loaded 20-ft container"},
    {"capacity_teu_day", REAL("TEU/day"), FROM_0, "in one direction"},
    {"capacity_kt_year", REAL("kt/year"), FROM_0, "all cargo in one direction"},
    {"co2e_kg_per_teu_km", REAL("kg/(TEU km)"), FROM_0, NULL},
    {"cargo_classes", TEXT, NULL, "the row holds for these classes only, separated by ;"},
    {"fixed_h", REAL("h"), FROM_0, "hours on top, whatever the length"},
    {"fixed_usd_per_teu", REAL("USD/TEU"), FROM_0, "money on top, whatever the length"},
    OPEN,
    {"operator", TEXT, NULL, NULL},
    {"length_source", SOURCE},
    {"time_source", SOURCE},
    {"cost_source", SOURCE},
    {"capacity_source", SOURCE},
    {"dispersion_source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field terminals[] = {
    {"id", TEXT, ID, NULL},
    {"place", TEXT, NEEDED, NULL},
    {"operation", TEXT, NEEDED, NULL},
    {"from_mode", TEXT, NEEDED, NULL},
    {"to_mode", TEXT, NEEDED, NULL},
    {"two_way", BOOL, NEEDED, "also from to_mode to from_mode"},
    {"step", KARVAN_INT, NULL, "\"minimum\": 1",
     "rows of one place and the same modes are passed in this order"},
    {"from_status", TEXT, NULL, "customs status; empty: any"},
    {"to_status", TEXT, NULL, "customs status; empty: kept"},
    {"cargo_classes", TEXT, NULL, "the row holds for these classes only, separated by ;"},
    {"opening_hours", TEXT, NULL, "as OpenStreetMap writes them"},
    {"dwell_p50_h", REAL("h"), NEEDED ", " FROM_0, NULL},
    {"dwell_p90_h", REAL("h"), NEEDED ", " FROM_0, NULL},
    {"cost_usd_per_teu", REAL("USD/TEU"), NEEDED ", " FROM_0, NULL},
    {"capacity_teu_day", REAL("TEU/day"), FROM_0, NULL},
    {"co2e_kg_per_teu", REAL("kg/TEU"), FROM_0, NULL},
    OPEN,
    {"hours_source", TEXT, NULL, "the document that opening_hours rests on"},
    {"dwell_source", SOURCE},
    {"cost_source", SOURCE},
    {"capacity_source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field services[] = {
    {"id", TEXT, ID, NULL},
    {"link", TEXT, NEEDED, NULL},
    {"name", TEXT, NEEDED, NULL},
    {"operator", TEXT, NULL, NULL},
    {"headway_h", REAL("h"), FROM_0, "mean time between departures in one direction"},
    {"headway_cv", KARVAN_REAL, NULL, FROM_0,
     "coefficient of variation of the headway; 0 timetable kept, 1 random"},
    {"leaves_when_full", BOOL, NEEDED, NULL},
    {"capacity_teu", REAL("TEU"), FROM_0, "a departure"},
    {"closed_days_year", REAL("day/year"), "\"minimum\": 0, \"maximum\": 365",
     "days a year without service because of weather"},
    {"timetable", TEXT, NULL, "days of the week and times of departure"},
    {"season", TEXT, NULL, "part of the year in which it runs"},
    OPEN,
    {"headway_source", SOURCE},
    {"capacity_source", SOURCE},
    {"closure_source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field corridors[] = {
    {"id", TEXT, NEEDED ", \"pattern\": \"[a-z][a-z0-9_]*\"", NULL},
    {"name", TEXT, NEEDED, NULL},
    {"short_name", TEXT, NEEDED, NULL},
    {"colour", TEXT, NEEDED ", \"pattern\": \"#[0-9A-Fa-f]{6}\"", NULL},
    {"dash", TEXT, NULL, "SVG dash pattern for charts without colour"},
    {"must_pass", TEXT, NULL, "place ids separated by ;, groups of them by |"},
    {"avoid_countries", TEXT, NULL, "iso3 separated by ;"},
    {"avoid_places", TEXT, NULL, "place ids separated by ;"},
    {"avoid_modes", TEXT, NULL, "modes separated by ;"},
    {"aliases", TEXT, NULL, "separated by ;"},
    {"source", SOURCE},
    NOTE,
};

static const karvan_i_schema_field settings[] = {
    {"key", TEXT, NEEDED ", \"pattern\": \"[a-z][a-z0-9_]*\"", NULL},
    {"value", TEXT, NEEDED, NULL},
    {"unit", TEXT, NULL, NULL},
    {"source", SOURCE},
    NOTE,
};

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))
const karvan_i_schema karvan_i_schemas[KARVAN_I_TABLES] = {
    {"sources", "Documents that rows of fact rest on", sources, COUNT(sources), "id", ""},
    {"countries", "Countries and territories", countries, COUNT(countries), "iso3",
     "source>sources.id"},
    {"modes", "Modes of transport", modes, COUNT(modes), "id", "source>sources.id"},
    {"operations", "What is done to a load at a place", operations, COUNT(operations), "id",
     "source>sources.id"},
    {"places", "Nodes of the network", places, COUNT(places), "id",
     "country>countries.iso3 source>sources.id"},
    {"links", "Movements between places", links, COUNT(links), "id",
     "from>places.id to>places.id mode>modes.id length_source>sources.id time_source>sources.id "
     "cost_source>sources.id capacity_source>sources.id dispersion_source>sources.id"},
    {"terminals", "What happens to a load at a place", terminals, COUNT(terminals), "id",
     "place>places.id from_mode>modes.id to_mode>modes.id hours_source>sources.id "
     "dwell_source>sources.id "
     "cost_source>sources.id capacity_source>sources.id"},
    {"services", "Departures over a link", services, COUNT(services), "id",
     "link>links.id headway_source>sources.id capacity_source>sources.id "
     "closure_source>sources.id"},
    {"corridors", "Named families of routes", corridors, COUNT(corridors), "id",
     "source>sources.id"},
    {"settings", "Numbers of the region that belong to no row", settings, COUNT(settings), "key",
     "source>sources.id"},
};

karvan_status karvan_i_schema_builder(int table, karvan_builder **out, karvan_error *err) {
    enum { MOST = 32 };
    const karvan_i_schema *s = &karvan_i_schemas[table];
    karvan_column columns[MOST];
    for (int c = 0; c < s->n_fields && c < MOST; c++)
        columns[c] = (karvan_column){s->fields[c].name, s->fields[c].type, s->fields[c].unit};
    return karvan_builder_create(s->name, s->n_fields, columns, out, err);
}

static const char *type_json(karvan_type t) {
    static const char *const json[] = {
        "\"type\": \"integer\"", "\"type\": \"number\"", "\"type\": \"string\"",
        ("\"type\": \"string\", \"rdfType\": \"" KARVAN_I_EDTF "\""), "\"type\": \"boolean\""};
    return json[t];
}

static void put_field(const karvan_i_schema_field *f, karvan_i_text *out) {
    karvan_i_text_printf(out, "    {\"name\": \"%s\", %s", f->name, type_json(f->type));
    if (f->description) karvan_i_text_printf(out, ", \"description\": \"%s\"", f->description);
    if (f->unit) karvan_i_text_printf(out, ", \"unit\": \"%s\"", f->unit);
    if (f->constraints) karvan_i_text_printf(out, ", \"constraints\": {%s}", f->constraints);
    karvan_i_text_puts(out, "}");
}

/* "column>table.column ..." */
static void put_foreign(const char *s, karvan_i_text *out) {
    for (bool first = true; *s; first = false) {
        int column = (int)strcspn(s, ">"), n = (int)strcspn(s, " ");
        const char *table = s + column + 1;
        int dot = (int)strcspn(table, ".");
        karvan_i_text_printf(out,
                             "%s    {\"fields\": [\"%.*s\"], \"reference\": {\"resource\": "
                             "\"%.*s\", \"fields\": [\"%.*s\"]}}",
                             first ? ",\n   \"foreignKeys\": [\n" : ",\n", column, s, dot, table,
                             n - column - dot - 2, table + dot + 1);
        s += n;
        if (*s == ' ') s++;
        if (!*s) karvan_i_text_puts(out, "\n   ]");
    }
}

static void put_resource(const karvan_i_schema *s, karvan_i_text *out) {
    karvan_i_text_printf(out,
                         "  {\"name\": \"%s\", \"type\": \"table\", \"title\": \"%s\", \"path\": "
                         "\"%s.csv\", \"format\": \"csv\", \"mediatype\": \"text/csv\", "
                         "\"encoding\": \"utf-8\", \"schema\": {\n   \"fields\": [\n",
                         s->name, s->title, s->name);
    for (int c = 0; c < s->n_fields; c++) {
        put_field(&s->fields[c], out);
        karvan_i_text_puts(out, c + 1 < s->n_fields ? ",\n" : "\n   ],\n");
    }
    karvan_i_text_printf(out, "   \"primaryKey\": [\"%s\"]", s->key);
    put_foreign(s->foreign, out);
    karvan_i_text_puts(out, ",\n   \"missingValues\": [{\"value\": \"\", \"label\": \"unknown\"}, "
                            "{\"value\": \"..\", \"label\": \"not covered\"}]\n  }}");
}

void karvan_i_schema_package(const char *name, const char *title, const char *description,
                             const char *first, unsigned tables, karvan_i_text *out) {
    bool any = first != NULL;
    karvan_i_text_puts(
        out, "{\n \"$schema\": \"https://datapackage.org/profiles/2.0/datapackage.json\",\n");
    karvan_i_text_puts(out, " \"name\": \"");
    karvan_i_text_json(out, name);
    karvan_i_text_puts(out, "\",\n \"title\": \"");
    karvan_i_text_json(out, title);
    karvan_i_text_puts(out, "\",\n \"description\": \"");
    karvan_i_text_json(out, description);
    karvan_i_text_puts(out, "\",\n \"resources\": [\n");
    if (first) karvan_i_text_puts(out, first);
    for (int t = 0; t < KARVAN_I_TABLES; t++) {
        if (!(tables >> t & 1U)) continue;
        if (any) karvan_i_text_puts(out, ",\n");
        put_resource(&karvan_i_schemas[t], out);
        any = true;
    }
    karvan_i_text_puts(out, "\n ]\n}\n");
}
