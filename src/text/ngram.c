/* ngram.c - hashed n-grams, counted by sorting.
 *
 * Each view is turned into a list of buckets, one for each n-gram, sorted (radix, two
 * passes) and run-length counted.  Both views share their
 * buckets, so that an unmasked word lands where the plain word does; where
 * both hold an n-gram the greater count stands, lest everything the disguise did not
 * touch counts double.  A folded view that differs in case and white space alone has the same
 * words, so one list serves both: that is nearly every text.
 *
 * The hash of a word or of a character n-gram is hash64 of its bytes with the
 * kind as seed; a pair mixes the hashes of its two words.  Nothing depends on
 * byte order or on the width of a type.
 *
 * A table of counts would not spare the sorting, since the result has to ascend.
 */
#include "text/ngram.h"

#include "base/hash.h"
#include "base/hash_short.h"
#include "text/nfkc.h"
#include "text/utf8.h"
#include "text/words.h"

#include <math.h>

enum { KIND_WORD = 1, KIND_PAIR = 2, KIND_CHARACTERS = 3 };
enum { LEAST_N = 2, MOST_N = 5, SIZES = MOST_N - LEAST_N + 1, STRETCH_BYTES = 510 };
enum { RADIX_MAX = 1 << 12, INSERTION_MAX = 64, LOGS = 32 };

typedef struct Bag {
    uint32_t *bucket;
    size_t count, room;
    uint64_t mask;
} Bag;

static void add(Bag *b, uint64_t hash)
{
    if (b->count < b->room)
        b->bucket[b->count++] = (uint32_t)(hash & b->mask);
}

static uint64_t mix_pair(uint64_t first, uint64_t second)
{
    uint64_t h = first * 0x9e3779b97f4a7c15u + ((second << 31) | (second >> 33)) + KIND_PAIR;
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

/* " word ", with room to load eight bytes from anywhere in it. */
enum { PADDED_BYTES = STRETCH_BYTES + 2 + 8 };

/* n ASCII characters.  All four sizes are hashed at each place and those that do not fit there
 * are written over by the next. */
static void add_ascii(Bag *b, const char *padded, size_t n)
{
    HashShort seed = hash_short(KIND_CHARACTERS);
    uint32_t *out = b->bucket + b->count, mask = (uint32_t)b->mask;
    if (SIZES * n > b->room - b->count)
        return;
    for (size_t i = 0; i + LEAST_N <= n; i++) {
        uint64_t w = hash_short_load(padded + i);
        *out = (uint32_t)hash_short2(seed, w) & mask;
        out++;
        *out = (uint32_t)hash_short3(seed, w) & mask;
        out += i + 3 <= n;
        *out = (uint32_t)hash_short4(seed, w) & mask;
        out += i + 4 <= n;
        *out = (uint32_t)hash_short5(seed, w) & mask;
        out += i + 5 <= n;
    }
    b->count = (size_t)(out - b->bucket);
}

static void add_wide(Bag *b, const char *padded, size_t len)
{
    uint16_t begin[STRETCH_BYTES + 3]; /* of each character */
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        if (((uint8_t)padded[i] & 0xc0) != 0x80)
            begin[n++] = (uint16_t)i;
    begin[n] = (uint16_t)len;
    for (size_t i = 0; i < n; i++)
        for (size_t k = LEAST_N; k <= MOST_N && i + k <= n; k++) {
            Str gram = {padded + begin[i], (size_t)(begin[i + k] - begin[i])};
            add(b, hash64(gram, KIND_CHARACTERS));
        }
}

/* All n-grams of characters of " word ", which has at most STRETCH_BYTES. */
static void add_stretch(Bag *b, Str word)
{
    char padded[PADDED_BYTES];
    size_t n = word.len + 2;
    padded[0] = ' ';
    memcpy(padded + 1, word.ptr, word.len);
    padded[n - 1] = ' ';
    memset(padded + n, 0, 8);
    if (utf8_ascii_run(word, 0) == word.len)
        add_ascii(b, padded, n);
    else
        add_wide(b, padded, n);
}

/* A long word (Chinese knows no spaces) is taken as stretches that stand alone. */
static void add_characters(Bag *b, Str word)
{
    while (word.len) {
        Str head = utf8_head(word, STRETCH_BYTES);
        add_stretch(b, head);
        word = (Str){word.ptr + head.len, word.len - head.len};
    }
}

static void add_view(Bag *b, Str view)
{
    Str word;
    uint64_t before = 0;
    bool first = true;
    for (size_t at = 0; word_next(view, &at, &word); first = false) {
        uint64_t h = hash64(word, KIND_WORD);
        add(b, h);
        if (!first)
            add(b, mix_pair(before, h));
        add_characters(b, word);
        before = h;
    }
}

static void sort_few(uint32_t *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t v = p[i];
        size_t k = i;
        for (; k > 0 && p[k - 1] > v; k--)
            p[k] = p[k - 1];
        p[k] = v;
    }
}

/* Two passes by digits of half the buckets' bits each. */
static void sort_buckets(uint32_t *p, uint32_t *scratch, size_t n, uint32_t buckets)
{
    if (n <= INSERTION_MAX) {
        sort_few(p, n);
        return;
    }
    int bits = 1;
    while (1u << 2 * bits < buckets)
        bits++;
    uint32_t at[2][RADIX_MAX], radix = 1u << bits, low = 0, high = 0;
    memset(at[0], 0, radix * sizeof *at[0]);
    memset(at[1], 0, radix * sizeof *at[1]);
    for (size_t i = 0; i < n; i++) {
        at[0][p[i] & (radix - 1)]++;
        at[1][p[i] >> bits]++;
    }
    for (uint32_t d = 0; d < radix; d++) {
        uint32_t in_low = at[0][d], in_high = at[1][d];
        at[0][d] = low;
        at[1][d] = high;
        low += in_low;
        high += in_high;
    }
    for (size_t i = 0; i < n; i++)
        scratch[at[0][p[i] & (radix - 1)]++] = p[i];
    for (size_t i = 0; i < n; i++)
        p[at[1][scratch[i] >> bits]++] = scratch[i];
}

/* Lists of a short text, which need no memory of the arena's and no zeroes. */
enum { FEW = 2048 };

typedef struct Few {
    uint32_t list[FEW], scratch[FEW];
} Few;

static bool bag_of(Arena *a, Str view, uint32_t buckets, Few *few, Bag *b, Err *err)
{
    view = utf8_head(view, NGRAM_TEXT_MAX);
    /* a word of w characters and the byte behind it give 4w n-grams; w = 1 gives 5 for 2
     * bytes; a stretch adds 2 characters for 500 */
    size_t room = 6 * (view.len + 2);
    *b = (Bag){.room = room, .mask = buckets - 1};
    b->bucket = few && room <= FEW ? few->list : arena_try_array(a, uint32_t, room);
    if (!b->bucket)
        return err_set(err, ERR_LIMIT, "no room for the n-grams of %zu bytes", view.len);
    add_view(b, view);
    uint32_t *scratch =
        few && room <= FEW ? few->scratch : arena_try_array(a, uint32_t, b->count);
    if (!scratch)
        return err_set(err, ERR_LIMIT, "no room for the n-grams of %zu bytes", view.len);
    sort_buckets(b->bucket, scratch, b->count, buckets);
    return true;
}

static size_t run_length(const Bag *b, size_t at)
{
    size_t n = 1;
    while (at + n < b->count && b->bucket[at + n] == b->bucket[at])
        n++;
    return n;
}

/* 1 + log(count); `logs` remembers those of small counts, 0 where it does not yet. */
static float value_of(size_t count, float logs[LOGS])
{
    if (count >= LOGS)
        return 1.0f + logf((float)count);
    if (logs[count] == 0)
        logs[count] = 1.0f + logf((float)count);
    return logs[count];
}

/* Distinct buckets of both, with 1 + log(count) of the greater count. */
static size_t merge(const Bag *x, const Bag *y, uint32_t *bucket, float *value)
{
    float logs[LOGS] = {[1] = 1};
    size_t n = 0;
    for (size_t i = 0, j = 0; i < x->count || j < y->count; n++) {
        size_t in_x = 0, in_y = 0;
        bool has_x = i < x->count, has_y = j < y->count;
        if (has_x && (!has_y || x->bucket[i] <= y->bucket[j]))
            in_x = run_length(x, i);
        if (has_y && (!has_x || y->bucket[j] <= x->bucket[i]))
            in_y = run_length(y, j);
        bucket[n] = in_x ? x->bucket[i] : y->bucket[j];
        value[n] = value_of(in_x > in_y ? in_x : in_y, logs);
        i += in_x;
        j += in_y;
    }
    return n;
}

/* The same of one list, without a branch that depends on it. */
static size_t count_alone(const Bag *b, uint32_t *bucket, float *value)
{
    float logs[LOGS] = {[1] = 1};
    size_t n = 0, first = 0; /* of the run that is being counted */
    for (size_t i = 0; i < b->count; i++) {
        bool fresh = i == 0 || b->bucket[i] != b->bucket[i - 1];
        first ^= (first ^ i) & -(size_t)fresh;
        n += fresh;
        bucket[n - 1] = b->bucket[i];
        value[n - 1] = (float)(i - first + 1);
    }
    for (size_t i = 0; i < n; i++)
        value[i] = value_of((size_t)value[i], logs);
    return n;
}

static void scale_to_one(float *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)v[i] * (double)v[i];
    float by = n ? (float)(1 / sqrt(sum)) : 0;
    for (size_t i = 0; i < n; i++)
        v[i] *= by;
}

static bool differs_in_case(Str text, Str folded)
{
    uint8_t other = 0;
    if (text.len != folded.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i], capital = (uint8_t)(c - 'A') < 26;
        other |= (uint8_t)((c + capital * 32) ^ (uint8_t)folded.ptr[i]) | (c & 0x80);
    }
    return other == 0;
}

/* The folded view is the text but for capitals and white space: no word differs. */
static bool is_plain(Str text, Str folded)
{
    if (differs_in_case(text, folded))
        return true;
    size_t at = 0;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((uint8_t)c <= ' ' || c == 0x7f) {
            gap = at > 0;
            continue;
        }
        if (gap && (at == folded.len || folded.ptr[at++] != ' '))
            return false;
        gap = false;
        c = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        if ((uint8_t)c >= 0x80 || at == folded.len || folded.ptr[at++] != c)
            return false;
    }
    return at == folded.len;
}

/* What the original adds to the folded view: nothing where it is plain. */
static bool bag_of_original(Arena *a, Str original, const Folded *folded, uint32_t buckets,
                            Bag *b, Err *err)
{
    Mapped lower;
    *b = (Bag){0};
    if (original.len <= NGRAM_TEXT_MAX && is_plain(original, folded->text))
        return true;
    Str head = utf8_head(original, NGRAM_TEXT_MAX);
    if (!nfkc(a, head, NFKC_CASEFOLD, &lower, err))
        return false;
    return str_eq(lower.text, folded->text) || bag_of(a, lower.text, buckets, NULL, b, err);
}

bool ngrams_read(Arena *a, Str original, const Folded *folded, uint32_t buckets, Ngrams *out,
                 Err *err)
{
    if (buckets == 0 || (buckets & (buckets - 1)) || buckets > NGRAM_BUCKETS_MAX)
        return err_set(err, ERR_INPUT, "%u buckets: not a power of two up to %d", buckets,
                       NGRAM_BUCKETS_MAX);
    Bag x, y;
    Few few;
    if (!bag_of_original(a, original, folded, buckets, &x, err) ||
        !bag_of(a, folded->text, buckets, &few, &y, err))
        return false;
    uint32_t *bucket = arena_try_array(a, uint32_t, x.count + y.count);
    float *value = arena_try_array(a, float, x.count + y.count);
    if (!bucket || !value)
        return err_set(err, ERR_LIMIT, "no room for %zu n-grams", x.count + y.count);
    size_t n = x.count ? merge(&x, &y, bucket, value) : count_alone(&y, bucket, value);
    scale_to_one(value, n);
    *out = (Ngrams){bucket, value, n};
    return true;
}
