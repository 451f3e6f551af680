/* law.h - which policy the server judges by, and how a newly published one takes its place.
 *
 * Until something is published under the release's policy id, the release's own holds.  A
 * thread looks into the store every policy_poll_ms; what is new is read, checked and put in
 * place whole.  A request takes the law at its beginning and keeps it to its end, whatever is
 * published meanwhile.  What does not read, or does not fit the release, is refused with a log
 * line and counted, and the former stays.
 *
 * Shared between threads; the lock is inside.
 */
#ifndef SERVE_LAW_H
#define SERVE_LAW_H

#include "base/config.h"
#include "base/log.h"
#include "base/metric.h"
#include "model/release.h"
#include "policy/rules_count.h"

typedef struct LawInForce {
    const Policy *policy;
    const RuleBook *rules; /* NULL: the release's own policy, which has none */
    RuleCounts *counts;    /* of those */
    Str name;              /* "openai-13@2026-11-24" */
    Digest digest; /* of what was published; of the text alone where it is the release's own */
    bool published;
} LawInForce;

typedef struct LawOptions {
    const Config *config;
    const Release *release;
    Metrics *metrics;
    Log log;
} LawOptions;

typedef struct Law Law;

/* Looks once, then starts its thread.  A store that is not there is not made. */
bool law_open(const LawOptions *o, Law **out, Err *err);
void law_close(Law *l); /* nobody holds it any more; NULL is fine */

const LawInForce *law_take(Law *l);
void law_give_back(Law *l, const LawInForce *x);

void law_look(Law *l); /* at once, from any thread */

#endif
