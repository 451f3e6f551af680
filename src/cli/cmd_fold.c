/* cmd_fold.c - what a text says once its disguises are off: the folded view, for people
 * who wonder why something was found, or not.
 *
 * Operands are texts; without any, each line of the input is one.  For people a changed
 * text is followed by what was undone, a line each; --json gives one object a line.
 */
#include "base/js.h"
#include "cli/commands.h"
#include "data/reader.h"
#include "text/normalise.h"
#include "text/utf8.h"

#include <stdio.h>

enum { ANSWER_MAX = 256 << 20 }; /* bytes of one answer: JSON makes six of some bytes */

typedef struct Fold {
    Cli *cli;
    Buf out;
    bool bad; /* some line was refused */
} Fold;

static void print_json(Fold *job, Str text, const Folded *f)
{
    JsWriter w = js_writer(&job->out);
    js_object(&w);
    js_key(&w, "text"), js_string(&w, text);
    js_key(&w, "folded"), js_string(&w, f->text);
    js_key(&w, "disguised"), js_bool(&w, f->disguised);
    js_key(&w, "undone"), js_i64(&w, (int64_t)f->trace_total);
    js_key(&w, "trace");
    js_array(&w);
    for (size_t i = 0; i < f->trace_count; i++) {
        const FoldTrace *t = &f->trace[i];
        js_object(&w);
        js_key(&w, "step"), js_string(&w, str_of(fold_step_name(t->step)));
        js_key(&w, "from"), js_i64(&w, (int64_t)t->from);
        js_key(&w, "to"), js_i64(&w, (int64_t)t->to);
        js_key(&w, "was"), js_string(&w, t->was);
        js_key(&w, "became"), js_string(&w, t->became);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(&job->out, '\n');
}

static void print_plain(Fold *job, const Folded *f)
{
    buf_put(&job->out, f->text);
    buf_byte(&job->out, '\n');
    for (size_t i = 0; i < f->trace_count; i++) {
        const FoldTrace *t = &f->trace[i];
        buf_print(&job->out, "    %s at %zu: ", fold_step_name(t->step), t->from);
        buf_put(&job->out, t->was);
        buf_put(&job->out, STR(" -> "));
        buf_put(&job->out, t->became);
        buf_byte(&job->out, '\n');
    }
    if (f->trace_total > f->trace_count)
        buf_print(&job->out, "    and %zu more\n", f->trace_total - f->trace_count);
}

static bool answer(Fold *job, Str text, Err *err)
{
    Folded f;
    Arena *a = job->cli->arena;
    ArenaMark mark = arena_mark(a);
    if ((int64_t)text.len > job->cli->config.max_text_bytes)
        return err_set(err, ERR_LIMIT, "a text of %zu bytes; max_text_bytes is %lld", text.len,
                       (long long)job->cli->config.max_text_bytes);
    if (!utf8_valid(text, NULL))
        return err_set(err, ERR_INPUT, "the text is not UTF-8");
    if (!normalise(a, text, &f, err))
        return false;
    if (job->cli->json)
        print_json(job, text, &f);
    else
        print_plain(job, &f);
    arena_rewind(a, mark);
    if (!buf_ok(&job->out, err))
        return false;
    if (fwrite(job->out.ptr, 1, job->out.len, stdout) != job->out.len || fflush(stdout) != 0)
        return err_errno(err, "cannot write the answer");
    buf_clear(&job->out);
    return true;
}

/* A bad line is reported and the rest goes on. */
static bool answer_lines(Fold *job, Err *err)
{
    Reader *reader;
    ReaderOptions options = {.format = READER_LINES,
                             .max_line_bytes = (size_t)job->cli->config.max_line_bytes};
    if (!reader_open("/dev/stdin", &options, &reader, err))
        return false;
    bool ok = true;
    while (ok && !stop_requested()) {
        Record record;
        Err bad = {0};
        Str line;
        ReadStep step = reader_next(reader, &record, &bad);
        if (step == READ_END)
            break;
        if (step == READ_ROW && record_text(&record, STR("line"), &line) &&
            answer(job, line, &bad))
            continue;
        ok = step != READ_FAILED && bad.code != ERR_IO;
        job->bad = true;
        if (ok)
            fprintf(stderr, "%s\n", bad.msg);
        else
            *err = bad;
    }
    reader_close(reader);
    if (ok && stop_requested())
        return stop_err(err);
    return ok && (!job->bad || err_set(err, ERR_INPUT, "some lines were refused"));
}

static bool run(Cli *cli, Err *err)
{
    Fold job = {.cli = cli};
    buf_init(&job.out, ANSWER_MAX);
    bool ok = true;
    for (int i = 0; ok && i < cli->operand_count; i++)
        ok = answer(&job, str_of(cli->operand[i]), err);
    if (cli->operand_count == 0)
        ok = answer_lines(&job, err);
    buf_done(&job.out);
    return ok;
}

const Command cmd_fold = {
    .name = "fold",
    .run = run,
    .operands = "[TEXT...]",
    .least = 0,
    .most = -1,
    .summary = "show texts with their disguises undone, and what was undone",
    .example = "gavel fold \"you are all w h 0 r e s\"",
};
