/* report_chart.h - the charts of a report's page, drawn as SVG by us: no script, no library.
 *
 * Each is a <figure> with a title and a description for those who do not see it, and the
 * numbers it shows in a table behind a click.  Colours come from the page's style sheet
 * alone, by class, so that light and dark are one drawing.  `id` makes names unique.
 */
#ifndef MODEL_REPORT_CHART_H
#define MODEL_REPORT_CHART_H

#include "base/html.h"
#include "model/evaluate.h"

void chart_curve(HtmlWriter *w, const Measure *m, const Shape *s, int id);
void chart_reliability(HtmlWriter *w, const Measure *m, const Shape *s, int id);
void chart_histogram(HtmlWriter *w, const Measure *m, const Shape *s, int id);

/* A bar from low to high on 0..1 with a mark at the value, for a cell of a table. */
void chart_range(HtmlWriter *w, double value, Interval interval);

#endif
