/* cmd_label_agreement.c - `gavel label agreement`: where two readers read the same texts, how
 * often they say the same, and how much of that is more than chance. */
#include "base/js.h"
#include "cli/commands.h"
#include "label/agreement.h"

#include <stdio.h>

enum { OUTPUT_MAX = 1 << 20 };

static void json_figure(JsWriter *w, const char *key, const AgreementFigure *f)
{
    js_key(w, key);
    js_object(w);
    js_key(w, "value"), js_double(w, f->value);
    js_key(w, "low"), js_double(w, f->low);
    js_key(w, "high"), js_double(w, f->high);
    js_end_object(w);
}

static void print_json(const Agreement *g, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_count(&w, "readings", g->readings);
    js_count(&w, "readers", g->readers);
    js_count(&w, "texts", g->texts);
    js_count(&w, "read_again", g->again);
    js_key(&w, "factors");
    js_object(&w);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        const FactorAgreement *x = &g->factor[f];
        js_key_str(&w, factor_name((Factor)f));
        js_object(&w);
        js_count(&w, "texts", x->texts);
        js_count(&w, "pairs", x->pairs);
        js_count(&w, "both_yes", x->both);
        js_count(&w, "either_yes", x->either);
        json_figure(&w, "raw", &x->raw);
        json_figure(&w, "kappa", &x->kappa);
        json_figure(&w, "alpha", &x->alpha);
        js_end_object(&w);
    }
    js_end_object(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

/* "0.81 [0.70, 0.90]"; a figure that is not defined is a dash. */
static void text_figure(Buf *out, const AgreementFigure *f)
{
    char cell[48];
    if (!label_known((float)f->value))
        snprintf(cell, sizeof cell, "-");
    else if (!label_known((float)f->low))
        snprintf(cell, sizeof cell, "%.2f", f->value);
    else
        snprintf(cell, sizeof cell, "%.2f [%.2f, %.2f]", f->value, f->low, f->high);
    buf_print(out, "  %-20s", cell);
}

static void print_text(const Agreement *g, Buf *out)
{
    buf_print(out, "%zu readings by %zu readers of %zu texts, %zu of them read by several\n",
              g->readings, g->readers, g->texts, g->again);
    buf_print(out, "%-24s %7s %7s %7s  %-20s  %-20s  %s\n", "factor", "pairs", "both", "either",
              "raw", "kappa (Cohen)", "alpha (Krippendorff)");
    for (int f = 0; f < FACTOR_COUNT; f++) {
        const FactorAgreement *x = &g->factor[f];
        Str name = factor_name((Factor)f);
        buf_print(out, "%-24.*s %7zu %7zu %7zu", STR_ARG(name), x->pairs, x->both, x->either);
        text_figure(out, &x->raw);
        text_figure(out, &x->kappa);
        text_figure(out, &x->alpha);
        while (out->len && out->ptr[out->len - 1] == ' ')
            out->len--;
        buf_byte(out, '\n');
    }
}

static bool run(Cli *cli, Err *err)
{
    Readings all = {0};
    Agreement g;
    for (int i = 0; i < cli->operand_count; i++)
        if (!readings_load(cli->arena, cli->operand[i], (size_t)cli->config.max_line_bytes,
                           &all, err))
            return false;
    if (!agreement(cli->arena, &all, (uint64_t)cli_int(cli, "seed", 1), &g, err))
        return false;
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    if (cli->json)
        print_json(&g, &out);
    else
        print_text(&g, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok;
}

static const Option options[] = {
    {"seed", OPTION_INT, "N", "of the intervals (1)", false},
    {0  },
};

const Command cmd_label_agreement = {
    .name = "label agreement",
    .run = run,
    .options = options,
    .operands = "FILE...",
    .least = 1,
    .most = -1,
    .summary = "how far readers of the same texts agree, factor by factor",
    .example = "gavel label agreement corpus/labels/*.jsonl",
};
