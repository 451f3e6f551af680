#include "test.h"

#include "base/rng.h"
#include "fixture.h"
#include "model/apprentice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXTS = 200, LENGTH = 6, PIECES = 20 };

typedef struct World {
    Arena *arena;
    char path[64];
    Release *release;
    uint32_t first[2 * TEXTS + 1], start[TEXTS + 1];
    int32_t piece[TEXTS * LENGTH];
    float logit[TEXTS * FACTOR_COUNT];
    Lesson lesson;
} World;

/* The teacher says how often piece 3 stands there, of factor 0; of factor 1 whether 4 and 5
 * do, one behind the other; of all others the same. */
static void make_lesson(World *w)
{
    Rng r;
    rng_seed(&r, 5);
    for (int i = 0; i < TEXTS; i++) {
        float *logit = w->logit + i * FACTOR_COUNT;
        int32_t *p = w->piece + i * LENGTH;
        for (int k = 0; k < LENGTH; k++)
            p[k] = (int32_t)rng_below(&r, PIECES);
        for (int f = 0; f < FACTOR_COUNT; f++)
            logit[f] = -1;
        for (int k = 0; k < LENGTH; k++) {
            logit[0] += p[k] == 3;
            logit[1] += k > 0 && p[k - 1] == 4 && p[k] == 5 ? 2.0f : 0.0f;
        }
        w->start[i + 1] = (uint32_t)((i + 1) * LENGTH);
        w->first[2 * i + 1] = w->first[2 * i + 2] = (uint32_t)(i + 1);
    }
    w->lesson = (Lesson){.texts = TEXTS,
                         .windows = TEXTS,
                         .first = w->first,
                         .start = w->start,
                         .piece = w->piece,
                         .logit = w->logit};
}

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    Digest d;
    Err err = {0};
    const Kernels *k;
    w->arena = a;
    snprintf(w->path, sizeof w->path, "/tmp/gavel-apprentice-XXXXXX");
    int fd = mkstemp(w->path);
    if (fd < 0 || close(fd) != 0 || !fixture_release(w->path, 1, &d, &err) ||
        !kernels_find(STR("auto"), &k, &err) || !release_open(w->path, k, &w->release, &err))
        return -1;
    make_lesson(w);
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

static ApprenticeInput input(const World *w, int epochs, uint64_t seed)
{
    return (ApprenticeInput){
        .lesson = &w->lesson,
        .release = w->release,
        .shape = {.width = 16, .hidden = 8, .pairs = 32},
        .epochs = epochs,
        .rate = .1,
        .dense_rate = 5e-3,
        .seed = seed
    };
}

static void it_learns_what_the_teacher_says(void **state)
{
    World *w = *state;
    ApprenticeInput in = input(w, 40, 1);
    StudentParams p;
    Explained e;
    Err err = {0};
    assert_true(apprentice_learn(w->arena, &in, &p, &err));
    apprentice_explains(w->arena, &w->lesson, w->release, &p, &e);
    assert_int_equal(e.texts, TEXTS);
    assert_true(e.factor[0] > .9);
    assert_true(e.factor[1] > .9);
    assert_true(e.whole > .9);
    assert_true(isnan(e.factor[2])); /* nothing to explain */
}

static void the_same_seed_gives_the_same_student(void **state)
{
    World *w = *state;
    StudentParams p[3];
    Err err = {0};
    for (int i = 0; i < 3; i++) {
        ApprenticeInput in = input(w, 2, i < 2 ? 1 : 2);
        assert_true(apprentice_learn(w->arena, &in, &p[i], &err));
    }
    size_t near = student_rows(&p[0].shape) * 16 * sizeof(float);
    size_t dense = student_dense_count(&p[0].shape) * sizeof(float);
    assert_memory_equal(p[0].near, p[1].near, near);
    assert_memory_equal(p[0].near_b, p[1].near_b, dense);
    assert_true(memcmp(p[0].near, p[2].near, near) != 0);
}

static void an_empty_lesson_is_refused(void **state)
{
    World *w = *state;
    Lesson nothing = {0};
    ApprenticeInput in = input(w, 1, 1);
    StudentParams p = {.shape = {.width = 77}};
    Err err = {0};
    in.lesson = &nothing;
    assert_false(apprentice_learn(w->arena, &in, &p, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(p.shape.width, 77);
}

static void explained_is_one_less_errors_over_spread(void **state)
{
    (void)state;
    float said[3 * FACTOR_COUNT] = {0}, wanted[3 * FACTOR_COUNT] = {0};
    Explained e;
    wanted[0] = -1, wanted[FACTOR_COUNT] = 1; /* spread 2 around 0 */
    said[0] = -.5f, said[FACTOR_COUNT] = 1;
    wanted[2 * FACTOR_COUNT] = NAN; /* left out */
    explained_measure(said, wanted, 3, &e);
    assert_int_equal(e.texts, 2);
    assert_float_equal(e.factor[0], 1 - .25 / 2, 1e-9);
    assert_float_equal(e.whole, 1 - .25 / 2, 1e-9);
    explained_measure(said, wanted, 0, &e);
    assert_true(isnan(e.whole));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(it_learns_what_the_teacher_says),
        T(the_same_seed_gives_the_same_student),
        T(an_empty_lesson_is_refused),
        cmocka_unit_test(explained_is_one_less_errors_over_spread),
    };
    return cmocka_run_group_tests_name("model/apprentice", tests, NULL, NULL);
}
