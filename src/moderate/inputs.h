/* inputs.h - the endpoint's `input`, in each form it takes, as texts to judge.
 *
 *     "text"                                   one result
 *     ["text", ...]                            a result each, in order
 *     [{"type": "text", "text": "..."}, ...]   one result for all parts together
 *
 * Shared by the server and by `gavel moderate`, so that both refuse the same things with
 * the same words.  A fault says which member it is about (`param`) and has a `code` for
 * machines, as the endpoint's errors do.
 */
#ifndef MODERATE_INPUTS_H
#define MODERATE_INPUTS_H

#include "base/js.h"
#include "moderate/moderate.h"

typedef struct InputFault {
    char message[200];
    char param[48];   /* "input", "input[2].text" */
    const char *code; /* "invalid_type", ... */
} InputFault;

typedef struct InputLimits {
    size_t max_inputs, max_text_bytes;
} InputLimits;

typedef struct Inputs {
    Input *input;
    size_t count; /* of results */
} Inputs;

/* v: the member `input`, NULL when it is absent.  Texts are borrowed from the tree. */
bool inputs_read(Arena *a, const Js *v, const InputLimits *limits, Inputs *out,
                 InputFault *fault);

#endif
