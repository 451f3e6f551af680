/* The whole service with a release behind it: what many clients at once are told is what
 * moderate() says of each text, whoever sat beside it. */
#include "test.h"

#include "../model/fixture.h"
#include "base/js.h"
#include "base/thread.h"
#include "dial.h"
#include "serve/serve.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct World {
    Arena *arena; /* it lies in this itself */
    Config config;
    Release *release;
    Limits limits;
    ServeOptions o;
    Serve *serve;
    Thread *thread;
    int port, log_fd;
} World;

static void run(void *ctx)
{
    Err err = {0};
    if (!serve_run(((World *)ctx)->serve, &err))
        fprintf(stderr, "%s\n", err.msg);
}

static bool judge(void *ctx, Arena *a, const Input *in, Verdict *out, Err *err)
{
    World *w = ctx;
    return moderate(w->release, &w->limits, a, in, out, err);
}

/* sure: the student answers all by itself. */
static Release *fixture(Arena *a, bool sure)
{
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    const Kernels *k;
    char path[] = "/tmp/gavel-bench-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (!fixture_parts(a, 1, &p, &err))
        fail_msg("%s", err.msg);
    p.windows = (Windows){.pieces = 4, .stride = 3}; /* many windows of few pieces */
    if (sure) {
        p.student = fixture_student(a, 3);
        fixture_cascade(1, &p.cascade);
    }
    if (!release_save(a, &p, path, &d, &err) || !kernels_find(STR("auto"), &k, &err) ||
        !release_open(path, k, &r, &err))
        fail_msg("%s", err.msg);
    unlink(path);
    return r;
}

static int with_release(void **state, bool sure)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    w->arena = a;
    w->release = fixture(a, sure);
    w->limits = (Limits){.max_text_bytes = 1 << 20, .max_pieces = 256};
    config_defaults(a, &w->config);
    w->config.listen = "127.0.0.1:0";
    w->config.long_body_bytes = 1024;
    w->config.batch_pieces = 16;
    w->log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    *state = w;
    return 0;
}

static int with_world(void **state) { return with_release(state, false); }
static int with_sure_world(void **state) { return with_release(state, true); }

static void start(World *w)
{
    Err err = {0};
    w->o = (ServeOptions){
        .config = &w->config,
        .workers = 2,
        .judge = {w,          judge, w->release, w->limits},
        .release_name = STR("fixture"),
        .log = {.fd = w->log_fd, .least = LOG_LEVEL_ERROR     },
    };
    if (!serve_open(&w->o, &w->serve, &err))
        fail_msg("%s", err.msg);
    w->port = port_of(serve_address(w->serve));
    assert_true(thread_start("server", run, w, &w->thread, &err));
}

static int without_world(void **state)
{
    World *w = *state;
    if (w->thread) {
        serve_stop(w->serve);
        thread_join(w->thread);
    }
    serve_close(w->serve);
    release_close(w->release);
    close(w->log_fd);
    arena_close(w->arena);
    return 0;
}

/* A text of 1 to 1 + spread words, from the seed. */
static Str make_text(Arena *a, uint64_t *seed, size_t spread)
{
    static const char *const word[] = {"apples", "we",          "met",         "them",
                                       "a b c",  FIXTURE_HATE,  "q.z.h.x.v.j", "trains",
                                       "and",    FIXTURE_SEXUAL};
    size_t words = 1 + random_u64(seed) % (1 + spread), len = 0;
    char *p = arena_array(a, char, words * 16);
    for (size_t i = 0; i < words; i++)
        len += (size_t)snprintf(p + len, 16, "%s%s", i ? " " : "",
                                word[random_u64(seed) % (sizeof word / sizeof *word)]);
    return (Str){p, len};
}

enum { CLIENTS = 8, EACH = 6, ANSWER_MAX = 1 << 16 };

typedef struct Client {
    const World *world;
    uint64_t seed;
    Str text[EACH];
    char answer[EACH][ANSWER_MAX];
} Client;

/* All requests at once down one connection, cut where the seed says; then the answers. */
static void be_client(void *ctx)
{
    Client *c = ctx;
    static const size_t piece_max = 700;
    Arena *a = arena_open(1 << 20);
    Buf out;
    buf_init(&out, 1 << 20);
    for (int i = 0; i < EACH; i++)
        buf_print(&out,
                  "POST /v1/moderations HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n%s\r\n"
                  "{\"input\":\"" STR_FMT "\"}",
                  c->text[i].len + 12, i == EACH - 1 ? "Connection: close\r\n" : "",
                  STR_ARG(c->text[i]));
    int fd = dial(c->world->port);
    for (size_t at = 0; at < out.len;) {
        size_t n = 1 + random_u64(&c->seed) % piece_max;
        n = n < out.len - at ? n : out.len - at;
        say(fd, (Str){out.ptr + at, n});
        at += n;
    }
    char *all = arena_array(a, char, ANSWER_MAX);
    hear(fd, all, ANSWER_MAX, NULL);
    close(fd);
    char *at = all;
    for (int i = 0; i < EACH; i++) {
        char *body = strstr(at, "\r\n\r\n{"), *end;
        end = body ? strchr(body + 4, 10) : NULL;
        if (!end)
            break;
        memcpy(c->answer[i], body + 4, (size_t)(end - body - 4));
        at = end;
    }
    buf_done(&out);
    arena_close(a);
}

static void expect_verdict(World *w, const Client *c, int i)
{
    const Js *json;
    Err err = {0};
    Verdict want;
    if (!js_parse(w->arena, str_of(c->answer[i]), &json, &err))
        fail_msg("answer %d: %s: %.200s", i, err.msg, c->answer[i]);
    assert_true(judge(w, w->arena, &(Input){.text = &c->text[i], .count = 1}, &want, &err));
    const Js *one = &js_get(json, STR("results"))->item[0];
    const Js *scores = js_get(one, STR("category_scores"));
    assert_int_equal(js_get(one, STR("flagged"))->boolean, want.flagged);
    assert_int_equal(scores->count, CATEGORY_COUNT);
    for (size_t k = 0; k < scores->count; k++)
        assert_true(fabs(scores->item[k].number - want.score[k]) <= 1e-6);
}

static void many_clients_get_in_order_what_each_text_gets_alone(void **state)
{
    World *w = *state;
    static Client client[CLIENTS];
    Thread *thread[CLIENTS];
    Err err = {0};
    start(w);
    for (int i = 0; i < CLIENTS; i++) {
        client[i] = (Client){.world = w, .seed = (uint64_t)i + 1};
        for (int k = 0; k < EACH; k++) /* most are short; some are long bodies */
            client[i].text[k] = make_text(w->arena, &client[i].seed, k == 2 ? 120 : 8);
    }
    for (int i = 0; i < CLIENTS; i++)
        assert_true(thread_start("client", be_client, &client[i], &thread[i], &err));
    for (int i = 0; i < CLIENTS; i++)
        thread_join(thread[i]);
    for (int i = 0; i < CLIENTS; i++)
        for (int k = 0; k < EACH; k++)
            expect_verdict(w, &client[i], k);
}

static void post_text(int fd, Str text)
{
    char head[128];
    snprintf(
        head, sizeof head,
        "POST /v1/moderations HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n{\"input\":\"",
        text.len + 12);
    say(fd, str_of(head));
    say(fd, text);
    say(fd, STR("\"}"));
}

/* The value of a metric without labels. */
static double metric(World *w, const char *name)
{
    char *text = arena_array(w->arena, char, ANSWER_MAX), want[80];
    int fd = dial(w->port);
    say(fd, STR("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    hear(fd, text, ANSWER_MAX, NULL);
    close(fd);
    snprintf(want, sizeof want, "\n%s ", name);
    const char *at = strstr(text, want);
    if (!at)
        fail_msg("no %s", name);
    return strtod(at + strlen(want), NULL);
}

static void clients_that_leave_are_dropped_and_the_rest_is_answered(void **state)
{
    World *w = *state;
    uint64_t seed = 9;
    start(w);
    for (int i = 0; i < 6; i++) {
        int fd = dial(w->port);
        post_text(fd, make_text(w->arena, &seed, 60));
        struct linger now = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
    }
    int fd = dial(w->port);
    post_text(fd, STR(FIXTURE_HATE));
    expect(fd, "\"flagged\":true");
    close(fd);
}

static void what_is_late_is_given_up_and_told_so(void **state)
{
    World *w = *state;
    uint64_t seed = 4;
    w->config.request_deadline_ms = 0;
    start(w);
    int fd = dial(w->port);
    post_text(fd, make_text(w->arena, &seed, 3));
    expect(fd, "\"code\":\"overloaded\"");
    close(fd);
    assert_true(metric(w, "gavel_requests_late_total") == 1);
}

static void steps_of_the_encoder_are_counted(void **state)
{
    World *w = *state;
    start(w);
    int fd = dial(w->port);
    post_text(fd, STR("hello there"));
    expect(fd, "\"flagged\":false");
    close(fd);
    assert_true(metric(w, "gavel_batch_requests_count") >= 1);
    assert_true(metric(w, "gavel_batch_pieces_sum") >= 1);
    assert_true(metric(w, "gavel_queue_seconds_count{lane=\"short\"}") == 1);
    assert_true(metric(w, "gavel_answered_total{tier=\"encoder\"}") == 1);
}

static double judged_by_workers(World *w)
{
    return metric(w, "gavel_queue_seconds_count{lane=\"short\"}");
}

/* In the order of what is asked, so nothing here waits or is timed. */
static void what_the_fast_tier_settles_is_answered_by_the_loop(void **state)
{
    World *w = *state;
    uint64_t seed = 5;
    w->config.loop_body_bytes = 200;
    w->config.long_body_bytes = 4096;
    start(w);
    int fd = dial(w->port);
    for (int i = 0; i < 40; i++) {
        post_text(fd, make_text(w->arena, &seed, 8));
        expect(fd, "\"category_scores\"");
    }
    assert_true(judged_by_workers(w) == 0);
    char *longer = arena_array(w->arena, char, 300);
    memset(longer, 'a', 300);
    post_text(fd, (Str){longer, 300});
    expect(fd, "\"category_scores\"");
    assert_true(judged_by_workers(w) == 1);
    close(fd);
    assert_true(metric(w, "gavel_answered_total{tier=\"encoder\"}") == 0);
    assert_true(metric(w, "gavel_requests_total{status=\"2xx\"}") >= 41);
}

static void with_the_loop_told_not_to_judge_workers_do_all(void **state)
{
    World *w = *state;
    w->config.loop_body_bytes = 0;
    start(w);
    int fd = dial(w->port);
    post_text(fd, STR("hello there"));
    expect(fd, "\"flagged\":false");
    close(fd);
    assert_true(judged_by_workers(w) == 1);
}

static void stopping_answers_what_is_being_judged(void **state)
{
    World *w = *state;
    uint64_t seed = 2;
    int fd[10];
    start(w);
    for (int i = 0; i < 10; i++) {
        fd[i] = dial(w->port);
        post_text(fd[i], make_text(w->arena, &seed, i % 3 ? 10 : 100));
    }
    while (metric(w, "gavel_queue_seconds_count{lane=\"short\"}") +
               metric(w, "gavel_queue_seconds_count{lane=\"long\"}") <
           5) {
    }
    serve_stop(w->serve);
    thread_join(w->thread);
    w->thread = NULL;
    for (int i = 0; i < 10; i++) { /* all were accepted, or told to come again */
        char buf[8192];
        int n = hear(fd[i], buf, sizeof buf, NULL);
        close(fd[i]);
        assert_true(n == 0 || strstr(buf, "HTTP/1.1 200 OK"));
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(many_clients_get_in_order_what_each_text_gets_alone),
        T(clients_that_leave_are_dropped_and_the_rest_is_answered),
        T(what_is_late_is_given_up_and_told_so),
        T(steps_of_the_encoder_are_counted),
        T(stopping_answers_what_is_being_judged),
        T(with_the_loop_told_not_to_judge_workers_do_all),
        cmocka_unit_test_setup_teardown(what_the_fast_tier_settles_is_answered_by_the_loop,
                                        with_sure_world, without_world),
    };
    return cmocka_run_group_tests_name("serve/bench", tests, NULL, NULL);
}
