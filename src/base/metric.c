/* metric.c - one array of atomic cells; a metric's series lie side by side in it.
 *
 * A counter or gauge is one cell; a histogram is a cell for each bucket (not cumulated:
 * that is done when printing, so an observation touches two cells), one for what lies
 * above the last bound, and one for the sum.  `layout` walks the table once to find
 * where each metric begins. */
#include "base/metric.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>

typedef enum Kind { KIND_COUNTER, KIND_GAUGE, KIND_HISTOGRAM, KIND_SIZES } Kind;

static const char *const kind_names[] = {"counter", "gauge", "histogram", "histogram"};

enum { LABEL_VALUES_MAX = 8 };

static const struct {
    const char *name;
    const char *value[LABEL_VALUES_MAX + 1]; /* ends with NULL */
} labels[] = {
#define X(list, label, ...) {label, __VA_ARGS__},
    METRIC_LABELS(X)
#undef X
};

static const struct {
    Kind kind;
    MetricLabel label;
    const char *name, *help;
} metrics[] = {
#define X(metric, kind, name, label, help) {KIND_##kind, METRIC_LABEL_##label, name, help},
    METRIC_TABLE(X)
#undef X
};

/* Upper bounds, and how they are written: printing a double would leave their looks to
 * chance. */
typedef struct Bound {
    uint64_t v;
    const char *text;
} Bound;

static const Bound seconds[] = {
    {100000,      "0.0001" },
    {250000,      "0.00025"},
    {500000,      "0.0005" },
    {1000000,     "0.001"  },
    {2500000,     "0.0025" },
    {5000000,     "0.005"  },
    {10000000,    "0.01"   },
    {25000000,    "0.025"  },
    {50000000,    "0.05"   },
    {100000000,   "0.1"    },
    {250000000,   "0.25"   },
    {500000000,   "0.5"    },
    {1000000000,  "1"      },
    {2500000000,  "2.5"    },
    {5000000000,  "5"      },
    {10000000000, "10"     },
};
static const Bound sizes[] = {
    {1,     "1"    },
    {2,     "2"    },
    {4,     "4"    },
    {8,     "8"    },
    {16,    "16"   },
    {32,    "32"   },
    {64,    "64"   },
    {128,   "128"  },
    {256,   "256"  },
    {512,   "512"  },
    {1024,  "1024" },
    {2048,  "2048" },
    {4096,  "4096" },
    {8192,  "8192" },
    {16384, "16384"},
    {32768, "32768"},
};
enum {
    BOUNDS = sizeof seconds / sizeof *seconds, /* and of sizes */
    CELL_SUM = BOUNDS + 1,                     /* behind the bucket of everything above */
    HISTOGRAM_CELLS = BOUNDS + 2
};

_Static_assert(sizeof sizes == sizeof seconds, "both histograms have as many cells");

struct Metrics {
    int first[METRIC_COUNT]; /* cell of each metric's first series */
    _Atomic uint64_t *cell;
};

static int label_count(MetricId id)
{
    int n = 0;
    while (labels[metrics[id].label].value[n])
        n++;
    return n;
}

static bool is_histogram(MetricId id)
{
    return metrics[id].kind == KIND_HISTOGRAM || metrics[id].kind == KIND_SIZES;
}

static int series_cells(MetricId id) { return is_histogram(id) ? HISTOGRAM_CELLS : 1; }

static const Bound *bounds_of(MetricId id)
{
    return metrics[id].kind == KIND_SIZES ? sizes : seconds;
}

Metrics *metrics_new(Arena *a)
{
    Metrics *m = arena_new(a, Metrics);
    int cells = 0;
    for (int id = 0; id < METRIC_COUNT; id++) {
        m->first[id] = cells;
        cells += label_count((MetricId)id) * series_cells((MetricId)id);
    }
    m->cell = arena_array(a, _Atomic uint64_t, (size_t)cells);
    return m;
}

static _Atomic uint64_t *series(const Metrics *m, MetricId id, int label)
{
    assert(label >= 0 && label < label_count(id));
    return m->cell + m->first[id] + label * series_cells(id);
}

static void bump(_Atomic uint64_t *c, uint64_t n)
{
    atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

static uint64_t peek(const _Atomic uint64_t *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

void metric_add(Metrics *m, MetricId id, int label, uint64_t n)
{
    assert(metrics[id].kind == KIND_COUNTER);
    bump(series(m, id, label), n);
}

void metric_set(Metrics *m, MetricId id, int label, int64_t v)
{
    assert(metrics[id].kind == KIND_GAUGE);
    atomic_store_explicit(series(m, id, label), (uint64_t)v, memory_order_relaxed);
}

void metric_observe(Metrics *m, MetricId id, int label, uint64_t v)
{
    assert(is_histogram(id));
    _Atomic uint64_t *c = series(m, id, label);
    const Bound *bound = bounds_of(id);
    int b = 0;
    while (b < BOUNDS && v > bound[b].v)
        b++;
    bump(&c[b], 1);
    bump(&c[CELL_SUM], v);
}

static uint64_t histogram_count(const _Atomic uint64_t *c)
{
    uint64_t n = 0;
    for (int b = 0; b <= BOUNDS; b++)
        n += peek(&c[b]);
    return n;
}

uint64_t metric_get(const Metrics *m, MetricId id, int label)
{
    const _Atomic uint64_t *c = series(m, id, label);
    return is_histogram(id) ? histogram_count(c) : peek(c);
}

/* name_bucket{route="other",le="0.1"}: the braces are left out when nothing is in them. */
static void print_name(Buf *out, MetricId id, const char *suffix, int label, const char *le)
{
    const char *name = labels[metrics[id].label].name;
    const char *value = labels[metrics[id].label].value[label];
    buf_print(out, "%s%s", metrics[id].name, suffix);
    if (*name && le)
        buf_print(out, "{%s=\"%s\",le=\"%s\"} ", name, value, le);
    else if (*name)
        buf_print(out, "{%s=\"%s\"} ", name, value);
    else if (le)
        buf_print(out, "{le=\"%s\"} ", le);
    else
        buf_byte(out, ' ');
}

static void print_histogram(const Metrics *m, MetricId id, int label, Buf *out)
{
    const _Atomic uint64_t *c = series(m, id, label);
    uint64_t n = 0;
    for (int b = 0; b <= BOUNDS; b++) {
        n += peek(&c[b]);
        print_name(out, id, "_bucket", label, b < BOUNDS ? bounds_of(id)[b].text : "+Inf");
        buf_print(out, "%" PRIu64 "\n", n);
    }
    uint64_t sum = peek(&c[CELL_SUM]);
    print_name(out, id, "_sum", label, NULL);
    if (metrics[id].kind == KIND_SIZES)
        buf_print(out, "%" PRIu64 "\n", sum);
    else
        buf_print(out, "%" PRIu64 ".%09" PRIu64 "\n", sum / 1000000000, sum % 1000000000);
    print_name(out, id, "_count", label, NULL);
    buf_print(out, "%" PRIu64 "\n", n); /* the same n: buckets and count always agree */
}

void metrics_print(const Metrics *m, Buf *out)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        MetricId id = (MetricId)i;
        buf_print(out, "# HELP %s %s\n# TYPE %s %s\n", metrics[i].name, metrics[i].help,
                  metrics[i].name, kind_names[metrics[i].kind]);
        for (int label = 0; label < label_count(id); label++) {
            uint64_t v = metric_get(m, id, label);
            switch (metrics[i].kind) {
            case KIND_HISTOGRAM:
            case KIND_SIZES:
                print_histogram(m, id, label, out);
                break;
            case KIND_GAUGE:
                print_name(out, id, "", label, NULL);
                buf_print(out, "%" PRId64 "\n", (int64_t)v);
                break;
            case KIND_COUNTER:
                print_name(out, id, "", label, NULL);
                buf_print(out, "%" PRIu64 "\n", v);
                break;
            }
        }
    }
}
