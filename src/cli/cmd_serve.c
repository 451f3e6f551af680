/* cmd_serve.c - answers moderation requests over HTTP until it is told to stop.
 *
 * Standard output gets one line (with --json an object) once the port is open, so that a
 * script can wait for it and learn a port that the system chose; the log goes to standard
 * error.
 */
#include "base/js.h"
#include "base/thread.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "serve/serve.h"

#include <stdio.h>

typedef struct Service {
    Cli *cli;
    Release *release;
    Limits limits;
} Service;

static bool judge(void *ctx, Arena *a, const Input *in, Verdict *out, Err *err)
{
    Service *s = ctx;
    return moderate(s->release, &s->limits, a, in, out, err);
}

static void say_listening(void *ctx, Str address)
{
    Service *s = ctx;
    char hex[DIGEST_HEX_SIZE];
    Digest digest = release_digest(s->release);
    Str name = release_name(s->release);
    const char *kernels = release_kernels(s->release)->name; /* they are part of a score */
    Str url = str_print(s->cli->arena, "http://" STR_FMT, STR_ARG(address));
    digest_hex(&digest, hex);
    Buf out;
    buf_init(&out, 1 << 16);
    if (s->cli->json) {
        JsWriter w = js_writer(&out);
        js_object(&w);
        js_key(&w, "listening"), js_string(&w, url);
        js_key(&w, "release"), js_string(&w, name);
        js_key(&w, "digest"), js_string(&w, str_of(hex));
        js_key(&w, "kernels"), js_string(&w, str_of(kernels));
        js_end_object(&w);
    } else {
        buf_print(&out, "listening on " STR_FMT "/v1 with release " STR_FMT " (%.12s), ",
                  STR_ARG(url), STR_ARG(name), hex);
        buf_print(&out, "kernels %s; Ctrl-C stops", kernels);
    }
    printf("%.*s\n", (int)out.len, out.ptr);
    fflush(stdout);
    buf_done(&out);
}

static bool serve_with(const ServeOptions *o, Err *err)
{
    Serve *serve;
    if (!serve_open(o, &serve, err))
        return false;
    stop_on_signals();
    bool ok = serve_run(serve, err);
    serve_close(serve);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    Config config = cli->config;
    config.listen = cli_text(cli, "listen", config.listen);
    int64_t workers = cli_int(cli, "workers", config.workers);
    LogLevel level;
    if (workers < 0 || workers > 256)
        return err_set(err, ERR_USAGE, "--workers must lie between 0 and 256");
    if (!log_level_parse(str_of(config.log_level), &level, err))
        return false;
    Service s = {.cli = cli, .limits = judge_limits(cli)};
    if (!judge_open(cli, &s.release, err))
        return false;
    ServeOptions o = {
        .config = &config,
        .workers = workers ? (int)workers : thread_processors(),
        .judge = {&s,        judge, s.release, s.limits},
        .release_name = release_name(s.release),
        .release_digest = release_digest(s.release),
        .release_created_ms = release_created_ms(s.release),
        .log = {.fd = 2, .least = level     },
        .ctx = &s,
        .on_listening = say_listening,
    };
    bool ok = serve_with(&o, err);
    release_close(s.release);
    return ok;
}

static const Option options[] = {
    {.name = "listen",
     .type = OPTION_TEXT,
     .value = "ADDR",
     .help = "address and port: 127.0.0.1:8080, [::1]:8080, :0"},
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "workers",
     .type = OPTION_INT,
     .value = "N",
     .help = "threads that judge; 0: one a processor"},
    {0},
};

const Command cmd_serve = {
    .name = "serve",
    .run = run,
    .options = options,
    .summary = "answer moderation requests over HTTP",
    .example = "gavel serve --listen 127.0.0.1:8080 --set api_keys_file=keys.txt",
};
