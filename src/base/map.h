/* map.h - text to a 64-bit value; open addressing, lives in an arena.
 *
 * Keys are copied into the arena.  Values are numbers: an index into an array of
 * the caller's is the usual one.  Nothing can be removed.  Order of map_each is
 * the order of insertion.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

typedef struct Map Map;

Map *map_new(Arena *a, size_t expected);
bool map_get(const Map *m, Str key, uint64_t *out); /* false: absent, *out untouched */
bool map_has(const Map *m, Str key);
void map_put(Map *m, Str key, uint64_t value); /* replaces */

/* The slot of key, made with `fresh` where it was absent; valid until the next insertion. */
uint64_t *map_slot(Map *m, Str key, uint64_t fresh);

size_t map_count(const Map *m);
Str map_key_at(const Map *m, size_t i); /* i < map_count, in order of insertion */
uint64_t map_value_at(const Map *m, size_t i);

#endif
