/* moderation_reply.h - verdicts as the body of a moderation answer. */
#ifndef SERVE_MODERATION_REPLY_H
#define SERVE_MODERATION_REPLY_H

#include "base/buf.h"
#include "moderate/moderate.h"

void moderation_reply_print(Buf *out, Str id, Str model, const Verdict *verdict, size_t count);

#endif
