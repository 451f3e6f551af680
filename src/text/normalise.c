/* normalise.c - the folded view, stage by stage.
 *
 * Each stage derives a text from the one before; every byte keeps the place of its
 * source (mapped.h), so a trace can name the bytes of the original.
 */
#include "text/normalise.h"

#include "text/nfkc.h"

static const char *const step_names[FOLD_STEP_COUNT] = {
    [FOLD_COMPATIBILITY] = "compatibility",
    [FOLD_CONFUSABLE] = "confusable",
    [FOLD_INVISIBLE] = "invisible",
    [FOLD_MARK] = "mark",
    [FOLD_LEET] = "leet",
    [FOLD_SPACING] = "spacing",
    [FOLD_REPEAT] = "repeat",
    [FOLD_BASE64] = "base64",
    [FOLD_HEX] = "hex",
    [FOLD_PERCENT] = "percent",
    [FOLD_ROT13] = "rot13",
    [FOLD_REVERSED] = "reversed",
};

const char *fold_step_name(FoldStep s) { return step_names[s]; }

/* White space and control characters become one space; none at either end. */
static bool collapse_spaces(Arena *a, const Mapped *in, Mapped *out, Err *err)
{
    MappedWriter w;
    mapped_begin(&w, a, in->text.len);
    bool space = false;
    for (size_t i = 0; i < in->text.len; i++) {
        uint8_t c = (uint8_t)in->text.ptr[i];
        if (c <= ' ' || c == 0x7f) {
            space = true;
            continue;
        }
        if (space && w.len)
            mapped_byte(&w, ' ', in->origin[i] - 1);
        space = false;
        mapped_byte(&w, (char)c, in->origin[i]);
    }
    return mapped_end(&w, in->origin[in->text.len], out, err);
}

bool normalise(Arena *a, Str original, Folded *out, Err *err)
{
    Mapped folded, single;
    if (!nfkc(a, original, NFKC_CASEFOLD, &folded, err) ||
        !collapse_spaces(a, &folded, &single, err))
        return false;
    *out = (Folded){.text = single.text, .origin = single.origin};
    return true;
}
