/* marks.h - what a policy's rules find in an input, and what a verdict becomes by it.
 *
 * A standing hit sets the flag of its rule's category, raises that score to the threshold and
 * no further, and may raise the action.  An allow rule of the whole text lets flags fall, where
 * every text of the input has one; scores stay as the model gave them
 * (docs/decisions/0104-rules-beside-scores.md).  Dry runs are shown and do nothing.
 */
#ifndef MODERATE_MARKS_H
#define MODERATE_MARKS_H

#include "base/js.h"
#include "policy/decide.h"
#include "policy/rules.h"

typedef struct Mark {
    size_t text; /* of the input */
    RuleHit hit;
} Mark;

typedef struct Marks {
    const Mark *mark;
    size_t count;
    uint64_t lifted; /* the policy's categories */
    bool capped;
} Marks;

/* The texts are UTF-8.  Marks live in `a`; scratch is given back where it is another. */
bool marks_read(const RuleBook *b, const RuleContext *at, Arena *a, Arena *scratch,
                const Str *text, size_t count, Marks *out, Err *err);

/* What decide() came to, and the scores, by what the rules say. */
void marks_apply(const RuleBook *b, const Policy *p, const double shipped[CATEGORY_COUNT],
                 const Marks *m, Decision *d, double score[CATEGORY_COUNT]);

/* A list: rule, category, clause, span in bytes of the original, and whether it stands. */
void marks_print(const RuleBook *b, const Policy *p, const Marks *m, JsWriter *w);

#endif
