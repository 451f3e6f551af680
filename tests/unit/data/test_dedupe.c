#include "base/buf.h"
#include "data/dedupe.h"
#include "data/disjoint.h"
#include "test.h"

/* Made-up words, all different: "ba", "ca", ... */
static Str word(Arena *a, uint64_t n)
{
    char w[32];
    size_t len = 0;
    for (n += 7; n; n /= 15, len += 2) {
        w[len] = "bcdfghklmnprstv"[n % 15];
        w[len + 1] = "aeiou"[(n / 15 + len) % 5];
    }
    return str_copy(a, (Str){w, len});
}

enum { VOCABULARY = 4000, WORDS_MAX = 200 };

typedef struct Draft {
    uint64_t word[WORDS_MAX];
    size_t count;
} Draft;

static Draft random_draft(uint64_t *seed, size_t least, size_t most)
{
    Draft d = {.count = least + random_u64(seed) % (most - least + 1)};
    for (size_t i = 0; i < d.count; i++)
        d.word[i] = random_u64(seed) % VOCABULARY;
    return d;
}

static void change_words(Draft *d, uint64_t *seed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        d->word[random_u64(seed) % d->count] = VOCABULARY + random_u64(seed) % VOCABULARY;
}

static Str text_of(Arena *a, const Draft *d)
{
    Buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < d->count; i++) {
        buf_put(&b, word(a, d->word[i]));
        buf_byte(&b, ' ');
    }
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static Fingerprint print_of(Arena *a, Str text)
{
    Fingerprint f;
    Err err = {0};
    Arena *scratch = arena_open((size_t)1 << 30);
    assert_true(fingerprint_read(a, scratch, text, &f, &err));
    arena_close(scratch);
    return f;
}

static void cluster(Arena *a, const Fingerprint *f, size_t n, uint32_t *out)
{
    Err err = {0};
    assert_true(fingerprints_cluster(a, f, n, NULL, out, &err));
}

/* A text and a few edited copies, again and again. */
static Fingerprint *edited_texts(Arena *a, uint64_t *seed, size_t n)
{
    Fingerprint *f = arena_array(a, Fingerprint, n);
    Draft d = {0};
    for (size_t i = 0; i < n; i++) {
        if (i % 4 == 0)
            d = random_draft(seed, 1, WORDS_MAX);
        else
            change_words(&d, seed, random_u64(seed) % 4);
        f[i] = print_of(a, text_of(a, &d));
    }
    return f;
}

static void clusters_are_those_that_comparing_every_pair_gives(void **state)
{
    Arena *a = *state;
    enum { N = 800 };
    uint64_t seed = 3;
    Fingerprint *f = edited_texts(a, &seed, N);
    uint32_t got[N], want[N], joined = 0;
    disjoint_init(want, N);
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j < i; j++)
            if (f[i].set.count && shingles_overlap(&f[i].set, &f[j].set) >= DEDUPE_OVERLAP)
                disjoint_join(want, i, j);
    cluster(a, f, N, got);
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(got[i], disjoint_root(want, i));
        joined += got[i] != i;
    }
    assert_in_range(joined, 100, 700); /* or the case would say nothing */
}

/* The floor is the promise of (1 - .8^4)^32: of 3,000 pairs at .8 and above, none. */
static void of_three_thousand_planted_pairs_none_is_missed(void **state)
{
    Arena *a = *state;
    enum { PAIRS = 3000 };
    uint64_t seed = 17;
    Fingerprint *f = arena_array(a, Fingerprint, 2 * PAIRS);
    uint32_t *got = arena_array(a, uint32_t, 2 * PAIRS);
    for (size_t i = 0; i < PAIRS;) {
        Draft d = random_draft(&seed, 40, WORDS_MAX);
        f[2 * i] = print_of(a, text_of(a, &d));
        change_words(&d, &seed, 1 + random_u64(&seed) % 3);
        f[2 * i + 1] = print_of(a, text_of(a, &d));
        i += shingles_overlap(&f[2 * i].set, &f[2 * i + 1].set) >= DEDUPE_OVERLAP;
    }
    cluster(a, f, 2 * PAIRS, got);
    for (uint32_t i = 0; i < PAIRS; i++)
        assert_int_equal(got[2 * i + 1], 2 * i);
}

static void the_order_of_texts_does_not_change_who_is_together(void **state)
{
    Arena *a = *state;
    enum { N = 400 };
    uint64_t seed = 23;
    Fingerprint *f = edited_texts(a, &seed, N), back[N];
    uint32_t one[N], two[N];
    for (int i = 0; i < N; i++)
        back[N - 1 - i] = f[i];
    cluster(a, f, N, one);
    cluster(a, back, N, two);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++)
            assert_int_equal(one[i] == one[j], two[N - 1 - i] == two[N - 1 - j]);
}

static void a_crowd_of_forms_that_differ_too_much_stays_apart(void **state)
{
    Arena *a = *state;
    enum { N = 1500 };
    uint64_t seed = 29;
    Fingerprint *f = arena_array(a, Fingerprint, N);
    uint32_t *got = arena_array(a, uint32_t, N);
    Draft form = random_draft(&seed, 40, 40);
    for (uint64_t i = 0; i < N; i++) {
        Draft d = form;
        d.word[10] = VOCABULARY + 3 * i;
        d.word[30] = VOCABULARY + 3 * i + 1;
        f[i] = print_of(a, text_of(a, &d));
    }
    assert_true(shingles_overlap(&f[0].set, &f[1].set) > 0.5);
    cluster(a, f, N, got);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(got[i], i);
}

static void thousands_of_copies_are_one_cluster(void **state)
{
    Arena *a = *state;
    enum { N = 20000 };
    Fingerprint *f = arena_array(a, Fingerprint, N);
    uint32_t *got = arena_array(a, uint32_t, N);
    Fingerprint thanks = print_of(a, STR("thanks")), other = print_of(a, STR("no thanks"));
    for (uint32_t i = 0; i < N; i++)
        f[i] = i % 2 ? thanks : other;
    cluster(a, f, N, got);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(got[i], i % 2);
}

static void short_texts_join_only_when_they_say_the_same(void **state)
{
    static const struct {
        const char *x, *y;
        bool near;
    } cases[] = {
        {"yes",                                         "yes",              true },
        {"yes",                                         "Yes!",             true },
        {"yes",                                         "no",               false},
        {"good morning",                                "good evening",     false},
        {"",                                            "",                 false},
        {"\xf0\x9f\x98\x80",                            "\xf0\x9f\x98\x81", false},
        {"I like the red house on the hill by the sea",
         "I like the red house on the hill by the lake",                    false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fingerprint x = print_of(*state, str_of(cases[i].x));
        Fingerprint y = print_of(*state, str_of(cases[i].y));
        if (fingerprints_near(&x, &y) != cases[i].near)
            fail_msg("'%s' and '%s'", cases[i].x, cases[i].y);
    }
}

static void a_very_long_text_joins_its_edited_copy(void **state)
{
    Arena *a = *state;
    Buf b;
    buf_init(&b, 1 << 22);
    for (uint64_t i = 0; b.len < 1 << 20; i++) {
        buf_put(&b, word(a, i * 7919 % 100003));
        buf_byte(&b, ' ');
    }
    Fingerprint f[2];
    f[0] = print_of(a, buf_str(&b));
    buf_put(&b, STR("and a word more"));
    f[1] = print_of(a, buf_str(&b));
    buf_done(&b);
    uint32_t got[2];
    cluster(a, f, 2, got);
    assert_int_equal(got[1], 0);
}

static void an_index_finds_the_first_of_a_set_that_a_text_is_near_to(void **state)
{
    Arena *a = *state;
    enum { N = 400 };
    uint64_t seed = 31;
    Fingerprint *f = edited_texts(a, &seed, 2 * N);
    Fingerprint *set = arena_array(a, Fingerprint, N), *asked = arena_array(a, Fingerprint, N);
    for (int i = 0; i < N; i++) {
        set[i] = f[2 * i];
        asked[i] = f[2 * i + 1];
    }
    NearIndex *index = near_index_new(a, set, N);
    int hits = 0;
    for (int i = 0; i < N; i++) {
        uint32_t want = N, got = N;
        for (uint32_t j = 0; j < N && want == N; j++)
            if (fingerprints_near(&asked[i], &set[j]))
                want = j;
        assert_int_equal(near_index_find(index, &asked[i], &got), want < N);
        assert_int_equal(got, want);
        hits += want < N;
    }
    assert_in_range(hits, 50, N - 50);
}

static void an_empty_index_has_nothing(void **state)
{
    Fingerprint f = print_of(*state, STR("something to ask for"));
    uint32_t which = 7;
    assert_false(near_index_find(near_index_new(*state, NULL, 0), &f, &which));
    assert_int_equal(which, 7);
    cluster(*state, NULL, 0, &which);
}

static int with_room(void **state)
{
    *state = arena_open((size_t)4 << 30);
    return 0;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_room, without_arena)
    const struct CMUnitTest tests[] = {
        T(clusters_are_those_that_comparing_every_pair_gives),
        T(of_three_thousand_planted_pairs_none_is_missed),
        T(the_order_of_texts_does_not_change_who_is_together),
        T(a_crowd_of_forms_that_differ_too_much_stays_apart),
        T(thousands_of_copies_are_one_cluster),
        T(short_texts_join_only_when_they_say_the_same),
        T(a_very_long_text_joins_its_edited_copy),
        T(an_index_finds_the_first_of_a_set_that_a_text_is_near_to),
        T(an_empty_index_has_nothing),
    };
    return cmocka_run_group_tests_name("data/dedupe", tests, NULL, NULL);
}
