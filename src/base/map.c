/* map.c - an insertion-ordered entry array plus a power-of-two table of 1-based
 * entry numbers.  Growing makes new arrays in the arena; the old ones stay until
 * the arena is rewound, which at most doubles the memory. */
#include "base/map.h"

#include "base/hash.h"

#include <assert.h>

typedef struct Entry {
    uint64_t hash, value;
    Str key;
} Entry;

struct Map {
    Arena *arena;
    Entry *entry;
    uint32_t *table;
    size_t count, cap, mask;
};

static void table_fill(Map *m)
{
    for (size_t i = 0; i < m->count; i++) {
        size_t at = m->entry[i].hash & m->mask;
        while (m->table[at])
            at = (at + 1) & m->mask;
        m->table[at] = (uint32_t)(i + 1);
    }
}

static void grow(Map *m, size_t cap)
{
    Entry *entry = arena_array(m->arena, Entry, cap);
    if (m->count)
        memcpy(entry, m->entry, m->count * sizeof *entry);
    m->entry = entry;
    m->cap = cap;
    m->mask = cap * 2 - 1;
    m->table = arena_array(m->arena, uint32_t, cap * 2);
    table_fill(m);
}

Map *map_new(Arena *a, size_t expected)
{
    Map *m = arena_new(a, Map);
    m->arena = a;
    size_t cap = 16;
    while (cap < expected)
        cap *= 2;
    grow(m, cap);
    return m;
}

static Entry *find(const Map *m, Str key, uint64_t hash)
{
    for (size_t at = hash & m->mask; m->table[at]; at = (at + 1) & m->mask) {
        Entry *e = &m->entry[m->table[at] - 1];
        if (e->hash == hash && str_eq(e->key, key))
            return e;
    }
    return NULL;
}

bool map_get(const Map *m, Str key, uint64_t *out)
{
    Entry *e = find(m, key, hash64(key, 0));
    if (e)
        *out = e->value;
    return e != NULL;
}

bool map_has(const Map *m, Str key) { return find(m, key, hash64(key, 0)) != NULL; }

uint64_t *map_slot(Map *m, Str key, uint64_t fresh)
{
    uint64_t hash = hash64(key, 0);
    Entry *e = find(m, key, hash);
    if (e)
        return &e->value;
    assert(m->count < UINT32_MAX / 2);
    if (m->count == m->cap)
        grow(m, m->cap * 2);
    e = &m->entry[m->count++];
    *e = (Entry){.hash = hash, .value = fresh, .key = str_copy(m->arena, key)};
    size_t at = hash & m->mask;
    while (m->table[at])
        at = (at + 1) & m->mask;
    m->table[at] = (uint32_t)m->count;
    return &e->value;
}

void map_put(Map *m, Str key, uint64_t value) { *map_slot(m, key, value) = value; }

size_t map_count(const Map *m) { return m->count; }

Str map_key_at(const Map *m, size_t i)
{
    assert(i < m->count);
    return m->entry[i].key;
}

uint64_t map_value_at(const Map *m, size_t i)
{
    assert(i < m->count);
    return m->entry[i].value;
}
