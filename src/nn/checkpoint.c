/* checkpoint.c - see checkpoint.h.  The optimiser's settings and spans are not stored:
 * they follow from the run's configuration, which the caller keeps in its note. */
#include "nn/checkpoint.h"

#include "nn/pack.h"

#include <assert.h>
#include <string.h>

typedef struct Head {
    int64_t step;
    uint32_t rng_count, has_ema;
} Head;

bool checkpoint_save(const char *path, const TrainState *st, Str note, Err *err)
{
    assert(0 <= st->rng_count && st->rng_count <= CHECKPOINT_RNG_MAX);
    const Adamw *o = st->opt;
    Arena *a = arena_open(1 << 20); /* the vectors are borrowed, only the table is ours */
    Head head = {o->step, (uint32_t)st->rng_count, o->ema != NULL};
    PackWriter *w = pack_writer(a);
    pack_add_bytes(w, "head", (Str){(const char *)&head, sizeof head});
    pack_add_bytes(w, "rng",
                   (Str){(const char *)st->rng, (size_t)st->rng_count * sizeof *st->rng});
    pack_add_bytes(w, "note", note);
    pack_add_f32(w, "params", st->params, 1, o->count);
    pack_add_f32(w, "m", o->m, 1, o->count);
    pack_add_f32(w, "v", o->v, 1, o->count);
    if (o->ema)
        pack_add_f32(w, "ema", o->ema, 1, o->count);
    bool ok = pack_save(w, path, NULL, err);
    arena_close(a);
    return ok;
}

typedef struct Saved {
    Str head, rng, note;
    const float *params, *m, *v, *ema;
} Saved;

static bool find_all(const Pack *p, const TrainState *st, Saved *s, Head *head, Err *err)
{
    size_t n = st->opt->count;
    if (!pack_bytes(p, "head", &s->head, err) || !pack_bytes(p, "rng", &s->rng, err) ||
        !pack_bytes(p, "note", &s->note, err))
        return false;
    if (s->head.len != sizeof *head)
        return err_set(err, ERR_CORRUPT, "this is not a checkpoint");
    memcpy(head, s->head.ptr, sizeof *head);
    if (head->step < 0 || head->rng_count != (uint32_t)st->rng_count ||
        s->rng.len != (size_t)st->rng_count * sizeof *st->rng)
        return err_set(err, ERR_CONFLICT, "the checkpoint is of a run with %u random states",
                       head->rng_count);
    if ((head->has_ema != 0) != (st->opt->ema != NULL))
        return err_set(err, ERR_CONFLICT, "the checkpoint is of a run with%s averaged weights",
                       head->has_ema ? "" : "out");
    return pack_f32(p, "params", 1, n, &s->params, err) && pack_f32(p, "m", 1, n, &s->m, err) &&
           pack_f32(p, "v", 1, n, &s->v, err) &&
           (!head->has_ema || pack_f32(p, "ema", 1, n, &s->ema, err));
}

bool checkpoint_load(Arena *a, const char *path, TrainState *st, Str *note, Err *err)
{
    Pack *p = NULL;
    if (!pack_open(path, &p, err))
        return false;
    Saved s = {0};
    Head head;
    bool ok = find_all(p, st, &s, &head, err);
    if (ok) {
        Adamw *o = st->opt;
        size_t bytes = o->count * sizeof(float);
        o->step = head.step;
        if (s.rng.len)
            memcpy(st->rng, s.rng.ptr, s.rng.len);
        memcpy(st->params, s.params, bytes);
        memcpy(o->m, s.m, bytes);
        memcpy(o->v, s.v, bytes);
        if (o->ema)
            memcpy(o->ema, s.ema, bytes);
        *note = str_copy(a, s.note);
    } else {
        /* another shape is another run, not damage */
        if (err->code == ERR_CORRUPT && s.head.ptr)
            err->code = ERR_CONFLICT;
        err_wrap(err, "%s", path);
    }
    pack_close(p);
    return ok;
}
