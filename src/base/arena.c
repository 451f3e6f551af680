#include "base/arena.h"

#include "base/fault.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum {
    ALIGN = 64, /* a cache line: kernels may load whole vectors */
    PAGE = 4096,
};

/* The header is the arena's own first allocation.  Under ASan everything from `used`
 * to `frontier`, which nothing has ever reached beyond, is poisoned; poisoning a large
 * reservation whole would touch an eighth of it in shadow memory. */
struct Arena {
    size_t used, limit, frontier;
};

enum { FRONTIER_STEP = 1 << 20 };

#define HEADER ((size_t)ALIGN)

static size_t round_up(size_t n) { return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1); }

static void poison_ahead(Arena *a)
{
    size_t to = a->limit - a->used > FRONTIER_STEP ? a->used + FRONTIER_STEP : a->limit;
    if (to <= a->frontier)
        return;
    size_t from = a->used > a->frontier ? a->used : a->frontier;
    ASAN_POISON_MEMORY_REGION((char *)a + from, to - from);
    a->frontier = to;
}

static Arena *reserve(size_t limit)
{
    limit = round_up(limit) + HEADER;
    void *p = mmap(NULL, limit, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    Arena *a = p;
    *a = (Arena){.used = HEADER, .limit = limit, .frontier = HEADER};
    poison_ahead(a);
    return a;
}

Arena *arena_open(size_t limit)
{
    Arena *a = reserve(limit);
    if (!a) {
        fprintf(stderr, "cannot reserve %zu bytes of address space\n", limit);
        abort();
    }
    return a;
}

Arena *arena_try_open(size_t limit) { return fault() ? NULL : reserve(limit); }

void arena_close(Arena *a)
{
    if (!a)
        return;
    size_t limit = a->limit;
    ASAN_UNPOISON_MEMORY_REGION((char *)a, a->frontier);
    munmap(a, limit);
}

/* NULL when it does not fit. */
static void *take(Arena *a, size_t count, size_t size, size_t *bytes)
{
    if (__builtin_mul_overflow(count, size, bytes) || round_up(*bytes) > a->limit - a->used ||
        *bytes > a->limit)
        return NULL;
    char *p = (char *)a + a->used;
    a->used += round_up(*bytes);
    poison_ahead(a);
    ASAN_UNPOISON_MEMORY_REGION(p, *bytes);
    return p;
}

void *arena_try(Arena *a, size_t count, size_t size)
{
    size_t bytes;
    void *p = take(a, count, size, &bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

static _Noreturn void die_full(const Arena *a, size_t count, size_t size)
{
    fprintf(stderr, "arena full: %zu x %zu bytes over a limit of %zu\n", count, size,
            a->limit - HEADER);
    abort();
}

void *arena_alloc(Arena *a, size_t count, size_t size)
{
    void *p = arena_try(a, count, size);
    if (!p)
        die_full(a, count, size);
    return p;
}

void *arena_alloc_raw(Arena *a, size_t count, size_t size)
{
    size_t bytes;
    void *p = take(a, count, size, &bytes);
    if (!p)
        die_full(a, count, size);
#ifdef __SANITIZE_ADDRESS__
    memset(p, 0xff, bytes);
#endif
    return p;
}

ArenaMark arena_mark(const Arena *a) { return a->used; }

void arena_rewind(Arena *a, ArenaMark mark)
{
    assert(HEADER <= mark && mark <= a->used);
    ASAN_POISON_MEMORY_REGION((char *)a + mark, a->used - mark);
    a->used = mark;
}

void arena_reset(Arena *a) { arena_rewind(a, HEADER); }

/* `frontier` is as far as anything ever reached, rounded up. */
void arena_trim(Arena *a, size_t keep)
{
    size_t from = a->used > keep ? a->used : keep;
    from = (from + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (from >= a->frontier)
        return;
    madvise((char *)a + from, a->frontier - from, MADV_DONTNEED);
    a->frontier = from;
}

/* Advice: where there are none the pages are small. */
void arena_prefer_large_pages(Arena *a)
{
    size_t from = (a->used + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (from < a->limit)
        madvise((char *)a + from, a->limit - from, MADV_HUGEPAGE);
}
