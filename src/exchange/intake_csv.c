/* Every record of a CSV file to its format, by the columns of its header. */
#include <string.h>

#include "base/try.h"
#include "exchange/intake.h"

static karvan_i_intake_cell cell_of(const karvan_i_field *f) {
    karvan_i_intake_cell c = {f->s, f->n};
    while (c.n > 0 && (*c.s == ' ' || *c.s == '\t')) c.s++, c.n--;
    while (c.n > 0 && (c.s[c.n - 1] == ' ' || c.s[c.n - 1] == '\t')) c.n--;
    return c;
}

/* Past the byte order mark and the header, which intake.c has read already. */
static karvan_status open_file(karvan_i_intake *in, karvan_i_csv *csv, karvan_error *err) {
    const char *s;
    size_t n;
    bool got;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_csv_open(csv, in->bytes ? NULL : in->path, in->bytes, in->n, err));
    KARVAN_TRY(karvan_i_csv_peek(csv, &s, &n, err));
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) csv->begin += 3;
    csv->delimiter = in->delimiter;
    KARVAN_TRY(karvan_i_csv_next(csv, &got, err));
done:
    return st;
}

/* Can the record be split into the header's fields? A delimiter at its end is passed over. */
static bool is_whole(const karvan_i_intake *in, const karvan_i_csv *csv, karvan_i_left_out *why) {
    *why = KARVAN_I_OUT_BAD_QUOTES;
    if (csv->open_quote || csv->stray_quote) return false;
    *why = KARVAN_I_OUT_BAD_FIELDS;
    int n = csv->n_fields;
    return n == in->n_fields || (n == in->n_fields + 1 && csv->field[n - 1].n == 0);
}

static karvan_status one_record(karvan_i_intake *in, const karvan_i_csv *csv, bool looking,
                                karvan_error *err) {
    const karvan_i_intake_format *f = in->format;
    karvan_i_intake_cell cells[KARVAN_I_INTAKE_COLUMNS] = {{0}};
    karvan_i_left_out why;
    in->sink.rows++, in->sink.line = csv->line;
    if (!is_whole(in, csv, &why)) {
        karvan_i_intake_cell first = cell_of(&csv->field[0]);
        return looking ? KARVAN_OK : karvan_i_sink_drop(&in->sink, why, "", first.s, first.n, err);
    }
    for (int c = 0; c < f->n_columns; c++)
        cells[c] = in->field_of[c] < 0 ? (karvan_i_intake_cell){"", 0}
                                       : cell_of(&csv->field[in->field_of[c]]);
    return looking ? f->look(in, cells, err) : f->row(in, cells, err);
}

static karvan_status pass(karvan_i_intake *in, bool looking, karvan_error *err) {
    karvan_i_csv csv = {0};
    bool got = true;
    int64_t since = 0;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(open_file(in, &csv, err));
    for (;;) {
        KARVAN_TRY(karvan_i_csv_next(&csv, &got, err));
        if (!got || in->sink.disorder) break;
        if (csv.n_fields == 1 && csv.field[0].n == 0) continue; /* an empty line is no row */
        KARVAN_TRY(one_record(in, &csv, looking, err));
        if ((++since & 0xFFFF) == 0 && karvan_cancelled(in->o->cancel))
            KARVAN_TRY(karvan_fail(err, KARVAN_E_CANCELLED, "reading %s was stopped", in->path));
    }
done:
    karvan_i_csv_close(&csv);
    return st;
}

karvan_status karvan_i_intake_csv(karvan_i_intake *in, karvan_error *err) {
    karvan_status st = in->format->look ? pass(in, true, err) : KARVAN_OK;
    in->sink.rows = 0;
    return st == KARVAN_OK ? pass(in, false, err) : st;
}
