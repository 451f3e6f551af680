/* bench_world.h - a fixture release, a store and policies to try on it. */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "test.h"

#include "../model/fixture.h"
#include "../policy/documents.h"
#include "../temp.h"
#include "moderate/moderate.h"
#include "store/store.h"

static const Limits world_limits = {.max_text_bytes = 4096, .max_pieces = 256};

typedef struct World {
    Temp *temp;
    Arena *arena;
    Release *release;
    Store *db;
} World;

static inline int with_world(void **state)
{
    void *temp = NULL;
    Digest d;
    Err err = {0};
    const Kernels *k;
    if (with_temp(&temp))
        return -1;
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    w->temp = temp;
    w->arena = a;
    if (!fixture_release(temp_path(temp, "r.gavel"), 1, &d, &err) ||
        !kernels_find(STR("auto"), &k, &err) ||
        !release_open(temp_path(temp, "r.gavel"), k, &w->release, &err) ||
        !store_open(temp_path(temp, "s.db"), &w->db, &err))
        fail_msg("%s", err.msg);
    *state = w;
    return 0;
}

static inline int without_world(void **state)
{
    World *w = *state;
    void *temp = w->temp;
    store_close(w->db);
    release_close(w->release);
    arena_close(w->arena);
    return without_temp(&temp);
}

static inline const Policy *world_policy(World *w, const char *hate)
{
    const Policy *p;
    Err err = {0};
    Bundle b = policy_bundle(w->arena, policy_document(w->arena, "1", hate), NULL);
    if (!bundle_policy(w->arena, &b, "t", &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static inline Verdict world_verdict(World *w, Str text)
{
    Verdict v;
    Err err = {0};
    const Input in = {.text = &text, .count = 1};
    if (!moderate(w->release, &world_limits, w->arena, &in, &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

#endif
