#include "test.h"

#include "base/hash.h"
#include "text/ngram.h"

#include <math.h>
#include <stdlib.h>

enum { BUCKETS = 1 << 18 };

static Ngrams read(Arena *a, const char *text)
{
    Folded f;
    Ngrams n = {0};
    Err err = {0};
    if (!normalise(a, str_of(text), &f, &err) ||
        !ngrams_read(a, str_of(text), &f, BUCKETS, &n, &err))
        fail_msg("%s", err.msg);
    return n;
}

static double dot(const Ngrams *x, const Ngrams *y)
{
    double sum = 0;
    for (size_t i = 0, j = 0; i < x->count && j < y->count;) {
        if (x->bucket[i] == y->bucket[j])
            sum += (double)x->value[i++] * (double)y->value[j++];
        else if (x->bucket[i] < y->bucket[j])
            i++;
        else
            j++;
    }
    return sum;
}

static void buckets_ascend_and_values_have_length_one(void **state)
{
    Arena *a = *state;
    uint64_t seed = 5;
    for (int round = 0; round < 300; round++) {
        ArenaMark mark = arena_mark(a);
        Str s = random_text(a, &seed, 200);
        Ngrams n = read(a, str_z(a, s));
        for (size_t i = 0; i < n.count; i++) {
            assert_true(n.bucket[i] < BUCKETS);
            assert_true(i == 0 || n.bucket[i] > n.bucket[i - 1]);
            assert_true(n.value[i] > 0);
        }
        if (n.count)
            assert_true(fabs(dot(&n, &n) - 1) < 1e-5);
        arena_rewind(a, mark);
    }
}

static int by_number(const void *x, const void *y)
{
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    return (i > j) - (i < j);
}

/* What ngram.h says, written as plainly as can be, for lower-case words between spaces. */
static size_t plain_buckets(Arena *a, Str text, uint32_t **out)
{
    uint32_t *p = *out = arena_array(a, uint32_t, 8 * text.len + 8);
    size_t n = 0, distinct = 0;
    uint64_t before = 0;
    for (size_t from = 0, to; from < text.len; from = to + 1) {
        for (to = from; to < text.len && text.ptr[to] != ' '; to++)
            ;
        if (to == from)
            continue;
        uint64_t h = hash64((Str){text.ptr + from, to - from}, 1);
        p[n++] = (uint32_t)h & (BUCKETS - 1);
        if (n > 1) {
            uint64_t pair = before * 0x9e3779b97f4a7c15u + ((h << 31) | (h >> 33)) + 2;
            pair = (pair ^ (pair >> 32)) * 0xd6e8feb86659fd93u;
            p[n++] = (uint32_t)(pair ^ (pair >> 32)) & (BUCKETS - 1);
        }
        before = h;
        for (size_t part = from; part < to; part += 510) { /* long words fall apart */
            int len = to - part < 510 ? (int)(to - part) : 510;
            Str padded = str_print(a, " %.*s ", len, text.ptr + part);
            for (size_t k = 2; k <= 5; k++)
                for (size_t i = 0; i + k <= padded.len; i++)
                    p[n++] = (uint32_t)hash64((Str){padded.ptr + i, k}, 3) & (BUCKETS - 1);
        }
    }
    qsort(p, n, sizeof *p, by_number);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || p[i] != p[i - 1])
            p[distinct++] = p[i];
    return distinct;
}

/* With capitals and white space of every kind around the words: one list serves both views;
 * also where there are more n-grams than short texts have, and words of hundreds of letters. */
static void each_ngram_of_each_word_is_there(void **state)
{
    Arena *a = *state;
    uint64_t seed = 8;
    for (int round = 0; round < 200; round++) {
        ArenaMark mark = arena_mark(a);
        size_t len = random_u64(&seed) % (round % 8 ? 90 : 4000);
        char *plain = arena_array(a, char, len), *shouted = arena_array(a, char, len + 1);
        for (size_t i = 0; i < len; i++) {
            uint64_t r = random_u64(&seed);
            plain[i] = "qwrtz  "[r % (round % 5 ? 7 : 5)];
            shouted[i] = plain[i] == ' ' ? " \n\t\x7f"[r >> 8 & 3]
                         : r >> 16 & 1   ? (char)(plain[i] - 32)
                                         : plain[i];
        }
        for (size_t i = 2; i < len; i++) /* no letter three times, or it is squeezed */
            if (plain[i] == plain[i - 1] && plain[i] == plain[i - 2])
                plain[i] = shouted[i] = plain[i] == 'q' ? 'w' : 'q';
        Folded f;
        Ngrams got;
        Err err = {0};
        uint32_t *want;
        if (!normalise(a, (Str){shouted, len}, &f, &err) || f.disguised)
            fail_msg("letters that say nothing were folded");
        if (!ngrams_read(a, (Str){shouted, len}, &f, BUCKETS, &got, &err))
            fail_msg("%s", err.msg);
        size_t n = plain_buckets(a, (Str){plain, len}, &want);
        assert_int_equal(n, got.count);
        if (n)
            assert_memory_equal(got.bucket, want, n * sizeof *want);
        arena_rewind(a, mark);
    }
}

static void case_and_white_space_do_not_matter(void **state)
{
    Arena *a = *state;
    Ngrams x = read(a, "One bad  Apple"), y = read(a, " one BAD apple\n");
    assert_int_equal(x.count, y.count);
    assert_true(dot(&x, &y) > 0.99999);
}

static void the_number_of_features_of_a_word_is_known(void **state)
{
    Arena *a = *state;
    /* " ab ": 3 pairs, 2 triples, 1 quadruple, and the word */
    Ngrams x = read(a, "ab");
    assert_int_equal(x.count, 7);
    /* two such words with nothing in common, and the pair: " a" ... differ but for none */
    Ngrams y = read(a, "ab cd");
    assert_int_equal(y.count, 15);
    Ngrams z = read(a, "ab ab"); /* the same seven, and the pair */
    assert_int_equal(z.count, 8);
}

static void order_of_words_matters_a_little(void **state)
{
    Arena *a = *state;
    Ngrams x = read(a, "dog bites man"), y = read(a, "man bites dog"), z = read(a, "qu zy xw");
    double near = dot(&x, &y), far = dot(&x, &z);
    assert_true(near > 0.8 && near < 0.99);
    assert_true(far < 0.1);
}

static void an_empty_text_has_none(void **state)
{
    Arena *a = *state;
    assert_int_equal(read(a, "").count, 0);
    assert_int_equal(read(a, " ?! ").count, 0);
}

static void long_words_are_read_to_their_end(void **state)
{
    Arena *a = *state;
    char text[1600], tail[4] = "xyz";
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    memcpy(text + sizeof text - 4, tail, 3);
    Ngrams x = read(a, text), y = read(a, "xyz");
    assert_true(dot(&x, &y) > 0);
}

static void buckets_that_are_no_power_of_two_are_refused(void **state)
{
    Arena *a = *state;
    Folded f;
    Ngrams n = {.count = 9};
    Err err = {0};
    assert_true(normalise(a, STR("x"), &f, &err));
    const uint32_t bad[] = {0, 3, 1000, 1u << 25};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(ngrams_read(a, STR("x"), &f, bad[i], &n, &err));
        assert_int_equal(err.code, ERR_INPUT);
    }
    assert_int_equal(n.count, 9);
}

/* Weights of a release are addressed by these numbers: they may never change. */
static void buckets_are_the_same_for_ever(void **state)
{
    Arena *a = *state;
    Ngrams n = read(a, "Ab \xc3\xa9");
    const uint32_t want[] = {4739,   24495,  81593,  87829,  90375,  98427,
                             106964, 107507, 121069, 144959, 153085, 161711,
                             200872, 236573, 239722, 242519, 257156};
    assert_int_equal(n.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < n.count; i++)
        assert_int_equal(n.bucket[i], want[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(buckets_ascend_and_values_have_length_one, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(each_ngram_of_each_word_is_there, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(case_and_white_space_do_not_matter, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(the_number_of_features_of_a_word_is_known, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(order_of_words_matters_a_little, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(an_empty_text_has_none, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(long_words_are_read_to_their_end, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(buckets_that_are_no_power_of_two_are_refused,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(buckets_are_the_same_for_ever, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("text/ngram", tests, NULL, NULL);
}
