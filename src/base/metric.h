/* metric.h - what a server counts, one row each, shown as Prometheus text.
 *
 * Updating is lock-free (relaxed C11 atomics) and may be done by any thread.  A reader
 * sees each number whole, but not all numbers of one moment.  Label values come from
 * fixed lists only, so the number of series is known when the program is compiled; a
 * value from outside can never become a label.
 *
 * A new metric is a row here and a call where it happens.  Counters end in _total, times
 * in _seconds (kept and passed in nanoseconds), sizes in _bytes; a histogram
 * of SIZES counts things and has bounds of its own.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdint.h>

/* clang-format off */
#define METRIC_LABELS(X)                                                                     \
    /* list    label     values */                                                           \
    X(NONE,    "",       {""})                                                               \
    X(STATUS,  "status", {"2xx", "4xx", "5xx"})                                              \
    X(ROUTE,   "route",  {"moderations", "models", "health", "metrics", "other"})            \
    X(TIER,    "tier",   {"rules", "fast", "student", "encoder"})                                       \
    X(LANE,    "lane",   {"short", "long"})

#define METRIC_TABLE(X)                                                                      \
    /* metric            kind       name                           label   help */           \
    X(REQUESTS,          COUNTER,   "gavel_requests_total",        STATUS, "requests answered, by class of status") \
    X(REQUEST_SECONDS,   HISTOGRAM, "gavel_request_seconds",       ROUTE,  "from the whole request to the reply") \
    X(REQUESTS_BUSY,     COUNTER,   "gavel_requests_busy_total",   NONE,   "requests refused because the queue was full") \
    X(QUEUE_SECONDS,     HISTOGRAM, "gavel_queue_seconds",         LANE,   "from the whole request until a worker took it") \
    X(REQUESTS_GONE,     COUNTER,   "gavel_requests_gone_total",   NONE,   "requests dropped because the client had left") \
    X(REQUESTS_LATE,     COUNTER,   "gavel_requests_late_total",   NONE,   "requests given up at their deadline") \
    X(BATCH_REQUESTS,    SIZES,     "gavel_batch_requests",        NONE,   "requests that went through the encoder together") \
    X(BATCH_PIECES,      SIZES,     "gavel_batch_pieces",          NONE,   "pieces that went through the encoder together") \
    X(INPUTS,            COUNTER,   "gavel_inputs_total",          NONE,   "inputs judged") \
    X(INPUT_BYTES,       COUNTER,   "gavel_input_bytes_total",     NONE,   "bytes of text judged") \
    X(FLAGGED,           COUNTER,   "gavel_flagged_total",         NONE,   "inputs that were flagged") \
    X(ANSWERED,          COUNTER,   "gavel_answered_total",        TIER,   "inputs by the tier that answered") \
    X(POLICY_SWAPPED,    COUNTER,   "gavel_policy_swapped_total",  NONE,   "newly published policies that were put in place") \
    X(POLICY_REFUSED,    COUNTER,   "gavel_policy_refused_total",  NONE,   "newly published policies that were refused, or not found for a fault") \
    X(CONNECTIONS,       GAUGE,     "gavel_connections",           NONE,   "open connections") \
    X(QUEUE_DEPTH,       GAUGE,     "gavel_queue_depth",           NONE,   "requests that wait for a worker") \
    X(START_TIME,        GAUGE,     "process_start_time_seconds",  NONE,   "seconds since 1970 when the server started")
/* clang-format on */

typedef enum MetricLabel {
#define X(list, label, ...) METRIC_LABEL_##list,
    METRIC_LABELS(X)
#undef X
} MetricLabel;

typedef enum MetricId {
#define X(metric, kind, name, label, help) METRIC_##metric,
    METRIC_TABLE(X)
#undef X
        METRIC_COUNT
} MetricId;

typedef struct Metrics Metrics;
Metrics *metrics_new(Arena *a); /* all zero; lives in the arena, shared by threads */

/* `label`: index into the metric's list of label values, 0 for NONE.  An index outside
 * the list or a call of the wrong kind is a mistake of ours: asserted. */
void metric_add(Metrics *m, MetricId id, int label, uint64_t n);     /* counter */
void metric_set(Metrics *m, MetricId id, int label, int64_t v);      /* gauge */
void metric_observe(Metrics *m, MetricId id, int label, uint64_t v); /* ns, or a size */
uint64_t metric_get(const Metrics *m, MetricId id, int label);       /* histogram: its count */

/* Text exposition format 0.0.4: HELP and TYPE lines, then every series. */
void metrics_print(const Metrics *m, Buf *out);

#endif
