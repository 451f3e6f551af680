/* label_sets.h - all that is in force in the archive, text by text, in memory.
 *
 * An overlay (data/sample.h) goes with the text that it speaks of: it never brings a text in,
 * and where nobody in force brings it, the overlay is left out and counted.
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
    bool overlay;
} LabelSet;

typedef struct LabelledText {
    int64_t id; /* of the sample */
    Digest digest;
    Str text, language;
    LabelSet *set;
    size_t set_count; /* at least 1 that is no overlay */
} LabelledText;

typedef struct LabelledTexts {
    LabelledText *text;
    size_t count;
    uint32_t groups; /* group numbers are below this */
    size_t orphans;  /* texts that only overlays speak of */
} LabelledTexts;

typedef struct LabelSetsWanted {
    const char *const *source; /* of texts and labels; overlays come with their texts */
    int source_count;          /* 0: all */
    bool no_overlays;
} LabelSetsWanted;

bool label_sets_load(Store *db, Arena *a, const LabelSetsWanted *w, const Progress *p,
                     LabelledTexts *out, Err *err);

#endif
