#include "test.h"

#include "base/buf.h"

static void what_is_put_stands_there(void **state)
{
    (void)state;
    Buf b;
    buf_init(&b, 1 << 20);
    buf_put(&b, STR("a"));
    buf_put(&b, (Str){0});
    buf_byte(&b, 0);
    buf_print(&b, "%d-%s", 42, "x");
    assert_true(str_eq(buf_str(&b), STR("a\0"
                                        "42-x")));
    Err err = {0};
    assert_true(buf_ok(&b, &err));
    assert_int_equal(err.code, ERR_NONE);
    buf_done(&b);
}

/* Against a plain array: random writes, random maximum. */
static void a_buffer_is_a_beginning_of_what_was_written(void **state)
{
    Arena *a = *state;
    uint64_t seed = 7;
    for (int round = 0; round < 300; round++) {
        ArenaMark m = arena_mark(a);
        size_t max = random_u64(&seed) % 3000, n = 0;
        bool over = false;
        char *want = arena_array(a, char, 8000);
        Buf b;
        buf_init(&b, max);
        for (int i = 0; i < 12; i++) {
            Str s = random_text(a, &seed, 600);
            if (random_u64(&seed) % 2)
                buf_put(&b, s);
            else
                buf_print(&b, STR_FMT, STR_ARG(s));
            over = over || s.len > max - n;
            if (!over && s.len)
                memcpy(want + n, s.ptr, s.len);
            n += over ? 0 : s.len;
        }
        assert_true(str_eq(buf_str(&b), (Str){want, n}));
        assert_true(b.over == over && b.len <= b.max);
        buf_done(&b);
        arena_rewind(a, m);
    }
}

static void the_maximum_is_refused_once_and_for_all(void **state)
{
    (void)state;
    Buf b;
    Err err = {0};
    buf_init(&b, 4);
    buf_put(&b, STR("1234")); /* exactly */
    assert_true(buf_ok(&b, &err));
    buf_byte(&b, '5');
    assert_false(buf_ok(&b, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    buf_clear(&b);
    buf_put(&b, STR("12345"));
    buf_put(&b, STR("6")); /* would fit, but behind a gap */
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    assert_true(buf_ok(&b, &err));
    buf_put(&b, STR("ok"));
    assert_true(str_eq(buf_str(&b), STR("ok")));
    buf_done(&b);
}

static void reserve_gives_room_to_write_into(void **state)
{
    (void)state;
    Buf b;
    buf_init(&b, 1000);
    buf_put(&b, STR("<"));
    char *p = buf_reserve(&b, 999);
    assert_non_null(p);
    memset(p, 'x', 999);
    b.len += 999;
    assert_null(buf_reserve(&b, 1));
    assert_true(b.over && b.len == 1000 && b.ptr[0] == '<' && b.ptr[999] == 'x');
    buf_done(&b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_put_stands_there),
        T(a_buffer_is_a_beginning_of_what_was_written),
        T(the_maximum_is_refused_once_and_for_all),
        T(reserve_gives_room_to_write_into),
    };
    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
