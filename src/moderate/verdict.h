/* verdict.h - a verdict in the endpoint's JSON.
 *
 * Members of an object that the caller has opened, so that the server and the command
 * line can put their own beside them; all thirteen keys in every map, always.
 */
#ifndef MODERATE_VERDICT_H
#define MODERATE_VERDICT_H

#include "base/js.h"
#include "moderate/moderate.h"

/* flagged, categories, category_scores */
void verdict_print(const Verdict *v, JsWriter *w);

/* category_applied_input_types */
void verdict_print_types(const Verdict *v, JsWriter *w);

#endif
