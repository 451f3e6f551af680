/* reliability.c - the bins of metric_ece, looked at one by one. */
#include "model/reliability.h"

#include "model/binomial.h"

#include <math.h>

static ReliabilityBin bin_of(const Ranked *r, size_t from, size_t to)
{
    double score = 0, label = 0, n = (double)(to - from);
    for (size_t i = from; i < to; i++) {
        score += r->score[i];
        label += (double)r->label[i];
    }
    return (ReliabilityBin){.count = to - from,
                            .score = score / n,
                            .label = label / n,
                            .low = binomial_lower(label, n, .975),
                            .high = binomial_upper(label, n, .975),
                            .from = r->score[to - 1],
                            .to = r->score[from]};
}

void reliability_measure(const Ranked *r, Reliability *out)
{
    *out = (Reliability){.ece = metric_ece(r)};
    ReliabilityBin falling[METRIC_BINS];
    for (size_t b = 0, from = 0, to; b < METRIC_BINS; b++, from = to) {
        to = metric_bin_end(r, b, from);
        if (to > from)
            falling[out->count++] = bin_of(r, from, to);
    }
    for (int i = 0; i < out->count; i++)
        out->bin[i] = falling[out->count - 1 - i];
}

void reliability_json(const Reliability *r, JsWriter *w)
{
    js_object(w);
    js_number(w, "ece", r->ece);
    js_key(w, "bins");
    js_array(w);
    for (int i = 0; i < r->count; i++) {
        const ReliabilityBin *b = &r->bin[i];
        js_object(w);
        js_count(w, "n", b->count);
        js_number(w, "score", b->score);
        js_number(w, "label", b->label);
        js_number(w, "low", b->low);
        js_number(w, "high", b->high);
        js_number(w, "from", b->from);
        js_number(w, "to", b->to);
        js_end_object(w);
    }
    js_end_array(w);
    js_end_object(w);
}
