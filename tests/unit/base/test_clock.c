#include "test.h"

#include "base/clock.h"

static void times_are_written_as_iso_8601(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0,               "1970-01-01T00:00:00.000Z"},
        {1,               "1970-01-01T00:00:00.001Z"},
        {1782287999999,   "2026-06-24T07:59:59.999Z"},
        {951782400000,    "2000-02-29T00:00:00.000Z"},
        {4102444800000,   "2100-01-01T00:00:00.000Z"},
        {-1,              "1969-12-31T23:59:59.999Z"},
        {-62135596800000, "0001-01-01T00:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CLOCK_ISO_SIZE];
        clock_iso(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void clocks_go_forward(void **state)
{
    (void)state;
    assert_true(clock_wall_ms() > 1700000000000);
    int64_t before = clock_mono_ns();
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono_ns();
        assert_true(now >= before);
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_as_iso_8601),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
