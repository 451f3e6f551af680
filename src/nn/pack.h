/* pack.h - a file of named sections: the form of base weights, checkpoints and releases.
 *
 * Layout: magic and version, section table (name, kind, rows, cols, offset, bytes), the
 * sections (64-byte aligned), and the SHA-256 of all before it.  Little-endian.  Written
 * atomically; opened by mapping, with every offset, size and the digest checked before
 * anything is believed.  The digest names the file for ever.
 */
#ifndef NN_PACK_H
#define NN_PACK_H

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"

typedef enum PackKind {
    PACK_BYTES, /* rows = bytes, cols = 1 */
    PACK_F32,
    PACK_I8, /* int8 with one float32 scale per row, rows*4 bytes of scales first */
} PackKind;

enum { PACK_NAME_MAX = 63, PACK_SECTIONS_MAX = 512 };

typedef struct PackWriter PackWriter;
PackWriter *pack_writer(Arena *a);
/* Borrowed until pack_save. */
void pack_add_bytes(PackWriter *w, const char *name, Str bytes);
void pack_add_f32(PackWriter *w, const char *name, const float *x, size_t rows, size_t cols);
/* Quantised by row, symmetric: scale = max|x| / 127. */
void pack_add_i8(PackWriter *w, const char *name, const float *x, size_t rows, size_t cols);
bool pack_save(PackWriter *w, const char *path, Digest *digest, Err *err);

typedef struct Pack Pack;
bool pack_open(const char *path, Pack **out, Err *err); /* maps and checks */
bool pack_open_bytes(Str bytes, Pack **out, Err *err);  /* borrowed: tests and fuzzers */
void pack_close(Pack *p);                               /* NULL is fine */
Digest pack_digest(const Pack *p);

bool pack_kind(const Pack *p, const char *name, PackKind *out, Err *err);
bool pack_bytes(const Pack *p, const char *name, Str *out, Err *err);
/* Points into the map; checks kind and shape (0: any). */
bool pack_f32(const Pack *p, const char *name, size_t rows, size_t cols, const float **out,
              Err *err);
bool pack_i8(const Pack *p, const char *name, size_t rows, size_t cols, const int8_t **q,
             const float **scale, Err *err);
/* A float32 copy of an F32 or I8 section into out[rows*cols]. */
bool pack_read_f32(const Pack *p, const char *name, size_t rows, size_t cols, float *out,
                   Err *err);

size_t pack_count(const Pack *p);
bool pack_section(const Pack *p, size_t i, Str *name, PackKind *kind, size_t *rows,
                  size_t *cols);

#endif
