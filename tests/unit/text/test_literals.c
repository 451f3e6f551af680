#include "text/literals.h"

#include "test.h"

typedef struct Seen {
    uint32_t literal[4096];
    size_t end[4096];
    size_t count, most;
} Seen;

static bool remember(void *context, uint32_t literal, size_t end)
{
    Seen *s = context;
    s->literal[s->count] = literal;
    s->end[s->count++] = end;
    return s->count < s->most;
}

static const Literals *built(Arena *a, const Str *literal, size_t count)
{
    const Literals *l = NULL;
    Err err = {0};
    Arena *scratch = arena_open(8 << 20);
    assert_true(literals_build(a, scratch, literal, count, &l, &err));
    arena_close(scratch);
    return l;
}

static void every_occurrence_is_found(void **state)
{
    const Str literal[] = {STR("he"), STR("she"), STR("his"), STR("hers"), STR("he")};
    const Literals *l = built(*state, literal, 5);
    assert_int_equal(literals_states(l), 10);
    Seen s = {.most = 4096};
    literals_find(l, STR("usHErs"), remember, &s);
    const uint32_t want[] = {1, 0, 4, 3};
    const size_t end[] = {4, 4, 4, 6};
    assert_int_equal(s.count, 4);
    for (size_t i = 0; i < s.count; i++) {
        assert_int_equal(s.literal[i], want[i]);
        assert_int_equal(s.end[i], end[i]);
    }
}

static void the_search_ends_when_the_caller_has_enough(void **state)
{
    const Str literal[] = {STR("a")};
    Seen s = {.most = 3};
    literals_find(built(*state, literal, 1), STR("aaaaaaaa"), remember, &s);
    assert_int_equal(s.count, 3);
}

static void no_literals_find_nothing(void **state)
{
    Seen s = {.most = 1};
    literals_find(built(*state, NULL, 0), STR("anything"), remember, &s);
    assert_int_equal(s.count, 0);
}

static void bad_literals_are_refused(void **state)
{
    char *big = arena_array(*state, char, LITERAL_MAX_BYTES + 1);
    memset(big, 'x', LITERAL_MAX_BYTES + 1);
    const Str bad[] = {
        {"",  0                    },
        {big, LITERAL_MAX_BYTES + 1}
    };
    for (size_t i = 0; i < 2; i++) {
        const Literals *l = NULL;
        Err err = {0};
        Arena *scratch = arena_open(1 << 20);
        assert_false(literals_build(*state, scratch, &bad[i], 1, &l, &err));
        arena_close(scratch);
        assert_int_equal(err.code, ERR_LIMIT);
        assert_null(l);
    }
}

static void a_full_arena_is_a_limit(void **state)
{
    Str *literal = arena_array(*state, Str, 10000);
    for (int i = 0; i < 10000; i++)
        literal[i] = str_print(*state, "%08d", i);
    bool reached = false;
    for (size_t room = 1 << 16; !reached; room += 1 << 17) {
        Arena *small = arena_open(room), *scratch = arena_open(room);
        const Literals *l = NULL;
        Err err = {0};
        reached = literals_build(small, scratch, literal, 10000, &l, &err);
        assert_true(reached || (err.code == ERR_LIMIT && !l));
        arena_close(small);
        arena_close(scratch);
    }
}

static size_t count_plainly(const Str *literal, size_t count, Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        for (size_t k = 0; k < count; k++)
            n += text.len - i >= literal[k].len &&
                 strncasecmp(text.ptr + i, literal[k].ptr, literal[k].len) == 0;
    return n;
}

static void what_is_found_is_what_a_plain_search_finds(void **state)
{
    uint64_t seed = 7;
    for (int round = 0; round < 300; round++) {
        ArenaMark mark = arena_mark(*state);
        size_t count = random_u64(&seed) % 30;
        Str literal[30];
        for (size_t i = 0; i < count; i++)
            do
                literal[i] = random_text(*state, &seed, 6);
            while (!literal[i].len);
        Str text = random_text(*state, &seed, 120);
        Seen s = {.most = 4096};
        literals_find(built(*state, literal, count), text, remember, &s);
        assert_int_equal(s.count, count_plainly(literal, count, text));
        for (size_t i = 0; i < s.count; i++) {
            Str one = literal[s.literal[i]];
            assert_int_equal(strncasecmp(text.ptr + s.end[i] - one.len, one.ptr, one.len), 0);
        }
        arena_rewind(*state, mark);
    }
}

static int with_room(void **state)
{
    *state = arena_open(8 << 20);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_occurrence_is_found, with_room, without_arena),
        cmocka_unit_test_setup_teardown(the_search_ends_when_the_caller_has_enough, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(no_literals_find_nothing, with_room, without_arena),
        cmocka_unit_test_setup_teardown(bad_literals_are_refused, with_room, without_arena),
        cmocka_unit_test_setup_teardown(a_full_arena_is_a_limit, with_room, without_arena),
        cmocka_unit_test_setup_teardown(what_is_found_is_what_a_plain_search_finds, with_room,
                                        without_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
