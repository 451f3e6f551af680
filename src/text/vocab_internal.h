/* vocab_internal.h - what a Vocab is, for the two files that walk it.
 *
 * The trie's nodes are numbered breadth first, so the children of node k are the
 * nodes node_first[k] .. node_first[k + 1] - 1, in ascending order of their labels:
 * three flat arrays and no pointers.
 */
#ifndef TEXT_VOCAB_INTERNAL_H
#define TEXT_VOCAB_INTERNAL_H

#include "text/tokenizer.h"

enum { VOCAB_NO_PIECE = -1 };

struct Vocab {
    int count;
    Str *piece;
    float *score;
    uint32_t *node_first; /* nodes + 1 */
    uint8_t *node_label;  /* the byte that leads here */
    int32_t *node_piece;  /* piece that ends here, or VOCAB_NO_PIECE */
    uint32_t root[256];   /* children of the root by label; 0: none */
};

static inline bool vocab_step(const Vocab *v, uint32_t *node, uint8_t byte)
{
    if (*node == 0) {
        *node = v->root[byte];
        return *node != 0;
    }
    uint32_t first = v->node_first[*node], count = v->node_first[*node + 1] - first;
    const uint8_t *label = v->node_label + first;
    const uint8_t *at = count ? memchr(label, byte, count) : NULL;
    if (!at)
        return false;
    *node = first + (uint32_t)(at - label);
    return true;
}

#endif
