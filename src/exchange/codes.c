#include "exchange/codes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange/areas.h"
#include "exchange/import.h"

static bool one_of(const char *s, size_t n, const char *const *list) {
    for (; *list; list++)
        if (strlen(*list) == n && strncasecmp(s, *list, n) == 0) return true;
    return false;
}

/* Numbers are those of the United Nations, as in Comtrade. */
static karvan_i_area_kind area_of_number(const char *digits, const char **iso3) {
    karvan_i_area area;
    if (!karvan_i_area_of((int)strtol(digits, NULL, 10), &area)) return KARVAN_I_AREA_OTHER;
    if (area.group) return KARVAN_I_AREA_GROUP;
    *iso3 = area.label;
    return KARVAN_I_AREA_COUNTRY;
}

karvan_i_area_kind karvan_i_area_of_code(const char *code, const char **iso3) {
    static const char *const world[] = {"W00",    "WLD", "WORLD", "W0", "W1",
                                        "_X_WLD", "0",   "001",   "WL", NULL};
    static const char *const groups[] = {"EU27_",  "EU28",     "EU27",   "EU25",     "EU15", "EA",
                                         "EXT_EU", "EXTRA_EU", "INT_EU", "INTRA_EU", "EUN",  NULL};
    char upper[4] = {0};
    *iso3 = NULL;
    if (one_of(code, strlen(code), world)) return KARVAN_I_AREA_WORLD;
    for (const char *const *g = groups; *g; g++) {
        size_t n = strlen(*g);
        if (strncasecmp(code, *g, n) == 0 &&
            (strcmp(*g, "EA") != 0 || !code[2] || isdigit((unsigned char)code[2])))
            return KARVAN_I_AREA_GROUP;
    }
    if (strlen(code) > 3) return KARVAN_I_AREA_OTHER;
    if (*code && strspn(code, "0123456789") == strlen(code)) return area_of_number(code, iso3);
    for (int i = 0; code[i]; i++) upper[i] = (char)toupper((unsigned char)code[i]);
    /* Eurostat's own two, and the World Bank's for what changed its name */
    const char *as = strcmp(upper, "EL") == 0    ? "GR"
                     : strcmp(upper, "UK") == 0  ? "GB"
                     : strcmp(upper, "ROM") == 0 ? "ROU"
                     : strcmp(upper, "ZAR") == 0 ? "COD"
                     : strcmp(upper, "TMP") == 0 ? "TLS"
                     : strcmp(upper, "SER") == 0 ? "SRB"
                     : strcmp(upper, "MNT") == 0 ? "MNE"
                                                 : upper;
    const karvan_i_country *c = karvan_i_country_of(as);
    if (!c) return KARVAN_I_AREA_OTHER;
    *iso3 = c->iso3;
    return KARVAN_I_AREA_COUNTRY;
}

/* Names of the World Bank that are not the list's, folded. */
static const struct {
    const char *name, *iso3;
} names[] = {{"russianfederation", "RUS"},
             {"turkey", "TUR"},
             {"turkiye", "TUR"},
             {"kyrgyzrepublic", "KGZ"},
             {"iranislamicrep", "IRN"},
             {"iranislamicrepublic", "IRN"},
             {"korearep", "KOR"},
             {"koreademrep", "PRK"},
             {"egyptarabrep", "EGY"},
             {"syrianarabrepublic", "SYR"},
             {"slovakrepublic", "SVK"},
             {"hongkongchina", "HKG"},
             {"macedoniafyr", "MKD"},
             {"northmacedonia", "MKD"},
             {"czechia", "CZE"},
             {"czechrepublic", "CZE"},
             {"laopdr", "LAO"},
             {"congorep", "COG"},
             {"congodemrep", "COD"},
             {"bahamasthe", "BHS"},
             {"gambiathe", "GMB"},
             {"cotedivoire", "CIV"},
             {"caboverde", "CPV"},
             {"capeverde", "CPV"},
             {"unitedstates", "USA"},
             {"unitedkingdom", "GBR"},
             {"unitedarabemirates", "ARE"},
             {"southafrica", "ZAF"},
             {"micronesiafedsts", "FSM"},
             {"easttimor", "TLS"},
             {"timorleste", "TLS"},
             {"saotomeandprincipe", "STP"},
             {"bosniaandherzegovina", "BIH"},
             {"macao", "MAC"},
             {"brunei", "BRN"},
             {"eswatini", "SWZ"},
             {"swaziland", "SWZ"},
             {"myanmar", "MMR"},
             {"vietnam", "VNM"},
             {"moldova", "MDA"},
             {"centralafricanrepublic", "CAF"},
             {"dominicanrepublic", "DOM"},
             {"saudiarabia", "SAU"},
             {"venezuela", "VEN"},
             {"bolivia", "BOL"},
             {"tanzania", "TZA"},
             {"samoa", "WSM"},
             {"stlucia", "LCA"},
             {"stkittsandnevis", "KNA"},
             {"stvincentandthegrenadines", "VCT"},
             {"fmsudan", "SDN"},
             {"serbiafrserbiamontenegro", "SRB"}};

karvan_i_area_kind karvan_i_area_of_name(const char *name, const char **iso3) {
    char folded[80], own[80];
    (void)karvan_text_fold(name, folded, sizeof folded);
    *iso3 = NULL;
    if (strcmp(folded, "world") == 0) return KARVAN_I_AREA_WORLD;
    /* the World Bank's regions: "East Asia & Pacific" */
    if (strncmp(folded, "europeanunion", 13) == 0 || strchr(name, '&')) return KARVAN_I_AREA_GROUP;
    static const char *const groups[] = {"subsaharanafrica", "southasia", "northamerica", NULL};
    if (one_of(folded, strlen(folded), groups)) return KARVAN_I_AREA_GROUP;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(names[k].name, folded) == 0) {
            *iso3 = names[k].iso3;
            return KARVAN_I_AREA_COUNTRY;
        }
    for (int i = 0; karvan_i_country_at(i); i++) {
        (void)karvan_text_fold(karvan_i_country_at(i)->name, own, sizeof own);
        if (strcmp(own, folded) != 0) continue;
        *iso3 = karvan_i_country_at(i)->iso3;
        return KARVAN_I_AREA_COUNTRY;
    }
    return KARVAN_I_AREA_OTHER;
}

karvan_i_direction karvan_i_direction_of(const char *code, size_t n) {
    static const char *const exports[] = {
        "X", "2",          "EXP",          "EXPORT",        "EXPORTS",
        "E", "GROSS EXP.", "GROSS EXPORT", "GROSS EXPORTS", NULL};
    static const char *const imports[] = {
        "M", "1",          "IMP",          "IMPORT",        "IMPORTS",
        "I", "GROSS IMP.", "GROSS IMPORT", "GROSS IMPORTS", NULL};
    static const char *const parts[] = {
        "RX",  "RM", "FM", "FX",        "DX",        "MIP",        "XIP",        "MOP",
        "XOP", "3",  "4",  "RE-EXPORT", "RE-IMPORT", "RE-EXPORTS", "RE-IMPORTS", NULL};
    if (one_of(code, n, exports)) return KARVAN_I_EXPORT;
    if (one_of(code, n, imports)) return KARVAN_I_IMPORT;
    return one_of(code, n, parts) ? KARVAN_I_PART_OF_FLOW : KARVAN_I_NO_DIRECTION;
}

const char *karvan_i_classification_of(const char *code) {
    static const char *const years[][2] = {
        {"H0", "HS1992"}, {"H1", "HS1996"}, {"H2", "HS2002"}, {"H3", "HS2007"}, {"H4", "HS2012"},
        {"H5", "HS2017"}, {"H6", "HS2022"}, {"92", "HS1992"}, {"96", "HS1996"}, {"02", "HS2002"},
        {"07", "HS2007"}, {"12", "HS2012"}, {"17", "HS2017"}, {"22", "HS2022"}, {"S1", "SITC1"},
        {"S2", "SITC2"},  {"S3", "SITC3"},  {"S4", "SITC4"},  {"B4", "BEC4"},   {"B5", "BEC5"}};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++)
        if (strcmp(years[i][0], code) == 0) return years[i][1];
    return code;
}
