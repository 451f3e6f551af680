/* export.h - a release's weights in the formats of other programs.
 *
 * Both formats hold float32: int8 matrices are turned back, each number its integer times its
 * row's scale.  That is what the float kernels compute with, so under them the exported
 * numbers are the release's.
 *
 * safetensors: the tensors `encoder.NAME`, `network.NAME`, `fast.weight`, `fast.bias`, the
 * same of the table for other languages (`fast-alone.`) where there is one, and `ensemble`,
 * each in the shape of its table (nn/encoder.h, model/network.h, model/release.h).
 *
 * ONNX (operator set 17): the encoder tier, from pieces to logits.
 *
 *     pieces  int64 [windows, pieces]  ids; what stands behind a window's end does not count
 *     mask    int64 [windows, pieces]  1 for a piece, 0 behind a window's end; a 1 in each row
 *     texts   int64 [texts, windows]   1 where the window is one of the text's; likewise
 *     window_logits  float [windows, factors]
 *     text_logits    float [texts, factors]    pooled (nn/pool.h)
 *
 * At most ENCODER_MAX_PIECES pieces a window.  What stands before (normalising, pieces,
 * windows) and behind (fast tier, ensemble, policy, calibration) is not in it.
 *
 * Both carry as metadata the release's name and digest, the window sizes, the factors in order
 * and the vocabulary as JSON ([["piece", score], ...]; the special pieces' score is null).
 */
#ifndef MODEL_EXPORT_H
#define MODEL_EXPORT_H

#include "model/release.h"

/* Written atomically.  `a` is for scratch. */
bool export_safetensors(Arena *a, const ReleaseParts *p, const Digest *digest, const char *path,
                        Err *err);
bool export_onnx(Arena *a, const ReleaseParts *p, const Digest *digest, const char *path,
                 Err *err);

#endif
