#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/utf8.h"
#include "karvan/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

/* The prefix is the sum of its characters and ends where none begins. */
static void check_utf8(const char *s, size_t n) {
    size_t valid = karvan_utf8_valid_prefix(s, n), i = 0;
    while (i < valid) {
        size_t bytes = karvan_i_utf8_character(s + i, n - i);
        require(bytes >= 1 && bytes <= 4);
        uint32_t c = karvan_i_utf8_code_point(s + i, bytes);
        require(c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF));
        i += bytes;
    }
    require(i == valid && valid <= n);
    if (valid < n) require(karvan_i_utf8_character(s + valid, n - valid) == 0);
}

/* A folded name is valid, no longer than promised, its own fold, and never overruns its room. */
static void check_fold(const char *s) {
    size_t n = karvan_text_fold(s, NULL, 0);
    char *whole = malloc(n + 1), *again = malloc(n + 1);
    require(whole && again);
    require(karvan_text_fold(s, whole, n + 1) == n && strlen(whole) == n);
    require(karvan_utf8_valid_prefix(whole, n) == n);
    require(karvan_text_fold(whole, again, n + 1) == n && strcmp(whole, again) == 0);
    for (size_t cap = 1; cap <= n && cap < 40; cap++) {
        char *cut = malloc(cap);
        require(cut && karvan_text_fold(s, cut, cap) == n);
        require(strncmp(cut, whole, strlen(cut)) == 0);
        free(cut);
    }
    require(karvan_text_distance(whole, again) == 0);
    const char *const names[] = {NULL, whole};
    require(karvan_text_nearest(s, names, 2) == (n > 0 ? 1 : -1));
    free(whole), free(again);
}

/* Escaped text holds no byte that its format reserves, and comes back by undoing the escapes. */
static void check_csv(const char *s) {
    karvan_i_text t = {0};
    karvan_i_text_csv(&t, s);
    require(karvan_i_text_status(&t, NULL) == KARVAN_OK);
    const char *at = t.s ? t.s : "";
    bool quoted = *at == '"';
    at += quoted;
    for (; *s; s++, at++) {
        require(*at == *s);
        if (*s == '"') require(quoted && *++at == '"');
        if (*s == ',' || *s == '\n' || *s == '\r') require(quoted);
    }
    require(strcmp(at, quoted ? "\"" : "") == 0);
    karvan_i_text_clear(&t);
}

static void check_markup(const char *s) {
    karvan_i_text xml = {0}, json = {0};
    karvan_i_text_xml(&xml, s), karvan_i_text_json(&json, s);
    require(!xml.s || !strpbrk(xml.s, "<>\"'"));
    for (size_t i = 0; i < json.n; i++) {
        require((unsigned char)json.s[i] >= 0x20);
        if (json.s[i] == '\\') require(strchr("\"\\nu", json.s[++i]) != NULL);
    }
    karvan_i_text_clear(&xml), karvan_i_text_clear(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size > 1 << 16) return 0; /* bound the work, not the meaning */
    check_utf8((const char *)data, size);
    char *s = malloc(size + 1);
    if (!s) return 0;
    memcpy(s, data, size), s[size] = 0;
    check_fold(s), check_csv(s), check_markup(s);
    free(s);
    require(karvan_i_alloc_live == live);
    return 0;
}
