/* Rows of many lengths, so laid out that loops over rows are long: nests of routes, pairs of nests.
 */
#include <string.h>

#include "base/alloc.h"
#include "study/study.h"

void karvan_i_rows_clear(karvan_i_rows *r) {
    karvan_i_free(r->length), karvan_i_free(r->count), karvan_i_free(r->row);
    karvan_i_free(r->entry), karvan_i_free(r->row_is), karvan_i_free(r->entry_is);
    *r = (karvan_i_rows){0};
}

static int32_t length_of(const int64_t *first, int32_t i) {
    return (int32_t)(first[i + 1] - first[i]);
}

static void place(const karvan_i_rows *r, int32_t rows, const int64_t *first, int32_t *class_of,
                  int32_t *met) {
    for (int32_t c = 0; c < r->n_lengths; c++) class_of[r->length[c]] = c;
    for (int32_t i = 0; i < rows; i++) {
        int32_t n = length_of(first, i), c = class_of[n], k = met[c]++;
        r->row_is[r->row[c] + k] = i;
        for (int32_t j = 0; j < n; j++)
            r->entry_is[r->entry[c] + (int64_t)j * r->count[c] + k] = first[i] + j;
    }
}

karvan_status karvan_i_rows_make(int32_t rows, const int64_t *first, karvan_i_rows *out,
                                 karvan_error *err) {
    *out = (karvan_i_rows){0};
    int32_t longest = 0;
    for (int32_t i = 0; i < rows; i++)
        if (length_of(first, i) > longest) longest = length_of(first, i);
    size_t n = (size_t)longest + 2;
    int32_t *of = karvan_i_calloc(n, sizeof *of), *met = karvan_i_calloc(n, sizeof *met);
    out->length = karvan_i_calloc(n, sizeof *out->length);
    out->count = karvan_i_calloc(n, sizeof *out->count);
    out->row = karvan_i_calloc(n, sizeof *out->row);
    out->entry = karvan_i_calloc(n, sizeof *out->entry);
    out->row_is = karvan_i_calloc((size_t)rows + 1, sizeof *out->row_is);
    out->entry_is = karvan_i_calloc((size_t)first[rows] + 1, sizeof *out->entry_is);
    bool good = of && met && out->length && out->count && out->row && out->entry && out->row_is &&
                out->entry_is;
    if (good) {
        for (int32_t i = 0; i < rows; i++) of[length_of(first, i)]++;
        for (int32_t l = 0; l <= longest; l++) {
            int32_t c = out->n_lengths;
            if (of[l] == 0) continue;
            out->length[c] = l, out->count[c] = of[l];
            out->row[c + 1] = out->row[c] + of[l];
            out->entry[c + 1] = out->entry[c] + (int64_t)l * of[l];
            out->n_lengths++;
        }
        place(out, rows, first, of, met); /* counts are taken: its room serves for classes */
    }
    karvan_i_free(of), karvan_i_free(met);
    if (good) return KARVAN_OK;
    karvan_i_rows_clear(out);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d nests", (int)rows);
}
