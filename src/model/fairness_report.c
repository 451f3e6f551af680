/* fairness_report.c - the figures of fairness.h for machines, for a terminal, for a page. */
#include "model/fairness.h"

#include <math.h>
#include <stdio.h>

/* ---- JSON ---------------------------------------------------------------------------- */

static void json_interval(const char *key, Interval x, JsWriter *w)
{
    js_key(w, key);
    js_array(w);
    js_double(w, x.low);
    js_double(w, x.high);
    js_end_array(w);
}

static void json_swaps(const Fairness *f, const Swaps *s, JsWriter *w)
{
    js_key(w, "swaps");
    js_object(w);
    js_count(w, "pairs", s->pairs);
    js_count(w, "flips", s->flips);
    js_number(w, "rate", s->rate);
    json_interval("interval", s->interval, w);
    js_count(w, "templates", s->templates);
    js_count(w, "mixed", s->mixed);
    js_key(w, "worst");
    if (s->worst_one < 0) {
        js_null(w);
    } else {
        js_object(w);
        js_key(w, "groups");
        js_array(w);
        js_string(w, f->group[s->worst_one].name);
        js_string(w, f->group[s->worst_two].name);
        js_end_array(w);
        js_count(w, "pairs", s->worst_pairs);
        js_count(w, "flips", s->worst_flips);
        js_end_object(w);
    }
    js_end_object(w);
}

static void json_group(const FairnessGroup *g, JsWriter *w)
{
    js_object(w);
    js_count(w, "positives", g->positives);
    js_count(w, "negatives", g->negatives);
    js_count(w, "positives_flagged", g->positives_flagged);
    js_count(w, "negatives_flagged", g->negatives_flagged);
    js_number(w, "subgroup_auc", g->subgroup);
    js_number(w, "bpsn_auc", g->bpsn);
    js_number(w, "bnsp_auc", g->bnsp);
    js_number(w, "gap_positive", g->gap_positive);
    js_number(w, "gap_negative", g->gap_negative);
    js_end_object(w);
}

static void json_category(const Fairness *f, const FairnessCategory *c, JsWriter *w)
{
    js_object(w);
    js_number(w, "threshold", c->threshold);
    js_count(w, "positives", c->positives);
    js_count(w, "negatives", c->negatives);
    js_number(w, "overall_auc", c->overall);
    js_number(w, "subgroup_auc", c->subgroup);
    js_number(w, "bpsn_auc", c->bpsn);
    js_number(w, "bnsp_auc", c->bnsp);
    js_number(w, "bias", c->bias);
    json_interval("bias_interval", c->bias_interval, w);
    js_number(w, "spread", c->spread);
    json_swaps(f, &c->swaps, w);
    js_key(w, "groups");
    js_object(w);
    for (int g = 0; g < f->group_count; g++) {
        js_key_str(w, f->group[g].name);
        json_group(&c->group[g], w);
    }
    js_end_object(w);
    js_end_object(w);
}

void fairness_json(const Fairness *f, JsWriter *w)
{
    js_object(w);
    js_number(w, "power", FAIRNESS_POWER);
    js_key(w, "templates"), js_i64(w, f->template_count);
    js_count(w, "sentences", f->sentences);
    js_number(w, "bias", fairness_bias(f));
    json_swaps(f, &f->swaps, w);
    js_key(w, "groups");
    js_array(w);
    for (int g = 0; g < f->group_count; g++) {
        js_object(w);
        js_key(w, "name"), js_string(w, f->group[g].name);
        js_key(w, "axis"), js_string(w, f->group[g].axis);
        js_end_object(w);
    }
    js_end_array(w);
    js_key(w, "categories");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (!f->category[c].measured)
            continue;
        js_key_str(w, category_name((Category)c));
        json_category(f, &f->category[c], w);
    }
    js_end_object(w);
    js_end_object(w);
}

/* ---- terminal ------------------------------------------------------------------------ */

typedef struct Figure {
    char text[16];
} Figure;

static Figure figure(double v)
{
    Figure f = {"-"};
    if (!isnan(v))
        snprintf(f.text, sizeof f.text, "%.3f", v);
    return f;
}

static void table_swaps(const Fairness *f, const char *of, const Swaps *s, Buf *out)
{
    buf_print(out, "%-24s %7zu of %7zu swaps flip: %s (%s to %s); %zu of %zu templates", of,
              s->flips, s->pairs, figure(s->rate).text, figure(s->interval.low).text,
              figure(s->interval.high).text, s->mixed, s->templates);
    if (s->worst_one >= 0)
        buf_print(out, "; most between " STR_FMT " and " STR_FMT ", %zu of %zu",
                  STR_ARG(f->group[s->worst_one].name), STR_ARG(f->group[s->worst_two].name),
                  s->worst_flips, s->worst_pairs);
    buf_byte(out, '\n');
}

static void table_groups(const Fairness *f, Category category, Buf *out)
{
    const FairnessCategory *c = &f->category[category];
    buf_print(out, "\n%-24.*s %8s %8s %8s %8s %8s %12s %12s\n",
              STR_ARG(category_name(category)), "subgroup", "BPSN", "BNSP", "gap yes", "gap no",
              "yes flagged", "no flagged");
    for (int g = 0; g < f->group_count; g++) {
        const FairnessGroup *x = &c->group[g];
        buf_print(out, "%-24.*s %8s %8s %8s %8s %8s %5zu of %3zu %5zu of %3zu\n",
                  STR_ARG(f->group[g].name), figure(x->subgroup).text, figure(x->bpsn).text,
                  figure(x->bnsp).text, figure(x->gap_positive).text,
                  figure(x->gap_negative).text, x->positives_flagged, x->positives,
                  x->negatives_flagged, x->negatives);
    }
}

void fairness_table(const Fairness *f, Buf *out)
{
    buf_print(out, "%zu sentences of %d templates, %d groups\n\n", f->sentences,
              f->template_count, f->group_count);
    buf_print(out, "%-24s %8s %8s %8s %8s %8s %8s %8s\n", "category", "bias", "from", "to",
              "AUC", "subgroup", "BPSN", "BNSP");
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const FairnessCategory *c = &f->category[i];
        if (c->measured)
            buf_print(out, "%-24.*s %8s %8s %8s %8s %8s %8s %8s\n",
                      STR_ARG(category_name((Category)i)), figure(c->bias).text,
                      figure(c->bias_interval.low).text, figure(c->bias_interval.high).text,
                      figure(c->overall).text, figure(c->subgroup).text, figure(c->bpsn).text,
                      figure(c->bnsp).text);
    }
    buf_byte(out, '\n');
    table_swaps(f, "flagged at all", &f->swaps, out);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (f->category[i].measured || f->category[i].swaps.flips)
            table_swaps(f, category_name((Category)i).ptr, &f->category[i].swaps, out);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (f->category[i].measured)
            table_groups(f, (Category)i, out);
}

/* ---- page ---------------------------------------------------------------------------- */

static void page_groups(const Fairness *f, Category category, Buf *out)
{
    const FairnessCategory *c = &f->category[category];
    buf_print(out,
              "\n### " STR_FMT " by group\n\n"
              "| group | subgroup AUC | BPSN AUC | BNSP AUC | harmful flagged | harmless "
              "flagged |\n|---|---|---|---|---|---|\n",
              STR_ARG(category_name(category)));
    for (int g = 0; g < f->group_count; g++) {
        const FairnessGroup *x = &c->group[g];
        if (x->positives + x->negatives > 0)
            buf_print(out, "| " STR_FMT " | %s | %s | %s | %zu of %zu | %zu of %zu |\n",
                      STR_ARG(f->group[g].name), figure(x->subgroup).text, figure(x->bpsn).text,
                      figure(x->bnsp).text, x->positives_flagged, x->positives,
                      x->negatives_flagged, x->negatives);
    }
}

void fairness_markdown(const Fairness *f, Buf *out)
{
    buf_print(
        out,
        "%zu sentences that differ in the group alone (%d templates, %d groups). The "
        "verdict flips in %zu of %zu swaps: %s (95 %% interval %s to %s).\n\n"
        "| category | bias metric | 95 %% interval | AUC | subgroup | BPSN | BNSP | swaps "
        "that flip |\n|---|---|---|---|---|---|---|---|\n",
        f->sentences, f->template_count, f->group_count, f->swaps.flips, f->swaps.pairs,
        figure(f->swaps.rate).text, figure(f->swaps.interval.low).text,
        figure(f->swaps.interval.high).text);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const FairnessCategory *c = &f->category[i];
        if (c->measured)
            buf_print(out, "| " STR_FMT " | %s | %s to %s | %s | %s | %s | %s | %s |\n",
                      STR_ARG(category_name((Category)i)), figure(c->bias).text,
                      figure(c->bias_interval.low).text, figure(c->bias_interval.high).text,
                      figure(c->overall).text, figure(c->subgroup).text, figure(c->bpsn).text,
                      figure(c->bnsp).text, figure(c->swaps.rate).text);
    }
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (f->category[i].measured)
            page_groups(f, (Category)i, out);
}
