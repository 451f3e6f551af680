/* import.h - weights that were trained elsewhere, out of the files that export.h writes.
 *
 * Nothing but numbers is taken: each tensor is found by the name it was exported under, must be
 * float32 of the same shape and finite, and what the file holds beside the known ones is
 * refused.  Of safetensors all `encoder.` and `network.` tensors must be there, those of the
 * fast tier and `ensemble` may be.  Of ONNX the initializers are read, not the graph: whoever
 * changed the graph has another model.  What the graph keeps as tables of its own (`timing`,
 * the constants) is passed over, and what it has not (freq, top_w, top_b) stays.
 *
 * Written for outside bytes: a file has at most IMPORT_BYTES_MAX of them and
 * IMPORT_TENSORS_MAX tensors, and every offset is checked against what is there.
 */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include "model/release.h"

enum { IMPORT_BYTES_MAX = 256 << 20, IMPORT_TENSORS_MAX = 256, IMPORT_DIMS_MAX = 2 };

typedef struct ImportTensor {
    Str name;         /* borrowed from the file, or in the arena */
    const char *type; /* "F32", or what it is instead */
    size_t dims;      /* may be more than are kept */
    int64_t dim[IMPORT_DIMS_MAX];
    Str bytes; /* little-endian, not aligned */
} ImportTensor;

typedef struct ImportFile {
    bool onnx; /* else safetensors */
    size_t count;
    ImportTensor *tensor; /* [count] */
} ImportFile;

/* What is in a file, before anything is believed of its shapes. */
bool import_read(Arena *a, Str bytes, ImportFile *out, Err *err);

/* `parts` with the file's weights, copies living in `a`; *taken: how many tensors. */
bool import_weights(Arena *a, const ImportFile *file, ReleaseParts *parts, size_t *taken,
                    Err *err);

#endif
