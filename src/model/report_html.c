/* report_html.c - the page from its top to the charts of each category; the tables behind
 * them are in report_tables.c. */
#include "model/report_chart.h"
#include "model/report_html_internal.h"
#include "model/report_style.h"

#include <math.h>

static bool is_measured(const Measure *m) { return m->known > 0; }
static bool has_both(const Measure *m) { return m->positives > 0 && m->positives < m->known; }

/* ---- head ---------------------------------------------------------------------------------
 */

static void fact(HtmlWriter *w, const char *name, Str value)
{
    if (value.len == 0)
        return;
    html(w, "<div><dt>");
    html_text_z(w, name);
    html(w, "</dt><dd>");
    html_text(w, value);
    html(w, "</dd></div>\n");
}

static void fact_share(HtmlWriter *w, const char *name, const Alarms *x)
{
    if (x->rows == 0)
        return;
    html(w, "<div><dt>");
    html_text_z(w, name);
    html(w, "</dt><dd>");
    html_number(w, 100 * (double)x->flagged / (double)x->rows, 2);
    html(w, " %<small>");
    html_count(w, x->flagged);
    html(w, " of ");
    html_count(w, x->rows);
    html(w, " rows</small></dd></div>\n");
}

static void fact_number(HtmlWriter *w, const char *name, double v, int decimals)
{
    if (isnan(v))
        return;
    html(w, "<div><dt>");
    html_text_z(w, name);
    html(w, "</dt><dd>");
    html_number(w, v, decimals);
    html(w, "</dd></div>\n");
}

static void contents(HtmlWriter *w, const Evaluation *e, const ReportSubject *s)
{
    html(w, "<nav aria-label=\"Contents\"><ul>\n<li><a href=\"#summary\">Summary</a></li>\n");
    if (s->against)
        html(w, "<li><a href=\"#against\">Against another release</a></li>\n");
    html(w, "<li><a href=\"#categories\">Categories</a></li>\n"
            "<li><a href=\"#slices\">Slices</a></li>\n");
    if (s->fairness)
        html(w, "<li><a href=\"#fairness\">Fairness</a></li>\n");
    html(w, "<li><a href=\"#factors\">Factors</a></li>\n");
    if (e->mistakes && s->rows)
        html(w, "<li><a href=\"#mistakes\">Worst mistakes</a></li>\n");
    html(w, "<li><a href=\"#method\">How it was measured</a></li>\n</ul></nav>\n");
}

static void head(HtmlWriter *w, const Evaluation *e, const ReportSubject *s)
{
    html(w, "<body>\n<a class=\"skip\" href=\"#summary\">Skip to the figures</a>\n"
            "<header>\n<h1>How good is release ");
    html_text(w, s->release);
    html(w, "?</h1>\n<p class=\"note\">An evaluation of Gavel on ");
    html_text(w, s->data);
    html(w, ".</p>\n<dl class=\"facts\">\n");
    fact(w, "Release", s->release);
    fact(w, "Measured on", s->data);
    html(w, "<div><dt>Rows</dt><dd>");
    html_count(w, e->rows);
    html(w, "</dd></div>\n");
    fact(w, "Date", s->date);
    fact(w, "Policy", s->policy);
    fact_share(w, "Flagged of rows with a positive", &e->positive);
    fact_share(w, "Flagged of rows without", &e->negative);
    fact_share(w, "Flagged of benign rows", &e->benign);
    if (s->fairness) {
        fact_number(w, "Bias metric", fairness_bias(s->fairness), 3);
        fact_number(w, "Identity swaps that flip", s->fairness->swaps.rate, 4);
    }
    html(w, "</dl>\n");
    if (s->digest.len) {
        html(w, "<p class=\"note\">SHA-256 <code>");
        html_text(w, s->digest);
        html(w, "</code></p>\n");
    }
    contents(w, e, s);
    html(w, "</header>\n<main>\n");
}

/* ---- cells ---------------------------------------------------------------------------------
 */

void page_table_begin(HtmlWriter *w, const char *caption)
{
    html(w, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    html_text_z(w, caption);
    html(w, "\"><table><caption>");
    html_text_z(w, caption);
    html(w, "</caption>\n");
}

void page_table_end(HtmlWriter *w) { html(w, "</tbody></table></div>\n"); }

void page_heads(HtmlWriter *w, const char *const *name, size_t count)
{
    html(w, "<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        html(w, "<th scope=\"col\">");
        html_text_z(w, name[i]);
        html(w, "</th>");
    }
    html(w, "</tr></thead><tbody>\n");
}

void page_cell(HtmlWriter *w, double v, int decimals)
{
    html(w, "<td>");
    html_number(w, v, decimals);
    html(w, "</td>");
}

void page_cell_count(HtmlWriter *w, size_t n)
{
    html(w, "<td>");
    html_count(w, n);
    html(w, "</td>");
}

void page_cell_interval(HtmlWriter *w, double v, Interval x, int decimals)
{
    html(w, "<td>");
    html_number(w, v, decimals);
    if (isfinite(x.low) && isfinite(x.high)) {
        html(w, "<small>");
        html_number(w, x.low, decimals);
        html(w, " to ");
        html_number(w, x.high, decimals);
        html(w, "</small>");
    }
    html(w, "</td>");
}

/* ---- summary --------------------------------------------------------------------------------
 */

static void summary_row(HtmlWriter *w, const Measure *m, bool linked, int id)
{
    html(w, "<tr><th scope=\"row\">");
    if (linked) {
        html(w, "<a href=\"#c");
        html_count(w, (size_t)id);
        html(w, "\">");
        html_text(w, m->name);
        html(w, "</a>");
    } else {
        html_text(w, m->name);
    }
    html(w, "</th>");
    page_cell_count(w, m->known);
    page_cell_count(w, m->positives);
    page_cell_interval(w, m->auprc, m->auprc_interval, 3);
    html(w, "<td>");
    chart_range(w, m->auprc, m->auprc_interval);
    html(w, "</td>");
    const double rest[] = {m->auroc,     m->threshold,   m->at.precision, m->at.recall,
                           m->at.f1,     m->at.macro_f1, m->at.accuracy,  m->at.fpr,
                           m->fpr_at_70, m->ece};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        page_cell(w, rest[i], 3);
    html(w, "</tr>\n");
}

static void summary_table(HtmlWriter *w, const char *caption, const char *what,
                          const Measure *m, int count, const Measure *last)
{
    const char *const names[] = {what,        "known",
                                 "positive",  "AUPRC",
                                 "0 to 1",    "AUROC",
                                 "threshold", "precision",
                                 "recall",    "F1",
                                 "macro-F1",  "accuracy",
                                 "FPR",       "FPR at 70 % recall",
                                 "ECE"};
    page_table_begin(w, caption);
    page_heads(w, names, sizeof names / sizeof *names);
    for (int i = 0; i < count; i++)
        if (is_measured(&m[i]))
            summary_row(w, &m[i], last && has_both(&m[i]), i);
    if (last && is_measured(last))
        summary_row(w, last, false, 0);
    page_table_end(w);
}

static void summary(HtmlWriter *w, const Evaluation *e)
{
    html(w, "<section id=\"summary\" aria-labelledby=\"summary-h\">"
            "<h2 id=\"summary-h\">Summary</h2>\n");
    summary_table(w, "By category, at the thresholds in force", "category", e->category,
                  CATEGORY_COUNT, &e->any);
    size_t silent = 0;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        silent += !is_measured(&e->category[c]);
    if (silent) {
        html(w, "<p class=\"note\">These rows say nothing of ");
        for (int c = 0, said = 0; c < CATEGORY_COUNT; c++) {
            if (is_measured(&e->category[c]))
                continue;
            if (said++)
                buf_put(w->out, (size_t)said == silent ? STR(" and ") : STR(", "));
            html_text(w, e->category[c].name);
        }
        html(w, ".</p>\n");
    }
    html(w, "</section>\n");
}

/* ---- a category
 * ------------------------------------------------------------------------------ */

static void confusion(HtmlWriter *w, const Measure *m)
{
    static const char *const names[] = {"the label says", "flagged", "not flagged"};
    const AtThreshold *t = &m->at;
    html(w, "<div>");
    page_table_begin(w, "At the threshold");
    page_heads(w, names, 3);
    html(w, "<tr><th scope=\"row\">positive</th>");
    page_cell_count(w, t->true_positive);
    page_cell_count(w, t->false_negative);
    html(w, "</tr>\n<tr><th scope=\"row\">negative</th>");
    page_cell_count(w, t->false_positive);
    page_cell_count(w, t->true_negative);
    html(w, "</tr>\n");
    page_table_end(w);
    html(w, "</div>\n");
}

static void category(HtmlWriter *w, const Measure *m, const Shape *s, const CalibrationMap *map,
                     int id)
{
    html(w, "<section class=\"card\" id=\"c");
    html_count(w, (size_t)id);
    html(w, "\" aria-labelledby=\"c");
    html_count(w, (size_t)id);
    html(w, "h\"><h3 id=\"c");
    html_count(w, (size_t)id);
    html(w, "h\">");
    html_text(w, m->name);
    html(w, "</h3>\n<p class=\"note\">");
    html_count(w, m->positives);
    html(w, " positive of ");
    html_count(w, m->known);
    html(w, " known rows; AUPRC ");
    html_number(w, m->auprc, 3);
    html(w, " (");
    html_number(w, m->auprc_interval.low, 3);
    html(w, " to ");
    html_number(w, m->auprc_interval.high, 3);
    html(w, "), ECE ");
    html_number(w, m->ece, 3);
    html(w, ", threshold ");
    html_number(w, m->threshold, 3);
    if (map) {
        html(w, "; calibration: ");
        html_text_z(w, calibration_kind_name(map->kind));
        html(w, ", fitted on ");
        html_count(w, (size_t)map->positives);
        html(w, " positive and ");
        html_count(w, (size_t)map->negatives);
        html(w, " negative rows");
    }
    html(w, ".</p>\n");
    if (m->positives < REPORT_FEW_SIDE || m->known - m->positives < REPORT_FEW_SIDE)
        html(
            w,
            "<p class=\"note\">Few rows on one side: read the interval, not the figure.</p>\n");
    html(w, "<div class=\"charts\">\n");
    chart_curve(w, m, s, id);
    chart_reliability(w, m, s, id);
    chart_histogram(w, m, s, id);
    confusion(w, m);
    html(w, "</div></section>\n");
}

static void categories(HtmlWriter *w, const Evaluation *e, const ReportSubject *s)
{
    html(w, "<section id=\"categories\" aria-labelledby=\"categories-h\">"
            "<h2 id=\"categories-h\">Categories</h2>\n");
    size_t drawn = 0;
    for (int c = 0; c < CATEGORY_COUNT && e->shape; c++) {
        if (!has_both(&e->category[c]))
            continue;
        category(w, &e->category[c], &e->shape[c], s->maps ? &s->maps->map[c] : NULL, c);
        drawn++;
    }
    if (drawn == 0)
        html(w, "<p>No category has both positive and negative rows here, so there is nothing "
                "to draw.</p>\n");
    html(w, "</section>\n");
}

/* ---- the rest
 * --------------------------------------------------------------------------------- */

static void factors(HtmlWriter *w, const Evaluation *e)
{
    html(w,
         "<section id=\"factors\" aria-labelledby=\"factors-h\">"
         "<h2 id=\"factors-h\">Factors</h2>\n<p>What the model predicts; the policy composes "
         "the categories from these. Shown at a threshold of one half.</p>\n");
    summary_table(w, "By factor, at a half", "factor", e->factor, FACTOR_COUNT, NULL);
    html(w, "</section>\n");
}

static void method(HtmlWriter *w)
{
    html(
        w,
        "<section id=\"method\" aria-labelledby=\"method-h\"><h2 id=\"method-h\">How it was "
        "measured</h2>\n<p>Every row went through the same code that answers requests. A label "
        "that a row does not have is unknown and left out, never taken for 0. Figures are at "
        "the thresholds in force.</p>\n<ul>\n"
        "<li>AUPRC is average precision, without interpolation; its interval in the summary is "
        "a 95 % percentile bootstrap over rows, in slices the logit interval of Boyd, Eng and "
        "Page (2013). A ranking by chance has an AUPRC equal to the share of positives, so "
        "compare it within a column, not across sets.</li>\n"
        "<li>Shares have exact 95 % intervals (Clopper, Pearson 1934).</li>\n"
        "<li>ECE: 15 bins of equal mass, the mean distance of mean score and share of "
        "positives.</li>\n"
        "<li>Any category: a row is positive when some category is, negative when some are "
        "known and none is; its score is the greatest distance, in logits, of a category's "
        "score from its threshold, so moving it moves all thresholds at once.</li>\n"
        "<li>&quot;Too few&quot; stands where a slice has under 10 rows on one side, or under "
        "30 negatives for false positives: a figure would mislead.</li>\n"
        "<li>Obfuscated: folding the text (invisible characters, look-alikes, letters set "
        "apart, encodings) leaves a trace.</li>\n</ul></section>\n");
}

void report_html(const Evaluation *e, const ReportSubject *s, Buf *out)
{
    HtmlWriter w = html_writer(out);
    html_head(&w, STR("Gavel: evaluation report"), STR(REPORT_STYLE));
    head(&w, e, s);
    summary(&w, e);
    if (s->against)
        page_comparison(&w, e, s->against);
    categories(&w, e, s);
    page_slices(&w, e);
    if (s->fairness)
        page_fairness(&w, s->fairness);
    factors(&w, e);
    if (e->mistakes && s->rows)
        page_mistakes(&w, e, s->rows);
    method(&w);
    html(&w, "</main>\n<footer><p class=\"note\">Made by <code>gavel evaluate</code>; the same "
             "figures for machines are in <code>report.json</code> beside this page.</p>"
             "</footer>\n</body>\n</html>\n");
}
