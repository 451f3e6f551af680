/* policy_ref.h - a policy as people name it to a command: a folder or a document on disk, or
 * what is published in the store ("openai-13", "openai-13@2026-11-24", digits of a digest). */
#ifndef CLI_POLICY_REF_H
#define CLI_POLICY_REF_H

#include "cli/command.h"
#include "policy/publication.h"

typedef struct PolicyRef {
    Str name; /* for people: "policies/x", "openai-13@2026-11-24" */
    Bundle bundle;
    const Policy *policy;
} PolicyRef;

/* What is on disk counts before what is published. */
bool policy_ref_open(Cli *cli, const char *ref, PolicyRef *out, Err *err);

#endif
