#include "test.h"

#include "base/map.h"

#include <stdio.h>

static void ten_thousand_keys_are_found_again_in_order(void **state)
{
    (void)state;
    Arena *a = arena_open(16 << 20);
    Map *m = map_new(a, 0);
    char key[32];
    for (uint64_t i = 0; i < 10000; i++) {
        int n = snprintf(key, sizeof key, "key-%llu", (unsigned long long)(i * i));
        map_put(m, (Str){key, (size_t)n}, i); /* the map keeps its own copy of the key */
    }
    assert_int_equal(map_count(m), 10000);
    for (uint64_t i = 0; i < 10000; i++) {
        int n = snprintf(key, sizeof key, "key-%llu", (unsigned long long)(i * i));
        uint64_t v = 0;
        assert_true(map_get(m, (Str){key, (size_t)n}, &v) && v == i);
        assert_true(str_eq(map_key_at(m, i), (Str){key, (size_t)n}));
        assert_int_equal(map_value_at(m, i), i);
    }
    assert_false(map_has(m, STR("key-2")));
    arena_close(a);
}

static void put_replaces_and_an_absent_key_leaves_out_alone(void **state)
{
    Map *m = map_new(*state, 4);
    uint64_t v = 99;
    assert_false(map_get(m, STR("a"), &v));
    assert_int_equal(v, 99);
    map_put(m, STR("a"), 1);
    map_put(m, STR("a"), 2);
    assert_true(map_get(m, STR("a"), &v));
    assert_int_equal(v, 2);
    assert_int_equal(map_count(m), 1);
}

static void any_bytes_are_a_key(void **state)
{
    Map *m = map_new(*state, 0);
    static const Str keys[] = {{0}, STR("\0"), STR("\0\0"), STR("a\0b"), STR("a")};
    for (uint64_t i = 0; i < 5; i++)
        map_put(m, keys[i], i);
    assert_int_equal(map_count(m), 5);
    for (uint64_t i = 0; i < 5; i++) {
        uint64_t v = 99;
        assert_true(map_get(m, keys[i], &v) && v == i);
    }
}

static void a_slot_is_made_fresh_once_and_counts(void **state)
{
    Map *m = map_new(*state, 0);
    static const char text[] = "mississippi";
    for (size_t i = 0; text[i]; i++)
        ++*map_slot(m, (Str){text + i, 1}, 100);
    static const struct {
        Str key;
        uint64_t n;
    } want[] = {
        {STR("m"), 101},
        {STR("i"), 104},
        {STR("s"), 104},
        {STR("p"), 102}
    };
    for (int i = 0; i < 4; i++) {
        assert_true(str_eq(map_key_at(m, (size_t)i), want[i].key));
        assert_int_equal(map_value_at(m, (size_t)i), want[i].n);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(ten_thousand_keys_are_found_again_in_order),
        T(put_replaces_and_an_absent_key_leaves_out_alone),
        T(any_bytes_are_a_key),
        T(a_slot_is_made_fresh_once_and_counts),
    };
    return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
