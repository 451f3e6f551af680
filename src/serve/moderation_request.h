/* moderation_request.h - the body of POST /v1/moderations, read.
 *
 * `input` is a string, an array of strings (one result each, in order) or an array of
 * parts (one combined result).  `model` is an open string.  Other members are let be:
 * clients send extras.  Every refusal names the parameter.
 */
#ifndef SERVE_MODERATION_REQUEST_H
#define SERVE_MODERATION_REQUEST_H

#include "moderate/moderate.h"
#include "serve/api_error.h"

enum { MODEL_NAME_MAX = 256 }; /* bytes */

typedef struct RequestLimits {
    size_t max_inputs, max_text_bytes;
} RequestLimits;

typedef struct ModerationRequest {
    Str model; /* the default where none was named */
    const Input *input;
    size_t count; /* of inputs, each of which gets one result */
    size_t texts, bytes;
} ModerationRequest;

bool moderation_request_parse(Arena *a, Str body, const RequestLimits *limits,
                              ModerationRequest *out, ApiError *e);

#endif
