#include "test.h"

#include <errno.h>

static void the_first_words_are_kept_and_callers_add_context_in_front(void **state)
{
    (void)state;
    Err err = {0};
    assert_false(err_set(&err, ERR_LIMIT, "%d pieces", 5));
    assert_false(err_wrap(&err, "line %d", 7));
    assert_false(err_wrap(&err, "x.csv"));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_string_equal(err.msg, "x.csv: line 7: 5 pieces");
}

static void a_system_error_says_why(void **state)
{
    (void)state;
    Err err = {0};
    errno = ENOSPC;
    assert_false(err_errno(&err, "cannot write %s", "x"));
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(err.msg, "cannot write x: No space left on device");
}

static void long_words_are_cut_and_stay_terminated(void **state)
{
    (void)state;
    Err err = {0};
    err_set(&err, ERR_INPUT, "%1000s", "x");
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_wrap(&err, "front");
    assert_memory_equal(err.msg, "front: ", 7);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_wrap(&err, "%1000s", "y");
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    errno = EIO;
    err_errno(&err, "%1000s", "z");
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void every_code_has_a_name_and_an_exit_status(void **state)
{
    (void)state;
    static const ErrCode codes[] = {
#define X(code, name, exit_status) code,
        ERR_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_true(err_name(codes[i])[0]);
        assert_int_equal(err_exit_status(codes[i]), codes[i] == ERR_NONE    ? 0
                                                    : codes[i] == ERR_USAGE ? 2
                                                                            : 1);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(err_name(codes[i]), err_name(codes[j]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_words_are_kept_and_callers_add_context_in_front),
        cmocka_unit_test(a_system_error_says_why),
        cmocka_unit_test(long_words_are_cut_and_stay_terminated),
        cmocka_unit_test(every_code_has_a_name_and_an_exit_status),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
