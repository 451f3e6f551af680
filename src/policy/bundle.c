#include "policy/bundle.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT STR("policy.yaml")

typedef struct Walk {
    Arena *arena;
    const char *root;
    BundleFile *file;
    size_t count, bytes;
    Err *err;
} Walk;

static int by_path(const void *x, const void *y)
{
    return str_cmp(((const BundleFile *)x)->path, ((const BundleFile *)y)->path);
}

void bundle_of(BundleFile *file, size_t count, Bundle *out)
{
    qsort(file, count, sizeof *file, by_path);
    DigestState st;
    digest_init(&st);
    for (size_t i = 0; i < count; i++) {
        char lengths[64];
        int n =
            snprintf(lengths, sizeof lengths, "%zu %zu\n", file[i].path.len, file[i].text.len);
        digest_add(&st, (Str){lengths, (size_t)n});
        digest_add(&st, file[i].path);
        digest_add(&st, file[i].text);
    }
    *out = (Bundle){file, count, digest_end(&st)};
}

static bool is_known(Str name)
{
    static const Str endings[] = {STR(".yaml"), STR(".md"), STR(".jsonl"), STR(".csv"),
                                  STR(".txt")};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(name, endings[i]))
            return true;
    return false;
}

static bool take(Walk *w, const char *path, Str name)
{
    if (!is_known(name))
        return err_set(w->err, ERR_INPUT,
                       "%s: a policy is made of .yaml, .md, .jsonl, .csv and .txt files", path);
    if (w->count == BUNDLE_MAX_FILES)
        return err_set(w->err, ERR_LIMIT, "%s: more than %d files", w->root, BUNDLE_MAX_FILES);
    BundleFile *f = &w->file[w->count];
    if (!file_load(w->arena, path, BUNDLE_MAX_BYTES - w->bytes, &f->text, w->err))
        return false;
    f->path = name;
    w->bytes += f->text.len;
    w->count++;
    return true;
}

/* prefix: "" or "rules/". */
static bool walk(Walk *w, const char *prefix, int depth)
{
    Str *name = NULL;
    size_t count = 0;
    const char *dir = str_print(w->arena, "%s/%s", w->root, prefix).ptr;
    if (depth > BUNDLE_MAX_DEPTH)
        return err_set(w->err, ERR_LIMIT, "%s: folders deeper than %d", dir, BUNDLE_MAX_DEPTH);
    if (!file_list(w->arena, dir, "", &name, &count, w->err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Str rel = str_print(w->arena, "%s" STR_FMT, prefix, STR_ARG(name[i]));
        const char *path = str_print(w->arena, "%s/" STR_FMT, w->root, STR_ARG(rel)).ptr;
        if (name[i].ptr[0] == '.')
            continue;
        bool ok = file_is_dir(path)
                      ? walk(w, str_print(w->arena, STR_FMT "/", STR_ARG(rel)).ptr, depth + 1)
                      : take(w, path, rel);
        if (!ok)
            return false;
    }
    return true;
}

bool bundle_load(Arena *a, const char *path, Bundle *out, Err *err)
{
    Walk w = {.arena = a,
              .root = path,
              .file = arena_array(a, BundleFile, BUNDLE_MAX_FILES),
              .err = err};
    Bundle b;
    if (!file_is_dir(path)) {
        if (!file_load(a, path, POLICY_MAX_BYTES, &w.file[0].text, err))
            return false;
        w.file[0].path = DOCUMENT;
        w.count = 1;
    } else if (!walk(&w, "", 0)) {
        return false;
    }
    bundle_of(w.file, w.count, &b);
    if (!bundle_file(&b, DOCUMENT))
        return err_set(err, ERR_NOT_FOUND, "%s holds no policy.yaml", path);
    *out = b;
    return true;
}

const BundleFile *bundle_file(const Bundle *b, Str path)
{
    for (size_t i = 0; i < b->count; i++)
        if (str_eq(b->file[i].path, path))
            return &b->file[i];
    return NULL;
}

bool bundle_policy(Arena *a, const Bundle *b, const char *name, const Policy **out, Err *err)
{
    const BundleFile *f = bundle_file(b, DOCUMENT);
    if (!f)
        return err_set(err, ERR_NOT_FOUND, "%s holds no policy.yaml", name);
    const char *place =
        b->count > 1 ? str_print(a, "%s/" STR_FMT, name, STR_ARG(f->path)).ptr : name;
    return policy_parse(a, f->text, place, out, err);
}
