#include "test.h"

#include "model/slices.h"

enum { N = 6 };

static EvaluateInput rows(Arena *a)
{
    static const struct {
        const char *text, *source, *language;
    } row[N] = {
        {"short",                                                       "b", "de"},
        {"a Muslim and a Jew",                                          "a", ""  },
        {"w h a t e v e r it is",                                       "b", "en"},
        {"forty-nine bytes are under fifty, this is  so few",           "b", "en"},
        {"",                                                            "a", "en"},
        {"a jew at the end of a line that is sixty bytes long or more", "c", ""  },
    };
    Rows *r = arena_new(a, Rows);
    *r = (Rows){arena_array(a, Row, N), N};
    for (int i = 0; i < N; i++) {
        r->row[i].text = str_of(row[i].text);
        r->row[i].source = str_of(row[i].source);
        r->row[i].language = str_of(row[i].language);
    }
    return (EvaluateInput){.rows = r};
}

/* "name:0,2 name:1" */
static const char *parts(Arena *a, const EvaluateInput *in, SliceKind kind)
{
    Parts p;
    Buf b;
    slices_find(a, in, kind, &p);
    buf_init(&b, 4096);
    for (size_t i = 0; i < p.count; i++) {
        buf_print(&b, "%s" STR_FMT ":", i ? " " : "", STR_ARG(p.part[i].name));
        for (size_t k = 0; k < p.part[i].count; k++)
            buf_print(&b, "%s%u", k ? "," : "", p.part[i].row[k]);
    }
    const char *out = str_z(a, buf_str(&b));
    buf_done(&b);
    return out;
}

static void each_kind_puts_every_row_where_it_belongs(void **state)
{
    EvaluateInput in = rows(*state);
    assert_string_equal(parts(*state, &in, SLICE_SOURCE), "a:1,4 b:0,2,3 c:5");
    assert_string_equal(parts(*state, &in, SLICE_LANGUAGE), "de:0 en:2,3,4 unknown:1,5");
    assert_string_equal(parts(*state, &in, SLICE_LENGTH),
                        "under 50 bytes:0,1,2,3,4 50 to 199 bytes:5");
    assert_string_equal(parts(*state, &in, SLICE_OBFUSCATION),
                        "obfuscated:2 plain text:0,1,3,4,5");
}

static void lengths_come_from_the_shortest_up(void **state)
{
    EvaluateInput in = rows(*state);
    static const size_t lengths[N] = {3200, 3199, 799, 50, 199, 10000};
    for (int i = 0; i < N; i++) {
        char *text = arena_array(*state, char, lengths[i]);
        memset(text, 'x', lengths[i]);
        in.rows->row[i].text = (Str){text, lengths[i]};
    }
    assert_string_equal(
        parts(*state, &in, SLICE_LENGTH),
        "50 to 199 bytes:3,4 200 to 799 bytes:2 800 to 3199:1 3200 and more:0,5");
}

static void a_row_may_mention_several_groups_or_none(void **state)
{
    EvaluateInput in = rows(*state);
    assert_string_equal(parts(*state, &in, SLICE_IDENTITY), "");
    Mention m[2] = {{.name = STR("muslim")}, {.name = STR("jewish")}};
    Err err = {0};
    assert_true(terms_parse(*state, STR("muslim*\n"), "m", &m[0].terms, &err));
    assert_true(terms_parse(*state, STR("jew|jews|jewish\n"), "j", &m[1].terms, &err));
    in.mention = m;
    in.mentions = 2;
    assert_string_equal(parts(*state, &in, SLICE_IDENTITY),
                        "muslim:1 jewish:1,5 none of these:0,2,3,4");
}

static void no_rows_have_no_parts_but_of_groups(void **state)
{
    EvaluateInput in = rows(*state);
    ((Rows *)in.rows)->count = 0;
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        assert_string_equal(parts(*state, &in, (SliceKind)k), "");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(each_kind_puts_every_row_where_it_belongs),
        T(lengths_come_from_the_shortest_up),
        T(a_row_may_mention_several_groups_or_none),
        T(no_rows_have_no_parts_but_of_groups),
    };
    return cmocka_run_group_tests_name("model/slices", tests, NULL, NULL);
}
