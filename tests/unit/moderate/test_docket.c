#include "test.h"

#include "../model/fixture.h"
#include "moderate/docket.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const Limits limits = {.max_text_bytes = 4096, .max_pieces = 256};

typedef struct World {
    Arena *arena, *scratch;
    Release *release;
} World;

static Release *open_with(World *w, const char *kernels)
{
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    const Kernels *k;
    char path[] = "/tmp/gavel-docket-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (!fixture_parts(w->arena, 1, &p, &err))
        fail_msg("%s", err.msg);
    p.windows = (Windows){.pieces = 4, .stride = 3}; /* many windows of few pieces */
    if (!release_save(w->arena, &p, path, &d, &err) ||
        !kernels_find(str_of(kernels), &k, &err) || !release_open(path, k, &r, &err))
        fail_msg("%s", err.msg);
    unlink(path);
    return r;
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    w->arena = a;
    w->scratch = arena_open((size_t)256 << 20);
    w->release = open_with(w, "auto");
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    release_close(w->release);
    arena_close(w->scratch);
    arena_close(w->arena);
    return 0;
}

static Docket *docket(const World *w, size_t step_pieces)
{
    DocketLimits l = {limits, step_pieces, 16};
    return docket_new(w->arena, w->release, &l);
}

static Case *open_inputs(World *w, Docket *d, const Input *in, size_t count)
{
    Case *c;
    Err err = {0};
    ArenaMark mark = arena_mark(w->scratch);
    if (!docket_open(d, w->arena, w->scratch, in, count, &c, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(arena_mark(w->scratch), mark); /* scratch is given back */
    return c;
}

static Case *open_text(World *w, Docket *d, const char *text)
{
    Str s = str_of(text);
    return open_inputs(w, d, &(Input){.text = &s, .count = 1}, 1);
}

/* One step; true: there was something to do. */
static bool step(World *w, Docket *d, DocketStep *out)
{
    ArenaMark mark = arena_mark(w->scratch);
    bool more = docket_step(d, w->scratch, out);
    assert_int_equal(arena_mark(w->scratch), mark);
    return more;
}

static void expect_moderate(World *w, const Input *in, const Verdict *v, double tolerance)
{
    Verdict want;
    Err err = {0};
    assert_true(moderate(w->release, &limits, w->scratch, in, &want, &err));
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        assert_true(fabs(v->score[c] - want.score[c]) <= tolerance);
        assert_int_equal(v->category[c], want.category[c]);
        assert_int_equal(v->applies_text[c], want.applies_text[c]);
    }
    assert_int_equal(v->flagged, want.flagged);
    assert_int_equal(v->encoder_ran, want.encoder_ran);
    assert_int_equal(v->disguised, want.disguised);
    assert_int_equal(v->capped, want.capped);
    assert_int_equal(v->language, want.language);
    assert_int_equal(v->language_known, want.language_known);
}

static const char *const mixed[] = {
    "hello there",
    "",
    FIXTURE_HATE,
    "a rather longer text in which there is nothing to be found but words and words",
    "q z h x v j",
    " \t ",
    "Je ne sais pas ce que tu veux dire, mais je suis content de te voir ici.",
    FIXTURE_VIOLENCE " and " FIXTURE_SEXUAL " in one",
};
enum { MIXED = sizeof mixed / sizeof *mixed };

/* Every text by itself, all in one case, and the parts of one input, open together. */
static void judge_mixed(World *w, size_t step_pieces, double tolerance)
{
    Docket *d = docket(w, step_pieces);
    Str text[MIXED];
    Input each[MIXED], parts = {.text = text, .count = MIXED};
    Case *c[MIXED + 2];
    Verdict v[MIXED];
    DocketStep s;
    for (int i = 0; i < MIXED; i++) {
        text[i] = str_of(mixed[i]);
        each[i] = (Input){.text = &text[i], .count = 1};
        c[i] = open_inputs(w, d, &each[i], 1);
    }
    c[MIXED] = open_inputs(w, d, each, MIXED);
    c[MIXED + 1] = open_inputs(w, d, &parts, 1);
    while (step(w, d, &s)) {
    }
    for (int i = MIXED - 1; i >= 0; i--) {
        docket_close(d, c[i], v);
        expect_moderate(w, &each[i], v, tolerance);
    }
    docket_close(d, c[MIXED + 1], v);
    expect_moderate(w, &parts, v, tolerance);
    docket_close(d, c[MIXED], v);
    for (int i = 0; i < MIXED; i++)
        expect_moderate(w, &each[i], &v[i], tolerance);
}

/* To the bit, but with plain products, which order their sums by the number of rows. */
static double tolerance_of(const World *w)
{
    return release_kernels(w->release)->packed ? 0 : 1e-6;
}

static void verdicts_side_by_side_are_those_of_moderate(void **state)
{
    World *w = *state;
    judge_mixed(w, 1, tolerance_of(w));
    judge_mixed(w, 20, tolerance_of(w));
    judge_mixed(w, 4096, tolerance_of(w));
}

static void with_the_reference_kernels_they_are_so_to_the_bit(void **state)
{
    World *w = *state;
    release_close(w->release);
    w->release = open_with(w, "reference");
    judge_mixed(w, 20, 0);
}

static void a_step_takes_no_more_pieces_than_it_may_and_shares_them(void **state)
{
    World *w = *state;
    Docket *d = docket(w, 8);
    DocketStep s;
    assert_false(step(w, d, &s));
    for (int i = 0; i < 3; i++)
        open_text(w, d, mixed[3]);
    assert_true(step(w, d, &s));
    assert_int_equal(s.pieces, 8);
    assert_int_equal(s.windows, 2);
    assert_int_equal(s.cases, 2);
}

static void a_short_text_overtakes_a_long_one(void **state)
{
    World *w = *state;
    Docket *d = docket(w, 4);
    Case *slow = open_text(w, d, mixed[3]);
    DocketStep s;
    assert_true(step(w, d, &s));
    assert_true(step(w, d, &s));
    Case *quick = open_text(w, d, "a"); /* one window */
    assert_false(case_is_ready(quick));
    assert_true(step(w, d, &s));
    assert_true(case_is_ready(quick));
    assert_false(case_is_ready(slow));
}

static void a_stream_of_short_texts_does_not_starve_a_long_one(void **state)
{
    World *w = *state;
    Docket *d = docket(w, 4);
    Case *slow = open_text(w, d, mixed[3]), *quick[2] = {0};
    Verdict v;
    DocketStep s;
    int steps = 0;
    while (!case_is_ready(slow)) {
        for (int i = 0; i < 2; i++)
            if (!quick[i])
                quick[i] = open_text(w, d, "hello");
        assert_true(step(w, d, &s));
        for (int i = 0; i < 2; i++)
            if (case_is_ready(quick[i])) {
                docket_close(d, quick[i], &v);
                quick[i] = NULL;
            }
        assert_true(++steps < 200); /* some 25 windows, one in four steps */
    }
    assert_true(steps > 8);
}

static void a_case_can_be_dropped_at_any_time(void **state)
{
    World *w = *state;
    Docket *d = docket(w, 8);
    Case *gone = open_text(w, d, mixed[3]), *kept = open_text(w, d, mixed[3]);
    Case *unread = open_text(w, d, mixed[0]);
    DocketStep s;
    Verdict v;
    assert_true(step(w, d, &s));
    docket_drop(d, gone);
    docket_drop(d, unread);
    while (step(w, d, &s)) {
    }
    docket_close(d, kept, &v);
    Str text = str_of(mixed[3]);
    expect_moderate(w, &(Input){.text = &text, .count = 1}, &v, tolerance_of(w));
    assert_false(step(w, d, &s));
}

static void what_moderate_refuses_is_refused_and_takes_no_place(void **state)
{
    World *w = *state;
    Docket *d = docket(w, 8);
    static char big[5000];
    memset(big, 'x', sizeof big);
    Str good = STR("good"), bad = STR("\xff"), large = {big, sizeof big};
    Input in[] = {
        {.text = &good,  .count = 1},
        {.text = &bad,   .count = 1},
        {.text = &large, .count = 1}
    };
    for (int i = 0; i < 40; i++) { /* more often than there are places */
        Case *c = NULL;
        Err err = {0};
        assert_false(docket_open(d, w->arena, w->scratch, in, 2, &c, &err));
        assert_int_equal(err.code, ERR_INPUT);
        assert_false(docket_open(d, w->arena, w->scratch, in + 2, 1, &c, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        assert_null(c);
    }
    DocketStep s;
    assert_false(step(w, d, &s));
    Case *none = open_inputs(w, d, in, 0);
    assert_true(case_is_ready(none));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(verdicts_side_by_side_are_those_of_moderate),
        T(with_the_reference_kernels_they_are_so_to_the_bit),
        T(a_step_takes_no_more_pieces_than_it_may_and_shares_them),
        T(a_short_text_overtakes_a_long_one),
        T(a_stream_of_short_texts_does_not_starve_a_long_one),
        T(a_case_can_be_dropped_at_any_time),
        T(what_moderate_refuses_is_refused_and_takes_no_place),
    };
    return cmocka_run_group_tests_name("moderate/docket", tests, NULL, NULL);
}
