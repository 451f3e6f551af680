/* bundle.h - a policy as it is kept and published: its files, whole, under one digest.
 *
 * A folder becomes a bundle by taking in each of its .yaml, .md, .jsonl, .csv and .txt files,
 * sorted by path; hidden files are passed over, anything else is refused, so that a digest
 * says all there is.  A lone file is a bundle of one, policy.yaml.
 *
 * The digest is over number, paths and bytes: equal digests mean the same policy, wherever it
 * lies.  Nothing is parsed here but policy.yaml, by bundle_policy.
 */
#ifndef POLICY_BUNDLE_H
#define POLICY_BUNDLE_H

#include "base/hash.h"
#include "policy/policy.h"

enum {
    BUNDLE_MAX_FILES = 512,
    BUNDLE_MAX_DEPTH = 3, /* folders in folders */
    BUNDLE_MAX_BYTES = 64 << 20,
};

typedef struct BundleFile {
    Str path; /* from the folder: "rules/spam.yaml" */
    Str text;
} BundleFile;

typedef struct Bundle {
    const BundleFile *file;
    size_t count;
    Digest digest;
} Bundle;

/* path: a folder with a policy.yaml, or one document. */
bool bundle_load(Arena *a, const char *path, Bundle *out, Err *err);

/* Of files that are already there, e.g. in the store.  Sorts them in place; borrowed. */
void bundle_of(BundleFile *file, size_t count, Bundle *out);

const BundleFile *bundle_file(const Bundle *b, Str path); /* NULL: none */

/* name: where it came from, for messages. */
bool bundle_policy(Arena *a, const Bundle *b, const char *name, const Policy **out, Err *err);

#endif
