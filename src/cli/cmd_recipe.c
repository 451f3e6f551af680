/* cmd_recipe.c - what a recipe makes of its files, counted and not kept. */
#include "base/buf.h"
#include "base/js.h"
#include "cli/commands.h"
#include "data/recipe.h"

#include <stdio.h>

enum { RECIPE_ARENA = 64 << 20, OUTPUT_MAX = 1 << 20, SOURCES_MAX = 64 };

/* How many rows say what of one factor or category. */
typedef struct Tally {
    uint64_t zero, one, soft, unknown;
} Tally;

typedef struct Counts {
    RecipeCounts rows;
    Tally slot[FACTOR_COUNT + CATEGORY_COUNT];
    uint64_t side[SPLIT_COUNT + 1]; /* the last: free */
    uint64_t grouped;
    struct {
        Str name;
        uint64_t rows;
    } source[SOURCES_MAX];
    size_t sources;
    BadRows bad;
} Counts;

static void tally(Tally *t, float v)
{
    if (!label_known(v))
        t->unknown++;
    else if (v <= 0)
        t->zero++;
    else if (v >= 1)
        t->one++;
    else
        t->soft++;
}

static void count_source(Arena *a, Counts *c, Str name)
{
    size_t i = 0;
    while (i < c->sources && !str_eq(c->source[i].name, name))
        i++;
    if (i == SOURCES_MAX)
        return;
    if (i == c->sources)
        c->source[c->sources++].name = str_copy(a, name);
    c->source[i].rows++;
}

static void count_row(Arena *a, Counts *c, const Row *row)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        tally(&c->slot[f], row->labels.factor[f]);
    for (int k = 0; k < CATEGORY_COUNT; k++)
        tally(&c->slot[FACTOR_COUNT + k], row->labels.category[k]);
    c->side[row->split]++;
    c->grouped += row->group.len > 0;
    count_source(a, c, row->source);
}

static bool read_rows(Cli *cli, const Recipe *r, const char *path, Counts *c, Err *err)
{
    RecipeReader *rr = NULL;
    if (!recipe_reader_open(r, path, (size_t)cli->config.max_line_bytes, &rr, err))
        return false;
    bool ok = true;
    ReadStep step;
    Row row;
    Err why;
    while (ok && (step = recipe_reader_next(rr, &row, &why)) != READ_END) {
        if (step == READ_ROW) {
            count_row(cli->arena, c, &row);
        } else if (step == READ_BAD) {
            if (c->bad.count < BAD_ROWS_KEPT)
                c->bad.message[c->bad.count] = str_copy(cli->arena, str_of(why.msg));
            c->bad.count++;
        } else {
            *err = why;
            ok = false;
        }
        RecipeCounts now = recipe_reader_counts(rr);
        if (now.records % 1024 == 0)
            progress_tick(&cli->progress, "records", now.records, 0, NULL);
        if (ok && stop_requested())
            ok = stop_err(err);
    }
    c->rows = recipe_reader_counts(rr);
    recipe_reader_close(rr);
    return ok;
}

static Str slot_name(int slot)
{
    return slot < FACTOR_COUNT ? factor_name((Factor)slot)
                               : category_name((Category)(slot - FACTOR_COUNT));
}

static bool said(const Tally *t) { return t->zero + t->one + t->soft > 0; }

static void print_text(const Recipe *r, const Counts *c, Buf *out)
{
    const RecipeCounts *n = &c->rows;
    buf_print(
        out, STR_FMT ": %zu records, %zu bad, %zu filtered, %zu empty, %zu over; %zu rows\n",
        STR_ARG(recipe_source(r)), n->records, n->bad, n->filtered, n->empty, n->over, n->rows);
    for (size_t i = 0; c->sources > 1 && i < c->sources; i++)
        buf_print(out, "  %-28.*s %8llu\n", STR_ARG(c->source[i].name),
                  (unsigned long long)c->source[i].rows);
    buf_print(out, "sides: ");
    for (int s = 0; s <= SPLIT_COUNT; s++)
        buf_print(out, "%s %llu%s", s < SPLIT_COUNT ? split_name((Split)s) : "free",
                  (unsigned long long)c->side[s], s < SPLIT_COUNT ? ", " : "\n");
    buf_print(out, "%-30s %8s %8s %8s %8s\n", "", "0", "1", "between", "unknown");
    for (int i = 0; i < FACTOR_COUNT + CATEGORY_COUNT; i++) {
        const Tally *t = &c->slot[i];
        if (said(t))
            buf_print(out, "%s%-*.*s %8llu %8llu %8llu %8llu\n",
                      i < FACTOR_COUNT ? "" : "category ", i < FACTOR_COUNT ? 30 : 21,
                      STR_ARG(slot_name(i)), (unsigned long long)t->zero,
                      (unsigned long long)t->one, (unsigned long long)t->soft,
                      (unsigned long long)t->unknown);
    }
    for (size_t i = 0; i < c->bad.count && i < BAD_ROWS_KEPT; i++)
        buf_print(out, "bad: " STR_FMT "\n", STR_ARG(c->bad.message[i]));
    if (c->bad.count > BAD_ROWS_KEPT)
        buf_print(out, "and %zu more\n", c->bad.count - BAD_ROWS_KEPT);
}

static void print_tallies(JsWriter *w, const char *key, const Counts *c, int from, int to)
{
    js_key(w, key);
    js_object(w);
    for (int i = from; i < to; i++) {
        const Tally *t = &c->slot[i];
        if (!said(t))
            continue;
        js_key_str(w, slot_name(i));
        js_object(w);
        js_count(w, "zero", t->zero);
        js_count(w, "one", t->one);
        js_count(w, "soft", t->soft);
        js_count(w, "unknown", t->unknown);
        js_end_object(w);
    }
    js_end_object(w);
}

static void print_json(const Recipe *r, const Counts *c, Buf *out)
{
    JsWriter w = js_writer(out);
    Digest digest = recipe_digest(r);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    js_object(&w);
    js_key(&w, "source");
    js_string(&w, recipe_source(r));
    js_key(&w, "licence");
    js_string(&w, recipe_licence(r));
    js_key(&w, "recipe");
    js_string(&w, str_of(hex));
    js_count(&w, "records", c->rows.records);
    js_count(&w, "bad", c->rows.bad);
    js_count(&w, "filtered", c->rows.filtered);
    js_count(&w, "empty", c->rows.empty);
    js_count(&w, "over", c->rows.over);
    js_count(&w, "rows", c->rows.rows);
    js_count(&w, "grouped", c->grouped);
    js_key(&w, "sources");
    js_object(&w);
    for (size_t i = 0; i < c->sources; i++) {
        js_key_str(&w, c->source[i].name);
        js_i64(&w, (int64_t)c->source[i].rows);
    }
    js_end_object(&w);
    js_key(&w, "sides");
    js_object(&w);
    for (int s = 0; s <= SPLIT_COUNT; s++)
        js_count(&w, s < SPLIT_COUNT ? split_name((Split)s) : "free", c->side[s]);
    js_end_object(&w);
    print_tallies(&w, "factors", c, 0, FACTOR_COUNT);
    print_tallies(&w, "categories", c, FACTOR_COUNT, FACTOR_COUNT + CATEGORY_COUNT);
    js_key(&w, "bad_rows");
    js_array(&w);
    for (size_t i = 0; i < c->bad.count && i < BAD_ROWS_KEPT; i++)
        js_string(&w, c->bad.message[i]);
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static bool run(Cli *cli, Err *err)
{
    bool ok = false;
    const Recipe *r;
    Counts *c = arena_new(cli->arena, Counts);
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    Arena *a = arena_open(RECIPE_ARENA);
    if (!recipe_load(a, cli->operand[0], &r, err) ||
        !read_rows(cli, r, cli->operand[1], c, err))
        goto done;
    if (cli->json)
        print_json(r, c, &out);
    else
        print_text(r, c, &out);
    if (!buf_ok(&out, err))
        goto done;
    printf("%.*s", (int)out.len, out.ptr);
    ok = c->rows.bad == 0 || err_set(err, ERR_INPUT, "%zu bad rows", c->rows.bad);
done:
    arena_close(a);
    buf_done(&out);
    return ok;
}

const Command cmd_recipe_check = {
    .name = "recipe check",
    .run = run,
    .operands = "RECIPE PATH",
    .least = 2,
    .most = 2,
    .summary = "count what a recipe makes of its files",
    .example = "gavel recipe check recipes/train/edos.yaml ../shared/data",
};
