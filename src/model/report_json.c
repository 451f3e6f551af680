/* report_json.c - an evaluation for machines: everything that the page shows, and no less. */
#include "model/binomial.h"
#include "model/report.h"
#include "model/report_columns_internal.h"

#include <math.h>

/* Leaves the object open. */
static void open_measure(const Measure *m, JsWriter *w)
{
    js_object(w);
    js_count(w, "known", m->known);
    js_count(w, "positives", m->positives);
    for (int c = 0; c < REPORT_COLUMNS; c++)
        js_number(w, report_columns[c].key, report_columns[c].value(m));
    js_count(w, "true_positive", m->at.true_positive);
    js_count(w, "false_positive", m->at.false_positive);
    js_count(w, "false_negative", m->at.false_negative);
    js_count(w, "true_negative", m->at.true_negative);
}

static void json_measures(const Measure *m, int n, JsWriter *w)
{
    js_object(w);
    for (int i = 0; i < n; i++) {
        js_key_str(w, m[i].name);
        open_measure(&m[i], w);
        js_end_object(w);
    }
    js_end_object(w);
}

/* ---- shapes and mistakes --------------------------------------------------------------- */

static void json_numbers(JsWriter *w, const char *key, const double *v, size_t n)
{
    js_key(w, key);
    js_array(w);
    for (size_t i = 0; i < n; i++)
        js_double(w, v[i]);
    js_end_array(w);
}

static void json_shape(const Shape *s, JsWriter *w)
{
    static const char *const side[] = {"negative", "positive"};
    js_key(w, "curve");
    js_object(w);
    json_numbers(w, "recall", s->curve.recall, s->curve.count);
    json_numbers(w, "precision", s->curve.precision, s->curve.count);
    json_numbers(w, "threshold", s->curve.score, s->curve.count);
    js_end_object(w);
    js_key(w, "reliability");
    reliability_json(&s->reliability, w);
    js_key(w, "histogram");
    js_object(w);
    for (int k = 0; k < 2; k++) {
        js_key(w, side[k]);
        js_array(w);
        for (int i = 0; i < HISTOGRAM_BINS; i++)
            js_i64(w, (int64_t)s->histogram[k][i]);
        js_end_array(w);
    }
    js_end_object(w);
}

static void json_mistakes(const Mistakes *m, const Rows *rows, JsWriter *w)
{
    js_key(w, "mistakes");
    js_array(w);
    for (size_t i = 0; i < m->count; i++) {
        const Row *r = &rows->row[m->worst[i].row];
        js_object(w);
        js_number(w, "score", m->worst[i].score);
        js_number(w, "label", m->worst[i].label);
        js_key(w, "source"), js_string(w, r->source);
        js_key(w, "text"), js_string(w, r->text);
        js_end_object(w);
    }
    js_end_array(w);
}

static void json_categories(const Evaluation *e, const ReportSubject *s, JsWriter *w)
{
    js_key(w, "categories");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, e->category[c].name);
        open_measure(&e->category[c], w);
        if (s->maps) {
            js_key(w, "calibration");
            js_string(w, str_of(calibration_kind_name(s->maps->map[c].kind)));
        }
        if (e->shape && e->category[c].known)
            json_shape(&e->shape[c], w);
        if (e->mistakes && s->rows)
            json_mistakes(&e->mistakes[c], s->rows, w);
        js_end_object(w);
    }
    js_end_object(w);
}

/* ---- against another release, between two sources ---------------------------------------- */

static void json_difference(const char *key, const Difference *d, JsWriter *w)
{
    js_key(w, key);
    js_object(w);
    js_number(w, "this", d->first);
    js_number(w, "other", d->second);
    js_number(w, "difference", d->delta);
    js_number(w, "low", d->interval.low);
    js_number(w, "high", d->interval.high);
    js_number(w, "p", d->p);
    js_number(w, "p_adjusted", d->adjusted);
    js_key(w, "finding"), js_string(w, str_of(finding_name(d->finding)));
    js_end_object(w);
}

static void json_compared(Str name, const CompareCategory *c, JsWriter *w)
{
    js_key_str(w, name);
    js_object(w);
    js_count(w, "known", c->known);
    js_count(w, "positives", c->positives);
    json_difference("auprc", &c->auprc, w);
    js_key(w, "verdicts");
    js_object(w);
    js_count(w, "only_this_right", c->verdicts.only_first);
    js_count(w, "only_other_right", c->verdicts.only_second);
    js_number(w, "p", c->verdicts.p);
    js_number(w, "p_adjusted", c->verdicts.adjusted);
    js_key(w, "finding"), js_string(w, str_of(finding_name(c->verdicts.finding)));
    js_end_object(w);
    json_difference("fpr", &c->fpr, w);
    js_end_object(w);
}

static void json_comparison(const Comparison *c, JsWriter *w)
{
    js_key(w, "against");
    js_object(w);
    js_key(w, "release"), js_string(w, c->release);
    js_key(w, "digest"), js_string(w, c->digest);
    js_key(w, "categories");
    js_object(w);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        json_compared(category_name((Category)i), &c->category[i], w);
    js_end_object(w);
    json_compared(STR("any"), &c->any, w);
    js_end_object(w);
}

static void json_auroc(Str name, double v, Interval x, JsWriter *w)
{
    js_key_str(w, name);
    js_object(w);
    js_number(w, "auroc", v);
    js_number(w, "low", x.low);
    js_number(w, "high", x.high);
    js_end_object(w);
}

static void json_between(const Between *b, JsWriter *w)
{
    js_key(w, "between");
    js_object(w);
    js_key(w, "above"), js_string(w, b->above);
    js_key(w, "below"), js_string(w, b->below);
    js_count(w, "above_rows", b->above_rows);
    js_count(w, "below_rows", b->below_rows);
    js_key(w, "categories");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        json_auroc(category_name((Category)c), b->category[c], b->category_interval[c], w);
    js_end_object(w);
    js_key(w, "factors");
    js_object(w);
    for (int f = 0; f < FACTOR_COUNT; f++)
        json_auroc(factor_name((Factor)f), b->factor[f], b->factor_interval[f], w);
    js_end_object(w);
    js_end_object(w);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void json_alarms(const char *key, const Alarms *x, JsWriter *w)
{
    js_key(w, key);
    js_object(w);
    double k = (double)x->flagged, n = (double)x->rows;
    js_count(w, "rows", x->rows);
    js_count(w, "flagged", x->flagged);
    js_number(w, "low", x->rows ? binomial_lower(k, n, .975) : NAN);
    js_number(w, "high", x->rows ? binomial_upper(k, n, .975) : NAN);
    js_end_object(w);
}

static void json_slices(const char *key, const Slices *x, JsWriter *w)
{
    js_key(w, key);
    js_array(w);
    for (size_t i = 0; i < x->count; i++) {
        const Slice *s = &x->slice[i];
        js_object(w);
        js_key(w, "name"), js_string(w, s->name);
        js_count(w, "rows", s->rows);
        json_alarms("benign", &s->benign, w);
        json_alarms("negative", &s->negative, w);
        json_alarms("positive", &s->positive, w);
        js_key(w, "categories");
        json_measures(s->category, CATEGORY_COUNT, w);
        js_end_object(w);
    }
    js_end_array(w);
}

void report_json(const Evaluation *e, const ReportSubject *s, JsWriter *w)
{
    js_object(w);
    js_key(w, "release"), js_string(w, s->release);
    js_key(w, "digest"), js_string(w, s->digest);
    js_key(w, "data"), js_string(w, s->data);
    if (s->date.len)
        js_key(w, "date"), js_string(w, s->date);
    if (s->policy.len)
        js_key(w, "policy"), js_string(w, s->policy);
    js_count(w, "rows", e->rows);
    json_alarms("benign", &e->benign, w);
    json_alarms("negative", &e->negative, w);
    json_alarms("positive", &e->positive, w);
    js_key(w, "benign_by_category");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_i64(w, (int64_t)e->benign_by[c]);
    }
    js_end_object(w);
    json_categories(e, s, w);
    js_key(w, "any");
    open_measure(&e->any, w);
    js_end_object(w);
    js_key(w, "factors");
    json_measures(e->factor, FACTOR_COUNT, w);
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        json_slices(slice_key((SliceKind)k), &e->by[k], w);
    if (e->between.above.len)
        json_between(&e->between, w);
    if (s->against)
        json_comparison(s->against, w);
    if (s->fairness) {
        js_key(w, "fairness");
        fairness_json(s->fairness, w);
    }
    if (s->cascade) {
        js_key(w, "cascade");
        cascade_report_json(s->cascade, w);
    }
    js_end_object(w);
}
