/* vocab.c - reading and writing a vocabulary, and the trie over its pieces.
 *
 * The compact form, all numbers little-endian:
 *     "GVOC"  u32 version (1)  u32 count  then count times: f32 score, u8 length, bytes
 *
 * The base model's own list holds two pieces twice; the later one is the one that
 * segmentation finds, as in the reference.  Special pieces are never found in a text.
 */
#include "base/js.h"
#include "text/utf8.h"
#include "text/vocab_internal.h"

#include <math.h>
#include <stdlib.h>

enum {
    VERSION = 1,
    HEADER_BYTES = 12,
    ENTRY_BYTES = 5,              /* besides the piece itself */
    MAX_PIECE_BYTES = 255,        /* the length is one byte */
    MAX_TOTAL_BYTES = 4 << 20,    /* bounds the trie */
    JSON_ARENA_BYTES = 256 << 20, /* address space only, while a vocab.json is read */
};

/* Growing towards a Vocab: pieces are copied in one after the other. */
typedef struct Draft {
    Vocab *vocab;
    char *bytes;
    size_t used, room;
} Draft;

static bool draft_begin(Arena *a, size_t count, size_t room, Draft *d, Err *err)
{
    if (count < VOCAB_SPECIAL || count > VOCAB_MAX_PIECES)
        return err_set(err, ERR_INPUT, "a vocabulary of %zu pieces; %d to %d are possible",
                       count, VOCAB_SPECIAL, VOCAB_MAX_PIECES);
    if (room > MAX_TOTAL_BYTES)
        return err_set(err, ERR_LIMIT, "a vocabulary of more than %d bytes", MAX_TOTAL_BYTES);
    Vocab *v = arena_try_array(a, Vocab, 1);
    Str *piece = arena_try_array(a, Str, count);
    float *score = arena_try_array(a, float, count);
    char *bytes = arena_try_array(a, char, room);
    if (!v || !piece || !score || !bytes)
        return err_set(err, ERR_LIMIT, "no room for a vocabulary of %zu pieces", count);
    v->piece = piece;
    v->score = score;
    *d = (Draft){.vocab = v, .bytes = bytes, .room = room};
    return true;
}

static bool draft_add(Draft *d, Str piece, float score, Err *err)
{
    Vocab *v = d->vocab;
    if (piece.len > MAX_PIECE_BYTES || piece.len > d->room - d->used)
        return err_set(err, ERR_INPUT, "piece %d is too long", v->count);
    if (!utf8_valid(piece, NULL) || (piece.len == 0 && v->count >= VOCAB_SPECIAL))
        return err_set(err, ERR_INPUT, "piece %d is empty or not UTF-8", v->count);
    if (!isfinite(score))
        return err_set(err, ERR_INPUT, "piece %d has no finite score", v->count);
    if (piece.len)
        memcpy(d->bytes + d->used, piece.ptr, piece.len);
    v->piece[v->count] = (Str){d->bytes + d->used, piece.len};
    v->score[v->count++] = score;
    d->used += piece.len;
    return true;
}

/* By bytes; equal pieces by id, so that the last of them is the later one. */
static int by_piece(const void *x, const void *y, void *context)
{
    const Vocab *v = context;
    int32_t i = *(const int32_t *)x, j = *(const int32_t *)y;
    int order = str_cmp(v->piece[i], v->piece[j]);
    return order ? order : (i > j) - (i < j);
}

/* The pieces below a node are one stretch of the sorted list. */
typedef struct Stretch {
    uint32_t from, to;
    uint32_t depth; /* bytes they share */
} Stretch;

static uint32_t grow_children(Vocab *v, const int32_t *sorted, Stretch *stretch, uint32_t node,
                              uint32_t nodes)
{
    Stretch s = stretch[node];
    v->node_piece[node] = VOCAB_NO_PIECE;
    while (s.from < s.to && v->piece[sorted[s.from]].len == s.depth)
        v->node_piece[node] = sorted[s.from++];
    while (s.from < s.to) {
        uint8_t label = (uint8_t)v->piece[sorted[s.from]].ptr[s.depth];
        uint32_t to = s.from;
        while (to < s.to && (uint8_t)v->piece[sorted[to]].ptr[s.depth] == label)
            to++;
        v->node_label[nodes] = label;
        stretch[nodes++] = (Stretch){s.from, to, s.depth + 1};
        s.from = to;
    }
    return nodes;
}

static bool trie_build(Arena *a, Vocab *v, size_t bytes, Err *err)
{
    size_t most = bytes + 1; /* nodes */
    v->node_first = arena_try_array(a, uint32_t, most + 1);
    v->node_label = arena_try_array(a, uint8_t, most);
    v->node_piece = arena_try_array(a, int32_t, most);
    ArenaMark mark = arena_mark(a);
    int32_t *sorted = arena_try_array(a, int32_t, (size_t)v->count);
    Stretch *stretch = arena_try_array(a, Stretch, most);
    if (!v->node_first || !v->node_label || !v->node_piece || !sorted || !stretch)
        return err_set(err, ERR_LIMIT, "no room for the trie of %d pieces", v->count);
    size_t n = 0;
    for (int32_t id = VOCAB_SPECIAL; id < v->count; id++)
        sorted[n++] = id;
    qsort_r(sorted, n, sizeof *sorted, by_piece, v);
    stretch[0] = (Stretch){0, (uint32_t)n, 0};
    uint32_t nodes = 1;
    for (uint32_t node = 0; node < nodes; node++) {
        v->node_first[node] = nodes;
        nodes = grow_children(v, sorted, stretch, node, nodes);
        v->node_first[node + 1] = nodes;
    }
    for (uint32_t child = v->node_first[0]; child < v->node_first[1]; child++)
        v->root[v->node_label[child]] = child;
    arena_rewind(a, mark);
    return true;
}

static bool json_entry(const Js *entry, Draft *d, Err *err)
{
    if (entry->type != JS_ARRAY || entry->count != 2 || entry->item[0].type != JS_STRING)
        return err_set(err, ERR_INPUT, "piece %d is not [\"piece\", score]", d->vocab->count);
    const Js *score = &entry->item[1];
    if (score->type == JS_NULL)
        return draft_add(d, entry->item[0].str, TOKENIZER_UNKNOWN, err);
    if (score->type != JS_NUMBER)
        return err_set(err, ERR_INPUT, "the score of piece %d is %s", d->vocab->count,
                       js_type_name(score->type));
    return draft_add(d, entry->item[0].str, (float)score->number, err);
}

bool vocab_parse_json(Arena *a, Str json, const Vocab **out, Err *err)
{
    bool ok = false;
    Arena *scratch = arena_open(JSON_ARENA_BYTES);
    const Js *list;
    Draft d;
    if (!js_parse(scratch, json, &list, err))
        goto done;
    if (list->type != JS_ARRAY) {
        err_set(err, ERR_INPUT, "a vocabulary is an array, not %s", js_type_name(list->type));
        goto done;
    }
    if (!draft_begin(a, list->count, json.len, &d, err))
        goto done;
    for (size_t i = 0; i < list->count; i++)
        if (!json_entry(&list->item[i], &d, err))
            goto done;
    if (!trie_build(a, d.vocab, d.used, err))
        goto done;
    *out = d.vocab;
    ok = true;
done:
    arena_close(scratch);
    return ok || err_wrap(err, "vocabulary");
}

static uint32_t get_u32(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void put_u32(Buf *out, uint32_t v)
{
    for (int shift = 0; shift < 32; shift += 8)
        buf_byte(out, (char)(v >> shift & 0xff));
}

static bool entries_parse(Str s, uint32_t count, Draft *d, Err *err)
{
    size_t at = HEADER_BYTES;
    for (uint32_t i = 0; i < count; i++) {
        if (s.len - at < ENTRY_BYTES)
            return err_set(err, ERR_CORRUPT, "it ends before piece %u", i);
        uint32_t bits = get_u32(s.ptr + at);
        size_t len = (uint8_t)s.ptr[at + 4];
        at += ENTRY_BYTES;
        if (s.len - at < len)
            return err_set(err, ERR_CORRUPT, "it ends within piece %u", i);
        float score;
        memcpy(&score, &bits, sizeof score);
        if (!draft_add(d, (Str){s.ptr + at, len}, score, err))
            return false;
        at += len;
    }
    if (at != s.len)
        return err_set(err, ERR_CORRUPT, "%zu bytes follow the last piece", s.len - at);
    return true;
}

bool vocab_parse(Arena *a, Str s, const Vocab **out, Err *err)
{
    Draft d;
    if (s.len < HEADER_BYTES || memcmp(s.ptr, "GVOC", 4) != 0)
        return err_set(err, ERR_CORRUPT, "not a vocabulary");
    if (get_u32(s.ptr + 4) != VERSION)
        return err_set(err, ERR_CORRUPT, "vocabulary of version %u; this program reads %d",
                       get_u32(s.ptr + 4), VERSION);
    uint32_t count = get_u32(s.ptr + 8);
    if (!draft_begin(a, count, s.len - HEADER_BYTES, &d, err) ||
        !entries_parse(s, count, &d, err) || !trie_build(a, d.vocab, d.used, err))
        return err_wrap(err, "vocabulary");
    *out = d.vocab;
    return true;
}

void vocab_print(const Vocab *v, Buf *out)
{
    buf_put(out, STR("GVOC"));
    put_u32(out, VERSION);
    put_u32(out, (uint32_t)v->count);
    for (int i = 0; i < v->count; i++) {
        uint32_t bits;
        memcpy(&bits, &v->score[i], sizeof bits);
        put_u32(out, bits);
        buf_byte(out, (char)v->piece[i].len);
        buf_put(out, v->piece[i]);
    }
}

void vocab_print_json(const Vocab *v, Buf *out)
{
    JsWriter w = js_writer(out);
    js_array(&w);
    for (int i = 0; i < v->count; i++) {
        js_array(&w);
        js_string(&w, v->piece[i]);
        if (i < VOCAB_SPECIAL && v->score[i] == TOKENIZER_UNKNOWN)
            js_null(&w);
        else
            js_double(&w, (double)v->score[i]);
        js_end_array(&w);
    }
    js_end_array(&w);
}

int vocab_size(const Vocab *v) { return v->count; }

Str vocab_piece(const Vocab *v, int id) { return v->piece[id]; }
