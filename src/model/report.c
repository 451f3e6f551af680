/* report.c - one list of columns serves every form. */
#include "model/report.h"

#include <math.h>
#include <stdio.h>

typedef struct Column {
    const char *key, *head;
    double (*value)(const Measure *m);
} Column;

static double auprc(const Measure *m) { return m->auprc; }
static double auprc_low(const Measure *m) { return m->auprc_interval.low; }
static double auprc_high(const Measure *m) { return m->auprc_interval.high; }
static double auroc(const Measure *m) { return m->auroc; }
static double f1(const Measure *m) { return m->at.f1; }
static double precision(const Measure *m) { return m->at.precision; }
static double recall(const Measure *m) { return m->at.recall; }
static double fpr(const Measure *m) { return m->at.fpr; }
static double recall_at_1(const Measure *m) { return m->recall_at_1; }
static double ece(const Measure *m) { return m->ece; }
static double brier(const Measure *m) { return m->brier; }
static double threshold(const Measure *m) { return m->threshold; }

/* clang-format off */
static const Column columns[] = {
    {"auprc",              "AUPRC",  auprc},
    {"auprc_low",          "from",   auprc_low},
    {"auprc_high",         "to",     auprc_high},
    {"auroc",              "AUROC",  auroc},
    {"threshold",          "thresh", threshold},
    {"f1",                 "F1",     f1},
    {"precision",          "prec",   precision},
    {"recall",             "recall", recall},
    {"fpr",                "FPR",    fpr},
    {"recall_at_1pct_fpr", "R@1%",   recall_at_1},
    {"ece",                "ECE",    ece},
    {"brier",              "Brier",  brier},
};
/* clang-format on */
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- JSON ---------------------------------------------------------------------------- */

static void json_measures(const Measure *m, int count, JsWriter *w)
{
    js_object(w);
    for (int i = 0; i < count; i++) {
        js_key_str(w, m[i].name);
        js_object(w);
        js_key(w, "known"), js_i64(w, (int64_t)m[i].known);
        js_key(w, "positives"), js_i64(w, (int64_t)m[i].positives);
        for (int c = 0; c < COLUMNS; c++) {
            js_key(w, columns[c].key);
            js_double(w, columns[c].value(&m[i]));
        }
        js_end_object(w);
    }
    js_end_object(w);
}

static void json_alarms(const char *key, const Alarms *x, JsWriter *w)
{
    js_key(w, key);
    js_object(w);
    js_key(w, "rows"), js_i64(w, (int64_t)x->rows);
    js_key(w, "flagged"), js_i64(w, (int64_t)x->flagged);
    js_end_object(w);
}

static void json_slices(const char *key, const Slice *s, size_t count, JsWriter *w)
{
    js_key(w, key);
    js_array(w);
    for (size_t i = 0; i < count; i++) {
        js_object(w);
        js_key(w, "name"), js_string(w, s[i].name);
        js_key(w, "rows"), js_i64(w, (int64_t)s[i].rows);
        json_alarms("benign", &s[i].benign, w);
        json_alarms("negative", &s[i].negative, w);
        js_key(w, "categories");
        json_measures(s[i].category, CATEGORY_COUNT, w);
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
    js_key(w, "rows"), js_i64(w, (int64_t)e->rows);
    json_alarms("benign", &e->benign, w);
    json_alarms("negative", &e->negative, w);
    js_key(w, "benign_by_category");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_i64(w, (int64_t)e->benign_by[c]);
    }
    js_end_object(w);
    js_key(w, "categories");
    json_measures(e->category, CATEGORY_COUNT, w);
    js_key(w, "factors");
    json_measures(e->factor, FACTOR_COUNT, w);
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        json_slices(slice_key((SliceKind)k), e->by[k].slice, e->by[k].count, w);
    js_end_object(w);
}

/* ---- for people ---------------------------------------------------------------------- */

/* A number in six places, or a dash where there is none. */
static const char *cell(char out[16], double v)
{
    if (isnan(v))
        snprintf(out, 16, "%6s", "-");
    else
        snprintf(out, 16, "%6.3f", v);
    return out;
}

static double percent(const Alarms *x)
{
    return x->rows ? 100 * (double)x->flagged / (double)x->rows : NAN;
}

static bool any_known(const Measure *m, int count)
{
    for (int i = 0; i < count; i++)
        if (m[i].known)
            return true;
    return false;
}

static void table_measures(const char *what, const Measure *m, int count, Buf *out)
{
    char text[16];
    if (!any_known(m, count))
        return;
    buf_print(out, "\n%-24s %7s %6s", what, "known", "pos");
    for (int c = 0; c < COLUMNS; c++)
        buf_print(out, " %6s", columns[c].head);
    buf_byte(out, '\n');
    for (int i = 0; i < count; i++) {
        if (m[i].known == 0)
            continue;
        buf_print(out, "%-24.*s %7zu %6zu", STR_ARG(m[i].name), m[i].known, m[i].positives);
        for (int c = 0; c < COLUMNS; c++)
            buf_print(out, " %s", cell(text, columns[c].value(&m[i])));
        buf_byte(out, '\n');
    }
}

static void table_alarms(const char *what, const Alarms *x, Buf *out)
{
    if (x->rows)
        buf_print(out, "%-36s %7zu of %7zu flagged: %.2f %%\n", what, x->flagged, x->rows,
                  percent(x));
}

/* Slices show the AUPRC of the categories that have positives there, and false alarms. */
static void table_slices(const char *what, const Slice *s, size_t count, Buf *out)
{
    char text[16];
    buf_print(out, "\n%-24s %7s %7s  AUPRC (positives)\n", what, "rows", "FPR %");
    for (size_t i = 0; i < count; i++) {
        if (s[i].rows == 0)
            continue;
        buf_print(out, "%-24.*s %7zu  %s ", STR_ARG(s[i].name), s[i].rows,
                  cell(text, percent(&s[i].negative)));
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            const Measure *m = &s[i].category[c];
            if (m->positives && m->positives < m->known)
                buf_print(out, " " STR_FMT " %.2f (%zu)", STR_ARG(m->name), m->auprc,
                          m->positives);
        }
        buf_byte(out, '\n');
    }
}

void report_table(const Evaluation *e, const ReportSubject *s, Buf *out)
{
    buf_print(out, "release " STR_FMT " " STR_FMT "\non " STR_FMT ", %zu rows\n",
              STR_ARG(s->release), STR_ARG(s->digest), STR_ARG(s->data), e->rows);
    table_measures("category", e->category, CATEGORY_COUNT, out);
    table_measures("factor (at .5)", e->factor, FACTOR_COUNT, out);
    buf_byte(out, '\n');
    table_alarms("benign (all known, none positive)", &e->benign, out);
    table_alarms("negative (some known, none positive)", &e->negative, out);
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        if (e->by[k].count)
            table_slices(slice_title((SliceKind)k), e->by[k].slice, e->by[k].count, out);
}

static void markdown_measures(const char *what, const Measure *m, int count, Buf *out)
{
    char text[16];
    if (!any_known(m, count))
        return;
    buf_print(out, "\n| %s | known | positive |", what);
    for (int c = 0; c < COLUMNS; c++)
        buf_print(out, " %s |", columns[c].head);
    buf_put(out, STR("\n|---|--:|--:|"));
    for (int c = 0; c < COLUMNS; c++)
        buf_put(out, STR("--:|"));
    buf_byte(out, '\n');
    for (int i = 0; i < count; i++) {
        if (m[i].known == 0)
            continue;
        buf_print(out, "| " STR_FMT " | %zu | %zu |", STR_ARG(m[i].name), m[i].known,
                  m[i].positives);
        for (int c = 0; c < COLUMNS; c++)
            buf_print(out, " " STR_FMT " |",
                      STR_ARG(str_trim(str_of(cell(text, columns[c].value(&m[i]))))));
        buf_byte(out, '\n');
    }
}

void report_markdown(const Evaluation *e, const ReportSubject *s, Buf *out)
{
    buf_print(out, "## Measured on " STR_FMT " (%zu rows)\n", STR_ARG(s->data), e->rows);
    buf_put(out, STR("\nAUPRC with its 95 % bootstrap interval; F1, precision, recall and FPR "
                     "at the shipped threshold; R@1%: recall at 1 % false positives; ECE in 15 "
                     "bins of equal mass.  Unknown labels are left out.\n"));
    markdown_measures("category", e->category, CATEGORY_COUNT, out);
    if (e->benign.rows)
        buf_print(out,
                  "\nOf %zu benign rows (every category known, none positive) %zu were "
                  "flagged: %.2f %%.\n",
                  e->benign.rows, e->benign.flagged, percent(&e->benign));
    if (e->negative.rows)
        buf_print(out, "\nOf %zu rows without a known positive %zu were flagged: %.2f %%.\n",
                  e->negative.rows, e->negative.flagged, percent(&e->negative));
    markdown_measures("factor (at .5)", e->factor, FACTOR_COUNT, out);
}
