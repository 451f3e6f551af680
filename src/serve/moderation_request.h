/* moderation_request.h - the body of POST /v1/moderations, read.
 *
 * `input` is read by moderate/inputs.h, `model` is an open string.  Other members are let
 * be: clients send extras.  A refusal names the parameter.
 */
#ifndef SERVE_MODERATION_REQUEST_H
#define SERVE_MODERATION_REQUEST_H

#include "moderate/inputs.h"
#include "serve/api_error.h"

enum { MODEL_NAME_MAX = 256 }; /* bytes */

typedef struct ModerationRequest {
    Str model; /* the default where none was named */
    Inputs inputs;
    size_t bytes; /* of all texts */
} ModerationRequest;

bool moderation_request_parse(Arena *a, Str body, const InputLimits *limits,
                              ModerationRequest *out, ApiError *e);

#endif
