#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "karvan/base.h"

static void names_meet(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"Aktau", "aktau"},
                                           {"Ələt", "alat"},
                                           {"Gəncə", "ganca"},
                                           {"BAKI", "baki"},
                                           {"Bakı", "baki"},
                                           {"İzmir", "izmir"},
                                           {"Muğan", "mugan"},
                                           {"Çeşme", "cesme"},
                                           {"Türkmenbaşy", "turkmenbasy"},
                                           {"Toshkent sh.", "toshkentsh"},
                                           {"Farg‘ona", "fargona"},
                                           {"Oʻzbekiston", "ozbekiston"},
                                           {"Xi'an", "xian"},
                                           {"Xī’ān", "xian"},
                                           {"Lǚliáng", "luliang"},
                                           {"Khorgos/Altynkol", "khorgosaltynkol"},
                                           {"Poti - Batumi", "potibatumi"},
                                           {"Constanța", "constanta"},
                                           {"Łódź", "lodz"},
                                           {"Straße", "strasse"},
                                           {"Ærø", "aero"},
                                           {"Đà Nẵng", "danang"},
                                           {"Cafe\xCC\x81", "cafe"}, /* a combining accent */
                                           {"Ust-Kamenogorsk\xC2\xA0(East)", "ustkamenogorskeast"},
                                           {"АКТАУ", "актау"},
                                           {"Қазақстан", "қазақстан"},
                                           {"ЁЛКА", "ёлка"},
                                           {"ΑΘΗΝΑ", "αθηνα"},
                                           {"თბილისი", "თბილისი"},
                                           {"北京", "北京"},
                                           {"a\xFF"
                                            "b\xC3",
                                            "ab"}, /* no UTF-8 */
                                           {"M39", "m39"},
                                           {"...", ""},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char out[64], again[64];
        size_t n = karvan_text_fold(pairs[i][0], out, sizeof out);
        assert_string_equal(out, pairs[i][1]);
        assert_int_equal(n, strlen(out));
        karvan_text_fold(out, again, sizeof again);
        assert_string_equal(again, out);
    }
}

/* Whatever comes in: the length does not depend on room, output is valid UTF-8 and its own fold. */
static void room_does_not_matter(void **state) {
    (void)state;
    uint64_t x = 3;
    for (int round = 0; round < 20000; round++) {
        char s[24], whole[128], cut[128], again[128];
        for (size_t i = 0; i < sizeof s; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            s[i] = (char)(x >> 56);
            if (i % 2 && (x >> 40) % 2) s[i] = (char)(0x80 | (s[i] & 0x3F));
        }
        s[(size_t)(x >> 20) % sizeof s] = 0;
        s[sizeof s - 1] = 0;
        size_t n = karvan_text_fold(s, whole, sizeof whole);
        assert_int_equal(strlen(whole), n);
        assert_int_equal(karvan_utf8_valid_prefix(whole, n), n);
        assert_int_equal(karvan_text_fold(whole, again, sizeof again), n);
        assert_string_equal(again, whole);
        for (size_t cap = 0; cap <= n + 1; cap++) {
            memset(cut, '!', sizeof cut);
            assert_int_equal(karvan_text_fold(s, cut, cap), n);
            assert_int_equal(cut[cap], '!');
            if (cap == 0) continue;
            size_t kept = strlen(cut);
            assert_true(kept < cap && memcmp(cut, whole, kept) == 0);
            assert_int_equal(karvan_utf8_valid_prefix(cut, kept), kept);
            assert_true(kept + 4 >= cap || kept == n); /* no character takes more than 4 */
        }
    }
}

/* By the definition, one edit at a time. */
static int slow_distance(const char *a, size_t i, const char *b, size_t j) {
    if (i == 0) return (int)j;
    if (j == 0) return (int)i;
    int best = slow_distance(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]);
    int other = slow_distance(a, i - 1, b, j) + 1;
    if (other < best) best = other;
    other = slow_distance(a, i, b, j - 1) + 1;
    if (other < best) best = other;
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        other = slow_distance(a, i - 2, b, j - 2) + 1;
        if (other < best) best = other;
    }
    return best;
}

static void distances(void **state) {
    (void)state;
    assert_int_equal(karvan_text_distance("", ""), 0);
    assert_int_equal(karvan_text_distance("aktau", ""), 5);
    assert_int_equal(karvan_text_distance("aktau", "aktua"), 1); /* neighbours swapped */
    assert_int_equal(karvan_text_distance("kitten", "sitting"), 3);
    assert_int_equal(karvan_text_distance("ca", "abc"),
                     3); /* 2 if a swapped pair could be edited */
    uint64_t x = 5;
    for (int round = 0; round < 3000; round++) {
        char s[2][7];
        for (int k = 0; k < 2; k++) {
            size_t n = 0;
            for (; n < 6; n++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                s[k][n] = (char)('a' + (x >> 60) % 3);
                if ((x >> 50) % 8 == 0) break;
            }
            s[k][n] = 0;
        }
        int d = karvan_text_distance(s[0], s[1]);
        assert_int_equal(d, slow_distance(s[0], strlen(s[0]), s[1], strlen(s[1])));
        assert_int_equal(d, karvan_text_distance(s[1], s[0]));
    }
}

static void long_names_are_cut(void **state) {
    (void)state;
    char a[400], b[400];
    memset(a, 'a', 399), memset(b, 'a', 399);
    a[399] = b[399] = 0;
    b[300] = 'b';
    assert_int_equal(karvan_text_distance(a, b), 0);
    b[200] = 'b';
    assert_int_equal(karvan_text_distance(a, b), 1);
    assert_int_equal(karvan_text_distance(a, ""), 255);
}

static void nearest_name(void **state) {
    (void)state;
    const char *const places[] = {"Aktau", NULL, "Alat", "Baku", "Batumi", "Kuryk", "Turkmenbashi"};
    const size_t n = sizeof places / sizeof places[0];
    assert_int_equal(karvan_text_nearest("aktua", places, n), 0);
    assert_int_equal(karvan_text_nearest("Ələt", places, n), 2);
    assert_int_equal(karvan_text_nearest("Türkmenbaşy", places, n), 6);
    assert_int_equal(karvan_text_nearest("Bkau", places, n), 3);
    assert_int_equal(karvan_text_nearest("Rotterdam", places, n), -1);
    assert_int_equal(karvan_text_nearest("", places, n), -1);
    assert_int_equal(karvan_text_nearest("x", places, 0), -1);
    const char *const twins[] = {"Osh", "Ash", "Ush"};
    assert_int_equal(karvan_text_nearest("esh", twins, 3), 0); /* the first of equals */
    assert_int_equal(karvan_text_nearest("ush", twins, 3), 2); /* the exact one */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_meet), cmocka_unit_test(room_does_not_matter),
        cmocka_unit_test(distances), cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(nearest_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
