/* embed_release.c - an open release for another program: limits, words, and scratch.
 *
 * Judging needs scratch, and a caller's threads are none of ours.  So scratch belongs to the
 * release: a call takes an arena that lies idle or opens one, and gives it back.  An arena is
 * address space for the longest text that the options allow, of which a short text touches
 * some twenty megabytes; those stay with it, warm, for the next call.  There are never more
 * idle ones than there were calls at one time.
 */
#include "embed/embed_internal.h"

#include "base/config.h"

#include <math.h>

enum {
    OWN_ARENA = 1 << 20,
    /* Scratch: what the encoder takes, and for each byte of text what the worst of texts
     * makes normalising and hashing take (tests/unit/embed/test_embed.c tries them). */
    SCRATCH_BASE = 192 << 20,
    SCRATCH_PER_BYTE = 512,
    KEPT_TEXT_BYTES = 256 << 10, /* scratch of a longer text gives its pages back */
    TEXTS_MOST = 65536,
};

/* ---- scratch ------------------------------------------------------------------------- */

Arena *embed_scratch_take(GavelRelease *r, Err *err)
{
    Arena *a = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->idle_count > 0)
        a = r->idle[--r->idle_count];
    pthread_mutex_unlock(&r->lock);
    if (!a)
        a = arena_try_open(SCRATCH_BASE + SCRATCH_PER_BYTE * r->limits.max_text_bytes);
    if (!a)
        err_set(err, ERR_MEMORY, "no memory to judge in");
    return a;
}

void embed_scratch_give(GavelRelease *r, Arena *a, size_t longest_bytes)
{
    if (longest_bytes <= KEPT_TEXT_BYTES) {
        pthread_mutex_lock(&r->lock);
        if (r->idle_count < EMBED_IDLE_MAX) {
            r->idle[r->idle_count++] = a;
            a = NULL;
        }
        pthread_mutex_unlock(&r->lock);
    }
    arena_close(a);
}

/* ---- opening ------------------------------------------------------------------------- */

/* A caller built with an older header has a smaller struct: the rest is then 0, the default. */
static bool read_options(const GavelOptions *given, GavelOptions *out, Err *err)
{
    GavelOptions o = {0};
    if (given && given->size < sizeof given->size)
        return err_set(err, ERR_USAGE, "the size of the options is not set");
    if (given)
        memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
    *out = o;
    return true;
}

/* What `gavel moderate` goes by, from the same table and within the same bounds. */
static bool setting(const char *key, size_t given, size_t fallback, size_t *out, Err *err)
{
    *out = given ? given : fallback;
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *row = &config_rows[i];
        if (strcmp(row->key, key) == 0 &&
            (*out > (size_t)row->most || *out < (size_t)row->least))
            return err_set(err, ERR_USAGE, "%s is %zu, not within %lld to %lld", key, *out,
                           (long long)row->least, (long long)row->most);
    }
    return true;
}

static bool set_limits(GavelRelease *r, const GavelOptions *o, Err *err)
{
    Config c;
    config_defaults(r->arena, &c);
    return setting("max_text_bytes", o->max_text_bytes, (size_t)c.max_text_bytes,
                   &r->limits.max_text_bytes, err) &&
           setting("max_pieces", o->max_pieces, (size_t)c.max_pieces, &r->limits.max_pieces,
                   err) &&
           setting("max_inputs", o->max_texts, (size_t)c.max_inputs, &r->max_texts, err);
}

static void set_words(GavelRelease *r)
{
    Release *in = r->release;
    Digest d = release_digest(in);
    digest_hex(&d, r->digest);
    Str id = policy_id(release_policy(in)), version = policy_version(release_policy(in));
    r->name = str_z(r->arena, release_name(in));
    r->policy = str_print(r->arena, STR_FMT " " STR_FMT, STR_ARG(id), STR_ARG(version)).ptr;
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = release_threshold(in, (Category)c);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        r->threshold[c] = decide_threshold(release_policy(in), (Category)c, shipped);
}

/* path, or bytes where it is NULL. */
static bool open_release(const char *path, Str bytes, const GavelOptions *given,
                         GavelRelease **out, Err *err)
{
    GavelOptions o = {0};
    const Kernels *kernels;
    Arena *a = arena_try_open(OWN_ARENA);
    if (!a)
        return err_set(err, ERR_MEMORY, "no memory to open a release");
    GavelRelease *r = arena_new(a, GavelRelease);
    r->arena = a;
    if (!read_options(given, &o, err) || !set_limits(r, &o, err) ||
        !kernels_find(str_of(o.kernels ? o.kernels : "auto"), &kernels, err) ||
        !(path ? release_open(path, kernels, &r->release, err)
               : release_open_bytes(bytes, kernels, &r->release, err))) {
        arena_close(a);
        return false;
    }
    pthread_mutex_init(&r->lock, NULL);
    set_words(r);
    *out = r;
    return true;
}

GavelStatus gavel_release_open(const char *path, const GavelOptions *options,
                               GavelRelease **out, GavelError *error)
{
    Err err = {0};
    bool ok = path && out ? open_release(path, (Str){0}, options, out, &err)
                          : err_set(&err, ERR_USAGE, "no path, or nowhere to put the release");
    return ok ? GAVEL_OK : embed_fail(error, &err);
}

GavelStatus gavel_release_open_bytes(const void *bytes, size_t size,
                                     const GavelOptions *options, GavelRelease **out,
                                     GavelError *error)
{
    Err err = {0};
    bool ok = bytes && out
                  ? (uintptr_t)bytes % 64 == 0 ||
                        err_set(&err, ERR_USAGE, "the bytes are not aligned to 64")
                  : err_set(&err, ERR_USAGE, "no bytes, or nowhere to put the release");
    ok = ok && open_release(NULL, (Str){bytes, size}, options, out, &err);
    return ok ? GAVEL_OK : embed_fail(error, &err);
}

void gavel_release_close(GavelRelease *r)
{
    if (!r)
        return;
    for (int i = 0; i < r->idle_count; i++)
        arena_close(r->idle[i]);
    pthread_mutex_destroy(&r->lock);
    release_close(r->release);
    arena_close(r->arena);
}

/* ---- what it says of itself ---------------------------------------------------------- */

const char *gavel_release_name(const GavelRelease *r) { return r ? r->name : ""; }
const char *gavel_release_digest(const GavelRelease *r) { return r ? r->digest : ""; }
const char *gavel_release_policy(const GavelRelease *r) { return r ? r->policy : ""; }

double gavel_release_threshold(const GavelRelease *r, int category)
{
    bool there = r && 0 <= category && category < CATEGORY_COUNT;
    return there ? r->threshold[category] : (double)NAN;
}
