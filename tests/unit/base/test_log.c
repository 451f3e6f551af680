#include "test.h"

#include "base/js.h"
#include "base/log.h"
#include "base/thread.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* What was written to a log on a temporary file. */
typedef struct Written {
    Log log;
    char text[1 << 19];
    size_t len;
} Written;

static void written_open(Written *w, LogLevel least)
{
    char name[] = "/tmp/gavel-log-XXXXXX";
    w->log = (Log){.fd = mkstemp(name), .least = least};
    assert_true(w->log.fd >= 0);
    unlink(name);
    fcntl(w->log.fd, F_SETFL, O_APPEND);
}

static Str written_close(Written *w)
{
    ssize_t n = pread(w->log.fd, w->text, sizeof w->text, 0);
    assert_in_range(n, 0, sizeof w->text - 1);
    close(w->log.fd);
    return (Str){w->text, (size_t)n};
}

static const Js *must_parse(Arena *a, Str line)
{
    Err err = {0};
    const Js *j = NULL;
    if (!js_parse(a, line, &j, &err))
        fail_msg("%s: " STR_FMT, err.msg, STR_ARG(line));
    return j;
}

static bool says(const Js *j, const char *key, Str want)
{
    const Js *v = js_get(j, str_of(key));
    return v && v->type == JS_STRING && str_eq(v->str, want);
}

static void a_line_is_one_object_with_its_fields_in_order(void **state)
{
    static Written w;
    written_open(&w, LOG_LEVEL_INFO);
    LogLine l = log_begin(&w.log, LOG_LEVEL_WARN, "request");
    log_str(&l, "path", STR("/v1/\"x\"\n"));
    log_i64(&l, "status", 503);
    log_double(&l, "ms", 0.25);
    log_double(&l, "nothing", NAN);
    log_bool(&l, "busy", true);
    Err err = {0};
    err_set(&err, ERR_BUSY, "the queue is full");
    log_err(&l, &err);
    log_end(&l);
    Str text = written_close(&w), line;
    assert_true(str_cut(&text, '\n', &line) && text.len == 0);
    assert_true(str_starts(line, STR("{\"ts\":\"20")));
    assert_true(
        str_ends(line, STR("Z\",\"level\":\"warn\",\"event\":\"request\",\"path\":\"/v1/"
                           "\\\"x\\\"\\n\",\"status\":503,\"ms\":0.25,\"nothing\":null,"
                           "\"busy\":true,\"error\":\"busy\",\"message\":\"the queue is "
                           "full\"}")));
    must_parse(*state, line);
}

static void levels_below_the_least_are_not_written(void **state)
{
    static Written w;
    written_open(&w, LOG_LEVEL_WARN);
    for (int level = 0; level < LOG_LEVEL_COUNT; level++) {
        LogLine l = log_begin(&w.log, (LogLevel)level, "x");
        log_i64(&l, "n", level);
        log_end(&l);
    }
    Str text = written_close(&w), line;
    assert_true(str_cut(&text, '\n', &line));
    assert_true(says(must_parse(*state, line), "level", STR("warn")));
    assert_true(str_cut(&text, '\n', &line));
    assert_true(says(must_parse(*state, line), "level", STR("error")));
    assert_int_equal(text.len, 0);
}

static void levels_are_read_by_name(void **state)
{
    (void)state;
    LogLevel v = LOG_LEVEL_INFO;
    Err err = {0};
    assert_true(log_level_parse(STR("debug"), &v, &err) && v == LOG_LEVEL_DEBUG);
    assert_true(log_level_parse(STR("error"), &v, &err) && v == LOG_LEVEL_ERROR);
    assert_false(log_level_parse(STR("INFO"), &v, &err));
    assert_false(log_level_parse(STR(""), &v, &err));
    assert_true(v == LOG_LEVEL_ERROR && err.code == ERR_USAGE);
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
#define R "\xef\xbf\xbd"
    static const struct {
        Str in, out;
    } rows[] = {
        {STR("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
         STR("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")              },
        {STR("a\xff"
             "b"),
         STR("a" R "b")                                                },
        {STR("\xc0\xaf"),                                  STR(R R)    },
        {STR("\xe2\x82"),                                  STR(R R)    },
        {STR("\xed\xa0\x80"),                              STR(R R R)  },
        {STR("\xe0\x80\x80"),                              STR(R R R)  },
        {STR("\xf4\x90\x80\x80"),                          STR(R R R R)},
        {STR("\xf5\x80\x80\x80"),                          STR(R R R R)},
        {STR("\xf0\x8f\xbf\xbf"),                          STR(R R R R)},
        {STR("\xf0\x9f\x98"),                              STR(R R R)  },
        {STR("\x80"),                                      STR(R)      },
        {STR("a\0b"),                                      STR("a\0b") },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static Written w;
        written_open(&w, LOG_LEVEL_INFO);
        LogLine l = log_begin(&w.log, LOG_LEVEL_INFO, "x");
        log_str(&l, "v", rows[i].in);
        log_end(&l);
        const Js *j = must_parse(*state, written_close(&w));
        if (!says(j, "v", rows[i].out))
            fail_msg("row %zu", i);
        assert_null(js_get(j, STR("cut")));
    }
}

static void a_long_value_or_line_is_cut_and_says_so(void **state)
{
    Arena *a = *state;
    static Written w;
    written_open(&w, LOG_LEVEL_INFO);
    char *p = arena_array(a, char, 3001);
    for (int i = 0; i < 3000; i += 3)
        memcpy(p + i, "\xe2\x82\xac", 3);
    LogLine l = log_begin(&w.log, LOG_LEVEL_INFO, "x");
    log_str(&l, "euro", (Str){p, 3000});
    log_str(&l, "behind", STR("ok"));
    log_end(&l);
    l = log_begin(&w.log, LOG_LEVEL_INFO, "y");
    memset(p, 0x01, 3000); /* grows sixfold when quoted */
    log_str(&l, "first", STR("ok"));
    log_str(&l, "big", (Str){p, 3000});
    log_i64(&l, "last", 7);
    log_end(&l);
    Str text = written_close(&w), line;
    assert_true(str_cut(&text, '\n', &line));
    const Js *j = must_parse(a, line);
    assert_int_equal(js_get(j, STR("euro"))->str.len, 1023); /* whole characters */
    assert_true(says(j, "behind", STR("ok")) && js_get(j, STR("cut"))->boolean);
    assert_true(str_cut(&text, '\n', &line));
    assert_true(line.len < LOG_LINE_MAX);
    j = must_parse(a, line);
    assert_null(js_get(j, STR("big"))); /* whole or not at all */
    assert_true(says(j, "first", STR("ok")) && js_get(j, STR("last"))->integer == 7);
    assert_true(js_get(j, STR("cut"))->boolean);
}

static void a_line_never_is_longer_than_a_pipe_keeps_whole(void **state)
{
    Arena *a = *state;
    static Written w;
    uint64_t seed = 5;
    written_open(&w, LOG_LEVEL_INFO);
    for (int i = 0; i < 100; i++) {
        LogLine l = log_begin(&w.log, LOG_LEVEL_INFO, "x");
        for (int k = 0; k < 30; k++)
            log_str(&l, "k", random_text(a, &seed, 400));
        log_end(&l);
    }
    Str text = written_close(&w), line;
    int cut = 0, lines = 0;
    while (str_cut(&text, '\n', &line) && line.len) {
        assert_true(line.len + 1 <= LOG_LINE_MAX);
        cut += str_ends(line, STR(",\"cut\":true}"));
        lines++;
    }
    assert_int_equal(lines, 100);
    assert_in_range(cut, 1, 100);
}

static void a_secret_is_never_written(void **state)
{
    static Written w;
    written_open(&w, LOG_LEVEL_INFO);
    for (int i = 0; i < 2; i++) {
        LogLine l = log_begin(&w.log, LOG_LEVEL_INFO, "x");
        log_secret(&l, "key",
                   i ? STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                     : STR("short-password"));
        log_end(&l);
    }
    Str text = written_close(&w), line;
    assert_true(str_cut(&text, '\n', &line));
    assert_true(says(must_parse(*state, line), "key", STR("***")));
    assert_true(str_cut(&text, '\n', &line)); /* its SHA-256 begins so: test_hash.c */
    assert_true(says(must_parse(*state, line), "key", STR("***248d6a61")));
}

static void write_many(void *ctx)
{
    for (int i = 0; i < 200; i++) {
        LogLine l = log_begin(ctx, LOG_LEVEL_INFO, "thread");
        log_str(&l, "word",
                STR("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"));
        log_i64(&l, "i", i);
        log_end(&l);
    }
}

static void lines_of_threads_do_not_mix(void **state)
{
    Arena *a = *state;
    static Written w;
    Thread *t[4];
    Err err = {0};
    written_open(&w, LOG_LEVEL_INFO);
    for (int i = 0; i < 4; i++)
        assert_true(thread_start("log", write_many, &w.log, &t[i], &err));
    for (int i = 0; i < 4; i++)
        thread_join(t[i]);
    Str text = written_close(&w), line;
    int lines = 0;
    while (str_cut(&text, '\n', &line) && line.len) {
        ArenaMark m = arena_mark(a);
        must_parse(a, line);
        arena_rewind(a, m);
        lines++;
    }
    assert_int_equal(lines, 800);
}

static void a_log_that_cannot_be_written_is_lost_in_silence(void **state)
{
    (void)state;
    Log log = {.fd = -1, .least = LOG_LEVEL_DEBUG};
    LogLine l = log_begin(&log, LOG_LEVEL_ERROR, "x");
    log_str(&l, "a", STR("b"));
    log_end(&l);
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_line_is_one_object_with_its_fields_in_order),
        T(levels_below_the_least_are_not_written),
        T(levels_are_read_by_name),
        T(bytes_that_are_no_utf8_are_replaced),
        T(a_long_value_or_line_is_cut_and_says_so),
        T(a_line_never_is_longer_than_a_pipe_keeps_whole),
        T(a_secret_is_never_written),
        T(lines_of_threads_do_not_mix),
        T(a_log_that_cannot_be_written_is_lost_in_silence),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
