#include "text/regex.h"

#include "test.h"

enum { PLENTY = 1 << 24 };

typedef struct Two {
    Arena *kept, *scratch;
} Two;

static int with_two(void **state)
{
    static Two two;
    two = (Two){arena_open(64 << 20), arena_open(64 << 20)};
    *state = &two;
    return 0;
}

static int without_two(void **state)
{
    Two *two = *state;
    arena_close(two->kept);
    arena_close(two->scratch);
    return 0;
}

static const Regex *compiled(Two *two, Str pattern)
{
    const Regex *r = NULL;
    Err err = {0};
    if (!regex_compile(two->kept, two->scratch, pattern, &r, &err))
        fail_msg(STR_FMT ": %s", STR_ARG(pattern), err.msg);
    return r;
}

static void the_leftmost_longest_match_is_found(void **state)
{
    static const struct {
        Str pattern, text;
        int start, end; /* -1: none */
    } rows[] = {
        {STR("abc"),                 STR("xxABCx"),              2,  5 },
        {STR("a.c"),                 STR("a\nc abc"),            4,  7 },
        {STR("a|ab|abc"),            STR("zabcd"),               1,  4 },
        {STR("(a|ab)(c|bcd)"),       STR("abcd"),                0,  4 },
        {STR("x*y"),                 STR("axxxyy"),              1,  5 },
        {STR("[a-c]+"),              STR("..CAb!"),              2,  5 },
        {STR("[^a-c]+"),             STR("abXYc"),               2,  4 },
        {STR("a{3}"),                STR("aaaa"),                0,  3 },
        {STR("a{2,3}"),              STR("aaaa"),                0,  3 },
        {STR("a{2,}"),               STR("baaaa"),               1,  5 },
        {STR("a{0,2}b"),             STR("aaab"),                1,  4 },
        {STR("(ab){2}"),             STR("ababab"),              0,  4 },
        {STR("colou?r"),             STR("a color"),             2,  7 },
        {STR("^ab"),                 STR("xab"),                 -1, 0 },
        {STR("ab$"),                 STR("abab"),                2,  4 },
        {STR("\\bcat\\b"),           STR("concat cat"),          7,  10},
        {STR("\\Bcat"),              STR("cat concat"),          7,  10},
        {STR("\\d{3}-\\d{4}"),       STR("call 555-1234 now"),   5,  13},
        {STR("\\s\\w+\\S"),          STR("a bc! d"),             1,  5 },
        {STR("[\\d,]+"),             STR("x1,2"),                1,  4 },
        {STR("[\\w-]+@"),            STR("hi a-b@c"),            3,  7 },
        {STR("a\\.b"),               STR("axb a.b"),             4,  7 },
        {STR("\\x{263a}"),           STR("a\xe2\x98\xba"),       1,  4 },
        {STR("\xc3\x84pfel"),        STR("\xc3\xa4PFEL"),        0,  6 },
        {STR("[\xc3\xa0-\xc3\xbf]"), STR("x\xc3\x89"),           1,  3 },
        {STR("."),                   STR("\xf0\x9f\x98\x80"),    0,  4 },
        {STR("(?:no )+never"),       STR("no no never"),         0,  11},
        {STR("a(|b)c"),              STR("ac"),                  0,  2 },
        {STR("kill (him|her)"),      STR("Kill\nher, kill her"), 10, 18},
        {STR("abc"),                 STR(""),                    -1, 0 },
        {STR("[-a]"),                STR("-"),                   0,  1 },
        {STR("[a\\]]"),              STR("]"),                   0,  1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Regex *r = compiled(*state, rows[i].pattern);
        uint64_t budget = PLENTY;
        size_t start = 0, end = 0;
        bool found =
            regex_find(r, ((Two *)*state)->scratch, rows[i].text, 0, &budget, &start, &end);
        if (found != (rows[i].start >= 0) ||
            (found && ((int)start != rows[i].start || (int)end != rows[i].end)))
            fail_msg(STR_FMT ": %d, %zu to %zu", STR_ARG(rows[i].pattern), found, start, end);
    }
}

static void a_search_goes_on_where_it_is_told(void **state)
{
    const Regex *r = compiled(*state, STR("a+"));
    uint64_t budget = PLENTY;
    size_t start, end;
    assert_true(
        regex_find(r, ((Two *)*state)->scratch, STR("aab a"), 2, &budget, &start, &end));
    assert_int_equal(start, 4);
    assert_int_equal(end, 5);
}

static void bad_expressions_are_refused_with_the_reason(void **state)
{
    static const struct {
        Str pattern;
        const char *why;
    } rows[] = {
        {STR(""),                                                        "empty text"          },
        {STR("a*"),                                                      "empty text"          },
        {STR("a|"),                                                      "empty text"          },
        {STR("^$"),                                                      "empty text"          },
        {STR("(a?){3}"),                                                 "empty text"          },
        {STR("(a+)+b"),                                                  "at 5: an unbounded"  },
        {STR("((ab)*c)*d"),                                              "catastrophic"        },
        {STR("(a|b+)*c"),                                                "catastrophic"        },
        {STR("(a{1000}){1000}"),                                         "too large"           },
        {STR("(((((((a{999}){999}){999}){999}){999}){999}){999}){999}"), "too large"           },
        {STR("a{1001}"),                                                 "more than 1000"      },
        {STR("a{3,2}"),                                                  "repeat of nothing"   },
        {STR("a{0}b"),                                                   "repeat of nothing"   },
        {STR("a{,2}b"),                                                  "a repeat is written" },
        {STR("a{2"),                                                     "a repeat is written" },
        {STR("a+?"),                                                     "lazy"                },
        {STR("a**"),                                                     "repeat of a repeat"  },
        {STR("*a"),                                                      "at 1: nothing"       },
        {STR("a|+"),                                                     "nothing to repeat"   },
        {STR("(ab"),                                                     "without its )"       },
        {STR("ab)"),                                                     "at 3: a ) without"   },
        {STR("[ab"),                                                     "without its ]"       },
        {STR("[]"),                                                      "empty class"         },
        {STR("[z-a]"),                                                   "ends before"         },
        {STR("(a)\\1"),                                                  "references back"     },
        {STR("(?=a)b"),                                                  "looking around"      },
        {STR("(?i)b"),                                                   "looking around"      },
        {STR("\\q"),                                                     "no meaning"          },
        {STR("[\\b]"),                                                   "no meaning"          },
        {STR("a\\"),                                                     "backslash at the end"},
        {STR("\\x41"),                                                   "is written"          },
        {STR("\\x{d800}"),                                               "no character"        },
        {STR("\\x{110000}"),                                             "no character"        },
        {STR("\\b*"),                                                    "place cannot be"     },
        {STR("a\xff"),                                                   "at 2: not UTF-8"     },
        {STR("((((((((((((((((((((((((((a))))))))))))))))))))))))))"),   "nested deeper"       },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Two *two = *state;
        const Regex *r = NULL;
        Err err = {0};
        assert_false(regex_compile(two->kept, two->scratch, rows[i].pattern, &r, &err));
        assert_null(r);
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.msg, rows[i].why))
            fail_msg(STR_FMT ": %s", STR_ARG(rows[i].pattern), err.msg);
    }
}

static void what_is_needed_is_in_every_match(void **state)
{
    static const struct {
        Str pattern;
        const char *needs; /* joined by | */
    } rows[] = {
        {STR("kill (him|her)"),           "kill "                   },
        {STR("(kill|shoot) \\w+"),        "kill|shoot"              },
        {STR("(kill|shoot)?abcd"),        "abcd"                    },
        {STR("a.b.c"),                    ""                        },
        {STR("ab|cdef"),                  ""                        },
        {STR("(Free)+ money"),            " money"                  },
        {STR("x(abc){2,3}"),              "abc"                     },
        {STR("a{5}"),                     ""                        },
        {STR("\xc3\xa9tudier"),           "tudier"                  },
        {STR("\xe6\x83\xb3\xe6\xad\xbb"), "\xe6\x83\xb3\xe6\xad\xbb"},
        {STR("[abc]def[ghi]"),            "def"                     },
        {STR("ab(c|d)efg"),               "efg"                     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Two *two = *state;
        const Regex *r = compiled(two, rows[i].pattern);
        size_t count;
        const Str *need = regex_needs(r, &count);
        Str all = STR("");
        for (size_t k = 0; k < count; k++)
            all = str_print(two->kept, STR_FMT "%s" STR_FMT, STR_ARG(all), k ? "|" : "",
                            STR_ARG(need[k]));
        if (!str_eq(all, str_of(rows[i].needs)))
            fail_msg(STR_FMT " needs '" STR_FMT "'", STR_ARG(rows[i].pattern), STR_ARG(all));
    }
}

/* What backtracking engines die of. */
static void no_text_makes_a_small_expression_slow(void **state)
{
    Two *two = *state;
    const Regex *r = compiled(two, STR("(a?){30}a{30}b"));
    char *text = arena_array(two->kept, char, 100000);
    memset(text, 'a', 100000);
    uint64_t most = 100000 * 4 * regex_states(r), budget = most;
    size_t start, end;
    assert_false(regex_find(r, two->scratch, (Str){text, 100000}, 0, &budget, &start, &end));
    assert_true(budget > 0);
    budget = 1000;
    assert_false(regex_find(r, two->scratch, (Str){text, 100000}, 0, &budget, &start, &end));
    assert_int_equal(budget, 0);
}

/* ---- against a matcher that is too simple to be wrong --------------------------------- */

/* Random expressions over a, b and the dot, together with their meaning: the ends of matches
 * that begin at a place, as bits. */
typedef struct Made {
    char text[400];
    size_t len;
    uint64_t *seed;
} Made;

static void make(Made *m, int depth)
{
    int pick = (int)(random_u64(m->seed) % (depth > 2 ? 3 : 7));
    char *p = m->text + m->len;
    if (pick < 3) {
        *p = "ab."[pick];
        m->len++;
        return;
    }
    if (pick == 3 || pick == 4) { /* a sequence, a choice */
        memcpy(p, "(?:", 3);
        m->len += 3;
        make(m, depth + 1);
        if (pick == 4)
            m->text[m->len++] = '|';
        make(m, depth + 1);
        m->text[m->len++] = ')';
        return;
    }
    memcpy(p, "(?:", 3);
    m->len += 3;
    make(m, depth + 1);
    memcpy(m->text + m->len, pick == 5 ? "){0,2}" : "){1,3}", 6);
    m->len += 6;
}

/* Ends (bits) of pattern[*at ...] up to the end of its choice, from the begins in `from`. */
static uint64_t ends_choice(Str pattern, size_t *at, Str text, uint64_t from);

static uint64_t ends_atom(Str pattern, size_t *at, Str text, uint64_t from)
{
    if (pattern.ptr[*at] == '(') {
        size_t begin = *at + 3, end;
        *at = begin;
        uint64_t once = ends_choice(pattern, at, text, from);
        end = ++*at;
        if (end >= pattern.len || pattern.ptr[end] != '{')
            return once;
        int least = pattern.ptr[end + 1] - '0', most = pattern.ptr[end + 3] - '0';
        uint64_t sum = least == 0 ? from | once : once, step = once;
        for (int i = 1; i < most; i++) {
            size_t again = begin;
            step = ends_choice(pattern, &again, text, step);
            sum |= step;
        }
        *at = end + 5;
        return sum;
    }
    char c = pattern.ptr[(*at)++];
    uint64_t out = 0;
    for (size_t i = 0; i < text.len; i++)
        if ((from >> i & 1) && (c == '.' || text.ptr[i] == c))
            out |= (uint64_t)1 << (i + 1);
    return out;
}

static uint64_t ends_choice(Str pattern, size_t *at, Str text, uint64_t from)
{
    uint64_t sum = 0, now = from;
    for (; *at < pattern.len && pattern.ptr[*at] != ')';) {
        if (pattern.ptr[*at] == '|') {
            ++*at;
            sum |= now;
            now = from;
            continue;
        }
        now = ends_atom(pattern, at, text, now);
    }
    return sum | now;
}

static void it_finds_what_a_simple_matcher_finds(void **state)
{
    Two *two = *state;
    uint64_t seed = 11;
    int compared = 0;
    for (int round = 0; round < 4000; round++) {
        ArenaMark mark = arena_mark(two->kept);
        Made m = {.seed = &seed};
        make(&m, 0);
        Str pattern = {m.text, m.len};
        char bytes[24];
        Str text = {bytes, random_u64(&seed) % sizeof bytes};
        for (size_t i = 0; i < text.len; i++)
            bytes[i] = "abc"[random_u64(&seed) % 3];
        const Regex *r;
        Err err = {0};
        if (regex_compile(two->kept, two->scratch, pattern, &r, &err)) {
            compared++;
            size_t start = 0, end = 0, at;
            uint64_t budget = PLENTY, ends = 0;
            bool found = regex_find(r, two->scratch, text, 0, &budget, &start, &end);
            size_t want = 0;
            for (; want < text.len && !ends; want++) {
                at = 0;
                ends = ends_choice(pattern, &at, text, (uint64_t)1 << want);
            }
            assert_int_equal(found, ends != 0);
            if (found) {
                assert_int_equal(start, want - 1);
                assert_int_equal(end, 63 - __builtin_clzll(ends));
            }
        } else if (!strstr(err.msg, "empty text")) {
            fail_msg(STR_FMT ": %s", STR_ARG(pattern), err.msg);
        }
        arena_rewind(two->kept, mark);
    }
    assert_true(compared > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_leftmost_longest_match_is_found, with_two,
                                        without_two),
        cmocka_unit_test_setup_teardown(a_search_goes_on_where_it_is_told, with_two,
                                        without_two),
        cmocka_unit_test_setup_teardown(bad_expressions_are_refused_with_the_reason, with_two,
                                        without_two),
        cmocka_unit_test_setup_teardown(what_is_needed_is_in_every_match, with_two,
                                        without_two),
        cmocka_unit_test_setup_teardown(no_text_makes_a_small_expression_slow, with_two,
                                        without_two),
        cmocka_unit_test_setup_teardown(it_finds_what_a_simple_matcher_finds, with_two,
                                        without_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
