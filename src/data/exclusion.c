#include "data/exclusion.h"

#include "base/file.h"
#include "base/map.h"
#include "data/recipe.h"

enum { DIGESTS_MAX_BYTES = 64 << 20 };
#define DIGESTS "sha256:"         /* in place of a recipe */
#define SCRATCH ((size_t)4 << 30) /* address space: one text's folding at a time */

struct Exclusion {
    Map *digests; /* to the set that has it first */
    const NearIndex *near;
    const uint32_t *set; /* of each text in `near` */
};

static Str digest_key(const Digest *d) { return (Str){(const char *)d->byte, sizeof d->byte}; }

static bool read_set(Arena *a, const char *pair, size_t max_line_bytes, Rows *rows,
                     SelectionExclusion *report, Err *err)
{
    Str path = str_of(pair), recipe_path;
    const Recipe *recipe = NULL;
    BadRows bad;
    str_cut(&path, ':', &recipe_path);
    if (!path.ptr || path.len == 0 || recipe_path.len == 0)
        return err_set(err, ERR_USAGE, "an excluded set is RECIPE:PATH, not '%s'", pair);
    if (!recipe_load(a, str_z(a, recipe_path), &recipe, err) ||
        !rows_read(a, recipe, str_z(a, path), max_line_bytes, rows, &bad, err))
        return err_wrap(err, "excluded set %s", pair);
    if (rows->count == 0)
        return err_set(err, ERR_INPUT, "the excluded set %s has no text", pair);
    *report = (SelectionExclusion){.pair = pair, .texts = rows->count, .bad = bad.count};
    return true;
}

/* A digest a line; what stands behind # is for people. */
static bool read_digests(Arena *a, Str path, uint64_t set, Map *out, SelectionExclusion *report,
                         Err *err)
{
    Str text, line;
    int number = 0;
    if (!file_load(a, str_z(a, path), DIGESTS_MAX_BYTES, &text, err))
        return false;
    while (str_cut(&text, '\n', &line)) {
        Str hex;
        Digest d;
        number++;
        str_cut(&line, '#', &hex);
        hex = str_trim(hex);
        if (hex.len == 0)
            continue;
        if (!digest_parse(hex, &d))
            return err_set(err, ERR_INPUT, STR_FMT ":%d: no SHA-256 digest", STR_ARG(path),
                           number);
        map_slot(out, str_copy(a, digest_key(&d)), set);
        report->texts++;
    }
    if (report->texts == 0)
        return err_set(err, ERR_INPUT, STR_FMT " names no text to leave out", STR_ARG(path));
    return true;
}

static bool fingerprint_set(Arena *a, Arena *scratch, const Rows *rows, Fingerprint *f,
                            Err *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (stop_requested())
            return stop_err(err);
        if (!fingerprint_read(a, scratch, rows->row[i].text, &f[i], err))
            return false;
    }
    return true;
}

bool exclusion_load(Arena *a, const SnapshotOptions *o, const Progress *p,
                    SelectionExclusion *report, const Exclusion **out, Err *err)
{
    Exclusion *x = arena_new(a, Exclusion);
    Rows *rows = arena_array(a, Rows, (size_t)o->exclude_count);
    size_t count = 0, n = 0;
    x->digests = map_new(a, 1024);
    for (int i = 0; i < o->exclude_count; i++) {
        Str pair = str_of(o->exclude[i]);
        report[i].pair = o->exclude[i];
        if (str_starts(pair, STR(DIGESTS))) {
            Str path = {pair.ptr + sizeof DIGESTS - 1, pair.len - (sizeof DIGESTS - 1)};
            if (!read_digests(a, path, (uint64_t)i, x->digests, &report[i], err))
                return false;
        } else if (!read_set(a, o->exclude[i], o->max_line_bytes, &rows[i], &report[i], err)) {
            return false;
        }
        count += rows[i].count;
        progress_tick(p, "excluded sets read", (uint64_t)i + 1, (uint64_t)o->exclude_count,
                      NULL);
    }
    Fingerprint *f = arena_array(a, Fingerprint, count);
    uint32_t *set = arena_array(a, uint32_t, count);
    Arena *scratch = arena_open(SCRATCH);
    bool ok = true;
    for (int i = 0; ok && i < o->exclude_count; i++) {
        ok = fingerprint_set(a, scratch, &rows[i], f + n, err);
        for (size_t k = 0; ok && k < rows[i].count; k++) {
            map_slot(x->digests, digest_key(&rows[i].row[k].digest), (uint64_t)i);
            set[n++] = (uint32_t)i;
        }
    }
    arena_close(scratch);
    if (!ok)
        return false;
    x->set = set;
    x->near = near_index_new(a, f, count);
    *out = x;
    return true;
}

bool exclusion_has(const Exclusion *x, const Digest *digest, const Fingerprint *f,
                   SelectionExclusion *report)
{
    uint64_t set = 0;
    uint32_t which = 0;
    if (map_get(x->digests, digest_key(digest), &set)) {
        report[set].equal++;
        return true;
    }
    if (!near_index_find(x->near, f, &which))
        return false;
    report[x->set[which]].near++;
    return true;
}
