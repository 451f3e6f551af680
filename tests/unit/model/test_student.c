#include "test.h"

#include "fixture.h"
#include "model/student.h"

#include <math.h>

static void a_window_is_the_hidden_layer_and_the_way_past_it(void **state)
{
    Arena *a = *state;
    const StudentParams *p = fixture_student(a, 9);
    const Kernels *k;
    Err err = {0};
    assert_true(kernels_find(STR("reference"), &k, &err));
    static const int32_t piece[] = {7, 9, 7, 4000, 8001};
    float gist[16], logit[FACTOR_COUNT];
    Gist g = student_gist(p);
    gist_forward(&g, piece, 5, gist, NULL);
    student_window(p, k, piece, 5, logit);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        double z = (double)p->out_b[f];
        for (int h = 0; h < p->shape.hidden; h++) {
            double x = (double)p->hidden_b[h];
            for (int i = 0; i < 16; i++)
                x += (double)gist[i] * (double)p->hidden_w[i * p->shape.hidden + h];
            z += fmax(x, 0) * (double)p->out_w[h * FACTOR_COUNT + f];
        }
        for (int i = 0; i < 16; i++)
            z += (double)gist[i] * (double)p->skip_w[i * FACTOR_COUNT + f];
        assert_float_equal(logit[f], z, 1e-5);
    }
}

static void windows_are_read_one_by_one(void **state)
{
    Arena *a = *state;
    const StudentParams *p = fixture_student(a, 9);
    const Kernels *k;
    Err err = {0};
    Windows w = {.pieces = 4, .stride = 3};
    int32_t id[9] = {10, 11, 12, 13, 14, 15, 16, 17, 18};
    Pieces pieces = {.id = id, .count = 9};
    float all[3 * FACTOR_COUNT], one[FACTOR_COUNT];
    assert_true(kernels_find(STR("reference"), &k, &err));
    assert_int_equal(windows_count(&w, 9), 3);
    student_windows(p, k, &w, &pieces, all);
    static const int begins[] = {0, 3, 5};
    for (int i = 0; i < 3; i++) {
        student_window(p, k, id + begins[i], 4, one);
        assert_memory_equal(all + i * FACTOR_COUNT, one, sizeof one);
    }
}

static void a_shape_out_of_range_does_not_fit(void **state)
{
    (void)state;
    static const struct {
        StudentShape shape;
        bool fits;
    } cases[] = {
        {{8, 1, 0},             true },
        {{256, 512, 1 << 20},   true },
        {{0, 1, 0},             false},
        {{12, 1, 0},            false},
        {{264, 1, 0},           false},
        {{8, 0, 0},             false},
        {{8, 513, 0},           false},
        {{8, 1, -1},            false},
        {{8, 1, (1 << 20) + 1}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(student_shape_fits(&cases[i].shape), cases[i].fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_window_is_the_hidden_layer_and_the_way_past_it,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(windows_are_read_one_by_one, with_arena, without_arena),
        cmocka_unit_test(a_shape_out_of_range_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
