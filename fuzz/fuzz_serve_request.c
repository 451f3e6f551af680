/* Any bytes as the body of a moderation request: read within the limits, or refused with
 * words that are sound JSON text. */
#include "base/js.h"
#include "serve/moderation_request.h"
#include "text/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const InputLimits limits = {.max_inputs = 8, .max_text_bytes = 256};
    Arena *a = arena_open(1 << 20);
    ModerationRequest r;
    ApiError e;
    if (moderation_request_parse(a, (Str){(const char *)data, size}, &limits, &r, &e)) {
        if (r.inputs.count < 1 || r.inputs.count > limits.max_inputs || r.model.len == 0)
            abort();
        for (size_t i = 0; i < r.inputs.count; i++)
            for (size_t k = 0; k < r.inputs.input[i].count; k++)
                if (r.inputs.input[i].text[k].len > limits.max_text_bytes ||
                    !utf8_valid(r.inputs.input[i].text[k], NULL))
                    abort();
    } else {
        HttpResponse res = {0};
        const Js *root;
        Err err;
        buf_init(&res.body, 1 << 16);
        api_error_answer(&e, a, 1, &res);
        if (res.status != 400 || !js_parse(a, buf_str(&res.body), &root, &err))
            abort();
        buf_done(&res.body);
    }
    arena_close(a);
    return 0;
}
