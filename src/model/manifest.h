/* manifest.h - the facts of a release that are not arrays, as its JSON section says them.
 *
 * Kept apart from release.h because it is the part whose bytes are worth attacking: the
 * arrays are checked by shape, this by meaning.
 */
#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include "model/cascade.h"
#include "model/features.h"
#include "model/student.h"
#include "text/language.h"

/* A language with fewer rows was met in training and is not known. */
enum { MANIFEST_LANGUAGE_ROWS = 1000 };

enum {
    MANIFEST_FORMAT = 3, /* 2: a table of the fast tier for other languages; 3: a student */
    MANIFEST_FORMAT_PLAIN = 2,  /* what a release without a student is written as */
    MANIFEST_FORMAT_OLDEST = 1, /* that is still read */
    MANIFEST_NAME_MAX = 64,
    MANIFEST_MAX_BYTES = 1 << 20,
};

typedef struct Manifest {
    Str name; /* letters, digits, dot, dash, underscore: it becomes a file's name */
    int64_t created_ms;
    Windows windows;
    uint32_t buckets;         /* of the fast tier's tables: a power of two */
    bool alone[FACTOR_COUNT]; /* what FAST_ALONE has learned; all false: no such table */
    StudentShape student;     /* width 0: there is none */
    Calibration calibration;
    Cascade cascade;
    Str training; /* JSON object: what it was trained on */
    /* Rows of the training split by language, as `training` says under "languages"; without
     * that member it is a release in English. */
    int64_t language_rows[LANGUAGE_COUNT];
} Manifest;

bool manifest_name_fits(Str name);
void manifest_print(const Manifest *m, Arena *a, Buf *out); /* a: scratch */

/* Strict: every key there, of its type, in range; ERR_CORRUPT, and ERR_CONFLICT for the
 * format of a newer program. */
bool manifest_parse(Arena *a, Str json, Manifest *out, Err *err);

#endif
