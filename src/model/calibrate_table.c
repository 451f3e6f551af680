/* calibrate_table.c - calibration for a terminal: a line a category, and what was promised and
 * shown of its threshold. */
#include "model/thresholds.h"

#include <math.h>

/* "0.9 %, at most 1.2 of 3" or "at least": what was seen, its bound, what was promised. */
static void print_promise(const Promise *p, const char *which, Buf *out)
{
    if (p->n == 0)
        buf_print(out, "  %-38s", "-");
    else
        buf_print(out, "  %6.2f %%, at %s %6.2f of %-7lld%s", 100 * p->achieved, which,
                  100 * p->limit, (long long)p->n,
                  isnan(p->bound) ? "  "
                  : p->holds      ? " +"
                                  : " !");
}

static void print_maps(const Calibration *c, Buf *out)
{
    buf_print(out, "%-24s %-9s %9s %10s %10s  %s\n", "category", "map", "threshold",
              "positives", "negatives", "chosen by");
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const CalibrationMap *m = &c->map[i];
        buf_print(out, "%-24.*s %-9s %9.4f %10lld %10lld  " STR_FMT "\n",
                  STR_ARG(category_name((Category)i)), calibration_kind_name(m->kind),
                  m->threshold, (long long)m->positives, (long long)m->negatives,
                  STR_ARG(threshold_rule_name(m->note.rule)));
    }
}

static void print_notes(const Calibration *c, Buf *out)
{
    buf_print(out, "\n%-24s  %-38s  %-38s %6s  %s\n", "thresholds", "benign rows flagged",
              "precision of the flagged", "F1", "unsure from, to");
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const ThresholdNote *n = &c->map[i].note;
        if (n->rule == THRESHOLD_UNSTATED)
            continue;
        buf_print(out, "%-24.*s", STR_ARG(category_name((Category)i)));
        print_promise(&n->false_positives, "most", out);
        print_promise(&n->precision, "least", out);
        if (isnan(n->f1))
            buf_print(out, " %6s", "-");
        else
            buf_print(out, " %6.3f", n->f1);
        if (isnan(n->band_low))
            buf_put(out, STR("  not stated\n"));
        else
            buf_print(out, "  %.4f to %.4f\n", n->band_low, n->band_high);
    }
    buf_print(out, "with %g %% confidence; + shows the bound asked for, ! does not\n",
              100 * THRESHOLD_CONFIDENCE);
}

void calibration_table(const Calibration *c, Buf *out)
{
    bool stated = false;
    print_maps(c, out);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        stated = stated || c->map[i].note.rule != THRESHOLD_UNSTATED;
    if (stated)
        print_notes(c, out);
}
