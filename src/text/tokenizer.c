/* tokenizer.c - segmentation by Viterbi over a byte trie.
 *
 * For every position of the text the best score of a segmentation that ends there and
 * the piece that ends it are kept; from each character that can be reached the trie is
 * walked once, so the work is the text's length times the longest piece (a constant)
 * and nothing is allocated on the way.
 *
 * Where no piece so far reaches over a position, everything before it is decided: those
 * pieces are written out and the walk stops as soon as enough have been (nearly every
 * space is such a place).  Scores go on being added up in double over such places, so
 * that a tie falls as it does in the reference.
 *
 * The unknown: a character gets the step of TOKENIZER_UNKNOWN only when nothing
 * reaches its end otherwise; that is not quite "when no piece covers it", but what the
 * base model was trained with.
 */
#include "text/tokenizer.h"

#include "text/nfkc.h"
#include "text/utf8.h"
#include "text/vocab_internal.h"

/* How much of a text is looked at for one piece asked for: eight times what a piece of
 * English takes, but bounded whatever is sent. */
enum { BYTES_PER_PIECE = 64 };

/* NFKC makes at most 18 characters of three bytes (U+FDFA), each a piece at worst. */
enum { PIECES_PER_BYTE = 6 };

/* U+2581 LOWER ONE EIGHTH BLOCK stands for a space. */
#define SPACE "\xe2\x96\x81"

typedef struct Walk {
    const Vocab *vocab;
    Str text; /* normalised, with SPACE for spaces */
    const uint32_t *origin;
    double *best;
    int32_t *back; /* id of the piece that ends here; NOTHING: not reached */
    int32_t *id;   /* the result */
    uint32_t *from;
    uint32_t *turn; /* scratch: one decided stretch backwards, as end positions */
    size_t count, max;
} Walk;

enum { NOTHING = -1, UNKNOWN = 0 };

static Str read_limit(Str text, size_t max_pieces)
{
    return text.len / BYTES_PER_PIECE < max_pieces
               ? text
               : utf8_head(text, max_pieces * BYTES_PER_PIECE);
}

/* NFKC, then SPACE for each space and one in front. */
static bool prepare(Arena *a, Str text, Mapped *out, Err *err)
{
    Mapped plain;
    if (!nfkc(a, text, NFKC_PLAIN, &plain, err))
        return false;
    MappedWriter w;
    mapped_begin(&w, a, plain.text.len + plain.text.len / 2 + sizeof SPACE);
    mapped_put(&w, STR(SPACE), 0);
    for (size_t i = 0; i < plain.text.len; i++) {
        if (plain.text.ptr[i] == ' ')
            mapped_put(&w, STR(SPACE), plain.origin[i]);
        else
            mapped_byte(&w, plain.text.ptr[i], plain.origin[i]);
    }
    return mapped_end(&w, plain.origin[plain.text.len], out, err);
}

static size_t character_end(Str s, size_t at)
{
    for (at++; at < s.len && ((uint8_t)s.ptr[at] & 0xc0) == 0x80; at++)
        ;
    return at;
}

static size_t character_begin(Str s, size_t end)
{
    for (end--; ((uint8_t)s.ptr[end] & 0xc0) == 0x80; end--)
        ;
    return end;
}

static void reach(Walk *w, size_t end, double score, int32_t id)
{
    if (w->back[end] != NOTHING && score <= w->best[end])
        return;
    w->best[end] = score;
    w->back[end] = id;
}

/* Tries every piece that begins at `at`; returns the furthest end. */
static size_t extend(Walk *w, size_t at)
{
    const Vocab *v = w->vocab;
    size_t furthest = at;
    uint32_t node = 0;
    for (size_t i = at; i < w->text.len; i++) {
        if (!vocab_step(v, &node, (uint8_t)w->text.ptr[i]))
            break;
        int32_t id = v->node_piece[node];
        if (id == VOCAB_NO_PIECE)
            continue;
        reach(w, i + 1, w->best[at] + (double)v->score[id], id);
        furthest = i + 1;
    }
    size_t next = character_end(w->text, at);
    if (w->back[next] == NOTHING)
        reach(w, next, w->best[at] + (double)TOKENIZER_UNKNOWN, UNKNOWN);
    return furthest > next ? furthest : next;
}

/* Everything between two places that no piece reaches over is decided. */
static void write_out(Walk *w, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t end = to; end > from; n++) {
        w->turn[n] = (uint32_t)end;
        int32_t id = w->back[end];
        end = id == UNKNOWN ? character_begin(w->text, end) : end - w->vocab->piece[id].len;
    }
    for (size_t begin = from; n > 0; n--) {
        size_t end = w->turn[n - 1];
        int32_t id = w->back[end];
        bool joins = id == UNKNOWN && w->count > 0 && w->id[w->count - 1] == UNKNOWN;
        if (!joins && w->count == w->max)
            return;
        if (!joins) {
            w->from[w->count] = w->origin[begin];
            w->id[w->count++] = id;
        }
        w->from[w->count] = w->origin[end];
        begin = end;
    }
}

static void segment(Walk *w)
{
    for (size_t i = 0; i <= w->text.len; i++)
        w->back[i] = NOTHING;
    size_t decided = 0, furthest = 0;
    for (size_t at = 0; at < w->text.len && w->count < w->max; at++) {
        if (at > 0 && w->back[at] == NOTHING)
            continue;
        if (at == furthest) {
            write_out(w, decided, at);
            decided = at;
        }
        size_t end = extend(w, at);
        furthest = end > furthest ? end : furthest;
    }
    if (w->count < w->max)
        write_out(w, decided, w->text.len);
}

bool tokenize(const Vocab *v, Arena *a, Str text, size_t max_pieces, Pieces *out, Err *err)
{
    Str read = read_limit(text, max_pieces);
    size_t most = read.len * PIECES_PER_BYTE + 1; /* 1: the space in front */
    most = read.len == 0 ? 0 : most < max_pieces ? most : max_pieces;
    Walk w = {.vocab = v, .max = most};
    w.id = arena_try_array(a, int32_t, most);
    w.from = arena_try_array(a, uint32_t, most + 1);
    if (!w.id || !w.from)
        return err_set(err, ERR_LIMIT, "no room for %zu pieces", most);
    if (most > 0) {
        ArenaMark scratch = arena_mark(a);
        Mapped m;
        if (!prepare(a, read, &m, err))
            return false;
        w.text = m.text;
        w.origin = m.origin;
        w.best = arena_try_array(a, double, m.text.len + 1);
        w.back = arena_try_array(a, int32_t, m.text.len + 1);
        w.turn = arena_try_array(a, uint32_t, m.text.len + 1);
        if (!w.best || !w.back || !w.turn)
            return err_set(err, ERR_LIMIT, "no room to segment %zu bytes", m.text.len);
        segment(&w);
        arena_rewind(a, scratch);
    }
    *out = (Pieces){.id = w.id, .from = w.from, .count = w.count};
    return true;
}
