#include "net/http_reply.h"

#include <assert.h>
#include <time.h>

static const struct {
    int status;
    const char *text;
} status_texts[] = {
    {200, "OK"                             },
    {201, "Created"                        },
    {202, "Accepted"                       },
    {204, "No Content"                     },
    {301, "Moved Permanently"              },
    {302, "Found"                          },
    {303, "See Other"                      },
    {304, "Not Modified"                   },
    {400, "Bad Request"                    },
    {401, "Unauthorized"                   },
    {403, "Forbidden"                      },
    {404, "Not Found"                      },
    {405, "Method Not Allowed"             },
    {408, "Request Timeout"                },
    {409, "Conflict"                       },
    {413, "Content Too Large"              },
    {415, "Unsupported Media Type"         },
    {417, "Expectation Failed"             },
    {422, "Unprocessable Content"          },
    {429, "Too Many Requests"              },
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"          },
    {501, "Not Implemented"                },
    {503, "Service Unavailable"            },
    {505, "HTTP Version Not Supported"     },
};

const char *http_status_text(int status)
{
    for (size_t i = 0; i < sizeof status_texts / sizeof *status_texts; i++)
        if (status_texts[i].status == status)
            return status_texts[i].text;
    return "Unknown";
}

/* A line end inside a header would let its value write headers of its own. */
static bool is_one_line(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\r' || s.ptr[i] == '\n' || s.ptr[i] == 0)
            return false;
    return true;
}

static void date_line(Buf *out, int64_t now_s)
{
    time_t t = (time_t)now_s;
    struct tm tm;
    char line[64];
    gmtime_r(&t, &tm);
    size_t n = strftime(line, sizeof line, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
    buf_put(out, (Str){line, n});
}

void http_reply_print(Buf *out, const HttpResponse *res, bool keep_alive, int64_t now_s)
{
    buf_print(out, "HTTP/1.1 %d %s\r\n", res->status, http_status_text(res->status));
    date_line(out, now_s);
    if (res->content_type)
        buf_print(out, "content-type: %s\r\n", res->content_type);
    if (res->status != 204 && res->status != 304)
        buf_print(out, "content-length: %zu\r\n", res->body.len);
    for (size_t i = 0; i < res->header_count; i++) {
        const HttpHeader *h = &res->header[i];
        assert(is_one_line(h->name) && is_one_line(h->value));
        buf_put(out, h->name);
        buf_put(out, STR(": "));
        buf_put(out, h->value);
        buf_put(out, STR("\r\n"));
    }
    buf_print(out, "connection: %s\r\n\r\n", keep_alive ? "keep-alive" : "close");
}
