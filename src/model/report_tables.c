/* report_tables.c - the sections of a report's page that are tables: slices, another
 * release, fairness, mistakes. */
#include "model/binomial.h"
#include "model/report_html_internal.h"

#include <math.h>

static bool is_few(const Measure *m)
{
    return m->positives < REPORT_FEW_SIDE || m->known - m->positives < REPORT_FEW_SIDE;
}

static void too_few(HtmlWriter *w, size_t n)
{
    html(w, "<td><small>too few (");
    html_count(w, n);
    html(w, ")</small></td>");
}

void page_cell_share(HtmlWriter *w, const Alarms *x)
{
    double n = (double)x->rows, k = (double)x->flagged;
    if (x->rows == 0) {
        html(w, "<td>–</td>");
        return;
    }
    if (x->rows < REPORT_FEW_ROWS) {
        too_few(w, x->rows);
        return;
    }
    html(w, "<td>");
    html_number(w, 100 * k / n, 1);
    html(w, " %<small>");
    html_count(w, x->flagged);
    html(w, " of ");
    html_count(w, x->rows);
    html(w, "</small><small>");
    html_number(w, 100 * binomial_lower(k, n, .975), 1);
    html(w, " to ");
    html_number(w, 100 * binomial_upper(k, n, .975), 1);
    html(w, " %</small></td>");
}

/* ---- slices
 * ---------------------------------------------------------------------------------- */

/* Categories that some slice of the set could be ranked on. */
static bool is_ranked(const Evaluation *e, int c)
{
    return e->category[c].positives > 0 && e->category[c].positives < e->category[c].known;
}

static void slice_row(HtmlWriter *w, const Evaluation *e, const Slice *s)
{
    html(w, "<tr><th scope=\"row\">");
    html_text(w, s->name.len ? s->name : STR("(no name)"));
    html(w, "</th>");
    page_cell_count(w, s->rows);
    page_cell_share(w, &s->negative);
    page_cell_share(w, &s->positive);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        const Measure *m = &s->category[c];
        if (!is_ranked(e, c))
            continue;
        if (m->known == 0)
            html(w, "<td>–</td>");
        else if (is_few(m))
            too_few(w, m->positives);
        else
            page_cell_interval(w, m->auprc, m->auprc_interval, 2);
    }
    html(w, "</tr>\n");
}

static void slices_table(HtmlWriter *w, const Evaluation *e, SliceKind kind)
{
    const Slices *s = &e->by[kind];
    if (s->count == 0)
        return;
    html(w, "<h3>By ");
    html_text_z(w, slice_title(kind));
    html(w, "</h3>\n");
    page_table_begin(w, slice_title(kind));
    html(w, "<thead><tr><th scope=\"col\">");
    html_text_z(w, slice_title(kind));
    html(w, "</th><th scope=\"col\">rows</th><th scope=\"col\">flagged of<br>negatives</th>"
            "<th scope=\"col\">flagged of<br>positives</th>");
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (!is_ranked(e, c))
            continue;
        html(w, "<th scope=\"col\">");
        html_text(w, e->category[c].name);
        html(w, "<br><small>AUPRC</small></th>");
    }
    html(w, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < s->count; i++)
        slice_row(w, e, &s->slice[i]);
    page_table_end(w);
}

void page_slices(HtmlWriter *w, const Evaluation *e)
{
    html(w,
         "<section id=\"slices\" aria-labelledby=\"slices-h\"><h2 id=\"slices-h\">Slices</h2>\n"
         "<p>Each part of the rows by itself. AUPRC depends on the share of positives, which "
         "differs between slices; the shares flagged do not. A number in brackets behind "
         "&quot;too few&quot; counts the positive rows, or the rows that a share would be "
         "of.</p>\n");
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        slices_table(w, e, (SliceKind)k);
    html(w, "</section>\n");
}

/* ---- against another release
 * ------------------------------------------------------------------ */

static void finding_cell(HtmlWriter *w, Finding f)
{
    html(w, "<td class=\"words\">");
    switch (f) {
    case FINDING_BETTER:
        html(w, "<span class=\"better\">▲ ");
        break;
    case FINDING_WORSE:
        html(w, "<span class=\"worse\">▼ ");
        break;
    case FINDING_NONE:
        html(w, "<span>");
        break;
    }
    html_text_z(w, finding_name(f));
    html(w, "</span></td>");
}

static void signed_cell(HtmlWriter *w, const Difference *d)
{
    html(w, "<td>");
    buf_put(w->out, d->delta > 0 ? STR("+") : STR(""));
    html_number(w, d->delta, 3);
    if (isfinite(d->interval.low)) {
        html(w, "<small>");
        html_number(w, d->interval.low, 3);
        html(w, " to ");
        html_number(w, d->interval.high, 3);
        html(w, "</small>");
    }
    html(w, "</td>");
}

static void p_cell(HtmlWriter *w, double p)
{
    if (p < .001)
        html(w, "<td>&lt; 0.001</td>");
    else
        page_cell(w, p, 3);
}

static void difference_cells(HtmlWriter *w, const Difference *d)
{
    page_cell(w, d->first, 3);
    page_cell(w, d->second, 3);
    signed_cell(w, d);
    p_cell(w, d->p);
    p_cell(w, d->adjusted);
    finding_cell(w, d->finding);
}

static void comparison_row(HtmlWriter *w, Str name, const CompareCategory *c, int kind)
{
    if (kind == 0 ? isnan(c->auprc.delta) : kind == 1 ? c->known == 0 : isnan(c->fpr.delta))
        return;
    html(w, "<tr><th scope=\"row\">");
    html_text(w, name);
    html(w, "</th>");
    if (kind != 1) {
        difference_cells(w, kind == 0 ? &c->auprc : &c->fpr);
    } else {
        page_cell_count(w, c->known);
        page_cell_count(w, c->verdicts.only_first);
        page_cell_count(w, c->verdicts.only_second);
        p_cell(w, c->verdicts.p);
        p_cell(w, c->verdicts.adjusted);
        finding_cell(w, c->verdicts.finding);
    }
    html(w, "</tr>\n");
}

void page_comparison(HtmlWriter *w, const Evaluation *e, const Comparison *c)
{
    static const char *const captions[] = {"AUPRC", "Right verdicts at the thresholds",
                                           "False positives at the thresholds"};
    static const char *const heads[][7] = {
        {"category", "this", "the other",          "difference",        "p", "p, adjusted", "finding"},
        {"category", "rows", "only this is right", "only the other is", "p", "p, adjusted",
         "finding"                                                                                   },
        {"category", "this", "the other",          "difference",        "p", "p, adjusted", "finding"},
    };
    html(w, "<section id=\"against\" aria-labelledby=\"against-h\">"
            "<h2 id=\"against-h\">Against release ");
    html_text(w, c->release);
    html(w,
         "</h2>\n<p>The same rows under both, pair by pair. Intervals of 95 %: paired "
         "bootstrap for AUPRC, Agresti and Min (2005) for shares; p of the verdicts by "
         "McNemar's exact test; adjusted over the categories by Holm. Where no difference is "
         "shown there may be one that these rows are too few to show.</p>\n"
         "<p class=\"note\">The other release: SHA-256 <code>");
    html_text(w, c->digest);
    html(w, "</code></p>\n");
    for (int kind = 0; kind < 3; kind++) {
        page_table_begin(w, captions[kind]);
        page_heads(w, heads[kind], 7);
        for (int i = 0; i < CATEGORY_COUNT; i++)
            comparison_row(w, e->category[i].name, &c->category[i], kind);
        comparison_row(w, STR("any"), &c->any, kind);
        page_table_end(w);
    }
    html(w, "</section>\n");
}

/* ---- fairness
 * ---------------------------------------------------------------------------------- */

static void fairness_categories(HtmlWriter *w, const Fairness *f)
{
    static const char *const names[] = {"category",    "positive",    "negative",
                                        "bias metric", "overall AUC", "subgroup",
                                        "BPSN",        "BNSP",        "swaps that flip"};
    page_table_begin(w, "By category, joined over the groups");
    page_heads(w, names, sizeof names / sizeof *names);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        const FairnessCategory *x = &f->category[c];
        if (!x->measured)
            continue;
        html(w, "<tr><th scope=\"row\">");
        html_text(w, category_name((Category)c));
        html(w, "</th>");
        page_cell_count(w, x->positives);
        page_cell_count(w, x->negatives);
        page_cell_interval(w, x->bias, x->bias_interval, 3);
        page_cell(w, x->overall, 3);
        page_cell(w, x->subgroup, 3);
        page_cell(w, x->bpsn, 3);
        page_cell(w, x->bnsp, 3);
        page_cell_interval(w, x->swaps.rate, x->swaps.interval, 4);
        html(w, "</tr>\n");
    }
    page_table_end(w);
}

static void fairness_groups(HtmlWriter *w, const Fairness *f, Category c)
{
    static const char *const names[] = {"group", "subgroup",         "BPSN",
                                        "BNSP",  "harmless flagged", "harmful flagged"};
    const FairnessCategory *x = &f->category[c];
    html(w, "<details><summary>");
    html_text(w, category_name(c));
    html(w, " by group</summary>\n");
    page_table_begin(w, "By group");
    page_heads(w, names, sizeof names / sizeof *names);
    for (int g = 0; g < f->group_count; g++) {
        const FairnessGroup *k = &x->group[g];
        html(w, "<tr><th scope=\"row\">");
        html_text(w, f->group[g].name);
        html(w, " <small>");
        html_text(w, f->group[g].axis);
        html(w, "</small></th>");
        page_cell(w, k->subgroup, 3);
        page_cell(w, k->bpsn, 3);
        page_cell(w, k->bnsp, 3);
        page_cell_share(w, &(Alarms){k->negatives, k->negatives_flagged});
        page_cell_share(w, &(Alarms){k->positives, k->positives_flagged});
        html(w, "</tr>\n");
    }
    page_table_end(w);
    html(w, "</details>\n");
}

void page_fairness(HtmlWriter *w, const Fairness *f)
{
    html(w, "<section id=\"fairness\" aria-labelledby=\"fairness-h\">"
            "<h2 id=\"fairness-h\">Fairness</h2>\n<p>");
    html_count(w, f->sentences);
    html(w, " sentences from ");
    html_count(w, (size_t)f->template_count);
    html(w, " templates that differ in the group alone (");
    html_count(w, (size_t)f->group_count);
    html(w, " groups). Of ");
    html_count(w, f->swaps.pairs);
    html(w, " swaps of one group for another ");
    html_count(w, f->swaps.flips);
    html(w, " flip the verdict: ");
    html_number(w, 100 * f->swaps.rate, 2);
    html(w, " % (");
    html_number(w, 100 * f->swaps.interval.low, 2);
    html(w, " to ");
    html_number(w, 100 * f->swaps.interval.high, 2);
    html(w,
         " %). The bias metric joins the worst groups' areas under the ROC curve (Borkan and "
         "others 2019; mean of power -5): 1 is best.</p>\n");
    fairness_categories(w, f);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (f->category[c].measured)
            fairness_groups(w, f, (Category)c);
    html(w, "</section>\n");
}

/* ---- mistakes
 * ----------------------------------------------------------------------------------- */

static void mistake(HtmlWriter *w, const Mistake *m, const Rows *rows)
{
    const Row *r = &rows->row[m->row];
    html(w, "<div class=\"mistake\"><p class=\"note\">");
    buf_put(w->out, m->label >= .5 ? STR("Labelled positive") : STR("Labelled negative"));
    html(w, ", score ");
    html_number(w, m->score, 3);
    html(w, ", source ");
    html_text(w, r->source);
    html(w, "</p><bdi>");
    html_text(w, r->text);
    html(w, "</bdi></div>\n");
}

void page_mistakes(HtmlWriter *w, const Evaluation *e, const Rows *rows)
{
    html(w,
         "<section id=\"mistakes\" aria-labelledby=\"mistakes-h\">"
         "<h2 id=\"mistakes-h\">Worst mistakes</h2>\n<p>The rows of greatest log loss, masked "
         "as they are stored. They may be abusive, and their labels may be wrong. Do not "
         "publish this page with them.</p>\n");
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        const Mistakes *m = &e->mistakes[c];
        if (m->count == 0)
            continue;
        html(w, "<details><summary>");
        html_text(w, e->category[c].name);
        html(w, ": show ");
        html_count(w, m->count);
        html(w, " rows</summary>\n");
        for (size_t i = 0; i < m->count; i++)
            mistake(w, &m->worst[i], rows);
        html(w, "</details>\n");
    }
    html(w, "</section>\n");
}
