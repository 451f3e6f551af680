#include "test.h"

#include "../model/fixture.h"
#include "base/file.h"
#include "base/thread.h"
#include "moderate/moderate.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const Limits limits = {.max_text_bytes = 4096, .max_pieces = 256};

typedef struct World {
    Arena *arena;
    Release *release;
} World;

static Release *build(Arena *a, const Policy *policy)
{
    ReleaseParts p;
    Release *r;
    Err err = {0};
    Digest d;
    const Kernels *k;
    char path[] = "/tmp/gavel-moderate-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (!fixture_parts(a, 1, &p, &err))
        fail_msg("%s", err.msg);
    if (policy)
        p.policy = policy;
    if (!release_save(a, &p, path, &d, &err) || !kernels_find(STR("auto"), &k, &err) ||
        !release_open(path, k, &r, &err))
        fail_msg("%s", err.msg);
    unlink(path);
    return r;
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    w->arena = a;
    w->release = build(a, NULL);
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    release_close(w->release);
    arena_close(w->arena);
    return 0;
}

static Verdict judge(const World *w, const Str *text, size_t count)
{
    Verdict v;
    Err err = {0};
    if (!moderate(w->release, &limits, w->arena, &(Input){.text = text, .count = count}, &v,
                  &err))
        fail_msg("%s", err.msg);
    return v;
}

static void a_verdict_names_the_language_and_whether_the_release_knows_it(void **state)
{
    const World *w = *state;
    static const struct {
        Str text[2];
        Language language;
        bool known;
    } cases[] = {
        {{STR("this is what they said to us"), STR("and they will be here again")},
         LANGUAGE_EN,                                                                                 true },
        {{STR("this is what they said to us"), STR("ok")},                          LANGUAGE_EN,      true },
        {{STR("das ist nicht mein Fehler"), STR("")},                               LANGUAGE_DE,      false},
        {{STR("das ist nicht mein Fehler"), STR("and they will be here again")},
         LANGUAGE_UNKNOWN,                                                                            false},
        {{STR("ok"), STR("")},                                                      LANGUAGE_UNKNOWN, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Verdict v = judge(w, cases[i].text, 2);
        assert_int_equal(v.language, cases[i].language);
        assert_int_equal(v.language_known, cases[i].known);
    }
}

static void one_text_gets_one_verdict(void **state)
{
    const World *w = *state;
    Verdict v = judge(w, &STR("hello " FIXTURE_HATE), 1);
    assert_true(v.flagged && v.category[CATEGORY_HATE] && !v.category[CATEGORY_VIOLENCE]);
    assert_int_equal(v.action, ACTION_FLAG);
    assert_true(v.score[CATEGORY_HATE] > .9 && v.factor[FACTOR_HATE] > .9f);
    assert_true(v.applies_text[CATEGORY_SEXUAL] && !v.applies_image[CATEGORY_SEXUAL]);
    v = judge(w, &STR("hello there"), 1);
    assert_false(v.flagged);
    assert_int_equal(v.action, ACTION_NONE);
}

static void parts_get_the_highest_score_of_each_category(void **state)
{
    const World *w = *state;
    const Str parts[] = {STR("hello"), STR(FIXTURE_SEXUAL), STR(FIXTURE_VIOLENCE)};
    Verdict all = judge(w, parts, 3);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        double most = 0;
        for (int i = 0; i < 3; i++) {
            double one = judge(w, &parts[i], 1).score[c];
            most = one > most ? one : most;
        }
        assert_true(all.score[c] == most);
    }
    assert_true(all.category[CATEGORY_SEXUAL] && all.category[CATEGORY_VIOLENCE]);
}

static void no_text_at_all_is_no_offence(void **state)
{
    const World *w = *state;
    Verdict v = judge(w, NULL, 0);
    assert_false(v.flagged);
    assert_false(v.applies_text[CATEGORY_HATE]);
}

static void limits_and_bad_utf8_are_refused(void **state)
{
    const World *w = *state;
    char *long_text = arena_array(w->arena, char, limits.max_text_bytes + 1);
    memset(long_text, 'a', limits.max_text_bytes + 1);
    const struct {
        Str text;
        ErrCode code;
        const char *words;
    } cases[] = {
        {{long_text, limits.max_text_bytes + 1}, ERR_LIMIT, "at most 4096"},
        {STR("ab\xff"),                          ERR_INPUT, "byte 2"      },
        {STR("\xed\xa0\x80"),                    ERR_INPUT, "byte 0"      },
        {STR("\xc0\xaf"),                        ERR_INPUT, "byte 0"      },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Str texts[] = {STR("fine"), cases[i].text};
        Verdict v = {.action = ACTION_BLOCK};
        Err err = {0};
        assert_false(moderate(w->release, &limits, w->arena,
                              &(Input){.text = texts, .count = 2}, &v, &err));
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.msg, cases[i].words));
        assert_int_equal(v.action, ACTION_BLOCK); /* untouched */
    }
    judge(w, &(Str){long_text, limits.max_text_bytes}, 1);
}

static void a_threshold_of_the_policy_wins_over_the_releases(void **state)
{
    World *w = *state;
    Str text;
    Err err = {0};
    const Policy *p;
    assert_true(
        file_load(w->arena, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err));
    char *z = str_z(w->arena, text), *at = strstr(z, "\n  sexual:\n");
    assert_non_null(at);
    char *bound = strstr(at, "    false-positives:"); /* which a threshold leaves no room for */
    assert_non_null(bound);
    *bound = 0;
    Str lax = str_print(w->arena, "%s    threshold: 1\n%s", z, strchr(bound + 1, '\n') + 1);
    assert_true(policy_parse(w->arena, lax, "lax", &p, &err));
    World changed = {.arena = w->arena, .release = build(w->arena, p)};
    Verdict before = judge(w, &STR(FIXTURE_SEXUAL), 1);
    Verdict after = judge(&changed, &STR(FIXTURE_SEXUAL), 1);
    assert_true(before.category[CATEGORY_SEXUAL]);
    assert_false(after.category[CATEGORY_SEXUAL]);
    assert_true(before.score[CATEGORY_SEXUAL] == after.score[CATEGORY_SEXUAL]);
    release_close(changed.release);
}

typedef struct Racer {
    const World *world;
    Verdict verdict[8];
} Racer;

static const char *const race_texts[8] = {
    "hello", FIXTURE_HATE, "a b c d e f g h", FIXTURE_SEXUAL " x",
    "",      "two words",  FIXTURE_VIOLENCE,  "q z h x v j"};

static void race(void *ctx)
{
    Racer *r = ctx;
    World mine = {.arena = arena_open((size_t)256 << 20), .release = r->world->release};
    for (int i = 0; i < 8; i++)
        r->verdict[i] = judge(&mine, &(Str){race_texts[i], strlen(race_texts[i])}, 1);
    arena_close(mine.arena);
}

static void threads_share_a_release_and_agree_to_the_bit(void **state)
{
    const World *w = *state;
    static Racer racer[4];
    Thread *thread[4];
    Err err = {0};
    for (int t = 0; t < 4; t++) {
        racer[t].world = w;
        assert_true(thread_start("race", race, &racer[t], &thread[t], &err));
    }
    for (int t = 0; t < 4; t++)
        thread_join(thread[t]);
    for (int t = 1; t < 4; t++)
        for (int i = 0; i < 8; i++)
            assert_memory_equal(racer[0].verdict[i].score, racer[t].verdict[i].score,
                                sizeof racer[t].verdict[i].score);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(one_text_gets_one_verdict),
        T(a_verdict_names_the_language_and_whether_the_release_knows_it),
        T(parts_get_the_highest_score_of_each_category),
        T(no_text_at_all_is_no_offence),
        T(limits_and_bad_utf8_are_refused),
        T(a_threshold_of_the_policy_wins_over_the_releases),
        T(threads_share_a_release_and_agree_to_the_bit),
    };
    return cmocka_run_group_tests_name("moderate/moderate", tests, NULL, NULL);
}
