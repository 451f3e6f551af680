/* http_reply.h - a response as bytes: the status line and headers; the body follows as it is.
 */
#ifndef NET_HTTP_REPLY_H
#define NET_HTTP_REPLY_H

#include "net/http_server.h"

const char *http_status_text(int status); /* "Not Found"; "Unknown" for others than ours */

/* Appends to out.  now_s: seconds since 1970, for the Date header. */
void http_reply_print(Buf *out, const HttpResponse *res, bool keep_alive, int64_t now_s);

#endif
