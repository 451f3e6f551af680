/* The golden rows need the base model's vocabulary, which is not in the repository:
 * `./check` fetches the package to build/base.  The other tests use a vocabulary of a
 * few pieces and an independent, quadratic segmentation. */
#include "test.h"

#include "base/file.h"
#include "base/js.h"
#include "text/tokenizer.h"
#include "text/utf8.h"

#define BASE_VOCAB  "build/base/package/dist/vocab.json"
#define GOLDEN_FILE "tests/golden/encoder-base/golden.jsonl"

enum { BIG = 512 << 20 };

static int with_big_arena(void **state)
{
    *state = arena_open(BIG);
    return 0;
}

static const char SMALL[] =
    "[[\"?\",0],[\"<s>\",0],[\"</s>\",0],[\"x1\",0],[\"x2\",0],[\"x3\",0],"
    "[\"\u2581\",-4],[\"\u2581a\",-3],[\"a\",-2.5],[\"b\",-3],[\"ab\",-4],"
    "[\"abc\",-6],[\"c\",null],[\"\u2581ab\",-5.5],[\"\u00e9\",-5],"
    "[\"b\",-3.25]]";

static const Vocab *small_vocab(Arena *a)
{
    const Vocab *v = NULL;
    Err err = {0};
    if (!vocab_parse_json(a, str_of(SMALL), &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

static void golden_texts_give_the_reference_pieces(void **state)
{
    Arena *a = *state;
    Err err = {0};
    Str json, rows, line;
    const Vocab *v;
    if (!file_exists(BASE_VOCAB)) {
        print_message("skipped: %s is not there, ./check fetches it\n", BASE_VOCAB);
        skip();
    }
    assert_true(file_load(a, BASE_VOCAB, BIG, &json, &err));
    assert_true(vocab_parse_json(a, json, &v, &err));
    assert_int_equal(vocab_size(v), 8000);
    assert_true(file_load(a, GOLDEN_FILE, BIG, &rows, &err));
    int seen = 0;
    while (str_cut(&rows, '\n', &line)) {
        const Js *row;
        Pieces p;
        if (line.len == 0)
            continue;
        assert_true(js_parse(a, line, &row, &err));
        const Js *want = js_get(row, STR("pieces"));
        Str text = js_get(row, STR("text"))->str;
        assert_true(tokenize(v, a, text, 128, &p, &err));
        assert_int_equal(p.count, want->count);
        for (size_t i = 0; i < p.count; i++) {
            assert_int_equal(p.id[i], want->item[i].integer);
            assert_true(p.from[i] <= p.from[i + 1]);
        }
        assert_true(p.from[p.count] <= text.len);
        seen++;
    }
    assert_int_equal(seen, 19);
}

static void pieces_of_small_texts(void **state)
{
    Arena *a = *state;
    const Vocab *v = small_vocab(a);
    const struct {
        const char *text;
        size_t max, count;
        int32_t id[8];
        uint32_t from[9];
    } cases[] = {
        {"",                         9, 0, {0},          {0}            },
        {"a",                        9, 1, {7},          {0, 1}         },
        {"ab",                       9, 1, {13},         {0, 2}         }, /* -5.5 beats -6.25 */
        {"abc",                      9, 2, {6, 11},      {0, 0, 3}      }, /* -10 beats -25.5 */
        {"b",                        9, 2, {6, 15},      {0, 0, 1}      }, /* the later of two equal pieces */
        {"zz z",                     9, 4, {6, 0, 6, 0}, {0, 0, 2, 3, 4}}, /* a run of unknown is one piece */
        {"a b",                      9, 3, {7, 6, 15},   {0, 1, 2, 3}   },
        {"a b",                      2, 2, {7, 6},       {0, 1, 2}      },
        {"a b",                      0, 0, {0},          {0}            },
        {"e\xcc\x81",                9, 2, {6, 14},      {0, 0, 3}      }, /* NFKC composes */
        {"\xef\xbd\x81\xef\xbd\x82", 9, 1, {13},         {0, 6}         }, /* fullwidth a b */
        {"\xc2\xa0"
         "a",               9,
         2,                                {6, 7},
         {0, 0, 3}                                                      }, /* a no-break space is a space; the first \u2581 is the one in front */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Pieces p;
        Err err = {0};
        assert_true(tokenize(v, a, str_of(cases[i].text), cases[i].max, &p, &err));
        assert_int_equal(p.count, cases[i].count);
        for (size_t k = 0; k < p.count; k++)
            assert_int_equal(p.id[k], cases[i].id[k]);
        for (size_t k = 0; k <= p.count; k++)
            assert_int_equal(p.from[k], cases[i].from[k]);
    }
}

/* The best score by plain dynamic programming over all pieces, without a trie. */
static double best_score(const Vocab *v, Str text)
{
    static const float score[] = {0,     0,  0,  0,  0,   0,     -4, -3,
                                  -2.5f, -3, -4, -6, -20, -5.5f, -5, -3.25f};
    double best[256];
    for (size_t i = 1; i <= text.len; i++)
        best[i] = -1e9;
    best[0] = 0;
    for (size_t i = 0; i < text.len; i++)
        for (int id = VOCAB_SPECIAL; id < vocab_size(v); id++) {
            Str p = vocab_piece(v, id);
            if (id == 9 || !str_starts((Str){text.ptr + i, text.len - i}, p))
                continue; /* 9 is the earlier of two equal pieces */
            if (best[i] + (double)score[id] > best[i + p.len])
                best[i + p.len] = best[i] + (double)score[id];
        }
    return best[text.len];
}

static double score_of(const Vocab *v, const Pieces *p)
{
    static const float score[] = {0,     0,  0,  0,  0,   0,     -4, -3,
                                  -2.5f, -3, -4, -6, -20, -5.5f, -5, -3.25f};
    double sum = 0;
    for (size_t i = 0; i < p->count; i++)
        sum += (double)score[p->id[i]];
    assert_true(vocab_size(v) == 16);
    return sum;
}

static void segmentation_is_the_best_and_spells_the_text(void **state)
{
    Arena *a = *state;
    const Vocab *v = small_vocab(a);
    uint64_t seed = 11;
    for (int round = 0; round < 3000; round++) {
        ArenaMark mark = arena_mark(a);
        char text[32], spelled[256];
        size_t n = 1 + random_u64(&seed) % 24, at = 0, want = 0;
        char expect[256];
        memcpy(expect, "\u2581", 3);
        want = 3;
        for (size_t i = 0; i < n; i++) {
            text[i] = "abc "[random_u64(&seed) % 4];
            Str put = text[i] == ' ' ? STR("\u2581") : (Str){&text[i], 1};
            memcpy(expect + want, put.ptr, put.len);
            want += put.len;
        }
        Pieces p;
        Err err = {0};
        assert_true(tokenize(v, a, (Str){text, n}, 100, &p, &err));
        for (size_t i = 0; i < p.count; i++) {
            Str piece = vocab_piece(v, p.id[i]);
            memcpy(spelled + at, piece.ptr, piece.len);
            at += piece.len;
        }
        assert_true(str_eq((Str){spelled, at}, (Str){expect, want}));
        assert_true(score_of(v, &p) == best_score(v, (Str){expect, want}));
        /* what is asked for less is a prefix */
        Pieces head;
        size_t few = random_u64(&seed) % (p.count + 1);
        assert_true(tokenize(v, a, (Str){text, n}, few, &head, &err));
        assert_int_equal(head.count, few);
        assert_memory_equal(head.id, p.id, few * sizeof *p.id);
        assert_memory_equal(head.from, p.from, (few + (few > 0)) * sizeof *p.from);
        arena_rewind(a, mark);
    }
}

static void a_megabyte_of_one_letter_is_segmented(void **state)
{
    Arena *a = *state;
    const Vocab *v = small_vocab(a);
    size_t n = 1 << 20;
    char *text = arena_array(a, char, n);
    memset(text, 'a', n);
    Pieces p;
    Err err = {0};
    assert_true(tokenize(v, a, (Str){text, n}, n, &p, &err));
    assert_int_equal(p.count, n);
    assert_int_equal(p.id[0], 7);
    assert_int_equal(p.id[n - 1], 8);
    assert_true(tokenize(v, a, (Str){text, n}, 128, &p, &err));
    assert_int_equal(p.count, 128);
}

static void a_small_arena_gives_an_error(void **state)
{
    Arena *a = *state;
    const Vocab *v = small_vocab(a);
    size_t n = 600000;
    char *text = arena_array(a, char, n);
    memset(text, 'a', n);
    Pieces p = {.count = 77};
    Err err = {0};
    assert_false(tokenize(v, a, (Str){text, n}, n, &p, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(p.count, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(golden_texts_give_the_reference_pieces, with_big_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(pieces_of_small_texts, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(segmentation_is_the_best_and_spells_the_text,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_megabyte_of_one_letter_is_segmented, with_big_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(a_small_arena_gives_an_error, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("text/tokenizer", tests, NULL, NULL);
}
