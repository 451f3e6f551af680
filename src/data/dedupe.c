/* dedupe.c - near-duplicates must not sit on both sides of a split.
 *
 * All pairs are never compared.  Texts with equal shingle sets are joined first, and
 * one of them stands for all from there on.  Then, band by band, the texts are sorted
 * by what their min-hashes say on it, and those that agree are compared exactly.  A
 * pair at .8 agrees on no band once in 20 million: (1 - .8^4)^32.
 *
 * What is surprising: a crowd that agrees on a band without being alike (forms with one
 * changed word, say) would cost the square of its size.  So within a band a text is
 * compared with CROWD others at most, the nearest in size of set, pairs already in one
 * cluster not counted; with 32 bands and single linkage a missed pair is nearly always
 * joined elsewhere.
 */
#include "data/dedupe.h"

#include "base/hash.h"
#include "data/disjoint.h"
#include "text/normalise.h"

#include <assert.h>
#include <stdlib.h>

enum { CROWD = 64 };

bool fingerprint_read(Arena *a, Arena *scratch, Str text, Fingerprint *out, Err *err)
{
    ArenaMark mark = arena_mark(scratch);
    Folded folded;
    bool ok = normalise(scratch, text, &folded, err);
    if (ok) {
        Minhash m;
        Shingles s;
        shingles_read(scratch, folded.text, &s);
        minhash_read(&s, &m);
        for (int b = 0; b < MINHASH_BANDS; b++)
            out->band[b] = minhash_band(&m, b);
        Str bytes = {(const char *)s.hash, s.count * sizeof *s.hash};
        out->set_hash = hash64(bytes, 0);
        out->set = (Shingles){(const uint64_t *)str_copy(a, bytes).ptr, s.count};
    }
    arena_rewind(scratch, mark);
    return ok;
}

static bool sets_equal(const Shingles *x, const Shingles *y)
{
    return x->count == y->count &&
           (x->count == 0 || memcmp(x->hash, y->hash, x->count * sizeof *x->hash) == 0);
}

bool fingerprints_near(const Fingerprint *x, const Fingerprint *y)
{
    size_t least = x->set.count < y->set.count ? x->set.count : y->set.count;
    size_t most = x->set.count + y->set.count - least;
    if (least == 0 || (double)least < DEDUPE_OVERLAP * (double)most)
        return false; /* the overlap is at most the ratio of the sizes */
    return shingles_overlap(&x->set, &y->set) >= DEDUPE_OVERLAP;
}

/* ---- clusters --------------------------------------------------------------- */

typedef struct Item {
    uint64_t key;
    uint32_t size, index;
} Item;

static int by_key(const void *x, const void *y)
{
    const Item *p = x, *q = y;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    if (p->size != q->size)
        return p->size < q->size ? -1 : 1;
    return (p->index > q->index) - (p->index < q->index);
}

static uint32_t size_of_set(const Fingerprint *f)
{
    return f->set.count < UINT32_MAX ? (uint32_t)f->set.count : UINT32_MAX;
}

/* Joins equal sets; fills `item` with one of each (its first) and returns how many.
 * Texts without words are left out: they stay alone. */
static size_t join_equal(const Fingerprint *f, size_t count, Item *item, uint32_t *parent)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        if (f[i].set.count)
            item[n++] = (Item){f[i].set_hash, size_of_set(&f[i]), (uint32_t)i};
    qsort(item, n, sizeof *item, by_key);
    for (size_t i = 0; i < n; i++) {
        const Fingerprint *last = kept ? &f[item[kept - 1].index] : NULL;
        if (last && last->set_hash == f[item[i].index].set_hash &&
            sets_equal(&last->set, &f[item[i].index].set))
            disjoint_join(parent, item[kept - 1].index, item[i].index);
        else
            item[kept++] = item[i];
    }
    return kept;
}

static void join_band(const Fingerprint *f, int band, Item *item, size_t n, uint32_t *parent)
{
    for (size_t i = 0; i < n; i++)
        item[i].key = f[item[i].index].band[band];
    qsort(item, n, sizeof *item, by_key);
    for (size_t i = 1; i < n; i++) {
        int compared = 0;
        for (size_t j = i; j-- > 0 && item[j].key == item[i].key && compared < CROWD;) {
            uint32_t x = item[i].index, y = item[j].index;
            if (disjoint_root(parent, x) == disjoint_root(parent, y))
                continue;
            compared++;
            if (fingerprints_near(&f[x], &f[y]))
                disjoint_join(parent, x, y);
        }
    }
}

bool fingerprints_cluster(Arena *a, const Fingerprint *f, size_t count, const Progress *p,
                          uint32_t *cluster, Err *err)
{
    assert(count < UINT32_MAX);
    ArenaMark mark = arena_mark(a);
    Item *item = arena_array(a, Item, count);
    disjoint_init(cluster, count);
    size_t n = join_equal(f, count, item, cluster);
    bool stopped = false;
    for (int band = 0; band < MINHASH_BANDS && !stopped; band++) {
        join_band(f, band, item, n, cluster);
        progress_tick(p, "bands compared", (uint64_t)band + 1, MINHASH_BANDS, NULL);
        stopped = stop_requested();
    }
    for (size_t i = 0; i < count; i++)
        cluster[i] = disjoint_root(cluster, (uint32_t)i);
    arena_rewind(a, mark);
    return stopped ? stop_err(err) : true;
}

/* ---- an index of a set -------------------------------------------------------- */

/* Entries of one key (a band and what it says) stand together, in order of index;
 * `slot` is an open-addressed table from a key to 1 + the first of them. */
struct NearIndex {
    const Fingerprint *f;
    Item *item;
    size_t count, mask;
    uint32_t *slot;
};

static uint64_t band_key(const Fingerprint *f, int band)
{
    return (f->band[band] ^ (uint64_t)(band + 1)) * 0x9e3779b97f4a7c15u;
}

/* The slot of key, or the empty one where it would be. */
static uint32_t *slot_of(const NearIndex *n, uint64_t key)
{
    size_t at = (key >> 20) & n->mask;
    while (n->slot[at] && n->item[n->slot[at] - 1].key != key)
        at = (at + 1) & n->mask;
    return &n->slot[at];
}

NearIndex *near_index_new(Arena *a, const Fingerprint *f, size_t count)
{
    assert(count < UINT32_MAX / MINHASH_BANDS);
    NearIndex *n = arena_new(a, NearIndex);
    n->f = f;
    Item *one = arena_array(a, Item, count);
    uint32_t *parent = arena_array(a, uint32_t, count);
    disjoint_init(parent, count);
    size_t distinct = join_equal(f, count, one, parent);
    n->item = arena_array(a, Item, distinct * MINHASH_BANDS);
    for (size_t i = 0; i < distinct; i++)
        for (int b = 0; b < MINHASH_BANDS; b++)
            n->item[n->count++] = (Item){band_key(&f[one[i].index], b), 0, one[i].index};
    qsort(n->item, n->count, sizeof *n->item, by_key);
    size_t slots = 16;
    while (slots < n->count * 2)
        slots *= 2;
    n->mask = slots - 1;
    n->slot = arena_array(a, uint32_t, slots);
    for (size_t i = n->count; i-- > 0;)
        *slot_of(n, n->item[i].key) = (uint32_t)(i + 1); /* the first of a key comes last */
    return n;
}

bool near_index_find(const NearIndex *n, const Fingerprint *x, uint32_t *which)
{
    uint32_t best = UINT32_MAX;
    for (int b = 0; b < MINHASH_BANDS && x->set.count; b++) {
        uint64_t key = band_key(x, b);
        size_t at = *slot_of(n, key);
        for (; at && at <= n->count && n->item[at - 1].key == key; at++) {
            uint32_t i = n->item[at - 1].index;
            if (i >= best)
                break; /* in order of index: no better one follows */
            if (fingerprints_near(x, &n->f[i]))
                best = i;
        }
    }
    if (best == UINT32_MAX)
        return false;
    *which = best;
    return true;
}
