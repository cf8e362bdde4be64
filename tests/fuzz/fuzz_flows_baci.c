/* Bytes as rows of BACI: the reader of blocks, in one part and in three, and the reader of any CSV
 * say the same. */
#include <stddef.h>
#include <stdint.h>

#include "flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A line is a record for both readers, unless a quoted field goes beyond it or it holds NUL. A
 * quote opens a field only where the field begins. */
static bool lines_are_records(const char *s, size_t n) {
    bool quoted = false, begins = true;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == 0 || s[i] == '\r' || (s[i] == '\n' && quoted)) return false;
        if (quoted && s[i] == '"' && i + 1 < n && s[i + 1] == '"')
            i++;
        else if (s[i] == '"' && (quoted || begins))
            quoted = !quoted;
        begins = !quoted && (s[i] == ',' || s[i] == '\n');
    }
    return !quoted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char header[] = "t,i,j,k,v,q\n";
    static const char *const by[] = {NULL, "exporter,importer,year,product", "importer,product4",
                                     "year"};
    long live = karvan_i_alloc_live;
    karvan_i_text text = {0}, one = {0}, three = {0}, general = {0};
    if (size < 1 || size > 1 << 14) return 0; /* bound the work, not the meaning */
    karvan_flows_options o = {.by = by[data[0] & 3], .list = data[0] & 4 ? 2 : -1, .threads = 1};
    karvan_i_text_puts(&text, header);
    karvan_i_text_add(&text, (const char *)data + 1, size - 1);
    karvan_status st = flows_once(text.s, text.n, &o, false, &one);
    o.threads = 3;
    require(flows_once(text.s, text.n, &o, false, &three) == st);
    same_text(&one, &three);
    if (lines_are_records(text.s, text.n)) {
        require(flows_once(text.s, text.n, &o, true, &general) == st);
        same_text(&one, &general);
    }
    karvan_i_text_clear(&text), karvan_i_text_clear(&one);
    karvan_i_text_clear(&three), karvan_i_text_clear(&general);
    require(karvan_i_alloc_live == live);
    return 0;
}
