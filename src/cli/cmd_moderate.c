/* cmd_moderate.c - text in, verdicts out.
 *
 * With --jsonl each line of the input is judged and answered before the next is read, so
 * that a program may hold the command open and talk to it line by line.
 */
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/reader.h"
#include "moderate/inputs.h"
#include "moderate/verdict.h"

#include <stdio.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 << 20 }; /* bytes of one answer: an input may hold many texts */

typedef struct Job {
    Cli *cli;
    const Release *release;
    Limits limits;
    Buf out;
    bool bad; /* some line was refused */
} Job;

static bool write_out(Job *job, Err *err)
{
    if (!buf_ok(&job->out, err))
        return false;
    size_t n = fwrite(job->out.ptr, 1, job->out.len, stdout);
    if (n != job->out.len || fflush(stdout) != 0)
        return err_errno(err, "cannot write the answer");
    buf_clear(&job->out);
    return true;
}

/* ---- lines of JSON ------------------------------------------------------------------- */

static void print_fault(Job *job, const Js *id, const InputFault *f)
{
    JsWriter w = js_writer(&job->out);
    js_object(&w);
    js_key(&w, "id");
    if (id)
        js_value(&w, id);
    else
        js_null(&w);
    js_key(&w, "error");
    js_object(&w);
    js_key(&w, "message"), js_string(&w, str_of(f->message));
    js_key(&w, "type"), js_string(&w, STR("invalid_request_error"));
    js_key(&w, "param");
    if (f->param[0])
        js_string(&w, str_of(f->param));
    else
        js_null(&w);
    js_key(&w, "code"), js_string(&w, str_of(f->code));
    js_end_object(&w);
    js_end_object(&w);
    buf_byte(&job->out, '\n');
    job->bad = true;
}

static InputFault fault_of(const char *code, const char *message)
{
    InputFault f = {.code = code};
    snprintf(f.message, sizeof f.message, "%s", message);
    return f;
}

/* {"text": ...} is the short form of {"input": "..."}. */
static bool read_request(Job *job, const Js *request, Inputs *out, InputFault *fault)
{
    const Js *text = js_get(request, STR("text")), *input = js_get(request, STR("input"));
    InputLimits limits = {.max_inputs = (size_t)job->cli->config.max_inputs,
                          .max_text_bytes = job->limits.max_text_bytes};
    if (request->type != JS_OBJECT) {
        *fault = fault_of("invalid_type", "A line must be an object.");
        return false;
    }
    if (text && input) {
        *fault = fault_of("invalid_value", "A line has 'text' or 'input', not both.");
        return false;
    }
    if (text && text->type != JS_STRING) {
        *fault = fault_of("invalid_type", "Invalid type for 'text': expected a string.");
        snprintf(fault->param, sizeof fault->param, "text");
        return false;
    }
    return inputs_read(job->cli->arena, text ? text : input, &limits, out, fault);
}

/* Several results (an array of strings) stand in `results`, under the verdict on all of
 * them together. */
static bool print_verdicts(Job *job, const Js *id, const Inputs *in, Err *err)
{
    Arena *a = job->cli->arena;
    Verdict *each = arena_array(a, Verdict, in->count), all;
    size_t texts = 0;
    for (size_t i = 0; i < in->count; i++) {
        if (!moderate(job->release, &job->limits, a, &in->input[i], &each[i], err))
            return false;
        texts += in->input[i].count;
    }
    Input together = {.text = in->input[0].text, .count = texts};
    all = each[0];
    if (in->count > 1 && !moderate(job->release, &job->limits, a, &together, &all, err))
        return false;
    JsWriter w = js_writer(&job->out);
    js_object(&w);
    js_key(&w, "id");
    if (id)
        js_value(&w, id);
    else
        js_null(&w);
    verdict_print(&all, &w);
    if (in->count > 1) {
        js_key(&w, "results");
        js_array(&w);
        for (size_t i = 0; i < in->count; i++) {
            js_object(&w);
            verdict_print(&each[i], &w);
            js_end_object(&w);
        }
        js_end_array(&w);
    }
    js_end_object(&w);
    buf_byte(&job->out, '\n');
    return true;
}

static void answer_line(Job *job, Str line)
{
    const Js *request;
    Inputs in;
    InputFault fault;
    Err err = {0};
    if (!js_parse(job->cli->arena, line, &request, &err)) {
        fault = fault_of("invalid_json", err.msg);
        print_fault(job, NULL, &fault);
        return;
    }
    const Js *id = js_get(request, STR("id"));
    if (!read_request(job, request, &in, &fault)) {
        print_fault(job, id, &fault);
        return;
    }
    if (!print_verdicts(job, id, &in, &err)) {
        fault = fault_of(err_name(err.code), err.msg);
        print_fault(job, id, &fault);
    }
}

static bool answer_lines(Job *job, Err *err)
{
    Reader *reader;
    ReaderOptions options = {.format = READER_LINES,
                             .max_line_bytes = (size_t)job->cli->config.max_line_bytes};
    if (!reader_open("/dev/stdin", &options, &reader, err))
        return false;
    bool ok = true;
    uint64_t done = 0;
    while (ok && !stop_requested()) {
        Record record;
        Err bad = {0};
        Str line = {0};
        ArenaMark mark = arena_mark(job->cli->arena);
        ReadStep step = reader_next(reader, &record, &bad);
        if (step == READ_END)
            break;
        if (step == READ_FAILED) {
            *err = bad;
            ok = false;
        } else if (step == READ_BAD) {
            InputFault fault = fault_of("invalid_line", bad.msg);
            print_fault(job, NULL, &fault);
        } else if (record_text(&record, STR("line"), &line) && str_trim(line).len > 0) {
            answer_line(job, line);
        }
        ok = ok && write_out(job, err);
        arena_rewind(job->cli->arena, mark);
        progress_tick(&job->cli->progress, "lines", ++done, 0, NULL);
    }
    reader_close(reader);
    if (ok && stop_requested())
        return stop_err(err);
    if (ok && job->bad)
        return err_set(err, ERR_INPUT, "some lines were refused; their answers say why");
    return ok;
}

/* ---- plain texts --------------------------------------------------------------------- */

static void print_for_people(Job *job, const Verdict *v)
{
    Buf *out = &job->out;
    buf_print(out, "%s", v->flagged ? "flagged" : "not flagged");
    if (v->flagged)
        buf_print(out, " (" STR_FMT ")", STR_ARG(action_name(v->action)));
    if (v->language != LANGUAGE_UNKNOWN)
        buf_print(out, ", %s%s", language_name(v->language),
                  v->language_known ? "" : " (which the release does not know)");
    if (v->tier == TIER_STUDENT)
        buf_print(out, ", the student alone");
    buf_print(out, "%s%s\n", v->disguised ? ", disguised" : "",
              v->capped ? ", too long to be read whole by the encoder" : "");
    for (int c = 0; c < CATEGORY_COUNT; c++)
        buf_print(out, "  %-24.*s %8.6f%s\n", STR_ARG(category_name((Category)c)), v->score[c],
                  v->category[c] ? "  flagged" : "");
}

static bool answer_text(Job *job, Str text, Err *err)
{
    Verdict v;
    Input in = {.text = &text, .count = 1};
    if (!moderate(job->release, &job->limits, job->cli->arena, &in, &v, err))
        return false;
    if (job->cli->json) {
        JsWriter w = js_writer(&job->out);
        js_object(&w);
        verdict_print(&v, &w);
        js_end_object(&w);
        buf_byte(&job->out, '\n');
    } else {
        print_for_people(job, &v);
    }
    return write_out(job, err);
}

static bool read_stdin(Job *job, Str *out, Err *err)
{
    size_t max = job->limits.max_text_bytes + 1, len = 0; /* one more shows that it is over */
    char *text = arena_array(job->cli->arena, char, max);
    while (len < max) {
        size_t n = fread(text + len, 1, max - len, stdin);
        if (n == 0)
            break;
        len += n;
    }
    if (ferror(stdin))
        return err_errno(err, "cannot read the text");
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    *out = (Str){text, len};
    return true;
}

static bool answer_texts(Job *job, Err *err)
{
    Str text;
    if (job->cli->operand_count == 0)
        return read_stdin(job, &text, err) && answer_text(job, text, err);
    for (int i = 0; i < job->cli->operand_count; i++)
        if (!answer_text(job, str_of(job->cli->operand[i]), err))
            return err_wrap(err, "text %d", i + 1);
    return true;
}

static bool run(Cli *cli, Err *err)
{
    Release *release;
    bool jsonl = cli_flag(cli, "jsonl");
    if (jsonl && cli->operand_count > 0)
        return err_set(err, ERR_USAGE, "--jsonl reads lines from standard input, no operands");
    if (!judge_open(cli, &release, err))
        return false;
    Job job = {.cli = cli, .release = release, .limits = judge_limits(cli)};
    buf_init(&job.out, ANSWER_MAX);
    stop_on_signals();
    bool ok = jsonl ? answer_lines(&job, err) : answer_texts(&job, err);
    buf_done(&job.out);
    release_close(release);
    return ok;
}

static const Option options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "jsonl",
     .type = OPTION_FLAG,
     .help = "one {\"id\": ..., \"text\": ...} a line in, one verdict a line out"},
    {0                },
};

const Command cmd_moderate = {
    .name = "moderate",
    .run = run,
    .options = options,
    .operands = "[TEXT...]",
    .most = -1,
    .summary = "judge texts: operands, else standard input",
    .example = "echo '{\"id\": 1, \"text\": \"hello\"}' | gavel moderate --jsonl",
};
