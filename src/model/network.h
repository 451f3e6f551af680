/* network.h - what stands on the encoder: one linear head a factor, and its pooling.
 *
 * A window gives a logit per factor; a text's logit is pooled from its windows' by
 * log-sum-exp with a sharpness per factor (nn/pool.h): towards the maximum for factors
 * that one passage settles, towards the mean for those that the whole text carries.  Both
 * are learned together with the encoder.
 */
#ifndef MODEL_NETWORK_H
#define MODEL_NETWORK_H

#include "model/features.h"
#include "nn/encoder.h"
#include "policy/taxonomy.h"
#include "text/language.h"

/* clang-format off */
#define NETWORK_PARAMS(X)                             \
    X(head_w,  ENCODER_WIDTH,  FACTOR_COUNT)          \
    X(head_b,  1,              FACTOR_COUNT)          \
    X(pool_s,  1,              FACTOR_COUNT)
/* clang-format on */

/* One block after the encoder's, for the optimiser; each pointer looks into it. */
typedef struct NetworkParams {
    float *all;
    size_t count; /* floats */
#define X(name, rows, cols) float *name;
    NETWORK_PARAMS(X)
#undef X
} NetworkParams;

size_t network_param_count(void);
void network_params_at(NetworkParams *p, float *all);

typedef struct NetworkParamInfo {
    const char *name;
    size_t offset; /* floats from `all` */
    int rows, cols;
} NetworkParamInfo;
extern const NetworkParamInfo network_param_info[];
extern const int network_param_info_count;

/* logit[count, FACTOR_COUNT] of windows from pooled[count, ENCODER_WIDTH].  One by one: a
 * product over all of them orders its sums by their number, and a window's logits would depend
 * on its company (nn/encoder.h); 17 columns cost next to nothing. */
void network_windows(const Kernels *k, const NetworkParams *p, const float *pooled, int count,
                     float *logit);

/* Its pieces and base weights are English: of a text that is surely in another language it
 * knows nothing, and its confident no would drown what the n-grams have learned. */
static inline bool network_reads(Language l)
{
    return l == LANGUAGE_EN || l == LANGUAGE_UNKNOWN;
}

/* The encoder tier, ready to read. */
typedef struct Network {
    const Kernels *kernels;
    const EncoderParams *encoder;
    const NetworkParams *params;
    Windows windows;
} Network;

/* logit[FACTOR_COUNT] of one text from its pieces (at least one): cut, encode, pool.
 * Windows go through the encoder NETWORK_BATCH at a time, so that a long text needs no
 * more memory than a page.  Scratch is taken from `a` and given back. */
enum { NETWORK_BATCH = 32 };
void network_text(const Network *n, Arena *a, const Pieces *p, float logit[FACTOR_COUNT]);

/* A window of some text, and where its logit[FACTOR_COUNT] goes. */
typedef struct NetworkWindow {
    const int32_t *piece;
    int count; /* 1..ENCODER_MAX_PIECES */
    float *logit;
} NetworkWindow;

/* Windows of any texts together.  A window's logits are those of network_text but for the last
 * bits, where the kernels order their sums by the number of rows (encoder_forward). */
void network_batch(const Network *n, Arena *a, const NetworkWindow *w, int count);

#endif
