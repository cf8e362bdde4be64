/* The study behind a ranking, for the commands that have one. */
#include "base/try.h"
#include "cli/rank.h"

karvan_status rank_open(ranking *k, bool tells, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_study_options o;
    char cache[CACHE_CAP];
    KARVAN_TRY(karvan_study_defaults(k->c->region, &o, err));
    o.threads = k->threads, o.cancel = k->cancel;
    o.cache = cli_cache(k->c, cache, sizeof cache);
    if (!cli_switch(k->c, "scenario")) o.region = k->c->region;
    KARVAN_TRY(karvan_progress_create(tells ? stderr : NULL, false, "cases", k->cases.n + 1,
                                      &o.progress, err));
    st = karvan_study_open(k->c->region_dir, &o, k->cases.n, (const char *const *)k->cases.name,
                           &k->study, err);
    karvan_progress_destroy(o.progress);
done:
    return st;
}

karvan_status rank_take(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    ranking *k = ctx;
    karvan_status st = k->store ? karvan_store_take(k->store, a, err) : KARVAN_OK;
    if (st == KARVAN_OK) st = karvan_results_take(k->results, a, err);
    if (st == KARVAN_OK) karvan_progress_add(k->progress, 1);
    return st;
}
