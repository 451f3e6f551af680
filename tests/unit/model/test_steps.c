/* test_steps.c - a training step asks nobody for memory: all it needs is in arenas that the
 * first steps filled (model/fit.h).  Who asks is counted by standing in for the C library's
 * allocator; what OpenBLAS asks for its own products, which it does with AVX-512, is not ours.
 */
#include "letters.h"
#include "test.h"

#include "model/fit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define OURS 0 /* they stand there themselves */
#else
#define OURS 1
#endif

static atomic_int asked;

#if OURS
extern char __executable_start[], etext[];
static void note(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    asked += (uintptr_t)__executable_start <= at && at < (uintptr_t)etext;
}
#define SEEN __attribute__((visibility("default")))
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);

SEEN void *malloc(size_t n)
{
    note(__builtin_return_address(0));
    return __libc_malloc(n);
}
SEEN void *calloc(size_t count, size_t size)
{
    note(__builtin_return_address(0));
    return __libc_calloc(count, size);
}
SEEN void *realloc(void *p, size_t n)
{
    note(__builtin_return_address(0));
    return __libc_realloc(p, n);
}
SEEN void *aligned_alloc(size_t align, size_t n)
{
    note(__builtin_return_address(0));
    return __libc_memalign(align, n);
}
SEEN int posix_memalign(void **out, size_t align, size_t n)
{
    note(__builtin_return_address(0));
    *out = __libc_memalign(align, n);
    return *out ? 0 : ENOMEM;
}
#endif

enum { ROWS = 8, WARM = 3, STEPS = 5 };

/* A text of one letter each; plain weights. */
static Fit *fit_new(Arena *a, Rows *rows, Plan *plan)
{
    *rows = (Rows){arena_array(a, Row, ROWS), ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        char *p = arena_array(a, char, 12);
        memset(p, (int)('a' + i), 12);
        Row *r = &rows->row[i];
        *r = (Row){
            .text = {p, 12},
              .source = STR("s"), .weight = 1
        };
        r->split = SPLIT_TRAIN;
        labels_unknown(&r->labels);
        r->labels.factor[FACTOR_HATE] = i % 2 ? 1.0f : 0.0f;
    }
    plan_defaults(plan);
    plan->batch_pieces = 104; /* each of the texts once: every step is as large */
    plan->threads = 2;
    plan->dropout = 0.1;
    EncoderParams base;
    encoder_params_at(&base, arena_array(a, float, encoder_param_count()));
    for (size_t i = 0; i < base.count; i++)
        base.all[i] = 0.01f * (float)(i % 7);
    const Kernels *k;
    Err err = {0};
    Fit *f;
    if (!kernels_find(STR("auto"), &k, &err))
        fail_msg("%s", err.msg);
    FitInput in = {.rows = rows,
                   .plan = plan,
                   .vocab = letters(a),
                   .kernels = k,
                   .base = &base,
                   .checkpoint = "/nonexistent/checkpoint.pack"};
    if (!fit_open(a, &in, &f, &err))
        fail_msg("%s", err.msg);
    return f;
}

static void a_step_asks_nobody_for_memory(void **state)
{
    (void)state;
    if (!OURS)
        skip();
    Arena *a = arena_open((size_t)4 << 30);
    Rows rows;
    Plan plan;
    FitStep s;
    Err err = {0};
    Fit *f = fit_new(a, &rows, &plan);
    for (int i = 0; i < WARM; i++)
        assert_true(fit_step(f, &s, &err));
    int before = asked;
    assert_true(before > 0); /* cmocka asks: it is counted */
    for (int i = 0; i < STEPS; i++)
        assert_true(fit_step(f, &s, &err));
    assert_int_equal(asked - before, 0);
    assert_int_equal(s.step, WARM + STEPS);
    assert_int_equal(s.rows, ROWS);
    assert_true(s.rows_per_s > 0 && s.gflops > 0);
    fit_close(f);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_step_asks_nobody_for_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
