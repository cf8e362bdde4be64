/* Modes: what is known of them without a file, and which an import uses. Assumed speeds and prices
 * are the medians of the links of the region that ships (regions/caspian, rounded), so that an
 * import stands on the same footing until its user says better. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/import_state.h"

static const karvan_i_mode known[] = {
    {"rail_1435", "Rail, 1435 mm", "rail", "train", 1435, true, false, false, 160, 40, 0.6, NULL},
    {"rail_1520", "Rail, 1520 mm", "rail", "train", 1520, true, false, false, 140, 42, 0.6, NULL},
    {"rail_1668", "Rail, 1668 mm", "rail", "train", 1668, true, false, false, 140, 40, 0.6, NULL},
    {"rail_1067", "Rail, 1067 mm", "rail", "train", 1067, true, false, false, 120, 35, 0.6, NULL},
    {"rail_1000", "Rail, 1000 mm", "rail", "train", 1000, true, false, false, 120, 30, 0.6, NULL},
    {"rail", "Rail, gauge not known", "rail", "train", 0, true, false, false, 160, 40, 0.6, NULL},
    {"road", "Road", "road", "truck", 0, true, false, false, 130, 27, 1.9, NULL},
    {"ferry_rail", "Rail ferry", "sea", "rail_ferry", 0, true, true, false, 45, 25, 1.1, NULL},
    {"ferry_roro", "Ferry for vehicles", "sea", "roro", 0, true, true, false, 50, 28, 1.5, NULL},
    {"feeder", "Feeder ship", "sea", "feeder", 0, true, true, false, 45, 24, 0.5, NULL},
    {"deep_sea", "Deep-sea ship", "sea", "liner", 0, true, true, false, 45, 30, 0.1, NULL},
    {"inland_water", "Inland waterway", "water", "barge", 0, true, false, false, 25, 10, 0.3, NULL},
    {"pipeline_oil", "Oil pipeline", "pipeline", "pipe", 0, false, false, false, 15, 6, 0.31, NULL},
    {"pipeline_gas", "Gas pipeline", "pipeline", "pipe", 0, false, false, false, 60, 25, 0.26,
     NULL},
    {"walk", "On foot", "walk", "foot", 0, false, false, false, 10, 5, 0, NULL},
    {"bike", "Bicycle", "bike", "bicycle", 0, false, false, false, 40, 15, 0, NULL},
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

const karvan_i_mode *karvan_i_known_mode(int i) { return i >= 0 && i < N_KNOWN ? &known[i] : NULL; }

static karvan_status new_mode(karvan_import *imp, const karvan_i_mode *mode, int32_t *out,
                              karvan_error *err) {
    if (imp->n_modes == imp->cap_modes) {
        int cap = imp->cap_modes ? 2 * imp->cap_modes : 16;
        karvan_i_mode_used *more = karvan_i_realloc(imp->mode, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for modes");
        imp->mode = more, imp->cap_modes = cap;
    }
    imp->mode[imp->n_modes] = (karvan_i_mode_used){.mode = *mode};
    *out = imp->n_modes++;
    return KARVAN_OK;
}

/* All texts of a mode in one block that the import owns. */
static karvan_status own_texts(karvan_i_mode_used *u, karvan_error *err) {
    const char **texts[] = {&u->mode.id, &u->mode.name, &u->mode.mode, &u->mode.means,
                            &u->mode.note};
    enum { TEXTS = sizeof texts / sizeof texts[0] };
    size_t n = 0;
    for (int i = 0; i < TEXTS; i++) n += *texts[i] ? strlen(*texts[i]) + 1 : 0;
    char *to = u->text = karvan_i_malloc(n + 1, 1);
    if (!to) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a mode");
    for (int i = 0; i < TEXTS; i++) {
        if (!*texts[i]) continue;
        size_t k = strlen(*texts[i]) + 1;
        memcpy(to, *texts[i], k);
        *texts[i] = to, to += k;
    }
    return KARVAN_OK;
}

static int32_t find(const karvan_import *imp, const char *id) {
    for (int32_t m = 0; m < imp->n_modes; m++)
        if (strcmp(imp->mode[m].mode.id, id) == 0) return m;
    return -1;
}

karvan_status karvan_i_import_mode(karvan_import *imp, const karvan_i_mode *mode,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t m;
    if (!mode->id || !*mode->id) return karvan_fail(err, KARVAN_E_ARG, "a mode without an id");
    if (find(imp, mode->id) >= 0) return KARVAN_OK;
    KARVAN_TRY(new_mode(imp, mode, &m, err));
    st = own_texts(&imp->mode[m], err);
    if (st != KARVAN_OK) imp->n_modes--;
done:
    return st;
}

karvan_status karvan_i_import_mode_index(karvan_import *imp, const char *mode, int32_t *out,
                                         karvan_error *err) {
    *out = find(imp, mode);
    if (*out >= 0) return KARVAN_OK;
    for (int i = 0; i < N_KNOWN; i++)
        if (strcmp(known[i].id, mode) == 0) return new_mode(imp, &known[i], out, err);
    return karvan_fail(err, KARVAN_E_ARG, "mode %.40s is none that the import knows", mode);
}

bool karvan_i_import_is_mode(const char *s) {
    return s && *s >= 'a' && *s <= 'z' &&
           strspn(s, "_abcdefghijklmnopqrstuvwxyz0123456789") == strlen(s);
}

karvan_status karvan_i_import_any_mode(karvan_import *imp, const char *mode, karvan_error *err) {
    if (*mode && !karvan_i_import_is_mode(mode))
        return karvan_fail(err, KARVAN_E_ARG,
                           "a mode is small letters, digits and _, as rail_1520, not '%.40s'",
                           mode);
    for (int i = 0; i < N_KNOWN; i++)
        if (strcmp(known[i].id, mode) == 0) return KARVAN_OK;
    const karvan_i_mode any = {mode, mode, mode, NULL, 0, true, false, false, NAN, NAN, NAN, NULL};
    return karvan_i_import_mode(imp, &any, err);
}
