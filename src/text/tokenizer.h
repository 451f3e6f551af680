/* tokenizer.h - SentencePiece unigram segmentation (Kudo 2018) at run time.
 *
 * A vocabulary is a list of pieces with log-probabilities; the first six are
 * special.  A text is NFKC-normalised, spaces become U+2581 with one in front, and
 * the segmentation of highest total score is found by Viterbi over a byte trie.
 * A character that no piece covers costs TOKENIZER_UNKNOWN and becomes piece 0;
 * runs of piece 0 collapse to one.
 *
 * A Vocab is immutable after parsing and may be shared between threads.
 */
#ifndef TEXT_TOKENIZER_H
#define TEXT_TOKENIZER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

typedef struct Vocab Vocab;

enum { VOCAB_SPECIAL = 6, VOCAB_MAX_PIECES = 65536 };
#define TOKENIZER_UNKNOWN (-20.0f)

/* The base package's vocab.json: [["piece", score or null], ...].  Print then parse gives the
 * same vocabulary. */
bool vocab_parse_json(Arena *a, Str json, const Vocab **out, Err *err);
void vocab_print_json(const Vocab *v, Buf *out);

/* The compact form kept in a release; print then parse gives the same vocabulary. */
bool vocab_parse(Arena *a, Str bytes, const Vocab **out, Err *err);
void vocab_print(const Vocab *v, Buf *out);

int vocab_size(const Vocab *v);
Str vocab_piece(const Vocab *v, int id);

typedef struct Pieces {
    const int32_t *id;
    const uint32_t
        *from; /* byte offset in the original where each piece begins; count + 1 entries */
    size_t count;
} Pieces;

/* At most max_pieces (the rest of the text is not read); text is valid UTF-8.
 * An empty text gives count 0. */
bool tokenize(const Vocab *v, Arena *a, Str text, size_t max_pieces, Pieces *out, Err *err);

#endif
