#include "data/rows.h"
#include "test.h"

static void a_split_is_found_by_its_name_and_by_nothing_else(void **state)
{
    (void)state;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        Split back = SPLIT_COUNT;
        assert_true(split_parse(str_of(split_name((Split)s)), &back));
        assert_int_equal(back, s);
    }
    static const char *const others[] = {"", "Train", "tests", "dev", "tes"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        Split untouched = SPLIT_COUNT;
        assert_false(split_parse(str_of(others[i]), &untouched));
        assert_int_equal(untouched, SPLIT_COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_is_found_by_its_name_and_by_nothing_else),
    };
    return cmocka_run_group_tests_name("data/rows", tests, NULL, NULL);
}
