/* Philox 4x32-10 against the known-answer file of its authors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <string.h>

#include "conformance/reference.h"
#include "karvan/base.h"

static void known_answers(void **state) {
    (void)state;
    char path[512], line[512];
    int rows = 0;
    if (!reference_file("formats/random/random123_kat_vectors.txt",
                        "Random123 (github.com/DEShawResearch/random123), tests/kat_vectors", path,
                        sizeof path))
        skip();
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        uint32_t c[4], k[2], expected[4], out[4];
        int n = sscanf(line,
                       "philox4x32 10 %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32
                       " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32,
                       &c[0], &c[1], &c[2], &c[3], &k[0], &k[1], &expected[0], &expected[1],
                       &expected[2], &expected[3]);
        if (n != 10) continue;
        karvan_philox4x32(c, k, out);
        assert_memory_equal(out, expected, sizeof out);
        rows++;
    }
    (void)fclose(f);
    assert_int_equal(rows, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
