/* cmd_policy_impact.c - `gavel policy impact A B`: what would flip if B were in force, on the
 * golden cases and on the archive, a snapshot or a file.
 *
 * Texts are not shown unless --show asks for it, and then masked: the answer is made to be
 * passed around.  Every item has an id to find it by.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "cli/policy_ref.h"
#include "data/mask.h"
#include "data/reader.h"
#include "data/snapshot.h"
#include "data/texts.h"
#include "moderate/impact.h"

#include <stdio.h>

enum { OUTPUT_MAX = 256 << 20, FLIPS_SHOWN = 20, RATE = 120, SHOWN_BYTES = 400 };

typedef struct Items {
    ImpactItem *item;
    size_t count;
    Str what; /* "the archive", for people */
} Items;

typedef struct Part {
    Items items;
    Impact impact;
    ScoredCounts scored;
    double seconds;
} Part;

typedef struct Job {
    Cli *cli;
    Store *db; /* NULL: there is none, and nothing is remembered */
    Release *release;
    PolicyRef before, after;
    Part golden, rest;
} Job;

/* ---- items --------------------------------------------------------------------------- */

/* A line of a file, or a golden case: "text" (or "input", "prompt"), and as they like "id",
 * "language", "locale". */
static bool read_item(Cli *cli, const Js *v, size_t number, ImpactItem *out, Err *err)
{
    static const Str names[] = {STR("text"), STR("input"), STR("prompt")};
    Str tag = {0};
    const Js *text = NULL, *id = js_get(v, STR("id"));
    for (size_t i = 0; !text && i < sizeof names / sizeof *names; i++)
        text = js_get(v, names[i]);
    if (!text || text->type != JS_STRING)
        return err_set(err, ERR_INPUT, "line %zu has no 'text'", number);
    *out = (ImpactItem){.id = str_print(cli->arena, "%zu", number), .text = text->str};
    if (id && id->type == JS_STRING)
        out->id = id->str;
    else if (id && id->type == JS_NUMBER)
        out->id = str_print(cli->arena, "%.17g", id->number);
    return js_opt_str(v, STR("locale"), &out->group, err) &&
           js_opt_str(v, STR("language"), &tag, err);
}

static bool items_of_lines(Cli *cli, Str text, ImpactItem *item, size_t *count, Err *err)
{
    const Js *v;
    size_t number = 0;
    for (Str line; str_cut(&text, '\n', &line);) {
        number++;
        if (str_trim(line).len == 0)
            continue;
        if (line.len > (size_t)cli->config.max_line_bytes)
            return err_set(err, ERR_LIMIT, "line %zu is longer than max_line_bytes", number);
        if (!js_parse(cli->arena, line, &v, err))
            return err_wrap(err, "line %zu", number);
        if (!read_item(cli, v, number, &item[*count], err))
            return false;
        ++*count;
    }
    return true;
}

static size_t lines_of(Str s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == '\n';
    return n;
}

static bool items_of_file(Job *job, const char *path, Items *out, Err *err)
{
    Str text;
    if (!file_load(job->cli->arena, path, READER_JSON_MAX_BYTES, &text, err))
        return false;
    const char *slash = strrchr(path, '/');
    *out = (Items){.item = arena_array(job->cli->arena, ImpactItem, lines_of(text)),
                   .what = str_of(slash ? slash + 1 : path)};
    return items_of_lines(job->cli, text, out->item, &out->count, err) ||
           err_wrap(err, "%s", path);
}

static bool items_of_snapshot(Job *job, const char *ref, Items *out, Err *err)
{
    Arena *a = job->cli->arena;
    SnapshotInfo info;
    Rows rows;
    char hex[DIGEST_HEX_SIZE];
    if (!job->db)
        return err_set(err, ERR_NOT_FOUND, "there is no store %s", job->cli->config.store_path);
    if (!snapshot_find(job->db, a, str_of(ref), &info, err) ||
        !snapshot_load(job->db, a, &info, &rows, err))
        return false;
    digest_hex(&info.digest, hex);
    *out = (Items){.item = arena_array(a, ImpactItem, rows.count),
                   .count = rows.count,
                   .what = str_print(a, "snapshot %.12s", hex)};
    for (size_t i = 0; i < rows.count; i++) {
        digest_hex(&rows.row[i].digest, hex);
        out->item[i] = (ImpactItem){.id = str_print(a, "%.16s", hex), .text = rows.row[i].text};
    }
    return true;
}

static bool items_of_archive(Job *job, Items *out, Err *err)
{
    Arena *a = job->cli->arena;
    ArchiveText *text;
    *out = (Items){.what = STR("the archive")};
    if (!job->db)
        return true;
    if (!texts_load(job->db, a, cli_int(job->cli, "sample", 0), &text, &out->count, err))
        return false;
    out->item = arena_array(a, ImpactItem, out->count);
    for (size_t i = 0; i < out->count; i++)
        out->item[i] = (ImpactItem){
            .id = (Str){text[i].digest.ptr, 16},
              .text = text[i].text
        };
    return true;
}

/* The cases of both policies, the later's words for a case that both have. */
static bool items_of_golden(Job *job, Items *out, Err *err)
{
    size_t room = 0;
    const Bundle *b[] = {&job->after.bundle, &job->before.bundle};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < b[k]->count; i++)
            room += lines_of(b[k]->file[i].text);
    *out = (Items){.item = arena_array(job->cli->arena, ImpactItem, room),
                   .what = STR("the golden cases")};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < b[k]->count; i++) {
            const BundleFile *f = &b[k]->file[i];
            bool golden =
                str_starts(f->path, STR("golden/")) && str_ends(f->path, STR(".jsonl"));
            if (!golden || (k == 1 && bundle_file(b[0], f->path)))
                continue;
            if (!items_of_lines(job->cli, f->text, out->item, &out->count, err))
                return err_wrap(err, STR_FMT, STR_ARG(f->path));
        }
    }
    return true;
}

/* A sample of what was read: every k-th, from a start that is always the same. */
static void thin(Items *items, int64_t most)
{
    size_t n = items->count, kept = 0, want = (size_t)most;
    if (most <= 0 || n <= want)
        return;
    for (size_t i = 0; i < want; i++)
        items->item[kept++] = items->item[i * n / want];
    items->count = kept;
}

/* ---- measuring ----------------------------------------------------------------------- */

static bool measure(Job *job, Part *p, Err *err)
{
    Arena *a = job->cli->arena;
    int64_t start = clock_mono_ns();
    Str *text = arena_array(a, Str, p->items.count);
    Scored *scored;
    for (size_t i = 0; i < p->items.count; i++)
        text[i] = p->items.item[i].text;
    ScoredWork w = {cli_flag(job->cli, "forget") ? NULL : job->db, job->release,
                    judge_limits(job->cli), judge_threads(job->cli), &job->cli->progress};
    if (!scored_texts(&w, a, text, p->items.count, &scored, &p->scored, err))
        return false;
    for (size_t i = 0; i < p->items.count; i++)
        p->items.item[i].language = scored[i].language;
    ImpactInput in = {job->release, job->before.policy, job->after.policy, p->items.item,
                      scored,       p->items.count};
    impact_measure(a, &in, &p->impact);
    p->seconds = (double)(clock_mono_ns() - start) / 1e9;
    return true;
}

/* ---- telling ------------------------------------------------------------------------- */

static double per_thousand(const Impact *x, size_t n)
{
    return x->all.items ? 1000. * (double)n / (double)x->all.items : 0;
}

/* Hours that people need for a thousand items. */
static double hours(const Cli *cli, const Impact *x, size_t n)
{
    return per_thousand(x, n) / cli_real(cli, "rate", RATE);
}

static bool shown_text(Job *job, Str text, Str *out, Err *err)
{
    if (!mask_pii(job->cli->arena, text, out, err))
        return false;
    size_t n = out->len < SHOWN_BYTES ? out->len : SHOWN_BYTES;
    while (n < out->len && n && ((unsigned char)out->ptr[n] & 0xc0) == 0x80)
        n--;
    out->len = n;
    return true;
}

static void json_count(JsWriter *w, const ImpactCount *c)
{
    js_count(w, "items", c->items);
    js_count(w, "flips", c->flips);
    js_count(w, "flags_on", c->on);
    js_count(w, "flags_off", c->off);
}

static void json_groups(const Impact *x, JsWriter *w)
{
    js_key(w, "categories"), js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c)), js_object(w);
        js_count(w, "before", x->holds[c][0]);
        js_count(w, "after", x->holds[c][1]);
        js_count(w, "off", x->category[c][0]);
        js_count(w, "on", x->category[c][1]);
        js_end_object(w);
    }
    js_end_object(w);
    js_key(w, "languages"), js_object(w);
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        if (x->language[l].items == 0)
            continue;
        js_key(w, language_code((Language)l)), js_object(w);
        json_count(w, &x->language[l]);
        js_end_object(w);
    }
    js_end_object(w);
    js_key(w, "locales"), js_object(w);
    for (size_t i = 0; i < x->groups; i++) {
        js_key_str(w, x->group[i].name), js_object(w);
        json_count(w, &x->group[i].count);
        js_end_object(w);
    }
    js_end_object(w);
    js_key(w, "actions"), js_array(w);
    for (int i = 0; i < ACTION_COUNT; i++) {
        for (int k = 0; k < ACTION_COUNT; k++) {
            if (x->action[i][k] == 0)
                continue;
            js_object(w);
            js_key(w, "before"), js_string(w, action_name((Action)i));
            js_key(w, "after"), js_string(w, action_name((Action)k));
            js_count(w, "items", x->action[i][k]);
            js_end_object(w);
        }
    }
    js_end_array(w);
}

static void json_side(const char *key, const ImpactSide *s, JsWriter *w)
{
    js_key(w, key), js_object(w);
    js_key(w, "flagged"), js_bool(w, s->flagged);
    js_key(w, "action"), js_string(w, action_name(s->action));
    js_key(w, "categories"), js_array(w);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (s->category[c])
            js_string(w, category_name((Category)c));
    js_end_array(w);
    js_end_object(w);
}

static bool json_flips(Job *job, const Part *p, JsWriter *w, Err *err)
{
    size_t most = (size_t)cli_int(job->cli, "most", FLIPS_SHOWN);
    js_key(w, "flipped"), js_array(w);
    for (size_t i = 0; i < p->impact.all.flips && i < most; i++) {
        const Flip *f = &p->impact.flip[i];
        Str text;
        js_object(w);
        js_key(w, "id"), js_string(w, p->items.item[f->item].id);
        json_side("before", &f->before, w);
        json_side("after", &f->after, w);
        if (cli_flag(job->cli, "show")) {
            if (!shown_text(job, p->items.item[f->item].text, &text, err))
                return false;
            js_key(w, "text"), js_string(w, text);
        }
        js_end_object(w);
    }
    js_end_array(w);
    return true;
}

static bool json_part(Job *job, const char *key, const Part *p, JsWriter *w, Err *err)
{
    const Impact *x = &p->impact;
    js_key(w, key), js_object(w);
    js_key(w, "what"), js_string(w, p->items.what);
    json_count(w, &x->all);
    js_number(w, "share", x->share);
    js_number(w, "share_low", x->low);
    js_number(w, "share_high", x->high);
    js_count(w, "remembered", p->scored.known);
    js_count(w, "judged", p->scored.judged);
    js_number(w, "seconds", p->seconds);
    js_key(w, "load"), js_object(w);
    js_number(w, "items_per_hour", cli_real(job->cli, "rate", RATE));
    for (int side = 0; side < 2; side++) {
        js_number(w, side ? "per_1000_after" : "per_1000_before",
                  per_thousand(x, x->people[side]));
        js_number(w, side ? "hours_per_1000_after" : "hours_per_1000_before",
                  hours(job->cli, x, x->people[side]));
    }
    js_end_object(w);
    json_groups(x, w);
    bool ok = json_flips(job, p, w, err);
    js_end_object(w);
    return ok;
}

static void text_counts(const Part *p, Buf *out)
{
    const Impact *x = &p->impact;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (x->category[c][0] || x->category[c][1])
            buf_print(out, "  %-24.*s %6zu -> %-6zu  %zu gone, %zu new\n",
                      STR_ARG(category_name((Category)c)), x->holds[c][0], x->holds[c][1],
                      x->category[c][0], x->category[c][1]);
    for (int i = 0; i < ACTION_COUNT; i++)
        for (int k = 0; k < ACTION_COUNT; k++)
            if (i != k && x->action[i][k])
                buf_print(out, "  action " STR_FMT " -> " STR_FMT ": %zu\n",
                          STR_ARG(action_name((Action)i)), STR_ARG(action_name((Action)k)),
                          x->action[i][k]);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        if (x->language[l].flips)
            buf_print(out, "  language %-16s %6zu of %zu\n", language_name((Language)l),
                      x->language[l].flips, x->language[l].items);
    for (size_t i = 0; i < x->groups; i++)
        if (x->group[i].count.flips)
            buf_print(out, "  locale %-18.*s %6zu of %zu\n", STR_ARG(x->group[i].name),
                      x->group[i].count.flips, x->group[i].count.items);
}

static void text_side(const ImpactSide *s, Buf *out)
{
    bool first = true;
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (s->category[c])
            buf_print(out, "%s" STR_FMT, first ? "" : ", ",
                      STR_ARG(category_name((Category)c)));
        first = first && !s->category[c];
    }
    buf_print(out, "%s (" STR_FMT ")", first ? "nothing" : "", STR_ARG(action_name(s->action)));
}

static bool text_part(Job *job, const Part *p, Buf *out, Err *err)
{
    const Impact *x = &p->impact;
    size_t most = (size_t)cli_int(job->cli, "most", FLIPS_SHOWN);
    Str text;
    buf_print(out,
              STR_FMT ": %zu of %zu flip (%.2f %%, %.2f to %.2f with 95 %% confidence): "
                      "%zu flags on, %zu off\n",
              STR_ARG(p->items.what), x->all.flips, x->all.items, 100 * x->share, 100 * x->low,
              100 * x->high, x->all.on, x->all.off);
    text_counts(p, out);
    buf_print(out,
              "  for people: %.1f -> %.1f of 1,000 items, %.2f -> %.2f hours at %g an hour\n",
              per_thousand(x, x->people[0]), per_thousand(x, x->people[1]),
              hours(job->cli, x, x->people[0]), hours(job->cli, x, x->people[1]),
              cli_real(job->cli, "rate", RATE));
    for (size_t i = 0; i < x->all.flips && i < most; i++) {
        const Flip *f = &x->flip[i];
        buf_print(out, "  " STR_FMT "  ", STR_ARG(p->items.item[f->item].id));
        text_side(&f->before, out);
        buf_print(out, " -> ");
        text_side(&f->after, out);
        buf_byte(out, '\n');
        if (!cli_flag(job->cli, "show"))
            continue;
        if (!shown_text(job, p->items.item[f->item].text, &text, err))
            return false;
        buf_print(out, "      " STR_FMT "\n", STR_ARG(text));
    }
    if (x->all.flips > most)
        buf_print(out, "  and %zu more (--most)\n", x->all.flips - most);
    buf_print(out, "  %zu texts remembered, %zu judged, %.1f s\n", p->scored.known,
              p->scored.judged, p->seconds);
    return true;
}

static bool say(Job *job, Err *err)
{
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    JsWriter w = js_writer(&out);
    bool ok;
    if (job->cli->json) {
        js_object(&w);
        js_key(&w, "before"), js_string(&w, job->before.name);
        js_key(&w, "after"), js_string(&w, job->after.name);
        js_key(&w, "release"), js_string(&w, release_name(job->release));
        ok = json_part(job, "golden", &job->golden, &w, err) &&
             json_part(job, "items", &job->rest, &w, err);
        js_end_object(&w);
        buf_byte(&out, '\n');
    } else {
        ok = (job->golden.items.count == 0 || text_part(job, &job->golden, &out, err)) &&
             text_part(job, &job->rest, &out, err);
    }
    ok = ok && buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok;
}

/* ---- the command --------------------------------------------------------------------- */

static bool read_all(Job *job, Err *err)
{
    const char *file = cli_text(job->cli, "file", NULL);
    const char *snapshot = cli_text(job->cli, "snapshot", NULL);
    if (file && snapshot)
        return err_set(err, ERR_USAGE, "--file or --snapshot, not both");
    if (!items_of_golden(job, &job->golden.items, err))
        return false;
    Items *items = &job->rest.items;
    bool ok = file       ? items_of_file(job, file, items, err)
              : snapshot ? items_of_snapshot(job, snapshot, items, err)
                         : items_of_archive(job, items, err);
    if (ok)
        thin(items, cli_int(job->cli, "sample", 0));
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    Job job = {.cli = cli};
    const char *store = cli->config.store_path;
    if (!(cli_real(cli, "rate", RATE) > 0))
        return err_set(err, ERR_USAGE, "--rate must be above 0");
    stop_on_signals();
    bool ok = policy_ref_open(cli, cli->operand[0], &job.before, err) &&
              policy_ref_open(cli, cli->operand[1], &job.after, err) &&
              (!file_exists(store) || store_open(store, &job.db, err)) &&
              judge_open(cli, &job.release, err) && read_all(&job, err) &&
              measure(&job, &job.golden, err) && measure(&job, &job.rest, err) &&
              say(&job, err);
    release_close(job.release);
    store_close(job.db);
    return ok;
}

static const Option options[] = {
    {"release",  OPTION_TEXT, "REF", "a file, a name in releases/, or digits of a digest",
     false},
    {"file",     OPTION_TEXT, "F.jsonl", "texts of a file: {\"id\": ..., \"text\": ...} a line",
     false},
    {"snapshot",      OPTION_TEXT, "REF", "texts of a snapshot; without either, the archive's",
     false},
    {"sample",     OPTION_INT, "N", "only so many of the texts, the same ones each time", false},
    {"most", OPTION_INT, "N", "flipped items to list (20)", false},
    {"rate",      OPTION_REAL, "N", "items that a person decides in an hour (120)", false},
    {"show", OPTION_FLAG, NULL, "the flipped texts too, masked", false},
    {"forget",     OPTION_FLAG, NULL, "judge every text anew and remember nothing", false},
    {0     },
};

const Command cmd_policy_impact = {
    .name = "policy impact",
    .run = run,
    .options = options,
    .operands = "A B",
    .least = 2,
    .most = 2,
    .summary = "which verdicts would flip from one policy to another, and what people would "
               "have to do",
    .example = "gavel policy impact openai-13 policies/openai-13 --sample 20000",
};
