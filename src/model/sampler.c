/* sampler.c - the order of a round follows from (seed, source, round) alone, so the
 * state is one generator and two counters a source, however many rows there are. */
#include "model/sampler.h"

#include "base/hash.h"

#include <assert.h>

typedef struct Lane {
    uint32_t *order; /* shuffled in place from `base` at the start of a round */
    const uint32_t *base;
    size_t count;
    double until; /* upper end of its share of [0, 1] */
    uint64_t at, round;
} Lane;

struct Sampler {
    Lane *lane;
    size_t count;
    uint64_t seed;
    Rng rng;
};

static void shuffle(Sampler *s, size_t i)
{
    Lane *l = &s->lane[i];
    uint64_t key[3] = {s->seed, i, l->round};
    Rng r;
    rng_seed(&r, hash64((Str){(const char *)key, sizeof key}, 0));
    memcpy(l->order, l->base, l->count * sizeof *l->order);
    rng_shuffle(&r, l->order, l->count);
}

Sampler *sampler_new(Arena *a, const SamplerSource *source, size_t count, uint64_t seed)
{
    assert(count > 0);
    Sampler *s = arena_new(a, Sampler);
    s->lane = arena_array(a, Lane, count);
    s->count = count;
    s->seed = seed;
    rng_seed(&s->rng, seed);
    double total = 0, sum = 0;
    for (size_t i = 0; i < count; i++)
        total += source[i].weight;
    for (size_t i = 0; i < count; i++) {
        Lane *l = &s->lane[i];
        assert(source[i].count > 0 && source[i].weight > 0);
        sum += source[i].weight;
        uint32_t *base = arena_array(a, uint32_t, source[i].count);
        memcpy(base, source[i].row, source[i].count * sizeof *base);
        *l = (Lane){.order = arena_array(a, uint32_t, source[i].count),
                    .base = base,
                    .count = source[i].count,
                    .until = sum / total};
        shuffle(s, i);
    }
    return s;
}

uint32_t sampler_next(Sampler *s)
{
    double u = rng_unit(&s->rng);
    size_t i = 0;
    while (i + 1 < s->count && u >= s->lane[i].until)
        i++;
    Lane *l = &s->lane[i];
    if (l->at == l->count) {
        l->at = 0;
        l->round++;
        shuffle(s, i);
    }
    return l->order[l->at++];
}

size_t sampler_rounds(const Sampler *s, size_t source) { return s->lane[source].round; }

Str sampler_state(const Sampler *s, Arena *a)
{
    size_t words = 5 + 2 * s->count;
    uint64_t *w = arena_array(a, uint64_t, words);
    w[0] = s->count;
    memcpy(w + 1, s->rng.s, sizeof s->rng.s);
    for (size_t i = 0; i < s->count; i++) {
        w[5 + 2 * i] = s->lane[i].at;
        w[6 + 2 * i] = s->lane[i].round;
    }
    return (Str){(const char *)w, words * sizeof *w};
}

bool sampler_restore(Sampler *s, Str state, Err *err)
{
    uint64_t head[5], pair[2];
    if (state.len != (5 + 2 * s->count) * sizeof(uint64_t))
        return err_set(err, ERR_CORRUPT, "the sampler's state has the wrong size");
    memcpy(head, state.ptr, sizeof head);
    if (head[0] != s->count)
        return err_set(err, ERR_CORRUPT, "the sampler's state is of other sources");
    for (size_t i = 0; i < s->count; i++) {
        memcpy(pair, state.ptr + sizeof head + i * sizeof pair, sizeof pair);
        if (pair[0] > s->lane[i].count)
            return err_set(err, ERR_CORRUPT, "the sampler's state is of other rows");
        s->lane[i].at = pair[0];
        s->lane[i].round = pair[1];
        shuffle(s, i);
    }
    memcpy(s->rng.s, head + 1, sizeof s->rng.s);
    return true;
}
