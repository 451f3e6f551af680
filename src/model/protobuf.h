/* protobuf.h - writing and reading Protocol Buffers, as much of it as an ONNX file needs.
 *
 * A message is fields one after the other, each a tag (field number and wire type) and a
 * value; a message inside another is bytes with their length in front, so the inner one is
 * written to a Buf of its own first.  (Protocol Buffers encoding, developers.google.com.)
 */
#ifndef MODEL_PROTOBUF_H
#define MODEL_PROTOBUF_H

#include "base/buf.h"

enum { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_FIXED32 = 5 };

void protobuf_int(Buf *out, int field, int64_t v);
void protobuf_float(Buf *out, int field, float v);
void protobuf_bytes(Buf *out, int field, Str bytes); /* strings and messages too */

/* Tag and length of bytes that the caller puts behind. */
void protobuf_bytes_head(Buf *out, int field, size_t len);

typedef struct ProtobufField {
    int field, wire;
    uint64_t number; /* PROTOBUF_VARINT */
    Str bytes;       /* the others: what stands there, borrowed */
} ProtobufField;

/* The next field of a message that has more (rest->len > 0), and a number out of a packed run
 * of them.  ERR_INPUT where the bytes are no message; groups, which are long out of use,
 * neither. */
bool protobuf_next(Str *rest, ProtobufField *out, Err *err);
bool protobuf_varint(Str *rest, uint64_t *out, Err *err);

#endif
