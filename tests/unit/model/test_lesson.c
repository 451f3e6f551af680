#include "test.h"

#include "base/file.h"
#include "fixture.h"
#include "model/lesson.h"
#include "model/score.h"
#include "nn/pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const texts[] = {
    "good morning", "",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j",
    "have a g\xe2\x80\x8bood morning", "one more text"};
enum { TEXTS = sizeof texts / sizeof *texts };

typedef struct World {
    Arena *arena;
    char dir[64];
    Release *release;
    Row row[TEXTS];
    Rows rows;
    uint32_t number[TEXTS];
} World;

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    Digest d;
    Err err = {0};
    const Kernels *k;
    w->arena = a;
    snprintf(w->dir, sizeof w->dir, "/tmp/gavel-lesson-XXXXXX");
    if (!mkdtemp(w->dir))
        return -1;
    const char *path = str_print(a, "%s/r.gavel", w->dir).ptr;
    if (!fixture_release(path, 1, &d, &err) || !kernels_find(STR("auto"), &k, &err) ||
        !release_open(path, k, &w->release, &err))
        return -1;
    for (int i = 0; i < TEXTS; i++) {
        w->row[i].text = str_of(texts[i]);
        w->number[i] = (uint32_t)(TEXTS - 1 - i); /* backwards */
    }
    w->rows = (Rows){w->row, TEXTS};
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    Err err = {0};
    Str *name;
    size_t count;
    release_close(w->release);
    if (file_list(w->arena, w->dir, "", &name, &count, &err))
        for (size_t i = 0; i < count; i++)
            unlink(str_print(w->arena, "%s/" STR_FMT, w->dir, STR_ARG(name[i])).ptr);
    rmdir(w->dir);
    arena_close(w->arena);
    return 0;
}

static Lesson lesson(World *w, int threads)
{
    Lesson l;
    Err err = {0};
    LessonInput in = {.release = w->release,
                      .rows = &w->rows,
                      .row = w->number,
                      .count = TEXTS,
                      .max_pieces = 100,
                      .threads = threads,
                      .dir = w->dir};
    if (!lesson_read(w->arena, &in, &l, &err))
        fail_msg("%s", err.msg);
    return l;
}

static void windows_pooled_are_what_a_text_scores(void **state)
{
    World *w = *state;
    Lesson l = lesson(w, 2);
    assert_int_equal(l.texts, TEXTS);
    for (size_t i = 0; i < l.texts; i++) {
        Scores s;
        Err err = {0};
        float greatest[FACTOR_COUNT];
        Str text = w->row[w->number[i]].text;
        assert_true(score_text(w->release, w->arena, text, TIER_ENCODER, 100, &s, &err));
        for (int f = 0; f < FACTOR_COUNT; f++)
            greatest[f] = NAN;
        for (size_t v = 0; v < 2; v++) {
            float one[FACTOR_COUNT];
            uint32_t from = l.first[2 * i + v], count = l.first[2 * i + v + 1] - from;
            assert_true(v == 0 || (count > 0) == s.disguised);
            if (count == 0)
                continue;
            pool_forward(l.logit + (size_t)from * FACTOR_COUNT,
                         release_network(w->release)->pool_s, (int)count, FACTOR_COUNT, one);
            for (int f = 0; f < FACTOR_COUNT; f++)
                greatest[f] = isnan(greatest[f]) ? one[f] : fmaxf(greatest[f], one[f]);
        }
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(isnan(s.logit_encoder[f])
                            ? isnan(greatest[f])
                            : fabsf(s.logit_encoder[f] - greatest[f]) < 1e-4f);
    }
}

/* What stands in the work folder is believed, so a changed file shows that it was read. */
static void what_was_said_is_not_asked_again(void **state)
{
    World *w = *state;
    Lesson first = lesson(w, 1), second = lesson(w, 2);
    assert_int_equal(first.windows, second.windows);
    assert_memory_equal(first.logit, second.logit,
                        first.windows * FACTOR_COUNT * sizeof(float));
    Str *name;
    size_t count;
    Err err = {0};
    assert_true(file_list(w->arena, w->dir, ".pack", &name, &count, &err));
    assert_int_equal(count, 1);
    w->row[0].text = STR("good evening");
    lesson(w, 1);
    assert_true(file_list(w->arena, w->dir, ".pack", &name, &count, &err));
    assert_int_equal(count, 2);
}

static void a_folder_that_cannot_be_made_is_refused(void **state)
{
    World *w = *state;
    Lesson l = {.texts = 77};
    Err err = {0};
    LessonInput in = {.release = w->release,
                      .rows = &w->rows,
                      .row = w->number,
                      .count = TEXTS,
                      .max_pieces = 100,
                      .threads = 1,
                      .dir = w->dir};
    in.dir = "/proc/nowhere";
    assert_false(lesson_read(w->arena, &in, &l, &err));
    assert_int_equal(l.texts, 77);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(windows_pooled_are_what_a_text_scores),
        T(what_was_said_is_not_asked_again),
        T(a_folder_that_cannot_be_made_is_refused),
    };
    return cmocka_run_group_tests_name("model/lesson", tests, NULL, NULL);
}
