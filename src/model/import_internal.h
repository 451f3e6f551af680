/* import_internal.h - one reader a format. */
#ifndef MODEL_IMPORT_INTERNAL_H
#define MODEL_IMPORT_INTERNAL_H

#include "model/import.h"

bool import_safetensors(Arena *a, Str bytes, ImportFile *out, Err *err);
bool import_onnx(Arena *a, Str bytes, ImportFile *out, Err *err);

/* The place of the next tensor; NULL with a message when there are too many. */
ImportTensor *import_next(ImportFile *file, Err *err);

#endif
