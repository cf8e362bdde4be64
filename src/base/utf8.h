#ifndef KARVAN_SRC_UTF8_H
#define KARVAN_SRC_UTF8_H
#include <stddef.h>
#include <stdint.h>
/* Bytes of the character that begins at s[0..n), n >= 1; 0 if it is not well-formed UTF-8. */
size_t karvan_i_utf8_character(const char *s, size_t n);
/* Code point of the well-formed character of `bytes` bytes at s. */
uint32_t karvan_i_utf8_code_point(const char *s, size_t bytes);
/* For messages: bytes that are no UTF-8 and control characters become `?`, in place. */
void karvan_i_utf8_mend(char *s);
#endif
