#include "test.h"

#include "text/minhash.h"

static Shingles read(Arena *a, Str text)
{
    Shingles s;
    shingles_read(a, text, &s);
    return s;
}

static void short_texts_are_their_words_and_themselves(void **state)
{
    Arena *a = *state;
    assert_int_equal(read(a, STR("")).count, 0);
    assert_int_equal(read(a, STR("...")).count, 0);
    assert_int_equal(read(a, STR("one")).count, 2);
    assert_int_equal(read(a, STR("one one")).count, 2);
    assert_int_equal(read(a, STR("one two three four")).count, 5);
    assert_int_equal(read(a, STR("one two three four five")).count, 1);
    assert_int_equal(read(a, STR("one two three four five six")).count, 2);
}

static void overlap_is_jaccard(void **state)
{
    Arena *a = *state;
    const struct {
        Str x, y;
        double want;
    } cases[] = {
        {{"", 0},             {"", 0},             1      },
        {{"", 0},             {"a", 1},            0      },
        {{"a b", 3},          {"a b", 3},          1      },
        {{"a b", 3},          {"b a", 3},          2.0 / 4},
        {{"a b c d e f", 11}, {"a b c d e g", 11}, 1.0 / 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shingles x = read(a, cases[i].x), y = read(a, cases[i].y);
        assert_true(shingles_overlap(&x, &y) == cases[i].want);
        assert_true(shingles_overlap(&y, &x) == cases[i].want);
    }
}

/* Sets of numbers that overlap by a known share: the share of equal min-hashes
 * estimates it with standard deviation sqrt(J (1 - J) / 128), at most .045. */
static void equal_hashes_estimate_the_overlap(void **state)
{
    (void)state;
    uint64_t seed = 17;
    for (int tenth = 0; tenth <= 10; tenth++) {
        double sum = 0;
        for (int round = 0; round < 20; round++) {
            uint64_t x[1000], y[1000]; /* share `both` of 1000 + 1000 - both */
            size_t both = (size_t)(2000 * tenth / (10 + tenth));
            for (size_t i = 0; i < 1000; i++) {
                x[i] = random_u64(&seed);
                y[i] = i < both ? x[i] : random_u64(&seed);
            }
            Minhash m, n;
            minhash_read(&(Shingles){x, 1000}, &m);
            minhash_read(&(Shingles){y, 1000}, &n);
            for (int k = 0; k < MINHASH_SIZE; k++)
                sum += m.min[k] == n.min[k];
        }
        double estimate = sum / (20 * MINHASH_SIZE);
        assert_true(estimate > tenth / 10.0 - 0.05 && estimate < tenth / 10.0 + 0.05);
    }
}

static void near_duplicates_share_a_band_and_strangers_do_not(void **state)
{
    (void)state;
    uint64_t seed = 23;
    int found = 0, strangers = 0;
    for (int round = 0; round < 200; round++) {
        uint64_t x[90], y[90], z[90];
        for (size_t i = 0; i < 90; i++) {
            x[i] = random_u64(&seed);
            y[i] = i < 80 ? x[i] : random_u64(&seed); /* overlap .8 */
            z[i] = random_u64(&seed);
        }
        Minhash m, n, o;
        minhash_read(&(Shingles){x, 90}, &m);
        minhash_read(&(Shingles){y, 90}, &n);
        minhash_read(&(Shingles){z, 90}, &o);
        bool near = false, far = false;
        for (int b = 0; b < MINHASH_BANDS; b++) {
            near |= minhash_band(&m, b) == minhash_band(&n, b);
            far |= minhash_band(&m, b) == minhash_band(&o, b);
        }
        found += near;
        strangers += far;
    }
    assert_int_equal(found, 200);
    assert_int_equal(strangers, 0);
}

static void bands_are_the_same_for_ever(void **state)
{
    Arena *a = *state;
    Shingles s = read(a, STR("the quick brown fox jumps over the lazy dog"));
    Minhash m;
    minhash_read(&s, &m);
    assert_int_equal(m.min[0], 0x25d3a977);
    assert_true(minhash_band(&m, 31) == 0x1215042591e33cf2);
}

static void a_text_without_words_has_the_greatest_hashes(void **state)
{
    Arena *a = *state;
    Shingles s = read(a, STR(""));
    Minhash m;
    minhash_read(&s, &m);
    for (int k = 0; k < MINHASH_SIZE; k++)
        assert_int_equal(m.min[k], UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(short_texts_are_their_words_and_themselves, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(overlap_is_jaccard, with_arena, without_arena),
        cmocka_unit_test(equal_hashes_estimate_the_overlap),
        cmocka_unit_test(near_duplicates_share_a_band_and_strangers_do_not),
        cmocka_unit_test_setup_teardown(bands_are_the_same_for_ever, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_text_without_words_has_the_greatest_hashes,
                                        with_arena, without_arena),
    };
    return cmocka_run_group_tests_name("text/minhash", tests, NULL, NULL);
}
