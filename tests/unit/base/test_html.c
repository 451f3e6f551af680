#include "test.h"

#include "base/html.h"

#include <math.h>

static Str written(Arena *a, Str s)
{
    Buf b;
    buf_init(&b, 1 << 20);
    HtmlWriter w = html_writer(&b);
    html_text(&w, s);
    Str out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return out;
}

static void text_is_escaped_for_content_and_for_attributes(void **state)
{
#define BAD "\xef\xbf\xbd"
    /* clang-format off */
    static const struct {
        Str text;
        const char *html;
    } cases[] = {
        {{NULL, 0}, ""},
        {STR(""), ""},
        {STR("plain text, 1 + 1 = 2"), "plain text, 1 + 1 = 2"},
        {STR("<script>alert('x')</script>"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {STR("\" onload=\"x"), "&quot; onload=&quot;x"},
        {STR("a & b &amp; c"), "a &amp; b &amp;amp; c"},
        {STR("line\nand\ttab"), "line\nand\ttab"},
        {STR("nul \0 bell \a del \x7f"), "nul " BAD " bell " BAD " del " BAD},
        {STR("caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80"},
        {STR("\xe2\x80\xae" "drow \xe2\x81\xa6"), BAD "drow " BAD},
        {STR("cut \xe4\xb8"), "cut " BAD BAD},
        {STR("\xc0\xbcscript>"), BAD BAD "script&gt;"},
        {STR("\xed\xa0\x80 surrogate"), BAD BAD BAD " surrogate"},
        {STR("\xf4\x90\x80\x80"), BAD BAD BAD BAD},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!str_eq(written(*state, cases[i].text), str_of(cases[i].html)))
            fail_msg("case %zu: " STR_FMT, i, STR_ARG(written(*state, cases[i].text)));
}

static void no_bytes_leave_a_sign_that_means_something(void **state)
{
    static const char *const parts[] = {"<",    ">",   "\"", "'",        "&",
                                        "&lt;", "]]>", "--", "\xe2",     "\x80",
                                        "\xae", "a",   "\n", "\xf0\x9f", "\0x"};
    uint64_t seed = 21;
    for (int round = 0; round < 3000; round++) {
        Buf b;
        buf_init(&b, 4096);
        for (uint64_t n = random_u64(&seed) % 30; n > 0; n--) {
            uint64_t k = random_u64(&seed) % 20;
            if (k < sizeof parts / sizeof *parts)
                buf_put(&b, str_of(parts[k]));
            else
                buf_byte(&b, (char)random_u64(&seed));
        }
        ArenaMark mark = arena_mark(*state);
        Str out = written(*state, buf_str(&b));
        for (size_t i = 0; i < out.len; i++)
            if (strchr("<>\"'", out.ptr[i]) && out.ptr[i])
                fail_msg("round %d: a bare %c", round, out.ptr[i]);
        /* What is well-formed already is not changed a second time but for its ampersands. */
        Str again = written(*state, out);
        size_t signs = 0;
        for (size_t i = 0; i < out.len; i++)
            signs += out.ptr[i] == '&';
        assert_int_equal(again.len, out.len + signs * 4);
        arena_rewind(*state, mark);
        buf_done(&b);
    }
}

static void numbers_are_plain_or_a_dash(void **state)
{
    (void)state;
    Buf b;
    buf_init(&b, 100);
    HtmlWriter w = html_writer(&b);
    html_number(&w, 1.0 / 3, 2);
    html(&w, " ");
    html_number(&w, NAN, 2);
    html(&w, " ");
    html_number(&w, INFINITY, 2);
    html(&w, " ");
    html_count(&w, 42);
    assert_true(str_eq(buf_str(&b), STR("0.33 – – 42")));
    buf_done(&b);
}

static void the_head_allows_its_own_style_and_nothing_else(void **state)
{
    Buf b;
    Err err = {0};
    buf_init(&b, 4096);
    HtmlWriter w = html_writer(&b);
    html_head(&w, STR("a <b> & c"), STR("body{color:red}"));
    assert_true(buf_ok(&b, &err));
    char *page = str_z(*state, buf_str(&b));
    assert_non_null(strstr(page, "<title>a &lt;b&gt; &amp; c</title>"));
    /* printf 'body{color:red}' | openssl dgst -sha256 -binary | base64 */
    assert_non_null(strstr(page, "default-src 'none'; style-src "
                                 "'sha256-FcQqt3aNlV7AZnGV4zkQRVeCeJOxbMPnQSx258L803E=';"));
    assert_null(strstr(page, "<script"));
    buf_done(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(text_is_escaped_for_content_and_for_attributes),
        T(no_bytes_leave_a_sign_that_means_something),
        T(numbers_are_plain_or_a_dash),
        T(the_head_allows_its_own_style_and_nothing_else),
    };
    return cmocka_run_group_tests_name("base/html", tests, NULL, NULL);
}
