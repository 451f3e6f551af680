/* draw.h - what one training step reads: texts drawn from the training split, cut into
 * windows, dealt to the threads in equal parts.
 *
 * Some texts are joined from several rows (plan->join): a factor holds of the whole when
 * it holds of a part, is unknown when a part that could carry it is unknown, else the
 * greatest of the parts' values.  What is bad then stands anywhere in a longer text, and
 * length says nothing of it.
 *
 * Where the plan pairs (plan->identity_pairing > 0), a text that names a group is followed by
 * its *twin*, the same said of another group (text/identity_swap.h): the fit pulls the two
 * answers together (counterfactual logit pairing: Garg et al. 2019).  Text and twin have the
 * same labels and half of the weight each, so that a text which names a group teaches no more
 * than another.
 *
 * Everything here follows from the plan's seed and the number of texts drawn so far, so
 * a resumed run draws what the first would have drawn.
 */
#ifndef MODEL_DRAW_H
#define MODEL_DRAW_H

#include "data/rows.h"
#include "model/features.h"
#include "model/plan.h"
#include "model/sampler.h"

typedef struct DrawText {
    uint32_t row;        /* the first of its rows, where several were joined */
    const float *target; /* [FACTOR_COUNT], NaN unknown */
    float weight;        /* the least of its rows'; half of it where there is a twin */
    int first, count;    /* its windows in the part's batch */
    bool joined;         /* of several rows */
    bool twin;           /* of the text before it */
} DrawText;

/* One thread's part of a step. */
typedef struct DrawPart {
    DrawText *text;
    int count, twins; /* twins: how many of the texts are */
    WindowBatch windows;
} DrawPart;

typedef struct Draw Draw;

/* Borrows everything.  ERR_INPUT when the plan draws nothing from these rows: each
 * source of weight 0, or no row of the training split. */
bool draw_open(Arena *a, const Rows *rows, const Plan *plan, const Vocab *vocab, Draw **out,
               Err *err);

/* The parts of the next step (plan->threads of them), in `a`. */
bool draw_next(Draw *d, Arena *a, DrawPart *part, Err *err);

/* A source and how it is drawn, for the log: false behind the last. */
bool draw_source(const Draw *d, size_t i, Str *name, size_t *rows, double *share,
                 size_t *rounds);

Str draw_state(const Draw *d, Arena *a);
bool draw_restore(Draw *d, Str state, Err *err);

#endif
