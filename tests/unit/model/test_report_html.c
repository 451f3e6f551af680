#include "test.h"

#include "base/file.h"
#include "model/report.h"

#include <math.h>

enum { N = 200, PAGE_MAX = 8 << 20 };

/* Names and texts that would break a page which took them as they are. */
static const char *const hostile[] = {
    "</td></table><script>x()</script>",
    "\" onmouseover=\"x()",
    "' onfocus='x()",
    "</bdi></details><img src=x onerror=x()>",
    "<!-- ",
    "&lt;b&gt; ]]>",
    "</title></style>",
    "\xe2\x80\xae reversed",
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

typedef struct World {
    Arena *arena;
    const Policy *policy;
    Rows rows;
    Judged judged[N], other[N];
    Evaluation evaluation;
    Comparison comparison;
} World;

static void fill(World *w)
{
    uint64_t seed = 9;
    for (int i = 0; i < N; i++) {
        Row *r = &w->rows.row[i];
        r->text = str_of(hostile[random_u64(&seed) % HOSTILE]);
        r->source = str_of(hostile[random_u64(&seed) % HOSTILE]);
        r->language = str_of(hostile[random_u64(&seed) % HOSTILE]);
        labels_unknown(&r->labels);
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            if (random_u64(&seed) % 3)
                r->labels.category[c] = (float)(random_u64(&seed) % 4 == 0);
            w->judged[i].score[c] = (double)(random_u64(&seed) % 1000) / 1000;
            w->other[i].score[c] = (double)(random_u64(&seed) % 1000) / 1000;
        }
    }
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)512 << 20);
    World *w = arena_new(a, World);
    Str text;
    Err err = {0};
    w->arena = a;
    if (!file_load(a, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err) ||
        !policy_parse(a, text, "policy", &w->policy, &err))
        return -1;
    w->rows = (Rows){arena_array(a, Row, N), N};
    fill(w);
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->arena);
    return 0;
}

static char *page(World *w, size_t mistakes, bool against)
{
    EvaluateInput in = {.rows = &w->rows,
                        .judged = w->judged,
                        .policy = w->policy,
                        .seed = 1,
                        .shapes = true,
                        .mistakes = mistakes};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        in.threshold[c] = .7;
    EvaluateInput other = in;
    other.judged = w->other;
    w->comparison = (Comparison){.release = str_of(hostile[0]), .digest = str_of(hostile[1])};
    ReportSubject s = {.release = str_of(hostile[0]),
                       .digest = str_of(hostile[1]),
                       .data = str_of(hostile[3]),
                       .date = str_of(hostile[4]),
                       .policy = str_of(hostile[6]),
                       .rows = &w->rows,
                       .against = against ? &w->comparison : NULL};
    evaluate(w->arena, &in, &w->evaluation);
    if (against)
        compare(w->arena, &in, &other, 1, &w->comparison);
    Buf b;
    Err err = {0};
    buf_init(&b, PAGE_MAX);
    report_html(&w->evaluation, &s, &b);
    assert_true(buf_ok(&b, &err));
    char *out = str_z(w->arena, buf_str(&b));
    buf_done(&b);
    return out;
}

static bool is_void(Str tag)
{
    static const char *const names[] = {"meta", "br", "link", "img", "input", "hr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(tag, str_of(names[i])))
            return true;
    return false;
}

/* Every tag is closed by its own, in order, and no attribute's value is unquoted. */
static void assert_balanced(const char *p)
{
    Str open[64];
    size_t depth = 0;
    while ((p = strchr(p, '<'))) {
        const char *end = strchr(p, '>');
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        assert_non_null(end);
        Str tag = {name, strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789")};
        size_t quotes = 0;
        for (const char *q = p; q < end; q++)
            quotes += *q == '"';
        assert_int_equal(quotes % 2, 0);
        if (p[1] == '!' || end[-1] == '/' || is_void(tag)) {
        } else if (closing) {
            if (depth == 0 || !str_eq(open[depth - 1], tag))
                fail_msg("unexpected </" STR_FMT ">: %.60s", STR_ARG(tag), p);
            depth--;
        } else {
            assert_true(depth < 64);
            open[depth++] = tag;
        }
        p = end;
    }
    assert_int_equal(depth, 0);
}

static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static void no_name_and_no_text_breaks_out_of_the_page(void **state)
{
    World *w = *state;
    char *html = page(w, 5, true);
    assert_balanced(html);
    static const char *const never[] = {"<script",      "<img",    "<!--",    "onmouseover=\"",
                                        "http://",      "https:",  "<iframe", "javascript:",
                                        "\xe2\x80\xae", "@import", "url("};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strstr(html, never[i]))
            fail_msg("the page holds %s", never[i]);
    assert_non_null(strstr(html, "&lt;img src=x onerror=x()&gt;")); /* said, not done */
}

static void charts_say_in_words_what_they_show(void **state)
{
    char *html = page(*state, 0, false);
    size_t charts = occurrences(html, "<svg viewBox=\"0 0 320 250\" role=\"img\"");
    assert_int_equal(charts, 3 * CATEGORY_COUNT);
    assert_int_equal(occurrences(html, "<title id="), charts);
    assert_int_equal(occurrences(html, "<desc id="), charts);
    assert_int_equal(occurrences(html, "<figure>"), charts);
    assert_int_equal(occurrences(html, "<th>"), 0); /* each has its scope */
    assert_int_equal(occurrences(html, "nan"), 0);
    assert_int_equal(occurrences(html, "inf\""), 0);
}

static void texts_are_there_only_when_asked_for(void **state)
{
    World *w = *state;
    char *with = page(w, 4, false);
    assert_int_equal(occurrences(with, "<div class=\"mistake\">"), 4 * CATEGORY_COUNT);
    assert_non_null(strstr(with, "<details><summary>hate: show 4 rows"));
    char *without = page(w, 0, false);
    assert_int_equal(occurrences(without, "class=\"mistake\""), 0);
    assert_null(strstr(without, "Worst mistakes"));
}

static void the_worst_mistakes_come_first(void **state)
{
    World *w = *state;
    page(w, N, false);
    const Mistakes *m = &w->evaluation.mistakes[CATEGORY_HATE];
    assert_true(m->count > 20);
    double before = INFINITY;
    for (size_t i = 0; i < m->count; i++) {
        double p = m->worst[i].label >= .5 ? m->worst[i].score : 1 - m->worst[i].score;
        double loss = -log(p);
        assert_true(loss <= before);
        before = loss;
        assert_true(w->judged[m->worst[i].row].score[CATEGORY_HATE] == m->worst[i].score);
    }
    assert_int_equal(m->count, w->evaluation.category[CATEGORY_HATE].known);
}

static void small_slices_say_that_they_are_small(void **state)
{
    World *w = *state;
    for (int i = 0; i < N; i++)
        w->rows.row[i].source = i < 5 ? STR("tiny") : STR("large");
    char *html = page(w, 0, false);
    char *tiny = strstr(html, ">tiny</th>");
    assert_non_null(tiny);
    *strstr(tiny, "</tr>") = 0;
    assert_non_null(strstr(tiny, "too few"));
    assert_null(strstr(tiny, " to "));
}

static void no_rows_make_a_page_too(void **state)
{
    World *w = *state;
    w->rows.count = 0;
    char *html = page(w, 3, false);
    assert_balanced(html);
    assert_non_null(strstr(html, "nothing to draw"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(no_name_and_no_text_breaks_out_of_the_page), T(charts_say_in_words_what_they_show),
        T(texts_are_there_only_when_asked_for),        T(the_worst_mistakes_come_first),
        T(small_slices_say_that_they_are_small),       T(no_rows_make_a_page_too),
    };
    return cmocka_run_group_tests_name("model/report_html", tests, NULL, NULL);
}
