/* protobuf.h - writing Protocol Buffers, as much of it as an ONNX file needs.
 *
 * A message is fields one after the other, each a tag (field number and wire type) and a
 * value; a message inside another is bytes with their length in front, so the inner one is
 * written to a Buf of its own first.  (Protocol Buffers encoding, developers.google.com.)
 */
#ifndef MODEL_PROTOBUF_H
#define MODEL_PROTOBUF_H

#include "base/buf.h"

void protobuf_int(Buf *out, int field, int64_t v);
void protobuf_float(Buf *out, int field, float v);
void protobuf_bytes(Buf *out, int field, Str bytes); /* strings and messages too */

/* Tag and length of bytes that the caller puts behind. */
void protobuf_bytes_head(Buf *out, int field, size_t len);

#endif
