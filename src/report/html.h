#ifndef KARVAN_SRC_REPORT_HTML_H
#define KARVAN_SRC_REPORT_HTML_H
/* What a region says, inside HTML, SVG and CSS: never as markup. */
#include "base/text.h"

/* As printf, with each %s escaped as karvan_i_text_xml does: markup stands in fmt alone. Takes %s
 * without width, %d, %lld, %f and %g with width and precision, and %%. */
void karvan_i_html_printf(karvan_i_text *t, const char *fmt, ...) KARVAN_PRINTF(2, 3);
/* s where it is a colour (# and hexadecimal digits, or a word) or lengths of dashes, else
 * `otherwise`: nothing that would end a rule of CSS or fetch a file. */
const char *karvan_i_css_colour(const char *s, const char *otherwise);
const char *karvan_i_css_dash(const char *s, const char *otherwise);
/* Does the address lead to a page? Not to a script. */
bool karvan_i_is_web_address(const char *s);
#endif
