/* datasheet.c - tables of counts; names from outside go into cells that cannot break them. */
#include "data/datasheet.h"

#include "base/clock.h"
#include "base/js.h"
#include "data/rows_stats.h"

/* ---- reading --------------------------------------------------------------------------- */

enum { LICENCES_MAX = 100000 };

static bool read_licences(Store *db, Arena *a, Datasheet *out, Err *err)
{
    Stmt *s = NULL;
    bool row = false;
    size_t cap = 64;
    out->licence = arena_array(a, SourceLicence, cap);
    bool ok = stmt_open(db,
                        "SELECT DISTINCT label_set.source, recipe.name, recipe.licence"
                        " FROM label_set JOIN recipe ON recipe.id = label_set.recipe"
                        " WHERE recipe.in_force = 1 ORDER BY 1, 2, 3",
                        &s, err);
    while (ok && (ok = stmt_step(s, &row, err)) && row && out->licences < LICENCES_MAX) {
        if (out->licences == cap) {
            SourceLicence *more = arena_array(a, SourceLicence, 2 * cap);
            memcpy(more, out->licence, cap * sizeof *more);
            out->licence = more;
            cap *= 2;
        }
        out->licence[out->licences++] =
            (SourceLicence){str_copy(a, stmt_text(s, 0)), str_copy(a, stmt_text(s, 1)),
                            str_copy(a, stmt_text(s, 2))};
    }
    stmt_close(s);
    return ok;
}

bool datasheet_load(Store *db, Arena *a, Str ref, Datasheet *out, Err *err)
{
    Datasheet d = {0};
    if (!snapshot_find(db, a, ref, &d.info, err) ||
        !snapshot_load(db, a, &d.info, &d.rows, err) || !read_licences(db, a, &d, err))
        return false;
    *out = d;
    return true;
}

/* ---- writing --------------------------------------------------------------------------- */

/* A name in a cell: no line break, no bar, no markup. */
static void cell(Buf *out, Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((unsigned char)c < 0x20)
            buf_byte(out, ' ');
        else if (strchr("|<>`*_[]\\", c))
            buf_print(out, "\\%c", c);
        else
            buf_byte(out, c);
    }
    buf_put(out, STR(" | "));
}

static void head(const Datasheet *d, Buf *out)
{
    char hex[DIGEST_HEX_SIZE], iso[CLOCK_ISO_SIZE];
    digest_hex(&d->info.digest, hex);
    clock_iso(d->info.created_ms, iso);
    buf_print(
        out,
        "# Data sheet of snapshot %.12s\n\nMade by `gavel snapshot datasheet`; do not edit."
        " Counts only: the texts are not here.\n\n"
        "| | |\n|---|---|\n| digest | `%s` |\n| made | %.10s |\n| texts | %zu |\n"
        "| train, calibrate, test | %zu, %zu, %zu |\n"
        "| clusters of near-duplicates, each in one split whole | %zu |\n"
        "| left out, being (nearly) in a set for measuring | %zu |\n",
        hex, hex, iso, d->info.rows, d->info.split_rows[SPLIT_TRAIN],
        d->info.split_rows[SPLIT_CALIBRATE], d->info.split_rows[SPLIT_TEST], d->info.clusters,
        d->info.excluded);
}

static void sources(const Datasheet *d, const RowsStats *s, Buf *out)
{
    buf_put(out,
            STR("\n## Sources\n\nA text that several sources brought counts once. Licences are"
                " those of the recipes in force.\n\n| source | train | calibrate | test |"
                " recipe | licence |\n|---|--:|--:|--:|---|---|\n"));
    for (size_t i = 0; i < s->source_count; i++) {
        const NameCounts *n = &s->source[i];
        const SourceLicence *l = NULL;
        for (size_t k = 0; k < d->licences && !l; k++)
            if (str_eq(d->licence[k].source, n->name))
                l = &d->licence[k];
        buf_put(out, STR("| "));
        cell(out, n->name);
        buf_print(out, "%zu | %zu | %zu | ", n->rows[SPLIT_TRAIN], n->rows[SPLIT_CALIBRATE],
                  n->rows[SPLIT_TEST]);
        cell(out, l ? l->recipe : STR("not in force"));
        cell(out, l ? l->licence : STR("unknown"));
        buf_byte(out, '\n');
    }
}

static void counted(const char *title, const char *what, const Str *name, const size_t *count,
                    size_t n, Buf *out)
{
    buf_print(out, "\n## %s\n\n| %s | texts |\n|---|--:|\n", title, what);
    for (size_t i = 0; i < n; i++) {
        if (count[i] == 0)
            continue;
        buf_put(out, STR("| "));
        cell(out, name[i].len ? name[i] : STR("not known"));
        buf_print(out, "%zu |\n", count[i]);
    }
}

static void languages(const RowsStats *s, Arena *a, Buf *out)
{
    Str *name = arena_array(a, Str, s->language_count);
    size_t *n = arena_array(a, size_t, s->language_count);
    for (size_t i = 0; i < s->language_count; i++) {
        name[i] = s->language[i].name;
        for (int k = 0; k < SPLIT_COUNT; k++)
            n[i] += s->language[i].rows[k];
    }
    counted("Languages", "language", name, n, s->language_count, out);
}

static void origins(const Datasheet *d, Buf *out)
{
    Str name[LABEL_ORIGIN_COUNT];
    size_t n[LABEL_ORIGIN_COUNT] = {0};
    for (int i = 0; i < LABEL_ORIGIN_COUNT; i++)
        name[i] = str_of(label_origin_name((LabelOrigin)i));
    for (size_t i = 0; i < d->rows.count; i++)
        n[d->rows.row[i].origin]++;
    counted("Who labelled", "origin of the labels", name, n, LABEL_ORIGIN_COUNT, out);
}

static void lengths(const Datasheet *d, Buf *out)
{
    static const size_t below[] = {50, 200, 800, 3200, SIZE_MAX};
    static const Str name[] = {STR("under 50"), STR("50 to 199"), STR("200 to 799"),
                               STR("800 to 3199"), STR("3200 and more")};
    enum { LENGTHS = sizeof below / sizeof *below };
    size_t n[LENGTHS] = {0};
    for (size_t i = 0; i < d->rows.count; i++) {
        size_t k = 0;
        while (d->rows.row[i].text.len >= below[k])
            k++;
        n[k]++;
    }
    counted("Lengths", "bytes", name, n, LENGTHS, out);
}

static void label_row(Str name, Split split, const LabelCounts *c, Buf *out)
{
    if (c->zero + c->one + c->soft == 0)
        return;
    buf_put(out, STR("| "));
    cell(out, name);
    buf_print(out, "%s | %zu | %zu | %zu | %zu |\n", split_name(split), c->zero, c->one,
              c->soft, c->unknown);
}

static void labels(const RowsStats *s, Buf *out)
{
    buf_put(out,
            STR("\n## Labels\n\nUnknown is not 0: the source does not say. Soft: a share of"
                " votes, or a weak guess.\n\n| factor or category | split | 0 | 1 | soft |"
                " unknown |\n|---|---|--:|--:|--:|--:|\n"));
    for (int f = 0; f < FACTOR_COUNT; f++)
        for (int k = 0; k < SPLIT_COUNT; k++)
            label_row(factor_name((Factor)f), (Split)k, &s->factor[k][f], out);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        for (int k = 0; k < SPLIT_COUNT; k++)
            label_row(category_name((Category)c), (Split)k, &s->category[k][c], out);
}

static bool left_out(const Datasheet *d, Arena *a, Buf *out, Err *err)
{
    const Js *report;
    if (!js_parse(a, d->info.report, &report, err))
        return false;
    const Js *sets = js_get(report, STR("exclude"));
    if (!sets || sets->count == 0)
        return true;
    buf_put(out, STR("\n## Left out\n\nTexts that are, or nearly are, in a set that is kept for"
                     " measuring.\n\n| set | its texts | equal | nearly equal |\n"
                     "|---|--:|--:|--:|\n"));
    for (size_t i = 0; i < sets->count; i++) {
        Str name = STR("");
        int64_t texts = 0, equal = 0, near = 0;
        const Js *x = &sets->item[i];
        if (!js_want_str(x, STR("set"), &name, err) ||
            !js_want_i64(x, STR("texts"), &texts, err) ||
            !js_want_i64(x, STR("equal"), &equal, err) ||
            !js_want_i64(x, STR("near"), &near, err))
            return false;
        /* "recipe:path": the path is of the machine that made it */
        Str recipe = name, rest = name;
        if (!str_starts(name, STR("sha256:"))) /* a list of digests in the tree */
            str_cut(&rest, ':', &recipe);
        buf_put(out, STR("| "));
        cell(out, recipe);
        buf_print(out, "%lld | %lld | %lld |\n", (long long)texts, (long long)equal,
                  (long long)near);
    }
    return true;
}

static bool doubted(const Datasheet *d, Arena *a, Buf *out, Err *err)
{
    static const struct {
        const char *key, *words;
    } line[] = {
        {"suspects",           "listed"                                             },
        {"labels_dropped",     "taken back: the factor is unknown now"              },
        {"labels_relabelled",  "weakened, towards what models say that never saw it"},
        {"suspects_measuring", "left as they are, in a split that measures"         },
        {"suspects_outdated",  "of labels that have changed since"                  },
        {"suspects_absent",    "of texts that are not here"                         },
    };
    const Js *report;
    int64_t n = 0;
    if (!js_parse(a, d->info.report, &report, err) ||
        !js_opt_i64(report, STR("suspects"), &n, err))
        return false;
    if (n == 0)
        return true;
    buf_put(out, STR("\n## Suspected labels\n\nFrom `gavel label suspects`.\n\n"
                     "| suspects | labels |\n|---|--:|\n"));
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        if (!js_want_i64(report, str_of(line[i].key), &n, err))
            return false;
        buf_print(out, "| %s | %lld |\n", line[i].words, (long long)n);
    }
    return true;
}

bool datasheet_print(const Datasheet *d, Arena *a, Buf *out, Err *err)
{
    ArenaMark mark = arena_mark(a);
    RowsStats s;
    rows_stats(a, &d->rows, &s);
    head(d, out);
    sources(d, &s, out);
    languages(&s, a, out);
    origins(d, out);
    lengths(d, out);
    labels(&s, out);
    bool ok = doubted(d, a, out, err) && left_out(d, a, out, err);
    arena_rewind(a, mark);
    return ok;
}
