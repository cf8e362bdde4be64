#include "exchange/units.h"

#include <math.h>
#include <stddef.h>
#include <strings.h>

typedef struct unit {
    const char *name;
    double factor;
} unit;

static double find(const unit *list, size_t n, const char *name) {
    for (size_t i = 0; name && i < n; i++)
        if (strcasecmp(list[i].name, name) == 0) return list[i].factor;
    return NAN;
}
#define FIND(list, name) find(list, sizeof(list) / sizeof(list)[0], name)

#define MILE 1.609344
#define FOOT 0.0003048

double karvan_i_km_per(const char *name) {
    static const unit list[] = {
        {"km", 1},         {"kilometre", 1},   {"kilometer", 1}, {"kilometers", 1},
        {"kilometres", 1}, {"m", 0.001},       {"metre", 0.001}, {"meter", 0.001},
        {"meters", 0.001}, {"metres", 0.001},  {"mi", MILE},     {"mile", MILE},
        {"miles", MILE},   {"ft", FOOT},       {"foot", FOOT},   {"feet", FOOT},
        {"yd", 3 * FOOT},  {"yard", 3 * FOOT}, {"nmi", 1.852},   {"nautical mile", 1.852}};
    return FIND(list, name);
}

double karvan_i_h_per(const char *name) {
    static const unit list[] = {{"h", 1},
                                {"hour", 1},
                                {"hours", 1},
                                {"min", 1.0 / 60},
                                {"minute", 1.0 / 60},
                                {"minutes", 1.0 / 60},
                                {"s", 1.0 / 3600},
                                {"second", 1.0 / 3600},
                                {"seconds", 1.0 / 3600},
                                {"d", 24},
                                {"day", 24}};
    return FIND(list, name);
}

double karvan_i_kmh_per(const char *name) {
    static const unit list[] = {{"km/h", 1},         {"kmh", 1},    {"kph", 1},
                                {"kmph", 1},         {"mph", MILE}, {"mi/h", MILE},
                                {"m/s", 3.6},        {"mps", 3.6},  {"knot", 1.852},
                                {"knots", 1.852},    {"kn", 1.852}, {"ft/s", 3600 * FOOT},
                                {"fps", 3600 * FOOT}};
    return FIND(list, name);
}

double karvan_i_usd_per(const char *name) {
    static const unit list[] = {{"USD", 1},        {"US dollar", 1}, {"US dollars", 1},
                                {"dollar", 1},     {"dollars", 1},   {"US cents", 0.01},
                                {"US cent", 0.01}, {"cents", 0.01},  {"cent", 0.01}};
    return FIND(list, name);
}
