/* fold_decode.c - base64, hexadecimal (and groups of eight binary digits), percent.
 *
 * A run that could be an encoding is decoded to scratch memory and kept only when what
 * comes out reads as language (english_like); anything else, keys, hashes, numbers, long
 * words, stays as it is.  A run that failed is skipped whole, so every byte is
 * looked at a fixed number of times.
 */
#include "text/english.h"
#include "text/fold_internal.h"
#include "text/utf8.h"

enum { LEAST_BASE64 = 8, LEAST_GROUPS = 4, BITS = 8 };

typedef struct Decoded {
    FoldStep step;
    size_t end; /* of the run in the text */
    char *bytes;
    size_t len;
} Decoded;

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* clang-format off */
static int base64_value(char c)
{
    static const int8_t value[128] = {
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, 62, -1, 63, /* + - / */
        52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
        -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63, /* _ */
        -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
    };
    return (uint8_t)c < sizeof value ? value[(uint8_t)c] : -1;
}
/* clang-format on */

static bool is_alnum(char c) { return base64_value(c) >= 0 && base64_value(c) < 62; }

static bool starts_at(Str s, size_t at, Str what)
{
    return str_starts((Str){s.ptr + at, s.len - at}, what);
}

/* "\x6b", "0x6b", "&#x6b;", "6b", or eight binary digits. */
typedef struct GroupForm {
    Str before, behind;
    int digits, base;
} GroupForm;

static GroupForm group_form(Str s, size_t at)
{
    static const struct {
        const char *before, *behind;
    } marked[] = {
        {"\\x",   "" },
        {"0x",    "" },
        {"0X",    "" },
        {"&#x",   ";"},
        {"\\u00", "" }
    };
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++)
        if (starts_at(s, at, str_of(marked[i].before)))
            return (GroupForm){str_of(marked[i].before), str_of(marked[i].behind), 2, 16};
    size_t bits = 0;
    while (bits < BITS && at + bits < s.len && (s.ptr[at + bits] & 0xfe) == '0')
        bits++;
    return (GroupForm){STR(""), STR(""), bits == BITS ? BITS : 2, bits == BITS ? 2 : 16};
}

/* One group's value, -1: none stands here; *at moves behind it. */
static int group_value(Str s, const GroupForm *form, size_t *at)
{
    int value = 0;
    if (!starts_at(s, *at, form->before))
        return -1;
    size_t i = *at + form->before.len;
    for (int k = 0; k < form->digits; k++, i++) {
        int digit = i < s.len ? hex_value(s.ptr[i]) : -1;
        if (digit < 0 || digit >= form->base)
            return -1;
        value = value * form->base + digit;
    }
    if (!starts_at(s, i, form->behind))
        return -1;
    *at = i + form->behind.len;
    return value;
}

static size_t separator_length(Str s, size_t at)
{
    size_t n = 0;
    while (n < 2 && at + n < s.len && s.ptr[at + n] && strchr(" ,:-", s.ptr[at + n]))
        n++;
    return n;
}

/* The groups of one form with one separator between them, from `at` on: how many, and
 * where they end; their values go to bytes unless that is NULL. */
static size_t walk_groups(Str s, size_t at, GroupForm form, char *bytes, size_t *end)
{
    size_t n = 0, i = at;
    int value = group_value(s, &form, &i);
    *end = at;
    if (value < 0)
        return 0;
    if (str_eq(form.before, STR("0x")) && !starts_at(s, i, STR("0x")) && i < s.len &&
        hex_value(s.ptr[i]) >= 0)
        form.before = STR(""); /* 0x stands once in front of all */
    Str between = {s.ptr + i, separator_length(s, i)};
    while (value >= 0) {
        if (bytes)
            bytes[n] = (char)value;
        n++;
        *end = i;
        if (!starts_at(s, i, between))
            break;
        i += between.len;
        value = group_value(s, &form, &i);
    }
    return n;
}

static void read_groups(Arena *a, Str s, size_t at, Decoded *d)
{
    GroupForm form = group_form(s, at);
    size_t n = walk_groups(s, at, form, NULL, &d->end);
    bool cut = d->end < s.len && is_alnum(s.ptr[d->end]); /* an odd digit, or a word goes on */
    d->len = 0;
    d->step = FOLD_HEX;
    if (n < LEAST_GROUPS || cut || !(d->bytes = arena_try_array(a, char, n)))
        return;
    d->len = walk_groups(s, at, form, d->bytes, &d->end);
}

static size_t base64_end(Str s, size_t at)
{
    while (at < s.len && base64_value(s.ptr[at]) >= 0)
        at++;
    return at;
}

static void read_base64(Arena *a, Str s, size_t at, Decoded *d)
{
    size_t end = base64_end(s, at), n = end - at;
    d->step = FOLD_BASE64;
    d->end = end;
    d->len = 0;
    while (d->end < s.len && d->end < end + 2 && s.ptr[d->end] == '=')
        d->end++;
    if (n < LEAST_BASE64 || n % 4 == 1 || !(d->bytes = arena_try_array(a, char, n)))
        return;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = at; i < end; i++) {
        bits = bits << 6 | (uint32_t)base64_value(s.ptr[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            d->bytes[d->len++] = (char)(bits >> held & 0xff);
        }
    }
}

/* Language, or one encoding around language: the next round opens that. */
static bool reads(Arena *a, const Decoded *d)
{
    if (d->len == 0)
        return false;
    Str s = {d->bytes, d->len};
    Decoded inner;
    if (english_like(s))
        return true;
    read_base64(a, s, 0, &inner);
    if (inner.end == s.len && english_like((Str){inner.bytes, inner.len}))
        return true;
    read_groups(a, s, 0, &inner);
    return inner.end == s.len && english_like((Str){inner.bytes, inner.len});
}

/* Each decoded byte comes from the same share of the run. */
static void write_decoded(FoldWriter *w, size_t at, size_t end, const char *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        fold_put(w, bytes[k], w->f->origin[at + k * (end - at) / n]);
}

/* At the beginning of a run; copies or opens it and returns its end. */
static size_t decode_run(FoldWriter *w, size_t at, bool *found)
{
    Fold *f = w->f;
    Str s = fold_text(f);
    ArenaMark scratch = arena_mark(f->arena);
    Decoded d = {.end = at};
    size_t end = base64_end(s, at), begin = w->at;
    read_groups(f->arena, s, at, &d);
    size_t skip = d.end > end ? d.end : end > at ? end : at + 1;
    bool open = reads(f->arena, &d);
    if (!open && end - at >= LEAST_BASE64) {
        read_base64(f->arena, s, at, &d);
        open = reads(f->arena, &d);
    }
    if (!open) {
        arena_rewind(f->arena, scratch);
        fold_copy(w, at, skip);
        return skip;
    }
    uint32_t from = f->origin[at], to = f->origin[d.end];
    write_decoded(w, at, d.end, d.bytes, d.len);
    arena_rewind(f->arena, scratch);
    fold_note(f, d.step, from, to, (Str){f->p + begin, w->at - begin});
    *found = true;
    return d.end;
}

/* Two digits, or "0x" and the like: what read_groups wants to see. */
static bool may_be_group(Str s, size_t at)
{
    if (s.ptr[at] == '\\' || s.ptr[at] == '&')
        return true;
    return at + 1 < s.len && hex_value(s.ptr[at]) >= 0 &&
           (hex_value(s.ptr[at + 1]) >= 0 || (s.ptr[at + 1] | 0x20) == 'x');
}

static bool decode_runs(Fold *f)
{
    FoldWriter w = {f, 0};
    bool found = false;
    size_t done = 0, end;
    for (size_t i = 0; i < f->len; i = end) {
        end = base64_end(fold_text(f), i);
        size_t n = end - i;
        if (may_be_group(fold_text(f), i) || (n >= LEAST_BASE64 && n % 4 != 1)) {
            fold_copy(&w, done, i);
            done = end = decode_run(&w, i, &found);
        } else if (n == 0) {
            end++;
        }
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
    return found;
}

static int percent_value(const Fold *f, size_t at, size_t to)
{
    if (f->p[at] != '%' || to - at < 3)
        return -1;
    int high = hex_value(f->p[at + 1]), low = hex_value(f->p[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Nobody's browser encodes letters; spaces it does, but in addresses. */
static bool percent_is_odd(const Fold *f, size_t from, size_t to)
{
    bool letters = false, spaces = false, address = false;
    for (size_t i = from; i < to; i++) {
        int value = percent_value(f, i, to);
        letters |= value >= 0 && is_alnum((char)value);
        spaces |= value == ' ';
        address |= starts_at(fold_text(f), i, STR("://"));
    }
    return letters || (spaces && !address);
}

/* Opens the token [from, to) when it reads; otherwise copies it. */
static bool decode_percent(FoldWriter *w, size_t from, size_t to)
{
    Fold *f = w->f;
    ArenaMark scratch = arena_mark(f->arena);
    size_t n = 0, begin = w->at;
    char *bytes =
        percent_is_odd(f, from, to) ? arena_try_array(f->arena, char, to - from) : NULL;
    for (size_t i = from; bytes && i < to; i++) {
        int value = percent_value(f, i, to);
        bytes[n++] = value < 0 ? f->p[i] : (char)value;
        i += value < 0 ? 0 : 2;
    }
    if (!bytes || !english_like((Str){bytes, n})) {
        arena_rewind(f->arena, scratch);
        fold_copy(w, from, to);
        return false;
    }
    uint32_t source = f->origin[from], source_end = f->origin[to];
    write_decoded(w, from, to, bytes, n);
    arena_rewind(f->arena, scratch);
    fold_note(f, FOLD_PERCENT, source, source_end, (Str){f->p + begin, w->at - begin});
    return true;
}

static bool decode_percents(Fold *f)
{
    FoldWriter w = {f, 0};
    size_t at = 0, done = 0, from, to;
    bool found = false;
    if (!f->len || !memchr(f->p, '%', f->len))
        return false;
    while (fold_token(f, &at, &from, &to)) {
        fold_copy(&w, done, from);
        done = to;
        found |= decode_percent(&w, from, to);
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
    return found;
}

bool fold_decode(Fold *f)
{
    if (f->opened == FOLD_DEPTH)
        return false;
    bool percents = decode_percents(f), runs = decode_runs(f);
    f->opened += percents || runs;
    return percents || runs;
}
