/* disjoint.h - numbers in disjoint sets (union-find; Galler and Fischer 1964, with path
 * halving).  The smallest number of a set is its root, so roots do not depend on the
 * order of joining. */
#ifndef DATA_DISJOINT_H
#define DATA_DISJOINT_H

#include <stddef.h>
#include <stdint.h>

static inline void disjoint_init(uint32_t *parent, size_t count)
{
    for (size_t i = 0; i < count; i++)
        parent[i] = (uint32_t)i;
}

static inline uint32_t disjoint_root(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static inline void disjoint_join(uint32_t *parent, uint32_t i, uint32_t j)
{
    uint32_t x = disjoint_root(parent, i), y = disjoint_root(parent, j);
    if (x < y)
        parent[y] = x;
    else
        parent[x] = y;
}

#endif
