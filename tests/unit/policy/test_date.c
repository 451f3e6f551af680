#include "test.h"

#include "policy/date.h"

static void moments_read(void **state)
{
    static const struct {
        const char *text;
        int64_t minutes;
    } cases[] = {
        {"1970-01-01",             0           },
        {"1970-03-01",             59 * 1440   },
        {"1972-02-29",             789 * 1440  },
        {"2000-03-01",             11017 * 1440},
        {"2026-11-24",             20781 * 1440},
        {"1970-01-01T01:30Z",      90          },
        {"1970-01-01T01:30+01:30", 0           },
        {"1970-01-01T01:30-00:30", 120         },
        {"2100-03-01",             47541 * 1440},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = -1;
        assert_true(date_parse(str_of(cases[i].text), &ms));
        assert_int_equal(ms, cases[i].minutes * 60000);
    }
}

static void what_is_no_moment_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-1-1",
        "2026-13-01",
        "2026-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-04-00",
        "1969-12-31",
        "2026-04-01 ",
        "2026-04-01T10:00",
        "2026-04-01T24:00Z",
        "2026-04-01T10:60Z",
        "2026-04-01T10:00+2",
        "2026-04-01T10:00+15:00",
        "2026-04-01T10:00Zx",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = 7;
        if (date_parse(str_of(cases[i]), &ms))
            fail_msg("'%s' read", cases[i]);
        assert_int_equal(ms, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_read),
        cmocka_unit_test(what_is_no_moment_is_refused),
    };
    return cmocka_run_group_tests_name("policy/date", tests, NULL, NULL);
}
