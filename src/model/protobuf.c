#include "model/protobuf.h"

#include <assert.h>

enum { WIRE_VARINT = 0, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void varint(Buf *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_byte(out, (char)(v | 0x80));
    buf_byte(out, (char)v);
}

static void tag(Buf *out, int field, int wire)
{
    assert(field > 0);
    varint(out, (uint64_t)field << 3 | (uint64_t)wire);
}

void protobuf_int(Buf *out, int field, int64_t v)
{
    tag(out, field, WIRE_VARINT);
    varint(out, (uint64_t)v);
}

void protobuf_float(Buf *out, int field, float v)
{
    char bytes[sizeof v];
    tag(out, field, WIRE_FIXED32);
    memcpy(bytes, &v, sizeof v); /* little-endian, as the house's other files are */
    buf_put(out, (Str){bytes, sizeof bytes});
}

void protobuf_bytes_head(Buf *out, int field, size_t len)
{
    tag(out, field, WIRE_BYTES);
    varint(out, len);
}

void protobuf_bytes(Buf *out, int field, Str bytes)
{
    protobuf_bytes_head(out, field, bytes.len);
    buf_put(out, bytes);
}
