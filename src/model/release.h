/* release.h - everything that gives an answer, in one immutable file.
 *
 * A release holds the vocabulary, the encoder's weights (int8 by row), factor heads and
 * pooling, the fast tier, the ensemble weights, the calibration of each category, its
 * thresholds, the policy text and the report that let it pass.  Its digest is its name.
 * Opened read-only and shared between threads.
 */
#ifndef MODEL_RELEASE_H
#define MODEL_RELEASE_H

#include "base/hash.h"
#include "nn/kernels.h"
#include "policy/policy.h"

typedef struct Release Release;

bool release_open(const char *path, const Kernels *k, Release **out, Err *err);
void release_close(Release *r); /* NULL is fine */
Digest release_digest(const Release *r);
Str release_name(const Release *r); /* "first" */
int64_t release_created_ms(const Release *r);
const Policy *release_policy(const Release *r);
double release_threshold(const Release *r, Category c); /* on the calibrated score */
Str release_report(const Release *r);                   /* JSON */

#endif
