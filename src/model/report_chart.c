/* report_chart.c - one frame serves all three charts: 320 by 250 units, which is about what
 * they are in pixels on a telephone, so the letters keep their size. */
#include "model/report_chart.h"

#include <math.h>

enum { WIDTH = 320, HEIGHT = 250, LEFT = 44, RIGHT = 308, TOP = 12, BOTTOM = 206 };

/* What 0..1 of each axis stands for. */
typedef struct Frame {
    HtmlWriter *w;
    double x_most, y_least, y_most;
} Frame;

static double x_of(const Frame *f, double v) { return LEFT + (RIGHT - LEFT) * v / f->x_most; }
static double y_of(const Frame *f, double v)
{
    return BOTTOM - (BOTTOM - TOP) * (v - f->y_least) / (f->y_most - f->y_least);
}

static void attribute(HtmlWriter *w, const char *name, double v)
{
    buf_byte(w->out, ' ');
    html_text_z(w, name);
    html(w, "=\"");
    html_number(w, v, 1);
    html(w, "\"");
}

static void line(HtmlWriter *w, const char *class, double x1, double y1, double x2, double y2)
{
    html(w, "<line class=\"");
    html_text_z(w, class);
    html(w, "\"");
    attribute(w, "x1", x1);
    attribute(w, "y1", y1);
    attribute(w, "x2", x2);
    attribute(w, "y2", y2);
    html(w, "/>");
}

static void dot(HtmlWriter *w, const char *class, double x, double y, double r)
{
    html(w, "<circle class=\"");
    html_text_z(w, class);
    html(w, "\"");
    attribute(w, "cx", x);
    attribute(w, "cy", y);
    attribute(w, "r", r);
    html(w, "/>");
}

static void bar(HtmlWriter *w, const char *class, double x, double y, double width,
                double height)
{
    html(w, "<rect class=\"");
    html_text_z(w, class);
    html(w, "\"");
    attribute(w, "x", x);
    attribute(w, "y", y);
    attribute(w, "width", width);
    attribute(w, "height", height);
    html(w, "/>");
}

static void words(HtmlWriter *w, const char *anchor, double x, double y, const char *text)
{
    html(w, "<text text-anchor=\"");
    html_text_z(w, anchor);
    html(w, "\"");
    attribute(w, "x", x);
    attribute(w, "y", y);
    html(w, ">");
    html_text_z(w, text);
    html(w, "</text>");
}

static void number(HtmlWriter *w, const char *anchor, double x, double y, double v,
                   int decimals)
{
    html(w, "<text text-anchor=\"");
    html_text_z(w, anchor);
    html(w, "\"");
    attribute(w, "x", x);
    attribute(w, "y", y);
    html(w, ">");
    html_number(w, v, decimals);
    html(w, "</text>");
}

/* ---- the frame ------------------------------------------------------------------------- */

/* Begins the figure and its drawing; `title` names it, and the caller writes what stands
 * between figure_description and figure_drawing. */
static void figure_begin(HtmlWriter *w, const char *title, const char *kind, int id)
{
    html(w, "<figure><figcaption>");
    html_text_z(w, title);
    html(w, "</figcaption>\n<svg viewBox=\"0 0 320 250\" role=\"img\" aria-labelledby=\"");
    html_text_z(w, kind);
    html_count(w, (size_t)id);
    html(w, " ");
    html_text_z(w, kind);
    html_count(w, (size_t)id);
    html(w, "d\"><title id=\"");
    html_text_z(w, kind);
    html_count(w, (size_t)id);
    html(w, "\">");
}

static void figure_description(HtmlWriter *w, const char *kind, int id)
{
    html(w, "</title><desc id=\"");
    html_text_z(w, kind);
    html_count(w, (size_t)id);
    html(w, "d\">");
}

static void axes(const Frame *f, const char *x_name, const char *y_name)
{
    HtmlWriter *w = f->w;
    int decimals = f->x_most < .2 ? 3 : 2;
    html(w, "</desc>");
    for (int i = 0; i <= 4; i++) {
        double x = f->x_most * i / 4, y = f->y_least + (f->y_most - f->y_least) * i / 4;
        line(w, "grid", x_of(f, x), TOP, x_of(f, x), BOTTOM);
        line(w, "grid", LEFT, y_of(f, y), RIGHT, y_of(f, y));
        number(w, i == 4 ? "end" : "middle", x_of(f, x), BOTTOM + 15, x, decimals);
        number(w, "end", LEFT - 5, y_of(f, y) + 4, fabs(y), f->y_most < .2 ? 3 : 2);
    }
    words(w, "middle", (LEFT + RIGHT) / 2.0, HEIGHT - 10, x_name);
    html(w, "<text text-anchor=\"middle\" transform=\"translate(10 109) rotate(-90)\">");
    html_text_z(w, y_name);
    html(w, "</text>");
}

static void values_begin(HtmlWriter *w, const char *const *head, int columns)
{
    html(w, "</svg>\n<details><summary>Values</summary><div class=\"scroll\" tabindex=\"0\" "
            "role=\"region\" aria-label=\"Values\"><table><thead><tr>");
    for (int i = 0; i < columns; i++) {
        html(w, "<th scope=\"col\">");
        html_text_z(w, head[i]);
        html(w, "</th>");
    }
    html(w, "</tr></thead><tbody>\n");
}

static void cell(HtmlWriter *w, double v)
{
    html(w, "<td>");
    html_number(w, v, 3);
    html(w, "</td>");
}

static void row_head(HtmlWriter *w, double v)
{
    html(w, "<tr><th scope=\"row\">");
    html_number(w, v, 3);
    html(w, "</th>");
}

static void figure_end(HtmlWriter *w)
{
    html(w, "</tbody></table></div></details></figure>\n");
}

/* ---- precision and recall ---------------------------------------------------------------- */

static void curve_path(const Frame *f, const Curve *c)
{
    html(f->w, "<path class=\"curve\" d=\"");
    for (size_t i = 0; i < c->count; i++) {
        buf_byte(f->w->out, i ? 'L' : 'M');
        html_number(f->w, x_of(f, c->recall[i]), 1);
        buf_byte(f->w->out, ' ');
        html_number(f->w, y_of(f, c->precision[i]), 1);
    }
    html(f->w, "\"/>");
}

/* Every tenth of recall: the point of the highest threshold that reaches it. */
static void curve_values(HtmlWriter *w, const Curve *c)
{
    static const char *const head[] = {"threshold", "recall", "precision"};
    values_begin(w, head, 3);
    double next = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (c->recall[i] + 1e-12 < next && i + 1 < c->count)
            continue;
        row_head(w, c->score[i]);
        cell(w, c->recall[i]);
        cell(w, c->precision[i]);
        html(w, "</tr>\n");
        next = floor(c->recall[i] * 10 + 1e-9) / 10 + .1;
    }
    figure_end(w);
}

void chart_curve(HtmlWriter *w, const Measure *m, const Shape *s, int id)
{
    Frame f = {w, 1, 0, 1};
    figure_begin(w, "Precision and recall", "pr", id);
    html(w, "Precision-recall curve of ");
    html_text(w, m->name);
    figure_description(w, "pr", id);
    html(w, "Area ");
    html_number(w, m->auprc, 3);
    html(w, "; at the threshold of ");
    html_number(w, m->threshold, 3);
    html(w, " recall is ");
    html_number(w, m->at.recall, 3);
    html(w, " and precision ");
    html_number(w, m->at.precision, 3);
    html(w, ". A ranking by chance has precision ");
    html_number(w, (double)m->positives / (double)m->known, 3);
    html(w, ".");
    axes(&f, "recall", "precision");
    double chance = (double)m->positives / (double)m->known;
    line(w, "chance", LEFT, y_of(&f, chance), RIGHT, y_of(&f, chance));
    curve_path(&f, &s->curve);
    if (isfinite(m->at.precision)) {
        double x = x_of(&f, m->at.recall), y = y_of(&f, m->at.precision);
        dot(w, "mark", x, y, 5);
        words(w, x > 200 ? "end" : "start", x > 200 ? x - 9 : x + 9, y < 30 ? y + 16 : y - 8,
              "threshold");
    }
    curve_values(w, &s->curve);
}

/* ---- reliability -------------------------------------------------------------------- */

/* Rare things have low scores: the axes end at the least of a few round numbers that holds
 * them all. */
static double round_most(const Reliability *r)
{
    static const double most[] = {.05, .1, .2, .4, .6, .8, 1};
    double need = 0;
    for (int i = 0; i < r->count; i++)
        need = fmax(need, fmax(r->bin[i].score, r->bin[i].label));
    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        if (need <= most[i])
            return most[i];
    return 1;
}

void chart_reliability(HtmlWriter *w, const Measure *m, const Shape *s, int id)
{
    static const char *const head[] = {"mean score", "share positive", "from", "to", "rows"};
    const Reliability *r = &s->reliability;
    double most = round_most(r);
    Frame f = {w, most, 0, most};
    figure_begin(w, "Reliability", "re", id);
    html(w, "Reliability of ");
    html_text(w, m->name);
    figure_description(w, "re", id);
    html(w, "Share of positive rows against the mean score, in bins of equal mass with 95 % "
            "intervals; on the diagonal a score is a probability. Expected calibration error ");
    html_number(w, r->ece, 3);
    html(w, ".");
    axes(&f, "mean score", "share positive");
    line(w, "chance", x_of(&f, 0), y_of(&f, 0), x_of(&f, most), y_of(&f, most));
    for (int i = 0; i < r->count; i++) {
        double x = x_of(&f, r->bin[i].score);
        line(w, "whisker", x, y_of(&f, r->bin[i].low), x, y_of(&f, fmin(most, r->bin[i].high)));
    }
    for (int i = 0; i < r->count; i++)
        dot(w, "point", x_of(&f, r->bin[i].score), y_of(&f, r->bin[i].label), 3.5);
    values_begin(w, head, 5);
    for (int i = 0; i < r->count; i++) {
        row_head(w, r->bin[i].score);
        cell(w, r->bin[i].label);
        cell(w, r->bin[i].low);
        cell(w, r->bin[i].high);
        html(w, "<td>");
        html_count(w, r->bin[i].count);
        html(w, "</td></tr>\n");
    }
    figure_end(w);
}

/* ---- histogram ---------------------------------------------------------------------- */

static double bin_share(const Shape *s, int side, int bin, size_t rows)
{
    return rows ? (double)s->histogram[side][bin] / (double)rows : 0;
}

/* Positives stand up, negatives hang down, each as a share of their own: 1 % positives
 * would not be seen otherwise. */
void chart_histogram(HtmlWriter *w, const Measure *m, const Shape *s, int id)
{
    static const char *const head[] = {"score from", "positive", "negative"};
    const size_t rows[] = {m->known - m->positives, m->positives};
    Frame f = {w, 1, -1, 1};
    figure_begin(w, "Scores", "hi", id);
    html(w, "Histogram of the scores of ");
    html_text(w, m->name);
    figure_description(w, "hi", id);
    html(w, "Shares of positive rows upwards and of negative rows downwards, by score; ");
    html_number(w, 100 * m->at.recall, 1);
    html(w, " % of the positive and ");
    html_number(w, 100 * m->at.fpr, 1);
    html(w, " % of the negative rows reach the threshold.");
    axes(&f, "score", "share of rows");
    double width = x_of(&f, 1. / HISTOGRAM_BINS) - LEFT;
    for (int i = 0; i < HISTOGRAM_BINS; i++) {
        double x = x_of(&f, (double)i / HISTOGRAM_BINS) + 1;
        double up = y_of(&f, bin_share(s, 1, i, rows[1]));
        double down = y_of(&f, -bin_share(s, 0, i, rows[0]));
        if (s->histogram[1][i])
            bar(w, "positive", x, up, width - 2, y_of(&f, 0) - up);
        if (s->histogram[0][i])
            bar(w, "negative", x, y_of(&f, 0), width - 2, down - y_of(&f, 0));
    }
    line(w, "axis", LEFT, y_of(&f, 0), RIGHT, y_of(&f, 0));
    double at = x_of(&f, m->threshold);
    line(w, "threshold", at, TOP, at, BOTTOM);
    words(w, "end", RIGHT - 4, TOP + 14, "positive");
    words(w, "end", RIGHT - 4, BOTTOM - 6, "negative");
    values_begin(w, head, 3);
    for (int i = 0; i < HISTOGRAM_BINS; i++) {
        html(w, "<tr><th scope=\"row\">");
        html_number(w, (double)i / HISTOGRAM_BINS, 2);
        html(w, "</th><td>");
        html_count(w, s->histogram[1][i]);
        html(w, "</td><td>");
        html_count(w, s->histogram[0][i]);
        html(w, "</td></tr>\n");
    }
    figure_end(w);
}

/* ---- a range in a cell -------------------------------------------------------------- */

void chart_range(HtmlWriter *w, double value, Interval interval)
{
    enum { LONG = 116, MIDDLE = 8 };
    html(w, "<svg class=\"range\" viewBox=\"0 0 120 16\" aria-hidden=\"true\">");
    line(w, "grid", 2, MIDDLE, 2 + LONG, MIDDLE);
    if (isfinite(interval.low) && isfinite(interval.high))
        line(w, "whisker", 2 + LONG * interval.low, MIDDLE, 2 + LONG * interval.high, MIDDLE);
    if (isfinite(value))
        dot(w, "point", 2 + LONG * value, MIDDLE, 4);
    html(w, "</svg>");
}
