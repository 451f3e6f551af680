#include "fixture.h"
#include "test.h"

#include "model/features.h"

static void windows_cover_every_piece_and_leave_no_tail(void **state)
{
    Arena *a = *state;
    int32_t piece[300];
    for (int i = 0; i < 300; i++)
        piece[i] = i;
    static const Windows shapes[] = {
        {28,  20},
        {28,  28},
        {1,   1 },
        {128, 3 },
        {24,  23}
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const Windows *w = &shapes[s];
        for (size_t n = 1; n <= 300; n++) {
            ArenaMark mark = arena_mark(a);
            WindowBatch b;
            bool seen[300] = {false};
            size_t count = windows_count(w, n), covered = 0;
            size_t size = n < (size_t)w->pieces ? n : (size_t)w->pieces;
            windows_cut(a, w, &(Pieces){.id = piece, .count = n}, 0, count, &b);
            assert_int_equal(b.count, count);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(b.start[i + 1] - b.start[i], size); /* all of one size */
                for (int32_t k = b.start[i]; k < b.start[i + 1]; k++) {
                    covered += !seen[b.piece[k]];
                    seen[b.piece[k]] = true;
                    assert_int_equal(b.piece[k], b.piece[b.start[i]] + k - b.start[i]);
                }
            }
            assert_int_equal(covered, n);
            if (count > 1) /* none could be left out */
                assert_true(windows_start(w, n, count - 2) + size < n);
            arena_rewind(a, mark);
        }
    }
}

static void windows_of_nothing_are_none(void **state)
{
    (void)state;
    assert_int_equal(windows_count(&WINDOWS_DEFAULT, 0), 0);
    assert_int_equal(windows_count(&WINDOWS_DEFAULT, 32), 1);
    assert_int_equal(windows_count(&WINDOWS_DEFAULT, 33), 2);
    assert_int_equal(windows_start(&WINDOWS_DEFAULT, 33, 1), 1);
}

static void a_cut_of_some_windows_is_that_part_of_the_whole(void **state)
{
    int32_t piece[200];
    for (int i = 0; i < 200; i++)
        piece[i] = 7 * i;
    WindowBatch all, part;
    Pieces p = {.id = piece, .count = 200};
    size_t count = windows_count(&WINDOWS_DEFAULT, 200);
    windows_cut(*state, &WINDOWS_DEFAULT, &p, 0, count, &all);
    windows_cut(*state, &WINDOWS_DEFAULT, &p, 3, 2, &part);
    assert_memory_equal(part.piece, all.piece + all.start[3], 2 * 32 * sizeof *piece);
    assert_int_equal(part.start[0], 0);
}

static const Vocab *letters(Arena *a)
{
    const Vocab *v;
    Err err = {0};
    Str json = STR("[[\"0\",null],[\"1\",null],[\"2\",null],[\"3\",null],[\"4\",null],"
                   "[\"5\",null],[\"\xe2\x96\x81\",-1],[\"a\",-1],[\"b\",-1]]");
    if (!vocab_parse_json(a, json, &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

static int with_room(void **state)
{
    *state = arena_open((size_t)64 << 20);
    return 0;
}

static void a_cut_text_says_so(void **state)
{
    Arena *a = *state;
    Err err = {0};
    Features x;
    const Vocab *v = letters(a);
    assert_true(features_ngrams(a, STR("ababab"), 1024, &x, &err));
    assert_true(features_pieces(v, a, STR("ababab"), 100, &x, &err));
    assert_false(x.capped);
    size_t count = x.original.count;
    assert_true(features_pieces(v, a, STR("ababab"), count, &x, &err));
    assert_false(x.capped);
    assert_true(features_pieces(v, a, STR("ababab"), count - 1, &x, &err));
    assert_true(x.capped);
    assert_int_equal(x.original.count, count - 1);
}

static void only_a_disguised_text_is_read_twice(void **state)
{
    Arena *a = *state;
    Err err = {0};
    Features x;
    const Vocab *v = letters(a);
    assert_true(features_ngrams(a, STR("abba baba"), 1024, &x, &err));
    assert_true(features_pieces(v, a, STR("abba baba"), 100, &x, &err));
    assert_int_equal(x.disguised.count, 0);
    Str spaced = STR("b a b b a b a");
    assert_true(features_ngrams(a, spaced, 1024, &x, &err));
    assert_true(features_pieces(v, a, spaced, 100, &x, &err));
    assert_int_equal(x.folded.disguised, x.disguised.count > 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_room, without_arena)
    const struct CMUnitTest tests[] = {
        T(windows_cover_every_piece_and_leave_no_tail),
        T(windows_of_nothing_are_none),
        T(a_cut_of_some_windows_is_that_part_of_the_whole),
        T(a_cut_text_says_so),
        T(only_a_disguised_text_is_read_twice),
    };
    return cmocka_run_group_tests_name("model/features", tests, NULL, NULL);
}
