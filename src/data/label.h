/* label.h - what is said of a sample: a value in [0, 1] per factor or category, or unknown.
 *
 * Unknown is NaN and never 0: losses and metrics leave it out.
 *
 * All that one origin says of one sample is one Labels; the store keeps it as one line
 * of text, {"hate":1,"insult":0.25,"category:violence":0}: known values only, factors
 * first, in the order of the taxonomy, each number as short as reads back the same
 * float.  So equal labels are equal bytes, whoever wrote them
 * (docs/decisions/0002-label-sets.md).
 */
#ifndef DATA_LABEL_H
#define DATA_LABEL_H

#include "base/buf.h"
#include "policy/taxonomy.h"

#include <math.h>

typedef struct Labels {
    float factor[FACTOR_COUNT];
    float category[CATEGORY_COUNT]; /* said of the category itself, as test sets do */
} Labels;

/* Who says so, in ascending authority: where two disagree on a factor, the higher is
 * believed, and equals are averaged by weight (labels_merge). */
typedef enum LabelOrigin {
    LABEL_ORIGIN_IMPORT,    /* a public data set's own labels */
    LABEL_ORIGIN_SYNTHETIC, /* written together with the text */
    LABEL_ORIGIN_RULE,
    LABEL_ORIGIN_LLM,
    LABEL_ORIGIN_HUMAN, /* read under the written policy */
    LABEL_ORIGIN_APPEAL,
    LABEL_ORIGIN_COUNT
} LabelOrigin;

const char *label_origin_name(LabelOrigin o);
bool label_origin_parse(Str name, LabelOrigin *out);

static inline void labels_unknown(Labels *l)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        l->factor[f] = NAN;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        l->category[c] = NAN;
}

static inline bool label_known(float v) { return !isnan(v); }

enum { LABELS_TEXT_MAX = 2048 }; /* bytes that any Labels print to, at most */

void labels_print(const Labels *l, Buf *out);

/* Scratch for the parse is taken from `a` and given back.  ERR_INPUT names the key:
 * no such factor, or a value outside [0, 1]. */
bool labels_parse(Arena *a, Str text, Labels *out, Err *err);

/* One voice in a merge. */
typedef struct LabelVoice {
    const Labels *labels;
    LabelOrigin origin;
    float weight; /* > 0 */
} LabelVoice;

/* Each value from the highest origin that knows it; among equals the mean by weight.
 * The result does not depend on the order of the voices beyond rounding, so callers
 * sort them first.  Returns the weight: the highest of a voice that was heard. */
float labels_merge(const LabelVoice *voice, size_t count, Labels *out);

#endif
