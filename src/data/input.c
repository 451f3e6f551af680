#include "data/input.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/sys.h"

#include <fcntl.h>
#include <zlib.h>

enum { CHUNK = 1 << 16, GZIP_WINDOW = 15 + 16 /* zlib: a gzip header, largest window */ };

struct Input {
    Arena *arena;
    const char *path;
    int fd;
    bool gzip, ended, failed;
    bool between; /* gzip: outside a member, where the file may end */
    z_stream z;
    size_t at, have; /* of `out`: what can be taken */
    unsigned char *raw, *out;
    Err err;
};

/* Up to CHUNK bytes of the file into `p`; false: end or failure. */
static bool read_file(Input *in, unsigned char *p, size_t *got)
{
    ssize_t n = sys_read(in->fd, p, CHUNK);
    if (n < 0) {
        in->failed = true;
        err_errno(&in->err, "cannot read %s", in->path);
    }
    *got = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static bool broken(Input *in, const char *why)
{
    in->failed = true;
    return err_set(&in->err, ERR_CORRUPT, "%s: not a whole gzip file: %s", in->path, why);
}

/* One call of inflate; what it gives lands in `out`. */
static bool inflate_some(Input *in)
{
    if (in->z.avail_in == 0) {
        size_t got;
        if (!read_file(in, in->raw, &got))
            return !in->failed &&
                   (in->between ? in->ended = true : broken(in, "it ends early"));
        in->z.next_in = in->raw;
        in->z.avail_in = (uInt)got;
    }
    in->z.next_out = in->out;
    in->z.avail_out = CHUNK;
    int r = inflate(&in->z, Z_NO_FLUSH);
    if (r != Z_OK && r != Z_STREAM_END)
        return broken(in, in->z.msg ? in->z.msg : "damaged");
    in->between = r == Z_STREAM_END;
    if (in->between)
        inflateReset(&in->z);
    in->at = 0;
    in->have = CHUNK - in->z.avail_out;
    return true;
}

static void fill(Input *in)
{
    in->at = in->have = 0;
    while (in->have == 0 && !in->ended && !in->failed) {
        if (in->gzip)
            inflate_some(in);
        else if (!read_file(in, in->out, &in->have))
            in->ended = true;
    }
}

int input_peek(Input *in)
{
    if (in->at == in->have)
        fill(in);
    if (in->at < in->have)
        return in->out[in->at];
    return in->failed ? INPUT_FAILED : INPUT_END;
}

int input_byte(Input *in)
{
    int c = input_peek(in);
    in->at += c >= 0;
    return c;
}

bool input_error(const Input *in, Err *err)
{
    *err = in->err;
    return false;
}

/* The first chunk tells whether this is gzip; it then becomes zlib's first input. */
static bool start(Input *in)
{
    if (!read_file(in, in->out, &in->have)) {
        in->ended = true;
        return !in->failed;
    }
    if (in->have < 2 || in->out[0] != 0x1f || in->out[1] != 0x8b)
        return true;
    if (inflateInit2(&in->z, GZIP_WINDOW) != Z_OK)
        return broken(in, "no memory to unpack it");
    in->gzip = true;
    in->raw = in->out;
    in->out = arena_array(in->arena, unsigned char, CHUNK);
    in->z.next_in = in->raw;
    in->z.avail_in = (uInt)in->have;
    in->have = 0;
    return true;
}

bool input_open(const char *path, Input **out, Err *err)
{
    int fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return err_errno(err, "cannot open %s", path);
    Arena *arena = arena_open(4 * CHUNK);
    Input *in = arena_new(arena, Input);
    *in = (Input){.arena = arena, .fd = fd, .path = str_z(arena, str_of(path))};
    in->out = arena_array(arena, unsigned char, CHUNK);
    if (!start(in)) {
        *err = in->err;
        input_close(in);
        return false;
    }
    *out = in;
    return true;
}

void input_close(Input *in)
{
    if (!in)
        return;
    if (in->gzip)
        inflateEnd(&in->z);
    sys_close(in->fd); /* only read: a failing close loses nothing */
    arena_close(in->arena);
}
