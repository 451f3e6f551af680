/* html.h - writes HTML (and the SVG inside it) that no text can break out of.
 *
 *     html(w, "<td>"); html_text(w, name); html(w, "</td>");
 *
 * html() takes literals only, so markup is always ours; html_text() writes anything else,
 * escaped so that it is text between tags and inside a quoted attribute.  There is no third
 * way.  A text may be any bytes: what is not UTF-8, and control characters, become U+FFFD;
 * the characters that reorder a line (bidirectional overrides and isolates) become visible
 * as U+FFFD too, so that a row cannot dress up as the page around it.
 */
#ifndef BASE_HTML_H
#define BASE_HTML_H

#include "base/buf.h"

typedef struct HtmlWriter {
    Buf *out;
} HtmlWriter;

static inline HtmlWriter html_writer(Buf *out) { return (HtmlWriter){out}; }

#define html(w, literal) buf_put((w)->out, STR(literal))

void html_text(HtmlWriter *w, Str s);
void html_text_z(HtmlWriter *w, const char *z);
void html_count(HtmlWriter *w, size_t n);

/* Fixed decimals, as coordinates and figures want them; a dash where v is not finite. */
void html_number(HtmlWriter *w, double v, int decimals);

/* A whole page's head: title, and a style sheet that alone is allowed by the page's own
 * Content-Security-Policy, by its hash.  No script, no network, no frame is. */
void html_head(HtmlWriter *w, Str title, Str style);

#endif
