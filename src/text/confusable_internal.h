/* confusable_internal.h - the rows of the written table. */
#ifndef TEXT_CONFUSABLE_INTERNAL_H
#define TEXT_CONFUSABLE_INTERNAL_H

#include "text/confusable.h"

/* Short names: the table has more than a thousand rows. */
enum { ACCENT = CONFUSABLE_ACCENT, LOOKS = CONFUSABLE_LOOKS, LOOSE = CONFUSABLE_LOOSE };

typedef struct Confusable {
    uint32_t code_point;
    char letter;
    uint8_t kind;
} Confusable;

extern const Confusable confusable_table[]; /* by code point */
extern const int confusable_count;

#endif
