/* cmocka.h - in cmocka's place where the tests of kernels are built for another processor
 * (make neon): what those tests use of it, and a failed test ends the program. */
#ifndef NEON_CMOCKA_H
#define NEON_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state), (*teardown)(void **state);
};

#define cmocka_unit_test_setup_teardown(f, before, after) \
    {                                                     \
#f, f, before, after                              \
    }

static inline int cmocka_run(const char *group, const struct CMUnitTest *test, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state = NULL;
        if (test[i].setup(&state) != 0)
            return 1;
        test[i].test(&state);
        test[i].teardown(&state);
        printf("ok    %s: %s\n", group, test[i].name);
    }
    return 0;
}
#define cmocka_run_group_tests_name(name, tests, before, after) \
    cmocka_run((name), (tests), sizeof(tests) / sizeof *(tests))

#define print_message(...) printf(__VA_ARGS__)
#define fail_msg(...)                                                     \
    do {                                                                  \
        printf("FAIL  %s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__); \
        puts(""), exit(1);                                                \
    } while (0)
#define assert_true(x)          \
    do {                        \
        if (!(x))               \
            fail_msg("%s", #x); \
    } while (0)
#define assert_false(x)               assert_true(!(x))
#define assert_null(x)                assert_true((x) == NULL)
#define assert_non_null(x)            assert_true((x) != NULL)
#define assert_ptr_equal(x, y)        assert_true((x) == (y))
#define assert_int_equal(x, y)        assert_true((x) == (y))
#define assert_memory_equal(x, y, n)  assert_true(memcmp((x), (y), (n)) == 0)
#define assert_string_not_equal(x, y) assert_true(strcmp((x), (y)) != 0)

#endif
