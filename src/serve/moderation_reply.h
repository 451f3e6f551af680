/* moderation_reply.h - verdicts as the body of a moderation answer. */
#ifndef SERVE_MODERATION_REPLY_H
#define SERVE_MODERATION_REPLY_H

#include "base/buf.h"
#include "serve/house.h"

/* What an answer has beside the endpoint's own members, where it was asked for: `gavel` in each
 * result. */
typedef struct ReplyExtensions {
    bool rules, actions;
    const HouseRuling *ruling; /* of each result; NULL: no house rules are served */
    const RuleBook *book;      /* NULL: none */
    const Policy *policy;
    Str policy_name;
} ReplyExtensions;

/* Names in `asked`, separated by commas; those that are not known are let be. */
void reply_extensions_read(Str asked, ReplyExtensions *out);

void moderation_reply_print(Buf *out, Str id, Str model, const Verdict *verdict, size_t count,
                            const ReplyExtensions *more);

#endif
