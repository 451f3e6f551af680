/* bench.c - a worker's bench: the requests it has before it, and the order of its work.
 *
 *     take a request (wait for one when the bench is empty)
 *     and more, while some wait that no idle worker wants, for batch_gather_us at most:
 *         parse, judge all but the encoder; what is then settled is answered at once
 *     one step of the encoder over windows of all that are left
 *     answer what is ready, drop what nobody waits for, give up what is late
 *
 * What has come here is what the loop has not answered itself: a short text of which the fast
 * tier is sure never gets so far (try_handle in serve.c).
 *
 * So a lone request never waits: gathering takes only what is there.  Requests that arrive
 * while the encoder runs join its next step, after batch_pieces at most, and a long one is
 * overtaken by short ones (moderate/docket.h).  A text so long that its first half alone would
 * hold others up is not here: the server gives long bodies to workers of their own, which
 * judge one at a time, so that what they need of memory is known.
 *
 * Every seat at the bench has an arena, which holds a request until it is answered; the
 * scratch of judging is the bench's.
 */
#include "base/clock.h"
#include "serve/serve_internal.h"

/* Address space.  A seat holds a parsed body and its pieces. */
#define LONG_ARENA  ((size_t)1 << 30)
#define SHORT_ARENA ((size_t)256 << 20)
#define KEEP_BYTES \
    ((size_t)16 << 20) /* of each, between requests; what a step of the encoder takes */

typedef struct Seat {
    Arena *arena; /* NULL: nobody sat here yet */
    HttpJob *job; /* NULL: it is free */
    Call call;
} Seat;

typedef struct Bench {
    Serve *serve;
    HttpWork *work;
    Arena *arena, *scratch;
    Docket *docket; /* NULL where a judge without a release answers */
    Names names;
    Seat *seat;
    int seats, taken;
} Bench;

static Bench *bench_open(Serve *s, HttpWork *w)
{
    const Config *c = s->o.config;
    const ServeJudge *j = &s->o.judge;
    bool is_long = http_work_is_long(w);
    Arena *a = arena_open(1 << 20);
    Bench *b = arena_new(a, Bench);
    *b = (Bench){.serve = s, .work = w, .arena = a};
    b->seats = is_long || !j->release ? 1 : (int)c->batch_requests;
    b->seat = arena_array(a, Seat, (size_t)b->seats);
    b->scratch = arena_open(LONG_ARENA);
    DocketLimits limits = {j->limits, (size_t)c->batch_pieces, b->seats};
    if (j->release)
        b->docket = docket_new(a, j->release, &limits);
    return b;
}

static void bench_close(Bench *b)
{
    for (int i = 0; i < b->seats; i++)
        arena_close(b->seat[i].arena);
    arena_close(b->scratch);
    arena_close(b->arena);
}

static void leave(Bench *b, Seat *s)
{
    call_end(&s->call);
    http_job_done(b->work, s->job); /* the answer's headers live in the seat's arena */
    arena_reset(s->arena);
    arena_trim(s->arena, KEEP_BYTES);
    arena_trim(b->scratch, KEEP_BYTES);
    s->job = NULL;
    b->taken--;
}

static bool is_late(const Bench *b, const Seat *s, int64_t now_ns)
{
    return now_ns - s->call.req->received_ns >
           b->serve->o.config->request_deadline_ms * (int64_t)1000000;
}

/* True: there is no use in going on with it. */
static bool is_over(Bench *b, Seat *s, int64_t now_ns)
{
    Metrics *m = b->serve->metrics;
    bool gone = http_job_is_gone(s->job);
    if (!gone && !is_late(b, s, now_ns))
        return false;
    if (s->call.pending)
        docket_drop(b->docket, s->call.pending);
    s->call.pending = NULL;
    metric_add(m, gone ? METRIC_REQUESTS_GONE : METRIC_REQUESTS_LATE, 0, 1);
    if (!gone)
        call_give_up(&s->call);
    return true;
}

static void sit_down(Bench *b, HttpJob *job)
{
    Seat *s = b->seat;
    while (s->job)
        s++;
    int64_t now = clock_mono_ns();
    if (!s->arena) /* most are never needed, and start-up would wait for them */
        s->arena = arena_open(b->seats == 1 ? LONG_ARENA : SHORT_ARENA);
    s->job = job;
    s->call = (Call){.serve = b->serve,
                     .arena = s->arena,
                     .req = http_job_request(job),
                     .res = http_job_response(job),
                     .id = random_name(&b->names, s->arena, "req_"),
                     .names = &b->names,
                     .docket = b->docket,
                     .scratch = b->scratch};
    b->taken++;
    metric_observe(b->serve->metrics, METRIC_QUEUE_SECONDS, http_work_is_long(b->work),
                   (uint64_t)(now - s->call.req->received_ns));
    if (!is_over(b, s, now))
        call_begin(&s->call);
    if (!s->call.pending)
        leave(b, s);
}

/* False: the server stops, and nothing is left. */
static bool gather(Bench *b)
{
    HttpJob *job;
    if (b->taken == 0) {
        if (!http_work_take(b->work, true, &job))
            return false;
        sit_down(b, job);
    }
    int64_t until = clock_mono_ns() + b->serve->o.config->batch_gather_us * (int64_t)1000;
    while (b->taken < b->seats && http_work_take(b->work, false, &job)) {
        sit_down(b, job);
        if (b->taken && clock_mono_ns() >= until)
            break;
    }
    return true;
}

static void step(Bench *b)
{
    DocketStep done;
    if (!docket_step(b->docket, b->scratch, &done))
        return;
    metric_observe(b->serve->metrics, METRIC_BATCH_REQUESTS, 0, (uint64_t)done.cases);
    metric_observe(b->serve->metrics, METRIC_BATCH_PIECES, 0, (uint64_t)done.pieces);
    int64_t now = clock_mono_ns();
    for (Seat *s = b->seat; s < b->seat + b->seats; s++) {
        if (!s->job)
            continue;
        bool ready = case_is_ready(s->call.pending);
        if (ready)
            call_resume(&s->call);
        if (ready || is_over(b, s, now))
            leave(b, s);
    }
}

void bench_run(void *ctx, HttpWork *w)
{
    Bench *b = bench_open(ctx, w);
    while (gather(b))
        if (b->taken)
            step(b);
    bench_close(b);
}
