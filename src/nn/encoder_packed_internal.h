/* encoder_packed_internal.h - how encoder_forward runs packed weights. */
#ifndef NN_ENCODER_PACKED_INTERNAL_H
#define NN_ENCODER_PACKED_INTERNAL_H

#include "nn/encoder.h"

/* As encoder_forward; p->packed is there. */
void encoder_packed_forward(const EncoderParams *p, Arena *a, const WindowBatch *b,
                            float *pooled);

/* at[positions, ENCODER_WIDTH0]: what is added to the pieces' vectors. */
void encoder_timing(const float *freq, int positions, float *at);

#endif
