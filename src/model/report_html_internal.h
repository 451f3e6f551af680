/* report_html_internal.h - the sections of a report's page that are tables, and what all
 * sections write with. */
#ifndef MODEL_REPORT_HTML_INTERNAL_H
#define MODEL_REPORT_HTML_INTERNAL_H

#include "base/html.h"
#include "model/report.h"

/* A table that may be wider than the screen scrolls in a region of its own, which the
 * keyboard reaches. */
void page_table_begin(HtmlWriter *w, const char *caption);
void page_table_end(HtmlWriter *w);
void page_heads(HtmlWriter *w, const char *const *head, size_t count); /* <thead> whole */

void page_cell(HtmlWriter *w, double v, int decimals);
void page_cell_count(HtmlWriter *w, size_t n);
/* "0.61", and under it "0.44 to 0.76" */
void page_cell_interval(HtmlWriter *w, double v, Interval x, int decimals);
/* "3.5 %", and under it "20 of 573, 2.1 to 5.3 %"; too few rows are said to be so. */
void page_cell_share(HtmlWriter *w, const Alarms *x);

void page_slices(HtmlWriter *w, const Evaluation *e);
void page_comparison(HtmlWriter *w, const Evaluation *e, const Comparison *c);
void page_fairness(HtmlWriter *w, const Fairness *f);
void page_mistakes(HtmlWriter *w, const Evaluation *e, const Rows *rows);

#endif
