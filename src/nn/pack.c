/* pack.c - writing and believing a file of named sections.
 *
 *   0   "GAVELPK1"            magic and version
 *   8   u32 section count     12  u32 zero
 *   16  128 bytes a section:  name[64] (zero padded), u32 kind, u32 zero,
 *                             u64 rows, cols, offset, bytes, 24 zero bytes
 *   ..  the sections, each at a multiple of 64, zeros between
 *   end 32 bytes: SHA-256 of everything before
 *
 * A pack is opened in three steps, none of which trusts a number before it is checked:
 * length and magic, digest, then each row of the table: a proper, unrepeated name, a
 * known kind, a size that its shape demands, an offset that follows the section before.
 * So there is exactly one file for one content, and whoever asks for a section afterwards
 * reads inside the file whatever was in it.
 */
#include "nn/pack.h"

#include <assert.h>
#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packs are mapped as they are");

enum { HEAD_BYTES = 16, ROW_BYTES = 128, DIGEST_BYTES = 32, SECTION_ALIGN = 64 };

static const char magic[8] = {'G', 'A', 'V', 'E', 'L', 'P', 'K', '1'};

typedef struct Row {
    char name[PACK_NAME_MAX + 1];
    uint32_t kind, zero;
    uint64_t rows, cols, offset, bytes;
    uint8_t spare[24];
} Row;
_Static_assert(sizeof(Row) == ROW_BYTES, "the row is the file's");

static uint64_t round_up(uint64_t n)
{
    return (n + SECTION_ALIGN - 1) & ~(uint64_t)(SECTION_ALIGN - 1);
}

/* What the shape takes up; false: not a shape, or more than 2^62 bytes. */
static bool size_of(uint32_t kind, uint64_t rows, uint64_t cols, uint64_t *bytes)
{
    uint64_t n, most = (uint64_t)1 << 60;
    if (__builtin_mul_overflow(rows, cols, &n) || n > most || rows > most)
        return false;
    switch (kind) {
    case PACK_BYTES:
        *bytes = n;
        return cols == 1;
    case PACK_F32:
        *bytes = n * 4;
        return true;
    case PACK_I8:
        *bytes = rows * 4 + n;
        return true;
    }
    return false;
}

/* ---- writing ---------------------------------------------------------------- */

struct PackWriter {
    Arena *arena;
    size_t count;
    Row row[PACK_SECTIONS_MAX];
    const void *data[PACK_SECTIONS_MAX];
};

PackWriter *pack_writer(Arena *a)
{
    PackWriter *w = arena_new(a, PackWriter);
    w->arena = a;
    return w;
}

static void add(PackWriter *w, const char *name, PackKind kind, const void *data, size_t rows,
                size_t cols)
{
    size_t n = strlen(name);
    assert(0 < n && n <= PACK_NAME_MAX && w->count < PACK_SECTIONS_MAX);
    for (size_t i = 0; i < w->count; i++)
        assert(strcmp(w->row[i].name, name) != 0);
    Row *r = &w->row[w->count];
    *r = (Row){.kind = kind, .rows = rows, .cols = cols};
    memcpy(r->name, name, n);
    bool fits = size_of(r->kind, rows, cols, &r->bytes);
    assert(fits);
    w->data[w->count++] = data;
}

void pack_add_bytes(PackWriter *w, const char *name, Str bytes)
{
    add(w, name, PACK_BYTES, bytes.ptr, bytes.len, 1);
}

void pack_add_f32(PackWriter *w, const char *name, const float *x, size_t rows, size_t cols)
{
    add(w, name, PACK_F32, x, rows, cols);
}

void pack_add_i8(PackWriter *w, const char *name, const float *x, size_t rows, size_t cols)
{
    char *out = arena_array(w->arena, char, rows * 4 + rows * cols);
    float *scale = (float *)(void *)out;
    int8_t *q = (int8_t *)out + rows * 4;
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * cols;
        float top = 0;
        for (size_t c = 0; c < cols; c++) {
            assert(isfinite(in[c]));
            top = fmaxf(top, fabsf(in[c]));
        }
        scale[r] = top / 127;
        for (size_t c = 0; c < cols; c++)
            q[r * cols + c] = scale[r] > 0 ? (int8_t)lrintf(in[c] / scale[r]) : 0;
    }
    add(w, name, PACK_I8, out, rows, cols);
}

typedef struct Sink {
    File *file;
    DigestState state;
} Sink;

static bool put(Sink *s, const void *p, size_t n, Err *err)
{
    Str bytes = {p, n};
    digest_add(&s->state, bytes);
    return file_write(s->file, bytes, err);
}

static bool put_all(PackWriter *w, Sink *s, Err *err)
{
    static const char zeros[SECTION_ALIGN];
    uint32_t count[2] = {(uint32_t)w->count, 0};
    if (!put(s, magic, sizeof magic, err) || !put(s, count, sizeof count, err) ||
        !put(s, w->row, w->count * sizeof *w->row, err))
        return false;
    uint64_t at = HEAD_BYTES + w->count * ROW_BYTES;
    for (size_t i = 0; i < w->count; i++) {
        const Row *r = &w->row[i];
        if (!put(s, zeros, (size_t)(r->offset - at), err) ||
            (r->bytes && !put(s, w->data[i], (size_t)r->bytes, err)))
            return false;
        at = r->offset + r->bytes;
    }
    return true;
}

bool pack_save(PackWriter *w, const char *path, Digest *digest, Err *err)
{
    uint64_t at = HEAD_BYTES + w->count * ROW_BYTES;
    for (size_t i = 0; i < w->count; i++) {
        w->row[i].offset = round_up(at);
        at = w->row[i].offset + w->row[i].bytes;
    }
    Sink s = {0};
    digest_init(&s.state);
    if (!file_create(path, &s.file, err))
        return false;
    bool ok = put_all(w, &s, err);
    Digest d = digest_end(&s.state);
    ok = ok && file_write(s.file, (Str){(const char *)d.byte, sizeof d.byte}, err) &&
         file_commit(s.file, err);
    file_close(s.file);
    if (ok && digest)
        *digest = d;
    return ok;
}

/* ---- reading ---------------------------------------------------------------- */

struct Pack {
    Arena *arena;
    FileMap map; /* empty when the bytes are borrowed */
    Str bytes;
    Digest digest;
    size_t count;
    const Row *row; /* a copy: borrowed bytes need not be aligned */
};

static bool name_ok(const Row *r)
{
    size_t n = strnlen(r->name, sizeof r->name);
    if (n == 0 || n > PACK_NAME_MAX)
        return false;
    for (size_t i = 0; i < sizeof r->name; i++)
        if (i < n ? r->name[i] <= ' ' || r->name[i] > '~' : r->name[i] != 0)
            return false;
    return true;
}

static bool all_zero(const char *p, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static bool check_rows(const Pack *p, Err *err)
{
    uint64_t at = HEAD_BYTES + p->count * ROW_BYTES, end = p->bytes.len - DIGEST_BYTES;
    for (size_t i = 0; i < p->count; i++) {
        const Row *r = &p->row[i];
        uint64_t bytes, from = round_up(at);
        if (!name_ok(r))
            return err_set(err, ERR_CORRUPT, "section %zu of the pack has no proper name", i);
        if (!size_of(r->kind, r->rows, r->cols, &bytes) || bytes != r->bytes || r->zero ||
            !all_zero((const char *)r->spare, sizeof r->spare))
            return err_set(err, ERR_CORRUPT, "section %s of the pack has a wrong shape",
                           r->name);
        if (r->offset != from || from > end || bytes > end - from ||
            !all_zero(p->bytes.ptr + at, from - at))
            return err_set(err, ERR_CORRUPT, "section %s of the pack is not where it must be",
                           r->name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->row[j].name, r->name) == 0)
                return err_set(err, ERR_CORRUPT, "the pack has two sections %s", r->name);
        at = from + bytes;
    }
    if (at != end)
        return err_set(err, ERR_CORRUPT, "the pack has bytes that belong to no section");
    return true;
}

static bool check(Pack *p, Err *err)
{
    Str b = p->bytes;
    if (b.len < HEAD_BYTES + DIGEST_BYTES || memcmp(b.ptr, magic, sizeof magic) != 0)
        return err_set(err, ERR_CORRUPT, "this is not a pack, or one of another version");
    uint32_t count[2];
    memcpy(count, b.ptr + sizeof magic, sizeof count);
    if (count[0] > PACK_SECTIONS_MAX || count[1] != 0 ||
        b.len - HEAD_BYTES - DIGEST_BYTES < (size_t)count[0] * ROW_BYTES)
        return err_set(err, ERR_CORRUPT, "the pack's section table does not fit");
    Str body = {b.ptr, b.len - DIGEST_BYTES};
    memcpy(p->digest.byte, b.ptr + body.len, DIGEST_BYTES);
    Digest is = digest_of(body);
    if (!digest_eq(&is, &p->digest))
        return err_set(err, ERR_CORRUPT, "the pack is damaged: its digest does not match");
    p->count = count[0];
    Row *row = arena_array(p->arena, Row, p->count);
    if (p->count)
        memcpy(row, b.ptr + HEAD_BYTES, p->count * sizeof *row);
    p->row = row;
    return check_rows(p, err);
}

static Pack *pack_new(Err *err)
{
    Arena *a = arena_try_open(1 << 20);
    if (!a) {
        err_set(err, ERR_MEMORY, "no memory to open a pack");
        return NULL;
    }
    Pack *p = arena_new(a, Pack);
    p->arena = a;
    return p;
}

bool pack_open(const char *path, Pack **out, Err *err)
{
    Pack *p = pack_new(err);
    if (!p)
        return false;
    if (!file_map(path, &p->map, err)) {
        pack_close(p);
        return false;
    }
    p->bytes = p->map.bytes;
    if (!check(p, err)) {
        pack_close(p);
        return err_wrap(err, "%s", path);
    }
    *out = p;
    return true;
}

bool pack_open_bytes(Str bytes, Pack **out, Err *err)
{
    Pack *p = pack_new(err);
    if (!p)
        return false;
    p->bytes = bytes;
    if (!check(p, err)) {
        pack_close(p);
        return false;
    }
    *out = p;
    return true;
}

void pack_close(Pack *p)
{
    if (!p)
        return;
    file_unmap(&p->map);
    arena_close(p->arena);
}

Digest pack_digest(const Pack *p) { return p->digest; }

static bool find(const Pack *p, const char *name, const Row **out, Err *err)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->row[i].name, name) == 0) {
            *out = &p->row[i];
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, "the pack has no section %s", name);
}

static const char *const kind_name[] = {"bytes", "float32", "int8"};

static bool want(const Row *r, PackKind kind, size_t rows, size_t cols, Err *err)
{
    if (r->kind != (uint32_t)kind)
        return err_set(err, ERR_CORRUPT, "section %s holds %s, not %s", r->name,
                       kind_name[r->kind], kind_name[kind]);
    if ((rows && rows != r->rows) || (cols && cols != r->cols))
        return err_set(err, ERR_CORRUPT, "section %s is %llu x %llu, not %zu x %zu", r->name,
                       (unsigned long long)r->rows, (unsigned long long)r->cols, rows, cols);
    return true;
}

static const char *at(const Pack *p, const Row *r) { return p->bytes.ptr + r->offset; }

bool pack_kind(const Pack *p, const char *name, PackKind *out, Err *err)
{
    const Row *r = NULL;
    if (!find(p, name, &r, err))
        return false;
    *out = (PackKind)r->kind;
    return true;
}

bool pack_bytes(const Pack *p, const char *name, Str *out, Err *err)
{
    const Row *r = NULL;
    if (!find(p, name, &r, err) || !want(r, PACK_BYTES, 0, 0, err))
        return false;
    *out = (Str){at(p, r), (size_t)r->bytes};
    return true;
}

bool pack_f32(const Pack *p, const char *name, size_t rows, size_t cols, const float **out,
              Err *err)
{
    const Row *r = NULL;
    if (!find(p, name, &r, err) || !want(r, PACK_F32, rows, cols, err))
        return false;
    assert((uintptr_t)at(p, r) % sizeof(float) == 0); /* a map is; borrowed bytes must be */
    *out = (const float *)(const void *)at(p, r);
    return true;
}

bool pack_i8(const Pack *p, const char *name, size_t rows, size_t cols, const int8_t **q,
             const float **scale, Err *err)
{
    const Row *r = NULL;
    if (!find(p, name, &r, err) || !want(r, PACK_I8, rows, cols, err))
        return false;
    assert((uintptr_t)at(p, r) % sizeof(float) == 0);
    *scale = (const float *)(const void *)at(p, r);
    *q = (const int8_t *)at(p, r) + r->rows * 4;
    return true;
}

bool pack_read_f32(const Pack *p, const char *name, size_t rows, size_t cols, float *out,
                   Err *err)
{
    const Row *r = NULL;
    if (!find(p, name, &r, err))
        return false;
    if (r->kind != PACK_I8) {
        if (!want(r, PACK_F32, rows, cols, err))
            return false;
        if (r->bytes)
            memcpy(out, at(p, r), (size_t)r->bytes);
        return true;
    }
    const int8_t *q;
    const float *scale;
    if (!pack_i8(p, name, rows, cols, &q, &scale, err))
        return false;
    for (size_t i = 0; i < r->rows; i++)
        for (size_t j = 0; j < r->cols; j++)
            out[i * r->cols + j] = scale[i] * (float)q[i * r->cols + j];
    return true;
}

size_t pack_count(const Pack *p) { return p->count; }

bool pack_section(const Pack *p, size_t i, Str *name, PackKind *kind, size_t *rows,
                  size_t *cols)
{
    if (i >= p->count)
        return false;
    const Row *r = &p->row[i];
    *name = str_of(r->name);
    *kind = (PackKind)r->kind;
    *rows = (size_t)r->rows;
    *cols = (size_t)r->cols;
    return true;
}
