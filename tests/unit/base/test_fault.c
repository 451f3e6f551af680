#include "test.h"

#include "base/fault.h"

#include <errno.h>

#ifdef FAULTS
static void the_nth_operation_fails_once_with_the_errno_it_was_given(void **state)
{
    (void)state;
    fault_arm(3, ENOSPC);
    assert_false(fault());
    assert_false(fault() || fault_hit());
    errno = 0;
    assert_true(fault());
    assert_int_equal(errno, ENOSPC);
    assert_true(fault_hit());
    for (int i = 0; i < 10; i++)
        assert_false(fault());
    fault_arm(0, 0);
    assert_false(fault() || fault_hit());
}

static void a_sweep_breaks_each_operation_in_turn(void **state)
{
    (void)state;
    int broken = 0;
    FAULT_SWEEP(n)
    {
        int at = 0;
        for (int i = 1; i <= 5 && !at; i++)
            if (fault())
                at = i;
        if (!fault_hit())
            break;
        assert_int_equal(at, n);
        broken++;
    }
    assert_int_equal(broken, 5);
}
#else
static void elsewhere_nothing_ever_fails(void **state)
{
    (void)state;
    assert_false(fault());
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef FAULTS
        cmocka_unit_test(the_nth_operation_fails_once_with_the_errno_it_was_given),
        cmocka_unit_test(a_sweep_breaks_each_operation_in_turn),
#else
        cmocka_unit_test(elsewhere_nothing_ever_fails),
#endif
    };
    return cmocka_run_group_tests_name("base/fault", tests, NULL, NULL);
}
