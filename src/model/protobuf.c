#include "model/protobuf.h"

#include <assert.h>

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
    tag(out, field, PROTOBUF_VARINT);
    varint(out, (uint64_t)v);
}

void protobuf_float(Buf *out, int field, float v)
{
    char bytes[sizeof v];
    tag(out, field, PROTOBUF_FIXED32);
    memcpy(bytes, &v, sizeof v); /* little-endian, as the house's other files are */
    buf_put(out, (Str){bytes, sizeof bytes});
}

void protobuf_bytes_head(Buf *out, int field, size_t len)
{
    tag(out, field, PROTOBUF_BYTES);
    varint(out, len);
}

void protobuf_bytes(Buf *out, int field, Str bytes)
{
    protobuf_bytes_head(out, field, bytes.len);
    buf_put(out, bytes);
}

/* ---- reading ------------------------------------------------------------------------- */

bool protobuf_varint(Str *rest, uint64_t *out, Err *err)
{
    uint64_t v = 0;
    for (size_t i = 0; i < rest->len && i < 10; i++) {
        uint64_t byte = (uint8_t)rest->ptr[i];
        if (i == 9 && byte > 1)
            break;
        v |= (byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *rest = (Str){rest->ptr + i + 1, rest->len - i - 1};
            *out = v;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "a number of a message has no end");
}

static bool take(Str *rest, uint64_t n, Str *out, Err *err)
{
    if (n > rest->len)
        return err_set(err, ERR_INPUT, "a field is longer than its message");
    *out = (Str){rest->ptr, (size_t)n};
    *rest = (Str){rest->ptr + n, rest->len - (size_t)n};
    return true;
}

bool protobuf_next(Str *rest, ProtobufField *out, Err *err)
{
    uint64_t t, n;
    if (!protobuf_varint(rest, &t, err))
        return false;
    if (t >> 3 == 0 || t >> 3 >= 1 << 29)
        return err_set(err, ERR_INPUT, "a field has no number");
    *out = (ProtobufField){.field = (int)(t >> 3), .wire = (int)(t & 7)};
    switch (out->wire) {
    case PROTOBUF_VARINT:
        return protobuf_varint(rest, &out->number, err);
    case PROTOBUF_FIXED64:
        return take(rest, 8, &out->bytes, err);
    case PROTOBUF_FIXED32:
        return take(rest, 4, &out->bytes, err);
    case PROTOBUF_BYTES:
        return protobuf_varint(rest, &n, err) && take(rest, n, &out->bytes, err);
    default:
        return err_set(err, ERR_INPUT, "a field has wire type %d", out->wire);
    }
}
