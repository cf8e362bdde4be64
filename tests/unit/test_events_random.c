/* Random files of events, a tenth of them damaged: a slow way through the same rows, any size of
 * chunks and any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "events_sums.h"
#include "share.h"

static const char *const countries[] = {"Chad", "Benin", "Mali", "Togo", "", "NA", "Niger"};

/* One row in ten is damaged. */
static void random_row(karvan_i_text *t, karvan_random *r) {
    static const char *const codes[] = {"042", "010", "190", "112", "0811", "---", "99999"};
    static const char *const dates[] = {"2018-06-01", "20190228", "2018-12-31", "2018-02-30"};
    static const char *const scores[] = {"1.9", "-10", "0", "", "0.3", "x"};
    int score = (int)karvan_random_below(r, 60);
    karvan_i_text_printf(t, "%d\t%s\t%s\t%s\t%s\t%s%s%s\n", (int)karvan_random_below(r, 400),
                         dates[karvan_random_below(r, 20) < 19 ? karvan_random_below(r, 3) : 3],
                         countries[karvan_random_below(r, 7)],
                         codes[karvan_random_below(r, 20) < 19 ? karvan_random_below(r, 5)
                                                               : 5 + karvan_random_below(r, 2)],
                         scores[score < 59 ? score % 5 : 5], countries[karvan_random_below(r, 7)],
                         karvan_random_below(r, 40) == 0 ? "\tmore" : "",
                         karvan_random_below(r, 30) == 0 ? "\r" : "");
    if (karvan_random_below(r, 25) == 0) karvan_i_text_puts(t, "\n");
}

typedef struct slow_event {
    char id[16], date[16], source[16], target[16];
} slow_event;

/* Rows taken, found again by splitting lines with the C library; the events of a pair and year. */
static int64_t slow_count(const char *text, const char *source, const char *target, int year,
                          double *sum, int64_t *taken) {
    static slow_event seen[2000];
    int n = 0;
    int64_t count = 0;
    *sum = 0, *taken = 0;
    for (const char *s = strchr(text, '\n') + 1; *s;) {
        char line[200], *field[8];
        int fields = 1;
        size_t length = strcspn(s, "\n");
        memcpy(line, s, length), line[length] = 0;
        s += length + (s[length] != 0);
        if (length > 0 && line[length - 1] == '\r') line[--length] = 0;
        if (length == 0) continue;
        field[0] = line;
        for (char *p = line; *p; p++)
            if (*p == '\t' && fields < 8) *p = 0, field[fields++] = p + 1;
        if (fields != 6) continue;
        int y, m, d;
        if (sscanf(field[1], strchr(field[1], '-') ? "%4d-%2d-%2d" : "%4d%2d%2d", &y, &m, &d) != 3)
            continue;
        if (m == 2 && d > 28) continue;
        if (strcmp(field[3], "---") == 0 || strcmp(field[3], "99999") == 0) continue;
        if (strcmp(field[4], "x") == 0) continue;
        slow_event e = {0};
        (void)snprintf(e.id, sizeof e.id, "%.15s", field[0]);
        (void)snprintf(e.date, sizeof e.date, "%04d%02d%02d", y, m, d);
        bool before = false;
        for (int i = 0; i < n; i++)
            before |= strcmp(seen[i].id, e.id) == 0 && strcmp(seen[i].date, e.date) == 0;
        if (before) continue;
        seen[n++] = e;
        const char *a = field[2], *b = field[5];
        if (!*a || !*b || strcmp(a, "NA") == 0 || strcmp(b, "NA") == 0 || strcmp(a, b) == 0)
            continue;
        ++*taken;
        if (strcmp(a, source) != 0 || strcmp(b, target) != 0 || y != year) continue;
        count++;
        if (*field[4]) *sum += strtod(field[4], NULL);
    }
    return count;
}

static void random_files_in_any_parts(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int file = 0; file < part_of(20); file++) {
        karvan_i_text t = {0}, want = {0};
        karvan_i_text_puts(
            &t, "event id\tevent date\tsource country\tcameo code\tintensity\ttarget country\n");
        for (int i = 0; i < 600; i++) random_row(&t, &r);
        static const size_t chunks[] = {1 << 18, 40, 64, 100, 1000, 4096};
        for (int k = 0; k < 12; k++) {
            karvan_i_text got = {0};
            const karvan_events_options o = {
                .threads = k % 2 + 1, .listener = tell, .listener_ctx = &got};
            events_result x = events_bytes(t.s, t.n, chunks[k / 2], &o);
            if (x.st != KARVAN_OK) fail_msg("%s", x.err.msg);
            assert_true(events_promises(&x));
            karvan_i_csv_text(x.sums, &got);
            if (k == 0) {
                want = got;
                for (int64_t row = 0; row < karvan_table_rows(x.sums); row++) {
                    double sum;
                    int64_t taken,
                        n = slow_count(t.s, karvan_table_text(x.sums, 0, row),
                                       karvan_table_text(x.sums, 1, row),
                                       (int)karvan_table_int(x.sums, 2, row), &sum, &taken);
                    assert_int_equal(karvan_table_int(x.sums, 3, row), n);
                    double is = karvan_table_real(x.sums, 4, row);
                    assert_true(isnan(is) || fabs(is - sum) < 1e-9);
                    assert_int_equal(x.tally.count[KARVAN_EVENT_TAKEN], taken);
                }
            } else {
                assert_string_equal(got.s, want.s);
                karvan_i_text_clear(&got);
            }
            events_clear(&x);
        }
        karvan_i_text_clear(&want), karvan_i_text_clear(&t);
    }
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(random_files_in_any_parts),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
