/* serve.h - the moderation service: routes, keys, limits, log and metrics around one judge.
 *
 * What judges is a seam: the program gives moderate() with a release, tests give a fake.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/config.h"
#include "base/hash.h"
#include "base/log.h"
#include "moderate/moderate.h"
#include "net/http_server.h"

/* Called by several threads at once.  With a release, workers judge requests side by side with
 * a docket of their own; judge then answers once, at the start. */
typedef struct ServeJudge {
    void *ctx;
    bool (*judge)(void *ctx, Arena *a, const Input *in, Verdict *out, Err *err);
    const Release *release; /* NULL: judge answers all, one after the other */
    Limits limits;
} ServeJudge;

typedef struct ServeOptions {
    const Config *config; /* borrowed until serve_close */
    int workers;
    ServeJudge judge;
    Str release_name; /* borrowed, as above */
    Digest release_digest;
    int64_t release_created_ms;
    Log log;
    void *ctx;
    void (*on_listening)(void *ctx, Str address); /* NULL is fine */
} ServeOptions;

typedef struct Serve Serve;

/* Reads the keys, lets the judge answer once, listens. */
bool serve_open(const ServeOptions *o, Serve **out, Err *err);
bool serve_run(Serve *s, Err *err); /* until stop_requested() or serve_stop */
void serve_stop(Serve *s);          /* from any thread */
void serve_close(Serve *s);         /* NULL is fine */
Str serve_address(const Serve *s);

#endif
