/* nfkc.c - span by span through ICU, so that each result knows its source.
 *
 * A text falls into segments, each of which normalises on its own: a segment begins
 * where a character can never combine with what stands before it (ICU's boundary).
 * Nearly every segment is one character, and nearly every one of those is inert and
 * copied.  The others go through ICU's UTF-16 interface alone; all that comes out
 * of a segment points to the segment's first byte.
 *
 * ASCII characters are always boundaries, but the last one in front of other
 * characters may combine with a mark behind it, so it belongs to their segment.
 */
#include "text/nfkc.h"

#include "text/utf8.h"

#include <unicode/unorm2.h>

/* No character becomes more than 18 UTF-16 units (U+FDFA). */
enum { OUT_MAX = NFKC_SEGMENT_MAX * 18 };

/* A text that grew so much is no text: what follows is copied as it is. */
enum { GROWTH_MAX = 4 };

static const UNormalizer2 *instance(NfkcForm form, Err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *n = form == NFKC_PLAIN ? unorm2_getNFKCInstance(&status)
                                               : unorm2_getNFKCCasefoldInstance(&status);
    if (U_SUCCESS(status))
        return n;
    err_set(err, ERR_IO, "Unicode tables: %s", u_errorName(status));
    return NULL;
}

static void put_utf16(MappedWriter *w, const UChar *s, int32_t n, uint32_t from)
{
    for (int32_t i = 0; i < n; i++) {
        uint32_t c = s[i];
        if (c >= 0xd800 && c < 0xdc00 &&
            i + 1 < n) /* ICU's own macro trips -Wsign-conversion */
            c = 0x10000 + ((c - 0xd800) << 10) + (s[++i] - 0xdc00u);
        mapped_code_point(w, c, from);
    }
}

/* The segment that begins at `at`: its end, and its characters as UTF-16. */
static size_t segment(const UNormalizer2 *n, Str s, size_t at, UChar *units, int32_t *count)
{
    int32_t len = 0;
    for (int taken = 0; at < s.len && taken < NFKC_SEGMENT_MAX; taken++) {
        size_t bytes;
        UChar32 c = (UChar32)utf8_decode(s, at, &bytes);
        if (taken && (c < 0x80 || unorm2_hasBoundaryBefore(n, c)))
            break;
        U16_APPEND_UNSAFE(units, len, c);
        at += bytes;
    }
    *count = len;
    return at;
}

static void put_ascii(MappedWriter *w, Str s, size_t at, size_t n, const uint32_t *origin,
                      NfkcForm form)
{
    if (!mapped_room(w, n))
        return;
    for (size_t i = at; i < at + n; i++) {
        char c = s.ptr[i];
        if (form == NFKC_CASEFOLD && c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        mapped_byte(w, c, origin ? origin[i] : (uint32_t)i);
    }
}

static bool run(Arena *a, Str s, const uint32_t *origin, NfkcForm form, Mapped *out, Err *err)
{
    MappedWriter w;
    mapped_begin(&w, a, s.len + s.len / 8);
    const UNormalizer2 *n = NULL;
    size_t most = GROWTH_MAX * (origin ? (size_t)origin[s.len] : s.len) + OUT_MAX;
    for (size_t i = 0; i < s.len && !w.over;) {
        size_t plain = utf8_ascii_run(s, i);
        if (plain && i + plain < s.len)
            plain--;
        put_ascii(&w, s, i, plain, origin, form);
        i += plain;
        if (i == s.len)
            break;
        if (!n && !(n = instance(form, err)))
            return false;
        UChar units[2 * NFKC_SEGMENT_MAX], made[OUT_MAX];
        int32_t count;
        size_t end = segment(n, s, i, units, &count), first;
        uint32_t from = origin ? origin[i] : (uint32_t)i;
        UChar32 c = (UChar32)utf8_decode(s, i, &first);
        if (w.len > most || (i + first == end && unorm2_isInert(n, c))) {
            mapped_put(&w, (Str){s.ptr + i, end - i}, from);
        } else {
            UErrorCode status = U_ZERO_ERROR;
            int32_t len = unorm2_normalize(n, units, count, made, OUT_MAX, &status);
            if (U_FAILURE(status))
                return err_set(err, ERR_IO, "Unicode normalisation: %s", u_errorName(status));
            put_utf16(&w, made, len, from);
        }
        i = end;
    }
    return mapped_end(&w, origin ? origin[s.len] : (uint32_t)s.len, out, err);
}

bool nfkc(Arena *a, Str s, NfkcForm form, Mapped *out, Err *err)
{
    return run(a, s, NULL, form, out, err);
}

bool nfkc_mapped(Arena *a, const Mapped *m, NfkcForm form, Mapped *out, Err *err)
{
    return run(a, m->text, m->origin, form, out, err);
}
