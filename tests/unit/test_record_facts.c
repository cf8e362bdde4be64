/* What is made of claims: sets of parties and kinds, facts resolved by rules, instruments in force,
 * changes since a day. A record whose answers are known by hand, then random ones beside a slow
 * reading of the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "karvan/record.h"
#include "record_answers.h"
#include "region.h"
#include "share.h"
#include "sweep.h"
#include "table/cell.h"

static const small_table TABLES[] = {
    {"countries",
     "iso3:s,name:s,independence:d\nAAA,Aland,1991\nBBB,Beland,1991\nCCC,Celand,1991\n",
     "\"iso3\""},
    {"organisations", "id:s,name:s,founded:d\nORG,The Body,1990\n", "\"id\""},
    {"places", "id:s,name:s\nP1,Port One\n", "\"id\""},
    {"sources",
     "id:s,title:s,kind:s\nguess,Nothing,assumption\ns1,One,document\ns2,Two,news\ns3,Three,news\n",
     "\"id\""},
    {"kinds",
     "kind:s,symmetric:b,class:s,shown:s\nvisit,false,,\ntreaty,false,,\nfigure_of_mine,false,"
     "figure,"
     "\npact,false,instrument,milestone\n",
     "\"kind\""},
    {"claims",
     "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,unit:s,place:s,rank:s,"
     "conflict:s,source:s,note:s,original:s\n"
     "a1,visit,political,AAA,BBB,They meet,1992,,,,normal,meet,s1,,\n"
     "a2,visit,political,AAA,BBB,They meet,1992-08-30,,,,preferred,meet,s2,,\n"
     "a3,visit,political,AAA,BBB,They meet,1992-08-30,,,,normal,meet,s3,,\n"
     "b1,figure_of_mine,economic,AAA,BBB,Tonnes,1999,5,t,,normal,tonnes,guess,,\n"
     "b2,figure_of_mine,economic,AAA,BBB,Tonnes,1999,6,t,,normal,tonnes,s3,,six thousand kg\n"
     "b3,figure_of_mine,economic,AAA,BBB,Tonnes,1999,7,t,,normal,tonnes,s2,,\n"
     "b4,figure_of_mine,economic,AAA,BBB,Tonnes,1999,1,t,,deprecated,tonnes,s1,wrong,\n"
     "c1,visit,political,AAA,BBB,Again,2001,,,,normal,again,s1,,\n"
     "c2,visit,political,AAA,BBB,Again,2002,,,P1,normal,again,s1,,\n"
     "d1,visit,political,AAA,BBB,Gone,2003,,,,deprecated,gone,s1,wrong,\n"
     "d2,visit,political,AAA,BBB,Gone,2004,,,,deprecated,gone,s2,wrong,\n"
     "e1,visit,cultural,AAA,BBB,Songs,2005,,,,normal,,s1,,\n"
     "e2,visit,cultural,AAA,BBB,Songs,2005,,,,normal,,s2,,\n"
     "f1,treaty,political,AAA,BBB,Treaty one,2000-01-01,,,,normal,,s1,,\n"
     "f2,pact,strategic,AAA,BBB,Pact,2010,,,,normal,,s1,,\n"
     "f3,treaty,political,AAA,BBB,Old treaty,1995,,,,normal,,s1,,\n"
     "f4,treaty,political,AAA,BBB,Left,1996,,,,normal,,s1,,\n"
     "f5,treaty,political,AAA,BBB,Later,2020,,,,normal,,s1,,\n"
     "g1,visit,political,AAA,CCC,Alone,1994/,,,,normal,,s1,,\n"
     "g2,visit,political,AAA,BBB,Some April,XXXX-04,,,,normal,,s1,,\n",
     "\"id\""},
    {"parties",
     "claim:s,party:s,role:s,signed:d,ratified:d,acceded:d,in_force:d,withdrawn:d,terminated:d,"
     "note:s\n"
     "a1,AAA,party,,,,,,,\na1,BBB,party,,,,,,,\na2,AAA,party,,,,,,,\na2,BBB,party,,,,,,,\n"
     "a3,AAA,party,,,,,,,\na3,BBB,party,,,,,,,\nb1,AAA,party,,,,,,,\nb1,BBB,party,,,,,,,\n"
     "b2,AAA,party,,,,,,,\nb2,BBB,party,,,,,,,\nb3,AAA,party,,,,,,,\nb3,BBB,party,,,,,,,\n"
     "b4,AAA,party,,,,,,,\nb4,BBB,party,,,,,,,\nc1,AAA,party,,,,,,,\nc1,BBB,party,,,,,,,\n"
     "c2,AAA,party,,,,,,,\nc2,BBB,party,,,,,,,\nd1,AAA,party,,,,,,,\nd1,BBB,party,,,,,,,\n"
     "d2,AAA,party,,,,,,,\nd2,BBB,party,,,,,,,\ne1,AAA,party,,,,,,,\ne1,BBB,party,,,,,,,\n"
     "e1,CCC,party,,,,,,,\ne2,AAA,party,,,,,,,\ne2,BBB,party,,,,,,,\ne2,CCC,party,,,,,,,\n"
     "f1,AAA,party,2000-01-01,2000-06,,2001-01-01,,,\nf1,BBB,party,2000-01-01,,2001,2002,,,\n"
     "f2,AAA,party,2010,,,,,,\nf2,BBB,party,2010,2011,,,,,\n"
     "f3,AAA,party,,,,1996,,2005-06-30,\nf3,BBB,party,,,,1996,,2005-06-30,\n"
     "f4,AAA,party,,,,1997,200X,,\nf4,BBB,party,,,,1997,,,\n"
     "f5,AAA,party,2020,,,,,,\nf5,BBB,party,2020,,,,,,\n"
     "g1,AAA,party,,,,,,,\ng1,CCC,party,,,,,,,\ng2,AAA,party,,,,,,,\ng2,BBB,party,,,,,,,\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d,source:s,note:s\nORG,AAA,member,1992,,s1,\n"
     "ORG,BBB,observer,2004-05-01,2006,s1,\n",
     NULL},
    {"agreements", "id:s,name:s,kind:s,flag:s,source:s\nFT,Free trade,fta,fta,s2\n", "\"id\""},
    {"agreement_parties",
     "agreement:s,party:s,side:s,from:d,to:d,source:s\nFT,AAA,a,1998,,s2\nFT,BBB,b,1999,,s3\n"
     "FT,CCC,b,,,s3\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0] };

SMALL_REGION_OF(TABLES, N_TABLES)

/* ---- queries ---- */

static void answers(karvan_record_query q, const char *expected) {
    record_answers(region.package, q, expected);
}

static void sets(void **state) {
    (void)state;
    static const char *const all[] = {"AAA", "BBB", "CCC"}, *const some[] = {"CCC", "ORG"},
                             *const kinds[] = {"treaty", "pact"},
                             *const slip[] = {"treaty", "pakt"};
    answers((karvan_record_query){.n_parties = 3, .parties = all}, "e1 e2");
    answers((karvan_record_query){.n_parties = 2, .parties = some, .any_party = true}, "g1 e1 e2");
    answers((karvan_record_query){.n_parties = 2, .parties = some}, "");
    answers((karvan_record_query){.n_kinds = 2, .kinds = kinds}, "f3 f4 f1 f2 f5");
    answers((karvan_record_query){.n_kinds = 2, .kinds = kinds, .dimension = "strategic"}, "f2");
    static const char *const dimensions[] = {"cultural", "strategic"},
                             *const bodies[] = {"ORG", "CCC"}, *const sources[] = {"guess", "s3"},
                             *const ranks[] = {"preferred", "deprecated"}, *const places[] = {"P1"};
    answers((karvan_record_query){.n_dimensions = 2, .dimensions = dimensions}, "e1 e2 f2");
    answers((karvan_record_query){.n_bodies = 2, .bodies = bodies}, "g1 e1 e2");
    answers((karvan_record_query){.n_sources = 2, .sources = sources}, "a3 b1 b2");
    answers((karvan_record_query){.n_sources = 2, .sources = sources, .source = "s3"}, "a3 b2");
    answers((karvan_record_query){.n_ranks = 2, .ranks = ranks}, "a2 b4 d1 d2");
    answers((karvan_record_query){.n_places = 1, .places = places}, "c2");
    karvan_view v;
    karvan_error e = {0};
    karvan_record_query q = {.n_kinds = 2, .kinds = slip};
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no kind is called 'pakt'; did you mean pact?");
    const karvan_record_query none[] = {{.n_parties = 1}, {.n_dimensions = 1}, {.n_bodies = 1},
                                        {.n_sources = 1}, {.n_ranks = 1},      {.n_places = 1}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        e = (karvan_error){0};
        assert_int_equal(karvan_record_select(region.package, &none[i], &v, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, "a set of the query is NULL");
    }
    const karvan_record_query wrong[] = {{.n_dimensions = 2, .dimensions = slip},
                                         {.n_sources = 2, .sources = slip},
                                         {.n_ranks = 2, .ranks = slip},
                                         {.n_places = 2, .places = slip}};
    static const char *const says[] = {
        "no dimension is called 'treaty': political, economic, cultural or strategic",
        "no source is called 'treaty'; table sources lists them",
        "no rank is called 'treaty': preferred, normal or deprecated",
        "no place is called 'treaty'; table places lists them"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        e = (karvan_error){0};
        assert_int_equal(karvan_record_select(region.package, &wrong[i], &v, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, says[i]);
    }
}

static void place_names(void **state) {
    (void)state;
    const char *id;
    karvan_error e = {0};
    assert_int_equal(karvan_record_place(region.package, "port ONE", &id, &e), KARVAN_OK);
    assert_string_equal(id, "P1");
    assert_int_equal(karvan_record_place(region.package, "Port Onn", &id, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean Port One?"));
    assert_null(id);
}

static karvan_day day(const char *s) {
    karvan_edtf d;
    assert_int_equal(karvan_edtf_parse(s, strlen(s), &d, NULL), KARVAN_OK);
    return d.earliest;
}

/* A day, a year that may lie within, an interval whose end nobody knows. */
static void certainty(void **state) {
    (void)state;
    karvan_record_query q = {.has_from = true, .has_to = true};
    karvan_view v;
    karvan_table *t = NULL;
    karvan_error e = {0};
    q.from = day("1992-06-01"), q.to = day("1996-12-31");
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_OK);
    assert_int_equal(karvan_record_list(region.package, &v, &q, false, &t, &e), KARVAN_OK);
    static const struct {
        const char *id, *within;
    } rows[] = {{"g2", "maybe"}, {"a1", "maybe"}, {"a2", "yes"}, {"a3", "yes"},
                {"g1", "maybe"}, {"f3", "yes"},   {"f4", "yes"}};
    assert_int_equal(karvan_table_rows(t), 7);
    for (int i = 0; i < 7; i++) {
        assert_string_equal(karvan_i_cell_text(t, "id", i), rows[i].id);
        assert_string_equal(karvan_i_cell_text(t, "within", i), rows[i].within);
    }
    assert_int_equal(karvan_record_within(&q, NULL), KARVAN_NOT_KNOWN);
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_list(region.package, &v, NULL, true, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_find(t, "within"), -1); /* nothing was asked */
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    karvan_record_query figure = {.kind = "figure_of_mine"};
    assert_int_equal(karvan_record_select(region.package, &figure, &v, &e), KARVAN_OK);
    assert_int_equal(karvan_record_list(region.package, &v, NULL, true, &t, &e), KARVAN_OK);
    assert_string_equal(karvan_i_cell_text(t, "original", 1), "six thousand kg");
    assert_string_equal(karvan_i_cell_text(t, "object", 1), "BBB");
    karvan_table_destroy(t);
    karvan_view_clear(&v);
}

/* A user's own kind says what it is; a known name is known; any other is an event. */
static void vocabulary(void **state) {
    (void)state;
    const karvan_package *p = region.package;
    assert_string_equal(karvan_record_class(p, "figure_of_mine"), "figure");
    assert_string_equal(karvan_record_shown(p, "figure_of_mine"), "list");
    assert_string_equal(karvan_record_class(p, "pact"), "instrument");
    assert_string_equal(karvan_record_shown(p, "pact"), "milestone");
    assert_string_equal(karvan_record_class(p, "treaty"), "instrument");
    assert_string_equal(karvan_record_shown(p, "treaty"), "milestone");
    assert_string_equal(karvan_record_class(p, "ratification"), "step");
    assert_string_equal(karvan_record_class(p, "unheard_of"), "event");
    assert_string_equal(karvan_record_shown(p, "statement"), "list");
    assert_string_equal(karvan_record_class(p, NULL), "event");
}

/* ---- facts ---- */

static karvan_table *resolved(const karvan_record_query *q, const karvan_record_rules *rules) {
    karvan_view v = {0};
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (q) assert_int_equal(karvan_record_select(region.package, q, &v, &e), KARVAN_OK);
    if (karvan_record_resolve(region.package, q ? &v : NULL, rules, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    karvan_view_clear(&v);
    return t;
}

static void fact_is(const karvan_table *t, const char *fact, const char *id, const char *rule,
                    const char *agree, const char *aside, const char *says) {
    int64_t r = karvan_table_lookup(t, 0, fact);
    if (r < 0) fail_msg("no fact %s", fact);
    const char *got = karvan_i_cell_text(t, "id", r);
    if (id)
        assert_string_equal(got, id);
    else
        assert_null(got);
    assert_string_equal(karvan_i_cell_text(t, "rule", r), rule);
    assert_string_equal(karvan_i_cell_text(t, "agree", r), agree);
    assert_string_equal(karvan_i_cell_text(t, "aside", r), aside);
    assert_string_equal(karvan_i_cell_text(t, "aside_says", r), says);
}

static void rules_in_their_order(void **state) {
    (void)state;
    karvan_table *t = resolved(NULL, NULL);
    fact_is(t, "meet", "a2", "rank: preferred", "a1;a3", "", "");
    /* the assumption stands first in the table, and comes last; s2 before s3 */
    fact_is(t, "tonnes", "b3", "source order: s2 before guess", "", "b1;b2;b4",
            "1999: 5 t (guess); 1999: 6 t (s3); 1999: 1 t (s1, deprecated)");
    fact_is(t, "again", NULL, "undecided: the first source contradicts itself", "", "c1;c2",
            "2001 (s1); 2002 (s1)");
    fact_is(t, "gone", NULL, "undecided: every claim is deprecated", "", "d1;d2",
            "2003 (s1, deprecated); 2004 (s2, deprecated)");
    fact_is(t, "e1", "e1", "agreement: all say the same", "e2", "", ""); /* a row twice */
    fact_is(t, "f1", "f1", "only claim", "", "", "");
    assert_int_equal(karvan_table_rows(t), 12);
    karvan_table_destroy(t);
}

static void another_order_of_sources(void **state) {
    (void)state;
    static const char *const order[] = {"s3", "guess"}, *const twice[] = {"s3", "s3"},
                             *const none[] = {"s9"};
    const karvan_record_rules rules = {2, order}, bad = {2, twice}, slip = {1, none};
    karvan_table *t = resolved(NULL, &rules);
    fact_is(t, "tonnes", "b2", "source order: s3 before guess", "", "b1;b3;b4",
            "1999: 5 t (guess); 1999: 7 t (s2); 1999: 1 t (s1, deprecated)");
    fact_is(t, "meet", "a2", "rank: preferred", "a1;a3", "", ""); /* rank goes first */
    karvan_table_destroy(t);
    karvan_error e = {0};
    assert_int_equal(karvan_record_resolve(region.package, NULL, &bad, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "source 's3' stands twice in the order of sources");
    e = (karvan_error){0};
    assert_int_equal(karvan_record_resolve(region.package, NULL, &slip, &t, &e), KARVAN_E_ARG);
    assert_null(t);
}

/* A fact that a query touches has all its claims, also those that the query leaves out. */
static void facts_of_a_query(void **state) {
    (void)state;
    karvan_table *t = resolved(&(karvan_record_query){.source = "s3"}, NULL);
    assert_int_equal(karvan_table_rows(t), 2);
    fact_is(t, "meet", "a2", "rank: preferred", "a1;a3", "", "");
    karvan_table_destroy(t);
}

/* ---- a slow reading of the rules, beside random claims ---- */

enum { CLAIMS = 9, SOURCES = 4, KEYS = 3, ROUNDS = 200 };
typedef struct drawn {
    int key, rank, source, date; /* rank 0 preferred, 1 normal, 2 deprecated */
} drawn;

/* The claim taken of a key, -1: undecided, -2: there is none. */
static int slow(const drawn *c, int key) {
    int best = 2, any = 0;
    for (int i = 0; i < CLAIMS; i++)
        if (c[i].key == key) any = 1, best = c[i].rank < best ? c[i].rank : best;
    if (!any) return -2;
    if (best == 2) return -1;
    for (int s = 1; s <= SOURCES; s++) { /* source 0 is the assumption: last */
        int taken = -1;
        for (int i = 0; i < CLAIMS; i++) {
            if (c[i].key != key || c[i].rank != best || c[i].source != s % SOURCES) continue;
            if (taken < 0) taken = i;
            if (c[i].date != c[taken].date) return -1;
        }
        if (taken >= 0) return taken;
    }
    return -1;
}

static void draw(karvan_random *r, drawn *c, char *claims, size_t cap, char *parties, size_t room) {
    static const char *const ranks[] = {"preferred", "normal", "deprecated"}, *const sources[] = {
                                                                                  "guess", "s1",
                                                                                  "s2", "s3"};
    size_t n = (size_t)snprintf(claims, cap,
                                "id:s,kind:s,dimension:s,subject:s,object:s,title:s,date:d,value:s,"
                                "unit:s,place:s,rank:s,conflict:s,source:s,note:s\n");
    size_t m = (size_t)snprintf(parties, room, "claim:s,party:s,role:s\n");
    for (int i = 0; i < CLAIMS; i++) {
        c[i] = (drawn){(int)karvan_random_below(r, KEYS), (int)karvan_random_below(r, 3),
                       (int)karvan_random_below(r, SOURCES), (int)karvan_random_below(r, 3)};
        n += (size_t)snprintf(claims + n, cap - n,
                              "r%d,visit,political,AAA,BBB,x,199%d,,,,%s,k%d,%s,why\n", i,
                              c[i].date, ranks[c[i].rank], c[i].key, sources[c[i].source]);
        m += (size_t)snprintf(parties + m, room - m, "r%d,AAA,party\nr%d,BBB,party\n", i, i);
    }
}

static void as_the_rules_read(void **state) {
    (void)state;
    karvan_random r;
    int undecided = 0, taken = 0;
    karvan_random_init(&r, 7, 1);
    for (int64_t round = 0; round < part_of(ROUNDS); round++) {
        small_table tables[N_TABLES];
        small_region other;
        drawn c[CLAIMS];
        char claims[2000], parties[1000], key[16], id[16];
        karvan_table *t = NULL;
        karvan_error e = {0};
        memcpy(tables, TABLES, sizeof tables);
        draw(&r, c, claims, sizeof claims, parties, sizeof parties);
        tables[5].csv = claims, tables[6].csv = parties;
        assert_true(small_open(&other, tables, N_TABLES));
        assert_int_equal(karvan_record_resolve(other.package, NULL, NULL, &t, &e), KARVAN_OK);
        for (int k = 0; k < KEYS; k++) {
            int expected = slow(c, k);
            (void)snprintf(key, sizeof key, "k%d", k);
            (void)snprintf(id, sizeof id, "r%d", expected);
            int64_t row = karvan_table_lookup(t, 0, key);
            assert_true((row < 0) == (expected == -2));
            if (expected == -2) continue;
            const char *got = karvan_i_cell_text(t, "id", row);
            if (expected < 0 && got) fail_msg("round %d: %s is undecided", (int)round, key);
            if (expected >= 0) assert_string_equal(got ? got : "nothing", id);
            undecided += expected < 0, taken += expected >= 0;
        }
        karvan_table_destroy(t);
        small_close(&other);
    }
    if (all_cases()) assert_true(undecided > 5 && taken > 5);
}

/* ---- instruments ---- */

static void instrument_is(const karvan_table *t, const char *id, const char *status,
                          const char *in_force, const char *ends, const char *why) {
    int64_t r = karvan_table_lookup(t, 0, id);
    if (r < 0) fail_msg("no instrument %s", id);
    assert_string_equal(karvan_i_cell_text(t, "status", r), status);
    const char *said[] = {karvan_i_cell_text(t, "in_force", r), karvan_i_cell_text(t, "ends", r)};
    assert_string_equal(said[0] ? said[0] : "", in_force);
    assert_string_equal(said[1] ? said[1] : "", ends);
    assert_string_equal(karvan_i_cell_text(t, "why", r), why);
}

static karvan_table *instruments(const char *b, const char *on) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_record_instruments(region.package, "AAA", b, day(on), &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static void in_force_on_a_day(void **state) {
    (void)state;
    karvan_table *t = instruments("BBB", "2004-01-01");
    static const char go_on[] = "in force, and no source ends it before";
    instrument_is(t, "f1", "yes", "2002", "", go_on); /* the later of two entries into force */
    assert_string_equal(karvan_i_cell_text(t, "ratified", karvan_table_lookup(t, 0, "f1")), "2001");
    instrument_is(t, "f2", "no", "", "", "made later");
    instrument_is(t, "f3", "yes", "1996", "2005-06-30", go_on);
    instrument_is(t, "f4", "maybe", "1997", "200X", "the bounds of its dates leave it open");
    instrument_is(t, "FT", "yes", "1999", "", go_on);
    assert_int_equal(karvan_table_rows(t), 6);
    karvan_table_destroy(t);
    t = instruments("BBB", "2012-01-01");
    instrument_is(t, "f2", "unknown", "", "", "signed; no source gives its entry into force");
    instrument_is(t, "f3", "no", "1996", "2005-06-30", "withdrawn or terminated before");
    instrument_is(t, "f4", "no", "1997", "200X", "withdrawn or terminated before");
    karvan_table_destroy(t);
    t = instruments("BBB", "2002-06-01"); /* some day of 2002 */
    instrument_is(t, "f1", "maybe", "2002", "", "the bounds of its dates leave it open");
    karvan_table_destroy(t);
    t = instruments(NULL, "2001-06-01"); /* for AAA alone it is */
    instrument_is(t, "f1", "yes", "2001-01-01", "", go_on);
    karvan_table_destroy(t);
    t = instruments("CCC", "2004-01-01"); /* a row without `from` is one for scenarios */
    assert_int_equal(karvan_table_rows(t), 0);
    karvan_table_destroy(t);
}

/* ---- changes ---- */

static void changes(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    static const struct {
        const char *date, *what, *certain;
    } rows[] = {{"2001", "Again (undecided: its sources differ)", "maybe"},
                {"2004-05-01", "Beland joins The Body as observer", "yes"},
                {"2005", "Songs", "yes"},
                {"2006", "Beland leaves The Body as observer", "yes"},
                {"2010", "Pact", "yes"},
                {"2020", "Later", "yes"}};
    assert_int_equal(karvan_record_since(region.package, "AAA", "BBB", day("2001-06-01"), &t, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(karvan_i_cell_text(t, "date", i), rows[i].date);
        assert_string_equal(karvan_i_cell_text(t, "what", i), rows[i].what);
        assert_string_equal(karvan_i_cell_text(t, "certain", i), rows[i].certain);
    }
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_since(region.package, NULL, "BBB", 0, &t, &e), KARVAN_E_ARG);
    /* until a day: what begins after it is not told, and what may is told so */
    assert_int_equal(karvan_record_changes(region.package, "AAA", "BBB", day("2001-06-01"),
                                           day("2005-06-30"), &t, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(karvan_i_cell_text(t, "what", i), rows[i].what);
        assert_string_equal(karvan_i_cell_text(t, "certain", i), i == 1 ? "yes" : "maybe");
    }
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_changes(region.package, "AAA", "BBB", 2, 1, &t, &e),
                     KARVAN_E_ARG);
    assert_null(t);
}

static void nothing_is_refused(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_timeline_count n;
    karvan_view v = {0};
    const karvan_timeline how = {KARVAN_LANES_KIND, NULL};
    assert_int_equal(karvan_record_resolve(region.package, NULL, NULL, NULL, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_record_instruments(NULL, "AAA", NULL, 0, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_record_list(region.package, NULL, NULL, false, &t, NULL), KARVAN_E_ARG);
    v.table = karvan_package_table(region.package, "sources");
    assert_int_equal(karvan_timeline_counted(region.package, &v, &how, &n, NULL), KARVAN_E_ARG);
    v.table = karvan_package_table(region.package, "claims");
    assert_int_equal(karvan_timeline_counted(region.package, &v, &how, &n, NULL), KARVAN_OK);
    assert_int_equal(n.marks + n.lanes + n.claims, 0);
}

/* Lanes of kinds, of parties with and without one that all are about. */
static void lanes(void **state) {
    (void)state;
    karvan_view v;
    karvan_timeline_count n;
    karvan_error e = {0};
    karvan_record_query q = {0};
    static const struct {
        karvan_timeline how;
        int64_t marks, lanes;
    } samples[] = {{{KARVAN_LANES_DIMENSION, NULL}, 16, 4},
                   {{KARVAN_LANES_KIND, NULL}, 16, 4},
                   {{KARVAN_LANES_PARTY, NULL}, 34, 3}, /* two each, three of e1 and e2 */
                   {{KARVAN_LANES_PARTY, "AAA"}, 18, 2}};
    assert_int_equal(karvan_record_select(region.package, &q, &v, &e), KARVAN_OK);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        assert_int_equal(karvan_timeline_counted(region.package, &v, &samples[i].how, &n, &e),
                         KARVAN_OK);
        assert_int_equal(n.marks, samples[i].marks);
        assert_int_equal(n.lanes, samples[i].lanes);
        assert_int_equal(n.claims, 16); /* of 20: three deprecated, one of some April */
        assert_int_equal(n.undated, 1);
        assert_int_equal(n.deprecated, 3);
    }
    karvan_view_clear(&v);
}

static karvan_status everything(karvan_error *e) {
    karvan_table *facts = NULL, *bound = NULL, *news = NULL, *list = NULL;
    static const char *const order[] = {"s3"};
    const karvan_record_rules rules = {1, order};
    const karvan_timeline how = {KARVAN_LANES_PARTY, "AAA"};
    karvan_timeline_count n;
    karvan_record_query q = {.has_from = true, .from = 0};
    karvan_view v = {0};
    karvan_status st = karvan_record_resolve(region.package, NULL, &rules, &facts, e);
    if (st == KARVAN_OK) st = karvan_record_instruments(region.package, "AAA", "BBB", 0, &bound, e);
    if (st == KARVAN_OK) st = karvan_record_since(region.package, "AAA", "BBB", 0, &news, e);
    if (st == KARVAN_OK) st = karvan_record_select(region.package, &q, &v, e);
    if (st == KARVAN_OK) st = karvan_record_list(region.package, &v, &q, true, &list, e);
    if (st == KARVAN_OK) st = karvan_timeline_counted(region.package, &v, &how, &n, e);
    karvan_table_destroy(facts), karvan_table_destroy(bound), karvan_table_destroy(news);
    karvan_table_destroy(list);
    karvan_view_clear(&v);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 20000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets),
                                       cmocka_unit_test(place_names),
                                       cmocka_unit_test(certainty),
                                       cmocka_unit_test(vocabulary),
                                       cmocka_unit_test(rules_in_their_order),
                                       cmocka_unit_test(another_order_of_sources),
                                       cmocka_unit_test(facts_of_a_query),
                                       cmocka_unit_test(as_the_rules_read),
                                       cmocka_unit_test(in_force_on_a_day),
                                       cmocka_unit_test(changes),
                                       cmocka_unit_test(nothing_is_refused),
                                       cmocka_unit_test(lanes),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
