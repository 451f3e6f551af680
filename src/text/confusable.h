/* confusable.h - letters that look like ASCII letters, after Unicode UTS #39. */
#ifndef TEXT_CONFUSABLE_H
#define TEXT_CONFUSABLE_H

#include <stdint.h>

typedef enum ConfusableKind {
    CONFUSABLE_NONE,
    CONFUSABLE_ACCENT, /* a Latin letter with an accent or stroke: no disguise by itself */
    CONFUSABLE_LOOKS,  /* not to be told from the ASCII letter */
    CONFUSABLE_LOOSE   /* near enough inside a word of ASCII letters */
} ConfusableKind;

/* The lower-case ASCII letter for an NFKC character, 0 for CONFUSABLE_NONE. */
char confusable(uint32_t code_point, ConfusableKind *kind);

/* Letters that NFKC leaves alone: negative circled and squared letters and regional
 * indicators ('a' for U+1F170), 0 for anything else. */
char pictured_letter(uint32_t code_point);

#endif
