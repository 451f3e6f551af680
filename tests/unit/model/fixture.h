/* fixture.h - a small release for tests, without any data: true in form, no use in judgement.
 *
 * The encoder's weights are pseudo-random from the seed and count little; the fast tier
 * knows four made-up words, each of which makes one factor certain when it stands alone or
 * among few others.  So tests can ask for a verdict without writing anything unkind:
 *
 *     qzhxvj  hate        xqjwzk  sexual        vkqzjx  violence        jzwqxh  self-harm
 */
#ifndef TESTS_MODEL_FIXTURE_H
#define TESTS_MODEL_FIXTURE_H

#include "model/release.h"

#define FIXTURE_HATE      "qzhxvj"
#define FIXTURE_SEXUAL    "xqjwzk"
#define FIXTURE_VIOLENCE  "vkqzjx"
#define FIXTURE_SELF_HARM "jzwqxh"

enum { FIXTURE_BUCKETS = 1 << 15 };

/* A plan's own. */
#define WINDOWS_DEFAULT ((Windows){.pieces = 32, .stride = 24})

/* The parts, in `a`; they may be changed before they are saved. */
bool fixture_parts(Arena *a, uint64_t seed, ReleaseParts *out, Err *err);

/* A small student of random weights that count little, for ReleaseParts.student. */
const StudentParams *fixture_student(Arena *a, uint64_t seed);

/* Maps that change nothing, and one bound for all. */
void fixture_cascade(double bound, Cascade *out);

/* fixture_parts, then release_save. */
bool fixture_release(const char *path, uint64_t seed, Digest *digest, Err *err);

#endif
