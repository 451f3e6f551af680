/* label_sets.h - all that is in force in the archive, text by text, in memory.
 *
 * Texts are in ascending order of digest and the label sets of each in an order of their
 * own content, so that the result is the same in whatever order the facts came in.
 */
#ifndef DATA_LABEL_SETS_H
#define DATA_LABEL_SETS_H

#include "base/progress.h"
#include "data/rows.h"
#include "store/store.h"

typedef struct LabelSet {
    Labels labels;
    LabelOrigin origin;
    float weight;
    Split split; /* SPLIT_COUNT: free */
    Str source, group;
    uint32_t group_number; /* of (source, group); 0: no group */
} LabelSet;

typedef struct LabelledText {
    int64_t id; /* of the sample */
    Digest digest;
    Str text, language;
    LabelSet *set;
    size_t set_count; /* at least 1 */
} LabelledText;

typedef struct LabelledTexts {
    LabelledText *text;
    size_t count;
    uint32_t groups; /* group numbers are below this */
} LabelledTexts;

/* Of these sources only; source_count 0: of all. */
bool label_sets_load(Store *db, Arena *a, const char *const *source, int source_count,
                     const Progress *p, LabelledTexts *out, Err *err);

#endif
