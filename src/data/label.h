/* label.h - what is said of a sample: a value in [0, 1] per factor or category, or unknown.
 *
 * Unknown is NaN and never 0: losses and metrics leave it out.
 */
#ifndef DATA_LABEL_H
#define DATA_LABEL_H

#include "policy/taxonomy.h"

#include <math.h>

typedef struct Labels {
    float factor[FACTOR_COUNT];
    float category[CATEGORY_COUNT]; /* said of the category itself, as test sets do */
} Labels;

static inline void labels_unknown(Labels *l)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        l->factor[f] = NAN;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        l->category[c] = NAN;
}

static inline bool label_known(float v) { return !isnan(v); }

#endif
