/* language.h - which language a text is likely in.
 *
 * The script says most of it: Hangul is Korean, kana Japanese.  For Latin script there is a
 * small model written by hand: frequent words, letters and endings of twelve languages
 * (language_table.c).  A text that is too short to say, in two languages at once, or in one
 * that is not in the table is unknown, and that is an answer: better none than a wrong one.
 *
 * What shares a script and much else is not told apart: Devanagari is called Hindi, Roman Hindi
 * and Roman Urdu are both ur-Latn.
 */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include "base/str.h"

/* clang-format off */
#define LANGUAGE_TABLE(X)                       \
    /* enum      BCP 47     name             */ \
    X(UNKNOWN,   "und",     "unknown")          \
    X(EN,        "en",      "English")          \
    X(DE,        "de",      "German")           \
    X(FR,        "fr",      "French")           \
    X(ES,        "es",      "Spanish")          \
    X(PT,        "pt",      "Portuguese")       \
    X(IT,        "it",      "Italian")          \
    X(NL,        "nl",      "Dutch")            \
    X(VI,        "vi",      "Vietnamese")       \
    X(TR,        "tr",      "Turkish")          \
    X(PL,        "pl",      "Polish")           \
    X(ID,        "id",      "Indonesian")       \
    X(UR_LATN,   "ur-Latn", "Roman Urdu or Hindi") \
    X(AR,        "ar",      "Arabic")           \
    X(FA,        "fa",      "Persian")          \
    X(UR,        "ur",      "Urdu")             \
    X(RU,        "ru",      "Russian")          \
    X(UK,        "uk",      "Ukrainian")        \
    X(EL,        "el",      "Greek")            \
    X(HE,        "he",      "Hebrew")           \
    X(HI,        "hi",      "Hindi")            \
    X(BN,        "bn",      "Bengali")          \
    X(TA,        "ta",      "Tamil")            \
    X(TE,        "te",      "Telugu")           \
    X(TH,        "th",      "Thai")             \
    X(KO,        "ko",      "Korean")           \
    X(JA,        "ja",      "Japanese")         \
    X(ZH,        "zh",      "Chinese")
/* clang-format on */

typedef enum Language {
#define X(id, code, name) LANGUAGE_##id,
    LANGUAGE_TABLE(X)
#undef X
        LANGUAGE_COUNT
} Language;

/* Of a longer text the start is read. */
enum { LANGUAGE_READ_BYTES = 16384 };

Language language_of(Str text); /* valid UTF-8 */

const char *language_code(Language l);
const char *language_name(Language l);

/* A BCP 47 tag: one of the codes, or its first part is ("pt-BR").  False: none is, or "und". */
bool language_parse(Str tag, Language *out);

#endif
