/* make-confusables.c - writes src/text/confusable_table.c from ICU's data.
 *
 *     cc -Isrc tools/make-confusables.c -o /tmp/m $(pkg-config --libs icu-uc icu-i18n)
 *     /tmp/m > src/text/confusable_table.c
 *
 * Authoring time only: the table is in the repository, so that a newer ICU on another
 * machine cannot change what a release reads.  A letter is a look-alike of an ASCII letter when
 * both have the same skeleton (UTS #39) once combining marks are off; a capital that has none
 * takes that of its small letter and the other way round.  Letters of scripts that are written
 * without resembling Latin words (Han, kana, Hangul, Arabic, Hebrew ...) stay out.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

enum { MOST = 16 };

static USpoofChecker *checker;
static const UNormalizer2 *nfkc, *nfd;

static int skeleton(UChar32 c, UChar out[MOST])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2], made[MOST], apart[4 * MOST];
    int32_t n = 0;
    U16_APPEND_UNSAFE(in, n, c);
    n = uspoof_getSkeleton(checker, 0, in, n, made, MOST, &status);
    if (U_FAILURE(status))
        return 0;
    n = unorm2_normalize(nfd, made, n, apart, 4 * MOST, &status);
    int kept = 0;
    for (int32_t i = 0; i < n && kept < MOST;) {
        UChar32 d;
        U16_NEXT(apart, i, n, d);
        if (u_charType(d) == U_NON_SPACING_MARK || u_charType(d) == U_ENCLOSING_MARK ||
            d > 0xffff)
            continue;
        out[kept++] = (UChar)d;
    }
    return U_FAILURE(status) ? 0 : kept;
}

static char ascii_of(UChar32 c)
{
    UChar s[MOST], t[MOST];
    int n = skeleton(c, s);
    if (n == 0)
        return 0;
    /* I, l, 1 and | share a skeleton: a capital is read as i, the rest as l */
    if (n == 1 && s[0] == 'l')
        return u_isupper(c) ? 'i' : 'l';
    for (UChar32 x = 'a'; x <= 'z'; x++)
        for (int upper = 0; upper < 2; upper++) {
            int m = skeleton(upper ? u_toupper(x) : x, t);
            if (m == n && memcmp(s, t, (size_t)n * sizeof *s) == 0)
                return (char)x;
        }
    return 0;
}

static bool wanted(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2];
    int32_t n = 0;
    U16_APPEND_UNSAFE(in, n, c);
    if (!u_isalpha(c) || !unorm2_isNormalized(nfkc, in, n, &status))
        return false;
    switch (uscript_getScript(c, &status)) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARMENIAN:
    case USCRIPT_CHEROKEE:
    case USCRIPT_COPTIC:
    case USCRIPT_LISU:
    case USCRIPT_GEORGIAN:
    case USCRIPT_DESERET:
    case USCRIPT_GOTHIC:
    case USCRIPT_RUNIC:
    case USCRIPT_CANADIAN_ABORIGINAL:
    case USCRIPT_OLD_ITALIC:
    case USCRIPT_TIFINAGH:
    case USCRIPT_VAI:
        return true;
    default:
        return false;
    }
}

/* clang-format off */
/* By the eye, where ICU is stricter: only believed inside a word with ASCII letters. */
static const struct {
    const char *letters, *as;
} loose[] = {
    {"αβγδεζηθικλμνξοπρστυφχψω", "abydeznoikvmveonpotuoxww"},
    {"бвгдзийклмнптуфцчшщъыьэюя", "bbrdenukamhntyouywwbbbeor"},
    {"ɐɓɔɖɗɘəɛɜɠɡɣɥɨɩɪɫɬɭɯɱɲɳɵɹɺɻɼɽɾʀʁʂʃʇʈʉʋʌʍʎʏʐʞʟ",
     "abcddeeeeggyhiiilllmmnnorrrrrrrrsjttuvvwyyzkl"                                                                                 },
    {"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"},
    {"ƀƁƄƆƉƊƋƎƏƐƑƒƓƗƘƙƚƝƞƤƥƫƬƭƮƳƴƵƶǝƃɟ", "bbbcdddeeeffgikklnnppttttyyzzegf"},
    {"ႠႦႧႽႿ", "abnso"},
    {"€₿¢£¥§†", "ebclyst"},
};
/* clang-format on */

int main(void)
{
    UErrorCode status = U_ZERO_ERROR;
    checker = uspoof_open(&status);
    nfkc = unorm2_getNFKCInstance(&status);
    nfd = unorm2_getNFDInstance(&status);
    static char strict[0x20000], eye[0x20000];
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        int32_t at = 0, k = 0;
        int32_t bytes = (int32_t)strlen(loose[i].letters);
        while (at < bytes && loose[i].as[k]) {
            UChar32 c;
            U8_NEXT(loose[i].letters, at, bytes, c);
            eye[c] = loose[i].as[k++];
            if (u_toupper(c) < 0x20000 && u_toupper(c) > 0x7f && !eye[u_toupper(c)])
                eye[u_toupper(c)] = eye[c];
        }
        if (at != bytes || loose[i].as[k])
            fprintf(stderr, "row %zu: letters and readings differ in number\n", i);
    }
    for (UChar32 c = 0x80; c < 0x20000; c++)
        if (wanted(c))
            strict[c] = ascii_of(c);
    printf("/* Written by tools/make-confusables.c from ICU %s: do not edit. */\n",
           U_ICU_VERSION);
    printf("#include \"text/confusable_internal.h\"\n\n/* clang-format off */\n");
    printf("const Confusable confusable_table[] = {\n");
    int n = 0;
    for (UChar32 c = 0x80; c < 0x20000; c++) {
        char as = strict[c];
        const char *how = "LOOKS";
        if (as && uscript_getScript(c, &status) == USCRIPT_LATIN &&
            (c < 0x250 || (c >= 0x1e00 && c < 0x1f00)) && !eye[c])
            how = "ACCENT";
        if (!as && eye[c]) {
            as = eye[c];
            how = "LOOSE";
        }
        UChar32 other = u_tolower(c) != c ? u_tolower(c) : u_toupper(c);
        if (!as && wanted(c) && other != c && other > 0x7f && other < 0x20000 &&
            strict[other]) {
            as = strict[other];
            how = "LOOSE";
        }
        if (as)
            printf("%s{0x%04x, '%c', %s},",
                   n++ % 4 ? " "
                   : n > 1 ? "\n    "
                           : "    ",
                   c, as, how);
    }
    printf("\n};\nconst int confusable_count = %d;\n/* clang-format on */\n", n);
    return U_FAILURE(status);
}
