/* config.h - the settings, one row each: struct, parser, help and document are loops
 * over this table.
 *
 * Order of precedence, later wins: the default here, the settings file (flat YAML,
 * `key: value`), the environment (GAVEL_ and the key in capitals), --set key=value.
 * Every size that comes from outside is limited by a row of this table.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/* clang-format off */
#define CONFIG_TABLE(X)                                                                                            \
    /* key                  type   default            least   most          help */                               \
    X(listen,               TEXT,  "127.0.0.1:8080",  0,      0,            "address and port to serve on")       \
    X(store_path,           TEXT,  "var/gavel.db",    0,      0,            "the SQLite file of the archive")     \
    X(release,              TEXT,  "releases/third.gavel", 0, 0,            "release file that answers")          \
    X(api_keys_file,        TEXT,  "",                0,      0,            "file with one API key a line; empty: no key is asked for") \
    X(workers,              INT,   "0",               0,      256,          "threads that judge; 0: one a processor") \
    X(queue_requests,       INT,   "256",             1,      65536,        "requests that may wait for a worker; more get 503") \
    X(loop_body_bytes,      SIZE,  "1K",              0,      65536,        "the loop itself judges texts in a body up to this size, unless the encoder is wanted; 0: workers judge all") \
    X(long_workers,         INT,   "0",               0,      256,          "threads besides, that give way to the others, for requests with a long body; 0: as many as workers") \
    X(long_body_bytes,      SIZE,  "16K",             1024,   268435456,    "a larger body is a long one") \
    X(max_long_bytes,       SIZE,  "64M",             1024,   4294967296,   "bytes of long bodies that wait or are judged; more get 503") \
    X(batch_requests,       INT,   "32",              1,      256,          "requests that a worker judges side by side") \
    X(batch_pieces,         INT,   "128",             1,      4096,         "pieces that go through the encoder in one step, whosever they are") \
    X(batch_gather_us,      INT,   "1000",            0,      1000000,      "a worker takes on waiting requests so long before it goes on with the encoder") \
    X(request_deadline_ms,  INT,   "30000",           10,     3600000,      "a request that is not judged by then gets 503") \
    X(max_connections,      INT,   "1024",            1,      65536,        "open connections; more are closed at once") \
    X(max_header_bytes,     SIZE,  "16K",             1024,   1048576,      "request line and headers together") \
    X(max_body_bytes,       SIZE,  "8M",              1024,   268435456,    "larger requests get 413") \
    X(max_inputs,           INT,   "1024",            1,      65536,        "texts in one request") \
    X(max_text_bytes,       SIZE,  "2M",              1024,   67108864,     "bytes in one text") \
    X(header_timeout_ms,    INT,   "10000",           10,     600000,       "a request's headers must be there by then") \
    X(body_timeout_ms,      INT,   "30000",           10,     600000,       "a request's body must be there by then") \
    X(idle_timeout_ms,      INT,   "75000",           10,     3600000,      "a connection without a request is closed") \
    X(write_timeout_ms,     INT,   "30000",           10,     600000,       "a client that does not read is closed") \
    X(drain_timeout_ms,     INT,   "10000",           0,      600000,       "on stop, accepted requests have so long") \
    X(retry_after_ms,       INT,   "200",             1,      60000,        "what a 503 tells the client to wait") \
    X(max_line_bytes,       SIZE,  "4M",              1024,   67108864,     "one line or row of an input file") \
    X(max_pieces,           INT,   "4096",            128,    65536,        "pieces of a text that the encoder reads; the rest is read by rules and n-grams alone") \
    X(kernels,              TEXT,  "auto",            0,      0,            "numeric kernels: auto, float32, int8, or one by name (a wrong name lists them)") \
    X(policy_poll_ms,       INT,   "1000",            0,      3600000,      "how often the server looks in the store for a newly published policy; 0: never, the release's own holds") \
    X(policy_folder,        TEXT,  "",                0,      0,            "a policy's folder that is answered beside the endpoint's own categories, where a request asks for the extension `actions`; empty: none") \
    X(locale,               TEXT,  "",                0,      0,            "whose norms in that folder hold where a request names none: a locale, auto (by the text's language), or empty: the policy itself") \
    X(log_level,            TEXT,  "info",            0,      0,            "debug, info, warn or error")
/* clang-format on */

typedef enum ConfigType { CONFIG_TEXT, CONFIG_INT, CONFIG_SIZE } ConfigType;

#define CONFIG_FIELD_TEXT const char *
#define CONFIG_FIELD_INT  int64_t
#define CONFIG_FIELD_SIZE int64_t
typedef struct Config {
#define X(key, type, fallback, least, most, help) CONFIG_FIELD_##type key;
    CONFIG_TABLE(X)
#undef X
} Config;

typedef struct ConfigRow {
    const char *key;
    ConfigType type;
    const char *fallback;
    int64_t least, most;
    const char *help;
} ConfigRow;

extern const ConfigRow config_rows[];
extern const int config_row_count;

/* Values live in the arena. */
void config_defaults(Arena *a, Config *c);
bool config_set(Arena *a, Config *c, Str key, Str value, Err *err);
bool config_read_file(Arena *a, Config *c, const char *path, Err *err);
bool config_read_env(Arena *a, Config *c, Err *err);
Str config_show(Arena *a, const Config *c, int row); /* as it would be written in a file */

#endif
