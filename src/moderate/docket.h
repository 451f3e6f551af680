/* docket.h - the cases that one thread has before it, judged side by side.
 *
 * A case is a list of inputs that is answered as a whole.  Opening it does all but the
 * encoder, so it may be closed at once.  The windows that are left go through the encoder in
 * small steps, each over the windows of several cases, since a matrix product over many rows
 * costs less a row.  Between steps the caller may open, close and drop cases: that is how a
 * short text overtakes a long one.
 *
 *     docket_open(d, a, scratch, input, count, &c, &err)
 *     while (!case_is_ready(c)) docket_step(d, scratch, &step);
 *     docket_close(d, c, verdict);
 *
 * Each case is given one window a turn and whoever has had the fewest is next (least
 * attained service; Kleinrock 1976): what is short leaves first although nobody knows
 * lengths.  Every fourth step begins with the oldest case, so that none waits for ever.
 *
 * The verdicts are moderate()'s, to the bit, but with plain OpenBLAS products, where the last
 * bits of scores may differ (encoder_forward tells why).
 *
 * Not thread-safe: one docket, one thread.
 */
#ifndef MODERATE_DOCKET_H
#define MODERATE_DOCKET_H

#include "moderate/moderate.h"

typedef struct DocketLimits {
    Limits text;
    size_t step_pieces; /* of one step; at least one window is read */
    int max_cases;
} DocketLimits;

typedef struct DocketStep {
    int windows, cases; /* that were read, and of how many cases */
    size_t pieces;
} DocketStep;

typedef struct Docket Docket;
typedef struct Case Case;

Docket *docket_new(Arena *a, const Release *r, const DocketLimits *limits);

/* At most max_cases at a time: asserted.  Inputs are borrowed for this call; what the case
 * keeps lives in `a`, which must outlive it.  scratch is given back. */
bool docket_open(Docket *d, Arena *a, Arena *scratch, const Input *in, size_t count, Case **out,
                 Err *err);
bool docket_step(Docket *d, Arena *scratch, DocketStep *out); /* false: nothing is left to do */
bool case_is_ready(const Case *c);
void docket_close(Docket *d, Case *c, Verdict *out); /* out[count]; the case is ready */
void docket_drop(Docket *d, Case *c);                /* without a verdict, at any time */

#endif
