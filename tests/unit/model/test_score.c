#include "test.h"

#include "fixture.h"
#include "model/score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct World {
    Arena *arena;
    char path[64];
    Release *release;
} World;

/* bound 0: without a student */
static Release *build(Arena *a, const char *path, double bound)
{
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    const Kernels *k;
    if (!fixture_parts(a, 1, &p, &err))
        fail_msg("%s", err.msg);
    if (bound > 0) {
        p.student = fixture_student(a, 3);
        fixture_cascade(bound, &p.cascade);
    }
    if (!release_save(a, &p, path, &d, &err) || !kernels_find(STR("auto"), &k, &err) ||
        !release_open(path, k, &r, &err))
        fail_msg("%s", err.msg);
    return r;
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    w->arena = a;
    snprintf(w->path, sizeof w->path, "/tmp/gavel-score-XXXXXX");
    int fd = mkstemp(w->path);
    if (fd < 0)
        return -1;
    close(fd);
    w->release = build(a, w->path, 0);
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    release_close(w->release);
    unlink(w->path);
    arena_close(w->arena);
    return 0;
}

static Scores score(const World *w, const Release *r, Str text, Tier tier)
{
    Scores s;
    Err err = {0};
    ArenaMark mark = arena_mark(w->arena);
    if (!score_text(r, w->arena, text, tier, 512, &s, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(arena_mark(w->arena), mark); /* scratch is given back */
    return s;
}

static void a_taught_word_makes_its_factor_certain(void **state)
{
    World *w = *state;
    static const struct {
        const char *word;
        Factor factor;
        Category category;
    } cases[] = {
        {FIXTURE_HATE,      FACTOR_HATE,      CATEGORY_HATE     },
        {FIXTURE_SEXUAL,    FACTOR_SEXUAL,    CATEGORY_SEXUAL   },
        {FIXTURE_VIOLENCE,  FACTOR_VIOLENCE,  CATEGORY_VIOLENCE },
        {FIXTURE_SELF_HARM, FACTOR_SELF_HARM, CATEGORY_SELF_HARM},
    };
    static const Tier tiers[] = {TIER_FAST, TIER_ENCODER, TIER_CASCADE};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int t = 0; t < 3; t++) {
            Scores s = score(w, w->release, str_of(cases[i].word), tiers[t]);
            assert_true(s.factor[cases[i].factor] > .99f);
            assert_true(s.category[cases[i].category] > .99);
            assert_int_equal(s.encoder_ran, tiers[t] != TIER_FAST);
        }
        Scores other = score(w, w->release, STR("good morning"), TIER_ENCODER);
        assert_true(other.category[cases[i].category] < .1);
    }
}

static void scores_are_probabilities_whatever_the_text(void **state)
{
    World *w = *state;
    static const char *const texts[] = {"",
                                        " ",
                                        "\n\t",
                                        "a",
                                        "qzhxvj",
                                        "\xf0\x9f\x98\x80",
                                        "\xe4\xbd\xa0\xe5\xa5\xbd",
                                        "q z h x v j",
                                        "QZHXVJ!!!",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Scores s = score(w, w->release, str_of(texts[i]), TIER_CASCADE);
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(s.factor[f] >= 0 && s.factor[f] <= 1);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            assert_true(s.category[c] >= 0 && s.category[c] <= 1);
    }
}

static void nothing_to_read_is_nothing_to_say(void **state)
{
    World *w = *state;
    static const char *const texts[] = {"", "   ", "\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int tier = TIER_CASCADE; tier <= TIER_ENCODER; tier++) {
            Scores s = score(w, w->release, str_of(texts[i]), (Tier)tier);
            assert_false(s.encoder_ran);
            for (int f = 0; f < FACTOR_COUNT; f++)
                assert_true(s.factor[f] == 0);
            for (int c = 0; c < CATEGORY_COUNT; c++)
                assert_true(s.category[c] < 1e-6);
        }
    }
}

static void the_same_text_scores_the_same_to_the_bit(void **state)
{
    World *w = *state;
    Str text = STR("some words, then more words, and qzhxvj among them; then again words");
    Scores x = score(w, w->release, text, TIER_ENCODER);
    arena_new(w->arena, char); /* another place in memory */
    Scores y = score(w, w->release, text, TIER_ENCODER);
    assert_memory_equal(x.category, y.category, sizeof x.category);
    assert_memory_equal(x.factor, y.factor, sizeof x.factor);
}

static void a_sure_student_answers_alone(void **state)
{
    World *w = *state;
    char path[80];
    snprintf(path, sizeof path, "%s.sure", w->path);
    Release *r = build(w->arena, path, .2);
    Scores benign = score(w, r, STR("good morning"), TIER_CASCADE);
    Scores alone = score(w, r, STR("good morning"), TIER_STUDENT);
    assert_int_equal(benign.tier, TIER_STUDENT);
    assert_false(benign.encoder_ran);
    assert_true(isnan(benign.logit_encoder[0]));
    assert_true(!isnan(benign.logit_student[0]));
    assert_memory_equal(benign.category, alone.category, sizeof alone.category);
    assert_int_equal(score(w, r, STR("good qzhxvj"), TIER_CASCADE).tier, TIER_ENCODER);
    assert_int_equal(score(w, r, STR("good qzhxvj"), TIER_STUDENT).tier, TIER_STUDENT);
    assert_int_equal(score(w, r, STR("good morning"), TIER_ENCODER).tier, TIER_ENCODER);
    assert_int_equal(score(w, r, STR("good morning"), TIER_FAST).tier, TIER_FAST);
    assert_int_equal(score(w, r, STR(" "), TIER_CASCADE).tier, TIER_FAST);
    release_close(r);
    unlink(path);
}

static void without_bounds_the_encoder_is_asked(void **state)
{
    World *w = *state;
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    char path[80];
    snprintf(path, sizeof path, "%s.unfitted", w->path);
    assert_true(fixture_parts(w->arena, 1, &p, &err));
    p.student = fixture_student(w->arena, 3);
    assert_true(release_save(w->arena, &p, path, &d, &err));
    assert_true(release_open(path, release_kernels(w->release), &r, &err));
    Scores here = score(w, r, STR("good morning"), TIER_CASCADE);
    Scores there = score(w, w->release, STR("good morning"), TIER_CASCADE);
    assert_int_equal(here.tier, TIER_ENCODER);
    assert_memory_equal(here.category, there.category, sizeof here.category);
    assert_int_equal(score(w, r, STR("good morning"), TIER_STUDENT).tier, TIER_STUDENT);
    assert_int_equal(score(w, w->release, STR("good morning"), TIER_STUDENT).tier, TIER_FAST);
    release_close(r);
    unlink(path);
}

/* The taught word is seen through its disguise, and the bounds of disguised texts are those
 * that count. */
static void a_disguise_has_bounds_of_its_own(void **state)
{
    World *w = *state;
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    char path[80];
    snprintf(path, sizeof path, "%s.disguised", w->path);
    assert_true(fixture_parts(w->arena, 1, &p, &err));
    p.student = fixture_student(w->arena, 3);
    fixture_cascade(.2, &p.cascade);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        p.cascade.group[CASCADE_DISGUISED].bound[c] = 0;
    assert_true(release_save(w->arena, &p, path, &d, &err));
    assert_true(release_open(path, release_kernels(w->release), &r, &err));
    Scores s = score(w, r, STR("have a g\xe2\x80\x8bood morning"), TIER_CASCADE);
    assert_true(s.disguised);
    assert_int_equal(s.tier, TIER_ENCODER);
    s = score(w, r, STR("have a good morning"), TIER_CASCADE);
    assert_false(s.disguised);
    assert_int_equal(s.tier, TIER_STUDENT);
    release_close(r);
    unlink(path);
}

static void the_encoder_leaves_other_languages_to_the_fast_tier(void **state)
{
    World *w = *state;
    static const char *const foreign[] = {
        "Das ist nicht gut und ich habe " FIXTURE_HATE " noch nie gesehen",
        "\xec\x95\x88\xeb\x85\x95\xed\x95\x98\xec\x84\xb8\xec\x9a\x94 " FIXTURE_HATE,
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        Scores s = score(w, w->release, str_of(foreign[i]), TIER_ENCODER);
        assert_true(s.language == (i ? LANGUAGE_KO : LANGUAGE_DE));
        assert_false(s.encoder_ran);
        assert_true(isnan(s.logit_encoder[FACTOR_HATE]));
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_float_equal(s.factor[f], (float)(1 / (1 + exp(-(double)s.logit_fast[f]))),
                               1e-6);
    }
    Scores s = score(w, w->release, STR("this is not good and I have seen " FIXTURE_HATE),
                     TIER_ENCODER);
    assert_true(s.encoder_ran && s.language == LANGUAGE_EN);
    s = score(w, w->release, STR(FIXTURE_HATE), TIER_ENCODER); /* too short to say */
    assert_true(s.encoder_ran && s.language == LANGUAGE_UNKNOWN);
}

static void a_disguise_never_lowers_a_score(void **state)
{
    World *w = *state;
    Str hidden = STR("q\xe2\x80\x8bz\xe2\x80\x8bh\xe2\x80\x8bx\xe2\x80\x8bv\xe2\x80\x8bj");
    Scores s = score(w, w->release, hidden, TIER_ENCODER);
    assert_true(s.disguised);
    assert_true(s.category[CATEGORY_HATE] > .5);
}

static void a_text_over_the_limit_of_pieces_says_it_was_cut(void **state)
{
    World *w = *state;
    Scores s;
    Err err = {0};
    Str text = STR("one two three four five six seven");
    assert_true(score_text(w->release, w->arena, text, TIER_ENCODER, 5, &s, &err));
    assert_true(s.capped);
    assert_int_equal(s.pieces_read, 5);
    assert_true(score_text(w->release, w->arena, text, TIER_ENCODER, 500, &s, &err));
    assert_false(s.capped);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(a_taught_word_makes_its_factor_certain),
        T(scores_are_probabilities_whatever_the_text),
        T(nothing_to_read_is_nothing_to_say),
        T(the_same_text_scores_the_same_to_the_bit),
        T(a_sure_student_answers_alone),
        T(without_bounds_the_encoder_is_asked),
        T(a_disguise_has_bounds_of_its_own),
        T(the_encoder_leaves_other_languages_to_the_fast_tier),
        T(a_disguise_never_lowers_a_score),
        T(a_text_over_the_limit_of_pieces_says_it_was_cut),
    };
    return cmocka_run_group_tests_name("model/score", tests, NULL, NULL);
}
