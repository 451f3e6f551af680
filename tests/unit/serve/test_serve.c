/* The whole service over loopback, with a fake judge. */
#include "test.h"

#include "base/file.h"
#include "base/js.h"
#include "base/thread.h"
#include "dial.h"
#include "fake_judge.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct World {
    Arena *arena;
    Config config;
    ServeOptions o;
    Serve *serve;
    Thread *thread;
    int port, log_fd;
    char log_path[64], key_path[64];
} World;

static void run(void *ctx)
{
    Err err = {0};
    if (!serve_run(((World *)ctx)->serve, &err))
        fprintf(stderr, "%s\n", err.msg);
}

static World *world_start(const char *keys)
{
    Arena *a = arena_open(64 << 20);
    World *w = arena_new(a, World);
    Err err = {0};
    w->arena = a;
    config_defaults(a, &w->config);
    w->config.listen = "127.0.0.1:0";
    w->config.max_inputs = 64;
    snprintf(w->log_path, sizeof w->log_path, "/tmp/gavel-log-XXXXXX");
    w->log_fd = mkstemp(w->log_path);
    assert_true(w->log_fd >= 0);
    if (keys) {
        snprintf(w->key_path, sizeof w->key_path, "/tmp/gavel-keys-XXXXXX");
        close(mkstemp(w->key_path));
        assert_true(file_save(w->key_path, str_of(keys), &err));
        w->config.api_keys_file = w->key_path;
    }
    w->o = (ServeOptions){
        .config = &w->config,
        .workers = 2,
        .judge = {NULL,            fake_judge              },
        .release_name = STR("fake"),
        .release_created_ms = 1700000000123,
        .log = {.fd = w->log_fd, .least = LOG_LEVEL_DEBUG},
    };
    if (!serve_open(&w->o, &w->serve, &err))
        fail_msg("%s", err.msg);
    w->port = port_of(serve_address(w->serve));
    assert_true(thread_start("server", run, w, &w->thread, &err));
    return w;
}

/* Stops; the log's text lives in w->arena. */
static Str world_stop(World *w)
{
    Err err = {0};
    Str log;
    serve_stop(w->serve);
    thread_join(w->thread);
    serve_close(w->serve);
    close(w->log_fd);
    assert_true(file_load(w->arena, w->log_path, 1 << 24, &log, &err));
    unlink(w->log_path);
    if (w->key_path[0])
        unlink(w->key_path);
    return log;
}

typedef struct Answer {
    int status;
    Str head, body;
    const Js *json; /* NULL: not JSON */
} Answer;

static Answer ask(World *w, const char *method, const char *path, const char *headers, Str body)
{
    enum { MAX = 1 << 18 };
    int fd = dial(w->port);
    Str head = str_print(w->arena,
                         "%s %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n"
                         "Connection: close\r\n\r\n",
                         method, path, headers, body.len);
    say(fd, head);
    say(fd, body);
    char *text = arena_array(w->arena, char, MAX);
    int n = hear(fd, text, MAX, NULL);
    close(fd);
    assert_true(n > 0);
    char *split = strstr(text, "\r\n\r\n");
    assert_non_null(split);
    Answer r = {
        .head = {text,      (size_t)(split + 2 - text)    },
        .body = {split + 4, (size_t)(text + n - split - 4)}
    };
    int64_t status;
    assert_true(str_to_i64((Str){text + 9, 3}, &status));
    r.status = (int)status;
    Err err;
    if (r.body.len && memmem(r.head.ptr, r.head.len, "content-type: application/json\r\n", 32))
        assert_true(js_parse(w->arena, r.body, &r.json, &err));
    return r;
}

static Answer post(World *w, const char *body)
{
    return ask(w, "POST", "/v1/moderations", "", str_of(body));
}

static bool head_has(const Answer *r, const char *line)
{
    return memmem(r->head.ptr, r->head.len, line, strlen(line)) != NULL;
}

static Str error_member(const Answer *r, Str key)
{
    const Js *e = js_get(r->json, STR("error"));
    assert_non_null(e);
    assert_int_equal(e->count, 4);
    const Js *v = js_get(e, key);
    assert_non_null(v);
    return v->type == JS_NULL ? STR("(null)") : v->str;
}

static void a_text_gets_its_verdict(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    Answer r = post(w, "{\"input\":\"flag this\",\"model\":\"some-model\"}");
    assert_int_equal(r.status, 200);
    assert_true(head_has(&r, "\r\nx-request-id: req_"));
    assert_true(head_has(&r, "\r\nopenai-processing-ms: "));
    Str id = js_get(r.json, STR("id"))->str;
    assert_int_equal(id.len, 5 + 32);
    assert_true(str_starts(id, STR("modr-")));
    assert_true(str_eq(js_get(r.json, STR("model"))->str, STR("some-model")));
    const Js *one = &js_get(r.json, STR("results"))->item[0];
    assert_true(js_get(one, STR("flagged"))->boolean);
    assert_true(js_get(js_get(one, STR("categories")), STR("hate"))->boolean);
    double score = js_get(js_get(one, STR("category_scores")), STR("violence"))->number;
    assert_true(score == fake_score(STR("flag this"), CATEGORY_VIOLENCE));
    world_stop(w);
}

static void many_texts_keep_their_order(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    Buf b;
    buf_init(&b, 1 << 16);
    JsWriter j = js_writer(&b);
    js_object(&j);
    js_key(&j, "input");
    js_array(&j);
    for (int i = 0; i < 64; i++)
        js_string(&j, str_print(w->arena, "text %d%s", i, i == 40 ? " flag" : ""));
    js_end_array(&j);
    js_end_object(&j);
    Answer r = ask(w, "POST", "/moderations", "", buf_str(&b));
    buf_done(&b);
    const Js *results = js_get(r.json, STR("results"));
    assert_int_equal(results->count, 64);
    for (int i = 0; i < 64; i++) {
        Str text = str_print(w->arena, "text %d%s", i, i == 40 ? " flag" : "");
        const Js *scores = js_get(&results->item[i], STR("category_scores"));
        assert_true(js_get(scores, STR("hate"))->number == fake_score(text, CATEGORY_HATE));
        assert_int_equal(js_get(&results->item[i], STR("flagged"))->boolean, i == 40);
    }
    world_stop(w);
}

static void parts_get_one_combined_verdict(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    Answer r = post(w, "{\"input\":[{\"type\":\"text\",\"text\":\"a\"},"
                       "{\"type\":\"text\",\"text\":\"flag\"}]}");
    const Js *results = js_get(r.json, STR("results"));
    assert_int_equal(results->count, 1);
    double a = fake_score(STR("a"), CATEGORY_HATE), b = fake_score(STR("flag"), CATEGORY_HATE);
    const Js *scores = js_get(&results->item[0], STR("category_scores"));
    assert_true(js_get(scores, STR("hate"))->number == (a > b ? a : b));
    world_stop(w);
}

static void a_megabyte_in_one_string_is_judged(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    size_t n = 1 << 20;
    char *body = arena_array(w->arena, char, n + 64);
    size_t at = (size_t)snprintf(body, 64, "{\"input\":\"");
    memset(body + at, 'x', n);
    memcpy(body + at + n, "\"}", 2);
    Answer r = ask(w, "POST", "/v1/moderations", "", (Str){body, at + n + 2});
    assert_int_equal(r.status, 200);
    double score =
        js_get(js_get(&js_get(r.json, STR("results"))->item[0], STR("category_scores")),
               STR("hate"))
            ->number;
    assert_true(score == fake_score((Str){body + at, n}, CATEGORY_HATE));
    world_stop(w);
}

static void every_error_has_the_four_members(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *type, *param, *code;
    } rows[] = {
        {"POST", "/v1/moderations",       "{",                                      400, "invalid_request_error", "(null)",
         "invalid_json"                                                                                                                              },
        {"POST", "/v1/moderations",       "",                                       400, "invalid_request_error", "(null)", "invalid_json"           },
        {"POST", "/v1/moderations",       "{\"input\":\"\xff\xfe\"}",               400, "invalid_request_error",
         "(null)",                                                                                                          "invalid_json"           },
        {"POST", "/v1/moderations",       "{\"input\":5}",                          400, "invalid_request_error", "input",
         "invalid_type"                                                                                                                              },
        {"POST", "/v1/moderations",       "{\"input\":[{\"type\":\"image_url\"}]}", 400,
         "invalid_request_error",                                                                                 "input",  "image_not_supported"    },
        {"POST", "/v1/moderations",       "{\"input\":\"fail limit\"}",             400, "invalid_request_error",
         "input",                                                                                                           "string_above_max_length"},
        {"POST", "/v1/moderations",       "{\"input\":\"fail input\"}",             400, "invalid_request_error",
         "input",                                                                                                           "invalid_value"          },
        {"POST", "/v1/moderations",       "{\"input\":\"fail corrupt\"}",           500, "server_error",
         "(null)",                                                                                                          "internal_error"         },
        {"POST", "/v1/moderations",       "{\"input\":\"fail score\"}",             500, "server_error",          "(null)",
         "internal_error"                                                                                                                            },
        {"GET",  "/v1/moderations",       "",                                       405, "invalid_request_error", "(null)",
         "method_not_allowed"                                                                                                                        },
        {"GET",  "/v1/nothing/%ff",       "",                                       404, "invalid_request_error", "(null)", "unknown_url"            },
        {"GET",  "/v1/models/gpt%ff%00x", "",                                       404, "invalid_request_error", "model",
         "model_not_found"                                                                                                                           },
        {"GET",  "/healthz",              "x",                                      413, "invalid_request_error", "(null)", "request_too_large"      },
        {"GET",  "no-slash",              "",                                       400, "invalid_request_error", "(null)", "bad_http_request"       },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Answer r = ask(w, rows[i].method, rows[i].path, "", str_of(rows[i].body));
        if (r.status != rows[i].status)
            fail_msg("row %zu: status %d", i, r.status);
        assert_true(str_eq(error_member(&r, STR("type")), str_of(rows[i].type)));
        assert_true(str_eq(error_member(&r, STR("param")), str_of(rows[i].param)));
        assert_true(str_eq(error_member(&r, STR("code")), str_of(rows[i].code)));
        assert_true(error_member(&r, STR("message")).len > 0);
        assert_true(head_has(&r, "\r\nx-request-id: req_"));
        assert_null(memmem(r.body.ptr, r.body.len, "/secret/path", 12));
        if (r.status == 405)
            assert_true(head_has(&r, "\r\nallow: POST, OPTIONS\r\n"));
    }
    Str log = world_stop(w);
    assert_non_null(memmem(log.ptr, log.len, "/secret/path", 12)); /* the operator learns it */
}

static void keys_decide_who_may_ask(void **state)
{
    (void)state;
    World *w = world_start("sk-right team\n");
    static const struct {
        const char *path, *header;
        int status;
    } rows[] = {
        {"/v1/models",    "",                                     401},
        {"/v1/models",    "Authorization: Bearer sk-wrong\r\n",   401},
        {"/v1/models",    "Authorization: sk-right\r\n",          401},
        {"/v1/models",    "Authorization: Basic sk-right\r\n",    401},
        {"/v1/models",    "Authorization: Bearer \r\n",           401},
        {"/v1/models",    "Authorization: Bearer sk-right\r\n",   200},
        {"/v1/models",    "authorization: bearer   sk-right\r\n", 200},
        {"/healthz",      "",                                     200},
        {"/readyz",       "",                                     200},
        {"/openapi.json", "",                                     200},
        {"/metrics",      "",                                     200}, /* from this machine */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Answer r = ask(w, "GET", rows[i].path, rows[i].header, STR(""));
        if (r.status != rows[i].status)
            fail_msg("row %zu: status %d", i, r.status);
        if (r.status == 401) {
            assert_true(str_eq(error_member(&r, STR("code")), STR("invalid_api_key")));
            assert_true(head_has(&r, "\r\nwww-authenticate: Bearer\r\n"));
        }
    }
    Answer r = ask(w, "POST", "/v1/moderations", "", STR("{\"input\":\"x\"}"));
    assert_int_equal(r.status, 401);
    Str log = world_stop(w);
    assert_null(memmem(log.ptr, log.len, "sk-right", 8));
    assert_null(memmem(log.ptr, log.len, "sk-wrong", 8));
    assert_non_null(memmem(log.ptr, log.len, "\"key\":\"team\"", 12));
}

static void keys_are_read_again_on_hangup(void **state)
{
    (void)state;
    World *w = world_start("sk-old\n");
    Err err = {0};
    assert_true(file_save(w->key_path, STR("sk-new\n"), &err));
    Answer r = ask(w, "GET", "/healthz", "", STR("")); /* it runs: it hears signals */
    raise(SIGHUP);
    do
        r = ask(w, "GET", "/v1/models", "Authorization: Bearer sk-new\r\n", STR(""));
    while (r.status == 401);
    assert_int_equal(r.status, 200);
    r = ask(w, "GET", "/v1/models", "Authorization: Bearer sk-old\r\n", STR(""));
    assert_int_equal(r.status, 401);
    Str log = world_stop(w);
    assert_non_null(memmem(log.ptr, log.len, "keys_reloaded", 13));
}

static void models_and_health_name_the_release(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    Answer r = ask(w, "GET", "/v1/models", "", STR(""));
    assert_true(str_eq(js_get(r.json, STR("object"))->str, STR("list")));
    const Js *data = js_get(r.json, STR("data"));
    assert_int_equal(data->count, 2);
    for (size_t i = 0; i < data->count; i++) {
        const Js *m = &data->item[i];
        assert_int_equal(m->count, 4);
        Str id = js_get(m, STR("id"))->str;
        r = ask(w, "GET",
                str_z(w->arena, str_print(w->arena, "/v1/models/" STR_FMT, STR_ARG(id))), "",
                STR(""));
        assert_true(str_eq(js_get(r.json, STR("id"))->str, id));
        assert_true(str_eq(js_get(r.json, STR("object"))->str, STR("model")));
        assert_int_equal(js_get(r.json, STR("created"))->integer, 1700000000);
    }
    r = ask(w, "GET", "/readyz", "", STR(""));
    assert_true(str_eq(js_get(r.json, STR("release"))->str, STR("fake")));
    assert_int_equal(js_get(r.json, STR("digest"))->str.len, 64);
    r = ask(w, "HEAD", "/healthz", "", STR(""));
    assert_int_equal(r.status, 200);
    r = ask(w, "OPTIONS", "/v1/models/x", "", STR(""));
    assert_int_equal(r.status, 204);
    assert_true(head_has(&r, "\r\nallow: GET, HEAD, OPTIONS\r\n"));
    assert_int_equal(ask(w, "OPTIONS", "*", "", STR("")).status, 204);
    assert_int_equal(ask(w, "OPTIONS", "/nothing", "", STR("")).status, 404);
    world_stop(w);
}

static void what_happened_is_counted_and_logged_without_its_text(void **state)
{
    (void)state;
    World *w = world_start(NULL);
    post(w, "{\"input\":[\"sesame one\",\"sesame flag\"]}");
    post(w, "{\"input\":\"sesame\" oops}"); /* the parser's words quote it */
    ask(w, "GET", "/healthz?token=sesame", "", STR(""));
    Answer r = ask(w, "GET", "/metrics", "", STR(""));
    assert_true(head_has(&r, "content-type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    static const char *const lines[] = {
        "gavel_requests_total{status=\"2xx\"} 2\n",
        "gavel_requests_total{status=\"4xx\"} 1\n",
        "gavel_inputs_total 2\n",
        "gavel_input_bytes_total 21\n",
        "gavel_flagged_total 1\n",
        "gavel_request_seconds_count{route=\"moderations\"} 2\n",
        "gavel_connections 1\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!memmem(r.body.ptr, r.body.len, lines[i], strlen(lines[i])))
            fail_msg("no %s in\n%.*s", lines[i], (int)r.body.len, r.body.ptr);
    Str log = world_stop(w), line;
    assert_null(memmem(log.ptr, log.len, "sesame", 6));
    size_t count = 0;
    while (str_cut(&log, '\n', &line) && line.len) {
        const Js *j;
        Err err = {0};
        assert_true(js_parse(w->arena, line, &j, &err));
        assert_int_equal(js_get(j, STR("id"))->str.len, 4 + 32);
        assert_non_null(js_get(j, STR("ms")));
        if (count == 0)
            assert_int_equal(js_get(j, STR("inputs"))->integer, 2);
        count++;
    }
    assert_int_equal(count, 4);
}

static bool broken_judge(void *ctx, Arena *a, const Input *in, Verdict *out, Err *err)
{
    (void)ctx;
    (void)a;
    (void)in;
    (void)out;
    return err_set(err, ERR_CORRUPT, "no weights");
}

static void a_release_that_cannot_judge_is_not_served(void **state)
{
    Config config;
    Err err = {0};
    config_defaults(*state, &config);
    config.listen = "127.0.0.1:0";
    ServeOptions o = {
        .config = &config,
        .workers = 1,
        .judge = {NULL, broken_judge},
        .release_name = STR("broken")
    };
    Serve *s = NULL;
    assert_false(serve_open(&o, &s, &err));
    assert_null(s);
    assert_string_equal(err.msg, "release broken cannot judge: no weights");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_gets_its_verdict),
        cmocka_unit_test(many_texts_keep_their_order),
        cmocka_unit_test(parts_get_one_combined_verdict),
        cmocka_unit_test(a_megabyte_in_one_string_is_judged),
        cmocka_unit_test(every_error_has_the_four_members),
        cmocka_unit_test(keys_decide_who_may_ask),
        cmocka_unit_test(keys_are_read_again_on_hangup),
        cmocka_unit_test(models_and_health_name_the_release),
        cmocka_unit_test(what_happened_is_counted_and_logged_without_its_text),
        cmocka_unit_test_setup_teardown(a_release_that_cannot_judge_is_not_served, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("serve/serve", tests, NULL, NULL);
}
