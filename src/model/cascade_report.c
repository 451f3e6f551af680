#include "model/cascade_report.h"

#include <math.h>

static const char *const group_name[CASCADE_GROUPS] = {
    [CASCADE_PLAIN] = "plain", [CASCADE_DISGUISED] = "disguised"};

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

static void json_explained(const Explained *e, JsWriter *w)
{
    js_object(w);
    js_count(w, "texts", e->texts);
    js_number(w, "whole", e->whole);
    js_key(w, "factors");
    js_object(w);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        js_key_str(w, factor_name((Factor)f));
        js_double(w, e->factor[f]);
    }
    js_end_object(w);
    js_end_object(w);
}

static void json_count(const CascadeCount *n, JsWriter *w)
{
    js_object(w);
    js_count(w, "texts", n->texts);
    js_count(w, "alone", n->alone);
    js_count(w, "benign", n->benign);
    js_count(w, "benign_alone", n->benign_alone);
    js_count(w, "flagged", n->flagged);
    js_count(w, "lost", n->lost);
    js_end_object(w);
}

void cascade_report_json(const CascadeFindings *f, JsWriter *w)
{
    js_object(w);
    js_key(w, "explained"), json_explained(&f->explained, w);
    js_key(w, "calibrated"), cascade_print(f->cascade, w);
    js_key(w, "test");
    js_object(w);
    for (int g = 0; g < CASCADE_GROUPS; g++)
        js_key(w, group_name[g]), json_count(&f->test[g], w);
    js_end_object(w);
    js_key(w, "categories");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_object(w);
        js_number(w, "auprc_full", f->auprc_full[c]);
        js_number(w, "auprc_cascade", f->auprc_cascade[c]);
        js_end_object(w);
    }
    js_end_object(w);
    js_end_object(w);
}

static void table_group(const CascadeFindings *f, int g, Buf *out)
{
    const CascadeCount *n = &f->test[g];
    const CascadeBounds *b = &f->cascade->group[g];
    buf_print(out,
              "%-10s %8zu %7.1f %% %7.1f %%   %zu of %zu  (calibration: %.2f %%, at most "
              "%.2f %% of %lld%s)\n",
              group_name[g], n->texts, 100 * share(n->alone, n->texts),
              100 * share(n->benign_alone, n->benign), n->lost, n->flagged,
              100 * b->lost.achieved, 100 * b->lost.limit, (long long)b->lost.n,
              b->lost.holds ? "" : ", NOT shown: the encoder is always asked");
}

void cascade_report_table(const CascadeFindings *f, Buf *out)
{
    buf_print(out,
              "\nthe student explains %.1f %% of the variance of the encoder's logits of %zu "
              "texts of the test split\nit answers alone:\n%-10s %8s %9s %9s   %s\n",
              100 * f->explained.whole, f->explained.texts, "", "texts", "of all", "of benign",
              "flagged and lost");
    for (int g = 0; g < CASCADE_GROUPS; g++)
        table_group(f, g, out);
    buf_print(out, "\n%-24s %9s %9s %8s %8s\n", "", "bound", "disguised", "auprc", "cascade");
    for (int c = 0; c < CATEGORY_COUNT; c++)
        buf_print(out, "%-24.*s %9.5f %9.5f %8.4f %8.4f\n", STR_ARG(category_name((Category)c)),
                  f->cascade->group[CASCADE_PLAIN].bound[c],
                  f->cascade->group[CASCADE_DISGUISED].bound[c], f->auprc_full[c],
                  f->auprc_cascade[c]);
}
