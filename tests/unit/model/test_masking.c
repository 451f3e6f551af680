#include "letters.h"
#include "test.h"

#include "model/masking.h"

enum { N = 40000, VOCAB = 1000 };

static int32_t *pieces_of(Arena *a)
{
    int32_t *piece = arena_array(a, int32_t, N);
    for (int i = 0; i < N; i++)
        piece[i] = VOCAB_SPECIAL + i % (VOCAB - VOCAB_SPECIAL);
    return piece;
}

static MaskedPieces masked(Arena *a, uint64_t seed, WindowBatch *b)
{
    static const int32_t start[] = {0, 10, N};
    MaskedPieces m;
    Rng rng;
    rng_seed(&rng, seed);
    *b = (WindowBatch){pieces_of(a), start, 2};
    mask_pieces(a, VOCAB, &rng, b, &m);
    return m;
}

static void about_one_piece_in_seven_is_hidden_in_one_of_three_ways(void **state)
{
    (void)state;
    Arena *a = arena_open((size_t)64 << 20);
    WindowBatch b;
    MaskedPieces m = masked(a, 5, &b);
    int hidden = 0, other = 0, same = 0;
    for (int i = 0; i < m.count; i++) {
        int32_t shown = b.piece[m.at[i]];
        hidden += shown == MASK_PIECE;
        same += shown == m.want[i];
        other += shown != MASK_PIECE && shown != m.want[i];
        assert_in_range(shown, MASK_PIECE, VOCAB - 1);
        assert_true(shown == MASK_PIECE || shown >= VOCAB_SPECIAL);
    }
    double n = m.count; /* floors are five standard deviations away */
    assert_true(n / N > 0.141 && n / N < 0.159);
    assert_true(hidden / n > 0.77 && hidden / n < 0.83);
    assert_true(other / n > 0.08 && other / n < 0.12);
    assert_true(same / n > 0.08 && same / n < 0.12);
    arena_close(a);
}

static void what_is_not_hidden_stays_and_what_is_is_remembered(void **state)
{
    (void)state;
    Arena *a = arena_open((size_t)64 << 20);
    const int32_t *before = pieces_of(a);
    WindowBatch b;
    MaskedPieces m = masked(a, 6, &b);
    int next = 0;
    for (int i = 0; i < N; i++) {
        if (next < m.count && m.at[next] == i)
            assert_int_equal(m.want[next++], before[i]);
        else
            assert_int_equal(b.piece[i], before[i]);
    }
    assert_int_equal(next, m.count);
    arena_close(a);
}

static void an_empty_batch_has_nothing_to_hide(void **state)
{
    (void)state;
    Arena *a = arena_open(1 << 20);
    WindowBatch b = {0};
    MaskedPieces m;
    Rng rng;
    rng_seed(&rng, 1);
    mask_pieces(a, VOCAB, &rng, &b, &m);
    assert_int_equal(m.count, 0);
    arena_close(a);
}

static void the_mask_is_never_found_in_a_text(void **state)
{
    (void)state;
    Arena *a = arena_open((size_t)64 << 20);
    const Vocab *v = letters(a);
    Pieces p;
    Err err = {0};
    assert_in_range(MASK_PIECE, 0, VOCAB_SPECIAL - 1);
    assert_true(tokenize(v, a, vocab_piece(v, MASK_PIECE), 100, &p, &err));
    for (size_t i = 0; i < p.count; i++)
        assert_int_not_equal(p.id[i], MASK_PIECE);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(about_one_piece_in_seven_is_hidden_in_one_of_three_ways),
        cmocka_unit_test(what_is_not_hidden_stays_and_what_is_is_remembered),
        cmocka_unit_test(an_empty_batch_has_nothing_to_hide),
        cmocka_unit_test(the_mask_is_never_found_in_a_text),
    };
    return cmocka_run_group_tests_name("model/masking", tests, NULL, NULL);
}
