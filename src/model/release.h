/* release.h - everything that gives an answer, in one immutable file.
 *
 * A release is a pack (nn/pack.h) with these sections: `manifest` (JSON: format, name,
 * time, window sizes, buckets, calibration, thresholds, what it was trained on), `vocab`,
 * `policy` (text), `report` (JSON), one section per encoder parameter ("encoder/embed",
 * matrices int8 by row or float32, vectors float32) and per network parameter
 * ("network/head_w"), `fast/weight` (int8), `fast/bias`, the same of the
 * table for other languages ("fast-alone/..."), where there is one, those of the student
 * ("student/near", int8; the rest float32), where there is one, and `ensemble`.  Its digest is
 * its name for ever.
 *
 * Opening checks everything before anything is believed: format, shapes, finite numbers,
 * vocabulary, policy.  Opened read-only and shared between threads; the file's pages by
 * processes as well.
 */
#ifndef MODEL_RELEASE_H
#define MODEL_RELEASE_H

#include "base/hash.h"
#include "model/fast.h"
#include "model/manifest.h"
#include "model/network.h"
#include "nn/kernels.h"
#include "policy/policy.h"

typedef struct Release Release;

enum { RELEASE_REF_DIGITS = 6 }; /* least digits of a digest that name a release */

/* How the tiers' logits join, per factor; rows of the section `ensemble`. */
typedef enum EnsembleRow {
    ENSEMBLE_ENCODER, /* weight of the encoder's logit, and ... */
    ENSEMBLE_FAST,    /* ... of the fast tier's, when both ran */
    ENSEMBLE_BIAS,
    ENSEMBLE_ALONE,      /* weight of the fast tier's logit when it answers alone */
    ENSEMBLE_ALONE_BIAS, /* and its bias */
    ENSEMBLE_SURE,       /* not used: when one answers alone is model/cascade.h's */
    ENSEMBLE_ROWS
} EnsembleRow;

/* The encoder decides and the fast tier never answers alone: what holds where nothing was
 * fitted. */
void ensemble_default(float ensemble[ENSEMBLE_ROWS][FACTOR_COUNT]);

typedef struct FastParts {
    const float *weight; /* [buckets, FACTOR_COUNT]; of FAST_ALONE NULL: there is none */
    const float *bias;   /* [FACTOR_COUNT] */
} FastParts;

typedef struct ReleaseParts {
    Str name;
    int64_t created_ms;
    const Vocab *vocab;
    const EncoderParams *encoder;
    const NetworkParams *network;
    bool float32; /* keep the matrices as they are: four times the size */
    Windows windows;
    uint32_t buckets;
    FastParts fast[FAST_TABLES];
    bool alone[FACTOR_COUNT]; /* what FAST_ALONE has learned; else FAST_JOINED answers */
    float ensemble[ENSEMBLE_ROWS][FACTOR_COUNT];
    const StudentParams *student; /* floats; NULL: there is none */
    Calibration calibration;
    Cascade cascade; /* of the student: written where it is fitted */
    const Policy *policy;
    Str training; /* JSON object: snapshot, plan, seed ...; "{}" when there is nothing to say */
    Str report;   /* JSON object of model/evaluate.h, or "{}" */
} ReleaseParts;

/* Written atomically.  `a` is for scratch. */
bool release_save(Arena *a, const ReleaseParts *p, const char *path, Digest *digest, Err *err);

/* The parts of an open release, float copies living in `a`: to write it again with another
 * calibration.  Saving them unchanged gives the same scores. */
bool release_parts(const Release *r, Arena *a, ReleaseParts *out, Err *err);

/* A release kept in float32 runs on k->full where k is of int8: no weight is rounded here. */
bool release_open(const char *path, const Kernels *k, Release **out, Err *err);
bool release_open_bytes(Str bytes, const Kernels *k, Release **out, Err *err); /* borrowed */
void release_close(Release *r); /* NULL is fine */

/* ref: a path, a name (DIR/NAME.gavel) or at least 6 digits of a digest found in DIR.
 * ERR_NOT_FOUND; ERR_CONFLICT when the digits fit several. */
bool release_find(Arena *a, const char *dir, Str ref, Str *path, Err *err);

Digest release_digest(const Release *r);
Str release_name(const Release *r); /* "first" */
int64_t release_created_ms(const Release *r);
const Policy *release_policy(const Release *r);
double release_threshold(const Release *r, Category c); /* on the calibrated score */
Str release_report(const Release *r); /* JSON when it was saved; read it as any outside text */
bool release_knows(const Release *r, Language l); /* it learnt from enough rows in it */
Str release_training(const Release *r);           /* JSON */

/* For score.c and for training's tools. */
const Vocab *release_vocab(const Release *r);
const Kernels *release_kernels(const Release *r);
const EncoderParams *release_encoder(const Release *r); /* packed, or floats: encoder_forward */
const NetworkParams *release_network(const Release *r);
const Windows *release_windows(const Release *r);
const Fast *release_fast(const Release *r, FastTable t); /* NULL: no such table */
const bool *release_alone(const Release *r); /* [FACTOR_COUNT] that FAST_ALONE knows */
const StudentParams *release_student(const Release *r); /* NULL: there is none */
const Cascade *release_cascade(const Release *r);
const float *release_ensemble(const Release *r, EnsembleRow row); /* [FACTOR_COUNT] */
const Calibration *release_calibration(const Release *r);

#endif
