/* adversary.h - unlearns which data set a text came from.
 *
 * The sets are one-sided: tweets are mostly harmful, textbooks are not, so an encoder that
 * recognises a set answers well for all the wrong reasons, and badly on text of no set that
 * it knows.  A linear classifier learns to tell the domain of a text from its vector (the
 * mean over its windows); the gradient of its loss flows on into the encoder with its sign
 * turned, so that the encoder learns vectors that do not tell (Ganin et al. 2016,
 * "Domain-Adversarial Training of Neural Networks", JMLR 17).  Linear, because the factor
 * heads are: what no linear reader finds, they cannot use.
 *
 * A domain is a source's name up to its first '-', without a "read-" in front.  Only
 * sources that the plan draws from have one; what comes after the first DOMAINS_MAX - 1
 * shares the last.  A joined text is of several and is passed over, and a twin (model/draw.h)
 * would only tell its text's domain again.
 *
 * Its weights stand behind the network's in the training block: in every checkpoint, in no
 * release.
 */
#ifndef MODEL_ADVERSARY_H
#define MODEL_ADVERSARY_H

#include "base/map.h"
#include "model/draw.h"
#include "nn/kernels.h"

enum { DOMAINS_MAX = 64 };

typedef struct Adversary {
    const Rows *rows;
    const Map *number; /* of a domain, by name; NULL: off */
    int domains;       /* 0: off */
} Adversary;

Str adversary_domain(Str source);

/* Off when the plan's `adversary` is 0.  ERR_INPUT when all that is drawn is of one domain. */
bool adversary_init(Arena *a, const Rows *rows, const Plan *plan, const Draw *draw,
                    Adversary *out, Err *err);

/* Floats: w[ENCODER_WIDTH, domains], then b[domains]; they start at 0. */
size_t adversary_param_count(const Adversary *v);
int adversary_domain_of(const Adversary *v, uint32_t row);

/* What the reversed gradient is multiplied by: nothing while the classifier knows nothing,
 * then the plan's `adversary` (Ganin's ramp, 2 / (1 + exp(-10 p)) - 1 at share p of the steps).
 */
double adversary_strength(const Plan *plan, int64_t steps_done);

typedef struct AdversaryPass {
    const Kernels *kernels;
    const float *params, *pooled; /* pooled[windows, ENCODER_WIDTH] */
    double scale;                 /* of one text's loss */
    double strength;
    float *grads, *dpooled; /* both are added to */
} AdversaryPass;

typedef struct AdversarySum {
    double loss; /* cross-entropy, summed over the texts */
    int texts, right;
} AdversarySum;

/* Forward and backward over one thread's texts; scratch is taken from `a` and given back. */
AdversarySum adversary_pass(const Adversary *v, Arena *a, const DrawPart *part,
                            const AdversaryPass *p);

#endif
