/* A region once more, under interventions, as a side of a study has it (src/study/side.c). */
#include "report/study_under.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/study.h"

static karvan_status open_under(const char *dir, int n, const char *const *names,
                                karvan_package **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_problems *problems = NULL;
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(karvan_package_open(dir, problems, out, err));
    st = karvan_scenarios_apply(*out, n, names, problems, err);
done:
    karvan_problems_destroy(problems);
    return st;
}

karvan_status karvan_i_region_under(const karvan_package *before, const char *id, karvan_day date,
                                    karvan_package **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *dir = karvan_package_dir(before), *names[KARVAN_I_NAMES_MAX];
    char *words = karvan_i_strndup(id, strlen(id)), *rest = NULL;
    int n = 0, alone;
    KARVAN_REQUIRE(words, err, KARVAN_E_NOMEM, "no memory for names");
    for (char *at = strtok_r(words, ",", &rest); at && n < KARVAN_I_NAMES_MAX;
         at = strtok_r(NULL, ",", &rest))
        names[n++] = at;
    alone = n;
    KARVAN_TRY(open_under(dir, n, names, out, err));
    if (!karvan_i_ties_edited(before, n, names)) goto done;
    KARVAN_TRY(karvan_i_ties_follow(before, *out, date, KARVAN_I_NAMES_MAX, &n, names, err));
    if (n == alone) goto done;
    karvan_package_destroy(*out), *out = NULL;
    KARVAN_TRY(open_under(dir, n, names, out, err));
done:
    karvan_i_free(words);
    return st;
}
