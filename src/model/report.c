/* report.c - an evaluation as text: for a terminal, and for a model card.  One list of
 * columns serves these and the JSON (report_json.c). */
#include "model/report.h"

#include "model/binomial.h"
#include "model/report_columns_internal.h"

#include <math.h>
#include <stdio.h>

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
static double macro_f1(const Measure *m) { return m->at.macro_f1; }
static double accuracy(const Measure *m) { return m->at.accuracy; }
static double fpr_at_70(const Measure *m) { return m->fpr_at_70; }
static double threshold(const Measure *m) { return m->threshold; }

/* clang-format off */
const ReportColumn report_columns[REPORT_COLUMNS] = {
    {"auprc",               "AUPRC",  auprc},
    {"auprc_low",           "from",   auprc_low},
    {"auprc_high",          "to",     auprc_high},
    {"auroc",               "AUROC",  auroc},
    {"threshold",           "thresh", threshold},
    {"f1",                  "F1",     f1},
    {"precision",           "prec",   precision},
    {"recall",              "recall", recall},
    {"fpr",                 "FPR",    fpr},
    {"recall_at_1pct_fpr",  "R@1%",   recall_at_1},
    {"ece",                 "ECE",    ece},
    {"brier",               "Brier",  brier},
    {"macro_f1",            "macroF", macro_f1},
    {"accuracy",            "accur.", accuracy},
    {"fpr_at_70pct_recall", "F@70%",  fpr_at_70},
};
/* clang-format on */

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
    for (int c = 0; c < REPORT_COLUMNS; c++)
        buf_print(out, " %6s", report_columns[c].head);
    buf_byte(out, '\n');
    for (int i = 0; i < count; i++) {
        if (m[i].known == 0)
            continue;
        buf_print(out, "%-24.*s %7zu %6zu", STR_ARG(m[i].name), m[i].known, m[i].positives);
        for (int c = 0; c < REPORT_COLUMNS; c++)
            buf_print(out, " %s", cell(text, report_columns[c].value(&m[i])));
        buf_byte(out, '\n');
    }
}

static void table_alarms(const char *what, const Alarms *x, Buf *out)
{
    if (x->rows)
        buf_print(out, "%-36s %7zu of %7zu flagged: %.2f %% (%.2f to %.2f)\n", what, x->flagged,
                  x->rows, percent(x),
                  100 * binomial_lower((double)x->flagged, (double)x->rows, .975),
                  100 * binomial_upper((double)x->flagged, (double)x->rows, .975));
}

/* Slices show the AUPRC of the categories that have positives there, and false alarms. */
static void table_slices(const char *what, const Slice *s, size_t count, Buf *out)
{
    char text[16];
    buf_print(out, "\n%-24s %7s %7s %7s  AUPRC (positives)\n", what, "rows", "FPR %", "TPR %");
    for (size_t i = 0; i < count; i++) {
        if (s[i].rows == 0)
            continue;
        buf_print(out, "%-24.*s %7zu  %s ", STR_ARG(s[i].name), s[i].rows,
                  cell(text, percent(&s[i].negative)));
        buf_print(out, " %s ", cell(text, percent(&s[i].positive)));
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            const Measure *m = &s[i].category[c];
            if (m->positives && m->positives < m->known)
                buf_print(out, " " STR_FMT " %.2f (%zu)", STR_ARG(m->name), m->auprc,
                          m->positives);
        }
        buf_byte(out, '\n');
    }
}

/* ---- against another release, between two sources ------------------------------------- */

static void line_difference(const char *what, Str name, const Difference *d, Buf *out)
{
    if (!isnan(d->delta))
        buf_print(out, "%-8s %-24.*s %6.3f %6.3f %+6.3f %+6.3f %+6.3f %6.4f  %s\n", what,
                  STR_ARG(name), d->first, d->second, d->delta, d->interval.low,
                  d->interval.high, d->adjusted, finding_name(d->finding));
}

static void table_comparison(const Comparison *c, Buf *out)
{
    buf_print(out,
              "\nagainst release " STR_FMT " " STR_FMT "\n%-8s %-24s %6s %6s %6s %6s %6s %6s\n",
              STR_ARG(c->release), STR_ARG(c->digest), "compared", "category", "this", "other",
              "diff", "from", "to", "p adj.");
    for (int i = 0; i < CATEGORY_COUNT; i++)
        line_difference("AUPRC", category_name((Category)i), &c->category[i].auprc, out);
    line_difference("AUPRC", STR("any"), &c->any.auprc, out);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        line_difference("FPR", category_name((Category)i), &c->category[i].fpr, out);
    line_difference("FPR", STR("any"), &c->any.fpr, out);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const Discordant *v = &c->category[i].verdicts;
        if (c->category[i].known)
            buf_print(out, "%-8s %-24.*s %6zu rows right here alone, %6zu there %6.4f  %s\n",
                      "verdicts", STR_ARG(category_name((Category)i)), v->only_first,
                      v->only_second, v->adjusted, finding_name(v->finding));
    }
}

static void line_between(const char *what, Str name, double v, Interval x, Buf *out)
{
    if (!isnan(v))
        buf_print(out, "%-8s %-24.*s %6.3f %6.3f %6.3f\n", what, STR_ARG(name), v, x.low,
                  x.high);
}

static void table_between(const Between *b, Buf *out)
{
    buf_print(out,
              "\n%zu rows of " STR_FMT " against %zu of " STR_FMT "\n%-8s %-24s %6s %6s %6s\n",
              b->above_rows, STR_ARG(b->above), b->below_rows, STR_ARG(b->below), "between", "",
              "AUROC", "from", "to");
    for (int c = 0; c < CATEGORY_COUNT; c++)
        line_between("category", category_name((Category)c), b->category[c],
                     b->category_interval[c], out);
    for (int f = 0; f < FACTOR_COUNT; f++)
        line_between("factor", factor_name((Factor)f), b->factor[f], b->factor_interval[f],
                     out);
}

void report_table(const Evaluation *e, const ReportSubject *s, Buf *out)
{
    buf_print(out, "release " STR_FMT " " STR_FMT "\non " STR_FMT ", %zu rows\n",
              STR_ARG(s->release), STR_ARG(s->digest), STR_ARG(s->data), e->rows);
    table_measures("category", e->category, CATEGORY_COUNT, out);
    table_measures("verdict", &e->any, 1, out);
    table_measures("factor (at .5)", e->factor, FACTOR_COUNT, out);
    buf_byte(out, '\n');
    table_alarms("benign (all known, none positive)", &e->benign, out);
    table_alarms("negative (some known, none positive)", &e->negative, out);
    table_alarms("positive (of some category)", &e->positive, out);
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        if (e->by[k].count)
            table_slices(slice_title((SliceKind)k), e->by[k].slice, e->by[k].count, out);
    if (e->between.above.len)
        table_between(&e->between, out);
    if (s->against)
        table_comparison(s->against, out);
    if (s->fairness) {
        buf_byte(out, '\n');
        fairness_table(s->fairness, out);
    }
}

static void markdown_measures(const char *what, const Measure *m, int count, Buf *out)
{
    char text[16];
    if (!any_known(m, count))
        return;
    buf_print(out, "\n| %s | known | positive |", what);
    for (int c = 0; c < REPORT_COLUMNS; c++)
        buf_print(out, " %s |", report_columns[c].head);
    buf_put(out, STR("\n|---|--:|--:|"));
    for (int c = 0; c < REPORT_COLUMNS; c++)
        buf_put(out, STR("--:|"));
    buf_byte(out, '\n');
    for (int i = 0; i < count; i++) {
        if (m[i].known == 0)
            continue;
        buf_print(out, "| " STR_FMT " | %zu | %zu |", STR_ARG(m[i].name), m[i].known,
                  m[i].positives);
        for (int c = 0; c < REPORT_COLUMNS; c++)
            buf_print(out, " " STR_FMT " |",
                      STR_ARG(str_trim(str_of(cell(text, report_columns[c].value(&m[i]))))));
        buf_byte(out, '\n');
    }
}

/* ---- the card's head: what the release says of itself ---------------------------------- */

static void card_line(Buf *out, const char *name, Str value)
{
    if (value.len)
        buf_print(out, "| %s | " STR_FMT " |\n", name, STR_ARG(value));
}

/* Numbers and short texts of the training note; the plan, which is long, goes below. */
static void card_training(const Js *training, Buf *out)
{
    for (size_t i = 0; training && i < training->count; i++) {
        const Js *v = &training->item[i];
        Str key = training->key[i];
        if (v->type == JS_NUMBER && v->is_integer)
            buf_print(out, "| " STR_FMT " | %lld |\n", STR_ARG(key), (long long)v->integer);
        else if (v->type == JS_STRING && v->str.len <= 64 &&
                 !memchr(v->str.ptr, '\n', v->str.len))
            buf_print(out, "| " STR_FMT " | `" STR_FMT "` |\n", STR_ARG(key), STR_ARG(v->str));
    }
}

static void card_head(const ReportSubject *s, Buf *out)
{
    const Js *plan = js_get(s->training, STR("plan"));
    buf_print(out,
              "# Model card: " STR_FMT "\n\nMade by `gavel evaluate --report`; do not edit. "
              "What it was trained on is in `DATASHEET.md` (`gavel snapshot datasheet`).\n\n",
              STR_ARG(s->release));
    buf_put(out, STR("| | |\n|---|---|\n"));
    card_line(out, "SHA-256", s->digest);
    card_line(out, "policy", s->policy);
    card_line(out, "measured on", s->date);
    card_training(s->training, out);
    buf_put(
        out,
        STR("\nMeant for ranking and flagging user text for people to look at; not for deciding"
            " about a person without one, nor as a judge of what is true. A score is a"
            " calibrated probability of a category; a verdict is a score at or above its"
            " threshold.\n"));
    if (plan && plan->type == JS_STRING)
        buf_print(out,
                  "\n<details><summary>The training plan</summary>\n\n```yaml\n" STR_FMT
                  "\n```\n\n</details>\n",
                  STR_ARG(str_trim(plan->str)));
}

static void card_maps(const Calibration *maps, Buf *out)
{
    buf_put(out,
            STR("\n## Calibration\n\nA category with a fixed map had too few positives to fit"
                " one: its score ranks, and is no probability.\n\n| category | map |"
                " positives | negatives | threshold |\n|---|---|--:|--:|--:|\n"));
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        const CalibrationMap *m = &maps->map[c];
        buf_print(out, "| " STR_FMT " | %s | %lld | %lld | %.3f |\n",
                  STR_ARG(category_name((Category)c)), calibration_kind_name(m->kind),
                  (long long)m->positives, (long long)m->negatives, m->threshold);
    }
}

static void card_slices(const Slices *x, SliceKind kind, Buf *out)
{
    char text[2][16];
    if (x->count < 2)
        return;
    buf_print(
        out,
        "\n| %s | rows | flagged of negatives, %% | of positives, %% |\n|---|--:|--:|--:|\n",
        slice_title(kind));
    for (size_t i = 0; i < x->count; i++) {
        const Slice *s = &x->slice[i];
        bool few = s->negative.rows < REPORT_FEW_ROWS,
             less = s->positive.rows < REPORT_FEW_ROWS;
        buf_print(out, "| " STR_FMT " | %zu | %s | %s |\n", STR_ARG(s->name), s->rows,
                  few ? "too few" : cell(text[0], percent(&s->negative)),
                  less ? "too few" : cell(text[1], percent(&s->positive)));
    }
}

void report_markdown(const Evaluation *e, const ReportSubject *s, Buf *out)
{
    card_head(s, out);
    buf_print(out, "\n## Measured on " STR_FMT " (%zu rows)\n", STR_ARG(s->data), e->rows);
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
    buf_put(out, STR("\n## By slice\n"));
    for (int k = SLICE_LENGTH; k < SLICE_KIND_COUNT; k++)
        card_slices(&e->by[k], (SliceKind)k, out);
    if (s->fairness)
        fairness_markdown(s->fairness, out);
    if (s->maps)
        card_maps(s->maps, out);
}
